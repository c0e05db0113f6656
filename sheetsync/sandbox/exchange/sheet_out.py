"""One tab goes into an Excel worksheet: its cells, and what stands around them."""

import json
import math
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Protection as Lock
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.filters import FilterColumn, Filters
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from sheetsync.sandbox.a1 import Area, Box, cell_name, column_letters
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.exchange.formula_text import computed, kept, literal, to_excel
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.patterns import to_code
from sheetsync.sandbox.exchange.rectangles import rectangles
from sheetsync.sandbox.exchange.references import EXCEL_COLUMNS, EXCEL_ROWS, area_text, cells_text, quoted
from sheetsync.sandbox.exchange.rules import NoCounterpart, data_validation, excel_rule
from sheetsync.sandbox.exchange.styles import alignment_of, border_of, fill_of, font_of, hex_colour
from sheetsync.sandbox.exchange.texts import escaped, rich_text
from sheetsync.sandbox.filters import hidden_by_filter
from sheetsync.sandbox.formulas import Array, FormulaError, Place, evaluate
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell, Tab
from sheetsync.sandbox.results import Results

#: Excel's longest text in a cell
_LONGEST = 32_767
#: cells of a protected tab that may be unlocked one by one
_MOST_UNLOCKED = 200_000
_COLUMN_PIXELS = 100


@dataclass
class Shared:
    """What the tabs of a workbook have in common while it is written."""

    results: Results
    losses: Losses
    #: named ranges, in capitals
    names: frozenset[str]
    styles: dict[str, Any] = field(default_factory=dict)

    @property
    def comma(self) -> bool:
        return conventions(self.results.book.locale).decimal_comma

    def american(self, text: str) -> str:
        """A condition's formula (or number) without `=`, as Excel's files write it. Raises NoCounterpart."""
        formula = text if text.startswith("=") else f"={text}"
        told = to_excel(formula, self.comma, spilled=False, names=self.names)
        if told is None or told.array:
            raise NoCounterpart("conditions with formulas only Google understands")
        return escaped(told.text[1:])


def write_tab(sheet: Worksheet, tab: Tab, shared: Shared) -> None:
    """Fills an empty worksheet."""
    _Cells(sheet, tab, shared).write()
    for merge in tab.merges:
        # Not merge_cells: it empties the cells underneath, looks and notes included.
        sheet.merged_cells.add(area_text(merge))
    _lines(sheet, tab)
    _view(sheet, tab)
    _validations(sheet, tab, shared)
    _conditional(sheet, tab, shared)
    _protections(sheet, tab, shared.losses)
    _filter(sheet, tab, shared)


# ---------------------------------------------------------------- cells


class _Cells:
    def __init__(self, sheet: Worksheet, tab: Tab, shared: Shared) -> None:
        self._sheet, self._tab, self._shared = sheet, tab, shared
        self._results, self._losses = shared.results, shared.losses
        self._spills = set(shared.results.spills(tab))

    def write(self) -> None:
        for (row, column), cell in self._tab.cells.items():
            if row >= EXCEL_ROWS or column >= EXCEL_COLUMNS:
                self._losses.at("cells beyond Excel's last row or column", self._tab.title, row, column)
                continue
            target: Any = self._sheet.cell(row + 1, column + 1)
            if cell.format:
                self._style(target, cell.format, row, column)
            if cell.formula is not None:
                self._formula(target, cell.formula, row, column)
            elif cell.value is not None:
                self._value(target, cell, row, column)
            if cell.note:
                target.comment = Comment(escaped(cell.note), "")
            if cell.holds_value:
                self._link(target, cell)

    def _style(self, target: Any, look: Json, row: int, column: int) -> None:
        look = look | {
            "textFormat": {name: part for name, part in look.get("textFormat", {}).items() if name != "link"}
        }
        key = json.dumps(look, sort_keys=True)
        if key not in self._shared.styles:
            target.font, target.fill, target.border = font_of(look["textFormat"]), fill_of(look), border_of(look)
            target.alignment = alignment_of(look, lambda what: self._losses.at(what, self._tab.title, row, column))
            if "numberFormat" in look:
                target.number_format = to_code(look["numberFormat"], conventions(self._results.book.locale))
            self._shared.styles[key] = copy(target._style)
        target._style = copy(self._shared.styles[key])

    def _value(self, target: Any, cell: Cell, row: int, column: int) -> None:
        value = cell.value
        if isinstance(value, bool):
            target.value = value
        elif isinstance(value, float):
            _put(target, _number(value), "n" if math.isfinite(value) else "s")
        elif isinstance(value, str):
            if len(value) > _LONGEST:
                self._losses.at(f"texts cut at Excel's {_LONGEST:,} characters", self._tab.title, row, column)
                value = value[:_LONGEST]
            if any("link" in run.get("format", {}) for run in cell.runs):
                self._losses.at("links on a part of a text", self._tab.title, row, column)
            _put(target, rich_text(value, cell.runs) if cell.runs else escaped(value), "s")

    def _link(self, target: Any, cell: Cell) -> None:
        uri = str((cell.format or {}).get("textFormat", {}).get("link", {}).get("uri", ""))
        if uri:
            inside = self._inside(uri)
            address = {"location": inside} if inside else {"target": escaped(uri)}
            target.hyperlink = Hyperlink(ref=target.coordinate, **address)

    def _inside(self, uri: str) -> str:
        """`#gid=7&range=A1` as `'Tab'!A1`; empty for an address elsewhere."""
        number, _, cells = uri.removeprefix("#gid=").partition("&range=")
        if not uri.startswith("#gid=") or not number.isdecimal() or len(number) > 12:
            return ""
        tab = self._results.book.tab(int(number))
        return f"{quoted(tab.title)}!{cells or 'A1'}" if tab is not None else ""

    # -- formulas

    def _formula(self, target: Any, formula: str, row: int, column: int) -> None:
        shows = self._extent(formula, row, column)
        told = to_excel(formula, self._shared.comma, shows.rows * shows.columns > 1, self._shared.names)
        if told is not None and told.array:
            target.value = ArrayFormula(area_text(shows), escaped(told.text))
        elif told is not None:
            _put(target, escaped(told.text), "f")
        else:
            _put(target, escaped(kept(formula, self._literal(row, column), self._shared.comma)), "f")
            for place in self._spills:
                if place in shows and place != (row, column):
                    _put(self._sheet.cell(place[0] + 1, place[1] + 1), escaped(computed(self._literal(*place))), "f")

    def _extent(self, formula: str, row: int, column: int) -> Area:
        """The cells that show the formula's result."""
        own = Area(row, row + 1, column, column + 1)
        if not self._spills:
            return own
        place = Place(self._tab.title, row, column)
        outcome = evaluate(formula, place, self._results)
        if not isinstance(outcome, Array) or not outcome.rows:
            return own
        area = Area(row, row + len(outcome.rows), column, column + len(outcome.rows[0]))
        return area if any(spilled in area for spilled in self._spills) else own

    def _literal(self, row: int, column: int) -> str:
        value = self._results.effective(self._tab, row, column)
        return literal(value.code if isinstance(value, FormulaError) else value)


def _put(target: Any, content: object, kind: str) -> None:
    """Content under the type that is meant: openpyxl would take `=1` for a formula and `#N/A` for an error."""
    target.value = content
    target.data_type = kind


def _number(value: float) -> str:
    """All its digits; openpyxl by itself writes sixteen."""
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


# ---------------------------------------------------------------- around them


def _lines(sheet: Worksheet, tab: Tab) -> None:
    for row, properties in tab.row_properties.items():
        if "pixelSize" in properties:
            sheet.row_dimensions[row + 1].height = properties["pixelSize"] * 0.75
        if properties.get("hiddenByUser"):
            sheet.row_dimensions[row + 1].hidden = True
    for column, properties in tab.column_properties.items():
        line = sheet.column_dimensions[column_letters(column)]
        line.width = max(properties.get("pixelSize", _COLUMN_PIXELS) - 5, 0) / 7
        line.hidden = bool(properties.get("hiddenByUser"))


def _view(sheet: Worksheet, tab: Tab) -> None:
    view: Any = sheet.sheet_view
    if tab.frozen_rows or tab.frozen_columns:
        sheet.freeze_panes = cell_name(tab.frozen_rows, tab.frozen_columns)
    if tab.extra.get("rightToLeft"):
        view.rightToLeft = True
    if tab.extra_grid.get("hideGridlines"):
        view.showGridLines = False
    colour = hex_colour(tab.extra, "tabColor")
    if colour is not None:
        sheet.sheet_properties.tabColor = colour
    if tab.hidden:
        sheet.sheet_state = "hidden"


def _validations(sheet: Worksheet, tab: Tab, shared: Shared) -> None:
    rules: dict[str, tuple[Json, list[tuple[int, int]]]] = {}
    for place, cell in tab.cells.items():
        if cell.validation is not None:
            rules.setdefault(json.dumps(cell.validation, sort_keys=True), (cell.validation, []))[1].append(place)
    for rule, places in rules.values():
        try:
            validation = data_validation(rule, shared.american)
        except NoCounterpart as error:
            shared.losses.at(str(error), tab.title, *places[0])
            continue
        validation.sqref = MultiCellRange(" ".join(map(area_text, rectangles(places))))
        sheet.add_data_validation(validation)


def _conditional(sheet: Worksheet, tab: Tab, shared: Shared) -> None:
    for number, rule in enumerate(tab.rules, start=1):
        first = rule.boxes[0]
        try:
            stated = excel_rule(rule.body, cell_name(first.top or 0, first.left or 0), shared.american)
        except NoCounterpart as error:
            shared.losses.add(str(error), f"{tab.title}!{cells_text(first)}")
            continue
        sheet.conditional_formatting.add(" ".join(map(cells_text, rule.boxes)), stated)
        stated.priority = number


def _protections(sheet: Worksheet, tab: Tab, losses: Losses) -> None:
    for each in tab.protections:
        if each.box != Box() or each.warning_only:
            losses.add("protected ranges (Excel protects whole tabs)", f"{tab.title}!{cells_text(each.box)}")
            continue
        sheet.protection.enable()
        if each.editors:
            losses.add("who may edit a protected tab", tab.title)
        for hole in each.unprotected:
            area = hole.within(tab.rows, tab.columns)
            if area.rows * area.columns > _MOST_UNLOCKED:
                losses.add("large unprotected parts of a protected tab", f"{tab.title}!{cells_text(hole)}")
                continue
            for row in range(area.top, area.bottom):
                for column in range(area.left, area.right):
                    sheet.cell(row + 1, column + 1).protection = Lock(locked=False)


def _filter(sheet: Worksheet, tab: Tab, shared: Shared) -> None:
    if tab.filter is None:
        return
    area = tab.filter_box.within(tab.rows, tab.columns)
    target: Any = sheet.auto_filter
    target.ref = area_text(area)
    if tab.filter.get("sortSpecs"):
        shared.losses.add("how a filter sorts", tab.title)
    for column, criteria in filter_criteria(tab.filter).items():
        if criteria.get("condition"):
            shared.losses.add(
                "filters by a condition", f"{tab.title}!{column_letters(column)}:{column_letters(column)}"
            )
        hidden = {str(value) for value in criteria.get("hiddenValues", [])}
        if hidden and area.left <= column < area.right:
            texts = {shared.results.text(tab, row, column) for row in range(area.top + 1, area.bottom)} - hidden
            shown = Filters(
                blank=True if "" in texts else None, filter=[escaped(text) for text in sorted(texts) if text]
            )
            target.filterColumn.append(FilterColumn(colId=column - area.left, filters=shown))
    for row in hidden_by_filter(shared.results, tab):
        sheet.row_dimensions[row + 1].hidden = True


def filter_criteria(stated: Mapping[str, Any]) -> dict[int, Json]:
    """Column -> FilterCriteria, from both of Google's spellings."""
    older = stated.get("criteria")
    found = {int(column): part for column, part in (older or {}).items() if str(column).isdecimal()}
    return found | {
        spec.get("columnIndex", 0): spec.get("filterCriteria", {}) for spec in stated.get("filterSpecs", [])
    }
