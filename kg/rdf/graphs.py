"""Named graphs as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import pyoxigraph as ox

from kg import vocab
from kg.terms import IRI, Literal, Quad, Term
from kg.vocab import term

_A = term("rdf:type")


class Triple(NamedTuple):
    subject: IRI
    predicate: IRI
    object: Term


@dataclass(frozen=True)
class NamedGraph:
    """A graph and its name. `about` is the stable IRI (of a document or dossier) whose version this is."""

    name: IRI
    about: IRI
    triples: tuple[Triple, ...]

    @property
    def quads(self) -> Iterator[Quad]:
        return (Quad(*triple, self.name) for triple in self.triples)

    @cached_property
    def _by_subject(self) -> Mapping[IRI, Mapping[IRI, tuple[Term, ...]]]:
        nested: dict[IRI, dict[IRI, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            nested[triple.subject][triple.predicate].append(triple.object)
        return {s: {p: tuple(sorted(o, key=lambda t: t.n3)) for p, o in about.items()} for s, about in nested.items()}

    def about_subject(self, subject: IRI) -> Mapping[IRI, tuple[Term, ...]]:
        return self._by_subject.get(subject, {})

    def subjects_of_type(self, type_: IRI) -> list[IRI]:
        return sorted(s for s, about in self._by_subject.items() if type_ in about.get(_A, ()))


@cache
def vocabulary_graph() -> NamedGraph:
    """The vocabulary and its schemes as one graph, so that labels and broader terms can be queried beside the data."""
    folder = vocab.data_path("ontology")
    name = IRI(vocab.KG.rstrip("#"))
    found = set()
    for path in [folder / "kg.ttl", *sorted((folder / "schemes").glob("*.ttl"))]:
        for statement in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            subject, value = statement.subject, statement.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(value, ox.NamedNode | ox.Literal):
                raise ValueError(f"{path.name}: the vocabulary takes no blank nodes: {statement}")
            object_: Term = (
                IRI(value.value)
                if isinstance(value, ox.NamedNode)
                else Literal(value.value, value.datatype.value, value.language)
            )
            found.add(Triple(IRI(subject.value), IRI(statement.predicate.value), object_))
    return NamedGraph(name, name, tuple(sorted(found, key=triple_key)))


def triple_key(triple: Triple) -> tuple[str, str, str]:
    """The order in which triples are written and digested."""
    return triple.subject.n3, triple.predicate.n3, triple.object.n3
