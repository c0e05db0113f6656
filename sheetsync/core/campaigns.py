"""Which campaigns exist: those that the owners of the identity fields name, under an id accepted or proposed.

A campaign without an id gets the next free number proposed. It is kept for that campaign, never given out twice, and
accepted when a person has typed it into the row itself or into the register.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.fields.names import Spelling
from sheetsync.core.fields.texts import fold
from sheetsync.core.graph import Rules
from sheetsync.core.model import Entity, Place, Problem, Record, Snapshot
from sheetsync.core.names import CAMPAIGN_NAME, PARTNER, spelling
from sheetsync.core.resemblance import Profile
from sheetsync.core.windows import EDITIONS_APART, Window, gap, window_of

CAMPAIGN_ID = "campaign_id"

#: between the names of a campaign and the first day of a later edition
EDITION = " / from "

Names = tuple[str, ...]
"""Fields that name a campaign together, e.g. ("partner", "campaign_name")."""


def fold_key(text: str) -> str:
    """A name as it is matched: case, dashes, kind of quote, spacing, and "&" for "and" do not count.

    Any other mark does: "$20 off" and "20% off" are two campaigns.
    """
    return re.sub(r"[\s_-]+", " ", fold(text)).strip()


def as_recorded(key: str, proposed: Mapping[str, str]) -> str:
    """A key under the id that was proposed for its campaign, if one was; else as it is, with our separators."""
    parts = [part.strip() for part in key.split("/")]
    for length in range(len(parts), 0, -1):
        if (number := proposed.get(" / ".join(map(fold_key, parts[:length])))) is not None:
            return " / ".join([number, *parts[length:]])
    return " / ".join(parts)


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
    #: fields, cores of their spellings -> (spellings, campaign)
    _spelled: defaultdict[tuple[Names, Names], set[tuple[tuple[Spelling, ...], str]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    #: campaign -> the rows that list it
    _rows: defaultdict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    @property
    def all(self) -> frozenset[str]:
        """Every campaign there is, its id accepted or proposed."""
        return frozenset((*self.ids, *self.proposed.values()))

    def note(self, fields: Names, record: Record, campaign: str) -> None:
        """A campaign goes by what this row says in these fields, if it fills them."""
        if values := folded(record, fields):
            self._named[fields, values].add(campaign)
            spellings = _spellings(record, fields)
            self._spelled[fields, _cores(spellings)].add((spellings, campaign))

    def list_in(self, record: Record, campaign: str) -> None:
        """This row of a registrar lists a campaign."""
        self._rows[campaign].append(record)

    def called(self, record: Record, rules: Rules) -> frozenset[str]:
        """What a row's names stand for: the first filled list that names exactly one campaign wins.

        Several campaigns where no list names exactly one: those of the first that names any; of these the one whose
        days the row's days touch, where there is just one. What differs in spelling only counts where nothing is
        called exactly so.
        """
        lists = list(filled_names(record, rules))
        found = _first(self._named.get(names, set()) for names in lists)
        if not found:
            found = _first(self._spelled_like(record, fields) for fields, _ in lists)
        return found if len(found) < 2 else self._in_time(record, found, rules)

    def named(self, record: Record, rules: Rules) -> frozenset[str]:
        """The campaigns that go by exactly a row's names, whenever they take place."""
        return _first(self._named.get(names, set()) for names in filled_names(record, rules))

    def window(self, campaign: str, rules: Rules) -> Window | None:
        """When a campaign takes place, as the owner of its days lists it; where none does, as any list says."""
        rows = self._rows.get(campaign, [])
        owners = [row for row in rows if row.source == rules.owners.get(_FIRST_DAY)]
        return window_of(*owners) or window_of(*rows)

    def profiles(self, rules: Rules) -> Iterator[tuple[str, Profile]]:
        """What is known of every campaign: its names and days, as their owners list them."""
        for campaign, rows in self._rows.items():
            partner, name = (_said(rows, field, rules) for field in (PARTNER, CAMPAIGN_NAME))
            yield campaign, Profile(partner, name, self.window(campaign, rules), _listed_in(rows, rules))

    def _spelled_like(self, record: Record, fields: Names) -> set[str]:
        own = _spellings(record, fields)
        known = self._spelled.get((fields, _cores(own)), ())
        return {campaign for other, campaign in known if all(map(Spelling.may_be, own, other))}

    def _in_time(self, record: Record, among: frozenset[str], rules: Rules) -> frozenset[str]:
        own = window_of(record)
        apart = {campaign: gap(own, self.window(campaign, rules)) for campaign in among}
        touching = frozenset(campaign for campaign, days in apart.items() if days == 0)
        # A campaign whose days nobody knows may be the one just as well.
        return touching if len(touching) == 1 and None not in apart.values() else among


_FIRST_DAY = "flight_start"


def _first(found: Iterable[Iterable[str]]) -> frozenset[str]:
    """The first that is exactly one; else the first that is any."""
    return min((frozenset(it) for it in found if it), key=lambda it: len(it) > 1, default=frozenset())


def _spellings(record: Record, fields: Names) -> tuple[Spelling, ...]:
    return tuple(spelling(name, str(record.value(name))) for name in fields)


def _cores(spellings: Iterable[Spelling]) -> Names:
    return tuple(it.core for it in spellings)


def _said(rows: Sequence[Record], name: str, rules: Rules) -> str:
    """A field as its owner has it, or else any of the rows: the first in an order of their own."""
    said = [
        (row.source != rules.owners.get(name), row.source, str(value)) for row in rows if (value := row.value(name))
    ]
    return min(said)[2] if said else ""


def _listed_in(rows: Sequence[Record], rules: Rules) -> Place:
    """The row people look at: that of the names' owner, a sheet rather than a table."""
    owner = rules.owners.get(CAMPAIGN_NAME)
    return min(
        (row.place for row in rows), key=lambda it: (it.source != owner, it.tab_id is None, it.source, it.row or 0)
    )


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
            found.list_in(record, str(claim.parsed))
            registered.note(record, str(claim.parsed), rules)
            _note_owned_names(record, str(claim.parsed), rules, found)
    # In a register that cannot be read any number may be taken.
    if not registrars(rules) <= {snapshot.source for snapshot in snapshots}:
        shape = None
    for record in _earliest_first(nameless, rules):
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
        if own:
            found.note(fields, record, campaign)


def _place(
    record: Record,
    rules: Rules,
    proposed_ids: Mapping[str, str],
    shape: _IdShape | None,
    registered: _Registered,
    found: Campaigns,
) -> None:
    """Give a row without an id its campaign: one that goes by its names, an id since accepted, or a proposed one.

    A campaign of these names that takes place at quite another time is another edition, and not this row's.
    """
    natural = _natural_key(record, rules)
    if natural is None:
        return
    window, editions = window_of(record), found.named(record, rules)
    if same := frozenset(it for it in editions if not _another_edition(window, found.window(it, rules))):
        for edition in same:
            found.list_in(record, edition)
        return
    key, proposed = _proposed_before(natural, window, proposed_ids, found)
    if proposed is not None and registered.given_away(proposed, record, rules):
        proposed = None
    accepted = {proposed} & found.ids or registered.under_the_names_of(record, rules) - editions
    if not accepted and proposed is None and shape is not None:
        found.highest_number += 1
        proposed = shape.template.format(number=found.highest_number)
    if not accepted and proposed is not None:
        found.proposed[key] = proposed
        accepted = {proposed}
    for campaign in accepted:
        found.list_in(record, str(campaign))
        _note_owned_names(record, str(campaign), rules, found)


def _another_edition(a: Window | None, b: Window | None) -> bool:
    apart = gap(a, b)
    return apart is not None and apart > EDITIONS_APART


def _proposed_before(
    natural: str, window: Window | None, proposed_ids: Mapping[str, str], found: Campaigns
) -> tuple[str, str | None]:
    """What a campaign is remembered by, and the id it was proposed; of several editions the later ones go by their
    first day too."""
    dated = f"{natural}{EDITION}{window.first.isoformat()}" if window else natural
    if dated in proposed_ids or natural in found.proposed:
        return dated, proposed_ids.get(dated)
    return natural, proposed_ids.get(natural)


def _earliest_first(nameless: Iterable[Record], rules: Rules) -> Iterator[Record]:
    """Rows of the same names together, where the first of them stands, in the order in which they take place."""
    together: defaultdict[str | None, list[Record]] = defaultdict(list)
    for record in nameless:
        together[_natural_key(record, rules)].append(record)
    for rows in together.values():
        windows = {id(row): window_of(row) for row in rows}
        yield from sorted(rows, key=lambda row: it.first.toordinal() if (it := windows[id(row)]) else 0)


def _natural_key(record: Record, rules: Rules) -> str | None:
    """What a campaign without id is remembered by: the first declared list of names it fills."""
    return next((" / ".join(values) for _, values in filled_names(record, rules)), None)
