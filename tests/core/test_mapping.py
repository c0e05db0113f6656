"""What the columns of a table nobody has described are taken for, and what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.adapters.google_cells import FIELDS, workbook
from sheetsync.config import load
from sheetsync.config.scope import shipped_fields
from sheetsync.core.graph import SheetTab, Source
from sheetsync.core.lookup import OUR_PREFIX
from sheetsync.core.mapping.expected import Fit, fit
from sheetsync.core.mapping.guessed import Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.mapping.profile import profile
from sheetsync.core.model import Block, Cell, Entity, Format, Tab, Workbook
from sheetsync.core.tables import Column, NoTable, Table, find_table
from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.store import State
from sheetsync.sandbox.stories import load_story
from sheetsync.sandbox.views import spreadsheet
from tests.core.builders import cell, ours
from tests.core.tables_typed import WORDS, fields, guessed, typed
from tests.season import SEASON, THREE_TEAMS, Told

# ---------------------------------------------------------------- laws

#: header -> values that agree with it
SENSIBLE: dict[str, list[Any]] = {
    "Campaign ID": ["HB-101", "HB-102", "HB-103", "NL-7"],
    "Partner": ["Harbor Socks", "Stone & Stem", "Isle Soap"],
    "Campaign": ["Warm Feet", "Clean Slate", "Mug Monday"],
    "Start": ["2026-11-27", "12/14/2026", "Nov 30"],
    "End": ["2026-12-27", "12/24/2026", ""],
    "Offer": ["20% off", "$25 off $100+", "BOGO 50%"],
    "Budget": ["$8,000", "390K", "TBD"],
    "Channel": ["Email", "Paid Social", "Display"],
    "Slot": ["Newsletter hero", "Story", "Sidebar"],
    "Subject line": ["A warm cup", "Pens for the patient", "Wrap it for me"],
    "Landing page": ["https://brand.example/a", "https://brand.example/b", ""],
    "Promo code": ["BLATT15", "00725", "VEYRIN-10"],
    "utm_source": ["facebook", "google", "newsletter"],
    "utm_medium": ["cpc", "email", "paid_social"],
    "Owner": ["Dana", "Marcus", "Ines"],
    "Market": ["UK", "DE", "FR"],
    "Brand": ["Acme", "Zeta", "Borealis"],
    "Date": ["2026-11-27", "2026-11-28", ""],
    "Code": ["X1", "X2", "X3"],
    "Comments": ["might extend", "ask Jo", ""],
}

texts = st.one_of(
    st.sampled_from([value for values in SENSIBLE.values() for value in values]),
    st.sampled_from(
        ["Done", "live", "TRUE", "=", "#REF!", "TBD", "-", "03/04/2026", "12:30", "Ünï ✅", "/sale", "50 %"]
    ),
    st.text(max_size=12),
)
cells = st.one_of(
    texts.map(cell),
    st.booleans().map(cell),
    st.floats(-1e6, 1e6).map(cell),
    st.floats(30_000, 50_000).map(lambda serial: Cell(serial, "27.11.2026", Format.DATE)),
    st.just(Cell(None, "", error="#N/A")),
    st.just(Cell(None)),
)
OPEN = ["Status", "Budget (EUR)", "Approved", "URL", "Medium", ""]
headers = st.one_of(st.sampled_from([*SENSIBLE, *OPEN]), st.text(max_size=15))
over = st.sampled_from(["", "Email", "Campaign", "Flight", "Actuals"])


@st.composite
def grids(draw: st.DrawFn) -> tuple[list[str], list[list[Cell]], list[str]]:
    width, height = draw(st.integers(0, 7)), draw(st.integers(0, 6))
    row = st.lists(cells, min_size=width, max_size=width)
    named = draw(st.lists(headers, min_size=width, max_size=width))
    groups = draw(st.lists(over, min_size=width, max_size=width))
    return named, draw(st.lists(row, min_size=height, max_size=height)), groups


@st.composite
def sensible(draw: st.DrawFn) -> tuple[list[str], list[list[Any]]]:
    named = draw(st.lists(st.sampled_from(list(SENSIBLE)), min_size=1, max_size=8, unique=True))
    height = draw(st.integers(3, 6))
    columns = [draw(st.lists(st.sampled_from(SENSIBLE[name]), min_size=height, max_size=height)) for name in named]
    return named, [list(row) for row in zip(*columns, strict=True)]


@given(grids())
def test_any_table_is_taken_for_something_without_an_error(grid: tuple[list[str], list[list[Cell]], list[str]]) -> None:
    named, rows, groups = grid
    found = guessed(named, rows, groups)
    assert [one.column.index for one in found.columns] == list(range(len(named)))
    assert all(0 <= one.confidence <= 1 for one in found.columns)
    assert all("\n" not in line for one in found.columns for line in (*one.evidence, one.question))
    sure = [one.field for one in found.columns if one.field and not one.question]
    assert len(sure) == len(set(sure)), "a field has one column"
    assert set(found.key) <= set(sure)


@given(grids(), st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(grid: tuple[list[str], list[list[Cell]], list[str]], order: Any) -> None:
    named, rows, groups = grid
    shuffled = order.sample(rows, len(rows))
    assert guessed(named, shuffled, groups) == guessed(named, rows, groups)


@given(grids(), st.sampled_from(["AI", "Week", "Outline", "Retention Rate", "Rate", ""]), texts)
def test_a_column_that_is_none_of_ours_changes_no_other(
    grid: tuple[list[str], list[list[Cell]], list[str]], header: str, value: str
) -> None:
    named, rows, groups = grid
    before = guessed(named, rows, groups)
    wider = guessed([*named, header], [[*row, cell(value)] for row in rows], [*groups, "Other things"])
    assert fields(wider)[:-1] == fields(before)
    assert (wider.rows_are, wider.key) == (before.rows_are, before.key)


@given(sensible(), st.randoms(use_true_random=False))
def test_columns_mean_the_same_wherever_they_stand(table: tuple[list[str], list[list[Any]]], order: Any) -> None:
    named, rows = table
    places = order.sample(range(len(named)), len(named))
    before = guessed(named, rows)
    after = guessed([named[at] for at in places], [[row[at] for at in places] for row in rows])
    assert fields(after) == [fields(before)[at] for at in places]
    assert (after.rows_are, after.key) == (before.rows_are, before.key)


@given(sensible())
def test_a_column_is_never_taken_for_what_its_values_contradict(
    table: tuple[list[str], list[list[Any]]],
) -> None:
    named, rows = table
    for at, one in enumerate(guessed(named, rows).columns):
        if one.field:
            held = profile([cell(row[at]) for row in rows], named[at], "en_US")
            assert fit(one.field, held) is not Fit.NO


# ---------------------------------------------------------------- the sheets of the shipped stories


def _workbooks(story: Path) -> dict[str, Workbook]:
    """A story's workbooks as our adapter reads them."""
    state = State()
    try:
        mask = response_mask(FIELDS, "Spreadsheet")
        return {
            book_id: workbook(
                mask.prune(
                    spreadsheet(
                        state.results(state.workbooks[book_id]),
                        mask,
                        None,
                        email_of("sheetsync"),
                        "http://127.0.0.1",
                        grid_data=True,
                    )
                )
            )
            for book_id in load_story(state, story)
        }
    finally:
        state.close()


def _as_one_table(tab: Tab, source: Source) -> tuple[Table, Mapping[str, int]]:
    """The tab's table where its source's headers stand, and the column a person named for each field."""
    layout = find_table(tab, source)
    assert not isinstance(layout, NoTable)
    columns = tuple(Column(at, tab.cell(layout.header_row, at).shown) for at in range(tab.used_columns))
    block = Block(layout.header_row, 0, len(tab.rows), tab.used_columns)
    return Table(block, (layout.header_row,), columns, layout.kinds), layout.columns


@pytest.mark.parametrize("told", [SEASON, THREE_TEAMS], ids=["season", "three-teams"])
def test_the_shipped_stories_are_understood_as_their_configurations_describe_them(told: Told) -> None:
    """No column is taken for a field that a person said it is not, and nearly all that they said is found."""
    rules = load(told.config, {}).rules
    books = _workbooks(told.story)
    found = wanted = 0
    for source in rules.sources.values():
        if not isinstance(source.location, SheetTab):
            continue
        book = books[source.location.spreadsheet]
        tab = book.tab(source.location.tab_id)
        assert tab is not None
        table, said = _as_one_table(tab, source)
        taken = guess(tab, table, WORDS, book.locale, rules.season)
        shipped = {name: column for name, column in said.items() if name in shipped_fields()}
        assert {name: taken.fields[name] for name in shipped if name in taken.fields}.items() <= shipped.items()
        assert taken.rows_are is source.rows_are
        found += len(shipped.keys() & taken.fields.keys())
        wanted += len(shipped)
    assert found / wanted > 0.95


# ---------------------------------------------------------------- what one word may mean

SALES = [["Warm Feet", "2026-11-27"], ["Clean Slate", "2026-12-04"]]


def test_a_bare_status_is_that_of_what_the_row_is() -> None:
    campaigns = guessed(["Campaign", "Start", "Status"], [[*row, "Live"] for row in SALES])
    placements = guessed(["Campaign", "Start", "Slot", "Status"], [[*row, "Hero", "Live"] for row in SALES])
    assert fields(campaigns)[-1] == "campaign_status"
    assert fields(placements)[-1] == "placement_status"


def test_a_status_beside_the_landing_page_is_the_pages() -> None:
    found = guessed(
        ["Campaign", "Start", "URL", "Status"], [[*row, "https://brand.example/a", "Live"] for row in SALES]
    )
    assert fields(found)[-2:] == ["landing_page", "page_status"]


def test_of_several_columns_called_status_each_speaks_of_the_one_to_its_left_or_is_asked() -> None:
    found = guessed(
        ["Campaign", "STATUS", "Landing page", "STATUS", "Copy", "STATUS"],
        [["Warm Feet", "Live", "https://brand.example/a", "Planned", "Cosy", "Done"]],
    )
    assert fields(found) == ["campaign_name", "campaign_status", "landing_page", "page_status", None, None]
    assert [bool(one.question) for one in found.columns] == [False] * 5 + [True]


def test_a_groups_header_says_what_the_columns_under_it_are_about() -> None:
    found = guessed(
        ["ID", "Name", "Start", "End", "Subject", "Status", "Status", "Budget"],
        [["MM-7", "Warm Feet", "2026-11-27", "2026-11-30", "Cosy", "Live", "Planned", "$100"]],
        groups=["Campaign", "Campaign", "Flight", "Flight", "Email", "Email", "Landing page", "Actuals"],
    )
    assert fields(found) == [
        *("campaign_id", "campaign_name", "flight_start", "flight_end"),
        *("subject", "placement_status", "page_status", None),
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Campaign\u00a0ID *", "campaign_id"),
        ("CampaignId", "campaign_id"),
        ("\u200bPartner:", "partner"),
        ("Subject\nline", "subject"),
        ("  SEND   TIME (ET)", "send_time"),
        ("Segment (internal!!)", "audience"),
        ("Budget in €", "budget"),
        ("Budget CHF", "budget"),
        ("Media $", "budget"),
        ("1. Partner", "partner"),
        ("Beginn / Start", "flight_start"),
        ("Start – End", "flight_start"),
        ("Status (page)", "page_status"),
        ("T&Cs", "legal_line"),
        ("Début", "flight_start"),
        ("KAMPAGNEN-NR.", "campaign_id"),
        ("Wrocław", None),
        ("Budget (actual)", None),
        ("Rate", None),
        ("Net Rate", None),
        ("CPM", None),
        ("Source / Medium", None),
        ("Status key", None),
        ("Only edit the white cells please", None),
        ("#", None),
        ("", None),
    ],
)
def test_a_header_is_known_whatever_stands_around_its_word(header: str, field: str | None) -> None:
    assert next(iter(WORDS(header)), None) == field


def test_a_rate_is_never_a_budget() -> None:
    found = guessed(
        ["Campaign ID", "Slot", "Rate", "Net rate", "CPM", "Budget"], [["A-1", "Hero", "$2", "$1", "$4", "$900"]]
    )
    assert fields(found) == ["campaign_id", "slot", None, None, None, "placement_budget"]


def test_a_column_of_platforms_called_channel_is_the_platform_and_the_other_way_round() -> None:
    platforms = guessed(["Campaign", "Channel"], [["Warm Feet", "Instagram, TikTok"], ["Clean Slate", "Meta Ads"]])
    channels = guessed(["Campaign", "Platform"], [["Warm Feet", "Email"], ["Clean Slate", "SMS"]])
    assert fields(platforms)[1] == "platform"
    assert fields(channels)[1] == "channel"


def test_days_alone_are_no_send_times_and_are_asked() -> None:
    def sends(*values: str) -> Guesses:
        header = ["Campaign", "Slot", "Start", "Send date"]
        return guessed(header, [["Warm Feet", f"Hero {value}", "2026-11-27", value] for value in values])

    asked = sends("Fri 13 Nov 2026", "Sat 14 Nov 2026", "TBD")
    assert fields(asked) == ["campaign_name", "slot", "flight_start", None]
    assert "days without a time of day" in asked.columns[3].question
    assert "send_time" in asked.columns[3].rivals
    assert fields(sends("Fri 13 Nov 2026 7am", "Sat 14 Nov 2026", "TBD"))[3] == "send_time"


def test_a_url_with_utm_parameters_is_a_tracking_url() -> None:
    tagged = "https://brand.example/a?utm_source=nl&utm_medium=email"
    assert fields(guessed(["Campaign", "URL"], [["Warm Feet", tagged]]))[1] == "tracking_url"
    assert fields(guessed(["Campaign", "Landing page"], [["Warm Feet", tagged]]))[1] == "landing_page"


# ---------------------------------------------------------------- what the values say against it


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Start date", ["Done", "Pending", "Done"]),
        ("Budget", ["ask Anna", "as last year", "open"]),
        ("Landing page", ["Holiday page", "Gift page", "live"]),
        ("Campaign ID", ["A long sentence that says what this is about.", "Another one of these. Really.", ""]),
        ("Promo code", [True, False, True]),
        ("Owner", ["$500", "$900", ""]),
        ("Campaign status", ["2026-11-27", "2026-11-28", ""]),
    ],
)
def test_a_column_that_does_not_hold_what_its_header_says_is_asked(header: str, values: Sequence[Any]) -> None:
    found = guessed(["Campaign", header], [["Warm Feet", value] for value in values])
    one = found.columns[1]
    assert one.field is None
    assert "holds" in one.question
    assert one.rivals


def test_nothing_is_held_against_a_column_by_cells_that_say_nothing_yet() -> None:
    found = guessed(
        ["Campaign", "Start", "Budget"], [["Warm Feet", "TBD", "n/a"], ["Clean Slate", "Post April 14th", "-"]]
    )
    assert fields(found) == ["campaign_name", "flight_start", "budget"]
    assert not any(one.question for one in found.columns)


def test_an_empty_column_is_what_its_header_says_but_not_surely() -> None:
    empty, filled = (guessed(["Campaign", "Promo code"], [["Warm Feet", code]]).columns[1] for code in ("", "WARM10"))
    assert empty.field == filled.field == "promo_code"
    assert empty.confidence < 0.5 < filled.confidence


def test_values_that_stand_one_column_too_far_right_are_asked_once_for_the_whole_table() -> None:
    headers = ["Campaign ID", "utm_source", "utm_medium", "utm_campaign", "utm_content"]
    rows = [["KD-1", "", "facebook", "paid_social", "tea_week"], ["KD-2", "", "newsletter", "email", "boot_days"]]
    found = guessed(headers, rows)
    assert len(found.questions) == 1
    assert {one.question for one in found.columns[1:]} == set(found.questions)
    assert found.fields.keys() == {"campaign_id"}
    right = [[row[0], *row[2:], "hero"] for row in rows]
    assert guessed(headers, right).questions == ()


def test_two_columns_for_one_field_are_asked_unless_one_says_it_more_surely() -> None:
    torn = guessed(["Campaign", "Start date", "Launch date"], [["Warm Feet", "2026-11-27", "2026-11-28"]])
    assert [bool(one.question) for one in torn.columns] == [False, True, True]
    sure = guessed(["Campaign", "Start date", "Date", "Go live"], [["Warm Feet", *["2026-11-27"] * 3]])
    assert fields(sure) == ["campaign_name", "flight_start", None, None]
    assert not any(one.question for one in sure.columns)


def test_an_approval_that_does_not_say_whose_it_is_is_asked_once_somebody_uses_it() -> None:
    assert guessed(["Campaign", "Approved"], [["Warm Feet", "yes"]]).columns[1].question
    assert not guessed(["Campaign", "Approved"], [["Warm Feet", ""]]).columns[1].question
    assert (
        fields(guessed(["Campaign", "Approved"], [["Warm Feet", "yes"]], groups=["", "Legal"]))[1] == "legal_approval"
    )


def test_days_that_can_be_read_two_ways_are_asked_unless_the_sheet_shows_its_order() -> None:
    def asked(*ends: str) -> list[bool]:
        found = guessed(["Campaign", "Start", "End"], [["Warm Feet", "03/04/2026", end] for end in ends])
        return [bool(one.question) for one in found.columns]

    assert asked("05/04/2026", "06/04/2026") == [False, True, True]
    assert asked("05/04/2026", "17/04/2026") == [False, False, False]


def test_a_column_without_a_header_and_one_of_our_own_are_nothing() -> None:
    tab, table = typed(["Campaign", "", "Status"], [["Warm Feet", "x", "OK"]])
    tab = replace(tab, rows=((*tab.rows[0][:2], ours(f"{OUR_PREFIX} Status")), tab.rows[1]))
    found = guess(tab, table, WORDS, "en_US")
    assert fields(found) == ["campaign_name", None, None]
    assert "no header" in found.columns[1].evidence[0]


def test_a_column_made_by_formulas_says_so() -> None:
    made = Cell("https://brand.example/a", "https://brand.example/a", formula="=A1&B1")
    found = guessed(["Campaign", "Landing page"], [["Warm Feet", made], ["Clean Slate", made]])
    assert "2 of 2 cells are made by a formula" in found.columns[1].evidence


# ---------------------------------------------------------------- rows and keys


def test_rows_that_repeat_a_campaign_by_channel_are_placements() -> None:
    def rows(*ids: str) -> Guesses:
        channels = ["Email", "Paid Social", "Display"]
        cells = [[one, channel, "2026-11-27"] for one, channel in zip(ids, channels, strict=True)]
        return guessed(["Campaign ID", "Channel", "Start"], cells)

    assert rows("A-1", "A-1", "A-2").rows_are is Entity.PLACEMENT
    assert rows("A-1", "A-1", "A-2").key == ("campaign_id", "channel")
    assert rows("A-1", "A-2", "A-3").rows_are is Entity.CAMPAIGN
    assert rows("A-1", "A-2", "A-3").key == ("campaign_id",)


def test_a_key_is_unique_filled_and_free_of_merged_cells() -> None:
    headers = ["Campaign ID", "Partner", "Campaign"]
    rows = [["A-1", "Isle", "Warm Feet"], ["A-2", "Isle", "Clean Slate"], ["A-3", "Gull", "Clean Slate"]]
    assert guessed(headers, rows).key == ("campaign_id",)
    assert guessed(headers, rows, merges=(Block(1, 0, 3, 1),)).key == ("partner", "campaign_name")
    assert guessed(headers, [["", *row[1:]] for row in rows]).key == ("partner", "campaign_name")
    assert guessed(headers, [["", *row[1:]] for row in (rows[0], rows[0])]).key == ()
