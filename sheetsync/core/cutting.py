"""A world cut down to single campaigns, so that a question about one of thousands costs milliseconds.

Nearly all that is decided about a row depends on its own campaign only. What does not is one link, or one name, that
stands for two campaigns: `Ground.sharing` finds those. Who matches which campaign is asked before anything is cut.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from sheetsync.core.approvals import Given
from sheetsync.core.contracts import Compared, compare
from sheetsync.core.decide import Decisions, values_wanted
from sheetsync.core.flags import Generated
from sheetsync.core.generate import Generator
from sheetsync.core.graph import Rules
from sheetsync.core.making import Past
from sheetsync.core.match import Identified, Matched
from sheetsync.core.truth import Truths, campaign_of
from sheetsync.core.twice import Twice, alike_reason


@dataclass(frozen=True)
class Ground:
    """All truths of one moment, and the past they are judged with. Keep it while several questions are asked of it."""

    truths: Truths
    past: Past
    #: what was decided of all of it, where somebody has done so already: it saves seconds where there are thousands
    decided: Decisions | None = field(default=None, repr=False)

    @property
    def rules(self) -> Rules:
        return self.truths.rules

    @cached_property
    def compared(self) -> Compared:
        return compare(self.truths)

    def cut(self, campaigns: Collection[str], whole_unmatched: bool = False) -> "Ground":
        """Only what is about these campaigns, in the order it had.

        Rows that belong to no campaign are left out unless they may be meant for one of these, or all are asked for.
        """
        matched = self.truths.matched
        rows = sorted(at for campaign in campaigns for at in self._rows.get(campaign, ()))
        cut = replace(
            matched,
            identified=tuple(matched.identified[at] for at in rows),
            duplicates=tuple(twice for twice in matched.duplicates if twice[0].campaign in campaigns),
            unmatched=tuple(
                one for one in matched.unmatched if whole_unmatched or not set(one.candidates).isdisjoint(campaigns)
            ),
        )
        given = {one.about: one for campaign in campaigns for one in self._approvals.get(campaign, ())}
        return Ground(replace(self.truths, matched=cut), replace(self.past, approvals=given))

    def sharing(self, keys: Iterable[Hashable]) -> frozenset[str]:
        """The campaigns that have one of these links or names; see `Twice.users`."""
        return frozenset(chain.from_iterable(self._users.get(key, ()) for key in keys))

    @cached_property
    def users(self) -> frozenset[tuple[Hashable, str]]:
        """(link or name, campaign) of all that is made or typed here."""
        if self.decided is None:
            twice, made = values_wanted(self.compared, self.truths, self.past)
            return frozenset(twice.users(one.outcome for one in made if isinstance(one.outcome, Generated)))
        # What was withheld because two were alike is not among what was made: there it is made once more.
        alike = frozenset(
            campaign_of(one.record)
            for one in self.decided.withheld
            if one.reason == alike_reason(one.field, self.rules)
        )
        twice = Twice(Generator(self.rules, self.truths), self.truths.matched)
        return frozenset(chain(twice.users(self.decided.generated), self.cut(alike).users))

    @cached_property
    def _users(self) -> Mapping[Hashable, set[str]]:
        found: defaultdict[Hashable, set[str]] = defaultdict(set)
        for key, campaign in self.users:
            found[key].add(campaign)
        return found

    @cached_property
    def _rows(self) -> Mapping[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, item in enumerate(self.truths.matched.identified):
            found[item.campaign].append(at)
        return found

    @cached_property
    def _approvals(self) -> Mapping[str, list[Given]]:
        found: defaultdict[str, list[Given]] = defaultdict(list)
        for given in self.past.approvals.values():
            found[campaign_of(given.record)].append(given)
        return found


def moved(was: Matched, now: Matched) -> frozenset[str]:
    """The campaigns of all rows that say something else, or belong elsewhere, than they did."""
    campaigns = set(was.unaccepted ^ now.unaccepted)
    before, after = _by_row(was), _by_row(now)
    for about in before.keys() | after.keys():
        one, other = before.get(about), after.get(about)
        if one is None or other is None or one.key != other.key or not _says_the_same(one, other):
            campaigns |= {item.campaign for item in (one, other) if item is not None}
    # A campaign that was a candidate of a row, or is one now, may wait for that row or not.
    lost = {(id(one.record), one.why, one.candidates) for one in was.unmatched}
    found = {(id(one.record), one.why, one.candidates) for one in now.unmatched}
    return frozenset(campaigns.union(*(candidates for _, _, candidates in lost ^ found)))


def _by_row(matched: Matched) -> Mapping[tuple[str, int | None, str], Identified]:
    """Every row that is about something; two readings of one sheet have the same rows."""
    rows = chain(matched.identified, chain.from_iterable(matched.duplicates))
    return {
        (it.record.source, it.record.place.row, "" if it.record.place.row is not None else it.key): it for it in rows
    }


def _says_the_same(one: Identified, other: Identified) -> bool:
    return one.record is other.record or one.record.claims == other.record.claims
