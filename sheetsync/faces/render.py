"""A run as text for people: per campaign what differs, what was made, what was held back; the last line counts.

Works on the published document, so that text and JSON can never tell different stories. On a terminal what belongs to
one campaign stands under its name and folds; in a pipe each item is one line that says everything.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from sheetsync.core.following import RECORDS
from sheetsync.faces.columns import doubts_text, told_text
from sheetsync.faces.decided import decisions_text
from sheetsync.faces.flags import count, spot, unfit_text
from sheetsync.faces.tables import Cell, Screen, heading, paragraph, shortened, visible

Document = Mapping[str, Any]

_NO_CAMPAIGN = "Rows of no known campaign"
_SYMBOLS = {"conflict": "!", "ambiguous": "?", "near_miss_id": "?", "missing_row": "-", "difference": "~"}
_COLOURS = {"high": "red", "medium": "yellow", "low": "cyan"}
#: so many sources that one guard holds are told one by one
_FEW = 3
_FORMULA = "put the lookup formula into "


def run_text(screen: Screen, run: Document, headings: Mapping[str, str]) -> Iterator[str]:
    """The lines of a whole run; `headings` are the campaigns' names by how records name the campaign."""
    yield from news_text(screen, run, headings)
    yield from _ignored(screen, run)
    yield from writes_text(screen, run)
    yield from paragraph(screen, count_line(run))


def apply_text(screen: Screen, run: Document) -> Iterator[str]:
    """What became of a saved plan, workbook by workbook."""
    yield from _troubles(screen, run)
    yield from _decisions(screen, run)
    yield from writes_text(screen, run)
    yield from paragraph(screen, count_line(run))


def news_text(screen: Screen, run: Document, headings: Mapping[str, str]) -> Iterator[str]:
    """What stops a source, what was decided, and per campaign what is said."""
    yield from _troubles(screen, run)
    yield from _decisions(screen, run)
    titles = {source["source"]: source["title"] for source in run["run"]["sources"]}
    for campaign, items in _by_campaign(run, headings):
        if screen.width is not None:
            yield from heading(screen, " · ".join(part for part in (campaign, headings.get(campaign)) if part))
        under = "" if campaign == _NO_CAMPAIGN else campaign
        for same in _alike(items):
            yield from _item(screen, same, under, titles)
        if screen.width is not None:
            yield ""


def writes_text(screen: Screen, run: Document) -> Iterator[str]:
    """What is written into each workbook."""
    for write in run["written"]:
        if write["spreadsheet"] == RECORDS:
            yield from _lines(screen, write)
            continue
        done = "; ".join(_done(write["changes"])) or "nothing to write"
        yield from paragraph(screen, f"{write['title']}: {done}  [{write['state']}]")
        for wrong in write["wrong"]:
            yield from paragraph(screen, wrong, indent=6)
    if run["written"]:
        yield ""


def _lines(screen: Screen, write: Document) -> Iterator[str]:
    """Lines of tables, cell by cell: each is somebody's official word."""
    yield from paragraph(screen, f"{write['title']}: {count(len(write['changes']), 'cell')}  [{write['state']}]")
    for change in (*write["changes"], *write["wrong"]):
        yield from paragraph(screen, change, indent=6, hanging=2)


def count_line(run: Document) -> str:
    """The last line."""
    flags, high = run["flags"], sum(1 for flag in run["flags"] if flag["severity"] == "high")
    books = [write for write in run["written"] if write["spreadsheet"] != RECORDS]
    written = [write for write in books if write["state"] in ("verified", "unverified")]
    planned = [write for write in books if write["state"] == "planned"]
    done = f"{len(planned)} to write" if run["run"]["dry_run"] else f"{len(written)} written"
    workbooks = "workbook" if len(planned or written) == 1 else "workbooks"
    requests = run["requests"]
    silent = sum(1 for source in run["run"]["sources"] if source["rows"] is None)
    held = {held["source"] for held in run["held"]}
    return (
        (f"{count(len(held), 'source')} held; " if held else "")
        + (f"{count(silent, 'source')} not read; " if silent else "")
        + f"{count(len(flags), 'flag')} ({high} high), {len(run['asked'])} asked, {len(run['generated'])} generated, "
        f"{len(run['withheld'])} withheld, {done.replace(' ', f' {workbooks} ', 1)}; "
        f"{count(requests['reads'], 'read')}, {count(requests['writes'], 'write')}; {run['run']['seconds']:.1f} s"
    )


def _decisions(screen: Screen, run: Document) -> Iterator[str]:
    """A line for every decision that was heard."""
    yield from decisions_text(screen, run["decisions"], run["run"]["dry_run"])
    if run["decisions"]:
        yield ""


# ---------------------------------------------------------------- what stops a source


def _troubles(screen: Screen, run: Document) -> Iterator[str]:
    told = [source for source in run["run"]["sources"] if source["state"] == "trouble"]
    unfit = [source for source in run["run"]["sources"] if source["unfit"]]
    for source in told:
        yield from paragraph(screen, f"! {source['source']}: {source['trouble']}", style="red")
    for source in unfit:
        yield from paragraph(screen, f"- {unfit_text(source['source'], source['unfit'])}")
    yield from _held(screen, run["held"])
    held = {held["source"] for held in run["held"] if held["guard"] in ("header", "mapping")}
    asked = [*doubts_text(screen, run["doubts"], held), *told_text(screen, run["told_columns"])]
    yield from asked
    if told or unfit or run["held"] or asked:
        yield ""


def _held(screen: Screen, holds: Sequence[Document]) -> Iterator[str]:
    """Every guard that holds; a source with several needs a yes to each in one run."""
    shared = _shared(holds)
    for guard, its in shared.items():
        names = ", ".join(held["source"] for held in its)
        yield from paragraph(screen, f"! {len(its)} sources held, nothing is written [{guard}]: {names}", style="red")
        yield from paragraph(screen, f"{its[0]['source']}: {its[0]['what']}; and the others alike", indent=6)
        text = f"Look at `sheetsync plan`; yes to all of them: `sheetsync reconcile --accept {guard}`,"
        yield from paragraph(screen, f"{text} to one: `--accept {its[0]['accept']}`.", indent=6)
    for held in (held for held in holds if held["guard"] not in shared):
        stops = "taken as last read" if held["stops"] == "reading" else "nothing is written"
        text = f"! {held['source']} held, {stops} [{held['guard']}]: {held['what']}"
        yield from paragraph(screen, text, style="red")
        yield from paragraph(screen, held["remedy"], indent=6)
        yield from paragraph(screen, f"held since {held['since']}", indent=6, style="dim")
    yield from _all_at_once(screen, holds, shared)


def _all_at_once(screen: Screen, holds: Sequence[Document], shared: Mapping[str, object]) -> Iterator[str]:
    """What to type for a source that several guards hold."""
    by_source: dict[str, list[Document]] = {}
    for held in holds:
        by_source.setdefault(held["source"], []).append(held)
    ways: dict[str, list[str]] = {}
    for source, its in by_source.items():
        if len(its) > 1 and all(held["accept"] for held in its):
            guards = (held["guard"] if held["guard"] in shared else held["accept"] for held in its)
            ways.setdefault(" ".join(f"--accept {guard}" for guard in guards), []).append(source)
    for options, sources in ways.items():
        yield from paragraph(screen, f"all of {', '.join(sources)} at once: sheetsync reconcile {options}", indent=2)


def _shared(holds: Sequence[Document]) -> dict[str, list[Document]]:
    """Guards of writing that ask the same of many sources at once, with what they hold."""
    shared: dict[str, list[Document]] = {}
    for held in holds:
        if held["stops"] == "writing" and held["accept"]:
            shared.setdefault(held["guard"], []).append(held)
    return {guard: its for guard, its in shared.items() if len(its) > _FEW}


# ---------------------------------------------------------------- what is said of a campaign


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


def _alike(items: Iterable[Document]) -> Iterator[list[Document]]:
    """Items that say the same in several sheets, together; each flag by itself."""
    groups: dict[tuple[Any, ...], list[Document]] = {}
    for item in items:
        said = item["id"] if "kind" in item else item.get("value", item.get("reason"))
        groups.setdefault((item["record"], item["field"], "kind" in item, "value" in item, said), []).append(item)
    yield from groups.values()


def _item(screen: Screen, same: Sequence[Document], campaign: str, titles: Mapping[str, str]) -> Iterator[str]:
    item = same[0]
    about = f"{item['record']} / {item['field']}"
    if screen.width is not None:
        about = about.removeprefix(campaign).removeprefix(" / ")
    places = [Cell(f"{titles[one['source']]}, {_spot(one)}", one["link"]) for one in same]
    tag = f"[{item['severity']} {item['kind']} {item['id']}]" if "kind" in item else ""
    if "kind" in item:
        head, reason, style = _flag(screen, item, about), item["message"], _COLOURS.get(item["severity"], "")
    elif "value" in item:
        head, reason, style = f"+ {about}: {shortened(screen, item['value'])}", "", "green"
    else:
        head, reason, style = f". {about} withheld: {item['reason']}", "", "dim"
    if screen.width is None:
        links = " ".join(one["link"] or _spot(one) for one in same)
        yield "  ".join(" ".join(visible(part).split()) for part in (head, tag, reason, links) if part)
        return
    yield from paragraph(screen, head, indent=2, hanging=2, style=style)
    if reason:
        yield from paragraph(screen, reason, indent=6)
    yield from paragraph(screen, *places, *([tag] if tag else []), indent=6, style="dim")


def _flag(screen: Screen, flag: Document, about: str) -> str:
    change = shortened(screen, flag["found"]) or "(blank)"
    expected = shortened(screen, flag["expected"] or "")
    # Of two long links the beginnings may be all one sees: then the reason says what differs.
    if expected and expected != change:
        change += f" -> {expected}"
    return f"{_SYMBOLS.get(flag['kind'], '*')} {about}: {change}"


def _spot(item: Document) -> str:
    return spot(item) if "cell" in item else f"{item['tab']}, row {item['row']}"


# ---------------------------------------------------------------- what was left alone, what was written


def _ignored(screen: Screen, run: Document) -> Iterator[str]:
    sources: dict[str, dict[str, list[str]]] = {}
    for item in run["ignored"]:
        by_reason = sources.setdefault(item["source"], {})
        by_reason.setdefault(f"{item['what']} {item['reason']}", []).append(item["where"])
    for source, by_reason in sources.items():
        told = (_left_alone(kind, where) for kind, where in by_reason.items())
        yield from paragraph(screen, f"left alone in {source}: {'; '.join(told)}", style="dim")
    if sources:
        yield ""


def _left_alone(kind: str, where: Sequence[str]) -> str:
    what, _, reason = kind.partition(" ")
    names = ", ".join(where if what == "row" else map(repr, where))
    return f"{what}{'s' * (len(where) > 1)} {names} ({reason})"


def _done(changes: Sequence[str]) -> Iterator[str]:
    """What a batch does; formulas, one a column, are counted."""
    formulas = [change.removeprefix(_FORMULA) for change in changes if change.startswith(_FORMULA)]
    yield from (change for change in changes if not change.startswith(_FORMULA))
    if formulas:
        yield _FORMULA.replace("formula", "formulas" if len(formulas) > 1 else "formula") + ", ".join(formulas)
