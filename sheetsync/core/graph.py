"""The graph of the work: sources, who owns each field, and the contract that stands on every handoff."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain

from sheetsync.core.fields import Field
from sheetsync.core.model import Entity
from sheetsync.core.terms import NOT_COMPARED, PLAIN, Condition, FinePrint, Severity, Terms, held_to
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.ga4 import NO_GROUPS, Ga4
from sheetsync.core.where_decided import DECISIONS, WhereDecided

#: the owner named on a flag whose right value is made by us rather than typed by a team
GENERATED = "generated"
#: stands for a field's name where a contract is about the handoff as a whole: "landing->email.ready_when"
READY_WHEN = "ready_when"


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
    #: field -> what people said of its column, where the cells leave it open: `DAY_FIRST`, `MONTH_FIRST`, a currency
    reads: Mapping[str, str] = field(default_factory=dict)
    #: fields whose owners' words stand in columns of ours here, so that nobody has to type them
    publish: tuple[str, ...] = ()
    #: a table only: follows the owners, unless what stands in its column `version` has moved meanwhile
    writes: bool = False
    #: the column that changes with each change of a line: a number or a moment
    version: str = ""


def claimed_by(source: Source, fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Every field a source may say: in a column of its own, by a range in another's, or by a line through a row."""
    ends = (fields[name].until for name in source.columns if name in fields)
    struck = (status_field(source.rows_are),) if source.struck_means is not None else ()
    return tuple(name for name in dict.fromkeys((*source.columns, *ends, *struck)) if name)


def status_field(rows_are: Entity) -> str:
    """The field that says how far a row's campaign or placement is."""
    return f"{rows_are.value}_status"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What must hold for a record before a handoff may be taken. Each list is of fields, but for `approved`."""

    #: every copy anywhere says what the owner says, and the owner says something
    agree: tuple[str, ...] = ()
    #: the owner says something
    filled: tuple[str, ...] = ()
    #: the owner says one of these words
    says: Condition = field(default_factory=dict)
    #: an address that a link may be made from
    production: tuple[str, ...] = ()
    #: names of approvals that are granted and cover what stands there now
    approved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handoff:
    """An edge: `giver` feeds `receiver`; the contract of each field that crosses it."""

    giver: str
    receiver: str
    contracts: Mapping[str, Terms]
    #: field -> what its contract says beside its terms; most say nothing
    fine_prints: Mapping[str, FinePrint] = field(default_factory=dict)
    #: None: it may be taken once the giver's words that cross it can be read
    ready_when: Readiness | None = None
    #: words of the receiver's own row that say it has begun to build on this; empty: its row carries one of the values
    taken_when: Condition = field(default_factory=dict)
    #: words of the receiver's own row that say its part is done
    done_when: Condition = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.giver}->{self.receiver}"

    def contract_id(self, name: str) -> str:
        """How flags, exceptions and commands name the contract of one field."""
        return f"{self.id}.{name}"

    def fine_print(self, name: str) -> FinePrint:
        return self.fine_prints.get(name, PLAIN)

    @property
    def asks_about(self) -> frozenset[str]:
        """The fields whose cells say how far this is, or may be."""
        ready = self.ready_when or Readiness()
        names = (ready.agree, ready.filled, ready.says, ready.production, self.taken_when, self.done_when)
        return frozenset(chain.from_iterable(names))


@dataclass(frozen=True, slots=True)
class Exemption:
    """What a contract does not demand of single records, and until when."""

    contract: str
    #: campaigns or placements: "NL-1006", "NL-1006 / paid_social / teaser"
    records: tuple[str, ...]
    reason: str
    #: the last day it holds
    until: date


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
    #: fields of the approving row that say who gave it and when; empty: nobody says
    who: str = ""
    when: str = ""
    #: e-mail addresses of those who may give it; empty: it can be attested by nobody
    approvers: tuple[str, ...] = ()
    #: other source -> its field that claims this approval, in the same words
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Freeze:
    """From so long before a campaign's launch on, a change of these fields counts only once somebody says yes."""

    within: timedelta
    #: a field of a group stands for the whole group
    fields: tuple[str, ...]
    #: who may say yes; empty: anybody who may decide
    needs: tuple[str, ...] = ()
    severity: Severity = Severity.HIGH
    #: whether it holds until the flight's end, or only until launch
    until_end: bool = True


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a guard asks a person: more than the share and more than the number of a source's rows."""

    shrunken_share: float = 0.3
    shrunken_rows: int = 5
    #: losses within this time count as one
    shrunken_within: timedelta = timedelta(hours=24)
    changed_share: float = 0.5
    changed_rows: int = 10


@dataclass(frozen=True, slots=True)
class Naming:
    """How a generated name is put together, beside its template."""

    #: of the slugs in it: "lower", "upper" or "as typed"
    case: str = "lower"
    #: what parts the parts, and so stands in none of them
    separator: str = "_"
    #: characters; a longer name is withheld, because one that was cut may be another one's; 0: any length
    max_length: int = 0


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
    #: fields of one owner that make sense together only: they change together or not at all
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    #: generated field -> how its name is put together, where something is said about it
    namings: Mapping[str, Naming] = field(default_factory=dict)
    #: field -> canonical word -> its code in names
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: channel -> who puts the utm values on its links; a channel that is not here is tagged by us
    tagged_by: Mapping[str, str] = field(default_factory=dict)
    #: where analytics puts a link; without rules nothing is said about that
    ga4: Ga4 = NO_GROUPS
    #: field of a campaign -> its word -> the hosts its pages stand on
    hosts_of: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    #: channel -> the systems whose macros may stand in its links; all may in those of a channel that is not here
    macros: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: channel -> the hosts on whose pages its placements stand
    placed_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: None: nobody decides in a sheet
    decisions: WhereDecided | None = None
    #: what changes when the configuration does: part of a saved plan's fingerprint
    fingerprint: str = field(default="", compare=False)

    def severity(self, name: str) -> Severity:
        return self.severities.get(name, Severity.MEDIUM)

    def severity_of(self, handoff: Handoff, name: str) -> Severity:
        """How loud it is that a handoff's contract on a field is broken."""
        return handoff.fine_print(name).severity or self.severity(name)

    def group_of(self, name: str) -> tuple[str, ...]:
        """The fields that change together with this one, itself among them; itself alone where there is no group."""
        return next((fields for fields in self.groups.values() if name in fields), (name,))

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
        compared = {name for one in self.approvals for name in (one.state, *one.covers, *one.claims.values())}
        compared |= {name for due in self.rows_due for name in due.which}
        for handoff in self.handoffs:
            compared |= handoff.asks_about
            for name, terms in handoff.contracts.items():
                compared |= {name, *held_to(terms)} if terms not in NOT_COMPARED else set()
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

    @property
    def workbooks(self) -> tuple[str, ...]:
        """Every spreadsheet that is read: those that hold a source, and the ops workbook, which need not."""
        ops = () if self.decisions is None else (self.decisions.spreadsheet,)
        return tuple(dict.fromkeys((*self.spreadsheets, *ops)))

    def titles_of(self, spreadsheet: str) -> tuple[str, ...]:
        """What people call a workbook: the titles of its sources."""
        return tuple(source.title for source in self.tabs_of(spreadsheet)) or ("Decisions",)

    def told_as(self, spreadsheet: str) -> tuple[str, ...]:
        """As what trouble with a workbook is told: its sources; `DECISIONS` for one that people decide in only."""
        return tuple(source.name for source in self.tabs_of(spreadsheet)) or (DECISIONS,)

    def decided_in(self, spreadsheet: str) -> bool:
        """Whether there is to be a decisions tab in a workbook."""
        places = self.decisions
        if places is None:
            return False
        return spreadsheet == places.spreadsheet or any(it.name in places.teams for it in self.tabs_of(spreadsheet))
