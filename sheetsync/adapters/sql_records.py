"""The system of record: a table of any database SQLAlchemy reaches, read as if it were a tab."""

import sqlite3
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Inspector,
    MetaData,
    NullPool,
    Table,
    Text,
    create_engine,
    event,
    false,
    insert,
    inspect,
    make_url,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError, SAWarning, SQLAlchemyError
from sqlalchemy.types import NullType

from sheetsync.adapters.csv_table import CsvTable, read_csv
from sheetsync.adapters.sql_cells import CellMaker, cell_of
from sheetsync.adapters.sql_following import put_lines
from sheetsync.core.following import Line
from sheetsync.core.model import Cell, Tab
from sheetsync.errors import AnswerLost, Refused, Unreachable

#: rows fetched at once: few round trips, and no second copy of a large table in memory
CHUNK = 5_000
#: a table of the system of record has no tab id
TAB_ID = -1
#: tables named in an error, before it says how many more there are
NAMED = 20

REMEDY = "Check `records` in the configuration, or SHEETSYNC_RECORDS"


class SqlRecords:
    """Implements `Records` for one database.

    Nothing is opened before it is read, and each read has a connection of its own: a poll may be hours after the last.
    No message holds a password, a user or a driver's own words; those are in the error's cause.
    """

    def __init__(self, url: str | URL) -> None:
        """`url` is SQLAlchemy's, e.g. "sqlite:////srv/records.db" or "postgresql+psycopg://user:password@host/name"."""
        self._url = url

    @classmethod
    def in_file(cls, path: Path) -> "SqlRecords":
        """The embedded system of record: an SQLite file, whose path may hold what means something else in a URL."""
        return cls(URL.create("sqlite", database=str(path)))

    def read(self, table: str) -> Tab:
        """All rows in primary-key order below a row of column names; a table of another schema is "schema.table".

        Rows without a primary key (a view's) are ordered by what they show, so that the same rows make the same tab.
        Raises `Refused` when there is no such table, `Unreachable` when the database cannot be opened or read.
        """
        with self._reading() as connection:
            found = self._reflect(connection, table)
            rows = (_header(found), *_body(connection, found))
        return Tab(id=TAB_ID, title=table, rows=rows, row_count=len(rows), column_count=len(found.columns))

    def write(self, lines: Sequence[Line], now: datetime) -> None:
        """Put into all these lines what shall stand in them, in one transaction, or into none.

        Raises `Refused` where a line is not as it was read, or cannot hold its values; `Unreachable` when the database
        cannot be opened or written; `AnswerLost` where the end of the transaction was not heard of.
        """
        with self._changing() as connection:
            for table, these in groupby(sorted(lines, key=_table_of), key=_table_of):
                put_lines(connection, self._reflect(connection, table), list(these), now)

    def examine_writing(self, table: str, version: str) -> None:
        """Whether this account may change the table, found out by changing nothing in a line that is none.

        Raises `Refused` where there is no such table or no such column, `Unreachable` where it may not.
        """
        with self._changing() as connection:
            found = self._reflect(connection, table)
            if version not in found.columns:
                raise Refused(f"The table {table!r} has no column {version!r}.", _version_remedy(found))
            column = found.columns[version]
            connection.execute(update(found).where(false()).values({column: column}))

    def fingerprint(self, table: str) -> str | None:  # noqa: ARG002 (a file tells of all its tables at once)
        """Moves whenever an SQLite file may have changed, without opening it; None for every other database.

        Besides the times and sizes of the file and its write-ahead log these are the change counter in the file's
        header (bytes 24 to 27) and the log's header, which is new each time the log begins anew
        (https://sqlite.org/fileformat2.html): two changes within one tick of the file system's clock count too.
        """
        url = self._parsed()
        if not _is_file(url):
            return None
        path = _path(url)
        return f"{_state(path, 24, 4)} {_state(path.with_name(f'{path.name}-wal'), 0, 32)}"

    def load_csv(self, path_to_csv: Path, table: str) -> None:
        """Make `table` of the embedded system of record what the CSV says, whatever it was before.

        All columns are text, an empty cell is NULL, the first column is the primary key. The database is made where
        none is. Raises `Refused` for a CSV that is no table, and for any database but an SQLite file.
        """
        content = read_csv(path_to_csv)
        with self._writing() as connection:
            _replace_table(connection, table, content)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        url = self._parsed()
        if _is_file(url):
            path = _path(url)
            if not path.is_file():
                raise Unreachable(f"There is no records database at {path}.", REMEDY)
            # Read-only, or SQLite would make the file in the moment between the question and the answer.
            url = url.set(database=path.absolute().as_uri()).update_query_dict({"mode": "ro", "uri": "true"})
        with self._connected(url) as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction in a database that is there already."""
        url = self._parsed()
        if _is_file(url):
            path = _path(url)
            if not path.is_file():
                raise Unreachable(f"There is no records database at {path}.", REMEDY)
            url = url.set(database=path.absolute().as_uri()).update_query_dict({"mode": "rw", "uri": "true"})
        with self._connected(url, "written", begin="BEGIN IMMEDIATE") as connection:
            transaction = connection.begin()
            try:
                yield connection
            except BaseException:
                transaction.rollback()
                raise
            try:
                transaction.commit()
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                raise AnswerLost(
                    f"The records database {_name(url)} did not say whether it took what was written.", "Run it again"
                ) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        url = self._parsed()
        if not _is_file(url):
            raise Refused(f"A CSV is loaded only into an SQLite file, not into {_name(url)}.", REMEDY)
        try:
            _path(url).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable(f"No records database can be made at {_path(url)}.", REMEDY) from error
        with self._connected(url) as connection, connection.begin():
            yield connection

    @contextmanager
    def _connected(self, url: URL, done: str = "used", begin: str = "BEGIN") -> Iterator[Connection]:
        try:
            with _engine(url, begin).connect() as connection:
                yield connection
        except ImportError as error:
            raise Unreachable(
                f"The records database {_name(url)} needs the driver '{error.name or url.drivername}'.", "Install it"
            ) from error
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            kind = type(error.orig if isinstance(error, DBAPIError) else error).__name__
            raise Unreachable(f"The records database {_name(url)} cannot be {done} ({kind}).", REMEDY) from error

    def _parsed(self) -> URL:
        try:
            return make_url(self._url)
        except (SQLAlchemyError, ValueError):
            # Without its cause: the text that could not be understood may hold a password.
            raise Unreachable("The records database's URL cannot be understood.", REMEDY) from None

    def _reflect(self, connection: Connection, table: str) -> Table:
        inspector = inspect(connection)
        for schema, name in _readings(inspector, table):
            if inspector.has_table(name, schema=schema):
                with warnings.catch_warnings():
                    # A type SQLAlchemy does not know: values are taken as the driver gives them anyway.
                    warnings.simplefilter("ignore", SAWarning)
                    return Table(name, MetaData(), schema=schema, autoload_with=connection, resolve_fks=False)
        there = sorted([*inspector.get_table_names(), *inspector.get_view_names()])
        raise Refused(f"There is no table '{table}' in {_name(connection.engine.url)}.", _those(there))


def _engine(url: URL, begin: str) -> Engine:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Else Python would leave DDL outside of the transaction, and a reader could meet a table that is half replaced.
    connection.isolation_level = None
    # One text that is no UTF-8 must not cost the table.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")


def _table_of(line: Line) -> str:
    return line.table


def _version_remedy(table: Table) -> str:
    return f"Its columns: {', '.join(table.columns.keys())}; see `version`"


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and bool(url.database) and url.database != ":memory:"


def _path(url: URL) -> Path:
    return Path(url.database or "")


def _state(path: Path, start: int, length: int) -> str:
    """Which file this is, its size, its time, and some of its bytes; "" where there is none."""
    try:
        about = path.stat()
        with path.open("rb") as file:
            file.seek(start)
            return f"{about.st_ino}:{about.st_size}:{about.st_mtime_ns}:{file.read(length).hex()}"
    except OSError:
        return ""


def _name(url: URL) -> str:
    """A database as people may see it: no user, and no options, which can hold a password too."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    return f"{url.get_backend_name()} '{url.database or ''}' on {url.host or 'this host'}"


def _readings(inspector: Inspector, table: str) -> Iterator[tuple[str | None, str]]:
    """What a table's name may mean: the whole is a name; or it is a schema, a dot and a name."""
    yield None, table
    schema, _, name = table.partition(".")
    if name and schema in inspector.get_schema_names():
        yield schema, name


def _those(tables: list[str]) -> str:
    if not tables:
        return "It has no tables"
    more = f" and {len(tables) - NAMED} more" if len(tables) > NAMED else ""
    return f"It has: {', '.join(tables[:NAMED])}{more}"


def _header(table: Table) -> tuple[Cell, ...]:
    return tuple(cell_of(column.name) for column in table.columns)


def _body(connection: Connection, table: Table) -> list[tuple[Cell, ...]]:
    shared: dict[str, Cell] = {}
    makers = [CellMaker(column.type, shared) for column in table.columns]
    # As the driver gives them: SQLAlchemy's own conversions stop at the first value that is not of its column's type.
    raw = (type_coerce(column, NullType()).label(column.name) for column in table.columns)
    wanted = select(*raw).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=CHUNK).execute(wanted)
    rows = [tuple(maker.cell(value) for maker, value in zip(makers, row, strict=True)) for row in result]
    return rows if table.primary_key.columns else sorted(rows, key=_shown)


def _shown(row: tuple[Cell, ...]) -> list[str]:
    return [cell.shown for cell in row]


def _replace_table(connection: Connection, name: str, content: CsvTable) -> None:
    columns = (Column(header, Text, primary_key=at == 0) for at, header in enumerate(content.header))
    table = Table(name, MetaData(), *columns)
    table.drop(connection, checkfirst=True)
    table.create(connection)
    if content.rows:
        lines = [dict(zip(content.header, row, strict=True)) for row in content.rows]
        connection.execute(insert(table), lines)
