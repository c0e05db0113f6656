"""An undo as a document and as text."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.following import RECORDS, RECORDS_TITLE
from sheetsync.core.undo import Taken, Thing
from sheetsync.engine.documents import held_document
from sheetsync.engine.lines_back import LinesBack
from sheetsync.engine.undoing import Back, BookBack, undo
from sheetsync.engine.world import World
from sheetsync.faces.flags import count
from sheetsync.faces.tables import Cell, Screen, paragraph, visible

Document = Mapping[str, Any]

VERSION = 1

_STATES = {
    "planned": "would be written",
    "verified": "written and seen",
    "unverified": "written, but it does not show what it should; undo it again",
    "failed": "left as it is",
    "unchanged": "nothing to write",
}


def undo_document(config: Config, run: str, dry_run: bool) -> Document:
    """Take back what a run did, or say what would be."""
    world = wiring.world(config, dry_run)
    return _document(world, config, undo(world, config.rules, run, dry_run))


def _document(world: World, config: Config, back: Back) -> Document:
    return {
        "version": VERSION,
        "run": {
            "id": back.record.id,
            "undoes": back.undoes,
            "started": back.record.started.isoformat(timespec="seconds"),
            "dry_run": back.dry_run,
            "exit_code": back.record.exit_code,
            "counts": dict(back.record.counts),
        },
        "workbooks": [*(_book(one) for one in back.books), *([_tables(back.lines)] if back.footprint.lines else [])],
        "undone": [_taken(one) for one in back.taken if not one.why],
        "skipped": [_taken(one) | {"reason": one.why} for one in back.taken if one.why],
        "for_good": [
            *({"title": one.did.title, "what": what} for one in back.books for what in one.did.for_good),
            *({"title": "ledger", "what": f"propose the id {number}"} for number in back.footprint.proposed),
        ],
        "held": [held_document(one, config.rules.sources, world.link) for one in back.held],
    }


def _book(one: BookBack) -> Document:
    return {
        "spreadsheet": one.did.spreadsheet,
        "title": one.did.title,
        "state": one.state,
        "changes": list(one.undo.plan.doing) if one.undo else [],
        "trouble": str(one.trouble) if one.trouble else None,
        "left": one.why or None,
    }


def _tables(lines: LinesBack) -> Document:
    return {
        "spreadsheet": RECORDS,
        "title": RECORDS_TITLE,
        "state": lines.state,
        "changes": list(lines.changes),
        "trouble": str(lines.trouble) if lines.trouble else None,
        "left": None,
    }


def _taken(one: Taken) -> dict[str, Any]:
    return {
        "thing": str(one.thing),
        "source": one.source,
        "record": one.record,
        "cells": [{"name": name, "now": now, "before": before} for name, now, before in one.cells],
        "link": one.link or None,
    }


def undo_text(screen: Screen, document: Document) -> Iterator[str]:
    """The same for people: by workbook, then what stays and why; the last line counts."""
    run = document["run"]
    for book in document["workbooks"]:
        done = "; ".join(book["changes"]) or "nothing to write"
        yield from paragraph(screen, f"{book['title']}: {book['left'] or done}  [{_STATES[book['state']]}]")
        if book["trouble"]:
            yield from paragraph(screen, book["trouble"], indent=6, style="red")
    yield from _things(screen, document["undone"], "would go back" if run["dry_run"] else "went back")
    for one in document["skipped"]:
        stays = f"! {one['source']} / {one['record']}{_names(one)} stays: {one['reason']}"
        yield from _told(screen, stays, one["link"], "yellow")
    for one in document["for_good"]:
        yield from _told(screen, f". {one['title']}: what it did stays done: {one['what']}", None, "dim")
    yield from _next(screen, document)
    skipped, word = run["counts"]["skipped"], "would be undone" if run["dry_run"] else "undone"
    yield f"{run['counts']['undone']} {word} of run {run['undoes']}, {skipped} left as they are"


def _told(screen: Screen, text: str, link: str | None, style: str = "") -> Iterator[str]:
    """One thing; in a pipe with its link behind it."""
    if screen.width is None:
        yield "  ".join(filter(None, (" ".join(visible(text).split()), link)))
    else:
        yield from paragraph(screen, Cell(text, link, style), indent=2, hanging=2)


def _things(screen: Screen, undone: list[Document], went: str) -> Iterator[str]:
    """Lines and columns one by one; what only the ledger knows is counted by source."""
    for one in undone:
        if one["thing"] in (Thing.LINE, Thing.COLUMN, Thing.RECORD):
            what = f"< {one['source']} / {one['record']}: {_cells(one) or 'its label or link'}"
            yield from _told(screen, what, one["link"])
    for one in undone:
        if one["thing"] == Thing.DECISION:
            [cell] = one["cells"]
            will = "would be" if went.startswith("would") else "is"
            what = f"< {one['record']} / {cell['name']}: {cell['now']}; {will} open again"
            yield from _told(screen, f"{what}, and what was typed counts again only when it changes", None)
    for thing, words in (
        (Thing.BASELINE, "agreed value"),
        (Thing.PUBLISHED, "published value"),
        (Thing.FROZEN, "accepted change"),
    ):
        there = sorted(one["source"] for one in undone if one["thing"] == thing)
        for source, these in groupby(there):
            yield from _told(screen, f"< {source}: {count(len(list(these)), words)} {went}", None)


def _cells(one: Document) -> str:
    if one["thing"] == Thing.COLUMN:
        return f"our column {one['cells'][0]['now']} goes"
    return "; ".join(f"{it['name']}: {_short(it['now'])} -> {_short(it['before'])}" for it in one["cells"])


def _next(screen: Screen, document: Document) -> Iterator[str]:
    """How it stays so, and how to have it written again."""
    names = [one["source"] for one in document["held"]]
    if names:
        will = "would be" if document["run"]["dry_run"] else "are"
        options = " ".join(f"--accept {one['accept']}" for one in document["held"])
        yield from paragraph(
            screen, f"Nothing more is written for {', '.join(names)}: they {will} held, until you run", hanging=2
        )
        yield from paragraph(screen, f"sheetsync reconcile {options}", indent=6)
    if any(book["trouble"] or book["state"] == "unverified" for book in document["workbooks"]):
        again = f"Not all of it is taken back; run `sheetsync undo {document['run']['undoes']}` again."
        yield from paragraph(screen, again)


def _names(one: Document) -> str:
    names = ", ".join(cell["name"] for cell in one["cells"])
    return f" / {names}" if names else ""


def _short(text: str | None, length: int = 60) -> str:
    words = " ".join((text or "").split()) or "(blank)"
    return words if len(words) <= length else words[: length - 1] + "…"
