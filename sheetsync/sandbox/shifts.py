"""One dimension of a grid edited: where an index and a span go when lines are inserted, deleted or moved.

Everything that hangs on rows or columns (cells, merges, protections, rules, metadata, frozen counts) follows these
three arithmetics, so nothing can move by a rule of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sheetsync.sandbox.a1 import Area, Box

Span = tuple[int, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inserted:
    """`count` new lines before `start`."""

    start: int
    count: int

    def index(self, index: int) -> int | None:
        return index if index < self.start else index + self.count

    def span(self, span: Span) -> Span | None:
        """A span grows only when lines come strictly inside it."""
        first, end = span
        if self.start <= first:
            return first + self.count, end + self.count
        return (first, end + self.count) if self.start < end else span


@dataclass(frozen=True, slots=True)
class Deleted:
    """The lines from `start` up to `end` are gone."""

    start: int
    end: int

    def index(self, index: int) -> int | None:
        if index < self.start:
            return index
        return None if index < self.end else index - (self.end - self.start)

    def _edge(self, edge: int) -> int:
        return edge if edge <= self.start else max(self.start, edge - (self.end - self.start))

    def span(self, span: Span) -> Span | None:
        """A span loses what is deleted of it, and is gone when nothing is left."""
        first, end = self._edge(span[0]), self._edge(span[1])
        return (first, end) if first < end else None


@dataclass(frozen=True, slots=True)
class Moved:
    """The lines from `start` up to `end` now stand before what was line `destination`."""

    start: int
    end: int
    destination: int

    @property
    def landing(self) -> int:
        """Where the block's first line stands afterwards."""
        count = self.end - self.start
        return self.destination if self.destination <= self.start else self.destination - count

    def index(self, index: int) -> int | None:
        if self.start <= index < self.end:
            return index - self.start + self.landing
        rest = Deleted(self.start, self.end).index(index)
        return None if rest is None else Inserted(self.landing, self.end - self.start).index(rest)

    def span(self, span: Span) -> Span | None:
        """A span inside the block travels with it; any other is cut and then grown as by delete and insert."""
        if self.start <= span[0] and span[1] <= self.end:
            offset = self.landing - self.start
            return span[0] + offset, span[1] + offset
        rest = Deleted(self.start, self.end).span(span)
        return None if rest is None else Inserted(self.landing, self.end - self.start).span(rest)


Shift = Inserted | Deleted | Moved


def shift_box(box: Box, shift: Shift, dimension: str) -> Box | None:
    """`box` after the shift along ROWS or COLUMNS; open sides stay open; None when nothing of it is left."""
    first, end = (box.top, box.bottom) if dimension == "ROWS" else (box.left, box.right)
    if first is None and end is None:
        return box
    far = 2**40
    span = shift.span((first or 0, far if end is None else end))
    if span is None:
        return None
    # An open start stays at the edge even when lines come before the first.
    new_first = None if first is None else span[0]
    new_end = None if end is None else span[1]
    if dimension == "ROWS":
        return replace(box, top=new_first, bottom=new_end)
    return replace(box, left=new_first, right=new_end)


def shift_area(area: Area, shift: Shift, dimension: str) -> Area | None:
    """`shift_box` for a closed rectangle."""
    box = shift_box(area.box, shift, dimension)
    return None if box is None else box.within(2**40, 2**40)


def shift_keys(table: dict[int, T], index: Callable[[int], int | None]) -> dict[int, T]:
    """A table keyed by line, with its keys moved and the deleted ones dropped."""
    moved = ((index(line), value) for line, value in table.items())
    return {line: value for line, value in moved if line is not None}
