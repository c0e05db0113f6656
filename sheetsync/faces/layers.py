"""Where the boxes of a directed graph stand on a page: layers from left to right, few crossings, straight lines.

Pure geometry: names, sizes and edges in, places out. The same graph is always laid out alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Edge = tuple[str, str]
Point = tuple[float, float]

#: rounds of ordering and of straightening; more change nothing one could see
_ROUNDS: Final = 12
#: how high a line is where it passes between boxes
_LINE: Final = 14.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one edge, from its giver to its receiver; `back`: it runs against the direction of the others."""

    points: tuple[Point, ...]
    back: bool


@dataclass(frozen=True)
class Layout:
    """Everything placed."""

    boxes: Mapping[str, Box]
    ways: Mapping[Edge, Way]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Spacing:
    """Widths of the columns and of what stands between, in pixels."""

    column: float
    between: float
    gap: float


def lay_out(heights: Mapping[str, float], edges: Iterable[Edge], spacing: Spacing) -> Layout:
    """Place boxes of these heights, in columns, so that as many edges as can be lead from left to right."""
    wanted = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1]]
    backward = _backward(tuple(heights), wanted)
    forward = {edge: (edge[1], edge[0]) if edge in backward else edge for edge in wanted}
    columns = _columns(tuple(heights), forward.values())
    chains = {edge: _chain(edge, forward[edge], columns) for edge in wanted}
    layers: list[list[str]] = [[] for _ in range(max(columns.values(), default=-1) + 1)]
    for name, column in columns.items():
        layers[column].append(name)
    links: list[Edge] = []
    for edge, chain in chains.items():
        start = columns[forward[edge][0]]
        for step, name in enumerate(chain[1:-1], start=1):
            layers[start + step].append(name)
        links += pairwise(chain)
    links = list(dict.fromkeys(links))
    layers = _ordered(layers, links)
    tall = {name: heights.get(name, _LINE) for layer in layers for name in layer}
    middles = _middles(layers, links, tall, spacing.gap)
    return _placed(heights, layers, middles, chains, backward, spacing)


def _backward(names: Sequence[str], edges: Sequence[Edge]) -> frozenset[Edge]:
    """Edges that close a circle when one walks through the graph in order."""
    following: dict[str, list[str]] = {name: [] for name in names}
    for giver, receiver in edges:
        following[giver].append(receiver)
    found: set[Edge] = set()
    state: dict[str, int] = {}
    for root in names:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(following[root]))]
        while stack:
            name, rest = stack[-1]
            for other in rest:
                if state.get(other) == 1:
                    found.add((name, other))
                elif other not in state:
                    state[other] = 1
                    stack.append((other, iter(following[other])))
                    break
            else:
                state[name] = 2
                stack.pop()
    return frozenset(found)


def _columns(names: Sequence[str], edges: Iterable[Edge]) -> dict[str, int]:
    """Each box right of all that feed it; one that nothing feeds as near to what it feeds as can be."""
    before: dict[str, list[str]] = {name: [] for name in names}
    after: dict[str, list[str]] = {name: [] for name in names}
    for giver, receiver in edges:
        before[receiver].append(giver)
        after[giver].append(receiver)
    column = dict.fromkeys(names, 0)
    for _ in names:
        for name in names:
            column[name] = max((column[other] + 1 for other in before[name]), default=0)
    for name in names:
        if not before[name] and after[name]:
            column[name] = min(column[other] for other in after[name]) - 1
    return column


def _chain(edge: Edge, forward: Edge, columns: Mapping[str, int]) -> tuple[str, ...]:
    """An edge as steps from column to column, through names that no box can have."""
    first, last = columns[forward[0]], columns[forward[1]]
    between = (f"\0{edge[0]}\0{edge[1]}\0{column}" for column in range(first + 1, last))
    return (forward[0], *between, forward[1])


# ---------------------------------------------------------------- few crossings


def _ordered(layers: Sequence[Sequence[str]], links: Sequence[Edge]) -> list[list[str]]:
    left, right = _neighbours(links)
    best = current = [list(layer) for layer in layers]
    fewest = _crossings(best, links)
    for turn in range(_ROUNDS):
        to_the_right = turn % 2 == 0
        current = _swept(current, left if to_the_right else right, to_the_right)
        if (crossings := _crossings(current, links)) < fewest:
            best, fewest = current, crossings
    return best


def _neighbours(links: Iterable[Edge]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    left: dict[str, list[str]] = {}
    right: dict[str, list[str]] = {}
    for one, other in links:
        right.setdefault(one, []).append(other)
        left.setdefault(other, []).append(one)
    return left, right


def _swept(layers: Sequence[Sequence[str]], fixed: Mapping[str, list[str]], to_the_right: bool) -> list[list[str]]:
    """Each layer sorted by the middle of its neighbours on the side that stands already."""
    place: dict[str, float] = {}
    swept: list[list[str]] = []
    for layer in layers if to_the_right else reversed(layers):
        here = {name: float(at) for at, name in enumerate(layer)}
        middles = {name: _mean((place[other] for other in fixed.get(name, ())), here[name]) for name in layer}
        ordered = sorted(layer, key=middles.__getitem__)
        place |= {name: float(at) for at, name in enumerate(ordered)}
        swept.append(ordered)
    return swept if to_the_right else swept[::-1]


def _crossings(layers: Sequence[Sequence[str]], links: Sequence[Edge]) -> int:
    at = {name: (column, row) for column, layer in enumerate(layers) for row, name in enumerate(layer)}
    by_column: dict[int, list[tuple[int, int]]] = {}
    for one, other in links:
        by_column.setdefault(at[one][0], []).append((at[one][1], at[other][1]))
    return sum(
        (a - c) * (b - d) < 0
        for pairs in by_column.values()
        for number, (a, b) in enumerate(pairs)
        for c, d in pairs[:number]
    )


# ---------------------------------------------------------------- heights


def _middles(
    layers: Sequence[Sequence[str]], links: Sequence[Edge], tall: Mapping[str, float], gap: float
) -> Mapping[str, float]:
    """Each box as near to the middle of its neighbours as the order of its layer lets it be."""
    left, right = _neighbours(links)
    middles: dict[str, float] = {}
    for layer in layers:
        middles |= _spread(layer, dict.fromkeys(layer, 0.0), tall, gap)
    for turn in range(_ROUNDS):
        sides = (left, right) if turn % 2 == 0 else (right, left)
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wanted = {
                name: _mean((middles[other] for side in sides for other in side.get(name, ())), middles[name])
                for name in layer
            }
            middles |= _spread(layer, wanted, tall, gap)
    top = min((middles[name] - tall[name] / 2 for name in middles), default=0.0)
    return {name: middle - top for name, middle in middles.items()}


def _mean(of: Iterable[float], otherwise: float) -> float:
    numbers = list(of)
    return sum(numbers) / len(numbers) if numbers else otherwise


def _spread(
    layer: Sequence[str], wanted: Mapping[str, float], tall: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Heights in the order of a layer, none upon another, together as near to the wanted ones as can be."""
    offsets: list[float] = []
    for number, name in enumerate(layer):
        before = layer[number - 1] if number else name
        step = (tall[before] + tall[name]) / 2 + gap if number else 0.0
        offsets.append((offsets[-1] if offsets else 0.0) + step)
    # Pools of boxes that touch: each stands where the mean of what its boxes want is.
    pools: list[tuple[float, int]] = []
    for name, offset in zip(layer, offsets, strict=True):
        total, size = wanted[name] - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / size:
            more, others = pools.pop()
            total, size = total + more, size + others
        pools.append((total, size))
    bases = [total / size for total, size in pools for _ in range(size)]
    return {name: base + offset for name, base, offset in zip(layer, bases, offsets, strict=True)}


# ---------------------------------------------------------------- places


def _placed(
    heights: Mapping[str, float],
    layers: Sequence[Sequence[str]],
    middles: Mapping[str, float],
    chains: Mapping[Edge, tuple[str, ...]],
    backward: frozenset[Edge],
    spacing: Spacing,
) -> Layout:
    step = spacing.column + spacing.between
    column = {name: number for number, layer in enumerate(layers) for name in layer}
    boxes = {
        name: Box(column[name] * step, middles[name] - height / 2, spacing.column, height)
        for name, height in heights.items()
    }
    out = _ports({edge: (chain[0], middles[chain[1]]) for edge, chain in chains.items()}, boxes)
    into = _ports({edge: (chain[-1], middles[chain[-2]]) for edge, chain in chains.items()}, boxes)
    ways: dict[Edge, Way] = {}
    for edge, chain in chains.items():
        points: list[Point] = [(boxes[chain[0]].x + spacing.column, out[edge])]
        for name in chain[1:-1]:
            points += [(column[name] * step, middles[name]), (column[name] * step + spacing.column, middles[name])]
        points.append((boxes[chain[-1]].x, into[edge]))
        back = edge in backward
        ways[edge] = Way(tuple(reversed(points)) if back else tuple(points), back)
    width = max((box.x + box.width for box in boxes.values()), default=0.0)
    bottoms = [middles[name] + heights.get(name, _LINE) / 2 for name in middles]
    return Layout(boxes, ways, width, max(bottoms, default=0.0))


def _ports(ends: Mapping[Edge, tuple[str, float]], boxes: Mapping[str, Box]) -> Mapping[Edge, float]:
    """Where along a side of its box each edge ends: evenly, in the order in which they come from there."""
    of_box: dict[str, list[tuple[float, Edge]]] = {}
    for edge, (name, towards) in ends.items():
        of_box.setdefault(name, []).append((towards, edge))
    ports: dict[Edge, float] = {}
    for name, found in of_box.items():
        box = boxes[name]
        for number, (_, edge) in enumerate(sorted(found), start=1):
            ports[edge] = box.y + box.height * number / (len(found) + 1)
    return ports
