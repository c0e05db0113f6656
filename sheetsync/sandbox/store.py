"""The sandbox's memory: workbooks and accounts, in one SQLite file; each change is committed whole or not at all."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import RLock
from zoneinfo import ZoneInfo

from sheetsync.sandbox.codec import dump_book, dump_cell, dump_tab, load_book, load_cell, load_tab
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

#: a state that another process is just closing is waited for
_LOCK_SECONDS = 2.0


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
            self._database = sqlite3.connect(path, _LOCK_SECONDS, check_same_thread=False, isolation_level=None)
            # One process at a time: each holds all workbooks in memory and would not see what another commits.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            # One writer, and a lost last batch after a power cut is no harm in a sandbox; a torn one would be.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA)
            self._load()
        except (sqlite3.Error, OSError) as error:
            if "locked" in str(error):
                raise SandboxError(f"{path} is in use by a running sandbox; stop that one (Ctrl-C) first") from error
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

    def commit(self, book: Workbook, account: str) -> None:
        """Puts a workbook in the place of its older self: time, version and file move together."""
        old = self.workbooks.get(book.id)
        book.modified = self.timestamp()
        book.modified_by = account
        book.version = old.version + 1 if old is not None else 1
        book.created = book.created or book.modified
        self._save(old, book)
        self.workbooks[book.id] = book

    def timestamp(self) -> str:
        """The current moment as Drive writes it: RFC 3339 in UTC with milliseconds."""
        return self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _save(self, old: Workbook | None, new: Workbook) -> None:
        run = self._database.execute
        run("BEGIN IMMEDIATE")
        try:
            run("INSERT OR REPLACE INTO workbooks VALUES (?, ?)", (new.id, json.dumps(dump_book(new))))
            old_tabs = {tab.sheet_id: tab for tab in old.tabs} if old is not None else {}
            for tab in new.tabs:
                self._save_tab(new.id, old_tabs.pop(tab.sheet_id, None), tab)
            for sheet_id in old_tabs:
                run("DELETE FROM tabs WHERE workbook = ? AND sheet_id = ?", (new.id, sheet_id))
                run("DELETE FROM cells WHERE workbook = ? AND sheet_id = ?", (new.id, sheet_id))
        except BaseException:
            run("ROLLBACK")
            raise
        run("COMMIT")

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
