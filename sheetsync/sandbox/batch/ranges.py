"""mergeCells, unmergeCells, setBasicFilter, clearBasicFilter, addNamedRange, deleteNamedRange."""

import re
import secrets

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import box_of
from sheetsync.sandbox.model import NamedRange, Tab
from sheetsync.sandbox.views import named_view

_NAME = re.compile(r"[^\W\d]\w{0,249}")
_LOOKS_LIKE_RANGE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d+[Cc]\d+|true|false", re.IGNORECASE)


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


def set_basic_filter(editing: Editing, request: Json) -> Json:
    """One filter per tab; a new one replaces it."""
    editing.require(request, "filter")
    given = request["filter"]
    tab, area = editing.area(given.get("range", {}))
    if any(merge.touches(area) and merge.rows > 1 for merge in tab.merges):
        raise editing.refuse("You can't create a filter over a range containing vertical merges.")
    tab.filter = {name: value for name, value in given.items() if name != "range"}
    tab.filter_box = box_of(given.get("range", {}), editing.prefix)
    return {}


def clear_basic_filter(editing: Editing, request: Json) -> Json:
    """Removes the tab's filter; nothing to remove is fine."""
    editing.tab(request.get("sheetId")).filter = None
    return {}


def add_named_range(editing: Editing, request: Json) -> Json:
    """A named range; names are unique without regard to case and may not look like a cell."""
    editing.require(request, "namedRange")
    given = request["namedRange"]
    tab, _ = editing.area(given.get("range", {}))
    name, book = given.get("name", ""), editing.book
    if not _NAME.fullmatch(name) or _LOOKS_LIKE_RANGE.fullmatch(name):
        raise editing.refuse(f"Invalid name: {name}")
    if any(each.name.casefold() == name.casefold() for each in book.named):
        raise editing.refuse(f"A named range with the name {name} already exists.")
    own_id = given.get("namedRangeId") or str(secrets.randbelow(10**9) + 1)
    if any(each.id == own_id for each in book.named):
        raise editing.refuse(f"A named range with id {own_id} already exists.")
    named = NamedRange(own_id, name, tab.sheet_id, box_of(given.get("range", {}), editing.prefix))
    book.named.append(named)
    return {"addNamedRange": {"namedRange": named_view(named)}}


def delete_named_range(editing: Editing, request: Json) -> Json:
    """Removes a named range by its id."""
    wanted, book = request.get("namedRangeId", ""), editing.book
    if not any(each.id == wanted for each in book.named):
        raise editing.refuse(f"Cannot find named range with id: {wanted}")
    book.named = [each for each in book.named if each.id != wanted]
    return {}
