"""sortRange, cutPaste, copyPaste: cells that change their place."""

from dataclasses import replace

from sheetsync.sandbox.a1 import Area, shifted
from sheetsync.sandbox.batch.cells import at_place
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formulas import CutRange, FormulaError, Scalar, translate
from sheetsync.sandbox.model import EMPTY, Cell, Tab
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.structure import rewrite_formulas


def sort_range(editing: Editing, request: Json) -> Json:
    """Sorts rows of a range as a person does: whole cells move, formulas as by copying; nothing outside moves.

    Order: numbers, text without regard to case, FALSE, TRUE, errors; blanks last in both directions.
    """
    editing.require(request, "range")
    tab, area = editing.area(request["range"])
    editing.guard(tab, area)
    refuse_vertical_merges(editing, tab, area, "perform a sort over")
    results = editing.results()
    order = list(range(area.top, area.bottom))
    for spec in reversed(request.get("sortSpecs", [])):
        column = spec.get("dimensionIndex", 0)
        if not area.left <= column < area.right:
            raise editing.refuse(f"dimensionIndex[{column}] is outside of the sorted range.")
        keys = {row: _rank(results.effective(tab, row, column)) for row in order}
        descending = spec.get("sortOrder") == "DESCENDING"
        filled = _sorted([row for row in order if keys[row] is not None], keys, descending)
        order = filled + [row for row in order if keys[row] is None]
    rearrange(tab, area, {row: area.top + position for position, row in enumerate(order)})
    return {}


def refuse_vertical_merges(editing: Editing, tab: Tab, area: Area, doing: str) -> None:
    """400 where rows of the range cannot change their order."""
    if any(merge.touches(area) and merge.rows > 1 for merge in tab.merges):
        raise editing.refuse(f"You can't {doing} a range containing vertical merges.")


Rank = tuple[int, float | str]


def _rank(value: Scalar) -> Rank | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return 2, float(value)
    if isinstance(value, float):
        return 0, value
    return (3, value.code) if isinstance(value, FormulaError) else (1, value.casefold())


def _sorted(rows: list[int], keys: dict[int, Rank | None], descending: bool) -> list[int]:
    """Rows by rank; equal ones keep their order in both directions."""
    return sorted(rows, key=lambda row: keys[row] or (0, 0.0), reverse=descending)


def rearrange(tab: Tab, area: Area, landing: dict[int, int]) -> None:
    """Puts each row of the area where `landing` says (rows without cells may miss); merges within one row go along."""
    moving = {place: tab.cells.pop(place) for place in list(tab.inside(area))}
    for (row, column), cell in moving.items():
        tab.cells[landing[row], column] = carried(cell, landing[row] - row, 0)
    tab.merges = [
        shifted(merge, landing[merge.top] - merge.top, 0) if area.covers(merge) else merge for merge in tab.merges
    ]


def carried(cell: Cell, rows: int, columns: int) -> Cell:
    """A cell as a copy elsewhere has it: relative references move along."""
    if cell.formula is None:
        return cell
    return replace(cell, formula=translate(cell.formula, rows, columns))


def cut_paste(editing: Editing, request: Json) -> Json:
    """Moves cells; every reference to them follows. Only the masked part is pasted, all of it is cut."""
    editing.require(request, "source", "destination")
    source, area = editing.area(request["source"])
    target, row, column = editing.corner(request["destination"])
    landing = shifted(area, row - area.top, column - area.left)
    if landing.bottom > target.rows or landing.right > target.columns:
        raise editing.refuse("The destination of the paste lies outside of the sheet.")
    editing.guard(source, area)
    editing.guard(target, landing)
    _check_merges(editing, source, area)
    kind = request.get("pasteType", "PASTE_NORMAL")
    edit = CutRange(source.title, area.top, area.left, area.bottom, area.right, target.title, row, column)
    rewrite_formulas(editing.book, edit)
    merges = [merge for merge in source.merges if area.covers(merge)]
    source.merges = [merge for merge in source.merges if merge not in merges]
    values = editing.results() if kind == "PASTE_VALUES" else None
    taken = {place: _pasted(source, place, values) for place in source.inside(area)}
    for place in taken:
        del source.cells[place]
    if kind == "PASTE_NORMAL":
        target.merges = [merge for merge in target.merges if not merge.touches(landing)]
        target.merges += [shifted(merge, row - area.top, column - area.left) for merge in merges]
    for down in range(area.rows):
        for right in range(area.columns):
            here = (row + down, column + right)
            cell = taken.get((area.top + down, area.left + right), EMPTY)
            target.put(*here, cell if kind == "PASTE_NORMAL" else _only(target.cell(*here), cell, kind))
    return {}


def _check_merges(editing: Editing, tab: Tab, area: Area) -> None:
    if any(merge.touches(area) and not area.covers(merge) for merge in tab.merges):
        raise editing.refuse("You can't paste a part of a merged cell.")


def copy_paste(editing: Editing, request: Json) -> Json:
    """Copies cells, repeated as often as the destination holds the source; formulas move their references."""
    editing.require(request, "source", "destination")
    source, area = editing.area(request["source"])
    target, wanted = editing.area(request["destination"])
    kind = request.get("pasteType", "PASTE_NORMAL")
    if kind == "PASTE_CONDITIONAL_FORMATTING":
        raise editing.refuse("PASTE_CONDITIONAL_FORMATTING is not supported by this sandbox.")
    turned = request.get("pasteOrientation") == "TRANSPOSE"
    height, width = (area.columns, area.rows) if turned else (area.rows, area.columns)
    if not height or not width:
        return {}
    landing = Area(
        wanted.top,
        wanted.top + height * max(wanted.rows // height, 1),
        wanted.left,
        wanted.left + width * max(wanted.columns // width, 1),
    )
    if landing.bottom > target.rows or landing.right > target.columns:
        raise editing.refuse("The destination of the paste lies outside of the sheet.")
    editing.guard(target, landing)
    _check_merges(editing, source, area)
    _paste(editing, source, area, target, landing, kind, turned)
    return {}


def _paste(editing: Editing, source: Tab, area: Area, target: Tab, landing: Area, kind: str, turned: bool) -> None:
    values = editing.results() if kind == "PASTE_VALUES" else None
    height, width = (area.columns, area.rows) if turned else (area.rows, area.columns)
    wanted = {(row, column) for row in range(area.top, area.bottom) for column in range(area.left, area.right)}
    copies = {place: _pasted(source, place, values) for place in wanted}
    if kind == "PASTE_NORMAL" and not turned:
        _copy_merges(source, area, target, landing)
    for row in range(landing.top, landing.bottom):
        for column in range(landing.left, landing.right):
            down, right = (row - landing.top) % height, (column - landing.left) % width
            place = (area.top + right, area.left + down) if turned else (area.top + down, area.left + right)
            cell = _only(target.cell(row, column), copies[place], kind)
            cell = carried(cell, row - place[0], column - place[1])
            target.put(row, column, at_place(target, row, column, cell))


def _copy_merges(source: Tab, area: Area, target: Tab, landing: Area) -> None:
    merges = [merge for merge in source.merges if area.covers(merge)]
    target.merges = [merge for merge in target.merges if not merge.touches(landing)]
    for top in range(landing.top, landing.bottom, area.rows):
        for left in range(landing.left, landing.right, area.columns):
            target.merges += [shifted(merge, top - area.top, left - area.left) for merge in merges]


def _pasted(tab: Tab, place: tuple[int, int], values: Results | None) -> Cell:
    """The cell copied from `place`; for PASTE_VALUES what its formula comes to."""
    cell = tab.cells.get(place, EMPTY)
    if values is not None:
        value = values.effective(tab, *place)
        return cell.with_value(value.code if isinstance(value, FormulaError) else value)
    return cell


def _only(old: Cell, new: Cell, kind: str) -> Cell:
    """`old` with the part of `new` that this kind of paste brings."""
    if kind in ("PASTE_VALUES", "PASTE_FORMULA"):
        return old.with_value(new.value, new.formula)
    if kind == "PASTE_FORMAT":
        return replace(old, format=new.format)
    if kind == "PASTE_DATA_VALIDATION":
        return replace(old, validation=new.validation)
    if kind == "PASTE_NO_BORDERS" and new.format is not None:
        formats = {name: value for name, value in new.format.items() if name != "borders"}
        return replace(new, format=formats or None)
    return new
