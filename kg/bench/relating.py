"""What relating costs: stage by stage, again with nothing and with one document new, and beside two other ways.

The other ways are the one-pair function called for every pair of a block, which gives the same verdicts, and one SPARQL
update, which can find no more than plainly disjoint figures (R7 at face value, no other rule, no reasons).
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, combinations
from pathlib import Path

import pyoxigraph as ox

from kg.bench.measure import (
    AGAIN,
    BLOCKS,
    MORE,
    PAIRS,
    READING,
    SPARQL,
    STAGES,
    WHOLE,
    WORKING,
    WRITING,
    Line,
    Material,
    Note,
    Timing,
)
from kg.bench.worker import apart, peak_memory
from kg.logic.blocks import relate_block
from kg.logic.figures import Given
from kg.logic.pairs import relate
from kg.lookup import with_prefixes
from kg.rdf import Bridge, NamedGraph
from kg.relate.blocks import Block, blocks
from kg.relate.engine import relate_store
from kg.relate.reading import read_statements
from kg.store.oxigraph import OxigraphStore
from kg.vocab import DEFAULT_BASE

#: Seconds after which relating is not measured once more.
_PATIENCE = 30.0
#: Pairs of figures beyond which pair by pair is estimated from so many of them, drawn by lot.
_SAMPLE = 20_000
_ENDED = dt.datetime(2031, 5, 3, tzinfo=dt.UTC)

_SIDE = """{{ SELECT DISTINCT ?event ?measure ?population ?place ?start ?end ?{claim} ?{origin} ?{number} {{
  ?said_{claim} kg:expresses ?{claim} ; prov:wasAttributedTo ?{origin} .
  ?{claim} kg:event ?event ; kg:measure ?measure ; kg:population ?population ; kg:place ?place ;
    kg:windowStart ?start ; kg:windowEnd ?end ; {property} ?{number} .
  FILTER NOT EXISTS {{ ?{claim} kg:responsible ?party_{claim} }} }} }}"""
#: Figures with the same scope of which one ends below the other. Two sub-SELECTs: the planner joins them on the scope.
DISJOINT = with_prefixes(
    "INSERT { GRAPH <https://relations.example/> { ?a kg:contradicts ?b } } WHERE { "
    + _SIDE.format(claim="a", origin="one", number="high", property="schema:maxValue")
    + _SIDE.format(claim="b", origin="other", number="low", property="schema:minValue")
    + " FILTER (?high < ?low && ?one != ?other) }"
)


@dataclass
class _Measured:
    """What a worker found out: milliseconds by stage or way, and counts."""

    milliseconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, int] = field(default_factory=dict)


def measure_relating(material: Material, scratch: Path, runs: int, cap: float, note: Note) -> tuple[Line, Line]:
    """The stages of relating, and its rules beside other ways. `cap` ends the SPARQL update and nothing else."""
    first, later = held_back(material)
    source, used = scratch / "relating", scratch / "related"
    note(f"relate on {material.name}: loading")
    store = OxigraphStore.on_disk(source)
    store.apply(add=first)
    store.close()
    measured: list[_Measured] = []
    began = time.perf_counter()
    while not measured or (len(measured) < runs and time.perf_counter() - began < _PATIENCE):
        note(f"relate on {material.name}, run {len(measured) + 1} of {runs}")
        shutil.copytree(source, used)
        found = apart(_stages, used, later)
        assert found is not None, "without a cap it has ended"
        measured.append(found)
        shutil.rmtree(used)
    note(f"relate on {material.name}: {PAIRS}")
    rules = apart(_rules, source)
    assert rules is not None
    note(f"relate on {material.name}: {SPARQL}")
    by_query = apart(_by_query, source, cap=cap)
    shutil.rmtree(source)
    facts = measured[0].facts | rules.facts | (by_query.facts if by_query else {})
    stages = {stage: Timing(tuple(one.milliseconds[stage] for one in measured)) for stage in STAGES}
    pairs = facts.pop("pairs")
    ways = {
        BLOCKS: Timing((rules.milliseconds[BLOCKS],)),
        PAIRS: Timing((rules.milliseconds[PAIRS],), estimated=pairs > _SAMPLE),
        SPARQL: Timing((by_query.milliseconds[SPARQL],) if by_query else ()),
    }
    return (
        Line("relate", "relate", material.name, facts.pop("statements"), stages, facts),
        Line("rules", "rules", material.name, pairs, ways),
    )


def held_back(material: Material) -> tuple[list[NamedGraph], list[NamedGraph]]:
    """All graphs but those of one document, and those: a document with figures about the busiest event."""
    figures = [
        (report.claim.event, record)
        for record in material.dossier.documents
        for report in record.reports
        if report.claim.kind == "quantity"
    ]
    busiest = max(Counter(str(event) for event, _ in figures).items(), key=lambda item: (item[1], item[0]))[0]
    held = next(record for event, record in reversed(figures) if str(event) == busiest)
    names = [graph.name for graph in material.graphs]
    place = names.index(Bridge().document_graph(held).name)
    version_and_entry = slice(place, place + 2)
    first = list(material.graphs)
    later = first[version_and_entry]
    del first[version_and_entry]
    return first, later


# ---- in a process of its own -----------------------------------------------------------------------------------------


def _stages(folder: Path, later: Sequence[NamedGraph]) -> _Measured:
    """Relates a store thrice: anew, with nothing new, and with one document more."""
    store = OxigraphStore.on_disk(folder)
    found = _Measured()
    moments: list[float] = []  # the first call tells that reading begins, the second the first block, the last writing

    def run() -> tuple[float, Counter[str]]:
        moments.clear()
        began = time.perf_counter()
        report = relate_store(
            store,
            DEFAULT_BASE,
            ended=_ENDED,
            software="bench",
            progress=lambda *_: moments.append(time.perf_counter()),
        )
        counts = Counter(related=report.related, found=report.found.total(), stored=report.kept.total())
        return (time.perf_counter() - began) * 1000, counts

    found.milliseconds[WHOLE], counts = run()
    ended = moments[0] + found.milliseconds[WHOLE] / 1000
    found.milliseconds[READING] = (moments[1] - moments[0]) * 1000
    found.milliseconds[WORKING] = (moments[-1] - moments[1]) * 1000
    found.milliseconds[WRITING] = (ended - moments[-1]) * 1000
    found.facts = {"found": counts["found"], "stored": counts["stored"], "peak MB": peak_memory() >> 20}
    found.milliseconds[AGAIN], _ = run()
    store.apply(add=later)
    found.milliseconds[MORE], counts = run()
    found.facts["blocks of one document"] = counts["related"]
    store.close()
    return found


def _rules(folder: Path) -> _Measured:
    """The table alone over all figures, from memory to memory: by blocks, then pair by pair."""
    store = OxigraphStore.on_disk(folder)
    statements = read_statements(store, DEFAULT_BASE)
    store.close()
    all_blocks = blocks(statements, 0.25)
    orders, figures = statements.orders, [list(block.figures) for block in all_blocks if block.figures]
    pairs = list(drawn(figures))
    found = _Measured(facts=_sizes(all_blocks) | {"pairs": sum(map(_pairs, figures))})
    found.milliseconds[BLOCKS] = _clock(lambda: [relate_block(own, orders) for own in figures])
    took = _clock(lambda: [relate(a, b, orders).rule for a, b in pairs])
    found.milliseconds[PAIRS] = took * found.facts["pairs"] / max(1, len(pairs))
    return found


def _pairs(own: Sequence[Given]) -> int:
    return len(own) * (len(own) - 1) // 2


def _sizes(all_blocks: Sequence[Block]) -> dict[str, int]:
    return {
        "statements": sum(block.size for block in all_blocks),
        "blocks": len(all_blocks),
        "largest": max((block.size for block in all_blocks), default=0),
        "figures": sum(len(block.figures) for block in all_blocks),
        "positions": sum(len({(g.claim, g.running, g.certainty) for g in block.figures}) for block in all_blocks),
    }


def drawn(figures: Sequence[Sequence[Given]]) -> Iterator[tuple[Given, Given]]:
    """All pairs of figures within the blocks, or beyond _SAMPLE of them so many, each as likely as any other."""
    ends = list(accumulate(map(_pairs, figures)))
    if not ends or ends[-1] <= _SAMPLE:
        for own in figures:
            yield from combinations(own, 2)
        return
    dice = random.Random(1)
    for _ in range(_SAMPLE):
        a, b = dice.sample(figures[bisect_right(ends, dice.randrange(ends[-1]))], 2)
        yield a, b


def _by_query(folder: Path) -> _Measured:
    database = ox.Store(str(folder))
    took = _clock(lambda: database.update(DISJOINT))
    found = sum(1 for _ in database.quads_for_pattern(None, None, None, ox.NamedNode("https://relations.example/")))
    return _Measured({SPARQL: took}, {"found by SPARQL": found})


def _clock(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000
