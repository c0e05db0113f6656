"""Sums, counts and other numbers made of many."""

import math
import statistics
from collections.abc import Callable, Iterator

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole
from sheetsync.sandbox.formulas.values import Array, Failure, Sound


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


def countblank(calculation: Calculation, *values: Value) -> Value:
    """Blank cells, and those that show an empty text."""
    return float(sum(element is None or element == "" for element in calculation.each(*values)))


def countunique(calculation: Calculation, *values: Value) -> Value:
    kept = {(type(element), element) for element in calculation.each(*values) if element is not None}
    return float(len(kept))


def sumproduct(calculation: Calculation, *values: Value) -> Value:
    """The sum of the products of what stands in the same place; what is no number counts as 0."""
    shapes = [calculation.rectangle(value) for value in values]
    if len({(shape.height, shape.width) for shape in shapes}) > 1:
        raise Failure("#VALUE!", "SUMPRODUCT has mismatched range sizes.")
    columns = [[calculation.sound(element) for element in calculation.each(shape)] for shape in shapes]
    return math.fsum(math.prod(_factor(each) for each in line) for line in zip(*columns, strict=True))


def _factor(value: Sound) -> float:
    return 0.0 if value is None or isinstance(value, str) else float(value)


def _nth(falling: bool) -> Callable[..., Value]:
    def nth(calculation: Calculation, values: Value, place: Value) -> Value:
        numbers = sorted(_numbers(calculation, (values,)), reverse=falling)
        number = int(calculation.number(calculation.single(place)))
        if not 1 <= number <= len(numbers):
            raise Failure("#NUM!", f"There are {len(numbers)} numbers, and no number {number} among them.")
        return numbers[number - 1]

    return nth


def _median(numbers: list[float]) -> float:
    if not numbers:
        raise Failure("#NUM!", "There is no number.")
    return statistics.median(numbers)


FUNCTIONS: dict[str, Function] = {
    "SUM": _total(_sum),
    "PRODUCT": _total(lambda numbers: math.prod(numbers, start=1.0) if numbers else 0.0),
    "AVERAGE": _total(_average),
    "MEDIAN": _total(_median),
    "MIN": _total(lambda numbers: min(numbers, default=0.0)),
    "MAX": _total(lambda numbers: max(numbers, default=0.0)),
    "LARGE": Whole(_nth(falling=True), 2, 2),
    "SMALL": Whole(_nth(falling=False), 2, 2),
    "SUMPRODUCT": Whole(sumproduct, 1, None, arrays=True),
    "COUNT": Whole(count, 1, None),
    "COUNTA": Whole(counta, 1, None),
    "COUNTBLANK": Whole(countblank, 1, None),
    "COUNTUNIQUE": Whole(countunique, 1, None),
}
