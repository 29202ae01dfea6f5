"""What is stored of a thing itself, in words: first what an editor asks of it, last what only a machine needs."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.card import Card
from kg.labels import day
from kg.terms import IRI, XSD, Literal, Term
from kg.web.addresses import path_of
from kg.web.tables import Cell, asked, cell, names
from kg.workspace import Workspace

#: Properties as people say them, where the label in the store, if there is one, is for machines.
WORDS: Mapping[str, str] = {
    "rdf:type": "kind",
    "rdfs:label": "name",
    "rdfs:comment": "in words",
    "skos:prefLabel": "name",
    "skos:altLabel": "also called",
    "skos:notation": "word in tables",
    "skos:definition": "means",
    "skos:example": "for example",
    "skos:broader": "wider",
    "skos:inScheme": "of the list",
    "skos:note": "note",
    "kg:actorKind": "kind",
    "kg:disjointWith": "no overlap with",
    "kg:gathersBasis": "how it gathers",
    "kg:hasMember": "made up of",
    "kg:placeKind": "kind",
    "kg:windowEnd": "until",
    "kg:windowStart": "from",
    "schema:affiliation": "speaks for",
    "schema:parentOrganization": "part of",
    "schema:archivedAt": "archived at",
    "schema:datePublished": "published",
    "schema:genre": "genre",
    "schema:inLanguage": "language",
    "schema:maxValue": "upper number",
    "schema:minValue": "lower number",
    "schema:publisher": "outlet",
    "schema:text": "says",
    "schema:url": "address",
    "dcterms:creator": "by",
    "dcterms:created": "on",
    "dcterms:identifier": "id",
    "dcterms:title": "title",
    "geo:hasGeometry": "position",
    "geo:sfWithin": "lies in",
    "oa:hasTarget": "about",
    "prov:endedAtTime": "worked out on",
    "prov:generatedAtTime": "as of",
    "prov:wasAttributedTo": "said by",
    "prov:wasDerivedFrom": "rests on",
    "prov:wasGeneratedBy": "worked out by",
    "sem:hasBeginTimeStamp": "from",
    "sem:hasEndTimeStamp": "until",
    "sem:hasPlace": "place",
    "sem:subEventOf": "part of",
}
_TYPES = {
    "prov:Agent": "source",
    "schema:Organization": "organisation",
    "schema:NewsMediaOrganization": "news outlet",
    "schema:Person": "person",
    "schema:NewsArticle": "article",
    "schema:AnalysisNewsArticle": "analysis",
    "schema:Report": "report",
    "schema:Statement": "statement",
    "sem:Event": "event",
    "geo:Feature": "place",
    "skos:Concept": "concept",
    "oa:Annotation": "judgement",
}

# In this order: what it is called, what kind it is, what it says and where, when it was published, its address.
_FIRST = (
    "skos:prefLabel",
    "dcterms:title",
    "skos:definition",
    "skos:altLabel",
    "schema:publisher",
    "schema:genre",
    "kg:actorKind",
    "kg:placeKind",
    "kg:gathers",
    "kg:gathersBasis",
    "schema:affiliation",
    "schema:parentOrganization",
    "kg:partyTo",
    "kg:notPartyTo",
    "kg:mentionedAs",
    "kg:mentionedIn",
    "schema:text",
    "schema:datePublished",
    "kg:dateBasis",
    "schema:url",
    "schema:archivedAt",
    "schema:inLanguage",
    "kg:outletKind",
    "kg:outletCountry",
    "kg:cites",
    "sem:hasBeginTimeStamp",
    "sem:hasEndTimeStamp",
    "sem:hasPlace",
    "kg:event",
    "kg:measure",
    "kg:population",
    "kg:place",
    "kg:windowStart",
    "kg:windowEnd",
    "geo:sfWithin",
    "geo:sfWithin+",
    "^geo:sfWithin",
    "kg:hasMember",
    "^kg:hasMember",
    "geo:hasGeometry",
)
# What says how a thing came here and not what it is.
_TECHNICAL = frozenset(
    [
        "dcterms:identifier",
        "kg:documentKey",
        "kg:enteredFrom",
        "kg:inputDigest",
        "kg:rulesVersion",
        "kg:softwareVersion",
        "kg:spanDigest",
        "kg:textDigest",
        "prov:wasDerivedFrom",
        "prov:wasGeneratedBy",
        "rests on",
        "worked out",
    ]
)
# What need not be repeated below a title that says it.
_NAMING = frozenset(["skos:prefLabel", "rdfs:label"])
ABOUT = "SELECT ?property ?value WHERE {{ {node} ?property ?value }} ORDER BY ?property ?value"
# How a card refers to a thing: "affirms (kg:affirms)", "SOHR (https://…)", or, without words, "claim/9f3c…".
_REFERENCE = re.compile(r"(?P<words>.+) \((?P<name>[^\s()]+:[^\s()]+)\)|(?P<bare>[a-z]+/[0-9a-f]{16})", re.DOTALL)
# The address behind a name within a sentence, which tells a reader nothing.
_OUTRIGHT = re.compile(r" \(https?://[^\s()]+\)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing said of the thing, with all values for which it is said. `property_` is the compact name."""

    label: str
    property_: str
    values: tuple[Cell, ...]

    @property
    def is_technical(self) -> bool:
        """Whether it says how the thing came here and not what it is."""
        return self.property_ in _TECHNICAL


def facts(workspace: Workspace, iri: IRI, title: str = "") -> tuple[Fact, ...]:
    """What is stored of the thing itself, one fact a property, the telling ones first; not its title once more."""
    found = asked(workspace, ABOUT, node=iri.n3)
    words = names(workspace, (value for row in found.rows for value in row))
    by_property: dict[str, list[Cell]] = {}
    for property_, value in found.rows:
        name = vocab.compact(str(property_)) or str(property_)
        by_property.setdefault(name, []).append(_value(value, words, workspace.base))
    inverse = {vocab.compact(key.value): label for key, label in words.items()}
    return in_order(
        Fact(WORDS.get(name) or inverse.get(name) or name, name, tuple(values))
        for name, values in by_property.items()
        if not (name in _NAMING and [value.text for value in values] == [title])
    )


def in_order(told: Iterable[Fact]) -> tuple[Fact, ...]:
    """The telling facts first, the others by their names."""
    return tuple(sorted(told, key=lambda fact: (_place(fact.property_), fact.label)))


def worded_facts(workspace: Workspace, card: Card) -> tuple[Fact, ...]:
    """The facts of a card as they stand; where one ends with the name of a thing, its words are the link."""
    bare = {IRI(workspace.base + name) for _, value in card.facts for name in value.split("; ") if _is_bare(name)}
    words = names(workspace, bare)
    return tuple(Fact(name.strip(), name.strip(), _linked(value, words, workspace.base)) for name, value in card.facts)


def _value(value: Term | None, words: Mapping[IRI, str], base: str) -> Cell:
    if isinstance(value, IRI) and (type_ := _TYPES.get(vocab.compact(value.value) or "")):
        return Cell(type_)
    if isinstance(value, Literal) and value.datatype == XSD + "date":
        with contextlib.suppress(ValueError):  # what an update entered may be no day of our calendar
            return Cell(day(dt.date.fromisoformat(value.value)))
    return cell(value, words, base)


def _place(property_: str) -> int:
    return _FIRST.index(property_) if property_ in _FIRST else len(_FIRST)


def _is_bare(name: str) -> bool:
    match = _REFERENCE.fullmatch(name)
    return bool(match and match["bare"])


def _linked(value: str, words: Mapping[IRI, str], base: str) -> tuple[Cell, ...]:
    """The value in parts, if each of them names a thing; else as it stands."""
    parts = [_REFERENCE.fullmatch(part) for part in value.split("; ")]
    found: list[Cell] = []
    for match in parts:
        name = (match["name"] or match["bare"]) if match else ""
        path = path_of(_iri(name, base), base) if name else None
        if match is None or path is None:
            return (Cell(_OUTRIGHT.sub("", value)),)
        found.append(Cell(match["words"] or words.get(IRI(base + name)) or name, path))
    return tuple(found)


def _iri(name: str, base: str) -> str:
    prefix, colon, local = name.partition(":")
    if colon:
        return vocab.PREFIXES[prefix] + local if prefix in vocab.PREFIXES else name
    return base + name
