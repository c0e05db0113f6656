"""The pandas room: the cells of one tab become records of canonical values.

A column is read as a column: its dialect (day or month first, decimal comma, currency) is decided from all its cells,
each distinct cell is parsed once, and merged cells count for every row they span. Then a row is read as a row (`rows`).
"""

import dataclasses
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import count, repeat
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from sheetsync.core.campaigns import fold_key
from sheetsync.core.fields import Field, FieldType
from sheetsync.core.fields.dialects import Dialect, decide_dialect, told
from sheetsync.core.fields.typed_days import shows_no_year
from sheetsync.core.graph import Rules, Source, status_field
from sheetsync.core.hints import speaks_of_change
from sheetsync.core.model import Cell, Claims, Ignored, Parsed, Place, Problem, Record, RowKind, Snapshot, Tab
from sheetsync.core.rows import HALF_A_YEAR, Beside, Days, Said, both_ends, day_of, struck_through, with_years
from sheetsync.core.tables import Layout, Names, NoTable, find_table, nobody_knows
from sheetsync.core.tables.spread import Codes, spread_of


class Meanings:
    """What cells mean to one kind of field in one dialect; each is understood when it is first asked about."""

    __slots__ = ("_canonical", "_dialect", "_first", "_kind", "_others")

    def __init__(self, kind: FieldType, dialect: Dialect, canonical: Mapping[str, str]) -> None:
        """`canonical`: folded spelling -> the field's word for it."""
        self._kind, self._dialect, self._canonical = kind, dialect, canonical
        #: by what it shows the first cell that did: to look up a text costs a third of what a cell does
        self._first: dict[str, tuple[Cell, Said]] = {}
        #: by what they hold, too, those that show the same and are another cell; to Python True is 1.0
        self._others: dict[tuple[type, Cell], Said] = {}

    def __getitem__(self, cell: Cell) -> Said:
        if (known := self._first.get(cell.shown)) is None:
            self._first[cell.shown] = cell, (meaning := self._understood(cell))
            return meaning
        first, meaning = known
        if first is cell or (type(first.value) is type(cell.value) and first == cell):
            return meaning
        key = type(cell.value), cell
        if key not in self._others:
            self._others[key] = self._understood(cell)
        return self._others[key]

    def _understood(self, cell: Cell) -> Said:
        parsed = self._kind.parse(cell, self._dialect)
        return _unaliased(parsed, self._canonical) if self._canonical else parsed, cell.shown

    def of(self, cells: Sequence[Cell]) -> list[Said]:
        """What each of these means."""
        first = self._first.get
        return [
            known[1] if (known := first(cell.shown)) is not None and known[0] is cell else self[cell] for cell in cells
        ]


Understood = dict[tuple[FieldType, str, Dialect], Meanings]
"""By kind of field, the field's name where it has aliases, and dialect: teams copy from each other, and one column of
days from another, so most of a sheet was understood before."""

_REASONS = {
    RowKind.PREAMBLE: "above the header",
    RowKind.BANNER: "a banner, not a campaign",
    RowKind.EXAMPLE: "an example row",
    RowKind.TOTAL: "a totals row",
    RowKind.LEGEND: "a note or a legend",
}
_It = TypeVar("_It")
_IN_TIME = ("day", "moment")
_NOTES = "notes"
_note = attrgetter("note")
#: any day: a cell that means something else without one leaves its year open
_SOME_DAY = date(2026, 7, 1)


def normalize(
    tab: Tab,
    locale: str,
    source: Source,
    rules: Rules,
    place: Place,
    understood: Understood | None = None,
    time_zone: str = "",
    names: Names = nobody_knows,
) -> Snapshot | NoTable:
    """Read one tab as one source.

    `locale` and `time_zone` are the workbook's ("de_DE" in Google's style, "Europe/Berlin"); `place` names source,
    spreadsheet and tab, its row and column are filled in per cell. `understood` is for who reads several tabs under the
    same rules; `names` says what the headers of other tables of the tab may name. Returns NoTable when no header row
    names the source's key columns.
    """
    layout = find_table(tab, source, names)
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
    words = _Words(rules, locale, time_zone, {} if understood is None else understood, source.reads)
    with _no_collection():
        cells = spread_of(tab) if layout.cells is None else layout.cells
        if tab.merges:
            cells = cells.merged(tab.merges)
        rows = np.array(layout.data_rows, dtype=np.intp)
        columns = {
            name: words.column(name, headers[name], cells.distinct, cells.column(column)[rows])
            for name, column in layout.columns.items()
        }
        said = _with_years(columns, words)
        records = _records(said, columns, tab, layout, source, rules, place)
        ignored = tuple(_ignored(tab, layout, source))
        # Each different cell is asked, and few tabs have any.
        hints = tuple(_hints(records, tab, any(map(_note, cells.distinct))))
    kinds = layout.kinds
    return Snapshot(source.name, place, records, ignored, layout.columns, headers, layout.header_row, kinds, hints)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Records are many, stay, and are in no cycle: to look for cycles among them takes as long as to make them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


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
        return _row_by_row(self.means, self.codes)


def _row_by_row(different: Sequence[_It], codes: Codes) -> list[_It]:
    """What is known of each different cell, row by row."""
    rows: list[_It] = np.fromiter(different, dtype=object, count=len(different))[codes].tolist()
    return rows


@dataclass(frozen=True, slots=True)
class _Words:
    """What cells mean under some rules in one workbook; cells that are alike share it."""

    rules: Rules
    locale: str
    time_zone: str
    understood: Understood
    #: field -> what people said of its column in this source
    reads: Mapping[str, str]
    words: dict[str, Mapping[str, str]] = dataclasses.field(default_factory=dict)

    def column(self, name: str, header: str, cells: Sequence[Cell], stand: Codes) -> _Column:
        """A column of these cells, by the number of the one that stands in each row."""
        codes, different = pd.factorize(stand)
        distinct = [cells[number] for number in different.tolist()]
        one = self.rules.fields[name]
        # Without a season: a day's year is found row by row, where its own cell does not say it (`_days`).
        dialect = decide_dialect(distinct, self.locale, header, None, self.time_zone, one.type.depends_on)
        dialect = told(dialect, self.reads.get(name))
        return _Column(one, header, distinct, codes, dialect, self.meanings(name, dialect).of(distinct))

    def meanings(self, name: str, dialect: Dialect) -> Meanings:
        kind, aliases = self.rules.fields[name].type, self.aliases(name)
        key = (kind, name if aliases else "", dialect)
        if key not in self.understood:
            self.understood[key] = Meanings(kind, dialect, aliases)
        return self.understood[key]

    def aliases(self, name: str) -> Mapping[str, str]:
        """Folded spelling -> the field's word for it."""
        if name not in self.words:
            self.words[name] = _canonical_words(self.rules.aliases.get(name, {}))
        return self.words[name]


def _canonical_words(aliases: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold_key(spelling): word for word, spellings in aliases.items() for spelling in (word, *spellings)}


def _unaliased(parsed: Parsed, canonical: Mapping[str, str]) -> Parsed:
    if isinstance(parsed, tuple):
        return tuple(dict.fromkeys(canonical.get(fold_key(word), word) for word in parsed))
    return canonical.get(fold_key(parsed), parsed) if isinstance(parsed, str) else parsed


# ---------------------------------------------------------------- rows


def _with_years(columns: Mapping[str, _Column], words: _Words) -> dict[str, list[Said]]:
    """What every cell means, days without a year by what stands around them."""
    said = {name: column.said for name, column in columns.items()}
    open_ = [(column, _open(column, words)) for column in columns.values() if column.field.type.kind in _IN_TIME]
    if any(codes for _, codes in open_):
        days = [_days(column, codes, words) for column, codes in open_]
        for name, row, meaning in with_years(days, words.rules.season):
            said[name][row] = meaning
    return said


def _open(column: _Column, words: _Words) -> list[int]:
    """The different cells that have their year from elsewhere: what is a problem without one, or does not show its."""
    asked = [code for code, (parsed, _) in enumerate(column.means) if isinstance(parsed, Problem)]
    season = replace(column.dialect, season=words.rules.season or _SOME_DAY)
    in_season = words.meanings(column.field.name, season).of([column.distinct[code] for code in asked])
    open_ = {code for code, meant in zip(asked, in_season, strict=True) if meant != column.means[code]}
    return sorted(open_.union(code for code, cell in enumerate(column.distinct) if shows_no_year(cell)))


def _days(column: _Column, open_: Sequence[int], words: _Words) -> Days:
    """A column of days, of which some cells have their year from elsewhere."""
    name, dialect = column.field.name, column.dialect
    rows = np.flatnonzero(np.isin(column.codes, open_)).tolist() if open_ else []
    cells = dict(zip(rows, map(column.distinct.__getitem__, column.codes[rows].tolist()), strict=True))
    days = [day_of(parsed) for parsed, _ in column.means]
    held = {row: day for row in rows if (day := days[column.codes[row]])}
    for code in open_:
        days[code] = None
    known: dict[tuple[int, int], tuple[Said, date | None]] = {}

    @cache
    def in_year(year: int) -> Meanings:
        return words.meanings(name, replace(dialect, season=date(year, 7, 2)))

    def near(cell: Cell, day: date) -> Said:
        # What is less than half a year away is nearest, and known for the whole year: most cells are asked only once.
        for year in (day.year, day.year - 1, day.year + 1):
            # The column keeps its cells, so that their ids stay theirs.
            if (year, id(cell)) not in known:
                meant = in_year(year)[cell]
                known[year, id(cell)] = meant, day_of(meant[0])
            meant, found = known[year, id(cell)]
            if found is not None and abs(found - day) < HALF_A_YEAR:
                return meant
        return words.meanings(name, replace(dialect, season=day))[cell]

    return Days(name, _row_by_row(days, column.codes), cells, near, held)


def _records(
    said: Mapping[str, Sequence[Said]],
    read: Mapping[str, _Column],
    tab: Tab,
    layout: Layout,
    source: Source,
    rules: Rules,
    place: Place,
) -> tuple[Record, ...]:
    columns = {
        name: (at, replace(place, column=layout.columns[name], column_name=column.header.strip()))
        for at, (name, column) in enumerate(read.items())
    }
    # A row is shown by its first key cell: that is where people look for it.
    _, first = columns[source.key[0]]
    rows, values = layout.data_rows, list(said.values())
    claims = list(map(Claims, repeat(columns), repeat(values), count(), rows))
    for number, beside in _beside(said, read, source, rules).items():
        if beside:
            claims[number] = _claims(columns, [cells[number] for cells in values], rows[number], beside)
    addresses = zip(*(_shown(tab, layout.columns[name], rows) for name in source.key), strict=True)
    return tuple(map(Record, repeat(source.name), first.in_rows(rows), claims, addresses))


def _shown(tab: Tab, column: int, rows: Iterable[int]) -> list[str]:
    """What a column's own cells show, whatever is merged over them: that is what the sheet's own lookup finds."""
    return [cells[column].shown if column < len(cells) else "" for cells in map(tab.rows.__getitem__, rows)]


def _claims(
    columns: Mapping[str, tuple[int, Place]], values: Sequence[Said], row: int, beside: Sequence[Beside]
) -> Claims:
    own = {one.field: (number, columns[one.at][1]) for number, one in enumerate(beside, start=len(values))}
    more = [(one.parsed, one.raw) for one in beside]
    ranged = frozenset(one.field for one in beside if one.ranged)
    return Claims({**columns, **own}, [[said] for said in (*values, *more)], 0, row, ranged)


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


def _hints(records: Sequence[Record], tab: Tab, any_noted: bool) -> Iterator[tuple[Place, str]]:
    """Every note of a row that speaks of a change, in a cell of its own or behind one."""
    for record in records if any_noted else [record for record in records if _NOTES in record.claims]:
        row = record.place.row or 0
        noted = list(filter(None, map(_note, tab.rows[row]))) if any_noted else []
        if _NOTES in record.claims:
            noted.insert(0, record.claims[_NOTES].raw)
        for text in dict.fromkeys(" ".join(note.split()) for note in noted):
            if speaks_of_change(text):
                yield record.place, text


def _ignored(tab: Tab, layout: Layout, source: Source) -> Iterator[Ignored]:
    data, reasons = RowKind.DATA, layout.reasons
    for row, kind in sorted([one for one in layout.kinds.items() if one[1] is not data or one[0] in reasons]):
        if reason := layout.reasons.get(row) or _REASONS.get(kind):
            yield Ignored(source.name, tab.title, "row", str(row + 1), reason)
        elif kind is RowKind.HEADER and row != layout.header_row:
            yield Ignored(source.name, tab.title, "row", str(row + 1), "the header again")
    for _, header in layout.unmapped:
        yield Ignored(source.name, tab.title, "column", header, "no field is mapped to it")
