"""The description of the service in the words of SPARQL 1.1 Service Description, with the sizes in those of VoID."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.web.negotiation import ROWS, TRIPLES

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_DESCRIPTION = ox.NamedNode("http://purl.org/dc/terms/description")

#: The W3C's names of the formats, by ours. Those of results and of triples in JSON and XML are different things.
_UNIQUE = {
    **dict(zip((one.name for one in ROWS), ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV",
                                             "SPARQL_Results_TSV"), strict=True)),
    **dict(zip((one.name for one in TRIPLES), ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads"),
               strict=True)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds: triples, each once, and named graphs."""

    triples: int
    named_graphs: int


def description(endpoint: str, counts: Counts, *, updates: bool) -> list[ox.Triple]:
    """The triples about the service at that address. `updates` says whether it takes them from whoever has a token."""
    return list(_triples(ox.NamedNode(endpoint), counts, updates))


def _triples(endpoint: ox.NamedNode, counts: Counts, updates: bool) -> Iterator[ox.Triple]:
    service, dataset, graph = (ox.NamedNode(f"{endpoint.value}#{part}") for part in ("service", "dataset", "default"))
    yield ox.Triple(service, _RDF_TYPE, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), endpoint)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    if updates:
        yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for one in (*ROWS, *TRIPLES):
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(_FORMATS + _UNIQUE[one.name]))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _RDF_TYPE, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), graph)
    told = ox.Literal(f"the union of {counts.named_graphs:,} named graphs", language="en")
    yield ox.Triple(dataset, _DESCRIPTION, told)
    yield ox.Triple(graph, _RDF_TYPE, _sd("Graph"))
    yield ox.Triple(graph, ox.NamedNode(_VOID + "triples"), ox.Literal(counts.triples))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
