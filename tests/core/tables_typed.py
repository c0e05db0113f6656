"""Small tables as people type them, for tests of what their columns are taken for."""

from collections.abc import Sequence

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.mapping.guessed import Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.model import Block, RowKind, Tab
from sheetsync.core.tables import Column, Table
from tests.core.builders import Typed, cell

WORDS = shipped_header_words()


def typed(
    headers: Sequence[Typed],
    rows: Sequence[Sequence[Typed]],
    groups: Sequence[str] = (),
    merges: tuple[Block, ...] = (),
) -> tuple[Tab, Table]:
    """A tab with one table from A1 on; every row but the first is data. `groups` stand over the headers, unseen."""
    grid = tuple(tuple(cell(value) for value in row) for row in (headers, *rows))
    block = Block(0, 0, len(grid), len(headers))
    over = groups or [""] * len(headers)
    columns = tuple(Column(at, grid[0][at].shown, over[at]) for at in range(len(headers)))
    kinds = {0: RowKind.HEADER} | dict.fromkeys(range(1, len(grid)), RowKind.DATA)
    return Tab(0, "Plan", grid, len(grid), len(headers), merges=merges), Table(block, (0,), columns, kinds)


def guessed(
    headers: Sequence[Typed],
    rows: Sequence[Sequence[Typed]],
    groups: Sequence[str] = (),
    merges: tuple[Block, ...] = (),
    locale: str = "en_US",
) -> Guesses:
    """What a table typed like this is taken for."""
    tab, table = typed(headers, rows, groups, merges)
    return guess(tab, table, WORDS, locale)


def fields(found: Guesses) -> list[str | None]:
    """The fields of the columns from left to right."""
    return [one.field for one in found.columns]
