"""What a tab looks like as a page: every cell at its place, with what it says beside its text."""

from datetime import date

import requests

from sheetsync.sandbox import Running
from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.page.grid import drawn
from sheetsync.sandbox.results import Results
from tests.sandbox.conftest import BOOK, Api, grid_range, lines
from tests.sandbox.page import Browser, Page


def style(sandbox: Running, gid: int = 0) -> str:
    return requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/looks.css?gid={gid}", timeout=10).text


def test_each_cell_stands_at_its_place(api: Api, sandbox: Running) -> None:
    api.write("Other!C4", [["11/27/2026"]])
    shown = Browser(sandbox, gid=7).page
    assert shown.cells["C4"] == "11/27/2026"
    assert shown.cells["A1"] == ""
    assert len(shown.rows) == 50
    assert len(shown.cells) == 50 * 10


def test_merges_span_and_hidden_lines_are_not_there(api: Api, sandbox: Running) -> None:
    hide = [
        {"updateDimensionProperties": {"range": line, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}}
        for line in (lines("ROWS", 4, 5), lines("COLUMNS", 3, 4))
    ]
    api.write("Plan!A1", [["both"]])
    api.done({"mergeCells": {"range": grid_range(0, 2, 0, 2), "mergeType": "MERGE_ALL"}}, *hide)
    shown = Browser(sandbox).page
    assert (shown.marks["A1"]["rowspan"], shown.marks["A1"]["colspan"]) == ("2", "2")
    assert "B2" not in shown.cells
    assert not shown.rows[4]
    assert shown.rows[5]
    assert "A5" not in shown.cells
    assert "D1" not in shown.cells
    assert "A6" in shown.cells


def test_a_merge_shows_what_it_holds_also_where_its_corner_is_hidden(api: Api, sandbox: Running) -> None:
    api.write("Plan!B3", [["wide"]])
    hidden = {"range": lines("ROWS", 2, 3), "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    merge = {"range": grid_range(2, 5, 1, 3), "mergeType": "MERGE_ALL"}
    api.done({"mergeCells": merge}, {"updateDimensionProperties": hidden})
    shown = Browser(sandbox).page
    assert shown.cells["B4"] == "wide"
    assert (shown.marks["B4"]["rowspan"], shown.marks["B4"]["colspan"]) == ("2", "2")
    assert not {"C4", "B5", "C5"} & shown.cells.keys()


def test_every_row_has_as_many_places_as_there_are_columns() -> None:
    """Counted with spans, within the frozen head, within each chunk: or a row would stand crooked."""
    book = Workbook("b", "B", owner="o")
    tab = Tab(0, "T", 60, 6, frozen_rows=3)
    tab.merges = [Area(1, 5, 0, 2), Area(20, 30, 1, 3), Area(26, 27, 4, 6), Area(50, 60, 0, 6)]
    tab.row_properties = {22: {"hiddenByUser": True}, 50: {"hiddenByUser": True}}
    tab.column_properties = {2: {"hiddenByUser": True}}
    book.tabs = [tab]
    grid, _ = drawn(Results(book, date(2026, 11, 23)), tab)
    for chunk in grid.html.split("<div ")[1:]:
        shown = Page(f"<div {chunk}")
        room = {row: 0 for row, is_shown in shown.rows.items() if is_shown}
        for marks, cell in ((shown.marks[name], name) for name in shown.cells):
            first = int("".join(letter for letter in cell if letter.isdigit())) - 1
            covered = [row for row in room if row >= first][: int(marks.get("rowspan", 1))]
            assert len(covered) == int(marks.get("rowspan", 1))
            for row in covered:
                room[row] += int(marks.get("colspan", 1))
        assert set(room.values()) == {5}


def test_formats_notes_links_and_errors_are_seen(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["12%", "=1/0", "TRUE", "https://example.com/a", "text"]])
    look = {"textFormat": {"bold": True, "strikethrough": True}, "backgroundColor": {"red": 1}, "wrapStrategy": "WRAP"}
    cell = {"userEnteredFormat": look, "note": "careful"}
    fields = "note,userEnteredFormat(textFormat,backgroundColor,wrapStrategy)"
    api.done({"repeatCell": {"range": grid_range(0, 1, 4, 5), "cell": cell, "fields": fields}})
    shown = Browser(sandbox).page
    assert shown.classes("A1") == {"right"}
    assert shown.classes("B1") == {"center", "error"}
    assert "zero" in shown.marks["B1"]["title"]
    assert shown.classes("C1") == {"center"}
    assert "https://example.com/a" in shown.links
    assert shown.classes("E1") == {"bold", "strikethrough", "bg-ff0000", "wrap", "note"}
    assert shown.marks["E1"]["title"] == "careful"
    assert "#sheet .bg-ff0000{background-color:#ff0000}" in style(sandbox)


def test_runs_of_a_text_keep_their_own_links_and_looks(api: Api, sandbox: Running) -> None:
    runs = [
        {"startIndex": 3, "format": {"link": {"uri": "https://example.com/b"}}},
        {"startIndex": 5, "format": {"italic": True}},
    ]
    cell = {"userEnteredValue": {"stringValue": "😀 to it"}, "textFormatRuns": runs}
    start = {"sheetId": 0, "rowIndex": 0, "columnIndex": 0}
    api.done({"updateCells": {"start": start, "rows": [{"values": [cell]}], "fields": "*"}})
    shown = Browser(sandbox).page
    assert shown.cells["A1"] == "😀 to it"
    assert '<a href="https://example.com/b" target="_blank" rel="noopener noreferrer">to</a>' in shown.text
    assert '<span class="italic"> it</span>' in shown.text


def test_a_conditional_format_colours_the_cells_it_applies_to(api: Api, sandbox: Running) -> None:
    api.write("Plan!B2", [["OK"], ["DIFFERS"]])
    condition = {"type": "TEXT_EQ", "values": [{"userEnteredValue": "OK"}]}
    shown_as = {"condition": condition, "format": {"backgroundColor": {"green": 1}}}
    rule = {"ranges": [grid_range(1, 100, 1, 2)], "booleanRule": shown_as}
    api.done({"addConditionalFormatRule": {"rule": rule}})
    browser = Browser(sandbox)
    assert browser.page.classes("B2") == {"bg-00ff00"}
    assert browser.page.classes("B3") == set()
    browser.type(2, 1, "OK")
    assert browser.open().classes("B3") == {"bg-00ff00"}


def test_a_program_s_columns_and_tab_are_set_apart(api: Api, sandbox: Running) -> None:
    mark = {
        "metadataKey": "sheetsync.column",
        "visibility": "DOCUMENT",
        "location": {"dimensionRange": lines("COLUMNS", 2, 3)},
    }
    header = {"range": grid_range(0, 1, 2, 3), "warningOnly": True}
    whole = {"range": {"sheetId": 7}, "warningOnly": True, "description": "Filled by a program"}
    api.done(
        {"createDeveloperMetadata": {"developerMetadata": mark}},
        *({"addProtectedRange": {"protectedRange": each}} for each in (header, whole)),
    )
    plan, other = Browser(sandbox).page, Browser(sandbox, gid=7).page
    assert 'data-c="2" class="ours">C<svg class="lock"' in plan.text
    assert "#sheet col:nth-child(4){width:100px;background:var(--ours)}" in style(sandbox)
    assert plan.classes("C1") == {"warned"}
    assert "data-warned" not in plan.text
    assert "data-warned" in other.text
    assert 'aria-label="Filled by a program"' in other.text


def test_frozen_rows_stand_in_the_head_and_frozen_columns_stay(api: Api, sandbox: Running) -> None:
    frozen = {"sheetId": 0, "gridProperties": {"frozenRowCount": 2, "frozenColumnCount": 1}}
    fields = "gridProperties(frozenRowCount,frozenColumnCount)"
    api.done({"updateSheetProperties": {"properties": frozen, "fields": fields}})
    head = Browser(sandbox).page.text.split('class="lines chunk"')[0]
    assert 'data-r="1"' in head
    assert 'data-r="2"' not in head
    assert '#sheet [data-c="0"]{position:sticky;left:46px;z-index:2}' in style(sandbox)


def test_of_a_huge_tab_the_first_rows_are_shown_and_more_when_asked_for(sandbox: Running) -> None:
    book = sandbox.state.workbooks[BOOK].copied()
    book.tabs.append(Tab(9, "Huge", 9000, 30))
    sandbox.state.commit(book, book.owner)
    shown = Browser(sandbox, gid=9).page
    assert len(shown.rows) == 3000
    more = next(link for link in shown.links if "wanted=" in link)
    answer = requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/edit{more}", timeout=30)
    assert len(Page(answer.text).rows) == 6000


def test_the_list_names_every_workbook_and_unknown_ones_are_404(sandbox: Running) -> None:
    start = requests.get(f"{sandbox.base}/", timeout=10)
    assert f"/spreadsheets/d/{BOOK}/edit" in Page(start.text).links
    assert "Plan, Other" in start.text
    assert "owner" in start.text
    assert requests.get(f"{sandbox.base}/spreadsheets/d/none/edit", timeout=10).status_code == 404


def test_half_a_character_does_not_break_the_page(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["\ud83d"]], "RAW")
    assert Browser(sandbox).page.cells["A1"] == "?"
