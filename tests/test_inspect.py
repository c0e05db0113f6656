"""`sheetsync inspect`: what people see of a sheet nobody has described, and what they can put into a configuration."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from sheetsync.config import load
from sheetsync.config.writing import commented
from sheetsync.faces.cli import main
from sheetsync.faces.inspecting import Named
from sheetsync.sandbox import Running, running
from tests.season import SEASON

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"
LANDING = "1NorthlightLandingPagesQ42026demo00000002"
#: words the columns of any sheet may need
_WORDS = """
version: 1
vocabularies:
  status: {planned: [], live: []}
  channel: {email: []}
  utm_source: {newsletter: []}
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(accounts=tmp_path_factory.mktemp("accounts"), stories=[SEASON.story]) as it:
        yield it


def run(sandbox: Running, *words: str, config: str = "none") -> Result:
    environ = {"SHEETS_EMULATOR_HOST": sandbox.base, "SHEETSYNC_CREDENTIALS": str(sandbox.key_file("sheetsync"))}
    done = CliRunner().invoke(main, [*words, "--config", config], env=environ, prog_name="sheetsync")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def books() -> list[str]:
    ids = [path.read_text() for path in sorted(SEASON.story.glob("*/workbook.yaml"))]
    return [line.split()[1] for text in ids for line in text.splitlines() if line.startswith("id:")]


@pytest.mark.parametrize("book", books())
def test_a_sheet_is_only_read_and_once(sandbox: Running, book: str) -> None:
    before = sandbox.export(book)
    sandbox.requests.clear()
    assert run(sandbox, "inspect", book).exit_code == 0
    asked = [one for one in sandbox.requests if "/token" not in one.path]
    assert [one.method for one in asked] == ["GET"]
    assert sandbox.export(book) == before


@pytest.mark.parametrize("book", books())
def test_its_source_block_is_valid_in_a_configuration(sandbox: Running, book: str, tmp_path: Path) -> None:
    done = run(sandbox, "inspect", book, "--out", str(tmp_path / "sources.yaml"))
    assert done.exit_code == 0, done.output
    (tmp_path / "sheetsync.yaml").write_text(_WORDS)
    sources = load(tmp_path, {}).rules.sources
    assert sources
    assert {str(one.mode) for one in sources.values()} == {"observe"}


@pytest.mark.parametrize("book", books())
def test_what_is_told_fits_80_columns_in_a_pipe_too(sandbox: Running, book: str, tmp_path: Path) -> None:
    told = run(sandbox, "inspect", book, "--out", str(tmp_path / "block.yaml")).stdout.splitlines()
    assert [line for line in told if cell_len(line) > 80 and "block.yaml" not in line] == []


def test_every_special_row_is_drawn_and_data_is_sampled(sandbox: Running) -> None:
    done = run(sandbox, "inspect", BRIEFS)
    for mark in ("4 header", "5 example", "6 banner", "21 total", "… 2 more", "row 1 (preamble)"):
        assert mark in done.stdout, mark
    document = json.loads(run(sandbox, "inspect", BRIEFS, "--json").stdout)
    assert document["version"] == 1
    [briefs, legend] = document["spreadsheets"][0]["tabs"]
    assert (briefs["tables"][0]["range"], briefs["tables"][0]["data_rows"]) == ("B4:L31", 17)
    assert legend["tables"] == []
    assert legend["instead"]


def test_a_tab_is_chosen_by_name_id_or_address(sandbox: Running) -> None:
    for words in (
        (LANDING, "--tab", "Zielseiten"),
        (LANDING, "--tab", "1204"),
        (f"{sandbox.base}/spreadsheets/d/{LANDING}/edit#gid=1204",),
    ):
        document = json.loads(run(sandbox, "inspect", *words, "--json").stdout)
        assert [tab["title"] for tab in document["spreadsheets"][0]["tabs"]] == ["Zielseiten"]


def test_a_file_is_looked_at_without_a_key_and_without_a_server() -> None:
    path = SEASON.story / "partner-briefs" / "briefs.csv"
    done = CliRunner().invoke(main, ["inspect", str(path), "--config", "none"], env={"SHEETSYNC_CREDENTIALS": None})
    assert done.exit_code == 0, done.output
    assert "B4:L31: 17 campaigns" in done.stdout


def test_an_exported_workbook_says_what_the_sheet_says(sandbox: Running, tmp_path: Path) -> None:
    from sheetsync.sandbox.exchange import find, take_out

    path = tmp_path / "briefs.xlsx"
    take_out(sandbox.state, find(sandbox.state, BRIEFS), path)
    there = json.loads(run(sandbox, "inspect", BRIEFS, "--json").stdout)["spreadsheets"][0]["tabs"][0]["tables"][0]
    here = json.loads(run(sandbox, "inspect", str(path), "--json").stdout)["spreadsheets"][0]["tabs"][0]["tables"][0]
    keys = ("range", "header_rows", "rows_are", "data_rows", "key")
    assert {key: here[key] for key in keys} == {key: there[key] for key in keys}
    assert [one["field"] for one in here["columns"]] == [one["field"] for one in there["columns"]]


def test_a_teams_own_configuration_names_no_source_twice(sandbox: Running, tmp_path: Path) -> None:
    folder = tmp_path / "config"
    shutil.copytree(SEASON.config, folder, ignore=shutil.ignore_patterns("state"))
    taken = load(folder, {}).rules.sources.keys()
    tabs = json.loads(run(sandbox, "inspect", BRIEFS, "--json", config=str(folder)).stdout)["spreadsheets"][0]["tabs"]
    assert not taken & {tab["source"] for tab in tabs}


def test_what_people_typed_ends_no_comment() -> None:
    assert list(commented(["one\nsources: {}\x85two\u2028three"])) == ["# one sources: {} two three"]


@pytest.mark.parametrize(
    ("text", "book", "tab"),
    [
        (BRIEFS, BRIEFS, None),
        (f"https://docs.google.com/spreadsheets/d/{BRIEFS}/edit?gid=0#gid=7", BRIEFS, 7),
        (f"https://docs.google.com/spreadsheets/u/1/d/{BRIEFS}", BRIEFS, None),
    ],
)
def test_an_address_leads_to_its_spreadsheet_and_tab(text: str, book: str, tab: int | None) -> None:
    assert Named.of(text) == Named(text, book, tab)
