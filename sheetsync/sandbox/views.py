"""A workbook as the Sheets resource `Spreadsheet`; only what a field mask wants is computed."""

from functools import lru_cache
from struct import pack, unpack
from typing import Any

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.cellviews import CELL_FIELDS, cell_view, default_format, number
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.filters import filter_view_body, hidden_by_filter
from sheetsync.sandbox.grids import area_range, grid_range
from sheetsync.sandbox.masks import Mask
from sheetsync.sandbox.model import (
    Banding,
    FilterView,
    Group,
    Metadata,
    NamedRange,
    Protection,
    Rule,
    Tab,
    Workbook,
)
from sheetsync.sandbox.results import Results

_ROW_PIXELS, _COLUMN_PIXELS = 21, 100


def spreadsheet(
    results: Results, mask: Mask, areas: list[tuple[Tab, Area]] | None, account: str, base: str, *, grid_data: bool
) -> Json:
    """The whole resource. `areas` (from `ranges`) limits tabs and cells; `grid_data` asks for cells.

    What the mask does not want is left out where it would cost something; whoever answers prunes the rest.
    """
    book = results.book
    view: Json = {
        "spreadsheetId": book.id,
        "properties": spreadsheet_properties(book),
        "sheets": [],
        "spreadsheetUrl": f"{base}/spreadsheets/d/{book.id}/edit",
    }
    if book.named:
        view["namedRanges"] = [named_view(each) for each in book.named]
    metadata = [metadata_view(each) for each in book.metadata if each.sheet_id is None]
    if metadata:
        view["developerMetadata"] = metadata
    if mask.wants("sheets"):
        inner = mask.under("sheets") or Mask()
        for tab in book.tabs:
            wanted = [tab.grid] if areas is None else [area for owner, area in areas if owner is tab]
            if wanted:
                view["sheets"].append(_sheet(results, tab, wanted, inner, account, grid_data))
    return view


def spreadsheet_properties(book: Workbook) -> Json:
    """SpreadsheetProperties; a default format whose switches are off says so [recorded]."""
    return {
        "title": book.title,
        "locale": book.locale,
        "autoRecalc": "ON_CHANGE",
        "timeZone": book.time_zone,
        "defaultFormat": default_format("arial,sans,sans-serif"),
        "spreadsheetTheme": _theme(),
    }


#: the theme of a new spreadsheet, in 255ths of red, green, blue
_THEME = {
    "TEXT": (0, 0, 0),
    "BACKGROUND": (255, 255, 255),
    "ACCENT1": (66, 133, 244),
    "ACCENT2": (234, 67, 53),
    "ACCENT3": (251, 188, 4),
    "ACCENT4": (52, 168, 83),
    "ACCENT5": (255, 109, 1),
    "ACCENT6": (70, 189, 198),
    "LINK": (17, 85, 204),
}


@lru_cache(maxsize=1)
def _theme() -> Json:
    """The theme of a new spreadsheet [recorded]."""
    pairs = [{"colorType": kind, "color": {"rgbColor": _channels(*levels)}} for kind, levels in _THEME.items()]
    return {"primaryFontFamily": "Arial", "themeColors": pairs}


def _channels(*levels: int) -> Json:
    """The channels of a colour; one at zero is left out."""
    shares = dict(zip(("red", "green", "blue"), (_single(level / 255) for level in levels), strict=True))
    return {name: number(share) for name, share in shares.items() if share}


def _single(share: float) -> float:
    """A single-precision number in the fewest digits that tell it apart, as Google prints one [recorded]."""
    packed = pack("f", share)
    (single,) = unpack("f", packed)
    return next(short for digits in range(1, 10) if pack("f", short := float(f"{single:.{digits}g}")) == packed)


def tab_properties(book: Workbook, tab: Tab) -> Json:
    """SheetProperties; `sheetId: 0` is present here, `hidden: false` is not [recorded]."""
    grid: Json = {"rowCount": tab.rows, "columnCount": tab.columns}
    if tab.frozen_rows:
        grid["frozenRowCount"] = tab.frozen_rows
    if tab.frozen_columns:
        grid["frozenColumnCount"] = tab.frozen_columns
    properties: Json = {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": next((index for index, other in enumerate(book.tabs) if other is tab), len(book.tabs)),
        "sheetType": "GRID",
        "gridProperties": grid | tab.extra_grid,
    }
    if tab.hidden:
        properties["hidden"] = True
    return properties | tab.extra


def _sheet(results: Results, tab: Tab, areas: list[Area], mask: Mask, account: str, grid_data: bool) -> Json:
    book = results.book
    view: Json = {"properties": tab_properties(book, tab)}
    # With a mask, includeGridData is ignored: the mask alone decides [schema].
    data_mask = mask.under("data")
    if grid_data and data_mask is not None:
        view["data"] = [_grid_data(results, tab, area, data_mask) for area in areas]
    lists = {
        "merges": [area_range(tab.sheet_id, merge) for merge in tab.merges],
        "conditionalFormats": [rule_view(tab, rule) for rule in tab.rules],
        "filterViews": [filter_view(book, tab, each) for each in tab.filter_views],
        "bandedRanges": [banding_view(tab, each) for each in tab.bandings],
        "rowGroups": [group_view(tab, "ROWS", each) for each in tab.row_groups],
        "columnGroups": [group_view(tab, "COLUMNS", each) for each in tab.column_groups],
        "protectedRanges": [protection_view(book, tab, each, account) for each in tab.protections],
        "developerMetadata": [
            metadata_view(each) for each in book.metadata if each.sheet_id == tab.sheet_id and not each.dimension
        ],
    }
    view |= {name: value for name, value in lists.items() if value}
    if tab.filter is not None:
        view["basicFilter"] = {"range": grid_range(tab.sheet_id, tab.filter_box)} | filter_view_body(tab.filter)
    return view


def _grid_data(results: Results, tab: Tab, area: Area, mask: Mask) -> Json:
    view: Json = {}
    if area.top:
        view["startRow"] = area.top
    if area.left:
        view["startColumn"] = area.left
    cell_mask = mask.under("rowData", "values")
    if cell_mask is not None:
        rows = _rows(results, tab, area, cell_mask)
        if rows:
            view["rowData"] = rows
    if mask.wants("rowMetadata"):
        hidden = hidden_by_filter(results, tab)
        view["rowMetadata"] = [_line(results.book, tab, "ROWS", line, hidden) for line in range(area.top, area.bottom)]
    if mask.wants("columnMetadata"):
        view["columnMetadata"] = [
            _line(results.book, tab, "COLUMNS", line, set()) for line in range(area.left, area.right)
        ]
    return view


def _rows(results: Results, tab: Tab, area: Area, mask: Mask) -> list[Json]:
    """RowData trimmed like values: up to the last cell that has something the mask wants [recorded]."""
    fields = [name for name in CELL_FIELDS if mask.everything or name in mask.below]
    places = {*tab.inside(area), *(place for place in results.spills(tab) if place in area)}
    found: dict[int, dict[int, Json]] = {}
    for row, column in sorted(places):
        view = cell_view(results, tab, row, column, fields)
        if view:
            found.setdefault(row, {})[column] = view
    rows: list[Json] = []
    for row in range(area.top, max(found, default=-1) + 1):
        cells = found.get(row)
        rows.append({"values": [cells.get(at, {}) for at in range(area.left, max(cells) + 1)]} if cells else {})
    return rows


def _line(book: Workbook, tab: Tab, dimension: str, line: int, hidden: set[int]) -> Json:
    rows = dimension == "ROWS"
    view: Json = {"pixelSize": _ROW_PIXELS if rows else _COLUMN_PIXELS}
    view |= (tab.row_properties if rows else tab.column_properties).get(line, {})
    if line in hidden:
        view["hiddenByFilter"] = True
    metadata = [
        metadata_view(each)
        for each in book.metadata
        if (each.sheet_id, each.dimension, each.index) == (tab.sheet_id, dimension, line)
    ]
    return view | {"developerMetadata": metadata} if metadata else view


def rule_view(tab: Tab, rule: Rule) -> Json:
    """A ConditionalFormatRule."""
    return {"ranges": [grid_range(tab.sheet_id, box) for box in rule.boxes]} | rule.body


def filter_view(book: Workbook, tab: Tab, each: FilterView) -> Json:
    """A FilterView; one that a named range backs has its extent."""
    named = next((other for other in book.named if other.id == each.named), None) if each.named else None
    box = each.box if named is None else named.box
    view: Json = {"filterViewId": each.id, "title": each.title, "range": grid_range(tab.sheet_id, box)}
    return view | ({"namedRangeId": each.named} if named else {}) | filter_view_body(each.body)


def banding_view(tab: Tab, each: Banding) -> Json:
    """A BandedRange."""
    return {"bandedRangeId": each.id, "range": grid_range(tab.sheet_id, each.box)} | each.body


def group_view(tab: Tab, dimension: str, each: Group) -> Json:
    """A DimensionGroup [recorded: no sheetId for sheet 0, no `collapsed: false`]."""
    place: Json = {"sheetId": tab.sheet_id} if tab.sheet_id else {}
    place |= {"dimension": dimension, "startIndex": each.start, "endIndex": each.end}
    return {"range": place, "depth": each.depth} | ({"collapsed": True} if each.collapsed else {})


def protection_view(book: Workbook, tab: Tab, each: Protection, account: str) -> Json:
    """A ProtectedRange as this account sees it: editors only for those who may edit [schema]."""
    allowed = each.warning_only or account in (book.owner, each.creator, *each.editors)
    view: Json = {"protectedRangeId": each.id, "range": grid_range(tab.sheet_id, each.box)}
    if each.unprotected:
        view["unprotectedRanges"] = [grid_range(tab.sheet_id, box) for box in each.unprotected]
    if each.description:
        view["description"] = each.description
    if each.warning_only:
        view["warningOnly"] = True
    if allowed:
        view["requestingUserCanEdit"] = True
        if not each.warning_only:
            view["editors"] = {"users": list(each.editors)} if each.editors else {}
    return view


def named_view(each: NamedRange) -> Json:
    """A NamedRange."""
    return {"namedRangeId": each.id, "name": each.name, "range": grid_range(each.sheet_id, each.box)}


def metadata_view(each: Metadata) -> Json:
    """A DeveloperMetadata with its location."""
    view: dict[str, Any] = {"metadataId": each.id, "metadataKey": each.key, "visibility": each.visibility}
    if each.value:
        view["metadataValue"] = each.value
    if each.sheet_id is None:
        return view | {"location": {"locationType": "SPREADSHEET", "spreadsheet": True}}
    if not each.dimension:
        return view | {"location": {"locationType": "SHEET", "sheetId": each.sheet_id}}
    dimension_range: Json = {"dimension": each.dimension, "startIndex": each.index, "endIndex": each.index + 1}
    if each.sheet_id:  # left out for sheet 0, as in a GridRange
        dimension_range["sheetId"] = each.sheet_id
    return view | {"location": {"locationType": each.dimension[:-1], "dimensionRange": dimension_range}}
