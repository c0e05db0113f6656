"""Taking everything of ours out of a workbook again, or all that one source has of it."""

import re
from collections.abc import Iterable, Iterator

from sheetsync.core.changes import (
    AddTab,
    Batch,
    Change,
    DeleteTab,
    DropFences,
    FillTab,
    WarnAtHeader,
)
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID
from sheetsync.core.lookup import a1
from sheetsync.core.managed import LINK, OUR_TAB_ID
from sheetsync.core.model import Tab, Workbook
from sheetsync.core.our_columns import formulas_in, gone, marked, stray, warning_at
from sheetsync.core.plan import fenced

_OURS = (OUR_TAB_ID, DECISIONS_TAB_ID)
_BLANK_TAB_ID = 1_773_777_003

#: the tab a link of ours leads to
_TAB = re.compile(r"[?#&]gid=(\d+)")


def leave(workbook: Workbook) -> Batch | None:
    """The next step towards a workbook as if we had never been there; None once nothing of ours is left.

    It takes more steps where a header's warning has to be put back first, or a column of theirs is handed back. A batch
    that arrives twice is refused: the tab, or the warnings, that it takes away are gone.
    """
    tabs = [tab for tab in workbook.tabs if tab.id not in _OURS]
    changes, first = _columns_gone(tabs)
    if first:
        return fenced(workbook, first)
    if not any(not tab.hidden for tab in tabs) and len(tabs) < len(workbook.tabs):
        # No workbook is without any tab: where people have left only ours, they get a blank one.
        changes.append(AddTab(_BLANK_TAB_ID, "Sheet1", 100, 26, frozen_rows=0, warned=False))
    changes += [DeleteTab(tab_id) for tab_id in _OURS if workbook.tab(tab_id) is not None]
    if workbook.generations or workbook.installation is not None:
        fences = tuple(metadata_id for metadata_id, _ in workbook.generations)
        changes.append(DropFences(fences, workbook.installation))
    return Batch(workbook.id, workbook.title, workbook.generation + 1, tuple(changes)) if changes else None


def leave_tabs(workbook: Workbook, tab_ids: Iterable[int]) -> Batch | None:
    """The next step towards tabs without anything of ours, while others in the workbook stay; None at the end."""
    leaving = frozenset(tab_ids)
    changes, first = _columns_gone([tab for tab in workbook.tabs if tab.id in leaving and tab.id not in _OURS])
    if DECISIONS_TAB_ID in leaving and workbook.tab(DECISIONS_TAB_ID) is not None:
        changes.append(DeleteTab(DECISIONS_TAB_ID))
    changes = first or [*changes, *_lines_gone(workbook, leaving)]
    return fenced(workbook, changes) if changes else None


def _columns_gone(tabs: Iterable[Tab]) -> tuple[list[Change], list[Change]]:
    """What takes our columns away, and what must be done in a step before that."""
    changes: list[Change] = []
    first: list[Change] = []
    for tab in tabs:
        # Before the columns: a warning that somebody stretched over them goes with them, and cannot go twice.
        changes += stray(tab)
        # From right to left: what goes shifts nothing that still has to go.
        for mark in sorted(marked(tab), key=lambda mark: -mark.column):
            warning, formulas = warning_at(tab, mark.column), formulas_in(tab, mark.column)
            if warning is None:
                first.append(WarnAtHeader(tab.id, mark.column, next(iter(formulas), 0)))
            elif mark.header and formulas:
                # What it shows comes out of our tab, so the tab stays until that was kept.
                first += gone(tab, mark, warning)
            else:
                changes += gone(tab, mark, warning)
    return changes, first


def hidden(workbook: Workbook, tab_ids: Iterable[int] | None) -> list[str]:
    """Columns to be handed back that show an error instead of their values, as places; `tab_ids` None means all."""
    leaving = None if tab_ids is None else frozenset(tab_ids)
    return [
        f"{tab.title}!{a1(None, mark.column)}"
        for tab in workbook.tabs
        if leaving is None or tab.id in leaving
        for mark in marked(tab)
        if mark.header and any(tab.cell(row, mark.column).error for row in formulas_in(tab, mark.column)[:1])
    ]


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
