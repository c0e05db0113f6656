"""What is packed is what was put in: the small memory says what a plain dict would."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.model import Place
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.ports import HandoffState, HandoffStates, Observation, Observations

#: few, so that records come back and values repeat
names = st.sampled_from(["briefs", "utm", ""])
records = st.sampled_from(["NL-1", "NL-1 / email", ""])
fields = st.sampled_from(["offer", "flight_end", "budget"])
keys = st.tuples(names, records, fields)
texts = st.sampled_from(["", "20%", "2026-11-30"])
places = st.builds(Place, names, texts, texts, st.sampled_from([None, 0, 7]), st.sampled_from([None, 0, 1, 500]))
times = st.sampled_from([datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(3)])


@st.composite
def observed(draw: st.DrawFn) -> tuple[RecordField, Observation]:
    key = draw(keys)
    return key, Observation(*key, draw(st.none() | texts), draw(texts), draw(places), draw(times))


def says_what_a_dict_would(packed: RecordFields[Any], plain: dict[RecordField, Any]) -> None:
    assert packed == plain
    assert dict(packed) == plain
    assert len(packed) == len(plain)
    assert all(packed[key] == known for key, known in plain.items())
    assert ("briefs", "NL-1", "never") not in packed
    assert set(packed.sources) == {source for source, _, _ in plain}
    for source in packed.sources:
        by_record = dict(packed.records(source))
        assert {(source, record, field) for record, known in by_record.items() for field in known} == {
            key for key in plain if key[0] == source
        }
        assert all(packed.record(source, record) == known for record, known in by_record.items())


@given(st.lists(st.tuples(keys, texts)))
def test_texts_of_fields_come_out_as_they_went_in_whatever_their_order(entries: list[tuple[RecordField, str]]) -> None:
    says_what_a_dict_would(RecordFields(entries), dict(entries))


@given(st.lists(observed()))
def test_observations_come_out_as_they_went_in_wherever_each_was_seen(
    entries: list[tuple[RecordField, Observation]],
) -> None:
    says_what_a_dict_would(Observations(entries), dict(entries))


handed = st.builds(HandoffState, names, records, texts, texts, times, texts)


@given(st.lists(handed))
def test_states_of_handoffs_come_out_as_they_went_in_whatever_their_order(states: list[HandoffState]) -> None:
    packed, plain = HandoffStates(states), {it.about: it for it in states}
    assert packed == plain
    assert len(packed) == len(plain)
    assert set(packed.handoffs) == {it.handoff for it in states}
    assert all(packed[about] == it for about, it in plain.items())
    assert all(packed.of(handoff)[record] == it for (handoff, record), it in plain.items())
    assert ("briefs", "never") not in packed
    assert not packed.of("never")


def test_what_is_alike_is_held_once() -> None:
    entries = [((f"sheet {number}", "NL-1", "offer"), "20 % off".lower()) for number in range(3)]
    packed = RecordFields(entries)
    assert len({id(packed[key]) for key, _ in entries}) == 1
