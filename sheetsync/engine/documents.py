"""The published shape of a run: what `reconcile --json` prints and `status --json` remembers.

Version 1. Rows are 1-based, cells are A1 notation (for a table of the system of record the column's name), times are
ISO with zone. The JSON Schema in `faces/schemas` describes it; a test holds
printed documents against it.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sheetsync.core.conflicts import decision_words
from sheetsync.core.decisions_tab import decision_rows
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.following import RECORDS, RECORDS_TITLE
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.lookup import a1
from sheetsync.core.mapping.doubts import Doubt, accepting
from sheetsync.core.match import Matched
from sheetsync.core.model import Place
from sheetsync.core.truth import campaign_of
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.asking_columns import ColumnCounting, read_as_told
from sheetsync.engine.following import lines_in_words
from sheetsync.engine.guarding import held_since
from sheetsync.engine.world import Run, Trouble, Written
from sheetsync.errors import PlanMoved
from sheetsync.ports import HeldSince

VERSION = 1

Document = Mapping[str, Any]
Link = Callable[[Place], str]

#: what YAML takes for a text as it stands
_PLAIN = re.compile(r"[^\W\d_][\w ./()&€$-]*[\w).]|[^\W\d_]")

#: flags nobody can settle by looking up the owner's value
_ASKED = (FlagKind.CONFLICT, FlagKind.AMBIGUOUS, FlagKind.NEAR_MISS_ID)


def run_document(run: Run, link: Link) -> Document:
    """One run as plain data."""
    flags = [flag for flag in run.decided.flags if run.is_fresh(flag.place)]
    generated = [made for made in run.decided.generated if run.is_fresh(made.place)]
    withheld = [held for held in run.decided.withheld if run.is_fresh(held.place)]
    return {
        "version": VERSION,
        "run": _run(run),
        "held": [
            held_document(one, run.readings.rules.sources, link) for one in held_since(run.readings, run.snapshots)
        ],
        "doubts": [doubt_document(doubt, run.readings.rules.sources) for doubt in run.snapshots.doubts],
        "told_columns": [
            told_column_document(it, run.readings.rules.sources)
            for it in read_as_told(run.readings.rules, run.readings.memory, run.snapshots.fresh)
        ],
        "decisions": decision_documents(run),
        "flags": [flag_document(flag, run.matched, link) for flag in flags],
        "asked": [_asked(flag, run.matched, link) for flag in flags if flag.kind in _ASKED or _may_be_meant(flag)],
        "generated": [_made(made, run.matched, link) | {"value": made.value} for made in generated],
        "withheld": [_made(held, run.matched, link) | _reason(held) for held in withheld],
        "ignored": [
            {"source": item.source, "tab": item.tab, "what": item.what, "where": item.where, "reason": item.reason}
            for snapshot in run.snapshots.fresh.values()
            for item in snapshot.ignored
        ],
        "written": written_documents(run),
        "requests": {"reads": run.requests.reads, "writes": run.requests.writes, "drive": run.requests.drive},
    }


def decision_documents(run: Run) -> list[Document]:
    """What became of every decision that was heard: taken, refused, or waiting for something."""
    books, disputes = run.readings.workbooks, {it.id: it for it in run.decided.disputes}
    known = {it.id: it.dispute for it in run.readings.memory.deciding.conflicts}
    found: list[Document] = []
    for one in run.decided.judged:
        typed, ruling = one.typed, one.ruling
        about = known.get(typed.matter) or disputes.get(typed.matter)
        found.append(
            {
                "id": typed.matter,
                "record": record_name(about.record, run.matched) if about is not None else None,
                "fields": list(about.fields) if about is not None else [],
                "decision": typed.decision,
                "by": typed.by or None,
                "attested": typed.attested,
                "where": books[typed.where].title if typed.where in books else "command line",
                "outcome": "taken" if ruling is not None else "waits" if one.waits else "refused",
                "told": decision_words(ruling) if ruling is not None else one.said,
            }
        )
    return found


def flag_document(flag: Flag, matched: Matched, link: Link) -> dict[str, Any]:
    """One flag as plain data."""
    return {
        "id": flag.id,
        **_where(flag.place),
        "record": record_name(flag.record, matched),
        "field": flag.field,
        "kind": str(flag.kind),
        "found": flag.found,
        "expected": flag.expected,
        "owner": flag.owner,
        "severity": str(flag.severity),
        "message": flag.message,
        "contract": flag.contract or None,
        "candidates": list(flag.candidates),
        "link": link(flag.place) or None,
    }


def held_document(one: HeldSince, sources: Mapping[str, Source], link: Link) -> dict[str, Any]:
    """One guard that holds, as plain data."""
    held, source = one.held, sources.get(one.held.source)
    where = source.location if source is not None else None
    opens = link(Place(held.source, where.spreadsheet, "", where.tab_id)) if isinstance(where, SheetTab) else ""
    return {
        "source": held.source,
        "title": source.title if source is not None else held.source,
        "guard": str(held.guard),
        "stops": "reading" if held.guard.stops_reading else "writing",
        "what": held.what,
        "remedy": held.remedy,
        "accept": held.accepts or None,
        "command": held.command or None,
        "since": one.since.isoformat(timespec="seconds"),
        "link": opens or None,
    }


def doubt_document(doubt: Doubt, sources: Mapping[str, Source]) -> dict[str, Any]:
    """One column of which a person must say what became of it, as plain data."""
    source = sources.get(doubt.source)
    return {
        "column": doubt.name,
        "source": doubt.source,
        "title": source.title if source is not None else doubt.source,
        "field": doubt.field,
        "header": doubt.header,
        "is_key": doubt.is_key,
        "what": doubt.what,
        "remedy": doubt.remedy,
        "candidates": [{"header": text, "command": accepting(doubt.name, text)} for text in doubt.candidates],
        "evidence": list(doubt.evidence),
    }


def told_column_document(it: ColumnCounting, sources: Mapping[str, Source]) -> dict[str, Any]:
    """One column that is read from where a person said it stands, and what to write into the configuration in time."""
    source = sources.get(it.source)
    return {
        "column": it.name,
        "source": it.source,
        "title": source.title if source is not None else it.source,
        "field": it.field,
        "header": it.said.accepted,
        "by": it.by,
        "at": it.at.isoformat(timespec="seconds"),
        "setting": f"sources.{it.source}.columns.{it.field}",
        "line": config_line(it.field, it.said.accepted),
    }


def config_line(field: str, header: str) -> str:
    """What to write below `columns` in the configuration."""
    return f"{field}: {header if _PLAIN.fullmatch(header) else json.dumps(header, ensure_ascii=False)}"


def record_name(record: str, matched: Matched) -> str:
    """A record as people know it: a campaign whose id is only proposed goes by its partner and name."""
    campaign = campaign_of(record)
    return matched.names.get(campaign, campaign) + record[len(campaign) :]


def _run(run: Run) -> Document:
    troubles = {trouble.source: trouble for trouble in run.troubles}
    held = {held.source for held in run.snapshots.held}
    return {
        "id": run.id,
        "started": run.started.isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 3),
        "dry_run": run.readings.request.dry_run,
        "exit_code": run.exit_code,
        "sources": [
            {
                "source": name,
                "title": source.title,
                "state": "held" if name in held else "trouble" if name in troubles else "read",
                "rows": len(run.snapshots.fresh[name].records) if name in run.snapshots.fresh else None,
                "trouble": str(troubles[name].error) if name in troubles else None,
                "unfit": run.unfit.get(name),
            }
            for name, source in run.readings.rules.sources.items()
        ]
        + _decisions(run, troubles.get(DECISIONS)),
    }


def _decisions(run: Run, trouble: Trouble | None) -> list[Document]:
    """Where people decide, told among the sources where something is wrong there."""
    places, unfit = run.readings.rules.decisions, run.unfit.get(DECISIONS)
    if places is None or not (trouble or unfit):
        return []
    book = run.readings.workbooks.get(places.spreadsheet)
    return [
        {
            "source": DECISIONS,
            "title": f"decisions in {book.title}" if book is not None else "decisions",
            "state": "trouble" if trouble is not None else "read",
            "rows": len(decision_rows(book)) if book is not None else None,
            "trouble": str(trouble.error) if trouble is not None else None,
            "unfit": unfit,
        }
    ]


def _where(place: Place) -> dict[str, Any]:
    return {
        "source": place.source,
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "cell": cell_name(place),
        "row": None if place.row is None else place.row + 1,
    }


def cell_name(place: Place) -> str:
    """A1 notation, or for a table (which has no letters) what the place is called there."""
    return a1(place.row, place.column) if place.tab_id is not None else place.column_name


def _may_be_meant(flag: Flag) -> bool:
    """Whether a row of no known campaign resembles one."""
    return flag.kind is FlagKind.ORPHAN_ROW and bool(flag.candidates)


def _asked(flag: Flag, matched: Matched, link: Link) -> Document:
    return {
        "flag": flag.id,
        **_where(flag.place),
        "record": record_name(flag.record, matched),
        "field": flag.field,
        "question": flag.message,
        "candidates": list(flag.candidates),
        "link": link(flag.place) or None,
    }


def _made(made: Generated | Withheld, matched: Matched, link: Link) -> dict[str, Any]:
    where = _where(made.place)
    return {
        "source": where["source"],
        "tab": where["tab"],
        "row": where["row"],
        "record": record_name(made.record, matched),
        "field": made.field,
        "link": link(made.place) or None,
    }


def _reason(held: Withheld) -> dict[str, Any]:
    return {"reason": held.reason + (f" ({held.detail})" if held.detail else "")}


def written_documents(run: Run) -> list[Document]:
    """What became of each workbook that was to be written."""
    books = [_written(write, run) for write in run.written if write.plan.batch or write.wrong or write.trouble]
    return [*books, *([_followed(run)] if run.followed.lines else [])]


def _followed(run: Run) -> Document:
    """The lines of tables, all of them one: they are written together or not at all."""
    return {
        "spreadsheet": RECORDS,
        "title": RECORDS_TITLE,
        "generation": 0,
        "changes": lines_in_words(run.followed),
        "overtyped": 0,
        "state": run.followed.state,
        "wrong": list(run.followed.wrong),
    }


def _written(write: Written, run: Run) -> Document:
    batch = write.plan.batch
    dry = run.readings.request.dry_run
    return {
        "spreadsheet": write.plan.desired.spreadsheet,
        "title": write.plan.desired.title,
        "generation": (batch or run.readings.workbooks[write.plan.desired.spreadsheet]).generation,
        "changes": [text for one in write.rounds for text in one.plan.doing],
        "overtyped": sum(one.typed.cells for one in write.rounds),
        "state": _state(write, dry),
        "wrong": list(write.wrong or ()),
    }


def _state(write: Written, dry: bool) -> str:
    if isinstance(write.trouble, PlanMoved):
        return "refused"
    if dry:
        return "planned"
    if write.trouble:
        return "failed"
    return "verified" if write.verified else "unverified"
