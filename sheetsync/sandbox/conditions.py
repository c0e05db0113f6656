"""Whether a cell meets a BooleanCondition: what a filter shows and what a conditional format paints."""

from collections.abc import Callable
from datetime import timedelta
from operator import eq, ge, gt, le, lt, ne

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import Array, Place, Scalar, evaluate, translate
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.serials import serial
from sheetsync.sandbox.typed import typed

#: what a number, or the day of a date, is held against
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "NUMBER_GREATER": gt,
    "NUMBER_GREATER_THAN_EQ": ge,
    "NUMBER_LESS": lt,
    "NUMBER_LESS_THAN_EQ": le,
    "NUMBER_EQ": eq,
    "NUMBER_NOT_EQ": ne,
    "DATE_EQ": eq,
    "DATE_NOT_EQ": ne,
    "DATE_BEFORE": lt,
    "DATE_AFTER": gt,
}
#: texts are compared without regard to case
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "TEXT_CONTAINS": lambda text, part: part in text,
    "TEXT_NOT_CONTAINS": lambda text, part: part not in text,
    "TEXT_STARTS_WITH": str.startswith,
    "TEXT_ENDS_WITH": str.endswith,
    "TEXT_EQ": eq,
    "TEXT_NOT_EQ": ne,
}
#: days from today
_RELATIVE = {"PAST_YEAR": -365, "PAST_MONTH": -30, "PAST_WEEK": -7, "YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}


def holds(results: Results, tab: Tab, place: tuple[int, int], condition: Json, origin: tuple[int, int]) -> bool:
    """Whether the cell at `place` meets the condition; its formulas are written for the cell at `origin`.

    A condition of another kind (those of data validations) is met by every cell.
    """
    kind = str(condition.get("type", ""))
    text = results.text(tab, *place).casefold()
    if kind in ("BLANK", "NOT_BLANK"):
        return (text == "") == (kind == "BLANK")
    if kind not in _COMPARED and kind not in _TEXTS and kind not in _OTHERS:
        return True
    operands = [_operand(results, tab, place, value, origin) for value in condition.get("values", [])]
    if kind == "CUSTOM_FORMULA":
        # A text is no truth, nor is an error; any number but 0 is.
        return bool(operands) and isinstance(operands[0], bool | float) and bool(operands[0])
    if kind in _TEXTS:
        # A word given as a number is compared as it was written.
        written = [str(value.get("userEnteredValue", "")) for value in condition.get("values", [])]
        words = [each if isinstance(each, str) else word for each, word in zip(operands, written, strict=True)]
        return (all if kind == "TEXT_NOT_EQ" else any)(_TEXTS[kind](text, word.casefold()) for word in words)
    return _numbers_hold(results.effective(tab, *place), kind, operands)


_OTHERS = ("CUSTOM_FORMULA", "NUMBER_BETWEEN", "NUMBER_NOT_BETWEEN")


def _numbers_hold(value: Scalar, kind: str, operands: list[Scalar]) -> bool:
    numbers = [each for each in operands if type(each) is float]
    if type(value) is not float or len(numbers) < len(operands) or not numbers:
        return kind.endswith("NOT_EQ") or kind == "NUMBER_NOT_BETWEEN"
    number = float(int(value)) if kind.startswith("DATE") else value
    if kind.endswith("BETWEEN"):
        return (min(numbers) <= number <= max(numbers)) == (kind == "NUMBER_BETWEEN")
    return (all if kind.endswith("NOT_EQ") else any)(_COMPARED[kind](number, each) for each in numbers)


def _operand(results: Results, tab: Tab, place: tuple[int, int], value: Json, origin: tuple[int, int]) -> Scalar:
    """A condition's value as if it stood in the cell: typed, calculated, or a day counted from today."""
    if "relativeDate" in value:
        return serial(results.day + timedelta(days=_RELATIVE.get(value["relativeDate"], 0)))
    local = conventions(results.book.locale)
    entry = typed(str(value.get("userEnteredValue", "")), local, results.day)
    if entry.formula is None:
        return float(entry.value) if type(entry.value) is int else entry.value
    formula = translate(entry.formula, place[0] - origin[0], place[1] - origin[1])
    outcome = evaluate(formula, Place(tab.title, *place), results)
    return outcome.rows[0][0] if isinstance(outcome, Array) else outcome
