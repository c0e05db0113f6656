"""Undo: what a run wrote and recorded goes back, what anybody has changed since stays and is told, and it lasts."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.core.graph import Mode, Visibility
from sheetsync.core.guards import Guard
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.undo import LATER_RUN, NARROWER, PEOPLE, Thing
from sheetsync.engine.undoing import Back, undo
from sheetsync.engine.world import RUN, World
from sheetsync.errors import LockHeld, Unreachable, UsageError
from sheetsync.ports import Memory
from sheetsync.sandbox import Running
from tests.engine.conftest import Town, _Moment
from tests.engine.people import (
    BRIEFS,
    LANDING,
    UTM,
    Hand,
    assert_beside_their_rows,
    briefs,
    builder,
    our_lines,
    ours_in,
)
from tests.engine.test_ledger_story import Killed, history, meddled
from tests.engine.test_recovery import deadly, settled_once
from tests.engine.test_writing import without_ours

BOOKS = (BRIEFS, LANDING, UTM)
Json = Mapping[str, Any]


def zielseiten(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def back(town: Town, run: str = "last", world: World | None = None, dry_run: bool = False) -> Back:
    return undo(world or town.world(dry_run), town.config.rules, run, dry_run)


def late_change(town: Town) -> str:
    """A brief moves, and the run that tells everybody."""
    briefs(town).type(6, 5, "11/14/2026")
    return town.run().id


def export(town: Town, book: str) -> Json:
    """A workbook less our fences and signature, which only ever move on, and the size our tab's grid has grown to."""
    whole = town.sandbox.export(book)
    rest = {name: value for name, value in whole.items() if name not in ("version", "modified", "modified_by")}
    rest["metadata"] = [one for one in rest["metadata"] if one["key"] == "sheetsync.column"]
    sizes = ("rows", "columns", "row_count", "column_count")
    rest["tabs"] = [
        {name: value for name, value in tab.items() if tab["sheet_id"] != OUR_TAB_ID or name not in sizes}
        for tab in rest["tabs"]
    ]
    return rest


def exports(town: Town) -> dict[str, Json]:
    return {book: export(town, book) for book in BOOKS}


def remembered(town: Town) -> tuple[object, object]:
    """What is agreed, and what is published."""
    memory: Memory = town.world().ledger.memory()
    return memory.baselines, memory.published


def stays(done: Back) -> set[tuple[str, str, str]]:
    return {(one.source, one.record, one.why) for one in done.taken if one.why}


def held(town: Town) -> set[tuple[str, Guard]]:
    return {(one.held.source, one.held.guard) for one in town.world().ledger.held()}


# ---------------------------------------------------------------- exactly as before


def test_undoing_the_newest_run_restores_sheets_and_ledger_exactly(town: Town) -> None:
    zielseiten(town).type(5, 4, "Geplant")
    before, agreed = None, remembered(town)
    briefs(town).type(6, 5, "11/14/2026")
    before = exports(town)
    town.run()
    assert exports(town) != before
    done = back(town)
    assert (exports(town), remembered(town)) == (before, agreed)
    assert (done.record.exit_code, stays(done)) == (0, set())
    assert {book.state for book in done.books} == {"verified"}
    assert_beside_their_rows(town, complete=True)


def test_undoing_the_first_run_takes_tab_and_columns_away_again(untouched: Town) -> None:
    before = exports(untouched)
    untouched.run()
    done = back(untouched)
    assert exports(untouched) == before
    assert remembered(untouched) == ({}, {})
    nothing_of = {Thing.RECORD, Thing.DECISION, Thing.FROZEN}
    assert {one.thing for one in done.taken} == set(Thing) - nothing_of, "no table follows, nobody decides here"
    assert untouched.world().ledger.memory().proposed_ids, "a number is never given out twice"
    assert held(untouched) == {(name, Guard.UNDONE) for name in ("briefs", "landing", "utm")}
    assert untouched.run().requests.writes == 0
    untouched.run(accept=untouched.yes_to(Guard.UNDONE))
    assert_beside_their_rows(untouched, complete=True)


def test_an_undone_run_stays_undone_until_somebody_says_yes(town: Town) -> None:
    late_change(town)
    back(town)
    before, agreed = exports(town), {key: v for key, v in remembered(town)[0].items() if key[0] != "official"}  # type: ignore[attr-defined]
    for _ in range(2):
        run = town.run()
        assert (run.exit_code, run.requests.writes) == (12, 0)
        assert exports(town) == before
    now = {key: v for key, v in town.world().ledger.memory().baselines.items() if key[0] != "official"}
    assert now == agreed
    document = town.reconcile()
    assert {(one["source"], one["guard"]) for one in document["held"]} == {("landing", "undone"), ("utm", "undone")}
    assert document["held"][0]["command"] == "sheetsync reconcile --accept undone:landing"
    town.run(accept=frozenset([(Guard.UNDONE, "landing"), (Guard.UNDONE, "utm")]))
    assert exports(town) != before
    assert held(town) == set()
    assert town.run().requests.writes == 0
    assert_beside_their_rows(town, complete=True)


def test_a_dry_run_says_the_same_and_touches_nothing(town: Town) -> None:
    late_change(town)
    before, agreed, told = exports(town), remembered(town), history(town)
    would = back(town, dry_run=True)
    assert (exports(town), remembered(town), history(town), held(town)) == (before, agreed, told, set())
    done = back(town)
    assert would.taken == done.taken
    assert [book.undo.plan.doing for book in would.books if book.undo] == [
        book.undo.plan.doing for book in done.books if book.undo
    ]


def test_the_history_tells_the_undo_and_keeps_what_was_seen(town: Town) -> None:
    run = late_change(town)
    seen = history(town)
    observed = town.world().ledger.memory().observations
    done = back(town)
    told = history(town)
    assert told[: len(seen)] == seen
    news = {(e.source, e.field, e.raw) for e in told[len(seen) :]}
    assert ("utm", "ss:status", f"undo of run {run}") in news
    assert {e.run for e in told[len(seen) :]} == {done.record.id}
    assert town.world().ledger.memory().observations == observed
    last = town.world().ledger.last_run()
    assert last == done.record
    assert last.counts["undone"] == len(done.taken)


# ---------------------------------------------------------------- what was changed since


def test_a_line_somebody_typed_into_stays_and_is_named(town: Town) -> None:
    late_change(town)
    row, _ = ours_in(town, UTM).find("utm␟NL-1001␟E-Mail␟Hero banner")
    ours_in(town, UTM).type(row, 4, "I know!")
    done = back(town)
    assert stays(done) == {("utm", "NL-1001 / E-Mail / Hero banner", PEOPLE)}
    line = our_lines(town, UTM)["utm␟nl-1001␟e-mail␟hero banner"]
    assert (line["status"], line["issues"]) == ("DIFFERS", "I know!")
    assert our_lines(town, LANDING)["landing␟nl-1001"]["status"] == "CHECK"
    assert [e.new for e in history(town)].count("I know!") == 1
    town.run(accept=town.yes_to())
    assert [e.new for e in history(town)].count("I know!") == 1
    assert_beside_their_rows(town, complete=True)


def test_rows_and_notes_of_people_in_our_tab_stay(town: Town) -> None:
    late_change(town)
    hand = ours_in(town, LANDING)
    hand.resize(60, 12)
    hand.type(40, 1, "a row of my own", "and more")
    hand.type(5, 9, "a note beside")
    hand.sort(1, 1, descending=True)
    done = back(town)
    assert done.record.exit_code == 0
    texts = [text for row in hand.grid for text in row]
    assert {"a row of my own", "and more", "a note beside"} <= set(texts)
    assert our_lines(town, LANDING)["landing␟nl-1001"]["status"] == "CHECK"
    assert_beside_their_rows(town, complete=True)


def test_what_a_later_run_has_written_stays_and_is_told(town: Town) -> None:
    first = late_change(town)
    briefs(town).type(6, 5, "11/15/2026")
    briefs(town).type(9, 6, "15% off")
    town.run()
    before = exports(town)
    done = back(town, first)
    assert {why for _, _, why in stays(done)} == {LATER_RUN}
    assert ("landing", "NL-1001", LATER_RUN) in stays(done)
    assert before[BRIEFS] == export(town, BRIEFS)
    assert_beside_their_rows(town, complete=True)


def test_a_column_typed_into_stays_with_what_was_typed(untouched: Town) -> None:
    run = untouched.run().id
    builder(untouched).type(3, 12, "typed over")
    builder(untouched).resize(60, 24)
    builder(untouched).type(0, 20, "theirs, far right")
    done = back(untouched, run)
    assert ("utm", "Builder!M", "somebody has typed into it") in stays(done)
    grid = builder(untouched).grid
    assert grid[3][12] == "typed over"
    assert not any("ss:issues" in row or "ss:tracking_url" in row for row in grid)
    assert any("theirs, far right" in row for row in grid)


def test_a_text_above_the_header_of_a_column_of_ours_is_nobodys_to_delete(untouched: Town) -> None:
    untouched.run()
    briefs(untouched).type(0, 12, "above ours")
    column = briefs(untouched).grid[3].index("ss:status")
    briefs(untouched).type(1, column, "my heading")
    done = back(untouched)
    assert any(one.why == "somebody has typed into it" for one in done.taken if one.thing is Thing.COLUMN)
    assert briefs(untouched).grid[1][column] == "my heading"


def test_a_column_moved_away_goes_from_where_it_is_now(untouched: Town) -> None:
    before = exports(untouched)
    untouched.run()
    builder(untouched).move("COLUMNS", 12, 13, 2)
    builder(untouched).sort(1, 4)
    done = back(untouched)
    assert stays(done) == set()
    assert without_ours(untouched.sandbox.export(BRIEFS)) == without_ours({**before[BRIEFS]})
    assert not any(text.startswith("ss:") for row in builder(untouched).grid for text in row)


def test_a_column_without_its_warning_gets_it_back_before_it_goes(untouched: Town) -> None:
    before = exports(untouched)
    untouched.run()
    for tab in untouched.sandbox.export(UTM)["tabs"]:
        for one in tab["protections"]:
            if tab["sheet_id"] == 77:
                builder(untouched).act({"deleteProtectedRange": {"protectedRangeId": one["id"]}})
    told = len(history(untouched))
    done = back(untouched)
    assert (done.record.exit_code, stays(done)) == (0, set())
    assert export(untouched, UTM) == before[UTM]
    assert {e.raw for e in history(untouched)[told:]} == {f"undo of run {done.undoes}"}, "nobody typed anything"


def test_columns_the_run_took_away_are_not_brought_back_and_it_says_so(town: Town) -> None:
    town.change("utm", mode=Mode.SIDECAR)
    town.run()
    done = back(town)
    book = next(book for book in done.books if book.did.spreadsheet == UTM)
    assert "take our column Builder!O away" in book.did.for_good
    assert not any(text.startswith("ss:") for row in builder(town).grid for text in row)


def test_a_field_that_came_with_the_run_goes_with_its_column(town: Town) -> None:
    generated = town.config.rules.sources["utm"].generated
    town.change("utm", generated=())
    town.run(accept=town.yes_to())
    assert "ss:tracking_url" not in builder(town).grid[0]
    before = exports(town)
    town.change("utm", generated=generated)
    town.run(accept=town.yes_to())
    assert "ss:tracking_url" in builder(town).grid[0]
    done = back(town)
    assert stays(done) == set()
    assert exports(town) == before
    assert_beside_their_rows(town)


# ---------------------------------------------------------------- who may see it


def test_lines_written_for_eyes_that_may_see_less_now_do_not_come_back(town: Town) -> None:
    town.change("utm", readers_see=Visibility.FULL)
    town.run(accept=town.yes_to())
    late_change(town)
    town.change("utm", readers_see=Visibility.NONE)
    briefs(town).type(6, 5, "11/16/2026")
    run = town.run().id
    before = ours_in(town, UTM).grid
    done = back(town, run)
    assert {why for source, _, why in stays(done) if source == "utm"} == {NARROWER}
    assert ours_in(town, UTM).grid == before


# ---------------------------------------------------------------- once, and only what there is


def test_what_cannot_be_undone_is_refused_in_one_line_that_says_what_can(town: Town) -> None:
    first = town.world().ledger.last_run()
    assert first is not None
    with pytest.raises(UsageError, match=r"no run is called 'nonsense'\. The last one was"):
        back(town, "nonsense")
    quiet = town.run().id
    with pytest.raises(UsageError, match=f"wrote and recorded nothing.*sheetsync undo {first.id}"):
        back(town)
    run = late_change(town)
    done = back(town)
    with pytest.raises(UsageError, match=f"run {run} was undone already, by {done.record.id}"):
        back(town, run)
    with pytest.raises(UsageError, match=r"is an undo itself.*--accept undone"):
        back(town)
    assert quiet != run


def test_there_is_one_at_a_time(town: Town) -> None:
    late_change(town)
    with SqlLeases(town.ledger, town.world().clock).hold(RUN), pytest.raises(LockHeld):
        back(town)


# ---------------------------------------------------------------- mishaps


class Without:
    """The real sheets, but for one workbook that cannot be read."""

    def __init__(self, inner: Any, book: str) -> None:
        self.count, self._inner, self._book = inner.count, inner, book

    def read(self, spreadsheet: str) -> Any:
        if spreadsheet == self._book:
            raise Unreachable(f"{spreadsheet} cannot be reached.")
        return self._inner.read(spreadsheet)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def agreed_for(town: Town, source: str) -> dict[Any, str]:
    return {about: it for about, it in town.world().ledger.memory().baselines.items() if about[0] == source}


def test_a_workbook_that_cannot_be_reached_keeps_everything_and_can_be_undone_later(town: Town) -> None:
    briefs(town).type(6, 5, "11/14/2026")
    before = exports(town)
    run = late_change(town)
    agreed, left = agreed_for(town, "utm"), export(town, UTM)
    world = town.world()
    done = back(town, world=replace(world, sheets=Without(world.sheets, UTM)))
    assert done.record.exit_code == 14
    assert export(town, LANDING) == before[LANDING]
    assert (export(town, UTM), agreed_for(town, "utm")) == (left, agreed)
    assert held(town) == {("landing", Guard.UNDONE)}
    assert back(town, run).record.exit_code == 0
    assert export(town, UTM) == before[UTM]
    assert held(town) == {("landing", Guard.UNDONE), ("utm", Guard.UNDONE)}


def test_another_installations_workbook_is_left_to_it(town: Town) -> None:
    run = late_change(town)
    with closing(sqlite3.connect(town.ledger)) as database, database:
        database.execute("UPDATE installation SET mark = 'somebody else'")
    before = exports(town)
    done = back(town, run)
    assert done.record.exit_code == 12
    assert all("another installation" in str(book.trouble) for book in done.books)
    assert (exports(town), held(town)) == (before, set())


#: two reads; twice intended, the write, written, the look, verified; the commit
STEPS = 13


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_at_any_step_it_is_begun_again_or_never_was(town: Town, step: int, after: bool) -> None:
    before, agreed = None, remembered(town)
    briefs(town).type(6, 5, "11/14/2026")
    before = exports(town)
    run = town.run().id
    ours_in(town, UTM).type(3, 4, "typed by somebody")
    with pytest.raises(Killed):
        back(town, run, deadly(town, step, after))
    if step == STEPS and after:
        with pytest.raises(UsageError, match="was undone already"):
            back(town, run)
    else:
        done = back(town, run)
        assert (done.record.exit_code, stays(done)) == (0, set())
    assert export(town, LANDING) == before[LANDING]
    assert remembered(town) == agreed
    # What a killed one had noted before its write is told by the next cycle.
    for _ in range(2):
        town.run(accept=town.yes_to())
    assert [e.new for e in history(town)].count("typed by somebody") == 1
    settled_once(town)
    assert_beside_their_rows(town, complete=True)


def test_a_killed_undo_never_was_for_the_next_run(town: Town) -> None:
    run = late_change(town)
    left = exports(town)
    with pytest.raises(Killed):
        back(town, run, deadly(town, STEPS, after=False))
    assert exports(town) != left
    town.run()
    assert (exports(town), held(town)) == (left, set())
    assert back(town, run).record.exit_code == 0
    settled_once(town)


def test_there_is_no_step_after_the_last(town: Town) -> None:
    run = late_change(town)
    assert back(town, run, deadly(town, STEPS + 1, False)).record.exit_code == 0


@pytest.mark.parametrize("fate", ["twice", "lost after", "lost before"])
def test_a_batch_that_is_doubled_or_whose_answer_is_lost_is_settled_by_looking(untouched: Town, fate: str) -> None:
    before = exports(untouched)
    untouched.run()
    done = back(untouched, world=meddled(untouched, UTM, fate))
    assert done.record.exit_code == 0
    assert exports(untouched) == before
    settled_once(untouched)


def test_where_nobody_knows_whether_it_arrived_it_says_so_and_can_be_begun_again(untouched: Town) -> None:
    before = exports(untouched)
    run = untouched.run().id
    agreed = agreed_for(untouched, "utm")
    done = back(untouched, world=meddled(untouched, UTM, "lost before", "lost before"))
    assert done.record.exit_code != 0
    assert {book.state for book in done.books if book.did.spreadsheet == UTM} == {"failed"}
    assert agreed_for(untouched, "utm") == agreed
    assert back(untouched, run).record.exit_code == 0
    assert exports(untouched) == before


def test_people_at_work_while_it_writes_lose_nothing(untouched: Town) -> None:
    """Between our look and our write a column moves: the batch is refused whole, and the rest goes on."""
    run = untouched.run().id
    acts: list[Callable[[], None]] = [
        lambda: builder(untouched).move("COLUMNS", 13, 14, 2),
        lambda: builder(untouched).insert("ROWS", 1),
        lambda: builder(untouched).type(1, 3, "theirs"),
    ]

    def meddle(record: Any) -> None:
        if UTM in record.path and acts:
            acts.pop(0)()

    untouched.sandbox.between = meddle
    back(untouched, run)
    untouched.sandbox.between = None
    done = back(untouched, run) if untouched.world().ledger.newest_footprint() == run else None
    assert done is None or done.record.exit_code == 0
    assert not any(text.startswith("ss:") for row in builder(untouched).grid for text in row)
    assert any("theirs" in row for row in builder(untouched).grid)


# ---------------------------------------------------------------- the law


@dataclass(frozen=True)
class Act:
    """Something people do between a run and its undo, with a number to vary it."""

    name: str
    number: int


def _edit(town: Town, number: int) -> None:
    briefs(town).type(6 + number % 5, 11, f"a note {number}")


def _over_column(town: Town, number: int) -> None:
    column = next((c for c, text in enumerate(builder(town).grid[0]) if text == "ss:issues"), None)
    if column is not None:
        builder(town).type(1 + number % 12, column, f"over {number}")


def _in_our_tab(town: Town, number: int) -> None:
    ours_in(town, LANDING).type(1 + number % 8, 3 + number % 2, f"ours {number}")


ACTS: Mapping[str, Callable[[Town, int], None]] = {
    "edit": _edit,
    "sort": lambda town, number: builder(town).sort(1, number % 5),
    "insert rows": lambda town, number: builder(town).insert("ROWS", 1 + number % 9),
    "insert a column": lambda town, number: builder(town).insert("COLUMNS", number % 11),
    "type over a column of ours": _over_column,
    "type into our tab": _in_our_tab,
    "sort our tab": lambda town, number: ours_in(town, LANDING).sort(1, number % 4),
    "move ours": lambda town, number: builder(town).move("COLUMNS", 12, 13, number % 8),
    "rename": lambda town, number: builder(town).rename(f"Builder {number}"),
}
acts = st.lists(st.builds(Act, st.sampled_from(sorted(ACTS)), st.integers(0, 40)), max_size=4)
late_changes = st.lists(st.sampled_from([(6, 5, "11/14/2026"), (9, 6, "15% off"), (7, 5, "2026-11-25")]), unique=True)


def theirs(town: Town, book: str) -> Json:
    """A workbook as its people made it; where our columns stand among theirs does not count."""
    return without_ours(town.sandbox.export(book))


@given(first=st.booleans(), changes=late_changes, between=acts)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_run_and_its_undo_leave_everything_as_if_the_run_had_never_been(
    _moments: tuple[Running, _Moment, _Moment],  # noqa: PT019
    tmp_path: Path,
    first: bool,
    changes: list[tuple[int, int, str]],
    between: list[Act],
) -> None:
    shutil.rmtree(tmp_path)
    town = (_moments[1] if first else _moments[2]).again(_moments[0], tmp_path)
    for change in changes:
        briefs(town).type(*change)
    before, agreed = exports(town), remembered(town)
    run = town.run().id
    left = exports(town)
    quiet = town.world().ledger.newest_footprint() != run
    for act in between:
        ACTS[act.name](town, act.number)
        event(act.name)
    people = {book: theirs(town, book) for book in BOOKS}
    if quiet:
        event("the run left nothing")
        with pytest.raises(UsageError):
            back(town, run)
        return
    done = back(town, run)
    event(f"{'first' if first else 'later'} run, {'some' if stays(done) else 'none'} skipped")
    assert done.record.exit_code == 0
    assert remembered(town) == agreed, "nobody has moved these since"
    after = exports(town)
    if not between:
        assert (after, stays(done)) == (before, set())
    for book in BOOKS:
        assert texts_of(theirs(town, book)) == texts_of(people[book]), "their cells stay as they made them"
    # Their changes in what is ours stand there still, and every line the run had moved is as before, or was told.
    shown = {text for book in BOOKS for text in all_texts(town, book)}
    typed = [act.number for act in between if act.name == "type into our tab"]
    if len(typed) == 1:
        assert f"ours {typed[0]}" in shown
    assert untold(before, left, after, done) == set()
    assert_beside_their_rows(town)
    # It lasts where anything went back; where all that the run wrote was typed over, nothing did.
    places = {"briefs": BRIEFS, "landing": LANDING, "utm": UTM}
    undone = {places[one.source] for one in done.taken if not one.why and one.source in places}
    again = town.run()
    assert not undone & {write.plan.desired.spreadsheet for write in again.written if write.plan.batch is not None}
    assert between or again.requests.writes == 0
    town.run(accept=town.yes_to())
    assert_beside_their_rows(town, complete=True)


def texts_of(export: Json) -> dict[int, Counter[str]]:
    """All that stands in each of their tabs, in whatever column."""
    return {
        tab["sheet_id"]: Counter(str(sorted(cell.items(), key=str)) for _, _, cell in tab["cells"] if cell)
        for tab in export["tabs"]
    }


def all_texts(town: Town, book: str) -> set[str]:
    tabs = town.sandbox.export(book)["tabs"]
    return {text for tab in tabs for row in town.sandbox.grid(book, tab["title"]) for text in row}


def untold(before: Mapping[str, Json], left: Mapping[str, Json], after: Mapping[str, Json], done: Back) -> set[str]:
    """Lines of our tabs that the run moved, that are not as before it, and that the undo did not name.

    What people typed into a line that the run left as it was is none of the undo's business: it was not the run's work.
    """
    told = {one.record for one in done.taken if one.why}
    untold = set()
    for book in BOOKS:
        was, ran, now = (_our_rows(exported[book]) for exported in (before, left, after))
        for key in was.keys() | ran.keys():
            moved = was.get(key) != ran.get(key)
            if moved and was.get(key) != now.get(key) and key.partition("␟")[2].replace("␟", " / ") not in told:
                untold.add(key)
    return untold


def _our_rows(export: Json) -> dict[str, dict[int, str]]:
    """key -> column -> text, of the lines of ours with a key; their label and link go with their rows."""
    tab = next((tab for tab in export["tabs"] if tab["sheet_id"] == OUR_TAB_ID), None)
    rows: dict[int, dict[int, str]] = {}
    for row, column, cell in tab["cells"] if tab is not None else []:
        rows.setdefault(row, {})[column] = str(cell.get("value", cell))
    return {texts[0]: texts for row, texts in rows.items() if row and 0 in texts}
