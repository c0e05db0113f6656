"""Applies a function of single values to arrays, element by element, repeating what is narrower."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import is_

from sheetsync.sandbox.formulas.calculation import Operand
from sheetsync.sandbox.formulas.values import Array, Failure, FormulaError, Scalar


def spread(compute: Callable[..., Scalar], operands: Sequence[Operand]) -> Operand:
    """One result per element of the largest shape; where an array is too short for it, the element is #N/A."""
    arrays = [operand for operand in operands if isinstance(operand, Array)]
    if not arrays:
        return compute(*operands)
    height = max(array.height for array in arrays)
    width = max(array.width for array in arrays)
    elements = _each_once(compute, zip(*(_stretched(operand, height, width) for operand in operands), strict=False))
    return Array(tuple(tuple(next(elements) for _ in range(width)) for _ in range(height)))


def lines(texts: Operand, compute: Callable[[Scalar], tuple[Scalar, ...]]) -> Operand:
    """For each value one row of results, the shorter ones filled up with blanks; a failure is a row of its own.

    Raises:
        Failure: there is one value only, and its computation failed.
    """
    if not isinstance(texts, Array):
        row = compute(texts)
        return row[0] if len(row) == 1 else Array((row,))
    rows = [_row(compute, texts_row[0]) for texts_row in texts.rows]
    width = max(map(len, rows))
    return Array(tuple(row + (None,) * (width - len(row)) for row in rows))


def _row(compute: Callable[[Scalar], tuple[Scalar, ...]], value: Scalar) -> tuple[Scalar, ...]:
    try:
        return compute(value)
    except Failure as failure:
        return (failure.error,)


def _each_once(compute: Callable[..., Scalar], lines: Iterable[tuple[Scalar, ...]]) -> Iterator[Scalar]:
    """The results in order. The blank end of a column is thousands of times the same: it is computed once."""
    before: tuple[Scalar, ...] | None = None
    result: Scalar = None
    for line in lines:
        # The very same objects, not equal ones: to Python TRUE and 1 are equal.
        if before is None or not all(map(is_, line, before)):
            before, result = line, compute(*line)
        yield result


def _stretched(operand: Operand, height: int, width: int) -> Iterable[Scalar]:
    if not isinstance(operand, Array):
        return repeat(operand)
    rows: Iterable[tuple[Scalar, ...]] = operand.rows
    if operand.width < width:
        rows = [row * width if operand.width == 1 else _padded(row, width) for row in rows]
    if operand.height == 1:
        rows = repeat(next(iter(rows)), height)
    missing: Scalar = FormulaError("#N/A", "The arrays are of different size.")
    return chain(chain.from_iterable(rows), repeat(missing))


def _padded(row: tuple[Scalar, ...], width: int) -> tuple[Scalar, ...]:
    missing = FormulaError("#N/A", "The arrays are of different size.")
    return row + (missing,) * (width - len(row))
