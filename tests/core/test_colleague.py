"""What a careful colleague knows about sheets in general, each rule in a few rows of its own."""

from dataclasses import replace
from datetime import date

import pytest

from sheetsync.core.fields import Code, Day, OfferType, Text, field_type
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.mapping.words import CHANNEL, STATUS
from sheetsync.core.model import Cell, Format, Precision, Problem, RowKind, Tab
from sheetsync.core.tables import find_tables
from tests.core.builders import Typed, tab
from tests.core.header_words import names
from tests.core.tables_typed import fields, guessed

HEADER: list[Typed] = ["Partner", "Campaign ID", "Start", "Status", "Budget"]
ROWS: list[list[Typed]] = [
    ["Lou's", "NL-1001", "2026-11-27", "Live", 900],
    ["Ada & Co", "NL-1002", "2026-11-28", "Ready", 800],
    ["Bram", "NL-1003", "2026-11-29", "Live", 700],
]


def text(shown: str) -> Cell:
    return Cell(shown, shown)


def summed(typed: str) -> Cell:
    return Cell(3.0, "3", formula=typed)


def kinds(*rows: list[Typed]) -> list[str]:
    return kinds_of(tab(*rows))


def kinds_of(typed: Tab) -> list[str]:
    found = find_tables(typed, names)
    both = {**found.kinds, **{row: kind for table in found.tables for row, kind in table.kinds.items()}}
    return [str(kind) for _, kind in sorted(both.items()) if kind is not RowKind.BLANK]


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize(
    "legend",
    [
        ["KEY:", "🟢 = live", "✅ = ready", "🚫 = cancelled"],
        ["Legende:", "A = Anna", "J = Jonas"],
        ["AK = Anna Kessler", "JB = Jonas Brandt"],
    ],
)
def test_what_says_only_what_things_stand_for_is_a_legend(legend: list[Typed]) -> None:
    assert kinds(HEADER, *ROWS, [], legend) == ["header", "data", "data", "data", "legend"]


def test_a_row_of_addresses_with_parameters_is_no_legend() -> None:
    row: list[Typed] = ["https://a.example/?a=1", "b.example?b=2"]
    assert kinds(HEADER, *ROWS, row)[-1] == "data"


@pytest.mark.parametrize(
    "example",
    [
        ["Brand X", "NL-0000", "EXEMPLE – ligne à copier", "Live", 1],
        ["NL-0000", "Esempio Srl", "2026-01-01", "Live", 1],
        ["bv. Lou's", "NL-1234", "2026-01-01", "Live", 1],
    ],
)
def test_the_first_row_may_say_a_little_further_right_that_it_is_an_example(example: list[Typed]) -> None:
    assert kinds(HEADER, example, *ROWS)[:3] == ["header", "example", "data"]


def test_later_rows_and_an_id_of_zeros_alone_are_no_examples() -> None:
    zeros: list[Typed] = ["Lou's", "NL-000", "2026-11-26", "Live", 1]
    later: list[Typed] = ["Lou's", "NL-0000", "Sample: a set", "Live", 1]
    assert kinds(HEADER, zeros, *ROWS, later) == ["header", *["data"] * 5]


@pytest.mark.parametrize(("formula", "kind"), [("=COUNTA(E2:E4)", "total"), ("=SUM(B5:D5)", "data")])
def test_a_name_beside_nothing_but_a_count_of_the_rows_above_is_a_total(formula: str, kind: str) -> None:
    typed = tab(HEADER, *ROWS, ["Sends planned", None, None, None, 3])
    last = (*typed.rows[-1][:-1], summed(formula))
    assert kinds_of(Tab(0, "Plan", (*typed.rows[:-1], last), len(typed.rows), 5))[-1] == kind


def test_one_colon_among_known_words_makes_no_names_with_values_of_a_header() -> None:
    header: list[Typed] = ["Campaign ID", "Partner :", "Creator", "Start", "Status", "Budget"]
    rows: list[list[Typed]] = [[f"NL-{n}", "Lou's", "@lou", "2026-11-27", "Live", n] for n in range(1001, 1004)]
    groups: list[Typed] = ["Campaign", None, None, "Page", None, None]
    typed = tab(groups, header, *rows, header, *rows, merges=[(0, 0, 1, 3), (0, 3, 1, 6)])
    assert kinds_of(typed).count("header") == 3


# ---------------------------------------------------------------- values


@pytest.mark.parametrize("said", ["sin cupón", "à venir", "geen", "aucun code", "kein Gutschein", "da definire"])
def test_no_code_yet_is_said_in_six_languages(said: str) -> None:
    assert Code().parse(text(said), Dialect()) is None


@pytest.mark.parametrize(
    ("said", "offer"),
    [
        ("10 € dès 60 € d’achat", "10.00 EUR off from 60.00 EUR"),
        ("le 2e à -50 %", "BOGO 50%"),
        ("20 % auf alle Artikel", "20% off"),
        ("20 % auf alle Ski", "20% off (ski)"),
        ("$49 bundle price", "49.00 USD price (bundle)"),
        ("49 € Paketpreis (Brille + Tuch)", "49.00 EUR price (bundle)"),
    ],
)
def test_offers_are_read_as_people_word_them(said: str, offer: str) -> None:
    parsed = OfferType().parse(text(said), Dialect())
    assert parsed is not None
    assert not isinstance(parsed, Problem)
    assert OfferType().format(parsed) == offer


def test_numbers_below_one_among_percentages_are_shares_and_others_are_points() -> None:
    shares = [Cell(0.2, "20%", Format.PERCENT), Cell(0.15, "0,15"), Cell(0.1, "0,1"), Cell(25.0, "25")]
    dialect = decide_dialect(shares, "nl_NL", "Korting %")
    read = [OfferType().parse(one, dialect) for one in shares]
    assert [OfferType().format(one) for one in read if one and not isinstance(one, Problem)] == [
        "20% off",
        "15% off",
        "10% off",
        "25% off",
    ]


@pytest.mark.parametrize("said", ["KW 50", "KW50 2026", "CW 50", "semaine 50", "2026-W50"])
def test_a_calendar_week_is_asked_about_with_its_first_and_its_last_day(said: str) -> None:
    parsed = Day().parse(text(said), Dialect(season=date(2026, 11, 20)))
    assert isinstance(parsed, Problem)
    assert (parsed.precision, parsed.candidates) == (Precision.WEEK, ("2026-12-07", "2026-12-13"))


def test_an_english_week_may_be_the_campaigns_own_and_no_year_has_a_54th() -> None:
    for said in ("week 3", "KW 54"):
        parsed = Day().parse(text(said), Dialect(season=date(2026, 11, 20)))
        assert isinstance(parsed, Problem)
        assert parsed.candidates == ()


def test_the_first_day_of_a_range_may_be_a_french_ordinal() -> None:
    parsed = Day().parse(text("du 1er au 4 décembre"), Dialect("fr_FR", day_first=True, season=date(2026, 11, 20)))
    assert isinstance(parsed, Problem)
    assert (parsed.precision, parsed.candidates) == (Precision.RANGE, ("2026-12-01", "2026-12-04"))


def test_a_text_is_kept_sign_for_sign_and_still_the_same_as_its_look_alike() -> None:
    kept = Text().parse(text("On the first day…"), Dialect())
    assert kept == "On the first day…"
    assert Text().same(kept, "On the first day...")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        *((said, "planned") for said in ("noch nicht begonnen", "⏳ kommt noch", "pas commencé (on attend le brief)")),
        *((said, "planned") for said in ("sin empezar", "da iniziare", "nog niet begonnen", "not yet started")),
        *((said, "ready") for said in ("lista para publicar", "Klaar voor verzending", "prêt à publier")),
    ],
)
def test_the_words_of_a_state_are_known_in_six_languages(said: str, state: str) -> None:
    assert field_type("choice", STATUS).parse(text(said), Dialect()) == state


def test_a_podcast_is_no_radio() -> None:
    assert isinstance(field_type("choice", CHANNEL).parse(text("podcast"), Dialect()), Problem)


# ---------------------------------------------------------------- columns


def test_a_publisher_is_a_platform_where_platforms_stand_and_a_partner_where_companies_do() -> None:
    header: list[Typed] = ["Publisher", "Activity", "Live date", "Budget"]
    for publishers, name in ((["Savewell", "Perkbarn"], "partner"), (["TikTok", "Instagram"], "platform")):
        rows: list[list[Typed]] = [[each, "Spring list", "2026-11-27", 900] for each in publishers]
        assert fields(guessed(header, rows))[0] == name


@pytest.mark.parametrize(
    ("header", "value", "name"),
    [
        ("N° opération", "CIG-1", "campaign_id"),
        ("Nº", "WL-0108", "campaign_id"),
        ("¿Marca OK?", True, "brand_approval"),
        ("Vanafprijs p.p. (€)", 199, "price"),
        ("Budget créateur", 900, "placement_budget"),
        ("Data\npubbl.", "2026-12-03", "flight_start"),
    ],
)
def test_headers_are_known_as_people_shorten_them(header: str, value: Typed, name: str) -> None:
    headers: list[Typed] = [header, "Partner", "Offer"]
    assert fields(guessed(headers, [[value, "Lou's", "20% off"], [value, "Bram", "10% off"]]))[0] == name


def test_a_header_that_names_other_fields_in_two_columns_begins_another_table() -> None:
    upper: list[Typed] = ["Partner", "Campaign ID", "Start", "End", "Status", "Budget"]
    lower: list[Typed] = ["Partner", "Campaign ID", "Start", "End", "Offer", "Notes"]
    first: list[Typed] = ["Lou's", "NL-1001", "2026-11-27", "2026-11-30", "Live", 900]
    second: list[Typed] = ["Lou's", "NL-1003", "2026-11-29", "2026-11-30", "20% off", "ask"]
    assert len(find_tables(tab(upper, first, first, [], lower, second, second), names).tables) == 2


@pytest.mark.parametrize(
    ("said", "locale", "day"),
    [("29-11", "nl_NL", date(2026, 11, 29)), ("29-11", "de_DE", None), ("11-29", "nl_NL", None)],
)
def test_a_day_with_a_hyphen_and_no_year_is_one_where_people_write_days_so(
    said: str, locale: str, day: date | None
) -> None:
    dialect = replace(decide_dialect([text("30-11-2026")], locale), season=date(2026, 12, 1))
    read = Day().parse(text(said), dialect)
    assert read == day if day is not None else isinstance(read, Problem)


@pytest.mark.parametrize(
    "said", ["199 EUR price", "for \u20ac199.00", "voor \u20ac 199", "Preis 199 \u20ac", "199 \u20ac prix"]
)
def test_a_price_is_a_price_in_front_and_behind(said: str) -> None:
    offer = OfferType().parse(text(said), Dialect(locale="de_DE", decimal_comma="00" not in said))
    assert OfferType().format(offer) == "199.00 EUR price"  # type: ignore[arg-type]


def test_a_total_beside_a_count_in_the_column_of_ids_is_no_campaign() -> None:
    header: list[Typed] = ["Partner", "Campaign", "Campaign ID", "Budget"]
    first: list[Typed] = ["Lou's", "Spring", "NL-1001", 900]
    found = kinds(header, first, first, ["Total", "", "2 briefs", "1,800"], ["Total Wine", "Fall", "NL-1009", 700])
    assert found[-2:] == ["total", "data"]
