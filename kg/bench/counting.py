"""What counting independent origins costs, beside the flow of networkx over the same chains, which is one part of it.

The crowds are single claims of which every chain has an origin of its own, and outlets and relays are shared: the
hardest there is for the flow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import networkx as nx

from kg.bench.measure import COUNTED, FLOW, Line, Material, Note, Timing
from kg.bench.worker import apart
from kg.logic.attribution import Backing, Chain
from kg.logic.independence import Independence, backed, independence_of
from kg.logic.sources import Source, Sources
from kg.relate.backing import Backings
from kg.relate.blocks import blocks
from kg.relate.reading import read_statements
from kg.store.oxigraph import OxigraphStore
from kg.vocab import DEFAULT_BASE

#: Chains of the crowds.
CROWDS = (500, 5_000)

#: Flows beyond which those of networkx are estimated from so many, drawn evenly.
_SAMPLE = 40

_Case = tuple[Backing, Sources]


def measure_counting(material: Material, scratch: Path, cap: float, note: Note) -> Iterator[Line]:
    """Two lines: what stands behind every claim, and behind every floor of the support profiles."""
    store = OxigraphStore.on_disk(scratch / "counting")
    store.apply(add=list(material.graphs))
    statements = read_statements(store, DEFAULT_BASE)
    store.close()
    all_of_them = [(Backings(block), block.sources) for block in blocks(statements, 0.25)]
    claims = [(one.behind(claim), sources) for one, sources in all_of_them for claim in one.supporters]
    floors = [(behind, sources) for one, sources in all_of_them for _, _, behind in one.profile()]
    for name, cases in (("claims", claims), ("floors", floors)):
        note(f"counting origins of {name} on {material.name}")
        yield _line(name, material.name, cases, cap)


def measure_crowds(cap: float, note: Note) -> Iterator[Line]:
    """A line for each crowd."""
    for chains in CROWDS:
        note(f"counting origins of a claim with {chains:,} chains")
        yield _line("one claim", f"{chains:,} chains", [crowd(chains)], cap)


def crowd(chains: int) -> _Case:
    """A claim with so many chains, each with an origin of its own; every second origin gathers its own evidence."""
    outlets, relays = max(1, chains // 7), max(1, chains // 5)
    own = (
        Chain(f"document {n}", (f"outlet {n % outlets}", f"relay {n % relays}", f"origin {n}")) for n in range(chains)
    )
    sources = Sources({f"origin {n}": Source("own") for n in range(0, chains, 2)})
    return backed(own, sources), sources


def by_networkx(behind: Backing) -> int:
    """The ways that share no source, by networkx: every source is an arc of capacity 1."""
    graph = nx.DiGraph()
    for source in {source for steps in behind.steps for source in steps}:
        graph.add_edge((source, "enters"), (source, "leaves"), capacity=1)
    for quoting, quoted in {link for steps in behind.steps for link in pairwise(steps)}:
        graph.add_edge((quoted, "leaves"), (quoting, "enters"))
    graph.add_edges_from(("origins", (origin, "enters")) for origin in behind.ends)
    graph.add_edges_from(((steps[0], "leaves"), "claim") for steps in behind.steps)
    number: int = nx.maximum_flow_value(graph, "origins", "claim") if behind.ends else 0
    return number


def _line(name: str, data: str, cases: Sequence[_Case], cap: float) -> Line:
    found: list[Independence] = []
    took = _clock(lambda: found.extend(_counted(*case) for case in cases))
    sample = cases[:: max(1, len(cases) // _SAMPLE)]
    flow = apart(_flows, [behind for behind, _ in sample], cap=cap)
    share = len(cases) / max(1, len(sample))
    return Line(
        "independence",
        name,
        data,
        len(cases),
        {
            COUNTED: Timing((took,)),
            FLOW: Timing((flow * share,), estimated=len(sample) < len(cases)) if flow is not None else Timing(()),
        },
        {
            "chains": sum(len(behind.steps) for behind, _ in cases),
            "most chains": max((len(behind.steps) for behind, _ in cases), default=0),
            "most origins": max((one.upper for one in found), default=0),
            "lower not exact": sum(not one.exact for one in found),
        },
    )


def _counted(behind: Backing, sources: Sources) -> Independence:
    found = independence_of(behind, sources)
    assert found.chains >= 0  # worked out when asked for
    return found


def _flows(cases: Sequence[Backing]) -> float:
    return _clock(lambda: [by_networkx(behind) for behind in cases])


def _clock(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
