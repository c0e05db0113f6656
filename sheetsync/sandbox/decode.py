"""JSON in, checked messages out: what Google's JSON front end refuses is refused here, before any handler sees it.

Handlers may therefore trust names and types: integers are `int`, enums are known names, nothing is null.
"""

import json
import math
import sys
from typing import Any

from sheetsync.sandbox.errors import GoogleError, Json, bad, bad_fields
from sheetsync.sandbox.wire import ENUMS, MESSAGES, entry_type, item_type, snake

#: protobuf's JSON parser gives up beyond this many levels
MAX_DEPTH = 100
_PACKAGE = "type.googleapis.com/google.apps.sheets.v4."


def parse_json(raw: bytes) -> Any:
    """The JSON value in a request body; an empty body is `{}`. Raises the decoder's 400."""
    if not raw.strip():
        return {}
    try:
        # As text: of bytes Python would also take UTF-16.
        return json.loads(raw.decode(), parse_constant=_no_constant)
    except RecursionError:
        raise bad("Invalid JSON payload received. Message too deep. Max recursion depth reached.") from None
    except ValueError as error:
        detail = getattr(error, "msg", "Invalid encoding")
        raise bad_fields(
            f"Invalid JSON payload received. {detail}.", ("", f"Invalid JSON payload received. {detail}.")
        ) from None


def _no_constant(name: str) -> float:
    raise ValueError(f"Unexpected token. {name}")


def decode(value: Any, message: str, at: str = "") -> Json:
    """`value` as a checked message; `at` is the path so far in proto style, used in error texts."""
    return _message(value, message, at, 0)


def _message(value: Any, message: str, at: str, depth: int) -> Json:
    _check_depth(depth)
    if not isinstance(value, dict):
        if not at:
            raise bad('Invalid JSON payload received. Unknown name "": Root element must be a message.')
        raise invalid_value(at, _PACKAGE + message, value)
    fields = MESSAGES[message]
    known = _SPELLINGS[message]
    decoded: Json = {}
    for name, inner in value.items():
        field = known.get(name)
        if field is None:
            raise unknown_name(name, at)
        if inner is not None:
            decoded[field] = _value(inner, fields[field], f"{at}.{snake(field)}".lstrip("."), depth + 1)
    return decoded


#: message -> accepted spelling (camelCase and, as proto3 JSON allows, snake_case) -> field
_SPELLINGS = {name: {spelling: field for field in fields for spelling in (field, snake(field))}
              for name, fields in MESSAGES.items()}  # fmt: skip


def _value(value: Any, kind: str, at: str, depth: int) -> Any:
    item = item_type(kind)
    if item is not None:
        return _list(value, item, at, depth)
    entry = entry_type(kind)
    if entry is not None:
        return _map(value, entry, at, depth)
    if kind == "any":
        return _any(value, depth)
    if kind in MESSAGES:
        return _message(value, kind, at, depth)
    if kind.startswith("#"):
        return _enum(value, kind[1:], at)
    return _SCALARS[kind](value, at)


def _list(value: Any, item: str, at: str, depth: int) -> list[Any]:
    if item in MESSAGES and isinstance(value, (dict, list)):
        value = _flat(value)
    if not isinstance(value, list):
        # Google's parser takes a single scalar for a list of one; an inner list it does not.
        if item in MESSAGES or item == "any" or item_type(item):
            raise invalid_value(at, _PACKAGE + item if item in MESSAGES else _LIST_VALUE, value)
        value = [value]
    # An explicit null inside a row of values means "skip this cell" and must survive.
    return [
        None if inner is None else _value(inner, item, f"{at}[{index}]", depth + 1)
        for index, inner in enumerate(value)
        if inner is not None or item == "any"
    ]


def _map(value: Any, entry: str, at: str, depth: int) -> Json:
    if not isinstance(value, dict):
        raise invalid_value(at, _PACKAGE + entry, value)
    return {
        key: _value(inner, entry, f"{at}[{key[:50]}]", depth + 1) for key, inner in value.items() if inner is not None
    }


def _flat(value: Any) -> list[Any]:
    """One message for a list of one, and lists in a list of messages as if written out.

    Google's parser takes both: gspread-formatting sends them, and works [reported].
    """
    if not isinstance(value, list):
        return [value]
    if not any(isinstance(inner, list) for inner in value):
        return value
    return [each for inner in value for each in (inner if isinstance(inner, list) else [inner])]


_LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise bad("Invalid JSON payload received. Message too deep. Max recursion depth reached for key.")


def _any(value: Any, depth: int) -> Any:
    _check_depth(depth)
    if isinstance(value, dict):
        return {name: _any(inner, depth + 1) for name, inner in value.items()}
    if isinstance(value, list):
        return [_any(inner, depth + 1) for inner in value]
    if isinstance(value, (int, float)) and not abs(value) <= sys.float_info.max:
        raise bad("Invalid JSON payload received. Number is too large.")
    return value


def _enum(value: Any, enum: str, at: str) -> str:
    names = ENUMS[enum]
    if isinstance(value, str) and value in names:
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        return names[value]
    raise invalid_value(at, _PACKAGE + enum, value)


def _int(value: Any, at: str) -> int:
    number = value
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            raise invalid_value(at, "TYPE_INT32", value) from None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise invalid_value(at, "TYPE_INT32", value)
    if not -(2**31) <= number < 2**31 or number != int(number):
        raise invalid_value(at, "TYPE_INT32", value)
    return int(number)


def _float(value: Any, at: str) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise invalid_value(at, "TYPE_DOUBLE", value)
    return number


def _bool(value: Any, at: str) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise invalid_value(at, "TYPE_BOOL", value)


def _str(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise invalid_value(at, "TYPE_STRING", value)
    return value


def _mask(value: Any, at: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("paths"), list):
        return ",".join(str(path) for path in value["paths"])
    if not isinstance(value, str):
        raise invalid_value(at, "type.googleapis.com/google.protobuf.FieldMask", value)
    return value


_SCALARS = {"int": _int, "float": _float, "bool": _bool, "str": _str, "mask": _mask}


def invalid_value(at: str, kind: str, value: Any) -> GoogleError:
    """`Invalid value at 'data.values' (TYPE), "X"`, with the violation in details [recorded]."""
    shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, (dict, list)) else "Starting an object"
    message = f"Invalid value at '{at}' ({kind}), {shown[:200]}"
    return bad_fields(message, (at, message))


def unknown_name(name: str, at: str) -> GoogleError:
    """`Invalid JSON payload received. Unknown name "x" at 'requests[0]': Cannot find field.` [reported]"""
    where = f" at '{at}'" if at else ""
    message = f'Invalid JSON payload received. Unknown name "{name[:200]}"{where}: Cannot find field.'
    return bad_fields(message, (at, message))
