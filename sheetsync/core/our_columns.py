"""Our columns in a tab of theirs: which they are, and what each needs so that it shows its rows' values.

A column is ours by its mark, metadata that goes with it wherever people move it. What stands in it, above, below or
instead of our formula, never makes a column of theirs ours, nor one of ours theirs.
"""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sheetsync.core.changes import (
    Change,
    ClearBody,
    ColourStatus,
    DeleteColumn,
    DropMark,
    DropWarning,
    FreezeColumn,
    HoldColumn,
    InsertColumns,
    MarkColumn,
    PutFormula,
    Unmerge,
    WarnAtHeader,
)
from sheetsync.core.lookup import header_alone, header_shown, same_formula, spilling_lookup
from sheetsync.core.managed import STATUS, ManagedColumns
from sheetsync.core.model import Block, Cell, Mark, Protection, Tab

#: ids of marks lie below those of fences, with room for those of offers between
_MARK_BASE, _MARKS = 1_000_000_000, 300_000_000
_OFFER_BASE = 1_400_000_000


def mark_id(tab_id: int, name: str) -> int:
    """The metadata id of one column's mark: the same for ever, and another one in every tab."""
    digest = hashlib.sha256(f"{tab_id}/{name}".encode()).digest()
    return _MARK_BASE + int.from_bytes(digest[:4]) % _MARKS


def offer_id(tab_id: int, name: str) -> int:
    """The metadata id of the mark on a column that is being handed over."""
    return mark_id(tab_id, name) - _MARK_BASE + _OFFER_BASE


def marked(tab: Tab) -> list[Mark]:
    """The marks that were made for this very tab: whatever a copy of another tab brought along is inert."""
    return [mark for mark in tab.marks if mark.metadata_id == mark_id(tab.id, mark.name)]


def warning_at(tab: Tab, column: int) -> int | None:
    """The id of our warning in this column, if it still has one."""
    return next(iter(warnings_at(tab, column)), None)


def warnings_at(tab: Tab, column: int) -> list[int]:
    """The ids of all our warnings in this column: a request that Google takes twice makes two of them."""
    return [one.id for one, place in _warnings(tab) if place == column]


def stray(tab: Tab) -> list[Change]:
    """Warnings of ours that came to stand on columns of theirs, and offers nobody took: they go."""
    ours = {mark.column for mark in marked(tab)}
    warnings = [DropWarning(one.id) for one, column in _warnings(tab) if column not in ours]
    return [*warnings, *(DropMark(mark.metadata_id, offered=True) for mark in tab.offered)]


def _warnings(tab: Tab) -> Iterator[tuple[Protection, int | None]]:
    """Our warnings, each with the one column it stands in (None: stretched by people, or in a copy of our tab)."""
    for one in tab.protections:
        if one.ours:
            block = one.block
            yield one, block.left if block is not None and block.right == block.left + 1 else None


def is_closed(tab: Tab, column: int) -> bool:
    """Whether a protection keeps us from writing into this column, or into a part of it."""
    return any(block is None or block.left <= column < block.right for block in _closed_to_us(tab))


def is_closed_before(tab: Tab, at: int) -> bool:
    """Whether a protection keeps us from inserting columns before this one."""
    # A block that ends with the grid may be an open one, which goes on in every new column.
    return any(
        block is None or block.left < at < block.right or at == block.right == tab.column_count
        for block in _closed_to_us(tab)
    )


def is_closed_between(tab: Tab, row: int) -> bool:
    """Whether a protection keeps us from inserting rows below this one."""
    return any(block is None or block.top <= row < block.bottom - 1 for block in _closed_to_us(tab))


def _closed_to_us(tab: Tab) -> list[Block | None]:
    return [one.block for one in tab.protections if not one.warning_only and not one.editable_by_us]


def is_swallowed(tab: Tab, column: int, header_row: int) -> bool:
    """Whether cells of a column are merged with theirs: what we write there might vanish."""
    ours = {mark.column for mark in marked(tab)}
    over = (block for block in tab.merges if block.left <= column < block.right and block.bottom > header_row)
    return any(not ours.issuperset(range(block.left, block.right)) for block in over)


def is_stuck(tab: Tab, column: int, header_row: int) -> bool:
    """Whether nothing can be written into a column of ours."""
    return is_closed(tab, column) or is_swallowed(tab, column, header_row)


def right_of_everything(tab: Tab) -> int:
    """The first column with nothing of theirs in or right of it, merged cells included."""
    return max([tab.used_columns, *(block.right for block in tab.merges), *(mark.column + 1 for mark in tab.marks)])


def formulas_in(tab: Tab, column: int) -> list[int]:
    """The rows of a column in which a formula of ours stands."""
    cells = ((row, tab.cell(row, column)) for row in range(len(tab.rows)))
    return [row for row, cell in cells if cell.formula is not None and header_shown(cell.formula) is not None]


def hold(tab: Tab, mark: Mark, warning: int) -> HoldColumn:
    """What comes before any change in a column of ours that stands there already."""
    return HoldColumn(tab.id, mark.column, mark.metadata_id, warning, mark.name, mark.header)


def gone(tab: Tab, mark: Mark, warning: int) -> Iterator[Change]:
    """A column of ours goes; one that was theirs before it was ours is theirs again, with what it shows.

    That takes two steps: rows above it may have come or gone since we looked, and only the next look knows that its
    header was among what was kept.
    """
    column = mark.column
    yield hold(tab, mark, warning)
    if not mark.header:
        yield DeleteColumn(tab.id, column)
    elif formulas := formulas_in(tab, column):
        top = formulas[0]
        if tab.cell(top, column).error is not None:
            # Something was typed in the way: that stays, and its people's header comes back.
            yield PutFormula(tab.id, top, column, header_alone(mark.header))
        yield FreezeColumn(tab.id, column, top)
    else:
        yield DropMark(mark.metadata_id)
        yield from (DropWarning(one) for one in warnings_at(tab, column))


def handed_back(tab: Tab, shows: Collection[str]) -> list[Change]:
    """Columns that were theirs before they were ours, and that are not to show anything of ours any more."""
    changes: list[Change] = []
    for mark in (mark for mark in marked(tab) if mark.header and mark.name not in shows):
        top = next(iter(formulas_in(tab, mark.column)), 0)
        if not is_closed(tab, mark.column) and not is_swallowed(tab, mark.column, top):
            warning = warning_at(tab, mark.column)
            changes += [WarnAtHeader(tab.id, mark.column, top)] if warning is None else gone(tab, mark, warning)
    return changes


@dataclass(frozen=True)
class OurColumns:
    """What of ours stands in one tab, against what should."""

    tab: Tab
    wanted: ManagedColumns
    #: our tab's title and the names of its columns, for the formulas
    our_title: str
    head: tuple[str, ...]

    # ------------------------------------------------------------ which

    @property
    def found(self) -> dict[str, int]:
        """name -> column, of every column that shows, or is to show, what is wanted."""
        kept = {mark.name: mark.column for mark in self.kept}
        return kept | {
            name: column
            for name in self.wanted.shows
            if name not in kept and (column := self._unmarked(name)) is not None
        }

    @property
    def kept(self) -> list[Mark]:
        """The marked columns that stay."""
        return [mark for mark in marked(self.tab) if mark.name in self.wanted.shows]

    @property
    def retired(self) -> list[Mark]:
        """The marked columns that go; those that were theirs before are handed back, which comes before all else."""
        stays = (*self.wanted.shows, *self.wanted.typed)
        return [mark for mark in marked(self.tab) if mark.name not in stays and not mark.header]

    def _unmarked(self, name: str) -> int | None:
        """A column without mark that shows what it should: nothing need be written, so it may stay."""
        top, formula = self.wanted.header_row, self._formula(name, self.wanted.header(name))
        cells = ((column, self.tab.cell(top, column)) for column in range(self.tab.used_columns))
        return next((at for at, cell in cells if cell.error is None and same_formula(cell.formula, formula)), None)

    def is_stuck(self, column: int) -> bool:
        """Whether nothing can be written into this column: `unfit` says so to its people."""
        return is_stuck(self.tab, column, self.wanted.header_row)

    # ------------------------------------------------------------ what they need

    def changes(self) -> list[Change]:
        """Insertions first (they shift nothing that is written), then repairs, then what goes, from right to left."""
        found = self.found
        missing = [name for name in self.wanted.shows if name not in found]
        changes = list(self._insertions(missing))
        for mark in self.kept:
            changes += self.held(mark, self._repairs(mark))
        for mark in sorted(self.retired, key=lambda mark: -mark.column):
            changes += self.held(mark, [DeleteColumn(self.tab.id, mark.column)])
        return [*changes, *stray(self.tab)]

    def _insertions(self, missing: list[str]) -> Iterator[Change]:
        """New columns, inserted and filled in the same batch, so that no person's cell can be underneath."""
        if not missing or self.wanted.unfit:
            return
        at = right_of_everything(self.tab)
        yield InsertColumns(self.tab.id, at, len(missing))
        for column, name in enumerate(missing, start=at):
            yield from self.filled(column, name)
            if name == STATUS:
                yield ColourStatus(self.tab.id, column, self.wanted.header_row + 1)

    def filled(self, column: int, name: str) -> Iterator[Change]:
        """A column that the same batch inserts, or whose tab it adds, becomes ours and shows what it should."""
        tab, header = self.tab.id, self.wanted.header_row
        yield PutFormula(tab, header, column, self._formula(name, self.wanted.header(name)))
        yield MarkColumn(tab, column, mark_id(tab, name), name)
        yield WarnAtHeader(tab, column, header)

    def held(self, mark: Mark, changes: list[Change]) -> list[Change]:
        """Changes in a column that stands there already: only if it still does, and where we saw it."""
        if not changes or self.is_stuck(mark.column):
            return []
        warning = warning_at(self.tab, mark.column)
        if warning is None:
            # Nothing else can be done safely before the next read has seen where this warning came to stand.
            return [WarnAtHeader(self.tab.id, mark.column, self.wanted.header_row)]
        return [hold(self.tab, mark, warning), *changes]

    def _repairs(self, mark: Mark) -> list[Change]:
        """A column of ours that was typed into, whose key moved, or whose formula stands in the wrong row."""
        tab, column, header = self.tab, mark.column, self.wanted.header_row
        formula = self._formula(mark.name, mark.header or self.wanted.header(mark.name))
        right = same_formula(tab.cell(header, column).formula, formula)
        astray = [row for row in formulas_in(self.tab, column) if row != header]
        changes = list(self.unmerged(column))
        changes += [ClearBody(tab.id, column, row, row) for row in astray if row < header]
        if [row for row in astray if row > header] or [row for row, _ in self.typed(column) if row > header]:
            changes.append(ClearBody(tab.id, column, header + 1, tab.row_count - 1))
        return changes if right else [*changes, PutFormula(tab.id, header, column, formula)]

    def unmerged(self, column: int) -> Iterator[Change]:
        """Cells merged within columns of ours; each of these columns is held, for none of theirs may be in the way."""
        marks = {mark.column: mark for mark in marked(self.tab)}
        for block in (block for block in self.tab.merges if block.left == column):
            if not marks.keys() >= set(range(column, block.right)):
                continue
            beside = [marks[at] for at in range(column + 1, block.right)]
            warnings = [warning_at(self.tab, mark.column) for mark in beside]
            if None not in warnings:
                for mark, warning in zip(beside, warnings, strict=True):
                    yield hold(self.tab, mark, warning or 0)
                yield Unmerge(self.tab.id, block)

    # ------------------------------------------------------------ what people put there

    def typed(self, column: int) -> list[tuple[int, Cell]]:
        """What people typed into a column of ours, from its header down: all that no formula of ours shows."""
        tab, header = self.tab, self.wanted.header_row
        formulas = formulas_in(self.tab, column)
        spilling = min((row for row in formulas if tab.cell(row, column).error is None), default=len(tab.rows))
        cells = [(row, tab.cell(row, column)) for row in range(header, spilling)]
        return [(row, cell) for row, cell in cells if row not in formulas and not (cell.blank and cell.formula is None)]

    def _formula(self, name: str, header: str) -> str:
        wanted = self.wanted
        return spilling_lookup(header, wanted.source, wanted.key, self.our_title, self.head.index(name), name)
