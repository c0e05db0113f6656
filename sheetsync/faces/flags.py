"""Open flags as documents and as a table: the same for every command that lists them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sheetsync.core.flags import FlagKind
from sheetsync.core.where_decided import DECISIONS
from sheetsync.faces.moments import age, iso
from sheetsync.faces.records import campaign_words
from sheetsync.faces.tables import Cell, Column, Screen, shortened, table
from sheetsync.ports import ClosedFlag, OpenFlag

Document = Mapping[str, Any]

_COLOURS = {"high": "red", "medium": "yellow", "low": "cyan"}
_COLUMNS = (Column("What"), Column("Where"), Column("Found -> should be"))


def open_document(flag: OpenFlag, proposed: Mapping[str, str]) -> Document:
    """An open flag: as it was last raised, of which campaign, since when, and in which runs."""
    runs = {"since": iso(flag.since), "first_run": flag.first or None, "last_run": flag.last or None}
    return {**flag.document, "campaign": campaign_words(str(flag.document["record"]), proposed), **runs}


def closed_document(closed: ClosedFlag, proposed: Mapping[str, str]) -> Document:
    """A flag that was closed: as it was last raised, and by which run."""
    return {**open_document(closed.flag, proposed), "closed": iso(closed.closed), "closed_by": closed.by}


def flags_table(screen: Screen, flags: Sequence[Document], now: str, *, headless: bool = False) -> Iterator[str]:
    """One row per flag, in the order given."""
    ended = bool(flags) and "closed" in flags[0]
    first = (Column("ID", whole=True), Column("Closed" if ended else "Open", whole=True, right=True))
    yield from table(screen, (*first, *_COLUMNS), (_row(screen, flag, now) for flag in flags), headless=headless)


def _row(screen: Screen, flag: Document, now: str) -> list[str | Cell]:
    change = shortened(screen, flag["found"]) or "(blank)"
    if flag["expected"]:
        change += f" -> {shortened(screen, flag['expected'])}"
    where = f"{flag['record']} / {flag['field']}\n{flag['source']}: {spot(flag)}"
    return [
        Cell(flag["id"], flag["link"]),
        age(flag.get("closed") or flag["since"], now),
        Cell(f"{flag['severity']}\n{flag['kind']}", style=_COLOURS.get(flag["severity"], "")),
        where,
        change,
    ]


def is_hearsay(flag: Document) -> bool:
    """Whether it only tells what was said elsewhere: news to the cell's owner, and nothing that is wrong with it."""
    # Documents of earlier versions say no contract at all.
    return flag["kind"] == FlagKind.CONTRADICTION and "contract" in flag and not flag["contract"]


def spot(flag: Document) -> str:
    """The cell a flag is about, as people find it."""
    return (
        f"{flag['tab']}!{flag['cell']}"
        if flag["row"] is not None and flag["link"]
        else f"{flag['tab']}, {flag['cell']}"
    )


def count(number: int, noun: str) -> str:
    """ "1 flag", "2 flags"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def unfit_text(source: str, why: str) -> str:
    """Why something of ours does not stand where it should."""
    return f"{source}: {why}" if source == DECISIONS else f"{source}: only the tab `sheetsync`, no columns: {why}"
