"""The pandas room: the cells of one tab become records of canonical values.

A column is read as a column: its dialect (day or month first, decimal comma, currency) is decided from all its cells,
each distinct cell is parsed once, and merged cells count for every row they span.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pandas as pd

from sheetsync.core.campaigns import fold_key
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.graph import Rules, Source
from sheetsync.core.model import Cell, Claims, Ignored, Parsed, Place, Record, RowKind, Snapshot, Tab
from sheetsync.core.tables import Layout, NoTable, find_table

Said = tuple[Parsed, str]
"""What a cell means, and what it shows."""
Understood = dict[tuple[str, Dialect], dict[tuple[type, Cell], Said]]
"""What cells of a field mean in a dialect: teams copy from each other, so most of a sheet was understood in another."""

_REASONS = {
    RowKind.PREAMBLE: "above the header",
    RowKind.BANNER: "a banner, not a campaign",
    RowKind.EXAMPLE: "an example row",
    RowKind.TOTAL: "a totals row",
    RowKind.LEGEND: "a note or a legend",
}


def normalize(
    tab: Tab, locale: str, source: Source, rules: Rules, place: Place, understood: Understood | None = None
) -> Snapshot | NoTable:
    """Read one tab as one source.

    `locale` is the workbook's (Google style, "de_DE"); `place` names source, spreadsheet and tab, its row and column
    are filled in per cell. `understood` is for who reads several tabs under the same rules. Returns NoTable when no
    header row names the source's key columns.
    """
    layout = find_table(tab, source)
    if isinstance(layout, NoTable):
        return layout
    cells = _cells(tab, layout)
    headers = {name: tab.cell(layout.header_row, column).shown for name, column in layout.columns.items()}
    understood = {} if understood is None else understood
    said = [_said(name, cells[name], header, locale, rules, understood) for name, header in headers.items()]
    records = tuple(_records(said, headers, tab, layout, source, place))
    ignored = tuple(_ignored(tab, layout, source))
    return Snapshot(source.name, place, records, ignored, layout.columns, headers, layout.header_row, layout.kinds)


def _cells(tab: Tab, layout: Layout) -> pd.DataFrame:
    """Data rows x mapped fields, as Cells; a merged cell stands in every row and column it covers."""
    spanned = {
        (row, column): tab.cell(block.top, block.left)
        for block in tab.merges
        for row in range(block.top, block.bottom)
        for column in range(block.left, block.right)
    }
    rows = layout.data_rows
    by_field = {
        name: [spanned.get((row, column)) or tab.cell(row, column) for row in rows]
        for name, column in layout.columns.items()
    }
    return pd.DataFrame(by_field, index=pd.Index(rows, dtype="int64"), dtype=object)


def _said(
    name: str, cells: "pd.Series[Any]", header: str, locale: str, rules: Rules, understood: Understood
) -> list[Said]:
    """What each cell of a column means and shows; cells that are alike share it."""
    field = rules.fields[name]
    codes, found = pd.factorize(cells.to_numpy(), use_na_sentinel=False)
    distinct = cast("list[Cell]", list(found))
    dialect = decide_dialect(distinct, locale, header, rules.season)
    canonical = _canonical_words(rules.aliases.get(name, {}))
    known = understood.setdefault((name, dialect), {})
    # By its type too: to Python True is 1.0.
    typed = [(type(cell.value), cell) for cell in distinct]
    for key in typed:
        if key not in known:
            _, cell = key
            known[key] = _unaliased(field.type.parse(cell, dialect), canonical), cell.shown
    said = [known[key] for key in typed]
    return [said[code] for code in codes.tolist()]


def _canonical_words(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold_key(spelling): word for word, spellings in aliases.items() for spelling in (word, *spellings)}


def _unaliased(parsed: Parsed, canonical: Mapping[str, str]) -> Parsed:
    return canonical.get(fold_key(parsed), parsed) if isinstance(parsed, str) else parsed


def _records(
    said: Sequence[Sequence[Said]], headers: Mapping[str, str], tab: Tab, layout: Layout, source: Source, place: Place
) -> Iterator[Record]:
    columns = {
        name: (at, replace(place, column=layout.columns[name], column_name=header.strip()))
        for at, (name, header) in enumerate(headers.items())
    }
    # A row is shown by its first key cell: that is where people look for it.
    _, first = columns[source.key[0]]
    for row, values in zip(layout.data_rows, zip(*said, strict=True), strict=True):
        address = tuple(tab.cell(row, layout.columns[name]).shown for name in source.key)
        yield Record(source.name, first.in_row(row), Claims(columns, values, row), address)


def _ignored(tab: Tab, layout: Layout, source: Source) -> Iterator[Ignored]:
    for row, kind in sorted(layout.kinds.items()):
        if reason := layout.reasons.get(row) or _REASONS.get(kind):
            yield Ignored(source.name, tab.title, "row", str(row + 1), reason)
        elif kind is RowKind.HEADER and row != layout.header_row:
            yield Ignored(source.name, tab.title, "row", str(row + 1), "the header again")
    for _, header in layout.unmapped:
        yield Ignored(source.name, tab.title, "column", header, "no field is mapped to it")
