"""Laws of the three-way merge: who moved is decided by values alone."""

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.merge import Agreed, BothMoved, CopyMoved, OwnerMoved, Unfounded, merge

values = st.sampled_from(["a", "A", "b", "c"])


def same(left: object, right: object) -> bool:
    return str(left).casefold() == str(right).casefold()


@given(st.none() | values, values, values)
def test_sides_that_mean_the_same_agree_whatever_was_before(base: str | None, owner: str, copy: str) -> None:
    assert isinstance(merge(base, owner, copy, same), Agreed) == same(owner, copy)


@given(values, values, values)
def test_exchanging_the_sides_exchanges_who_moved(base: str, left: str, right: str) -> None:
    mirrored = {CopyMoved: OwnerMoved, OwnerMoved: CopyMoved, BothMoved: BothMoved, Agreed: Agreed}
    assert type(merge(base, right, left, same)) is mirrored[type(merge(base, left, right, same))]


@given(values, values)
def test_without_a_baseline_nobody_is_said_to_have_moved(owner: str, copy: str) -> None:
    assert isinstance(merge(None, owner, copy, same), Agreed | Unfounded)


@given(values, values, values)
def test_a_conflict_needs_three_meanings(base: str, owner: str, copy: str) -> None:
    three = len({base.casefold(), owner.casefold(), copy.casefold()}) == 3
    assert isinstance(merge(base, owner, copy, same), BothMoved) == three


@given(values, values, values)
def test_whoever_still_says_what_was_agreed_has_not_moved(base: str, owner: str, copy: str) -> None:
    outcome = merge(base, owner, copy, same)
    if isinstance(outcome, CopyMoved):
        assert same(base, owner)
        assert not same(base, copy)
    if isinstance(outcome, OwnerMoved):
        assert same(base, copy)
        assert not same(base, owner)
