"""Reads that come from the past: a workbook as some reads or some seconds before.

As Google would if it were not so that a read shows every write before it [believed: reads-see-writes].
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sheetsync.sandbox.model import Workbook


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind reads are; after a write they show the old workbook for as long. Nothing at all: not behind."""

    #: only of this one; empty: of all
    workbook: str = ""
    reads: int = 0
    seconds: float = 0.0


@dataclass
class Staleness:
    """The past of workbooks, kept only while somebody is to be shown it. Workbooks are never changed in place."""

    lag: Lag = field(default_factory=Lag)
    #: id -> the workbook at each of the last reads, the oldest first
    _read: dict[str, deque[Workbook]] = field(default_factory=dict)
    #: id -> what stood there until when, the oldest first
    _replaced: dict[str, list[tuple[datetime, Workbook]]] = field(default_factory=dict)
    _before: Mapping[str, Workbook] = field(default_factory=dict)

    def set(self, lag: Lag, now: Mapping[str, Workbook]) -> None:
        """From now on reads are so far behind, and never before this moment."""
        self.lag, self._before = lag, dict(now) if lag != Lag() else {}
        self._read.clear()
        self._replaced.clear()

    def replaced(self, old: Workbook, now: datetime) -> None:
        """A workbook has gone out of use."""
        if self.lag.seconds:
            self._replaced.setdefault(old.id, []).append((now, old))

    def seen(self, book: Workbook, now: datetime) -> Workbook:
        """What one read of a workbook is answered from."""
        if self.lag.workbook not in ("", book.id):
            return book
        if self.lag.seconds:
            then = now - timedelta(seconds=self.lag.seconds)
            kept = self._replaced[book.id] = [it for it in self._replaced.get(book.id, []) if it[0] > then]
            book = kept[0][1] if kept else book
        if self.lag.reads:
            first = self._before.get(book.id, book)
            read = self._read.setdefault(book.id, deque([first] * self.lag.reads))
            read.append(book)
            book = read.popleft()
        return book
