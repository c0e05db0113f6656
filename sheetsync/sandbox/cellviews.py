"""One cell as Google's CellData, field by field."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from sheetsync.sandbox.conditions import holds
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
    view = default_format("Arial") | _aligned(results.effective(tab, row, column)) | banded(tab, row, column)
    for layer in (_cell(tab, row, column).format or {}, _ruled(results, tab, row, column)):
        view = view | layer | {"textFormat": view["textFormat"] | layer.get("textFormat", {})}
    number_format = results.number_format(tab, row, column)
    if number_format is not None:
        view = view | {"numberFormat": number_format}
    return _with_pattern(results, view)


def banded(tab: Tab, row: int, column: int) -> Json:
    """The colour a band gives to a cell. Headers and footers come first, first bands before second ones [schema]."""
    for band in tab.bandings:
        area = band.box.within(tab.rows, tab.columns)
        if (row, column) in area:
            rows = _bands(band.body.get("rowProperties"), row - area.top, area.rows)
            columns = _bands(band.body.get("columnProperties"), column - area.left, area.columns)
            _, colours = min((*rows, *columns), key=lambda found: found[0], default=(0, {}))
            return colours
    return {}


def _bands(properties: Json | None, line: int, count: int) -> list[tuple[int, Json]]:
    """The colour for one line of a banding, with its precedence (lower wins); none where there are no properties."""
    if properties is None:
        return []
    header, footer = "headerColorStyle" in properties, "footerColorStyle" in properties
    if header and line == 0:
        name, precedence = "header", 0
    elif footer and line == count - 1:
        name, precedence = "footer", 0
    else:
        second = (line - header) % 2
        name, precedence = ("secondBand", 2) if second else ("firstBand", 1)
    style = properties.get(f"{name}ColorStyle")
    if style is None:
        return []
    colour = {"backgroundColorStyle": style}
    return [(precedence, colour | ({"backgroundColor": style["rgbColor"]} if "rgbColor" in style else {}))]


def _ruled(results: Results, tab: Tab, row: int, column: int) -> Json:
    """The format of the first boolean rule that applies; a formula is written for the first cell of its ranges."""
    for rule in tab.rules:
        stated = rule.body.get("booleanRule")
        inside = any((row, column) in box.within(tab.rows, tab.columns) for box in rule.boxes)
        if stated is not None and inside:
            origin = (rule.boxes[0].top or 0, rule.boxes[0].left or 0)
            if holds(results, tab, (row, column), stated.get("condition", {}), origin):
                return dict(stated.get("format", {}))
    return {}


def _with_pattern(results: Results, view: Json) -> Json:
    """A number format always comes with its pattern, the locale's default where none was given."""
    given = view.get("numberFormat")
    if given is None or given.get("pattern") or given.get("type") == "TEXT":
        return view
    pattern = default_pattern(given.get("type", ""), conventions(results.book.locale))
    return view | {"numberFormat": given | {"pattern": pattern}}


def _aligned(value: Scalar) -> Json:
    """What a cell's kind alone says about it: numbers stand right, truths and errors in the middle."""
    side = "LEFT" if value is None or isinstance(value, str) else "RIGHT" if type(value) is float else "CENTER"
    return {"horizontalAlignment": side, "hyperlinkDisplayType": "PLAIN_TEXT"}


@lru_cache(maxsize=2)
def default_format(font: str) -> Json:
    """The CellFormat of a cell that has none of its own; switches that are off are stated [recorded]."""
    white = {"red": 1, "green": 1, "blue": 1}
    return {
        "backgroundColor": white,
        "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
        "verticalAlignment": "BOTTOM",
        "wrapStrategy": "OVERFLOW_CELL",
        "textFormat": {
            "foregroundColor": {},
            "fontFamily": font,
            "fontSize": 10,
            "bold": False,
            "italic": False,
            "strikethrough": False,
            "underline": False,
            "foregroundColorStyle": {"rgbColor": {}},
        },
        "backgroundColorStyle": {"rgbColor": white},
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
    "chipRuns": lambda _, tab, row, column: list(_cell(tab, row, column).chips),
    "dataValidation": lambda _, tab, row, column: _cell(tab, row, column).validation,
}
