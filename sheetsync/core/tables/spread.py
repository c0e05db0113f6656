"""The different cells of a tab, each once, and where each stands.

Teams repeat themselves: a tab of thousands of cells holds a few hundred different ones, and who reads several tabs gets
one object for all cells that are alike. What is asked about all cells is asked about the different ones, and where
those stand is a matter of whole columns.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from sheetsync.core.model import BLANK, Block, Cell, Tab

Codes = np.ndarray[Any, np.dtype[np.intp]]
Marks = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A tab's cells as numbers."""

    #: the different ones by their number; number 0 is BLANK, which stands wherever nothing was filled
    distinct: Sequence[Cell]
    #: columns x rows: the number of the cell that stands there
    codes: Codes

    def column(self, column: int) -> Codes:
        """What stands in a column, row by row; nothing in one that the tab has not."""
        return self.codes[column] if column < len(self.codes) else np.zeros(self.codes.shape[1], dtype=np.intp)

    def merged(self, blocks: Iterable[Block]) -> "Spread":
        """The same, with each merged cell in every row and column it covers."""
        codes = self.codes.copy()
        for it in blocks:
            covered = codes[it.left : it.right, it.top : it.bottom]
            if covered.size:
                covered[:] = self.codes[it.left, it.top]
        return Spread(self.distinct, codes)

    def marks(self, holds: Callable[[Cell], object]) -> Marks:
        """Of which cells, by their number, this is true."""
        return np.fromiter(map(bool, map(holds, self.distinct)), dtype=np.bool_, count=len(self.distinct))


def spread_of(tab: Tab) -> Spread:
    """A tab's cells as numbers, told apart by identity: of two equal ones each has its own."""
    lengths = np.fromiter(map(len, tab.rows), dtype=np.intp, count=len(tab.rows))
    count = 1 + int(lengths.sum())
    codes, different = pd.factorize(
        np.fromiter(map(id, chain((BLANK,), chain.from_iterable(tab.rows))), dtype=np.int64, count=count)
    )
    # Nothing is done with each cell but to ask which one it is: most of the time goes into fetching them from memory.
    rows = np.zeros((len(tab.rows), tab.used_columns), dtype=np.intp)
    is_there = np.arange(tab.used_columns) < lengths[:, np.newaxis]
    rows[is_there] = codes[1:]
    stands = np.zeros(len(different), dtype=np.intp)
    stands[codes[1:]] = np.flatnonzero(is_there)
    at = zip(*map(np.ndarray.tolist, np.divmod(stands[1:], max(tab.used_columns, 1))), strict=True)
    distinct = [BLANK, *(tab.rows[row][column] for row, column in at)]
    return Spread(distinct, np.ascontiguousarray(rows.T))
