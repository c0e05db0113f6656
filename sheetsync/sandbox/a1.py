"""A1 notation: rectangles as text and back, titles quoted the way Google echoes them."""

import re
from dataclasses import dataclass, replace

#: no column or row lies beyond these (Google: 18,278 columns; 10 million cells bound the rows)
MAX_COLUMNS = 18_278
MAX_ROWS = 10_000_000

_CELL = re.compile(r"\$?([A-Za-z]{0,7})\$?([0-9]{0,12})")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
_PLAIN_TITLE = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, 0-based and half-open; None is an open side, as in Google's GridRange."""

    top: int | None = None
    bottom: int | None = None
    left: int | None = None
    right: int | None = None

    def within(self, rows: int, columns: int) -> "Area":
        """This box with its open sides closed at the grid's edge and what lies outside cut off."""
        top, left = min(self.top or 0, rows), min(self.left or 0, columns)
        bottom = rows if self.bottom is None else min(self.bottom, rows)
        right = columns if self.right is None else min(self.right, columns)
        return Area(top, max(bottom, top), left, max(right, left))


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle with four closed sides, 0-based and half-open."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        return self.right - self.left

    @property
    def empty(self) -> bool:
        return self.rows <= 0 or self.columns <= 0

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] < self.bottom and self.left <= place[1] < self.right

    def touches(self, other: "Area") -> bool:
        return not self.common(other).empty

    def common(self, other: "Area") -> "Area":
        """The part both cover; empty if none."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        return Area(top, min(self.bottom, other.bottom), left, min(self.right, other.right))

    def covers(self, other: "Area") -> bool:
        return (
            self.top <= other.top
            and other.bottom <= self.bottom
            and self.left <= other.left <= other.right <= self.right
        )

    @property
    def box(self) -> Box:
        return Box(self.top, self.bottom, self.left, self.right)


class RangeError(ValueError):
    """The text is not a range in A1 notation."""


def column_letters(index: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index > 0:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A is 0; the inverse of `column_letters`."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def cell_name(row: int, column: int) -> str:
    """`(0, 0)` is A1."""
    return f"{column_letters(column)}{row + 1}"


def quoted(title: str) -> str:
    """A tab's title as it stands before `!`: quoted only when needed; one that looks like a cell is [recorded]."""
    if _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def area_name(area: Area) -> str:
    """`A1:B2`, or `A1` for a single cell."""
    first = cell_name(area.top, area.left)
    if area.rows <= 1 and area.columns <= 1:
        return first
    return f"{first}:{cell_name(area.bottom - 1, area.right - 1)}"


def echoed(title: str, area: Area) -> str:
    """A range as Google echoes it: `Sheet1!A1:B2`."""
    return f"{quoted(title)}!{area_name(area)}"


def split_title(text: str) -> tuple[str | None, str]:
    """`'My tab'!A1` as title and rest; the title is None where the text names none."""
    text = text.strip()
    if text.startswith("'"):
        closing = re.match(r"'((?:[^']|'')*)'", text)
        if closing is None:
            raise RangeError(text)
        title, rest = closing[1].replace("''", "'"), text[closing.end() :]
        if rest and not rest.startswith("!"):
            raise RangeError(text)
        return title, rest[1:]
    title, mark, rest = text.rpartition("!")
    return (title, rest) if mark else (None, text)


def parse_box(text: str) -> Box:
    """`A1`, `A1:C3`, `A:C`, `2:5`, `A2:C`, `A2:2` as a box. Raises RangeError."""
    first, colon, last = text.replace(" ", "").partition(":")
    row, column = _corner(first)
    if not colon:
        if row is None or column is None:
            raise RangeError(text)
        return Box(row, row + 1, column, column + 1)
    last_row, last_column = _corner(last)
    top, bottom = _span(row, last_row)
    left, right = _span(column, last_column)
    if (row is None and last_row is None and column is None) or (row is None and column is None):
        raise RangeError(text)
    return Box(top, bottom, left, right)


def _corner(text: str) -> tuple[int | None, int | None]:
    match = _CELL.fullmatch(text)
    if match is None or not text or not (match[1] or match[2]):
        raise RangeError(text)
    row = int(match[2]) - 1 if match[2] else None
    column = column_index(match[1]) if match[1] else None
    if (row is not None and not 0 <= row < MAX_ROWS) or (column is not None and column >= MAX_COLUMNS):
        raise RangeError(text)
    return row, column


def _span(first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """Two ends of a side, in either order, half-open; an end that is not named is open (`A2:C`, `A2:2`)."""
    if first is None and last is None:
        return None, None
    if first is None:
        return 0, (last or 0) + 1
    if last is None:
        return first, None
    return min(first, last), max(first, last) + 1


def shifted(area: Area, rows: int, columns: int) -> Area:
    """`area` moved down and right."""
    moved = replace(area, top=area.top + rows, bottom=area.bottom + rows)
    return replace(moved, left=area.left + columns, right=area.right + columns)
