"""`truth`: every place that claims a value, whose word counts, and what the generated value is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsync.errors import UsageError
from sheetsync.faces.truth import truth_document
from tests.season import Season, season


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    place: Path = tmp_path_factory.mktemp("truth")
    with season(place) as it:
        it.reconcile()
        yield it


def test_a_campaign_s_field_is_claimed_in_the_rows_of_its_placements_too(loaded: Season) -> None:
    told = truth_document(loaded.config, "nl-1003", "flight_end")["fields"][0]
    assert (told["owner"], told["value"]) == ("briefs", "2026-11-30")
    cells = {(claim["source"], claim["cell"], claim["agrees"]) for claim in told["claims"]}
    assert cells == {
        ("briefs", "F9", True),
        ("landing", "G6", False),
        ("utm", "I4", True),
        ("utm", "I5", True),
        ("official", "ends_on", True),
    }


def test_a_placement_knows_what_its_campaign_s_owner_says(loaded: Season) -> None:
    told = truth_document(loaded.config, "NL-1003/email/hero-banner", "flight_end")["fields"][0]
    assert told["value"] == "2026-11-30"


def test_a_generated_value_counts_against_what_was_typed(loaded: Season) -> None:
    wrong = truth_document(loaded.config, "NL-1003 / paid_search / brand-keywords", "tracking_url")["fields"][0]
    assert wrong["owner"] == "generated"
    assert wrong["value"].endswith("utm_id=nl-1003#deals")
    assert [claim["agrees"] for claim in wrong["claims"]] == [False]
    reordered = truth_document(loaded.config, "NL-1002 / paid_social / carousel-a", "tracking_url")["fields"][0]
    assert [claim["agrees"] for claim in reordered["claims"]] == [True]


def test_a_field_of_placements_is_not_asked_of_a_campaign(loaded: Season) -> None:
    with pytest.raises(UsageError, match="NL-1003 / email / hero-banner or NL-1003 / paid_search / brand-keywords"):
        truth_document(loaded.config, "NL-1003", "tracking_url")
