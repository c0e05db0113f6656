"""A day with google-api-python-client: both services, built from the discovery documents it brings along."""

from typing import Any

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import BatchHttpRequest

from sheetsync.sandbox import Running
from tests.sandbox.clients.conftest import service_of
from tests.sandbox.conftest import BOOK, add_workbook, grid_range


def _write(sheets: Any, a1: str, *rows: list[Any], option: str = "USER_ENTERED") -> dict[str, Any]:
    values = sheets.spreadsheets().values()
    body = {"values": list(rows)}
    return dict(values.update(spreadsheetId=BOOK, range=a1, valueInputOption=option, body=body).execute())


def _read(sheets: Any, a1: str, **options: Any) -> list[list[Any]]:
    values = sheets.spreadsheets().values()
    return list(values.get(spreadsheetId=BOOK, range=a1, **options).execute().get("values", []))


def _batch(sheets: Any, *requests: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"requests": list(requests), **more}
    return dict(sheets.spreadsheets().batchUpdate(spreadsheetId=BOOK, body=body).execute())


def test_values_are_written_read_appended_and_cleared(sheets: Any) -> None:
    assert _write(sheets, "Plan!A1", ["id", "n"], ["a", 1], ["b", "=B2+1"])["updatedCells"] == 6
    assert _read(sheets, "Plan!A1:B3") == [["id", "n"], ["a", "1"], ["b", "2"]]
    assert _read(sheets, "Plan!B2:B3", valueRenderOption="UNFORMATTED_VALUE", majorDimension="COLUMNS") == [[1, 2]]
    values = sheets.spreadsheets().values()
    said = values.append(
        spreadsheetId=BOOK, range="Plan!A1:B1", valueInputOption="RAW", insertDataOption="INSERT_ROWS",
        includeValuesInResponse=True, responseValueRenderOption="UNFORMATTED_VALUE", body={"values": [["c", 3]]},
    ).execute()  # fmt: skip
    assert said["updates"]["updatedRange"] == "Plan!A4:B4"
    assert said["updates"]["updatedData"]["values"] == [["c", 3]]
    many = values.batchGet(spreadsheetId=BOOK, ranges=["Plan!A1:A2", "Plan!B4"]).execute()
    assert [each.get("values") for each in many["valueRanges"]] == [[["id"], ["a"]], [["3"]]]
    data = [{"range": "Plan!D1", "values": [["x"]]}, {"range": "Other!A1", "values": [[True]]}]
    done = values.batchUpdate(spreadsheetId=BOOK, body={"valueInputOption": "RAW", "data": data}).execute()
    assert (done["totalUpdatedCells"], done["totalUpdatedSheets"]) == (2, 2)
    assert values.clear(spreadsheetId=BOOK, range="Plan!D1").execute()["clearedRange"] == "Plan!D1"
    cleared = values.batchClear(spreadsheetId=BOOK, body={"ranges": ["Plan!A2:B3", "Other!A1"]}).execute()
    assert cleared["clearedRanges"] == ["Plan!A2:B3", "Other!A1"]
    assert _read(sheets, "Plan!A1:B4") == [["id", "n"], [], [], ["c", "3"]]


def test_a_workbook_is_read_through_masks(sheets: Any) -> None:
    _write(sheets, "Plan!A1", ["x", "=1/0"])
    get = sheets.spreadsheets().get
    whole = get(spreadsheetId=BOOK, includeGridData=True).execute()
    assert [tab["properties"]["title"] for tab in whole["sheets"]] == ["Plan", "Other"]
    masked = get(
        spreadsheetId=BOOK, ranges=["Plan!A1:B1"], fields="sheets(properties/title,data/rowData/values)"
    ).execute()
    first, second = masked["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert first["formattedValue"] == "x"
    assert second["effectiveValue"]["errorValue"]["type"] == "DIVIDE_BY_ZERO"
    assert list(get(spreadsheetId=BOOK, fields="properties.locale").execute()) == ["properties"]
    with pytest.raises(HttpError) as refused:
        get(spreadsheetId=BOOK, fields="sheets.nothing").execute()
    assert refused.value.status_code == 400
    assert refused.value.error_details[0]["fieldViolations"][0]["field"] == "sheets.nothing"


def test_a_batch_answers_with_the_workbook_after_it(sheets: Any) -> None:
    said = _batch(
        sheets,
        {"addSheet": {"properties": {"title": "Briefs", "gridProperties": {"rowCount": 5, "columnCount": 3}}}},
        {"updateCells": {
            "rows": [{"values": [{"userEnteredValue": {"stringValue": "=not a formula"}}]}],
            "start": {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}, "fields": "userEnteredValue",
        }},
        includeSpreadsheetInResponse=True, responseRanges=["Plan!A1"], responseIncludeGridData=True,
    )  # fmt: skip
    assert said["replies"][0]["addSheet"]["properties"]["title"] == "Briefs"
    assert said["replies"][1] == {}
    cell = said["updatedSpreadsheet"]["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert cell["formattedValue"] == "=not a formula"
    with pytest.raises(HttpError, match="already exists"):
        _batch(sheets, {"addSheet": {"properties": {"title": "Briefs"}}}, {"deleteSheet": {"sheetId": 0}})
    assert _read(sheets, "Plan!A1") == [["=not a formula"]]


def test_marks_are_made_looked_up_followed_and_taken_away(sheets: Any) -> None:
    column = {"dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}}
    _batch(
        sheets,
        {"createDeveloperMetadata": {"developerMetadata": {
            "metadataId": 77, "metadataKey": "ours", "metadataValue": "v", "location": column,
            "visibility": "DOCUMENT",
        }}},
        {"insertDimension": {
            "range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1}, "inheritFromBefore": False,
        }},
    )  # fmt: skip
    marks = sheets.spreadsheets().developerMetadata()
    mark = marks.get(spreadsheetId=BOOK, metadataId=77).execute()
    assert mark["location"]["dimensionRange"]["startIndex"] == 3
    look = {"dataFilters": [{"developerMetadataLookup": {"metadataKey": "ours"}}]}
    found = marks.search(spreadsheetId=BOOK, body=look).execute()["matchedDeveloperMetadata"]
    assert [each["developerMetadata"]["metadataId"] for each in found] == [77]
    assert found[0]["dataFilters"] == look["dataFilters"]
    filter_ = {"developerMetadataLookup": {"metadataId": 77}}
    _batch(sheets, {"deleteDeveloperMetadata": {"dataFilter": filter_}})
    assert marks.search(spreadsheetId=BOOK, body=look).execute() == {}
    with pytest.raises(HttpError) as refused:
        marks.get(spreadsheetId=BOOK, metadataId=77).execute()
    assert refused.value.status_code == 404


def test_values_are_reached_by_marks_and_ranges(sheets: Any) -> None:
    _write(sheets, "Plan!A1", ["x", "y"])
    values, by_range = sheets.spreadsheets().values(), {"a1Range": "Plan!A1:B1"}
    got = values.batchGetByDataFilter(spreadsheetId=BOOK, body={"dataFilters": [by_range]}).execute()
    assert got["valueRanges"][0]["valueRange"]["values"] == [["x", "y"]]
    data = [{"dataFilter": {"gridRange": grid_range(1, 2, 0, 1)}, "majorDimension": "ROWS", "values": [["z"]]}]
    values.batchUpdateByDataFilter(spreadsheetId=BOOK, body={"valueInputOption": "RAW", "data": data}).execute()
    assert _read(sheets, "Plan!A2") == [["z"]]
    whole = sheets.spreadsheets().getByDataFilter(
        spreadsheetId=BOOK, body={"dataFilters": [by_range], "includeGridData": True}
    )
    assert len(whole.execute()["sheets"]) == 1
    values.batchClearByDataFilter(spreadsheetId=BOOK, body={"dataFilters": [by_range]}).execute()
    assert _read(sheets, "Plan!A1:B1") == []


def test_a_workbook_is_created_and_gets_a_tab_of_another(sheets: Any) -> None:
    made = sheets.spreadsheets().create(body={"properties": {"title": "New"}}).execute()
    copied = (
        sheets.spreadsheets()
        .sheets()
        .copyTo(spreadsheetId=BOOK, sheetId=7, body={"destinationSpreadsheetId": made["spreadsheetId"]})
    )
    assert copied.execute()["title"] == "Copy of Other"


# ---------------------------------------------------------------- how calls travel


def test_a_query_too_long_for_an_address_travels_in_a_body(sheets: Any) -> None:
    _write(sheets, "Plan!A1", *[[str(number)] for number in range(90)])
    ranges = [f"Plan!A{number}:A{number + 9}" for number in range(1, 91)] * 2
    found = sheets.spreadsheets().values().batchGet(spreadsheetId=BOOK, ranges=ranges).execute()["valueRanges"]
    assert len(found) == 180
    assert found[89]["values"] == [["89"]]


def test_many_calls_travel_in_one_request(sheets: Any) -> None:
    # A bundle fetches its first token over a connection that it forgets to close.
    assert _read(sheets, "Plan!A1") == []
    values = sheets.spreadsheets().values()
    answers: dict[str, Any] = {}

    def heard(name: str, answer: Any, error: Any) -> None:
        answers[name] = answer if error is None else error.status_code

    bundle: BatchHttpRequest = sheets.new_batch_http_request(callback=heard)
    body = {"values": [["é🌵", "x"]]}
    bundle.add(
        values.update(spreadsheetId=BOOK, range="Plan!A1", valueInputOption="RAW", body=body), request_id="write"
    )
    bundle.add(values.get(spreadsheetId=BOOK, range="Plan!A1:B1"), request_id="read")
    bundle.add(values.get(spreadsheetId="nowhere", range="A1"), request_id="missing")
    bundle.add(values.get(spreadsheetId=BOOK, range="no!A1"), request_id="wrong")
    bundle.execute()
    assert answers["write"]["updatedCells"] == 2
    assert answers["read"]["values"] == [["é🌵", "x"]]
    assert (answers["missing"], answers["wrong"]) == (404, 400)


def test_large_answers_come_zipped_and_whole(sheets: Any) -> None:
    rows = [[f"{row}-{column}" for column in range(10)] for row in range(90)]
    _write(sheets, "Plan!A1", *rows, option="RAW")
    assert _read(sheets, "Plan!A1:J90") == rows


def test_trouble_arrives_as_googles_errors(sheets: Any, sandbox: Running) -> None:
    with service_of(sandbox, "second", "sheets", "v4") as stranger, pytest.raises(HttpError) as refused:
        _write(stranger, "Plan!A1", ["x"])
    assert (refused.value.status_code, refused.value.reason) == (403, "The caller does not have permission")
    with pytest.raises(HttpError) as refused:
        _write(sheets, "Plan!A1", ["x"], option="INPUT_VALUE_OPTION_UNSPECIFIED")
    assert refused.value.reason == "'valueInputOption' is required but not specified"
    sandbox.enable("sheets", enabled=False)
    try:
        with pytest.raises(HttpError, match="SERVICE_DISABLED"):
            _read(sheets, "Plan!A1")
    finally:
        sandbox.enable("sheets")


# ---------------------------------------------------------------- Drive


def test_files_are_listed_page_by_page(drive: Any, sandbox: Running) -> None:
    for number in range(7):
        add_workbook(sandbox, f"more-{number}")
    seen, files = [], drive.files()
    request = files.list(
        pageSize=3, orderBy="name", fields="nextPageToken,files(id,version,modifiedTime)", q="trashed=false"
    )
    while request is not None:
        page = request.execute()
        seen += [file["id"] for file in page["files"]]
        request = files.list_next(request, page)
    assert sorted(seen) == sorted([BOOK, *(f"more-{number}" for number in range(7))])
    file = files.get(fileId=BOOK, fields="*", supportsAllDrives=True).execute()
    assert file["version"] == str(sandbox.state.workbooks[BOOK].version)
    with pytest.raises(HttpError) as refused:
        files.get(fileId="nowhere").execute()
    assert refused.value.error_details[0]["reason"] == "notFound"


def test_changes_tell_what_was_written(drive: Any, sheets: Any) -> None:
    changes = drive.changes()
    token = changes.getStartPageToken().execute()["startPageToken"]
    _write(sheets, "Plan!A1", ["x"])
    page = changes.list(pageToken=token, fields="newStartPageToken,changes(fileId,removed)").execute()
    assert [change["fileId"] for change in page["changes"]] == [BOOK]
    assert changes.list(pageToken=page["newStartPageToken"]).execute()["changes"] == []


def test_files_are_made_shared_commented_and_thrown_away(drive: Any) -> None:
    files, mime = drive.files(), "application/vnd.google-apps.spreadsheet"
    made = files.create(body={"name": "Made", "mimeType": mime}, fields="id,name").execute()
    body = {"type": "anyone", "role": "reader"}
    drive.permissions().create(fileId=made["id"], body=body).execute()
    assert len(drive.permissions().list(fileId=made["id"]).execute()["permissions"]) == 2
    drive.comments().create(fileId=made["id"], body={"content": "soon?"}, fields="id,content").execute()
    assert drive.comments().list(fileId=made["id"], fields="comments(content)").execute()["comments"] == [
        {"content": "soon?"}
    ]
    twin = files.copy(fileId=made["id"], body={"name": "Twin"}).execute()
    files.update(fileId=twin["id"], body={"trashed": True}).execute()
    files.delete(fileId=made["id"]).execute()
    with pytest.raises(HttpError):
        files.get(fileId=made["id"]).execute()
    assert drive.revisions().list(fileId=twin["id"]).execute()["revisions"]
