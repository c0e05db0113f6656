"""A value in the form of its column: what a database takes for what a cell shall say. The other way: `sql_cells`."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import types

from sheetsync.core.model import Money, Value

_TICK = timedelta(microseconds=1)
_TRUTH = MappingProxyType({"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False})


def in_form(value: Value, text: str, column_type: types.TypeEngine[Any], there: object) -> object:
    """A value for a column; `text` is how it is written, `there` what the column holds now.

    Raises ValueError where the column cannot hold it whole.
    """
    match column_type:
        case types.Boolean():
            return _boolean(value, text)
        case types.DateTime():
            return _moment(value, column_type.timezone)
        case types.Date():
            return _day(value)
        case types.Time():
            return time.fromisoformat(text)
        case types.Integer():
            return _whole(_number(value))
        case types.Float():
            return float(_number(value))
        case types.Numeric():
            return _number(value)
        case types.Enum() if text not in column_type.enums:
            raise ValueError(f"takes {', '.join(column_type.enums)} only")
        case types.String() if column_type.length is not None and len(text) > column_type.length:
            raise ValueError(f"holds {column_type.length} characters at most")
        case types.String():
            return text
        case _:
            return _like(value, text, there)


def next_version(there: object, now: datetime) -> object:
    """What stands in a version column after one more change: the next number, or this moment, in the same form.

    Raises ValueError for what is neither, a blank included.
    """
    match there:
        case bool():
            raise ValueError("is neither a number nor a time")
        case int() | float() | Decimal():
            return there + 1
        case datetime():
            return _later(there, now)
        case str() if there.strip().isdecimal():
            return str(int(there) + 1).zfill(len(there))
        case str():
            return _later_text(there, now)
        case _:
            raise ValueError("is neither a number nor a time")


def _later(there: datetime, now: datetime) -> datetime:
    moment = now.astimezone(there.tzinfo or UTC)
    # A clock that is behind must not take a version back.
    return max(moment if there.tzinfo else moment.replace(tzinfo=None), there + _TICK)


def _later_text(there: str, now: datetime) -> str:
    try:
        before = datetime.fromisoformat(there.strip())
    except ValueError:
        raise ValueError("is neither a number nor a time") from None
    text = _later(before, now).isoformat(sep="T" if "T" in there else " ")
    return text.removesuffix("+00:00") + "Z" if there.strip().endswith("Z") else text


def _boolean(value: Value, text: str) -> bool:
    if isinstance(value, bool):
        return value
    found = _TRUTH.get(text.casefold())
    if found is None:
        raise ValueError("holds yes or no only")
    return found


def _moment(value: Value, with_zone: bool) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo and not with_zone else value
    if isinstance(value, date):
        return datetime.combine(value, time())
    raise ValueError("holds a time only")


def _day(value: Value) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("holds a day only")


def _number(value: Value) -> Decimal:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise ValueError("holds a number only") from None


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise ValueError("holds whole numbers only")
    return int(number)


def _like(value: Value, text: str, there: object) -> object:
    """In a column without a type (SQLite) a number stays one."""
    if isinstance(there, int | float | Decimal):
        with suppress(ValueError):
            return _plain(_number(value))
    return text


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
