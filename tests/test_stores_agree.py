"""The demo in every store: the same answers everywhere, nothing new on loading again, and what a row costs."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean, median

import pytest

from kg import vocab
from kg.load import stored
from kg.store import Store
from kg.store.oxigraph import OxigraphStore
from kg.store.reference import ReferenceStore
from kg.workspace import Workspace

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

DEMO = vocab.data_path("examples") / "syria-coast-2025"
ROWS = {row["id"]: row for row in map(json.loads, (DEMO / "assertions.jsonl").read_text(encoding="utf-8").splitlines())}
DOCUMENTS = (DEMO / "documents.jsonl").read_text(encoding="utf-8").splitlines()

ENGINES: dict[str, Callable[[Path], Store]] = {
    "oxigraph-disk": lambda folder: OxigraphStore.on_disk(folder / "store"),
    "reference": lambda _: ReferenceStore(),
}


@pytest.fixture(scope="module", params=ENGINES)
def other(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, related: Workspace
) -> Iterator[Workspace]:
    """The demo in another store, with the relations that were worked out in the first: what is asked here is whether
    both answer alike."""
    with Workspace(ENGINES[request.param](tmp_path_factory.mktemp("other"))) as workspace:
        workspace.add(DEMO)
        here = set(workspace.store.graph_names())
        missing = [name for name in related.store.graph_names() if name not in here and "/load/" not in name.value]
        workspace.store.apply(add=[stored(related.store, name, name) for name in missing])
        yield workspace


QUESTIONS = [path.stem for path in sorted(vocab.data_path("queries").glob("*.rq"))]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_store_gives_the_same_rows_in_the_same_order(related: Workspace, other: Workspace, name: str) -> None:
    question = related.questions[name]
    found, wanted = (workspace.ask(name, **question.example) for workspace in (other, related))
    assert found.columns == wanted.columns
    assert found.rows == wanted.rows
    assert wanted.rows or question.empty, "a question with an example that finds nothing says why in its header"
    assert found.labels == wanted.labels


def test_all_questions_are_here() -> None:
    assert (
        sorted(
            [
                "outlet-reports",
                "who-said",
                "chain",
                "event-figures",
                "rests-on",
                "outlet-origins",
                "contradictions",
                "rivals",
                "disputes",
                "relations",
                "revisions",
                "conflict-sets",
                "sums",
                "relation-counts",
                "independence",
                "support-profile",
                "corroborations",
                "single-points-of-failure",
                "repeats",
                "altered-reports",
                "attribution-lost",
                "interested-parties",
                "withdrawals",
                "trace",
                "merges",
                "challenged",
                "denials",
                "responsibility",
                "unnamed-only",
                "unstated-scope",
                "coverage",
                "event-chains",
                "event-claims",
                "event-places",
                "event-support",
                "floors",
                "floor-claims",
                "how-made",
                "unheard",
            ]
        )
        == QUESTIONS
    )


# ---- loading again ---------------------------------------------------------------------------------------------------


def sorted_quads(store: Store, *, without_entries: bool = False) -> bytes:
    apart = ("/ingest/", "/load/") if without_entries else ()
    lines = sorted(quad.nquad for quad in store.quads() if not any(mark in quad.graph.value for mark in apart))
    return "\n".join(lines).encode()


def shuffled(folder: Path) -> Path:
    """A copy of the demo with the rows of every table, and the keys of every row, in another order."""
    dice = random.Random(20250306)
    copy = folder / "shuffled"
    shutil.copytree(DEMO, copy)
    for path in copy.glob("*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        dice.shuffle(rows)
        rows = [dict(dice.sample(sorted(row.items()), len(row))) for row in rows]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return copy


def test_loading_again_or_with_the_rows_shuffled_changes_no_byte(tmp_path: Path) -> None:
    with Workspace(OxigraphStore.on_disk(tmp_path / "store")) as workspace:
        first = workspace.add(DEMO)
        before = sorted_quads(workspace.store)
        again = workspace.add(DEMO)
        assert sorted_quads(workspace.store) == before
        mixed = workspace.add(shuffled(tmp_path))
        assert sorted_quads(workspace.store) == before
    assert len(first.added) == len(again.unchanged) == len(mixed.unchanged) == len(DOCUMENTS)
    assert not (again.added or again.replaced or mixed.added or mixed.replaced)


def test_a_new_store_from_shuffled_rows_differs_only_in_where_they_stood(demo: Workspace, tmp_path: Path) -> None:
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(shuffled(tmp_path))
        assert sorted_quads(workspace.store, without_entries=True) == sorted_quads(demo.store, without_entries=True)


# ---- what a row costs ------------------------------------------------------------------------------------------------

BUDGET = 40


def test_a_row_costs_at_most_forty_triples(demo: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """All that the dossier brings, spread over its rows; and what each row brings of its own, all hops included.

    A row's own: its assertions, where it was entered, its claim (which other rows may share), its anchor and the
    unnamed sources of its chain.
    """
    hops = {
        *(vocab.KG + name for name in ("relays", "expresses", "responsible")),
        *(vocab.PREFIXES["oa"] + name for name in ("hasTarget", "hasSelector")),
        vocab.PREFIXES["prov"] + "wasAttributedTo",
    }
    total = 0
    cost: dict[tuple[str, str], int] = Counter()
    links: dict[tuple[str, str], set[str]] = defaultdict(set)
    row_of: dict[tuple[str, str], str] = {}
    for quad in demo.store.quads():
        subject, graph = quad.subject.value, quad.graph.value.replace("/ingest/", "/version/")
        if graph == vocab.KG.rstrip("#"):
            continue
        total += 1
        cost[graph, subject] += 1
        if quad.predicate.value in hops and "/actor/" not in str(quad.object):
            links[graph, subject].add(str(quad.object))
        if quad.predicate.value == vocab.PREFIXES["dcterms"] + "identifier" and subject.endswith(".1"):
            row_of[graph, subject] = str(quad.object)
    own: dict[str, int] = {}
    for (graph, first), row in row_of.items():
        reached, to_do = set(), {first}
        while to_do:
            node = to_do.pop()
            reached.add(node)
            to_do |= links[graph, node] - reached
        own[row] = sum(cost[graph, node] for node in reached)
    assert own.keys() == ROWS.keys()
    spread = Counter(10 * (count // 10) for count in own.values())
    histogram = ", ".join(f"{low}–{low + 9}: {spread[low]}" for low in sorted(spread))
    most = max(own, key=lambda row: own[row])
    with capsys.disabled():
        print(
            f"\ntriples per row: {total / len(ROWS):.1f} ({total:,} over {len(ROWS)} rows, all that the dossier brings)"
            f"\nof its own, all hops included: mean {mean(own.values()):.1f}, median {median(own.values())}, most "
            f"{own[most]} (row {most}, a chain of {len(ROWS[most]['chain'])}); rows by triples: {histogram}"
        )
    assert total / len(ROWS) <= BUDGET
    assert mean(own.values()) <= BUDGET
    assert own[most] <= BUDGET * 1.5, "long chains with an anchor may cost more, within reason"
