"""One SPARQL query in a worker: what it may ask, about which graphs, written in the format that the client wants.

Answers are written by the engine itself, row by row, into a buffer that refuses to grow beyond the limit: an answer
is whole, or it is an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, urljoin

import pyoxigraph as ox

from kg import vocab
from kg.errors import QueryError
from kg.questions import load_questions
from kg.rdf import vocabulary_graph
from kg.reach import Graphs, dataset, refuse_calls
from kg.sparql import caret, explain, form, tokens, warnings, with_missing_prefixes
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, is_iri
from kg.web.description import Counts, description
from kg.web.jobs import DescribeRequest, QueryRequest, Reply
from kg.web.negotiation import ROWS, TRIPLES, TRUTH, choose, list_of
from kg.workspace import Workspace, asked_for

TEXT = "text/plain; charset=utf-8"

#: Characters that a header with hints has at most.
_LONGEST_HEADER = 1000
#: Names in a query that are looked up at most.
_MOST_NAMES = 200
_OFFERED = {"SELECT": ROWS, "ASK": TRUTH, "CONSTRUCT": TRIPLES, "DESCRIBE": TRIPLES}


class Prepared(NamedTuple):
    """A query that may be asked. `shift` is how far the text stands from where its author wrote it, on line 1."""

    form: str
    text: str
    shift: int
    graphs: Graphs
    prefixes: tuple[str, ...]
    hints: tuple[str, ...]


class TooLong(Exception):
    """The answer has more bytes than it may have."""


class _Buffer:
    """Takes bytes up to a limit."""

    def __init__(self, limit: int) -> None:
        self.parts: list[bytes] = []
        self._left = limit
        self.full = False

    def write(self, data: bytes) -> int:
        self._left -= len(data)
        if self._left < 0:
            self.full = True
            raise TooLong
        self.parts.append(data)
        return len(data)

    def flush(self) -> None:
        """The engine asks for it at the end."""


def run(workspace: Workspace, request: QueryRequest) -> Reply:
    """Answers a query, or says in plain text what is wrong with it, where, and what was likely meant."""
    store = workspace.store
    assert isinstance(store, OxigraphStore)
    try:
        asked = _prepared(store, request.query, workspace.base)
        offered = _OFFERED[asked.form]
        chosen = choose(request.accept, offered, request.format)
        if chosen is None:
            return _not_acceptable(request, asked.form)
        default, named = _graphs(store, request, asked)
        buffer = _Buffer(request.answer_bytes)
        try:
            found = store.answer(asked.text, base=workspace.base, default_graphs=default, named_graphs=named)
            found.serialize(buffer, format=chosen.format.writes)
        except QueryError as error:
            raise _explained(request.query, asked, error) from error
        except (RuntimeError, ValueError, OSError, TooLong) as error:
            if buffer.full:
                return Reply(500, TEXT, _too_long(request.answer_bytes).encode())
            raise QueryError(f"the query could not be run to its end: {error}") from error
    except QueryError as error:
        return Reply(400, TEXT, told(request.query, error).encode())
    return Reply(200, chosen.media_type, b"".join(buffer.parts), _headers(asked))


def describe(workspace: Workspace, request: DescribeRequest) -> Reply:
    """The description of the service: what it understands, and what it holds."""
    store = workspace.store
    assert isinstance(store, OxigraphStore)
    chosen = choose(request.accept, TRIPLES)
    if chosen is None:
        return Reply(406, TEXT, f"the service is described in:\n{list_of(TRIPLES)}".encode())
    triples = description(urljoin(request.url, "/sparql"), _counts(store), updates=request.updates)
    prefixes = {"sd": "http://www.w3.org/ns/sparql-service-description#", "void": "http://rdfs.org/ns/void#"}
    body = ox.serialize(triples, format=chosen.format.writes, prefixes=prefixes)
    assert body is not None
    return Reply(200, chosen.media_type, body, (("Vary", "Accept"),))


def told(text: str, error: QueryError) -> str:
    """An error as people read it: where, what, the line with a caret under the place, and what was likely meant."""
    place = f"line {error.line}, column {error.column}: " if error.line and error.column else ""
    lines = [f"{place}{error}" + (f"; did you mean {error.suggestion}?" if error.suggestion else "")]
    shown = caret(text, error)
    if shown is not None:
        lines += ["", *(f"  {line}" for line in shown.splitlines())]
    return "\n".join(lines) + "\n"


# A worker sees the store as it was when the worker was made, so that what holds of a text once holds for it always.
@lru_cache(maxsize=256)
def _prepared(store: OxigraphStore, query: str, base: str) -> Prepared:
    refuse_calls(query)
    kind = form(query)
    full, added = with_missing_prefixes(query)
    return Prepared(kind, full, len(full) - len(query), dataset(query, base), added, _hints(store, query))


def _hints(store: OxigraphStore, query: str) -> tuple[str, ...]:
    """Sentences about names that nothing here has. The store is looked at for the names of the query only."""
    names = {token.text for token in tokens(query) if token.kind == "name"}
    if len(names) > _MOST_NAMES:
        return ()  # somebody's data, not somebody's slip
    used = {IRI(iri) for name in names if (iri := _expanded(name)) is not None}
    present = {iri for iri in used if store.mentions(iri)}
    return warnings(query, present | _vocabulary()) if used - present else ()


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[IRI]:
    return frozenset(quad.subject for quad in vocabulary_graph().quads) | asked_for(load_questions())


def _expanded(name: str) -> str | None:
    prefix, _, local = name.partition(":")
    iri = vocab.PREFIXES[prefix] + re.sub(r"\\(.)", r"\1", local) if prefix in vocab.PREFIXES and local else ""
    return iri if is_iri(iri) else None


def _graphs(
    store: OxigraphStore, request: QueryRequest, asked: Prepared
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """Default and named graphs of the query: the request's word counts before the query's own."""
    if request.default_graphs is not None or request.named_graphs is not None:
        chosen = Graphs(request.default_graphs or (), request.named_graphs or ())
    elif asked.graphs:
        chosen = asked.graphs
    else:
        return None, None
    for name in dict.fromkeys((*chosen.default, *chosen.named)):
        if not store.has_graph(name):
            raise QueryError(
                f"there is no graph <{name}> in this store, and nothing is fetched from elsewhere; "
                "SELECT DISTINCT ?g { GRAPH ?g {} } lists the graphs"
            )
    return chosen.default, chosen.named


@lru_cache(maxsize=1)
def _counts(store: OxigraphStore) -> Counts:
    return Counts(triples=store.count(), named_graphs=len(store.graph_names()))


def _explained(query: str, asked: Prepared, error: QueryError) -> QueryError:
    if error.line == 1 and error.column is not None and asked.shift:
        error = QueryError(str(error), line=1, column=max(1, error.column - asked.shift))
    return explain(query, error)


def _headers(asked: Prepared) -> tuple[tuple[str, str], ...]:
    headers = [("Vary", "Accept")]
    if asked.prefixes:
        headers.append(("Kg-Prefixes-Added", ", ".join(asked.prefixes)))
    if asked.hints:
        headers.append(("Kg-Hints", in_header("; ".join(asked.hints))))
    return tuple(headers)


def in_header(text: str) -> str:
    """The text in the characters that a header may have; the others are written as in addresses, and the end is cut."""
    return quote(text, safe=" !\"#$&'()*+,/:;<=>?@[]^_`{|}~-.")[:_LONGEST_HEADER]


def _not_acceptable(request: QueryRequest, kind: str) -> Reply:
    wanted = f"format={request.format}" if request.format is not None else f"Accept: {request.accept}"
    message = f"{wanted} names no format for the answer of {kind}; there are:\n{list_of(_OFFERED[kind])}"
    return Reply(406, TEXT, message.encode(), (("Vary", "Accept"),))


def _too_long(limit: int) -> str:
    return (
        f"the answer is longer than {limit:,} bytes, and an answer is sent whole or not at all; "
        "ask for fewer columns, or for a part at a time with ORDER BY, LIMIT and OFFSET\n"
    )
