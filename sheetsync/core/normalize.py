"""The pandas room: the cells of one tab become records of canonical values.

A column is read as a column: its dialect (day or month first, decimal comma, currency) is decided from all its cells,
each distinct cell is parsed once, and merged cells count for every row they span.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pandas as pd

from sheetsync.core.campaigns import fold_key
from sheetsync.core.fields.dialects import decide_dialect
from sheetsync.core.graph import Rules, Source
from sheetsync.core.model import Cell, Claim, Ignored, Parsed, Place, Record, RowKind, Snapshot, Tab
from sheetsync.core.tables import Layout, NoTable, find_table

_REASONS = {
    RowKind.PREAMBLE: "above the header",
    RowKind.BANNER: "a banner, not a campaign",
    RowKind.EXAMPLE: "an example row",
    RowKind.TOTAL: "a totals row",
    RowKind.LEGEND: "below the table",
}


def normalize(tab: Tab, locale: str, source: Source, rules: Rules, place: Place) -> Snapshot | NoTable:
    """Read one tab as one source.

    `locale` is the workbook's (Google style, "de_DE"); `place` names source, spreadsheet and tab, its row and column
    are filled in per cell. Returns NoTable when no header row names the source's key columns.
    """
    layout = find_table(tab, source)
    if isinstance(layout, NoTable):
        return layout
    cells = _cells(tab, layout)
    headers = {name: tab.cell(layout.header_row, column).shown for name, column in layout.columns.items()}
    claims = cells.copy()
    for name, header in headers.items():
        claims[name] = pd.Series(
            _claims(
                name,
                cells[name],
                header,
                locale,
                rules,
                replace(place, column=layout.columns[name], column_name=header.strip()),
            ),
            index=cells.index,
            dtype=object,
        )
    records = tuple(_records(claims, tab, layout, source))
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


def _claims(name: str, cells: "pd.Series[Any]", header: str, locale: str, rules: Rules, place: Place) -> list[Claim]:
    field = rules.fields[name]
    distinct: list[Cell] = list(cells.unique())
    dialect = decide_dialect(distinct, locale, header, rules.season)
    canonical = _canonical_words(rules.aliases.get(name, {}))
    meanings: dict[Cell, Parsed] = {cell: _unaliased(field.type.parse(cell, dialect), canonical) for cell in distinct}
    return [Claim(name, meanings[cell], cell.shown, replace(place, row=_row(row))) for row, cell in cells.items()]


def _canonical_words(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold_key(spelling): word for word, spellings in aliases.items() for spelling in (word, *spellings)}


def _unaliased(parsed: Parsed, canonical: Mapping[str, str]) -> Parsed:
    return canonical.get(fold_key(parsed), parsed) if isinstance(parsed, str) else parsed


def _records(claims: pd.DataFrame, tab: Tab, layout: Layout, source: Source) -> Iterator[Record]:
    columns = list(claims.columns)
    for row, values in zip(claims.index, claims.itertuples(index=False, name=None), strict=True):
        address = tuple(tab.cell(row, layout.columns[name]).shown for name in source.key)
        claims_here = dict(zip(columns, values, strict=True))
        # A row is shown by its first key cell: that is where people look for it.
        yield Record(source.name, claims_here[source.key[0]].place, claims_here, address)


def _row(label: Hashable) -> int:
    return int(cast("int", label))


def _ignored(tab: Tab, layout: Layout, source: Source) -> Iterator[Ignored]:
    for row, kind in sorted(layout.kinds.items()):
        if reason := _REASONS.get(kind):
            yield Ignored(source.name, tab.title, "row", str(row + 1), reason)
        elif kind is RowKind.HEADER and row != layout.header_row:
            yield Ignored(source.name, tab.title, "row", str(row + 1), "the header again")
    for _, header in layout.unmapped:
        yield Ignored(source.name, tab.title, "column", header, "no field is mapped to it")
