"""What a ledger promises (`LedgerSuite`, for every adapter), and what ours promises of its file."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from sheetsync.adapters import sql_file, sql_schema
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_news import FiledNews
from sheetsync.core.answers import Answer, Verdict
from sheetsync.core.approvals import Given
from sheetsync.core.attestation import Attestation
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.conflicts import Conflict, State, decision_words
from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Visibility
from sheetsync.core.guards import Accepted, Guard, Held
from sheetsync.core.hearsay import Hearsay, Move, Turn
from sheetsync.core.hearsay import State as Said
from sheetsync.core.late import Frozen
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Place
from sheetsync.core.record_fields import RecordFields
from sheetsync.core.rulings import End, Ruling
from sheetsync.core.rulings import Verdict as Choice
from sheetsync.core.terms import Severity
from sheetsync.core.typed import Look, Typed
from sheetsync.errors import LockHeld, SheetsyncError
from sheetsync.ports import (
    ApprovalSeen,
    ClosedFlag,
    Decided,
    Event,
    HandoffEvent,
    HandoffState,
    HandoffStates,
    Heard,
    HeldSince,
    JournalEntry,
    Ledger,
    Memory,
    Observation,
    Observations,
    OpenFlag,
    Outcome,
    Published,
    RunRecord,
    Standing,
    Withdrawal,
    WithheldValue,
)
from tests.adapters import processes

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
PLACE = Place("briefs", "sheet-1", "Q4", 0, 134, 7)
NewLedger = Callable[[], Ledger]

# The factory is what a fixture gives; each example asks it for a ledger of its own.
law = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)

# ---------------------------------------------------------------- what a cycle may leave behind

#: any text at all: also NUL, and halves of surrogate pairs, which JSON from outside may hold
texts = st.text(st.characters(), max_size=12)
names = st.sampled_from(["", "briefs", "Straße", "\x00"])
#: few, so that cycles often speak of the same
abouts = st.tuples(st.sampled_from(["briefs", ""]), st.sampled_from(["NL-7␟email", "\ud800"]), st.just("offer"))
times = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]))
numbers = st.none() | st.integers(-1, 2**31)
#: every field there is, also those a place will get one day
places = st.builds(Place, **{it.name: texts if it.type is str else numbers for it in fields(Place)})


accepted_states = st.builds(
    Accepted,
    st.dictionaries(texts, texts, max_size=3),
    st.dictionaries(st.sampled_from(("", "landing")), st.sampled_from(Visibility)),
    st.none() | texts,
    st.dictionaries(texts, times, max_size=3),
)
holds = st.builds(HeldSince, st.builds(Held, names, st.sampled_from(Guard), texts, texts), times)
some_texts = st.lists(texts, max_size=2).map(tuple)
doubts = st.builds(Doubt, names, texts, texts, st.booleans(), texts, texts, some_texts, some_texts)
column_answers = st.builds(ColumnAnswer, names, texts, texts, st.sampled_from(Verdict), texts, times)


turned = st.builds(Move, st.sampled_from(Said), texts, times, st.none() | times, st.none() | texts)
turns = st.tuples(st.integers(0, 3), turned)
few = st.sampled_from(("", "NL-7", "\ud800"))
hearsays = st.builds(Hearsay, st.sampled_from(("sc-1", "sc-2")), few, few, few, few, texts, texts, st.tuples(turned))
PENDING = Move(Said.PENDING, "ann", NOON, NOON + timedelta(days=1), "10%")


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    return Observation(*draw(abouts), draw(st.none() | texts), draw(texts), draw(places), draw(times))


@st.composite
def events(draw: st.DrawFn, run: str) -> Event:
    old, new = draw(st.none() | texts), draw(st.none() | texts)
    return Event(run, draw(times), *draw(abouts), old, new, draw(texts), draw(places))


@st.composite
def publications(draw: st.DrawFn) -> Published:
    return Published(*draw(abouts), draw(texts), draw(times))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    verdict = draw(st.sampled_from(Verdict))
    return Answer(draw(names), draw(texts), draw(texts), verdict, draw(texts), draw(texts), draw(times))


handoff_abouts = st.tuples(
    st.sampled_from(["briefs->utm", "\x00"]), st.sampled_from(["NL-7", "NL-7 / email", "\ud800"])
)


@st.composite
def handed(draw: st.DrawFn) -> HandoffState:
    return HandoffState(*draw(handoff_abouts), draw(texts), draw(texts), draw(times), draw(texts))


@st.composite
def handoff_events(draw: st.DrawFn, run: str) -> HandoffEvent:
    old, new = draw(st.none() | texts), draw(st.none() | texts)
    return HandoffEvent(run, draw(times), *draw(handoff_abouts), old, new, draw(texts))


maybe = st.none() | texts
approvals = st.builds(
    ApprovalSeen,
    st.builds(
        Given,
        st.sampled_from(("legal", "")),
        st.sampled_from(("NL-7", "\ud800")),
        texts,
        st.booleans(),
        maybe,
        maybe,
        st.dictionaries(texts, maybe, max_size=3),
        texts,
    ),
    places,
    times,
    texts,
    texts,
    st.builds(Attestation, st.booleans(), texts),
)


words = st.dictionaries(texts, texts, max_size=2)
sides = st.builds(Side, names, places, words)
disputes = st.builds(
    Dispute,
    texts,
    st.sampled_from((FlagKind.CONFLICT, FlagKind.DIFFERENCE)),
    texts,
    texts,
    texts,
    texts,
    sides,
    sides,
    words,
    some_texts,
    st.sampled_from(Severity),
    st.booleans(),
    st.none() | st.dates(),
)
conflicts = st.builds(Conflict, texts, texts, st.integers(1, 9), st.sampled_from(State), disputes, times, times, texts)
looks = st.builds(Look, names, texts, texts, texts, texts, texts, texts)
typings = st.builds(Typed, *[texts] * 9, st.none() | some_texts, texts, texts)


def rulings(run: str) -> st.SearchStrategy[Ruling]:
    days = st.none() | st.dates()
    what = (texts, st.sampled_from(Choice), texts, texts, texts, texts, st.booleans(), words, words, words, some_texts)
    return st.builds(Ruling, *what, texts, times, st.just(run), texts, days, st.booleans(), texts)


def _id(conflict: Conflict) -> str:
    return conflict.id


DISPUTE = Dispute(
    "ss-A",
    FlagKind.CONFLICT,
    "NL-7",
    "NL-7",
    "offer",
    "",
    Side("briefs", PLACE, {"offer": "20%"}),
    Side("landing", PLACE, {"offer": "25%"}),
    {},
    ("briefs->landing.offer",),
    Severity.HIGH,
)
CONFLICT = Conflict("ss-A", "ss-A", 1, State.DECIDED, DISPUTE, NOON, NOON, "keep B")
TYPED = Typed("ss-A", "", "keep A", "", "", "dana", "", "V", operator="dana")
RULING = Ruling(
    "ss-A",
    Choice.KEEP_B,
    "landing",
    "NL-7",
    "briefs",
    "NL-7",
    True,
    {"offer": "25%"},
    {"offer": "20%"},
    {"offer": "25%"},
    ("briefs->landing.offer",),
    "dana",
    NOON,
    "r1",
)


def withdrawal(run: str, decided: Sequence[str]) -> Withdrawal:
    undone = RunRecord("undo", NOON + timedelta(hours=1), NOON + timedelta(hours=1), 0, {})
    return Withdrawal(undone, run, True, (), {}, {}, decided=decided)


@st.composite
def frozen_values(draw: st.DrawFn) -> Frozen:
    return Frozen(*draw(abouts), draw(maybe), draw(times), draw(texts), draw(texts))


@st.composite
def cycles(draw: st.DrawFn) -> Sequence[Outcome]:
    """What several cycles leave, one after the other."""
    return [draw(outcomes(f"run {number}")) for number in range(draw(st.integers(1, 4)))]


@st.composite
def outcomes(draw: st.DrawFn, run: str) -> Outcome:
    return Outcome(
        run=RunRecord(
            run,
            draw(times),
            draw(times),
            draw(st.integers(0, 14)),
            draw(st.dictionaries(texts, st.just(1))),
            unfit=draw(st.dictionaries(names, texts, max_size=2)),
            troubles=draw(st.dictionaries(names, texts, max_size=2)),
            written=tuple(
                draw(st.lists(st.dictionaries(texts, texts | st.integers() | st.none(), max_size=3), max_size=2))
            ),
        ),
        events=draw(st.lists(events(run), max_size=3)),
        observations=draw(st.lists(observations(), max_size=5)),
        vanished=draw(st.lists(abouts, max_size=2)),
        baselines=draw(st.dictionaries(abouts, texts, max_size=4)),
        published=draw(st.lists(publications(), max_size=3)),
        proposed_ids=draw(st.dictionaries(texts, texts, max_size=3)),
        highest_number=draw(st.integers(0, 9999)),
        flags=(),
        accepted=draw(st.dictionaries(names, accepted_states, max_size=3)),
        held=draw(st.lists(holds, max_size=3)),
        doubts=draw(st.lists(doubts, max_size=3)),
        withheld=[WithheldValue(*about, draw(texts)) for about in draw(st.lists(abouts, max_size=3))],
        handed=draw(st.lists(handed(), max_size=3, unique_by=lambda it: it.about)),
        no_more_handed=draw(st.lists(handoff_abouts, max_size=2)),
        handoff_events=draw(st.lists(handoff_events(run), max_size=3)),
        approvals=draw(st.lists(approvals, max_size=3)),
        frozen=draw(st.lists(frozen_values(), max_size=3)),
        thawed=draw(st.lists(abouts, max_size=2)),
    )


def outcome(run: str = "r1", **changes: Any) -> Outcome:
    """What a quiet cycle leaves, but for the changes."""
    number = int(run.removeprefix("r"))
    began = NOON + timedelta(minutes=number)
    quiet = Outcome(RunRecord(run, began, began + timedelta(seconds=3), 0, {}), (), (), (), {}, (), {}, 0, ())
    return replace(quiet, **changes)


def event(run: str = "r1", record: str = "NL-0007") -> Event:
    return Event(run, NOON, "briefs", record, "offer", "20%", "25%", "25 % off", PLACE)


def flag(
    name: str, source: str = "briefs", severity: str = "high", row: int | None = None, since: datetime = NOON
) -> OpenFlag:
    return OpenFlag(name, "difference", {"source": source, "severity": severity, "place": {"row": row}}, since)


def remembered(past: Sequence[Outcome]) -> Memory:
    """What a ledger must know after these outcomes: the same in a few lines of Python."""
    known: dict[Any, Observation] = {}
    baselines: dict[Any, str] = {}
    published: dict[Any, Published] = {}
    proposed: dict[str, str] = {}
    accepted: dict[str, Accepted] = {}
    states: dict[tuple[str, str], HandoffState] = {}
    approved: dict[Any, ApprovalSeen] = {}
    frozen: dict[Any, Frozen] = {}
    for it in past:
        states = {about: state for about, state in states.items() if about not in it.no_more_handed}
        states |= {state.about: state for state in it.handed}
        known = {about: seen for about, seen in known.items() if about not in it.vanished}
        known |= {(seen.source, seen.record, seen.field): seen for seen in it.observations}
        baselines |= it.baselines
        published |= {(given.source, given.record, given.field): given for given in it.published}
        proposed |= it.proposed_ids
        accepted |= it.accepted
        approved |= {seen.given.about: seen for seen in it.approvals}
        frozen = {about: row for about, row in frozen.items() if about not in it.thawed}
        frozen |= {row.about: row for row in it.frozen}
    highest = max(it.highest_number for it in past)
    held = tuple(past[-1].held)
    return Memory(
        RecordFields(baselines.items()),
        Observations(known.items()),
        published,
        proposed,
        highest,
        accepted=accepted,
        held=held,
        handed=HandoffStates(states.values()),
        approvals=approved,
        frozen=frozen,
        doubts=tuple(past[-1].doubts),
    )


class LedgerSuite:
    """The port's promises. A subclass gives the fixture `new_ledger`, which makes an empty ledger at each call."""

    def test_what_was_agreed_under_other_terms_is_forgotten_with_the_commit_that_says_so(
        self, new_ledger: NewLedger
    ) -> None:
        ledger, code, end = new_ledger(), ("pages", "NL-1", "promo_code"), ("pages", "NL-1", "flight_end")
        ledger.commit(outcome("r1", baselines={code: "A", end: "2026-11-20"}))
        first = {code[::2]: "as briefs, code", end[::2]: "as briefs, day"}
        ledger.commit(outcome("r2", restated=first))
        assert ledger.memory().agreed_under == first
        assert dict(ledger.memory().baselines) == {code: "A", end: "2026-11-20"}, "noted for the first time"
        ledger.commit(outcome("r3", restated={code[::2]: "as legal, code"}, baselines={code: "B"}))
        assert dict(ledger.memory().baselines) == {code: "B", end: "2026-11-20"}
        ledger.commit(outcome("r4", restated={code[::2]: "as legal, text"}))
        assert dict(ledger.memory().baselines) == {end: "2026-11-20"}
        ledger.commit(outcome("r5", restated={end[::2]: None}))
        assert dict(ledger.memory().baselines) == {}
        assert ledger.memory().agreed_under == {code[::2]: "as legal, text"}

    def test_a_new_ledger_remembers_nothing(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        assert ledger.memory() == Memory(RecordFields(), Observations(), {}, {}, 0)
        assert not ledger.history()
        assert not ledger.open_flags()
        assert not ledger.unfinished()
        assert not ledger.closed_flags()
        assert not ledger.withheld()
        assert not ledger.records_in_history()
        assert not ledger.answers()
        assert not ledger.handoff_events()
        assert not ledger.hearsay()
        assert not ledger.runs(9)
        assert ledger.last_run() is None

    def test_a_clock_that_has_just_begun_stops_no_run(self, new_ledger: NewLedger) -> None:
        began = datetime.min.replace(tzinfo=UTC)
        run = RunRecord("r1", began, began, 0, {})
        ledger = new_ledger()
        ledger.commit(Outcome(run, (), (), (), {}, (), {}, 0, ()))
        assert ledger.last_run() == run

    @given(past=cycles())
    @law
    def test_what_was_committed_is_remembered_to_the_letter(
        self, new_ledger: NewLedger, past: Sequence[Outcome]
    ) -> None:
        ledger = new_ledger()
        for it in past:
            ledger.commit(it)
        assert ledger.memory() == remembered(past)
        assert ledger.history() == [change for it in past for change in it.events]
        assert ledger.handoff_events() == [change for it in past for change in it.handoff_events]
        assert ledger.held() == tuple(past[-1].held)
        assert ledger.last_run() in [it.run for it in past]
        assert ledger.withheld() == past[-1].withheld
        assert ledger.records_in_history() == {change.record for it in past for change in it.events}
        for it in past:
            assert ledger.runs(1, it.run.id) == [it.run]
            assert ledger.history(run=it.run.id) == it.events

    @given(told=st.lists(st.lists(answers(), max_size=3), max_size=3))
    @law
    def test_every_answer_is_remembered_to_the_letter_in_the_order_in_which_it_was_said(
        self, new_ledger: NewLedger, told: Sequence[Sequence[Answer]]
    ) -> None:
        ledger = new_ledger()
        for said in told:
            ledger.answer(said)
        assert ledger.answers() == ledger.memory().answers == tuple(one for said in told for one in said)

    @given(told=st.lists(st.lists(column_answers, max_size=3), max_size=3))
    @law
    def test_what_was_said_about_columns_is_remembered_alike(
        self, new_ledger: NewLedger, told: Sequence[Sequence[ColumnAnswer]]
    ) -> None:
        ledger = new_ledger()
        for said in told:
            ledger.answer_columns(said)
        assert ledger.memory().column_answers == tuple(one for said in told for one in said)

    @given(filed=st.lists(hearsays, max_size=4), moves=st.lists(st.tuples(st.integers(0, 3), turns), max_size=6))
    @law
    def test_what_was_said_elsewhere_is_kept_to_the_letter_once_and_moves_only_from_where_it_was_seen(
        self, new_ledger: NewLedger, filed: Sequence[Hearsay], moves: Sequence[tuple[int, tuple[int, Move]]]
    ) -> None:
        ledger = new_ledger()
        kept: dict[str, Hearsay] = {}
        for number, it in enumerate(filed):
            same = next((one for one in kept.values() if one.about == it.about), None)
            there = ledger.hear(it, f"longer {number}")
            assert there == (same or replace(it, id=f"longer {number}" if it.id in kept else it.id))
            kept[there.id] = there
        for at, (after, move) in moves:
            if at < len(kept):
                it = [*kept.values()][at]
                counts = after == len(it.moves)
                assert ledger.turn([Turn(it.id, after, move)]) == counts
                kept[it.id] = replace(it, moves=(*it.moves, move)) if counts else it
        assert ledger.turn([Turn("none of these", 0, Move(Said.PENDING, "", NOON))]) == 0
        assert ledger.hearsay() == ledger.memory().hearsay == tuple(kept.values())

    def test_a_run_commits_no_move_over_somebody_else_s(self, new_ledger: NewLedger) -> None:
        ledger, it = new_ledger(), Hearsay("sc-1", "NL-7", "offer", "20%", "chat", "Dana", "", (PENDING,))
        ledger.hear(it, "sc-11")
        no, closed = Move(Said.REJECTED, "Lena", NOON), Move(Said.CLOSED, "sheetsync", NOON)
        assert ledger.turn([Turn("sc-1", 1, no)]) == 1, "while the run is under way"
        ledger.commit(outcome(hearsay=[Turn("sc-1", 1, closed)]))
        assert [one.moves for one in ledger.hearsay()] == [(PENDING, no)]
        ledger.hear(replace(it, origin="mail", id="sc-2"), "sc-22")
        ledger.commit(outcome("r2", hearsay=[Turn("sc-2", 1, closed)]))
        assert [one.moves for one in ledger.hearsay()] == [(PENDING, no), (PENDING, closed)]

    def test_an_answer_without_a_zone_in_its_time_is_refused(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        without = Answer("briefs", "row", "Row", Verdict.ACCEPTED, "NL-7", "ann", NOON.replace(tzinfo=None))
        with pytest.raises(Exception, match="without its zone"):
            ledger.answer([without])
        assert not ledger.answers()

    @given(told=st.data())
    @law
    def test_what_was_decided_is_remembered_to_the_letter(self, new_ledger: NewLedger, told: st.DataObject) -> None:
        ledger = new_ledger()
        lived, taken = told.draw(st.lists(conflicts, max_size=3, unique_by=_id)), told.draw(st.lists(rulings("r1")))
        taken = list({one.matter: one for one in taken}.values())
        looked = told.draw(st.lists(looks, max_size=3, unique_by=lambda it: (it.spreadsheet, it.id)))
        heard = told.draw(st.lists(st.builds(Heard, st.just("r1"), times, texts, texts, words, texts), max_size=3))
        typed = told.draw(st.lists(typings, max_size=3, unique_by=lambda it: it.matter))
        filed = [ledger.file(one, NOON) for one in typed]
        by_book = {book: [it for it in looked if it.spreadsheet == book] for book in {it.spreadsheet for it in looked}}
        ledger.commit(outcome("r1", deciding=Decided(lived, taken, (), by_book, heard, ())))
        known = ledger.deciding()
        assert known == ledger.memory().deciding
        assert {it.id: it for it in known.conflicts} == {it.id: it for it in lived}
        assert list(known.rulings) == taken == list(ledger.all_rulings())
        assert dict(known.looks) == {(it.spreadsheet, it.id): it for it in looked}
        assert list(known.filed) == filed
        assert [it.typed for it in known.filed] == typed
        assert list(ledger.heard()) == heard

    def test_of_two_decisions_about_one_matter_the_first_one_waits(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        first = ledger.file(TYPED, NOON)
        assert ledger.file(replace(TYPED, decision="keep B"), NOON + timedelta(hours=1)) == first
        assert ledger.deciding().filed == (first,)
        ledger.commit(outcome("r1", deciding=Decided(filed=[replace(first, judged="r1", said="")])))
        assert ledger.deciding().filed == ()
        assert ledger.file(TYPED, NOON).number != first.number

    def test_a_decision_that_is_taken_back_waits_no_more_unless_a_run_was_faster(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        first = ledger.file(TYPED, NOON)
        assert ledger.unfile(first, "withdrawn by mo")
        assert ledger.deciding().filed == ()
        assert not ledger.unfile(first, "withdrawn by mo")
        second = ledger.file(TYPED, NOON)
        assert second.number != first.number
        ledger.commit(outcome("r1", deciding=Decided(filed=[replace(second, judged="r1")])))
        assert not ledger.unfile(second, "withdrawn by mo")
        third = ledger.file(TYPED, NOON)
        assert ledger.unfile(third, "withdrawn by mo")
        with pytest.raises(LockHeld, match="it decided nothing"):
            ledger.commit(outcome("r2", deciding=Decided(filed=[replace(third, judged="r2")])))

    def test_a_decision_that_another_run_has_judged_is_not_taken_twice(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        filed = ledger.file(TYPED, NOON)
        ledger.commit(outcome("r1", deciding=Decided(rulings=[RULING], filed=[replace(filed, judged="r1")])))
        late = Decided(rulings=[replace(RULING, run="r2")], filed=[replace(filed, judged="r2")])
        with pytest.raises(LockHeld, match="it decided nothing"):
            ledger.commit(outcome("r2", deciding=late))
        assert ledger.all_rulings() == (RULING,)

    def test_what_was_decided_is_taken_back_and_the_conflict_is_open_again(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        again = replace(CONFLICT, id="ss-A.2", episode=2, state=State.APPLIED)
        look = Look("ops", "ss-A", "V", "typed", "V", "typed", "")
        ledger.commit(
            outcome(
                "r1",
                deciding=Decided([CONFLICT, again], [RULING, replace(RULING, matter="ss-A.2")], (), {"ops": [look]}),
            )
        )
        ledger.withdraw_run(withdrawal("r1", ["ss-A", "ss-A.2"]))
        known = ledger.deciding()
        assert [(it.id, it.state, it.said) for it in known.conflicts] == [
            ("ss-A", State.OPEN, ""),
            ("ss-A.2", State.REOPENED, ""),
        ]
        assert known.rulings == ()
        assert {it.end for it in ledger.all_rulings()} == {End.UNDONE}
        [look] = known.looks.values()
        assert (look.judged, look.digest) == ("typed", "typed"), "what was typed does not count again"
        assert "taken back" in look.said

    def test_only_the_decisions_that_go_back_are_taken_back(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome("r1", deciding=Decided([CONFLICT], [RULING])))
        ledger.withdraw_run(withdrawal("r1", []))
        assert ledger.deciding().rulings == (RULING,)
        assert ledger.deciding().conflicts == (CONFLICT,)

    def test_what_an_undone_decision_had_ended_holds_again_with_its_conflict(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome("r1", deciding=Decided([CONFLICT], [RULING])))
        later = NOON + timedelta(minutes=2)
        ended = replace(RULING, end=End.SUPERSEDED, ended=later)
        closed = replace(CONFLICT, state=State.CLOSED, changed=later)
        newer = replace(RULING, matter="ss-B", run="r2")
        ledger.commit(outcome("r2", deciding=Decided([closed], [newer], [ended])))
        ledger.withdraw_run(withdrawal("r2", ["ss-B"]))
        assert ledger.deciding().rulings == (RULING,)
        [conflict] = ledger.deciding().conflicts
        assert (conflict.state, conflict.said) == (State.DECIDED, decision_words(RULING))

    def test_history_of_one_record_is_only_its_own(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome(events=[event(record="NL-0007"), event(record="nl-0007"), event(record="NL-0008")]))
        assert ledger.history("NL-0007") == [event(record="NL-0007")]

    def test_history_of_a_campaign_is_that_of_its_placements_and_of_rows_that_share_its_key_too(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        under = ["NL-7", "NL-7 / email / hero", "NL-7 / email", "NL-7 (row 1 of 2)", "NL-7 / ~􏿿"]
        other = ["NL-77", "NL-7/email", "NL-7 ", "NL-7 / ".strip() + "0", "NL-6 / email", "NL-7 (rows)", "NL-8"]
        ledger.commit(outcome(events=[event(record=it) for it in (*under, *other)]))
        assert [it.record for it in ledger.history("NL-7")] == under
        assert [it.record for it in ledger.history("NL-7 / email")] == ["NL-7 / email / hero", "NL-7 / email"]

    def test_what_became_of_a_campaign_s_handoffs_is_told_with_that_of_its_placements(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        told = [
            HandoffEvent("r1", NOON + timedelta(hours=hour), "briefs->utm", record, None, "ready", "[]")
            for hour, record in enumerate(["NL-7", "NL-77", "NL-7 / email / hero", "NL-8"])
        ]
        ledger.commit(outcome(handoff_events=told))
        assert ledger.handoff_events("NL-7") == [told[0], told[2]]
        assert ledger.handoff_events(since=NOON + timedelta(hours=2)) == told[2:]

    def test_history_since_a_moment_has_that_moment_in_it(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        first, then, last = (replace(event(), at=NOON + timedelta(minutes=it)) for it in range(3))
        ledger.commit(outcome(events=[first, then, last]))
        assert ledger.history(since=then.at) == [then, last]
        assert ledger.history("NL-0007", since=last.at) == [last]

    def test_the_last_runs_come_oldest_first_and_by_the_beginning_of_their_name(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        for number in (1, 3, 2, 10):
            ledger.commit(outcome(f"r{number}"))
        assert [it.id for it in ledger.runs(3)] == ["r2", "r3", "r10"]
        assert [it.id for it in ledger.runs(9, "r1")] == ["r1", "r10"]
        assert not ledger.runs(9, "%")

    def test_the_batches_of_a_run_say_how_far_they_came(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        steps = [("r1", 1, "intended"), ("r1", 1, "written"), ("r2", 2, "intended"), ("r1", 3, "intended")]
        for run, generation, state in steps:
            ledger.journal(JournalEntry(run, "sheet-1", generation, state))
        done = JournalEntry("r1", "sheet-1", 1, "committed")
        ledger.commit(outcome("r1", settled=[done]))
        ledger.journal(replace(done, state="verified"))
        assert ledger.batches("r1") == [done, JournalEntry("r1", "sheet-1", 3, "intended")]
        assert ledger.batches("r9") == []

    def test_times_come_back_aware_and_in_utc(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        there = NOON.astimezone(timezone(timedelta(hours=9)))
        ledger.commit(outcome(events=[replace(event(), at=there)]))
        (change,) = ledger.history()
        assert change.at == NOON
        assert change.at.utcoffset() == timedelta(0)

    def test_a_time_without_zone_is_refused_and_nothing_is_kept(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        with pytest.raises(Exception, match="zone"):
            ledger.commit(outcome(events=[event(), replace(event(), at=NOON.replace(tzinfo=None))]))
        assert not ledger.history()
        assert ledger.last_run() is None

    def test_a_run_is_committed_once(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome(events=[event()]))
        with pytest.raises(SheetsyncError):
            ledger.commit(outcome(events=[event()]))
        assert ledger.history() == [event()]

    def test_what_is_told_between_two_cycles_is_added_to_the_history_and_changes_nothing_else(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        ledger.commit(outcome("r1", events=[event("r1")]))
        before = ledger.memory()
        ledger.tell(outcome("r2").run, [event("r2", "ss-KJERO6")])
        assert ledger.history() == [event("r1"), event("r2", "ss-KJERO6")]
        assert ledger.memory() == before
        moved = ledger.footprint("r2")
        assert moved is not None
        assert moved.is_empty

    def test_a_number_given_out_is_never_forgotten(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome("r1", highest_number=12))
        ledger.commit(outcome("r2", highest_number=3))
        assert ledger.memory().highest_number == 12

    def test_the_last_run_is_the_one_that_ended_last(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        for run in ("r1", "r3", "r2"):
            ledger.commit(outcome(run))
        last = ledger.last_run()
        assert last is not None
        assert last.id == "r3"

    # -------------------------------------------------------- flags

    @given(past=st.lists(st.dictionaries(st.sampled_from("abc"), st.sets(st.integers(0, 3))), min_size=1, max_size=6))
    @law
    def test_since_is_kept_while_a_flag_stays_and_only_then(
        self, new_ledger: NewLedger, past: Sequence[Mapping[str, set[int]]]
    ) -> None:
        """Each cycle reaches some sources, which then have exactly the flags they raised."""
        ledger = new_ledger()
        expected: dict[str, datetime] = {}
        for number, raised in enumerate(past):
            now = NOON + timedelta(minutes=number)
            flags = [flag(f"{source}{it}", source, since=now) for source, its in raised.items() for it in its]
            ledger.commit(outcome(f"r{number}", flags=flags, unreached=sorted({"a", "b", "c"} - raised.keys())))
            unreached = {name: since for name, since in expected.items() if name[0] not in raised}
            expected = unreached | {it.id: expected.get(it.id, now) for it in flags}
        assert {it.id: it.since for it in ledger.open_flags()} == expected

    @given(past=st.lists(st.dictionaries(st.sampled_from("ab"), st.sets(st.integers(0, 2))), min_size=1, max_size=6))
    @law
    def test_a_flag_that_is_raised_no_more_is_kept_with_its_first_and_its_last_run(
        self, new_ledger: NewLedger, past: Sequence[Mapping[str, set[int]]]
    ) -> None:
        ledger = new_ledger()
        there: dict[str, OpenFlag] = {}
        closed: list[ClosedFlag] = []
        for number, raised in enumerate(past):
            run, now = f"r{number}", NOON + timedelta(minutes=number)
            flags = [
                replace(flag(f"{source}{it}", source, since=now), first=run, last=run)
                for source, its in raised.items()
                for it in its
            ]
            ledger.commit(outcome(run, flags=flags, unreached=sorted({"a", "b"} - raised.keys())))
            named = {it.id for it in flags}
            gone = [it for name, it in sorted(there.items()) if name[0] in raised and name not in named]
            closed += [ClosedFlag(it, run, now) for it in gone]
            there = {name: it for name, it in there.items() if it not in gone}
            there |= {it.id: replace(there.get(it.id, it), last=run) for it in flags}
            assert ledger.closed_flags(run) == [it for it in closed if it.by == run]
        assert {it.id: it for it in ledger.open_flags()} == there
        assert ledger.closed_flags() == closed

    def test_closed_flags_are_forgotten_after_ninety_days(self, new_ledger: NewLedger) -> None:
        ledger, day = new_ledger(), 24 * 60
        ledger.commit(outcome("r0", flags=[flag("F1")]))
        ledger.commit(outcome("r1"))
        ledger.commit(outcome(f"r{90 * day}"))
        assert [it.flag.id for it in ledger.closed_flags()] == ["F1"]
        ledger.commit(outcome(f"r{90 * day + 2}"))
        assert ledger.closed_flags() == []

    def test_withheld_values_of_a_source_that_was_not_reached_stay(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        of_briefs, of_utm = (WithheldValue(it, "NL-7", "tracking_url", "no page") for it in ("briefs", "utm"))
        ledger.commit(outcome("r1", withheld=[of_briefs, of_utm, of_utm]))
        ledger.commit(outcome("r2", unreached=["utm"]))
        assert ledger.withheld() == [of_utm, of_utm]

    def test_a_flag_that_stays_says_what_was_said_last(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ledger.commit(outcome("r1", flags=[flag("F1", severity="low")]))
        ledger.commit(outcome("r2", flags=[flag("F1", severity="high")]))
        assert [it.document["severity"] for it in ledger.open_flags()] == ["high"]

    def test_flags_come_worst_first_then_by_source_row_and_id(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        ordered = [
            flag("F9", "briefs", "high", 2),
            flag("F1", "briefs", "high", 10),
            flag("F2", "briefs", "high", 10),
            flag("F0", "utm", "high", 1),
            flag("F4", "briefs", "medium"),
            flag("F3", "briefs", "low"),
        ]
        ledger.commit(outcome(flags=sorted(ordered, key=lambda it: it.id)))
        assert ledger.open_flags() == ordered

    def test_flags_of_a_source_that_is_none_any_more_are_closed_and_those_of_an_unreached_one_are_not(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        ledger.commit(
            outcome("r1", flags=[flag("F1", "briefs"), flag("F2", "utm"), flag("F3", "gone"), flag("F4", "")])
        )
        ledger.commit(outcome("r2", flags=[flag("F5", "briefs")], unreached=["utm"]))
        assert {it.id for it in ledger.open_flags()} == {"F2", "F5"}

    # -------------------------------------------------------- the journal

    def test_a_batch_is_unfinished_until_it_is_committed_or_dropped(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        steps = [(1, "intended"), (2, "intended"), (3, "intended"), (1, "written"), (3, "dropped"), (2, "committed")]
        for generation, state in steps:
            ledger.journal(JournalEntry("r1", "sheet-1", generation, state))
        ledger.journal(JournalEntry("r2", "sheet-1", 1, "intended"))
        assert ledger.unfinished() == [
            JournalEntry("r1", "sheet-1", 1, "written"),
            JournalEntry("r2", "sheet-1", 1, "intended"),
        ]

    def test_commit_settles_what_it_is_told_to_and_nothing_else(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        verified = JournalEntry("r1", "sheet-1", 1, "verified")
        written = JournalEntry("r1", "sheet-2", 1, "written")
        of_another_run = JournalEntry("r0", "sheet-1", 1, "verified")
        for entry in (of_another_run, verified, written):
            ledger.journal(entry)
        ledger.commit(outcome("r1", settled=[replace(verified, state="committed")]))
        assert ledger.unfinished() == [of_another_run, written]
        ledger.commit(outcome("r2", settled=[replace(of_another_run, state="dropped")]))
        assert ledger.unfinished() == [written]

    def test_a_settled_batch_stays_settled_whatever_a_run_taken_for_dead_notes_then(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        written = JournalEntry("r1", "sheet-1", 1, "written")
        ledger.journal(written)
        ledger.commit(outcome("r2", settled=[replace(written, state="committed")]))
        ledger.journal(replace(written, state="verified"))
        assert ledger.unfinished() == []

    def test_a_run_whose_batches_another_one_has_settled_commits_nothing(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        entry = JournalEntry("r1", "sheet-1", 1, "intended", [event("r1")])
        ledger.journal(entry)
        recovered = [replace(it, run="r2") for it in ledger.unfinished()[0].events]
        ledger.commit(outcome("r2", events=recovered, settled=[replace(entry, state="dropped", events=())]))
        with pytest.raises(LockHeld, match="took over"):
            ledger.commit(outcome("r1", events=[event("r1")]))
        assert ledger.history() == [event("r2")]
        last = ledger.last_run()
        assert last is not None
        assert last.id == "r2"

    @given(seen=st.lists(events("r1"), max_size=3))
    @law
    def test_what_a_run_saw_before_its_batch_is_kept_to_the_letter_until_a_run_commits_it(
        self, new_ledger: NewLedger, seen: list[Event]
    ) -> None:
        ledger = new_ledger()
        ledger.journal(JournalEntry("r1", "sheet-1", 1, "intended", seen))
        ledger.journal(JournalEntry("r1", "sheet-1", 1, "written"))
        (entry,) = ledger.unfinished()
        assert (entry.state, list(entry.events)) == ("written", seen)
        assert not ledger.history(), "only a run that ends has a history"
        ledger.commit(outcome("r1", events=seen))
        assert ledger.unfinished() == [JournalEntry("r1", "sheet-1", 1, "written")], "told, and still open"

    def test_a_time_without_zone_is_refused_in_the_journal_too(self, new_ledger: NewLedger) -> None:
        ledger = new_ledger()
        with pytest.raises(Exception, match="zone"):
            ledger.journal(
                JournalEntry("r1", "sheet-1", 1, "intended", [replace(event(), at=NOON.replace(tzinfo=None))])
            )
        assert ledger.unfinished() == []

    # -------------------------------------------------------- what stands by our hand

    @given(rows=st.lists(st.tuples(texts, texts)), told=st.lists(st.tuples(texts, texts, st.none() | texts, texts)))
    @law
    def test_what_stands_in_a_workbook_is_remembered_to_the_letter(
        self, new_ledger: NewLedger, rows: list[tuple[str, ...]], told: list[Any]
    ) -> None:
        ledger = new_ledger()
        seen = Standing("sheet-1", 3, "r0", tuple(rows), tuple(told))
        then = Standing("sheet-1", 4, "r1", tuple(rows[1:]))
        ledger.journal(JournalEntry("r1", "sheet-1", 4, "intended"), [seen, then])
        ledger.journal(JournalEntry("r1", "sheet-1", 4, "written"))
        assert ledger.memory().standing == {seen.batch: seen, then.batch: then}
        later = replace(seen, told=())
        ledger.journal(JournalEntry("r2", "sheet-1", 4, "intended"), [later])
        assert ledger.memory().standing == {seen.batch: later, then.batch: then}

    def test_what_was_seen_to_stand_is_one_line_and_of_what_may_yet_arrive_not_everything_is_kept(
        self, new_ledger: NewLedger
    ) -> None:
        ledger = new_ledger()
        other, now = Standing("sheet-2", 1, "r0", (("a",),)), Standing("sheet-1", 4, "r0", (("b",),))
        ledger.journal(JournalEntry("r0", "sheet-2", 1, "intended"), [other])
        for number in range(20):
            ledger.journal(
                JournalEntry(f"r{number}", "sheet-1", 5, "intended"), [now, Standing("sheet-1", 5, f"r{number}", ())]
            )
        known = set(ledger.memory().standing)
        assert known == {other.batch, now.batch, *(("sheet-1", 5, f"r{number}") for number in range(13, 20))}
        seen = Standing("sheet-1", 5, "r19", (("c",),))
        ledger.commit(outcome("r19", standing=[seen]))
        assert ledger.memory().standing == {other.batch: other, seen.batch: seen}


# ---------------------------------------------------------------- our own file


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger fresh from the migrations; copying it is quicker than making another."""
    path = tmp_path_factory.mktemp("ledger") / "empty.db"
    SqlLedger(path).close()
    return path


@pytest.fixture
def path(empty: Path, tmp_path: Path) -> Path:
    return Path(copyfile(empty, tmp_path / "ledger.db"))


class TestSqlLedger(LedgerSuite):
    @pytest.fixture
    def new_ledger(self, empty: Path, tmp_path: Path) -> Iterator[NewLedger]:
        with ExitStack() as opened:

            def new() -> Ledger:
                handle, path = tempfile.mkstemp(dir=tmp_path)
                os.close(handle)
                ledger = SqlLedger(Path(copyfile(empty, path)))
                opened.callback(ledger.close)
                return ledger

            yield new


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE {} SET run = 'another'",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {} SELECT * FROM {}",
    ],
)
@pytest.mark.parametrize("table", ["history", "journal"])
def test_the_file_itself_refuses_to_rewrite_the_past(path: Path, table: str, attempt: str) -> None:
    with closing(SqlLedger(path)) as ledger:
        ledger.journal(JournalEntry("r1", "sheet-1", 1, "intended"))
        ledger.commit(outcome(events=[event()]))
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            connection.execute(attempt.replace("{}", table))
        assert ledger.history() == [event()]
        assert ledger.unfinished() == [JournalEntry("r1", "sheet-1", 1, "intended")]


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE handoff_events SET run = 'another'",
        "DELETE FROM handoff_events",
        "INSERT OR REPLACE INTO handoff_events SELECT * FROM handoff_events",
    ],
)
def test_the_file_refuses_to_rewrite_what_became_of_handoffs(path: Path, attempt: str) -> None:
    told = HandoffEvent("r1", NOON, "briefs->utm", "NL-7", None, "ready", "[]")
    with closing(SqlLedger(path)) as ledger:
        ledger.commit(outcome(handoff_events=[told]))
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="handoffs is append-only"):
            connection.execute(attempt)
        assert ledger.handoff_events() == [told]


@pytest.mark.parametrize(
    "attempt", ["UPDATE {} SET by = 'another'", "DELETE FROM {}", "INSERT OR REPLACE INTO {} SELECT * FROM {}"]
)
@pytest.mark.parametrize("table", ["hearsay", "hearsay_moves"])
def test_the_file_refuses_to_rewrite_what_was_said_elsewhere(path: Path, table: str, attempt: str) -> None:
    it = Hearsay("sc-1", "NL-7", "offer", "20%", "chat", "Dana", "", (PENDING,))
    with closing(SqlLedger(path)) as ledger:
        ledger.hear(it, "sc-11")
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
            connection.execute(attempt.replace("{}", table))
        assert ledger.hearsay() == (it,)


@pytest.mark.parametrize(
    "attempt",
    ["UPDATE heard SET refused = ''", "DELETE FROM heard", "INSERT OR REPLACE INTO heard SELECT * FROM heard"],
)
def test_the_file_refuses_to_rewrite_what_was_heard(path: Path, attempt: str) -> None:
    told = Heard("r1", NOON, "ss-A", "", {"decision": "keep A"}, "not applied: closed")
    with closing(SqlLedger(path)) as ledger:
        ledger.commit(outcome("r1", deciding=Decided(heard=[told])))
        with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="what was decided is append-only"):
            connection.execute(attempt)
        assert ledger.heard("ss-A") == ledger.heard(run="r1") == (told,)


def test_news_of_a_filed_decision_makes_no_file_and_forgets_none(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    news = FiledNews(path)
    assert news() == 0
    assert not path.exists()
    with closing(SqlLedger(path)) as ledger:
        assert news() == 0
        filed = ledger.file(TYPED, NOON)
        assert news() == filed.number
        ledger.commit(outcome("r1", deciding=Decided(filed=[replace(filed, judged="r1")])))
        assert news() == filed.number, "a decision that was judged is no news"


def test_history_belongs_to_a_run(path: Path) -> None:
    with closing(SqlLedger(path)) as ledger, pytest.raises(SheetsyncError, match="FOREIGN KEY"):
        ledger.commit(outcome("r1", events=[event("r2")]))


KILLED_BEFORE_COMMIT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.core.model import Place
from sheetsync.ports import Event, JournalEntry, Outcome, RunRecord

class Deadly(list):
    def __iter__(self):
        os._exit(9)

now = datetime.now(UTC)
change = Event("r1", now, "briefs", "NL-0007", "offer", "20%", "25%", "25 % off", Place("briefs", "sheet-1", "Q4", 0))
ledger = SqlLedger(Path(sys.argv[1]))
ledger.journal(JournalEntry("r1", "sheet-1", 4, "intended"))
ledger.journal(JournalEntry("r1", "sheet-1", 4, "written"))
if sys.argv[2] == "within":
    ledger.commit(Outcome(RunRecord("r1", now, now, 0, {}), [change], Deadly(), (), {}, (), {}, 0, ()))
os._exit(9)
"""


@pytest.mark.parametrize("moment", ["before", "within"])
def test_a_process_killed_around_its_commit_loses_nothing(path: Path, moment: str) -> None:
    assert processes.run(KILLED_BEFORE_COMMIT, path, moment) == (9, "")
    with closing(SqlLedger(path)) as ledger:
        assert ledger.unfinished() == [JournalEntry("r1", "sheet-1", 4, "written")]
        assert not ledger.history()
        ledger.commit(outcome("r1", events=[event()]))
        assert ledger.history() == [event()]


def test_the_file_is_in_wal_mode_and_every_step_reaches_the_disk(path: Path) -> None:
    with closing(SqlLedger(path)) as ledger, ledger._file.reading() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {it}").scalar() for it in PRAGMAS]
    assert dict(zip(PRAGMAS, pragmas, strict=True)) == PRAGMAS


#: 2 is FULL
PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}


def test_who_is_about_to_write_locks_others_out_from_the_start(path: Path) -> None:
    """Else two could both look, both find the way free, and both go."""
    with closing(sql_file.LedgerFile(path)) as file, file.writing(), raw(path) as other:
        other.execute("PRAGMA busy_timeout = 0")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_who_looks_does_not_wait_for_who_writes(path: Path) -> None:
    with closing(SqlLedger(path)) as ledger, ledger._file.writing():
        assert ledger.last_run() is None


# ---------------------------------------------------------------- migrations


def test_a_ledger_is_made_together_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a folder, 50% #1?" / "ledger.db"
    with closing(SqlLedger(path)) as ledger:
        ledger.commit(outcome())
    with closing(SqlLedger.open_existing(path)) as ledger:
        assert ledger.last_run() == outcome().run


def test_a_ledger_of_the_first_revision_comes_up_to_date_with_all_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    older = create_engine(f"sqlite:///{path}")
    with older.begin() as connection:
        sql_file.upgrade(connection, to="0001")
    older.dispose()
    with raw(path) as connection:
        assert "leases" not in tables(connection)
        connection.execute(
            "INSERT INTO runs VALUES ('r1', '2026-11-27T12:01:00.000000Z', '2026-11-27T12:01:03Z', 0, '{}')"
        )
        connection.execute("INSERT INTO baselines VALUES ('briefs', 'NL-0007', 'offer', '25%')")
    with closing(SqlLedger(path)) as ledger:
        assert ledger.last_run() == outcome().run
        assert ledger.memory().baselines == {("briefs", "NL-0007", "offer"): "25%"}
    with raw(path) as connection:
        assert "leases" in tables(connection)


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_a_ledger_of_the_second_revision_keeps_its_journal_and_its_triggers(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    older = create_engine(f"sqlite:///{path}")
    with older.begin() as connection:
        sql_file.upgrade(connection, to="0002")
    older.dispose()
    with raw(path) as connection:
        for state in ("intended", "written"):
            noted = "INSERT INTO journal (run, spreadsheet, generation, state) VALUES ('r0', 'sheet-1', 4, ?)"
            connection.execute(noted, (state,))
    with closing(SqlLedger(path)) as ledger:
        (left,) = ledger.unfinished()
        assert left == JournalEntry("r0", "sheet-1", 4, "written")
        assert ledger.memory().standing == {}
        ledger.commit(outcome("r1", events=[event()], settled=[replace(left, state="committed")]))
        assert ledger.unfinished() == []
    with raw(path) as connection:
        for table in ("history", "journal"):
            for attempt in ("UPDATE {} SET run = 'x'", "DELETE FROM {}"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    connection.execute(attempt.replace("{}", table))


def test_a_ledger_of_the_fifth_revision_closes_its_flags_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    older = create_engine(f"sqlite:///{path}")
    with older.begin() as connection:
        sql_file.upgrade(connection, to="0005")
    older.dispose()
    with raw(path) as connection:
        connection.execute(
            "INSERT INTO runs VALUES ('r0', '2026-11-27T12:00:00Z', '2026-11-27T12:00:03Z', 0, '{}', '{}')"
        )
        connection.execute(
            "INSERT INTO flags VALUES ('F1', 'difference', 'briefs', 'high', 3, '{}', '2026-11-27T12:00:00Z')"
        )
    with closing(SqlLedger(path)) as ledger:
        then = OpenFlag("F1", "difference", {}, NOON)
        assert ledger.open_flags() == [then]
        assert ledger.last_run() == replace(outcome("r0").run, counts={})
        ledger.commit(outcome("r1"))
        assert ledger.closed_flags() == [ClosedFlag(then, "r1", outcome("r1").run.started)]


def test_the_migrations_lead_to_the_tables_the_code_speaks_of(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": sql_schema.REVISION_TABLE})
        assert compare_metadata(context, sql_schema.metadata) == []
    engine.dispose()


def test_every_ledger_has_a_mark_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    with closing(SqlLedger(tmp_path / "one.db")) as one, closing(SqlLedger(tmp_path / "other.db")) as other:
        mark = one.memory().installation
        assert len(mark) == 32
        assert other.memory().installation != mark
        one.commit(outcome("r1"))
    with closing(SqlLedger(tmp_path / "one.db")) as again:
        assert again.memory().installation == mark


def test_the_code_knows_every_migration() -> None:
    scripts = ScriptDirectory(str(resources.files("sheetsync.adapters.migrations")))
    assert [it.revision for it in scripts.walk_revisions()] == [*reversed(sql_schema.REVISIONS)]


def test_a_start_on_a_current_ledger_does_without_alembic(path: Path) -> None:
    script = """
import sys
from pathlib import Path
from sheetsync.adapters.sql_ledger import SqlLedger
SqlLedger(Path(sys.argv[1])).memory()
print("alembic" in sys.modules)
"""
    assert processes.run(script, path) == (0, "False\n")


def test_those_who_only_look_make_no_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.db"
    with pytest.raises(SheetsyncError, match=r"no run yet.*`sheetsync reconcile`"):
        SqlLedger.open_existing(path)
    assert not path.parent.exists()


# ---------------------------------------------------------------- files that cannot be a ledger


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def no_database(path: Path) -> None:
    path.write_bytes(b"Campaign,Offer\nNL-0007,25%\n" * 100)


def damaged(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 4000 + content[4100:])


def of_another_program(path: Path) -> None:
    path.unlink()
    with raw(path) as connection:
        connection.execute("CREATE TABLE campaigns (campaign_id TEXT PRIMARY KEY)")


def of_a_newer_sheetsync(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("UPDATE sheetsync_revision SET version_num = '9999'")


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (a_folder, "is a folder"),
        (no_database, "is not a database, or is damaged; it was left as it is"),
        (damaged, "is damaged; it was left as it is"),
        (of_another_program, "belongs to another program"),
        (
            of_a_newer_sheetsync,
            r"was written by a newer sheetsync; upgrade, or use another ledger \(SHEETSYNC_LEDGER\)",
        ),
    ],
)
def test_a_file_that_is_no_ledger_is_named_in_one_line_and_left_as_it_is(
    path: Path, spoil: Callable[[Path], None], told: str, create: bool
) -> None:
    spoil(path)
    before = path.is_dir() or path.read_bytes()
    with pytest.raises(SheetsyncError, match=told) as caught:
        SqlLedger(path, create=create)
    assert caught.value.exit_code == 1
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (path.is_dir() or path.read_bytes()) == before
    assert [it.name for it in path.parent.iterdir()] == [path.name]


@contextmanager
def without_rights() -> Iterator[None]:
    """Rights do not bind root: be somebody else for a moment."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no such rights here")
    me = os.geteuid()
    try:
        if me == 0:
            os.seteuid(65534)
        yield
    finally:
        if me == 0:
            os.seteuid(me)


def test_a_ledger_that_may_only_be_read_is_read_and_says_so_when_written(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = Path(copyfile(path, Path(folder) / "ledger.db"))
        there.chmod(0o444)
        Path(folder).chmod(0o755)
        with raw(there) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        with without_rights():
            with closing(SqlLedger(there)) as ledger:
                assert ledger.last_run() is None
                with pytest.raises(SheetsyncError, match=r"ledger\.db is read-only"):
                    ledger.journal(JournalEntry("r1", "sheet-1", 1, "intended"))
            with pytest.raises(SheetsyncError, match="cannot be opened"):
                SqlLedger(Path(folder) / "new.db")
            with pytest.raises(SheetsyncError, match="cannot be made"):
                SqlLedger(Path(folder) / "state" / "new.db")


def test_no_cell_of_a_person_stands_in_an_error(path: Path) -> None:
    with closing(SqlLedger(path)) as ledger:
        with pytest.raises(SheetsyncError) as caught:
            ledger.commit(outcome("r1", events=[replace(event("r2"), raw="s3cret offer")]))
        assert "s3cret" not in f"{caught.value} {caught.value.__cause__}"
