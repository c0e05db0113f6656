"""Where GA4 puts a link: the shipped rules in Google's order, and what is told about it at the source's cell."""

import pytest

from sheetsync.config.ga4 import ga4, shipped_ga4
from sheetsync.config.shape.tracking import Ga4OverrideShape
from sheetsync.core.analytics import group_of_link
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.model import Parsed
from sheetsync.core.terms import Severity
from tests.core.builders import TRACKING_URL, decided, everything, rules, snapshots

GROUPS = rules(ga4=shipped_ga4())


def flags(by: Rules = GROUPS, **said: Parsed) -> list[Flag]:
    return list(decided(snapshots(*everything(**said)), by).flags)


@pytest.mark.parametrize(("source", "medium", "campaign", "group"), [
    ("(direct)", "(none)", "", "Direct"),
    ("google", "cpc", "x_cross-network_y", "Cross-network"),
    ("google", "cpc", "q4_shop", "Paid Shopping"),
    ("amazon", "cpc", "", "Paid Shopping"),
    ("google", "cpc", "", "Paid Search"),
    ("bing", "ppc", "", "Paid Search"),
    ("facebook", "paid_social", "", "Paid Social"),
    ("FB", "PAID_SOCIAL", "", "Paid Social"),
    ("twitter", "retargeting", "", "Paid Social"),
    ("youtube", "display", "", "Display"),
    ("youtube", "paid", "", "Paid Video"),
    ("dv360", "display", "", "Display"),
    ("dv360", "cpm", "", "Display"),
    ("meta", "paid_social", "", "Paid Other"),
    ("x", "paid_social", "", "Paid Other"),
    ("newsletter", "email", "q4_shop-small_x", "Organic Shopping"),
    ("newsletter", "email", "q4_workshop_x", "Email"),
    ("instagram", "anything", "", "Organic Social"),
    ("creator", "social", "", "Organic Social"),
    ("hulu", "ctv", "", "Organic Video"),
    ("google", "organic", "", "Organic Search"),
    ("partner", "referral", "", "Referral"),
    ("crm", "e-mail", "", "Email"),
    ("awin", "affiliate", "", "Affiliates"),
    ("awin", "affiliates", "", "Unassigned"),
    ("podcast", "audio", "", "Audio"),
    ("crm", "sms", "", "SMS"),
    ("app", "web_push", "", "Mobile Push Notifications"),
    *((it, it, "", "Unassigned") for it in ("partner", "programmatic", "offline", "newsletter")),
])  # fmt: skip
def test_the_first_rule_that_holds_wins(source: str, medium: str, campaign: str, group: str) -> None:
    assert shipped_ga4().group(source, medium, campaign) == group


def test_a_link_that_lands_nowhere_is_told_at_its_source() -> None:
    (flag,) = flags(rules(ga4=shipped_ga4(), media={"email": "newsletters"}))
    assert (flag.kind, flag.severity, flag.field) == (FlagKind.URL_DEFECT, Severity.MEDIUM, "utm_source")
    assert flag.message.endswith("GA4 puts these visits into Unassigned")
    assert "newsletters" not in flag.discreet


def test_a_name_that_moves_a_link_into_another_group_is_told_quietly() -> None:
    (flag,) = [it for it in flags(briefs__campaign_name="Shop small") if it.kind is FlagKind.URL_DEFECT]
    assert flag.severity is Severity.LOW
    assert "from Email to Organic Shopping" in flag.message
    assert "small" not in flag.discreet


def test_a_link_that_lands_where_it_should_is_silent_and_so_is_one_that_others_tag() -> None:
    assert flags() == []
    assert flags(rules(ga4=shipped_ga4(), media={"email": "x"}, tagged_by={"email": "the email platform"})) == []


@pytest.mark.parametrize("said", [{"briefs__campaign_name": None}, {"utm__utm_source": None}])
def test_what_is_not_known_lands_nowhere_yet(said: dict[str, Parsed]) -> None:
    assert not [it for it in flags(rules(ga4=shipped_ga4(), media={"email": "x"}), **said) if it.field == "utm_source"]


def test_a_company_says_what_its_property_does_otherwise() -> None:
    own = ga4(Ga4OverrideShape.model_validate({"sources": {"Meta": "social", "facebook": "none"}}))
    assert own.group("meta", "paid_social", "") == "Paid Social"
    assert own.group("facebook", "paid_social", "") == "Paid Other"
    rule = {"group": "Creators", "cases": [{"medium": "influencer"}]}
    assert ga4(Ga4OverrideShape.model_validate({"rules": [rule]})).group("a", "Influencer", "") == "Creators"


def test_a_link_tells_its_group_by_what_it_carries() -> None:
    assert group_of_link(TRACKING_URL, GROUPS) == "Email"
    assert group_of_link("https://www.northlight.example/", GROUPS) is None
