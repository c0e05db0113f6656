"""What a decision comes to in the schedules' story: as if the owner had typed it, and as before once it is undone."""

from collections.abc import Mapping
from typing import Any

import pytest

from sheetsync.core.flags import FlagKind
from sheetsync.engine.world import Run
from tests.reliability.deciding_acts import Decider
from tests.reliability.deciding_lines import Line
from tests.reliability.deciding_machine import DecidingSchedule
from tests.reliability.deciding_story import Deciding
from tests.reliability.moves import EDITS, ONE, THREE, TWO
from tests.reliability.oracle import SHEETS
from tests.reliability.tally import Tally

BASE, OTHER = "2026-12-06", "2026-12-09"
#: choice -> what holds from then on
HOLDS = {"keep A": ONE, "keep B": TWO, "keep last agreed": BASE, "custom value": OTHER}


def test_what_was_decided_is_as_if_the_owner_had_typed_it(decided: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EDITS, "the owner moves on", {"briefs.end": THREE})
    for choice, holds in HOLDS.items():
        schedule = torn(decided)
        decide(schedule, choice)
        schedule.cycle()
        ruled = effects(schedule)
        schedule.move("the owner moves on", 0)
        after = effects(schedule)
        plain = DecidingSchedule(decided, Tally())
        # The owner moves away from where the copy was: whoever decided had seen the copy.
        monkeypatch.setitem(EDITS, "agreed", {"briefs.end": TWO, "mailings.end": TWO})
        monkeypatch.setitem(EDITS, "typed", {"briefs.end": holds})
        for step in ("agreed", "typed"):
            plain.move(step, 0)
            plain.cycle()
        typed = effects(plain)
        plain.move("the owner moves on", 0)
        # And nobody who moved before a decision is a mover after it.
        moved_on = effects(plain)
        for name in ruled:
            assert ruled[name] == typed[name], (choice, name)
            assert after[name] == moved_on[name], (choice, name, "once the owner has moved on")


def test_what_was_decided_and_taken_back_is_as_before_and_is_not_taken_again_by_itself(decided: Deciding) -> None:
    for choice in HOLDS:
        schedule = torn(decided)
        before, memory = effects(schedule), decided.ledger.memory()
        line = decide(schedule, choice, cycle=False)
        run = schedule.cycle()
        assert run is not None
        assert len(schedule.oracle.taken) == 1
        schedule.taken_back(run.id)
        assert decided.ledger.memory().baselines == memory.baselines
        assert decided.ledger.memory().published == memory.published
        schedule.cycle()
        schedule.cycle()
        assert schedule.oracle.taken == set()
        assert effects(schedule) == before
        # Who chooses anew is heard anew.
        person(schedule).say(line_of(schedule).row, why="now for good")
        schedule.oracle.act()
        schedule.cycle()
        assert {matter for matter, _ in schedule.oracle.taken} == {line.id}


def torn(decided: Deciding) -> DecidingSchedule:
    """Owner and copy have moved one day apart, and all has come to rest."""
    schedule = DecidingSchedule(decided, Tally())
    schedule.move("both move apart", 0)
    schedule.cycle()
    schedule.cycle()
    return schedule


def decide(schedule: DecidingSchedule, choice: str, *, cycle: bool = True) -> Line:
    line = line_of(schedule)
    person(schedule).say(line.row, decision=choice, by="Dana", custom_value=OTHER if choice == "custom value" else None)
    schedule.oracle.act()
    if cycle:
        schedule.cycle()
    return line


def person(schedule: DecidingSchedule) -> Decider:
    return Decider(schedule.trust.sandbox, schedule.oracle, [], "", trust=schedule.trust)


def line_of(schedule: DecidingSchedule) -> Line:
    return next(one for one in schedule.oracle.lines() if one.shows.get("About") == "Flight end")


def effects(schedule: DecidingSchedule) -> Mapping[str, Any]:
    """Flags but for the owner's own cell, generated values beside their rows, and the register's lines."""
    run = schedule.cycle()
    assert isinstance(run, Run)
    told = sorted(
        (str(flag.kind), flag.place.source, flag.record, flag.field, flag.expected or "", str(flag.severity))
        for flag in run.decided.flags
        if not (flag.place.source == "briefs" and flag.kind is FlagKind.DIFFERENCE)
    )
    rows = schedule.oracle.registered()
    lines = [{name: text for name, text in row.items() if name != "row_version"} for row in rows]
    published = {key: it.value for key, it in schedule.trust.ledger.memory().published.items()}
    sheet = next(one for one in SHEETS if one.source == "utm")
    links = [f"{row.keys} {text}" for row, name, text in schedule.oracle.shown(sheet) if name == "tracking_url"]
    return {"flags": told, "register": lines, "published": published, "beside": links}
