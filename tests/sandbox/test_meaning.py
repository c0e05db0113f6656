"""What typing, formats and formulas mean, from Google's documents and the facts, one case a line.

Written before and independently of the code. What no document says and is only believed is marked so.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from sheetsync.sandbox.a1 import Area, Box, echoed
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.cellviews import extended
from sheetsync.sandbox.formats import shown_number, shown_text
from sheetsync.sandbox.formulas import (
    DeleteColumns,
    DeleteRows,
    Edit,
    FormulaError,
    InsertColumns,
    InsertRows,
    MoveColumns,
    MoveRows,
    RenameTab,
    rewrite,
)
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.model import Cell, NamedRange, Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.serials import serial
from sheetsync.sandbox.typed import typed
from sheetsync.sandbox.values_read import Rendering, value_range
from sheetsync.sandbox.values_write import type_into
from sheetsync.sandbox.writing import written

TODAY = date(2026, 11, 22)
D = 46353.0  # Friday, 27 November 2026
_DATE = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}

#: the tab Plan, from A1; a float under the header `day` is a date
PLAN: list[list[bool | float | str | None]] = [
    ["key", "hours", "done", "day", "name"],
    ["a-1", 2.0, True, D, "Anna Lee"],
    ["B-2", 3.5, False, D + 1, "bob"],
    [None, None, None, None, None],
    ["a-1", 10.0, None, D + 7, "Cleo"],
    ["c*", 7.0, True, None, "*"],
]
#: the tab Other, from A1
OTHER: list[list[bool | float | str | None]] = [
    ["k1", 10.0, None, "x", "y", "z"],
    ["k2", 20.0, None, 100.0, 200.0, 300.0],
    ["k3", 30.0, None, None, None, None],
]


def workbook(locale: str = "en_US") -> Workbook:
    """Two tabs of plain values and the named range `Hours`, which is Plan!B2:B6."""
    book = Workbook("meaning", "Meaning", locale, "Europe/London", "owner@example.org")
    book.tabs = [Tab(0, "Plan", 30, 20), Tab(7, "Other", 10, 8)]
    for tab, rows in zip(book.tabs, (PLAN, OTHER), strict=True):
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                dated = tab.title == "Plan" and column == 3 and row
                tab.put(row, column, Cell(value, format=_DATE if dated and value is not None else None))
    book.named = [NamedRange("1", "Hours", 0, Box(1, 6, 1, 2))]
    return book


def typed_in(book: Workbook, text: str, row: int = 2, column: int = 7) -> Results:
    """The workbook after a person typed into a cell of Plan; H3 unless told."""
    tab = book.tabs[0]
    tab.put(row, column, type_into(tab.cell(row, column), text, Editing(book, book.owner, TODAY)))
    return Results(book, TODAY)


def plain(value: Any) -> Any:
    """An error as its code."""
    return value.code if isinstance(value, FormulaError) else value


def outcome(formula: str, locale: str = "en_US") -> Any:
    """What a formula in Plan!H3 comes to; an array as its rows, as far as they stand on the sheet."""
    book = workbook(locale)
    results = typed_in(book, formula)
    tab = book.tabs[0]
    spilled = [(row, column) for row, column in results.spills(tab) if row >= 2 and column >= 7]
    if not spilled:
        return plain(results.effective(tab, 2, 7))
    bottom, right = max(row for row, _ in spilled) + 1, max(column for _, column in spilled) + 1
    return [
        [plain(results.effective(tab, row, column)) for column in range(7, max(right, 8))] for row in range(2, bottom)
    ]


def row(*values: Any) -> list[list[Any]]:
    return [list(values)]


def column(*values: Any) -> list[list[Any]]:
    return [[value] for value in values]


def day(year: int, month: int, number: int) -> float:
    return serial(date(year, month, number))


# ---------------------------------------------------------------- typing

TYPING: Sequence[tuple[str, str, object, str, str]] = (
    # locale, typed, value, shown, type of the number format that comes along
    ("en_US", "42", 42.0, "42", ""),
    ("en_US", "0042", 42.0, "42", ""),
    ("en_US", "+7", 7.0, "7", ""),
    ("en_US", "-7.25", -7.25, "-7.25", ""),
    ("en_US", ".5", 0.5, "0.5", ""),
    ("en_US", "1.10", 1.1, "1.1", ""),
    ("en_US", "1,250", 1250.0, "1,250", "NUMBER"),
    ("en_US", "1,250.5", 1250.5, "1,250.50", "NUMBER"),
    ("en_US", "50%", 0.5, "50%", "PERCENT"),
    ("en_US", "-12.5%", -0.125, "-12.50%", "PERCENT"),
    ("en_US", "$100.15", 100.15, "$100.15", "CURRENCY"),
    ("en_US", "$1,250", 1250.0, "$1,250", "CURRENCY"),
    ("en_US", "1e3", 1000.0, "1.00E+03", "SCIENTIFIC"),
    ("en_US", "Mar 1 2016", day(2016, 3, 1), "3/1/2016", "DATE"),
    ("en_US", "1/2/2027", day(2027, 1, 2), "1/2/2027", "DATE"),
    ("en_US", "12-25-2026", day(2026, 12, 25), "12/25/2026", "DATE"),
    ("en_US", "2026-11-27", D, "2026-11-27", "DATE"),
    ("en_US", "November 27, 2026", D, "11/27/2026", "DATE"),
    ("en_US", "10:30", 10.5 / 24, "10:30", "TIME"),
    ("en_US", "10:30 pm", 22.5 / 24, "10:30 PM", "TIME"),
    ("en_US", "10:30:15", (10 * 3600 + 1815) / 86400, "10:30:15", "TIME"),
    ("en_US", "30:15:00", 30.25 / 24, "30:15:00", "TIME"),  # a duration [believed]
    ("en_US", "2026-11-27 18:00", D + 0.75, "2026-11-27 18:00", "DATE_TIME"),
    ("en_US", "true", True, "TRUE", ""),
    ("en_US", "False", False, "FALSE", ""),
    ("en_US", "'12", "12", "12", ""),
    ("en_US", "''twas", "'twas", "'twas", ""),
    ("en_US", "'TRUE", "TRUE", "TRUE", ""),
    ("en_US", "3_1_0", "3_1_0", "3_1_0", ""),
    ("en_US", "1.2.3", "1.2.3", "1.2.3", ""),
    ("en_US", "A1", "A1", "A1", ""),
    ("en_US", "10 apples", "10 apples", "10 apples", ""),
    ("en_GB", "27/11/2026", D, "27/11/2026", "DATE"),
    ("en_GB", "11/27/2026", "11/27/2026", "11/27/2026", ""),
    ("en_GB", "£1,250.00", 1250.0, "£1,250.00", "CURRENCY"),
    ("en_GB", "27 November 2026", D, "27/11/2026", "DATE"),
    ("de_DE", "1.250,5", 1250.5, "1.250,50", "NUMBER"),
    ("de_DE", "12,5%", 0.125, "12,50%", "PERCENT"),
    ("de_DE", "5,50 €", 5.5, "5,50 €", "CURRENCY"),
    ("de_DE", "27.11.2026", D, "27.11.2026", "DATE"),
    ("de_DE", "27.11.", day(2026, 11, 27), "27.11", "DATE"),
    ("de_DE", "FALSCH", False, "FALSCH", ""),
    ("de_DE", "14:30", 14.5 / 24, "14:30", "TIME"),
    ("fr_FR", "1 250,5", 1250.5, "1\u202f250,50", "NUMBER"),
    ("fr_FR", "5,50 €", 5.5, "5,50 €", "CURRENCY"),
    ("fr_FR", "27 novembre 2026", D, "27/11/2026", "DATE"),
    ("fr_FR", "VRAI", True, "VRAI", ""),
    ("de_CH", "1'250.50", 1250.5, "1’250.50", "NUMBER"),
    ("de_CH", "CHF 5.50", 5.5, "CHF 5.50", "CURRENCY"),
    ("de_CH", "27.11.2026", D, "27.11.2026", "DATE"),
    ("es_ES", "1.250,5", 1250.5, "1.250,50", "NUMBER"),
    ("es_ES", "VERDADERO", True, "VERDADERO", ""),
    ("es_ES", "27 noviembre 2026", D, "27/11/2026", "DATE"),
    ("it_IT", "27/11/2026", D, "27/11/2026", "DATE"),
    ("it_IT", "€ 5,50", 5.5, "5,50 €", "CURRENCY"),  # corrected: the locale's own currency format comes along
    ("nl_NL", "27-11-2026", D, "27-11-2026", "DATE"),
    ("nl_NL", "1.250,5", 1250.5, "1.250,50", "NUMBER"),
    ("nl_NL", "ONWAAR", False, "ONWAAR", ""),
    ("nl_NL", "27 maart 2026", day(2026, 3, 27), "27-03-2026", "DATE"),
)


@pytest.mark.parametrize(("locale", "text", "value", "shown", "kind"), TYPING)
def test_a_text_is_taken_as_a_person_means_it(locale: str, text: str, value: object, shown: str, kind: str) -> None:
    book = workbook(locale)
    results = typed_in(book, text)
    effective = results.effective(book.tabs[0], 2, 7)
    assert type(effective) is type(value)
    assert effective == (pytest.approx(value, abs=1e-9) if isinstance(value, float) else value)
    assert results.text(book.tabs[0], 2, 7) == shown
    own = (book.tabs[0].cell(2, 7).format or {}).get("numberFormat", {})
    assert own.get("type", "") == kind


# Reported by many: a phone number typed as `+44 20 …` shows #ERROR!; a dash before words is a formula too [believed].
@pytest.mark.parametrize(
    ("text", "formula", "shown"),
    [
        ("+44 20 7946", "=+44 20 7946", "#ERROR!"),
        ("+B2+1", "=+B2+1", "3"),
        ("-B2", "=-B2", "-2"),
        ("-nobody", "=-nobody", "#NAME?"),
    ],
)
def test_a_leading_sign_before_no_number_begins_a_formula(text: str, formula: str, shown: str) -> None:
    book = workbook()
    results = typed_in(book, text)
    assert book.tabs[0].cell(2, 7).formula == formula
    assert results.text(book.tabs[0], 2, 7) == shown


# ---------------------------------------------------------------- number formats on the way out

FORMATS: Sequence[tuple[str, str, str, float, str]] = (
    # locale, type, pattern, number, shown
    ("en_US", "NUMBER", "0", 1234.5, "1235"),
    ("en_US", "NUMBER", "####.#", 12345.125, "12345.1"),
    ("en_US", "NUMBER", "000.0000", 12.34, "012.3400"),
    ("en_US", "NUMBER", "#.0#", 12.0, "12.0"),
    ("en_US", "NUMBER", "#.0#", 1.256, "1.26"),
    ("en_US", "NUMBER", "0.##", 5.0, "5."),
    ("en_US", "NUMBER", "#,###", 12000.0, "12,000"),
    ("en_US", "NUMBER", "#,###", 0.0, ""),
    ("en_US", "NUMBER", "0,000", 7.0, "0,007"),
    ("en_US", "NUMBER", '0.0,,"M"', 1230000.0, "1.2M"),
    ("en_US", "NUMBER", "#,##0,", 1234567.0, "1,235"),
    ("en_US", "NUMBER", "?0.0?", 1.5, " 1.5 "),
    ("en_US", "NUMBER", "# ?/?", 1.5, "1 1/2"),
    ("en_US", "NUMBER", "# ???/???", 5.125, "5   1/8  "),
    ("en_US", "NUMBER", "0/4", 0.75, "3/4"),
    ("en_US", "SCIENTIFIC", "0.00e+00", 1234567890.0, "1.23e+09"),
    ("en_US", "SCIENTIFIC", "0.00E+00", 0.000123, "1.23E-04"),
    ("en_US", "SCIENTIFIC", "0.0E-0", 12345.0, "1.2E4"),
    ("en_US", "PERCENT", "0.0%", 0.125, "12.5%"),
    ("en_US", "PERCENT", "0%", -0.5, "-50%"),
    ("en_US", "CURRENCY", '"$"#,##0.00', -5.0, "-$5.00"),
    ("en_US", "CURRENCY", "[$€]#,##0.00", 5.0, "€5.00"),
    ("en_US", "CURRENCY", "#,##0.00 [$CHF]", 5.0, "5.00 CHF"),
    ("en_US", "CURRENCY", "[$€-407]0", 5.0, "€5"),
    ("en_US", "NUMBER", '_("$"* #,##0.00_)', 1234.5, " $1,234.50 "),  # [believed]
    ("en_US", "NUMBER", "0;(0)", -5.0, "(5)"),
    ("en_US", "NUMBER", "0;(0);-", 0.0, "-"),
    ("en_US", "NUMBER", '0;-0;"none";@', 0.0, "none"),
    ("en_US", "NUMBER", "[Red]0.00", 5.0, "5.00"),
    ("en_US", "NUMBER", "0.00;[Red]-0.00", -5.0, "-5.00"),
    ("en_US", "NUMBER", "[Color12]0", 5.0, "5"),
    ("en_US", "NUMBER", '[<100]"Low";[>1000]"High";000', 50.0, "Low"),
    ("en_US", "NUMBER", '[<100]"Low";[>1000]"High";000', 2000.0, "High"),
    ("en_US", "NUMBER", '[<100]"Low";[>1000]"High";000', 500.0, "500"),
    ("en_US", "NUMBER", '[>=1000]0.0,"K";0', 1500.0, "1.5K"),
    ("en_US", "NUMBER", '[>=1000]0.0,"K";0', 15.0, "15"),
    ("en_US", "NUMBER", ";;;", 5.0, ""),
    ("en_US", "NUMBER", r"\#0", 5.0, "#5"),
    ("en_US", "NUMBER", '"no. "0', 5.0, "no. 5"),
    ("en_US", "NUMBER", "000-00-0000", 123456789.0, "123-45-6789"),
    ("en_US", "TEXT", "@", 5.0, "5"),
    ("en_US", "DATE", "yyyy-mm-dd", D, "2026-11-27"),
    ("en_US", "DATE", "yyyy-MM-dd", D, "2026-11-27"),
    ("en_US", "DATE", "m/d/yy", D, "11/27/26"),
    ("en_US", "DATE", "ddd, mmm d", D, "Fri, Nov 27"),
    ("en_US", "DATE", "dddd dd mmmm", D, "Friday 27 November"),
    ("en_US", "DATE", "mmmmm", D, "N"),
    ("en_US", "DATE_TIME", "d/m h:mm", D + 0.75, "27/11 18:00"),
    ("en_US", "TIME", "hh:mm:ss.000", 0.5 + 1.5 / 86400, "12:00:01.500"),
    ("en_US", "TIME", "h:mm AM/PM", 0.75, "6:00 PM"),
    ("en_US", "TIME", "hh:mm a/p", 0.75, "06:00 p"),
    ("en_US", "TIME", "h:mm am/pm", 0.5, "12:00 PM"),
    ("en_US", "TIME", "h:mm am/pm", 0.0, "12:00 AM"),
    ("en_US", "TIME", "[h]:mm", 1.25, "30:00"),
    ("en_US", "TIME", "[mm]:ss", 0.0625, "90:00"),
    ("en_US", "TIME", "h:MM", 0.75, "18:12"),  # M is always the month: 1899-12-30
    ("en_US", "NUMBER", "yyyy", D, "2026"),
    ("de_DE", "NUMBER", "#,##0.00", 1234.5, "1.234,50"),
    ("de_DE", "DATE", "dddd, d. mmmm yyyy", D, "Freitag, 27. November 2026"),
    ("fr_FR", "NUMBER", "#,##0.00", 1234.5, "1\u202f234,50"),
    ("fr_FR", "DATE", "dddd d mmmm", D, "vendredi 27 novembre"),
    ("nl_NL", "DATE", "d mmmm yyyy", D, "27 november 2026"),
    ("es_ES", "DATE", "dddd", D, "viernes"),
    ("it_IT", "DATE", "dddd", D, "venerdì"),
    # a type alone: the locale's default
    ("en_US", "NUMBER", "", 1234.5, "1,234.50"),
    ("en_US", "PERCENT", "", 0.125, "12.50%"),
    ("en_US", "CURRENCY", "", 1000.12, "$1,000.12"),
    ("en_US", "DATE", "", D, "11/27/2026"),
    ("en_US", "SCIENTIFIC", "", 12345.0, "1.23E+04"),
    ("en_GB", "CURRENCY", "", 1000.12, "£1,000.12"),
    ("en_GB", "DATE", "", D, "27/11/2026"),
    ("de_DE", "CURRENCY", "", 1000.12, "1.000,12 €"),
    ("de_DE", "DATE", "", D, "27.11.2026"),
    ("fr_FR", "CURRENCY", "", 1000.12, "1\u202f000,12 €"),
    ("de_CH", "CURRENCY", "", 1000.12, "CHF 1’000.12"),
    ("nl_NL", "CURRENCY", "", 1000.12, "€ 1.000,12"),
    ("nl_NL", "DATE", "", D, "27-11-2026"),
)


@pytest.mark.parametrize(("locale", "kind", "pattern", "number", "shown"), FORMATS)
def test_a_format_shows_a_number_as_the_guide_says(
    locale: str, kind: str, pattern: str, number: float, shown: str
) -> None:
    stated = {"type": kind} | ({"pattern": pattern} if pattern else {})
    assert shown_number(number, stated, conventions(locale)).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("@", "word"),
        ("0.00", "word"),
        ('0;0;0;"said: "@', "said: word"),
        (";;;", ""),
        ('@" (draft)"', "word (draft)"),
    ],
)
def test_only_a_section_for_texts_changes_a_text(pattern: str, shown: str) -> None:
    assert shown_text("word", {"type": "NUMBER", "pattern": pattern}) == shown


# ---------------------------------------------------------------- formulas

OPERATORS: Sequence[tuple[str, object]] = (
    ("=2+3*4", 14.0),
    ("=(2+3)*4", 20.0),
    ("=2^3", 8.0),
    ("=-2^2", 4.0),
    ("=10%", 0.1),
    ("=7-2-1", 4.0),
    ('="a"&1&TRUE', "a1TRUE"),
    ('="A"="a"', True),
    ("=1<>2", True),
    ("=3>=3", True),
    ('="10">9', True),
    ('=TRUE>"z"', True),
    ('="3"+"4"', 7.0),
    ('="50%"*2', 1.0),
    ('="$5"+1', 6.0),
    ('="1/2/2020"+0', day(2020, 1, 2)),
    ('="12:00"+0', 0.5),
    ("=TRUE+TRUE", 2.0),
    ("=Z1+1", "#REF!"),  # the grid ends at T
    ("=T1+1", 1.0),
    ('=T1=""', True),
    ('="x"+1', "#VALUE!"),
    ("=1/0", "#DIV/0!"),
    ("=A2:A3", column("a-1", "B-2")),
    ("=SUM(B2:B)", 22.5),
    ("=SUM(B:B)", 22.5),
    ("=SUM(Other!B:B)", 60.0),
    ("=SUM('Other'!A2:2)", 620.0),
    ("=SUM(2:2)", 2.0 + D),
    ("={1,2;3,4}", [[1.0, 2.0], [3.0, 4.0]]),
    ("={A2:A3,B2:B3}", [["a-1", 2.0], ["B-2", 3.5]]),
    ("=SUM(Hours)", 22.5),
    ("=INDEX(hours,2)", 3.5),
    ("=SUM(Hours,Other!B1)", 32.5),
)
LOGIC: Sequence[tuple[str, object]] = (
    ("=AND(TRUE,1)", True),
    ("=OR(FALSE,0)", False),
    ("=NOT(0)", True),
    ("=XOR(TRUE,TRUE)", False),
    ('=IF(B2>1,"yes","no")', "yes"),
    ("=IF(FALSE,1)", False),
    ('=IF("x",1,2)', "#VALUE!"),
    ('=IFS(B2>5,"big",B2>1,"small")', "small"),
    ("=IFS(FALSE,1)", "#N/A"),
    ('=SWITCH("b","a",1,"b",2)', 2.0),
    ('=SWITCH("z","a",1,9)', 9.0),
    ('=SWITCH("z","a",1)', "#N/A"),
    ('=CHOOSE(2,"a","b")', "b"),
    ('=CHOOSE(3,"a","b")', "#NUM!"),
    ('=IFERROR(1/0,"e")', "e"),
    ("=IFERROR(1/0)", None),
    ('=IFNA(NA(),"n")', "n"),
    ('=IFNA(1/0,"n")', "#DIV/0!"),
    ("=ISBLANK(A4)", True),
    ('=ISBLANK("")', False),
    ('=ISNUMBER("1")', False),
    ("=ISNUMBER(D2)", True),
    ("=ISTEXT(A2)", True),
    ("=ISNONTEXT(A2)", False),
    ("=ISLOGICAL(C2)", True),
    ("=ISERROR(1/0)", True),
    ("=ISERR(NA())", False),
    ("=ISNA(NA())", True),
    ("=NA()", "#N/A"),
    ('=N("x")', 0.0),
    ("=N(TRUE)", 1.0),
    ("=T(1)", ""),
    ("=TYPE(NA())", 16.0),
    ("=ERROR.TYPE(1/0)", 2.0),
    ("=LET(x,2,x*3)", 6.0),
)
TOTALS: Sequence[tuple[str, object]] = (
    ('=SUM("3",4)', 7.0),
    ("=COUNT(A1:E6)", 7.0),
    ("=COUNTA(A1:A6)", 5.0),
    ("=COUNTBLANK(A1:A6)", 1.0),
    ("=COUNTUNIQUE(A2:A6)", 3.0),
    ("=AVERAGE(B2:B6)", 5.625),
    ("=AVERAGE(A2:A3)", "#DIV/0!"),
    ("=MIN(B2:B6)", 2.0),
    ("=MAX(B2:B6)", 10.0),
    ("=MEDIAN(1,2,3,10)", 2.5),
    ("=PRODUCT(2,3)", 6.0),
    ("=SUMPRODUCT({1,2},{3,4})", 11.0),
    ('=SUMPRODUCT((A2:A6="a-1")*B2:B6)', 12.0),
    ("=LARGE(B2:B6,2)", 7.0),
    ("=SMALL(B2:B6,1)", 2.0),
    ("=LARGE(B2:B6,9)", "#NUM!"),
    ("=ROUND(2.5)", 3.0),
    ("=ROUND(-2.5)", -3.0),
    ("=ROUND(1234,-2)", 1200.0),
    ("=ROUNDUP(1.21,1)", 1.3),
    ("=ROUNDUP(-1.21,1)", -1.3),
    ("=ROUNDDOWN(1.29,1)", 1.2),
    ("=INT(-1.5)", -2.0),
    ("=TRUNC(-1.5)", -1.0),
    ("=MOD(-3,2)", 1.0),
    ("=MOD(5,0)", "#DIV/0!"),
    ("=ABS(-2)", 2.0),
    ("=CEILING(1.1,0.5)", 1.5),
    ("=FLOOR(1.9,0.5)", 1.5),
    ("=MROUND(7,5)", 5.0),
    ("=SQRT(-1)", "#NUM!"),
    ("=POWER(2,3)", 8.0),
    ("=SIGN(-2)", -1.0),
)
CRITERIA: Sequence[tuple[str, object]] = (
    ('=COUNTIF(B2:B6,">=3.5")', 3.0),
    ("=COUNTIF(B2:B6,10)", 1.0),
    ('=COUNTIF(B2:B6,"10")', 1.0),
    ('=COUNTIF(A2:A6,"a*")', 2.0),
    ('=COUNTIF(A2:A6,"A-?")', 2.0),
    ('=COUNTIF(A2:A6,"c~*")', 1.0),
    ('=COUNTIF(A2:A6,"=a-1")', 2.0),
    ('=COUNTIF(A2:A6,"<>a-1")', 3.0),
    ('=COUNTIF(A2:A6,"<>a*")', 3.0),
    ('=COUNTIF(A1:A6,"")', 1.0),
    ('=COUNTIF(A1:A6,"<>")', 5.0),
    ('=COUNTIF(B2:B6,"<>")', 4.0),
    ("=COUNTIF(C2:C6,TRUE)", 2.0),
    ('=COUNTIF(A2:A6,">b")', 2.0),
    ('=COUNTIF(D2:D6,">=11/28/2026")', 2.0),
    ('=COUNTIF(D2:D6,"<"&DATE(2026,11,28))', 1.0),
    ('=COUNTIF(Hours,">3")', 3.0),
    ('=COUNTIFS(A2:A6,"a-1",B2:B6,">5")', 1.0),
    ('=COUNTIFS(A2:A6,"a-1",B2:B3,">5")', "#VALUE!"),
    ('=SUMIF(A2:A6,"a-1",B2:B6)', 12.0),
    ('=SUMIF(B2:B6,">3")', 20.5),
    ('=SUMIFS(B2:B6,A2:A6,"a-1",C2:C6,TRUE)', 2.0),
    ('=AVERAGEIF(A2:A6,"a-1",B2:B6)', 6.0),
    ('=AVERAGEIF(A2:A6,"zz",B2:B6)', "#DIV/0!"),
    ('=AVERAGEIFS(B2:B6,A2:A6,"a-1")', 6.0),
    ('=MAXIFS(B2:B6,A2:A6,"a-1")', 10.0),
    ('=MINIFS(B2:B6,A2:A6,"a-1")', 2.0),
)
DATES: Sequence[tuple[str, object]] = (
    ("=TODAY()", serial(TODAY)),
    ("=INT(NOW())", serial(TODAY)),
    ("=DATE(2026,11,27)", D),
    ("=DATE(2026,13,1)", day(2027, 1, 1)),
    ("=DATE(2026,1,0)", day(2025, 12, 31)),
    ("=DATE(119,2,1)", day(2019, 2, 1)),
    ("=YEAR(D2)", 2026.0),
    ('=MONTH("11/27/2026")', 11.0),
    ("=DAY(D2)", 27.0),
    ('=YEAR("x")', "#VALUE!"),
    ("=WEEKDAY(D2)", 6.0),
    ("=WEEKDAY(D2,2)", 5.0),
    ("=WEEKDAY(D2,3)", 4.0),
    ("=WEEKDAY(D2,9)", "#NUM!"),
    ("=EDATE(DATE(2026,1,31),1)", day(2026, 2, 28)),
    ("=EOMONTH(D2,0)", day(2026, 11, 30)),
    ("=EOMONTH(D2,-1)", day(2026, 10, 31)),
    ('=DATEVALUE("11/27/2026")', D),
    ('=DATEVALUE("2026-11-27")', D),
    ('=DATEVALUE("soon")', "#VALUE!"),
    ('=TIMEVALUE("12:00")', 0.5),
    ("=TIME(12,0,0)", 0.5),
    ("=HOUR(0.75)", 18.0),
    ("=MINUTE(0.5104166666666666)", 15.0),
    ("=DAYS(DATE(2026,11,30),D2)", 3.0),
    ('=DATEDIF(DATE(2026,1,1),D2,"M")', 10.0),
    ('=DATEDIF(DATE(2026,1,1),D2,"D")', 330.0),
    ("=WEEKNUM(DATE(2026,1,4))", 2.0),
    ("=ISOWEEKNUM(D2)", 48.0),
    ("=NETWORKDAYS(DATE(2026,11,23),D2)", 5.0),
    ("=WORKDAY(D2,1)", day(2026, 11, 30)),
)
TEXTS: Sequence[tuple[str, object]] = (
    ('=LEFT("abc",2)', "ab"),
    ('=RIGHT("abc")', "c"),
    ('=MID("abcdef",2,3)', "bcd"),
    ('=MID("abc",0,1)', "#NUM!"),
    ('=LEN("a b")', 3.0),
    ('=PROPER("hello wORLD")', "Hello World"),
    ('=TRIM("  a   b ")', "a b"),
    ('=SUBSTITUTE("aaa","a","b",2)', "aba"),
    ('=REPLACE("abcdef",2,3,"X")', "aXef"),
    ('=FIND("b","abc")', 2.0),
    ('=FIND("B","abc")', "#VALUE!"),
    ('=FIND("a","banana",3)', 4.0),
    ('=SEARCH("B","abc")', 2.0),
    ('=REPT("ab",3)', "ababab"),
    ('=EXACT("a","A")', False),
    ('=VALUE("12%")', 0.12),
    ('=VALUE("$1,000")', 1000.0),
    ('=VALUE("x")', "#VALUE!"),
    ("=CHAR(65)", "A"),
    ('=CODE("A")', 65.0),
    ("=UNICHAR(9731)", "☃"),
    ('=UNICODE("☃")', 9731.0),
    ('=CONCAT("a",1)', "a1"),
    ('=CONCATENATE("a",1,TRUE)', "a1TRUE"),
    ('=JOIN("-",{1,2,3})', "1-2-3"),
    ('=TEXTJOIN(", ",TRUE,A2:A6)', "a-1, B-2, a-1, c*"),
    ('=SPLIT("a,b;c",",;")', row("a", "b", "c")),
    ('=SPLIT("a--b","-")', row("a", "b")),
    ('=SPLIT("a--b","-",TRUE,FALSE)', row("a", "", "b")),
    ('=SPLIT("a, b,c",", ",FALSE)', row("a", "b,c")),
    ('=SPLIT("1,2",",")', row(1.0, 2.0)),
    ('=REGEXMATCH("abc","b")', True),
    ('=REGEXEXTRACT("brief-12","[0-9]+")', "12"),
    ('=REGEXEXTRACT("a-1","([a-z])-([0-9])")', row("a", "1")),
    ('=REGEXEXTRACT("abc","[0-9]")', "#N/A"),
    ('=REGEXREPLACE("abc","[ac]","x")', "xbx"),
    ('=REGEXREPLACE("a-1","(.)-(.)","$2$1")', "1a"),
    ("=TO_TEXT(D2)", "2026-11-27"),
    ('=D2&""', "46353"),  # corrected: joined is the value, TO_TEXT is for what is seen
    ('=HYPERLINK("https://example.org","there")', "there"),
)
TEXT_FUNCTION: Sequence[tuple[str, object]] = (
    ('=TEXT(1234.5,"#,##0.00")', "1,234.50"),
    ('=TEXT(0.5,"0%")', "50%"),
    ('=TEXT(D2,"dd/mm/yy")', "27/11/26"),
    ('=TEXT(D2,"dddd")', "Friday"),
    ('=TEXT(D2,"mmm d, yyyy")', "Nov 27, 2026"),
    ('=TEXT(0.75,"h:mm AM/PM")', "6:00 PM"),
    ('=TEXT(1.25,"[h]:mm")', "30:00"),
    ('=TEXT(-5,"0;(0)")', "(5)"),
    ('=TEXT(1234567,"0.0,,")', "1.2"),
    ('=TEXT(12345,"0.00E+00")', "1.23E+04"),
    ('=TEXT(12,"$0.00")', "$12.00"),
    ('=TEXT(1.5,"# ?/?")', "1 1/2"),
    ('=TEXT(7,"00000")', "00007"),
    ('=TEXT("2026-11-27","yyyy")', "2026"),
    ('=TEXT("word","0.00")', "word"),
    ('=TEXT("word","@!")', "word!"),
    ('=TEXT(TRUE,"0")', "TRUE"),
)
LOOKUPS: Sequence[tuple[str, object]] = (
    ('=MATCH("b-2",A1:A6,0)', 3.0),
    ("=MATCH(3,{1,2,4})", 2.0),
    ("=MATCH(3,{4,3,1},-1)", 2.0),
    ('=MATCH("zz",A:A,0)', "#N/A"),
    ('=MATCH("c~*",A1:A6,0)', 6.0),
    ('=VLOOKUP("K2",Other!A:B,2,FALSE)', 20.0),
    ('=VLOOKUP("k?",Other!A:B,2,FALSE)', 10.0),
    ('=VLOOKUP("k2",Other!A:B,3,FALSE)', "#REF!"),
    ('=VLOOKUP("k2",Other!A:B,0,FALSE)', "#VALUE!"),
    ('=VLOOKUP("zz",Other!A:B,2,FALSE)', "#N/A"),
    ('=HLOOKUP("y",Other!D1:F2,2,FALSE)', 200.0),
    ('=LOOKUP(2.5,{1,2,3},{"a","b","c"})', "b"),
    ("=LOOKUP(5,{1,2,3})", 3.0),
    ("=LOOKUP(0,{1,2,3})", "#N/A"),
    ('=XLOOKUP("k3",Other!A:A,Other!B:B)', 30.0),
    ('=XLOOKUP("zz",Other!A:A,Other!B:B,"none")', "none"),
    ('=XLOOKUP(25,Other!B1:B3,Other!A1:A3,"-",-1)', "k2"),
    ('=XLOOKUP(25,Other!B1:B3,Other!A1:A3,"-",1)', "k3"),
    ('=XLOOKUP("k*",Other!A1:A3,Other!B1:B3,"-",2)', 10.0),
    ('=XLOOKUP("k*",Other!A1:A3,Other!B1:B3,"-",2,-1)', 30.0),
    ('=XMATCH("k2",Other!A1:A3)', 2.0),
    ("=INDEX(A1:C6,3,2)", 3.5),
    ("=INDEX(A1:C6,9,2)", "#NUM!"),
    ("=INDEX(A1:B3,2,0)", row("a-1", 2.0)),
    ("=OFFSET(A1,1,1)", 2.0),
    ("=OFFSET(A1,1,1,2,1)", column(2.0, 3.5)),
    ("=SUM(OFFSET(B2,0,0,2))", 5.5),
    ("=OFFSET(A1,-1,0)", "#REF!"),
    ('=INDIRECT("B2")', 2.0),
    ('=INDIRECT("Other!B"&3)', 30.0),
    ('=SUM(INDIRECT("B2:B3"))', 5.5),
    ('=INDIRECT("R2C2",FALSE)', 2.0),
    ('=SUM(INDIRECT("Hours"))', 22.5),
    ('=INDIRECT("nowhere!A1")', "#REF!"),
    ("=ADDRESS(2,3)", "$C$2"),
    ("=ADDRESS(2,3,2)", "C$2"),
    ("=ADDRESS(2,3,4)", "C2"),
    ("=ADDRESS(2,3,1,FALSE)", "R2C3"),
    ('=ADDRESS(1,1,1,TRUE,"My tab")', "'My tab'!$A$1"),
    ("=ROW()", 3.0),
    ("=COLUMN(C1)", 3.0),
    ("=ROWS(A1:B5)", 5.0),
    ("=COLUMNS(A:C)", 3.0),
)
ARRAYS: Sequence[tuple[str, object]] = (
    ("=TRANSPOSE({1,2;3,4})", [[1.0, 3.0], [2.0, 4.0]]),
    ("=SEQUENCE(3)", column(1.0, 2.0, 3.0)),
    ("=SEQUENCE(2,2,10,5)", [[10.0, 15.0], [20.0, 25.0]]),
    ("=UNIQUE({1;1;2})", column(1.0, 2.0)),
    ("=SORT({3;1;2})", column(1.0, 2.0, 3.0)),
    ("=SORT({3;1;2},1,FALSE)", column(3.0, 2.0, 1.0)),
    ("=SORT(A2:B3,2,FALSE)", [["B-2", 3.5], ["a-1", 2.0]]),
    ("=FILTER(A2:A6,B2:B6>3)", column("B-2", "a-1", "c*")),
    ("=FILTER(A2:A6,B2:B6>3,C2:C6)", "c*"),
    ("=FILTER(A2:A6,B2:B6>99)", "#N/A"),
    ("=FILTER(A2:A6,B2:B3>1)", "#N/A"),
    ("=ARRAYFORMULA(B2:B3*2)", column(4.0, 7.0)),
    ('=ARRAYFORMULA(IF(B2:B6>3,A2:A6,"-"))', column("-", "B-2", "-", "a-1", "c*")),
    ("=ARRAYFORMULA(COUNTIF(A2:A6,A2:A3))", column(2.0, 1.0)),
    ("=FLATTEN({1,2;3,4})", column(1.0, 2.0, 3.0, 4.0)),
    ("=ARRAY_CONSTRAIN({1,2;3,4},1,2)", row(1.0, 2.0)),
    ("={1,2;3}", "#VALUE!"),
    ("=SUM(SEQUENCE(100))", 5050.0),
)
ERRORS: Sequence[tuple[str, object]] = (
    ("=NOSUCH(1)", "#NAME?"),
    ("=MY_NAMED_FUNCTION(A1)", "#NAME?"),
    ("=nosuchrange", "#NAME?"),
    ("=Nowhere!A1", "#REF!"),
    ("=#REF!", "#REF!"),
    ("=#NULL!", "#NULL!"),
    ("=1+", "#ERROR!"),
    ("=SUM(1;;2)", 3.0),
    ("=LEN()", "#N/A"),
    ("=SQRT(1,2)", "#N/A"),
    ("=10^400", "#NUM!"),
    ("=H3", "#REF!"),
    ("=H3+1", "#REF!"),
    ("=IFERROR(H3,5)", "#REF!"),
    ("=SUM(H1:H9)", "#REF!"),
)
FORMULAS = (
    *OPERATORS, *LOGIC, *TOTALS, *CRITERIA, *DATES, *TEXTS, *TEXT_FUNCTION, *LOOKUPS, *ARRAYS, *ERRORS,
)  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), FORMULAS)
def test_a_formula_comes_to_what_google_documents(formula: str, expected: object) -> None:
    got = outcome(formula)
    if isinstance(expected, float):
        assert isinstance(got, float)
        assert got == pytest.approx(expected, abs=1e-9)
    else:
        assert got == expected
        assert type(got) is type(expected)


@pytest.mark.parametrize(
    ("locale", "formula", "expected"),
    [
        ("de_DE", "=1,5+1", 2.5),
        ("de_DE", "=SUM(1;2)", 3.0),
        ("de_DE", r"={1\2;3\4}", [[1.0, 2.0], [3.0, 4.0]]),
        ("de_DE", '="1.234,5"+0', 1234.5),
        ("de_DE", '=VALUE("12,5 %")', 0.125),
        ("de_DE", '=DATEVALUE("27.11.2026")', D),
        ("de_DE", '=TEXT(1234,5;"#.##0,00")', "1.234,50"),
        ("de_DE", '=TEXT(D2;"dddd")', "Freitag"),
        ("de_DE", '=COUNTIF(B2:B6;">=3,5")', 3.0),
        ("de_DE", '=1,5&""', "1,5"),
        ("fr_FR", "=SUM(1,5;2)", 3.5),
        ("fr_FR", '=TEXT(1234,5;"# ##0,00")', "1\u202f234,50"),
        ("fr_FR", '=TEXT(D2;"mmmm")', "novembre"),
        ("en_GB", '=DATEVALUE("27/11/2026")', D),
        ("en_GB", '=MONTH("1/2/2026")', 2.0),
        ("de_CH", "=SUM(1.5;2)", 3.5),
        ("de_CH", '=TEXT(1234.5;"#\'##0.00")', "1’234.50"),
        ("nl_NL", '=DATEVALUE("27-11-2026")', D),
    ],
)
def test_a_formula_speaks_the_workbooks_locale(locale: str, formula: str, expected: object) -> None:
    assert outcome(formula, locale) == expected


@pytest.mark.parametrize(
    ("formula", "kind"),
    [
        ("=1/0", "DIVIDE_BY_ZERO"),
        ("=NA()", "N_A"),
        ("=NOSUCH()", "NAME"),
        ("=#NULL!", "NULL_VALUE"),
        ("=SQRT(-1)", "NUM"),
        ("=H3", "REF"),
        ('="x"+1', "VALUE"),
        ("=1+", "ERROR"),
    ],
)
def test_an_error_names_its_type_as_google_does(formula: str, kind: str) -> None:
    book = workbook()
    view = extended(typed_in(book, formula).effective(book.tabs[0], 2, 7))
    assert view["errorValue"]["type"] == kind


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=D2", "2026-11-27"),
        ("=D2+1", "2026-11-28"),
        ("=MAX(D2:D6)", "2026-12-04"),
        ("=TODAY()", "11/22/2026"),
        ("=DATE(2026,11,27)", "11/27/2026"),
        ('=DATEVALUE("2026-11-27")', "46353"),
        ("=B2=2", "TRUE"),
        ("=1/3", "0.3333333333"),
        ("=IF(TRUE,D2,D3)", "2026-11-27"),
        ("=INDEX(D:D,2)", "2026-11-27"),
        ('=VLOOKUP("a-1",A:D,4,FALSE)', "2026-11-27"),
        ("=D3-D2", "1"),
        ("=SORT(D2:D6)", "2026-11-27"),
        ("=FILTER(D:D,B:B=3.5)", "2026-11-28"),
        ("=IFERROR(XLOOKUP(10,B:B,D:D),)", "2026-12-04"),
        ("=SUM(B2:B6)", "22.5"),
    ],
)
def test_a_formula_brings_the_format_of_what_it_reads(formula: str, shown: str) -> None:
    book = workbook()
    assert typed_in(book, formula).text(book.tabs[0], 2, 7) == shown


def test_each_column_of_an_array_has_the_format_it_comes_from() -> None:
    book = workbook()
    results = typed_in(book, "=FILTER(B2:D6,B2:B6>2)")
    shown = [[results.text(book.tabs[0], row, column) for column in (7, 8, 9)] for row in (2, 3, 4)]
    assert shown == [["3.5", "FALSE", "2026-11-28"], ["10", "", "2026-12-04"], ["7", "TRUE", ""]]


def test_a_calendar_that_counts_on_from_its_first_day_is_dates_to_its_end() -> None:
    book = workbook()
    tab = book.tabs[0]
    tab.rows = 800
    tab.put(0, 9, Cell(D, format=_DATE))
    for place in range(1, 800):
        tab.put(place, 9, Cell(formula=f"=J{place}+1"))
    assert Results(book, TODAY).text(tab, 799, 9) == "2029-02-03"


def test_lookups_that_stand_before_an_array_find_what_it_spills() -> None:
    book = workbook()
    typed_in(book, '=XLOOKUP("of 3",J:J,K:K)', row=0)
    typed_in(book, '=XLOOKUP("of 4",J:J,K:K)', row=8)
    results = typed_in(book, '=ARRAYFORMULA({"of "&SEQUENCE(4),SEQUENCE(4)*10})', row=4, column=9)
    assert [results.effective(book.tabs[0], row, 7) for row in (0, 8)] == [30.0, 40.0]


def test_two_cells_that_need_each_other_are_both_circular() -> None:
    book = workbook()
    typed_in(book, "=I3+1")
    results = typed_in(book, "=IFERROR(H3,0)", column=8)
    assert [plain(results.effective(book.tabs[0], 2, at)) for at in (7, 8)] == ["#REF!", "#REF!"]


# ---------------------------------------------------------------- ranges, echoes, renderings


@pytest.mark.parametrize(
    ("title", "area", "echo"),
    [
        ("Sheet1", Area(0, 1000, 0, 26), "Sheet1!A1:Z1000"),
        ("D3", Area(0, 1, 0, 1), "'D3'!A1"),
        ("My tab", Area(0, 2, 0, 1), "'My tab'!A1:A2"),
        ("it's", Area(0, 1, 0, 1), "'it''s'!A1"),
        ("2026", Area(0, 1, 0, 1), "'2026'!A1"),
        ("Q1-plan", Area(0, 1, 26, 27), "'Q1-plan'!AA1"),
    ],
)
def test_a_range_is_echoed_with_quotes_only_when_needed(title: str, area: Area, echo: str) -> None:
    assert echoed(title, area) == echo


def test_values_come_in_three_renderings_and_two_of_dates() -> None:
    book = workbook()
    results = typed_in(book, "=D2", 1, 7)
    tab = book.tabs[0]

    def read(values: str, dates: str = "SERIAL_NUMBER") -> list[list[object]]:
        answer = json.loads(written(value_range(results, tab, Area(1, 4, 1, 8), Rendering(values, dates))))
        return list(answer["values"])

    assert read("FORMATTED_VALUE") == [
        ["2", "TRUE", "2026-11-27", "Anna Lee", "", "", "2026-11-27"],
        ["3.5", "FALSE", "2026-11-28", "bob"],
    ]
    assert read("UNFORMATTED_VALUE")[0] == [2, True, 46353, "Anna Lee", "", "", 46353]
    assert read("UNFORMATTED_VALUE", "FORMATTED_STRING")[0] == [2, True, "2026-11-27", "Anna Lee", "", "", "2026-11-27"]
    assert read("FORMULA")[0] == [2, True, 46353, "Anna Lee", "", "", "=D2"]


# ---------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("formula", "edit", "expected"),
    [
        ("=A5", InsertRows("Plan", 2, 1), "=A6"),
        ("=SUM(A2:A10)", InsertRows("Plan", 5, 2), "=SUM(A2:A12)"),
        ("=SUM(A2:A10)", InsertRows("Plan", 10, 1), "=SUM(A2:A10)"),
        ("=SUM(A2:A)", InsertRows("Plan", 0, 1), "=SUM(A3:A)"),
        ("=SUM(A:A)", InsertColumns("Plan", 0, 1), "=SUM(B:B)"),
        ("=$B$2*C$3", InsertColumns("Plan", 1, 1), "=$C$2*D$3"),
        ("=A5", DeleteRows("Plan", 4, 5), "=#REF!"),
        ("=SUM(A2:A10)", DeleteRows("Plan", 3, 5), "=SUM(A2:A8)"),
        ("=B1+D1", DeleteColumns("Plan", 1, 2), "=#REF!+C1"),
        ("=A2", MoveRows("Plan", 1, 2, 5), "=A5"),
        ("=C1", MoveColumns("Plan", 2, 3, 0), "=A1"),
        ("=Other!A1+'Plan'!A1", RenameTab("Other", "The other"), "='The other'!A1+'Plan'!A1"),
        ('=IF(A2="A2";Hours;"Plan!A2")', InsertRows("Plan", 0, 1), '=IF(A3="A2";Hours;"Plan!A2")'),
        ("=Other!A2", InsertRows("Plan", 0, 1), "=Other!A2"),
    ],
)
def test_a_reference_follows_its_cells(formula: str, edit: Edit, expected: str) -> None:
    assert rewrite(formula, edit, "Plan") == expected


def test_a_typed_text_is_never_a_surprise_after_an_apostrophe() -> None:
    for text in ("=1+1", "+1", "1/2", "TRUE", "50%", "'"):
        assert typed("'" + text, conventions("en_US"), TODAY).value == text
