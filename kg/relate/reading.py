"""What a store says, as the rules compare it: figures and stances with the voices behind them, and the orders.

The store is read in columns, one property at a time: at a hundred thousand assertions that is many times quicker than
one query that joins them all.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.errors import StoreError
from kg.logic.figures import Given, Scope
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from kg.logic.stances import Stated, said_after
from kg.lookup import with_prefixes
from kg.model import Figure, Window
from kg.store import Store
from kg.terms import IRI, Term

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

    Persons who speak for an organisation are told as the organisation.
    """

    assertion: str
    document: str
    outlet: str | None
    chain: tuple[str, ...]


@dataclass(frozen=True)
class Statements:
    """Everything that can be related. Ids are IRIs as text.

    `withdrawn` counts claims that their origin took back: what it said of them until then is not related.
    """

    figures: Mapping[Given, tuple[Voice, ...]]
    stances: Mapping[Stated, tuple[Voice, ...]]
    orders: Orders
    withdrawn: int = 0


def read_statements(store: Store) -> Statements:
    """Reads every affirmed figure, and every stance on a figure, an event or a responsibility."""
    claims = _Claims(store)
    figures: dict[Given, list[Voice]] = defaultdict(list)
    stances: dict[Stated, list[Voice]] = defaultdict(list)
    said = list(_said(store))
    challenged = {claims.numbers(claim) for claim, stance, *_ in said if stance != "affirms"}
    taken_back = {(claim, origin): day for claim, stance, _, day, _, origin, _ in said if stance == "retracts"}
    for claim, stance, certainty, day, inferred, origin, voice in said:
        if (claim, origin) in taken_back and not said_after(day, taken_back[claim, origin]):
            continue
        kind = claims.kind.get(claim)
        if kind is None:
            continue
        if kind == "quantity" and stance == "affirms":
            given = Given(claim, origin, claims.scope(claim), claims.figure(claim), day, certainty, inferred)
            figures[given].append(voice)
        # Figures are many, and only those that somebody challenges are needed here.
        if kind != "quantity" or claims.numbers(claim) in challenged:
            stances[claims.stated(claim, kind, origin, stance, certainty)].append(voice)
    return Statements(
        {given: tuple(sorted(voices, key=_by_assertion)) for given, voices in figures.items()},
        {stated: tuple(sorted(voices, key=_by_assertion)) for stated, voices in stances.items()},
        read_orders(store),
        len(taken_back),
    )


def read_orders(store: Store) -> Orders:
    """The containment and disjointness that vocabulary and dossiers declare."""
    apart = frozenset(frozenset(pair) for pair in _pairs(store, "?low kg:disjointWith ?high"))
    members = _gathered((high, low) for low, high in _pairs(store, "?high kg:hasMember ?low"))
    areas = frozenset(low for low, _ in _pairs(store, '?low kg:placeKind ?high FILTER (?high = "event area")'))
    return Orders(
        **{
            name: Order(
                _gathered(_pairs(store, pattern)),
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
            for claim, _ in _pairs(store, f"?low a {type_} BIND (1 AS ?high)")
        }
        names = ("event", "measure", "population", "place", "windowStart", "windowEnd", "windowFit", "bound", "act")
        self._of = {name: dict(_pairs(store, f"?low kg:{name} ?high")) for name in (*names, "increment")}
        self._lower = dict(_pairs(store, "?low schema:minValue ?high"))
        self._upper = dict(_pairs(store, "?low schema:maxValue ?high"))
        self._text = dict(_pairs(store, "?low schema:text ?high"))
        self._parties = _gathered(_pairs(store, "?low kg:responsible ?high"))
        self._unnamed = {node for node, _ in _pairs(store, "?low a kg:UnnamedSource BIND (1 AS ?high)")}
        self._scopes: dict[str, Scope] = {}

    def scope(self, claim: str) -> Scope:
        if claim not in self._scopes:
            fit = "exact" if self._of["windowFit"].get(claim) is None else "within"
            self._scopes[claim] = Scope(
                event=self._of["event"].get(claim),
                measure=self._of["measure"].get(claim),
                population=self._of["population"].get(claim),
                place=self._of["place"].get(claim),
                window=Window(_day(self._of["windowStart"].get(claim)), _day(self._of["windowEnd"].get(claim)), fit),
                parties=self._parties.get(claim, frozenset()),
            )
        return self._scopes[claim]

    def figure(self, claim: str) -> Figure:
        bound = _word("bounds", self._of["bound"].get(claim))
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
            act=_word("acts", self._of["act"].get(claim)),
            numbers=self.numbers(claim) if kind == "quantity" else None,
            text=self._text.get(claim),
            certainty=certainty,
            named=not scope.parties & self._unnamed,
        )


_Said = tuple[str, str, str | None, dt.date | None, bool, str, Voice]


def _said(store: Store) -> Iterator[_Said]:
    """For each last assertion: claim, stance, certainty, its day and whether that is inferred, origin, and voice."""
    organisation = dict(_pairs(store, "?low a schema:Person ; schema:affiliation ?high"))
    source = dict(_pairs(store, "?low prov:wasAttributedTo ?high"))
    document = dict(_pairs(store, "?low kg:inDocument ?high"))
    outlet = dict(_pairs(store, "?low schema:publisher ?high"))
    relayed_by = {lower: upper for upper, lower in _pairs(store, "?low kg:relays ?high")}
    # Most assertions affirm, plainly: only the others are read.
    stance = dict(_pairs(store, _others("stance", "stances", "affirms")))
    certainty = dict(_pairs(store, _others("certainty", "certainty", "stated")))
    day = dict(_pairs(store, "?low prov:generatedAtTime ?high"))
    inferred = {assertion for assertion, _ in _pairs(store, "?low kg:asOfBasis ?high FILTER (?high = kg:asOfInferred)")}
    for assertion, claim in _pairs(store, "?low kg:expresses ?high"):
        chain, link = [], assertion
        while True:
            chain.append(organisation.get(source[link], source[link]))
            if link not in relayed_by:
                break
            link = relayed_by[link]
        page = document[assertion]
        yield (
            claim,
            _word("stances", stance.get(assertion)) or "affirms",
            _word("certainty", certainty.get(assertion)),
            _day(day.get(assertion)),
            assertion in inferred,
            chain[0],
            Voice(assertion, page, outlet.get(page), tuple(reversed(chain))),
        )


def _others(property_: str, scheme: str, usual: str) -> str:
    """A pattern for the values of a scheme other than the usual one."""
    values = " ".join(concept.iri.n3 for concept in vocab.scheme(scheme).concepts if concept.notation != usual)
    return f"VALUES ?high {{ {values} }} ?low kg:{property_} ?high"


def _pairs(store: Store, pattern: str) -> Iterator[tuple[str, str]]:
    """The values of `?low` and `?high` in a pattern, as text."""
    for low, high in store.select(with_prefixes(f"SELECT ?low ?high WHERE {{ {pattern} }}")).rows:
        yield _text(low), _text(high)


def _text(term: Term | None) -> str:
    assert term is not None, "a pattern binds both of its variables"
    return term.value


def _gathered(pairs: Iterator[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}


def _word(scheme: str, iri: str | None) -> str | None:
    concept = vocab.scheme(scheme).of_iri(IRI(iri)) if iri is not None else None
    return concept.notation if concept else None


def _day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value[:10])


def _by_assertion(voice: Voice) -> str:
    return voice.assertion
