"""What each newer request kind does and answers, and that what it made follows the rows and columns."""

from typing import Any

import pytest

from sheetsync.sandbox import Running, email_of
from tests.sandbox.conftest import BOOK, Api, grid_range, lines
from tests.sandbox.discovery import complaints


def sheet(api: Api, fields: str = "", title: str = "Plan") -> dict[str, Any]:
    """What spreadsheets.get says about a tab."""
    found = api.read(f"sheets(properties.title,{fields})" if fields else "sheets")["sheets"]
    return next(each for each in found if each["properties"]["title"] == title)


def group(dimension: str, start: int, end: int) -> dict[str, Any]:
    return {"addDimensionGroup": {"range": lines(dimension, start, end)}}


def spans(api: Api, name: str) -> list[tuple[int, int, int]]:
    groups = sheet(api, name).get(name, [])
    return [(each["range"]["startIndex"], each["range"]["endIndex"], each["depth"]) for each in groups]


@pytest.mark.parametrize(
    ("added", "shown"),
    [
        ([(2, 4), (1, 5)], [(1, 5, 1), (2, 4, 2)]),  # [C:D] + [B:E]
        ([(1, 5), (2, 4)], [(1, 5, 1), (2, 4, 2)]),  # [B:E] + [C:D]
        ([(1, 4), (2, 5)], [(1, 5, 1), (2, 4, 2)]),  # [B:D] + [C:E]
    ],
)
def test_groups_nest_and_join_as_the_schema_describes(
    api: Api, added: list[tuple[int, int]], shown: list[tuple[int, int, int]]
) -> None:
    for start, end in added:
        reply = api.done(group("COLUMNS", start, end))["replies"][0]["addDimensionGroup"]
    assert spans(api, "columnGroups") == shown
    assert reply["dimensionGroups"] == sheet(api, "columnGroups")["columnGroups"]
    assert complaints(reply, "AddDimensionGroupResponse") == []


def test_deleting_a_group_lifts_its_lines_by_one_level(api: Api) -> None:
    api.done(group("COLUMNS", 1, 5), group("COLUMNS", 2, 4))
    api.done({"deleteDimensionGroup": {"range": lines("COLUMNS", 3, 5)}})  # [D:E] leaves [B:D] and [C:C]
    assert spans(api, "columnGroups") == [(1, 4, 1), (2, 3, 2)]
    reply = api.done(*[{"deleteDimensionGroup": {"range": lines("COLUMNS", 0, 9)}}] * 2)["replies"]
    assert reply[1] == {"deleteDimensionGroup": {}}  # [recorded] when no group is left
    assert "columnGroups" not in sheet(api, "columnGroups")
    assert "no group" in api.refused({"deleteDimensionGroup": {"range": lines("COLUMNS", 0, 9)}})


def test_a_collapsed_group_hides_its_lines_until_it_opens(api: Api) -> None:
    api.done(group("ROWS", 2, 4))
    change = {"range": lines("ROWS", 2, 4), "depth": 1, "collapsed": True}
    api.done({"updateDimensionGroup": {"dimensionGroup": change, "fields": "collapsed"}})
    hidden = "data.rowMetadata.hiddenByUser"
    rows = sheet(api, f"rowGroups,{hidden}")
    assert rows["rowGroups"][0]["collapsed"] is True
    assert rows["data"][0]["rowMetadata"][:5] == [{}, {}, {"hiddenByUser": True}, {"hiddenByUser": True}, {}]
    opened = change | {"collapsed": False}
    api.done({"updateDimensionGroup": {"dimensionGroup": opened, "fields": "*"}})
    rows = sheet(api, f"rowGroups,{hidden}")
    assert "collapsed" not in rows["rowGroups"][0]
    assert rows["data"][0]["rowMetadata"][:5] == [{}] * 5
    wrong = change | {"depth": 2}
    assert "depth 2" in api.refused({"updateDimensionGroup": {"dimensionGroup": wrong, "fields": "collapsed"}})


def test_groups_go_no_deeper_than_eight_and_not_past_the_sheet(api: Api) -> None:
    api.done(*[group("ROWS", 0, 9)] * 8)
    assert "8 levels" in api.refused(group("ROWS", 0, 1))
    assert api.refused(group("ROWS", 99, 101)).endswith("is after the last row of the sheet.")


def test_groups_follow_lines_and_copies_keep_them(api: Api, sandbox: Running) -> None:
    api.done(group("ROWS", 2, 6), group("ROWS", 3, 5))
    api.done({"insertDimension": {"range": lines("ROWS", 0, 1)}}, {"insertDimension": {"range": lines("ROWS", 5, 6)}})
    assert spans(api, "rowGroups") == [(3, 8, 1), (4, 7, 2)]
    api.done({"deleteDimension": {"range": lines("ROWS", 4, 7)}})
    assert spans(api, "rowGroups") == [(3, 5, 1)]
    api.done({"duplicateSheet": {"sourceSheetId": 0, "newSheetName": "Twin"}})
    assert sheet(api, "rowGroups", "Twin")["rowGroups"][0]["depth"] == 1


# -- find and replace


def replaced(api: Api, **request: Any) -> dict[str, int]:
    reply = api.done({"findReplace": request})["replies"][0]
    assert complaints(reply, "Response") == []
    return dict(reply["findReplace"])


def test_find_replace_counts_cells_rows_sheets_and_occurrences(api: Api) -> None:
    api.write("Plan!A1", [["Google Sheets", "e"], ["none", '=1&"e"']])
    api.write("Other!A1", [["see"]])
    assert replaced(api, find="E", replacement="o", allSheets=True) == {
        "valuesChanged": 4, "occurrencesChanged": 7, "rowsChanged": 3, "sheetsChanged": 2,
    }  # fmt: skip
    assert api.values("Plan!A1:B2") == [["Googlo Shoots", "o"], ["nono", "1e"]]
    assert replaced(api, find="absent", replacement="x", allSheets=True) == {}


def test_find_replace_takes_formulas_only_when_asked(api: Api) -> None:
    api.write("Plan!A1", [["=B1+1", "1"]])
    assert replaced(api, find="B1", replacement="C1", sheetId=0) == {}
    counts = {"formulasChanged": 1, "occurrencesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1}
    assert replaced(api, find="B1", replacement="C1", sheetId=0, includeFormulas=True) == counts
    assert api.formulas("Plan!A1") == [["=C1+1"]]


def test_find_replace_minds_case_whole_cells_and_its_range(api: Api) -> None:
    api.write("Plan!A1", [["ok", "OK", "ok!"], ["ok", "", ""]])
    found = replaced(
        api, find="ok", replacement="x", range=grid_range(0, 1, 0, 3), matchCase=True, matchEntireCell=True
    )
    assert found == {"valuesChanged": 1, "occurrencesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1}
    assert api.values("Plan!A1:C2") == [["x", "OK", "ok!"], ["ok"]]


def test_find_replace_fills_groups_of_a_regular_expression(api: Api) -> None:
    api.write("Plan!A1", [["Google Sheets"], ["Google Docs"]])
    replaced(api, find="o.* (.*)", replacement="$1 Rocks", sheetId=0, searchByRegex=True)
    assert api.values("Plan!A1:A2") == [["GSheets Rocks"], ["GDocs Rocks"]]
    replaced(api, find="(?<name>G)S", replacement="\\$${name}", sheetId=0, searchByRegex=True, matchCase=True)
    assert api.values("Plan!A1") == [["$Gheets Rocks"]]
    for find, replacement in (("(", "x"), ("a", "$1"), ("a", "${no}")):
        assert api.refused(
            {"findReplace": {"find": find, "replacement": replacement, "sheetId": 0, "searchByRegex": True}}
        ).startswith("Invalid requests[0].findReplace: ")


def test_find_replace_wants_one_scope_and_something_to_find(api: Api) -> None:
    for wrong in (
        {"find": "x"},
        {"find": "x", "sheetId": 0, "allSheets": True},
        {"sheetId": 0},
        {"find": "x", "sheetId": 9},
    ):
        assert api.refused({"findReplace": wrong}).startswith("Invalid requests[0].findReplace: ")


def test_find_replace_in_a_protected_cell_is_refused_whole(api: Api, person: Api, sandbox: Running) -> None:
    person.write("Plan!A1", [["one"], ["one"]])
    person.done({"addProtectedRange": {"protectedRange": {"range": grid_range(1, 2, 0, 1), "editors": {}}}})
    before = sandbox.export(BOOK)
    assert "protected cell" in api.refused({"findReplace": {"find": "one", "replacement": "x", "sheetId": 0}})
    assert sandbox.export(BOOK) == before
    assert replaced(api, find="one", replacement="x", range=grid_range(0, 1, 0, 1))["valuesChanged"] == 1


# -- cells that move within some columns


def test_inserted_cells_push_only_their_columns_and_references_follow(api: Api) -> None:
    api.write("Plan!A1", [["a", "p", "=A2"], ["b", "q", "=B2"]])
    api.done({"insertRange": {"range": grid_range(1, 2, 0, 1), "shiftDimension": "ROWS"}})
    assert api.values("Plan!A1:C3") == [["a", "p", "b"], ["", "q", "q"], ["b"]]
    assert api.formulas("Plan!C1:C2") == [["=A3"], ["=B2"]]
    api.done({"deleteRange": {"range": grid_range(1, 2, 0, 1), "shiftDimension": "ROWS"}})
    assert api.values("Plan!A1:C3") == [["a", "p", "b"], ["b", "q", "q"]]
    api.done({"insertRange": {"range": grid_range(0, 1, 0, 2), "shiftDimension": "COLUMNS"}})
    assert api.values("Plan!A1:E1") == [["", "", "a", "p", "b"]]


def test_what_lies_on_the_shifted_cells_goes_along(api: Api) -> None:
    named = {"name": "Block", "range": grid_range(2, 4, 0, 2)}
    api.done({"addNamedRange": {"namedRange": named}}, {"mergeCells": {"range": grid_range(5, 6, 0, 2)}})
    api.done({"insertRange": {"range": grid_range(1, 3, 0, 2), "shiftDimension": "ROWS"}})
    assert api.read("namedRanges.range")["namedRanges"][0]["range"]["startRowIndex"] == 4
    assert api.read("namedRanges.range")["namedRanges"][0]["range"]["endRowIndex"] == 6
    assert sheet(api, "merges")["merges"][0]["startRowIndex"] == 7
    cut = {"deleteRange": {"range": grid_range(0, 1, 1, 2), "shiftDimension": "ROWS"}}
    assert "part of a merged cell" in api.refused(cut)


def test_data_that_would_fall_off_the_sheet_makes_it_grow(api: Api) -> None:
    api.write("Other!A50", [["last"]])
    api.done({"insertRange": {"range": grid_range(0, 2, 0, 1, 7), "shiftDimension": "ROWS"}})
    assert api.values("Other!A52") == [["last"]]


# -- texts


def test_white_space_is_trimmed_and_the_text_stays_text(api: Api) -> None:
    api.write("Plan!A1", [["  a \n b ", " 7", '=" x "'], ["c", 5, " =1"]], "RAW")
    reply = api.done({"trimWhitespace": {"range": grid_range(0, 9, 0, 9)}})["replies"][0]
    assert reply == {"trimWhitespace": {"cellsChangedCount": 3}}
    assert api.values("Plan!A1:C2", valueRenderOption="UNFORMATTED_VALUE") == [["a b", "7", '=" x "'], ["c", 5, "=1"]]
    assert api.done({"trimWhitespace": {"range": grid_range(0, 9, 0, 9)}})["replies"] == [{"trimWhitespace": {}}]


def test_duplicate_rows_go_and_what_is_beside_the_range_stays(api: Api) -> None:
    api.write("Plan!A1", [["a", 1, "p"], ["A", "=1", "q"], ["a", 2, "r"], ["b", 1, "s"], ["a", 1, "t"]])
    reply = api.done({"deleteDuplicates": {"range": grid_range(0, 9, 0, 2)}})["replies"][0]
    assert reply == {"deleteDuplicates": {"duplicatesRemovedCount": 2}}
    assert api.values("Plan!A1:C5") == [["a", "1", "p"], ["a", "2", "q"], ["b", "1", "r"], ["", "", "s"], ["", "", "t"]]
    columns = [lines("COLUMNS", 0, 1)]
    api.done({"deleteDuplicates": {"range": grid_range(0, 3, 0, 2), "comparisonColumns": columns}})
    assert api.values("Plan!A1:B3") == [["a", "1"], ["b", "1"]]
    columns = [lines("COLUMNS", 4, 5)]
    wrong = {"deleteDuplicates": {"range": grid_range(0, 3, 0, 2), "comparisonColumns": columns}}
    assert "comparisonColumns" in api.refused(wrong)


def test_rows_in_a_random_order_are_the_same_rows(api: Api) -> None:
    rows = [[str(number), f"r{number}"] for number in range(9)]
    api.write("Plan!A1", rows, "RAW")
    api.done({"randomizeRange": {"range": grid_range(0, 9, 0, 2)}})
    assert sorted(api.values("Plan!A1:B9")) == rows


def test_pasted_data_is_typed_and_quotes_hold(api: Api) -> None:
    coordinate = {"sheetId": 7, "rowIndex": 48, "columnIndex": 8}
    paste = {"coordinate": coordinate, "data": '1,"a,b",2026-11-27\n"x\ny"\n=1+1', "delimiter": ","}
    api.done({"pasteData": paste | {"type": "PASTE_NORMAL"}})
    assert api.values("Other!I49:K51") == [["1", "a,b", "2026-11-27"], ["x\ny"], ["2"]]
    assert "delimiter" in api.refused({"pasteData": {"coordinate": coordinate, "data": "x"}})
    assert "html is not supported" in api.refused({"pasteData": {"coordinate": coordinate, "data": "x", "html": True}})


@pytest.mark.parametrize(
    ("text", "how", "parts"),
    [
        ("a,b,3", {"delimiterType": "COMMA"}, ["a", "b", "3"]),
        ("a;b", {"delimiterType": "AUTODETECT"}, ["a", "b"]),
        ("a--b", {"delimiterType": "CUSTOM", "delimiter": "--"}, ["a", "b"]),
        ("whole", {"delimiterType": "SPACE"}, ["whole"]),
    ],
)
def test_text_is_split_into_columns(api: Api, text: str, how: dict[str, str], parts: list[str]) -> None:
    api.write("Plan!A1", [[text, "old"]])
    api.done({"textToColumns": {"source": grid_range(0, 5, 0, 1)} | how})
    assert api.values("Plan!A1:C1") == [parts + (["old"] if len(parts) == 1 else [])]


def test_cells_are_appended_under_the_last_row_with_data(api: Api) -> None:
    api.write("Other!B50", [["last"]])
    rows = [{"values": [{"userEnteredValue": {"stringValue": "=no"}}, {"note": "ignored"}]}]
    api.done({"appendCells": {"sheetId": 7, "rows": rows, "fields": "userEnteredValue"}})
    assert api.values("Other!A50:B51") == [["", "last"], ["=no"]]


@pytest.mark.parametrize(
    ("cells", "filled"),
    [
        ([["1"], ["3"]], [["5"], ["7"]]),
        ([["1"]], [["1"], ["1"]]),
        ([["2026-11-27"]], [["2026-11-28"], ["2026-11-29"]]),
        ([["Week 9"]], [["Week 10"], ["Week 11"]]),
        ([["a"], ["b"]], [["a"], ["b"]]),
        ([["=ROW(A1)"]], [["2"], ["3"]]),
    ],
)
def test_a_fill_goes_on_as_a_person_drags_it(api: Api, cells: list[list[str]], filled: list[list[str]]) -> None:
    api.write("Plan!A1", cells)
    source = {"source": grid_range(0, len(cells), 0, 1), "dimension": "ROWS", "fillLength": 2}
    api.done({"autoFill": {"sourceAndDestination": source}})
    assert api.values(f"Plan!A{len(cells) + 1}:A9") == filled
    api.done({"autoFill": {"range": grid_range(0, len(cells) + 4, 0, 1)}})
    assert len(api.values("Plan!A1:A99")) == len(cells) + 4


# -- looks


def test_borders_are_set_side_by_side_and_cleared_by_none(api: Api) -> None:
    red, thick = {"style": "SOLID", "color": {"red": 1}}, {"style": "SOLID_THICK"}
    api.done({"updateBorders": {"range": grid_range(0, 2, 0, 2), "top": red, "innerVertical": thick}})
    mask = "data.rowData.values.userEnteredFormat.borders"
    rows = sheet(api, mask)["data"][0]["rowData"]
    stated = {"style": "SOLID", "width": 1, "color": {"red": 1}, "colorStyle": {"rgbColor": {"red": 1}}}
    black = {"style": "SOLID_THICK", "width": 3, "color": {}, "colorStyle": {"rgbColor": {}}}
    borders = [[cell["userEnteredFormat"]["borders"] for cell in row["values"]] for row in rows]
    assert borders == [
        [{"top": stated, "right": black}, {"top": stated, "left": black}],
        [{"right": black}, {"left": black}],
    ]
    none = {"style": "NONE"}
    api.done({"updateBorders": {"range": grid_range(0, 2, 0, 2), "top": none, "innerVertical": none}})
    assert sheet(api, mask)["data"] == [{}]


BANDS = {"headerColor": {"blue": 1}, "firstBandColorStyle": {"rgbColor": {"red": 1}}, "secondBandColor": {"green": 0}}


def test_bands_are_shown_in_both_spellings_and_in_effect(api: Api) -> None:
    asked = {"range": grid_range(0, 4, 0, 1), "rowProperties": BANDS}
    banded = api.done({"addBanding": {"bandedRange": asked}})["replies"][0]["addBanding"]["bandedRange"]
    assert sheet(api, "bandedRanges")["bandedRanges"] == [banded]
    rows = banded["rowProperties"]
    assert (rows["firstBandColor"], rows["firstBandColorStyle"]) == ({"red": 1}, {"rgbColor": {"red": 1}})
    assert (rows["secondBandColor"], rows["secondBandColorStyle"]) == ({}, {"rgbColor": {}})
    api.write("Plan!A1", [["x"]] * 5)
    cells = sheet(api, "data.rowData.values.effectiveFormat.backgroundColor")["data"][0]["rowData"]
    shown = [row["values"][0]["effectiveFormat"]["backgroundColor"] for row in cells]
    assert shown == [{"blue": 1}, {"red": 1}, {}, {"red": 1}, {"red": 1, "green": 1, "blue": 1}]
    assert "alternating background colors" in api.refused({"addBanding": {"bandedRange": asked}})


def test_bands_change_move_and_go(api: Api) -> None:
    asked = {"bandedRangeId": 5, "range": grid_range(0, 4, 0, 1), "rowProperties": BANDS}
    api.done({"addBanding": {"bandedRange": asked}}, {"insertDimension": {"range": lines("ROWS", 0, 1)}})
    change = {"bandedRangeId": 5, "rowProperties": {"headerColor": {"red": 1}}}
    api.done({"updateBanding": {"bandedRange": change, "fields": "rowProperties.headerColor"}})
    banded = sheet(api, "bandedRanges")["bandedRanges"][0]
    assert banded["range"]["startRowIndex"] == 1
    assert banded["rowProperties"]["headerColorStyle"] == {"rgbColor": {"red": 1}}
    api.done({"deleteBanding": {"bandedRangeId": 5}})
    assert "bandedRanges" not in sheet(api, "bandedRanges")
    assert api.refused({"deleteBanding": {"bandedRangeId": 5}}).endswith("No banded range with id: 5")


def test_a_default_format_says_which_switches_are_off(api: Api) -> None:
    properties = api.read("properties")["properties"]
    text = properties["defaultFormat"]["textFormat"]
    assert [text[name] for name in ("bold", "italic", "strikethrough", "underline")] == [False] * 4
    colours = {each["colorType"]: each["color"] for each in properties["spreadsheetTheme"]["themeColors"]}
    blue = {"rgbColor": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275}}  # [recorded]
    assert (colours["ACCENT1"], colours["TEXT"]) == (blue, {"rgbColor": {}})


# -- filters and names


def view(**rest: Any) -> dict[str, Any]:
    return {"addFilterView": {"filter": {"range": grid_range(0, 9, 0, 4), **rest}}}


def test_a_filter_view_has_an_id_a_title_and_both_spellings_of_its_criteria(api: Api) -> None:
    specs = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["x"]}}]
    reply = api.done(view(filterSpecs=specs), view(title="Mine", criteria={"2": {"hiddenValues": ["y"]}}))["replies"]
    first, second = (each["addFilterView"]["filter"] for each in reply)
    assert (first["title"], first["criteria"]) == ("Filter 1", {"0": {"hiddenValues": ["x"]}})
    assert second["filterSpecs"] == [{"columnIndex": 2, "filterCriteria": {"hiddenValues": ["y"]}}]
    assert sheet(api, "filterViews")["filterViews"] == [first, second]
    assert complaints(reply[0], "Response") == []
    api.write("Plan!A1", [["h"], ["x"]])
    assert not any("hiddenByFilter" in row for row in sheet(api, "data.rowMetadata")["data"][0]["rowMetadata"])


def test_a_filter_view_changes_doubles_and_goes(api: Api) -> None:
    api.done(view(filterViewId=4, title="Mine", sortSpecs=[{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]))
    change = {"filterViewId": 4, "title": "Ours", "criteria": {"1": {"condition": {"type": "NOT_BLANK"}}}}
    api.done({"updateFilterView": {"filter": change, "fields": "title,criteria"}})
    twin = api.done({"duplicateFilterView": {"filterId": 4}})["replies"][0]["duplicateFilterView"]["filter"]
    mine, copied = sheet(api, "filterViews")["filterViews"]
    assert (mine["title"], copied["title"]) == ("Ours", "Copy of Ours")
    assert copied == twin
    assert twin["filterViewId"] != 4
    assert mine["criteria"] == {"1": {"condition": {"type": "NOT_BLANK"}}}
    assert mine["sortSpecs"] == [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]
    api.done({"insertDimension": {"range": lines("COLUMNS", 1, 2)}})
    moved = sheet(api, "filterViews")["filterViews"][0]
    assert (list(moved["criteria"]), moved["sortSpecs"][0]["dimensionIndex"]) == (["2"], 2)
    api.done({"deleteFilterView": {"filterId": 4}})
    assert api.refused({"deleteFilterView": {"filterId": 4}}).endswith("No filter view with id: 4")
    assert "already exists" in api.refused(view(title="Copy of ours"))


def test_a_filter_view_over_a_named_range_follows_it(api: Api) -> None:
    named = {"namedRangeId": "n", "name": "Offers", "range": grid_range(0, 3, 0, 2)}
    api.done(
        {"addNamedRange": {"namedRange": named}},
        {"addFilterView": {"filter": {"filterViewId": 1, "namedRangeId": "n"}}},
    )
    wider = {"namedRangeId": "n", "name": "Deals", "range": grid_range(0, 8, 0, 2)}
    api.done({"updateNamedRange": {"namedRange": wider, "fields": "name,range"}})
    found = sheet(api, "filterViews")["filterViews"][0]
    assert (found["namedRangeId"], found["range"]["endRowIndex"]) == ("n", 8)
    assert api.read("namedRanges")["namedRanges"][0]["name"] == "Deals"
    assert api.refused({"updateNamedRange": {"namedRange": {"namedRangeId": "z"}, "fields": "name"}}).endswith("id: z")


def test_the_basic_filters_columns_follow_and_hide_rows(api: Api) -> None:
    api.write("Plan!A1", [["h", "k"], ["a", "x"], ["b", "y"]])
    asked = {"range": grid_range(0, 3, 0, 2), "criteria": {"1": {"hiddenValues": ["x"]}}}
    api.done({"setBasicFilter": {"filter": asked}}, {"insertDimension": {"range": lines("COLUMNS", 0, 1)}})
    plan = sheet(api, "basicFilter,data.rowMetadata.hiddenByFilter")
    assert plan["basicFilter"]["criteria"] == {"2": {"hiddenValues": ["x"]}}
    assert plan["data"][0]["rowMetadata"][:3] == [{}, {"hiddenByFilter": True}, {}]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ({"type": "NUMBER_GREATER", "values": [{"userEnteredValue": "2"}]}, ["3", "2026-11-22", "2026-11-24"]),
        ({"type": "NUMBER_BETWEEN", "values": [{"userEnteredValue": "3"}, {"userEnteredValue": "=1+1"}]}, ["2", "3"]),
        ({"type": "NUMBER_NOT_EQ", "values": [{"userEnteredValue": "2"}]}, ["3", "ab", "2026-11-22", "2026-11-24", ""]),
        ({"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": "B"}]}, ["ab"]),
        ({"type": "TEXT_EQ", "values": [{"userEnteredValue": "2"}]}, ["2"]),
        ({"type": "BLANK"}, [""]),
        ({"type": "NOT_BLANK"}, ["2", "3", "ab", "2026-11-22", "2026-11-24"]),
        ({"type": "DATE_AFTER", "values": [{"userEnteredValue": "2026-11-23"}]}, ["2026-11-24"]),
        ({"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=A2=B$1"}]}, ["3"]),
    ],
    ids=lambda each: each["type"] if isinstance(each, dict) else "",
)
def test_a_condition_hides_rows_of_a_filter_and_paints_cells_of_a_rule(
    api: Api, condition: dict[str, Any], shown: list[str]
) -> None:
    texts = ["2", "3", "ab", "2026-11-22", "2026-11-24", ""]
    api.write("Plan!A1", [["h", "3"], *([text] for text in texts)])
    paint = {"backgroundColor": {"green": 1}}
    rule = {"ranges": [grid_range(1, 7, 0, 1)], "booleanRule": {"condition": condition, "format": paint}}
    spec = {"columnIndex": 0, "filterCriteria": {"condition": condition}}
    api.done(
        {"setBasicFilter": {"filter": {"range": grid_range(0, 7, 0, 1), "filterSpecs": [spec]}}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"repeatCell": {"range": grid_range(1, 7, 0, 1), "cell": {"note": "n"}, "fields": "note"}},
    )
    data = sheet(api, "data(rowMetadata.hiddenByFilter,rowData.values.effectiveFormat.backgroundColor)")["data"][0]
    visible = [text for text, row in zip(texts, data["rowMetadata"][1:7], strict=True) if not row]
    cells = [row["values"][0]["effectiveFormat"]["backgroundColor"] for row in data["rowData"][1:7]]
    assert visible == shown
    assert [text for text, colour in zip(texts, cells, strict=True) if colour == {"green": 1}] == shown


# -- the shape of conditions


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({}, "type must be specified"),
        ({"type": "NUMBER_BETWEEN", "values": [{"userEnteredValue": "1"}]}, "must have 2 ConditionValue(s)"),
        ({"type": "ONE_OF_LIST"}, "must have at least 1"),
        ({"type": "NOT_BLANK"}, "not supported by data validation"),
        ({"type": "DATE_AFTER", "values": [{"relativeDate": "TODAY"}]}, "Relative dates"),
        ({"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Nowhere!A1"}]}, "Invalid range"),
        ({"type": "BOOLEAN", "values": [{"userEnteredValue": x} for x in "abc"]}, "must have 0 to 2"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(api: Api, condition: dict[str, Any], words: str) -> None:
    asked = {"range": grid_range(0, 1, 0, 1), "rule": {"condition": condition}}
    assert words in api.refused({"setDataValidation": asked})


def test_a_dropdowns_range_follows_its_cells_and_defaults_go_unsaid(api: Api) -> None:
    condition = {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "Other!A1:A3"}]}
    rule = {"condition": condition, "strict": False, "showCustomUi": True, "inputMessage": ""}
    api.done({"setDataValidation": {"range": grid_range(0, 1, 0, 1), "rule": rule}})
    api.done({"insertDimension": {"range": lines("ROWS", 0, 2, 7)}})
    cell = sheet(api, "data.rowData.values.dataValidation")["data"][0]["rowData"][0]["values"][0]["dataValidation"]
    assert cell == {
        "condition": {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": "=Other!A3:A5"}]}, "showCustomUi": True,
    }  # fmt: skip


def test_the_first_run_of_a_text_does_not_say_that_it_begins_at_zero(api: Api) -> None:
    runs = [{"startIndex": 0, "format": {"bold": False}}, {"startIndex": 2, "format": {"foregroundColor": {"red": 1}}}]
    cell = {"userEnteredValue": {"stringValue": "abcd"}, "textFormatRuns": runs}
    rows = [{"values": [cell]}]
    api.done({"updateCells": {"start": {"sheetId": 0}, "rows": rows, "fields": "userEnteredValue,textFormatRuns"}})
    shown = sheet(api, "data.rowData.values.textFormatRuns")["data"][0]["rowData"][0]["values"][0]["textFormatRuns"]
    red = {"red": 1}
    assert shown == [
        {"format": {"bold": False}},
        {"startIndex": 2, "format": {"foregroundColor": red, "foregroundColorStyle": {"rgbColor": red}}},
    ]


def test_a_reader_may_do_none_of_it(sandbox: Running) -> None:
    second = Api(sandbox, "second")
    assert sandbox.state.workbooks[BOOK].role(email_of("second")) == "reader"
    for request in (group("ROWS", 0, 1), view(), {"findReplace": {"find": "x", "sheetId": 0}}):
        assert second.batch(request).status_code == 403
