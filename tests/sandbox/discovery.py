"""Checks JSON against Google's own discovery documents: no unknown field, no wrong type, format or enum name.

Each schema becomes one function from a value to the first thing that is wrong with it, `""` where nothing is; the way
to the place is only put together on the way back. Lists longer than `_WHOLE` are checked by sample.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

Check = Callable[[Any], str]

#: items of a list that are all checked; beyond it every `_STEP`th: rows of one list are made by one piece of code
_WHOLE, _STEP = 150, 13


@cache
def document(name: str) -> dict[str, Any]:
    """The discovery document `sheets.v4` or `drive.v3`."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    loaded: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return loaded


def complaints(value: Any, schema: str, name: str = "sheets.v4") -> list[str]:
    """What is wrong with `value` as a message of this schema; empty when it fits."""
    wrong = message(name, schema)(value)
    return [f"{schema}{wrong}"] if wrong else []


@cache
def message(name: str, schema: str, relaxed: bool = False) -> Check:
    """The check of one message. `relaxed` also takes what proto3's JSON takes in requests.

    That is: null for absent, numbers as texts, 2.0 for 2, enums by number, snake_case names, one value for a list of
    one, lists in a list of messages, and field masks as `{"paths": […]}`. Source: the JSON mapping in protobuf's
    language guide; for lists, what gspread-formatting sends and Google takes.
    """
    return _object(document(name)["schemas"][schema], name, relaxed)


def kind_check(kind: Mapping[str, Any], name: str, relaxed: bool = False) -> Check:
    """The check of anything a discovery document describes: a message, a list, a scalar or a parameter."""
    if "$ref" in kind:
        # Looked up when called: messages hold each other.
        return lambda value: message(name, kind["$ref"], relaxed)(value)
    expected = kind.get("type", "any")
    if expected == "any":
        return _anything
    if expected == "array":
        return _list(kind_check(kind["items"], name, relaxed), relaxed, kind["items"])
    if expected == "object":
        return _object(kind, name, relaxed)
    return _scalar(kind, relaxed)


def _anything(_: Any) -> str:
    return ""


def _list(item: Check, relaxed: bool, kind: Mapping[str, Any]) -> Check:
    bare = relaxed and (kind.get("type", "any") in _SCALARS or "$ref" in kind)

    def check(value: Any) -> str:
        if not isinstance(value, list):
            return item(value) if bare else f": {_shown(value)} is no list"
        if relaxed and "$ref" in kind:
            value = [each for inner in value for each in (inner if isinstance(inner, list) else [inner])]
        for index, inner in _sampled(value):
            if wrong := "" if relaxed and inner is None else item(inner):
                return f"[{index}]{wrong}"
        return ""

    return check


def _sampled(values: list[Any]) -> Iterator[tuple[int, Any]]:
    yield from enumerate(values[:_WHOLE])
    for index in range(_WHOLE, len(values), _STEP):
        yield index, values[index]


def _object(kind: Mapping[str, Any], name: str, relaxed: bool) -> Check:
    known = {field: kind_check(inner, name, relaxed) for field, inner in kind.get("properties", {}).items()}
    if relaxed:
        known |= {_snake(field): check for field, check in known.items()}
    others = kind_check(kind["additionalProperties"], name, relaxed) if "additionalProperties" in kind else None

    def check(value: Any) -> str:
        if not isinstance(value, dict):
            return f": {_shown(value)} is no object"
        for field, inner in value.items():
            inner_check = known.get(field, others)
            if inner_check is None:
                return f".{field}: unknown field"
            if wrong := "" if relaxed and inner is None else inner_check(inner):
                return f".{field}{wrong}"
        return ""

    return check


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


# ---------------------------------------------------------------- scalars


def _scalar(kind: Mapping[str, Any], relaxed: bool) -> Check:
    expected, names, form = kind["type"], kind.get("enum"), kind.get("format", "")
    fits, formed = _SCALARS[expected], _FORMATS.get(form)

    def check(value: Any) -> str:
        given = _plain(value, expected, form, names) if relaxed else value
        if not fits(given):
            return f": {_shown(value)} is not {expected}"
        if names is not None and given not in names:
            return f": {_shown(value)} is not one of {', '.join(names)}"
        return "" if formed is None or formed(given) else f": {_shown(value)} is not {form}"

    return check


def _plain(value: Any, expected: str, form: str, names: list[str] | None) -> Any:
    """The value in its usual spelling, where proto3's JSON allows others."""
    if expected in ("integer", "number") and isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return value
    if expected == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if expected == "boolean" and value in ("true", "false"):
        return value == "true"
    if names is not None and isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    if form == "google-fieldmask" and isinstance(value, dict) and isinstance(value.get("paths"), list):
        return ",".join(map(str, value["paths"]))
    return str(value) if form == "int64" and isinstance(value, int) else value


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_SCALARS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_int,
    "number": lambda value: _is_int(value) or isinstance(value, float),
}


def _is_moment(text: str) -> bool:
    """RFC 3339 with its zone: `2026-11-27T09:00:00.000Z`."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_FORMATS: Mapping[str, Callable[[Any], bool]] = {
    "int32": lambda number: -(2**31) <= number < 2**31,
    # A number that JavaScript could not hold travels as text.
    "int64": lambda text: re.fullmatch(r"-?[0-9]{1,19}", text) is not None,
    "double": lambda number: float("-inf") < number < float("inf"),
    "float": lambda number: float("-inf") < number < float("inf"),
    "date-time": _is_moment,
    "google-datetime": _is_moment,
    "date": _is_day,
    "byte": lambda text: re.fullmatch(r"[A-Za-z0-9+/_-]*={0,2}", text) is not None,
    "google-fieldmask": lambda text: re.fullmatch(r"[A-Za-z0-9_.*,/() ]*", text) is not None,
}


def _shown(value: Any) -> str:
    return repr(value)[:120]
