"""How loud, on which condition, and for whom not: severities, `when` beside `equal`, exceptions; laws of them all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.decide import Decisions
from sheetsync.core.exemptions import NOBODY, covers, folded, spared
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Exemption, Handoff, Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Money, Parsed, Record
from sheetsync.core.terms import Contract, FinePrint, OneOf, Severity, SumAtMost, VariesBy, Within
from tests.core.agreement import RULES as TERMS
from tests.core.agreement import World as Rows
from tests.core.agreement import agreed, brief, placement, row
from tests.core.builders import CAMPAIGN, PLACEMENT, RULES, TODAY, decided, everything, place, record, rules, snapshots

CONTRACT, LATE = "briefs->utm.flight_end", date(2026, 12, 24)
COPY = ("utm", PLACEMENT, "flight_end")


def ruled(to: str, *exemptions: Exemption, **prints: FinePrint) -> Rules:
    """The company with fine print on the briefs' handoff to one source, and exceptions."""
    handoffs = tuple(
        replace(it, fine_prints=prints) if (it.giver, it.receiver) == ("briefs", to) else it for it in RULES.handoffs
    )
    return rules(handoffs=handoffs, exemptions=exemptions)


def told(by: Rules, past: Past | None = None, /, **said: Parsed) -> Decisions:
    return decided(snapshots(*everything(**said)), by, past)


def flags(by: Rules, past: Past | None = None, /, **said: Parsed) -> list[tuple[str, str, str]]:
    return [(flag.place.source, flag.field, str(flag.kind)) for flag in told(by, past, **said).flags]


# ---------------------------------------------------------------- how loud


def test_a_contract_says_how_loud_it_is_before_its_field_does() -> None:
    def severity(by: Rules) -> Severity:
        [flag] = told(by, utm__flight_end=LATE).flags
        return flag.severity

    assert severity(RULES) is Severity.HIGH, "as the field says"
    assert severity(ruled("utm", flight_end=FinePrint(severity=Severity.LOW))) is Severity.LOW
    assert severity(ruled("landing", flight_end=FinePrint(severity=Severity.LOW))) is Severity.HIGH


def test_violations_and_generated_values_are_as_loud_as_their_contract() -> None:
    def loud(of: Rules, name: str) -> Rules:
        prints = {name: FinePrint(severity=Severity.LOW)}
        return replace(of, handoffs=tuple(replace(it, fine_prints=prints) for it in of.handoffs))

    windows = loud(agreed(placement_end=Within("flight_start", "flight_end")), "placement_end")
    late = Rows((brief(flight_end=date(2026, 11, 30)), placement(placement_end=LATE)), windows)
    assert [flag.severity for flag in late.flags()] == [Severity.LOW]
    typed = told(loud(RULES, "utm_medium"), utm__utm_medium="mail").flags
    assert [(flag.field, flag.severity, flag.contract) for flag in typed] == [
        ("utm_medium", Severity.LOW, "landing->utm.utm_medium")
    ]


# ---------------------------------------------------------------- on which condition

ON_EMAIL = FinePrint(when={"channel": ("email",)})


@pytest.mark.parametrize(("channel", "found"), [("email", [COPY[::2]]), ("paid_social", [])])
def test_equal_is_demanded_only_where_the_owner_says_so(channel: str, found: list[tuple[str, str]]) -> None:
    by = ruled("utm", flight_end=ON_EMAIL)
    decided = told(by, utm__flight_end=LATE, utm__channel=channel)
    assert [(flag.place.source, flag.field) for flag in decided.flags] == found
    assert (COPY in decided.agreed) is False
    assert (COPY in told(by).agreed) is True


def test_a_condition_is_told_with_the_difference_and_not_its_word_to_everybody() -> None:
    [flag] = told(ruled("utm", flight_end=ON_EMAIL), utm__flight_end=LATE).flags
    assert flag.message.endswith("says 2026-11-30, while Channel is email (UTM builder)")
    assert flag.discreet.endswith("whose word counts, given Channel in UTM builder")
    assert flag.sources == {"briefs", "utm"}


def test_a_condition_in_conflict_demands_nothing_and_no_conflict_goes_untold() -> None:
    by = ruled("landing", offer=FinePrint(when={"promo_code": ("FINCH20",)}))
    code = ("landing", "NL-1001", "promo_code")
    both_moved = {"landing__promo_code": "OTHER", "landing__offer": None}
    found = told(by, Past(TODAY, {code: "OLD"}), **both_moved)
    assert [(flag.field, str(flag.kind)) for flag in found.flags] == [("promo_code", "conflict")]

    around = ruled(
        "landing",
        promo_code=FinePrint(when={"partner": ("Harlow & Finch",)}),
        partner=FinePrint(when={"promo_code": ("FINCH20",)}),
    )
    past = Past(TODAY, {code: "OLD", ("landing", "NL-1001", "partner"): "Old"})
    silent = told(around, past, landing__promo_code="OTHER", landing__partner="Other")
    assert silent.flags == ()
    assert not [held for held in silent.withheld if "in conflict" in held.reason]


# ---------------------------------------------------------------- for whom not


def until(last: date, *records: str, contract: str = CONTRACT) -> Exemption:
    return Exemption(contract, records or ("NL-1001",), "agreed with Legal", last)


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("NL-1001", True),
        (" nl-1001 ", True),
        ("NL-1001 / email / hero-banner", True),
        ("NL-1001 / email / Hero Banner", True),
        ("NL-1001 / E-Mail / hero-banner", False),
        ("NL-1001 / email", False),
        ("NL-100", False),
        ("NL-10011", False),
        ("NL-1002", False),
    ],
)
def test_a_record_is_named_by_its_campaign_or_as_a_placement(name: str, is_it: bool) -> None:
    assert covers(until(TODAY, name), PLACEMENT) is is_it
    assert flags(ruled("utm", until(TODAY, name)), utm__flight_end=LATE) == (
        [] if is_it else [("utm", "flight_end", "difference")]
    )


@given(st.integers(-400, 400))
def test_an_exception_holds_on_its_last_day_and_not_on_the_next(apart: int) -> None:
    by = ruled("utm", until(TODAY + timedelta(days=apart)))
    found = told(by, utm__flight_end=LATE)
    assert ([flag.contract for flag in found.flags] == []) is (apart >= 0)
    assert (spared(by, TODAY) is NOBODY) is (apart < 0)


def test_what_is_spared_leaves_its_baseline_untouched_and_disputes_nothing() -> None:
    by, moved = ruled("utm", until(TODAY)), Past(TODAY, {COPY: "2026-11-01"})
    assert COPY in told(RULES).agreed
    assert COPY not in told(by).agreed, "not even where it is alike"
    others = {key: text for key, text in told(RULES).agreed.items() if key != COPY}
    assert dict(told(by).agreed) == others
    assert flags(RULES, moved, utm__flight_end=LATE) == [("utm", "flight_end", "conflict")]
    assert flags(by, moved, utm__flight_end=LATE) == []
    # Afterwards it is compared with what was agreed before.
    later = replace(moved, today=TODAY + timedelta(days=1))
    assert flags(by, later, utm__flight_end=LATE) == [("utm", "flight_end", "conflict")]


def test_another_contract_of_the_same_record_still_holds() -> None:
    by = ruled("utm", until(TODAY))
    assert flags(by, utm__flight_end=LATE, landing__flight_end=LATE, utm__partner="Other") == [
        ("landing", "flight_end", "difference"),
        ("utm", "partner", "difference"),
    ]


def test_a_generated_value_typed_otherwise_may_be_an_exception() -> None:
    by = ruled("utm", until(TODAY, contract="landing->utm.utm_medium"))
    assert flags(RULES, utm__utm_medium="mail") == [("utm", "utm_medium", "difference")]
    assert flags(by, utm__utm_medium="mail") == []


def test_what_is_spared_is_not_added_up() -> None:
    rows = [placement(n, slot, placement_budget=Money(Decimal(60), "USD")) for n, slot in enumerate(("a", "b", "c"))]
    by = agreed(placement_budget=SumAtMost("budget"))
    world = Rows((brief(budget=Money(Decimal(100), "USD")), *rows), by)
    assert len(world.flags(FlagKind.VIOLATION)) == 1
    name = "briefs->media.placement_budget"
    two = until(TODAY, "NL-1 / email / a", "NL-1 / email / b", contract=name)
    assert replace(world, rules=replace(by, exemptions=(two,))).flags() == []
    one = until(TODAY, "NL-1 / email / a", contract=name)
    [flag] = replace(world, rules=replace(by, exemptions=(one,))).flags()
    assert "adds up to 120.00 USD" in flag.message


def test_names_are_compared_without_case_and_punctuation() -> None:
    assert folded("NL-1 / paid_social / Top Tile") == folded("nl-1 /  paid_social / top-tile")
    assert folded("NL-1 / a") != folded("NL-1 / b")


# ---------------------------------------------------------------- laws of every contract

days = st.sampled_from([date(2026, 11, 16), date(2026, 11, 30), date(2026, 12, 1), None])
campaign_names = st.sampled_from(["NL-1", "NL-2"])
words = st.sampled_from(["planned", "live", "cancelled", None])
money = st.sampled_from([Money(Decimal(n), "USD") for n in (50, 100, 101)] + [None])


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    """Briefs, placements and a legal log of two campaigns."""
    made: list[Record] = []
    for number, campaign in enumerate(("NL-1", "NL-2")):
        said = {"flight_start": draw(days), "flight_end": draw(days), "campaign_status": draw(words)}
        made.append(brief(number, campaign, budget=draw(money), promo_code="A", **said))
        made.append(row("legal", number, campaign_id=campaign, promo_code=draw(st.sampled_from(["A", "B"]))))
    for number in range(draw(st.integers(0, 6))):
        made.append(
            row(
                "media",
                number,
                campaign_id=draw(campaign_names),
                channel=draw(st.sampled_from(["email", "social"])),
                slot=f"s{draw(st.integers(0, 3))}",
                flight_start=draw(days),
                placement_start=draw(days),
                placement_budget=draw(money),
                placement_status=draw(words),
                asset_due=draw(days),
            )
        )
    return made


EVERYTHING = replace(
    TERMS,
    handoffs=(
        Handoff(
            "briefs",
            "media",
            {
                "flight_start": Contract.EQUAL,
                "placement_start": Within("flight_start", "flight_end"),
                "placement_budget": SumAtMost("budget"),
                "placement_status": OneOf(("cancelled", "done"), {"campaign_status": ("cancelled",)}),
                "asset_due": VariesBy("channel", every=("email", "social")),
            },
            {
                "flight_start": FinePrint(timedelta(days=1), when={"campaign_status": ("planned", "live")}),
                "placement_start": FinePrint(timedelta(days=1)),
                "placement_budget": FinePrint(severity=Severity.LOW),
            },
        ),
        Handoff("briefs", "legal", {"promo_code": Contract.EQUAL}),
    ),
    exemptions=(until(TODAY, "NL-2", contract="briefs->media.placement_start"),),
)


def substance(found: list[Flag]) -> set[tuple[object, ...]]:
    """What is said, without where rows stand; sentences name rows by number."""
    return {(f.place.source, f.record, f.field, f.kind, f.found, f.expected, f.severity, f.contract) for f in found}


@settings(max_examples=80)
@given(worlds(), st.randoms())
def test_no_order_of_rows_sources_or_handoffs_changes_a_verdict(records: list[Record], order: Random) -> None:
    straight = substance(Rows(tuple(records), EVERYTHING).flags())
    names, handoffs, shuffled = list(EVERYTHING.sources), list(EVERYTHING.handoffs), list(records)
    for each in (names, handoffs, shuffled):
        order.shuffle(each)
    by = replace(EVERYTHING, sources={name: EVERYTHING.sources[name] for name in names}, handoffs=tuple(handoffs))
    assert substance(Rows(tuple(shuffled), by).flags()) == straight


@settings(max_examples=80)
@given(worlds())
def test_without_an_unrelated_source_every_verdict_on_the_others_is_the_same(records: list[Record]) -> None:
    whole = substance(Rows(tuple(records), EVERYTHING).flags())
    by = replace(
        EVERYTHING,
        sources={name: one for name, one in EVERYTHING.sources.items() if name != "legal"},
        handoffs=EVERYTHING.handoffs[:1],
        approvals=(),
    )
    without = Rows(tuple(one for one in records if one.source != "legal"), by)
    assert substance(without.flags()) == {one for one in whole if one[0] != "legal"}


@settings(max_examples=60)
@given(worlds(), st.sampled_from(["NL-1", "NL-2", "NL-1 / email / s0", "NL-9"]), st.integers(-2, 2))
def test_an_exception_silences_its_contract_for_its_records_and_adds_nothing(
    records: list[Record], name: str, apart: int
) -> None:
    plain = replace(EVERYTHING, exemptions=())
    for contract in ("briefs->media.flight_start", "briefs->media.placement_start", "briefs->legal.promo_code"):
        one = until(TODAY + timedelta(days=apart), name, contract=contract)
        before = substance(Rows(tuple(records), plain).flags())
        after = substance(Rows(tuple(records), replace(plain, exemptions=(one,))).flags())
        silenced = {it for it in before if it[-1] == contract and covers(one, str(it[1]))} if apart >= 0 else set()
        assert after == before - silenced


@settings(max_examples=30)
@given(st.sampled_from(sorted(RULES.handoffs[2].contracts)), st.sampled_from(["landing", "official"]))
def test_removing_a_source_of_the_small_company_changes_no_verdict_on_the_others(name: str, gone: str) -> None:
    said = {f"utm__{name}": LATE if name.startswith("flight") else "Other"}
    left = rules(
        sources={of: one for of, one in RULES.sources.items() if of != gone},
        handoffs=tuple(it for it in RULES.handoffs if gone not in (it.giver, it.receiver)),
        owners={of: owner for of, owner in RULES.owners.items() if owner != gone} | {"campaign_id": "briefs"},
    )
    full = rules(owners={**RULES.owners, "campaign_id": "briefs"})
    rows = [one for one in everything(**said) if one.source != gone]
    read = [one for one in snapshots(*rows) if one.source != gone]
    about_utm = {(f.record, f.field, f.kind, f.expected) for f in told(full, **said).flags if f.place.source == "utm"}
    found = {(f.record, f.field, f.kind, f.expected) for f in decided(read, left).flags if f.contract}
    assert found == {it for it in about_utm if it[1] == name}
    assert record("utm", 1, **{name: CAMPAIGN.get(name)}).place.source == place("utm").source
