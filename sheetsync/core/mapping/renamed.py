"""A column that a source counted on is no longer there: which one is it now, or is it gone?

A proposal for a person, with what speaks for it; nothing is taken over by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sheetsync.core.fields import FieldType
from sheetsync.core.fields.texts import quote
from sheetsync.core.mapping.expected import Fit, fit, speaks_for
from sheetsync.core.mapping.profile import Profile, profile
from sheetsync.core.mapping.spellings import HeaderWords, fold
from sheetsync.core.model import Problem, Tab
from sheetsync.core.tables import Column, Table, our_columns_of


@dataclass(frozen=True, slots=True)
class Was:
    """What a source's column was at the last read."""

    #: the header as it stood in the sheet
    header: str
    #: 0-based, in the tab
    column: int
    #: canonical texts it held, all or a sample
    values: frozenset[str] = frozenset()
    #: the same as people wrote them: what was understood by what stood around it is known again by them
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Renamed:
    """The column a missing one most likely is now."""

    field: str
    was: Was
    column: Column
    #: one line each, what speaks for it
    evidence: tuple[str, ...]

    @property
    def question(self) -> str:
        name = self.field.replace("_", " ")
        return f"The column {quote(self.was.header)} is gone. Is {quote(self.column.header)} the {name} now?"


@dataclass(frozen=True, slots=True)
class Gone:
    """A column that is no longer there, and nothing is plainly it."""

    field: str
    was: Was
    #: rows are addressed by it
    key: bool
    #: headers of columns that could be it alike
    torn_between: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        what = "key column" if self.key else "column"
        if self.torn_between:
            either = " or ".join(map(quote, self.torn_between))
            return f"the {what} {quote(self.was.header)} is gone; it may be {either} now"
        return f"the {what} {quote(self.was.header)} is gone, and no other column looks like it"


@dataclass(frozen=True, slots=True)
class Looked:
    """A table to look at, as a workbook's locale and a season read it."""

    tab: Tab
    table: Table
    words: HeaderWords
    locale: str
    season: date | None = None
    #: field -> column it was found in; None: by the headers that are still there
    mapped: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Signs:
    """What speaks for one column being a field's, strongest first."""

    #: half of what the column held stands there, or more
    values: bool
    spelling: bool
    place: bool
    #: its values are plainly of the field's kind, not just any words
    kind: bool
    #: 0 to 1: which share of what it held stands there
    share: float
    #: the same as numbers: so many of so many different values
    held: tuple[int, int]

    @property
    def enough(self) -> bool:
        return self.values or self.spelling or (self.place and self.kind)


def find_renamed(
    before: Mapping[str, Was],
    key: Sequence[str],
    types: Mapping[str, FieldType],
    now: Looked,
    rejected: Collection[tuple[str, int]] = (),
) -> tuple[tuple[Renamed, ...], tuple[Gone, ...]]:
    """For each field whose header is no longer in the table: the column it is now, or that it is gone.

    `rejected` are the (field, column) of which a person said that they do not belong together.

    A column is proposed when it holds what the missing one held, or is headed by a spelling of its field, or stands in
    its place and holds values of its kind; its values do not contradict that, nothing else is mapped to it, no other
    column could be it too. The place alone is no reason, because people replace columns by others.
    """
    kept = _kept(before, now)
    ours = {index for row in now.table.header_rows for index in our_columns_of(now.tab, row)}
    mapped = {column.index for column in kept.values()} | ours | {*(now.mapped or {}).values()}
    free = [column for column in now.table.columns if column.index not in mapped]
    missing = {name: was for name, was in before.items() if name not in kept}
    profiles = {column.index: _profile(column, now) for column in free}
    signs = {
        (name, column.index): found
        for name, was in missing.items()
        for column in free
        if (name, column.index) not in rejected
        if (found := _signs(name, was, column, profiles[column.index], kept, before, types.get(name), now)).enough
        and fit(name, profiles[column.index]) is not Fit.NO
    }
    renamed, gone = [], []
    for name, was in missing.items():
        candidates = [column for column in free if _prefers(column.index, name, signs)]
        best = max((signs[name, column.index] for column in candidates), default=None)
        first = [column for column in candidates if signs[name, column.index] == best]
        if best is not None and len(first) == 1:
            evidence = _evidence(name, best, profiles[first[0].index])
            renamed.append(Renamed(name, was, first[0], evidence))
        else:
            gone.append(Gone(name, was, name in key, tuple(column.header for column in first)))
    return tuple(renamed), tuple(gone)


def _kept(before: Mapping[str, Was], now: Looked) -> dict[str, Column]:
    if now.mapped is not None:
        there = {column.index: column for column in now.table.columns}
        return {name: there[at] for name, at in now.mapped.items() if name in before and at in there}
    headers = {fold(column.header): column for column in now.table.columns if column.header.strip()}
    return {name: headers[fold(was.header)] for name, was in before.items() if fold(was.header) in headers}


def _prefers(column: int, name: str, signs: Mapping[tuple[str, int], _Signs]) -> bool:
    """Is this field what the column speaks for most, of all that are missing?"""
    own = signs.get((name, column))
    return own is not None and all(
        found < own for (other, index), found in signs.items() if index == column and other != name
    )


def _profile(column: Column, now: Looked) -> Profile:
    cells = [now.tab.cell(row, column.index) for row in now.table.data_rows]
    return profile(cells, column.header, now.locale, now.season)


def _signs(
    name: str,
    was: Was,
    column: Column,
    values: Profile,
    kept: Mapping[str, Column],
    before: Mapping[str, Was],
    kind: FieldType | None,
    now: Looked,
) -> _Signs:
    held = _held(was, column, values, kind, now)
    return _Signs(
        values=_is_plainly(held),
        spelling=name in now.words.naming(column.header, column.group).fields,
        place=column.index - was.column == _moved_by(was.column, kept, before),
        kind=fit(name, values) is Fit.YES and speaks_for(name, values) is not None,
        share=held[0] / held[1] if held[1] else 0.0,
        held=held,
    )


def _is_plainly(held: tuple[int, int]) -> bool:
    """One value in common may be chance; of a column with a single value it is all there is."""
    return held[1] > 0 and held[0] * 2 >= held[1] and held[0] >= min(2, held[1])


def _held(was: Was, column: Column, values: Profile, kind: FieldType | None, now: Looked) -> tuple[int, int]:
    """How many of the different values the missing column held stand in this one, of how many."""
    shown = {text for row in now.table.data_rows if (text := now.tab.cell(row, column.index).shown.strip())}
    canonical = _canonical(column, values, kind, now) if kind else frozenset()
    both = ((len(canonical & was.values), len(was.values)), (len(shown & was.texts), len(was.texts)))
    return max(both, key=lambda found: found[0] / found[1] if found[1] else 0.0)


def _canonical(column: Column, values: Profile, kind: FieldType, now: Looked) -> frozenset[str]:
    said = {now.tab.cell(row, column.index) for row in now.table.data_rows}
    parsed = (kind.parse(cell, values.dialect) for cell in said)
    return frozenset(kind.format(value) for value in parsed if value is not None and not isinstance(value, Problem))


def _moved_by(column: int, kept: Mapping[str, Column], before: Mapping[str, Was]) -> int:
    """How far the nearest column that is still there has moved."""
    nearest = min(kept, key=lambda name: (abs(before[name].column - column), before[name].column), default=None)
    return 0 if nearest is None else kept[nearest].index - before[nearest].column


def _evidence(name: str, signs: _Signs, values: Profile) -> tuple[str, ...]:
    lines = []
    if signs.share:
        lines.append(f"it holds {signs.held[0]} of the {signs.held[1]} values known of it")
    if signs.spelling:
        lines.append(f"its header is a spelling of {name.replace('_', ' ')}")
    if signs.place:
        lines.append("it stands in the same place")
    if trait := speaks_for(name, values):
        lines.append(values.said(trait))
    return tuple(lines)
