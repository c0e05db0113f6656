"""Columns of ours that come and go at a person's word: adopt and detach, as documents and as text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.graph import Mode, SheetTab, Source
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.adopting import adopt
from sheetsync.engine.leaving import Left, detach, detach_workbook
from sheetsync.errors import UsageError

Document = Mapping[str, Any]

VERSION = 1


def adopt_document(config: Config, name: str, field: str) -> Document:
    """Hand one column of a team over to us."""
    adopted = adopt(wiring.world(config), config.rules, _source(config, name), field)
    return {
        "version": VERSION,
        "source": adopted.source,
        "field": adopted.field,
        "header": adopted.header,
        "values_kept": len(adopted.kept),
    }


def adopt_text(document: Document) -> Iterator[str]:
    """The same for people."""
    kept = document["values_kept"]
    values = f"{kept} value{'s' * (kept != 1)}"
    yield f"{document['source']} / {document['header']!r} is ours from now on: {values} remembered, live ones stay."
    yield "The next `sheetsync reconcile` puts what was typed there into the history and fills the column."


def detach_document(
    config: Config, names: Iterable[str], everything: bool, spreadsheet: str, dry_run: bool
) -> Document:
    """Take everything of ours out of sources' workbooks."""
    names, decides = list(names), config.rules.decisions is not None
    chosen = [_source(config, name) for name in names if not (decides and name == DECISIONS)]
    if sum((bool(names), everything, bool(spreadsheet))) != 1:
        raise UsageError("say what to leave:", "`sheetsync detach SOURCE …`, `--all` or `--spreadsheet ID`.")
    world = wiring.world(config, dry_run)
    if spreadsheet:
        left = [detach_workbook(world, spreadsheet, dry_run)]
    else:
        if everything:
            chosen = [one for one in config.rules.sources.values() if isinstance(one.location, SheetTab)]
            names = [*(source.name for source in chosen), *([DECISIONS] if decides else [])]
        left = detach(world, config.rules, names, dry_run)
    writing = [source.name for source in chosen if source.mode is not Mode.OBSERVE]
    return {
        "version": VERSION,
        "dry_run": dry_run,
        "exit_code": max((one.trouble.exit_code for one in left if one.trouble), default=0),
        "still_configured": [*writing, *([DECISIONS] if DECISIONS in names else [])],
        "workbooks": [_left(one) for one in left],
    }


def _source(config: Config, name: str) -> Source:
    source = config.rules.sources.get(name)
    if source is None:
        raise UsageError(f"no source is called {name!r}.", f"Sources: {', '.join(config.rules.sources)}.")
    if not isinstance(source.location, SheetTab):
        tabs = (one.name for one in config.rules.sources.values() if isinstance(one.location, SheetTab))
        text = f"{name} is a table of the system of record: nothing of ours stands there."
        raise UsageError(text, f"Sources with a sheet: {', '.join(tabs)}.")
    return source


def _left(left: Left) -> Document:
    return {
        "spreadsheet": left.spreadsheet,
        "title": left.title,
        "changes": list(left.doing),
        "kept": left.kept,
        "trouble": str(left.trouble) if left.trouble else None,
    }


def detach_text(document: Document) -> Iterator[str]:
    """The same for people; the last lines say what keeps us away."""
    for book in document["workbooks"]:
        done = "; ".join(book["changes"]) or "nothing of ours stands there"
        yield f"{book['title']}: {done}"
        if book["kept"]:
            cells = f"{book['kept']} cell{'s' * (book['kept'] != 1)}"
            yield f"      what people typed there, {cells}, stands in the history"
        if book["trouble"]:
            yield f"      {book['trouble']}"
    for name in document["still_configured"]:
        if name == DECISIONS:
            yield "To stay away, take the section `decisions` out; otherwise the next run adds the tabs again."
            continue
        yield f"To stay away, set `sources.{name}.mode: observe`; otherwise a later run asks to write there again."
