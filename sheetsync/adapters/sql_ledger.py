"""Our own memory in one SQLite file: baselines, observations, history, journal, flags, runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, case, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from sheetsync.adapters.sql_file import LedgerFile
from sheetsync.adapters.sql_schema import (
    accepted,
    baselines,
    counters,
    flags,
    held,
    history,
    installation,
    journal,
    observations,
    proposed_ids,
    published,
    runs,
)
from sheetsync.core.graph import Visibility
from sheetsync.core.guards import Accepted, Guard, Held
from sheetsync.core.model import Place
from sheetsync.ports import (
    Event,
    HeldSince,
    JournalEntry,
    Memory,
    Observation,
    OpenFlag,
    Outcome,
    Published,
    RecordField,
    RunRecord,
)

HIGHEST_NUMBER = "highest_number"
#: states after which a batch needs no more care
FINAL = ("committed", "dropped")
WORST_FIRST = {"high": 0, "medium": 1, "low": 2}

Line = dict[str, Any]


class SqlLedger:
    """Implements `Ledger`. Raises `SheetsyncError` naming the file when it cannot be opened, read or written."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the ledger at `path`, make it where none is, bring an older one up to date."""
        self._file = LedgerFile(path, create=create)

    @classmethod
    def open_existing(cls, path: Path) -> "SqlLedger":
        """The ledger for those who only look. Raises `SheetsyncError` where there is none, and makes none."""
        return cls(path, create=False)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def memory(self) -> Memory:
        """The past, for one cycle, all of it from one moment."""
        with self._file.reading() as connection:
            return Memory(
                baselines={_about(row): row.value for row in connection.execute(select(baselines))},
                observations={_about(row): _observation(row) for row in connection.execute(select(observations))},
                published={_about(row): _published(row) for row in connection.execute(select(published))},
                proposed_ids={row.natural_key: row.proposed for row in connection.execute(select(proposed_ids))},
                highest_number=_highest_number(connection),
                accepted={row.source: _accepted(row) for row in connection.execute(select(accepted))},
                held=_held(connection),
                installation=connection.scalar(select(installation.c.mark)) or "",
            )

    def journal(self, entry: JournalEntry) -> None:
        """Note a batch's state; on the disk when this returns."""
        with self._file.writing() as connection:
            _append(connection, journal, [_journal_line(entry)])

    def unfinished(self) -> Sequence[JournalEntry]:
        """Batches whose last noted state is neither committed nor dropped, in the order they were begun."""
        with self._file.reading() as connection:
            return [entry for entry in _last_states(connection) if entry.state not in FINAL]

    def commit(self, outcome: Outcome) -> None:
        """Everything a cycle learned, in one transaction. A run can be committed once."""
        with self._file.writing() as connection:
            _append(connection, runs, [_run_line(outcome.run)])
            _append(connection, history, map(_event_line, outcome.events))
            _forget(connection, outcome.vanished)
            _put(connection, observations, map(_observation_line, outcome.observations))
            _put(connection, baselines, ({**_about_line(key), "value": it} for key, it in outcome.baselines.items()))
            _put(connection, published, map(_published_line, outcome.published))
            _put(connection, proposed_ids, _proposed_lines(outcome.proposed_ids))
            _raise_highest_number(connection, outcome.highest_number)
            _replace_flags(connection, outcome.flags, outcome.reached)
            _put(connection, accepted, (_accepted_line(name, it) for name, it in outcome.accepted.items()))
            connection.execute(delete(held))
            _append(connection, held, (_held_line(number, it) for number, it in enumerate(outcome.held)))
            _settle_journal(connection, outcome.run.id)

    def open_flags(self) -> Sequence[OpenFlag]:
        """Flags that are open, worst first, then by source, row and id."""
        severity = case(WORST_FIRST, value=flags.c.severity, else_=len(WORST_FIRST))
        ordered = select(flags).order_by(severity, flags.c.source, flags.c.row, flags.c.id)
        with self._file.reading() as connection:
            return [OpenFlag(row.id, row.kind, row.document, row.since) for row in connection.execute(ordered)]

    def held(self) -> Sequence[HeldSince]:
        """Guards that held after the last run, in the order they were told."""
        with self._file.reading() as connection:
            return _held(connection)

    def history(self, record: str | None = None) -> Sequence[Event]:
        """Observed changes in the order they were committed, of one record or of all."""
        wanted = select(history).order_by(history.c.seq)
        if record is not None:
            wanted = wanted.where(history.c.record == record)
        with self._file.reading() as connection:
            return [_event(row) for row in connection.execute(wanted)]

    def last_run(self) -> RunRecord | None:
        """The run that ended last; None before the first."""
        latest = select(runs).order_by(runs.c.ended.desc(), runs.c.started.desc(), runs.c.id.desc()).limit(1)
        with self._file.reading() as connection:
            row = connection.execute(latest).one_or_none()
        return None if row is None else RunRecord(row.id, row.started, row.ended, row.exit_code, row.counts)


# ---------------------------------------------------------------- steps of a commit


def _append(connection: Connection, table: Table, lines: Iterable[Line]) -> None:
    if batch := list(lines):
        connection.execute(insert(table), batch)


def _put(connection: Connection, table: Table, lines: Iterable[Line], *, keep: Sequence[str] = ()) -> None:
    """Insert lines, or overwrite those with the same primary key in all columns but the ones to keep."""
    if batch := list(lines):
        statement = insert(table)
        changed = [it.name for it in table.columns if not it.primary_key and it.name not in keep]
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(table.primary_key), set_={name: statement.excluded[name] for name in changed}
            ),
            batch,
        )


def _forget(connection: Connection, vanished: Iterable[RecordField]) -> None:
    # Before the new observations are put: what this run has seen is there, whatever else is said about it.
    if gone := [{f"gone_{name}": it for name, it in _about_line(key).items()} for key in vanished]:
        keys = observations.primary_key.columns
        connection.execute(delete(observations).where(and_(*(it == bindparam(f"gone_{it.name}") for it in keys))), gone)


def _raise_highest_number(connection: Connection, number: int) -> None:
    statement = insert(counters).values(name=HIGHEST_NUMBER, value=number)
    highest = func.max(counters.c.value, statement.excluded.value)
    connection.execute(statement.on_conflict_do_update(index_elements=[counters.c.name], set_={"value": highest}))


def _replace_flags(connection: Connection, raised: Sequence[OpenFlag], reached: Iterable[str]) -> None:
    # A flag of no source belongs to the run as a whole, and every run replaces it.
    spoken_for = {*reached, ""}
    still_open = {flag.id for flag in raised}
    lines = connection.execute(select(flags.c.id, flags.c.source)).all()
    closed = [{"closed": line.id} for line in lines if line.source in spoken_for and line.id not in still_open]
    if closed:
        connection.execute(delete(flags).where(flags.c.id == bindparam("closed")), closed)
    _put(connection, flags, map(_flag_line, raised), keep=["since"])


def _settle_journal(connection: Connection, run: str) -> None:
    verified = [entry for entry in _last_states(connection, run) if entry.state == "verified"]
    _append(connection, journal, (_journal_line(replace(entry, state="committed")) for entry in verified))


# ---------------------------------------------------------------- questions with more than one table line to an answer


def _last_states(connection: Connection, run: str | None = None) -> list[JournalEntry]:
    """Each batch once, with the state noted last, in the order the batches were begun."""
    batch = (journal.c.run, journal.c.spreadsheet, journal.c.generation)
    ends = select(func.min(journal.c.seq).label("first"), func.max(journal.c.seq).label("last")).group_by(*batch)
    if run is not None:
        ends = ends.where(journal.c.run == run)
    span = ends.subquery()
    states = select(journal).join(span, journal.c.seq == span.c.last).order_by(span.c.first)
    rows = connection.execute(states)
    return [JournalEntry(row.run, row.spreadsheet, row.generation, row.state) for row in rows]


def _held(connection: Connection) -> tuple[HeldSince, ...]:
    rows = connection.execute(select(held).order_by(held.c.position))
    return tuple(HeldSince(Held(row.source, Guard(row.guard), row.what), row.since) for row in rows)


def _highest_number(connection: Connection) -> int:
    return connection.scalar(select(counters.c.value).where(counters.c.name == HIGHEST_NUMBER)) or 0


# ---------------------------------------------------------------- values to lines and back


def _about_line(about: RecordField) -> Line:
    source, record, field = about
    return {"source": source, "record": record, "field": field}


def _about(row: Row[Any]) -> RecordField:
    return row.source, row.record, row.field


def _place_line(place: Place) -> Line:
    return {
        "place_source": place.source,
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "tab_id": place.tab_id,
        "row": place.row,
        "column": place.column,
        "column_name": place.column_name,
    }


def _place(row: Row[Any]) -> Place:
    return Place(row.place_source, row.spreadsheet, row.tab, row.tab_id, row.row, row.column, row.column_name)


def _observation_line(it: Observation) -> Line:
    about = _about_line((it.source, it.record, it.field))
    return {**about, "value": it.value, "raw": it.raw, **_place_line(it.place), "since": it.since}


def _observation(row: Row[Any]) -> Observation:
    return Observation(*_about(row), row.value, row.raw, _place(row), row.since)


def _event_line(it: Event) -> Line:
    about = _about_line((it.source, it.record, it.field))
    return {"run": it.run, "at": it.at, **about, "old": it.old, "new": it.new, "raw": it.raw, **_place_line(it.place)}


def _event(row: Row[Any]) -> Event:
    return Event(row.run, row.at, *_about(row), row.old, row.new, row.raw, _place(row))


def _published_line(it: Published) -> Line:
    return {**_about_line((it.source, it.record, it.field)), "value": it.value, "since": it.since}


def _published(row: Row[Any]) -> Published:
    return Published(*_about(row), row.value, row.since)


def _proposed_lines(proposed: Mapping[str, str]) -> Iterable[Line]:
    return ({"natural_key": key, "proposed": number} for key, number in proposed.items())


def _accepted_line(source: str, it: Accepted) -> Line:
    lost = {row: at.isoformat() for row, at in it.lost.items()}
    told = {"headers": it.headers, "visibility": it.visibility, "written_at": it.written_at}
    return {"source": source, **told, "lost": lost}


def _accepted(row: Row[Any]) -> Accepted:
    lost = {name: datetime.fromisoformat(at) for name, at in row.lost.items()}
    visibility = None if row.visibility is None else Visibility(row.visibility)
    return Accepted(row.headers, visibility, row.written_at, lost)


def _held_line(position: int, it: HeldSince) -> Line:
    told = {"source": it.held.source, "guard": it.held.guard, "what": it.held.what}
    return {"position": position, **told, "since": it.since}


def _journal_line(it: JournalEntry) -> Line:
    return {"run": it.run, "spreadsheet": it.spreadsheet, "generation": it.generation, "state": it.state}


def _run_line(it: RunRecord) -> Line:
    times = {"started": it.started, "ended": it.ended}
    return {"id": it.id, **times, "exit_code": it.exit_code, "counts": it.counts}


def _flag_line(flag: OpenFlag) -> Line:
    document = flag.document
    place = document.get("place")
    row = document.get("row", place.get("row") if isinstance(place, Mapping) else None)
    return {
        "id": flag.id,
        "kind": flag.kind,
        "source": str(document.get("source") or ""),
        "severity": str(document.get("severity") or ""),
        "row": row if isinstance(row, int) else None,
        "document": document,
        "since": flag.since,
    }
