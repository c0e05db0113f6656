"""Runs killed, overtaken or locked out: what people typed over us is told once, and every batch is settled once."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from sheetsync.adapters.google_requests import body
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.core.changes import Batch
from sheetsync.core.guards import Guard
from sheetsync.core.model import Workbook
from sheetsync.engine.world import RUN, World
from sheetsync.errors import LockHeld
from sheetsync.ports import JournalEntry, Ledger, Outcome, Withdrawal
from sheetsync.sandbox import Running
from sheetsync.sandbox.errors import GoogleError
from tests.engine.conftest import Town, _Moment
from tests.engine.people import UTM, assert_beside_their_rows, builder, ours_in
from tests.engine.test_ledger_story import Killed, Meddled, history, journal, meddled


def settled_once(town: Town) -> None:
    """No batch is open, and none ended twice."""
    assert town.world().ledger.unfinished() == []
    with closing(sqlite3.connect(town.ledger)) as database:
        ends = (
            "SELECT run, spreadsheet, generation, SUM(state IN ('committed', 'dropped')) FROM journal GROUP BY 1, 2, 3"
        )
        assert {count for *_, count in database.execute(ends)} <= {1}


def at_rest(town: Town) -> None:
    """After at most two quiet cycles nothing is left to do, and everything stands where it should."""
    for _ in range(2):
        town.run()
    run = town.run()
    assert (run.requests.writes, run.exit_code) == (0, 0)
    assert_beside_their_rows(town, complete=True)
    settled_once(town)


# ---------------------------------------------------------------- killed at every step


@dataclass
class Deadly:
    """Every door a cycle leaves something behind; at the n-th step, before or after it, the process ends."""

    world: World
    step: int
    after: bool
    taken: int = 0

    def take(self, act: Any, *arguments: Any) -> Any:
        self.taken += 1
        if self.taken == self.step and not self.after:
            raise Killed
        answer = act(*arguments)
        if self.taken == self.step:
            raise Killed
        return answer


class DeadlyLedger:
    def __init__(self, deadly: Deadly, inner: Ledger) -> None:
        self._deadly, self._inner = deadly, inner

    def journal(self, entry: JournalEntry, standing: Any = ()) -> None:
        self._deadly.take(self._inner.journal, entry, standing)

    def commit(self, outcome: Outcome) -> None:
        self._deadly.take(self._inner.commit, outcome)

    def withdraw_run(self, withdrawal: Withdrawal) -> None:
        self._deadly.take(self._inner.withdraw_run, withdrawal)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class DeadlySheets:
    def __init__(self, deadly: Deadly, inner: Any) -> None:
        self._deadly, self._inner, self.count = deadly, inner, inner.count

    def apply(self, batch: Batch) -> None:
        self._deadly.take(self._inner.apply, batch)

    def read(self, spreadsheet: str) -> Workbook:
        found: Workbook = self._deadly.take(self._inner.read, spreadsheet)
        return found

    def link(self, *where: Any) -> str:
        return str(self._inner.link(*where))


def deadly(town: Town, step: int, after: bool) -> World:
    world = town.world()
    death = Deadly(world, step, after)
    return replace(world, ledger=DeadlyLedger(death, world.ledger), sheets=DeadlySheets(death, world.sheets))


#: three reads; intended, the write, written; the look, verified; the commit
STEPS = 9


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_at_any_step_nothing_is_lost_or_doubled(town: Town, step: int, after: bool) -> None:
    builder(town).type(3, 12, "over a column")
    ours_in(town, UTM).type(2, 3, "into our tab")
    with pytest.raises(Killed):
        town.run(deadly(town, step, after))
    builder(town).type(5, 12, "typed meanwhile")
    ours_in(town, UTM).type(5, 4, "ours meanwhile")
    at_rest(town)
    told = ("over a column", "into our tab", "typed meanwhile", "ours meanwhile")
    assert Counter(e.new for e in history(town)) == dict.fromkeys(told, 1)


def test_there_is_no_step_after_the_last(town: Town) -> None:
    builder(town).type(3, 12, "over a column")
    town.run(deadly(town, STEPS + 1, False))
    assert [state for _, state in journal(town, UTM)][-1] == "committed"


# ---------------------------------------------------------------- any sequence of mishaps


FATES = {
    "well": (),
    "refused": ("refused",),
    "gone": ("gone",),
    "lost after": ("lost after",),
    "lost": ("lost before", "lost before"),
    "lost and gone": ("lost before", "gone"),
    "killed before": ("killed before",),
    "killed after": ("killed after",),
    "twice": ("twice",),
}


@dataclass(frozen=True)
class Turn:
    """People type, perhaps an old batch of ours arrives (before the run or while it thinks), a run meets its fate."""

    columns: int
    our_tab: int
    fate: str
    #: the number of a batch that was lost on the way, and whether it arrives within the run
    late: int | None = None
    within: bool = False


turns = st.builds(
    Turn,
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from(sorted(FATES)),
    st.none() | st.integers(0, 3),
    st.booleans(),
)


@dataclass
class Story:
    """One town in which turns are played; texts are all different, and so are the cells they are typed into."""

    town: Town
    lost: list[Batch] = field(default_factory=list)
    typed: int = 0
    seen: set[str] = field(default_factory=set)

    def play(self, turn: Turn) -> None:
        self._type(turn)
        late = self.lost.pop(turn.late % len(self.lost)) if self.lost and turn.late is not None else None
        if late is not None and not turn.within:
            self._arrive(late)
        world = meddled(self.town, UTM, *FATES[turn.fate])
        sheets = ReadOnce(world.sheets, lambda: self.notice(late if turn.within else None))
        with suppress(Killed):
            self.town.run(replace(world, sheets=sheets))
        assert isinstance(world.sheets, Meddled)
        if turn.fate in ("lost", "lost and gone", "killed before"):
            self.lost += world.sheets.sent[:1]
        event(turn.fate)

    def _type(self, turn: Turn) -> None:
        for _ in range(turn.columns):
            self.typed += 1
            builder(self.town).type(1 + self.typed % 16, 13, f"typed {self.typed}")
        for _ in range(turn.our_tab):
            self.typed += 1
            ours_in(self.town, UTM).type(1 + self.typed % 12, 3 + self.typed // 12 % 3, f"typed {self.typed}")

    def _arrive(self, batch: Batch) -> None:
        with suppress(GoogleError):
            self.town.sandbox.act(batch.spreadsheet, body(batch)["requests"], "sheetsync")
            event("a late batch was applied")

    def notice(self, late: Batch | None) -> None:
        """The run has read: what stands there now was seen."""
        export = self.town.sandbox.export(UTM)
        cells = [str(cell.get("value")) for tab in export["tabs"] for _, _, cell in tab["cells"]]
        self.seen |= {text for text in cells if text.startswith("typed ")}
        if late is not None:
            self._arrive(late)


class ReadOnce:
    """The sheets, with something that happens right after a run has read the builder's workbook."""

    def __init__(self, inner: Any, then: Callable[[], object]) -> None:
        self.count, self._inner, self._then = inner.count, inner, [then]

    def read(self, spreadsheet: str) -> Workbook:
        found: Workbook = self._inner.read(spreadsheet)
        if spreadsheet == UTM and self._then:
            self._then.pop()()
        return found

    def apply(self, batch: Batch) -> None:
        self._inner.apply(batch)

    def link(self, *where: Any) -> str:
        return str(self._inner.link(*where))


@given(played=st.lists(turns, min_size=1, max_size=4))
@example(played=[Turn(1, 1, "lost"), Turn(1, 1, "well", 0, within=True), Turn(1, 0, "killed after")])
@example(played=[Turn(1, 1, "killed before"), Turn(1, 1, "lost", 0, within=True), Turn(0, 1, "well", 0)])
@example(played=[Turn(1, 1, "refused"), Turn(1, 1, "killed before"), Turn(0, 0, "well", 0)])
@example(played=[Turn(0, 1, "lost"), Turn(0, 0, "refused"), Turn(0, 1, "refused", 0), Turn(0, 1, "killed after")])
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_seen_is_told_exactly_once_in_any_sequence_of_mishaps(
    _moments: tuple[Running, _Moment, _Moment],  # noqa: PT019
    tmp_path: Path,
    played: list[Turn],
) -> None:
    assert told_by(_moments, tmp_path, played) == {}


@pytest.mark.xfail(strict=True, reason="known: what was typed into our tab is told once too often")
def test_a_batch_that_arrives_two_runs_late_while_an_answer_is_lost(
    _moments: tuple[Running, _Moment, _Moment],  # noqa: PT019
    tmp_path: Path,
) -> None:
    within = [Turn(2, 2, "well"), Turn(1, 0, "lost and gone"), Turn(0, 1, "lost after", 0, True)]
    assert told_by(_moments, tmp_path, [*within, Turn(1, 2, "refused")]) == {}


def told_by(moments: tuple[Running, _Moment, _Moment], place: Path, played: list[Turn]) -> dict[str, int]:
    """How often each text that a run has seen stands in the history in the end, where that is not once."""
    shutil.rmtree(place)
    story = Story(moments[2].again(moments[0], place))
    for turn in played:
        story.play(turn)
    story.notice(None)
    at_rest(story.town)
    told = Counter(e.new for e in history(story.town) if e.new is not None)
    assert told.keys() <= story.seen
    return {text: told[text] for text in story.seen if told[text] != 1}


# ---------------------------------------------------------------- others at work


def test_a_stranger_under_the_same_number_is_not_taken_for_us(town: Town, tmp_path: Path) -> None:
    """Another installation, with another ledger and a person's yes to both, writes right after we have read."""
    other = Town(tmp_path / "other", town.sandbox, town.config)
    other.place.mkdir()
    other._config = replace(other.config, ledger=tmp_path / "other" / "ledger.db")

    builder(town).type(3, 12, "typed over us")
    world = town.world()
    both = town.yes_to(Guard.INSTALLATION, Guard.FIRST_WRITE)
    run = town.run(replace(world, sheets=ReadOnce(world.sheets, lambda: other.run(accept=both))))
    [ours] = [write for write in run.written if write.plan.batch]
    assert (ours.dropped, ours.verified, run.exit_code) == (True, False, 14)
    assert str(ours.trouble).endswith("nothing is lost. Run `sheetsync reconcile` again.")
    assert town.run().requests.writes == 0, "the workbook is the other's now, until a person says yes again"
    town.run(accept=both)
    at_rest(town)
    assert [e.new for e in history(town)] == ["typed over us"]
    assert [e.new for e in other.world().ledger.history()] == ["typed over us"]


def taken_over(town: Town) -> None:
    """Another host's run, which takes this one for dead."""
    with closing(sqlite3.connect(town.ledger)) as database, database:
        database.execute("UPDATE leases SET owner = 'ben@elsewhere', token = 'theirs'")


@pytest.mark.parametrize("moment", ["reading", "writing", "looking", "committing"])
def test_a_run_that_lost_its_lease_stops_before_it_writes_or_commits_anything_more(town: Town, moment: str) -> None:
    builder(town).type(3, 12, "over a column")
    method, nth = {"reading": ("GET", 1), "writing": ("GET", 3), "looking": ("POST", 1), "committing": ("GET", 4)}[
        moment
    ]
    count = 0

    def lose(record: Any) -> None:
        nonlocal count
        count += record.method == method and record.path != "/token"
        if count == nth:
            town.sandbox.between = None
            taken_over(town)

    town.sandbox.between = lose
    sent = len(town.sandbox.requests)
    with pytest.raises(LockHeld, match=r"\(ben@elsewhere, pid .*\) took the lock over") as caught:
        town.run()
    assert caught.value.exit_code == 13
    posts = [record for record in town.sandbox.requests[sent:] if record.method == "POST" and record.path != "/token"]
    assert len(posts) == (moment in ("looking", "committing"))
    assert history(town) == []
    with closing(sqlite3.connect(town.ledger)) as database, database:
        database.execute("DELETE FROM leases")
    at_rest(town)
    assert [e.new for e in history(town)] == ["over a column"]


def test_a_run_is_not_begun_while_another_one_is_at_work(town: Town) -> None:
    world = town.world()
    with SqlLeases(town.ledger, world.clock, "ben@elsewhere").hold(RUN), pytest.raises(LockHeld, match="ben@elsewhere"):
        town.run()


# ---------------------------------------------------------------- workbooks and sources taken out


def without(town: Town, *names: str) -> Town:
    rules = town.config.rules
    kept = {name: source for name, source in rules.sources.items() if name not in names}
    owners = {field: owner for field, owner in rules.owners.items() if owner not in names}
    handoffs = tuple(one for one in rules.handoffs if not {one.giver, one.receiver} & set(names))
    town._config = replace(town.config, rules=replace(rules, sources=kept, owners=owners, handoffs=handoffs))
    return town


def test_what_a_killed_run_saw_in_a_workbook_that_is_no_source_any_more_is_told_all_the_same(town: Town) -> None:
    builder(town).type(3, 12, "over a column")
    with pytest.raises(Killed):
        town.run(meddled(town, UTM, "killed after"))
    without(town, "utm").run()
    assert [e.new for e in history(town)] == ["over a column"]
    settled_once(town)


def test_flags_of_a_source_that_is_none_any_more_are_closed(town: Town) -> None:
    def sources() -> set[str]:
        return {str(flag.document["source"]) for flag in town.world().ledger.open_flags()}

    assert "utm" in sources()
    without(town, "utm").run()
    assert sources()
    assert "utm" not in sources()


def test_a_ledger_without_any_memory_of_our_tabs_learns_it_from_the_next_run_that_writes_nothing(town: Town) -> None:
    """As one that comes from an older sheetsync."""
    with closing(sqlite3.connect(town.ledger)) as database, database:
        database.execute("DELETE FROM standing")
    ours_in(town, UTM).type(2, 3, "fine by me")
    town.run()
    assert history(town) == [], "nobody knows what we wrote"
    with closing(sqlite3.connect(town.ledger)) as database, database:
        database.execute("DELETE FROM standing")
    assert town.run().requests.writes == 0
    ours_in(town, UTM).type(2, 3, "fine by me")
    town.run()
    assert [e.new for e in history(town)] == ["fine by me"]
