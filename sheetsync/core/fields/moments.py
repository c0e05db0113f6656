"""Moments as people write them: a day, a time of day, perhaps a zone ("Jun 01, 2023 09:46 pm", "7 Uhr", "06:00 PT")."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sheetsync.core.fields.dates import read_day
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.fields.texts import ambiguous, bare, unreadable
from sheetsync.core.fields.zones import ZONES
from sheetsync.core.model import Problem

_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a typed moment knows no zone

_OFFSET = r"(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?"
_CLOCK = (
    r"(?:(?:at|um|a|@) ?)?(?P<hour>[0-9]{1,2})"
    r"(?:(?P<mark>[:.h]) ?(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?)?"
    r" ?(?P<half>[ap]\.?m\.?|[ap]|uhr|uur|h)?(?:(?=z$)|(?![a-z0-9.:]))"
    rf"(?: ?\(?(?P<zone>{_OFFSET}|{'|'.join(sorted(ZONES, key=len, reverse=True))})"
    r"(?: (?:time|zeit|tijd))?\)?)?(?![a-z0-9])"
)
#: what no text with a time of day is without: looked for first, because most days come alone
_CLOCKED = re.compile(r"[0-9] ?[:hapu]")
_AT_END = re.compile(rf"(?:^|[ ,@]|(?<=[0-9])t(?=[0-9]))\(?{_CLOCK}\)?$")
_AT_START = re.compile(rf"^{_CLOCK}(?:[ ,]+(?:on )?)")
_CANONICAL = re.compile(
    r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2}(?:\.\d{6})?)?(?:[+-]\d{2}:\d{2}(?::\d{2}(?:\.\d{6})?)?)?"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day; `zone` is the word or offset the text gave ("pt", "+02:00"), None where it gave none."""

    time: time
    zone: str | None = None


def split_clock(text: str) -> tuple[str, Clock | None]:
    """A folded text without its time of day, and that time; the text as it is when it has none."""
    plain = bare(text)
    for shape in (_AT_END, _AT_START) if _CLOCKED.search(plain) else ():
        found = shape.search(plain)
        if found and (clock := _clock(found)):
            return (plain[: found.start()] + plain[found.end() :]).strip(" ,("), clock
    return text, None


def read_moment(text: str, dialect: Dialect) -> datetime | Problem | None:
    """The moment a text names: aware when it (or the column) names a zone, otherwise naive.

    A Problem without a day or without a time, and for a time that the zone's change of clocks skips or repeats
    (candidates are canonical moments).
    """
    canonical = " ".join(text.split())
    if _CANONICAL.fullmatch(canonical) and (moment := _exact(canonical)):
        return moment
    rest, clock = split_clock(text)
    if clock and not rest:
        return unreadable(text, "has a time but no day")
    day = read_day(rest, dialect, raw=text)
    if day is None:
        return None
    if clock is None:
        return day if isinstance(day, Problem) else unreadable(text, "has a day but no time")
    if isinstance(day, date):
        return _joined(day, clock, dialect, text)
    both = [_joined(date.fromisoformat(candidate), clock, dialect, text) for candidate in day.candidates]
    texts = [t for m in both for t in (m.candidates if isinstance(m, Problem) else (moment_text(m),))]
    return Problem(day.kind, day.message, tuple(texts), day.precision)


def moment_from_serial(serial: float, dialect: Dialect, raw: str) -> datetime | Problem:
    """The moment of a typed date and time, to the second, in the column's zone; a Problem outside 1901..9999."""
    if not 367 <= serial < 2958466:
        return unreadable(raw, "is a number that the sheet shows as a date")
    local = _SERIAL_ZERO + timedelta(seconds=min(round(serial * 86400), 2958466 * 86400 - 1))
    return _joined(local.date(), Clock(local.time()), dialect, raw)


def moment_text(moment: datetime) -> str:
    """Canonical text: "2026-11-27 06:00-08:00", with seconds only where there are any."""
    return moment.isoformat(" ", "auto" if moment.second or moment.microsecond else "minutes")


def moment_of(text: str) -> datetime:
    """The inverse of `moment_text`; ValueError for anything else."""
    if not _CANONICAL.fullmatch(text):
        raise ValueError(f"{text!r} is no canonical moment")
    return datetime.fromisoformat(text)


def _exact(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> Clock | None:
    """A clock that exists; a bare number is none, and "9.30" only beside Uhr, am or pm (it may be a day)."""
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    half = (found["half"] or "").replace(".", "")
    if not half and found["mark"] not in (":", "h"):
        return None
    if half[:1] in ("a", "p"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(time(hour, minute, second), found["zone"])


def _joined(day: date, clock: Clock, dialect: Dialect, raw: str) -> datetime | Problem:
    local = datetime.combine(day, clock.time)
    word = clock.zone or (bare(dialect.zone) if dialect.zone else None)
    if word is None or (clock.zone is None and word not in ZONES):
        return local
    offsets = _offsets(local, word)
    if offsets is None:
        return unreadable(raw, "names a time zone that is not known here")
    if not offsets:
        return unreadable(raw, "names a time that the change of clocks skips")
    moments = [local.replace(tzinfo=timezone(offset) if offset else UTC) for offset in offsets]
    if len(moments) > 1:
        return ambiguous(raw, "can be two moments", [moment_text(moment) for moment in moments])
    return moments[0]


def _offsets(local: datetime, word: str) -> list[timedelta] | None:
    """The offsets from UTC a zone's word may mean at that local time; None when the zone is unknown.

    "EST" in July is two: the word says winter time, its writer most likely the clock on the wall.
    """
    if word not in ZONES:
        return _stated_offset(word)
    name, hours = ZONES[word]
    stated = [] if hours is None else [timedelta(hours=hours)]
    if name is None:
        return stated
    place = _place(name)
    if place is None:
        return stated or None
    local_offsets = _place_offsets(local, place)
    return stated if stated and stated[0] in local_offsets else list(dict.fromkeys(stated + local_offsets))


def _place_offsets(local: datetime, place: ZoneInfo) -> list[timedelta]:
    """One offset; two in the hour that comes twice; none in the hour that is skipped."""
    try:
        early, late = (local.replace(tzinfo=place, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    except OverflowError:
        return []
    if early < late:
        return []
    return [early] if early == late else [early, late]


def _stated_offset(word: str) -> list[timedelta] | None:
    digits = re.fullmatch(r"(?:utc|gmt)?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?", word)
    if digits is None or int(digits["hours"]) > 14 or int(digits["minutes"] or 0) > 59:
        return None
    offset = timedelta(hours=int(digits["hours"]), minutes=int(digits["minutes"] or 0))
    return [-offset if digits["sign"] == "-" else offset]


@cache
def _place(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return None
