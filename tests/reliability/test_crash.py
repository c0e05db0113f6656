"""Recovery: wherever a run is killed and whatever becomes of its requests, two cycles later it is as if nothing had."""

import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sheetsync.adapters.system_clock import SystemClock
from sheetsync.sandbox.server import RequestRecord
from tests.e2e.command import COMMAND, environment
from tests.reliability.faults import MISHAPS
from tests.reliability.recovering import (
    BEFORE,
    KILLED_AGAIN,
    MEANWHILE,
    Outcome,
    Point,
    Town,
    begin,
    committed_runs,
    differences,
    leftovers,
    outcome,
    play,
    points,
    town,
    undisturbed,
)
from tests.reliability.tally import Faults

pytestmark = pytest.mark.e2e

#: how many points are played; each kind at least once
POINTS = int(os.environ.get("SHEETSYNC_POINTS", "130"))
#: from here on people do everything meanwhile, not only two things after each beginning
MANY = 500
SEED = 20261122

#: kinds that must be among those found, or what was played proves nothing
REQUIRED = (
    *MISHAPS,
    *(f"killed {side} sheets.{door}" for side in ("before", "after") for door in ("read", "apply")),
    *(
        f"killed {side} ledger.journal {state}"
        for side in ("before", "after")
        for state in ("intended", "written", "verified")
    ),
    *("killed before ledger.commit", "killed after ledger.commit", "killed in COMMIT", "killed in INSERT INTO history"),
    *("killed after leases.hold", "killed before leases.release", "killed in INSERT INTO journal"),
)


@pytest.fixture(scope="module")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("town")) as made:
        yield made


@pytest.fixture(scope="module")
def everything(small_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Point]:
    return list(points(small_town, tmp_path_factory.mktemp("points")))


@pytest.fixture(scope="module")
def sample(everything: Sequence[Point]) -> Sequence[Point]:
    return _chosen(everything, POINTS)


def _chosen(everything: Sequence[Point], number: int) -> Sequence[Point]:
    """The same points on every machine: of each kind one, then of each kind another one, and so on."""
    chance = random.Random(SEED)  # noqa: S311
    acts = list(MEANWHILE)
    few = {(before, acts[(i + step) % len(acts)]) for i, before in enumerate(BEFORE) for step in (0, 2)}
    kinds: dict[str, list[Point]] = {}
    for point in everything:
        if number >= MANY or (point.before, point.meanwhile) in few:
            kinds.setdefault(point.kind, []).append(point)
    for of_a_kind in kinds.values():
        chance.shuffle(of_a_kind)
    chosen: list[Point] = []
    while len(chosen) < number and any(kinds.values()):
        chosen += [of_a_kind.pop() for of_a_kind in kinds.values() if of_a_kind]
    # Every fifth run that recovers is killed as well: while it reads, settles the journal, writes or verifies.
    return [replace(it, again=chance.randrange(20, 100)) if n % 5 == 4 else it for n, it in enumerate(chosen[:number])]


@dataclass
class Undisturbed:
    """The two schedules without a fault that one with a fault is compared with, each made once."""

    town: Town
    place: Path
    made: dict[tuple[str, str], tuple[Outcome, Outcome]] = field(default_factory=dict)

    def of(self, before: str, meanwhile: str) -> tuple[Outcome, Outcome]:
        """The outcome if the run went well, and if it never was."""
        if (before, meanwhile) not in self.made:
            here = self.place / f"{len(self.made)}"
            well = undisturbed(self.town, before, meanwhile, here / "well", ran=True)
            self.made[before, meanwhile] = well, undisturbed(self.town, before, meanwhile, here / "never", ran=False)
        return self.made[before, meanwhile]


@pytest.fixture(scope="module")
def twins(small_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(small_town, tmp_path_factory.mktemp("twins"))


def wrong_after(town: Town, twins: Undisturbed, point: Point, place: Path, faults: Faults) -> list[str]:
    """All that is not as it should be after one point."""
    well, never = twins.of(point.before, point.meanwhile)
    played = play(town, point, place)
    wrong = [*played.troubles, *differences(played.outcome, well, never, played.seen, played.applied_late)]
    missed = {point.kind, *([] if point.again is None else [KILLED_AGAIN])} - set(played.reached)
    if missed:
        wrong.append(f"it never came to {missed}, but to {played.reached}")
    faults.played[point.kind] += not missed
    faults.recovered[point.kind] += not wrong
    faults.besides.update(set(played.reached) - {point.kind})
    return wrong


@pytest.mark.parametrize("before", BEFORE)
def test_two_cycles_after_any_fault_all_is_as_if_nothing_had_gone_wrong(
    small_town: Town,
    sample: Sequence[Point],
    twins: Undisturbed,
    tmp_path: Path,
    before: str,
    record_property: Callable[[str, object], None],
) -> None:
    """Nothing lost, doubled or misplaced, in sheets and ledger, whatever people did before and did meanwhile."""
    faults = Faults()
    failed: dict[str, list[str]] = {}
    mine = [point for point in sample if point.before == before]
    for number, point in enumerate(mine):
        if wrong := wrong_after(small_town, twins, point, tmp_path / f"{number}", faults):
            failed[str(point)] = wrong
    record_property("faults", faults.dumps())
    told = [f"{name}\n    " + "\n    ".join(line[:400] for line in wrong[:6]) for name, wrong in failed.items()]
    assert not failed, f"{len(failed)} of {len(mine)} points:\n" + "\n".join(told[:12])


def test_every_kind_of_fault_is_among_those_that_are_played(
    everything: Sequence[Point], sample: Sequence[Point]
) -> None:
    """And each of those must really happen, or the law above fails."""
    assert {point.kind for point in sample} == {point.kind for point in everything} >= set(REQUIRED)
    assert {point.before for point in sample} == set(BEFORE)
    assert {point.meanwhile for point in sample} == set(MEANWHILE)
    assert sum(point.again is not None for point in sample) > len(sample) / 6
    assert len(sample) == POINTS


# ---------------------------------------------------------------- the installed command, killed with kill -9

#: token, three reads, three writes, three looks at them
_REQUESTS = 10
_KILLED_AT = range(1, _REQUESTS + 1) if POINTS >= MANY else (4, 5, 7, 9)


@pytest.mark.parametrize("n", _KILLED_AT)
def test_the_command_killed_while_its_nth_request_is_answered_leaves_a_lease_nobody_waits_for(
    small_town: Town, twins: Undisturbed, tmp_path: Path, n: int
) -> None:
    before, meanwhile = "the first run, after changes", "type a key"
    well, never = twins.of(before, meanwhile)
    scene = begin(small_town, before, tmp_path / "killed")
    process, answered = _started(small_town, scene.ledger), 0

    def kill(record: RequestRecord) -> None:
        nonlocal answered
        answered += 1
        scene.look(record)
        if answered == n:
            process.send_signal(signal.SIGKILL)
            # Nobody's next request may come before it is dead.
            process.wait(timeout=20)

    small_town.sandbox.between = kill
    try:
        process.wait(timeout=60)
    finally:
        process.kill()
        process.communicate()
    small_town.sandbox.between = scene.look
    assert (process.returncode, answered, committed_runs(scene.ledger)) == (-signal.SIGKILL, n, 0)
    assert "a lease is still held" in leftovers(scene)

    scene.act(*MEANWHILE[meanwhile])
    scene.clock = SystemClock()
    scene.settle()
    assert [*scene.wrongs, *leftovers(scene)] == []
    assert list(differences(outcome(scene), well, never)) == []


def _started(town: Town, ledger: Path) -> "subprocess.Popen[str]":
    here = {"SHEETSYNC_LEDGER": str(ledger), "SHEETS_EMULATOR_HOST": town.wire.google.base}
    variables = environment(**(town.season.environment | here))
    command = [COMMAND, "reconcile", "--config", str(town.season.folder), "--accept", "first_write"]
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
