"""Every messy sheet's tables and rows are found as a careful colleague sees them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.model import RowKind
from sheetsync.core.tables import Found, Table, find_tables
from tests.core.header_words import names
from tests.messes import TabAnswer, load_mess, stories

STORIES = stories()


@pytest.mark.parametrize("folder", STORIES, ids=[folder.name for folder in STORIES])
def test_the_tables_and_rows_of_a_messy_sheet_are_found(folder: Path) -> None:
    mess = load_mess(folder)
    for tab in mess.answers.tabs:
        for words in (names, shipped_header_words()):
            assert found(find_tables(mess.tab(tab.title), words)) == expected(tab), f"{mess.name}, {tab.title}"


def found(of: Found) -> tuple[object, ...]:
    """What was found, as the answer key says it; of a tab without a table only that it holds none."""
    tables = [(table.block, rows(table.kinds), columns(table)) for table in of.tables]
    return (tables, rows(of.kinds)) if tables else (bool(of.instead),)


def expected(of: TabAnswer) -> tuple[object, ...]:
    tables = [(table.block, rows(table.kinds), sorted(table.columns)) for table in of.tables]
    return (tables, rows(of.kinds)) if tables else (bool(of.none),)


def columns(of: Table) -> list[int]:
    return [column.index for column in of.columns]


def rows(kinds: Mapping[int, RowKind]) -> dict[int, str]:
    return {row + 1: str(kind) for row, kind in sorted(kinds.items()) if kind is not RowKind.BLANK}
