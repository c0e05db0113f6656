"""Taking everything of ours out of a workbook again, or all that one source has of it."""

import re
from collections.abc import Iterable, Iterator

from sheetsync.core.changes import (
    Batch,
    Change,
    DeleteColumn,
    DeleteTab,
    DropFences,
    DropMark,
    DropWarning,
    FillTab,
    FreezeColumn,
    HoldColumn,
    WarnAtHeader,
)
from sheetsync.core.lookup import header_shown
from sheetsync.core.managed import LINK, OUR_TAB_ID
from sheetsync.core.model import Mark, Tab, Workbook
from sheetsync.core.our_columns import marked, stray, warning_at, warnings_at
from sheetsync.core.plan import fenced

#: the tab a link of ours leads to
_TAB = re.compile(r"[?#&]gid=(\d+)")


def leave(workbook: Workbook) -> Batch | None:
    """The next step towards a workbook as if we had never been there; None once nothing of ours is left.

    It takes a second step where a header's warning has to be put back first. A batch that arrives twice is refused:
    the tab, or the warnings, that it takes away are gone.
    """
    tabs = [tab for tab in workbook.tabs if tab.id != OUR_TAB_ID]
    changes, first = _columns_gone(tabs)
    if first:
        return fenced(workbook, first)
    if workbook.tab(OUR_TAB_ID) is not None:
        changes.append(DeleteTab(OUR_TAB_ID))
    if workbook.generations or workbook.installation is not None:
        fences = tuple(metadata_id for metadata_id, _ in workbook.generations)
        changes.append(DropFences(fences, workbook.installation))
    return Batch(workbook.id, workbook.title, workbook.generation + 1, tuple(changes)) if changes else None


def leave_tabs(workbook: Workbook, tab_ids: Iterable[int]) -> Batch | None:
    """The next step towards tabs without anything of ours, while others in the workbook stay; None at the end."""
    leaving = frozenset(tab_ids)
    changes, first = _columns_gone([tab for tab in workbook.tabs if tab.id in leaving])
    changes = first or [*changes, *_lines_gone(workbook, leaving)]
    return fenced(workbook, changes) if changes else None


def _columns_gone(tabs: Iterable[Tab]) -> tuple[list[Change], list[Change]]:
    """What takes our columns away, and what must be done in a step before that."""
    changes: list[Change] = []
    first: list[Change] = []
    for tab in tabs:
        # From right to left: what goes shifts nothing that still has to go.
        for mark in sorted(marked(tab), key=lambda mark: -mark.column):
            warning = warning_at(tab, mark.column)
            if warning is None:
                first.append(WarnAtHeader(tab.id, mark.column, _header_row(tab, mark)))
            else:
                changes += _column_gone(tab, mark, warning)
        changes += stray(tab)
    return changes, first


def _column_gone(tab: Tab, mark: Mark, warning: int) -> Iterator[Change]:
    yield HoldColumn(tab.id, mark.column, mark.metadata_id, warning, mark.name, mark.header)
    if mark.header:
        # Theirs before it was ours, and theirs again: with what it shows, for an empty column would help nobody.
        yield FreezeColumn(tab.id, mark.column, _header_row(tab, mark))
        yield DropMark(mark.metadata_id)
        yield from (DropWarning(one) for one in warnings_at(tab, mark.column))
    else:
        yield DeleteColumn(tab.id, mark.column)


def _header_row(tab: Tab, mark: Mark) -> int:
    """Where our formula stands in its column; the first row if somebody took it away."""
    cells = ((row, tab.cell(row, mark.column)) for row in range(len(tab.rows)))
    return next((row for row, cell in cells if header_shown(cell.formula) is not None), 0)


def _lines_gone(workbook: Workbook, leaving: frozenset[int]) -> Iterator[Change]:
    """Our tab without the lines about the tabs we leave: each line's link says which tab it is about."""
    tab = workbook.tab(OUR_TAB_ID)
    if tab is None or not tab.rows:
        return
    texts = [tuple(cell.shown for cell in row) for row in tab.rows]
    width = max(len(row) for row in texts)
    head = texts[0]
    link = head.index(LINK) if LINK in head else 0
    kept = [row for row in texts if not (len(row) > link and _leads_to(row[link]) & leaving)]
    if len(kept) < len(texts):
        yield FillTab(OUR_TAB_ID, tuple(row + ("",) * (width - len(row)) for row in kept))


def _leads_to(link: str) -> set[int]:
    return {int(found) for found in _TAB.findall(link)}
