"""Generated names and links that others tag: templates, codes, cases, lengths."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.generate import Generator
from sheetsync.core.graph import Naming
from sheetsync.core.model import Parsed
from sheetsync.core.naming import as_a_file_takes_it
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import read, same_url, slug
from sheetsync.core.truth import Known, Truth, Truths, Unknown
from tests.core.builders import PLACEMENT, RULES, TRACKING_URL, decided, everything, matched, rules, snapshots

CODES = {"channel": {"email": "EM", "paid_social": "PS", "paid_search": "SE"}}


def name(template: str, naming: Naming | None = None, **said: Parsed) -> Truth:
    by = rules(
        templates={**RULES.templates, "utm_campaign": template},
        namings={"utm_campaign": naming} if naming else {},
        codes=CODES,
    )
    return Generator(by, Truths(by, matched(snapshots(*everything(**said)), by), {})).value(PLACEMENT, "utm_campaign")


@pytest.mark.parametrize(("template", "naming", "made"), [
    ("{flight_start:%Y%m}_{campaign_id}_{channel:code}_{slot}", Naming("upper"), "202611_NL-1001_EM_HERO-BANNER"),
    ("{campaign_id:upper}_{channel:code}_{slot:raw}", None, "NL-1001_EM_Hero banner"),
    ("{partner:.12}_{slot:.5}", None, "harlow-and-f_hero"),
    ("{partner}", Naming("as typed"), "Harlow-and-Finch"),
    ("{partner}-{slot}", Naming(separator="-"), "harlow_and_finch-hero_banner"),
    ("{partner}.{slot}", Naming(separator="."), "harlow-and-finch.hero-banner"),
    ("{slot:upper}", None, "HERO-BANNER"),
])  # fmt: skip
def test_a_name_is_put_together_from_its_parts(template: str, naming: Naming | None, made: str) -> None:
    assert name(template, naming) == Known(made)


def test_a_name_that_is_too_long_is_withheld_never_cut() -> None:
    found = name("{partner}_{slot}", Naming(max_length=20))
    assert isinstance(found, Unknown)
    assert found.reason == "utm_campaign would be longer than 20 characters"
    assert name("{partner}", Naming(max_length=16)) == Known("harlow-and-finch")


def test_a_word_without_a_code_is_a_reason() -> None:
    by = rules(templates={**RULES.templates, "utm_campaign": "{channel:code}"})
    truths = Truths(by, matched(snapshots(*everything()), by), {})
    found = Generator(by, truths).value(PLACEMENT, "utm_campaign")
    assert isinstance(found, Unknown)
    assert found.reason == "no code is configured for its Channel"


@given(st.text(max_size=30))
def test_a_raw_part_holds_nothing_a_file_system_refuses(text: str) -> None:
    made = as_a_file_takes_it(text)
    assert not set(made) & set('<>:"/\\|?*\n\t\0')
    assert made == made.strip(" .")
    assert as_a_file_takes_it(made) == made


@given(st.text(max_size=30))
def test_a_slug_with_its_capitals_is_the_slug_but_for_them(text: str) -> None:
    assert slug(text, keep_case=True).lower() == slug(text)


# ---------------------------------------------------------------- who tags

TAGGED = rules(tagged_by={"email": "the email platform"})
PAGE = "https://www.northlight.example/cyber?lang=en"


@pytest.mark.parametrize("page", [PAGE, f"{PAGE}&utm_source=old&gclid=1", f"{PAGE}#deals"])
def test_a_link_that_others_tag_is_the_bare_page(page: str) -> None:
    (made,) = decided(snapshots(*everything(landing__landing_page=page)), TAGGED).generated
    assert read(made.value) == {}
    assert same_url(made.value, page)


def test_it_needs_no_source_and_typed_tags_are_explained() -> None:
    found = decided(snapshots(*everything(utm__utm_source=None, utm__tracking_url=TRACKING_URL)), TAGGED)
    (flag,) = found.flags
    assert (flag.expected, flag.severity) == (PAGE, Severity.HIGH)
    assert "the email platform puts the utm values on" in flag.message
    assert "utm_source is 'newsletter', should not be there" in flag.message
    assert decided(snapshots(*everything(utm__tracking_url=PAGE)), TAGGED).flags == ()


def test_a_placement_that_its_owner_does_not_know_says_itself_in_which_channel_it_is() -> None:
    elsewhere = replace(TAGGED, owners={**TAGGED.owners, "channel": "landing"})
    assert [it.value for it in decided(snapshots(*everything()), elsewhere).generated] == [PAGE]


def test_who_tags_is_not_guessed_where_the_channel_is_not_known() -> None:
    found = decided(snapshots(*everything(utm__channel=None, briefs__flight_start=date(2026, 11, 16))), TAGGED)
    assert found.generated == ()
