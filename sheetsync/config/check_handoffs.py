"""Checks of authority: one owner per field, and a contract on every copy."""

from collections.abc import Collection, Iterator
from typing import assert_never

from sheetsync.config.check_circles import check_circles
from sheetsync.config.check_readiness import check_readiness
from sheetsync.config.check_sources import addressing, claimed_in, report_unmapped
from sheetsync.config.check_terms import check_rows, check_terms
from sheetsync.config.findings import Where, spelled
from sheetsync.config.scope import Scope
from sheetsync.config.shape import HandoffShape, TermsShape
from sheetsync.core.graph import status_field
from sheetsync.core.terms import Contract


def check_owners(scope: Scope) -> None:
    """An owner is a source that has the field."""
    for name, owner in scope.shape.owners.items():
        where: Where = ("owners", name)
        known = scope.knows_field(where, name)
        if scope.knows_source(where, owner) and known and not claimed_in(scope, owner, name):
            report_unmapped(scope, where, owner, name, ", or name another owner")


def check_handoffs(scope: Scope) -> None:
    """Every edge joins two sources and covers fields both have, each field into a source once; no copy is uncovered."""
    edges: dict[tuple[str, str], int] = {}
    covered: dict[tuple[str, str], int] = {}
    for number, handoff in enumerate(scope.shape.handoffs):
        _check_ends(scope, number, handoff, edges)
        check_rows(scope, ("handoffs", number, "rows"), handoff)
        check_readiness(scope, ("handoffs", number), handoff)
        for name in handoff.describe:
            if name not in handoff.contracts and not scope.findings.doubtful(("handoffs", number, "contracts")):
                scope.findings.report(("handoffs", number, "describe", name), "describes no contract of this handoff")
        for name, terms in handoff.contracts.items():
            where: Where = ("handoffs", number, "contracts", name)
            if scope.knows_field(where, name) and _reaches_once(scope, where, handoff, name, covered):
                _check_contract(scope, where, handoff, name, terms)
    approved = {(one.source, name) for one in scope.shape.approvals.values() for name in one.covers}
    _check_uncovered(scope, covered.keys() | approved | _claims(scope))
    check_circles(scope)


def _claims(scope: Scope) -> set[tuple[str, str]]:
    """Fields that repeat an approval: held to the approver, by whom contradictions are told."""
    return {(source, name) for one in scope.shape.approvals.values() for source, name in one.claims.items()}


def _reaches_once(
    scope: Scope, where: Where, handoff: HandoffShape, name: str, covered: dict[tuple[str, str], int]
) -> bool:
    number = int(where[1])
    for receiver in handoff.receivers:
        first = covered.setdefault((receiver, name), number)
        if first != number:
            other = spelled(("handoffs", first))
            scope.findings.report(where, f"reaches '{receiver}' through {other} already; keep one of them")
            return False
    return True


def _check_ends(scope: Scope, number: int, handoff: HandoffShape, edges: dict[tuple[str, str], int]) -> None:
    where: Where = ("handoffs", number)
    knows_giver = scope.knows_source((*where, "from"), handoff.giver)
    if not handoff.receivers and not scope.findings.doubtful((*where, "to")):
        scope.findings.report((*where, "to"), "names no source")
    if not handoff.contracts and handoff.rows is None and not scope.findings.doubtful((*where, "contracts")):
        scope.findings.report(where, "asks for nothing; give it contracts, or rows")
    for index, receiver in enumerate(handoff.receivers):
        here = (*where, "to") if len(handoff.receivers) == 1 else (*where, "to", index)
        if not scope.knows_source(here, receiver) or not knows_giver:
            continue
        if handoff.giver == receiver:
            scope.findings.report(here, "is the source it comes from")
        if receiver in handoff.receivers[:index]:
            scope.findings.report(here, f"names '{receiver}' twice")
        first = edges.setdefault((handoff.giver, receiver), number)
        if first != number:
            scope.findings.report(here, f"the same handoff as {spelled(('handoffs', first))}; make it one")


def _check_contract(scope: Scope, where: Where, handoff: HandoffShape, name: str, terms: Contract | TermsShape) -> None:
    match terms:
        case TermsShape():
            check_terms(scope, where, handoff, name, terms)
            if word := next((word for word in Contract if getattr(terms, word)), None):
                _check_contract(scope, where, handoff, name, word)
        case Contract.GENERATED:
            if not _is_generated(scope, name):
                remedy = f"add a template as generated.{name}, or make it equal"
                scope.findings.report(where, f"nothing makes '{name}'; {remedy}")
                scope.findings.doubt(("generated", name))
        case Contract.EQUAL:
            for end in (handoff.giver, *handoff.receivers):
                if end in scope.shape.sources and not claimed_in(scope, end, name):
                    report_unmapped(scope, where, end, name)
        case Contract.HUMAN_ONLY:
            pass
        case _:
            assert_never(terms)


def _check_uncovered(scope: Scope, covered: Collection[tuple[str, str]]) -> None:
    """A copy of what another source owns, with nothing said about what it must be, would never be looked at."""
    for receiver, source in scope.shape.sources.items():
        spared = {*addressing(source), *source.generated, *scope.shape.generated}
        struck = {status_field(source.rows_are)} if source.struck_means is not None else set()
        for name in dict.fromkeys((*source.columns, *struck)):
            owner = scope.shape.owners.get(name)
            if owner is None or _alike(scope, receiver, owner) or name in spared:
                continue
            if (receiver, name) in covered or name not in scope.fields:
                continue
            if scope.fields[name].human_only or any(map(scope.findings.doubtful, _ways_in(scope, receiver, name))):
                continue
            line = _line_to_add(scope, owner, receiver, name)
            scope.findings.report(
                ("sources", receiver, "columns", name),
                f"'{owner}' owns it and no handoff covers this copy; {line}",
                second_hand=False,
            )


def _alike(scope: Scope, one: str, other: str) -> bool:
    """Whether two sources are tabs of one kind, so that each holds rows of its own and no copies of the other's."""
    kinds = {name: source.like or name for name, source in scope.shape.sources.items()}
    return kinds.get(one) == kinds.get(other, other)


def _ways_in(scope: Scope, receiver: str, name: str) -> Iterator[Where]:
    """Every place whose doubt would make an uncovered copy a mere consequence."""
    yield from (("owners", name), ("generated", name), ("fields", name), ("handoffs",), ("approvals",))
    yield from (("sources", receiver, setting) for setting in ("key", "match", "generated"))
    for number, handoff in enumerate(scope.shape.handoffs):
        where: Where = ("handoffs", number)
        if receiver in handoff.receivers or not set(handoff.receivers) <= scope.shape.sources.keys():
            yield from ((*where, "contracts", name), (*where, "to"))


def _line_to_add(scope: Scope, owner: str, receiver: str, field: str) -> str:
    for number, handoff in enumerate(scope.shape.handoffs):
        if handoff.giver == owner and receiver in handoff.receivers:
            return f"add `{field}: equal` to {spelled(('handoffs', number, 'contracts'))}"
    return f"add a handoff from {owner} to {receiver} with `{field}: equal`"


def _is_generated(scope: Scope, name: str) -> bool:
    tracking = scope.shape.tracking
    return (
        name in scope.shape.generated
        or scope.findings.doubtful(("generated", name))
        or (tracking is not None and name in tracking.parameters)
        or scope.findings.doubtful(("tracking", "parameters"))
    )
