"""What is wrong inside a tracking URL that somebody typed, beside what should stand there: each defect by its name."""

from collections import Counter
from collections.abc import Iterator

from sheetsync.core.tracking.defects import Defect, DefectKind, TrackingRules, defect, inspect
from sheetsync.core.tracking.links import read
from sheetsync.core.tracking.placed import worst_first
from sheetsync.core.tracking.privacy import shown
from sheetsync.core.tracking.urls import Piece, split, trimmed

#: a landing page carries no tags, a tracking URL does
_OF_PAGES_ONLY = frozenset({DefectKind.FOREIGN_UTM})


def defects_of_typed(typed: str, wanted: str, rules: TrackingRules) -> tuple[Defect, ...]:
    """Every defect in a typed tracking URL, worst first; `wanted` is what would be made in its place."""
    found = (one for one in inspect(typed, rules) if one.kind not in _OF_PAGES_ONLY)
    return worst_first([*found, *_swapped(typed, wanted), *_collisions(typed, wanted)])


def _swapped(typed: str, wanted: str) -> Iterator[Defect]:
    mine, right = read(typed), read(wanted)
    source, medium = right.get("utm_source"), right.get("utm_medium")
    if source != medium and (mine.get("utm_source"), mine.get("utm_medium")) == (medium, source):
        yield defect(DefectKind.SWAPPED, "utm_source and utm_medium have changed places")


def _collisions(typed: str, wanted: str) -> Iterator[Defect]:
    """Parameters the page itself reads that stand in the typed link as something else."""
    theirs, own = _by_name(typed), _by_name(wanted)
    for name in own:
        if name in theirs and theirs[name] != own[name]:
            yield defect(DefectKind.PARAMETER_COLLISION, f"the page's own {shown(name)} is overwritten")


def _by_name(url: str) -> dict[str, Counter[str | None]]:
    found: dict[str, Counter[str | None]] = {}
    for piece in split(trimmed(url)).pieces:
        if piece.text and not piece.is_utm:
            found.setdefault(piece.name, Counter())[_until_a_second_query(piece)] += 1
    return found


def _until_a_second_query(piece: Piece) -> str | None:
    """`promo=x?utm_source=y` is a second question mark, which is told as such, and no other promo."""
    return None if piece.value is None else piece.value.partition("?utm_")[0]
