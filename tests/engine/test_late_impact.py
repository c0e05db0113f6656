"""What has to be built again by a late change is what the receipts then call old: nobody redoes what still holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sheetsync.core.consequences import Impact
from sheetsync.core.graph import Freeze
from sheetsync.engine.building import receipts
from sheetsync.engine.impact import foresee, present
from sheetsync.engine.world import Run, World
from tests.core.foreseen import assert_rebuilt
from tests.engine.conftest import Town
from tests.engine.hall import Hall
from tests.engine.test_freezing import At

#: NL-1003 launches on the 27th
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_minutes = count()


@pytest.fixture
def hall(untouched: Town) -> Hall:
    return Hall(untouched)


def freeze(hall: Hall) -> None:
    rule = Freeze(timedelta(hours=96), ("offer",), ("Ana",))
    hall.town.set(replace(hall.town.config.rules, freezes=(rule,)))


def world(hall: Hall, dry_run: bool = False) -> World:
    return replace(hall.town.world(dry_run), clock=At(NOW + timedelta(minutes=next(_minutes))))


def asked(hall: Hall, record: str, **said: str) -> Impact:
    return foresee(present(world(hall, dry_run=True), hall.town.config.rules), record, said)


def old(hall: Hall) -> Mapping[tuple[str, str], Mapping[str, object]]:
    """What every receipt calls old after the last run."""
    now = world(hall)
    known = receipts(now.ledger, now.ledger.memory(), hall.town.config.rules, now.clock.now())
    return {one.about: one.old for one in known.all()}


def built(foreseen: Impact, field: str) -> Mapping[str, tuple[str | None, str | None]]:
    return {one.handoff.receiver: one.built_from[field] for one in foreseen.builds if field in one.built_from}


def run(hall: Hall) -> Run:
    return hall.run(world(hall))


def test_a_day_that_is_put_back_before_anybody_followed_asks_nobody_to_build_again(hall: Hall) -> None:
    run(hall)
    hall.brief("NL-1006", "flight_end", "2026-12-28")
    run(hall)
    assert asked(hall, "NL-1006", flight_end="24.12.2026").builds == ()
    further = built(asked(hall, "NL-1006", flight_end="30.12.2026"), "flight_end")
    assert further
    assert set(further.values()) == {("2026-12-24", "2026-12-30")}


def test_who_has_followed_in_between_is_asked_to_build_again(hall: Hall) -> None:
    run(hall)
    hall.brief("NL-1006", "flight_end", "2026-12-28")
    hall.page("NL-1006", "flight_end", "28.12.2026")
    run(hall)
    assert built(asked(hall, "NL-1006", flight_end="28.12.2026"), "flight_end") == {}
    assert "landing" in built(asked(hall, "NL-1006", flight_end="30.12.2026"), "flight_end")


def test_under_a_freeze_nobody_builds_from_what_waits_for_a_yes(hall: Hall) -> None:
    freeze(hall)
    run(hall)
    before = old(hall)
    hall.brief("NL-1003", "offer", "50% off")
    run(hall)
    assert old(hall) == before, "what waits makes no receipt old"
    assert asked(hall, "NL-1003", offer="30% off").builds == ()
    assert asked(hall, "NL-1003", offer="77% off").builds == ()


def test_the_choice_that_is_the_copys_own_word_does_not_ask_its_team_to_build_again(decided_in: Town) -> None:
    hall = Hall(decided_in)
    matter = hall.dispute()
    one = hall.conflicts[matter]
    keep_b = one.follows.split("keep B")[1]
    assert "settles Promo code: Landing pages" in keep_b
    assert "build again for Promo code: Landing pages" not in keep_b
    assert "build again" in one.follows, "the register says neither, and is to be built again"


@pytest.mark.parametrize("frozen", [False, True])
def test_what_is_foreseen_to_be_built_again_is_what_the_next_cycles_receipts_call_old(hall: Hall, frozen: bool) -> None:
    if frozen:
        freeze(hall)
    run(hall)
    found = 0
    for typed in ("50% off", "77% off", "30% off", "50% off"):
        before, foreseen = old(hall), asked(hall, "NL-1003", offer=typed)
        hall.brief("NL-1003", "offer", typed)
        run(hall)
        assert_rebuilt(before, old(hall), foreseen)
        found += len(foreseen.builds)
    assert bool(found) is not frozen
