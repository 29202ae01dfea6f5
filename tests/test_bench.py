"""`kg bench` says what it measured for every question and every way to load. How long things take is not tested."""

from __future__ import annotations

import json
import pickle
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from click.testing import CliRunner

from kg.bench import command
from kg.bench.generator import generate
from kg.bench.measure import LOADS, Line, Timing, graphs_of, made_up
from kg.bench.worker import ENGINES, Worker
from kg.ingest import read_dossier
from kg.questions import load_questions
from kg.store.oxigraph import OxigraphStore
from kg.workspace import open_workspace

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

CAP = 1.0


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[str]], dict[str, Any], str]:
    """The table as rows of cells, the numbers in JSON, and what was said beside them, of one small run."""
    path = tmp_path_factory.mktemp("bench") / "numbers.json"
    arguments = ["--assertions", "30", "--runs", "1", "--cap", str(CAP), "--json", str(path)]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    return rows, json.loads(path.read_text(encoding="utf-8")), result.stderr


def test_the_table_has_every_question_and_every_way_to_load(ran: tuple[list[list[str]], dict[str, Any], str]) -> None:
    rows, _, _ = ran
    heads = {row[0]: row for row in rows if row[1] == "data"}
    assert heads["load"] == ["load", "data", "quads", *(f"{way}, ms" for way in LOADS)]
    assert heads["question"] == ["question", "data", "rows", *(f"{engine}, ms" for engine in ENGINES)]
    lines = [row for row in rows if row not in heads.values()]
    expected = [("load", data) for data in ("demo", "3 made up", "30 made up")]
    expected += [(name, data) for data in ("demo", "30 made up") for name in load_questions()]
    assert [(row[0], row[1]) for row in lines] == expected
    for row in lines:
        assert len(row) == len(heads["load" if row[0] == "load" else "question"])
        assert int(row[2].replace(",", "")) > 0 or row[1] != "demo", "every question finds something on the demo"


def test_the_numbers_are_those_of_the_table(ran: tuple[list[list[str]], dict[str, Any], str]) -> None:
    rows, numbers, told = ran
    cells = {(row[0], row[1]): row[3:] for row in rows}
    for line in numbers["lines"]:
        ways = line["ways"]
        yardstick = next(iter(ways.values()))["median_ms"]
        for cell, way in zip(cells[line["name"], line["data"]], ways.values(), strict=True):
            if way["median_ms"] is None:
                assert cell == "> 1,000" and way["runs_ms"] == [] and way["ratio"] is None
            else:
                assert way["median_ms"] == median(way["runs_ms"]) > 0
                assert way["ratio"] == pytest.approx(way["median_ms"] / yardstick)
                assert ("×" in cell) == (way is not ways[next(iter(ways))])
    facts = numbers["machine"]
    assert {"cores", "python", "pyoxigraph", "rdflib"} <= facts.keys() and facts["cores"] >= 1
    assert all(str(value) in told for value in facts.values())
    assert set(numbers["growth_a_quad"]) == set(LOADS)


def test_loading_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("kg.bench.command"), "demo", lambda: made_up(generate(5), tmp_path))
    arguments = ["--assertions", "10", "--runs", "1", "--no-questions"]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["load"] * 4


def test_ratios_and_medians() -> None:
    ways = {"raw": Timing((3.0, 1.0, 2.0)), "ours": Timing((5.0,)), "slow": Timing(())}
    line = Line("load", "load", "demo", 7, ways)
    assert [line.ways[way].median for way in ways] == [2.0, 5.0, None]
    assert [line.ratio(way) for way in ways] == [1.0, 2.5, None]
    assert Line("load", "load", "demo", 7, {"raw": Timing(()), "ours": Timing((5.0,))}).ratio("ours") is None


# ---- made-up dossiers --------------------------------------------------------------------------------------------


def test_the_same_numbers_make_the_same_dossier() -> None:
    assert generate(60, seed=3) == generate(60, seed=3)
    assert generate(60, seed=3).dossier.documents != generate(60, seed=4).dossier.documents


@pytest.mark.parametrize("size", [1, 10, 500])
def test_a_made_up_dossier_has_the_size_asked_for_and_is_like_a_real_one(size: int) -> None:
    made = generate(size)
    rows = [row for document in made.dossier.documents for row in document.reports]
    assert len(rows) == size
    assert {len(row.chain) for row in rows} <= {1, 2, 3, 4}
    if size == 500:
        assert {len(row.chain) for row in rows} == {1, 2, 3, 4}
        assert {row.claim.kind for row in rows} == {"quantity", "event", "responsibility", "position", "commitment"}
        outlets = [count for _, count in Counter(row.chain[0].id for row in rows).most_common()]
        assert outlets[0] > 5 * median(outlets), "a few are met everywhere, most hardly ever"
        assert len({row.claim.id for row in rows}) < size, "some claims are made more than once"


def test_its_tables_are_read_without_a_problem_and_give_the_same_graphs(tmp_path: Path) -> None:
    made = generate(80)
    material = made_up(made, tmp_path)
    reading = read_dossier(material.folder)
    assert reading.problems == ()
    written = {graph.name: set(graph.triples) for graph in graphs_of(made.dossier) if "/version/" in graph.name.value}
    read = {graph.name: set(graph.triples) for graph in material.graphs if "/version/" in graph.name.value}
    assert read == written
    with open_workspace(":memory:") as workspace:
        workspace.add(material.folder)
        assert len(list(workspace.store.quads())) == material.quads, "what is compared are the very same quads"


# ---- the process that can be ended -----------------------------------------------------------------------------------

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (?c != ?f && ?f != ?i) }"
QUICK = "SELECT ?s { ?s ?p ?o } LIMIT 3"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_question_without_end_is_given_up_and_the_next_one_answered(engine: str, tmp_path: Path) -> None:
    graphs = tuple(graphs_of(generate(10).dossier))
    source = tmp_path / "source"
    if engine == ENGINES[0]:
        store = OxigraphStore.on_disk(source)
        store.apply(add=graphs)
        store.close()
    else:
        source.write_bytes(pickle.dumps(graphs))
    with Worker(engine, source, cap=0.3) as worker:
        before = worker.ask(QUICK, runs=2)
        began = time.monotonic()
        endless = worker.ask(ENDLESS, runs=2)
        waited = time.monotonic() - began
        after = worker.ask(QUICK, runs=2)
    assert (len(before.milliseconds), before.rows) == (len(after.milliseconds), after.rows) == (2, 3)
    assert (endless.milliseconds, endless.rows) == ((), None)
    assert waited < 30
