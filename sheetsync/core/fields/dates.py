"""Days as people write them: "24th Sept", "Fri 27 Nov", "27.11.2026", "4 jul 2026", serial 46353, and what is no day.

A text becomes a `_Written` day (every reading its spelling allows), which then meets the calendar, the season and its
own weekday. Nothing here guesses: two readings that survive are two candidates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import chain

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.dialects import NUMERIC_DAY, Dialect
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, unreadable
from sheetsync.core.model import Problem

#: words that say there is no day yet; "Post April 14th" and "after launch" are conditions, not days
_NO_DAY = frozenset(
    {"asap", "pending", "ongoing", "evergreen", "year-round", "always on", "ganzjahrig", "offen", "folgt", "none"}
)
_NO_DAY_SENTENCE = re.compile(r"(?:post|after|nach|apres|despues de|dopo|asap|pending)\b")

_SERIAL_ZERO = date(1899, 12, 30)
#: a day number typed into a date column shows as a day of the year 1900
_FIRST_SERIAL, _LAST_SERIAL = 367, 2958465

#: prose is not searched for days
_LONGEST = 60

_FILLER = re.compile(r"^(?:on|am|den|der|the|le|el|il|op)\.? ")
_END_OF_DAY = re.compile(r",? \(?(?:eod|eob|cob|end of day|tagesende)\)?$")
_DOUBT = re.compile(
    r" ?\(?(?:\?+|tentative|tent\.?|provisional|maybe|vorl\.?)\)?$|^(?:~|ca\.?|circa|approx\.?|around) ?"
)

_DAY = r"(?P<day>[0-9]{1,2})(?:(?:st|nd|rd|th|ten|er|eme|re|e|o|a)(?![a-z])|\.)?"
_MONTH = r"(?P<month>[^\W\d_]+)\.?"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_MARK = r"(?P<mark>[ ./-]*)"
_WORDED = tuple(
    re.compile(shape)
    for shape in (
        rf"{_DAY}{_MARK}(?:(?:of|de|di|of the) )?{_MONTH}(?:(?P<gap>[ ,./'-]*)(?:(?:of|de|del) )?{_YEAR})?",
        rf"{_MONTH}{_MARK}(?:the )?{_DAY}(?:(?P<gap>[ ,./'-]+){_YEAR})?",
        rf"(?P<year>[0-9]{{4}}){_MARK}{_MONTH}(?P<gap>[ ./-]*){_DAY}",
    )
)
_ISO = re.compile(r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})")
_COMPACT = re.compile(r"(?P<year>(?:19|20|21)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_WHOLE_MONTH = re.compile(rf"{_MONTH}(?: |-| ?')(?P<year>[0-9]{{4}}|(?<=')[0-9]{{2}})")

_BETWEEN = re.compile(r" ?- ?| ?[,&/+] ?| (?:to|bis|until|till|through|thru|and|und|or|oder|au|al|tot|t/m) ")
_BARE_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?")


@dataclass(frozen=True, slots=True)
class _Written:
    """A day as it was written."""

    #: (month, day), the dialect's own reading first
    readings: tuple[tuple[int, int], ...]
    year: int | None = None
    #: weekdays the text names, Monday is 0; empty when it names none
    weekdays: frozenset[int] = frozenset()
    #: the dialect has decided: the first reading the calendar allows counts
    decided: bool = True
    misspelt: bool = False


def read_day(text: str, dialect: Dialect, raw: str | None = None) -> date | Problem | None:
    """The day a text names; None when it names none on purpose ("TBD", "Post April 14th").

    A Problem when it is no day, or several (candidates are ISO dates). `raw` is what messages quote instead of `text`.
    """
    raw = text if raw is None else raw
    plain = bare(text)
    if claims_nothing(text, _NO_DAY) or _NO_DAY_SENTENCE.match(plain):
        return None
    if len(plain) > _LONGEST:
        return unreadable(raw, "is no date")
    plain = _END_OF_DAY.sub("", plain).rstrip(" ,;")
    if (sure := _DOUBT.sub("", plain)) != plain and (written := _scan(sure, dialect)):
        return ambiguous(raw, "is marked as uncertain", _candidates([written], dialect))
    if written := _scan(plain, dialect):
        return _resolve(written, dialect, raw)
    if ends := _several(plain, dialect):
        return ambiguous(raw, "names more than one day", _candidates(ends, dialect))
    return unreadable(raw, "is no date")


def day_from_serial(serial: float, raw: str) -> date | Problem:
    """The day of a typed date (days since 1899-12-30); a Problem outside 1901..9999."""
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
        return unreadable(raw, "is a number that the sheet shows as a date")
    return _SERIAL_ZERO + timedelta(days=int(serial))


# ---------------------------------------------------------------- what stands there


def _scan(text: str, dialect: Dialect) -> _Written | None:
    """The one day a folded text spells, with or without a weekday before or behind it."""
    for rest, weekdays in _without_weekday(_FILLER.sub("", text)):
        if written := _worded(rest) or _numeric(rest, dialect):
            return replace(written, weekdays=weekdays)
    return None


def _without_weekday(text: str) -> Iterator[tuple[str, frozenset[int]]]:
    yield text, frozenset()
    first = re.match(r"([^\W\d_]+)[.,]* *", text)
    if first and (weekdays := WEEKDAYS.get(first[1])):
        yield _FILLER.sub("", text[first.end() :]), weekdays
    last = re.search(r"[ ,]+\(?([^\W\d_]+)\.?\)?$", text)
    if last and (weekdays := WEEKDAYS.get(last[1])):
        yield text[: last.start()], weekdays


def _worded(text: str) -> _Written | None:
    for shape in _WORDED:
        found = shape.fullmatch(text)
        if found is None or not _same_mark(found):
            continue
        name = found["month"]
        close = [] if name in MONTHS else get_close_matches(name, MONTHS, n=1, cutoff=0.85)
        if name in MONTHS or close:
            month = MONTHS[close[0] if close else name]
            return _Written(((month, int(found["day"])),), _full_year(found["year"]), misspelt=bool(close))
    return None


def _same_mark(found: re.Match[str]) -> bool:
    """In "Nov 27-28" the 28 is no year: what parts the year must be what parts the month, or nothing but a space."""
    gap = (found["gap"] or "").strip(" ,.'")
    return gap in ("", found["mark"].strip(" ."))


def _numeric(text: str, dialect: Dialect) -> _Written | None:
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _Written(((int(found["month"]), int(found["day"])),), int(found["year"]))
    found = NUMERIC_DAY.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"] or found["last"])
    day_first = dialect.dots_day_first if "." in (found["mark"], found["short"]) else dialect.day_first
    by_day, by_month = (second, first), (first, second)
    readings = (by_month, by_day) if day_first is False else (by_day, by_month)
    return _Written(readings, _full_year(found["year"]), decided=day_first is not None)


def _full_year(year: str | None) -> int | None:
    return None if year is None else int(year) + (2000 if len(year) == 2 else 0)


def _several(text: str, dialect: Dialect) -> list[_Written]:
    """Both ends of a range or list ("Apr 20-24", "12/5/26 - 12/11/26", "Apr 16 / TBD", "November 2026")."""
    if (month := _WHOLE_MONTH.fullmatch(text)) and month["month"] in MONTHS:
        return _ends_of_month(MONTHS[month["month"]], _full_year(month["year"]) or 0)
    for between in _BETWEEN.finditer(text):
        left, right = text[: between.start()], text[between.end() :]
        start, end = _scan(left, dialect), _scan(right, dialect)
        start = start or _borrowing(left, end)
        end = end or _borrowing(right, start)
        if start and end:
            return [replace(start, year=_start_year(start, end)), replace(end, year=end.year or start.year)]
        if (one := start or end) and claims_nothing(left if end else right):
            return [one]
    return []


def _borrowing(text: str, other: _Written | None) -> _Written | None:
    """In "20-24 Apr" the 20 borrows its month."""
    found = _BARE_DAY.fullmatch(text)
    if other is None or found is None:
        return None
    return replace(other, readings=tuple((month, int(found[1])) for month, _ in other.readings), weekdays=frozenset())


def _start_year(start: _Written, end: _Written) -> int | None:
    """A range that states its year once, at its end: 28 Dec - 3 Jan 2027 starts in 2026."""
    if start.year or not end.year:
        return start.year
    return end.year - (start.readings[0] > end.readings[0])


def _ends_of_month(month: int, year: int) -> list[_Written]:
    last = next(day for day in (31, 30, 29, 28) if _day(year, month, day))
    return [_Written(((month, day),), year) for day in (1, last)]


# ---------------------------------------------------------------- what the calendar says


def _resolve(written: _Written, dialect: Dialect, raw: str) -> date | Problem:
    days = _days(written, dialect)
    if not days:
        if written.year is None and dialect.season is None and any(_day(2024, *r) for r in written.readings):
            return ambiguous(raw, "has no year")
        return unreadable(raw, "is no day of the calendar")
    if written.misspelt:
        return ambiguous(raw, "has a misspelt month", _iso(days))
    if written.weekdays:
        return _by_weekday(written, days, raw)
    if len(days) > 1:
        return ambiguous(raw, "can be read as more than one day", _iso(days))
    return days[0]


def _by_weekday(written: _Written, days: list[date], raw: str) -> date | Problem:
    """A weekday settles 11/12, and contradicts everything it does not fit."""
    fitting = [day for day in days if day.weekday() in written.weekdays]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return ambiguous(raw, "can be read as more than one day", _iso(fitting))
    swapped = [day for month, d in written.readings if (day := _day(days[0].year, month, d))]
    others = [day for day in chain(swapped, _around(days[0])) if day.weekday() in written.weekdays]
    return ambiguous(raw, "names a weekday that is not that day's", _iso(days + others))


def _around(day: date) -> Iterator[date]:
    """The days of that week, nearest first, and the same day of the years beside it."""
    for distance in (-1, 1, -2, 2, -3, 3):
        if date.min.toordinal() <= day.toordinal() + distance <= date.max.toordinal():
            yield day + timedelta(days=distance)
    for year in (day.year - 1, day.year + 1):
        if other := _day(year, day.month, day.day):
            yield other


def _days(written: _Written, dialect: Dialect) -> list[date]:
    """The days of the calendar a spelling can mean, the dialect's own reading first, each once."""
    by_reading = [_in_year(month, day, written.year, dialect.season) for month, day in written.readings]
    possible = [days for days in by_reading if days]
    return list(dict.fromkeys(chain.from_iterable(possible[:1] if written.decided else possible)))


def _in_year(month: int, day: int, year: int | None, season: date | None) -> list[date]:
    """That day in its year, or in the year nearest to the season; two when the season is exactly between."""
    if year is not None or season is None:
        return [found] if year is not None and (found := _day(year, month, day)) else []
    near = [found for y in (season.year - 1, season.year, season.year + 1) if (found := _day(y, month, day))]
    least = min((abs(found - season) for found in near), default=timedelta())
    return [found for found in near if abs(found - season) == least]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _candidates(several: list[_Written], dialect: Dialect) -> list[str]:
    return [text for written in several for text in _iso(_days(written, dialect))]


def _iso(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]
