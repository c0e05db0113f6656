"""Arithmetic of single numbers: rounding, remainders, roots."""

import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal

from sheetsync.sandbox.digits import half_up
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, Function, each
from sheetsync.sandbox.formulas.functions.operators import divide, power
from sheetsync.sandbox.formulas.values import Failure

_EXACT = Context(prec=800)


def round_(number: float, places: float = 0.0) -> float:
    return float(half_up(Decimal(repr(number)), int(places)))


def _towards(rounding: str) -> Callable[..., float]:
    def rounded(number: float, places: float = 0.0) -> float:
        unit = Decimal(1).scaleb(-max(-400, min(400, int(places))))
        return float(Decimal(repr(number)).quantize(unit, rounding, _EXACT))

    return rounded


def mod(dividend: float, divisor: float) -> float:
    """The remainder with the divisor's sign."""
    if divisor == 0:
        raise Failure("#DIV/0!", "Function MOD parameter 2 cannot be zero.")
    return dividend % divisor


def _multiple(rounded: Callable[[float], float]) -> Callable[..., float]:
    def nearest(number: float, factor: float = 1.0) -> float:
        if factor == 0:
            return 0.0
        if number > 0 > factor:
            raise Failure("#NUM!", "The factor must not be below 0 where the number is above.")
        # What a float cannot hold exactly is not a multiple missed: 1.1 holds eleven tenths.
        quotient = round(number / factor, 9)
        return rounded(quotient) * factor

    return nearest


def mround(number: float, factor: float) -> float:
    if number * factor < 0:
        raise Failure("#NUM!", "The number and the factor have different signs.")
    return round_(number / factor) * factor if factor else 0.0


def sqrt(number: float) -> float:
    if number < 0:
        raise Failure("#NUM!", "Function SQRT parameter 1 value is negative.")
    return math.sqrt(number)


def log(number: float, base: float = 10.0) -> float:
    if number <= 0 or base <= 0:
        raise Failure("#NUM!", "Only numbers above 0 have a logarithm.")
    return divide(math.log(number), math.log(base))


def quotient(dividend: float, divisor: float) -> float:
    return float(math.trunc(divide(dividend, divisor)))


def _sign(number: float) -> float:
    return float((number > 0) - (number < 0))


FUNCTIONS: dict[str, Function] = {
    "ROUND": each(round_, NUMBER, NUMBER, least=1),
    "ROUNDUP": each(_towards(ROUND_UP), NUMBER, NUMBER, least=1),
    "ROUNDDOWN": each(_towards(ROUND_DOWN), NUMBER, NUMBER, least=1),
    "TRUNC": each(_towards(ROUND_DOWN), NUMBER, NUMBER, least=1),
    "INT": each(lambda number: float(math.floor(number)), NUMBER),
    "CEILING": each(_multiple(math.ceil), NUMBER, NUMBER, least=1),
    "FLOOR": each(_multiple(math.floor), NUMBER, NUMBER, least=1),
    "MROUND": each(mround, NUMBER, NUMBER),
    "MOD": each(mod, NUMBER, NUMBER),
    "QUOTIENT": each(quotient, NUMBER, NUMBER),
    "ABS": each(abs, NUMBER),
    "SIGN": each(_sign, NUMBER),
    "SQRT": each(sqrt, NUMBER),
    "POWER": each(power, NUMBER, NUMBER),
    "EXP": each(math.exp, NUMBER),
    "LN": each(lambda number: log(number, math.e), NUMBER),
    "LOG": each(log, NUMBER, NUMBER, least=1),
    "LOG10": each(log, NUMBER),
    "PI": each(lambda: math.pi),
    "ISEVEN": each(lambda number: math.trunc(number) % 2 == 0, NUMBER),
    "ISODD": each(lambda number: math.trunc(number) % 2 == 1, NUMBER),
}
