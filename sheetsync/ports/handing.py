"""How far handoffs are, and how they got there, as the ledger keeps it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sheetsync.core.evidence import AboutHandoff as AboutHandoff
from sheetsync.core.text_rows import TextRows


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


class HandoffStates(Mapping[AboutHandoff, HandoffState]):
    """Every handoff as it was last seen, those of one handoff kept small together: their evidence is much the same.

    They are put together when they are looked at, handoff by handoff.
    """

    def __init__(self, states: Iterable[HandoffState] = ()) -> None:
        """Of states of one handoff and record the last counts. Fastest where those of one handoff come together."""
        self._packed: dict[str, TextRows] = {}
        self._last: tuple[str, Mapping[str, HandoffState]] | None = None
        for handoff, those in groupby(states, key=lambda it: it.handoff):
            found = {**self.of(handoff), **{it.record: it for it in those}}
            self._packed[handoff] = TextRows(map(_packed, found.values()))
            self._last = None

    @property
    def handoffs(self) -> Collection[str]:
        """Those of which any state is known."""
        return self._packed.keys()

    def of(self, handoff: str) -> Mapping[str, HandoffState]:
        """Record -> the state of one handoff."""
        # Only what is looked at just now: all of it is what this is to avoid.
        if self._last is None or self._last[0] != handoff:
            states = (_unpacked(handoff, row) for row in self._packed.get(handoff, ()))
            self._last = handoff, {it.record: it for it in states}
        return self._last[1]

    def __getitem__(self, about: AboutHandoff) -> HandoffState:
        handoff, record = about
        try:
            return self.of(handoff)[record]
        except KeyError:
            raise KeyError(about) from None

    def __iter__(self) -> Iterator[AboutHandoff]:
        for handoff in self._packed:
            yield from ((handoff, record) for record in self.of(handoff))

    def __len__(self) -> int:
        return sum(map(len, self._packed.values()))

    def __repr__(self) -> str:
        return repr(dict(self))


def _packed(it: HandoffState) -> tuple[str, ...]:
    return it.record, it.state, it.evidence, it.since.isoformat(), it.run


def _unpacked(handoff: str, row: tuple[str, ...]) -> HandoffState:
    record, state, evidence, since, run = row
    return HandoffState(handoff, record, state, evidence, datetime.fromisoformat(since), run)


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
