"""One request of a batch at work: the workbook copy it edits, who asks, and how it refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.errors import PROTECTED, GoogleError, Json, bad
from sheetsync.sandbox.grids import box_of, closed, tab_of
from sheetsync.sandbox.model import MAX_CELLS, NamedRange, Tab, Workbook
from sheetsync.sandbox.results import Results


@dataclass
class Editing:
    """The state a request handler works on. `prefix` begins each refusal: `Invalid requests[0].addSheet: `."""

    book: Workbook
    account: str
    today: date
    prefix: str = ""

    def refuse(self, reason: str) -> GoogleError:
        """400 in Google's form, naming the request."""
        return bad(f"{self.prefix}{reason}")

    def require(self, request: Json, *names: str) -> None:
        """400 for a request that lacks one of these fields."""
        for name in names:
            if name not in request:
                raise self.refuse(f"{name} must be specified.")

    def tab(self, sheet_id: int | None) -> Tab:
        """The tab of this id; none given means 0, as proto3 has it."""
        return tab_of(self.book, sheet_id or 0, self.prefix)

    def area(self, grid_range: Json) -> tuple[Tab, Area]:
        """The tab and the closed rectangle of a GridRange, cut at the grid's edge."""
        tab = self.tab(grid_range.get("sheetId"))
        return tab, closed(tab, box_of(grid_range, self.prefix), self.prefix)

    def corner(self, coordinate: Json) -> tuple[Tab, int, int]:
        """The tab, row and column of a GridCoordinate inside the grid."""
        tab = self.tab(coordinate.get("sheetId"))
        row, column = coordinate.get("rowIndex", 0), coordinate.get("columnIndex", 0)
        if not 0 <= row < tab.rows:
            raise self.refuse(f"GridCoordinate.rowIndex[{row}] is after last row in grid[{tab.rows}]")
        if not 0 <= column < tab.columns:
            raise self.refuse(f"GridCoordinate.columnIndex[{column}] is after last column in grid[{tab.columns}]")
        return tab, row, column

    def named(self, wanted: str) -> NamedRange:
        """The named range of this id."""
        for each in self.book.named:
            if each.id == wanted:
                return each
        raise self.refuse(f"Cannot find named range with id: {wanted}")

    def guard(self, tab: Tab, area: Area) -> None:
        """Refuses to change cells that a protection keeps from this account; the owner always passes."""
        if self.account == self.book.owner:
            return
        for protection in tab.protections:
            allowed = protection.warning_only or self.account in (*protection.editors, protection.creator)
            kept = protection.box.within(tab.rows, tab.columns).common(area)
            if allowed or kept.empty:
                continue
            holes = [hole.within(tab.rows, tab.columns) for hole in protection.unprotected]
            if not any(hole.covers(kept) for hole in holes):
                raise self.refuse(PROTECTED)

    def guard_insertion(self, tab: Tab, dimension: str, line: int) -> None:
        """Refuses new lines strictly inside a protection; lines at its edge are no edit of it."""
        for protection in tab.protections:
            box = protection.box
            first, end = (box.top, box.bottom) if dimension == "ROWS" else (box.left, box.right)
            if (first is None or first < line) and (end is None or line < end):
                self.guard(tab, box.within(tab.rows, tab.columns))

    def check_size(self) -> None:
        """The workbook's limit counts the grid, not the filled cells [reported]."""
        if self.book.grid_cells > MAX_CELLS:
            raise self.refuse(
                f"This action would increase the number of cells in the workbook above the limit of {MAX_CELLS} cells."
            )

    def results(self) -> Results:
        """The workbook as calculated at this point of the batch."""
        return Results(self.book, self.today)


#: takes the request's message and answers with its reply, `{}` when there is nothing to say
Handler = Callable[[Editing, Json], Json]
