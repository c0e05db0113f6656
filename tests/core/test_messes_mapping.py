"""Every messy story's columns are what a careful colleague takes them for; the tables come from the answer key."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.mapping.guessed import Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.model import RowKind, Tab
from sheetsync.core.tables import Column, Table
from tests.messes import MESSES, Mess, TableAnswer, load_mess, stories


def _collections() -> list[Path]:
    named = os.environ.get("SHEETSYNC_MESSES", "")
    return [Path(folder) for folder in named.split(":") if folder] or [MESSES]


STORIES = stories(*_collections())


def table_of(tab: Tab, answer: TableAnswer) -> Table:
    """The table as the key describes it, so that nothing here depends on how tables are found."""
    headers: list[int] = []
    for row in range(answer.block.top, answer.block.bottom):
        if answer.kinds.get(row) is not RowKind.HEADER:
            break
        headers.append(row)
    columns = tuple(_column(tab, headers, index) for index in range(answer.block.left, answer.block.right))
    return Table(answer.block, tuple(headers), columns, answer.kinds)


def _column(tab: Tab, headers: list[int], index: int) -> Column:
    texts = [text for row in headers if (text := _shown(tab, row, index)).strip()]
    return Column(index, texts[-1] if texts else "", texts[0] if len(texts) > 1 and texts[0] != texts[-1] else "")


def _shown(tab: Tab, row: int, column: int) -> str:
    for block in tab.merges:
        if block.holds(row, column):
            return tab.cell(block.top, block.left).shown
    return tab.cell(row, column).shown


def guessed(mess: Mess) -> Iterator[tuple[str, TableAnswer, Guesses]]:
    for tab_answer in mess.answers.tabs:
        tab = mess.tab(tab_answer.title)
        for answer in tab_answer.tables:
            found = guess(tab, table_of(tab, answer), shipped_header_words(), mess.workbook.locale)
            yield f"{tab.title}!{answer.range}", answer, found


@pytest.mark.parametrize("folder", STORIES, ids=lambda folder: folder.name)
def test_a_tables_columns_and_rows_are_taken_for_what_a_careful_colleague_takes_them_for(folder: Path) -> None:
    for where, answer, found in guessed(load_mess(folder)):
        fields = {one.column.index: one.field for one in found.columns}
        assert {column: fields[column] for column in answer.columns} == answer.columns, where
        assert found.rows_are is answer.rows_are, where


@pytest.mark.parametrize("folder", STORIES, ids=lambda folder: folder.name)
def test_a_question_is_asked_where_and_only_where_a_careful_colleague_asks(folder: Path) -> None:
    for where, answer, found in guessed(load_mess(folder)):
        asked = {one.column.index: one.question for one in found.columns if one.question}
        assert asked.keys() == answer.doubts.keys(), (where, asked)
