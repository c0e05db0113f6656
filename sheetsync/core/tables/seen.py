"""What people see in a tab, gathered in one pass: every later question is about these texts."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.texts import bare
from sheetsync.core.lookup import OUR_PREFIX, header_shown
from sheetsync.core.model import BLANK, Cell, Format, Tab

Texts = dict[int, str]
"""What a person sees in a row, by column, left to right; nobody changes one that was handed out."""

#: longer texts are sentences; the longest headers seen in real sheets stay below it
_LONGEST_LABEL = 60
_MOST_WORDS = 8

_PROSE = re.compile(r"\w[.!?]\s+\w|\w\.$|\w\s*[:=]\s*\w")
_DIGIT = re.compile(r"\d")
#: of these, and only of these, nothing that folds a text makes anything else
has_digit = re.compile(r"[0-9]").search


@dataclass(frozen=True, slots=True)
class Seen:
    """A tab without the columns that are ours."""

    tab: Tab
    #: one for each row of the tab, empty where a row shows nothing
    rows: Sequence[Texts]
    ours: frozenset[int]
    #: every text of the tab, once; and those of them without a digit
    texts: Set[str]
    wordy: Set[str]

    def cell(self, row: int, column: int) -> Cell:
        return self.tab.cell(row, column)

    def within(self, row: int, left: int, right: int) -> Texts:
        """What stands in some columns of a row."""
        texts = self.rows[row]
        if not texts or (left <= next(iter(texts)) and next(reversed(texts)) < right):
            return texts
        return {column: text for column, text in texts.items() if left <= column < right}

    def rows_saying(self, means: Callable[[str], object], *, digits: bool = True) -> list[int]:
        """Rows that hold a text of which this is true, from top to bottom: each different text is asked about once.

        Without `digits` it is true of none that has one, as most texts of most tabs do.
        """
        said = set(filter(means, self.texts if digits else self.wordy))
        if not said:
            return []
        return [row for row, texts in enumerate(self.rows) if not said.isdisjoint(texts.values())]


def see(tab: Tab, ours: frozenset[int]) -> Seen:
    """The tab as people see it, but for these columns."""
    rows = [_texts(row, ours) for row in tab.rows]
    texts = frozenset(chain.from_iterable(map(dict.values, rows)))
    return Seen(tab, rows, ours, texts, frozenset(text for text in texts if not has_digit(text)))


def _texts(row: Sequence[Cell], ours: frozenset[int]) -> Texts:
    """Nothing where all there is are boxes nobody ticked; a formula that gives an empty text shows as much as none."""
    # Of each cell of each tab, so nothing is called that need not be.
    texts = {
        column: cell.shown.strip()
        for column, cell in enumerate(row)
        if cell is not BLANK
        and (value.strip() if isinstance(value := cell.value, str) else value is not None or not cell.blank)
    }
    for column in ours:
        texts.pop(column, None)
    if texts and row[next(iter(texts))].value is False and all(row[column].value is False for column in texts):
        return {}
    return texts


# ---------------------------------------------------------------- columns of ours


def our_columns_of(tab: Tab, header_row: int) -> frozenset[int]:
    """Columns that claim nothing: ours by their mark, and those with a copy of our formula in their header."""
    header = tab.rows[header_row] if header_row < len(tab.rows) else ()
    copies = (column for column, cell in enumerate(header) if shows_ours(cell))
    return frozenset((*(mark.column for mark in tab.marks), *copies))


def our_columns_anywhere(tab: Tab) -> frozenset[int]:
    """The same where nobody knows yet which row is the header."""
    copies = (
        column
        for cells in tab.rows
        for column, cell in enumerate(cells)
        if cell.formula is not None and shows_ours(cell)
    )
    return frozenset((*(mark.column for mark in tab.marks), *copies))


def shows_ours(header: Cell) -> bool:
    """Ours are made by a formula, typed look-alikes are not."""
    # Cheap before sure: a person's formula may well mention one of our headers.
    if header.formula is None or f'"{OUR_PREFIX}' not in header.formula:
        return False
    return (header_shown(header.formula) or "").startswith(OUR_PREFIX)


# ---------------------------------------------------------------- what a single cell looks like


def is_label(cell: Cell) -> bool:
    """May it be a header? A short text that a person wrote: no number, no day, no address, no sentence."""
    text = cell.shown.strip()
    return (
        isinstance(cell.value, str)
        and 0 < len(text) <= _LONGEST_LABEL
        and "://" not in text
        and "@" not in text
        and len(text.split()) <= _MOST_WORDS
    )


def is_typed(cell: Cell) -> bool:
    """Is it a value that no header would be: a number, a day, a box, an address, a text with digits?"""
    if not isinstance(cell.value, str):
        return True
    return cell.link is not None or "://" in cell.value or "@" in cell.value or bool(_DIGIT.search(cell.value))


def is_day(cell: Cell) -> bool:
    """A real date, or a moment."""
    return cell.format in (Format.DATE, Format.DATE_TIME) and isinstance(cell.value, float)


@lru_cache(maxsize=20_000)
def fold_header(text: str) -> str:
    """A header as it is compared: case, accents, kind of dash, line breaks and trailing marks do not count."""
    return bare(text).rstrip(":* ")


def is_calendar_word(text: str) -> bool:
    """The name of a weekday or of a month, in any language we know."""
    word = bare(text).rstrip(".")
    return word in WEEKDAYS or word in MONTHS


def is_prose(texts: Iterable[str]) -> bool:
    """A banner is a name; what holds whole sentences, or says what something stands for, explains."""
    return any(_PROSE.search(text) for text in texts)


def runs(columns: Iterable[int], bridged: Collection[int] = ()) -> list[tuple[int, int]]:
    """Columns as stretches without a gap (half open); a `bridged` column makes none."""
    found: list[tuple[int, int]] = []
    for column in columns:
        if found and all(between in bridged for between in range(found[-1][1], column)):
            found[-1] = (found[-1][0], column + 1)
        else:
            found.append((column, column + 1))
    return found
