"""The attribution graph: from what is claimed to documents, their outlets, whom they quote, and at the end the origins.

Every chain of sources is one way through it. Chains of several documents share their nodes, so that a source whom one
document only names may be the one whose sources another document tells. Documents are no nodes of the flow: each has
one outlet, which stands on every way through it, so that the number of disjoint ways is the same without them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from itertools import chain, groupby, pairwise
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

_ORIGINS, _CLAIM = 0, 1  # the two ends of the flow; every source has two nodes more, between which it counts once


class Chain(NamedTuple):
    """One way from a document to an origin: its sources, the outlet first, the origin last, never empty.

    `speaker` is the person who spoke for the origin, where the origin stands for one.
    """

    document: str
    sources: tuple[str, ...]
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Backing:
    """The chains of one claim, or of several together.

    `steps` are the distinct ways of sources, outlet first, each source under the one name that it goes by. `origins`
    are the chains' ends, except those that only cite one another in a circle, and `ends` the same under the names that
    they go by; `cycles` are all sources that cite one another. `pages` are pairs of document and outlet, `speakers`
    pairs of an origin and a person who spoke for it, `named` all names in the chains.
    """

    steps: frozenset[tuple[str, ...]] = frozenset()
    ends: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    cycles: frozenset[tuple[str, ...]] = frozenset()
    pages: frozenset[tuple[str, str]] = frozenset()
    speakers: frozenset[tuple[str, str]] = frozenset()
    named: frozenset[str] = frozenset()

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(document for document, _ in self.pages)

    @property
    def outlets(self) -> frozenset[str]:
        return frozenset(outlet for _, outlet in self.pages)


@dataclass(frozen=True, slots=True)
class Ways:
    """How many ways lead from the origins to the claim that share no source, and where they can be cut.

    `cut` is a smallest set of sources whose failure leaves nothing standing, the one nearest the reader; a single
    document that carries everything is the cut. `single_points` lie on every way, those nearest the reader first.
    """

    number: int
    cut: tuple[str, ...]
    single_points: tuple[str, ...]


def backing(chains: Iterable[Chain], one: Callable[[str], str], gathers_own: Callable[[str], bool]) -> Backing:
    """What backs one claim. `one` gives the name that a source goes by, `gathers_own` is asked of such names.

    Every end of a chain is an origin, even where another document names that source's sources. But ends that cite one
    another in a circle prove nothing: they are origins only where they gather their own evidence.
    """
    steps_of = {chain: _steps(map(one, chain.sources)) for chain in chains}
    links = {link for steps in steps_of.values() for link in pairwise(steps)}
    between = {quoting for quoting, _ in links} & {quoted for _, quoted in links}
    graph = nx.DiGraph((a, b) for a, b in links if a in between and b in between)
    circles = [circle for circle in nx.strongly_connected_components(graph) if len(circle) > 1]
    circular = {source for circle in circles for source in circle if not gathers_own(source)}
    return Backing(
        steps=frozenset(steps_of.values()),
        ends=frozenset(steps[-1] for steps in steps_of.values()) - circular,
        origins=frozenset(chain.sources[-1] for chain, steps in steps_of.items() if steps[-1] not in circular),
        cycles=frozenset(tuple(sorted(circle)) for circle in circles),
        pages=frozenset((chain.document, chain.sources[0]) for chain in steps_of),
        speakers=frozenset((chain.sources[-1], chain.speaker) for chain in steps_of if chain.speaker is not None),
        named=frozenset(source for chain in steps_of for source in chain.sources),
    )


def _steps(sources: Iterable[str]) -> tuple[str, ...]:
    """The sources of a chain; who quotes itself or its own speaker is one step."""
    return tuple(source for source, _ in groupby(sources))


def together(backings: Iterable[Backing]) -> Backing:
    """What backs a proposition that each of several claims entails."""
    every = list(backings)
    if len(every) == 1:
        return every[0]
    return Backing(*(frozenset[Any]().union(*(getattr(one, f.name) for one in every)) for f in fields(Backing)))


def ways(backed: Backing, one: Callable[[str], str]) -> Ways:
    """The ways from the origins to what is backed, every source counting once (Menger's theorem)."""
    graph = _Graph(backed.steps, backed.ends)
    documents = {document for document, outlet in backed.pages if one(outlet) in graph.grounded}
    if not documents:
        return Ways(0, (), ())
    cut = graph.cut() if min(len(graph.outlets), len(backed.ends)) > 1 else ()
    if len(cut) > 1:
        return Ways(len(cut), cut, ())
    points = graph.single_points()
    if len(documents) == 1:
        (document,) = documents
        return Ways(1, (document,), (document, *points))
    return Ways(1, points[:1], points)


class _Graph:
    """The union of chains. `grounded` are the sources from which a way leads to an origin."""

    def __init__(self, steps: Iterable[tuple[str, ...]], origins: Collection[str]) -> None:
        steps = sorted(steps)
        self.outlets = list(dict.fromkeys(sources[0] for sources in steps))
        self._origins = sorted(origins)
        self._links = sorted({link for sources in steps for link in pairwise(sources)})
        self._names = sorted({source for sources in steps for source in sources})
        self._number = {source: number for number, source in enumerate(self._names)}
        told_by: dict[str, list[str]] = {}
        for quoting, quoted in self._links:
            told_by.setdefault(quoted, []).append(quoting)
        self.grounded = set(self._origins)
        waiting = list(self._origins)
        while waiting:
            new = [quoting for quoting in told_by.get(waiting.pop(), ()) if quoting not in self.grounded]
            self.grounded.update(new)
            waiting += new

    def cut(self) -> tuple[str, ...]:
        """The smallest cut nearest the claim; as many sources as there are ways without a common source."""
        size = 2 * len(self._names) + 2
        within = [(_enters(i), _leaves(i)) for i in range(len(self._names))]
        number = self._number
        between = [
            *((_ORIGINS, _enters(number[origin])) for origin in self._origins),
            *((_leaves(number[quoted]), _enters(number[quoting])) for quoting, quoted in self._links),
            *((_leaves(number[outlet]), _CLAIM) for outlet in self.outlets),
        ]
        tail, head = np.array([*within, *between], dtype=np.intp).T
        capacity = np.full(len(tail), len(self._names) + 1, dtype=np.int32)
        capacity[: len(within)] = 1
        flow = maximum_flow(csr_array((capacity, (tail, head)), shape=(size, size)), _ORIGINS, _CLAIM).flow.tocoo()
        flowing = flow.data > 0
        used = set(zip(flow.row[flowing].tolist(), flow.col[flowing].tolist(), strict=True))
        # From where another way to the claim is still free, or would be if a way that is taken were led around.
        free: dict[int, list[int]] = defaultdict(list)
        for before, after in chain(between, (arc for arc in within if arc not in used), ((b, a) for a, b in used)):
            free[after].append(before)
        reaching, waiting = {_CLAIM}, [_CLAIM]
        while waiting:
            new = [before for before in free[waiting.pop()] if before not in reaching]
            reaching.update(new)
            waiting += new
        return tuple(self._names[i] for i, (a, b) in enumerate(within) if a not in reaching and b in reaching)

    def single_points(self) -> tuple[str, ...]:
        """The sources on every way: what dominates the ground, seen from the claim."""
        graph = nx.DiGraph(self._links)
        claim, ground = object(), object()
        graph.add_edges_from((claim, outlet) for outlet in self.outlets)
        graph.add_edges_from((origin, ground) for origin in self._origins)
        before = nx.immediate_dominators(graph, claim)
        found: list[str] = []
        node = before[ground]
        while node is not claim:
            found.append(node)
            node = before[node]
        return tuple(reversed(found))


def _enters(number: int) -> int:
    return 2 * number + 2


def _leaves(number: int) -> int:
    return 2 * number + 3
