"""What stands around and inside a header's word: what changes nothing, what leaves a doubt, what is another thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.mapping.dressing import without_place, without_tax_and_unit
from sheetsync.core.model import Entity
from sheetsync.core.tables import find_tables
from tests.core.builders import tab
from tests.core.tables_typed import WORDS, fields, guessed


@given(st.text(max_size=30))
def test_what_a_rule_leaves_of_a_header_is_shorter_and_part_of_it(text: str) -> None:
    for rest in (without_place(text), without_tax_and_unit(text)):
        assert not rest or len(rest.split()) <= len(text.replace("/", " ").split())
    assert set(WORDS(text)) <= set(WORDS.naming(text).fields)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Kamp. ID", "campaign_id"),
        ("Cmp. no", "campaign_id"),
        ("Promo-Ref.", "campaign_id"),
        ("Réf. de la campagne", "campaign_id"),
        ("Aktions-Kennung", "campaign_id"),
        ("Rif. promozione", "campaign_id"),
        ("Nº campaña", "campaign_id"),
        ("Camp code", "campaign_id"),
        ("Preis ab", "price"),
        ("Prix TTC", "price"),
        ("Budget excl. btw", "budget"),
        ("Precio/mes", "price"),
        ("Verantw.", "owner_person"),
        ("Cód. promocional", "promo_code"),
        ("Land. page", "landing_page"),
        ("Zielgr.", "audience"),
    ],
)
def test_a_form_made_by_a_rule_names_its_field_for_sure(header: str, field: str) -> None:
    assert WORDS.naming(header).firmly[:1] == (field,)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("AU supplier", "partner"),
        ("Schweiz Budget", "budget"),
        ("Coupon used", "promo_code"),
        ("Subject / teaser", "subject"),
        ("Kampagne + Motivnummer", "campaign_name"),
        ("HQ reference", "campaign_id"),
    ],
)
def test_a_form_that_leaves_a_doubt_names_its_field_loosely(header: str, field: str) -> None:
    naming = WORDS.naming(header)
    assert not naming.firmly
    assert naming.loosely[:1] == (field,)


@pytest.mark.parametrize(
    "header",
    [
        *("Net rate", "CPM / Budget", "Cost / price", "Budget / actual", "US", "Promo", "Kd.-Nr.", "Order no"),
        *("St.", "Pos.", "Net", "Brutto", "Used", "IT", "UK market share", "Camp fire", "Idea", "from", "USP"),
    ],
)
def test_words_that_only_look_so_are_not_taken_for_a_campaigns_number_or_an_amount(header: str) -> None:
    assert not {"campaign_id", "budget", "price"} & set(WORDS.naming(header).firmly)
    assert not {"budget", "price"} & set(WORDS.naming(header).fields)


def test_a_number_under_a_teams_initials_is_the_campaigns_where_it_carries_them() -> None:
    own = guessed(["VT-Nr.", "Kampagne"], [["VT-0301", "Warme Füße"], ["VT-0302", "Klare Sache"]])
    other = guessed(["KD-Nr.", "Kampagne"], [["40-0301", "Warme Füße"], ["40-0302", "Klare Sache"]])
    claimed = guessed(["VT-Nr.", "Kampagnen-ID"], [["VT-0301", "W-1"], ["VT-0302", "W-2"]])
    assert fields(own)[0] == "campaign_id"
    assert fields(other)[0] is None
    assert fields(claimed) == [None, "campaign_id"]


def test_the_column_without_a_country_counts_and_two_countries_are_asked() -> None:
    one = guessed(["Campaign", "Price", "NZ price"], [["Warm Feet", "$9", "$12"]])
    two = guessed(["Campaign", "AU price", "NZ price"], [["Warm Feet", "$9", "$12"]])
    assert fields(one) == ["campaign_name", "price", None]
    assert [bool(each.question) for each in two.columns] == [False, True, True]


# ---------------------------------------------------------------- columns beside each other

PAGE = "https://brand.example/a"


def test_one_bare_status_in_a_plan_is_the_campaigns_though_the_page_stands_left_of_it() -> None:
    plan = guessed(["Campaign", "Offer", "LP", "Status"], [["Warm Feet", "20% off", PAGE, "Live"]])
    mails = guessed(["Campaign", "Slot", "LP", "Status"], [["Warm Feet", "Hero", PAGE, "Live"]])
    pages = guessed(["Campaign", "Start", "LP", "Status"], [["Warm Feet", "2026-11-27", PAGE, "Live"]])
    assert [fields(found)[-1] for found in (plan, mails, pages)] == [
        *("campaign_status", "placement_status", "page_status")
    ]


def test_a_groups_own_words_speak_for_the_columns_under_it() -> None:
    found = guessed(
        ["Kampagne", "Status", "Status"],
        [["Warme Füße", "Live", "geplant"]],
        groups=["Plan", "Fortschritt", "Zielseite"],
    )
    assert fields(found) == ["campaign_name", "campaign_status", "page_status"]


def test_the_hour_a_thing_goes_live_is_its_send_time_where_rows_are_placements() -> None:
    moments = [["Warm Feet", "Hero", "2026-11-27 09:00"], ["Warm Feet", "Teaser", "2026-11-28 10:30"]]
    days = [[*row[:2], row[2][:10]] for row in moments]
    assert fields(guessed(["Campaign", "Slot", "Goes live"], moments))[-1] == "send_time"
    assert fields(guessed(["Campaign", "Slot", "Go live"], days))[-1] == "flight_start"
    assert fields(guessed(["Campaign", "Offer", "Go live"], [["Warm Feet", "20%", "2026-11-27"]]))[-1] == "flight_start"


def test_of_two_columns_for_the_channel_the_one_that_holds_channels_counts() -> None:
    rows = [["Pies tibios", "Email", "La Gaceta"], ["Claro", "Radio", "Onda Norte"]]
    assert fields(guessed(["Campaña", "Canal", "Soporte"], rows))[1:] == ["channel", "platform"]
    rows = [["Warm Feet", "Email", "North"], ["Clean Slate", "Radio", "South"]]
    two = guessed(["Campaign", "Channel", "Marketing channel"], rows)
    assert fields(two)[1:] == ["channel", None]
    assert not any(one.question for one in two.columns)


def test_an_empty_column_never_wins_over_a_filled_one() -> None:
    alike = guessed(["Campaign", "Start date", "Launch date"], [["Warm Feet", "", "2026-11-28"]])
    loose = guessed(["Campaign", "Landing page", "Link"], [["Warm Feet", "", PAGE]])
    notes = guessed(["Campaign", "Notes", "Comments"], [["Warm Feet", "", "ask Jo"]])
    assert fields(alike) == ["campaign_name", None, "flight_start"]
    assert [bool(one.question) for one in loose.columns] == [False, True, True]
    assert fields(notes) == ["campaign_name", None, "notes"]


def test_rows_that_name_a_campaign_twice_are_placements_though_one_lacks_its_platform() -> None:
    rows = [["A-1", "Email", ""], ["A-1", "Social", "Instagram"], ["A-2", "Radio", ""]]
    assert guessed(["Campaign ID", "Channel", "Platform"], rows).rows_are is Entity.PLACEMENT


def test_an_unambiguous_moment_shows_the_order_of_the_others() -> None:
    rows = [["Warm Feet", "Hero", "11/30/2026 6am PT"], ["Warm Feet", "Story", "12/10/2026 7:30 pm ET"]]
    found = guessed(["Campaign", "Slot", "Send time"], rows)
    assert fields(found)[-1] == "send_time"
    assert not found.columns[-1].question


# ---------------------------------------------------------------- what is no row of a table


@pytest.mark.parametrize("names", ["MTWTFSS", "LMMJVSD", "MDMDFSS", "MDWDVZZ"])
def test_a_month_under_weekdays_of_one_letter_is_no_table(names: str) -> None:
    weeks = [[""] * 6 + ["1"], *([str(day) for day in range(first, first + 7)] for first in (2, 9, 16, 23))]
    found = find_tables(tab(["March 2026"], [*names], *weeks, ["Sale!"]), WORDS)
    assert found.tables == ()
    assert "month grid" in found.instead


def test_letters_over_anything_but_days_are_a_header_like_another() -> None:
    rows = [[str(n * k % 7) for k in range(7)] for n in range(3, 8)]
    assert "month grid" not in find_tables(tab([*"ABCDEFG"], *rows), WORDS).instead


@pytest.mark.parametrize(
    "first", ["bijv. Acme", "por ej. Acme", "ad es. Acme", "par ex. Acme", "z.B. Acme", "e.g. Acme"]
)
def test_a_row_that_begins_with_for_example_is_one(first: str) -> None:
    header, row = ["Partner", "Campaign ID", "Start"], ["Isle Soap", "A-1", "2026-11-27"]
    table = find_tables(tab(header, [first, "A-0", "2026-11-01"], row, row), WORDS).tables[0]
    assert table.data_rows == [2, 3]
    assert find_tables(tab(header, ["EG Foods", "A-0", "2026-11-01"], row), WORDS).tables[0].data_rows == [1, 2]
