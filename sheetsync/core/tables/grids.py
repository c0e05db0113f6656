"""What looks like a table and is none: a month drawn as a grid, a page of prose, a list of names and values."""

from collections.abc import Sequence

from sheetsync.core.fields.calendars import WEEKDAYS
from sheetsync.core.fields.texts import bare, number_of
from sheetsync.core.model import Block, Cell
from sheetsync.core.tables.seen import Seen, Texts, is_day

MONTH_GRID = "a month grid, not a table"

#: of seven: a team's week may have no weekend
_WEEKDAYS_AT_LEAST = 5
_SURELY = 3
#: rows under the names of the weekdays in which the days of a month stand
_WEEKS = 14
_DAYS_AT_LEAST = 5


def month_grids(seen: Seen) -> list[Block]:
    """Rows of weekdays with days of a month below them, each down to the next one or to the tab's end."""
    tops = [row for row, texts in enumerate(seen.rows) if _names_weekdays(texts) and _days_below(seen, row, texts)]
    ends = [*tops[1:], len(seen.rows)] if tops else []
    return [
        Block(top, min(seen.rows[top]), bottom, max(seen.rows[top]) + 1) for top, bottom in zip(tops, ends, strict=True)
    ]


def _names_weekdays(texts: Texts) -> bool:
    if len(texts) < _WEEKDAYS_AT_LEAST:
        return False
    # Cheap before sure: with their accents, a few weekdays of some languages are not found like this.
    if sum(text.casefold().rstrip(".") in WEEKDAYS for text in texts.values()) < _SURELY:
        return False
    names = {word for text in texts.values() if (word := bare(text).rstrip(".")) in WEEKDAYS}
    return len(names) >= _WEEKDAYS_AT_LEAST and len(names) * 3 >= len(texts) * 2


def _days_below(seen: Seen, top: int, names: Texts) -> bool:
    cells = [
        seen.cell(row, column)
        for row in range(top + 1, min(top + 1 + _WEEKS, len(seen.rows)))
        for column in seen.rows[row]
        if column in names
    ]
    return sum(map(_is_day_of_month, cells)) >= _DAYS_AT_LEAST


def _is_day_of_month(cell: Cell) -> bool:
    number = number_of(cell)
    if number is not None:
        return is_day(cell) or (number.is_integer() and 1 <= number <= 31)
    first = cell.shown.split()[0].rstrip(".,:") if cell.shown.split() else ""
    return first.isdecimal() and 1 <= int(first[:3]) <= 31


def instead_of_a_table(rows: Sequence[Texts], grids: Sequence[Block]) -> str:
    """What a tab without a table is, in words for people; empty for a tab that holds nothing."""
    filled = [texts for texts in rows if texts]
    if not filled:
        return ""
    if grids:
        return MONTH_GRID
    if all(len(texts) == 1 for texts in filled):
        return "prose, not a table"
    if all(len(texts) <= 2 for texts in filled):
        return "names and what is said of them, not a table"
    return "no row that reads like a header"
