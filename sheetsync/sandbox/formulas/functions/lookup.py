"""Finding a key in a row or column: MATCH, XMATCH, XLOOKUP."""

from collections.abc import Callable
from functools import cache
from typing import TypeAlias

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation, Operand, Positions
from sheetsync.sandbox.formulas.functions.criteria import has_wildcards, wildcard_pattern
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole
from sheetsync.sandbox.formulas.functions.operators import compare
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, FormulaError, Omitted, Scalar, Sound, folded

#: Tells where a key stands, or None.
Finder: TypeAlias = Callable[[Sound], int | None]

NOT_FOUND = FormulaError("#N/A", "Did not find the value.")


def xlookup(
    calculation: Calculation,
    key: Value,
    where: Value,
    results: Value,
    missing: Value = OMITTED,
    match_mode: Value = OMITTED,
    search_mode: Value = OMITTED,
) -> Value:
    line, table = _line(calculation, where), table_of(calculation, results)
    sideways = line.width > 1 or (line.height == 1 and table.height > 1)
    if _length(line) != (table.width if sideways else table.height):
        raise Failure("#VALUE!", "The lookup range and the result range are of different size.")
    find = _finder(calculation, line, match_mode, search_mode)
    instead = NOT_FOUND if isinstance(missing, Omitted) else missing
    keys = calculation.operand(key)
    if not isinstance(keys, Array):
        position = find(calculation.sound(keys))
        return instead if position is None else piece(table, position, sideways)
    first = piece(table, 0, not sideways) if min(table.height, table.width) > 1 else table
    cells = _cells(calculation, first)
    return _per_key(keys, calculation.operand(instead), lambda key: _at(cells, find(key)))


def _finder(calculation: Calculation, line: Area | Array, match_mode: Value, search_mode: Value) -> Finder:
    """Match mode 0 is exact, -1 and 1 the next smaller or larger otherwise, 2 wildcards; below 0 is from the end."""
    backwards, mode = integer(calculation, search_mode, 1) < 0, integer(calculation, match_mode, 0)
    if mode not in (-1, 0, 1, 2):
        raise Failure("#VALUE!", f"There is no match mode {mode}.")
    if mode == 2:
        return _wildcard_finder(calculation, line, backwards)
    exact = _exact_finder(calculation, line, backwards)
    return exact if mode == 0 else _nearest_finder(calculation, line, exact, mode)


def xmatch(
    calculation: Calculation, key: Value, where: Value, match_mode: Value = OMITTED, search_mode: Value = OMITTED
) -> Value:
    return _numbers(calculation, key, _finder(calculation, _line(calculation, where), match_mode, search_mode))


def match(calculation: Calculation, key: Value, where: Value, order: Value = OMITTED) -> Value:
    line = _line(calculation, where)
    direction = integer(calculation, order, 1)
    if direction:
        return _numbers(calculation, key, sorted_finder(calculation, line, falling=direction < 0))
    return _numbers(calculation, key, any_finder(calculation, line))


def _numbers(calculation: Calculation, key: Value, find: Finder) -> Value:
    """Where the keys stand, counted from 1."""

    def number(key: Sound) -> tuple[Scalar] | None:
        position = find(key)
        return None if position is None else (float(position + 1),)

    return _per_key(calculation.operand(key), NOT_FOUND, number)


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

    @cache
    def texts() -> list[tuple[int, str]]:
        numbered = enumerate(_cells(calculation, line))
        return [(position, cell) for position, cell in numbered if isinstance(cell, str)][:: -1 if backwards else 1]

    def find(key: Sound) -> int | None:
        if not (isinstance(key, str) and has_wildcards(key)):
            return exact(key)
        pattern = wildcard_pattern(key)
        return next((position for position, text in texts() if pattern.fullmatch(text)), None)

    return find


def sorted_finder(calculation: Calculation, line: Area | Array, falling: bool) -> Finder:
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


def any_finder(calculation: Calculation, line: Area | Array) -> Finder:
    """The first one that is the key, or fits its wildcards; a blank key is nowhere."""
    find = _wildcard_finder(calculation, line, backwards=False)
    return lambda key: None if key is None else find(key)


def _nearest_finder(calculation: Calculation, line: Area | Array, exact: Finder, direction: int) -> Finder:
    """The key itself, else the next smaller (-1) or larger (1) of its kind, in whatever order they stand."""
    cells = list(enumerate(_cells(calculation, line)))

    def find(key: Sound) -> int | None:
        position = exact(key)
        if position is not None or key is None:
            return position
        beyond: tuple[int, Sound] | None = None
        for place, cell in cells:
            if isinstance(cell, FormulaError) or type(cell) is not type(key) or compare(cell, key) != direction:
                continue
            if beyond is None or compare(cell, beyond[1]) == -direction:
                beyond = place, cell
        return None if beyond is None else beyond[0]

    return find


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


def table_of(calculation: Calculation, value: Value) -> Area | Array:
    return value if isinstance(value, Area) else calculation.rectangle(value)


def _line(calculation: Calculation, value: Value) -> Area | Array:
    line = table_of(calculation, value)
    if min(line.height, line.width) > 1:
        raise Failure("#N/A", "The lookup range must be one row or one column.")
    return line


def _length(line: Area | Array) -> int:
    return max(line.height, line.width)


def piece(table: Area | Array, position: int, sideways: bool) -> Area | Array:
    """One row of the table, or, sideways, one column."""
    if isinstance(table, Area):
        return table.part(0, position, table.height, 1) if sideways else table.part(position, 0, 1, table.width)
    return Array(tuple((row[position],) for row in table.rows)) if sideways else Array((table.rows[position],))


def _cells(calculation: Calculation, line: Area | Array) -> list[Scalar]:
    return list(calculation.each(line))


def _at(cells: list[Scalar], position: int | None) -> tuple[Scalar] | None:
    return None if position is None else (cells[position],)


def integer(calculation: Calculation, value: Value, default: int) -> int:
    return default if isinstance(value, Omitted) else int(calculation.number(calculation.single(value)))


FUNCTIONS: dict[str, Function] = {
    "XLOOKUP": Whole(xlookup, 3, 6),
    "MATCH": Whole(match, 2, 3),
    "XMATCH": Whole(xmatch, 2, 4),
}
