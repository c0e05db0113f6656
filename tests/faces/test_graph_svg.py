"""The drawn graph: boxes that do not touch, lines that lead on, and no text a browser would act on."""

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.topology import cycles
from sheetsync.faces.graph_svg import graph_svg
from sheetsync.faces.layers import Box, Edge, Layout, Spacing, lay_out

SPACING = Spacing(100, 50, 10)
NAMES = [f"s{number}" for number in range(20)]
SVG = "{http://www.w3.org/2000/svg}"

names = st.sampled_from(NAMES)
edges = st.lists(st.tuples(names, names).filter(lambda edge: edge[0] != edge[1]), max_size=40, unique=True)
heights = st.fixed_dictionaries({name: st.floats(20, 200) for name in NAMES})
#: lone halves of surrogate pairs, zeros and marks that turn a line around included
anything = st.text(st.characters(), max_size=60)


def overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y + 0.001 or other.y + other.height <= one.y + 0.001
    return not beside and not above


# ---------------------------------------------------------------- laws: where things stand


@settings(max_examples=40, deadline=None)
@given(heights, edges)
def test_no_two_boxes_touch_and_all_are_on_the_page(tall: Mapping[str, float], feeds: list[Edge]) -> None:
    layout = lay_out(tall, feeds, SPACING)
    boxes = list(layout.boxes.values())
    assert layout.boxes.keys() == set(NAMES)
    for number, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in boxes[:number])
        assert box.y >= -0.001
        assert box.y + box.height <= layout.height + 0.001
        assert box.x + box.width <= layout.width


@settings(max_examples=40, deadline=None)
@given(heights, edges)
def test_each_line_leads_from_its_giver_to_its_receiver_and_goes_back_only_in_a_circle(
    tall: Mapping[str, float], feeds: list[Edge]
) -> None:
    layout = lay_out(tall, feeds, SPACING)
    assert layout.ways.keys() == set(feeds)
    for (giver, receiver), way in layout.ways.items():
        (ax, ay), (bx, by) = way.points[0], way.points[-1]
        one, other = layout.boxes[giver], layout.boxes[receiver]
        assert one.y < ay < one.y + one.height
        assert other.y < by < other.y + other.height
        assert (ax, bx) == ((one.x, other.x + 100) if way.back else (one.x + 100, other.x))
        assert (bx < ax) is way.back
    # Without the lines that go back nothing goes round; without a circle none goes back.
    assert not cycles(edge for edge, way in layout.ways.items() if not way.back)
    assert any(way.back for way in layout.ways.values()) is bool(cycles(feeds))
    assert not crosses_a_box(layout)


def crosses_a_box(layout: Layout) -> bool:
    """Whether a level piece of a line runs through a box."""
    return any(
        box.x < (ax + bx) / 2 < box.x + box.width and box.y < ay < box.y + box.height
        for way in layout.ways.values()
        for (ax, ay), (bx, by) in zip(way.points, way.points[1:], strict=False)
        if ay == by
        for box in layout.boxes.values()
    )


@settings(max_examples=20, deadline=None)
@given(heights, edges)
def test_the_same_graph_is_always_laid_out_alike(tall: Mapping[str, float], feeds: list[Edge]) -> None:
    assert lay_out(tall, feeds, SPACING) == lay_out(dict(tall), list(feeds), SPACING)


def test_two_lines_that_end_at_one_side_end_apart() -> None:
    layout = lay_out(dict.fromkeys("abcd", 60.0), [("a", "d"), ("b", "d"), ("c", "d")], SPACING)
    assert sorted(way.points[-1][1] - layout.boxes["d"].y for way in layout.ways.values()) == [15, 30, 45]


# ---------------------------------------------------------------- laws: what stands there


def drawn(said: str, feeds: list[Edge]) -> dict[str, Any]:
    """A graph in which everything people can type is this."""
    return {
        "sources": [
            {
                "source": name,
                "title": said,
                "team": said,
                "mode": "record" if name == "s1" else "columns",
                "owns": [said],
                "generated": [said],
                "groups": ["g"],
            }
            for name in NAMES
        ],
        "handoffs": [
            {"id": f"{a}->{b}", "from": a, "to": b, "contracts": {"offer": said}, "ready_when": said} for a, b in feeds
        ],
        "groups": {"g": [said]},
        "approvals": [
            {
                "approval": said,
                "source": "s2",
                "state": said,
                "granted": [said],
                "covers": [said],
                "claims": {"s3": said},
                "asked_by": [],
            }
        ],
        "exceptions": [
            {
                "contract": "s0->s1.offer",
                "records": [said],
                "reason": said,
                "until": "2026-11-01",
                "ended": True,
                "unknown": [said],
            }
        ],
        "cycles": [list(circle) for circle in cycles(feeds)],
        "ownerless": {said: ["s4"]},
        "unread": ["s5"],
        "generated": {},
    }


@settings(max_examples=40, deadline=None)
@given(anything | st.just("</text><script>alert(1)</script>]]>&amp;\"'\x00\u202e"), edges)
def test_nothing_people_typed_is_anything_but_text(said: str, feeds: list[Edge]) -> None:
    plain = ElementTree.fromstring("\n".join(graph_svg(drawn("text", feeds))))  # noqa: S314 - our own
    svg = "\n".join(graph_svg(drawn(said, feeds)))
    root = ElementTree.fromstring(svg.encode())  # noqa: S314 - our own
    assert {part.tag for part in root.iter()} == {part.tag for part in plain.iter()}
    assert {name for part in root.iter() for name in part.attrib} == {n for part in plain.iter() for n in part.attrib}
    assert "script" not in {part.tag.removeprefix(SVG) for part in root.iter()}
    assert not re.search("[\u202a\u202b\u202d\u202e\u2066\u2067]", svg)
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "").replace(said, "")


@settings(max_examples=20, deadline=None)
@given(edges)
def test_every_source_has_its_box_and_every_handoff_its_number_and_its_line_below(feeds: list[Edge]) -> None:
    root = ElementTree.fromstring("\n".join(graph_svg(drawn("said", feeds))))  # noqa: S314 - our own
    texts = ["".join(part.itertext()) for part in root.iter(f"{SVG}text")]
    classes = [part.get("class", "") for part in root.iter()]
    assert sum(one.startswith("box") for one in classes) == len(NAMES)
    assert [text for text in texts if text.isdigit()] == [str(number) for number in range(1, len(feeds) + 1)]
    for number, (giver, receiver) in enumerate(feeds, start=1):
        assert f"{number}  {giver} → {receiver}" in texts
    in_circles = {(a, b) for circle in cycles(feeds) for a, b in zip(circle, [*circle[1:], circle[0]], strict=True)}
    assert sum(one == "way odd" for one in classes) == len(in_circles)
    assert "nobody reads it" in texts
    assert "nobody owns said" in texts
    assert any("exception ended" in text for text in texts)
