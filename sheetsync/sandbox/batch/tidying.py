"""trimWhitespace, deleteDuplicates, randomizeRange: rows and texts put in order."""

import random
from dataclasses import replace

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.moving import carried, rearrange, refuse_vertical_merges
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import FormulaError, Scalar
from sheetsync.sandbox.model import Tab


def trim_whitespace(editing: Editing, request: Json) -> Json:
    """White space at the ends of texts goes, inside it shrinks to one blank; the result stays text [schema]."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    changed = 0
    for place in list(tab.inside(area)):
        cell = tab.cells[place]
        if cell.formula is None and isinstance(cell.value, str):
            trimmed = " ".join(cell.value.split())
            if trimmed != cell.value:
                tab.put(*place, replace(cell, value=trimmed or None, runs=()))
                changed += 1
    return {"trimWhitespace": {"cellsChangedCount": changed} if changed else {}}


def delete_duplicates(editing: Editing, request: Json) -> Json:
    """Rows of the range that say what one above them says go, and those below close up; nothing outside moves."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    refuse_vertical_merges(editing, tab, area, "remove duplicates in")
    columns = _columns(editing, request, tab, area)
    results = editing.results()
    seen: set[tuple[Scalar, ...]] = set()
    kept = []
    rows, count = _rows(tab, area)
    for row in rows:
        said = tuple(_said(results.effective(tab, row, column)) for column in columns)
        if said not in seen:
            kept.append(row)
        seen.add(said)
    removed = count - len(kept)
    if removed:
        _close_up(tab, area, kept)
    return {"deleteDuplicates": {"duplicatesRemovedCount": removed} if removed else {}}


def _rows(tab: Tab, area: Area) -> tuple[list[int], int]:
    """The rows worth comparing (those with cells, and the first without), and how many there are down to the last."""
    filled = {row for row, _ in tab.inside(area)}
    count = max(filled, default=area.top - 1) + 1 - area.top
    blank = next((row for row in range(area.top, area.top + count) if row not in filled), None)
    return sorted(filled | ({blank} if blank is not None else set())), count


def _columns(editing: Editing, request: Json, tab: Tab, area: Area) -> list[int]:
    """The columns compared; all of the range's when none are named."""
    columns: set[int] = set()
    for given in request.get("comparisonColumns", []):
        first, end = given.get("startIndex", 0), given.get("endIndex", area.right)
        fits = area.left <= first < end <= area.right and given.get("sheetId", 0) == tab.sheet_id
        if given.get("dimension") != "COLUMNS" or not fits:
            raise editing.refuse("comparisonColumns must be columns within the range.")
        columns.update(range(first, end))
    return sorted(columns) or list(range(area.left, area.right))


def _said(value: Scalar) -> Scalar:
    """A value for comparing: letter case and format do not count, its kind does."""
    if isinstance(value, FormulaError):
        return value.code
    if isinstance(value, str):
        return value.casefold() or None
    return f"\0{value}" if isinstance(value, bool) else value


def _close_up(tab: Tab, area: Area, kept: list[int]) -> None:
    moving = {place: tab.cells.pop(place) for place in list(tab.inside(area))}
    landing = {row: area.top + position for position, row in enumerate(kept)}
    for (row, column), cell in moving.items():
        if row in landing:
            tab.cells[landing[row], column] = carried(cell, landing[row] - row, 0)


def randomize_range(editing: Editing, request: Json) -> Json:
    """The rows of a range in a random order."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    refuse_vertical_merges(editing, tab, area, "randomize")
    rows = {row for row, _ in tab.inside(area)} | {merge.top for merge in tab.merges if area.covers(merge)}
    places = random.sample(range(area.top, area.bottom), len(rows))
    rearrange(tab, area, dict(zip(sorted(rows), places, strict=True)))
    return {}
