"""The installed command, as a subprocess, against the sandbox over HTTP."""

import json
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests

from sheetsync.sandbox.person import Person
from tests.e2e.command import environment, sandbox_process, sheetsync
from tests.sandbox.page import Page
from tests.season import STORY, TOP

pytestmark = pytest.mark.e2e

LANDING = "1NorthlightLandingPagesQ42026demo00000002"
UTM = "1NorthlightUtmBuilderQ42026demo0000000003"
SCHEMA = json.loads((resources.files("sheetsync.faces") / "schemas" / "reconcile.v1.json").read_text())


@dataclass
class Place:
    """A sandbox process with the season, a configuration folder, and the environment to reach both."""

    folder: Path
    base: str

    @property
    def environ(self) -> dict[str, str]:
        return environment(
            SHEETS_EMULATOR_HOST=self.base,
            SHEETSYNC_CREDENTIALS=str(self.folder / "accounts" / "sheetsync.json"),
            SHEETSYNC_LEDGER=str(self.folder / "ledger.db"),
            SHEETSYNC_RECORDS=str(self.folder / "records.db"),
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return sheetsync(*arguments, "--config", str(self.folder / "config"), environ=self.environ)

    def reconcile(self, *arguments: str) -> dict[str, Any]:
        done = self.run("reconcile", "--json", "--accept", "first_write", *arguments)
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        jsonschema.validate(document, SCHEMA)
        return document

    def person(self) -> Person:
        return Person(self.base, self.folder / "accounts" / "person.json")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    shutil.copytree(STORY / "config", tmp_path / "config", ignore=shutil.ignore_patterns("state"))
    from sheetsync.adapters.sql_records import SqlRecords

    SqlRecords(f"sqlite:///{tmp_path / 'records.db'}").load_csv(STORY / "records.csv", "campaigns")
    with sandbox_process("--accounts", str(tmp_path / "accounts"), "--story", str(STORY)) as base:
        yield Place(tmp_path, base)


def test_the_demo_tells_the_story_and_writes_nothing_the_second_time() -> None:
    started = time.monotonic()
    done = sheetsync("demo")
    assert done.returncode == 0, done.stdout + done.stderr
    assert time.monotonic() - started < 60
    assert "NL-1003 / flight_end: 29.11.2026 -> 2026-11-30" in done.stdout
    assert "utm_campaign=202612_cafe-zurich_advent-calendar" in done.stdout
    assert "withheld: landing page: staging host" in done.stdout
    last = done.stdout.strip().splitlines()[-1]
    assert last == "Nothing was written: what should stand in the sheets stands there."
    assert "\x1b[" not in done.stdout, "colour belongs on a terminal"
    assert done.stderr == ""


def test_a_cycle_over_http_by_json_and_a_second_one_without_a_write(place: Place) -> None:
    first = place.reconcile()
    assert len(first["flags"]) == 17
    assert [write["state"] for write in first["written"]] == ["verified"] * 3
    assert first["requests"]["writes"] == 3
    second = place.reconcile()
    assert second["requests"] == {"reads": 3, "writes": 0, "drive": 0}
    assert second["written"] == []
    assert [flag["id"] for flag in second["flags"]] == [flag["id"] for flag in first["flags"]]


def test_a_dry_run_says_what_it_would_write_and_leaves_no_trace(place: Place) -> None:
    dry = place.reconcile("--dry-run")
    assert {write["state"] for write in dry["written"]} == {"planned"}
    assert dry["requests"]["writes"] == 0
    assert not (place.folder / "ledger.db").exists()
    assert place.run("reconcile", "--dry-run", "--exit-code", "--accept", "first_write").returncode == 10
    assert place.run("status").returncode == 1


def test_every_link_opens_a_page_with_the_cell(place: Place) -> None:
    first = place.reconcile()
    links = {item["link"] for item in [*first["flags"], *first["generated"], *first["withheld"]] if item["link"]}
    assert len(links) > 20
    for link in links:
        page, fragment = link.split("#")
        response = requests.get(page, timeout=10)
        assert response.status_code == 200
        # That a browser scrolls there and marks it: test_page.py.
        assert fragment.partition("range=")[2] in Page(response.text).cells, link


def test_an_edited_cell_closes_its_flag_and_stands_in_the_truth(place: Place) -> None:
    first = place.reconcile()
    late = next(flag for flag in first["flags"] if flag["field"] == "flight_end")
    person = str(place.folder / "accounts" / "person.json")
    done = sheetsync("sandbox", "edit", late["link"], "30.11.2026", "--as", person, environ=environment())
    assert done.returncode == 0, done.stderr
    second = place.reconcile()
    assert late["id"] not in {flag["id"] for flag in second["flags"]}
    told = json.loads(place.run("truth", "NL-1003", "flight_end", "--json").stdout)
    claims = {claim["source"]: claim for claim in told["fields"][0]["claims"]}
    assert claims["landing"]["raw"] == "30.11.2026"
    assert claims["landing"]["since"] >= claims["briefs"]["since"]
    assert all(claim["agrees"] for claim in claims.values())
    status = json.loads(place.run("status", "--json").stdout)
    assert len(status["flags"]) == 16


def test_handoffs_are_shown_by_record_handoff_and_state(place: Place) -> None:
    place.reconcile()
    told = json.loads(place.run("handoffs", "--json").stdout)
    assert sum(it["consumed"] for it in told["handoffs"]) == sum(it["state"] == "consumed" for it in told["states"]) > 0
    one = place.run("handoffs", "NL-1001", "--handoff", "landing->utm")
    assert one.stderr == ""
    assert "NL-1001 / email / hero-banner" in one.stdout
    assert "briefs->utm" not in one.stdout
    assert one.stdout.splitlines()[-1].startswith("handoffs: ")
    state = json.loads(place.run("handoffs", "--state", "not_ready", "--json").stdout)["states"]
    assert {it["state"] for it in state} == {"not_ready"}
    assert all(any(not piece["holds"] for piece in it["evidence"]) for it in state)
    wrong = place.run("handoffs", "--handoff", "utm->landing")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no handoff is called 'utm->landing'" in wrong.stderr


def test_a_renamed_column_is_asked_about_once_and_the_command_it_names_answers_it(place: Place) -> None:
    before = place.reconcile()
    place.person().type_into(LANDING, 1204, 2, 8, "Rabatt / Deal")
    asked = place.run("reconcile")
    assert asked.returncode == 12
    [command] = set(re.findall(r"`sheetsync (match accept [^`]+)`", asked.stdout))
    assert command == "match accept landing.offer 'Rabatt / Deal'"
    listed = place.run("match")
    assert "landing.offer" in listed.stdout
    said = place.run(*shlex.split(command), "--by", "Ann")
    assert (said.returncode, said.stderr) == (0, "")
    after = place.reconcile()
    assert [flag["id"] for flag in after["flags"]] == [flag["id"] for flag in before["flags"]]
    assert (after["held"], after["doubts"], after["requests"]["writes"]) == ([], [], 0)
    assert "In time, write it into `sources.landing.columns.offer`" in place.run("status").stdout
    assert place.run("match", "forget", "landing.offer").returncode == 0
    assert place.run("reconcile").returncode == 12


def test_what_the_last_run_left_can_be_asked_for_in_text_and_in_json(place: Place) -> None:
    flags = place.reconcile()["flags"]
    for command in ("status", "conflicts", "history", "runs", "graph", "export"):
        document = json.loads(place.run(command, "--json").stdout)
        assert isinstance(document["version"], int), command
    listed = place.run("conflicts", "--severity", "high", "--links")
    lines = {line.split()[0]: line for line in listed.stdout.splitlines() if line.startswith("ss-")}
    assert lines.keys() == {flag["id"] for flag in flags if flag["severity"] == "high"}
    assert all(lines[flag["id"]].endswith(flag["link"]) for flag in flags if flag["id"] in lines and flag["link"])
    assert listed.stdout == place.run("conflicts", "list", "--severity", "high", "--links").stdout
    assert "\x1b" not in listed.stdout
    out = place.folder / "ready.csv"
    done = place.run("export", "--channel", "email", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-1] == "1 row, 8 left out"
    assert out.read_bytes() == place.run("export", "--channel", "email").stdout.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["conflicts", "show", "ss-NOSUCH"], "no flag has the id 'ss-NOSUCH'"),
        (["conflicts", "--since", "soon"], "--since 'soon' is no time"),
        (["history", "NL-9999"], "nothing was seen of 'NL-9999'"),
        (["runs", "r9"], "no run is called 'r9'"),
        (["export", "--channel", "radio"], "no placement is in the channel 'radio'"),
        (["export", "--out", "/no/such/folder/x.csv"], "/no/such/folder/x.csv cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_one_line_with_what_to_do(place: Place, arguments: list[str], told: str) -> None:
    place.reconcile()
    done = place.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {told}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["status", "conflicts", "history", "runs", "export"])
def test_before_the_first_run_commands_that_look_say_how_to_begin(place: Place, command: str) -> None:
    done = place.run(command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Start with `sheetsync reconcile`" in done.stderr
    assert not (place.folder / "ledger.db").exists()


def test_values_stay_beside_their_rows_while_nobody_is_at_work(place: Place) -> None:
    first = place.reconcile()
    made = {flag["record"]: flag["value"] for flag in first["generated"] if flag["source"] == "utm"}
    link = next(flag["link"] for flag in first["flags"] if flag["cell"] == "A14" and flag["source"] == "utm")
    page = requests.get(link, timeout=10).text
    assert all(value.replace("&", "&amp;") in page for value in made.values())
    person = str(place.folder / "accounts" / "person.json")
    sorted_ = sheetsync("sandbox", "sort", link.replace("A14", "E2"), "--as", person, environ=environment())
    assert sorted_.returncode == 0, sorted_.stderr
    again = place.reconcile()
    assert {flag["record"]: flag["value"] for flag in again["generated"] if flag["source"] == "utm"} == made
    # Before that cycle wrote anything, every value already stood beside its own row: it verified as such.
    assert all(write["state"] == "verified" for write in again["written"])


def test_help_and_version_need_no_heavy_library() -> None:
    heavy = ["pandas", "numpy", "deepdiff", "gspread", "requests", "sqlalchemy"]
    script = (
        "import sys, contextlib\nsys.argv = ['sheetsync', '--help']\n"
        "from sheetsync.faces.cli import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    import sys

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr.strip() == "[]"


def test_every_command_has_help_and_stands_in_the_readme() -> None:
    readme = (TOP / "README.md").read_text()
    commands = re.findall(r"^  (\w+) ", sheetsync("--help").stdout.split("Commands:")[1], re.MULTILINE)
    assert "reconcile" in commands
    for command in commands:
        assert sheetsync(command, "--help").returncode == 0
        assert f"sheetsync {command}" in readme, command
