"""A run that decided and closed at once, taken back: its conflict is open again under its id, to be decided anew."""

from collections.abc import Callable

import pytest

from sheetsync.core.conflicts import State
from sheetsync.core.guards import Guard
from sheetsync.core.rulings import End
from sheetsync.engine.undoing import undo
from tests.deciding import ids
from tests.engine.conftest import Town
from tests.engine.hall import Hall, at_rest, freeze_offers, late_offer


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    hall = Hall(decided_in)
    freeze_offers(hall)
    return hall


def take_back(hall: Hall, run: str) -> None:
    undo(hall.town.world(), hall.town.config.rules, run)


def again(hall: Hall) -> None:
    hall.run(accept=hall.town.yes_to(Guard.UNDONE, Guard.FIRST_WRITE))


def test_a_yes_that_closed_its_conflict_at_once_is_taken_back_and_asked_again_under_its_id(hall: Hall) -> None:
    matter = late_offer(hall)
    hall.decide(matter, "keep A")
    closing = hall.run().id
    assert hall.conflicts[matter].state is State.CLOSED
    before = ids(hall.town)
    take_back(hall, closing)
    one = hall.conflicts[matter]
    assert (one.state, one.said) == (State.OPEN, "")
    again(hall)
    assert "taken back" in hall.state(matter)
    hall.decide(matter, "keep B", by="Zoe")
    hall.run()
    assert [(it.matter, it.end) for it in hall.rulings] == [(matter, End.UNDONE), (matter, None)]
    assert hall.state(matter).startswith("keep B (30% off), decided by Zoe")
    assert ids(hall.town) == before, "no line was opened for the same matter"
    at_rest(hall)


def test_a_decision_typed_right_after_the_undo_is_taken_by_the_next_run(hall: Hall) -> None:
    matter = late_offer(hall)
    hall.decide(matter, "keep A")
    take_back(hall, hall.run().id)
    hall.decide(matter, "keep B", by="Zoe")
    again(hall)
    assert hall.state(matter).startswith("keep B (30% off), decided by Zoe")
    assert hall.conflicts[matter].state is not State.CLOSED


@pytest.mark.parametrize("converges", [lambda hall: hall.page("NL-1001", "promo_code", "FINCH25")])
def test_a_decision_fulfilled_by_a_later_run_is_not_touched_by_what_is_taken_back_before(
    hall: Hall, converges: Callable[[Hall], None]
) -> None:
    matter = hall.dispute()
    hall.decide(matter, "keep A")
    deciding = hall.run().id
    converges(hall)
    hall.run()
    assert hall.conflicts[matter].state is State.CLOSED
    take_back(hall, deciding)
    assert hall.conflicts[matter].state is State.CLOSED, "both say the same: there is nothing to decide"
    again(hall)
    assert hall.conflicts[matter].state is State.CLOSED
