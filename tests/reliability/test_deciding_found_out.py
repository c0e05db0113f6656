"""The machine itself: code that hears, keeps or writes decisions wrongly is found out by the same schedules."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sheetsync.adapters import google_requests
from sheetsync.core import chosen, following, hearsay, judging
from sheetsync.core.as_if import as_if
from sheetsync.core.changes import InsertLines
from sheetsync.core.disputes import Dispute
from sheetsync.core.graph import Visibility
from sheetsync.core.typed import Typed
from sheetsync.core.visibility import Readers
from sheetsync.engine import deciding as hearing
from sheetsync.engine import remembering
from tests.reliability.deciding_claims import Followed, Misturned
from tests.reliability.deciding_groups import Torn
from tests.reliability.deciding_machine import DecidingSchedule
from tests.reliability.deciding_oracle import Misheard, Thawed, Unheard
from tests.reliability.deciding_scripts import SCRIPTS, play
from tests.reliability.deciding_story import Deciding
from tests.reliability.oracle import Leaked, Misplaced, Touched
from tests.reliability.tally import Tally
from tests.reliability.test_deciding_laws import test_what_was_decided_is_as_if_the_owner_had_typed_it as as_if_typed


def test_who_hears_without_looking_at_the_version_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Dispute, "version", lambda _, __: "AAAAAA")
    with pytest.raises(Misheard, match="A and B said"):
        play(DecidingSchedule(decided, Tally(), begun=False), ((("cycle", ())), *SCRIPTS["RE-DECIDE"]))


def test_who_takes_a_decision_away_when_it_is_read_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed, consumed = hearing.typed, set[str]()

    def consuming(readings: Any) -> Iterator[Typed]:
        for one in list(typed(readings)):
            if one.digest not in consumed:
                consumed.add(one.digest)
                yield one

    monkeypatch.setattr(hearing, "typed", consuming)
    with pytest.raises(Unheard):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["taken after a kill"])


def test_a_baseline_that_does_not_move_with_a_decision_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "bases", lambda _: {})
    monkeypatch.setattr(remembering, "bases_of", lambda _: {})
    with pytest.raises(AssertionError, match="flags"):
        as_if_typed(decided, monkeypatch)


def test_a_line_that_is_moved_to_make_room_is_found_out(decided: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    inserted = google_requests._insert_lines

    def moving(change: InsertLines) -> list[Any]:
        where = {"sheetId": change.tab_id, "dimension": "ROWS", "startIndex": change.at, "endIndex": change.at + 1}
        move = {"moveDimension": {"source": where, "destinationIndex": change.at + 3}}
        return [move, *inserted(change)]

    schedule = DecidingSchedule(decided, Tally())
    monkeypatch.setitem(google_requests._REQUESTS, InsertLines, moving)
    schedule.move("both move apart", 0)
    with pytest.raises((Touched, Misplaced)):
        schedule.cycle()


def test_who_lets_anybody_decide_about_what_is_frozen_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "named_by", lambda *_: ())
    with pytest.raises(Misheard, match="was never made"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["refused: not whom the freeze names"])


def test_a_late_change_that_counts_without_a_yes_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "with_freezes", lambda _, truths, *__: truths)
    with pytest.raises(Thawed, match="TR-01"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["late change waits"])


def test_who_lets_values_follow_a_claim_is_found_out(decided: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = hearing._compared

    def following(readings: Any, snapshots: Any, matched: Any, rulings: Any) -> Any:
        rules = readings.rules
        claims = {(rules.owners[it.field], it.record, it.field): it for it in readings.memory.hearsay}
        words = {about: rules.fields[it.field].type.read(it.value) for about, it in claims.items()}
        return compared(readings, snapshots, as_if(matched, words, rules), rulings)

    monkeypatch.setattr(hearing, "_compared", following)
    with pytest.raises(Followed, match="2026-12-21"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["claim accepted in the tab"])


def test_a_claim_that_is_closed_before_its_owner_says_so_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearsay, "says_so", lambda *_: True)
    with pytest.raises(Misturned, match="closed"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["claim filed"])


def test_a_team_s_tab_that_says_everything_is_found_out(decided: Deciding, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Readers, "may_learn", lambda *_: Visibility.FULL)
    with pytest.raises(Leaked):
        play(DecidingSchedule(decided, Tally(), begun=False), SCRIPTS["lines of a team that say less"])


def test_who_takes_the_first_of_two_tabs_that_disagree_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_contradicting", lambda _: {})
    with pytest.raises(Misheard, match="two tabs say"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["refused: two tabs"])


def test_a_register_that_follows_half_of_a_group_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def halved(one: Any, *_: Any) -> Any:
        return replace(one, why="not now") if one.put.about[2] == "partner" else one

    monkeypatch.setattr(following, "_as_a_whole", halved)
    with pytest.raises(Torn, match="heron days"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["group followed as a whole"])


def test_who_takes_half_of_what_was_decided_together_is_found_out(
    decided: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = chosen.content

    def halved(*given: Any) -> Any:
        holds, *rest = content(*given)
        return {name: text for name, text in holds.items() if name != "partner"}, *rest

    monkeypatch.setattr(judging, "content", halved)
    with pytest.raises(Misheard, match="was chosen"):
        play(DecidingSchedule(decided, Tally()), SCRIPTS["group decided as a whole"])
