"""Invented records for the tests of figures: an explosion at Velmara, told by newspapers that do not exist.

record([report("Orlen Gazette > Velmara Health Ministry", figure(17)), report("Blue Lantern Relief", figure(24, 29))])
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg import vocab
from kg.labels import figure_words
from kg.results import Result
from kg.terms import IRI, Term
from kg.views.asking import Asked
from kg.views.record import Backing, Counted, Record, Report, Voice

BASE = vocab.DEFAULT_BASE
EVENT = IRI(f"{BASE}event/velmara-2031")
KILLED = IRI(f"{BASE}measure/killed")
FIRST_DAY = dt.date(2031, 3, 14)


def slug(name: str) -> str:
    """Part of an address: letters of any script, digits, hyphens."""
    return re.sub(r"\W+", "-", name.casefold()).strip("-")


def iri(kind: str, name: str) -> IRI:
    return IRI(f"{BASE}{kind}/{slug(name)}")


def on(day: int, month: int = 3, year: int = 2031) -> dt.date:
    """A day, of March 2031 if nothing else is said."""
    return dt.date(year, month, day)


def figure(
    lower: int | None,
    upper: int | None = None,
    bound: str | None = None,
    *,
    of: str = "people",
    at: str = "Velmara",
    measure: str = "killed",
    start: dt.date | None = FIRST_DAY,
    end: dt.date | None = FIRST_DAY,
    **more: Any,
) -> Counted:
    """What a claim counts: `figure(17)` is 17 killed at Velmara, `figure(24, 29)` is between, `figure(8,
    bound="at most")` has one number; equal calls, equal claim.

    `of` is the population and `at` the place; "" leaves one open. `more` goes to Counted (increment, parties, iri, …).
    """
    if bound is None:
        bound = "bare" if upper is None or upper == lower else "between"
    if bound in ("at most", "fewer than", "nearly") and upper is None:
        lower, upper = None, lower  # as it stands in the store: one number for an open bound, else twice the same
    elif upper is None and bound not in ("at least", "more than"):
        upper = lower
    told = replace(
        Counted(
            iri=EVENT,
            label=f"{figure_words(bound, lower, upper)} {of} {measure}, {at}",
            kind="quantity",
            measure=iri("measure", measure),
            measure_label=measure,
            bound=bound,
            lower=lower,
            upper=upper,
            population=iri("population", of) if of else None,
            population_label=of or None,
            place=iri("place", at) if at else None,
            place_label=at or None,
            start=start,
            end=end,
        ),
        **more,
    )
    if "iri" in more:
        return told
    key = f"{bound} {lower} {upper} {of} {at} {measure} {start} {end} {told.increment} {' '.join(told.parties)}"
    return replace(told, iri=iri("claim", key))


def saying(label: str, kind: str = "responsibility", **more: Any) -> Counted:
    """What a claim says that is no figure."""
    return Counted(iri=iri("claim", label), label=label, kind=kind, **more)


def voice(name: str, *, outlet: bool = False) -> Voice:
    """A name: "witnesses (unnamed)" is unnamed, "Ada Lind @ Velmara Health Ministry" speaks for the ministry."""
    person, at, organisation = name.partition(" @ ")
    if at:
        return Voice(iri("source", organisation), organisation, "organisation", person)
    kind = "outlet" if outlet else "unnamed" if name.endswith("(unnamed)") else "organisation"
    return Voice(iri("source", name), name, kind)


@dataclass(frozen=True, slots=True)
class Told:
    """A report before it has its number."""

    report: Report
    claim: Counted


def report(
    chain: str | Sequence[str],
    claim: Counted,
    *,
    published: dt.date | None = FIRST_DAY,
    as_of: dt.date | None = None,
    document: str | None = None,
    stance: str = "affirms",
    statement: str | None = "It was said.",
    **more: Any,
) -> Told:
    """What a document says: `chain` from the outlet to the origin, as "Orlen Gazette > Velmara Health Ministry" or a
    sequence. The document is named after outlet and day if `document` does not name it."""
    names = [name.strip() for name in chain.split(" > ")] if isinstance(chain, str) else list(chain)
    named = document or f"{names[0]}, {published or 'undated'}"
    voices = tuple(voice(name, outlet=step == 0) for step, name in enumerate(names))
    told = Report(
        number=-1,
        row="",
        document=iri("document", named),
        document_label=named,
        url=None,
        published=published,
        as_of=as_of,
        claim=claim.iri,
        stance=stance,
        statement=statement,
        language="en",
        cue=None,
        directness=None,
        certainty=None,
        digest=None,
        voices=voices,
    )
    return Told(replace(told, **more), claim)


def record(
    reports: Iterable[Told] = (),
    *,
    title: str = "Explosion at Velmara",
    backing: Mapping[IRI, Backing] | None = None,
    related: bool = False,
    claims: Iterable[Counted] = (),
    links: Sequence[Any] = (),
) -> Record:
    """A record of these reports, numbered as they come. `related` counts a backing for each claim from its own reports,
    with one independent origin at least and all origins at most; `backing` gives it instead. `claims` are told by none.
    """
    told = list(reports)
    numbered = tuple(replace(t.report, number=n, row=f"R{n}") for n, t in enumerate(told))
    counted = {claim.iri: claim for claim in claims} | {t.claim.iri: t.claim for t in told}
    if related and backing is None:
        backing = {claim: counts(r for r in numbered if r.claim == claim) for claim in counted}
    names = ["event-chains", "event-claims", *(["event-support"] if backing is not None else [])]
    asked = {name: Asked(name, (("event", EVENT.n3),), f"# {name}") for name in names}
    return Record(EVENT, title, numbered, counted, backing, asked, tuple(links))


def counts(reports: Iterable[Report]) -> Backing:
    told = list(reports)
    origins = len({r.origin.iri for r in told})
    return Backing(
        documents=len({r.document for r in told}),
        outlets=len({r.outlet.iri for r in told}),
        origins=origins,
        lower=min(1, origins),
        upper=origins,
        chains=origins,
        verdict="possibly corroborates" if origins > 1 else "repeats",
    )


def answer(
    columns: Sequence[str], rows: Iterable[Sequence[Term | None]], labels: Mapping[IRI, str] | None = None
) -> Any:
    """An answer of a saved question, as `kg.results.Result`."""
    return Result(tuple(columns), [tuple(row) for row in rows], "SELECT * WHERE { }", labels=dict(labels or {}))


# Reading drawings

SVG = "{http://www.w3.org/2000/svg}"


def tree(drawing: Markup) -> ET.Element:
    """The drawing as a reader of XML sees it; an error for what is not well formed."""
    return ET.fromstring(str(drawing))


def marks(drawing: Markup) -> list[ET.Element]:
    """Everything that can be chosen, in the order in which it is drawn."""
    return [element for element in tree(drawing).iter() if element.get("data-reports") is not None]


def reports_of(element: ET.Element) -> tuple[int, ...]:
    return tuple(int(number) for number in (element.get("data-reports") or "").split())


def words(drawing: Markup) -> list[str]:
    """All words of the picture."""
    return ["".join(text.itertext()) for text in tree(drawing).iter(f"{SVG}text")]
