"""Lines of a table are changed only where they still are as they were read: all of them, or none."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, literal, select, type_coerce, update
from sqlalchemy.exc import SAWarning
from sqlalchemy.types import NullType, UserDefinedType

from sheetsync.adapters.sql_cells import CellMaker
from sheetsync.adapters.sql_values import in_form, next_version
from sheetsync.core.following import Line
from sheetsync.core.model import Cell
from sheetsync.errors import Refused

Columns = tuple[Column[Any], ...]
Key = tuple[Cell, ...]

_NEXT_RUN = "Nothing was written; the next run looks again."
_CORRECT = "Correct the table, or set `writes: off` for its source"


class _Raw(UserDefinedType[Any]):
    """A value as the driver gave it, and takes it back: no column's type has a say."""

    cache_ok = True


def put_lines(connection: Connection, table: Table, lines: Sequence[Line], now: datetime) -> None:
    """Within the caller's transaction. Raises `Refused` at the first line that has moved, or cannot hold its values."""
    for shape, alike in groupby(sorted(lines, key=_shape), key=_shape):
        _Lines(connection, table, *shape).put(list(alike), now)


def _shape(line: Line) -> tuple[tuple[str, ...], str, list[str]]:
    return line.key, line.version, [put.column for put in line.puts]


@dataclass(frozen=True)
class _Lines:
    """Lines of one table into the same columns of which something is put."""

    connection: Connection
    table: Table
    key_names: tuple[str, ...]
    version: str
    put_names: list[str]

    def put(self, lines: Sequence[Line], now: datetime) -> None:
        if self.version not in self.table.columns:
            there = ", ".join(self.table.columns.keys())
            raise Refused(
                f"The table {self.table.name!r} has no column {self.version!r}.", f"Its columns: {there}; see `version`"
            )
        if not self.key or {column.name for column in self.key}.intersection(self.put_names):
            raise Refused(f"The table {self.table.name!r}: a key is not written.", _CORRECT)
        found = self._found({self._key_of(line) for line in lines})
        for line in lines:
            same = found.get(self._key_of(line), [])
            if len(same) != 1:
                raise Refused(f"{line.name}: {_count(len(same))} {self.table.name!r} with its key.", _NEXT_RUN)
            self._put_one(line, same[0], now)

    @property
    def key(self) -> Columns:
        """The primary key; where the table has none, what the configuration says."""
        named = tuple(self.table.columns[name] for name in self.key_names if name in self.table.columns)
        return tuple(self.table.primary_key.columns) or named

    @property
    def watched(self) -> Columns:
        return (self.table.columns[self.version], *(self.table.columns[name] for name in self.put_names))

    def _key_of(self, line: Line) -> Key:
        return tuple(line.cells[column.name] for column in self.key)

    def _found(self, wanted: set[Key]) -> Mapping[Key, list[Sequence[Any]]]:
        """The lines as they are now, by key, as the driver gives them."""
        found: dict[Key, list[Sequence[Any]]] = {}
        makers = [CellMaker(column.type, {}) for column in self.key]
        raw = [type_coerce(column, NullType()) for column in (*self.key, *self.watched)]
        for row in self.connection.execute(select(*raw)):
            key = tuple(maker.cell(value) for maker, value in zip(makers, row, strict=False))
            if key in wanted:
                found.setdefault(key, []).append(tuple(row))
        return found

    def _put_one(self, line: Line, row: Sequence[Any], now: datetime) -> None:
        watched = row[len(self.key) :]
        for column, value in zip(self.watched, watched, strict=True):
            if CellMaker(column.type, {}).cell(value) != line.cells[column.name]:
                raise self._moved(line)
        values = dict(self._values(line, watched, now))
        where = and_(*_as_it_is((*self.key, *self.watched), row))
        with warnings.catch_warnings():
            # SQLite has no decimals; what is read back says whether the number is the one that was meant.
            warnings.simplefilter("ignore", SAWarning)
            done = self.connection.execute(update(self.table).where(where).values(values))
        if done.rowcount != 1:
            raise self._moved(line)
        self._look_at(line, row, watched[0])

    def _values(self, line: Line, watched: Sequence[object], now: datetime) -> Iterator[tuple[Column[Any], object]]:
        version, *columns = self.watched
        yield version, literal(_formed(line, version, lambda: next_version(watched[0], now)), _Raw())
        for put, column, there in zip(line.puts, columns, watched[1:], strict=True):
            # Bound now: the next turn of the loop has another one.
            yield column, _formed(line, column, lambda p=put, c=column, t=there: in_form(p.value, p.now, c.type, t))

    def _look_at(self, line: Line, row: Sequence[Any], version_before: object) -> None:
        """A trigger may have had a hand in it, or the column may have cut the value."""
        raw = [type_coerce(column, NullType()) for column in self.watched]
        key = and_(*_as_it_is(self.key, row))
        now = self.connection.execute(select(*raw).where(key)).one_or_none()
        if now is None:
            raise self._moved(line)
        for put, column, value in zip(line.puts, self.watched[1:], now[1:], strict=True):
            shows = CellMaker(column.type, {}).cell(value)
            if not put.holds(shows):
                raise Refused(
                    f"{line.name}: {self.table.name}.{column.name} shows {shows.shown!r} where {put.now!r} was put; "
                    "nothing was written.",
                    _CORRECT,
                )
        if now[0] == version_before:
            raise Refused(f"{line.name}: {self.table.name}.{self.version} did not move.", _CORRECT)

    def _moved(self, line: Line) -> Refused:
        return Refused(f"{line.name}: somebody changed this line of {self.table.name!r} meanwhile.", _NEXT_RUN)


def _as_it_is(columns: Columns, row: Sequence[object]) -> Iterator[ColumnElement[bool]]:
    return (
        type_coerce(column, NullType()).is_not_distinct_from(literal(value, _Raw()))
        for column, value in zip(columns, row, strict=False)
    )


def _formed(line: Line, column: Column[Any], make: Any) -> object:
    try:
        return make()
    except (ValueError, TypeError, ArithmeticError) as error:
        raise Refused(
            f"{line.name}: {column.table.name}.{column.name} {error}; nothing was written.", _CORRECT
        ) from error


def _count(lines: int) -> str:
    return "no line is left in" if lines == 0 else f"{lines} lines are in"
