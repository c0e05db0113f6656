"""Rows that a handoff asks for and that stand nowhere: a record of the giver without a row in any receiver.

Only where everybody could be looked at: nothing is missing from a sheet nobody could read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from sheetsync.core.campaigns import registrars
from sheetsync.core.graph import RowsDue
from sheetsync.core.match import Identified, record_key
from sheetsync.core.model import Claim, Entity
from sheetsync.core.truth import Truths


@dataclass(frozen=True, slots=True)
class Missing:
    """A row that is due and missing; told at the giver's row, in the cell of its first key field."""

    due: RowsDue
    item: Identified
    claim: Claim
    #: what has no row: the record, or its whole campaign where the receivers list campaigns
    what: str


def missing(truths: Truths) -> Iterator[Missing]:
    """Every row that is due and stands in none of its receivers."""
    if registrars(truths.rules) & truths.unread.keys():
        return  # whose row an unknown one is, nobody could look up
    for due in truths.rules.rows_due:
        if not truths.unread.keys() & {due.giver, *due.receivers}:
            yield from without_row(due, truths)


def without_row(due: RowsDue, truths: Truths) -> Iterator[Missing]:
    """The giver's records that would be due and stand in none of the receivers, by their names."""
    there = set(chain.from_iterable(_may_stand_in(receiver, due, truths) for receiver in due.receivers))
    by_campaign = all(_by_campaign(receiver, due, truths) for receiver in due.receivers)
    told: set[str] = set()
    for item in sorted(_due(due, truths), key=lambda item: item.key):
        what = item.campaign if by_campaign else item.key
        claim = item.record.claims.get(truths.rules.sources[due.giver].key[0])
        if there.isdisjoint((item.campaign, item.key)) and what not in told and claim is not None:
            told.add(what)
            yield Missing(due, item, claim, what)


def _due(due: RowsDue, truths: Truths) -> Iterator[Identified]:
    """The giver's records that must have a row; a campaign whose id is only proposed is not yet one of them."""
    for item in truths.matched.identified:
        accepted = item.campaign not in truths.matched.unaccepted
        if item.record.source == due.giver and accepted and truths.holds(item.key, due.which):
            yield item


def _may_stand_in(receiver: str, due: RowsDue, truths: Truths) -> Iterator[str]:
    """Records, or campaigns, that have a row in a receiver, or several, or one that may be meant for them."""
    matched, by_campaign = truths.matched, _by_campaign(receiver, due, truths)
    rows: Iterable[Identified] = chain(matched.identified, chain.from_iterable(matched.duplicates))
    for item in rows:
        if item.record.source == receiver:
            yield item.campaign if by_campaign else item.key
    for unmatched in matched.unmatched:
        if unmatched.record.source == receiver:
            for campaign in unmatched.candidates:
                yield campaign if by_campaign else record_key(unmatched.record, campaign, truths.rules)


def _by_campaign(receiver: str, due: RowsDue, truths: Truths) -> bool:
    """Whether any row of a record's campaign will do: one of the two sides lists campaigns."""
    sources = truths.rules.sources
    return Entity.CAMPAIGN in (sources[due.giver].rows_are, sources[receiver].rows_are)
