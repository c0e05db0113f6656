"""Every defect of the tracking-URL discipline, one test each; the table in ARCHITECTURE.md names them all."""

import re
import sys
from pathlib import Path

import pytest

from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.linking import channel_defects
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import DefectKind, TrackingRules, build, inspect
from sheetsync.core.tracking.typed import defects_of_typed
from tests.core.builders import RULES, TRACKING_URL, decided, everything, row, rules, snapshots

PAGE = "https://www.northlight.example/cyber"
TAGS = "utm_source=newsletter&utm_medium=email&utm_campaign=x"


def has(url: str, kind: str, severity: str, by: TrackingRules = RULES.tracking) -> None:
    """The page has this defect, and it is this bad."""
    found = {str(one.kind): one.severity for one in inspect(url, by)}
    assert found.get(kind) == severity, found


def told_of(link: str, *words: str, by: Rules = RULES) -> None:
    """A typed link with a defect inside is one difference, and its explanation names the defect."""
    (flag,) = decided(snapshots(*everything(utm__tracking_url=link)), by).flags
    assert flag.kind is FlagKind.DIFFERENCE
    assert flag.contract == "landing->utm.tracking_url"
    for word in words:
        assert word in flag.message


def test_a_second_question_mark() -> None:
    has(f"{PAGE}?a=1?{TAGS}", "double_question_mark", "high")
    told_of(TRACKING_URL.replace("&utm_source", "?utm_source"), "double question mark")


def test_no_question_mark() -> None:
    has(f"{PAGE}&{TAGS}", "no_question_mark", "high")
    told_of(TRACKING_URL.replace("?", "&"), "no question mark")


def test_tags_after_the_fragment() -> None:
    has(f"{PAGE}#{TAGS}", "utm_after_fragment", "high")
    told_of(TRACKING_URL.replace("&utm_source", "#utm_source"), "utm after fragment")


def test_a_parameter_twice() -> None:
    has(f"{PAGE}?{TAGS}&utm_source=fb", "duplicate_parameter", "high")
    told_of(f"{TRACKING_URL}&utm_source=fb", "duplicate parameter")


def test_blanks_inside() -> None:
    has(f"{PAGE}/black friday", "whitespace", "medium")
    told_of(TRACKING_URL.replace("hero-banner", "hero banner"), "whitespace")


def test_capitals_in_tags() -> None:
    has(f"{PAGE}?utm_source=Newsletter", "upper_case_utm", "medium")
    told_of(TRACKING_URL.replace("newsletter", "Newsletter"), "upper case utm")


def test_a_raw_ampersand_inside_a_value() -> None:
    has(f"{PAGE}?utm_source=a&b&utm_medium=x", "raw_ampersand", "high")
    told_of(TRACKING_URL.replace("harlow-and-finch", "harlow&finch"), "raw ampersand")


def test_letters_that_are_not_encoded() -> None:
    has(f"{PAGE}/café", "unencoded", "medium")
    told_of(TRACKING_URL.replace("hero-banner", "héro"), "unencoded")


def test_personal_data() -> None:
    has(f"{PAGE}?email=jo@x.example", "pii", "high")
    told_of(f"{TRACKING_URL}&email=jo@x.example", "pii")


def test_http() -> None:
    has("http://www.northlight.example/cyber", "not_https", "medium")
    told_of(TRACKING_URL.replace("https", "http").replace("hero", "x"), "not https")


def test_a_staging_host() -> None:
    has("https://staging.northlight.example/", "staging_host", "high")
    told_of(TRACKING_URL.replace("www.", "staging."), "staging host")


def test_a_local_host() -> None:
    has("https://localhost/cyber", "local_host", "high")


def test_another_host() -> None:
    has("https://shop.partner.example/", "host_not_allowed", "high")


OTHERS = {"partner": {"Harlow & Finch": ("www.northlight.example",), "Tidewater": ("tide.northlight.example",)}}


@pytest.mark.parametrize(("page", "is_wrong"), [
    (PAGE, False),
    ("https://tide.northlight.example/cyber", True),
    ("https://other.northlight.example/cyber", True),
])  # fmt: skip
def test_another_brands_or_regions_host(page: str, is_wrong: bool) -> None:
    wild = TrackingRules(RULES.tracking.parameters, ("*.northlight.example",))
    found = decided(snapshots(*everything(landing__landing_page=page)), rules(tracking=wild, hosts_of=OTHERS))
    flags = [flag for flag in found.flags if "other host" in flag.message]
    assert [(flag.place.source, flag.field, flag.severity) for flag in flags] == (
        [("landing", "landing_page", Severity.HIGH)] if is_wrong else []
    )
    assert [held.reason for held in found.withheld] == (["landing page: other host"] if is_wrong else [])


def test_a_page_of_a_partner_without_hosts_stands_on_nobody_elses() -> None:
    by = rules(hosts_of={"partner": {"Tidewater": ("www.northlight.example",)}})
    assert [held.reason for held in decided(snapshots(*everything()), by).withheld] == ["landing page: other host"]


def test_a_short_link() -> None:
    has("https://bit.ly/x", "short_link", "medium")


def test_an_internal_link_that_is_tagged() -> None:
    by = rules(placed_on={"email": ("www.northlight.example",)})
    (found,) = channel_defects(TRACKING_URL, "email", by)
    assert (found.kind, found.severity) == (DefectKind.INTERNAL_LINK, "medium")
    assert channel_defects(PAGE, "email", by) == channel_defects(TRACKING_URL, "paid_social", by) == ()
    assert [held.reason for held in decided(snapshots(*everything()), by).withheld] == ["link: internal link"]


def test_a_click_id() -> None:
    has(f"{PAGE}?gclid=1", "click_id", "low")
    told_of(f"{TRACKING_URL.replace('hero', 'x')}&gclid=1", "click id")


def test_somebody_elses_tags() -> None:
    has(f"{PAGE}?utm_source=partner", "foreign_utm", "medium")
    assert build(
        f"{PAGE}?utm_source=partner", {"utm_source": "a", "utm_medium": "b", "utm_campaign": "c"}, RULES.tracking
    ) == (f"{PAGE}?utm_source=a&utm_medium=b&utm_campaign=c")


def test_a_collision_with_a_parameter_the_page_reads() -> None:
    (found,) = defects_of_typed(TRACKING_URL.replace("lang=en", "lang=de"), TRACKING_URL, RULES.tracking)
    assert (found.kind, found.severity) == (DefectKind.PARAMETER_COLLISION, "high")
    told_of(f"{TRACKING_URL}&lang=de", "parameter collision")


@pytest.mark.parametrize("own", ["ref=a", "variant=2", "lang=de", "promo=x", "src=a%26b"])
def test_a_real_parameter_is_never_dropped_nor_spelled_anew(own: str) -> None:
    made = build(f"{PAGE}?{own}", {"utm_source": "a", "utm_medium": "b", "utm_campaign": "c"}, RULES.tracking)
    assert isinstance(made, str)
    assert made.startswith(f"{PAGE}?{own}&utm_source=")


def test_too_long_a_link() -> None:
    has(f"{PAGE}?x={'a' * 2048}", "too_long", "medium")


def test_a_macro_that_is_not_closed() -> None:
    has(f"{PAGE}?x={{{{campaign.name", "broken_macro", "high")


def test_a_macro_of_another_system() -> None:
    by = rules(macros={"email": frozenset({"liquid"})})
    (found,) = channel_defects(f"{PAGE}?x=%epid!", "email", by)
    assert (found.kind, found.severity, found.detail) == (
        DefectKind.WRONG_MACRO, "high", "%epid! is a macro of campaign manager",
    )  # fmt: skip
    assert channel_defects(f"{PAGE}?x={{% a %}}", "email", by) == channel_defects(f"{PAGE}?x=%epid!", "x", by) == ()
    withheld = decided(snapshots(*everything(landing__landing_page=f"{PAGE}?x=%epid!")), by).withheld
    assert [held.reason for held in withheld] == ["link: wrong macro"]


def test_source_and_medium_swapped() -> None:
    swapped = TRACKING_URL.replace("=newsletter", "=?").replace("=email", "=newsletter").replace("=?", "=email")
    (found,) = defects_of_typed(swapped, TRACKING_URL, RULES.tracking)
    assert (found.kind, found.severity) == (DefectKind.SWAPPED, "high")
    told_of(swapped, "have changed places")


def test_the_order_of_parameters_is_none() -> None:
    head, _, tail = TRACKING_URL.partition("?")
    link = f"{head}?{'&'.join(reversed(tail.split('&')))}"
    assert decided(snapshots(*everything(utm__tracking_url=link))).flags == ()


def test_the_same_link_for_two_placements() -> None:
    lines = [*everything(utm__tracking_url=TRACKING_URL), row("utm", 2, slot="Tile", tracking_url=TRACKING_URL)]
    told = [flag for flag in decided(snapshots(*lines)).flags if flag.kind is FlagKind.URL_DEFECT]
    assert [(flag.field, flag.severity) for flag in told] == [("tracking_url", Severity.HIGH)] * 2


# ---------------------------------------------------------------- the table


def test_the_table_in_the_architecture_and_these_tests_hold_each_other() -> None:
    text = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text.partition("## What can be wrong with a link")[2].partition("\n## ")[0]
    named = re.findall(r"^\|.*`(test_\w+)` \|$", table, re.MULTILINE)
    tests = [name for name in vars(sys.modules[__name__]) if name.startswith("test_")]
    assert named == [name for name in tests if not name.startswith("test_the_table")]
