"""The page of one thing of any kind: its facts in words, and what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg import vocab
from kg.card import Card
from kg.errors import KgError
from kg.lookup import KINDS, with_prefixes
from kg.results import Result
from kg.terms import IRI, Term
from kg.web import chains
from kg.web.addresses import address, path_of
from kg.web.claims import standing
from kg.web.jobs import Reply
from kg.web.rdf_pages import alternates
from kg.web.rendering import html
from kg.web.tables import Cell, Table, asked, cell, names, short, table
from kg.workspace import Workspace

#: Rows of a section before a reader asks for all of them.
SECTION_ROWS = 60

#: Properties of other vocabularies as people say them; those of our own have labels in the store.
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
    "schema:affiliation": "speaks for",
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
# The saved question behind a section of a card, and its parameter.
_QUESTIONS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("claim", "Said by"): ("who-said", "claim"),
    ("claim", "Chains"): ("chain", "claim"),
    ("claim", "What stands behind it"): ("independence", "claim"),
    ("claim", "Relations to other claims"): ("relations", "claim"),
    ("source", "Reported as an outlet"): ("outlet-reports", "outlet"),
    ("source", "Rests on it"): ("rests-on", "source"),
    ("event", "Figures"): ("event-figures", "event"),
}
# Sections that the page of a thing tells in a form of its own.
_TOLD = {
    "claim": ("Said by", "Chains", "What stands behind it", "Relations to other claims"),
    "document": ("Claims",),
}
_FIRST = ("skos:prefLabel", "schema:publisher", "schema:datePublished", "schema:url", "dcterms:title", "rdf:type")
# What the page tells elsewhere: the kind above the title, camps and direct edges between claims in tables.
_ELSEWHERE = frozenset(["rdf:type", "kg:camp", *(f"kg:{word}" for word in vocab.scheme("relation-kinds").words)])
# What need not be repeated below a title that says it.
_NAMING = frozenset(["skos:prefLabel", "rdfs:label"])
_ABOUT = "SELECT ?property ?value WHERE {{ {node} ?property ?value }} ORDER BY ?property ?value"
_POINTING = """SELECT ?thing ?as WHERE {{
  ?thing ?as {node} FILTER (?thing != {node})
}} ORDER BY ?as ?thing LIMIT 500"""
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


@dataclass(frozen=True, slots=True)
class Section:
    """A headed table. `question` is the address of the saved question behind it, `sparql` the query where none is."""

    heading: str
    anchor: str
    table: Table
    question: str | None
    sparql: str | None


def entity(workspace: Workspace, iri: IRI, *, everything: bool, notice: str | None = None) -> Reply:
    """The page of a thing that is in the store. With `everything` no section stops before its last row.

    `notice` is told above all else.
    """
    kind = kind_of(workspace, iri)
    card = workspace.show(iri.value) if kind else None
    most = 10**6 if everything else SECTION_ROWS
    words = names(workspace, [iri])
    title = (
        (card.title if card and not _is_bare(card, iri) else None) or words.get(iri) or short(iri.value, workspace.base)
    )
    told = _worded_facts(card, workspace.base) if card and kind == "relation" else facts(workspace, iri, title)
    sections = list(_sections(workspace, card, most)) if card else []
    values: dict[str, Any] = {}
    if card and kind == "claim":
        values["standing"] = standing(workspace, card, most)
    elif kind == "document":
        values["chains"] = chains.of_document(workspace, iri)
    elif kind == "source":
        sections += _figures_of_source(workspace, iri, most)
    elif kind is None or kind in ("measure", "population", "annotation", "event"):
        sections += _pointing_here(workspace, iri, most) if kind != "event" else []
    path = path_of(iri.value, workspace.base) or "/"
    return html(
        "entity.html",
        headers=alternates(path),
        title=title,
        kind=_kind_in_words(kind, told),
        iri=iri.value,
        path=path,
        notice=notice,
        facts=[fact for fact in told if fact.property_ not in _ELSEWHERE],
        sections=[*sections],
        is_cut=any(not section.table.is_whole for section in sections) or _is_cut(values),
        forms=[("Turtle", f"{path}.ttl"), ("JSON-LD", f"{path}.jsonld"), ("N-Triples", f"{path}.nt")],
        sparql=with_prefixes(_ABOUT.format(node=iri.n3)),
        rest=kind,
        **{"standing": None, "chains": None, **values},
    )


def kind_of(workspace: Workspace, iri: IRI) -> str | None:
    """The first kind of kg.lookup that the thing is of; None for what has no card, such as a concept."""
    return next((kind for kind in KINDS if workspace.lookup.is_a(kind, iri)), None)


def facts(workspace: Workspace, iri: IRI, title: str = "") -> tuple[Fact, ...]:
    """What is stored of the thing itself, one fact a property, the telling ones first; not its title once more."""
    found = asked(workspace, _ABOUT, node=iri.n3)
    words = names(workspace, (value for row in found.rows for value in row))
    by_property: dict[str, list[Cell]] = {}
    for property_, value in found.rows:
        name = vocab.compact(str(property_)) or str(property_)
        by_property.setdefault(name, []).append(_value(value, words, workspace.base))
    inverse = {vocab.compact(key.value): label for key, label in words.items()}
    told = [
        Fact(WORDS.get(name) or inverse.get(name) or name, name, tuple(values))
        for name, values in by_property.items()
        if not (name in _NAMING and [value.text for value in values] == [title])
    ]
    return tuple(sorted(told, key=lambda fact: (_place(fact.property_), fact.label)))


def _value(value: Term | None, words: Mapping[IRI, str], base: str) -> Cell:
    if isinstance(value, IRI) and (type_ := _TYPES.get(vocab.compact(value.value) or "")):
        return Cell(type_)
    return cell(value, words, base)


def _place(property_: str) -> int:
    return _FIRST.index(property_) if property_ in _FIRST else len(_FIRST)


def _worded_facts(card: Card, base: str) -> tuple[Fact, ...]:
    """The facts of a card as they stand; where one ends with the name of a thing, its words are the link."""
    return tuple(Fact(name.strip(), name.strip(), _linked(value, base)) for name, value in card.facts)


def _linked(value: str, base: str) -> tuple[Cell, ...]:
    """The value in parts, if each of them names a thing; else as it stands."""
    parts = [_REFERENCE.fullmatch(part) for part in value.split("; ")]
    found: list[Cell] = []
    for match in parts:
        name = (match["name"] or match["bare"]) if match else ""
        path = path_of(_iri(name, base), base) if name else None
        if match is None or path is None:
            return (Cell(_OUTRIGHT.sub("", value)),)
        found.append(Cell(match["words"] or name, path))
    return tuple(found)


def _iri(name: str, base: str) -> str:
    prefix, colon, local = name.partition(":")
    if colon:
        return vocab.PREFIXES[prefix] + local if prefix in vocab.PREFIXES else name
    return base + name


def _sections(workspace: Workspace, card: Card, most: int) -> Iterator[Section]:
    told = _TOLD.get(card.kind, ())
    for heading, result in card.sections:
        if heading in told:
            continue
        behind = _QUESTIONS.get((card.kind, heading))
        notes = workspace.questions[behind[0]].column_notes if behind else None
        question = address(f"/question/{behind[0]}", {behind[1]: card.iri.value}) if behind else None
        yield Section(
            heading,
            re.sub(r"\W+", "-", heading.lower()),
            table(workspace, result, notes=notes, most=most),
            question,
            None if behind or not result.query else with_prefixes(result.query.format(node=card.iri.n3)),
        )


def _figures_of_source(workspace: Workspace, iri: IRI, most: int) -> Iterator[Section]:
    """How the figures of a source moved; nothing where relations, which tell it, are not there."""
    try:
        result = workspace.ask("revisions", source=iri.value)
    except KgError:
        return
    if len(result):
        notes = workspace.questions["revisions"].column_notes
        link = address("/question/revisions", {"source": iri.value})
        yield Section("Its figures over time", "figures", table(workspace, result, notes=notes, most=most), link, None)


def _pointing_here(workspace: Workspace, iri: IRI, most: int) -> Iterator[Section]:
    result: Result = asked(workspace, _POINTING, node=iri.n3)
    if len(result):
        yield Section("What points here", "pointing", table(workspace, result, most=most), None, result.query)


def _kind_in_words(kind: str | None, told: tuple[Fact, ...]) -> str:
    types = [one.text for fact in told if fact.property_ == "rdf:type" for one in fact.values]
    words = [type_ for type_ in types if type_ not in (kind, "source", "concept")]
    return (
        ", ".join(words or ([kind] if kind else types) or ["thing"])
        if kind != "relation"
        else "relation between claims"
    )


def _is_bare(card: Card, iri: IRI) -> bool:
    return card.title == iri.value


def _is_cut(values: Mapping[str, Any]) -> bool:
    told = values.get("standing")
    return bool(told and told.relations and not told.relations.is_whole)
