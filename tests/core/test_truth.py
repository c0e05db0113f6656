"""Laws of the owner's word: it is known or it is said why not, and no copy, however many, speaks for the owner."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.model import Parsed, Record
from sheetsync.core.truth import Known, Truth, Truths, Unknown, campaign_of
from tests.core.builders import (
    AMBIGUOUS,
    CAMPAIGN,
    PLACEMENT,
    RULES,
    UNREADABLE,
    everything,
    matched,
    record,
    row,
    rules,
    snapshots,
)

OWNED = {name: owner for name, owner in RULES.owners.items() if name != "campaign_id"}


def truths(*records: Record, **more: object) -> Truths:
    return Truths(RULES, matched(snapshots(*records)), **({"unread": {}} | more))  # type: ignore[arg-type]


def why(found: Truth) -> tuple[str, str]:
    """The reason there is no value, and its detail."""
    assert isinstance(found, Unknown), found
    return found.reason, found.detail


offers: st.SearchStrategy[Parsed] = st.sampled_from([None, UNREADABLE, "ONE", "TWO", "THREE"])


@given(offers, offers, offers)
def test_copies_never_change_what_the_owner_says(owner: Parsed, one: Parsed, other: Parsed) -> None:
    alone = truths(*everything(briefs__promo_code=owner))
    among = truths(
        *everything(briefs__promo_code=owner, landing__promo_code=one, official__promo_code=other),
    )
    said, without = among.of("NL-1001", "promo_code"), alone.of("NL-1001", "promo_code")
    assert said == without
    assert (isinstance(said, Known) and said.value == owner) == isinstance(owner, str)


@pytest.mark.parametrize("name", sorted(OWNED))
def test_an_owners_value_is_known_with_the_cell_it_stands_in(name: str) -> None:
    said = truths(*everything(utm__placement_status="live")).of(PLACEMENT, name)
    assert isinstance(said, Known)
    assert said.value == CAMPAIGN.get(name, "live")
    assert said.claim is not None
    assert said.claim.place.source == OWNED[name]


@pytest.mark.parametrize("name", sorted(OWNED))
@pytest.mark.parametrize(("said", "reason"), [(None, "no {}"), (UNREADABLE, "{} in"), (AMBIGUOUS, "{} in")])
def test_what_the_owner_leaves_blank_or_unclear_is_unknown_and_named(name: str, said: Parsed, reason: str) -> None:
    of = truths(*(_with(line, name, said) if line.source == OWNED[name] else line for line in everything()))
    key = next(item.key for item in of.matched.identified if item.record.source == OWNED[name])
    found = of.of(key, name)
    assert isinstance(found, Unknown)
    assert reason.format(RULES.fields[name].label) in found.reason
    assert RULES.sources[OWNED[name]].title in found.reason


def _with(line: Record, name: str, parsed: Parsed) -> Record:
    return replace(line, claims={**line.claims, name: replace(line.claims[name], parsed=parsed)})


@pytest.mark.parametrize("name", sorted(set(OWNED) - {"channel", "slot", "utm_source", "placement_status"}))
def test_without_the_owners_row_nothing_is_known(name: str) -> None:
    found = truths(row("official"), *(r for r in everything()[1:] if r.source != OWNED[name])).of("NL-1001", name)
    title = RULES.sources[OWNED[name]].title
    assert why(found) == (f"no {RULES.fields[name].label}: {title} has no row for it", "")


def test_two_rows_of_the_owner_are_no_word_even_if_they_agree() -> None:
    of = truths(*everything(), row("briefs", 2))
    assert why(of.of("NL-1001", "offer")) == ("no Offer: two rows in Partner briefs have the same key", "")
    assert isinstance(of.of("NL-1001", "landing_page"), Known)


def test_a_source_that_could_not_be_read_says_nothing_rather_than_no() -> None:
    of = truths(row("official"), unread={"briefs": "quota"})
    assert why(of.of("NL-1001", "offer")) == ("Partner briefs could not be read", "")


def test_a_field_without_owner_is_said_to_have_none() -> None:
    assert why(truths(*everything(utm__legal_line="a")).of(PLACEMENT, "legal_line")) == ("nobody owns Legal line", "")


def test_what_one_source_says_is_asked_of_that_source_whoever_owns_it() -> None:
    said = truths(*everything(landing__promo_code="OTHER")).said_by("landing", "NL-1001", "promo_code")
    assert isinstance(said, Known)
    assert said.value == "OTHER"


@pytest.mark.parametrize("key", ["NL-1001", PLACEMENT])
def test_a_disputed_field_of_a_campaign_is_disputed_for_its_placements_too(key: str) -> None:
    of = truths(*everything(), disputed={("NL-1001", "flight_start"): frozenset({"utm"})})
    assert why(of.of(key, "flight_start")) == ("Flight start is in conflict", "")
    assert isinstance(of.of(key, "flight_end"), Known)


def test_a_dispute_speaks_of_the_owner_and_of_every_copy_that_moved() -> None:
    disputed = {("NL-1001", "flight_start"): frozenset({"utm", "landing"})}
    said = truths(*everything(), disputed=disputed).of("NL-1001", "flight_start")
    assert said == Unknown("Flight start is in conflict", sources=frozenset({"briefs", "utm", "landing"}))


def test_a_dispute_over_one_campaign_is_none_over_another() -> None:
    disputed = {("NL-1001", "offer"): frozenset({"landing"})}
    of = truths(*everything(), row("briefs", 2, campaign_id="NL-1002"), disputed=disputed)
    assert isinstance(of.of("NL-1002", "offer"), Known)


def test_an_accepted_id_is_known_and_a_proposed_one_is_not() -> None:
    of = truths(*everything(), record("briefs", 2, partner="Lou's", campaign_name="Gift"))
    assert of.of(PLACEMENT, "campaign_id") == Known("NL-1001")
    assert why(of.of("NL-1002", "campaign_id")) == ("the campaign has no accepted id yet", "proposed: NL-1002")


@given(st.sampled_from([None, "SECRET-TWO", UNREADABLE]), st.booleans(), st.booleans())
def test_a_reason_names_fields_and_sources_and_quotes_nobody(said: Parsed, twice: bool, unread: bool) -> None:
    lines = [*everything(briefs__promo_code=said), *([row("briefs", 2, promo_code="SECRET-THREE")] if twice else [])]
    found = truths(*lines, unread={"briefs": "SECRET"} if unread else {}).of("NL-1001", "promo_code")
    if isinstance(found, Unknown):
        assert "SECRET" not in found.reason
        assert "#REF!" not in found.reason


def test_a_placements_campaign_is_the_first_part_of_its_key() -> None:
    assert [campaign_of(key) for key in ("NL-1001", PLACEMENT)] == ["NL-1001", "NL-1001"]


def test_a_truth_needs_no_template() -> None:
    of = Truths(rules(templates={}), matched(snapshots(*everything())), {})
    assert isinstance(of.of("NL-1001", "offer"), Known)
