"""Guards of a cycle: gather what each source was and is, let the core judge, and keep what was accepted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sheetsync.core.column_answers import ever_named
from sheetsync.core.fields import Field
from sheetsync.core.graph import Rules, SheetTab, Source
from sheetsync.core.guards import Accepted, Case, Guard, Held, Judged, Row, Rows, by_key, judge
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Claim, Snapshot, Workbook
from sheetsync.core.tables import NoTable
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.world import Readings, Request, Snapshots, Trouble
from sheetsync.errors import GuardStopped
from sheetsync.ports import HeldSince, Memory


def remembered_rows(memory: Memory, source: str) -> list[Row]:
    """Every row of a source as last seen; none where it never had one."""
    return [
        {name: said for name, (value, raw) in seen.items() if (said := value if value is not None else raw.strip())}
        for seen in memory.observations.said(source)
    ]


def judge_source(
    source: Source,
    understood: Snapshot | NoTable,
    readings: Readings,
    rows_before: Sequence[Row],
    doubts: tuple[Doubt, ...] = (),
) -> Judged:
    """What the guards say of a source whose tab or table was reached."""
    memory, fields = readings.memory, readings.rules.fields
    found = understood if isinstance(understood, Snapshot) else None
    where = source.location
    case = Case(
        source=source,
        found=found,
        now=_rows_of(found, source, fields) if found and rows_before else {},
        before=by_key(rows_before, source.key),
        had=len(rows_before),
        accepted=memory.accepted.get(source.name),
        at=readings.started,
        limits=readings.rules.limits,
        installation=memory.installation,
        workbook=readings.workbooks.get(where.spreadsheet) if isinstance(where, SheetTab) else None,
        lacks=understood.reason if isinstance(understood, NoTable) else "",
        doubts=doubts,
        answered=ever_named(memory.column_answers, source.name),
    )
    return judge(case, frozenset(guard for guard in Guard if (guard, source.name) in readings.request.accept))


def troubles_of(source: Source, judged: Judged) -> Iterator[Trouble]:
    """What stops a source, in one line; nothing where nothing does."""
    if judged.held:
        yield Trouble(source.name, GuardStopped(" ".join(held_text(source, held) for held in judged.held)))


def troubles_of_ops(
    rules: Rules, workbooks: Mapping[str, Workbook], installation: str, request: Request
) -> Iterator[Trouble]:
    """What stops a workbook that people decide in only, and that so has no source to be held: another's hand in it."""
    for spreadsheet in {*rules.workbooks}.difference(rules.spreadsheets) & workbooks.keys():
        book, guard = workbooks[spreadsheet], Guard.INSTALLATION
        mark = book.installation
        if mark not in (None, installation) and (guard, DECISIONS) not in request.accept:
            what = f"another installation of sheetsync ({mark[:8]}) writes into {book.title!r}"
            held = Held(DECISIONS, guard, what)
            yield Trouble(DECISIONS, GuardStopped(f"{book.title}, guard {guard}: {held.what}. {held.remedy}"))


def held_text(source: Source, held: Held) -> str:
    """One guard in one line: which source, what it saw, what to type."""
    return f"{source.title} (source {source.name}), guard {held.guard}: {held.what}. {held.remedy}"


def accepted_after(snapshots: Snapshots, settled: Iterable[str]) -> Mapping[str, Accepted]:
    """The accepted state of every source whose reading was let through; of the others it stays as it was."""
    done = frozenset(settled)
    return {name: snapshots.judged[name].accepted(name in done) for name in snapshots.fresh}


def held_since(readings: Readings, snapshots: Snapshots) -> tuple[HeldSince, ...]:
    """Every guard that holds after this run, since the first run in which it held without a break.

    Of a source that could not be reached nothing new is known: its guards hold as they did.
    """
    before = {(one.held.source, one.held.guard): one for one in readings.memory.held}
    since = {about: one.since for about, one in before.items()}
    standing = [HeldSince(one, since.get((one.source, one.guard), readings.started)) for one in snapshots.held]
    unjudged = [
        one
        for (source, _), one in before.items()
        if source in readings.rules.sources and source not in snapshots.judged
    ]
    return (*standing, *unjudged)


def doubts_after(readings: Readings, snapshots: Snapshots) -> tuple[Doubt, ...]:
    """Every column that is asked about after this run; of a source that could not be reached, what was asked before."""
    rules = readings.rules
    unjudged = (
        one for one in readings.memory.doubts if one.source in rules.sources and one.source not in snapshots.judged
    )
    return (*snapshots.doubts, *unjudged)


# ---------------------------------------------------------------- rows as plain texts


def _rows_of(found: Snapshot, source: Source, fields: Mapping[str, Field]) -> Rows:
    return by_key((_row(record.claims, fields) for record in found.records), source.key)


def _row(claims: Mapping[str, Claim], fields: Mapping[str, Field]) -> Row:
    said = {name: fields[name].said(claim) for name, claim in claims.items()}
    return {name: text for name, text in said.items() if text}
