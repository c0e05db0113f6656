"""Laws of generated values: made from the owners' words alone, and only when every one of them is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.generate import Generator
from sheetsync.core.graph import Rules
from sheetsync.core.model import Parsed, Record
from sheetsync.core.tracking import inspect, read, same_url
from sheetsync.core.truth import Known, Truth, Truths, Unknown
from tests.core.builders import (
    AMBIGUOUS,
    CAMPAIGN,
    PLACEMENT,
    RULES,
    TRACKING_URL,
    UNREADABLE,
    everything,
    matched,
    record,
    row,
    rules,
    snapshots,
)

#: every value a tracking URL is made from, and who says it
INPUTS = {
    "landing_page": "landing",
    "partner": "briefs",
    "campaign_name": "briefs",
    "flight_start": "briefs",
    "utm_source": "utm",
    "channel": "utm",
    "slot": "utm",
}


def generator(*records: Record, by: Rules = RULES, unread: Mapping[str, str] | None = None) -> Generator:
    return Generator(by, Truths(by, matched(snapshots(*records), by), unread or {}))


def made(name: str, *records: Record, by: Rules = RULES, said: Mapping[str, Parsed] | None = None) -> Truth:
    """The generated value of the one placement there is."""
    lines = records or everything(**(said or {}))
    of = generator(*lines, by=by)
    key = next(item.key for item in of.truths.matched.identified if item.record.source == "utm")
    return of.value(key, name)


def why(found: Truth) -> tuple[str, str]:
    """The reason there is no value, and its detail."""
    assert isinstance(found, Unknown), found
    return found.reason, found.detail


def changed(lines: list[Record], source: str, name: str, parsed: Parsed) -> list[Record]:
    return [
        replace(line, claims={**line.claims, name: replace(line.claims[name], parsed=parsed)})
        if line.source == source
        else line
        for line in lines
    ]


def template(name: str, text: str) -> Rules:
    return rules(templates={**RULES.templates, name: text})


# ---------------------------------------------------------------- withheld rather than guessed


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("said", [None, UNREADABLE, AMBIGUOUS])
def test_without_any_one_of_its_inputs_a_link_is_withheld_and_the_input_is_named(name: str, said: Parsed) -> None:
    found = made("tracking_url", *changed(everything(), INPUTS[name], name, said))
    assert isinstance(found, Unknown)
    assert RULES.fields[name].label in found.reason
    assert RULES.sources[INPUTS[name]].title in found.reason


@pytest.mark.parametrize("name", INPUTS)
def test_a_link_with_a_disputed_input_is_withheld_and_the_input_is_named(name: str) -> None:
    of = generator(*everything())
    record = PLACEMENT if INPUTS[name] == "utm" else "NL-1001"
    found = replace(of, truths=replace(of.truths, disputed={(record, name): frozenset({"landing"})})).value(
        PLACEMENT, "tracking_url"
    )
    assert why(found) == (f"{RULES.fields[name].label} is in conflict", "")


@pytest.mark.parametrize("source", ["landing", "briefs"])
def test_a_link_whose_inputs_could_not_be_read_is_withheld_and_the_source_is_named(source: str) -> None:
    lines = [line for line in everything() if line.source != source]
    found = generator(*lines, unread={source: "quota"}).value(PLACEMENT, "tracking_url")
    assert why(found) == (f"{RULES.sources[source].title} could not be read", "")


@pytest.mark.parametrize("source", ["landing", "briefs", "utm"])
def test_a_link_from_a_row_that_stands_twice_is_withheld_and_its_inputs_are_named(source: str) -> None:
    found = generator(*everything(), row(source, 2)).value(PLACEMENT, "tracking_url")
    assert isinstance(found, Unknown)
    assert f"two rows in {RULES.sources[source].title} have the same key" in found.reason
    for name in (name for name, owner in INPUTS.items() if owner == source and name not in ("channel", "slot")):
        assert RULES.fields[name].label in found.reason


@pytest.mark.parametrize("source", ["landing", "briefs"])
def test_a_link_without_a_row_of_an_owner_is_withheld(source: str) -> None:
    found = generator(*(line for line in everything() if line.source != source)).value(PLACEMENT, "tracking_url")
    assert isinstance(found, Unknown)
    assert f"{RULES.sources[source].title} has no row for it" in found.reason


def test_a_link_of_a_campaign_without_an_accepted_id_is_withheld() -> None:
    new = {"campaign_id": None, "campaign_name": "Gift"}
    lines = [row(source, 1, **new) for source in ("briefs", "landing", "utm")]
    assert why(made("tracking_url", *lines)) == ("the campaign has no accepted id yet", "proposed: NL-0001")


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(INPUTS)), st.sampled_from([None, UNREADABLE, AMBIGUOUS]), max_size=5))
def test_a_link_is_made_exactly_when_nothing_is_missing_and_all_that_is_missing_is_told_at_once(
    missing: dict[str, Parsed],
) -> None:
    lines = everything()
    for name, said in missing.items():
        lines = changed(lines, INPUTS[name], name, said)
    found = made("tracking_url", *lines)
    if not missing:
        assert found == Known(TRACKING_URL)
        return
    assert isinstance(found, Unknown)
    labels = {name: RULES.fields[name].label for name in INPUTS}
    told = [reason.removeprefix("no ").split(" in ")[0] for reason in found.reason.split("; ")]
    assert sorted(told) == sorted(labels[name] for name in missing), "each reason is told once"


@pytest.mark.parametrize(("page", "reason"), [
    ("http://www.northlight.example/x", "landing page: not https"),
    ("https://staging.northlight.example/x", "landing page: staging host"),
    ("https://shop.partner.example/x", "landing page: host not allowed"),
    ("https://bit.ly/x", "landing page: short link"),
    ("www.northlight.example/x", "landing page: no scheme"),
])  # fmt: skip
def test_a_page_no_link_may_be_made_from_is_the_reason(page: str, reason: str) -> None:
    found = made("tracking_url", said={"landing__landing_page": page})
    assert isinstance(found, Unknown)
    assert reason in found.reason


def test_a_channel_without_a_medium_is_told_without_quoting_it() -> None:
    found = made("utm_medium", by=rules(media={"paid_social": "paid_social"}))
    assert isinstance(found, Unknown)
    assert "Channel" in found.reason
    assert "email" not in found.reason
    assert "email" in found.detail


@pytest.mark.parametrize("blank", ["\u200d", "\u2060\u200d", "ㅤ", "\u2800", "★★★", "日本語"])
def test_an_input_nobody_can_see_or_spell_in_a_link_is_a_reason_and_no_crash(blank: str) -> None:
    found = made("tracking_url", said={"utm__slot": blank})
    assert isinstance(found, Unknown)
    assert "Placement" in found.reason


@pytest.mark.parametrize("blank", ["\u200d", "\u2060", "\u200b \u200d"])
def test_an_invisible_value_that_an_owner_typed_for_a_link_is_a_reason_and_no_crash(blank: str) -> None:
    by = rules(
        templates={name: text for name, text in RULES.templates.items() if name != "utm_medium"},
        owners={**RULES.owners, "utm_medium": "utm"},
    )
    found = made("tracking_url", by=by, said={"utm__utm_medium": blank})
    assert isinstance(found, Unknown)
    assert "utm_medium" in found.reason


# ---------------------------------------------------------------- made from the owners' words

pages = st.sampled_from([
    "https://www.northlight.example/",
    "https://www.northlight.example/a?lang=en&src=a%26b&grid#deals",
    "https://www.northlight.example/a?gclid=x&utm_source=old",
])  # fmt: skip
texts = st.sampled_from(["Lou's & Co.", "Café Zürich", "O’Malley", "Black Friday – 2026!", "A+B"])


@given(pages, texts, texts, st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_a_link_leads_to_the_owners_page_carries_the_owners_words_and_is_the_same_each_time(
    page: str, partner: str, slot: str, start: date
) -> None:
    said: dict[str, Parsed] = {"landing__landing_page": page, "briefs__partner": partner, "utm__slot": slot}
    said["briefs__flight_start"] = start
    link = made("tracking_url", said=said)
    assert isinstance(link, Known)
    assert link == made("tracking_url", said=said)
    assert same_url(str(link.value), page)
    assert not [defect for defect in inspect(str(link.value), RULES.tracking) if defect.blocks]
    carried = read(str(link.value))
    assert tuple(carried) == RULES.tracking.parameters
    assert carried["utm_campaign"].startswith(f"{start:%Y%m}_")
    for name in RULES.tracking.parameters:
        truth = made(name, said=said)
        assert isinstance(truth, Known)
        assert truth.value == carried[name]


def test_copies_and_typed_values_do_not_enter_a_link() -> None:
    said: dict[str, Parsed] = {
        "landing__partner": "Other",
        "utm__partner": "Third",
        "utm__campaign_name": "Old",
        "utm__utm_medium": "E-Mail",
        "utm__flight_start": date(2020, 1, 1),
        "official__campaign_name": "Oldest",
    }
    assert made("tracking_url", said=said) == Known(TRACKING_URL)


@pytest.mark.parametrize(("text", "value"), [
    ("{flight_start:%Y%m}_{partner}", "202611_harlow-and-finch"),
    ("{flight_start}", "2026-11-16"),
    ("{flight_start:%d.%m.%y}-{flight_end:%j}", "16.11.26-334"),
    ("{promo_code}", "finch20"),
    ("{offer}", "20-off"),
    ("{campaign_id}", "nl-1001"),
    ("{partner}{partner}", "harlow-and-finchharlow-and-finch"),
    ("q4", "q4"),
    ("{utm_content}_{utm_medium}", "hero-banner_email"),
    ("{channel}", "email"),
])  # fmt: skip
def test_a_template_is_filled_with_slugs_and_patterned_days(text: str, value: str) -> None:
    assert made("utm_campaign", by=template("utm_campaign", text)) == Known(value)


def test_a_template_that_lacks_an_input_names_it() -> None:
    found = made("utm_campaign", by=template("utm_campaign", "{legal_line}_{partner}"))
    assert why(found) == ("nobody owns Legal line", "")


def test_an_input_without_a_letter_or_digit_is_named() -> None:
    found = made("utm_campaign", said={"briefs__partner": "★", "briefs__campaign_name": "日本"})
    assert why(found) == ("Partner and Campaign has no letter or digit a link could carry", "")


@pytest.mark.parametrize(("channel", "medium"), sorted(RULES.media.items()))
def test_the_medium_is_the_channels(channel: str, medium: str) -> None:
    assert made("utm_medium", said={"utm__channel": channel}) == Known(medium)


def test_without_a_template_a_field_is_its_owners_word() -> None:
    found = made("utm_source")
    assert isinstance(found, Known)
    assert found.value == CAMPAIGN["utm_source"]


def test_an_id_is_never_filled_from_its_own_template() -> None:
    assert made("campaign_id") == Known("NL-1001")


def test_placements_of_one_campaign_differ_in_what_is_theirs() -> None:
    of = generator(*everything(), row("utm", 2, channel="paid_social", slot="Tile", utm_source="facebook"))
    links = [of.value(key, "tracking_url") for key in (PLACEMENT, "NL-1001 / paid_social / tile")]
    carried = [read(str(link.value)) for link in links if isinstance(link, Known)]
    assert [query["utm_content"] for query in carried] == ["hero-banner", "tile"]
    assert [query["utm_medium"] for query in carried] == ["email", "paid_social"]
    assert carried[0]["utm_campaign"] == carried[1]["utm_campaign"]


def test_a_record_nobody_knows_has_no_values() -> None:
    assert isinstance(generator(*everything()).value("NL-9999 / email / x", "tracking_url"), Unknown)
    assert isinstance(generator().value(PLACEMENT, "tracking_url"), Unknown)
    assert record("utm", 1).value("slot") is None
