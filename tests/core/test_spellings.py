"""A value reads back in whatever way a locale writes it, and two spellings of one value are the same."""

from datetime import date
from decimal import Decimal

import pytest
from babel import Locale, localedata
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import Amount, Day, FieldType, List, Number, OfferType, Version
from sheetsync.core.fields.dialects import decide_dialect
from sheetsync.core.model import Cell, Money, Offer, OfferKind, Precision, Problem

law = settings(deadline=None, max_examples=150)
#: every regional way of the six languages whose months are known
WORDED = [
    name
    for name in localedata.locale_identifiers()
    if name.split("_")[0] in ("en", "de", "fr", "es", "it", "nl") and Locale.parse(name).script is None
    # of Moroccan French only "jui" for June is not known: it may be July
    if name != "fr_MA"
]
#: European and American languages that write Latin digits from left to right, days and months in digits
NUMERIC = [
    *WORDED,
    *("pt_BR", "pt_PT", "sv_SE", "da_DK", "nb_NO", "fi_FI", "pl_PL", "cs_CZ", "sk_SK", "ro_RO", "tr_TR", "el_GR"),
    *("sl_SI", "hr_HR", "et_EE", "uk_UA", "ca_ES", "gl_ES"),
]
days = st.dates(date(2001, 1, 1), date(2069, 12, 31))


def text(shown: str) -> Cell:
    return Cell(shown, shown)


@law
@given(days, st.sampled_from(WORDED), st.sampled_from(["medium", "long", "full"]))
def test_a_day_written_out_in_a_locales_own_words_reads_back(day: date, locale: str, width: str) -> None:
    shown = format_date(day, width, locale)
    if any(letter.isalpha() for letter in shown):
        assert Day().parse(text(shown), decide_dialect([text(shown)], locale)) == day, shown


@law
@given(days, st.sampled_from(NUMERIC))
def test_a_day_in_a_locales_own_digits_reads_back(day: date, locale: str) -> None:
    pattern = Locale.parse(locale).date_formats["short"].pattern
    if pattern.replace("yyyy", "y").count("y") == 1 and "G" not in pattern:
        shown = format_date(day, "short", locale)
        # What can be read two ways is another day or a question under another locale, never under its own.
        assert Day().parse(text(shown), decide_dialect([text(shown)], locale)) == day, shown


@law
@given(st.decimals(0, 10**9, places=2), st.sampled_from(NUMERIC), st.sampled_from(["EUR", "CHF", "GBP", "PLN"]))
def test_an_amount_in_a_locales_own_way_reads_back(amount: Decimal, locale: str, currency: str) -> None:
    shown = format_currency(amount, currency, locale=locale, format_type="standard")
    assert Amount().parse(text(shown), decide_dialect([text(shown)], locale)) == Money(amount, currency), shown
    plain = format_decimal(amount, "#,##0.00", locale=locale)
    assert Number().parse(text(plain), decide_dialect([text(plain)], locale)) == amount, plain


@law
@given(st.integers(1, 100), st.sampled_from(NUMERIC))
def test_a_share_in_a_locales_own_way_is_an_offer(percent: int, locale: str) -> None:
    shown = format_percent(Decimal(percent) / 100, locale=locale)
    meant = Offer(OfferKind.PERCENT_OFF, Decimal(percent))
    assert OfferType().parse(text(shown), decide_dialect([text(shown)], locale)) == meant, shown


# ---------------------------------------------------------------- lists and versions

WORDS = ("Meta", "TikTok", "Instagram", "Health & Beauty", "P1 — The Creator")
#: without a vocabulary nobody knows that the last one is one thing and not two
lists = st.lists(st.sampled_from(WORDS), min_size=1, unique=True)
PLATFORM = List(dict.fromkeys(WORDS, ()))


@law
@given(lists, st.sampled_from([", ", " / ", "\n", "; ", " | ", ","]), st.sampled_from([List(), PLATFORM]), st.data())
def test_order_and_separators_of_a_list_do_not_count(
    words: list[str], between: str, kind: FieldType, data: st.DataObject
) -> None:
    column = decide_dialect([], "en_US")
    if kind == List():
        words = [word for word in words if "&" not in word] or ["Meta"]
    read = kind.parse(text(between.join(words)), column)
    assert read == tuple(words)
    assert kind.parse(text(kind.format(tuple(words))), column) == kind.read(kind.format(tuple(words))) == tuple(words)
    assert kind.same(tuple(words), tuple(data.draw(st.permutations(words))))
    assert kind.same(tuple(words), tuple(words[:-1])) is False


def test_short_codes_are_joined_by_and_other_names_are_not() -> None:
    column = decide_dialect([], "en_US")
    assert List().parse(text("US & CA"), column) == ("US", "CA")
    assert List().parse(text("Facebook, Instagram and TikTok"), column) == ("Facebook", "Instagram", "TikTok")
    assert List().parse(text("Health & Beauty"), column) == ("Health & Beauty",)
    assert isinstance(PLATFORM.parse(text("Meta, Orkut"), column), Problem)


VERSIONS = ("v2", "V2.0", "2", "V2 FINAL", "version 2", "hero_v3", "Hero V3 final", "v3", "FINAL", "hero")


@given(st.sampled_from(VERSIONS), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS))
def test_being_the_same_version_is_an_equivalence(a: str, b: str, c: str) -> None:
    same = Version().same
    assert same(a, a)
    assert same(a, b) is same(b, a)
    assert not (same(a, b) and same(b, c)) or same(a, c)


def test_versions_are_the_same_by_number_and_words_and_never_by_marks() -> None:
    same = Version().same
    assert all(same("v2", other) for other in ("V2.0", "2", "V2 FINAL", "version 2", "Ver. 2", "v02"))
    assert not any(same("v2", other) for other in ("v3", "v2.1", "hero v2", "FINAL"))
    assert same("hero_v3", "Hero V3 – FINAL_final")


# ---------------------------------------------------------------- how much a cell says


@law
@given(days, st.integers(1, 200), st.sampled_from([" - ", " – ", " to ", " bis ", "..", " → "]))
def test_a_range_says_both_its_ends(start: date, length: int, to: str) -> None:
    end = date.fromordinal(start.toordinal() + length)
    parsed = Day().parse(text(f"{start}{to}{end}"), decide_dialect([], "en_US"))
    assert isinstance(parsed, Problem)
    assert (parsed.precision, parsed.candidates) == (Precision.RANGE, (start.isoformat(), end.isoformat()))


@pytest.mark.parametrize(
    ("shown", "precision", "candidates"),
    [
        ("from Jan 11, 2027 thru Jan 15", Precision.RANGE, ("2027-01-11", "2027-01-15")),
        ("Dec 28, 2026 – Jan 3", Precision.RANGE, ("2026-12-28", "2027-01-03")),
        ("mid November 2026", Precision.MONTH, ("2026-11-01", "2026-11-30")),
        ("Feb 2028", Precision.MONTH, ("2028-02-01", "2028-02-29")),
        ("27 or 28 Nov 2026", Precision.UNKNOWN, ("2026-11-27", "2026-11-28")),
        ("30 Nov 2026 - 27 Nov 2026", Precision.UNKNOWN, ("2026-11-30", "2026-11-27")),
        ("Q4 2026", Precision.UNKNOWN, ()),
        ("KW 48", Precision.UNKNOWN, ()),
        ("week of Nov 23", Precision.UNKNOWN, ()),
    ],
)
def test_what_is_no_single_day_says_how_much_it_says(
    shown: str, precision: Precision, candidates: tuple[str, ...]
) -> None:
    parsed = Day().parse(text(shown), decide_dialect([], "en_US"))
    assert isinstance(parsed, Problem)
    assert (parsed.precision, parsed.candidates) == (precision, candidates)
