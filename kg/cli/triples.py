"""The triples of a CONSTRUCT or DESCRIBE as Turtle that can be read."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg import vocab
from kg.terms import IRI, BlankNode, Literal, Term


def turtle(triples: Iterable[tuple[Term, IRI, Term]]) -> str:
    """Turtle with the prefixes that it uses, and no others; subjects in the order of the triples."""
    statements = [ox.Triple(_subject(s), ox.NamedNode(p.value), _term(o)) for s, p, o in triples]
    text = " ".join(str(statement) for statement in statements)
    prefixes = {prefix: namespace for prefix, namespace in vocab.PREFIXES.items() if f"<{namespace}" in text}
    written = ox.serialize(statements, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return written.decode() if written else ""


def _subject(term: Term) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(term.value) if isinstance(term, BlankNode) else ox.NamedNode(str(term))


def _term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if not isinstance(term, Literal):
        return _subject(term)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
