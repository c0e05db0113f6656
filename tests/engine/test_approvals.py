"""Approvals over HTTP: taken down once, stale by field, contradicted, attested by the sheet's own protection."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sheetsync.core.attestation import AS_OWNER, NONE_OF_THEM, NOT_PROTECTED, NOT_SHOWN, ONLY_WARNED, OURSELVES
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Approval, Visibility
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run
from sheetsync.errors import UsageError
from sheetsync.faces.approvals import approvals_document, approvals_text
from sheetsync.faces.configuration import configuration_document, configuration_text
from sheetsync.faces.conflicts import conflict_document
from sheetsync.faces.status import status_document, status_text
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from sheetsync.ports import ApprovalSeen
from sheetsync.sandbox import email_of
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, Hand, briefs, our_lines
from tests.engine.test_ledger_story import share, unshare

PAGE, STATE, CODE = 3, 4, 7
"""Row (0-based) of NL-1001 in the landing pages, its columns of status and code."""
BRIEF, BUDGET, BRIEF_CODE, OK = 6, 8, 7, 12
ABOUT = ("page", "NL-1001")
MIRA, JON, US, OWNER = (email_of(name) for name in ("mira", "jon", "sheetsync", "person"))
KINDS = (FlagKind.STALE_APPROVAL, FlagKind.CONTRADICTION)
SCREEN = Screen(100)


@pytest.fixture
def approved(untouched: Town) -> Town:
    """The season where a page that is live is approved, and the briefs repeat it; before its first cycle."""
    page(untouched).text(PAGE, STATE, "Online")
    hand, rules = briefs(untouched), untouched.config.rules
    header, _ = hand.find("Ref")
    hand.resize(60, 20)
    hand.text(header, OK, "Page OK")
    repeated = replace(rules.fields["page_status"], name="page_ok", label="Page OK")
    brief = rules.sources["briefs"]
    untouched.set(
        replace(
            rules,
            fields={**rules.fields, "page_ok": repeated},
            sources={**rules.sources, "briefs": replace(brief, columns={**brief.columns, "page_ok": ("Page OK",)})},
            approvals=(
                Approval(
                    "page",
                    "landing",
                    "page_status",
                    ("live",),
                    ("promo_code", "budget"),
                    approvers=(MIRA,),
                    claims={"briefs": "page_ok"},
                ),
            ),
        )
    )
    return untouched


def page(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def said(run: Run) -> list[Flag]:
    return [flag for flag in run.decided.flags if flag.kind in KINDS]


def kept(town: Town) -> ApprovalSeen:
    return town.world().ledger.memory().approvals[ABOUT]


def listed(town: Town) -> Mapping[str, Any]:
    [one] = [it for it in approvals_document(town.config)["approvals"] if it["record"] == "NL-1001"]
    return dict(one)


# ---------------------------------------------------------------- taken down once


def test_a_covered_field_the_row_has_no_cell_for_goes_stale_until_somebody_says_yes_anew(approved: Town) -> None:
    first = approved.run()
    assert said(first) == []
    assert kept(approved).given.covered == {"promo_code": "FINCH20", "budget": "8000.00 USD"}
    briefs(approved).type(BRIEF, BUDGET, 9500)
    [flag] = said(approved.run())
    assert (flag.place.source, flag.place.row, flag.place.column, flag.field) == ("landing", PAGE, STATE, "budget")
    assert flag.message.startswith("Budget was 8000.00 USD when this was approved; Partner briefs (owner) says 9500.00")
    [line] = [line for key, line in our_lines(approved, LANDING).items() if key == "landing␟nl-1001"]
    assert line["status"] == "STALE APPROVAL"
    again = approved.run()
    assert [write.plan.batch for write in again.written] == [None] * len(again.written), "running again writes nothing"
    page(approved).text(PAGE, STATE, "Bereit")
    assert said(approved.run()) == []
    assert kept(approved).given.covered == {}
    page(approved).text(PAGE, STATE, "Online")
    yes = approved.run()
    assert said(yes) == []
    assert (kept(approved).first, kept(approved).taken) == (yes.id, yes.id)
    assert kept(approved).given.covered["budget"].startswith("9500.00")  # type: ignore[union-attr]


def test_it_is_seen_in_dry_runs_and_kept_by_real_ones_only(approved: Town) -> None:
    approved.run()
    before = kept(approved)
    briefs(approved).type(BRIEF, BUDGET, 9500)
    page(approved).text(PAGE, CODE, "FINCH25")
    run = approved.run(approved.world(dry_run=True), dry_run=True)
    assert {flag.field for flag in said(run)} == {"budget", "promo_code"}
    assert kept(approved) == before


def test_an_undo_leaves_what_was_seen_in_people_s_sheets(approved: Town) -> None:
    run = approved.run()
    before = approved.world().ledger.memory().approvals
    assert before
    undo(approved.world(), approved.config.rules, run.id)
    assert approved.world().ledger.memory().approvals == before


def test_a_run_about_another_campaign_takes_it_down_all_the_same(approved: Town) -> None:
    from sheetsync.core.scope import Scope

    approved.run(scope=Scope(campaign="NL-1003"))
    assert kept(approved).given.granted


def test_a_log_that_cannot_be_read_for_a_while_is_no_new_yes(approved: Town) -> None:
    approved.run()
    before = kept(approved)
    unshare(approved, LANDING)
    briefs(approved).type(BRIEF, BUDGET, 9500)
    assert [flag.field for flag in said(approved.run())] == ["budget"], "its rows are remembered"
    assert kept(approved) == before
    share(approved, LANDING)
    assert [flag.field for flag in said(approved.run())] == ["budget"]
    assert kept(approved).given == before.given


def test_a_sort_of_the_log_moves_the_place_and_nothing_else(approved: Town) -> None:
    approved.run()
    before = kept(approved)
    page(approved).sort(PAGE, 0, 10, descending=True)
    assert said(approved.run()) == []
    after = kept(approved)
    assert after.place.row != before.place.row
    assert replace(after, place=before.place) == before


# ---------------------------------------------------------------- contradictions


def test_a_copy_that_claims_what_was_not_granted_is_told_at_its_cell(approved: Town) -> None:
    page(approved).text(PAGE, STATE, "Bereit")
    briefs(approved).text(BRIEF, OK, "Online")
    [flag] = said(approved.run())
    assert (flag.kind, flag.place.source, flag.place.column, flag.owner) == (
        FlagKind.CONTRADICTION,
        "briefs",
        OK,
        "landing",
    )
    [told] = listed(approved)["contradictions"]
    assert (told["flag"], told["cell"], told["says"]) == (flag.id, "M7", "Online")
    shown = conflict_document(approved.config, flag.id)["flag"]
    assert shown["demands"] == "approval page: what repeats it must say what Landing pages says, or nothing"
    page(approved).text(PAGE, STATE, "Online")
    assert said(approved.run()) == []
    briefs(approved).type(BRIEF, BUDGET, 9500)
    assert [flag.kind for flag in said(approved.run())] == [FlagKind.STALE_APPROVAL], "a stale yes is still a yes"


@pytest.mark.parametrize("sight", [Visibility.FIELDS, Visibility.NONE])
def test_readers_who_may_see_names_only_learn_no_value(approved: Town, sight: Visibility) -> None:
    for source in ("briefs", "landing"):
        approved.change(source, readers_see=sight, readers_see_of={})
    briefs(approved).text(BRIEF, OK, "Online")
    briefs(approved).type(BRIEF, BUDGET, 123456)
    approved.run()
    briefs(approved).type(BRIEF, BUDGET, 987654)
    page(approved).text(PAGE, STATE, "Online")
    assert [flag.field for flag in said(approved.run())] == ["budget"]
    there = json.dumps(approved.sandbox.export(LANDING))
    assert "123456" not in there
    assert "987654" not in there
    assert ("has changed in Partner briefs since" in there) is (sight is Visibility.FIELDS)
    page(approved).text(PAGE, STATE, "Bereit")
    assert FlagKind.CONTRADICTION in [flag.kind for flag in said(approved.run())]
    lines = our_lines(approved, BRIEFS)["briefs␟nl-1001"]["issues"]
    assert "Bereit" not in lines
    assert "ready" not in lines
    assert ("contradicts Landing pages" in lines) is (sight is Visibility.FIELDS)


# ---------------------------------------------------------------- attested


def protect(town: Town, **given: Any) -> None:
    """The file's owner protects the column of the states."""
    stated = {"range": page(town).range(0, 40, STATE, STATE + 1)} | given
    page(town).act({"addProtectedRange": {"protectedRange": stated}})


def owned_by_us(town: Town) -> None:
    with town.sandbox.state.lock:
        edited = town.sandbox.state.workbooks[LANDING].copied()
        edited.owner = US
        town.sandbox.state.commit(edited, edited.owner)


def verdict(town: Town) -> tuple[bool, str]:
    town.run()
    attestation = kept(town).attestation
    return attestation.attested, attestation.why


def test_nothing_protected_attests_nothing(approved: Town) -> None:
    assert verdict(approved) == (False, NOT_PROTECTED)
    protect(approved, warningOnly=True)
    assert verdict(approved) == (False, ONLY_WARNED)


def test_a_reader_is_not_shown_the_editors_and_says_so(approved: Town) -> None:
    protect(approved, editors={"users": [MIRA]})
    assert verdict(approved) == (False, NOT_SHOWN)


def test_as_an_editor_sheetsync_itself_could_have_given_it(approved: Town) -> None:
    protect(approved, editors={"users": [MIRA, US]})
    assert verdict(approved) == (False, OURSELVES)


def test_as_the_file_s_owner_it_sees_that_only_the_approver_may_and_says_that_it_could(approved: Town) -> None:
    owned_by_us(approved)
    assert verdict(approved) == (False, NOT_PROTECTED)
    # A range that its maker protects lets its maker through: here that is the owner.
    stated = {"range": page(approved).range(0, 40, STATE, STATE + 1), "editors": {"users": [MIRA]}}
    approved.sandbox.act(LANDING, [{"addProtectedRange": {"protectedRange": stated}}], "sheetsync")
    assert verdict(approved) == (True, AS_OWNER)
    told = listed(approved)
    assert (told["attested"], told["why"]) == (True, AS_OWNER)


def test_the_owner_named_among_the_editors_is_spared_and_anybody_else_is_not(approved: Town) -> None:
    owned_by_us(approved)
    protect(approved, editors={"users": [MIRA, US]})
    assert verdict(approved) == (True, AS_OWNER)
    protect(approved, range=page(approved).range(0, 40, STATE, STATE + 2), editors={"users": [MIRA, JON]})
    assert verdict(approved) == (True, AS_OWNER), "one range that lets nobody else through is enough"


def test_somebody_else_s_edit_rights_and_an_approver_who_has_none_are_named(approved: Town) -> None:
    owned_by_us(approved)
    protect(approved, editors={"users": [MIRA, JON, OWNER]})
    attested, why = verdict(approved)
    assert (attested, why) == (False, f"{JON}, {OWNER} may edit it and may not give it")


def test_a_protected_tab_with_a_hole_over_the_cell_attests_nothing(approved: Town) -> None:
    owned_by_us(approved)
    whole = {"range": {"sheetId": 1204}, "editors": {"users": [MIRA]}}
    protect(approved, **whole)
    assert verdict(approved) == (True, AS_OWNER)
    page(approved).act({"deleteProtectedRange": {"protectedRangeId": _only_range(approved)}})
    protect(approved, **whole, unprotectedRanges=[page(approved).range(0, 40, STATE, STATE + 1)])
    assert verdict(approved) == (False, NOT_PROTECTED)


def _only_range(town: Town) -> int:
    [one] = page(town).tab["protections"]
    return int(one["id"])


def test_nobody_named_at_the_range_is_an_approver(approved: Town) -> None:
    owned_by_us(approved)
    protect(approved, editors={"users": []})
    assert verdict(approved) == (False, NONE_OF_THEM)


def test_without_an_answer_from_drive_the_owner_is_nobody_s_exception(approved: Town) -> None:
    owned_by_us(approved)
    protect(approved, editors={"users": [MIRA, US]})
    approved.sandbox.enable("drive", False)
    try:
        assert verdict(approved) == (False, OURSELVES)
    finally:
        approved.sandbox.enable("drive", True)


def test_drive_is_asked_only_where_it_makes_a_difference(approved: Town) -> None:
    run = approved.run()
    assert run.requests.drive == 0
    protect(approved, editors={"users": [MIRA]})
    assert approved.run().requests.drive == 0


# ---------------------------------------------------------------- told


def test_the_command_tells_approvals_whole_and_counts_them(approved: Town) -> None:
    approved.run()
    briefs(approved).type(BRIEF, BUDGET, 9500)
    briefs(approved).text(BRIEF, BRIEF_CODE, "FINCH25")
    page(approved).text(PAGE + 1, STATE, "Online")
    approved.run()
    told = listed(approved)
    assert (told["state"], told["granted"], told["attested"], told["cell"]) == ("live", True, False, "E4")
    stale = {one["field"]: (one["approved"], one["now"]) for one in told["stale"]}
    assert stale["promo_code"] == ("FINCH20", "FINCH25")
    assert stale["budget"][0] == "8000.00 USD"
    document = approvals_document(approved.config)
    counts = document["counts"]
    assert counts["stale"] == 1
    assert counts["granted"] == sum(one["granted"] for one in document["approvals"])
    assert json.loads(json.dumps(document)) == document
    text = "\n".join(approvals_text(SCREEN, document))
    assert "stale, promo_code: approved FINCH20, now FINCH25" in text
    assert text.endswith(f"({counts['granted']} granted, 1 stale, 0 contradicted, 0 attested)")
    assert [one["record"] for one in approvals_document(approved.config, "nl-1001")["approvals"]] == ["NL-1001"]
    with pytest.raises(UsageError, match="nothing was seen of 'NL-7'"):
        approvals_document(approved.config, "NL-7")


def test_what_was_not_known_then_is_said_not_to_be_covered(approved: Town) -> None:
    briefs(approved).type(BRIEF, BUDGET, None)
    approved.run()
    briefs(approved).type(BRIEF, BUDGET, 9500)
    approved.run()
    told = listed(approved)
    assert (told["not_covered"], told["stale"]) == (["budget"], [])
    text = "\n".join(truth_text(SCREEN, truth_document(approved.config, "NL-1001", "budget")))
    assert "does not cover it: it was not known, or in dispute, then" in text


def test_truth_and_status_say_what_is_stale(approved: Town) -> None:
    approved.run()
    [field] = truth_document(approved.config, "NL-1001", "budget")["fields"]
    assert [(one["approval"], one["stale"]) for one in field["approvals"]] == [("page", False)]
    briefs(approved).type(BRIEF, BUDGET, 9500)
    briefs(approved).text(BRIEF, OK, "Bereit")
    approved.run()
    text = "\n".join(truth_text(SCREEN, truth_document(approved.config, "NL-1001", "budget")))
    assert "is stale: it was given for 8000.00 USD" in text
    status = status_document(approved.config)
    assert status["approvals"] == {"stale": 1, "contradictions": 1}
    *_, last = status_text(SCREEN, status)
    assert "; 1 stale approval; 1 contradiction" in last


def test_no_output_says_granted_where_the_cell_does_not(approved: Town) -> None:
    approved.run()
    for typed in ("Bereit", "jein?", None):
        page(approved).type(PAGE, STATE, typed)
        approved.run()
        told = [it for it in approvals_document(approved.config)["approvals"] if it["record"] == "NL-1001"]
        assert [it["granted"] for it in told] in ([False], [])
        assert [it["state"] for it in told if it["state"] == "live"] == []
    page(approved).text(PAGE, STATE, "Online")
    approved.run()
    page(approved).delete("ROWS", PAGE)
    approved.run()
    gone = listed(approved)
    assert (gone["granted"], gone["state"], gone["away"]) == (False, None, "its row is not there, or not alone")


def test_validate_says_who_may_give_it_and_who_repeats_it(approved: Town) -> None:
    lines = list(configuration_text(configuration_document(approved.config)))
    [line] = [line for line in lines if line.startswith("  approval page")]
    assert line.endswith(f"covers promo_code, budget; may be given by {MIRA}; repeated in briefs.page_ok")
