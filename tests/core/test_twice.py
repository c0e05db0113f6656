"""One link, or one name, for two placements: told at both cells, withheld where it was made."""

from dataclasses import replace
from datetime import date

import pytest

from sheetsync.core.decide import Decisions
from sheetsync.core.fields import Field, field_type
from sheetsync.core.flags import Flag
from sheetsync.core.graph import Rules
from sheetsync.core.making import Past
from sheetsync.core.model import Entity, Parsed
from sheetsync.core.terms import Severity
from tests.core.builders import PLACEMENT, RULES, TRACKING_URL, decided, everything, row, rules, snapshots

OTHER = "NL-1001 / email / tile"
SAME_CONTENT = rules(templates={**RULES.templates, "utm_content": "x"})


def told(by: Rules = RULES, past: Past | None = None, first: Parsed = None, second: Parsed = None) -> Decisions:
    """The one placement and a second one, with these links typed."""
    lines = [*everything(utm__tracking_url=first), row("utm", 2, slot="Tile", tracking_url=second)]
    return decided(snapshots(*lines), by, past)


def same(found: Decisions) -> list[Flag]:
    return [flag for flag in found.flags if flag.subject.endswith("twice")]


def test_a_link_typed_for_two_placements_is_told_at_both_cells() -> None:
    found = told(first=TRACKING_URL, second=TRACKING_URL)
    assert {(it.record, it.field, it.severity) for it in same(found)} == {
        (PLACEMENT, "tracking_url", Severity.HIGH),
        (OTHER, "tracking_url", Severity.HIGH),
    }
    assert OTHER in next(it.message for it in same(found) if it.record == PLACEMENT)
    assert len({flag.id for flag in found.flags}) == len(found.flags)


def test_two_links_that_would_be_made_alike_are_withheld_both() -> None:
    found = told(SAME_CONTENT)
    assert {(it.record, it.reason) for it in found.withheld} == {
        (PLACEMENT, "Tracking URL would be the same as another placement's"),
        (OTHER, "Tracking URL would be the same as another placement's"),
    }
    assert found.generated == ()
    assert {it.record for it in same(found)} == {PLACEMENT, OTHER}


def test_of_two_links_alike_the_live_one_stays() -> None:
    link = TRACKING_URL.replace("hero-banner", "x")
    past = Past(date(2026, 11, 20), published={("utm", PLACEMENT, "tracking_url"): link})
    found = told(SAME_CONTENT, past)
    assert [(it.record, it.value) for it in found.generated] == [(PLACEMENT, link)]
    assert [it.record for it in found.withheld] == [OTHER]


def test_a_bare_page_is_everybodys() -> None:
    page = "https://www.northlight.example/cyber?lang=en"
    by = rules(tagged_by={"email": "the email platform"})
    assert same(told(by, first=page, second=page)) == []
    assert [it.value for it in told(by).generated] == [page, page]


def test_the_order_of_rows_does_not_matter() -> None:
    lines = [*everything(), row("utm", 2, slot="Tile")]
    there, back = decided(snapshots(*lines), SAME_CONTENT), decided(snapshots(*reversed(lines)), SAME_CONTENT)
    assert {it.id for it in there.flags} == {it.id for it in back.flags}
    assert set(there.withheld) == set(back.withheld)


def named(template: str) -> Rules:
    """The company, with names for its placements."""
    field = Field("placement_name", "Placement name", Entity.PLACEMENT, field_type("text", None))
    utm = replace(RULES.sources["utm"], generated=("placement_name",))
    return rules(
        fields={**RULES.fields, "placement_name": field},
        sources={**RULES.sources, "utm": utm},
        templates={**RULES.templates, "placement_name": template},
    )


@pytest.mark.parametrize(("template", "withheld"), [
    ("{channel}_{slot:.1}", 0),
    ("{channel}_{campaign_id}", 0),
    ("{channel}_{slot}", 0),
])  # fmt: skip
def test_names_that_differ_or_do_not_tell_placements_apart_are_no_trouble(template: str, withheld: int) -> None:
    assert len(told(named(template)).withheld) == withheld


def test_a_name_cut_to_anothers_is_told_like_a_link() -> None:
    lines = [*everything(), row("utm", 2, slot="Hero video")]
    found = decided(snapshots(*lines), named("{channel}_{slot:.4}"))
    assert {it.reason for it in found.withheld} == {"Placement name would be the same as another placement's"}
    assert len(same(found)) == 2
