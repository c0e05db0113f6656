"""A rectangle of cells on a tab's grid: cheap to pass around, read only when its values are needed."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from sheetsync.sandbox.formulas.references import Axis, Reference, same_tab
from sheetsync.sandbox.formulas.values import Array, Book, Failure, FormulaError, Omitted, Place, Scalar


@dataclass(frozen=True)
class Area:
    """Rows `top` to `bottom` and columns `left` to `right`, half open and inside the grid."""

    tab: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def part(self, row: int, column: int, height: int = 1, width: int = 1) -> "Area":
        """A rectangle inside this one, counted from its upper left cell."""
        top, left = self.top + row, self.left + column
        return Area(self.tab, top, left, top + height, left + width)

    def crossing(self, place: Place) -> "Area":
        """The one cell a formula in `place` means by this area where a single value is wanted.

        Raises:
            Failure: the area is more than one cell and does not cross the formula's row or column.
        """
        if self.width == self.height == 1:
            return self
        if self.width == 1 and self.top <= place.row < self.bottom:
            return replace(self, top=place.row, bottom=place.row + 1)
        if self.height == 1 and self.left <= place.column < self.right:
            return replace(self, left=place.column, right=place.column + 1)
        raise Failure("#VALUE!", "An array value could not be found.")

    def read(self, book: Book) -> Array:
        # A whole column is one read. A part of one is not: reading the rest would make a formula that sums the
        # cells below itself depend on itself.
        size = book.size(self.tab)
        if self.top == 0 and size is not None and self.bottom == size[0]:
            columns = [book.column(self.tab, column) for column in range(self.left, self.right)]
            return Array(tuple(zip(*columns, strict=True)))
        return Array(
            tuple(
                tuple(book.value(self.tab, row, column) for column in range(self.left, self.right))
                for row in range(self.top, self.bottom)
            )
        )

    def read_shown(self, book: Book) -> Array:
        """The texts people see in place of the values; an error stays an error, a blank cell the empty text."""

        def seen(value: Scalar, row: int, column: int) -> Scalar:
            return value if isinstance(value, FormulaError) else book.shown(self.tab, row, column)

        return Array(
            tuple(
                tuple(seen(value, row, column) for column, value in enumerate(values, self.left))
                for row, values in enumerate(self.read(book).rows, self.top)
            )
        )


#: What an expression may yield before anything asks for its values.
Value: TypeAlias = Scalar | Array | Area | Omitted


def area_in(value: Value) -> Area:
    """The value, which must be a range.

    Raises:
        Failure: it is an error or something else.
    """
    if isinstance(value, FormulaError):
        raise Failure(value.code, value.message)
    if not isinstance(value, Area):
        raise Failure("#N/A", "Argument must be a range.")
    return value


def resolve(reference: Reference, at: Place, book: Book) -> Area:
    """The cells a written reference stands for now; open ends close at the end of the grid.

    Raises:
        Failure: the tab or the first cell does not exist.
    """
    tab = at.tab if reference.tab is None else reference.tab
    size = book.size(tab)
    if size is None:
        raise Failure("#REF!", f"Unresolved sheet name '{tab}'.")
    top, bottom = _bounds(reference, "row", size[0])
    left, right = _bounds(reference, "column", size[1])
    return Area(tab, top, left, bottom, right)


def spanning(first: Area, last: Area) -> Area:
    """The smallest area that holds both."""
    if not same_tab(first.tab, last.tab):
        raise Failure("#REF!", "A range cannot reach over several tabs.")
    return Area(
        first.tab,
        min(first.top, last.top),
        min(first.left, last.left),
        max(first.bottom, last.bottom),
        max(first.right, last.right),
    )


def _bounds(reference: Reference, axis: Axis, limit: int) -> tuple[int, int]:
    span = reference.span(axis)
    start = 0 if span is None else span.start
    if start >= limit:
        raise Failure("#REF!", "Reference does not exist.")
    stop = limit if span is None or span.stop is None else min(span.stop, limit)
    return start, stop
