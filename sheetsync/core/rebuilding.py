"""Work that has to be done again: handoffs that were begun, and what they were built from holds no more.

What a row was built from is what its receipt says (`core.receipts`). Where there is none, it is what the row itself
says, and what counts today where it says nothing. A row that says what holds then has followed: nothing is left to do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sheetsync.core.consequences import BEGUN, Build, Turn
from sheetsync.core.cutting import Ground
from sheetsync.core.decide import Decisions
from sheetsync.core.evidence import Handed
from sheetsync.core.flags import Generated
from sheetsync.core.graph import Rules
from sheetsync.core.model import Place
from sheetsync.core.receipts import Receipts
from sheetsync.core.record_fields import RecordField
from sheetsync.core.terms import Contract
from sheetsync.core.timelines import Timelines
from sheetsync.core.truth import campaign_of
from sheetsync.core.versions import Version

Words = tuple[str | None, str | None]
"""(what it was built from, what holds then); None where that is nothing"""


@dataclass(frozen=True)
class Outlook:
    """A world, and what is decided of it."""

    ground: Ground
    decided: Decisions

    def counts(self, cell: RecordField) -> str | None:
        """What counts of a cell, canonical: under a freeze what counted before."""
        source, record, name = cell
        late = self.ground.truths.frost.disputed.get((record, name))
        if late is None or late.source != source:
            return self.typed(cell)
        value = late.counts[name]
        return None if value is None else self.ground.rules.fields[name].type.format(value)

    def says(self, cell: RecordField) -> str | None:
        """What a cell says once the tables that follow have followed, canonical."""
        return self._put[cell] if cell in self._put else self.typed(cell)

    def row(self, source: str, record: str) -> Place | None:
        item = self.ground.truths.matched.of.get((source, record))
        return None if item is None else item.record.place

    def typed(self, cell: RecordField) -> str | None:
        """What a cell says, canonical."""
        source, record, name = cell
        item = self.ground.truths.matched.of.get((source, record))
        value = None if item is None else item.record.value(name)
        return None if value is None else self.ground.rules.fields[name].type.format(value)

    @cached_property
    def _put(self) -> Mapping[RecordField, str | None]:
        return {one.put.about: one.put.now for one in self.decided.follows if not one.why}


@dataclass(frozen=True)
class Built:
    """What is known of how rows came to be built."""

    receipts: Receipts
    #: values of ours, oldest first
    issued: Mapping[RecordField, Sequence[Version]]


def nothing_known(rules: Rules) -> Built:
    """As before anything was ever seen."""
    return Built(Receipts(rules, Timelines((), {}), ()), {})


@dataclass(frozen=True)
class Rebuilding:
    """Compares two worlds, of which the one may follow from the other."""

    was: Outlook
    then: Outlook
    #: values of ours that do not stay as they are
    turns: Sequence[Turn]
    built: Built

    def builds(self, campaigns: Collection[str], usual: Mapping[str, timedelta]) -> Iterator[Build]:
        """Everything of these campaigns that was begun and has to be done again, or counts as begun no more."""
        states = {one.about: one.state for one in self.then.decided.handed}
        for one in self.was.decided.handed:
            if one.state not in BEGUN or campaign_of(one.record) not in campaigns:
                continue
            built_from, new = dict(self._built_from(one)), states.get(one.about)
            if built_from or new not in BEGUN:
                place = one.begun.place if one.begun is not None else self.was.row(one.handoff.receiver, one.record)
                yield Build(one.handoff, one.record, one.state, new, built_from, place, usual.get(one.handoff.id))

    def _built_from(self, one: Handed) -> Iterator[tuple[str, Words]]:
        for name, cells in self.built.receipts.cells(one.handoff, one.record).items():
            here = self.then.says((one.handoff.receiver, one.record, name))
            if here is not None and here in map(self.then.counts, cells):
                continue  # it has followed, or never said anything else
            yield from ((name, words) for cell in cells[::-1] if (words := self._moved(one, cell)) is not None)
        yield from self._made(one)

    def _moved(self, one: Handed, cell: RecordField) -> Words | None:
        """What was built from a cell, and what counts then; None where that is the same, or nothing moves there."""
        was, then = self.was.counts(cell), self.then.counts(cell)
        if was == then:
            return None
        at = self.built.receipts.begun(one.about)
        here = self.was.typed((one.handoff.receiver, one.record, cell[2]))
        base = self.built.receipts.word(cell, at) if at is not None else was if here is None else here
        return None if base == then else (base, then)

    def _made(self, one: Handed) -> Iterator[tuple[str, Words]]:
        """The values of ours that were handed over and hold no more."""
        for turn in self.turns:
            made = one.handoff.contracts.get(turn.field) is Contract.GENERATED and turn.record == one.record
            if made and isinstance(turn.was, Generated):
                then = turn.becomes.value if isinstance(turn.becomes, Generated) else None
                base = self._issued(one, turn.field) or turn.was.value
                if then is None or not self._same(turn.field, base, then):
                    yield turn.field, (base, then)

    def _issued(self, one: Handed, name: str) -> str | None:
        """What the row says that nobody types, or else what of it stood there when the handoff was begun."""
        about = (one.handoff.receiver, one.record, name)
        at = self.built.receipts.begun(one.about)
        stood = [
            it.value
            for it in self.built.issued.get(about, ())
            if at is not None and it.issued <= at and not it.waits_for_live
        ]
        return self.was.typed(about) or (stood[-1] if stood else None)

    def _same(self, name: str, one: str, other: str) -> bool:
        kind = self.was.ground.rules.fields[name].type
        return kind.agrees(kind.read(one), kind.read(other))
