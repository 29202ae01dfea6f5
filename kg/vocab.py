"""Namespaces, and the concept schemes of `ontology/schemes/` as data.

The schemes are the only list of what a table may say in a column of fixed words: the readers, the bridge to RDF and
the shapes all take it from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.terms import IRI

KG = "https://w3id.org/claims-kg/ns#"
DEFAULT_BASE = "https://w3id.org/claims-kg/id/"

#: Well-known prefixes, in the order in which they are printed. Queries may use them undeclared.
PREFIXES: Mapping[str, str] = {
    "kg": KG,
    "measure": "https://w3id.org/claims-kg/measure/",
    "population": "https://w3id.org/claims-kg/population/",
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "oa": "http://www.w3.org/ns/oa#",
    "spdx": "http://spdx.org/rdf/terms#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "sh": "http://www.w3.org/ns/shacl#",
}


@cache
def term(curie: str) -> IRI:
    """The IRI of a `prefix:name` with one of the well-known prefixes. Raises KeyError for another prefix."""
    prefix, name = curie.split(":", 1)
    return IRI(PREFIXES[prefix] + name)


def compact(iri: str) -> str | None:
    """`prefix:name` for an IRI in a well-known namespace, else None."""
    for prefix, namespace in PREFIXES.items():
        name = iri.removeprefix(namespace)
        if name != iri and name and all(c.isalnum() or c in "-_." for c in name):
            return f"{prefix}:{name}"
    return None


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a shipped scheme. `notation` is the word that tables use for it."""

    iri: IRI
    notation: str
    label: str
    aliases: tuple[str, ...] = ()
    broader: frozenset[IRI] = frozenset()
    disjoint_with: frozenset[IRI] = frozenset()
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A concept scheme; looked up by notation or alias as tables write them, or by IRI."""

    name: str
    concepts: tuple[Concept, ...]
    _by_word: Mapping[str, Concept] = field(repr=False)
    _by_iri: Mapping[IRI, Concept] = field(repr=False)

    @classmethod
    def of(cls, name: str, concepts: tuple[Concept, ...]) -> Scheme:
        by_word: dict[str, Concept] = {}
        for concept in concepts:
            for word in (concept.notation, concept.label, *concept.aliases):
                if by_word.setdefault(word.casefold(), concept) is not concept:
                    raise ValueError(f"scheme {name}: {word!r} stands for two concepts")
        return cls(name, concepts, by_word, {c.iri: c for c in concepts})

    def get(self, word: str) -> Concept | None:
        """The concept that a table means by `word` (notation, label or alias; case does not matter)."""
        return self._by_word.get(" ".join(word.split()).casefold())

    def of_iri(self, iri: IRI) -> Concept | None:
        return self._by_iri.get(iri)

    @property
    def words(self) -> tuple[str, ...]:
        """Every notation, in the order of the scheme's file."""
        return tuple(c.notation for c in self.concepts)


def data_path(folder: str) -> Path:
    """Where `ontology`, `queries` or `examples` lies: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parent
    inside = package / "_data" / folder
    return inside if inside.is_dir() else package.parent / folder


@cache
def schemes() -> Mapping[str, Scheme]:
    """Every shipped scheme by its file's name (`stances`, `bounds`, `measures`, …). Read once."""
    import pyoxigraph as ox  # a parser; here to keep `import kg` light

    loaded: dict[str, Scheme] = {}
    for path in sorted((data_path("ontology") / "schemes").glob("*.ttl")):
        found: dict[str, dict[str, list[str]]] = {}
        for triple in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
            subject = str(triple.subject.value)
            value = str(triple.object.value)
            found.setdefault(subject, {}).setdefault(triple.predicate.value, []).append(value)
        skos = PREFIXES["skos"]
        concepts = [
            Concept(
                iri=IRI(iri),
                notation=about[skos + "notation"][0],
                label=about[skos + "prefLabel"][0],
                aliases=tuple(about.get(skos + "altLabel", [])),
                broader=frozenset(map(IRI, about.get(skos + "broader", []))),
                disjoint_with=frozenset(map(IRI, about.get(KG + "disjointWith", []))),
                definition=about.get(skos + "definition", [""])[0],
            )
            for iri, about in found.items()
            if skos + "Concept" in about.get(PREFIXES["rdf"] + "type", [])
        ]
        loaded[path.stem] = Scheme.of(path.stem, tuple(concepts))
    return loaded


def scheme(name: str) -> Scheme:
    """The shipped scheme `name`. Raises KeyError for one that does not exist."""
    return schemes()[name]
