"""What became of handoffs since the run before.

Only a run that has looked at everything a handoff rests on says that it moved. States are facts about people's sheets:
whatever a run was asked to write about, and whether it could, they are kept, and an undo leaves them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from sheetsync.core.crossing import rests_on
from sheetsync.core.evidence import Handed
from sheetsync.core.readiness import became
from sheetsync.core.telling_readiness import evidence_text
from sheetsync.engine.world import Run
from sheetsync.ports import AboutHandoff, HandoffEvent, HandoffState, HandoffStates


@dataclass(frozen=True)
class Moves:
    """The states of one run against those of the run before, handoff by handoff: all of them at once are too much."""

    run: Run

    def states(self) -> Iterator[HandoffState]:
        """Those that are new or others now, or the same for another reason."""
        for handoff, states in self._now.items():
            before = self._before.of(handoff)
            for one in states:
                was, now = before.get(one.record), self._state(one)
                if was is not None and was.state == now.state:
                    now = replace(now, since=was.since, run=was.run)
                if now != was:
                    yield now

    def _state(self, one: Handed) -> HandoffState:
        # Written out for one after the other: the evidence of all would weigh more than all sheets.
        evidence = evidence_text(one.evidence, self.run.readings.rules)
        return HandoffState(*one.about, str(one.state), evidence, self.run.started, self.run.id)

    @cached_property
    def gone(self) -> list[AboutHandoff]:
        """Those that are none any more. A row that shares its key with another may still be the one."""
        return [about for handoff in sorted(self._before.handoffs) for about in self._gone_of(handoff)]

    def _gone_of(self, handoff: str) -> Iterator[AboutHandoff]:
        if self._was_looked_at(handoff):
            now = {one.record for one in self._now.get(handoff, ())}
            for record in sorted(self._before.of(handoff)):
                if record not in now and (handoff, record) not in self._shared:
                    yield handoff, record

    def events(self) -> Iterator[HandoffEvent]:
        """What became of which state, by handoff and record."""
        gone = frozenset(self.gone)
        for handoff in sorted({*self._before.handoffs, *self._now}):
            there = {one.about: one for one in self._now.get(handoff, ())}
            was = {it.about: it.state for it in self._before.of(handoff).values()}
            now = {about: state for about, state in was.items() if about not in gone}
            now |= {about: str(one.state) for about, one in there.items()}
            for about, old, new in became(was, now):
                evidence = self._state(there[about]).evidence if new is not None else ""
                yield HandoffEvent(self.run.id, self.run.started, *about, old, new, evidence)

    @property
    def _before(self) -> HandoffStates:
        return self.run.readings.memory.handed

    @cached_property
    def _now(self) -> Mapping[str, Sequence[Handed]]:
        """Handoff -> its states, of those that were looked at."""
        by_handoff = groupby(self.run.decided.handed, key=lambda one: one.handoff.id)
        return {handoff: list(those) for handoff, those in by_handoff if self._was_looked_at(handoff)}

    def _was_looked_at(self, handoff: str) -> bool:
        """Whether everything a handoff rests on was read in this run; also of one that is configured no more."""
        return self._bases.get(handoff, frozenset()) <= self.run.snapshots.fresh.keys()

    @cached_property
    def _bases(self) -> Mapping[str, frozenset[str]]:
        rules = self.run.readings.rules
        return {handoff.id: rests_on(handoff, rules) for handoff in rules.handoffs}

    @cached_property
    def _shared(self) -> frozenset[AboutHandoff]:
        into = self.run.readings.rules.handoffs_into
        rows = [item for rows in self.run.matched.duplicates for item in rows]
        return frozenset((handoff.id, item.key) for item in rows for handoff in into(item.record.source))
