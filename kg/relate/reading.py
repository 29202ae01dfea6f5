"""What a store says, as the rules compare it: figures and stances with the voices behind them, and the orders."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.annotations import Annotation, in_force
from kg.errors import StoreError
from kg.logic.attribution import Chain
from kg.logic.figures import Given, Scope
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from kg.logic.stances import Stated, said_after
from kg.logic.support import Happening
from kg.model import Figure, Window
from kg.relate.columns import day_of, gathered, others, pairs, word
from kg.relate.sources import SourceFacts
from kg.store import Store

_KINDS = {
    "kg:QuantityClaim": "quantity",
    "kg:EventClaim": "event",
    "kg:ResponsibilityClaim": "responsibility",
}
_INSIDE = {
    "event": "?low sem:subEventOf ?high",
    "measure": "?low skos:broader ?high ; skos:inScheme kg:measures",
    "population": "?low skos:broader ?high ; skos:inScheme kg:populations",
    "place": "?low geo:sfWithin ?high",
    "party": "?low schema:parentOrganization|schema:affiliation ?high",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """The last assertion of a chain, and the way it came: `chain` holds the sources, outlet first, origin last.

    Persons who speak for an organisation are told as the organisation; `speaker` is the one who spoke for the origin.
    `published` is the day of the document.
    """

    assertion: str
    document: str
    outlet: str | None
    chain: tuple[str, ...]
    speaker: str | None = None
    published: dt.date | None = None

    @property
    def way(self) -> Chain:
        """The voice as the rules of independence know it."""
        return Chain(self.document, self.chain, self.speaker)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A claim that its origin took back: the assertion that does, and the voices that had given it on its word."""

    claim: str
    origin: str
    scope: Scope
    assertion: str
    rested: tuple[Voice, ...]


@dataclass(frozen=True)
class Statements:
    """Everything that can be related. Ids are IRIs as text.

    `withdrawals` are claims that their origin took back: what it said of them until then is not related. `events` are
    all that are declared. `verdicts` are people's judgements of relations.
    """

    figures: Mapping[Given, tuple[Voice, ...]]
    stances: Mapping[Stated, tuple[Voice, ...]]
    orders: Orders
    sources: SourceFacts
    withdrawals: tuple[Withdrawal, ...] = ()
    events: tuple[Happening, ...] = ()
    verdicts: tuple[Annotation, ...] = ()


def read_statements(store: Store, base: str) -> Statements:
    """Reads every affirmed figure, and every stance on a figure, an event or a responsibility."""
    claims = _Claims(store)
    figures: dict[Given, list[Voice]] = defaultdict(list)
    stances: dict[Stated, list[Voice]] = defaultdict(list)
    said = sorted(_said(store), key=lambda one: one.voice.assertion)
    challenged = {claims.numbers(one.claim) for one in said if one.stance != "affirms"}
    back = sorted((one for one in said if one.stance == "retracts"), key=lambda one: one.day or dt.date.min)
    taken_back = {(one.claim, one.origin): one for one in back}  # the latest
    rested: dict[tuple[str, str], list[Voice]] = {key: [] for key in taken_back}
    for one in said:
        key = one.claim, one.origin
        if key in taken_back and not said_after(one.day, taken_back[key].day):
            if one.stance == "affirms":
                rested[key].append(one.voice)
            continue
        kind = claims.kind.get(one.claim)
        if kind is None:
            continue
        if kind == "quantity" and one.stance == "affirms":
            scope, figure = claims.scope(one.claim), claims.figure(one.claim)
            given = Given(one.claim, one.origin, scope, figure, one.day, one.certainty, one.inferred)
            figures[given].append(one.voice)
        # Figures are many, and only those that somebody challenges are needed here.
        if kind != "quantity" or claims.numbers(one.claim) in challenged:
            stances[claims.stated(one.claim, kind, one.origin, one.stance, one.certainty)].append(one.voice)
    orders, judged = read_orders(store), in_force(store, base)
    return Statements(
        {given: tuple(voices) for given, voices in figures.items()},
        {stated: tuple(voices) for stated, voices in stances.items()},
        orders,
        SourceFacts(store, orders.party, orders.place, judged),
        tuple(
            Withdrawal(claim, origin, claims.scope(claim), back.voice.assertion, tuple(rested[claim, origin]))
            for (claim, origin), back in taken_back.items()
        ),
        tuple(_events(store)),
        tuple(one for one in judged if one.judgement in ("accept", "reject")),
    )


def _events(store: Store) -> Iterator[Happening]:
    place = dict(pairs(store, "?low a sem:Event ; sem:hasPlace ?high"))
    start = dict(pairs(store, "?low a sem:Event ; sem:hasBeginTimeStamp ?high"))
    for event in sorted({event for event, _ in pairs(store, "?low a sem:Event BIND (1 AS ?high)")}):
        yield Happening(event, place.get(event), day_of(start.get(event)))


def read_orders(store: Store) -> Orders:
    """The containment and disjointness that vocabulary and dossiers declare."""
    apart = frozenset(frozenset(pair) for pair in pairs(store, "?low kg:disjointWith ?high"))
    members = gathered((high, low) for low, high in pairs(store, "?high kg:hasMember ?low"))
    areas = frozenset(low for low, _ in pairs(store, '?low kg:placeKind ?high FILTER (?high = "event area")'))
    return Orders(
        **{
            name: Order(
                gathered(pairs(store, pattern)),
                apart,
                members if name == "place" else {},
                areas if name == "place" else frozenset(),
            )
            for name, pattern in _INSIDE.items()
        }
    )


class _Claims:
    """The content of all claims, a column a property."""

    def __init__(self, store: Store) -> None:
        self.kind = {
            claim: kind
            for type_, kind in _KINDS.items()
            for claim, _ in pairs(store, f"?low a {type_} BIND (1 AS ?high)")
        }
        names = ("event", "measure", "population", "place", "windowStart", "windowEnd", "windowFit", "bound", "act")
        self._of = {name: dict(pairs(store, f"?low kg:{name} ?high")) for name in (*names, "increment")}
        self._lower = dict(pairs(store, "?low schema:minValue ?high"))
        self._upper = dict(pairs(store, "?low schema:maxValue ?high"))
        self._text = dict(pairs(store, "?low schema:text ?high"))
        self._parties = gathered(pairs(store, "?low kg:responsible ?high"))
        self._unnamed = {node for node, _ in pairs(store, "?low a kg:UnnamedSource BIND (1 AS ?high)")}
        self._scopes: dict[str, Scope] = {}

    def scope(self, claim: str) -> Scope:
        if claim not in self._scopes:
            fit = "exact" if self._of["windowFit"].get(claim) is None else "within"
            self._scopes[claim] = Scope(
                event=self._of["event"].get(claim),
                measure=self._of["measure"].get(claim),
                population=self._of["population"].get(claim),
                place=self._of["place"].get(claim),
                window=Window(
                    day_of(self._of["windowStart"].get(claim)), day_of(self._of["windowEnd"].get(claim)), fit
                ),
                parties=self._parties.get(claim, frozenset()),
            )
        return self._scopes[claim]

    def figure(self, claim: str) -> Figure:
        bound = word("bounds", self._of["bound"].get(claim))
        if bound is None:
            raise StoreError(f"the figure <{claim}> has no bound that is known; add its dossier again")
        lower, upper = self.numbers(claim)
        return Figure(lower, upper, bound, self._of["increment"].get(claim) == "true")

    def numbers(self, claim: str) -> tuple[int | None, int | None]:
        lower, upper = self._lower.get(claim), self._upper.get(claim)
        return None if lower is None else int(lower), None if upper is None else int(upper)

    def stated(self, claim: str, kind: str, origin: str, stance: str, certainty: str | None) -> Stated:
        scope = self.scope(claim)
        return Stated(
            claim=claim,
            kind=kind,
            origin=origin,
            stance=stance,
            scope=scope,
            act=word("acts", self._of["act"].get(claim)),
            numbers=self.numbers(claim) if kind == "quantity" else None,
            text=self._text.get(claim),
            certainty=certainty,
            named=not scope.parties & self._unnamed,
        )


class _Said(NamedTuple):
    """One last assertion. `day` is that for which it was said, `inferred` whether that was worked out."""

    claim: str
    stance: str
    certainty: str | None
    day: dt.date | None
    inferred: bool
    voice: Voice

    @property
    def origin(self) -> str:
        return self.voice.chain[-1]


def _spoken_for(affiliations: Mapping[str, str]) -> dict[str, str]:
    """For each person who speaks for another the organisation at the end, through whomever; a circle ends at once."""
    found = {}
    for person in affiliations:
        seen, whom = {person}, affiliations[person]
        while whom in affiliations and whom not in seen:
            seen.add(whom)
            whom = affiliations[whom]
        found[person] = whom
    return found


def _said(store: Store) -> Iterator[_Said]:
    organisation = _spoken_for(dict(pairs(store, "?low a schema:Person ; schema:affiliation ?high")))
    source = dict(pairs(store, "?low prov:wasAttributedTo ?high"))
    document = dict(pairs(store, "?low kg:inDocument ?high"))
    outlet = dict(pairs(store, "?low schema:publisher ?high"))
    published = {page: day_of(day) for page, day in pairs(store, "?low schema:datePublished ?high")}
    relayed_by = {lower: upper for upper, lower in pairs(store, "?low kg:relays ?high")}
    # Most assertions affirm, plainly: only the others are read.
    stance = dict(pairs(store, others("stance", "stances", "affirms")))
    certainty = dict(pairs(store, others("certainty", "certainty", "stated")))
    day = dict(pairs(store, "?low prov:generatedAtTime ?high"))
    inferred = {assertion for assertion, _ in pairs(store, "?low kg:asOfBasis ?high FILTER (?high = kg:asOfInferred)")}
    for assertion, claim in pairs(store, "?low kg:expresses ?high"):
        chain, link = [], assertion
        while True:
            chain.append(organisation.get(source[link], source[link]))
            if link not in relayed_by:
                break
            link = relayed_by[link]
        page, last = document[assertion], source[assertion]
        publisher = outlet.get(page)
        voice = Voice(
            assertion,
            page,
            organisation.get(publisher, publisher) if publisher else None,
            tuple(reversed(chain)),
            last if last in organisation else None,
            published.get(page),
        )
        yield _Said(
            claim,
            word("stances", stance.get(assertion)) or "affirms",
            word("certainty", certainty.get(assertion)),
            day_of(day.get(assertion)),
            assertion in inferred,
            voice,
        )
