"""The map of the work: sources, who owns what, the handoffs and their contracts; as text, as Mermaid, as data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sheetsync.config import Config
from sheetsync.core.graph import Approval, SheetTab, Source
from sheetsync.core.publishing import column_of
from sheetsync.core.topology import cycles, ownerless, unread
from sheetsync.faces.contracts import READY
from sheetsync.faces.exceptions import exception_text, exceptions_document
from sheetsync.faces.flags import count
from sheetsync.faces.tables import Column, Screen, heading, paragraph, table
from sheetsync.faces.terms import contract_words, readiness_words

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
                "contracts": {name: contract_words(handoff, name) for name in handoff.contracts},
                "ready_when": readiness_words(handoff.ready_when) if handoff.ready_when is not None else None,
            }
            for handoff in rules.handoffs
        ],
        "groups": {name: list(fields) for name, fields in rules.groups.items()},
        "approvals": [_approval(config, approval) for approval in rules.approvals],
        "exceptions": exceptions_document(config),
        "generated": {name: str(template) for name, template in rules.templates.items()},
        "cycles": [list(circle) for circle in cycles((it.giver, it.receiver) for it in rules.handoffs)],
        "ownerless": {field: list(names) for field, names in ownerless(rules).items()},
        "unread": list(unread(rules)),
    }


def _approval(config: Config, approval: Approval) -> Document:
    return {
        "approval": approval.name,
        "source": approval.source,
        "state": approval.state,
        "granted": list(approval.granted),
        "covers": list(approval.covers),
        "claims": dict(approval.claims),
        "asked_by": [
            handoff.id
            for handoff in config.rules.handoffs
            if handoff.ready_when is not None and approval.name in handoff.ready_when.approved
        ],
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
        "groups": [
            name
            for name, fields in config.rules.groups.items()
            if fields and config.rules.owners.get(fields[0]) == source.name
        ],
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
            for contract, fields in demands(handoff).items()
        ),
    )
    yield ""
    for title, lines in (("Groups", group_lines(graph)), ("Approvals", approval_lines(graph))):
        if told := list(lines):
            yield from heading(screen, title)
            for line in told:
                yield from paragraph(screen, line, indent=2, hanging=2)
            yield ""
    if graph["exceptions"]:
        yield from heading(screen, "Exceptions")
        for one in graph["exceptions"]:
            style = "yellow" if is_odd(one) else ""
            yield from paragraph(screen, exception_line(one), indent=2, hanging=2, style=style)
        yield ""
    for mark in marks(graph):
        yield from paragraph(screen, mark, style="yellow")
    yield f"{count(len(graph['sources']), 'source')}, {count(len(graph['handoffs']), 'handoff')}"


def demands(handoff: Document) -> Mapping[str, list[str]]:
    """What a handoff demands -> of which fields, readiness last."""
    fields: dict[str, list[str]] = {}
    for field, contract in handoff["contracts"].items():
        fields.setdefault(contract, []).append(field)
    return fields | ({READY.replace("_", " "): [handoff["ready_when"]]} if handoff["ready_when"] else {})


def group_lines(graph: Document) -> Iterator[str]:
    """Fields that change together, a line for each group."""
    for name, fields in graph["groups"].items():
        yield f"{name}: {', '.join(fields)} change together"


def approval_lines(graph: Document) -> Iterator[str]:
    """Who approves what, who repeats it and who waits for it, a line for each approval."""
    for one in graph["approvals"]:
        claims = "".join(f"; {source} repeats it as {field}" for source, field in one["claims"].items())
        asked = f"; asked for by {', '.join(one['asked_by'])}" if one["asked_by"] else ""
        says = f"{one['source']} where {one['state']} is {' or '.join(one['granted'])}"
        yield f"{one['approval']}: {says} covers {', '.join(one['covers'])}{claims}{asked}"


def exception_line(one: Document) -> str:
    return f"{one['contract']}: {exception_text(one)}"


def is_odd(exception: Document) -> bool:
    """Whether somebody should look at an exception: it has ended, or is about records nobody knows."""
    return bool(exception["ended"] or exception["unknown"])


def marks(graph: Document) -> Iterator[str]:
    """What is odd about the graph's shape, a line for each."""
    for circle in graph["cycles"]:
        yield f"cycle: {' -> '.join([*circle, circle[0]])}"
    for field, sources in graph["ownerless"].items():
        yield f"nobody owns {field}: {', '.join(sources)}"
    for source in graph["unread"]:
        yield f"nobody reads {source}: no handoff goes out from it"
    for one in graph["exceptions"]:
        if one["ended"]:
            yield f"exception ended: {one['contract']} for {', '.join(one['records'])} on {one['until']}; take it out"


def round_about(graph: Document) -> frozenset[tuple[str, str]]:
    """The handoffs that are part of a circle."""
    circles: Iterable[Sequence[str]] = graph["cycles"]
    return frozenset((a, b) for circle in circles for a, b in zip(circle, [*circle[1:], circle[0]], strict=True))


def graph_mermaid(graph: Document) -> Iterator[str]:
    """The same as a Mermaid flowchart: what is odd in colour, one edge per handoff with its contracts."""
    numbers = {source["source"]: f"s{number}" for number, source in enumerate(graph["sources"])}
    circles = round_about(graph)
    yield "flowchart LR"
    for source in graph["sources"]:
        owns = f"owns {', '.join(source['owns'])}" if source["owns"] else "owns nothing"
        groups = [f"together: {', '.join(graph['groups'][name])}" for name in source["groups"]]
        yield f'  {numbers[source["source"]]}["{_label(source["title"], source["team"], owns, *groups)}"]'
    if graph["ownerless"]:
        yield f'  nobody["{_label("nobody owns", *graph["ownerless"])}"]:::odd'
    for number, handoff in enumerate(graph["handoffs"]):
        told = [f"{contract}: {', '.join(fields)}" for contract, fields in demands(handoff).items()]
        yield f'  {numbers[handoff["from"]]} -->|"{_label(*told)}"| {numbers[handoff["to"]]}'
        if (handoff["from"], handoff["to"]) in circles:
            yield f"  linkStyle {number} stroke:#c00"
    for number, one in enumerate(graph["approvals"]):
        label = _label(f"approval {one['approval']}", f"covers {', '.join(one['covers'])}")
        yield f'  a{number}(["{label}"]) -.- {numbers[one["source"]]}'
    for number, one in enumerate(graph["exceptions"]):
        receiver = one["contract"].partition("->")[2].split(".")[0]
        label = _label("exception ended" if one["ended"] else "exception", exception_line(one))
        to = f" -.- {numbers[receiver]}" if receiver in numbers else ""
        yield f'  x{number}>"{label}"]{":::odd" if is_odd(one) else ""}{to}'
    for source in graph["unread"]:
        yield f"  class {numbers[source]} odd"
    yield "  classDef odd stroke:#c00,stroke-dasharray:4"


def _label(*lines: str) -> str:
    """A text between quotes: what Mermaid or a browser would act on becomes an entity code."""
    return "<br/>".join("".join(_harmless(char) for char in " ".join(line.split())) for line in lines)


def _harmless(char: str) -> str:
    return char if char.isalnum() or char in " .,:;!?()_/+-" else f"#{ord(char)};"
