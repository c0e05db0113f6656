"""The machine itself: a writer that works by row and column number is found out by the very same schedules."""

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.reliability.machine import machine
from tests.reliability.oracle import Broken, Misplaced, Touched
from tests.reliability.story import Trust
from tests.reliability.tally import Tally
from tests.reliability.test_schedules import PLAY
from tests.reliability.writers import by_number

ROWS = ("insert_rows", "delete_rows", "move_rows", "sort_without_ours", "swap_two_keys")
COLUMNS = ("insert_columns", "insert_a_column_left_of_the_key", "delete_a_column", "move_a_column_of_ours")


@pytest.mark.parametrize(("acts", "broken"), [(ROWS, Misplaced), (COLUMNS, Touched)])
def test_a_writer_by_numbers_is_found_out(acts: tuple[str, ...], broken: type[Broken], story: Trust) -> None:
    played = seed(7)(machine(story, Tally(), by_number, acts))
    with pytest.raises(broken):
        run_state_machine_as_test(played, settings=settings(PLAY, max_examples=100, phases=[Phase.generate]))


def test_a_writer_by_numbers_passes_where_nobody_acts(story: Trust) -> None:
    run_state_machine_as_test(
        machine(story, Tally(), by_number, ("write_a_note",)), settings=settings(PLAY, max_examples=3)
    )
