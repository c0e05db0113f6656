"""A database's values as cells: what a spreadsheet would hold and show for them."""

import math
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import types

from sheetsync.core.model import BLANK, Cell, Format

#: day 0 of spreadsheets
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serials know no zone
DAY = timedelta(days=1)


class CellMaker:
    """Makes the cells of one column from values as the driver gave them.

    SQLite has no dates and no booleans: there they are text and numbers, and only the column's type tells. What such a
    column holds against its type stays what it is, so that one odd value does not cost the table.
    """

    def __init__(self, column_type: types.TypeEngine[Any], shared: dict[str, Cell]) -> None:
        """`shared` holds one cell per distinct text of a table: partners and states repeat on every row."""
        self._typed = _typing(column_type)
        self._shared = shared

    def cell(self, value: object) -> Cell:
        """One value as a cell; NULL and the empty text are blank."""
        typed = self._typed(value)
        if isinstance(typed, str):
            return self._shared.get(typed) or self._shared.setdefault(typed, _text(typed))
        return cell_of(typed)


def cell_of(value: object) -> Cell:
    """A value as a cell: numbers plain and without exponent, dates as serial days shown in ISO."""
    match value:
        case None:
            return BLANK
        case bool():
            return Cell(value=value, shown="TRUE" if value else "FALSE")
        case int() | float() | Decimal():
            return _number(value)
        case datetime():
            return _moment(value)
        case date():
            return Cell(value=float((value - EPOCH.date()).days), shown=value.isoformat(), format=Format.DATE)
        case time():
            return Cell(value=_fraction(value), shown=value.isoformat(), format=Format.TIME)
        case bytes() | bytearray() | memoryview():
            return _text(f"({len(value)} bytes)")
        case _:
            return _text(str(value))


def _text(text: str) -> Cell:
    return Cell(value=text, shown=text) if text else BLANK


def _number(value: float | Decimal) -> Cell:
    try:
        number = float(value)
    except (OverflowError, ValueError):  # too large for a float; a signalling NaN
        number = math.inf
    if not math.isfinite(number):  # a spreadsheet has no such number, and NaN would differ from itself
        return _text(str(value))
    return Cell(value=number, shown=_plain(value))


def _plain(value: float | Decimal) -> str:
    if isinstance(value, float):
        return format(Decimal(repr(value or 0.0)), "f").removesuffix(".0")  # -0.0 is 0 to people
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _moment(value: datetime) -> Cell:
    local = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return Cell(value=(local - EPOCH) / DAY, shown=local.isoformat(sep=" "), format=Format.DATE_TIME)


def _fraction(value: time) -> float:
    return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond) / DAY


def _typing(column_type: types.TypeEngine[Any]) -> Callable[[object], object]:
    match column_type:
        case types.Boolean():
            return _as_boolean
        case types.DateTime():
            return _from_text(datetime.fromisoformat)
        case types.Date():
            return _from_text(date.fromisoformat)
        case types.Time():
            return _from_text(time.fromisoformat)
        case _:
            return _as_it_is


def _as_it_is(value: object) -> object:
    return value


def _as_boolean(value: object) -> object:
    return bool(value) if value in (0, 1) else value


def _from_text(read: Callable[[str], object]) -> Callable[[object], object]:
    def typed(value: object) -> object:
        if isinstance(value, str):
            with suppress(ValueError):
                return read(value)
        return value

    return typed
