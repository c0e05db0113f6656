"""What differs between two drawings of a tab, small enough to ask for every second.

A browser holds the lines of one version. It is told which of them to take out and what to put in their place, so that
whatever a person has open there stays with its row.
"""

import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from operator import eq
from typing import Any

from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.page.grid import Grid, Pieces, drawn, shown_rows
from sheetsync.sandbox.results import Results

#: drawings remembered over all tabs; the newest ones, for browsers lag by a second or two
_KEPT = 16
_TYPED = re.compile(r' data-t="[^"]*"')

Row = str | None


@dataclass(frozen=True)
class Splice:
    """From line `at` on, `gone` lines are replaced by those of `rows`."""

    at: int
    gone: int
    rows: tuple[int, ...]

    @property
    def moves(self) -> bool:
        """Whether the lines behind it come to stand elsewhere."""
        return self.gone != len(self.rows)


def splices(old: Grid, new: Grid) -> list[Splice] | None:
    """The steps from one drawing to the other, each on what the one before left; None where no row fits any more."""
    if old.frame != new.frame:
        return None
    moved = _moved(old, new)
    if moved is not None and moved.at < new.frozen:
        return None
    lines: list[Row] = list(old.rows)
    steps = []
    if moved is not None:
        steps.append(moved)
        lines[moved.at : moved.at + moved.gone] = [new.rows[row] for row in moved.rows]
    if len(lines) > len(new.rows):
        steps.append(Splice(len(new.rows), len(lines) - len(new.rows), ()))
    elif len(lines) < len(new.rows):
        steps.append(Splice(len(lines), 0, tuple(range(len(lines), len(new.rows)))))
    both = min(len(lines), len(new.rows))
    return steps + _replaced([row for row in range(both) if lines[row] != new.rows[row]])


def _moved(old: Grid, new: Grid) -> Splice | None:
    """Where lines went in or out: the place at which most cells of all other lines agree."""
    more = new.lines - old.lines
    if not more:
        return None
    ours, theirs = _texts(old.rows), _texts(new.rows)
    ahead, behind = max(more, 0), max(-more, 0)
    last = min(len(ours) - behind, len(theirs) - ahead)
    if last < 0:
        return None
    above = [0, *accumulate(_alike(ours[row], theirs[row]) for row in range(last))]
    below = [0, *accumulate(_alike(ours[row + behind], theirs[row + ahead]) for row in reversed(range(last)))]
    at = max(range(last + 1), key=lambda row: above[row] + below[last - row])
    return Splice(at, behind, tuple(range(at, at + ahead)))


def _texts(rows: tuple[Row, ...]) -> list[list[str]]:
    """Rows as read, cell by cell: formulas below a new line count from another row, and show the same."""
    return [_TYPED.sub("", row).split("<td ") if row is not None else [] for row in rows]


def _alike(one: list[str], other: list[str]) -> int:
    return len(one) if one == other else sum(map(eq, one, other))


def _replaced(rows: list[int]) -> list[Splice]:
    """Neighbours together."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][-1] == row - 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [Splice(run[0], len(run), tuple(run)) for run in runs]


class Drawings:
    """The drawings of late, so that a browser can be told the way from the one it holds."""

    def __init__(self) -> None:
        #: a sandbox that was started again may count the same versions of other workbooks
        self._life = secrets.token_hex(4)
        self._kept: OrderedDict[tuple[str, int, int, str], tuple[Results, Grid]] = OrderedDict()
        self._pieces: OrderedDict[tuple[str, int, str, date], Pieces] = OrderedDict()

    def stamp(self, book: Workbook) -> str:
        """What a browser says it holds."""
        return f"{self._life}.{book.version}"

    def now(self, results: Results, tab: Tab, wanted: int = 0) -> Grid:
        """The tab as it stands."""
        key = (results.book.id, tab.sheet_id, shown_rows(tab, wanted), self.stamp(results.book))
        known = self._kept.get(key)
        if known is not None and known[0] is results:
            self._kept.move_to_end(key)
            return known[1]
        # How a value is written hangs on the workbook's locale and, for a date without a year, on the day.
        about = (results.book.id, tab.sheet_id, results.book.locale, results.day)
        grid, pieces = drawn(results, tab, wanted, self._pieces.get(about))
        self._kept[key], self._pieces[about] = (results, grid), pieces
        _limit(self._kept)
        _limit(self._pieces)
        return grid

    def at(self, book: Workbook, tab: Tab, rows: int, stamp: str) -> Grid | None:
        """The drawing of `rows` rows that had this stamp, if it is still known."""
        known = self._kept.get((book.id, tab.sheet_id, rows, stamp))
        return None if known is None else known[1]


def _limit(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)
