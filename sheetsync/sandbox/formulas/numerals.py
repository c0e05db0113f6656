"""Which texts count as numbers in a formula: those that typing makes numbers, `1,042.50`, `12%`, `$5`, `2024-03-01`."""

from datetime import date, timedelta
from functools import lru_cache

from sheetsync.sandbox.locales import Conventions
from sheetsync.sandbox.serials import EPOCH
from sheetsync.sandbox.typed import typed


@lru_cache(maxsize=4096)
def read_number(text: str, conventions: Conventions, today: date) -> float | None:
    """The number a text stands for, a date as its serial; None when it stands for none."""
    value = typed(text, conventions, today).value
    return value if isinstance(value, float) else None


def serial(day: date) -> float:
    """The days from 1899-12-30 to this one, as spreadsheets count them."""
    return float((day - EPOCH).days)


def day_of(number: float) -> date | None:
    """The day of a serial number, its time of day dropped; None beyond the calendar."""
    try:
        return EPOCH + timedelta(days=number // 1)
    except OverflowError:
        return None
