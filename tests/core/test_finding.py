"""Laws of finding the tables of a tab nobody has described: what surrounds a table changes nothing inside it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sheetsync.core.model import Cell, RowKind
from sheetsync.core.tables import Found, Table, find_tables
from tests.core.builders import Typed, day, ours, tab
from tests.core.header_words import names

Grid = Sequence[Sequence[Typed]]

HEADER = ["Partner", "Campaign ID", "Start", "Status", "Notes"]
MAILS = ["Subject", "Send time", "Campaign ID", "Segment"]


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
    between: list[list[Typed]] = [*([[]] * gap), *([["NEWSLETTERS"]] if titled else [])]
    found = of(*upper, *between, *lower)
    assert shape(replace(found, tables=found.tables[:1])) == shape(of(*upper))
    assert shape(replace(found, tables=found.tables[1:]), down=len(upper) + len(between)) == shape(of(*lower))
    assert list(found.kinds.values()) == [RowKind.PREAMBLE] * titled
