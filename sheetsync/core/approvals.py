"""Approvals that no longer cover what they approved: the owner says otherwise now.

Nothing here grants or removes one; where none was granted a row is compared like any other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sheetsync.core.graph import Approval
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Problem
from sheetsync.core.truth import Known, Truths


@dataclass(frozen=True, slots=True)
class Stale:
    """One covered field of one approval: what was approved, and what its owner says instead."""

    approval: Approval
    record: str
    copy: Claim
    owner: Known
    owner_source: str

    @property
    def contract(self) -> str:
        return f"approvals.{self.approval.name}.{self.copy.field}"


def stale(truths: Truths) -> Mapping[tuple[str, str, str], Stale]:
    """(source, record, field) -> what is stale there; where two approvals cover one cell, the first of them."""
    found: dict[tuple[str, str, str], Stale] = {}
    for item in truths.matched.identified:
        for approval in truths.rules.approvals:
            for one in _stale(item, approval, truths) if _granted(item, approval, truths) else ():
                found.setdefault((approval.source, item.key, one.copy.field), one)
    return found


def _granted(item: Identified, approval: Approval, truths: Truths) -> bool:
    state = item.record.value(approval.state) if item.record.source == approval.source else None
    return state is not None and truths.rules.fields[approval.state].means(state, approval.granted)


def _stale(item: Identified, approval: Approval, truths: Truths) -> Iterator[Stale]:
    for name in approval.covers:
        claim, owner = item.record.claims.get(name), truths.rules.owners.get(name)
        if claim is None or claim.parsed is None or isinstance(claim.parsed, Problem) or owner is None:
            continue
        said = truths.said_by(owner, item.key, name)
        if isinstance(said, Known) and not truths.rules.fields[name].type.same(said.value, claim.parsed):
            yield Stale(approval, item.key, claim, said, owner)
