"""What is measured: loading, and every saved question, each beside what it is compared with."""

from __future__ import annotations

import datetime as dt
import gc
import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pyoxigraph as ox

from kg import vocab
from kg.bench.generator import Made
from kg.bench.worker import ENGINES, Worker
from kg.errors import InvalidInput
from kg.export import write_dossiers
from kg.ingest import read_dossier
from kg.model import Dossier
from kg.questions import Question
from kg.rdf import Bridge, NamedGraph, Triple, vocabulary_graph
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI
from kg.workspace import Workspace, open_workspace, software

#: What a run of `kg relate` does, the whole first; `AGAIN` and `MORE` are runs of their own, after the first.
WHOLE, READING, WORKING, WRITING, AGAIN, MORE = STAGES = (
    "relate",
    "reading",
    "rules and graphs",
    "writing",
    "nothing new",
    "one document more",
)
#: Ways to hold figures against one another, ours first.
BLOCKS, PAIRS, SPARQL = RULES = ("in blocks", "pair by pair", "R7 by SPARQL")
#: Ways to count origins, ours first.
COUNTED, FLOW = COUNTINGS = ("all counts", "networkx flow")

#: Ways to load, the yardstick first.
RAW, RAW_UNION, BRIDGE, TABLES, RDFLIB = LOADS = (
    "raw bulk load",
    "raw with union",
    "bridge and store",
    "tables to store",
    "rdflib parse",
)

#: Seconds after which no further round of loads is begun; what was measured until then stands.
_PATIENCE = 60.0
#: Below so many quads a load is done once untimed first; above, the code is warm from smaller ones.
_SMALL = 50_000

Note = Callable[[str], None]


@dataclass(frozen=True)
class Timing:
    """The runs of one action. No runs: it exceeded the cap. `estimated` from a part of it."""

    milliseconds: tuple[float, ...]
    estimated: bool = False

    @property
    def median(self) -> float | None:
        return median(self.milliseconds) if self.milliseconds else None


@dataclass(frozen=True)
class Line:
    """One line of the table: the same thing done in several ways. The first way is what the others are compared with.

    `size` counts quads for loads, rows for questions, statements and pairs for relating, None where no way gave an
    answer. `facts` are further counts.
    """

    kind: str
    name: str
    data: str
    size: int | None
    ways: Mapping[str, Timing]
    facts: Mapping[str, int] = field(default_factory=dict)

    def ratio(self, way: str) -> float | None:
        yardstick, measured = self.ways[next(iter(self.ways))].median, self.ways[way].median
        return measured / yardstick if yardstick and measured is not None else None


@dataclass(frozen=True)
class Material:
    """A dossier on disk as tables, as records, and as the graphs that it becomes.

    `names` gives a value for each parameter of the questions; where it is empty their examples are asked.
    """

    name: str
    folder: Path
    dossier: Dossier
    graphs: tuple[NamedGraph, ...]
    names: Mapping[str, str]

    @property
    def quads(self) -> int:
        return sum(len(graph.triples) for graph in self.graphs)


def demo() -> Material:
    """The shipped dossier on Syria's coast."""
    return _material("demo", vocab.data_path("examples") / "syria-coast-2025", {})


def made_up(made: Made, folder: Path) -> Material:
    """A generated dossier, written as tables below `folder`."""
    store = OxigraphStore.in_memory()
    store.apply(add=graphs_of(made.dossier))
    (written,) = write_dossiers(store, vocab.DEFAULT_BASE, folder)
    rows = sum(len(document.reports) for document in made.dossier.documents)
    return _material(f"{rows:,} made up", written, made.names)


def _material(name: str, folder: Path, names: Mapping[str, str]) -> Material:
    reading = read_dossier(folder)
    if reading.dossier is None:
        raise InvalidInput(f"{folder} cannot be read", reading.problems)
    return Material(name, folder, reading.dossier, tuple(graphs_of(reading.dossier)), names)


def graphs_of(dossier: Dossier) -> Iterator[NamedGraph]:
    """Everything that adding the dossier to an empty store writes."""
    bridge = Bridge()
    load = bridge.load_graph(ended=dt.datetime(2031, 5, 2, tzinfo=dt.UTC), software=software())
    yield vocabulary_graph()
    yield load
    for record in dossier.documents:
        version = bridge.document_graph(record)
        entered = {record.document.id: dossier.places_of_entry[record.document.id]}
        entered |= {r.assertions[0].id: dossier.places_of_entry[r.digest] for r in record.reports}
        yield version
        yield bridge.entry_graph(version, load=load.name, entered=entered)
    version = bridge.dossier_graph(dossier.record, [record.document.id for record in dossier.documents])
    yield version
    yield bridge.entry_graph(version, load=load.name, entered={dossier.record.id: ("dossier.yaml", 1)})


# ---- loading --------------------------------------------------------------------------------------------------------


def measure_loads(material: Material, scratch: Path, runs: int, note: Note) -> Line:
    """All ways to load, in turn, so that a busy moment of the machine meets them alike."""
    quads = "".join(f"{quad.nquad}\n" for graph in material.graphs for quad in graph.quads)
    triples = {" ".join(part.n3 for part in triple) for graph in material.graphs for triple in graph.triples}
    named = quads.encode()
    with_union = named + "".join(f"{triple} .\n" for triple in triples).encode()
    del triples
    actions: dict[str, Callable[[Path], object]] = {
        RAW: lambda folder: _bulk_load(named, folder),
        RAW_UNION: lambda folder: _bulk_load(with_union, folder),
        BRIDGE: lambda folder: _apply(material.dossier, folder),
        TABLES: lambda folder: _add(material.folder, folder),
        RDFLIB: lambda _: _parse(quads),
    }
    found: dict[str, list[float]] = {way: [] for way in LOADS}
    warm = 1 if material.quads < _SMALL else 0
    began = time.perf_counter()
    for run in range(runs + warm):
        if run > warm and time.perf_counter() - began > _PATIENCE:
            break
        for way, action in actions.items():
            note(f"load of {material.name}, {way}, run {run + 1 - warm} of {runs}")
            target = scratch / "load"
            gc.collect()
            start = time.perf_counter()
            action(target)
            took = time.perf_counter() - start
            shutil.rmtree(target, ignore_errors=True)
            if run >= warm:
                found[way].append(took * 1000)
    ways = {way: Timing(tuple(measured)) for way, measured in found.items()}
    return Line("load", "load", material.name, material.quads, ways)


def _bulk_load(nquads: bytes, folder: Path) -> None:
    folder.mkdir()
    database = ox.Store(str(folder))
    database.bulk_load(nquads, format=ox.RdfFormat.N_QUADS)
    database.flush()


def _apply(dossier: Dossier, folder: Path) -> None:
    store = OxigraphStore.on_disk(folder)
    store.apply(add=graphs_of(dossier))
    store.close()


def _add(tables: Path, folder: Path) -> None:
    with open_workspace(folder, create=True) as workspace:
        workspace.add(tables)


def _parse(nquads: str) -> None:
    import rdflib  # the yardstick, used here only

    rdflib.Dataset().parse(data=nquads, format="nquads")


# ---- asking ---------------------------------------------------------------------------------------------------------


def measure_questions(material: Material, scratch: Path, runs: int, cap: float, note: Note) -> Iterator[Line]:
    """Every saved question on every engine: the query and its rows as terms; names are looked up before, and the
    claims were related."""
    disk, graphs = scratch / "asked", scratch / "graphs.pickle"
    note(f"relating {material.name}, to ask about it")
    memory = OxigraphStore.in_memory()
    memory.apply(add=material.graphs)
    workspace = Workspace(memory)
    workspace.relate()
    known = {graph.name for graph in material.graphs}
    added = [_graph(memory, name) for name in memory.graph_names() if name not in known]
    store = OxigraphStore.on_disk(disk)
    store.apply(add=[*material.graphs, *added])
    store.close()
    graphs.write_bytes(pickle.dumps((*material.graphs, *added)))
    with ExitStack() as stack:
        sources = {engine: disk if engine == ENGINES[0] else graphs for engine in ENGINES}
        workers = {engine: stack.enter_context(Worker(engine, sources[engine], cap)) for engine in ENGINES}
        for question in workspace.questions.values():
            query = bound(workspace, question, material.names)
            ways, size = {}, None
            for engine, worker in workers.items():
                note(f"{question.name} on {material.name}, {engine}")
                answer = worker.ask(query, runs)
                ways[engine] = Timing(answer.milliseconds)
                size = answer.rows if size is None else size
            yield Line("question", question.name, material.name, size, ways)
    shutil.rmtree(disk)


def _graph(store: OxigraphStore, name: IRI) -> NamedGraph:
    return NamedGraph(name, name, tuple(Triple(*quad[:3]) for quad in store.quads(name)))


def bound(workspace: Workspace, question: Question, names: Mapping[str, str]) -> str:
    """The query with the parameters of its example, or with the names of made-up material in their place."""
    values = {
        parameter.name: parameter.term(
            names[parameter.name] if names else question.example[parameter.name], workspace.lookup
        )
        for parameter in question.parameters
        if parameter.name in question.example
    }
    return question.bind(values)
