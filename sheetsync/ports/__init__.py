"""What the engine asks of the world, in our words. Adapters answer; the engine never learns which one did."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sheetsync.core.answers import Answer
from sheetsync.core.approvals import ApprovalOf, Given
from sheetsync.core.attestation import NOTHING_TO_ATTEST, Attestation
from sheetsync.core.changes import Batch
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.following import Line
from sheetsync.core.guards import Accepted, Held
from sheetsync.core.hearsay import Hearsay, Turn
from sheetsync.core.late import Frozen as Frozen
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Place, Tab, Workbook
from sheetsync.core.notices import Notice
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.rulings import Ruling
from sheetsync.core.typed import Look, Typed
from sheetsync.core.undo import BookPrint
from sheetsync.core.versions import Newest, Version
from sheetsync.ports.deciding import NOTHING_DECIDED as NOTHING_DECIDED
from sheetsync.ports.deciding import NOTHING_MOVED as NOTHING_MOVED
from sheetsync.ports.deciding import Decided as Decided
from sheetsync.ports.deciding import Deciding as Deciding
from sheetsync.ports.deciding import Filed as Filed
from sheetsync.ports.deciding import Heard as Heard
from sheetsync.ports.handing import AboutHandoff as AboutHandoff
from sheetsync.ports.handing import HandoffEvent as HandoffEvent
from sheetsync.ports.handing import HandoffState as HandoffState
from sheetsync.ports.handing import HandoffStates as HandoffStates
from sheetsync.ports.hearsay import Hearsays as Hearsays
from sheetsync.ports.observations import Observation as Observation
from sheetsync.ports.observations import Observations as Observations


@dataclass(slots=True)
class RequestCount:
    """Requests really sent, retries included."""

    reads: int = 0
    writes: int = 0
    drive: int = 0


class Sheets(Protocol):
    """Spreadsheets of people.

    Raises `Transient`, `AnswerLost` (a write that may have been applied), `Refused` or `Unreachable` (see `errors`).
    """

    #: requests sent since the adapter was made
    count: RequestCount

    def read(self, spreadsheet: str) -> Workbook:
        """One consistent read of a whole workbook: values, shown texts, merges, links, formats, our generations."""

    def apply(self, batch: Batch) -> None:
        """Apply the whole batch in one atomic request, or nothing of it."""

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        """A URL that opens the tab with the cell selected."""


class Owners(Protocol):
    """To whom people's files belong."""

    def owner(self, spreadsheet: str) -> str:
        """The address that owns the file; empty where nobody says, and whatever the trouble. It raises nothing."""


class Records(Protocol):
    """The system of record."""

    def read(self, table: str) -> Tab:
        """All rows of a table in primary-key order, as a tab whose first row holds the column names.

        Raises `Refused` when there is no such table, `Unreachable` when the database cannot be opened.
        """

    def write(self, lines: Sequence[Line], now: datetime) -> None:
        """Put into all these lines what shall stand in them, in one transaction, or into none of them.

        Only lines that still are as they were read, by their version and what they said; `now` is for versions that are
        times. Raises `Refused` where a line has moved or a column cannot hold its value, `Unreachable` when the
        database cannot be written, `AnswerLost` when it is not known whether it was.
        """


@dataclass(frozen=True, slots=True)
class Event:
    """One observed change, as it stands in the append-only history."""

    run: str
    at: datetime
    source: str
    record: str
    field: str
    old: str | None
    new: str | None
    raw: str
    place: Place

    @property
    def about(self) -> RecordField:
        return self.source, self.record, self.field


@dataclass(frozen=True, slots=True)
class Published:
    """A generated value that stands in a sheet by our hand."""

    source: str
    record: str
    field: str
    value: str
    since: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One batch on its way: intended -> written -> verified -> committed, or dropped."""

    run: str
    spreadsheet: str
    generation: int
    state: str
    #: what people had typed into what is ours, noted before the batch could replace it
    events: Sequence[Event] = ()


Told = tuple[str, str, str | None, str | None]
"""(tab or column, row's key, old, new): by this a change in what is ours is known again, wherever it was moved."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands by our hand in a workbook whose newest batch is this one: whatever else is there, people typed."""

    spreadsheet: str
    generation: int
    #: empty where the workbook does not say whose batch it was
    run: str
    #: the content of our tab as we wrote it, from A1; empty where it is not known
    rows: Sequence[Sequence[str]]
    #: what people typed there that the history, or the journal, has already
    told: Sequence[Told] = ()

    @property
    def batch(self) -> tuple[str, int, str]:
        return self.spreadsheet, self.generation, self.run


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A flag as it was last raised; `since` is the first run that raised it without a break."""

    id: str
    kind: str
    #: the flag as published in `reconcile --json`
    document: Mapping[str, object]
    since: datetime
    #: the first run that raised it without a break, and the last one; empty where an older ledger did not note it
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class ClosedFlag:
    """A flag that a run raised no more: what it was about is corrected, or gone."""

    flag: OpenFlag
    #: that run, and its start
    by: str
    closed: datetime


@dataclass(frozen=True, slots=True)
class WithheldValue:
    """A generated value that does not stand in its sheet after the last run, and why."""

    source: str
    record: str
    field: str
    #: names fields and sources only, so that it can be counted
    reason: str


@dataclass(frozen=True, slots=True)
class HeldSince:
    """A guard that holds, and the first run in which it did without a break."""

    held: Held
    since: datetime


@dataclass(frozen=True, slots=True)
class ApprovalSeen:
    """An approval as its row was last seen to say it."""

    given: Given
    #: the state's cell
    place: Place
    #: the first run that saw it in this form (word, name, day), and its start
    since: datetime
    first: str
    #: the run that took down what it covers
    taken: str
    attestation: Attestation = NOTHING_TO_ATTEST


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as `status` tells it."""

    id: str
    started: datetime
    ended: datetime
    exit_code: int
    counts: Mapping[str, int]
    #: source -> why its rows have no columns beside them although its mode asks for them
    unfit: Mapping[str, str] = field(default_factory=dict)
    #: source -> why it was not read, or its workbook not written
    troubles: Mapping[str, str] = field(default_factory=dict)
    #: one for each workbook that was written, as published in `reconcile --json`
    written: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class LinePrint:
    """One cell of a table's line that a run has written."""

    source: str
    record: str
    field: str
    place: Place
    #: column -> what it shows, of the columns that tell this line from the others
    key: Mapping[str, str]
    #: what the cell showed, and what it meant
    before: str
    was: str
    after: str
    now: str

    @property
    def about(self) -> RecordField:
        return self.source, self.record, self.field


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one run moved, as it was before and as the run left it: all that taking it back needs."""

    books: Sequence[BookPrint] = ()
    #: (before, after); None where there was none
    baselines: Mapping[RecordField, tuple[str | None, str | None]] = field(default_factory=dict)
    published: Mapping[RecordField, tuple[Published | None, Published | None]] = field(default_factory=dict)
    #: ids it was the first to propose: they stay given out
    proposed: Sequence[str] = ()
    #: what it put into lines of tables
    lines: Sequence[LinePrint] = ()
    #: what counts otherwise under a freeze since somebody said yes
    frozen: Mapping[RecordField, tuple[Frozen, Frozen]] = field(default_factory=dict)
    #: what it took decisions on (`Ruling.matter`)
    decided: Sequence[str] = ()
    #: the run that this one took back, and the one that took this one back
    undoes: str = ""
    undone_by: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the run left nothing that could be taken back."""
        moved = (self.books, self.baselines, self.published, self.lines, self.frozen, self.decided)
        return not any(moved)


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything a cycle needs of the past, read once at its start."""

    #: what was last agreed and verified, as canonical texts
    baselines: RecordFields[str]
    observations: Observations
    published: Mapping[RecordField, Published]
    #: natural key of a campaign without id -> the id proposed for it
    proposed_ids: Mapping[str, str]
    #: every number ever given out, so that none is recycled
    highest_number: int = 0
    #: (spreadsheet, generation, run) of a batch -> what it left, or would leave if it arrives late
    standing: Mapping[tuple[str, int, str], Standing] = field(default_factory=dict)
    #: what the guards compare with, by source
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    #: guards that held after the last run
    held: Sequence[HeldSince] = ()
    #: everything people ever said about rows whose campaign could not be told, oldest first
    answers: Sequence[Answer] = ()
    #: how far each handoff of each record was
    handed: HandoffStates = field(default_factory=HandoffStates)
    #: how far the versions of each published value have come; none where nobody has counted yet
    newest: Mapping[RecordField, Newest] = field(default_factory=dict, compare=False)
    #: everything people ever said about columns that lost their header, oldest first
    column_answers: Sequence[ColumnAnswer] = ()
    #: columns that were asked about after the last run
    doubts: Sequence[Doubt] = ()
    #: this ledger's own mark, made once; it says who remembers, not what
    installation: str = field(default="", compare=False)
    #: (source, field) -> the terms its baselines were agreed under (`core.agreements`)
    agreed_under: Mapping[tuple[str, str], str] = field(default_factory=dict)
    #: what was approved, as it was taken down
    approvals: Mapping[ApprovalOf, ApprovalSeen] = field(default_factory=dict)
    #: conflicts, and what people decided about them
    deciding: Deciding = NOTHING_DECIDED
    #: everything that was said elsewhere, oldest first
    hearsay: Sequence[Hearsay] = ()
    #: what counts under a freeze
    frozen: Mapping[RecordField, Frozen] = field(default_factory=dict)

    def says(self, about: RecordField) -> str | None:
        """What a cell was last seen to say, as canonical text; None where it was not, or was not understood."""
        seen = self.observations.get(about)
        return None if seen is None else seen.value


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a cycle leaves behind, committed in one transaction."""

    run: RunRecord
    events: Sequence[Event]
    #: those that are new or not what they were; looked at once
    observations: Iterable[Observation]
    #: observations that are no longer there (row or column gone)
    vanished: Sequence[RecordField]
    #: those that are new or not what they were
    baselines: Mapping[RecordField, str]
    published: Sequence[Published]
    proposed_ids: Mapping[str, str]
    highest_number: int
    flags: Sequence[OpenFlag]
    #: sources whose flags and withheld values stay as they are; all others have exactly the `flags` and `withheld`
    unreached: Sequence[str] = ()
    #: batches of this run and of killed ones whose fate is known now: committed or dropped
    settled: Sequence[JournalEntry] = ()
    #: one for each workbook that was seen to be as it should; all else that was remembered of it is forgotten. Where
    #: just this is remembered already it may be left out
    standing: Sequence[Standing] = ()
    #: what was seen in workbooks that were left as they are, or not written as they should: nothing else is forgotten
    noted: Sequence[Standing] = ()
    #: sources whose accepted state moves; that of the others stays
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    #: every guard that holds now, in the order they are told
    held: Sequence[HeldSince] = ()
    withheld: Sequence[WithheldValue] = ()
    #: new versions of generated values; those there are stay as they are
    versions: Sequence[Version] = ()
    #: every column that is asked about now
    doubts: Sequence[Doubt] = ()
    #: what of all this is a move, and what was before
    footprint: Footprint = Footprint()
    #: handoffs that are new, or not what they were; those that are none any more; and what became of which state
    handed: Iterable[HandoffState] = ()
    no_more_handed: Sequence[AboutHandoff] = ()
    handoff_events: Iterable[HandoffEvent] = ()
    #: (source, field) -> the terms it is held to from now on, None where to none. What was agreed under others is
    #: forgotten before the new baselines are put
    restated: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    #: those that are new or not what they were
    approvals: Sequence[ApprovalSeen] = ()
    #: conflicts and what was decided about them, as far as they moved
    deciding: Decided = NOTHING_MOVED
    #: what became of what was said elsewhere; kept unless somebody has moved it since
    hearsay: Sequence[Turn] = ()
    #: what counts under a freeze, new or another value; and what is frozen no more
    frozen: Sequence[Frozen] = ()
    thawed: Sequence[RecordField] = ()
    #: what people shall be told of all this; one that is known already stays as it is
    notices: Sequence[Notice] = ()


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Everything an undo leaves behind, committed in one transaction; what was seen and proposed stays.

    So do the states of handoffs: they say how far people are, which no undo of ours changes.
    """

    run: RunRecord
    #: the run that is taken back
    undoes: str
    #: nothing of it is left to take back another time
    is_whole: bool
    events: Sequence[Event]
    #: what they say from now on; None where there is none any more
    baselines: Mapping[RecordField, str | None]
    published: Mapping[RecordField, Published | None]
    #: as in `Outcome`
    settled: Sequence[JournalEntry] = ()
    standing: Sequence[Standing] = ()
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    held: Sequence[HeldSince] = ()
    #: lines of tables that say again what they said before
    observations: Sequence[Observation] = ()
    #: what counts under a freeze again
    frozen: Sequence[Frozen] = ()
    #: of the decisions that the run took, those that hold no more (`Ruling.matter`)
    decided: Sequence[str] = ()
    #: what their lines show again
    looks: Sequence[Look] = ()


class Ledger(Hearsays, Protocol):
    """Our own memory. Raises `SheetsyncError` with the file's name when it cannot be opened or is newer than we are."""

    def memory(self) -> Memory:
        """The past, for one cycle."""

    def journal(self, entry: JournalEntry, standing: Sequence[Standing] = ()) -> None:
        """Note a batch's state, durably, before the next step is taken; with it what stands and would stand there."""

    def unfinished(self) -> Sequence[JournalEntry]:
        """Batches never noted as committed or dropped, oldest first, each with those events no run has committed."""

    def commit(self, outcome: Outcome) -> None:
        """Everything a cycle learned, in one transaction.

        Raises `LockHeld`, and keeps nothing, where another run has settled this one's batches: it was taken for dead.
        """

    def withdraw_run(self, withdrawal: Withdrawal) -> None:
        """Everything an undo did, in one transaction. Raises `LockHeld` as `commit` does."""

    def tell(self, run: RunRecord, events: Sequence[Event]) -> None:
        """Changes that were seen when no cycle ran, durably: an append to the history, under a run of their own."""

    def footprint(self, run: str) -> Footprint | None:
        """What a run moved; None where that is not known, or not kept any more."""

    def knows_run(self, run: str) -> bool:
        """Whether there was a run of this name."""

    def newest_footprint(self) -> str:
        """The newest run that left something and was not taken back; empty where there is none."""

    def publish(self, values: Sequence[Published]) -> None:
        """Values that stand in a sheet and are ours from now on, durably, between two runs."""

    def accept(self, states: Mapping[str, Accepted]) -> None:
        """What is accepted of these sources from now on, at a person's word between two runs."""

    def answer(self, said: Sequence[Answer]) -> None:
        """What a person said about rows, durably, between two runs; what was said before stays on record."""

    def answers(self) -> Sequence[Answer]:
        """Everything people ever said about rows, oldest first."""

    def file(self, typed: Typed, at: datetime) -> Filed:
        """A decision an operator leaves for the next run, durably; while one on its matter waits already, that one."""

    def unfile(self, filed: Filed, said: str) -> bool:
        """No run hears it any more, durably, and it stays on record with what is said of it; False where one has."""

    def deciding(self) -> Deciding:
        """Conflicts and what people decided about them, as `memory` has it."""

    def all_rulings(self) -> Sequence[Ruling]:
        """Everything that ever was decided, oldest first, also what has come to its end."""

    def heard(self, matter: str | None = None, *, run: str | None = None) -> Sequence[Heard]:
        """What became of typed decisions, oldest first: of all, of those about one matter, of those of one run."""

    def answer_columns(self, said: Sequence[ColumnAnswer]) -> None:
        """What a person said about columns, durably, between two runs; what was said before stays on record."""

    def withdraw(self, values: Sequence[Published]) -> None:
        """Forget these again, where nothing else was published in their place."""

    def versions(self, records: Collection[RecordField] | None = None) -> Sequence[Version]:
        """Every version ever issued, of all values or of these, by source, record, field and number.

        Which one stands is the newest whose value is the published one; those after it wait.
        """

    def open_flags(self) -> Sequence[OpenFlag]:
        """Flags of the last run, worst first."""

    def held(self) -> Sequence[HeldSince]:
        """Guards that held after the last run, in the order they were told."""

    def closed_flags(self, by: str | None = None) -> Sequence[ClosedFlag]:
        """Flags closed by one run, or by any of the last 90 days, in the order they were closed."""

    def withheld(self) -> Sequence[WithheldValue]:
        """Generated values that do not stand in their sheet after the last run."""

    def history(
        self, record: str | None = None, *, run: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """Observed changes, oldest first: of all, or of a record and what lies under it (a campaign's placements)."""

    def records_in_history(self) -> Collection[str]:
        """Every record of which a change was ever observed, also those that are gone."""

    def handoff_events(self, record: str | None = None, *, since: datetime | None = None) -> Sequence[HandoffEvent]:
        """Changes of state, oldest first: of all, or of a record and what lies under it."""

    def last_run(self) -> RunRecord | None:
        """The run that ended last."""

    def runs(self, limit: int, named: str = "") -> Sequence[RunRecord]:
        """The runs that ended last, oldest first; only those whose id begins with `named`."""

    def batches(self, run: str) -> Sequence[JournalEntry]:
        """A run's batches, each with the state noted last, in the order they were begun."""


class Leases(Protocol):
    """At most one run at work on one ledger."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold a named lease for the block. Raises `LockHeld` naming holder, process and age."""

    def renew(self, name: str) -> None:
        """Go on holding it. Raises `LockHeld` when another run has taken it over: nothing may be written any more."""


class Clock(Protocol):
    """The only door to time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
