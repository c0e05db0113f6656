"""The map of the work as a picture: a box per source, a numbered line per handoff, below it what the numbers mean."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from sheetsync.faces.flags import count
from sheetsync.faces.graph import approval_lines, demands, exception_line, group_lines, is_odd, marks, round_about
from sheetsync.faces.layers import Layout, Point, Spacing, Way, lay_out
from sheetsync.faces.tables import visible

Document = Mapping[str, Any]

_SPACING: Final = Spacing(column=248.0, between=120.0, gap=22.0)
_MARGIN: Final = 32.0
_LINE: Final = 16.0
_PAD: Final = 12.0
#: between two lines that end at one side of a box: their numbers stand there
_PORT: Final = 22.0
#: signs that fit on a line of a box, and of the text below for each pixel
_FITS: Final = 33
_PER_SIGN: Final = 6.6
_MOST_LINES: Final = 3
_NARROWEST: Final = 760.0
#: and a column of the text below
_READABLE: Final = 640.0
#: what XML cannot hold at all
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STYLE: Final = """
text { font: 12px system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: #1f2937; }
.name { font-size: 14px; font-weight: 600; } .small { fill: #5b6472; } .head { font-size: 15px; font-weight: 600; }
.box { fill: #ffffff; stroke: #8a94a6; } .ours { fill: #eef4ff; }
.way { fill: none; stroke: #64748b; stroke-width: 1.4; }
.odd { stroke: #c01c28; stroke-dasharray: 5 4; } text.odd { fill: #a51d2d; stroke: none; } .badge { fill: #334155; }
.badge.odd { fill: #a51d2d; stroke: none; } text.number { fill: #ffffff; font-size: 11px; text-anchor: middle; }
"""


def graph_svg(graph: Document) -> Iterator[str]:
    """The graph as one SVG document, which needs nothing but itself; line by line."""
    cards = {source["source"]: _card(graph, source) for source in graph["sources"]}
    into, out = _ends(graph, "to"), _ends(graph, "from")
    heights = {
        name: max(card.height, _PORT * (1 + max(into.get(name, 0), out.get(name, 0)))) for name, card in cards.items()
    }
    layout = lay_out(heights, ((it["from"], it["to"]) for it in graph["handoffs"]), _SPACING)
    width = max(layout.width, _NARROWEST) + 2 * _MARGIN
    columns = _columns(
        list(_legend(graph, int(_READABLE / _PER_SIGN))), int((width - _MARGIN) // (_READABLE + _MARGIN))
    )
    top = 2 * _MARGIN + _LINE
    height = top + layout.height + _MARGIN + _LINE * (max(map(len, columns)) + 1) + _MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="title">'
    )
    yield '<title id="title">Sources and handoffs</title>'
    yield f"<style>{_STYLE}</style>"
    yield "<defs>" + _arrow("arrow", "#64748b") + _arrow("arrow-odd", "#c01c28") + "</defs>"
    yield f'<rect width="{width:.0f}" height="{height:.0f}" fill="#f8fafc"/>'
    counted = f"{count(len(graph['sources']), 'source')}, {count(len(graph['handoffs']), 'handoff')}"
    yield _text(_MARGIN, _MARGIN + _LINE / 2, f"Who feeds whom: {counted}", "head")
    yield f'<g transform="translate({_MARGIN:.0f} {top:.0f})">'
    yield from _ways(graph, layout)
    for name, card in cards.items():
        yield from _box(card, layout, name)
    yield from _badges(graph, layout)
    yield "</g>"
    below = top + layout.height + _MARGIN
    for place, lines in enumerate(columns):
        left = _MARGIN + place * (_READABLE + _MARGIN)
        for number, line in enumerate(lines, start=1):
            yield _text(left + line.indent, below + _LINE * number, line.text, line.style)
    yield "</svg>"


# ---------------------------------------------------------------- boxes


@dataclass(frozen=True, slots=True)
class _Card:
    """What stands in a source's box: lines with their style, and everything in full."""

    lines: tuple[tuple[str, str], ...]
    full: str
    odd: bool
    ours: bool

    @property
    def height(self) -> float:
        return 2 * _PAD + _LINE * len(self.lines)


def _card(graph: Document, source: Document) -> _Card:
    name, approvals = source["source"], [it for it in graph["approvals"] if it["source"] == source["source"]]
    said = [f"owns {', '.join(source['owns'])}" if source["owns"] else "owns nothing"]
    said += [f"filled by us: {', '.join(source['generated'])}"] if source["generated"] else []
    said += [f"together: {', '.join(graph['groups'][group])}" for group in source["groups"]]
    said += [f"approval {it['approval']}: {', '.join(it['covers'])}" for it in approvals]
    odd = name in graph["unread"]
    said += ["nobody reads it"] if odd else []
    unowned = [field for field, sources in graph["ownerless"].items() if name in sources]
    lines = [(_cut(source["title"], _FITS - 6), "name"), (_cut(f"{source['team']} · {source['mode']}", _FITS), "small")]
    lines += [(line, "") for text in said for line in _folded(text, _FITS, _MOST_LINES)]
    if unowned:
        told = f"nobody owns {', '.join(unowned)}"
        lines += [(line, "odd") for line in _folded(told, _FITS, _MOST_LINES)]
        said.append(told)
    full = "\n".join([f"{name}: {source['title']} ({source['team']}, {source['mode']})", *said])
    return _Card(tuple(lines), full, odd, source["mode"] == "record")


def _box(card: _Card, layout: Layout, name: str) -> Iterator[str]:
    box = layout.boxes[name]
    style = "box" + " ours" * card.ours + " odd" * card.odd
    yield f"<g><title>{_safe(card.full)}</title>"
    yield (
        f'<rect class="{style}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        'rx="8"/>'
    )
    first = box.y + (box.height - _LINE * len(card.lines)) / 2 + _LINE - 4
    for number, (line, how) in enumerate(card.lines):
        yield _text(box.x + _PAD, first + _LINE * number, line, how)
    yield "</g>"


# ---------------------------------------------------------------- lines


def _ends(graph: Document, end: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for handoff in graph["handoffs"]:
        found[handoff[end]] = found.get(handoff[end], 0) + 1
    return found


def _ways(graph: Document, layout: Layout) -> Iterator[str]:
    circles = round_about(graph)
    for number, handoff in enumerate(graph["handoffs"], start=1):
        edge = (handoff["from"], handoff["to"])
        if (way := layout.ways.get(edge)) is None:
            continue
        odd = edge in circles
        full = "\n".join(
            [f"{number}: {handoff['id']}", *(f"{what}: {', '.join(of)}" for what, of in demands(handoff).items())]
        )
        end = "arrow-odd" if odd else "arrow"
        yield (
            f'<path class="way{" odd" * odd}" d="{_curve(way)}" marker-end="url(#{end})">'
            f"<title>{_safe(full)}</title></path>"
        )


def _curve(way: Way) -> str:
    """Level where it leaves, passes and arrives, bent in between."""
    first, *points = way.points
    parts = [f"M{first[0]:.1f} {first[1]:.1f}"]
    for (ax, ay), (bx, by) in zip(way.points, points, strict=False):
        middle = (ax + bx) / 2
        parts.append(f"C{middle:.1f} {ay:.1f} {middle:.1f} {by:.1f} {bx:.1f} {by:.1f}")
    return "".join(parts)


def _badges(graph: Document, layout: Layout) -> Iterator[str]:
    """The numbers, right before what each line leads to, where no two lines meet."""
    circles = round_about(graph)
    for number, handoff in enumerate(graph["handoffs"], start=1):
        edge = (handoff["from"], handoff["to"])
        if (way := layout.ways.get(edge)) is None:
            continue
        x, y = _before_end(way)
        odd = " odd" if edge in circles else ""
        yield f'<circle class="badge{odd}" cx="{x:.1f}" cy="{y:.1f}" r="9"/>' + _text(x, y + 4, str(number), "number")


def _before_end(way: Way) -> Point:
    x, y = way.points[-1]
    return (x + 20 if way.back else x - 20), y


def _arrow(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    )


# ---------------------------------------------------------------- what the numbers mean


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    style: str = ""
    indent: float = 0.0


def _columns(lines: Sequence[_Line], most: int) -> list[list[_Line]]:
    """Lines side by side in so many columns; none begins in the middle of what belongs together."""
    columns: list[list[_Line]] = [[]]
    share = len(lines) / max(1, most)
    for line in lines:
        if len(columns[-1]) >= share and not line.indent:
            columns.append([])
        if line.text or columns[-1]:
            columns[-1].append(line)
    return columns


def _legend(graph: Document, signs: int) -> Iterator[_Line]:
    for number, handoff in enumerate(graph["handoffs"], start=1):
        yield _Line(f"{number}  {handoff['from']} → {handoff['to']}", "name")
        for what, of in demands(handoff).items():
            yield from (_Line(line, "", 24) for line in _folded(f"{what}: {', '.join(of)}", signs - 6))
    for title, lines in (("Groups", group_lines(graph)), ("Approvals", approval_lines(graph))):
        yield from _section(title, [(line, "") for line in lines], signs)
    exceptions = [(exception_line(one), "odd" if is_odd(one) else "") for one in graph["exceptions"]]
    yield from _section("Exceptions", exceptions, signs)
    yield from _section("To be looked at", [(line, "odd") for line in marks(graph)], signs)


def _section(title: str, lines: Sequence[tuple[str, str]], signs: int) -> Iterator[_Line]:
    if lines:
        yield _Line("")
        yield _Line(title, "head")
    for text, style in lines:
        yield from (_Line(line, style, 24) for line in _folded(text, signs - 6))


# ---------------------------------------------------------------- texts


def _text(x: float, y: float, said: str, style: str = "") -> str:
    of = f' class="{style}"' if style else ""
    return f'<text x={quoteattr(f"{x:.1f}")} y="{y:.1f}"{of}>{_safe(said)}</text>'


def _safe(text: str) -> str:
    """A text that is text everywhere: no mark-up, nothing that turns a line around, nothing XML does not know."""
    return escape(_NO_XML.sub("\ufffd", visible(text)), {'"': "&quot;", "'": "&apos;"})


def _folded(text: str, signs: int, most: int = 0) -> list[str]:
    """A text in lines of so many signs; of more than `most` lines the last one shows that it goes on."""
    narrow = max(8, signs * len(text) // max(1, _width(text)))
    lines = wrap(" ".join(text.split()), narrow) or [""]
    return lines if not most or len(lines) <= most else [*lines[: most - 1], _cut(lines[most - 1] + " …", signs, True)]


def _cut(text: str, signs: int, goes_on: bool = False) -> str:
    text = " ".join(text.split())
    if _width(text) <= signs and not goes_on:
        return text
    text = text.removesuffix("…").rstrip()
    while text and _width(text) > signs - 1:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def _width(text: str) -> int:
    """How many narrow signs wide a text is."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
