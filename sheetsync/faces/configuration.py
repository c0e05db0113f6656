"""What a valid configuration says, in short: needs nothing but the configuration itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync.config import Config
from sheetsync.core.graph import SheetTab, Source

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
        "fields": list(source.columns),
    }


def configuration_text(document: Document) -> Iterator[str]:
    """The same for people."""
    for source in document["sources"]:
        fields = len(source["fields"])
        yield f"  {source['source']:<12} {source['title']} ({source['team']}): {source['mode']}, {fields} fields"
    for handoff in document["handoffs"]:
        yield f"  {handoff['id']:<20} {', '.join(f'{k} {v}' for k, v in handoff['contracts'].items())}"
    sources, handoffs = len(document["sources"]), len(document["handoffs"])
    yield f"valid: {sources} source{'s' * (sources != 1)}, {handoffs} handoff{'s' * (handoffs != 1)}"
