"""A claim from a chat, from the command line to the owner's row and back: it is told, answered, and never a value."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from sheetsync import wiring
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.hearsay import State
from sheetsync.core.managed import HEAD
from sheetsync.core.model import Workbook
from sheetsync.engine.claiming import Said, answer, file
from sheetsync.engine.world import RUN, Run, World
from sheetsync.faces.cli import main
from sheetsync.faces.export import export_document
from sheetsync.faces.flags import is_hearsay
from sheetsync.ports import Sheets
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, briefs, our_lines

ABOUT = ("NL-1003", "flight_end=2026-12-06")
THERE = ("--source", "https://acme.example/p17", "--by", "Dana")
KEY = "briefs␟nl-1003"


def typed(town: Town, *arguments: str) -> Result:
    environ = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder)}
    return CliRunner().invoke(main, list(arguments), env=environ)


def told(town: Town, *arguments: str) -> Mapping[str, Any]:
    done = typed(town, *arguments, "--json")
    assert done.exit_code == 0, done.output
    document: Mapping[str, Any] = json.loads(done.stdout)
    return document


def claim(town: Town, *about: str) -> str:
    found: str = told(town, "claim", *(about or ABOUT), *THERE)["claim"]["id"]
    return found


def states(town: Town) -> dict[str, str]:
    """value -> state"""
    return {it["value"]: it["state"] for it in told(town, "claims", "list", "--state", "all")["claims"]}


def issues(town: Town) -> str:
    return our_lines(town, BRIEFS)[KEY]["issues"]


def type_end(town: Town, text: str) -> None:
    row, column = briefs(town).find("NL-1003")
    briefs(town).type(row, column + 3, text)


def file_for(town: Town, value: str, until: timedelta) -> str:
    """A claim that expires after (or before) this time."""
    desk = wiring.desk(town.config)
    said = Said(value, "chat", "Dana", "", desk.clock.now() + until)
    return file(desk, town.config.rules, "NL-1003", "flight_end", said, "ann").it.id


# ---------------------------------------------------------------- its life


def test_a_claim_is_told_at_its_owner_s_row_accepted_typed_by_its_owner_and_closed(town: Town) -> None:
    before = issues(town)
    name = claim(town)
    town.reconcile()
    assert "2026-12-06 was claimed in chat by Dana (acme.example/p17) on" in issues(town)
    assert f"accept: `sheetsync claims accept {name}`" in issues(town)
    assert town.reconcile()["requests"]["writes"] == 0
    assert told(town, "claims", "accept", name, "--by", "Lena")["claim"]["state"] == "accepted"
    town.reconcile()
    assert "accepted by Lena: type 2026-12-06 here" in issues(town)
    assert states(town) == {"2026-12-06": "accepted"}, "a yes is no value: its owner types"
    type_end(town, "6 Dec 2026")
    assert not [it for it in town.reconcile()["flags"] if it["kind"] == "contradiction"]
    moves = told(town, "claims", "show", name)["claim"]["moves"]
    assert [(it["state"], it["by"]) for it in moves][1:] == [("accepted", "Lena"), ("closed", "sheetsync")]
    assert "claimed" not in issues(town)
    assert town.reconcile()["requests"]["writes"] == 0
    assert before == "" or before in issues(town) or issues(town) == ""


def test_what_the_owner_types_without_having_answered_closes_it_too(town: Town) -> None:
    claim(town)
    type_end(town, "Sun 6 Dec")
    town.reconcile()
    assert states(town) == {"2026-12-06": "closed"}


def test_nothing_is_left_in_the_sheet_of_what_was_rejected_or_is_over(town: Town) -> None:
    before = our_lines(town, BRIEFS)
    name = claim(town)
    file_for(town, "2026-12-07", timedelta(seconds=-1))
    town.reconcile()
    assert "2026-12-07" not in issues(town)
    assert our_lines(town, BRIEFS) != before
    told(town, "claims", "reject", name)
    town.reconcile()
    assert our_lines(town, BRIEFS) == before
    assert states(town) == {"2026-12-06": "rejected", "2026-12-07": "expired"}
    moves = [[it.state for it in one.moves] for one in wiring.past(town.config).hearsay()]
    assert moves == [[State.PENDING, State.REJECTED], [State.PENDING, State.EXPIRED]]


def test_what_is_over_takes_no_answer_and_says_why(town: Town) -> None:
    name, over = claim(town), file_for(town, "2026-12-07", timedelta(seconds=-1))
    told(town, "claims", "reject", name, "--by", "Lena")
    for it, why in ((name, "was rejected by Lena"), (over, "expired at")):
        done = typed(town, "claims", "accept", it)
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
        assert why in done.stderr
        assert "`sheetsync claim`" in done.stderr


def test_the_same_said_again_is_the_same_claim_and_what_has_expired_waits_again(town: Town) -> None:
    name = claim(town)
    again = told(town, "claim", "nl-1003", "flight_end=Sun 6 Dec", "--source", THERE[1], "--by", "somebody else")
    assert (again["is_new"], again["claim"]["id"], again["claim"]["by"]) == (False, name, "Dana")
    assert "was filed before" in typed(town, "claim", *ABOUT, *THERE).stdout
    over = file_for(town, "2026-12-07", timedelta(seconds=-1))
    assert file_for(town, "2026-12-07", timedelta(hours=1)) == over
    assert states(town) == {"2026-12-06": "pending", "2026-12-07": "pending"}
    told(town, "claims", "reject", name)
    assert told(town, "claim", *ABOUT, *THERE)["claim"]["state"] == "rejected", "its owner said no to just this"
    assert claim(town, "NL-1003", "flight_end=2026-12-08") not in (name, over)


def test_two_claims_about_one_field_stand_side_by_side(town: Town) -> None:
    first, second = claim(town), claim(town, "NL-1003", "flight_end=2026-12-08")
    town.reconcile()
    assert f"2 claims: 2026-12-06 by Dana ({first}), 2026-12-08 by Dana ({second})" in issues(town)
    done = told(town, "claims", "accept", first)
    assert [it["id"] for it in done["others"]] == [second]
    assert f"{second} is pending too" in typed(town, "claims", "accept", first).stdout
    assert states(town) == {"2026-12-06": "accepted", "2026-12-08": "pending"}


def test_an_id_nearly_right_gets_a_hint_and_one_in_another_spelling_is_taken(town: Town) -> None:
    name = claim(town)
    done = typed(town, "claims", "show", name[:-1] + ("A" if name[-1] != "A" else "B"))
    assert (done.exit_code, f"Did you mean {name}?" in done.stderr) == (2, True)
    assert told(town, "claims", "show", f"[{name.lower()}]")["claim"]["id"] == name


# ---------------------------------------------------------------- what may be filed


@pytest.mark.parametrize(
    ("key", "claimed", "is_told"),
    [
        ("NL-1003", "flight_end=6 Dec", "2026-12-06"),
        ("NL-1003 / email / hero-banner", "flight_end=2026-12-06", "2026-12-06"),
        ("NL-1003", "offer=25% off", "25% off"),
        ("NL-1003", "partner=H&F", "Harlow & Finch"),
        ("NL-1003", "budget=EUR 1.234,50", "1234.50 EUR"),
        ("NL-1003", "page_status=✅ Online", "live"),
        ("NL-1003", "promo_code==1+1", "=1+1"),
        ("NL-1003 / email / hero-banner", "utm_source=NL", None),
    ],
)
def test_a_value_is_what_a_cell_of_the_owner_s_would_mean(
    town: Town, key: str, claimed: str, is_told: str | None
) -> None:
    done = typed(town, "claim", key, claimed, *THERE, "--json")
    if is_told is not None:
        assert done.exit_code == 0, done.output
        found = json.loads(done.stdout)["claim"]
        assert (found["value"], found["record"]) == (is_told, "NL-1003")
    else:
        assert done.exit_code in (0, 2)


@pytest.mark.parametrize(
    ("claimed", "why"),
    [
        ("flight_end=1-5 Dec", "flight_end"),
        ("flight_end=03/04/2026", "more than one day"),
        ("offer=1,234", "1"),
        ("page_status=nearly", "Type "),
        ("promo_code=" + "x" * 10_000, "10000 characters long"),
    ],
)
def test_what_is_not_one_value_is_refused_in_one_short_line(town: Town, claimed: str, why: str) -> None:
    done = typed(town, "claim", "NL-1003", claimed, *THERE)
    if claimed == "offer=1,234" and done.exit_code == 0:
        return
    assert done.exit_code == 2, done.output
    assert why in done.stderr
    assert (len(done.stderr.splitlines()), len(done.stderr) < 500) == (1, True)
    assert states(town) == {}


def test_hostile_words_are_bounded_typed_as_text_and_shown_as_signs(town: Town) -> None:
    nasty = '=IMPORTXML("http://x")\n\x1b[31m\u202e␟{0}'
    name = told(town, "claim", "NL-1003", f"partner={nasty}", "--source", nasty, "--by", nasty, "--note", nasty)[
        "claim"
    ]["id"]
    town.reconcile()
    tab = next(it for it in town.sandbox.export(BRIEFS)["tabs"] if it["title"] == "sheetsync")
    assert "IMPORTXML" in json.dumps(tab)
    assert issues(town).startswith("Partner: =IMPORTXML"), "a text, and no formula"
    for arguments in (["claims"], ["claims", "show", name], ["truth", "NL-1003"], ["history", "NL-1003"]):
        done = typed(town, *arguments)
        assert done.exit_code == 0
        assert not [char for char in done.stdout if char in "\x1b\u202e"]
    long = typed(town, "claim", *ABOUT, "--source", "chat", "--by", "x" * 10_000)
    assert (long.exit_code, "--by is 10000 characters long" in long.stderr) == (2, True)


# ---------------------------------------------------------------- where it is told


def test_it_is_listed_by_owner_campaign_and_state_and_stands_in_history_and_truth(town: Town) -> None:
    name = claim(town)
    told(town, "claim", "NL-1001", "page_status=live", *THERE)
    told(town, "claims", "accept", name, "--by", "Lena")

    def listed(*chosen: str) -> list[str]:
        return [it["record"] for it in told(town, "claims", "list", *chosen)["claims"]]

    assert listed() == ["NL-1003", "NL-1001"]
    assert (
        listed("--owner", "briefs") == listed("--campaign", "nl-1003") == listed("--state", "accepted") == ["NL-1003"]
    )
    assert listed("--state", "pending") == ["NL-1001"]
    assert listed("--state", "rejected") == []
    [field] = told(town, "truth", "NL-1003", "flight_end")["fields"]
    assert [(it["id"], it["state"], it["by"]) for it in field["said_elsewhere"]] == [(name, "accepted", "Dana")]
    assert (field["value"], len(field["claims"])) == ("2026-11-30", 5), "it is none of the claims"
    events = told(town, "history", "NL-1003", "flight_end")["events"]
    life = [(it["who"], it["claim"]["state"], it["new"]) for it in events if "claim" in it]
    assert life[1:] == [("Lena", "accepted", "2026-12-06")]
    assert life[0][1:] == ("pending", "2026-12-06")


def test_no_reader_of_another_workbook_sees_anything_of_it(town: Town) -> None:
    others = {book: json.dumps(town.sandbox.export(book)) for book in (LANDING, UTM)}
    name = claim(town)
    for verdict in ("accept", "reject"):
        town.reconcile()
        assert {book: json.dumps(town.sandbox.export(book)) for book in (LANDING, UTM)} == others
        told(town, "claims", verdict, name)


def test_flags_of_claims_count_as_no_contradiction_of_an_approval_and_say_what_to_do(town: Town) -> None:
    claim(town)
    [flag] = [it for it in town.reconcile()["flags"] if it["kind"] == "contradiction"]
    assert told(town, "status")["approvals"]["contradictions"] == 0
    shown = told(town, "conflicts", "show", flag["id"])["flag"]
    assert "`sheetsync claims list --owner briefs`" in shown["to_do"]


# ---------------------------------------------------------------- the law


def everything(town: Town, run: Run) -> Mapping[str, Any]:
    """All that a cycle makes, agrees on, remembers and writes, but for what claims are told in."""
    ledger = town.world().ledger
    memory = ledger.memory()
    lines = [our_lines(town, book) for book in (BRIEFS, LANDING, UTM)]
    export = export_document(town.config, None)
    decided = run.decided
    claims = {it.id for it in ledger.open_flags() if is_hearsay(it.document)}
    return {
        "flags": [it for it in decided.flags if it.id not in claims],
        "decided": (decided.generated, decided.withheld, dict(decided.agreed), decided.follows, decided.issued),
        "handed": (decided.handed, decided.approvals),
        "baselines": dict(memory.baselines),
        "published": {about: it.value for about, it in memory.published.items()},
        "withheld": ledger.withheld(),
        "open": [it.id for it in ledger.open_flags() if it.id not in claims],
        # In a sidecar a row has a line only if there is something to say of it: to say something of it is no value.
        "values": [
            (key, name, text)
            for line_by_key in lines
            for key, line in sorted(line_by_key.items())
            for name, text in line.items()
            if text and name not in HEAD
        ],
        "export": {name: it for name, it in export.items() if name != "as_of"},
        "followed": run.followed.puts,
    }


CAMPAIGNS = ("NL-1001", "NL-1003", "NL-1005", "NL-1007")
VALUES = (
    *(("flight_end", it) for it in ("2026-11-30", "2026-12-06", "2026-12-08")),
    *(("offer", "30% off"), ("promo_code", "HF-BF30"), ("partner", "Nobody"), ("budget", "1")),
    *(("landing_page", "https://www.northlight.example/x"), ("page_status", "live")),
)
Filing = tuple[str, tuple[str, str], State | None, timedelta]
filings = st.lists(
    st.tuples(
        st.sampled_from(CAMPAIGNS),
        st.sampled_from(VALUES),
        st.sampled_from((State.ACCEPTED, State.REJECTED, None)),
        st.sampled_from((timedelta(hours=1), timedelta(seconds=-1))),
    ),
    min_size=1,
    max_size=5,
)


@example([(record, claimed, None, timedelta(hours=1)) for record in CAMPAIGNS for claimed in VALUES])
@given(filings)
# Not shrunk: each example is two seasons, and its claims say enough.
@settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
def test_a_claim_never_changes_a_value(
    tmp_path_factory: pytest.TempPathFactory,
    _moments: Any,  # noqa: PT019
    filed: Sequence[Filing],
) -> None:
    sandbox, _, after = _moments
    runs = []
    for with_claims in (False, True):
        town = after.again(sandbox, tmp_path_factory.mktemp("law"))
        town.change("official", writes=False)
        # A season in which owner and copies have moved since they agreed.
        type_end(town, "2026-12-06")
        desk, rules = wiring.desk(town.config), town.config.rules
        for number, (record, (name, value), verdict, until) in enumerate(filed if with_claims else ()):
            said = Said(value, f"chat {number}", "Dana", "", desk.clock.now() + until)
            it = file(desk, rules, record, name, said, "ann").it
            if verdict is not None and until > timedelta():
                answer(desk, it.id, verdict, "Lena")
        town.run()
        runs.append(everything(town, town.run()))
        assert town.reconcile()["requests"]["writes"] == 0
    for name, without in runs[0].items():
        assert runs[1][name] == without, name


# ---------------------------------------------------------------- during a run


class Meanwhile:
    """Spreadsheets at whose first read somebody does something."""

    def __init__(self, inner: Sheets, act: Callable[[], object]) -> None:
        self._inner, self._act = inner, act
        self.count = inner.count
        self.apply, self.link = inner.apply, inner.link

    def read(self, spreadsheet: str) -> Workbook:
        act, self._act = self._act, lambda: None
        act()
        return self._inner.read(spreadsheet)


def during(town: Town, act: Callable[[], object]) -> World:
    world = town.world()
    return replace(world, sheets=Meanwhile(world.sheets, act))


def test_what_is_filed_during_a_run_neither_fails_nor_is_lost(town: Town) -> None:
    with SqlLeases(town.ledger, SystemClock()).hold(RUN):
        assert typed(town, "claim", *ABOUT, *THERE).exit_code == 0
    town.run(during(town, lambda: claim(town, "NL-1003", "offer=25% off")))
    assert states(town) == {"2026-12-06": "pending", "25% off": "pending"}
    town.reconcile()
    assert "25% off was claimed" in issues(town) or "+" in issues(town)


def test_an_answer_given_during_a_run_is_not_committed_over(town: Town) -> None:
    name = claim(town)
    type_end(town, "2026-12-06")
    town.run(during(town, lambda: told(town, "claims", "reject", name)))
    assert states(town) == {"2026-12-06": "rejected"}, "the run would have closed it"
    again = file_for(town, "2026-12-09", timedelta(seconds=-1))
    town.run(during(town, lambda: file_for(town, "2026-12-09", timedelta(hours=1))))
    assert states(town)["2026-12-09"] == "pending", "the run would have let it expire"
    assert told(town, "claims", "accept", again)["claim"]["state"] == "accepted"


def test_many_who_file_and_answer_at_once_make_one_claim_and_one_answer(town: Town) -> None:
    new: list[bool] = []
    answers: list[str] = []

    def say(verdict: State) -> None:
        desk, rules = wiring.desk(town.config), town.config.rules
        said = Said("2026-12-06", "chat", "Dana", "", desk.clock.now() + timedelta(hours=1))
        done = file(desk, rules, "NL-1003", "flight_end", said, threading.current_thread().name)
        new.append(done.is_new)
        answers.append(answer(desk, done.it.id, verdict, "Lena").it.last.state)

    people = [threading.Thread(target=say, args=(State.REJECTED,)) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sum(new) == 1
    assert answers == [State.REJECTED] * 4
    [it] = wiring.past(town.config).hearsay()
    assert [move.state for move in it.moves] == [State.PENDING, State.REJECTED]


def test_a_dry_run_notes_nothing_and_shows_what_would_be_written(town: Town) -> None:
    claim(town)
    type_end(town, "2026-12-06")
    town.reconcile(dry_run=True)
    assert [len(it.moves) for it in wiring.past(town.config).hearsay()] == [1]
