"""Dates as serial numbers: days since 1899-12-30, the fraction is the time of day."""

import math
from datetime import date, datetime, timedelta

EPOCH = date(1899, 12, 30)


def serial(day: date, seconds: float = 0.0) -> float:
    """2020-01-01 is 43831 [recorded]."""
    return float((day - EPOCH).days) + seconds / 86400


def moment(number: float) -> datetime | None:
    """The naive date and time of a serial, to the millisecond; None outside years 1 to 9999."""
    try:
        days = math.floor(number)
        milliseconds = round((number - days) * 86_400_000)
        return datetime.combine(EPOCH, datetime.min.time()) + timedelta(days=days, milliseconds=milliseconds)
    except (OverflowError, ValueError):
        return None


def day_of(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
