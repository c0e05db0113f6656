"""The shape of a BooleanCondition: which kinds there are for which purpose, and how many values each takes [schema]."""

from sheetsync.sandbox.a1 import RangeError
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.naming import resolve

VALIDATION, FORMAT, FILTER = "data validation", "conditional formatting", "filters"
_ALL = (VALIDATION, FORMAT, FILTER)
_MANY = 100_000

#: type -> purposes, least and most values
_SHAPES: dict[str, tuple[tuple[str, ...], int, int]] = {
    **dict.fromkeys(
        ("NUMBER_GREATER", "NUMBER_GREATER_THAN_EQ", "NUMBER_LESS", "NUMBER_LESS_THAN_EQ", "NUMBER_EQ",
         "NUMBER_NOT_EQ", "TEXT_CONTAINS", "TEXT_NOT_CONTAINS", "TEXT_EQ", "DATE_EQ", "DATE_BEFORE", "DATE_AFTER",
         "CUSTOM_FORMULA"),
        (_ALL, 1, 1),
    ),
    **dict.fromkeys(("NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN"), (_ALL, 2, 2)),
    **dict.fromkeys(("TEXT_STARTS_WITH", "TEXT_ENDS_WITH"), ((FORMAT, FILTER), 1, 1)),
    **dict.fromkeys(("TEXT_IS_EMAIL", "TEXT_IS_URL", "DATE_IS_VALID"), ((VALIDATION,), 0, 0)),
    **dict.fromkeys(("DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER"), ((VALIDATION,), 1, 1)),
    **dict.fromkeys(("DATE_BETWEEN", "DATE_NOT_BETWEEN"), ((VALIDATION,), 2, 2)),
    **dict.fromkeys(("BLANK", "NOT_BLANK"), ((FORMAT, FILTER), 0, 0)),
    "ONE_OF_RANGE": ((VALIDATION,), 1, 1),
    "ONE_OF_LIST": ((VALIDATION,), 1, _MANY),
    "BOOLEAN": ((VALIDATION,), 0, 2),
    "FILTER_EXPRESSION": ((VALIDATION,), 1, 1),
    **dict.fromkeys(("TEXT_NOT_EQ", "DATE_NOT_EQ"), ((FILTER,), 1, _MANY)),
}  # fmt: skip
_RELATIVE = frozenset(("DATE_BEFORE", "DATE_AFTER", "DATE_ON_OR_BEFORE", "DATE_ON_OR_AFTER"))


def checked(editing: Editing, condition: Json, purpose: str, at: str) -> Json:
    """The condition as it is kept; `at` is its path in the request."""
    kind, values = condition.get("type", ""), condition.get("values", [])
    if kind not in _SHAPES:
        raise editing.refuse(f"{at}.type must be specified.")  # [believed: conditions-need-a-type]
    purposes, least, most = _SHAPES[kind]
    if purpose not in purposes:
        # [believed: conditions-know-their-purpose]
        raise editing.refuse(f"ConditionType '{kind}' is not supported by {purpose}.")
    if not least <= len(values) <= most:
        wanted = str(least) if least == most else f"at least {least}" if most == _MANY else f"{least} to {most}"
        # [believed: conditions-count-their-values]
        raise editing.refuse(f"ConditionType '{kind}' must have {wanted} ConditionValue(s), but found {len(values)}.")
    for value in values:
        _check_value(editing, kind, value, purpose)
    if kind == "ONE_OF_RANGE":
        return condition | {"values": [_range(editing, values[0])]}
    return condition


def _check_value(editing: Editing, kind: str, value: Json, purpose: str) -> None:
    if len(value) != 1:
        # [believed: condition-values-are-not-empty]
        raise editing.refuse("A ConditionValue must have exactly one of relativeDate and userEnteredValue.")
    if "relativeDate" in value and (kind not in _RELATIVE or purpose == VALIDATION):
        # [believed: relative-dates-are-for-formats-and-filters]
        raise editing.refuse(f"Relative dates are not supported in {purpose} with ConditionType '{kind}'.")


def _range(editing: Editing, value: Json) -> Json:
    """The range of a dropdown, as a formula, so that it follows the edits of its tab."""
    text = value["userEnteredValue"]
    try:
        resolve(editing.book, text.removeprefix("="))
    except RangeError:
        # [believed: dropdown-ranges-must-be-there]
        raise editing.refuse(f"Invalid range: {text[:200]}") from None
    return {"userEnteredValue": text if text.startswith("=") else f"={text}"}
