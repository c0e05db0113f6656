"""Who signs an approval, who may give it, what it covers and where it is repeated: as meant and mistaken."""

from dataclasses import dataclass

import pytest

from sheetsync.core.graph import Approval
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

HANDOFFS, SOURCES = "handoffs.yaml", "sources.yaml"

_APPROVALS = """
approvals:
  page:
    source: landing
    state: page_status
    granted: [live, done]
    covers: [offer, budget]
    who: approved_by
    when: approved_on
    approvers: [Mira.Lund@northlight.example, jo@northlight.example]
    claims: {briefs: page_ok}

fields:
  approved_by: {label: Approved by, type: text, of: campaign}
  approved_on: {label: Approved on, type: day, of: campaign}
  page_ok: {label: Page OK, type: choice, of: campaign, vocabulary: status}
"""


@pytest.fixture
def signed(folder: Folder) -> Folder:
    """The example where a page is approved by somebody who signs."""
    folder.append(HANDOFFS, _APPROVALS)
    signing = "      page_status: Status\n      approved_by: Freigabe\n      approved_on: Freigabe am\n"
    folder.change(SOURCES, "      page_status: Status\n", signing)
    folder.change(SOURCES, "      budget: Budget\n", "      budget: Budget\n      page_ok: Page OK\n")
    return folder


def test_an_approval_is_told_to_the_core_whole_and_addresses_without_case(signed: Folder) -> None:
    assert signed.problems() == []
    assert signed.load().rules.approvals == (
        Approval(
            "page",
            "landing",
            "page_status",
            ("live", "done"),
            ("offer", "budget"),
            "approved_by",
            "approved_on",
            ("mira.lund@northlight.example", "jo@northlight.example"),
            {"briefs": "page_ok"},
        ),
    )


def test_what_repeats_an_approval_needs_no_handoff_and_is_no_unread_note(signed: Folder) -> None:
    signed.change(
        HANDOFFS, "Page OK, type: choice, of: campaign,", "Page OK, type: choice, of: campaign, human_only: true,"
    )
    assert signed.problems() == []
    assert "page_ok" not in signed.load().rules.unread_notes


def test_validate_says_it_in_words(signed: Folder) -> None:
    [line] = [line for line in configuration_text(configuration_document(signed.load())) if "approval page" in line]
    assert line == (
        "  approval page: each row of landing where page_status is live or done covers offer, budget; "
        "signed in approved_by and approved_on; "
        "may be given by mira.lund@northlight.example, jo@northlight.example; repeated in briefs.page_ok"
    )


@dataclass(frozen=True)
class Mistake:
    """A change, and what is said of the line it stands on."""

    old: str
    new: str
    said: str


_AT = "approvals.page"
MISTAKES = {
    "signed in no field": Mistake(
        "who: approved_by", "who: aproved_by", "who: no field is named 'aproved_by'; did you mean 'approved_by'?"
    ),
    "signed in a field the log lacks": Mistake(
        "who: approved_by", "who: channel", "who: 'landing' does not map 'channel'; add it to sources.landing.columns"
    ),
    "a day that is none": Mistake("when: approved_on", "when: notes", "when: 'notes' is no day and no moment"),
    "no address": Mistake("jo@northlight.example", "Jo from Legal", "approvers[1]: is no e-mail address"),
    "one approver twice": Mistake(
        "jo@northlight.example",
        "MIRA.LUND@northlight.example",
        "approvers[1]: names 'MIRA.LUND@northlight.example' twice",
    ),
    "covers itself": Mistake(
        "covers: [offer, budget]",
        "covers: [offer, page_status]",
        "covers[1]: 'page_status' is the approval itself; name what is approved",
    ),
    "covers one field twice": Mistake(
        "covers: [offer, budget]", "covers: [offer, offer]", "covers[1]: names 'offer' twice"
    ),
    "repeated by no source": Mistake(
        "claims: {briefs:", "claims: {brief:", "claims.brief: no source of that name; did you mean 'briefs'?"
    ),
    "repeated in no field": Mistake(
        "{briefs: page_ok}",
        "{briefs: page_okay}",
        "claims.briefs: no field is named 'page_okay'; did you mean 'page_ok'?",
    ),
    "repeated in a field the source lacks": Mistake(
        "{briefs: page_ok}",
        "{utm: page_ok}",
        "claims.utm: 'utm' does not map 'page_ok'; add it to sources.utm.columns",
    ),
    "repeated where it stands": Mistake(
        "{briefs: page_ok}", "{landing: page_status}", "claims.landing: is where the approval itself stands"
    ),
    "repeated in a text": Mistake(
        "{briefs: page_ok}", "{briefs: notes}", "claims.briefs: 'notes' is of type text; it must be a choice"
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(signed: Folder, name: str) -> None:
    mistake = MISTAKES[name]
    line = signed.change(HANDOFFS, mistake.old, mistake.new)
    assert signed.problems() == [f"{HANDOFFS}:{line}: {_AT}.{mistake.said}"]


def test_other_words_than_the_approver_s_are_told(signed: Folder) -> None:
    signed.change(HANDOFFS, "of: campaign, vocabulary: status}", "of: campaign, vocabulary: yeses}")
    signed.append("tracking.yaml", "\n")
    signed.change("tracking.yaml", "  status:\n", "  yeses:\n    fine: [Fine]\n  status:\n")
    assert [problem.partition(": ")[2] for problem in signed.problems()] == [
        f"{_AT}.claims.briefs[{number}]: no word of vocabularies.yeses is named '{word}'"
        for number, word in enumerate(("live", "done"))
    ]


def test_an_approval_in_a_table_can_be_attested_by_nobody(signed: Folder) -> None:
    signed.change(
        HANDOFFS, "    source: landing\n    state: page_status\n", "    source: official\n    state: campaign_status\n"
    )
    signed.change(HANDOFFS, "    who: approved_by\n    when: approved_on\n", "")
    assert [problem.partition(": ")[2] for problem in signed.problems()] == [
        f"{_AT}.approvers: 'official' is a table, where no cell is protected: who gave it can never be attested"
    ]
