"""Laws of finding the tables of a tab nobody has described: what surrounds a table changes nothing inside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheetsync.core.model import Cell, RowKind, Tab
from sheetsync.core.tables import Found, Layout, Table, find_table, find_tables
from tests.core.builders import BRIEFS, Typed, day, ours, tab
from tests.core.header_words import names

Grid = Sequence[Sequence[Typed]]

HEADER: list[Typed] = ["Partner", "Campaign ID", "Start", "Status", "Notes"]
MAILS: list[Typed] = ["Subject", "Send time", "Campaign ID", "Segment"]


def row(number: int, partner: str = "Lou's") -> list[Typed]:
    return [partner, f"NL-{number:04d}", day(date(2026, 11, 1) + timedelta(number)), "Live", ""]


def mail(number: int) -> list[Typed]:
    return [f"Mail {number}", day(date(2026, 11, 1) + timedelta(number)), f"NL-{number:04d}", "All"]


def beside(left: Grid, right: Grid, gap: int = 1) -> list[list[Typed]]:
    width = max(map(len, left))
    lines = max(len(left), len(right))
    return [
        [*line, *[None] * (width - len(line) + gap), *other]
        for line, other in (
            (left[at] if at < len(left) else [], right[at] if at < len(right) else []) for at in range(lines)
        )
    ]


def of(*rows: Sequence[Typed], merges: Sequence[tuple[int, int, int, int]] = (), frozen: int = 0) -> Found:
    return find_tables(replace(tab(*rows, merges=merges), frozen_rows=frozen), names)


def the_table(found: Found) -> Table:
    [table] = found.tables
    return table


def kinds(found: Found) -> list[str]:
    """The kind of every row that holds anything, in order, of a tab with one table."""
    both = {**found.kinds, **the_table(found).kinds}
    return [str(kind) for _, kind in sorted(both.items())]


def ranges(found: Found) -> list[str]:
    return [
        f"{'ABCDEFGHIJKLMNOP'[block.left]}{block.top + 1}:{'ABCDEFGHIJKLMNOP'[block.right - 1]}{block.bottom}"
        for block in (table.block for table in found.tables)
    ]


def shape(found: Found, down: int = 0, right: int = 0) -> object:
    """Everything that is said of the tables, as if they stood elsewhere."""
    return [
        (
            [(column.index - right, column.header, column.group) for column in table.columns],
            [number - down for number in table.header_rows],
            {number - down: kind for number, kind in table.kinds.items()},
        )
        for table in found.tables
    ]


# ---------------------------------------------------------------- laws

_SINGLE: list[list[Typed]] = [["NOVEMBER"], [None, None, None, "DECEMBER"], HEADER, ["", "Campaign ID", "Start"]]
_OTHERS: list[list[Typed]] = [
    ["Total", None, None, None, 8.0],
    ["e.g. Acme", "NL-0000", "DD/MM/YYYY"],
    ["Partner & Sons", "NL-0099", "TBD", "", "Campaign ID"],
    [None, "NL-0098", day(date(2026, 12, 24)), "", "Partner, dates or budget wrong? Ask Ada."],
    ["Total Wine & More", "NL-0097", day(date(2026, 12, 1)), "Planned"],
]
lines = st.one_of(st.integers(1, 90).map(row), st.sampled_from([*_SINGLE, *_OTHERS]))
bodies = st.lists(lines, max_size=7).map(lambda body: [row(95), *body, row(96)])
junk = st.sampled_from([
    ["Lumen & Oak – Q1 partner plan"],
    ["Only edit the white cells please. Partner, dates or budget wrong? Tell Dana first."],
    ["Status: we only use five words."],
    ["Updated on 3 Nov"],
])  # fmt: skip
anything = st.sampled_from([
    *[*HEADER, *MAILS, "Mon", "Tue", "Wed", "Thu", "Fri", "Total", "e.g. this", "NL-0001", " ", "", "Lou's", "TBD"],
    *[None, True, False, 46353.0, 7.0, "https://a.example/x", "DD/MM/YYYY", "Legend", "* by phone only"],
    *[Cell(error="#REF!", shown="#REF!"), Cell("", "", formula='=IF(A1="";"";1)'), ours("ss:status")],
    *[Cell(9.0, "9", formula="=SUM(A1:A2)"), day(date(2026, 11, 3))],
])  # fmt: skip
grids = st.lists(st.lists(anything, max_size=9), max_size=10)
merged = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4)).map(
        lambda m: (m[0], m[1], m[0] + m[2], m[1] + m[3])
    ),
    max_size=3,
)


@settings(max_examples=300)
@given(grids, merged, st.integers(0, 4))
@example([HEADER, [], HEADER], [], 0)
@example([["Mon", "Tue", "Wed", "Thu", "Fri"], [7.0] * 5], [], 0)
def test_any_grid_has_each_of_its_rows_in_one_place(
    grid: list[list[Typed]], merges: list[tuple[int, int, int, int]], frozen: int
) -> None:
    found = of(*grid, merges=merges, frozen=frozen)
    given_tab = tab(*grid)
    inside: set[int] = set()
    for table in found.tables:
        block = table.block
        assert [column.index for column in table.columns] == sorted({column.index for column in table.columns})
        assert all(block.left <= column.index < block.right for column in table.columns)
        assert all(table.kinds[header] is RowKind.HEADER for header in table.header_rows)
        assert all(block.top <= number < block.bottom for number in table.kinds)
        assert RowKind.BLANK not in table.kinds.values()
        inside |= table.kinds.keys()
    assert inside.isdisjoint(found.kinds)
    managed = {
        column for line in given_tab.rows for column, cell in enumerate(line) if (cell.formula or "").count("ss:")
    }
    for number, cells in enumerate(given_tab.rows):
        holds = any(c.shown.strip() and c.value is not False for n, c in enumerate(cells) if n not in managed)
        assert holds == (number in inside or number in found.kinds), number
    assert bool(found.instead) == (not found.tables and bool(found.kinds))


@settings(max_examples=200)
@given(bodies, st.integers(0, 5), st.integers(0, 4))
def test_a_table_may_stand_anywhere(body: list[list[Typed]], down: int, right: int) -> None:
    table = [HEADER, *body]
    moved = of(*([[]] * down), *([None] * right + line for line in table))
    assert shape(moved, down, right) == shape(of(*table))


@settings(max_examples=200)
@given(bodies, st.lists(junk, max_size=3), st.integers(0, 2), st.lists(junk, max_size=3))
def test_prose_above_and_below_changes_no_row_of_the_table(
    body: list[list[Typed]], above: list[list[Typed]], blank: int, below: list[list[Typed]]
) -> None:
    table = [HEADER, *body]
    found = of(*above, *([[]] * blank), *table, [], *below)
    down = len(above) + blank
    assert shape(found, down) == shape(of(*table))
    outside = [*range(len(above)), *range(down + len(table) + 1, down + len(table) + 1 + len(below))]
    assert [number for number in found.kinds if number < down or number >= down + len(table)] == outside


@settings(max_examples=200)
@given(bodies, st.lists(junk, min_size=1, max_size=9), st.integers(1, 3))
def test_what_stands_beside_a_table_changes_no_row_of_it(
    body: list[list[Typed]], right: list[list[Typed]], gap: int
) -> None:
    table = [HEADER, *body]
    assert shape(of(*beside(table, right, gap))) == shape(of(*table))


@settings(max_examples=200)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.lists(st.integers(0, 6), max_size=5))
def test_blank_rows_between_rows_change_no_kind(numbers: list[int], places: list[int]) -> None:
    table: list[list[Typed]] = [["A title"], HEADER, *map(row, numbers), ["Total", None, None, None, 8.0]]
    spread = [*table]
    for place in places:
        spread.insert(2 + min(place, len(spread) - 2), [])
    assert kinds(of(*spread)) == kinds(of(*table))


@settings(max_examples=100)
@given(bodies, st.lists(st.integers(1, 90), min_size=1, max_size=9), st.integers(1, 2))
def test_two_tables_side_by_side_are_found_as_each_by_itself(
    body: list[list[Typed]], mails: list[int], gap: int
) -> None:
    left: list[list[Typed]] = [HEADER, *body]
    right: list[list[Typed]] = [MAILS, *map(mail, mails)]
    found = of(*beside(left, right, gap))
    assert shape(replace(found, tables=found.tables[:1])) == shape(of(*left))
    assert shape(replace(found, tables=found.tables[1:]), right=len(HEADER) + gap) == shape(of(*right))


@settings(max_examples=100)
@given(bodies, st.lists(st.integers(1, 90), min_size=2, max_size=9), st.integers(0, 2), st.booleans())
def test_two_tables_below_each_other_are_found_as_each_by_itself(
    body: list[list[Typed]], mails: list[int], gap: int, titled: bool
) -> None:
    upper: list[list[Typed]] = [HEADER, *body]
    lower: list[list[Typed]] = [MAILS, *map(mail, mails)]
    between: list[list[Typed]] = [[]] * gap
    if titled:
        between = [*between, ["NEWSLETTERS"]]
    found = of(*upper, *between, *lower)
    assert shape(replace(found, tables=found.tables[:1])) == shape(of(*upper))
    assert shape(replace(found, tables=found.tables[1:]), down=len(upper) + len(between)) == shape(of(*lower))
    assert list(found.kinds.values()) == [RowKind.PREAMBLE] * titled


# ---------------------------------------------------------------- headers


def test_names_and_values_above_a_header_are_no_header() -> None:
    for pair in (["Owner:", "Ada", "Status:", "draft"], ["Owner", "Ada", "Status", "draft"], ["Status", "draft"]):
        found = of(pair, HEADER, row(1), row(2))
        assert kinds(found) == ["preamble", "header", "data", "data"], pair
        assert [column.group for column in the_table(found).columns] == [""] * len(HEADER)


def test_groups_stand_above_their_columns_merged_or_not() -> None:
    header = ["ID", "Partner", "Start", "End", "Owner", "Notes"]
    groups = ["Campaign", "", "Flight", "", "Team", ""]
    body: Grid = [["NL-1", "Lou's", day(date(2026, 11, 1)), day(date(2026, 11, 9)), "Ada", ""]] * 2
    expected = ["Campaign", "Campaign", "Flight", "Flight", "Team", "Team"]
    for merges in ([], [(0, 0, 1, 2), (0, 2, 1, 4), (0, 4, 1, 6)]):
        table = the_table(of(groups, header, *body, merges=merges))
        assert table.header_rows == (0, 1)
        assert [column.group for column in table.columns] == expected
        assert [column.header for column in table.columns] == header


def test_a_title_merged_over_the_whole_table_is_no_group() -> None:
    found = of(["Q4"], HEADER, row(1), row(2), merges=[(0, 0, 1, 5)])
    assert kinds(found) == ["preamble", "header", "data", "data"]


def test_a_header_in_a_language_nobody_knows_belongs_to_the_one_below_it() -> None:
    unknown = ["Партнёр", "Номер", "Начало", "Статус", "Заметки"]
    assert the_table(of(unknown, HEADER, row(1), row(2))).header_rows == (0, 1)
    assert kinds(of(unknown, row(1), row(2), row(3))) == ["header", "data", "data", "data"]


def test_the_weeks_of_a_plan_may_stand_behind_its_names() -> None:
    weeks = [day(date(2026, 11, 2) + timedelta(7 * week)) for week in range(4)]
    found = of(["Partner", "Campaign", "Status", *weeks], ["Lou's", "Deal", "Live", "x", "x"], ["H&F", "Gift", "", "x"])
    assert kinds(found) == ["header", "data", "data"]


@pytest.mark.parametrize("line", [
    ["Email", "Social", "Display"],
    ["Partner & Sons", "NL-0099", "TBD", "", "Campaign ID"],
    ["Status"],
])  # fmt: skip
def test_a_header_word_among_values_makes_no_header(line: list[Typed]) -> None:
    assert "header" not in kinds(of(HEADER, row(1), line, row(2)))[1:]


def test_words_that_are_values_again_and_again_are_no_header() -> None:
    header = ["Slot", "Channel", "Start"]
    body: Grid = [["Partner", "Status", day(date(2026, 11, n))] for n in (1, 2, 3)]
    assert kinds(of(header, *body, ["Partner", "Status"])) == ["header", *["data"] * 4]


def test_a_header_that_starts_again_in_its_row_begins_another_table() -> None:
    assert ranges(of([*HEADER, *HEADER], [*row(1), *row(2)], [*row(3), *row(4)])) == ["A1:E3", "F1:J3"]


def test_a_table_beside_may_begin_lower() -> None:
    upper: Grid = [HEADER, row(1), row(2), row(3), row(4)]
    lower: Grid = [[], [], MAILS, mail(1), mail(2)]
    assert ranges(of(*beside(upper, lower))) == ["A1:E5", "G3:J5"]


def test_tables_below_each_other_may_share_their_first_columns() -> None:
    second = ["Partner", "Campaign ID", "Subject", "Send time"]
    found = of(HEADER, row(1), row(2), [], second, ["Lou's", "NL-1", "Hi", day(date(2026, 11, 3))])
    assert ranges(found) == ["A1:E3", "A5:D6"]


# ---------------------------------------------------------------- what counts


@pytest.mark.parametrize(("label", "kind"), [
    ("Total", "total"),
    ("Total November", "total"),
    ("Total budget 2026:", "total"),
    ("NOVEMBER TOTAL", "total"),
    ("Sous-total", "total"),
    ("Total Sport", "data"),
    ("Gesamt Möbel", "data"),
    ("Totality", "data"),
])  # fmt: skip
def test_a_total_says_what_it_adds_up_and_a_partner_who_is_called_so_does_not(label: str, kind: str) -> None:
    header = ["Partner", "Campaign", "Budget"]
    found = of(header, ["Lou's", "Deal", 100.0], ["H&F", "Gift", 250.0], [label, "", 99.0], ["Rook", "Deal", 100.0])
    assert kinds(found)[3] == kind


def test_a_number_alone_that_adds_up_what_stands_above_it_is_a_total() -> None:
    header = ["Partner", "Campaign", "Budget"]
    found = of(header, ["Lou's", "Deal", 100.0], ["H&F", "Gift", 250.0], ["", "", 350.0])
    assert kinds(found) == ["header", "data", "data", "total"]


def test_how_to_fill_a_row_in_is_no_row() -> None:
    hint = ["(required)", "(from the register)", "DD/MM/YYYY", "(pick one)", ""]
    assert kinds(of(HEADER, hint, row(1)))[:2] == ["header", "example"]


def test_a_company_may_be_called_example() -> None:
    assert kinds(of(HEADER, row(1, "Example Street Deli"), row(2, "Examples & Sons"))) == ["header", "data", "data"]


def test_a_key_of_words_below_a_table_is_a_legend_with_or_without_a_title() -> None:
    key: Grid = [["Live", "checked by two people"], ["Planned", "partner said yes"]]
    table: Grid = [HEADER, row(1), row(2), [None, "NL-3", None, "Planned"], []]
    assert kinds(of(*table, *key))[-2:] == ["legend", "legend"]
    assert kinds(of(*table, ["Status key"], *key))[-3:] == ["legend", "legend", "legend"]
    assert kinds(of(*table, ["Terms and conditions"], ["Net of fees."], ["Ask", "Ada"]))[-3:] == ["legend"] * 3


def test_rows_behind_the_word_notes_count_where_they_are_filled_like_the_others() -> None:
    assert kinds(of(HEADER, row(1), [], ["Notes"], row(2), row(3)))[-2:] == ["data", "data"]


def test_a_month_grid_is_left_alone_beside_or_without_a_table() -> None:
    grid: Grid = [
        ["November"],
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        ["Plume post", "", "", "Status call!"],
    ]
    assert of(*grid).tables == ()
    assert "month grid" in of(*grid).instead
    found = of(HEADER, row(1), row(2), [], *grid)
    assert ranges(found) == ["A1:E3"]
    assert "month grid" in found.reasons[6]


def test_a_month_grid_may_be_wider_than_a_week() -> None:
    grid: Grid = [
        ["KW", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Remarks"],
        [45.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, "quiet"],
        [46.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, "Plume post"],
    ]
    assert of(*grid).tables == ()
    assert "month grid" in of(*grid).instead


@pytest.mark.parametrize("rows", [
    [["How we work"], ["Status: we only use five words."], ["Every campaign has a partner and a start date."]],
    [["Partner", "who pays"], ["Campaign ID", "from the register"], ["Status", "one of five words"]],
    [["Client", "Lumen & Oak"], ["Owner", "Dana"], ["Start", day(date(2026, 11, 1))]],
])  # fmt: skip
def test_a_page_that_is_no_table_says_what_it_is(rows: Grid) -> None:
    found = of(*rows)
    assert found.tables == ()
    assert found.instead


def test_an_empty_tab_holds_nothing_at_all() -> None:
    assert of() == of([], [None, ""]) == Found((), {})


# ---------------------------------------------------------------- the table of a source


def layout(of: Tab) -> Layout:
    found = find_table(of, BRIEFS)
    assert isinstance(found, Layout), found.reason
    return found


SOURCES: list[Typed] = ["Partner", "Campaign ID", "Campaign", "Starts", "Notes"]


def briefs(number: int) -> list[Typed]:
    return ["Lou's", f"NL-{number:04d}", "Deal", day(date(2026, 11, number)), ""]


def test_of_two_tables_side_by_side_a_source_reads_the_one_with_its_key_and_its_columns_only() -> None:
    left: Grid = [["Partner", "Ends", "Budget"], ["H&F", day(date(2026, 12, 1)), 8.0], ["Rook", "", 9.0]]
    right: Grid = [SOURCES, briefs(1)]
    found = layout(tab(*beside(left, right)))
    assert found.columns == {"partner": 4, "campaign_id": 5, "campaign_name": 6, "flight_start": 7, "notes": 8}
    assert found.data_rows == [1]
    assert found.reasons[2] == "belongs to another table"


def test_a_row_of_a_table_beside_makes_no_banner_a_row_that_counts() -> None:
    left: Grid = [SOURCES, briefs(1), ["DECEMBER"], briefs(2)]
    right: Grid = [["Slot", "Width"], ["Hero", 600.0], ["Footer", 300.0], ["Tile", 100.0], ["Story", 50.0]]
    found = layout(tab(*beside(left, right)))
    assert [str(kind) for _, kind in sorted(found.kinds.items())] == ["header", "data", "banner", "data", "legend"]


def test_the_rows_of_a_source_end_where_a_table_with_other_headers_begins() -> None:
    other = ["Partner", "Promo code", "Ends", "Campaign ID"]
    found = layout(tab(SOURCES, briefs(1), briefs(2), [], other, ["Rook", "X10", day(date(2026, 12, 1)), "NL-0003"]))
    assert found.data_rows == [1, 2]
    assert set(found.reasons) == {4, 5}


def test_the_same_header_again_with_its_rows_is_one_table_of_a_source() -> None:
    again = tab(SOURCES, briefs(1), [], ["DECEMBER"], SOURCES, briefs(2))
    assert layout(again).data_rows == [1, 5]


def test_below_a_table_a_header_nobody_knows_begins_another_one_under_a_blank_row_only() -> None:
    here: list[Typed] = ["Lou's", "Gifts", "fine"]
    there: list[Typed] = ["x", 12.0, 3.5]
    known: list[list[Typed]] = [["Partner", "Campaign", "Notes"], here, here, here]
    unknown: list[list[Typed]] = [["Flurb", "Wozzle", "Quim"], there, there, there]
    assert len(find_tables(tab(*known, [], *unknown), names).tables) == 2
    assert len(find_tables(tab(*known, *unknown), names).tables) == 1
