"""Late changes on a real sandbox: what is frozen before launch, who has followed, and what was built from what."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sheetsync import wiring
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Freeze
from sheetsync.core.scope import Scope
from sheetsync.engine import deciding
from sheetsync.engine.freezing import with_freezes
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run, World
from sheetsync.faces.changes import changes_document, changes_text
from sheetsync.faces.conflicts import Wanted, conflict_document, conflict_text, conflicts_document
from sheetsync.faces.handing import handoffs_document, handoffs_text
from sheetsync.faces.history import history_document, history_text
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, UTM, Hand, briefs, our_lines

#: NL-1011 in the briefs: row, and the columns of its campaign's name, start and offer (all 0-based)
ROW, NAME, START, OFFER = 18, 3, 4, 6
LAUNCH = datetime(2026, 12, 26, tzinfo=UTC)
FIELDS = ("offer", "campaign_name")
HERO = "nl-1011"


class At(SystemClock):
    """A clock that stands still at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


@pytest.fixture
def frozen(untouched: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The season with a freeze, after its cycle three days before NL-1011 launches."""
    rules = untouched.config.rules
    rule = Freeze(timedelta(hours=48), FIELDS, ("Ana", "Ben"))
    utm = replace(rules.sources["utm"], publish=("offer",))
    untouched.set(replace(rules, freezes=(rule,), sources={**rules.sources, "utm": utm}))
    page = Hand(untouched.sandbox, "1NorthlightLandingPagesQ42026demo00000002", 1204)
    page.text(14, 3, "https://www.northlight.example/finch-harbor/dockside")
    assert look(untouched, -72, monkeypatch).exit_code == 0
    return untouched


def look(town: Town, hours: float, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A cycle so many hours from launch; it is then for everybody."""
    monkeypatch.setattr(wiring, "now", lambda: LAUNCH + timedelta(hours=hours))
    return town.run(world(town, hours))


def world(town: Town, hours: float) -> World:
    return replace(town.world(), clock=At(LAUNCH + timedelta(hours=hours)))


def late(run: Run) -> list[Flag]:
    return [flag for flag in run.decided.flags if flag.kind is FlagKind.LATE]


def line(town: Town, book: str, part: str) -> Mapping[str, str]:
    return next(it for key, it in our_lines(town, book).items() if part in key)


def counts(town: Town, name: str = "offer") -> tuple[str | None, str]:
    row = town.world().ledger.memory().frozen["briefs", "NL-1011", name]
    return row.value, row.accepted_by


def yes(monkeypatch: pytest.MonkeyPatch, *accepted: tuple[str, str, str]) -> None:
    """From now on Ana has said yes to these."""
    said = dict.fromkeys(accepted, "Ana")
    monkeypatch.setattr(deciding, "with_freezes", lambda readings, truths, _: with_freezes(readings, truths, said))


def test_a_late_change_is_told_at_the_owner_and_withheld_from_everybody_until_somebody_says_yes(
    frozen: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert line(frozen, UTM, HERO)["offer (briefs)"] == "25% off"
    link = line(frozen, UTM, HERO)["tracking_url"]
    assert "boxing-day-dockside-sale" in link
    briefs(frozen).text(ROW, OFFER, "40% off")
    briefs(frozen).text(ROW, NAME, "Dockside Rush")
    run = look(frozen, -36, monkeypatch)
    assert {flag.field for flag in late(run)} == {"offer", "campaign_name"}
    [told] = [flag.message for flag in late(run) if flag.field == "offer"]
    assert told.startswith("Offer changed from 25% off to 40% off, seen 36 h before launch on 2026-12-26: within 48 h")
    assert "Ana or Ben" in line(frozen, BRIEFS, HERO)["issues"]
    shown = line(frozen, UTM, HERO)
    assert "40%" not in json.dumps(shown)
    assert "rush" not in json.dumps(shown)
    assert "waits for a yes" in shown["offer (briefs)"] + shown["tracking_url"]
    assert counts(frozen) == ("25% off", "")
    assert [flag for flag in run.decided.flags if flag.field == "offer" and flag.record == "NL-1011"] == [
        flag for flag in late(run) if flag.field == "offer"
    ], "no copy is told to follow, or to have moved"
    again = look(frozen, -35, monkeypatch)
    assert (again.requests.writes, again.decided.flags) == (0, run.decided.flags)
    yes(monkeypatch, ("NL-1011", "offer", "40% off"), ("NL-1011", "campaign_name", "Dockside Rush"))
    run = look(frozen, -30, monkeypatch)
    assert late(run) == []
    assert line(frozen, UTM, HERO)["offer (briefs)"] == "40% off"
    assert "dockside-rush" in line(frozen, UTM, HERO)["tracking_url"]
    assert counts(frozen) == ("40% off", "Ana")
    assert look(frozen, -29, monkeypatch).requests.writes == 0


def test_taken_back_it_is_silent(frozen: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = our_lines(frozen, UTM)
    briefs(frozen).text(ROW, OFFER, "40% off")
    assert len(late(look(frozen, -36, monkeypatch))) == 1
    briefs(frozen).text(ROW, OFFER, "25 %  off")
    assert late(look(frozen, -35, monkeypatch)) == []
    assert our_lines(frozen, UTM) == before


def test_moving_the_launch_opens_no_door(frozen: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    briefs(frozen).text(ROW, OFFER, "40% off")
    briefs(frozen).text(ROW, START, "12/30/2026")
    for hours in (-36, -35, 5):
        assert len(late(look(frozen, hours, monkeypatch))) == 1
        assert "40%" not in json.dumps(line(frozen, UTM, HERO))


def test_an_undo_puts_what_counted_back_and_takes_nothing_down_that_holds_a_change_back(
    frozen: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    briefs(frozen).text(ROW, OFFER, "40% off")
    first = look(frozen, -36, monkeypatch)
    with monkeypatch.context() as said:
        yes(said, ("NL-1011", "offer", "40% off"))
        run = look(frozen, -30, said)
    assert counts(frozen) == ("40% off", "Ana")
    undo(world(frozen, -29), frozen.config.rules, run.id)
    assert counts(frozen) == ("25% off", "")
    assert len(late(look(frozen, -28, monkeypatch))) == 1
    undo(world(frozen, -27), frozen.config.rules, first.id)
    assert counts(frozen) == ("25% off", "")
    assert len(late(look(frozen, -26, monkeypatch))) == 1


def test_a_dry_run_and_a_run_about_another_campaign_open_no_door(frozen: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(frozen.ledger)) as ledger:
        before = ledger.execute("SELECT * FROM frozen").fetchall()
        briefs(frozen).text(ROW, OFFER, "40% off")
        assert len(late(frozen.run(world(frozen, -36), dry_run=True))) == 1
        assert ledger.execute("SELECT * FROM frozen").fetchall() == before
    frozen.run(world(frozen, -35), scope=Scope(campaign="NL-1003"))
    assert len(late(look(frozen, -34, monkeypatch))) == 1


def test_changes_say_window_reach_and_whose_yes_and_history_and_conflicts_the_window(
    frozen: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    briefs(frozen).text(ROW, OFFER, "35% off")
    look(frozen, -60, monkeypatch)
    [change] = _changes(frozen)
    reach = change["propagation"]
    assert (reach["demanded"], [it["source"] for it in reach["missing"]]) == (1, ["official"])
    assert (change["late"], change["window"]["says"]) == (False, "60 h before launch on 2026-12-26")
    briefs(frozen).text(ROW, OFFER, "40% off")
    run = look(frozen, -36, monkeypatch)
    monkeypatch.setattr(wiring, "now", lambda: LAUNCH - timedelta(hours=17))
    newest, older = _changes(frozen)
    assert newest["waits_for"] == {"within": "48 h", "needs": ["Ana", "Ben"]}
    assert (newest["late"], newest["propagation"]["demanded"]) == (True, 0)
    assert (older["stands"], older["propagation"]) == (False, None)
    document = changes_document(frozen.config, "NL-1011", None, only_late=True)
    assert len(document["changes"]) == 1
    text = list(changes_text(Screen(100), document))
    assert (
        text[-1] == "1 change of NL-1011 (1 late): 0 landed everywhere, 0 not yet, 1 waiting for a yes; 2 receipts old"
    )
    assert "waits for a yes from Ana or Ben" in " ".join(" ".join(text).split())
    history = history_document(frozen.config, "NL-1011", "offer", None, 50)
    assert [it["window"]["hours"] for it in history["events"]] == [-60, -36]
    assert "36 h before launch on 2026-12-26" in " ".join(history_text(Screen(None), history))
    [flag] = late(run)
    shown = conflict_document(frozen.config, flag.id)
    assert shown["flag"]["window"]["phase"] == "before"
    assert "36 h before launch" in " ".join(conflict_text(Screen(None), shown))
    listed = conflicts_document(frozen.config, Wanted(kinds=("late",)))
    assert [it["window"]["hours"] for it in listed["flags"]] == [-36]


def test_a_receipt_says_which_version_was_built_from_and_what_changed_since(
    frozen: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receipt(handoff: str) -> Any:
        [state] = handoffs_document(frozen.config, "NL-1011 / email / hero-banner", handoff, None)["states"]
        return state["receipt"]

    first = receipt("briefs->utm")
    assert (first["built_from"], first["newest"], first["old"]) == (1, 1, False)
    briefs(frozen).text(ROW, START, "12/27/2026")
    look(frozen, -71, monkeypatch)
    now = receipt("briefs->utm")
    assert (now["built_from"], now["newest"], now["changed"], now["old"]) == (1, 2, ["flight_start"], True)
    assert now["says"] == "built from Partner briefs v1; it is v2 now: Flight start"
    text = " ".join(handoffs_text(Screen(None), handoffs_document(frozen.config, "NL-1011", None, None)))
    assert now["says"] in " ".join(text.split())
    [change] = _changes(frozen)
    assert "briefs->utm" in [it["handoff"] for it in change["receipts"]]
    row = next(i for i, cells in enumerate(Hand(frozen.sandbox, UTM, 77).grid) if cells[0] == "NL-1011")
    Hand(frozen.sandbox, UTM, 77).text(row, 7, "27/12/2026")
    look(frozen, -70, monkeypatch)
    then = receipt("briefs->utm")
    assert (then["newest"], then["followed"], then["old"]) == (2, ["flight_start"], False)


def _changes(town: Town) -> list[Any]:
    return list(changes_document(town.config, "NL-1011", None, only_late=False)["changes"])


def test_what_counts_is_the_word_before_a_change_that_waits_and_it_is_said_whose_yes_it_waits_for(
    frozen: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    briefs(frozen).text(ROW, OFFER, "77% off")
    look(frozen, -36, monkeypatch)
    monkeypatch.setattr(wiring, "now", lambda: LAUNCH - timedelta(hours=35))
    told = truth_document(frozen.config, "NL-1011", "offer")
    [field] = told["fields"]
    assert (field["value"], field["waits_for"]["says"], field["waits_for"]["needs"]) == (
        "25% off",
        "77% off",
        ["Ana", "Ben"],
    )
    states = {claim["source"]: (claim["state"], claim["agrees"]) for claim in field["claims"]}
    assert states["briefs"] == ("waits", False)
    assert "differs" not in {state for state, _ in states.values()}
    assert states["utm"] == ("agrees", True)
    text = " ".join(" ".join(truth_text(Screen(None), told)).split())
    assert "NL-1011 / offer: 25% off [owner briefs]" in text
    assert "77% off waits for a yes from Ana or Ben (within 48 h of launch)" in text
    briefs(frozen).text(ROW, OFFER, "25% off")
    look(frozen, -34, monkeypatch)
    [field] = truth_document(frozen.config, "NL-1011", "offer")["fields"]
    assert (field["value"], field["waits_for"]) == ("25% off", None)
