"""What a SPARQL update means for a store whose default graph is the union of its named graphs.

An update may write to either side, and afterwards the one must be the union of the others again:

- what was deleted from the default graph leaves every named graph that held it;
- what was inserted into the default graph, and into no named graph, goes into a named graph for such triples;
- what left its last named graph leaves the union, and what came into a named graph joins it.

A triple that the same update deletes from the default graph and inserts into a named graph moves there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyoxigraph as ox


class Quads(NamedTuple):
    """What a store holds: the triples of its default graph, and those of named graphs behind the graph's name.

    Both as the lines of N-Triples that the engine writes: comparing them is many times quicker than comparing terms.
    """

    union: frozenset[bytes]
    named: frozenset[tuple[bytes, bytes]]

    @classmethod
    def of(cls, database: ox.Store) -> Quads:
        written = database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        quads = database.dump(format=ox.RdfFormat.N_QUADS)
        assert written is not None and quads is not None
        union = frozenset(written.splitlines())
        named = set()
        for line in quads.splitlines():
            if line not in union:  # a triple of the default graph is the same line in both formats
                triple, graph, _ = line.rsplit(b" ", 2)
                named.add((graph, triple + b" ."))
        return cls(union, frozenset(named))


def reconciled(before: Quads, after: Quads, inserted: str) -> Quads:
    """What the store shall hold after an update. `inserted` names the graph for triples of no other graph."""
    deleted = before.union - after.union
    named = {one for one in after.named if one[1] not in deleted or one not in before.named}
    placed = {triple for _, triple in named}
    graph = ox.NamedNode(inserted)
    named |= {(str(graph).encode(), triple) for triple in after.union - before.union - placed}
    return Quads(frozenset(triple for _, triple in named), frozenset(named))


def without(quads: Quads, derived: Sequence[str]) -> Quads:
    """The same without the graphs whose names begin with one of `derived`, and without what they alone held."""
    starts = tuple(f"<{name}".encode() for name in derived)
    named = frozenset(one for one in quads.named if not one[0].startswith(starts)) if starts else quads.named
    return Quads(frozenset(triple for _, triple in named), named)


def difference(before: Quads, wanted: Quads) -> str:
    """The update that makes the one into the other; nothing where they are the same."""
    steps = []
    for word, one, other in ((b"DELETE", before, wanted), (b"INSERT", wanted, before)):
        triples = [*(one.union - other.union)]
        triples += [b"GRAPH %s { %s }" % quad for quad in one.named - other.named]
        if triples:
            steps.append(b"%s DATA { %s }" % (word, b"\n".join(triples)))
    return b" ;\n".join(steps).decode()


def blank_nodes(quads: Quads) -> list[str]:
    """The triples whose subject or object is neither an IRI nor a literal."""
    found = []
    for line in quads.union:
        subject, _, object_ = line.split(b" ", 2)
        if subject.startswith((b"_:", b"<<")) or object_.startswith((b"_:", b"<<")):
            found.append(line.decode())
    return found
