"""Sums, counts and other numbers made of many."""

from collections.abc import Callable, Iterator

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.formats import round_half_up
from sheetsync.sandbox.formulas.functions.criteria import criterion
from sheetsync.sandbox.formulas.functions.kinds import NUMBER, Function, Whole, attempt, each
from sheetsync.sandbox.formulas.values import Array, Failure, Omitted, Scalar


def _numbers(calculation: Calculation, values: tuple[Value, ...]) -> Iterator[float]:
    """The numbers among the values: in ranges whatever else stands there is passed over, errors are not."""
    for value in values:
        if not isinstance(value, Area | Array):
            yield calculation.number(calculation.single(value))
            continue
        for element in calculation.each(value):
            sound = calculation.sound(element)
            if isinstance(sound, float):
                yield sound


def _total(compute: Callable[[list[float]], float]) -> Whole:
    return Whole(lambda calculation, *values: compute(list(_numbers(calculation, values))), 1, None)


def _sum(numbers: list[float]) -> float:
    return sum(numbers, 0.0)


def _average(numbers: list[float]) -> float:
    if not numbers:
        raise Failure("#DIV/0!", "There is no number to average.")
    return _sum(numbers) / len(numbers)


def count(calculation: Calculation, *values: Value) -> Value:
    return float(sum(isinstance(element, float) for element in calculation.each(*values)))


def counta(calculation: Calculation, *values: Value) -> Value:
    return float(sum(element is not None for element in calculation.each(*values)))


def countif(calculation: Calculation, where: Value, wanted: Value) -> Value:
    elements = list(calculation.each(where))
    return _per_criterion(calculation, wanted, lambda fits: float(sum(map(fits, elements))))


def sumif(calculation: Calculation, where: Value, wanted: Value, *summed: Value) -> Value:
    elements = list(calculation.each(where))
    amounts = list(calculation.each(*summed)) if summed and not isinstance(summed[0], Omitted) else elements

    def total(fits: Callable[[Scalar], bool]) -> float:
        chosen = (amount for element, amount in zip(elements, amounts, strict=False) if fits(element))
        return _sum([sound for amount in chosen if isinstance(sound := calculation.sound(amount), float)])

    return _per_criterion(calculation, wanted, total)


def _per_criterion(
    calculation: Calculation, wanted: Value, compute: Callable[[Callable[[Scalar], bool]], float]
) -> Value:
    def computed(element: Scalar) -> Scalar:
        return attempt(lambda: compute(criterion(calculation.sound(element), calculation.decimal_comma)))

    return spread(computed, [calculation.operand(wanted)])


FUNCTIONS: dict[str, Function] = {
    "SUM": _total(_sum),
    "AVERAGE": _total(_average),
    "MIN": _total(lambda numbers: min(numbers, default=0.0)),
    "MAX": _total(lambda numbers: max(numbers, default=0.0)),
    "COUNT": Whole(count, 1, None),
    "COUNTA": Whole(counta, 1, None),
    "COUNTIF": Whole(countif, 2, 2),
    "SUMIF": Whole(sumif, 2, 3),
    "ROUND": each(lambda number, places=0.0: round_half_up(number, int(places)), NUMBER, NUMBER, least=1),
    "ABS": each(abs, NUMBER),
}
