"""spreadsheets.batchUpdate: order, atomicity, replies, refusals."""

from typing import Any

import pytest

from sheetsync.sandbox import Running
from sheetsync.sandbox.batch.table import KINDS
from tests.sandbox.conftest import BOOK, Api, grid_range
from tests.sandbox.discovery import document


def text_cell(text: str, row: int = 0, column: int = 0) -> dict[str, Any]:
    rows = [{"values": [{"userEnteredValue": {"stringValue": text}}]}]
    start = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}}


def test_one_bad_request_refuses_the_whole_batch(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["before", "=A1"]])
    before = sandbox.export(BOOK)
    message = api.refused(text_cell("after"), {"deleteSheet": {"sheetId": 99}})
    assert message == "Invalid requests[1].deleteSheet: No grid with id: 99"
    assert sandbox.export(BOOK) == before


def test_requests_are_applied_in_order(api: Api) -> None:
    reply = api.done(
        {"addSheet": {"properties": {"sheetId": 5, "title": "New"}}},
        text_cell("first"),
        text_cell("second"),
        {"deleteSheet": {"sheetId": 5}},
    )
    assert [list(each) for each in reply["replies"]] == [["addSheet"], [], [], []]
    assert api.values("Plan!A1") == [["second"]]


def test_a_string_value_that_looks_like_a_formula_stays_text(api: Api) -> None:
    api.done(text_cell('=IMPORTDATA("x")'))
    cell = api.read("sheets.data.rowData.values(userEnteredValue,effectiveValue)")["sheets"][0]["data"][0]["rowData"]
    text = {"stringValue": '=IMPORTDATA("x")'}
    assert cell == [{"values": [{"userEnteredValue": text, "effectiveValue": text}]}]


def test_an_unknown_kind_is_named(api: Api) -> None:
    message = api.refused({"addSheeet": {}})
    assert message == "Invalid JSON payload received. Unknown name \"addSheeet\" at 'requests[0]': Cannot find field."


def test_an_unknown_field_inside_a_request_is_named_by_its_path(api: Api) -> None:
    message = api.refused({"addSheet": {"properties": {"colour": 1}}})
    assert message.endswith("Unknown name \"colour\" at 'requests[0].add_sheet.properties': Cannot find field.")


@pytest.mark.parametrize("kind", sorted(set(document("sheets.v4")["schemas"]["Request"]["properties"]) - set(KINDS)))
def test_every_kind_of_the_schema_is_known_by_name(api: Api, kind: str) -> None:
    assert api.refused({kind: {}}) == f"Invalid requests[0].{kind}: {kind} is not supported by this sandbox."


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_supported_kind_survives_an_empty_request(api: Api, kind: str) -> None:
    assert api.batch({kind: {}}).status_code in (200, 400)


def test_an_empty_batch_and_two_kinds_in_one_are_refused(api: Api) -> None:
    assert api.refused() == "Must specify at least one request."
    assert api.batch({}).status_code == 400
    assert api.batch({"addSheet": {}, "deleteSheet": {"sheetId": 0}}).status_code == 400


@pytest.mark.parametrize("kind", ["updateCells", "repeatCell", "updateSheetProperties", "updateProtectedRange"])
def test_updates_without_a_mask_are_refused(api: Api, kind: str) -> None:
    rest: dict[str, Any] = {"range": grid_range(0, 1, 0, 1)} if kind.endswith(("Cells", "Cell")) else {}
    message = api.refused({kind: rest | ({"properties": {"sheetId": 0}} if "Sheet" in kind else {})})
    assert message == (
        f"Invalid requests[0].{kind}: At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
    )


def test_the_spreadsheet_can_come_back_with_the_reply(api: Api) -> None:
    wanted: dict[str, Any] = {"includeSpreadsheetInResponse": True, "responseRanges": ["Plan!A1:B1"]}
    reply = api.done(text_cell("now"), responseIncludeGridData=True, **wanted)
    sheets = reply["updatedSpreadsheet"]["sheets"]
    assert [sheet["properties"]["title"] for sheet in sheets] == ["Plan"]
    assert sheets[0]["data"][0]["rowData"][0]["values"][0]["formattedValue"] == "now"
    assert "data" not in api.done(text_cell("now"), **wanted)["updatedSpreadsheet"]["sheets"][0]


def test_repeat_cell_at_the_edge_of_the_grid(api: Api) -> None:
    cell = {"cell": {"userEnteredFormat": {"textFormat": {"bold": True}}}, "fields": "userEnteredFormat.textFormat"}
    message = api.refused({"repeatCell": {"range": grid_range(100, 101, 0, 2), **cell}})
    assert message == (
        "Invalid requests[0].repeatCell: Range (Plan!A101:B101) exceeds grid limits. Max rows: 100, max columns: 26"
    )
    api.done({"repeatCell": {"range": grid_range(99, 200, 0, 2), **cell}})
    api.done({"repeatCell": {"range": grid_range(5, 5, 0, 2), **cell}})
    assert api.read("sheets.properties.gridProperties.rowCount")["sheets"][0]["properties"]["gridProperties"] == {
        "rowCount": 100
    }


def test_colours_are_mirrored_and_zero_channels_left_out(api: Api) -> None:
    colour = {"userEnteredFormat": {"backgroundColor": {"red": 1, "green": 0}}}
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": colour, "fields": "userEnteredFormat"}})
    row = api.read("sheets.data.rowData.values.userEnteredFormat")["sheets"][0]["data"][0]["rowData"][0]
    both = {"backgroundColor": {"red": 1}, "backgroundColorStyle": {"rgbColor": {"red": 1}}}
    assert row == {"values": [{"userEnteredFormat": both}]}
    style = {"userEnteredFormat": {"backgroundColorStyle": {"rgbColor": {"blue": 1}}}}
    fields = "userEnteredFormat.backgroundColorStyle"
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": style, "fields": fields}})
    row = api.read("sheets.data.rowData.values.userEnteredFormat.backgroundColor")["sheets"][0]["data"][0]["rowData"][0]
    assert row["values"][0]["userEnteredFormat"] == {"backgroundColor": {"blue": 1}}


def test_tabs_are_added_hidden_renamed_moved_and_deleted(api: Api) -> None:
    added = api.done({"addSheet": {"properties": {"title": "Third"}}})["replies"][0]["addSheet"]["properties"]
    assert added["gridProperties"] == {"rowCount": 1000, "columnCount": 26}
    assert added["index"] == 2
    message = api.refused({"addSheet": {"properties": {"title": "plan"}}})
    assert message == (
        'Invalid requests[0].addSheet: A sheet with the name "plan" already exists. Please enter another name.'
    )
    hide = [{"updateSheetProperties": {"properties": {"sheetId": sheet, "hidden": True}, "fields": "hidden"}}
            for sheet in (0, 7, added["sheetId"])]  # fmt: skip
    assert api.refused(*hide).endswith("updateSheetProperties: You can't hide all the sheets in a document.")
    move = {"properties": {"sheetId": added["sheetId"], "index": 0, "title": "First"}, "fields": "index,title"}
    api.done({"updateSheetProperties": move}, {"deleteSheet": {"sheetId": 7}})
    titles = [sheet["properties"]["title"] for sheet in api.read("sheets.properties.title")["sheets"]]
    assert titles == ["First", "Plan"]
    deleted = api.refused({"deleteSheet": {"sheetId": 0}}, {"deleteSheet": {"sheetId": added["sheetId"]}})
    assert deleted == "Invalid requests[1].deleteSheet: You can't remove all the sheets in a document."


def test_renaming_a_tab_rewrites_formulas(api: Api) -> None:
    api.write("Other!A1", [["=Plan!A1&Plan!B2"]])
    rename = {"properties": {"sheetId": 0, "title": "The plan"}, "fields": "title"}
    api.done({"updateSheetProperties": rename})
    assert api.formulas("Other!A1") == [["='The plan'!A1&'The plan'!B2"]]


def test_ten_million_cells_are_the_limit_of_the_grid(api: Api) -> None:
    huge = {"title": "Huge", "gridProperties": {"rowCount": 1_000_000, "columnCount": 11}}
    assert "above the limit of 10000000 cells." in api.refused({"addSheet": {"properties": huge}})


def test_a_duplicate_tab_is_a_copy(api: Api) -> None:
    api.write("Plan!A1", [["a", "=A1&Other!A1"]])
    duplicate = {"sourceSheetId": 0, "newSheetName": "Plan copy", "newSheetId": 55, "insertSheetIndex": 2}
    api.done({"duplicateSheet": duplicate})
    api.write("Plan!A1", [["changed"]])
    assert api.formulas("Plan copy!A1:B1") == [["a", "=A1&Other!A1"]]


def test_conditional_rules_are_addressed_by_index(api: Api) -> None:
    def rule(text: str) -> dict[str, Any]:
        condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": text}]}
        return {"ranges": [grid_range(0, 9, 0, 1)], "booleanRule": {"condition": condition, "format": {}}}

    api.done(*({"addConditionalFormatRule": {"rule": rule(text), "index": 0}} for text in ("OK", "CHECK")))
    gone = api.done({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}})["replies"][0]
    values = gone["deleteConditionalFormatRule"]["rule"]["booleanRule"]["condition"]["values"]
    assert values == [{"userEnteredValue": "OK"}]
    assert api.refused({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}}).endswith("at index: 1")
    api.done({"updateConditionalFormatRule": {"index": 0, "rule": rule("HELD")}})
    rules = api.read("sheets.conditionalFormats")["sheets"][0]["conditionalFormats"]
    assert rules[0]["booleanRule"]["condition"]["values"] == [{"userEnteredValue": "HELD"}]


def test_data_validation_is_set_and_removed(api: Api) -> None:
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}, "strict": True}
    api.done({"setDataValidation": {"range": grid_range(0, 2, 0, 1), "rule": rule}})
    mask = "sheets.data.rowData.values.dataValidation"
    rows = api.read(mask)["sheets"][0]["data"][0]["rowData"]
    assert rows == [{"values": [{"dataValidation": rule}]}] * 2
    api.done({"setDataValidation": {"range": grid_range(0, 2, 0, 1)}})
    assert api.read(mask)["sheets"][0]["data"] == [{}]


def test_spreadsheet_properties(api: Api) -> None:
    wanted = {"properties": {"title": "Neu", "locale": "de_DE", "timeZone": "Europe/Berlin"}, "fields": "*"}
    api.done({"updateSpreadsheetProperties": wanted})
    assert api.read("properties(title,locale,timeZone)")["properties"] == wanted["properties"]
    for wrong in ({"locale": "xx_YY"}, {"timeZone": "Mars/Base"}, {"title": ""}):
        change = {"updateSpreadsheetProperties": {"properties": wrong, "fields": next(iter(wrong))}}
        assert api.batch(change).status_code == 400


def test_a_rule_for_a_text_shows_in_the_effective_format_of_cells_that_say_it_and_no_other(api: Api) -> None:
    colour = {"backgroundColorStyle": {"rgbColor": {"green": 1}}}
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "OK"}]}
    rule = {"ranges": [grid_range(0, 9, 0, 1)], "booleanRule": {"condition": condition, "format": colour}}
    api.done({"addConditionalFormatRule": {"rule": rule, "index": 0}})
    api.write("Plan!A1:B4", [["ok", "OK"], ['="O"&"K"', ""], ["OKAY", ""], ["", "x"]])
    rows = api.read("sheets.data.rowData.values(effectiveFormat.backgroundColorStyle)")["sheets"][0]["data"][0][
        "rowData"
    ]
    green = {"rgbColor": {"green": 1}}
    painted = [row["values"][0].get("effectiveFormat", {}).get("backgroundColorStyle") == green for row in rows]
    assert painted == [True, True, False, False]
    assert rows[0]["values"][1]["effectiveFormat"]["backgroundColorStyle"] != green
