"""spreadsheets.create, sheets.copyTo and the calls that find their ranges by DataFilter."""

from typing import Any

import pytest
import requests

from sheetsync.sandbox import Running, email_of
from tests.sandbox.conftest import AUTH, BOOK, Api, add_workbook, grid_range, lines
from tests.sandbox.discovery import complaints
from tests.sandbox.test_metadata import create


def good(answer: requests.Response, message: str) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert complaints(answer.json(), message) == []
    return dict(answer.json())


def refused(answer: requests.Response) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"]["message"])


# -- create


def test_a_new_spreadsheet_belongs_to_its_maker_and_has_one_sheet(api: Api, sandbox: Running) -> None:
    made = good(api.call("POST", "/v4/spreadsheets", {}), "Spreadsheet")
    assert made["properties"]["title"] == "Untitled spreadsheet"
    grid = {"rowCount": 1000, "columnCount": 26}
    sheet = {"sheetId": 0, "title": "Sheet1", "index": 0, "sheetType": "GRID", "gridProperties": grid}
    assert made["sheets"] == [{"properties": sheet}]
    assert sandbox.state.workbooks[made["spreadsheetId"]].owner == email_of("sheetsync")
    assert made["spreadsheetUrl"].endswith(f"/spreadsheets/d/{made['spreadsheetId']}/edit")
    person = Api(sandbox, "person")
    assert person.call("GET", f"/v4/spreadsheets/{made['spreadsheetId']}").status_code == 403


def test_a_new_spreadsheet_can_come_with_everything(api: Api) -> None:
    value = {"userEnteredValue": {"stringValue": "x"}, "note": "n"}
    data = {"startRow": 1, "rowData": [{"values": [value]}], "rowMetadata": [{"pixelSize": 40}]}
    first = {
        "properties": {"title": "One", "gridProperties": {"rowCount": 10, "columnCount": 5, "frozenRowCount": 1}},
        "data": [data],
        "merges": [grid_range(4, 5, 0, 2)],
        "rowGroups": [{"range": lines("ROWS", 2, 4), "depth": 1, "collapsed": True}],
        "basicFilter": {"range": grid_range(0, 3, 0, 2)},
        "bandedRanges": [
            {"range": grid_range(0, 3, 0, 2), "rowProperties": {"firstBandColor": {}, "secondBandColor": {"red": 1}}}
        ],
    }
    body = {
        "properties": {"title": "Plan", "locale": "de_DE", "timeZone": "Europe/Berlin"},
        "sheets": [first, {"properties": {"sheetId": 9, "title": "Two", "hidden": True}}],
        "namedRanges": [{"name": "All", "range": grid_range(0, 3, 0, 2)}],
        "developerMetadata": [{"metadataKey": "k", "visibility": "DOCUMENT", "location": {"spreadsheet": True}}],
    }
    made = good(api.call("POST", "/v4/spreadsheets", body), "Spreadsheet")
    assert (made["properties"]["locale"], made["namedRanges"][0]["name"]) == ("de_DE", "All")
    assert made["developerMetadata"][0]["metadataKey"] == "k"
    one, two = made["sheets"]
    assert (one["rowGroups"][0]["collapsed"], len(one["merges"]), len(one["bandedRanges"])) == (True, 1, 1)
    assert two["properties"] | {"hidden": True, "sheetId": 9, "title": "Two"} == two["properties"]
    whole = api.call("GET", f"/v4/spreadsheets/{made['spreadsheetId']}", includeGridData=True).json()
    cells = whole["sheets"][0]["data"][0]
    assert cells["rowData"][1]["values"][0]["note"] == "n"
    assert [row.get("hiddenByUser", False) for row in cells["rowMetadata"][:5]] == [False, False, True, True, False]
    assert cells["rowMetadata"][1]["pixelSize"] == 40


@pytest.mark.parametrize(
    "body",
    [
        {"properties": {"locale": "xx_YY"}},
        {"sheets": [{"properties": {"title": "A"}}, {"properties": {"title": "a"}}]},
        {"sheets": [{"charts": [{"chartId": 1}]}]},
        {"sheets": [{"properties": {"hidden": True}}]},
        {"sheets": [{"merges": [grid_range(0, 2, 0, 2, 5)]}]},
        {"sheets": [{"properties": {"gridProperties": {"rowCount": 10_000_001, "columnCount": 1}}}]},
        {"nope": 1},
        [],
    ],
    ids=repr,
)
def test_a_spreadsheet_that_cannot_be_is_not_made(api: Api, sandbox: Running, body: Any) -> None:
    before = set(sandbox.state.workbooks)
    refused(api.call("POST", "/v4/spreadsheets", body))
    assert set(sandbox.state.workbooks) == before


def test_making_one_needs_a_scope_that_may_write(sandbox: Running) -> None:
    reader = Api(sandbox, "person", f"{AUTH}spreadsheets.readonly")
    assert reader.call("POST", "/v4/spreadsheets", {}).status_code == 403


# -- copyTo


def copied(api: Api, sheet_id: object, to: str) -> requests.Response:
    return api.sheets("POST", f"/sheets/{sheet_id}:copyTo", {"destinationSpreadsheetId": to})


def test_a_copied_sheet_brings_its_parts_under_ids_of_its_own(api: Api, sandbox: Running) -> None:
    add_workbook(sandbox, "book-2")
    api.write("Plan!A1", [["x", "=A1"]])
    api.done(
        {"addDimensionGroup": {"range": lines("ROWS", 1, 3)}},
        {"addFilterView": {"filter": {"filterViewId": 4, "range": grid_range(0, 3, 0, 2)}}},
        create(5, sheetId=0),
    )
    for title in ("Copy of Plan", "Copy of Plan 2"):
        assert good(copied(api, 0, "book-2"), "SheetProperties")["title"] == title
    tabs = sandbox.state.workbooks["book-2"].tabs[2:]
    assert [len(tab.row_groups) for tab in tabs] == [1, 1]
    assert len({tab.filter_views[0].id for tab in tabs}) == 2
    assert sandbox.state.workbooks["book-2"].metadata == []
    answer = api.call("GET", "/v4/spreadsheets/book-2/values/'Copy of Plan 2'!A1:B1").json()
    assert answer["values"] == [["x", "x"]]


def test_a_copy_needs_a_sheet_and_a_place_it_may_be_written_to(api: Api, sandbox: Running) -> None:
    add_workbook(sandbox, "theirs", second="reader")
    add_workbook(sandbox, "ours", sheetsync="reader")
    before = sandbox.export("ours")
    codes = [
        copied(api, *to).status_code for to in ((99, BOOK), (0, "nowhere"), (0, "theirs"), (0, "ours"), ("x", BOOK))
    ]
    assert codes == [404, 404, 403, 403, 400]
    assert sandbox.export("ours") == before


# -- by DataFilter

ROW, COLUMN, SHEET = ({"developerMetadataLookup": {"metadataKey": key}} for key in ("row", "column", "sheet"))


@pytest.fixture
def tagged(api: Api) -> Api:
    """A tab with a tagged row, two tagged columns and a tagged sheet."""
    api.write("Plan!A1", [["a", "b", "c"], ["d", "e", "f"]])
    api.done(
        create(1, "row", dimensionRange=lines("ROWS", 1, 2)),
        create(2, "column", dimensionRange=lines("COLUMNS", 0, 1)),
        create(3, "column", dimensionRange=lines("COLUMNS", 2, 3)),
        create(4, "sheet", sheetId=7),
    )
    return api


def test_values_are_found_by_filters_and_each_range_names_those_that_found_it(tagged: Api) -> None:
    filters = [ROW, {"a1Range": "Plan!A2:Z2"}, {"gridRange": grid_range(0, 1, 0, 2)}, SHEET]
    body = {"dataFilters": filters, "majorDimension": "ROWS", "valueRenderOption": "UNFORMATTED_VALUE"}
    found = good(tagged.sheets("POST", "/values:batchGetByDataFilter", body), "BatchGetValuesByDataFilterResponse")
    assert [each["dataFilters"] for each in found["valueRanges"]] == [filters[:2], filters[2:3], filters[3:]]
    assert [each["valueRange"].get("values") for each in found["valueRanges"]] == [
        [["d", "e", "f"]],
        [["a", "b"]],
        None,
    ]
    none = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "none"}}]}
    assert tagged.sheets("POST", "/values:batchGetByDataFilter", none).json() == {"spreadsheetId": BOOK}


def test_values_go_to_every_range_a_filter_matches(tagged: Api) -> None:
    tagged.done({"moveDimension": {"source": lines("COLUMNS", 2, 3), "destinationIndex": 5}})
    data = [{"dataFilter": COLUMN, "values": [["x"], ["y"]]}, {"dataFilter": ROW, "values": [[None, "z"]]}]
    body = {"data": data, "valueInputOption": "RAW", "includeValuesInResponse": True}
    reply = good(
        tagged.sheets("POST", "/values:batchUpdateByDataFilter", body), "BatchUpdateValuesByDataFilterResponse"
    )
    assert [each["dataFilter"] for each in reply["responses"]] == [COLUMN, COLUMN, ROW]
    assert [each["updatedRange"] for each in reply["responses"]] == ["Plan!A1:A2", "Plan!E1:E2", "Plan!A2:B2"]
    assert (reply["totalUpdatedCells"], reply["totalUpdatedSheets"]) == (5, 1)
    assert tagged.values("Plan!A1:E2") == [["x", "b", "", "", "x"], ["y", "z", "", "", "y"]]


def test_a_write_that_does_not_fit_one_of_its_ranges_changes_none(tagged: Api, sandbox: Running) -> None:
    before = sandbox.export(BOOK)
    data = [{"dataFilter": ROW, "values": [["x"]]}, {"dataFilter": COLUMN, "values": [["x", "too wide"]]}]
    body = {"data": data, "valueInputOption": "RAW"}
    assert refused(tagged.sheets("POST", "/values:batchUpdateByDataFilter", body)).startswith("Invalid data[1]: ")
    assert "valueInputOption" in refused(tagged.sheets("POST", "/values:batchUpdateByDataFilter", {"data": data}))
    assert sandbox.export(BOOK) == before


def test_values_are_cleared_by_filters(tagged: Api) -> None:
    reply = good(
        tagged.sheets("POST", "/values:batchClearByDataFilter", {"dataFilters": [COLUMN]}),
        "BatchClearValuesByDataFilterResponse",
    )
    assert reply["clearedRanges"] == ["Plan!A1:A100", "Plan!C1:C100"]
    assert tagged.values("Plan!A1:C2") == [["", "b"], ["", "e"]]


def test_a_spreadsheet_is_read_by_filters(tagged: Api) -> None:
    body = {"dataFilters": [ROW, SHEET], "includeGridData": True}
    view = good(tagged.sheets("POST", ":getByDataFilter", body), "Spreadsheet")
    plan, other = view["sheets"]
    assert plan["data"][0]["startRow"] == 1
    assert [cell["formattedValue"] for cell in plan["data"][0]["rowData"][0]["values"]] == ["d", "e", "f"]
    assert other["properties"]["sheetId"] == 7
    only = tagged.sheets("POST", ":getByDataFilter", {"dataFilters": [SHEET]}).json()
    assert [sheet["properties"]["sheetId"] for sheet in only["sheets"]] == [7]
    assert "data" not in only["sheets"][0]
    every = tagged.sheets("POST", ":getByDataFilter", {}).json()
    assert len(every["sheets"]) == 2
    masked = tagged.sheets("POST", ":getByDataFilter", {"dataFilters": [ROW]}, fields="sheets.data.rowData.values.note")
    assert masked.json() == {"sheets": [{"data": [{}]}]}


@pytest.mark.parametrize(
    "wrong",
    [{}, {"a1Range": "Nowhere!A1"}, {"a1Range": "Plan!A1", "gridRange": {}}, {"gridRange": {"sheetId": 9}},
     {"gridRange": {"startRowIndex": 500}}],
    ids=repr,
)  # fmt: skip
def test_a_filter_that_is_none_is_refused_everywhere(tagged: Api, sandbox: Running, wrong: dict[str, Any]) -> None:
    before = sandbox.export(BOOK)
    refused(tagged.sheets("POST", ":getByDataFilter", {"dataFilters": [wrong]}))
    for call in ("batchGetByDataFilter", "batchClearByDataFilter"):
        refused(tagged.sheets("POST", f"/values:{call}", {"dataFilters": [wrong]}))
    body = {"data": [{"dataFilter": wrong, "values": [["x"]]}], "valueInputOption": "RAW"}
    refused(tagged.sheets("POST", "/values:batchUpdateByDataFilter", body))
    assert sandbox.export(BOOK) == before


def test_a_reader_may_read_but_not_write_by_filter(sandbox: Running) -> None:
    second = Api(sandbox, "second")
    assert second.sheets("POST", ":getByDataFilter", {}).status_code == 200
    assert second.sheets("POST", "/values:batchClearByDataFilter", {"dataFilters": []}).status_code == 403


def test_a_protected_range_is_kept_from_writes_by_filter(api: Api, person: Api) -> None:
    person.done({"addProtectedRange": {"protectedRange": {"range": grid_range(0, 1, 0, 1), "editors": {}}}})
    where = {"a1Range": "Plan!A1"}
    body = {"data": [{"dataFilter": where, "values": [["x"]]}], "valueInputOption": "RAW"}
    assert "protected cell" in refused(api.sheets("POST", "/values:batchUpdateByDataFilter", body))
    assert "protected cell" in refused(api.sheets("POST", "/values:batchClearByDataFilter", {"dataFilters": [where]}))
