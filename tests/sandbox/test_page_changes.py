"""The way from one drawing to the next: taken step by step, it ends at what a fresh page shows."""

from datetime import date

import requests
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.page.changes import Splice, splices
from sheetsync.sandbox.page.grid import Grid, drawn
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.values_write import write
from tests.sandbox.conftest import BOOK, Api, lines
from tests.sandbox.page import Browser

DAY = date(2026, 11, 23)
ROWS, COLUMNS = 12, 4


def book(texts: list[list[str]]) -> Workbook:
    made = Workbook("b", "B", owner="o", tabs=[Tab(0, "T", ROWS, COLUMNS, frozen_rows=1)])
    write(Editing(made, "o", DAY), {"values": texts}, "T!A1", "USER_ENTERED")
    return made


def drawing(made: Workbook) -> Grid:
    return drawn(Results(made, DAY), made.tabs[0])[0]


def changed(made: Workbook, acts: list[tuple[str, int, int, str]]) -> Workbook:
    for kind, first, count, text in acts:
        tab = made.tabs[0]
        if kind == "type":
            made = made.copied()
            write(
                Editing(made, "o", DAY),
                {"values": [[text]]},
                f"T!{'ABCD'[count]}{first % tab.rows + 1}",
                "USER_ENTERED",
            )
            continue
        limit = tab.rows if kind == "insertDimension" else tab.rows - 1
        start = min(first, limit)
        end = start + count + 1
        if kind == "deleteDimension" and (end > tab.rows or end - start > tab.rows - 3):
            continue
        request = {
            kind: {"range": lines("ROWS", start, end)} | ({"inheritFromBefore": True} if limit == tab.rows else {})
        }
        requests_ = decode({"requests": [request]}, "BatchUpdateSpreadsheetRequest")["requests"]
        made = apply_batch(made, requests_, "o", DAY)[0]
    return made


def after(old: Grid, new: Grid, steps: list[Splice]) -> list[str | None]:
    held = list(old.rows)
    for step in steps:
        held[step.at : step.at + step.gone] = [new.rows[row] for row in step.rows]
    return held


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["", "a", "b", "27.11.", "=A2", "=ROW()", "=SUM(A$2:A)"]), min_size=COLUMNS, max_size=COLUMNS
    ),
    min_size=1,
    max_size=ROWS,
)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["type", "insertDimension", "deleteDimension"]),
        st.integers(1, ROWS - 1),
        st.integers(0, 3),
        st.sampled_from(["", "x", "=A3", "9"]),
    ),
    max_size=4,
)


@given(TEXTS, ACTS)
def test_the_steps_lead_from_any_drawing_to_any_later_one(
    texts: list[list[str]], acts: list[tuple[str, int, int, str]]
) -> None:
    made = book(texts)
    old, new = drawing(made), drawing(changed(made, acts))
    steps = splices(old, new)
    if steps is not None:
        assert tuple(after(old, new, steps)) == new.rows


@given(st.integers(2, ROWS - 1), st.integers(0, 2), st.booleans())
def test_lines_that_come_or_go_are_told_as_such(at: int, more: int, deleting: bool) -> None:
    """Also where every row below them counts on another row: whoever types further down stays in their row."""
    made = book([["name", "", "", ""], *([f"r{row}", f"=A{row + 1}", f"=ROW(A${row})", ""] for row in range(1, ROWS))])
    count = min(more + 1, ROWS - at) if deleting else more + 1
    kind = "deleteDimension" if deleting else "insertDimension"
    new = drawing(changed(made, [(kind, at, count - 1, "")]))
    old = drawing(made)
    if deleting and new.lines == old.lines:
        return
    steps = splices(old, new)
    assert steps is not None
    moves = [(step.at, step.gone, len(step.rows)) for step in steps if step.moves]
    assert moves == [(at, count, 0) if deleting else (at, 0, count)]


@given(TEXTS, ACTS)
def test_a_drawing_from_kept_pieces_is_the_drawing_afresh(
    texts: list[list[str]], acts: list[tuple[str, int, int, str]]
) -> None:
    made = book(texts)
    _, pieces = drawn(Results(made, DAY), made.tabs[0])
    later = changed(made, acts)
    kept, _ = drawn(Results(later, DAY), later.tabs[0], 0, pieces)
    assert (kept.rows, kept.style, kept.frame) == (drawing(later).rows, drawing(later).style, drawing(later).frame)


def test_nothing_new_is_204_and_costs_no_drawing(sandbox: Running) -> None:
    browser = Browser(sandbox)
    answer = browser.changes()
    assert (answer.status_code, answer.content) == (204, b"")


def test_only_rows_that_changed_are_sent(api: Api, sandbox: Running) -> None:
    browser = Browser(sandbox)
    api.write("Plan!B3", [["x"], ["y"]])
    api.write("Plan!B9", [["z"]])
    told = browser.changes().json()
    assert [[at, gone, len(new)] for at, gone, new in told["splices"]] == [[2, 2, 2], [8, 1, 1]]
    assert ">z<" in told["splices"][1][2][0]
    assert "grid" not in told


def test_a_renamed_tab_and_a_new_width_are_told(api: Api, sandbox: Running) -> None:
    browser = Browser(sandbox)
    before = browser.page.text
    wide = {"range": lines("COLUMNS", 0, 1), "properties": {"pixelSize": 333}, "fields": "pixelSize"}
    rename = {"properties": {"sheetId": 7, "title": "Elsewhere"}, "fields": "title"}
    api.done({"updateSheetProperties": rename}, {"updateDimensionProperties": wide})
    told = browser.changes().json()
    assert "Elsewhere" in told["tabs"]
    assert told["looks"] not in before
    assert "width:333px" in requests.get(f"{sandbox.base}{told['looks']}", timeout=10).text


def test_who_holds_what_nobody_remembers_gets_everything(sandbox: Running) -> None:
    browser = Browser(sandbox)
    query = {"gid": "0", "since": "long.ago", "rows": "100"}
    told = browser.session.get(f"{browser.address}/changes", params=query, timeout=10).json()
    assert told["grid"].count("<tr") == 101
    assert BOOK in browser.address
