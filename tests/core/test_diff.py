"""Laws of the diff room: the fast path equals DeepDiff over everything, and the fields decide what is the same."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.diff import Records, differences
from sheetsync.core.fields import Field, field_type
from sheetsync.core.model import Entity, Money, Value

FIELDS = {
    name: Field(name, name, Entity.CAMPAIGN, field_type(kind))
    for name, kind in {"name": "text", "ends": "day", "budget": "money", "code": "code"}.items()
}
VALUES: Mapping[str, st.SearchStrategy[Value]] = {
    "name": st.sampled_from(["Deal", "deal", "Deal – two", "Deal - two", ""]) | st.text(max_size=5),
    "ends": st.dates(date(2026, 11, 1), date(2026, 11, 3)),
    "budget": st.builds(Money, st.integers(0, 3).map(Decimal), st.sampled_from([None, "USD", "EUR"])),
    "code": st.sampled_from(["A1", "A-1", "0A1"]),
}
record: st.SearchStrategy[dict[str, Value | None]] = st.fixed_dictionaries(
    {}, optional={name: st.none() | strategy for name, strategy in VALUES.items()}
)
records: st.SearchStrategy[Records] = st.dictionaries(
    st.sampled_from(["NL-1", "NL-2", 'it\'s [odd] "key"', "a / b"]), record
)


@given(records, records)
def test_the_fast_path_finds_what_deepdiff_over_everything_finds(left: Records, right: Records) -> None:
    assert differences(left, right, FIELDS) == differences(left, right, FIELDS, everything=True)
    assert differences(left, right) == differences(left, right, everything=True)


@given(records, records)
def test_a_difference_is_exactly_a_field_with_two_meanings(left: Records, right: Records) -> None:
    expected = set()
    for key in left.keys() | right.keys():
        for name in FIELDS:
            a, b = left.get(key, {}).get(name), right.get(key, {}).get(name)
            same = a is b if a is None or b is None else FIELDS[name].type.agrees(a, b)
            if not same:
                expected.add((key, name))
    assert {(found.record, found.field) for found in differences(left, right, FIELDS)} == expected


@given(records)
def test_nothing_differs_from_itself(same: Records) -> None:
    assert differences(same, same, FIELDS, everything=True) == ()


def test_a_dialect_is_silent_and_a_value_is_not() -> None:
    left: Records = {"NL-1": {"name": "Deal – two", "budget": Money(Decimal(8000), "USD")}}
    right: Records = {"NL-1": {"name": "deal - two", "budget": Money(Decimal(8000))}}
    assert differences(left, right, FIELDS) == ()
    other: Records = {"NL-1": {"name": "deal - three", "budget": Money(Decimal(8000))}}
    assert [(d.record, d.field) for d in differences(left, other, FIELDS)] == [("NL-1", "name")]


@given(records, records, st.sets(st.sampled_from(["NL-1", "NL-2", "a / b"])))
def test_records_may_be_compared_in_any_portions(left: Records, right: Records, portion: set[str]) -> None:
    def part(of: Records, inside: bool) -> Records:
        return {key: fields for key, fields in of.items() if (key in portion) is inside}

    in_portions = [
        found for inside in (True, False) for found in differences(part(left, inside), part(right, inside), FIELDS)
    ]
    assert sorted(in_portions, key=lambda found: (found.record, found.field)) == list(differences(left, right, FIELDS))
