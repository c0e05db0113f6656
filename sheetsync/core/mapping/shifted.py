"""Values that stand one column to the right of their headers: a row pasted one cell too far, for the whole table."""

from collections.abc import Sequence
from itertools import pairwise

from sheetsync.core.mapping.expected import Fit, fit, speaks_for
from sheetsync.core.mapping.profile import Profile, Trait

_Column = tuple[int, tuple[str, ...], Profile]
"""Index, the fields its header names, what it holds."""


def moved_right(columns: Sequence[_Column]) -> tuple[frozenset[int], str]:
    """The columns whose values belong to the header on their left, and what a person must be asked.

    It takes an empty column, behind it at least one that contradicts its own header and is plainly what the header to
    its left names, and nothing between them that is plainly what its own header says. Nothing is put right here.
    """
    for at, (_, names, values) in enumerate(columns):
        if names and not values.filled:
            run = _run(columns[at:])
            if run and any(_belongs_left(left, one) for left, one in pairwise(columns[at : at + len(run)])):
                first, last = run[0], run[-1]
                return frozenset(index for index, *_ in run), (
                    f"The values under {_label(first)} to {_label(last)} seem to stand one column too far right. "
                    "Should they move one column to the left?"
                )
    return frozenset(), ""


def _run(columns: Sequence[_Column]) -> list[_Column]:
    """From the empty column on, as far as no column is plainly what its own header says."""
    run = [columns[0]]
    for one in columns[1:]:
        _, names, values = one
        if not values.filled or (_at_home(one) and not _belongs_left(run[-1], one)):
            break
        run.append(one)
        if not names:  # what was pushed out at the end
            break
    return run if len(run) > 1 else []


def _at_home(column: _Column) -> bool:
    """Is it plainly what its header says? Nearly anything may be a code, so that one says nothing."""
    _, names, values = column
    return any(
        fit(name, values) is Fit.YES and speaks_for(name, values) not in (None, Trait.CODE, Trait.NUMBER)
        for name in names
    )


def _belongs_left(left: _Column, column: _Column) -> bool:
    """Contradicts its own header, and is plainly what the header to the left names."""
    _, names, values = column
    stranger = bool(names) and all(fit(name, values) is Fit.NO for name in names)
    return stranger and any(fit(name, values) is Fit.YES and speaks_for(name, values) for name in left[1])


def _label(column: _Column) -> str:
    return column[1][0].replace("_", " ") if column[1] else "the column without a header"
