"""A contract's tolerance: what is near enough is silent, and it stays clear who moved away from it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.making import Past
from sheetsync.core.merge import Agreed, CopyMoved, OwnerMoved, merge
from sheetsync.core.model import Money, Value
from sheetsync.core.nearness import moved, near
from sheetsync.core.terms import After, Amount, Before, Contract, FinePrint, Share, SumAtMost, Tolerance, Within
from tests.core.agreement import World, agreed, brief, placement
from tests.core.builders import RULES, TODAY, decided, everything, rules, snapshots

START, END = date(2026, 11, 16), date(2026, 11, 30)
InTime = Before | After | Within

BUDGET = ("official", "NL-1001", "budget")

amounts = st.decimals(0, 5000, places=2)
days = st.dates(date(2026, 11, 1), date(2026, 12, 15))
clock = st.builds(datetime.combine, days, st.times(), st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), None]))
shares = st.decimals(0, 1, places=3).map(Share)
units = st.decimals(0, 900, places=2).map(Amount)
spans = st.timedeltas(timedelta(), timedelta(days=12))


def usd(amount: Decimal | int, currency: str | None = "USD") -> Money:
    return Money(Decimal(amount), currency)


def held(name: str, tolerance: Tolerance | None) -> Rules:
    """The company where one equal copy in the register may be a little apart."""
    [first, *others] = RULES.handoffs
    assert name in first.contracts
    prints = {} if tolerance is None else {name: FinePrint(tolerance)}
    return rules(handoffs=(replace(first, fine_prints=prints), *others))


def told(owner: Value, copy: Value, tolerance: Tolerance | None, base: str | None = None) -> Decisions:
    past = Past(TODAY, {} if base is None else {BUDGET: base})
    return decided(snapshots(*everything(briefs__budget=owner, official__budget=copy)), held("budget", tolerance), past)


def kinds(found: Decisions) -> list[str]:
    return [str(flag.kind) for flag in found.flags if flag.field == "budget"]


def wider(tolerance: Tolerance, by: int) -> Tolerance:
    if isinstance(tolerance, timedelta):
        return tolerance + timedelta(minutes=17 * by)
    return type(tolerance)(tolerance.of + Decimal(by) / 100)


# ---------------------------------------------------------------- laws: near


@given(amounts, amounts, shares | units, st.integers(0, 900))
def test_what_is_near_stays_near_when_more_is_tolerated(a: Decimal, b: Decimal, by: Tolerance, more: int) -> None:
    assert near(usd(a), usd(b), by) <= near(usd(a), usd(b), wider(by, more))
    assert near(a, b, by) == near(usd(a), usd(b, None), by)
    assert not near(usd(a), usd(b, "EUR"), wider(by, more))


@given(days | clock, days | clock, spans, st.integers(0, 900))
def test_days_and_moments_near_each_other_stay_so_too(one: date, other: date, by: timedelta, more: int) -> None:
    assert near(one, other, by) == near(other, one, by)
    assert near(one, other, by) <= near(one, other, wider(by, more))


@given(amounts, amounts, days | clock, days | clock)
def test_a_tolerance_of_nothing_is_no_tolerance(a: Decimal, b: Decimal, one: date, other: date) -> None:
    for nothing in (Amount(Decimal()), Share(Decimal())):
        assert near(usd(a), usd(b), nothing) == (a == b)
        assert kinds(told(usd(a), usd(b), nothing)) == kinds(told(usd(a), usd(b), None))
    assert near(one, one, timedelta())
    assert moved(one, timedelta()) == moved(one, None) == one
    for terms in (Before("flight_start"), After("flight_start"), Within("flight_start", "flight_end")):
        assert broken(terms, one, other, timedelta()) == broken(terms, one, other, None)


@given(days | clock, spans)
def test_later_and_earlier_undo_each_other(one: date, by: timedelta) -> None:
    there = moved(one, by)
    assert isinstance(there, date)
    assert moved(there, by, back=True) == one
    assert there >= one


def test_nothing_is_later_than_the_end_of_the_calendar() -> None:
    for last in (date.max, datetime.max, datetime.max.replace(tzinfo=UTC)):  # noqa: DTZ901
        assert moved(last, timedelta(days=3)) == last
    assert moved(date.min, timedelta(days=3), back=True) == date.min


def test_a_day_moves_by_whole_days_and_a_moment_by_time_that_passes() -> None:
    assert moved(START, timedelta(hours=23)) == START == moved(START, timedelta(hours=23), back=True)
    assert moved(START, timedelta(hours=30), back=True) == date(2026, 11, 15)
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 10, 25, 1, 30, tzinfo=berlin)
    assert moved(before, timedelta(hours=2)) == datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1)


# ---------------------------------------------------------------- equal, and who moved


@given(amounts, amounts, shares | units, st.integers(0, 900), st.none() | amounts)
def test_a_wider_tolerance_of_an_equal_copy_never_adds_a_flag(
    owner: Decimal, copy: Decimal, by: Tolerance, more: int, base: Decimal | None
) -> None:
    text = None if base is None else f"{base:.2f} USD"
    narrow, wide = told(usd(owner), usd(copy), by, text), told(usd(owner), usd(copy), wider(by, more), text)
    assert len(kinds(wide)) <= len(kinds(narrow)) <= 1
    assert bool(kinds(narrow)) == (BUDGET not in narrow.agreed)


@given(amounts, amounts, amounts, shares | units)
def test_after_agreeing_nearly_only_who_moves_away_has_moved(
    owner: Decimal, copy: Decimal, then: Decimal, by: Tolerance
) -> None:
    def same(a: Value, b: Value) -> bool:
        return a == b

    def close(a: Value, b: Value) -> bool:
        return near(a, b, by)

    # What is kept is the copy's own value, as near as it is.
    base = copy = copy if close(owner, copy) else owner
    if close(then, copy):
        assert merge(base, then, copy, same, close) == Agreed()
    else:
        assert merge(base, then, copy, same, close) == OwnerMoved(base)
    if not close(owner, then):
        assert merge(base, owner, then, same, close) == CopyMoved(base)


def test_a_near_copy_is_silent_and_remembered_as_it_stands() -> None:
    found = told(usd(1000), usd(1009), Share(Decimal("0.01")))
    assert kinds(found) == []
    assert found.agreed[BUDGET] == "1009.00 USD"
    assert told(usd(1000), usd(1000, None), Share(Decimal("0.01"))).agreed[BUDGET] == "1000.00 USD", "said alike"
    assert kinds(told(usd(1000), usd(1011), Share(Decimal("0.01")))) == ["difference"]
    assert kinds(told(usd(1000), usd(1009, "EUR"), Share(Decimal("0.01")))) == ["difference"]


def test_small_steps_of_the_owner_add_up_and_are_its_own() -> None:
    by = Share(Decimal("0.01"))
    base = told(usd(1009), usd(1000), by).agreed[BUDGET]
    [flag] = [flag for flag in told(usd(1018), usd(1000), by, base).flags if flag.field == "budget"]
    assert flag.message.endswith("Partner briefs (owner) changed it to 1018.00 USD")


def test_a_copy_that_left_while_its_owner_is_as_near_as_ever_has_moved_alone() -> None:
    [flag] = [f for f in told(usd(1000), usd(1500), Amount(Decimal(10)), "1008.00 USD").flags if f.field == "budget"]
    assert flag.kind is FlagKind.DIFFERENCE
    assert flag.message.endswith("still says 1000.00 USD; agreed was 1008.00 USD")


def test_both_moved_is_still_a_conflict() -> None:
    assert kinds(told(usd(2000), usd(1500), Amount(Decimal(10)), "1008.00 USD")) == ["conflict"]


def test_a_copy_of_a_day_may_be_a_day_apart() -> None:
    def flags(day: date) -> list[str]:
        read = snapshots(*everything(official__flight_end=day))
        return [f.field for f in decided(read, held("flight_end", timedelta(days=1))).flags]

    assert [flags(END + timedelta(days=apart)) for apart in (-2, -1, 0, 1, 2)] == [
        *(["flight_end"], [], [], [], ["flight_end"])
    ]


# ---------------------------------------------------------------- windows, order, sums


def broken(terms: InTime, value: Value, bound: Value, tolerance: Tolerance | None) -> bool:
    """Whether a placement's cell breaks its contract with both ends of the owner's flight on one day or moment."""
    field = "send_time" if isinstance(value, datetime) else "asset_due"
    other = "page_live" if isinstance(bound, datetime) else "flight_start"
    terms = Within(other, other) if isinstance(terms, Within) else type(terms)(other)
    by = with_tolerance(agreed(**{field: terms}), field, tolerance)
    return bool(World((brief(**{other: bound}), placement(**{field: value})), by).flags(FlagKind.VIOLATION))


def with_tolerance(of: Rules, field: str, tolerance: Tolerance | None) -> Rules:
    [handoff] = of.handoffs
    return replace(of, handoffs=(replace(handoff, fine_prints={field: FinePrint(tolerance)}),))


@given(
    st.sampled_from([Before("x"), After("x"), Within("x", "x")]), days | clock, days | clock, spans, st.integers(0, 900)
)
def test_a_wider_tolerance_of_an_order_never_adds_a_flag(
    terms: InTime, one: date, other: date, by: timedelta, more: int
) -> None:
    assert (
        broken(terms, one, other, wider(by, more)) <= broken(terms, one, other, by) <= broken(terms, one, other, None)
    )


def test_so_much_beyond_a_window_is_fine_and_not_a_day_more() -> None:
    def sent(terms: InTime, value: date, bound: date, by: timedelta) -> bool:
        return broken(terms, value, bound, by)

    day = timedelta(days=1)
    assert [sent(Before("x"), END + day * n, END, 2 * day) for n in (2, 3)] == [False, True]
    assert [sent(After("x"), START - day * n, START, 2 * day) for n in (2, 3)] == [False, True]
    late = datetime(2026, 11, 30, 9, 30)  # noqa: DTZ001
    assert [sent(Before("x"), late, late.replace(minute=0), timedelta(minutes=n)) for n in (30, 29)] == [False, True]
    midnight = datetime(2026, 12, 1)  # noqa: DTZ001
    assert [sent(Before("x"), midnight, END, timedelta(minutes=n)) for n in (0, 1)] == [True, False]


@given(st.lists(amounts, min_size=1, max_size=4), amounts, shares | units, st.integers(0, 900))
def test_a_wider_tolerance_of_a_sum_never_adds_a_flag(
    parts: list[Decimal], whole: Decimal, by: Tolerance, more: int
) -> None:
    rows = [placement(n, f"s{n}", placement_budget=usd(part)) for n, part in enumerate(parts)]
    by_sum = agreed(placement_budget=SumAtMost("budget"))

    def flags(tolerance: Tolerance | None) -> list[Flag]:
        world = World((brief(budget=usd(whole)), *rows), with_tolerance(by_sum, "placement_budget", tolerance))
        return world.flags(FlagKind.VIOLATION)

    assert len(flags(wider(by, more))) <= len(flags(by)) <= len(flags(None)) <= 1


@pytest.mark.parametrize(("spent", "over"), [(1020, False), (1021, True)])
def test_two_percent_over_the_budget_is_fine(spent: int, over: bool) -> None:
    by = with_tolerance(agreed(placement_budget=SumAtMost("budget")), "placement_budget", Share(Decimal("0.02")))
    world = World((brief(budget=usd(1000)), placement(placement_budget=usd(spent))), by)
    assert bool(world.flags(FlagKind.VIOLATION)) is over


def test_a_handoff_without_fine_print_tolerates_nothing() -> None:
    assert Handoff("briefs", "media", {"budget": Contract.EQUAL}).fine_print("budget").tolerance is None
