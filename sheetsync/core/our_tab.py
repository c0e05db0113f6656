"""Our tab in a workbook of theirs: what must be written so that it holds what should stand in it, and nothing else."""

from collections.abc import Sequence

from sheetsync.core.changes import AddTab, Change, FillTab, ResizeTab, Unmerge
from sheetsync.core.managed import OUR_TAB_ID, OUR_TAB_TITLE
from sheetsync.core.model import Cell, Tab, Workbook

Rows = Sequence[tuple[str, ...]]


def our_title(workbook: Workbook) -> str:
    """Our tab's title: as people renamed it, or a free one."""
    tab = workbook.tab(OUR_TAB_ID)
    if tab is not None:
        return tab.title
    taken = {tab.title.casefold() for tab in workbook.tabs}
    titles = (OUR_TAB_TITLE, *(f"{OUR_TAB_TITLE} {number}" for number in range(2, len(taken) + 3)))
    return next(title for title in titles if title not in taken)


def tab_changes(workbook: Workbook, rows: Rows, even_so: bool = False) -> list[Change]:
    """What our tab needs to hold these rows; it is rewritten whole, `even_so` also when it holds them already."""
    tab, size = workbook.tab(OUR_TAB_ID), (len(rows), len(rows[0]))
    if tab is None:
        return [AddTab(OUR_TAB_ID, our_title(workbook), *size), FillTab(OUR_TAB_ID, rows)]
    changes: list[Change] = []
    if tab.merges:
        changes.append(Unmerge(OUR_TAB_ID))
    if tab.row_count < size[0] or tab.column_count < size[1]:
        changes.append(ResizeTab(OUR_TAB_ID, max(size[0], tab.row_count), max(size[1], tab.column_count)))
    if changes or even_so or not _holds(tab, rows):
        changes.append(FillTab(OUR_TAB_ID, rows))
    return changes


def _holds(tab: Tab, rows: Rows) -> bool:
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
