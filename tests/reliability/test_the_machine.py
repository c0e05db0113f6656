"""The machine itself: a writer that works by row and column number is found out by the very same schedules."""

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.machine import Schedule, machine
from tests.reliability.oracle import Misplaced, Touched
from tests.reliability.story import Trust
from tests.reliability.tally import Tally
from tests.reliability.test_schedules import PLAY
from tests.reliability.writers import by_number

ROWS = ("insert_rows", "delete_rows", "move_rows", "sort_without_ours", "swap_two_keys")


def test_a_writer_by_row_numbers_is_found_out(story: Trust) -> None:
    played = seed(7)(machine(story, Tally(), by_number, ROWS))
    with pytest.raises(Misplaced):
        run_state_machine_as_test(played, settings=settings(PLAY, max_examples=100, phases=[Phase.generate]))


def test_a_writer_by_column_numbers_is_found_out(story: Trust) -> None:
    schedule = Schedule(story, Tally(), by_number, begun=True)
    schedule.act("type_into_ours", (0, 0, 0))
    with pytest.raises(Touched):
        schedule.cycle((2, "insert_a_column_left_of_the_key", (0, 0)))


def test_a_writer_by_numbers_passes_where_nobody_acts(story: Trust) -> None:
    run_state_machine_as_test(
        machine(story, Tally(), by_number, ("write_a_note",)), settings=settings(PLAY, max_examples=3)
    )
