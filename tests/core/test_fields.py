"""Dialect is silence: whatever the spelling, a field finds the one value, says why it cannot, or claims nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from time import process_time

import pytest
from babel.dates import format_date
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sheetsync.core.fields import (
    KINDS,
    Amount,
    Checkbox,
    Choice,
    Code,
    Day,
    Field,
    FieldType,
    List,
    Moment,
    Name,
    Number,
    OfferType,
    Person,
    Text,
    Url,
    Version,
    field_type,
    near_miss,
)
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.fields.texts import claims_nothing, tidy
from sheetsync.core.model import (
    Cell,
    Entity,
    Format,
    Money,
    Offer,
    OfferKind,
    Parsed,
    Problem,
    ProblemKind,
    Value,
)

#: a busy machine is no reason to fail
law = settings(deadline=None)

SEASON = date(2026, 11, 1)
AMERICAN = Dialect("en_US", day_first=False, season=SEASON)
GERMAN = Dialect("de_DE", day_first=True, decimal_comma=True, season=SEASON)
UNDECIDED = Dialect()
STATUS = Choice(
    {
        "planned": ("Upcoming", "Not started"),
        "in_progress": ("In Progress", "Wird gemacht"),
        "live": ("Published", "Veröffentlicht"),
        "done": ("Completed",),
    }
)
CHANNEL = Choice({"facebook": ("FB", "Meta"), "instagram": ("IG", "Meta"), "tiktok": ()})
PLATFORMS = List({"facebook": ("FB", "Meta"), "instagram": ("IG",), "US": ("USA",)})
TYPES: list[FieldType] = [
    Text(),
    Code(),
    Code(case_sensitive=True),
    Day(),
    Moment(),
    Amount(),
    Number(),
    OfferType(),
    Url(),
    Url(tagged=True),
    STATUS,
    CHANNEL,
    Checkbox(),
    Person(),
    Name(),
    Version(),
    List(),
    PLATFORMS,
]


def text(shown: str) -> Cell:
    return Cell(shown, shown)


def serial(day: date) -> float:
    return float((day - date(1899, 12, 30)).days)


def off(amount: str, on: str = "", least: str | None = None, currency: str | None = None) -> Offer:
    return Offer(OfferKind.PERCENT_OFF, Decimal(amount), currency, Decimal(least) if least else None, on)


def money_off(amount: str, currency: str, least: str | None = None, on: str = "") -> Offer:
    return Offer(OfferKind.AMOUNT_OFF, Decimal(amount), currency, Decimal(least) if least else None, on)


def free(on: str, least: str | None = None, currency: str | None = None) -> Offer:
    return Offer(OfferKind.FREE, Decimal(0), currency, Decimal(least) if least else None, on)


def bogo(amount: str) -> Offer:
    return Offer(OfferKind.BOGO, Decimal(amount))


# ---------------------------------------------------------------- strategies

#: words for "nothing yet" among others, and what stands around them
vague = st.lists(
    st.sampled_from(["tbd", "TBD", "to be confirmed", "none", "n/a", "NL", "Gifts", "2", "٣", "(", ")", "-", ".", " "]),
    max_size=4,
).map("".join) | st.text(max_size=8)
numbers = st.decimals(-(10**12), 10**12, places=4) | st.integers(-(10**12), 10**12).map(Decimal)
positive = st.decimals("0.01", 10**9, places=3)
currencies = st.sampled_from([None, "USD", "EUR", "CHF", "SEK"])
tidy_texts = (
    st.text(max_size=40)
    .map(tidy)
    .filter(lambda t: not claims_nothing(t, frozenset({"unspecified", "unassigned"})) and not t.startswith("#"))
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
naive = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1))  # noqa: DTZ001
moments_in_use = naive | st.builds(lambda moment, zone: moment.replace(tzinfo=zone), naive, zones)
#: of letters that make no word: "if" is a remark about an offer, nothing on sale
subjects = st.text("cdeghj -", max_size=12).map(tidy)


def each_once(words: list[str]) -> tuple[str, ...]:
    """Words of a list, without those that part its words or say nothing."""
    kept = [word for word in words if not _PARTS_OR_NOTHING.search(word)]
    return tuple(dict.fromkeys(kept)) or ("plan",)


_PARTS_OR_NOTHING = re.compile(r"(?:^| )(?:and|und|et|tbd|tba|tbc)(?: |$)")


#: one of each kind in six languages
DOUBTS = (
    """
not confirmed|maybe 25%|TBC|was 25%|unconfirmed|cancelled|instead of 25%|nicht bestätigt|vielleicht|statt 25%|storniert
pas confirmé|peut-être|à confirmer|au lieu de 25%|annulé|no confirmado|quizás|por confirmar|antes 25%|cancelado
non confermato|forse|da confermare|era 25%|annullato|niet bevestigd|misschien|was 25%|geannuleerd|onder voorbehoud
""".strip()
    .replace("\n", "|")
    .split("|")
)


@st.composite
def offers(draw: st.DrawFn) -> Offer:
    kind = draw(st.sampled_from(OfferKind))
    least = draw(st.none() | positive)
    share = kind in (OfferKind.PERCENT_OFF, OfferKind.BOGO)
    amount = draw(st.decimals("0.01", 100, places=2) if share else positive)
    currency = draw(currencies) if least is not None or kind in (OfferKind.AMOUNT_OFF, OfferKind.FIXED_PRICE) else None
    return Offer(kind, Decimal(0) if kind is OfferKind.FREE else amount, currency, least, draw(subjects))


#: what stands in lists, and what parts them
LISTED = [*["A", "B", "3", "Shoes", "1,000", "24/7", "FB", "a/b"], "Health & Beauty", "x and y", "n/a"]
PARTS = [*[",", ";", "/", "-", "*", "+", "&", "|", "•"], ", ", " / ", " - ", " + ", " & ", " and ", "\n", " "]
written_lists = st.lists(st.sampled_from(LISTED) | st.sampled_from(PARTS) | st.text(max_size=2), max_size=9).map(
    "".join
)


def words_read(kind: List) -> st.SearchStrategy[Value]:
    """Whatever a list may be read as."""
    return written_lists.map(lambda written: kind.parse(text(written), Dialect())).filter(
        lambda parsed: isinstance(parsed, tuple)
    )  # type: ignore[return-value]


#: every type with the values it can hold
VALUES: dict[FieldType, st.SearchStrategy[Value]] = {
    Text(): tidy_texts,
    Person(): tidy_texts,
    Code(): st.from_regex(r"[A-Z0-9]{2,8}(-[A-Z0-9]{1,4})?", fullmatch=True).filter(lambda t: not claims_nothing(t)),
    Day(): st.dates(),
    Moment(): moments_in_use,
    Amount(): st.builds(Money, numbers, currencies),
    Number(): numbers,
    OfferType(): offers(),
    Url(tagged=True): st.from_regex(r"https?://[a-z]{1,9}\.example(/[a-zA-Z0-9%_?&=-]*)?", fullmatch=True),
    Url(): st.from_regex(r"https?://[a-z]{1,9}\.example(/[a-zA-Z0-9%_?&=-]*)?", fullmatch=True),
    STATUS: st.sampled_from([*STATUS.vocabulary]),
    CHANNEL: st.sampled_from([*CHANNEL.vocabulary]),
    Checkbox(): st.booleans(),
    Name(): tidy_texts,
    Version(): st.from_regex(r"([a-z]{1,6}[ _])?(v|V)?[1-9](\.[0-9])?( FINAL| draft)?", fullmatch=True),
    List(): st.lists(st.from_regex(r"[a-z]{3,9}( [a-z]{3,9})?", fullmatch=True), min_size=1, max_size=4).map(each_once)
    | words_read(List()),
    PLATFORMS: st.lists(st.sampled_from([*PLATFORMS.vocabulary]), min_size=1).map(each_once),
}
typed_values = st.sampled_from([*VALUES]).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind], VALUES[kind]))
dialects = st.builds(
    Dialect,
    st.sampled_from(["en_US", "de_DE", "en_CA", "sv_SE", "xx"]),
    st.sampled_from([None, True, False]),
    st.booleans(),
    st.none(),
    st.booleans(),
    season=st.none() | st.dates(),
    dots_day_first=st.sampled_from([None, True, False]),
    zone=st.sampled_from([None, "ET", "nowhere"]),
)
#: what cells are made of, in any mixture
PIECES = """
1 3 12 27 31 2026 26 1.250 1,250.00 0,5 / - – . , : Nov Sept Mai mar Novermber Fri Mo of de th EOD TBD asap to ? % $ €
EUR kr k Mio off save ab from free shipping bogo buy get one bundle code X1 only 6:00 7 Uhr pm ET EST +02:00 Z T live
Live done Meta FB x yes #REF! https:// brand.example ( ) { } ' … ✅
"""
SPACES = [*" " * 12, "\u200b", "\u00a0", "\n"]
dirty_texts = st.lists(st.sampled_from([*PIECES.split(), *SPACES]), max_size=9).map("".join) | st.text(max_size=30)
cells = st.builds(
    Cell,
    st.none() | st.booleans() | st.floats() | st.floats(0, 80000) | dirty_texts,
    dirty_texts,
    st.sampled_from(Format),
    st.sampled_from(["", '"$"#,##0', "[$€-407] 0", "[$", '"']) | st.text(max_size=5),
    st.sampled_from([None, "", "https://brand.example/x"]) | st.text(max_size=5),
    st.none(),
    st.sampled_from([None, None, None, "#REF!"]),
)
plain_cells = dirty_texts.map(text)

# ---------------------------------------------------------------- laws


@law
@given(typed_values)
def test_read_undoes_format(typed: tuple[FieldType, Value, Value]) -> None:
    kind, value, _ = typed
    assert kind.read(kind.format(value)) == value


@settings(deadline=None, max_examples=1000)
@given(written_lists)
@example("- - 3")
@example("A / / B")
@example("Shoes, Health & Beauty, Shoes")
@example("M, K & L, M & m")
def test_a_list_is_read_back_whatever_it_was_read_from(written: str) -> None:
    words = List().parse(text(written), UNDECIDED)
    if isinstance(words, tuple):
        assert List().parse(text(List().format(words)), UNDECIDED) == words
        assert List().read(List().format(words)) == words


def test_a_vocabulary_may_have_words_that_part_others() -> None:
    kind = List({"fb/ig": (), "x + y": (), "a": ()})
    for words in (("fb/ig", "a"), ("x + y",)):
        assert kind.parse(text(kind.format(words)), UNDECIDED) == words


@law
@given(typed_values, dialects)
def test_a_cell_showing_a_canonical_text_means_that_value_in_every_dialect(
    typed: tuple[FieldType, Value, Value], dialect: Dialect
) -> None:
    kind, value, _ = typed
    if isinstance(kind, Moment) and isinstance(value, datetime) and value.tzinfo is None:
        dialect = UNDECIDED
    if isinstance(kind, Amount) and isinstance(value, Money) and value.currency is None:
        assert kind.agrees(kind.parse(text(kind.format(value)), dialect), value)  # type: ignore[arg-type]
    else:
        assert kind.parse(text(kind.format(value)), dialect) == value


#: values that people confuse with each other, by type
NEAR: dict[FieldType, st.SearchStrategy[Value]] = {
    Text(): st.sampled_from(["A & B", "a and b", "a–b", "a-b", "A  B", "ab", "á b"]),
    Person(): st.sampled_from(["Ann Lee", "ann  lee", "Ann Leé", "Ann"]),
    Name(): st.builds(
        "{} {}".format,
        st.sampled_from(["Brook", "BROOK", "Bröok", "Broeok", "Bro-ok", "Brook & Co", "Brook und Co", "Brook et Co"]),
        st.sampled_from(["", "GmbH", "AG", "gmbh", "Ltd.", "Limited"]),
    ).map(tidy),
    Code(): st.sampled_from(["A-1", "a-1", "a‑1", "A1", "00123", "123"]),
    Code(case_sensitive=True): st.sampled_from(["A-1", "a-1", "a‑1", "A1"]),
    Day(): st.dates(date(2026, 11, 27), date(2026, 11, 29)),
    Moment(): st.builds(
        lambda hour, zone: datetime(2026, 11, 27, hour, tzinfo=zone),
        st.integers(6, 8),
        st.sampled_from([None, UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-1))]),
    ),
    Amount(): st.builds(Money, st.sampled_from([Decimal(500), Decimal("500.00")]), currencies),
    Number(): st.sampled_from([Decimal(1), Decimal("1.0"), Decimal("1.1")]),
    OfferType(): st.sampled_from([
        *(off("20"), off("20.0", "shoes"), off("20", "Shoes"), off("20", "coats"), bogo("20")),
        *(off("20", least="9"), off("20", least="9", currency="USD"), off("20", least="9", currency="EUR")),
    ]),
    Url(): st.sampled_from(URLS := [
        *("https://brand.example", "brand.example/", "http://BRAND.example?utm_source=a", "www.brand.example"),
        *("https://brand.example?utm_source=b", "brand.example?a=1&utm_source=b", "brand.example/?utm_source=b&a=1"),
    ]),
    Url(tagged=True): st.sampled_from(URLS),
    STATUS: st.sampled_from([*STATUS.vocabulary]),
    CHANNEL: st.sampled_from([*CHANNEL.vocabulary]),
    Checkbox(): st.booleans(),
    Version(): st.sampled_from(["v2", "V2.0", "2", "V2 FINAL", "hero v2", "hero_v2", "final", "FINAL", "v3"]),
    List(): st.lists(st.sampled_from(["a", "A", "b & c", "b and c", "b", "c"]), min_size=1, max_size=3).map(tuple),
    PLATFORMS: st.lists(st.sampled_from([*PLATFORMS.vocabulary]), min_size=1).map(tuple),
}  # fmt: skip
three_spelt = st.sampled_from(TYPES).flatmap(
    lambda kind: st.tuples(
        st.just(kind), *[plain_cells.map(lambda cell: kind.parse(cell, UNDECIDED)).filter(_is_value)] * 3
    )
)


def _is_value(parsed: Parsed) -> bool:
    return parsed is not None and not isinstance(parsed, Problem)


def test_values_near_each_other_are_drawn_for_every_type() -> None:
    assert set(NEAR) == set(TYPES)


@pytest.mark.parametrize("kind", [*NEAR])
@settings(deadline=None, max_examples=200)
@given(st.data())
def test_sameness_is_an_equivalence(kind: FieldType, data: st.DataObject) -> None:
    a, b, c = data.draw(st.tuples(NEAR[kind], NEAR[kind], NEAR[kind]))
    assert kind.same(a, a)
    assert kind.same(a, b) == kind.same(b, a)
    assert kind.same(a, c) or not (kind.same(a, b) and kind.same(b, c))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(three_spelt)
def test_sameness_is_an_equivalence_of_whatever_was_read(three: tuple[FieldType, Value, Value, Value]) -> None:
    kind, a, b, c = three
    assert kind.same(a, a)
    assert kind.same(a, c) or not (kind.same(a, b) and kind.same(b, c))


@pytest.mark.parametrize("kind", [*NEAR])
@law
@given(st.data())
def test_what_is_the_same_agrees_and_agreeing_is_symmetric(kind: FieldType, data: st.DataObject) -> None:
    a, b = data.draw(st.tuples(NEAR[kind], NEAR[kind]))
    assert kind.agrees(a, b) or not kind.same(a, b)
    assert kind.agrees(a, b) == kind.agrees(b, a)


@pytest.mark.parametrize(
    ("kind", "says_less", "one", "other"),
    [
        (Amount(), Money(Decimal(500)), Money(Decimal(500), "USD"), Money(Decimal(500), "EUR")),
        (OfferType(), off("20"), off("20", on="shoes"), off("20", on="coats")),
        (
            Moment(),
            datetime(2026, 11, 27, 6),  # noqa: DTZ001
            datetime(2026, 11, 27, 6, tzinfo=UTC),
            datetime(2026, 11, 27, 6, tzinfo=timezone(timedelta(hours=1))),
        ),
        (Name(), "Brook", "Brook GmbH", "Brook AG"),
        (Name(), "Müller", "Muller", "Mueller"),
    ],
)
def test_one_that_says_less_agrees_with_two_that_do_not(
    kind: FieldType, says_less: Value, one: Value, other: Value
) -> None:
    assert kind.agrees(says_less, one)
    assert kind.agrees(says_less, other)
    assert not kind.agrees(one, other)
    assert not (kind.same(says_less, one) and kind.same(says_less, other))


@law
@given(st.sampled_from(TYPES), typed_values, typed_values)
def test_sameness_answers_for_values_of_any_kind(
    kind: FieldType, one: tuple[FieldType, Value, Value], other: tuple[FieldType, Value, Value]
) -> None:
    assert kind.same(one[1], other[1]) == kind.same(other[1], one[1])


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(TYPES), cells | plain_cells, dialects)
@example(Day(), Cell(float("inf"), "", Format.DATE), UNDECIDED)
@example(Day(), text("Mon 9999-12-31"), UNDECIDED)
@example(Moment(), text("9999-12-31 23:59 ET"), UNDECIDED)
def test_every_cell_is_a_value_a_problem_or_nothing(kind: FieldType, cell: Cell, dialect: Dialect) -> None:
    parsed = kind.parse(cell, dialect)
    if isinstance(parsed, Problem):
        assert_well_told(kind, parsed)
    elif parsed is not None:
        assert kind.same(kind.read(kind.format(parsed)), parsed)


def assert_well_told(kind: FieldType, problem: Problem) -> None:
    assert "\n" not in problem.message
    assert not problem.message.endswith(".")
    assert problem.message.startswith("'")
    assert len(problem.message) < 60 + 80
    for candidate in problem.candidates:
        assert kind.format(kind.read(candidate)) == candidate
    assert len(set(problem.candidates)) == len(problem.candidates)


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "a - ", "12/11/26 - ", ", ", " ", "https://", "a.", "$", "save $1 ", "(TBD "]
)
def test_a_cell_that_holds_a_novel_is_read_at_once(piece: str) -> None:
    novel = text(piece * (50_000 // len(piece)))
    started = process_time()
    for kind in TYPES:
        kind.parse(novel, decide_dialect([novel], "en_US"))
    assert process_time() - started < 3


@law
@given(st.sampled_from(TYPES), st.sampled_from(["", " ", "\u00a0", "TBD", "tbd", "-", "–", "n/a", "N/A", "?", "(TBD)"]))
def test_blank_and_not_yet_claim_nothing(kind: FieldType, shown: str) -> None:
    assert kind.parse(text(shown), UNDECIDED) is None
    assert kind.parse(Cell(), UNDECIDED) is None


@given(st.text("AB1-`' .‐\u200b", max_size=6).filter(tidy))
@example("A`1")
@example("A  1")
def test_a_code_is_the_same_with_blanks_around_it(text: str) -> None:
    assert Code().parse(Cell(text, text), Dialect()) == Code().parse(Cell(f" {text}", text), Dialect())


@settings(max_examples=300)
@given(vague, st.booleans())
@example("TBD 2", True)
@example("none", True)
@example("Ｔbd (2 days)", True)
@example("a\u0301 tbd 2", True)
def test_what_is_seen_at_once_to_say_something_says_something_indented_too(text: str, sentences: bool) -> None:
    also = frozenset({"none", "gifts"})
    assert claims_nothing(text, also, sentences) == claims_nothing(f" {text}", also, sentences)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("cell", [Cell(None, "#REF!", error="#REF!"), Cell("x", "x", error="#N/A"), text("#DIV/0!")])
def test_an_error_of_the_sheet_is_a_problem(kind: FieldType, cell: Cell) -> None:
    parsed = kind.parse(cell, UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.kind is ProblemKind.UNREADABLE


# ---------------------------------------------------------------- days

ENGLISH_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
LANGUAGES = ["en_US", "en_GB", "de_DE", "de_AT", "fr_FR", "es_ES", "it_IT", "nl_NL"]
SPELLINGS: list[Callable[[date, str], Cell]] = [
    lambda day, _: text(day.isoformat()),
    lambda day, _: text(f"{day:%Y/%m/%d}"),
    lambda day, _: text(f"{day.day}.{day.month}.{day.year}"),
    lambda day, _: text(f"{day:%d.%m.%y}"),
    lambda day, language: text(format_date(day, "d MMMM y", language)),
    lambda day, language: text(format_date(day, "d. MMM yy", language)),
    lambda day, language: text(format_date(day, "EEEE, MMMM d, y", language)),
    lambda day, language: text(format_date(day, "EEE d MMM", language)),
    lambda day, language: text(format_date(day, "d-MMM-yy", language).upper()),
    lambda day, language: text(format_date(day, "long", language)),
    lambda day, language: text(format_date(day, "full", language)),
    lambda day, language: text(format_date(day, "MMM d", language) + " "),
    lambda day, _: text(
        f"{day.day}{ENGLISH_ORDINALS.get(day.day, 'th')} of {format_date(day, 'MMMM', 'en')}, {day.year}"
    ),
    lambda day, _: text(f"\u200b{format_date(day, 'd', 'en')}\u00a0 {format_date(day, 'MMMM', 'en')}\n{day.year} EOD"),
    lambda day, _: text(f"{day.isoformat()} 00:00:00"),
    lambda day, _: Cell(serial(day), "whatever it shows", Format.DATE),
    lambda day, _: Cell(serial(day) + 0.75, "", Format.DATE_TIME),
    lambda day, _: Cell(serial(day), str(serial(day))),
]


@pytest.mark.parametrize("spell", SPELLINGS)
@settings(max_examples=60, deadline=None)
@given(
    day=st.dates(date(2001, 1, 1), date(2098, 12, 31)),
    language=st.sampled_from(LANGUAGES),
    day_first=st.sampled_from([None, True, False]),
    distance=st.integers(-180, 180),
)
def test_one_day_in_every_spelling_is_one_value(
    spell: Callable[[date, str], Cell], day: date, language: str, day_first: bool | None, distance: int
) -> None:
    dialect = Dialect(day_first=day_first, season=day + timedelta(days=distance))
    assert Day().parse(spell(day, language), dialect) == day


@law
@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.sampled_from(["/", "-"]), st.booleans())
def test_numeric_days_follow_the_dialect(day: date, mark: str, day_first: bool) -> None:
    parts = (day.day, day.month) if day_first else (day.month, day.day)
    for year in (f"{day.year}", f"{day:%y}"):
        shown = mark.join([*map(str, parts), year])
        assert Day().parse(text(shown), Dialect(day_first=day_first)) == day


@law
@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_without_a_dialect_a_numeric_day_is_read_only_when_there_is_one_reading(day: date) -> None:
    parsed = Day().parse(text(f"{day.month}/{day.day}/{day.year}"), UNDECIDED)
    if day.day > 12 or day.day == day.month:
        assert parsed == day
    else:
        assert isinstance(parsed, Problem)
        assert parsed.candidates == (date(day.year, day.day, day.month).isoformat(), day.isoformat())


@law
@given(st.dates(date(2001, 1, 1), date(2098, 1, 1)), st.integers(0, 30))
def test_a_range_is_asked_with_both_its_ends(start: date, length: int) -> None:
    end = start + timedelta(days=length + 1)
    for shown in (f"{start:%m/%d/%y} - {end:%m/%d/%y}", f"{start:%b %d, %Y} – {end:%b %d, %Y}"):
        parsed = Day().parse(text(shown), AMERICAN)
        assert isinstance(parsed, Problem)
        assert parsed.candidates == (start.isoformat(), end.isoformat())


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("24th Sept", "2026-09-24"),
        ("Jan 21st ", "2027-01-21"),
        ("Fri 27 Nov", "2026-11-27"),
        ("27.11.2026", "2026-11-27"),
        ("26/9/25", "2025-09-26"),
        ("4 jul 2026", "2026-07-04"),
        ("27 Nov 26", "2026-11-27"),
        ("27. November 2026", "2026-11-27"),
        ("27 nov. 2026", "2026-11-27"),
        ("27 de noviembre de 2026", "2026-11-27"),
        ("1er décembre", "2026-12-01"),
        ("1 decembre 2026", "2026-12-01"),
        ("mar. 3 mars 2026", "2026-03-03"),
        ("12/11/26 EOD", "2026-12-11"),
        ("2025-03-04", "2025-03-04"),
        ("20261127", "2026-11-27"),
        ("Fr., 27.11.", "2026-11-27"),
        ("27 Nov (Fri)", "2026-11-27"),
        ("Jun 01, 2023 09:46 pm", "2023-06-01"),
        ("Dec 31", "2026-12-31"),
        ("Jan 2", "2027-01-02"),
    ],
)
def test_days_found_in_real_sheets(shown: str, day: str) -> None:
    assert Day().parse(text(shown), AMERICAN) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "shown", ["TBD", "tba", "Post April 14th", "asap", "-", "TBD (legal)", "after launch", "Ongoing"]
)
def test_a_condition_is_no_day_and_no_error(shown: str) -> None:
    assert Day().parse(text(shown), AMERICAN) is None


@pytest.mark.parametrize(
    ("shown", "candidates"),
    [
        ("7 Novermber", ("2026-11-07",)),
        ("Apr 20–24", ("2027-04-20", "2027-04-24")),
        ("20.–24. April 2027", ("2027-04-20", "2027-04-24")),
        ("12/5/26 - 12/11/26", ("2026-12-05", "2026-12-11")),
        ("Jun 29 – Jul 2", ("2026-06-29", "2026-07-02")),
        ("July 15-September 15", ("2026-07-15", "2026-09-15")),
        ("28 Dec - 3 Jan 2027", ("2026-12-28", "2027-01-03")),
        ("27 & 28 Nov", ("2026-11-27", "2026-11-28")),
        ("Apr 16 / TBD", ("2027-04-16",)),
        ("November 2026", ("2026-11-01", "2026-11-30")),
        ("Nov 27?", ("2026-11-27",)),
        ("Thu 27 Nov 2026", ("2026-11-27", "2026-11-26", "2025-11-27")),
        ("Fri 11/12/2026", ("2026-11-12", "2026-12-11", "2026-11-13", "2027-11-12")),
    ],
)
def test_a_day_that_is_not_certain_is_asked(shown: str, candidates: tuple[str, ...]) -> None:
    parsed = Day().parse(text(shown), AMERICAN)
    assert isinstance(parsed, Problem)
    assert (parsed.kind, parsed.candidates) == (ProblemKind.AMBIGUOUS, candidates)


def test_a_weekday_settles_what_the_dialect_leaves_open() -> None:
    assert Day().parse(text("Fri 11/12/2026"), UNDECIDED) == date(2026, 12, 11)


def test_a_weekday_that_fits_both_readings_settles_nothing() -> None:
    parsed = Day().parse(text("Wed 7/1/2026"), UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.candidates == ("2026-01-07", "2026-07-01")


def test_a_day_without_year_and_season_is_asked() -> None:
    parsed = Day().parse(text("Nov 27"), UNDECIDED)
    assert parsed == Problem(ProblemKind.AMBIGUOUS, "'Nov 27' has no year")


def test_dots_follow_their_own_dialect() -> None:
    assert Day().parse(text("03.04.2026"), AMERICAN) == date(2026, 4, 3)
    assert Day().parse(text("03.04.2026"), Dialect(dots_day_first=False)) == date(2026, 3, 4)
    assert isinstance(Day().parse(text("03.04.2026"), Dialect(dots_day_first=None)), Problem)


@pytest.mark.parametrize(
    "cell",
    [
        *map(
            text,
            ["Octember 3", "Done", "30.02.2026", "31/31/2026", "Week 47", "Friday", "11-27", "27", "Feb 29", "x" * 99],
        ),
        Cell(True, "TRUE"),
        Cell(27.0, "27"),
        Cell(13.0, "1/12/1900", Format.DATE),
        Cell(46353.0, "4635300%", Format.PERCENT),
        Cell(12.1, "12.10"),
    ],
)
def test_what_is_no_day_is_said_to_be_none(cell: Cell) -> None:
    parsed = Day().parse(cell, AMERICAN)
    assert isinstance(parsed, Problem)
    assert (parsed.kind, parsed.candidates) == (ProblemKind.UNREADABLE, ())


def test_a_message_quotes_the_cell_and_cuts_it_at_sixty_characters() -> None:
    assert Day().parse(text("Octember\n3"), AMERICAN) == Problem(ProblemKind.UNREADABLE, "'Octember 3' is no date")
    parsed = Day().parse(text("x" * 70), AMERICAN)
    assert isinstance(parsed, Problem)
    assert parsed.message == f"'{'x' * 59}…' is no date"


# ---------------------------------------------------------------- moments


@pytest.mark.parametrize(
    ("shown", "canonical"),
    [
        ("Jun 01, 2023 09:46 pm", "2023-06-01 21:46"),
        ("27.11.2026 7 Uhr", "2026-11-27 07:00"),
        ("27.11.2026 9.30 Uhr", "2026-11-27 09:30"),
        ("27/11/2026 08h00", "2026-11-27 08:00"),
        ("27/11 à 8h", "2026-11-27 08:00"),
        ("Fri 27 Nov 06:00 PT", "2026-11-27 06:00-08:00"),
        ("06:00 PT, 27 Nov 2026", "2026-11-27 06:00-08:00"),
        ("9a ET on 11/27", "2026-11-27 09:00-05:00"),
        ("July 4 2026 12 am ET", "2026-07-04 00:00-04:00"),
        ("July 4 2026 12 pm Eastern time", "2026-07-04 12:00-04:00"),
        ("Nov 27 8:00 (CET)", "2026-11-27 08:00+01:00"),
        ("Nov 27 8:00 UTC+2", "2026-11-27 08:00+02:00"),
        ("2026-11-27T06:00:00Z", "2026-11-27 06:00+00:00"),
        ("2026-11-27 06:00:30", "2026-11-27 06:00:30"),
    ],
)
def test_moments_found_in_real_sheets(shown: str, canonical: str) -> None:
    parsed = Moment().parse(text(shown), AMERICAN)
    assert isinstance(parsed, datetime)
    assert Moment().format(parsed) == canonical


@pytest.mark.parametrize(
    ("shown", "message", "candidates"),
    [
        ("06:00 PT", "'06:00 PT' has a time but no day", ()),
        ("7 Uhr", "'7 Uhr' has a time but no day", ()),
        ("27 Nov 2026", "'27 Nov 2026' has a day but no time", ()),
        ("3/8/2026 02:30 ET", "'3/8/2026 02:30 ET' names a time that the change of clocks skips", ()),
        (
            "11/1/2026 01:30 ET",
            "'11/1/2026 01:30 ET' can be two moments",
            ("2026-11-01 01:30-04:00", "2026-11-01 01:30-05:00"),
        ),
        # its writer most likely means the clock on the wall, but it says winter time
        (
            "7/4/2026 6 pm EST",
            "'7/4/2026 6 pm EST' can be two moments",
            ("2026-07-04 18:00-05:00", "2026-07-04 18:00-04:00"),
        ),
        (
            "Apr 20–21 9am",
            "'Apr 20–21 9am' names more than one day",
            ("2027-04-20 09:00", "2027-04-21 09:00"),
        ),
    ],
)
def test_a_moment_that_is_not_certain_is_told(shown: str, message: str, candidates: tuple[str, ...]) -> None:
    parsed = Moment().parse(text(shown), AMERICAN)
    assert isinstance(parsed, Problem)
    assert (parsed.message, parsed.candidates) == (message, candidates)


@law
@given(naive.map(lambda moment: moment.replace(microsecond=0)))
def test_typed_moments_are_exact_to_the_second(moment: datetime) -> None:
    since = moment - datetime(1899, 12, 30)  # noqa: DTZ001
    typed = Cell(since / timedelta(days=1), "", Format.DATE_TIME)
    assert Moment().parse(typed, UNDECIDED) == moment or moment.year < 1901


def test_a_zone_in_the_header_counts_where_the_cell_names_none() -> None:
    eastern = Dialect(zone="ET")
    assert Moment().parse(text("2026-11-27 9 am"), eastern) == datetime(2026, 11, 27, 14, tzinfo=UTC)
    assert Moment().parse(text("2026-11-27 9 am PT"), eastern) == datetime(2026, 11, 27, 17, tzinfo=UTC)


def test_moments_agree_in_their_instant_or_in_their_clock_where_one_zone_is_unsaid() -> None:
    eastern = datetime(2026, 11, 27, 9, tzinfo=timezone(timedelta(hours=-5)))
    assert Moment().agrees(eastern, datetime(2026, 11, 27, 14, tzinfo=UTC))
    assert Moment().agrees(eastern, eastern.replace(tzinfo=None))
    assert not Moment().agrees(eastern, eastern.replace(tzinfo=UTC))


# ---------------------------------------------------------------- money and numbers

BOTH_STYLES: list[Callable[[Decimal], str]] = [
    lambda amount: f"{amount:,.2f}",
    lambda amount: f"{amount:,.2f}".translate(str.maketrans(",.", ".,")),
    lambda amount: f"{amount:,.2f}".replace(",", " ").replace(".", ","),
    lambda amount: f"{amount:,.2f}".replace(",", "\u202f"),
    lambda amount: f"{amount:,.2f}".replace(",", "’"),
    lambda amount: f"{amount:.2f}",
]


@pytest.mark.parametrize("write", BOTH_STYLES)
@law
@given(amount=st.decimals(0, 10**9, places=2), comma=st.booleans(), negative=st.booleans())
def test_amounts_in_both_decimal_styles_are_one_value(
    write: Callable[[Decimal], str], amount: Decimal, comma: bool, negative: bool
) -> None:
    signed = -amount if negative else amount
    for shape in ("{} €", "€{}", "EUR {}", "{}EUR", "{} euros"):
        shown = ("−" if negative else "") + shape.format(write(amount))
        assert Amount().parse(text(shown), Dialect(decimal_comma=comma)) == Money(signed, "EUR")
    assert Number().parse(text(("-" if negative else "") + write(amount)), Dialect(decimal_comma=comma)) == signed


@law
@given(st.integers(1, 999), st.integers(0, 999), st.booleans())
def test_three_digits_are_thousands_in_the_columns_own_style_and_asked_in_the_other(
    a: int, b: int, comma: bool
) -> None:
    dialect = Dialect(decimal_comma=comma)
    own, other = (".", ",") if comma else (",", ".")
    assert Amount().parse(text(f"{a}{own}{b:03}"), dialect) == Money(Decimal(a * 1000 + b))
    asked = Amount().parse(text(f"{a}{other}{b:03}"), dialect)
    assert isinstance(asked, Problem)
    assert [Amount().read(candidate) for candidate in asked.candidates] == [
        Money(Decimal(f"{a}.{b:03}")),
        Money(Decimal(a * 1000 + b)),
    ]


@pytest.mark.parametrize(
    ("shown", "canonical"),
    [
        ("$8,000", "8000.00 USD"),
        ("€1.250,00", "1250.00 EUR"),
        ("1.250,00 €", "1250.00 EUR"),
        ("CHF 210.–", "210.00 CHF"),
        ("210,- CHF", "210.00 CHF"),
        ("390K", "390000.00"),
        ("8 000,50", "8000.50"),
        ("USD 40,000", "40000.00 USD"),
        ("8,000", "8000.00"),
        ("3 k", "3000.00"),
        ("1,5 Mio €", "1500000.00 EUR"),
        ("CAD $40", "40.00 CAD"),
        ("8 000 kr", "8000.00"),
        ("-$25", "-25.00 USD"),
        ("(1,250.00)", "-1250.00"),
        ("1,00,000", "100000.00"),
    ],
)
def test_amounts_found_in_real_sheets(shown: str, canonical: str) -> None:
    parsed = Amount().parse(text(shown), AMERICAN)
    assert parsed is not None
    assert not isinstance(parsed, Problem)
    assert Amount().format(parsed) == canonical


@pytest.mark.parametrize(
    ("shown", "candidates"),
    [
        ("$10K–$20K", ("10000.00 USD", "20000.00 USD")),
        ("10-20k €", ("10000.00 EUR", "20000.00 EUR")),
        ("ca. 5000 €", ("5000.00 EUR",)),
        ("$10K+", ("10000.00 USD",)),
        ("1.250", ("1.25", "1250.00")),
        ("total budget: 3 k", ()),
        ("$500/day", ()),
        ("15%", ()),
        ("€40 USD", ()),
    ],
)
def test_an_amount_that_is_not_certain_is_told(shown: str, candidates: tuple[str, ...]) -> None:
    parsed = Amount().parse(text(shown), AMERICAN)
    assert isinstance(parsed, Problem)
    assert parsed.kind is (ProblemKind.AMBIGUOUS if candidates else ProblemKind.UNREADABLE)
    assert parsed.candidates == candidates


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (Cell(8000.0, "$8,000", Format.CURRENCY, '"$"#,##0'), Money(Decimal(8000), "USD")),
        (Cell(1250.0, "1.250,00 €", Format.CURRENCY, "#,##0.00 [$€-407]"), Money(Decimal(1250), "EUR")),
        (Cell(210.0, "CHF 210", Format.CURRENCY, "[$CHF-807] #,##0;-[$CHF-807] #,##0"), Money(Decimal(210), "CHF")),
        (Cell(0.1 + 0.2, "0.30"), Money(Decimal("0.3"), "GBP")),
        (Cell(55000.0, "55000"), Money(Decimal(55000), "GBP")),
    ],
)
def test_typed_amounts_take_their_currency_from_the_pattern_or_the_column(cell: Cell, amount: Money) -> None:
    assert Amount().parse(cell, Dialect(currency="GBP")) == amount


@pytest.mark.parametrize("kind", [Amount(), Number(), OfferType()])
def test_a_number_shown_as_a_date_is_not_read_as_a_number(kind: FieldType) -> None:
    assert isinstance(kind.parse(Cell(46353.0, "11/27/2026", Format.DATE), UNDECIDED), Problem)


def test_a_currency_that_is_unsaid_on_one_side_makes_no_difference() -> None:
    ten = Decimal(10)
    assert Amount().agrees(Money(ten, "EUR"), Money(Decimal("10.00")))
    assert not Amount().agrees(Money(ten, "EUR"), Money(ten, "USD"))
    assert not Amount().agrees(Money(ten), Money(Decimal(11)))


@pytest.mark.parametrize(
    ("shown", "number"), [("1,250.5", "1250.5"), ("1.250", "1.25"), ("12%", "0.12"), ("3k", "3000"), ("−5", "-5")]
)
def test_numbers_trust_the_columns_style(shown: str, number: str) -> None:
    assert Number().parse(text(shown), AMERICAN) == Decimal(number)


# ---------------------------------------------------------------- offers


@pytest.mark.parametrize(
    ("shown", "offer"),
    [
        ("20% off", off("20")),
        ("20 %", off("20")),
        ("-20%", off("20")),
        ("−20 % Rabatt", off("20")),
        ("20 % auf alles", off("20")),
        ("20% Off Sitewide!", off("20")),
        ("20%off", off("20")),
        ("20%-off", off("20")),
        ("20 % - off shoes", off("20", "shoes")),
        ("20%-Rabatt auf Schuhe", off("20", "schuhe")),
        ("$25off", money_off("25", "USD")),
        ("20% off (confirmed)", off("20")),
        ("12,5 % Rabatt", off("12.5")),
        ("20 % de réduction sur tout", off("20")),
        ("20% off with code FALL20", off("20")),
        ("Extra 20% off shoes", off("20", "shoes")),
        ("20% off orders over $50", off("20", least="50", currency="USD")),
        ("$25 off $100+", money_off("25", "USD", "100")),
        ("$40 off $150", money_off("40", "USD", "150")),
        ("$25 off orders over $100", money_off("25", "USD", "100")),
        ("Spend $100, get $25 off", money_off("25", "USD", "100")),
        ("25 € ab 100 €", money_off("25", "EUR", "100")),
        ("25 € Rabatt ab 100 € Einkaufswert", money_off("25", "EUR", "100")),
        ("Save $10", money_off("10", "USD")),
        ("-$10", money_off("10", "USD")),
        ("$10 off your first order", money_off("10", "USD", on="first order")),
        ("BOGO", bogo("100")),
        ("BOGO 50%", bogo("50")),
        ("Buy one get one 50% off", bogo("50")),
        ("Buy one, get one free", bogo("100")),
        ("buy one get one half off", bogo("50")),
        ("$49 bundle", Offer(OfferKind.FIXED_PRICE, Decimal(49), "USD", on="bundle")),
        ("bundle for $49", Offer(OfferKind.FIXED_PRICE, Decimal(49), "USD", on="bundle")),
        ("nur 49 €", Offer(OfferKind.FIXED_PRICE, Decimal(49), "EUR")),
        ("free shipping", free("shipping")),
        ("Gratis-Versand", free("shipping")),
        ("Livraison gratuite", free("shipping")),
        ("free shipping over $50", free("shipping", "50", "USD")),
        ("Kostenloser Versand ab 50 €", free("shipping", "50", "EUR")),
        ("Free gift", free("gift")),
    ],
)
def test_offers_found_in_real_sheets(shown: str, offer: Offer) -> None:
    assert OfferType().parse(text(shown), AMERICAN) == offer


@pytest.mark.parametrize(
    ("cell", "dialect", "offer"),
    [
        (Cell(0.2, "20%", Format.PERCENT), UNDECIDED, off("20")),
        (Cell(-0.2, "-20%", Format.PERCENT), UNDECIDED, off("20")),
        (Cell(0.2, "0.2"), Dialect(fraction_percent=True), off("20")),
        (text("0,2"), Dialect(fraction_percent=True), off("20")),
    ],
)
def test_shares_are_percent_where_the_format_or_the_column_says_so(cell: Cell, dialect: Dialect, offer: Offer) -> None:
    assert OfferType().parse(cell, dialect) == offer


@pytest.mark.parametrize(
    ("cell", "candidates"),
    [
        (text("$25"), ("25.00 USD off", "25.00 USD price")),
        (Cell(25.0, "$25", Format.CURRENCY, '"$"0'), ("25.00 USD off", "25.00 USD price")),
        (Cell(20.0, "20"), ("20% off", "20.00 off", "20.00 price")),
        (text("up to 50% off"), ("50% off",)),
        (text("20% off + free shipping"), ()),
        (text("20% off maybe"), ()),
        (text("10% off (not confirmed)"), ("10% off",)),
        (text("20% off (maybe 25%)"), ("20% off", "25% off")),
        (text("20% off (TBC)"), ("20% off",)),
        (text("20% off (was 25%)"), ("20% off", "25% off")),
        (text("25.00 USD off (?)"), ("25.00 USD off",)),
        (text("25.00 USD off (cancelled)"), ("25.00 USD off",)),
        (text("200% off"), ()),
        (text("25 off"), ()),
        (text("25 € Gutschein"), ()),
        (text("$25 off 100 €+"), ()),
        (text("see legal"), ()),
    ],
)
def test_an_offer_that_is_not_certain_is_told(cell: Cell, candidates: tuple[str, ...]) -> None:
    parsed = OfferType().parse(cell, AMERICAN)
    assert isinstance(parsed, Problem)
    assert (parsed.kind is ProblemKind.AMBIGUOUS, parsed.candidates) == (bool(candidates), candidates)


def test_offers_agree_when_nothing_said_on_both_sides_differs() -> None:
    agree = OfferType().agrees
    assert agree(off("20"), off("20.0", on="shoes"))
    assert not agree(off("20", on="hats"), off("20", on="shoes"))
    assert agree(money_off("25", "USD", "100"), Offer(OfferKind.AMOUNT_OFF, Decimal(25), None, Decimal(100)))
    assert not agree(money_off("25", "USD", "100"), money_off("25", "EUR", "100"))
    assert not agree(money_off("25", "USD", "100"), money_off("25", "USD"))
    assert not agree(off("50"), bogo("50"))


@law
@given(offers(), st.sampled_from(DOUBTS), st.sampled_from(["{} ({})", "{} {}", "{}, {}"]))
def test_an_offer_with_a_doubt_behind_it_is_never_certain(offer: Offer, doubt: str, shape: str) -> None:
    shown = shape.format(OfferType().format(replace(offer, on="")), doubt)
    assert isinstance(OfferType().parse(text(shown), AMERICAN), Problem)


# ---------------------------------------------------------------- texts, codes, URLs, people


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Harlow & Finch", "harlow and  Finch"),
        ("Back–to–School", "back-to-school"),
        ("Mum’s “Day”", 'MUM\'S "DAY"'),
        ("Straße", "STRASSE"),
        ("Nov\u200bember\u00a0Sale", "November Sale"),
    ],
)
def test_texts_are_the_same_across_case_dashes_quotes_and_spaces(a: str, b: str) -> None:
    assert Text().same(a, b)
    assert Text().parse(text(a), UNDECIDED) == tidy(a)


@pytest.mark.parametrize(("a", "b"), [("Café", "Cafe"), ("Harlow & Finch", "Finch Harbor"), ("re-sign", "resign")])
def test_texts_differ_in_accents_and_words(a: str, b: str) -> None:
    assert not Text().same(a, b)


@law
@given(st.text())
def test_tidying_twice_is_tidying_once(anything: str) -> None:
    assert tidy(tidy(anything)) == tidy(anything)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Cell(123.0, "00123"), "00123"),
        (Cell(123.0, ""), "123"),
        (text(" black–20 "), "BLACK-20"),
        (text("kein Code"), None),
        (text("none"), None),
        (text("-"), None),
    ],
)
def test_codes_are_text_as_shown(cell: Cell, code: Parsed) -> None:
    assert Code().parse(cell, UNDECIDED) == code


@pytest.mark.parametrize("cell", [Cell(46082.0, "Mar 1", Format.DATE), Cell(1e5, "1.00E+05")])
def test_a_code_the_sheet_turned_into_something_else_is_a_problem(cell: Cell) -> None:
    assert isinstance(Code().parse(cell, UNDECIDED), Problem)


def test_codes_ignore_case_unless_they_must_not() -> None:
    assert Code().same("Black20", "BLACK20")
    assert not Code().same("BLACK-20", "BLACK20")
    assert Code(case_sensitive=True).parse(text("Black20"), UNDECIDED) == "Black20"
    assert not Code(case_sensitive=True).same("Black20", "BLACK20")


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        ("CAMP-O1", "CAMP-01", True),
        ("A1B", "AlB", True),
        ("CAMP 01", "camp-01", True),
        ("CAMP01", "CAMP-01", True),
        ("CAMP-2061", "CAMP-2016", True),
        ("camp-01", "CAMP-01", False),
        ("CAMP-01", "CAMP-02", False),
        ("AB-CD", "AD-CB", False),
        ("", "-", False),
    ],
)
def test_near_misses_of_ids(a: str, b: str, near: bool) -> None:
    assert near_miss(a, b) is near
    assert near_miss(b, a) is near


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        (text(" https://brand.example/x?b=2&a=1 "), "https://brand.example/x?b=2&a=1"),
        (text("brand.example/x"), "brand.example/x"),
        (text("%%CLICK%%https://brand.example/?e=%epid!"), "%%CLICK%%https://brand.example/?e=%epid!"),
        (text("https://brand.example/ﬁne"), "https://brand.example/ﬁne"),
        (Cell("Link", "Link", link="https://brand.example/x"), "https://brand.example/x"),
        # Google links such a text by itself
        (Cell("brand.example", "brand.example", link="http://brand.example"), "brand.example"),
        (text("TBD"), None),
    ],
)
def test_urls_stay_exactly_as_they_are(cell: Cell, url: Parsed) -> None:
    assert Url().parse(cell, UNDECIDED) == url


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        ("https://brand.example/x", "brand.example/x", True),
        ("https://brand.example/x/", "http://BRAND.example/x", True),
        ("https://brand.example/x?a=1&b=2", "https://brand.example/x?b=2&a=1&gclid=9", True),
        ("https://brand.example/x?utm_source=a", "https://brand.example/x", True),
        ("https://brand.example/x", "https://www.brand.example/x", False),
        ("https://brand.example/x", "https://brand.example/y", False),
    ],
)
def test_two_spellings_of_one_page_are_one_value(a: str, b: str, alike: bool) -> None:
    assert Url().same(a, b) is alike
    assert Url().same(b, a) is alike


def test_of_a_tagged_url_the_utm_values_count() -> None:
    link = Url(tagged=True)
    assert link.same("https://brand.example/x?utm_source=a&utm_medium=b", "brand.example/x/?utm_medium=b&utm_source=a")
    assert not link.same("https://brand.example/x?utm_source=a", "https://brand.example/x?utm_source=b")
    assert not link.same("https://brand.example/x?utm_source=a", "https://brand.example/x")


@pytest.mark.parametrize("shown", ["coming soon", "see chat", "/path", "ann@brand.example", "v2.0"])
def test_what_is_no_url_is_told(shown: str) -> None:
    parsed = Url().parse(text(shown), UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.kind is ProblemKind.UNREADABLE


@pytest.mark.parametrize(
    "cell",
    [
        text("https://a.example\nhttps://b.example"),
        text("https://a.example,https://b.example"),
        text("https://a.example; https://b.example"),
        text("https://a.example , https://b.example;"),
        Cell("https://a.example", "https://a.example", link="https://b.example"),
    ],
)
def test_two_urls_in_one_cell_are_asked(cell: Cell) -> None:
    parsed = Url().parse(cell, UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.candidates == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("shown", "several"),
    [
        ("a.example, b.example/x", ("a.example", "b.example/x")),
        ("www.a.example;www.b.example", ("www.a.example", "www.b.example")),
        ("https://a.example,www.b.example", ("https://a.example", "www.b.example")),
        ("a.example b.example", ("a.example", "b.example")),
    ],
)
def test_two_urls_without_a_scheme_are_asked_too(shown: str, several: tuple[str, ...]) -> None:
    parsed = Url().parse(text(shown), UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.candidates == several


@pytest.mark.parametrize(
    "shown",
    [
        "https://a.example/x,y;z?q=1,2;3",
        "https://a.example/?to=https://b.example",
        "a.example/list,of,things",
        "https://a.example/@47.3,8.5,12z",
        "https://a.example/?x=a,b.example",
        "https://a.example/,",
    ],
)
def test_commas_and_semicolons_may_stand_inside_of_one_url(shown: str) -> None:
    assert Url().parse(text(shown), UNDECIDED) == shown


def test_people_are_the_same_whatever_their_case() -> None:
    assert Person().same("Ann  Lee", "ann lee")
    assert Person().parse(text("unspecified"), UNDECIDED) is None


# ---------------------------------------------------------------- vocabularies


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("live", "live"),
        ("published ", "live"),
        ("VEROFFENTLICHT", "live"),
        ("✅ Live — post Wed 15 Apr", "live"),
        ("Live, see thread", "live"),
        ("live - soon", "live"),
        ("⏳ Upcoming", "planned"),
        ("In-Progress", "in_progress"),
        ("LIVE/Published", "live"),
        ("TBD", None),
    ],
)
def test_statuses_found_in_real_sheets(shown: str, name: Parsed) -> None:
    assert STATUS.parse(text(shown), UNDECIDED) == name


@pytest.mark.parametrize(
    ("kind", "shown", "problem", "candidates"),
    [
        (STATUS, "Lvie", ProblemKind.VOCABULARY, ("live",)),
        (STATUS, "Not live — tomorrow", ProblemKind.VOCABULARY, ()),
        (STATUS, "live-stream", ProblemKind.VOCABULARY, ()),
        (STATUS, "sent to moon", ProblemKind.VOCABULARY, ()),
        (STATUS, "Live, done", ProblemKind.AMBIGUOUS, ("live", "done")),
        (CHANNEL, "Meta", ProblemKind.AMBIGUOUS, ("facebook", "instagram")),
        (CHANNEL, "FB, IG, TikTok", ProblemKind.AMBIGUOUS, ("facebook", "instagram", "tiktok")),
    ],
)
def test_a_word_that_is_not_in_the_vocabulary_or_twice_is_told(
    kind: Choice, shown: str, problem: ProblemKind, candidates: tuple[str, ...]
) -> None:
    parsed = kind.parse(text(shown), UNDECIDED)
    assert isinstance(parsed, Problem)
    assert parsed.kind is problem
    assert set(candidates) <= set(parsed.candidates)
    assert len(parsed.candidates) <= 3


def test_a_vocabulary_may_know_words_that_elsewhere_claim_nothing() -> None:
    region = Choice({"NA": ("North America",), "none": ()})
    assert region.parse(text("na"), UNDECIDED) == "NA"
    assert region.parse(text("none"), UNDECIDED) == "none"


@pytest.mark.parametrize(
    ("cell", "ticked"),
    [
        (Cell(True, "TRUE"), True),
        (Cell(False, "FALSE"), False),
        (Cell(1.0, "1"), True),
        (text("x"), True),
        (text("✓"), True),
        (text("Ja"), True),
        (text("nein"), False),
        (text(""), None),
    ],
)
def test_boxes_are_ticked_in_many_ways(cell: Cell, ticked: Parsed) -> None:
    assert Checkbox().parse(cell, UNDECIDED) is ticked


# ---------------------------------------------------------------- kinds and canonical texts


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        (Day(), "20261127"),
        (Day(), "27.11.2026"),
        (Moment(), "2026-11-27"),
        (Moment(), "2026-11-27T06:00"),
        (Moment(), "2026-11-31 06:00"),
        (Amount(), "1,250.00"),
        (Amount(), "12"),
        (Number(), "1e3"),
        (OfferType(), "twenty off"),
        (OfferType(), "1.2.3% off"),
        (STATUS, "Live"),
        (Checkbox(), "TRUE"),
    ],
)
def test_only_canonical_texts_are_read_back(kind: FieldType, broken: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        kind.read(broken)


@pytest.mark.parametrize("kind", TYPES)
def test_a_field_writes_only_values_of_its_own_kind(kind: FieldType) -> None:
    for value in (Money(Decimal(1)), True):
        if (isinstance(kind, Amount), isinstance(kind, Checkbox)) not in ((True, False), (False, True)):
            with pytest.raises(TypeError):
                kind.format(value)


def test_every_kind_makes_its_field_type() -> None:
    made = {kind: field_type(kind, vocabulary={"live": ()}) for kind in KINDS}
    assert {kind: made_type.kind for kind, made_type in made.items()} == {kind: kind for kind in KINDS}
    assert field_type("code", case_sensitive=True) == Code(case_sensitive=True)
    assert Field("offer", "Offer", Entity.CAMPAIGN, made["offer"]).human_only is False


def test_an_unknown_kind_and_a_choice_without_words_are_refused() -> None:
    with pytest.raises(
        ValueError, match="text, code, day, moment, money, number, offer, url, choice, checkbox, name, person"
    ):
        field_type("datum")
    with pytest.raises(ValueError, match="vocabulary"):
        field_type("choice")
