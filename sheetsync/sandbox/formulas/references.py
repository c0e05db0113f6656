"""A reference as it is written in a formula: `Sheet1!$A2:A`, its anchors, its tab, its open ends."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from sheetsync.sandbox.formulas.values import folded

Axis: TypeAlias = Literal["row", "column"]

#: Google's last column is ZZZ.
COLUMN_LIMIT = 18_278

_COLUMN = r"\$?[A-Za-z]{1,3}"
_ROW = r"\$?[1-9][0-9]{0,6}"
_CELL = rf"{_COLUMN}{_ROW}"
_RANGES = (
    rf"{_CELL}:{_CELL}",
    rf"{_CELL}:{_COLUMN}",
    rf"{_CELL}:{_ROW}",
    rf"{_COLUMN}:{_CELL}",
    rf"{_ROW}:{_CELL}",
    rf"{_COLUMN}:{_COLUMN}",
    rf"{_ROW}:{_ROW}",
)
# `LOG10(` is a function and `A1B` a name: what follows decides whether letters and digits are a cell.
_END = r"(?![\w.!$]|\s*\()"
TAB_PATTERN = r"(?:'(?:[^']|'')*'|[^\W0-9][\w.]*)!"
REFERENCE_PATTERN = rf"(?:{TAB_PATTERN})?(?:" + "|".join(rf"{form}{_END}" for form in (*_RANGES, _CELL)) + ")"

_CORNER = re.compile(r"(?P<column>\$?[A-Za-z]+)?(?P<row>\$?[0-9]+)?")
_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_SOMETHING_ELSE = re.compile(r"[A-Za-z]{1,3}[0-9]+|TRUE|FALSE", re.IGNORECASE)


@dataclass(frozen=True)
class Index:
    """A 0-based row or column number and whether a `$` holds it in place."""

    at: int
    fixed: bool


@dataclass(frozen=True)
class Corner:
    """One end of a reference; a missing row or column leaves that side open."""

    column: Index | None
    row: Index | None

    def index(self, axis: Axis) -> Index | None:
        return self.row if axis == "row" else self.column

    def with_index(self, axis: Axis, index: Index | None) -> "Corner":
        return replace(self, row=index) if axis == "row" else replace(self, column=index)

    def moved_to(self, axis: Axis, at: int) -> "Corner":
        """The same corner at another number; an open side stays open."""
        index = self.index(axis)
        return self if index is None else self.with_index(axis, replace(index, at=at))


@dataclass(frozen=True)
class Span:
    """The rows or columns a reference covers, half open; without a stop it runs to the end of the grid."""

    start: int
    stop: int | None


@dataclass(frozen=True)
class Reference:
    """A written reference; `tab` is None when it names none, `last` is None when it is one cell."""

    tab: str | None
    first: Corner
    last: Corner | None

    def span(self, axis: Axis) -> Span | None:
        """What the reference covers; None when it takes the whole axis, as `A:A` takes all rows."""
        ends = [corner.index(axis) for corner in (self.first, self.last or self.first)]
        numbers = sorted(end.at for end in ends if end is not None)
        if not numbers:
            return None
        return Span(numbers[0], numbers[1] + 1 if len(numbers) == 2 else None)

    def with_span(self, axis: Axis, span: Span) -> "Reference":
        """The same reference over other rows or columns, its ends in the order they were written."""
        lowest, highest = span.start, span.start if span.stop is None else span.stop - 1
        if self.last is None:
            return replace(self, first=self.first.moved_to(axis, lowest))
        first, last = self.first.index(axis), self.last.index(axis)
        if first is not None and last is not None and first.at > last.at:
            lowest, highest = highest, lowest
        return replace(self, first=self.first.moved_to(axis, lowest), last=self.last.moved_to(axis, highest))

    def each_corner(self, change: Callable[[Corner], Corner]) -> "Reference":
        return replace(self, first=change(self.first), last=None if self.last is None else change(self.last))

    @property
    def corners(self) -> tuple[Corner, ...]:
        return (self.first,) if self.last is None else (self.first, self.last)

    def __str__(self) -> str:
        prefix = "" if self.tab is None else f"{quoted(self.tab)}!"
        return prefix + ":".join(_written(corner) for corner in self.corners)


def parse_reference(text: str) -> Reference:
    """Read text that matches `REFERENCE_PATTERN`."""
    before, mark, cells = text.rpartition("!")
    tab = before[1:-1].replace("''", "'") if before.startswith("'") else before
    first, *rest = cells.split(":")
    return Reference(tab if mark else None, _corner(first), _corner(rest[0]) if rest else None)


def quoted(title: str) -> str:
    """A tab's title as formulas write it: in quotes only when it could be read as something else."""
    if _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_SOMETHING_ELSE.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def same_tab(one: str, other: str) -> bool:
    return folded(one) == folded(other)


def column_letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    left = column + 1
    while left:
        left, digit = divmod(left - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _corner(text: str) -> Corner:
    parts = _CORNER.fullmatch(text)
    if parts is None:
        raise ValueError(f"not a cell, a column or a row: {text!r}")
    column, row = parts["column"], parts["row"]
    return Corner(
        Index(column_number(column.lstrip("$")), column.startswith("$")) if column else None,
        Index(int(row.lstrip("$")) - 1, row.startswith("$")) if row else None,
    )


def _written(corner: Corner) -> str:
    column, row = corner.column, corner.row
    letters = "" if column is None else "$" * column.fixed + column_letters(column.at)
    digits = "" if row is None else "$" * row.fixed + str(row.at + 1)
    return letters + digits
