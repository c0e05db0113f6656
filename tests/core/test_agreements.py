"""What was agreed counts while its terms are what they were, and not a moment longer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sheetsync.core.agreements import agreed_under, restated, still_agreed
from sheetsync.core.fields import Field, field_type
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.model import Entity
from sheetsync.core.record_fields import RecordFields
from sheetsync.core.terms import Amount, FinePrint, Severity, Share, Tolerance
from tests.core.lives import EQUAL, GROUPED, RULES

CODE = ("pages", "promo_code")
AGREED = RecordFields([(("pages", "NL-1", "promo_code"), "A"), (("pages", "NL-1", "flight_end"), "2026-11-20")])


def printed(fine: FinePrint) -> Rules:
    return replace(RULES, handoffs=(Handoff("briefs", "pages", EQUAL, {"promo_code": fine}), *RULES.handoffs[1:]))


def tolerated(tolerance: Tolerance) -> Rules:
    return printed(FinePrint(tolerance))


OTHER: dict[str, Rules] = {
    "another owner": replace(RULES, owners={**RULES.owners, "promo_code": "legal"}),
    "nobody owns it": replace(RULES, owners={of: it for of, it in RULES.owners.items() if of != "promo_code"}),
    "another kind": replace(
        RULES,
        fields={
            **RULES.fields,
            "promo_code": Field("promo_code", "Promo code", Entity.CAMPAIGN, field_type("text", None)),
        },
    ),
    "a group": replace(RULES, groups={"terms": ("promo_code", "flight_start")}),
    "a tolerance": tolerated(Share(Decimal("0.01"))),
    "a condition": printed(FinePrint(when={"legal_decision": ("approved",)})),
    "no handoff": replace(RULES, handoffs=RULES.handoffs[1:]),
}
SAME: dict[str, Rules] = {
    "other handoffs elsewhere": replace(RULES, handoffs=RULES.handoffs[:1]),
    "another order": replace(RULES, handoffs=RULES.handoffs[::-1]),
    "how loud it is": printed(FinePrint(severity=Severity.LOW)),
    "its sentence": printed(FinePrint(sentence="One code everywhere.")),
}


@pytest.mark.parametrize("how", OTHER)
def test_what_was_agreed_under_other_terms_counts_no_more(how: str) -> None:
    left = still_agreed(AGREED, agreed_under(RULES), OTHER[how])
    assert ("pages", "NL-1", "promo_code") not in left
    back = still_agreed(AGREED, agreed_under(OTHER[how]), RULES)
    assert (("pages", "NL-1", "promo_code") in back) == (how == "no handoff"), "nothing is noted of what is not held"


@pytest.mark.parametrize("how", SAME)
def test_what_says_nothing_of_agreement_leaves_it(how: str) -> None:
    assert still_agreed(AGREED, agreed_under(RULES), SAME[how]) == AGREED


def test_only_the_field_whose_terms_changed_is_forgotten() -> None:
    left = still_agreed(AGREED, agreed_under(RULES), OTHER["a tolerance"])
    assert dict(left) == {("pages", "NL-1", "flight_end"): "2026-11-20"}
    assert restated(agreed_under(RULES), OTHER["no handoff"])[CODE] is None


def test_a_group_is_the_same_in_any_order_and_under_any_name() -> None:
    [fields] = GROUPED.groups.values()
    other = replace(GROUPED, groups={"other": tuple(reversed(fields))})
    assert agreed_under(other) == agreed_under(GROUPED)


def test_of_what_an_older_ledger_did_not_note_everything_counts_once_more() -> None:
    assert still_agreed(AGREED, {}, OTHER["another owner"]) is AGREED
    assert restated({}, RULES) == agreed_under(RULES)


def tolerance_of(tolerance: Tolerance) -> str:
    return agreed_under(tolerated(tolerance))[CODE]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Amount(Decimal("5")),
        lambda: Share(Decimal("0.05")),
        lambda: timedelta(days=2),
        lambda: timedelta(minutes=30),
    ],
)
def test_each_tolerance_has_its_own_words(make: Callable[[], Tolerance]) -> None:
    others: list[Tolerance] = [Amount(Decimal("6")), Share(Decimal("0.06")), timedelta(days=3), timedelta(0)]
    assert tolerance_of(make()) not in {tolerance_of(it) for it in others} | {agreed_under(RULES)[CODE]}
    assert tolerance_of(Amount(Decimal("5.0"))) == tolerance_of(Amount(Decimal("5")))
