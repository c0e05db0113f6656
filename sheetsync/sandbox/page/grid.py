"""One tab as the lines of a grid: HTML for each row, and everything else that is not a row's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

from sheetsync.sandbox.a1 import Area, Box, column_letters
from sheetsync.sandbox.cellviews import CELL_FIELDS, hyperlink
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.filters import hidden_by_filter
from sheetsync.sandbox.formulas import FormulaError
from sheetsync.sandbox.model import EMPTY, Cell, Tab
from sheetsync.sandbox.page import looks
from sheetsync.sandbox.page.entered import entered_text
from sheetsync.sandbox.results import Results

#: a browser shows this many cells well; of a larger tab the first rows are shown, and more when asked for
MOST_CELLS, MOST_ROWS, FEWEST_ROWS = 150_000, 3_000, 100
#: rows laid out together: a browser skips those far from what is seen
_CHUNK = 24
#: the key of developer metadata that marks a column as a program's
_OURS = "sheetsync."
#: rows looked at for a column's width
_LOOKED_AT = 300
LOCK = '<svg class="lock" role="img" aria-label="{}"><use href="#lock"/></svg>'


@dataclass(frozen=True)
class Grid:
    """A tab as drawn at one version of its workbook."""

    #: the lines of the tab itself, shown or not
    lines: int
    #: the cells of each shown row as HTML; None where the row is hidden
    rows: tuple[str | None, ...]
    frozen: int
    #: all that decides how rows are put together: where it differs, no row of one grid fits into the other
    frame: str
    #: the row of column letters
    letters: str
    #: rows before which nothing may be split, because a merged cell spans them
    joined: frozenset[int]
    columns: int
    style: str = field(repr=False)

    @cached_property
    def style_name(self) -> str:
        """A name for the style sheet that changes when it does."""
        return sha256(self.style.encode()).hexdigest()[:16]

    def line(self, row: int) -> str:
        """One row with its number."""
        cells = self.rows[row]
        hidden = " hidden" if cells is None else ""
        head = f'<th role="rowheader" scope="row">{row + 1}</th>'
        return f'<tr role="row" data-r="{row}"{hidden}>{head}{cells or ""}</tr>'

    @cached_property
    def html(self) -> str:
        """The frozen head and the rows below it in chunks."""
        head = self.letters + "".join(map(self.line, range(self.frozen)))
        chunks = "".join(self._lines(first, end) for first, end in self._chunks())
        return f'<div class="lines head" role="rowgroup">{self._table(head)}</div>{chunks}'

    def _lines(self, first: int, end: int) -> str:
        rows = self._table("".join(map(self.line, range(first, end))))
        return f'<div class="lines chunk" role="rowgroup">{rows}</div>'

    def _table(self, rows: str) -> str:
        columns = "<col>" * (self.columns + 1)
        body = f'<tbody role="presentation">{rows}</tbody>'
        return f'<table role="presentation"><colgroup>{columns}</colgroup>{body}</table>'

    def _chunks(self) -> Iterator[tuple[int, int]]:
        first = self.frozen
        while first < len(self.rows):
            end = min(first + _CHUNK, len(self.rows))
            while end in self.joined:
                end += 1
            yield first, end
            first = end


class Piece(NamedTuple):
    """What a place shows, wherever it stands: kept from one drawing to the next, for most cells stay as they are."""

    cell: Cell
    text: str
    #: attributes: what was typed where it reads otherwise, the note, the error
    said: str
    names: tuple[str, ...]
    inner: str
    #: longer than an ordinary column, and allowed to flow into empty ones
    long: bool
    #: class names inside
    marks: tuple[str, ...]


#: by the cell's identity and its column
Pieces = dict[tuple[int, int], Piece]


class _Merge(NamedTuple):
    """A merged cell as shown: where it is drawn, what it holds, over how many shown rows and columns."""

    at: tuple[int, int]
    area: Area
    down: int
    across: int


def shown_rows(tab: Tab, wanted: int) -> int:
    """How many rows of a tab are drawn: `wanted`, or by default as many as a browser shows well."""
    usual = min(MOST_ROWS, max(MOST_CELLS // tab.columns, FEWEST_ROWS))
    return min(tab.rows, max(wanted, usual))


def drawn(results: Results, tab: Tab, wanted: int = 0, before: Pieces | None = None) -> tuple[Grid, Pieces]:
    """The tab as a grid of `shown_rows` rows, and its pieces for the next drawing of this day."""
    drawing = _Drawing(results, tab, shown_rows(tab, wanted), before or {})
    return drawing.grid(), drawing.pieces


class _Drawing:
    def __init__(self, results: Results, tab: Tab, rows: int, before: Pieces) -> None:
        self._results, self._tab, self._count, self._before = results, tab, rows, before
        self.pieces: Pieces = {}
        self._shown: dict[tuple[float, object, object], str] = {}
        self._frozen = min(tab.frozen_rows, rows)
        filtered = hidden_by_filter(results, tab)
        self._hidden = {row for row in range(rows) if row in filtered or _is_hidden(tab.row_properties, row)}
        self._columns = [each for each in range(tab.columns) if not _is_hidden(tab.column_properties, each)]
        self._ours = our_columns(results, tab)
        self._merges = {each.at: each for each in self._shown_merges()}
        self._covered = {
            (row, column): each
            for each in self._merges.values()
            for row in range(each.area.top, each.area.bottom)
            for column in range(each.area.left, each.area.right)
        }
        boxes = [box for rule in tab.rules for box in rule.boxes]
        self._ruled = [box.within(rows, tab.columns) for box in boxes]
        warned = [each.box for each in tab.protections if each.warning_only and each.box != Box()]
        self._warned = [box.within(rows, tab.columns) for box in warned]
        self._plain = {column: f'<td role="gridcell" data-c="{column}"></td>' for column in self._columns}
        self._used: set[str] = set()
        self._lengths: dict[int, list[int]] = {}
        self._headers: dict[int, int] = {}

    def grid(self) -> Grid:
        rows = tuple(None if row in self._hidden else self._row(row) for row in self._rows())
        tab = self._tab
        joined = frozenset(row for each in self._merges.values() for row in range(each.area.top + 1, each.area.bottom))
        letters = self._letters()
        tall = sorted((each.area.top, each.area.bottom) for each in self._merges.values() if each.area.rows > 1)
        frame = f"{letters}{self._columns}{tab.frozen_columns}{self._frozen}{tall}"
        return Grid(
            lines=tab.rows,
            rows=rows,
            frozen=self._frozen,
            frame=frame,
            letters=letters,
            joined=joined,
            columns=len(self._columns),
            style=self._style(),
        )

    def _rows(self) -> range:
        return range(self._count)

    def _shown_merges(self) -> Iterator[_Merge]:
        """Merges cut at the edge of the frozen rows and of what is shown, each at its first cell that is not hidden."""
        for merge in self._tab.merges:
            for top, bottom in ((0, self._frozen), (self._frozen, self._count)):
                part = merge.common(Area(top, bottom, 0, self._tab.columns))
                rows = [row for row in range(part.top, part.bottom) if row not in self._hidden]
                columns = [column for column in self._columns if part.left <= column < part.right]
                if rows and columns:
                    yield _Merge((rows[0], columns[0]), part, len(rows), len(columns))

    def _letters(self) -> str:
        cells = "".join(self._letter(column) for column in self._columns)
        return f'<tr role="row" class="letters"><th class="corner"></th>{cells}</tr>'

    def _letter(self, column: int) -> str:
        ours = column in self._ours
        lock = LOCK.format("filled by sheetsync") if ours else ""
        mark = ' class="ours"' if ours else ""
        name = column_letters(column)
        return f'<th role="columnheader" scope="col" data-c="{column}"{mark}>{name}{lock}</th>'

    def _row(self, row: int) -> str:
        pieces = [self._piece(row, column) for column in self._columns]
        cells = []
        for position, (column, piece) in enumerate(zip(self._columns, pieces, strict=True)):
            merge = self._covered.get((row, column)) if self._covered else None
            if merge is None:
                flows = piece is not None and piece.long and _has_room(pieces, position)
                cells.append(self._single(row, column, piece, flows))
            elif merge.at == (row, column):
                cells.append(self._merged(merge))
        return "".join(cells)

    def _piece(self, row: int, column: int) -> Piece | None:
        """What one place shows; None where there is nothing at all."""
        tab, at = self._tab, (row, column)
        cell = tab.cells.get(at)
        ruled = bool(self._ruled) and any(at in area for area in self._ruled)
        if cell is None or cell.formula is not None or cell.value is None or ruled:
            # What these show hangs on other cells too.
            text = self._results.text(tab, row, column)
            return self._made(at, cell or EMPTY, text, ruled) if cell or text or ruled else None
        key = (id(cell), column)
        known = self._before.get(key)
        piece = known if known is not None and known.cell is cell else self._made(at, cell, self._text(at, cell), ruled)
        self.pieces[key] = piece
        return piece

    def _text(self, at: tuple[int, int], cell: Cell) -> str:
        """A value as shown; dates repeat, and cost the most."""
        if not isinstance(cell.value, float):
            return self._results.text(self._tab, *at)
        number_format = (cell.format or {}).get("numberFormat", {})
        key = (cell.value, number_format.get("type"), number_format.get("pattern"))
        text = self._shown.get(key)
        if text is None:
            text = self._shown[key] = self._results.text(self._tab, *at)
        return text

    def _made(self, at: tuple[int, int], cell: Cell, text: str, ruled: bool) -> Piece:
        value = self._results.effective(self._tab, *at)
        names = looks.classes(self._shown_format(at, cell) if ruled else cell.format or {}, value)
        entered = entered_text(cell, self._results.book.locale, self._results.day)
        message = value.message if isinstance(value, FormulaError) else ""
        hint = "\n".join(part for part in (cell.note, message) if part)
        said = f' data-t="{escape(entered)}"' if entered != text else ""
        said += f' title="{escape(hint)}"' if hint else ""
        inner, marks = _marked_up(text, cell, hyperlink(self._tab, *at)) if text else ("", [])
        long = isinstance(value, str) and "right" not in names and len(text) * looks.LETTER > looks.COLUMN
        return Piece(cell, text, said, tuple([*names, "note"] if cell.note else names), inner, long, tuple(marks))

    def _shown_format(self, at: tuple[int, int], cell: Cell) -> Json:
        """A cell's format where conditional formats may have a say in its colours."""
        effective = CELL_FIELDS["effectiveFormat"](self._results, self._tab, *at)
        given = effective if isinstance(effective, dict) else {}
        theirs = ("backgroundColor", "backgroundColorStyle", "textFormat")
        return (cell.format or {}) | {name: given[name] for name in theirs if name in given}

    def _single(self, row: int, column: int, piece: Piece | None, flows: bool) -> str:
        """A cell of its own."""
        if piece is None:
            if not self._warned_names((row, column)):
                return self._plain[column]
            return f'<td role="gridcell" data-c="{column}" class="warned"></td>'
        if piece.text and row < _LOOKED_AT:
            self._measure(row, column, max(map(len, piece.text.split("\n"))), flows)
        classes = self._classes((row, column), piece, flows)
        return f'<td role="gridcell" data-c="{column}"{piece.said}{classes}>{piece.inner}</td>'

    def _measure(self, row: int, column: int, length: int, flows: bool) -> None:
        """What a column's width is made of; a header is bold, and what flows needs no room."""
        if row < self._frozen and not flows:
            self._headers[column] = max(self._headers.get(column, 0), length + 1 + length // 10)
        elif not flows:
            self._lengths.setdefault(column, []).append(length)

    def _merged(self, merge: _Merge) -> str:
        """A merge that lost its corner to a hidden row or to the frozen edge still shows what the corner holds."""
        corner = (merge.area.top, merge.area.left)
        piece = self._piece(*corner) or self._made(corner, EMPTY, "", ruled=False)
        span = f' rowspan="{merge.down}" colspan="{merge.across}"'
        span += f' data-span="{merge.area.bottom - merge.at[0]} {merge.area.right - merge.at[1]}"'
        classes = self._classes(corner, piece, flows=False)
        return f'<td role="gridcell" data-c="{merge.at[1]}"{span}{piece.said}{classes}>{piece.inner}</td>'

    def _classes(self, at: tuple[int, int], piece: Piece, flows: bool) -> str:
        names = list(piece.names)
        self._used.update(piece.names, piece.marks)
        names += self._warned_names(at)
        if flows:
            names.append("flows")
        return f' class="{" ".join(names)}"' if names else ""

    def _warned_names(self, at: tuple[int, int]) -> list[str]:
        return ["warned"] if self._warned and any(at in area for area in self._warned) else []

    def _style(self) -> str:
        tab = self._tab
        widths = []
        for column in self._columns:
            given = tab.column_properties.get(column, {}).get("pixelSize")
            fitted = looks.fitted(self._lengths.get(column, ()), self._headers.get(column, 0))
            width = given if isinstance(given, int) and given > 0 else fitted
            widths.append((column, min(width, 2000)))
        heights = {
            row: min(properties["pixelSize"], 2000)
            for row, properties in tab.row_properties.items()
            if row < self._count and isinstance(properties.get("pixelSize"), int)
        }
        return looks.style_sheet(self._used, widths, self._ours, tab.frozen_columns, heights)


def _is_hidden(properties: dict[int, Json], line: int) -> bool:
    return bool(properties.get(line, {}).get("hiddenByUser"))


def our_columns(results: Results, tab: Tab) -> set[int]:
    """The columns that a program has marked as its own by developer metadata."""
    return {
        each.index
        for each in results.book.metadata
        if each.sheet_id == tab.sheet_id and each.dimension == "COLUMNS" and each.key.startswith(_OURS)
    }


def _has_room(pieces: list[Piece | None], position: int) -> bool:
    """Whether the text fits into the empty cells beside it, counting columns of ordinary width."""
    piece = pieces[position]
    room = 1
    while position + room < len(pieces):
        beside = pieces[position + room]
        if beside is not None and beside.text:
            break
        room += 1
    wanted = 0 if piece is None else len(piece.text) * looks.LETTER + looks.PADDING
    return wanted <= room * looks.COLUMN and piece is not None and "\n" not in piece.text


def _marked_up(text: str, cell: Cell, address: str) -> tuple[str, list[str]]:
    """The text as HTML, each run of it in its own format, what is linked behind its link; and the class names used."""
    if not cell.runs or cell.formula is not None:
        return linked(text, address), []
    runs = sorted(cell.runs, key=lambda run: int(run.get("startIndex", 0)))
    # Indices count UTF-16 units, as everywhere in Google's API.
    units = text.encode("utf-16-le", "surrogatepass")
    edges = [int(run.get("startIndex", 0)) for run in runs] + [len(units) // 2]
    pieces, used = [linked(_between(units, 0, edges[0]), address)], []
    for run, first, end in zip(runs, edges, edges[1:], strict=False):
        given = run.get("format", {})
        marks = looks.text_classes(given)
        used += marks
        part = linked(_between(units, first, end), given.get("link", {}).get("uri", "") or address)
        pieces.append(f'<span class="{" ".join(marks)}">{part}</span>' if marks else part)
    return "".join(pieces), used


def _between(units: bytes, first: int, end: int) -> str:
    return units[first * 2 : end * 2].decode("utf-16-le", "replace")


def linked(text: str, address: str) -> str:
    """The text, linked when its address is one a browser may safely follow."""
    if not address or not text:
        return escape(text)
    try:
        safe = urlsplit(address).scheme.lower() in ("http", "https", "mailto")
    except ValueError:
        safe = False
    if not safe:
        return escape(text)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'
