"""Where a figure was seen before: every report of the same printed numbers for something comparable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.logic.figures import Given, Scope, printed
from kg.logic.pairs import Orders
from kg.logic.quantity import VAGUE_WORDS
from kg.logic.scope import Rel, stated
from kg.lookup import with_prefixes
from kg.model import Figure
from kg.relate.columns import day_of, word
from kg.relate.reading import Statements, Voice, Withdrawal
from kg.store import Store
from kg.terms import Term

_FIGURES = """SELECT ?claim ?bound ?lower ?upper {{ VALUES ?claim {{ {nodes} }} ?claim kg:bound ?bound
  OPTIONAL {{ ?claim schema:minValue ?lower }} OPTIONAL {{ ?claim schema:maxValue ?upper }} }}"""
_PRINTED = """SELECT ?assertion ?identifier ?published ?given {{ VALUES ?assertion {{ {nodes} }}
  ?assertion kg:inDocument ?document . ?document dcterms:identifier ?identifier
  OPTIONAL {{ ?document schema:datePublished ?published }} OPTIONAL {{ ?assertion prov:generatedAtTime ?given }} }}"""


@dataclass(frozen=True)
class Sighting:
    """One report of the figure: `published` is the day of its document, `as_of` that for which the origin gave it."""

    claim: str
    origin: str
    stance: str
    document: str
    outlet: str | None
    published: dt.date | None
    as_of: dt.date | None

    @property
    def day(self) -> dt.date | None:
        """The day on which it is known to have been printed; without one that on which it was given."""
        return self.published or self.as_of


def sightings(statements: Statements, given: Given) -> tuple[tuple[Sighting, ...], int]:
    """Who printed the same numbers of the same event and a measure that compares, the earliest first; and how many
    documents have them for something else."""
    here: list[tuple[str, str, str, dt.date | None, Voice]] = []
    elsewhere: set[str] = set()
    for claim, origin, stance, as_of, scope, voice in _same_numbers(statements, given.figure):
        if _comparable(scope, given.scope, statements.orders):
            here.append((claim, origin, stance, as_of, voice))
        else:
            elsewhere.add(voice.document)
    found = {
        Sighting(claim, origin, stance, voice.document, voice.outlet, voice.published, as_of)
        for claim, origin, stance, as_of, voice in here
    }
    ordered = sorted(found, key=lambda one: (one.day or dt.date.max, one.as_of or dt.date.max, one.document, one.claim))
    return tuple(ordered), len(elsewhere)


@dataclass(frozen=True)
class TakenBack:
    """A claim that its origin withdrew. `given_in`, `taken_back_in` and `again_in` are ids of documents, the earliest
    first: those that had given it on its word, the one that says so, and those that give it again for a later day."""

    claim: str
    origin: str
    given_in: tuple[str, ...]
    day: dt.date | None
    taken_back_in: str
    again_in: tuple[str, ...] = ()


def taken_back(statements: Statements, given: Given, store: Store) -> tuple[TakenBack, ...]:
    """Every withdrawal of the same printed numbers for something comparable, that of the very claim first."""
    near = [one for one in statements.withdrawals if _comparable(one.scope, given.scope, statements.orders)]
    figures = {
        row[0]: Figure(_number(row[2]), _number(row[3]), word("bounds", row[1]) or "bare")
        for row in _rows(store, _FIGURES, {one.claim for one in near})
    }
    wanted = _printed(given.figure)
    same = [one for one in near if one.claim in figures and _printed(figures[one.claim]) == wanted]
    found = [_told(one, statements, store) for one in same]
    return tuple(
        sorted(found, key=lambda one: (one.claim != given.claim, one.day or dt.date.max, one.claim, one.origin))
    )


def _told(back: Withdrawal, statements: Statements, store: Store) -> TakenBack:
    again = [
        voice
        for given, voices in statements.figures.items()
        if (given.claim, given.origin) == (back.claim, back.origin)
        for voice in voices
    ]
    every = {back.assertion, *(voice.assertion for voice in (*back.rested, *again))}
    printed = {row[0]: row[1:] for row in _rows(store, _PRINTED, every)}

    def documents(voices: Iterable[Voice]) -> tuple[str, ...]:
        dated = {(voice.published or dt.date.max, printed[voice.assertion][0] or "") for voice in voices}
        return tuple(identifier for _, identifier in sorted(dated))

    identifier, published, given_on = printed[back.assertion]
    day = day_of(given_on or published)
    return TakenBack(back.claim, back.origin, documents(back.rested), day, identifier or "", documents(again))


def _rows(store: Store, query: str, nodes: Iterable[str]) -> list[tuple[str | None, ...]]:
    listed = " ".join(f"<{node}>" for node in sorted(nodes))
    return [tuple(map(_value, row)) for row in store.select(with_prefixes(query.format(nodes=listed))).rows]


def _value(term: Term | None) -> str | None:
    return None if term is None else term.value


def _number(written: str | None) -> int | None:
    return None if written is None else int(written)


def _same_numbers(
    statements: Statements, figure: Figure
) -> Iterator[tuple[str, str, str, dt.date | None, Scope, Voice]]:
    wanted = _printed(figure)
    for given, voices in statements.figures.items():
        if _printed(given.figure) == wanted:
            for voice in voices:
                yield given.claim, given.origin, "affirms", given.as_of, given.scope, voice
    for said, voices in statements.stances.items():
        if said.numbers is not None and said.stance != "affirms" and _numerals(said.numbers) == wanted:
            for voice in voices:
                yield said.claim, said.origin, said.stance, None, said.scope, voice


def _printed(figure: Figure) -> object:
    """What was printed, whatever the word in front; of a vague word without numbers the word."""
    return printed(figure) or (figure.bound if figure.bound in VAGUE_WORDS else None)


def _numerals(numbers: Iterable[int | None]) -> frozenset[int]:
    return frozenset(number for number in numbers if number is not None)


def _comparable(a: Scope, b: Scope, orders: Orders) -> bool:
    """Whether two scopes are of one event tree, and count by measures of which one may hold the other."""
    return not any(
        stated(order.compare, one, other, "").bits in (Rel.UNK.bit, Rel.DISJ.bit)
        for order, one, other in ((orders.event, a.event, b.event), (orders.measure, a.measure, b.measure))
    )
