"""`sheetsync init`: from sheets nobody has described to a configuration that is valid and runs."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sheetsync.config import Config, load
from sheetsync.core.graph import Mode, SheetTab, Table
from sheetsync.faces import initiating
from sheetsync.faces.cli import main
from sheetsync.sandbox import Running, running
from tests.season import SEASON
from tests.test_inspect import BRIEFS, LANDING, books

UTM = "1NorthlightUtmBuilderQ42026demo0000000003"
STACKED = "1MessStructureStackedTables000000S03"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(accounts=tmp_path_factory.mktemp("accounts"), stories=[SEASON.story]) as it:
        yield it


def init(sandbox: Running, folder: Path, *words: str, answers: str | None = None) -> Result:
    environ = {"SHEETS_EMULATOR_HOST": sandbox.base, "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync"))}
    if answers is not None:
        folder.with_suffix(".answers").write_text(answers)
        words = (*words, "--answers", str(folder.with_suffix(".answers")))
    done = CliRunner().invoke(main, ["init", *words, "--config", str(folder)], env=environ, prog_name="sheetsync")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def written(folder: Path) -> Config:
    return load(folder, {})


def refused(done: Result, folder: Path, text: str) -> None:
    """One line, and nothing is left behind."""
    assert done.exit_code == 2, done.output
    [line] = done.stderr.splitlines()
    assert re.search(text, line), line
    assert [path for path in folder.parent.iterdir() if not path.name.endswith(".answers")] == []


def test_seven_sheets_become_a_configuration_that_plans(sandbox: Running, tmp_path: Path) -> None:
    before = {book: sandbox.export(book) for book in books()}
    sandbox.requests.clear()
    done = init(sandbox, tmp_path / "first", *books(), "--yes")
    assert done.exit_code == 0, done.output
    assert {one.method for one in sandbox.requests if "/token" not in one.path} == {"GET"}
    assert {book: sandbox.export(book) for book in before} == before
    rules = written(tmp_path / "first").rules
    assert len(rules.sources) == 9
    assert {one.mode for one in rules.sources.values()} == {Mode.OBSERVE}
    assert "valid: 9 sources" in done.stdout
    assert re.search(r"\d+ flags .* 0 workbooks to write", done.stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first"]


def test_what_is_written_can_be_planned_again(sandbox: Running, tmp_path: Path) -> None:
    init(sandbox, tmp_path / "first", BRIEFS, LANDING, "--yes")
    environ = {"SHEETS_EMULATOR_HOST": sandbox.base, "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync"))}
    done = CliRunner().invoke(main, ["plan", "--config", str(tmp_path / "first")], env=environ)
    assert done.exit_code == 0, done.output


def test_placements_alone_get_a_register_of_their_campaigns(sandbox: Running, tmp_path: Path) -> None:
    done = init(sandbox, tmp_path / "first", UTM, "--yes")
    assert done.exit_code == 0, done.output
    rules = written(tmp_path / "first").rules
    assert rules.sources["register"].location == Table("campaigns")
    assert rules.owners["campaign_id"] == "register"
    assert (tmp_path / "first" / "state" / "records.db").exists()


def test_a_file_becomes_a_source_too(tmp_path: Path, sandbox: Running) -> None:
    done = init(sandbox, tmp_path / "first", str(SEASON.story / "partner-briefs" / "briefs.csv"), "--yes")
    assert done.exit_code == 0, done.output
    [source] = written(tmp_path / "first").rules.sources.values()
    assert isinstance(source.location, SheetTab)


TORN = "Campaign ID,Start,End,Code\nNL-1,03/04/2026,06/04/2026,00123\nNL-2,05/05/2026,08/06/2026,1E5\n"


def test_days_of_a_file_that_can_be_read_two_ways_are_left_in_doubt_and_said_so(
    tmp_path: Path, sandbox: Running
) -> None:
    (tmp_path / "plan.csv").write_text(TORN)
    done = init(sandbox, tmp_path / "first", str(tmp_path / "plan.csv"), "--yes")
    assert done.exit_code == 0, done.output
    assert set(written(tmp_path / "first").rules.sources["plan"].columns) == {"campaign_id", "promo_code"}
    assert "2 columns in doubt left alone" in done.stdout
    assert "unreadable" not in done.stdout


def test_who_knows_the_locale_of_a_file_is_asked_no_more(tmp_path: Path, sandbox: Running) -> None:
    (tmp_path / "plan.csv").write_text(TORN)
    done = init(sandbox, tmp_path / "first", str(tmp_path / "plan.csv"), "--yes", answers="locale: de_DE")
    assert done.exit_code == 0, done.output
    config = written(tmp_path / "first")
    assert set(config.rules.sources["plan"].columns) == {"campaign_id", "promo_code", "flight_start", "flight_end"}
    # What is proposed as the season rests on the days that everybody reads alike.
    assert config.rules.season == date(2026, 5, 5)


def test_a_file_that_shows_how_it_is_written_is_asked_for_no_locale(tmp_path: Path, sandbox: Running) -> None:
    (tmp_path / "plan.csv").write_text(TORN.replace("06/04", "16/04"))
    done = init(sandbox, tmp_path / "first", str(tmp_path / "plan.csv"), "--yes", answers="locale: de_DE")
    assert "nothing was asked as `locale`" in done.stderr


def test_answers_count_by_the_ids_of_their_questions(sandbox: Running, tmp_path: Path) -> None:
    answers = """
      partner_briefs_q4_2026.team: Partnerships
      owners: no
      owner.offer: landingpages_q4_2026
      season: 2026-12-24
    """
    done = init(sandbox, tmp_path / "first", BRIEFS, LANDING, "--yes", answers=answers)
    assert done.exit_code == 0, done.output
    rules = written(tmp_path / "first").rules
    assert rules.sources["partner_briefs_q4_2026"].team == "Partnerships"
    assert rules.owners["offer"] == "landingpages_q4_2026"
    assert str(rules.season) == "2026-12-24"


def test_a_question_without_an_answer_is_named(sandbox: Running, tmp_path: Path) -> None:
    refused(
        init(sandbox, tmp_path / "first", BRIEFS, answers="{}"), tmp_path / "first", r"`partner_briefs_q4_2026\.take`"
    )


def test_an_answer_that_is_none_is_refused(sandbox: Running, tmp_path: Path) -> None:
    done = init(sandbox, tmp_path / "first", BRIEFS, "--yes", answers="register: nobody")
    refused(done, tmp_path / "first", "'nobody' is no answer.* partner_briefs_q4_2026, register")


def test_an_answer_to_no_question_is_refused(sandbox: Running, tmp_path: Path) -> None:
    done = init(sandbox, tmp_path / "first", BRIEFS, "--yes", answers="owner.ofer: briefs")
    refused(done, tmp_path / "first", r"nothing was asked as `owner\.ofer`")


def test_a_season_that_is_no_day_is_refused(sandbox: Running, tmp_path: Path) -> None:
    done = init(sandbox, tmp_path / "first", BRIEFS, "--yes", answers="season: soon")
    refused(done, tmp_path / "first", "'soon' is no day")


def test_where_no_tab_is_taken_there_is_no_configuration(sandbox: Running, tmp_path: Path) -> None:
    done = init(sandbox, tmp_path / "first", BRIEFS, "--yes", answers="partner_briefs_q4_2026.take: no")
    refused(done, tmp_path / "first", "No tab of these sheets became a source")


def test_who_interrupts_it_finds_nothing_left_behind(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(initiating, "_first_look", interrupted)
    assert init(sandbox, tmp_path / "first", BRIEFS, "--yes").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_register_the_environment_names_is_not_touched(
    sandbox: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHEETSYNC_RECORDS", str(tmp_path / "company.db"))
    assert init(sandbox, tmp_path / "first", UTM, "--yes").exit_code == 0
    assert not (tmp_path / "company.db").exists()


def test_two_tables_of_one_tab_become_two_sources(tmp_path: Path) -> None:
    name = "stacked-tables-different-headers"
    story = tmp_path / "story"
    story.mkdir()
    (story / name).symlink_to(SEASON.story.parent / "messes" / name)
    with running(accounts=tmp_path / "accounts", stories=[story]) as sandbox:
        done = init(sandbox, tmp_path / "first", STACKED, "--yes")
        assert done.exit_code == 0, done.output
        upper, lower = written(tmp_path / "first").rules.sources.values()
        assert upper.location == lower.location == SheetTab(STACKED, 0)
        assert {"partner", "budget"} <= upper.columns.keys()
        assert {"subject", "send_time"} <= lower.columns.keys()
        environ = {"SHEETS_EMULATOR_HOST": sandbox.base, "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync"))}
        done = CliRunner().invoke(main, ["plan", "--json", "--config", str(tmp_path / "first")], env=environ)
        assert {one["source"]: one["rows"] for one in json.loads(done.stdout)["run"]["sources"]} == {
            upper.name: 3,
            lower.name: 3,
        }
