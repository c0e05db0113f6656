"""What would follow if somebody typed something into an owner's cell: read afresh, and nothing is written anywhere.

The cell is typed into what was read, not into the sheet, and its source is understood and matched once more: so a day
takes its year, a column its order of digits, and a row its campaign, as they would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from sheetsync.core.consequences import Impact
from sheetsync.core.cutting import Ground, moved
from sheetsync.core.graph import Rules
from sheetsync.core.impact import impact_between
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Cell, Claim, Place, Problem, ProblemKind, Record, Snapshot, Tab, Value
from sheetsync.core.truth import Truths
from sheetsync.core.usual import Step, usual_durations
from sheetsync.engine.building import built
from sheetsync.engine.cycle import match
from sheetsync.engine.deciding import past_of
from sheetsync.engine.deciding import said as what_is_said
from sheetsync.engine.reading import normalize, read, understand_with_doubts
from sheetsync.engine.world import Readings, Request, Snapshots, World
from sheetsync.errors import UsageError


@dataclass(frozen=True)
class Present:
    """The world as it is, before anything is asked about it."""

    world: World
    readings: Readings
    snapshots: Snapshots
    #: the rows as they were read
    matched: Matched
    #: what counts of them, also by what people have decided
    truths: Truths

    @property
    def rules(self) -> Rules:
        return self.readings.rules


@dataclass(frozen=True, slots=True)
class Typed:
    """What is put into the one cell that says a field of a record for its owner."""

    item: Identified
    claim: Claim
    text: str

    @property
    def source(self) -> str:
        return self.item.record.source


def present(world: World, rules: Rules) -> Present:
    """Read everything as a dry run does; what people are typing right now counts as it is."""
    readings = read(world, rules, Request(dry_run=True))
    snapshots = normalize(readings)
    matched = match(readings, snapshots)
    return Present(world, readings, snapshots, matched, what_is_said(readings, snapshots, matched)[0])


def foresee(now: Present, record: str, said: Mapping[str, str]) -> Impact:
    """What the next cycle does if the owners' cells say this of a record: field -> as somebody would type it.

    Raises `UsageError` where there is no such cell or the text is no value of the field, and the trouble itself where
    the owner's sheet could not be read.
    """
    cells = [_cell(now, record, name, text) for name, text in said.items()]
    snapshots = now.snapshots
    for source in dict.fromkeys(one.source for one in cells):
        snapshots = _with(now, snapshots, [one for one in cells if one.source == source])
    matched = match(now.readings, snapshots)
    past = past_of(now.readings, now.snapshots, now.matched)
    then, _ = what_is_said(now.readings, now.snapshots, matched)
    later = past_of(now.readings, now.snapshots, matched)
    ledger, memory = now.world.ledger, now.readings.memory
    usual = usual_durations((Step(it.about, it.at, it.old, it.new) for it in ledger.handoff_events()), now.rules)
    known = built(ledger, memory, now.rules, now.truths.frost, moved(now.truths.matched, then.matched))
    return impact_between(Ground(now.truths, past), Ground(then, later), usual, known)


# ---------------------------------------------------------------- the cell


def _cell(now: Present, record: str, name: str, text: str) -> Typed:
    rules = now.rules
    owner, about = rules.sources[rules.owners[name]], now.truths.about(record, name)[0]
    label = rules.fields[name].label
    if owner.name not in now.snapshots.fresh:
        raise next(trouble.error for trouble in now.snapshots.troubles if trouble.source == owner.name)
    item = now.matched.of.get((owner.name, about))
    if item is None:
        twice = any(
            one.record.source == owner.name and one.key == about for rows in now.matched.duplicates for one in rows
        )
        why = f"two rows in {owner.title} have the same key" if twice else f"{owner.title} has no row for it"
        raise UsageError(f"{label} of {about} cannot be set: {why}.", "`sheetsync status` says what to correct first.")
    claim, columns = item.record.claims.get(name), now.snapshots.fresh[owner.name].columns
    if claim is None or not (claim.ranged or name in columns):
        raise UsageError(
            f"{owner.title} (source {owner.name}) has no column for {label}, so there is no cell to change.",
            f"Correct the header, or `sources.{owner.name}.columns.{name}`.",
        )
    if not claim.ranged and columns[name] != claim.place.column:
        raise _struck(claim, item, label)
    return Typed(item, claim, text.strip())


def _struck(claim: Claim, item: Identified, label: str) -> UsageError:
    where = f"row {(item.record.place.row or 0) + 1} of {claim.place.tab}"
    return UsageError(
        f"{label} of {item.key} is {claim.parsed} whatever its cell says: {where} is struck through.",
        "Take the line away first.",
    )


# ---------------------------------------------------------------- typing into what was read


def _with(now: Present, snapshots: Snapshots, cells: Sequence[Typed]) -> Snapshots:
    """Every source that stands where these cells stand, as it would be understood; all cells are of one source."""
    # One cell may say two fields, as a range does: what is typed for one of them says nothing of the other.
    shared = [one for one in cells if one.claim.ranged]
    typed = _typed(now, [one for one in cells if not one.claim.ranged])
    fresh = {**snapshots.fresh}
    for name, snapshot in _understood(now, typed, cells[0].source).items():
        fresh[name] = _as_far_as_it_differs(snapshot, snapshots.fresh[name])
    for one in cells:
        if not one.claim.ranged:
            _value(_said(fresh[one.source], one), one, now)
    for one in shared:
        fresh[one.source] = _saying(fresh[one.source], one, _alone(now, one))
    return replace(snapshots, fresh=fresh)


def _typed(now: Present, cells: Sequence[Typed]) -> Readings:
    readings = now.readings
    for one in cells:
        place = one.claim.place
        if place.tab_id is None:
            table = readings.tables[place.spreadsheet]
            readings = replace(
                readings, tables={**readings.tables, place.spreadsheet: _retyped(table, place, one.text)}
            )
        else:
            book = readings.workbooks[place.spreadsheet]
            tabs = tuple(_retyped(tab, place, one.text) if tab.id == place.tab_id else tab for tab in book.tabs)
            readings = replace(readings, workbooks={**readings.workbooks, book.id: replace(book, tabs=tabs)})
    return readings


def _retyped(tab: Tab, place: Place, text: str) -> Tab:
    """The tab with another text in one cell, which looks as it did; of merged cells it is the first."""
    row, column = place.row or 0, place.column or 0
    block = next((block for block in tab.merges if block.holds(row, column)), None)
    if block is not None:
        row, column = block.top, block.left
    was = tab.cell(row, column)
    now = replace(was, value=text, shown=text, link=None, formula=None, error=None)
    line = [*tab.rows[row], *[Cell()] * (column + 1 - len(tab.rows[row]))]
    line[column] = now
    return replace(tab, rows=(*tab.rows[:row], tuple(line), *tab.rows[row + 1 :]))


def _understood(now: Present, typed: Readings, owner: str) -> Mapping[str, Snapshot]:
    where = now.rules.sources[owner].location
    found = {}
    for source in now.rules.sources.values():
        if source.location == where and source.name in now.snapshots.fresh:
            snapshot, _ = understand_with_doubts(source, typed, source.name in typed.memory.observations.sources)
            if isinstance(snapshot, Snapshot):
                found[source.name] = snapshot
    return found


def _as_far_as_it_differs(snapshot: Snapshot, was: Snapshot) -> Snapshot:
    """The same, of which what says nothing new is what it was before: so that looking for news costs little."""
    before = {record.place: record for record in was.records}

    def known(record: Record) -> Record:
        old = before.get(record.place)
        return old if old is not None and old.address == record.address and old.claims == record.claims else record

    return replace(snapshot, records=tuple(map(known, snapshot.records)))


# ---------------------------------------------------------------- what it says then


def _said(snapshot: Snapshot, one: Typed) -> Claim | None:
    row = one.item.record.place.row
    return next((it.claims.get(one.claim.field) for it in snapshot.records if it.place.row == row), None)


def _value(claim: Claim | None, one: Typed, now: Present) -> Value:
    """What was understood. Raises `UsageError` where that is nothing, or not what it should be."""
    label, parsed = now.rules.fields[one.claim.field].label, None if claim is None else claim.parsed
    where = f"--set {one.claim.field}={one.text}"
    match parsed:
        case Problem(kind, message, candidates):
            raise UsageError(f"{where}: {message}.", _choose(kind, candidates, label))
        case None:
            raise UsageError(f"{where}: that says nothing about {label}.", "Name the value it would have.")
        case _ if claim is not None and claim.place != one.claim.place:
            raise _struck(claim, one.item, label)
        case _:
            return parsed


def _choose(kind: ProblemKind, candidates: tuple[str, ...], label: str) -> str:
    meant = " or ".join(candidates)
    match kind:
        case ProblemKind.VOCABULARY:
            return f"Did you mean {meant}?" if meant else f"`vocabularies` lists the words of {label}."
        case ProblemKind.AMBIGUOUS:
            return f"Say which: {meant}." if meant else "Write it out."
        case ProblemKind.UNREADABLE:
            return f"Type it as it would stand in the sheet of {label}'s owner."
        case _:
            assert_never(kind)


def _alone(now: Present, one: Typed) -> Value:
    """What a text would say if it stood by itself in a cell that says a range."""
    alone = _understood(now, _typed(now, [one]), one.source)[one.source]
    row, place = one.item.record.place.row, one.claim.place
    claims = [it for record in alone.records if record.place.row == row for it in record.claims.values()]
    own = next((it for it in claims if it.place == place and not it.ranged), None)
    return _value(own, one, now)


def _saying(snapshot: Snapshot, one: Typed, value: Value) -> Snapshot:
    """One row with another end of its range."""

    def said(record: Record) -> Record:
        if record.place.row != one.item.record.place.row:
            return record
        claim = replace(record.claims[one.claim.field], parsed=value)
        return replace(record, claims={**record.claims, one.claim.field: claim})

    return replace(snapshot, records=tuple(map(said, snapshot.records)))
