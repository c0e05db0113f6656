"""Single cells gathered into rectangles, as lists of ranges want them."""

from collections.abc import Iterable, Iterator

from sheetsync.sandbox.a1 import Area


def rectangles(places: Iterable[tuple[int, int]]) -> list[Area]:
    """Cells as rectangles: runs down a column, then equal runs side by side. Every cell is in exactly one."""
    columns: dict[int, list[int]] = {}
    for row, column in places:
        columns.setdefault(column, []).append(row)
    runs: dict[tuple[int, int], list[int]] = {}
    for column, rows in sorted(columns.items()):
        for top, bottom in _runs(sorted(rows)):
            runs.setdefault((top, bottom), []).append(column)
    return [
        Area(top, bottom, left, right) for (top, bottom), found in sorted(runs.items()) for left, right in _runs(found)
    ]


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Unbroken runs of sorted numbers, half open."""
    start = previous = None
    for number in numbers:
        if start is None or previous is None:
            start = number
        elif number > previous + 1:
            yield start, previous + 1
            start = number
        previous = number
    if start is not None and previous is not None:
        yield start, previous + 1
