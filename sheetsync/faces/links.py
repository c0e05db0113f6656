"""Published links and how they fare: as documents and as text."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.analytics import group_of_link
from sheetsync.core.link_health import Answered, Flight, Verdict
from sheetsync.core.record_fields import RecordField
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import presentable
from sheetsync.core.versions import Version
from sheetsync.engine.checking_links import Link, Seen, Use, about, check, links_of, seen
from sheetsync.errors import ConfigError
from sheetsync.faces.flags import count
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import find_record, title_of
from sheetsync.faces.tables import Cell, Column, Screen, paragraph, table
from sheetsync.faces.versions import by_value, versions_document, versions_text
from sheetsync.ports import Memory

Document = Mapping[str, Any]

VERSION = 1

_COLOURS = {Severity.HIGH: "red", Severity.MEDIUM: "yellow", Severity.LOW: "cyan"}
_COLUMNS = (Column("Row"), Column("Link"), Column("Since", whole=True), Column("Live", whole=True), Column("Last look"))


def list_document(config: Config, campaign: str) -> Document:
    """Every link that is out, and what the last look at it found; nobody is asked. Raises as `check_document`."""
    now = wiring.now()
    past = wiring.past(config)
    memory, versions = past.memory(), by_value(past.versions())
    links = _chosen(links_of(config.rules, memory, now), memory, campaign)
    found = seen(links, wiring.link_memory(config).looks(), config.rules, now)
    told = [
        {
            **_link(config, it),
            "group": group_of_link(it.link.url, config.rules),
            "rows": [_with_versions(_row(config, use), use, memory, versions) for use in it.link.uses],
        }
        for it in found
    ]
    return {"version": VERSION, "as_of": iso(now), "links": told, **_counts(found)}


def check_document(config: Config, campaign: str, fresh: bool, tell: Callable[[str], None]) -> Document:
    """Every link that is out, asked unless it was lately, worst first.

    Raises ConfigError where checking is off, UsageError for a campaign nobody has seen, SheetsyncError where there was
    no run yet.
    """
    if config.links is None:
        raise ConfigError(
            f"nobody is asked while {config.place('links', 'check')} is off.",
            f"Write `links: {{check: on}}` into {config.folder / 'sheetsync.yaml'}.",
        )
    now = wiring.now()
    memory = wiring.past(config).memory()
    links = _chosen(links_of(config.rules, memory, now), memory, campaign)
    found = check(wiring.link_rounds(config, config.links), links, config.rules, config.links, fresh=fresh, tell=tell)
    asked = sum(it.asked for it in found)
    return {
        "version": VERSION,
        "as_of": iso(now),
        "links": [_link(config, it) for it in found],
        **_counts(found),
        "asked": asked,
    }


def is_any_high(document: Document) -> bool:
    """Whether a link is in trouble that cannot wait."""
    return any(it["severity"] == Severity.HIGH for it in document["links"])


def _chosen(links: Sequence[Link], memory: Memory, campaign: str) -> Sequence[Link]:
    if not campaign:
        return links
    recorded = {record for _, record, _ in memory.observations} | {record for _, record, _ in memory.published}
    return about(links, find_record(campaign, memory.proposed_ids, recorded))


def _link(config: Config, it: Seen) -> Document:
    health, look = it.health, it.look
    return {
        "url": presentable(it.link.url),
        "verdict": health and str(health.verdict),
        "severity": health and health.severity and str(health.severity),
        "why": health and health.why,
        "looked": look and iso(look.at),
        "asked": it.asked,
        "status": look.looked.status if look and isinstance(look.looked, Answered) else None,
        "final": presentable(look.looked.final) if look and isinstance(look.looked, Answered) else None,
        "rows": [_row(config, use) for use in it.link.uses],
    }


def _with_versions(
    row: Document, use: Use, memory: Memory, versions: Mapping[RecordField, Sequence[Version]]
) -> Document:
    about = (use.source, use.record, use.field)
    return {**row, "versions": versions_document(versions.get(about, ()), memory.published.get(about))}


def _row(config: Config, use: Use) -> Document:
    return {
        "source": use.source,
        "title": title_of(use.source, config.rules),
        "record": use.record,
        "field": use.field,
        "by": str(use.standing),
        "since": iso(use.since),
        "live": use.live,
        **_days(use.flight),
    }


def _days(flight: Flight) -> Document:
    return {
        "flight_start": flight.start and flight.start.isoformat(),
        "flight_end": flight.end and flight.end.isoformat(),
    }


def _counts(found: Sequence[Seen]) -> Document:
    told = Counter(it.health.verdict for it in found if it.health)
    unseen = sum(it.health is None for it in found)
    return {"verdicts": {str(one): told[one] for one in Verdict if told[one]}, "never_looked_at": unseen}


# ---------------------------------------------------------------- for people


def check_text(screen: Screen, document: Document) -> Iterator[str]:
    """One line for each link that is not ok, worst first; the last line counts."""
    for it in document["links"]:
        if it["severity"] is not None:
            head = Cell(f"{it['severity']} {it['verdict']}", style=_COLOURS[Severity(it["severity"])])
            yield from paragraph(screen, head, _rows_told(it), it["why"], Cell(it["url"]), hanging=2)
    remembered = len(document["links"]) - document["asked"]
    yield f"{_counted(document)}; {document['asked']} asked, {remembered} remembered"


def list_text(screen: Screen, document: Document) -> Iterator[str]:
    """Row by row what is out, then the versions of those that have several; the last line counts."""
    yield from table(screen, _COLUMNS, (_line(it, row) for it in document["links"] for row in it["rows"]))
    for row in (row for it in document["links"] for row in it["rows"]):
        yield from versions_text(screen, row)
    yield _counted(document)


def _line(it: Document, row: Document) -> list[str | Cell]:
    by = "" if row["by"] == "published" else " (typed)"
    last = f"{it['verdict']}, {to_the_minute(it['looked'])}" if it["looked"] else "never"
    style = _COLOURS[Severity(it["severity"])] if it["severity"] else ""
    return [
        f"{row['record']} / {row['field']}{by}\n{row['title']}",
        f"{it['url']}\nGA4: {it['group']}" if it["group"] else it["url"],
        row["since"][:10],
        "live" if row["live"] else "",
        Cell(last, style=style),
    ]


def _rows_told(it: Document) -> str:
    first, *more = it["rows"]
    days = " to ".join(day for day in (first["flight_start"], first["flight_end"]) if day)
    others = f" and {count(len(more), 'row')} more" if more else ""
    return f"{first['record']}{f' ({days})' if days else ''}{others}"


def _counted(document: Document) -> str:
    told = [f"{number} {verdict}" for verdict, number in document["verdicts"].items()]
    if document["never_looked_at"]:
        told.append(f"{document['never_looked_at']} never looked at")
    return f"{count(len(document['links']), 'link')}{': ' if told else ''}{', '.join(told)}"
