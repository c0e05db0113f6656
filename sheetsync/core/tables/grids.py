"""What looks like a table and is none: a month drawn as a grid, a page of prose, a list of names and values."""

from collections.abc import Sequence, Set
from datetime import date, timedelta
from itertools import pairwise

from sheetsync.core.fields.calendars import WEEKDAYS
from sheetsync.core.fields.texts import bare, number_of
from sheetsync.core.model import Block, Cell
from sheetsync.core.tables.seen import Seen, Texts, is_day

MONTH_GRID = "a month grid, not a table"

_WEEK = 7
#: of seven: a team's week may have no weekend
_WEEKDAYS_AT_LEAST = 5
_SURELY = 3
#: rows under the names of the weekdays in which the days of a month stand
_WEEKS = 14
_DAYS_AT_LEAST = 5
#: the day that is number 0 in a spreadsheet
_SERIAL_ZERO = date(1899, 12, 30)
#: 31 December 9999
_LAST_SERIAL = 2_958_466
#: weekdays as one letter each are told by the days that run on below them
_RUNS_ON_AT_LEAST = 8


def month_grids(seen: Seen) -> list[Block]:
    """Rows of weekdays with days of a month below them, each down to the next one or to the tab's end."""
    names = frozenset(filter(_may_be_weekday, seen.wordy))
    weekdays = set(seen.rows_saying(names.__contains__, digits=False, at_least=_SURELY))
    # Few rows name weekdays or are as narrow as a week: of the others nothing is asked.
    counts = enumerate(seen.counts(range(len(seen.rows))))
    likely = [row for row, count in counts if _WEEKDAYS_AT_LEAST <= count <= _WEEK or row in weekdays]
    tops = [row for row in likely if _is_top(seen, row, seen.rows[row], names)]
    ends = [*tops[1:], len(seen.rows)] if tops else []
    return [
        Block(top, min(seen.rows[top]), bottom, max(seen.rows[top]) + 1) for top, bottom in zip(tops, ends, strict=True)
    ]


def _is_top(seen: Seen, row: int, texts: Texts, names: Set[str]) -> bool:
    if _names_weekdays(texts, names):
        return _days_below(seen, row, texts)
    return _has_letters_only(texts) and _days_run_on(seen, row, texts)


def _has_letters_only(texts: Texts) -> bool:
    """ "M T W T F S S", in any language: one letter for each of five to seven columns side by side."""
    count = len(texts)
    return (
        _WEEKDAYS_AT_LEAST <= count <= _WEEK
        and max(texts) - min(texts) + 1 == count
        and all(len(letter := text.rstrip(".")) <= 2 and letter.isalpha() for text in texts.values())
    )


def _days_run_on(seen: Seen, top: int, names: Texts) -> bool:
    """Do days of a month stand below, each one more than the one to its left?"""
    rows = range(top + 1, min(top + 1 + _WEEKS, len(seen.rows)))
    days = [[_day_of_month(seen.cell(row, column)) for column in sorted(names)] for row in rows]
    pairs = [pair for week in days for pair in pairwise(week) if None not in pair]
    steps = sum(later == day + 1 for day, later in pairs if day is not None and later is not None)
    return steps >= _RUNS_ON_AT_LEAST and steps * 4 >= len(pairs) * 3


def _names_weekdays(texts: Texts, names: Set[str]) -> bool:
    """`names`: those texts of the tab that are surely weekdays."""
    if len(texts) < _WEEKDAYS_AT_LEAST:
        return False
    # Cheap before sure: with their accents, a few weekdays of some languages are not found like this.
    if sum(map(names.__contains__, texts.values())) < _SURELY:
        return False
    names = {word for text in texts.values() if (word := bare(text).rstrip(".")) in WEEKDAYS}
    return len(names) >= _WEEKDAYS_AT_LEAST and len(names) * 3 >= len(texts) * 2


def _may_be_weekday(text: str) -> bool:
    return text.casefold().rstrip(".") in WEEKDAYS


def _days_below(seen: Seen, top: int, names: Texts) -> bool:
    cells = [
        seen.cell(row, column)
        for row in range(top + 1, min(top + 1 + _WEEKS, len(seen.rows)))
        for column in seen.rows[row]
        if column in names
    ]
    return sum(map(_is_day_of_month, cells)) >= _DAYS_AT_LEAST


def _is_day_of_month(cell: Cell) -> bool:
    return is_day(cell) or _day_of_month(cell) is not None


def _day_of_month(cell: Cell) -> int | None:
    """The day a cell of a month begins with: a number, or "27 Sale!"."""
    number = number_of(cell)
    if number is not None:
        if is_day(cell) and 0 < number < _LAST_SERIAL:
            return (_SERIAL_ZERO + timedelta(days=number)).day
        return int(number) if number.is_integer() and 1 <= number <= 31 else None
    first = cell.shown.split()[0].rstrip(".,:") if cell.shown.split() else ""
    return int(first) if first.isdecimal() and 1 <= int(first[:3]) <= 31 else None


def instead_of_a_table(seen: Seen, grids: Sequence[Block]) -> str:
    """What a tab without a table is, in words for people; empty for a tab that holds nothing."""
    most = max(seen.counts(range(len(seen.rows))), default=0)
    if not most:
        return ""
    if grids:
        return MONTH_GRID
    if most == 1:
        return "prose, not a table"
    if most == 2:
        return "names and what is said of them, not a table"
    return "no row that reads like a header"
