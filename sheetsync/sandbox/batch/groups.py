"""addDimensionGroup, deleteDimensionGroup, updateDimensionGroup: rows and columns that fold together."""

from dataclasses import replace

from sheetsync.sandbox.batch.dimensions import line_count, lines_in
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grouping import MAX_DEPTH, deepened, lifted
from sheetsync.sandbox.masks import update_mask
from sheetsync.sandbox.model import Group, Tab
from sheetsync.sandbox.views import group_view

#: lines are hidden one by one; more in one request would only exhaust memory
_MAX_HIDDEN = 100_000


def add_dimension_group(editing: Editing, request: Json) -> Json:
    """A group over a range; the tab's first one puts the fold's handle behind its lines [recorded]."""
    tab, dimension, first, end = _lines(editing, request)
    groups = deepened(_groups(tab, dimension), first, end)
    if any(each.depth > MAX_DEPTH for each in groups):
        raise editing.refuse(f"Groups may be at most {MAX_DEPTH} levels deep.")
    _store(tab, dimension, groups)
    control = "rowGroupControlAfter" if dimension == "ROWS" else "columnGroupControlAfter"
    tab.extra_grid = {control: True} | tab.extra_grid
    return {"addDimensionGroup": _all(tab, dimension)}


def delete_dimension_group(editing: Editing, request: Json) -> Json:
    """One level less for each line of a range.

    Lines that a collapsed group hid stay hidden [believed: ungrouped-rows-stay-hidden].
    """
    tab, dimension, first, end = _lines(editing, request)
    groups = _groups(tab, dimension)
    if not any(each.start < end and first < each.end for each in groups):
        raise editing.refuse("There is no group to delete at the specified range.")
    _store(tab, dimension, lifted(groups, first, end))
    return {"deleteDimensionGroup": _all(tab, dimension)}


def update_dimension_group(editing: Editing, request: Json) -> Json:
    """Collapses or opens the group of this range and depth; all its lines are hidden or shown [schema]."""
    paths = update_mask(request.get("fields"), "DimensionGroup", editing.prefix)
    given = request.get("dimensionGroup", {})
    tab, dimension, first, end = _lines(editing, given)
    groups, wanted = _groups(tab, dimension), (first, end, given.get("depth", 0))
    found = next((each for each in groups if (each.start, each.end, each.depth) == wanted), None)
    if found is None:
        raise editing.refuse(f"No group of depth {wanted[2]} over the specified range.")
    if any(path in ((), ("collapsed",)) for path in paths):
        collapsed = given.get("collapsed", False)
        _hide(editing, tab, dimension, found, collapsed)
        _store(tab, dimension, [replace(each, collapsed=collapsed) if each is found else each for each in groups])
    return {}


def _lines(editing: Editing, request: Json) -> tuple[Tab, str, int, int]:
    editing.require(request, "range")
    tab, dimension, first, end = lines_in(editing, request["range"])
    if end > line_count(tab, dimension):
        raise editing.refuse(f"range.endIndex[{end}] is after the last {dimension[:-1].lower()} of the sheet.")
    return tab, dimension, first, end


def _groups(tab: Tab, dimension: str) -> list[Group]:
    return tab.row_groups if dimension == "ROWS" else tab.column_groups


def _store(tab: Tab, dimension: str, groups: list[Group]) -> None:
    if dimension == "ROWS":
        tab.row_groups = groups
    else:
        tab.column_groups = groups


def _all(tab: Tab, dimension: str) -> Json:
    """Every group of the dimension after the change; nothing when none is left [recorded]."""
    views = [group_view(tab, dimension, each) for each in _groups(tab, dimension)]
    return {"dimensionGroups": views} if views else {}


def _hide(editing: Editing, tab: Tab, dimension: str, group: Group, hidden: bool) -> None:
    if group.end - group.start > _MAX_HIDDEN:
        raise editing.refuse(f"The sandbox hides at most {_MAX_HIDDEN} lines in one request.")
    table = tab.row_properties if dimension == "ROWS" else tab.column_properties
    for line in range(group.start, group.end):
        rest = {name: value for name, value in table.get(line, {}).items() if name != "hiddenByUser"}
        properties = rest | ({"hiddenByUser": True} if hidden else {})
        if properties:
            table[line] = properties
        else:
            table.pop(line, None)
