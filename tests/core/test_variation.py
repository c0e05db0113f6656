"""Fields that vary by channel: complete and deliberate, by law and by example."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import Choice
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Exemption, Rules
from sheetsync.core.model import Parsed, Problem, ProblemKind, Record
from sheetsync.core.terms import FinePrint, Severity, VariesBy
from tests.core.agreement import TODAY, World, agreed, brief, row

UNREADABLE = Problem(ProblemKind.UNREADABLE, "'?!' is nothing")
ONE, TWO = date(2026, 11, 5), date(2026, 11, 6)
CONTRACT = "briefs->media.asset_due"


def ad(number: int, channel: Parsed, due: Parsed = None, campaign: str = "NL-1", /, **said: Parsed) -> Record:
    """A placement in a channel; the day its assets are due is what varies here."""
    return row("media", number, campaign_id=campaign, channel=channel, slot=f"s{number}", asset_due=due, **said)


def by(terms: VariesBy | None = None, **print_: object) -> Rules:
    of = agreed(asset_due=terms or VariesBy("channel"))
    return replace(of, handoffs=(replace(of.handoffs[0], fine_prints={"asset_due": FinePrint(**print_)}),))  # type: ignore[arg-type]


def flags(*rows: Record, rules: Rules | None = None) -> list[Flag]:
    return World((brief(), brief(9, "NL-2"), *rows), rules or by()).flags()


def seen(found: list[Flag]) -> list[tuple[str, str, str]]:
    return sorted((flag.record, flag.field, str(flag.kind)) for flag in found)


# ---------------------------------------------------------------- laws

dues = st.sampled_from([ONE, TWO, None, UNREADABLE])
channels = st.sampled_from(["email", "social", None, UNREADABLE])
placements = st.lists(
    st.tuples(channels, dues, st.sampled_from(["planned", "cancelled", None]), st.sampled_from(["NL-1", "NL-2"])),
    max_size=7,
)
Placements = list[tuple[Parsed, Parsed, str | None, str]]


def rows_of(placed: Placements) -> list[Record]:
    return [ad(n, channel, due, of, placement_status=how) for n, (channel, due, how, of) in enumerate(placed)]


@settings(max_examples=150)
@given(placements)
def test_told_is_each_blank_cell_in_a_known_channel_and_each_later_copy(placed: Placements) -> None:
    asked = [(n, c, due, of) for n, (c, due, how, of) in enumerate(placed) if how != "cancelled"]
    known = [(n, c, due, of) for n, c, due, of in asked if isinstance(c, str)]
    blank = {n for n, _, due, _ in known if due is None}
    copied = {
        n
        for n, channel, due, of in known
        if channel == "social"
        and isinstance(due, date)
        and any((c, d, o) == ("email", due, of) for _, c, d, o in known)
    }
    found = [flag for flag in flags(*rows_of(placed)) if flag.contract]
    assert {f.place.row for f in found if f.kind is FlagKind.MISSING_INPUT} == blank
    assert {f.place.row for f in found if f.kind is FlagKind.VIOLATION} == copied
    assert all(f.contract == CONTRACT and f.field == "asset_due" for f in found)
    allowed = flags(*rows_of(placed), rules=by(VariesBy("channel", copies_allowed=True)))
    assert {f.place.row for f in allowed if f.contract} == blank


@settings(max_examples=80)
@given(placements, st.randoms())
def test_the_order_of_rows_does_not_matter(placed: Placements, order: Random) -> None:
    rules = by(VariesBy("channel", every=("email", "social")))
    rows = rows_of(placed)
    straight = {(f.id, f.record, f.kind, f.message) for f in flags(*rows, rules=rules)}
    order.shuffle(rows)
    assert {(f.id, f.record, f.kind, f.message) for f in flags(*rows, rules=rules)} == straight


@settings(max_examples=80)
@given(placements)
def test_every_channel_demanded_is_told_once_where_none_is_there(placed: Placements) -> None:
    rules = by(VariesBy("channel", every=("email", "social"), copies_allowed=True))
    found = [f for f in flags(*rows_of(placed), rules=rules) if f.field == "campaign_id" and f.contract]
    for campaign in ("NL-1", "NL-2"):
        rows = [(n, c, how) for n, (c, _, how, of) in enumerate(placed) if of == campaign]
        asked = [n for n, _, how in rows if how != "cancelled"]
        there = {c for _, c, _ in rows}
        unsure = not all(isinstance(c, str) for c in there)
        wanted = {"email", "social"} - there if asked and not unsure else set()
        told = [f for f in found if f.record.startswith(campaign)]
        assert len(told) == len(wanted) == len({f.id for f in told})
        assert {f.place.row for f in told} == ({min(asked)} if wanted else set())


# ---------------------------------------------------------------- by example


def test_what_is_missing_and_what_is_copied_is_said() -> None:
    found = flags(ad(1, "email", ONE), ad(2, "social", ONE), ad(3, "social"))
    missing, copy = sorted(found, key=lambda flag: flag.kind)
    assert missing.message == "Asset due is missing here; it is another one in each channel, and this row is social"
    assert copy.message == "Asset due is 2026-11-05 here as in email (row 2); in each channel it is another one"
    assert (missing.place.column_name, copy.place.row) == ("Asset due", 2)
    assert (copy.owner, copy.sources) == (None, frozenset())
    assert copy.discreet == "Asset due is the same in several channels of this campaign; in each it is another one"


def test_a_channel_without_a_row_is_told_at_the_campaigns_first_row_in_its_key() -> None:
    rules = by(VariesBy("channel", every=("email", "social")), severity=Severity.HIGH)
    [flag] = flags(
        ad(4, "social", ONE),
        ad(2, "social", TWO),
        ad(3, "email", ONE, "NL-2"),
        ad(5, "social", TWO, "NL-2"),
        rules=rules,
    )
    assert (flag.place.row, flag.field, flag.record, flag.kind) == (
        *(2, "campaign_id", "NL-1 / social / s2", FlagKind.MISSING_INPUT),
    )
    assert flag.severity is Severity.HIGH
    assert flag.message == "this campaign has no row here for email, which Asset due must be said for"


def test_rows_of_one_channel_may_say_the_same() -> None:
    assert flags(ad(1, "email", ONE), ad(2, "email", ONE)) == []
    assert flags(ad(1, "email", ONE), ad(2, "social", ONE, "NL-2")) == []


@pytest.mark.parametrize("where", ["placement_status", "campaign_status"])
def test_what_is_cancelled_is_not_asked(where: str) -> None:
    of_row = {where: "cancelled"} if where == "placement_status" else {}
    briefed = {} if of_row else {where: "cancelled"}
    rows = (brief(**briefed), ad(1, "email", ONE, **of_row), ad(2, "social", ONE, **of_row), ad(3, "email", **of_row))
    every = by(VariesBy("channel", every=("email", "social")))
    assert World(rows, every).flags() == []


def test_a_condition_chooses_the_rows_and_is_told() -> None:
    rules = by(VariesBy("channel", when={"placement_status": ("live",)}))
    found = flags(ad(1, "email", placement_status="planned"), ad(2, "email", placement_status="live"), rules=rules)
    assert [flag.place.row for flag in found] == [2]
    assert found[0].message.endswith("this row is email, while Placement status is live (Media plan)")


def test_an_exception_silences_its_rows_only() -> None:
    one = Exemption(CONTRACT, ("NL-1 / social / s2",), "one picture for both, agreed", TODAY)
    rules = replace(by(), exemptions=(one,))
    rows = (ad(1, "email", ONE), ad(2, "social", ONE), ad(3, "social", ONE), ad(4, "email"))
    assert seen(flags(*rows)) == [
        ("NL-1 / email / s4", "asset_due", "missing_input"),
        ("NL-1 / social / s2", "asset_due", "violation"),
        ("NL-1 / social / s3", "asset_due", "violation"),
    ]
    assert seen(flags(*rows, rules=rules)) == [
        ("NL-1 / email / s4", "asset_due", "missing_input"),
        ("NL-1 / social / s3", "asset_due", "violation"),
    ]


def test_a_row_that_stands_twice_still_is_its_channel() -> None:
    rules = by(VariesBy("channel", every=("email", "social")))
    twice = row("media", 7, campaign_id="NL-1", channel="social", slot="s6", asset_due=TWO)
    found = [f for f in flags(ad(1, "email", ONE), ad(6, "social", TWO), twice, rules=rules) if f.contract]
    assert found == []


def test_the_first_channel_is_the_vocabularys_and_not_the_alphabets() -> None:
    rules = by()
    channel = replace(rules.fields["channel"], type=Choice({"social": (), "email": ()}))
    rules = replace(rules, fields={**rules.fields, "channel": channel})
    found = flags(ad(1, "email", ONE), ad(2, "social", ONE), rules=rules)
    assert [flag.place.row for flag in found] == [1]
