"""A table of the system of record follows the owners: a real SQLite file, sheets over HTTP."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.core.following import RECORDS, Line
from sheetsync.core.graph import Approval, Limits
from sheetsync.core.guards import Guard
from sheetsync.engine.documents import run_document
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run, World
from sheetsync.errors import AnswerLost
from tests.engine.conftest import Town
from tests.engine.people import Hand, briefs

RECORD = "NL-1003"
#: what the briefs say otherwise than the register from the start
OFFER = ("NL-1005", "offer", "15.00 USD off from 75.00 USD", "20.00 USD off from 75.00 USD")


@pytest.fixture
def register(untouched: Town) -> Town:
    """The season before any run, its register with a version in each line, and willing to follow."""
    untouched._config = replace(untouched.config, records_url=f"sqlite:///{untouched.place}/records.db")
    sql(untouched, "ALTER TABLE campaigns ADD COLUMN row_version INTEGER NOT NULL DEFAULT 1")
    untouched.change("official", writes=True, version="row_version")
    return untouched


@pytest.fixture
def followed(register: Town) -> Town:
    """After the run that wrote the first cell."""
    assert register.run().followed.state == "verified"
    return register


def sql(town: Town, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Somebody else at work in the same database."""
    with closing(sqlite3.connect(town.place / "records.db")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def table(town: Town) -> Mapping[str, Mapping[str, Any]]:
    """The register by campaign."""
    with closing(sqlite3.connect(town.place / "records.db")) as connection:
        connection.row_factory = sqlite3.Row
        return {line["campaign_id"]: dict(line) for line in connection.execute("SELECT * FROM campaigns")}


def puts(run: Run) -> Sequence[tuple[str, str, str, str]]:
    return [(it.record, it.field, it.was, it.now) for it in run.followed.puts]


def stays(run: Run) -> Mapping[tuple[str, str], str]:
    return {(one.put.record, one.put.field): one.why for one in run.followed.stays}


def say(town: Town, record: str, column: int, typed: object) -> Hand:
    """The owner types into the briefs: 5 is the last day, 6 the offer."""
    hand = briefs(town)
    hand.type(hand.find(record)[0], column, typed)
    return hand


def flags_in_the_register(run: Run) -> set[tuple[str, str]]:
    return {(flag.record, flag.field) for flag in run.decided.flags if flag.place.source == "official"}


def without_version(lines: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return {name: {k: v for k, v in line.items() if k != "row_version"} for name, line in lines.items()}


# ---------------------------------------------------------------- what is written


def test_a_line_follows_its_owner_and_nothing_else_moves(register: Town) -> None:
    before = table(register)
    run = register.run()
    after = table(register)
    assert puts(run) == [OFFER]
    assert after["NL-1005"] == {**before["NL-1005"], "offer": OFFER[3], "row_version": 2}
    assert {name: line for name, line in after.items() if name != "NL-1005"} == {
        name: line for name, line in before.items() if name != "NL-1005"
    }
    assert ("NL-1005", "offer") not in flags_in_the_register(run)
    assert run.exit_code == 0


def test_the_next_run_has_nothing_to_write_and_nothing_to_tell(followed: Town) -> None:
    before, seen = table(followed), followed.world().ledger.history()
    run = followed.run()
    assert (puts(run), table(followed)) == ([], before)
    assert followed.world().ledger.history() == seen
    assert run.requests.writes == 0


def test_the_history_tells_what_was_changed_in_whose_name(followed: Town) -> None:
    event = followed.world().ledger.history("NL-1005")[-1]
    assert (event.source, event.field, event.old, event.new, event.raw) == (
        "official",
        "offer",
        OFFER[2],
        OFFER[3],
        "follows briefs",
    )


def test_plan_and_dry_run_show_it_and_write_nothing(register: Town) -> None:
    before = table(register)
    run = register.run(dry_run=True)
    told = run_document(run, register.world(dry_run=True).link)["written"][-1]
    assert (told["spreadsheet"], told["state"], table(register)) == (RECORDS, "planned", before)
    assert told["changes"][0] == f"campaigns.offer of NL-1005: {OFFER[2]} -> {OFFER[3]} (briefs)"
    assert ("NL-1005", "offer") in flags_in_the_register(run)


def test_an_owner_who_moves_on_before_the_next_run_is_followed_again_and_there_is_no_conflict(followed: Town) -> None:
    say(followed, "NL-1005", 6, "35% off")
    run = followed.run()
    assert puts(run) == [("NL-1005", "offer", OFFER[3], "35% off")]
    assert table(followed)["NL-1005"]["row_version"] == 3


def test_a_word_of_people_s_only_is_never_written(register: Town) -> None:
    run = register.run()
    assert stays(run) == {("NL-1008", "budget"): "Budget is for people only"}
    assert ("NL-1008", "budget") in flags_in_the_register(run)


def test_a_conflict_is_never_written(followed: Town) -> None:
    followed.run()
    say(followed, "NL-1005", 6, "35% off")
    sql(followed, "UPDATE campaigns SET offer = '40% off', row_version = 9 WHERE campaign_id = 'NL-1005'")
    run = followed.run()
    assert (puts(run), stays(run)["NL-1005", "offer"]) == ([], "Offer is in conflict")
    assert table(followed)["NL-1005"]["offer"] == "40% off"


def test_no_blank_is_written_over_a_value_and_no_value_over_a_blank(followed: Town) -> None:
    say(followed, "NL-1005", 6, None)
    sql(followed, "UPDATE campaigns SET promo_code = NULL WHERE campaign_id = 'NL-1003'")
    before = table(followed)
    assert (puts(followed.run()), table(followed)) == ([], before)


def test_no_line_is_inserted_or_deleted(register: Town) -> None:
    sql(register, "DELETE FROM campaigns WHERE campaign_id = 'NL-1005'")
    sql(register, "INSERT INTO campaigns (campaign_id, name) VALUES ('NL-1999', 'Nobody knows it')")
    before = table(register)
    assert (puts(register.run()), table(register)) == ([], before)


def test_what_an_approval_given_in_the_table_covers_is_left_to_people(register: Town) -> None:
    approval = Approval("brand", "official", "brand_approval", ("approved",), ("offer",))
    register.set(replace(register.config.rules, approvals=(approval,)))
    run = register.run()
    assert (puts(run), stays(run)["NL-1005", "offer"]) == ([], "it is part of the approval brand")


def test_nothing_follows_an_owner_that_was_not_read(followed: Town) -> None:
    say(followed, "NL-1005", 6, "35% off")
    followed.run(dry_run=True)
    sql(followed, "UPDATE campaigns SET offer = '1% off', row_version = 7 WHERE campaign_id = 'NL-1005'")
    with followed.sandbox.state.lock:
        followed.sandbox.state.workbooks.pop(briefs(followed).book)
    run = followed.run()
    assert (puts(run), table(followed)["NL-1005"]["offer"]) == ([], "1% off")


# ---------------------------------------------------------------- groups


def test_of_a_group_all_follow_or_none(register: Town) -> None:
    register.set(replace(register.config.rules, groups={"terms": ("offer", "promo_code", "flight_end")}))
    before = table(register)
    say(register, "NL-1005", 5, "who knows")
    run = register.run()
    assert puts(run) == []
    assert stays(run)["NL-1005", "offer"].startswith("it changes together with")
    assert table(register) == before
    say(register, "NL-1005", 5, "2026-11-28")
    run = register.run()
    assert [(record, name) for record, name, *_ in puts(run)] == [("NL-1005", "flight_end"), ("NL-1005", "offer")]
    assert table(register)["NL-1005"]["row_version"] == 2, "both in one change of the line"


# ---------------------------------------------------------------- guards and scopes


def test_the_first_write_asks_a_person(register: Town) -> None:
    before = table(register)
    run = register.run(accept=frozenset())
    assert (run.exit_code, table(register)) == (12, before)
    assert (Guard.FIRST_WRITE, "official") in {(held.guard, held.source) for held in run.snapshots.held}
    assert puts(register.run(accept=frozenset([(Guard.FIRST_WRITE, "official")]))) == [OFFER]
    say(register, "NL-1005", 6, "35% off")
    assert puts(register.run(accept=frozenset())) == [("NL-1005", "offer", OFFER[3], "35% off")]


def test_many_lines_at_once_ask_a_person(followed: Town) -> None:
    followed.set(replace(followed.config.rules, limits=Limits(changed_share=0.1, changed_rows=1)))
    sql(followed, "UPDATE campaigns SET row_version = 2")
    followed.run(accept=followed.yes_to())
    sql(followed, "UPDATE campaigns SET offer = '1% off', row_version = 3")
    before = table(followed)
    run = followed.run(accept=frozenset([(Guard.CHANGED, "official")]))
    held = [held for held in run.snapshots.held if held.guard is Guard.OVERWRITE]
    assert (run.exit_code, table(followed), len(held)) == (12, before, 1)
    assert held[0].what == "11 of 11 rows of the table 'campaigns' would be changed at once"
    assert held[0].command == "sheetsync reconcile --accept overwrite:official"
    assert [one.held.guard for one in followed.world().ledger.held() if one.held.source == "official"] == [
        Guard.OVERWRITE
    ]
    run = followed.run(accept=frozenset([(Guard.OVERWRITE, "official")]))
    assert (run.exit_code, len(run.followed.done)) == (0, 11)


def test_a_table_follows_while_every_sheet_is_only_observed(register: Town) -> None:
    from sheetsync.core.graph import Mode

    for name in ("briefs", "landing", "utm"):
        register.change(name, mode=Mode.OBSERVE)
    run = register.run()
    assert (puts(run), run.requests.writes) == ([OFFER], 0)


def test_without_writes_nothing_is_written(register: Town) -> None:
    register.change("official", writes=False)
    before = table(register)
    run = register.run()
    assert (run.followed.lines, table(register)) == ((), before)
    assert ("NL-1005", "offer") in flags_in_the_register(run)


# ---------------------------------------------------------------- the line moves meanwhile


class Meddling(SqlRecords):
    """Somebody changes the register between our read and our write."""

    def __init__(self, place: Path, doing: Sequence[str]) -> None:
        super().__init__(f"sqlite:///{place}/records.db")
        self._doing = doing

    def write(self, lines: Sequence[Line], now: datetime) -> None:
        self._meddle()
        super().write(lines, now)

    def _meddle(self) -> None:
        engine = create_engine(str(self._url))
        with engine.begin() as connection:
            for statement in self._doing:
                connection.execute(text(statement))
        engine.dispose()


def meddled(town: Town, *doing: str) -> World:
    return replace(town.world(), records=Meddling(town.place, doing))


@pytest.mark.parametrize(
    "doing",
    [
        "UPDATE campaigns SET row_version = 5 WHERE campaign_id = 'NL-1005'",
        "UPDATE campaigns SET offer = '5% off' WHERE campaign_id = 'NL-1005'",
        "DELETE FROM campaigns WHERE campaign_id = 'NL-1005'",
    ],
)
def test_a_line_that_moved_is_not_written_nor_is_any_other(register: Town, doing: str) -> None:
    say(register, "NL-1003", 6, "31% off")
    run = register.run(meddled(register, doing))
    assert len(run.followed.puts) == 2
    assert (run.followed.state, run.exit_code) == ("failed", 14)
    assert "NL-1005" in str(run.followed.trouble)
    after = table(register)
    assert after["NL-1003"]["offer"] == "30% off"
    assert after.get("NL-1005", {}).get("offer") in ("$15 off $75+", "5% off", None)
    again = register.run()
    assert again.exit_code == 0
    assert table(register)["NL-1003"]["offer"] == "31% off"


def test_a_change_elsewhere_in_the_line_counts_too_and_a_change_of_another_line_does_not(register: Town) -> None:
    run = register.run(
        meddled(register, "UPDATE campaigns SET name = 'New', row_version = 2 WHERE campaign_id = 'NL-1001'")
    )
    assert run.followed.state == "verified"
    assert table(register)["NL-1001"]["name"] == "New"


def test_many_writers_at_once_lose_nothing(register: Town) -> None:
    """Threads count up in the very lines we write, honouring the version as we do: every count arrives."""
    sql(register, "ALTER TABLE campaigns ADD COLUMN seen INTEGER NOT NULL DEFAULT 0")
    records = f"sqlite:///{register.place}/records.db"
    counted, stop = [0, 0], threading.Event()

    def count(number: int) -> None:
        engine = create_engine(records, connect_args={"timeout": 10})
        while not stop.is_set():
            with engine.begin() as connection:
                version = connection.execute(
                    text("SELECT row_version FROM campaigns WHERE campaign_id = 'NL-1005'")
                ).scalar_one()
            with engine.begin() as connection:
                done = connection.execute(
                    text(
                        "UPDATE campaigns SET seen = seen + 1, row_version = row_version + 1 "
                        "WHERE campaign_id = 'NL-1005' AND row_version = :version"
                    ),
                    {"version": version},
                )
                counted[number] += done.rowcount
            stop.wait(0.003)
        engine.dispose()

    threads = [threading.Thread(target=count, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    written, missed = 0, 0
    try:
        for number in range(12):
            say(register, "NL-1005", 6, f"{number + 31}% off")
            run = register.run(accept=register.yes_to())
            written, missed = written + len(run.followed.done), missed + (run.followed.trouble is not None)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    last = register.run(accept=register.yes_to())
    written += len(last.followed.done)
    line = table(register)["NL-1005"]
    assert line["seen"] == sum(counted), "no count was overwritten"
    assert line["row_version"] == 1 + sum(counted) + written, "each change moved the version by one"
    assert line["offer"] == "42% off"
    assert written > 0


# ---------------------------------------------------------------- killed in between


class Killed(BaseException):
    """The process ends here."""


class Dying(SqlRecords):
    """The process ends before, or right after, the database took it."""

    def __init__(self, place: Path, after: bool, error: type[BaseException] = Killed) -> None:
        super().__init__(f"sqlite:///{place}/records.db")
        self._after, self._error = after, error

    def write(self, lines: Sequence[Line], now: datetime) -> None:
        if self._after:
            super().write(lines, now)
        raise self._error("here")


@pytest.mark.parametrize("after", [False, True])
def test_a_run_killed_at_the_write_is_settled_by_the_next(register: Town, after: bool) -> None:
    with pytest.raises(Killed):
        register.run(replace(register.world(), records=Dying(register.place, after)))
    assert [entry.state for entry in register.world().ledger.unfinished() if entry.spreadsheet == RECORDS] == [
        "intended"
    ]
    run = register.run()
    assert table(register)["NL-1005"]["offer"] == OFFER[3]
    assert table(register)["NL-1005"]["row_version"] == 2, "written once"
    assert bool(run.followed.done) is not after
    ledger = register.world().ledger
    assert not ledger.unfinished()
    told = [event for event in ledger.history("NL-1005") if (event.source, event.field) == ("official", "offer")]
    assert [(event.old, event.new) for event in told] == [(OFFER[2], OFFER[3])], "told once"
    assert ledger.memory().baselines["official", "NL-1005", "offer"] == OFFER[3]


def test_what_a_killed_run_wrote_is_no_conflict_when_the_owner_moves_on(followed: Town) -> None:
    say(followed, "NL-1005", 6, "35% off")
    with pytest.raises(Killed):
        followed.run(replace(followed.world(), records=Dying(followed.place, True)))
    say(followed, "NL-1005", 6, "36% off")
    run = followed.run()
    assert puts(run) == [("NL-1005", "offer", "35% off", "36% off")]
    assert table(followed)["NL-1005"]["offer"] == "36% off"


@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_is_found_out_by_looking(register: Town, after: bool) -> None:
    run = register.run(replace(register.world(), records=Dying(register.place, after, AnswerLost)))
    assert run.followed.state == ("verified" if after else "failed")
    assert len(run.followed.done) == after
    assert not register.world().ledger.unfinished()
    register.run()
    assert table(register)["NL-1005"]["offer"] == OFFER[3]
    assert table(register)["NL-1005"]["row_version"] == 2


# ---------------------------------------------------------------- undo, and saved plans


def test_undo_puts_back_what_is_as_the_run_left_it(register: Town) -> None:
    before = table(register)
    run = register.run()
    back = undo(register.world(), register.config.rules, run.id)
    assert back.lines.state == "verified"
    assert without_version(table(register)) == without_version(before)
    assert table(register)["NL-1005"]["row_version"] == 3, "an undo is a change too"
    assert {one.held.source for one in back.held} >= {"official"}
    told = [(event.old, event.new) for event in register.world().ledger.history("NL-1005") if event.field == "offer"]
    assert told == [(OFFER[2], OFFER[3]), (OFFER[3], OFFER[2])]


def test_what_was_undone_is_not_written_again_until_a_person_says_so(register: Town) -> None:
    run = register.run()
    undo(register.world(), register.config.rules, run.id)
    seen = register.world().ledger.history()
    again = register.run(accept=frozenset())
    assert table(register)["NL-1005"]["offer"] == "$15 off $75+"
    assert again.exit_code == 12
    assert register.world().ledger.history() == seen, "what an undo did is no news to the next run"
    assert puts(register.run(accept=frozenset([(Guard.UNDONE, "official")]))) == [OFFER]


def test_undo_leaves_what_somebody_has_changed_since(register: Town) -> None:
    say(register, "NL-1003", 6, "31% off")
    run = register.run()
    sql(register, "UPDATE campaigns SET offer = '5% off', row_version = 9 WHERE campaign_id = 'NL-1005'")
    back = undo(register.world(), register.config.rules, run.id)
    offers = {name: line["offer"] for name, line in table(register).items()}
    assert (offers["NL-1003"], offers["NL-1005"]) == ("30% off", "5% off")
    assert {one.record for one in back.taken if one.why} == {"NL-1005"}


def test_a_dry_undo_changes_nothing(register: Town) -> None:
    run = register.run()
    before = table(register)
    back = undo(register.world(dry_run=True), register.config.rules, run.id, dry_run=True)
    assert (back.lines.state, table(register)) == ("planned", before)
    assert back.lines.changes == (f"campaigns.offer of NL-1005: {OFFER[3]} -> $15 off $75+",)


def test_a_saved_plan_writes_what_was_looked_at_or_nothing(register: Town) -> None:
    seal = register.run(dry_run=True).seal
    say(register, "NL-1003", 6, "31% off")
    before = table(register)
    moved = register.run(sealed=seal)
    assert (moved.followed.state, table(register)) == ("refused", before)
    seal = register.run(dry_run=True).seal
    assert RECORDS in seal.workbooks
    assert register.run(sealed=seal).followed.state == "verified"
    assert table(register)["NL-1003"]["offer"] == "31% off"


def test_a_saved_plan_is_refused_once_a_version_has_moved(register: Town) -> None:
    seal = register.run(dry_run=True).seal
    sql(register, "UPDATE campaigns SET row_version = 9 WHERE campaign_id = 'NL-1005'")
    assert register.run(sealed=seal).followed.state == "refused"


def test_a_plan_of_one_campaign_leaves_the_others_as_they_are(register: Town) -> None:
    from sheetsync.core.scope import Scope

    say(register, "NL-1003", 6, "31% off")
    run = register.run(scope=Scope(campaign="NL-1003"))
    assert puts(run) == [("NL-1003", "offer", "30% off", "31% off")]
    assert json.dumps(run_document(run, register.world().link))
