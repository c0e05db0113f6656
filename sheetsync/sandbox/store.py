"""The sandbox's memory: workbooks and accounts, in one SQLite file; each change is committed whole or not at all."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from zoneinfo import ZoneInfo

from sheetsync.sandbox.codec import dump_book, dump_cell, dump_tab, load_book, load_cell, load_tab
from sheetsync.sandbox.drive_history import SCHEMA as HISTORY_SCHEMA
from sheetsync.sandbox.drive_history import Event, History
from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.model import Cells, Tab, Workbook
from sheetsync.sandbox.results import Results

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (email TEXT PRIMARY KEY, key_id TEXT NOT NULL, public_key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS workbooks (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tabs (
    workbook TEXT NOT NULL, sheet_id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (workbook, sheet_id)
);
CREATE TABLE IF NOT EXISTS cells (
    workbook TEXT NOT NULL, sheet_id INTEGER NOT NULL, "row" INTEGER NOT NULL, "column" INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (workbook, sheet_id, "row", "column")
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A service account this sandbox issued, by the public half of its key."""

    email: str
    key_id: str
    public_key: str


class State:
    """All workbooks and accounts. Use it under `lock`; workbooks are replaced, never changed in place.

    `path` is a file or `:memory:`. Raises SandboxError when the file is not a state of this sandbox.
    """

    def __init__(self, path: str = ":memory:", clock: Callable[[], datetime] | None = None) -> None:
        self.lock = RLock()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.workbooks: dict[str, Workbook] = {}
        self.accounts: dict[str, Account] = {}
        self._results: dict[str, Results] = {}
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            # One writer, and a lost last batch after a power cut is no harm in a sandbox; a torn one would be.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA + HISTORY_SCHEMA)
            self.history = History(self._database)
            self._load()
        except (sqlite3.Error, OSError) as error:
            raise SandboxError(f"cannot use {path} as the sandbox's state file: {error}") from error

    def _load(self) -> None:
        cells: dict[tuple[str, int], Cells] = {}
        for workbook, sheet_id, row, column, body in self._database.execute("SELECT * FROM cells"):
            cells.setdefault((workbook, sheet_id), {})[row, column] = load_cell(json.loads(body))
        tabs: dict[str, dict[int, Tab]] = {}
        for workbook, sheet_id, body in self._database.execute("SELECT * FROM tabs"):
            tabs.setdefault(workbook, {})[sheet_id] = load_tab(json.loads(body), cells.get((workbook, sheet_id), {}))
        for workbook, body in self._database.execute("SELECT * FROM workbooks"):
            self.workbooks[workbook] = load_book(json.loads(body), tabs.get(workbook, {}))
        for row in self._database.execute("SELECT email, key_id, public_key FROM accounts"):
            self.accounts[row[0]] = Account(*row)

    def close(self) -> None:
        with self.lock:
            self._database.close()

    # -- accounts

    def register(self, account: Account) -> None:
        """Remembers an account; the same address again replaces its key."""
        with self.lock:
            self.accounts[account.email] = account
            row = (account.email, account.key_id, account.public_key)
            self._database.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?)", row)

    # -- workbooks

    def today(self, book: Workbook) -> date:
        """The current day where the workbook lives."""
        return self.clock().astimezone(ZoneInfo(book.time_zone)).date()

    def results(self, book: Workbook) -> Results:
        """The calculated workbook; kept until the workbook or the day changes."""
        kept = self._results.get(book.id)
        today = self.today(book)
        if kept is None or kept.book is not book or kept.day != today:
            kept = self._results[book.id] = Results(book, today)
        return kept

    def commit(self, book: Workbook, account: str, content: bool = True) -> None:
        """Puts a workbook in the place of its older self: time, version and file move together.

        Without `content` only what hangs on the file changed (shares, the bin, comments): a new version of the same
        content, so that `modifiedTime` and the revisions stay [believed].
        """
        old = self.workbooks.get(book.id)
        now = self.timestamp()
        if content or old is None:
            book.modified, book.modified_by = now, account
        book.version = old.version + 1 if old is not None else 1
        book.created = book.created or now
        new_people = {email: now for email in book.shared_with if old is None or email not in old.shared_with}
        if new_people:
            book.drive = replace(book.drive, shared_at=book.drive.shared_at | new_people)
        seen = self._seen(book) | (self._seen(old) if old is not None else set())
        event = self.history.event(book.id, now, seen, account if content else None, new=old is None)
        self._in_transaction(event, lambda: self._save(old, book))
        self.workbooks[book.id] = book

    def remove(self, book_id: str) -> None:
        """Deletes a workbook for ever; those who saw it are told by `changes`."""
        book = self.workbooks[book_id]
        event = self.history.event(book_id, self.timestamp(), self._seen(book), None, new=True)
        self._in_transaction(event, lambda: self._erase(book_id))
        del self.workbooks[book_id]
        self._results.pop(book_id, None)

    def _seen(self, book: Workbook) -> set[str]:
        """Whose changes list the file: everybody it was given to, and who finds it by a domain's or public grant."""
        open_to = [grant for grant in book.drive.grants if grant.discoverable or grant.type == "group"]
        found = {email for email in self.accounts if any(grant.covers(email) for grant in open_to)}
        return {book.owner, *book.shared_with} | found

    def timestamp(self) -> str:
        """The current moment as Drive writes it: RFC 3339 in UTC with milliseconds."""
        return drive_time(self.clock())

    def _in_transaction(self, event: Event, write: Callable[[], None]) -> None:
        run = self._database.execute
        run("BEGIN IMMEDIATE")
        try:
            write()
            self.history.store(event)
        except BaseException:
            run("ROLLBACK")
            raise
        run("COMMIT")
        self.history.take(event)

    def _erase(self, book_id: str) -> None:
        self._database.execute("DELETE FROM workbooks WHERE id = ?", (book_id,))
        self._database.execute("DELETE FROM tabs WHERE workbook = ?", (book_id,))
        self._database.execute("DELETE FROM cells WHERE workbook = ?", (book_id,))

    def _save(self, old: Workbook | None, new: Workbook) -> None:
        run = self._database.execute
        if old is None:
            # Another workbook of this id may have been forgotten in memory only.
            self._erase(new.id)
        run("INSERT OR REPLACE INTO workbooks VALUES (?, ?)", (new.id, json.dumps(dump_book(new))))
        old_tabs = {tab.sheet_id: tab for tab in old.tabs} if old is not None else {}
        for tab in new.tabs:
            self._save_tab(new.id, old_tabs.pop(tab.sheet_id, None), tab)
        for sheet_id in old_tabs:
            run("DELETE FROM tabs WHERE workbook = ? AND sheet_id = ?", (new.id, sheet_id))
            run("DELETE FROM cells WHERE workbook = ? AND sheet_id = ?", (new.id, sheet_id))

    def _save_tab(self, workbook: str, old: Tab | None, new: Tab) -> None:
        """Writes only cells that are not the very same object as before: copies share what did not change."""
        body = json.dumps(dump_tab(new))
        self._database.execute("INSERT OR REPLACE INTO tabs VALUES (?, ?, ?)", (workbook, new.sheet_id, body))
        before = old.cells if old is not None else {}
        changed = [
            (workbook, new.sheet_id, *place, json.dumps(dump_cell(cell)))
            for place, cell in new.cells.items()
            if before.get(place) is not cell
        ]
        gone = [(workbook, new.sheet_id, *place) for place in before if place not in new.cells]
        self._database.executemany("INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?)", changed)
        self._database.executemany(
            'DELETE FROM cells WHERE workbook = ? AND sheet_id = ? AND "row" = ? AND "column" = ?', gone
        )


def drive_time(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
