"""Functions that make arrays, or put those they get into another order or shape."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, compress

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole
from sheetsync.sandbox.formulas.values import Array, Failure, FormulaError, Omitted, Scalar, folded

#: Google's limit of cells, also for an array that nobody sees.
_MAX_CELLS = 10_000_000


def unique(calculation: Calculation, value: Value, by_column: Value = False, once: Value = False) -> Value:
    sideways, exactly_once = (calculation.logical(calculation.single(flag)) for flag in (by_column, once))
    lines = calculation.rectangle(value).rows
    given = zip(*lines, strict=True) if sideways else lines
    # The type belongs to the key: to Python TRUE and 1 are the same.
    keyed = [(tuple((type(cell), cell) for cell in line), line) for line in given]
    count = Counter(key for key, _ in keyed)
    first: dict[object, tuple[Scalar, ...]] = {}
    for key, line in keyed:
        if not exactly_once or count[key] == 1:
            first.setdefault(key, line)
    kept = tuple(first.values())
    if not kept:
        raise Failure("#N/A", "No unique values.")
    return Array(tuple(zip(*kept, strict=True)) if sideways else kept)


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


def sort(calculation: Calculation, value: Value, *keys: Value) -> Value:
    """By columns given as numbers or ranges, each with TRUE for rising; by the first column when none is given."""
    rows = list(calculation.rectangle(value).rows)
    orders = [
        (_sort_column(calculation, rows, column), calculation.logical(calculation.single(rising)))
        for column, rising in zip(keys[::2] or (1.0,), [*keys[1::2], True], strict=False)
    ]
    places = list(range(len(rows)))
    for column, rising in reversed(orders):
        ranks = [_rank(value) for value in column]
        filled = [place for place in places if column[place] is not None]
        blank = [place for place in places if column[place] is None]
        places = sorted(filled, key=ranks.__getitem__, reverse=not rising) + blank
    return Array(tuple(rows[place] for place in places))


def _sort_column(calculation: Calculation, rows: Sequence[tuple[Scalar, ...]], column: Value) -> Sequence[Scalar]:
    if isinstance(column, Area | Array):
        given = list(calculation.each(column))
        if len(given) != len(rows) or column.width != 1:
            raise Failure("#VALUE!", "SORT has mismatched range sizes.")
        return given
    number = int(calculation.number(calculation.single(column)))
    if not 1 <= number <= len(rows[0]):
        raise Failure("#VALUE!", f"There is no column {number} to sort by.")
    return [line[number - 1] for line in rows]


def _rank(value: Scalar) -> tuple[int, float, str]:
    """Numbers before texts before truths before errors."""
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, float):
        return 0, value, ""
    return (1, 0.0, folded(value)) if isinstance(value, str) else (3, 0.0, "")


def transpose(calculation: Calculation, value: Value) -> Value:
    return Array(tuple(zip(*calculation.rectangle(value).rows, strict=True)))


def sequence(
    calculation: Calculation, rows: Value, columns: Value = 1.0, start: Value = 1.0, step: Value = 1.0
) -> Value:
    given = [
        calculation.number(calculation.single(1.0 if isinstance(each, Omitted) else each))
        for each in (rows, columns, start, step)
    ]
    height, width = int(given[0]), int(given[1])
    if height < 1 or width < 1 or height * width > _MAX_CELLS:
        raise Failure("#NUM!", "SEQUENCE needs at least one row and one column, and has room for ten million cells.")
    return Array(
        tuple(tuple(given[2] + given[3] * (down * width + over) for over in range(width)) for down in range(height))
    )


def flatten(calculation: Calculation, *values: Value) -> Value:
    return Array(tuple((element,) for element in calculation.each(*values)))


def array_constrain(calculation: Calculation, value: Value, rows: Value, columns: Value) -> Value:
    height, width = (int(calculation.number(calculation.single(number))) for number in (rows, columns))
    if height < 1 or width < 1:
        raise Failure("#VALUE!", "An array has at least one row and one column.")
    return Array(tuple(line[:width] for line in calculation.rectangle(value).rows[:height]))


FUNCTIONS: dict[str, Function] = {
    "UNIQUE": Whole(unique, 1, 3),
    "FILTER": Whole(filter_, 2, None, arrays=True),
    "SORT": Whole(sort, 1, None, arrays=True),
    "TRANSPOSE": Whole(transpose, 1, 1, arrays=True),
    "SEQUENCE": Whole(sequence, 1, 4),
    "FLATTEN": Whole(flatten, 1, None, arrays=True),
    "ARRAY_CONSTRAIN": Whole(array_constrain, 3, 3, arrays=True),
    "ARRAYFORMULA": Whole(arrayformula, 1, 1, arrays=True),
}
