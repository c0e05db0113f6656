"""Laws of the guards: what nobody accepted never becomes normal, and a yes to one is a yes to that one only."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from sheetsync.core.graph import Limits, Mode, Visibility
from sheetsync.core.guards import Accepted, Case, Guard, Judged, Rows, by_key, judge
from sheetsync.core.model import Snapshot, Workbook
from tests.core import builders as b

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
LIMITS = Limits(shrunken_share=0.3, shrunken_rows=3, changed_share=0.5, changed_rows=2)
HEADERS = {"campaign_id": "Campaign ID", "offer": "Offer"}
HERE = "sheet of briefs/7"
WRITTEN = Accepted(HEADERS, {"": Visibility.FIELDS}, HERE)


def a_case(now: Rows, before: Rows, **changes: Any) -> Case:
    """The briefs, in columns mode, written before and now read again."""
    records = tuple(b.record("briefs", row) for row in range(len(now)))
    found = Snapshot("briefs", b.place("briefs"), records, columns=dict.fromkeys(HEADERS, 0), headers=HEADERS)
    book = Workbook("sheet of briefs", "Briefs", "en_US", "Etc/GMT", (), installation="ours")
    case = Case(b.BRIEFS, found, now, before, len(before), WRITTEN, NOON, LIMITS, "ours", book)
    return replace(case, **changes)


def rows(names: Sequence[str] | frozenset[str], offer: str = "20%") -> Rows:
    return {name: {"campaign_id": name, "offer": offer} for name in names}


def guards(judged: Judged) -> set[Guard]:
    return {held.guard for held in judged.held}


# ---------------------------------------------------------------- losses

NAMES = [f"nl-{number}" for number in range(24)]
reads = st.lists(st.tuples(st.sets(st.sampled_from(NAMES)), st.integers(1, 20)), max_size=14)


def walk(first: frozenset[str], read: Sequence[tuple[set[str], int]]) -> list[tuple[datetime, frozenset[str]]]:
    """What became the accepted state, and when, as a source is read again and again and nobody accepts anything."""
    before, accepted, at = first, WRITTEN, NOON
    states = [(at, first)]
    for names, minutes in read:
        at += timedelta(minutes=minutes)
        judged = judge(a_case(rows(frozenset(names)), rows(before), accepted=accepted, at=at))
        if judged.may_read:
            before, accepted = frozenset(names), judged.accepted(settled=True)
            states.append((at, before))
    return states


@given(st.frozensets(st.sampled_from(NAMES), min_size=1), reads)
def test_whatever_is_read_an_unaccepted_loss_beyond_the_limit_never_becomes_normal_not_even_row_by_row(
    first: frozenset[str], read: list[tuple[set[str], int]]
) -> None:
    states = walk(first, read)
    event(f"{len(states) - 1} of {len(read)} reads let through")
    for number, (_, early) in enumerate(states):
        for _, late in states[number + 1 :]:
            known = frozenset[str]().union(*(state for _, state in states[number:]))
            lost = len(early - late)
            assert lost <= LIMITS.shrunken_rows or lost <= LIMITS.shrunken_share * len(known)
    assert all(state for _, state in states), "nor is it ever empty"


@given(st.frozensets(st.sampled_from(NAMES), min_size=12), st.permutations(NAMES))
def test_rows_deleted_one_a_minute_trip_at_the_same_loss_as_all_at_once(
    first: frozenset[str], order: list[str]
) -> None:
    gone = [name for name in order if name in first]
    one_by_one = [(set(first - set(gone[:count])), 1) for count in range(1, len(gone) + 1)]
    (*_, (_, left)) = walk(first, one_by_one)
    at_once = next(
        count for count in range(len(gone)) if guards(judge(a_case(rows(first - set(gone[:count])), rows(first))))
    )
    assert len(first) - len(left) == at_once - 1


def test_a_loss_slower_than_the_limit_passes_row_by_row() -> None:
    """Honestly so: a row a day is how campaigns are archived. It stands in the history."""
    a_day = 24 * 60
    left = [(set(NAMES[count:]), a_day) for count in range(1, len(NAMES))]
    assert walk(frozenset(NAMES), left)[-1][1] == {NAMES[-1]}


def test_rows_that_came_back_are_no_loss() -> None:
    first, fewer = frozenset(NAMES[:10]), set(NAMES[3:10])
    assert len(walk(first, [(fewer, 1), (set(first), 1)] * 5)) == 11


def test_after_a_yes_the_count_begins_anew() -> None:
    case = a_case(rows(NAMES[8:12]), rows(NAMES[:12]))
    assert guards(judge(case)) == {Guard.SHRUNKEN}
    said_yes = judge(case, frozenset([Guard.SHRUNKEN]))
    assert said_yes.may_read
    after = said_yes.accepted(settled=True)
    assert not judge(a_case(rows(NAMES[9:12]), rows(NAMES[8:12]), accepted=after)).held


def test_a_yes_to_what_does_not_hold_forgets_no_loss() -> None:
    case = a_case(rows(NAMES[2:12]), rows(NAMES[:12]))
    assert judge(case, frozenset(Guard)).accepted(settled=True).lost.keys() == set(NAMES[:2])


def test_one_row_less_of_few_is_daily_work_and_none_of_few_is_not() -> None:
    assert not judge(a_case(rows(NAMES[:1]), rows(NAMES[:3]))).held
    assert guards(judge(a_case({}, rows(NAMES[:3])))) == {Guard.EMPTY}, "one fact, told once"


# ---------------------------------------------------------------- rows

texts = st.text("aB1 -", max_size=3)
some_rows = st.lists(st.fixed_dictionaries({"campaign_id": texts, "offer": texts}), max_size=8)


@given(some_rows.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_a_sort_is_no_news(both: tuple[list[Mapping[str, str]], list[Mapping[str, str]]]) -> None:
    some, sorted_ = (by_key(these, ("campaign_id",)) for these in both)
    assert some == sorted_
    assert len(some) == sum(1 for row in both[0] if row["campaign_id"].strip(" -")), "each row with a key, once"


def test_a_column_that_slipped_by_one_row_asks_and_filling_blanks_does_not() -> None:
    before = {name: {"campaign_id": name, "offer": f"{number}%"} for number, name in enumerate(NAMES)}
    slipped = {name: {"campaign_id": name, "offer": f"{number + 1}%"} for number, name in enumerate(NAMES)}
    assert guards(judge(a_case(slipped, before))) == {Guard.CHANGED}
    blank = {name: {"campaign_id": name} for name in NAMES}
    assert not judge(a_case(before, blank)).held
    assert guards(judge(a_case(blank, before))) == {Guard.CHANGED}, "emptied is changed"


# ---------------------------------------------------------------- several at once


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any combination of causes."""
    now, before = draw(st.sets(st.sampled_from(NAMES))), draw(st.sets(st.sampled_from(NAMES)))
    case = a_case(rows(frozenset(now), draw(st.sampled_from(["20%", "30%"]))), rows(frozenset(before)))
    headers = draw(st.sampled_from([HEADERS, {"campaign_id": "Ref"}, {}]))
    seen: st.SearchStrategy[dict[str, Visibility]] = st.just({}) | st.fixed_dictionaries(
        {"": st.sampled_from(Visibility)}
    )
    accepted = st.none() | st.builds(Accepted, st.just(headers), seen, st.sampled_from([None, HERE, "elsewhere/0"]))
    book = replace(case.workbook, installation=draw(st.sampled_from([None, "ours", "theirs"])))  # type: ignore[type-var]
    return replace(
        case,
        found=draw(st.sampled_from([case.found, case.found, None])),
        accepted=draw(accepted),
        workbook=book,
        source=replace(b.BRIEFS, mode=draw(st.sampled_from(Mode)), readers_see=draw(st.sampled_from(Visibility))),
    )


@given(cases(), st.frozensets(st.sampled_from(Guard)))
def test_a_yes_lets_exactly_its_own_guard_through(case: Case, accepting: frozenset[Guard]) -> None:
    standing = guards(judge(case))
    event(f"{len(standing)} hold")
    judged = judge(case, accepting)
    assert guards(judged) == standing - (accepting - {Guard.HEADER})
    assert judged.let_through == standing & (accepting - {Guard.HEADER})
    assert judged.may_read == (case.found is not None and not any(guard.stops_reading for guard in guards(judged)))


@given(cases())
def test_who_only_observes_is_never_asked_about_writing(case: Case) -> None:
    observing = replace(case, source=replace(case.source, mode=Mode.OBSERVE))
    assert all(guard.stops_reading for guard in guards(judge(observing)))


@given(cases(), cases())
def test_an_accepted_state_that_only_read_says_nothing_new_about_writing(case: Case, later: Case) -> None:
    """A write that failed, or was held: what was accepted of it stays."""
    before = case.accepted or Accepted()
    assert replace(judge(case).accepted(settled=False), lost=before.lost) == before


@given(cases())
def test_what_a_settled_cycle_accepted_asks_nothing_the_next_time(case: Case) -> None:
    judged = judge(case, frozenset(Guard))
    if judged.may_read:
        book = replace(case.workbook, installation="ours")  # type: ignore[type-var]
        again = replace(case, accepted=judged.accepted(settled=True), before=case.now, workbook=book)
        assert not judge(replace(again, had=len(case.now))).held


@given(cases())
def test_every_guard_says_what_it_saw_and_what_to_do(case: Case) -> None:
    for held in judge(case).held:
        assert held.what
        assert "\n" not in held.what + held.remedy
        assert held.command in held.remedy
        assert bool(held.command) == held.guard.can_be_accepted
