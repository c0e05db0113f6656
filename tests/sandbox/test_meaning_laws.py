"""Laws of typing, formats and formulas, in the locales of the teams."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.digits import half_up
from sheetsync.sandbox.formats import default_pattern, in_pattern, shown_number, text_in_pattern, written
from sheetsync.sandbox.formulas import Array, DeleteColumns, DeleteRows, InsertColumns, InsertRows, rewrite, translate
from sheetsync.sandbox.formulas.functions import FUNCTIONS
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.serials import serial
from sheetsync.sandbox.typed import typed
from sheetsync.sandbox.values_write import type_into
from tests.sandbox.test_meaning import TODAY, TYPING, workbook

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "de_CH", "es_ES", "it_IT", "nl_NL")

locales = st.sampled_from(LOCALES)
hundredths = st.integers(-(10**9), 10**9).map(lambda count: count / 100)
days = st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(serial)
seconds = st.integers(0, 86_399)
clocks = seconds.map(lambda count: count / 86_400)
#: values that the default pattern of a type shows whole
shown_whole = st.one_of(
    st.tuples(st.just("NUMBER"), hundredths),
    st.tuples(st.just("CURRENCY"), hundredths),
    st.tuples(st.just("PERCENT"), st.integers(-(10**6), 10**6).map(lambda count: count / 10_000)),
    st.tuples(
        st.just("SCIENTIFIC"), st.builds(lambda a, b: float(f"{a}e{b}"), st.integers(100, 999), st.integers(-20, 20))
    ),
    st.tuples(st.just("DATE"), days),
    st.tuples(st.just("TIME"), clocks),
    st.tuples(st.just("DATE_TIME"), st.builds(lambda day, count: day + count / 86_400, days, seconds)),
    st.tuples(st.just(""), hundredths),
)
words = st.text(alphabet="abc1234567890.,:/-+%$€£ '’\"=()TRUE\u202f\xa0", max_size=12)
patterns = st.text(alphabet="dmyhsapMHS/0#?.,%;\"\\[]<>=$€_*E+-@ '’x", max_size=14)
numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(locales, shown_whole)
def test_typing_what_is_shown_under_a_format_gives_the_same_value_back(
    locale: str, formatted: tuple[str, float]
) -> None:
    kind, number = formatted
    style = conventions(locale)
    shown = shown_number(number, {"type": kind} if kind else None, style)
    again = typed(shown, style, TODAY).value
    assert isinstance(again, float), shown
    assert again == pytest.approx(number, rel=1e-12, abs=1e-9), shown


@given(locales, shown_whole)
def test_typing_into_a_formatted_cell_what_it_shows_changes_nothing_that_is_seen(
    locale: str, formatted: tuple[str, float]
) -> None:
    kind, number = formatted
    book = workbook(locale)
    style = conventions(locale)
    shown = shown_number(number, {"type": kind} if kind else None, style)
    tab, editing = book.tabs[0], Editing(book, book.owner, TODAY)
    tab.put(0, 9, type_into(tab.cell(0, 9), shown, editing))
    seen = Results(book, TODAY).text(tab, 0, 9)
    tab.put(0, 9, type_into(tab.cell(0, 9), seen, editing))
    assert Results(book, TODAY).text(tab, 0, 9) == seen


@given(locales, words)
def test_whatever_typing_makes_a_number_is_that_number_when_typed_as_it_shows(locale: str, text: str) -> None:
    style = conventions(locale)
    entry = typed(text, style, TODAY)
    if isinstance(entry.value, float) and entry.number_format is not None:
        shown = shown_number(entry.value, entry.number_format, style)
        again = typed(shown, style, TODAY)
        assert isinstance(again.value, float), shown
        # What a pattern leaves out, it leaves out once.
        assert shown_number(again.value, entry.number_format, style) == shown


@pytest.mark.parametrize("locale", LOCALES)
def test_every_typed_example_stays_what_it_is_when_its_shown_text_is_typed(locale: str) -> None:
    style = conventions(locale)
    for _, text, value, shown, _ in (case for case in TYPING if case[0] == locale):
        again = typed(shown if isinstance(value, float | bool) else "'" + shown, style, TODAY).value
        assert again == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value), text


@given(numbers, patterns, locales, st.booleans())
def test_any_pattern_shows_any_number_somehow(number: float, pattern: str, locale: str, dated: bool) -> None:
    style = conventions(locale)
    assert isinstance(in_pattern(number, pattern, style, dated=dated), str)
    assert isinstance(written(number, pattern, style), str)
    assert isinstance(text_in_pattern("word", pattern), str)


@given(st.floats(-1e12, 1e12), st.integers(0, 6), locales)
def test_fixed_places_are_the_number_rounded_as_people_do(number: float, places: int, locale: str) -> None:
    from decimal import Decimal

    style = conventions(locale)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    shown = in_pattern(number, pattern, style)
    for group in style.groups:
        shown = shown.replace(group, "")
    assert Decimal(shown.replace(style.decimal, ".")) == half_up(Decimal(repr(number)), places)


@given(locales)
def test_a_pattern_is_the_same_in_the_words_of_each_locale(locale: str) -> None:
    style = conventions(locale)
    own = f"#{style.groups[0]}##0{style.decimal}00"
    assert written(1234567.891, own, style) == in_pattern(1234567.891, "#,##0.00", style)
    assert default_pattern("NUMBER", style) == "#,##0.00"


# ---------------------------------------------------------------- formulas

references = st.sampled_from(
    [
        "A1",
        "$B$2",
        "A2:B5",
        "A:A",
        "2:3",
        "B2:B",
        "C$4:5",
        "Other!A1",
        "Other!A:B",
        "Hours",
        "H3",
        "Z99",
        "Nowhere!A1",
    ]
)
literals = st.sampled_from(
    ["1", "0", "-2.5", "46353", '""', '"a*"', '"11/27/2026"', '">=2"', "TRUE", "#N/A", "{1,2;3,4}", ""]
)
calls = st.recursive(
    st.one_of(references, literals),
    lambda inner: st.builds(
        lambda name, arguments: f"{name}({','.join(arguments)})",
        st.sampled_from(sorted(FUNCTIONS)),
        st.lists(inner, max_size=5),
    ),
    max_leaves=6,
)
formulas = st.builds(lambda one, sign, other: f"={one}{sign}{other}", calls, st.sampled_from("+-*/^&=<"), calls)


@given(st.one_of(formulas, calls.map("={}".format)))
def test_no_formula_of_known_functions_fails_in_a_workbook(formula: str) -> None:
    book = workbook()
    tab = book.tabs[0]
    tab.put(2, 7, type_into(tab.cell(2, 7), formula, Editing(book, book.owner, TODAY)))
    results = Results(book, TODAY)
    assert isinstance(results.text(tab, 2, 7), str)
    assert not isinstance(results.effective(tab, 2, 7), Array | int) or isinstance(results.effective(tab, 2, 7), bool)


@given(formulas, st.integers(0, 12), st.integers(1, 4))
def test_inserting_lines_and_deleting_them_again_is_the_identity(formula: str, start: int, count: int) -> None:
    for tab in ("Plan", "Other"):
        longer = rewrite(formula, InsertRows(tab, start, count), "Plan")
        assert rewrite(longer, DeleteRows(tab, start, start + count), "Plan") == formula
        wider = rewrite(formula, InsertColumns(tab, start, count), "Plan")
        assert rewrite(wider, DeleteColumns(tab, start, start + count), "Plan") == formula


@given(formulas, st.integers(-5, 5), st.integers(-5, 5))
def test_a_copied_formula_is_text_that_can_be_read_and_evaluated(formula: str, down: int, right: int) -> None:
    book = workbook()
    tab = book.tabs[0]
    copied = translate(formula, down, right)
    tab.put(2, 7, type_into(tab.cell(2, 7), copied, Editing(book, book.owner, TODAY)))
    assert isinstance(Results(book, TODAY).text(tab, 2, 7), str)
