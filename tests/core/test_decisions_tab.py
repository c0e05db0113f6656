"""Laws of the decisions tab, on a real workbook: no cell of people's is written, each id shows what is known of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from sheetsync.adapters.google_sheets import GoogleSheets
from sheetsync.core.decision_lines import UNKNOWN, nothing_beside, with_decisions
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DecisionsTab, decision_problems, decision_rows
from sheetsync.core.managed import OUR_TAB_ID, fold_address
from sheetsync.core.matters import DECISION, ID, MACHINE, PEOPLE, STATE, VALUE_A, Matter
from sheetsync.core.model import Block, Editors, Place, Protection, Workbook
from sheetsync.core.plan import WorkbookPlan, plan, verify
from sheetsync.errors import Refused
from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import Tab as SheetTab
from sheetsync.sandbox.model import Workbook as SheetBook
from tests.engine.people import Hand, exported_tab

BOOK = "1DecisionsBook"
IDS = ("ss-AAAAAA", "ss-BBBBBB", "ss-BBBBBB.2", "sc-CCCCCC", "ss-DDDDDD")
_PEOPLE = ("sheetsync", "person")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running() as one:
        yield one


@pytest.fixture(scope="module")
def sheets(sandbox: Running) -> GoogleSheets:
    return GoogleSheets(sandbox.key_file("sheetsync"), sandbox.base, 30)


def fresh(sandbox: Running) -> Hand:
    """A workbook with one blank tab, and a person's hand in the decisions tab to come."""
    book = SheetBook(BOOK, "Ops", owner="ann@team.example", shared_with={email_of(n): "writer" for n in _PEOPLE})
    book.tabs = [SheetTab(0, "Sheet1", rows=20, columns=5)]
    with sandbox.state.lock:
        sandbox.state.commit(book, "ann@team.example")
    return Hand(sandbox, BOOK, DECISIONS_TAB_ID)


def matters(open_ids: Sequence[str], closed: Sequence[str] = (), word: str = "") -> list[Matter]:
    return [
        *(Matter(one, _shows(one, "open", word), True) for one in open_ids),
        *(Matter(one, _shows(one, "closed", word), False) for one in closed),
    ]


def _shows(about: str, state: str, word: str) -> dict[str, str]:
    return {name: f"{name} of {about}{word}" for name in MACHINE} | {STATE: state}


def planned(sheets: GoogleSheets, asked: Sequence[Matter]) -> WorkbookPlan:
    book = sheets.read(BOOK)
    return plan(book, with_decisions(nothing_beside(book), book, asked, _link))


def _link(place: Place) -> str:
    return f"tab {place.tab_id}"


#: one run writes twice at most, so this is more than one run
_ROUNDS = 5


def heal(sheets: GoogleSheets, asked: Sequence[Matter]) -> int:
    """Plan and apply until nothing is left to do; how often."""
    for times in range(_ROUNDS):
        made = planned(sheets, asked)
        if made.batch is None:
            return times
        sheets.apply(made.batch)
    raise AssertionError(planned(sheets, asked).doing)


# ---------------------------------------------------------------- what people do

number = st.integers(0, 8)
places = st.integers(0, 21)
acts = st.one_of(
    st.tuples(st.just("sort"), st.integers(0, 2), places),
    st.tuples(st.just("insert"), st.sampled_from(("ROWS", "COLUMNS")), places),
    st.tuples(st.just("delete"), st.sampled_from(("ROWS", "COLUMNS")), places),
    st.tuples(st.just("move"), st.sampled_from(("ROWS", "COLUMNS")), places, places),
    st.tuples(st.just("type"), number, places, st.sampled_from((None, "keep A", " ", 5, True, "=1/0", "id", *IDS[:2]))),
    st.tuples(st.just("type"), number, st.just(0), st.sampled_from(("mine", "SS-AAAAAA", "ss-AAAAAA", "a␟b", None))),
    st.tuples(st.just("drag"), number, places, number, places),
    st.tuples(st.just("copy"), number, places, number, places),
    st.tuples(st.just("row"), number, number, st.sampled_from(("PASTE_NORMAL", "PASTE_VALUES"))),
    st.tuples(st.just("merge"), number, number, places, places),
    st.tuples(st.just("filter"), places),
    st.tuples(st.just("protect"), number, places),
    st.tuples(st.just("tab"), st.sampled_from(("delete", "double", "It's 'mine'", "sheetsync 2"))),
    st.tuples(st.just("clear"), number, places),
)
Act = tuple[Any, ...]


def do(hand: Hand, act: Act) -> None:
    """One act; what the spreadsheet refuses is left undone, as for a person."""
    kind, *rest = act
    try:
        _ACTS[kind](hand, *rest)
    except (GoogleError, StopIteration):
        event("refused to the person")


def _filter(hand: Hand, column: int) -> None:
    criteria = {str(column): {"hiddenValues": ["open"]}}
    hand.act({"setBasicFilter": {"filter": {"range": hand.range(0), "criteria": criteria}}})


def _merge(hand: Hand, top: int, bottom: int, left: int, right: int) -> None:
    hand.merge(min(top, bottom), max(top, bottom) + 1, min(left, right), max(left, right) + 1)


def _tab(hand: Hand, what: str) -> None:
    match what:
        case "delete":
            hand.delete_tab()
        case "double":
            hand.act({"duplicateSheet": {"sourceSheetId": hand.tab_id}})
        case title:
            hand.rename(title)


def _clear(hand: Hand, row: int, column: int) -> None:
    hand.act({"updateCells": {"range": hand.range(row, row + 3, column), "fields": "userEnteredValue"}})


_ACTS: Mapping[str, Callable[..., None]] = {
    "sort": Hand.sort,
    "insert": Hand.insert,
    "delete": Hand.delete,
    "move": lambda hand, dimension, start, to: hand.move(dimension, start, start + 1, to),
    "type": Hand.type,
    "drag": lambda hand, row, column, to, at: hand.cut((row, row + 1, column, column + 1), to, at),
    "copy": lambda hand, row, column, to, at: hand.copy((row, row + 1, column, column + 1), (to, to + 1, at, at + 1)),
    "row": lambda hand, row, to, paste: hand.copy((row, row + 1, 0, None), (to, to + 1, 0, None), paste),
    "merge": _merge,
    "filter": _filter,
    "protect": lambda hand, row, column: protect(hand, hand.range(row, None, column, column + 1)),
    "tab": _tab,
    "clear": _clear,
}


def protect(hand: Hand, where: dict[str, Any]) -> None:
    one = {"range": where, "editors": {"users": [email_of("person")]}}
    hand.act({"addProtectedRange": {"protectedRange": one}})


# ---------------------------------------------------------------- what is seen from the side


def marks(hand: Hand) -> dict[str, int]:
    """Our columns in the decisions tab, wherever they stand now: the truth of it."""
    return {
        one["value"]: one["index"]
        for one in hand.sandbox.export(BOOK)["metadata"]
        if one["key"] == "sheetsync.column" and one.get("sheet_id") == DECISIONS_TAB_ID
    }


def is_there(hand: Hand) -> bool:
    return any(tab["sheet_id"] == DECISIONS_TAB_ID for tab in hand.sandbox.export(BOOK)["tabs"])


Cells = list[list[str]]


def theirs(hand: Hand, ours: set[int], book: Workbook) -> tuple[Cells, Cells]:
    """Row by row people's cells as they were entered, to the letter, and the ids beside them."""
    tab = exported_tab(hand.sandbox.export(BOOK), DECISIONS_TAB_ID)
    cells = {(row, column): repr(cell) for row, column, cell in tab["cells"]}
    columns = [column for column in range(tab["columns"]) if column not in ours]
    found = book.tab(DECISIONS_TAB_ID)
    assert found is not None
    at = DecisionsTab(found).id_column
    people = [[_typed(cells.get((row, column), "")) for column in columns] for row in range(tab["rows"])]
    ids = [[found.cell(row, at).shown if at is not None else ""] for row in range(tab["rows"])]
    return people, ids


def _typed(cell: str) -> str:
    """Without what says nothing of what stands there: a blank cell may have a dropdown."""
    return cell if "'value'" in cell or "'formula'" in cell or "'entered'" in cell else ""


def has_grown(before: Cells, after: Cells, blank: Callable[[list[str]], bool]) -> bool:
    """Whether rows were put in at one place, and else nothing is another."""
    more = len(after) - len(before)
    return any(
        after[:at] == before[:at]
        and after[at + more :] == before[at:]
        and all(blank(row) for row in after[at : at + more])
        for at in range(len(before) + 1)
    )


def beside_their_ids(hand: Hand, book: Workbook, asked: Sequence[Matter] | None) -> None:
    """Each of our columns shows for every row what is said of its id, or (`asked` None) that or nothing."""
    tab = book.tab(DECISIONS_TAB_ID)
    ours = book.tab(OUR_TAB_ID)
    if tab is None or ours is None:
        return
    held = {row[0].shown: row for row in ours.rows[1:] if row}
    head = [cell.shown for cell in ours.rows[0]]
    said = {one.id: one.shows for one in asked or ()}
    here, typed = DecisionsTab(tab), {(row, column) for row, column, cell in hand.tab["cells"] if _typed(repr(cell))}
    for row, about in here.ids.items():
        for name in [name for name in MACHINE if name in here.marks and name in head]:
            line = held.get(f"decisions␟{about}", ())
            at = head.index(name)
            should = line[at].shown if at < len(line) else ""
            place = row, here.marks[name].column
            if asked is None and place in typed:
                # A person may type into our columns what they like; it is no value of ours.
                continue
            shown = tab.cell(*place).shown
            assert shown in (should, "") if asked is None else shown == should, (row, about, name, shown, should)
            if about in said and asked is not None:
                assert shown == said[about][name]
            elif asked is not None and fold_address(about) not in map(fold_address, said) and line:
                assert shown == (UNKNOWN if name == STATE else "")


# ---------------------------------------------------------------- laws

MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
asked_ids = st.lists(st.sampled_from(IDS), unique=True, max_size=4)
turns = st.lists(st.tuples(asked_ids, st.lists(acts, max_size=4)), min_size=1, max_size=3)


@given(turns, asked_ids)
@MANY
@example([(list(IDS[:3]), [("sort", 0, 13)])], list(IDS[:4]))
@example([(list(IDS[:2]), [("delete", "ROWS", 0)])], [])
@example([(list(IDS[:2]), [("delete", "COLUMNS", 0)])], [])
@example([(list(IDS[:2]), [("delete", "COLUMNS", 0), ("delete", "COLUMNS", 0), ("delete", "ROWS", 0)])], [])
@example([(list(IDS[:2]), [("type", 1, 0, "SS-AAAAAA")])], [IDS[3]])
@example([(list(IDS[:2]), [("row", 0, 2, "PASTE_NORMAL")])], [IDS[3]])
@example([(list(IDS[:2]), [("tab", "double"), ("tab", "delete")])], [IDS[3]])
@example([(list(IDS[:2]), [("drag", 1, 0, 1, 15)])], [IDS[3]])
@example([(list(IDS[:3]), [("merge", 0, 2, 0, 0)])], [IDS[3]])
@example([(list(IDS[:3]), [("merge", 1, 2, 12, 13)])], [IDS[3]])
@example([(list(IDS[:3]), [("protect", 1, 13)])], [IDS[3]])
@example([(list(IDS[:3]), [("protect", 0, 13)])], [IDS[3]])
def test_whatever_people_do_none_of_their_cells_is_written_and_each_line_says_what_is_known_of_its_id(
    sandbox: Running, sheets: GoogleSheets, several: list[tuple[list[str], list[Act]]], last: list[str]
) -> None:
    hand, closed = fresh(sandbox), set[str]()
    for asked_for, done in [([], []), *several, (last, [])]:
        for act in done:
            do(hand, act)
        asked = matters(asked_for, sorted(closed.difference(asked_for)), f" for the {len(closed)}th time")
        closed |= {*asked_for}
        if not is_there(hand):
            heal(sheets, asked)
            continue
        for _ in range(_ROUNDS):
            book = sheets.read(BOOK)
            made = plan(book, with_decisions(nothing_beside(book), book, asked, _link))
            if made.batch is None:
                break
            ours = set(marks(hand).values())
            people, ids = theirs(hand, ours, book)
            try:
                sheets.apply(made.batch)
            except Refused as refusal:
                # A copy of one of our columns was taken for it: nothing is written, and a run would say so.
                if "already exists" not in str(refusal):
                    raise
                event("refused to us")
                return
            after, ids_after = theirs(hand, ours | set(marks(hand).values()), sheets.read(BOOK))
            assert has_grown(people, after, lambda row: not any(row)), made.doing
            top = _head(book)
            assert has_grown(_without(top, ids), _without(top, ids_after), lambda row: any(row)) or _no_ids(ids)
        else:
            raise AssertionError(made.doing)
        book = sheets.read(BOOK)
        assert verify(book, made.desired) == ()
        tab = DecisionsTab.of(book)
        assert tab is not None
        beside_their_ids(hand, book, None if tab.unfit else asked)
        if not tab.unfit:
            assert {*asked_for} <= {*tab.ids.values()}
        event("unfit" if tab.unfit else "added to" if asked_for else "looked at")


def _head(book: Workbook) -> int | None:
    tab = DecisionsTab.of(book)
    return None if tab is None else tab.header_row


def _without(top: int | None, ids: Cells) -> Cells:
    """The head is ours to put right."""
    return [[""] if row == top else cells for row, cells in enumerate(ids)]


def _no_ids(ids: Cells) -> bool:
    return not any(any(row) for row in ids)


@given(st.lists(acts, max_size=3))
@MANY
def test_what_stands_beside_an_id_is_its_own_with_nobody_at_work(
    sandbox: Running, sheets: GoogleSheets, several: list[Act]
) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:4]))
    for act in several:
        do(hand, act)
        if act[0] not in ("sort", "insert", "delete", "move", "merge", "filter", "protect", "tab"):
            # A person may type into our columns what they like; it is no value of ours.
            return
        beside_their_ids(hand, sheets.read(BOOK), None)


@given(acts, acts)
@MANY
@example(("insert", "COLUMNS", 0), ("sort", 1, 13))
@example(("move", "COLUMNS", 0, 5), ("insert", "ROWS", 0))
@example(("delete", "COLUMNS", 0), ("insert", "ROWS", 1))
@example(("tab", "delete"), ("tab", "double"))
def test_what_people_do_while_a_write_is_on_its_way_costs_them_no_cell(
    sandbox: Running, sheets: GoogleSheets, first: Act, second: Act
) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:3]))
    hand.type(1, 13, "keep A", "x", "2026-12-01", "Mara", "because")
    hand.type(3, 13, "keep B", None, None, "Jonas")
    hand.type(8, 15, "a note of theirs")
    made = planned(sheets, matters(IDS[:5], word=", anew"))
    assert made.batch is not None
    for act in (first, second):
        do(hand, act)
    if not is_there(hand):
        return
    ours, book = set(marks(hand).values()), sheets.read(BOOK)
    people, _ = theirs(hand, ours, book)
    try:
        sheets.apply(made.batch)
    except Refused:
        event("refused")
    if is_there(hand):
        now = ours | set(marks(hand).values())
        after, _ = theirs(hand, now, sheets.read(BOOK))
        assert has_grown(people, after, lambda row: not any(row))
        beside_their_ids(hand, sheets.read(BOOK), None)


# ---------------------------------------------------------------- examples


def test_a_tab_is_made_once_in_one_batch_and_then_nothing_is_written(sandbox: Running, sheets: GoogleSheets) -> None:
    hand = fresh(sandbox)
    assert heal(sheets, matters(IDS[:2])) == 1
    assert heal(sheets, matters(IDS[:2])) == 0
    assert hand.grid[0] == [ID, *MACHINE, *PEOPLE]
    assert [row[0] for row in hand.grid[1:3]] == list(IDS[:2])
    assert hand.tab["frozen_rows"] == 1


def test_new_lines_come_under_the_headers_with_their_dropdown_and_without_paint(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:1]))
    red = {"userEnteredFormat": {"backgroundColor": {"red": 1}, "textFormat": {"strikethrough": True}}}
    hand.act({"repeatCell": {"range": hand.range(1, 2), "cell": red, "fields": "userEnteredFormat"}})
    heal(sheets, matters(IDS[:2]))
    cells = {(row, column): cell for row, column, cell in hand.tab["cells"]}
    assert [row[0] for row in hand.grid[1:3]] == [IDS[1], IDS[0]]
    assert "keep last agreed" in repr(cells[1, 13])
    assert "backgroundColor" not in repr(cells[1, 13])
    assert "strikethrough" in repr(cells[2, 0])
    assert "strikethrough" not in repr(cells[1, 0])


def test_people_s_columns_are_found_by_their_headers_and_never_by_their_place(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:1]))
    hand.type(1, 13, "keep A", "12", "2026-12-01", "Mara", "because")
    hand.move("COLUMNS", 13, 14, 0)
    hand.type(0, 15, "bis wann")
    hand.type(0, 16, "  BY ")
    book = sheets.read(BOOK)
    [row] = decision_rows(book)
    assert row.typed == {DECISION: "keep A", "custom value": "12", "by": "Mara", "why": "because"}
    assert (row.id, row.shown[VALUE_A], row.only) == (IDS[0], f"Value A of {IDS[0]}", None)
    assert decision_problems(book) == ("no column is headed 'until': write that over the column it was",)
    hand.type(0, 15, "why")
    assert "more than one column is headed 'why'" in " ".join(decision_problems(sheets.read(BOOK)))


def test_who_alone_can_type_a_decision_is_said_where_the_sheet_shows_it(sandbox: Running, sheets: GoogleSheets) -> None:
    fresh(sandbox)
    heal(sheets, matters(IDS[:2]))
    book = sheets.read(BOOK)
    tab = book.tab(DECISIONS_TAB_ID)
    assert tab is not None

    def seen(*named: tuple[Block, set[str], bool], owner: str = "") -> list[frozenset[str] | None]:
        protections = tuple(
            Protection(9 + n, block, False, ours, editors=Editors(frozenset(users)))
            for n, (block, users, ours) in enumerate(named)
        )
        other = replace(tab, protections=protections)
        return [row.only for row in decision_rows(replace(book, tabs=(other,)), owner)]

    both = Block(1, 13, 2, 18)
    assert seen((both, {"mara@x"}, False)) == [frozenset({"mara@x"}), None]
    assert seen((Block(1, 13, 2, 14), {"mara@x"}, False)) == [None, None]
    assert seen((both, {"mara@x", book.read_as.casefold()}, True)) == [None, None]
    assert seen((both, {"mara@x"}, True), owner="ann@team.example") == [None, None]
    assert seen((both, {"mara@x"}, False), owner="ann@x") == [frozenset({"mara@x", "ann@x"}), None]
    assert seen((both, {"mara@x"}, True), owner=book.read_as) == [frozenset({"mara@x"}), None]
    assert seen((both, {"mara@x", "jo@x"}, False), (both, {"jo@x"}, False)) == [frozenset({"jo@x"}), None]


def test_protected_from_the_first_line_on_lines_are_added_and_protected_as_a_whole_nothing_is(
    sandbox: Running, sheets: GoogleSheets
) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:1]))
    protect(hand, hand.range(1, None, 13, 18))
    assert heal(sheets, matters(IDS[:2])) == 1
    protect(hand, hand.range(None, None, 13, 18))
    made = planned(sheets, matters(IDS[:3]))
    assert made.desired.asked is not None
    assert "no row can be inserted under row 1" in made.desired.asked.unfit
    heal(sheets, matters(IDS[:3]))
    assert [row[0] for row in hand.grid[1:]] == [IDS[1], IDS[0]]


def test_a_filter_of_people_s_own_stays_as_it_is(sandbox: Running, sheets: GoogleSheets) -> None:
    hand = fresh(sandbox)
    heal(sheets, matters(IDS[:2]))
    do(hand, ("filter", 11))
    before = hand.tab["filter"]
    heal(sheets, matters(IDS[:3], IDS[:0]))
    assert hand.tab["filter"] == before is not None
    assert [view["title"] for view in hand.tab["filter_views"]] == ["open only"]
