"""Undo: what one run wrote and recorded goes back, as far as nobody has changed it since; the rest stays and is told.

An undo is a run of its own: it reads, journals each batch before it is sent, looks again, and commits once. Killed
before that it never happened, and the next run puts everything right; begun again it takes back what is left. What was
taken back is held by the guard `undone`, or the next run would write it all again. History, observations and proposed
ids stay: they were seen, and given out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.conflicts import decision_words
from sheetsync.core.decisions_tab import decision_rows
from sheetsync.core.graph import Mode, Rules, SheetTab, Source, Table
from sheetsync.core.guards import Accepted, Guard, Held, Undone, narrowest, sight, undone_what, wider
from sheetsync.core.lookup import OUR_PREFIX
from sheetsync.core.managed import OUR_TAB_ID, managed_header
from sheetsync.core.model import Place, Workbook
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling
from sheetsync.core.undo import LATER_RUN, BookPrint, BookUndo, Rows, Taken, Thing, taken_back, undo_in
from sheetsync.engine.lines_back import LinesBack, put_back
from sheetsync.engine.overtyped import typed_over
from sheetsync.engine.reading import read
from sheetsync.engine.remembering import own_batches
from sheetsync.engine.seeing_again import seen_again
from sheetsync.engine.world import RUN, Readings, Request, World, Written
from sheetsync.engine.writing import note, send
from sheetsync.errors import GuardStopped, SheetsyncError, UsageError
from sheetsync.ports import Event, Footprint, Frozen, HeldSince, Ledger, LinePrint, Published, RunRecord, Withdrawal

#: under which name the history tells of a thing that goes back: the cell of a table is one like any other
_FIELD_OF: Mapping[Thing, Callable[[str], str]] = {
    Thing.BASELINE: lambda name: f"{OUR_PREFIX}baseline of {name}",
    Thing.FROZEN: lambda name: f"{OUR_PREFIX}freeze of {name}",
    Thing.RECORD: str,
    Thing.DECISION: lambda name: f"{OUR_PREFIX}decision on {name}",
}
_NO_SOURCE = "none of its tabs is a source any more"
#: writes to one workbook, steps of ours and people's interference together
_STEPS = 3


@dataclass(frozen=True)
class BookBack:
    """What became of one workbook."""

    did: BookPrint
    #: None where it was left as it is
    undo: BookUndo | None = None
    written: Written | None = None
    #: why it was left as it is, without anybody being able to help it
    why: str = ""
    trouble: SheetsyncError | None = None

    @property
    def is_done(self) -> bool:
        """Whether it was seen to be as it should; in a dry run, whether it could be made so."""
        return self.undo is not None and self.trouble is None and (self.written is None or self.written.verified)

    @property
    def state(self) -> str:
        """planned, verified, unverified, failed, or unchanged where nothing had to be written."""
        if self.trouble is not None:
            return "failed"
        if self.undo is None or self.undo.plan.batch is None:
            return "unchanged"
        return "planned" if self.written is None else "verified" if self.written.verified else "unverified"


@dataclass(frozen=True)
class Back:
    """A run that was taken back, as far as it could be."""

    #: the run that was undone
    undoes: str
    #: the undo itself
    record: RunRecord
    dry_run: bool
    books: tuple[BookBack, ...]
    #: thing by thing, those that stay with the reason why
    taken: tuple[Taken, ...]
    footprint: Footprint
    held: tuple[HeldSince, ...]
    #: lines of tables
    lines: LinesBack = field(default_factory=LinesBack)


def undo(world: World, rules: Rules, name: str, dry_run: bool = False) -> Back:
    """Take back what a run wrote and recorded; `name` is its id or `last`. One workbook's trouble stops no other.

    Raises `UsageError` for a run that is not known, not kept any more, left nothing, or was taken back already;
    `LockHeld` when another run is at work on the same ledger.
    """
    with world.leases.hold(RUN):
        run = _named(world.ledger, name)
        moved = _footprint(world.ledger, run)
        readings = read(world, _only(rules, moved), Request(dry_run))
        lines = put_back(world, readings, rules, moved.lines)
        rulings = [one for one in world.ledger.all_rulings() if one.run == run and one.matter in moved.decided]
        books = tuple(_book(world, readings, rules, did) for did in moved.books)
        blocked = {did.spreadsheet for book in books if not book.is_done for did in [book.did]}
        ledger = _Moves(rules, readings, moved, blocked, () if lines.is_done else moved.lines, rulings)
        taken = (
            *(lines.taken if lines.is_done else ()),
            *(one for book in books if book.is_done and book.undo for one in book.undo.taken),
            *ledger.taken(),
        )
        held = _held(rules, readings, run, taken, books)
        back = Back(run, _record(world, readings, books, lines, taken), dry_run, books, taken, moved, held, lines)
        if not dry_run:
            world.go_on()
            world.ledger.withdraw_run(_withdrawal(rules, readings, back, ledger))
        return back


# ---------------------------------------------------------------- which run


def _named(ledger: Ledger, name: str) -> str:
    last = ledger.last_run()
    if last is None:
        raise UsageError("there was no run yet, so there is nothing to undo.", "Start with `sheetsync reconcile`.")
    run = last.id if name == "last" else name
    if not ledger.knows_run(run):
        raise UsageError(f"no run is called {run!r}.", f"The last one was {last.id}; `last` means that one.")
    return run


def _footprint(ledger: Ledger, run: str) -> Footprint:
    moved = ledger.footprint(run)
    if moved is None:
        raise UsageError(
            f"run {run} is too old to be undone: how things were before it is not kept any more.", _newest(ledger)
        )
    if moved.undoes:
        raise UsageError(
            f"run {run} is an undo itself, of {moved.undoes}.",
            f"To have that written again, run `sheetsync reconcile --accept {Guard.UNDONE}`.",
        )
    if moved.undone_by:
        raise UsageError(f"run {run} was undone already, by {moved.undone_by}.", _newest(ledger))
    if moved.is_empty:
        raise UsageError(f"run {run} wrote and recorded nothing that could be undone.", _newest(ledger))
    return moved


def _newest(ledger: Ledger) -> str:
    newest = ledger.newest_footprint()
    return f"The newest run that can be is {newest}: `sheetsync undo {newest}`." if newest else "No other run can be."


def _only(rules: Rules, moved: Footprint) -> Rules:
    """The sources of the workbooks and tables that the run has written: no other is read."""
    books, tables = {did.spreadsheet for did in moved.books}, {one.source for one in moved.lines}
    chosen = {name: one for name, one in rules.sources.items() if name in tables or _spreadsheet(one) in books}
    decisions = rules.decisions if rules.decisions and rules.decisions.spreadsheet in books else None
    return replace(rules, sources=chosen, decisions=decisions)


def _spreadsheet(source: Source | None) -> str | None:
    return source.location.spreadsheet if source and isinstance(source.location, SheetTab) else None


# ---------------------------------------------------------------- in the sheets


def _book(world: World, readings: Readings, rules: Rules, did: BookPrint) -> BookBack:
    here = rules.tabs_of(did.spreadsheet)
    if all(source.mode is Mode.OBSERVE for source in here) and not rules.decided_in(did.spreadsheet):
        return BookBack(did, why="it is only observed now" if here else _NO_SOURCE)
    workbook = readings.workbooks.get(did.spreadsheet)
    if workbook is None:
        return BookBack(
            did, trouble=next(it.error for it in readings.troubles if it.source in rules.told_as(did.spreadsheet))
        )
    mark, ours = workbook.installation, readings.memory.installation
    if mark is None:
        return BookBack(did, why="nothing in it says any more that it is ours")
    if mark != ours:
        return BookBack(did, trouble=_another(workbook, mark))
    # What was written for eyes that may see less today does not come back.
    narrower = bool(wider(narrowest(sight(source) for source in here), did.sight))

    def back(now: Workbook, wrote: Rows) -> BookUndo:
        return undo_in(now, did, wrote or None, ours, narrower)

    standing = readings.memory.standing.get((workbook.id, *workbook.newest_batch))
    first = back(workbook, standing.rows if standing is not None else ())
    if readings.request.dry_run:
        return BookBack(did, first)
    written = _step(world, readings, workbook, first, back)
    return BookBack(did, first, written, trouble=written.trouble)


def _another(workbook: Workbook, mark: str) -> GuardStopped:
    return GuardStopped(
        f"{workbook.title}: another installation of sheetsync ({mark[:8]}) writes there; nothing in it is taken back.",
        "Undo it there.",
    )


def _step(
    world: World,
    readings: Readings,
    workbook: Workbook,
    step: BookUndo,
    again: Callable[[Workbook, Rows], BookUndo],
    before: Written | None = None,
) -> Written:
    """Send what goes back and look again, until nothing is left to do or people do not let us."""
    left = before.standing(readings.run) if before is not None else None
    typed = typed_over(readings, step.plan, workbook, {left.batch: left} if left else readings.memory.standing)
    if step.plan.batch is None:
        if before is not None and before.plan.batch is not None:
            note(world, readings.run, before.plan.batch, "verified")
        return Written(step.plan, typed, first=before, rows=decision_rows(workbook))
    if before is not None:
        before = replace(before, wrong=step.plan.doing or ("it changed each time it was looked at",))
        if len(before.rounds) == _STEPS:
            return before
    sent = send(world, readings.run, Written(step.plan, typed, first=before))
    if sent.trouble is not None:
        return sent
    world.go_on()
    try:
        workbook = world.sheets.read(workbook.id)
    except SheetsyncError as error:
        return replace(sent, wrong=None, trouble=error)
    return _step(world, readings, workbook, again(workbook, sent.plan.desired.rows), again, sent)


# ---------------------------------------------------------------- in the ledger


class _Moves:
    """Baselines, published values and decisions: what goes back, and what was moved again since."""

    def __init__(
        self,
        rules: Rules,
        readings: Readings,
        moved: Footprint,
        blocked: Iterable[str],
        blocked_lines: Iterable[LinePrint],
        rulings: Sequence[Ruling],
    ) -> None:
        self._rules, self._readings, self._moved = rules, readings, moved
        memory, stays, tables = readings.memory, set(blocked), {one.source for one in blocked_lines}

        def free(about: RecordField) -> bool:
            # Where a workbook could not be taken back, what is remembered of it belongs to what stands there.
            return about[0] not in tables and _spreadsheet(rules.sources.get(about[0])) not in stays

        #: a decision goes with what was agreed by it: the copy's baseline and its word are one
        self.decided = [one for one in rulings if free((one.source, one.record, "")) and free((one.giver, "", ""))]
        self._stay = [one for one in rulings if one not in self.decided]
        agreed = {about: it for about, it in moved.baselines.items() if free(about)}
        values = {about: it for about, it in moved.published.items() if free(about)}
        self.baselines, self._later = taken_back(agreed, memory.baselines, lambda a, b: a == b)
        self.published, self._later_values = taken_back(values, memory.published, _same_value)
        # What counts under a freeze is about no sheet of ours: it goes back whatever becomes of those.
        self._frozen, self._later_frozen = taken_back(moved.frozen, memory.frozen, _same_frozen)

    @property
    def frozen(self) -> list[Frozen]:
        return [row for row in self._frozen.values() if row is not None]

    def taken(self) -> Iterator[Taken]:
        for about, agreed in self.baselines.items():
            yield _moved(Thing.BASELINE, about, self._moved.baselines[about][1], agreed)
        for about in self._later:
            now = self._readings.memory.baselines.get(about)
            yield _moved(Thing.BASELINE, about, now, self._moved.baselines[about][0], LATER_RUN)
        for one in (*self.decided, *self._stay):
            told = ((" and ".join(one.saw_b), decision_words(one), None),)
            why = "the workbook it is about could not be taken back" if one in self._stay else ""
            yield Taken(Thing.DECISION, one.source, one.record, told, why)
        for about, value in self.published.items():
            yield _moved(Thing.PUBLISHED, about, _value(self._moved.published[about][1]), _value(value))
        for about in self._later_values:
            value = self._readings.memory.published.get(about)
            yield _moved(Thing.PUBLISHED, about, _value(value), _value(self._moved.published[about][0]), LATER_RUN)
        for row in self.frozen:
            yield _moved(Thing.FROZEN, row.about, self._moved.frozen[row.about][1].value, row.value)
        for about in self._later_frozen:
            now_counts = self._readings.memory.frozen.get(about)
            was = self._moved.frozen[about][0].value
            yield _moved(Thing.FROZEN, about, now_counts.value if now_counts else None, was, LATER_RUN)


def _same_value(one: Published | None, other: Published | None) -> bool:
    return _value(one) == _value(other)


def _same_frozen(one: Frozen | None, other: Frozen | None) -> bool:
    return one is not None and other is not None and one.value == other.value


def _value(published: Published | None) -> str | None:
    return None if published is None else published.value


def _moved(thing: Thing, about: RecordField, now: str | None, before: str | None, why: str = "") -> Taken:
    source, record, field = about
    return Taken(thing, source, record, ((field, now, before),), why)


# ---------------------------------------------------------------- what it leaves behind


def _held(
    rules: Rules, readings: Readings, run: str, taken: Sequence[Taken], books: Sequence[BookBack]
) -> tuple[HeldSince, ...]:
    """The guard `undone` for every source we write for in a workbook of which anything was taken back."""
    # A decision that was taken back counts again only when somebody decides anew: nothing need hold it.
    done = {one.source for one in taken if not one.why and one.thing is not Thing.DECISION}
    places = {_spreadsheet(rules.sources.get(name)) for name in done}
    places &= {*rules.spreadsheets} - {book.did.spreadsheet for book in books if not book.is_done}
    what = undone_what(Undone(run, readings.started))
    tables = {one.source for one in taken if one.thing is Thing.RECORD and not one.why}
    return tuple(
        HeldSince(Held(name, Guard.UNDONE, what), readings.started)
        for name, source in rules.sources.items()
        if name in tables or (source.mode is not Mode.OBSERVE and _spreadsheet(source) in places)
    )


def _record(
    world: World, readings: Readings, books: Sequence[BookBack], lines: LinesBack, taken: Sequence[Taken]
) -> RunRecord:
    requests = world.sheets.count
    counts = {
        "undone": sum(not one.why for one in taken),
        "skipped": sum(bool(one.why) for one in taken) + sum(bool(book.why) for book in books),
        "written": sum(book.state in ("verified", "unverified") for book in books),
        "sources": len(readings.rules.sources),
        "unreachable": len({book.did.spreadsheet for book in books if book.trouble}) + (lines.trouble is not None),
        "reads": requests.reads,
        "writes": requests.writes,
    }
    return RunRecord(readings.run, readings.started, world.clock.now(), _exit_code((*books, lines)), counts)


def _exit_code(books: Iterable[BookBack | LinesBack]) -> int:
    """1 for a write that could not be verified, then 12 and 14 for troubles: as a cycle's."""
    codes = {1 if book.state == "unverified" else book.trouble.exit_code if book.trouble else 0 for book in books}
    return next((code for code in (1, 2, 12, 14) if code in codes), 0)


def _withdrawal(rules: Rules, readings: Readings, back: Back, ledger: _Moves) -> Withdrawal:
    written = [book.written for book in back.books if book.written is not None]
    memory = readings.memory
    names = {one.held.source for one in back.held}
    undone = Undone(back.undoes, readings.started)
    others = [one for one in memory.held if (one.held.source, one.held.guard) not in {(n, Guard.UNDONE) for n in names}]
    return Withdrawal(
        back.record,
        back.undoes,
        back.lines.is_done and all(book.is_done or book.why for book in back.books),
        [
            *(event for write in written for one in write.rounds for event in one.typed.events),
            *(event for one in back.taken if not one.why for event in _events(rules, readings, back.undoes, one)),
        ],
        ledger.baselines,
        ledger.published,
        [*own_batches(readings.run, written), *back.lines.journal(readings)],
        [write.standing(readings.run) for write in written if write.verified],
        {name: replace(memory.accepted.get(name, Accepted()), undone=undone) for name in names},
        (*others, *back.held),
        list(back.lines.observations(readings)) if back.lines.is_done else (),
        ledger.frozen,
        matters := [one.matter for one in ledger.decided],
        [look for write in written if write.verified for look in seen_again(readings, write, matters)],
    )


def _events(rules: Rules, readings: Readings, run: str, one: Taken) -> Iterator[Event]:
    """A thing taken back as the history tells it, under names no column of theirs has."""
    for name, now, before in one.cells:
        place = _place(rules, readings, one, name)
        field = _FIELD_OF.get(one.thing, managed_header)(name)
        told = f"undo of run {run}"
        yield Event(readings.run, readings.started, one.source, one.record, field, now, before, told, place)


def _place(rules: Rules, readings: Readings, one: Taken, name: str) -> Place:
    """Where the field was last seen, or its source."""
    seen = readings.memory.observations.get((one.source, one.record, name))
    if seen is not None and one.thing is not Thing.LINE:
        return seen.place
    source = rules.sources.get(one.source)
    match source.location if source is not None else None:
        case SheetTab(spreadsheet, tab_id):
            return Place(one.source, spreadsheet, "", OUR_TAB_ID if one.thing is Thing.LINE else tab_id)
        case Table(table):
            return Place(one.source, table, table, None)
        case None:
            return Place(one.source, "", "", None)
