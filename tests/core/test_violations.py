"""Contracts other than `equal`: laws of order, of sums and of words, then each rule by example."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.flags import Flag, FlagKind, Status, status_of
from sheetsync.core.making import Past
from sheetsync.core.model import Money, Parsed, Problem, ProblemKind, Value
from sheetsync.core.terms import After, Before, Contract, OneOf, Severity, SumAtMost, Terms, Within
from sheetsync.core.violations import order
from tests.core.agreement import LIVE, RULES, TODAY, World, about, agreed, brief, placement, row

UNREADABLE = Problem(ProblemKind.UNREADABLE, "'?!' is nothing")
START, END = date(2026, 11, 16), date(2026, 11, 30)
IN_FLIGHT = Within("flight_start", "flight_end")

days = st.dates(date(2026, 11, 1), date(2026, 12, 15))
maybe_days = st.none() | st.just(UNREADABLE) | days
moments = st.builds(datetime.combine, days, st.times(), st.just(UTC) | st.none())
amounts = st.decimals(0, 5000, places=2)


def held(terms: Terms, name: str = "placement_end", /, **said: Parsed) -> World:
    """One campaign and one placement under one contract; `briefs__budget` is what the brief says."""
    own = {field: parsed for field, parsed in said.items() if not field.startswith("briefs__")}
    briefed = {field.removeprefix("briefs__"): parsed for field, parsed in said.items() if field not in own}
    return World((brief(**briefed), placement(**own)), agreed(**{name: terms}))


def broken(world: World) -> list[Flag]:
    return world.flags(FlagKind.VIOLATION)


# ---------------------------------------------------------------- laws: order in time


@given(days, maybe_days, maybe_days, st.integers(0, 20), st.integers(0, 20))
def test_widening_the_owners_window_never_adds_a_violation(
    end: date, first: Parsed, last: Parsed, earlier: int, later: int
) -> None:
    def wider(day: Parsed, by: int) -> Parsed:
        return day + timedelta(days=by) if isinstance(day, date) else day

    narrow = broken(held(IN_FLIGHT, placement_end=end, briefs__flight_start=first, briefs__flight_end=last))
    wide = broken(
        held(
            IN_FLIGHT,
            placement_end=end,
            briefs__flight_start=wider(first, -earlier),
            briefs__flight_end=wider(last, later),
        )
    )
    assert len(wide) <= len(narrow) <= 1
    outside = (isinstance(first, date) and end < first) or (isinstance(last, date) and end > last)
    assert bool(narrow) == outside


@given(days | moments, days | moments)
def test_before_and_after_are_each_others_mirror(one: date, other: date) -> None:
    assert order(one, other) == -order(other, one)
    assert order(one, one) == 0
    if not isinstance(one, datetime) or not isinstance(other, datetime):
        assert order(one, other) == order(_day(one), _day(other)), "with only a day on one side, days count"


def _day(of: date) -> date:
    return of.date() if isinstance(of, datetime) else of


@given(moments, moments)
def test_a_moment_keeps_what_after_says_of_it(sent: datetime, live: datetime) -> None:
    flags = broken(held(After("page_live"), "send_time", send_time=sent, briefs__page_live=live))
    same_zone = (sent.tzinfo is None) == (live.tzinfo is None)
    early = sent < live if same_zone else sent.replace(tzinfo=None) < live.replace(tzinfo=None)
    assert bool(flags) == early


# ---------------------------------------------------------------- laws: sums


parts = st.lists(st.none() | st.just(UNREADABLE) | amounts, min_size=1, max_size=6)


def spending(amounts: list[Parsed], whole: Parsed, currency: str | None = None) -> World:
    def money(amount: Parsed) -> Parsed:
        return Money(amount, currency) if isinstance(amount, Decimal) else amount

    rows = [placement(n, f"slot {n}", placement_budget=money(amount)) for n, amount in enumerate(amounts, start=1)]
    return World((brief(budget=whole), *rows), agreed(placement_budget=SumAtMost("budget")))


@given(parts, amounts, st.sampled_from([None, "USD"]))
def test_sums_agree_with_plain_addition_and_are_told_once_at_the_largest(
    amounts: list[Parsed], whole: Decimal, currency: str | None
) -> None:
    known = [amount for amount in amounts if isinstance(amount, Decimal)]
    flags = broken(spending(amounts, Money(whole, "USD"), currency))
    assert len(flags) == (sum(known, Decimal()) > whole)
    for flag in flags:
        largest = [f"NL-1 / email / slot-{n}" for n, amount in enumerate(amounts, 1) if amount == max(known)]
        assert flag.record == min(largest)


@given(parts, amounts, st.none() | st.just(UNREADABLE))
def test_adding_a_blank_part_changes_nothing(amounts: list[Parsed], whole: Decimal, blank: Parsed) -> None:
    before, after = spending(amounts, Money(whole)), spending([*amounts, blank], Money(whole))
    assert [flag.id for flag in broken(after)] == [flag.id for flag in broken(before)]


@given(parts, amounts, st.randoms())
def test_neither_the_order_of_rows_nor_their_place_changes_what_is_broken(
    amounts: list[Parsed], whole: Decimal, order: Random
) -> None:
    world = spending(amounts, Money(whole))
    shuffled = list(world.records)
    order.shuffle(shuffled)
    for flag, other in zip(broken(world), broken(replace(world, records=tuple(shuffled))), strict=True):
        assert (flag.id, flag.record, flag.message) == (other.id, other.record, other.message)


# ---------------------------------------------------------------- law: discretion


words = st.sampled_from(["planned", "live", "done", "cancelled"])


@given(days, days, amounts, words, moments)
def test_the_discreet_sentence_never_tells_what_the_other_source_says(
    first: date, last: date, whole: Decimal, state: str, live: datetime
) -> None:
    said: dict[str, Value] = {
        "flight_start": first,
        "flight_end": last,
        "budget": Money(whole, "USD"),
        "campaign_status": state,
        "page_live": live,
    }
    row = placement(
        placement_start=date(2026, 10, 1),
        placement_end=date(2027, 1, 1),
        placement_budget=Money(Decimal(9000)),
        placement_status="live",
        asset_due=date(2027, 1, 1),
        send_time=datetime(2026, 10, 1, 8, tzinfo=UTC),
    )
    foreign = {RULES.fields[name].type.format(value) for name, value in said.items()} | {str(whole), "USD"}
    flags = World((brief(**said), row)).flags(FlagKind.VIOLATION)
    assert {flag.field for flag in flags} >= {"placement_start", "placement_end", "placement_budget", "asset_due"}
    for flag in flags:
        assert flag.sources == {"briefs"}
        assert not [word for word in foreign - {"live"} if word in flag.discreet], flag.discreet
        assert RULES.fields[flag.field].label in flag.discreet


# ---------------------------------------------------------------- days and moments


def test_both_days_of_a_window_belong_to_it_and_the_broken_end_is_named() -> None:
    said = {"briefs__flight_start": START, "briefs__flight_end": END}
    for day in (START, END):
        assert broken(held(IN_FLIGHT, placement_end=day, **said)) == []
    [late] = broken(held(IN_FLIGHT, placement_end=date(2026, 12, 2), **said))
    assert late.message == (
        "Placement end is 2026-12-02 here, after Flight end: Partner briefs (owner) says 2026-11-30"
    )
    assert late.discreet == "Placement end is after Flight end in Partner briefs, whose word counts"
    assert (late.contract, late.owner, late.severity) == ("briefs->media.placement_end", "briefs", Severity.HIGH)
    assert (late.found, late.expected, status_of(late.kind)) == ("2026-12-02", None, Status.DIFFERS)
    [early] = broken(held(IN_FLIGHT, "placement_start", placement_start=date(2026, 11, 1), **said))
    assert early.message == (
        "Placement start is 2026-11-01 here, before Flight start: Partner briefs (owner) says 2026-11-16"
    )
    assert early.severity is Severity.MEDIUM


def test_the_owner_named_is_that_of_the_broken_end() -> None:
    by = replace(agreed(placement_end=Within("flight_start", "asset_due")), owners={**RULES.owners})
    world = World((brief(flight_start=START), placement(placement_end=END, asset_due=START)), by)
    assert [flag.owner for flag in broken(world)] == ["media"]


@pytest.mark.parametrize("unknown", [None, UNREADABLE])
def test_an_end_that_is_not_known_is_held_against_nobody(unknown: Parsed) -> None:
    late = {"placement_end": date(2027, 1, 1), "briefs__flight_start": START}
    assert broken(held(IN_FLIGHT, briefs__flight_end=unknown, **late)) == []
    nobody = World((placement(placement_end=END),), agreed(placement_end=IN_FLIGHT))
    assert broken(nobody) == []


@pytest.mark.parametrize("blank", [None, UNREADABLE])
def test_a_cell_that_says_nothing_breaks_nothing(blank: Parsed) -> None:
    assert broken(held(IN_FLIGHT, placement_end=blank, briefs__flight_start=START)) == []


def test_a_word_in_conflict_is_held_against_nobody() -> None:
    by = replace(RULES, approvals=())
    rows = (
        brief(promo_code="X", flight_start=START),
        placement(placement_start=date(2026, 11, 1), flight_start=date(2026, 11, 20)),
    )
    past = Past(TODAY, {("media", "NL-1 / email / hero", "flight_start"): "2026-11-10"})
    assert about(World(rows, by, past).flags()) == [("NL-1 / email / hero", "flight_start", "conflict", "briefs")]
    assert [flag.kind for flag in World(rows, by).flags()].count(FlagKind.VIOLATION) == 1


def test_before_takes_the_same_day_and_after_the_same_moment() -> None:
    due = held(Before("flight_start"), "asset_due", asset_due=START, briefs__flight_start=START)
    assert broken(due) == []
    at = datetime(2026, 11, 16, 9)  # noqa: DTZ001
    assert broken(held(After("page_live"), "send_time", send_time=at, briefs__page_live=at)) == []
    [early] = broken(held(After("page_live"), "send_time", send_time=at.replace(hour=8), briefs__page_live=at))
    assert early.message == (
        "Send time is 2026-11-16 08:00 here, before Page live: Partner briefs (owner) says 2026-11-16 09:00"
    )
    sent = held(After("flight_start"), "send_time", send_time=at.replace(hour=0), briefs__flight_start=START)
    assert broken(sent) == [], "against a day only days count"


# ---------------------------------------------------------------- sums


def usd(amount: int, currency: str | None = "USD") -> Money:
    return Money(Decimal(amount), currency)


def test_a_sum_names_its_rows_and_the_whole() -> None:
    rows = [placement(n, slot, placement_budget=usd(amount, None)) for n, slot, amount in ((4, "a", 30), (2, "b", 80))]
    world = World((brief(budget=usd(100)), *rows), agreed(placement_budget=SumAtMost("budget")))
    [flag] = broken(world)
    assert flag.record == "NL-1 / email / b"
    assert flag.message == (
        "Placement budget of this campaign adds up to 110.00 USD here (rows 3, 5); "
        "Partner briefs (owner) says Budget is 100.00 USD"
    )
    assert flag.discreet == (
        "Placement budget of this campaign adds up to more here (rows 3, 5) than Budget in Partner briefs, "
        "whose word counts"
    )


def test_the_flag_of_a_sum_stays_the_same_while_the_largest_part_becomes_another() -> None:
    def spent(*amounts: int) -> Flag:
        return broken(spending([Decimal(amount) for amount in amounts], usd(10)))[0]

    assert spent(30, 20).record != spent(20, 30).record
    assert spent(30, 20).id == spent(20, 30, 5).id


def test_rows_that_stand_twice_and_those_of_other_campaigns_are_not_added() -> None:
    rows = (
        brief(budget=usd(100)),
        brief(2, "NL-2", budget=usd(100)),
        placement(1, "a", placement_budget=usd(90)),
        placement(2, "twice", placement_budget=usd(90)),
        placement(3, "twice", placement_budget=usd(90)),
        placement(4, "a", "NL-2", placement_budget=usd(90)),
        placement(5, "a", "NL-77", placement_budget=usd(900)),
    )
    assert broken(World(rows, agreed(placement_budget=SumAtMost("budget")))) == []


def test_an_amount_in_another_currency_is_asked_and_not_counted() -> None:
    rows = (
        brief(budget=usd(100)),
        placement(1, "a", placement_budget=usd(90)),
        placement(2, "b", placement_budget=usd(5000, "EUR")),
    )
    world = World(rows, agreed(placement_budget=SumAtMost("budget")))
    [flag] = world.flags()
    assert (flag.kind, flag.record, flag.contract) == (
        FlagKind.AMBIGUOUS,
        "NL-1 / email / b",
        "briefs->media.placement_budget",
    )
    assert flag.message == (
        "Placement budget is 5000.00 EUR here; Partner briefs (owner) says Budget is 100.00 USD: it is not counted"
    )
    assert "USD" not in flag.discreet


def test_a_whole_without_currency_takes_that_of_its_parts_unless_they_are_several() -> None:
    def world(*money: Money) -> World:
        rows = [placement(n, f"s{n}", placement_budget=one) for n, one in enumerate(money)]
        return World((brief(budget=usd(100, None)), *rows), agreed(placement_budget=SumAtMost("budget")))

    assert [flag.kind for flag in world(usd(60), usd(60, None)).flags()] == [FlagKind.VIOLATION]
    assert [flag.kind for flag in world(usd(60), usd(60, "EUR")).flags()] == [FlagKind.AMBIGUOUS] * 2


def test_a_budget_nobody_can_read_is_told_though_no_machine_writes_it() -> None:
    assert RULES.fields["placement_budget"].human_only
    summed = spending([UNREADABLE], usd(1))
    assert [flag.kind for flag in summed.flags()] == [FlagKind.UNREADABLE]
    remembered = replace(summed, rules=agreed(placement_budget=Contract.HUMAN_ONLY))
    assert remembered.flags() == []


# ---------------------------------------------------------------- words, and when


def test_a_contract_holds_only_where_the_owner_says_so() -> None:
    ended = OneOf(("cancelled", "done"), {"campaign_status": ("cancelled",)})
    for state in ("planned", None, UNREADABLE):
        assert broken(held(ended, "placement_status", placement_status="live", briefs__campaign_status=state)) == []
    assert broken(held(ended, "placement_status", placement_status="done", briefs__campaign_status="cancelled")) == []
    [flag] = broken(held(ended, "placement_status", placement_status="live", briefs__campaign_status="cancelled"))
    assert flag.owner == "briefs"
    assert flag.message == (
        "Placement status is live here; it must be cancelled or done, while Campaign status is cancelled "
        "(Partner briefs)"
    )
    assert flag.discreet == "Placement status does not go with Campaign status in Partner briefs, whose word counts"


def test_one_of_without_a_condition_is_nobody_elses_word() -> None:
    [flag] = broken(held(OneOf(("planned", "live")), "placement_status", placement_status="done"))
    assert (flag.owner, flag.sources) == (None, frozenset())
    assert flag.message == flag.discreet == "Placement status is done here; it must be planned or live"


def test_a_condition_on_placements_chooses_the_parts_of_a_sum() -> None:
    rows = (
        brief(budget=usd(100)),
        placement(1, "a", placement_budget=usd(90), placement_status="live"),
        placement(2, "b", placement_budget=usd(90), placement_status="cancelled"),
    )
    terms = SumAtMost("budget", {"placement_status": ("planned", "live")})
    assert broken(World(rows, agreed(placement_budget=terms))) == []
    assert len(broken(World(rows, agreed(placement_budget=SumAtMost("budget"))))) == 1


def test_a_condition_is_told_with_the_window() -> None:
    late: dict[str, Parsed] = {"placement_end": date(2027, 1, 1), "briefs__flight_end": END}
    [flag] = broken(held(Within("flight_start", "flight_end", LIVE), **late, briefs__campaign_status="live"))
    assert flag.message.endswith("(owner) says 2026-11-30, while Campaign status is live (Partner briefs)")
    assert flag.discreet.endswith("whose word counts, given Campaign status in Partner briefs")


def test_a_handoff_into_another_source_is_no_contract_here() -> None:
    world = held(IN_FLIGHT, placement_end=date(2027, 1, 1), briefs__flight_end=END)
    elsewhere = replace(world.rules, handoffs=(replace(world.rules.handoffs[0], receiver="november"),))
    assert broken(replace(world, rules=elsewhere)) == []
    assert row("november", 1).claims.keys() == {"campaign_id", "channel", "slot", "send_time"}
