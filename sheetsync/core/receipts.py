"""From which version of what was handed over a receiver has built, and which version there is now.

The version of what a giver hands over for a record is how often it was seen to be another: first sight is v1, each run
in which fields that cross the handoff changed is one more. Nobody counts it anywhere: it is replayed from the history.
The receipt is the version of the moment in which the receiver's handoff became consumed.

A change that waits for a yes, and a word that people have overruled, are versions like any other. Nothing becomes old
by them: that is judged by what counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Protocol

from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.crossing import crossing
from sheetsync.core.evidence import AboutHandoff
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.model import Entity
from sheetsync.core.record_fields import RecordField
from sheetsync.core.states import State
from sheetsync.core.timelines import Change, Timelines
from sheetsync.core.truth import campaign_of

_BEGUN = (State.CONSUMED, State.DONE)


class Became(Protocol):
    """One change of a handoff's state (`ports.HandoffEvent`)."""

    @property
    def at(self) -> datetime: ...
    @property
    def old(self) -> str | None: ...
    @property
    def new(self) -> str | None: ...
    @property
    def about(self) -> AboutHandoff: ...


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts of a cell although it says something else."""

    #: canonical; None where that is nothing
    value: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receiver of one handoff has built one record from."""

    handoff: str
    record: str
    #: who hands over
    giver: str
    #: the version it was built from, and the one there is now
    built_from: int
    newest: int
    #: since when it has been built from it: when the handoff became consumed
    at: datetime
    #: the fields that say something else now than they did then, in the contract's order
    changed: tuple[str, ...] = ()
    #: those of them in which the receiver's own row says the same again
    followed: tuple[str, ...] = ()
    #: field -> (what it was built from, what counts now), for each of its cells that is another
    words: Mapping[str, tuple[tuple[str | None, str | None], ...]] = field(default_factory=dict)

    @property
    def about(self) -> AboutHandoff:
        return self.handoff, self.record

    @property
    def old(self) -> Mapping[str, tuple[tuple[str | None, str | None], ...]]:
        """The words that are others now, and that its row does not say either."""
        return {name: words for name, words in self.words.items() if name not in self.followed}

    @property
    def is_old(self) -> bool:
        """Whether anything it was built from says something else now, and its row does not."""
        return bool(self.old)


@dataclass(frozen=True)
class Receipts:
    """Versions and receipts of everything that is handed over."""

    rules: Rules
    told: Timelines
    #: oldest first
    became: Sequence[Became]
    #: of cells that do not say what counts: of what waits for a yes, and of what people have decided otherwise
    counting: Mapping[RecordField, Counting] = field(default_factory=dict)

    def all(self) -> Iterator[Receipt]:
        """The receipt of each handoff of each record that is consumed, or done."""
        for about in self._events:
            if (receipt := self.of(about)) is not None:
                yield receipt

    def of(self, about: AboutHandoff) -> Receipt | None:
        """The receipt of one handoff of one record; None where nobody has begun to build on it."""
        name, record = about
        handoff, at = self._handoffs.get(name), self.begun(about)
        if handoff is None or at is None:
            return None
        built_from, newest = self.version(handoff, record, at), self.version(handoff, record)
        cells = self.cells(handoff, record)
        moved = {
            name: tuple((self.word(cell, at), self.word(cell)) for cell in these if self._is_other(cell, at))
            for name, these in cells.items()
        }
        words = {name: those for name, those in moved.items() if those}
        followed = tuple(name for name in words if self._has_followed(handoff, record, name, cells[name]))
        return Receipt(name, record, handoff.giver, built_from, newest, at, tuple(words), followed, words)

    def rests_on(self, receipt: Receipt, cell: RecordField) -> bool:
        """Whether a cell's word is part of what a receipt is for."""
        return cell in self.cells(self._handoffs[receipt.handoff], receipt.record).get(cell[2], ())

    def word(self, cell: RecordField, at: datetime | None = None) -> str | None:
        """What counts of a cell, now or at a moment; canonical."""
        other = self.counting.get(cell)
        if other is not None and (at is None or other.since <= at):
            return other.value
        return self.told.says(cell) if at is None else self.told.after(cell, at)

    def version(self, handoff: Handoff, record: str, at: datetime | None = None) -> int:
        """The version of what crosses a handoff for a record, now or at a moment; 0 before anything was ever said."""
        changes = [it for cells in self.cells(handoff, record).values() for cell in cells for it in self.told.of(cell)]
        runs = dict[str, list[Change]]()
        for it in sorted(changes, key=lambda it: it.at):
            runs.setdefault(it.run, []).append(it)
        counted = sum(1 for these in runs.values() if at is None or these[0].at <= at)
        return counted + self._was_known_before(handoff, record, runs)

    def _was_known_before(self, handoff: Handoff, record: str, runs: Mapping[str, Sequence[Change]]) -> bool:
        """Whether anything was said before the first change: else that change is the first sight."""
        cells = [cell for these in self.cells(handoff, record).values() for cell in these]
        if not runs:
            return any(self.told.says(cell) is not None for cell in cells)
        first = next(iter(runs.values()))[0].at
        return any(self.told.before(cell, first) is not None for cell in cells)

    def begun(self, about: AboutHandoff) -> datetime | None:
        """When the handoff was begun to be built on, if it is still said to be."""
        at = None
        for it in self._events.get(about, ()):
            begun, was = it.new in _BEGUN, it.old in _BEGUN
            at = it.at if begun and not was else at if begun else None
        return at

    def _is_other(self, cell: RecordField, at: datetime) -> bool:
        return self.word(cell, at) != self.word(cell)

    def _has_followed(self, handoff: Handoff, record: str, field: str, cells: Sequence[RecordField]) -> bool:
        here = self.told.says((handoff.receiver, record, field))
        return here is not None and any(self.word(cell) == here for cell in cells)

    # ------------------------------------------------------------ looked up once

    def cells(self, handoff: Handoff, record: str) -> Mapping[str, Sequence[RecordField]]:
        """Every cell whose word crosses: the giver's where its rows can say it, else the owner's."""
        found: dict[str, Sequence[RecordField]] = {}
        for name, source in self._speakers[handoff.id].items():
            field = self.rules.fields[name]
            if field.of is Entity.CAMPAIGN or record != campaign_of(record):
                found[name] = ((source, campaign_of(record) if field.of is Entity.CAMPAIGN else record, name),)
            else:  # a campaign is built from all of its placements
                found[name] = self._placements.get((source, name, record), ())
        return found

    @cached_property
    def _speakers(self) -> Mapping[str, Mapping[str, str]]:
        return {
            handoff.id: {
                name: source
                for name in crossing(handoff, self.rules)
                if (source := speaker(handoff, name, self.rules)) is not None
            }
            for handoff in self.rules.handoffs
        }

    @cached_property
    def _placements(self) -> Mapping[tuple[str, str, str], Sequence[RecordField]]:
        found: defaultdict[tuple[str, str, str], dict[RecordField, None]] = defaultdict(dict)
        asked = {(source, name) for names in self._speakers.values() for name, source in names.items()}
        for source, name in asked:
            for cell in self._known(source, name):
                found[source, name, campaign_of(cell[1])][cell] = None
        return {about: tuple(cells) for about, cells in found.items()}

    def _known(self, source: str, name: str) -> Iterable[RecordField]:
        yield from self.told.cells(source, name)
        yield from (cell for cell in self.told.now if (cell[0], cell[2]) == (source, name))

    @cached_property
    def _handoffs(self) -> Mapping[str, Handoff]:
        return {handoff.id: handoff for handoff in self.rules.handoffs}

    @cached_property
    def _events(self) -> Mapping[AboutHandoff, Sequence[Became]]:
        found: defaultdict[AboutHandoff, list[Became]] = defaultdict(list)
        for it in self.became:
            found[it.about].append(it)
        return found


def speaker(handoff: Handoff, name: str, rules: Rules) -> str | None:
    """Whose word on a field crosses a handoff: the giver's where its rows can say it, the owner's otherwise."""
    giver = rules.sources[handoff.giver]
    says_it = name in giver.columns and rules.fields[name].of is giver.rows_are and name != CAMPAIGN_ID
    return giver.name if says_it else rules.owners.get(name)
