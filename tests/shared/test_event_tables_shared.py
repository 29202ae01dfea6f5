"""The full tables of events: every row that should load does, and the claims are those of the table.

They read material beside the checkout: the folder named by KG_SHARED, else `shared`. Skipped where there is none.
"""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from kg.store.oxigraph import OxigraphStore
from kg.workspace import Workspace

CHECKOUT = Path(__file__).resolve().parents[2]

#: Event, author, lowest, highest.
Given = tuple[str, str, int, int]

KILLED = """
SELECT ?event ?author ?low ?high WHERE {
  ?assertion kg:step 1 ; prov:wasAttributedTo/skos:prefLabel ?author ; kg:expresses ?claim .
  ?claim kg:measure measure:killed ; kg:population population:people ; kg:event/dcterms:identifier ?event ;
    schema:minValue ?low ; schema:maxValue ?high .
}
"""
RELATED = """
SELECT ?relation (COUNT(*) AS ?pairs) WHERE {
  ?node kg:relation/skos:notation ?relation ; kg:subjectAssertion ?one ; kg:objectAssertion ?other ;
    kg:subject/kg:measure measure:killed .
  ?one prov:wasAttributedTo ?author . ?other prov:wasAttributedTo ?another .
  FILTER (?author != ?another)
} GROUP BY ?relation
"""
SCOPES = """
SELECT ?event (COUNT(DISTINCT CONCAT(STR(?place), STR(?start), STR(?end))) AS ?scopes) WHERE {
  ?claim a kg:QuantityClaim ; kg:measure measure:killed ; kg:event ?event ; kg:place ?place .
  OPTIONAL { ?claim kg:windowStart ?from } OPTIONAL { ?claim kg:windowEnd ?until }
  BIND(COALESCE(?from, "") AS ?start) BIND(COALESCE(?until, "") AS ?end)
} GROUP BY ?event
"""

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def data() -> Path:
    named = os.environ.get("KG_SHARED")
    folder = (Path(named) if named else CHECKOUT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"the full tables are not here: no folder {folder}; name it in KG_SHARED")
    return folder


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace(OxigraphStore.in_memory()) as empty:
        yield empty


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pairs_of(given: Iterable[Given]) -> list[tuple[Given, Given]]:
    """Pairs about one event by different authors."""
    events: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        events[one[0]].append(one)
    return [(a, b) for of_event in events.values() for a, b in combinations(of_event, 2) if a[1] != b[1]]


def pairs(given: Iterable[Given]) -> tuple[int, int]:
    """How many such pairs there are, and how many of them exclude each other."""
    together = pairs_of(given)
    return len(together), sum(a[2] > b[3] or b[2] > a[3] for a, b in together)


def related_pairs(workspace: Workspace) -> Counter[str]:
    """Pairs of reports by different authors whose figures of the dead have a relation, by the name of that relation."""
    found = workspace.sparql(RELATED).rows
    assert found is not None
    return Counter({str(row["relation"]): int(str(row["pairs"])) for row in found})


def test_maverick_claims_are_the_counts_of_the_table(data: Path, workspace: Workspace) -> None:
    path = data / "maverick-cote-divoire" / "event_reports.csv"
    report = workspace.add(path, mapping="maverick")
    rows = rows_of(path)
    assert set(report.added) == {row["id"] for row in rows}
    assert len(report.added) == 1062
    assert (report.refused, report.complete) == ((), True)

    table: list[Given] = [
        (row["event_id"], row["source_author"], int(row["deaths_low"]), int(row["deaths_high"]))
        for row in rows
        if row["deaths_low"] and row["deaths_high"]
    ]
    found = workspace.sparql(KILLED).rows
    assert found is not None
    claimed: list[Given] = [(str(row["event"]), str(row["author"]), int(row["low"]), int(row["high"])) for row in found]
    assert Counter(claimed) == Counter(table)
    assert pairs(claimed) == pairs(table) == (1028, 384)

    workspace.relate()
    told = related_pairs(workspace)
    same_claim = sum(a[2:] == b[2:] for a, b in pairs_of(claimed))
    assert told["contradicts"] == 384
    by_origins = {"corroborates", "possiblyCorroborates", "repeats"}  # beside what the figures are to each other
    told = Counter({kind: number for kind, number in told.items() if kind not in by_origins})
    assert sum(told.values()) + same_claim == 1028, "a pair is the same claim twice, or has one relation"
    assert set(told) == {"contradicts", "refines", "overlaps"}

    scopes = workspace.sparql(SCOPES).rows
    assert scopes is not None
    assert len(scopes) == len({row["event_id"] for row in rows}) == 683
    assert {row["scopes"] for row in scopes} == {1}, "counts of one event must be comparable: one place, one window"


def test_ucdp_rows_out_of_order_are_exactly_those_left_out(data: Path, workspace: Workspace) -> None:
    path = data / "ucdp-ged-sample" / "ucdp_ged231_sample1000.csv"
    report = workspace.add(path, mapping="ucdp-ged")
    wrong, right = set[str](), set[str]()
    for row in rows_of(path):
        ordered = float(row["low"]) <= float(row["best"]) <= float(row["high"])
        (right if ordered else wrong).add(str(int(float(row["id"]))))
    assert (len(wrong), len(right)) == (13, 987)
    assert (set(report.refused), set(report.added)) == (wrong, right)
    errors = [problem for problem in report.problems if problem.severity == "error"]
    assert len(errors) == 13
    lines = path.read_text(encoding="utf-8").split("\n")
    for problem in errors:
        assert problem.line is not None
        assert lines[problem.line - 1].split(".")[0] in wrong, "the line is the one on which the row begins"
