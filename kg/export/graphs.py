"""The whole store as RDF: N-Quads, TriG and JSON-LD keep the named graphs, Turtle holds their union."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg import vocab
from kg.errors import UsageError
from kg.store import Store
from kg.terms import IRI, Literal, Quad, Term

GRAPH_FORMATS = ("nq", "trig", "ttl", "jsonld")

_FORMATS: Mapping[str, ox.RdfFormat] = {
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
}


def write_graph(store: Store, format_: str) -> str:
    """The store in one of GRAPH_FORMATS, in an order that depends on nothing but the content."""
    quads = sorted(store.quads(), key=_order)
    if format_ == "nq":
        return "".join(f"{line}\n" for line in sorted(quad.nquad for quad in quads))
    if format_ not in _FORMATS:
        raise UsageError(f"no format {format_!r} for a graph; there are: {', '.join(GRAPH_FORMATS)}")
    prefixes = dict(vocab.PREFIXES)
    statements: list[ox.Triple] | list[ox.Quad]
    if format_ == "ttl":
        triples = dict.fromkeys((quad.subject, quad.predicate, quad.object) for quad in quads)
        statements = [ox.Triple(_node(s), _node(p), _term(o)) for s, p, o in sorted(triples, key=_order)]
    else:
        statements = [ox.Quad(_node(q.subject), _node(q.predicate), _term(q.object), _node(q.graph)) for q in quads]
    written = ox.serialize(statements, format=_FORMATS[format_], prefixes=prefixes)
    return written.decode() if written else ""


def _order(statement: Quad | tuple[IRI, IRI, Term]) -> tuple[str, ...]:
    subject, predicate, object_, *graph = statement
    return (*(part.n3 for part in graph), subject.n3, predicate.n3, object_.n3)


def _node(iri: IRI) -> ox.NamedNode:
    return ox.NamedNode(iri.value)


def _term(term: Term) -> ox.NamedNode | ox.Literal:
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
    return ox.NamedNode(str(term))
