"""What every cell of a workbook comes to: formulas evaluated, arrays spilled, all of it to a fixed point.

A formula that reads another is evaluated after it (on demand); only spills and very long chains need further passes.
An edit that no formula could notice takes the earlier outcome over, and whatever was made of rows that are the same.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from itertools import zip_longest
from typing import TypeAlias

from sheetsync.sandbox.a1 import Area, cell_name
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formats import general, shown_number, shown_text
from sheetsync.sandbox.formulas import Array, FormulaError, Place, Scalar, Searched, evaluate, inherited
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.serials import serial

Key = tuple[int, int, int]
Row: TypeAlias = tuple[Cell | None, ...]
#: what was calculated in a row: column -> class and value (TRUE is not 1), and the number format that came along
Calculated: TypeAlias = dict[int, tuple[type, Scalar, Json | None]]
#: row -> what it was made from, and the text that was made of it
Lines: TypeAlias = dict[int, tuple[Row, Calculated, str]]

#: attributes of a workbook that no cell shows
_APART = frozenset(("tabs", "metadata", "modified", "modified_by", "version", "shared_with", "drive"))
#: a formula's cell, and how far right in its array
FormatKey = tuple[int, int, int, int]

#: beyond this many passes an unstable workbook is shown as it then stands
_MAX_PASSES = 50
#: formulas within formulas evaluated on demand; deeper chains settle over the passes instead of the call stack
_MAX_DEPTH = 25
#: ways of looking at tabs of which the made lines are kept
_MOST_KINDS = 32
_CIRCULAR = "Circular dependency detected. To resolve with iterative calculation, see File > Settings."


class _NeededFirst(Exception):
    """A formula's format depends on another's that is not known yet."""

    def __init__(self, key: FormatKey) -> None:
        super().__init__(key)
        self.key = key


class Results:
    """The effective values of one state of a workbook. It is the `Book` its formulas read."""

    def __init__(self, book: Workbook, today: date, seconds: float = 0.0, before: "Results | None" = None) -> None:
        """`today` and the `seconds` since midnight are the moment where the workbook lives."""
        self.book = book
        self.day = today
        self._now = serial(today, seconds)
        self._conventions = conventions(book.locale)
        self._tabs = {tab.title.lower(): tab for tab in book.tabs}
        self._results: dict[Key, Scalar] = {}
        self._previous: dict[Key, Scalar] = {}
        #: values put by arrays into cells that hold nothing: the pass before, and this pass
        self._settled: dict[Key, Scalar] = {}
        self._spilled: dict[Key, Scalar] = {}
        #: where arrays stand, and the cells of their formulas
        self._areas: list[tuple[int, Area, tuple[int, int]]] = []
        self._formats: dict[FormatKey, Json | None] = {}
        #: the formulas being evaluated, each for the one before it; and those that were found to need themselves
        self._running: dict[Key, None] = {}
        self._circular: set[Key] = set()
        #: columns that formulas read, and those in which they stand or spill
        self._read: set[tuple[int, int]] = set()
        self._landed: set[tuple[int, int]] = set()
        #: whether any formula asked for the time of day
        self._timed = False
        self._column_cache: dict[tuple[int, int], list[Scalar]] = {}
        self._searched: Searched = {}
        self._unfinished = False
        #: by sheet and row
        self._calculated: dict[int, dict[int, Calculated]] = {}
        self._lines: dict[Hashable, Lines] = {}
        if before is None or not self._like(before):
            self._run()
            return
        self._lines = before._lines
        if self._noticed(before):
            self._run()
        else:
            self._results, self._spilled, self._calculated = before._results, before._spilled, before._calculated
            self._read, self._landed, self._timed = before._read, before._landed, before._timed
            self._areas, self._formats = before._areas, before._formats

    # -- what an earlier state has left

    def _like(self, before: "Results") -> bool:
        """Whether nothing but cells has changed."""
        return before.day == self.day and _frame(before.book) == _frame(self.book)

    def _noticed(self, before: "Results") -> bool:
        """Whether a formula could tell the two states from one another."""
        if before._timed and before._now != self._now:
            return True
        for old, new in zip(before.book.tabs, self.book.tabs, strict=True):
            for column, cells in _differences(old, new):
                if (new.sheet_id, column) in before._read or (new.sheet_id, column) in before._landed:
                    return True
                if any(cell is not None and cell.formula is not None for cell in cells):
                    return True
        return False

    # -- the passes

    def _run(self) -> None:
        formulas = [
            (tab, row, column)
            for tab in self.book.tabs
            for row, line in sorted(tab.cells.rows.items())
            for column, cell in enumerate(line)
            if cell is not None and cell.formula is not None
        ]
        if not formulas:
            return
        for _ in range(_MAX_PASSES):
            self._begin_pass()
            for tab, row, column in formulas:
                self._resolve(tab, row, column)
            if self._is_settled():
                break
            self._settled, self._previous = self._spilled, self._results
        self._column_cache, self._searched, self._formats = {}, {}, {}
        tabs = {tab.sheet_id: tab for tab in self.book.tabs}
        for key, value in (self._spilled | self._results).items():
            sheet_id, row, column = key
            line = self._calculated.setdefault(sheet_id, {}).setdefault(row, {})
            line[column] = (type(value), value, self.number_format(tabs[sheet_id], row, column))

    def _begin_pass(self) -> None:
        self._results, self._spilled, self._circular, self._areas, self._formats = {}, {}, set(), [], {}
        self._read, self._column_cache, self._searched, self._unfinished = set(), {}, {}, False
        self._landed, self._timed = set(), False

    def _is_settled(self) -> bool:
        """Whether another pass could not change anything: no formula read a column in which a spill differs."""
        if self._unfinished and self._results != self._previous:
            return False
        keys = self._spilled.keys() | self._settled.keys()
        missing = object()
        changed = {
            (key[0], key[2]) for key in keys if self._spilled.get(key, missing) != self._settled.get(key, missing)
        }
        return not changed & self._read

    def _resolve(self, tab: Tab, row: int, column: int) -> Scalar:
        key = (tab.sheet_id, row, column)
        if key in self._results:
            return self._results[key]
        if key in self._running:
            running = list(self._running)
            self._circular.update(running[running.index(key) :])
            return FormulaError("#REF!", _CIRCULAR)
        if len(self._running) >= _MAX_DEPTH:
            self._unfinished = True
            return self._previous.get(key)
        self._running[key] = None
        try:
            formula = tab.cell(row, column).formula or ""
            place = Place(tab.title, row, column)
            outcome = evaluate(formula, place, self, self._searched)
        finally:
            del self._running[key]
        # An array that only reads a range with such a cell in it stands; Google may call that a circle too.
        if key in self._circular and not isinstance(outcome, Array):
            outcome = FormulaError("#REF!", _CIRCULAR)
        result = self._spill(tab, row, column, outcome) if isinstance(outcome, Array) else outcome
        # A formula whose result is blank shows an empty text or 0 elsewhere, but itself counts as blank.
        self._results[key] = result
        return result

    def _spill(self, tab: Tab, row: int, column: int, array: Array) -> Scalar:
        """Places an array and returns its corner, or `#REF!` when something stands in its way."""
        area = Area(row, row + len(array.rows), column, column + len(array.rows[0]))
        self._landed |= {(tab.sheet_id, right) for right in range(area.left, area.right)}
        if not tab.grid.covers(area):
            return FormulaError("#REF!", _outside(tab, area))
        for place in tab.inside(area):
            if place != (row, column) and tab.cells[place].holds_value:
                return FormulaError("#REF!", _blocked(*place))
        keys = {
            (tab.sheet_id, row + down, column + right): value
            for down, line in enumerate(array.rows)
            for right, value in enumerate(line)
        }
        corner = keys.pop((tab.sheet_id, row, column))
        taken = next((key for key in keys if key in self._spilled), None)
        if taken is not None:
            return FormulaError("#REF!", _blocked(taken[1], taken[2]))
        self._spilled |= {key: value for key, value in keys.items() if value is not None}
        self._areas.append((tab.sheet_id, area, (row, column)))
        for right in range(column, area.right):
            self._column_cache.pop((tab.sheet_id, right), None)
        return corner

    # -- the Book a formula reads

    def value(self, tab: str, row: int, column: int) -> Scalar:
        """The effective value; blank outside the grid and in unknown tabs."""
        found = self._tabs.get(tab.lower())
        if found is None:
            return None
        self._read.add((found.sheet_id, column))
        return self.effective(found, row, column)

    def shown(self, tab: str, row: int, column: int) -> str:
        found = self._tabs.get(tab.lower())
        if found is None:
            return ""
        self._read.add((found.sheet_id, column))
        return self.text(found, row, column)

    def show(self, value: Scalar) -> str:
        """A bare value as text in the workbook's locale."""
        return self._show(value, None)

    def size(self, tab: str) -> tuple[int, int] | None:
        found = self._tabs.get(tab.lower())
        return None if found is None else (found.rows, found.columns)

    def column(self, tab: str, column: int) -> Sequence[Scalar]:
        found = self._tabs.get(tab.lower())
        if found is None:
            return ()
        key = (found.sheet_id, column)
        self._read.add(key)
        cached = self._column_cache.get(key)
        if cached is None:
            cached = self._column_cache[key] = self._whole_column(found, column)
        return cached

    @property
    def locale(self) -> str:
        return self.book.locale

    def named(self, name: str) -> tuple[str, int, int, int, int] | None:
        folded = name.casefold()
        found = next((each for each in self.book.named if each.name.casefold() == folded), None)
        tab = None if found is None else self.book.tab(found.sheet_id)
        if found is None or tab is None:
            return None
        area = found.box.within(tab.rows, tab.columns)
        return None if area.empty else (tab.title, area.top, area.left, area.bottom, area.right)

    def today(self) -> float:
        return serial(self.day)

    def now(self) -> float:
        self._timed = True
        return self._now

    def _whole_column(self, tab: Tab, column: int) -> list[Scalar]:
        values: list[Scalar] = [None] * tab.rows
        for spills in (self._settled, self._spilled):
            for (sheet_id, row, at), value in spills.items():
                if sheet_id == tab.sheet_id and at == column and row < tab.rows:
                    values[row] = value
        for row, cell in tab.cells.column(column):
            if cell.holds_value:
                values[row] = cell.value if cell.formula is None else self._resolve(tab, row, column)
        return values

    # -- what readers of the workbook ask

    def effective(self, tab: Tab, row: int, column: int) -> Scalar:
        """The value of a cell after calculation; None where there is nothing."""
        cell = tab.cells.get((row, column))
        if cell is not None:
            if cell.formula is not None:
                return self._resolve(tab, row, column)
            if cell.value is not None:
                return cell.value
        key = (tab.sheet_id, row, column)
        return self._spilled[key] if key in self._spilled else self._settled.get(key) if self._running else None

    def text(self, tab: Tab, row: int, column: int) -> str:
        """What a person sees in a cell."""
        value = self.effective(tab, row, column)
        return "" if value is None else self._show(value, self.number_format(tab, row, column))

    def lines(self, tab: Tab, rows: range, kind: Hashable, made: Callable[[int], str]) -> Iterator[str]:
        """`made` of each row, but only where the row is not as it was when `made` last was asked for this `kind`.

        What `made` says may depend on the row's cells, on what was calculated in it, and on nothing that changes.
        """
        if len(self._lines) > _MOST_KINDS:
            self._lines.clear()
        kept = self._lines.setdefault((tab.sheet_id, kind), {})
        stored, calculated = tab.cells.rows, self._calculated.get(tab.sheet_id, {})
        for row in rows:
            line, outcome = stored.get(row, ()), calculated.get(row, {})
            known = kept.get(row)
            if known is None or known[0] is not line or (known[1] is not outcome and known[1] != outcome):
                known = kept[row] = (line, outcome, made(row))
            yield known[2]

    def width(self, tab: Tab, row: int) -> int:
        """The column after the last one that shows or holds something in a row."""
        return max(len(tab.cells.row(row)), max(self._calculated.get(tab.sheet_id, {}).get(row, ()), default=-1) + 1)

    def height(self, tab: Tab) -> int:
        """The row after the last one that shows or holds something."""
        return max(max(tab.cells.rows, default=-1), max(self._calculated.get(tab.sheet_id, ()), default=-1)) + 1

    def spills(self, tab: Tab) -> list[tuple[int, int]]:
        """Places of the tab that show a value although they hold none."""
        return [(row, column) for sheet_id, row, column in self._spilled if sheet_id == tab.sheet_id]

    def number_format(self, tab: Tab, row: int, column: int) -> Json | None:
        """The number format in effect: the cell's own, else the one that a formula's number brings along."""
        own, key = self._own_format(tab, row, column)
        if key is None or key in self._formats:
            return own if key is None else self._formats[key]
        waiting = [key]
        while waiting:
            sheet_id, row, column, right = waiting[-1]
            home = self.book.tab(sheet_id) or tab
            place, formula = Place(home.title, row, column), home.cell(row, column).formula or ""
            try:
                self._formats[waiting[-1]] = inherited(formula, place, self, self._searched, right)
                waiting.pop()
            except _NeededFirst as needed:
                if needed.key in waiting:  # one that comes back to itself brings nothing along
                    self._formats[needed.key] = None
                else:
                    waiting.append(needed.key)
        return self._formats[key]

    def format(self, tab: str, row: int, column: int) -> Json | None:
        """For formulas: the format of a cell they name, however long the chain of formulas behind it."""
        found = self._tabs.get(tab.lower())
        if found is not None:
            self._read.add((found.sheet_id, column))
        own, key = (None, None) if found is None else self._own_format(found, row, column)
        if key is not None and key not in self._formats:
            raise _NeededFirst(key)
        return own if key is None else self._formats[key]

    def _own_format(self, tab: Tab, row: int, column: int) -> tuple[Json | None, FormatKey | None]:
        """The cell's own format, or by which formula's array, and which column of it, it gets one."""
        cell = tab.cell(row, column)
        own: Json | None = (cell.format or {}).get("numberFormat")
        spilled = cell.formula is None and (tab.sheet_id, row, column) in self._spilled
        if own is not None or not (spilled or cell.formula is not None):
            return own, None
        if not isinstance(self.effective(tab, row, column), float):
            return None, None
        if not spilled:
            return None, (tab.sheet_id, row, column, 0)
        anchors = (place for sheet_id, area, place in self._areas if sheet_id == tab.sheet_id and (row, column) in area)
        anchor = next(anchors, None)
        return None, None if anchor is None else (tab.sheet_id, *anchor, column - anchor[1])

    def _show(self, value: Scalar, number_format: Json | None) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._conventions.true if value else self._conventions.false
        if isinstance(value, float):
            if number_format is None:
                return general(value, self._conventions)
            return shown_number(value, number_format, self._conventions)
        return shown_text(value, number_format) if isinstance(value, str) else value.code


def _frame(book: Workbook) -> list[object]:
    """All that formulas and formats may depend on beside the cells."""
    tabs = [[getattr(tab, each.name) for each in fields(tab) if each.name != "cells"] for tab in book.tabs]
    return [getattr(book, each.name) for each in fields(book) if each.name not in _APART] + [tabs]


def _differences(old: Tab, new: Tab) -> Iterator[tuple[int, tuple[Cell | None, Cell | None]]]:
    """The columns in which a cell is not the same any more, with both cells."""
    before, after = old.cells.rows, new.cells.rows
    if before is after:
        return
    for row in before.keys() | after.keys():
        was, now = before.get(row, ()), after.get(row, ())
        if was is not now:
            pairs = enumerate(zip_longest(was, now))
            yield from ((column, pair) for column, pair in pairs if pair[0] is not pair[1])


def _blocked(row: int, column: int) -> str:
    return f"Array result was not expanded because it would overwrite data in {cell_name(row, column)}."


def _outside(tab: Tab, area: Area) -> str:
    """Google grows the grid for a formula a person types; here the author is told instead."""
    rows, columns = max(area.bottom - tab.rows, 0), max(area.right - tab.columns, 0)
    if rows:
        return f"Result was not automatically expanded, please insert more rows ({rows})."
    return f"Result was not automatically expanded, please insert more columns ({columns})."
