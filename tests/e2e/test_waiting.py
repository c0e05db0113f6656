"""What a person at a terminal sees while they wait, and that a pipe sees none of it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import environment, on_a_terminal, sheetsync
from tests.season import Season, season

pytestmark = pytest.mark.e2e


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Season]:
    """A Google that takes its time."""
    with season(tmp_path) as loaded:
        loaded.sandbox.between = lambda _: time.sleep(0.9)
        yield loaded


def test_what_takes_longer_than_two_seconds_says_what_it_is_about(slow: Season) -> None:
    said = on_a_terminal(["plan", "--config", str(slow.folder)], environment(**slow.environment, TERM="xterm"))
    assert re.search(r"reading (Landing pages|UTM builder) …", said)
    assert "17 flags" in said
    assert said.rstrip().splitlines()[-1].endswith(" s")


def test_a_pipe_hears_nothing_of_it(slow: Season) -> None:
    done = sheetsync("plan", "--config", str(slow.folder), environ=environment(**slow.environment))
    assert "reading" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout + done.stderr
