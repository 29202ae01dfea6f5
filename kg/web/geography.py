"""Where a place lies: its position as it was entered and by whom, what contains it, and what it contains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.terms import IRI, Term
from kg.web.facts import Fact
from kg.web.tables import Cell, asked, cell, names
from kg.workspace import Workspace

_POSITIONS = """SELECT DISTINCT ?point ?dossier WHERE {{
  GRAPH ?version {{ {node} geo:hasGeometry ?geometry }}
  ?geometry geo:asWKT ?point .
  OPTIONAL {{ ?version dcterms:isVersionOf ?dossier }}
}} ORDER BY ?point ?dossier"""
_WIDER = """SELECT ?place (COUNT(DISTINCT ?above) AS ?outer) WHERE {{
  {node} geo:sfWithin/geo:sfWithin+ ?place .
  FILTER NOT EXISTS {{ {node} geo:sfWithin ?place }}
  OPTIONAL {{ ?place geo:sfWithin+ ?above }}
}} GROUP BY ?place ORDER BY DESC(?outer) ?place"""
_INSIDE = """SELECT ?place WHERE {{ ?place geo:sfWithin {node} . OPTIONAL {{ ?place skos:prefLabel ?name }} }}
ORDER BY ?name ?place"""
_AREAS = """SELECT ?place WHERE {{ ?place kg:hasMember {node} . OPTIONAL {{ ?place skos:prefLabel ?name }} }}
ORDER BY ?name ?place"""
_UNSTATED = "not stated"
_PRECISION = "one point; how exact it is, is not stated"


def place_facts(workspace: Workspace, place: IRI) -> Iterator[Fact]:
    """The position or that none is stated, who entered it, the places around it from near to far, and those inside."""
    yield from _positions(workspace, place)
    for label, property_, query in (
        ("lies further in", "geo:sfWithin+", _WIDER),
        ("contains", "^geo:sfWithin", _INSIDE),
        ("belongs to the areas", "^kg:hasMember", _AREAS),
    ):
        found = [row[0] for row in asked(workspace, query, node=place.n3).rows]
        if found:
            yield Fact(label, property_, _cells(workspace, found))


def _positions(workspace: Workspace, place: IRI) -> Iterator[Fact]:
    stated: dict[str, list[Term | None]] = {}
    for point, dossier in asked(workspace, _POSITIONS, node=place.n3).rows:
        stated.setdefault(_degrees(str(point)), []).append(dossier)
    if not stated:
        yield Fact("position", "geo:hasGeometry", (Cell(_UNSTATED),))
    for degrees, dossiers in stated.items():
        entered = _cells(workspace, [dossier for dossier in dossiers if dossier is not None])
        by = (replace(one, text=f"stated by {one.text}") for one in entered)
        yield Fact("position", "geo:hasGeometry", (Cell(f"{degrees} (WGS 84)"), Cell(_PRECISION), *by))


def _degrees(point: str) -> str:
    """`POINT(35.9 35.3)`, longitude first, as a reader expects it; anything else as it stands."""
    parts = point.removeprefix("POINT(").removesuffix(")").split()
    return f"latitude {parts[1]}, longitude {parts[0]}" if len(parts) == 2 else point


def _cells(workspace: Workspace, things: Sequence[Term | None]) -> tuple[Cell, ...]:
    words = names(workspace, things)
    return tuple(cell(thing, words, workspace.base) for thing in things)
