"""Laws of a tab's cells as numbers: each number stands for the cell that is there, also under merges."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.model import BLANK, Block, Cell
from sheetsync.core.tables.spread import spread_of
from tests.core.builders import cell, tab

#: few different ones, one of them equal to another and yet not it
CELLS = [BLANK, cell("a"), cell("b"), cell(1.0), cell(True), cell("a"), Cell()]
grids = st.lists(st.lists(st.sampled_from(CELLS), max_size=5), max_size=6)


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    top, left = draw(st.integers(0, 6)), draw(st.integers(0, 5))
    return Block(top, left, top + draw(st.integers(1, 4)), left + draw(st.integers(1, 4)))


@given(grids)
def test_each_number_stands_for_the_very_cell_that_is_there(grid: Sequence[Sequence[Cell]]) -> None:
    of = tab(*grid)
    spread = spread_of(of)
    assert spread.distinct[0] is BLANK
    assert len({*map(id, spread.distinct)}) == len(spread.distinct)
    assert spread.codes.shape == (of.used_columns, len(of.rows))
    for column in range(of.used_columns + 1):
        for row, number in enumerate(spread.column(column).tolist()):
            assert spread.distinct[number] is of.cell(row, column)


@given(grids, st.lists(blocks(), max_size=3))
@example([[cell("a"), cell("b")], [cell(1.0), cell(True)]], [Block(0, 0, 2, 2), Block(1, 1, 2, 2)])
def test_a_merged_cell_stands_in_all_that_it_covers(grid: Sequence[Sequence[Cell]], merges: Sequence[Block]) -> None:
    of = tab(*grid)
    spread = spread_of(of)
    before = spread.codes.tolist()
    merged = spread.merged(merges)
    for column in range(of.used_columns):
        for row, number in enumerate(merged.column(column).tolist()):
            covers = [block for block in merges if block.holds(row, column)]
            at = (covers[-1].top, covers[-1].left) if covers else (row, column)
            assert merged.distinct[number] is of.cell(*at)
    assert spread.codes.tolist() == before, "the tab itself is not changed"
