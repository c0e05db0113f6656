"""The machine itself: a writer that works by row and column number is found out by the very same schedules.

So is who tells of a copy anything else than its line of the table, and the schedules reach every line they count.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from sheetsync.core import decide, merge
from sheetsync.engine import reading
from tests.reliability.lines import REACHED, Misjudged
from tests.reliability.machine import Schedule, machine
from tests.reliability.moves import RESTORED, SCRIPTS
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


# ---------------------------------------------------------------- the table of cases


def test_the_schedules_come_by_every_line_that_is_marked_in_the_table(story: Trust) -> None:
    table = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text()
    assert [f"line {int(it):02d}" for it in re.findall(r"^\| (\d+) \| · ", table, re.MULTILINE)] == sorted(REACHED)
    counted = Tally()
    for steps in SCRIPTS:
        Schedule(story, counted, begun=True).script(steps, 0)
    Schedule(story, counted).cycle()
    assert [line for line in REACHED if not counted.reached[line]] == []


@pytest.mark.parametrize(
    "steps",
    [
        ("both move apart",),
        ("group the terms", "all as at first", "two fields move on two sides"),
    ],
)
def test_a_merge_that_blames_the_copy_alone_is_found_out(
    steps: tuple[str, ...], story: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blaming(*given: Any) -> object:
        outcome = merge.merge(*given)
        moved = isinstance(outcome, merge.BothMoved | merge.OwnerMoved)
        return merge.CopyMoved(outcome.base) if moved else outcome  # type: ignore[union-attr,arg-type]

    schedule = Schedule(story, Tally(), begun=True)
    monkeypatch.setattr(decide, "merge", blaming)
    with pytest.raises(Misjudged):
        schedule.script(steps, 0)


@pytest.mark.parametrize(
    "steps",
    [
        ("all as at first", "the mailings leave", "the owner moves", RESTORED, "the copies move alike"),
        ("all as at first", "reassign the days", "the owner moves", RESTORED, "the copies move alike"),
        ("list the partners", "the partner moves"),
    ],
)
def test_a_ledger_that_forgets_nothing_under_other_terms_is_found_out(
    steps: tuple[str, ...], story: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule(story, Tally(), begun=True)
    monkeypatch.setattr(reading, "still_agreed", lambda baselines, *_: baselines)
    with pytest.raises(Misjudged, match="agreed under other terms"):
        schedule.script(steps, 0)


def test_a_group_that_is_agreed_on_in_part_is_found_out(story: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule(story, Tally(), begun=True)
    monkeypatch.setattr(decide, "agreed_as_one", lambda compared, _: compared.agreed)
    with pytest.raises(Misjudged, match="agreed on in part"):
        schedule.script(("group the terms", "all as at first", "the copy follows and moves another"), 0)


def test_what_was_agreed_with_the_former_owner_is_forgotten_in_the_real_ledger(story: Trust) -> None:
    schedule = Schedule(story, Tally(), begun=True)
    schedule.script(("reassign the days", "the owner moves"), 0)
    agreed = story.ledger.memory().baselines[("briefs", "TR-03", "flight_end")]
    assert agreed == "2026-11-20", "agreed with the mailings, who own it now"
    assert ("mailings", "TR-03", "flight_end") not in story.ledger.memory().baselines, "and with nobody else"
