"""What people are asked in decisions tabs and what they typed there, as a document and as text."""

from collections.abc import Iterator, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID
from sheetsync.core.matters import ABOUT, BY, CAMPAIGN, CUSTOM, DECISION, STATE, UNTIL, WHY, Row
from sheetsync.core.model import Place
from sheetsync.core.where_decided import DECISIONS
from sheetsync.engine.decisions_read import Stands, decisions_as_they_stand
from sheetsync.faces.flags import count
from sheetsync.faces.tables import Cell, Column, Screen, heading, paragraph, table

Document = Mapping[str, Any]

VERSION = 1

_SET_UP = (
    "Nobody decides in a sheet yet. To begin:",
    "  1. Create a spreadsheet (the ops workbook), and share it with sheetsync's account as Editor.",
    "  2. Write into the configuration, with its address:",
    "       decisions:",
    "         spreadsheet: https://docs.google.com/spreadsheets/d/…",
    "         # teams: [briefs]   also a tab in this source's workbook",
    "  3. sheetsync doctor, then sheetsync reconcile: it adds the tab, with a line for each thing to decide.",
)


def decisions_document(config: Config) -> Document:
    """Every line as it stands now, read afresh; nothing is written."""
    rules = config.rules
    if rules.decisions is None:
        return {"version": VERSION, "configured": False, "workbooks": [], "exit_code": 0}
    books = list(decisions_as_they_stand(wiring.world(config, dry_run=True), rules))
    return {
        "version": VERSION,
        "configured": True,
        "workbooks": [_book(config, one) for one in books],
        "exit_code": max((one.trouble.exit_code for one in books if one.trouble is not None), default=0),
    }


def _book(config: Config, one: Stands) -> Document:
    return {
        "spreadsheet": one.spreadsheet,
        "title": one.title,
        "link": _link(config, one.spreadsheet) if one.is_there else None,
        "is_there": one.is_there,
        "problems": list(one.problems),
        "trouble": str(one.trouble) if one.trouble is not None else None,
        "lines": [_line(config, row) for row in one.rows],
    }


def _line(config: Config, row: Row) -> Document:
    typed = {name.replace(" ", "_"): row.typed.get(name) for name in (DECISION, CUSTOM, UNTIL, BY, WHY)}
    return {
        "id": row.id,
        "row": row.row + 1,
        "link": _link(config, row.spreadsheet, row.row),
        "campaign": row.shown.get(CAMPAIGN),
        "about": row.shown.get(ABOUT),
        "state": row.shown.get(STATE),
        **typed,
        "only": None if row.only is None else sorted(row.only),
    }


def _link(config: Config, spreadsheet: str, row: int | None = None) -> str:
    return wiring.link(config, Place(DECISIONS, spreadsheet, "", DECISIONS_TAB_ID, row, None if row is None else 0))


def decisions_text(screen: Screen, document: Document) -> Iterator[str]:
    """Workbook by workbook; the last line counts."""
    if not document["configured"]:
        for line in _SET_UP:
            yield from paragraph(screen, line.lstrip(), indent=len(line) - len(line.lstrip()))
        return
    for book in document["workbooks"]:
        yield from heading(screen, book["title"])
        if book["trouble"]:
            yield from paragraph(screen, book["trouble"], indent=2, style="red")
        elif not book["is_there"]:
            yield from paragraph(screen, "the tab is not there yet: `sheetsync reconcile` adds it", indent=2)
        for problem in book["problems"]:
            yield from paragraph(screen, problem, indent=2, style="yellow")
        columns = (Column("Line", whole=True), Column("About"), Column("State"), Column("Decided"))
        yield from table(screen, columns, map(_row, book["lines"]))
        yield ""
    lines = [line for book in document["workbooks"] for line in book["lines"]]
    yield f"{count(len(lines), 'line')}, {sum(bool(line['decision']) for line in lines)} with a decision"


def _row(line: Document) -> list[str | Cell]:
    about = " / ".join(filter(None, (line["campaign"], line["about"])))
    return [Cell(line["id"], line["link"]), about, line["state"] or "", _decided(line)]


def _decided(line: Document) -> str:
    what = ", ".join(filter(None, (line["decision"], line["custom_value"])))
    if not what:
        return "undecided"
    until = f" until {line['until']}" if line["until"] else ""
    by = f" by {line['by']}" if line["by"] else ", nobody says by whom"
    only = f" (only {', '.join(line['only'])} can type there)" if line["only"] else ""
    return f"{what}{until}{by}{only}" + (f": {line['why']}" if line["why"] else "")
