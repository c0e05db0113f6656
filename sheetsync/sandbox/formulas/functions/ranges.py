"""Functions of ranges as such: where they stand, how large they are, parts of them, ranges by their names."""

import re

from sheetsync.sandbox.formulas.area import Area, Value, area_in, resolve
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import LOGICAL, NUMBER, TEXT, Function, Whole, each
from sheetsync.sandbox.formulas.references import (
    COLUMN_LIMIT,
    REFERENCE_PATTERN,
    column_letters,
    parse_reference,
    quoted,
)
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, Omitted, Place

_NUMBERED = re.compile(r"[Rr]([0-9]{1,7}|\[-?[0-9]{1,7}\])?[Cc]([0-9]{1,7}|\[-?[0-9]{1,7}\])?")


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


def offset(
    calculation: Calculation, start: Value, rows: Value, columns: Value, height: Value = OMITTED, width: Value = OMITTED
) -> Value:
    area = area_in(start)
    top, left = (_integer(calculation, number, 0) for number in (rows, columns))
    tall, wide = _integer(calculation, height, area.height), _integer(calculation, width, area.width)
    limits = calculation.book.size(area.tab) or (0, 0)
    top, left = top + area.top, left + area.left
    inside = 0 <= top < top + tall <= limits[0] and 0 <= left < left + wide <= limits[1]
    if not inside:
        raise Failure("#REF!", "Function OFFSET evaluates to an out of bounds range.")
    return Area(area.tab, top, left, top + tall, left + wide)


def indirect(calculation: Calculation, text: Value, is_a1: Value = True) -> Value:
    """The cells a text names: in A1 notation, by a named range, or as `R2C3`."""
    written = calculation.text(calculation.single(text)).strip()
    if not calculation.logical(calculation.single(is_a1)):
        written = _in_letters(written, calculation.at)
    if re.fullmatch(REFERENCE_PATTERN, written):
        return resolve(parse_reference(written), calculation.at, calculation.book)
    named = calculation.named(written)
    if named is None:
        raise Failure("#REF!", f"Function INDIRECT parameter 1 value is '{written}'. It is not a valid reference.")
    return named


def _in_letters(text: str, at: Place) -> str:
    """`R2C3:R4C5` as `C2:E4`; `R[-1]C` counts from the formula's own cell."""
    tab, mark, cells = text.rpartition("!")
    corners = []
    for corner in cells.split(":"):
        match = _NUMBERED.fullmatch(corner)
        if match is None:
            return ""
        row, column = _line(match[1] or "", at.row), _line(match[2] or "", at.column)
        if row < 0 or not 0 <= column < COLUMN_LIMIT:
            return ""
        corners.append(f"{column_letters(column)}{row + 1}")
    return tab + mark + ":".join(corners)


def _line(written: str, own: int) -> int:
    if written.startswith("["):
        return own + int(written[1:-1])
    return int(written) - 1 if written else own


def address(row: float, column: float, mode: float = 1.0, is_a1: bool = True, tab: str | None = None) -> str:
    """The text of a cell's address; the modes are 1 `$C$2`, 2 `C$2`, 3 `$C2`, 4 `C2`."""
    if row < 1 or not 1 <= column <= COLUMN_LIMIT or int(mode) not in (1, 2, 3, 4):
        raise Failure("#VALUE!", "There is no such cell.")
    fixed_row, fixed_column = int(mode) in (1, 2), int(mode) in (1, 3)
    if is_a1:
        cell = f"{'$' * fixed_column}{column_letters(int(column) - 1)}{'$' * fixed_row}{int(row)}"
    else:
        lines = (
            f"{int(row)}" if fixed_row else f"[{int(row)}]",
            f"{int(column)}" if fixed_column else f"[{int(column)}]",
        )
        cell = f"R{lines[0]}C{lines[1]}"
    return cell if not tab else f"{quoted(tab)}!{cell}"


def _integer(calculation: Calculation, value: Value, default: int) -> int:
    return default if isinstance(value, Omitted) else int(calculation.number(calculation.single(value)))


def _rectangle(calculation: Calculation, value: Value) -> Area | Array:
    return value if isinstance(value, Area) else calculation.rectangle(value)


FUNCTIONS: dict[str, Function] = {
    "ROW": Whole(row, 0, 1),
    "COLUMN": Whole(column, 0, 1),
    "ROWS": Whole(rows, 1, 1),
    "COLUMNS": Whole(columns, 1, 1),
    "INDEX": Whole(index, 1, 3, arrays=True),
    "OFFSET": Whole(offset, 3, 5),
    "INDIRECT": Whole(indirect, 1, 2),
    "ADDRESS": each(address, NUMBER, NUMBER, NUMBER, LOGICAL, TEXT, least=2),
}
