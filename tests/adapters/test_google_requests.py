"""What we send is what Google's discovery document allows, and never more than we may."""

from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.adapters.google_requests import _REQUESTS, body, requests
from sheetsync.core.changes import (
    AddFilterView,
    AddTab,
    Batch,
    Change,
    ClearBody,
    ColourStatus,
    DeleteColumn,
    DeleteTab,
    Dress,
    DropFences,
    DropMark,
    DropWarning,
    Fence,
    FillTab,
    FreezeColumn,
    HintDate,
    HoldColumn,
    InsertColumns,
    InsertLines,
    MarkColumn,
    OfferChoices,
    OfferColumn,
    PutFormula,
    PutHeaders,
    ResizeTab,
    Sign,
    Unmerge,
    WarnAtHeader,
)
from sheetsync.core.model import Block
from tests.adapters.google_schema import check

EVERY_CHANGE: tuple[Change, ...] = (
    AddTab(tab_id=77, title="sheetsync", rows=50, columns=8),
    ResizeTab(tab_id=77, rows=60, columns=9),
    FillTab(tab_id=77, rows=(("key", "status"), ("a", ""), ("=IMPORTDATA(1)", "OK"))),
    InsertColumns(tab_id=0, at=7, count=2),
    PutFormula(tab_id=0, row=1, column=7, formula="=XLOOKUP(A2;B2;C2)"),
    ClearBody(tab_id=0, column=7, first_row=2, last_row=99),
    ColourStatus(tab_id=0, column=7, first_row=2),
    Fence(metadata_id=1234, generation=9, retired=(1200, 1201)),
    Sign(metadata_id=1000, installation="ours", seen="theirs"),
)

near = st.integers(0, 10_000)
texts = st.text(max_size=20)
some_texts = st.lists(texts, max_size=3).map(tuple)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(AddTab, near, texts, near, near, near, st.booleans()),
    st.builds(PutHeaders, near, near, near, some_texts),
    st.builds(InsertLines, near, near, near, some_texts),
    st.builds(OfferChoices, near, near, near, some_texts),
    st.builds(HintDate, near, near, near, texts),
    st.builds(Dress, near, st.lists(near, max_size=3).map(tuple), st.lists(near, max_size=3).map(tuple)),
    st.builds(AddFilterView, near, texts, near, texts),
    st.builds(ResizeTab, near, near, near),
    st.builds(FillTab, near, st.lists(st.lists(texts, max_size=4).map(tuple), max_size=4).map(tuple)),
    st.builds(InsertColumns, near, near, near),
    st.builds(PutFormula, near, near, near, texts),
    st.builds(ClearBody, near, near, near, near),
    st.builds(ColourStatus, near, near, near, texts, st.booleans()),
    st.builds(Unmerge, near, st.none() | st.builds(Block, near, near, near, near)),
    st.builds(MarkColumn, near, near, near, texts, texts),
    st.builds(OfferColumn, near, near, near, texts),
    st.builds(WarnAtHeader, near, near, near),
    st.builds(HoldColumn, near, near, near, near, texts, texts, st.booleans()),
    st.builds(DeleteColumn, near, near),
    st.builds(FreezeColumn, near, near, near),
    st.builds(DropMark, near, st.booleans()),
    st.builds(DropWarning, near),
    st.builds(DeleteTab, near),
    st.builds(DropFences, st.lists(near, max_size=3).map(tuple), st.none() | texts),
    st.builds(Fence, near, near, st.lists(near, max_size=3).map(tuple)),
    st.builds(Sign, near, texts, st.none() | texts),
)


def test_every_kind_of_change_has_its_requests() -> None:
    assert set(_REQUESTS) == set(get_args(Change))


@given(st.lists(changes, max_size=5))
def test_every_batch_is_one_that_google_describes(several: list[Change]) -> None:
    check("BatchUpdateSpreadsheetRequest", body(Batch("book", "Book", 9, tuple(several))))


def test_the_validator_refuses_an_unknown_field() -> None:
    sent = body(Batch("book", "Book", 9, EVERY_CHANGE))
    sent["requests"][0]["addSheet"]["properties"]["colour"] = 1
    with pytest.raises(jsonschema.ValidationError):
        check("BatchUpdateSpreadsheetRequest", sent)


def test_the_order_of_the_changes_is_kept() -> None:
    kinds = [next(iter(request)) for request in body(Batch("book", "Book", 9, EVERY_CHANGE))["requests"]]
    assert kinds == [
        "addSheet",
        "addProtectedRange",
        "updateSheetProperties",
        "updateCells",
        "insertDimension",
        "updateCells",
        "updateCells",
        "updateCells",
        "addConditionalFormatRule",
        "deleteDeveloperMetadata",
        "deleteDeveloperMetadata",
        "createDeveloperMetadata",
        "deleteDeveloperMetadata",
        "createDeveloperMetadata",
    ]


@given(near, near, near, some_texts)
def test_what_is_put_into_new_lines_covers_exactly_those(tab: int, at: int, column: int, ids: tuple[str, ...]) -> None:
    """Rows are inserted, and in those, whatever people do meanwhile, one column is filled with typed text."""
    insert, cleared, filled = requests(InsertLines(tab, at, column, ids))
    lines = insert["insertDimension"]["range"]
    assert (lines["dimension"], lines["startIndex"], lines["endIndex"]) == ("ROWS", at, at + len(ids))
    for one in (cleared, filled):
        where = one["updateCells"]["range"]
        assert (where["startRowIndex"], where["endRowIndex"]) == (at, at + len(ids))
    assert "userEnteredValue" not in cleared["updateCells"]["fields"]
    where = filled["updateCells"]["range"]
    assert (where["startColumnIndex"], where["endColumnIndex"]) == (column, column + 1)
    assert [[_read(cell) for cell in row["values"]] for row in filled["updateCells"]["rows"]] == [[one] for one in ids]


@given(st.lists(st.lists(texts, max_size=4).map(tuple), max_size=4).map(tuple))
def test_a_filled_cell_is_typed_text_or_has_no_value_at_all(rows: tuple[tuple[str, ...], ...]) -> None:
    [request] = requests(FillTab(tab_id=77, rows=rows))
    sent = [[_read(cell) for cell in row["values"]] for row in request["updateCells"]["rows"]]
    assert sent == [list(row) for row in rows]


def _read(cell: dict[str, Any]) -> str:
    if not cell:
        return ""
    assert list(cell) == ["userEnteredValue"]
    assert list(cell["userEnteredValue"]) == ["stringValue"]
    return str(cell["userEnteredValue"]["stringValue"])


def test_filling_covers_the_whole_tab_so_that_nothing_old_is_left() -> None:
    [request] = requests(FillTab(tab_id=77, rows=(("a",),)))
    assert request["updateCells"]["range"] == {"sheetId": 77}


def test_protection_only_warns_and_names_no_editors() -> None:
    _, request = requests(EVERY_CHANGE[0])
    assert request["addProtectedRange"]["protectedRange"]["warningOnly"] is True
    assert "editors" not in request["addProtectedRange"]["protectedRange"]


def test_inserted_columns_take_no_format_from_their_neighbour() -> None:
    insert, clean = requests(InsertColumns(tab_id=3, at=7, count=2))
    assert insert["insertDimension"]["range"] == {"sheetId": 3, "dimension": "COLUMNS", "startIndex": 7, "endIndex": 9}
    assert clean["updateCells"]["range"] == {"sheetId": 3, "startColumnIndex": 7, "endColumnIndex": 9}
    assert "rows" not in clean["updateCells"]


def test_insertion_at_the_grid_s_end_is_one_that_google_takes() -> None:
    """ "range.startIndex must be less than the grid size if inheritFromBefore is false.\""""
    [insert, _] = requests(InsertColumns(tab_id=3, at=26, count=1))
    assert insert["insertDimension"]["inheritFromBefore"] is True
    [insert, _] = requests(InsertColumns(tab_id=3, at=0, count=1))
    assert insert["insertDimension"]["inheritFromBefore"] is False


def test_clearing_a_body_stays_in_its_column_and_touches_values_only() -> None:
    [request] = requests(ClearBody(tab_id=0, column=7, first_row=2, last_row=99))
    area = {"sheetId": 0, "startRowIndex": 2, "endRowIndex": 100, "startColumnIndex": 7, "endColumnIndex": 8}
    assert request["updateCells"] == {"range": area, "rows": [], "fields": "userEnteredValue"}


def test_no_request_deletes_metadata_that_is_not_ours() -> None:
    """An empty lookup matches everything, and an id of 0 is an empty one on the wire."""
    deleting: list[Change] = [
        Fence(metadata_id=1, generation=1, retired=(0, 5)),
        Sign(metadata_id=1, installation="", seen=""),
        HoldColumn(0, 3, 0, 9, "status"),
        OfferColumn(0, 3, 0, "status"),
        DropMark(0),
        DropFences((0,), "ours"),
    ]
    for change in deleting:
        lookups = [
            request["deleteDeveloperMetadata"]["dataFilter"]["developerMetadataLookup"]
            for request in requests(change)
            if "deleteDeveloperMetadata" in request
        ]
        assert lookups
        assert all(lookup["metadataKey"].startswith("sheetsync.") for lookup in lookups)


def test_a_mark_takes_away_only_the_one_that_was_seen() -> None:
    """Another one that came meanwhile has the chosen id, and refuses the batch."""
    assert len(requests(Sign(metadata_id=1, installation="ours", seen=None))) == 1
    taken, _ = requests(Sign(metadata_id=1, installation="ours", seen="theirs"))
    lookup = taken["deleteDeveloperMetadata"]["dataFilter"]["developerMetadataLookup"]
    assert lookup["metadataValue"] == "theirs"


def test_the_status_rule_needs_no_formula_and_does_not_match_blanks() -> None:
    [request] = requests(ColourStatus(tab_id=0, column=7, first_row=2))
    rule = request["addConditionalFormatRule"]["rule"]
    assert rule["booleanRule"]["condition"] == {"type": "TEXT_EQ", "values": [{"userEnteredValue": "OK"}]}
    assert rule["ranges"] == [{"sheetId": 0, "startRowIndex": 2, "startColumnIndex": 7, "endColumnIndex": 8}]
