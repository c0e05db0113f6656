"""Finding a key at the edge of a table and answering with a cell beside it: VLOOKUP, HLOOKUP, LOOKUP."""

from sheetsync.sandbox.formulas.area import Area, Value
from sheetsync.sandbox.formulas.broadcast import spread
from sheetsync.sandbox.formulas.calculation import Calculation
from sheetsync.sandbox.formulas.functions.kinds import Function, Whole, attempt
from sheetsync.sandbox.formulas.functions.lookup import NOT_FOUND, any_finder, piece, sorted_finder, table_of
from sheetsync.sandbox.formulas.values import OMITTED, Array, Failure, Omitted, Scalar


def vlookup(calculation: Calculation, key: Value, where: Value, column: Value, is_sorted: Value = True) -> Value:
    return _looked_up(calculation, key, where, column, is_sorted, name="VLOOKUP")


def hlookup(calculation: Calculation, key: Value, where: Value, row: Value, is_sorted: Value = True) -> Value:
    return _looked_up(calculation, key, where, row, is_sorted, name="HLOOKUP")


def _looked_up(
    calculation: Calculation, key: Value, where: Value, number: Value, is_sorted: Value, *, name: str
) -> Value:
    down = name == "VLOOKUP"
    table = table_of(calculation, where)
    edge = piece(table, 0, sideways=down)
    ordered = calculation.logical(calculation.single(is_sorted))
    find = sorted_finder(calculation, edge, falling=False) if ordered else any_finder(calculation, edge)

    def place(key: Scalar, index: Scalar) -> tuple[int, int] | None:
        position, line = find(calculation.sound(key)), int(calculation.number(index))
        if line < 1:
            raise Failure("#VALUE!", f"Function {name} parameter 3 value is {line}. It counts from 1.")
        if line > (table.width if down else table.height):
            raise Failure("#REF!", f"{name} evaluates to an out of bounds range.")
        return None if position is None else (position, line - 1) if down else (line - 1, position)

    def answer(key: Scalar, index: Scalar) -> Scalar:
        found = place(key, index)
        return NOT_FOUND if found is None else _cell(calculation, table, *found)

    keys, numbers = calculation.operand(key), calculation.operand(number)
    if isinstance(table, Area) and not isinstance(keys, Array) and not isinstance(numbers, Array):
        found = place(keys, numbers)
        # Still a reference, so that the cell's number format comes along.
        return NOT_FOUND if found is None else table.part(*found)
    return spread(lambda *elements: attempt(lambda: answer(*elements)), [keys, numbers])


def lookup(calculation: Calculation, key: Value, where: Value, results: Value = OMITTED) -> Value:
    """The last one of a sorted line that does not pass the key; of a table its longer edge, and the one opposite."""
    table = table_of(calculation, where)
    down = table.height >= table.width
    edge = piece(table, 0, sideways=down)
    if isinstance(results, Omitted):
        answers = piece(table, (table.width if down else table.height) - 1, sideways=down)
    else:
        answers = table_of(calculation, results)
    cells = list(calculation.each(answers))
    find = sorted_finder(calculation, edge, falling=False)

    def answer(key: Scalar) -> Scalar:
        position = find(calculation.sound(key))
        return NOT_FOUND if position is None or position >= len(cells) else cells[position]

    return spread(lambda element: attempt(lambda: answer(element)), [calculation.operand(key)])


def _cell(calculation: Calculation, table: Area | Array, row: int, column: int) -> Scalar:
    if isinstance(table, Array):
        return table.rows[row][column]
    return calculation.book.value(table.tab, table.top + row, table.left + column)


FUNCTIONS: dict[str, Function] = {
    "VLOOKUP": Whole(vlookup, 3, 4),
    "HLOOKUP": Whole(hlookup, 3, 4),
    "LOOKUP": Whole(lookup, 2, 3),
}
