"""insertDimension, deleteDimension, moveDimension, appendDimension and the properties of rows and columns."""

from sheetsync.sandbox.a1 import MAX_COLUMNS, Area
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import lines_of
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import Cell, Tab
from sheetsync.sandbox.shifts import Deleted, Inserted, Moved
from sheetsync.sandbox.structure import shift_lines

#: properties are kept line by line; more in one request would only exhaust memory
_MAX_DESCRIBED = 100_000
_SINGULAR = {"ROWS": "row", "COLUMNS": "column"}


def lines_in(editing: Editing, given: Json) -> tuple[Tab, str, int, int]:
    """Tab, dimension, start and end of a DimensionRange."""
    tab = editing.tab(given.get("sheetId"))
    dimension = given.get("dimension", "")
    if dimension not in _SINGULAR:
        raise editing.refuse("range.dimension must be specified.")
    first, end = lines_of(given, line_count(tab, dimension), editing.prefix)
    return tab, dimension, first, end


def line_count(tab: Tab, dimension: str) -> int:
    return tab.rows if dimension == "ROWS" else tab.columns


def _band(tab: Tab, dimension: str, first: int, end: int) -> Area:
    return Area(first, end, 0, tab.columns) if dimension == "ROWS" else Area(0, tab.rows, first, end)


def insert_dimension(editing: Editing, request: Json) -> Json:
    """Inserts empty lines that take formats and validation from the line before or after them [schema]."""
    editing.require(request, "range")
    tab, dimension, first, end = lines_in(editing, request["range"])
    count, before = line_count(tab, dimension), request.get("inheritFromBefore", False)
    if before and first == 0:
        raise editing.refuse("inheritFromBefore cannot be true if range.startIndex is 0.")
    if first > count or (first == count and not before):
        raise editing.refuse(
            f"range.startIndex[{first}] must be less than the grid size ({count}) if inheritFromBefore is false."
        )
    editing.guard_insertion(tab, dimension, first)
    shift_lines(editing.book, tab, dimension, Inserted(first, end - first))
    _check_grid(editing, tab)
    _inherit(tab, dimension, first, end, first - 1 if before else end)
    return {}


def _check_grid(editing: Editing, tab: Tab) -> None:
    if tab.columns > MAX_COLUMNS:
        raise editing.refuse(f"A sheet may not have more than {MAX_COLUMNS} columns.")
    editing.check_size()


def _inherit(tab: Tab, dimension: str, first: int, end: int, model: int) -> None:
    if end - first > 10_000:  # an inserted expanse this large is spare room; formats would only cost memory
        return
    for row, column in list(tab.inside(_band(tab, dimension, model, model + 1))):
        source = tab.cells[row, column]
        if source.format is None and source.validation is None:
            continue
        # A link belongs to the text it stands behind, not to the line.
        formats = {name: value for name, value in (source.format or {}).items() if not _is_link(name, value)}
        cell = Cell(format=formats or None, validation=source.validation)
        for line in range(first, end):
            tab.put(*((line, column) if dimension == "ROWS" else (row, line)), cell)


def _is_link(name: str, value: object) -> bool:
    return name == "textFormat" and isinstance(value, dict) and "link" in value


def delete_dimension(editing: Editing, request: Json) -> Json:
    """Deletes lines; at least one line that is not frozen must stay."""
    editing.require(request, "range")
    tab, dimension, first, end = lines_in(editing, request["range"])
    count, singular = line_count(tab, dimension), _SINGULAR[dimension]
    if end > count:
        raise editing.refuse(
            f"Cannot delete a {singular} that doesn't exist. "
            f"Tried to delete {singular} index {end - 1} but there are only {count} {singular}s."
        )
    frozen = tab.frozen_rows if dimension == "ROWS" else tab.frozen_columns
    if first == 0 and end == count:
        raise editing.refuse(f"You can't delete all the {singular}s on the sheet.")
    if first <= frozen and end == count:
        raise editing.refuse(f"Sorry, it is not possible to delete all non-frozen {singular}s.")
    editing.guard(tab, _band(tab, dimension, first, end))
    shift_lines(editing.book, tab, dimension, Deleted(first, end))
    return {}


def move_dimension(editing: Editing, request: Json) -> Json:
    """Moves lines in front of `destinationIndex`, counted before they are taken out [schema]."""
    editing.require(request, "source")
    tab, dimension, first, end = lines_in(editing, request["source"])
    count, destination = line_count(tab, dimension), request.get("destinationIndex", 0)
    if end > count or not 0 <= destination <= count:
        raise editing.refuse(f"Tried to move beyond the last {_SINGULAR[dimension]} ({count}).")
    editing.guard(tab, _band(tab, dimension, first, end))
    if not first <= destination <= end:
        _check_merges(editing, tab, dimension, first, end, destination)
        editing.guard_insertion(tab, dimension, destination)
        shift_lines(editing.book, tab, dimension, Moved(first, end, destination))
    return {}


def _check_merges(editing: Editing, tab: Tab, dimension: str, first: int, end: int, destination: int) -> None:
    """A move may neither cut a merge nor put lines into one: a value would come to lie under it.

    [believed: moves-cut-no-merge, moves-land-in-no-merge]
    """
    for merge in tab.merges:
        start, stop = (merge.top, merge.bottom) if dimension == "ROWS" else (merge.left, merge.right)
        cut = start < end and first < stop and not (first <= start and stop <= end)
        if cut or start < destination < stop:
            raise editing.refuse(f"You can't move {dimension.lower()} through a merged cell.")


def append_dimension(editing: Editing, request: Json) -> Json:
    """Spare lines at the end."""
    tab = editing.tab(request.get("sheetId"))
    dimension, length = request.get("dimension", ""), request.get("length", 0)
    if dimension not in _SINGULAR or length <= 0:
        raise editing.refuse("dimension and a length greater than 0 must be specified.")
    if dimension == "ROWS":
        tab.rows += length
    else:
        tab.columns += length
    _check_grid(editing, tab)
    return {}


def update_dimension_properties(editing: Editing, request: Json) -> Json:
    """Hides or sizes lines."""
    editing.require(request, "range")
    paths = update_mask(request.get("fields"), "DimensionProperties", editing.prefix)
    tab, dimension, first, end = lines_in(editing, request["range"])
    end = min(end, line_count(tab, dimension))
    if end - first > _MAX_DESCRIBED:
        raise editing.refuse(f"The sandbox describes at most {_MAX_DESCRIBED} lines in one request.")
    table = tab.row_properties if dimension == "ROWS" else tab.column_properties
    given = {name: value for name, value in request.get("properties", {}).items() if name != "developerMetadata"}
    for line in range(first, end):
        properties = {name: value for name, value in merged(table.get(line, {}), given, paths).items() if value}
        if properties:
            table[line] = properties
        else:
            table.pop(line, None)
    return {}


def auto_resize_dimensions(editing: Editing, request: Json) -> Json:
    """Accepted and checked; the sandbox has no fonts to measure."""
    if "dimensions" in request:
        lines_in(editing, request["dimensions"])
    return {}
