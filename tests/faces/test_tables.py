"""Tables: nothing is cut, nothing people typed moves a cursor, and a pipe gets one plain line per row."""

import re
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sheetsync.faces.tables import Cell, Column, Row, Screen, card, paragraph, shortened, table, visible

#: any text a cell may hold, lone halves of surrogate pairs aside, which no terminal can be sent
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text("ab/€", min_size=25, max_size=40)
ids = st.from_regex(r"ss-[A-Z2-7]{6,12}", fullmatch=True)
rows = st.lists(st.tuples(ids, texts, texts), min_size=1, max_size=5)
COLUMNS = (Column("ID", whole=True), Column("Found"), Column("Where"))
ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def bare(lines: list[str]) -> list[str]:
    return [ESCAPES.sub("", line) for line in lines]


def signs(text: str) -> Counter[str]:
    return Counter(char for char in text if not char.isspace())


@given(rows, st.integers(20, 120), st.booleans())
@example([("ss-222222", "0000000000000", ""), ("ss-22222222222", "", "000000000000")], 42, False)
def test_no_sign_of_any_cell_is_lost_however_narrow_the_screen_is(
    told: list[tuple[str, str, str]], width: int, styled: bool
) -> None:
    lines = bare(list(table(Screen(width, styled=styled, colour=styled), COLUMNS, told)))
    missing = signs("".join(visible(text) for row in told for text in row)) - signs("".join(lines))
    assert not missing, lines


@given(rows, st.integers(50, 120))
def test_an_id_stands_on_one_line_and_no_line_is_wider_than_the_screen(
    told: list[tuple[str, str, str]], width: int
) -> None:
    from rich.cells import cell_len

    lines = bare(list(table(Screen(width), COLUMNS, told)))
    assert all(any(line.startswith(row[0]) for line in lines) for row in told)
    assert all(cell_len(line) <= width for line in lines)


@given(rows)
def test_in_a_pipe_each_row_is_one_line_without_a_frame_or_a_colour(told: list[tuple[str, str, str]]) -> None:
    linked: list[Row] = [[Cell(row[0], "https://x.example", "red"), *row[1:]] for row in told]
    lines = list(table(Screen(), COLUMNS, linked))
    assert len(lines) == 1 + len(told)
    for line, row in zip(lines[1:], told, strict=True):
        assert line.split("  ")[0] == row[0]
        assert "\x1b" not in line
        assert " ".join(visible(row[1]).split()) in line


@given(st.text())
def test_nothing_people_typed_is_obeyed_by_a_terminal(text: str) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202b\u202d-\u202e\u2066-\u2067]", visible(text))
    assert len(visible(text)) == len(text)


def test_a_screen_too_narrow_for_the_columns_tells_row_by_row() -> None:
    told = list(table(Screen(24, styled=False), COLUMNS, [("ss-KJERO6", "E-Mail", "Builder!G7")]))
    assert told == ["ID     ss-KJERO6", "Found  E-Mail", "Where  Builder!G7", ""]


LINKED: list[Row] = [[Cell("ss-KJERO6", "https://sheets.example/d/1#gid=0&range=G7"), "E-Mail", "utm"]]


def test_on_a_terminal_an_id_opens_its_cell() -> None:
    line = list(table(Screen(60), COLUMNS, LINKED))[-1]
    assert re.search(r"\x1b\]8;id=\d+;https://sheets\.example/d/1#gid=0&range=G7\x1b\\ss-KJERO6\x1b\]8;;\x1b\\", line)


@pytest.mark.parametrize("width", [None, 30, 80])
def test_links_that_are_asked_for_stand_there_uncut(width: int | None) -> None:
    lines = list(table(Screen(width, links=True, styled=False), COLUMNS, LINKED))
    assert any(line.endswith("  https://sheets.example/d/1#gid=0&range=G7") for line in lines)


def test_without_colours_there_are_none_and_links_stay() -> None:
    drawn = "\n".join(table(Screen(60, colour=False), COLUMNS, [[Cell("a", "https://x.example", "red"), "b", "c"]]))
    assert "\x1b[31m" not in drawn
    assert "https://x.example" in drawn
    assert "\x1b[31m" in "\n".join(table(Screen(60, colour=True), COLUMNS, [[Cell("a", None, "red"), "b", "c"]]))


def test_a_long_value_is_cut_where_one_sees_it_and_never_in_a_pipe() -> None:
    assert shortened(Screen(80), "x" * 61) == "x" * 59 + "…"
    assert shortened(Screen(), "x" * 61) == "x" * 61


@given(texts, st.integers(20, 60))
def test_a_card_and_a_sentence_lose_nothing_either(text: str, width: int) -> None:
    screen = Screen(width, styled=False)
    for lines in (card(screen, [("what", text)]), paragraph(screen, text, indent=2)):
        assert not signs(visible(text)) - signs("".join(lines))


def test_a_table_without_rows_is_nothing() -> None:
    assert list(table(Screen(80), COLUMNS, [])) == list(table(Screen(), COLUMNS, [])) == []
