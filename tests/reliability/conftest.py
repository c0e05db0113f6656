"""One sandbox for all schedules of a worker; at the end, what they have reached."""

import gc
from collections.abc import Iterator

import pytest

from tests.reliability.story import Trust, trust
from tests.reliability.tally import Tally


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trust]:
    with trust(tmp_path_factory.mktemp("trust")) as loaded:
        # What is loaded by now stays: looking through all of it took a third of every cycle.
        gc.collect()
        gc.freeze()
        yield loaded
        gc.unfreeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of all shards, whichever worker played them."""
    total = Tally()
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == "tally" and report.when == "call":
                    total.add(Tally.loads(value))
    if total.schedules:
        terminalreporter.write_line(total.table())
