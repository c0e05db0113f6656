"""From plain data to the shape: every mistake told in our words, and a usable document in spite of it.

What does not fit is replaced by a blank of the right type, so that the checks of meaning see everything that does fit.
A document with a problem is never frozen, so no blank ever leaves this package.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Final, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sheetsync.config.findings import Findings, Where, did_you_mean, nearest
from sheetsync.config.shape import MAPPING, WORD, Shape

_UNKNOWN: Final = "extra_forbidden"
_WANTED: Final = {
    "string_type": "text",
    "spellings_type": "text or a list of texts",
    "rows_type": "all or a mapping (field: its words)",
    "sources_type": "everything or a list of sources",
    "visibility_type": "full, fields, none or a mapping (source: one of these)",
    "list_type": "a list",
    "dict_type": "a mapping (name: value)",
    "model_type": "a mapping (name: value)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date such as 2026-12-01",
}
#: in this order, because a truth value is a number to Python, and a time a date
_KINDS: Final[Mapping[type | UnionType, str]] = {
    NoneType: "nothing",
    bool: "true or false",
    int | float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
    datetime: "a date with a time",
    date: "a date",
}
_BLANKS: Final[Mapping[str, Callable[[ErrorDetails], object]]] = {
    "missing": lambda _: None,
    "string_type": lambda _: "?",
    "string_pattern_mismatch": lambda _: "?",
    "list_type": lambda _: [],
    "spellings_type": lambda _: [],
    "rows_type": lambda _: {},
    "sources_type": lambda _: "everything",
    "visibility_type": lambda _: {},
    "dict_type": lambda _: {},
    "model_type": lambda _: {},
    "int_type": lambda _: 1,
    "float_type": lambda _: 1.0,
    "bool_type": lambda _: False,
    "date_type": lambda _: date(2000, 1, 1),
    "enum": lambda error: _expected(error)[0],
    # what has no quotes is the one truth value that may stand there
    "literal_error": lambda error: next(iter(_expected(error)), True),
}


def fit(data: dict[str, object], findings: Findings) -> Shape:
    """The document in its shape; whatever is wrong with it is reported to `findings`."""
    data = deepcopy(data)
    while True:
        try:
            return Shape.model_validate(data)
        except ValidationError as invalid:
            # misspelt settings first: their right names are missing then, which is no second mistake
            for error in sorted(invalid.errors(include_url=False), key=lambda error: error["type"] != _UNKNOWN):
                where = _where(error, data)
                _tell(error, where, findings)
                _blank(error, where, data)


def _where(error: ErrorDetails, data: dict[str, object]) -> Where:
    """Where the mistake stands in the file: a lone text counts as a list of one, but it has no [0] there."""
    *path, last = (step for step in error["loc"] if step not in (WORD, MAPPING))
    return tuple(path) if isinstance(_at(path, data), str) else (*path, last)


def _at(path: Sequence[str | int], data: dict[str, object]) -> object:
    found: object = data
    for step in path:
        found = cast("dict[str | int, object]", found)[step]
    return found


def _tell(error: ErrorDetails, where: Where, findings: Findings) -> None:
    if error["type"] == _UNKNOWN:
        if not findings.told_within(where):  # a key pasted into it is the one thing to say
            _tell_unknown(where, findings)
    elif error["type"] == "missing" and findings.doubtful(where):
        findings.pass_over(where)
    else:
        findings.report(where, _message(error))


def _tell_unknown(where: Where, findings: Findings) -> None:
    name, known = str(where[-1]), _settings_beside(where)
    guess = nearest(name, known)
    if guess:
        findings.doubt((*where[:-1], guess))
    kind = "section" if len(where) == 1 else "setting"
    hint = did_you_mean(guess) or f"; there is {', '.join(known)}"
    findings.report(where, f"no {kind} of that name{hint}")


def _settings_beside(where: Where) -> list[str]:
    """The names a setting at `where` could have had."""
    model: type[BaseModel] = Shape
    for step in where[:-1]:
        named = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
        model = _model_in(named.get(str(step))) or model
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _message(error: ErrorDetails) -> str:
    """What is wrong, without the value: it may be a secret in the wrong place."""
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return "is missing"
    if kind in ("enum", "literal_error"):
        guess = nearest(value, _expected(error)) if isinstance(value, str) else None
        expected = str(error["ctx"]["expected"]).replace("'", "").replace("True", "true")
        return f"must be {expected}{did_you_mean(guess)}"
    if kind == "string_pattern_mismatch":
        return "is empty"
    if kind in _WANTED:
        quotes = "; put it in quotes" if kind in ("string_type", "spellings_type") and _is_plain(value) else ""
        return f"{_kind_of(value)} where {_WANTED[kind]} is needed{quotes}"
    # what is left are bounds of numbers, which pydantic says well: "Input should be greater than 0"
    return error["msg"].replace("Input should be", "must be").replace("Input should", "must")


def _expected(error: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | date)


def _kind_of(value: object) -> str:
    return next((name for kinds, name in _KINDS.items() if isinstance(value, kinds)), "something else")


def _blank(error: ErrorDetails, where: Where, data: dict[str, object]) -> None:
    """Put a value that fits where the error is, or drop what has a default to fall back on."""
    *path, last = where
    holder = cast("dict[str | int, object]", _at(path, data))
    if blank := _BLANKS.get(error["type"]):
        holder[last] = blank(error)
    elif error["type"].startswith(("greater_than", "less_than")):
        # The bound itself fits, or the number next to it: any other might be out of bounds on its other side.
        holder[last] = _within(error)
    else:
        del holder[last]


def _within(error: ErrorDetails) -> float:
    [(kind, bound)] = error["ctx"].items()
    return cast("float", {"ge": bound, "le": bound, "gt": bound + 1, "lt": bound - 1}[kind])
