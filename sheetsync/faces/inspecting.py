"""What a spreadsheet nobody has described is taken for: as a document, as a small picture of each tab, as a source."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sheetsync import wiring
from sheetsync.adapters.seen_sheets import SeenSheets
from sheetsync.config import Config
from sheetsync.config.scope import shipped_fields
from sheetsync.config.writing import Remarks, commented, write_sources
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.inspection import Inspected, Inspection, Names, Proposal, called_apart, propose, struck_rows
from sheetsync.core.lookup import a1
from sheetsync.core.model import RowKind, Tab
from sheetsync.core.tracking.slugs import slug
from sheetsync.engine.asking_columns import ColumnsAsked
from sheetsync.engine.documents import told_column_document
from sheetsync.engine.inspecting import InspectedBook, inspect_book
from sheetsync.errors import UsageError
from sheetsync.faces.columns import told_text
from sheetsync.faces.tables import Screen, fitted, folded, heading, paragraph

Document = Mapping[str, Any]

Proposals = Sequence[tuple[Inspected, Proposal]]
"""The tables of a tab, each with the source it would be."""

VERSION: Final = 1
#: what people look at fits a terminal of this width everywhere
_WIDTH: Final = 80
#: so many data rows are shown of a table; the rest is counted
_SAMPLE: Final = 3
#: in front of a row in the picture: its number and its kind
_HEAD: Final = 15
_NARROWEST, _WIDEST = 7, 18
#: so many rows outside of tables, and notes, are told one by one
_TOLD: Final = 12
_ADDRESS: Final = re.compile(r"/spreadsheets/(?:u/\d+/)?d/(?P<id>[\w-]+)(?P<rest>.*)", re.ASCII | re.DOTALL)
_GID: Final = re.compile(r"[?&#]gid=(\d{1,18})", re.ASCII)
_ID: Final = re.compile(r"[\w-]{20,200}", re.ASCII)
_FILES: Final = (".xlsx", ".xlsm", ".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Named:
    """A spreadsheet or a file, as a person named it."""

    text: str
    #: None for a file
    spreadsheet: str | None
    #: the tab an address leads to
    tab_id: int | None = None

    @classmethod
    def of(cls, text: str) -> "Named":
        """A path that is there, an address, or an id. Raises `UsageError` for anything else."""
        if Path(text).exists():
            return cls(text, None)
        if address := _ADDRESS.search(text):
            gids = _GID.findall(address["rest"])
            return cls(text, address["id"], int(gids[-1]) if gids else None)
        if _ID.fullmatch(text) and not text.endswith(_FILES):
            return cls(text, text)
        raise UsageError(
            f"{text}: no such file, and neither the address nor the id of a spreadsheet.",
            "Copy the address from the browser, or name an .xlsx or .csv file, or a folder of .csv files.",
        )


def look(config: Config, named: Sequence[Named], locale: str) -> tuple[SeenSheets, list[InspectedBook]]:
    """Every spreadsheet and every file's, read once. Raises what reading one of them raises."""
    paths = [Path(one.text) for one in named if one.spreadsheet is None]
    sheets, ids = wiring.seen_sheets(config, paths, locale)
    of_files = iter(ids)
    books = [book for one in named for book in ([one.spreadsheet] if one.spreadsheet else next(of_files))]
    season = config.rules.season
    written = {book for of_one in ids for book in of_one} if locale else set()
    return sheets, [
        inspect_book(sheets, book, config.headers, season, book in written) for book in dict.fromkeys(books)
    ]


def inspect_document(config: Config, text: str, tab: str | None, locale: str) -> Document:
    """One spreadsheet or file. Raises `UsageError` for a tab it does not have."""
    named = Named.of(text)
    _, books = look(config, [named], locale)
    chosen = tab or (None if named.tab_id is None else str(named.tab_id))
    taken = set(config.rules.sources)
    documents, sources = [], []
    for book in books:
        proposed = list(proposals(book, _chosen(book, chosen, explicit=tab is not None), config, taken))
        for inspection, tables in proposed:
            here = [(one.source, remarks_of(inspection, table, one)) for table, one in tables if one.source]
            others = len(tables) - len(here)
            sources += [(source, with_others(said, 0 if at else others)) for at, (source, said) in enumerate(here)]
        documents.append(_book(book, proposed, told_columns(config)))
    block = write_sources(sources) if sources else ""
    return {"version": VERSION, "of": text, "spreadsheets": documents, "source_block": _block(block, named)}


def proposals(
    book: InspectedBook, tabs: Sequence[Inspection], config: Config, taken: set[str]
) -> Iterator[tuple[Inspection, Proposals]]:
    """Each tab's tables with the source each would be; names given are added to `taken`."""
    known = {*shipped_fields(), *config.rules.fields}
    for tab in tabs:
        here: list[Source] = []
        proposed = []
        for table in tab.tables:
            proposal = propose(
                tab.tab, table, names_of(book, tab, taken, len(here)), known, beside=here, words=tab.words
            )
            proposed.append((table, proposal))
            if proposal.source is not None:
                taken.add(proposal.source.name)
                here.append(proposal.source)
        yield tab, proposed


def names_of(book: InspectedBook, tab: Inspection, taken: set[str], before: int) -> Names:
    """What a source of this tab is called: by its workbook where no other tab has a table, else by both.

    `before`: how many sources the tab is already; the next ones are counted.
    """
    workbook = book.workbook
    alone = sum(bool(other.tables) for other in book.tabs) < 2
    title = workbook.title if alone or workbook.title == tab.tab.title else f"{workbook.title}, {tab.tab.title}"
    title += f", table {before + 1}" if before else ""
    stem = slug(title).replace("-", "_")[:32].strip("_") or f"tab_{tab.tab.id}"
    stem = stem if stem[0].isalpha() else f"s_{stem}"
    name = next(name for n in range(1, len(taken) + 3) if (name := stem if n == 1 else f"{stem}_{n}") not in taken)
    return Names(name, title.strip() or name, workbook.title.strip() or name, workbook.id)


def remarks_of(tab: Inspection, table: Inspected, proposal: Proposal) -> Remarks:
    """What a source's block says in comments."""
    called = called_apart(tab.tab, table, [guess for guess, _ in proposal.left])
    left = tuple(
        (f"{guess.field or '?'}: {called[guess.column.index]}", f"{a1(None, guess.column.index)}: {why}")
        for guess, why in proposal.left
    )
    struck = struck_rows(tab.tab, table)
    above = (*table.guesses.questions, *([_struck(len(struck))] if struck else ()))
    return Remarks(above, tab.tab.title, {}, left)


def _struck(rows: int) -> str:
    many = f"{rows} rows are" if rows != 1 else "1 row is"
    return f"{many} struck through, which says nothing until `struck_means` names the status that it means"


def with_others(remarks: Remarks, others: int) -> Remarks:
    """The same with a word on the tables of the tab that are no source."""
    more = f"{others} more table{'s' * (others != 1)} in this tab: give each a tab of its own to have it read"
    return replace(remarks, above=(*remarks.above, more)) if others else remarks


def _chosen(book: InspectedBook, tab: str | None, explicit: bool) -> list[Inspection]:
    if tab is None:
        return list(book.tabs)
    found = [one for one in book.tabs if tab in (one.tab.title, str(one.tab.id))]
    if not found and explicit:
        there = ", ".join(f"{one.tab.title!r} ({one.tab.id})" for one in book.tabs)
        raise UsageError(f"{book.workbook.title!r} has no tab {tab!r}.", f"Its tabs are {there}: name one with --tab.")
    return found or list(book.tabs)


def _block(block: str, named: Named) -> str:
    if not block:
        return ""
    head = [f"Taken from {named.text} by `sheetsync inspect`; into your sources.yaml, beside the sources there."]
    if named.spreadsheet is None:
        head.append(
            "`spreadsheet` is the id that `sheetsync sandbox import` gives the file; put your sheet's own there."
        )
    return "\n".join(commented(head)) + "\n" + block


# ---------------------------------------------------------------- the document


def told_columns(config: Config) -> Mapping[SheetTab, list[Document]]:
    """By tab, the columns of its sources that are read from where a person said they stand."""
    asked = ColumnsAsked.by(wiring.past(config), config.rules) if config.ledger.exists() else None
    found: dict[SheetTab, list[Document]] = {}
    for one in asked.in_effect if asked else ():
        where = config.rules.sources[one.source].location
        if isinstance(where, SheetTab):
            found.setdefault(where, []).append(told_column_document(one, config.rules.sources))
    return found


def _book(
    book: InspectedBook,
    proposed: Sequence[tuple[Inspection, Proposals]],
    told: Mapping[SheetTab, list[Document]],
) -> Document:
    workbook = book.workbook
    return {
        "id": workbook.id,
        "title": workbook.title,
        "locale": workbook.locale,
        "time_zone": workbook.time_zone,
        "tabs": [
            {**tab_document(tab, tables), "told_columns": told.get(SheetTab(workbook.id, tab.tab.id), [])}
            for tab, tables in proposed
        ],
    }


def tab_document(inspection: Inspection, tables: Proposals) -> Document:
    """One tab, with 1-based rows and lettered columns."""
    tab, found, main = inspection.tab, inspection.found, inspection.main
    sources = [one.source.name for _, one in tables if one.source]
    told = [one for table, one in tables if one.source or (table is main and not sources)]
    return {
        "title": tab.title,
        "tab_id": tab.id,
        "hidden": tab.hidden,
        "instead": found.instead,
        "tables": [_table(tab, table, one) for table, one in tables],
        "outside": [
            {"row": row + 1, "kind": str(kind), "says": _row_text(tab, row), "reason": found.reasons.get(row, "")}
            for row, kind in sorted(found.kinds.items())
            if kind is not RowKind.BLANK
        ],
        "notes": [{"cell": a1(row, column), "note": note} for row, column, note in inspection.notes],
        "source": next(iter(sources), None),
        "no_source": next((one.trouble for one in told), ""),
        "left": [
            {"column": a1(None, guess.column.index), "header": guess.column.header, "reason": why}
            for one in told
            for guess, why in one.left
        ],
    }


def _table(tab: Tab, inspected: Inspected, proposal: Proposal) -> Document:
    table, guesses = inspected.table, inspected.guesses
    block = table.block
    return {
        "range": f"{a1(block.top, block.left)}:{a1(block.bottom - 1, block.right - 1)}",
        "header_rows": [row + 1 for row in table.header_rows],
        "rows_are": str(guesses.rows_are),
        "data_rows": len(table.data_rows),
        "key": list(proposal.source.key if proposal.source else guesses.key),
        "struck_rows": [row + 1 for row in struck_rows(tab, inspected)],
        "source": proposal.source.name if proposal.source else None,
        "no_source": proposal.trouble,
        "questions": list(guesses.questions),
        "columns": [
            {
                "column": a1(None, guess.column.index),
                "header": guess.column.header,
                "group": guess.column.group,
                "field": guess.field,
                "confidence": guess.confidence,
                "evidence": list(guess.evidence),
                "rivals": list(guess.rivals),
                "question": guess.question,
                "dialect": _dialect(inspected.dialects[guess.column.index], guess.field),
            }
            for guess in guesses.columns
        ],
        "rows": [
            {
                "row": row + 1,
                "kind": str(kind),
                "cells": [tab.cell(row, column.index).shown for column in table.columns],
            }
            for row, kind in sorted(table.kinds.items())
            if kind is not RowKind.BLANK
        ],
    }


def _dialect(dialect: Dialect, field: str | None) -> str:
    """How a column writes its values, where that was found out and matters."""
    kind = shipped_fields()[field].type if field is not None and field in shipped_fields() else ""
    if kind in ("day", "moment"):
        order = {True: "day first", False: "month first", None: "day or month first is not known"}[dialect.day_first]
        return f"{order}, zone {dialect.zone}" if dialect.zone else order
    if kind == "money":
        comma = "decimal comma" if dialect.decimal_comma else "decimal point"
        return f"{comma}, {dialect.currency}" if dialect.currency else comma
    return "shares of one" if kind == "offer" and dialect.fraction_percent else ""


def _row_text(tab: Tab, row: int) -> str:
    return " | ".join(" ".join(cell.shown.split()) for cell in tab.rows[row] if not cell.blank)


# ---------------------------------------------------------------- for people


def _locale(book: Document) -> str:
    return f"locale {book['locale']}" if book["locale"] else "no locale (say it with --locale)"


def inspect_text(screen: Screen, document: Document, out: Path | None) -> Iterator[str]:
    """Each tab as a picture, column by column, with what is asked and what was left alone; the source block last."""
    for book in document["spreadsheets"]:
        yield from heading(screen, f"{book['title']}: {_locale(book)}, {book['time_zone']}")
        yield from folded(_eighty(screen), [f"  {book['id']}"])
        for tab in book["tabs"]:
            yield ""
            yield from tab_text(screen, tab)
    yield ""
    if not document["source_block"]:
        yield "No table here can become a source as it stands."
    elif out is None:
        yield from document["source_block"].splitlines()
    else:
        yield from folded(screen, [f"The source block is written: {out}"])


def tab_text(screen: Screen, tab: Document) -> Iterator[str]:
    """One tab."""
    hidden = ", hidden" if tab["hidden"] else ""
    yield from heading(screen, f"Tab {tab['title']!r} (tab_id {tab['tab_id']}{hidden})")
    if tab["instead"]:
        yield from _said(screen, f"no table: {tab['instead']}")
    for table in tab["tables"]:
        yield from _table_text(screen, table)
    whole = [question for table in tab["tables"] for question in table["questions"]]
    columns = [column for table in tab["tables"] for column in table["columns"] if column["question"]]
    asked = [f"{one['column']}: {one['question']}" for one in columns if one["question"] not in whole]
    yield from _list(screen, "asked:", [*whole, *asked])
    outside = [f"row {one['row']} ({one['kind']}): {_short(one['says'])}" for one in tab["outside"]]
    yield from _list(screen, "outside of the tables:", outside)
    yield from _list(screen, "notes to look at:", [f"{one['cell']}: {_short(one['note'])}" for one in tab["notes"]])
    yield from told_text(_eighty(screen), tab.get("told_columns", ()))
    if tab["no_source"]:
        yield from _said(screen, f"no source yet: {tab['no_source']}")


def _table_text(screen: Screen, table: Document) -> Iterator[str]:
    rows, key = table["data_rows"], " + ".join(table["key"]) or "none"
    plural = "s" * (rows != 1)
    yield from _said(screen, f"table {table['range']}: {rows} {table['rows_are']}{plural}, addressed by {key}")
    if table["struck_rows"]:
        yield from _said(screen, _struck(len(table["struck_rows"])))
    yield ""
    yield from _picture(table)
    yield ""
    for column in table["columns"]:
        yield from _column_text(screen, column)


def _column_text(screen: Screen, column: Document) -> Iterator[str]:
    header = _short(f"{column['group']} / {column['header']}" if column["group"] else column["header"]) or "(no header)"
    sure = f"{column['field']} ({column['confidence']:.0%})" if column["field"] else "left alone"
    mark = "?" if column["question"] else " "
    evidence = [*column["evidence"], *([column["dialect"]] if column["dialect"] else [])]
    line = f"{mark} {column['column']:<3}{header} -> {sure}" + (f": {'; '.join(evidence)}" if evidence else "")
    yield from paragraph(_eighty(screen), line, indent=2, hanging=5)


def _picture(table: Document) -> Iterator[str]:
    """The table as a small grid: header rows, a few data rows, every special row; mapped columns under their field."""
    shown = [at for at, column in enumerate(table["columns"]) if column["field"] or column["question"]]
    shown = shown or list(range(len(table["columns"])))
    room = _WIDTH - _HEAD
    for band in (shown[at : at + room // (_NARROWEST + 1)] for at in range(0, len(shown), room // (_NARROWEST + 1))):
        width = min(room // len(band) - 1, _WIDEST)
        yield from _band(table, band, width)
    if hidden := [column["column"] for at, column in enumerate(table["columns"]) if at not in shown]:
        yield from folded(Screen(_WIDTH), [f"  (not drawn: {', '.join(hidden)})"])


def _band(table: Document, band: Sequence[int], width: int) -> Iterator[str]:
    columns = [table["columns"][at] for at in band]
    marks = [(column["field"] or "") + "?" * bool(column["question"]) for column in columns]
    yield _line("", [column["column"] for column in columns], width)
    yield _line("", marks, width)
    waiting = 0
    drawn = 0
    for row in table["rows"]:
        is_data = row["kind"] == RowKind.DATA
        if is_data and drawn >= _SAMPLE:
            waiting += 1
            continue
        if waiting:
            yield _line(f"      … {waiting} more", [], width)
            waiting = 0
        drawn += is_data
        yield _line(f"{row['row']:>5} {row['kind']}", [row["cells"][at] for at in band], width)
    if waiting:
        yield _line(f"      … {waiting} more", [], width)


def _line(head: str, cells: Sequence[str], width: int) -> str:
    return (f"{head:<{_HEAD}}" + " ".join(fitted(cell, width) for cell in cells)).rstrip()


def _list(screen: Screen, head: str, said: Sequence[str]) -> Iterator[str]:
    if said:
        yield f"  {head}"
    for text in said[:_TOLD]:
        yield from paragraph(_eighty(screen), text, indent=4, hanging=2)
    if len(said) > _TOLD:
        yield f"    and {len(said) - _TOLD} more (--json tells them all)"


def _said(screen: Screen, text: str) -> Iterator[str]:
    return paragraph(_eighty(screen), text, indent=2, hanging=2)


def _short(text: str, length: int = 50) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def _eighty(screen: Screen) -> Screen:
    """What is drawn is no list for programs, so a pipe gets what a terminal gets."""
    return screen if screen.width is not None else Screen(_WIDTH, styled=False)
