"""The cycle: nine stages, one after the other. What each does stands in its own room; nothing branches here."""

from sheetsync.core.answers import Answers
from sheetsync.core.contracts import Compared
from sheetsync.core.decide import Decisions
from sheetsync.core.graph import Rules
from sheetsync.core.match import Matched
from sheetsync.core.match import match as match_all
from sheetsync.core.truth import Truths
from sheetsync.engine.claiming import with_hearsay
from sheetsync.engine.deciding import decide as decide_all
from sheetsync.engine.deciding import said
from sheetsync.engine.following import braked
from sheetsync.engine.foreseeing import with_foreseen
from sheetsync.engine.reading import normalize, read
from sheetsync.engine.remembering import commit
from sheetsync.engine.settling import settle
from sheetsync.engine.world import RUN, Readings, Request, Run, Snapshots, World
from sheetsync.engine.writing import plan, verify, write


def reconcile(world: World, rules: Rules, request: Request) -> Run:
    """One cycle over all sources. Raises `LockHeld` when another run is at work on the same ledger."""
    with world.leases.hold(RUN):
        readings = read(world, rules, request)
        readings, snapshots = settle(world, readings, normalize(readings))
        matched = match(readings, snapshots)
        truths, compared = diff(readings, snapshots, matched)
        decided, snapshots = decide(world, readings, snapshots, matched, truths, compared)
        plans = plan(world, readings, snapshots, matched, decided)
        written = write(world, readings, snapshots, plans)
        verified = verify(world, readings, written)
        return commit(world, readings, snapshots, matched, decided, verified)


def match(readings: Readings, snapshots: Snapshots) -> Matched:
    """Which campaign each row is about."""
    memory = readings.memory
    answers = Answers.of(memory.answers)
    return match_all(snapshots.all, readings.rules, memory.proposed_ids, memory.highest_number, answers)


def diff(readings: Readings, snapshots: Snapshots, matched: Matched) -> tuple[Truths, Compared]:
    """Every copy against its owner's word, or against what people have decided in its place."""
    return said(readings, snapshots, matched)


def decide(
    world: World, readings: Readings, snapshots: Snapshots, matched: Matched, truths: Truths, compared: Compared
) -> tuple[Decisions, Snapshots]:
    """What is said about each cell, also by people, and which sources that stops."""
    decided = decide_all(readings, snapshots, matched, (truths, compared))
    decided = with_foreseen(world, readings, snapshots, matched, truths, with_hearsay(decided, readings, matched))
    return decided, braked(readings, snapshots, decided)
