"""Where the marks of a tiered picture stand: worked out once, from nothing but the boxes and their links.

Columns from left to right; the order inside each is found by barycentre sweeps and exchanges of neighbours, which keep
the arrangement with the fewest crossings; then every box moves as near to its neighbours as order and spacing allow.
There is no chance in it and no simulation, so the same boxes and links give the same picture everywhere.

A link that skips columns gets a lane in each of them, shared by all links to the same target: lines never run behind
the labels of a column that does not concern them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Between a mark's centre and its label; between a label's end and the marks of the next column; between two boxes.
MARK = 13.0
GUTTER = 104.0
GAP = 6.0
MARGIN = 22.0
LANE = 9.0

LINE = 17.0
NOTE_LINE = 14.0
PADDING = 8.0
_LETTER = 6.2  # mean width of a letter at 13 px, on the safe side

_SWEEPS = 16
_EXCHANGES = 6
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A mark with its label: `tier` counts columns from the left, `width` and `height` are the label's, in pixels."""

    id: str
    tier: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Link:
    """A line to be drawn; `weight` pulls harder."""

    id: str
    source: str
    target: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of the marks, points on the way of the lines that skip columns, left edges of columns, and the size."""

    positions: Mapping[str, tuple[float, float]]
    routes: Mapping[str, tuple[tuple[float, float], ...]]
    columns: Mapping[int, float]
    width: float
    height: float


def lines_needed(text: str, width: float, most: int = 2) -> int:
    """How many lines of `width` pixels the text will want, at most `most`. A guess: fonts differ among readers."""
    length = _LETTER * 2 + sum(
        _LETTER * (1.9 if unicodedata.east_asian_width(letter) in "WF" else 1.0) for letter in text
    )
    return max(1, min(most, -int(-length // width)))


def box_height(lines: int, *, note: bool) -> float:
    return lines * LINE + (NOTE_LINE if note else 0.0) + PADDING


def lay_out(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """Positions for all boxes. The order in which they come decides where nothing else does.

    A link inside a column pulls its ends together (it is drawn as an arc); one leading back to the left does nothing.
    """
    tiers = sorted({box.tier for box in boxes})
    columns, right = _columns(boxes, tiers)
    layers = _Layers.of(boxes, links, tiers)
    layers.reduce_crossings()
    ys, height = layers.heights()
    positions = {box.id: (columns[box.tier], ys[box.id]) for box in boxes}
    widths = {tier: max(box.width for box in boxes if box.tier == tier) for tier in tiers}
    routes = {
        link: tuple(
            point
            for lane, tier in lanes
            for point in ((columns[tier] - MARK, ys[lane]), (columns[tier] + MARK + widths[tier], ys[lane]))
        )
        for link, lanes in layers.lanes.items()
    }
    return Layout(positions, routes, columns, right, height)


def _columns(boxes: Sequence[Box], tiers: Sequence[int]) -> tuple[dict[int, float], float]:
    columns: dict[int, float] = {}
    x = MARGIN
    for tier in tiers:
        columns[tier] = x
        x += MARK + max(box.width for box in boxes if box.tier == tier) + GUTTER
    return columns, max(0.0, x - GUTTER) + MARGIN


@dataclass(slots=True)
class _Layers:
    """The columns as lists of ids in their order, with the lanes among them."""

    order: list[list[str]]
    tall: dict[str, float]
    # For each id its neighbours one column to the left, one to the right and in its own, with the weight of the links.
    left: dict[str, dict[str, float]]
    right: dict[str, dict[str, float]]
    beside: dict[str, dict[str, float]]
    lanes: dict[str, list[tuple[str, int]]]

    @classmethod
    def of(cls, boxes: Sequence[Box], links: Sequence[Link], tiers: Sequence[int]) -> _Layers:
        place = {box.id: tiers.index(box.tier) for box in boxes}
        order: list[list[str]] = [[] for _ in tiers]
        for box in boxes:
            order[place[box.id]].append(box.id)
        layers = cls(order, {box.id: box.height for box in boxes}, {}, {}, {}, {})
        for link in links:
            start, end = place[link.source], place[link.target]
            if start == end and link.source != link.target:
                layers.beside.setdefault(link.source, {})[link.target] = link.weight
                layers.beside.setdefault(link.target, {})[link.source] = link.weight
            if start >= end:
                continue
            before = link.source
            for layer in range(start + 1, end):
                lane = f"lane {layer} to {link.target}"
                if lane not in layers.tall:
                    layers.tall[lane] = LANE
                    order[layer].append(lane)
                layers.lanes.setdefault(link.id, []).append((lane, tiers[layer]))
                layers._join(before, lane, link.weight)
                before = lane
            layers._join(before, link.target, link.weight)
        return layers

    def _join(self, source: str, target: str, weight: float) -> None:
        for here, there, side in ((source, target, self.right), (target, source, self.left)):
            neighbours = side.setdefault(here, {})
            neighbours[there] = neighbours.get(there, 0.0) + weight

    def reduce_crossings(self) -> None:
        best, fewest = [list(layer) for layer in self.order], self.crossings()
        for sweep in range(_SWEEPS):
            rightward = sweep % 2 == 1  # the claims come in strands, so the first sweep carries these to the left
            indexes = range(1, len(self.order)) if rightward else range(len(self.order) - 2, -1, -1)
            for index in indexes:
                self._sort(index, self.left if rightward else self.right, index - 1 if rightward else index + 1)
            if (crossings := self.crossings()) < fewest:
                best, fewest = [list(layer) for layer in self.order], crossings
        self.order = best
        for _ in range(_EXCHANGES):
            exchanged = [self._exchange(index) for index in range(len(self.order))]
            if not any(exchanged):
                break

    def _sort(self, index: int, side: Mapping[str, Mapping[str, float]], towards: int) -> None:
        rank = {name: number for number, name in enumerate(self.order[towards])}
        layer = self.order[index]
        keys = {name: _mean(rank, side[name]) for name in layer if name in side}
        # What nothing pulls from there stands with those of its own column that it is linked to, or stays where it is.
        for number, name in enumerate(layer):
            if name not in side:
                peers = {peer: weight for peer, weight in self.beside.get(name, {}).items() if peer in side}
                keys[name] = _mean(keys, peers) if peers else number * len(rank) / len(layer)
        layer.sort(key=lambda name: keys[name])

    def _exchange(self, index: int) -> bool:
        """Swaps neighbours of a column wherever that leaves fewer crossings; whether any were swapped."""
        layer, swapped = self.order[index], False
        ranks: list[tuple[Mapping[str, Mapping[str, float]], dict[str, int]]] = []
        if index > 0:
            ranks.append((self.left, {name: number for number, name in enumerate(self.order[index - 1])}))
        if index + 1 < len(self.order):
            ranks.append((self.right, {name: number for number, name in enumerate(self.order[index + 1])}))
        for number in range(len(layer) - 1):
            upper, lower = layer[number], layer[number + 1]
            gain = 0
            for side, rank in ranks:
                ups = sorted(rank[other] for other in side.get(upper, ()))
                lows = sorted(rank[other] for other in side.get(lower, ()))
                gain += _inversions(ups, lows) - _inversions(lows, ups)
            if gain > 0:
                layer[number], layer[number + 1] = lower, upper
                swapped = True
        return swapped

    def crossings(self) -> int:
        total = 0
        for here, there in pairwise(self.order):
            rank = {name: number for number, name in enumerate(there)}
            seen: list[int] = []
            for name in here:
                ends = sorted(rank[other] for other in self.right.get(name, ()))
                total += sum(len(seen) - bisect_right(seen, end) for end in ends)
                for end in ends:
                    insort(seen, end)
        return total

    def heights(self) -> tuple[dict[str, float], float]:
        """The y of every box and lane, and the height of the whole."""
        height = max((self._stacked(layer) for layer in self.order), default=0.0) + 2 * MARGIN
        ys: dict[str, float] = {}
        for layer in self.order:  # first evenly over the full height
            spare = (height - 2 * MARGIN - self._stacked(layer)) / max(1, len(layer))
            y = MARGIN
            for name in layer:
                y += self.tall[name] + spare
                ys[name] = y - (self.tall[name] + spare) / 2
                y += GAP
        for round_ in range(_ROUNDS):
            layers = self.order if round_ % 2 else self.order[::-1]
            for layer in layers:
                wishes = [self._wish(name, ys) for name in layer]
                for name, y in zip(layer, self._settle(layer, wishes, height), strict=True):
                    ys[name] = y
        return {name: float(round(y)) for name, y in ys.items()}, height  # vis-network keeps whole pixels only

    def _stacked(self, layer: Sequence[str]) -> float:
        return sum(self.tall[name] for name in layer) + GAP * max(0, len(layer) - 1)

    def _wish(self, name: str, ys: Mapping[str, float]) -> float:
        pulls = {**self.left.get(name, {}), **self.right.get(name, {}), **self.beside.get(name, {})}
        return _mean(ys, pulls) if pulls else ys[name]

    def _settle(self, layer: Sequence[str], wishes: Sequence[float], height: float) -> list[float]:
        """The positions nearest to the wishes that keep order and spacing (isotonic regression, then the margins)."""
        offsets = [0.0]
        for upper, lower in pairwise(layer):
            offsets.append(offsets[-1] + (self.tall[upper] + self.tall[lower]) / 2 + GAP)
        blocks: list[tuple[float, int]] = []  # mean, members
        for wish, offset in zip(wishes, offsets, strict=True):
            mean, members = wish - offset, 1
            while blocks and blocks[-1][0] > mean:
                other, count = blocks.pop()
                mean, members = (mean * members + other * count) / (members + count), members + count
            blocks.append((mean, members))
        top = MARGIN + self.tall[layer[0]] / 2
        bottom = height - MARGIN - self.tall[layer[-1]] / 2 - offsets[-1]
        settled = [min(max(mean, top), max(bottom, top)) for mean, members in blocks for _ in range(members)]
        return [value + offset for value, offset in zip(settled, offsets, strict=True)]


def _mean(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return sum(values[name] * weight for name, weight in weights.items()) / sum(weights.values())


def _inversions(upper: Sequence[int], lower: Sequence[int]) -> int:
    """Crossings of the lines of two boxes, the first standing above the second; both lists of ends are sorted."""
    return sum(len(upper) - bisect_right(upper, end) for end in lower)
