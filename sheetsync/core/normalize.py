"""The pandas room: the cells of one tab become records of canonical values.

A column is read as a column: its dialect (day or month first, decimal comma, currency) is decided from all its cells,
each distinct cell is parsed once, and merged cells count for every row they span. Then a row is read as a row (`rows`).
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheetsync.core.campaigns import fold_key
from sheetsync.core.fields import Field
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.graph import Rules, Source, status_field
from sheetsync.core.hints import speaks_of_change
from sheetsync.core.model import BLANK, Cell, Claims, Ignored, Parsed, Place, Problem, Record, RowKind, Snapshot, Tab
from sheetsync.core.rows import Beside, Days, Said, both_ends, day_of, struck_through, with_years
from sheetsync.core.tables import Layout, NoTable, find_table

Understood = dict[tuple[str, Dialect], dict[tuple[type, Cell], Said]]
"""What cells of a field mean in a dialect: teams copy from each other, so most of a sheet was understood in another."""

_REASONS = {
    RowKind.PREAMBLE: "above the header",
    RowKind.BANNER: "a banner, not a campaign",
    RowKind.EXAMPLE: "an example row",
    RowKind.TOTAL: "a totals row",
    RowKind.LEGEND: "a note or a legend",
}
_IN_TIME = ("day", "moment")
_NOTES = "notes"
#: any day: a cell that means something else without one leaves its year open
_SOME_DAY = date(2026, 7, 1)
_HALF_A_YEAR = timedelta(days=182)


def normalize(
    tab: Tab,
    locale: str,
    source: Source,
    rules: Rules,
    place: Place,
    understood: Understood | None = None,
    time_zone: str = "",
) -> Snapshot | NoTable:
    """Read one tab as one source.

    `locale` and `time_zone` are the workbook's ("de_DE" in Google's style, "Europe/Berlin"); `place` names source,
    spreadsheet and tab, its row and column are filled in per cell. `understood` is for who reads several tabs under the
    same rules. Returns NoTable when no header row names the source's key columns.
    """
    layout = find_table(tab, source)
    if isinstance(layout, NoTable):
        return layout
    return normalize_table(tab, layout, locale, source, rules, place, understood, time_zone)


def normalize_table(
    tab: Tab,
    layout: Layout,
    locale: str,
    source: Source,
    rules: Rules,
    place: Place,
    understood: Understood | None = None,
    time_zone: str = "",
) -> Snapshot:
    """The same where it is known already where the table stands; every field of the source's key has its column."""
    headers = {name: tab.cell(layout.header_row, column).shown for name, column in layout.columns.items()}
    words = _Words(rules, locale, time_zone, {} if understood is None else understood)
    columns = {name: words.column(name, headers[name], cells) for name, cells in _cells(tab, layout).items()}
    said = _with_years(columns, words)
    records = tuple(_records(said, columns, tab, layout, source, rules, place))
    ignored = tuple(_ignored(tab, layout, source))
    hints = tuple(_hints(records, tab))
    kinds = layout.kinds
    return Snapshot(source.name, place, records, ignored, layout.columns, headers, layout.header_row, kinds, hints)


def _cells(tab: Tab, layout: Layout) -> Mapping[str, list[Cell]]:
    """Each mapped field's cells, data row by data row; a merged cell stands in every row and column it covers."""
    spanned = {
        (row, column): tab.cell(block.top, block.left)
        for block in tab.merges
        for row in range(block.top, block.bottom)
        for column in range(block.left, block.right)
    }
    by_row = [(row, tab.rows[row]) for row in layout.data_rows]
    cells = {
        name: [line[column] if column < len(line) else BLANK for _, line in by_row]
        for name, column in layout.columns.items()
    }
    for name, column in layout.columns.items() if spanned else ():
        cells[name] = [spanned.get((row, column)) or cell for (row, _), cell in zip(by_row, cells[name], strict=True)]
    return cells


# ---------------------------------------------------------------- a column


@dataclass(frozen=True, slots=True)
class _Column:
    """A mapped column: its different cells, which of them stands in each row, and what each means."""

    field: Field
    header: str
    distinct: Sequence[Cell]
    codes: "np.ndarray[Any, np.dtype[np.intp]]"
    dialect: Dialect
    means: Sequence[Said]

    @property
    def said(self) -> list[Said]:
        return [self.means[code] for code in self.codes.tolist()]


@dataclass(frozen=True, slots=True)
class _Words:
    """What cells mean under some rules in one workbook; cells that are alike share it."""

    rules: Rules
    locale: str
    time_zone: str
    understood: Understood
    words: dict[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    def column(self, name: str, header: str, cells: Sequence[Cell]) -> _Column:
        # By identity first, which costs next to nothing: cells that are alike mostly are one object.
        codes, first = pd.factorize(np.fromiter(map(id, cells), dtype=np.int64, count=len(cells)))
        there = dict(zip(map(id, cells), cells, strict=True))
        distinct = [there[number] for number in first.tolist()]
        kind = self.rules.fields[name].type
        season = self.rules.season
        dialect = decide_dialect(distinct, self.locale, header, season, self.time_zone, kind.depends_on)
        return _Column(self.rules.fields[name], header, distinct, codes, dialect, self.mean(name, distinct, dialect))

    def mean(self, name: str, cells: Sequence[Cell], dialect: Dialect) -> list[Said]:
        kind = self.rules.fields[name].type
        known = self.understood.setdefault((name, dialect), {})
        said: list[Said] = []
        for cell in cells:
            # By its type too: to Python True is 1.0.
            key = (type(cell.value), cell)
            if (meaning := known.get(key)) is None:
                known[key] = meaning = _unaliased(kind.parse(cell, dialect), self.aliases(name)), cell.shown
            said.append(meaning)
        return said

    def aliases(self, name: str) -> Mapping[str, str]:
        """Folded spelling -> the field's word for it."""
        if name not in self.words:
            self.words[name] = _canonical_words(self.rules.aliases.get(name, {}))
        return self.words[name]


def _canonical_words(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold_key(spelling): word for word, spellings in aliases.items() for spelling in (word, *spellings)}


def _unaliased(parsed: Parsed, canonical: Mapping[str, str]) -> Parsed:
    if isinstance(parsed, tuple) and canonical:
        return tuple(dict.fromkeys(canonical.get(fold_key(word), word) for word in parsed))
    return canonical.get(fold_key(parsed), parsed) if canonical and isinstance(parsed, str) else parsed


# ---------------------------------------------------------------- rows


def _with_years(columns: Mapping[str, _Column], words: _Words) -> dict[str, list[Said]]:
    """What every cell means, days without a year by what stands around them."""
    said = {name: column.said for name, column in columns.items()}
    days = [_days(column, said[name], words) for name, column in columns.items() if column.field.type.kind in _IN_TIME]
    if any(column.open for column in days):
        for name, row, meaning in list(with_years(days, words.rules.season)):
            said[name][row] = meaning
    return said


def _days(column: _Column, said: list[Said], words: _Words) -> Days:
    name, dialect = column.field.name, column.dialect
    texts = [code for code, cell in enumerate(column.distinct) if isinstance(cell.value, str)]
    cells = [column.distinct[code] for code in texts]
    meant = [column.means[code] for code in texts]
    other = words.mean(name, cells, replace(dialect, season=_SOME_DAY if dialect.season is None else None))
    without = meant if dialect.season is None else other
    unsaid = {code: bare for code, bare, one, two in zip(texts, without, meant, other, strict=True) if one != two}
    rows = np.flatnonzero(np.isin(column.codes, list(unsaid))).tolist() if unsaid else []
    codes = column.codes
    for row in rows:
        said[row] = unsaid[int(codes[row])]

    in_year: dict[int, dict[Cell, Said]] = {}

    def near(cell: Cell, day: date) -> Said:
        # What is less than half a year away is nearest, and known for the whole year: most cells are asked only once.
        for year in (day.year, day.year - 1, day.year + 1):
            known = in_year.setdefault(year, {})
            if cell not in known:
                known[cell] = words.mean(name, [cell], replace(dialect, season=date(year, 7, 2)))[0]
            found = day_of(known[cell][0])
            if found is not None and abs(found - day) < _HALF_A_YEAR:
                return known[cell]
        return words.mean(name, [cell], replace(dialect, season=day))[0]

    return Days(name, said, {row: column.distinct[int(codes[row])] for row in rows}, near)


def _records(
    said: Mapping[str, Sequence[Said]],
    read: Mapping[str, _Column],
    tab: Tab,
    layout: Layout,
    source: Source,
    rules: Rules,
    place: Place,
) -> Iterator[Record]:
    columns = {
        name: (at, replace(place, column=layout.columns[name], column_name=column.header.strip()))
        for at, (name, column) in enumerate(read.items())
    }
    # A row is shown by its first key cell: that is where people look for it.
    _, first = columns[source.key[0]]
    beside = _beside(said, read, source, rules)
    for number, (row, values) in enumerate(zip(layout.data_rows, zip(*said.values(), strict=True), strict=True)):
        address = tuple(tab.cell(row, layout.columns[name]).shown for name in source.key)
        claims = _claims(columns, values, row, beside.get(number, ()))
        yield Record(source.name, first.in_row(row), claims, address)


def _claims(
    columns: Mapping[str, tuple[int, Place]], values: tuple[Said, ...], row: int, beside: Sequence[Beside]
) -> Claims:
    if not beside:
        return Claims(columns, values, row)
    own = {one.field: (number, columns[one.at][1]) for number, one in enumerate(beside, start=len(values))}
    more = tuple((one.parsed, one.raw) for one in beside)
    return Claims({**columns, **own}, values + more, row, frozenset(one.field for one in beside if one.ranged))


def _beside(
    said: Mapping[str, Sequence[Said]], read: Mapping[str, _Column], source: Source, rules: Rules
) -> Mapping[int, list[Beside]]:
    """Row by row what is said otherwise than by a field's own cell; most rows say nothing so."""
    found: dict[int, list[Beside]] = {}
    for name, column in read.items():
        if end := rules.fields.get(column.field.until):
            for row, (parsed, _) in enumerate(said[name]):
                if isinstance(parsed, Problem):
                    found.setdefault(row, []).extend(both_ends(column.field, end, _row(said, row)))
    status = rules.fields.get(status_field(source.rows_are))
    if source.struck_means is not None and status is not None:
        keys = {name: [read[name].distinct[code] for code in read[name].codes.tolist()] for name in source.key}
        for row in range(len(keys[source.key[0]])):
            key = {name: cells[row] for name, cells in keys.items()}
            found.setdefault(row, []).extend(struck_through(status, source.struck_means, key, _row(said, row)))
    return found


def _row(said: Mapping[str, Sequence[Said]], row: int) -> Mapping[str, Said]:
    return {name: cells[row] for name, cells in said.items()}


def _hints(records: Sequence[Record], tab: Tab) -> Iterator[tuple[Place, str]]:
    """Every note of a row that speaks of a change, in a cell of its own or behind one."""
    for record in records:
        row = record.place.row or 0
        noted = [cell.note for cell in tab.rows[row] if cell.note]
        if _NOTES in record.claims:
            noted.insert(0, record.claims[_NOTES].raw)
        for text in dict.fromkeys(" ".join(note.split()) for note in noted):
            if speaks_of_change(text):
                yield record.place, text


def _ignored(tab: Tab, layout: Layout, source: Source) -> Iterator[Ignored]:
    for row, kind in sorted(layout.kinds.items()):
        if reason := layout.reasons.get(row) or _REASONS.get(kind):
            yield Ignored(source.name, tab.title, "row", str(row + 1), reason)
        elif kind is RowKind.HEADER and row != layout.header_row:
            yield Ignored(source.name, tab.title, "row", str(row + 1), "the header again")
    for _, header in layout.unmapped:
        yield Ignored(source.name, tab.title, "column", header, "no field is mapped to it")
