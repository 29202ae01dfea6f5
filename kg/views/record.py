"""What is on record about one event, read from saved questions: chains, what claims count, what stands behind them.

Every figure of an event is drawn from one record, so that the figures of a page agree with one another and with the
questions. A *report* is one chain of one document: somebody's words, through somebody's hands. Reports are numbered,
and a mark of any figure carries the numbers of the reports that it stands for; choosing a mark lights up those of all
others that share one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from kg.labels import figure_words
from kg.names import fold
from kg.results import Result
from kg.terms import IRI, Term
from kg.views.asking import Ask, Asked, as_day, as_iri, as_number, ask_event, notation
from kg.views.links import chain_links
from kg.views.network import ChainLink


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in a chain. `kind` is "outlet", "organisation", "person" or "unnamed".

    A person who speaks for an organisation is counted as it: `iri` and `label` are the organisation's then, and
    `person` is the name. An unnamed source keeps the words that describe it.
    """

    iri: IRI
    label: str
    kind: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One chain of one document.

    `number` counts the reports of a record from 0, by document and row. `voices` go from the outlet to the origin; one
    voice is the outlet's own. `stance` is the notation of the scheme ("affirms", "denies", …). `published` is the day
    of the document, `as_of` the day as of which the origin said so; None is unstated. `digest` is "sha256:…" of the
    words in the document where they were checked.
    """

    number: int
    row: str
    document: IRI
    document_label: str
    url: str | None
    published: dt.date | None
    as_of: dt.date | None
    claim: IRI
    stance: str
    statement: str | None
    language: str | None
    cue: str | None
    directness: str | None
    certainty: str | None
    digest: str | None
    voices: tuple[Voice, ...]

    @property
    def outlet(self) -> Voice:
        return self.voices[0]

    @property
    def origin(self) -> Voice:
        return self.voices[-1]

    @property
    def own_voice(self) -> bool:
        """Whether the outlet says so itself; otherwise it repeats another's word."""
        return len(self.voices) == 1

    @property
    def affirms(self) -> bool:
        return self.stance == "affirms"

    @property
    def day(self) -> dt.date | None:
        """The day as of which it holds, else the day on which it was published."""
        return self.as_of or self.published


@dataclass(frozen=True, slots=True)
class Counted:
    """What a claim says. `kind` is "quantity", "event", "responsibility", "position" or "commitment".

    The rest is for quantities. `bound` is the notation of its scheme ("at least", "bare", "hundreds", …); `lower` and
    `upper` are the printed numbers, None where none was printed. Words are None where the claim leaves them open, and
    `place`, `population` and `measure` name the nodes. `start` and `end` are the first and last day counted.
    """

    iri: IRI
    label: str
    kind: str
    measure: IRI | None = None
    measure_label: str | None = None
    bound: str | None = None
    lower: int | None = None
    upper: int | None = None
    increment: bool = False
    population: IRI | None = None
    population_label: str | None = None
    place: IRI | None = None
    place_label: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    parties: tuple[str, ...] = ()

    @property
    def figure(self) -> str:
        """The number with its word, as printed: "at least 745", "2,300–2,400", "hundreds of"; "" for what is none."""
        words = figure_words(self.bound, self.lower, self.upper) if self.bound else ""
        return f"{words} more" if words and self.increment else words

    @property
    def number(self) -> int | None:
        """The lower number as printed, else the upper one; None where no number was printed."""
        return self.lower if self.lower is not None else self.upper


@dataclass(frozen=True, slots=True)
class Backing:
    """The four counts of what stands behind a claim; `lower` and `upper` bound the independent origins."""

    documents: int
    outlets: int
    origins: int
    lower: int
    upper: int
    chains: int
    verdict: str

    @property
    def independent(self) -> str:
        """The independent origins as an interval: "3", or "1–4" where it is not known."""
        return str(self.lower) if self.lower == self.upper else f"{self.lower}–{self.upper}"


@dataclass(frozen=True)
class Record:
    """What is on record about one event. `backing` is None where relations were not worked out or are out of date."""

    event: IRI
    title: str
    reports: tuple[Report, ...]
    claims: Mapping[IRI, Counted]
    backing: Mapping[IRI, Backing] | None
    asked: Mapping[str, Asked]
    links: tuple[ChainLink, ...]

    @cached_property
    def reports_of(self) -> Mapping[IRI, tuple[Report, ...]]:
        """The reports of each claim, in order of their numbers."""
        found: dict[IRI, list[Report]] = defaultdict(list)
        for report in self.reports:
            found[report.claim].append(report)
        return {claim: tuple(reports) for claim, reports in found.items()}

    @cached_property
    def collected(self) -> frozenset[IRI]:
        """The outlets of which at least one document about the event is in the material."""
        return frozenset(report.outlet.iri for report in self.reports)

    def quantities(self, measure: IRI | None = None) -> tuple[Counted, ...]:
        """The figures, of one measure if it is given, by number; those without a printed number last."""
        found = [
            claim
            for claim in self.claims.values()
            if claim.kind == "quantity" and (measure is None or claim.measure == measure)
        ]
        return tuple(sorted(found, key=lambda c: (c.number is None, c.number or 0, c.upper or 0, c.label, c.iri)))

    @cached_property
    def measures(self) -> tuple[IRI, ...]:
        """What is counted, the measure of which most reports speak first."""
        spoken: dict[IRI, int] = defaultdict(int)
        for claim in self.quantities():
            if claim.measure is not None:
                spoken[claim.measure] += len(self.reports_of.get(claim.iri, ()))
        return tuple(sorted(spoken, key=lambda measure: (-spoken[measure], measure.value)))


def read_record(ask: Ask, event: IRI, title: str, *, related: bool) -> Record:
    """The record of an event. `related` is whether relations are worked out and those of today; only then is backing
    asked for."""
    links, chains = chain_links(ask, event, title)
    claims, counted = ask_event(ask, "event-claims", event)
    asked = {"event-chains": chains, "event-claims": counted}
    backing = None
    if related:
        support, asked["event-support"] = ask_event(ask, "event-support", event)
        backing = dict(_backing(support))
    return Record(event, title, tuple(_reports(links)), _claims(claims), backing, asked, tuple(links))


def _reports(links: Sequence[ChainLink]) -> Iterator[Report]:
    chains = groupby(links, key=lambda link: (link.document.value, link.row))
    for number, (_, found) in enumerate(chains):
        chain = sorted(found, key=lambda link: link.step)
        last = chain[-1]
        assert last.claim is not None  # every row of the question has one
        yield Report(
            number=number,
            row=last.row,
            document=last.document,
            document_label=last.document_label,
            url=last.url,
            published=last.date,
            as_of=last.as_of,
            claim=last.claim,
            stance=(last.stance or "affirms").replace("_", " "),
            statement=last.statement,
            language=last.statement_language,
            cue=last.cue,
            directness=last.directness,
            certainty=last.certainty,
            digest=last.span_digest,
            voices=tuple(map(_voice, chain)),
        )


def _voice(link: ChainLink) -> Voice:
    if link.speaker_kind == "person" and link.organisation is not None:
        label = link.organisation_label or link.organisation.value
        return Voice(link.organisation, label, "organisation", link.speaker_label)
    return Voice(link.speaker, link.speaker_label, link.speaker_kind)


def _claims(result: Result) -> dict[IRI, Counted]:
    rows: dict[IRI, list[dict[str, Term | None]]] = defaultdict(list)
    for row in result.rows:
        named = dict(zip(result.columns, row, strict=True))
        claim = as_iri(named["claim"])
        if claim is not None:
            rows[claim].append(named)

    def label(node: Term | None) -> str | None:
        return result.shown(node) if isinstance(node, IRI) else None

    return {
        claim: Counted(
            iri=claim,
            label=result.shown(claim),
            kind=_kind(found[0]["type"]),
            measure=as_iri(found[0]["measure"]),
            measure_label=label(found[0]["measure"]),
            bound=notation(found[0]["bound"], "bounds"),
            lower=as_number(found[0]["lower"]),
            upper=as_number(found[0]["upper"]),
            increment=str(found[0]["increment"]) == "true",
            population=as_iri(found[0]["population"]),
            population_label=label(found[0]["population"]),
            place=as_iri(found[0]["place"]),
            place_label=label(found[0]["place"]),
            start=as_day(found[0]["from"]),
            end=as_day(found[0]["to"]),
            parties=tuple(sorted({result.shown(row["party"]) for row in found if row["party"]}, key=fold)),
        )
        for claim, found in rows.items()
    }


def _kind(type_: Term | None) -> str:
    return str(type_).rpartition("#")[2].removesuffix("Claim").lower()


def _backing(result: Result) -> Iterator[tuple[IRI, Backing]]:
    for row in result.rows:
        claim, *counts, verdict = row
        if isinstance(claim, IRI):
            documents, outlets, origins, lower, upper, chains = (as_number(count) or 0 for count in counts)
            told = notation(verdict, "verdicts") or "unknown"
            yield claim, Backing(documents, outlets, origins, lower, upper, chains, told)
