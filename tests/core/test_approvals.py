"""Approvals: a law of what is stale, what takes whose place, and what stays silent."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.flags import Flag, FlagKind, Status, status_of
from sheetsync.core.graph import Approval
from sheetsync.core.making import Past
from sheetsync.core.model import Parsed, Problem, ProblemKind, Record
from sheetsync.core.terms import Severity
from tests.core.agreement import NOTHING_YET, RULES, TODAY, World, brief, row

UNKNOWN = Problem(ProblemKind.VOCABULARY, "'jein' is not a word of the vocabulary")
APPROVED: dict[str, Parsed] = {"legal_decision": "approved", "promo_code": "OLD20"}


def log(**said: Parsed) -> Record:
    return row("legal", 4, campaign_id="NL-1", **said)


def flags(briefed: dict[str, Parsed], logged: dict[str, Parsed], past: Past = NOTHING_YET) -> list[Flag]:
    return World((brief(**briefed), log(**logged)), past=past).flags()


codes = st.sampled_from(["ONE", "TWO", None])
days = st.sampled_from([date(2026, 11, 16), date(2026, 11, 17), None])


@given(codes, codes, days, days, st.sampled_from(["approved", "rejected", None, UNKNOWN]))
def test_stale_is_what_was_approved_and_is_otherwise_now(
    code: Parsed, approved_code: Parsed, start: Parsed, approved_start: Parsed, state: Parsed
) -> None:
    found = flags(
        {"promo_code": code, "flight_start": start},
        {"promo_code": approved_code, "flight_start": approved_start, "legal_decision": state},
    )
    differing = {
        name
        for name, says, approved in (("promo_code", code, approved_code), ("flight_start", start, approved_start))
        if says is not None and approved is not None and says != approved
    }
    stale = {flag.field for flag in found if flag.kind is FlagKind.STALE_APPROVAL}
    assert stale == (differing if state == "approved" else set())
    compared = {flag.field for flag in found if flag.kind is FlagKind.DIFFERENCE}
    assert compared == (set() if state == "approved" else differing & {"promo_code"})


def test_a_stale_approval_names_the_owner_its_value_and_how_grave_it_is() -> None:
    [flag] = flags({"promo_code": "NEW25"}, APPROVED)
    assert (flag.kind, flag.field, flag.owner, flag.expected) == (
        FlagKind.STALE_APPROVAL,
        "promo_code",
        "briefs",
        "NEW25",
    )
    assert (flag.severity, status_of(flag.kind), flag.found) == (Severity.HIGH, Status.STALE_APPROVAL, "OLD20")
    assert flag.message == "Promo code was approved here as OLD20; Partner briefs (owner) says NEW25 now"
    assert flag.discreet == "Promo code as approved here differs from Partner briefs, whose word counts"
    assert flag.sources == {"briefs"}
    assert flag.contract == "approvals.legal.promo_code"


@pytest.mark.parametrize("state", ["rejected", None])
def test_what_is_not_granted_is_compared_like_any_copy_and_the_state_is_silent(state: Parsed) -> None:
    [flag] = flags({"promo_code": "NEW25"}, {**APPROVED, "legal_decision": state})
    assert (flag.kind, flag.contract) == (FlagKind.DIFFERENCE, "briefs->legal.promo_code")


def test_it_takes_the_place_of_a_conflict_and_nothing_is_agreed_meanwhile() -> None:
    past = Past(TODAY, {("legal", "NL-1", "promo_code"): "BASE"})
    world = World((brief(promo_code="NEW25"), log(**APPROVED)), past=past)
    [flag] = world.flags()
    assert flag.kind is FlagKind.STALE_APPROVAL
    assert flag.message.endswith("both moved from BASE: a person must decide")
    assert "BASE" not in flag.discreet
    assert ("legal", "NL-1", "promo_code") not in world.decided.agreed
    mended = World((brief(promo_code="NEW25"), log(legal_decision="approved", promo_code="NEW25")), past=past).decided
    assert (mended.flags, mended.agreed["legal", "NL-1", "promo_code"]) == ((), "NEW25")


def test_an_owner_who_says_nothing_makes_nothing_stale() -> None:
    assert flags({}, APPROVED) == []
    assert World((log(**APPROVED),)).flags(FlagKind.STALE_APPROVAL) == []


def test_a_field_the_log_has_no_cell_for_is_silent_though_it_is_covered() -> None:
    assert "budget" in RULES.approvals[0].covers
    assert "budget" not in RULES.sources["legal"].columns
    assert flags({"promo_code": "OLD20"}, APPROVED) == []


def test_two_approvals_of_one_cell_are_one_flag() -> None:
    twice = replace(
        RULES,
        approvals=(*RULES.approvals, Approval("other", "legal", "legal_decision", ("approved",), ("promo_code",))),
    )
    [flag] = World((brief(promo_code="NEW25"), log(**APPROVED)), twice).flags()
    assert flag.contract == "approvals.legal.promo_code"


def test_the_flag_stays_while_the_owner_moves_on() -> None:
    [first], [second] = flags({"promo_code": "NEW25"}, APPROVED), flags({"promo_code": "NEWER"}, APPROVED)
    assert first.id == second.id
