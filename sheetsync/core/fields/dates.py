"""Days as people write them: "24th Sept", "Fri 27 Nov", "27.11.2026", "4 jul 2026", serial 46353, and what is no day.

A text becomes a `_Written` day (every reading its spelling allows), which then meets the calendar, the season and its
own weekday. Nothing here guesses: two readings that survive are two candidates.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import chain

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.dialects import NUMERIC_DAY, Dialect
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, unreadable
from sheetsync.core.model import Precision, Problem

#: words that say there is no day yet; "Post April 14th" and "after launch" are conditions, not days
_NO_DAY = frozenset(
    {"asap", "pending", "ongoing", "evergreen", "year-round", "always on", "ganzjahrig", "offen", "folgt", "none"}
    | {"eod", "eob", "cob", "end of day", "tagesende"}
)
_NO_DAY_SENTENCE = re.compile(r"(?:post|after|nach|apres|despues de|dopo|asap|pending)\b")

_SERIAL_ZERO = date(1899, 12, 30)
#: a day number typed into a date column shows as a day of the year 1900
_FIRST_SERIAL, _LAST_SERIAL = 367, 2958465

#: prose is not searched for days
_LONGEST = 60

_FILLER = re.compile(r"^(?:on|am|den|der|the|le|el|il|op)\.? ")
_END_OF_DAY = re.compile(r",? \(?(?:eod|eob|cob|end of day|tagesende)\)?$|^(?:eod|eob|cob|end of day),? (?:on )?")
#: a remark that changes nothing; any other may well ("Nov 27 (not yet)")
_REMARK = re.compile(
    r" \((?:one day|single day|1 day|all day|confirmed|final|fix|ganztagig|bestatigt|toute la journee|confirme)\)$"
)
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
#: "27. 11. 2026", as Czechs and Slovenes write
_SPACED = re.compile(r"(?<=[0-9])\. (?=[0-9])")
_WHOLE_MONTH = re.compile(
    r"(?:(?:early|mid|late|end of|anfang|mitte|ende|debut|mi|fin|inizio|meta|fine|principios de|finales de|begin|half"
    rf"|eind)[ -])?{_MONTH}(?:(?: |-| ?'|[./] ?| de | del )(?P<year>[0-9]{{4}}|(?<=')[0-9]{{2}}))?"
)
_NUMBERED_MONTH = re.compile(r"(?P<month>[0-9]{1,2})[./-](?P<year>(?:19|20|21)[0-9]{2})")
_IN_YEAR = r"(?:[ ,/'-]*(?:of |de )?(?:20)?[0-9]{2})?"
_QUARTER = re.compile(
    rf"(?:q[1-4]|[1-4]q|quarter [1-4]|[1-4](?:st|nd|rd|th) quarter|[1-4]\. quartal|t[1-4]|[1-4]e trimestre){_IN_YEAR}"
    r"|20[0-9]{2}[ /-]*q[1-4]"
)
_WEEK = re.compile(
    r"(?:kw|cw|wk|w|week|calendar week|kalenderwoche|woche|semaine|semana|settimana|sem\.?)[ .-]?"
    rf"[0-9]{{1,2}}{_IN_YEAR}|20[0-9]{{2}}[ /-]*(?:w|kw)[0-9]{{1,2}}"
    r"|(?:w/c|wc|w/b|week of|week commencing|woche (?:vom|ab)|semaine du) .+"
)
#: weeks that are counted as ISO 8601 does wherever people write them so; an English "week 3" may be a campaign's own
_ISO_WEEK = re.compile(
    r"(?:kw|cw|kalenderwoche|calendar week|semaine|sem\.?) ?(?P<week>[0-9]{1,2})(?:(?:[ ,/-]*|/')(?P<year>20[0-9]{2}))?"
    r"|(?P<iso>20[0-9]{2})[ /-]*(?:w|kw)(?P<of>[0-9]{1,2})"
)
_LENGTHS = (("quarter", _QUARTER), ("week", _WEEK))

_FROM = re.compile(r"^(?:from|von|vom|du|de|del|dal|van) ")
_TO = re.compile(r" ?(?:->?|\u2192|\.\.+) ?| (?:to|bis(?: zum)?|until|till|through|thru|au|al|a|tot(?: en met)?|t/m) ")
_BESIDE = re.compile(r" ?[,&/+] ?| (?:and|und|or|oder|et|ou|y|o|e|en|of) ")
_SHORT = re.compile(r"^([0-9]{1,2})-([0-9]{1,2})$")
_BARE_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|re|e|\.)?")


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
    Two days with "to" between them, each certain, are a problem of precision RANGE; a month is one of precision MONTH,
    a calendar week of precision WEEK.
    """
    raw = text if raw is None else raw
    plain = bare(text)
    if claims_nothing(text, _NO_DAY) or _NO_DAY_SENTENCE.match(plain):
        return None
    if len(plain) > _LONGEST:
        return unreadable(raw, "is no date")
    plain = _REMARK.sub("", _END_OF_DAY.sub("", plain).rstrip(" ,;"))
    if (sure := _DOUBT.sub("", plain)) != plain and (written := _scan(sure, dialect)):
        return ambiguous(raw, "is marked as uncertain", _candidates([written], dialect))
    if written := _scan(plain, dialect):
        return _resolve(written, dialect, raw)
    if week := _week(plain, dialect, raw):
        return week
    if length := next((length for length, shape in _LENGTHS if shape.fullmatch(plain)), None):
        return unreadable(raw, f"names a {length}, not a day")
    return (
        _month(plain, dialect, raw)
        or _range(plain, dialect, raw)
        or _list(plain, dialect, raw)
        or unreadable(raw, "is no date")
    )


def day_from_serial(serial: float, raw: str) -> date | Problem:
    """The day of a typed date (days since 1899-12-30); a Problem outside 1901..9999."""
    if not _FIRST_SERIAL <= serial < _LAST_SERIAL + 1:
        return unreadable(raw, "is a number that the sheet shows as a date")
    return _SERIAL_ZERO + timedelta(days=int(serial))


def nearest_days(month: int, day: int, season: date) -> list[date]:
    """That day in the year nearest to the season; two when the season is exactly between."""
    near = [found for y in (season.year - 1, season.year, season.year + 1) if (found := _day(y, month, day))]
    least = min((abs(found - season) for found in near), default=timedelta())
    return [found for found in near if abs(found - season) == least]


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
    found = NUMERIC_DAY.fullmatch(_SPACED.sub(".", text).rstrip("."))
    if found is None:
        return _hyphened(text, dialect)
    first, second = int(found["first"]), int(found["second"] or found["last"])
    day_first = dialect.dots_day_first if "." in (found["mark"], found["short"]) else dialect.day_first
    by_day, by_month = (second, first), (first, second)
    readings = (by_month, by_day) if day_first is False else (by_day, by_month)
    return _Written(readings, _full_year(found["year"]), decided=day_first is not None)


def _hyphened(text: str, dialect: Dialect) -> _Written | None:
    """ "29-11" where people write 29-11-2026: elsewhere that is a range as often."""
    found = _SHORT.fullmatch(text) if dialect.day_first and dialect.hyphened_days else None
    return None if found is None else _Written(((int(found[2]), int(found[1])),))


def _full_year(year: str | None) -> int | None:
    return None if year is None else int(year) + (2000 if len(year) == 2 else 0)


def _range(text: str, dialect: Dialect, raw: str) -> Problem | None:
    """From one day to another: "Apr 20-24", "12/5/26 - 12/11/26", "28 Dec bis 3 Jan 2027"."""
    text = _FROM.sub("", text)
    for between in _TO.finditer(text):
        start, end = _both(*_parted(text, between), dialect)
        if start and end:
            return _ends(_with_years(start, end), dialect, raw)
    return None


def _ends(both: tuple[_Written, _Written], dialect: Dialect, raw: str) -> Problem:
    """Both ends of a range; precision RANGE where either is certain and they are in order."""
    first = _resolve(both[0], dialect, raw)
    if not isinstance(first, Problem):
        last = _resolve(both[1], _after(first) if both[1].year is None else dialect, raw)
        if not isinstance(last, Problem) and first <= last:
            return ambiguous(raw, "names more than one day", _iso([first, last]), Precision.RANGE)
    return ambiguous(raw, "names more than one day", _candidates(both, dialect))


def _list(text: str, dialect: Dialect, raw: str) -> Problem | None:
    """Several days, or one that is taken back: "27 & 28 Nov", "Apr 16 / TBD"."""
    for between in chain(_BESIDE.finditer(text), _TO.finditer(text)):
        left, right = _parted(text, between)
        start, end = _both(left, right, dialect)
        if start and end:
            return ambiguous(raw, "names more than one day", _candidates(_with_years(start, end), dialect))
        if (one := start or end) and claims_nothing(left if end else right):
            return ambiguous(raw, "names more than one day", _candidates([one], dialect))
    return None


def _parted(text: str, between: re.Match[str]) -> tuple[str, str]:
    """What stands left and right; beside a word a hyphen parts a day from its month: "20-11 t/m 30-11-2026"."""
    left, right = text[: between.start()], text[between.end() :]
    if any(map(str.isalpha, between[0])):
        return _SHORT.sub(r"\1/\2", left), _SHORT.sub(r"\1/\2", right)
    return left, right


def _both(left: str, right: str, dialect: Dialect) -> tuple[_Written | None, _Written | None]:
    start, end = _scan(left, dialect), _scan(right, dialect)
    return start or _borrowing(left, end), end or _borrowing(right, start)


def _borrowing(text: str, other: _Written | None) -> _Written | None:
    """In "20-24 Apr" the 20 borrows its month."""
    found = _BARE_DAY.fullmatch(text)
    if other is None or found is None:
        return None
    return replace(other, readings=tuple((month, int(found[1])) for month, _ in other.readings), weekdays=frozenset())


def _with_years(start: _Written, end: _Written) -> tuple[_Written, _Written]:
    """A range that states its year once: 28 Dec - 3 Jan 2027 starts in 2026, 28 Dec 2026 - 3 Jan ends in 2027."""
    over_new_year = start.readings[0] > end.readings[0]
    if end.year and not start.year:
        return replace(start, year=end.year - over_new_year), end
    if start.year and not end.year:
        return start, replace(end, year=start.year + over_new_year)
    return start, end


def _month(text: str, dialect: Dialect, raw: str) -> Problem | None:
    """A month alone: "November 2026", "mid Nov", "11/2026"."""
    found = _WHOLE_MONTH.fullmatch(text) or _NUMBERED_MONTH.fullmatch(text)
    month = None if found is None else int(found[1]) if found[1].isdigit() else MONTHS.get(found[1])
    if found is None or month is None or not 1 <= month <= 12:
        return None
    year = _full_year(found["year"])
    first = _resolve(_Written(((month, 1),), year), dialect, raw)
    if isinstance(first, Problem):
        return replace(first, precision=Precision.MONTH)
    last = next(day for end in (31, 30, 29, 28) if (day := _day(first.year, month, end)))
    return ambiguous(raw, "names a month, not a day", _iso([first, last]), Precision.MONTH)


def _week(text: str, dialect: Dialect, raw: str) -> Problem | None:
    """A calendar week, from Monday to Sunday: "KW 50", "semaine 3 2027", "2026-W50"; None where no year has it."""
    found = _ISO_WEEK.fullmatch(text)
    if found is None:
        return None
    season, year = dialect.season, found["year"] or found["iso"]
    years = [int(year)] if year else [season.year - 1, season.year, season.year + 1] if season else []
    mondays = [monday for each in years if (monday := _monday(each, int(found["week"] or found["of"])))]
    if season and not year:
        least = min((abs(monday - season) for monday in mondays), default=timedelta())
        mondays = [monday for monday in mondays if abs(monday - season) == least]
    if len(mondays) != 1:
        return None
    [monday] = mondays
    return ambiguous(raw, "names a week, not a day", _iso([monday, monday + timedelta(days=6)]), Precision.WEEK)


def _monday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


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
    return nearest_days(month, day, season)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _after(first: date) -> Dialect:
    """The dialect in which a day without a year is the next one from here on."""
    return Dialect(season=first + timedelta(days=182) if first <= date.max - timedelta(days=366) else first)


def _candidates(several: Iterable[_Written], dialect: Dialect) -> list[str]:
    return [text for written in several for text in _iso(_days(written, dialect))]


def _iso(days: list[date]) -> list[str]:
    return [day.isoformat() for day in days]
