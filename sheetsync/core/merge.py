"""Three-way merge of one field, and of fields that change together: who moved since the two sides last agreed.

No clock decides anything: not when something moved, only what was seen to be agreed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sheetsync.core.model import Value


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both sides mean the same, whatever happened before."""


@dataclass(frozen=True, slots=True)
class Unfounded:
    """They differ and have never agreed: the owner's word stands, nobody is said to have moved."""


@dataclass(frozen=True, slots=True)
class CopyMoved:
    """The copy left what was agreed; the owner did not."""

    base: Value


@dataclass(frozen=True, slots=True)
class OwnerMoved:
    """The owner moved on; the copy still says what was agreed: a late change on its way."""

    base: Value


@dataclass(frozen=True, slots=True)
class BothMoved:
    """Both left what was agreed, apart from each other: a conflict, a person must decide.

    Of a field that changes together with others: one of them was moved by the owner and one by the copy.
    """

    base: Value


@dataclass(frozen=True, slots=True)
class Ruled:
    """A person has decided between the two, and this copy does not say so yet."""

    #: what must stand there
    holds: Value
    #: whose decision, and when: "decided by Dana (unattested) on 2026-11-23"
    words: str
    base: Value | None = None


Merge = Agreed | Unfounded | CopyMoved | OwnerMoved | BothMoved | Ruled


Alike = Callable[[Value, Value], bool]


def merge(base: Value | None, owner: Value, copy: Value, same: Alike, near: Alike | None = None) -> Merge:
    """Compare one field of a copy with its owner, against what they last agreed on (`base`, None: they never did).

    Where a copy may be a little apart, `near(owner, it)` says what is near enough to the owner's word. What they agreed
    on is then the copy's own value: a copy that still says it has not moved, nor has an owner that is near it.
    """
    alike = near or same
    if alike(owner, copy):
        return Agreed()
    if base is None:
        return Unfounded()
    if alike(owner, base):
        return CopyMoved(base)
    if same(base, copy):
        return OwnerMoved(base)
    return BothMoved(base)


def merge_group(merged: Mapping[str, Merge]) -> Mapping[str, Merge]:
    """The fields of one group, each already merged by itself, as one: field -> outcome.

    What both moved alike has agreed and counts for nobody. Where the owner moved any of the rest and the copy any, the
    same or another, both moved the group: every moved field of it is in conflict. Otherwise nothing changes, so a field
    by itself is a group of one.
    """
    movers = [outcome for outcome in merged.values() if isinstance(outcome, CopyMoved | OwnerMoved | BothMoved)]
    owner = any(isinstance(outcome, OwnerMoved | BothMoved) for outcome in movers)
    copy = any(isinstance(outcome, CopyMoved | BothMoved) for outcome in movers)
    return {name: _joined(outcome) if owner and copy else outcome for name, outcome in merged.items()}


def _joined(outcome: Merge) -> Merge:
    return BothMoved(outcome.base) if isinstance(outcome, CopyMoved | OwnerMoved) else outcome
