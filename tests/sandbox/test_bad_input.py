"""Bad input in every place it can come in: Google's 4xx body, nothing changed, and the server still answers."""

import contextlib
import gzip
import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from sheetsync.sandbox import Running
from sheetsync.sandbox.server import ENDPOINTS
from tests.sandbox.conftest import BOOK, Api, add_workbook, grid_range, lines

LONG = "x" * 50_001
TOO_LONG = "Your input contains more than the maximum of 50000 characters in a single cell."
TOO_MANY = "This action would increase the number of cells in the workbook above the limit of 10000000 cells."


@contextlib.contextmanager
def unchanged(sandbox: Running) -> Iterator[None]:
    """What happens inside must leave every workbook as it was, and the server answering."""
    before = {book_id: sandbox.export(book_id) for book_id in sandbox.state.workbooks}
    yield
    assert {book_id: sandbox.export(book_id) for book_id in sandbox.state.workbooks} == before


def raw(api: Api, method: str, path: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = api.session.request(method, f"{api.sandbox.base}{path}", data=body, headers=headers, timeout=20)
    return answer.status_code, answer.json()["error"]


#: every address that takes a body, with something in each place
ADDRESSES = sorted(
    (each.method, each.path.replace("{range}", "Plan!A1").format(id=BOOK, sheet_id=0))
    for each in ENDPOINTS
    if each.service == "sheets" and each.method != "GET"
)


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"7", b'"x"', b'{"nope": 1}', b"\xff\x00", b"[" * 5000, b'{"requests": 1}']
)
def test_a_body_that_is_no_message_is_400_everywhere(
    api: Api, sandbox: Running, method: str, path: str, body: bytes
) -> None:
    path += "?valueInputOption=RAW" if method == "PUT" or path.endswith(":append") else ""
    with unchanged(sandbox):
        code, error = raw(api, method, path, body)
    assert (code, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert error["message"].startswith(("Invalid JSON payload received.", "Invalid value at '"))


def test_a_body_of_sixty_megabytes_is_refused_and_the_next_one_served(api: Api, sandbox: Running) -> None:
    values = json.dumps({"values": [["x" * 1000] * 1000] * 60}).encode()
    assert len(values) > 60_000_000
    with unchanged(sandbox):
        code, error = raw(api, "PUT", f"/v4/spreadsheets/{BOOK}/values/Plan!A1?valueInputOption=RAW", values)
        assert (code, error["code"]) == (413, 413)
        assert error["message"].startswith("Request payload size exceeds the limit")
    assert api.sheets("GET", "").status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        {"updateCells": {"start": {"sheetId": 0}, "fields": "userEnteredValue",
                         "rows": [{"values": [{"userEnteredValue": {"stringValue": LONG}}]}]}},
        {"repeatCell": {"range": grid_range(0, 1, 0, 1), "fields": "userEnteredValue",
                        "cell": {"userEnteredValue": {"formulaValue": f"={LONG}"}}}},
        {"appendCells": {"sheetId": 0, "fields": "*",
                         "rows": [{"values": [{"userEnteredValue": {"stringValue": LONG}}]}]}},
        {"pasteData": {"coordinate": {"sheetId": 0}, "delimiter": ",", "data": f"a,{LONG}"}},
        {"findReplace": {"find": "seed", "replacement": LONG, "sheetId": 0}},
    ],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_a_cell_of_50001_characters_is_refused_whichever_way_it_comes(
    api: Api, sandbox: Running, request_: dict[str, Any]
) -> None:
    api.write("Plan!A1", [["seed"]])
    with unchanged(sandbox):
        assert api.refused(request_) == f"Invalid requests[0].{next(iter(request_))}: {TOO_LONG}"


@pytest.mark.parametrize(
    "request_",
    [
        {"addSheet": {"properties": {"gridProperties": {"rowCount": 10_000_000, "columnCount": 1}}}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}},
        {"insertDimension": {"range": lines("ROWS", 0, 400_000)}},
        {"updateSheetProperties": {"properties": {"sheetId": 0, "gridProperties": {"rowCount": 400_000}},
                                   "fields": "gridProperties.rowCount"}},
        {"insertRange": {"range": {"sheetId": 1, "endColumnIndex": 1}, "shiftDimension": "ROWS"}},
    ],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_growth_past_ten_million_cells_is_refused(api: Api, sandbox: Running, request_: dict[str, Any]) -> None:
    tall = {"sheetId": 1, "title": "Tall", "gridProperties": {"rowCount": 5_000_000, "columnCount": 1}}
    cell = {"userEnteredValue": {"stringValue": "x"}}
    start = {"sheetId": 1, "rowIndex": 4_999_999}
    api.done(
        {"addSheet": {"properties": tall}},
        {"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}},
        {"addSheet": {"properties": {"title": "Wide", "gridProperties": {"rowCount": 90_000, "columnCount": 20}}}},
    )
    with unchanged(sandbox):
        assert api.refused(request_) == f"Invalid requests[0].{next(iter(request_))}: {TOO_MANY}"
    assert api.sheets("POST", "/sheets/1:copyTo", {"destinationSpreadsheetId": BOOK}).status_code == 400


@pytest.mark.parametrize("number", [2**31 - 1, 10_000_000, -(2**31)])
@pytest.mark.parametrize(
    "kind", ["updateBorders", "deleteDuplicates", "trimWhitespace", "randomizeRange", "addBanding", "insertRange",
             "deleteRange", "addDimensionGroup", "deleteDimensionGroup", "autoFill", "findReplace", "addFilterView"],
)  # fmt: skip
def test_ranges_beyond_all_bounds_end_quickly(api: Api, sandbox: Running, kind: str, number: int) -> None:
    place = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": number, "endColumnIndex": number}
    bodies: dict[str, dict[str, Any]] = {
        "addBanding": {"bandedRange": {"range": place}},
        "addFilterView": {"filter": {"range": place}},
        "addDimensionGroup": {"range": lines("ROWS", 0, number)},
        "deleteDimensionGroup": {"range": lines("ROWS", 0, number)},
        "autoFill": {
            "sourceAndDestination": {"source": grid_range(0, 1, 0, 1), "dimension": "ROWS", "fillLength": number}
        },
        "insertRange": {"range": place, "shiftDimension": "ROWS"},
        "deleteRange": {"range": place, "shiftDimension": "COLUMNS"},
        "findReplace": {"find": "x", "range": place},
    }
    begun = time.monotonic()
    assert api.batch({kind: bodies.get(kind, {"range": place})}).status_code in (200, 400)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "a1",
    ["", "!", "A", "A0", "1A", "A1:B2:C3", "Plan!", "Plan!!A1", "'Plan!A1", "Plan!A1:", "ZZZZZZZ1", "A99999999999",
     "Plan!A1,B2", "../Plan!A1", "%00", "R1C1!", "=A1", "'", "Nowhere", "A1:B" + "9" * 400, "x" * 5000],
)  # fmt: skip
def test_a1_nonsense_is_400_and_names_the_range(api: Api, sandbox: Running, a1: str) -> None:
    with unchanged(sandbox):
        answer = api.sheets("GET", "/values:batchGet", ranges=a1)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["message"].startswith(("Unable to parse range: ", "Range ("))
        data = {"data": [{"range": a1, "values": [["x"]]}], "valueInputOption": "RAW"}
        assert api.sheets("POST", "/values:batchUpdate", data).status_code == 400
        assert api.sheets("POST", "/values:batchClear", {"ranges": [a1]}).status_code == 400
        found = {"dataFilters": [{"a1Range": a1}]}
        assert api.sheets("POST", "/values:batchGetByDataFilter", found).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/v4/spreadsheets/..%2f..%2fetc%2fpasswd",
        "/v4/spreadsheets/%2e%2e/" + BOOK,
        f"/v4/spreadsheets/{BOOK}%00",
        f"/v4/spreadsheets//{BOOK}",
        f"/v4/spreadsheets/{BOOK}/",
        f"/v4/spreadsheets/{BOOK}/values",
        f"/v4/spreadsheets/{BOOK}/values/",
        f"/v4/spreadsheets/{BOOK}/values/..%2f..%2f",
        f"/v4/spreadsheets/{BOOK}:batchget",
        f"/v4/spreadsheets/{BOOK}/sheets/0",
        f"/v4/spreadsheets/{BOOK}/developerMetadata/",
        f"/v4/spreadsheets/{BOOK}/developerMetadata/1%2f2",
        "/v4/spreadsheets/" + "x" * 5000,
        "/v4/" + "a/" * 500,
        "/v3/spreadsheets/" + BOOK,
    ],
)
def test_tricks_with_the_path_find_nothing(api: Api, sandbox: Running, path: str) -> None:
    with unchanged(sandbox):
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            code = api.session.request(method, f"{api.sandbox.base}{path}", timeout=10).status_code
            assert 400 <= code < 500, (method, code)


def test_a_wrong_method_finds_nothing(api: Api, sandbox: Running) -> None:
    with unchanged(sandbox):
        for _, path in ADDRESSES:
            for other in ("DELETE", "PATCH"):
                code = api.session.request(other, f"{api.sandbox.base}{path}", timeout=10).status_code
                assert code in (404, 405), (other, path)


def test_a_slow_client_holds_nobody_up(api: Api, sandbox: Running) -> None:
    address = urlsplit(sandbox.base)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as slow:
        head = f"POST /v4/spreadsheets/{BOOK}:batchUpdate HTTP/1.1\r\nHost: {address.netloc}\r\n"
        head += "Content-Length: 1000\r\n\r\n"
        slow.sendall(head.encode() + b'{"requests": [')
        begun = time.monotonic()
        with unchanged(sandbox):
            assert api.sheets("GET", "").status_code == 200
            assert time.monotonic() - begun < 2
    assert api.sheets("GET", "").status_code == 200


def test_a_body_in_another_encoding_is_400(api: Api, sandbox: Running) -> None:
    body = gzip.compress(b'{"requests": [{"addSheet": {}}]}')
    with unchanged(sandbox):
        code, _ = raw(api, "POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", body, **{"Content-Encoding": "br"})
        assert code == 400


@pytest.mark.parametrize("unknown", ["no-such-id", "x" * 44, "%F0%9F%98%80"])
def test_an_unknown_spreadsheet_is_404_for_every_call(api: Api, unknown: str) -> None:
    for method, path in ADDRESSES:
        if f"/{BOOK}" in path:
            code, error = raw(api, method, path.replace(BOOK, unknown), b"{}")
            assert (code, error["message"]) == (404, "Requested entity was not found."), path


def test_an_unknown_id_is_named_in_the_refusal(api: Api, sandbox: Running) -> None:
    add_workbook(sandbox, "book-2")
    refusals = {
        "deleteFilterView": ({"filterId": 5}, "No filter view with id: 5"),
        "duplicateFilterView": ({"filterId": 5}, "No filter view with id: 5"),
        "deleteBanding": ({"bandedRangeId": 5}, "No banded range with id: 5"),
        "deleteNamedRange": ({"namedRangeId": "5"}, "Cannot find named range with id: 5"),
        "deleteProtectedRange": ({"protectedRangeId": 5}, "No protected range with id: 5"),
        "deleteSheet": ({"sheetId": 5}, "No grid with id: 5"),
        "addDimensionGroup": ({"range": lines("ROWS", 0, 1, 5)}, "No grid with id: 5"),
        "insertRange": ({"range": {"sheetId": 5}, "shiftDimension": "ROWS"}, "No grid with id: 5"),
        "findReplace": ({"find": "x", "sheetId": 5}, "No grid with id: 5"),
    }
    with unchanged(sandbox):
        for kind, (body, words) in refusals.items():
            assert api.refused({"addSheet": {}}, {kind: body}) == f"Invalid requests[1].{kind}: {words}"
