"""No promise gives way where people decide: schedules of what they do in the tab, and of runs that die meanwhile."""

import os
from collections.abc import Callable

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.deciding_acts import DECIDING
from tests.reliability.deciding_machine import DecidingSchedule, deciding_machine
from tests.reliability.deciding_scripts import SCRIPTS, play
from tests.reliability.deciding_story import Deciding
from tests.reliability.tally import DECIDED, Tally
from tests.reliability.test_schedules import PLAY

#: a tenth of those in which nobody decides: each takes about ten cycles
SCHEDULES = -(-int(os.environ.get("SHEETSYNC_SCHEDULES", "1000")) // 10)
_A_SHARD = min(50, -(-SCHEDULES // 2))
SHARDS = [range(start, min(start + _A_SHARD, SCHEDULES)) for start in range(0, SCHEDULES, _A_SHARD)]


@pytest.mark.parametrize("shard", SHARDS, ids=lambda shard: f"{shard.start}-{shard.stop}")
def test_whatever_people_decide_meanwhile_every_promise_holds(
    shard: range, decided: Deciding, record_property: Callable[[str, object], None]
) -> None:
    counted = Tally()
    played = seed(shard.start)(deciding_machine(decided, counted))
    run_state_machine_as_test(played, settings=settings(PLAY, max_examples=len(shard)))
    # Acts that chance leaves out get schedules of their own; so does what is counted and needs several in a row.
    for name in [name for name in counted.missing(sorted(DECIDING), DECIDED) if name in DECIDING]:
        schedule = DecidingSchedule(decided, counted)
        schedule.cycle((1, name, (0, 1, 2, 3, 4)), (2, name, (1, 3, 5, 7, 9)))
        schedule.quiet()
    for name in [name for name in counted.missing([], DECIDED) if name in SCRIPTS]:
        play(DecidingSchedule(decided, counted), SCRIPTS[name])
    if not counted.reached["applied within two quiet runs"]:
        DecidingSchedule(decided, counted).decided_in_peace(0, 0, 0)
    if not counted.reached["a claim alone changed nothing"]:
        DecidingSchedule(decided, counted).claimed_in_peace(0, 0, 0)
    record_property("tally", counted.dumps())
    assert counted.missing(sorted(DECIDING), DECIDED) == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_counted_comes_to_pass_by_its_script(name: str, decided: Deciding) -> None:
    counted = Tally()
    play(DecidingSchedule(decided, counted), SCRIPTS[name])
    assert counted.reached[name]


def test_a_script_plays_twice_alike_to_the_ids_that_are_drawn(decided: Deciding) -> None:
    played = []
    for _ in range(2):
        schedule = DecidingSchedule(decided, Tally())
        play(schedule, SCRIPTS["taken after a kill"])
        schedule.act("duplicate_their_tab (decisions)")
        books = decided.sandbox.state.workbooks.values()
        drawn = [[tab.sheet_id for tab in book.tabs] + [mark.id for mark in book.metadata] for book in books]
        played.append((schedule.log, drawn))
    assert played[0] == played[1]


@pytest.mark.parametrize("at", range(0, 260, 13))
def test_a_decision_is_taken_once_wherever_the_run_dies_that_heard_it(at: int, decided: Deciding) -> None:
    schedule = DecidingSchedule(decided, Tally())
    schedule.move("both move apart", 0)
    schedule.cycle()
    schedule.act("keep_b", (1, 0))
    schedule.killed(at)
    schedule.act("sort_by_any_column", (5, 1))
    schedule.quiet()
    assert len(decided.ledger.all_rulings()) == 1
