"""How often a daemon looks."""

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.pace import Rhythm, jittered

seconds = st.floats(1, 86_400)
rhythms = st.builds(
    lambda interval, more, after, longest: Rhythm(
        interval=interval, slowest=interval + more, quarantine_after=after, quarantine_longest=longest
    ),
    *(seconds, seconds, st.integers(1, 100), seconds),
)


@given(rhythms, st.lists(st.booleans(), max_size=30))
def test_waits_stay_within_their_bounds_and_are_shortest_after_news(rhythm: Rhythm, news: list[bool]) -> None:
    wait = rhythm.interval
    for one in news:
        before, wait = wait, rhythm.next_wait(wait, one)
        assert rhythm.interval <= wait <= rhythm.slowest
        assert wait == rhythm.interval if one else wait >= before


@given(rhythms)
def test_while_it_is_quiet_the_slowest_pace_is_reached(rhythm: Rhythm) -> None:
    wait = rhythm.interval
    for _ in range(40):
        wait = rhythm.next_wait(wait, news=False)
    assert wait == rhythm.slowest


@given(rhythms, st.integers(1, 10_000))
def test_quarantine_begins_with_the_nth_failure_grows_and_is_bounded(rhythm: Rhythm, failures: int) -> None:
    wait = rhythm.quarantine(failures)
    assert (wait > 0) == (failures >= rhythm.quarantine_after)
    assert wait <= rhythm.quarantine(failures + 1) <= rhythm.quarantine_longest


@given(seconds, st.floats(0, 1))
def test_chance_moves_a_wait_by_a_tenth_at_most(wait: float, chance: float) -> None:
    assert 0.9 * wait - 1e-6 <= jittered(wait, chance) <= 1.1 * wait + 1e-6


@given(rhythms)
def test_a_turn_looks_then_reads_then_writes_and_none_is_overdue(rhythm: Rhythm) -> None:
    assert 0 < rhythm.looking < rhythm.reading < rhythm.deadline < rhythm.overdue
