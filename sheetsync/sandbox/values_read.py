"""Reading values: `values.get` and its like, in the three renderings."""

from dataclasses import dataclass
from typing import TypeVar

from sheetsync.sandbox.a1 import Area, RangeError, echoed
from sheetsync.sandbox.cellviews import number
from sheetsync.sandbox.errors import Json, bad
from sheetsync.sandbox.formats import DATE_TYPES
from sheetsync.sandbox.formulas import FormulaError
from sheetsync.sandbox.grids import closed
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.naming import resolve
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.writing import Ready, json_text, listed

Shown = bool | int | float | str
T = TypeVar("T")


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
    values = _values(results, tab, area, rendering)
    if values is not None:
        view["values"] = values
    return view


def _values(results: Results, tab: Tab, area: Area, rendering: Rendering) -> Ready | list[list[Shown]] | None:
    if rendering.by_columns:
        return _columns(results, tab, area, rendering)

    def made(row: int) -> str:
        right = min(area.right, results.width(tab, row))
        shown = [_shown(results, tab, row, column, rendering) for column in range(area.left, right)]
        return json_text(_trimmed(shown, ""), _DEPTH + 1)

    rows = range(area.top, min(area.bottom, results.height(tab)))
    lines = list(results.lines(tab, rows, (area.left, area.right, rendering), made))
    return Ready(listed(kept, _DEPTH), _DEPTH) if (kept := _trimmed(lines, "[]")) else None


#: how deep `values` stands in a ValueRange
_DEPTH = 1


def _columns(results: Results, tab: Tab, area: Area, rendering: Rendering) -> list[list[Shown]] | None:
    rows = range(area.top, min(area.bottom, results.height(tab)))
    right = min(area.right, max((results.width(tab, row) for row in rows), default=0))
    columns = [
        _trimmed([_shown(results, tab, row, column, rendering) for row in rows], "")
        for column in range(area.left, right)
    ]
    return _trimmed(columns, []) or None


def _trimmed(shown: list[T], empty: T) -> list[T]:
    """Without what is empty at the end."""
    while shown and shown[-1] == empty:
        shown.pop()
    return shown


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
