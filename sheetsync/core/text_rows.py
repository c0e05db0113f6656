"""Rows of texts, kept small until they are looked at: what we write beside all rows of all sheets outweighs the sheets.

Our tabs are looked at whole, and one after the other; so of each only what is looked at just now is put together.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar, overload

from sheetsync.core.model import BLANK, Cell

Row = tuple[str, ...]
Of = TypeVar("Of")


class _Kept(Sequence[tuple[Of, ...]], Generic[Of]):
    """A sequence of rows that is put together when it is looked at, and equal to the plain one."""

    __slots__ = ()

    def _whole(self) -> tuple[tuple[Of, ...], ...]:
        raise NotImplementedError

    @overload
    def __getitem__(self, at: int) -> tuple[Of, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[tuple[Of, ...], ...]: ...
    def __getitem__(self, at: int | slice) -> tuple[Of, ...] | tuple[tuple[Of, ...], ...]:
        return self._whole()[at]

    def __iter__(self) -> Iterator[tuple[Of, ...]]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    def __eq__(self, other: object) -> bool:
        return self._whole() == (other._whole() if isinstance(other, _Kept) else other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())


class TextRows(_Kept[str]):
    """Rows of texts, such as the content of a tab of ours."""

    __slots__ = ("_packed",)

    def __init__(self, rows: Iterable[Sequence[str]]) -> None:
        # The fast way: a row is so like the one before that more effort gains next to nothing.
        self._packed = zlib.compress(json.dumps(list(rows)).encode(), 1)

    def _whole(self) -> tuple[Row, ...]:
        return _texts(self._packed)


class CellRows(_Kept[Cell]):
    """Rows of cells that hold nothing but text, all but a few, such as a tab of ours as it was read."""

    __slots__ = ("_others", "_texts")

    def __init__(self, rows: Sequence[Sequence[Cell]]) -> None:
        self._texts = TextRows([[cell.shown if _is_text(cell) else "" for cell in row] for row in rows])
        #: (row, column) of whatever a text does not say
        self._others = {
            (row, column): cell
            for row, cells in enumerate(rows)
            for column, cell in enumerate(cells)
            if cell != BLANK and not _is_text(cell)
        }

    def __len__(self) -> int:
        return len(self._texts)

    def _whole(self) -> tuple[tuple[Cell, ...], ...]:
        rows = [[Cell(text, text) if text else BLANK for text in row] for row in self._texts]
        for (row, column), cell in self._others.items():
            rows[row][column] = cell
        return tuple(map(tuple, rows))


def _is_text(cell: Cell) -> bool:
    return cell.shown != "" and cell == Cell(cell.shown, cell.shown)


# What is looked at is mostly compared with one other.
@lru_cache(maxsize=2)
def _texts(packed: bytes) -> tuple[Row, ...]:
    return tuple(map(tuple, json.loads(zlib.decompress(packed))))
