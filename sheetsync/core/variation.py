"""What may differ by channel: complete (each row says it, each channel demanded has a row) and deliberate (not copied).

Rows that are cancelled or spared are not asked, and nothing is concluded from a channel that is not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from sheetsync.core.campaigns import registrars
from sheetsync.core.cancellation import is_cancelled
from sheetsync.core.exemptions import NOBODY, Spared
from sheetsync.core.fields import Choice
from sheetsync.core.graph import Handoff
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim, Problem, Value
from sheetsync.core.terms import VariesBy
from sheetsync.core.truth import Known, Truths
from sheetsync.core.violations import Word, words_given

_CHANNEL_UNKNOWN: Final = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a receiver, and the contract on one of its fields that varies."""

    handoff: Handoff
    item: Identified
    #: the cell of the field that varies
    claim: Claim
    #: the channel of the row, where it is known
    channel: str | None
    given: tuple[Word, ...] = ()

    @property
    def contract(self) -> str:
        return self.handoff.contract_id(self.claim.field)


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A row in a known channel that leaves the field blank."""

    row: Row


@dataclass(frozen=True, slots=True)
class NoRow:
    """A campaign with rows in the receiver, but none for a channel that it must have; told at its first row."""

    row: Row
    #: the cell of the first field of the key
    claim: Claim
    channel: str


@dataclass(frozen=True, slots=True)
class Copied:
    """A row that says the same as rows of its campaign in another channel, which comes before its own."""

    row: Row
    alike: tuple[Row, ...]


Uniform = Unsaid | NoRow | Copied


def uniform(truths: Truths, spared: Spared = NOBODY) -> Iterator[Uniform]:
    """Every row that breaks a contract `varies_by`. `truths` know what is disputed."""
    for handoff in truths.rules.handoffs:
        for name, terms in handoff.contracts.items():
            if isinstance(terms, VariesBy):
                yield from _Variation(handoff, name, terms, truths, spared).broken()


@dataclass(frozen=True)
class _Variation:
    """One contract, over all rows of its receiver."""

    handoff: Handoff
    name: str
    terms: VariesBy
    truths: Truths
    spared: Spared

    def broken(self) -> Iterator[Uniform]:
        for campaign, rows in self._asked.items():
            yield from (Unsaid(row) for row in rows if row.channel is not None and row.claim.parsed is None)
            yield from self._without_row(campaign, rows)
            if not self.terms.copies_allowed:
                yield from self._copied(rows)

    @cached_property
    def _asked(self) -> Mapping[str, Sequence[Row]]:
        """campaign -> its rows that are held to the contract."""
        found: dict[str, list[Row]] = {}
        for item in self.truths.matched.identified:
            claim = item.record.claims.get(self.name) if item.record.source == self.handoff.receiver else None
            if claim is None or not self.truths.holds(item.key, self.terms.when):
                continue
            contract = self.handoff.contract_id(self.name)
            if self.spared.spares(contract, item.key) or is_cancelled(item, self.truths):
                continue
            given = words_given(item.key, self.terms.when, self.truths)
            row = Row(self.handoff, item, claim, self._channel(item), given)
            found.setdefault(item.campaign, []).append(row)
        return found

    def _channel(self, item: Identified) -> str | None:
        """The row's own word counts, for the owner may list other placements only; a blank one takes the owner's."""
        by = self.terms.by
        claim = item.record.claims.get(by)
        if claim is not None and isinstance(claim.parsed, Problem):
            return _CHANNEL_UNKNOWN
        if self.truths.is_disputed(item.key, by):
            return _CHANNEL_UNKNOWN
        if claim is not None and claim.parsed is not None:
            return str(claim.parsed)
        said = self.truths.of(item.key, by)
        return str(said.value) if isinstance(said, Known) else _CHANNEL_UNKNOWN

    # ---------------------------------------------------------------- complete

    def _without_row(self, campaign: str, rows: Sequence[Row]) -> Iterator[NoRow]:
        if not self.terms.every or registrars(self.truths.rules) & self.truths.unread.keys():
            return  # whose row an unknown one is, nobody could look up
        there = self._there.get(campaign, frozenset())
        if _CHANNEL_UNKNOWN in there:
            return  # it may be the one
        first = min(rows, key=lambda row: (row.item.record.place.row or 0, row.item.key))
        claim = first.item.record.claims.get(self.truths.rules.sources[self.handoff.receiver].key[0])
        if claim is not None:
            yield from (NoRow(first, claim, channel) for channel in self.terms.every if channel not in there)

    @cached_property
    def _there(self) -> Mapping[str, frozenset[str | None]]:
        """campaign -> channels of all its rows: also of those not asked, standing twice, or perhaps meant for it."""
        matched, found = self.truths.matched, dict[str, frozenset[str | None]]()
        for item in chain(matched.identified, chain.from_iterable(matched.duplicates)):
            if item.record.source == self.handoff.receiver:
                found[item.campaign] = found.get(item.campaign, frozenset()) | {self._channel(item)}
        for unmatched in matched.unmatched:
            if unmatched.record.source == self.handoff.receiver:
                for campaign in unmatched.candidates:
                    found[campaign] = found.get(campaign, frozenset()) | {_CHANNEL_UNKNOWN}
        return found

    # ---------------------------------------------------------------- deliberate

    def _copied(self, rows: Sequence[Row]) -> Iterator[Copied]:
        kind, rank = self.truths.rules.fields[self.name].type, self._rank
        saying = [(row, row.channel, said) for row in rows if (said := _value(row)) is not None and row.channel]
        for row, channel, said in saying:
            alike = (
                other
                for other, of, value in saying
                if of != channel and rank(of) < rank(channel) and kind.agrees(value, said)
            )
            if before := tuple(sorted(alike, key=lambda other: (rank(other.channel or ""), other.item.key))):
                yield Copied(row, before)

    def _rank(self, channel: str) -> tuple[int, str]:
        """Where a channel stands in its vocabulary; what is no word of it comes last."""
        kind = self.truths.rules.fields[self.terms.by].type
        words = tuple(kind.vocabulary) if isinstance(kind, Choice) else ()
        return (words.index(channel) if channel in words else len(words), channel)


def _value(row: Row) -> Value | None:
    return None if isinstance(row.claim.parsed, Problem) else row.claim.parsed
