"""Figures as they are compared: what one origin gave, for which scope, on which day."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.logic.quantity import VAGUE_WORDS, Interval, granularity, interval
from kg.logic.table import UNBOUNDED, Side
from kg.model import Figure, Window

#: How far a floor or a ceiling is taken to reach, as a share of it, when nothing else is said. Policy, on the record.
RHO = 0.25

#: A number is known again by its digits when it has three of them or more before the zeros it is rounded to.
_KNOWN_AGAIN = 100

_SOFT = frozenset({"about", "nearly"})
_UNSURE = _SOFT | {"bare"} | VAGUE_WORDS.keys()
_WITHOUT_CEILING = frozenset({"bare", "about", "nearly"})
_BOUNDS = (
    *("exactly", "bare", "at least", "more than", "at most", "fewer than", "about", "nearly", "between"),
    *VAGUE_WORDS,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a figure counts: ids and words, None where unstated; no parties is by anyone."""

    event: str | None
    measure: str | None
    population: str | None
    place: str | None
    window: Window
    parties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """A figure as one origin gave it on one day. `claim` and `origin` are ids; `certainty` a word of its scheme.

    `day_inferred` says that the day was worked out: it may be one day more or less.
    """

    claim: str
    origin: str
    scope: Scope
    figure: Figure
    as_of: dt.date | None = None
    certainty: str | None = None
    day_inferred: bool = False

    @property
    def running(self) -> bool:
        """Given without a stated ceiling while its days were running, as far as is known."""
        end = self.scope.window.end
        open_then = self.as_of is None or end is None or self.as_of <= end
        return self.figure.bound in _WITHOUT_CEILING and open_then and self.figure.upper != 0  # none is no tally

    @property
    def hedged(self) -> bool:
        return self.figure.bound in _UNSURE or self.certainty in ("likely", "alleged", "possible", "coded")


def face(figure: Figure) -> Interval:
    """What the words allow; an increment counts only what is new, so that it is no more than a floor."""
    found = interval(figure.bound, figure.lower, figure.upper)
    return Interval(found.lowest, None) if figure.increment else found


def conveyed(figure: Figure, rho: float = RHO) -> Interval:
    """The range that a listener takes from a figure.

    A floor L conveys up to max(L + g, L(1 + ρ)) with g its granularity, a ceiling U down to min(U − g, U(1 − ρ)), not
    below 0; a vague word its customary range; anything else what its words allow. An increment conveys no total.
    """
    allowed = face(figure)
    if figure.increment:
        return allowed
    if figure.bound in VAGUE_WORDS:
        return Interval(allowed.lowest, max(VAGUE_WORDS[figure.bound][1], int(allowed.lowest * (1 + rho))))
    if allowed.highest is None:
        step = granularity(figure.lower or 0)
        return Interval(allowed.lowest, max(allowed.lowest + step, int(allowed.lowest * (1 + rho))))
    if figure.bound in ("at most", "fewer than"):
        step = granularity(figure.upper or 0)
        share = math.ceil(round(allowed.highest * (1 - rho), 6))  # rounded first: 0.1 is no exact binary number
        return Interval(max(0, min(allowed.highest - step, share)), allowed.highest)
    return allowed


def side(given: Sequence[Given], rho: float = RHO) -> Side:
    """The figures as columns of the decision table."""
    faces = [face(g.figure) for g in given]
    ranges = [conveyed(g.figure, rho) for g in given]
    numerals: dict[frozenset[int], int] = {}
    return Side(
        lowest=np.array([f.lowest for f in faces], dtype=np.int64),
        highest=np.array([UNBOUNDED if f.highest is None else f.highest for f in faces], dtype=np.int64),
        running=np.array([g.running for g in given], dtype=bool),
        bare=np.array([g.figure.bound == "bare" for g in given], dtype=bool),
        possible=np.array([g.certainty == "possible" for g in given], dtype=bool),
        rounding=np.array([_rounding(g.figure) for g in given], dtype=np.int64),
        conveyed_lowest=np.array([r.lowest for r in ranges], dtype=np.int64),
        conveyed_highest=np.array([UNBOUNDED if r.highest is None else r.highest for r in ranges], dtype=np.int64),
        numeral=np.array([_numeral(g.figure, numerals) for g in given], dtype=np.int64),
        recognisable=np.array([_recognisable(g.figure) for g in given], dtype=bool),
        bound=np.array([_BOUNDS.index(g.figure.bound) for g in given], dtype=np.int64),
        increment=np.array([g.figure.increment for g in given], dtype=bool),
    )


def _rounding(figure: Figure) -> int:
    if figure.bound not in _WITHOUT_CEILING:
        return 0
    number = figure.upper if figure.lower is None else figure.lower
    return granularity(number or 0) // 2


def printed(figure: Figure) -> frozenset[int]:
    """The numbers that were printed, whatever the word: 745 for "at least 745" and for bare 745."""
    return frozenset(n for n in (figure.lower, figure.upper) if n is not None)


def _numeral(figure: Figure, known: dict[frozenset[int], int]) -> int:
    return known.setdefault(printed(figure), len(known))


def _recognisable(figure: Figure) -> bool:
    """Whether its number is found again by its digits alone: 745 and 14,260 are, 1,400 and 96 are not. Of two numbers
    one is enough."""
    return any(number // granularity(number) >= _KNOWN_AGAIN for number in printed(figure))
