"""Which campaign a row belongs to: exact ids first, then a person's answer, then declared keys; never by resemblance.

Which campaigns there are to belong to stands in `campaigns`, what a row may mean that belongs to none in `resemblance`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from sheetsync.core.answers import NO_ANSWERS, Answers
from sheetsync.core.campaigns import CAMPAIGN_ID, EDITION, Campaigns, campaigns, fold_key, names_of
from sheetsync.core.fields import NearMisses
from sheetsync.core.graph import Rules
from sheetsync.core.model import Entity, Problem, Record, Snapshot
from sheetsync.core.resemblance import Proposal, Resemblance
from sheetsync.core.tracking import slug


@dataclass(frozen=True, slots=True)
class Identified:
    """A row and the record it is about."""

    record: Record
    #: canonical id of its campaign, accepted or proposed
    campaign: str
    #: "NL-1004", or "NL-1004 / email / hero" for a placement
    key: str


Why = Literal["near_miss", "orphan", "ambiguous", "unreadable"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that is about no campaign we can name, and why."""

    record: Record
    why: Why
    #: ids it may have meant
    candidates: tuple[str, ...] = ()
    #: campaigns to ask about, best first, with what is alike: the candidates, or else what resembles the row
    proposals: tuple[Proposal, ...] = ()
    #: a campaign that a person said it belongs to and that is none any more
    gone: str = ""


@dataclass(frozen=True)
class Matched:
    """Every row of every snapshot, with the record it is about."""

    identified: tuple[Identified, ...]
    unmatched: tuple[Unmatched, ...]
    #: rows that share one key within one source: nothing is concluded from them
    duplicates: tuple[tuple[Identified, ...], ...]
    #: campaigns whose id nobody has accepted yet: natural key -> proposed id
    proposed: Mapping[str, str] = field(default_factory=dict)
    #: how people know the campaigns with a proposed id: id -> "partner / name"
    names: Mapping[str, str] = field(default_factory=dict)
    #: the highest number ever seen or given out in an id of the configured shape
    highest_number: int = 0
    #: every campaign there is, its id accepted or proposed
    campaigns: frozenset[str] = frozenset()

    @cached_property
    def of(self) -> Mapping[tuple[str, str], Identified]:
        """(source, record key) -> the one row that claims it."""
        return {(item.record.source, item.key): item for item in self.identified}

    @cached_property
    def unaccepted(self) -> frozenset[str]:
        return frozenset(self.proposed.values())


def match(
    snapshots: Sequence[Snapshot],
    rules: Rules,
    proposed_ids: Mapping[str, str],
    highest_number: int,
    answers: Answers = NO_ANSWERS,
) -> Matched:
    """Match every record of every snapshot.

    `proposed_ids` (natural key -> id), `highest_number` and `answers` are the ledger's: an id once proposed is kept for
    its campaign, a number is never given out twice, and what a person has said of a row counts.
    """
    known = campaigns(snapshots, rules, proposed_ids, highest_number)
    matcher = _Matcher(rules, known, answers)
    identified: list[Identified] = []
    unmatched: list[Unmatched] = []
    for snapshot in snapshots:
        for record in snapshot.records:
            found = matcher.find(record)
            if isinstance(found, Unmatched):
                unmatched.append(matcher.with_proposals(found))
            else:
                identified.append(Identified(record, found, sys.intern(record_key(record, found, rules))))
    unique, duplicates = _duplicates(identified)
    names = _names_of_proposed(identified, rules, known.proposed)
    return Matched(unique, tuple(unmatched), duplicates, known.proposed, names, known.highest_number, known.all)


@dataclass(frozen=True)
class _Matcher:
    """Looks rows up among the campaigns there are."""

    rules: Rules
    known: Campaigns
    answers: Answers

    def find(self, record: Record) -> str | Unmatched:
        """The campaign a row belongs to, or why that cannot be told."""
        claim = record.claims.get(CAMPAIGN_ID)
        if claim is not None and isinstance(claim.parsed, Problem):
            return Unmatched(record, "unreadable")
        typed = None if claim is None or claim.parsed is None else str(claim.parsed)
        if typed in self.known.ids:
            return typed
        said = self.answers.about(record, self.rules)
        if said.accepted in self._all:
            return said.accepted
        named = frozenset(self._near.of(typed)) if typed is not None else self.known.called(record, self.rules)
        left = tuple(sorted(named - said.rejected))
        if typed is None and len(named) == len(left) == 1:
            return left[0]
        why: Why = "orphan" if not left else "near_miss" if typed is not None else "ambiguous"
        return Unmatched(record, why, left, gone=said.accepted)

    def with_proposals(self, item: Unmatched) -> Unmatched:
        """The same with what it may mean, if anything: a reason to ask, never a match."""
        if item.why == "unreadable":
            return item
        if item.candidates:
            what = "id nearly the same" if item.why == "near_miss" else "the same names"
            return replace(item, proposals=self._resemblance.explain(item.record, item.candidates, what))
        rejected = self.answers.about(item.record, self.rules).rejected
        return replace(item, proposals=self._resemblance.propose(item.record, rejected))

    @cached_property
    def _all(self) -> frozenset[str]:
        return self.known.all

    @cached_property
    def _near(self) -> NearMisses:
        return NearMisses(self.known.ids)

    @cached_property
    def _resemblance(self) -> Resemblance:
        return Resemblance(self.known.profiles(self.rules))


def record_key(record: Record, campaign: str, rules: Rules) -> str:
    """The record a row is about when it belongs to this campaign."""
    source = rules.sources[record.source]
    if source.rows_are is Entity.CAMPAIGN:
        return campaign
    parts = [name for name in source.key if rules.fields[name].of is Entity.PLACEMENT]
    return " / ".join([campaign, *(_key_part(record, name, rules) for name in parts)])


def _key_part(record: Record, name: str, rules: Rules) -> str:
    """A vocabulary's own word, or any text as a slug; a word not understood still tells its row from the next one."""
    value = record.value(name)
    if value is not None and rules.fields[name].type.kind == "choice":
        return str(value)
    text = str(value) if value is not None else record.claims[name].raw if name in record.claims else ""
    # "ヒーロー" has no slug, and is still another slot than "タイル".
    return slug(text) or fold_key(text) or "?"


def _names_of_proposed(identified: Iterable[Identified], rules: Rules, proposed: Mapping[str, str]) -> dict[str, str]:
    keys = {campaign: natural for natural, campaign in proposed.items()}
    names: dict[str, str] = {}
    for item in identified:
        if item.campaign in keys:
            lists = names_of(item.record.source, rules)
            words = (str(item.record.value(name) or "") for fields in lists for name in fields)
            _, later, day = keys[item.campaign].rpartition(EDITION)
            # The first source in configured order says it in the owner's spelling.
            names.setdefault(item.campaign, " / ".join(word for word in words if word) + (later and later + day))
    return names


def _duplicates(
    identified: Sequence[Identified],
) -> tuple[tuple[Identified, ...], tuple[tuple[Identified, ...], ...]]:
    rows: defaultdict[tuple[str, str], list[Identified]] = defaultdict(list)
    for item in identified:
        rows[item.record.source, item.key].append(item)
    unique = tuple(items[0] for items in rows.values() if len(items) == 1)
    return unique, tuple(tuple(items) for items in rows.values() if len(items) > 1)
