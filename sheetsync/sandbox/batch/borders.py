"""updateBorders: lines around and within a range."""

from dataclasses import replace

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.cells import all_places
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.colours import stated_border
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.model import Cell


def update_borders(editing: Editing, request: Json) -> Json:
    """Sets the borders that are named and leaves the others; NONE clears one [schema]."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    wanted = {name: stated_border(given) for name, given in request.items() if name != "range"}
    for row, column in _touched(editing, area, wanted):
        sides = _sides(area, row, column)
        lines = {side: wanted[name] for side, name in sides.items() if name in wanted}
        if lines:
            tab.put(row, column, _bordered(tab.cell(row, column), lines))
    return {}


def _touched(editing: Editing, area: Area, wanted: dict[str, Json | None]) -> list[tuple[int, int]]:
    """Only the rim of the range where nothing within it changes."""
    if "innerHorizontal" in wanted or "innerVertical" in wanted:
        return all_places(editing, area)
    rims = [
        replace(area, bottom=min(area.top + 1, area.bottom)),
        replace(area, top=max(area.bottom - 1, area.top)),
        replace(area, right=min(area.left + 1, area.right)),
        replace(area, left=max(area.right - 1, area.left)),
    ]
    return sorted({place for rim in rims for place in all_places(editing, rim)})


def _sides(area: Area, row: int, column: int) -> dict[str, str]:
    """A cell's side -> the request's name for it."""
    return {
        "top": "top" if row == area.top else "innerHorizontal",
        "bottom": "bottom" if row == area.bottom - 1 else "innerHorizontal",
        "left": "left" if column == area.left else "innerVertical",
        "right": "right" if column == area.right - 1 else "innerVertical",
    }


def _bordered(cell: Cell, lines: dict[str, Json | None]) -> Cell:
    formats = cell.format or {}
    borders = {side: line for side, line in (formats.get("borders", {}) | lines).items() if line is not None}
    rest = {name: value for name, value in formats.items() if name != "borders"}
    return replace(cell, format=(rest | {"borders": borders} if borders else rest) or None)
