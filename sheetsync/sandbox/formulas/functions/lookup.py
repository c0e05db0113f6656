"""Finding a key in a row or column: MATCH, VLOOKUP, XLOOKUP."""

from collections.abc import Callable
from typing import TypeAlias

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation, Operand, Positions
from sheetsync.sandbox.formulas.functions.criteria import has_wildcards, wildcard_pattern
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole, attempt
from sheetsync.sandbox.formulas.functions.operators import compare
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, FormulaError, Omitted, Scalar, Sound, folded

#: Tells where a key stands, or None.
Finder: TypeAlias = Callable[[Sound], int | None]

_NOT_FOUND = FormulaError("#N/A", "Did not find the value.")


def xlookup(
    calculation: Calculation,
    key: Value,
    where: Value,
    results: Value,
    missing: Value = OMITTED,
    match_mode: Value = OMITTED,
    search_mode: Value = OMITTED,
) -> Value:
    line, table = _line(calculation, where), _table(calculation, results)
    sideways = line.width > 1 or (line.height == 1 and table.height > 1)
    if _length(line) != (table.width if sideways else table.height):
        raise Failure("#VALUE!", "The lookup range and the result range are of different size.")
    backwards = _integer(calculation, search_mode, 1) < 0
    wildcards = _integer(calculation, match_mode, 0)
    if wildcards not in (0, 2):
        raise Failure("#VALUE!", "Only the match modes 0 and 2 are known here.")
    find = (_wildcard_finder if wildcards else _exact_finder)(calculation, line, backwards)
    instead = _NOT_FOUND if isinstance(missing, Omitted) else missing
    keys = calculation.operand(key)
    if not isinstance(keys, Array):
        position = find(calculation.sound(keys))
        return instead if position is None else _piece(table, position, sideways)
    first = _piece(table, 0, not sideways) if min(table.height, table.width) > 1 else table
    cells = _cells(calculation, first)
    return _per_key(keys, calculation.operand(instead), lambda key: _at(cells, find(key)))


def match(calculation: Calculation, key: Value, where: Value, order: Value = OMITTED) -> Value:
    line = _line(calculation, where)
    direction = _integer(calculation, order, 1)
    if direction:
        find = _sorted_finder(calculation, line, falling=direction < 0)
    else:
        find = _without_blanks(_wildcard_finder(calculation, line, backwards=False))

    def number(key: Sound) -> tuple[Scalar] | None:
        position = find(key)
        return None if position is None else (float(position + 1),)

    return _per_key(calculation.operand(key), _NOT_FOUND, number)


def vlookup(calculation: Calculation, key: Value, where: Value, column: Value, is_sorted: Value = True) -> Value:
    table = _table(calculation, where)
    line = _piece(table, 0, sideways=True)
    ordered = calculation.logical(calculation.single(is_sorted))
    find = (
        _sorted_finder(calculation, line, falling=False)
        if ordered
        else _without_blanks(_wildcard_finder(calculation, line, backwards=False))
    )

    def looked_up(key: Scalar, column: Scalar) -> Scalar:
        position, number = find(calculation.sound(key)), int(calculation.number(column))
        if number < 1:
            raise Failure("#VALUE!", "Columns are counted from 1.")
        if number > table.width:
            raise Failure("#REF!", "VLOOKUP evaluates to an out of bounds range.")
        return _NOT_FOUND if position is None else _cell(calculation, table, position, number - 1)

    operands = [calculation.operand(key), calculation.operand(column)]
    return spread(lambda *elements: attempt(lambda: looked_up(*elements)), operands)


def _per_key(keys: Operand, instead: Operand, look_up: Callable[[Sound], tuple[Scalar] | None]) -> Operand:
    """One answer per key; an error as a key is its own answer."""

    def answer(key: Scalar, otherwise: Scalar) -> Scalar:
        if isinstance(key, FormulaError):
            return key
        found = look_up(key)
        return otherwise if found is None else found[0]

    return spread(answer, [keys, instead])


def _exact_finder(calculation: Calculation, line: Area | Array, backwards: bool) -> Finder:
    positions = _positions(calculation, line, backwards)
    return lambda key: positions.get(_kind(key))


def _wildcard_finder(calculation: Calculation, line: Area | Array, backwards: bool) -> Finder:
    exact = _exact_finder(calculation, line, backwards)
    cells = list(enumerate(_cells(calculation, line)))
    texts = [(position, cell) for position, cell in cells if isinstance(cell, str)][:: -1 if backwards else 1]

    def find(key: Sound) -> int | None:
        if not (isinstance(key, str) and has_wildcards(key)):
            return exact(key)
        pattern = wildcard_pattern(key)
        return next((position for position, text in texts if pattern.fullmatch(text)), None)

    return find


def _sorted_finder(calculation: Calculation, line: Area | Array, falling: bool) -> Finder:
    """The last one that does not pass the key, as long as the line is in order."""
    cells = list(enumerate(_cells(calculation, line)))

    def find(key: Sound) -> int | None:
        alike = [(position, cell) for position, cell in cells if type(cell) is type(key)]
        passed = 1 if not falling else -1
        fitting = [
            position for position, cell in alike if not isinstance(cell, FormulaError) and compare(cell, key) != passed
        ]
        return fitting[-1] if fitting and key is not None else None

    return find


def _without_blanks(find: Finder) -> Finder:
    return lambda key: None if key is None else find(key)


def _positions(calculation: Calculation, line: Area | Array, backwards: bool) -> Positions:
    if isinstance(line, Array):
        return _located(_cells(calculation, line), backwards)
    if (line, backwards) not in calculation.positions:
        calculation.positions[line, backwards] = _located(_cells(calculation, line), backwards)
    return calculation.positions[line, backwards]


def _located(cells: list[Scalar], backwards: bool) -> Positions:
    numbered = list(enumerate(cells))
    # The last one written stays.
    return {_kind(cell): position for position, cell in (numbered if backwards else reversed(numbered))}


def _kind(value: Scalar) -> tuple[str, Scalar]:
    """What makes two cells the same to a lookup: the type, and the value without case."""
    return type(value).__name__, folded(value) if isinstance(value, str) else value


def _table(calculation: Calculation, value: Value) -> Area | Array:
    return value if isinstance(value, Area) else calculation.rectangle(value)


def _line(calculation: Calculation, value: Value) -> Area | Array:
    line = _table(calculation, value)
    if min(line.height, line.width) > 1:
        raise Failure("#N/A", "The lookup range must be one row or one column.")
    return line


def _length(line: Area | Array) -> int:
    return max(line.height, line.width)


def _piece(table: Area | Array, position: int, sideways: bool) -> Area | Array:
    """One row of the table, or, sideways, one column."""
    if isinstance(table, Area):
        return table.part(0, position, table.height, 1) if sideways else table.part(position, 0, 1, table.width)
    return Array(tuple((row[position],) for row in table.rows)) if sideways else Array((table.rows[position],))


def _cells(calculation: Calculation, line: Area | Array) -> list[Scalar]:
    return list(calculation.each(line))


def _cell(calculation: Calculation, table: Area | Array, row: int, column: int) -> Scalar:
    if isinstance(table, Array):
        return table.rows[row][column]
    return calculation.book.value(table.tab, table.top + row, table.left + column)


def _at(cells: list[Scalar], position: int | None) -> tuple[Scalar] | None:
    return None if position is None else (cells[position],)


def _integer(calculation: Calculation, value: Value, default: int) -> int:
    return default if isinstance(value, Omitted) else int(calculation.number(calculation.single(value)))


FUNCTIONS: dict[str, Function] = {
    "XLOOKUP": Whole(xlookup, 3, 6),
    "MATCH": Whole(match, 2, 3),
    "VLOOKUP": Whole(vlookup, 3, 4),
}
