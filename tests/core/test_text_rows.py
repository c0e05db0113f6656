"""Rows that are kept small are the plain ones in all that can be asked of them."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.model import BLANK, Cell, Format
from sheetsync.core.text_rows import CellRows, TextRows

It = TypeVar("It")

# Also half a surrogate pair, which no encoding takes, and what JSON must escape.
texts = st.text(st.characters() | st.sampled_from('\ud83d\x00"\\␟'), max_size=6)
plain = texts.map(lambda text: Cell(text, text))
strange = st.builds(
    Cell,
    st.none() | st.booleans() | st.floats(allow_nan=False) | texts,
    texts,
    st.sampled_from(Format),
    st.sampled_from(["", "0.00"]),
    st.none() | texts,
    st.none() | texts,
    st.none() | st.just("#REF!"),
    st.booleans(),
    st.sampled_from(["", "ask Ines"]),
)


def rows_of(items: st.SearchStrategy[It]) -> st.SearchStrategy[list[tuple[It, ...]]]:
    return st.lists(st.lists(items, max_size=4).map(tuple), max_size=6)


@given(rows_of(texts), st.slices(6))
def test_rows_of_texts_are_the_plain_ones(rows: list[tuple[str, ...]], some: slice) -> None:
    _are_the_same(TextRows(rows), rows, some)


@given(rows_of(st.just(BLANK) | plain | strange), st.slices(6))
def test_rows_of_cells_are_the_plain_ones(rows: list[tuple[Cell, ...]], some: slice) -> None:
    kept = CellRows(rows)
    _are_the_same(kept, rows, some)
    # To Python True is 1.0.
    assert [[type(cell.value) for cell in row] for row in kept] == [[type(cell.value) for cell in row] for row in rows]


def _are_the_same(kept: Sequence[tuple[It, ...]], rows: Sequence[tuple[It, ...]], some: slice) -> None:
    assert kept == tuple(rows)
    assert tuple(rows) == kept
    assert [*kept] == [*rows]
    assert len(kept) == len(rows)
    assert kept[some] == tuple(rows[some])
    assert [kept[at] for at in range(-len(rows), len(rows))] == [*rows, *rows]
    # Seals are made of it.
    assert repr(kept) == repr(tuple(rows))
    assert hash(kept) == hash(tuple(rows))
    assert kept != (*rows, ())
