"""Functions of ranges and arrays as such: where they stand, how large they are, parts of them."""

from collections.abc import Iterable
from itertools import chain, compress

from sheetsync.sandbox.formulas.area import Area, Value, area_in
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, FormulaError, Omitted, Scalar


def row(calculation: Calculation, area: Value = OMITTED) -> Value:
    if isinstance(area, Omitted):
        return float(calculation.at.row + 1)
    cells = area_in(area)
    numbers = tuple((float(number + 1),) for number in range(cells.top, cells.bottom))
    return Array(numbers) if calculation.arrays and cells.height > 1 else numbers[0][0]


def column(calculation: Calculation, area: Value = OMITTED) -> Value:
    if isinstance(area, Omitted):
        return float(calculation.at.column + 1)
    cells = area_in(area)
    numbers = tuple(float(number + 1) for number in range(cells.left, cells.right))
    return Array((numbers,)) if calculation.arrays and cells.width > 1 else numbers[0]


def rows(calculation: Calculation, value: Value) -> Value:
    return float(_rectangle(calculation, value).height)


def columns(calculation: Calculation, value: Value) -> Value:
    return float(_rectangle(calculation, value).width)


def index(calculation: Calculation, value: Value, row: Value = OMITTED, column: Value = OMITTED) -> Value:
    """A cell of a range, still a reference; row or column 0 is all of them."""
    whole = _rectangle(calculation, value)
    row_number, column_number = (int(calculation.number(calculation.single(number))) for number in (row, column))
    if whole.height == 1 and isinstance(column, Omitted):
        row_number, column_number = 0, row_number
    top, height = _chosen(row_number, whole.height, 2)
    left, width = _chosen(column_number, whole.width, 3)
    if isinstance(whole, Area):
        return whole.part(top, left, height, width)
    return Array(tuple(line[left : left + width] for line in whole.rows[top : top + height]))


def _chosen(number: int, count: int, parameter: int) -> tuple[int, int]:
    if not 0 <= number <= count:
        raise Failure(
            "#NUM!",
            f"Function INDEX parameter {parameter} value is {number}. "
            f"Valid values are between 0 and {count} inclusive.",
        )
    return (number - 1, 1) if number else (0, count)


def unique(calculation: Calculation, value: Value) -> Value:
    # The type belongs to the key: to Python TRUE and 1 are the same.
    first: dict[object, tuple[Scalar, ...]] = {}
    for line in calculation.rectangle(value).rows:
        first.setdefault(tuple((type(cell), cell) for cell in line), line)
    return Array(tuple(first.values()))


def filter_(calculation: Calculation, value: Value, *conditions: Value) -> Value:
    source = calculation.rectangle(value)
    kept, sideways = [True] * max(source.height, source.width), False
    for condition in conditions:
        tests = calculation.rectangle(condition)
        sideways = tests.height == 1 and source.height != 1
        if (tests.height, tests.width) not in ((source.height, 1), (1, source.width)):
            raise Failure("#N/A", "FILTER has mismatched range sizes.")
        kept = [keep and _holds(calculation, test) for keep, test in zip(kept, calculation.each(tests), strict=False)]
    sideways = sideways or source.height == 1
    chosen = [tuple(compress(line, kept)) for line in source.rows] if sideways else list(compress(source.rows, kept))
    if not chosen or not chosen[0]:
        raise Failure("#N/A", "No matches are found in FILTER evaluation.")
    return Array(tuple(chosen))


def _holds(calculation: Calculation, test: Scalar) -> bool:
    return not isinstance(test, FormulaError | str) and calculation.logical(test)


def arrayformula(calculation: Calculation, value: Value) -> Value:
    return calculation.whole(value)


def stacked(calculation: Calculation, lines: Iterable[Iterable[Value]]) -> Array:
    """The array that braces write: parts side by side in each line, the lines one below the other."""
    bands = [_side_by_side([calculation.rectangle(part) for part in line]) for line in lines]
    if len({band.width for band in bands}) > 1:
        raise Failure("#VALUE!", "An array literal was missing values for one or more rows.")
    return Array(tuple(line for band in bands for line in band.rows))


def _side_by_side(parts: list[Array]) -> Array:
    if len({part.height for part in parts}) > 1:
        raise Failure("#VALUE!", "An array literal was missing values for one or more columns.")
    bands = zip(*[part.rows for part in parts], strict=True)
    return Array(tuple(tuple(chain.from_iterable(band)) for band in bands))


def _rectangle(calculation: Calculation, value: Value) -> Area | Array:
    return value if isinstance(value, Area) else calculation.rectangle(value)


FUNCTIONS: dict[str, Function] = {
    "ROW": Whole(row, 0, 1),
    "COLUMN": Whole(column, 0, 1),
    "ROWS": Whole(rows, 1, 1),
    "COLUMNS": Whole(columns, 1, 1),
    "INDEX": Whole(index, 1, 3, arrays=True),
    "UNIQUE": Whole(unique, 1, 1),
    "FILTER": Whole(filter_, 2, None, arrays=True),
    "ARRAYFORMULA": Whole(arrayformula, 1, 1, arrays=True),
}
