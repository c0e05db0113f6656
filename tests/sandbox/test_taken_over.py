"""What is kept from before an edit is what would be calculated after it; and so it is after a restart."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.codec import dump_cell, dump_row, export_book
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.store import State
from sheetsync.sandbox.values_read import Rendering, value_range
from sheetsync.sandbox.writing import written

DAY = date(2026, 11, 22)
FORMATS: tuple[Any, ...] = (None, {"numberFormat": {"type": "DATE"}}, {"numberFormat": {"type": "PERCENT"}})
FORMULAS = (
    "=B2",
    "=SUM(A1:A3)",
    "=ARRAYFORMULA(A1:A4&\"!\")",
    "=ARRAYFORMULA(IF(ROW(A:A)=ROW();\"all\";XLOOKUP(A:A;Other!A:A;Other!B:B;)))",
    "=IF(A1=\"a\";B1;Other!A1)",
    "=TO_TEXT(A2)",
    "=COLUMNS(A:A)+ROWS(A:A)",
    "=TODAY()",
)  # fmt: skip
RENDERINGS = (
    Rendering(),
    Rendering("UNFORMATTED_VALUE"),
    Rendering("UNFORMATTED_VALUE", "FORMATTED_STRING"),
    Rendering("FORMULA"),
    Rendering(by_columns=True),
)

values = st.sampled_from([None, "a", "b", "x", 1.0, 0.0, True, False, 46353.0])
cells = st.builds(Cell, values, st.none(), st.sampled_from(FORMATS)) | st.builds(
    Cell, st.none(), st.sampled_from(FORMULAS)
)
puts = st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(0, 3), cells)
frames: list[Callable[[Workbook], None]] = [
    lambda book: setattr(book, "locale", "de_DE"),
    lambda book: setattr(book.tabs[1], "title", "Others"),
    lambda book: setattr(book.tabs[0], "rows", 6),
    lambda book: book.tabs.reverse(),
    lambda book: book.metadata.clear(),
]
edits = st.lists(st.lists(puts, max_size=3) | st.sampled_from(frames), min_size=1, max_size=8)


def example() -> Workbook:
    book = Workbook("book", "Book", "en_US", "Europe/London", "ann@team.example")
    book.tabs = [Tab(0, "Plan", 5, 4), Tab(7, "Other", 5, 4)]
    return book


def edited(book: Workbook, edit: Any) -> Workbook:
    after = book.copied()
    if callable(edit):
        edit(after)
    else:
        for at, row, column, cell in edit:
            after.tabs[at].put(row, column, cell)
    return after


def seen(results: Results) -> list[bytes]:
    """All that can be read, whole and in part."""
    return [
        written(value_range(results, tab, area, rendering))
        for tab in results.book.tabs
        for area in (tab.grid, Area(1, 4, 1, 3))
        for rendering in RENDERINGS
    ]


@settings(max_examples=200)
@given(edits)
def test_after_every_edit_people_read_what_a_fresh_calculation_says(all_edits: list[Any]) -> None:
    book = example()
    results = Results(book, DAY)
    for edit in all_edits:
        book = edited(book, edit)
        results = Results(book, DAY, before=results)
        fresh = Results(book, DAY)
        assert seen(results) == seen(fresh)
        assert [sorted(results.spills(tab)) for tab in book.tabs] == [sorted(fresh.spills(tab)) for tab in book.tabs]


def test_an_edit_that_no_formula_reads_calculates_nothing() -> None:
    book = example()
    book.tabs[0].put(0, 1, Cell(formula="=SUM(A1:A3)"))
    before = Results(book, DAY)
    unread = Results(edited(book, [(0, 0, 3, Cell("note"))]), DAY, before=before)
    assert unread._results is before._results


def test_what_is_shown_far_from_an_edit_follows_it() -> None:
    book = example()
    book.tabs[0].put(0, 1, Cell(formula='=ARRAYFORMULA(A1:A3&"!")'))
    results = Results(book, DAY)
    assert seen(results) == seen(Results(book, DAY))
    for edit in ((0, 1, 0, Cell("read")), (0, 2, 1, Cell("in the way")), (0, 2, 1, Cell())):
        book = edited(book, [edit])
        results = Results(book, DAY, before=results)
        assert seen(results) == seen(Results(book, DAY))


@settings(max_examples=30, deadline=None)
@given(edits)
def test_a_restart_finds_every_workbook_as_it_was(tmp_path_factory: Any, all_edits: list[Any]) -> None:
    path = str(tmp_path_factory.mktemp("state") / "state.db")
    book = example()
    with closing(State(path)) as state:
        state.commit(book, book.owner)
        for edit in all_edits:
            book = edited(book, edit)
            state.commit(book, book.owner)
    with closing(State(path)) as again:
        assert export_book(again.workbooks["book"]) == export_book(book)
        assert all(map(_same_cells, again.workbooks["book"].tabs, book.tabs))


def _same_cells(left: Tab, right: Tab) -> bool:
    return left.cells == right.cells


def test_a_state_file_of_cells_becomes_one_of_rows(tmp_path: Path) -> None:
    book = example()
    for place in ((0, 0), (0, 3), (4, 1)):
        book.tabs[1].put(*place, Cell(float(sum(place)), note="n", format=FORMATS[1]))
    path = tmp_path / "state.db"
    with closing(State(str(path))) as state:
        state.commit(book, book.owner)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM lines")
        file.execute(
            'CREATE TABLE cells (workbook TEXT, sheet_id INTEGER, "row" INTEGER, "column" INTEGER, body TEXT, '
            'PRIMARY KEY (workbook, sheet_id, "row", "column")) WITHOUT ROWID'
        )
        for place, cell in book.tabs[1].cells.items():
            file.execute("INSERT INTO cells VALUES (?, ?, ?, ?, ?)", ("book", 7, *place, json.dumps(dump_cell(cell))))
    for _ in range(2):
        with closing(State(str(path))) as state:
            assert export_book(state.workbooks["book"]) == export_book(book)
    with closing(sqlite3.connect(path)) as file:
        stored = file.execute('SELECT body FROM lines ORDER BY "row"').fetchall()
    assert [json.loads(body) for (body,) in stored] == [dump_row(line) for line in book.tabs[1].cells.rows.values()]
