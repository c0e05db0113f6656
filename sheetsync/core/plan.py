"""The plan: what must be written so that a workbook shows what should stand in it. The same look verifies a write.

Only columns and tabs of ours appear in a plan; the closed list of changes has no other kind.
"""

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
    PutFormula,
    ResizeTab,
)
from sheetsync.core.lookup import a1, scoped_key, spilling_lookup
from sheetsync.core.managed import (
    OUR_TAB_ID,
    OUR_TAB_TITLE,
    STATUS,
    Desired,
    ManagedColumns,
    fold_address,
    managed_header,
)
from sheetsync.core.model import Cell, Tab, Workbook
from sheetsync.core.tables import is_ours

#: chosen metadata ids are this plus the generation
_FENCE_BASE = 1_773_000_000
#: generations kept as a fence: a batch delayed past this many successors would be told apart by reading back only
_FENCES_KEPT = 8


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
    if not changes:
        return WorkbookPlan(desired, None)
    generation = workbook.generation + 1
    retired = tuple(metadata_id for metadata_id, _ in workbook.generations[: -(_FENCES_KEPT - 1)])
    batch = Batch(
        workbook.id,
        workbook.title,
        generation,
        (*changes, Fence(_FENCE_BASE + generation, generation, retired)),
    )
    return WorkbookPlan(desired, batch, tuple(_in_words(changes, desired)), overtyped)


def verify(workbook: Workbook, desired: Desired) -> tuple[str, ...]:
    """What a person sees after the write that is not what should stand there; empty when all is well."""
    ours = _Ours(workbook, desired)
    wrong = list(_in_words(ours.tab_changes(), desired))
    for columns in desired.columns:
        repairs = ours.column_changes(columns)
        wrong += _in_words(repairs, desired) if repairs else ours.wrongly_shown(columns)
    return tuple(wrong)


@dataclass(frozen=True)
class _Ours:
    """What of ours stands in a workbook now."""

    workbook: Workbook
    desired: Desired

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
        if (self.tab.row_count, self.tab.column_count) != size:
            changes.append(ResizeTab(OUR_TAB_ID, *size))
        if changes or _content(self.tab, size) != rows:
            changes.append(FillTab(OUR_TAB_ID, rows))
        return changes

    # ------------------------------------------------------------ managed columns in their tabs

    def column_changes(self, columns: ManagedColumns) -> list[Change]:
        tab = self.workbook.tab(columns.tab_id)
        if tab is None:
            return []
        found = self._found(tab, columns)
        missing = [name for name in columns.shows if name not in found]
        return [
            *self._insertions(tab, columns, missing),
            *(change for name, place in found.items() for change in self._repairs(tab, columns, name, *place)),
        ]

    def _insertions(self, tab: Tab, columns: ManagedColumns, missing: list[str]) -> Iterator[Change]:
        """New columns, inserted and filled in the same batch, so that no person's cell can be underneath."""
        at = _right_of_everything(tab)
        if missing:
            yield InsertColumns(tab.id, at, len(missing))
        for column, name in enumerate(missing, start=at):
            yield PutFormula(tab.id, columns.header_row, column, self._formula(columns, name))
            if name == STATUS:
                yield MarkStatus(tab.id, column, columns.header_row + 1)

    def _repairs(self, tab: Tab, columns: ManagedColumns, name: str, row: int, column: int) -> Iterator[Change]:
        """A column of ours that was typed into, whose key moved, or whose formula stands in the wrong row."""
        header = columns.header_row
        if row != header:
            yield ClearBody(tab.id, column, row, row)
        if row != header or tab.cell(row, column).formula != self._formula(columns, name):
            yield PutFormula(tab.id, header, column, self._formula(columns, name))
        if _typed_below(tab, row, column):
            yield ClearBody(tab.id, column, header + 1, tab.row_count - 1)

    def overtyped(self, columns: ManagedColumns) -> Iterator[Overtyped]:
        tab = self.workbook.tab(columns.tab_id)
        if tab is not None:
            for name, (top, column) in self._found(tab, columns).items():
                for row, cell in _typed_below(tab, top, column):
                    yield Overtyped(columns.source, tab.id, row, column, managed_header(name), cell.shown)

    def wrongly_shown(self, columns: ManagedColumns) -> list[str]:
        """Cells of ours that do not show their own row's value (blank where the row has none)."""
        tab = self.workbook.tab(columns.tab_id)
        if tab is None:
            return []
        lines, found = self._shown_by_key(), self._found(tab, columns)
        wrong = []
        for row in range(columns.header_row + 1, len(tab.rows)):
            address = [tab.cell(row, column).shown for column in columns.key_columns]
            line = lines.get(fold_address(scoped_key(columns.source, address))) if all(address) else None
            for name, (_, column) in found.items():
                should = line.get(name, "") if line else ""
                if tab.cell(row, column).shown != should:
                    wrong.append(f"{tab.title}!{a1(row, column)} does not show its row's {name}")
        return wrong

    def _shown_by_key(self) -> dict[str, dict[str, str]]:
        head = self.desired.head
        return {fold_address(row[0]): dict(zip(head, row, strict=True)) for row in self.desired.rows[1:] if row[0]}

    def _found(self, tab: Tab, columns: ManagedColumns) -> dict[str, tuple[int, int]]:
        """Our columns by the cell (row, column) of their formula, wherever it stands now; its shown text may lie."""
        found: dict[str, tuple[int, int]] = {}
        texts = {name: f'"{managed_header(name)}"' for name in columns.shows}
        for row, cells in enumerate(tab.rows):
            for column, cell in enumerate(cells):
                if is_ours(cell):
                    found |= {name: (row, column) for name in texts if texts[name] in (cell.formula or "")}
        return found

    def _formula(self, columns: ManagedColumns, name: str) -> str:
        position = self.desired.head.index(name)
        return spilling_lookup(managed_header(name), columns.source, columns.key_columns, self.title, position)


def _right_of_everything(tab: Tab) -> int:
    """The first column with nothing of theirs in or right of it, merged cells included."""
    return max([tab.used_columns, *(block.right for block in tab.merges)])


def _typed_below(tab: Tab, header_row: int, column: int) -> list[tuple[int, Cell]]:
    """Literals in the way of the spill: the formula is then in error, and all that stands below it was typed."""
    if tab.cell(header_row, column).error is None:
        return []
    rows = range(header_row + 1, len(tab.rows))
    return [(row, tab.cell(row, column)) for row in rows if not tab.cell(row, column).blank]


def _content(tab: Tab, size: tuple[int, int]) -> tuple[tuple[str, ...], ...]:
    """Our tab as it stands; a formula in it is somebody else's, whatever it shows."""
    rows, columns = size
    return tuple(
        tuple(_literal(tab.cell(row, column)) for column in range(columns)) for row in range(max(rows, len(tab.rows)))
    )


def _literal(cell: Cell) -> str:
    if cell.formula is not None or not (cell.value is None or isinstance(cell.value, str)):
        return f"\0{cell.shown}"
    return cell.value or ""


def _in_words(changes: list[Change], desired: Desired) -> Iterator[str]:
    for change in changes:
        match change:
            case AddTab():
                yield f"add the tab {change.title!r}"
            case FillTab():
                lines = len(desired.lines)
                yield f"write {lines} line{'s' if lines != 1 else ''} into our tab"
            case InsertColumns():
                yield f"insert {change.count} managed column{'s' if change.count != 1 else ''}"
            case PutFormula():
                yield f"put the lookup formula into {a1(change.row, change.column)}"
            case ClearBody():
                yield f"clear what was typed into our column {a1(None, change.column)}"
            case ResizeTab() | MarkStatus() | Fence():
                pass
