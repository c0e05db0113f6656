"""One cell as Google's CellData, field by field."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formats import default_pattern
from sheetsync.sandbox.formulas import FormulaError, Scalar
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import EMPTY, Cell, Tab
from sheetsync.sandbox.results import Results

#: error code -> Google's ErrorValue type
_ERROR_TYPES = {
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    "#ERROR!": "ERROR",
}
_HYPERLINK = re.compile(r'=\s*HYPERLINK\s*\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)


def number(value: float) -> int | float:
    """A whole number without its `.0`, as JSON numbers of Google's come."""
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def extended(value: Scalar) -> Json:
    """ExtendedValue of a calculated value."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, float):
        return {"numberValue": number(value)}
    if isinstance(value, FormulaError):
        error = {"type": _ERROR_TYPES.get(value.code, "ERROR")}
        return {"errorValue": error | ({"message": value.message} if value.message else {})}
    return {} if value is None else {"stringValue": value}


def cell_view(results: Results, tab: Tab, row: int, column: int, fields: Sequence[str]) -> Json:
    """CellData with these fields, the empty ones left out."""
    view: Json = {}
    for name in fields:
        value = CELL_FIELDS[name](results, tab, row, column)
        if value:
            view[name] = value
    return view


def _cell(tab: Tab, row: int, column: int) -> Cell:
    return tab.cells.get((row, column), EMPTY)


def _entered(_: Results, tab: Tab, row: int, column: int) -> Json:
    cell = _cell(tab, row, column)
    return {"formulaValue": cell.formula} if cell.formula is not None else extended(cell.value)


def _effective(results: Results, tab: Tab, row: int, column: int) -> Json:
    return extended(results.effective(tab, row, column))


def _entered_format(results: Results, tab: Tab, row: int, column: int) -> Json:
    return _with_pattern(results, _cell(tab, row, column).format or {})


def _effective_format(results: Results, tab: Tab, row: int, column: int) -> Json:
    """The default format of every cell, overlaid with its own, with the number format in effect and with a rule's."""
    view = _default_format()
    for worn in (_cell(tab, row, column).format or {}, _ruled(results, tab, row, column)):
        # A bold text keeps the font of the rest.
        view = view | worn | {"textFormat": view["textFormat"] | worn.get("textFormat", {})}
    number_format = results.number_format(tab, row, column)
    if number_format is not None:
        view = view | {"numberFormat": number_format}
    return _with_pattern(results, view)


def _ruled(results: Results, tab: Tab, row: int, column: int) -> Json:
    """The format of the first rule that applies; of the conditions only `text is exactly` is evaluated."""
    for rule in tab.rules:
        stated = rule.body.get("booleanRule", {})
        condition = stated.get("condition", {})
        inside = any((row, column) in box.within(tab.rows, tab.columns) for box in rule.boxes)
        if inside and condition.get("type") == "TEXT_EQ":
            wanted = [str(value.get("userEnteredValue", "")).lower() for value in condition.get("values", [])]
            if results.text(tab, row, column).lower() in wanted:
                return dict(stated.get("format", {}))
    return {}


def _with_pattern(results: Results, view: Json) -> Json:
    """A number format always comes with its pattern, the locale's default where none was given."""
    given = view.get("numberFormat")
    if given is None or given.get("pattern") or given.get("type") == "TEXT":
        return view
    pattern = default_pattern(given.get("type", ""), conventions(results.book.locale))
    return view | {"numberFormat": given | {"pattern": pattern}}


@lru_cache(maxsize=1)
def _default_format() -> Json:
    white = {"red": 1, "green": 1, "blue": 1}
    return {
        "backgroundColor": white,
        "backgroundColorStyle": {"rgbColor": white},
        "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
        "horizontalAlignment": "LEFT",
        "verticalAlignment": "BOTTOM",
        "wrapStrategy": "OVERFLOW_CELL",
        "textFormat": {"foregroundColor": {}, "fontFamily": "Arial", "fontSize": 10},
        "hyperlinkDisplayType": "PLAIN_TEXT",
    }


def hyperlink(tab: Tab, row: int, column: int) -> str:
    """The one address behind a cell: of a HYPERLINK formula with a literal address, or of the cell's text.

    Several links inside a text stand in `textFormatRuns` only [schema].
    """
    cell = _cell(tab, row, column)
    if cell.formula is not None:
        match = _HYPERLINK.match(cell.formula)
        return match[1].replace('""', '"') if match else ""
    uri = (cell.format or {}).get("textFormat", {}).get("link", {}).get("uri", "")
    return str(uri) if cell.value is not None else ""


#: CellData field -> what it holds for a cell, falsy when it is absent
CELL_FIELDS: dict[str, Callable[[Results, Tab, int, int], object]] = {
    "userEnteredValue": _entered,
    "effectiveValue": _effective,
    "formattedValue": lambda results, tab, row, column: results.text(tab, row, column),
    "userEnteredFormat": _entered_format,
    "effectiveFormat": _effective_format,
    "hyperlink": lambda _, tab, row, column: hyperlink(tab, row, column),
    "note": lambda _, tab, row, column: _cell(tab, row, column).note,
    "textFormatRuns": lambda _, tab, row, column: list(_cell(tab, row, column).runs),
    "dataValidation": lambda _, tab, row, column: _cell(tab, row, column).validation,
}
