"""What people see in a tab: every later question is about these texts."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np

from sheetsync.core.fields.calendars import MONTHS, WEEKDAYS
from sheetsync.core.fields.texts import bare
from sheetsync.core.lookup import OUR_PREFIX, header_shown
from sheetsync.core.model import Cell, Format, Tab
from sheetsync.core.tables.spread import Marks, Spread, spread_of

Texts = dict[int, str]
"""What a person sees in a row, by column, left to right; nobody changes one that was handed out."""

#: longer texts are sentences; the longest headers seen in real sheets stay below it
_LONGEST_LABEL = 60
_MOST_WORDS = 8

_PROSE = re.compile(r"\w[.!?]\s+\w|\w\.$|\w\s*[:=]\s*\w")
_DIGIT = re.compile(r"\d")
#: of these, and only of these, nothing that folds a text makes anything else
has_digit = re.compile(r"[0-9]").search
_DIGITS = frozenset("0123456789")


class Rows:
    """What each row of a tab shows, gathered when it is first asked for: of most rows hardly anything is."""

    __slots__ = ("_filled", "_made", "_shown", "_spread")

    def __init__(self, spread: Spread, shown: Sequence[str], filled: Marks) -> None:
        self._spread, self._shown, self._filled = spread, shown, filled
        self._made: list[Texts | None] = [None] * filled.shape[1]

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, row: int) -> Texts:
        made = self._made[row]
        if made is None:
            columns = np.flatnonzero(self._filled[:, row])
            texts = map(self._shown.__getitem__, self._spread.codes[columns, row].tolist())
            made = self._made[row] = dict(zip(columns.tolist(), texts, strict=True))
        return made

    def __iter__(self) -> Iterator[Texts]:
        return map(self.__getitem__, range(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A tab without the columns that are ours."""

    tab: Tab
    #: one for each row of the tab, empty where a row shows nothing
    rows: Rows
    ours: frozenset[int]
    spread: Spread
    #: what each different cell shows, by its number
    shown: Sequence[str]
    #: columns x rows: whether a person sees anything there
    filled: Marks
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

    def counts(self, rows: range, left: int = 0, right: int | None = None) -> list[int]:
        """In how many of some columns something stands, row by row."""
        counts: list[int] = self.filled[left:right, rows.start : rows.stop].sum(axis=0).tolist()
        return counts

    def times(self, column: int, rows: Sequence[int]) -> int:
        """In how many of some rows something stands in a column."""
        at = slice(rows.start, rows.stop) if isinstance(rows, range) else rows
        return int(self.filled[column, at].sum()) if column < len(self.filled) else 0

    def rows_saying(
        self, means: Callable[[str], object], *, digits: bool = True, besides: Set[str] = frozenset(), at_least: int = 1
    ) -> list[int]:
        """Rows that hold so many texts of which this is true, from top to bottom: each different text is asked once.

        Without `digits` it is true of none that has one but for those `besides`, as most texts of most tabs do.
        """
        said = frozenset(filter(means, self.texts if digits else self.wordy | besides))
        if not said:
            return []
        say = np.fromiter(map(said.__contains__, self.shown), dtype=np.bool_, count=len(self.shown))
        times = (say[self.spread.codes] & self.filled).sum(axis=0)
        rows: list[int] = np.flatnonzero(times >= at_least).tolist()
        return rows


def see(tab: Tab, ours: frozenset[int], cells: Spread | None = None) -> Seen:
    """The tab as people see it, but for these columns; `cells` is for who has spread them already."""
    spread = spread_of(tab) if cells is None else cells
    shown = [cell.shown.strip() for cell in spread.distinct]
    # Nothing is called that need not be: what most cells hold is the text they show.
    both = zip(spread.distinct, shown, strict=True)
    held = np.array([bool(text) if cell.value is cell.shown else _is_seen(cell) for cell, text in both], dtype=np.bool_)
    filled = held[spread.codes]
    if ours:
        filled[sorted(column for column in ours if column < len(filled))] = False
    # Where all there is are boxes nobody ticked, there is nothing.
    if unticked := [number for number, cell in enumerate(spread.distinct) if cell.value is False]:
        held[unticked] = False
        filled &= (held[spread.codes] & filled).any(axis=0)
    texts = frozenset(shown)
    wordy = frozenset(filter(_DIGITS.isdisjoint, texts))
    return Seen(tab, Rows(spread, shown, filled), ours, spread, shown, filled, texts, wordy)


def _is_seen(cell: Cell) -> bool:
    """A formula that gives an empty text shows as much as none."""
    return bool(cell.value.strip()) if isinstance(cell.value, str) else not cell.blank


# ---------------------------------------------------------------- columns of ours


def our_columns_of(tab: Tab, header_row: int) -> frozenset[int]:
    """Columns that claim nothing: ours by their mark, and those with a copy of our formula in their header."""
    header = tab.rows[header_row] if header_row < len(tab.rows) else ()
    copies = (column for column, cell in enumerate(header) if shows_ours(cell))
    return frozenset((*(mark.column for mark in tab.marks), *copies))


def our_columns_anywhere(tab: Tab, spread: Spread) -> frozenset[int]:
    """The same where nobody knows yet which row is the header."""
    copies: list[int] = np.flatnonzero(spread.marks(shows_ours)[spread.codes].any(axis=1)).tolist()
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
