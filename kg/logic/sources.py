"""Who stands at the ends of chains: what is known of each source, and which of them are known to differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import networkx as nx

from kg.logic.scope import Order


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source.

    `gathers` is "own" for one that collects its own evidence, "relays" or "unknown". `person` is somebody who speaks
    for nobody else; `outlet` publishes. `party` is a party to the event or speaks for one; `below_party` belongs to one
    and is not said to be none. `owners` are the organisations above it, at any height; `places` those that the
    description of an unnamed source names. `annotations` are judgements that `gathers`, `party` or `below_party` rest
    on.
    """

    gathers: str = "unknown"
    unnamed: bool = False
    person: bool = False
    outlet: bool = False
    party: bool = False
    below_party: bool = False
    owners: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    annotations: frozenset[str] = frozenset()

    @property
    def gathers_own(self) -> bool:
        return self.gathers == "own" and not self.unnamed

    @property
    def vouches(self) -> bool:
        """Whether its own evidence counts. What a party says of its own doings is a claim, no confirmation."""
        return self.gathers_own and not self.interested

    @property
    def interested(self) -> bool:
        return self.party or self.below_party


class Tie(NamedTuple):
    """Two sources that a person judged to be the same, or to differ. `annotation` is where the judgement stands."""

    a: str
    b: str
    same: bool
    by: str
    annotation: str | None = None


_UNKNOWN = Source()


@dataclass(frozen=True)
class Sources:
    """What is known of all sources. One that is not in `known` is a `Source()`; `places` is their containment order.

    Sources that people judged to be the same go by the first of their names.
    """

    known: Mapping[str, Source] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    places: Order = field(default_factory=Order)

    def __getitem__(self, source: str) -> Source:
        return self.known.get(source, _UNKNOWN)

    def one(self, source: str) -> str:
        """The name that a source goes by."""
        return self._names[source][0] if source in self._names else source

    def names(self, source: str) -> tuple[str, ...]:
        """All names of a source, in their order."""
        return self._names.get(source, (source,))

    def gathers_own(self, source: str) -> bool:
        return self.identity(source).gathers_own

    def identity(self, source: str) -> Source:
        """What is known of a source under all its names together."""
        names = self.names(source)
        if len(names) == 1:
            return self[source]
        known = [self[name] for name in names]
        return Source(
            gathers="own"
            if any(one.gathers_own for one in known)
            else min({one.gathers for one in known} - {"own"}, default="unknown"),
            unnamed=all(one.unnamed for one in known),
            person=any(one.person for one in known),
            outlet=any(one.outlet for one in known),
            party=any(one.party for one in known),
            below_party=any(one.below_party for one in known),
            owners=frozenset[str]().union(*(one.owners for one in known)),
            places=frozenset[str]().union(*(one.places for one in known)),
            annotations=frozenset[str]().union(*(one.annotations for one in known)),
        )

    def same(self, source: str) -> tuple[Tie, ...]:
        """The judgements by which the names of a source are one."""
        return self._same.get(self.one(source), ())

    @cached_property
    def apart(self) -> Mapping[frozenset[str], Tie]:
        """The judgements that two sources differ, by the names that these go by."""
        found = {frozenset((self.one(tie.a), self.one(tie.b))): tie for tie in self.ties if not tie.same}
        return {pair: tie for pair, tie in found.items() if len(pair) > 1}  # two that are also one: nothing follows

    def differ(self, a: str, b: str) -> bool:
        """Whether two sources, each with all that is known under its names, are known to differ."""
        if frozenset((a, b)) in self.apart:
            return True
        x, y = self.identity(a), self.identity(b)
        if x.interested or y.interested:
            return False
        if x.unnamed and y.unnamed:
            return _elsewhere(x, y, self.places)
        if x.unnamed or y.unnamed:
            return False
        return (x.person and y.person) or (x.vouches and y.vouches and not self._owned_together(a, b))

    def _owned_together(self, a: str, b: str) -> bool:
        """Whether one is an outlet, and one owner stands behind both, or one behind the other."""
        x, y = self.identity(a), self.identity(b)
        behind_a, behind_b = (source.owners.union(self.names(one)) for one, source in ((a, x), (b, y)))
        return (x.outlet or y.outlet) and not behind_a.isdisjoint(behind_b)

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        same = nx.Graph((tie.a, tie.b) for tie in self.ties if tie.same)
        return {name: tuple(sorted(names)) for names in nx.connected_components(same) for name in names}

    @cached_property
    def _same(self) -> Mapping[str, tuple[Tie, ...]]:
        found: dict[str, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            if tie.same:
                found[self.one(tie.a)].append(tie)
        return {name: tuple(ties) for name, ties in found.items()}


def _elsewhere(a: Source, b: Source, places: Order) -> bool:
    """Whether two descriptions name places that have nothing in common."""
    pairs = [(here, there) for here in a.places for there in b.places]
    return bool(pairs) and all(here != there and places.disjoint(here, there) for here, there in pairs)
