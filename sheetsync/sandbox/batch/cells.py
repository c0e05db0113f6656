"""updateCells, repeatCell, setDataValidation: cell contents by field mask."""

from dataclasses import replace

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.batch.conditions import VALIDATION, checked
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.colours import mirrored, stated_border, without_twins
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import translate
from sheetsync.sandbox.masks import merged, update_mask
from sheetsync.sandbox.model import EMPTY, MAX_CHARACTERS, Cell, Tab
from sheetsync.sandbox.omission import omitted

Paths = list[tuple[str, ...]]


def update_cells(editing: Editing, request: Json) -> Json:
    """Writes `rows` from `start` on, or into `range`, where cells that `rows` does not cover are cleared."""
    paths = update_mask(request.get("fields"), "CellData", editing.prefix)
    rows = [row.get("values", []) for row in request.get("rows", [])]
    if "start" in request:
        tab, top, left = editing.corner(request["start"])
        _write_rows(editing, tab, rows, top, left, paths)
        return {}
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    if len(rows) > area.rows:
        last = area.bottom - 1
        raise editing.refuse(f"Attempting to write row: {area.bottom}, beyond the last requested row of: {last}")
    if any(len(row) > area.columns for row in rows):
        last = area.right - 1
        raise editing.refuse(f"Attempting to write column: {area.right}, beyond the last requested column of: {last}")
    editing.guard(tab, area)
    covered = {(area.top + down, area.left + right) for down, row in enumerate(rows) for right in range(len(row))}
    for place in list(tab.inside(area)):
        if place not in covered:
            tab.put(*place, changed(editing, tab.cells[place], {}, paths))
    _write_rows(editing, tab, rows, area.top, area.left, paths)
    return {}


def _write_rows(editing: Editing, tab: Tab, rows: list[list[Json]], top: int, left: int, paths: Paths) -> None:
    width = max((len(row) for row in rows), default=0)
    if top + len(rows) > tab.rows:
        raise editing.refuse(f"Attempting to write row: {tab.rows}, beyond the last requested row of: {tab.rows - 1}")
    if left + width > tab.columns:
        last = tab.columns - 1
        raise editing.refuse(f"Attempting to write column: {tab.columns}, beyond the last requested column of: {last}")
    editing.guard(tab, Area(top, top + len(rows), left, left + width))
    for row, values in enumerate(rows, start=top):
        for column, data in enumerate(values, start=left):
            tab.put(row, column, at_place(tab, row, column, changed(editing, tab.cell(row, column), data, paths)))


def repeat_cell(editing: Editing, request: Json) -> Json:
    """The same cell content all over a range; formulas are adjusted as by copying."""
    paths = update_mask(request.get("fields"), "CellData", editing.prefix)
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    data = request.get("cell", {})
    clearing = changed(editing, EMPTY, data, paths) == EMPTY
    places = list(tab.inside(area)) if clearing else all_places(editing, area)
    for row, column in places:
        cell = changed(editing, tab.cell(row, column), data, paths)
        if cell.formula is not None and "formulaValue" in data.get("userEnteredValue", {}):
            cell = replace(cell, formula=translate(cell.formula, row - area.top, column - area.left))
        tab.put(row, column, at_place(tab, row, column, cell))
    return {}


#: more cells than any test or demo fills in one stroke; beyond it the sandbox would only exhaust memory
_MAX_STORED = 1_000_000


def all_places(editing: Editing, area: Area) -> list[tuple[int, int]]:
    if area.rows * area.columns > _MAX_STORED:
        raise editing.refuse(f"The sandbox stores at most {_MAX_STORED} cells in one request.")
    return [(row, column) for row in range(area.top, area.bottom) for column in range(area.left, area.right)]


def set_data_validation(editing: Editing, request: Json) -> Json:
    """Replaces the validation of a range; without a rule it is removed [schema]."""
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    rule = _validation(editing, request.get("rule"))
    places = list(tab.inside(area)) if rule is None else all_places(editing, area)
    for row, column in places:
        tab.put(row, column, replace(tab.cell(row, column), validation=rule))
    return {}


def _validation(editing: Editing, rule: Json | None) -> Json | None:
    """A DataValidationRule as it is kept.

    Values already there may break it, and the API may write such [believed: validation-stops-no-program].
    """
    if rule is None:
        return None
    condition = checked(editing, rule.get("condition", {}), VALIDATION, "rule.condition")
    return omitted(rule | {"condition": condition}, "DataValidationRule")


def at_place(tab: Tab, row: int, column: int, cell: Cell) -> Cell:
    """Under a merge only the top-left cell holds a value [recorded]."""
    hidden = any((row, column) in merge and (row, column) != (merge.top, merge.left) for merge in tab.merges)
    return cell.with_value(None) if hidden and cell.holds_value else cell


def changed(editing: Editing, cell: Cell, data: Json, paths: Paths) -> Cell:
    """`cell` with the masked fields taken from a CellData; read-only fields in the mask are passed over."""
    if any(path[:1] in ((), ("userEnteredValue",)) for path in paths):
        # First, because a new text drops the link behind the old one, and the format may bring the new link.
        cell = _with_extended(editing, cell, data.get("userEnteredValue", {}))
    for path in paths:
        name = path[0] if path else ""
        if name in ("", "userEnteredFormat"):
            cell = replace(cell, format=_format(cell.format or {}, data.get("userEnteredFormat", {}), path[1:]))
        if name in ("", "note"):
            cell = replace(cell, note=data.get("note", ""))
        if name in ("", "dataValidation"):
            cell = replace(cell, validation=_validation(editing, data.get("dataValidation")))
        if name in ("", "textFormatRuns"):
            cell = replace(cell, runs=_runs(data))
    return cell


def _runs(data: Json) -> tuple[Json, ...]:
    """The first run begins at 0, which goes without saying."""
    return tuple(omitted(mirrored(run), "TextFormatRun") for run in data.get("textFormatRuns", ()))


def _format(old: Json, new: Json, path: tuple[str, ...]) -> Json | None:
    result = merged(without_twins(old, path), new, [path])
    number = result.get("numberFormat")
    if number is not None and "type" not in number:
        result = {name: value for name, value in result.items() if name != "numberFormat"}
    if "borders" in result:
        lines = {side: stated_border(border) for side, border in result["borders"].items()}
        result = result | {"borders": {side: line for side, line in lines.items() if line is not None}}
    return omitted(mirrored(result), "CellFormat") or None


def _with_extended(editing: Editing, cell: Cell, given: Json) -> Cell:
    """A cell with a typed ExtendedValue: a stringValue stays text even if it begins with `=` [schema]."""
    if len(given) > 1:
        raise editing.refuse("Only one kind of value may be set in userEnteredValue.")
    if "formulaValue" in given:
        formula = given["formulaValue"]
        if not formula.startswith("="):
            raise editing.refuse("userEnteredValue.formulaValue must start with '='.")
        checked_length(formula, editing)
        return cell.with_value(None, formula)
    if "errorValue" in given:
        raise editing.refuse("userEnteredValue.errorValue cannot be written.")
    if "numberValue" in given:
        return cell.with_value(float(given["numberValue"]))
    if "boolValue" in given:
        return cell.with_value(given["boolValue"])
    text = given.get("stringValue", "")
    checked_length(text, editing)
    return cell.with_value(text or None)


def checked_length(text: str, editing: Editing) -> None:
    """The limit of one cell's text [reported]."""
    if len(text) > MAX_CHARACTERS:
        raise editing.refuse(
            f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a single cell."
        )
