"""Texts put together, and taken apart."""

import re
from collections.abc import Iterator

from sheetsync.sandbox.formulas.area import Value
from sheetsync.sandbox.formulas.broadcast import lines
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole
from sheetsync.sandbox.formulas.values import Failure, Scalar


def concatenate(calculation: Calculation, *values: Value) -> Value:
    return "".join(_texts(calculation, values))


def join(calculation: Calculation, delimiter: Value, *values: Value) -> Value:
    return calculation.text(calculation.single(delimiter)).join(_texts(calculation, values))


def textjoin(calculation: Calculation, delimiter: Value, skip_empty: Value, *values: Value) -> Value:
    skip = calculation.logical(calculation.single(skip_empty))
    kept = [text for text in _texts(calculation, values) if text or not skip]
    return calculation.text(calculation.single(delimiter)).join(kept)


def _texts(calculation: Calculation, values: tuple[Value, ...]) -> Iterator[str]:
    return (calculation.text(element) for element in calculation.each(*values))


def split(
    calculation: Calculation, text: Value, delimiter: Value, by_each: Value = True, skip_empty: Value = True
) -> Value:
    """One cell per piece, beside each other; each character delimits unless told; a number becomes one again."""
    delimiters = calculation.text(calculation.single(delimiter))
    single_ones, skip = (calculation.logical(calculation.single(flag)) for flag in (by_each, skip_empty))
    if not delimiters:
        raise Failure("#VALUE!", "SPLIT needs a delimiter.")
    pattern = f"[{re.escape(delimiters)}]" if single_ones else re.escape(delimiters)

    def pieces(element: Scalar) -> tuple[Scalar, ...]:
        cut = [piece for piece in re.split(pattern, calculation.text(element)) if piece or not skip]
        if not any(cut):
            raise Failure("#VALUE!", "There is nothing to split.")
        return tuple(_typed(calculation, piece) for piece in cut)

    return lines(calculation.operand(text), pieces)


def _typed(calculation: Calculation, piece: str) -> Scalar:
    number = calculation.reading(piece)
    return piece if number is None else number


FUNCTIONS: dict[str, Function] = {
    "CONCATENATE": Whole(concatenate, 1, None),
    "JOIN": Whole(join, 2, None),
    "TEXTJOIN": Whole(textjoin, 3, None),
    "SPLIT": Whole(split, 2, 4),
}
