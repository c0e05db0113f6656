"""Reading values: `values.get` and its like, in the three renderings."""

from dataclasses import dataclass

from sheetsync.sandbox.a1 import Area, RangeError, echoed
from sheetsync.sandbox.cellviews import number
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.formats import DATE_TYPES
from sheetsync.sandbox.formulas import FormulaError
from sheetsync.sandbox.grids import closed
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.naming import resolve
from sheetsync.sandbox.results import Results

Shown = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Rendering:
    """How values are to be stated."""

    values: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    by_columns: bool = False

    @classmethod
    def asked(cls, params: Json, prefix: str = "") -> "Rendering":
        """From `valueRenderOption` and `dateTimeRenderOption`, or with a prefix `responseValueRenderOption`."""
        value, date = ("valueRenderOption", "dateTimeRenderOption")
        if prefix:
            value, date = f"{prefix}{value[0].upper()}{value[1:]}", f"{prefix}{date[0].upper()}{date[1:]}"
        return cls(
            params.get(value, "FORMATTED_VALUE"),
            params.get(date, "SERIAL_NUMBER"),
            params.get("majorDimension") == "COLUMNS",
        )


def area_of(book: Workbook, text: str, prefix: str = "") -> tuple[Tab, Area]:
    """Tab and rectangle of a range as callers write it. Raises 400 `Unable to parse range: X` [reported]."""
    try:
        tab, box = resolve(book, text)
    except RangeError:
        raise bad(f"{prefix}Unable to parse range: {text[:300]}") from None
    return tab, closed(tab, box, prefix)


def value_range(results: Results, tab: Tab, area: Area, rendering: Rendering) -> Json:
    """A ValueRange; trailing empty rows and cells are left out, and so is `values` when nothing is left [recorded]."""
    dimension = "COLUMNS" if rendering.by_columns else "ROWS"
    view: Json = {"range": echoed(tab.title, area), "majorDimension": dimension}
    lines: dict[int, dict[int, Shown]] = {}
    for row, column in {*tab.inside(area), *(place for place in results.spills(tab) if place in area)}:
        shown = _shown(results, tab, row, column, rendering)
        if shown != "":
            line, at = (
                (column - area.left, row - area.top) if rendering.by_columns else (row - area.top, column - area.left)
            )
            lines.setdefault(line, {})[at] = shown
    if lines:
        view["values"] = [
            [cells.get(at, "") for at in range(max(cells) + 1)] if (cells := lines.get(line)) else []
            for line in range(max(lines) + 1)
        ]
    return view


def _shown(results: Results, tab: Tab, row: int, column: int, rendering: Rendering) -> Shown:
    if rendering.values == "FORMATTED_VALUE":
        return results.text(tab, row, column)
    cell = tab.cells.get((row, column))
    if rendering.values == "FORMULA" and cell is not None and cell.formula is not None:
        return cell.formula
    value = results.effective(tab, row, column)
    if isinstance(value, FormulaError):
        return value.code
    if isinstance(value, bool) or not isinstance(value, float):
        return "" if value is None else value
    if rendering.dates == "FORMATTED_STRING":
        number_format = results.number_format(tab, row, column) or {}
        if number_format.get("type") in DATE_TYPES:
            return results.text(tab, row, column)
    return number(value)
