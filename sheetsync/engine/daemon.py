"""The daemon: looks for changes, runs the same cycle as `reconcile` when there are any, and rests.

A turn that finds nothing new is idle: it costs one request and touches no ledger. A cycle is due after a change, where
a write did not come to its end, and on a new day (what is live depends on it).
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sheetsync.core.following import RECORDS
from sheetsync.core.graph import Rules, SheetTab
from sheetsync.core.pace import Rhythm, jittered
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.known import KnownRecords, KnownSheets, Time
from sheetsync.engine.lookout import Lookout, Tell, names_at
from sheetsync.engine.quarantine import Failing, Quarantine
from sheetsync.engine.world import Request, Run, World, Written
from sheetsync.errors import ConfigError, Postponed, SheetsyncError, Unreachable
from sheetsync.ports import Records, RequestCount, Sheets
from sheetsync.ports.watching import Attentive, Chance, Changes, Fingerprints, Stopping


@dataclass(frozen=True)
class Doors:
    """The doors of a daemon; `wiring` decides what stands behind each."""

    #: people's spreadsheets for one turn, with patience for one turn; all of them count in `count`
    sheets: Callable[[], Sheets]
    records: Records
    fingerprints: Fingerprints
    changes: Changes
    #: a world for one cycle with these sheets and records; a dry one takes no lease
    world: Callable[[Sheets, Records, bool], AbstractContextManager[World]]
    clock: Attentive
    #: requests of the turn that is under way
    count: RequestCount
    tell: Tell
    #: the number of the newest decision that was left on the command line; asks nobody outside, makes no file
    filed: Callable[[], int] = lambda: 0


class Kind(StrEnum):
    """What a turn was."""

    IDLE = "idle"
    CYCLE = "cycle"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Turn:
    """What one turn has to tell."""

    kind: Kind
    started: datetime
    seconds: float
    requests: RequestCount
    #: sources that say something else than before
    changed: tuple[str, ...] = ()
    #: source -> how it has failed, for those in quarantine
    quarantined: tuple[tuple[str, Failing], ...] = ()
    run: Run | None = None
    #: why there was no cycle although one was due
    error: SheetsyncError | None = None
    #: something waits for the next turn because this one was over
    postponed: bool = False

    @property
    def is_news(self) -> bool:
        """Whether the next turn should come soon."""
        return bool(self.changed) or self.kind is Kind.SKIPPED or self.postponed


class Daemon:
    """One configuration, watched."""

    def __init__(self, doors: Doors, rules: Rules, rhythm: Rhythm, settle_seconds: float = 0.0) -> None:
        self.rhythm = rhythm
        self._settle_seconds = settle_seconds
        self._doors = doors
        self._rules = rules
        self._lookout = Lookout(
            rules, rhythm, doors.changes, doors.fingerprints, doors.records, doors.clock, doors.tell
        )
        self._writing = Quarantine(rhythm)
        #: sources that have changed since the last cycle
        self._changed: set[str] = set()
        #: workbooks in which does not stand yet what should
        self._unsettled: set[str] = set()
        self._day: date | None = None
        #: the newest decision left on the command line when a cycle last began
        self._filed = 0

    def turn(self) -> Turn:
        """Look, and run a cycle where one is due. Raises `Stopping`; all trouble of the world is in the turn."""
        clock, count = self._doors.clock, self._doors.count
        began, count.reads, count.writes, count.drive = clock.monotonic(), 0, 0, 0
        kind, run, error, started = Kind.IDLE, None, None, clock.now()
        try:
            sheets = self._doors.sheets()
            self._look(sheets)
            if self._is_due(started.date()):
                run = self._cycle(sheets, began)
                kind = Kind.CYCLE
        except SheetsyncError as trouble:
            kind, error = Kind.SKIPPED, trouble
        turn = Turn(
            kind,
            started,
            clock.monotonic() - began,
            replace(count),
            tuple(name for name in (*self._rules.sources, DECISIONS) if name in self._changed),
            tuple(self._quarantined()),
            run,
            error,
            run is not None and any(isinstance(trouble.error, Postponed) for trouble in run.troubles),
        )
        if run is not None:
            # What was still being typed has changed and not counted yet.
            self._changed = set(run.snapshots.unsettled)
        return turn

    def _look(self, sheets: Sheets) -> None:
        looked = self._lookout.look(sheets)
        for place in looked.changed:
            self._changed.update(names_at(self._rules, place))
        # Whatever people did there, it may have mended what was in the way of our writes.
        for place in looked.changed | looked.moved:
            self._writing.healed(place)

    def _is_due(self, today: date) -> bool:
        now = self._doors.clock.monotonic()
        return (
            bool(self._changed)
            or any(self._writing.is_due(place, now) for place in self._unsettled)
            or self._day != today
            or self._doors.filed() > self._filed
        )

    def _cycle(self, sheets: Sheets, began: float) -> Run:
        """Foresee what would be written, read that afresh, and run. Raises what `reconcile` raises."""
        clock, known, marks = self._doors.clock, self._lookout.known, self._lookout.marks
        time = Time(clock, began + self.rhythm.reading, began + self.rhythm.deadline)
        filed = self._doors.filed()
        foreseen = self._run(KnownSheets(sheets, known, time, marks), dry_run=True)
        if time.is_over:
            raise Stopping
        wanted = {write.plan.desired.spreadsheet for write in foreseen.written if write.plan.batch is not None}
        afresh = frozenset(place for place in wanted if self._writing.is_due(place, clock.monotonic()))
        view = KnownSheets(sheets, known, time, marks, afresh)
        run = self._run(view, dry_run=False)
        self._day, self._filed = run.started.date(), filed
        self._settle(run, afresh - view.fresh)
        return run

    def _run(self, sheets: KnownSheets, dry_run: bool) -> Run:
        records = KnownRecords(self._doors.records, self._lookout.known)
        with self._doors.world(sheets, records, dry_run) as world:
            # Foreseeing comes from memory: there is nothing to wait for.
            settle_seconds = 0.0 if dry_run else self._settle_seconds
            return reconcile(world, self._rules, Request(dry_run, settle_seconds=settle_seconds))

    def _settle(self, run: Run, unread: frozenset[str]) -> None:
        """Keep in mind which workbooks are not as they should be, and how often in a row that was so."""
        written = {write.plan.desired.spreadsheet: write for write in run.written}
        self._unsettled = {*unread} | {place for place, write in written.items() if not write.verified}
        if run.followed.lines and not run.followed.settled:
            self._unsettled.add(RECORDS)
        for place in (written.keys() | {RECORDS}) - self._unsettled:
            self._writing.healed(place)
        for place in self._unsettled:
            trouble = self._trouble(run, place, written.get(place))
            if not isinstance(trouble, Postponed):
                self._writing.failed(place, trouble, self._doors.clock.monotonic())

    def _trouble(self, run: Run, place: str, write: Written | None) -> SheetsyncError:
        if write is not None and write.trouble is not None:
            return write.trouble
        if place == RECORDS and run.followed.trouble is not None:
            return run.followed.trouble
        names = self._rules.told_as(place)
        errors = (trouble.error for trouble in run.troubles if trouble.source in names)
        return next(errors, Unreachable(f"{place} does not show yet what was written.", "The next turn looks again."))

    def _quarantined(self) -> Iterator[tuple[str, Failing]]:
        inside = {**self._writing.inside, **self._lookout.quarantine.inside}
        for name, source in self._rules.sources.items():
            where = source.location
            place = where.spreadsheet if isinstance(where, SheetTab) else where.name
            if place in inside:
                yield name, inside[place]
        for place in set(self._rules.workbooks).difference(self._rules.spreadsheets).intersection(inside):
            yield DECISIONS, inside[place]


def watch(
    make: Callable[[], Daemon],
    clock: Attentive,
    chance: Chance,
    report: Callable[[Turn, float], None],
    tell: Tell,
) -> None:
    """Turn after turn until `Stopping` is raised. `report` gets each turn and the seconds until the next.

    `make` reads the configuration; asked to do so again, an invalid one is told and the old one stays. Raises
    `ConfigError` when the first one is invalid.
    """
    daemon = make()
    wait = daemon.rhythm.interval
    while True:
        if clock.reload_asked():
            daemon = _reloaded(make, daemon, tell)
        turn = daemon.turn()
        wait = daemon.rhythm.next_wait(wait, turn.is_news)
        seconds = jittered(wait, chance())
        report(turn, seconds)
        clock.rest(seconds)


def _reloaded(make: Callable[[], Daemon], old: Daemon, tell: Tell) -> Daemon:
    try:
        new = make()
    except ConfigError as error:
        for line in str(error).splitlines():
            tell(line)
        tell("The configuration is refused; the one before stays.")
        return old
    tell("The configuration was read again.")
    return new
