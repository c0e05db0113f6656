"""`truth` shows every place that claims a value, what it is to the field, and how it stands to the owner's word."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sheetsync.core.graph import Approval
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from tests.engine.conftest import Town
from tests.engine.people import LANDING, Hand, briefs, builder


def told(town: Town, record: str, field: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = truth_document(town.config, record, field)["fields"][0]
    return found


def claims(town: Town, record: str, field: str) -> Mapping[str, Mapping[str, Any]]:
    return {f"{one['source']} {one['cell']}": one for one in told(town, record, field)["claims"]}


def landing(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def test_the_owner_s_word_counts_however_many_say_something_else(town: Town) -> None:
    hand = briefs(town)
    hand.type(hand.find("NL-1003")[0], 5, "2026-12-24")
    town.run()
    field = told(town, "NL-1003", "flight_end")
    assert (field["owner"], field["value"]) == ("briefs", "2026-12-24")
    assert [one["state"] for one in field["claims"] if one["role"] == "owner"] == ["agrees"]
    others = [one for one in field["claims"] if one["role"] != "owner"]
    assert len(others) == 4
    assert {one["state"] for one in others if one["source"] == "official"} == {"differs"}
    assert {one["contract_id"] for one in others} == {
        "briefs->landing.flight_end",
        "briefs->utm.flight_end",
        "briefs->official.flight_end",
    }
    assert all(one["link"] for one in field["claims"] if one["source"] != "official")


def test_each_state_has_its_word(town: Town) -> None:
    hand, page = briefs(town), landing(town)
    hand.type(hand.find("NL-1001")[0], 6, "35% off")
    page.text(page.find("NL-1001")[0], 8, "36 % Rabatt")
    page.text(page.find("NL-1006")[0], 8, "zq what")
    page.type(page.find("NL-1004")[0], 8, None)
    town.run()
    states = {
        record: {one["source"]: one["state"] for one in told(town, record, "offer")["claims"]}
        for record in ("NL-1001", "NL-1004", "NL-1006", "NL-1007")
    }
    assert states["NL-1001"] == {"briefs": "agrees", "landing": "conflict", "official": "differs"}
    assert states["NL-1006"]["landing"] == "unreadable"
    assert states["NL-1004"]["landing"] == "blank"
    assert states["NL-1007"]["official"] == "agrees"


def test_what_we_publish_is_a_claim_of_ours(town: Town) -> None:
    town.change("utm", publish=("offer",))
    town.run(accept=town.yes_to())
    ours = [one for one in told(town, "NL-1003", "offer")["claims"] if one["role"] == "published by us"]
    assert {(one["source"], one["cell"], one["value"], one["state"]) for one in ours} == {
        ("utm", "ss:offer (briefs)", "30% off", "agrees")
    }
    assert all(one["link"] for one in ours)


def test_a_cell_that_repeats_an_approval_says_so(town: Town) -> None:
    approval = Approval("brand", "official", "brand_approval", ("approved",), (), claims={"briefs": "brand_approval"})
    town.set(replace(town.config.rules, approvals=(approval,)))
    town.run()
    roles = {one["source"]: one["role"] for one in told(town, "NL-1001", "brand_approval")["claims"]}
    assert roles["briefs"] == "repeats an approval"


def test_where_nobody_owns_a_field_there_are_two_sides(town: Town) -> None:
    owners = {name: owner for name, owner in town.config.rules.owners.items() if name != "promo_code"}
    town.set(replace(town.config.rules, owners=owners))
    town.run()
    field = told(town, "NL-1003", "promo_code")
    assert (field["owner"], field["value"]) == (None, None)
    assert {one["source"]: one["role"] for one in field["claims"]} == {
        "briefs": "other side",
        "landing": "copy",
        "official": "system of record",
    }


def test_the_text_says_role_and_state(town: Town) -> None:
    hand = builder(town)
    hand.type(hand.find("NL-1003")[0], 8, "2026-12-24")
    town.run()
    text = "\n".join(truth_text(Screen(), truth_document(town.config, "NL-1003", "flight_end")))
    assert "owner, agrees" in text
    assert "copy, differs" in text
