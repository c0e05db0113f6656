"""The real loop against the real sandbox over HTTP; only time is made to pass."""

import json
import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sheetsync.adapters import drive_changes
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.changes import Batch
from sheetsync.core.graph import Mode
from sheetsync.engine.daemon import Kind, Turn, watch
from sheetsync.engine.known import Known, KnownSheets, Seen, Time
from sheetsync.engine.world import RUN
from sheetsync.errors import ConfigError, LockHeld, Postponed
from sheetsync.faces.daemon import Health, turn_document
from sheetsync.ports.watching import Stopping
from sheetsync.sandbox.server import RequestRecord
from tests.engine.conftest import Town
from tests.engine.people import LANDING, UTM, assert_beside_their_rows, briefs, builder, ours_in
from tests.engine.watching import Fast, Watched


@pytest.fixture
def town(town: Town) -> Town:
    """The town with a register of its own, to change."""
    town._config = replace(town.config, records_url=f"sqlite:///{town.place / 'records.db'}")
    return town


def kinds(requests: list[RequestRecord]) -> list[str]:
    """Each request in one word: drive, read or write."""
    return ["drive" if "drive" in it.path else "read" if it.method == "GET" else "write" for it in requests]


def change_records(town: Town, name: str) -> None:
    with closing(sqlite3.connect(town.place / "records.db")) as database, database:
        database.execute("UPDATE campaigns SET name = ? WHERE campaign_id = 'NL-1003'", (name,))


def rename_in_briefs(town: Town) -> None:
    briefs(town).type(*briefs(town).find("Advent Calendar"), "Advent calendar 2026")


def history(town: Town) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(town.ledger)) as database:
        return database.execute("SELECT source, record, field, old, new FROM history ORDER BY seq").fetchall()


def runs(town: Town) -> int:
    with closing(sqlite3.connect(town.ledger)) as database:
        return int(database.execute("SELECT COUNT(*) FROM runs").fetchone()[0])


# ---------------------------------------------------------------- idle


def test_an_idle_turn_is_one_request_and_no_run(town: Town) -> None:
    watched = Watched(town)
    assert watched.turn().kind is Kind.CYCLE
    before = runs(town)
    for _ in range(5):
        turn, asked = watched.requests_of(watched.turn)
        assert (turn.kind, kinds(asked)) == (Kind.IDLE, ["drive"])
        assert (turn.requests.reads, turn.requests.writes, turn.requests.drive) == (0, 0, 1)
        assert not turn.is_news
    assert runs(town) == before
    assert watched.told == []


def test_an_idle_turn_opens_no_ledger(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    town.ledger.rename(town.ledger.with_name("elsewhere"))
    assert watched.turn().kind is Kind.IDLE
    assert not town.ledger.exists()


def test_our_own_writes_are_no_news(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    rename_in_briefs(town)
    turn = watched.turn()
    assert turn.kind is Kind.CYCLE
    assert turn.requests.writes
    after = [watched.turn() for _ in range(4)]
    assert [turn.kind for turn in after] == [Kind.IDLE] * 4
    assert [turn.requests.reads for turn in after[1:]] == [0, 0, 0], "one look at what we wrote ourselves, and no more"


# ---------------------------------------------------------------- change


def test_a_change_is_read_compared_and_written_and_nothing_else_is(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
    turn, asked = watched.requests_of(watched.turn)
    assert turn.changed == ("utm",)
    assert {it.path for it in asked if "spreadsheets" in it.path and it.method == "GET"} == {f"/v4/spreadsheets/{UTM}"}
    assert "write" in kinds(asked)
    assert_beside_their_rows(town, complete=True)


def test_a_daemon_leaves_the_same_ledger_and_sheets_as_reconcile(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    change_records(town, "Another name")
    rename_in_briefs(town)
    watched.turn()
    told = history(town)
    assert [(line[0], line[2], line[4]) for line in told if line[4] in ("Another name", "Advent calendar 2026")] == [
        *(("briefs", "campaign_name", "Advent calendar 2026"), ("official", "campaign_name", "Another name")),
    ]
    run = town.run()
    assert (run.requests.writes, history(town)) == (0, told)


def test_a_change_of_the_system_of_record_costs_no_further_request_to_notice(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    change_records(town, "Another name")
    turn = watched.turn()
    assert turn.changed == ("official",)
    assert turn.kind is Kind.CYCLE


def test_the_slow_sweep_finds_what_drive_does_not_tell(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(town, {"sweep": 600})
    watched.turn()
    book = town.sandbox.state.workbooks[UTM]
    version, modified = book.version, book.modified
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
    edited = town.sandbox.state.workbooks[UTM]
    edited.version, edited.modified = version, modified
    assert watched.turn().kind is Kind.IDLE, "Drive lags, and so do we"
    turn = watched.turn(later=600)
    assert (turn.kind, turn.changed) == (Kind.CYCLE, ("utm",))


def test_a_workbook_drive_does_not_list_is_read_at_each_turn(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    town.sandbox.trash(LANDING)
    watched.idle()
    turn, asked = watched.requests_of(watched.turn)
    assert (turn.kind, kinds(asked)) == (Kind.IDLE, ["drive", "read"])
    assert asked[1].path.endswith(LANDING)


def test_a_new_day_is_a_reason_to_look_again(town: Town) -> None:
    watched = Watched(town, {"sweep": 10 * 86400})
    watched.turn()
    assert watched.turn().kind is Kind.IDLE
    assert watched.turn(later=86400).kind is Kind.CYCLE
    assert watched.turn().kind is Kind.IDLE


# ---------------------------------------------------------------- what is written was read just now


def test_what_people_type_over_us_after_the_look_is_seen_before_it_is_replaced(town: Town) -> None:
    """The plan is for the UTM builder, which was read turns ago; meanwhile somebody typed over us there, unlisted."""
    watched = Watched(town)
    watched.turn()
    book = town.sandbox.state.workbooks[UTM]
    version, modified = book.version, book.modified
    ours_in(town, UTM).type(2, 3, "typed over us")
    edited = town.sandbox.state.workbooks[UTM]
    edited.version, edited.modified = version, modified
    rename_in_briefs(town)
    turn = watched.turn()
    assert turn.changed == ("briefs",)
    assert turn.run is not None
    assert UTM in {write.plan.desired.spreadsheet for write in turn.run.written if write.plan.batch is not None}
    assert any("typed over us" in str(line[4]) for line in history(town))
    assert_beside_their_rows(town, complete=True)


def test_a_batch_for_what_this_cycle_has_not_read_is_never_sent(town: Town) -> None:
    world, clock = town.world(), Fast()
    known = Known({UTM: Seen(world.sheets.read(UTM), clock.monotonic(), None)})
    time = Time(clock, clock.monotonic() + 100, clock.monotonic() + 100)
    sheets = KnownSheets(world.sheets, known, time, {})
    before = len(town.sandbox.requests)
    assert sheets.read(UTM).id == UTM
    with pytest.raises(Postponed):
        sheets.apply(Batch(UTM, "UTM builder", 9, ()))
    assert len(town.sandbox.requests) == before
    assert sheets.read(UTM).id == UTM
    assert len(town.sandbox.requests) == before + 1, "the second look is a real one"
    sheets.apply(Batch(UTM, "UTM builder", 9, ()))


# ---------------------------------------------------------------- two at once


def test_a_turn_that_finds_the_lease_held_is_skipped_and_the_next_one_does_it(town: Town) -> None:
    watched = Watched(town)
    leases = SqlLeases(town.ledger, SystemClock())
    with leases.hold(RUN):
        turn = watched.turn()
        assert (turn.kind, turn.is_news) == (Kind.SKIPPED, True)
        assert isinstance(turn.error, LockHeld)
        assert turn_document(turn, 1)["exit_code"] == 13
    turn = watched.turn()
    assert (turn.kind, turn.changed) == (Kind.CYCLE, ("briefs", "landing", "utm", "official"))


def test_two_daemons_and_reconcile_at_once_lose_nothing(town: Town) -> None:
    daemons = [Watched(town), Watched(town)]
    for watched in daemons:
        watched.turn()
    rename_in_briefs(town)
    change_records(town, "Another name")
    turns: list[Turn] = []
    threads = [threading.Thread(target=lambda one=one: turns.append(one.turn())) for one in daemons]
    for thread in threads:
        thread.start()
    with suppress(LockHeld):
        town.run()
    for thread in threads:
        thread.join()
    assert {turn.kind for turn in turns} <= {Kind.CYCLE, Kind.SKIPPED}
    for watched in (*daemons, *daemons):
        watched.idle()
    told = [line for line in history(town) if line[4] in ("Another name", "Advent calendar 2026")]
    assert len(told) == 2, "each change is in the history once"
    assert town.run().requests.writes == 0
    assert_beside_their_rows(town, complete=True)


# ---------------------------------------------------------------- quarantine


def test_a_workbook_taken_from_us_is_quarantined_and_heals_when_it_is_shared_again(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    town.sandbox.unshare(LANDING, "sheetsync")
    turn = watched.turn()
    assert (turn.kind, turn.changed, turn.quarantined) == (Kind.CYCLE, ("landing",), ())
    assert turn.run is not None
    assert turn.run.exit_code == 14
    asked = [watched.requests_of(watched.turn) for _ in range(12)]
    assert all(turn.kind is Kind.IDLE for turn, _ in asked), "the same trouble is no news"
    reads = [kinds(requests).count("read") for _, requests in asked]
    assert reads[:2] == [1, 1]
    assert sum(reads[2:]) <= 3, "more and more rarely"
    assert [name for name, _ in asked[-1][0].quarantined] == ["landing"]
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
    assert watched.turn().changed == ("utm",), "the others go on"
    town.sandbox.share(LANDING, "sheetsync")
    turn = watched.turn()
    assert (turn.kind, turn.changed, turn.quarantined) == (Kind.CYCLE, ("landing",), ())
    assert any("more rarely" in line for line in watched.told)
    assert "Landing pages: can be read again." in watched.told
    watched.idle()
    assert town.run().requests.writes == 0


def test_a_register_that_is_gone_is_quarantined_and_heals_at_once(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    register = town.place / "records.db"
    register.rename(town.place / "away.db")
    assert watched.turn().changed == ("official",)
    for _ in range(5):
        turn = watched.turn()
    assert [name for name, _ in turn.quarantined] == ["official"]
    (town.place / "away.db").rename(register)
    turn = watched.turn()
    assert (turn.changed, turn.quarantined) == (("official",), ())


def test_a_workbook_that_refuses_our_writes_is_tried_more_rarely_until_people_do_something(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    town.sandbox.share(UTM, "sheetsync", "reader")
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
    turns = [watched.requests_of(watched.turn) for _ in range(14)]
    tried = [kinds(asked).count("write") for _, asked in turns]
    assert tried[:3] == [1, 1, 1]
    assert sum(tried[3:]) <= 3
    assert [name for name, _ in turns[-1][0].quarantined] == ["utm"]
    town.sandbox.share(UTM, "sheetsync", "writer")
    turn = watched.turn()
    assert turn.run is not None
    assert (turn.requests.writes, turn.quarantined, turn.run.exit_code) == (1, (), 0)
    assert_beside_their_rows(town, complete=True)


def test_a_workbook_that_never_shows_what_was_written_is_written_more_and_more_rarely(town: Town) -> None:
    """Somebody's program types over us after each of our writes; that our write moved the version mends nothing."""
    watched = Watched(town)
    watched.turn()

    def type_over(record: RequestRecord) -> None:
        if record.method == "POST" and UTM in record.path:
            builder(town).type(3, 12, "mine")

    town.sandbox.between = type_over
    builder(town).type(3, 12, "mine")
    tried = [watched.turn().requests.writes for _ in range(14)]
    town.sandbox.between = None
    assert all(tried[:3])
    assert sum(bool(writes) for writes in tried[3:]) <= 3
    builder(town).type(3, 12, "but now it is over")
    assert watched.turn().quarantined == ()
    assert_beside_their_rows(town, complete=True)


# ---------------------------------------------------------------- without Drive


def test_without_drive_every_workbook_is_read_and_it_is_told_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive_changes, "SCOPES", ("https://www.googleapis.com/auth/spreadsheets",))
    watched = Watched(town)
    watched.turn()
    turn, asked = watched.requests_of(watched.turn)
    assert (turn.kind, kinds(asked)) == (Kind.IDLE, ["read"] * 3)
    assert len(watched.told) == 1
    assert "may not list its files; allow it the scope" in watched.told[0]
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
    assert watched.turn().changed == ("utm",)
    watched.turn(later=600)
    assert len(watched.told) == 1


# ---------------------------------------------------------------- quota and deadline


def test_many_requests_within_a_small_quota_wait_and_none_fails(town: Town) -> None:
    watched = Watched(town, {"interval": 1.0, "slowest": 1.0, "sweep": 0.0, "deadline": 3600}, {"reads_per_minute": 7})
    sent: list[float] = []

    def note(record: RequestRecord) -> None:
        if record.method == "GET" and "spreadsheets" in record.path:
            sent.append(watched.clock.monotonic())

    town.sandbox.between = note
    turns = [watched.turn(later=1) for _ in range(21)]
    assert all(turn.error is None and not turn.quarantined for turn in turns)
    assert len(sent) >= 60
    assert all(later - first >= 59.9 for first, later in zip(sent, sent[7:], strict=False)), "seven in any minute"
    assert watched.clock.slept


def test_two_runs_of_one_process_share_the_quota_of_their_account(town: Town) -> None:
    """A minute's seven reads are spent by the first; the second waits from its first read on."""
    quota = {"reads_per_minute": 6, "writes_per_minute": 40}
    first, second = Watched(town, quota=quota), Watched(town, quota=quota)
    second.clock = first.clock
    second.daemon = second.make()
    first.turn()
    assert first.clock.slept == []
    second.turn(later=0)
    assert first.clock.slept == []
    town.sandbox.trash(UTM)
    second.turn(later=0)
    assert first.clock.slept != []


@pytest.mark.parametrize("hint", ["metadata.readonly", "none"])
def test_what_a_turn_does_not_get_done_waits_for_the_next_one(
    town: Town, monkeypatch: pytest.MonkeyPatch, hint: str
) -> None:
    """A single request may take almost the whole turn, each time, and still everything gets done."""
    if hint == "none":
        monkeypatch.setattr(drive_changes, "SCOPES", ("https://www.googleapis.com/auth/spreadsheets",))
    watched = Watched(town, {"deadline": 100.0})
    watched.turn()
    rename_in_briefs(town)
    change_records(town, "Another name")

    def slow(record: RequestRecord) -> None:
        watched.clock.passed += 90 * ("spreadsheets" in record.path)

    town.sandbox.between = slow
    turns = [watched.turn()]
    while turns[-1].postponed:
        turns.append(watched.turn())
        assert len(turns) < 12
    town.sandbox.between = None
    assert len(turns) > 1
    assert turns[0].is_news
    assert not any(turn.quarantined for turn in turns), "who had no time has not failed"
    watched.idle()
    assert town.run().requests.writes == 0
    told = [line for line in history(town) if line[4] in ("Another name", "Advent calendar 2026")]
    assert len(told) == 2
    assert_beside_their_rows(town, complete=True)


def test_a_deadline_never_cuts_a_write_from_the_look_at_it(town: Town) -> None:
    watched = Watched(town, {"deadline": 100.0})
    watched.turn()
    builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")

    def late(record: RequestRecord) -> None:
        watched.clock.passed += 200 * (record.method == "POST" and "spreadsheets" in record.path)

    town.sandbox.between = late
    turn = watched.turn()
    assert turn.run is not None
    assert [(write.verified, write.trouble) for write in turn.run.written if write.plan.batch] == [(True, None)]


# ---------------------------------------------------------------- the end, and a new configuration


class Ends(Fast):
    """Ends after so many rests."""

    def __init__(self, rests: int) -> None:
        super().__init__()
        self.left = rests

    def rest(self, seconds: float) -> None:
        super().rest(seconds)
        self.left -= 1
        if not self.left:
            raise Stopping


def test_who_is_asked_to_stop_in_the_middle_of_a_cycle_begins_nothing_and_gives_the_lease_back(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    rename_in_briefs(town)
    change_records(town, "Another name")

    def stop(record: RequestRecord) -> None:
        watched.clock.stopping |= record.method == "POST" and "spreadsheets" in record.path

    town.sandbox.between = stop
    turn = watched.turn()
    town.sandbox.between = None
    assert turn.run is not None
    assert {type(trouble.error) for trouble in turn.run.troubles} <= {Postponed}
    assert turn.requests.writes == 1
    with pytest.raises(Stopping):
        watched.turn()
    run = town.run()
    assert run.exit_code == 0
    assert town.run().requests.writes == 0
    assert_beside_their_rows(town, complete=True)


def test_turns_come_fast_after_a_change_and_slower_while_it_is_quiet(town: Town) -> None:
    watched = Watched(town, {"interval": 10.0, "slowest": 40.0, "sweep": 10_000}, clock=Ends(6))
    turns: list[tuple[Turn, float]] = []
    with pytest.raises(Stopping):
        watch(lambda: watched.daemon, watched.clock, lambda: 0.5, lambda *told: turns.append(told), watched.told.append)
    assert watched.clock.rested == [10.0, 15.0, 22.5, 33.75, 40.0, 40.0]
    assert [seconds for _, seconds in turns] == watched.clock.rested


def test_a_new_configuration_is_taken_and_an_invalid_one_is_told_and_refused(town: Town) -> None:
    watched = Watched(town, clock=Ends(4))
    made = iter([watched.daemon, ConfigError("sources.yaml:3: no such mode\nsources.yaml:9: no such field")])

    def make() -> Any:
        one = next(made, None) or watched.make()
        if isinstance(one, ConfigError):
            raise one
        return one

    def reload() -> None:
        watched.clock.reload = len(watched.clock.rested) in (1, 2)
        if len(watched.clock.rested) == 2:
            town.change("utm", mode=Mode.OBSERVE)

    watched.clock.at_rest = reload
    turns: list[Turn] = []
    with pytest.raises(Stopping):
        watch(make, watched.clock, lambda: 0.5, lambda turn, _: turns.append(turn), watched.told.append)
    assert [turn.kind for turn in turns] == [Kind.CYCLE, Kind.IDLE, Kind.CYCLE, Kind.IDLE]
    assert watched.told == [
        *("sources.yaml:3: no such mode", "sources.yaml:9: no such field"),
        *("The configuration is refused; the one before stays.", "The configuration was read again."),
    ]
    assert turns[2].run is not None
    assert turns[2].run.readings.rules.sources["utm"].mode is Mode.OBSERVE


# ---------------------------------------------------------------- what is told


def test_the_line_of_a_turn_holds_figures_and_names_and_no_cell(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    builder(town).type(*builder(town).find("Advent teaser"), "TOP-SECRET teaser")
    line = json.dumps(turn_document(watched.turn(), 30.0))
    assert "TOP-SECRET" not in line
    wanted = "ts run kind seconds reads writes drive changed flags written held troubles quarantined next_in"
    assert set(json.loads(line)) == {*wanted.split(), "version", "exit_code"}


def test_health_is_stale_when_no_turn_ends(town: Town) -> None:
    watched = Watched(town)
    health = Health(watched.clock)
    health.overdue = timedelta(seconds=100)
    assert health.document()["state"] == "starting"
    health.note(watched.turn(), 30.0)
    told = health.document()
    assert (told["state"], told["last_run"]["exit_code"], told["quarantined"]) == ("ok", 0, [])
    watched.clock.passed += 101
    assert health.document()["state"] == "stale"
