"""Which claims stand behind a claim, and behind "at least n" of an event: those that entail it.

Not only claims with the same figure count: who says 1,383 says at least 1,018. What entails follows from the words
alone; a tally that was still running is read as a floor, and what is only said to be possible entails nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kg.logic.figures import Given, Scope, face, side
from kg.logic.pairs import GRADES, Orders, compare
from kg.logic.quantity import VAGUE_WORDS
from kg.logic.scope import Rel, stated, windows
from kg.logic.scope_pairs import ScopePairs
from kg.logic.table import UNBOUNDED, Label
from kg.model import Window

_SUPPORTING = (Label.AGREES, Label.REFINES, Label.SUPPORTS)
_HEDGED_WORDS = frozenset({"about", "nearly", *VAGUE_WORDS})
_HEDGED_CERTAINTY = ("likely", "alleged", "coded")


def supporters(givens: Sequence[Given], orders: Orders) -> dict[str, frozenset[str]]:
    """For each claim of a block the claims that entail it, itself included.

    The claim is taken at face value, the others as others read them. Only what holds under every completion of what is
    unstated counts. Of what was newly recorded ("158 more") no total says anything, and of at least how many in some
    stretch of days inside a window ("within 48 hours") no other claim.
    """
    if not givens:
        return {}
    positions = list({(g.claim, g.running, g.certainty): g for g in givens}.values())
    names = sorted({given.claim for given in positions})
    number = {claim: i for i, claim in enumerate(names)}
    numbered = {scope: i for i, scope in enumerate(dict.fromkeys(given.scope for given in positions))}
    scopes = ScopePairs(list(numbered), orders)
    columns = side(positions)
    scope = np.array([numbered[given.scope] for given in positions], dtype=np.intp)
    claim = np.array([number[given.claim] for given in positions], dtype=np.intp)
    ceiling = np.where(columns.running, UNBOUNDED, columns.highest)
    sayable = ~columns.possible
    found: dict[str, frozenset[str]] = {}
    for at, given in enumerate(positions):
        if given.claim in found:
            continue
        if given.figure.increment:
            found[given.claim] = frozenset([given.claim])
            continue
        low, high = columns.lowest[at], columns.highest[at]
        lying = scopes.lying(scope, np.full(len(scope), scope[at]))
        same = lying.bits == Rel.EQ.bit
        # Which stretch of days inside a window is meant is not known: nobody is known to speak of a part of it.
        inside = (lying.bits & ~np.uint8(Rel.EQ.bit | Rel.SUB.bit) == 0) & (given.scope.window.fit != "within")
        around = lying.bits & ~np.uint8(Rel.EQ.bit | Rel.SUP.bit) == 0
        entails = same & (columns.lowest >= low) & (ceiling <= high)
        if high == UNBOUNDED:
            entails |= inside & (columns.lowest >= low)
        elif low == 0:
            # A number without a word may be an incomplete tally: no ceiling for a part, unless it is none at all.
            entails |= around & (ceiling <= high) & ~(columns.bare & (columns.highest > 0))
        entails &= sayable & ~lying.placed & ~lying.stretched
        entails |= claim == number[given.claim]
        found[given.claim] = frozenset(names[i] for i in np.unique(claim[entails]))
    return found


def may_corroborate(label: Label, a: Given, b: Given) -> bool:
    """Whether two figures support each other, so that their origins decide whether one corroborates the other.

    Section 6 of the relation tables: they agree, refine or support, or overlap where both are bounded. A total says
    nothing about what was newly recorded, though it lies above it; and all that is large supports "hundreds", which
    says nothing of either.
    """
    bounded = face(a.figure).highest is not None and face(b.figure).highest is not None
    supporting = label in _SUPPORTING or (label is Label.OVERLAPS and bounded)
    vague = {a.figure.bound, b.figure.bound} & VAGUE_WORDS.keys()
    return supporting and a.figure.increment == b.figure.increment and not vague


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as a profile needs it: where and when it began; None is unstated. `id` as scopes name it."""

    id: str
    place: str | None = None
    start: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Floor:
    """ "At least `floor`" for the place of an event, everyone counted, over `window`.

    `claims` have just this floor; those of all higher floors of the profile entail it as well. `grade` and
    `assumptions` are those of all of them together.
    """

    event: str
    measure: str
    place: str | None
    window: Window
    floor: int
    claims: tuple[str, ...]
    grade: str
    assumptions: tuple[str, ...]


def profiles(
    givens: Sequence[Given], orders: Orders, events: Iterable[Happening], everyone: str | None
) -> tuple[tuple[Floor, ...], ...]:
    """For each event, and each measure that something is counted by: its floors, the highest first.

    `everyone` is the population that all persons belong to. The days reach from the start of the event to the latest
    day for which anything was said of it. Days, places and events that are unstated count as the event's; that is an
    assumption, as is that a place lies inside an area without a boundary. An unstated population is everyone.
    """
    found = []
    for event in events:
        here = [g for g in givens if stated(orders.event.compare, g.scope.event, event.id, "event").bits & _WITHIN]
        own = [given for given in here if given.scope.event is not None]
        days = [given.as_of for given in own if given.as_of is not None]
        window = Window(event.start, max(days, default=None))
        for measure in sorted({given.scope.measure for given in own if given.scope.measure is not None}):
            proposition = Scope(event.id, measure, everyone, event.place, window)
            floors = tuple(_floors(here, orders, proposition))
            if floors:
                found.append(floors)
    return tuple(found)


_WITHIN = Rel.EQ.bit | Rel.SUB.bit


def _floors(givens: Sequence[Given], orders: Orders, proposition: Scope) -> Iterator[Floor]:
    inside: dict[Scope, tuple[str, ...] | None] = {}
    columns = side(givens)
    at: dict[int, list[tuple[Given, tuple[str, ...]]]] = defaultdict(list)
    for given, lowest in zip(givens, columns.lowest.tolist(), strict=True):
        if given.scope not in inside:
            inside[given.scope] = _inside(given.scope, proposition, orders)
        assumed = inside[given.scope]
        if assumed is not None and lowest > 0 and given.certainty != "possible":
            at[lowest].append((given, assumed))
    worst, assumptions = 0, dict[str, None]()
    assert proposition.event is not None
    assert proposition.measure is not None
    for floor in sorted(at, reverse=True):
        for given, assumed in at[floor]:
            worst = max(worst, GRADES.index("conditional" if assumed else "hedged" if _hedged(given) else "firm"))
            assumptions.update(dict.fromkeys(assumed))
        yield Floor(
            proposition.event,
            proposition.measure,
            proposition.place,
            proposition.window,
            floor,
            tuple(sorted({given.claim for given, _ in at[floor]})),
            GRADES[worst],
            tuple(sorted(assumptions)),
        )


def _inside(scope: Scope, proposition: Scope, orders: Orders) -> tuple[str, ...] | None:
    """What must be assumed for a scope to lie inside that of the proposition; None where it does not."""
    dimensions = dict(compare(scope, proposition, orders))
    if scope.population is None or proposition.population is None:
        del dimensions["population"]
    dimensions["window"] = windows(scope.window, proposition.window)
    assumed = []
    for found in dimensions.values():
        if not found.bits & _WITHIN:
            return None
        if found.bits & ~_WITHIN or found.assumed:
            assumed.append(found.assumed or "")
    return tuple(word for word in assumed if word)


def _hedged(given: Given) -> bool:
    """Whether the floor itself is unsure; a number without a word is a sure floor."""
    return given.figure.bound in _HEDGED_WORDS or given.certainty in _HEDGED_CERTAINTY
