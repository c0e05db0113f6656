"""One sandbox for all schedules of a worker; at the end, what they have reached."""

import gc
from collections.abc import Iterator

import pytest

from tests.reliability.story import Trust, trust
from tests.reliability.tally import Faults, Tally


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trust]:
    with trust(tmp_path_factory.mktemp("trust")) as loaded:
        # What is loaded by now stays: looking through all of it took a third of every cycle.
        gc.collect()
        gc.freeze()
        yield loaded
        gc.unfreeze()


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
