"""One sandbox for all schedules of a worker; at the end, what they have reached."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.reliability.deciding_story import Deciding, deciding
from tests.reliability.story import Trust, trust
from tests.reliability.tally import Faults, Tally

#: a ledger syncs to its disk with every note, which the sweep of crashes is about; here it would be a third of the time
MEMORY = Path("/dev/shm")  # noqa: S108


@pytest.fixture(scope="session")
def story() -> Iterator[Trust]:
    disk = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="trust-", dir=disk) as place, trust(Path(place)) as loaded, _steady():
        yield loaded


@pytest.fixture(scope="session")
def decided() -> Iterator[Deciding]:
    """The story in which people also decide."""
    disk = MEMORY if os.access(MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="deciding-", dir=disk) as place, deciding(Path(place)) as loaded, _steady():
        yield loaded


@contextmanager
def _steady() -> Iterator[None]:
    """The collector seldom at work."""
    # What is loaded by now stays, and a cycle makes hundreds of thousands of values: looking through them all, and
    # every few hundred, took a third of its time.
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first on each of two workers, which begin with the first test and with the one in the middle."""
    longest = [item for item in items if item.path.name == "test_schedules.py"]
    rest = [item for item in items if item not in set(longest)]
    half = len(rest) // 2
    items[:] = [*longest[::2], *rest[:half], *longest[1::2], *rest[half:]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The tables of all tests, whichever worker ran them."""
    schedules, faults = Tally(), Faults()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "tally" and report.when == "call":
                    schedules.add(Tally.loads(value))
                if name == "faults" and report.when == "call":
                    faults.add(Faults.loads(value))
    if schedules.schedules:
        terminalreporter.write_line(schedules.table())
    if faults.played:
        terminalreporter.write_line(faults.table())
