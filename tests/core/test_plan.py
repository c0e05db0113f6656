"""Laws of the plan, on a real workbook: written once it is empty, and no person's cell is ever in it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.core.changes import Batch
from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Generated
from sheetsync.core.graph import Source
from sheetsync.core.managed import OUR_TAB_ID, Desired, desired
from sheetsync.core.model import Block, Cell, Place, Protection, Record, Snapshot, Tab, Workbook
from sheetsync.core.plan import WorkbookPlan, plan, verify
from sheetsync.core.unfit import why_unfit
from sheetsync.errors import Refused
from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import Cell as SheetCell
from sheetsync.sandbox.model import Tab as SheetTab
from sheetsync.sandbox.model import Workbook as SheetBook
from sheetsync.sandbox.sparse import Sparse
from tests.core import builders as b
from tests.engine.people import Hand, exported_tab

BOOK, TAB = "1PlanBook", 7
SOURCE = replace(b.UTM, name="utm", key=("campaign_id", "slot"), generated=("tracking_url",))
KEYS = ["A-1", "A-2", "a-1", "*", "A-3", "=1", " A-4 ", "a␟b"]
HEADER = ("Partner", "Campaign ID", "Placement", "Notes")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def sheets(sandbox: Running) -> GoogleSheets:
    return GoogleSheets(sandbox.key_file("sheetsync"), sandbox.base, 30)


def fresh(sandbox: Running, title: str = "Plan", columns: int = 12, header_row: int = 2) -> Hand:
    """A small table with a preamble, a banner in its middle, and one row per key."""
    rows: list[tuple[str | None, ...]] = [("A title",), *[()] * (header_row - 1), HEADER]
    rows += [("Partner", key, f"slot {number % 3}", f"note {number}") for number, key in enumerate(KEYS[:6])]
    rows += [("BANNER",), ("Partner", None, "slot", "no key"), ("Other", "A-9", "slot 1", None)]
    cells = {(r, c): SheetCell(text) for r, texts in enumerate(rows) for c, text in enumerate(texts) if text}
    book = SheetBook(BOOK, "Plan", owner="ann@team.example", shared_with={email_of(n): "writer" for n in _PEOPLE})
    book.tabs = [SheetTab(TAB, title, rows=30, columns=columns, cells=Sparse(cells))]
    with sandbox.state.lock:
        sandbox.state.commit(book, "ann@team.example")
    return Hand(sandbox, BOOK, TAB)


_PEOPLE = ("sheetsync", "person")


# ---------------------------------------------------------------- what should stand there, as a cycle would have it


def should(book: Workbook, source: Source = SOURCE) -> Desired | None:
    """Every row says OK and has a value of its own; None while the table has no header."""
    tab = book.tab(TAB)
    assert tab is not None
    for number, row in enumerate(tab.rows):
        texts = [cell.shown for cell in row]
        if {"Campaign ID", "Placement"} <= set(texts):
            columns = {"campaign_id": texts.index("Campaign ID"), "slot": texts.index("Placement")}
            return _wanted(book, tab, number, columns, source)
    return None


def _wanted(book: Workbook, tab: Tab, header: int, columns: dict[str, int], source: Source) -> Desired:
    rows = [
        row for row in range(header + 1, len(tab.rows)) if any(not tab.cell(row, c).blank for c in columns.values())
    ]
    records = [_record(tab, row, columns, source) for row in rows]
    headers = {name: tab.cell(header, column).shown for name, column in columns.items()}
    place = Place("utm", book.id, tab.title, TAB)
    snapshot = Snapshot("utm", place, tuple(records), columns=columns, headers=headers, header_row=header)
    values = [
        Generated(r.place, "x", name, f"{name} of {'/'.join(r.address)}") for r in records for name in source.generated
    ]
    said = Decisions((), tuple(values), (), {})
    unfit = {"utm": why_unfit(tab, source, snapshot)}
    made = desired(book.id, book.title, [source], {"utm": snapshot}, said, _link, unfit)
    assert made is not None
    return made


def _record(tab: Tab, row: int, columns: dict[str, int], source: Source) -> Record:
    address = tuple(tab.cell(row, columns[name]).shown for name in source.key)
    return Record("utm", Place("utm", BOOK, tab.title, TAB, row, columns["campaign_id"]), {}, address)


def _link(place: Place) -> str:
    return f"row of {place.source}"


def planned(sheets: GoogleSheets) -> WorkbookPlan | None:
    book = sheets.read(BOOK)
    wanted = should(book)
    return None if wanted is None else plan(book, wanted)


def heal(sheets: GoogleSheets, before: Callable[[], None] = lambda: None) -> WorkbookPlan | None:
    """Plan and apply once."""
    made = planned(sheets)
    before()
    if made is not None and made.batch is not None:
        sheets.apply(made.batch)
    return made


# ---------------------------------------------------------------- what people do between two cycles

number = st.integers(0, 11)
acts = st.one_of(
    st.tuples(st.just("sort"), st.integers(0, 6), number),
    st.tuples(st.just("insert"), st.sampled_from(("ROWS", "COLUMNS")), number),
    st.tuples(st.just("delete"), st.sampled_from(("ROWS", "COLUMNS")), number),
    st.tuples(st.just("move"), st.sampled_from(("ROWS", "COLUMNS")), number, number),
    st.tuples(
        st.just("type"), number, number, st.sampled_from((None, "typed", " ", 5, True, "=1/0", "=IF(1;;)", *KEYS))
    ),
    st.tuples(st.just("drag"), number, number, number, number),
    st.tuples(st.just("copy"), number, number, number, number),
    st.tuples(st.just("row"), number, number, st.sampled_from(("PASTE_NORMAL", "PASTE_VALUES"))),
    st.tuples(st.just("merge"), number, number),
    st.tuples(st.just("tidy"), st.sampled_from(("delete", "merge", "rows", "type", "columns", "sort"))),
    st.tuples(st.just("title"), st.sampled_from(("It's 'ours'", "D3", "our_tab", "Ü", "sheetsync"))),
)
Act = tuple[Any, ...]


def do(hand: Hand, act: Act) -> None:
    """One act; what the spreadsheet refuses is left undone, as for a person."""
    kind, *rest = act
    ours = Hand(hand.sandbox, BOOK, OUR_TAB_ID)
    try:
        match kind, rest:
            case "sort", [top, column]:
                hand.sort(top, column)
            case "insert", [dimension, at]:
                hand.insert(dimension, at)
            case "delete", [dimension, at]:
                hand.delete(dimension, at)
            case "move", [dimension, start, to]:
                hand.move(dimension, start, start + 1, to)
            case "type", [row, column, text]:
                hand.type(row, column, text)
            case "drag", [row, column, to, at]:
                hand.cut((row, row + 1, column, column + 1), to, at)
            case "copy", [row, column, to, at]:
                hand.copy((row, row + 1, column, column + 1), (to, to + 1, at, at + 1))
            case "row", [row, to, paste]:
                hand.copy((row, row + 1, 0, None), (to, to + 1, 0, None), paste)
            case "merge", [row, column]:
                hand.merge(row, row + 1, column, column + 2)
            case _:
                _tidy(ours, *rest)
    except GoogleError:
        event("refused to the person")


def _tidy(ours: Hand, what: str) -> None:
    match what:
        case "delete":
            ours.delete_tab()
        case "merge":
            ours.merge(1, 3, 0, 2)
        case "rows":
            ours.resize(40, 9)
        case "type":
            ours.type(2, 1, "=1+1", 7, "theirs")
        case "columns":
            ours.insert("COLUMNS", 2)
        case "sort":
            ours.sort(0, 1)
        case _:
            ours.rename(what)


# ---------------------------------------------------------------- what is seen from the side


def pinned(hand: Hand) -> set[int]:
    """Columns that we inserted, wherever they stand now: the truth of it, which our own reading does not ask for."""
    return {one["index"] for one in hand.sandbox.export(BOOK)["metadata"] if one["key"] == "sheetsync.column"}


def theirs(hand: Hand, ours: set[int]) -> list[dict[int, Any]]:
    """Column by column what people have there, as far as they have anything; `ours` are left out."""
    tab = exported_tab(hand.sandbox.export(BOOK), TAB)
    columns: dict[int, dict[int, Any]] = {}
    for row, column, cell in tab["cells"]:
        columns.setdefault(column, {})[row] = cell
    return [columns[column] for column in sorted(columns.keys() - ours)]


def beside_their_rows(hand: Hand) -> None:
    """Where our own columns show anything, it is the value our tab holds for that row's key."""
    titles = {tab["sheet_id"]: tab["title"] for tab in hand.sandbox.export(BOOK)["tabs"]}
    if OUR_TAB_ID not in titles:
        return
    head, *lines = hand.sandbox.grid(BOOK, titles[OUR_TAB_ID]) or [[]]
    held = {line[0].lower(): dict(zip(head, line, strict=False)) for line in reversed(lines) if line and line[0]}
    grid = hand.grid
    top = next((row for row, texts in enumerate(grid) if {"Campaign ID", "Placement"} <= set(texts)), None)
    if top is None:
        return
    keys = [grid[top].index("Campaign ID"), grid[top].index("Placement")]
    ours = {text[3:]: column for column, text in enumerate(grid[top]) if text.startswith("ss:") and text[3:] in head}
    for row in range(top + 1, len(grid)):
        key = "␟".join(["utm", *(grid[row][column] for column in keys)])
        for name, column in ours.items():
            assert grid[row][column] in ("", held.get(key.lower(), {}).get(name, "")), (row, name, grid[row])


def _healed(sheets: GoogleSheets) -> tuple[bool, WorkbookPlan | None]:
    """Whether the spreadsheet refused our write, and the plan otherwise."""
    try:
        return False, heal(sheets)
    except Refused as refusal:
        # A copy of one of our columns was taken for it: nothing is written, and a run would say so.
        if "already exists" not in str(refusal):
            raise
        event("refused to us")
        return True, None


# ---------------------------------------------------------------- laws

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.lists(acts, max_size=7), st.lists(acts, max_size=4))
@FEW
@example([("drag", 2, 4, 2, 3)], [])
@example([("copy", 2, 4, 5, 3)], [])
@example([("type", 4, 4, "typed"), ("drag", 2, 4, 2, 0)], [("row", 2, 6, "PASTE_NORMAL")])
@example([("move", "COLUMNS", 5, 0), ("row", 3, 9, "PASTE_VALUES")], [("row", 3, 8, "PASTE_VALUES")])
def test_whatever_people_do_no_cell_of_theirs_is_written_and_the_second_plan_is_empty(
    sandbox: Running, sheets: GoogleSheets, first: list[Act], second: list[Act]
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    for several in (first, second):
        for act in several:
            do(hand, act)
        ours = pinned(hand)
        before = theirs(hand, ours)
        refused, made = _healed(sheets)
        # New columns of ours stand right of everything, so the old ones are where they were.
        assert theirs(hand, ours | pinned(hand)) == before
        if refused:
            return
        beside_their_rows(hand)
        if made is not None:
            again = planned(sheets)
            assert again is not None
            assert (again.batch, again.overtyped) == (None, ())
            assert verify(sheets.read(BOOK), again.desired) == ()
        event("written" if made and made.batch else "nothing to write")


@given(st.lists(acts, max_size=4))
@FEW
def test_what_stands_beside_a_row_is_its_own_with_nobody_at_work(
    sandbox: Running, sheets: GoogleSheets, several: list[Act]
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    for act in several:
        do(hand, act)
        if act[0] in ("sort", "insert", "delete", "move", "title", "merge"):
            beside_their_rows(hand)
        else:
            # A person may type into our columns what they like; it is no value of ours.
            return


# ---------------------------------------------------------------- while a write is on its way


def test_a_column_inserted_between_our_read_and_our_healing_makes_google_refuse_it_whole(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    hand.type(5, 4, "typed into our status column")
    hand.type(20, 3, "theirs")
    ours = pinned(hand)
    before = theirs(hand, ours)
    with pytest.raises(Refused, match="already exists"):
        heal(sheets, before=lambda: hand.insert("COLUMNS", 1))
    assert theirs(hand, pinned(hand)) == before
    assert heal(sheets) is not None
    assert theirs(hand, pinned(hand)) == before
    assert planned(sheets).batch is None  # type: ignore[union-attr]


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
@pytest.mark.parametrize("at", [0, 2, 3, 4, 6])
def test_lines_inserted_between_our_read_and_our_first_write_cost_no_cell_of_theirs(
    sandbox: Running, sheets: GoogleSheets, dimension: str, at: int
) -> None:
    hand = fresh(sandbox)
    wanted = [list(column.values()) for column in theirs(hand, set())]
    heal(sheets, before=lambda: hand.insert(dimension, at))
    beside_their_rows(hand)
    heal(sheets)
    beside_their_rows(hand)
    assert [list(column.values()) for column in theirs(hand, pinned(hand))] == wanted
    assert planned(sheets).batch is None  # type: ignore[union-attr]


# ---------------------------------------------------------------- which columns are ours


def test_our_formula_dragged_onto_a_column_of_theirs_does_not_make_it_ours(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    notes = [row[3] for row in hand.grid[3:] if len(row) > 3]
    hand.cut((2, 3, 4, 5), 2, 3)
    made = heal(sheets)
    assert made is not None
    assert made.overtyped == ()
    assert [row[3] for row in hand.grid[3:] if len(row) > 3] == notes
    assert hand.grid[2].count("ss:status") == 1


def test_our_formula_copied_into_a_column_of_theirs_is_left_there(sandbox: Running, sheets: GoogleSheets) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    hand.copy((2, 3, 4, 5), (6, 7, 3, 4))
    hand.type(25, 3, '=MATCH("ss:status";3:3;0)')
    before = hand.tab
    assert heal(sheets).batch is None  # type: ignore[union-attr]
    assert hand.tab == before


def test_the_header_row_copied_below_gives_way_without_being_taken_for_typing(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    hand.copy((2, 3, 0, None), (12, 13, 0, None))
    made = heal(sheets)
    assert made is not None
    assert made.overtyped == ()
    assert hand.grid[2][4:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    assert hand.grid[12][:4] == list(HEADER)
    assert planned(sheets).batch is None  # type: ignore[union-attr]


def test_what_a_person_typed_over_our_header_gives_way_and_is_told_although_a_copy_of_our_formula_stands_below(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    hand.copy((2, 3, 0, None), (12, 13, 0, None))
    hand.type(2, 4, "my status")
    made = heal(sheets)
    assert made is not None
    assert [(cell.row, cell.header, cell.text) for cell in made.overtyped] == [(2, "ss:status", "my status")]
    assert hand.grid[2][4:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    assert planned(sheets).batch is None  # type: ignore[union-attr]


def test_a_column_nobody_keeps_any_more_goes_and_no_other_comes_to_show_its_values(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    two = replace(SOURCE, generated=("utm_content", "tracking_url"))
    sheets.apply(_batch(sheets, two))
    assert hand.grid[2][4:] == ["ss:status", "ss:issues", "ss:utm_content", "ss:tracking_url"]
    sheets.apply(_batch(sheets, SOURCE))
    assert hand.grid[2][4:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    assert hand.grid[3][6] == "tracking_url of A-1/slot 0"
    assert planned(sheets).batch is None  # type: ignore[union-attr]


def _batch(sheets: GoogleSheets, source: Source) -> Batch:
    book = sheets.read(BOOK)
    wanted = should(book, source)
    assert wanted is not None
    batch = plan(book, wanted).batch
    assert batch is not None
    return batch


# ---------------------------------------------------------------- what else stands in the workbook


@pytest.mark.parametrize("title", ["sheetsync", "SheetSync"])
def test_a_tab_that_a_person_gave_our_name_is_theirs(sandbox: Running, sheets: GoogleSheets, title: str) -> None:
    hand = fresh(sandbox, title)
    before = theirs(hand, set())
    heal(sheets)
    assert [tab["title"] for tab in sandbox.export(BOOK)["tabs"]] == [title, "sheetsync 2"]
    assert theirs(hand, pinned(hand)) == before
    beside_their_rows(hand)
    assert hand.grid[3][4] == "OK"
    assert planned(sheets).batch is None  # type: ignore[union-attr]


@pytest.mark.parametrize("columns", [4, 5])
def test_columns_are_added_where_the_grid_ends_with_the_last_used_column(
    sandbox: Running, sheets: GoogleSheets, columns: int
) -> None:
    hand = fresh(sandbox, columns=columns)
    heal(sheets)
    assert hand.grid[2][4:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    assert planned(sheets).batch is None  # type: ignore[union-attr]


def test_our_columns_stand_right_of_a_merge_that_reaches_beyond_the_last_text(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    hand.merge(0, 1, 0, 8)
    heal(sheets)
    assert sorted(pinned(hand)) == [8, 9, 10]
    assert hand.tab["merges"] == [{"top": 0, "bottom": 1, "left": 0, "right": 8}]


def test_a_persons_formula_that_points_into_our_tab_is_never_broken_by_it(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    last = f"=sheetsync!D{len(sandbox.grid(BOOK, 'sheetsync'))}"
    hand.type(25, 0, last)
    hand.delete("ROWS", 5, 3)
    heal(sheets)
    assert [cell["formula"] for row, column, cell in hand.tab["cells"] if (row, column) == (22, 0)] == [last]
    assert sandbox.shown(BOOK, "Plan", "A23") == "", "a line that is gone, not #REF!"
    assert planned(sheets).batch is None  # type: ignore[union-attr]


def test_our_tab_grows_with_its_lines_and_is_never_cut_back(sandbox: Running, sheets: GoogleSheets) -> None:
    hand = fresh(sandbox)
    heal(sheets)
    Hand(sandbox, BOOK, OUR_TAB_ID).resize(3, 12)
    heal(sheets)
    grid = exported_tab(sandbox.export(BOOK), OUR_TAB_ID)
    assert (grid["rows"], grid["columns"]) == (9, 12)
    beside_their_rows(hand)


def test_fences_are_kept_for_a_while_and_then_retired(sandbox: Running, sheets: GoogleSheets) -> None:
    hand = fresh(sandbox)
    for turn in range(12):
        hand.type(4, 1, f"key {turn}")
        heal(sheets)
    assert [generation for _, generation in sheets.read(BOOK).generations] == list(range(5, 13))


# ---------------------------------------------------------------- what the sandbox cannot show


def bare(**changes: Any) -> Workbook:
    """A workbook with the small table and nothing of ours."""
    cells = tuple(tuple(Cell(text, text) for text in row) for row in (HEADER, ("Partner", "A-1", "slot 1", "note")))
    tab = replace(Tab(TAB, "Plan", cells, 20, 12), **changes)
    return Workbook(BOOK, "Plan", "en_US", "Etc/GMT", (tab,))


def kinds(book: Workbook) -> set[str]:
    wanted = should(book)
    assert wanted is not None
    batch = plan(book, wanted).batch
    return set() if batch is None else {type(change).__name__ for change in batch.changes}


@pytest.mark.parametrize(
    ("changes", "inserted"),
    [
        ({}, True),
        ({"has_tables": True}, False),
        ({"protections": (Protection(1, None, warning_only=False, editable_by_us=False),)}, False),
        ({"protections": (Protection(1, Block(0, 0, 20, 6), warning_only=False, editable_by_us=False),)}, False),
        ({"protections": (Protection(1, Block(0, 0, 1, 12), warning_only=False, editable_by_us=False),)}, False),
        ({"protections": (Protection(1, Block(0, 0, 20, 4), warning_only=False, editable_by_us=False),)}, True),
        ({"protections": (Protection(1, None, warning_only=True, editable_by_us=False),)}, True),
        ({"protections": (Protection(1, None, warning_only=False, editable_by_us=True),)}, True),
    ],
)
def test_where_columns_would_be_refused_or_swallowed_our_tab_has_to_do(changes: dict[str, Any], inserted: bool) -> None:
    book = bare(**changes)
    found, wanted = kinds(book), should(book)
    assert {"AddTab", "FillTab", "Fence"} <= found
    assert ("InsertColumns" in found) == inserted
    assert ("PutFormula" in found) == inserted
    assert wanted is not None
    notices = [line.issues for line in wanted.lines if "no columns of ours are written" in line.issues]
    assert len(notices) == (not inserted), "and the tab says why"


@pytest.mark.parametrize("written", [lambda f: f.replace(";", ","), lambda f: f.replace(";", ", ")])
def test_formulas_that_google_writes_in_its_own_way_are_no_reason_to_write(
    sandbox: Running, sheets: GoogleSheets, written: Callable[[str], str]
) -> None:
    """A workbook in an English locale shows commas where semicolons were sent."""
    fresh(sandbox)
    heal(sheets)
    book = sheets.read(BOOK)
    echoed = [replace(tab, rows=tuple(tuple(map(_echoed(written), row)) for row in tab.rows)) for tab in book.tabs]
    wanted = should(book)
    assert wanted is not None
    assert plan(replace(book, tabs=tuple(echoed)), wanted).batch is None
    assert verify(replace(book, tabs=tuple(echoed)), wanted) == ()


def _echoed(written: Callable[[str], str]) -> Callable[[Cell], Cell]:
    return lambda cell: replace(cell, formula=written(cell.formula)) if cell.formula else cell


def test_an_error_in_our_column_that_nobody_typed_is_seen_although_nothing_can_be_written(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    fresh(sandbox)
    heal(sheets)
    book = sheets.read(BOOK)
    wanted = should(book)
    assert wanted is not None
    broken = replace(book, tabs=tuple(_without_spill(tab) if tab.id == TAB else tab for tab in book.tabs))
    assert plan(broken, wanted).batch is None
    assert "does not show its row's status" in verify(broken, wanted)[0]


def _without_spill(tab: Tab) -> Tab:
    def unspilled(column: int, cell: Cell) -> Cell:
        if column < 4:
            return cell
        return replace(cell, value=None, shown="#NAME?", error="#NAME?") if cell.formula else Cell()

    return replace(tab, rows=tuple(tuple(unspilled(c, cell) for c, cell in enumerate(row)) for row in tab.rows))
