"""Back to the tables that people edit: every dossier of the store as a folder that can be added again.

Adding the written folder gives the same documents, versions and ids. Where a name stands for an id, the actor's or
place's own name is written, or the name as it stood in the table where that differed.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kg.errors import KgError
from kg.load import stored
from kg.model import UNNAMED_MARK, Claim, DocumentRecord, DossierRecord, Report
from kg.rdf import Bridge, NamedGraph, iri_of
from kg.store import Store
from kg.terms import IRI

_VERSIONS = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kg: <https://w3id.org/claims-kg/ns#>
SELECT ?about ?version WHERE { ?version dcterms:isVersionOf ?about . %s } ORDER BY ?about
"""
_CONCEPT_NAMES = """
PREFIX kg: <https://w3id.org/claims-kg/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?concept ?name WHERE {
  VALUES ?scheme { kg:measures kg:populations }
  ?concept skos:inScheme ?scheme ; skos:prefLabel ?name
}
"""


def write_dossiers(store: Store, base: str, folder: Path) -> list[Path]:
    """Writes each dossier of the store into a folder of its own below `folder`; returns those folders.

    KgError when one of them exists already: nothing is overwritten.
    """
    names = {c: str(n) for c, n in store.select(_CONCEPT_NAMES).rows if isinstance(c, IRI)}
    bridge = Bridge(base, names)
    documents = {graph.about: graph for graph in _versions(store, "?about kg:step|<https://schema.org/publisher> ?any")}
    dossiers = [bridge.read_dossier(graph) for graph in _versions(store, "?about a kg:Dossier")]
    targets = [folder / record.identifier for record, _ in dossiers]
    for target in targets:
        if target.exists():
            raise KgError(f"{target} exists already; name another folder, nothing was written")
    for (record, held), target in zip(dossiers, targets, strict=True):
        records = [bridge.read_document(documents[bridge.iri(id_)]) for id_ in held]
        _write_dossier(record, records, target)
    return targets


def _versions(store: Store, condition: str) -> list[NamedGraph]:
    rows = store.select(_VERSIONS % condition).rows
    return [stored(store, iri_of(version), iri_of(about)) for about, version in rows]


def _write_dossier(dossier: DossierRecord, records: Iterable[DocumentRecord], folder: Path) -> None:
    records = sorted(records, key=lambda record: record.document.identifier)
    names = {thing.id: thing.name for things in (dossier.actors, dossier.places) for thing in things}
    for record in records:
        names |= {source.id: source.mentioned[-1] for source in record.unnamed}
    tables: dict[str, list[dict[str, Any]]] = {
        "documents": [_document(record, names) for record in records],
        "assertions": [_assertion(report, record, names) for record in records for report in record.reports],
        "actors": [
            {
                "name": actor.name,
                "kind": actor.kind,
                "affiliation": names.get(actor.affiliation or ""),
                "aliases": actor.aliases,
                "gathers": actor.gathers,
                "gathers_basis": actor.gathers_basis,
                "party_to": actor.party_to,
            }
            for actor in dossier.actors
        ],
        "places": [
            {
                "name": place.name,
                "aliases": place.aliases,
                "kind": place.kind,
                "part_of": names.get(place.part_of or ""),
                "lat": place.lat,
                "lon": place.lon,
                "members": [names[member] for member in place.members],
                "disjoint_with": [names[other] for other in place.disjoint_with],
            }
            for place in dossier.places
        ],
    }
    for scheme in ("measures", "populations"):
        tables[scheme] = [
            {
                "name": concept.name,
                "broader": concept.broader,
                "disjoint_with": concept.disjoint_with,
                "aliases": concept.aliases,
                "definition": concept.definition,
            }
            for concept in dossier.concepts
            if concept.scheme == scheme
        ]
    about = {
        "id": dossier.identifier,
        "title": dossier.title,
        "events": [
            {
                "id": event.identifier,
                "label": event.label,
                "place": names.get(event.place or ""),
                "start": event.start,
                "end": event.end,
            }
            for event in dossier.events
        ],
        "licence": dossier.licence,
        "editors": list(dossier.editors),
        "language": dossier.language,
    }
    folder.mkdir(parents=True)
    text = yaml.safe_dump(about, allow_unicode=True, sort_keys=False)
    (folder / "dossier.yaml").write_text(text, encoding="utf-8", newline="\n")
    for name, rows in tables.items():
        if rows:
            (folder / f"{name}.csv").write_text(_csv(rows), encoding="utf-8", newline="\n")


def _document(record: DocumentRecord, names: Mapping[str, str]) -> dict[str, Any]:
    document = record.document
    return {
        "id": document.identifier,
        "outlet": names[document.outlet],
        "outlet_country": document.outlet_country,
        "outlet_kind": document.outlet_kind,
        "url": document.url,
        "published": document.published,
        "language": document.language,
        "genre": document.genre,
        "cites": [names[cited] for cited in document.cites],
        "date_basis": document.date_basis,
        "text_digest": document.text_digest,
        "note": document.note,
    }


def _assertion(report: Report, record: DocumentRecord, names: Mapping[str, str]) -> dict[str, Any]:
    claim, saying, figure, span = report.claim, report.saying, report.claim.figure, report.saying.span
    return {
        "id": report.identifier,
        "doc": record.document.identifier,
        "event": (claim.event or "").removeprefix("event/"),
        "chain": " > ".join(_written(speaker.named_as, names[speaker.id]) for speaker in report.chain),
        "cue": saying.cue,
        "directness": saying.directness,
        "certainty": saying.certainty,
        "statement": saying.statement,
        "kind": _kind(claim),
        "measure": claim.measure,
        "lower": figure.lower if figure else None,
        "upper": figure.upper if figure else None,
        "qualifier": figure.bound if figure else None,
        "population": claim.population,
        "place": names.get(claim.place or ""),
        "window_start": claim.window.start,
        "window_end": claim.window.end,
        "window_fit": None if claim.window.fit == "exact" else claim.window.fit,
        "increment": figure.increment if figure else None,
        "as_of": saying.as_of,
        "as_of_basis": saying.as_of_basis,
        "stance": saying.stance,
        "responsible": [names[party] for party in claim.responsible],
        "act": claim.act,
        "printed": saying.printed,
        "span_start": span.start if span else None,
        "span_end": span.end if span else None,
        "span_digest": span.digest if span else None,
        "note": saying.note,
    }


def _written(named_as: str | None, name: str) -> str:
    return name if named_as is None or name.endswith(UNNAMED_MARK) else named_as


def _kind(claim: Claim) -> str:
    """The row's kind: a responsibility without text of its own can only come from a denial."""
    return "denial" if claim.kind == "responsibility" and claim.text is None else claim.kind


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return "; ".join(value) if isinstance(value, tuple | list) else str(value)
