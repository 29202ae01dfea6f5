"""Writes the records of the model as named graphs, and reads them back.

Every plain property is declared once, in `properties`, for both directions; here stand the shapes around them. Each
document version and each dossier version becomes one named graph without blank nodes, whose name is a digest of its
triples: the same content gives the same graph on every machine.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from kg import model, vocab
from kg.model import (
    Actor,
    Assertion,
    Claim,
    Concept,
    Document,
    DocumentRecord,
    DossierRecord,
    Event,
    Figure,
    Place,
    Report,
    Saying,
    Span,
    Speaker,
    UnnamedSource,
    Window,
)
from kg.rdf.graphs import NamedGraph, Triple, triple_key
from kg.rdf.properties import (
    ACTOR,
    ASSERTION,
    CLAIM,
    DOCUMENT,
    DOSSIER,
    EVENT,
    FIGURE,
    LABEL,
    PLACE,
    SAYING,
    WINDOW,
    Property,
    iri_of,
    word,
)
from kg.terms import IRI, Literal, Term, boolean, decimal, integer, moment, text
from kg.vocab import term

_A = term("rdf:type")
_WKT = vocab.PREFIXES["geo"] + "wktLiteral"
_STEPS = " → "

_DOCUMENT_TYPES = {
    "article": "schema:NewsArticle",
    "report": "schema:Report",
    "analysis": "schema:AnalysisNewsArticle",
    "statement": "schema:Statement",
}
_CLAIM_TYPES = {
    "quantity": term("kg:QuantityClaim"),
    "event": term("kg:EventClaim"),
    "responsibility": term("kg:ResponsibilityClaim"),
    "position": term("kg:PositionClaim"),
    "commitment": term("kg:CommitmentClaim"),
}
_CLAIM_KINDS = {iri: kind for kind, iri in _CLAIM_TYPES.items()}
_MEDIA_KINDS = frozenset({"online", "broadcaster", "newspaper", "state media", "wire"})

_KEY = term("kg:documentKey")
_STATEMENT, _CONTENT = term("kg:statement"), term("schema:text")
_TARGET, _SELECTOR, _SPAN_DIGEST = term("oa:hasTarget"), term("oa:hasSelector"), term("kg:spanDigest")
_START, _END = term("oa:start"), term("oa:end")
_AFFILIATION, _PARENT = term("schema:affiliation"), term("schema:parentOrganization")
_PARTY, _NOT_PARTY = term("kg:partyTo"), term("kg:notPartyTo")
_GEOMETRY, _AS_WKT = term("geo:hasGeometry"), term("geo:asWKT")
_FIT, _WITHIN, _INCREMENT = term("kg:windowFit"), term("kg:someDaysWithin"), term("kg:increment")


@dataclass(frozen=True)
class Bridge:
    """Writes records as named graphs under a base IRI, and reads them back.

    `concept_names` maps the IRIs of measures and populations that dossiers declared to their names; it is needed only
    for reading back documents that use them.
    """

    base: str = vocab.DEFAULT_BASE
    concept_names: Mapping[IRI, str] = field(default_factory=dict)

    def iri(self, id_: str) -> IRI:
        return IRI(self.base + id_)

    def id(self, iri: IRI) -> str:
        return iri.value.removeprefix(self.base)

    # ---- documents -------------------------------------------------------------------------------------------------

    def document_graph(self, record: DocumentRecord) -> NamedGraph:
        """All that the document contributes: itself, its assertions, their claims, its unnamed sources and anchors."""
        document = record.document
        triples: set[Triple] = set()
        subject = self.iri(document.id)
        triples.add(Triple(subject, _A, term(_DOCUMENT_TYPES.get(document.genre or "", "schema:CreativeWork"))))
        triples.update(self._write(subject, document, DOCUMENT))
        if document.url is None:
            triples.add(Triple(subject, _KEY, text(document.key)))
        for source in record.unnamed:
            triples.update(self._unnamed(source))
        for report in record.reports:
            for assertion in report.assertions:
                triples.update(self._assertion(assertion))
            triples.update(self._claim(report.claim))
        return self._named(subject, triples)

    def read_document(self, graph: NamedGraph) -> DocumentRecord:
        """The record that `document_graph` wrote. Reports come in the order of their row ids."""
        about = graph.about_subject(graph.about)
        found_document = self._read(about, DOCUMENT)
        document = Document(key=found_document["url"] or about[_KEY][0].value, **found_document)
        assertions = {
            s: self._read(graph.about_subject(s), ASSERTION) for s in graph.subjects_of_type(term("kg:Assertion"))
        }
        reports = sorted(
            (self._report(graph, assertions, s) for s, found in assertions.items() if found["step"] == 1),
            key=attrgetter("identifier", "digest"),
        )
        unnamed = []
        for subject in graph.subjects_of_type(term("kg:UnnamedSource")):
            mentioned = graph.about_subject(subject)[term("kg:mentionedAs")][0].value.split(_STEPS)
            unnamed.append(UnnamedSource(self.id(graph.about), tuple(mentioned)))
        return DocumentRecord(document, tuple(reports), tuple(unnamed))

    # ---- dossiers --------------------------------------------------------------------------------------------------

    def dossier_graph(self, record: DossierRecord, documents: Iterable[str]) -> NamedGraph:
        """What the dossier declares, and which documents (ids) it holds."""
        subject = self.iri(record.id)
        triples = {Triple(subject, _A, term("kg:Dossier")), *self._write(subject, record, DOSSIER)}
        triples.update(Triple(subject, term("dcterms:hasPart"), self.iri(document)) for document in documents)
        for event in record.events:
            triples.add(Triple(self.iri(event.id), _A, term("sem:Event")))
            triples.update(self._write(self.iri(event.id), event, EVENT))
        for place in record.places:
            triples.update(self._place(place))
        for actor in record.actors:
            triples.update(self._actor(actor, record.events))
        for concept in record.concepts:
            triples.update(self._concept(concept))
        return self._named(subject, triples)

    def read_dossier(self, graph: NamedGraph) -> tuple[DossierRecord, tuple[str, ...]]:
        """The record that `dossier_graph` wrote, its tables in the order of ids, and the ids of its documents."""
        about = graph.about_subject(graph.about)
        documents = tuple(self.id(iri_of(found)) for found in about.get(term("dcterms:hasPart"), ()))
        events = tuple(
            Event(**self._read(graph.about_subject(s), EVENT)) for s in graph.subjects_of_type(term("sem:Event"))
        )
        record = DossierRecord(
            **self._read(about, DOSSIER),
            events=events,
            actors=tuple(self._read_actor(graph.about_subject(s)) for s in graph.subjects_of_type(term("prov:Agent"))),
            places=tuple(self._read_place(graph, s) for s in graph.subjects_of_type(term("geo:Feature"))),
            concepts=tuple(
                self._read_concept(graph.about_subject(s)) for s in graph.subjects_of_type(term("skos:Concept"))
            ),
        )
        return record, documents

    # ---- entry -----------------------------------------------------------------------------------------------------

    def load_graph(self, *, ended: dt.datetime, software: str) -> NamedGraph:
        """One load, as an activity: when it ended, and which software did it."""
        activity = self.iri("load/" + model.digest({"ended": ended.isoformat(), "software": software}))
        triples = (
            Triple(activity, _A, term("prov:Activity")),
            Triple(activity, term("kg:softwareVersion"), text(software)),
            Triple(activity, term("prov:endedAtTime"), moment(ended)),
        )
        return NamedGraph(activity, activity, tuple(sorted(triples, key=triple_key)))

    def entry_graph(
        self, version: NamedGraph, *, load: IRI, entered: Mapping[str, tuple[str, int]], replaced: IRI | None = None
    ) -> NamedGraph:
        """How a version came into the store: in which load, and from which line of which file.

        `entered` maps ids (of the document, of first-step assertions) to (file, line from 1). Lines stay out of the
        version itself, so that inserting a line above a row does not make a new version of its document.
        """
        triples = {
            Triple(version.name, term("dcterms:isVersionOf"), version.about),
            Triple(version.name, term("prov:wasGeneratedBy"), load),
        }
        if replaced is not None:
            triples.add(Triple(version.name, term("prov:wasRevisionOf"), replaced))
        for id_, (file, line) in entered.items():
            triples.add(Triple(self.iri(id_), term("kg:enteredFrom"), text(f"{file}:{line}")))
        return NamedGraph(self.entry_name(version.name), version.name, tuple(sorted(triples, key=triple_key)))

    def entry_name(self, version: IRI) -> IRI:
        """The name of the graph that says how a version was entered."""
        return IRI(version.value.replace("/version/", "/ingest/"))

    # ---- parts: writing ---------------------------------------------------------------------------------------------

    def _named(self, about: IRI, triples: set[Triple]) -> NamedGraph:
        keyed = sorted(((triple_key(triple), triple) for triple in triples), key=itemgetter(0))
        content = "\n".join(" ".join(key) for key, _ in keyed)
        name = self.iri("version/" + hashlib.sha256(content.encode()).hexdigest()[:16])
        return NamedGraph(name, about, tuple(triple for _, triple in keyed))

    def _write(self, subject: IRI, record: object, properties: tuple[Property, ...]) -> Iterator[Triple]:
        for name, predicate, codec, many in properties:
            value = getattr(record, name)
            if value is not None:
                for item in value if many else (value,):
                    yield Triple(subject, predicate, codec.encode(self, item))

    def _unnamed(self, source: UnnamedSource) -> Iterator[Triple]:
        if any(_STEPS in f" {name} " for name in source.mentioned):
            raise ValueError(f"a name must not hold {_STEPS!r}: {source.mentioned}")
        subject = self.iri(source.id)
        yield Triple(subject, _A, term("kg:UnnamedSource"))
        yield Triple(subject, LABEL, text(source.name))
        yield Triple(subject, term("kg:mentionedIn"), self.iri(source.document))
        yield Triple(subject, term("kg:mentionedAs"), text(_STEPS.join(source.mentioned)))

    def _assertion(self, assertion: Assertion) -> Iterator[Triple]:
        subject, saying = self.iri(assertion.id), assertion.saying
        yield Triple(subject, _A, term("kg:Assertion"))
        yield from self._write(subject, assertion, ASSERTION)
        if saying is None:
            return
        yield from self._write(subject, saying, SAYING)
        if saying.statement is not None:
            yield Triple(subject, _STATEMENT, text(saying.statement, saying.language))
        if saying.span is not None:
            yield from self._anchor(subject, assertion.document, saying.span)

    def _anchor(self, assertion: IRI, document: str, span: Span) -> Iterator[Triple]:
        code = model.digest({"document": document, "start": span.start, "end": span.end, "digest": span.digest})
        target, selector = self.iri(f"target/{code}"), self.iri(f"selector/{code}")
        yield Triple(assertion, _TARGET, target)
        yield Triple(target, _A, term("oa:SpecificResource"))
        yield Triple(target, term("oa:hasSource"), self.iri(document))
        yield Triple(target, _SELECTOR, selector)
        if span.digest is not None:
            yield Triple(target, _SPAN_DIGEST, text(span.digest))
        yield Triple(selector, _A, term("oa:TextPositionSelector"))
        yield Triple(selector, _START, integer(span.start))
        yield Triple(selector, _END, integer(span.end))

    def _claim(self, claim: Claim) -> Iterator[Triple]:
        subject = self.iri(claim.id)
        yield Triple(subject, _A, _CLAIM_TYPES[claim.kind])
        yield from self._write(subject, claim, CLAIM)
        yield from self._write(subject, claim.window, WINDOW)
        if claim.window.fit == "within":
            yield Triple(subject, _FIT, _WITHIN)
        if claim.figure is not None:
            yield from self._write(subject, claim.figure, FIGURE)
            if claim.figure.increment:
                yield Triple(subject, _INCREMENT, boolean(True))
        if claim.text is not None:
            yield Triple(subject, _CONTENT, text(claim.text, claim.language))

    def _place(self, place: Place) -> Iterator[Triple]:
        subject = self.iri(place.id)
        yield Triple(subject, _A, term("geo:Feature"))
        yield from self._write(subject, place, PLACE)
        if place.lat is not None and place.lon is not None:
            point = f"POINT({decimal(place.lon)} {decimal(place.lat)})"
            geometry = self.iri("geometry/" + model.digest(point))
            yield Triple(subject, _GEOMETRY, geometry)
            yield Triple(geometry, _AS_WKT, Literal(point, _WKT))

    def _actor(self, actor: Actor, events: tuple[Event, ...]) -> Iterator[Triple]:
        subject = self.iri(actor.id)
        yield Triple(subject, _A, term("prov:Agent"))
        kind = (
            "Person" if actor.is_person else "NewsMediaOrganization" if actor.kind in _MEDIA_KINDS else "Organization"
        )
        if actor.kind is not None:
            yield Triple(subject, _A, term(f"schema:{kind}"))
        yield from self._write(subject, actor, ACTOR)
        if actor.affiliation is not None:
            yield Triple(subject, _AFFILIATION if actor.is_person else _PARENT, self.iri(actor.affiliation))
        if actor.party_to is not None:
            for event in events:
                yield Triple(subject, _PARTY if actor.party_to else _NOT_PARTY, self.iri(event.id))

    def _concept(self, concept: Concept) -> Iterator[Triple]:
        subject = self.iri(concept.id)
        yield Triple(subject, _A, term("skos:Concept"))
        yield Triple(subject, term("skos:inScheme"), term(f"kg:{concept.scheme}"))
        yield Triple(subject, LABEL, text(concept.name))
        yield Triple(subject, term("skos:notation"), text(concept.name))
        yield from (Triple(subject, term("skos:altLabel"), text(alias)) for alias in concept.aliases)
        if concept.definition is not None:
            yield Triple(subject, term("skos:definition"), text(concept.definition))
        codec = word(concept.scheme)
        for predicate, words in (("skos:broader", concept.broader), ("kg:disjointWith", concept.disjoint_with)):
            yield from (Triple(subject, term(predicate), codec.encode(self, other)) for other in words)

    # ---- parts: reading ---------------------------------------------------------------------------------------------

    def _read(self, about: Mapping[IRI, tuple[Term, ...]], properties: tuple[Property, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, predicate, codec, many in properties:
            found = [codec.decode(self, item) for item in about.get(predicate, ())]
            values[name] = tuple(sorted(found)) if many else found[0] if found else None
        return values

    def _report(self, graph: NamedGraph, assertions: Mapping[IRI, dict[str, Any]], first: IRI) -> Report:
        chain, subject = [], first
        while True:
            found = assertions[subject]
            chain.append(Speaker(found["source"], found["named_as"]))
            if found["relays"] is None:
                break
            subject = self.iri(found["relays"])
        return Report(
            document=self.id(graph.about),
            chain=tuple(chain),
            claim=self._read_claim(graph.about_subject(self.iri(found["expresses"]))),
            saying=self._read_saying(graph, graph.about_subject(subject)),
            identifier=found["row"],
        )

    def _read_saying(self, graph: NamedGraph, about: Mapping[IRI, tuple[Term, ...]]) -> Saying:
        statement, language = _tagged(about.get(_STATEMENT))
        span = None
        for found in about.get(_TARGET, ()):
            target = graph.about_subject(iri_of(found))
            selector = graph.about_subject(iri_of(target[_SELECTOR][0]))
            digest = target[_SPAN_DIGEST][0].value if _SPAN_DIGEST in target else None
            span = Span(int(selector[_START][0].value), int(selector[_END][0].value), digest)
        return Saying(**self._read(about, SAYING), statement=statement, language=language, span=span)

    def _read_claim(self, about: Mapping[IRI, tuple[Term, ...]]) -> Claim:
        kind = _CLAIM_KINDS[iri_of(about[_A][0])]
        content, language = _tagged(about.get(_CONTENT))
        window = Window(**self._read(about, WINDOW), fit="within" if _FIT in about else "exact")
        figure = Figure(**self._read(about, FIGURE), increment=_INCREMENT in about) if kind == "quantity" else None
        return Claim(
            kind=kind, **self._read(about, CLAIM), window=window, figure=figure, text=content, language=language
        )

    def _read_place(self, graph: NamedGraph, subject: IRI) -> Place:
        about = graph.about_subject(subject)
        lat = lon = None
        for geometry in about.get(_GEOMETRY, ()):
            point = graph.about_subject(iri_of(geometry))[_AS_WKT][0].value
            lon, lat = map(float, point.removeprefix("POINT(").removesuffix(")").split())
        return Place(**self._read(about, PLACE), lat=lat, lon=lon)

    def _read_actor(self, about: Mapping[IRI, tuple[Term, ...]]) -> Actor:
        affiliations = about.get(_AFFILIATION, ()) + about.get(_PARENT, ())
        return Actor(
            **self._read(about, ACTOR),
            affiliation=self.id(iri_of(affiliations[0])) if affiliations else None,
            party_to=True if _PARTY in about else False if _NOT_PARTY in about else None,
        )

    def _read_concept(self, about: Mapping[IRI, tuple[Term, ...]]) -> Concept:
        scheme = iri_of(about[term("skos:inScheme")][0]).value.removeprefix(vocab.KG)
        codec = word(scheme)
        related = {
            name: tuple(sorted(codec.decode(self, found) for found in about.get(term(predicate), ())))
            for name, predicate in (("broader", "skos:broader"), ("disjoint_with", "kg:disjointWith"))
        }
        definition = about.get(term("skos:definition"))
        return Concept(
            scheme=scheme,
            name=about[LABEL][0].value,
            aliases=tuple(sorted(found.value for found in about.get(term("skos:altLabel"), ()))),
            definition=definition[0].value if definition else None,
            **related,
        )


def _tagged(found: tuple[Term, ...] | None) -> tuple[str | None, str | None]:
    """The text and language tag of the one literal there may be."""
    if not found:
        return None, None
    return found[0].value, found[0].language if isinstance(found[0], Literal) else None
