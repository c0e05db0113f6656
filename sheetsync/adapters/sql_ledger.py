"""Our own memory in one SQLite file: baselines, observations, history, journal, flags, runs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, and_, bindparam, case, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert

from sheetsync.adapters import sql_deciding as deciding
from sheetsync.adapters import sql_footprints as kept_footprints
from sheetsync.adapters import sql_freezes as freezes
from sheetsync.adapters import sql_handing as handing
from sheetsync.adapters import sql_hearsay as kept_hearsay
from sheetsync.adapters import sql_lines as lines
from sheetsync.adapters import sql_notices as kept_notices
from sheetsync.adapters import sql_versions as kept_versions
from sheetsync.adapters.sql_file import LedgerFile
from sheetsync.adapters.sql_lines import Line
from sheetsync.adapters.sql_schema import (
    accepted,
    agreed_under,
    answers,
    approvals,
    baselines,
    closed_flags,
    column_answers,
    counters,
    doubts,
    flags,
    frozen,
    handed,
    handoff_events,
    held,
    history,
    installation,
    journal,
    observations,
    proposed_ids,
    published,
    runs,
    standing,
    withheld,
)
from sheetsync.adapters.sql_standing import StandingByBatch
from sheetsync.core.answers import Answer
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.guards import Accepted, Guard, Held
from sheetsync.core.hearsay import Hearsay, Turn
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.core.rulings import Ruling
from sheetsync.core.typed import Typed
from sheetsync.core.versions import Version
from sheetsync.errors import LockHeld
from sheetsync.ports import (
    ClosedFlag,
    Deciding,
    Event,
    Filed,
    Footprint,
    HandoffEvent,
    Heard,
    HeldSince,
    JournalEntry,
    Memory,
    Observations,
    OpenFlag,
    Outcome,
    Published,
    RunRecord,
    Standing,
    Withdrawal,
    WithheldValue,
)

HIGHEST_NUMBER = "highest_number"
#: states after which a batch needs no more care
FINAL = ("committed", "dropped")
#: batches of one workbook that may still arrive, newest first: one delayed past so many attempts is not told apart
STANDING_KEPT = 8
#: long enough to look back over a season, short enough that the file does not grow by old trouble
CLOSED_KEPT = timedelta(days=90)
WORST_FIRST = {"high": 0, "medium": 1, "low": 2}

#: what tells one batch from another
BATCH = (standing.c.spreadsheet, standing.c.generation, standing.c.run)


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
                baselines=RecordFields((lines.read_about(row), row.value) for row in _all(connection, baselines)),
                observations=Observations(
                    (lines.read_about(row), lines.read_observation(row)) for row in _all(connection, observations)
                ),
                published={
                    lines.read_about(row): lines.read_published(row) for row in connection.execute(select(published))
                },
                proposed_ids={row.natural_key: row.proposed for row in connection.execute(select(proposed_ids))},
                highest_number=_highest_number(connection),
                standing=StandingByBatch(connection),
                accepted={row.source: lines.read_accepted(row) for row in connection.execute(select(accepted))},
                held=_held(connection),
                answers=_answers(connection),
                handed=handing.states(connection),
                newest=kept_versions.newest(connection),
                column_answers=_column_answers(connection),
                doubts=_doubts(connection),
                installation=connection.scalar(select(installation.c.mark)) or "",
                agreed_under={(row.source, row.field): row.terms for row in connection.execute(select(agreed_under))},
                approvals={
                    (seen := lines.read_approval(row)).given.about: seen
                    for row in connection.execute(select(approvals))
                },
                deciding=deciding.known(connection),
                hearsay=kept_hearsay.all_of(connection),
                frozen=freezes.all_frozen(connection),
            )

    def journal(self, entry: JournalEntry, standing: Sequence[Standing] = ()) -> None:
        """Note a batch's state and what stands in its workbook; on the disk when this returns."""
        with self._file.writing() as connection:
            _append(connection, journal, [lines.journal_line(entry)])
            _stand(connection, standing, kept=STANDING_KEPT)

    def unfinished(self) -> Sequence[JournalEntry]:
        """Batches never noted as committed or dropped, in the order they were begun, with events nobody committed."""
        with self._file.reading() as connection:
            return _unfinished(connection)

    def commit(self, outcome: Outcome) -> None:
        """Everything a cycle learned, in one transaction. A run can be committed once.

        Raises `LockHeld` where another run has settled this one's batches.
        """
        with self._file.writing() as connection:
            _refuse_the_dead(connection, outcome.run.id)
            _append(connection, runs, [lines.run_line(outcome.run)])
            _append(connection, history, map(lines.event_line, outcome.events))
            # Before the new ones are put: what this run has seen is there, whatever else is said about it.
            _forget(connection, observations, outcome.vanished)
            _put(connection, observations, map(lines.observation_line, outcome.observations))
            _restate(connection, outcome.restated)
            _put(
                connection, baselines, ({**lines.about_line(key), "value": it} for key, it in outcome.baselines.items())
            )
            _put(connection, published, map(lines.published_line, outcome.published))
            _put(connection, proposed_ids, lines.proposed_lines(outcome.proposed_ids))
            _raise_highest_number(connection, outcome.highest_number)
            _replace_flags(connection, outcome)
            connection.execute(delete(withheld).where(withheld.c.source.not_in(outcome.unreached)))
            _append(connection, withheld, map(lines.withheld_line, outcome.withheld))
            _put(connection, accepted, (lines.accepted_line(name, it) for name, it in outcome.accepted.items()))
            _replace_held(connection, outcome.held)
            connection.execute(delete(doubts))
            _append(connection, doubts, (lines.doubt_line(number, it) for number, it in enumerate(outcome.doubts)))
            _stand(connection, outcome.standing, kept=1)
            _stand(connection, outcome.noted, kept=STANDING_KEPT)
            _append(connection, journal, map(lines.journal_line, outcome.settled))
            kept_versions.add(connection, outcome.versions)
            kept_footprints.keep(connection, outcome.run, outcome.footprint)
            handing.forget(connection, outcome.no_more_handed)
            _put(connection, handed, map(handing.state_line, outcome.handed))
            _append(connection, handoff_events, map(handing.event_line, outcome.handoff_events))
            _put(connection, approvals, map(lines.approval_line, outcome.approvals))
            deciding.keep(connection, outcome.run.id, outcome.deciding)
            kept_hearsay.turn(connection, outcome.hearsay)
            _forget(connection, frozen, outcome.thawed)
            _put(connection, frozen, map(freezes.frozen_line, outcome.frozen))
            kept_notices.add(connection, outcome.notices)

    def withdraw_run(self, it: Withdrawal) -> None:
        """Everything an undo did, in one transaction. Raises `LockHeld` as `commit` does."""
        with self._file.writing() as connection:
            _refuse_the_dead(connection, it.run.id)
            _append(connection, runs, [lines.run_line(it.run)])
            _append(connection, history, map(lines.event_line, it.events))
            _put_back(
                connection,
                baselines,
                {about: None if value is None else {"value": value} for about, value in it.baselines.items()},
            )
            _put_back(
                connection,
                published,
                {
                    about: None if value is None else lines.published_line(value)
                    for about, value in it.published.items()
                },
            )
            _put(connection, observations, map(lines.observation_line, it.observations))
            _put(connection, frozen, map(freezes.frozen_line, it.frozen))
            _put(connection, accepted, (lines.accepted_line(name, state) for name, state in it.accepted.items()))
            _replace_held(connection, it.held)
            _stand(connection, it.standing, kept=1)
            _append(connection, journal, map(lines.journal_line, it.settled))
            kept_footprints.keep(connection, it.run, Footprint(undoes=it.undoes))
            deciding.take_back(connection, it)
            if it.is_whole:
                kept_footprints.note_undone(connection, it.undoes, it.run.id)

    def tell(self, run: RunRecord, events: Sequence[Event]) -> None:
        """Add to the history, on the disk when this returns."""
        with self._file.writing() as connection:
            _append(connection, runs, [lines.run_line(run)])
            _append(connection, history, map(lines.event_line, events))
            kept_footprints.keep(connection, run, Footprint())

    def footprint(self, run: str) -> Footprint | None:
        """What a run moved; None where that is not known, or not kept any more."""
        with self._file.reading() as connection:
            return kept_footprints.of_run(connection, run)

    def knows_run(self, run: str) -> bool:
        """Whether there was a run of this name."""
        with self._file.reading() as connection:
            return connection.scalar(select(runs.c.id).where(runs.c.id == run)) is not None

    def newest_footprint(self) -> str:
        """The newest run that left something and was not taken back; empty where there is none."""
        with self._file.reading() as connection:
            return kept_footprints.newest(connection)

    def publish(self, values: Sequence[Published]) -> None:
        """Note values as published, on the disk when this returns."""
        with self._file.writing() as connection:
            _put(connection, published, map(lines.published_line, values))

    def accept(self, states: Mapping[str, Accepted]) -> None:
        """Note the accepted state of sources, on the disk when this returns."""
        with self._file.writing() as connection:
            _put(connection, accepted, (lines.accepted_line(name, it) for name, it in states.items()))

    def answer(self, said: Sequence[Answer]) -> None:
        """Note what a person said about rows, on the disk when this returns."""
        with self._file.writing() as connection:
            _append(connection, answers, map(lines.answer_line, said))

    def answers(self) -> Sequence[Answer]:
        """Everything people ever said about rows, oldest first."""
        with self._file.reading() as connection:
            return _answers(connection)

    def file(self, typed: Typed, at: datetime) -> Filed:
        """A decision an operator leaves for the next run, on the disk when this returns; or the one that waits."""
        with self._file.writing() as connection:
            return deciding.file(connection, typed, at)

    def unfile(self, filed: Filed, said: str) -> bool:
        """Take back a decision that waits, on the disk when this returns; False where a run has judged it."""
        with self._file.writing() as connection:
            return deciding.unfile(connection, filed, said)

    def deciding(self) -> Deciding:
        """Conflicts and what people decided about them."""
        with self._file.reading() as connection:
            return deciding.known(connection)

    def all_rulings(self) -> Sequence[Ruling]:
        """Everything that ever was decided, oldest first."""
        with self._file.reading() as connection:
            return deciding.all_rulings(connection)

    def heard(self, matter: str | None = None, *, run: str | None = None) -> Sequence[Heard]:
        """What became of typed decisions, oldest first."""
        with self._file.reading() as connection:
            return deciding.heard_of(connection, matter, run)

    def answer_columns(self, said: Sequence[ColumnAnswer]) -> None:
        """Note what a person said about columns, on the disk when this returns."""
        with self._file.writing() as connection:
            _append(connection, column_answers, map(lines.column_answer_line, said))

    def hearsay(self) -> Sequence[Hearsay]:
        """Everything that was said elsewhere, in the order in which it was filed."""
        with self._file.reading() as connection:
            return kept_hearsay.all_of(connection)

    def hear(self, it: Hearsay, longer: str) -> Hearsay:
        """Note what was said elsewhere, on the disk when this returns; what is there about the same stays."""
        with self._file.writing() as connection:
            return kept_hearsay.keep(connection, it, longer)

    def turn(self, turns: Sequence[Turn]) -> int:
        """Note what became of it, on the disk when this returns; not what was decided before another's move."""
        with self._file.writing() as connection:
            return kept_hearsay.turn(connection, turns)

    def withdraw(self, values: Sequence[Published]) -> None:
        """Forget values, unless others were published in their place."""
        keys = [*published.primary_key.columns, published.c.value]
        gone = [{f"no_{column.name}": lines.published_line(it)[column.name] for column in keys} for it in values]
        if gone:
            with self._file.writing() as connection:
                these = and_(*(column == bindparam(f"no_{column.name}") for column in keys))
                connection.execute(delete(published).where(these), gone)

    def versions(self, records: Collection[RecordField] | None = None) -> Sequence[Version]:
        """Every version ever issued, of all values or of these, by source, record, field and number."""
        with self._file.reading() as connection:
            return kept_versions.of(connection, records)

    def open_flags(self) -> Sequence[OpenFlag]:
        """Flags that are open, worst first, then by source, row and id."""
        severity = case(WORST_FIRST, value=flags.c.severity, else_=len(WORST_FIRST))
        ordered = select(flags).order_by(severity, flags.c.source, flags.c.row, flags.c.id)
        with self._file.reading() as connection:
            return [lines.read_flag(row) for row in connection.execute(ordered)]

    def closed_flags(self, by: str | None = None) -> Sequence[ClosedFlag]:
        """Flags closed by one run, or by any of the last 90 days, in the order they were closed."""
        wanted = select(closed_flags).order_by(closed_flags.c.seq)
        if by is not None:
            wanted = wanted.where(closed_flags.c.by == by)
        with self._file.reading() as connection:
            return [lines.read_closed(row) for row in connection.execute(wanted)]

    def withheld(self) -> Sequence[WithheldValue]:
        """Generated values that do not stand in their sheet after the last run, as they were told."""
        with self._file.reading() as connection:
            return [lines.read_withheld(row) for row in connection.execute(select(withheld).order_by(withheld.c.seq))]

    def held(self) -> Sequence[HeldSince]:
        """Guards that held after the last run, in the order they were told."""
        with self._file.reading() as connection:
            return _held(connection)

    def history(
        self, record: str | None = None, *, run: str | None = None, since: datetime | None = None
    ) -> Sequence[Event]:
        """Observed changes in the order they were committed: of all, or of a record and what lies under it.

        Under a campaign lie its placements; under either, the rows that are told apart by number where several share
        its key.
        """
        wanted = select(history).order_by(history.c.seq)
        if record is not None:
            wanted = wanted.where(_within(history.c.record, record))
        if run is not None:
            wanted = wanted.where(history.c.run == run)
        if since is not None:
            wanted = wanted.where(history.c.at >= since)
        with self._file.reading() as connection:
            return [lines.read_event(row) for row in connection.execute(wanted)]

    def records_in_history(self) -> Collection[str]:
        """Every record of which a change was ever observed, also those that are gone."""
        with self._file.reading() as connection:
            return frozenset(connection.scalars(select(history.c.record).distinct()))

    def handoff_events(self, record: str | None = None, *, since: datetime | None = None) -> Sequence[HandoffEvent]:
        """Changes of state in the order they were committed: of all, or of a record and what lies under it."""
        wanted = select(handoff_events).order_by(handoff_events.c.seq)
        if record is not None:
            wanted = wanted.where(_within(handoff_events.c.record, record))
        if since is not None:
            wanted = wanted.where(handoff_events.c.at >= since)
        with self._file.reading() as connection:
            return [handing.read_event(row) for row in connection.execute(wanted)]

    def last_run(self) -> RunRecord | None:
        """The run that ended last; None before the first."""
        return next(iter(self.runs(1)), None)

    def runs(self, limit: int, named: str = "") -> Sequence[RunRecord]:
        """The runs that ended last, oldest first; only those whose id begins with `named`."""
        latest = select(runs).order_by(runs.c.ended.desc(), runs.c.started.desc(), runs.c.id.desc()).limit(limit)
        if named:
            latest = latest.where(func.substr(runs.c.id, 1, len(named)) == named)
        with self._file.reading() as connection:
            return [lines.read_run(row) for row in connection.execute(latest)][::-1]

    def batches(self, run: str) -> Sequence[JournalEntry]:
        """A run's batches, each with the state noted last, in the order they were begun."""
        noted = select(journal).where(journal.c.run == run).order_by(journal.c.seq)
        with self._file.reading() as connection:
            return list(_last_noted(connection, noted))


# ---------------------------------------------------------------- steps of a commit


def _append(connection: Connection, table: Table, these: Iterable[Line]) -> None:
    for batch in lines.batches(these):
        connection.execute(insert(table), batch)


def _put(connection: Connection, table: Table, these: Iterable[Line], *, keep: Sequence[str] = ()) -> None:
    """Insert lines, or overwrite those with the same primary key in all columns but the ones to keep."""
    statement = insert(table)
    changed = [it.name for it in table.columns if not it.primary_key and it.name not in keep]
    put = statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: statement.excluded[name] for name in changed}
    )
    for batch in lines.batches(these):
        connection.execute(put, batch)


def _forget(connection: Connection, table: Table, vanished: Iterable[RecordField]) -> None:
    if gone := [{f"gone_{name}": it for name, it in lines.about_line(key).items()} for key in vanished]:
        keys = table.primary_key.columns
        connection.execute(delete(table).where(and_(*(it == bindparam(f"gone_{it.name}") for it in keys))), gone)


def _put_back(connection: Connection, table: Table, these: Mapping[RecordField, Line | None]) -> None:
    _forget(connection, table, [about for about, line in these.items() if line is None])
    _put(connection, table, ({**lines.about_line(about), **line} for about, line in these.items() if line is not None))


def _restate(connection: Connection, restated: Mapping[tuple[str, str], str | None]) -> None:
    """Forget what was agreed under other terms than these; of fields whose terms were never noted nothing is."""
    noted = {(row.source, row.field) for row in connection.execute(select(agreed_under))}
    moot = [{"of_source": source, "of_field": name} for source, name in noted & restated.keys()]
    for table in (baselines, agreed_under) if moot else ():
        these = and_(table.c.source == bindparam("of_source"), table.c.field == bindparam("of_field"))
        connection.execute(delete(table).where(these), moot)
    now = [{"source": about[0], "field": about[1], "terms": it} for about, it in restated.items() if it is not None]
    _append(connection, agreed_under, now)


def _replace_held(connection: Connection, these: Iterable[HeldSince]) -> None:
    connection.execute(delete(held))
    _append(connection, held, (lines.held_line(number, it) for number, it in enumerate(these)))


def _raise_highest_number(connection: Connection, number: int) -> None:
    statement = insert(counters).values(name=HIGHEST_NUMBER, value=number)
    highest = func.max(counters.c.value, statement.excluded.value)
    connection.execute(statement.on_conflict_do_update(index_elements=[counters.c.name], set_={"value": highest}))


def _replace_flags(connection: Connection, outcome: Outcome) -> None:
    # Also a flag of no source, which belongs to the run as a whole, and those of a source that is none any more.
    kept, still_open = set(outcome.unreached), {flag.id for flag in outcome.flags}
    there = connection.execute(select(flags).order_by(flags.c.id))
    gone = [line for line in there if line.source not in kept and line.id not in still_open]
    if gone:
        done = {"by": outcome.run.id, "closed": outcome.run.started}
        _append(connection, closed_flags, ({**line._mapping, **done} for line in gone))
        connection.execute(delete(flags).where(flags.c.id == bindparam("gone")), [{"gone": it.id} for it in gone])
    connection.execute(
        delete(closed_flags).where(closed_flags.c.closed < lines.kept_since(outcome.run.started, CLOSED_KEPT))
    )
    _put(connection, flags, map(lines.flag_line, outcome.flags), keep=["since", "first"])


def _refuse_the_dead(connection: Connection, run: str) -> None:
    # Batches are settled in a commit only, so this was another run's: it has told what this one saw.
    settled = select(journal.c.seq).where(journal.c.run == run, journal.c.state.in_(FINAL)).limit(1)
    if connection.scalar(settled) is not None:
        raise LockHeld("Another run took over while this one stood still; nothing more was written.", "Run it again")


def _stand(connection: Connection, these: Sequence[Standing], kept: int) -> None:
    """Put what stands in workbooks; of each workbook only the lines put last are kept."""
    for it in these:
        of_batch = and_(*(column == getattr(it, column.name) for column in BATCH))
        connection.execute(delete(standing).where(of_batch))
    for it in these:
        # One after the other: each is as long as all we ever wrote into a workbook.
        connection.execute(insert(standing), lines.standing_line(it))
    for spreadsheet in {it.spreadsheet for it in these}:
        of_workbook = standing.c.spreadsheet == spreadsheet
        newest = select(standing.c.seq).where(of_workbook).order_by(standing.c.seq.desc()).limit(kept)
        connection.execute(delete(standing).where(of_workbook, standing.c.seq.not_in(newest)))


# ---------------------------------------------------------------- questions with more than one table line to an answer


def _unfinished(connection: Connection) -> list[JournalEntry]:
    """Each batch once that was never settled, with the state noted last, in the order the batches were begun."""
    batch = (journal.c.run, journal.c.spreadsheet, journal.c.generation)
    first, last = func.min(journal.c.seq).label("first"), func.max(journal.c.seq).label("last")
    # Once settled is settled, whatever a run that was taken for dead notes afterwards.
    is_settled = func.max(case((journal.c.state.in_(FINAL), 1), else_=0))
    span = select(first, last).group_by(*batch).having(is_settled == 0).subquery()
    begun, ended = journal.alias(), journal.alias()
    wanted = (
        select(ended, begun.c.events.label("noted"), runs.c.id.label("committed"))
        .select_from(span)
        .join(begun, begun.c.seq == span.c.first)
        .join(ended, ended.c.seq == span.c.last)
        .join(runs, runs.c.id == begun.c.run, isouter=True)
        .order_by(span.c.first)
    )
    return [lines.read_journal_entry(row) for row in connection.execute(wanted)]


def _last_noted(connection: Connection, noted: Select[Any]) -> Iterable[JournalEntry]:
    """Each batch once, in the order they were begun; once settled is settled, whatever is noted afterwards."""
    batches: dict[tuple[str, int], JournalEntry] = {}
    for row in connection.execute(noted):
        key = (row.spreadsheet, row.generation)
        if key not in batches or batches[key].state not in FINAL:
            batches[key] = JournalEntry(row.run, *key, row.state)
    return batches.values()


def _within(column: ColumnElement[str], record: str) -> ColumnElement[bool]:
    """A record, and those whose names begin with it and a separator; as ranges, so that the index serves."""
    beginnings = (f"{record}{separator}" for separator in (" / ", " (row "))
    under = (and_(column >= it, column < it[:-1] + chr(ord(it[-1]) + 1)) for it in beginnings)
    return or_(column == record, *under)


def _held(connection: Connection) -> tuple[HeldSince, ...]:
    rows = connection.execute(select(held).order_by(held.c.position))
    return tuple(HeldSince(Held(row.source, Guard(row.guard), row.what, row.first or ""), row.since) for row in rows)


def _answers(connection: Connection) -> tuple[Answer, ...]:
    return tuple(lines.read_answer(row) for row in connection.execute(select(answers).order_by(answers.c.seq)))


def _column_answers(connection: Connection) -> tuple[ColumnAnswer, ...]:
    said = connection.execute(select(column_answers).order_by(column_answers.c.seq))
    return tuple(lines.read_column_answer(row) for row in said)


def _doubts(connection: Connection) -> tuple[Doubt, ...]:
    return tuple(lines.read_doubt(row) for row in connection.execute(select(doubts).order_by(doubts.c.position)))


def _all(connection: Connection, table: Table) -> Iterable[Row[Any]]:
    """Every line of a table, in the order they were put: those of one record together."""
    return connection.execute(select(table))


def _highest_number(connection: Connection) -> int:
    return connection.scalar(select(counters.c.value).where(counters.c.name == HIGHEST_NUMBER)) or 0
