"""What a daemon asks of the world beyond what one cycle does: news, fingerprints, chance, and the machine's signals."""

from collections.abc import Callable, Mapping
from typing import Protocol

from sheetsync.ports import Clock

Chance = Callable[[], float]
"""A number from 0 (included) to 1 (excluded), another one each time."""


class Stopping(BaseException):
    """The machine wants us to end. No error: nobody but the daemon's own loop may catch it."""


class Changes(Protocol):
    """A cheap hint as to which workbooks may have changed. It lags: no news is no proof that nothing happened."""

    def versions(self) -> Mapping[str, str]:
        """Spreadsheet -> its version, of all that are listed; equal versions mean that no change was noticed.

        Raises `Refused` where the hint is not to be had until a person mends it, `Unreachable` where it is not now.
        """


class Fingerprints(Protocol):
    """A cheap look at the system of record."""

    def fingerprint(self, table: str) -> str | None:
        """Moves whenever the table may have changed; None where only reading it tells."""


class Attentive(Clock, Protocol):
    """A clock that listens while it waits. Its `sleep` raises `Stopping` as soon as the machine asks us to end."""

    def stop_asked(self) -> bool:
        """Whether the machine asked us to end: nothing new is to be begun."""

    def rest(self, seconds: float) -> None:
        """Wait for the next turn, less long when there is news. Raises `Stopping`."""

    def reload_asked(self) -> bool:
        """Whether the configuration is to be read again; says so once."""
