"""Rows, columns and cells that move take formulas, merges, protections, rules, metadata and notes along."""

import contextlib
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import GoogleError, Running
from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.model import Cell, Metadata, NamedRange, Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.shifts import Deleted, Inserted, Moved, shift_box
from tests.sandbox.conftest import BOOK, Api, grid_range, lines

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 10)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def furnished(api: Api) -> None:
    """A small table with one of everything that hangs on rows and columns."""
    api.write("Plan!A1", [["id", "name", "n"], ["a", "x", 1], ["b", "y", 2], ["c", "z", 3], ["", "", "=SUM(C2:C4)"]])
    api.write("Other!A1", [["=Plan!C3"]])
    column = {"locationType": "COLUMN", "dimensionRange": lines("COLUMNS", 1, 2)}
    row = {"locationType": "ROW", "dimensionRange": lines("ROWS", 2, 3)}
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$C3>1"}]}
    rule = {"ranges": [grid_range(2, 3, 0, 3)], "booleanRule": {"condition": condition, "format": {}}}
    api.done(
        {"mergeCells": {"range": grid_range(5, 7, 0, 1), "mergeType": "MERGE_ALL"}},
        {"addProtectedRange": {"protectedRange": {"range": grid_range(2, 4, 0, 3), "warningOnly": True}}},
        {"addConditionalFormatRule": {"rule": rule}},
        {"addNamedRange": {"namedRange": {"name": "Third", "range": grid_range(2, 3, 0, 3)}}},
        {"createDeveloperMetadata": {"developerMetadata": metadata(11, column)}},
        {"createDeveloperMetadata": {"developerMetadata": metadata(12, row)}},
        {"repeatCell": {"range": grid_range(2, 3, 1, 2), "cell": {"note": "mind this"}, "fields": "note"}},
        {"setBasicFilter": {"filter": {"range": grid_range(0, 4, 0, 3)}}},
    )


def metadata(number: int, location: dict[str, Any]) -> dict[str, Any]:
    return {"metadataId": number, "metadataKey": "ss", "visibility": "DOCUMENT", "location": location}


def attached(api: Api) -> dict[str, Any]:
    """Where everything stands now, rows first."""
    view = api.read(
        "namedRanges,sheets(merges,protectedRanges.range,conditionalFormats,basicFilter.range,"
        "data(rowMetadata.developerMetadata.metadataId,columnMetadata.developerMetadata.metadataId,rowData.values.note))"
    )
    plan = view["sheets"][0]
    data = plan["data"][0]

    def rows(each: dict[str, int]) -> tuple[int, int]:
        return each["startRowIndex"], each["endRowIndex"]

    notes = [(row, column) for row, line in enumerate(data["rowData"])
             for column, cell in enumerate(line.get("values", [])) if "note" in cell]  # fmt: skip
    rule = plan["conditionalFormats"][0]
    return {
        "merge": rows(plan["merges"][0]),
        "protection": rows(plan["protectedRanges"][0]["range"]),
        "rule": rows(rule["ranges"][0]),
        "condition": rule["booleanRule"]["condition"]["values"][0]["userEnteredValue"],
        "named": rows(view["namedRanges"][0]["range"]),
        "filter": rows(plan["basicFilter"]["range"]),
        "row": [line for line, each in enumerate(data["rowMetadata"]) if "developerMetadata" in each],
        "column": [line for line, each in enumerate(data["columnMetadata"]) if "developerMetadata" in each],
        "note": notes,
    }


def test_an_inserted_row_moves_everything_below(api: Api) -> None:
    furnished(api)
    api.done({"insertDimension": {"range": lines("ROWS", 2, 3)}})
    assert attached(api) == {
        "merge": (6, 8),
        "protection": (3, 5),
        "rule": (3, 4),
        "condition": "=$C4>1",
        "named": (3, 4),
        "filter": (0, 5),
        "row": [3],
        "column": [1],
        "note": [(3, 1)],
    }
    assert api.formulas("Plan!C6") == [["=SUM(C2:C5)"]]
    assert api.formulas("Other!A1") == [["=Plan!C4"]]


def test_a_deleted_row_takes_what_is_on_it_and_leaves_ref_errors(api: Api) -> None:
    furnished(api)
    api.done({"deleteDimension": {"range": lines("ROWS", 2, 3)}})
    view = api.read("namedRanges,sheets(merges,protectedRanges.range,conditionalFormats,properties.gridProperties)")
    plan = view["sheets"][0]
    assert "namedRanges" not in view
    assert "conditionalFormats" not in plan
    assert plan["merges"] == [{name: index for name, index in grid_range(4, 6, 0, 1).items() if name != "sheetId"}]
    assert plan["protectedRanges"][0]["range"]["endRowIndex"] == 3
    assert plan["properties"]["gridProperties"]["rowCount"] == 99
    assert api.formulas("Plan!C4") == [["=SUM(C2:C3)"]]
    assert api.values("Other!A1") == [["#REF!"]]
    assert api.sheets("GET", "/developerMetadata/12").status_code == 404
    assert api.sheets("GET", "/developerMetadata/11").status_code == 200


def test_a_moved_row_takes_its_things_along(api: Api) -> None:
    furnished(api)
    api.done({"moveDimension": {"source": lines("ROWS", 2, 3), "destinationIndex": 1}})
    assert api.values("Plan!A1:A4") == [["id"], ["b"], ["a"], ["c"]]
    now = attached(api)
    assert (now["row"], now["note"], now["rule"], now["named"]) == ([1], [(1, 1)], (1, 2), (1, 2))
    assert api.formulas("Other!A1") == [["=Plan!C2"]]


def test_an_inserted_column_moves_metadata_and_references(api: Api) -> None:
    furnished(api)
    api.done({"insertDimension": {"range": lines("COLUMNS", 0, 1)}})
    assert attached(api)["column"] == [2]
    assert api.formulas("Plan!D5") == [["=SUM(D2:D4)"]]
    assert api.formulas("Other!A1") == [["=Plan!D3"]]


def test_new_rows_inherit_formats_from_the_side_asked_for(api: Api) -> None:
    api.write("Plan!A1", [["$5"], ["20%"]])
    api.done({"insertDimension": {"range": lines("ROWS", 1, 2), "inheritFromBefore": True}})
    api.done({"insertDimension": {"range": lines("ROWS", 2, 3), "inheritFromBefore": False}})
    rows = api.read("sheets.data.rowData.values.userEnteredFormat.numberFormat.type")["sheets"][0]["data"][0]["rowData"]
    kinds = [row["values"][0]["userEnteredFormat"]["numberFormat"]["type"] for row in rows]
    assert kinds == ["CURRENCY", "CURRENCY", "PERCENT", "PERCENT"]
    assert api.refused({"insertDimension": {"range": lines("ROWS", 0, 1), "inheritFromBefore": True}})


def test_frozen_rows_follow(api: Api) -> None:
    frozen = {"properties": {"sheetId": 0, "gridProperties": {"frozenRowCount": 2}}}
    api.done({"updateSheetProperties": frozen | {"fields": "gridProperties.frozenRowCount"}})

    def count() -> int:
        grid = api.read("sheets.properties.gridProperties")["sheets"][0]["properties"]["gridProperties"]
        return int(grid.get("frozenRowCount", 0))

    api.done({"insertDimension": {"range": lines("ROWS", 0, 1)}})
    assert count() == 3
    api.done({"deleteDimension": {"range": lines("ROWS", 1, 3)}})
    assert count() == 1
    assert "not possible to delete all non-frozen rows" in api.refused(
        {"deleteDimension": {"range": lines("ROWS", 1, 99)}}
    )


def test_lines_that_do_not_exist_cannot_be_deleted(api: Api) -> None:
    message = api.refused({"deleteDimension": {"range": lines("ROWS", 99, 101)}})
    assert message == (
        "Invalid requests[0].deleteDimension: Cannot delete a row that doesn't exist. "
        "Tried to delete row index 100 but there are only 100 rows."
    )
    assert "inheritFromBefore is false" in api.refused({"insertDimension": {"range": lines("ROWS", 100, 101)}})
    api.done({"insertDimension": {"range": lines("ROWS", 100, 101), "inheritFromBefore": True}})


def test_a_sort_carries_whole_rows_and_leaves_the_rest(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["id", "n", "twice"], ["a", 3, "=B2*2"], ["b", "", "=B3*2"], ["c", 1, "=B4*2"]])
    api.write("Plan!F2", [["outside"]])
    api.write("Other!A1", [["=Plan!A2"]])
    note = {"range": grid_range(1, 2, 0, 1), "cell": {"note": "of a"}, "fields": "note"}
    row = {"locationType": "ROW", "dimensionRange": lines("ROWS", 1, 2)}
    api.done({"repeatCell": note}, {"createDeveloperMetadata": {"developerMetadata": metadata(5, row)}})
    spec = {"dimensionIndex": 1, "sortOrder": "ASCENDING"}
    api.done({"sortRange": {"range": grid_range(1, 4, 0, 3), "sortSpecs": [spec]}})
    assert api.formulas("Plan!A1:C4") == [
        ["id", "n", "twice"],
        ["c", 1, "=B2*2"],
        ["a", 3, "=B3*2"],
        ["b", "", "=B4*2"],
    ]
    assert sandbox.shown(BOOK, "Plan", "F2") == "outside"
    assert api.formulas("Other!A1") == [["=Plan!A2"]]  # a reference is to the place, not to the row's content
    assert attached_notes(api) == [(2, 0)]
    found = api.sheets("GET", "/developerMetadata/5").json()["location"]["dimensionRange"]
    assert found["startIndex"] == 1  # row metadata is on the row, which a sort does not move


def attached_notes(api: Api) -> list[tuple[int, int]]:
    rows = api.read("sheets.data.rowData.values.note")["sheets"][0]["data"][0]["rowData"]
    return [(at, column) for at, row in enumerate(rows) for column, cell in enumerate(row.get("values", [])) if cell]


def test_a_sort_orders_kinds_and_keeps_blanks_last(api: Api) -> None:
    api.write("Plan!A1", [["b"], [True], [2], [""], ["=1/0"], ["A"], [1], [False]])
    spec = {"dimensionIndex": 0, "sortOrder": "ASCENDING"}
    api.done({"sortRange": {"range": grid_range(0, 8, 0, 1), "sortSpecs": [spec]}})
    shown = [["1"], ["2"], ["A"], ["b"], ["FALSE"], ["TRUE"], ["#DIV/0!"]]
    assert api.values("Plan!A1:A8") == shown
    api.done({"sortRange": {"range": grid_range(0, 8, 0, 1), "sortSpecs": [spec | {"sortOrder": "DESCENDING"}]}})
    assert api.values("Plan!A1:A8") == shown[::-1]


def test_a_sort_over_vertical_merges_is_refused(api: Api) -> None:
    api.done({"mergeCells": {"range": grid_range(1, 3, 0, 1), "mergeType": "MERGE_ALL"}})
    message = api.refused({"sortRange": {"range": grid_range(0, 5, 0, 2), "sortSpecs": [{"dimensionIndex": 0}]}})
    assert message.endswith("You can't perform a sort over a range containing vertical merges.")


def test_only_the_top_left_of_a_merge_holds_a_value(api: Api) -> None:
    api.write("Plan!A1", [["keep", "lose"], ["lose", "lose"]])
    api.done({"mergeCells": {"range": grid_range(0, 2, 0, 2), "mergeType": "MERGE_ALL"}})
    api.write("Plan!A1", [["kept", "ignored"]])
    assert api.values("Plan!A1:B2") == [["kept"]]
    assert api.refused({"unmergeCells": {"range": grid_range(0, 1, 0, 1)}}).endswith("merge or unmerge them.")
    api.done({"unmergeCells": {"range": grid_range(0, 2, 0, 2)}})
    assert "merges" not in api.read("sheets.merges")["sheets"][0]


def test_cut_and_copy(api: Api) -> None:
    api.write("Plan!A1", [["a", "=A1"], ["b", "=A2"]])
    api.write("Other!A1", [["=Plan!A1"]])
    destination = {"sheetId": 0, "rowIndex": 4, "columnIndex": 3}
    cut = {"source": grid_range(0, 1, 0, 1), "destination": destination, "pasteType": "PASTE_NORMAL"}
    api.done({"cutPaste": cut})
    assert api.formulas("Plan!B1") == [["=D5"]]
    assert api.formulas("Other!A1") == [["=Plan!D5"]]
    copied = {"source": grid_range(1, 2, 0, 2), "destination": grid_range(9, 11, 0, 2), "pasteType": "PASTE_NORMAL"}
    api.done({"copyPaste": copied})
    assert api.formulas("Plan!A10:B11") == [["b", "=A10"], ["b", "=A11"]]
    api.done({"copyPaste": copied | {"destination": grid_range(20, 21, 0, 2), "pasteType": "PASTE_VALUES"}})
    assert api.formulas("Plan!A21:B21") == [["b", "b"]]


@given(SPANS, st.integers(0, 25), st.integers(1, 5))
def test_deleting_what_was_inserted_restores_every_span(span: tuple[int, int], start: int, count: int) -> None:
    inserted = Inserted(start, count).span(span)
    assert inserted is not None
    assert Deleted(start, start + count).span(inserted) == span


@given(SPANS, st.integers(1, 5))
def test_lines_inserted_at_an_edge_do_not_join(span: tuple[int, int], count: int) -> None:
    assert Inserted(span[1], count).span(span) == span
    assert Inserted(span[0], count).span(span) == (span[0] + count, span[1] + count)


@given(st.integers(0, 29), SPANS, st.integers(0, 30))
def test_a_move_is_a_permutation_of_the_lines(line: int, block: tuple[int, int], destination: int) -> None:
    moved = Moved(*block, destination) if not block[0] <= destination <= block[1] else None
    if moved is None:
        return
    landed = [moved.index(each) for each in range(40)]
    assert sorted(each for each in landed if each is not None) == list(range(40))
    assert moved.span((line, line + 1)) == (landed[line], (landed[line] or 0) + 1)


@given(SPANS, st.integers(0, 25), st.integers(1, 5))
def test_open_sides_stay_open(span: tuple[int, int], start: int, count: int) -> None:
    box = Box(None, None, *span)
    assert shift_box(box, Inserted(start, count), "ROWS") == box
    moved = shift_box(box, Inserted(start, count), "COLUMNS")
    assert moved is not None
    assert (moved.top, moved.bottom) == (None, None)


@st.composite
def edits(draw: st.DrawFn) -> dict[str, Any]:
    """A structural edit that mostly fits a tab of about 12 x 8."""
    dimension, start = draw(st.sampled_from(["ROWS", "COLUMNS"])), draw(st.integers(0, 7))
    span = lines(dimension, start, start + draw(st.integers(1, 3)))
    top, left = draw(st.integers(0, 8)), draw(st.integers(0, 5))
    area = grid_range(top, top + draw(st.integers(1, 4)), left, left + draw(st.integers(1, 3)))
    corner = {"sheetId": draw(st.sampled_from([0, 7])), "rowIndex": top, "columnIndex": left}
    spec = {"dimensionIndex": left, "sortOrder": draw(st.sampled_from(["ASCENDING", "DESCENDING"]))}
    return draw(
        st.sampled_from(
            [
                {"insertDimension": {"range": span}},
                {"deleteDimension": {"range": span}},
                {"moveDimension": {"source": span, "destinationIndex": draw(st.integers(0, 8))}},
                {"mergeCells": {"range": area, "mergeType": draw(st.sampled_from(["MERGE_ALL", "MERGE_ROWS"]))}},
                {"unmergeCells": {"range": area}},
                {"sortRange": {"range": area, "sortSpecs": [spec]}},
                {"cutPaste": {"source": area, "destination": corner}},
                {"copyPaste": {"source": area, "destination": grid_range(top, top + 2, left, left + 2, 7)}},
                {"duplicateSheet": {"sourceSheetId": 0}},
            ]
        )
    )


def small_book() -> Workbook:
    book = Workbook("b", "B", owner="o")
    book.tabs = [Tab(0, "Plan", 12, 8), Tab(7, "Other", 12, 8)]
    for row in range(6):
        for column in range(5):
            book.tabs[0].cells[row, column] = Cell(value=float(row * 7 % 5)) if column % 2 else Cell(value=f"t{row}")
    book.tabs[0].cells[6, 0] = Cell(formula="=SUM(B1:B6)&Other!A1")
    book.tabs[1].cells[0, 0] = Cell(formula="=Plan!B2")
    book.metadata = [Metadata(1, "k", "", "DOCUMENT", 0, "ROWS", 3), Metadata(2, "k", "", "DOCUMENT", 0, "COLUMNS", 2)]
    book.named = [NamedRange("n", "N", 0, Box(1, 4, 0, 3))]
    return book


@settings(max_examples=100, deadline=None)
@given(st.lists(edits(), max_size=6))
def test_whatever_people_do_the_workbook_stays_whole(batch: list[dict[str, Any]]) -> None:
    book = small_book()
    for request in batch:
        with contextlib.suppress(GoogleError):
            decoded = decode({"requests": [request]}, "BatchUpdateSpreadsheetRequest")["requests"]
            book, _ = apply_batch(book, decoded, "o", date(2026, 11, 22))
    results = Results(book, date(2026, 11, 22))
    for tab in book.tabs:
        assert all(place in tab.grid for place in tab.cells)
        assert all(tab.grid.covers(merge) and merge.rows * merge.columns > 1 for merge in tab.merges)
        assert not any(one.touches(other) for one in tab.merges for other in tab.merges if one is not other)
        for merge in tab.merges:
            under = [place for place in tab.inside(merge) if tab.cells[place].holds_value]
            assert set(under) <= {(merge.top, merge.left)}
        assert all(isinstance(results.text(tab, *place), str) for place in tab.cells)
    for each in book.metadata:
        tab = next(tab for tab in book.tabs if tab.sheet_id == each.sheet_id)
        assert 0 <= each.index < (tab.rows if each.dimension == "ROWS" else tab.columns)
    plan = book.tab(0)
    assert plan is not None
    assert all(named.box.within(99, 99) == named.box.within(plan.rows, plan.columns) for named in book.named)
