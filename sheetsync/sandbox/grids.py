"""Google's GridRange, GridCoordinate and DimensionRange, to and from boxes; proto3 leaves out what is zero or open."""

from sheetsync.sandbox.a1 import MAX_COLUMNS, MAX_ROWS, Area, Box, echoed
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.model import Tab, Workbook


def grid_range(sheet_id: int, box: Box) -> Json:
    """The JSON of a box; sheet 0 and a start at 0 are named only when they say something [recorded: sheetId absent]."""
    named = {
        "sheetId": sheet_id or None,
        "startRowIndex": box.top,
        "endRowIndex": box.bottom,
        "startColumnIndex": box.left,
        "endColumnIndex": box.right,
    }
    return {name: value for name, value in named.items() if value is not None}


def area_range(sheet_id: int, area: Area) -> Json:
    """`grid_range` of a closed rectangle."""
    return grid_range(sheet_id, area.box)


def box_of(given: Json, at: str) -> Box:
    """The box of a GridRange, its sides checked. Raises 400; `at` begins the message."""
    rows = _side(given, "Row", MAX_ROWS, at)
    columns = _side(given, "Column", MAX_COLUMNS, at)
    return Box(rows[0], rows[1], columns[0], columns[1])


def _side(given: Json, axis: str, limit: int, at: str) -> tuple[int | None, int | None]:
    first, end = given.get(f"start{axis}Index"), given.get(f"end{axis}Index")
    for name, index in ((f"start{axis}Index", first), (f"end{axis}Index", end)):
        if index is not None and not 0 <= index <= limit:
            raise bad(f"{at}range.{name}[{index}] is out of bounds.")
    if end is not None and end < (first or 0):
        raise bad(f"{at}range.end{axis}Index[{end}] must not be less than range.start{axis}Index[{first or 0}].")
    return first, end


def tab_of(book: Workbook, sheet_id: int, at: str) -> Tab:
    """The tab of this id, or 400 `No grid with id: N` [reported]."""
    tab = book.tab(sheet_id)
    if tab is None:
        raise bad(f"{at}No grid with id: {sheet_id}")
    return tab


def closed(tab: Tab, box: Box, at: str) -> Area:
    """The box within the grid. A start at or after the last row or column is 400, an end after it is cut off
    [reported: measured live for repeatCell]."""
    top, left = box.top or 0, box.left or 0
    if top >= tab.rows or left >= tab.columns:
        end = Area(top, tab.rows if box.bottom is None else box.bottom, left, box.right or tab.columns)
        raise bad(f"{at}{exceeds(tab, end)}")
    return box.within(tab.rows, tab.columns)


def exceeds(tab: Tab, area: Area) -> str:
    """`Range (T!A1001:B1001) exceeds grid limits. Max rows: 1000, max columns: 26` [reported]."""
    return f"Range ({echoed(tab.title, area)}) exceeds grid limits. Max rows: {tab.rows}, max columns: {tab.columns}"


def lines_of(given: Json, limit: int, at: str) -> tuple[int, int]:
    """Start and end of a DimensionRange; an open end closes at `limit`."""
    first, end = given.get("startIndex", 0), given.get("endIndex", limit)
    if first < 0 or end < 0:
        raise bad(f"{at}range.startIndex and range.endIndex must not be negative.")
    if end <= first:
        raise bad(f"{at}range.endIndex[{end}] must be greater than range.startIndex[{first}].")
    return first, end
