"""A change within a freeze, shown in full: what was agreed, what it wants to be, whose yes; and its cell once."""

import json
from typing import Any

import pytest

from sheetsync.faces.conflicts import Wanted, conflict_document, conflict_text, conflicts_document, conflicts_text
from sheetsync.faces.tables import Screen
from tests.engine.conftest import Town
from tests.engine.hall import Hall, freeze_offers, late_offer


@pytest.fixture
def hall(decided_in: Town) -> Hall:
    hall = Hall(decided_in)
    freeze_offers(hall, "Ana", "Ben")
    return hall


def text(document: Any) -> str:
    return " ".join(" ".join(conflict_text(Screen(None), document)).split())


def test_it_is_said_what_was_agreed_what_it_wants_to_be_and_whose_yes(hall: Hall) -> None:
    document = conflict_document(hall.town.config, late_offer(hall))
    shown, case = text(document), document["conflict"]
    assert "agreed (B) 30% off counts until somebody says yes" in shown
    assert "wants to be (A) 50% off in Partner briefs (owner), Q4 briefs!G9" in shown
    assert "waits for a yes from Ana or Ben" in shown
    assert case["waits_for"]["needs"] == ["Ana", "Ben"]
    assert "changes to 50% off" not in shown, "the cell says that already"
    keeps = {it["keep"]: [(one["cell"], one["to"]) for one in it["changes"]] for it in case["choices"]}
    assert keeps == {"a": [], "b": [("Q4 briefs!G9", "30% off")]}
    assert "keep a yes: 50% off counts, as the cell says already" in shown
    assert "keep b 30% off counts on Partner briefs Q4 briefs!G9 changes to 30% off" in shown


def test_its_cell_is_linked_once(hall: Hall) -> None:
    document = conflict_document(hall.town.config, late_offer(hall))
    case = document["conflict"]
    assert (case["b"]["link"], case["b"]["cells"]) == (None, {})
    assert json.dumps(case).count(case["a"]["link"]) == 1


def test_the_list_of_open_conflicts_says_it_too(hall: Hall) -> None:
    late_offer(hall)
    told = conflicts_document(hall.town.config, Wanted(states=("open",)))
    shown = " ".join(" ".join(conflicts_text(Screen(None), told)).split())
    assert "wants to be 50% off" in shown
    assert "counts 30% off" in shown
