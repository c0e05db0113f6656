"""What happened to files, as `changes` and `revisions` tell it: kept beside the workbooks, in the same state file.

Google lists a file at most once among the changes: at its newest. So the memory of changes is one number per file and
account who could see it, and does not grow with the number of writes.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    file TEXT NOT NULL, account TEXT NOT NULL, number INTEGER NOT NULL, time TEXT NOT NULL, PRIMARY KEY (file, account)
);
CREATE TABLE IF NOT EXISTS revisions (
    file TEXT NOT NULL, number INTEGER NOT NULL, time TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (file, number)
);
"""
#: older revisions of a file are forgotten; Google's list may be incomplete too [schema]
MOST_REVISIONS = 200


@dataclass(frozen=True, slots=True)
class Change:
    """The newest change of a file that an account could see before or after it."""

    file: str
    number: int
    time: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One committed content of a file."""

    number: int
    time: str
    account: str


@dataclass(frozen=True, slots=True)
class Event:
    """What one commit adds to the history."""

    file: str
    number: int
    time: str
    seen_by: frozenset[str]
    #: the content's new revision, if the content changed
    revision: Revision | None
    #: nothing is known of the file before this
    new: bool = False


class History:
    """Changes and revisions of all files. `store` writes an event inside a transaction, `take` learns it after."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._changes: dict[tuple[str, str], Change] = {}
        self._revisions: dict[str, list[Revision]] = {}
        self.last = 0
        for file, account, number, time in database.execute("SELECT file, account, number, time FROM changes"):
            self._changes[file, account] = Change(file, number, time)
            self.last = max(self.last, number)
        rows = database.execute("SELECT file, number, time, account FROM revisions ORDER BY file, number")
        for file, number, time, account in rows:
            self._revisions.setdefault(file, []).append(Revision(number, time, account))

    def event(self, file: str, time: str, seen_by: Iterable[str], content_by: str | None, new: bool = False) -> Event:
        """The next event; `content_by` is who changed the content, None if only what hangs on the file changed."""
        known = [] if new else self._revisions.get(file, [])
        number = known[-1].number + 1 if known else 1
        revision = Revision(number, time, content_by) if content_by is not None else None
        return Event(file, self.last + 1, time, frozenset(seen_by), revision, new)

    def store(self, event: Event) -> None:
        run = self._database.execute
        for account in event.seen_by:
            run("INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)", (event.file, account, event.number, event.time))
        if event.new:
            run("DELETE FROM revisions WHERE file = ?", (event.file,))
        if event.revision is not None:
            new = event.revision
            run("INSERT OR REPLACE INTO revisions VALUES (?, ?, ?, ?)", (event.file, new.number, new.time, new.account))
            run("DELETE FROM revisions WHERE file = ? AND number <= ?", (event.file, new.number - MOST_REVISIONS))

    def take(self, event: Event) -> None:
        self.last = event.number
        for account in event.seen_by:
            self._changes[event.file, account] = Change(event.file, event.number, event.time)
        known = [] if event.new else self._revisions.get(event.file, [])
        added = [*known, event.revision] if event.revision is not None else known
        self._revisions[event.file] = added[-MOST_REVISIONS:]

    def changes(self, account: str, since: int) -> list[Change]:
        """What changed for the account from number `since` on, oldest first, each file once."""
        mine = [change for (_, who), change in self._changes.items() if who == account and change.number >= since]
        return sorted(mine, key=lambda change: change.number)

    def revisions(self, file: str) -> list[Revision]:
        """The kept revisions of a file, oldest first."""
        return self._revisions.get(file, [])
