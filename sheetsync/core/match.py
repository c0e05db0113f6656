"""Which campaign a row belongs to: exact ids first, then declared keys; never by resemblance.

Which campaigns there are to belong to stands in `campaigns`.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from sheetsync.core.campaigns import CAMPAIGN_ID, Campaigns, campaigns, fold_key, names_of
from sheetsync.core.fields import near_miss
from sheetsync.core.graph import Rules
from sheetsync.core.model import Entity, Problem, Record, Snapshot
from sheetsync.core.tracking import slug


@dataclass(frozen=True, slots=True)
class Identified:
    """A row and the record it is about."""

    record: Record
    #: canonical id of its campaign, accepted or proposed
    campaign: str
    #: "NL-1004", or "NL-1004 / email / hero" for a placement
    key: str


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A row that is about no campaign we can name, and why."""

    record: Record
    why: Literal["near_miss", "orphan", "ambiguous", "unreadable"]
    #: ids it may have meant
    candidates: tuple[str, ...] = ()


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

    @cached_property
    def of(self) -> Mapping[tuple[str, str], Identified]:
        """(source, record key) -> the one row that claims it."""
        return {(item.record.source, item.key): item for item in self.identified}

    @cached_property
    def unaccepted(self) -> frozenset[str]:
        return frozenset(self.proposed.values())


def match(snapshots: Sequence[Snapshot], rules: Rules, proposed_ids: Mapping[str, str], highest_number: int) -> Matched:
    """Match every record of every snapshot.

    `proposed_ids` (natural key -> id) and `highest_number` are the ledger's: an id once proposed is kept for its
    campaign and a number is never given out twice.
    """
    known = campaigns(snapshots, rules, proposed_ids, highest_number)
    identified: list[Identified] = []
    unmatched: list[Unmatched] = []
    for snapshot in snapshots:
        for record in snapshot.records:
            found = _find(record, rules, known)
            if isinstance(found, Unmatched):
                unmatched.append(found)
            else:
                identified.append(Identified(record, found, sys.intern(record_key(record, found, rules))))
    unique, duplicates = _duplicates(identified)
    names = _names_of_proposed(identified, rules, frozenset(known.proposed.values()))
    return Matched(unique, tuple(unmatched), duplicates, known.proposed, names, known.highest_number)


def _find(record: Record, rules: Rules, known: Campaigns) -> str | Unmatched:
    claim = record.claims.get(CAMPAIGN_ID)
    if claim is not None and isinstance(claim.parsed, Problem):
        return Unmatched(record, "unreadable")
    if claim is not None and claim.parsed is not None:
        campaign = str(claim.parsed)
        if campaign in known.ids:
            return campaign
        near = tuple(sorted(other for other in known.ids if near_miss(campaign, other)))
        return Unmatched(record, "near_miss" if near else "orphan", near)
    named = known.called(record, rules)
    if len(named) == 1:
        return next(iter(named))
    return Unmatched(record, "ambiguous" if named else "orphan", tuple(sorted(named)))


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


def _names_of_proposed(identified: Iterable[Identified], rules: Rules, proposed: frozenset[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for item in identified:
        if item.campaign in proposed:
            lists = names_of(item.record.source, rules)
            words = (str(item.record.value(name) or "") for fields in lists for name in fields)
            # The first source in configured order says it in the owner's spelling.
            names.setdefault(item.campaign, " / ".join(word for word in words if word))
    return names


def _duplicates(
    identified: Sequence[Identified],
) -> tuple[tuple[Identified, ...], tuple[tuple[Identified, ...], ...]]:
    rows: defaultdict[tuple[str, str], list[Identified]] = defaultdict(list)
    for item in identified:
        rows[item.record.source, item.key].append(item)
    unique = tuple(items[0] for items in rows.values() if len(items) == 1)
    return unique, tuple(tuple(items) for items in rows.values() if len(items) > 1)
