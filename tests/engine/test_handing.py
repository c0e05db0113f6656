"""Handoffs move as people move, over HTTP: what the ledger keeps of it, who hears of it, and when nothing moves."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sheetsync.core.flags import Flag
from sheetsync.core.graph import Handoff, Readiness, Visibility
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run
from sheetsync.faces.export import export_document
from sheetsync.faces.handing import handoffs_document, handoffs_text
from sheetsync.faces.history import history_document, history_text
from sheetsync.faces.status import status_document, status_text
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from sheetsync.ports import HandoffEvent
from tests.engine.conftest import Town
from tests.engine.people import LANDING, UTM, Hand, builder, our_lines
from tests.engine.test_ledger_story import share, unshare
from tests.season import SEASON, Season, Told, season

EDGE, HERO = "landing->utm", "NL-1001 / email / hero-banner"
ROW, PAGE = 1, 3
"""Rows (0-based) of NL-1001 in the UTM builder and the landing pages."""
STATUS, ADDRESS, PAGE_STATUS = 9, 3, 4
GOOD = "https://www.northlight.example/harlow-finch/singles-day"
READY = Readiness(
    agree=("flight_end",),
    filled=("landing_page",),
    says={"page_status": ("live", "ready")},
    production=("landing_page",),
)


@pytest.fixture
def waiting(untouched: Town) -> Town:
    """The season in which Analytics waits for a page that works, after its first cycle."""
    rules = untouched.config.rules
    handoffs = [waits(one) if one.id == EDGE else one for one in rules.handoffs]
    untouched.set(replace(rules, handoffs=tuple(handoffs)))
    assert untouched.run().exit_code == 0
    return untouched


def waits(handoff: Handoff) -> Handoff:
    ready, live = {"placement_status": ("ready",)}, {"placement_status": ("live",)}
    return replace(handoff, ready_when=READY, taken_when=ready, done_when=live)


def page(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def state(town: Season, record: str = HERO) -> str | None:
    one = town.world().ledger.memory().handed.get((EDGE, record))
    return None if one is None else one.state


def events(town: Season, record: str | None = None) -> list[HandoffEvent]:
    return list(town.world().ledger.handoff_events(record))


def replayed(told: list[HandoffEvent]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for one in told:
        assert found.get(one.about) == one.old != one.new
        if one.new is None:
            del found[one.about]
        else:
            found[one.about] = one.new
    return found


def early(run: Run) -> list[Flag]:
    return [flag for flag in run.decided.flags if flag.contract == f"{EDGE}.ready_when" and flag.record == HERO]


def kept(town: Town) -> bytes:
    with closing(sqlite3.connect(town.ledger)) as ledger:
        everything = ("SELECT * FROM handed", "SELECT * FROM handoff_events")
        return repr([ledger.execute(one).fetchall() for one in everything]).encode()


def test_a_handoff_goes_its_way_and_back_and_every_step_is_kept_once(waiting: Town) -> None:
    assert state(waiting) == "not_ready"
    steps: list[tuple[Callable[[], None], str | None, int]] = [
        (lambda: page(waiting).text(PAGE, ADDRESS, GOOD), "ready", 0),
        (lambda: builder(waiting).text(ROW, STATUS, "Ready"), "consumed", 0),
        (lambda: page(waiting).text(PAGE, PAGE_STATUS, "In Vorbereitung"), "consumed", 1),
        (lambda: builder(waiting).text(ROW, STATUS, "Planned"), "not_ready", 0),
        (lambda: page(waiting).text(PAGE, PAGE_STATUS, "Online"), "ready", 0),
        (lambda: builder(waiting).text(ROW, STATUS, "Live"), "done", 0),
        (lambda: builder(waiting).text(ROW, STATUS, "Cancelled"), None, 0),
        (lambda: builder(waiting).text(ROW, STATUS, "Live"), "done", 0),
        (lambda: builder(waiting).delete("ROWS", ROW), None, 0),
    ]
    way: list[str | None] = ["not_ready"]
    for act, wanted, flags in steps:
        act()
        run = waiting.run()
        assert (state(waiting), len(early(run))) == (wanted, flags)
        way += [] if way[-1] == wanted else [wanted]
        assert [one.new for one in events(waiting, HERO) if one.handoff == EDGE] == way
        before = kept(waiting)
        assert run.id in {one.run for one in events(waiting)} or flags or wanted == "consumed"
        waiting.run()
        assert kept(waiting) == before
        memory = waiting.world().ledger.memory()
        assert replayed(events(waiting)) == {about: one.state for about, one in memory.handed.items()}


def test_a_sort_is_no_event(waiting: Town) -> None:
    before = events(waiting)
    builder(waiting).sort(1, 4, descending=True)
    waiting.run()
    assert events(waiting) == before


def test_a_dry_run_keeps_nothing_of_it(waiting: Town) -> None:
    before = kept(waiting)
    page(waiting).text(PAGE, ADDRESS, GOOD)
    run = waiting.run(dry_run=True)
    [one] = [it for it in run.decided.handed if it.about == (EDGE, HERO)]
    assert (str(one.state), kept(waiting)) == ("ready", before)


@pytest.mark.parametrize("book", [LANDING, UTM])
def test_a_source_that_cannot_be_read_moves_nothing(waiting: Town, book: str) -> None:
    before = kept(waiting)
    page(waiting).text(PAGE, ADDRESS, GOOD)
    builder(waiting).text(ROW, STATUS, "Live")
    unshare(waiting, book)
    assert waiting.run().exit_code == 14
    assert kept(waiting) == before
    assert state(waiting) == "not_ready"
    share(waiting, book)
    waiting.run()
    assert state(waiting) == "done"


def test_a_source_that_a_guard_holds_moves_nothing(waiting: Town) -> None:
    page(waiting).text(2, 0, "Was ist das")
    before = kept(waiting)
    run = waiting.run(accept=frozenset())
    assert "landing" in {held.source for held in run.snapshots.held}
    assert kept(waiting) == before


def test_an_undo_leaves_how_far_people_are(waiting: Town) -> None:
    page(waiting).text(PAGE, ADDRESS, GOOD)
    waiting.run()
    before = kept(waiting)
    undo(waiting.world(), waiting.config.rules, "last", False)
    assert (kept(waiting), state(waiting)) == (before, "ready")


def test_readers_who_may_see_names_read_beside_the_row_which_demands_do_not_hold(waiting: Town) -> None:
    builder(waiting).text(ROW, STATUS, "Ready")
    [flag] = early(waiting.run())
    assert waiting.config.rules.sources["utm"].readers_see is Visibility.FIELDS
    [line] = [line for key, line in our_lines(waiting, UTM).items() if "hero" in key and "nl-1001" in key]
    assert "not ready" in line["issues"]
    assert "http:" not in line["issues"]
    assert flag.message.endswith("not ready: Landing page in Landing pages: not https")
    waiting.change("utm", readers_see=Visibility.NONE)
    waiting.run(accept=waiting.yes_to())
    [line] = [line for key, line in our_lines(waiting, UTM).items() if "hero" in key and "nl-1001" in key]
    assert "Landing page" not in line["issues"]


# ---------------------------------------------------------------- what people are shown


def test_the_command_counts_each_handoff_and_says_what_is_not_ready_and_why(waiting: Town) -> None:
    told = handoffs_document(waiting.config, None, None, None)
    [edge] = [it for it in told["handoffs"] if it["handoff"] == EDGE]
    counted = {name: sum(it["state"] == name and it["handoff"] == EDGE for it in told["states"]) for name in edge}
    assert all(edge[name] == counted[name] for name in ("not_ready", "ready", "consumed", "done"))
    assert edge["not_ready"] > 0
    starts = [it["window"]["start"] for it in told["states"] if it["window"]["start"]]
    assert starts
    text = "\n".join(handoffs_text(Screen(), told))
    assert "Landing page in Landing pages: not https" in text
    assert text.splitlines()[-1].startswith("handoffs: ")
    assert " ago" not in text
    json.dumps(told)


def test_a_record_a_handoff_or_a_state_may_be_asked_for(waiting: Town) -> None:
    one = handoffs_document(waiting.config, "nl-1001", EDGE, None)
    assert [(it["handoff"], it["record"]) for it in one["states"]] == [(EDGE, HERO)]
    [piece] = [it for it in one["states"][0]["evidence"] if it["holds"] is False]
    assert (piece["demand"], piece["about"], piece["source"], piece["where"]) == (
        "production",
        "landing_page",
        "landing",
        "Zielseiten!D4",
    )
    assert piece["link"].endswith("D4")
    ready = handoffs_document(waiting.config, None, EDGE, "ready")
    assert {it["state"] for it in ready["states"]} <= {"ready"}


def test_truth_history_status_and_export_carry_it(waiting: Town) -> None:
    page(waiting).text(PAGE, ADDRESS, GOOD)
    waiting.run()
    truth = truth_document(waiting.config, "NL-1001", None)
    assert (EDGE, HERO, "ready") in {(it["handoff"], it["record"], it["state"]) for it in truth["handoffs"]}
    assert f"{EDGE} {HERO}" in "\n".join(truth_text(Screen(), truth))
    assert truth_document(waiting.config, "NL-1001", "offer")["handoffs"] == []
    history = history_document(waiting.config, "NL-1001", None, None, 50)
    [step] = [it for it in history["events"] if "handoff" in it]
    assert (step["handoff"], step["record"], step["old"], step["new"]) == (EDGE, HERO, "not_ready", "ready")
    assert f"{EDGE}: not ready -> ready" in "\n".join(history_text(Screen(), history))
    assert not [it for it in history_document(waiting.config, None, "offer", None, 50)["events"] if "handoff" in it]
    status = status_document(waiting.config)
    assert sum(status["handoffs"].values()) == len(waiting.world().ledger.memory().handed)
    assert any(line.startswith("handoffs: ") for line in status_text(Screen(), status))
    for row in export_document(waiting.config, None)["rows"]:
        assert {it["record"] for it in row["handoffs"]} <= {row["record"], row["record"].split(" / ")[0]}
        assert EDGE in {it["handoff"] for it in row["handoffs"]}


# ---------------------------------------------------------------- the season

_MAIL = """\
    ready_when:
      agree: [offer, promo_code]
      filled: [landing_page, page_live]
      is: {page_status: [live, ready]}
      production: [landing_page]
      approved: [legal]
    taken_when: {placement_status: [ready]}
    done_when: {placement_status: [live, done]}
"""
_AT = "    contracts:\n      send_time: {after: page_live}\n"


def test_the_season_with_its_mails_waiting_says_of_each_too_early_one_what_does_not_hold(tmp_path: Path) -> None:
    config = tmp_path / "config"
    shutil.copytree(SEASON.config, config, ignore=shutil.ignore_patterns("state", "deploy"))
    handoffs = config / "handoffs.yaml"
    text = handoffs.read_text(encoding="utf-8")
    assert text.count(_AT) == 1
    handoffs.write_text(text.replace(_AT, _AT + _MAIL), encoding="utf-8")
    with season(tmp_path / "place", Told(SEASON.story, config)) as loaded:
        flags = loaded.reconcile()["flags"]
        told = [flag for flag in flags if (flag["contract"] or "").endswith(".ready_when")]
        begun = {it.about: it for it in loaded.world().ledger.memory().handed.values() if "->email" in it.handoff}
        assert replayed(events(loaded)) == {
            about: one.state for about, one in loaded.world().ledger.memory().handed.items()
        }
        for flag in told:
            one = begun[flag["contract"].removesuffix(".ready_when"), flag["record"]]
            assert one.state in ("consumed", "done")
            failing = [it["why"] for it in pieces(one.evidence) if it["holds"] is False]
            assert failing
            assert all(why in flag["message"] for why in failing)
        silent = begun.keys() - {(flag["contract"].removesuffix(".ready_when"), flag["record"]) for flag in told}
        for about in silent:
            one, failing = begun[about], [it for it in pieces(begun[about].evidence) if it["holds"] is False]
            asked = about[0].startswith("landing->")
            assert not (asked and one.state in ("consumed", "done") and failing), about
        assert told
        before = events(loaded)
        loaded.reconcile()
        assert events(loaded) == before


def pieces(evidence: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(evidence)
    return found
