"""Groups of rows or columns as depths of lines: adding one deepens its lines, deleting one lifts them.

What is shown follows from the depths alone: at each depth, every unbroken run of lines that deep is one group. So
overlapping groups join and split as the schema describes, and groups that come to touch are one.
"""

from collections.abc import Sequence
from itertools import pairwise

from sheetsync.sandbox.model import Group
from sheetsync.sandbox.shifts import Shift

Span = tuple[int, int]

#: as many levels as the editor offers
MAX_DEPTH = 8


def deepened(groups: Sequence[Group], start: int, end: int) -> list[Group]:
    """The groups after one more over the lines from `start` up to `end`."""
    return _rebuilt(groups, [(each.start, each.end) for each in groups] + [(start, end)], None)


def lifted(groups: Sequence[Group], start: int, end: int) -> list[Group]:
    """The groups after one level less over these lines; lines in no group stay in none."""
    return _rebuilt(groups, [(each.start, each.end) for each in groups], (start, end))


def shifted_groups(groups: Sequence[Group], shift: Shift) -> list[Group]:
    """The groups after lines were inserted, deleted or moved."""
    moved = [(each, shift.span((each.start, each.end))) for each in groups]
    kept = [Group(span[0], span[1], each.depth, each.collapsed) for each, span in moved if span is not None]
    return _rebuilt(kept, [(each.start, each.end) for each in kept], None)


def _rebuilt(old: Sequence[Group], spans: Sequence[Span], lift: Span | None) -> list[Group]:
    """Groups from overlapping spans, ordered by their start, then by depth [schema]."""
    edges = sorted({edge for span in (*spans, *([lift] if lift else [])) for edge in span})
    depths = [(start, end, _depth(start, spans, lift)) for start, end in pairwise(edges)]
    found = [
        Group(start, end, level)
        for level in range(1, max((depth for _, _, depth in depths), default=0) + 1)
        for start, end in _runs([(start, end) for start, end, depth in depths if depth >= level])
    ]
    kept = {(each.start, each.end) for each in found}
    groups = [Group(each.start, each.end, each.depth, _was_collapsed(each, old, kept)) for each in found]
    return sorted(groups, key=lambda each: (each.start, each.depth))


def _depth(line: int, spans: Sequence[Span], lift: Span | None) -> int:
    depth = sum(1 for start, end in spans if start <= line < end)
    return max(depth - 1, 0) if lift is not None and lift[0] <= line < lift[1] else depth


def _runs(pieces: Sequence[Span]) -> list[Span]:
    runs: list[Span] = []
    for start, end in pieces:
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _was_collapsed(group: Group, old: Sequence[Group], kept: set[Span]) -> bool:
    """A group that changed its extent stays collapsed, and one that merely lies elsewhere in the tree does too."""
    same = [each for each in old if (each.start, each.end) == (group.start, group.end)]
    if same:
        return any(each.collapsed for each in same)
    return any(
        each.collapsed and each.depth == group.depth and each.start < group.end and group.start < each.end
        for each in old
        if (each.start, each.end) not in kept
    )
