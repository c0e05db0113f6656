"""How far handoffs are, and how they got there, as the ledger keeps it."""

from dataclasses import dataclass
from datetime import datetime

from sheetsync.core.evidence import AboutHandoff as AboutHandoff


@dataclass(frozen=True, slots=True)
class HandoffState:
    """One handoff of one record as it was last seen."""

    handoff: str
    record: str
    #: a `core.readiness.State`
    state: str
    #: canonical, see `core.telling_readiness.evidence_text`
    evidence: str
    #: since when it is in this state without a break, and the run that saw it first
    since: datetime
    run: str

    @property
    def about(self) -> AboutHandoff:
        return self.handoff, self.record


@dataclass(frozen=True, slots=True)
class HandoffEvent:
    """One change of state, as it stands in an append-only history of its own."""

    run: str
    at: datetime
    handoff: str
    record: str
    #: None where the handoff of this record was not known before
    old: str | None
    #: None where there is nothing to hand over any more: its row is gone, or called off
    new: str | None
    #: for what it is now; empty where it is nothing any more
    evidence: str

    @property
    def about(self) -> AboutHandoff:
        return self.handoff, self.record
