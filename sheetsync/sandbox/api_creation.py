"""Sheets v4: a spreadsheet that comes into being, and a sheet copied into another spreadsheet."""

from collections.abc import Iterator

from sheetsync.sandbox import ids
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.table import KINDS
from sheetsync.sandbox.batch.tabs import copy_title, renumber
from sheetsync.sandbox.calls import Call, Endpoint
from sheetsync.sandbox.errors import GoogleError, Json, bad
from sheetsync.sandbox.masks import ALL
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.oauth import SHEETS_WRITE
from sheetsync.sandbox.views import spreadsheet, tab_properties

_BOOKS = "/v4/spreadsheets"
#: what a Sheet may bring along besides its cells -> the request that makes it, and its field
_PARTS = {
    "merges": ("mergeCells", "range"),
    "conditionalFormats": ("addConditionalFormatRule", "rule"),
    "filterViews": ("addFilterView", "filter"),
    "protectedRanges": ("addProtectedRange", "protectedRange"),
    "bandedRanges": ("addBanding", "bandedRange"),
    "developerMetadata": ("createDeveloperMetadata", "developerMetadata"),
}
_FOREIGN = ("charts", "slicers", "tables", "commentAnchors")


def create(call: Call) -> Json:
    """`spreadsheets.create`: owned by the caller, with one sheet of id 0 unless the body says otherwise [recorded].

    The spreadsheet is built by the requests that a client would send for its parts, so that it obeys the same rules.
    """
    given = call.message("Spreadsheet")
    book = Workbook(ids.text(44), "Untitled spreadsheet", owner=call.account)
    editing = Editing(book, call.account, call.state.today(book))
    properties = {name: value for name, value in given.get("properties", {}).items() if name != "defaultFormat"}
    if properties:
        names = ",".join(name for name in properties if name in ("title", "locale", "timeZone"))
        if names:
            KINDS["updateSpreadsheetProperties"](editing, {"properties": properties, "fields": names})
    sheets = given.get("sheets") or [{}]
    for index, sheet in enumerate(sheets):
        editing.prefix = f"Invalid sheets[{index}].properties: "
        own = sheet.get("properties", {})
        KINDS["addSheet"](editing, {"properties": ({"sheetId": 0} if index == 0 else {}) | own | {"index": index}})
    for index, sheet in enumerate(sheets):
        for name, kind, request in _requests(sheet, book.tabs[index].sheet_id):
            editing.prefix = f"Invalid sheets[{index}].{name}: "
            KINDS[kind](editing, request)
    for kind, field, name in (
        ("addNamedRange", "namedRange", "namedRanges"),
        ("createDeveloperMetadata", "developerMetadata", "developerMetadata"),
    ):
        for index, each in enumerate(given.get(name, [])):
            editing.prefix = f"Invalid {name}[{index}]: "
            KINDS[kind](editing, {field: each})
    if all(tab.hidden for tab in book.tabs):
        raise bad("You can't hide all the sheets in a document.")
    call.state.commit(book, call.account)
    return spreadsheet(call.state.results(book), ALL, None, call.account, call.base, grid_data=False)


def _requests(sheet: Json, sheet_id: int) -> Iterator[tuple[str, str, Json]]:
    """The part of a Sheet, the kind and the body of each request that makes it."""
    for name in _FOREIGN:
        if sheet.get(name):
            raise bad(f"{name} is not supported by this sandbox.")
    for data in sheet.get("data", []):
        yield from (("data", *request) for request in _cells(data, sheet_id))
    for name, (kind, field) in _PARTS.items():
        for index, part in enumerate(sheet.get(name, [])):
            position = {"index": index} if kind == "addConditionalFormatRule" else {}
            yield name, kind, {field: part} | position
    if "basicFilter" in sheet:
        yield "basicFilter", "setBasicFilter", {"filter": sheet["basicFilter"]}
    for name in ("rowGroups", "columnGroups"):
        groups = sheet.get(name, [])
        for group in groups:
            yield name, "addDimensionGroup", {"range": group.get("range", {})}
        for group in (each for each in groups if each.get("collapsed")):
            yield name, "updateDimensionGroup", {"dimensionGroup": group, "fields": "collapsed"}


def _cells(data: Json, sheet_id: int) -> Iterator[tuple[str, Json]]:
    """The requests for one GridData."""
    top, left = data.get("startRow", 0), data.get("startColumn", 0)
    if data.get("rowData"):
        start = {"sheetId": sheet_id, "rowIndex": top, "columnIndex": left}
        yield "updateCells", {"start": start, "rows": data["rowData"], "fields": "*"}
    for field, dimension, first in (("rowMetadata", "ROWS", top), ("columnMetadata", "COLUMNS", left)):
        for line, properties in enumerate(data.get(field, []), start=first):
            place = {"sheetId": sheet_id, "dimension": dimension, "startIndex": line, "endIndex": line + 1}
            fields = "pixelSize,hiddenByUser"
            yield "updateDimensionProperties", {"range": place, "properties": properties, "fields": fields}


def copy_to(call: Call) -> Json:
    """`sheets.copyTo`: the sheet at the end of a spreadsheet the caller may write; answers with its properties.

    Its developer metadata stays behind, as in duplicateSheet.
    """
    source = call.readable()
    text = call.path["sheet_id"]
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
        raise bad(f"Invalid value at 'sheet_id' (TYPE_INT32), \"{text[:200]}\"")
    found = source.tab(int(text))
    if found is None:
        raise GoogleError(404, "Requested entity was not found.")
    wanted = call.message("CopySheetToAnotherSpreadsheetRequest").get("destinationSpreadsheetId", "")
    book = call.writable(wanted).copied()
    tab = found.copied()
    tab.sheet_id = book.fresh_id({each.sheet_id for each in book.tabs})
    tab.title, tab.hidden = copy_title(book, found.title), False
    renumber(book, tab)
    book.tabs.append(tab)
    Editing(book, call.account, call.state.today(book)).check_size()
    call.state.commit(book, call.account)
    return tab_properties(book, tab)


ENDPOINTS = (
    Endpoint("POST", _BOOKS, create, SHEETS_WRITE, name="CreateSpreadsheet", answer="Spreadsheet"),
    Endpoint(
        "POST", _BOOKS + "/{id}/sheets/{sheet_id}:copyTo", copy_to, SHEETS_WRITE,
        name="CopySheetToAnotherSpreadsheet", answer="SheetProperties",
    ),
)  # fmt: skip
