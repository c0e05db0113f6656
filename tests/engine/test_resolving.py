"""Decided at the command line: filed for the next run, judged there like what is typed in a tab, told everywhere."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync import wiring
from sheetsync.core.conflicts import State
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Mode
from sheetsync.core.matters import CUSTOM_VALUE, KEEP_A, KEEP_AGREED, KEEP_B, MAY_DIFFER
from sheetsync.core.rulings import End
from sheetsync.core.scope import Scope
from sheetsync.engine.daemon import Kind
from sheetsync.engine.resolving import Choice, Docket, Resolved, resolve, withdraw
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run
from sheetsync.errors import LockHeld, UsageError
from sheetsync.faces.cli import main
from sheetsync.faces.commands.looking import _STATES
from sheetsync.faces.conflicts import Wanted, conflict_document, conflict_text, conflicts_document, conflicts_text
from sheetsync.faces.export import _Known
from sheetsync.faces.history import history_document, history_text
from sheetsync.faces.runs import run_document
from sheetsync.faces.status import status_document, status_text
from sheetsync.faces.tables import Screen
from sheetsync.faces.truth import truth_document, truth_text
from sheetsync.faces.undoing import undo_document, undo_text
from sheetsync.ports import Filed, Outcome
from tests.deciding import OPS, deciding, decisions
from tests.engine.conftest import Town, _Moment
from tests.engine.people import BRIEFS, LANDING, Hand
from tests.engine.test_ledger_story import Killed
from tests.engine.test_saved_plans import Desk
from tests.engine.watching import Watched
from tests.season import Season

#: NL-1001: the brief says FINCH25 now, the landing page FINCH30; both said FINCH20
ID = "ss-GWXLP7"
#: the register still says FINCH20
BEHIND = "ss-Y3QCLZ"
#: NL-1001 and NL-1002, promo code, in each sheet
BRIEF, PAGE = (6, 7), (3, 7)
PIPE = Screen()

Document = Mapping[str, Any]


def brief(town: Season) -> Hand:
    return Hand(town.sandbox, BRIEFS, 0)


def page(town: Season) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


@pytest.fixture(scope="module")
def _moment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Season, _Moment]]:
    with deciding(tmp_path_factory.mktemp("resolving") / "now") as loaded:
        assert loaded.reconcile()["run"]["exit_code"] == 0
        brief(loaded).type(*BRIEF, "FINCH25")
        page(loaded).type(*PAGE, "FINCH30")
        assert loaded.reconcile()["run"]["exit_code"] == 0
        yield loaded, _Moment.of(loaded, loaded.place.parent / "disputed")


@pytest.fixture
def town(_moment: tuple[Season, _Moment], tmp_path_factory: pytest.TempPathFactory) -> Town:
    """After the run that found the conflict."""
    loaded, moment = _moment
    return moment.again(loaded.sandbox, tmp_path_factory.mktemp("town"))


def docket(town: Town) -> Docket:
    return Docket.by(town.world().ledger, town.config.rules)


def decide(town: Town, name: str = ID, decision: str = KEEP_B, **more: str) -> Resolved:
    return resolve(wiring.desk(town.config), town.config.rules, name, Choice(decision, **more), "dana")


def refusal(town: Town, name: str = ID, decision: str = KEEP_B, **more: str) -> str:
    with pytest.raises(UsageError) as refused:
        decide(town, name, decision, **more)
    assert refused.value.exit_code == 2
    assert "\n" not in str(refused.value)
    return str(refused.value)


def say(town: Season, *typed: str) -> Result:
    return CliRunner().invoke(main, [*typed, "--config", str(town.folder)], env=town.environment)


def messages(run: Run, record: str = "NL-1001") -> dict[str, str]:
    return {flag.place.source: flag.message for flag in run.decided.flags if flag.record == record and flag.owner}


def state(town: Town, name: str = ID) -> str:
    return str(conflict_document(town.config, name)["conflict"]["state"])


def quiet(town: Town) -> None:
    run = town.run()
    assert (run.requests.writes, run.exit_code, run.decided.judged) == (0, 0, ())


# ---------------------------------------------------------------- what is decided counts from the next run on


def test_what_an_operator_decides_counts_in_the_next_run_and_only_once(town: Town) -> None:
    done = decide(town, why="legal said so")
    assert (done.again, done.filed.typed.by, done.filed.typed.operator) == (False, "dana", "dana")
    assert done.filed.typed.saw == done.case.version
    run = town.run()
    [judged] = run.decided.judged
    assert judged.ruling is not None
    assert (judged.ruling.holds, judged.ruling.attested) == ({"promo_code": "FINCH30"}, True)
    assert judged.ruling.how == "on the command line, as dana"
    assert state(town) == State.APPLIED
    assert town.world().ledger.deciding().filed == ()
    [heard] = town.world().ledger.heard()
    assert (heard.where, heard.refused, heard.typed["by"]) == ("", "", "dana")
    quiet(town)


@pytest.mark.parametrize(
    ("decision", "more", "holds"),
    [
        (KEEP_A, {}, {"promo_code": "FINCH25"}),
        (KEEP_AGREED, {}, {"promo_code": "FINCH20"}),
        (CUSTOM_VALUE, {"custom": " finch40 "}, {"promo_code": "FINCH40"}),
        (MAY_DIFFER, {"until": "2999-12-31"}, {}),
    ],
)
def test_each_choice_is_what_the_tab_makes_of_it(
    town: Town, decision: str, more: dict[str, str], holds: dict[str, str]
) -> None:
    assert dict(decide(town, decision=decision, **more).ruling.holds) == holds
    [judged] = town.run().decided.judged
    assert judged.ruling is not None
    assert dict(judged.ruling.holds) == holds
    quiet(town)


def test_the_text_says_what_was_decided_what_each_side_says_and_when_it_counts(town: Town) -> None:
    done = say(town, "conflicts", "resolve", f"[{ID.lower()}]", "--keep", "b", "--why", "legal said so")
    assert done.exit_code == 0, done.output
    for text in (
        "keep B, by",
        "legal said so",
        "A says   FINCH25 in Partner briefs",
        "B says   FINCH30 in Landing pages",
    ):
        assert text in done.output
    assert "counts from the next run on (`sheetsync reconcile`; a daemon takes it in its next turn)" in done.output


def test_who_decides_is_whose_process_it_is_and_no_variable_says_otherwise(town: Town) -> None:
    environ = {**town.environment, "LOGNAME": "dana", "USER": "dana"}
    typed = ["conflicts", "resolve", ID, "--keep", "a", "--json", "--config", str(town.folder)]
    document = json.loads(CliRunner().invoke(main, typed, env=environ).stdout)
    assert document["filed"]["by"] == wiring.operator() != "dana"
    assert document["filed"]["attested"] is True
    assert (document["version"], document["conflict"]["waiting"]["number"]) == (1, document["filed"]["number"])


def test_a_group_is_decided_with_all_its_moved_fields(town: Town) -> None:
    groups = {"terms": ("offer", "promo_code")}
    town.set(replace(town.config.rules, groups=groups))
    page(town).type(*PAGE, "FINCH25")
    town.run()
    brief(town).type(BRIEF[0], BRIEF[1] - 1, "30% off")
    page(town).type(*PAGE, "FINCH31")
    town.run()
    [case] = [it for it in docket(town).conflicts if it.is_open]
    assert (case.dispute.group, case.dispute.fields) == ("terms", ("offer", "promo_code"))
    assert "(--value): offer = 30% off; promo_code = FINCH25" in refusal(town, case.id, CUSTOM_VALUE, custom="FINCH40")
    value = "promo code = finch40; offer = 35% off"
    assert decide(town, case.id, CUSTOM_VALUE, custom=value).ruling.holds == {
        "offer": "35% off",
        "promo_code": "FINCH40",
    }
    run = town.run()
    assert [one.ruling is not None for one in run.decided.judged] == [True]
    choice = conflict_document(town.config, case.id)["conflict"]
    assert (choice["group"], choice["version"]) == ("terms", None)


# ---------------------------------------------------------------- what can be said at once


def _decided(town: Town) -> None:
    decide(town)
    town.run()


def _closed(town: Town) -> None:
    brief(town).type(*BRIEF, "FINCH30")
    town.run()


def _nothing(_: Town) -> None:
    """As it is."""


def _waiting(town: Town) -> None:
    decide(town, decision=KEEP_A)


@pytest.mark.parametrize(
    ("before", "name", "choice", "said"),
    [
        (_nothing, "ss-GWXLP8", {}, f"'ss-GWXLP8'. Did you mean {ID}?"),
        (_nothing, "zzzz", {}, "`sheetsync conflicts list` says what is open."),
        (_nothing, "ss-5LBPTT", {}, "a flag of kind url_defect: there are no two sides"),
        (_decided, ID, {}, "decided already (keep B by dana); `sheetsync undo "),
        (_closed, ID, {}, "closed since 20"),
        (_waiting, ID, {}, "dana has decided keep A at"),
        (_nothing, ID, {"seen": "ABCDEF"}, "A or B has changed since version ABCDEF"),
        (_nothing, ID, {"decision": CUSTOM_VALUE}, "Type it (--value)"),
        (_nothing, ID, {"decision": MAY_DIFFER, "until": "2020-01-31"}, "2020-01-31 (--until) is over"),
        (_nothing, ID, {"decision": MAY_DIFFER, "until": "soon"}, "--until: 'soon' is no date"),
        (_nothing, ID, {"why": "x" * 3000}, "--why is longer than 2000 characters"),
    ],
)
def test_what_can_be_said_at_once_is_said_at_once(
    town: Town, before: Callable[[Town], None], name: str, choice: dict[str, str], said: str
) -> None:
    before(town)
    waits = town.world().ledger.deciding().filed
    assert said in refusal(town, name, **choice)
    assert town.world().ledger.deciding().filed == waits


def test_a_value_nobody_understands_and_an_agreement_there_never_was_are_told_at_once(town: Town) -> None:
    [late] = [it for it in docket(town).differences if it.dispute.field == "flight_end"]
    assert "is no date" in refusal(town, late.id, CUSTOM_VALUE, custom="Octember 3")
    assert "nothing was ever agreed for Flight end" in refusal(town, late.id, KEEP_AGREED)


def test_the_same_twice_is_told_and_nothing_is_doubled(town: Town) -> None:
    first, second = decide(town), decide(town)
    assert (first.again, second.again, second.filed) == (False, True, first.filed)
    assert len(town.run().decided.judged) == 1


def test_what_was_looked_at_may_be_named_and_is_held_to(town: Town) -> None:
    version = docket(town).case(ID).version
    assert decide(town, seen=version.lower()).filed.typed.saw == version


def test_a_remainder_of_a_decision_is_not_decided_again(town: Town) -> None:
    decide(town, decision=KEEP_A)
    run = town.run()
    [left] = [flag.id for flag in run.decided.flags if flag.record == "NL-1001" and flag.place.source == "landing"][:1]
    assert f"decided already, in {ID} (keep A by dana)" in refusal(town, left)


# ---------------------------------------------------------------- what only fresh sheets can tell


def test_what_changes_between_filing_and_the_run_must_be_decided_again(town: Town) -> None:
    decide(town)
    page(town).type(*PAGE, "FINCH35")
    run = town.run()
    [judged] = run.decided.judged
    assert judged.ruling is None
    assert "RE-DECIDE" in judged.said
    assert f"`sheetsync conflicts show {ID}`" in judged.said
    shown = conflict_document(town.config, ID)["conflict"]
    assert (shown["state"], shown["waiting"]) == ("open", None)
    assert "RE-DECIDE" in shown["refused"]["refused"]
    assert run_document(town.config, "last")["decisions"][0]["outcome"] == "refused"
    quiet(town)
    decide(town)
    assert town.run().decided.judged[0].ruling is not None


def test_what_cannot_be_judged_yet_waits_and_is_heard_by_no_run(town: Town) -> None:
    decide(town)
    _closed(town)
    [filed] = town.world().ledger.deciding().filed
    assert filed.typed.matter == ID
    assert town.world().ledger.heard() == ()
    [judged] = town.run().decided.judged
    assert "closed since" in judged.said
    assert town.world().ledger.deciding().filed == ()
    assert len(town.world().ledger.heard()) == 1


@dataclass
class Between:
    """A ledger in which something happens right before, or right after, the commit."""

    inner: Any
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None

    def commit(self, outcome: Outcome) -> None:
        self.before()
        self.inner.commit(outcome)
        self.after()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def killed() -> None:
    raise Killed


def test_a_decision_filed_while_a_run_is_under_way_is_heard_by_the_next_one(town: Town) -> None:
    world = town.world()
    first = town.run(replace(world, ledger=Between(world.ledger, before=lambda: decide(town))))
    assert first.decided.judged == ()
    assert len(town.world().ledger.deciding().filed) == 1
    assert town.run().decided.judged[0].ruling is not None
    assert len(town.world().ledger.all_rulings()) == 1


@pytest.mark.parametrize("committed", [False, True])
def test_a_run_that_is_killed_around_its_commit_neither_loses_nor_doubles_a_decision(
    town: Town, committed: bool
) -> None:
    decide(town)
    world = town.world()
    dying = Between(world.ledger, after=killed) if committed else Between(world.ledger, before=killed)
    with pytest.raises(Killed):
        town.run(replace(world, ledger=dying))
    assert len(town.world().ledger.deciding().filed) == (0 if committed else 1)
    town.run()
    assert len(town.world().ledger.all_rulings()) == 1
    assert len(town.world().ledger.heard()) == 1
    assert state(town) == State.APPLIED


@pytest.mark.parametrize("part", [{"dry_run": True}, {"scope": Scope(source="landing")}])
def test_a_run_that_decides_nothing_hears_nothing(town: Town, part: dict[str, Any]) -> None:
    decide(town)
    town.run(None, **part)
    assert len(town.world().ledger.deciding().filed) == 1
    assert town.world().ledger.all_rulings() == ()


# ---------------------------------------------------------------- taken back before a run heard it


def back(town: Town, name: str = ID) -> Filed:
    return withdraw(wiring.desk(town.config), town.config.rules, name, "mo")


def stays(town: Town) -> str:
    with pytest.raises(UsageError) as refused:
        back(town)
    return str(refused.value)


def test_what_is_withdrawn_no_run_hears_and_another_may_be_made(town: Town) -> None:
    filed = decide(town).filed
    assert back(town) == filed
    assert town.world().ledger.deciding().filed == ()
    assert town.run().decided.judged == ()
    assert (state(town), town.world().ledger.heard()) == (State.OPEN, ())
    assert decide(town, decision=KEEP_A).filed.number != filed.number
    [judged] = town.run().decided.judged
    assert judged.ruling is not None
    assert judged.ruling.holds == {"promo_code": "FINCH25"}


def test_only_what_waits_is_withdrawn_and_what_was_taken_is_undone(town: Town) -> None:
    assert "no decision waits for the next run" in stays(town)
    decide(town)
    run = town.run()
    told = stays(town)
    assert "no decision waits for the next run" in told
    assert f"`sheetsync undo {run.id}`" in told


def test_nothing_is_withdrawn_while_a_run_may_have_heard_it(town: Town) -> None:
    decide(town)
    held: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(LockHeld) as refused:
            back(town)
        held.append(str(refused.value))
        raise Killed

    world = town.world()
    with pytest.raises(Killed):
        town.run(replace(world, ledger=Between(world.ledger, before=meanwhile)))
    assert len(held) == 1
    assert "a run that was cut off may have heard this decision" in stays(town)
    town.run()
    assert len(town.world().ledger.all_rulings()) == 1


def test_it_is_withdrawn_at_the_command_line(town: Town) -> None:
    decide(town)
    done = say(town, "conflicts", "resolve", ID, "--withdraw")
    assert (done.exit_code, done.output.count("\n")) == (0, 1), done.output
    assert "keep B, by dana" in done.output
    assert "is withdrawn; no run hears it." in done.output
    decide(town)
    document = json.loads(say(town, "conflicts", "resolve", ID, "--withdraw", "--json").stdout)
    assert (document["withdrawn"]["by"], document["conflict"]["waiting"]) == ("dana", None)


# ---------------------------------------------------------------- differences


def test_the_version_of_every_difference_is_known_from_the_ledger(town: Town) -> None:
    run = town.run()
    salt = town.world().ledger.memory().installation
    known = {it.id: it.version for it in docket(town).differences}
    fresh = {it.id: it.version(salt) for it in run.decided.disputes if it.kind is FlagKind.DIFFERENCE}
    assert known == fresh
    assert len(known) >= 4


def test_a_difference_can_be_decided_against_its_owner(town: Town) -> None:
    decide(town, BEHIND)
    run = town.run()
    [ruling] = run.decided.rulings.rulings
    assert dict(ruling.holds) == {"promo_code": "FINCH20"}
    assert "FINCH20 was decided by dana" in messages(run)["briefs"]
    shown = conflict_document(town.config, BEHIND)
    assert [it["holds"] for it in shown["decisions"]] == [{"promo_code": "FINCH20"}]
    assert "keep B (FINCH20), decided by dana" in "\n".join(conflict_text(PIPE, shown))
    assert [it["decision"]["id"] for it in decided_in_history(town)] == [BEHIND]


# ---------------------------------------------------------------- the daemon


def test_a_daemon_takes_a_filed_decision_in_its_next_turn_and_asks_nobody_for_it(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    watched.idle()
    decide(town, decision=MAY_DIFFER, until="2999-12-31")
    turn = watched.turn()
    assert turn.kind is Kind.CYCLE
    assert turn.run is not None
    assert turn.run.decided.judged[0].ruling is not None
    assert turn.changed == ()
    assert turn.requests.drive == 1
    assert watched.idle().kind is Kind.IDLE


def test_without_a_decision_a_turn_stays_idle_and_one_request(town: Town) -> None:
    watched = Watched(town)
    watched.turn()
    watched.idle()
    turn, asked = watched.requests_of(watched.turn)
    assert (turn.kind, len(asked)) == (Kind.IDLE, 1)
    decide(town)
    turn, asked = watched.requests_of(lambda: watched.daemon.turn())
    assert turn.kind is Kind.CYCLE
    assert watched.daemon._doors.filed() == 1


# ---------------------------------------------------------------- what is told of it


def decided_in_history(town: Town) -> list[Document]:
    events = history_document(town.config, "NL-1001", None, None, 100)["events"]
    return [it for it in events if "decision" in it]


def test_a_conflict_shows_both_sides_what_each_choice_means_and_what_to_type(town: Town) -> None:
    document = conflict_document(town.config, ID)
    case = document["conflict"]
    assert (case["a"]["says"], case["b"]["says"]) == ({"promo_code": "FINCH25"}, {"promo_code": "FINCH30"})
    assert case["agreed"] == {"promo_code": "FINCH20"}
    assert [it["keep"] for it in case["choices"]] == ["a", "b", "agreed"]
    text = " ".join("\n".join(conflict_text(PIPE, document)).split())
    assert "keep a Landing pages Zielseiten!H4 changes to FINCH25" in text
    assert "keep b Partner briefs Q4 briefs!H7 changes to FINCH30" in text
    assert f"sheetsync conflicts resolve {ID} --keep a --seen {case['version']}" in text


def test_the_states_that_can_be_asked_for_are_all_there_are() -> None:
    assert list(_STATES) == [str(it) for it in State]


def test_the_list_tells_how_far_each_is(town: Town) -> None:
    def listed(**chosen: Any) -> list[tuple[str, str]]:
        found = conflicts_document(town.config, Wanted(**chosen))["conflicts"]
        return [(it["id"], it["state"]) for it in found]

    assert listed() == listed(states=("open",)) == listed(owner="briefs", source="landing") == [(ID, "open")]
    assert listed(source="utm") == listed(campaign="NL-1002") == listed(states=("closed",)) == []
    decide(town)
    assert "waits for the next run: keep B, by dana" in "\n".join(
        conflicts_text(PIPE, conflicts_document(town.config, Wanted()))
    )
    town.run()
    assert listed(states=("applied",)) == [(ID, "applied")]
    brief(town).type(*BRIEF, "FINCH30")
    town.run()
    assert listed(states=("closed",)) == [(ID, "closed")]
    assert listed() == []
    brief(town).type(*BRIEF, "XX1")
    page(town).type(*PAGE, "XX2")
    town.run()
    assert listed() == [(f"{ID}.2", "reopened")]
    shown = conflict_document(town.config, ID)["conflict"]
    assert (shown["id"], shown["episode"]) == (f"{ID}.2", 2), "what stands in the sheet means the one there is now"
    assert decide(town).case.id == f"{ID}.2"


def test_everybody_says_that_the_word_was_decided(town: Town) -> None:
    decide(town)
    town.run()
    truth = truth_document(town.config, "NL-1001", "promo_code")
    [field] = truth["fields"]
    assert (field["value"], field["decided"]["by"], field["decided"]["attested"]) == ("FINCH30", "dana", True)
    assert {it["source"]: it["state"] for it in field["claims"]} == {
        "briefs": "differs",
        "landing": "agrees",
        "official": "differs",
    }
    assert "the owner's cell says otherwise" in "\n".join(truth_text(PIPE, truth))
    [event] = decided_in_history(town)
    assert (event["who"], event["field"]) == ("dana", "promo_code")
    assert status_document(town.config)["conflicts"]["applied"] == 1
    assert "conflicts: 1 applied" in list(status_text(PIPE, status_document(town.config)))
    brief(town).type(*BRIEF, "FINCH30")
    town.run()
    [field] = truth_document(town.config, "NL-1001", "promo_code")["fields"]
    assert field["decided"] is None
    assert [it["end"] for it in field["decisions"]] == [End.FULFILLED.value]
    assert [it["decision"]["outcome"] for it in decided_in_history(town)] == ["taken", "ended"]
    assert "ended: both sides say it" in "\n".join(
        history_text(PIPE, history_document(town.config, "NL-1001", "promo_code", None, 9))
    )


def test_a_run_says_each_decision_it_took_or_refused_in_a_line(town: Town) -> None:
    decide(town)
    done = say(town, "reconcile")
    line = next(line for line in done.output.splitlines() if line.startswith("= "))
    assert line.startswith("= NL-1001 / promo_code: keep B (FINCH30), decided by dana on ")
    assert line.endswith(f"[taken {ID}, command line]")
    assert line in say(town, "runs", "last").output


def test_an_export_hands_on_what_was_decided_not_what_the_owners_cell_still_says(town: Town) -> None:
    def exported() -> set[str]:
        ledger = town.world().ledger
        known = _Known(town.config.rules, ledger.memory(), ledger.open_flags(), ledger.withheld())
        rows = [known.row(it) for it in known.placements if it.startswith("NL-1001")]
        return {row.values["promo_code"] for row in rows}

    assert exported() == {"FINCH25"}
    decide(town)
    town.run()
    assert exported() == {"FINCH30"}
    taken_back(town)
    assert exported() == {"FINCH25"}


def test_a_third_copy_hears_by_whose_decision_the_owners_word_is_another(town: Town) -> None:
    decide(town)
    run = town.run()
    [flag] = [it for it in run.decided.flags if it.id == BEHIND]
    today = run.started.date().isoformat()
    words = f"was decided by dana on {today} in place of what Partner briefs"
    assert flag.message == f"Promo code is FINCH20 here; FINCH30 {words} (owner) says"
    assert flag.discreet == f"Promo code {words} says"
    assert flag.sources == {"briefs", "landing"}, "the value was the landing page's first"


# ---------------------------------------------------------------- taken back


def taken_back(town: Town) -> str:
    run = town.world().ledger.last_run()
    assert run is not None
    undo(town.world(), town.config.rules, run.id)
    return run.id


def everything(town: Town) -> Run:
    """The next run, which may write again."""
    return town.run(accept=town.yes_to())


def test_an_undo_says_what_it_takes_back_and_the_conflict_is_open_again(town: Town) -> None:
    baseline = town.world().ledger.memory().baselines["landing", "NL-1001", "promo_code"]
    decide(town)
    town.run()
    assert town.world().ledger.memory().baselines["landing", "NL-1001", "promo_code"] == "FINCH30"
    preview = "\n".join(undo_text(PIPE, undo_document(town.config, "last", True)))
    assert "NL-1001 / promo_code: keep B (FINCH30), decided by dana" in preview
    assert "would be open again, and what was typed counts again only when it changes" in preview
    assert state(town) == State.APPLIED, "a preview changes nothing"
    taken_back(town)
    assert state(town) == State.OPEN
    assert town.world().ledger.memory().baselines["landing", "NL-1001", "promo_code"] == baseline
    run = everything(town)
    assert (run.decided.judged, run.decided.rulings.rulings) == ((), ())
    assert ID in {flag.id for flag in run.decided.flags}
    assert decide(town).again is False


def test_a_decision_in_the_tab_counts_no_more_until_it_is_changed(town: Town) -> None:
    hand = decisions(town, OPS)
    head, row = hand.grid[0], hand.find(ID)[0]
    hand.type(row, head.index("decision"), "keep B")
    hand.type(row, head.index("by"), "Dana")
    assert town.run().decided.judged[0].ruling is not None
    taken_back(town)
    assert everything(town).decided.judged == ()
    assert state(town) == State.OPEN
    hand.type(row, head.index("why"), "really")
    [judged] = town.run().decided.judged
    assert judged.ruling is not None


def test_an_exception_that_was_taken_back_is_none(town: Town) -> None:
    decide(town, decision=MAY_DIFFER, until="2999-12-31")
    assert ID not in {flag.id for flag in town.run().decided.flags}
    taken_back(town)
    assert ID in {flag.id for flag in everything(town).decided.flags}
    assert state(town) == State.OPEN


def test_what_a_decision_had_superseded_holds_again_when_it_is_taken_back(town: Town) -> None:
    decide(town)
    town.run()
    decide(town, BEHIND)
    second = town.run()
    [ended] = second.decided.rulings.ended
    assert (ended.matter, ended.end) == (ID, End.SUPERSEDED)
    taken_back(town)
    holding = town.world().ledger.deciding().rulings
    assert [it.matter for it in holding] == [ID]
    run = everything(town)
    assert [it.matter for it in run.decided.rulings.rulings] == [ID]
    assert state(town) in (State.DECIDED, State.APPLIED)


def test_a_run_that_only_decided_can_be_taken_back_too(town: Town) -> None:
    for name in ("briefs", "landing", "utm"):
        town.change(name, mode=Mode.OBSERVE)
    town.run()
    decide(town, decision=MAY_DIFFER, until="2999-12-31")
    town.run()
    taken_back(town)
    assert state(town) == State.OPEN


# ---------------------------------------------------------------- saved plans


def test_a_saved_plan_is_refused_where_somebody_has_decided_since(town: Town) -> None:
    desk = Desk(town)
    page(town).type(PAGE[0] + 2, PAGE[1], "ANOTHER1")
    desk.plan()
    decide(town)
    _, states, told = desk.apply()
    assert states[LANDING] == "refused"
    assert "somebody has decided since" in told


def test_a_plan_that_foresaw_a_decision_is_applied_with_it(town: Town) -> None:
    desk = Desk(town)
    decide(town)
    plan = desk.plan()
    assert [it["outcome"] for it in plan["decisions"]] == ["taken"]
    assert town.world().ledger.all_rulings() == ()
    code, states, _ = desk.apply()
    assert (code, states[LANDING], states[BRIEFS]) == (0, "verified", "verified")
    assert len(town.world().ledger.all_rulings()) == 1
