"""Computes the value of a formula."""

from collections.abc import Sequence

from sheetsync.sandbox.formulas.area import Value, area_in, resolve, spanning
from sheetsync.sandbox.formulas.calculation import Calculation, Searched
from sheetsync.sandbox.formulas.functions import FUNCTIONS
from sheetsync.sandbox.formulas.functions.arrays import stacked
from sheetsync.sandbox.formulas.functions.kinds import Argument, attempt
from sheetsync.sandbox.formulas.syntax import (
    Between,
    Braces,
    Call,
    FormulaSyntaxError,
    Gap,
    Literal,
    Mention,
    Name,
    Node,
    parse,
)
from sheetsync.sandbox.formulas.values import OMITTED, Array, Book, Failure, FormulaError, Place, Scalar


def evaluate(formula: str, at: Place, book: Book, searched: Searched | None = None) -> Scalar | Array:
    """The value of a formula in its cell; an `Array` spills over the cells below and to the right.

    `searched` is shared by formulas between which no cell changes, so that a column is searched once for all of them.
    What goes wrong is a value too: text that is no formula is `#ERROR!`, an unknown function `#NAME?`.
    """
    calculation = Calculation(at, book, positions={} if searched is None else searched)
    try:
        value = calculation.whole(node_value(parse(formula, calculation.conventions.decimal_comma), calculation))
    except FormulaSyntaxError as problem:
        return FormulaError("#ERROR!", f"Formula parse error: {problem}.")
    except RecursionError:
        return FormulaError("#ERROR!", "The formula is nested too deeply.")
    if isinstance(value, Array) and value.height == value.width == 1:
        return value.rows[0][0]
    return value


def node_value(node: Node, calculation: Calculation) -> Value:
    """The value of a part of a formula: a range that is not read yet, or what came of it."""
    return attempt(lambda: _computed(node, calculation))


def _computed(node: Node, calculation: Calculation) -> Value:
    match node:
        case Literal(value):
            return value
        case Gap():
            return OMITTED
        case Mention(reference):
            return resolve(reference, calculation.at, calculation.book)
        case Between(first, last):
            return spanning(area_in(node_value(first, calculation)), area_in(node_value(last, calculation)))
        case Braces(rows):
            return stacked(calculation, [[node_value(part, calculation) for part in row] for row in rows])
        case Name(name):
            return _given(name, calculation)
        case Call("LET", arguments):
            return _let(arguments, calculation)
        case Call(name, arguments):
            return _called(name, arguments, calculation)


def _given(name: str, calculation: Calculation) -> Value:
    if name in calculation.names:
        return calculation.names[name]
    area = calculation.named(name)
    if area is None:
        raise Failure("#NAME?", f"Unknown range name: '{name}'.")
    return area


def _let(arguments: Sequence[Node], calculation: Calculation) -> Value:
    """Each name stands for its value in all that follows; the value is computed once, an error is a value too."""
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        raise Failure("#N/A", "LET takes names with their values, and then one formula.")
    for name, value in zip(arguments[:-1:2], arguments[1:-1:2], strict=True):
        if not isinstance(name, Name):
            raise Failure("#NAME?", "LET takes a name before each value.")
        calculation = calculation.knowing(name.text, node_value(value, calculation))
    return node_value(arguments[-1], calculation)


def _called(name: str, arguments: Sequence[Node], calculation: Calculation) -> Value:
    function = FUNCTIONS.get(name)
    if function is None:
        raise Failure("#NAME?", f"Unknown function: '{name}'.")
    if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
        raise Failure("#N/A", f"Wrong number of arguments to {name}.")
    inner = calculation.over_arrays() if function.arrays else calculation

    def later(node: Node) -> Argument:
        return lambda: node_value(node, inner)

    return function(inner, [later(node) for node in arguments])
