"""What may not change by itself shortly before launch: as meant, and every mistake with its line."""

from datetime import timedelta

import pytest

from sheetsync.core.graph import Freeze
from sheetsync.core.terms import Severity
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

HANDOFFS = "handoffs.yaml"


def with_freeze(folder: Folder, text: str) -> Folder:
    folder.append(HANDOFFS, f"\ngroups:\n  terms: [offer, promo_code]\nfreeze:\n{text}")
    return folder


def test_a_rule_is_frozen_with_its_groups_written_out_and_validate_tells_it(folder: Folder) -> None:
    rules = "  - {within: 48 h, fields: [terms, flight_end], needs: [Ana, Ben]}\n"
    rules += "  - {within: 2 days, fields: budget, until: launch, severity: low}\n"
    config = with_freeze(folder, rules).load()
    assert config.rules.freezes == (
        Freeze(timedelta(hours=48), ("offer", "promo_code", "flight_end"), ("Ana", "Ben")),
        Freeze(timedelta(days=2), ("budget",), (), Severity.LOW, until_end=False),
    )
    said = list(configuration_text(configuration_document(config)))
    assert "  within 48 h of launch a change of offer, promo_code, flight_end needs a yes from Ana or Ben" in said
    assert "  within 48 h of launch a change of budget needs a yes, until launch" in said


def test_a_field_of_a_group_stands_for_the_group(folder: Folder) -> None:
    config = with_freeze(folder, "  - {within: 90 min, fields: promo_code}\n").load()
    assert config.rules.freezes == (Freeze(timedelta(minutes=90), ("offer", "promo_code")),)


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ("{within: 48, fields: offer}", ""),
        ("{within: soon, fields: offer}", "is no time; write 48 h, 2 days or 90 min"),
        ("{within: 0 h, fields: offer}", "is no time"),
        ("{within: 48 h, fields: []}", "names no field"),
        ("{within: 48 h, fields: offr}", "did you mean 'offer'?"),
        ("{within: 48 h, fields: [offer, offer]}", "names 'offer' twice"),
        ("{within: 48 h, fields: campaign_id}", "says which row it is"),
        ("{within: 48 h, fields: utm_campaign}", "is generated; name what it is made of"),
        ("{within: 48 h, fields: notes}", "nobody owns 'notes'"),
        ("{within: 48 h, fields: offer, needs: [Ana, Ana]}", "names 'Ana' twice"),
        ("{within: 48 h, fields: offer, until: never}", ""),
        ("{within: 48 h}", ""),
    ],
)
def test_a_mistaken_rule_is_told_with_its_line(folder: Folder, rule: str, what: str) -> None:
    place = with_freeze(folder, f"  - {rule}\n").at(HANDOFFS, "- {within", after="\nfreeze:")
    [problem] = [line for line in folder.problems() if line.strip().startswith(place)]
    assert what in problem


def test_two_rules_for_one_field_and_one_time_are_told(folder: Folder) -> None:
    twice = "  - {within: 48 h, fields: offer}\n  - {within: 2 days, fields: [flight_end, offer]}\n"
    assert any("'offer' is in freeze[0] for the same time" in line for line in with_freeze(folder, twice).problems())
