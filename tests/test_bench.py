"""`kg bench` says what it measured: every way to load, the stages of relating, every question. How long things take is
not tested."""

from __future__ import annotations

import datetime as dt
import json
import os
import pickle
import time
from collections import Counter, defaultdict
from importlib import import_module
from itertools import permutations
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from click.testing import CliRunner

from kg.bench import command, counting, relating, serving
from kg.bench.counting import by_networkx, crowd, measure_crowds
from kg.bench.generator import generate
from kg.bench.measure import (
    BLOCKS,
    COUNTED,
    FLOW,
    LOADS,
    PAIRS,
    SPARQL,
    STAGES,
    Line,
    Material,
    Timing,
    graphs_of,
    made_up,
)
from kg.bench.relating import held_back, measure_relating
from kg.bench.worker import ENGINES, Worker, apart
from kg.errors import KgError
from kg.ingest import read_dossier
from kg.logic.independence import independence_of
from kg.questions import load_questions
from kg.relate.backing import Backings
from kg.relate.blocks import blocks
from kg.relate.engine import relate_store
from kg.relate.reading import read_statements
from kg.store.oxigraph import OxigraphStore
from kg.vocab import DEFAULT_BASE
from kg.workspace import open_workspace

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

CAP = 1.0


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[str]], dict[str, Any], str]:
    """The table as rows of cells, the numbers in JSON, and what was said beside them, of one small run."""
    path = tmp_path_factory.mktemp("bench") / "numbers.json"
    arguments = [
        "--assertions",
        "30",
        "--no-relate",
        "--no-serve",
        "--runs",
        "1",
        "--cap",
        str(CAP),
        "--json",
        str(path),
    ]
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
        empty = row[0] != "load" and load_questions()[row[0]].empty is not None
        assert int(row[2].replace(",", "")) > 0 or row[1] != "demo" or empty, "all others find something on the demo"


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


# ---- relating ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def related(tmp_path_factory: pytest.TempPathFactory) -> tuple[Material, Line, Line]:
    """A made-up dossier with what was measured of relating it."""
    folder = tmp_path_factory.mktemp("relating")
    material = made_up(generate(400), folder / "made")
    return material, *measure_relating(material, folder, runs=1, cap=60, note=lambda _: None)


def _without_one_document(material: Material) -> OxigraphStore:
    first, later = held_back(material)
    assert len(later) == 2 and {*first, *later} == {*material.graphs}
    store = OxigraphStore.in_memory()
    store.apply(add=first)
    return store


def test_the_stages_of_relating_add_up(related: tuple[Material, Line, Line]) -> None:
    _, stages, _ = related
    whole, *parts, again, more = (stages.ways[way].median for way in STAGES)
    assert None not in (whole, again, more, *parts)
    assert sum(parts) == pytest.approx(whole, rel=0.02)
    assert all(part > 0 for part in parts)


def test_what_was_related_is_counted(related: tuple[Material, Line, Line]) -> None:
    material, stages, rules = related
    store = _without_one_document(material)
    statements = read_statements(store, DEFAULT_BASE)
    report = relate_store(store, DEFAULT_BASE, ended=dt.datetime(2031, 1, 1, tzinfo=dt.UTC), software="test")
    assert stages.facts["found"] == report.found.total() > stages.facts["stored"] == report.kept.total() > 0
    assert stages.facts["blocks"] == report.related
    assert stages.size == len(statements.figures) + len(statements.stances)
    assert stages.facts["figures"] == len(statements.figures) > stages.facts["positions"] > 0
    assert 0 < stages.facts["blocks of one document"] <= stages.facts["blocks"]
    assert 20 < stages.facts["peak MB"] < 2000
    alike = Counter((given.scope.event, given.scope.measure) for given in statements.figures)
    alone = [number for (_, measure), number in alike.items() if "displaced" in (measure or "")]
    assert rules.size is not None and sum(n * (n - 1) // 2 for n in alone) < rules.size < sum(alike.values()) ** 2 / 2


def test_the_document_held_back_is_about_the_event_with_most_figures(related: tuple[Material, Line, Line]) -> None:
    material, _, _ = related
    (version, _), events = held_back(material)[1], Counter[str]()
    of_held: set[str] = set()
    for record in material.dossier.documents:
        about = [str(report.claim.event) for report in record.reports if report.claim.kind == "quantity"]
        events.update(about)
        if version.about.value.endswith(record.document.id):
            of_held |= set(about)
    assert events.most_common(1)[0][0] in of_held


def test_the_update_finds_the_figures_that_are_plainly_disjoint(related: tuple[Material, Line, Line]) -> None:
    material, stages, _ = related
    expected = set()
    for a, b in permutations(read_statements(_without_one_document(material), DEFAULT_BASE).figures, 2):
        scope = a.scope
        stated = None not in (scope.event, scope.population, scope.place, scope.window.start, scope.window.end)
        if stated and not scope.parties and scope == b.scope and a.origin != b.origin:
            high, low = a.figure.upper, b.figure.lower
            if high is not None and low is not None and high < low:
                expected.add((a.claim, b.claim))
    assert stages.facts["found by SPARQL"] == len(expected) > 0


@pytest.mark.parametrize("limit", [20_000, 50])
def test_pair_by_pair_is_estimated_from_some_pairs_where_they_are_many(
    limit: int, monkeypatch: pytest.MonkeyPatch, related: tuple[Material, Line, Line]
) -> None:
    material, _, rules = related
    statements = read_statements(_without_one_document(material), DEFAULT_BASE)
    own = [list(block.figures) for block in blocks(statements, 0.25) if block.figures]
    monkeypatch.setattr(relating, "_SAMPLE", limit)
    drawn = list(relating.drawn(own))
    assert len(drawn) == min(limit, rules.size or 0)
    assert all(a is not b and any(a in block and b in block for block in own) for a, b in drawn)
    assert rules.ways[PAIRS].estimated is False, "these are few"


def test_a_table_with_relating_and_without_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = {stage: Timing((number,)) for number, stage in enumerate(STAGES, start=2)}
    facts = {"found": 12345, "peak MB": 7}
    rules = {BLOCKS: Timing((2.0,)), PAIRS: Timing((9000.0,), estimated=True), SPARQL: Timing(())}
    lines = Line("relate", "relate", "tiny", 5, stages, facts), Line("rules", "rules", "tiny", 10, rules)
    module = import_module("kg.bench.command")
    monkeypatch.setattr(module, "demo", lambda: made_up(generate(5), tmp_path))
    loads = Line("load", "load", "tiny", 1, dict.fromkeys(LOADS, Timing((1.0,))))
    monkeypatch.setattr(module, "measure_loads", lambda *_: loads)
    monkeypatch.setattr(relating, "measure_relating", lambda *_: lines)
    counts = {COUNTED: Timing((4.0,)), FLOW: Timing((12.0,), estimated=True)}
    monkeypatch.setattr(counting, "measure_counting", lambda *_: [Line("independence", "claims", "tiny", 9, counts)])
    monkeypatch.setattr(counting, "CROWDS", (70,))
    json_path = tmp_path / "numbers.json"
    arguments = ["--assertions", "10", "--runs", "1", "--no-questions", "--no-serve", "--json", str(json_path)]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows[:4]] == ["load"] * 4
    assert [row[0] for row in rows[4:]] == ["relate"] * 4 + ["relate, counts"] + ["relate"] * 3 + ["rules"] * 4 + [
        "independence",
        *["claims"] * 3,
        "one claim",
        "independence, counts",
        *["claims"] * 3,
        "one claim",
    ]
    assert rows[4] == ["relate", "data", "statements", *(f"{stage}, ms" for stage in STAGES)]
    assert rows[5] == ["relate", "tiny", "5", "2.00", *(f"{n}.00 ×{n / 2:.2f}" for n in range(3, 8))]
    assert (rows[8], rows[9]) == (["relate, counts", "data", "found", "peak MB"], ["relate", "tiny", "12,345", "7"])
    assert rows[15] == ["rules", "tiny", "10", "2.00", "≈ 9,000 ×4,500", "> 10,000"]
    assert rows[17] == ["claims", "tiny", "9", "4.00", "≈ 12.0 ×3.00"]
    assert rows[-1] == ["one claim", "70 chains", "70", "70", "70", "0"]
    numbers = json.loads((tmp_path / "numbers.json").read_text(encoding="utf-8"))
    told = next(line for line in numbers["lines"] if line["kind"] == "relate")
    assert told["counts"] == facts and told["statements"] == 5
    assert numbers["growth_a_statement"] == dict.fromkeys(STAGES, 1.0)


def test_our_ways_are_as_many_as_the_flow_of_networkx_finds(related: tuple[Material, Line, Line]) -> None:
    statements = read_statements(_without_one_document(related[0]), DEFAULT_BASE)
    sought = [(Backings(block), block.sources) for block in blocks(statements, 0.25)]
    behind = [(one.behind(claim), sources) for one, sources in sought for claim in one.supporters]
    assert max(independence_of(*case).chains for case in behind) > 1
    assert [independence_of(*case).chains for case in behind] == [by_networkx(chains) for chains, _ in behind]


def test_a_crowd_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    chains, sources = crowd(210)
    found = independence_of(chains, sources)
    # 30 outlets and 42 relays: nowhere is it narrower than at the outlets.
    assert (found.upper, found.lower, found.chains, by_networkx(chains)) == (210, 105, 30, 30)
    monkeypatch.setattr(counting, "CROWDS", (70,))
    lines = list(measure_crowds(10.0, lambda _: None))
    assert [line.facts["most chains"] for line in lines] == [70]
    assert all(line.ways[way].median for line in lines for way in (COUNTED, FLOW))


def test_both_servers_are_asked_and_answer_alike(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The answers of a real `kg serve` and a real `oxigraph serve`: none is refused, none differs from the first."""
    monkeypatch.setattr(serving, "QUESTIONS", ("rests-on",))
    monkeypatch.setattr(serving, "CLIENTS", (1, 2))
    material = made_up(generate(30), tmp_path / "made")
    served, beside = serving.measure_serving(material, tmp_path, 0.3, lambda _: None)
    assert [(one.clients, one.server) for one in served] == [(n, server) for n in (1, 2) for server in serving.SERVERS]
    assert all(one.answers > 0 and one.failures == 0 for one in served)
    assert all(one.rate == one.answers / 0.3 and one.late > 0 for one in served)
    assert [one.server for one in beside] == list(serving.SERVERS)
    assert not (tmp_path / "served").exists()


def test_answers_over_http_in_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = import_module("kg.bench.command")
    served = [serving.Served("rests-on", 8, serving.THEIRS, 200.0, 3.0, 400, 1)]
    served.append(serving.Served("rests-on", 8, serving.OURS, 150.0, 4.5, 300, 2))
    beside = [serving.Beside(serving.THEIRS, None), serving.Beside(serving.OURS, 412.3)]
    monkeypatch.setattr(module, "demo", lambda: made_up(generate(5), tmp_path))
    monkeypatch.setattr(
        module, "measure_loads", lambda *_: Line("load", "load", "tiny", 1, dict.fromkeys(LOADS, Timing((1.0,))))
    )
    monkeypatch.setattr(module, "measure_serving", lambda *_: (served, beside))
    json_path = tmp_path / "numbers.json"
    arguments = ["--assertions", "10", "--runs", "1", "--no-questions", "--no-relate", "--json", str(json_path)]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    what = ("answers/s", "95 % within ms")
    assert rows[-2] == ["over HTTP", "clients", "failures", *(f"{s}, {w}" for s in serving.SERVERS for w in what)]
    assert rows[-1] == ["rests-on", "8", "3", "200", "3.00", "150 ×0.75", "4.50"]
    assert "oxigraph serve never; kg serve 412 ms." in result.stderr
    numbers = json.loads(json_path.read_text(encoding="utf-8"))
    assert numbers["serving"][1]["answers"] == 300
    assert numbers["slowest_ask_ms"] == {serving.THEIRS: None, serving.OURS: 412.3}


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


def test_what_is_said_about_a_large_event_is_mostly_a_repetition() -> None:
    def shares(size: int) -> tuple[float, float]:
        rows = [row for document in generate(size).dossier.documents for row in document.reports]
        event, number = Counter(row.claim.event for row in rows).most_common(1)[0]
        return len({row.claim.id for row in rows if row.claim.event == event}) / number, number / size

    (new_of_few, _), (new_of_many, largest) = shares(150), shares(2000)
    assert new_of_many < 0.5 * new_of_few
    assert largest > 0.3, "there are five events, and the first is spoken of most"


def test_figures_scatter_about_tolls() -> None:
    """Who counts the same comes to numbers of one size."""
    claims = {row.claim for document in generate(2000).dossier.documents for row in document.reports}
    figures = [claim for claim in claims if claim.figure is not None and claim.figure.bound == "bare"]
    same = defaultdict(list)
    for claim in figures:
        assert claim.figure is not None and claim.figure.lower is not None
        same[claim.event, claim.place, claim.measure, claim.population, claim.window].append(claim.figure.lower)
    several = [numbers for numbers in same.values() if len(numbers) > 2 and max(numbers) > 20]
    assert len(several) >= 5
    assert median(max(numbers) / max(1, min(numbers)) for numbers in several) < 5


# ---- the process that can be ended -----------------------------------------------------------------------------------

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER (?c != ?f && ?f != ?i) }"
QUICK = "SELECT ?s { ?s ?p ?o } LIMIT 3"


def test_a_task_apart_is_given_up_or_fails_aloud() -> None:
    began = time.monotonic()
    assert apart(time.sleep, 60, cap=0.2) is None
    assert time.monotonic() - began < 30
    with pytest.raises(KgError, match=r"without an answer \(exit code 3\)"):
        apart(os._exit, 3)


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
