"""Which campaigns exist: those that the owners of the identity fields name, under an id accepted or proposed.

A campaign without an id gets the next free number proposed. It is kept for that campaign, never given out twice, and
accepted when a person has typed it into the row itself or into the register.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.fields.texts import fold
from sheetsync.core.graph import Rules
from sheetsync.core.model import Entity, Problem, Record, Snapshot

CAMPAIGN_ID = "campaign_id"

Names = tuple[str, ...]
"""Fields that name a campaign together, e.g. ("partner", "campaign_name")."""


def fold_key(text: str) -> str:
    """A name as it is matched: case, dashes, kind of quote, spacing, and "&" for "and" do not count.

    Any other mark does: "$20 off" and "20% off" are two campaigns.
    """
    return re.sub(r"[\s_-]+", " ", fold(text)).strip()


@dataclass(slots=True)
class Campaigns:
    """The campaigns that exist, by id and by every list of fields a row may name them with."""

    #: ids a person has typed
    ids: set[str] = field(default_factory=set)
    #: campaigns without an accepted id: natural key -> proposed id
    proposed: dict[str, str] = field(default_factory=dict)
    #: the highest number ever seen or given out in an id of the configured shape
    highest_number: int = 0
    _named: defaultdict[tuple[Names, Names], set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, fields: Names, values: Names, campaign: str) -> None:
        """A campaign goes by these folded values of these fields."""
        self._named[fields, values].add(campaign)

    def called(self, record: Record, rules: Rules) -> frozenset[str]:
        """What a row's names stand for: the first filled list that names exactly one campaign wins.

        Several campaigns where no list names exactly one: those of the first that names any.
        """
        named = [self._named.get(names, set()) for names in filled_names(record, rules)]
        return frozenset(min(filter(None, named), key=lambda found: len(found) > 1, default=()))


def campaigns(
    snapshots: Sequence[Snapshot], rules: Rules, proposed_ids: Mapping[str, str], highest_number: int
) -> Campaigns:
    """Find the campaigns; `proposed_ids` (natural key -> id) and `highest_number` are the ledger's."""
    shape = _IdShape.of(rules)
    found = Campaigns(highest_number=max([highest_number, *_numbers(snapshots, shape)]))
    registered = _Registered()
    nameless: list[Record] = []
    for record in _registrations(snapshots, rules):
        claim = record.claims.get(CAMPAIGN_ID)
        if claim is None or claim.parsed is None:
            nameless.append(record)
        elif not isinstance(claim.parsed, Problem):
            found.ids.add(str(claim.parsed))
            registered.note(record, str(claim.parsed), rules)
            _note_owned_names(record, str(claim.parsed), rules, found)
    # In a register that cannot be read any number may be taken.
    if not registrars(rules) <= {snapshot.source for snapshot in snapshots}:
        shape = None
    for record in nameless:
        _place(record, rules, proposed_ids, shape, registered, found)
    return found


def names_of(source: str, rules: Rules) -> Iterator[Names]:
    """The lists of fields by which a source's rows may name their campaign, ids aside."""
    return (fields for fields in rules.sources[source].match if CAMPAIGN_ID not in fields)


def folded(record: Record, fields: Names) -> Names | None:
    """A row's values of these fields as they are matched; None unless all are filled and understood."""
    values = [record.value(name) for name in fields]
    return None if any(value is None for value in values) else tuple(fold_key(str(value)) for value in values)


def filled_names(record: Record, rules: Rules) -> Iterator[tuple[Names, Names]]:
    """The lists of names a row fills, each with its folded values."""
    return ((fields, values) for fields in names_of(record.source, rules) if (values := folded(record, fields)))


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


@dataclass(frozen=True, slots=True)
class _Registered:
    """Ids by the names any registrar's row carries beside them, copies included, and the sources that list each id."""

    named: defaultdict[tuple[Names, Names], set[str]] = field(default_factory=lambda: defaultdict(set))
    names: defaultdict[tuple[str, Names], set[Names]] = field(default_factory=lambda: defaultdict(set))
    listed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, record: Record, campaign: str, rules: Rules) -> None:
        self.listed[campaign].add(record.source)
        for fields in _all_names(rules):
            if values := folded(record, fields):
                self.named[fields, values].add(campaign)
                self.names[campaign, fields].add(values)

    def under_the_names_of(self, record: Record, rules: Rules) -> set[str]:
        """Ids another registrar gave to exactly these names, and that no row of this source has."""
        named = next((self.named[names] for names in filled_names(record, rules)), set())
        return {found for found in named if record.source not in self.listed[found]}

    def given_away(self, campaign: str, record: Record, rules: Rules) -> bool:
        """Whether somebody typed an id proposed for this row beside another campaign: in its own source, or elsewhere
        beside other names."""
        other_names = any(self.names[campaign, fields] - {values} for fields, values in filled_names(record, rules))
        return record.source in self.listed[campaign] or other_names


def _registrations(snapshots: Sequence[Snapshot], rules: Rules) -> Iterator[Record]:
    """Rows of the sources that own an identity field: only they bring campaigns into being."""
    sources = registrars(rules)
    return (record for snapshot in snapshots if snapshot.source in sources for record in snapshot.records)


def registrars(rules: Rules) -> set[str]:
    """The sources whose rows say which campaigns there are."""
    identity = {CAMPAIGN_ID} | {name for source in rules.sources.values() for names in source.match for name in names}
    owners = {rules.owners[name] for name in identity if name in rules.owners}
    return {owner for owner in owners if rules.sources[owner].rows_are is Entity.CAMPAIGN}


def _numbers(snapshots: Iterable[Snapshot], shape: _IdShape | None) -> Iterator[int]:
    """Numbers in ids anywhere, orphans included: none is ever given out again."""
    if shape is None:
        return
    for snapshot in snapshots:
        for record in snapshot.records:
            if found := shape.pattern.fullmatch(str(record.value(CAMPAIGN_ID) or "")):
                yield int(found[1])


def _all_names(rules: Rules) -> set[Names]:
    return {fields for source in rules.sources for fields in names_of(source, rules)}


def _note_owned_names(record: Record, campaign: str, rules: Rules, found: Campaigns) -> None:
    """Only the owner's spelling of a name defines the campaign; a stale copy in the register must not."""
    for fields in _all_names(rules):
        own = all(rules.owners.get(name) in (record.source, None) for name in fields)
        if own and (values := folded(record, fields)):
            found.note(fields, values, campaign)


def _place(
    record: Record,
    rules: Rules,
    proposed_ids: Mapping[str, str],
    shape: _IdShape | None,
    registered: _Registered,
    found: Campaigns,
) -> None:
    """Give a row without an id its campaign: one that goes by its names, an id since accepted, or a proposed one."""
    natural = _natural_key(record, rules)
    if natural is None or found.called(record, rules):
        return
    proposed = found.proposed.get(natural) or proposed_ids.get(natural)
    if proposed is not None and registered.given_away(proposed, record, rules):
        proposed = None
    accepted = {proposed} & found.ids or registered.under_the_names_of(record, rules)
    if not accepted and proposed is None and shape is not None:
        found.highest_number += 1
        proposed = shape.template.format(number=found.highest_number)
    if not accepted and proposed is not None:
        found.proposed[natural] = proposed
        accepted = {proposed}
    for campaign in accepted:
        _note_owned_names(record, str(campaign), rules, found)


def _natural_key(record: Record, rules: Rules) -> str | None:
    """What a campaign without id is remembered by: the first declared list of names it fills."""
    return next((" / ".join(values) for _, values in filled_names(record, rules)), None)
