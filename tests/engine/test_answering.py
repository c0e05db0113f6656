"""What was said in a chat is answered in the decisions tab, and a change within a freeze gets its yes there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sheetsync import wiring
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Freeze
from sheetsync.core.hearsay import State
from sheetsync.core.managed import STATUS
from sheetsync.core.matters import FOLLOWS, ID, STATE, VALUE_A, VALUE_B
from sheetsync.engine.claiming import Said, file
from sheetsync.engine.world import Run
from tests.deciding import decision_lines
from tests.engine.conftest import Town
from tests.engine.hall import Hall, at_rest
from tests.engine.people import UTM, our_lines


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    decided_in.run()
    return Hall(decided_in)


def claimed(hall: Hall, value: str = "FINCH40") -> str:
    """Somebody files what Dana said; a run tells the owner."""
    desk = wiring.desk(hall.town.config)
    said = Said(value, "https://chat.example/p17", "Dana", "", desk.clock.now() + timedelta(hours=24))
    name = file(desk, hall.town.config.rules, "NL-1001", "promo_code", said, "ann").it.id
    hall.run()
    return name


def state(hall: Hall, name: str) -> State:
    [it] = [one for one in hall.town.world().ledger.hearsay() if one.id == name]
    return it.last.state


@pytest.mark.parametrize(("choice", "becomes"), [("keep B", State.ACCEPTED), ("keep A", State.REJECTED)])
def test_a_claim_has_a_line_and_is_answered_there_and_no_value_moves(hall: Hall, choice: str, becomes: State) -> None:
    before = our_lines(hall.town, UTM)
    name = claimed(hall)
    line = hall.line(name)
    assert (line[VALUE_A], line[VALUE_B]) == ("FINCH20", "FINCH40")
    assert line[STATE].startswith("pending until")
    at_rest(hall)
    hall.decide(name, choice, "Lena")
    hall.run()
    assert state(hall, name) is becomes
    assert f"{becomes} by Lena" in hall.state(name)
    assert hall.rulings == []
    assert our_lines(hall.town, UTM) == before
    at_rest(hall)


def test_a_claim_that_is_accepted_is_closed_by_its_owner_s_own_hand(hall: Hall) -> None:
    name = claimed(hall)
    hall.decide(name, "keep B", "Lena")
    hall.run()
    hall.brief("NL-1001", "promo_code", "FINCH40")
    hall.run()
    assert state(hall, name) is State.CLOSED
    at_rest(hall)


def test_a_claim_takes_no_other_answer_and_waits_for_a_name(hall: Hall) -> None:
    name = claimed(hall)
    hall.write(name, "decision", "keep last agreed")
    hall.run()
    assert "is no answer to what was said elsewhere" in hall.state(name)
    hall.write(name, "decision", "keep B")
    hall.run()
    assert "say under `by` who decides" in hall.state(name)
    assert state(hall, name) is State.PENDING
    hall.write(name, "by", "Lena")
    hall.run()
    assert state(hall, name) is State.ACCEPTED


# ---------------------------------------------------------------- freezes

LAUNCH = datetime(2026, 11, 27, tzinfo=UTC)


class At(SystemClock):
    """A clock that stands still at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


def frozen(hall: Hall, *needs: str) -> str:
    """NL-1003's code changes 36 h before its launch; the id of the line it gets."""
    rules = hall.town.config.rules
    hall.town.set(replace(rules, freezes=(Freeze(timedelta(hours=48), ("promo_code",), needs),)))
    look(hall, -40)
    hall.brief("NL-1003", "promo_code", "LATE50")
    run = look(hall, -36)
    assert [flag.field for flag in run.decided.flags if flag.kind is FlagKind.LATE] == ["promo_code"]
    [one] = [it for it in hall.conflicts.values() if it.dispute.kind is FlagKind.LATE]
    return one.id


def look(hall: Hall, hours: float) -> Run:
    """A cycle so many hours from launch."""
    return hall.run(replace(hall.town.world(), clock=At(LAUNCH + timedelta(hours=hours))))


def test_a_late_change_gets_its_yes_in_the_decisions_tab(hall: Hall) -> None:
    name = frozen(hall)
    line = hall.line(name)
    assert line[VALUE_A] == "LATE50"
    assert line[FOLLOWS].startswith("keep A lets it count")
    hall.decide(name, "keep A", "Lena")
    run = look(hall, -35)
    assert not [flag for flag in run.decided.flags if flag.kind is FlagKind.LATE]
    assert hall.town.world().ledger.memory().frozen["briefs", "NL-1003", "promo_code"].value == "LATE50"
    assert hall.state(name).startswith("closed")
    assert look(hall, -34).requests.writes == 0


def test_a_late_change_that_is_not_wanted_leaves_the_old_value_counting_and_the_cell_its_owner_s(hall: Hall) -> None:
    name = frozen(hall)
    hall.decide(name, "keep B", "Lena")
    run = look(hall, -35)
    [told] = [
        it for it in run.decided.flags if (it.record, it.field, it.place.source) == ("NL-1003", "promo_code", "briefs")
    ]
    assert (told.kind, told.expected) == (FlagKind.DIFFERENCE, hall.conflicts[name].dispute.b.says["promo_code"])
    assert "decided by Lena" in told.message
    assert look(hall, -34).requests.writes == 0


def test_a_freeze_that_names_somebody_takes_nobody_s_unattested_word(hall: Hall) -> None:
    name = frozen(hall, "ana@northlight.example")
    hall.decide(name, "keep A", "Ana")
    look(hall, -35)
    assert hall.state(name).startswith("not applied: only ana@northlight.example may decide this")
    assert hall.rulings == []
    assert [line[ID] for line in decision_lines(hall.town) if line.get(STATUS)] == []
