"""Rectangles as Excel's files write them: `'Q1 plan'!$A$2:$C$9`, open sides closed at Excel's last row and column."""

import re

from sheetsync.sandbox.a1 import Area, Box, RangeError, column_letters, parse_box, split_title

EXCEL_ROWS, EXCEL_COLUMNS = 1_048_576, 16_384

_PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_SOMETHING_ELSE = re.compile(r"[A-Za-z]{1,3}[0-9]*|[Rr][0-9]*[Cc][0-9]*|TRUE|FALSE", re.IGNORECASE)


def quoted(title: str) -> str:
    """A title before `!`, in quotes wherever Excel might read something else."""
    if _PLAIN_TITLE.fullmatch(title) and not _LOOKS_LIKE_SOMETHING_ELSE.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def box_text(box: Box) -> str:
    """`$A$2:$C$9`, `$A:$C` or `$2:$9`; a side open at one end only runs to Excel's edge."""
    rows_open, columns_open = box.top in (None, 0) and box.bottom is None, box.left in (None, 0) and box.right is None
    top, bottom = (box.top or 0) + 1, box.bottom or EXCEL_ROWS
    left, right = column_letters(box.left or 0), column_letters((box.right or EXCEL_COLUMNS) - 1)
    if rows_open and not columns_open:
        return f"${left}:${right}"
    if columns_open:
        return f"${top}:${bottom}"
    first, last = f"${left}${top}", f"${right}${bottom}"
    return first if first == last else f"{first}:{last}"


def cells_text(box: Box) -> str:
    """`A2:A1048576`: as lists of cells want it, by two cells even where a side is open."""
    first = f"{column_letters(box.left or 0)}{(box.top or 0) + 1}"
    last = f"{column_letters((box.right or EXCEL_COLUMNS) - 1)}{box.bottom or EXCEL_ROWS}"
    return first if first == last else f"{first}:{last}"


def area_text(area: Area) -> str:
    """`A2:C9`."""
    return cells_text(area.box)


def read_box(text: str) -> Box:
    """The box of `$A$2:$C$9`; what reaches Excel's last row or column from the first is open. Raises RangeError."""
    box = parse_box(text.replace("$", ""))
    top, bottom, left, right = box.top, box.bottom, box.left, box.right
    if bottom is not None and bottom >= EXCEL_ROWS:
        bottom, top = None, top or None
    if right is not None and right >= EXCEL_COLUMNS:
        right, left = None, left or None
    return Box(top, bottom, left, right)


def read_boxes(text: str) -> list[Box]:
    """The boxes of a list `A1:A9 C3`. Raises RangeError."""
    return [read_box(part) for part in text.split()]


def read_place(text: str) -> tuple[str, Box]:
    """Title and box of `'Q1 plan'!$A$2:$C$9`. Raises RangeError, also where several ranges stand there."""
    title, rest = split_title(text.strip().removeprefix("="))
    if title is None or "," in rest or "!" in rest:
        raise RangeError(text)
    return title, read_box(rest)
