"""What a person says about a row counts until it is taken back, wherever the row goes, and is never said for them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.engine.world import RUN
from sheetsync.faces.cli import main
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, briefs, our_lines
from tests.engine.test_saved_plans import Desk

TYPO, MEANT = "landing:NL-10O9", "NL-1009"


def match(town: Town, *arguments: str) -> Result:
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
    return CliRunner().invoke(main, ["match", *arguments], env=environ)


def listed(town: Town) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(match(town, "list", "--json").stdout)
    return document


def asked(town: Town) -> dict[str, list[str]]:
    """row -> what it may mean."""
    return {it["row"]: [one["campaign"] for one in it["candidates"]] for it in listed(town)["questions"]}


def answered(town: Town) -> list[tuple[str, str | None, list[str], str | None]]:
    return [(it["row"], it["accepted"], it["rejected"], it["but"]) for it in listed(town)["answers"]]


def said(town: Town, **request: Any) -> Mapping[str, Any]:
    """All that a cycle says, without its own name and time."""
    document = town.reconcile(**request)
    kinds = ("flags", "generated", "withheld", "asked")
    return {kind: document[kind] for kind in kinds} | {"writes": document["requests"]["writes"]}


def pages(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def test_what_is_asked_comes_with_what_it_may_mean_why_and_where(town: Town) -> None:
    [typo, orphan] = listed(town)["questions"]
    assert (typo["row"], typo["why"], orphan["row"], orphan["why"]) == (TYPO, "near_miss", "landing:NL-1365", "orphan")
    assert typo["flags"] == [it.id for it in town.world().ledger.open_flags() if it.kind == "near_miss_id"]
    [candidate] = typo["candidates"]
    assert candidate["alike"] == "id nearly the same, same partner, same name, days overlap"
    assert candidate["link"].endswith("range=B17")
    assert typo["places"][0]["link"].endswith("range=A13")
    assert orphan["candidates"] == []


def test_an_accepted_row_belongs_to_its_campaign_and_the_next_run_writes_nothing(town: Town) -> None:
    before = said(town)
    assert any(it["reason"].startswith("no Landing page") for it in before["withheld"])
    assert match(town, "accept", TYPO, MEANT).exit_code == 0
    after = said(town)
    assert {it["kind"] for it in before["flags"]} - {it["kind"] for it in after["flags"]} == {"near_miss_id"}
    assert len(after["generated"]) == len(before["generated"]) + 1, "the link that waited for its landing page"
    assert said(town)["writes"] == 0
    assert asked(town) == {"landing:NL-1365": []}
    assert answered(town) == [(TYPO, MEANT, [], None)]


@pytest.mark.parametrize("answer", [("accept", TYPO, MEANT), ("reject", TYPO), ("reject", TYPO, MEANT)])
def test_what_is_taken_back_leaves_everything_as_before(town: Town, answer: tuple[str, ...]) -> None:
    before = said(town)
    assert match(town, *answer).exit_code == 0
    assert said(town) != before
    assert match(town, "forget", TYPO).exit_code == 0
    after = said(town)
    assert {**after, "writes": 0} == before
    assert said(town)["writes"] == 0
    assert answered(town) == []


def test_a_rejected_campaign_is_not_proposed_again_and_the_row_stays_flagged(town: Town) -> None:
    assert match(town, "reject", TYPO, MEANT, "--by", "Ann").exit_code == 0
    flags = [it for it in said(town)["flags"] if it["found"] == "NL-10O9"]
    assert [(it["kind"], it["candidates"]) for it in flags] == [("orphan_row", [])]
    assert asked(town)[TYPO] == []
    assert listed(town)["answers"][0]["by"] == "Ann"


def test_an_answer_goes_with_its_row_wherever_that_is_moved(town: Town) -> None:
    match(town, "accept", TYPO, MEANT)
    town.reconcile()
    lines = our_lines(town, LANDING)
    pages(town).move("ROWS", 12, 13, 4)
    assert not [it for it in said(town)["flags"] if it["found"] == "NL-10O9"]
    assert our_lines(town, LANDING).keys() == lines.keys()


def test_an_answer_whose_campaign_is_gone_is_told(town: Town) -> None:
    row, _ = briefs(town).find("New Year Playbook")
    briefs(town).insert("ROWS", row)
    briefs(town).type(row, 1, "Finch Harbor", "NL-2000", "Pier Nights")
    town.reconcile()
    match(town, "accept", "landing:NL-1365", "NL-2000")
    assert not [it for it in said(town)["flags"] if it["found"] == "NL-1365"]
    briefs(town).delete("ROWS", row)
    [flag] = [it for it in town.reconcile()["flags"] if it["found"] == "NL-1365"]
    assert "it was said to be NL-2000, which is no campaign any more" in flag["message"]
    assert answered(town) == [("landing:NL-1365", "NL-2000", [], "NL-2000 is no campaign any more")]


def test_the_history_of_a_campaign_has_every_answer_about_it(town: Town) -> None:
    match(town, "accept", TYPO, MEANT, "--by", "Ann")
    match(town, "forget", TYPO, "--by", "Ben")
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
    done = CliRunner().invoke(main, ["history", MEANT, "--json"], env=environ)
    told = [(it["who"], it["answer"], it["raw"]) for it in json.loads(done.stdout)["events"] if "answer" in it]
    assert told == [("Ann", "accepted", "NL-10O9"), ("Ben", "forgotten", "NL-10O9")]
    text = CliRunner().invoke(main, ["history", MEANT], env=environ)
    assert "landing:NL-10O9 accepted" in text.stdout


def test_a_row_may_be_named_by_its_flag(town: Town) -> None:
    [flag] = listed(town)["questions"][0]["flags"]
    assert match(town, "accept", flag, MEANT.lower()).exit_code == 0
    assert answered(town) == [(TYPO, MEANT, [], None)]


def test_a_saved_plan_goes_stale_when_somebody_answers(town: Town) -> None:
    desk = Desk(town)
    pages(town).type(5, 7, "ANOTHER")
    desk.plan()
    match(town, "accept", TYPO, MEANT)
    code, states, told = desk.apply()
    assert (code, states[LANDING]) == (12, "refused")
    assert "somebody has said since which campaign a row means" in told


def test_while_a_run_is_at_work_nothing_can_be_said(town: Town) -> None:
    with SqlLeases(town.ledger, SystemClock()).hold(RUN):
        done = match(town, "accept", TYPO, MEANT)
    assert done.exit_code == 13
    assert answered(town) == []


def test_nothing_is_read_from_google_for_it(town: Town) -> None:
    nowhere = {"SHEETS_EMULATOR_HOST": "http://127.0.0.1:1", "SHEETSYNC_CREDENTIALS": "/nowhere/key.json"}
    environ = {**town.environment, **nowhere, "SHEETSYNC_CONFIG": str(town.folder)}
    for arguments in (["list"], ["accept", TYPO, MEANT], ["forget", TYPO], ["reject", TYPO]):
        done = CliRunner().invoke(main, ["match", *arguments], env=environ)
        assert done.exit_code == 0, done.output
