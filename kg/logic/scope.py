"""Are two claims about the same thing? Six dimensions, each with a containment order and declared disjointness.

A relation between two scopes is read from the first to the second: SUB says that the first lies inside the second. What
is not declared is unknown (open world). Where a dimension is unstated, or an area has no boundary, several relations
are possible; they are kept as a set of bits, and what follows is worked out for each of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kg.model import Window


class Rel(IntEnum):
    """How one scope lies to another: the same, inside, around, crossing, apart, or not known."""

    EQ = 0
    SUB = 1
    SUP = 2
    OVL = 3
    DISJ = 4
    UNK = 5

    @property
    def bit(self) -> int:
        return 1 << self

    @property
    def inverse(self) -> Rel:
        return {Rel.SUB: Rel.SUP, Rel.SUP: Rel.SUB}.get(self, self)


class Possible(NamedTuple):
    """The relations that a dimension may have (bits of `Rel`), and the assumption in words where it is one."""

    bits: int
    assumed: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether several relations are possible, not one that is assumed."""
        return self.bits & (self.bits - 1) != 0

    @property
    def inverse(self) -> Possible:
        return Possible(sum(relation.inverse.bit for relation in Rel if self.bits & relation.bit), self.assumed)


#: What is assumed of two stretches "within" the same days; one origin is taken to mean the same one by them.
SAME_STRETCH = "both mean the same stretch of days inside their window"

SAME_OR_NESTED = Rel.EQ.bit | Rel.SUB.bit | Rel.SUP.bit


def certain(relation: Rel) -> Possible:
    return Possible(relation.bit)


def both(first: Rel, second: Rel) -> Rel:
    """The relation over two dimensions together: apart in one is apart; not known in one is not known."""
    if Rel.DISJ in (first, second):
        return Rel.DISJ
    if Rel.UNK in (first, second):
        return Rel.UNK
    if first is Rel.EQ or first is second:
        return second
    return first if second is Rel.EQ else Rel.OVL


def _all_bits() -> npt.NDArray[np.uint8]:
    has = (np.arange(64)[:, None] >> np.arange(len(Rel)) & 1).astype(np.uint8)
    found = np.zeros((64, 64), dtype=np.uint8)
    for a in Rel:
        for b in Rel:
            found |= np.outer(has[:, a], has[:, b]) * np.uint8(both(a, b).bit)
    return found


#: `BOTH[x, y]`: the bits of what two dimensions together may be, for bits x and y of each. Shape (64, 64).
BOTH: npt.NDArray[np.uint8] = _all_bits()


@dataclass(frozen=True)
class Order:
    """A containment order over ids, with declared disjointness, composites, and areas without a boundary.

    `inside` maps an id to what it lies in directly; `members` a composite to what it is made of; `apart` holds declared
    disjoint pairs, in either order. An id of `areas` names the area of an event without a boundary.
    """

    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)
    apart: frozenset[frozenset[str]] = frozenset()
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    areas: frozenset[str] = frozenset()
    _above: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def above(self, id_: str) -> frozenset[str]:
        """The id and all that it lies in."""
        if id_ not in self._above:
            found, waiting = {id_}, [id_]
            while waiting:
                lower = waiting.pop()
                wider = set(self.inside.get(lower, ()))
                wider |= {whole for whole, parts in self.members.items() if lower in parts}
                waiting += wider - found
                found |= wider
            self._above[id_] = frozenset(found)
        return self._above[id_]

    def within(self, a: str, b: str) -> bool:
        """Whether `a` lies in `b`; a composite does when all its members do."""
        if b in self.above(a):
            return True
        parts = self.members.get(a, frozenset())
        return bool(parts) and all(self.within(part, b) for part in parts)

    def disjoint(self, a: str, b: str) -> bool:
        """Whether `a` and `b` are declared to share nothing, themselves or through what they lie in."""
        if any(frozenset({x, y}) in self.apart for x in self.above(a) for y in self.above(b) if x != y):
            return True
        for composite, other in ((a, b), (b, a)):
            parts = self.members.get(composite)
            if parts and all(self.disjoint(part, other) for part in parts):
                return True
        return False

    def compare(self, a: str, b: str) -> Possible:
        """How `a` lies to `b`."""
        if a == b:
            return certain(Rel.EQ)
        below, around = self.within(a, b), self.within(b, a)
        if below or around:
            return certain(Rel.EQ if below and around else Rel.SUB if below else Rel.SUP)
        if self.disjoint(a, b):
            return certain(Rel.DISJ)
        if a in self.areas or b in self.areas:
            return self._beside_area(a, b)
        mine, theirs = self.members.get(a) or frozenset({a}), self.members.get(b) or frozenset({b})
        shared = any(self.within(x, y) or self.within(y, x) for x in mine for y in theirs)
        return certain(Rel.OVL) if shared else certain(Rel.UNK)

    def _beside_area(self, a: str, b: str) -> Possible:
        """An area without a boundary: reports use such areas for one another, and put bounded places inside them."""
        if a in self.areas and b in self.areas:
            return Possible(SAME_OR_NESTED, "both name the area of the event, which has no boundary")
        inside = "the place lies inside the area of the event, which has no boundary"
        return Possible(Rel.SUB.bit if b in self.areas else Rel.SUP.bit, inside)


def stated(compare: Callable[[str, str], Possible], a: str | None, b: str | None, name: str) -> Possible:
    """The comparison of two stated values; where one is unstated it may be the same, narrower or wider."""
    if a is None or b is None:
        return Possible(SAME_OR_NESTED, f"the {name} is unstated")
    return compare(a, b)


def parties(order: Order, a: frozenset[str], b: frozenset[str]) -> Possible:
    """Responsible parties; none stated is by anyone, the whole. Several stated are all of them together."""
    if a == b:
        return certain(Rel.EQ)
    if not a or not b:
        return certain(Rel.SUP if b else Rel.SUB)
    below = all(any(order.within(x, y) for y in b) for x in a)
    around = all(any(order.within(y, x) for x in a) for y in b)
    if below or around:
        return certain(Rel.EQ if below and around else Rel.SUB if below else Rel.SUP)
    if all(order.disjoint(x, y) for x in a for y in b):
        return certain(Rel.DISJ)
    return certain(Rel.OVL) if any(order.within(x, y) or order.within(y, x) for x in a for y in b) else certain(Rel.UNK)


def windows(a: Window, b: Window) -> Possible:
    """Windows of days. "Within" is some stretch of days inside the window: a stated day inside it is taken as part."""
    if _apart(a, b):
        return certain(Rel.DISJ)
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return Possible(_completed(a, b), "the days are not fully stated")
    if a == b:
        return certain(Rel.EQ) if a.fit == "exact" else Possible(Rel.EQ.bit, SAME_STRETCH)
    if a.fit == "exact" and b.fit == "exact":
        if _holds(b, a):
            return certain(Rel.SUB)
        return certain(Rel.SUP if _holds(a, b) else Rel.OVL)
    if a.fit == "within" and b.fit == "within":
        return certain(Rel.UNK)
    if a.fit == "within":
        return certain(Rel.SUB) if _holds(b, a) else certain(Rel.SUP) if _holds(a, b) else certain(Rel.UNK)
    return certain(Rel.SUP) if _holds(a, b) else certain(Rel.SUB) if _holds(b, a) else certain(Rel.UNK)


def _completed(a: Window, b: Window) -> int:
    """The bits of {same, narrower, wider} that the stated ends leave: one at least, since an end is missing."""
    starts = 0 if a.start is None or b.start is None else (a.start > b.start) - (a.start < b.start)
    ends = 0 if a.end is None or b.end is None else (a.end > b.end) - (a.end < b.end)
    same = Rel.EQ.bit if starts == ends == 0 else 0
    inside = Rel.SUB.bit if starts >= 0 >= ends else 0
    around = Rel.SUP.bit if starts <= 0 <= ends else 0
    return same | inside | around


def _holds(outer: Window, inner: Window) -> bool:
    assert outer.start and outer.end and inner.start and inner.end
    return outer.start <= inner.start and inner.end <= outer.end


def _apart(a: Window, b: Window) -> bool:
    ends: tuple[tuple[dt.date | None, dt.date | None], ...] = ((a.end, b.start), (b.end, a.start))
    return any(end is not None and start is not None and end < start for end, start in ends)
