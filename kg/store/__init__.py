"""Where quads live: one interface, small adapters.

A store holds named graphs. Its default graph is the set union of them all and is kept by the store itself: queries are
written without GRAPH, and a triple that two documents share is there once, so that counts count things and not copies.
`apply` is atomic: after an error, or a crash, either all of a change is there or nothing of it.

Two stores hold the same data when their named graphs hold the same triples, terms being compared by value: an adapter
may normalise the lexical form of a number or a time, and none of ours does so for the forms that this package writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.rdf import NamedGraph
from kg.terms import IRI, Quad, Term

__all__ = ["Solutions", "Store"]


@dataclass(frozen=True)
class Solutions:
    """The rows of a SELECT: `columns` in the query's order, one tuple a row, None where a variable is unbound."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]


class Store(Protocol):
    """What every adapter offers. Errors: StoreError for the store, QueryError for a query."""

    def apply(self, *, add: Iterable[NamedGraph] = (), remove: Iterable[IRI] = ()) -> None:
        """Removes the graphs named in `remove`, then adds those in `add`, all or nothing.

        Removing a graph that is not there, or adding one that is, changes nothing.
        """
        ...

    def select(self, query: str) -> Solutions:
        """Runs a SELECT over the union of all graphs."""
        ...

    def ask(self, query: str) -> bool:
        """Runs an ASK over the union of all graphs."""
        ...

    def construct(self, query: str) -> list[tuple[Term, IRI, Term]]:
        """Runs a CONSTRUCT or DESCRIBE over the union of all graphs; the triples, each once, in order of their text."""
        ...

    def graph_names(self) -> list[IRI]:
        """The names of all graphs that hold a triple, sorted."""
        ...

    def quads(self, graph: IRI | None = None) -> Iterator[Quad]:
        """The statements of one graph, or of all, in no particular order."""
        ...

    def close(self) -> None:
        """Writes what is pending and releases the store. A closed store is not used again."""
        ...
