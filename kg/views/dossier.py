"""What the page of an event says beside its figures, gathered from saved questions.

Every number of the page stands in a row of a question or counts such rows; nothing is worked out here that could
disagree with them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.labels import days
from kg.model import digest
from kg.terms import IRI, Literal, Term
from kg.views.asking import Ask, Asked, Select, as_day, as_number, ask_event
from kg.views.figure import Figure
from kg.views.head import Floor, days_spoken_of, event_head, floors
from kg.views.record import Backing, Counted, Record, Report
from kg.views.sections import Section, Sections, rows_of

_EVENT = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
SELECT ?id ?from ?to ?place WHERE {{
  OPTIONAL {{ {event} dcterms:identifier ?id }}
  OPTIONAL {{ {event} sem:hasBeginTimeStamp ?from }}
  OPTIONAL {{ {event} sem:hasEndTimeStamp ?to }}
  OPTIONAL {{ {event} sem:hasPlace ?place }}
}}
ORDER BY ?place
"""
_DOSSIERS = """PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX kg: <https://w3id.org/claims-kg/ns#>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
SELECT DISTINCT ?dossier ?id ?title ?editor ?licence WHERE {{
  {{
    SELECT DISTINCT ?dossier WHERE {{
      ?claim kg:event/sem:subEventOf* {event} .
      ?last kg:expresses ?claim ; kg:inDocument ?document .
      ?dossier dcterms:hasPart ?document
    }}
  }}
  ?dossier a kg:Dossier ; dcterms:identifier ?id .
  OPTIONAL {{ ?dossier dcterms:title ?title }}
  OPTIONAL {{ ?dossier dcterms:creator ?editor }}
  OPTIONAL {{ ?dossier dcterms:license ?licence }}
}}
ORDER BY ?id ?editor
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A claim with every report of it."""

    claim: Counted
    backing: Backing | None
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A dossier that the material comes from."""

    id: str
    title: str
    editors: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True)
class Making:
    """How the page came to be: versions, policy and digests. `digest` is of the inputs of all runs together."""

    software: tuple[str, ...]
    rules: tuple[str, ...]
    reach: tuple[str, ...]
    ended: dt.datetime | None
    runs: int
    digest: str
    dossiers: tuple[Source, ...]
    asked: Asked
    dossiers_query: str


@dataclass(frozen=True)
class About:
    """What the event is called, when and where it was, and the day of the newest document about it."""

    title: str
    id: str
    window: str | None
    places: tuple[str, ...]
    newest: dt.date | None
    undated: int


@dataclass(frozen=True)
class Dossier:
    """Everything that the page of an event shows. `measure` is what its head counts: "killed"; None without figures."""

    about: About
    record: Record
    measure: str | None
    floors: tuple[Floor, ...]
    floors_asked: tuple[Asked, ...]
    languages: Counter[str]
    languages_asked: Asked
    parties: tuple[str, ...]
    parties_asked: Asked
    contradictions: Counter[str]
    rivals: int
    figures: tuple[Figure, ...]
    conflicts: tuple[Section, ...]
    retelling: tuple[Section, ...]
    unheard: tuple[Section, ...]
    making: Making

    @cached_property
    def claims(self) -> tuple[Told, ...]:
        return claims_told(self.record)

    @cached_property
    def days_spoken_of(self) -> str:
        """Which days the floors' figures may speak of, where they are not those of the event."""
        return days_spoken_of(self.floors[0].line, self.about.window) if self.floors else ""

    @cached_property
    def own_voice(self) -> int:
        """Documents that say at least one thing in their outlet's own voice."""
        return len({report.document for report in self.record.reports if report.own_voice})


def claims_told(record: Record, reports: Iterable[int] | None = None) -> tuple[Told, ...]:
    """The claims with all their reports, the best documented first; only those of `reports` if these are given."""
    wanted = None if reports is None else frozenset(reports)
    told = [
        Told(claim, record.backing.get(iri) if record.backing else None, record.reports_of[iri])
        for iri, claim in record.claims.items()
        if iri in record.reports_of
        and (wanted is None or any(report.number in wanted for report in record.reports_of[iri]))
    ]

    def rank(one: Told) -> tuple[int, int, int, str, IRI]:
        documents = len({report.document for report in one.reports})
        origins = len({report.origin.iri for report in one.reports})
        return -documents, -origins, -len(one.reports), one.claim.label, one.claim.iri

    return tuple(sorted(told, key=rank))


def about_event(select: Select, record: Record) -> About:
    """The days and places of the event from the store, and the newest document from the record."""
    found = select(_EVENT.format(event=record.event.n3))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    first = rows[0] if rows else dict.fromkeys(found.columns)
    dated = {report.document: report.published for report in record.reports}
    return About(
        title=record.title,
        id=str(first["id"]) if first["id"] is not None else record.event.value.rpartition("/")[2],
        window=days(as_day(first["from"]), as_day(first["to"])),
        places=tuple(dict.fromkeys(found.shown(row["place"]) for row in rows if row["place"] is not None)),
        newest=max((day for day in dated.values() if day), default=None),
        undated=sum(day is None for day in dated.values()),
    )


def event_dossier(ask: Ask, select: Select, record: Record, figures: Sequence[Figure]) -> Dossier:
    """Everything that the page of the event shows. `ask` must answer questions that need relations."""
    head, sections = event_head(ask, select, record.event), Sections(ask, record)
    stated, floors_asked = floors(ask, record, head)
    measures = (claim.measure_label for claim in record.quantities(head.measure))
    coverage, languages_asked = ask_event(ask, "coverage", record.event)
    parties, parties_asked = ask_event(ask, "interested-parties", record.event)
    languages: Counter[str] = Counter()
    for row in rows_of(coverage):
        if row["language"] is not None:
            languages[coverage.shown(row["language"])] += as_number(row["documents"]) or 0
    conflicts = sections.conflicts()
    return Dossier(
        about=about_event(select, record),
        record=record,
        measure=next((label for label in measures if label), None),
        floors=stated,
        floors_asked=floors_asked,
        languages=languages,
        languages_asked=languages_asked,
        parties=tuple(dict.fromkeys(parties.shown(row["party"]) for row in rows_of(parties))),
        parties_asked=parties_asked,
        contradictions=Counter(line.grade for line in conflicts[0].lines),
        rivals=conflicts[1].total,
        figures=tuple(figures),
        conflicts=conflicts,
        retelling=sections.retelling(),
        unheard=sections.unheard(parties, parties_asked),
        making=_making(ask, select, record.event),
    )


def _making(ask: Ask, select: Select, event: IRI) -> Making:
    runs, asked = ask_event(ask, "how-made", event)
    rows = list(rows_of(runs))
    query = _DOSSIERS.format(event=event.n3)
    from_ = select(query)
    dossiers: dict[str, list[dict[str, Term | None]]] = defaultdict(list)
    for row in rows_of(from_):
        dossiers[str(row["id"])].append(row)
    return Making(
        software=_each(row["software"] for row in rows),
        rules=_each(row["rules"] for row in rows),
        reach=_each(row["reach"] for row in rows),
        ended=max((ended for row in rows if (ended := _moment(row["ended"]))), default=None),
        runs=len(rows),
        digest=digest(sorted(str(row["input"]) for row in rows)),
        dossiers=tuple(
            Source(
                name,
                str(found[0]["title"]) if found[0]["title"] is not None else name,
                _each(row["editor"] for row in found),
                str(found[0]["licence"]) if found[0]["licence"] is not None else "unstated",
            )
            for name, found in dossiers.items()
        ),
        asked=asked,
        dossiers_query=query,
    )


def _each(values: Iterable[Term | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value is not None))


def _moment(value: Term | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value.value) if isinstance(value, Literal) else None
