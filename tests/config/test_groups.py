"""Fields that change together: as meant, and every mistake with its line."""

import pytest

from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

HANDOFFS = "handoffs.yaml"


def grouped(folder: Folder, text: str) -> Folder:
    folder.append(HANDOFFS, f"\ngroups:\n{text}")
    return folder


def test_a_group_is_frozen_in_its_order_and_validate_tells_it(folder: Folder) -> None:
    config = grouped(folder, "  offer_terms: [offer, promo_code, flight_end]\n").load()
    assert config.rules.groups == {"offer_terms": ("offer", "promo_code", "flight_end")}
    assert config.rules.group_of("promo_code") == ("offer", "promo_code", "flight_end")
    assert config.rules.group_of("partner") == ("partner",)
    document = configuration_document(config)
    assert document["groups"] == {"offer_terms": ["offer", "promo_code", "flight_end"]}
    assert "  offer, promo_code and flight_end change together (offer_terms)" in list(configuration_text(document))


@pytest.mark.parametrize(
    ("text", "at", "what"),
    [
        ("  terms: [offer]\n", "terms:", "fewer than two fields"),
        ("  terms: []\n", "terms:", "fewer than two fields"),
        ("  terms: [offer, offr]\n", "terms:", "did you mean 'offer'?"),
        ("  terms: [offer, offer]\n", "terms:", "names 'offer' twice"),
        ("  terms: [offer, landing_page]\n", "terms:", "has several owners (briefs, landing)"),
        ("  terms: [offer, promo_code]\n  more: [flight_end, offer]\n", "more:", "'offer' is in groups.terms already"),
        ("  terms: offer\n", "terms:", ""),
    ],
)
def test_a_mistaken_group_is_told_with_its_line(folder: Folder, text: str, at: str, what: str) -> None:
    place = grouped(folder, text).at(HANDOFFS, at, after="\ngroups:")
    [problem] = [line for line in folder.problems() if line.strip().startswith(place)]
    assert what in problem


def test_all_mistakes_of_groups_are_told_at_once(folder: Folder) -> None:
    grouped(folder, "  one: [offer]\n  two: [offer, landing_page]\n  three: [promo_code, promo_kode]\n")
    assert len([line for line in folder.problems() if HANDOFFS in line]) >= 3
