"""`sheetsync probe` as a subprocess, against the sandbox over HTTP."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sheetsync.sandbox import Running, running
from tests.e2e.command import COMMAND, environment, sheetsync
from tests.season import STORY
from tests.witness.exchanges import Manners
from tests.witness.watching import Witness

pytestmark = pytest.mark.e2e

BOOK = "scratch-book"
#: what any write at all changes
MOVING = ("modified", "modified_by", "version")
ABOUT = f"""
id: {BOOK}
title: Scratch
shared_with: {{sheetsync: writer, second: writer}}
tabs: [{{title: Sheet1, id: 0, file: blank.csv}}]
"""


@dataclass
class Place:
    """A sandbox with the season and a blank spreadsheet, and a configuration that knows only the season."""

    folder: Path
    sandbox: Running

    def arguments(self, *extra: str, spreadsheet: str = BOOK) -> list[str]:
        return ["probe", "--spreadsheet", spreadsheet, "--config", str(self.folder / "config"), *extra]

    @property
    def environ(self) -> dict[str, str]:
        key = str(self.sandbox.key_file("sheetsync"))
        return environment(SHEETS_EMULATOR_HOST=self.sandbox.base, SHEETSYNC_CREDENTIALS=key)

    def run(self, *extra: str, spreadsheet: str = BOOK) -> "subprocess.CompletedProcess[str]":
        return sheetsync(*self.arguments(*extra, spreadsheet=spreadsheet), environ=self.environ)

    def held(self) -> dict[str, Any]:
        return {name: value for name, value in self.sandbox.export(BOOK).items() if name not in MOVING}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    shutil.copytree(STORY / "config", tmp_path / "config", ignore=shutil.ignore_patterns("state"))
    blank = tmp_path / "story" / "blank"
    blank.mkdir(parents=True)
    (blank / "workbook.yaml").write_text(ABOUT)
    (blank / "blank.csv").write_text("")
    with running(accounts=tmp_path / "accounts", stories=[STORY, tmp_path / "story"]) as sandbox:
        yield Place(tmp_path, sandbox)


def test_the_probe_confirms_what_the_sandbox_believes_and_leaves_it_as_it_was(place: Place) -> None:
    before = place.held()
    done = place.run("--second-credentials", str(place.sandbox.key_file("second")), "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    probed = json.loads(done.stdout)
    assert probed["counts"] == {"refuted": 0, "unknown": 2, "confirmed": len(probed["beliefs"]) - 2}
    assert place.held() == before


def test_with_sandbox_its_guesses_are_tried_too_and_all_is_left_as_it_was(place: Place, witness: Witness) -> None:
    witness.manners = Manners(wrong=True)  # one guess is about a request that Google's description does not allow
    before, files = place.held(), sorted(place.sandbox.state.workbooks)
    second = ("--second-credentials", str(place.sandbox.key_file("second")))
    done = place.run(*second, "--sandbox", "--json")
    assert done.returncode == 0, done.stderr
    probed = json.loads(done.stdout)
    guesses = [each for each in probed["beliefs"] if each["promise"] == "the sandbox answers as Google does"]
    assert [each["belief"] for each in guesses if each["verdict"] != "confirmed"] == [
        "quota-minutes-begin-with-a-request"
    ]
    assert len(guesses) > 40
    assert probed["counts"] == {"refuted": 0, "unknown": 3, "confirmed": len(probed["beliefs"]) - 3}
    assert (place.held(), sorted(place.sandbox.state.workbooks)) == (before, files)


def test_ctrl_c_in_the_middle_takes_everything_away_again(place: Place) -> None:
    before = place.held()
    # A shell's background job ignores the interrupt, and so would its child: what is handled here is not ignored there.
    was = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [COMMAND, *place.arguments()], env=place.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGINT, was)
    with process:
        _interrupt_after(25, place, process)
        output, complaint = process.communicate(timeout=60)
    assert (process.returncode, output, complaint.strip()) == (1, "", "Aborted!")
    assert len([each for each in place.sandbox.requests if each.path.endswith(":batchUpdate")]) > 5, "it was at work"
    assert place.held() == before


def _interrupt_after(requests: int, place: Place, process: "subprocess.Popen[str]") -> None:
    """While the program waits for this answer: by the clock of another thread it might be through already."""

    def interrupt(record: object) -> None:
        if len(place.sandbox.requests) == requests:
            process.send_signal(signal.SIGINT)

    place.sandbox.between = interrupt


@pytest.mark.parametrize(
    ("spreadsheet", "code", "said"),
    [
        ("1NorthlightUtmBuilderQ42026demo0000000003", 2, "your source 'utm' is in it. Create a blank one"),
        ("https://docs.google.com/x", 2, "is no spreadsheet id. It is the part of the spreadsheet's URL"),
        ("nobodys", 14, "no spreadsheet with id nobodys; create a blank one and share it with sheetsync@"),
    ],
)
def test_what_is_no_scratch_spreadsheet_is_refused_in_one_line(
    place: Place, spreadsheet: str, code: int, said: str
) -> None:
    done = place.run(spreadsheet=spreadsheet)
    assert done.returncode == code
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert done.stdout == ""
    assert not [each for each in place.sandbox.requests if each.path.endswith(":batchUpdate")]
