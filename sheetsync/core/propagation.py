"""How far an owner's change has come: which rows must say it, which do since when, and how long the longest took.

Who must follow is what handoffs demand as equal, cell by cell: the very pairs that a cycle compares. A copy that says
nothing claims nothing, so nothing is demanded of it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

from sheetsync.core.contracts import Compared
from sheetsync.core.model import Place
from sheetsync.core.record_fields import RecordField
from sheetsync.core.truth import Truths


class Copy(Protocol):
    """What a copy was last seen to say (`ports.Observation`)."""

    @property
    def place(self) -> Place: ...
    @property
    def since(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Landed:
    """A copy that says its owner's word."""

    about: RecordField
    place: Place
    #: from the owner's change until it said so; 0 where it said so before
    took: timedelta


@dataclass(frozen=True, slots=True)
class Missing:
    """A copy that does not."""

    about: RecordField
    place: Place
    #: so far
    for_now: timedelta


@dataclass(frozen=True, slots=True)
class Propagation:
    """One change of an owner's field, and the copies that are held to it."""

    landed: tuple[Landed, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def demanded(self) -> int:
        return len(self.landed) + len(self.missing)

    @property
    def longest(self) -> timedelta | None:
        """Of those that took longest, or have been missing longest; None where nobody must follow."""
        times = [*(it.took for it in self.landed), *(it.for_now for it in self.missing)]
        return max(times, default=None)


@dataclass(frozen=True)
class Reach:
    """Every pair that handoffs demand as equal, by the owner's field it is held to."""

    truths: Truths
    compared: Compared
    seen: Mapping[RecordField, Copy]

    def of(self, record: str, field: str, changed: datetime, now: datetime) -> Propagation:
        """How far the word on a field has come that its owner was seen to change at a moment.

        `record` is the one the field belongs to. Nothing is demanded while a word waits for a yes, or is none.
        """
        landed, missing = self._copies.get((record, field), ([], []))
        return Propagation(
            tuple(
                Landed(about, self.seen[about].place, max(self.seen[about].since - changed, timedelta()))
                for about in sorted(landed)
            ),
            tuple(Missing(about, self.seen[about].place, max(now - changed, timedelta())) for about in sorted(missing)),
        )

    @cached_property
    def _copies(self) -> Mapping[tuple[str, str], tuple[Sequence[RecordField], Sequence[RecordField]]]:
        """(record, field) -> cells that say the owner's word, and cells that do not."""
        found: defaultdict[tuple[str, str], tuple[list[RecordField], list[RecordField]]]
        found = defaultdict(lambda: ([], []))
        for source, record, name in self.compared.agreed:
            found[self.truths.about(record, name)][0].append((source, record, name))
        for pair in self.compared.differing:
            about = (pair.handoff.receiver, pair.record, pair.field)
            found[self.truths.about(pair.record, pair.field)][1].append(about)
        return found
