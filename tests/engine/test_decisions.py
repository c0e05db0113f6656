"""Where people decide, over HTTP: three teams and an ops workbook, and all that befalls the tab between two runs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.decision_lines import UNKNOWN
from sheetsync.core.decisions_tab import DECISIONS_TAB_ID
from sheetsync.core.graph import Mode, Visibility
from sheetsync.core.guards import Guard
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.matters import PEOPLE, STATE, VALUE_A, VALUE_B
from sheetsync.core.scope import Scope
from sheetsync.core.seal import why_moved
from sheetsync.core.where_decided import DECISIONS, DecidedAbout
from sheetsync.engine.daemon import Kind
from sheetsync.engine.documents import run_document
from sheetsync.engine.leaving import detach
from sheetsync.engine.undoing import undo
from sheetsync.faces.accepting import accepted
from sheetsync.faces.decisions import decisions_document, decisions_text
from sheetsync.faces.tables import Screen
from sheetsync.sandbox import Running
from tests.deciding import OPS, deciding, decision_lines, decisions, ids, people_cells
from tests.engine.conftest import Town, _Moment
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, briefs, ours_in
from tests.engine.test_ledger_story import Killed, history, journal, meddled
from tests.engine.test_recovery import Deadly, DeadlyLedger, DeadlySheets, settled_once
from tests.engine.test_saved_plans import Desk
from tests.engine.watching import Watched

pytestmark = pytest.mark.e2e

#: columns of theirs
DECISION, CUSTOM, UNTIL, BY, WHY = range(13, 18)


@pytest.fixture(scope="module")
def _decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, _Moment]]:
    with deciding(tmp_path_factory.mktemp("deciding") / "now") as loaded:
        assert loaded.reconcile()["run"]["exit_code"] == 0
        yield loaded.sandbox, _Moment.of(loaded, loaded.place.parent / "after")


@pytest.fixture
def town(_decided: tuple[Running, _Moment], tmp_path: Path) -> Town:
    """After the first cycle: the tabs stand, and nothing is asked in them yet."""
    return _decided[1].again(_decided[0], tmp_path)


@pytest.fixture
def asking(town: Town) -> Town:
    """Of one campaign owner and copy have moved the flight's end apart, of another the offer: two lines."""
    both_move(town)
    assert town.run().exit_code == 0
    return town


def both_move(town: Town) -> None:
    landing = Hand(town.sandbox, LANDING, 1204)
    briefs(town).type(7, 5, "2026-11-23")
    landing.type(4, 6, "24.11.2026")
    briefs(town).type(9, 6, "10% off")
    landing.type(6, 8, "BOGO 40 %")


def at_rest(town: Town) -> None:
    """After at most two quiet cycles nothing is left to do."""
    for _ in range(2):
        town.run()
    run = town.run()
    assert (run.requests.writes, run.exit_code) == (0, 0)
    settled_once(town)


def unshare(town: Town) -> None:
    """Somebody takes us out of the ops workbook's sharing."""
    state = town.sandbox.state
    with state.lock:
        book = state.workbooks[OPS].copied()
        book.shared_with = {who: role for who, role in book.shared_with.items() if not who.startswith("sheetsync@")}
        state.workbooks[OPS] = book


def told(town: Town) -> set[tuple[str, str, str | None, str | None]]:
    """What the history says of the decisions tabs."""
    return {(e.record, e.field, e.old, e.new) for e in history(town) if e.source == DECISIONS}


# ---------------------------------------------------------------- lines


def test_each_conflict_has_one_line_and_a_second_run_writes_nothing(asking: Town) -> None:
    first, second = ids(asking)
    assert {line[STATE][:11] for line in decision_lines(asking)} == {"open since "}
    assert asking.run().requests.writes == 0
    assert (len(ids(asking, BRIEFS)), ids(asking, UTM)) == (2, []), "a team reads what concerns it"
    assert first != second


def test_a_team_s_tab_says_no_more_than_its_readers_may_see(asking: Town) -> None:
    """Briefs' readers see field names only of landing; of their own workbook there is nothing to hide."""
    for line in decision_lines(asking, BRIEFS):
        assert VALUE_B not in line
    whole = repr(asking.sandbox.export(BRIEFS))
    assert "24.11.2026" not in whole
    assert "BOGO 40" not in whole
    asking.change("briefs", readers_see=Visibility.FULL)
    asking.run(accept=asking.yes_to(Guard.VISIBILITY))
    assert {line[VALUE_B] for line in decision_lines(asking, BRIEFS)} == {"2026-11-24", "BOGO 40%"}
    asking.change("briefs", readers_see=Visibility.NONE)
    asking.run()
    assert {frozenset(line) for line in decision_lines(asking, BRIEFS)} == {
        frozenset(("id", "Campaign", "About", "Owner", STATE, VALUE_A, "Link A", "Version"))
    }, "what stands in the workbook itself is no secret there"
    assert "BOGO 40" not in repr(asking.sandbox.export(BRIEFS))


def test_what_people_typed_stays_with_its_line_while_they_sort_and_lines_come_in(town: Town) -> None:
    landing = Hand(town.sandbox, LANDING, 1204)
    briefs(town).type(7, 5, "2026-11-23")
    landing.type(4, 6, "24.11.2026")
    town.run()
    [first], hand = ids(town), decisions(town)
    hand.type(1, DECISION, "keep A", None, "2026-12-01", "Mara", "agreed on the phone")
    briefs(town).type(9, 6, "10% off")
    landing.type(6, 8, "BOGO 40 %")
    town.run()
    second = next(one for one in ids(town) if one != first)
    hand.sort(1, 0)
    by_id = {line["id"]: line for line in decision_lines(town)}
    assert [by_id[first].get(name) for name in PEOPLE] == ["keep A", None, "2026-12-01", "Mara", "agreed on the phone"]
    assert "why" not in by_id[second]
    assert by_id[first]["Campaign"] == "NL-1002"
    assert by_id[second]["Campaign"] == "NL-1004"
    assert town.run().requests.writes == 0


def test_a_matter_that_is_settled_says_so_and_keeps_its_line(asking: Town) -> None:
    before = people_cells(asking)
    briefs(asking).type(7, 5, "2026-11-24")
    asking.run()
    states = {line["Campaign"]: line[STATE] for line in decision_lines(asking)}
    assert {name: said.split()[0] for name, said in states.items()} == {"NL-1002": "closed", "NL-1004": "open"}
    assert people_cells(asking) == before
    assert asking.run().requests.writes == 0


def test_a_copied_line_is_left_alone_and_an_unknown_id_is_said_to_be(asking: Town) -> None:
    hand = decisions(asking)
    hand.copy((1, 2, 0, None), (5, 6, 0, None))
    hand.type(7, 0, "ss-MINE00")
    asking.run()
    lines = decision_lines(asking)
    assert [line["id"] for line in lines] == [*ids(asking)[:2], ids(asking)[0], "ss-MINE00"]
    assert lines[3] == {"id": "ss-MINE00", STATE: UNKNOWN}
    assert lines[2] == lines[0]
    assert ("ss-MINE00", "ss:id", None, "ss-MINE00") in told(asking)
    count = len(history(asking))
    assert asking.run().requests.writes == 0
    briefs(asking).type(7, 5, "2026-11-24")
    asking.run()
    assert len([e for e in history(asking)[count:] if e.source == DECISIONS]) == 0, "it is told once"


def test_a_line_people_delete_comes_back_once_and_the_history_says_so(asking: Town) -> None:
    gone = ids(asking)[0]
    decisions(asking).delete("ROWS", 1)
    asking.run()
    assert sorted(ids(asking)).count(gone) == 1
    assert (gone, "ss:id", gone, None) in told(asking)
    assert asking.run().requests.writes == 0


def test_an_id_typed_over_is_unknown_and_the_conflict_gets_a_new_line(asking: Town) -> None:
    gone = ids(asking)[0]
    decisions(asking).type(1, DECISION, "keep B")
    decisions(asking).type(1, 0, "mine")
    asking.run()
    lines = {line["id"]: line for line in decision_lines(asking)}
    assert lines["mine"] == {"id": "mine", STATE: UNKNOWN, "decision": "keep B"}
    assert "decision" not in lines[gone]
    assert {(gone, "ss:id", gone, None), ("mine", "ss:id", None, "mine")} <= told(asking)


def test_what_people_type_over_our_columns_goes_to_the_history_and_is_put_right(asking: Town) -> None:
    hand, about = decisions(asking), ids(asking)[1]
    hand.type(2, 4, "my own value")
    hand.type(0, 11, "Zustand")
    asking.run()
    assert {(about, "ss:Value A", None, "my own value")} <= told(asking)
    assert "Zustand" in {new for *_, new in told(asking)}
    assert hand.grid[0][11] == STATE
    assert {line[STATE][:11] for line in decision_lines(asking)} == {"open since "}
    assert asking.run().requests.writes == 0


def test_people_s_filter_dropdowns_and_notes_stay(asking: Town) -> None:
    hand = decisions(asking)
    hand.act({"setBasicFilter": {"filter": {"range": hand.range(0), "criteria": {"11": {"hiddenValues": ["closed"]}}}}})
    hand.type(1, DECISION, "something else altogether")
    before = hand.tab
    briefs(asking).type(7, 5, "2026-11-24")
    asking.run()
    now = hand.tab
    for name in ("filter", "filter_views", "rules", "bandings", "title"):
        assert now[name] == before[name]
    assert people_cells(asking)[0][0] == "something else altogether"


# ---------------------------------------------------------------- the tab itself


def test_a_tab_that_is_renamed_stays_and_a_copy_is_inert(asking: Town) -> None:
    hand = decisions(asking)
    hand.rename("Entscheide")
    hand.act({"duplicateSheet": {"sourceSheetId": DECISIONS_TAB_ID, "newSheetId": 77, "insertSheetIndex": 0}})
    copy = Hand(asking.sandbox, OPS, 77)
    copy.type(1, DECISION, "keep B")
    briefs(asking).type(7, 5, "2026-11-24")
    asking.run()
    assert hand.tab["title"] == "Entscheide"
    assert "closed" in {line[STATE].split()[0] for line in decision_lines(asking)}
    assert copy.grid[1][DECISION] == "keep B"
    assert asking.run().requests.writes == 0


def test_a_tab_that_is_deleted_comes_back_and_the_history_says_so(asking: Town) -> None:
    known = ids(asking)
    decisions(asking).delete_tab()
    asking.run()
    assert ids(asking) == known
    assert ("", "ss:id", "decisions", None) in told(asking)
    assert asking.run().requests.writes == 0


def test_a_team_that_has_a_tab_of_that_name_keeps_it(town: Town) -> None:
    decisions(town).delete_tab()
    town.sandbox.act(OPS, [{"addSheet": {"properties": {"title": "Decisions", "sheetId": 8}}}], "person")
    town.run()
    assert decisions(town).tab["title"] == "decisions 2"


def test_people_s_columns_that_lost_their_header_are_told_and_stay(asking: Town) -> None:
    decisions(asking).type(0, DECISION, "Entscheid")
    run = asking.run()
    document = run_document(run, asking.world().link)
    [ops] = [one for one in document["run"]["sources"] if one["source"] == DECISIONS]
    assert "no column is headed 'decision'" in ops["unfit"]
    assert decisions(asking).grid[0][DECISION] == "Entscheid"
    assert "no column is headed 'decision'" in repr(ours_in(asking, OPS).grid)
    assert asking.run().requests.writes == 0


# ---------------------------------------------------------------- the ops workbook has no source


def test_where_the_ops_workbook_cannot_be_read_all_others_go_on(asking: Town) -> None:
    unshare(asking)
    briefs(asking).type(7, 5, "2026-11-24")
    run = asking.run()
    assert run.exit_code == 14
    [trouble] = run.troubles
    assert trouble.source == DECISIONS
    assert {line[STATE].split()[0] for line in decision_lines(asking, BRIEFS)} == {"open", "closed"}
    document = run_document(run, asking.world().link)
    assert [one["state"] for one in document["run"]["sources"] if one["source"] == DECISIONS] == ["trouble"]


def test_another_installation_s_ops_workbook_is_left_alone_until_a_person_says_yes(
    asking: Town, tmp_path: Path
) -> None:
    other = Town(tmp_path / "other", asking.sandbox, asking.config)
    other.place.mkdir()
    other._config = replace(other.config, ledger=tmp_path / "other" / "ledger.db")
    before = asking.sandbox.export(OPS)
    run = other.run(accept=frozenset())
    assert any("another installation" in str(one.error) and one.source == DECISIONS for one in run.troubles)
    assert run.exit_code == 12
    assert asking.sandbox.export(OPS) == before
    said = accepted([f"installation:{DECISIONS}"], other.config.rules)
    run = other.run(accept=said)
    assert not any(one.source == DECISIONS for one in run.troubles)
    assert any(write.plan.desired.spreadsheet == OPS and write.verified for write in run.written)


def test_a_run_about_a_part_of_the_world_leaves_what_people_decide_as_it_is(town: Town) -> None:
    both_move(town)
    for scope in (Scope(source="briefs"), Scope(campaign="NL-1002")):
        run = town.run(scope=scope)
        assert run.exit_code == 0
        assert (ids(town), ids(town, BRIEFS)) == ([], [])
        assert OPS in run.readings.workbooks
        assert not any(write.plan.desired.spreadsheet == OPS for write in run.written)
    town.run()
    assert len(ids(town)) == 2
    lines = decision_lines(town, BRIEFS)
    briefs(town).type(7, 5, "2026-11-24")
    town.run(scope=Scope(campaign="NL-1004"))
    assert decision_lines(town, BRIEFS) == lines


def test_the_ops_workbook_may_hold_sources_too(town: Town) -> None:
    rules = town.config.rules
    assert rules.decisions is not None
    town.set(replace(rules, decisions=replace(rules.decisions, spreadsheet=LANDING, teams=())))
    both_move(town)
    town.run()
    assert len(ids(town, LANDING)) == 2
    assert town.run().requests.writes == 0


def test_the_daemon_watches_it_too(asking: Town) -> None:
    watched = Watched(asking)
    watched.turn()
    assert watched.turn().kind is Kind.IDLE
    decisions(asking).delete("ROWS", 1)
    turn = watched.turn()
    assert (turn.kind, turn.changed) == (Kind.CYCLE, (DECISIONS,))
    assert len(ids(asking)) == 2
    assert watched.turn().kind is Kind.IDLE


def test_only_what_the_configuration_names_has_a_line(asking: Town) -> None:
    rules = asking.config.rules
    assert rules.decisions is not None
    asking.set(replace(rules, decisions=replace(rules.decisions, about=frozenset({DecidedAbout.DIFFERENCE}))))
    asking.run()
    assert len(ids(asking)) > 2
    assert asking.run().requests.writes == 0


# ---------------------------------------------------------------- mishaps


def _deadly(town: Town, step: int, after: bool) -> Any:
    world = town.world()
    death = Deadly(world, step, after)
    return replace(world, ledger=DeadlyLedger(death, world.ledger), sheets=DeadlySheets(death, world.sheets))


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", [5, 6, 8, 14, 15, 16, 17, 20])
def test_killed_at_any_step_no_line_is_doubled_or_lost(town: Town, step: int, after: bool) -> None:
    both_move(town)
    try:
        town.run(_deadly(town, step, after))
    except Killed:
        decisions(town).type(9, WHY, "typed meanwhile")
    at_rest(town)
    for book in (OPS, BRIEFS):
        assert (len(ids(town, book)), len({*ids(town, book)})) == (2, 2)


@pytest.mark.parametrize(
    "fates", [("lost after",), ("lost before",), ("lost before", "lost before"), ("twice",), ("refused",), ("gone",)]
)
def test_a_lost_or_doubled_batch_adds_each_line_once(town: Town, fates: tuple[str, ...]) -> None:
    both_move(town)
    town.run(meddled(town, OPS, *fates))
    at_rest(town)
    assert (len(ids(town)), len({*ids(town)})) == (2, 2)
    assert journal(town, OPS)[-1][1] == "committed"


def test_people_who_insert_a_column_between_read_and_write_are_not_written_over(asking: Town) -> None:
    """The ids' column is not where it was seen: the batch is refused whole, and the next run finds it."""
    hand = decisions(asking)
    hand.type(1, DECISION, "keep A", "x")
    decisions(asking).delete("ROWS", 2)
    world = asking.world()

    class Meanwhile:
        count = world.sheets.count
        done = False

        def read(self, book: str) -> Any:
            return world.sheets.read(book)

        def apply(self, batch: Any) -> None:
            if batch.spreadsheet == OPS and not self.done:
                type(self).done = True
                hand.insert("COLUMNS", 0)
                hand.type(1, 0, "theirs")
            world.sheets.apply(batch)

        def link(self, *where: Any) -> str:
            return str(world.sheets.link(*where))

    run = asking.run(replace(world, sheets=Meanwhile()))
    assert run.exit_code == 14
    assert hand.grid[1][0] == "theirs"
    assert "keep A" in hand.grid[1]
    at_rest(asking)
    assert len(ids(asking)) == 2
    assert sum("theirs" in row for row in hand.grid) == 1


# ---------------------------------------------------------------- undo, detach


def test_an_undo_leaves_lines_and_what_people_typed(asking: Town) -> None:
    hand = decisions(asking)
    hand.type(1, DECISION, "keep A", None, None, "Mara")
    before = people_cells(asking)
    back = undo(asking.world(), asking.config.rules, "last")
    assert back.record.exit_code == 0
    assert len(ids(asking)) == 2
    assert people_cells(asking) == before
    assert {line[STATE][:11] for line in decision_lines(asking)} == {"open since "}
    asking.run(accept=asking.yes_to(Guard.UNDONE))
    at_rest(asking)
    assert people_cells(asking) == before


def test_an_undo_of_the_run_that_closed_one_says_again_that_it_is_open(asking: Town) -> None:
    briefs(asking).type(7, 5, "2026-11-24")
    asking.run()
    assert {line[STATE].split()[0] for line in decision_lines(asking)} == {"open", "closed"}
    undo(asking.world(), asking.config.rules, "last")
    assert {line[STATE][:11] for line in decision_lines(asking)} == {"open since "}
    asking.run(accept=asking.yes_to(Guard.UNDONE))
    assert {line[STATE].split()[0] for line in decision_lines(asking)} == {"open", "closed"}, "and says what then holds"


def test_detach_takes_the_tab_away_after_what_people_typed_is_in_the_history(asking: Town) -> None:
    first, hand = ids(asking)[0], decisions(asking)
    hand.type(1, DECISION, "keep A", None, None, "Mara")
    hand.type(9, WHY, "a note")
    left = detach(asking.world(), asking.config.rules, ["briefs", "landing", "utm", DECISIONS], False)
    assert [one.trouble for one in left] == [None] * 4
    for book in (OPS, BRIEFS, UTM, LANDING):
        export = asking.sandbox.export(book)
        assert not {tab["sheet_id"] for tab in export["tabs"]} & {OUR_TAB_ID, DECISIONS_TAB_ID}
        assert export["metadata"] == []
    assert {
        (first, "decision", "keep A", None),
        (first, "by", "Mara", None),
        ("row 10", "why", "a note", None),
    } <= told(asking)


def test_who_detaches_a_team_s_source_takes_its_decisions_tab_along(asking: Town) -> None:
    detach(asking.world(), asking.config.rules, ["briefs"], False)
    assert DECISIONS_TAB_ID not in {tab["sheet_id"] for tab in asking.sandbox.export(BRIEFS)["tabs"]}
    assert len(ids(asking)) == 2, "the ops workbook's stays"


def test_a_workbook_of_our_tabs_alone_is_left_with_a_blank_one(asking: Town) -> None:
    Hand(asking.sandbox, OPS, 0).delete_tab()
    left = detach(asking.world(), asking.config.rules, [DECISIONS], False)
    assert [one.trouble for one in left] == [None] * len(left)
    assert [tab["title"] for tab in asking.sandbox.export(OPS)["tabs"]] == ["Sheet1"]
    assert DECISIONS_TAB_ID not in {tab["sheet_id"] for tab in asking.sandbox.export(BRIEFS)["tabs"]}
    assert OUR_TAB_ID in {tab["sheet_id"] for tab in asking.sandbox.export(BRIEFS)["tabs"]}


def test_a_source_in_mode_observe_has_no_tab(asking: Town) -> None:
    before = asking.sandbox.export(UTM)
    asking.change("utm", mode=Mode.OBSERVE)
    asking.run()
    assert asking.sandbox.export(UTM) == before


# ---------------------------------------------------------------- the command


def test_the_command_lists_the_lines_as_they_stand(asking: Town) -> None:
    decisions(asking).type(1, DECISION, "keep A", None, "2026-12-01", "Mara", "agreed")
    document = decisions_document(asking.config)
    ops = document["workbooks"][0]
    assert (ops["title"], document["exit_code"], len(document["workbooks"])) == ("Campaign ops Q4 2026", 0, 3)
    assert ops["lines"][0] | {"decision": "keep A", "by": "Mara", "why": "agreed"} == ops["lines"][0]
    assert ops["lines"][0]["state"].startswith("open since")
    text = list(decisions_text(Screen(80), document))
    assert text[-1] == "4 lines, 1 with a decision"
    asking.set(replace(asking.config.rules, decisions=None))
    assert "To begin" in " ".join(decisions_text(Screen(80), decisions_document(asking.config)))


def test_a_saved_plan_writes_the_lines_it_showed_or_nothing(town: Town) -> None:
    desk = Desk(town)
    both_move(town)
    changes = {one["spreadsheet"]: one["changes"] for one in desk.plan("--no-wait")["written"]}
    assert "add 2 lines to decisions" in changes[OPS]
    assert ids(town) == []
    code, states, _ = desk.apply()
    assert (code, states[OPS], len(ids(town))) == (0, "verified", 2)
    briefs(town).type(7, 5, "2026-11-24")
    desk.plan("--no-wait")
    decisions(town).delete("ROWS", 1)
    code, states, said = desk.apply()
    assert (code, states[OPS]) == (12, "refused"), said
    assert len(ids(town)) == 1


def test_a_plan_is_the_same_plan_minutes_later_though_what_it_opens_will_be_open_since_then(town: Town) -> None:
    both_move(town)
    world = town.world()

    class Later(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(minutes=7)

    now, later = (town.run(replace(world, clock=it), dry_run=True).seal for it in (SystemClock(), Later()))
    assert OPS in now.workbooks
    assert why_moved(now, later, OPS, town.config.rules) == ""


def test_the_doctor_looks_at_the_ops_workbook_too(asking: Town) -> None:
    desk = Desk(asking)
    found = desk("doctor")
    assert "decisions tab (decisions)" in found.stdout
    assert "2 lines in 'decisions'" in found.stdout
    decisions(asking).type(0, DECISION, "Entscheid")
    assert "no column is headed 'decision'" in " ".join(desk("doctor").stdout.split())
    unshare(asking)
    found = desk("doctor")
    said = " ".join(found.stdout.split())
    assert "is not shared with" in said
    assert "'Decisions'" in said
    assert desk("validate", "--sheets").exit_code == 14


def test_the_daemon_goes_on_without_the_ops_workbook_and_says_so_once(asking: Town) -> None:
    watched = Watched(asking)
    watched.turn()
    unshare(asking)
    for _ in range(4):
        watched.turn()
    briefs(asking).type(7, 5, "2026-11-24")
    turn = watched.turn()
    assert turn.run is not None
    assert turn.run.exit_code == 14
    assert {line[STATE].split()[0] for line in decision_lines(asking, BRIEFS)} == {"open", "closed"}
    assert [name for name, _ in turn.quarantined] == [DECISIONS]
    assert sum(line.startswith("Decisions: ") and "The others go on" in line for line in watched.told) == 1
