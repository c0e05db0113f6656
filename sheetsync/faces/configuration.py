"""What a valid configuration says, in short: needs nothing but the configuration itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync.config import Config
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.visibility import Disagreement, disagreements

Document = Mapping[str, Any]

VERSION = 1


def configuration_document(config: Config) -> Document:
    """What a valid configuration says, in short."""
    rules = config.rules
    return {
        "version": VERSION,
        "folder": str(config.folder),
        "fingerprint": config.fingerprint,
        "sources": [_source(source) for source in rules.sources.values()],
        "handoffs": [{"id": h.id, "contracts": {k: str(v) for k, v in h.contracts.items()}} for h in rules.handoffs],
        "owners": dict(rules.owners),
        "generated": dict(rules.templates),
        "narrowed": [_narrowed(found) for found in disagreements(rules)],
    }


def _source(source: Source) -> Document:
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
    }


def _narrowed(found: Disagreement) -> Document:
    settings = {source: str(seen) for source, seen in found.settings}
    return {"readers_of": list(settings), "of": found.other, "settings": settings, "counts": str(found.counts)}


def configuration_text(document: Document) -> Iterator[str]:
    """The same for people."""
    for source in document["sources"]:
        fields = len(source["fields"])
        yield f"  {source['source']:<12} {source['title']} ({source['team']}): {source['mode']}, {fields} fields"
    for handoff in document["handoffs"]:
        yield f"  {handoff['id']:<20} {', '.join(f'{k} {v}' for k, v in handoff['contracts'].items())}"
    for narrowed in document["narrowed"]:
        settings = ", ".join(f"{source} says {seen}" for source, seen in narrowed["settings"].items())
        yield f"  readers_see of {narrowed['of']}: {settings}; they share a workbook, so it is {narrowed['counts']}"
    sources, handoffs = len(document["sources"]), len(document["handoffs"])
    yield f"valid: {sources} source{'s' * (sources != 1)}, {handoffs} handoff{'s' * (handoffs != 1)}"
