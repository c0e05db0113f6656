"""Google's answer to `spreadsheets.get` as our frozen cells: the only file that knows how a read looks.

Source: the Sheets v4 discovery document. Whatever is false, zero or empty is absent from the answer, so every look-up
here has a default.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sheetsync.adapters.google_requests import (
    COLUMN_KEY,
    GENERATION_KEY,
    INSTALLATION_KEY,
    OFFERED_KEY,
    VALUE_SEPARATOR,
    WARNING,
)
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.model import BLANK, Block, Cell, Editors, Format, Mark, Protection, Tab, Workbook
from sheetsync.core.text_rows import CellRows

Json = dict[str, Any]

#: everything a cycle looks at in one consistent read, and nothing more: colours and sizes stay in the sheet
FIELDS = (
    "spreadsheetId,"
    "properties(title,locale,timeZone),"
    "developerMetadata(metadataId,metadataKey,metadataValue),"
    "sheets("
    "properties(sheetId,title,hidden,gridProperties(rowCount,columnCount,frozenRowCount)),"
    "merges,"
    "protectedRanges(protectedRangeId,range,unprotectedRanges,description,warningOnly,requestingUserCanEdit,editors),"
    "tables.tableId,"
    "data(columnMetadata.developerMetadata(metadataId,metadataKey,metadataValue),"
    "rowData.values("
    # Of what was typed only the formula: a literal comes again as the effective value, at half the payload.
    "userEnteredValue.formulaValue,effectiveValue,formattedValue,hyperlink,"
    # Effective, not entered: a formula's result has a format that nobody entered.
    "effectiveFormat.numberFormat,"
    # Struck through as people entered it: the effective format would say "no" for every other cell.
    "userEnteredFormat.textFormat.strikethrough,note,"
    "textFormatRuns.format.link.uri,chipRuns.chip.richLinkProperties.uri"
    ")))"
)

#: different cells remembered, to be held once: a season's sheets have less, and a daemon reads for months
_REMEMBERED = 250_000

#: a generation: no run of ours comes anywhere near more digits
_NUMBER = re.compile(r"[0-9]{1,18}")

_FORMATS = {
    "TEXT": Format.TEXT,
    "PERCENT": Format.PERCENT,
    "CURRENCY": Format.CURRENCY,
    "DATE": Format.DATE,
    "TIME": Format.TIME,
    "DATE_TIME": Format.DATE_TIME,
}
_ERRORS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "LOADING": "Loading...",
}


class Alike:
    """One cell for all that are alike: teams copy from each other, so a hundred workbooks hold few different ones."""

    def __init__(self) -> None:
        self._cells: dict[Cell | tuple[type, Cell], Cell] = {}

    def one_for(self, cell: Cell) -> Cell:
        """The cell that stands for all that are equal to this one."""
        if len(self._cells) >= _REMEMBERED:
            self._cells.clear()
        # A box by its type too: to Python True is 1.0.
        return self._cells.setdefault((bool, cell) if isinstance(cell.value, bool) else cell, cell)


def workbook(answer: Json, alike: Alike | None = None, read_as: str = "") -> Workbook:
    """One answer as a workbook, tabs in the order of their titles at the bottom of the window.

    `alike` is for who reads several, `read_as` the account it was answered to. Raises KeyError, TypeError or ValueError
    when the answer is not shaped as the discovery document says.
    """
    properties = answer["properties"]
    alike = alike or Alike()
    fences = _fences(answer.get("developerMetadata", []))
    return Workbook(
        id=answer["spreadsheetId"],
        title=properties.get("title", ""),
        locale=properties.get("locale", ""),
        time_zone=properties.get("timeZone", ""),
        tabs=tuple(_tab(sheet, alike) for sheet in answer["sheets"]),
        generations=tuple((metadata_id, number) for metadata_id, number, _ in fences),
        signatures=tuple((number, run) for _, number, run in fences if run),
        installation=_installation(answer.get("developerMetadata", [])),
        read_as=read_as,
    )


def _fences(entries: list[Json]) -> list[tuple[int, int, str]]:
    """Our own entries as (id, generation, run), oldest first; the run is empty where an older sheetsync wrote it.

    One whose value does not begin with a number is somebody else's and fences nothing.
    """
    ours = [entry for entry in entries if entry.get("metadataKey") == GENERATION_KEY]
    parted = [(entry["metadataId"], *entry.get("metadataValue", "").partition(" ")) for entry in ours]
    found = [(metadata_id, int(number), run) for metadata_id, number, _, run in parted if _NUMBER.fullmatch(number)]
    return sorted(found, key=lambda fence: (fence[1], fence[0]))


def _installation(entries: list[Json]) -> str | None:
    """Whose ledger writes here; the first mark, should there ever be two."""
    marks = [entry.get("metadataValue", "") for entry in entries if entry.get("metadataKey") == INSTALLATION_KEY]
    return next(iter(marks), None)


def _tab(sheet: Json, alike: Alike) -> Tab:
    properties = sheet["properties"]
    rows: Sequence[tuple[Cell, ...]]
    if properties.get("sheetId") == OUR_TAB_ID:
        # What stands there is about one row, with its key and its link: no other tab says the same.
        rows = CellRows(_rows(sheet.get("data", []), Alike()))
    else:
        rows = _rows(sheet.get("data", []), alike)
    # A tab that is a chart has no grid, and so no cells and no size.
    grid = properties.get("gridProperties", {})
    row_count, columns = grid.get("rowCount", 0), grid.get("columnCount", 0)
    return Tab(
        id=properties.get("sheetId", 0),
        title=properties["title"],
        rows=rows,
        row_count=row_count,
        column_count=columns,
        merges=tuple(_block(merge, row_count, columns) for merge in sheet.get("merges", [])),
        frozen_rows=grid.get("frozenRowCount", 0),
        hidden=properties.get("hidden", False),
        has_tables=bool(sheet.get("tables")),
        protections=tuple(_protection(one, row_count, columns) for one in sheet.get("protectedRanges", [])),
        marks=tuple(_marks(sheet.get("data", []), COLUMN_KEY)),
        offered=tuple(_marks(sheet.get("data", []), OFFERED_KEY)),
    )


def _marks(data: list[Json], key: str) -> Iterator[Mark]:
    for grid in data:
        for column, properties in enumerate(grid.get("columnMetadata", ()), start=grid.get("startColumn", 0)):
            for entry in properties.get("developerMetadata", ()):
                if entry.get("metadataKey") == key:
                    name, _, header = entry.get("metadataValue", "").partition(VALUE_SEPARATOR)
                    yield Mark(entry["metadataId"], column, name, header)


def _rows(data: list[Json], alike: Alike) -> tuple[tuple[Cell, ...], ...]:
    """Rows without their blank ends: a cell that is only coloured or formatted is not used."""
    rows = [_row(row.get("values", ()), alike) for grid in data for row in grid.get("rowData", ())]
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


def _row(values: list[Json], alike: Alike) -> tuple[Cell, ...]:
    cells = [cell(value) for value in values]
    while cells and cells[-1] is BLANK:
        cells.pop()
    return tuple(alike.one_for(each) for each in cells)


def cell(data: Json) -> Cell:
    """One of Google's CellData as a cell; `BLANK` itself where nothing is shown, held or computed."""
    effective = data.get("effectiveValue")
    formula = data["userEnteredValue"].get("formulaValue") if "userEnteredValue" in data else None
    shown = data.get("formattedValue", "")
    if not effective and formula is None and not shown:
        return BLANK
    kind, pattern = _format(data)
    error = _error(effective, shown)
    value = None if error is not None else _value(effective)
    if value == shown:
        # Of most texts there would be two that say the same.
        value = shown
    struck = "userEnteredFormat" in data and bool(data["userEnteredFormat"].get("textFormat", {}).get("strikethrough"))
    return Cell(value, shown, kind, pattern, _link(data), formula, error, struck, data.get("note", ""))


def _value(effective: Json | None) -> bool | float | str | None:
    if not effective:
        return None
    if "stringValue" in effective:
        return str(effective["stringValue"])
    if "numberValue" in effective:
        return float(effective["numberValue"])
    return bool(effective["boolValue"]) if "boolValue" in effective else None


def _error(effective: Json | None, shown: str) -> str | None:
    if not effective or "errorValue" not in effective:
        return None
    return _ERRORS.get(effective["errorValue"].get("type", ""), shown or "#ERROR!")


def _format(data: Json) -> tuple[Format, str]:
    if "effectiveFormat" not in data:
        return Format.PLAIN, ""
    number = data["effectiveFormat"].get("numberFormat", {})
    return _FORMATS.get(number.get("type", ""), Format.PLAIN), number.get("pattern", "")


def _link(data: Json) -> str | None:
    """The one URL behind a cell. Google leaves `hyperlink` out when parts of the text have links of their own."""
    if "hyperlink" in data:
        return str(data["hyperlink"]) or None
    if "textFormatRuns" not in data and "chipRuns" not in data:
        return None
    found = set(_linked_parts(data))
    return found.pop() if len(found) == 1 else None


def _linked_parts(data: Json) -> Iterator[str]:
    for run in data.get("textFormatRuns", ()):
        if uri := run.get("format", {}).get("link", {}).get("uri"):
            yield uri
    for run in data.get("chipRuns", ()):
        if uri := run.get("chip", {}).get("richLinkProperties", {}).get("uri"):
            yield uri


def _block(area: Json, rows: int, columns: int) -> Block:
    """A GridRange with its open ends closed at the grid's edge."""
    return Block(
        top=area.get("startRowIndex", 0),
        left=area.get("startColumnIndex", 0),
        bottom=area.get("endRowIndex", rows),
        right=area.get("endColumnIndex", columns),
    )


_SIDES = ("startRowIndex", "startColumnIndex", "endRowIndex", "endColumnIndex")


def _protection(protected: Json, rows: int, columns: int) -> Protection:
    area = protected.get("range", {})
    return Protection(
        id=protected["protectedRangeId"],
        block=_block(area, rows, columns) if any(side in area for side in _SIDES) else None,
        warning_only=protected.get("warningOnly", False),
        editable_by_us=protected.get("requestingUserCanEdit", False),
        description=protected.get("description", ""),
        ours=protected.get("warningOnly", False) and protected.get("description", "") == WARNING,
        unprotected=tuple(_block(hole, rows, columns) for hole in protected.get("unprotectedRanges", [])),
        editors=_editors(protected),
    )


def _editors(protected: Json) -> Editors | None:
    """Whom Google names; it does so only to those who may edit the range themselves.

    Of a range that is given by a name or a table, and so says not where it is, nothing is known.
    """
    if "editors" not in protected or "range" not in protected:
        return None
    named = protected["editors"]
    users, groups = (frozenset(one.casefold() for one in named.get(kind, ())) for kind in ("users", "groups"))
    return Editors(users, groups, named.get("domainUsersCanEdit", False))
