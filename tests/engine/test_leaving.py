"""Detach and adopt: a workbook as if we had never been there, a column that changes hands and loses no value."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.core.graph import Mode, SheetTab
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.engine.adopting import adopt
from sheetsync.engine.leaving import detach, detach_workbook
from sheetsync.errors import GuardStopped, Refused, UsageError
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, UTM, Hand, assert_beside_their_rows, briefs, builder, ours_in

BOOKS = (BRIEFS, LANDING, UTM)
Json = Mapping[str, Any]


def export(town: Town, book: str) -> Json:
    """Everything about a workbook but when and by whom it was last changed."""
    whole = town.sandbox.export(book)
    return {name: value for name, value in whole.items() if name not in ("version", "modified", "modified_by")}


def leave(town: Town, *names: str, dry_run: bool = False) -> list[tuple[str, ...]]:
    left = detach(town.world(), town.config.rules, names, dry_run)
    assert [one.trouble for one in left] == [None] * len(left)
    return [one.doing for one in left]


# ---------------------------------------------------------------- detach


def test_after_detach_a_workbook_is_as_if_we_had_never_been_there(untouched: Town) -> None:
    before = {book: export(untouched, book) for book in BOOKS}
    untouched.reconcile()
    untouched.reconcile()
    leave(untouched, "briefs", "landing", "utm")
    assert {book: export(untouched, book) for book in BOOKS} == before
    assert leave(untouched, "briefs", "landing", "utm") == [(), (), ()], "and again there is nothing left to take away"


def test_detach_leaves_what_people_did_meanwhile_and_nothing_of_ours(untouched: Town) -> None:
    """Twice the same acts, once with us there: the exports are one."""

    def work(town: Town) -> None:
        hand, other = briefs(town), builder(town)
        hand.insert("ROWS", 4, 2)
        hand.type(4, 0, "Somebody", None, "NL-7777")
        hand.insert("COLUMNS", 3)
        other.move("ROWS", 3, 6, 12)
        other.delete("ROWS", 9)
        other.type(4, 9, "typed", "=A5")
        other.rename("The builder")

    before = untouched.sandbox.state.workbooks.copy()
    work(untouched)
    alone = {book: export(untouched, book) for book in BOOKS}
    with untouched.sandbox.state.lock:
        untouched.sandbox.state.workbooks.update(before)
    untouched.reconcile()
    work(untouched)
    untouched.reconcile()
    builder(untouched).move("COLUMNS", 13, 14, 2)
    leave(untouched, "briefs", "landing", "utm")
    assert {book: export(untouched, book) for book in BOOKS} == alone


def test_one_source_leaves_and_its_neighbour_in_the_same_workbook_stays(untouched: Town) -> None:
    untouched.add("legend", untouched.config.rules.sources["briefs"], location=SheetTab(BRIEFS, 501), generated=())
    hand = Hand(untouched.sandbox, BRIEFS, 501)
    hand.act({"updateCells": {"range": hand.range(), "fields": "*"}})
    hand.type(0, 0, "Partner", "Campaign ID", "Campaign", "Starts", "Ends")
    hand.type(1, 0, "Northlight", "NL-1001", "x", "2026-11-06", "2026-11-12")
    before = hand.tab
    untouched.reconcile()
    assert "ss:status" in hand.grid[0]
    lines = len(ours_in(untouched, BRIEFS).grid)
    leave(untouched, "legend")
    assert hand.tab == before
    assert len(ours_in(untouched, BRIEFS).grid) == lines - 1
    assert "ss:status" in briefs(untouched).grid[3]
    untouched.change("legend", mode=Mode.OBSERVE)
    assert untouched.run().requests.writes == 0, "what was left behind is what should stand there"
    assert_beside_their_rows(untouched, complete=True)


def test_a_dry_run_says_what_would_go_and_touches_nothing(town: Town) -> None:
    before = {book: export(town, book) for book in BOOKS}
    assert leave(town, "utm", dry_run=True) == [
        (
            "take our column Builder!O away",
            "take our column Builder!N away",
            "take our column Builder!M away",
            "take our tab 'sheetsync' away",
        )
    ]
    assert {book: export(town, book) for book in BOOKS} == before


def test_a_column_people_move_or_delete_while_we_leave_costs_no_cell_of_theirs(town: Town) -> None:
    hand = builder(town)
    hand.type(0, 15, "theirs, right of ours")
    acts = [
        lambda: hand.move("COLUMNS", 12, 13, 2),
        lambda: hand.delete("COLUMNS", 13),
        lambda: hand.insert("COLUMNS", 0),
    ]

    def meddle(record: Any) -> None:
        if acts and UTM in record.path and record.method == "GET":
            acts.pop(0)()

    town.sandbox.between = meddle
    leave(town, "utm")
    town.sandbox.between = None
    texts = hand.grid[0]
    assert "theirs, right of ours" in texts
    assert not [text for text in texts if text.startswith("ss:")]
    assert len([text for text in texts if text]) == 13
    assert not [one for one in export(town, UTM)["metadata"] if one["key"].startswith("sheetsync")]


def test_a_header_s_warning_that_was_taken_away_is_put_back_first(town: Town) -> None:
    hand = briefs(town)
    [first, _] = hand.tab["protections"]
    hand.act({"deleteProtectedRange": {"protectedRangeId": first["id"]}})
    leave(town, "briefs")
    assert hand.tab["protections"] == []
    assert not [text for row in hand.grid for text in row if text.startswith("ss:")]


def test_what_another_installation_writes_is_not_ours_to_take_away(town: Town, tmp_path: Path) -> None:
    before = export(town, UTM)
    stranger = replace(town.world(), ledger=SqlLedger(tmp_path / "another.db"))
    [left] = detach(stranger, town.config.rules, ["utm"], dry_run=False)
    assert isinstance(left.trouble, GuardStopped)
    assert f"`sheetsync detach --spreadsheet {UTM}`" in str(left.trouble)
    assert export(town, UTM) == before


def test_a_workbook_that_is_not_configured_any_more_can_be_left_by_its_id(town: Town) -> None:
    assert detach_workbook(town.world(), UTM, dry_run=False).trouble is None
    assert OUR_TAB_ID not in {tab["sheet_id"] for tab in export(town, UTM)["tabs"]}
    assert "ss:status" not in builder(town).grid[0]


# ---------------------------------------------------------------- modes


def test_from_columns_to_a_sidecar_the_columns_go_and_the_tab_stays_and_back_again(town: Town) -> None:
    before = builder(town).grid
    town.change("utm", mode=Mode.SIDECAR)
    assert town.run().exit_code == 0
    assert [text for text in builder(town).grid[0] if text.startswith("ss:")] == []
    assert ours_in(town, UTM).grid
    assert town.run().requests.writes == 0
    town.change("utm", mode=Mode.COLUMNS)
    assert town.run().exit_code == 0
    assert builder(town).grid == before
    assert town.run().requests.writes == 0


def test_where_columns_would_be_unsafe_the_tab_says_why_and_columns_come_once_they_are_safe(untouched: Town) -> None:
    hand = builder(untouched)
    hand.merge(3, 5, 0, 1)
    untouched.reconcile()
    assert [text for text in hand.grid[0] if text.startswith("ss:")] == []
    assert "key cells are merged (A4:A5): unmerge them" in ours_in(untouched, UTM).grid[1][4]
    hand.act({"unmergeCells": {"range": hand.range()}})
    untouched.reconcile()
    assert "ss:status" in hand.grid[0]
    assert_beside_their_rows(untouched, complete=True)


# ---------------------------------------------------------------- adopt


def test_an_adopted_column_keeps_its_header_its_history_and_what_is_live(town: Town) -> None:
    hand = builder(town)
    hand.type(2, 9, "Live")
    town.run()
    typed = {row: cells[10] for row, cells in enumerate(hand.grid) if row and cells[10]}
    made = {row: cells[14] for row, cells in enumerate(hand.grid) if row}
    assert typed, "the story has typed links"
    adopted = adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    assert adopted.header == "Tracking URL"
    assert [cells[10] for cells in hand.grid][1:] == [typed.get(row, "") for row in range(1, len(hand.grid))]
    assert town.run().exit_code == 0
    assert hand.grid[0][10] == "Tracking URL"
    assert [text for text in hand.grid[0] if text.startswith("ss:")] == ["ss:status", "ss:issues"]
    assert town.run().requests.writes == 0
    for row, cells in enumerate(hand.grid[1:], start=1):
        assert cells[10] == (typed[row] if row in (2, 3) else made[row]), "live means frozen"
    kept = {event.raw for event in town.world().ledger.history() if event.field == "Tracking URL"}
    assert kept == set(typed.values())


def test_an_adopted_column_is_handed_back_with_what_it_shows(town: Town) -> None:
    adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    town.run()
    shown = [cells[10] for cells in builder(town).grid]
    leave(town, "utm")
    assert [cells[10] for cells in builder(town).grid] == shown
    tab = builder(town).tab
    assert not [cell for _, column, cell in tab["cells"] if column == 10 and "formula" in cell]
    assert tab["protections"] == []
    assert tab["metadata"] == [] if "metadata" in tab else True


def test_a_column_that_moves_between_the_offer_and_the_taking_is_found_again_or_left(town: Town) -> None:
    hand = builder(town)
    acts = [lambda: hand.move("COLUMNS", 10, 11, 2)]

    def meddle(record: Any) -> None:
        if acts and UTM in record.path and record.method == "POST":
            acts.pop(0)()

    town.sandbox.between = meddle
    before = [sorted(text for text in row[:12] if text) for row in hand.grid]
    adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    assert [sorted(text for text in row[:12] if text) for row in hand.grid] == before
    town.sandbox.between = None
    assert town.run().exit_code == 0
    assert hand.grid[0][2] == "Tracking URL"


def test_an_offer_that_came_to_stand_on_another_column_takes_nothing_and_goes_with_the_next_cycle(town: Town) -> None:
    hand = builder(town)
    acts = [lambda: hand.move("COLUMNS", 10, 11, 2)]

    def meddle(record: Any) -> None:
        if acts and UTM in record.path and record.method == "GET":
            acts.pop(0)()

    town.sandbox.between = meddle
    with pytest.raises(Refused, match="somebody was at work in the columns"):
        adopt(town.world(), town.config.rules, town.config.rules.sources["utm"], "tracking_url")
    town.sandbox.between = None
    town.run()
    assert len(hand.tab["protections"]) == 3
    assert {one["key"] for one in export(town, UTM)["metadata"]} == {
        "sheetsync.installation",
        "sheetsync.generation",
        "sheetsync.column",
    }
    assert town.run().requests.writes == 0


@pytest.mark.parametrize(
    ("source", "field"), [("landing", "tracking_url"), ("utm", "offer"), ("briefs", "campaign_id")]
)
def test_what_cannot_be_adopted_is_told_before_anything_is_touched(town: Town, source: str, field: str) -> None:
    with pytest.raises(UsageError):
        adopt(town.world(), town.config.rules, town.config.rules.sources[source], field)
