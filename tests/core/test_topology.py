"""What the shape of the graph says."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.graph import Handoff, claimed_by
from sheetsync.core.seal import bearing_on
from sheetsync.core.topology import cycles, ownerless, unread
from tests.core.builders import rules

edges = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), max_size=14)


def reached(start: str, graph: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    while more := {b for a, b in graph if a in {start, *found}} - found:
        found |= more
    return found


@given(edges)
def test_a_source_is_on_a_way_round_or_beside_one_exactly_when_it_comes_back_to_itself(
    graph: set[tuple[str, str]],
) -> None:
    found = cycles(graph)
    for circle in found:
        assert set(zip(circle, [*circle[1:], circle[0]], strict=True)) <= graph
        assert len(set(circle)) == len(circle)
    returning = {name for name in "abcdef" if name in reached(name, graph)}
    assert {name for circle in found for name in circle} == returning


def test_a_graph_without_a_way_back_has_no_cycle() -> None:
    assert cycles([("briefs", "landing"), ("landing", "utm"), ("briefs", "utm")]) == ()
    assert cycles([("b", "a"), ("a", "c"), ("c", "b")]) == (("a", "c", "b"),)


def test_a_field_that_is_claimed_and_neither_owned_nor_made_has_no_owner() -> None:
    one = rules()
    before = ownerless(one)
    assert "flight_end" not in before
    without = replace(one, owners={name: owner for name, owner in one.owners.items() if name != "flight_end"})
    assert ownerless(without).keys() - before.keys() == {"flight_end"}
    assert "tracking_url" not in ownerless(without), "what we make needs no owner"


def test_a_source_that_feeds_another_or_lists_the_campaigns_is_read() -> None:
    one = rules()
    before = unread(one)
    assert before
    fed = replace(one, handoffs=(*one.handoffs, Handoff(before[0], next(iter(one.sources)), {})))
    assert before[0] not in unread(fed)


def test_what_a_range_or_a_line_through_a_row_may_say_counts_as_said() -> None:
    one = rules()
    name, source = next((name, it) for name, it in one.sources.items() if "flight_end" in it.columns)
    columns = {field: texts for field, texts in source.columns.items() if field != "flight_end"}
    fields = {**one.fields, "flight_start": replace(one.fields["flight_start"], until="flight_end")}
    only_start = replace(source, columns=columns, struck_means="cancelled")
    status = f"{source.rows_are}_status"
    assert {"flight_end", status} <= set(claimed_by(only_start, fields))
    assert set(claimed_by(source, one.fields)) == set(source.columns)
    without = replace(one, fields=fields, sources={name: only_start}, owners={})
    assert {"flight_end", status} <= ownerless(without).keys()
    owner = replace(source, name="owner", columns={"flight_end": ("End",)})
    owned = replace(without, sources={name: only_start, "owner": owner}, owners={"flight_end": "owner"}, handoffs=())
    assert bearing_on([only_start], owned) == (name, "owner"), "whoever owns the end bears on what is said beside it"
