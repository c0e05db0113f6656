"""Laws of gathering a tab's texts: whatever is looked at once for many cells says what each cell alone would say."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.core.fields.calendars import WEEKDAYS
from sheetsync.core.header_texts import fold_header
from sheetsync.core.model import BLANK, Cell, Format, Tab
from sheetsync.core.tables import Layout, find_table, find_tables
from sheetsync.core.tables.seen import has_digit, see
from sheetsync.core.tables.twins import UNDER, tells_apart
from tests.core.builders import BRIEFS, cell, tab
from tests.core.header_words import names

texts = st.sampled_from(["", " ", "Partner", "FALSE", "x ", "NL-0001", "Mon", "12", "²", "Total", "Notes 2"]) | st.text(
    max_size=6
)
values = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | texts
any_cell = st.builds(
    Cell,
    values,
    texts,
    st.sampled_from([Format.PLAIN, Format.DATE]),
    error=st.none() | st.just("#REF!"),
    formula=st.none() | st.just("=SUM(A1:A3)"),
) | st.sampled_from([BLANK, cell(False), cell(True), cell("Partner"), cell("Campaign ID"), cell("2026-11-27")])
#: few different ones, so that they come again
grids = st.lists(any_cell, min_size=1, max_size=8).flatmap(
    lambda cells: st.lists(st.lists(st.sampled_from(cells), max_size=7), max_size=12)
)
some_columns = st.frozensets(st.integers(0, 7), max_size=2)


def said_by(row: Sequence[Cell], ours: frozenset[int]) -> dict[int, str]:
    """What a row says, cell by cell."""
    held = {
        column: one
        for column, one in enumerate(row)
        if column not in ours and not one.blank and not (isinstance(one.value, str) and not one.value.strip())
    }
    ticked = any(one.value is not False for one in held.values())
    return {column: one.shown.strip() for column, one in held.items()} if ticked else {}


def copied(of: Tab) -> Tab:
    """The same tab, where no two cells are one object."""
    return replace(of, rows=tuple(tuple(replace(one) for one in row) for row in of.rows))


@given(grids, some_columns)
def test_each_row_says_what_its_cells_say(grid: Sequence[Sequence[Cell]], ours: frozenset[int]) -> None:
    seen = see(tab(*grid), ours)
    assert list(seen.rows) == [said_by(row, ours) for row in seen.tab.rows]
    assert all(list(row) == sorted(row) for row in seen.rows), "from left to right"


@given(grids, some_columns, st.sets(texts))
@example([[cell("Mon")], [cell("12")]], frozenset(), {"12"})
def test_the_rows_that_say_something_are_those_with_such_a_text(
    grid: Sequence[Sequence[Cell]], ours: frozenset[int], wanted: set[str]
) -> None:
    seen = see(tab(*grid), ours)
    saying = [row for row, said in enumerate(seen.rows) if wanted & set(said.values())]
    assert seen.rows_saying(wanted.__contains__) == saying
    wordy = {text for text in wanted if not has_digit(text)}
    assert seen.rows_saying(wordy.__contains__, digits=False) == seen.rows_saying(wordy.__contains__)


@given(st.text(max_size=8), st.sampled_from("0123456789"), st.text(max_size=8))
def test_a_digit_outlasts_folding(left: str, digit: str, right: str) -> None:
    assert has_digit(fold_header(left + digit + right))


def test_no_weekday_has_a_digit() -> None:
    assert not any(map(has_digit, WEEKDAYS))


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_sign_between_a_group_and_its_column_outlasts_folding(group: str, own: str) -> None:
    def one_line(text: str) -> str:
        return " ".join(text.split())

    assert tells_apart([fold_header(f"{one_line(group)}{UNDER}{one_line(own)}")])


@given(grids)
def test_nothing_depends_on_which_cells_are_one_object(grid: Sequence[Sequence[Cell]]) -> None:
    of = tab(list(map(cell, ["Partner", "Campaign ID", "Campaign"])), *grid)
    assert find_table(of, BRIEFS) == find_table(copied(of), BRIEFS)
    assert find_tables(of, names) == find_tables(copied(of), names)


@given(st.integers(60, 70), st.sampled_from(["Notes", "Notes 2", "Email > Notes"]), st.booleans())
def test_a_header_far_down_is_found_wherever_it_stands(above: int, notes: str, alike: bool) -> None:
    source = replace(BRIEFS, columns={**BRIEFS.columns, "notes": (notes, "Email > Notes")})
    header = [texts[0] for texts in source.columns.values() if texts[0] != "Email > Notes"]
    of = tab(*([["Ada", "12", f"Row {row}"] for row in range(above)]), header, ["x"] * len(header))
    found = find_table(of if alike else copied(of), source)
    assert isinstance(found, Layout)
    assert found.header_row == above


def test_far_down_too_a_header_may_say_nothing_but_for_the_group_above_it() -> None:
    told = {"campaign_id": ("Email > ID",), "partner": ("Email > Who",)}
    source = replace(BRIEFS, columns=told, key=("campaign_id",))
    of = tab(*([["Ada", "12", f"Row {row}"] for row in range(70)]), ["Email", "Email"], ["ID", "Who"], ["NL-0001", "x"])
    found = find_table(of, source)
    assert isinstance(found, Layout)
    assert found.header_row == 71
