"""What the page of an event says beside its figures, gathered from saved questions.

Every number of the page stands in a row of a question or counts such rows; nothing is worked out here that could
disagree with them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.labels import day, days
from kg.model import digest
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.views.asking import Ask, Asked, as_day, as_iri, as_number, ask_event, notation
from kg.views.figure import Figure, numbers
from kg.views.record import Backing, Counted, Record, Report
from kg.views.sections import Section, Sections, rows_of

#: Answers a query that is no saved question, with labels.
Select = Callable[[str], Result]

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
_SPOKEN = """PREFIX kg: <https://w3id.org/claims-kg/ns#>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
SELECT ?measure (COUNT(DISTINCT ?last) AS ?reports) WHERE {{
  {{
    SELECT DISTINCT ?claim ?measure WHERE {{
      ?claim kg:event/sem:subEventOf* {event} ; a kg:QuantityClaim ; kg:measure ?measure .
    }}
  }}
  ?last kg:expresses ?claim ; kg:inDocument ?document .
}}
GROUP BY ?measure
ORDER BY DESC(?reports) ?measure
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
class Giver:
    """Who gives a figure, as what, and in how many documents; `reports` are theirs."""

    name: str
    unnamed: bool
    said: tuple[str, ...]
    documents: int
    reports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """ "At least `number`", everyone counted, at `place`, and how many stand behind it.

    `part` is why it stands in the head of the page: "sure" is the highest floor for which at least two origins speak
    that are known to differ, "perhaps" the highest for which two may, "highest" the highest that anybody gives.
    `start` and `end` are the first and last day that its figures may speak of: the event's first day, and the latest
    day for which anybody said anything of it, which may be long after the event; None is unstated.
    """

    part: str
    number: int
    backing: Backing
    grade: str
    place: str | None
    start: dt.date | None
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of an event's page counts: the measure, and its floors, the surest first; both may be missing.

    `asked` is the question whose rows the floors are.
    """

    measure: IRI | None
    lines: tuple[Headline, ...]
    asked: Asked | None


@dataclass(frozen=True, slots=True)
class Floor:
    """A headline with all who stand behind it.

    `givers` say just this number; `behind` are all origins that say it or more, those with most documents first, and
    `unnamed` how many more there are of whom only a description is known. `reports` are those of all of them.
    `against` says who denies or doubts a claim that comes to just this number: name, and what is done in the words of
    the stance.
    """

    line: Headline
    givers: tuple[Giver, ...]
    behind: tuple[str, ...]
    unnamed: int
    reports: tuple[int, ...]
    against: tuple[tuple[str, str], ...] = ()


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


def event_head(ask: Ask, select: Select, event: IRI) -> Head:
    """What counts first of an event: of the measure of which most reports speak, at most three floors.

    The page of the event and the first page of a server both take them from here. `ask` must answer questions that
    need relations.
    """
    spoken = select(_SPOKEN.format(event=event.n3)).rows
    measure = as_iri(spoken[0][0]) if spoken else None
    if measure is None:
        return Head(None, (), None)
    found, asked = ask_event(ask, "floors", event, measure=measure.n3)
    chosen: dict[str, dict[str, Term | None]] = {}
    for row in rows_of(found):  # lowest first, so that the last that fits is the highest
        if (as_number(row["origins_lower"]) or 0) >= 2:
            chosen["sure"] = row
        if (as_number(row["origins_upper"]) or 0) >= 2:
            chosen["perhaps"] = row
        chosen["highest"] = row
    parts: dict[int, str] = {}
    for part in ("sure", "perhaps", "highest"):
        if part in chosen:
            parts.setdefault(as_number(chosen[part]["floor"]) or 0, part)
    return Head(measure, tuple(_headline(part, chosen[part], found) for part in parts.values()), asked)


def _headline(part: str, row: Mapping[str, Term | None], found: Result) -> Headline:
    documents, outlets, origins, lower, upper = (
        as_number(row[name]) or 0 for name in ("documents", "outlets", "origins", "origins_lower", "origins_upper")
    )
    verdict = notation(row["verdict"], "verdicts") or "unknown"
    return Headline(
        part=part,
        number=as_number(row["floor"]) or 0,
        backing=Backing(documents, outlets, origins, lower, upper, 0, verdict),
        grade=notation(row["grade"], "grades") or "unknown",
        place=found.shown(row["place"]) or None,
        start=as_day(row["from"]),
        end=as_day(row["to"]),
    )


def days_spoken_of(line: Headline, event_days: str | None) -> str:
    """One sentence: which days the figures behind a headline may speak of, and why they may end after the event.

    "" where they are those of the event, which stand above, or where neither is stated. `event_days` are the event's
    own in words.
    """
    spoken = days(line.start, line.end)
    if spoken is None or spoken == event_days:
        return ""
    reach = []
    if line.start:
        reach.append("the first is the day on which the event began")
    if line.end:
        reach.append(f"{'the last is' if line.start else 'that is'} the latest for which anybody said anything of it")
    event = f"the event itself is dated {event_days}" if event_days else "when the event ended is not stated"
    return f"The figures speak of days within {_span(line, spoken)} ({', '.join(reach)}); {event}."


def _span(line: Headline, spoken: str) -> str:
    return f"{day(line.start)} to {day(line.end)}" if line.start and line.end else f"what is {spoken}"


def event_dossier(ask: Ask, select: Select, record: Record, figures: Sequence[Figure]) -> Dossier:
    """Everything that the page of the event shows. `ask` must answer questions that need relations."""
    gather, sections = _Gathering(ask, select, record), Sections(ask, record)
    floors, floors_asked = gather.floors()
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
        measure=gather.measure_label,
        floors=floors,
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
        making=gather.making(),
    )


class _Gathering:
    """Asks the questions of one event and puts their rows into words."""

    def __init__(self, ask: Ask, select: Select, record: Record) -> None:
        self._ask, self._select, self._record = ask, select, record
        self._head = event_head(ask, select, record.event)

    @property
    def measure_label(self) -> str | None:
        labels = (claim.measure_label for claim in self._record.quantities(self._head.measure))
        return next((label for label in labels if label), None)

    # ---- the head ----------------------------------------------------------------------------------------------------

    def floors(self) -> tuple[tuple[Floor, ...], tuple[Asked, ...]]:
        """The floors of the head, the surest first, and what was asked for them."""
        if self._head.measure is None or self._head.asked is None:
            return (), ()
        event, measure = self._record.event, self._head.measure.n3
        claims, also = ask_event(self._ask, "floor-claims", event, measure=measure)
        said: dict[int, list[tuple[IRI, IRI]]] = defaultdict(list)
        for row in rows_of(claims):
            claim, origin = as_iri(row["claim"]), as_iri(row["origin"])
            if claim is not None and origin is not None:
                said[as_number(row["floor"]) or 0].append((claim, origin))
        return tuple(self._floor(line, said) for line in self._head.lines), (self._head.asked, also)

    def _floor(self, line: Headline, said: Mapping[int, Sequence[tuple[IRI, IRI]]]) -> Floor:
        behind = sorted(
            self._givers([pair for floor, pairs in said.items() if floor >= line.number for pair in pairs]),
            key=lambda giver: (-giver.documents, giver.name),
        )
        named = tuple(giver.name for giver in behind if not giver.unnamed)
        return Floor(
            line=line,
            givers=tuple(self._givers(said.get(line.number, ()))),
            behind=named,
            unnamed=len(behind) - len(named),
            reports=tuple(sorted({report for giver in behind for report in giver.reports})),
            against=self._against(claim for claim, _ in said.get(line.number, ())),
        )

    def _against(self, claims: Iterable[IRI]) -> tuple[tuple[str, str], ...]:
        found = [
            (report.origin.label, report.stance)
            for claim in dict.fromkeys(claims)
            for report in self._record.reports_of.get(claim, ())
            if not report.affirms
        ]
        return tuple(dict.fromkeys(found))

    def _givers(self, said: Sequence[tuple[IRI, IRI]]) -> Iterator[Giver]:
        claims: dict[IRI, list[IRI]] = defaultdict(list)
        for claim, origin in said:
            claims[origin].append(claim)
        for origin, of in claims.items():
            reports = [
                report
                for claim in dict.fromkeys(of)
                for report in self._record.reports_of.get(claim, ())
                if report.affirms and report.origin.iri == origin
            ]
            if reports:
                yield Giver(
                    name=_known_as(reports[0]),
                    unnamed=reports[0].origin.kind == "unnamed",
                    said=tuple(dict.fromkeys(self._record.claims[report.claim].label for report in reports)),
                    documents=len({report.document for report in reports}),
                    reports=numbers(reports),
                )

    def making(self) -> Making:
        runs, asked = ask_event(self._ask, "how-made", self._record.event)
        rows = list(rows_of(runs))
        query = _DOSSIERS.format(event=self._record.event.n3)
        from_ = self._select(query)
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


def _known_as(report: Report) -> str:
    """The origin's name; for one without a name also through whom its words came, which tells two of them apart."""
    if report.origin.kind != "unnamed" or report.own_voice:
        return report.origin.label
    return f"{report.origin.label}, through {report.voices[-2].label}"


def _each(values: Iterable[Term | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if value is not None))


def _moment(value: Term | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value.value) if isinstance(value, Literal) else None
