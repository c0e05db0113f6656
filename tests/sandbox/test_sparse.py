"""Cells by rows are a plain mapping to everybody, and a copy is another one."""

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.a1 import Area
from sheetsync.sandbox.model import Cell, Tab
from sheetsync.sandbox.sparse import Sparse

places = st.tuples(st.integers(0, 6), st.integers(0, 6))
texts = st.sampled_from("abc")
acts = st.lists(st.tuples(places, texts | st.none()), max_size=40)


def acted(
    cells: Sparse[str], plain: dict[tuple[int, int], str], what: list[tuple[tuple[int, int], str | None]]
) -> None:
    for place, text in what:
        if text is None:
            assert cells.pop(place, "nothing") == plain.pop(place, "nothing")
        else:
            cells[place] = plain[place] = text


@given(acts)
def test_it_holds_what_a_dict_would_hold_in_reading_order(what: list[tuple[tuple[int, int], str | None]]) -> None:
    cells: Sparse[str] = Sparse()
    plain: dict[tuple[int, int], str] = {}
    acted(cells, plain, what)
    assert list(cells.items()) == sorted(plain.items())
    assert list(cells) == sorted(plain)
    assert len(cells) == len(plain)
    for place in ((row, column) for row in range(7) for column in range(7)):
        assert cells.get(place, "nothing") == plain.get(place, "nothing")
        assert (place in cells) == (place in plain)
    for column in range(7):
        assert sorted(cells.column(column)) == sorted((row, text) for (row, at), text in plain.items() if at == column)


@given(acts)
def test_however_it_came_about_the_same_content_is_equal(what: list[tuple[tuple[int, int], str | None]]) -> None:
    cells: Sparse[str] = Sparse()
    plain: dict[tuple[int, int], str] = {}
    acted(cells, plain, what)
    assert cells == Sparse(plain) == Sparse.of_rows(cells.rows) == plain
    assert len(Sparse.of_rows(cells.rows)) == len(plain)
    assert all(line and line[-1] is not None for line in cells.rows.values())


@given(acts, acts)
def test_an_edit_of_a_copy_is_none_of_the_first_and_the_other_way_round(
    before: list[tuple[tuple[int, int], str | None]], after: list[tuple[tuple[int, int], str | None]]
) -> None:
    cells: Sparse[str] = Sparse()
    plain: dict[tuple[int, int], str] = {}
    acted(cells, plain, before)
    twin, kept = cells.copy(), dict(plain)
    acted(cells, plain, after)
    assert twin == kept
    acted(twin, kept, after)
    assert cells == plain


@given(acts, st.integers(0, 7), st.integers(0, 7), st.integers(0, 7), st.integers(0, 7))
def test_what_is_inside_an_area_is_what_stands_there(
    what: list[tuple[tuple[int, int], str | None]], top: int, bottom: int, left: int, right: int
) -> None:
    tab, area = Tab(0, "Plan", 7, 7), Area(top, bottom, left, right)
    for place, text in what:
        tab.put(*place, Cell(text))
    assert list(tab.inside(area)) == [place for place in tab.cells if place in area]


def test_cells_formatted_alike_share_one_format() -> None:
    tab = Tab(0, "Plan", 2, 1)
    for row in range(2):
        tab.put(row, 0, Cell(46353.0, format={"numberFormat": {"type": "DATE"}}))
    assert tab.cell(0, 0).format is tab.cell(1, 0).format
