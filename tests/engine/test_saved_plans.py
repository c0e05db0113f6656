"""A plan and its apply are one object: what a person looked at is written, or nothing is, workbook by workbook."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync.faces.cli import main
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, briefs, builder, our_lines
from tests.season import Season

ALL = {BRIEFS, LANDING, UTM}


class Desk:
    """The command line of one person, with a saved plan."""

    def __init__(self, town: Season) -> None:
        self.town = town
        self.file = town.place / "monday.plan"

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--config", str(self.town.folder)], env=self.town.environment)

    def plan(self, *more: str) -> Mapping[str, Any]:
        done = self("plan", "--out", str(self.file), "--json", *more)
        document: Mapping[str, Any] = json.loads(done.stdout)
        return document

    def apply(self, *more: str) -> tuple[int, dict[str, str], str]:
        """Exit code, state by spreadsheet, and everything it said."""
        done = self("apply", str(self.file), "--json", "--accept", "first_write", *more)
        document = json.loads(done.stdout)
        told = [source["trouble"] for source in document["run"]["sources"] if source["trouble"]]
        return done.exit_code, {it["spreadsheet"]: it["state"] for it in document["written"]}, " ".join(told)


@pytest.fixture
def desk(town: Town) -> Desk:
    """After the first cycle."""
    return Desk(town)


@pytest.fixture
def first(untouched: Town) -> Desk:
    """Before anything of ours stands anywhere."""
    return Desk(untouched)


def content(town: Season) -> dict[str, Any]:
    return {book: town.sandbox.export(book) for book in ALL}


def test_a_plan_writes_nothing_and_its_apply_writes_what_reconcile_would(first: Desk) -> None:
    before = content(first.town)
    planned = first.plan()
    assert content(first.town) == before
    assert not Path(first.town.environment["SHEETSYNC_LEDGER"]).exists()
    assert {it["spreadsheet"] for it in planned["written"]} == ALL
    code, states, _ = first.apply()
    assert (code, states) == (0, dict.fromkeys(ALL, "verified"))
    after = first.town.reconcile()
    assert after["requests"]["writes"] == 0


def test_a_plan_is_applied_once(first: Desk) -> None:
    first.plan()
    first.apply()
    code, states, told = first.apply()
    assert code == 12
    assert "verified" not in states.values()
    assert "nothing is left to write there" in told


def test_a_row_that_moved_on_stops_the_workbooks_it_bears_on_and_no_other(desk: Desk) -> None:
    landing = our_lines(desk.town, LANDING)
    # Something to write in two workbooks: a late change of the Web team's own, and one of Analytics'.
    builder(desk.town).text(6, 6, "email")
    briefs(desk.town).text(*briefs(desk.town).find("HAMPER15"), "HAMPER16")
    desk.plan()
    builder(desk.town).text(1, 6, "mail")
    code, states, told = desk.apply()
    assert code == 12
    assert states[UTM] == "refused"
    assert states[LANDING] == "verified"
    assert "UTM builder has changed since" in told
    assert our_lines(desk.town, LANDING) != landing


def test_a_changed_configuration_stops_every_workbook(first: Desk) -> None:
    first.plan()
    severities = first.town.folder / "handoffs.yaml"
    severities.write_text(severities.read_text().replace("  offer: high", "  offer: low"))
    before = content(first.town)
    code, states, told = first.apply()
    assert (code, set(states.values())) == (12, {"refused"})
    assert "the configuration has changed since" in told
    assert content(first.town) == before


def test_a_generation_that_moved_on_stops_its_workbook_alone(first: Desk) -> None:
    first.plan()
    first("reconcile", "--only", "utm", "--accept", "first_write")
    code, states, told = first.apply()
    assert code == 12
    assert states.pop(UTM, "refused") == "refused"
    assert states == {BRIEFS: "verified", LANDING: "verified"}
    assert "UTM builder Q4 2026: nothing is left to write there" in told


def test_guards_ask_a_saved_plan_as_well(first: Desk) -> None:
    first.plan()
    before = content(first.town)
    done = first("apply", str(first.file))
    assert done.exit_code == 12
    assert "--accept first_write:briefs" in done.output
    assert content(first.town) == before


def test_a_plan_says_what_is_news_and_counts_what_stands(desk: Desk) -> None:
    quiet = desk("plan")
    assert "As before: 17 flags" in quiet.output
    assert "ADVNET49" not in quiet.output
    everything = desk("plan", "--verbose").output
    assert "[medium difference" in everything
    assert "root['landing: NL-1006']['promo_code'] changed from \"ADVNET49\" to \"ADVENT49\"." in everything
    briefs(desk.town).text(*briefs(desk.town).find("HAMPER15"), "HAMPER16")
    news = desk("plan").output
    assert "HAMPER15 -> HAMPER16" in news
    assert "0 workbooks to write" not in news


def test_a_plan_says_what_would_be_settled(desk: Desk) -> None:
    late = next(flag for flag in desk.town.reconcile()["flags"] if flag["field"] == "flight_end")
    Hand(desk.town.sandbox, LANDING, 1204).text(5, 6, "30.11.2026")
    assert f"settled  [difference {late['id']}]" in desk("plan").output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is no saved plan: it is not JSON"),
        ("[]", "is no saved plan"),
        ('{"kind": "sheetsync plan", "version": 9}', "was saved by another sheetsync (version 9)"),
        ('{"kind": "sheetsync plan", "version": 1}', "is damaged"),
    ],
)
def test_what_is_no_plan_is_said_in_one_line(desk: Desk, content: str | None, said: str) -> None:
    if content is not None:
        desk.file.write_text(content)
    done = desk("apply", str(desk.file))
    assert done.exit_code == 2
    assert said in done.stderr
    assert "sheetsync plan --out FILE" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_plan_is_for_its_owners_eyes_only(desk: Desk) -> None:
    desk.plan()
    assert desk.file.stat().st_mode & 0o077 == 0


# ---------------------------------------------------------------- --only


def test_only_a_source_writes_into_its_workbook_alone(first: Desk) -> None:
    before = content(first.town)
    done = first("reconcile", "--only", "landing", "--accept", "first_write", "--json")
    assert done.exit_code == 0
    assert [it["spreadsheet"] for it in json.loads(done.stdout)["written"]] == [LANDING]
    after = content(first.town)
    assert {book for book in ALL if after[book] != before[book]} == {LANDING}


def test_only_a_campaign_renews_its_own_lines_and_leaves_the_others_as_they_stand(desk: Desk) -> None:
    before = our_lines(desk.town, UTM)
    builder(desk.town).text(6, 6, "email")  # NL-1006: settled
    builder(desk.town).text(15, 6, "mail")  # NL-1010: a new difference
    done = desk("reconcile", "--only", "nl-1006", "--json")
    assert done.exit_code == 0, done.output
    after = our_lines(desk.town, UTM)
    assert {key.split("␟")[1] for key in before if before[key] != after[key]} == {"nl-1006"}
    assert before.keys() == after.keys()
    rest = desk.town.reconcile()
    assert rest["requests"]["writes"] == 1
    renewed = our_lines(desk.town, UTM)
    assert {key.split("␟")[1] for key in after if after[key] != renewed[key]} == {"nl-1010"}
    assert desk.town.reconcile()["requests"]["writes"] == 0


def test_only_a_campaign_as_the_first_write_shows_this_campaign_and_no_other(first: Desk) -> None:
    first("reconcile", "--only", "NL-1006", "--accept", "first_write")
    assert {key.split("␟")[1] for key in our_lines(first.town, UTM)} == {"nl-1006"}
    assert first.town.reconcile()["run"]["exit_code"] == 0
    assert first.town.reconcile()["requests"]["writes"] == 0


def test_what_nobody_knows_is_told_before_anything_is_written(desk: Desk) -> None:
    before = content(desk.town)
    done = desk("reconcile", "--only", "NL-9999", "--accept", "first_write")
    assert done.exit_code == 2
    assert "no source and no campaign is called 'NL-9999'" in done.stderr
    assert content(desk.town) == before


def test_a_plan_about_one_campaign_is_applied_to_that_campaign_alone(desk: Desk) -> None:
    builder(desk.town).text(6, 6, "email")
    builder(desk.town).text(15, 6, "mail")
    desk.plan("--only", "NL-1006")
    before = our_lines(desk.town, UTM)
    assert desk.apply()[0] == 0
    after = our_lines(desk.town, UTM)
    assert {key.split("␟")[1] for key in before if before[key] != after[key]} == {"nl-1006"}


def test_what_is_settled_goes_from_a_sidecar_too(desk: Desk) -> None:
    assert "landing␟nl-1003" in our_lines(desk.town, LANDING)
    Hand(desk.town.sandbox, LANDING, 1204).text(5, 6, "30.11.2026")
    desk("reconcile", "--only", "NL-1003")
    assert "landing␟nl-1003" not in our_lines(desk.town, LANDING)
    assert desk.town.reconcile()["requests"]["writes"] == 0
