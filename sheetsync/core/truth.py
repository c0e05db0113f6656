"""What each record's owner says of each field, or why that cannot be said. The owner's word, never the majority."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.fields import Field
from sheetsync.core.graph import Rules
from sheetsync.core.late import NO_FROST, Frost, LateChange, distance
from sheetsync.core.match import Matched
from sheetsync.core.model import Claim, Entity, Problem, Value
from sheetsync.core.terms import Condition

_PLACEMENT_SEPARATOR = " / "


@dataclass(frozen=True, slots=True)
class Known:
    """The owner's value, and the cell it stands in (None when it is made by us)."""

    value: Value
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why there is no value to stand for: `reason` names fields and sources only, `detail` may quote values."""

    reason: str
    detail: str = ""
    #: the sources the reason speaks of
    sources: frozenset[str] = frozenset()


Truth = Known | Unknown


def campaign_of(record: str) -> str:
    """The campaign a record key belongs to: "NL-1004 / email / hero" -> "NL-1004"."""
    return record.split(_PLACEMENT_SEPARATOR, 1)[0]


def subject(record: str, field: Field) -> str:
    """The record a field belongs to: a campaign's fields stand in the rows of its placements too."""
    return campaign_of(record) if field.of is Entity.CAMPAIGN else record


@dataclass(frozen=True)
class Truths:
    """The owners' words over all matched records."""

    rules: Rules
    matched: Matched
    #: sources that could not be read and of which nothing is remembered either
    unread: Mapping[str, str]
    #: (record, field) over which owner and copy both moved, disputed until a person decides -> the copies' sources
    disputed: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    #: what was changed within a freeze and waits for a yes
    frost: Frost = NO_FROST

    def of(self, record: str, name: str) -> Truth:
        """The owner's word on one field of one record."""
        if name == CAMPAIGN_ID:
            return self._id(campaign_of(record))
        owner = self.rules.owners.get(name)
        label = self.rules.fields[name].label
        if owner is None:
            return Unknown(f"nobody owns {label}")
        return self.said_by(owner, record, name)

    def said_by(self, source: str, record: str, name: str) -> Truth:
        """What one source says, whoever owns the field."""
        title, label = self.rules.sources[source].title, self.rules.fields[name].label
        speaks_of = frozenset((source,))
        if source in self.unread:
            return Unknown(f"{title} could not be read", sources=speaks_of)
        key, _ = self.about(record, name)
        if copies := self.disputed.get((key, name)):
            return Unknown(f"{label} is in conflict", sources=speaks_of | copies)
        if late := self.frost.disputed.get((key, name)):
            return Unknown(self._waits(late), sources=speaks_of | {late.source})
        row = self.matched.of.get((source, key))
        if row is None:
            return Unknown(self._why_no_row(source, key, f"no {label}: ", title), sources=speaks_of)
        claim = row.record.claims.get(name)
        if claim is None or claim.parsed is None:
            return Unknown(f"no {label} in {title}", sources=speaks_of)
        if isinstance(claim.parsed, Problem):
            return Unknown(f"{label} in {title} is not understood", claim.parsed.message, speaks_of)
        return Known(claim.parsed, claim)

    def counting(self, record: str, name: str) -> Truth:
        """The owner's word, but where that was changed within a freeze the one that counted before."""
        late = self.frost.disputed.get(self.about(record, name))
        counts = None if late is None else late.counts[name]
        return self.of(record, name) if counts is None else Known(counts)

    def is_disputed(self, record: str, name: str) -> bool:
        """Whether a person must decide before anything is made of a field."""
        about = self.about(record, name)
        return about in self.disputed or about in self.frost.disputed

    def holds(self, record: str, condition: Condition) -> bool:
        """Whether each field's owner is known to say one of its words about a record."""
        return all(
            isinstance(said := self.of(record, name), Known) and self.rules.fields[name].means(said.value, words)
            for name, words in condition.items()
        )

    def about(self, record: str, name: str) -> tuple[str, str]:
        """What is disputed when a copy in this record's row is: the field of the record it belongs to."""
        return subject(record, self.rules.fields[name]), name

    def _waits(self, late: LateChange) -> str:
        labels = " and ".join(self.rules.fields[one.claim.field].label for one in late.moved)
        return f"{labels} changed within {distance(late.rule.within)} of launch and waits for a yes"

    def _id(self, campaign: str) -> Truth:
        if campaign in self.matched.unaccepted:
            return Unknown(
                "the campaign has no accepted id yet", f"proposed: {campaign}", frozenset(registrars(self.rules))
            )
        return Known(campaign)

    def _why_no_row(self, source: str, key: str, missing: str, title: str) -> str:
        shared = any(rows[0].key == key and rows[0].record.source == source for rows in self.matched.duplicates)
        return missing + (f"two rows in {title} have the same key" if shared else f"{title} has no row for it")
