"""What a group over columns says of them, also where nothing is merged: which Status it is, and what it is called."""

from dataclasses import replace

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.inspection import Inspection, Names, called_apart, inspect, propose, struck_rows
from sheetsync.core.model import RowKind, Tab
from tests.core.builders import Typed, tab
from tests.core.test_messes_values import FIELDS

HEADER: list[Typed] = ["Campaign ID", "Partner", "Status", "Owner", "Status", "Owner", "Budget"]
GROUPS: list[Typed] = ["", "", "Email", "", "Paid", "", ""]
ROWS: list[list[Typed]] = [
    ["NL-0001", "Finch", "Done", "Anna", "Live", "Ben", 100.0],
    ["NL-0002", "Wren", "Draft", "Anna", "Planned", "Ben", 200.0],
    ["NL-0003", "Lark", "Draft", "Cleo", "Planned", "Dan", 300.0],
]


def seen(of: Tab) -> Inspection:
    return inspect(of, shipped_header_words(), "en_US")


def test_two_names_over_the_same_headers_are_groups_though_nothing_is_merged() -> None:
    [table] = seen(tab(GROUPS, HEADER, *ROWS)).found.tables
    assert table.header_rows == (0, 1)
    assert table.kinds[0] is RowKind.HEADER
    assert [column.group for column in table.columns] == ["", "", "Email", "Email", "Paid", "Paid", "Paid"]


def test_two_remarks_over_different_headers_are_no_groups() -> None:
    header: list[Typed] = ["Campaign ID", "Partner", "Status", "Owner", "Start", "Notes", "Budget"]
    [table] = seen(tab(GROUPS, header, *ROWS)).found.tables
    assert table.header_rows == (1,)


def test_a_status_under_a_group_is_not_the_campaigns_and_a_question_names_the_groups() -> None:
    for groups in (GROUPS, ["", "", "Flurb", "", "Wozzle", "", ""]):
        [one] = seen(tab(groups, HEADER, *ROWS)).tables
        assert "campaign_status" not in one.guesses.fields
        asked = [guess.question for guess in one.guesses.columns if guess.column.header == "Owner"]
        assert all(f"'{name} > Owner'" in question for question in asked for name in (groups[2], groups[4]))


def test_each_of_several_columns_with_one_header_has_a_name_to_be_told_by() -> None:
    header: list[Typed] = ["Campaign ID", "Copy", "Status", "Design", "Status", "Build", "Status"]
    of = tab(header, *([*row[:1], "x.doc", "Done", "y.psd", "Draft", "z.html", "Live"] for row in ROWS))
    [one] = seen(of).tables
    left = propose(of, one, Names("s", "S", "Team", "book"), FIELDS.keys()).left
    told = called_apart(of, one, [guess for guess, _ in left])
    assert list(told.values()) == ["Copy > Status", "Design > Status", "Build > Status"]


def test_rows_with_a_line_through_what_tells_them_are_counted() -> None:
    of = tab(HEADER[:4], *(row[:4] for row in ROWS))
    rows = list(of.rows)
    rows[2] = tuple(replace(cell, struck=True) for cell in rows[2])
    # A line through anything else says nothing of the row.
    rows[3] = (*rows[3][:3], replace(rows[3][3], struck=True))
    of = replace(of, rows=tuple(rows))
    [one] = seen(of).tables
    assert struck_rows(of, one) == [2]
