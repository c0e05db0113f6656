"""Tables of the system of record follow the owners: journalled before, in one transaction, looked at again after."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sheetsync.core.answers import Answers
from sheetsync.core.column_answers import ColumnAnswers
from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.following import RECORDS, RECORDS_TITLE, Follow, Line, lines_of
from sheetsync.core.guards import Guard, overwrites
from sheetsync.core.match import Matched
from sheetsync.core.model import Cell, Problem, Tab
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import Ruling
from sheetsync.core.seal import Seal, seal, why_moved
from sheetsync.engine.guarding import troubles_of
from sheetsync.engine.world import Followed, Readings, Run, Snapshots, Trouble, World
from sheetsync.errors import AnswerLost, PlanMoved, SheetsyncError
from sheetsync.ports import Event, JournalEntry, LinePrint, Observation

# ---------------------------------------------------------------- what would be written


def braked(readings: Readings, snapshots: Snapshots, decided: Decisions) -> Snapshots:
    """The same, stopped where more lines of a table than usual would change at once."""
    judged, troubles = dict(snapshots.judged), list(snapshots.troubles)
    wanted = {(one.put.source, one.put.place.row) for one in _wanted(readings, snapshots, decided) if not one.why}
    for name, lines in Counter(source for source, _ in wanted).items():
        accepting = frozenset(guard for guard in Guard if (guard, name) in readings.request.accept)
        judged[name] = now = overwrites(judged[name], lines, len(snapshots.fresh[name].records), accepting)
        if now.held != snapshots.judged[name].held:
            troubles = [one for one in troubles if one.source != name]
            troubles += troubles_of(readings.rules.sources[name], now)
    return replace(snapshots, judged=judged, troubles=tuple(troubles))


def plan_lines(readings: Readings, snapshots: Snapshots, decided: Decisions) -> Followed:
    """The lines that follow, and the cells that stay, of every table that may be written now."""
    rules, request = readings.rules, readings.request
    sources = frozenset(
        name
        for name, source in rules.sources.items()
        if source.writes and request.scope.covers([name]) and snapshots.may_write(name, request.dry_run)
    )
    wanted = [one for one in _wanted(readings, snapshots, decided) if one.put.source in sources]
    lines: list[Line] = []
    for name in (name for name in rules.sources if name in sources):
        found = snapshots.fresh[name]
        puts = [one.put for one in wanted if one.put.source == name and not one.why]
        lines += lines_of(puts, readings.tables[found.place.spreadsheet], found, rules.sources[name])
    return Followed(tuple(lines), tuple(one for one in wanted if one.why), sources)


def _wanted(readings: Readings, snapshots: Snapshots, decided: Decisions) -> Iterator[Follow]:
    """What the run is about, of tables and owners that were read in it."""
    concerns, fresh = readings.request.scope.concerns, snapshots.fresh
    for one in decided.follows:
        if one.put.source in fresh and (not one.put.owner or one.put.owner in fresh) and concerns(one.put.record):
            yield one


def lines_in_words(followed: Followed) -> list[str]:
    """Cell by cell what is put, then what stays and why."""
    puts = [
        f"{line.table}.{put.column} of {put.record}: {put.was} -> {put.now} ({put.owner})"
        for line in followed.lines
        for put in line.puts
    ]
    stays = [f"{one.put.record} / {one.put.field} stays {one.put.was}: {one.why}" for one in followed.stays]
    return [*puts, *stays]


# ---------------------------------------------------------------- writing, and looking again


def follow(
    world: World, readings: Readings, snapshots: Snapshots, planned: Followed, decided: Sequence[Ruling] = ()
) -> Followed:
    """Write every line, journalled before; of a sealed plan only what was looked at, in a dry run nothing."""
    sealed = readings.request.sealed
    if sealed is not None:
        planned = _held_to(sealed, readings, snapshots, planned, decided)
    if readings.request.dry_run or planned.trouble is not None:
        return planned
    return put(world, readings.run, readings.started, planned)


def put(world: World, run: str, at: datetime, planned: Followed) -> Followed:
    """Write the lines, if there are some; their trouble is kept with them."""
    if not planned.lines:
        return planned
    world.go_on()
    events = tuple(line_events(run, at, planned.lines))
    world.ledger.journal(JournalEntry(run, RECORDS, 0, "intended", events))
    try:
        world.records.write(planned.lines, world.clock.now())
    except AnswerLost as error:
        # It may have been taken all the same: what stands there tells.
        return replace(planned, sent=True, trouble=error)
    except SheetsyncError as error:
        return replace(planned, trouble=error)
    world.ledger.journal(JournalEntry(run, RECORDS, 0, "written"))
    return replace(planned, sent=True)


def look(world: World, readings: Readings, followed: Followed) -> Followed:
    """Read again what was written."""
    if not followed.sent:
        return followed
    world.go_on()
    try:
        after = {table: world.records.read(table) for table in dict.fromkeys(line.table for line in followed.lines)}
    except SheetsyncError as error:
        # What the transaction read back itself stands, unless nobody heard of its end.
        return followed if followed.trouble is not None else replace(followed, wrong=(f"not looked at again: {error}",))
    wrong = tuple(_wrong(followed.lines, after))
    if isinstance(followed.trouble, AnswerLost):
        if wrong:
            return replace(followed, sent=False)
        followed = replace(followed, trouble=None)
    if not wrong:
        world.ledger.journal(JournalEntry(readings.run, RECORDS, 0, "verified"))
    return replace(followed, wrong=wrong, after=after)


def _held_to(
    sealed: Seal, readings: Readings, snapshots: Snapshots, planned: Followed, decided: Sequence[Ruling]
) -> Followed:
    if RECORDS not in sealed.workbooks:
        return replace(planned, lines=(), sources=frozenset())
    rows, memory = {it.source: it for it in snapshots.all}, readings.memory
    answers, columns = Answers.of(memory.answers), ColumnAnswers.of(memory.column_answers)
    now = seal(readings.rules, (), rows, answers, columns, planned.lines, decided, at=readings.started)
    why = why_moved(sealed, now, RECORDS, readings.rules)
    if not why:
        return planned
    refusal = PlanMoved(f"{RECORDS_TITLE}: {why}; nothing was written there.", "Run `sheetsync plan` again.")
    return replace(planned, trouble=refusal)


def _wrong(lines: Iterable[Line], after: Mapping[str, Tab]) -> Iterator[str]:
    for line in lines:
        cells = cells_of(after[line.table], {name: line.cells[name].shown for name in line.key})
        for it in line.puts:
            if cells is None or not it.holds(cells[it.column]):
                shows = "is gone" if cells is None else f"shows {cells[it.column].shown!r}"
                yield f"{line.table}.{it.column} of {it.record} {shows}"


def cells_of(tab: Tab, key: Mapping[str, str]) -> Mapping[str, Cell] | None:
    """The one line whose key columns show this, by column; None where there is none, or more than one."""
    header = [cell.shown for cell in tab.rows[0]]
    at = [(header.index(name), shown) for name, shown in key.items() if name in header]
    found = [row for row in tab.rows[1:] if all(row[column].shown == shown for column, shown in at)]
    return dict(zip(header, found[0], strict=True)) if len(found) == 1 and len(at) == len(key) else None


# ---------------------------------------------------------------- what is remembered of it


def troubles_with_lines(followed: Followed) -> Iterator[Trouble]:
    """What stopped the transaction, told of each of its sources."""
    if followed.trouble is not None:
        for name in dict.fromkeys(it.source for it in followed.puts):
            yield Trouble(name, followed.trouble)


def flags_left(flags: Sequence[Flag], followed: Followed) -> tuple[Flag, ...]:
    """Without the differences that are none any more."""
    settled = {it.about for line in followed.done for it in line.puts} if not followed.wrong else set()
    return tuple(
        flag
        for flag in flags
        if flag.kind is not FlagKind.DIFFERENCE or (flag.place.source, flag.record, flag.field) not in settled
    )


def line_events(run: str, at: datetime, lines: Iterable[Line]) -> Iterator[Event]:
    """What we change, as the history tells it."""
    for line in lines:
        for it in line.puts:
            yield Event(run, at, *it.about, it.was, it.now, f"follows {it.owner}" if it.owner else "undo", it.place)


def agreed_by_hand(run: Run) -> Iterator[tuple[RecordField, str]]:
    """What is agreed because the table was made to say it."""
    before = run.readings.memory.baselines
    for it in (it for line in run.followed.done for it in line.puts):
        if before.get(it.about) != it.now:
            yield it.about, it.now


def lines_seen(run: Run) -> Iterator[Observation]:
    """Written cells as they are from now on: that they say something new is no news."""
    for line in run.followed.done:
        for it in line.puts:
            shown = _shown_after(run.followed, line, it.column) or it.now
            yield Observation(*it.about, it.now, shown, it.place, run.started)


def line_prints(followed: Followed) -> Iterator[LinePrint]:
    """What undoing it needs."""
    for line in followed.done:
        key = {name: line.cells[name].shown for name in line.key}
        for it in line.puts:
            after = _shown_after(followed, line, it.column) or it.now
            yield LinePrint(*it.about, it.place, key, line.cells[it.column].shown, it.was, after, it.now)


def _shown_after(followed: Followed, line: Line, column: str) -> str:
    """What a cell shows since it was written; empty where something else was put there meanwhile."""
    tab = followed.after.get(line.table)
    cells = cells_of(tab, {name: line.cells[name].shown for name in line.key}) if tab is not None else None
    it = next(it for it in line.puts if it.column == column)
    return cells[column].shown if cells is not None and it.holds(cells[column]) else ""


def own_lines(run: str, followed: Followed) -> Iterator[JournalEntry]:
    """What became of a run's transaction; one nobody heard the end of stays open."""
    lost = isinstance(followed.trouble, AnswerLost) and followed.sent
    if followed.lines and not lost and not isinstance(followed.trouble, PlanMoved):
        yield JournalEntry(run, RECORDS, 0, "committed" if followed.sent else "dropped")


# ---------------------------------------------------------------- what a killed run had begun


@dataclass(frozen=True)
class Arrived:
    """Transactions of killed runs whose end is known now."""

    settled: tuple[JournalEntry, ...] = ()
    #: what they changed
    events: tuple[Event, ...] = ()
    #: what is agreed since
    baselines: dict[RecordField, str] = field(default_factory=dict)


def arrived(readings: Readings, snapshots: Snapshots, matched: Matched) -> Arrived:
    """What the tables say of transactions that a run did not live to commit; one of a table not read now stays open.

    Cell by cell: one that says what was to be put there was written, or somebody did the same.
    """
    sources = readings.rules.sources
    known = [
        entry
        for entry in readings.begun
        if all(event.source in snapshots.fresh or event.source not in sources for event in entry.events)
    ]
    events = tuple(
        event for entry in known for event in entry.events if event.new == _said(event.about, readings, matched)
    )
    there = {event.run for event in events}
    settled = tuple(replace(entry, state="committed" if entry.run in there else "dropped") for entry in known)
    return Arrived(settled, events, {event.about: event.new for event in events if event.new is not None})


def _said(about: RecordField, readings: Readings, matched: Matched) -> str | None:
    source, record, name = about
    row = matched.of.get((source, record))
    claim = row.record.claims.get(name) if row is not None else None
    if claim is None or claim.parsed is None or isinstance(claim.parsed, Problem):
        return None
    return readings.rules.fields[name].type.format(claim.parsed)
