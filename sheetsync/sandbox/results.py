"""What every cell of a workbook comes to: formulas evaluated, arrays spilled, all of it to a fixed point.

A formula that reads another is evaluated after it (on demand); only spills and very long chains need further passes.
"""

from collections.abc import Sequence
from datetime import date

from sheetsync.sandbox.a1 import Area, cell_name
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.formats import general, shown_number, shown_text
from sheetsync.sandbox.formulas import Array, FormulaError, Place, Scalar, Searched, evaluate, inherited
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.serials import serial

Key = tuple[int, int, int]
#: a formula's cell, and how far right in its array
FormatKey = tuple[int, int, int, int]

#: beyond this many passes an unstable workbook is shown as it then stands
_MAX_PASSES = 50
#: formulas within formulas evaluated on demand; deeper chains settle over the passes instead of the call stack
_MAX_DEPTH = 25
_CIRCULAR = "Circular dependency detected. To resolve with iterative calculation, see File > Settings."


class _NeededFirst(Exception):
    """A formula's format depends on another's that is not known yet."""

    def __init__(self, key: FormatKey) -> None:
        super().__init__(key)
        self.key = key


class Results:
    """The effective values of one state of a workbook. It is the `Book` its formulas read."""

    def __init__(self, book: Workbook, today: date, seconds: float = 0.0) -> None:
        """`today` and the `seconds` since midnight are the moment where the workbook lives."""
        self.book = book
        self.day = today
        self._now = serial(today, seconds)
        self._conventions = conventions(book.locale)
        self._tabs = {tab.title.lower(): tab for tab in book.tabs}
        self._columns: dict[tuple[int, int], list[tuple[int, Cell]]] | None = None
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
        self._read: set[tuple[int, int]] = set()
        self._column_cache: dict[tuple[int, int], list[Scalar]] = {}
        self._searched: Searched = {}
        self._unfinished = False
        self._run()

    # -- the passes

    def _run(self) -> None:
        formulas = [
            (tab, row, column)
            for tab in self.book.tabs
            for (row, column), cell in sorted(tab.cells.items())
            if cell.formula is not None
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

    def _begin_pass(self) -> None:
        self._results, self._spilled, self._circular, self._areas, self._formats = {}, {}, set(), [], {}
        self._read, self._column_cache, self._searched, self._unfinished = set(), {}, {}, False

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
        return self._now

    def _whole_column(self, tab: Tab, column: int) -> list[Scalar]:
        values: list[Scalar] = [None] * tab.rows
        for spills in (self._settled, self._spilled):
            for (sheet_id, row, at), value in spills.items():
                if sheet_id == tab.sheet_id and at == column and row < tab.rows:
                    values[row] = value
        for row, cell in self._stored(tab, column):
            if cell.holds_value:
                values[row] = cell.value if cell.formula is None else self._resolve(tab, row, column)
        return values

    def _stored(self, tab: Tab, column: int) -> list[tuple[int, Cell]]:
        if self._columns is None:
            self._columns = {}
            for each in self.book.tabs:
                for (row, at), cell in each.cells.items():
                    self._columns.setdefault((each.sheet_id, at), []).append((row, cell))
        return self._columns.get((tab.sheet_id, column), [])

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


def _blocked(row: int, column: int) -> str:
    return f"Array result was not expanded because it would overwrite data in {cell_name(row, column)}."


def _outside(tab: Tab, area: Area) -> str:
    """Google grows the grid for a formula a person types; here the author is told instead."""
    rows, columns = max(area.bottom - tab.rows, 0), max(area.right - tab.columns, 0)
    if rows:
        return f"Result was not automatically expanded, please insert more rows ({rows})."
    return f"Result was not automatically expanded, please insert more columns ({columns})."
