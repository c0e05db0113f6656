"""Read every source once and understand it; a source in trouble never stops the others."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache

from sheetsync.core.agreements import still_agreed
from sheetsync.core.column_answers import ColumnAnswers, as_answered
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.fields.types import FieldType
from sheetsync.core.following import RECORDS
from sheetsync.core.graph import Rules, SheetTab, Source, Table
from sheetsync.core.guards import Guard, Judged
from sheetsync.core.mapping.doubts import Doubt, Reading, as_last_seen, doubts_of, is_plain
from sheetsync.core.model import Cell, Claim, Parsed, Place, Problem, ProblemKind, Record, Snapshot, Tab, Workbook
from sheetsync.core.normalize import Understood
from sheetsync.core.normalize import normalize as understand
from sheetsync.core.tables import Layout, Names, NoTable, find_table
from sheetsync.engine.guarding import judge_source, remembered_rows, troubles_of, troubles_of_ops
from sheetsync.engine.world import Readings, Request, Snapshots, Trouble, World, run_id
from sheetsync.errors import Refused, SheetsyncError
from sheetsync.ports import Memory, Observation

#: tables of the system of record hold plain decimals and ISO dates
_TABLE_LOCALE = "en_US"


def read(world: World, rules: Rules, request: Request) -> Readings:
    """One read per workbook, one per table, and the past."""
    started = world.clock.now()
    workbooks: dict[str, Workbook] = {}
    tables: dict[str, Tab] = {}
    troubles: list[Trouble] = []
    memory = _as_agreed(world.ledger.memory(), rules)
    began = world.clock.monotonic()
    for spreadsheet in rules.workbooks:
        world.go_on()
        try:
            workbooks[spreadsheet] = world.sheets.read(spreadsheet)
        except SheetsyncError as error:
            troubles += [Trouble(name, error) for name in rules.told_as(spreadsheet)]
    for source in rules.sources.values():
        if isinstance(source.location, Table):
            try:
                tables[source.location.name] = world.records.read(source.location.name)
            except SheetsyncError as error:
                troubles.append(Trouble(source.name, error))
    if rules.decisions is not None:
        troubles += troubles_of_ops(rules, workbooks, memory.installation, request)
    unfinished = world.ledger.unfinished()
    begun = tuple(entry for entry in unfinished if entry.spreadsheet == RECORDS)
    past = (begun, tuple(unfinished))
    read_now = (rules, request, memory, workbooks, tables, tuple(troubles), world.words)
    return Readings(run_id(started), started, began, *read_now, *past)


def _as_agreed(memory: Memory, rules: Rules) -> Memory:
    """The past without what was agreed with another owner, or under another contract, than there is now."""
    return replace(memory, baselines=still_agreed(memory.baselines, memory.agreed_under, rules))


def normalize(readings: Readings) -> Snapshots:
    """Every source that was read, as canonical records; the others as the ledger remembers them."""
    fresh: dict[str, Snapshot] = {}
    judged: dict[str, Judged] = {}
    troubles: list[Trouble] = list(readings.troubles)
    memory = readings.memory
    alike: Understood = {}
    for source in readings.rules.sources.values():
        try:
            known = source.name in memory.observations.sources or source.name in memory.accepted
            understood, doubts = understand_with_doubts(source, readings, known, alike)
        except SheetsyncError as error:
            troubles.append(Trouble(source.name, error))
            continue
        if understood is not None:
            before = remembered_rows(memory, source.name)
            judged[source.name] = said = judge_source(source, understood, readings, before, doubts)
            troubles += troubles_of(source, said)
            if said.case.found is not None and said.may_read:
                fresh[source.name] = said.case.found
    absent = [name for name in readings.rules.sources if name not in fresh]
    known_before = {name: snapshot for name in absent if (snapshot := remembered(name, memory, readings.rules))}
    taking_part = fresh.keys() | known_before.keys()
    sources = readings.rules.sources.keys() - taking_part
    unread = {trouble.source: str(trouble.error) for trouble in troubles if trouble.source in sources}
    return Snapshots(fresh, known_before, unread, tuple(troubles), judged)


def understand_with_doubts(
    source: Source, readings: Readings, known: bool, alike: Understood | None = None
) -> tuple[Snapshot | NoTable | None, tuple[Doubt, ...]]:
    """The source as records, with what its people said of its columns, and the columns that must be asked about.

    What stood in those counts as last seen, unless a person does without them in this run; without its key column the
    source has no table. Raises as `understand_source`.
    """
    found = _tab_of(source, readings)
    answers = ColumnAnswers.of(readings.memory.column_answers)
    mapped = source if found is None else as_answered(source, found[0], answers)
    understood = understand_source(mapped, readings, known, alike)
    if found is None or understood is None or not known:
        return understood, ()
    tab, locale, _, place = found
    if isinstance(understood, Snapshot) and is_plain(understood, tab, mapped):
        return understood, ()
    reading = _as_reading(mapped, readings, answers, tab, locale, place)
    doubts = doubts_of(reading)
    if isinstance(understood, NoTable) or not doubts:
        return understood, doubts
    if keys := [doubt for doubt in doubts if doubt.is_key]:
        return NoTable(f"no telling its key column: {keys[0].what}"), doubts
    if (Guard.MAPPING, source.name) in readings.request.accept:
        return understood, ()
    return as_last_seen(understood, doubts, mapped, reading.before()), doubts


def _as_reading(
    source: Source, readings: Readings, answers: ColumnAnswers, tab: Tab, locale: str, place: Place
) -> Reading:
    memory, rules = readings.memory, readings.rules

    def before() -> list[Record]:
        # What was seen elsewhere, before the source moved, tells nothing of this tab.
        where = (place.spreadsheet, place.tab_id)
        known = remembered_records(source.name, memory, rules)
        return [record for record in known if (record.place.spreadsheet, record.place.tab_id) == where]

    seen = frozenset(name for _, names in memory.observations.fields(source.name) for name in names)
    return Reading(tab, source, seen, before, readings.words, rules.fields, answers, locale, rules.season)


def understand_source(
    source: Source, readings: Readings, known: bool, alike: Understood | None = None
) -> Snapshot | NoTable | None:
    """The source as records; None when its workbook or table was not read at all, which was told already.

    `alike` is what cells of other sources were understood to mean.
    A known source without its header is for the guards. Raises `Refused` for one that was never read, and for two
    sources that would read one table.
    """
    found = _tab_of(source, readings)
    if found is None:
        return None
    tab, locale, time_zone, place = found
    words = _words_if_asked(readings)
    snapshot = understand(tab, locale, source, readings.rules, place, alike, time_zone, words)
    if isinstance(snapshot, NoTable) and not known:
        raise Refused(
            f"{source.title} (source {source.name}), tab {tab.title!r}: {snapshot.reason}.",
            f"Put the headers back, or correct `sources.{source.name}.columns`.",
        )
    if isinstance(snapshot, Snapshot):
        _refuse_shared(snapshot, tab, source, readings.rules)
    return snapshot


def _words_if_asked(readings: Readings) -> Names:
    """What headers are called; most tabs hold one table and nothing like a second header, so that nobody asks."""
    words = cache(readings.words)
    return lambda text: words()(text)


def _refuse_shared(found: Snapshot, tab: Tab, source: Source, rules: Rules) -> None:
    """Raises `Refused` where another source of the same tab takes the very table for its own: one of them is wrong."""
    for other in rules.sources.values():
        if other.location == source.location and other.name != source.name:
            theirs = find_table(tab, other)
            if (
                isinstance(theirs, Layout)
                and theirs.header_row == found.header_row
                and not set(theirs.columns.values()).isdisjoint(found.columns.values())
            ):
                raise Refused(
                    f"{source.title} (source {source.name}), tab {tab.title!r}: its table, with the header in row "
                    f"{found.header_row + 1}, is that of source {other.name} too.",
                    f"Map a header that only its own table has: `sources.{source.name}.columns`.",
                )


def _tab_of(source: Source, readings: Readings) -> tuple[Tab, str, str, Place] | None:
    """The source's tab, its locale and time zone, and its place; None when nothing was read of either."""
    match source.location:
        case SheetTab(spreadsheet, tab_id):
            workbook = readings.workbooks.get(spreadsheet)
            if workbook is None:
                return None
            tab = workbook.tab(tab_id)
            if tab is None:
                there = ", ".join(f"{tab.title!r} ({tab.id})" for tab in workbook.tabs)
                raise Refused(
                    f"{source.title} (source {source.name}): {workbook.title!r} has no tab with id {tab_id}.",
                    f"Its tabs are {there}: set `sources.{source.name}.tab_id`.",
                )
            return tab, workbook.locale, workbook.time_zone, Place(source.name, spreadsheet, tab.title, tab.id)
        case Table(name):
            table = readings.tables.get(name)
            return None if table is None else (table, _TABLE_LOCALE, "", Place(source.name, name, name, None))


def remembered(name: str, memory: Memory, rules: Rules) -> Snapshot | None:
    """A source that is not read now, as it was last seen; None where nothing was."""
    records = remembered_records(name, memory, rules)
    if not records:
        return None
    place = records[0].place
    tab = Place(name, place.spreadsheet, place.tab, place.tab_id)
    return Snapshot(name, tab, tuple(records))


def remembered_records(name: str, memory: Memory, rules: Rules) -> list[Record]:
    """The rows of a source as the ledger remembers them."""
    return list(_records(name, (claims for claims in _claims(name, memory, rules) if claims)))


def _claims(name: str, memory: Memory, rules: Rules) -> Iterator[dict[str, Claim]]:
    """What each row of a source claimed, as far as there still are such fields."""
    for _, seen in memory.observations.records(name):
        yield {
            field: Claim(field, _understood(it, rules.fields[field].type), it.raw, it.place)
            for field, it in seen.items()
            if field in rules.fields
        }


def _understood(observation: Observation, kind: FieldType) -> Parsed:
    """What was understood then; words that were not are still not, and words that claim nothing still claim nothing."""
    if observation.value is not None:
        with suppress(ValueError):  # the field has changed its kind or its words since
            return kind.read(observation.value)
    again = kind.parse(Cell(observation.raw, observation.raw), Dialect())
    if again is None or isinstance(again, Problem):
        return again
    return Problem(ProblemKind.UNREADABLE, f"'{observation.raw}' was not understood")


def _records(name: str, rows: Iterable[dict[str, Claim]]) -> Iterator[Record]:
    for claims in rows:
        first = next(iter(claims.values()))
        yield Record(name, first.place, claims, ())
