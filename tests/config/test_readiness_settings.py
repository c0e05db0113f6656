"""When a handoff may be taken, is taken, is done: as meant, as told in words, and mistaken."""

from dataclasses import dataclass

import jsonschema
import pytest

from sheetsync.config import json_schema
from sheetsync.core.graph import READY_WHEN, Readiness
from sheetsync.core.terms import Severity
from sheetsync.faces.configuration import configuration_document, configuration_text
from sheetsync.faces.graph import graph_document, graph_text
from sheetsync.faces.tables import Screen
from tests.config.conftest import Folder

HANDOFFS, SOURCES = "handoffs.yaml", "sources.yaml"
_EDGE = "    contracts:\n      tracking_url: generated\n      utm_medium: generated\n"
_READY = """\
    severity: high
    ready_when:
      agree: [offer, promo_code]
      filled: [landing_page, flight_end]
      is: {page_status: [live, ready]}
      production: [landing_page]
      approved: [page]
    taken_when: {placement_status: [planned, ready]}
    done_when: {placement_status: live}
"""
_APPROVALS = """
approvals:
  page:
    source: landing
    state: page_status
    granted: [live, done]
    covers: [offer, promo_code]
"""


@pytest.fixture
def waiting(folder: Folder) -> Folder:
    """The example in which the UTM builder waits for the landing page."""
    folder.change(HANDOFFS, _EDGE, _EDGE + _READY)
    folder.append(HANDOFFS, _APPROVALS)
    return folder


# ---------------------------------------------------------------- what it means


def test_readiness_is_told_to_the_core(waiting: Folder) -> None:
    [handoff] = [one for one in waiting.load().rules.handoffs if one.id == "landing->utm"]
    assert handoff.ready_when == Readiness(
        agree=("offer", "promo_code"),
        filled=("landing_page", "flight_end"),
        says={"page_status": ("live", "ready")},
        production=("landing_page",),
        approved=("page",),
    )
    assert handoff.taken_when == {"placement_status": ("planned", "ready")}
    assert handoff.done_when == {"placement_status": ("live",)}
    assert handoff.fine_print(READY_WHEN).severity is Severity.HIGH


def test_a_handoff_that_says_nothing_of_it_asks_for_nothing(folder: Folder) -> None:
    for handoff in folder.load().rules.handoffs:
        assert (handoff.ready_when, handoff.taken_when, handoff.done_when) == (None, {}, {})
        assert handoff.fine_prints == {}


def test_a_field_that_readiness_asks_about_is_no_unread_note(waiting: Folder) -> None:
    rules = waiting.load().rules
    assert "brand_approval" in rules.unread_notes
    waiting.change(HANDOFFS, "is: {page_status: [live, ready]}", "filled: [landing_page, brand_approval]")
    waiting.change(HANDOFFS, "      filled: [landing_page, flight_end]\n", "")
    waiting.change(HANDOFFS, "owners:\n", "owners:\n  brand_approval: briefs\n")
    assert "brand_approval" not in waiting.load().rules.unread_notes


def test_validate_and_graph_say_it_in_words(waiting: Folder) -> None:
    config = waiting.load()
    demands = (
        "offer and promo_code alike everywhere; landing_page and flight_end filled; page_status is live or ready; "
        "landing_page on a production host; page approved and not stale"
    )
    document = configuration_document(config)
    lines = list(configuration_text(document))
    for said in (
        f"ready when {demands}",
        "taken when placement_status is planned or ready",
        "done when placement_status is live",
    ):
        assert f"      {said}" in lines
    assert demands in "\n".join(graph_text(Screen(), graph_document(config)))
    assert document["handoffs"][3]["ready_when"] == {
        "agree": ["offer", "promo_code"],
        "filled": ["landing_page", "flight_end"],
        "production": ["landing_page"],
        "approved": ["page"],
        "is": {"page_status": ["live", "ready"]},
    }


def test_editors_take_what_the_tool_takes() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    edge = {"from": "a", "to": "b"}
    ready = {"agree": ["offer"], "is": {"page_status": "live"}, "production": ["landing_page"], "approved": ["legal"]}
    assert validator.is_valid({"handoffs": [{**edge, "ready_when": ready, "done_when": {"placement_status": "done"}}]})
    assert not validator.is_valid({"handoffs": [{**edge, "ready_when": {"agrees": ["offer"]}}]})
    assert not validator.is_valid({"handoffs": [{**edge, "ready_when": ["offer"]}]})
    assert not validator.is_valid({"handoffs": [{**edge, "taken_when": "ready"}]})


# ---------------------------------------------------------------- mistakes


@dataclass(frozen=True)
class Mistake:
    """A change, and what is said of the line it stands on."""

    old: str
    new: str
    said: str
    below: int = 0


_AT = "handoffs[3].ready_when"
_OWN = "nobody owns 'price', so there is no word to hold to; add it to owners"

MISTAKES = {
    "misspelt demand": Mistake(
        "agree: [", "agrees: [", f"{_AT}.agrees: no setting of that name; did you mean 'agree'?"
    ),
    "a field there is not": Mistake(
        "agree: [offer, promo_code]",
        "agree: [offer, promo_cod]",
        f"{_AT}.agree[1]: no field is named 'promo_cod'; did you mean 'promo_code'?",
    ),
    "a field nobody owns": Mistake("agree: [offer, promo_code]", "agree: [offer, price]", f"{_AT}.agree[1]: {_OWN}"),
    "nobody fills it": Mistake(
        "filled: [landing_page, flight_end]", "filled: [landing_page, price]", f"{_AT}.filled[1]: {_OWN}"
    ),
    "a field twice": Mistake(
        "filled: [landing_page, flight_end]",
        "filled: [landing_page, landing_page]",
        f"{_AT}.filled[1]: names 'landing_page' twice",
    ),
    "a word where a list is needed": Mistake(
        "agree: [offer, promo_code]", "agree: offer", f"{_AT}.agree: text where a list is needed"
    ),
    "what has no host": Mistake(
        "production: [landing_page]",
        "production: [offer]",
        f"{_AT}.production[0]: 'offer' is of type offer; only a url has a host",
    ),
    "an approval there is not": Mistake(
        "approved: [page]", "approved: [pages]", f"{_AT}.approved[0]: no approval is named so; did you mean 'page'?"
    ),
    "a word there is not": Mistake(
        "is: {page_status: [live, ready]}",
        "is: {page_status: [life, ready]}",
        f"{_AT}.is.page_status[0]: no word of vocabularies.status is named 'life'; did you mean 'live'?",
    ),
    "a condition on no field": Mistake(
        "is: {page_status: [live, ready]}",
        "is: {page_state: [live, ready]}",
        f"{_AT}.is.page_state: no field of that name; did you mean 'page_status'?",
    ),
    "taken by a word there is not": Mistake(
        "taken_when: {placement_status: [planned, ready]}",
        "taken_when: {placement_status: [planed, ready]}",
        "handoffs[3].taken_when.placement_status[0]: no word of vocabularies.status is named 'planed'; "
        "did you mean 'planned'?",
    ),
    "taken by what the receiver does not say": Mistake(
        "taken_when: {placement_status: [planned, ready]}",
        "taken_when: {campaign_status: [ready]}",
        "handoffs[3].taken_when.campaign_status: 'utm' does not map 'campaign_status'; add it to sources.utm.columns",
    ),
    "done by no field": Mistake(
        "done_when: {placement_status: live}",
        "done_when: {status: live}",
        "handoffs[3].done_when.status: no field of that name; did you mean 'page_status'?",
    ),
    "done by no word": Mistake(
        "done_when: {placement_status: live}",
        "done_when: {placement_status: []}",
        "handoffs[3].done_when.placement_status: names no word",
    ),
    "demanding nothing": Mistake(
        _READY[_READY.index("    ready_when") : _READY.index("    taken_when")],
        "    ready_when: {agree: []}\n",
        f"{_AT}: demands nothing; there is agree, filled, is, production, approved",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(waiting: Folder, name: str) -> None:
    assert waiting.problems() == []
    mistake = MISTAKES[name]
    line = waiting.change(HANDOFFS, mistake.old, mistake.new) + mistake.below
    [problem] = waiting.problems()
    file_and_line, _, said = problem.partition(": ")
    assert said == mistake.said
    assert file_and_line == f"{HANDOFFS}:{line}"
