"""The ledger's file: opened without surprises, brought to the newest revision, read and written in transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import DBAPIError

from sheetsync.adapters.sql_schema import HEAD, REVISION_TABLE, REVISIONS, revision
from sheetsync.errors import SheetsyncError

#: one writer at a time is the lease's business; this covers only the moments in which two transactions meet
BUSY_SECONDS = 10

ANOTHER_LEDGER = "or use another ledger (SHEETSYNC_LEDGER)"
BEGIN = {"read": "BEGIN", "write": "BEGIN IMMEDIATE"}

#: SQLite's primary result codes: what is the matter, and what to do
TROUBLE = {
    "SQLITE_NOTADB": ("is not a database, or is damaged; it was left as it is.", f"Restore a copy, {ANOTHER_LEDGER}"),
    "SQLITE_CORRUPT": ("is damaged; it was left as it is.", f"Restore a copy, {ANOTHER_LEDGER}"),
    "SQLITE_READONLY": ("is read-only.", f"Make the file and its folder writable, {ANOTHER_LEDGER}"),
    "SQLITE_CANTOPEN": ("cannot be opened.", f"Check that the file and its folder are writable, {ANOTHER_LEDGER}"),
    "SQLITE_BUSY": (f"has been in use by another program for {BUSY_SECONDS} s.", "Try again when it has finished"),
    "SQLITE_FULL": ("cannot be written: the disk is full; nothing of this step was kept.", "Free some space"),
}


class LedgerFile:
    """One SQLite file at the newest revision.

    Raises `SheetsyncError`, one line that names the file, on opening and in every transaction.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open `path` and bring it to `HEAD`. Where no file is, make it and its folder, or refuse (`create=False`)."""
        self._path = path
        _check_path(path, create=create)
        self._engine = _engine(path, mode="rwc" if create else "rw")
        try:
            self._bring_to_head()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of everything, undisturbed by writers."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing; the file is locked against other writers from the first statement on."""
        with self._transaction("write") as connection:
            yield connection

    def close(self) -> None:
        """Give the file back; the object can be used again and reopens it."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(begin=kind) as connection, connection.begin():
                yield connection
        except (DBAPIError, sqlite3.Error) as error:
            raise _in_our_words(self._path, error) from error

    def _bring_to_head(self) -> None:
        with self.reading() as connection:
            stored = _stored_revision(connection, self._path)
        if stored is not None and stored not in REVISIONS:
            raise SheetsyncError(
                f"The ledger {self._path} was written by a newer sheetsync;", f"upgrade, {ANOTHER_LEDGER}"
            )
        # Only now that the file is known to be ours: the mode is written into it, and outlives us.
        _let_readers_be(self._engine)
        if stored != HEAD:
            with self.writing() as connection:
                upgrade(connection)


@contextmanager
def looking_into(path: Path) -> Iterator[tuple[Connection, str | None]]:
    """A ledger's file as it stands, and its revision, for somebody who changes nothing: not its mode, not its revision.

    Raises `SheetsyncError` for a file that is no ledger or cannot be read.
    """
    # Where nobody has it open there is nothing to wait for, and reading must not leave files beside it.
    alone = not path.with_name(f"{path.name}-wal").exists()
    engine = _engine(path, mode="ro", alone=alone)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection, _stored_revision(connection, path)
    except (DBAPIError, sqlite3.Error) as error:
        raise _in_our_words(path, error) from error
    finally:
        engine.dispose()


def _check_path(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise SheetsyncError(f"The ledger {path} is a folder.", "Name a file in SHEETSYNC_LEDGER or ledger.path")
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SheetsyncError(
                f"The ledger {path} cannot be made: {error.strerror or 'no folder can be there'}.",
                "Name another file in SHEETSYNC_LEDGER or ledger.path",
            ) from error
    elif not path.exists():
        raise SheetsyncError(f"There was no run yet: no ledger at {path}.", "Start with `sheetsync reconcile`")


def _engine(path: Path, mode: str, alone: bool = False) -> Engine:
    query = {"mode": mode, "uri": "true"} | ({"immutable": "1"} if alone else {})
    url = URL.create("sqlite", database=path.absolute().as_uri(), query=query)
    # Statements in errors and logs go without their parameters: those are people's cells.
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # Without this Python decides when a transaction begins, and leaves reads and DDL outside of it.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A journal entry must outlive a power cut: what it announces happens in somebody's sheet.
    connection.execute("PRAGMA synchronous = FULL")


def _let_readers_be(engine: Engine) -> None:
    """Write-ahead logging: who looks does not wait for who writes."""
    connection = engine.raw_connection()
    # Two processes may open a new file at once, and a file may be read-only: it works in its old mode too.
    with suppress(sqlite3.OperationalError):
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    connection.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN[connection.get_execution_options().get("begin", "read")])


def _stored_revision(connection: Connection, path: Path) -> str | None:
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if REVISION_TABLE not in tables:
        raise SheetsyncError(
            f"The database {path} belongs to another program and is no ledger; it was left as it is.",
            "Name another file in SHEETSYNC_LEDGER or ledger.path",
        )
    return connection.scalar(select(revision.c.version_num))


def upgrade(connection: Connection, to: str = HEAD) -> None:
    """Run the migrations up to a revision, in the transaction the connection has."""
    # Imported only here: Alembic costs as much time as all the rest of a start, and almost every start is at HEAD.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "sheetsync.adapters:migrations")
    config.set_main_option("path_separator", "os")
    command.upgrade(config, to)


def _in_our_words(path: Path, error: DBAPIError | sqlite3.Error) -> SheetsyncError:
    """A foreign error as one line; never SQLAlchemy's own text, which holds the statement."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
    trouble, remedy = TROUBLE.get(code, (f"refused: {cause}.", f"Try again, {ANOTHER_LEDGER}"))
    return SheetsyncError(f"The ledger {path} {trouble}", remedy)
