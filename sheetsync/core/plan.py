"""The plan: what must be written so that a workbook shows what should stand in it. The same look verifies a write.

Only columns and tabs of ours appear in a plan; the closed list of changes has no other kind.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sheetsync.core.changes import (
    AddTab,
    Batch,
    Change,
    ClearBody,
    DeleteColumn,
    DeleteTab,
    DropMark,
    Fence,
    FillTab,
    FreezeColumn,
    InsertColumns,
    InsertLines,
    PutFormula,
    Sign,
    WarnAtHeader,
)
from sheetsync.core.decision_changes import decision_changes, decisions_in
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.lookup import a1, scoped_key
from sheetsync.core.managed import Asked, Desired, ManagedColumns
from sheetsync.core.model import Workbook
from sheetsync.core.our_columns import OurColumns, formulas_in, handed_back, marked
from sheetsync.core.our_tab import our_title, tab_changes

#: chosen metadata ids are this plus the generation
_FENCE_BASE = 1_773_000_000
#: where the mark of the ledger that writes stands: one id for all, so that two marks cannot stand side by side
_SIGNATURE_ID = 1_772_000_000
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
    changes = _changes(workbook, desired)
    signed = _is_signed(workbook, desired)
    if not changes and signed:
        return WorkbookPlan(desired, None)
    overtyped = tuple(cell for ours in _our_columns(workbook, desired) for cell in _overtyped(ours))
    signs = () if signed else ("sign the workbook as ours",)
    batch = signed_and_fenced(workbook, desired.installation, changes)
    return WorkbookPlan(desired, batch, (*signs, *in_words(changes, workbook)), overtyped)


def overtyped_in(workbook: Workbook, sources: Iterable[Source]) -> Iterator[Overtyped]:
    """What people put into columns of ours in a workbook that nothing is planned for.

    Nobody may know where its tables begin just now, so a column of ours counts from the topmost of our formulas down.
    """
    for source in {source.location: source for source in sources}.values():
        tab = workbook.tab(source.location.tab_id) if isinstance(source.location, SheetTab) else None
        if tab is not None:
            marks = marked(tab)
            top = min((row for mark in marks for row in formulas_in(tab, mark.column)), default=0)
            whole = ManagedColumns(source.name, tab.id, top, (), tuple(mark.name for mark in marks))
            yield from _overtyped(OurColumns(tab, whole, "", ()))
    if (ours := decisions_in(workbook, Desired(workbook.id, "", (), (), (), (), asked=Asked()), "")) is not None:
        yield from _overtyped(ours)


def verify(workbook: Workbook, desired: Desired) -> tuple[str, ...]:
    """What a person sees after the write that is not what should stand there; empty when all is well."""
    changes = _changes(workbook, desired)
    if changes:
        return tuple(in_words(changes, workbook))
    if not _is_signed(workbook, desired):
        return ("our mark is not in the workbook",)
    lines = _shown_by_key(desired)
    return tuple(wrong for ours in _our_columns(workbook, desired) for wrong in _wrongly_shown(ours, lines))


def signed_and_fenced(workbook: Workbook, installation: str, changes: Iterable[Change]) -> Batch:
    """Changes as the next generation, after the mark of the ledger that writes (none where `installation` is empty)."""
    mark = [Sign(_SIGNATURE_ID, installation, workbook.installation)] if installation else []
    return fenced(workbook, [*mark, *changes])


def fenced(workbook: Workbook, changes: Iterable[Change]) -> Batch:
    """Changes as the workbook's next generation."""
    generation = workbook.generation + 1
    retired = tuple(metadata_id for metadata_id, _ in workbook.generations[: -(_FENCES_KEPT - 1)])
    fence = Fence(_FENCE_BASE + generation, generation, retired)
    return Batch(workbook.id, workbook.title, generation, (*changes, fence))


def _is_signed(workbook: Workbook, desired: Desired) -> bool:
    return desired.installation in ("", workbook.installation)


def _changes(workbook: Workbook, desired: Desired) -> list[Change]:
    shows = {wanted.tab_id: wanted.shows for wanted in desired.columns}
    returned = [change for tab in workbook.tabs for change in handed_back(tab, shows.get(tab.id, ()))]
    if any(isinstance(change, WarnAtHeader) for change in returned):
        # Not before it can be held: our tab would have nothing for it any more, and a blank would be kept.
        return returned
    columns = [change for ours in _beside_rows(workbook, desired) for change in ours.changes()]
    columns += decision_changes(workbook, desired, our_title(workbook))
    # Our tab's columns may have been moved since it was read: a formula is never written without what it points at.
    even_so = any(isinstance(change, PutFormula) for change in columns)
    return [*returned, *tab_changes(workbook, desired.rows, even_so), *columns]


def _our_columns(workbook: Workbook, desired: Desired) -> Iterator[OurColumns]:
    yield from _beside_rows(workbook, desired)
    if (ours := decisions_in(workbook, desired, our_title(workbook))) is not None:
        yield ours


def _beside_rows(workbook: Workbook, desired: Desired) -> Iterator[OurColumns]:
    # Where two sources share a tab neither has columns there, and what goes must not go twice.
    for wanted in {wanted.tab_id: wanted for wanted in desired.columns}.values():
        tab = workbook.tab(wanted.tab_id)
        if tab is not None:
            yield OurColumns(tab, wanted, our_title(workbook), desired.head)


def _overtyped(ours: OurColumns) -> Iterator[Overtyped]:
    for mark in [*ours.kept, *ours.retired]:
        header = mark.header or ours.wanted.header(mark.name)
        for row, cell in [] if ours.is_stuck(mark.column) else ours.typed(mark.column):
            text = cell.formula or cell.shown
            # An adopted column keeps its header, which was typed once and now comes from our formula.
            if (row, text) != (ours.wanted.header_row, header):
                yield Overtyped(ours.wanted.source, ours.tab.id, row, mark.column, header, text)


def _shown_by_key(desired: Desired) -> dict[str, dict[str, str]]:
    head = desired.head
    return {row[0]: dict(zip(head, row, strict=True)) for row in desired.rows[1:] if row[0]}


def _wrongly_shown(ours: OurColumns, lines: dict[str, dict[str, str]]) -> Iterator[str]:
    """Cells of ours that do not show their own row's value (blank where the row has none)."""
    tab, wanted = ours.tab, ours.wanted
    found = {name: column for name, column in ours.found.items() if not ours.is_stuck(column)}
    for row in range(wanted.header_row + 1, len(tab.rows)):
        address = [tab.cell(row, column).shown for column, _ in wanted.key]
        line = lines.get(scoped_key(wanted.source, address), {}) if all(address) else {}
        for name, column in found.items():
            if tab.cell(row, column).shown != line.get(name, ""):
                yield f"{tab.title}!{a1(row, column)} does not show its row's {name}"


def in_words(changes: Iterable[Change], workbook: Workbook) -> Iterator[str]:
    """What a batch does, for people; marks, warnings and fences go without saying, as do the formulas of a new tab."""
    changes = list(changes)
    added = {change.tab_id: change.title for change in changes if isinstance(change, AddTab)}
    titles = {tab.id: tab.title for tab in workbook.tabs}
    for change in changes:
        if isinstance(change, PutFormula) and change.tab_id in added:
            continue
        yield from _lines_in_words(change, titles | added)
        yield from _columns_in_words(change, titles, workbook)


def _lines_in_words(change: Change, titles: Mapping[int, str]) -> Iterator[str]:
    match change:
        case AddTab():
            yield f"add the tab {change.title!r}"
        case FillTab():
            yield f"write {_counted(sum(any(row) for row in change.rows[1:]), 'line')} into our tab"
        case InsertLines(at=0):
            yield f"put headers back into {titles[change.tab_id]}"
        case InsertLines():
            yield f"add {_counted(len(change.ids), 'line')} to {titles[change.tab_id]}"
        case DeleteTab():
            yield f"take our tab {titles[change.tab_id]!r} away"
        case _:
            pass


def _columns_in_words(change: Change, titles: Mapping[int, str], workbook: Workbook) -> Iterator[str]:
    match change:
        case InsertColumns():
            yield f"insert {_counted(change.count, 'managed column')} into {titles[change.tab_id]}"
        case PutFormula():
            yield f"put the lookup formula into {titles[change.tab_id]}!{a1(change.row, change.column)}"
        case ClearBody(first_row=row) if row == change.last_row:
            yield f"take our formula out of {titles[change.tab_id]}!{a1(row, change.column)}"
        case ClearBody():
            yield f"clear what was typed into our column {titles[change.tab_id]}!{a1(None, change.column)}"
        case DeleteColumn():
            yield f"take our column {titles[change.tab_id]}!{a1(None, change.column)} away"
        case FreezeColumn():
            yield f"leave {titles[change.tab_id]}!{a1(None, change.column)} with the values it shows"
        case DropMark(metadata_id, offered=False):
            yield from (f"give {where} back to its people" for where in _marked_by(metadata_id, workbook))
        case _:
            pass


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _marked_by(metadata_id: int, workbook: Workbook) -> Iterator[str]:
    for tab in workbook.tabs:
        yield from (f"{tab.title}!{a1(None, mark.column)}" for mark in tab.marks if mark.metadata_id == metadata_id)
