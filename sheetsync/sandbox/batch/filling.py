"""autoFill: what a person gets by dragging the corner of some cells.

Numbers go on in even steps (a lone one repeats), dates by days, a number at the end of a text counts up, formulas move
along, anything else repeats [believed: fills-go-on-as-by-hand]: the editor's own rules are not written down.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.cells import all_places
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.moving import carried
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formats import DATE_TYPES
from sheetsync.sandbox.model import EMPTY, Cell, Tab

_COUNTED = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)


def auto_fill(editing: Editing, request: Json) -> Json:
    """Fills from `sourceAndDestination`, or within `range` from the filled part at its beginning."""
    alternate = request.get("useAlternateSeries", False)
    if ("range" in request) == ("sourceAndDestination" in request):
        raise editing.refuse("Exactly one of range and sourceAndDestination must be specified.")
    if "range" in request:
        tab, source, dimension, length = _detected(editing, request["range"])
    else:
        tab, source, dimension, length = _stated(editing, request["sourceAndDestination"])
    target = _target(source, dimension, length)
    if not tab.grid.covers(target):
        raise editing.refuse("The destination of the fill lies outside of the sheet.")
    editing.guard(tab, target)
    all_places(editing, target)  # its size is checked before anything is filled
    for line in range(source.left, source.right) if dimension == "ROWS" else range(source.top, source.bottom):
        _fill_line(tab, source, dimension, line, length, alternate)
    return {}


def _stated(editing: Editing, given: Json) -> tuple[Tab, Area, str, int]:
    editing.require(given, "source")
    tab, source = editing.area(given["source"])
    dimension, length = given.get("dimension", ""), given.get("fillLength", 0)
    if dimension not in ("ROWS", "COLUMNS"):
        raise editing.refuse("sourceAndDestination.dimension must be specified.")
    return tab, source, dimension, length


def _detected(editing: Editing, given: Json) -> tuple[Tab, Area, str, int]:
    """The filled part of the range is the source: its first rows, or else its first columns."""
    tab, area = editing.area(given)
    filled = [place for place in tab.inside(area) if tab.cells[place].holds_value]
    bottom = max((row + 1 for row, _ in filled), default=area.bottom)
    right = max((column + 1 for _, column in filled), default=area.right)
    if bottom < area.bottom:
        return tab, replace(area, bottom=bottom), "ROWS", area.bottom - bottom
    return tab, replace(area, right=right), "COLUMNS", area.right - right


def _target(source: Area, dimension: str, length: int) -> Area:
    if dimension == "ROWS":
        return replace(source, top=source.bottom, bottom=source.bottom + length) if length >= 0 else replace(
            source, top=source.top + length, bottom=source.top
        )  # fmt: skip
    return replace(source, left=source.right, right=source.right + length) if length >= 0 else replace(
        source, left=source.left + length, right=source.left
    )  # fmt: skip


def _fill_line(tab: Tab, source: Area, dimension: str, line: int, length: int, alternate: bool) -> None:
    rows = dimension == "ROWS"
    first, end = (source.top, source.bottom) if rows else (source.left, source.right)
    places = [(at, line) if rows else (line, at) for at in range(first, end)]
    cells = [tab.cells.get(place, EMPTY) for place in places]
    if not cells:
        return
    for offset in range(length) if length >= 0 else range(-1, length - 1, -1):
        # `position` counts from the first source cell, in both directions.
        position = len(cells) + offset if length >= 0 else offset
        at = (first + position, line) if rows else (line, first + position)
        model = cells[position % len(cells)]
        away = position - position % len(cells)
        if model.formula is not None:
            tab.put(*at, carried(model, away if rows else 0, 0 if rows else away))
        else:
            tab.put(*at, _continued(cells, position, model, alternate))


def _continued(cells: Sequence[Cell], position: int, model: Cell, alternate: bool) -> Cell:
    values = [cell.value for cell in cells]
    numbers = [value for value in values if isinstance(value, float)]
    if len(numbers) == len(values):
        return replace(model, value=_number(numbers, position, model, alternate))
    round_ = position // len(cells)
    counted = _COUNTED.fullmatch(model.value) if isinstance(model.value, str) else None
    if counted is None or alternate:
        return model
    step = int(counted[2]) + round_
    return model if step < 0 else replace(model, value=f"{counted[1]}{step:0{len(counted[2])}d}")


def _number(numbers: list[float], position: int, model: Cell, alternate: bool) -> float:
    """The next of an even series; uneven numbers repeat."""
    dated = (model.format or {}).get("numberFormat", {}).get("type") in DATE_TYPES
    if len(numbers) == 1:
        return numbers[0] + position if dated != alternate else numbers[0]
    steps = {round(after - before, 9) for before, after in pairwise(numbers)}
    if len(steps) > 1 or alternate:
        return numbers[position % len(numbers)]
    return numbers[0] + position * steps.pop()
