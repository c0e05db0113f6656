"""The cycle: nine stages, one after the other. What each does stands in its own room; nothing branches here."""

from itertools import chain

from sheetsync.core.answers import Answers
from sheetsync.core.contracts import Compared, compare
from sheetsync.core.decide import Decisions
from sheetsync.core.decide import decide as decide_all
from sheetsync.core.graph import Rules
from sheetsync.core.making import Past
from sheetsync.core.match import Matched
from sheetsync.core.match import match as match_all
from sheetsync.core.record_fields import RecordFields
from sheetsync.core.truth import Truths
from sheetsync.engine.following import arrived, braked
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
        decided, snapshots = decide(readings, snapshots, truths, compared)
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
    """Every copy against its owner's word."""
    truths = Truths(readings.rules, matched, snapshots.unread)
    return truths, compare(truths)


def decide(readings: Readings, snapshots: Snapshots, truths: Truths, compared: Compared) -> tuple[Decisions, Snapshots]:
    """What is said about each cell, and which sources that stops."""
    published = {key: item.value for key, item in readings.memory.published.items()}
    memory = readings.memory
    came = arrived(readings, snapshots, truths.matched).baselines
    past = Past(
        readings.started.date(),
        RecordFields(chain(memory.baselines.items(), came.items())) if came else memory.baselines,
        published,
        newest=memory.newest,
        approvals={about: seen.given for about, seen in memory.approvals.items()},
    )
    decided = decide_all(compared, truths, past)
    return decided, braked(readings, snapshots, decided)
