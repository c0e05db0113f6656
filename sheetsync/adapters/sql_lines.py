"""What the ledger keeps, as lines of its tables, and back."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row

from sheetsync.adapters.sql_schema import utc_text
from sheetsync.core.answers import Answer, Verdict
from sheetsync.core.approvals import Given
from sheetsync.core.attestation import Attestation
from sheetsync.core.column_answers import ColumnAnswer
from sheetsync.core.graph import Visibility
from sheetsync.core.guards import Accepted, Undone
from sheetsync.core.mapping.doubts import Doubt
from sheetsync.core.model import Place
from sheetsync.core.record_fields import RecordField
from sheetsync.ports import (
    ApprovalSeen,
    ClosedFlag,
    Event,
    HeldSince,
    JournalEntry,
    Observation,
    OpenFlag,
    Published,
    RunRecord,
    Standing,
    WithheldValue,
)

Line = dict[str, Any]

#: lines sent to SQLite at once
BATCHED = 1_000


def batches(these: Iterable[Line]) -> Iterator[list[Line]]:
    """So many at once that a statement's own cost does not count, and so few that their memory does not."""
    rest = iter(these)
    while batch := list(islice(rest, BATCHED)):
        yield batch


def kept_since(now: datetime, kept: timedelta) -> datetime:
    """What is older than this has been kept long enough; on a clock that has just begun, nothing is."""
    try:
        return now - kept
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def about_line(about: RecordField) -> Line:
    source, record, field = about
    return {"source": source, "record": record, "field": field}


def read_about(row: Row[Any] | SimpleNamespace) -> RecordField:
    return row.source, row.record, row.field


def place_line(place: Place) -> Line:
    return {
        "place_source": place.source,
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "tab_id": place.tab_id,
        "row": place.row,
        "column": place.column,
        "column_name": place.column_name,
    }


def read_place(row: Row[Any] | SimpleNamespace) -> Place:
    return Place(row.place_source, row.spreadsheet, row.tab, row.tab_id, row.row, row.column, row.column_name)


def observation_line(it: Observation) -> Line:
    about = about_line((it.source, it.record, it.field))
    return {**about, "value": it.value, "raw": it.raw, **place_line(it.place), "since": it.since}


def read_observation(row: Row[Any]) -> Observation:
    return Observation(*read_about(row), row.value, row.raw, read_place(row), row.since)


def event_line(it: Event) -> Line:
    about = about_line((it.source, it.record, it.field))
    return {"run": it.run, "at": it.at, **about, "old": it.old, "new": it.new, "raw": it.raw, **place_line(it.place)}


def read_event(row: Row[Any] | SimpleNamespace) -> Event:
    return Event(row.run, row.at, *read_about(row), row.old, row.new, row.raw, read_place(row))


def published_line(it: Published) -> Line:
    return {**about_line((it.source, it.record, it.field)), "value": it.value, "since": it.since}


def read_published(row: Row[Any]) -> Published:
    return Published(*read_about(row), row.value, row.since)


def proposed_lines(proposed: Mapping[str, str]) -> Iterable[Line]:
    return ({"natural_key": key, "proposed": number} for key, number in proposed.items())


def accepted_line(source: str, it: Accepted) -> Line:
    lost = {row: at.isoformat() for row, at in it.lost.items()}
    told = {"headers": it.headers, "visibility": it.visibility, "written_at": it.written_at}
    undone = it.undone and {"run": it.undone.run, "at": it.undone.at.isoformat()}
    return {"source": source, **told, "lost": lost, "undone": undone}


def read_accepted(row: Row[Any]) -> Accepted:
    lost = {name: datetime.fromisoformat(at) for name, at in row.lost.items()}
    visibility = {of: Visibility(word) for of, word in row.visibility.items()}
    undone = row.undone and Undone(row.undone["run"], datetime.fromisoformat(row.undone["at"]))
    return Accepted(row.headers, visibility, row.written_at, lost, undone)


def held_line(position: int, it: HeldSince) -> Line:
    told = {"source": it.held.source, "guard": it.held.guard, "what": it.held.what}
    return {"position": position, **told, "since": it.since, "first": it.held.first}


def journal_line(it: JournalEntry) -> Line:
    events = [{**event_line(event), "at": utc_text(event.at)} for event in it.events] or None
    about = {"run": it.run, "spreadsheet": it.spreadsheet, "generation": it.generation}
    return {**about, "state": it.state, "events": events}


def read_journal_entry(row: Any) -> JournalEntry:
    """Without events where its run has put them into the history itself."""
    untold = row.noted or () if row.committed is None else ()
    lines = [SimpleNamespace(**{**line, "at": datetime.fromisoformat(line["at"])}) for line in untold]
    return JournalEntry(row.run, row.spreadsheet, row.generation, row.state, tuple(map(read_event, lines)))


def standing_line(it: Standing) -> Line:
    batch = {"spreadsheet": it.spreadsheet, "generation": it.generation, "run": it.run}
    return {**batch, "rows": tuple(it.rows), "told": it.told}


def run_line(it: RunRecord) -> Line:
    times = {"started": it.started, "ended": it.ended}
    told = {"counts": it.counts, "unfit": it.unfit, "troubles": it.troubles, "written": list(it.written)}
    return {"id": it.id, **times, "exit_code": it.exit_code, **told}


def read_run(row: Row[Any]) -> RunRecord:
    """What an older ledger did not note is empty."""
    facts = (row.id, row.started, row.ended, row.exit_code, row.counts)
    return RunRecord(*facts, row.unfit or {}, row.troubles or {}, tuple(row.written or ()))


def withheld_line(it: WithheldValue) -> Line:
    return {**about_line((it.source, it.record, it.field)), "reason": it.reason}


def read_withheld(row: Row[Any]) -> WithheldValue:
    return WithheldValue(*read_about(row), row.reason)


def flag_line(flag: OpenFlag) -> Line:
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
        "first": flag.first or None,
        "last": flag.last or None,
    }


def read_flag(row: Row[Any]) -> OpenFlag:
    return OpenFlag(row.id, row.kind, row.document, row.since, row.first or "", row.last or "")


def read_closed(row: Row[Any]) -> ClosedFlag:
    return ClosedFlag(read_flag(row), row.by, row.closed)


def answer_line(it: Answer) -> Line:
    return {
        "source": it.source,
        "row": it.row,
        "words": it.words,
        "verdict": it.verdict.value,
        "campaign": it.campaign,
        "by": it.by,
        "at": it.at,
    }


def read_answer(row: Row[Any]) -> Answer:
    return Answer(row.source, row.row, row.words, Verdict(row.verdict), row.campaign, row.by, row.at)


def approval_line(it: ApprovalSeen) -> Line:
    given, attestation = it.given, it.attestation
    return {
        "approval": given.approval,
        "record": given.record,
        "state": given.state,
        "granted": int(given.granted),
        "who": given.who,
        "when": given.when,
        "covered": dict(given.covered),
        "fingerprint": given.fingerprint,
        "away": given.away,
        **place_line(it.place),
        "since": it.since,
        "first": it.first,
        "taken": it.taken,
        "attested": int(attestation.attested),
        "why": attestation.why,
    }


def read_approval(row: Row[Any]) -> ApprovalSeen:
    given = Given(row.approval, row.record, row.state, bool(row.granted), row.who, row.when, row.covered, row.away)
    attestation = Attestation(bool(row.attested), row.why)
    return ApprovalSeen(given, read_place(row), row.since, row.first, row.taken, attestation)


def column_answer_line(it: ColumnAnswer) -> Line:
    about = {"source": it.source, "field": it.field, "header": it.header}
    return {**about, "verdict": it.verdict.value, "by": it.by, "at": it.at}


def read_column_answer(row: Row[Any]) -> ColumnAnswer:
    return ColumnAnswer(row.source, row.field, row.header, Verdict(row.verdict), row.by, row.at)


def doubt_line(position: int, it: Doubt) -> Line:
    about = {"position": position, "source": it.source, "field": it.field, "header": it.header}
    told = {"is_key": int(it.is_key), "what": it.what, "remedy": it.remedy}
    return {**about, **told, "candidates": list(it.candidates), "evidence": list(it.evidence)}


def read_doubt(row: Row[Any]) -> Doubt:
    about = (row.source, row.field, row.header, bool(row.is_key), row.what, row.remedy)
    return Doubt(*about, tuple(row.candidates), tuple(row.evidence))
