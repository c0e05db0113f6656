"""The sandbox's memory: workbooks and accounts, in one SQLite file; each change is committed whole or not at all."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import RLock
from zoneinfo import ZoneInfo

from sheetsync.sandbox.codec import Row, dump_book, dump_row, dump_tab, load_book, load_row, load_tab
from sheetsync.sandbox.drive.history import SCHEMA as HISTORY_SCHEMA
from sheetsync.sandbox.drive.history import Event, History
from sheetsync.sandbox.drive.model import FOLDER_MIME
from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.sparse import Sparse

_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (email TEXT PRIMARY KEY, key_id TEXT NOT NULL, public_key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS workbooks (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tabs (
    workbook TEXT NOT NULL, sheet_id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (workbook, sheet_id)
);
CREATE TABLE IF NOT EXISTS lines (
    workbook TEXT NOT NULL, sheet_id INTEGER NOT NULL, "row" INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (workbook, sheet_id, "row")
) WITHOUT ROWID;
"""
#: a state file of an older version has a table with a line per cell
_CELLS = """SELECT workbook, sheet_id, "row", "column", body FROM cells ORDER BY workbook, sheet_id, "row", "column" """

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
        #: told of each workbook that another takes the place of
        self.replaced: Callable[[Workbook, datetime], None] | None = None
        self._results: dict[str, Results] = {}
        self._lasting = path != ":memory:"
        try:
            if self._lasting:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, _LOCK_SECONDS, check_same_thread=False, isolation_level=None)
            # One process at a time: each holds all workbooks in memory and would not see what another commits.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            # One writer, and a lost last batch after a power cut is no harm in a sandbox; a torn one would be.
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(_SCHEMA + HISTORY_SCHEMA)
            self.history = History(self._database)
            self._load()
        except (sqlite3.Error, OSError) as error:
            if "locked" in str(error):
                raise SandboxError(f"{path} is in use by a running sandbox; stop that one (Ctrl-C) first") from error
            raise SandboxError(f"cannot use {path} as the sandbox's state file: {error}") from error

    def _load(self) -> None:
        self._gather_cells()
        rows: dict[tuple[str, int], dict[int, Row]] = {}
        for workbook, sheet_id, row, body in self._database.execute("SELECT * FROM lines"):
            rows.setdefault((workbook, sheet_id), {})[row] = load_row(json.loads(body))
        tabs: dict[str, dict[int, Tab]] = {}
        for workbook, sheet_id, body in self._database.execute("SELECT * FROM tabs"):
            cells = Sparse.of_rows(rows.pop((workbook, sheet_id), {}))
            tabs.setdefault(workbook, {})[sheet_id] = load_tab(json.loads(body), cells)
        for workbook, body in self._database.execute("SELECT * FROM workbooks"):
            self.workbooks[workbook] = load_book(json.loads(body), tabs.get(workbook, {}))
        for row in self._database.execute("SELECT email, key_id, public_key FROM accounts"):
            self.accounts[row[0]] = Account(*row)

    def _gather_cells(self) -> None:
        """Turns the cells of an older state file into rows."""
        run = self._database.execute
        if not run("SELECT 1 FROM sqlite_master WHERE name = 'cells'").fetchone():
            return
        with self._whole():
            for line, cells in groupby(run(_CELLS), key=itemgetter(0, 1, 2)):
                stored = {column: json.loads(body) for *_, column, body in cells}
                body = json.dumps([stored.get(column) for column in range(max(stored) + 1)])
                run("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)", (*line, body))
            run("DROP TABLE cells")

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

    def spreadsheets(self) -> list[Workbook]:
        """All files but folders."""
        return [book for book in self.workbooks.values() if book.mime_type != FOLDER_MIME]

    def results(self, book: Workbook) -> Results:
        """The calculated workbook; kept until the workbook or the day changes."""
        kept = self._results.get(book.id)
        moment = self.clock().astimezone(ZoneInfo(book.time_zone))
        if kept is None or kept.book is not book or kept.day != moment.date():
            seconds = (moment.hour * 60 + moment.minute) * 60.0 + moment.second
            kept = self._results[book.id] = Results(book, moment.date(), seconds, before=kept)
        return kept

    def commit(self, book: Workbook, account: str, content: bool = True) -> None:
        """Puts a workbook in the place of its older self: time, version and file move together.

        Without `content` only what hangs on the file changed (shares, the bin, comments): a new version of the same
        content, so that `modifiedTime` and the revisions stay [believed: what-hangs-on-a-file-leaves-its-time].
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
        self._happen(event, lambda: self._save(old, book))
        self.workbooks[book.id] = book
        if old is not None and self.replaced is not None:
            self.replaced(old, self.clock())

    def remove(self, book_id: str) -> None:
        """Deletes a workbook for ever; those who saw it are told by `changes`."""
        book = self.workbooks[book_id]
        event = self.history.event(book_id, self.timestamp(), self._seen(book), None, new=True)
        self._happen(event, lambda: self._erase(book_id))
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

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Everything in it is stored, or nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _happen(self, event: Event, write: Callable[[], None]) -> None:
        """What changes in a workbook and what Drive tells of it are stored together, if anything is."""
        if self._lasting:
            with self._whole():
                write()
                self.history.store(event)
        self.history.take(event)

    def _erase(self, book_id: str) -> None:
        for statement in (
            "DELETE FROM workbooks WHERE id = ?",
            "DELETE FROM tabs WHERE workbook = ?",
            "DELETE FROM lines WHERE workbook = ?",
        ):
            self._database.execute(statement, (book_id,))

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
            run("DELETE FROM lines WHERE workbook = ? AND sheet_id = ?", (new.id, sheet_id))

    def _save_tab(self, workbook: str, old: Tab | None, new: Tab) -> None:
        """Writes only rows that are not the very same object as before: copies share what did not change."""
        body = json.dumps(dump_tab(new))
        self._database.execute("INSERT OR REPLACE INTO tabs VALUES (?, ?, ?)", (workbook, new.sheet_id, body))
        before = old.cells.rows if old is not None else {}
        changed = [
            (workbook, new.sheet_id, row, json.dumps(dump_row(line)))
            for row, line in new.cells.rows.items()
            if before.get(row) is not line
        ]
        gone = [(workbook, new.sheet_id, row) for row in before if row not in new.cells.rows]
        self._database.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?, ?)", changed)
        self._database.executemany('DELETE FROM lines WHERE workbook = ? AND sheet_id = ? AND "row" = ?', gone)


def drive_time(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
