"""The vocabulary, its schemes and its shapes hold together, and every example is what it says it is.

A file in `ontology/examples/invalid` has one fault and names in its first line, after `# expect:`, a part of the
message that the shapes give for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, SKOS, BNode, Graph, Literal, URIRef, namespace
from rdflib.term import Node

from kg import vocab
from kg.logic import independence, quantity, scope, table

ONTOLOGY = vocab.data_path("ontology")
SCHEME_FILES = sorted((ONTOLOGY / "schemes").glob("*.ttl"))
VALID = sorted((ONTOLOGY / "examples" / "valid").glob("*.ttl"))
INVALID = sorted((ONTOLOGY / "examples" / "invalid").glob("*.ttl"))
ALL_FILES = [ONTOLOGY / "kg.ttl", ONTOLOGY / "shapes.ttl", *SCHEME_FILES, *VALID, *INVALID]

KG = rdflib.Namespace(vocab.KG)
SCHEMA = rdflib.Namespace("https://schema.org/")
OA = rdflib.Namespace("http://www.w3.org/ns/oa#")
#: The scheme that each file of `schemes/` holds.
SCHEMES = {
    "acts": KG.acts,
    "as-of-bases": KG.asOfBases,
    "bounds": KG.bounds,
    "certainty": KG.certaintyKinds,
    "cues": KG.cues,
    "date-bases": KG.dateBases,
    "directness": KG.directnessKinds,
    "gathering": KG.gatheringKinds,
    "grades": KG.grades,
    "judgements": KG.judgements,
    "logical-forms": KG.logicalForms,
    "measures": KG.measures,
    "merge-bases": KG.mergeBases,
    "populations": KG.populations,
    "relation-kinds": KG.relationKinds,
    "rules": KG.rules,
    "scope-relations": KG.scopeRelations,
    "stances": KG.stances,
    "verdicts": KG.verdicts,
    "window-fits": KG.windowFits,
}
#: Namespaces as their publishers write them; the three of this project come last.
NAMESPACES = {
    "dcterms": "http://purl.org/dc/terms/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kg": "https://w3id.org/claims-kg/ns#",
    "measure": "https://w3id.org/claims-kg/measure/",
    "population": "https://w3id.org/claims-kg/population/",
    "shape": "https://w3id.org/claims-kg/shapes#",
}
#: What each reused vocabulary defines: rdflib knows most of them, the two others are listed as far as they are used.
KNOWN_TERMS: dict[str, type[namespace.DefinedNamespace] | set[str]] = {
    "dcterms": namespace.DCTERMS,
    "geo": namespace.GEO,
    "owl": OWL,
    "prov": namespace.PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": namespace.SDO,
    "sh": SH,
    "skos": SKOS,
    "vann": namespace.VANN,
    "xsd": namespace.XSD,
    "oa": {
        *("Annotation", "assessing", "motivatedBy"),
        *("SpecificResource", "TextPositionSelector", "end", "hasSelector", "hasSource", "hasTarget", "start"),
    },
    "sem": {"Event", "hasBeginTimeStamp", "hasEndTimeStamp", "hasPlace"},
}


@pytest.fixture(autouse=True)
def normalisation_as_before() -> Iterator[None]:
    """pySHACL leaves this switch of rdflib changed when a graph cannot be parsed."""
    before = rdflib.NORMALIZE_LITERALS
    yield
    rdflib.NORMALIZE_LITERALS = before


@cache
def graph_of(path: Path) -> Graph:
    return Graph().parse(path, format="turtle")


@cache
def vocabulary() -> Graph:
    """kg.ttl and the schemes, as they stand in the vocabulary graph of a store."""
    union = Graph()
    for path in (ONTOLOGY / "kg.ttl", *SCHEME_FILES):
        union += graph_of(path)
    return union


@cache
def shapes() -> Graph:
    return graph_of(ONTOLOGY / "shapes.ttl")


def findings(data: Graph) -> list[tuple[URIRef, str]]:
    """(focus node, message) of everything the shapes find wrong with the data."""
    conforms, report, _ = pyshacl.validate(data + vocabulary(), shacl_graph=shapes(), inplace=True)
    results = [
        (report.value(result, SH.focusNode), str(report.value(result, SH.resultMessage)))
        for result in report.objects(None, SH.result)
    ]
    assert conforms == (not results)
    return results


@cache
def findings_in_examples() -> dict[Path, set[str]]:
    """The messages for every example, from one validation of them all: most of its time goes into the vocabulary.

    Each file is read with a base of its own, so that no two share a node.
    """
    together = Graph()
    bases = {path: f"{vocab.DEFAULT_BASE}{path.parent.name}/{path.stem}/" for path in (*VALID, *INVALID)}
    for path, base in bases.items():
        text = path.read_text(encoding="utf-8")
        assert text.count(vocab.DEFAULT_BASE) == 1, f"{path.name}: only @base may spell the base out"
        alone = Graph().parse(data=text.replace(vocab.DEFAULT_BASE, base), format="turtle")
        assert all(str(subject).startswith(base) for subject in alone.subjects()), path.name
        together += alone
    found = findings(together)
    messages = {path: {text for node, text in found if node.startswith(base)} for path, base in bases.items()}
    assert set().union(*messages.values()) == {text for _, text in found}
    return messages


def words_of(graph: Graph) -> Iterator[tuple[URIRef, str]]:
    """(concept, word) for every word by which a table may mean a concept."""
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        for predicate in (SKOS.notation, SKOS.prefLabel, SKOS.altLabel):
            yield from ((concept, str(word)) for word in graph.objects(concept, predicate))


def iris_in(graph: Graph) -> set[URIRef]:
    found = {node for triple in graph for node in triple if isinstance(node, URIRef)}
    return found | {node.datatype for node in graph.objects() if isinstance(node, Literal) and node.datatype}


def broader_of(graph: Graph, concept: URIRef) -> set[URIRef]:
    """The concept itself and everything that contains it."""
    return {concept, *graph.objects(concept, SKOS.broader * "+")}


def name_of(path: Path) -> str:
    return path.stem


def test_the_files_of_schemes_are_the_ones_that_the_model_names() -> None:
    assert {path.stem for path in SCHEME_FILES} == set(SCHEMES)


# ---- terms ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_term_of_ours_is_defined(path: Path) -> None:
    ours = tuple(NAMESPACES[prefix] for prefix in ("kg", "measure", "population"))
    used = {iri for iri in iris_in(graph_of(path)) if str(iri).startswith(ours)}
    undefined = {str(iri) for iri in used - set(vocabulary().subjects())}
    # One invalid example is there to use a measure that nobody declared.
    assert undefined == ({ours[1] + "vanished"} if path.stem == "measure-of-no-scheme" else set())


def test_every_term_that_the_code_and_the_queries_use_is_defined() -> None:
    code = Path(vocab.__file__).parent.rglob("*.py")
    defined = {str(subject) for subject in vocabulary().subjects()}
    for path in (*code, *vocab.data_path("queries").rglob("*.rq")):
        used = set(re.findall(r"\bkg:([A-Za-z]\w*)", path.read_text(encoding="utf-8")))
        assert {name for name in used if vocab.KG + name not in defined} == set(), path.name


def test_no_term_is_defined_in_two_files() -> None:
    for one, other in combinations((ONTOLOGY / "kg.ttl", *SCHEME_FILES), 2):
        assert set(graph_of(one).subjects()) & set(graph_of(other).subjects()) == set(), (one.name, other.name)


def terms_of_ours() -> list[URIRef]:
    return sorted({s for s in graph_of(ONTOLOGY / "kg.ttl").subjects() if s.startswith(vocab.KG)})


def test_every_term_says_what_it_means() -> None:
    graph = graph_of(ONTOLOGY / "kg.ttl")
    assert len(terms_of_ours()) > 40
    for subject in terms_of_ours():
        assert [label.language for label in graph.objects(subject, RDFS.label)] == ["en"], subject
        (definition,) = graph.objects(subject, SKOS.definition)
        assert definition.language == "en"
        assert definition.endswith("."), subject
        types = set(graph.objects(subject, RDF.type))
        if OWL.Class in types:
            assert (subject, RDFS.subClassOf, None) in graph, subject
        else:
            # A plain rdf:Property takes nodes and words alike.
            assert types & {OWL.ObjectProperty, OWL.DatatypeProperty, RDF.Property}, subject


def test_every_example_of_a_term_parses_and_uses_the_term() -> None:
    graph = graph_of(ONTOLOGY / "kg.ttl")
    head = f"@base <{vocab.DEFAULT_BASE}> .\n" + "".join(f"@prefix {p}: <{n}> .\n" for p, n in NAMESPACES.items())
    for subject in terms_of_ours():
        (example,) = graph.objects(subject, SKOS.example)
        parsed = Graph().parse(data=head + example, format="turtle")
        assert subject in iris_in(parsed), subject
        assert {iri for iri in iris_in(parsed) if iri.startswith(vocab.KG)} <= set(vocabulary().subjects()), subject


@pytest.mark.parametrize("path", SCHEME_FILES, ids=name_of)
def test_every_concept_says_what_it_means(path: Path) -> None:
    graph = graph_of(path)
    scheme = SCHEMES[path.stem]
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme}
    assert (scheme, SKOS.definition, None) in graph
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert set(graph.subjects()) == {scheme, *concepts}
    for concept in concepts:
        assert list(graph.objects(concept, SKOS.inScheme)) == [scheme], concept
        for predicate in (SKOS.prefLabel, SKOS.notation, SKOS.definition):
            assert len(list(graph.objects(concept, predicate))) == 1, (concept, predicate)
        if concept.startswith(vocab.KG):
            assert (concept, SKOS.example, None) in graph, concept


# ---- schemes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCHEME_FILES, ids=name_of)
def test_no_word_stands_twice_in_a_scheme(path: Path) -> None:
    owners: dict[str, URIRef] = {}
    for concept, word in words_of(graph_of(path)):
        assert owners.setdefault(word.casefold(), concept) == concept, word
        assert word == " ".join(word.split()), word


@pytest.mark.parametrize("path", SCHEME_FILES, ids=name_of)
def test_every_word_finds_its_concept(path: Path) -> None:
    scheme = vocab.scheme(path.stem)
    assert len(scheme.concepts) == len(set(graph_of(path).subjects(RDF.type, SKOS.Concept)))
    for concept, word in words_of(graph_of(path)):
        found = scheme.get(word.upper())
        assert found is not None, word
        assert str(found.iri) == str(concept)


@pytest.mark.parametrize(
    ("scheme", "word", "name"),
    [
        ("bounds", "over", "moreThan"),
        ("bounds", "less than", "fewerThan"),
        ("bounds", "up to", "atMost"),
        ("acts", "carried_out", "carriedOut"),
        ("acts", "other", "otherAct"),
        ("stances", "finds_no_evidence", "findsNoEvidence"),
        ("gathering", "own", "gathersOwn"),
        ("date-bases", "none", "undated"),
        ("as-of-bases", "published", "asOfPublished"),
        ("window-fits", "within", "someDaysWithin"),
        ("relation-kinds", "refinedBy", "refinedByRelation"),
        ("relation-kinds", "reportAlteredBy", "reportAlteredByRelation"),
        ("rules", "R8", "partExceedsWholeRule"),
        ("rules", "disjoint-values", "disjointValuesRule"),
        ("grades", "conditional", "conditional"),
        ("logical-forms", "entailed-by", "entailedBy"),
        ("scope-relations", "SUB", "narrowerScope"),
        ("cues", "declined to confirm", "declinedToConfirmCue"),
        ("rules", "C1", "independentOriginsRule"),
        ("verdicts", "single relay", "singleRelayVerdict"),
        ("merge-bases", "passes on others' evidence", "relaysBasis"),
        ("judgements", "gathers own", "judgedGathersOwn"),
        ("judgements", "separate", "differentSources"),
    ],
)
def test_a_word_means_what_tables_mean_by_it(scheme: str, word: str, name: str) -> None:
    found = vocab.scheme(scheme).get(word)
    assert found is not None
    assert str(found.iri) == vocab.KG + name


@pytest.mark.parametrize("path", SCHEME_FILES, ids=name_of)
def test_containment_and_disjointness_agree(path: Path) -> None:
    graph = graph_of(path)
    disjoint = set(graph.subject_objects(KG.disjointWith))
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    for one, other in disjoint:
        assert (other, one) in disjoint, f"{one} is disjoint with {other}, and not the other way round"
    for concept in concepts:
        parents = set(graph.objects(concept, SKOS.broader))
        assert parents <= concepts, concept
        assert not any(concept in broader_of(graph, parent) for parent in parents), f"{concept} contains itself"
        for one, other in combinations(broader_of(graph, concept), 2):
            assert (one, other) not in disjoint, f"{concept} lies in {one} and in {other}, which are disjoint"


def test_what_populations_and_measures_contain() -> None:
    graph = vocabulary()
    population, measure = rdflib.Namespace(NAMESPACES["population"]), rdflib.Namespace(NAMESPACES["measure"])
    assert {population.civilians, population.alawites, population.people} <= broader_of(
        graph, population["alawite-civilians"]
    )
    assert measure.casualties in broader_of(graph, measure.killed) & broader_of(graph, measure.injured)
    for not_persons in ("massacres", "sites", "buildings-burned", "interviews", "factions", "families"):
        assert population.people not in broader_of(graph, population[not_persons])
    disjoint = set(graph.subject_objects(KG.disjointWith))
    assert (population.civilians, population["security-forces"]) in disjoint
    assert (population.women, population.children) not in disjoint


def test_the_schemes_hold_every_bound_that_has_a_rule() -> None:
    words = set(vocab.scheme("bounds").words)
    assert set(quantity.VAGUE_WORDS) <= words
    numbers = [(10, None), (None, 10), (10, 10)]
    for word in words:
        assert any(_allowed(word, lower, upper) for lower, upper in numbers), word


# ---- relations --------------------------------------------------------------------------------------------------

#: Pairs of edges of which the first is a relation of its own and the second is only read from the other side.
READ_BACKWARDS = {
    "altersReportOf": "reportAlteredBy",
    "disputes": "disputedBy",
    "refines": "refinedBy",
    "revises": "revisedBy",
    "supports": "supportedBy",
    "updates": "updatedBy",
}


def inverses() -> dict[URIRef, URIRef]:
    """Each kind of relation that has a direct edge, with its inverse."""
    found = list(graph_of(ONTOLOGY / "schemes" / "relation-kinds.ttl").subject_objects(KG.inverseRelation))
    assert len(dict(found)) == len(found), "a kind has two inverses"
    return dict(found)


def edge_of(kind: URIRef) -> URIRef:
    return KG[str(vocabulary().value(kind, SKOS.notation))]


def listed(shape: str, path: URIRef) -> set[URIRef]:
    """The values that a shape allows on a path, in a closed list."""
    lists = [
        set(shapes().items(values))
        for constraint in shapes().objects(URIRef(NAMESPACES["shape"] + shape), SH.property)
        if shapes().value(constraint, SH.path) == path
        for values in shapes().objects(constraint, SH["in"])
    ]
    assert len(lists) == 1, (shape, path)
    return lists[0]


def test_kinds_and_their_edges_have_the_same_inverses() -> None:
    graph = vocabulary()
    assert inverses()
    for kind, inverse in inverses().items():
        assert inverses()[inverse] == kind, kind
        edge = edge_of(kind)
        assert list(graph.objects(edge, RDFS.domain)) == list(graph.objects(edge, RDFS.range)) == [KG.Claim], edge
        assert ((edge, RDF.type, OWL.SymmetricProperty) in graph) == (kind == inverse), edge
        assert list(graph.objects(edge, OWL.inverseOf)) == ([] if kind == inverse else [edge_of(inverse)]), edge
    between_claims = {edge for edge in graph.subjects(RDFS.domain, KG.Claim) if (edge, RDFS.range, KG.Claim) in graph}
    assert between_claims == {edge_of(kind) for kind in inverses()}


def test_of_two_inverse_kinds_one_is_stored() -> None:
    stored = listed("PairOfClaims", KG.relation)
    assert stored <= set(graph_of(ONTOLOGY / "schemes" / "relation-kinds.ttl").subjects(RDF.type, SKOS.Concept))
    one_way = {(kind, inverse) for kind, inverse in inverses().items() if kind != inverse and kind in stored}
    assert {(edge_of(kind), edge_of(inverse)) for kind, inverse in one_way} == {
        (KG[one], KG[other]) for one, other in READ_BACKWARDS.items()
    }
    assert {kind for kind, inverse in inverses().items() if kind == inverse} <= stored


def test_the_lists_in_shapes_are_those_of_the_schemes() -> None:
    for shape, path, scheme in (
        ("ClaimRelation", KG.grade, KG.grades),
        ("PairOfClaims", KG.logicalForm, KG.logicalForms),
    ):
        assert listed(shape, path) == set(vocabulary().subjects(SKOS.inScheme, scheme)), path


def test_whatever_the_decision_table_says_has_a_concept() -> None:
    def notations(scheme: str) -> set[str]:
        return set(vocab.scheme(scheme).words)

    assert {form.name.replace("_", "-") for form in table.Form} == notations("logical-forms")
    assert {relation.name for relation in scope.Rel} == notations("scope-relations")
    camel = {re.sub(r"_([a-z])", lambda found: found[1].upper(), label.name.lower()) for label in table.Label}
    assert camel <= notations("relation-kinds")
    numbers = sorted(alias for rule in vocab.scheme("rules").concepts for alias in rule.aliases)
    assert numbers == sorted([*(f"R{n}" for n in range(1, 17)), *(f"S{n}" for n in range(1, 5)), "C1"])


def test_the_counts_of_origins_use_the_words_of_the_schemes() -> None:
    assert set(vocab.scheme("verdicts").words) == set(independence.VERDICTS)
    bases = (independence.SPEAKS_FOR, independence.JUDGED_SAME, independence.UNNAMED, independence.OWN_VOICE)
    bases += (independence.RELAYS, independence.GATHERING_UNKNOWN, independence.PARTY)
    bases += (independence.BELOW_PARTY, independence.OWNER)
    assert set(vocab.scheme("merge-bases").words) == set(bases)


def test_only_what_is_known_merges_in_both_counts() -> None:
    graph = graph_of(ONTOLOGY / "schemes" / "merge-bases.ttl")
    counts = {str(graph.value(basis, SKOS.notation)): str(count) for basis, count in graph.subject_objects(KG.inCount)}
    assert counts.keys() == set(vocab.scheme("merge-bases").words)
    known = {independence.SPEAKS_FOR, independence.JUDGED_SAME}
    assert {basis for basis, count in counts.items() if count == "both"} == known
    assert {count for basis, count in counts.items() if basis not in known} == {"lower"}


def edges_between_claims(*, both_ways: bool) -> tuple[Graph, set[URIRef]]:
    """A graph with two claims for every edge, and the first claim of each."""
    data, first = Graph(), set()
    for kind, inverse in inverses().items():
        name = edge_of(kind).removeprefix(vocab.KG)
        a, b = (URIRef(f"{vocab.DEFAULT_BASE}claim/{name}-{side}") for side in "ab")
        for claim in (a, b):
            data.add((claim, RDF.type, KG.EventClaim))
            data.add((claim, SCHEMA.text, Literal("A curfew is in force in Velmara.", lang="en")))
        data.add((a, edge_of(kind), b))
        if both_ways:
            data.add((b, edge_of(inverse), a))
        first.add(a)
    return data, first


def test_every_edge_is_written_from_both_claims() -> None:
    assert findings(edges_between_claims(both_ways=True)[0]) == []
    one_way, first = edges_between_claims(both_ways=False)
    # Whichever of the two claims is told of it, the missing edge is named.
    told = {str(node).removesuffix("-a").removesuffix("-b") for node, _ in findings(one_way)}
    assert told == {str(claim).removesuffix("-a") for claim in first}


def test_an_origin_on_both_sides_spoils_no_contradiction_with_another() -> None:
    data = Graph() + graph_of(ONTOLOGY / "examples" / "valid" / "relation.ttl")
    ((relation, monitor),) = data.subject_objects(KG.objectOrigin)
    data.add((relation, KG.subjectOrigin, monitor))
    assert findings(data) == []


# ---- graphs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ONTOLOGY / "kg.ttl", *SCHEME_FILES, *VALID, *INVALID], ids=name_of)
def test_there_are_no_blank_nodes(path: Path) -> None:
    assert not [node for triple in graph_of(path) for node in triple if isinstance(node, BNode)]


@pytest.mark.parametrize("path", ALL_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_namespaces_and_their_terms_are_spelt_as_published(path: Path) -> None:
    for prefix, spelling in re.findall(r"^@prefix (\w*): <([^>]*)>", path.read_text(encoding="utf-8"), re.MULTILINE):
        assert NAMESPACES.get(prefix) == spelling, prefix
    used = iris_in(graph_of(path))
    for iri in used:
        homes = [prefix for prefix, namespace in NAMESPACES.items() if iri.startswith(namespace)]
        if not homes:
            ours_or_address = ("https://w3id.org/claims-kg/", "https://creativecommons.org/publicdomain/zero/1.0/")
            assert str(iri).startswith(ours_or_address) or re.match(r"https://\w+\.example/", iri), iri
            continue
        name = iri.removeprefix(NAMESPACES[homes[0]])
        known = KNOWN_TERMS.get(homes[0])
        assert known is None or (name in known if isinstance(known, set) else iri in known), iri


def test_the_package_spells_the_namespaces_alike() -> None:
    assert dict(vocab.PREFIXES).items() <= NAMESPACES.items()


# ---- shapes -----------------------------------------------------------------------------------------------------

CONDITIONS = (SH["or"], SH.xone, SH["not"], SH["and"])
TARGETS = (SH.targetClass, SH.targetSubjectsOf, SH.targetNode)


def speaking_shapes() -> set[Node]:
    """Whatever has a message of its own: conditions, and properties, also those below a path from a concept."""
    targets = {node for kind in TARGETS for node in shapes().subjects(kind)}
    speaking = {s for s in targets if any((s, condition, None) in shapes() for condition in CONDITIONS)}
    for target in targets:
        for found in shapes().objects(target, SH.property):
            speaking |= set(shapes().objects(found, SH.property)) or {found}
    return speaking


def test_the_shapes_are_well_formed() -> None:
    conforms, _, report = pyshacl.validate(Graph(), shacl_graph=shapes(), meta_shacl=True)
    assert conforms, report


def test_every_constraint_says_what_to_do() -> None:
    speaking = speaking_shapes()
    assert len(speaking) > 60
    messages = []
    for constraint in speaking:
        (message,) = shapes().objects(constraint, SH.message)
        assert re.fullmatch(r".+: .+\.", message), message
        messages.append(str(message))
        (severity,) = shapes().objects(constraint, SH.severity)
        assert severity in (SH.Violation, SH.Warning)
    assert len(messages) == len(set(messages))


def test_the_shapes_ask_for_nothing_beyond_the_core() -> None:
    assert (None, SH.sparql, None) not in shapes()
    assert (None, SH.select, None) not in shapes()


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_a_valid_example_conforms(path: Path) -> None:
    assert findings_in_examples()[path] == set()


def expected_message(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# expect: "), f"{path.name}: the first line names no message"
    return first.removeprefix("# expect: ")


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_an_invalid_example_has_its_one_fault(path: Path) -> None:
    (message,) = findings_in_examples()[path]
    assert expected_message(path) in message


def test_every_condition_across_properties_has_an_example_that_breaks_it() -> None:
    expected = [expected_message(path) for path in INVALID]
    for condition in CONDITIONS:
        for shape in shapes().subjects(condition):
            message = shapes().value(shape, SH.message)
            if message is not None:
                assert any(part in message for part in expected), shape


#: What is written about support, retelling and judgement: every rule for it is seen to fail.
COUNTED = {KG.Support, KG.FloorSupport, KG.Merge, KG.LostAttribution, KG.Withdrawal, OA.Annotation}


def without(graph: Graph, node: URIRef) -> None:
    """Takes away all that is said of a node except what it is."""
    for predicate, value in list(graph.predicate_objects(node)):
        if predicate != RDF.type:
            graph.remove((node, predicate, value))


def astray(graph: Graph, node: URIRef) -> None:
    """Gives a node another value for all that is said of it: one that is nothing, and one that is no node."""
    for predicate in set(graph.predicates(node)) - {RDF.type}:
        graph.add((node, predicate, URIRef(f"{vocab.DEFAULT_BASE}nowhere")))
        graph.add((node, predicate, Literal("", datatype=namespace.XSD.anyURI)))


def messages_of_spoilt_examples() -> set[str]:
    """What the shapes say when nodes of `COUNTED` and judged relations of valid examples say nothing, or odd things."""
    together = Graph()
    for path in VALID:
        text = path.read_text(encoding="utf-8")
        for spoil in (without, astray):
            base = f"{vocab.DEFAULT_BASE}{spoil.__name__}/{path.stem}/"
            alone = Graph().parse(data=text.replace(vocab.DEFAULT_BASE, base), format="turtle")
            spoilt = {node for kind in COUNTED for node in alone.subjects(RDF.type, kind)}
            spoilt |= set(alone.subjects(KG.judgedBy))
            for node in spoilt:
                spoil(alone, node)
            if spoilt:
                together += alone
    return {message for _, message in findings(together)}


def test_every_rule_for_support_retelling_and_judgement_can_fail() -> None:
    ours = {message for shape in speaking_shapes() for message in messages_about(shape)}
    assert len(ours) > 70
    broken = messages_of_spoilt_examples().union(*findings_in_examples().values())
    assert ours - broken == set()


def messages_about(constraint: Node) -> Iterator[str]:
    """The message of a constraint on `COUNTED`, on what only they say, or from one of the words that they use."""
    (message,) = shapes().objects(constraint, SH.message)
    above = {constraint, *shapes().subjects(SH.property * "*", constraint)}
    targets = {target for node in above for kind in TARGETS for target in shapes().objects(node, kind)}
    if targets & (COUNTED | {KG.usesAnnotation, KG.judgedBy, KG.judgement, KG.originsLower}):
        yield str(message)
    if any((node, SH.targetNode, None) in shapes() for node in above):
        yield str(message)


def test_a_verdict_is_taken_where_it_follows_from_the_numbers_and_nowhere_else() -> None:
    data, run = Graph(), URIRef(f"{vocab.DEFAULT_BASE}run/1")
    data.add((run, RDF.type, KG.RelateRun))
    data.add((run, KG.reach, Literal("0.25", datatype=namespace.XSD.decimal)))
    data.add((run, KG.rulesVersion, Literal("1")))
    claim = URIRef(f"{vocab.DEFAULT_BASE}claim/1")
    data.add((claim, RDF.type, KG.EventClaim))
    data.add((claim, SCHEMA.text, Literal("A curfew is in force in Velmara.", lang="en")))
    sources = [URIRef(f"{vocab.DEFAULT_BASE}actor/{number}") for number in range(3)]
    for source in sources:
        data.add((source, RDF.type, namespace.PROV.Agent))
        data.add((source, SKOS.prefLabel, Literal(f"Source {source[-1]}")))
    wrong = set()
    for origins, lower, upper, chains in product(range(4), repeat=4):
        if not lower <= upper <= origins or chains > origins or (origins > 0 and 0 in (lower, chains)):
            continue  # other rules forbid these
        follows = verdict_of(upper, lower, chains)
        for concept in vocab.scheme("verdicts").concepts:
            node = URIRef(
                f"{vocab.DEFAULT_BASE}support/{origins}{lower}{upper}{chains}-{concept.notation}".replace(" ", "")
            )
            data.add((node, RDF.type, KG.Support))
            data.add((node, KG.claim, claim))
            data.add((node, namespace.PROV.wasGeneratedBy, run))
            data.add((node, KG.verdict, URIRef(concept.iri.value)))
            data.add((node, KG.lowerIsExact, Literal(True)))
            numbers = {"supporters": 1, "documents": 3, "outlets": 3, "origins": origins, "chains": chains}
            for name, number in (numbers | {"originsLower": lower, "originsUpper": upper}).items():
                data.add((node, KG[name], Literal(number)))
            for source in sources[:chains]:
                data.add((node, KG.cut, source))
            if chains == 1:
                data.add((node, KG.singlePoint, sources[0]))
            if concept.notation != follows:
                wrong.add(node)
    assert {node for node, _ in findings(data)} == wrong


def verdict_of(upper: int, lower: int, chains: int) -> str:
    """As a person would tell it."""
    if upper == 0:
        return "ungrounded"
    if upper == 1:
        return "repeats"
    if chains == 1:
        return "single relay"
    return "corroborates" if lower > 1 else "possibly corroborates"


def _allowed(word: str, lower: int | None, upper: int | None) -> bool:
    try:
        return not quantity.interval(word, lower, upper).excludes_nothing
    except ValueError:
        return False


def test_the_shapes_take_the_figures_that_the_rules_take() -> None:
    data = Graph()
    rejected = set()
    values = (None, 0, 1_000, 2_000)
    for concept in vocab.scheme("bounds").concepts:
        for lower in values:
            for upper in values:
                claim = URIRef(f"{vocab.DEFAULT_BASE}claim/{concept.iri.value.rpartition('#')[2]}-{lower}-{upper}")
                data.add((claim, RDF.type, KG.QuantityClaim))
                data.add((claim, KG.measure, URIRef(NAMESPACES["measure"] + "killed")))
                data.add((claim, KG.bound, URIRef(concept.iri.value)))
                for predicate, number in ((SCHEMA.minValue, lower), (SCHEMA.maxValue, upper)):
                    if number is not None:
                        data.add((claim, predicate, Literal(number)))
                if not _allowed(concept.notation, lower, upper):
                    rejected.add(claim)
    assert {claim for claim, _ in findings(data)} == rejected
