"""Half-typed values settle: what people are typing while we read counts once it stays the same."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from sheetsync.engine.world import Run
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, briefs
from tests.engine.watching import Fast, Watched

#: of the landing pages' tab: row of NL-1004 and where its name, end and code stand
ROW, ID, NAME, END = 6, 0, 1, 6


class Interrupted(Fast):
    """A clock during whose waits somebody is at work."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._work()


def web(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def run(town: Town, work: Callable[[], None] = lambda: None, seconds: float = 10.0) -> Run:
    """A cycle that waits, with somebody at work meanwhile."""
    return town.run(replace(town.world(), clock=Interrupted(work)), settle_seconds=seconds)


def flagged(done: Run, field: str, campaign: str = "NL-1004") -> list[str]:
    """What is said about this field of a campaign on the landing pages."""
    flags = (flag for flag in done.decided.flags if flag.place.source in ("landing", "briefs"))
    return [flag.found for flag in flags if (flag.record, flag.field) == (campaign, field)]


def test_a_value_that_is_the_same_in_two_reads_counts_at_once(town: Town) -> None:
    web(town).text(ROW, END, "5.12.2026")
    assert flagged(run(town), "flight_end") == ["5.12.2026"]


def test_a_half_typed_value_counts_when_it_is_whole(town: Town) -> None:
    web(town).text(ROW, END, "5.1")
    done = run(town, lambda: web(town).text(ROW, END, "5.12.2026"))
    assert flagged(done, "flight_end") == []
    assert done.snapshots.unsettled == {"landing"}
    assert [item.where for item in done.snapshots.fresh["landing"].ignored if "typing" in item.reason] == ["7"]
    assert flagged(run(town), "flight_end") == ["5.12.2026"]


def test_what_is_held_back_is_not_in_the_history(town: Town) -> None:
    web(town).text(ROW, END, "5.1")
    run(town, lambda: web(town).text(ROW, END, "5.12.2026"))
    events = [event.new for event in town.world().ledger.history("NL-1004") if event.source == "landing"]
    assert "5.1" not in events
    assert "5.12.2026" not in events


def test_a_new_row_is_left_out_while_it_is_typed(town: Town) -> None:
    row = 30
    web(town).type(row, ID, "NL-1", "Late")
    done = run(town, lambda: web(town).type(row, ID, "NL-1999", "Latecomer"))
    said = [record.address for record in done.snapshots.fresh["landing"].records]
    assert ("NL-1999",) not in said
    assert ("NL-1",) not in said
    done = run(town)
    assert ("NL-1999",) in [record.address for record in done.snapshots.fresh["landing"].records]


def test_an_id_being_retyped_makes_no_row_missing(town: Town) -> None:
    before = {flag.id for flag in run(town).decided.flags}
    web(town).text(ROW, ID, "NL-10")
    done = run(town, lambda: web(town).text(ROW, ID, "NL-1004"))
    assert {flag.id for flag in done.decided.flags} == before
    assert done.requests.writes == 0


def test_a_row_that_is_carried_elsewhere_meanwhile_is_never_missing(town: Town) -> None:
    before = {flag.id for flag in run(town).decided.flags}
    web(town).type(ROW, NAME, "Cyber week wrap-up")  # news, so that it is read twice
    done = run(town, lambda: web(town).move("ROWS", ROW, ROW + 1, ROW + 3))
    assert {flag.id for flag in done.decided.flags} == before


def test_a_source_without_news_is_not_read_again(town: Town) -> None:
    run(town)
    clock = Interrupted(lambda: None)
    done = town.run(replace(town.world(), clock=clock), settle_seconds=10.0)
    assert (clock.slept, done.requests.reads) == ([], 3)


def test_only_what_has_news_is_read_twice_after_the_time_asked_for(town: Town) -> None:
    run(town)
    web(town).text(ROW, END, "5.12.2026")
    clock = Interrupted(lambda: None)
    done = town.run(replace(town.world(), clock=clock), settle_seconds=7.0, dry_run=True)
    assert (clock.slept, done.requests.reads) == ([7.0], 4)


def test_who_waits_is_told_how_long_and_for_what(town: Town) -> None:
    told: list[str] = []
    web(town).text(ROW, END, "5.12.2026")
    web(town).text(ROW, NAME, "Cyber Week Wrap")
    clock = Interrupted(lambda: None)
    town.run(replace(town.world(), clock=clock, tell=told.append), settle_seconds=7.0, dry_run=True)
    assert told == ["waiting 7 s for 2 cells that were just typed in 'Landing pages' to settle; --no-wait skips it"]
    town.run(replace(town.world(), clock=clock, tell=told.append), dry_run=True)
    assert len(told) == 1


def test_who_does_not_want_to_wait_does_not(town: Town) -> None:
    web(town).text(ROW, END, "5.12.2026")
    clock = Interrupted(lambda: None)
    done = town.run(replace(town.world(), clock=clock))
    assert flagged(done, "flight_end") == ["5.12.2026"]
    assert clock.slept == []


def test_where_the_second_read_fails_what_is_new_waits_and_the_rest_goes_on(town: Town) -> None:
    run(town)
    web(town).text(ROW, END, "5.12.2026")
    briefs(town).text(9, 6, "BOGO 40%")

    def trouble() -> None:
        town.sandbox.faults.add("500", workbook=LANDING, times=100)

    try:
        done = run(town, trouble)
    finally:
        town.sandbox.faults.clear()
    assert flagged(done, "flight_end") == []
    assert flagged(done, "offer") != []
    assert "landing" in done.snapshots.unsettled


@pytest.mark.parametrize("times", [1, 2])
def test_after_it_has_settled_a_second_run_writes_nothing(town: Town, times: int) -> None:
    for number in range(times):
        web(town).text(ROW, END, f"{number + 5}.1")
        run(town, lambda number=number: web(town).text(ROW, END, f"{number + 5}.12.2026"))  # type: ignore[misc]
    assert run(town).requests.writes > 0
    assert run(town).requests.writes == 0


def test_a_daemon_comes_back_to_what_was_still_being_typed(town: Town) -> None:
    watched = Watched(town, clock=Fast(), settle_seconds=10.0)
    watched.idle()
    web(town).text(ROW, END, "5.1")
    sleep = watched.clock.sleep

    def typing(seconds: float) -> None:
        sleep(seconds)
        web(town).text(ROW, END, "5.12.2026")

    watched.clock.sleep = typing  # type: ignore[method-assign]
    first = watched.turn()
    watched.clock.sleep = sleep  # type: ignore[method-assign]
    second = watched.turn()
    assert first.run is not None
    assert second.run is not None, "nobody has typed since, and yet there is something to do"
    assert flagged(first.run, "flight_end") == []
    assert flagged(second.run, "flight_end") == ["5.12.2026"]
    assert watched.idle().run is None
