"""What changed on the way: how two relays of one origin differ, whether a document shows which of them changed, and
where it was lost that somebody else had said it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kg.logic.figures import Given, Scope, face, printed
from kg.logic.pairs import RETOLD, Orders, compare, differs
from kg.logic.quantity import apart

_NAMES = {"party": "responsible party"}


def differences(a: Given, b: Given, orders: Orders) -> tuple[str, ...]:
    """In what two figures of one origin differ: "figure", "bound", "population", "place", "window", "certainty" or
    "responsible party". What one of them leaves unstated is no difference; no party is everybody, and is one."""
    found = []
    if printed(a.figure) != printed(b.figure):
        found.append("figure")
    if a.figure.bound != b.figure.bound:
        found.append("bound")
    dimensions = compare(a.scope, b.scope, orders)
    found += [_NAMES.get(name, name) for name in RETOLD if differs(dimensions[name])]
    if (a.certainty or "stated") != (b.certainty or "stated"):
        found.append("certainty")
    return tuple(found)


def unsettled(givens: Iterable[Given]) -> frozenset[tuple[str, str]]:
    """Claims with their origins of which reports give the word of one day, for one scope, in ways that exclude each
    other: what the origin said then is not settled."""
    told: dict[tuple[str, Scope, dt.date], list[Given]] = defaultdict(list)
    for given in givens:
        if given.as_of is not None and not given.figure.increment and given.certainty != "possible":
            told[given.origin, given.scope, given.as_of].append(given)
    return frozenset(
        (one.claim, one.origin)
        for own in told.values()
        for one in own
        if any(apart(face(one.figure), face(other.figure)) for other in own)
    )


def passed_through(chain: Sequence[str], outlet: str | None) -> bool:
    """Whether a report came through the outlet: its chain names it beyond its first link, the document's own outlet.

    If it did, and the outlet's own document says otherwise, the report altered what it had from there.
    """
    return outlet is not None and outlet in chain[1:]


class Said(NamedTuple):
    """An affirmed claim with the way it came. `chain` holds the sources, outlet first, never empty; `origin` is its
    end, as origins are told apart; `day` that of publication, None where unknown."""

    claim: str
    document: str
    day: dt.date | None
    outlet: str | None
    chain: tuple[str, ...]
    assertion: str
    origin: str

    @property
    def own_voice(self) -> bool:
        """Whether the outlet says it itself, or has it from nobody but itself: its own spokesperson."""
        return len(set(self.chain)) == 1


class Lost(NamedTuple):
    """An assertion in an outlet's own voice of what was only attributed until then. `earlier` holds the first
    attributed assertion for each origin, in the order of their days."""

    said: Said
    earlier: tuple[Said, ...]


def lost_attributions(
    said: Iterable[Said], stronger: Mapping[str, frozenset[str]], gathering: Collection[str]
) -> tuple[Lost, ...]:
    """Where an outlet states in its own voice what had only been attributed to others: a flag for a person to judge.

    `stronger[claim]` are the other claims that entail it; what is said of them counts for it as well. `gathering` holds
    the sources known to gather their own evidence: these may know it themselves, and are never flagged. It has to have
    been attributed on an earlier day, to somebody other than the outlet, and stated on no earlier day in the own voice
    of one who gathers no evidence. What its own document attributes too is not lost. Unknown days are neither earlier
    nor later than any.
    """
    dated = sorted((one for one in said if one.day), key=_by_day)
    attributed = [one for one in dated if not one.own_voice]
    known = set(gathering)
    credited: dict[str, set[str]] = defaultdict(set)  # by document: what it attributes
    for one in attributed:
        credited[one.document].add(one.claim)
    plain: dict[str, list[Said]] = defaultdict(list)
    for one in dated:
        if one.own_voice and one.chain[0] not in known:
            own = credited.get(one.document, set())
            if one.claim not in own and own.isdisjoint(stronger.get(one.claim, frozenset())):
                plain[one.claim].append(one)
    first = _FirstWords(attributed)
    since = {claim: _by_day(told[0])[0] for claim, told in plain.items()}
    found = []
    for claim, told in plain.items():
        alike, day = stronger.get(claim, frozenset()) | {claim}, since[claim]
        if any(since.get(one, day) < day for one in alike):
            continue
        earlier = first.before(day, alike)
        for one in (one for one in told if one.day == day):
            others = tuple(before for before in earlier if before.origin != one.chain[0])
            if others:
                found.append(Lost(one, others))
    return tuple(sorted(found, key=lambda lost: _by_day(lost.said)))


class _FirstWords:
    """The first attributed assertion of every claim for every origin, in the order of their days.

    In columns: a claim may have thousands that entail it, and each of them origins of its own.
    """

    def __init__(self, attributed: Iterable[Said]) -> None:
        """`attributed` comes in the order of days, none of them unknown."""
        first: dict[tuple[str, str], Said] = {}
        for one in attributed:
            first.setdefault((one.claim, one.origin), one)
        self._said = list(first.values())
        self._claims = {claim: i for i, claim in enumerate(dict.fromkeys(claim for claim, _ in first))}
        origins = {origin: i for i, origin in enumerate(dict.fromkeys(origin for _, origin in first))}
        self._claim = np.array([self._claims[claim] for claim, _ in first], dtype=np.intp)
        self._origin = np.array([origins[origin] for _, origin in first], dtype=np.intp)
        self._origins = len(origins)

    def before(self, day: dt.date, claims: Iterable[str]) -> list[Said]:
        """The first assertion of any of the claims for each origin, if that was on an earlier day."""
        end = bisect_left(self._said, day, key=lambda one: one.day or day)
        wanted = np.zeros(len(self._claims), dtype=bool)
        wanted[[self._claims[claim] for claim in claims if claim in self._claims]] = True
        places = np.flatnonzero(wanted[self._claim[:end]])[::-1]
        first = np.full(self._origins, -1, dtype=np.intp)
        first[self._origin[places]] = places  # the last that is written stands: the earliest
        return [self._said[place] for place in np.sort(first[first >= 0]).tolist()]


def _by_day(said: Said) -> tuple[dt.date, str]:
    return said.day or dt.date.min, said.assertion
