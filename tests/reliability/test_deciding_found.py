"""What the machine has found where people decide, each as its smallest schedule."""

import pytest

from tests.reliability.deciding_acts import Decider
from tests.reliability.deciding_machine import DecidingSchedule
from tests.reliability.deciding_story import OPS, Deciding
from tests.reliability.oracle import PLANNING
from tests.reliability.tally import Tally


@pytest.fixture
def schedule(decided: Deciding) -> DecidingSchedule:
    """The story after its first cycle."""
    return DecidingSchedule(decided, Tally())


def test_two_people_of_one_mind_in_the_tab_and_on_the_command_line_are_one_decision(schedule: DecidingSchedule) -> None:
    schedule.act("decide_here_and_on_the_command_line", (0, 0, 0, 0))
    schedule.quiet()
    assert len(schedule.oracle.taken) == 1


def test_a_run_that_dies_once_its_line_says_so_leaves_a_decision_that_is_taken(schedule: DecidingSchedule) -> None:
    schedule.move("both move apart", 0)
    schedule.cycle()
    schedule.act("keep_b", (1, 0))
    assert schedule.killed("before ledger.commit")
    schedule.quiet()
    assert len(schedule.oracle.taken) == 1


def test_on_the_command_line_somebody_sees_what_the_tab_does_not_show(schedule: DecidingSchedule) -> None:
    schedule.act("delete_a_column (decisions)", (4,))
    schedule.act("decide_on_the_command_line", (0, 0, 6))
    schedule.quiet()
    assert len(schedule.oracle.taken) == 1


def test_a_line_copied_over_itself_says_what_it_said_and_is_decided_by_that(schedule: DecidingSchedule) -> None:
    schedule.move("both move apart", 0)
    schedule.cycle()
    schedule.act("copy_a_rows_values (decisions)", (0, 0))
    schedule.act("keep_a", (0, 0))
    schedule.quiet()
    assert len(schedule.oracle.taken) == 1


def test_what_was_typed_about_somebody_elses_value_is_told_where_it_was_typed(schedule: DecidingSchedule) -> None:
    schedule.move("the offer moves on both sides", 0)
    schedule.cycle()
    line = next(one for one in schedule.oracle.lines() if "Landing page" in one.shows["Rule"])
    in_ops(schedule).say(line.row, decision="custom value", custom_value="#unheard of", by="Dana")
    schedule.oracle.act()
    schedule.quiet()
    ours, theirs = (said(schedule, book, line.id) for book in (OPS, PLANNING))
    assert "#unheard of" in ours
    assert theirs.startswith("open since ")


def test_two_tabs_that_disagree_go_on_doing_so_until_they_are_made_one(schedule: DecidingSchedule) -> None:
    schedule.move("both move apart", 0)
    schedule.cycle()
    schedule.act("decide_in_two_tabs", (1, 0, 0, 1))
    schedule.cycle()
    schedule.cycle()
    schedule.act("say_why", (0, 0, 0, 0, 1))
    schedule.quiet()
    assert schedule.oracle.taken == set()


def in_ops(schedule: DecidingSchedule) -> Decider:
    return Decider(schedule.trust.sandbox, schedule.oracle, [], "", trust=schedule.trust)


def said(schedule: DecidingSchedule, book: str, name: str) -> str:
    return next(one.shows["State"] for one in schedule.oracle.lines(book) if one.id == name)
