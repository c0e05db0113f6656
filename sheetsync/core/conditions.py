"""Which differences stand whose contract holds only while owners say certain words: those words may be disputed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sheetsync.core.contracts import Pair
from sheetsync.core.merge import Merge
from sheetsync.core.truth import Truths

Merged = tuple[Pair, Merge]
Disputes = Mapping[tuple[str, str], frozenset[str]]


def holding(
    merged: Sequence[Merged], truths: Truths, disputed: Callable[[Iterable[Merged], Truths], Disputes]
) -> Sequence[Merged]:
    """The differences whose condition holds, also with what is in conflict known; in any order the same ones.

    A condition on a word in conflict holds nobody. So that nothing is in conflict without being told, what a silenced
    difference disputes is disputed no more.
    """
    if not any(pair.when for pair, _ in merged):
        return merged
    known = [one for one in merged if not one[0].when]
    for _ in range(2):
        with_disputes = replace(truths, disputed=disputed(known, truths))
        known = [one for one in merged if not one[0].when or with_disputes.holds(one[0].record, one[0].when)]
    return known
