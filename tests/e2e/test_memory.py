"""What a run holds of each row of people's sheets does not grow unseen; `make bench` tells how much it is in all."""

import subprocess
import sys

import pytest

from tests.bench import cycle, growing

pytestmark = pytest.mark.e2e

#: a run that counts every allocation, and tells the most bytes there were at once
COUNTED = """
import os, sys, tracemalloc
from pathlib import Path
from sheetsync import config
from sheetsync.faces.views import reconcile_now

asked = config.load(Path(sys.argv[1]), os.environ)
tracemalloc.start()
reconcile_now(asked, False, ["first_write"])
print(tracemalloc.get_traced_memory()[1])
"""
#: few, so that it takes seconds: the sheets of the owners, and then one of each other kind
ROWS, LESS, MORE = 100, 3, 7
#: bytes a row may take in the first and in the second run: a tenth more than it does, which is the same each time
LIMITS = (2_700, 3_300)


def peaks(sheets: int) -> list[int]:
    """The most bytes at once in the first and in the second run over so many sheets, each in a process of its own."""
    with cycle.story(lambda place: growing.write(place, sheets, cycle.TOP / "config")) as story:
        command = [sys.executable, "-c", COUNTED, str(story.place / "config")]
        return [int(subprocess.check_output(command, env=dict(story.environ))) for _ in range(2)]


def test_a_row_takes_no_more_memory_than_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "ROWS", ROWS)
    # What every run takes, however little there is to read, is in both.
    grown = [more - less for less, more in zip(peaks(LESS), peaks(MORE), strict=True)]
    taken = [it / ROWS / (MORE - LESS) for it in grown]
    assert all(it <= limit for it, limit in zip(taken, LIMITS, strict=True)), taken
