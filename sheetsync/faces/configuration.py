"""What a valid configuration says, in short, and how it fits the sheets: as of the last run, or as they stand now."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.visibility import Disagreement, disagreements
from sheetsync.engine.looking import look
from sheetsync.faces.terms import handed_over_text, rows_due_document, terms_document

Document = Mapping[str, Any]

VERSION = 1


def configuration_document(config: Config) -> Document:
    """What a valid configuration says, in short."""
    rules, unfit = config.rules, _last_unfit(config)
    return {
        "version": VERSION,
        "folder": str(config.folder),
        "fingerprint": config.fingerprint,
        "sources": [_source(source) | {"unfit": unfit.get(source.name, "")} for source in rules.sources.values()],
        "handoffs": [
            {"id": h.id, "contracts": {name: terms_document(terms) for name, terms in h.contracts.items()}}
            for h in rules.handoffs
        ],
        "rows_due": [rows_due_document(due) for due in rules.rows_due],
        "approvals": [asdict(approval) for approval in rules.approvals],
        "owners": dict(rules.owners),
        "generated": dict(rules.templates),
        "narrowed": [_narrowed(found) for found in disagreements(rules)],
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
    codes = {14 for one in looked.values() if one.rows is None}
    return {**document, "sources": sources, "exit_code": max(codes, default=0)}


def _last_unfit(config: Config) -> Mapping[str, str]:
    """Why columns were not written beside the rows of a source in the last run."""
    last = wiring.past(config).last_run() if config.ledger.exists() else None
    return {} if last is None else last.unfit


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
        if source.get("trouble"):
            yield f"      {source['trouble']}"
    yield from handed_over_text(document)
    for narrowed in document["narrowed"]:
        settings = ", ".join(f"{source} says {seen}" for source, seen in narrowed["settings"].items())
        yield f"  readers_see of {narrowed['of']}: {settings}; they share a workbook, so it is {narrowed['counts']}"
    sources, handoffs = len(document["sources"]), len(document["handoffs"])
    yield f"valid: {sources} source{'s' * (sources != 1)}, {handoffs} handoff{'s' * (handoffs != 1)}"
