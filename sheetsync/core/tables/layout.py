"""Find the table in a tab: its header row, which column means what, and what kind of row each one is.

Real tabs have titles, banners, example rows and totals around and between the rows that count (`campaign-sheets`
research); nothing is ever inferred from a row number, and whatever is left alone is named.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sheetsync.core.fields.texts import bare
from sheetsync.core.graph import Source
from sheetsync.core.model import Cell, RowKind, Tab
from sheetsync.core.tables.seen import our_columns_of

#: how far down a header is looked for: preambles of real sheets are short
_HEADER_SEARCH_ROWS = 60

_EXAMPLE = re.compile(
    r"^\W*(?:(?:example|beispiel|exemple|ejemplo|esempio|voorbeeld)\b|(?:e\.\s?g|z\.\s?b)\.)", re.IGNORECASE
)
_TOTAL = re.compile(
    r"^\W*(?:sub-?\s?total|grand total|totals?|(?:zwischen|gesamt|end)?summe|gesamt|totale|totaal)\b", re.IGNORECASE
)
_PROSE = re.compile(r"\w[.!?]\s+\w|\w\.$|\w\s*[:=]\s*\w")


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

    @property
    def data_rows(self) -> list[int]:
        return [row for row, kind in self.kinds.items() if kind is RowKind.DATA]


@dataclass(frozen=True, slots=True)
class NoTable:
    """No header row was found; the reason says what was looked for and what came nearest."""

    reason: str


@lru_cache(maxsize=10_000)
def fold_header(text: str) -> str:
    """A header as it is compared: case, accents, kind of dash, line breaks and trailing marks do not count."""
    return bare(text).rstrip(":* ")


def find_table(tab: Tab, source: Source) -> Layout | NoTable:
    """Find the header row that names most of the source's columns (all of its key) and classify every row."""
    wanted = {fold_header(text): name for name, texts in source.columns.items() for text in texts}
    candidates = [
        (row, _columns_named(tab.rows[row], wanted, our_columns_of(tab, row)))
        for row in range(min(len(tab.rows), _HEADER_SEARCH_ROWS))
    ]
    key = set(source.key)
    row, columns = max(candidates, key=lambda found: (key <= found[1].keys(), len(found[1])), default=(0, {}))
    missing_key = [name for name in source.key if name not in columns]
    if len(columns) < min(2, len(source.columns)) or missing_key:
        return NoTable(_nothing_found(source, row, columns, missing_key))
    unmapped = _unmapped(tab.rows[row], {*columns.values(), *our_columns_of(tab, row)})
    return Layout(row, columns, unmapped, _classify(tab, row, columns, key))


def _columns_named(cells: Sequence[Cell], wanted: Mapping[str, str], ours: frozenset[int]) -> dict[str, int]:
    """field -> column for one row; of two headers with one text the leftmost counts."""
    columns: dict[str, int] = {}
    for column, cell in enumerate(cells):
        name = wanted.get(fold_header(cell.shown))
        if name is not None and column not in ours:
            columns.setdefault(name, column)
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


def _classify(tab: Tab, header_row: int, columns: Mapping[str, int], key: set[str]) -> dict[int, RowKind]:
    header = tab.rows[header_row]
    ours = our_columns_of(tab, header_row)
    headers = {column: fold_header(header[column].shown) for column in columns.values()}
    keys = {columns[name] for name in key}
    tall = [block for block in tab.merges if block.bottom - block.top > 1]
    kinds = {row: RowKind.PREAMBLE for row in range(header_row) if _texts(tab.rows[row], ours)}
    kinds[header_row] = RowKind.HEADER
    for row in range(header_row + 1, len(tab.rows)):
        below_merge = any(block.top < row < block.bottom for block in tall)
        kinds[row] = _kind(_texts(tab.rows[row], ours), headers, keys, below_merge)
    prose = {row for row in kinds if _is_prose(_texts(tab.rows[row], ours).values())}
    return _end(kinds, prose)


def _kind(texts: Mapping[int, str], headers: Mapping[int, str], keys: set[int], below_merge: bool) -> RowKind:
    """The kind of a row below the header, from its texts by column."""
    if not texts:
        return RowKind.BLANK
    mapped = texts.keys() & headers.keys()
    if sum(fold_header(texts[column]) == headers[column] for column in mapped) >= min(2, len(headers)):
        return RowKind.HEADER
    (column, first), *others = texts.items()
    if any(_EXAMPLE.match(text) for text in (first, *(text for _, text in others[:1]))):
        return RowKind.EXAMPLE
    # A partner may be called Total Wine: a row that fills its whole key beside such a word is no total.
    if _TOTAL.match(first) and not keys <= texts.keys() - {column}:
        return RowKind.TOTAL
    lonely = not others and len(headers) > 2 and not below_merge
    return RowKind.BANNER if lonely or not mapped else RowKind.DATA


def _texts(cells: Sequence[Cell], ours: frozenset[int]) -> dict[int, str]:
    """What a person sees in a row, by column, left to right; nothing where all there is are boxes nobody ticked."""
    texts = {column: cell.shown.strip() for column, cell in enumerate(cells) if column not in ours and _holds(cell)}
    return {} if all(cells[column].value is False for column in texts) else texts


def _holds(cell: Cell) -> bool:
    """A formula that gives an empty text shows as much as no formula."""
    return not cell.blank and str(cell.value).strip() != ""


def _is_prose(texts: Iterable[str]) -> bool:
    """A banner is a name; what holds whole sentences, or says what something stands for, explains."""
    return any(_PROSE.search(text) for text in texts)


def _end(kinds: dict[int, RowKind], prose: Collection[int]) -> dict[int, RowKind]:
    """A lonely text below the data is no banner over anything but a legend, also where late rows came in behind it.

    With rows behind it, it must explain something and stand by itself: blank rows above and below.
    """
    data = [row for row, kind in kinds.items() if kind is RowKind.DATA]
    if not data:
        return kinds
    first, last = min(data), max(data)

    def explains(row: int) -> bool:
        alone = all(kinds.get(beside) in (None, RowKind.BLANK) for beside in (row - 1, row + 1))
        return row > last or (row > first and alone and row in prose)

    return {row: RowKind.LEGEND if kind is RowKind.BANNER and explains(row) else kind for row, kind in kinds.items()}
