"""Promises 1, 2, 3, 4 and 9 under thousands of schedules of what people do while we read and write."""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.acts import ACTS
from tests.reliability.lines import REACHED as LINES
from tests.reliability.machine import Schedule, machine
from tests.reliability.moves import SCRIPTS
from tests.reliability.story import Trust
from tests.reliability.tally import Tally

#: `make reliability` sets it to 10,000
SCHEDULES = int(os.environ.get("SHEETSYNC_SCHEDULES", "1000"))
#: two workers share them, and none plays for very long
_A_SHARD = min(500, -(-SCHEDULES // 2))
SHARDS = [range(start, min(start + _A_SHARD, SCHEDULES)) for start in range(0, SCHEDULES, _A_SHARD)]
#: fewer schedules than this cannot be expected to reach everything
_ENOUGH = 400

PLAY = settings(
    stateful_step_count=4,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("shard", SHARDS, ids=lambda shard: f"{shard.start}-{shard.stop}")
def test_whatever_people_do_meanwhile_every_promise_holds(
    shard: range, story: Trust, record_property: Callable[[str, object], None]
) -> None:
    counted = Tally()
    played = seed(shard.start)(machine(story, counted))
    run_state_machine_as_test(played, settings=settings(PLAY, max_examples=len(shard)))
    # Chance leaves an act or two out of 84 that a few hundred schedules hardly draw: those get schedules of their own.
    for name in [name for name in counted.missing(sorted(ACTS)) if name in ACTS]:
        schedule = Schedule(story, counted, begun=True)
        schedule.cycle((1, name, (0, 1, 2, 3, 4)), (2, name, (1, 3, 5, 7, 9)))
        schedule.quiet()
    # So it is with lines of the table that need several moves in a row on one record.
    for steps in SCRIPTS if len(shard) >= _ENOUGH and set(counted.missing([])) & set(LINES) else ():
        Schedule(story, counted, begun=True).script(steps, 0)
    record_property("tally", counted.dumps())
    assert len(shard) < _ENOUGH or counted.missing(sorted(ACTS)) == []
