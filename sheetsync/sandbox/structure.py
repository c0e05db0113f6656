"""Rows, columns and tabs that move: one edit carries cells, formulas and everything attached along."""

from collections.abc import Callable
from dataclasses import replace

from sheetsync.sandbox.a1 import Box
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.filters import shifted_columns
from sheetsync.sandbox.formulas import (
    DeleteColumns,
    DeleteRows,
    Edit,
    InsertColumns,
    InsertRows,
    MoveColumns,
    MoveRows,
    rewrite,
)
from sheetsync.sandbox.grouping import shifted_groups
from sheetsync.sandbox.model import Banding, Cell, FilterView, Metadata, NamedRange, Protection, Rule, Tab, Workbook
from sheetsync.sandbox.shifts import Deleted, Inserted, Shift, shift_area, shift_box, shift_keys
from sheetsync.sandbox.sparse import Sparse


def shift_lines(book: Workbook, tab: Tab, dimension: str, shift: Shift) -> None:
    """Inserts, deletes or moves lines of `tab` along ROWS or COLUMNS, with all that hangs on them."""
    rewrite_formulas(book, _edit(tab, dimension, shift))
    _shift_cells(tab, dimension, shift)
    shifted = (shift_area(area, shift, dimension) for area in tab.merges)
    tab.merges = [area for area in shifted if area is not None and area.rows * area.columns > 1]
    tab.protections = [kept for kept in (_protection(each, shift, dimension) for each in tab.protections) if kept]
    tab.rules = [kept for kept in (_rule(each, shift, dimension) for each in tab.rules) if kept]
    _shift_filter(tab, dimension, shift)
    tab.filter_views = [kept for kept in (_view(each, shift, dimension) for each in tab.filter_views) if kept]
    tab.bandings = [kept for kept in (_banding(each, shift, dimension) for each in tab.bandings) if kept]
    _shift_counts(tab, dimension, shift)
    book.named = [kept for kept in (_named(each, tab, shift, dimension) for each in book.named) if kept]
    book.metadata = [kept for kept in (_metadata(each, tab, shift, dimension) for each in book.metadata) if kept]


def rewrite_formulas(book: Workbook, edit: Edit) -> None:
    """Lets every formula in every tab, and in every condition, follow the edit."""
    for tab in book.tabs:
        for place, cell in list(tab.cells.items()):
            if cell.formula is not None:
                formula = rewrite(cell.formula, edit, tab.title)
                if formula != cell.formula:
                    tab.cells[place] = replace(cell, formula=formula)
            if cell.validation is not None:
                validation = _condition(cell.validation, edit, tab.title)
                if validation is not cell.validation:
                    tab.cells[place] = replace(tab.cells[place], validation=validation)
        tab.rules = [replace(rule, body=_rule_body(rule.body, edit, tab.title)) for rule in tab.rules]


def _rule_body(body: Json, edit: Edit, title: str) -> Json:
    if "booleanRule" not in body:
        return body
    return body | {"booleanRule": _condition(body["booleanRule"], edit, title)}


def _condition(holder: Json, edit: Edit, title: str) -> Json:
    """`holder` with the formulas among its condition's values rewritten; the same object when none changed."""
    values = holder.get("condition", {}).get("values", [])
    moved = [
        value | {"userEnteredValue": rewrite(text, edit, title)}
        if (text := value.get("userEnteredValue", "")).startswith("=")
        else value
        for value in values
    ]
    return holder if moved == values else holder | {"condition": holder["condition"] | {"values": moved}}


def _edit(tab: Tab, dimension: str, shift: Shift) -> Edit:
    rows = dimension == "ROWS"
    if isinstance(shift, Inserted):
        return (InsertRows if rows else InsertColumns)(tab.title, shift.start, shift.count)
    if isinstance(shift, Deleted):
        return (DeleteRows if rows else DeleteColumns)(tab.title, shift.start, shift.end)
    return (MoveRows if rows else MoveColumns)(tab.title, shift.start, shift.end, shift.destination)


def _shift_cells(tab: Tab, dimension: str, shift: Shift) -> None:
    if dimension == "ROWS":
        places = ((shift.index(row), line) for row, line in tab.cells.rows.items())
        tab.cells = Sparse.of_rows({row: line for row, line in places if row is not None})
        return
    cells: dict[tuple[int, int], Cell] = {}
    for (row, column), cell in tab.cells.items():
        moved = shift.index(column)
        if moved is not None:
            cells[row, moved] = cell
    tab.cells = Sparse(cells)


def _shift_counts(tab: Tab, dimension: str, shift: Shift) -> None:
    """The grid's size, its frozen lines and the properties of single lines."""
    change = 0
    if isinstance(shift, Inserted):
        change = shift.count
    elif isinstance(shift, Deleted):
        change = shift.start - shift.end
    index: Callable[[int], int | None] = shift.index
    if dimension == "ROWS":
        tab.rows += change
        tab.frozen_rows = _frozen(tab.frozen_rows, shift)
        tab.row_properties = shift_keys(tab.row_properties, index)
        tab.row_groups = shifted_groups(tab.row_groups, shift)
    else:
        tab.columns += change
        tab.frozen_columns = _frozen(tab.frozen_columns, shift)
        tab.column_properties = shift_keys(tab.column_properties, index)
        tab.column_groups = shifted_groups(tab.column_groups, shift)


def _frozen(count: int, shift: Shift) -> int:
    """Frozen lines stay frozen: a line put among them joins, one taken away leaves."""
    if not count or not isinstance(shift, (Inserted, Deleted)):
        return count
    if isinstance(shift, Inserted):
        return count + shift.count if shift.start < count else count
    span = shift.span((0, count))
    return span[1] if span else 0


def _protection(each: Protection, shift: Shift, dimension: str) -> Protection | None:
    box = shift_box(each.box, shift, dimension)
    if box is None:
        return None
    holes = tuple(hole for hole in (shift_box(hole, shift, dimension) for hole in each.unprotected) if hole)
    return replace(each, box=box, unprotected=holes)


def _rule(rule: Rule, shift: Shift, dimension: str) -> Rule | None:
    boxes = tuple(box for box in (shift_box(box, shift, dimension) for box in rule.boxes) if box is not None)
    return replace(rule, boxes=boxes) if boxes else None


def _shift_filter(tab: Tab, dimension: str, shift: Shift) -> None:
    if tab.filter is None:
        return
    columns = dimension == "COLUMNS"
    box = shift_box(tab.filter_box, shift, dimension)
    tab.filter = None if box is None else shifted_columns(tab.filter, shift.index) if columns else tab.filter
    tab.filter_box = box or Box()


def _view(each: FilterView, shift: Shift, dimension: str) -> FilterView | None:
    box = shift_box(each.box, shift, dimension)
    if box is None:
        return None
    return replace(each, box=box, body=shifted_columns(each.body, shift.index) if dimension == "COLUMNS" else each.body)


def _banding(each: Banding, shift: Shift, dimension: str) -> Banding | None:
    box = shift_box(each.box, shift, dimension)
    return None if box is None else replace(each, box=box)


def _named(each: NamedRange, tab: Tab, shift: Shift, dimension: str) -> NamedRange | None:
    if each.sheet_id != tab.sheet_id:
        return each
    box = shift_box(each.box, shift, dimension)
    return None if box is None else replace(each, box=box)


def _metadata(each: Metadata, tab: Tab, shift: Shift, dimension: str) -> Metadata | None:
    """Row and column metadata moves with its line and dies with it [schema]."""
    if each.sheet_id != tab.sheet_id or each.dimension != dimension:
        return each
    index = shift.index(each.index)
    return None if index is None else replace(each, index=index)
