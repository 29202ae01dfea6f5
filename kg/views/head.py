"""The head of an event's page: what counts first of it, and who stands behind each floor."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.labels import day, days
from kg.results import Result
from kg.terms import IRI, Term
from kg.views.asking import Ask, Asked, Select, as_day, as_iri, as_number, ask_event, notation
from kg.views.figure import numbers
from kg.views.record import Backing, Record, Report
from kg.views.sections import rows_of

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
_AGAINST = """PREFIX kg: <https://w3id.org/claims-kg/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <https://schema.org/>
SELECT DISTINCT ?floor ?origin ?stance WHERE {{
  VALUES ?floor {{ {floors} }}
  ?support a kg:FloorSupport ; kg:event {event} ; kg:measure {measure} ; kg:floor ?floor ; kg:supporter ?claim .
  ?last kg:expresses ?claim ; kg:stance ?stance ; prov:wasAttributedTo ?speaker .
  FILTER (?stance != kg:affirms)
  OPTIONAL {{ ?speaker a schema:Person ; schema:affiliation ?organisation }}
  BIND (COALESCE(?organisation, ?speaker) AS ?origin)
}}
ORDER BY ?floor ?stance ?origin
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
    day for which anybody said anything of it, which may be long after the event; None is unstated. `against` says who
    denies or doubts a claim that comes to just this number: name, and what is done in the words of the stance.
    """

    part: str
    number: int
    backing: Backing
    grade: str
    place: str | None
    start: dt.date | None
    end: dt.date | None
    against: tuple[tuple[str, str], ...]


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
    """

    line: Headline
    givers: tuple[Giver, ...]
    behind: tuple[str, ...]
    unnamed: int
    reports: tuple[int, ...]


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
    values = " ".join(str(number) for number in parts)
    doubted = select(_AGAINST.format(event=event.n3, measure=measure.n3, floors=values))
    against: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in rows_of(doubted):
        stance = notation(row["stance"], "stances") or "challenges"
        against[as_number(row["floor"]) or 0].append((doubted.shown(row["origin"]), stance))
    lines = (_headline(part, chosen[part], found, against[number]) for number, part in parts.items())
    return Head(measure, tuple(lines), asked)


def _headline(part: str, row: Mapping[str, Term | None], found: Result, against: Sequence[tuple[str, str]]) -> Headline:
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
        against=tuple(against),
    )


def days_spoken_of(line: Headline, event_days: str | None) -> str:
    """One sentence: which days the figures behind a headline may speak of, and why they may end after the event.

    "" where they are those of the event, which stand above, or where neither is stated. `event_days` are the event's
    own in words.
    """
    spoken = days(line.start, line.end)
    if spoken is None or spoken == event_days:
        return ""
    first, last = "the event's first day", "the latest for which anybody said anything of it"
    if line.start and line.end:
        year = line.start.year != line.end.year
        reach = f"from {day(line.start, year=year)} to {day(line.end)}, from {first} to {last}"
    else:
        reach = f"{spoken}, {first if line.start else last}"
    event = f"The event itself is dated {event_days}." if event_days else "The days of the event are not stated."
    return f"The figures may speak of any days {reach}. {event}"


def floors(ask: Ask, record: Record, head: Head) -> tuple[tuple[Floor, ...], tuple[Asked, ...]]:
    """The floors of the head, the surest first, and what was asked for them."""
    if head.measure is None or head.asked is None:
        return (), ()
    event, measure = record.event, head.measure.n3
    claims, also = ask_event(ask, "floor-claims", event, measure=measure)
    said: dict[int, list[tuple[IRI, IRI]]] = defaultdict(list)
    for row in rows_of(claims):
        claim, origin = as_iri(row["claim"]), as_iri(row["origin"])
        if claim is not None and origin is not None:
            said[as_number(row["floor"]) or 0].append((claim, origin))
    return tuple(_floor(record, line, said) for line in head.lines), (head.asked, also)


def _floor(record: Record, line: Headline, said: Mapping[int, Sequence[tuple[IRI, IRI]]]) -> Floor:
    behind = sorted(
        _givers(record, [pair for floor, pairs in said.items() if floor >= line.number for pair in pairs]),
        key=lambda giver: (-giver.documents, giver.name),
    )
    named = tuple(giver.name for giver in behind if not giver.unnamed)
    return Floor(
        line=line,
        givers=tuple(_givers(record, said.get(line.number, ()))),
        behind=named,
        unnamed=len(behind) - len(named),
        reports=tuple(sorted({report for giver in behind for report in giver.reports})),
    )


def _givers(record: Record, said: Sequence[tuple[IRI, IRI]]) -> Iterator[Giver]:
    claims: dict[IRI, list[IRI]] = defaultdict(list)
    for claim, origin in said:
        claims[origin].append(claim)
    for origin, of in claims.items():
        reports = [
            report
            for claim in dict.fromkeys(of)
            for report in record.reports_of.get(claim, ())
            if report.affirms and report.origin.iri == origin
        ]
        if reports:
            yield Giver(
                name=_known_as(reports[0]),
                unnamed=reports[0].origin.kind == "unnamed",
                said=tuple(dict.fromkeys(record.claims[report.claim].label for report in reports)),
                documents=len({report.document for report in reports}),
                reports=numbers(reports),
            )


def _known_as(report: Report) -> str:
    """The origin's name; for one without a name also through whom its words came, which tells two of them apart."""
    if report.origin.kind != "unnamed" or report.own_voice:
        return report.origin.label
    return f"{report.origin.label}, through {report.voices[-2].label}"
