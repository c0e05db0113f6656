"""The cells of one tab of an Excel file, one after the other, and the parts around them as they stand there."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any
from xml.etree.ElementTree import Element, iterparse

from openpyxl.formatting.formatting import ConditionalFormatting
from openpyxl.worksheet.datavalidation import DataValidation, DataValidationList
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import HyperlinkList
from openpyxl.worksheet.merge import MergeCells
from openpyxl.worksheet.properties import WorksheetProperties
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.views import SheetViewList

from sheetsync.sandbox.a1 import MAX_ROWS, Area, RangeError, column_index, parse_box
from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.exchange.formula_text import OnlyExcels, from_excel
from sheetsync.sandbox.exchange.texts import Rich, rich, unescaped
from sheetsync.sandbox.exchange.workbook_parts import Parts
from sheetsync.sandbox.formulas import translate
from sheetsync.sandbox.model import MAX_CHARACTERS, Cell, Tab
from sheetsync.sandbox.serials import serial

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_ROW, _VALUE, _FORMULA, _INLINE = f"{_MAIN}row", f"{_MAIN}v", f"{_MAIN}f", f"{_MAIN}is"
_COORDINATE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
#: what the sandbox holds of one workbook; beyond it the memory of a small machine is at risk
_MOST_CELLS = 2_000_000
_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!"))

#: openpyxl's reader of each part
_PARTS: dict[str, Any] = {
    "autoFilter": AutoFilter,
    "dataValidations": DataValidationList,
    "sheetPr": WorksheetProperties,
    "sheetViews": SheetViewList,
    "hyperlinks": HyperlinkList,
    "mergeCells": MergeCells,
    "sheetProtection": SheetProtection,
}


@dataclass
class Around:
    """What stands around a tab's cells, as openpyxl reads it."""

    parts: dict[str, Any] = field(default_factory=dict)
    formatting: list[Any] = field(default_factory=list)
    validations: list[DataValidation] = field(default_factory=list)
    rows: dict[int, dict[str, str]] = field(default_factory=dict)
    columns: list[dict[str, str]] = field(default_factory=list)
    unlocked: list[tuple[int, int]] = field(default_factory=list)
    #: where array formulas show their results: nothing of this is a value of its own
    arrays: list[tuple[tuple[int, int], Area]] = field(default_factory=list)


def read_cells(source: IO[bytes], tab: Tab, parts: Parts) -> Around:
    """Fills the tab's cells from a worksheet's XML and returns what stands around them."""
    reading = _Reading(tab, parts)
    handlers: dict[str, Callable[[Element], None]] = {
        _ROW: reading.row,
        f"{_MAIN}conditionalFormatting": reading.formatting,
        f"{_MAIN}col": lambda element: reading.around.columns.append(dict(element.attrib)),
        f"{_X14}dataValidation": reading.extended_validation,
        f"{_X14}conditionalFormatting": lambda _: parts.losses.add(
            "conditional formats of Excel's newer kinds", tab.title
        ),
        f"{_X14}sparklineGroup": lambda _: parts.losses.add("sparklines", tab.title),
    } | {f"{_MAIN}{name}": partial(reading.part, name) for name in _PARTS}
    for _, element in iterparse(source):  # noqa: S314 - a document type was refused
        handler = handlers.get(element.tag)
        if handler is not None:
            handler(element)
    reading.clear_arrays()
    return reading.around


class _Reading:
    def __init__(self, tab: Tab, parts: Parts) -> None:
        self.tab, self.parts, self.around = tab, parts, Around()
        self._row = self._column = -1
        self._shared: dict[str, tuple[str, int, int]] = {}
        self._letters: dict[str, int] = {}
        self._shows_other = False

    # -- cells

    def row(self, element: Element) -> None:
        number = element.get("r")
        self._row = self._row + 1 if number is None else int(float(number)) - 1
        self._column = -1
        if not 0 <= self._row < MAX_ROWS:
            raise ValueError(f"no row: {number}")
        if any(name in element.attrib for name in ("ht", "hidden", "outlineLevel")):
            self.around.rows[self._row] = dict(element.attrib)
        for child in element:
            self._cell(child)
        element.clear()

    def _cell(self, element: Element) -> None:
        row, column = self._place(element.get("r"))
        style = int(element.get("s") or 0)
        look = self.parts.looks[style] if 0 <= style < len(self.parts.looks) else self.parts.looks[0]
        cell = self._content(element, row, column, look.behind)
        if look.unlocked:
            self.around.unlocked.append((row, column))
        if cell is None and look.format is None:
            return
        for kind in look.lost:
            self.parts.losses.at(kind, self.tab.title, row, column)
        value, formula, runs = cell or (None, None, ())
        self.tab.cells[row, column] = Cell(value, formula, look.format, "", None, runs)
        self.parts.stored += 1
        if self.parts.stored > _MOST_CELLS:
            raise SandboxError(
                f"more than {_MOST_CELLS:,} filled cells (reached in {self.tab.title!r}); split the workbook"
            )

    def _place(self, coordinate: str | None) -> tuple[int, int]:
        if coordinate is None:
            self._column += 1
            return self._row, self._column
        match = _COORDINATE.fullmatch(coordinate)
        if match is None or match[2] == "0":
            raise ValueError(f"no cell: {coordinate[:20]}")
        column = self._letters.get(match[1])
        if column is None:
            column = self._letters[match[1]] = column_index(match[1])
        self._column = column
        row = int(match[2]) - 1
        # The same number object for the whole row: a million cells share it.
        return (self._row if row == self._row else row), column

    def _content(self, element: Element, row: int, column: int, behind: int) -> tuple[Any, str | None, Any] | None:
        """Value, formula and runs; None for a cell that is only formatted."""
        kind, text, formula, inline = element.get("t", "n"), None, None, None
        for child in element:
            if child.tag == _VALUE:
                text = child.text
            elif child.tag == _FORMULA:
                formula = child
            elif child.tag == _INLINE:
                inline = child
        if formula is not None:
            written = self._formula(formula, row, column, bool(text))
            if written is not None:
                return None, written, ()
            if self._shows_other:
                return None
        value, runs = self._value(kind, text, inline, behind)
        if isinstance(value, str) and len(value) > MAX_CHARACTERS:
            self.parts.losses.at(f"texts cut at {MAX_CHARACTERS:,} characters", self.tab.title, row, column)
            value, runs = value[:MAX_CHARACTERS], ()
        if kind == "e" and isinstance(value, str):
            return None, f"={value}" if value in _ERRORS else "=#VALUE!", ()
        return None if value is None or value == "" else (value, None, runs)

    def _value(self, kind: str, text: str | None, inline: Element | None, behind: int) -> Rich | tuple[Any, tuple[()]]:
        if kind == "inlineStr":
            return rich(inline, self.parts.run_look) if inline is not None else (None, ())
        if text is None or text == "":
            return None, ()
        if kind == "n":
            number = float(text)
            if not math.isfinite(number):
                raise ValueError(f"no number: {text[:20]}")
            return number + behind, ()
        if kind == "s":
            return self.parts.strings[int(text)]
        if kind == "b":
            return text.strip() not in ("0", "false"), ()
        if kind == "d":
            when = datetime.fromisoformat(text)
            seconds = when.hour * 3600 + when.minute * 60 + when.second + when.microsecond / 1e6
            return serial(when.date(), seconds), ()
        return unescaped(text), ()

    # -- formulas

    def _formula(self, element: Element, row: int, column: int, has_value: bool) -> str | None:
        """The formula as the sandbox stores it; None where the value shown is to stay, or is another cell's."""
        self._shows_other = False
        kind, text = element.get("t"), "=" + unescaped(element.text or "")
        if kind == "shared":
            text = self._shared_text(element.get("si", ""), text, row, column)
        if kind == "dataTable" or text == "=":
            if kind == "dataTable":
                self.parts.losses.at("what-if tables, kept as their values", self.tab.title, row, column)
            return None
        try:
            found = from_excel(text, self.parts.comma, array=kind == "array")
        except OnlyExcels as refused:
            left = "kept as their values" if has_value else "left out: the file holds no values for them"
            self.parts.losses.at(f"formulas with {refused}, {left}", self.tab.title, row, column)
            return None
        if found is None:
            self._shows_other = True
        elif len(found) > MAX_CHARACTERS:
            self.parts.losses.at("formulas longer than Google takes, kept as their values", self.tab.title, row, column)
            return None
        if kind == "array" and element.get("ref"):
            self.around.arrays.append(((row, column), _area(element.get("ref", ""))))
        return found

    def _shared_text(self, key: str, text: str, row: int, column: int) -> str:
        """A shared formula is written out once; its other cells follow it as copies would."""
        if text != "=":
            self._shared[key] = (text, row, column)
            return text
        if key not in self._shared:
            return "="
        origin, top, left = self._shared[key]
        return translate(origin, row - top, column - left)

    def clear_arrays(self) -> None:
        """Cells that only show an array's results must be empty, or they stand in its way."""
        for corner, area in self.around.arrays:
            for place in list(self.tab.inside(area)):
                cell = self.tab.cells[place]
                if place != corner and cell.formula is None:
                    self.tab.put(*place, cell.with_value(None))

    # -- what stands around

    def part(self, name: str, element: Element) -> None:
        """One of `_PARTS`, as openpyxl reads it."""
        self.around.parts[name] = _PARTS[name].from_tree(element)
        element.clear()

    def formatting(self, element: Any) -> None:
        self.around.formatting.append(ConditionalFormatting.from_tree(element))
        element.clear()

    def extended_validation(self, element: Element) -> None:
        """Excel's newer form, used wherever the choices stand in another tab."""
        formulas = [element.findtext(f"{_X14}formula{number}/{_XM}f") for number in (1, 2)]
        flags = {name: element.get(name) in ("1", "true") for name in ("showErrorMessage", "showDropDown")}
        made: Any = DataValidation
        given = made(
            type=element.get("type"),
            operator=element.get("operator"),
            formula1=formulas[0],
            formula2=formulas[1],
            prompt=element.get("prompt"),
            errorStyle=element.get("errorStyle"),
            sqref=(element.findtext(f"{_XM}sqref") or "").strip(),
            **flags,
        )
        self.around.validations.append(given)


def _area(text: str) -> Area:
    try:
        box = parse_box(text)
    except RangeError:
        raise ValueError(f"no range: {text[:40]}") from None
    return box.within(10_000_000, 18_278)


def last_used(tab: Tab) -> tuple[int, int]:
    """Counts of rows and columns up to the last cell with something in it, its look not counted."""
    rows = columns = 0
    for (row, column), cell in tab.cells.items():
        if cell.value is not None or cell.formula is not None or cell.note:
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns
