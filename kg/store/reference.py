"""The reference store: rdflib in memory, slow and independent of the engine that workspaces run on.

It is the oracle for tests and the yardstick for benchmarks, and is imported only where it is used. Another parser,
another planner and another evaluation: an answer that it shares with Oxigraph is not the accident of one engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import rdflib
from pyparsing import ParseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import Query, SPARQLError
from rdflib.term import Node

from kg.errors import QueryError, StoreError
from kg.rdf import NamedGraph
from kg.store import Solutions
from kg.terms import IRI, RDF_LANG_STRING, XSD_STRING, BlankNode, Literal, Quad, Term

_KINDS = {
    "SelectQuery": "SELECT",
    "AskQuery": "ASK",
    "ConstructQuery": "CONSTRUCT",
    "DescribeQuery": "DESCRIBE",
}
_RdflibTriple = tuple[rdflib.URIRef, rdflib.URIRef, Node]


class ReferenceStore:
    """Named graphs in an rdflib Dataset, whose default graph is the union of them, computed by rdflib at each query.

    Literals keep the form in which they were written. A query with FROM is refused: rdflib would fetch what it names
    from the network.
    """

    def __init__(self) -> None:
        self._dataset = rdflib.Dataset(default_union=True)

    def apply(self, *, add: Iterable[NamedGraph] = (), remove: Iterable[IRI] = ()) -> None:
        # All that can fail, fails here: the changes below are made of terms that rdflib has accepted already.
        removed = [rdflib.URIRef(name.value) for name in remove]
        present = {rdflib.URIRef(name.value) for name in self.graph_names()}.difference(removed)
        added = [
            (name, [_triple(triple) for triple in graph.triples])
            for graph in add
            if (name := rdflib.URIRef(graph.name.value)) not in present
        ]
        for name in removed:
            self._graph(name).remove((None, None, None))
        for name, triples in added:
            graph_ = self._graph(name)
            self._dataset.addN((*triple, graph_) for triple in triples)

    def select(self, query: str) -> Solutions:
        result = self._run(_prepared(query, "SELECT"))
        variables = result.vars or []
        rows = [tuple(_optional(found.get(variable)) for variable in variables) for found in result.bindings]
        return Solutions(tuple(map(str, variables)), rows)

    def ask(self, query: str) -> bool:
        return bool(self._run(_prepared(query, "ASK")).askAnswer)

    def construct(self, query: str) -> list[tuple[Term, IRI, Term]]:
        result = self._run(_prepared(query, "CONSTRUCT", "DESCRIBE"))
        triples = {(_term(s), IRI(str(p)), _term(o)) for s, p, o in result.graph or ()}
        return sorted(triples, key=lambda triple: tuple(part.n3 for part in triple))

    def graph_names(self) -> list[IRI]:
        # rdflib remembers the names of graphs that have been emptied.
        return sorted(
            IRI(str(graph.identifier))
            for graph in self._dataset.graphs()
            if graph.identifier != rdflib.graph.DATASET_DEFAULT_GRAPH_ID and len(graph)
        )

    def quads(self, graph: IRI | None = None) -> Iterator[Quad]:
        for name in [graph] if graph else self.graph_names():
            for subject, predicate, object_ in self._graph(rdflib.URIRef(name.value)):
                yield Quad(IRI(str(subject)), IRI(str(predicate)), _term(object_), name)

    def close(self) -> None:
        self._dataset.close()

    def _graph(self, name: rdflib.URIRef) -> rdflib.Graph:
        """The graph of that name, without making it known to the dataset as `Dataset.graph` would."""
        return self._dataset.get_context(name)

    def _run(self, prepared: Query) -> rdflib.query.Result:
        try:
            result = self._dataset.query(prepared)
            if result.type == "SELECT":
                _ = result.bindings  # rdflib evaluates on demand; errors shall come up here
        except (SPARQLError, NotImplementedError, ArithmeticError) as error:
            raise QueryError(f"the query could not be run: {error or type(error).__name__}") from error
        return result


def _prepared(query: str, *kinds: str) -> Query:
    """The query, parsed. QueryError where it is not one of the kinds wanted."""
    try:
        prepared = translateQuery(parseQuery(query))
    except ParseException as error:
        raise QueryError(error.msg, line=error.lineno, column=error.column) from error
    except (SPARQLError, NotImplementedError) as error:
        raise QueryError(f"the query cannot be understood: {error}") from error
    except Exception as error:
        if type(error) is not Exception:  # rdflib raises the bare class for an undeclared prefix, and it alone
            raise
        raise QueryError(f"the query cannot be understood: {error}") from error
    if _KINDS.get(prepared.algebra.name) not in kinds:
        raise QueryError(f"a {' or '.join(kinds)} query was expected")
    if prepared.algebra.datasetClause:
        raise QueryError("the reference store always asks the union of all graphs; leave FROM out")
    return prepared


def _triple(triple: tuple[IRI, IRI, Term]) -> _RdflibTriple:
    subject, predicate, object_ = triple
    return rdflib.URIRef(subject.value), rdflib.URIRef(predicate.value), _node(object_)


def _node(term: Term) -> Node:
    if isinstance(term, IRI):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    try:
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype == XSD_STRING else rdflib.URIRef(term.datatype)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    except ValueError as error:
        raise StoreError(f"the store could not be written: {error}") from error


def _term(node: object) -> Term:
    if isinstance(node, rdflib.URIRef):
        return IRI(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return Literal(str(node), RDF_LANG_STRING, node.language)
        return Literal(str(node), str(node.datatype) if node.datatype else XSD_STRING)
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    raise QueryError(f"the result holds a term of a kind that is not read here: {node!r}")


def _optional(node: object) -> Term | None:
    return None if node is None else _term(node)
