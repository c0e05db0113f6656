"""Sheets v4: the calls that find their ranges by DataFilters instead of names."""

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.api_sheets import spreadsheet_answer
from sheetsync.sandbox.api_values import edited, input_option, totals, updated
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.calls import Call, Endpoint
from sheetsync.sandbox.datafilters import areas_of
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.oauth import SHEETS_WRITE
from sheetsync.sandbox.values_read import Rendering, value_range
from sheetsync.sandbox.values_write import Written, clear_area, write_area

_BOOK = "/v4/spreadsheets/{id}"


def _matched(book: Workbook, filters: list[Json]) -> list[tuple[Tab, Area, list[Json]]]:
    """Each range that a filter selects, once, with every filter that selects it."""
    found: dict[tuple[int, Area], tuple[Tab, Area, list[Json]]] = {}
    for data_filter in filters:
        for tab, area in areas_of(book, data_filter):
            found.setdefault((tab.sheet_id, area), (tab, area, []))[2].append(data_filter)
    return list(found.values())


def get_spreadsheet(call: Call) -> Json:
    """`spreadsheets.getByDataFilter`: like get, with the selected ranges; no filters select all."""
    book = call.readable()
    body = call.message("GetSpreadsheetByDataFilterRequest")
    filters = body.get("dataFilters", [])
    areas = [(tab, area) for tab, area, _ in _matched(book, filters)] if filters else None
    fields = call.params.get("fields")
    grid_data = bool(fields) or body.get("includeGridData", False)
    return spreadsheet_answer(call, book, response_mask(fields, "Spreadsheet"), areas, grid_data=grid_data)


def batch_get(call: Call) -> Json:
    """`values.batchGetByDataFilter`: each range with the filters that found it."""
    book = call.readable()
    body = call.message("BatchGetValuesByDataFilterRequest")
    results, rendering = call.state.results(book), Rendering.asked(body)
    ranges = [
        {"valueRange": value_range(results, tab, area, rendering), "dataFilters": filters}
        for tab, area, filters in _matched(book, body.get("dataFilters", []))
    ]
    return {"spreadsheetId": book.id} | ({"valueRanges": ranges} if ranges else {})


def batch_update(call: Call) -> Json:
    """`values.batchUpdateByDataFilter`: the values go to every range a filter matches [schema]; all or none."""
    call.writable()
    body = call.message("BatchUpdateValuesByDataFilterRequest")
    option = input_option(body)
    done: list[tuple[Written, Json]] = []

    def work(editing: Editing) -> None:
        for index, given in enumerate(body.get("data", [])):
            editing.prefix = f"Invalid data[{index}]: "
            editing.require(given, "dataFilter")
            # Where each filter points is settled before its values are written: they move no row.
            for tab, area in areas_of(editing.book, given["dataFilter"], editing.prefix):
                done.append((write_area(editing, given, tab, area, option), given["dataFilter"]))

    book = edited(call, work)
    responses = []
    for written, data_filter in done:
        response = updated(call, book, written, body)
        response.pop("spreadsheetId")
        responses.append(response | {"dataFilter": data_filter})
    reply = {"spreadsheetId": book.id} | totals([written for written, _ in done])
    return reply | ({"responses": responses} if responses else {})


def batch_clear(call: Call) -> Json:
    """`values.batchClearByDataFilter`."""
    call.writable()
    filters = call.message("BatchClearValuesByDataFilterRequest").get("dataFilters", [])
    cleared: list[str] = []

    def work(editing: Editing) -> None:
        for tab, area, _ in _matched(editing.book, filters):
            cleared.append(clear_area(editing, tab, area))

    book = edited(call, work)
    return {"spreadsheetId": book.id} | ({"clearedRanges": cleared} if cleared else {})


ENDPOINTS = (
    Endpoint(
        "POST", _BOOK + ":getByDataFilter", get_spreadsheet, SHEETS_WRITE, name="GetSpreadsheetByDataFilter",
        answer="Spreadsheet",
    ),
    Endpoint(
        "POST", _BOOK + "/values:batchGetByDataFilter", batch_get, SHEETS_WRITE, name="BatchGetValuesByDataFilter",
        answer="BatchGetValuesByDataFilterResponse",
    ),
    Endpoint(
        "POST", _BOOK + "/values:batchUpdateByDataFilter", batch_update, SHEETS_WRITE,
        name="BatchUpdateValuesByDataFilter", answer="BatchUpdateValuesByDataFilterResponse",
    ),
    Endpoint(
        "POST", _BOOK + "/values:batchClearByDataFilter", batch_clear, SHEETS_WRITE,
        name="BatchClearValuesByDataFilter", answer="BatchClearValuesByDataFilterResponse",
    ),
)  # fmt: skip
