"""Counts and sums of what meets conditions: COUNTIF, SUMIFS and their kin."""

from collections.abc import Callable, Sequence

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.criteria import criterion
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole, attempt
from sheetsync.sandbox.formulas.values import Failure, Omitted, Scalar


def _of_those_that_fit(
    calculation: Calculation,
    amounts: Sequence[Scalar],
    pairs: Sequence[Value],
    compute: Callable[[list[Scalar]], float],
) -> Value:
    """`compute` over the amounts beside which every condition holds; one result for each of several criteria."""
    columns = [list(calculation.each(where)) for where in pairs[::2]]

    def computed(*wanted: Scalar) -> float:
        tests = [criterion(calculation.sound(each), calculation.reading) for each in wanted]
        # Only what the first condition leaves is held against the next.
        kept: Sequence[int] = range(min(len(amounts), *map(len, columns)))
        for test, column in zip(tests, columns, strict=True):
            kept = [place for place in kept if test(column[place])]
        return compute([amounts[place] for place in kept])

    criteria = [calculation.operand(wanted) for wanted in pairs[1::2]]
    return spread(lambda *wanted: attempt(lambda: computed(*wanted)), criteria)


def _checked(calculation: Calculation, name: str, ranges: Sequence[Value], pairs: Sequence[Value]) -> None:
    if len(pairs) % 2:
        raise Failure("#N/A", f"{name} takes ranges and criteria in pairs.")
    shapes = [calculation.rectangle(each) for each in (*ranges, *pairs[::2])]
    if len({(shape.height, shape.width) for shape in shapes}) > 1:
        raise Failure("#VALUE!", f"Array arguments to {name} are of different size.")


def _numbers(calculation: Calculation, amounts: list[Scalar]) -> list[float]:
    return [sound for amount in amounts if isinstance(sound := calculation.sound(amount), float)]


def _average(numbers: list[float]) -> float:
    if not numbers:
        raise Failure("#DIV/0!", "Evaluation of the function caused a divide by zero error.")
    return sum(numbers) / len(numbers)


def countif(calculation: Calculation, where: Value, wanted: Value) -> Value:
    return _of_those_that_fit(
        calculation, list(calculation.each(where)), (where, wanted), lambda kept: float(len(kept))
    )


def countifs(calculation: Calculation, *pairs: Value) -> Value:
    _checked(calculation, "COUNTIFS", (), pairs)
    return _of_those_that_fit(calculation, list(calculation.each(pairs[0])), pairs, lambda kept: float(len(kept)))


def _if(compute: Callable[[list[float]], float]) -> Whole:
    def conditional(calculation: Calculation, where: Value, wanted: Value, *amounts: Value) -> Value:
        counted = amounts[0] if amounts and not isinstance(amounts[0], Omitted) else where
        elements = list(calculation.each(counted))
        return _of_those_that_fit(
            calculation, elements, (where, wanted), lambda kept: compute(_numbers(calculation, kept))
        )

    return Whole(conditional, 2, 3)


def _ifs(name: str, compute: Callable[[list[float]], float]) -> Whole:
    def conditional(calculation: Calculation, amounts: Value, *pairs: Value) -> Value:
        _checked(calculation, name, (amounts,), pairs)
        elements = list(calculation.each(amounts))
        return _of_those_that_fit(calculation, elements, pairs, lambda kept: compute(_numbers(calculation, kept)))

    return Whole(conditional, 3, None)


def _sum(numbers: list[float]) -> float:
    return sum(numbers, 0.0)


FUNCTIONS: dict[str, Function] = {
    "COUNTIF": Whole(countif, 2, 2),
    "COUNTIFS": Whole(countifs, 2, None),
    "SUMIF": _if(_sum),
    "SUMIFS": _ifs("SUMIFS", _sum),
    "AVERAGEIF": _if(_average),
    "AVERAGEIFS": _ifs("AVERAGEIFS", _average),
    "MAXIFS": _ifs("MAXIFS", lambda numbers: max(numbers, default=0.0)),
    "MINIFS": _ifs("MINIFS", lambda numbers: min(numbers, default=0.0)),
}
