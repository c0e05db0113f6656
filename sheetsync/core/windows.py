"""When a row is about: the days it names, and how far two such windows lie apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sheetsync.core.model import Record

#: the fields whose days say when a campaign, or a part of it, takes place
DAYS = ("flight_start", "flight_end", "send_time")
#: what lies further apart is another edition: promotions come back with the season, or with the year
EDITIONS_APART = 60


@dataclass(frozen=True, slots=True)
class Window:
    """From one day to another, both included."""

    first: date
    last: date

    def gap(self, other: "Window") -> int:
        """Days from the end of one to the beginning of the other; 0 where they touch."""
        return max((other.first - self.last).days, (self.first - other.last).days, 0)


def window_of(*records: Record) -> Window | None:
    """From the first to the last day that rows name; None where they name none."""
    return _around(day for record in records for name in DAYS if (day := _day(record, name)) is not None)


def days_of(record: Record) -> tuple[str, ...]:
    """The days a row names, as ISO texts in the order of the fields."""
    return tuple(day.isoformat() for name in DAYS if (day := _day(record, name)) is not None)


def gap(a: Window | None, b: Window | None) -> int | None:
    """Days between two windows; None where one is not known."""
    return None if a is None or b is None else a.gap(b)


def _day(record: Record, name: str) -> date | None:
    value = record.value(name)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _around(days: Iterable[date]) -> Window | None:
    known = sorted(days)
    return Window(known[0], known[-1]) if known else None
