"""A column decides its own dialect: by the members that can be read in one way only, and else by the locale."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import Amount, Day, Moment
from sheetsync.core.fields.dialects import DAY_FIRST, Dialect, decide_dialect, told
from sheetsync.core.model import Cell, Format, Money, Problem

#: a busy machine is no reason to fail
law = settings(deadline=None)

LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "sv_SE", "ja_JP", "xx_XX", ""]

days = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def texts(*shown: str) -> list[Cell]:
    return [Cell(text, text) for text in shown]


def numeric(day: date, day_first: bool, mark: str = "/") -> str:
    return mark.join(map(str, (day.day, day.month, day.year) if day_first else (day.month, day.day, day.year)))


# ---------------------------------------------------------------- laws


@law
@given(st.lists(days, min_size=1, max_size=8), st.booleans(), st.sampled_from("/-"), st.sampled_from(LOCALES))
def test_a_column_with_one_unambiguous_day_reads_every_day_whatever_the_locale(
    column: list[date], day_first: bool, mark: str, locale: str
) -> None:
    assume(any(day.day > 12 for day in column))
    cells = texts(*(numeric(day, day_first, mark) for day in column))
    dialect = decide_dialect(cells, locale)
    assert dialect.day_first is day_first
    assert [Day().parse(cell, dialect) for cell in cells] == column


@law
@given(
    st.lists(days, max_size=4).flatmap(
        lambda column: st.permutations(["13/11/2026", "11/13/2026", *(numeric(day, True) for day in column)])
    ),
    st.sampled_from(LOCALES),
)
def test_contradicting_members_leave_the_order_undecided_in_any_order(column: list[str], locale: str) -> None:
    assert decide_dialect(texts(*column), locale).day_first is None


@law
@given(st.lists(days, max_size=5), st.sampled_from(LOCALES))
def test_typed_cells_bear_no_witness(column: list[date], locale: str) -> None:
    typed = [Cell(float((day - date(1899, 12, 30)).days), numeric(day, True), Format.DATE) for day in column]
    assert decide_dialect(typed, locale) == decide_dialect([], locale)


def typed(day: date, day_first: bool, pattern: str = "") -> Cell:
    """A day that the sheet understood, shown in the order of its locale."""
    return Cell(float((day - date(1899, 12, 30)).days), numeric(day, day_first), Format.DATE, pattern)


def other_way_round(day: date) -> date:
    return day.replace(month=day.day, day=day.month)


@law
@given(days.filter(lambda day: day.day > 12), st.lists(days, max_size=4), days, st.sampled_from("/.-"))
@pytest.mark.parametrize(("locale", "day_first"), [("en_US", False), ("en_GB", True), ("de_DE", True)])
def test_a_day_the_sheet_understood_in_another_order_than_its_column_is_written_in_is_asked(
    locale: str, day_first: bool, witness: date, others: list[date], day: date, mark: str
) -> None:
    texts_left = texts(numeric(witness, not day_first, mark))
    column = [*texts_left, *(typed(other, day_first) for other in [*others, day])]
    parsed = Day().parse(column[-1], decide_dialect(column, locale))
    says_nothing = mark == "." and not day_first
    if says_nothing or any(other.day > 12 for other in [*others, day]) or day.day == day.month:
        assert parsed == day
    else:
        assert isinstance(parsed, Problem)
        assert parsed.candidates == (day.isoformat(), other_way_round(day).isoformat())


@law
@given(days.filter(lambda day: day.day > 12), days, st.booleans(), st.sampled_from(LOCALES))
def test_a_day_the_sheet_understood_is_asked_in_no_other_column(
    witness: date, day: date, day_first: bool, locale: str
) -> None:
    usual = decide_dialect([], locale).day_first
    members = [typed(day, bool(usual))] if usual in (None, day_first) else [typed(witness, bool(usual))]
    column = [*texts(numeric(witness, day_first)), *members, typed(day, bool(usual))]
    assert Day().parse(column[-1], decide_dialect(column, locale)) == day


@pytest.mark.parametrize("shown", ["5 Apr 2026", "April 5", "Sun 5-Apr-26", "2026-04-05", "2026/04/05"])
def test_a_day_that_everybody_reads_alike_is_not_asked(shown: str) -> None:
    cell = Cell(46117.0, shown, Format.DATE)
    assert Day().parse(cell, decide_dialect([*texts("28/11/2026"), cell], "en_US")) == date(2026, 4, 5)


def test_a_day_that_is_worked_out_was_not_typed() -> None:
    cell = Cell(46117.0, "4/5/2026", Format.DATE, formula="=B2+7")
    assert Day().parse(cell, decide_dialect([*texts("28/11/2026"), cell], "en_US")) == date(2026, 4, 5)


def test_who_says_how_a_column_is_written_is_asked_no_more() -> None:
    column = [*texts("28/11/2026"), typed(date(2026, 5, 4), False)]
    dialect = told(decide_dialect(column, "en_US"), DAY_FIRST)
    assert Day().parse(column[-1], dialect) == date(2026, 5, 4)


def test_a_moment_the_sheet_may_have_swapped_is_asked_with_its_time() -> None:
    cell = Cell(46146.25, "5/4/2026 6:00", Format.DATE_TIME)
    parsed = Moment().parse(cell, decide_dialect([*texts("28/11/2026 6:00"), cell], "en_US"))
    assert isinstance(parsed, Problem)
    assert parsed.candidates == ("2026-05-04 06:00", "2026-04-05 06:00")


@law
@given(st.lists(st.decimals(1000, 999999, places=2), min_size=1, max_size=6), st.booleans(), st.sampled_from(LOCALES))
def test_a_column_of_amounts_reads_in_its_own_decimal_style(amounts: list[Decimal], comma: bool, locale: str) -> None:
    english = [f"{amount:,.2f}" for amount in amounts]
    cells = texts(*(text.translate(str.maketrans(",.", ".,")) if comma else text for text in english), "5")
    dialect = decide_dialect(cells, locale)
    assert dialect.decimal_comma is comma
    assert [Amount().parse(cell, dialect) for cell in cells] == [Money(amount) for amount in [*amounts, Decimal(5)]]


@law
@given(st.lists(st.text(max_size=20).map(lambda text: Cell(text, text)), max_size=5), st.text(max_size=12), st.text())
def test_no_column_locale_or_header_is_too_odd(cells: list[Cell], locale: str, header: str) -> None:
    assert decide_dialect(cells, locale, header).locale == locale


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize(
    ("locale", "day_first", "decimal_comma"),
    [
        ("en_US", False, False),
        ("en_GB", True, False),
        ("de_DE", True, True),
        ("de_CH", True, False),
        ("fr_FR", True, True),
        ("es_MX", True, False),
        ("nl_NL", True, True),
        # dates run 2026-11-27 there, yet a day without a year is 27/11
        ("sv_SE", True, True),
        ("ja_JP", False, False),
        ("de", True, True),
        ("en-GB", True, False),
        ("xx_XX", None, False),
        ("", None, False),
    ],
)
def test_a_column_without_a_witness_follows_the_locale(
    locale: str, day_first: bool | None, decimal_comma: bool
) -> None:
    dialect = decide_dialect(texts("03/04/2026", "8,000", "TBD"), locale)
    assert (dialect.day_first, dialect.decimal_comma) == (day_first, decimal_comma)


@pytest.mark.parametrize(
    ("members", "day_first"),
    [
        (["13/11"], True),
        (["11/13"], False),
        (["Fri 27/11/2026"], True),
        (["12/5/26 - 12/27/26"], False),
        (["12/27/26 EOD"], False),
        (["2026-11-27", "2026/11/27"], False),
        (["we ship 27/11 and 13/12, ask Ann"], False),
        (["27.11.2026"], False),
        (["32/11/2026"], False),
        (["Apr 13-20", "13-20"], False),
    ],
)
def test_only_days_written_with_slashes_or_hyphens_bear_witness_in_an_american_workbook(
    members: list[str], day_first: bool
) -> None:
    assert decide_dialect(texts(*members), "en_US").day_first is day_first


def test_dots_are_day_first_unless_the_column_writes_them_the_other_way() -> None:
    assert decide_dialect(texts("03.04.2026"), "en_US").dots_day_first is True
    assert decide_dialect(texts("11.27.2026"), "en_US").dots_day_first is False
    assert decide_dialect(texts("11.27.2026", "27.11.2026"), "en_US").dots_day_first is None


@pytest.mark.parametrize(
    ("header", "day_first"), [("Start (DD/MM/YYYY)", True), ("Start mm/dd", False), ("Datum TT.MM.JJJJ", True)]
)
def test_a_header_may_state_the_order_of_days(header: str, day_first: bool) -> None:
    assert decide_dialect([], "xx_XX", header).day_first is day_first


@pytest.mark.parametrize(
    ("members", "decimal_comma"),
    [
        (["1.250,00"], True),
        (["12,5"], True),
        (["1.250.000"], True),
        (["1,250.00"], False),
        (["0.125"], False),
        (["20 % off", "12,5 % off"], True),
    ],
)
def test_one_unambiguous_number_decides_the_decimal_style(members: list[str], decimal_comma: bool) -> None:
    for locale in ("en_US", "de_DE"):
        assert decide_dialect(texts(*members), locale).decimal_comma is decimal_comma


@pytest.mark.parametrize("locale", ["en_US", "de_DE"])
def test_contradicting_numbers_fall_back_to_the_locale(locale: str) -> None:
    column = texts("12.5", "12,5")
    assert decide_dialect(column, locale).decimal_comma == decide_dialect([], locale).decimal_comma


@pytest.mark.parametrize(
    ("header", "cells", "currency"),
    [
        ("Budget (EUR)", [], "EUR"),
        ("Budget €", [], "EUR"),
        ("daily_budget_eur", [], "EUR"),
        ("Media $", [], "USD"),
        ("Budget", texts("$40,000", "55000"), "USD"),
        ("Budget", [Cell(5.0, "5 €", Format.CURRENCY, "#,##0 [$€-407]"), Cell(7.0, "7")], "EUR"),
        ("Budget", texts("$40,000", "€3"), None),
        ("Budget (EUR)", texts("$40,000"), "EUR"),
        ("Try again, Ron", texts("try again", "ask Ron"), None),
        ("Budget", texts("€40 USD"), None),
        ("Budget", [], None),
    ],
)
def test_a_currency_comes_from_the_header_or_from_all_cells_that_name_one(
    header: str, cells: list[Cell], currency: str | None
) -> None:
    assert decide_dialect(cells, "en_US", header).currency == currency


def test_a_shared_sign_means_the_currency_of_the_workbooks_country() -> None:
    assert decide_dialect(texts("$40"), "en_CA").currency == "CAD"
    assert decide_dialect(texts("40 kr"), "sv_SE").currency == "SEK"
    assert decide_dialect(texts("40 kr"), "en_US").currency is None


@pytest.mark.parametrize(
    ("cells", "fractions"),
    [
        ([Cell(0.2, "0.2"), Cell(0.15, "0.15"), *texts("TBD")], True),
        (texts("0.2", "0,15"), True),
        ([Cell(0.2, "0.2"), Cell(20.0, "20")], False),
        ([Cell(0.2, "20%", Format.PERCENT)], False),
        (texts("20% off"), False),
    ],
)
def test_a_column_of_nothing_but_numbers_below_one_states_shares(cells: list[Cell], fractions: bool) -> None:
    assert decide_dialect(cells, "en_US").fraction_percent is fractions


def test_the_season_is_kept_and_a_zone_in_the_header_is_found() -> None:
    season = date(2026, 11, 1)
    assert decide_dialect([], "en_US", "Send time (ET)", season) == Dialect(day_first=False, season=season, zone="ET")
