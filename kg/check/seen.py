"""Where a figure was seen before: every report of the same printed numbers for something comparable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.logic.figures import Given, Scope, printed
from kg.logic.pairs import Orders
from kg.logic.quantity import VAGUE_WORDS
from kg.logic.scope import Rel, stated
from kg.model import Figure
from kg.relate.reading import Statements, Voice


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
