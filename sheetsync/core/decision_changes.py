"""What a workbook's decisions tab needs: the tab itself once, a new line for what is asked anew, our columns as ever.

Lines are only ever added, right under the headers and in one step with their ids; no row is moved or deleted, and no
cell of people's is written.
"""

from collections.abc import Iterator
from typing import Final

from sheetsync.core.changes import (
    AddFilterView,
    AddTab,
    Change,
    ColourStatus,
    Dress,
    HintDate,
    InsertColumns,
    InsertLines,
    MarkColumn,
    OfferChoices,
    PutHeaders,
    WarnAtHeader,
)
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID, DECISIONS_TITLE, DecisionsTab
from sheetsync.core.managed import Asked, Desired, ManagedColumns
from sheetsync.core.matters import (
    ABOUT,
    AGREED,
    BY,
    CAMPAIGN,
    CHOICES,
    CLOSED,
    CUSTOM,
    DECISION,
    FOLLOWS,
    ID,
    LINK_A,
    LINK_B,
    MACHINE,
    OWNER,
    PEOPLE,
    RULE,
    STATE,
    UNTIL,
    VALUE_A,
    VALUE_B,
    VERSION,
    WHY,
)
from sheetsync.core.model import Mark, Tab, Workbook
from sheetsync.core.our_columns import (
    OurColumns,
    mark_id,
    right_of_everything,
    warning_at,
)
from sheetsync.core.where_decided import DECISIONS

COLUMNS: Final = (ID, *MACHINE, *PEOPLE)

#: rows below the lines, for people who like to write there
_SPARE_ROWS = 20
#: pixels
_WIDTHS: Final = {
    ID: 100,
    CAMPAIGN: 120,
    ABOUT: 130,
    RULE: 240,
    VALUE_A: 130,
    LINK_A: 70,
    VALUE_B: 130,
    LINK_B: 70,
    AGREED: 120,
    OWNER: 120,
    FOLLOWS: 260,
    STATE: 160,
    VERSION: 70,
    DECISION: 180,
    CUSTOM: 130,
    UNTIL: 100,
    BY: 120,
    WHY: 220,
}
_OPEN_ONLY: Final = "open only"
_UNTIL_WHEN: Final = "The day until which it is allowed to differ, or holds"


def decisions_in(workbook: Workbook, desired: Desired, our_title: str) -> OurColumns | None:
    """Our columns in the decisions tab; None where there is none, or nothing in it says where its lines begin."""
    here = DecisionsTab.of(workbook)
    if desired.asked is None or here is None or here.id_column is None or here.header_row is None:
        return None
    key = ((here.id_column, ID),)
    return OurColumns(here.tab, _wanted(here.header_row, key, here.unfit), our_title, desired.head)


def decision_changes(workbook: Workbook, desired: Desired, our_title: str) -> list[Change]:
    """Everything that is missing, as far as it can be done in one step."""
    asked, here = desired.asked, DecisionsTab.of(workbook)
    if asked is None:
        return []
    if here is None:
        return list(_new_tab(workbook, asked, our_title, desired.head))
    ours = decisions_in(workbook, desired, our_title)
    if ours is None:
        # Where its people do not let us, what stands there is right, or blank.
        return [] if here.unfit else list(_found_again(here))
    return [*ours.changes(), *_lines(here, ours, here.marks[ID], asked)]


def _wanted(header_row: int, key: tuple[tuple[int, str], ...], unfit: str = "") -> ManagedColumns:
    return ManagedColumns(DECISIONS, DECISIONS_TAB_ID, header_row, key, MACHINE, unfit, prefix="", typed=(ID,))


def _new_tab(workbook: Workbook, asked: Asked, our_title: str, head: tuple[str, ...]) -> Iterator[Change]:
    """The whole tab, as it is first seen."""
    tab = DECISIONS_TAB_ID
    at = {name: column for column, name in enumerate(COLUMNS)}
    yield AddTab(tab, _free_title(workbook), 1 + _SPARE_ROWS, len(COLUMNS), warned=False)
    yield Dress(tab, tuple(_WIDTHS[name] for name in COLUMNS), cut=(at[LINK_A], at[LINK_B]), frozen=at[RULE])
    yield PutHeaders(tab, 0, at[ID], (ID,))
    yield PutHeaders(tab, 0, at[PEOPLE[0]], PEOPLE)
    yield MarkColumn(tab, at[ID], mark_id(tab, ID), ID)
    yield WarnAtHeader(tab, at[ID], 0)
    empty = Tab(tab, "", (), 1 + _SPARE_ROWS, len(COLUMNS))
    ours = OurColumns(empty, _wanted(0, ((at[ID], ID),)), our_title, head)
    for name in MACHINE:
        yield from ours.filled(at[name], name)
    yield ColourStatus(tab, at[STATE], 1, CLOSED, begins=True)
    yield OfferChoices(tab, at[DECISION], 1, CHOICES)
    yield HintDate(tab, at[UNTIL], 1, _UNTIL_WHEN)
    if asked.ids:
        yield InsertLines(tab, 1, at[ID], asked.ids)
    yield AddFilterView(tab, _OPEN_ONLY, at[STATE], CLOSED)


def _free_title(workbook: Workbook) -> str:
    taken = {tab.title.casefold() for tab in workbook.tabs}
    titles = (DECISIONS_TITLE, *(f"{DECISIONS_TITLE} {number}" for number in range(2, len(taken) + 3)))
    return next(title for title in titles if title not in taken)


def _found_again(here: DecisionsTab) -> Iterator[Change]:
    """People have deleted the headers, or the ids: without them nothing can be told, so they come back first.

    Both in new lines of the grid, so that nothing of theirs is under them wherever these come to be.
    """
    tab, top, at = here.tab, here.header_row, here.id_column
    if at is None:
        at = right_of_everything(tab)
        yield InsertColumns(tab.id, at, 1)
        yield MarkColumn(tab.id, at, mark_id(tab.id, ID), ID)
    if top is None:
        # The headers' warnings went with their row, so nothing can be held; what is inserted here is blank all over.
        yield InsertLines(tab.id, 0, at, (ID,))
        lacking = [one.column for one in here.marks.values() if one.name != ID and warning_at(tab, one.column) is None]
        yield from (WarnAtHeader(tab.id, column, 0) for column in (at, *lacking))
    else:
        yield PutHeaders(tab.id, top, at, (ID,))
        yield WarnAtHeader(tab.id, at, top)


def _lines(here: DecisionsTab, ours: OurColumns, ids: Mark, asked: Asked) -> list[Change]:
    """New lines, and the head of the ids where somebody has typed over it."""
    top, standing = ours.wanted.header_row, set(here.ids.values())
    changes = list(ours.unmerged(ids.column))
    if here.tab.cell(top, ids.column).shown != ID:
        changes.append(PutHeaders(here.tab.id, top, ids.column, (ID,)))
    missing = tuple(one for one in asked.ids if one not in standing)
    if missing and not here.unfit:
        changes.append(InsertLines(here.tab.id, top + 1, ids.column, missing))
    return ours.held(ids, changes)
