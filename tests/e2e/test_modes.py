"""How far we may go in a workbook, as people type it: fall-back, adopt, detach, and the guards' yes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import environment, sheetsync
from tests.engine.people import BRIEFS, LANDING, UTM, Hand
from tests.season import Season, season

pytestmark = pytest.mark.e2e


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Season]:
    with season(tmp_path) as one:
        yield one


def run(loaded: Season, *arguments: str, code: int = 0) -> str:
    done = sheetsync(*arguments, "--config", str(loaded.folder), environ=environment(**loaded.environment))
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_first_write_asks_for_a_yes_and_says_how_to_give_it(loaded: Season) -> None:
    told = run(loaded, "reconcile", code=12)
    assert "sheetsync reconcile --accept first_write:briefs" in told
    assert "sheetsync reconcile --accept first_write:briefs" in run(loaded, "status")
    run(loaded, "reconcile", "--accept", "first_write")
    assert "first_write" not in run(loaded, "status")


def test_where_columns_would_be_unsafe_validate_status_and_the_run_say_why(loaded: Season) -> None:
    Hand(loaded.sandbox, UTM, 77).merge(3, 5, 0, 1)
    reason = "only the tab `sheetsync`, no columns: key cells are merged (A4:A5): unmerge them"
    assert reason not in run(loaded, "validate"), "nobody has looked yet"
    looked = run(loaded, "validate", "--sheets")
    assert reason in looked
    assert "header at Q4 briefs!B4" in looked
    assert reason in run(loaded, "reconcile", "--accept", "first_write")
    assert reason in run(loaded, "status")
    assert reason in run(loaded, "validate")
    Hand(loaded.sandbox, UTM, 77).act({"unmergeCells": {"range": {"sheetId": 77}}})
    assert reason not in run(loaded, "reconcile")
    assert reason not in run(loaded, "status")


def test_a_sheet_that_cannot_be_read_is_told_by_validate_with_the_rest(loaded: Season) -> None:
    sources = (loaded.folder / "sources.yaml").read_text()
    (loaded.folder / "sources.yaml").write_text(sources.replace("demo00000002", "demo0000000X"))
    told = run(loaded, "validate", "--sheets", code=14)
    assert "no spreadsheet with id" in told
    assert "header at Q4 briefs!B4" in told


def test_adopt_and_detach_from_the_first_write_to_as_if_we_had_never_been_there(loaded: Season) -> None:
    before = {book: grid(loaded, book) for book in (BRIEFS, LANDING, UTM)}
    run(loaded, "reconcile", "--accept", "first_write")
    assert "'Tracking URL' is ours from now on: 4 values remembered" in run(loaded, "adopt", "utm", "tracking_url")
    run(loaded, "reconcile")
    assert json.loads(run(loaded, "reconcile", "--json"))["requests"]["writes"] == 0
    assert "take our column" in run(loaded, "detach", "briefs", "--dry-run")
    told = run(loaded, "detach", "--all")
    assert "To stay away, set `sources.briefs.mode: observe`" in told
    after = {book: grid(loaded, book) for book in (BRIEFS, LANDING, UTM)}
    assert {book: after[book] for book in (BRIEFS, LANDING)} == {book: before[book] for book in (BRIEFS, LANDING)}
    adopted = [row[:10] + row[11:] for row in after[UTM]]
    assert adopted == [row[:10] + row[11:] for row in before[UTM]], "all but the column that was handed over"
    assert "--accept first_write:briefs" in run(loaded, "reconcile", code=12), "who has left asks again"


def test_what_cannot_be_meant_is_told_in_one_line(loaded: Season) -> None:
    assert "no source is called 'utmm'" in run(loaded, "detach", "utmm", code=2)
    assert "say what to leave" in run(loaded, "detach", code=2)
    assert "`sources.landing.mode: columns`" in run(loaded, "adopt", "landing", "tracking_url", code=2)
    assert "offer is not generated for utm" in run(loaded, "adopt", "utm", "offer", code=2)


def grid(loaded: Season, book: str) -> list[list[str]]:
    tabs = loaded.sandbox.export(book)["tabs"]
    return [row for tab in tabs for row in loaded.sandbox.grid(book, tab["title"])]
