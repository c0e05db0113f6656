"""A run as text for people: per campaign what differs, what was made, what was held back; the last line counts.

Works on the published document, so that text and JSON can never tell different stories.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import click

Document = Mapping[str, Any]

_NO_CAMPAIGN = "Rows of no known campaign"
_SYMBOLS = {"conflict": "!", "ambiguous": "?", "near_miss_id": "?", "missing_row": "-", "difference": "~"}
_COLOURS = {"high": "red", "medium": "yellow", "low": "cyan"}


def run_text(run: Document, headings: Mapping[str, str]) -> Iterator[str]:
    """The lines of a whole run; `headings` are the campaigns' names by how records name the campaign."""
    yield from news_text(run, headings)
    yield from _ignored(run)
    yield from writes_text(run)
    yield count_line(run)


def apply_text(run: Document) -> Iterator[str]:
    """What became of a saved plan, workbook by workbook."""
    yield from _troubles(run)
    yield from writes_text(run)
    yield count_line(run)


def news_text(run: Document, headings: Mapping[str, str]) -> Iterator[str]:
    """What stops a source, and per campaign what is said."""
    yield from _troubles(run)
    for campaign, items in _by_campaign(run, headings):
        yield click.style(" · ".join(part for part in (campaign, headings.get(campaign)) if part), bold=True)
        for item in items:
            yield from _item(item)
        yield ""


def count_line(run: Document) -> str:
    """The last line."""
    flags, high = run["flags"], sum(1 for flag in run["flags"] if flag["severity"] == "high")
    written = [write for write in run["written"] if write["state"] in ("verified", "unverified")]
    planned = [write for write in run["written"] if write["state"] == "planned"]
    done = f"{len(planned)} to write" if run["run"]["dry_run"] else f"{len(written)} written"
    workbooks = "workbook" if len(planned or written) == 1 else "workbooks"
    requests = run["requests"]
    silent = sum(1 for source in run["run"]["sources"] if source["rows"] is None)
    not_read = f"{_count(silent, 'source')} not read; " if silent else ""
    return (
        f"{_held_count(run)}{not_read}"
        f"{_count(len(flags), 'flag')} ({high} high), {len(run['asked'])} asked, {len(run['generated'])} generated, "
        f"{len(run['withheld'])} withheld, {done.replace(' ', f' {workbooks} ', 1)}; "
        f"{_count(requests['reads'], 'read')}, {_count(requests['writes'], 'write')}; {run['run']['seconds']:.1f} s"
    )


def flag_text(flag: Document) -> Iterator[str]:
    """One flag in three lines: what, why, where."""
    symbol = _SYMBOLS.get(flag["kind"], "*")
    change = _shortened(flag["found"]) or "(blank)"
    if flag["expected"]:
        change += f" -> {_shortened(flag['expected'])}"
    head = f"  {symbol} {flag['record']} / {flag['field']}: {change}"
    yield click.style(head, fg=_COLOURS.get(flag["severity"])) + f"  [{flag['severity']} {flag['kind']} {flag['id']}]"
    yield f"      {flag['message']}"
    yield f"      {flag['link'] or flag['tab'] + ' / ' + flag['cell']}"


def held_text(held: Document) -> Iterator[str]:
    """A guard that holds, in two lines: which source and what it saw; what to do, and since when it waits for that."""
    stops = "taken as last read" if held["stops"] == "reading" else "nothing is written"
    yield click.style(f"! {held['source']} held, {stops} [{held['guard']}]: ", fg="red") + f"{held['what']}"
    yield f"      {held['remedy']}"
    yield click.style(f"      held since {held['since']}", dim=True)


def trouble_text(source: Document) -> str:
    """A source that was not reached, or not written, in one line."""
    return click.style(f"! {source['source']}: ", fg="red") + f"{source['trouble']}"


def _troubles(run: Document) -> Iterator[str]:
    told = [source for source in run["run"]["sources"] if source["state"] == "trouble"]
    yield from (trouble_text(source) for source in told)
    yield from _unfit({source["source"]: source["unfit"] for source in run["run"]["sources"] if source["unfit"]})
    yield from _held(run["held"])
    if told or run["held"] or any(source["unfit"] for source in run["run"]["sources"]):
        yield ""


def _unfit(reasons: Mapping[str, str]) -> Iterator[str]:
    for source, reason in reasons.items():
        yield click.style(f"- {source}: ", fg="yellow") + f"only the tab `sheetsync`, no columns: {reason}"


def _held(holds: Sequence[Document]) -> Iterator[str]:
    """Every guard that holds; a source with several needs a yes to each in one run."""
    for held in holds:
        yield from held_text(held)
    by_source: dict[str, list[str]] = {}
    for held in holds:
        by_source.setdefault(held["source"], []).append(held["accept"])
    for source, accepts in by_source.items():
        if len(accepts) > 1 and all(accepts):
            options = " ".join(f"--accept {accept}" for accept in accepts)
            yield f"  all of {source} at once: sheetsync reconcile {options}"


def _by_campaign(run: Document, headings: Mapping[str, str]) -> list[tuple[str, list[Document]]]:
    groups: dict[str, list[Document]] = {}
    for item in chain(run["flags"], run["generated"], run["withheld"]):
        groups.setdefault(_campaign(item["record"], headings), []).append(item)
    return sorted(groups.items(), key=lambda group: (group[0] == _NO_CAMPAIGN, group[0]))


def _campaign(record: str, headings: Mapping[str, str]) -> str:
    """The campaign a record belongs to: a record's name begins with its campaign's."""
    parts = record.split(" / ")
    beginnings = (" / ".join(parts[:length]) for length in range(1, len(parts) + 1))
    return next((beginning for beginning in beginnings if beginning in headings), _NO_CAMPAIGN)


def _item(item: Document) -> Iterator[str]:
    if "kind" in item:
        yield from flag_text(item)
    elif "value" in item:
        yield click.style(f"  + {item['record']} / {item['field']}:", fg="green") + f" {item['value']}"
        yield f"      {item['link']}"
    else:
        yield click.style(f"  . {item['record']} / {item['field']} withheld:", dim=True) + f" {item['reason']}"
        yield f"      {item['link']}"


def _ignored(run: Document) -> Iterator[str]:
    by_source: dict[str, list[str]] = {}
    for item in run["ignored"]:
        what = f"row {item['where']}" if item["what"] == "row" else f"column {item['where']!r}"
        by_source.setdefault(item["source"], []).append(f"{what} ({item['reason']})")
    for source, items in by_source.items():
        yield click.style(f"left alone in {source}: {'; '.join(items)}", dim=True)
    if by_source:
        yield ""


def writes_text(run: Document) -> Iterator[str]:
    """What is written into each workbook."""
    for write in run["written"]:
        yield f"{write['title']}: {'; '.join(write['changes'])}  [{write['state']}]"
        yield from (f"      {wrong}" for wrong in write["wrong"])
    if run["written"]:
        yield ""


def _held_count(document: Document) -> str:
    sources = {held["source"] for held in document["held"]}
    return f"{_count(len(sources), 'source')} held; " if sources else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shortened(text: str, length: int = 90) -> str:
    text = " ".join(str(text).split())
    return text if len(text) <= length else text[: length - 1] + "…"
