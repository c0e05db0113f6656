"""What the shape of the graph says: handoffs that go round, fields nobody owns, sources nobody reads."""

from collections.abc import Iterable, Mapping

from sheetsync.core.campaigns import registrars
from sheetsync.core.graph import Rules, claimed_by

Edge = tuple[str, str]


def cycles(edges: Iterable[Edge]) -> tuple[tuple[str, ...], ...]:
    """Ways round: each source that feeds itself in the end is on one, the shortest from it or from one before it."""
    gives: dict[str, list[str]] = {}
    for giver, receiver in sorted(set(edges)):
        gives.setdefault(giver, []).append(receiver)
    found: list[tuple[str, ...]] = []
    for start in gives:
        if not any(start in circle for circle in found) and (circle := _way_back(start, gives)):
            found.append(circle)
    return tuple(found)


def _way_back(start: str, gives: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The shortest way from a source to itself; empty where there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    been: set[str] = set()
    for way in ways:
        for following in gives.get(way[-1], ()):
            if following == start:
                return way
            if following not in been:
                been.add(following)
                ways.append((*way, following))
    return ()


def ownerless(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """Fields that sources claim although nobody owns them and nobody makes them -> those sources."""
    # What an approval is said in, or repeated in, is held to its approver.
    approving = {(one.source, name) for one in rules.approvals for name in (one.who, one.when)}
    approving |= {claim for one in rules.approvals for claim in one.claims.items()}
    claimed: dict[str, list[str]] = {}
    for source in rules.sources.values():
        for field in claimed_by(source, rules.fields):
            if field not in rules.owners and field not in rules.templates and (source.name, field) not in approving:
                claimed.setdefault(field, []).append(source.name)
    return {field: tuple(names) for field, names in claimed.items()}


def unread(rules: Rules) -> tuple[str, ...]:
    """Sources that feed no other, name no campaigns, and give no approval anybody waits for or repeats.

    If they are wrong, nobody hears of it.
    """
    heard = {handoff.giver for handoff in rules.handoffs} | registrars(rules)
    asked = {name for it in rules.handoffs if it.ready_when is not None for name in it.ready_when.approved}
    heard |= {one.source for one in rules.approvals if one.claims or one.name in asked}
    return tuple(name for name in rules.sources if name not in heard)
