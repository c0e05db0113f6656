"""The graph of the work: sources, who owns each field, and the contract that stands on every handoff."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, assert_never

from sheetsync.core.fields import Field
from sheetsync.core.model import Entity
from sheetsync.core.tracking import TrackingRules

#: the owner named on a flag whose right value is made by us rather than typed by a team
GENERATED = "generated"


class Mode(StrEnum):
    """How far sheetsync may go in a workbook; a new source starts in OBSERVE."""

    OBSERVE = "observe"
    SIDECAR = "sidecar"
    COLUMNS = "columns"


class Visibility(StrEnum):
    """What the readers of a source may learn of other sources' values, from wide to narrow."""

    FULL = "full"
    FIELDS = "fields"
    NONE = "none"


Condition = Mapping[str, tuple[str, ...]]
"""field -> words: on each field its owner says one of its words. Empty: always."""


class Contract(StrEnum):
    """A contract that is one word, about the receiver's copy of a field."""

    EQUAL = "equal"
    GENERATED = "generated"
    HUMAN_ONLY = "human_only"


@dataclass(frozen=True, slots=True)
class Within:
    """A day or moment from the owner's `start` to the owner's `end`, both days included."""

    start: str
    end: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SumAtMost:
    """The amounts of all rows of one campaign together are not more than the owner's `whole`."""

    whole: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these canonical words."""

    words: tuple[str, ...]
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Before:
    """A day or moment not later than the owner's `other`."""

    other: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class After:
    """A day or moment not earlier than the owner's `other`."""

    other: str
    when: Condition = field(default_factory=dict)


#: nothing is compared with an owner's word here
_NOT_COMPARED: Final = (Contract.GENERATED, Contract.HUMAN_ONLY)

Terms = Contract | Within | SumAtMost | OneOf | Before | After
"""What must hold for one field on one handoff. All but the one-word contracts hold a receiver's cell to the owner's
word on other fields, and only where `when` is so."""


def held_to(terms: Terms) -> tuple[str, ...]:
    """The other fields a contract needs the owners' words on."""
    match terms:
        case Contract():
            return ()
        case Within(start, end, when):
            return (start, end, *when)
        case SumAtMost(other, when) | Before(other, when) | After(other, when):
            return (other, *when)
        case OneOf(_, when):
            return tuple(when)
        case _:
            assert_never(terms)


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class SheetTab:
    """A source that is a tab of a spreadsheet; ids, not names: renaming a tab breaks nothing."""

    spreadsheet: str
    tab_id: int


@dataclass(frozen=True, slots=True)
class Table:
    """A source that is a table of the system of record."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """A tab or table with its mapping."""

    name: str
    title: str
    team: str
    location: SheetTab | Table
    rows_are: Entity
    #: fields whose cells address a row inside its tab
    key: tuple[str, ...]
    #: lists of fields by which a row finds its campaign, tried in order
    match: tuple[tuple[str, ...], ...]
    #: field -> header spellings
    columns: Mapping[str, tuple[str, ...]]
    mode: Mode = Mode.OBSERVE
    #: what readers of its workbook may learn of any other source's values
    readers_see: Visibility = Visibility.FIELDS
    #: the same of single sources, by name; how settings of one workbook come together: `visibility`
    readers_see_of: Mapping[str, Visibility] = field(default_factory=dict)
    #: fields filled in for this team by us
    generated: tuple[str, ...] = ()
    #: the status word a row claims whose key is struck through; None where a line through a row says nothing
    struck_means: str | None = None


def claimed_by(source: Source, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Every field a source may say: in a column of its own, by a range in another's, or by a line through a row."""
    ends = (fields[name].until for name in source.columns if name in fields)
    struck = (status_field(source.rows_are),) if source.struck_means is not None else ()
    return tuple(name for name in dict.fromkeys((*source.columns, *ends, *struck)) if name)


def status_field(rows_are: Entity) -> str:
    """The field that says how far a row's campaign or placement is."""
    return f"{rows_are.value}_status"


@dataclass(frozen=True, slots=True)
class Handoff:
    """An edge: `giver` feeds `receiver`; the contract of each field that crosses it."""

    giver: str
    receiver: str
    contracts: Mapping[str, Terms]

    @property
    def id(self) -> str:
        return f"{self.giver}->{self.receiver}"


@dataclass(frozen=True, slots=True)
class RowsDue:
    """Which of the giver's records must have a row in one of the receivers."""

    giver: str
    receivers: tuple[str, ...]
    which: Condition

    @property
    def id(self) -> str:
        return f"{self.giver}->{','.join(self.receivers)}"


@dataclass(frozen=True, slots=True)
class Approval:
    """Each row of `source` is one approval of its record: what it covers must not change once `state` grants it."""

    name: str
    source: str
    #: the field that says yes or no
    state: str
    #: its words that mean yes
    granted: tuple[str, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a guard asks a person: more than the share and more than the number of a source's rows."""

    shrunken_share: float = 0.3
    shrunken_rows: int = 5
    #: losses within this time count as one
    shrunken_within: timedelta = timedelta(hours=24)
    changed_share: float = 0.5
    changed_rows: int = 10


@dataclass(frozen=True)
class Rules:
    """Everything the core must know of the company: pure data, validated before it gets here."""

    fields: Mapping[str, Field]
    sources: Mapping[str, Source]
    owners: Mapping[str, str]
    handoffs: tuple[Handoff, ...]
    #: field -> canonical word -> other spellings
    aliases: Mapping[str, Mapping[str, tuple[str, ...]]]
    severities: Mapping[str, Severity]
    #: generated field -> template, see `generate`
    templates: Mapping[str, str]
    tracking: TrackingRules
    #: channel -> utm_medium
    media: Mapping[str, str]
    #: a yearless date takes the year nearest to this day
    season: date | None = None
    limits: Limits = Limits()
    rows_due: tuple[RowsDue, ...] = ()
    approvals: tuple[Approval, ...] = ()
    #: what changes when the configuration does: part of a saved plan's fingerprint
    fingerprint: str = field(default="", compare=False)

    def severity(self, name: str) -> Severity:
        return self.severities.get(name, Severity.MEDIUM)

    def handoff_into(self, receiver: str, name: str) -> Handoff | None:
        """The one handoff whose contract covers field `name` of source `receiver`, if any."""
        return next((handoff for handoff in self.handoffs_into(receiver) if name in handoff.contracts), None)

    def handoffs_into(self, receiver: str) -> tuple[Handoff, ...]:
        """The handoffs that feed a source, in configured order."""
        return self._into.get(receiver, ())

    @cached_property
    def _into(self) -> Mapping[str, tuple[Handoff, ...]]:
        # Asked once per cell: going through all handoffs each time would cost cells times sources.
        found: dict[str, tuple[Handoff, ...]] = {}
        for handoff in self.handoffs:
            found[handoff.receiver] = (*found.get(handoff.receiver, ()), handoff)
        return found

    @property
    def unread_notes(self) -> frozenset[str]:
        """Human-only fields that no contract and no approval looks at: their cells may say anything."""
        compared = {name for approval in self.approvals for name in approval.covers}
        compared |= {name for due in self.rows_due for name in due.which}
        for handoff in self.handoffs:
            for name, terms in handoff.contracts.items():
                compared |= {name, *held_to(terms)} if terms not in _NOT_COMPARED else set()
        return frozenset(name for name, one in self.fields.items() if one.human_only) - compared

    def tabs_of(self, spreadsheet: str) -> tuple[Source, ...]:
        """The sources that live in one spreadsheet, in configured order."""
        return tuple(
            source
            for source in self.sources.values()
            if isinstance(source.location, SheetTab) and source.location.spreadsheet == spreadsheet
        )

    @property
    def spreadsheets(self) -> tuple[str, ...]:
        """Every spreadsheet that holds a source, each once, in configured order."""
        ids = [s.location.spreadsheet for s in self.sources.values() if isinstance(s.location, SheetTab)]
        return tuple(dict.fromkeys(ids))
