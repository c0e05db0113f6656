"""Times as people read and type them: absolute in UTC, an age beside it, and "since when" as they say it."""

import re
from datetime import UTC, datetime, timedelta

from sheetsync.errors import UsageError

_UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
#: what waits longer than this is forgotten by everybody
_FURTHEST = timedelta(days=366)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AGO = re.compile(r"(\d{1,6})\s*(min|h|d|w)")


def iso(moment: datetime) -> str:
    """As documents hold it: ISO with zone, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def to_the_minute(text: str) -> str:
    """A document's time, short: "2026-11-27 12:01Z"."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")


def age(since: str, now: str) -> str:
    """How long ago, in the largest unit that fits: "3 d"."""
    passed = datetime.fromisoformat(now) - datetime.fromisoformat(since)
    unit = next((unit for unit in ("d", "h", "min") if passed >= _UNITS[unit]), None)
    return f"{passed // _UNITS[unit]} {unit}" if unit else "now"


def moment(text: str, option: str, now: datetime) -> datetime:
    """What somebody typed for a point in time: a day, a time (UTC unless it says otherwise), or an age such as 3d.

    Raises `UsageError` naming the option.
    """
    if ago := _AGO.fullmatch(text.strip()):
        try:
            return now - int(ago[1]) * _UNITS[ago[2]]
        except OverflowError:
            return datetime.min.replace(tzinfo=UTC)
    try:
        told = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} {text!r} is no time.", "Type a day (2026-11-27), a time (2026-11-27T12:00Z) or an age (12h, 3d)."
        ) from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def ahead(text: str, option: str, now: datetime) -> datetime:
    """What somebody typed for a point in time to come: a time (UTC unless it says otherwise), a day, which lasts until
    its end, or how long from now: 24h, 3d.

    Raises `UsageError` naming the option, also for what is over, or further than a year away.
    """
    text = text.strip()
    if distance := _AGO.fullmatch(text):
        found = now + min(int(distance[1]), _FURTHEST // _UNITS[distance[2]] + 1) * _UNITS[distance[2]]
    else:
        found = moment(text, option, now) + (_UNITS["d"] if _DAY.fullmatch(text) else timedelta())
    if not now < found <= now + _FURTHEST:
        raise UsageError(
            f"{option} {text!r} is {'over already' if found <= now else 'more than a year away'}.",
            "Type how long from now (24h, 3d), a day or a time that is to come.",
        )
    return found
