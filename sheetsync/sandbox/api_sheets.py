"""Sheets v4: the spreadsheet itself, its batches and its developer metadata."""

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.table import apply_batch, kinds_in
from sheetsync.sandbox.calls import Call, Endpoint
from sheetsync.sandbox.datafilters import matching
from sheetsync.sandbox.errors import GoogleError, Json, bad
from sheetsync.sandbox.masks import ALL, Mask, response_mask
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.oauth import SHEETS_READ, SHEETS_WRITE
from sheetsync.sandbox.values_read import area_of
from sheetsync.sandbox.views import metadata_view, spreadsheet

_BOOK = "/v4/spreadsheets/{id}"


def get_spreadsheet(call: Call) -> Json:
    """`spreadsheets.get`: with `fields`, the mask alone decides whether cells come along [schema]."""
    book = call.readable()
    fields = call.params.get("fields")
    return _view(
        call,
        book,
        response_mask(fields, "Spreadsheet"),
        call.params.get("ranges"),
        call.params.get("includeGridData", False) if not fields else True,
    )


def _view(call: Call, book: Workbook, mask: Mask, ranges: list[str] | None, grid_data: bool) -> Json:
    areas = [area_of(book, text) for text in ranges] if ranges else None
    return spreadsheet_answer(call, book, mask, areas, grid_data=grid_data)


def spreadsheet_answer(
    call: Call, book: Workbook, mask: Mask, areas: list[tuple[Tab, Area]] | None, *, grid_data: bool
) -> Json:
    """The Spreadsheet resource as the caller sees it, limited to `areas` where there are any."""
    return spreadsheet(call.state.results(book), mask, areas, call.account, call.base, grid_data=grid_data)


def batch_update(call: Call) -> Json:
    """`spreadsheets.batchUpdate`: all requests in order, or none."""
    book = call.writable()
    body = call.message("BatchUpdateSpreadsheetRequest")
    requests = body.get("requests", [])
    call.kinds.extend(kinds_in(requests))
    edited, replies = apply_batch(book, requests, call.account, call.state.today(book))
    mask = response_mask(call.params.get("fields"), "BatchUpdateSpreadsheetResponse")
    ranges = body.get("responseRanges")
    if body.get("includeSpreadsheetInResponse") and ranges:
        for text in ranges:
            area_of(edited, text)
    call.state.commit(edited, call.account)
    reply: Json = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse") and mask.wants("updatedSpreadsheet"):
        inner = mask.under("updatedSpreadsheet") or ALL
        grid_data = body.get("responseIncludeGridData", False) or not inner.everything
        reply["updatedSpreadsheet"] = _view(call, edited, inner, ranges, grid_data)
    return reply


def get_metadata(call: Call) -> Json:
    """`spreadsheets.developerMetadata.get`."""
    book = call.readable()
    text = call.path["metadata_id"]
    if not text.isascii() or not text.isdigit() or int(text) >= 2**31:
        raise bad(f"Invalid value at 'metadata_id' (TYPE_INT32), \"{text[:200]}\"")
    for each in book.metadata:
        if each.id == int(text):
            return metadata_view(each)
    raise GoogleError(404, f"No developer metadata with ID {text}")


def search_metadata(call: Call) -> Json:
    """`spreadsheets.developerMetadata.search`: each match with the filters that found it."""
    book = call.readable()
    filters = call.message("SearchDeveloperMetadataRequest").get("dataFilters", [])
    found: dict[int, Json] = {}
    for data_filter in filters:
        for each in matching(book, data_filter):
            match = found.setdefault(each.id, {"developerMetadata": metadata_view(each), "dataFilters": []})
            match["dataFilters"].append(data_filter)
    return {"matchedDeveloperMetadata": list(found.values())} if found else {}


ENDPOINTS = (
    Endpoint(
        "POST", _BOOK + ":batchUpdate", batch_update, SHEETS_WRITE, name="BatchUpdateSpreadsheet",
        answer="BatchUpdateSpreadsheetResponse",
    ),
    Endpoint(
        "POST", _BOOK + "/developerMetadata:search", search_metadata, SHEETS_WRITE, name="SearchDeveloperMetadata",
        answer="SearchDeveloperMetadataResponse",
    ),
    Endpoint(
        "GET", _BOOK + "/developerMetadata/{metadata_id}", get_metadata, SHEETS_WRITE, name="GetDeveloperMetadata",
        answer="DeveloperMetadata",
    ),
    Endpoint(
        "GET", _BOOK, get_spreadsheet, SHEETS_READ, name="GetSpreadsheet", answer="Spreadsheet",
        params={
            "ranges": "[str]", "includeGridData": "bool", "excludeTablesInBandedRanges": "bool",
            "commentsViewMode": "#CommentsViewMode",
        },
    ),
)  # fmt: skip
