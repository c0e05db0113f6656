"""Find the table of a source in a tab: its header row, which column means what, and what kind of row each one is.

A team has said which headers to look for, so the header row is known more surely than in a tab nobody has described
(`finding`); what stands beside and below it, and the kind of each row, is found the same way.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sheetsync.core.graph import Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Cell, RowKind, Tab
from sheetsync.core.tables.finding import begun, limit, row_kinds, tops_over
from sheetsync.core.tables.found import Names
from sheetsync.core.tables.grids import month_grids
from sheetsync.core.tables.headers import Heading, Words, headings
from sheetsync.core.tables.seen import Seen, has_digit, our_columns_of, see
from sheetsync.core.tables.spread import Spread, spread_of
from sheetsync.core.tables.tops import Top, joined, stretches, topped
from sheetsync.core.tables.twins import as_told, tells_apart

#: how far down a header is looked for: preambles of real sheets are short
_HEADER_SEARCH_ROWS = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is."""

    header_row: int
    #: field -> 0-based column
    columns: Mapping[str, int]
    #: columns with a header that nothing is mapped to: (column, header text)
    unmapped: tuple[tuple[int, str], ...]
    #: every physical row that holds anything, with its kind
    kinds: Mapping[int, RowKind]
    #: why a row is not data, where more can be said than its kind
    reasons: Mapping[int, str] = field(default_factory=dict)
    #: columns of other tables beside it
    beside: frozenset[int] = frozenset()
    #: the tab's cells, for who reads on
    cells: Spread | None = field(default=None, compare=False, repr=False)

    @property
    def data_rows(self) -> list[int]:
        data = RowKind.DATA
        return [row for row, kind in self.kinds.items() if kind is data]


@dataclass(frozen=True, slots=True)
class NoTable:
    """No header row was found; the reason says what was looked for and what came nearest."""

    reason: str


def nobody_knows(_text: str) -> Collection[str]:
    """No word is known as a header but for those the source names."""
    return ()


def find_table(tab: Tab, source: Source, names: Names = nobody_knows) -> Layout | NoTable:
    """Find the header row that names most of the source's columns (all of its key) and classify every row.

    `names` says which fields any other header's text may name: by it a table is known that begins below this one.
    """
    wanted = _wanted(source)
    first = range(min(len(tab.rows), _HEADER_SEARCH_ROWS))
    candidates = [(row, _columns_named(tab, row, wanted)) for row in _naming_any(tab, first, wanted)]
    key = set(source.key)

    def worth(found: tuple[int, Mapping[str, int]]) -> tuple[bool, int]:
        return key <= found[1].keys(), len(found[1])

    row, columns = max(candidates, key=worth, default=(0, {}))
    if len(columns) < len(source.columns) and len(tab.rows) > _HEADER_SEARCH_ROWS:
        # A table below another one begins wherever that one ends.
        rows = _naming_any(tab, range(_HEADER_SEARCH_ROWS, len(tab.rows)), wanted)
        row, columns = max([(row, columns), *((at, _columns_named(tab, at, wanted)) for at in rows)], key=worth)
    missing_key = [name for name in source.key if name not in columns]
    if len(columns) < min(2, len(source.columns)) or missing_key:
        return NoTable(_nothing_found(source, row, columns, missing_key))
    return _layout(tab, row, _Mapped(source, wanted, names))


@dataclass(frozen=True)
class _Mapped:
    """What a source says of its columns."""

    source: Source
    #: folded header -> field
    wanted: Mapping[str, str]
    #: what any other header may name
    names: Names

    @property
    def words(self) -> Words:
        return Words(self._named, digits=self._digits)

    def with_others(self, likely: Set[str]) -> Words:
        """The same, and what anybody calls a column: asked of few texts, as each costs a hundred times as much."""

        def named(text: str) -> Collection[str]:
            known = self._named(text) if self._digits or not has_digit(text) else ()
            return known or (self.names(text) if text in likely else ())

        return Words(named, digits=self._digits, besides=likely)

    @cached_property
    def _digits(self) -> bool:
        return any(map(has_digit, self.wanted))

    def _named(self, text: str) -> Collection[str]:
        return [self.wanted[folded]] if (folded := fold_header(text)) in self.wanted else ()


def _layout(tab: Tab, row: int, mapped: _Mapped) -> Layout:
    """The table whose header is known to stand in this row."""
    ours = our_columns_of(tab, row)
    cells, words = spread_of(tab), mapped.words
    seen = see(tab, ours, cells)
    header = words.heading(row, as_told(tab, row, seen.rows[row], mapped.wanted))
    own, beside = _beside(stretches(seen, words, header, range(row + 1, len(seen.rows))), set(mapped.source.key))
    columns: dict[str, int] = {}
    for column, [name] in own.fields.items():
        # Of two headers with one text the leftmost counts.
        columns.setdefault(name, column)
    others = see(tab, ours | beside, cells) if beside else seen
    key = {columns[name] for name in mapped.source.key}
    if mapped.names is not nobody_knows:
        words = mapped.with_others(_likely_headers(others, own))
    top, ends = _end_of(others, words, words.heading(row, {at: seen.rows[row][at] for at in own.texts}), key)
    counts = seen.counts(range(len(seen.rows)))
    kinds = {above: RowKind.PREAMBLE for above in range(row) if counts[above]}
    kinds |= {at: RowKind.HEADER for at in top.rows if at >= row}
    kinds |= row_kinds(others, words, top, range(top.rows[-1] + 1, ends))
    kinds |= _strays(others, kinds)
    blank = RowKind.BLANK
    outside = [at for at in range(row + 1, len(seen.rows)) if counts[at] and kinds.get(at, blank) is blank]
    kinds |= dict.fromkeys(outside, RowKind.LEGEND)
    kinds |= {at: blank for at in range(ends, len(seen.rows)) if not counts[at]}
    reasons = dict.fromkeys(outside, "belongs to another table")
    unmapped = _unmapped(tab.rows[row], {*columns.values(), *ours})
    return Layout(row, columns, unmapped, kinds, reasons, beside, cells)


def _beside(pieces: Sequence[Heading], key: set[str]) -> tuple[Heading, frozenset[int]]:
    """The pieces of a header row that are the source's own table as one, and the columns of other tables beside it.

    Blank columns stand inside tables too. So another table begins only with a piece that names a field once more, or
    that names none but has two headers at least.
    """
    groups: list[list[Heading]] = []
    for piece in pieces:
        names = _names(piece)
        if groups and all(names.isdisjoint(_names(own)) for own in groups[-1]):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    best = max(groups, key=lambda group: _worth(set().union(*map(_names, group)), key))
    own = [piece for piece in best if _names(piece) or len(piece.texts) == 1]
    texts = {column: text for piece in own for column, text in piece.texts.items()}
    fields = {column: names for piece in own for column, names in piece.fields.items()}
    foreign = [piece for piece in pieces if piece not in own]
    columns = frozenset(column for piece in foreign for column in range(piece.left, piece.right))
    return Heading(pieces[0].row, texts, fields), columns


def _names(piece: Heading) -> set[str]:
    return {name for names in piece.fields.values() for name in names}


def _worth(names: set[str], key: set[str]) -> tuple[bool, int]:
    return key <= names, len(names)


def _holds_an_id(seen: Seen, key: Collection[int], heading: Heading) -> bool:
    """A partner called Campaign, or a note that says so, is no header: the row is told by an id like any other."""
    texts = seen.rows[heading.row]
    return (
        len(heading.fields) > 0
        and all(column in texts for column in key)
        and any(column not in heading.fields and any(map(str.isdigit, texts[column])) for column in key)
    )


def _likely_headers(seen: Seen, own: Heading) -> frozenset[str]:
    """Texts of the rows below a header that may be another one: half of what they hold has no digit at least."""
    wordy = np.fromiter(map(seen.wordy.__contains__, seen.shown), dtype=np.bool_, count=len(seen.shown))
    below = slice(own.row + 1, None)
    codes, filled = seen.spread.codes[own.left : own.right, below], seen.filled[own.left : own.right, below]
    words = (wordy[codes] & filled).sum(axis=0)
    rows = np.flatnonzero((words > 1) & (words * 2 >= filled.sum(axis=0)))
    return frozenset(seen.shown[number] for number in np.unique(codes[:, rows]).tolist()) - {""}


def _strays(seen: Seen, kinds: Mapping[int, RowKind]) -> dict[int, RowKind]:
    """Rows in which something stands outside of the table's columns only: it counts for nothing."""
    last = max((row for row, kind in kinds.items() if kind is RowKind.DATA), default=len(seen.rows))
    stray = [row for row, kind in kinds.items() if kind is RowKind.BLANK and seen.rows[row]]
    return {row: RowKind.BANNER if row < last else RowKind.LEGEND for row in stray}


def _end_of(seen: Seen, words: Words, own: Heading, key: Collection[int]) -> tuple[Top, int]:
    """The table's own header, and the row in which another table begins in its columns."""

    def begins_another(heading: Heading, last: int) -> bool:
        return heading.row > last and not _holds_an_id(seen, key, heading)

    known = [heading for heading in headings(seen, words) if begins_another(heading, own.row)]
    grids = [grid for grid in month_grids(seen) if grid.top > own.row]
    lower = next((heading for heading in known if heading.row == own.row + 1), None)
    first = joined(seen, words, own, lower, range(own.row + 1, len(seen.rows)))
    # A table above this one has a header too.
    others = [rows for rows in begun(seen, words, known, grids, [first]) if begins_another(rows[0], first[-1].row)]
    tops = tops_over(seen, words, others, grids)
    before = min((other.rows[0] for other in tops), default=len(seen.rows))
    top = topped(seen, words, first, range(first[-1].row + 1, before))
    return top, limit(seen, top, tops, grids)


def _naming_any(tab: Tab, rows: Sequence[int], wanted: Mapping[str, str]) -> Sequence[int]:
    """Those of the rows that may name a field: each different cell is asked, and hardly any is a header."""
    if tells_apart(wanted):
        return rows
    digits = any(map(has_digit, wanted))
    cells = {id(cell): cell for row in rows for cell in tab.rows[row]}
    said = {
        one
        for one, cell in cells.items()
        if (digits or not has_digit(cell.shown)) and fold_header(cell.shown.strip()) in wanted
    }
    return [row for row in rows if not said.isdisjoint(map(id, tab.rows[row]))]


def _columns_named(tab: Tab, row: int, wanted: Mapping[str, str]) -> dict[str, int]:
    """field -> column for one row; of two headers with one text the leftmost counts."""
    return {name: columns[0] for name, columns in _all_named(tab, row, wanted).items()}


def named_in(tab: Tab, row: int, source: Source) -> dict[str, list[int]]:
    """field -> every column that a row's texts name it by, from left to right."""
    return _all_named(tab, row, _wanted(source))


def _wanted(source: Source) -> dict[str, str]:
    return {fold_header(text): name for name, texts in source.columns.items() for text in texts}


def _all_named(tab: Tab, row: int, wanted: Mapping[str, str]) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    ours = our_columns_of(tab, row)
    texts = {column: text for column, cell in enumerate(tab.rows[row]) if (text := cell.shown.strip())}
    for column, text in as_told(tab, row, texts, wanted).items():
        name = wanted.get(fold_header(text))
        if name is not None and column not in ours:
            columns.setdefault(name, []).append(column)
    return columns


def _unmapped(header: Sequence[Cell], known: set[int]) -> tuple[tuple[int, str], ...]:
    return tuple(
        (column, cell.shown.strip()) for column, cell in enumerate(header) if column not in known and not cell.blank
    )


def _nothing_found(source: Source, row: int, columns: Mapping[str, int], missing_key: Sequence[str]) -> str:
    looked_for = ", ".join(repr(texts[0]) for texts in source.columns.values())
    if not columns:
        return f"no header row: none of {looked_for} in the first {_HEADER_SEARCH_ROWS} rows"
    missing = ", ".join(repr(source.columns[name][0]) for name in missing_key) or looked_for
    return f"no header row: row {row + 1} comes nearest but lacks {missing}"
