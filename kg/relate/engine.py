"""One run over a store: the blocks that changed since the last one are related, the others are left as they are.

Beside its relations a block keeps a digest of everything that they follow from. So a run is a comparison of digests:
what differs is worked out, what is no longer wanted is removed, and the result is that of relating everything anew.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable

from kg.logic.figures import RHO
from kg.lookup import with_prefixes
from kg.model import digest
from kg.rdf import NamedGraph, Triple
from kg.relate.blocks import blocks
from kg.relate.reading import read_statements
from kg.relate.reasons import Reasons, names
from kg.relate.results import related
from kg.relate.state import Kind, RelateReport, documents_state, relating_graphs, relation_graphs
from kg.relate.writing import graph_name, relations_graph
from kg.store import Store
from kg.terms import IRI, moment, text
from kg.vocab import term

_RUNS = "SELECT ?run ?code { ?run kg:inputDigest ?code }"

Progress = Callable[[str, int, int], None]


def relate_store(
    store: Store,
    base: str,
    *,
    ended: dt.datetime,
    software: str,
    reach: float = RHO,
    progress: Progress | None = None,
) -> RelateReport:
    """Relates what is in the store, in one atomic change at the end."""
    if progress:
        progress("reading what was said", 0, 1)
    statements = read_statements(store, base)
    wanted = {graph_name(base, block): block for block in blocks(statements, reach)}
    present = set(relation_graphs(store, base))
    known = {(str(run), str(code)) for run, code in store.select(with_prefixes(_RUNS)).rows}
    new = [(name, block) for name, block in wanted.items() if (f"{base}run/{block.name}", block.code) not in known]
    reasons = Reasons(names(store, [block for _, block in new]), reach)
    graphs: list[NamedGraph] = []
    found: Counter[Kind] = Counter()
    kept: Counter[Kind] = Counter()
    notes: list[str] = []
    if taken_back := len(statements.withdrawals):
        notes.append(f"claims that their origin withdrew, and that take no part on its word: {taken_back:,}")
    for number, (_, block) in enumerate(new):
        if progress:
            progress(f"relating {block.size:,} statements", number, len(new))
        results = related(block, reasons)
        graph = relations_graph(base, block, results, reasons)
        graphs += [graph, _made(base, graph.name, graph.about, ended, software)]
        found += results.found
        kept += results.kept
        notes += [f"{block.event or 'no event'}: {note}" for note in results.notes]
    gone = sorted(present - wanted.keys(), key=str)
    old = relating_graphs(store, base)
    replaced = [*gone, *(name for name, _ in new)]
    state = _state(store, base, reach)
    if progress:
        progress("writing", len(new), len(new))
    store.apply(
        add=[*graphs, _stated(state, ended, software)],
        remove=[*replaced, *(_made_name(base, name) for name in replaced), *(name for name in old if name != state)],
    )
    return RelateReport(len(new), len(wanted) - len(new), len(gone), found, kept, tuple(notes))


def _state(store: Store, base: str, reach: float) -> IRI:
    return IRI(f"{base}relating/{digest(str(reach))}-{documents_state(store, base)}")


def _stated(state: IRI, ended: dt.datetime, software: str) -> NamedGraph:
    return NamedGraph(state, state, _activity(state, ended, software))


def _made(base: str, graph: IRI, run: IRI, ended: dt.datetime, software: str) -> NamedGraph:
    generated = Triple(run, term("prov:generated"), graph)
    return NamedGraph(_made_name(base, graph), run, (*_activity(run, ended, software), generated))


def _made_name(base: str, graph: IRI) -> IRI:
    """The graph that says when the relations graph was made, and by which software."""
    return IRI(f"{base}run/{graph.value.rpartition('/')[2]}")


def _activity(node: IRI, ended: dt.datetime, software: str) -> tuple[Triple, ...]:
    return (
        Triple(node, term("rdf:type"), term("prov:Activity")),
        Triple(node, term("prov:endedAtTime"), moment(ended)),
        Triple(node, term("kg:softwareVersion"), text(software)),
    )
