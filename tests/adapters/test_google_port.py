"""The port `Sheets`, as the engine relies on it: one suite, run on every adapter, over HTTP against the sandbox.

The sandbox shares our beliefs about Google, so what is green here is evidence about us.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.adapters.telling_sheets import TellingSheets
from sheetsync.core.changes import (
    AddTab,
    Batch,
    Change,
    ClearBody,
    ColourStatus,
    DeleteColumn,
    DropWarning,
    Fence,
    FillTab,
    FreezeColumn,
    HoldColumn,
    InsertColumns,
    MarkColumn,
    PutFormula,
    ResizeTab,
    WarnAtHeader,
)
from sheetsync.core.model import Block, Cell, Format, Mark, Tab
from sheetsync.errors import AnswerLost, Refused
from sheetsync.ports import Sheets
from sheetsync.sandbox import Running, load_story, running
from tests.adapters.google_fixtures import TestClock
from tests.adapters.google_schema import check

BOOK = "1PortBook-_x"
OURS = 90210


@pytest.fixture(scope="module")
def started() -> Iterator[Running]:
    with running() as one:
        yield one


@pytest.fixture
def sandbox(started: Running, tmp_path: Path) -> Running:
    """One sandbox for all tests, with the workbook as new for each."""
    _write_story(tmp_path / "book")
    started.requests.clear()
    started.state.workbooks.pop(BOOK, None)
    load_story(started.state, tmp_path)
    return started


def _write_story(folder: Path) -> None:
    folder.mkdir(parents=True)
    about = f"""
        id: {BOOK}
        title: Spring
        locale: de_DE
        time_zone: Europe/Berlin
        owner: ann@team.example
        shared_with: {{sheetsync: writer, second: reader}}
        tabs:
          - {{title: Brief, id: 0, file: brief.csv, frozen_rows: 2}}
          - {{title: Old, id: 5, file: old.csv, hidden: true}}
    """
    (folder / "workbook.yaml").write_text(about, encoding="utf-8")
    brief = "Campaign,,,,\nKey,Offer,Start,Page,Sum\nNL-1,20%,2026-11-27,page,=1+1\n,,,,\nNL-2,€49,,,=1/0\n"
    (folder / "brief.csv").write_text(brief, encoding="utf-8")
    (folder / "brief.yaml").write_text('merges: ["A1:C1"]\nlinks: {D3: "https://a.example/x"}\n', encoding="utf-8")
    (folder / "old.csv").write_text("", encoding="utf-8")


WRAPPED: Mapping[str, Callable[[Sheets], Sheets]] = {
    "google": lambda direct: direct,
    "retrying": lambda direct: RetryingSheets(direct, TestClock(), budget_seconds=60),
    "telling": lambda direct: TellingSheets(direct, lambda _: None, {}),
}


@pytest.fixture(params=list(WRAPPED))
def sheets(sandbox: Running, request: pytest.FixtureRequest) -> Sheets:
    return WRAPPED[request.param](_sheets_of(sandbox, "sheetsync"))


def _sheets_of(sandbox: Running, account: str) -> GoogleSheets:
    return GoogleSheets(sandbox.key_file(account), sandbox.base, timeout_seconds=10)


def _tab(sheets: Sheets, tab_id: int) -> Tab:
    tab = sheets.read(BOOK).tab(tab_id)
    assert tab is not None
    return tab


def _apply(sheets: Sheets, *changes: Change) -> None:
    sheets.apply(Batch(BOOK, "Spring", 1, changes))


def _shown(tab: Tab) -> list[list[str]]:
    return [[cell.shown for cell in row] for row in tab.rows]


# ---------------------------------------------------------------- reading


def test_a_workbook_is_read_as_people_see_it(sheets: Sheets) -> None:
    book = sheets.read(BOOK)
    assert (book.id, book.title, book.locale, book.time_zone) == (BOOK, "Spring", "de_DE", "Europe/Berlin")
    assert [(tab.id, tab.title, tab.hidden) for tab in book.tabs] == [(0, "Brief", False), (5, "Old", True)]
    assert (book.generation, book.generations) == (0, ())
    brief = book.tabs[0]
    assert (brief.frozen_rows, brief.merges, brief.used_columns) == (2, (Block(0, 0, 1, 3),), 5)
    assert [len(row) for row in brief.rows] == [1, 5, 5, 0, 5]
    assert brief.cell(2, 0) == Cell("NL-1", "NL-1")
    assert (brief.cell(2, 1).value, brief.cell(2, 1).format) == (0.2, Format.PERCENT)
    assert (brief.cell(2, 2).value, brief.cell(2, 2).format) == (46353.0, Format.DATE)
    assert (brief.cell(2, 3).value, brief.cell(2, 3).link) == ("page", "https://a.example/x")
    assert (brief.cell(2, 4).value, brief.cell(2, 4).formula) == (2.0, "=1+1")
    assert (brief.cell(4, 4).value, brief.cell(4, 4).error) == (None, "#DIV/0!")


def test_reading_twice_gives_the_same_and_writes_nothing(sheets: Sheets, sandbox: Running) -> None:
    before = sandbox.export(BOOK)
    assert sheets.read(BOOK) == sheets.read(BOOK)
    assert sandbox.export(BOOK) == before
    assert (sheets.count.reads, sheets.count.writes, sheets.count.drive) == (2, 0, 0)


# ---------------------------------------------------------------- writing

CELLS = (("key", "status", "note"), ("NL-1", "OK", ""), ("NL-2", "CHECK", "=IMPORTDATA(1)"), ("0042", "27.11.", " x "))


def test_a_tab_of_ours_is_added_filled_and_only_warns(sheets: Sheets) -> None:
    _apply(sheets, AddTab(OURS, "sheetsync", rows=4, columns=3), FillTab(OURS, CELLS))
    tab = _tab(sheets, OURS)
    assert (tab.title, tab.row_count, tab.column_count, tab.frozen_rows) == ("sheetsync", 4, 3, 1)
    assert [[cell.value for cell in row] for row in tab.rows] == [
        ["key", "status", "note"],
        ["NL-1", "OK"],
        ["NL-2", "CHECK", "=IMPORTDATA(1)"],
        ["0042", "27.11.", " x "],
    ]
    assert not any(cell.formula for row in tab.rows for cell in row)
    [protection] = tab.protections
    assert (protection.block, protection.warning_only, protection.editable_by_us) == (None, True, True)
    assert protection.description.startswith("Filled by sheetsync")


def test_filling_again_leaves_nothing_of_the_old_content(sheets: Sheets) -> None:
    _apply(sheets, AddTab(OURS, "sheetsync", rows=9, columns=5), FillTab(OURS, CELLS))
    _apply(sheets, ResizeTab(OURS, rows=6, columns=4), FillTab(OURS, (("only",),)))
    tab = _tab(sheets, OURS)
    assert _shown(tab) == [["only"]]
    assert (tab.row_count, tab.column_count) == (6, 4)


@pytest.mark.parametrize("where", ["in the middle", "at the grid's end"])
def test_columns_are_inserted_where_nobody_s_cell_is(sheets: Sheets, where: str) -> None:
    before = _tab(sheets, 0)
    at = before.used_columns if where == "in the middle" else before.column_count
    _apply(sheets, InsertColumns(0, at, 2), PutFormula(0, 1, at, "=1+2"), PutFormula(0, 1, at + 1, '="a"'))
    after = _tab(sheets, 0)
    assert after.column_count == before.column_count + 2
    assert after.cell(1, at).value == 3.0
    assert after.cell(1, at).format is Format.PLAIN
    for row in range(before.row_count):
        for column in range(before.used_columns):
            assert after.cell(row, column) == before.cell(row, column)


def test_inserted_columns_take_neither_format_nor_dropdown_of_their_neighbour(sheets: Sheets, sandbox: Running) -> None:
    last = _tab(sheets, 0).column_count - 1
    column = {"sheetId": 0, "startColumnIndex": last, "endColumnIndex": last + 1}
    euros = {"userEnteredFormat": {"numberFormat": {"type": "CURRENCY", "pattern": "€0"}}}
    choice = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "yes"}]}, "strict": True}
    sandbox.act(
        BOOK,
        [
            {"repeatCell": {"range": column, "cell": euros, "fields": "userEnteredFormat.numberFormat"}},
            {"setDataValidation": {"range": column, "rule": choice}},
        ],
        as_account="ann@team.example",
    )
    _apply(sheets, InsertColumns(0, last + 1, 1), PutFormula(0, 1, last + 1, "=5"))
    assert _tab(sheets, 0).cell(1, last + 1).shown == "5"
    inserted = sandbox.export(BOOK)["tabs"][0]
    assert _validated_columns(inserted) == {last}


def _validated_columns(tab: dict[str, object]) -> set[int]:
    cells = tab["cells"]
    assert isinstance(cells, list)
    return {cell[1] for cell in cells if isinstance(cell, list) and "ONE_OF_LIST" in str(cell)}


def test_a_body_is_cleared_within_its_column(sheets: Sheets) -> None:
    _apply(sheets, AddTab(OURS, "sheetsync", rows=4, columns=3), FillTab(OURS, CELLS))
    _apply(sheets, ClearBody(OURS, column=1, first_row=1, last_row=2))
    assert _shown(_tab(sheets, OURS)) == [
        ["key", "status", "note"],
        ["NL-1"],
        ["NL-2", "", "=IMPORTDATA(1)"],
        ["0042", "27.11.", " x "],
    ]


def test_one_rule_colours_a_status_column_and_goes_with_it(sheets: Sheets, sandbox: Running) -> None:
    before = sandbox.export(BOOK)["tabs"][0]
    _marked(sheets, 4)
    _apply(sheets, ColourStatus(0, column=4, first_row=2))
    assert len(sandbox.export(BOOK)["tabs"][0]["rules"]) == len(before["rules"]) + 1
    _apply(sheets, _hold(sheets), DeleteColumn(0, 4))
    assert sandbox.export(BOOK)["tabs"][0] == before


# ---------------------------------------------------------------- columns of ours


def test_a_marked_column_is_read_back_with_its_header_s_warning(sheets: Sheets) -> None:
    _marked(sheets, 4)
    tab = _tab(sheets, 0)
    assert tab.marks == (Mark(777, 4, "status", "Their header"),)
    assert [(one.block, one.ours) for one in tab.protections] == [(Block(1, 4, 2, 5), True)]


Act = dict[str, object]
_COLUMNS = {"sheetId": 0, "dimension": "COLUMNS"}
ELSEWHERE: dict[str, Act] = {
    "moved": {"moveDimension": {"source": _COLUMNS | {"startIndex": 4, "endIndex": 5}, "destinationIndex": 0}},
    "shifted": {"insertDimension": {"range": _COLUMNS | {"startIndex": 2, "endIndex": 3}, "inheritFromBefore": True}},
    "deleted": {"deleteDimension": {"range": _COLUMNS | {"startIndex": 4, "endIndex": 5}}},
    "deleted, and one of theirs in its place": {
        "deleteDimension": {"range": _COLUMNS | {"startIndex": 4, "endIndex": 5}}
    },
}


@pytest.mark.parametrize("what", ELSEWHERE)
def test_a_batch_that_holds_a_column_is_refused_whole_when_people_moved_or_deleted_it(
    sheets: Sheets, sandbox: Running, what: str
) -> None:
    _marked(sheets, 4)
    hold = _hold(sheets)
    sandbox.act(BOOK, [ELSEWHERE[what]], as_account="ann@team.example")
    if what.endswith("place"):
        text = {"rows": [{"values": [{"userEnteredValue": {"stringValue": "theirs"}}]}], "fields": "userEnteredValue"}
        place = {"sheetId": 0, "rowIndex": 1, "columnIndex": 4}
        sandbox.act(BOOK, [{"updateCells": text | {"start": place}}], as_account="ann@team.example")
    before = sandbox.export(BOOK)
    with pytest.raises(Refused):
        _apply(sheets, hold, ClearBody(0, 4, 0, 9), PutFormula(0, 1, 4, "=1"))
    assert sandbox.export(BOOK) == before


def test_a_held_column_can_be_written_again_and_again(sheets: Sheets) -> None:
    _marked(sheets, 4)
    for number in (1, 2):
        _apply(sheets, _hold(sheets), PutFormula(0, 1, 4, f"={number}"))
        assert _tab(sheets, 0).cell(1, 4).value == float(number)


def test_a_frozen_column_keeps_what_it_shows_as_if_it_had_been_typed(sheets: Sheets) -> None:
    _marked(sheets, 4)
    _apply(
        sheets, _hold(sheets), PutFormula(0, 1, 4, '=ARRAYFORMULA(IF(ROW(INDEX($A:$A;ROW()):INDEX($A:$A;4))=3;;"x"))')
    )
    assert _tab(sheets, 0).cell(1, 4).formula is not None
    _apply(sheets, _hold(sheets), FreezeColumn(0, 4, 1))
    tab = _tab(sheets, 0)
    assert [(tab.cell(row, 4).value, tab.cell(row, 4).formula) for row in (1, 2, 3, 4)] == [
        ("x", None),
        (None, None),
        ("x", None),
        (None, None),
    ]


def test_a_warning_of_ours_is_taken_away_by_its_id(sheets: Sheets) -> None:
    _marked(sheets, 4)
    [warning] = _tab(sheets, 0).protections
    _apply(sheets, DropWarning(warning.id))
    assert _tab(sheets, 0).protections == ()


def _marked(sheets: Sheets, column: int) -> None:
    _apply(
        sheets,
        InsertColumns(0, column, 1),
        MarkColumn(0, column, 777, "status", "Their header"),
        WarnAtHeader(0, column, 1),
    )


def _hold(sheets: Sheets) -> HoldColumn:
    tab = _tab(sheets, 0)
    [mark], [warning] = tab.marks, tab.protections
    return HoldColumn(0, mark.column, mark.metadata_id, warning.id, mark.name, mark.header)


def test_a_batch_is_applied_whole_or_not_at_all(sheets: Sheets, sandbox: Running) -> None:
    before = sandbox.export(BOOK)
    with pytest.raises(Refused, match="was refused"):
        _apply(sheets, AddTab(OURS, "sheetsync", rows=4, columns=3), FillTab(4711, (("nowhere",),)))
    assert sandbox.export(BOOK) == before


# ---------------------------------------------------------------- the fence


def test_the_newest_generation_is_read_back_and_retired_ones_are_gone(sheets: Sheets) -> None:
    _apply(sheets, Fence(metadata_id=1001, generation=1))
    _apply(sheets, Fence(metadata_id=1002, generation=2))
    assert sheets.read(BOOK).generations == ((1001, 1), (1002, 2))
    _apply(sheets, Fence(metadata_id=1003, generation=3, retired=(1001, 1002)))
    assert sheets.read(BOOK).generations == ((1003, 3),)


def test_the_same_batch_twice_is_refused_whole(sheets: Sheets, sandbox: Running) -> None:
    """A delayed first copy must not undo what came after: only the fence can tell, all else in the batch is valid."""
    _apply(sheets, AddTab(OURS, "sheetsync", rows=4, columns=3), Fence(metadata_id=1000, generation=1))
    delayed = (FillTab(OURS, (("old",),)), Fence(metadata_id=1001, generation=2))
    _apply(sheets, *delayed)
    _apply(sheets, FillTab(OURS, (("new",),)), Fence(metadata_id=1002, generation=3, retired=(1000,)))
    newest = sandbox.export(BOOK)
    with pytest.raises(Refused):
        _apply(sheets, *delayed)
    assert sandbox.export(BOOK) == newest


def test_another_account_sees_the_fence(sheets: Sheets, sandbox: Running) -> None:
    _apply(sheets, Fence(metadata_id=1001, generation=7))
    assert _sheets_of(sandbox, "second").read(BOOK).generation == 7


# ---------------------------------------------------------------- refusals


def test_an_unknown_spreadsheet_is_refused_with_the_setting_to_check(sheets: Sheets) -> None:
    with pytest.raises(Refused, match="check `spreadsheet:` in the configuration"):
        sheets.read("1NoSuchBook")


def test_a_reader_is_told_to_ask_for_editing(sandbox: Running) -> None:
    reader = _sheets_of(sandbox, "second")
    reader.read(BOOK)
    with pytest.raises(Refused, match=r"is not shared with second@.*share it as Editor"):
        _apply(reader, ColourStatus(0, 4, 2))


def test_a_protected_range_is_named_as_such(sheets: Sheets, sandbox: Running) -> None:
    protection = {"range": {"sheetId": 0}, "editors": {"users": ["ann@team.example"]}}
    request = {"addProtectedRange": {"protectedRange": protection}}
    sandbox.act(BOOK, [request], as_account="ann@team.example")
    assert [one.editable_by_us for one in _tab(sheets, 0).protections] == [False]
    with pytest.raises(Refused, match="Ask the owner to take the protection away"):
        _apply(sheets, PutFormula(0, 1, 0, "=1"))


def test_a_lost_answer_says_so_although_the_write_was_applied(sandbox: Running) -> None:
    impatient = GoogleSheets(sandbox.key_file("sheetsync"), sandbox.base, timeout_seconds=0.5)
    impatient.read(BOOK)  # has a token now
    held = sandbox.state.lock
    with held, pytest.raises(AnswerLost, match="may or may not have been applied"):
        _apply(impatient, Fence(metadata_id=1001, generation=1))
    assert _sheets_of(sandbox, "sheetsync").read(BOOK).generation in (0, 1)


# ---------------------------------------------------------------- the rest


def test_every_request_is_counted(sheets: Sheets, sandbox: Running) -> None:
    sheets.read(BOOK)
    _apply(sheets, Fence(metadata_id=1001, generation=1))
    _apply(sheets)
    sent = [record.method for record in sandbox.requests if record.path.startswith("/v4/")]
    assert sent == ["GET", "POST"]
    assert (sheets.count.reads, sheets.count.writes, sheets.count.drive) == (1, 1, 0)


def test_a_link_opens_a_page_of_the_sandbox(sheets: Sheets, sandbox: Running) -> None:
    assert sheets.link(BOOK, 0, "B3") == f"{sandbox.base}/spreadsheets/d/{BOOK}/edit?gid=0#gid=0&range=B3"


def test_what_the_sandbox_answers_is_what_google_describes(sandbox: Running) -> None:
    direct = _sheets_of(sandbox, "sheetsync")
    check("Spreadsheet", direct._http.fetch_sheet_metadata(BOOK, {"fields": "*"}))
