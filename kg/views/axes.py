"""Axes of figures: round numbers with an end broken off for outliers, and days with long silences cut out.

Nothing is bent silently: what is not to scale lies behind a break, and a break is drawn and written about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

#: Pixels that each number beyond a break gets, and how many of them get room of their own.
_BEYOND, _WRITTEN = 52.0, 3
#: A silence of more days than this is cut out of an axis of days; more cuts than that would tear it to pieces.
LONGEST_SILENCE, _MOST_CUTS = 7, 11


@dataclass(frozen=True, slots=True)
class Numbers:
    """An axis from 0. `start` and `end` are pixels; it may run from high to low ones, as upwards on a screen.

    Up to `top` it is to scale; the numbers `beyond` come one after another behind a break, which is at `broken`.
    """

    start: float
    end: float
    top: int
    beyond: tuple[int, ...] = ()

    @classmethod
    def over(cls, values: Iterable[int], start: float, end: float) -> Numbers:
        """An axis for these numbers. The end breaks off where the next number is at least double the last and at most
        a quarter of them lie beyond; otherwise outliers would press all others into a corner."""
        every = sorted(values)
        for index, (here, there) in enumerate(pairwise(every), 1):
            if here > 0 and there >= 2 * here and len(every) - index <= len(every) // 4:
                return cls(start, end, here, tuple(sorted(set(every[index:]))))
        return cls(start, end, max([*every, 1]))

    @property
    def sign(self) -> int:
        """1 where pixels grow with the numbers, else -1."""
        return 1 if self.end >= self.start else -1

    @property
    def _tail(self) -> float:
        return min(min(len(self.beyond), _WRITTEN) * _BEYOND, abs(self.end - self.start) / 2)

    @property
    def broken(self) -> float | None:
        """The pixel at which the break lies, or None."""
        return self.end - self.sign * (self._tail - 8) if self.beyond else None

    def at(self, number: int) -> float:
        """The pixel of a number. ValueError for one that the axis does not hold."""
        if 0 <= number <= self.top:
            return self.start + (self.end - self.sign * self._tail - self.start) * number / self.top
        if number not in self.beyond:
            raise ValueError(f"the axis does not hold {number:,}")
        place = (self.beyond.index(number) + 0.75) / len(self.beyond)
        return self.end - self.sign * self._tail * (1 - place)

    def ticks(self, most: int = 5) -> tuple[int, ...]:
        """Round numbers from 0 to the top, at most `most` steps."""
        step = round_step(self.top, most)
        return tuple(range(0, self.top + 1, step))

    @property
    def written(self) -> tuple[int, ...]:
        """The numbers beyond the break that are written at the axis: all where there is room, else first and last."""
        few = len(self.beyond) <= _WRITTEN
        return self.beyond if few else (self.beyond[0], self.beyond[-1])


def round_step(top: int, most: int = 5) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that reaches the top in at most so many steps."""
    power = 10 ** max(0, floor(log10(max(top, 1) / most)) if top > most else 0)
    while True:
        for digit in (1, 2, 5):
            if digit * power * most >= top:
                return int(digit * power)
        power *= 10


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row, from the left edge of the first to the right edge of the last."""

    first: dt.date
    last: dt.date
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Days:
    """An axis of days: each day is `width` pixels wide, and between two stretches a silence is cut out."""

    stretches: tuple[Stretch, ...]
    width: float

    @classmethod
    def over(cls, days: Iterable[dt.date], start: float, end: float, *, gap: float = 18.0) -> Days:
        """An axis for these days, at least one. Silences of more than a week are cut out, unless too many are."""
        every = sorted(set(days))
        cuts = [i for i, (a, b) in enumerate(pairwise(every), 1) if (b - a).days > LONGEST_SILENCE]
        if len(cuts) > _MOST_CUTS:
            cuts = []
        runs = [every[i:j] for i, j in pairwise([0, *cuts, len(every)])]
        width = (end - start - gap * len(cuts)) / sum((run[-1] - run[0]).days + 1 for run in runs)
        stretches, left = [], start
        for run in runs:
            right = left + width * ((run[-1] - run[0]).days + 1)
            stretches.append(Stretch(run[0], run[-1], left, right))
            left = right + gap
        return cls(tuple(stretches), width)

    def at(self, day: dt.date) -> float:
        """The pixel of the middle of a day. ValueError for one that was cut out."""
        for stretch in self.stretches:
            if stretch.first <= day <= stretch.last:
                return stretch.left + ((day - stretch.first).days + 0.5) * self.width
        raise ValueError(f"the axis does not hold {day}")

    def labelled(self, apart: float) -> tuple[dt.date, ...]:
        """Days to be written at the axis, at least so many pixels apart; the first day of a stretch before others."""
        chosen: list[dt.date] = []
        firsts = {stretch.first for stretch in self.stretches}
        every = [s.first + dt.timedelta(i) for s in self.stretches for i in range((s.last - s.first).days + 1)]
        for day in [*sorted(firsts), *(day for day in every if day not in firsts)]:
            if all(abs(self.at(day) - self.at(other)) >= apart for other in chosen):
                chosen.append(day)
        return tuple(sorted(chosen))
