"""Acts on the page: typed as by hand, refused in Google's words, never on a line that had moved."""

import json
from typing import Any

import pytest

from sheetsync.sandbox import Running
from sheetsync.sandbox.errors import PROTECTED
from tests.sandbox.conftest import BOOK, Api, grid_range, lines
from tests.sandbox.page import Browser


def warn(api: Api, box: dict[str, Any]) -> None:
    api.done({"addProtectedRange": {"protectedRange": {"range": box, "warningOnly": True}}})


def grid(sandbox: Running, tab: str = "Plan") -> list[list[str]]:
    return sandbox.grid(BOOK, tab)


@pytest.mark.parametrize(
    ("text", "shown", "stored"),
    [
        ("0042", "42", 42),
        ("2,000.5", "2,000.50", 2000.5),
        ("2026-11-27", "2026-11-27", 46353),
        ("'0042", "0042", "0042"),
        ("=1+1", "2", "=1+1"),
        ("TRUE", "TRUE", True),
        ("Fri 27", "Fri 27", "Fri 27"),
    ],
)
def test_what_is_typed_is_understood_as_user_entered(
    api: Api, sandbox: Running, text: str, shown: str, stored: object
) -> None:
    browser = Browser(sandbox)
    assert browser.type(3, 2, text).status_code == 200
    assert browser.open().cells["C4"] == shown
    api.write("Plan!D4", [[text]])
    assert api.formulas("Plan!C4:D4") == [[stored, stored]]


def test_a_block_is_pasted_whole_and_an_empty_text_clears(sandbox: Running) -> None:
    browser = Browser(sandbox)
    block = json.dumps([["a", "b"], ["", "=1/2"]])
    assert browser.send(act="type", top=1, left=1, texts=block).status_code == 200
    assert grid(sandbox) == [["", "", ""], ["", "a", "b"], ["", "", "0.5"]]
    browser.open()
    assert browser.type(1, 1, "").status_code == 200
    assert sandbox.shown(BOOK, "Plan", "B2") == ""


def test_lines_come_go_and_sort(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["name", "n"], ["b", "1"], ["a", "2"], ["c", ""]])
    browser = Browser(sandbox)
    whole = {"top": 1, "bottom": 100, "left": 0, "right": 26}
    assert browser.send(act="sort", column=0, **whole).status_code == 200
    assert [row[0] for row in grid(sandbox)] == ["name", "a", "b", "c"]
    browser.open()
    assert browser.send(act="sort", column=0, order="descending", **whole).status_code == 200
    assert [row[0] for row in grid(sandbox)] == ["name", "c", "b", "a"]
    browser.open()
    assert browser.send(act="insert-rows", top=1, bottom=3, left=0, right=1).status_code == 200
    assert [row[0] for row in grid(sandbox)] == ["name", "", "", "c", "b", "a"]
    browser.open()
    assert browser.send(act="delete-rows", top=2, bottom=4, left=0, right=1).status_code == 200
    assert [row[0] for row in grid(sandbox)] == ["name", "", "b", "a"]
    browser.open()
    assert browser.send(act="insert-columns", left=0, right=1, top=0, bottom=1).status_code == 200
    browser.open()
    assert browser.send(act="delete-columns", left=2, right=3, top=0, bottom=1).status_code == 200
    assert [row[1] for row in grid(sandbox)] == ["name", "", "b", "a"]
    browser.open()
    assert browser.send(act="clear", top=2, bottom=100, left=0, right=26).status_code == 200
    assert grid(sandbox) == [["", "name"]]


def test_every_edit_is_the_account_s_own_and_one_version(sandbox: Running) -> None:
    before = sandbox.state.workbooks[BOOK].version
    Browser(sandbox).type(0, 0, "x")
    book = sandbox.state.workbooks[BOOK]
    assert (book.version, book.modified_by) == (before + 1, "person@sandbox.iam.gserviceaccount.com")


def test_a_protected_cell_is_refused_in_google_s_words(person: Api, sandbox: Running) -> None:
    kept = {"range": grid_range(0, 1, 0, 1), "editors": {"users": []}}
    person.done({"addProtectedRange": {"protectedRange": kept}})
    sandbox.page_account = "sheetsync"
    try:
        browser = Browser(sandbox)
        answer = browser.type(0, 0, "x")
    finally:
        sandbox.page_account = "person"
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(PROTECTED)
    assert sandbox.shown(BOOK, "Plan", "A1") == ""


def test_where_a_program_works_a_yes_is_asked_for_first(api: Api, sandbox: Running) -> None:
    warn(api, grid_range(4, 6, 2, 4))
    browser = Browser(sandbox)
    acts: list[dict[str, Any]] = [
        {"act": "type", "top": 4, "left": 2, "texts": '[["x"]]'},
        {"act": "type", "top": 3, "left": 1, "texts": '[["x", "x"], ["x", "x"]]'},
        {"act": "clear", "top": 0, "bottom": 5, "left": 0, "right": 3},
        {"act": "sort", "top": 1, "bottom": 100, "left": 0, "right": 26},
        {"act": "delete-rows", "top": 5, "bottom": 6, "left": 9, "right": 10},
        {"act": "delete-columns", "left": 3, "right": 4, "top": 50, "bottom": 51},
        {"act": "insert-rows", "top": 5, "bottom": 6, "left": 0, "right": 1},
        {"act": "insert-columns", "left": 3, "right": 4, "top": 0, "bottom": 1},
    ]
    before = sandbox.export(BOOK)
    for act in acts:
        assert browser.send(**act).status_code == 428, act
    assert sandbox.export(BOOK) == before
    free: list[dict[str, Any]] = [
        {"act": "type", "top": 4, "left": 1, "texts": '[["x"]]'},
        {"act": "clear", "top": 6, "bottom": 9, "left": 0, "right": 26},
        {"act": "insert-rows", "top": 6, "bottom": 7, "left": 0, "right": 1},
    ]
    for act in [*free, *({**act, "sure": "yes"} for act in acts)]:
        assert browser.send(**act).status_code == 200, act
        browser.open()


NONSENSE: list[dict[str, Any]] = [
    {"act": "nothing"},
    {"act": "type", "texts": "no json"},
    {"act": "type", "texts": "[1]"},
    {"act": "type", "texts": "[[1]]"},
    {"act": "type", "texts": "[]"},
    {"act": "type", "texts": "[" * 5000},
    {"act": "type", "top": "-1", "texts": '[["x"]]'},
    {"act": "type", "top": "9" * 30, "texts": '[["x"]]'},
    {"act": "type", "top": "100", "texts": '[["x"]]'},
    {"act": "type", "left": "26", "texts": '[["x"]]'},
    {"act": "type", "top": "٣", "texts": '[["x"]]'},
    {"act": "type", "texts": json.dumps([["x" * 50_001]])},
    {"act": "clear", "top": 2, "bottom": 1, "left": 0, "right": 1},
    {"act": "sort", "top": 0, "bottom": 5, "left": 0, "right": 2, "column": 7},
    {"act": "delete-rows", "top": 0, "bottom": 100, "left": 0, "right": 1},
    {"act": "delete-rows", "top": 200, "bottom": 300, "left": 0, "right": 1},
    {"act": "insert-rows", "top": 900, "bottom": 901, "left": 0, "right": 1},
    {"act": "insert-rows", "top": 1, "bottom": 99_999_999, "left": 0, "right": 1},
]


@pytest.mark.parametrize("act", NONSENSE, ids=lambda act: str(act)[:60])
def test_nonsense_is_400_with_a_sentence_and_changes_nothing(sandbox: Running, act: dict[str, Any]) -> None:
    before = sandbox.export(BOOK)
    answer = Browser(sandbox).send(**act)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert sandbox.export(BOOK) == before


def test_a_form_too_large_is_no_form(sandbox: Running) -> None:
    browser = Browser(sandbox)
    answer = browser.send(act="type", texts=json.dumps([["x" * 1000] * 6000]))
    assert answer.status_code in (403, 413)


def test_an_edit_never_lands_on_a_line_that_has_moved(api: Api, sandbox: Running) -> None:
    api.write("Plan!A1", [["one"], ["two"], ["three"]])
    browser = Browser(sandbox)
    api.done({"insertDimension": {"range": lines("ROWS", 1, 2), "inheritFromBefore": True}})
    late = browser.type(1, 1, "beside two")
    assert late.status_code == 409
    told = late.json()
    assert [[at, gone, len(new)] for at, gone, new in told["splices"]] == [[1, 0, 1]]
    assert grid(sandbox) == [["one"], [""], ["two"], ["three"]]
    # The script follows its row, and tries again from where it now stands.
    again = browser.type(2, 1, "beside two", since=told["version"], rows=101)
    assert again.status_code == 200
    assert grid(sandbox)[2] == ["two", "beside two"]


def test_other_people_s_values_do_not_stand_in_the_way(api: Api, sandbox: Running) -> None:
    browser = Browser(sandbox)
    api.write("Plan!A9", [["theirs"]])
    answer = browser.type(1, 1, "mine")
    assert answer.status_code == 200
    assert [[at, gone, len(new)] for at, gone, new in answer.json()["splices"]] == [[1, 1, 1], [8, 1, 1]]


def test_columns_that_have_changed_stop_an_edit(api: Api, sandbox: Running) -> None:
    browser = Browser(sandbox)
    api.done({"insertDimension": {"range": lines("COLUMNS", 1, 2), "inheritFromBefore": True}})
    answer = browser.type(1, 1, "x")
    assert answer.status_code == 409
    assert "grid" in answer.json()
    assert grid(sandbox) == []


def test_a_deleted_tab_and_workbook_say_so(api: Api, sandbox: Running) -> None:
    browser = Browser(sandbox, gid=7)
    api.done({"deleteSheet": {"sheetId": 7}})
    assert browser.type(0, 0, "x").status_code == 410
    assert browser.changes().status_code == 410
    sandbox.state.workbooks.clear()
    assert browser.changes().status_code == 404
    assert browser.changes().json()["message"]
