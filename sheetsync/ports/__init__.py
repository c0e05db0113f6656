"""What the engine asks of the world, in our words. Adapters answer; the engine never learns which one did."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sheetsync.core.changes import Batch
from sheetsync.core.guards import Accepted, Held
from sheetsync.core.model import Place, Tab, Workbook


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


class Records(Protocol):
    """The system of record."""

    def read(self, table: str) -> Tab:
        """All rows of a table in primary-key order, as a tab whose first row holds the column names.

        Raises `Refused` when there is no such table, `Unreachable` when the database cannot be opened.
        """


RecordField = tuple[str, str, str]
"""(source, record, field): what one observation is about."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one cell was last seen to say."""

    source: str
    record: str
    field: str
    #: canonical text; None where nothing is claimed or nothing was understood
    value: str | None
    raw: str
    place: Place
    #: when this value was first seen in this place
    since: datetime


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


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A flag as it was last raised; `since` is the first run that raised it without a break."""

    id: str
    kind: str
    #: the flag as published in `reconcile --json`
    document: Mapping[str, object]
    since: datetime


@dataclass(frozen=True, slots=True)
class HeldSince:
    """A guard that holds, and the first run in which it did without a break."""

    held: Held
    since: datetime


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run, as `status` tells it."""

    id: str
    started: datetime
    ended: datetime
    exit_code: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything a cycle needs of the past, read once at its start."""

    #: what was last agreed and verified, as canonical texts
    baselines: Mapping[RecordField, str]
    observations: Mapping[RecordField, Observation]
    published: Mapping[RecordField, Published]
    #: natural key of a campaign without id -> the id proposed for it
    proposed_ids: Mapping[str, str]
    #: every number ever given out, so that none is recycled
    highest_number: int = 0
    #: what the guards compare with, by source
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    #: guards that held after the last run
    held: Sequence[HeldSince] = ()
    #: this ledger's own mark, made once; it says who remembers, not what
    installation: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a cycle leaves behind, committed in one transaction."""

    run: RunRecord
    events: Sequence[Event]
    observations: Sequence[Observation]
    #: observations that are no longer there (row or column gone)
    vanished: Sequence[RecordField]
    baselines: Mapping[RecordField, str]
    published: Sequence[Published]
    proposed_ids: Mapping[str, str]
    highest_number: int
    #: flags of the sources that were reached; those of unreachable sources stay as they are
    flags: Sequence[OpenFlag]
    reached: Sequence[str] = field(default_factory=tuple)
    #: sources whose accepted state moves; that of the others stays
    accepted: Mapping[str, Accepted] = field(default_factory=dict)
    #: every guard that holds now, in the order they are told
    held: Sequence[HeldSince] = ()


class Ledger(Protocol):
    """Our own memory. Raises `SheetsyncError` with the file's name when it cannot be opened or is newer than we are."""

    def memory(self) -> Memory:
        """The past, for one cycle."""

    def journal(self, entry: JournalEntry) -> None:
        """Note a batch's state, durably, before the next step is taken."""

    def unfinished(self) -> Sequence[JournalEntry]:
        """Batches whose last noted state is neither committed nor dropped, oldest first."""

    def commit(self, outcome: Outcome) -> None:
        """Everything a cycle learned, in one transaction."""

    def open_flags(self) -> Sequence[OpenFlag]:
        """Flags of the last run, worst first."""

    def held(self) -> Sequence[HeldSince]:
        """Guards that held after the last run, in the order they were told."""

    def history(self, record: str | None = None) -> Sequence[Event]:
        """Observed changes, oldest first."""

    def last_run(self) -> RunRecord | None:
        """The run that ended last."""


class Leases(Protocol):
    """At most one run at work on one ledger."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold a named lease for the block. Raises `LockHeld` naming holder, process and age."""


class Clock(Protocol):
    """The only door to time."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump, for durations."""

    def sleep(self, seconds: float) -> None:
        """Wait."""
