"""Applies a function of single values to arrays, element by element, repeating what is narrower."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat

from sheetsync.sandbox.formulas.calculation import Operand
from sheetsync.sandbox.formulas.values import Array, FormulaError, Scalar


def spread(compute: Callable[..., Scalar], operands: Sequence[Operand]) -> Operand:
    """One result per element of the largest shape; where an array is too short for it, the element is #N/A."""
    arrays = [operand for operand in operands if isinstance(operand, Array)]
    if not arrays:
        return compute(*operands)
    height = max(array.height for array in arrays)
    width = max(array.width for array in arrays)
    elements = map(compute, *(_stretched(operand, height, width) for operand in operands))
    return Array(tuple(tuple(next(elements) for _ in range(width)) for _ in range(height)))


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
