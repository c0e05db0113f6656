"""Decisions while things go on: half typed, seen late, attacked, killed at each step. Taken once, or asked again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.conflicts import State
from sheetsync.core.judging import RE_DECIDE
from sheetsync.core.rulings import End
from sheetsync.core.scope import Scope
from tests.deciding import OPS, decision_lines
from tests.engine.conftest import Town
from tests.engine.hall import Hall, at_rest, kinds
from tests.engine.people import BRIEFS, LANDING, UTM, Hand
from tests.engine.test_ledger_story import Killed, meddled
from tests.engine.test_recovery import deadly, settled_once
from tests.engine.test_settling import Interrupted
from tests.engine.watching import Fast, Watched


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    return Hall(decided_in)


def again(hall: Hall, one: str) -> None:
    """People are asked to decide anew, and nothing was applied."""
    assert hall.state(one).startswith(f"{RE_DECIDE}: promo_code changed while ")
    assert hall.rulings == []
    at_rest(hall)


# ---------------------------------------------------------------- only what was seen


def test_what_changed_while_somebody_chose_is_asked_again_and_a_word_more_is_enough(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    hall.page("NL-1001", "promo_code", "FINCH31")
    hall.run()
    again(hall, one)
    hall.write(one, "why", "31 is fine as well")
    run = hall.run()
    assert [dict(it.holds) for it in hall.rulings] == [{"promo_code": "FINCH31"}]
    assert kinds(run, "NL-1001", "promo_code")["briefs"] == ("difference", "FINCH31")
    at_rest(hall)


def test_the_owner_moving_on_ends_a_decision_and_the_copy_moving_does_not(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    hall.run()
    hall.page("NL-1001", "promo_code", "FINCH77")
    assert kinds(hall.run(), "NL-1001", "promo_code")["landing"] == ("difference", "FINCH30")
    hall.page("NL-1001", "promo_code", "FINCH30")
    hall.run()
    hall.brief("NL-1001", "promo_code", "FINCH88")
    run = hall.run()
    assert kinds(run, "NL-1001", "promo_code")["landing"] == ("difference", "FINCH88")
    assert (hall.conflicts[one].state, hall.rulings[0].end) == (State.CLOSED, End.MOVED_ON)
    assert hall.state(one).endswith("the owner says something else since")
    at_rest(hall)


def test_a_conflict_that_comes_back_gets_a_line_of_its_own_and_the_old_decision_is_not_taken_for_it(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    hall.run()
    hall.brief("NL-1001", "promo_code", "FINCH30")
    hall.run()
    assert hall.dispute(a="FINCH50", b="FINCH60") == f"{one}.2"
    assert "decision" not in hall.line(f"{one}.2")
    assert hall.line(one)["decision"] == "keep B"
    assert hall.state(one).startswith("closed ")
    assert [it.state for it in hall.conflicts.values()] == [State.CLOSED, State.REOPENED]
    at_rest(hall)


def test_a_cell_that_nobody_understands_for_a_while_closes_nothing(hall: Hall) -> None:
    hall.brief("NL-1001", "flight_end", "11/13/2026")
    hall.page("NL-1001", "flight_end", "14.11.2026")
    one = hall.about(hall.run(), "NL-1001", "flight_end").id
    hall.decide(one, "keep B")
    hall.page("NL-1001", "flight_end", "Octember 3")
    hall.run()
    assert hall.conflicts[one].state is State.OPEN
    assert "cannot both be read just now" in hall.state(one)
    hall.page("NL-1001", "flight_end", "14.11.2026")
    hall.run()
    assert [dict(it.holds) for it in hall.rulings] == [{"flight_end": "2026-11-14"}]
    at_rest(hall)


@pytest.mark.parametrize("book", [BRIEFS, LANDING])
def test_while_one_side_cannot_be_read_a_decision_waits(hall: Hall, book: str) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    hall.town.sandbox.faults.add("403", workbook=book, times=100)
    try:
        run = hall.run()
    finally:
        hall.town.sandbox.faults.clear()
    assert run.exit_code == 14
    assert hall.rulings == []
    assert "cannot both be read just now" in hall.state(one)
    hall.run()
    assert len(hall.rulings) == 1
    at_rest(hall)


def test_a_run_that_looks_only_or_is_about_a_part_takes_nothing(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    for request in ({"dry_run": True}, {"scope": Scope(source="briefs")}, {"scope": Scope(campaign="NL-1001")}):
        hall.town.run(hall.town.world("dry_run" in request), **request)
        assert (hall.rulings, hall.heard(one), hall.conflicts[one].state) == ([], [], State.OPEN)
    hall.run()
    assert len(hall.rulings) == 1


# ---------------------------------------------------------------- half typed


def waiting(hall: Hall, work: Callable[[], None] = lambda: None) -> Any:
    return hall.run(replace(hall.town.world(), clock=Interrupted(work)), settle_seconds=10.0)


def test_a_decision_counts_when_it_is_the_same_in_two_looks(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep A")
    run = waiting(hall, lambda: hall.write(one, "decision", "keep B"))
    assert (hall.rulings, hall.heard(one)) == ([], [])
    assert run.snapshots.unsettled == {"decisions"}
    told: list[str] = []
    clock = Interrupted(lambda: None)
    hall.run(replace(hall.town.world(), clock=clock, tell=told.append), settle_seconds=10.0)
    assert [it.verdict.value for it in hall.rulings] == ["keep B"]
    assert clock.slept == []


def test_one_that_stays_the_same_counts_at_once_and_who_waits_is_told_for_what(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep A")
    told: list[str] = []
    clock = Interrupted(lambda: None)
    hall.run(replace(hall.town.world(), clock=clock, tell=told.append), settle_seconds=10.0)
    assert told == ["waiting 10 s for 1 decision that was just typed to settle; --no-wait skips it"]
    assert len(hall.rulings) == 1
    at_rest(hall)


def test_a_custom_value_is_not_taken_half(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "custom value", custom_value="FINCH4")
    waiting(hall, lambda: hall.write(one, "custom value", "FINCH45"))
    assert hall.rulings == []
    waiting(hall)
    assert [dict(it.holds) for it in hall.rulings] == [{"promo_code": "FINCH45"}]


def test_where_the_second_look_fails_a_decision_waits(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    faults = hall.town.sandbox.faults
    try:
        waiting(hall, lambda: (faults.add("403", workbook=OPS, times=100), None)[1])
    finally:
        faults.clear()
    assert hall.rulings == []
    waiting(hall)
    assert len(hall.rulings) == 1


def test_a_daemon_comes_back_to_a_decision_that_was_still_being_typed(hall: Hall) -> None:
    one = hall.dispute()
    watched = Watched(hall.town, clock=Fast(), settle_seconds=10.0)
    watched.idle()
    hall.decide(one, "keep A", book=BRIEFS)
    sleep = watched.clock.sleep

    def typing(seconds: float) -> None:
        sleep(seconds)
        hall.write(one, "decision", "keep B", BRIEFS)

    watched.clock.sleep = typing  # type: ignore[method-assign]
    assert watched.turn().run is not None
    assert hall.rulings == []
    watched.clock.sleep = sleep  # type: ignore[method-assign]
    assert watched.turn().run is not None, "nobody has typed since, and yet there is something to do"
    assert [it.verdict.value for it in hall.rulings] == ["keep B"]


# ---------------------------------------------------------------- nobody decided, or nobody saw


def test_a_value_typed_over_ours_is_not_what_anybody_decides_by(hall: Hall) -> None:
    """Somebody writes another value over side A, and somebody else believes it."""
    one = hall.dispute()
    hall.write(one, "Value A", "FINCH99")
    hall.decide(one, "keep A")
    hall.run()
    assert hall.line(one)["Value A"] == "FINCH25"
    again(hall, one)


def test_nor_where_the_run_that_put_it_right_did_not_live_to_say_so(hall: Hall) -> None:
    one = hall.dispute()
    hall.write(one, "Value A", "FINCH99")
    hall.decide(one, "keep A")
    world = meddled(hall.town, OPS, "killed after")
    with pytest.raises(Killed):
        hall.run(world)
    assert hall.line(one)["Value A"] == "FINCH25"
    hall.run()
    again(hall, one)


def test_what_is_typed_over_a_state_stops_nobody(hall: Hall) -> None:
    one = hall.dispute()
    hall.write(one, "State", "done, see mail")
    hall.decide(one, "keep B")
    hall.run()
    assert [it.matter for it in hall.rulings] == [one]
    at_rest(hall)


def test_a_version_typed_by_hand_is_none_that_was_shown(hall: Hall) -> None:
    one = hall.dispute()
    old = hall.line(one)["Version"]
    hall.page("NL-1001", "promo_code", "FINCH31")
    hall.decide(one, "keep B")
    hall.run()
    now = hall.line(one)["Version"]
    assert now != old
    hall.write(one, "Version", old)
    hall.write(one, "why", "please")
    hall.run()
    again(hall, one)


def test_an_id_typed_by_hand_where_its_matter_is_not_shown_decides_nothing(hall: Hall) -> None:
    """In the builder's workbook nothing is said of what is between the briefs and the pages."""
    one = hall.dispute()
    version = hall.line(one)["Version"]
    assert one not in {line.get("id") for line in decision_lines(hall.town, UTM)}
    tab = hall.tab(UTM)
    head = tab.grid[0]
    tab.text(3, 0, one)
    for name, text in (("Version", version), ("Value A", "FINCH25"), ("Value B", "FINCH30")):
        tab.text(3, head.index(name), text)
    hall.run()
    tab.text(3, head.index("Version"), version)
    tab.text(3, head.index("decision"), "keep B")
    tab.text(3, head.index("by"), "Dana")
    for _ in range(2):
        hall.run()
        assert hall.rulings == []
        tab.text(3, head.index("why"), "now?")
    assert hall.conflicts[one].is_open


def test_an_id_in_other_letters_is_none_we_gave_out(hall: Hall) -> None:
    one = hall.dispute()
    hall.write(one, "id", one.upper())
    hall.decide(one.upper(), "keep B")
    for _ in range(2):
        hall.run()
        assert hall.rulings == []
    assert hall.heard(one.upper())[-1].refused == "not applied: nothing is known of this id"
    assert "decision" not in hall.line(one), "the one we gave out came back as a line of its own"


def test_a_copy_of_the_tab_and_of_the_workbook_are_inert(hall: Hall) -> None:
    one = hall.dispute()
    tab = hall.tab()
    tab.act({"duplicateSheet": {"sourceSheetId": tab.tab_id, "newSheetId": 4711, "newSheetName": "copy"}})
    copy = Hand(hall.town.sandbox, OPS, 4711)
    row = next(at for at, cells in enumerate(copy.grid) if one in cells)
    copy.text(row, copy.grid[0].index("decision"), "keep B")
    copy.text(row, copy.grid[0].index("by"), "Dana")
    hall.run()
    assert (hall.rulings, hall.heard(one)) == ([], [])


def test_a_block_pasted_over_peoples_columns_decides_by_what_each_line_shows(hall: Hall) -> None:
    first = hall.dispute()
    second = hall.dispute("NL-1008", "HAMPER16", "HAMPER17")
    hall.decide(first, "keep B")
    hall.run()
    tab = hall.tab()
    head = tab.grid[0]
    rows = {one: next(at for at, row in enumerate(tab.grid) if one in row) for one in (first, second)}
    left, right = head.index("State"), head.index("why") + 1
    tab.copy([rows[first], rows[first] + 1, left, right], [rows[second], rows[second] + 1, left, right], "PASTE_VALUES")
    hall.run()
    assert [it.matter for it in hall.rulings] == [first]
    assert hall.state(second).startswith(RE_DECIDE)
    assert hall.line(second)["Version"] != hall.line(first)["Version"]
    at_rest(hall)


class Slow(SystemClock):
    """A machine whose clock is years behind."""

    def now(self) -> Any:
        return super().now() - timedelta(days=900)


def test_no_clock_decides_which_decision_counts(hall: Hall) -> None:
    one = hall.dispute()
    hall.decide(one, "keep B")
    hall.run(replace(hall.town.world(), clock=Slow()))
    assert len(hall.rulings) == 1
    hall.page("NL-1001", "promo_code", "FINCH25")
    hall.run()
    hall.run()
    assert [it.end for it in hall.rulings] == [None]


# ---------------------------------------------------------------- killed at every step


#: four reads; two workbooks or more, each intended, written, noted, looked at, verified; the commit
STEPS = range(1, 26)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_step_a_decision_is_taken_exactly_once(
    after: bool,
    _deciding: Any,  # noqa: PT019
    tmp_path: Any,
) -> None:
    for step in STEPS:
        place = tmp_path / f"{step}"
        place.mkdir()
        town = _deciding[1].again(_deciding[0], place)
        hall = Hall(town)
        one = hall.dispute()
        hall.decide(one, "keep B")
        try:
            town.run(deadly(town, step, after))
        except Killed:
            killed = True
        else:
            killed = False
        for _ in range(2):
            hall.run()
        assert [(it.matter, it.by, dict(it.holds)) for it in hall.rulings] == [
            (one, "Dana", {"promo_code": "FINCH30"})
        ], (step, hall.state(one))
        at_rest(hall)
        settled_once(town)
        if not killed:
            break
    else:
        pytest.fail("there are more steps than were tried")
