"""Which campaign a row belongs to: exact ids first, then declared keys; never by resemblance.

The sources that own the identity fields (those rows are matched by) say which campaigns exist.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from sheetsync.core.fields import near_miss
from sheetsync.core.graph import Rules
from sheetsync.core.model import Entity, Problem, Record, Snapshot
from sheetsync.core.tracking import slug

CAMPAIGN_ID = "campaign_id"


def fold_key(text: str) -> str:
    """A name as it is matched: case, kind of dash and quote, spacing, and "&" for "and" do not count."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return re.sub(r"[\W_]+", " ", text).strip()


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


@dataclass(slots=True)
class _Campaigns:
    """The campaigns that exist, by every list of fields a row may name them with."""

    ids: set[str]
    named: dict[tuple[str, ...], dict[tuple[str, ...], set[str]]]

    def note(self, fields: tuple[str, ...], values: tuple[str, ...], campaign: str) -> None:
        self.named.setdefault(fields, defaultdict(set))[values].add(campaign)


def match(snapshots: Sequence[Snapshot], rules: Rules, proposed_ids: Mapping[str, str], highest_number: int) -> Matched:
    """Match every record of every snapshot.

    `proposed_ids` (natural key -> id) and `highest_number` are the ledger's: an id once proposed is kept for its
    campaign and a number is never given out twice.
    """
    shape = _IdShape.of(rules)
    registrars = _registrars(snapshots, rules)
    highest = max([highest_number, *(_numbers(snapshots, shape))])
    campaigns, proposed, highest = _campaigns(registrars, rules, proposed_ids, highest, shape)
    identified: list[Identified] = []
    unmatched: list[Unmatched] = []
    for snapshot in snapshots:
        for record in snapshot.records:
            found = _find(record, rules, campaigns)
            if isinstance(found, Unmatched):
                unmatched.append(found)
            else:
                identified.append(Identified(record, found, _key(record, found, rules)))
    unique, duplicates = _duplicates(identified)
    names = _names_of_proposed(unique, rules, frozenset(proposed.values()))
    return Matched(unique, tuple(unmatched), duplicates, proposed, names, highest)


# ---------------------------------------------------------------- which campaigns exist


@dataclass(frozen=True, slots=True)
class _IdShape:
    """The template of campaign ids, e.g. "NL-{number:04d}", read backwards."""

    template: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, rules: Rules) -> "_IdShape | None":
        template = rules.templates.get(CAMPAIGN_ID)
        if template is None:
            return None
        before, _, after = (re.escape(part) for part in re.split(r"(\{number[^}]*\})", template))
        return cls(template, re.compile(f"{before}(\\d+){after}", re.IGNORECASE))


def _registrars(snapshots: Sequence[Snapshot], rules: Rules) -> list[Snapshot]:
    identity = {name for source in rules.sources.values() for names in source.match for name in names}
    owners = {rules.owners[name] for name in identity | {CAMPAIGN_ID} if name in rules.owners}
    return [
        snapshot
        for snapshot in snapshots
        if snapshot.source in owners and rules.sources[snapshot.source].rows_are is Entity.CAMPAIGN
    ]


def _numbers(snapshots: Iterable[Snapshot], shape: _IdShape | None) -> Iterator[int]:
    if shape is None:
        return
    for snapshot in snapshots:
        for record in snapshot.records:
            if found := shape.pattern.fullmatch(str(record.value(CAMPAIGN_ID) or "")):
                yield int(found[1])


def _campaigns(
    registrars: Sequence[Snapshot],
    rules: Rules,
    proposed_ids: Mapping[str, str],
    highest: int,
    shape: _IdShape | None,
) -> tuple[_Campaigns, dict[str, str], int]:
    campaigns = _Campaigns(set(), {})
    nameless: list[Record] = []
    for snapshot in registrars:
        for record in snapshot.records:
            if (campaign := record.value(CAMPAIGN_ID)) is None:
                nameless.append(record)
            else:
                campaigns.ids.add(str(campaign))
                _note(record, str(campaign), rules, campaigns)
    proposed: dict[str, str] = {}
    for record in nameless:
        natural = _natural_key(record, rules)
        if shape is None or natural is None or _named(record, rules, campaigns):
            continue
        campaign = proposed_ids.get(natural) or proposed.get(natural)
        if campaign is None:
            highest += 1
            campaign = shape.template.format(number=highest)
        proposed[natural] = campaign
        _note(record, campaign, rules, campaigns)
    return campaigns, proposed, highest


def _note(record: Record, campaign: str, rules: Rules, campaigns: _Campaigns) -> None:
    """Only the owner's spelling of a name defines the campaign; a stale copy in the register must not."""
    for fields in {names for source in rules.sources.values() for names in source.match if CAMPAIGN_ID not in names}:
        own = all(rules.owners.get(name) in (record.source, None) for name in fields)
        if own and (values := _values(record, fields)):
            campaigns.note(fields, values, campaign)


def _values(record: Record, fields: Sequence[str]) -> tuple[str, ...] | None:
    values = [record.value(name) for name in fields]
    return None if any(value is None for value in values) else tuple(fold_key(str(value)) for value in values)


def _names_of_proposed(identified: Iterable[Identified], rules: Rules, proposed: frozenset[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for item in identified:
        if item.campaign in proposed:
            lists = (fields for fields in rules.sources[item.record.source].match if CAMPAIGN_ID not in fields)
            words = (str(item.record.value(name) or "") for fields in lists for name in fields)
            # The first source in configured order says it in the owner's spelling.
            names.setdefault(item.campaign, " / ".join(word for word in words if word))
    return names


def _natural_key(record: Record, rules: Rules) -> str | None:
    """What a campaign without id is remembered by: the first declared list of names it fills."""
    for fields in rules.sources[record.source].match:
        if CAMPAIGN_ID not in fields and (values := _values(record, fields)):
            return " / ".join(values)
    return None


# ---------------------------------------------------------------- which campaign a row is about


def _find(record: Record, rules: Rules, campaigns: _Campaigns) -> str | Unmatched:
    claim = record.claims.get(CAMPAIGN_ID)
    if claim is not None and isinstance(claim.parsed, Problem):
        return Unmatched(record, "unreadable")
    if claim is not None and claim.parsed is not None:
        campaign = str(claim.parsed)
        if campaign in campaigns.ids:
            return campaign
        near = tuple(sorted(known for known in campaigns.ids if near_miss(campaign, known)))
        return Unmatched(record, "near_miss" if near else "orphan", near)
    named = _named(record, rules, campaigns)
    if len(named) == 1:
        return next(iter(named))
    return Unmatched(record, "ambiguous" if named else "orphan", tuple(sorted(named)))


def _named(record: Record, rules: Rules, campaigns: _Campaigns) -> set[str]:
    """The campaigns the first completely filled list of names stands for."""
    for fields in rules.sources[record.source].match:
        if CAMPAIGN_ID not in fields and (values := _values(record, fields)):
            return campaigns.named.get(fields, {}).get(values, set())
    return set()


def _key(record: Record, campaign: str, rules: Rules) -> str:
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
    return slug(str(value if value is not None else record.claims[name].raw)) or "?"


def _duplicates(
    identified: Sequence[Identified],
) -> tuple[tuple[Identified, ...], tuple[tuple[Identified, ...], ...]]:
    rows: defaultdict[tuple[str, str], list[Identified]] = defaultdict(list)
    for item in identified:
        rows[item.record.source, item.key].append(item)
    unique = tuple(items[0] for items in rows.values() if len(items) == 1)
    return unique, tuple(tuple(items) for items in rows.values() if len(items) > 1)
