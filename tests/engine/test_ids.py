"""Campaign ids: proposed once, kept, accepted by a person's hand, never given out twice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from sheetsync import wiring
from tests.season import STORY, Season, season

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"
NEW_ROW = 19  # 0-based, "New Year Playbook"


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Season]:
    with season(tmp_path) as it:
        yield it


def proposals(document: Mapping[str, Any]) -> list[str]:
    return [made["value"] for made in document["generated"] if made["field"] == "campaign_id"]


def link_of_the_new_campaign(document: Mapping[str, Any]) -> str | None:
    made = {line["row"]: line["value"] for line in document["generated"] if line["source"] == "utm"}
    return made.get(18)


def type_into_briefs(loaded: Season, row: int, column: int, text: str) -> None:
    where = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    cell = {"userEnteredValue": {"stringValue": text}}
    update = {"start": where, "rows": [{"values": [cell]}], "fields": "userEnteredValue"}
    loaded.sandbox.act(BRIEFS, [{"updateCells": update}])


def test_a_proposed_id_is_kept_from_run_to_run(loaded: Season) -> None:
    assert proposals(loaded.reconcile()) == ["NL-1366"]
    assert proposals(loaded.reconcile()) == ["NL-1366"]


def test_an_id_typed_into_the_brief_is_accepted_and_the_link_is_made(loaded: Season) -> None:
    loaded.reconcile()
    type_into_briefs(loaded, NEW_ROW, 2, "NL-1366")
    document = loaded.reconcile()
    assert proposals(document) == []
    assert (link_of_the_new_campaign(document) or "").endswith("&utm_id=nl-1366")


def test_an_id_typed_into_the_register_is_accepted_for_the_brief_that_still_lacks_it(
    loaded: Season, tmp_path: Path
) -> None:
    loaded.reconcile()
    register = tmp_path / "register.csv"
    line = "NL-1366,New Year Playbook,Finch Harbor,2027-01-02,2027-01-15,10% off,,6000,planned,\n"
    register.write_text((STORY / "records.csv").read_text().rstrip("\n") + "\n" + line)
    wiring.load_records(loaded.config, "campaigns", register)
    document = loaded.reconcile()
    assert proposals(document) == []
    assert (link_of_the_new_campaign(document) or "").endswith("&utm_id=nl-1366")
    assert not any(flag["kind"] in ("orphan_row", "ambiguous") for flag in document["flags"] if flag["row"] == 12)


def test_a_number_is_never_given_out_twice(loaded: Season) -> None:
    assert proposals(loaded.reconcile()) == ["NL-1366"]
    type_into_briefs(loaded, NEW_ROW, 3, "Another New Campaign")
    assert proposals(loaded.reconcile()) == ["NL-1367"]
    type_into_briefs(loaded, NEW_ROW, 3, "New Year Playbook")
    assert proposals(loaded.reconcile()) == ["NL-1366"], "the first campaign gets its own number back"


def test_the_truth_about_a_campaign_without_id_is_asked_by_its_names(loaded: Season) -> None:
    from sheetsync.faces.truth import truth_document

    loaded.reconcile()
    told = truth_document(loaded.config, "finch harbor / new year playbook", "flight_end")
    assert told["record"] == "NL-1366"
    assert {claim["source"] for claim in told["fields"][0]["claims"]} == {"briefs", "landing", "utm"}
