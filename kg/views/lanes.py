"""Where lines run that join marks of one column: as brackets to the right of its labels, each down a lane of its own.

A line leaves a label at its right end, goes down (or up) its lane and comes back to the label of the other end. Short
lines have the inner lanes, two lines share a lane only where one ends above the other, and at every label the arms
leave in such an order that no two lines from it cross. Lanes draw nearer to each other when there are many.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from kg.views.layout import MARGIN, MARK
from kg.views.network import GraphEdge, GraphNode, Network

_CLEAR = 22.0  # from the labels to the first lane: room for the tip of a line
_PITCH = 7.0
_ROOM = 190.0  # for all lanes; more would make the letters smaller than can be read on a usual screen
_AT_FIRST = 140.0  # of these for the kinds that are drawn at first
_ARMS = 5.0  # between the arms at one label
_ITSELF = 2.0  # ranks the arms of a line from a claim to itself outside all others


@dataclass(frozen=True, slots=True)
class Bracket:
    """A line down a lane at `x`; `arms` are the heights at which it meets its ends, in their order in `GraphEdge`."""

    x: float
    arms: tuple[float, ...]


def is_beside(edge: GraphEdge, nodes: Mapping[str, GraphNode]) -> bool:
    """Whether all ends of the edge stand in one column, so that it is drawn as a bracket."""
    return len({nodes[end].tier for end in edge.ends}) == 1


def make_room(network: Network, later: Set[str] = frozenset()) -> tuple[Network, Mapping[str, Bracket]]:
    """The picture with room for its brackets, columns to the right of them moved away, and the brackets by edge.

    Kinds that are drawn `later`, when somebody wants them, have the outer lanes.
    """
    nodes = {node.id: node for node in network.nodes}
    beside: dict[str, list[GraphEdge]] = defaultdict(list)
    for edge in network.edges:
        if is_beside(edge, nodes):
            beside[nodes[edge.source].tier].append(edge)
    brackets: dict[str, Bracket] = {}
    for column in [column.key for column in network.columns if column.key in beside]:
        places = {node.id: (node.y, node.height) for node in network.nodes if node.tier == column}
        first = next(c for c in network.columns if c.key == column)
        start = first.x + MARK + first.width + _CLEAR
        groups = [[edge for edge in beside[column] if (edge.kind in later) == late] for late in (False, True)]
        xs: dict[str, float] = {}
        used = 0.0
        for group, room in zip(groups, (_AT_FIRST if groups[1] else _ROOM, _ROOM), strict=True):
            lanes = _lanes(group, places)
            number = 1 + max(lanes.values(), default=-1)
            pitch = min(_PITCH, (room - used) / max(1, number))
            xs |= {name: start + used + lane * pitch for name, lane in lanes.items()}
            used += number * pitch
        arms = _arms(beside[column], places, xs)
        for edge in beside[column]:
            brackets[edge.id] = Bracket(float(round(xs[edge.id])), tuple(arms[edge.id]))
        network = _moved(network, first.x, _CLEAR + used)
    return network, brackets


def _lanes(edges: Sequence[GraphEdge], places: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    """The lane of every edge, counted from the labels."""
    spans = []
    for edge in edges:
        ys = [places[end][0] for end in edge.ends]
        top, bottom = min(ys), max(ys)
        if top == bottom:  # from a claim to itself: as high as its label
            half = places[edge.source][1] / 2
            top, bottom = top - half, bottom + half
        spans.append((bottom - top, top, bottom, edge.id))
    lanes: list[list[tuple[float, float]]] = []
    found: dict[str, int] = {}
    for _, top, bottom, name in sorted(spans):
        number = next((i for i, taken in enumerate(lanes) if _is_free(taken, top, bottom)), len(lanes))
        if number == len(lanes):
            lanes.append([])
        insort(lanes[number], (top, bottom))
        found[name] = number
    return found


def _is_free(taken: Sequence[tuple[float, float]], top: float, bottom: float) -> bool:
    """Whether nothing in the lane overlaps; what ends where this begins does not."""
    after = bisect_left(taken, (top, top))
    return (after == len(taken) or taken[after][0] >= bottom) and (after == 0 or taken[after - 1][1] <= top)


def _arms(
    edges: Sequence[GraphEdge], places: Mapping[str, tuple[float, float]], lane: Mapping[str, float]
) -> dict[str, list[float]]:
    """The heights of all arms. From the top of a label down: lines that lead up, the inner lanes first, those that pass
    it, then those that lead down, the outer lanes first. Only so do lines that leave one label never cross each other.
    """
    at: dict[str, list[tuple[float, float, str, int]]] = defaultdict(list)
    for edge in edges:
        ys = [places[end][0] for end in edge.ends]
        for number, end in enumerate(edge.ends):
            rank: tuple[float, float]
            if min(ys) == max(ys):
                rank = (-_ITSELF if number == 0 else _ITSELF, 0)
            elif ys[number] == max(ys):
                rank = (-1, lane[edge.id])
            elif ys[number] == min(ys):
                rank = (1, -lane[edge.id])
            else:
                rank = (0, lane[edge.id])
            at[end].append((*rank, edge.id, number))
    heights: dict[str, list[float]] = {edge.id: [0.0] * len(edge.ends) for edge in edges}
    for end, arms in at.items():
        y, height = places[end]
        step = min(_ARMS, (height - 8) / max(1, len(arms) - 1))
        for place, (side, _, name, number) in enumerate(sorted(arms)):
            offset = (place - (len(arms) - 1) / 2) * step
            if abs(side) == _ITSELF:  # wide enough to be seen
                offset = math.copysign(height / 2 - 4, side)
            heights[name][number] = float(round(y + offset))
    return heights


def _moved(network: Network, beyond: float, by: float) -> Network:
    """The picture wider by so much, everything to the right of the column at `beyond` moved."""
    extra = by if any(column.x > beyond for column in network.columns) else max(0.0, by - MARGIN / 2)
    return replace(
        network,
        width=network.width + extra,
        columns=tuple(replace(c, x=c.x + extra) if c.x > beyond else c for c in network.columns),
        nodes=tuple(replace(n, x=float(round(n.x + extra))) if n.x > beyond else n for n in network.nodes),
        edges=tuple(
            replace(e, route=tuple((x + extra if x > beyond else x, y) for x, y in e.route)) for e in network.edges
        ),
    )
