"""The bridge and the content ids, for anything a dossier may hold."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import itertools
import random
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st

from kg import model, vocab
from kg.model import (
    Claim,
    Concept,
    Document,
    DocumentRecord,
    DossierRecord,
    Figure,
    Report,
    Saying,
    Span,
    Speaker,
    UnnamedSource,
    Window,
)
from kg.rdf import Bridge, NamedGraph
from kg.terms import IRI, XSD, Literal, Quad, boolean, date, decimal, integer, moment, text
from kg.vocab import term
from tests.property import strategies as some

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

BRIDGE = Bridge()


def in_order(record: Any) -> Any:
    """The record as the bridge reads it back: what a graph cannot keep the order of is sorted."""
    match record:
        case DocumentRecord():
            return DocumentRecord(
                dataclasses.replace(record.document, cites=tuple(sorted(record.document.cites))),
                tuple(sorted(map(in_order, record.reports), key=lambda row: (row.identifier, row.digest))),
                tuple(sorted(record.unnamed, key=lambda source: source.id)),
            )
        case Report():
            return dataclasses.replace(record, claim=in_order(record.claim))
        case DossierRecord():
            tables = {
                name: tuple(sorted(map(in_order, getattr(record, name)), key=lambda row: row.id))
                for name in ("events", "actors", "places", "concepts")
            }
            return dataclasses.replace(record, editors=tuple(sorted(record.editors)), **tables)
    lists = {
        f.name: tuple(sorted(v)) for f in dataclasses.fields(record) if isinstance(v := getattr(record, f.name), tuple)
    }
    return dataclasses.replace(record, **lists)


def shuffled(values: tuple[Any, ...], seed: int) -> tuple[Any, ...]:
    mixed = list(values)
    random.Random(seed).shuffle(mixed)
    return tuple(mixed)


# ---- round trips -----------------------------------------------------------------------------------------------------


@given(some.document_records())
def test_a_document_comes_back_as_it_was_written(record: DocumentRecord) -> None:
    assert BRIDGE.read_document(BRIDGE.document_graph(record)) == in_order(record)


@given(some.dossier_records(), st.lists(some.identifiers.map("document/{}".format), max_size=3, unique=True))
def test_a_dossier_comes_back_as_it_was_written(record: DossierRecord, documents: list[str]) -> None:
    bridge = Bridge(concept_names={BRIDGE.iri(concept.id): concept.name for concept in record.concepts})
    found, held = bridge.read_dossier(bridge.dossier_graph(record, documents))
    assert found == in_order(record)
    assert sorted(held) == sorted(documents)


@given(some.new_words("measures"), some.new_words("populations"))
def test_the_dossiers_own_concepts_come_back_by_name(measure: str, population: str) -> None:
    own = [Concept("measures", measure), Concept("populations", population)]
    bridge = Bridge(concept_names={BRIDGE.iri(concept.id): concept.name for concept in own})
    claim = Claim("quantity", measure=measure, population=population, figure=Figure(3, 3, "bare"))
    document = Document(key="k", identifier="D1", outlet="actor/a")
    record = DocumentRecord(document, (Report(document.id, (Speaker("actor/a"),), claim, identifier="r"),))
    assert bridge.read_document(bridge.document_graph(record)) == record


@given(some.document_records())
def test_another_base_changes_iris_and_nothing_else(record: DocumentRecord) -> None:
    elsewhere = Bridge("https://archive.example/data/")
    graph = elsewhere.document_graph(record)
    assert elsewhere.read_document(graph) == in_order(record)
    assert not any(vocab.DEFAULT_BASE in quad.nquad for quad in graph.quads)


@given(st.floats(-90, 90) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_reads_back_to_the_same_float(value: float) -> None:
    written = decimal(value).value
    assert float(written) == value
    assert "e" not in written.lower()


# ---- graphs ----------------------------------------------------------------------------------------------------------


@given(some.document_records(), some.dossier_records())
def test_graphs_have_no_blank_nodes_and_no_triple_twice(record: DocumentRecord, dossier: DossierRecord) -> None:
    for graph in (BRIDGE.document_graph(record), BRIDGE.dossier_graph(dossier, [record.document.id])):
        assert len(set(graph.triples)) == len(graph.triples) > 0
        for subject, predicate, object_ in graph.triples:
            assert isinstance(subject, IRI) and isinstance(predicate, IRI) and isinstance(object_, IRI | Literal)
        assert parsed_by_oxigraph(graph) == {quad.nquad for quad in graph.quads}


def parsed_by_oxigraph(graph: NamedGraph) -> set[str]:
    lines = "".join(quad.nquad + "\n" for quad in graph.quads)
    found = ox.parse(lines.encode(), format=ox.RdfFormat.N_QUADS)
    return {quad_of_oxigraph(quad).nquad for quad in found}


@given(some.document_records(), st.integers())
def test_shuffled_rows_give_the_same_graph(record: DocumentRecord, seed: int) -> None:
    mixed = DocumentRecord(
        dataclasses.replace(record.document, cites=shuffled(record.document.cites, seed)),
        tuple(
            dataclasses.replace(
                row, claim=dataclasses.replace(row.claim, responsible=shuffled(row.claim.responsible, seed))
            )
            for row in shuffled(record.reports, seed)
        ),
        shuffled(record.unnamed, seed),
    )
    assert BRIDGE.document_graph(mixed) == BRIDGE.document_graph(record)


@given(some.dossier_records(), st.integers())
def test_shuffled_tables_give_the_same_graph(record: DossierRecord, seed: int) -> None:
    mixed = dataclasses.replace(
        record,
        **{
            name: shuffled(getattr(record, name), seed)
            for name in ("editors", "events", "actors", "places", "concepts")
        },
    )
    assert BRIDGE.dossier_graph(mixed, ["document/b", "document/a"]) == BRIDGE.dossier_graph(
        record, ["document/a", "document/b"]
    )


@given(some.document_records(), st.data())
def test_a_changed_row_or_field_makes_another_version(record: DocumentRecord, data: st.DataObject) -> None:
    before = BRIDGE.document_graph(record)
    changed = BRIDGE.document_graph(
        dataclasses.replace(record, document=dataclasses.replace(record.document, note=data.draw(some.texts) + "!"))
    )
    assert changed.about == before.about
    assert (changed.name == before.name) == (changed.triples == before.triples)
    if record.reports:
        assert BRIDGE.document_graph(dataclasses.replace(record, reports=record.reports[:-1])).name != before.name


@given(some.document_records(), st.integers(1, 10**6))
def test_where_rows_were_entered_is_beside_the_version_and_not_in_it(record: DocumentRecord, line: int) -> None:
    version = BRIDGE.document_graph(record)
    load = BRIDGE.load_graph(ended=dt.datetime(2031, 5, 2, 12, 0, tzinfo=dt.UTC), software="kg 0")
    entered = {record.document.id: ("documents.jsonl", 1)}
    entered |= {row.assertions[0].id: ("assertions.jsonl", line) for row in record.reports}
    entry = BRIDGE.entry_graph(version, load=load.name, entered=entered)
    assert entry.name == BRIDGE.entry_name(version.name) != version.name
    for row in record.reports:
        about = entry.about_subject(BRIDGE.iri(row.assertions[0].id))
        assert about == {term("kg:enteredFrom"): (text(f"assertions.jsonl:{line}"),)}
    assert entry.about_subject(version.name)[term("dcterms:isVersionOf")] == (version.about,)
    assert not set(entry.triples) & set(version.triples)


@given(some.figures(), some.windows)
def test_a_figure_is_its_printed_numbers_and_its_word(figure: Figure, window: Window) -> None:
    claim = Claim("quantity", measure="killed", figure=figure, window=window)
    document = Document(key="k", identifier="D1", outlet="actor/a")
    graph = BRIDGE.document_graph(
        DocumentRecord(document, (Report(document.id, (Speaker("actor/a"),), claim, identifier="r"),))
    )
    bound = vocab.scheme("bounds").get(figure.bound)
    assert bound is not None
    wanted: dict[IRI, Any] = {
        term("rdf:type"): term("kg:QuantityClaim"),
        term("kg:measure"): IRI("https://w3id.org/claims-kg/measure/killed"),
        term("kg:bound"): bound.iri,
        term("schema:minValue"): None if figure.lower is None else integer(figure.lower),
        term("schema:maxValue"): None if figure.upper is None else integer(figure.upper),
        term("kg:increment"): boolean(True) if figure.increment else None,
        term("kg:windowStart"): date(window.start) if window.start else None,
        term("kg:windowEnd"): date(window.end) if window.end else None,
        term("kg:windowFit"): term("kg:someDaysWithin") if window.fit == "within" else None,
    }
    assert graph.about_subject(BRIDGE.iri(claim.id)) == {
        p: (value,) for p, value in wanted.items() if value is not None
    }


# ---- ids -------------------------------------------------------------------------------------------------------------


@given(st.dictionaries(some.texts, some.texts | st.integers() | st.none(), max_size=6), st.integers())
def test_a_digest_does_not_depend_on_the_order_of_keys(content: dict[str, Any], seed: int) -> None:
    assert model.digest(dict(shuffled(tuple(content.items()), seed))) == model.digest(content)


@given(some.claims(), some.claims())
def test_claims_have_one_id_exactly_when_they_are_the_same(first: Claim, second: Claim) -> None:
    assert (first.id == second.id) == (in_order(first) == in_order(second))


FULL_CLAIM = Claim(
    kind="quantity",
    event="event/e",
    place="place/p",
    window=Window(dt.date(2031, 5, 1), dt.date(2031, 5, 2)),
    measure="killed",
    population="people",
    figure=Figure(7, 7, "bare"),
    responsible=("actor/a",),
    act="ordered",
    text="t",
    language="en",
)
OTHER_CLAIMS = {
    "kind": ["event"],
    "event": ["event/f", None],
    "place": ["place/q", None],
    "window": [
        Window(dt.date(2031, 4, 30), dt.date(2031, 5, 2)),
        Window(dt.date(2031, 5, 1), dt.date(2031, 5, 3)),
        Window(None, dt.date(2031, 5, 2)),
        Window(dt.date(2031, 5, 1), None),
        Window(dt.date(2031, 5, 1), dt.date(2031, 5, 2), "within"),
    ],
    "measure": ["injured", None],
    "population": ["civilians", None],
    "figure": [
        Figure(7, 7, "exactly"),
        Figure(7, None, "at least"),
        Figure(None, 7, "at most"),
        Figure(8, 8, "bare"),
        Figure(7, 7, "bare", increment=True),
        None,
    ],
    "responsible": [("actor/b",), ("actor/a", "actor/b"), ()],
    "act": ["incited", None],
    "text": ["u", None],
    "language": ["de", None],
}
FULL_SAYING = Saying(
    stance="affirms",
    cue="said",
    directness="quote",
    certainty="stated",
    as_of=dt.date(2031, 5, 2),
    as_of_basis="stated",
    statement="s",
    language="en",
    printed="7",
    span=Span(3, 9, "sha256:" + "0" * 64),
    note="n",
)
OTHER_SAYINGS = {
    "stance": ["denies"],
    "cue": ["denied", None],
    "directness": ["headline", None],
    "certainty": ["likely", None],
    "as_of": [dt.date(2031, 5, 3), None],
    "as_of_basis": ["published", None],
    "statement": ["r", None],
    "language": ["de", None],
    "printed": ["seven", None],
    "span": [Span(2, 9, FULL_SAYING.span.digest), Span(3, 8, FULL_SAYING.span.digest), Span(3, 9), None],  # type: ignore[union-attr]
    "note": ["m", None],
}
FULL_REPORT = Report("document/d", (Speaker("actor/a"), Speaker("actor/b", "B.")), FULL_CLAIM, FULL_SAYING, "r1")
OTHER_REPORTS = {
    "document": ["document/e"],
    "chain": [
        (Speaker("actor/b", "B."), Speaker("actor/a")),
        (Speaker("actor/a"),),
        (Speaker("actor/a"), Speaker("actor/b")),
        (Speaker("actor/a"), Speaker("actor/b", "b")),
        (Speaker("actor/a", "B."), Speaker("actor/b")),
    ],
    "claim": [dataclasses.replace(FULL_CLAIM, act=None)],
    "saying": [
        dataclasses.replace(FULL_SAYING, **{name: value}) for name, values in OTHER_SAYINGS.items() for value in values
    ],
}
OTHER_DOCUMENTS = {
    "identifier": ["A02"],
    "outlet": ["actor/p"],
    "outlet_country": ["Orlen", None],
    "outlet_kind": ["wire", None],
    "published": [dt.date(2031, 5, 2), None],
    "date_basis": ["url", None],
    "language": ["ar", None],
    "genre": ["report", "opinion", None],
    "cites": [("actor/s",), ("actor/r", "actor/s"), ()],
    "text_digest": ["sha256:" + "1" * 64, None],
    "note": ["m", None],
}
FULL_DOCUMENT = Document(
    key="https://gazette.example/1",
    identifier="A01",
    outlet="actor/o",
    outlet_country="Velmara",
    outlet_kind="newspaper",
    url="https://gazette.example/1",
    published=dt.date(2031, 5, 1),
    date_basis="stamp",
    language="en",
    genre="article",
    cites=("actor/r",),
    text_digest="sha256:" + "0" * 64,
    note="n",
)


def variants(record: Any, others: dict[str, list[Any]]) -> list[Any]:
    return [dataclasses.replace(record, **{name: value}) for name, values in others.items() for value in values]


def test_every_field_is_tried_below() -> None:
    for record, others, apart in (
        (FULL_CLAIM, OTHER_CLAIMS, set()),
        (FULL_SAYING, OTHER_SAYINGS, set()),
        (FULL_REPORT, OTHER_REPORTS, {"identifier"}),
        (FULL_DOCUMENT, OTHER_DOCUMENTS, {"key", "url"}),
    ):
        assert {f.name for f in dataclasses.fields(record)} - apart == set(others)


def test_each_changed_field_changes_the_id_of_a_claim() -> None:
    ids = [claim.id for claim in [FULL_CLAIM, *variants(FULL_CLAIM, OTHER_CLAIMS)]]
    assert len(set(ids)) == len(ids)


def test_each_changed_field_changes_the_digest_of_a_row() -> None:
    digests = [row.digest for row in [FULL_REPORT, *variants(FULL_REPORT, OTHER_REPORTS)]]
    assert len(set(digests)) == len(digests)
    assert dataclasses.replace(FULL_REPORT, identifier="r2").digest == FULL_REPORT.digest, "its name is no content"


def test_each_changed_field_changes_the_version_of_a_document_and_not_its_id() -> None:
    changed = [FULL_DOCUMENT, *variants(FULL_DOCUMENT, OTHER_DOCUMENTS)]
    assert {document.id for document in changed} == {FULL_DOCUMENT.id}
    names = [BRIDGE.document_graph(DocumentRecord(document)).name for document in changed]
    assert len(set(names)) == len(names)
    assert dataclasses.replace(FULL_DOCUMENT, key="other").id != FULL_DOCUMENT.id


def test_a_renamed_row_changes_the_version_and_no_assertion() -> None:
    row, renamed = FULL_REPORT, dataclasses.replace(FULL_REPORT, identifier="r2")
    assert [a.id for a in row.assertions] == [a.id for a in renamed.assertions]
    versions = {BRIDGE.document_graph(DocumentRecord(FULL_DOCUMENT, (r,))).name for r in (row, renamed)}
    assert len(versions) == 2


@given(st.text("ab./ >→", min_size=2, max_size=6))
@example("a.bc")
def test_the_same_letters_parted_elsewhere_are_other_names(letters: str) -> None:
    """`a.b`, `c` is not `a`, `b.c`; and neither is `a.bc`."""
    ways = [
        tuple(letters[i:j] for i, j in itertools.pairwise((0, *cuts, len(letters))))
        for cuts in itertools.chain([()], itertools.combinations(range(1, len(letters)), 1))
    ]
    assert len({model.digest(way) for way in ways}) == len(ways)
    assert len({UnnamedSource("document/d", way).id for way in ways}) == len(ways)
    chains = [tuple(Speaker(name) for name in way) for way in ways]
    assert len({dataclasses.replace(FULL_REPORT, chain=chain).digest for chain in chains}) == len(ways)
    parties = {tuple(sorted(way)) for way in ways}
    assert len({dataclasses.replace(FULL_CLAIM, responsible=way).id for way in ways}) == len(parties)


@given(st.lists(st.text("a →(", min_size=1, max_size=4), min_size=1, max_size=3).map(tuple))
@example(("a →", "b"))
@example(("a", "→ b"))
def test_a_way_that_could_be_read_in_two_ways_is_refused(way: tuple[str, ...]) -> None:
    document = Document(key="k", identifier="D1", outlet="actor/a")
    record = DocumentRecord(document, unnamed=(UnnamedSource(document.id, way),))
    try:
        graph = BRIDGE.document_graph(record)
    except ValueError as error:
        assert "must not hold" in str(error)
        assert any("→" in name for name in way)
    else:
        assert BRIDGE.read_document(graph) == record


# ---- text ------------------------------------------------------------------------------------------------------------


any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | some.texts
any_iri = some.urls.map(IRI) | some.names.map(lambda name: BRIDGE.iri(model.actor_id(name)))
any_literal = (
    st.builds(text, any_text)
    | st.builds(text, any_text, some.languages)
    | st.builds(integer, st.integers())
    | st.builds(decimal, st.floats(allow_nan=False, allow_infinity=False))
    | st.builds(boolean, st.booleans())
    | st.builds(date, st.dates())
    | st.builds(moment, st.datetimes(dt.datetime(1900, 1, 1), timezones=st.just(dt.UTC)))
    | st.builds(Literal, any_text, st.just("https://example.org/datatype"))
)


@given(st.lists(st.builds(Quad, any_iri, any_iri, any_iri | any_literal, any_iri), max_size=4))
@example([Quad(IRI("a:b"), IRI("a:b"), text("\\u0041 \\\\n \\"), IRI("a:b"))])
def test_n_quads_of_any_text_are_read_back_by_others(quads: list[Quad]) -> None:
    lines = "".join(quad.nquad + "\n" for quad in quads)
    assert lines.count("\n") == len(quads), "one quad a line, whatever it holds"
    found = [quad_of_oxigraph(quad) for quad in ox.parse(lines.encode(), format=ox.RdfFormat.N_QUADS)]
    assert found == quads
    dataset = rdflib.Dataset()
    with kept_as_written():
        dataset.parse(io.BytesIO(lines.encode()), format="nquads")
    assert {(s.n3(), p.n3(), o, rdflib.URIRef(str(g))) for s, p, o, g in dataset.quads()} == {
        (q.subject.n3, q.predicate.n3, node_of_rdflib(q.object), rdflib.URIRef(q.graph.value)) for q in quads
    }


@contextlib.contextmanager
def kept_as_written() -> Iterator[None]:
    """Keeps rdflib from rewriting literals while it parses; the switch is global, so it is put back."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def quad_of_oxigraph(quad: ox.Quad) -> Quad:
    found = quad.object
    object_ = (
        Literal(found.value, found.datatype.value, found.language)
        if isinstance(found, ox.Literal)
        else IRI(found.value)  # type: ignore[union-attr]
    )
    return Quad(IRI(quad.subject.value), IRI(quad.predicate.value), object_, IRI(quad.graph_name.value))  # type: ignore[union-attr]


def node_of_rdflib(found: object) -> rdflib.term.Node:
    if isinstance(found, IRI):
        return rdflib.URIRef(found.value)
    assert isinstance(found, Literal)
    if found.language:
        return rdflib.Literal(found.value, lang=found.language)
    datatype = None if found.datatype == XSD + "string" else rdflib.URIRef(found.datatype)
    return rdflib.Literal(found.value, datatype=datatype, normalize=False)


@given(any_text)
def test_an_iri_is_one_that_stores_take(text_: str) -> None:
    """What `is_iri` lets through, Oxigraph takes as well; what would break out of brackets is never let through."""
    for candidate in (text_, f"https://example.org/{text_}", f"urn:x:{text_}", f"https://{text_}"):
        try:
            iri = IRI(candidate)
        except ValueError:
            continue
        assert ox.NamedNode(candidate).value == iri.value
        assert not set(candidate) & set(' <>"{}|^`\\\n\r\t')


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (model.actor_id("SOHR"), "actor/sohr-"),
        (model.place_id("Latakia governorate"), "place/latakia-governorate-"),
        (model.actor_id("المرصد السوري"), "actor/"),
        (Concept("measures", "homes searched").id, "measure/homes-searched-"),
    ],
)
def test_ids_are_readable_and_end_in_sixteen_digits(made: str, expected: str) -> None:
    assert made.startswith(expected)
    assert len(made.removeprefix(expected)) == 16
    assert int(made[-16:], 16) >= 0


def test_ids_do_not_change_between_releases() -> None:
    """Anybody may have published these: changing how they are made needs a migration, not a new expectation."""
    assert model.actor_id("SOHR") == "actor/sohr-858d7bec5ca3cb43"
    assert FULL_CLAIM.id == "claim/4c57d75662d7751b"
    assert FULL_REPORT.digest == "5677d9d5f52e6597"
    assert FULL_DOCUMENT.id == "document/dc94d88480b15b05"
