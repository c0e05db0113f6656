"""What people changed in our tab: what stands there now against what we wrote, by a row's key, then by content.

A sort, a moved column or an inserted row changes no cell. Every text is accounted for once: what we wrote, less what
the edits say is gone, and what they say came, is what stands there.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sheetsync.core.model import Cell, Tab

Rows = Sequence[Sequence[str]]

#: a text that stands in more rows than this says nothing about which row it is
_COMMON = 8


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell that is not what we wrote: typed (`old` None), changed, or removed (`new` None)."""

    #: the line's first cell, as we wrote it; for a row of theirs, as they did
    key: str
    #: the column's name as we wrote it; empty for a column of theirs
    name: str
    old: str | None
    new: str | None
    #: 0-based, where it stands now; None where its row or column is gone
    row: int | None
    column: int | None


def texts(tab: Tab) -> tuple[tuple[str, ...], ...]:
    """What was typed into each cell of a tab: a formula as such, a text as it is, anything else as it is shown."""
    return tuple(tuple(_text(cell) for cell in row) for row in tab.rows)


def edits(wrote: Rows, found: Rows) -> list[Edit]:
    """Every cell that differs, in the order of the places where they stand now, then what is gone.

    `wrote` has our column names in its first row and our keys in its first column; `found` is what stands there, in
    whatever order, its rows of any length.
    """
    if _filled(wrote) == _filled(found):
        return []
    return sorted(_Comparison(wrote, found).edits(), key=_by_place)


def _filled(rows: Rows) -> list[tuple[str, ...]]:
    """Rows without their blank ends."""
    filled = [_without_end(row) for row in rows]
    while filled and not filled[-1]:
        filled.pop()
    return filled


def _without_end(row: Sequence[str]) -> tuple[str, ...]:
    end = next((at for at in range(len(row), 0, -1) if row[at - 1]), 0)
    return tuple(row[:end])


@dataclass(frozen=True, slots=True)
class Followed:
    """Where what we wrote stands now, 0-based; None where it is gone."""

    head: int | None
    #: of each of our lines, without the head
    rows: tuple[int | None, ...]
    #: of each of our columns
    columns: tuple[int | None, ...]


def follow(wrote: Rows, found: Rows) -> Followed:
    """Which row and which column of what stands there is which of ours; shapes as for `edits`."""
    return _Comparison(wrote, found).followed()


class _Comparison:
    """Which row and which column of what stands there is which of ours."""

    def __init__(self, wrote: Rows, found: Rows) -> None:
        self._names, self._lines = (wrote[0], wrote[1:]) if wrote else ((), ())
        self._found = found
        self._head = _most_like(self._names, found)
        self._column = self._columns()
        self._row = self._rows()

    def followed(self) -> Followed:
        return Followed(self._head, tuple(self._row), tuple(self._column))

    def edits(self) -> Iterator[Edit]:
        ours = {column: name for name, column in zip(self._names, self._column, strict=True) if column is not None}
        lines = {row: line for line, row in enumerate(self._row) if row is not None}
        yield from self._compared("", self._names, self._head)
        for line, row in zip(self._lines, self._row, strict=True):
            yield from self._compared(_at(line, 0), line, row)
        for row, cells in enumerate(self._found):
            is_ours = row in lines or row == self._head
            key = _at(self._lines[lines[row]], 0) if row in lines else "" if is_ours else self._cell(row, 0)
            for column, text in enumerate(cells):
                if text and not (is_ours and column in ours):
                    yield Edit(key, ours.get(column, ""), None, text, row, column)

    def _compared(self, key: str, line: Sequence[str], row: int | None) -> Iterator[Edit]:
        for at, (name, column) in enumerate(zip(self._names, self._column, strict=True)):
            old, new = _at(line, at), self._cell(row, at)
            if old != new:
                yield Edit(key, name, old or None, new or None, row, column)

    def _cell(self, row: int | None, at: int) -> str:
        """What stands in a row now under the column that we wrote as number `at`."""
        column = self._column[at] if at < len(self._column) else None
        return _at(self._found[row], column) if row is not None and column is not None else ""

    # ------------------------------------------------------------ which is which

    def _columns(self) -> list[int | None]:
        """The column in which each of ours stands now: by its name, then by what it holds, then by its place."""
        width = max(map(len, self._found), default=0)
        headed = [_at(self._found[self._head], column) if self._head is not None else "" for column in range(width)]
        pairs = _Pairs(len(self._names), width)
        pairs.equal(self._names, headed)
        held = {column: Counter(_at(row, column) for row in self._found) for column in pairs.free_right()}
        alike = {
            (at, column): (Counter(_at(line, at) for line in self._lines) & held[column])
            for at in pairs.free_left()
            for column in held
        }
        pairs.best({pair: sum(count for text, count in both.items() if text) for pair, both in alike.items()})
        pairs.best({(at, at): 1 for at in pairs.free_left()})
        return pairs.right

    def _rows(self) -> list[int | None]:
        """The row in which each of our lines stands now: by its key, by all it says, then by what is rare in it."""
        there = [row for row in range(len(self._found)) if row != self._head]
        shown = [[self._cell(row, at) for at in range(len(self._names))] for row in there]
        ours = [[_at(line, at) for at in range(len(self._names))] for line in self._lines]
        pairs = _Pairs(len(ours), len(there))
        pairs.best(self._alike(ours, shown, by_key=True))
        pairs.equal(
            [tuple(line) if any(line) else "" for line in ours], [tuple(row) if any(row) else "" for row in shown]
        )
        pairs.best({pair: n for pair, n in self._alike(ours, shown, by_key=False).items() if pairs.are_free(*pair)})
        pairs.best({(at, at): n for at in pairs.free_left() if at < len(there) and (n := _shared(ours[at], shown[at]))})
        return [None if at is None else there[at] for at in pairs.right]

    @staticmethod
    def _alike(ours: Rows, shown: Rows, *, by_key: bool) -> dict[tuple[int, int], int]:
        """Pairs worth a look, and how many cells they share: those with one key, or with a rare text in common."""
        standing: dict[tuple[int, str], list[int]] = defaultdict(list)
        for row, cells in enumerate(shown):
            for at, text in enumerate(cells[:1] if by_key else cells):
                if text:
                    standing[at, text].append(row)
        candidates = (
            (line, row)
            for line, cells in enumerate(ours)
            for at, text in enumerate(cells[:1] if by_key else cells)
            for row in standing.get((at, text), ())
            if by_key or len(standing[at, text]) <= _COMMON
        )
        return {(line, row): _shared(ours[line], shown[row]) for line, row in dict.fromkeys(candidates)}


class _Pairs:
    """One-to-one pairs between numbered things; what is paired stays so."""

    def __init__(self, left: int, right: int) -> None:
        self.right: list[int | None] = [None] * left
        self._free_right = dict.fromkeys(range(right))

    def free_left(self) -> list[int]:
        return [at for at, right in enumerate(self.right) if right is None]

    def free_right(self) -> list[int]:
        return list(self._free_right)

    def are_free(self, left: int, right: int) -> bool:
        return self.right[left] is None and right in self._free_right

    def equal(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> None:
        """Pair what is the same and not empty, in order."""
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(self._free_right):
            waiting[right[at]].append(at)
        for at in self.free_left():
            if left[at] and waiting[left[at]]:
                self._pair(at, waiting[left[at]].pop())

    def best(self, scores: dict[tuple[int, int], int]) -> None:
        """Pair the most alike first, and of those the nearest."""
        ranked = sorted((-score, abs(left - right), left, right) for (left, right), score in scores.items() if score)
        for _, _, left, right in ranked:
            if self.are_free(left, right):
                self._pair(left, right)

    def _pair(self, left: int, right: int) -> None:
        self.right[left] = right
        del self._free_right[right]


def _most_like(names: Iterable[str], found: Rows) -> int | None:
    """The row with most of our column names; None where none has any."""
    wanted = {name for name in names if name}
    common = [len(wanted.intersection(row)) for row in found]
    return common.index(max(common)) if any(common) else None


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(bool(a) and a == b for a, b in zip(one, other, strict=True))


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""


def _text(cell: Cell) -> str:
    if cell.formula is not None:
        return cell.formula
    return cell.value if isinstance(cell.value, str) else cell.shown


def _by_place(edit: Edit) -> tuple[bool, int, bool, int, str, str]:
    row, column = edit.row, edit.column
    return (row is None, row or 0, column is None, column or 0, edit.key, edit.name)
