"""Tolerances, severities, conditions, exceptions, what varies by channel: as meant, as told, and every mistake."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.config.tolerances import tolerance
from sheetsync.core.graph import Exemption
from sheetsync.core.terms import Amount, Contract, FinePrint, OneOf, Severity, Share, VariesBy, Within
from sheetsync.errors import UsageError
from sheetsync.faces.configuration import configuration_document, configuration_text
from sheetsync.faces.contract import contract_document, contract_text
from sheetsync.faces.contracts import sentence_of
from sheetsync.faces.graph import graph_document, graph_mermaid, graph_text
from sheetsync.faces.graph_svg import graph_svg
from sheetsync.faces.tables import Screen
from sheetsync.faces.terms import tolerance_text
from tests.config.conftest import Folder

HANDOFFS, SOURCES = "handoffs.yaml", "sources.yaml"

_TERMS = """\
    severity: high
    describe: {flight_end: "The partner pays until exactly this day."}
    contracts:
      placement_start: {within: [flight_start, flight_end], tolerance: 1 day}
      placement_budget: {sum_at_most: budget, tolerance: 2%, severity: low}
      send_time: {after: page_live, tolerance: 30 minutes}
      subject: {varies_by: channel}
      creative_size: {varies_by: channel, every: [email, paid_social], copies: allowed}
      offer: {equal: true, when: {channel: [email, affiliate]}}
      placement_status: {one_of: [cancelled, done], when: {campaign_status: cancelled}}
"""
_MORE = """
exceptions:
  - contract: briefs->utm.placement_start
    records: [NL-1006 / paid_social / teaser, NL-1007]
    reason: The teaser runs a week before the sale; agreed with Legal.
    until: 2099-12-05
  - contract: briefs->utm.flight_end
    records: NL-1003
    reason: Was printed already.
    until: 2026-01-05

fields:
  page_live: {label: Page live, type: moment, of: campaign}
  placement_start: {label: Placement start, type: day, of: placement}
  creative_size: {label: Creative size, type: text, of: placement}
"""


@pytest.fixture
def fine(folder: Folder) -> Folder:
    """The example with one of everything that can be said beside a contract."""
    folder.change(
        HANDOFFS,
        "    to: utm\n    contracts:\n      campaign_name: equal",
        "    to: utm\n" + _TERMS + "      campaign_name: equal",
    )
    folder.change(HANDOFFS, "      budget: equal\n", "      budget: {equal: true, tolerance: 1%, severity: low}\n")
    folder.change(HANDOFFS, "  page_status: landing\n", "  page_status: landing\n  page_live: landing\n")
    folder.append(HANDOFFS, _MORE)
    folder.change(SOURCES, "      page_status: Status\n", "      page_status: Status\n      page_live: Live ab\n")
    columns = "placement_start: From\n      placement_budget: Spend\n      send_time: Sent\n      offer: Offer\n"
    folder.change(
        SOURCES,
        "      tracking_url: Tracking URL\n",
        f"      tracking_url: Tracking URL\n      {columns}      subject: Subject\n      creative_size: Size\n",
    )
    return folder


# ---------------------------------------------------------------- what it means


def test_the_fine_print_is_told_to_the_core_as_it_is_meant(fine: Folder) -> None:
    rules = fine.load().rules
    register, utm = rules.handoffs[0], next(it for it in rules.handoffs if it.id == "briefs->utm")
    assert register.contracts["budget"] is Contract.EQUAL
    assert register.fine_print("budget") == FinePrint(Share(Decimal("0.01")), Severity.LOW)
    assert register.fine_print("partner") == FinePrint()
    assert utm.contracts["placement_start"] == Within("flight_start", "flight_end")
    assert utm.fine_print("placement_start") == FinePrint(timedelta(days=1), Severity.HIGH)
    assert utm.fine_print("placement_budget") == FinePrint(Share(Decimal("0.02")), Severity.LOW)
    assert utm.fine_print("send_time").tolerance == timedelta(minutes=30)
    assert utm.contracts["subject"] == VariesBy("channel")
    assert utm.contracts["creative_size"] == VariesBy("channel", ("email", "paid_social"), copies_allowed=True)
    assert utm.contracts["offer"] is Contract.EQUAL
    assert utm.fine_print("offer").when == {"channel": ("email", "affiliate")}
    assert utm.contracts["placement_status"] == OneOf(("cancelled", "done"), {"campaign_status": ("cancelled",)})
    assert utm.fine_print("placement_status").when == {}
    assert utm.fine_print("flight_end").sentence == "The partner pays until exactly this day."
    assert rules.severity_of(utm, "partner") is Severity.HIGH
    assert rules.severity_of(utm, "placement_budget") is Severity.LOW
    assert rules.exemptions[0] == Exemption(
        "briefs->utm.placement_start",
        ("NL-1006 / paid_social / teaser", "NL-1007"),
        "The teaser runs a week before the sale; agreed with Legal.",
        date(2099, 12, 5),
    )
    assert rules.exemptions[1].records == ("NL-1003",)


tolerances = st.one_of(
    st.decimals(0, 10**6, places=2).map(Amount),
    st.decimals(0, 100, places=3).map(lambda part: Share(part / 100)),
    st.integers(0, 10**4).map(lambda minutes: timedelta(minutes=minutes)),
)


@given(tolerances)
def test_a_tolerance_is_written_as_it_is_read(of: Amount | Share | timedelta) -> None:
    assert tolerance(tolerance_text(of)) == of


@given(st.text(max_size=12) | st.from_regex(r"\A\d{1,40}(\.\d{1,5})? ?(%|days|hours|minutes|weeks)?\Z"))
def test_what_is_no_tolerance_is_none_and_never_breaks(text: str) -> None:
    found = tolerance(text)
    assert found is None or isinstance(found, Amount | Share | timedelta)


def test_validate_graph_and_contract_say_it(fine: Folder) -> None:
    config = fine.load()
    document = configuration_document(config)
    text = list(configuration_text(document))
    for line in (
        "      budget equal, 1% apart is fine [low]",
        "      placement_start within flight_start to flight_end, 1 day beyond is fine [high]",
        "      creative_size varies by channel, each in email and paid_social, copies allowed [high]",
        "      offer equal, where channel is email or affiliate [high]",
        "  briefs->utm.placement_start: exception for NL-1006 / paid_social / teaser, NL-1007 until 2099-12-05 "
        "(The teaser runs a week before the sale; agreed with Legal)",
        "  briefs->utm.flight_end: exception for NL-1003 ended 2026-01-05: the contract holds again "
        "(Was printed already)",
    ):
        assert line in text
    contracts = document["handoffs"][0]["contracts"]
    assert contracts["budget"] == {"equal": True, "tolerance": "1%", "severity": "low"}
    assert json.loads(json.dumps(document))["exceptions"][1]["ended"] is True

    graph = graph_document(config)
    assert "exception ended: briefs->utm.flight_end for NL-1003 on 2026-01-05; take it out" in list(
        graph_text(Screen(), graph)
    )
    assert any("exception ended" in line and ":::odd" in line for line in graph_mermaid(graph))
    assert any("exception ended" in line for line in graph_svg(graph))

    shown = list(contract_text(Screen(), contract_document(config, "briefs->utm")))
    assert len(shown) <= 22, shown
    assert any("placement_start" in line and "1 day beyond is fine" in line for line in shown)
    assert any("exception" in line and "NL-1006" in line for line in shown)
    assert shown[-1] == "no run yet: `sheetsync reconcile` says what is broken"


def test_a_contract_is_told_in_the_teams_own_words_or_in_those_of_its_terms(fine: Folder) -> None:
    rules = fine.load().rules
    assert {name: sentence_of(rules, f"briefs->utm.{name}") for name in ("flight_end", "offer", "creative_size")} == {
        "flight_end": "The partner pays until exactly this day.",
        "offer": "Offer in UTM builder must be what Partner briefs says, in any spelling, "
        "where channel is email or affiliate",
        "creative_size": "Creative size in UTM builder is said in each row; each campaign there has rows for email and "
        "paid_social",
    }
    assert sentence_of(rules, "briefs->utm.subject").endswith(
        "is said in each row, and no channel has it from another one"
    )
    assert sentence_of(rules, "briefs->official.budget").endswith("in any spelling, 1% apart is fine")
    assert sentence_of(rules, "briefs->utm.placement_start").endswith(
        "must be within flight_start to flight_end, 1 day beyond is fine"
    )


@pytest.mark.parametrize("spelled", ["briefs->utm.offer", "briefs:utm.offer", " briefs → utm.offer "])
def test_one_contract_is_shown_by_its_id_in_any_spelling(fine: Folder, spelled: str) -> None:
    document = contract_document(fine.load(), spelled)
    assert document["id"] == "briefs->utm.offer"
    assert [it["field"] for it in document["contracts"]] == ["offer"]
    assert document["exceptions"] == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("briefs-", "'briefs-' names no handoff. Write it in quotes: \"briefs->official\"."),
        ("briefs->utmm", "no handoff is called 'briefs->utmm'. Did you mean 'briefs->utm'?"),
        ("briefs->utm.ofer", "briefs->utm has no contract on 'ofer'. Did you mean 'offer'?"),
    ],
)
def test_a_contract_there_is_not_is_told_with_what_to_type(fine: Folder, name: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        contract_document(fine.load(), name)
    assert str(error.value) == said


# ---------------------------------------------------------------- mistakes


@dataclass(frozen=True)
class Mistake:
    """A change, and what is said of the line it stands on."""

    old: str
    new: str
    said: str
    file: str = HANDOFFS
    below: int = 0


_AT = "handoffs[2].contracts"
_FORMS = "5, 1%, 2 days, 3 hours or 30 minutes"
_MEASURED = "equal, within, sum_at_most, before, after"
_CHANNELS = "only choice, checkbox, code, text, name, person have words"

MISTAKES = {
    # tolerance
    "strange tolerance": Mistake("1 day}", "a little}", f"{_AT}.placement_start.tolerance: is none; write {_FORMS}"),
    "negative tolerance": Mistake("1 day}", "-1 day}", f"{_AT}.placement_start.tolerance: is none; write {_FORMS}"),
    "endless tolerance": Mistake(
        "1 day}", "99999999999 days}", f"{_AT}.placement_start.tolerance: is none; write {_FORMS}"
    ),
    "tolerance without a unit": Mistake(
        "1 day}",
        "1}",
        f"{_AT}.placement_start.tolerance: 'placement_start' is of type day; its tolerance is a time (2 days, 30 "
        "minutes)",
    ),
    "hours of a day": Mistake(
        "1 day}",
        "30 hours}",
        f"{_AT}.placement_start.tolerance: 'placement_start' is of type day; its tolerance is in whole days",
    ),
    "days of money": Mistake(
        "2%, severity",
        "2 days, severity",
        f"{_AT}.placement_budget.tolerance: 'placement_budget' is of type money; its tolerance is an amount or a share "
        "(5, 1%)",
    ),
    "tolerance of words": Mistake(
        "[cancelled, done], when",
        "[cancelled, done], tolerance: 1%, when",
        f"{_AT}.placement_status.tolerance: goes with {_MEASURED} only",
    ),
    "tolerance of a text": Mistake(
        "offer: {equal: true, when",
        "offer: {equal: true, tolerance: 1%, when",
        f"{_AT}.offer.tolerance: 'offer' is of type offer; only day, moment, money, number are measured",
    ),
    "tolerance alone": Mistake(
        "{sum_at_most: budget, tolerance: 2%, severity: low}",
        "{tolerance: 2%}",
        f"{_AT}.placement_budget: says nothing; there is equal, generated, human_only, within, sum_at_most, one_of, "
        "before, after, varies_by",
    ),
    # severity
    "strange severity": Mistake(
        "2%, severity: low",
        "2%, severity: lou",
        f"{_AT}.placement_budget.severity: must be high, medium or low; did you mean 'low'?",
    ),
    "strange severity of a handoff": Mistake(
        "    severity: high\n    describe",
        "    severity: loud\n    describe",
        "handoffs[2].severity: must be high, medium or low",
        below=0,
    ),
    # when beside equal
    "misspelt word of a condition": Mistake(
        "{channel: [email, affiliate]}",
        "{channel: [emial, affiliate]}",
        f"{_AT}.offer.when.channel[0]: no word of vocabularies.channel is named 'emial'; did you mean 'email'?",
    ),
    "condition of an unknown field": Mistake(
        "{channel: [email, affiliate]}",
        "{chanel: [email, affiliate]}",
        f"{_AT}.offer.when.chanel: no field of that name; did you mean 'channel'?",
    ),
    "condition of what nobody owns": Mistake(
        "{channel: [email, affiliate]}",
        "{creative_size: [small]}",
        f"{_AT}.offer.when.creative_size: nobody owns 'creative_size', so there is no word to hold to; "
        "add it to owners",
    ),
    "equal and something else": Mistake(
        "{equal: true, when",
        "{equal: true, human_only: true, when",
        f"{_AT}.offer.human_only: stands beside equal; a field has one contract",
    ),
    "equal denied": Mistake("{equal: true, when", "{equal: false, when", f"{_AT}.offer.equal: must be true"),
    # varies_by
    "varies by another field": Mistake(
        "{varies_by: channel}",
        "{varies_by: slot}",
        f"{_AT}.subject.varies_by: must be channel",
    ),
    "varies alone": Mistake(
        "{varies_by: channel}", "varies_by", f"{_AT}.subject: says nothing alone; write {{varies_by: channel}}"
    ),
    "misspelt channel": Mistake(
        "every: [email, paid_social]",
        "every: [email, paid_sozial]",
        f"{_AT}.creative_size.every[1]: no word of vocabularies.channel is named 'paid_sozial'; "
        "did you mean 'paid_social'?",
    ),
    "every without varies": Mistake(
        "{after: page_live, tolerance: 30 minutes}",
        "{after: page_live, every: [email]}",
        f"{_AT}.send_time.every: goes with varies_by only",
    ),
    "copies without varies": Mistake(
        "{after: page_live, tolerance: 30 minutes}",
        "{after: page_live, copies: allowed}",
        f"{_AT}.send_time.copies: goes with varies_by only",
    ),
    "strange copies": Mistake(
        "copies: allowed",
        "copies: alowed",
        f"{_AT}.creative_size.copies: must be allowed or told; did you mean 'allowed'?",
    ),
    "a campaign's field varies": Mistake(
        "flight_end: equal\n\n  - from: landing",
        "flight_end: {varies_by: channel}\n\n  - from: landing",
        f"{_AT}.flight_end: 'flight_end' is a campaign's; only a placement's field differs by channel",
        below=0,
    ),
    # describe
    "describes nothing": Mistake(
        "describe: {flight_end:",
        "describe: {budget:",
        "handoffs[2].describe.budget: describes no contract of this handoff",
    ),
    # exceptions
    "exception without reason": Mistake(
        "    reason: Was printed already.\n", "", "exceptions[1].reason: is missing", below=-2
    ),
    "exception without end": Mistake("    until: 2026-01-05\n", "", "exceptions[1].until: is missing", below=-3),
    "exception with an empty reason": Mistake(
        "reason: Was printed already.", 'reason: " "', "exceptions[1].reason: is empty"
    ),
    "exception that never ends": Mistake(
        "until: 2026-01-05", "until: never", "exceptions[1].until: text where a date such as 2026-12-01 is needed"
    ),
    "exception of nobody": Mistake(
        "records: NL-1003", "records: []", "exceptions[1].records: names no campaign and no placement"
    ),
    "exception to a misspelt contract": Mistake(
        "contract: briefs->utm.flight_end",
        "contract: briefs->utm.flight_ende",
        "exceptions[1].contract: no contract has this id; did you mean 'briefs->utm.flight_end'?",
    ),
    "exception to a contract of another handoff": Mistake(
        "contract: briefs->utm.flight_end",
        "contract: utm->briefs.xyzzy",
        "exceptions[1].contract: no contract has this id",
    ),
    "misspelt setting of an exception": Mistake(
        "reason: Was printed already.",
        "reasn: Was printed already.",
        "exceptions[1].reasn: no setting of that name; did you mean 'reason'?",
    ),
    # contradictions
    "a day before itself": Mistake(
        "{after: page_live, tolerance: 30 minutes}",
        "{before: page_live, after: page_live}",
        f"{_AT}.send_time.after: stands beside before; a field has one contract",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(fine: Folder, name: str) -> None:
    assert fine.problems() == []
    mistake = MISTAKES[name]
    line = fine.change(mistake.file, mistake.old, mistake.new) + mistake.below
    [problem] = fine.problems()
    file_and_line, _, said = problem.partition(": ")
    assert said == mistake.said
    assert file_and_line == f"{mistake.file}:{line}"


def test_a_field_handed_round_in_a_circle_is_told_once(fine: Folder) -> None:
    fine.change(
        HANDOFFS,
        "  - from: briefs\n    to: utm\n",
        "  - from: landing\n    to: briefs\n    contracts: {flight_start: equal}\n  - from: briefs\n    to: utm\n",
    )
    problems = [problem.partition(": ")[2] for problem in fine.problems()]
    assert [problem for problem in problems if "circle" in problem]
    [said] = [problem for problem in problems if "circle" in problem]
    assert "'flight_start' is handed round in a circle" in said


def test_days_that_must_each_be_before_the_other_are_told_once(fine: Folder) -> None:
    fine.change(
        HANDOFFS,
        "      subject: {varies_by: channel}\n",
        "      subject: {varies_by: channel}\n      asset_due: {before: placement_start}\n",
    )
    fine.change(
        HANDOFFS,
        "{within: [flight_start, flight_end], tolerance: 1 day}",
        "{before: asset_due}",
    )
    fine.change(HANDOFFS, "  page_live: landing\n", "  page_live: landing\n  placement_start: utm\n  asset_due: utm\n")
    fine.change(SOURCES, "      creative_size: Size\n", "      creative_size: Size\n      asset_due: Due\n")
    fine.change(HANDOFFS, "\nfields:\n", "\nfields:\n  asset_due: {label: Asset due, type: day, of: placement}\n")
    problems = [problem.partition(": ")[2] for problem in fine.problems()]
    assert len(problems) == 1, problems
    assert "contradicts other contracts" in problems[0]


def test_a_word_twice_in_a_vocabulary_is_told_where_it_stands_again(folder: Folder) -> None:
    text = (folder.path / HANDOFFS).read_text(encoding="utf-8")
    every = [path for path in folder.path.glob("*.yaml") if "vocabularies:" in path.read_text(encoding="utf-8")]
    assert every, text
    folder.append(every[0].name, "\n")
    file = every[0].name
    line = folder.change(file, "  channel:\n    email:", "  channel:\n    E-Mail: []\n    email:") + 1
    problems = folder.problems()
    assert any("is the same word as" in problem or "stands for" in problem for problem in problems), (line, problems)
