"""mergeCells, unmergeCells."""

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Tab


def merge_cells(editing: Editing, request: Json) -> Json:
    """Merges a range; only the top-left cell of each merge keeps its value. Merges inside are replaced."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    for merge in tab.merges:
        if merge.touches(area) and not area.covers(merge):
            raise editing.refuse("You must select all cells in a merged range to merge or unmerge them.")
    tab.merges = [merge for merge in tab.merges if not area.covers(merge)]
    for merge in _pieces(area, request.get("mergeType", "MERGE_ALL")):
        if merge.rows * merge.columns > 1:
            tab.merges.append(merge)
            _keep_first(tab, merge)
    return {}


def _pieces(area: Area, kind: str) -> list[Area]:
    if kind == "MERGE_COLUMNS":
        return [Area(area.top, area.bottom, column, column + 1) for column in range(area.left, area.right)]
    if kind == "MERGE_ROWS":
        return [Area(row, row + 1, area.left, area.right) for row in range(area.top, area.bottom)]
    return [area]


def _keep_first(tab: Tab, merge: Area) -> None:
    """The first cell with a value gives it to the top-left; the others lose theirs."""
    places = sorted(place for place in tab.inside(merge) if tab.cells[place].holds_value)
    if not places:
        return
    first = tab.cells[places[0]]
    for place in places:
        tab.put(*place, tab.cells[place].with_value(None))
    corner = tab.cell(merge.top, merge.left)
    tab.put(merge.top, merge.left, corner.with_value(first.value, first.formula))


def unmerge_cells(editing: Editing, request: Json) -> Json:
    """Unmerges what lies in a range; a merge only partly inside is refused [schema]."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    if any(merge.touches(area) and not area.covers(merge) for merge in tab.merges):
        raise editing.refuse("You must select all cells in a merged range to merge or unmerge them.")
    tab.merges = [merge for merge in tab.merges if not area.covers(merge)]
    return {}
