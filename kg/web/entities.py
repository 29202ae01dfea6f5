"""The page of one thing of any kind: its facts in words, and what hangs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg import vocab
from kg.card import Card, highest_first
from kg.errors import KgError
from kg.lookup import KINDS, with_prefixes
from kg.results import Result
from kg.terms import IRI
from kg.web import chains, orders
from kg.web.addresses import address, path_of
from kg.web.claims import standing
from kg.web.facts import ABOUT, WORDS, Fact, facts, in_order, worded_facts
from kg.web.geography import place_facts
from kg.web.jobs import Reply
from kg.web.rdf_pages import alternates
from kg.web.relations import relation_title
from kg.web.rendering import html
from kg.web.tables import Table, names, short, table
from kg.workspace import Workspace

#: Rows of a section before a reader asks for all of them; all but the first few are folded.
SECTION_ROWS = 200
#: Things that point at another and are told at most.
_MOST_POINTING = 500

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
# What the page tells elsewhere: the kind above the title, camps and direct edges between claims in tables.
_ELSEWHERE = frozenset(["rdf:type", "kg:camp", *(f"kg:{word}" for word in vocab.scheme("relation-kinds").words)])
_POINTING = """SELECT ?thing ?as WHERE {{
  ?thing ?as {node} FILTER (?thing != {node}) {but}
}}"""
# What the section before it has listed already.
_LISTED = "FILTER (?as NOT IN (kg:measure, kg:population))"


@dataclass(frozen=True, slots=True)
class Section:
    """A headed table. `order` says in which order its rows stand, where their columns do not show it.

    `question` is the address of the saved question behind it, `sparql` the query where none is.
    """

    heading: str
    anchor: str
    table: Table
    question: str | None
    sparql: str | None
    order: str | None = None


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
    explanation = grade = ""
    if card and kind == "relation":
        explanation = card.title
        title, grade = relation_title(workspace, card)
        told = worded_facts(workspace, card)
    else:
        told = facts(workspace, iri, title)
    if kind == "place":
        told = in_order([*(fact for fact in told if fact.property_ != "geo:hasGeometry"), *place_facts(workspace, iri)])
    sections = list(_sections(workspace, card, most)) if card else []
    values: dict[str, Any] = {}
    if card and kind == "claim":
        values["standing"] = standing(workspace, card, most)
    elif kind == "document":
        values["chains"] = chains.of_document(workspace, iri)
    elif kind == "source":
        sections += _figures_of_source(workspace, iri, most)
    elif kind in (None, "annotation"):
        sections += _pointing_here(workspace, iri, most)
    elif kind in ("measure", "population"):
        sections += _pointing_here(workspace, iri, most, but=_LISTED)
    path = path_of(iri.value, workspace.base) or "/"
    return html(
        "entity.html",
        headers=alternates(path),
        title=title,
        kind=_kind_in_words(kind, told) + (f", {grade}" if grade else ""),
        explanation=explanation,
        iri=iri.value,
        path=path,
        notice=notice,
        facts=[fact for fact in told if fact.property_ not in _ELSEWHERE and not fact.is_technical],
        technical=[fact for fact in told if fact.property_ not in _ELSEWHERE and fact.is_technical],
        sections=[*sections],
        is_cut=any(not section.table.is_whole for section in sections) or _is_cut(values),
        forms=[("Turtle", f"{path}.ttl"), ("JSON-LD", f"{path}.jsonld"), ("N-Triples", f"{path}.nt")],
        sparql=with_prefixes(ABOUT.format(node=iri.n3)),
        rest=kind,
        **{"standing": None, "chains": None, **values},
    )


def kind_of(workspace: Workspace, iri: IRI) -> str | None:
    """The first kind of kg.lookup that the thing is of; None for what has no card, such as a concept."""
    return next((kind for kind in KINDS if workspace.lookup.is_a(kind, iri)), None)


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
            orders.SAID.get((card.kind, heading)),
        )


def _figures_of_source(workspace: Workspace, iri: IRI, most: int) -> Iterator[Section]:
    """How the figures of a source moved; nothing where relations, which tell it, are not there."""
    try:
        result = workspace.ask("revisions", source=iri.value)
    except KgError:
        return
    if len(result):
        heading = "Its figures over time"
        notes = workspace.questions["revisions"].column_notes
        link = address("/question/revisions", {"source": iri.value})
        told = table(workspace, result, notes=notes, most=most)
        yield Section(heading, "figures", told, link, None, orders.SAID["source", heading])


def _pointing_here(workspace: Workspace, iri: IRI, most: int, but: str = "") -> Iterator[Section]:
    pattern = highest_first(_POINTING, ("thing", "as"), claim="thing", before="(STR(?as))")
    found = pattern.format(node=iri.n3, but=but)
    rows = tuple(workspace.store.select(with_prefixes(f"{found} LIMIT {_MOST_POINTING}")).rows)
    if rows:
        order = "By what it is to them; figures with the highest lower number first."
        if len(rows) == _MOST_POINTING:
            order += f" No more than the first {_MOST_POINTING} are told; the query finds all."
        said = {as_: words for _, as_ in rows if isinstance(as_, IRI) and (words := _said_as(as_))}
        told = table(workspace, Result(("thing", "as"), rows, found, said), most=most)
        yield Section("What points here", "pointing", told, None, with_prefixes(found), order)


def _said_as(property_: IRI) -> str | None:
    return WORDS.get(vocab.compact(property_.value) or "")


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
