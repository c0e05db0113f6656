"""What telling people asks of the world: somebody who delivers, and a place where messages wait until they are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sheetsync.core.notices import Notice


class Notifier(Protocol):
    """Whoever delivers messages. Raises nothing, whatever becomes of them, and names no address in what it says."""

    def send(self, channel: str, title: str, text: str, seconds: float) -> str:
        """Deliver one plain text within so many seconds; empty when it was taken, else what happened instead.

        What took too long may yet arrive.
        """

    def look(self, channel: str) -> str:
        """Why nothing could ever be sent there, without sending anything; empty where it may work."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as the ledger keeps it."""

    seq: int
    notice: Notice
    attempts: int = 0
    first_tried: datetime | None = None
    tried: datetime | None = None
    sent: datetime | None = None
    given_up: datetime | None = None
    #: what happened at the last attempt, empty where it was taken
    trouble: str = ""


class Outbox(Protocol):
    """Notices on their way. Each (about, state, channel) is kept once, ever. Raises `SheetsyncError` as the ledger."""

    def put(self, notices: Sequence[Notice], *, sent: datetime | None = None) -> None:
        """Let these wait, unless they count as `sent`; one that is known already stays as it is."""

    def knows(self, keys: Collection[tuple[str, str, str]]) -> Collection[tuple[str, str, str]]:
        """Which of these keys are known already."""

    def waiting(self) -> Sequence[Kept]:
        """What is neither sent nor given up, oldest first."""

    def take(self, channel: str, now: datetime, may_go: Callable[[Kept], bool], most: int) -> Sequence[Kept]:
        """Take the oldest that may go, `most` at most, so that nobody else sends them meanwhile.

        What somebody took and never came back about may be taken again after a while.
        """

    def note(self, taken: Sequence[Kept], now: datetime, trouble: str) -> None:
        """What became of them: sent where there was no trouble."""

    def give_up(self, these: Sequence[Kept], now: datetime) -> None:
        """Nobody tries these any more."""

    def latest(self, limit: int) -> Sequence[Kept]:
        """The notices made last, oldest first, and before them all that wait however old they are."""

    def given_up(self, since: datetime) -> Sequence[Kept]:
        """What was given up since then, oldest first."""

    def names(self) -> Collection[str]:
        """Campaigns whose id nobody has accepted yet, by their folded names."""
