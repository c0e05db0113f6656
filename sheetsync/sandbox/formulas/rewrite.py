"""How a formula's text follows edits of the workbook, and how it changes when it is copied elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from sheetsync.sandbox.formulas.edits import (
    CutRange,
    DeleteColumns,
    DeleteRows,
    DeleteTab,
    Edit,
    InsertColumns,
    InsertRows,
    MoveColumns,
    MoveRows,
    RenameTab,
)
from sheetsync.sandbox.formulas.references import (
    COLUMN_LIMIT,
    Axis,
    Corner,
    Index,
    Reference,
    Span,
    parse_reference,
    same_tab,
)
from sheetsync.sandbox.formulas.tokens import Kind, tokenize


def rewrite(formula: str, edit: Edit, on_tab: str) -> str:
    """How a formula that stands on the tab `on_tab` reads after the edit; what it does not touch stays as written."""
    return _with_references(formula, lambda reference: _after(reference, edit, on_tab))


def translate(formula: str, rows: int, columns: int) -> str:
    """The formula copied that many rows down and columns right: relative references go along, `$` ones stay."""
    return _with_references(formula, lambda reference: _copied(reference, rows, columns))


def _with_references(formula: str, change: Callable[[Reference], Reference | None]) -> str:
    if not formula.startswith("="):
        return formula
    return "".join(
        _changed(token.text, change) if token.kind is Kind.REFERENCE else token.text for token in tokenize(formula)
    )


def _changed(text: str, change: Callable[[Reference], Reference | None]) -> str:
    before = parse_reference(text)
    after = change(before)
    if after is None:
        return "#REF!"
    return text if after == before else str(after)


def _copied(reference: Reference, rows: int, columns: int) -> Reference | None:
    moved = reference.each_corner(lambda corner: Corner(_shifted(corner.column, columns), _shifted(corner.row, rows)))
    outside = any(
        (corner.row is not None and corner.row.at < 0)
        or (corner.column is not None and not 0 <= corner.column.at < COLUMN_LIMIT)
        for corner in moved.corners
    )
    return None if outside else moved


def _shifted(index: Index | None, by: int) -> Index | None:
    return index if index is None or index.fixed else replace(index, at=index.at + by)


def _after(reference: Reference, edit: Edit, on_tab: str) -> Reference | None:
    match edit:
        case RenameTab(old, new):
            named = reference.tab is not None and same_tab(reference.tab, old)
            return replace(reference, tab=new) if named else reference
        case CutRange():
            return _after_cut(reference, edit, on_tab)
    if not same_tab(reference.tab or on_tab, edit.tab):
        return reference
    match edit:
        case DeleteTab():
            return None
        case InsertRows(_, start, count):
            return _along(reference, "row", lambda span: _inserted(span, start, count))
        case InsertColumns(_, start, count):
            return _along(reference, "column", lambda span: _inserted(span, start, count))
        case DeleteRows(_, start, end):
            return _along(reference, "row", lambda span: _deleted(span, start, end))
        case DeleteColumns(_, start, end):
            return _along(reference, "column", lambda span: _deleted(span, start, end))
        case MoveRows(_, start, end, destination):
            return _along(reference, "row", lambda span: _moved(span, start, end, destination))
        case MoveColumns(_, start, end, destination):
            return _along(reference, "column", lambda span: _moved(span, start, end, destination))
    assert_never(edit)


def _along(reference: Reference, axis: Axis, change: Callable[[Span], Span | None]) -> Reference | None:
    before = reference.span(axis)
    if before is None:
        return reference
    after = change(before)
    return None if after is None else reference.with_span(axis, after)


def _inserted(span: Span, at: int, count: int) -> Span:
    # Inserting right in front of a range pushes it, right behind it leaves it: neither makes it grow.
    start = span.start + count if span.start >= at else span.start
    stop = span.stop + count if span.stop is not None and span.stop > at else span.stop
    return Span(start, stop)


def _deleted(span: Span, start: int, end: int) -> Span | None:
    def closed_up(edge: int) -> int:
        return edge if edge <= start else max(start, edge - (end - start))

    left = Span(closed_up(span.start), None if span.stop is None else closed_up(span.stop))
    return None if left.start == left.stop else left


def _moved(span: Span, start: int, end: int, destination: int) -> Span | None:
    if start <= destination <= end:
        return span
    landing = destination if destination < start else destination - (end - start)
    if span.stop is not None and start <= span.start and span.stop <= end:
        return Span(span.start + landing - start, span.stop + landing - start)
    # A range that is not carried away whole loses the moved lines and takes in those that land inside it.
    left = _deleted(span, start, end)
    return None if left is None else _inserted(left, landing, end - start)


def _after_cut(reference: Reference, cut: CutRange, on_tab: str) -> Reference | None:
    rows, columns = reference.span("row"), reference.span("column")
    tab = reference.tab or on_tab
    if same_tab(tab, cut.tab) and _within(rows, cut.top, cut.bottom) and _within(columns, cut.left, cut.right):
        return _carried(reference, cut, on_tab)
    bottom, right = cut.to_row + cut.bottom - cut.top, cut.to_column + cut.right - cut.left
    overwritten = _within(rows, cut.to_row, bottom) and _within(columns, cut.to_column, right)
    return None if overwritten and same_tab(tab, cut.to_tab) else reference


def _carried(reference: Reference, cut: CutRange, on_tab: str) -> Reference:
    down, right = cut.to_row - cut.top, cut.to_column - cut.left
    moved = reference.each_corner(
        lambda corner: Corner(_carried_index(corner.column, right), _carried_index(corner.row, down))
    )
    if same_tab(cut.tab, cut.to_tab):
        return moved
    return replace(moved, tab=None if same_tab(cut.to_tab, on_tab) else cut.to_tab)


def _carried_index(index: Index | None, by: int) -> Index | None:
    return None if index is None else replace(index, at=index.at + by)


def _within(span: Span | None, start: int, end: int) -> bool:
    return span is not None and span.stop is not None and start <= span.start and span.stop <= end
