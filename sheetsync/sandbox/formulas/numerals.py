"""Which texts count as numbers: `1,042.50`, `12%`, `2024-03-01`."""

import re
from datetime import date, timedelta

_EPOCH = date(1899, 12, 30)
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NUMERAL = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?%?")
_SWAP_SEPARATORS = str.maketrans(",.", ".,")


def read_number(text: str, decimal_comma: bool = False) -> float | None:
    """The number a text stands for, a date as its serial; None when it stands for none."""
    stripped = text.strip()
    dated = _ISO_DATE.fullmatch(stripped)
    if dated:
        return _serial(*map(int, dated.groups()))
    plain = stripped.translate(_SWAP_SEPARATORS) if decimal_comma else stripped
    if not _NUMERAL.fullmatch(plain):
        return None
    try:
        number = float(plain.rstrip("%").replace(",", ""))
    except ValueError:  # a sign or a point alone
        return None
    return number / 100 if plain.endswith("%") else number


def serial(day: date) -> float:
    """The days from 1899-12-30 to this one, as spreadsheets count them."""
    return float((day - _EPOCH).days)


def day_of(number: float) -> date | None:
    """The day of a serial number, its time of day dropped; None beyond the calendar."""
    try:
        return _EPOCH + timedelta(days=number // 1)
    except OverflowError:
        return None


def _serial(year: int, month: int, day: int) -> float | None:
    try:
        return serial(date(year, month, day))
    except ValueError:
        return None
