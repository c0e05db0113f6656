"""The bar above the grid: typing again what it shows leaves a cell as it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.page.entered import entered_text
from sheetsync.sandbox.values_write import type_into

DAY = date(2026, 11, 23)
LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR")
PEOPLE_TYPE = st.one_of(
    st.text(max_size=20).filter(lambda text: "\x00" not in text),
    st.from_regex(r"[-+]?[$€]?[0-9]{1,6}([.,][0-9]{1,4})?%?", fullmatch=True),
    st.from_regex(
        r"[0-3]?[0-9][./-][01]?[0-9][./-](20)?[0-9]{2}( [0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?)?", fullmatch=True
    ),
    st.sampled_from(
        ["TRUE", "WAHR", "FALSE", "'TRUE", "'", "''x", "=A1", "=", "27. Nov", "Nov 27", "1e5", "0042", "25:00"]
    ),
)


def typed_into(cell: Cell, text: str, locale: str) -> Cell:
    book = Workbook("b", "B", locale, tabs=[Tab(0, "T")])
    return type_into(cell, text, Editing(book, "", DAY))


@given(PEOPLE_TYPE, st.sampled_from(LOCALES))
def test_what_was_typed_comes_back_as_the_same_value(text: str, locale: str) -> None:
    cell = typed_into(Cell(), text, locale)
    again = typed_into(cell, entered_text(cell, locale, DAY), locale)
    assert (again.value, again.formula) == (cell.value, cell.formula)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(LOCALES),
    st.sampled_from(["", "PERCENT", "DATE", "TIME"]),
)
def test_a_number_in_any_format_comes_back_whole(number: float, locale: str, kind: str) -> None:
    cell = Cell(number, format={"numberFormat": {"type": kind}} if kind else None)
    assert typed_into(cell, entered_text(cell, locale, DAY), locale).value == number


@given(st.text(max_size=12), st.sampled_from(LOCALES))
def test_a_cell_formatted_as_text_gives_its_text_back(text: str, locale: str) -> None:
    cell = Cell(text or None, format={"numberFormat": {"type": "TEXT", "pattern": "@"}})
    assert typed_into(cell, entered_text(cell, locale, DAY), locale).value == cell.value


@pytest.mark.parametrize(
    ("cell", "locale", "text"),
    [
        (Cell(46353.0, format={"numberFormat": {"type": "DATE", "pattern": "ddd d mmm"}}), "en_US", "11/27/2026"),
        (Cell(46353.0, format={"numberFormat": {"type": "DATE", "pattern": "ddd d mmm"}}), "de_DE", "27.11.2026"),
        (Cell(46353.375, format={"numberFormat": {"type": "DATE_TIME", "pattern": "d"}}), "en_US", "11/27/2026 9:00"),
        (Cell(0.3, format={"numberFormat": {"type": "PERCENT", "pattern": "0%"}}), "en_US", "30%"),
        (Cell(1250.5, format={"numberFormat": {"type": "CURRENCY", "pattern": '"$"0'}}), "de_DE", "1250,5"),
        (Cell("0042"), "en_US", "'0042"),
        (Cell("Fri 27 Nov"), "en_US", "Fri 27 Nov"),
        (Cell(None, "=A1"), "en_US", "=A1"),
        (Cell(), "en_US", ""),
    ],
)
def test_it_reads_as_people_of_the_locale_type(cell: Cell, locale: str, text: str) -> None:
    assert entered_text(cell, locale, DAY) == text
