"""Contracts that speak of other fields, rows that are due, approvals, sources like another: as meant and mistaken."""

import json
from dataclasses import dataclass

import jsonschema
import pytest

from sheetsync.config import json_schema
from sheetsync.core.graph import Approval, RowsDue, SheetTab, Visibility
from sheetsync.core.terms import After, Contract, OneOf, SumAtMost, Within
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

HANDOFFS, SOURCES = "handoffs.yaml", "sources.yaml"

_TERMS = """\
      placement_budget: {sum_at_most: budget}
      send_time: {after: page_live}
      placement_status: {one_of: [cancelled, done], when: {campaign_status: cancelled}}
      asset_due: {within: [flight_start, flight_end]}
"""
_APPROVALS = """
approvals:
  page:
    source: landing
    state: page_status
    granted: [live, done]
    covers: [offer, promo_code]

fields:
  page_live: {label: Page live, type: moment, of: campaign}
  asset_due: {label: Asset due, type: day, of: placement}
"""
_DECEMBER = """\
  december:
    like: utm
    title: UTM builder, December
    tab_id: 78

  official:
"""


@pytest.fixture
def agreed(folder: Folder) -> Folder:
    """The example with one of everything."""
    folder.change(
        HANDOFFS,
        "    to: utm\n    contracts:\n      campaign_name",
        "    to: [utm, december]\n"
        "    rows: {campaign_status: [planned, live]}\n    contracts:\n" + _TERMS + "      campaign_name",
    )
    folder.change(
        HANDOFFS,
        "    to: utm\n    contracts:\n      tracking",
        "    to: [utm, december]\n    rows: all\n    contracts:\n      tracking",
    )
    folder.change(HANDOFFS, "  page_status: landing\n", "  page_status: landing\n  page_live: landing\n")
    folder.append(HANDOFFS, _APPROVALS)
    folder.change(SOURCES, "      page_status: Status\n", "      page_status: Status\n      page_live: Live ab\n")
    folder.change(
        SOURCES,
        "      tracking_url: Tracking URL\n",
        "      tracking_url: Tracking URL\n"
        "      placement_budget: Spend\n      send_time: Sent\n      asset_due: Due\n",
    )
    folder.change(SOURCES, "  official:\n", _DECEMBER)
    return folder


# ---------------------------------------------------------------- what they mean


def test_one_handoff_to_several_receivers_is_an_edge_to_each(agreed: Folder) -> None:
    rules = agreed.load().rules
    assert [handoff.id for handoff in rules.handoffs][2:] == [
        *("briefs->utm", "briefs->december", "landing->utm", "landing->december")
    ]
    contracts = rules.handoffs[2].contracts
    assert contracts == rules.handoffs[3].contracts
    assert contracts["placement_budget"] == SumAtMost("budget")
    assert contracts["send_time"] == After("page_live")
    assert contracts["placement_status"] == OneOf(("cancelled", "done"), {"campaign_status": ("cancelled",)})
    assert contracts["asset_due"] == Within("flight_start", "flight_end")
    assert contracts["partner"] is Contract.EQUAL


def test_rows_and_approvals_are_told_to_the_core(agreed: Folder) -> None:
    rules = agreed.load().rules
    assert rules.rows_due == (
        RowsDue("briefs", ("utm", "december"), {"campaign_status": ("planned", "live")}),
        RowsDue("landing", ("utm", "december"), {}),
    )
    assert rules.approvals == (Approval("page", "landing", "page_status", ("live", "done"), ("offer", "promo_code")),)


def test_a_source_like_another_is_it_but_for_its_own_settings(agreed: Folder) -> None:
    sources = agreed.load().rules.sources
    utm, december = sources["utm"], sources["december"]
    assert isinstance(utm.location, SheetTab)
    assert december.location == SheetTab(utm.location.spreadsheet, 78)
    assert (december.title, december.name) == ("UTM builder, December", "december")
    for setting in ("team", "mode", "readers_see", "rows_are", "key", "match", "columns", "generated"):
        assert getattr(december, setting) == getattr(utm, setting)


def test_a_source_may_stand_before_the_one_it_is_like(agreed: Folder) -> None:
    agreed.change(SOURCES, _DECEMBER, "  official:\n")
    agreed.change(SOURCES, "sources:\n  briefs:", "sources:\n" + _DECEMBER.replace("  official:\n", "  briefs:"))
    assert list(agreed.load().rules.sources) == ["december", "briefs", "landing", "utm", "official"]


def test_its_own_tab_counts_and_not_the_one_in_the_address_taken_over(agreed: Folder) -> None:
    agreed.change(
        SOURCES,
        "spreadsheet: 1NorthlightUtmBuilderQ42026demo0000000003\n    tab_id: 77",
        "spreadsheet: https://docs.google.com/spreadsheets/d/1Northlight/edit#gid=77",
    )
    sources = agreed.load().rules.sources
    assert sources["utm"].location == SheetTab("1Northlight", 77)
    assert sources["december"].location == SheetTab("1Northlight", 78)
    agreed.change(
        SOURCES, "    tab_id: 78\n", "    spreadsheet: https://docs.google.com/spreadsheets/d/other/edit#gid=9\n"
    )
    assert agreed.load().rules.sources["december"].location == SheetTab("other", 9)


def test_what_readers_see_is_taken_over_but_for_the_source_itself(agreed: Folder) -> None:
    agreed.change(SOURCES, "    tab_id: 78\n", "    spreadsheet: other\n    tab_id: 78\n")
    agreed.change(
        SOURCES,
        "    tab_id: 77\n    mode: columns\n    readers_see: fields\n",
        "    tab_id: 77\n    mode: columns\n    readers_see: {default: fields, landing: full, december: none}\n",
    )
    sources = agreed.load().rules.sources
    assert sources["utm"].readers_see_of == {"landing": Visibility.FULL, "december": Visibility.NONE}
    assert sources["december"].readers_see_of == {"landing": Visibility.FULL}


def test_validate_says_in_words_what_was_agreed(agreed: Folder) -> None:
    document = configuration_document(agreed.load())
    text = list(configuration_text(document))
    for line in (
        "      placement_budget sum at most budget",
        "      send_time after page_live",
        "      placement_status one of cancelled or done, where campaign_status is cancelled",
        "      asset_due within flight_start to flight_end",
        "  each row of briefs where campaign_status is planned or live has one in utm or december",
        "  each row of landing has one in utm or december",
        "  approval page: each row of landing where page_status is live or done covers offer, promo_code",
    ):
        assert line in text
    december = document["handoffs"][3]
    assert december["id"] == "briefs->december"
    assert december["contracts"]["asset_due"] == {"within": ["flight_start", "flight_end"]}
    assert december["contracts"]["partner"] == "equal"
    assert json.loads(json.dumps(document))["approvals"][0]["covers"] == ["offer", "promo_code"]


def test_editors_take_what_the_tool_takes() -> None:
    validator = jsonschema.Draft202012Validator(json_schema())
    handoff = {"from": "a", "to": ["b", "c"], "rows": {"channel": "email"}}
    contract = {"within": ["flight_start", "flight_end"], "when": {"campaign_status": ["live"]}}
    assert validator.is_valid({"handoffs": [{**handoff, "contracts": {"placement_start": contract, "offer": "equal"}}]})
    assert validator.is_valid({"handoffs": [{"from": "a", "to": "b", "rows": "all"}]})
    assert validator.is_valid({"sources": {"december": {"like": "november", "tab_id": 3}}})
    assert not validator.is_valid({"sources": {"december": {"tab_id": 3}}})
    assert not validator.is_valid({"handoffs": [{**handoff, "contracts": {"placement_start": {"within": ["x"]}}}]})
    assert not validator.is_valid({"handoffs": [{**handoff, "contracts": {"placement_start": {"witin": ["x", "y"]}}}]})
    assert not validator.is_valid({"handoffs": [{**handoff, "rows": "some"}]})


# ---------------------------------------------------------------- mistakes


@dataclass(frozen=True)
class Mistake:
    """A change, and what is said of the line it stands on."""

    old: str
    new: str
    said: str
    file: str = HANDOFFS
    below: int = 0


_BUDGET, _SENT, _DUE = "{sum_at_most: budget}", "{after: page_live}", "{within: [flight_start, flight_end]}"
_STATUS = "placement_status: {one_of: [cancelled, done], when: {campaign_status: cancelled}}"
_AT = "handoffs[2].contracts"
_ALL = "equal, generated, human_only, within, sum_at_most, one_of, before, after, varies_by"

MISTAKES = {
    # contracts
    "misspelt contract": Mistake(
        "{within: [", "{witin: [", f"{_AT}.asset_due.witin: no setting of that name; did you mean 'within'?"
    ),
    "strange contract": Mistake(
        _SENT,
        "{xyzzy: page_live}",
        f"{_AT}.send_time.xyzzy: no setting of that name; there is {_ALL}, every, copies, tolerance, severity, when",
    ),
    "contract without its field": Mistake(
        _SENT, "after", f"{_AT}.send_time: says nothing alone; write {{after: flight_start}}"
    ),
    "empty contract": Mistake(_SENT, "{}", f"{_AT}.send_time: says nothing; there is {_ALL}"),
    "two contracts": Mistake(
        _SENT,
        "{after: page_live, before: flight_end}",
        f"{_AT}.send_time.after: stands beside before; a field has one contract",
    ),
    "one end": Mistake(
        _DUE,
        "{within: [flight_start]}",
        f"{_AT}.asset_due.within: is two fields, first and last: [flight_start, flight_end]",
    ),
    "one end as text": Mistake(_DUE, "{within: flight_start}", f"{_AT}.asset_due.within: text where a list is needed"),
    "misspelt end": Mistake(
        _DUE,
        "{within: [flight_start, flight_ende]}",
        f"{_AT}.asset_due.within[1]: no field is named 'flight_ende'; did you mean 'flight_end'?",
    ),
    "end that is no day": Mistake(
        _DUE,
        "{within: [flight_start, offer]}",
        f"{_AT}.asset_due.within[1]: 'offer' is of type offer; this compares day or moment",
    ),
    "no day itself": Mistake(
        _STATUS,
        "placement_status: {before: flight_end}",
        f"{_AT}.placement_status.before: 'placement_status' is of type choice; this compares day or moment",
    ),
    "whole that is no amount": Mistake(
        _BUDGET,
        "{sum_at_most: offer}",
        f"{_AT}.placement_budget.sum_at_most: 'offer' is of type offer; this compares money or number",
    ),
    "whole of a placement": Mistake(
        _BUDGET,
        "{sum_at_most: placement_budget}",
        f"{_AT}.placement_budget.sum_at_most: nobody owns 'placement_budget', so there is no word to hold to; "
        "add it to owners",
    ),
    "nobody's word": Mistake(
        "  page_live: landing\n",
        "",
        f"{_AT}.send_time.after: nobody owns 'page_live', so there is no word to hold to; add it to owners",
    ),
    "misspelt word": Mistake(
        "one_of: [cancelled, done]",
        "one_of: [canceled, done]",
        f"{_AT}.placement_status.one_of[0]: no word of vocabularies.status is named 'canceled'; "
        "did you mean 'cancelled'?",
    ),
    "misspelt word of a condition": Mistake(
        "when: {campaign_status: cancelled}",
        "when: {campaign_status: canceled}",
        f"{_AT}.placement_status.when.campaign_status: no word of vocabularies.status is named 'canceled'; "
        "did you mean 'cancelled'?",
    ),
    "condition of an unknown field": Mistake(
        "when: {campaign_status: cancelled}",
        "when: {campaign_state: cancelled}",
        f"{_AT}.placement_status.when.campaign_state: no field of that name; did you mean 'campaign_status'?",
    ),
    "words of a day": Mistake(
        "when: {campaign_status: cancelled}",
        "when: {flight_end: cancelled}",
        f"{_AT}.placement_status.when.flight_end: 'flight_end' is of type day; only choice, checkbox, code, text, "
        "name, person have words",
    ),
    "no word": Mistake("one_of: [cancelled, done]", "one_of: []", f"{_AT}.placement_status.one_of: names no word"),
    # receivers and rows
    "misspelt receiver": Mistake(
        "[utm, december]\n    rows: all",
        "[utm, decembre]\n    rows: all",
        "handoffs[3].to[1]: no source is named 'decembre'; did you mean 'december'?",
    ),
    "receiver twice": Mistake(
        "[utm, december]\n    rows: all", "[utm, december, utm]\n    rows: all", "handoffs[3].to[2]: names 'utm' twice"
    ),
    "no receiver": Mistake("[utm, december]\n    rows: all", "[]\n    rows: all", "handoffs[3].to: names no source"),
    "rows": Mistake(
        "rows: all",
        "rows: every",
        "handoffs[3].rows: text where all or a mapping (field: its words) is needed",
        below=0,
    ),
    "rows of a misspelt word": Mistake(
        "[planned, live]}\n",
        "[planed, live]}\n",
        "handoffs[2].rows.campaign_status[0]: no word of vocabularies.status is named 'planed'; "
        "did you mean 'planned'?",
    ),
    "rows of a campaign by a placement's field": Mistake(
        "rows: {campaign_status: [planned, live]}",
        "rows: {channel: [email]}",
        "handoffs[2].rows.channel: 'channel' is a placement's, and the rows of 'briefs' are campaigns",
    ),
    # approvals
    "approval of an unknown source": Mistake(
        "source: landing",
        "source: landings",
        "approvals.page.source: no source is named 'landings'; did you mean 'landing'?",
    ),
    "approval by a field the source lacks": Mistake(
        "state: page_status",
        "state: campaign_status",
        "approvals.page.state: 'landing' does not map 'campaign_status'; add it to sources.landing.columns",
    ),
    "approval by a text": Mistake(
        "state: page_status", "state: notes", "approvals.page.state: 'notes' is of type text; it must be a choice"
    ),
    "approval by a misspelt word": Mistake(
        "granted: [live, done]",
        "granted: [life, done]",
        "approvals.page.granted[0]: no word of vocabularies.status is named 'life'; did you mean 'live'?",
    ),
    "approval of nothing": Mistake(
        "covers: [offer, promo_code]", "covers: []", "approvals.page.covers: covers no field"
    ),
    "approval of what nobody owns": Mistake(
        "covers: [offer, promo_code]",
        "covers: [offer, price]",
        "approvals.page.covers[1]: nobody owns 'price', so there is no word to hold to; add it to owners",
    ),
    "approval without its state": Mistake("    state: page_status\n", "", "approvals.page.state: is missing", below=-2),
    # like
    "like nobody": Mistake(
        "like: utm", "like: umt", "sources.december.like: no source is named 'umt'; did you mean 'utm'?", SOURCES
    ),
    "like itself": Mistake(
        "like: utm", "like: december", "sources.december.like: is the source itself; name another one", SOURCES
    ),
    "like a number": Mistake(
        "like: utm", "like: 7", "sources.december.like: a number where text is needed; put it in quotes", SOURCES
    ),
    "like one that is like another": Mistake(
        "  official:\n",
        "  january: {like: december, tab_id: 79}\n  official:\n",
        "sources.january.like: 'december' is like another source itself; name 'utm' here too",
        SOURCES,
    ),
    "like and at the same place": Mistake(
        "    tab_id: 78\n",
        "",
        "sources.december.tab_id: is the place of source 'utm' already; two tables of one tab need a column each "
        "whose header the other does not name",
        SOURCES,
        below=-3,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(agreed: Folder, name: str) -> None:
    assert agreed.problems() == []
    mistake = MISTAKES[name]
    line = agreed.change(mistake.file, mistake.old, mistake.new) + mistake.below
    [problem] = agreed.problems()
    file_and_line, _, said = problem.partition(": ")
    assert said == mistake.said
    if "\n" not in mistake.old or mistake.below:
        assert file_and_line == f"{mistake.file}:{line}"


def test_a_contract_on_a_field_the_receiver_lacks_is_told(agreed: Folder) -> None:
    agreed.change(SOURCES, "      asset_due: Due\n", "")
    assert agreed.problems() == [
        agreed.at(HANDOFFS, "asset_due: {within")
        + f": {_AT}.asset_due: 'utm' does not map 'asset_due'; add it to sources.utm.columns"
    ]


def test_a_mistake_that_was_taken_over_is_told_once_where_it_stands(agreed: Folder) -> None:
    line = agreed.change(SOURCES, "key: [campaign_id, channel, slot]", "key: [campaign_id, chanel, slot]")
    assert agreed.problems() == [
        f"{SOURCES}:{line}: sources.utm.key[1]: no field is named 'chanel'; did you mean 'channel'?"
    ]


def test_a_copy_taken_over_without_a_handoff_is_told_at_the_source_that_took_it(agreed: Folder) -> None:
    agreed.change(
        SOURCES,
        "    like: utm\n    title: UTM builder, December\n    tab_id: 78\n",
        "    like: landing\n    title: Landing pages, December\n    tab_id: 1205\n",
    )
    agreed.change(HANDOFFS, "[utm, december]\n    rows: all", "utm\n    rows: all")
    agreed.change(HANDOFFS, "[utm, december]\n    rows: {", "utm\n    rows: {")
    problems = agreed.problems()
    here = agreed.at(SOURCES, "  december:")
    assert [problem.partition("; ")[0] for problem in problems] == [
        f"{here}: sources.december.columns.{name}: 'briefs' owns it and no handoff covers this copy"
        for name in ("flight_start", "flight_end", "promo_code", "offer")
    ]


def test_what_an_approval_covers_needs_no_handoff(agreed: Folder) -> None:
    handoff = "      offer: equal\n      promo_code: equal\n\n  - from: briefs\n    to: [utm"
    agreed.change(HANDOFFS, handoff, "\n  - from: briefs\n    to: [utm")
    assert agreed.problems() == []


def test_placements_named_by_other_fields_cannot_be_looked_for(agreed: Folder) -> None:
    agreed.change(
        HANDOFFS,
        "- from: landing\n    to: [utm, december]\n    rows: all",
        "- from: utm\n    to: december\n    rows: all",
    )
    agreed.change(HANDOFFS, "      tracking_url: generated\n      utm_medium: generated\n", "")
    agreed.change(SOURCES, "    tab_id: 78\n", "    tab_id: 78\n    key: [campaign_id, slot]\n")
    text = (agreed.path / HANDOFFS).read_text(encoding="utf-8")
    agreed.write(HANDOFFS, text.replace("    rows: all\n    contracts:\n", "    rows: all\n"))
    assert agreed.problems() == [
        agreed.at(HANDOFFS, "    rows: all")
        + ": handoffs[3].rows: 'utm' and 'december' name their placements by other fields "
        "(channel, slot and slot); give both the same key"
    ]


def test_a_handoff_that_asks_for_nothing_is_told(agreed: Folder) -> None:
    agreed.change(HANDOFFS, "\nhandoffs:\n", "\nhandoffs:\n  - from: utm\n    to: official\n\n")
    assert [problem.partition(": ")[2] for problem in agreed.problems()] == [
        "handoffs[0]: asks for nothing; give it contracts, or rows"
    ]
