"""The operators, under the names Google gives them as functions."""

import math
import operator
from collections.abc import Callable

from sheetsync.sandbox.formulas.functions.kinds import NUMBER, SOUND, TEXT, Function, each
from sheetsync.sandbox.formulas.values import Failure, Sound, folded


def divide(dividend: float, divisor: float) -> float:
    if divisor == 0:
        raise Failure("#DIV/0!", "Function DIVIDE parameter 2 cannot be zero.")
    return dividend / divisor


def power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        raise Failure("#DIV/0!", "Zero has no negative power.")
    if base < 0 and not exponent.is_integer():
        raise Failure("#NUM!", "The power would not be a real number.")
    return math.pow(base, exponent)


def compare(one: Sound, other: Sound) -> int:
    """Below 0, 0 or above 0. Numbers stand before texts, texts before TRUE and FALSE; blank is the other's zero."""
    left, right = _rank(one, other), _rank(other, one)
    return (left > right) - (left < right)


def _rank(value: Sound, beside: Sound) -> tuple[int, float, str]:
    if value is None:
        return _rank(_blank_beside(beside), beside)
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, folded(value)
    return 0, value, ""


def _blank_beside(value: Sound) -> bool | float | str:
    if isinstance(value, bool):
        return False
    return "" if isinstance(value, str) else 0.0


def _comparison(holds: Callable[[int, int], bool]) -> Function:
    return each(lambda one, other: holds(compare(one, other), 0), SOUND, SOUND)


FUNCTIONS: dict[str, Function] = {
    "ADD": each(operator.add, NUMBER, NUMBER),
    "MINUS": each(operator.sub, NUMBER, NUMBER),
    "MULTIPLY": each(operator.mul, NUMBER, NUMBER),
    "DIVIDE": each(divide, NUMBER, NUMBER),
    "POW": each(power, NUMBER, NUMBER),
    "UMINUS": each(operator.neg, NUMBER),
    "UPLUS": each(lambda value: value, SOUND),
    "UNARY_PERCENT": each(lambda value: value / 100, NUMBER),
    "CONCAT": each(operator.add, TEXT, TEXT),
    "EQ": _comparison(operator.eq),
    "NE": _comparison(operator.ne),
    "LT": _comparison(operator.lt),
    "LTE": _comparison(operator.le),
    "GT": _comparison(operator.gt),
    "GTE": _comparison(operator.ge),
}
