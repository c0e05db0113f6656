"""What a valid configuration says, in short, and how it fits the sheets: as of the last run, or as they stand now."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.graph import Freeze, SheetTab, Source
from sheetsync.core.late import distance
from sheetsync.core.visibility import Disagreement, disagreements
from sheetsync.core.where_decided import DECISIONS, WhereDecided
from sheetsync.engine.asking_columns import ColumnsAsked
from sheetsync.engine.documents import told_column_document
from sheetsync.engine.looking import look
from sheetsync.faces.exceptions import exceptions_document
from sheetsync.faces.terms import contract_document, handed_over_text, readiness_document, rows_due_document

Document = Mapping[str, Any]

VERSION = 1


def configuration_document(config: Config) -> Document:
    """What a valid configuration says, in short."""
    rules, unfit, told = config.rules, _last_unfit(config), _told_columns(config)
    return {
        "version": VERSION,
        "folder": str(config.folder),
        "fingerprint": config.fingerprint,
        "sources": [
            _source(source)
            | {"unfit": unfit.get(source.name, "")}
            | {"told_columns": [it for it in told if it["source"] == source.name]}
            for source in rules.sources.values()
        ],
        "handoffs": [
            {
                "id": h.id,
                "contracts": {name: contract_document(h, name) for name in h.contracts},
                **readiness_document(h),
            }
            for h in rules.handoffs
        ],
        "rows_due": [rows_due_document(due) for due in rules.rows_due],
        "approvals": [asdict(approval) for approval in rules.approvals],
        "exceptions": exceptions_document(config),
        "owners": dict(rules.owners),
        "freeze": [freeze_document(rule) for rule in rules.freezes],
        "groups": {name: list(fields) for name, fields in rules.groups.items()},
        "generated": dict(rules.templates),
        "tagged_by": dict(rules.tagged_by),
        "ga4_dated": rules.ga4.dated.isoformat() if rules.ga4.rules else None,
        "decisions": _decisions(rules.decisions),
        "narrowed": [_narrowed(found) for found in disagreements(rules)],
    }


def _decisions(places: WhereDecided | None) -> Document | None:
    if places is None:
        return None
    return {"spreadsheet": places.spreadsheet, "teams": list(places.teams), "about": sorted(places.about)}


def freeze_document(rule: Freeze) -> dict[str, Any]:
    """One rule about what may not change by itself shortly before launch."""
    return {
        "within": distance(rule.within),
        "fields": list(rule.fields),
        "needs": list(rule.needs),
        "until": "end" if rule.until_end else "launch",
        "severity": str(rule.severity),
    }


def _source(source: Source) -> dict[str, Any]:
    location = source.location
    return {
        "source": source.name,
        "title": source.title,
        "team": source.team,
        "where": location.spreadsheet if isinstance(location, SheetTab) else location.name,
        "tab_id": location.tab_id if isinstance(location, SheetTab) else None,
        "mode": str(source.mode) if isinstance(location, SheetTab) else "record",
        "readers_see": str(source.readers_see),
        "readers_see_of": {other: str(seen) for other, seen in source.readers_see_of.items()},
        "fields": list(source.columns),
        "publishes": list(source.publish),
        "follows": source.version if source.writes else None,
    }


def sheets_document(config: Config, document: Document) -> Document:
    """The same with a look at every sheet; nothing is written anywhere."""
    looked = {one.source: one for one in look(wiring.world(config, dry_run=True), config.rules)}
    sources = [source | asdict(looked[source["source"]]) for source in document["sources"]]
    decisions = document["decisions"] and document["decisions"] | asdict(looked[DECISIONS])
    codes = {14 for one in looked.values() if one.rows is None}
    return {**document, "sources": sources, "decisions": decisions, "exit_code": max(codes, default=0)}


def _last_unfit(config: Config) -> Mapping[str, str]:
    """Why columns were not written beside the rows of a source in the last run."""
    last = wiring.past(config).last_run() if config.ledger.exists() else None
    return {} if last is None else last.unfit


def _told_columns(config: Config) -> list[dict[str, Any]]:
    """Columns that are read from where a person said they stand, with the place in the files to change in time."""
    if not config.ledger.exists():
        return []
    asked = ColumnsAsked.by(wiring.past(config), config.rules)
    return [
        told_column_document(it, config.rules.sources)
        | {"place": config.place("sources", it.source, "columns", it.field)}
        for it in asked.in_effect
    ]


def _narrowed(found: Disagreement) -> Document:
    settings = {source: str(seen) for source, seen in found.settings}
    return {"readers_of": list(settings), "of": found.other, "settings": settings, "counts": str(found.counts)}


def configuration_text(document: Document) -> Iterator[str]:
    """The same for people."""
    for source in document["sources"]:
        fields = len(source["fields"])
        yield f"  {source['source']:<12} {source['title']} ({source['team']}): {source['mode']}, {fields} fields"
        if source["publishes"]:
            yield f"      whoever opens it reads {', '.join(source['publishes'])} as their owners say"
        if source["follows"]:
            yield f"      writes: on, its lines follow their owners (version: {source['follows']})"
        if source.get("rows") is not None:
            yield f"      {source['rows']} rows" + (f", header at {source['header']}" if source["header"] else "")
        if source["unfit"]:
            yield f"      only the tab `sheetsync`, no columns: {source['unfit']}"
        for told in source["told_columns"]:
            yield f"      {told['field']} is read from the column {told['header']!r}, says {told['by']}"
            yield f"      in time, write it into {told['place']}: {told['line']}"
        if source.get("trouble"):
            yield f"      {source['trouble']}"
    yield from handed_over_text(document)
    for channel, tagger in document["tagged_by"].items():
        yield f"  links of {channel} are the bare page: tagged by {tagger}"
    for name, fields in document["groups"].items():
        yield f"  {', '.join(fields[:-1])} and {fields[-1]} change together ({name})"
    yield from _decisions_text(document["decisions"])
    for rule in document["freeze"]:
        yes = f" from {' or '.join(rule['needs'])}" if rule["needs"] else ""
        until = "" if rule["until"] == "end" else ", until launch"
        yield f"  within {rule['within']} of launch a change of {', '.join(rule['fields'])} needs a yes{yes}{until}"
    for narrowed in document["narrowed"]:
        settings = ", ".join(f"{source} says {seen}" for source, seen in narrowed["settings"].items())
        yield f"  readers_see of {narrowed['of']}: {settings}; they share a workbook, so it is {narrowed['counts']}"
    sources, handoffs = len(document["sources"]), len(document["handoffs"])
    yield f"valid: {sources} source{'s' * (sources != 1)}, {handoffs} handoff{'s' * (handoffs != 1)}"


def _decisions_text(decisions: Document | None) -> Iterator[str]:
    if decisions is None:
        return
    also = f", and with {', '.join(decisions['teams'])}" if decisions["teams"] else ""
    yield f"  people decide about {', '.join(decisions['about'])} in the ops workbook {decisions['spreadsheet']}{also}"
    for name in ("unfit", "trouble"):
        if decisions.get(name):
            yield f"      {decisions[name]}"
