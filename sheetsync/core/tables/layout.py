"""Find the table of a source in a tab: its header row, which column means what, and what kind of row each one is.

A team has said which headers to look for, so the header row is known more surely than in a tab nobody has described
(`finding`); what stands beside and below it, and the kind of each row, is found the same way.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sheetsync.core.graph import Source
from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import Cell, RowKind, Tab
from sheetsync.core.tables.finding import begun, row_kinds
from sheetsync.core.tables.grids import month_grids
from sheetsync.core.tables.headers import Heading, Words, headings
from sheetsync.core.tables.kinds import Shape, total_without_key
from sheetsync.core.tables.seen import Seen, has_digit, our_columns_of, see
from sheetsync.core.tables.spread import Spread, spread_of
from sheetsync.core.tables.tops import joined, stretches
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


def find_table(tab: Tab, source: Source) -> Layout | NoTable:
    """Find the header row that names most of the source's columns (all of its key) and classify every row."""
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
    return _layout(tab, row, _Mapped(source, wanted))


@dataclass(frozen=True, slots=True)
class _Mapped:
    """What a source says of its columns."""

    source: Source
    #: folded header -> field
    wanted: Mapping[str, str]

    @property
    def words(self) -> Words:
        def named(text: str) -> Collection[str]:
            return [self.wanted[folded]] if (folded := fold_header(text)) in self.wanted else ()

        return Words(named, digits=any(map(has_digit, self.wanted)))


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
    ends, rows = _end_of(others, words, own, key)
    headers = {column: seen.rows[row][column] for column in columns.values()}
    is_total = total_without_key(key)
    shape = Shape(headers, 0, max(tab.used_columns, 1), is_total)
    counts = seen.counts(range(len(seen.rows)))
    kinds = {above: RowKind.PREAMBLE for above in range(row) if counts[above]}
    kinds |= dict.fromkeys(rows, RowKind.HEADER)
    kinds |= row_kinds(others, words, shape, range(rows[-1] + 1, ends))
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


def _end_of(seen: Seen, words: Words, own: Heading, key: Collection[int]) -> tuple[int, list[int]]:
    """The row in which another table begins in these columns, and the rows of this table's own header."""

    def begins_another(heading: Heading, last: int) -> bool:
        return heading.row > last and not _holds_an_id(seen, key, heading)

    known = [heading for heading in headings(seen, words) if begins_another(heading, own.row)]
    grids = [grid for grid in month_grids(seen) if grid.top > own.row]
    lower = next((heading for heading in known if heading.row == own.row + 1), None)
    first = joined(seen, words, own, lower, range(own.row + 1, len(seen.rows)))
    # A table above this one has a header too.
    others = [rows for rows in begun(seen, words, known, grids, [first]) if begins_another(rows[0], first[-1].row)]
    starts = [rows[0].row for rows in others if rows[0].left < own.right and own.left < rows[0].right]
    starts += [grid.top for grid in grids if grid.left < own.right and own.left < grid.right]
    return min(starts, default=len(seen.rows)), [heading.row for heading in first]


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
