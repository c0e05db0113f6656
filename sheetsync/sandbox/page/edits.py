"""What a person does on the page, as one batch: typed as by hand, through the same doors as every other client."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sheetsync.sandbox.a1 import Area, echoed
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.model import Protection, Tab, Workbook
from sheetsync.sandbox.values_write import clear, write

#: a form's numbers are indices into a grid
_LONGEST = 9


@dataclass(frozen=True)
class Edit:
    """One act on a part of a tab; `texts` are typed from the area's corner on."""

    kind: str
    tab: Tab
    area: Area
    texts: list[list[str]]
    descending: bool = False
    column: int = 0


def understood(book: Workbook, form: Mapping[str, str]) -> Edit:
    """The act a form asks for. Raises 400 for one that makes no sense."""
    kind = form.get("act", "")
    if kind not in ACTS:
        raise bad(f"The page knows no act {kind[:40]!r}.")
    tab = book.tab(_number(form, "gid"))
    if tab is None:
        raise bad(f"No grid with id: {_number(form, 'gid')}")
    area = Area(*(_number(form, side) for side in ("top", "bottom", "left", "right")))
    texts = _texts(form.get("texts", "[]")) if kind == "type" else []
    if texts:
        width = max((len(row) for row in texts), default=0)
        area = Area(area.top, area.top + len(texts), area.left, area.left + width)
    if area.empty:
        raise bad("Nothing is chosen.")
    return Edit(kind, tab, area, texts, form.get("order") == "descending", _number(form, "column"))


def _number(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "0")
    if not text.isascii() or not text.isdigit() or len(text) > (_LONGEST if name != "gid" else 10):
        raise bad(f"{name} must be a whole number, not {text[:40]!r}.")
    return int(text)


def _texts(given: str) -> list[list[str]]:
    try:
        texts = json.loads(given)
    except (ValueError, RecursionError):
        texts = None
    if not isinstance(texts, list) or not all(isinstance(row, list) for row in texts):
        raise bad("texts must be a list of rows.")
    if not all(isinstance(text, str) for row in texts for text in row):
        raise bad("Each row of texts must be a list of texts.")
    return texts


def warned(edit: Edit) -> bool:
    """Whether the act touches a range about which whoever protected it wants people to be asked first."""
    return any(_touched(edit, each.box.within(edit.tab.rows, edit.tab.columns)) for each in _warnings(edit.tab))


def _warnings(tab: Tab) -> list[Protection]:
    return [each for each in tab.protections if each.warning_only]


def _touched(edit: Edit, kept: Area) -> bool:
    # New lines at the edge of a range are no edit of it, as for every other client.
    if edit.kind == "insert-rows":
        return kept.top < edit.area.top < kept.bottom
    if edit.kind == "insert-columns":
        return kept.left < edit.area.left < kept.right
    return _reach(edit).touches(kept)


def _reach(edit: Edit) -> Area:
    """The cells an act changes: whole lines where it takes them out."""
    if edit.kind == "delete-rows":
        return Area(edit.area.top, edit.area.bottom, 0, edit.tab.columns)
    if edit.kind == "delete-columns":
        return Area(0, edit.tab.rows, edit.area.left, edit.area.right)
    return edit.area


def applied(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
    """The workbook after the act; `book` is never touched. Raises GoogleError when refused."""
    return ACTS[edit.kind](book, edit, account, today)


Act = Callable[[Workbook, Edit, str, date], Workbook]


def _type(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
    edited = book.copied()
    # One cell is an anchor to the API, whatever stands in it; texts of several bound themselves.
    corner = Area(edit.area.top, edit.area.top + 1, edit.area.left, edit.area.left + 1)
    given: Json = {"values": edit.texts}
    write(Editing(edited, account, today), given, echoed(edit.tab.title, corner), "USER_ENTERED")
    return edited


def _clear(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
    edited = book.copied()
    clear(Editing(edited, account, today), echoed(edit.tab.title, edit.area))
    return edited


def _insert(dimension: str) -> Act:
    def act(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
        lines = _lines(edit, dimension)
        # The first line after a header looks like those below it, any other like the one above [documented].
        inherits = lines["startIndex"] > (edit.tab.frozen_rows if dimension == "ROWS" else edit.tab.frozen_columns)
        request = {"insertDimension": {"range": lines, "inheritFromBefore": inherits}}
        return _batch(book, request, account, today)

    return act


def _delete(dimension: str) -> Act:
    def act(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
        return _batch(book, {"deleteDimension": {"range": _lines(edit, dimension)}}, account, today)

    return act


def _sort(book: Workbook, edit: Edit, account: str, today: date) -> Workbook:
    area = edit.area
    block = {
        "sheetId": edit.tab.sheet_id,
        "startRowIndex": area.top,
        "endRowIndex": area.bottom,
        "startColumnIndex": area.left,
        "endColumnIndex": area.right,
    }
    order = {"dimensionIndex": edit.column, "sortOrder": "DESCENDING" if edit.descending else "ASCENDING"}
    return _batch(book, {"sortRange": {"range": block, "sortSpecs": [order]}}, account, today)


def _lines(edit: Edit, dimension: str) -> Json:
    area = edit.area
    first, end = (area.top, area.bottom) if dimension == "ROWS" else (area.left, area.right)
    return {"sheetId": edit.tab.sheet_id, "dimension": dimension, "startIndex": first, "endIndex": end}


def _batch(book: Workbook, request: Json, account: str, today: date) -> Workbook:
    decoded = decode({"requests": [request]}, "BatchUpdateSpreadsheetRequest")["requests"]
    return apply_batch(book, decoded, account, today)[0]


ACTS: Mapping[str, Act] = {
    "type": _type,
    "clear": _clear,
    "insert-rows": _insert("ROWS"),
    "insert-columns": _insert("COLUMNS"),
    "delete-rows": _delete("ROWS"),
    "delete-columns": _delete("COLUMNS"),
    "sort": _sort,
}
