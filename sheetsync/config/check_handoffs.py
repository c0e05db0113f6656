"""Checks of authority: one owner per field, and a contract on every copy."""

from collections.abc import Iterator

from sheetsync.config.check_sources import addressing, mapped_in, report_unmapped
from sheetsync.config.findings import Where, spelled
from sheetsync.config.scope import Scope
from sheetsync.config.shape import HandoffShape
from sheetsync.core.graph import Contract


def check_owners(scope: Scope) -> None:
    """An owner is a source that has the field."""
    for name, owner in scope.shape.owners.items():
        where: Where = ("owners", name)
        known = scope.knows_field(where, name)
        if scope.knows_source(where, owner) and known and not mapped_in(scope, owner, name):
            report_unmapped(scope, where, owner, name, ", or name another owner")


def check_handoffs(scope: Scope) -> None:
    """Every edge joins two sources and covers fields both have, each field into a source once; no copy is uncovered."""
    edges: dict[tuple[str, str], int] = {}
    covered: dict[tuple[str, str], int] = {}
    for number, handoff in enumerate(scope.shape.handoffs):
        _check_ends(scope, number, handoff, edges)
        for name, contract in handoff.contracts.items():
            where: Where = ("handoffs", number, "contracts", name)
            if not scope.knows_field(where, name):
                continue
            first = covered.setdefault((handoff.receiver, name), number)
            if first != number:
                other = spelled(("handoffs", first))
                scope.findings.report(where, f"reaches '{handoff.receiver}' through {other} already; keep one of them")
            else:
                _check_contract(scope, where, handoff, name, contract)
    _check_uncovered(scope, covered)


def _check_ends(scope: Scope, number: int, handoff: HandoffShape, edges: dict[tuple[str, str], int]) -> None:
    where: Where = ("handoffs", number)
    known = [
        scope.knows_source((*where, setting), name)
        for setting, name in (("from", handoff.giver), ("to", handoff.receiver))
    ]
    if not all(known):
        return
    if handoff.giver == handoff.receiver:
        scope.findings.report((*where, "to"), "is the source it comes from")
    first = edges.setdefault((handoff.giver, handoff.receiver), number)
    if first != number:
        scope.findings.report((*where, "to"), f"the same handoff as {spelled(('handoffs', first))}; make it one")


def _check_contract(scope: Scope, where: Where, handoff: HandoffShape, name: str, contract: Contract) -> None:
    if contract is Contract.GENERATED and not _is_generated(scope, name):
        scope.findings.report(where, f"nothing makes '{name}'; add a template as generated.{name}, or make it equal")
        scope.findings.doubt(("generated", name))
    if contract is Contract.EQUAL:
        for end in (handoff.giver, handoff.receiver):
            if end in scope.shape.sources and not mapped_in(scope, end, name):
                report_unmapped(scope, where, end, name)


def _check_uncovered(scope: Scope, covered: dict[tuple[str, str], int]) -> None:
    """A copy of what another source owns, with nothing said about what it must be, would never be looked at."""
    for receiver, source in scope.shape.sources.items():
        spared = {*addressing(source), *source.generated, *scope.shape.generated}
        for name in source.columns:
            owner = scope.shape.owners.get(name)
            if owner in (None, receiver) or name in spared or (receiver, name) in covered or name not in scope.fields:
                continue
            if scope.fields[name].human_only or any(map(scope.findings.doubtful, _ways_in(scope, receiver, name))):
                continue
            line = _line_to_add(scope, str(owner), receiver, name)
            scope.findings.report(
                ("sources", receiver, "columns", name), f"'{owner}' owns it and no handoff covers this copy; {line}"
            )


def _ways_in(scope: Scope, receiver: str, name: str) -> Iterator[Where]:
    """Every place whose doubt would make an uncovered copy a mere consequence."""
    yield from (("owners", name), ("generated", name), ("fields", name), ("handoffs",))
    yield from (("sources", receiver, setting) for setting in ("key", "match", "generated"))
    for number, handoff in enumerate(scope.shape.handoffs):
        where: Where = ("handoffs", number)
        if handoff.receiver == receiver or handoff.receiver not in scope.shape.sources:
            yield from ((*where, "contracts", name), (*where, "to"))


def _line_to_add(scope: Scope, owner: str, receiver: str, field: str) -> str:
    for number, handoff in enumerate(scope.shape.handoffs):
        if (handoff.giver, handoff.receiver) == (owner, receiver):
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
