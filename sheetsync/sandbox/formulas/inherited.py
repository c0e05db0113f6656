"""The number format a formula brings along into a cell that has none of its own.

Google's pages do not say how; dates stay dates where a formula hands on cells or counts days on
[believed: formulas-inherit-dates]. The columns of an array have each the format that is first found in the column they
come from.
"""

from typing import Any, Protocol

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
_REARRANGING = frozenset({"ARRAYFORMULA", "FILTER", "SORT", "UNIQUE", "ARRAY_CONSTRAIN"})
#: how far down a column a format is looked for: behind its header it is soon found
_LOOKED_AT = 20
_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})


class Formatted(Book, Protocol):
    """A workbook that knows its number formats."""

    def format(self, tab: str, row: int, column: int) -> Format | None:
        """Google's NumberFormat in effect in a cell."""


def inherited(
    formula: str,
    at: Place,
    book: Formatted,
    searched: Searched | None = None,
    right: int = 0,
) -> Format | None:
    """The format of a formula in `at`, or of a column of its array that many to the right."""
    calculation = Calculation(at, book, positions={} if searched is None else searched)

    def of_node(node: Node) -> Format | None:
        match node:
            case Call(name, _) if name in _KINDS:
                return {"type": _KINDS[name]}
            case Call(name, (first, *_)) if name in _LIKE_THEIR_FIRST | _REARRANGING:
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
        if not isinstance(value, Area) or right >= value.width:
            return None
        rows = range(value.top, min(value.bottom, value.top + _LOOKED_AT))
        return next(filter(None, (book.format(value.tab, row, value.left + right) for row in rows)), None)

    try:
        return of_node(parse(formula, calculation.conventions.decimal_comma))
    except (FormulaSyntaxError, RecursionError):
        return None


def _joined(one: Format | None, other: Format | None) -> Format | None:
    """A day and a number of days make a day; two days make a number."""
    both_dates = one is not None and other is not None and {one.get("type"), other.get("type")} <= _DATES
    return None if both_dates else one or other
