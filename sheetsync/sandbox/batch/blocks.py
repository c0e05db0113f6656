"""insertRange, deleteRange: cells that make room or close up, in some rows or columns only."""

from dataclasses import replace

from sheetsync.sandbox.a1 import MAX_COLUMNS, Area, Box, shifted
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import CutRange
from sheetsync.sandbox.model import Tab
from sheetsync.sandbox.shifts import Deleted, Inserted, Shift, shift_box
from sheetsync.sandbox.structure import rewrite_formulas


def insert_range(editing: Editing, request: Json) -> Json:
    """Empty cells at a range; what stood there goes down or right. The grid grows where data would fall off."""
    tab, area, dimension = _asked(editing, request)
    rows = dimension == "ROWS"
    moving = Area(area.top, tab.rows, area.left, area.right) if rows else replace(area, right=tab.columns)
    _check_merges(editing, tab, moving)
    editing.guard(tab, moving)
    down, right = (area.rows, 0) if rows else (0, area.columns)
    filled = [place for place in tab.inside(moving) if tab.cells[place].holds_value]
    tab.rows = max(tab.rows, *(row + down + 1 for row, _ in filled), 0)
    tab.columns = max(tab.columns, *(column + right + 1 for _, column in filled), 0)
    if tab.columns > MAX_COLUMNS:
        raise editing.refuse(f"A sheet may not have more than {MAX_COLUMNS} columns.")
    editing.check_size()
    _carry(editing, tab, moving, down, right)
    start = area.top if rows else area.left
    _follow(editing, tab, area, dimension, Inserted(start, area.rows if rows else area.columns))
    return {}


def delete_range(editing: Editing, request: Json) -> Json:
    """The cells of a range are gone; those below or right of them close up."""
    tab, area, dimension = _asked(editing, request)
    rows = dimension == "ROWS"
    whole = Area(area.top, tab.rows, area.left, area.right) if rows else replace(area, right=tab.columns)
    _check_merges(editing, tab, whole)
    editing.guard(tab, whole)
    for place in list(tab.inside(area)):
        del tab.cells[place]
    moving = replace(whole, top=area.bottom) if rows else replace(whole, left=area.right)
    down, right = (-area.rows, 0) if rows else (0, -area.columns)
    _carry(editing, tab, moving, down, right)
    shift = Deleted(area.top, area.bottom) if rows else Deleted(area.left, area.right)
    _follow(editing, tab, area, dimension, shift)
    return {}


def _asked(editing: Editing, request: Json) -> tuple[Tab, Area, str]:
    editing.require(request, "range")
    dimension = request.get("shiftDimension", "")
    if dimension not in ("ROWS", "COLUMNS"):
        raise editing.refuse("shiftDimension must be specified.")
    tab, area = editing.area(request["range"])
    return tab, area, dimension


def _check_merges(editing: Editing, tab: Tab, moving: Area) -> None:
    if any(merge.touches(moving) and not moving.covers(merge) for merge in tab.merges):
        raise editing.refuse("You can't shift a part of a merged cell.")


def _carry(editing: Editing, tab: Tab, moving: Area, down: int, right: int) -> None:
    """Moves the cells of a block, with every reference to them."""
    if moving.empty or not (down or right):
        return
    to = shifted(moving, down, right)
    edit = CutRange(tab.title, moving.top, moving.left, moving.bottom, moving.right, tab.title, to.top, to.left)
    rewrite_formulas(editing.book, edit)
    taken = {place: tab.cells.pop(place) for place in list(tab.inside(moving))}
    for (row, column), cell in taken.items():
        if (row + down, column + right) in tab.grid:
            tab.cells[row + down, column + right] = cell


def _follow(editing: Editing, tab: Tab, area: Area, dimension: str, shift: Shift) -> None:
    """What lies on ranges moves where the whole width (or height) of its range moved.

    [believed: ranges-follow-whole-blocks]
    """

    def moved(box: Box) -> Box | None:
        within = box.within(tab.rows, tab.columns)
        if dimension == "ROWS":
            carried = area.left <= within.left and within.right <= area.right
        else:
            carried = area.top <= within.top and within.bottom <= area.bottom
        return shift_box(box, shift, dimension) if carried else box

    merges = [moved(merge.box) for merge in tab.merges]
    tab.merges = [box.within(tab.rows, tab.columns) for box in merges if box is not None]
    tab.merges = [merge for merge in tab.merges if merge.rows * merge.columns > 1]
    tab.protections = [replace(each, box=box) for each in tab.protections if (box := moved(each.box)) is not None]
    tab.bandings = [replace(each, box=box) for each in tab.bandings if (box := moved(each.box)) is not None]
    rules = [replace(each, boxes=tuple(box for box in map(moved, each.boxes) if box is not None)) for each in tab.rules]
    tab.rules = [each for each in rules if each.boxes]
    editing.book.named = [
        each if each.sheet_id != tab.sheet_id else replace(each, box=box)
        for each in editing.book.named
        if (box := moved(each.box) if each.sheet_id == tab.sheet_id else each.box) is not None
    ]
