"""Columns that share a header are told apart by what stands around them, wherever people move them together."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sheetsync.core.model import Tab
from sheetsync.core.tables import Layout, find_table
from tests.core.builders import BRIEFS, Typed, tab

HEADER = ["Campaign ID", "Campaign", "Status", "Page", "Status", "Slot", "Status"]
ROWS: list[list[Typed]] = [
    ["NL-0001", "Deal", "live", "/deal", "ready", "Hero", "planned"],
    ["NL-0002", "Gift", "a", "/g", "b", "c", "d"],
]


def read(of: Tab, **columns: str) -> Mapping[str, int]:
    """Field -> column, of a source that tells some by more than their header."""
    told = {"campaign_id": ("Campaign ID",), "campaign_name": ("Campaign",)} | {n: (t,) for n, t in columns.items()}
    found = find_table(of, replace(BRIEFS, columns=told, key=("campaign_id",)))
    assert isinstance(found, Layout), found.reason
    return found.columns


def test_the_column_to_the_left_tells_twins_apart() -> None:
    columns = read(tab(HEADER, *ROWS), campaign_status="Campaign > Status", page_status="page > STATUS")
    assert (columns["campaign_status"], columns["page_status"]) == (2, 4)


def test_the_group_above_tells_twins_apart_merged_or_written_over_each() -> None:
    groups: list[Typed] = ["", "", "", "Landing", "", "Email", ""]
    merged = tab(groups, HEADER, *ROWS, merges=[(0, 3, 1, 5), (0, 5, 1, 7)])
    written = tab([*groups[:4], "Landing", "Email", "Email"], HEADER, *ROWS)
    for of in (merged, written):
        columns = read(of, page_status="Landing > Status", campaign_status="Email > Status")
        assert (columns["page_status"], columns["campaign_status"]) == (4, 6)


def test_a_plain_header_is_the_leftmost_that_nothing_else_tells() -> None:
    columns = read(tab(HEADER, *ROWS), page_status="Status", campaign_status="Campaign > Status")
    assert (columns["campaign_status"], columns["page_status"]) == (2, 4)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5, 6], [3, 4, 0, 1, 2, 5, 6], [5, 6, 3, 4, 0, 1, 2]])
def test_twins_are_found_wherever_they_are_moved_with_their_neighbour(order: list[int]) -> None:
    rows: list[list[Typed]] = [[*HEADER], *ROWS]
    moved = tab(*([row[at] for at in order] for row in rows))
    columns = read(moved, page_status="Page > Status")
    assert order[columns["page_status"]] == 4


def test_a_header_repeated_inside_is_still_the_header() -> None:
    of = tab(HEADER, ROWS[0], HEADER, ROWS[1])
    told = {"campaign_id": ("Campaign ID",), "page_status": ("Page > Status",), "campaign_status": ("Slot > Status",)}
    found = find_table(of, replace(BRIEFS, columns=told, key=("campaign_id",)))
    assert isinstance(found, Layout)
    assert found.data_rows == [1, 3]


def test_a_sentence_over_the_whole_table_is_no_group() -> None:
    note = "Please fill in A to D only, marketing does all the rest of it, thank you"
    of = tab([note], HEADER, *ROWS, merges=[(0, 0, 1, 7)])
    assert read(of, page_status="Page > Status")["page_status"] == 4
