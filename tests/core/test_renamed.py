"""A column a source counted on has lost its header: what it is now is proposed, or it is said that it is gone."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.fields import FieldType, field_type
from sheetsync.core.mapping.renamed import Gone, Looked, Renamed, Was, find_renamed
from tests.core.tables_typed import WORDS, typed

TYPES: Mapping[str, FieldType] = {
    "campaign_id": field_type("code"),
    "partner": field_type("text"),
    "flight_start": field_type("day"),
    "offer": field_type("offer"),
    "landing_page": field_type("url"),
}
ROWS: list[list[Any]] = [
    ["HB-1", "Harbor Socks", "2026-11-27", "20% off"],
    ["HB-2", "Isle Soap", "2026-12-04", "$25 off $100+"],
    ["HB-3", "Gull Ceramics", "2026-12-11", "BOGO 50%"],
]
BEFORE = {
    "campaign_id": Was("Ref", 0, frozenset({"HB-1", "HB-2", "HB-3"})),
    "partner": Was("Partner", 1, frozenset({"Harbor Socks", "Isle Soap", "Gull Ceramics"})),
    "flight_start": Was("Start", 2, frozenset({"2026-11-27", "2026-12-04", "2026-12-11"})),
    "offer": Was("Offer", 3, frozenset({"20% off", "25.00 USD off from 100.00 USD", "BOGO 50%"})),
}


def found(headers: Sequence[str], rows: Sequence[Sequence[Any]] = ROWS) -> tuple[tuple[Renamed, ...], tuple[Gone, ...]]:
    tab, table = typed(headers, rows)
    return find_renamed(BEFORE, ["campaign_id"], TYPES, Looked(tab, table, WORDS, "en_US"))


def test_nothing_is_said_of_columns_that_are_still_there_in_any_spelling_and_order() -> None:
    assert found(["REF ", "partner:", "Start", "Offer"]) == ((), ())
    assert found(["Offer", "Start", "Partner", "Ref"], [row[::-1] for row in ROWS]) == ((), ())


def test_a_column_that_holds_what_the_missing_one_held_is_proposed_whatever_it_is_called() -> None:
    [renamed], gone = found(["Our own thing", "Partner", "Start", "Offer"])
    assert (renamed.field, renamed.column.index, gone) == ("campaign_id", 0, ())
    assert "it holds 3 of the 3 values known of it" in renamed.evidence
    assert renamed.question == "The column 'Ref' is gone. Is 'Our own thing' the campaign id now?"


def test_a_column_in_its_place_and_of_its_kind_is_proposed_though_all_its_values_are_new() -> None:
    rows = [[*row[:2], day, row[3]] for row, day in zip(ROWS, ["2027-01-04", "2027-01-11", ""], strict=True)]
    [renamed], _ = found(["Ref", "Partner", "In shops", "Offer"], rows)
    assert (renamed.field, renamed.column.index) == ("flight_start", 2)
    assert "it stands in the same place" in renamed.evidence


def test_a_column_in_its_place_that_may_hold_any_words_is_not_proposed() -> None:
    rows = [[row[0], other, *row[2:]] for row, other in zip(ROWS, ["Blue", "Green", "Red"], strict=True)]
    renamed, [gone] = found(["Ref", "Colour", "Start", "Offer"], rows)
    assert not renamed
    assert gone.message == "the column 'Partner' is gone, and no other column looks like it"


def test_an_inserted_column_does_not_stand_in_the_place_of_the_one_behind_it() -> None:
    rows = [[*row[:2], "2026-10-01", *row[2:]] for row in ROWS]
    [renamed], _ = found(["Ref", "Partner", "Briefed", "First day", "Offer"], rows)
    assert renamed.column.header == "First day"


def test_a_spelling_of_the_field_over_values_that_contradict_it_is_not_proposed() -> None:
    rows = [[*row[:2], "Done", row[3]] for row in ROWS]
    renamed, [gone] = found(["Ref", "Partner", "Start date", "Offer"], rows)
    assert (renamed, gone.field) == ((), "flight_start")


def test_a_key_column_that_is_gone_is_said_in_one_line() -> None:
    renamed, [gone] = found(["Partner", "Start", "Offer"], [row[1:] for row in ROWS])
    assert not renamed
    assert gone.message == "the key column 'Ref' is gone, and no other column looks like it"


def test_two_columns_that_may_be_it_alike_are_both_named() -> None:
    rows = [[*row[1:], row[0], row[0]] for row in ROWS]
    renamed, [gone] = found(["Partner", "Start", "Offer", "Number", "Old number"], rows)
    assert not renamed
    assert gone.message == "the key column 'Ref' is gone; it may be 'Number' or 'Old number' now"


names = st.sampled_from(["Ref", "Partner", "Start", "Offer", "Campaign ID", "Client", "Launch", "Deal", "Week", ""])


@given(st.permutations(range(4)), st.lists(names, min_size=4, max_size=4))
def test_each_missing_field_is_told_once_and_no_column_is_proposed_twice(order: list[int], headers: list[str]) -> None:
    renamed, gone = found(headers, [[row[at] for at in order] for row in ROWS])
    told = [*(one.field for one in renamed), *(one.field for one in gone)]
    assert len(told) == len(set(told))
    columns = [one.column.index for one in renamed]
    assert len(columns) == len(set(columns))
