"""Checks of contracts that cannot all hold, or whose word would come back to where it came from."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from sheetsync.config.findings import Where, spelled
from sheetsync.config.scope import Scope
from sheetsync.config.shape import TermsShape
from sheetsync.core.terms import Contract

Edge = tuple[str, str, Where]


def check_circles(scope: Scope) -> None:
    """No field is handed round in a circle, and no day must be before one that must be before it."""
    for name in dict.fromkeys(name for handoff in scope.shape.handoffs for name in handoff.contracts):
        _check_circle(scope, list(_handed(scope, name)), f"'{name}' is handed round in a circle: {{ring}}; its owner ")
    _check_order(scope)


def _check_circle(scope: Scope, edges: list[Edge], text: str) -> None:
    ring = _ring(edges)
    if ring:
        where = next(where for giver, taker, where in edges if (giver, taker) == (ring[-2], ring[-1]))
        scope.findings.report(where, text.format(ring=" -> ".join(ring)) + "hears nobody, so take one of them out")


def _handed(scope: Scope, name: str) -> Iterator[Edge]:
    """Where a field is to be alike, from whom to whom."""
    for number, handoff in enumerate(scope.shape.handoffs):
        terms = handoff.contracts.get(name)
        if terms is Contract.EQUAL or (isinstance(terms, TermsShape) and terms.equal):
            where: Where = ("handoffs", number, "contracts", name)
            yield from ((handoff.giver, receiver, where) for receiver in handoff.receivers)


def _check_order(scope: Scope) -> None:
    edges = list(_ordered(scope))
    if ring := _ring(edges):
        where = next(where for first, then, where in edges if (first, then) == (ring[-2], ring[-1]))
        others = {spelled(at) for first, then, at in edges if first in ring and then in ring and at != where}
        also = f" (with {', '.join(sorted(others))})" if others else ""
        scope.findings.report(where, f"contradicts other contracts: {' before '.join(ring)}{also}; keep one direction")


def _ordered(scope: Scope) -> Iterator[Edge]:
    """Which day must not be later than which, always."""
    for number, handoff in enumerate(scope.shape.handoffs):
        for name, terms in handoff.contracts.items():
            if not isinstance(terms, TermsShape) or terms.when:
                continue
            where: Where = ("handoffs", number, "contracts", name)
            if scope.findings.told_within(where):
                continue
            first, last = terms.within if terms.within is not None and len(terms.within) == 2 else (None, None)
            pairs = ((name, terms.before), (terms.after, name), (first, name), (name, last))
            # A placement's copy of a campaign's day is held to the owner's word on the same field: no circle.
            yield from ((one, other, where) for one, other in pairs if one and other and one != other)


def _ring(edges: list[Edge]) -> list[str]:
    """A way round, first and last the same; empty where there is none."""
    before: dict[str, set[str]] = {}
    for first, then, _ in edges:
        before.setdefault(then, set()).add(first)
    try:
        TopologicalSorter(before).prepare()
    except CycleError as cycle:
        return [str(name) for name in cycle.args[1]]
    return []
