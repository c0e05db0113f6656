"""What stands on a grid, row by row: as small as its content, and a copy shares every row.

A row is a tuple that is never changed, so "the same row" is one comparison of identity: whoever derives something from
a row may keep it for as long as the row is there.
"""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, MutableMapping
from typing import TypeAlias, TypeVar, overload

T = TypeVar("T")
D = TypeVar("D")
Place: TypeAlias = tuple[int, int]


class Sparse(MutableMapping[Place, T]):
    """A mapping of (row, column) to what stands there, in reading order."""

    __slots__ = ("_count", "rows")

    def __init__(self, given: Mapping[Place, T] | Iterable[tuple[Place, T]] = ()) -> None:
        #: row -> what stands in its columns, from the first to the last that holds something; read it, never change it
        self.rows: dict[int, tuple[T | None, ...]] = {}
        self._count = 0
        lines: dict[int, dict[int, T]] = {}
        for (row, column), value in given.items() if isinstance(given, Mapping) else given:
            lines.setdefault(row, {})[column] = value
        for row, line in lines.items():
            self.rows[row] = tuple(line.get(column) for column in range(max(line) + 1))
            self._count += len(line)

    @classmethod
    def of_rows(cls, rows: Mapping[int, tuple[T | None, ...]]) -> "Sparse[T]":
        """From whole rows; none may be empty or end with nothing."""
        made = cls()
        made.rows = dict(rows)
        made._count = sum(len(line) - line.count(None) for line in made.rows.values())
        return made

    def copy(self) -> "Sparse[T]":
        """Another one with the same rows; an edit of one is none of the other."""
        twin: Sparse[T] = Sparse()
        twin.rows, twin._count = dict(self.rows), self._count
        return twin

    def row(self, row: int) -> tuple[T | None, ...]:
        """What stands in a row, empty places as None; shorter than the grid is wide."""
        return self.rows.get(row, ())

    def column(self, column: int) -> Iterator[tuple[int, T]]:
        """What stands in a column, with its row."""
        for row, line in self.rows.items():
            if column < len(line):
                value = line[column]
                if value is not None:
                    yield row, value

    @overload
    def get(self, place: Place) -> T | None: ...
    @overload
    def get(self, place: Place, default: T) -> T: ...
    @overload
    def get(self, place: Place, default: D) -> T | D: ...
    def get(self, place: Place, default: object = None) -> object:
        """What stands there; said here, because the mixin's would raise and catch for each empty place."""
        line = self.rows.get(place[0])
        if line is None or not 0 <= place[1] < len(line):
            return default
        value = line[place[1]]
        return default if value is None else value

    def __getitem__(self, place: Place) -> T:
        value = self.get(place)
        if value is None:
            raise KeyError(place)
        return value

    def __setitem__(self, place: Place, value: T) -> None:
        row, column = place
        line = self.rows.get(row, ())
        if column >= len(line):
            self.rows[row] = (*line, *(None,) * (column - len(line)), value)
            self._count += 1
            return
        self._count += line[column] is None
        self.rows[row] = (*line[:column], value, *line[column + 1 :])

    def __delitem__(self, place: Place) -> None:
        self[place]
        row, column = place
        line = self.rows[row]
        end = column
        if column < len(line) - 1:
            self.rows[row] = (*line[:column], None, *line[column + 1 :])
        else:
            while end and line[end - 1] is None:
                end -= 1
            self.rows[row] = line[:end]
            if not end:
                del self.rows[row]
        self._count -= 1

    def __contains__(self, place: object) -> bool:
        return isinstance(place, tuple) and self.get(place) is not None

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Place]:
        for row, line in sorted(self.rows.items()):
            for column, value in enumerate(line):
                if value is not None:
                    yield row, column

    def items(self) -> ItemsView[Place, T]:
        return _Items(self)

    def __eq__(self, other: object) -> bool:
        return self.rows == other.rows if isinstance(other, Sparse) else super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]


class _Items(ItemsView[Place, T]):
    """The items without a look-up of each."""

    _mapping: Sparse[T]

    def __iter__(self) -> Iterator[tuple[Place, T]]:
        for row, line in sorted(self._mapping.rows.items()):
            for column, value in enumerate(line):
                if value is not None:
                    yield (row, column), value
