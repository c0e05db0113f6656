"""What a cycle is given and what it leaves: the world's doors, the request, and the run that comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetsync.core.answers import Answers
from sheetsync.core.column_answers import ColumnAnswers
from sheetsync.core.decide import Decisions
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID
from sheetsync.core.following import Follow, Line, Put
from sheetsync.core.graph import Rules
from sheetsync.core.guards import Guard, Held, Judged
from sheetsync.core.lookup import a1
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.mapping.spellings import HeaderWords
from sheetsync.core.match import Matched
from sheetsync.core.matters import ID, Row
from sheetsync.core.model import Place, Snapshot, Tab, Workbook
from sheetsync.core.notices import NOBODY, Notify
from sheetsync.core.plan import WorkbookPlan
from sheetsync.core.scope import EVERYTHING, Scope
from sheetsync.core.seal import Seal, seal
from sheetsync.core.where_decided import DECISIONS
from sheetsync.errors import PlanMoved, SheetsyncError
from sheetsync.ports import (
    Clock,
    Event,
    JournalEntry,
    Leases,
    Ledger,
    Memory,
    Owners,
    Records,
    RequestCount,
    Sheets,
    Standing,
)
from sheetsync.ports.notifying import Outbox

#: by what an id that people typed into a decisions tab, or took away there, is known again (`ports.Told`)
TYPED_ID = f"{DECISIONS_TAB_ID}/{ID}"

#: the name of the lease that a cycle holds
RUN = "run"


def run_id(started: datetime) -> str:
    """What a run that starts now is called."""
    return f"{started:%Y%m%dT%H%M%S}.{started.microsecond // 1000:03d}Z"


@dataclass(frozen=True)
class World:
    """The doors of a cycle; `wiring` decides what stands behind each."""

    sheets: Sheets
    records: Records
    ledger: Ledger
    leases: Leases
    clock: Clock
    #: what people call their columns; making it takes time, so it is made where a column is looked for
    words: Callable[[], HeaderWords] = HeaderWords
    #: hears what takes long, for people who wait
    tell: Callable[[str], None] = lambda _: None
    #: None where nobody can be asked
    owners: Owners | None = None
    #: who is told of conflicts, and where messages wait; None where nobody is
    notify: Notify = NOBODY
    outbox: Outbox | None = None

    def link(self, place: Place) -> str:
        """A URL that opens a place; empty for tables, which have no page."""
        if place.tab_id is None:
            return ""
        return self.sheets.link(place.spreadsheet, place.tab_id, a1(place.row, place.column))

    def owner(self, spreadsheet: str) -> str:
        """The address that owns a spreadsheet's file; empty where nobody says."""
        return "" if self.owners is None else self.owners.owner(spreadsheet)

    def go_on(self) -> None:
        """Before a long step, or one that leaves something behind. Raises `LockHeld` when another run took over."""
        self.leases.renew(RUN)


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    #: plan only: nothing is written, neither sheets nor ledger
    dry_run: bool = False
    #: guards a person lets pass in this run, each for one source
    accept: frozenset[tuple[Guard, str]] = frozenset()
    #: what may be written about; everything is read all the same
    scope: Scope = EVERYTHING
    #: only what a person has looked at may be written
    sealed: Seal | None = None
    #: what is new in a workbook counts if it is still so after this time; 0: at once
    settle_seconds: float = 0.0


@dataclass(frozen=True)
class Trouble:
    """A source that could not be read or a workbook that could not be written: the others went on."""

    source: str
    error: SheetsyncError


@dataclass(frozen=True)
class Readings:
    """The world as it was read, and the past."""

    run: str
    started: datetime
    began: float
    rules: Rules
    request: Request
    memory: Memory
    workbooks: Mapping[str, Workbook]
    tables: Mapping[str, Tab]
    troubles: tuple[Trouble, ...] = ()
    words: Callable[[], HeaderWords] = HeaderWords
    #: changes of lines of tables that a killed run had begun, and nobody knows yet whether they came to be
    begun: tuple[JournalEntry, ...] = ()
    #: batches that killed runs sent, or may have sent
    left_open: tuple[JournalEntry, ...] = ()
    #: (spreadsheet, id) of lines in which somebody was still typing a decision
    half_typed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Snapshots:
    """Every source as understood; sources in trouble as last remembered."""

    fresh: Mapping[str, Snapshot]
    remembered: Mapping[str, Snapshot] = field(default_factory=dict)
    #: sources of which nothing is known at all, and why
    unread: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    #: what the guards say of each source whose tab or table was reached
    judged: Mapping[str, Judged] = field(default_factory=dict)
    #: where somebody was typing: sources of which some rows do not count as they are now, or `DECISIONS`
    unsettled: frozenset[str] = frozenset()

    @property
    def held(self) -> tuple[Held, ...]:
        """Every guard that stops a source."""
        return tuple(held for judged in self.judged.values() for held in judged.held)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every column that must be asked about."""
        return tuple(doubt for judged in self.judged.values() for doubt in judged.case.doubts)

    def may_write(self, source: str, dry_run: bool) -> bool:
        """Whether a source was read and no guard holds it; a dry run shows what would be written if none did."""
        return source in self.fresh and (dry_run or not self.judged[source].held)

    @property
    def all(self) -> list[Snapshot]:
        return [*self.fresh.values(), *self.remembered.values()]


@dataclass(frozen=True)
class Typed:
    """What people typed into what is ours in one workbook."""

    #: what was not told before
    events: tuple[Event, ...]
    #: as it was read, with all that is told now
    seen: Standing
    #: cells, also those told before
    cells: int


@dataclass(frozen=True)
class Written:
    """One workbook's write and how far it came."""

    plan: WorkbookPlan
    typed: Typed
    #: read back after the write; None when it could not be
    wrong: tuple[str, ...] | None = ()
    trouble: SheetsyncError | None = None
    #: surely not applied
    dropped: bool = False
    #: the write of this run before this one, after which people were at work again
    first: "Written | None" = None
    #: the lines of its decisions tab, as they were read after the write; None where nobody looked
    rows: tuple[Row, ...] | None = None

    @property
    def rounds(self) -> tuple["Written", ...]:
        """This run's writes to the workbook, in order."""
        return (self,) if self.first is None else (*self.first.rounds, self)

    @property
    def verified(self) -> bool:
        """Whether what people see in this workbook is what should stand there."""
        return self.trouble is None and self.wrong == ()

    def standing(self, run: str) -> Standing:
        """What stands in the workbook by our hand when this write has arrived."""
        batch, desired = self.plan.batch, self.plan.desired
        # What people typed over us is gone then; an id they typed in the decisions tab is theirs, and stays.
        told = tuple(one for one in self.typed.seen.told if one[0] == TYPED_ID and one[3] is not None)
        if batch is None:
            return replace(self.typed.seen, rows=desired.rows, told=told)
        return Standing(desired.spreadsheet, batch.generation, run, desired.rows, told)


@dataclass(frozen=True)
class Followed:
    """Lines of tables that follow the owners, all in one transaction, and how far it came."""

    lines: tuple[Line, ...] = ()
    #: cells that stay as they are, each with the reason
    stays: tuple[Follow, ...] = ()
    #: the sources whose tables could be written in this run
    sources: frozenset[str] = frozenset()
    trouble: SheetsyncError | None = None
    #: the database took it, as far as is known
    sent: bool = False
    #: what does not show what was put there
    wrong: tuple[str, ...] = ()
    #: the tables as they were read after it
    after: Mapping[str, Tab] = field(default_factory=dict)

    @property
    def puts(self) -> tuple[Put, ...]:
        return tuple(put for line in self.lines for put in line.puts)

    @property
    def done(self) -> tuple[Line, ...]:
        """The lines that were written."""
        return self.lines if self.sent and self.trouble is None else ()

    @property
    def settled(self) -> frozenset[str]:
        """The sources whose tables say what they should."""
        as_it_should = self.trouble is None and not self.wrong and (self.sent or not self.lines)
        return self.sources if as_it_should else frozenset()

    @property
    def state(self) -> str:
        """refused, failed, unverified, verified; planned where nothing was sent."""
        if self.trouble is not None:
            return "refused" if isinstance(self.trouble, PlanMoved) else "failed"
        return "planned" if not self.sent else "unverified" if self.wrong else "verified"


@dataclass(frozen=True)
class Writes:
    """What a run writes: workbooks, and lines of tables."""

    books: list[Written]
    records: Followed


@dataclass(frozen=True)
class Run:
    """Everything one cycle has to tell."""

    id: str
    started: datetime
    seconds: float
    readings: Readings
    snapshots: Snapshots
    matched: Matched
    decided: Decisions
    written: Sequence[Written]
    troubles: tuple[Trouble, ...]
    requests: RequestCount
    followed: Followed = Followed()

    def is_fresh(self, place: Place) -> bool:
        """Whether what is said about a place was read in this run, not remembered."""
        return place.source in self.snapshots.fresh

    @property
    def seal(self) -> Seal:
        """What this run would write, or wrote first, so that it can be told again."""
        snapshots = {snapshot.source: snapshot for snapshot in self.snapshots.all}
        memory = self.readings.memory
        answers, columns = Answers.of(memory.answers), ColumnAnswers.of(memory.column_answers)
        plans = [write.rounds[0].plan for write in self.written]
        lines, decided, at = self.followed.lines, self.decided.rulings.rulings, self.readings.started
        return seal(self.readings.rules, plans, snapshots, answers, columns, lines, decided, at=at)

    @property
    def unfit(self) -> Mapping[str, str]:
        """Sources whose rows have no columns of ours beside them although they should, and why; and decisions tabs."""
        desired = [write.plan.desired for write in self.written]
        unfit = {one.source: one.unfit for should in desired for one in should.columns if one.unfit}
        tabs = [f"{should.title}: {should.asked.unfit}" for should in desired if should.asked and should.asked.unfit]
        return unfit | ({DECISIONS: "; ".join(tabs)} if tabs else {})

    @property
    def exit_code(self) -> int:
        """1 for a write that could not be verified, then 12 and 14 for troubles: the gravest first."""
        codes = {trouble.error.exit_code for trouble in self.troubles}
        if self.followed.wrong or any(write.wrong for write in self.written):
            codes.add(1)
        return next((code for code in (1, 2, 12, 14) if code in codes), 0)
