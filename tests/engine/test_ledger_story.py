"""What is remembered and when: baselines, history and journal, also when answers are lost or the run is killed."""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sheetsync.adapters.google_requests import body
from sheetsync.core.changes import Batch
from sheetsync.core.graph import Mode, SheetTab
from sheetsync.core.lookup import column_letters
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.model import Tab, Workbook
from sheetsync.core.scope import Scope
from sheetsync.engine.documents import run_document
from sheetsync.engine.world import World
from sheetsync.errors import AnswerLost, Refused, Unreachable
from sheetsync.ports import Event, RequestCount, Sheets
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, assert_beside_their_rows, briefs, builder, ours_in

Json = Mapping[str, Any]


def zielseiten(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def history(town: Town) -> list[Event]:
    return list(town.world().ledger.history())


def changes(town: Town) -> set[tuple[str, str, str, str | None, str | None]]:
    return {(e.source, e.record, e.field, e.old, e.new) for e in history(town)}


def baselines(town: Town, source: str) -> Mapping[tuple[str, str], str]:
    memory = town.world().ledger.memory()
    return {(record, name): text for (of, record, name), text in memory.baselines.items() if of == source}


def flags(document: Json, source: str, record: str, name: str) -> list[Json]:
    return [f for f in document["flags"] if (f["source"], f["record"], f["field"]) == (source, record, name)]


def links(document: Json) -> dict[str, str]:
    return {made["record"]: made["value"] for made in document["generated"] if made["field"] == "tracking_url"}


# ---------------------------------------------------------------- who moved


def test_a_late_change_by_the_owner_is_told_to_every_copy(town: Town) -> None:
    briefs(town).type(6, 5, "11/14/2026")
    document = town.reconcile()
    for source in ("landing", "official"):
        [flag] = flags(document, source, "NL-1001", "flight_end")
        assert flag["kind"] == "difference"
        assert "Partner briefs (owner) changed it to 2026-11-14" in flag["message"]
    assert "Flight end was changed in Partner briefs" in builder(town).grid[1][13], "names only, as configured"
    assert changes(town) == {("briefs", "NL-1001", "flight_end", "2026-11-12", "2026-11-14")}
    assert baselines(town, "landing")["NL-1001", "flight_end"] == "2026-11-12", "what was agreed last"


def test_a_copy_that_moved_is_told_so(town: Town) -> None:
    zielseiten(town).type(3, 6, "13.11.2026")
    [flag] = flags(town.reconcile(), "landing", "NL-1001", "flight_end")
    assert flag["kind"] == "difference"
    assert "still says 2026-11-12; agreed was 2026-11-12" in flag["message"]


def test_both_moved_is_a_conflict_that_is_asked_with_both_values_and_holds_the_link_back(town: Town) -> None:
    key = ("utm", "NL-1002 / paid_social / carousel-a", "flight_end")
    assert links(town.reconcile())[key[1]]
    briefs(town).type(7, 5, "2026-11-25")
    builder(town).type(2, 8, "27/11/2026")
    document = town.reconcile()
    [flag] = flags(document, *key)
    assert (flag["kind"], set(flag["candidates"])) == ("conflict", {"2026-11-25", "2026-11-27"})
    assert "both moved from 2026-11-22: a person must decide" in flag["message"]
    assert flag["id"] in {asked["flag"] for asked in document["asked"]}
    assert builder(town).grid[2][12] == "CONFLICT"
    builder(town).type(2, 8, "25/11/2026")
    assert flags(town.reconcile(), *key) == []
    assert baselines(town, "utm")[key[1], "flight_end"] == "2026-11-25"


# ---------------------------------------------------------------- history


def test_the_history_gets_exactly_the_changes_that_were_made(town: Town) -> None:
    assert history(town) == [], "what is seen for the first time is no news"
    briefs(town).type(9, 6, "15% off")
    zielseiten(town).type(5, 4, "Geplant")
    builder(town).type(1, 7, "07/11/2026")
    briefs(town).type(6, 11, "a note")
    town.reconcile()
    assert changes(town) == {
        ("briefs", "NL-1004", "offer", "BOGO 50%", "15% off"),
        ("landing", "NL-1003", "page_status", "live", "planned"),
        ("utm", "NL-1001 / email / hero-banner", "flight_start", "2026-11-06", "2026-11-07"),
        ("briefs", "NL-1001", "notes", None, "a note"),
    }
    town.reconcile()
    assert len(history(town)) == 4


def test_another_spelling_a_sort_and_a_moved_column_are_no_news(town: Town) -> None:
    briefs(town).text(6, 4, "6 Nov 2026")
    builder(town).sort(1, 5, descending=True)
    builder(town).move("COLUMNS", 8, 9, 0)
    zielseiten(town).sort(3, 1)
    town.reconcile()
    assert changes(town) == set()


def test_two_rows_of_no_known_campaign_that_change_places_are_no_news(town: Town) -> None:
    hand = zielseiten(town)
    hand.insert("ROWS", 6, 2)
    hand.type(6, 1, "Nobody's first", "Nobody")
    hand.type(7, 1, "Nobody's second", "Nobody")
    town.run()
    before = history(town)
    assert {"Nobody's first", "Nobody's second"} <= {e.new for e in before}
    hand.move("ROWS", 6, 7, 9)
    town.run()
    assert history(town) == before


def test_a_row_that_vanished_is_in_the_history_with_all_it_said_and_comes_back_as_news(town: Town) -> None:
    builder(town).delete("ROWS", 1)
    town.reconcile()
    gone = {(name, old) for source, record, name, old, new in changes(town) if new is None and source == "utm"}
    assert ("flight_end", "2026-11-12") in gone
    assert ("channel", "email") in gone
    assert {e.record for e in history(town)} == {"NL-1001 / email / hero-banner"}
    before = len(history(town))
    town.reconcile()
    assert len(history(town)) == before


def test_what_was_typed_over_us_is_told_once_although_the_write_is_refused_at_first(town: Town) -> None:
    builder(town).type(3, 12, "typed")
    for fate in ("refused", "gone", "well"):
        town.run(meddled(town, UTM, fate))
        assert [e.raw for e in history(town)] == ["typed"]
    builder(town).type(3, 12, "typed")
    town.run()
    assert [e.raw for e in history(town)] == ["typed"] * 2, "it was gone, and typed again"


def test_what_stands_over_us_unreplaced_is_told_once_wherever_it_is_moved_and_only_what_is_new_is_told(
    town: Town,
) -> None:
    builder(town).type(3, 13, "typed")
    ours_in(town, UTM).type(2, 3, "fine by me")
    town.run(meddled(town, UTM, "refused"))
    builder(town).sort(1, 3, descending=True)
    builder(town).type(16, 13, "typed")
    ours_in(town, UTM).sort(1, 1, descending=True)
    ours_in(town, UTM).type(5, 4, "and by me")
    town.run(meddled(town, UTM, "refused"))
    assert Counter(e.raw for e in history(town)) == {"typed": 2, "fine by me": 1, "and by me": 1}
    town.run()
    assert len(history(town)) == 4


def test_what_a_person_did_in_our_tab_is_in_the_history_with_its_place(town: Town) -> None:
    hand = ours_in(town, UTM)
    head, _, second, third, *_ = hand.grid
    hand.type(2, 3, "fine by me")
    hand.type(3, 4, None)
    hand.resize(40, len(head) + 2)
    hand.type(3, len(head) + 1, "=1+1")
    hand.sort(1, 1, descending=True)
    document = town.reconcile()
    assert [write["overtyped"] for write in document["written"]] == [3]
    told = {(e.source, e.record, e.field, e.old, e.new, e.place.tab_id) for e in history(town)}
    named = ["NL-1002 / paid_social / carousel-a", "NL-1003 / email / hero-banner"]
    assert [line[0].split("␟")[1].strip() for line in (second, third)] == ["NL-1002", "NL-1003"]
    assert told == {
        ("utm", named[0], "ss:status", second[3], "fine by me", OUR_TAB_ID),
        ("utm", named[1], "ss:issues", third[4], None, OUR_TAB_ID),
        ("utm", named[1], column_letters(len(head) + 1), None, "=1+1", OUR_TAB_ID),
    }
    assert town.run().requests.writes == 0
    assert len(history(town)) == 3


@pytest.mark.parametrize("mess", ["sort", "move a column", "insert a row", "rename", "grow", "nothing"])
def test_our_tab_moved_about_is_no_edit(town: Town, mess: str) -> None:
    hand = ours_in(town, UTM)
    match mess:
        case "sort":
            hand.sort(1, 4, descending=True)
        case "move a column":
            hand.move("COLUMNS", 4, 5, 0)
        case "insert a row":
            hand.insert("ROWS", 3, 2)
        case "rename":
            hand.rename("ours")
        case "grow":
            hand.resize(100, 20)
    town.run()
    assert history(town) == []


def test_our_tab_taken_away_is_one_change(town: Town) -> None:
    ours_in(town, UTM).delete_tab()
    town.run()
    assert [(e.source, e.old, e.new) for e in history(town)] == [("utm", "sheetsync", None)]
    town.run()
    assert len(history(town)) == 1


def lose_its_key(hand: Hand) -> None:
    hand.type(0, 0, "Number")


def find_it_again(hand: Hand) -> None:
    hand.type(0, 0, "campaign id")


@pytest.mark.parametrize("over", ["a cell", "the header", "our tab"])
def test_what_is_typed_over_us_under_a_guard_is_told_once_although_it_is_gone_before_the_guard_is(
    town: Town, over: str
) -> None:
    """The key is lost, so nothing is planned for the workbook; people type, and take it back again."""
    hand = ours_in(town, UTM) if over == "our tab" else builder(town)
    row, column = {"a cell": (3, 12), "the header": (0, 12), "our tab": (2, 3)}[over]
    before = town.sandbox.grid(UTM, "sheetsync")
    lose_its_key(builder(town))
    hand.type(row, column, "typed")
    for _ in range(2):
        run = town.run()
        assert {held.source for held in run.snapshots.held} == {"utm"}
        assert [(e.source, e.raw) for e in history(town) if e.field.startswith("ss:")] == [("utm", "typed")]
    hand.type(row, column, before[row][column] if over == "our tab" else None)
    town.run()
    find_it_again(builder(town))
    town.run(accept=town.yes_to())
    assert [e.raw for e in history(town) if e.raw == "typed"] == ["typed"]
    hand.type(row, column, "typed")
    town.run()
    assert [e.raw for e in history(town) if e.raw == "typed"] == ["typed"] * 2, "it was gone, and typed again"


def test_what_is_typed_over_us_where_a_run_was_not_asked_to_write_is_told_once(town: Town) -> None:
    builder(town).type(3, 12, "in a column")
    ours_in(town, UTM).type(2, 3, "in our tab")
    for _ in range(2):
        town.run(scope=Scope("landing"))
    assert Counter(e.raw for e in history(town)) == {"in a column": 1, "in our tab": 1}
    town.run()
    assert len(history(town)) == 2


def test_what_is_typed_over_a_column_that_goes_is_told(town: Town) -> None:
    builder(town).type(3, 12, "typed")
    town.change("utm", mode=Mode.SIDECAR)
    town.run(accept=town.yes_to())
    assert not any(text.startswith("ss:") for row in builder(town).grid for text in row)
    assert [e.raw for e in history(town)] == ["typed"]


# ---------------------------------------------------------------- an unreachable workbook


def unshare(town: Town, book: str) -> None:
    """The owner stops sharing with us, as people do."""
    with town.sandbox.state.lock:
        edited = town.sandbox.state.workbooks[book].copied()
        edited.shared_with = {name: role for name, role in edited.shared_with.items() if "sheetsync" not in name}
        town.sandbox.state.commit(edited, edited.owner)


def share(town: Town, book: str) -> None:
    with town.sandbox.state.lock:
        edited = town.sandbox.state.workbooks[book].copied()
        edited.shared_with |= {account.email: "writer" for account in town.sandbox.state.accounts.values()}
        town.sandbox.state.commit(edited, edited.owner)


def test_an_unreachable_workbook_is_remembered_its_links_do_not_flap_and_nothing_vanishes(town: Town) -> None:
    before = town.reconcile()
    unshare(town, LANDING)
    document = town.reconcile()
    assert document["run"]["exit_code"] == 14
    assert links(document) == links(before)
    assert document["written"] == []
    assert history(town) == []
    share(town, LANDING)
    after = town.reconcile()
    assert (after["run"]["exit_code"], after["requests"]["writes"], links(after)) == (0, 0, links(before))
    assert history(town) == []


def test_a_change_in_a_workbook_that_could_not_be_read_is_news_once_it_can(town: Town) -> None:
    unshare(town, LANDING)
    zielseiten(town).type(5, 6, "28.11.2026")
    town.reconcile()
    share(town, LANDING)
    town.reconcile()
    assert changes(town) == {("landing", "NL-1003", "flight_end", "2026-11-29", "2026-11-28")}


# ---------------------------------------------------------------- what is live stays


@dataclass
class Later:
    """The present, as late as it is said to be."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nobody waits {seconds} s here")


def later(town: Town, year: int, month: int, day: int) -> World:
    return replace(town.world(), clock=Later(datetime(year, month, day, 12, tzinfo=UTC)))


def test_a_link_published_before_its_flight_began_is_kept_when_the_page_moves_afterwards(town: Town) -> None:
    record = "NL-1002 / paid_social / carousel-a"
    published = builder(town).grid[2][14]
    town.run(later(town, 2026, 11, 15))
    zielseiten(town).text(4, 3, "https://www.northlight.example/moved")
    town.run(later(town, 2026, 11, 17))
    assert builder(town).grid[2][14] == published
    assert town.world().ledger.memory().published["utm", record, "tracking_url"].value == published


def test_a_link_follows_its_page_as_long_as_the_flight_has_not_begun(town: Town) -> None:
    zielseiten(town).text(4, 3, "https://www.northlight.example/moved")
    town.run(later(town, 2026, 11, 15))
    assert builder(town).grid[2][14].startswith("https://www.northlight.example/moved?")


def test_time_alone_is_no_reason_to_write(town: Town) -> None:
    for moment in ((2026, 11, 1), (2026, 12, 24), (2027, 3, 1)):
        run = town.run(later(town, *moment))
        assert run.requests.writes == 0
        assert_beside_their_rows(town, complete=True)


# ---------------------------------------------------------------- lost answers and killed runs


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Meddled:
    """The real sheets over HTTP, with mishaps on the way to one workbook: each call takes the next one."""

    inner: Sheets
    count: RequestCount
    book: str
    #: for writes, in order; afterwards all goes well
    fates: list[str]
    #: for reads after the first write
    blindness: list[type[BaseException]] = field(default_factory=list)
    sent: list[Batch] = field(default_factory=list)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        return self.inner.link(spreadsheet, tab_id, a1)

    def read(self, spreadsheet: str) -> Workbook:
        if spreadsheet == self.book and self.sent and self.blindness:
            raise self.blindness.pop(0)("not to be read now.")
        return self.inner.read(spreadsheet)

    def apply(self, batch: Batch) -> None:
        if batch.spreadsheet != self.book:
            return self.inner.apply(batch)
        self.sent.append(batch)
        fate = self.fates.pop(0) if self.fates else "well"
        if fate in ("well", "lost after", "twice", "killed after"):
            self.inner.apply(batch)
        match fate:
            case "lost before" | "lost after":
                raise AnswerLost("the answer was lost.")
            case "twice":
                self.inner.apply(batch)
            case "refused":
                raise Refused("the write was refused.")
            case "gone":
                raise Unreachable("nothing answers.")
            case "killed before" | "killed after":
                raise Killed
        return None


def meddled(town: Town, book: str, *fates: str, blindness: tuple[type[BaseException], ...] = ()) -> World:
    world = town.world()
    return replace(world, sheets=Meddled(world.sheets, world.sheets.count, book, list(fates), list(blindness)))


def journal(town: Town, book: str) -> list[tuple[int, str]]:
    """(generation, state) of every note about a workbook."""
    with closing(sqlite3.connect(town.ledger)) as database:
        wanted = "SELECT generation, state FROM journal WHERE spreadsheet = ? ORDER BY seq"
        return list(database.execute(wanted, (book,)))


WELL = ["intended", "written", "verified", "committed"]
#: a batch of its own, and then with one commit the end of both
RECOVERED = ["intended", "written", "verified", "dropped", "committed"]
MISHAPS: Mapping[str, tuple[tuple[str, ...], tuple[type[BaseException], ...], list[str], list[str]]] = {
    # what happens to writes and to reads after them, the journal after that run, and after the next one
    "answer lost after it was applied": (("lost after",), (), WELL, []),
    "answer lost before it was applied": (("lost before",), (), WELL, []),
    "both answers lost, the second applied": (("lost before", "lost after"), (), WELL, []),
    "both answers lost, none applied": (("lost before", "lost before"), (), ["intended"], RECOVERED),
    "lost and applied, and nobody can look": (("lost after",), (Unreachable,), ["intended"], ["committed"]),
    "lost, not applied, and nobody can look": (("lost before",), (Unreachable,), ["intended"], RECOVERED),
    "lost, and then gone": (("lost before", "gone"), (), ["intended"], RECOVERED),
    "applied twice, the refusal reaches us": (("twice",), (), WELL, []),
    "applied twice, and nobody can look": (("twice",), (Unreachable,), ["intended"], ["committed"]),
    "refused": (("refused",), (), ["intended", "dropped"], WELL),
    "gone": (("gone",), (), ["intended", "dropped"], WELL),
    "killed before it was applied": (("killed before",), (), ["intended"], RECOVERED),
    "killed after it was applied": (("killed after",), (), ["intended"], ["committed"]),
    "killed before anybody looked": ((), (Killed,), ["intended", "written"], ["committed"]),
    "written, and nobody can look": ((), (Unreachable,), ["intended", "written"], ["committed"]),
}


@pytest.mark.parametrize("name", MISHAPS)
def test_after_any_mishap_the_next_run_recovers_nothing_is_doubled_and_no_baseline_moved_too_early(
    untouched: Town, name: str
) -> None:
    fates, blindness, then, next_time = MISHAPS[name]
    try:
        run = untouched.run(meddled(untouched, UTM, *fates, blindness=blindness))
    except Killed:
        run = None
    assert [state for _, state in journal(untouched, UTM)] == then
    assert bool(baselines(untouched, "utm")) == (then == WELL)
    assert bool(baselines(untouched, "landing")) == (run is not None), "one workbook's mishap is no other's"
    if run is not None:
        assert [write.verified for write in run.written] == [True, True, then == WELL]
        assert run.exit_code == (0 if then == WELL else run.written[2].trouble.exit_code)  # type: ignore[union-attr]

    settled = untouched.run()

    assert settled.exit_code == 0
    assert [state for _, state in journal(untouched, UTM)] == [*then, *next_time]
    assert untouched.world().ledger.unfinished() == []
    assert baselines(untouched, "utm")
    assert builder(untouched).grid[0][12:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    export = untouched.sandbox.export(UTM)
    assert [tab["title"] for tab in export["tabs"]] == ["Builder", "Naming", "sheetsync"]
    theirs, ours = export["tabs"][0], export["tabs"][2]
    assert [len(theirs["rules"]), len(theirs["protections"]), len(ours["protections"])] == [1, 3, 1]
    assert_beside_their_rows(untouched, complete=True)
    assert history(untouched) == []
    assert untouched.run().requests.writes == 0


def test_a_batch_delayed_into_the_next_run_is_refused_or_makes_ours_refused_and_nothing_is_doubled(
    untouched: Town,
) -> None:
    first = meddled(untouched, UTM, "lost before", "lost before")
    untouched.run(first)
    assert isinstance(first.sheets, Meddled)
    delayed = first.sheets.sent[0]
    second = meddled(untouched, UTM)
    assert isinstance(second.sheets, Meddled)

    def arrives(record: Any) -> None:
        # Right after the second run has read, so that its own plan knows nothing of it.
        if UTM in record.path and record.method == "GET":
            untouched.sandbox.between = None
            _arrive(untouched, delayed)

    untouched.sandbox.between = arrives
    run = untouched.run(second)
    [ours] = [write for write in run.written if write.plan.batch]
    assert (ours.verified, ours.dropped, run.exit_code) == (False, True, 14), "who came first is told apart"
    assert "another write of sheetsync's came first" in str(ours.trouble)
    assert builder(untouched).grid[0][12:] == ["ss:status", "ss:issues", "ss:tracking_url"]
    with pytest.raises(Refused):
        untouched.world().sheets.apply(delayed)
    assert untouched.run().requests.writes == 0
    assert untouched.world().ledger.unfinished() == []


def _arrive(town: Town, batch: Batch) -> None:
    town.sandbox.act(batch.spreadsheet, body(batch)["requests"], "sheetsync")


def _spoiling(town: Town, *texts: str) -> None:
    """From now on a person types over our status right after each write into the builder, before anybody looks."""
    left = list(texts)

    def spoil(record: Any) -> None:
        if UTM in record.path and record.method == "POST" and left:
            builder(town).type(4, 12, left.pop(0))

    town.sandbox.between = spoil


def test_what_a_person_spoils_before_anybody_looked_is_mended_and_told_in_the_same_run(untouched: Town) -> None:
    _spoiling(untouched, "spoilt")
    run = untouched.run()
    assert (run.exit_code, run.requests.writes) == (0, 4)
    assert untouched.world().ledger.unfinished() == []
    assert baselines(untouched, "utm")
    assert [e.raw for e in history(untouched)] == ["spoilt"]
    assert untouched.run().requests.writes == 0


def test_the_baseline_stays_where_a_person_spoils_the_write_again_and_again(untouched: Town) -> None:
    _spoiling(untouched, "spoilt", "and again")
    run = untouched.run()
    assert run.exit_code == 1
    assert "clear what was typed into our column Builder!M" in run.written[2].wrong  # type: ignore[operator]
    assert [state for _, state in journal(untouched, UTM)] == ["intended", "written"] * 2
    assert baselines(untouched, "utm") == {}
    assert untouched.run().exit_code == 0
    assert baselines(untouched, "utm")
    assert [e.raw for e in history(untouched)] == ["spoilt", "and again"]


@dataclass
class Unspilled:
    """The real sheets, with our formulas in the builder failing for a reason of Google's own."""

    inner: Sheets
    count: RequestCount

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        return self.inner.link(spreadsheet, tab_id, a1)

    def apply(self, batch: Batch) -> None:
        self.inner.apply(batch)

    def read(self, spreadsheet: str) -> Workbook:
        book = self.inner.read(spreadsheet)
        return replace(book, tabs=tuple(_unspilled(tab) if tab.id == 77 else tab for tab in book.tabs))


def _unspilled(tab: Tab) -> Tab:
    head, *rows = tab.rows
    broken = [replace(cell, value=None, shown="#NAME?", error="#NAME?") if cell.formula else cell for cell in head]
    return replace(tab, rows=(tuple(broken), *(row[:12] for row in rows)))


def test_what_people_see_is_looked_at_in_every_run_also_when_there_is_nothing_to_write(town: Town) -> None:
    world = town.world()
    run = town.run(replace(world, sheets=Unspilled(world.sheets, world.sheets.count)))
    assert (run.exit_code, run.requests.writes) == (1, 0)
    [told] = run_document(run, world.link)["written"]
    assert (told["spreadsheet"], told["state"], told["changes"]) == (UTM, "unverified", [])
    assert told["generation"] >= 1
    assert "M2 does not show its row's status" in told["wrong"][0]


def test_an_observed_source_has_baselines_and_a_source_left_alone_for_its_neighbour_has_none(untouched: Town) -> None:
    """Two tabs of one workbook, one of them in trouble: nothing is written there, so nothing is settled."""
    untouched.add("twin", untouched.config.rules.sources["landing"], location=SheetTab(LANDING, 9))
    run = untouched.run()
    assert {trouble.source for trouble in run.troubles} == {"twin"}
    assert LANDING not in {write.plan.desired.spreadsheet for write in run.written}
    assert baselines(untouched, "landing") == {}
    assert baselines(untouched, "official"), "the register is only ever observed"
    assert BRIEFS in {write.plan.desired.spreadsheet for write in run.written}
