"""Writing values: update, append and clear, raw or as a person types."""

from dataclasses import dataclass, replace

from sheetsync.sandbox.a1 import Area, cell_name, column_letters, echoed, quoted
from sheetsync.sandbox.batch.cells import at_place, checked_length
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.grids import exceeds
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell, Tab
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.shifts import Inserted
from sheetsync.sandbox.structure import shift_lines
from sheetsync.sandbox.typed import typed
from sheetsync.sandbox.values_read import Rendering, area_of, value_range


@dataclass(frozen=True, slots=True)
class Written:
    """What one ValueRange wrote; `cells` counts every sent cell, empty texts included [recorded]."""

    tab: Tab
    area: Area
    cells: int
    rows: int
    columns: int


def entered(cell: Cell, value: object, option: str, editing: Editing) -> Cell:
    """`cell` after writing one JSON value; `""` clears it, a string is typed or raw."""
    if isinstance(value, bool):
        return cell.with_value(value)
    if isinstance(value, (int, float)):
        return cell.with_value(float(value))
    text = str(value)
    checked_length(text, editing)
    if option == "RAW" or not text:
        return cell.with_value(text or None)
    return type_into(cell, text, editing)


def type_into(cell: Cell, text: str, editing: Editing) -> Cell:
    """`cell` after a person typed `text`. A cell formatted as text keeps it; a format of the same kind stays."""
    own = (cell.format or {}).get("numberFormat", {})
    if own.get("type") == "TEXT" or own.get("pattern") == "@":
        return cell.with_value(text.removeprefix("'") or None)
    entry = typed(text, conventions(editing.book.locale), editing.today)
    result = cell.with_value(None if entry.value == "" else entry.value, entry.formula)
    formats = result.format or {}
    if entry.number_format is not None and own.get("type") != entry.number_format["type"]:
        formats = formats | {"numberFormat": entry.number_format}
    if entry.link:
        formats = formats | {"textFormat": formats.get("textFormat", {}) | {"link": {"uri": entry.link}}}
    return result if formats == (result.format or {}) else replace(result, format=formats)


def write(editing: Editing, given: Json, range_text: str, option: str) -> Written:
    """Writes a ValueRange. A one-cell range is an anchor; a larger one bounds the data [recorded], [reported]."""
    tab, area = area_of(editing.book, range_text, editing.prefix)
    return write_area(editing, given, tab, area, option)


def write_area(editing: Editing, given: Json, tab: Tab, area: Area, option: str) -> Written:
    """`write` into a range that is already found."""
    rows = _by_rows(given)
    if not rows:
        return Written(tab, area, 0, 0, 0)
    width = max(len(row) for row in rows)
    landing = Area(area.top, area.top + len(rows), area.left, area.left + max(width, 1))
    if area.rows * area.columns > 1:
        _check_bounds(editing, tab, area, landing)
    elif not tab.grid.covers(landing):
        raise editing.refuse(exceeds(tab, landing))
    return _put(editing, tab, landing, rows, option)


def _check_bounds(editing: Editing, tab: Tab, area: Area, landing: Area) -> None:
    named = f"{quoted(tab.title)}!{cell_name(area.top, area.left)}:{cell_name(area.bottom - 1, area.right - 1)}"
    if landing.bottom > area.bottom:
        raise editing.refuse(f"Requested writing within range [{named}], but tried writing to row [{area.bottom + 1}]")
    if landing.right > area.right:
        raise editing.refuse(
            f"Requested writing within range [{named}], but tried writing to column [{column_letters(area.right)}]"
        )


def _by_rows(given: Json) -> list[list[object]]:
    """The values row by row, whatever their major dimension."""
    values: list[list[object]] = given.get("values", [])
    if given.get("majorDimension") != "COLUMNS":
        return values
    height = max((len(column) for column in values), default=0)
    return [[column[row] if row < len(column) else None for column in values] for row in range(height)]


def _put(editing: Editing, tab: Tab, landing: Area, rows: list[list[object]], option: str) -> Written:
    editing.guard(tab, landing)
    count = 0
    for row, values in enumerate(rows, start=landing.top):
        for column, value in enumerate(values, start=landing.left):
            if value is None:  # null skips a cell [schema]
                continue
            if isinstance(value, (dict, list)):
                kind = "struct_value" if isinstance(value, dict) else "list_value"
                at = f"values[{row - landing.top}][{column - landing.left}]"
                raise editing.refuse(f"{'' if editing.prefix else 'Invalid '}{at}: {kind} {{...}}")
            count += 1
            tab.put(row, column, at_place(tab, row, column, entered(tab.cell(row, column), value, option, editing)))
    return Written(tab, landing, count, landing.rows, max(len(row) for row in rows))


def append(editing: Editing, given: Json, range_text: str, option: str, *, insert: bool) -> tuple[Written, str]:
    """Writes below the last table that meets the range; the grid grows as needed. Also names the table's range."""
    tab, area = area_of(editing.book, range_text, editing.prefix)
    rows = _by_rows(given)
    table = _last_table(editing.results(), tab, area)
    top, left = (area.top, area.left) if table is None else (table.bottom, table.left)
    table_range = "" if table is None else echoed(tab.title, table)
    if not rows:
        return Written(tab, Area(top, top + 1, left, left + 1), 0, 0, 0), table_range
    landing = Area(top, top + len(rows), left, left + max(1, *(len(row) for row in rows)))
    if insert and top < tab.rows:
        editing.guard_insertion(tab, "ROWS", top)
        shift_lines(editing.book, tab, "ROWS", Inserted(top, len(rows)))
    tab.rows, tab.columns = max(tab.rows, landing.bottom), max(tab.columns, landing.right)
    editing.check_size()
    return _put(editing, tab, landing, rows, option), table_range


def _last_table(results: Results, tab: Tab, area: Area) -> Area | None:
    """The lowest, then rightmost, island of filled cells that meets the area; cells touch also at their corners."""
    filled = {place for place in (*tab.cells, *results.spills(tab)) if results.text(tab, *place) != ""}
    best: Area | None = None
    while filled:
        island = _island(filled)
        if island.touches(area) and (best is None or (island.bottom, island.right) > (best.bottom, best.right)):
            best = island
    return best


def _island(filled: set[tuple[int, int]]) -> Area:
    """Takes one connected group out of `filled` and returns its bounds."""
    edge = [filled.pop()]
    top, left = edge[0]
    bottom, right = top + 1, left + 1
    while edge:
        row, column = edge.pop()
        top, bottom, left, right = min(top, row), max(bottom, row + 1), min(left, column), max(right, column + 1)
        for place in [(row + down, column + over) for down in (-1, 0, 1) for over in (-1, 0, 1)]:
            if place in filled:
                filled.remove(place)
                edge.append(place)
    return Area(top, bottom, left, right)


def clear(editing: Editing, range_text: str) -> str:
    """Removes values; formats, notes and validation stay. Returns the cleared range as echoed [recorded], [schema]."""
    return clear_area(editing, *area_of(editing.book, range_text, editing.prefix))


def clear_area(editing: Editing, tab: Tab, area: Area) -> str:
    """`clear` of a range that is already found."""
    editing.guard(tab, area)
    for place in list(tab.inside(area)):
        tab.put(*place, tab.cells[place].with_value(None))
    return echoed(tab.title, area)


def update_reply(book_id: str, written: Written, results: Results | None, rendering: Rendering) -> Json:
    """An UpdateValuesResponse; with results also the written values as they now read."""
    reply: Json = {"spreadsheetId": book_id, "updatedRange": echoed(written.tab.title, written.area)}
    counts = {"updatedRows": written.rows, "updatedColumns": written.columns, "updatedCells": written.cells}
    reply |= {name: count for name, count in counts.items() if count}
    if results is not None:
        tab = results.book.tab(written.tab.sheet_id) or written.tab
        reply["updatedData"] = value_range(results, tab, written.area, rendering)
    return reply
