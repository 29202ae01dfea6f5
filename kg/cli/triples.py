"""The triples of a CONSTRUCT or DESCRIBE as Turtle that can be read."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg import vocab
from kg.store.oxigraph import engine_triple
from kg.terms import IRI, Term


def turtle(triples: Iterable[tuple[Term, IRI, Term]]) -> str:
    """Turtle with the prefixes that it uses, and no others; subjects in the order of the triples."""
    statements = [engine_triple(s, p, o) for s, p, o in triples]
    text = " ".join(str(statement) for statement in statements)
    prefixes = {prefix: namespace for prefix, namespace in vocab.PREFIXES.items() if f"<{namespace}" in text}
    written = ox.serialize(statements, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return written.decode() if written else ""
