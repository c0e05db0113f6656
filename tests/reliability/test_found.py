"""What the machine has found, each as its smallest schedule."""

import pytest

from tests.reliability.acts import gridded
from tests.reliability.machine import Schedule
from tests.reliability.oracle import PLANNING
from tests.reliability.story import Trust
from tests.reliability.tally import Tally

BRIEFS, MAILINGS, LINKS = 0, 1, 2


@pytest.fixture
def schedule(story: Trust) -> Schedule:
    """The story after its first cycle."""
    return Schedule(story, Tally(), begun=True)


def test_our_header_cut_into_another_column_of_ours_is_put_back(schedule: Schedule) -> None:
    schedule.act("cut_our_header_away", (LINKS, 1, 3, 11))
    schedule.quiet()


def test_a_column_protected_against_us_is_not_asked_for_again_and_again(schedule: Schedule) -> None:
    schedule.act("protect_ours", (MAILINGS, 0, 0))
    schedule.act("delete_our_tab", (MAILINGS,))
    schedule.quiet()


def test_no_column_of_ours_is_left_behind(schedule: Schedule) -> None:
    schedule.act("delete_a_colour_rule", (LINKS,))
    schedule.act("delete_our_tab", (LINKS,))
    schedule.quiet()


def test_a_literal_that_only_the_verifying_read_has_seen_is_in_the_history(schedule: Schedule) -> None:
    schedule.act("delete_rows", (MAILINGS, 4))
    schedule.cycle((2, "type_into_ours", (MAILINGS, 0, 0)), (9, "copy_a_row", (MAILINGS, 2, 0)))
    schedule.quiet()


def test_a_tab_of_ours_closed_to_us_is_told_and_nothing_else(schedule: Schedule) -> None:
    schedule.act("edit_a_value", (BRIEFS, 0, 0, 1, 1))
    schedule.act("protect_our_tab", (BRIEFS,))
    schedule.quiet()


def test_a_warning_that_came_back_to_a_column_of_theirs_is_gone_in_the_end(schedule: Schedule) -> None:
    schedule.act("delete_the_header_row", (LINKS,))
    schedule.cycle()
    schedule.cycle((2, "insert_a_column_left_of_the_key", (LINKS,)))
    schedule.quiet()


def test_a_copy_of_our_formula_stands_in_for_the_column_it_was_copied_from(schedule: Schedule) -> None:
    schedule.act("copy_our_header_elsewhere", (LINKS, 0, 12))
    schedule.act("delete_a_column_of_ours", (LINKS,))
    schedule.quiet()


def test_a_formula_that_arrives_where_other_rows_keys_stand_by_now_shows_nothing(story: Trust) -> None:
    schedule = Schedule(story, Tally())
    schedule.cycle((2, "insert_a_column_of_the_next_rows_keys", (BRIEFS,)))
    schedule.quiet()


def test_a_column_of_ours_cut_off_with_the_grid_comes_back(schedule: Schedule) -> None:
    schedule.act("clear_our_header", (MAILINGS, 1))
    tab = schedule.trust.sandbox.state.workbooks[PLANNING].tab(12)
    assert tab is not None
    schedule.trust.sandbox.act(PLANNING, [gridded(tab, columnCount=max(column for _, column in tab.cells) + 1)])
    schedule.oracle.act()
    schedule.quiet()
