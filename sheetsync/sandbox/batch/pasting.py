"""pasteData, textToColumns, appendCells: text and cells that arrive from elsewhere."""

import csv
import io

from sheetsync.sandbox.a1 import MAX_COLUMNS, Area
from sheetsync.sandbox.batch.cells import at_place, changed, checked_length
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.masks import update_mask
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.values_write import type_into

_DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "PERIOD": ".", "SPACE": " "}
#: kinds of paste that bring a text's value along; plain text has neither format nor validation
_WITH_VALUES = frozenset(("PASTE_NORMAL", "PASTE_VALUES", "PASTE_FORMULA", "PASTE_NO_BORDERS"))


def paste_data(editing: Editing, request: Json) -> Json:
    """Rows of delimited text, each part as if typed; the grid grows as needed.

    [believed: pasted-text-is-typed-and-makes-room]
    """
    editing.require(request, "coordinate")
    tab, top, left = editing.corner(request["coordinate"])
    if "html" in request:
        raise editing.refuse("html is not supported by this sandbox.")
    delimiter = request.get("delimiter", "")
    if not delimiter:
        raise editing.refuse("delimiter must be specified.")
    if request.get("type", "PASTE_NORMAL") in _WITH_VALUES:
        _type_rows(editing, tab, top, left, _parts(request.get("data", ""), delimiter))
    return {}


def _parts(data: str, delimiter: str) -> list[list[str]]:
    """Quoted parts may hold the delimiter and line ends, as in a CSV file."""
    if len(delimiter) > 1 or delimiter in '"\r\n':
        return [line.split(delimiter) for line in data.splitlines()]
    limit = csv.field_size_limit(len(data) + 1)
    try:
        return list(csv.reader(io.StringIO(data), delimiter=delimiter))
    except csv.Error:  # a lone carriage return
        return [line.split(delimiter) for line in data.splitlines()]
    finally:
        csv.field_size_limit(limit)


def _type_rows(editing: Editing, tab: Tab, top: int, left: int, rows: list[list[str]]) -> None:
    if not rows:
        return
    landing = Area(top, top + len(rows), left, left + max(1, *(len(row) for row in rows)))
    _grow(editing, tab, landing)
    editing.guard(tab, landing)
    for row, texts in enumerate(rows, start=top):
        for column, text in enumerate(texts, start=left):
            checked_length(text, editing)
            cell = tab.cell(row, column)
            typed = type_into(cell, text, editing) if text else cell.with_value(None)
            tab.put(row, column, at_place(tab, row, column, typed))


def _grow(editing: Editing, tab: Tab, landing: Area) -> None:
    tab.rows, tab.columns = max(tab.rows, landing.bottom), max(tab.columns, landing.right)
    if tab.columns > MAX_COLUMNS:
        raise editing.refuse(f"A sheet may not have more than {MAX_COLUMNS} columns.")
    editing.check_size()


def text_to_columns(editing: Editing, request: Json) -> Json:
    """Splits the texts of one column into the columns right of it, over what stands there."""
    editing.require(request, "source")
    tab, area = editing.area(request["source"])
    if area.columns != 1:
        raise editing.refuse("source must span exactly one column.")
    results = editing.results()
    texts = {row: results.text(tab, row, column) for row, column in tab.inside(area)}
    delimiter = _delimiter(editing, request, list(texts.values()))
    if delimiter:
        editing.guard(tab, area)
        for row, text in sorted(texts.items()):
            if delimiter in text:
                _type_rows(editing, tab, row, area.left, [text.split(delimiter)])
    return {}


def _delimiter(editing: Editing, request: Json, texts: list[str]) -> str:
    """What splits; `""` where detection finds nothing."""
    kind, custom = request.get("delimiterType", "DELIMITER_TYPE_UNSPECIFIED"), request.get("delimiter", "")
    if kind == "CUSTOM":
        if not custom:
            raise editing.refuse("delimiter must be specified with delimiterType CUSTOM.")
        return str(custom)
    if custom:
        raise editing.refuse("delimiter may only be set with delimiterType CUSTOM.")
    if kind == "AUTODETECT":
        counts = {mark: sum(text.count(mark) for text in texts) for mark in (",", ";", " ", ".")}
        return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ""
    if kind not in _DELIMITERS:
        raise editing.refuse("delimiterType must be specified.")
    return _DELIMITERS[kind]


def append_cells(editing: Editing, request: Json) -> Json:
    """Rows of cells after the last row with data; the grid grows as needed."""
    paths = update_mask(request.get("fields"), "CellData", editing.prefix)
    if request.get("tableId"):
        raise editing.refuse("tableId is not supported by this sandbox.")
    tab = editing.tab(request.get("sheetId"))
    results = editing.results()
    filled = [row for row, column in (*tab.cells, *results.spills(tab)) if results.text(tab, row, column) != ""]
    top = max(filled, default=-1) + 1
    rows = [row.get("values", []) for row in request.get("rows", [])]
    landing = Area(top, top + len(rows), 0, max((len(row) for row in rows), default=0))
    _grow(editing, tab, landing)
    editing.guard(tab, landing)
    for row, values in enumerate(rows, start=top):
        for column, data in enumerate(values):
            tab.put(row, column, at_place(tab, row, column, changed(editing, tab.cell(row, column), data, paths)))
    return {}
