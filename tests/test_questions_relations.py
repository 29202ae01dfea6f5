"""The saved questions on relations, answered a second time without SPARQL: from the rules' results, in Python.

The second answer relates the statements of the store anew and reads the rows off the results, in words: the ends of
claims' IRIs, notations of concepts. Small dossiers about Velmara have the cases that the demo does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from kg import vocab
from kg.errors import KgError
from kg.labels import labels
from kg.load import stored
from kg.logic.figures import RHO, Given
from kg.lookup import with_prefixes
from kg.rdf import NamedGraph, Triple
from kg.relate.blocks import Block, blocks
from kg.relate.reading import Voice, read_statements
from kg.relate.reasons import Reasons
from kg.relate.results import Edge, Kind, Results, joint_kind, sum_kind
from kg.relate.results import related as worked_out
from kg.relate.writing import INVERSE
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, Literal
from kg.vocab import term
from kg.workspace import Workspace
from tests.conftest import SEED, velmara

Row = tuple[Any, ...]
Tables = dict[str, list[dict[str, Any]]]

EVENT = "syria-coast-2025"
COLUMNS = {
    "contradictions": "a b rule grade why",
    "rivals": "a b rule grade why",
    "disputes": "scope measure population place from to camp lower upper bound origins label",
    "relations": "other relation rule grade why",
    "revisions": "date claim lower upper bound population previous change",
    "conflict-sets": "set claim lower upper why",
    "sums": "document whole part closes why",
    "challenged": "claim source stance document statement",
    "relation-counts": "relation rule grade pairs",
}
NEEDS_NONE = {"challenged"}
PAIRED = ("contradictions", "rivals")
GRADES = ["firm", "hedged", "conditional"]
#: Kinds by how they are called in a question, and in the results.
KIND = {"contradictions": "contradicts", "rivals": "rivals"}


# ---- both answers in the same words ----------------------------------------------------------------------------------


def concept(iri: IRI) -> vocab.Concept | None:
    schemes = ("relation-kinds", "rules", "grades", "bounds", "stances")
    return next((found for name in schemes if (found := vocab.scheme(name).of_iri(iri))), None)


def plain(value: object) -> Any:
    if isinstance(value, IRI):
        known = concept(value)
        return known.notation if known else value.value
    if isinstance(value, Literal):
        number = value.to_python()
        return number if isinstance(number, int) else value.value
    return value


def asked(workspace: Workspace, name: str, **parameters: str) -> list[Row]:
    found = workspace.ask(name, **parameters)
    assert found.columns == tuple(COLUMNS[name].split()), "the columns are fixed: people script against them"
    return [tuple(map(plain, row)) for row in found.rows]


def same(found: list[Row], wanted: list[Row]) -> None:
    """The same rows, each as often, in whatever order."""
    assert Counter(found) == Counter(wanted)
    assert found, "an answer without rows proves nothing"


@dataclass
class Oracle:
    """What the rules say of the statements in a store."""

    figures: dict[Given, tuple[Voice, ...]]
    results: list[tuple[Block, Results, Reasons]]

    @classmethod
    def of(cls, workspace: Workspace) -> Oracle:
        rows = workspace.store.select(with_prefixes("SELECT DISTINCT ?node { ?node skos:prefLabel ?name }")).rows
        names = {iri.value: name for iri, name in labels(workspace.store, [node for (node,) in rows]).items()}
        reasons = Reasons(names, RHO)
        statements = read_statements(workspace.store, workspace.base)
        found = [(block, worked_out(block, reasons), reasons) for block in blocks(statements, RHO)]
        return cls(dict(statements.figures), found)

    @property
    def edges(self) -> list[Edge]:
        return [edge for _, results, _ in self.results for edge in results.edges]

    def of_kind(self, *kinds: str) -> list[Edge]:
        return [edge for edge in self.edges if edge.kind.relation in kinds]

    def number(self, claim: str) -> int:
        """The printed number that rows are put in order by; 0 for what is no figure."""
        return next((printed(given) or 0 for given in self.figures if given.claim == claim), 0)


def printed(given: Given) -> int | None:
    return given.figure.upper if given.figure.lower is None else given.figure.lower


@pytest.fixture(scope="module")
def oracle(related: Workspace) -> Oracle:
    return Oracle.of(related)


# ---- on the demo -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
@pytest.mark.parametrize("name", PAIRED)
def test_contradictions_and_rivals(related: Workspace, oracle: Oracle, name: str, parameters: dict[str, str]) -> None:
    found = asked(related, name, **parameters)
    edges = oracle.of_kind(KIND[name])
    same(found, [(edge.subject, edge.object, edge.kind.rule, edge.kind.grade, edge.reason) for edge in edges])
    order = [
        (GRADES.index(grade), -max(oracle.number(a), oracle.number(b)), -oracle.number(a) - oracle.number(b))
        for a, b, _, grade, _ in found
    ]
    assert order == sorted(order)


def test_no_contradiction_is_of_one_origin_with_itself(related: Workspace, oracle: Oracle) -> None:
    origins = {
        (edge.subject, edge.object): edge.subject_origins | edge.object_origins
        for edge in oracle.of_kind("contradicts")
    }
    for a, b, *_ in asked(related, "contradictions"):
        assert len(origins[a, b]) > 1


def test_what_a_conditional_row_rests_on_stands_in_its_reason(related: Workspace) -> None:
    for name in PAIRED:
        for *_, grade, why in asked(related, name):
            assert ("Holds if" in why) == (grade == "conditional")


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}, {"measure": "killed"}])
def test_disputes(related: Workspace, oracle: Oracle, parameters: dict[str, str]) -> None:
    found = asked(related, "disputes", **parameters)
    first = {given.claim: given for given in oracle.figures}
    wanted: list[Row] = []
    for _, results, _ in oracle.results:
        for dispute in results.disputes:
            about = first[dispute.camps[0].claim].scope
            window = [day.isoformat() if day else None for day in (about.window.start, about.window.end)]
            for camp in dispute.camps:
                given = first[camp.claim]
                numbers = given.figure.lower, given.figure.upper, given.figure.bound, len(camp.origins)
                scope = about.measure, given.scope.population, about.place, *window
                wanted.append((*scope, camp.claim, *numbers, camp.label.name.lower()))
    if "measure" in parameters:
        wanted = [row for row in wanted if row[0] == vocab.scheme("measures").get("killed").iri.value]  # type: ignore[union-attr]
    same([row[1:] for row in found], wanted)
    scopes = [(scope, list(rows)) for scope, rows in groupby(found, key=lambda row: row[0])]
    assert len(scopes) == len({scope for scope, _ in scopes}), "the camps of a dispute stand together"
    order = [(not any(row[-1] == "contradicts" for row in rows), -len(rows)) for _, rows in scopes]
    assert order == sorted(order)
    for _, rows in scopes:
        numbers = [row[7] if row[7] is not None else row[8] for row in rows]
        stated = [number for number in numbers if number is not None]
        assert numbers[: len(stated)] == sorted(stated)


def seen_from(oracle: Oracle, claim: str) -> Iterator[Row]:
    """All that the results say about a claim, read from its side."""
    for edge in oracle.edges:
        kind = edge.kind
        if edge.subject == claim:
            yield edge.object, kind.relation, kind.rule, kind.grade, edge.reason
        if edge.object == claim:
            yield edge.subject, INVERSE.get(kind.relation, kind.relation), kind.rule, kind.grade, edge.reason
    for _, results, reasons in oracle.results:
        for found in results.sums:
            whole, parts = found.whole.claim, {part.claim for part in found.parts}
            others = parts if claim == whole else {whole} if claim in parts else set()
            yield from ((other, *sum_kind(found), reasons.sum(found)) for other in others)
        for members in results.joint:
            claims = {given.claim for own in members for given in own}
            if claim in claims:
                yield from ((other, *joint_kind(members), reasons.joint(members)) for other in claims - {claim})


def busy_claims(oracle: Oracle) -> list[str]:
    """The claim in most relations of each kind, on either side, and the whole and a part of the first sum."""
    chosen = []
    for kind in sorted({edge.kind.relation for edge in oracle.edges}):
        for side in ("subject", "object"):
            chosen.append(Counter(getattr(edge, side) for edge in oracle.of_kind(kind)).most_common(1)[0][0])
    sums = [found for _, results, _ in oracle.results for found in results.sums]
    return list(dict.fromkeys([*chosen, sums[0].whole.claim, sums[0].parts[0].claim]))


def test_relations_of_a_claim_are_read_from_its_side(related: Workspace, oracle: Oracle) -> None:
    claims = busy_claims(oracle)
    kinds = set()
    for claim in claims:
        found = asked(related, "relations", claim=claim)
        same(found, list(seen_from(oracle, claim)))
        kinds |= {row[1] for row in found}
        opposed = [row[1] in ("contradicts", "conflictSet", "failsToSumTo") for row in found]
        assert opposed == sorted(opposed, reverse=True), "contradictions come first"
    assert kinds >= {"refines", "refinedBy", "supports", "supportedBy", "updates", "updatedBy", "sumsTo", "contradicts"}
    assert kinds >= {"relaysDiffer", "disputes", "disputedBy"}


def history(oracle: Oracle, origin: str) -> Iterator[Row]:
    """The figures of an origin with what they revise or update."""
    own = [given for given in oracle.figures if given.origin == origin]
    figures = {given.claim: given.figure for given in oracle.figures}
    for claim in {given.claim for given in own}:
        days = [given.as_of for given in own if given.claim == claim and given.as_of is not None]
        given = next(given for given in own if given.claim == claim)
        figure = given.figure
        start = min(days).isoformat() if days else None
        about = start, claim, figure.lower, figure.upper, figure.bound, given.scope.population
        before = {
            edge.object
            for edge in oracle.of_kind("revises", "updates")
            if edge.subject == claim and origin in edge.subject_origins
        }
        for previous in before or {None}:
            then = figures[previous] if previous else None
            comparable = then and not (figure.increment or then.increment) and None not in (figure.lower, then.lower)
            if comparable and figure.bound in ("at least", "more than") and figure.lower < then.lower:  # type: ignore[union-attr,operator]
                comparable = False
            yield *about, previous, figure.lower - then.lower if comparable else None  # type: ignore[union-attr,operator]


@pytest.mark.parametrize("source", ["SOHR", "SNHR", "Syrian fact-finding committee", "OHCHR"])
def test_revisions(related: Workspace, oracle: Oracle, source: str) -> None:
    found = asked(related, "revisions", source=source)
    same(found, list(history(oracle, related.lookup.resolve("source", source).value)))
    scope = {given.claim: given.scope for given in oracle.figures}
    series = [(scope[row[1]].measure, scope[row[1]].population, scope[row[1]].place) for row in found]
    together = [key for key, _ in groupby(series)]
    assert len(together) == len(set(together)), "a series stands together"
    for _, rows in groupby(zip(series, found, strict=True), key=lambda pair: pair[0]):
        days = [row[0] for _, row in rows]
        assert days == sorted(days, key=lambda day: (day is None, day or ""))


def test_a_persons_figures_are_those_of_the_organisation(related: Workspace) -> None:
    assert asked(related, "revisions", source="Rami Abdulrahman") == asked(related, "revisions", source="SOHR")


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_sums(related: Workspace, oracle: Oracle, parameters: dict[str, str]) -> None:
    found = asked(related, "sums", **parameters)
    same(found, list(sum_rows(oracle)))


def sum_rows(oracle: Oracle) -> Iterator[Row]:
    for _, results, reasons in oracle.results:
        for found in results.sums:
            for document in found.documents or {None}:
                for part in {part.claim for part in found.parts}:
                    yield document, found.whole.claim, part, found.closes, reasons.sum(found)


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_relation_counts(related: Workspace, oracle: Oracle, parameters: dict[str, str]) -> None:
    counted: Counter[Kind] = Counter()
    for _, results, _ in oracle.results:
        counted += results.found
    found = asked(related, "relation-counts", **parameters)
    same(found, [(*kind, number) for kind, number in counted.items()])
    numbers = [row[-1] for row in found]
    assert numbers == sorted(numbers, reverse=True)
    assert {"complements", "bounds", "undetermined", "scopeOverlaps"} <= {row[0] for row in found}


# ---- what an editor would look for in the demo -----------------------------------------------------------------------


class Shown:
    """Answers as people read them: rows of labels."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def __call__(self, name: str, **parameters: str) -> list[dict[str, str]]:
        found = self.workspace.ask(name, **parameters)
        return [dict(zip(found.columns, map(found.shown, row), strict=True)) for row in found.rows]


@pytest.fixture(scope="module")
def shown(related: Workspace) -> Shown:
    return Shown(related)


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("1,018 people killed", {"745 civilians", "125 security forces", "148 former-regime fighters"}),
        ("1,334 people killed", {"889 people killed by Armed forces", "445 people killed by Assad loyalists"}),
    ],
)
def test_the_tolls_that_add_up(shown: Shown, whole: str, parts: set[str]) -> None:
    rows = [row for row in shown("sums", event=EVENT) if row["whole"].startswith(whole)]
    assert {row["closes"] for row in rows} == {"true"}
    named = {row["part"] for row in rows}
    assert len(named) == len(parts)
    assert all(any(name.startswith(part) for name in named) for part in parts)


#: Start of the scope, and numbers that stand against one another there.
IN_DISPUTE = [
    ("killed, Al-Tuwaym", {31, 78}),
    ("killed, Al-Mukhtariya", {40, 149}),
    ("killed, Baniyas", {32, 100}),
    ("killed, Syrian coast, 6–10 March 2025", {803, 1450}),
    ("killed, Syrian coast, 6–31 March 2025", {1334, 1426, 1400, 1700}),
]


@pytest.mark.parametrize(("scope", "numbers"), IN_DISPUTE)
def test_the_tolls_in_dispute(shown: Shown, scope: str, numbers: set[int]) -> None:
    camps: dict[str, set[int]] = {}
    for row in shown("disputes", event=EVENT, measure="killed"):
        if row["lower"] and row["scope"].startswith(scope):
            camps.setdefault(row["scope"], set()).add(int(row["lower"].replace(",", "")))
    assert any(numbers <= given for given in camps.values()), camps


NETWORK, COMMITTEE, COMMISSION, MONITOR = (
    "1,334 people",
    "1,426 people",
    "about 1,400 people",
    "more than 1,700 people",
)


@pytest.mark.parametrize(
    "pair",
    [
        {NETWORK, COMMITTEE},
        {NETWORK, MONITOR},
        {COMMITTEE, MONITOR},
        {COMMISSION, MONITOR},
    ],
    ids=lambda pair: " against ".join(sorted(pair)),
)
def test_the_later_totals_contradict_one_another(shown: Shown, pair: set[str]) -> None:
    found = [
        row
        for row in shown("contradictions", event=EVENT)
        if all(any(row[side].startswith(f"{words} killed, Syrian coast, 6–31") for side in "ab") for words in pair)
    ]
    assert [row["grade"] for row in found] == ["hedged"]


def test_a_monitors_toll_reads_as_one_history(shown: Shown) -> None:
    rows = shown("revisions", source="SOHR", event=EVENT)
    tolls = [row for row in rows if row["population"] == "civilians" and ", Syrian coast, 6–" in row["claim"]]
    dated = [(row["date"], row["lower"].replace(",", "")) for row in tolls if row["date"]]
    wanted = [
        ("2025-03-08", "745"),
        ("2025-03-10", "973"),
        ("2025-03-11", "1225"),
        ("2025-03-12", "1383"),
        ("2025-03-14", "1500"),
        ("2025-04-25", "1700"),
    ]
    left = iter(dated)
    assert all(step in left for step in wanted), dated
    first, *later = tolls
    assert not first["previous"]
    change = {row["claim"].split(" civilians")[0]: row["change"] for row in later}
    assert change["973"] == "228"
    assert change["1,225"] == "252"
    assert change["1,383"] == "158"
    assert change["1,500"] == "117"


def test_findings_on_the_command_meet_those_without_evidence(shown: Shown, related: Workspace) -> None:
    for finding in ("A108-2", "A79-3"):
        met = [row for row in shown("relations", claim=finding) if row["relation"] == "disputed by"]
        assert {row["rule"] for row in met} == {"doubt"}
        assert any("Syrian interim government: ordered" in row["other"] for row in met)
        assert any("Syrian Ministry of Defence: ordered" in row["other"] for row in met)


def test_an_accusation_meets_its_denial(shown: Shown) -> None:
    found = [row for row in shown("contradictions", event=EVENT) if row["rule"] == "denial"]
    (accusation,) = [row["b"] for row in found if row["a"] == "Iran: took part"]
    assert accusation == "Iran is involved in the recent violence on the Syrian coast."
    assert any(row["claim"] == "Iran: took part" and row["source"] == "Iran" for row in shown("challenged"))
    (back,) = [row for row in shown("relations", claim="A63-1") if row["relation"] == "contradicts"]
    assert back["other"] == "Iran: took part"


def test_the_seed_article_alone_has_rivals_and_no_contradiction(workspace: Workspace) -> None:
    workspace.add(SEED)
    workspace.relate()
    assert asked(workspace, "contradictions") == []
    assert asked(workspace, "rivals")


# ---- small dossiers --------------------------------------------------------------------------------------------------


def toll(row_id: str, source: str, bound: str, number: int, population: str, **other: Any) -> dict[str, Any]:
    row = {
        "id": row_id,
        "doc": "D1",
        "chain": ["Orlen Gazette", source],
        "kind": "quantity",
        "measure": "killed",
        "population": population,
        "place": "Velmara",
        "qualifier": bound,
        "lower": None if bound == "at most" else number,
        "upper": None if bound == "at least" else number,
        "window_start": "2031-03-14",
        "window_end": "2031-03-14",
        "as_of": "2031-03-15",
        "statement": f"What {source} counts.",
    }
    return row | other


def tables_of(*rows: dict[str, Any]) -> Tables:
    return {
        "documents": [{"id": "D1", "outlet": "Orlen Gazette", "published": "2031-03-16"}],
        "assertions": list(rows),
        "actors": [
            {"name": "Orlen Gazette", "kind": "newspaper"},
            {"name": "Velmara Health Ministry", "kind": "government"},
            {"name": "Blue Lantern Relief", "kind": "NGO"},
            {"name": "Harbour Watch", "kind": "NGO"},
        ],
        "places": [{"name": "Velmara"}],
    }


def test_a_conflict_of_three_shows_its_members_together(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    rows = [
        toll("whole", "Velmara Health Ministry", "at most", 100, "people"),
        toll("one", "Blue Lantern Relief", "at least", 70, "civilians"),
        toll("other", "Harbour Watch", "at least", 40, "security forces"),
    ]
    workspace.add(dossier(tables_of(*rows)))
    workspace.relate()
    found = asked(workspace, "conflict-sets", event="velmara-2031")
    claim = {row["id"]: workspace.lookup.resolve("claim", row["id"]).value for row in rows}
    assert [row[1:4] for row in found] == [
        (claim["whole"], None, 100),
        (claim["one"], 70, None),
        (claim["other"], 40, None),
    ]
    assert len({row[0] for row in found}) == 1
    assert all(number in found[0][-1] for number in ("100", "70", "40"))
    assert asked(workspace, "contradictions") == []
    from_one = asked(workspace, "relations", claim="one")
    assert {row[:2] for row in from_one if row[1] == "conflictSet"} == {
        (claim["whole"], "conflictSet"),
        (claim["other"], "conflictSet"),
    }


def test_sums_that_fail_come_before_those_that_close(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    ministry, relief = "Velmara Health Ministry", "Blue Lantern Relief"
    rows = [
        toll("right", relief, "exactly", 90, "people"),
        toll("right-1", relief, "exactly", 60, "civilians"),
        toll("right-2", relief, "exactly", 30, "security forces"),
        toll("wrong", ministry, "exactly", 50, "people"),
        toll("wrong-1", ministry, "exactly", 40, "civilians"),
        toll("wrong-2", ministry, "exactly", 20, "security forces"),
    ]
    workspace.add(dossier(tables_of(*rows)))
    workspace.relate()
    claim = {row["id"]: workspace.lookup.resolve("claim", row["id"]).value for row in rows}
    found = asked(workspace, "sums")
    assert [(row[1:4]) for row in found] == [
        (claim["wrong"], claim["wrong-1"], False),
        (claim["wrong"], claim["wrong-2"], False),
        (claim["right"], claim["right-1"], True),
        (claim["right"], claim["right-2"], True),
    ]
    assert {row[0] for row in found} == {workspace.lookup.resolve("document", "D1").value}
    assert {row[1] for row in asked(workspace, "relations", claim="wrong")} >= {"failsToSumTo"}


def test_what_counts_only_the_new_changes_no_total(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    ministry = "Velmara Health Ministry"
    days = {"window_end": "2031-03-15", "as_of": "2031-03-16"}
    rows = [
        toll("first", ministry, "at least", 17, "people"),
        toll("second", ministry, "at least", 24, "people", **days),
        toll("third", ministry, "bare", 3, "people", increment=True, as_of="2031-03-17"),
    ]
    workspace.add(dossier(tables_of(*rows)))
    workspace.relate()
    claim = {row["id"]: workspace.lookup.resolve("claim", row["id"]).value for row in rows}
    found = {row[1]: row for row in asked(workspace, "revisions", source=ministry)}
    assert found[claim["first"]][-2:] == (None, None)
    assert found[claim["second"]][-2:] == (claim["first"], 7)
    assert found[claim["third"]][-1] is None


def test_whom_most_sources_challenge_comes_first(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    """Sources count, not how often they are quoted: one that is relayed three times is one."""
    ministry, relief = "Velmara Health Ministry", "Blue Lantern Relief"
    said = {"Nobody was shelled.": (ministry, relief), "No bridge fell.": (ministry, ministry, ministry)}
    said |= {f"No boat {number} sank.": (relief,) for number in range(5)}
    rows = []
    for text, sources in said.items():
        for number, source in enumerate(sources, start=1):
            row = {"id": f"{len(rows)}", "doc": f"D{number}", "chain": ["Orlen Gazette", source], "kind": "denial"}
            rows.append(row | {"stance": "denies", "statement": text})
    tables = tables_of(*rows)
    tables["documents"] = [{"id": f"D{n}", "outlet": "Orlen Gazette", "published": f"2031-03-1{n}"} for n in (1, 2, 3)]
    workspace.add(dossier(tables))
    found = asked(workspace, "challenged")
    assert [row[-1] for row in found[:2]] == ["Nobody was shelled."] * 2
    assert len({row[0] for row in found}) == len(said)
    by_claim = [claim for claim, _ in groupby(row[0] for row in found)]
    assert len(by_claim) == len(said), "who challenges one claim stands together"


EVENTS = (
    "id: velmara\ntitle: A raid and its night\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\nevents:\n"
    "  - {id: raid, label: Raid on Velmara, place: Velmara, start: 2031-03-14, end: 2031-03-16}\n"
    "  - {id: night, label: Night of the raid, place: Velmara, start: 2031-03-14, end: 2031-03-14}\n"
    "  - {id: dawn, label: Dawn after the raid, place: Velmara, start: 2031-03-15, end: 2031-03-15}\n"
)


def test_an_event_stands_for_those_inside_it_and_no_event_for_all(
    workspace: Workspace, dossier: Callable[..., Path]
) -> None:
    pairs = {"raid": ("raid", 50), "night": ("night", 30), "none": (None, 10)}
    rows = []
    for name, (event, number) in pairs.items():
        for side, source in enumerate(("Velmara Health Ministry", "Blue Lantern Relief")):
            place = {"event": event, "measure": "injured" if name == "none" else "killed"}
            rows.append(toll(f"{name}-{side}", source, "exactly", number + side, "people", **place))
            denied = {"kind": "denial", "stance": "denies", "measure": None, "population": None, "qualifier": None}
            denied |= {
                "lower": None,
                "upper": None,
                "event": event,
                "statement": f"There was no {name}, says {source}.",
            }
            rows.append(toll(f"{name}-{side}-denied", source, "exactly", 1, "people") | denied)
    folder = dossier(tables_of(*rows))
    (folder / "dossier.yaml").write_text(EVENTS, encoding="utf-8")
    workspace.add(folder)
    inside = IRI(f"{workspace.base}declared")
    nodes = {name: workspace.lookup.resolve("event", name) for name in ("raid", "night", "dawn")}
    part_of = tuple(Triple(nodes[part], term("sem:subEventOf"), nodes["raid"]) for part in ("night", "dawn"))
    workspace.store.apply(add=[NamedGraph(inside, inside, part_of)])
    workspace.relate()
    claim = {row["id"]: workspace.lookup.resolve("claim", row["id"]).value for row in rows}
    place_of = {iri: row_id.split("-")[0] for row_id, iri in claim.items()}

    def about(name: str, column: int, **parameters: str) -> set[str]:
        return {place_of[row[column]] for row in asked(workspace, name, **parameters)}

    for name, column in (("contradictions", 0), ("disputes", 6), ("challenged", 0)):
        assert about(name, column) == {"raid", "night", "none"}, name
        assert about(name, column, event="raid") == {"raid", "night"}, name
        assert about(name, column, event="night") == {"night"}, name
    source = "Blue Lantern Relief"
    assert about("revisions", 1, source=source) == {"raid", "night", "none"}
    assert about("revisions", 1, source=source, event="raid") == {"raid", "night"}
    assert about("revisions", 1, source=source, event="night") == {"night"}

    def contradictions(**parameters: str) -> int:
        return sum(row[-1] for row in asked(workspace, "relation-counts", **parameters) if row[0] == "contradicts")

    assert contradictions() == 3
    assert contradictions(event="raid") == contradictions(event="night") == 2, "counted by the tree of an event"


# ---- when they can be asked ------------------------------------------------------------------------------------------


def parameters_of(workspace: Workspace, name: str) -> dict[str, str]:
    values = {"source": "Velmara Health Ministry", "claim": "D1-1"}
    return {p.name: values[p.name] for p in workspace.questions[name].parameters if p.required}


@pytest.mark.parametrize("name", COLUMNS)
def test_what_needs_relations_is_refused_without_them(
    workspace: Workspace, dossier: Callable[..., Path], name: str
) -> None:
    workspace.add(dossier())
    parameters = parameters_of(workspace, name)
    if name in NEEDS_NONE:
        assert asked(workspace, name, **parameters)
        return
    with pytest.raises(KgError, match=f"{name} asks for relations, and none were worked out yet; type 'kg relate'"):
        workspace.ask(name, **parameters)
    workspace.relate()
    before = asked(workspace, name, **parameters)
    tables = velmara()
    tables["assertions"].append(toll("more", "Blue Lantern Relief", "at most", 5, "people"))
    workspace.add(dossier(tables))
    with pytest.raises(KgError, match="documents or judgements have changed since relations were worked out"):
        workspace.ask(name, **parameters)
    workspace.relate()
    assert asked(workspace, name, **parameters) == asked(workspace, name, **parameters)
    if name == "contradictions":
        assert len(asked(workspace, name)) > len(before)


def test_the_order_of_rows_does_not_depend_on_the_order_of_loading(related: Workspace) -> None:
    """The graphs of the demo in the opposite order, so that nothing lies in the store as it did."""
    names = reversed(related.store.graph_names())
    with Workspace(OxigraphStore.in_memory()) as again:
        again.store.apply(add=[stored(related.store, name, name) for name in names])
        for name in COLUMNS:
            example = related.questions[name].example
            assert again.ask(name, **example).rows == related.ask(name, **example).rows, name
