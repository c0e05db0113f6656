"""What follows from each choice in a conflict, for the line in which somebody chooses.

It is foreseen when the conflict opens and whenever its campaign has news, so that nothing is written while nothing
happens: how far a day or another campaign has moved since is seen by `sheetsync impact`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from sheetsync.core.conflicts import Conflict
from sheetsync.core.consequences import Impact
from sheetsync.core.cutting import Ground
from sheetsync.core.decide import Decisions
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Visibility
from sheetsync.core.impact import Usual, impact
from sheetsync.core.match import Matched
from sheetsync.core.model import Problem, Value
from sheetsync.core.rebuilding import Built
from sheetsync.core.record_fields import RecordField
from sheetsync.core.telling_impact import impact_text
from sheetsync.core.truth import Truths, campaign_of
from sheetsync.core.usual import Step, usual_durations
from sheetsync.core.visibility import Anybody
from sheetsync.engine.building import built
from sheetsync.engine.deciding import conflicts_after, past_of
from sheetsync.engine.world import Readings, Snapshots, World

_ACCEPTING = "keep A lets it count: what waits is made again. keep B: the old value counts on, and A is to be put back"


def with_foreseen(
    world: World, readings: Readings, snapshots: Snapshots, matched: Matched, truths: Truths, decided: Decisions
) -> Decisions:
    """What was decided, and what follows from each choice that is open; nothing where nobody decides in a sheet."""
    if readings.rules.decisions is None:
        return decided
    before = {one.id: one for one in readings.memory.deciding.conflicts}
    moved = {one.id: one for one in conflicts_after(readings, snapshots, decided, ())}
    asked = [one for one in {**before, **moved}.values() if one.is_open]
    fresh = [one for one in asked if one.id in moved or _has_news(one, readings, snapshots, matched)]
    if not fresh:
        return decided
    ground = Ground(truths, past_of(readings, snapshots, matched), decided)
    steps = (Step(it.about, it.at, it.old, it.new) for it in world.ledger.handoff_events())
    usual = usual_durations(steps, readings.rules)

    @cache
    def known(campaign: str) -> Built:
        return built(world.ledger, readings.memory, readings.rules, truths.frost, {campaign})

    return replace(decided, foreseen={one.id: _texts(one.dispute, ground, usual, known) for one in fresh})


def _has_news(one: Conflict, readings: Readings, snapshots: Snapshots, matched: Matched) -> bool:
    """Whether a row of its campaign says something else than it was last seen to say."""
    campaign, fields = campaign_of(one.dispute.record), readings.rules.fields
    for item in matched.identified:
        if item.campaign != campaign or item.record.source not in snapshots.fresh:
            continue
        before = readings.memory.observations.record(item.record.source, item.key)
        for claim in item.record.claims.values():
            seen = before.get(claim.field)
            understood = claim.parsed is not None and not isinstance(claim.parsed, Problem)
            now = fields[claim.field].type.format(claim.parsed) if understood else None  # type: ignore[arg-type]
            if seen is None or seen.value != now:
                return True
    return False


def _texts(dispute: Dispute, ground: Ground, usual: Usual, known: Callable[[str], Built]) -> tuple[str, str]:
    """What follows, for whoever may know everything, and for those who may know names only."""
    if dispute.kind is FlagKind.LATE:
        return _ACCEPTING, _ACCEPTING
    if not dispute.owned:
        return "", ""
    kept = [(f"keep {side} ({other} changes)", one) for side, other, one in _foreseen(dispute, ground, usual, known)]
    full, names = (
        ". ".join(f"{choice}: {impact_text(one, Anybody(sees))}" for choice, one in kept)
        for sees in (Visibility.FULL, Visibility.FIELDS)
    )
    return full, names


def _foreseen(
    dispute: Dispute, ground: Ground, usual: Usual, known: Callable[[str], Built]
) -> Iterator[tuple[str, str, Impact]]:
    copy, owner = (dispute.b.source, dispute.record), (dispute.a.source, dispute.about)
    seen = {(*copy, name): text for name, text in dispute.b.says.items()}
    for side, other, says in (("A", "B", dispute.a.says), ("B", "A", dispute.b.says)):
        words: dict[RecordField, Value] = {
            (*owner, name): ground.rules.fields[name].type.read(text) for name, text in says.items()
        }
        yield side, other, impact(ground, words, usual, seen, known(campaign_of(dispute.record)))
