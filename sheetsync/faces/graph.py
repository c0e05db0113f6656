"""The map of the work: sources, who owns what, the handoffs and their contracts; as text, as Mermaid, as data."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync.config import Config
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.publishing import column_of
from sheetsync.core.topology import cycles, ownerless, unread
from sheetsync.faces.flags import count
from sheetsync.faces.tables import Column, Screen, heading, paragraph, table
from sheetsync.faces.terms import terms_words

Document = Mapping[str, Any]

VERSION = 1


def graph_document(config: Config) -> Document:
    """The configured graph, and what is odd about its shape."""
    rules = config.rules
    return {
        "version": VERSION,
        "fingerprint": rules.fingerprint,
        "sources": [_source(config, source) for source in rules.sources.values()],
        "handoffs": [
            {
                "id": handoff.id,
                "from": handoff.giver,
                "to": handoff.receiver,
                "contracts": {name: terms_words(terms) for name, terms in handoff.contracts.items()},
            }
            for handoff in rules.handoffs
        ],
        "generated": {name: str(template) for name, template in rules.templates.items()},
        "cycles": [list(circle) for circle in cycles((it.giver, it.receiver) for it in rules.handoffs)],
        "ownerless": {field: list(names) for field, names in ownerless(rules).items()},
        "unread": list(unread(rules)),
    }


def _source(config: Config, source: Source) -> Document:
    in_sheet = isinstance(source.location, SheetTab)
    return {
        "source": source.name,
        "title": source.title,
        "team": source.team,
        "mode": str(source.mode) if in_sheet else "record",
        "rows_are": str(source.rows_are),
        "owns": [field for field, owner in config.rules.owners.items() if owner == source.name],
        "generated": list(source.generated),
        "publishes": {name: config.rules.owners[name] for name in source.publish},
        "writes": source.writes,
    }


# ---------------------------------------------------------------- for people


def _mode(source: Document) -> str:
    return f"{source['mode']}, follows" if source["writes"] else str(source["mode"])


def _filled(source: Document) -> str:
    """What we make there, and whose words we show."""
    shown = (column_of(name, owner) for name, owner in source["publishes"].items())
    return ", ".join((*source["generated"], *shown))


def graph_text(screen: Screen, graph: Document) -> Iterator[str]:
    """Sources, then handoffs, then what is odd; the last line counts."""
    yield from heading(screen, "Sources")
    columns = (
        Column("Source", whole=True),
        Column("Team"),
        Column("Mode", whole=True),
        Column("Owns"),
        Column("Filled by us"),
    )
    yield from table(
        screen,
        columns,
        ([it["source"], it["team"], _mode(it), ", ".join(it["owns"]), _filled(it)] for it in graph["sources"]),
    )
    yield ""
    yield from heading(screen, "Handoffs")
    yield from table(
        screen,
        (Column("From -> to", whole=True), Column("Contract"), Column("Fields")),
        (
            [f"{handoff['from']} -> {handoff['to']}", contract, ", ".join(fields)]
            for handoff in graph["handoffs"]
            for contract, fields in _by_contract(handoff).items()
        ),
    )
    yield ""
    for mark in _marks(graph):
        yield from paragraph(screen, mark, style="yellow")
    yield f"{count(len(graph['sources']), 'source')}, {count(len(graph['handoffs']), 'handoff')}"


def _by_contract(handoff: Document) -> Mapping[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for field, contract in handoff["contracts"].items():
        fields.setdefault(contract, []).append(field)
    return fields


def _marks(graph: Document) -> Iterator[str]:
    for circle in graph["cycles"]:
        yield f"cycle: {' -> '.join([*circle, circle[0]])}"
    for field, sources in graph["ownerless"].items():
        yield f"nobody owns {field}: {', '.join(sources)}"
    for source in graph["unread"]:
        yield f"nobody reads {source}: no handoff goes out from it"


def graph_mermaid(graph: Document) -> Iterator[str]:
    """The same as a Mermaid flowchart: what is odd in colour, one edge per handoff with its contracts."""
    numbers = {source["source"]: f"s{number}" for number, source in enumerate(graph["sources"])}
    round_about = {(a, b) for circle in graph["cycles"] for a, b in zip(circle, [*circle[1:], circle[0]], strict=True)}
    yield "flowchart LR"
    for source in graph["sources"]:
        owns = f"owns {', '.join(source['owns'])}" if source["owns"] else "owns nothing"
        yield f'  {numbers[source["source"]]}["{_label(source["title"], source["team"], owns)}"]'
    if graph["ownerless"]:
        yield f'  nobody["{_label("nobody owns", *graph["ownerless"])}"]:::odd'
    for number, handoff in enumerate(graph["handoffs"]):
        told = [f"{contract}: {', '.join(fields)}" for contract, fields in _by_contract(handoff).items()]
        yield f'  {numbers[handoff["from"]]} -->|"{_label(*told)}"| {numbers[handoff["to"]]}'
        if (handoff["from"], handoff["to"]) in round_about:
            yield f"  linkStyle {number} stroke:#c00"
    for source in graph["unread"]:
        yield f"  class {numbers[source]} odd"
    yield "  classDef odd stroke:#c00,stroke-dasharray:4"


def _label(*lines: str) -> str:
    """A text between quotes: what Mermaid or a browser would act on becomes an entity code."""
    return "<br/>".join("".join(_harmless(char) for char in " ".join(line.split())) for line in lines)


def _harmless(char: str) -> str:
    return char if char.isalnum() or char in " .,:;!?()_/+-" else f"#{ord(char)};"
