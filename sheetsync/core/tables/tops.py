"""The header of a table as people built it: one row or several, groups, two languages, the columns it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sheetsync.core.model import Block
from sheetsync.core.tables.found import Column
from sheetsync.core.tables.headers import (
    Heading,
    Words,
    groups_over,
    holds_values,
    is_other_language,
    is_unknown_language,
    structural,
)
from sheetsync.core.tables.seen import Seen, Texts, runs


@dataclass(frozen=True, slots=True)
class Top:
    """The header of one table."""

    #: its rows, the upper one first
    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    #: how many of its columns have a known header
    known: int

    @property
    def left(self) -> int:
        return self.columns[0].index

    @property
    def right(self) -> int:
        return self.columns[-1].index + 1

    @property
    def headers(self) -> Mapping[int, str]:
        """Column -> header, of the columns that have one."""
        return {column.index: column.header for column in self.columns if column.header}

    def meets(self, left: int, right: int) -> bool:
        """Has it a column among these?"""
        return self.left < right and left < self.right


# ---------------------------------------------------------------- rows


def joined(seen: Seen, words: Words, heading: Heading, lower: Heading | None, below: range) -> list[Heading]:
    """The rows of a header that begins here, with the headings that follow it directly where they are one with it."""
    rows = [heading]
    if lower is not None and is_other_language(heading, lower, words):
        rows.append(lower)
    elif lower is None and heading.row + 1 < len(seen.rows) and below:
        next_row = heading.row + 1
        if is_unknown_language(seen, words, heading, next_row, range(next_row + 1, below.stop)):
            rows.append(words.heading(next_row, seen.within(next_row, heading.left, heading.right)))
    return rows


def is_group_row_of(seen: Seen, upper: Heading, lower: Heading) -> bool:
    """Two headings, one right above the other: does the upper one only name groups of the lower one's columns?"""
    return any(column not in upper.texts for column in lower.texts) and groups_over(seen, lower, upper.row)


# ---------------------------------------------------------------- tables side by side


def parted(seen: Seen, words: Words, heading: Heading, below: range) -> list[Heading]:
    """One heading for each of the tables that begin in this row.

    A blank column parts two tables if a header stands on both sides of it; what stands behind it without being one (a
    legend, a note) belongs to none. A header that starts again from its first two words begins another table too.
    """
    parts = stretches(seen, words, heading, below)
    if len(parts) == 1:
        return parts
    strong = [part for part in parts if _stands_alone(seen, words, part, below)]
    if not strong:
        return [heading]
    for part in parts:
        # One known word behind a narrow blank column is a column of the table, two without a known one are a legend.
        if part not in strong and len(part.texts) == 1 and part.fields:
            nearest = min(strong, key=lambda other: _distance(other, part))
            strong[strong.index(nearest)] = words.heading(
                heading.row, dict(sorted({**nearest.texts, **part.texts}.items()))
            )
    return strong


def stretches(seen: Seen, words: Words, heading: Heading, below: range) -> list[Heading]:
    """The heading in pieces without a blank column inside, whether they are tables or not."""
    gapless = _bridged(seen, heading, below)
    edges = [edge for stretch in runs(sorted(heading.texts), gapless) for edge in _again(heading, *stretch)]
    return [_only(words, heading, left, right) for left, right in edges]


def _bridged(seen: Seen, heading: Heading, below: range) -> set[int]:
    """Columns without a header that a table has all the same: something stands in them, or a merge covers them."""
    inside = [column for column in range(heading.left, heading.right) if column not in heading.texts]
    merged = {
        column
        for block in seen.tab.merges
        if block.top <= heading.row < block.bottom
        for column in range(block.left, block.right)
        if block.right <= heading.right
    }
    stray = 1 if len(below) > 5 else 0
    filled = {column for column in inside if seen.times(column, below) > stray}
    return filled | merged | seen.ours


def _again(heading: Heading, left: int, right: int) -> list[tuple[int, int]]:
    columns = [column for column in heading.texts if left <= column < right]
    texts = [heading.texts[column].casefold() for column in columns]
    starts = [at for at in range(2, len(texts) - 1) if texts[at : at + 2] == texts[:2]]
    if not starts:
        return [(left, right)]
    edges = [left, *(columns[at] for at in starts), right]
    return list(pairwise(edges))


def _only(words: Words, heading: Heading, left: int, right: int) -> Heading:
    return words.heading(
        heading.row, {column: text for column, text in heading.texts.items() if left <= column < right}
    )


def _stands_alone(seen: Seen, words: Words, part: Heading, below: range) -> bool:
    if len(part.fields) >= 2:
        return True
    return len(part.texts) > 2 and structural(seen, words, part.row, range(0), below) is not None


def _distance(one: Heading, other: Heading) -> int:
    return max(one.left - other.right, other.left - one.right)


# ---------------------------------------------------------------- columns


def topped(seen: Seen, words: Words, rows: Sequence[Heading], below: range) -> Top:
    """The whole header of a table: with the groups above it, and with columns that have values but no header."""
    main = max(rows, key=lambda heading: len(heading.fields))
    above = rows[0].row - 1
    groups: Texts = {}
    own: dict[int, str] = {}
    if above >= 0 and groups_over(seen, rows[0], above):
        groups, own = _groups(seen, main, above)
    elif above >= 0 and is_unknown_language(seen, words, rows[0], above, below):
        rows = [words.heading(above, seen.within(above, main.left, main.right)), *rows]
    headers = own | _header_texts(rows)
    left, right = _edges(seen, min(headers), max(headers) + 1, below)
    columns = tuple(
        Column(column, " ".join(headers.get(column, "").split()), groups.get(column, ""))
        for column in range(left, right)
        if column in headers or seen.times(column, below)
    )
    numbers = tuple(heading.row for heading in rows)
    return Top((above, *numbers) if groups or own else numbers, columns, len(main.fields))


def _header_texts(rows: Sequence[Heading]) -> dict[int, str]:
    """Of two languages the one that is known, the upper one where both are."""
    texts: dict[int, str] = {}
    for heading in reversed(rows):
        texts |= {
            column: text for column, text in heading.texts.items() if column in heading.fields or column not in texts
        }
    return texts


def _groups(seen: Seen, main: Heading, row: int) -> tuple[dict[int, str], dict[int, str]]:
    """The group of each column, and the names of columns that stand in the upper row only."""
    left, right = _with_tall(seen, main, row)
    names = seen.within(row, left, right)
    widths = {block.left: block.right - block.left for block in seen.tab.merges if block.top == row}
    groups: dict[int, str] = {}
    own: dict[int, str] = {}
    starts = [*names, right]
    for start, following in pairwise(starts):
        if start not in main.texts and widths.get(start, 1) == 1:
            own[start] = names[start]
            continue
        span = range(start, start + widths[start] if start in widths else (start + 1 if widths else following))
        groups |= {column: names[start] for column in span if column in main.texts}
    return groups, own


def _with_tall(seen: Seen, main: Heading, row: int) -> tuple[int, int]:
    """The header's width with its cells that are merged down from the row above."""
    tall = [block for block in seen.tab.merges if block.top <= row < main.row < block.bottom]
    left, right = main.left, main.right
    for block in sorted(tall, key=_by_column):
        right = block.right if block.left == right else right
    for block in sorted(tall, key=_by_column, reverse=True):
        left = block.left if block.right == left else left
    while right in seen.rows[row] and right not in seen.rows[main.row]:
        right += 1
    return left, right


def _by_column(block: Block) -> int:
    return block.left


def _edges(seen: Seen, left: int, right: int, below: range) -> tuple[int, int]:
    """Columns right beside the header that have none, but values in most of the rows, are the table's too."""
    rows = [row for row, count in zip(below, seen.counts(below, left, right), strict=True) if count > 1]

    def filled(column: int) -> bool:
        return len(rows) > 1 and seen.times(column, rows) * 2 > len(rows)

    while filled(right) and not holds_header(seen, right, below):
        right += 1
    while left > 0 and filled(left - 1) and not holds_header(seen, left - 1, below):
        left -= 1
    return left, right


def holds_header(seen: Seen, column: int, below: range) -> bool:
    """Is the column that of another table?"""
    return below.start > 0 and column in seen.rows[below.start - 1] and not holds_values(seen, column, below)
