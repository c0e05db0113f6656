"""One handoff looked at after a run, and an exception from the configuration to the sheet and back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sheetsync import wiring
from sheetsync.core.graph import Exemption
from sheetsync.core.terms import FinePrint, Severity
from sheetsync.errors import UsageError
from sheetsync.faces.conflicts import Wanted, conflict_document, conflicts_document
from sheetsync.faces.contract import contract_document, contract_text
from sheetsync.faces.graph import graph_document
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from tests.engine.conftest import Town

CONTRACT = "briefs->landing.flight_end"


def spare(town: Town, days: int, *records: str) -> None:
    """An exception of one contract, that many days from today."""
    until = wiring.now().date() + timedelta(days=days)
    town.set(replace(town.config.rules, exemptions=(Exemption(CONTRACT, records, "agreed on the phone", until),)))


def flags(town: Town) -> list[tuple[str, str]]:
    found = conflicts_document(town.config, Wanted(source="landing"))["flags"]
    return [(flag["record"], flag["field"]) for flag in found if flag["contract"] == CONTRACT]


def test_a_handoff_is_told_in_a_dozen_lines_with_its_open_flags(town: Town) -> None:
    document = contract_document(town.config, "briefs->landing")
    assert document["open"] == len(document["flags"]) == sum(it["open"] for it in document["contracts"])
    assert {flag["contract"].partition(".")[0] for flag in document["flags"]} == {"briefs->landing"}
    assert all(flag["link"].startswith("http") for flag in document["flags"])
    text = list(contract_text(Screen(links=True), document))
    assert len(text) <= 20
    assert any("Partner briefs (briefs)" in line for line in text)
    assert any("http" in line for line in text)
    assert text[-1].startswith(f"{document['open']} open flag")


def test_one_contract_is_told_with_its_own_flags_only(town: Town) -> None:
    document = contract_document(town.config, CONTRACT)
    assert [(flag["record"], flag["field"]) for flag in document["flags"]] == flags(town) != []
    [one] = document["contracts"]
    assert (one["id"], one["severity"], one["open"]) == (CONTRACT, "high", len(flags(town)))
    assert one["sentence"] in list(contract_text(Screen(), document))
    with pytest.raises(UsageError, match="no handoff is called 'briefs->nobody'"):
        contract_document(town.config, "briefs->nobody")


def test_an_exception_silences_until_its_last_day_and_is_shown_beside_the_field(town: Town) -> None:
    assert ("NL-1003", "flight_end") in flags(town)
    spare(town, 0, "NL-1003")
    town.run()
    assert ("NL-1003", "flight_end") not in flags(town)
    claims = truth_document(town.config, "NL-1003", "flight_end")["fields"][0]["claims"]
    spared = {claim["source"]: [one["ended"] for one in claim["exceptions"]] for claim in claims}
    assert spared == {"briefs": [], "landing": [False], "utm": [], "official": []}
    text = list(truth_text(Screen(), truth_document(town.config, "NL-1003", "flight_end")))
    assert any("exception for NL-1003 until" in line and "(agreed on the phone)" in line for line in text)
    spare(town, -1, "NL-1003")
    town.run()
    assert ("NL-1003", "flight_end") in flags(town), "it holds again"
    text = list(truth_text(Screen(), truth_document(town.config, "NL-1003", "flight_end")))
    assert any("exception for NL-1003 ended" in line and "the contract holds again" in line for line in text)


def test_what_was_agreed_before_an_exception_is_known_after_it(town: Town) -> None:
    before = {k: v for k, v in town.world().ledger.memory().baselines.items() if k[0] == "landing"}
    spare(town, 5, *{record for _, record, _ in before})
    town.run()
    assert {k: v for k, v in town.world().ledger.memory().baselines.items() if k[0] == "landing"} == before


def test_a_record_nobody_knows_is_told_where_the_exception_is(town: Town) -> None:
    spare(town, 5, "NL-1003", "NL-7777")
    [one] = contract_document(town.config, CONTRACT)["exceptions"]
    assert one["unknown"] == ["NL-7777"]
    [same] = graph_document(town.config)["exceptions"]
    assert same == one
    assert any(
        "nobody knows NL-7777" in line for line in contract_text(Screen(), contract_document(town.config, CONTRACT))
    )


def test_a_flag_is_shown_with_the_sentence_its_team_wrote(town: Town) -> None:
    rules, own = town.config.rules, FinePrint(severity=Severity.LOW, sentence="The partner pays until this day.")
    town.set(
        replace(
            rules,
            handoffs=tuple(
                replace(it, fine_prints={"flight_end": own}) if it.id == "briefs->landing" else it
                for it in rules.handoffs
            ),
        )
    )
    town.run()
    found = conflicts_document(town.config, Wanted(source="landing", campaign="NL-1003"))["flags"]
    [flag] = [flag for flag in found if flag["field"] == "flight_end"]
    assert flag["severity"] == "low"
    assert conflict_document(town.config, flag["id"])["flag"]["demands"] == "The partner pays until this day."
