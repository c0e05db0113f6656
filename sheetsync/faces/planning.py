"""The plan as people read it: what would be news, and how much stands as it was."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.faces.render import count_line, news_text, writes_text
from sheetsync.faces.tables import Screen, paragraph
from sheetsync.faces.views import Reconciled

Document = Mapping[str, Any]


def plan_document(config: Config, done: Reconciled) -> Document:
    """A dry run's document, with what the last run left: which flags stand already, which would be closed.

    `old` of a generated value is what was published in its place before.
    """
    document = done.document
    past = wiring.past(config) if config.ledger.exists() else None
    standing = {flag.id: flag for flag in past.open_flags()} if past else {}
    published = past.memory().published if past else {}
    was = {(it.source, it.record, it.field): it.value for it in published.values()}
    # A campaign whose id is only proposed goes by its words in a document.
    stands = {(it.source, it.field, it.value) for it in published.values()}
    raised = {flag["id"] for flag in document["flags"]}
    read = {source["source"] for source in document["run"]["sources"] if source["state"] != "trouble"}
    return {
        **document,
        "generated": [
            {**it, "old": it["value"]}
            if (it["source"], it["field"], it["value"]) in stands
            else {**it, "old": was.get((it["source"], it["record"], it["field"]))}
            for it in document["generated"]
        ],
        "standing": sorted(raised & standing.keys()),
        "resolved": [
            {**flag.document, "since": flag.since.isoformat(timespec="seconds")}
            for flag in standing.values()
            if flag.id not in raised and flag.document.get("source") in read
        ],
    }


def plan_text(screen: Screen, plan: Document, done: Reconciled, everything: bool) -> Iterator[str]:
    """What would be news, campaign by campaign; what stands already is counted.

    With `everything` that is told as well, and the comparison as DeepDiff reports it.
    """
    standing = set() if everything else set(plan["standing"])
    news = {
        **plan,
        "flags": [flag for flag in plan["flags"] if flag["id"] not in standing],
        "generated": [made for made in plan["generated"] if everything or made["old"] != made["value"]],
        "withheld": plan["withheld"] if everything or not plan["standing"] else [],
    }
    yield from news_text(screen, news, done.headings)
    for flag in plan["resolved"]:
        yield f"  = {flag['record']} / {flag['field']}: settled  [{flag['kind']} {flag['id']}]"
    same = len(plan["generated"]) - len(news["generated"])
    if standing or same:
        yield f"As before: {len(standing)} flags and {same} generated values (all of it: --verbose)."
    if everything and done.report:
        yield "What each copy would have to become:"
        for line in done.report.splitlines():
            yield from paragraph(screen, line, indent=2, hanging=2)
        yield ""
    yield from writes_text(screen, plan)
    yield from paragraph(screen, count_line(plan))
