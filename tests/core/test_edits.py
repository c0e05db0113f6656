"""Laws of what people changed in our tab: nothing lost, nothing doubled, and moving things about is no edit."""

from collections import Counter
from dataclasses import replace
from time import perf_counter

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from sheetsync.core.edits import Edit, Rows, edits, texts
from sheetsync.core.model import BLANK, Cell, Tab

law = settings(max_examples=300, deadline=None)

words = st.sampled_from(["", "", "OK", "CHECK", "a", "b", "key", "status", " "])
#: any rows at all, also with our own words in wrong places
grids = st.lists(st.lists(words, max_size=5), max_size=6)

HEAD = ("key", "row", "link", "status", "issues", "tracking_url")


@st.composite
def written(draw: st.DrawFn) -> list[list[str]]:
    """Our tab as a cycle leaves it: some lines without key, links that differ, few different words."""
    count = draw(st.integers(0, 6))
    keyed = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    rows = [
        [
            f"utm␟K-{number}" if has_key else "",
            f"label {number}",
            f"#{number}",
            *draw(st.tuples(*[st.sampled_from(["OK", "CHECK", ""])] * 3)),
        ]
        for number, has_key in enumerate(keyed)
    ]
    return [list(HEAD), *rows]


def counted(rows: Rows) -> Counter[str]:
    return Counter(text for row in rows for text in row if text)


@given(wrote=grids, found=grids)
@example(wrote=[], found=[["typed"]])
@example(wrote=[["key"], ["a"]], found=[])
@law
def test_every_text_is_accounted_for_once_whatever_was_done(wrote: Rows, found: Rows) -> None:
    wrote = [[*row, *[""] * (len(wrote[0]) - len(row))][: len(wrote[0])] for row in wrote]
    changed = edits(wrote, found)
    came = Counter(edit.new for edit in changed if edit.new is not None)
    went = Counter(edit.old for edit in changed if edit.old is not None)
    assert counted(wrote) + came == counted(found) + went
    assert all(edit.old != edit.new for edit in changed)
    placed = [(edit.row, edit.column) for edit in changed if edit.new is not None]
    assert len(set(placed)) == len(placed), "each cell is told once"
    for edit in changed:
        if edit.new is not None:
            assert edit.row is not None
            assert edit.column is not None
            assert found[edit.row][edit.column] == edit.new


def rearranged(draw: st.DrawFn, rows: list[list[str]]) -> list[list[str]]:
    """The same cells after sorts, moved columns and inserted rows and columns, the header row perhaps among them."""
    order = draw(st.permutations(range(len(rows[0]))))
    moved = [[row[column] for column in order] for row in draw(st.permutations(rows))]
    for at in draw(st.lists(st.integers(0, len(order)), max_size=2)):
        moved = [[*row[:at], "", *row[at:]] for row in moved]
    for at in draw(st.lists(st.integers(0, len(moved)), max_size=2)):
        moved.insert(at, [])
    return moved


@given(st.data(), written())
@law
def test_moving_things_about_is_no_edit(data: st.DataObject, wrote: list[list[str]]) -> None:
    assert edits(wrote, data.draw(st.composite(rearranged)(wrote))) == []


@given(st.data(), written(), st.sampled_from(["fine by me", "OK", "", "=1+1"]))
@law
def test_one_cell_typed_into_is_one_edit_also_when_things_are_moved_about(
    data: st.DataObject, wrote: list[list[str]], typed: str
) -> None:
    row = data.draw(st.integers(0, len(wrote) - 1))
    column = data.draw(st.integers(0, len(HEAD) - 1))
    found = [list(line) for line in wrote]
    found[row][column] = typed
    moved = data.draw(st.composite(rearranged)(found))
    event(f"{'head' if row == 0 else 'line'}, {'key' if column == 0 else 'value'}")
    changed = edits(wrote, moved)
    if typed == wrote[row][column]:
        assert changed == []
    elif row > 0:
        [edit] = changed
        assert (edit.key, edit.name, edit.old or "", edit.new or "") == (
            wrote[row][0],
            HEAD[column],
            wrote[row][column],
            typed,
        )
    elif len(wrote) == 1 or any(line[column] for line in wrote[1:]):
        # A column without a name and with nothing in it could be any column.
        assert {(edit.old, edit.new) for edit in changed} <= {
            (HEAD[column], typed or None),
            (HEAD[column], None),
            (None, typed or None),
        }


LINES: Rows = (
    HEAD,
    ("utm␟A", "A", "#2", "OK", "", "https://a"),
    ("utm␟B", "B", "#3", "CHECK", "late", "https://b"),
    ("", "?", "#4", "DUPLICATE", "twice", ""),
)


def without_row(number: int) -> list[list[str]]:
    return [list(row) for at, row in enumerate(LINES) if at != number]


def test_a_removed_line_is_removed_cell_by_cell_and_the_others_are_not_touched() -> None:
    assert edits(LINES, without_row(2)) == [
        Edit("utm␟B", name, old, None, None, column)
        for column, name, old in sorted(
            [(column, name, old) for column, (name, old) in enumerate(zip(HEAD, LINES[2], strict=True))]
        )
    ]


def test_a_copied_line_is_typed_cell_by_cell_and_its_original_stays_ours() -> None:
    found = [*LINES, LINES[1]]
    assert {(edit.row, edit.key, edit.old) for edit in edits(LINES, found)} == {(4, "utm␟A", None)}
    assert len(edits(LINES, found)) == 5


def test_another_key_typed_over_ours_is_one_edit_of_that_line() -> None:
    found = [list(row) for row in LINES]
    found[1][0] = "utm␟C"
    assert edits(LINES, found) == [Edit("utm␟A", "key", "utm␟A", "utm␟C", 1, 0)]


def test_notes_in_a_column_of_their_own_are_typed_beside_the_lines_they_stand_at() -> None:
    found = [[*row, note] for row, note in zip(LINES, ["notes", "", "ask Lena", ""], strict=True)]
    assert edits(LINES, found) == [Edit("", "", None, "notes", 0, 6), Edit("utm␟B", "", None, "ask Lena", 2, 6)]


def test_an_emptied_tab_lost_everything() -> None:
    assert Counter(edit.old for edit in edits(LINES, ())) == counted(LINES)


def test_what_a_cell_says_is_what_was_typed_into_it() -> None:
    cells = (
        Cell("OK", "OK"),
        Cell("OK", "OK", formula='="OK"'),
        Cell(5.0, "5.00 €"),
        Cell(error="#REF!", shown="#REF!"),
    )
    tab = Tab(1, "sheetsync", (cells, (BLANK,)), 2, 4)
    assert texts(tab) == (("OK", '="OK"', "5.00 €", "#REF!"), ("",))
    assert texts(replace(tab, rows=())) == ()


@pytest.mark.parametrize("column", [0, 3])
def test_two_thousand_lines_are_compared_while_nobody_waits(column: int) -> None:
    """The worst that people can do: one column of every line typed over, and all of it sorted."""
    lines = [(f"utm␟{n}", f"label {n}", f"#{n}", "OK", "", f"https://{n}") for n in range(2000)]
    found = [[f"x{n}" if at == column else text for at, text in enumerate(line)] for n, line in enumerate(lines)]
    began = perf_counter()
    assert len(edits((HEAD, *lines), (HEAD, *reversed(found)))) == 2000
    assert perf_counter() - began < 5
