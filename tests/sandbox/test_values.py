"""Plain values: reading, writing, appending and clearing as recorded from Google."""

from typing import Any

import pytest

from tests.sandbox.conftest import Api, grid_range


def test_an_empty_range_has_no_values_key(api: Api) -> None:
    assert api.sheets("GET", "/values/Plan!A1:B2").json() == {"range": "Plan!A1:B2", "majorDimension": "ROWS"}


def test_trailing_blanks_are_trimmed_and_inner_ones_kept(api: Api) -> None:
    api.write("Plan!A1", [["a", "", "c", ""], [], ["", "x"], [""]])
    assert api.values("Plan!A1:F9") == [["a", "", "c"], [], ["", "x"]]
    assert api.values("Plan!A1:F9", majorDimension="COLUMNS") == [["a"], ["", "", "x"], ["c"]]


@pytest.mark.parametrize(
    ("asked", "echoed"),
    [
        ("Plan", "Plan!A1:Z100"),
        ("'Plan'", "Plan!A1:Z100"),
        ("plan!A1:C", "Plan!A1:C100"),
        ("Plan!A2:2", "Plan!A2:Z2"),
        ("Plan!B:B", "Plan!B1:B100"),
        ("Plan!A1:ZZ5000", "Plan!A1:Z100"),
        ("$B$2", "Plan!B2"),
        ("Other!C3:A1", "Other!A1:C3"),
    ],
)
def test_ranges_are_echoed_closed(api: Api, asked: str, echoed: str) -> None:
    assert api.sheets("GET", f"/values/{asked}").json()["range"] == echoed


@pytest.mark.parametrize(
    ("title", "echo"), [("D3", "'D3'"), ("My tab", "'My tab'"), ("it's", "'it''s'"), ("Ü1x", "Ü1x")]
)
def test_titles_are_quoted_only_when_needed(api: Api, title: str, echo: str) -> None:
    api.done({"addSheet": {"properties": {"title": title}}})
    asked = "'" + title.replace("'", "''") + "'!A1"
    assert api.sheets("GET", f"/values/{asked}").json()["range"] == f"{echo}!A1"


def test_a_named_range_is_resolved(api: Api) -> None:
    api.done({"addNamedRange": {"namedRange": {"name": "Offers", "range": grid_range(0, 3, 1, 3)}}})
    assert api.sheets("GET", "/values/'Plan'!Offers").json()["range"] == "Plan!B1:C3"
    assert api.sheets("GET", "/values/Offers").json()["range"] == "Plan!B1:C3"


@pytest.mark.parametrize("text", ["foofoo!A1", "Plan!", "'Plan", "Plan!A0", "1A", "Plan!A1:B2:C3", "Plan!ZZZZ1", ""])
def test_an_unknown_range_is_named_in_the_error(api: Api, text: str) -> None:
    answer = api.sheets("GET", "/values:batchGet", ranges=[text])
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == f"Unable to parse range: {text}"


def test_a_range_that_starts_beyond_the_grid_is_refused(api: Api) -> None:
    answer = api.sheets("GET", "/values/Plan!A101:B101")
    assert answer.json()["error"]["message"] == (
        "Range (Plan!A101:B101) exceeds grid limits. Max rows: 100, max columns: 26"
    )


def test_the_three_renderings(api: Api) -> None:
    api.write("Plan!A1", [["2020-01-01", "=1+1", "$5.50", True, "x", "=1/0"]])
    assert api.values("Plan!A1:F1") == [["2020-01-01", "2", "$5.50", "TRUE", "x", "#DIV/0!"]]
    unformatted = {"valueRenderOption": "UNFORMATTED_VALUE"}
    assert api.values("Plan!A1:F1", **unformatted) == [[43831, 2, 5.5, True, "x", "#DIV/0!"]]
    assert api.values("Plan!A1", dateTimeRenderOption="FORMATTED_STRING", **unformatted) == [["2020-01-01"]]
    assert api.formulas("Plan!A1:F1") == [[43831, "=1+1", 5.5, True, "x", "=1/0"]]


def test_raw_text_stays_text(api: Api) -> None:
    api.write("Plan!A1", [["12345", "=1+1", "TRUE", 7]], "RAW")
    assert api.values("Plan!A1:D1", valueRenderOption="UNFORMATTED_VALUE") == [["12345", "=1+1", "TRUE", 7]]


def test_null_skips_and_empty_text_clears(api: Api) -> None:
    api.write("Plan!A1", [["a", "b"]])
    reply = api.write("Plan!A1", [[None, ""]])
    assert api.values("Plan!A1:B1") == [["a"]]
    assert reply["updatedCells"] == 1


def test_a_one_cell_range_is_an_anchor(api: Api) -> None:
    reply = api.write("Plan!A1", [["", "", "", ""]] * 4)
    counts = {"updatedRows": 4, "updatedColumns": 4, "updatedCells": 16}
    assert reply == {"spreadsheetId": "book-1", "updatedRange": "Plan!A1:D4"} | counts


def test_data_larger_than_its_range_is_refused(api: Api) -> None:
    answer = api.sheets("PUT", "/values/Plan!A1:B2", {"values": [[1], [2], [3]]}, valueInputOption="RAW")
    message = answer.json()["error"]["message"]
    assert message == "Requested writing within range [Plan!A1:B2], but tried writing to row [3]"


@pytest.mark.parametrize("option", [None, "INPUT_VALUE_OPTION_UNSPECIFIED"])
def test_the_input_option_is_required(api: Api, option: str | None) -> None:
    params = {"valueInputOption": option} if option else {}
    answer = api.sheets("PUT", "/values/Plan!A1", {"values": [[1]]}, **params)
    assert answer.json()["error"]["message"] == "'valueInputOption' is required but not specified"


@pytest.mark.parametrize("values", ["X", ["X"]])
def test_values_that_are_no_list_of_lists(api: Api, values: Any) -> None:
    answer = api.sheets("PUT", "/values/Plan!A1", {"values": values}, valueInputOption="RAW")
    where = "data.values" if values == "X" else "data.values[0]"
    message = f"Invalid value at '{where}' (type.googleapis.com/google.protobuf.ListValue), \"X\""
    error = answer.json()["error"]
    assert error["message"] == message
    assert error["details"][0]["fieldViolations"][0]["field"] == where


def test_batch_update_counts_columns_once(api: Api) -> None:
    data = [{"range": "Plan!A1:D1", "values": [[1, 2, 3, 4]]}, {"range": "Plan!A4:D4", "values": [[1, 2, 3, 4]]}]
    reply = api.sheets("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data}).json()
    totals = {name: reply[name] for name in reply if name.startswith("total")}
    assert totals == {
        "totalUpdatedRows": 2,
        "totalUpdatedColumns": 4,
        "totalUpdatedCells": 8,
        "totalUpdatedSheets": 1,
    }
    assert [each["updatedRange"] for each in reply["responses"]] == ["Plan!A1:D1", "Plan!A4:D4"]


def test_batch_get_keeps_the_order_and_fails_whole(api: Api) -> None:
    api.write("Plan!A1", [["a"]])
    reply = api.sheets("GET", "/values:batchGet", ranges=["Other!A1", "Plan!A1"]).json()
    assert [each["range"] for each in reply["valueRanges"]] == ["Other!A1", "Plan!A1"]
    assert api.sheets("GET", "/values:batchGet", ranges=["Plan!A1", "nope!A1"]).status_code == 400


@pytest.mark.parametrize(
    ("asked", "table", "written"), [("Plan", "Plan!C1", "Plan!C2:E2"), ("Plan!A1", "Plan!A1", "Plan!A2:C2")]
)
def test_append_finds_the_table_by_looking(api: Api, asked: str, table: str, written: str) -> None:
    api.write("Plan!A1", [["x", "", "y"]])
    reply = api.sheets("POST", f"/values/{asked}:append", {"values": [[1, 2, 3]]}, valueInputOption="RAW").json()
    assert (reply["tableRange"], reply["updates"]["updatedRange"]) == (table, written)


def test_append_to_an_empty_tab_names_no_table_and_grows_the_grid(api: Api) -> None:
    reply = api.sheets("POST", "/values/Other:append", {"values": [[1]] * 60}, valueInputOption="RAW").json()
    assert "tableRange" not in reply
    assert api.read("sheets.properties.gridProperties.rowCount")["sheets"][1]["properties"]["gridProperties"] == {
        "rowCount": 60
    }


def test_update_does_not_grow_the_grid(api: Api) -> None:
    answer = api.sheets("PUT", "/values/Other!A50", {"values": [[1], [2]]}, valueInputOption="RAW")
    assert "exceeds grid limits. Max rows: 50, max columns: 10" in answer.json()["error"]["message"]


def test_clear_keeps_formats_and_notes(api: Api) -> None:
    api.write("Plan!A1", [["$5", "x"]])
    note = {"range": grid_range(0, 1, 0, 1), "cell": {"note": "why"}, "fields": "note"}
    api.done({"repeatCell": note})
    assert api.sheets("POST", "/values/Plan!A1:C:clear", {}).json()["clearedRange"] == "Plan!A1:C100"
    assert api.values("Plan!A1:C1") == []
    cell = api.read("sheets.data.rowData.values(note,userEnteredFormat.numberFormat.type)")
    expected = {"note": "why", "userEnteredFormat": {"numberFormat": {"type": "CURRENCY"}}}
    assert cell["sheets"][0]["data"][0]["rowData"][0]["values"][0] == expected
    cleared = api.sheets("POST", "/values:batchClear", {"ranges": ["Plan!A1", "Other"]}).json()["clearedRanges"]
    assert cleared == ["Plan!A1", "Other!A1:J50"]


def test_a_cell_takes_at_most_50000_characters(api: Api) -> None:
    assert api.write("Plan!A1", [["x" * 50_000]])["updatedCells"] == 1
    answer = api.sheets("PUT", "/values/Plan!A1", {"values": [["x" * 50_001]]}, valueInputOption="RAW")
    message = "Your input contains more than the maximum of 50000 characters in a single cell."
    assert answer.json()["error"]["message"] == message
