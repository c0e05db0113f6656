"""Cells that repeat an approval in another sheet, held to the approver's own word.

Blank on either side is silent, and so is a box here that is not ticked: nobody has repeated anything yet. A box that is
ticked here while the approver's is not speaks of a yes that was never given. A cell that repeats a yes which has gone
stale meanwhile contradicts nobody, it says what the approver says. Those who can mend it are told, in the approving
row; whoever works on it is told where a handoff asks for the approval (`ready_when`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.graph import Approval
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Problem
from sheetsync.core.truth import Known, Truths


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A cell that says yes where the approver says something else, or something else where the approver says yes."""

    approval: Approval
    item: Identified
    claim: Claim
    said: Known

    @property
    def contract(self) -> str:
        return f"approvals.{self.approval.name}"


def contradictions(truths: Truths) -> Iterator[Contradiction]:
    """Every cell that contradicts the approval it repeats."""
    for approval in truths.rules.approvals:
        for item in truths.matched.identified:
            name = approval.claims.get(item.record.source)
            claim = item.record.claims.get(name) if name is not None else None
            if claim is None:
                continue
            said = truths.said_by(approval.source, item.key, approval.state)
            if isinstance(said, Known) and _contradict(claim, said, approval, truths):
                yield Contradiction(approval, item, claim, said)


def _contradict(claim: Claim, said: Known, approval: Approval, truths: Truths) -> bool:
    if claim.parsed is None or isinstance(claim.parsed, Problem):
        return False
    fields, words = truths.rules.fields, approval.granted
    repeated = fields[claim.field].means(claim.parsed, words)
    if claim.parsed is False and not repeated:
        return False
    return repeated is not fields[approval.state].means(said.value, words)
