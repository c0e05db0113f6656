"""Typing into cells: what becomes of a text in each locale, and what people see of it afterwards."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox import Running
from sheetsync.sandbox.formats import general, shown_number
from sheetsync.sandbox.locales import conventions
from sheetsync.sandbox.serials import moment, serial
from sheetsync.sandbox.typed import typed
from tests.sandbox.conftest import BOOK, Api, add_workbook, grid_range

TODAY = date(2026, 11, 22)
LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR")
D = 46353.0  # 27 November 2026


@pytest.mark.parametrize(
    ("locale", "text", "value", "shown"),
    [
        ("en_US", "0042", 42.0, "42"),
        ("en_US", "2,000,000.01", 2000000.01, "2,000,000.01"),
        ("en_US", "2020-01-01", 43831.0, "2020-01-01"),
        ("en_US", "3_1_0", "3_1_0", "3_1_0"),
        ("en_US", "$100.15", 100.15, "$100.15"),
        ("en_US", "-$5", -5.0, "-$5"),
        ("en_US", "20%", 0.2, "20%"),
        ("en_US", "12.5%", 0.125, "12.50%"),
        ("en_US", "11/27/2026", D, "11/27/2026"),
        ("en_US", "11/27", D, "11/27"),
        ("en_US", "11-27-26", D, "11/27/2026"),
        ("en_US", "27.11.2026", "27.11.2026", "27.11.2026"),
        ("en_US", "Nov 27, 2026", D, "11/27/2026"),
        ("en_US", "27 Nov", D, "27 Nov"),
        ("en_US", "MAR1", serial(date(2026, 3, 1)), "Mar 1"),
        ("en_US", "1E5", 100000.0, "1.00E+05"),
        ("en_US", "9:30 PM", 0.8958333333333334, "9:30 PM"),
        ("en_US", "2026-11-27T14:00", D + 14 / 24, "2026-11-27 14:00"),
        ("en_US", "true", True, "TRUE"),
        ("en_US", "'0042", "0042", "0042"),
        ("en_US", "'=1+1", "=1+1", "=1+1"),
        ("en_US", "=", "=", "="),
        ("en_US", "Fri 27 Nov", "Fri 27 Nov", "Fri 27 Nov"),
        ("en_US", "$40 off", "$40 off", "$40 off"),
        ("en_US", "13/13/2026", "13/13/2026", "13/13/2026"),
        ("en_US", "2026-02-30", "2026-02-30", "2026-02-30"),
        ("en_US", " 7 ", 7.0, "7"),
        ("en_US", "1" * 400, "1" * 400, "1" * 400),
        ("en_GB", "27/11/2026", D, "27/11/2026"),
        ("en_GB", "£5.50", 5.5, "£5.50"),
        ("de_DE", "1.250,00 €", 1250.0, "1.250,00 €"),
        ("de_DE", "1,5", 1.5, "1,5"),
        ("de_DE", "1.000", 1000.0, "1.000"),
        ("de_DE", "27.11.2026", D, "27.11.2026"),
        ("de_DE", "27.11.26", D, "27.11.2026"),
        ("de_DE", "27. November 2026", D, "27.11.2026"),
        ("de_DE", "3. März 2026", serial(date(2026, 3, 3)), "03.03.2026"),
        ("de_DE", "WAHR", True, "WAHR"),
        ("de_DE", "20 %", 0.2, "20%"),
        ("fr_FR", "1 250,50", 1250.5, "1\u202f250,50"),
        ("fr_FR", "27/11/2026", D, "27/11/2026"),
        ("fr_FR", "27 août 2026", serial(date(2026, 8, 27)), "27/08/2026"),
        ("fr_FR", "FAUX", False, "FAUX"),
    ],
)
def test_typing(locale: str, text: str, value: object, shown: str) -> None:
    style = conventions(locale)
    entry = typed(text, style, TODAY)
    assert entry.value == value
    assert type(entry.value) is type(value)
    if isinstance(entry.value, float):
        assert shown_number(entry.value, entry.number_format, style) == shown


@pytest.mark.parametrize(
    ("locale", "number", "pattern", "shown"),
    [
        ("en_US", D, "ddd d mmm", "Fri 27 Nov"),
        ("en_US", D, "dddd, mmmm dd, yy", "Friday, November 27, 26"),
        ("de_DE", D, "dddd, d. mmmm yyyy", "Freitag, 27. November 2026"),
        ("fr_FR", D, "dddd d mmmm", "vendredi 27 novembre"),
        ("en_US", D + 0.5, 'yyyy-mm-dd"T"hh:mm:ss', "2026-11-27T12:00:00"),
        ("en_US", D + 0.0625, "h:mm am/pm", "1:30 AM"),
        ("en_US", 1.25, "[h]:mm", "30:00"),
    ],
)
def test_date_patterns(locale: str, number: float, pattern: str, shown: str) -> None:
    assert shown_number(number, {"type": "DATE_TIME", "pattern": pattern}, conventions(locale)) == shown


@pytest.mark.parametrize(
    ("number", "pattern", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (0.5, "0.##", "0.5"),
        (-5.0, "0;(0)", "(5)"),
        (0.0, "0;(0);-", "-"),
        (1.005, "0.00", "1.01"),
        (-0.001, "0.00", "0.00"),
        (7.0, "000", "007"),
        (1234567.0, "#,##0,", "1,235"),
        (0.0, "#", ""),
        (1e300, "0", None),
    ],
)
def test_number_patterns(number: float, pattern: str, shown: str | None) -> None:
    text = shown_number(number, {"type": "NUMBER", "pattern": pattern}, conventions("en_US"))
    assert shown is None or text == shown


@given(st.dates(date(1900, 1, 1), date(9999, 12, 31)), st.sampled_from(LOCALES))
def test_a_date_shown_by_the_locale_and_typed_again_is_the_same_date(day: date, locale: str) -> None:
    style = conventions(locale)
    shown = shown_number(serial(day), {"type": "DATE"}, style)
    assert typed(shown, style, TODAY).value == serial(day)
    when = moment(serial(day))
    assert when is not None
    assert when.date() == day


@given(st.integers(-(10**14), 10**14) | st.decimals(-10000, 10000, places=4).map(float), st.sampled_from(LOCALES))
def test_a_number_shown_and_typed_again_is_the_same_number(number: float, locale: str) -> None:
    style = conventions(locale)
    shown = general(float(number), style)
    value = typed(shown, style, TODAY).value
    # In comma locales `1.2` is a date, but a number never shows a point there.
    assert isinstance(value, float)
    assert value == pytest.approx(float(number), rel=1e-9)


@given(st.text(max_size=30), st.sampled_from(LOCALES))
def test_typing_anything_never_fails_and_an_apostrophe_always_makes_text(text: str, locale: str) -> None:
    typed(text, conventions(locale), TODAY)
    assert typed("'" + text, conventions(locale), TODAY).value == text


@given(st.floats(allow_nan=True), st.text(alphabet='dmyhsap/0#.,;%"\\[]E+-@$ ', max_size=12))
def test_any_pattern_shows_something(number: float, pattern: str) -> None:
    for kind in ("NUMBER", "DATE", "PERCENT"):
        assert isinstance(shown_number(number, {"type": kind, "pattern": pattern}, conventions("de_DE")), str)


def test_text_cells_keep_their_codes(api: Api) -> None:
    text = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    mask = "userEnteredFormat.numberFormat"
    api.done({"repeatCell": {"range": grid_range(0, 3, 0, 1), "cell": text, "fields": mask}})
    api.write("Plan!A1", [["0042"], ["1/2"], ["=1+1"]])
    assert api.values("Plan!A1:A3") == [["0042"], ["1/2"], ["=1+1"]]


def test_a_date_typed_over_a_date_keeps_the_columns_pattern(api: Api) -> None:
    own = {"userEnteredFormat": {"numberFormat": {"type": "DATE", "pattern": "ddd d mmm"}}}
    mask = "userEnteredFormat.numberFormat"
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": own, "fields": mask}})
    api.write("Plan!A1", [["11/27/2026"]])
    assert api.values("Plan!A1") == [["Fri 27 Nov"]]


def test_a_typed_address_becomes_a_link_and_a_new_text_loses_it(api: Api) -> None:
    mask = "sheets.data.rowData.values(hyperlink,formattedValue)"

    def cell() -> object:
        return api.read(mask)["sheets"][0]["data"][0]["rowData"][0]["values"][0]

    api.write("Plan!A1", [["https://example.com/a"]])
    assert cell() == {"formattedValue": "https://example.com/a", "hyperlink": "https://example.com/a"}
    api.write("Plan!A1", [["plain"]])
    assert cell() == {"formattedValue": "plain"}
    api.write("Plan!A1", [['=HYPERLINK("https://example.com/b";"label")']])
    assert cell() == {"formattedValue": "label", "hyperlink": "https://example.com/b"}


def test_a_workbooks_locale_decides(sandbox: Running, api: Api) -> None:
    add_workbook(sandbox, BOOK, locale="de_DE")
    api.write("Plan!A1", [["1.250,50", "=A1*2", "=1,5+1"]])
    assert api.values("Plan!A1:C1")[0][:2] == ["1.250,50", "2501"]
    assert api.values("Plan!A1", valueRenderOption="UNFORMATTED_VALUE") == [[1250.5]]
