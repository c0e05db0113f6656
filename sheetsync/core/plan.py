"""The plan: what must be written so that a workbook shows what should stand in it. The same look verifies a write.

Only columns and tabs of ours appear in a plan; the closed list of changes has no other kind.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.changes import (
    AddTab,
    Batch,
    Change,
    ClearBody,
    Fence,
    FillTab,
    InsertColumns,
    MarkStatus,
    Pin,
    PutFormula,
    ResizeTab,
    Sign,
    UnmergeTab,
)
from sheetsync.core.lookup import a1, header_shown, same_formula, scoped_key, spilling_lookup
from sheetsync.core.managed import (
    OUR_TAB_ID,
    OUR_TAB_TITLE,
    Desired,
    ManagedColumns,
    fold_address,
    managed_header,
)
from sheetsync.core.model import Cell, Tab, Workbook
from sheetsync.core.tables import OUR_PREFIX, is_ours

#: chosen metadata ids are this plus the generation
_FENCE_BASE = 1_773_000_000
#: where the mark of the ledger that writes stands: one id for all, so that two marks cannot stand side by side
_SIGNATURE_ID = 1_772_000_000
#: ids of pins lie below those of fences
_PIN_BASE, _PINS = 1_000_000_000, 700_000_000
#: generations kept as a fence: a batch delayed past this many successors would be told apart by reading back only
_FENCES_KEPT = 8

#: a rule of `MarkStatus` as it is read back: first row, first column, row and column after the last
_MARK = re.compile(r"(?<= )(\d+):(\d+):(\d*):(\d+)(?= |$)")

Found = dict[str, tuple[int, int]]
"""Our columns in a tab: name -> (row, column) of its formula."""


@dataclass(frozen=True, slots=True)
class Overtyped:
    """A literal somebody put into a column of ours; it goes to the history and the column shows our values again."""

    source: str
    tab_id: int
    row: int
    column: int
    header: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """One workbook's batch (None when nothing must be written), and what it does in words."""

    desired: Desired
    batch: Batch | None
    doing: tuple[str, ...] = ()
    overtyped: tuple[Overtyped, ...] = ()


def plan(workbook: Workbook, desired: Desired) -> WorkbookPlan:
    """Compare what should stand in a workbook with what stands there."""
    ours = _Ours(workbook, desired)
    overtyped = tuple(cell for columns in desired.columns for cell in ours.overtyped(columns))
    changes = [*ours.tab_changes(), *(change for columns in desired.columns for change in ours.column_changes(columns))]
    if not changes and ours.is_signed:
        return WorkbookPlan(desired, None)
    generation = workbook.generation + 1
    retired = tuple(metadata_id for metadata_id, _ in workbook.generations[: -(_FENCES_KEPT - 1)])
    batch = Batch(
        workbook.id,
        workbook.title,
        generation,
        (*ours.signature(), *changes, Fence(_FENCE_BASE + generation, generation, retired)),
    )
    signs = () if ours.is_signed else ("sign the workbook as ours",)
    return WorkbookPlan(desired, batch, (*signs, *_in_words(changes, workbook, desired)), overtyped)


def verify(workbook: Workbook, desired: Desired) -> tuple[str, ...]:
    """What a person sees after the write that is not what should stand there; empty when all is well."""
    ours = _Ours(workbook, desired)
    wrong = list(_in_words(ours.tab_changes(), workbook, desired))
    wrong += [] if ours.is_signed else ["our mark is not in the workbook"]
    for columns in desired.columns:
        repairs = ours.column_changes(columns)
        wrong += _in_words(repairs, workbook, desired) if repairs else ours.wrongly_shown(columns)
    return tuple(wrong)


@dataclass(frozen=True)
class _Ours:
    """What of ours stands in a workbook now."""

    workbook: Workbook
    desired: Desired

    # ------------------------------------------------------------ our mark

    @property
    def is_signed(self) -> bool:
        return self.desired.installation in ("", self.workbook.installation)

    def signature(self) -> list[Change]:
        mark = self.desired.installation
        return [Sign(_SIGNATURE_ID, mark, self.workbook.installation)] if mark else []

    # ------------------------------------------------------------ our tab

    @property
    def tab(self) -> Tab | None:
        return self.workbook.tab(OUR_TAB_ID)

    @property
    def title(self) -> str:
        """Our tab's title: as people renamed it, or a free one."""
        if self.tab is not None:
            return self.tab.title
        taken = {tab.title.casefold() for tab in self.workbook.tabs}
        titles = (OUR_TAB_TITLE, *(f"{OUR_TAB_TITLE} {number}" for number in range(2, len(taken) + 3)))
        return next(title for title in titles if title not in taken)

    def tab_changes(self) -> list[Change]:
        rows, size = self.desired.rows, (len(self.desired.rows), len(self.desired.head))
        if self.tab is None:
            return [AddTab(OUR_TAB_ID, self.title, *size), FillTab(OUR_TAB_ID, rows)]
        changes: list[Change] = []
        if self.tab.merges:
            changes.append(UnmergeTab(OUR_TAB_ID))
        if self.tab.row_count < size[0] or self.tab.column_count < size[1]:
            grown = max(size[0], self.tab.row_count), max(size[1], self.tab.column_count)
            changes.append(ResizeTab(OUR_TAB_ID, *grown))
        if changes or not _holds(self.tab, rows):
            changes.append(FillTab(OUR_TAB_ID, rows))
        return changes

    # ------------------------------------------------------------ managed columns in their tabs

    def column_changes(self, columns: ManagedColumns) -> list[Change]:
        tab = self.workbook.tab(columns.tab_id)
        if tab is None:
            return []
        found = self._found(tab, columns)
        missing = [name for name in columns.shows if name not in found]
        changes = list(self._insertions(tab, columns, missing))
        for name, place in found.items():
            changes += _pinned(tab, name, place[1], list(self._repairs(tab, columns, name, *place)))
        for name, places in _formulas(tab).items():
            # What our tab holds for a name may move: a column nobody keeps would come to show another one's values.
            retired = [] if name in columns.shows else [place for place in places if _is_marked(tab, place[1])]
            for row, column in retired:
                changes += _pinned(tab, name, column, [ClearBody(tab.id, column, row, row)])
        return changes

    def _insertions(self, tab: Tab, columns: ManagedColumns, missing: list[str]) -> Iterator[Change]:
        """New columns, inserted and filled in the same batch, so that no person's cell can be underneath."""
        at = _right_of_everything(tab)
        if not missing or _is_closed(tab, at):
            return
        yield InsertColumns(tab.id, at, len(missing))
        for column, name in enumerate(missing, start=at):
            yield PutFormula(tab.id, columns.header_row, column, self._formula(columns, name))
            yield MarkStatus(tab.id, column, columns.header_row + 1)
            yield Pin(tab.id, column, _pin_id(tab, name), fresh=True)

    def _repairs(self, tab: Tab, columns: ManagedColumns, name: str, row: int, column: int) -> Iterator[Change]:
        """A column of ours that was typed into, whose key moved, or whose formula stands in the wrong row."""
        header = columns.header_row
        if row != header:
            yield ClearBody(tab.id, column, row, row)
        if row != header or not same_formula(tab.cell(row, column).formula, self._formula(columns, name)):
            yield PutFormula(tab.id, header, column, self._formula(columns, name))
        if _typed_below(tab, row, column):
            yield ClearBody(tab.id, column, header + 1, tab.row_count - 1)

    def overtyped(self, columns: ManagedColumns) -> Iterator[Overtyped]:
        tab = self.workbook.tab(columns.tab_id)
        if tab is not None:
            for name, (top, column) in self._found(tab, columns).items():
                for row, cell in _typed_below(tab, top, column):
                    text = cell.formula or cell.shown
                    yield Overtyped(columns.source, tab.id, row, column, managed_header(name), text)

    def wrongly_shown(self, columns: ManagedColumns) -> list[str]:
        """Cells of ours that do not show their own row's value (blank where the row has none)."""
        tab = self.workbook.tab(columns.tab_id)
        if tab is None:
            return []
        lines, found = self._shown_by_key(), self._found(tab, columns)
        wrong = []
        for row in range(columns.header_row + 1, len(tab.rows)):
            address = [tab.cell(row, column).shown for column, _ in columns.key]
            line = lines.get(fold_address(scoped_key(columns.source, address))) if all(address) else None
            for name, (_, column) in found.items():
                should = line.get(name, "") if line else ""
                if tab.cell(row, column).shown != should:
                    wrong.append(f"{tab.title}!{a1(row, column)} does not show its row's {name}")
        return wrong

    def _shown_by_key(self) -> dict[str, dict[str, str]]:
        head = self.desired.head
        return {fold_address(row[0]): dict(zip(head, row, strict=True)) for row in self.desired.rows[1:] if row[0]}

    def _found(self, tab: Tab, columns: ManagedColumns) -> Found:
        """Our columns that can be kept; copies of our formula in columns of theirs are left alone."""
        found: Found = {}
        for name, places in _formulas(tab).items():
            if name in columns.shows and (kept := [at for at in places if self._is_kept(tab, columns, name, *at)]):
                found[name] = max(kept, key=lambda place: _standing(tab, columns, *place))
        return found

    def _is_kept(self, tab: Tab, columns: ManagedColumns, name: str, row: int, column: int) -> bool:
        """Whether nothing need be written into this column, or it is known to be ours.

        People drag and paste our formula's cell into columns of theirs, and those are never cleared.
        """
        cell, header = tab.cell(row, column), tab.cell(columns.header_row, column)
        if _is_marked(tab, column):
            return row == columns.header_row or header.blank or header_shown(header.formula) is not None
        as_it_should = cell.error is None and same_formula(cell.formula, self._formula(columns, name))
        return row == columns.header_row and as_it_should

    def _formula(self, columns: ManagedColumns, name: str) -> str:
        position = self.desired.head.index(name)
        return spilling_lookup(managed_header(name), columns.source, columns.key, self.title, position)


# ---------------------------------------------------------------- which columns are ours


def _formulas(tab: Tab) -> dict[str, list[tuple[int, int]]]:
    """Every cell (row, column) that holds a formula of ours, by the name it shows; its shown text may lie."""
    formulas: dict[str, list[tuple[int, int]]] = {}
    for row, cells in enumerate(tab.rows):
        for column, cell in enumerate(cells):
            # Cheap before sure: a person's formula may well mention one of our headers.
            header = header_shown(cell.formula) if is_ours(cell) else None
            if header is not None and header.startswith(OUR_PREFIX):
                formulas.setdefault(header.removeprefix(OUR_PREFIX), []).append((row, column))
    return formulas


def _standing(tab: Tab, columns: ManagedColumns, row: int, column: int) -> tuple[bool, bool, bool, int]:
    """Which of several to keep: marked, unblocked, in its place, leftmost (people paste copies to the right)."""
    return (_is_marked(tab, column), tab.cell(row, column).error is None, row == columns.header_row, -column)


def _is_marked(tab: Tab, column: int) -> bool:
    """Whether a rule of ours covers this column to its end, and no other."""
    marks = [mark for rule in tab.conditional_formats if rule.startswith("TEXT_EQ OK ") for mark in _MARK.findall(rule)]
    return any(
        int(top) > 0
        and (int(left), int(right)) == (column, column + 1)
        and (not bottom or int(bottom) >= tab.row_count)
        for top, left, bottom, right in marks
    )


def _pin_id(tab: Tab, name: str) -> int:
    digest = hashlib.sha256(f"{tab.id}/{name}".encode()).digest()
    return _PIN_BASE + int.from_bytes(digest[:4]) % _PINS


def _pinned(tab: Tab, name: str, column: int, changes: list[Change]) -> list[Change]:
    """Changes in a column of ours that stands there already: only if it still does."""
    return [Pin(tab.id, column, _pin_id(tab, name)), *changes] if changes else []


def _is_closed(tab: Tab, at: int) -> bool:
    """Whether columns inserted here would be refused, or swallowed by a table of Google's: our tab has to do then."""
    if tab.has_tables:
        return True
    blocks = [one.block for one in tab.protections if not one.warning_only and not one.editable_by_us]
    # A block that ends with the grid may be an open one, which goes on in every new column.
    return any(
        block is None or block.left < at < block.right or at == block.right == tab.column_count for block in blocks
    )


def _right_of_everything(tab: Tab) -> int:
    """The first column with nothing of theirs in or right of it, merged cells included."""
    return max([tab.used_columns, *(block.right for block in tab.merges)])


def _typed_below(tab: Tab, header_row: int, column: int) -> list[tuple[int, Cell]]:
    """Literals in the way of the spill: the formula is then in error, and all that stands below it was typed."""
    if tab.cell(header_row, column).error is None:
        return []
    rows = range(header_row + 1, len(tab.rows))
    cells = [(row, tab.cell(row, column)) for row in rows]
    return [(row, cell) for row, cell in cells if not cell.blank or cell.formula is not None]


def _holds(tab: Tab, rows: tuple[tuple[str, ...], ...]) -> bool:
    """Whether our tab holds these rows and nothing else; a formula in it is somebody else's, whatever it shows."""
    there = {
        (row, column): text
        for row, cells in enumerate(tab.rows)
        for column, cell in enumerate(cells)
        if (text := _literal(cell))
    }
    return there == {(row, column): text for row, cells in enumerate(rows) for column, text in enumerate(cells) if text}


def _literal(cell: Cell) -> str:
    if cell.formula is not None or cell.error is not None or not isinstance(cell.value, str | None):
        return f"\0{cell.shown}"
    return cell.value or ""


def _in_words(changes: list[Change], workbook: Workbook, desired: Desired) -> Iterator[str]:
    titles = {tab.id: tab.title for tab in workbook.tabs}
    for change in changes:
        match change:
            case AddTab():
                yield f"add the tab {change.title!r}"
            case FillTab():
                lines = len(desired.lines)
                yield f"write {lines} line{'s' if lines != 1 else ''} into our tab"
            case InsertColumns():
                columns = f"{change.count} managed column{'s' if change.count != 1 else ''}"
                yield f"insert {columns} into {titles[change.tab_id]}"
            case PutFormula():
                yield f"put the lookup formula into {titles[change.tab_id]}!{a1(change.row, change.column)}"
            case ClearBody(first_row=row) if row == change.last_row:
                yield f"take our formula out of {titles[change.tab_id]}!{a1(row, change.column)}"
            case ClearBody():
                yield f"clear what was typed into our column {titles[change.tab_id]}!{a1(None, change.column)}"
            case ResizeTab() | UnmergeTab() | MarkStatus() | Pin() | Fence() | Sign():
                pass
