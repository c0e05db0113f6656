"""What a person at a terminal sees while they wait, and that a pipe sees none of it."""

import os
import pty
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import COMMAND, environment, sheetsync
from tests.season import Season, season

pytestmark = pytest.mark.e2e


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Season]:
    """A Google that takes its time."""
    with season(tmp_path) as loaded:
        loaded.sandbox.between = lambda _: time.sleep(0.9)
        yield loaded


def test_what_takes_longer_than_two_seconds_says_what_it_is_about(slow: Season) -> None:
    said = on_a_terminal("plan", "--config", str(slow.folder), environ=environment(**slow.environment))
    assert re.search(r"reading (Landing pages|UTM builder) …", said)
    assert "17 flags" in said
    assert said.rstrip().splitlines()[-1].endswith(" s")


def test_a_pipe_hears_nothing_of_it(slow: Season) -> None:
    done = sheetsync("plan", "--config", str(slow.folder), environ=environment(**slow.environment))
    assert "reading" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def on_a_terminal(*arguments: str, environ: dict[str, str]) -> str:
    """Everything a command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environ | {"TERM": "xterm"}
    )
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=60)
    return said.decode()
