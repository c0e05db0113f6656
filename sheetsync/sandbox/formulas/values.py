"""What a formula computes with: scalars, arrays, errors, and the workbook as a formula sees it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True)
class FormulaError:
    """An error as a cell value, such as `#N/A`; two are the same when their codes are."""

    code: str
    message: str = field(default="", compare=False)


#: None is a truly blank cell; a number is always a float; a date is its serial number (days since 1899-12-30).
Scalar: TypeAlias = bool | float | str | FormulaError | None

#: A value that is no error.
Sound: TypeAlias = bool | float | str | None


@dataclass(frozen=True)
class Place:
    """The cell a formula stands in, 0-based."""

    tab: str
    row: int
    column: int


@dataclass(frozen=True)
class Array:
    """A rectangle of values, never empty."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])


@dataclass(frozen=True)
class Omitted:
    """An argument left empty, as the second one of `IF(A1;;2)`: a value of its own, not the empty text."""


OMITTED = Omitted()


class Failure(Exception):
    """Ends a computation whose value is this error."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code, message)
        self.error = FormulaError(code, message)


class Book(Protocol):
    """The workbook around a formula; rows and columns are 0-based, titles and names ignore case."""

    @property
    def locale(self) -> str:
        """Such as `de_DE`: how numbers and dates are written in formulas, and read from texts."""

    def value(self, tab: str, row: int, column: int) -> Scalar:
        """The effective value of a cell inside the grid."""

    def shown(self, tab: str, row: int, column: int) -> str:
        """The text a person sees in the cell, its number format applied."""

    def show(self, value: Scalar) -> str:
        """The text of a bare value in the workbook's locale."""

    def size(self, tab: str) -> tuple[int, int] | None:
        """The rows and columns of the tab's grid; None when there is no such tab."""

    def column(self, tab: str, column: int) -> Sequence[Scalar]:
        """Every value of a column, top to bottom: one read where a lookup needs thousands."""

    def named(self, name: str) -> tuple[str, int, int, int, int] | None:
        """The tab, top, left, bottom and right (half open) of a named range; None when there is none of that name."""

    def today(self) -> float:
        """The serial number of the current day in the workbook's time zone."""

    def now(self) -> float:
        """The serial number of the moment in which the workbook is calculated."""


def folded(text: str) -> str:
    """The text as comparisons and tab titles see it: without case."""
    return text.lower()
