"""One load: what is to be entered, replaced or refused is settled here, before anything is written.

Beyond what the reader found in each dossier, dossiers can be at odds with one another or with what the store holds: two
accounts of one document, or two dossiers under one id. Either would leave documents without what they rest on, so the
newcomer is refused with words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import Problem
from kg.ingest import Reading
from kg.lookup import with_prefixes
from kg.model import DocumentRecord, Dossier
from kg.rdf import Bridge, NamedGraph, Triple, iri_of
from kg.store import Store
from kg.terms import IRI

_VERSIONS = "SELECT ?about ?version { ?version dcterms:isVersionOf ?about }"
_HELD = "SELECT ?dossier ?document ?id { ?dossier dcterms:hasPart ?document . ?document dcterms:identifier ?id }"


@dataclass(frozen=True)
class AddReport:
    """What adding did, document by document (their dossier ids). `refused` documents have errors in `problems`.

    `assertions` counts the rows of the documents that are in the store now, whether this load brought them or not.
    """

    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    assertions: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.refused and not any(problem.severity == "error" for problem in self.problems)


@dataclass
class Load:
    """A load in the making. `activity` is its graph; `add` and `remove` are what the store is given at the end."""

    bridge: Bridge
    activity: NamedGraph
    present: Mapping[IRI, IRI]
    held: Mapping[IRI, Mapping[IRI, str]]
    add: dict[IRI, NamedGraph] = field(default_factory=dict)
    remove: list[IRI] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _entries: list[NamedGraph] = field(default_factory=list)
    _outcome: dict[str, list[str]] = field(default_factory=dict)
    _assertions: int = 0

    @classmethod
    def into(cls, store: Store, bridge: Bridge, activity: NamedGraph) -> Load:
        """A load into a store, of which it reads what is there."""
        held: dict[IRI, dict[IRI, str]] = {}
        for dossier, document, id_ in store.select(with_prefixes(_HELD)).rows:
            held.setdefault(iri_of(dossier), {})[iri_of(document)] = str(id_)
        return cls(bridge, activity, versions(store), held)

    @property
    def graphs(self) -> list[NamedGraph]:
        """All that is to be added, with how it was entered."""
        return [*self.add.values(), *self._entries, *([self.activity] if self._entries else [])]

    def take(self, folder: Path, reading: Reading) -> None:
        """Takes a dossier in; what cannot be is refused, with a problem."""
        self.problems += reading.problems
        self._of("refused").extend(reading.refused)
        dossier = reading.dossier
        if dossier is None:
            return
        subject = self.bridge.iri(dossier.record.id)
        before = self.held.get(subject, {})
        named = {record.document.identifier for record in dossier.documents} | set(reading.refused)
        missing = sorted(id_ for id_ in before.values() if id_ not in named)
        if missing or subject in self.add:
            self._of("refused").extend(record.document.identifier for record in dossier.documents)
            self.problems.append(_same_id(folder, dossier, missing))
            return
        kept = [record for record in dossier.documents if self._document(folder, subject, dossier, record)]
        ids = {record.document.id for record in kept}
        # A document that is refused now but was entered before stays what it was, and stays in the dossier.
        ids |= {self.bridge.id(document) for document in before}
        version = self.bridge.dossier_graph(dossier.record, sorted(ids))
        self._enter(version, {dossier.record.id: _record_place(dossier)})

    def report(self) -> AddReport:
        outcome = {name: tuple(self._outcome.get(name, ())) for name in ("added", "replaced", "unchanged", "refused")}
        return AddReport(**outcome, assertions=self._assertions, problems=tuple(self.problems))

    def _document(self, folder: Path, dossier: IRI, whole: Dossier, record: DocumentRecord) -> bool:
        version, entered = self.bridge.document_graph(record), entered_from(whole, record)
        old, new = self.present.get(version.about), self.add.get(version.about)
        elsewhere = [other for other, documents in self.held.items() if other != dossier and version.about in documents]
        identifier = record.document.identifier
        if (new and new.name != version.name) or (old and old != version.name and elsewhere):
            file, line = entered[record.document.id]
            other = self.bridge.id(elsewhere[0]).removeprefix("dossier/") if elsewhere else "another in this load"
            self._of("refused").append(identifier)
            self.problems.append(
                Problem(
                    message=f"the dossier {other!r} gives another account of this document",
                    hint="one document has one account: make the rows of both dossiers the same, or take one out",
                    file=str(folder / file),
                    line=line,
                    path="url",
                    value=record.document.url or identifier,
                )
            )
            return False
        self._of(self._enter(version, entered)).append(identifier)
        self._assertions += len(record.reports)
        return True

    def _enter(self, version: NamedGraph, entered: Mapping[str, tuple[str, int]]) -> str:
        old = self.present.get(version.about)
        if old == version.name or version.about in self.add:
            return "unchanged"
        self.add[version.about] = version
        self._entries.append(self.bridge.entry_graph(version, load=self.activity.name, entered=entered, replaced=old))
        if old is None:
            return "added"
        self.remove += [old, self.bridge.entry_name(old)]
        return "replaced"

    def _of(self, outcome: str) -> list[str]:
        return self._outcome.setdefault(outcome, [])


def versions(store: Store) -> dict[IRI, IRI]:
    """The version graph of every document and dossier in the store."""
    return {iri_of(about): iri_of(version) for about, version in store.select(with_prefixes(_VERSIONS)).rows}


def stored(store: Store, version: IRI, about: IRI) -> NamedGraph:
    """A version as it lies in the store."""
    triples = (Triple(quad.subject, quad.predicate, quad.object) for quad in store.quads(version))
    return NamedGraph(version, about, tuple(triples))


def entered_from(dossier: Dossier, record: DocumentRecord) -> dict[str, tuple[str, int]]:
    """Where the document and the first step of each of its rows were entered: (file in the dossier, line)."""
    places = dossier.places_of_entry
    rows = {report.assertions[0].id: places[report.digest] for report in record.reports}
    return {record.document.id: places[record.document.id]} | rows


def shared_names(store: Store) -> Iterable[Problem]:
    """A warning for every name that belongs to several actors, or several places, of different dossiers."""
    rows = store.select(
        with_prefixes(
            """SELECT ?name (COUNT(DISTINCT ?node) AS ?nodes) {
              VALUES ?type { prov:Agent geo:Feature }
              ?node a ?type ; skos:prefLabel|skos:altLabel ?name
            } GROUP BY ?type ?name HAVING (COUNT(DISTINCT ?node) > 1) ORDER BY ?name"""
        )
    ).rows
    for name, nodes in rows:
        yield Problem(
            message=f"{str(name)!r} is a name of {nodes} actors or places of different dossiers",
            hint="give each its own name and aliases; until then asking for this name lists them",
            value=str(name),
            severity="warning",
        )


def _record_place(dossier: Dossier) -> tuple[str, int]:
    """Where the dossier itself is declared: its dossier.yaml, or the mapping of a table."""
    return dossier.places_of_entry.get(dossier.record.id, ("dossier.yaml", 1))


def _same_id(folder: Path, dossier: Dossier, missing: list[str]) -> Problem:
    lacks = f", and documents of it that this folder lacks: {', '.join(missing[:5])}" if missing else ""
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    file, line = _record_place(dossier)
    return Problem(
        message=f"there is a dossier with this id already{lacks}{more}",
        hint=f"if this is another dossier, give it an id of its own in {Path(file).name}; documents once entered stay",
        file=str(folder / file),
        line=line,
        path="id",
        value=dossier.record.identifier,
    )
