"""A decisions tab as people see it, in whatever workbook it stands: its lines, and which columns of it are ours."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.results import Results
from tests.reliability.oracle import _TAG, Json, Sheet, _fold, _tab, _tagged

#: chosen by those under test, and so the same in every workbook
TAB = 1_773_777_002
SHOWS = (
    "Campaign",
    "About",
    "Rule",
    "Value A",
    "Link A",
    "Value B",
    "Link B",
    "Last agreed",
    "Owner",
    "What follows",
    "State",
    "Version",
)
PEOPLE = ("decision", "custom value", "until", "by", "why")


def lines_in(book: str) -> Sheet:
    """The tab's lines as rows of a sheet."""
    return Sheet("decisions", book, TAB, ("id",), SHOWS)


@dataclass(frozen=True)
class Line:
    """One line of the tab as people see it."""

    row: int
    id: str
    shows: Mapping[str, str]
    typed: Mapping[str, str]


def lines_of(book: Workbook | None, results: Results | None, *, blocked: bool = False) -> list[Line]:
    """The lines of a workbook's tab as people see them, from the top; those without an id are none.

    A line whose values somebody has copied over it says what it said, though all others are empty then, the headers
    too: it counts as shown if `blocked` ones do.
    """
    tab, key = _tab(book, TAB), None if book is None else id_column(book)
    if book is None or results is None or tab is None or key is None:
        return []
    top = header_row(book)
    heads: dict[str, list[int]] = {}
    for column in range(tab.columns):
        if column not in _tagged(book, tab):
            heads.setdefault(_fold(" ".join(results.text(tab, top, column).split())), []).append(column)
    people = {name: heads[name][0] for name in PEOPLE if len(heads.get(name, [])) == 1}
    shows = {}
    for column in _tagged(book, tab) - {key}:
        names = [*named_anchors(results, tab, column).values()]
        for name in names or (_marked(book, column) if blocked else ()):
            shows[name] = column
    found = []
    for row in range(top + 1, tab.rows):
        if text := results.text(tab, row, key):
            found.append(Line(row, text, *(_texts(results, tab, row, it) for it in (shows, people))))
    return found


def id_column(book: Workbook) -> int | None:
    """Where the ids stand: its mark was made by those under test, and moves with the column."""
    marks = [one for one in book.metadata if one.sheet_id == TAB and one.dimension == "COLUMNS" and one.key != _TAG]
    return next((one.index for one in marks if one.value.split()[:1] == ["id"]), None)


def _marked(book: Workbook, column: int) -> list[str]:
    """What those under test say that a column of theirs shows."""
    marks = [one for one in book.metadata if one.sheet_id == TAB and one.dimension == "COLUMNS" and one.key != _TAG]
    return [name for one in marks if one.index == column and (name := one.value.partition("␟")[0]) in SHOWS]


def header_row(book: Workbook) -> int:
    """The row with most headers."""
    tab = book.tab(TAB)
    if tab is None:
        return 0
    texts: Counter[int] = Counter()
    for (row, _), cell in tab.cells.items():
        ours = cell.formula is not None and "␟" in cell.formula
        texts[row] += ours or (isinstance(cell.value, str) and _fold(cell.value) in ("id", *PEOPLE))
    return min(texts, key=lambda row: (-texts[row], row), default=0)


def is_about_the_tab(kind: str, given: Json) -> bool:
    if kind == "addSheet":
        return bool(given["properties"]["sheetId"] == TAB)
    return f'"sheetId": {TAB}' in json.dumps(given)


def column_of(book: Workbook, column: int | None) -> dict[int, str]:
    tab = book.tab(TAB)
    if tab is None or column is None:
        return {}
    return {row: str(cell.value) for (row, at), cell in tab.cells.items() if at == column and cell.holds_value}


def named_anchors(results: Results, tab: Tab, column: int) -> dict[int, str]:
    rows = [
        row
        for (row, at), cell in tab.cells.items()
        if at == column and cell.formula is not None and "␟" in cell.formula
    ]
    texts = {row: results.text(tab, row, column) for row in rows}
    return {row: text for row, text in texts.items() if text in SHOWS}


def _texts(results: Results, tab: Tab, row: int, columns: Mapping[str, int]) -> dict[str, str]:
    texts = {name: results.text(tab, row, column) for name, column in columns.items()}
    return {name: text for name, text in texts.items() if text}


def plain(text: str) -> str:
    """A day, or so many dollars off, in one spelling; anything else as it is."""
    text = re.sub(r"^\$([\d.]+) off$", r"\1 USD off", text.strip())
    if text.isdecimal() and 40_000 < int(text) < 60_000:
        return str(date(1899, 12, 30) + timedelta(days=int(text)))
    for spelling in ("%Y-%m-%d", "%d %b %Y", "%m/%d/%Y", "%d.%m.%Y"):
        try:
            return str(datetime.strptime(text, spelling).replace(tzinfo=UTC).date())
        except ValueError:
            continue
    return text
