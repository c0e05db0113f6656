"""Laws of reading one tab as records: arrangement does not count, columns have a dialect, merged cells span."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.model import Cell, Format, Ignored, Money, Offer, OfferKind, Problem, ProblemKind, Record, Snapshot
from sheetsync.core.normalize import Understood, normalize
from sheetsync.core.tables import NoTable
from tests.core.builders import BRIEFS, RULES, UTM, Typed, day, place, rules, tab, understood

HEADERS = {name: texts[0] for name, texts in BRIEFS.columns.items()}
HEADER = list(HEADERS.values())
Row = dict[str, str]

#: spellings whose meaning depends on no other cell of their column
SPELLINGS = {
    "partner": ["Lou's", " H&F ", "harlow  &  finch", "Total Wine & More"],
    "campaign_name": ["Cyber Week", "cyber week", "Gifts – 2026"],
    "flight_start": ["2026-11-27", "27.11.2026", "Fri 27 Nov", "TBD", "Octember 3", "11/27/2026"],
    "offer": ["20% off", "$15 off", "a pony"],
    "promo_code": ["finch20", "00725", "-", "no code"],
    "budget": ["$8,000", "390K", "12"],
    "notes": ["might extend??", "Campaign ID"],
}
row = st.fixed_dictionaries(
    {"campaign_id": st.integers(1, 99).map("NL-{:04d}".format), "campaign_name": st.sampled_from(["A", "B"])},
    optional={name: st.sampled_from(texts) for name, texts in SPELLINGS.items() if name != "campaign_name"},
)


def said(record: Record) -> tuple[object, ...]:
    """All a record says, without where it stands."""
    claims = sorted((claim.field, claim.raw, str(claim.parsed)) for claim in record.claims.values())
    return (record.source, record.address, *claims)


def by_id(snapshot: Snapshot) -> Mapping[object, Record]:
    return {record.value("campaign_id"): record for record in snapshot.records}


def column(header: str, *cells: Typed, locale: str = "en_US") -> list[object]:
    """What a column of the briefs means, read beside a column of ids."""
    rows: list[list[Typed]] = [[f"NL-{n}", "x", cell] for n, cell in enumerate(cells, start=1)]
    of = tab(["Campaign ID", "Campaign", header], *rows)
    name = next(name for name, text in HEADERS.items() if text == header)
    return [record.claims[name].parsed for record in understood(of, locale=locale).records]


# ---------------------------------------------------------------- laws


@settings(max_examples=40)
@given(st.lists(row, max_size=6))
def test_every_claim_says_what_stands_in_its_own_cell(rows: list[Row]) -> None:
    of = tab(HEADER, *([line.get(name, "") for name in HEADERS] for line in rows))
    records = understood(of).records
    assert [record.place.row for record in records] == list(range(1, len(rows) + 1))
    for record in records:
        assert record.claims == dict(record.claims)
        for name, claim in record.claims.items():
            where = claim.place
            assert where.row is not None
            assert where.column is not None
            assert (claim.field, where.row, where.column_name) == (name, record.place.row, HEADERS[name])
            assert claim.raw == of.cell(where.row, where.column).shown


@settings(max_examples=40)
@given(st.lists(row, max_size=6), st.data())
def test_arranging_a_tab_otherwise_changes_nothing_it_says(rows: list[Row], data: st.DataObject) -> None:
    columns = data.draw(st.permutations([*HEADERS, ""]))
    lines = [[line.get(name, "") for name in columns] for line in data.draw(st.permutations(rows))]
    for _ in range(data.draw(st.integers(0, 2))):
        lines.insert(data.draw(st.integers(0, len(lines))), [])
    above, left = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))
    header = [HEADERS.get(name, "") for name in columns]
    arranged = tab(*([""] * left + line for line in [*([[]] * above), header, *lines]))
    straight = tab(HEADER, *([line.get(name, "") for name in HEADERS] for line in rows))
    assert sorted(map(said, understood(arranged).records), key=str) == sorted(
        map(said, understood(straight).records), key=str
    )


def test_a_note_that_names_a_column_begins_no_table_behind_a_blank_row() -> None:
    told = {"NL-0002": ["Lou's", "A", "a pony", "finch20", "$8,000", "Campaign ID"]}
    others = {f"NL-000{at}": ["Lou's", "A", "20% off", "finch20", "$8,000", ""] for at in range(3, 7)}
    header = ["Campaign ID", "Partner", "Campaign", "Offer", "Promo code", "Budget", "Notes"]
    rows = [[name, *cells] for name, cells in (told | others).items()]
    read = understood(tab(header, ["NL-0001", "", "A"], [], *rows))
    assert list(by_id(read)) == ["NL-0001", *told, *others]


@settings(max_examples=40)
@given(st.lists(row, min_size=1, max_size=8))
def test_every_claim_tells_the_cell_it_stands_in(rows: list[Row]) -> None:
    of = tab([], ["", *HEADER], *(["", *(line.get(name, "") for name in HEADERS)] for line in rows))
    for record in understood(of).records:
        assert record.claims.keys() == HEADERS.keys()
        for name, claim in record.claims.items():
            assert claim.place.row is not None
            assert claim.place.column is not None
            assert of.cell(claim.place.row, claim.place.column).shown == claim.raw
            assert claim.place.column_name == HEADERS[name]
        assert record.place == record.claims["campaign_id"].place
        assert {claim.place.row for claim in record.claims.values()} == {record.place.row}


@given(st.lists(st.sampled_from(SPELLINGS["flight_start"]), min_size=2, max_size=12))
def test_cells_with_one_content_are_understood_once_and_alike(texts: list[str]) -> None:
    first: dict[str, object] = {}
    for text, parsed in zip(texts, column("Starts", *texts), strict=True):
        assert first.setdefault(text, parsed) is parsed


@settings(max_examples=30)
@given(st.lists(row, max_size=4), st.sampled_from(["en_US", "de_DE", "", "xx"]))
def test_reading_twice_gives_the_same(rows: list[Row], locale: str) -> None:
    of = tab(HEADER, *([line.get(name, "") for name in HEADERS] for line in rows))
    assert understood(of, locale=locale) == understood(of, locale=locale)


# ---------------------------------------------------------------- a column is read as a column


@pytest.mark.parametrize(("locale", "first"), [("en_US", date(2026, 12, 1)), ("de_DE", date(2026, 1, 12))])
def test_the_locale_decides_the_order_of_days_where_no_cell_does(locale: str, first: date) -> None:
    assert column("Starts", "12/01/2026", locale=locale) == [first]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(row, max_size=4), st.sampled_from(["en_US", "de_DE"])), max_size=3))
def test_what_was_understood_before_changes_nothing_a_tab_says(tabs: list[tuple[list[Row], str]]) -> None:
    shared: Understood = {}
    for rows, locale in tabs:
        of = tab(HEADER, *([line.get(name, "") for name in HEADERS] for line in rows))
        assert normalize(of, locale, BRIEFS, RULES, place("briefs"), shared) == understood(of, locale=locale)


def test_a_number_is_no_tick_box_though_both_show_the_same() -> None:
    shared: Understood = {}
    for value in (True, 1.0):
        of = tab(HEADER, ["NL-0001", "x", *[""] * (len(HEADER) - 3), Cell(value, "1")])
        alone = normalize(of, "en_US", BRIEFS, RULES, place("briefs"))
        assert repr(normalize(of, "en_US", BRIEFS, RULES, place("briefs"), shared)) == repr(alone)


def test_cells_that_show_the_same_and_hold_something_else_mean_something_else() -> None:
    shares = [Cell(value, "0", Format.PERCENT) for value in (0.001, 0.004, 0.001)]
    assert [parsed.amount for parsed in column("Offer", *shares) if isinstance(parsed, Offer)] == [
        Decimal(share) for share in ("0.1", "0.4", "0.1")
    ]


@pytest.mark.parametrize("locale", ["en_US", "de_DE", ""])
def test_an_unmistakable_neighbour_decides_the_order_of_days_for_its_column(locale: str) -> None:
    assert column("Starts", "12/01/2026", "11/30/2026", locale=locale)[0] == date(2026, 12, 1)
    assert column("Starts", "12/01/2026", "30/11/2026", locale=locale)[0] == date(2026, 1, 12)


def test_neighbours_that_contradict_each_other_leave_the_rest_to_a_person() -> None:
    found = column("Starts", "12/01/2026", "11/30/2026", "30/11/2026")
    assert isinstance(found[0], Problem)
    assert found[0].kind is ProblemKind.AMBIGUOUS
    assert found[0].candidates == ("2026-01-12", "2026-12-01")
    assert found[1:] == [date(2026, 11, 30), date(2026, 11, 30)]


def test_what_people_say_of_a_column_decides_what_its_cells_leave_open() -> None:
    of = tab(
        ["Campaign ID", "Campaign", HEADERS["flight_start"], HEADERS["budget"]], ["NL-1", "x", "03/04/2026", "8000"]
    )
    said_so = {"flight_start": "day first", "budget": "CHF"}
    for reads, first, currency in (({}, date(2026, 3, 4), None), (said_so, date(2026, 4, 3), "CHF")):
        read = understood(of, by=replace(RULES, sources={"briefs": replace(BRIEFS, reads=reads)}))
        assert read.records[0].value("flight_start") == first
        budget = read.records[0].value("budget")
        assert isinstance(budget, Money)
        assert budget.currency == currency or currency is None


def test_one_column_decides_nothing_for_another() -> None:
    of = tab(["Campaign ID", "Starts", "Ends"], ["NL-1", "12/01/2026", "30/11/2026"])
    assert understood(of).records[0].value("flight_start") == date(2026, 12, 1)


def test_rows_that_are_no_data_decide_nothing() -> None:
    of = tab(["Campaign ID", "Campaign", "Starts"], ["e.g. NL-0", "x", "30/11/2026"], ["NL-1", "x", "12/01/2026"])
    assert understood(of).records[0].value("flight_start") == date(2026, 12, 1)


def test_a_yearless_day_takes_the_year_nearest_to_the_season() -> None:
    assert column("Starts", "Dec 28", "Jan 10") == [date(2026, 12, 28), date(2027, 1, 10)]


def test_the_header_and_the_locale_say_what_numbers_mean() -> None:
    assert column("Budget", "8.000,50 €", "1.250", locale="de_DE") == [
        Money(Decimal("8000.5"), "EUR"),
        Money(Decimal(1250), "EUR"),
    ]


def test_a_typed_share_is_a_percentage_whatever_its_format() -> None:
    twenty = Offer(OfferKind.PERCENT_OFF, Decimal(20))
    assert column("Offer", Cell(0.2, "20%", Format.PERCENT, "0%"), "20% off") == [twenty, twenty]
    assert column("Offer", 0.2, 0.35) == [twenty, Offer(OfferKind.PERCENT_OFF, Decimal(35))]


def test_an_alias_is_its_own_word_in_any_spelling() -> None:
    assert column("Partner", "H&F", "h & f", "HARLOW FINCH LTD.", "harlow and finch", "Harlow & Fitch") == [
        "Harlow & Finch",
        "Harlow & Finch",
        "Harlow & Finch",
        "Harlow & Finch",
        "Harlow & Fitch",
    ]


def test_only_its_own_field_knows_an_alias() -> None:
    of = tab(["Campaign ID", "Campaign", "Partner"], ["NL-1", "H&F", "H&F"])
    record = understood(of).records[0]
    assert (record.value("campaign_name"), record.value("partner")) == ("H&F", "Harlow & Finch")


def test_a_text_of_nothing_but_marks_is_no_ones_alias() -> None:
    by = rules(aliases={"partner": {"Stars": ("★★★",)}})
    of = tab(["Campaign ID", "Partner"], ["NL-1", "♥♥♥"], ["NL-2", "★★★"])
    assert [record.value("partner") for record in understood(of, by=by).records] == ["♥♥♥", "Stars"]


def test_an_error_of_the_sheet_is_a_problem_of_its_cell_alone() -> None:
    broken = Cell(error="#REF!", shown="#REF!", formula="=Sheet9!A1")
    good, bad = column("Starts", "2026-11-27", broken)
    assert good == date(2026, 11, 27)
    assert isinstance(bad, Problem)


# ---------------------------------------------------------------- merged cells and addresses


def test_a_merged_cell_counts_for_every_row_it_spans() -> None:
    rows = [
        ["Partner", "Campaign ID", "Campaign"],
        ["H&F", "NL-1", "A"],
        ["", "NL-2", "B"],
        ["", "NL-3", ""],
        ["", "NL-4", "D"],
    ]
    partners = [r.value("partner") for r in understood(tab(*rows, merges=[(1, 0, 4, 1)])).records]
    assert partners == ["Harlow & Finch"] * 3 + [None]


def test_a_merge_across_counts_for_every_column_it_covers() -> None:
    of = tab(["Campaign ID", "Starts", "Ends"], ["NL-1", day(date(2026, 11, 27))], merges=[(1, 1, 2, 3)])
    record = understood(of).records[0]
    assert record.value("flight_start") == record.value("flight_end") == date(2026, 11, 27)


def test_what_was_typed_under_a_merge_before_it_was_merged_does_not_count() -> None:
    rows = [["Partner", "Campaign ID", "Campaign"], ["H&F", "NL-1", "A"], ["Lou's", "NL-2", "B"]]
    partners = [r.value("partner") for r in understood(tab(*rows, merges=[(1, 0, 3, 1)])).records]
    assert partners == ["Harlow & Finch", "Harlow & Finch"]


def test_the_address_is_what_the_key_cells_show_to_the_letter() -> None:
    of = tab(["Campaign ID", "Channel", "Placement"], [" nl-1 ", "E-Mail", "Hero\u00a0banner "])
    record = understood(of, "utm").records[0]
    assert record.address == (" nl-1 ", "E-Mail", "Hero\u00a0banner ")
    assert (record.value("campaign_id"), record.value("channel")) == ("NL-1", "email")


def test_a_number_or_a_date_in_a_key_is_addressed_as_it_is_shown() -> None:
    of = tab(
        ["Campaign ID", "Channel", "Placement"], [Cell(7.0, "007"), "E-Mail", day(date(2026, 11, 27), "Fri 27 Nov")]
    )
    assert understood(of, "utm").records[0].address == ("007", "E-Mail", "Fri 27 Nov")


def test_below_the_first_row_of_a_merged_key_the_address_is_blank_though_the_key_is_known() -> None:
    rows = [["Campaign ID", "Channel", "Placement"], ["NL-1", "E-Mail", "A"], ["", "E-Mail", "B"]]
    first, second = understood(tab(*rows, merges=[(1, 0, 3, 1)]), "utm").records
    assert (first.address, second.address) == (("NL-1", "E-Mail", "A"), ("", "E-Mail", "B"))
    assert second.value("campaign_id") == "NL-1"
    assert second.place.row == 2


# ---------------------------------------------------------------- what is left alone


def test_whatever_is_left_alone_is_named_with_its_reason() -> None:
    rows = [
        ["Q4"],
        [*HEADER, "Week"],
        ["NOVEMBER"],
        ["H&F", "NL-1", "A"],
        [],
        HEADER,
        ["e.g. Lou's", "NL-0", "x"],
        ["Total", "", "", "", "", "", "", "9"],
        ["green = live"],
    ]
    snapshot = understood(tab(*rows))
    assert [(ignored.what, ignored.where, ignored.reason) for ignored in snapshot.ignored] == [
        ("row", "1", "above the header"),
        ("row", "3", "a banner, not a campaign"),
        ("row", "6", "the header again"),
        ("row", "7", "an example row"),
        ("row", "8", "a totals row"),
        ("row", "9", "a note or a legend"),
        ("column", "Week", "no field is mapped to it"),
    ]
    assert all(isinstance(ignored, Ignored) and ignored.tab == "Tab" for ignored in snapshot.ignored)
    assert by_id(snapshot).keys() == {"NL-1"}


def test_a_column_that_is_missing_claims_nothing_and_stops_nothing() -> None:
    record = understood(tab(["Campaign ID", "Campaign"], ["NL-1", "A"])).records[0]
    assert record.claims.keys() == {"campaign_id", "campaign_name"}
    assert record.value("partner") is None


def test_a_table_without_rows_is_a_snapshot_without_records() -> None:
    snapshot = understood(tab(HEADER))
    assert snapshot.records == ()
    assert snapshot.columns["campaign_id"] == 1


def test_no_table_is_said_with_its_reason() -> None:
    found = normalize(tab(["Week", "Topic"]), "en_US", UTM, RULES, place("utm"))
    assert isinstance(found, NoTable)
    assert found.reason
