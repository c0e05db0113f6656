"""The number format a formula brings along into a cell that has none of its own.

Google's pages do not say how; dates stay dates where a formula hands on a cell or counts days on [believed].
"""

from collections.abc import Callable
from typing import Any

from sheetsync.sandbox.formulas.area import Area
from sheetsync.sandbox.formulas.calculation import Calculation, Searched
from sheetsync.sandbox.formulas.evaluate import node_value
from sheetsync.sandbox.formulas.syntax import Between, Call, FormulaSyntaxError, Mention, Name, Node, parse
from sheetsync.sandbox.formulas.values import Book, Place

Format = dict[str, Any]

_KINDS = {
    **dict.fromkeys(("TODAY", "DATE", "EDATE", "EOMONTH", "WORKDAY"), "DATE"),
    "NOW": "DATE_TIME",
    "TIME": "TIME",
}
_LIKE_THEIR_FIRST = frozenset(
    {"SUM", "MIN", "MAX", "AVERAGE", "MEDIAN", "LARGE", "SMALL", "UPLUS", "UMINUS", "IFERROR", "IFNA", "ROUND"}
)
_HANDING_ON = frozenset(
    {"IF", "IFS", "SWITCH", "CHOOSE", "LET", "INDEX", "OFFSET", "INDIRECT", "VLOOKUP", "HLOOKUP", "XLOOKUP"}
)
_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})


def inherited(
    formula: str,
    at: Place,
    book: Book,
    of_cell: Callable[[str, int, int], Format | None],
    searched: Searched | None = None,
) -> Format | None:
    """The format of a formula in `at`; `of_cell` tells the one of a cell by tab, row and column."""
    calculation = Calculation(at, book, positions={} if searched is None else searched)

    def of_node(node: Node) -> Format | None:
        match node:
            case Call(name, _) if name in _KINDS:
                return {"type": _KINDS[name]}
            case Call(name, (first, *_)) if name in _LIKE_THEIR_FIRST:
                return of_node(first)
            case Call("ADD" | "MINUS", (first, last)):
                return _joined(of_node(first), of_node(last))
            case Mention() | Name() | Between():
                return of_value(node)
            case Call(name, _) if name in _HANDING_ON:
                return of_value(node)
        return None

    def of_value(node: Node) -> Format | None:
        value = node_value(node, calculation)
        return of_cell(value.tab, value.top, value.left) if isinstance(value, Area) else None

    try:
        return of_node(parse(formula, calculation.conventions.decimal_comma))
    except (FormulaSyntaxError, RecursionError):
        return None


def _joined(one: Format | None, other: Format | None) -> Format | None:
    """A day and a number of days make a day; two days make a number."""
    both_dates = one is not None and other is not None and {one.get("type"), other.get("type")} <= _DATES
    return None if both_dates else one or other
