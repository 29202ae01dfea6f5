"""Figures as somebody stated them: whose figure it is, for which days, how often it was told, and how it is drawn."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.labels import days as days_in_words
from kg.names import fold
from kg.terms import IRI
from kg.views.axes import Numbers
from kg.views.figure import Key, Look, symbol
from kg.views.record import Counted, Record, Report, Voice
from kg.views.svg import MUTED, SMALL, Drawing, key_picture, text_width

#: Signs for the words of a bound; other words are written out.
_SIGNS = {"at least": "≥ ", "more than": "> ", "at most": "≤ ", "fewer than": "< ", "about": "≈ "}
_RIGHT, _LEFT = ("at least", "more than"), ("at most", "fewer than")
_ARE = ("killed", "executed", "injured", "missing", "abducted", "displaced", "arrested", "prosecuted")


@dataclass(frozen=True)
class Scope:
    """Who is counted, and where: figures of two scopes are never measured on one axis. None is unstated."""

    population: IRI | None
    place: IRI | None
    population_label: str | None
    place_label: str | None

    @property
    def who(self) -> str:
        if self.population_label is None:
            return "it is not said who is counted"
        return "everyone counted" if self.population_label == "people" else self.population_label

    @property
    def where(self) -> str:
        return self.place_label or "place unstated"

    @property
    def words(self) -> str:
        who = self.who
        return f"{who[:1].upper()}{who[1:]} · {self.where}"


@dataclass(frozen=True)
class Stated:
    """One figure of one origin: all reports that tell the same claim with the same stance on its word."""

    claim: Counted
    scope: Scope
    origin: Voice
    stance: str
    reports: tuple[Report, ...]

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """The days as of which it holds, each once; the day of publication where the origin's is unstated."""
        return tuple(sorted({report.day for report in self.reports if report.day}))

    @property
    def last(self) -> dt.date:
        return self.days[-1] if self.days else dt.date.min

    @property
    def own(self) -> bool:
        """Whether the origin says so in a document of its own."""
        return any(report.own_voice for report in self.reports)

    @property
    def repeated(self) -> bool:
        return not all(report.own_voice for report in self.reports)

    @property
    def documents(self) -> int:
        return len({report.document for report in self.reports})

    @property
    def outlets(self) -> int:
        return len({report.outlet.iri for report in self.reports})

    @property
    def numbers(self) -> tuple[int, ...]:
        """The stated numbers that are drawn: none, one, or the two ends of a range."""
        found = [number for number in (self.claim.lower, self.claim.upper) if number is not None]
        return tuple(sorted(set(found)))

    @property
    def short(self) -> str:
        """The figure with a sign for its word: "≥ 745", "≈ 1,450", "24–29", "hundreds of"."""
        claim, sign = self.claim, _SIGNS.get(self.claim.bound or "")
        words = f"{sign}{claim.number:,}" if sign and claim.number is not None else claim.figure
        return f"{words} more" if claim.increment and not words.endswith(" more") else words

    @property
    def held(self) -> str:
        """Whom the figure holds responsible, or ""."""
        return " and ".join(self.claim.parties)

    @property
    def counted(self) -> str:
        """The days that are counted, in words."""
        return days_in_words(self.claim.start, self.claim.end) or "unstated"

    @property
    def counted_iso(self) -> str:
        """The days that are counted, for a table: "2031-03-14 to 2031-03-16"."""
        start, end = self.claim.start, self.claim.end
        if start is None or end is None:
            return f"from {start}" if start else f"until {end}" if end else "unstated"
        return f"{start} to {end}" if start != end else str(start)

    @property
    def apart(self) -> str:
        """Why it does not stand among affirmed totals: its stance, or that it counts only what is new; else ""."""
        if self.stance != "affirms":
            return self.stance
        return "counts only what is new" if self.claim.increment else ""

    @property
    def says(self) -> str:
        """A sentence for screen readers."""
        held = f", held responsible: {self.held}" if self.held else ""
        own = "the origin's own words" if self.own and not self.repeated else "repeated by others"
        if self.own and self.repeated:
            own = "the origin's own words, and repeated by others"
        as_of = ", ".join(day.isoformat() for day in self.days) or "unstated"
        return (
            f"{self.origin.label}: {self.claim.figure} {self.claim.measure_label or ''}, {self.scope.who}, "
            f"{self.scope.where}{held}. As of {as_of}, days counted: {self.counted}. {own[:1].upper()}{own[1:]}, "
            f"{counted(self.outlets, 'outlet')}, {counted(self.documents, 'document')}."
        )


def stated_figures(record: Record, measure: IRI | None) -> tuple[Stated, ...]:
    """Every figure of a measure that somebody told, by scope (the one with most reports first), origin and number."""
    found: dict[tuple[IRI, IRI, str], list[Report]] = defaultdict(list)
    claims = {claim.iri: claim for claim in record.quantities(measure)}
    for report in record.reports:
        if report.claim in claims:
            found[report.claim, report.origin.iri, report.stance].append(report)
    every = []
    for (claim_iri, _, stance), reports in found.items():
        claim = claims[claim_iri]
        scope = Scope(claim.population, claim.place, claim.population_label, claim.place_label)
        every.append(Stated(claim, scope, reports[0].origin, stance, tuple(reports)))
    told: Counter[Scope] = Counter()
    for stated in every:
        told[stated.scope] += len(stated.reports)
    origins: Counter[tuple[Scope, IRI]] = Counter()
    for stated in every:
        origins[stated.scope, stated.origin.iri] += len(stated.reports)
    return tuple(
        sorted(
            every,
            key=lambda s: (
                -told[s.scope],
                fold(s.scope.words),
                str(s.scope.population),
                str(s.scope.place),
                fold(s.held),
                -origins[s.scope, s.origin.iri],
                fold(s.origin.label),
                s.origin.iri.value,
                -s.last.toordinal(),
                -len(s.reports),
                -(s.claim.number or 0),
                s.claim.iri.value,
                s.stance,
            ),
        )
    )


def question(stated: Sequence[Stated]) -> str:
    """What a measure is called in a title: "How many were killed", "How many suspects"."""
    label = next((s.claim.measure_label for s in stated if s.claim.measure_label), None) or "were counted"
    return f"How many were {label}" if label in _ARE else f"How many {label}"


def counted(number: int, noun: str) -> str:
    """The number with its noun: "1 outlet", "12 outlets"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def short_day(day: dt.date, year: int) -> str:
    """A day in few letters; the year only where it is another."""
    return f"{day.day} {day:%b}" + ("" if day.year == year else f" ’{day:%y}")


def short_days(start: dt.date | None, end: dt.date | None, year: int) -> str:
    """Days counted in few letters: "6–8 Mar", "from 6 Mar", "unstated"."""
    if start is None or end is None:
        return f"from {short_day(start, year)}" if start else f"until {short_day(end, year)}" if end else "unstated"
    if start == end:
        return short_day(end, year)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{short_day(end, year)}"
    return f"{short_day(start, year)}–{short_day(end, year)}"


def draw_figure(
    drawing: Drawing,
    parent: ET.Element,
    stated: Stated,
    look: Look,
    axis: Numbers,
    cross: float,
    *,
    upright: bool = False,
    radius: float = 4.6,
) -> None:
    """The mark of a figure at `cross` beside the axis: a shape at a stated number, an arrow for an open bound, a bar
    between two stated ends. What states no number gets no mark."""

    def point(along: float, off: float = 0.0) -> tuple[float, float]:
        return (cross + off, along) if upright else (along, cross + off)

    numbers = stated.numbers
    if not numbers:
        return
    ends = [axis.at(number) for number in numbers]
    if len(ends) > 1:
        drawing.line([point(end) for end in ends], parent, class_="stroke", colour=look.colour, width=2)
        for end in ends:
            drawing.line([point(end, -5), point(end, 5)], parent, class_="stroke", colour=look.colour, width=1.6)
        radius *= 0.75
    elif stated.claim.bound in (*_RIGHT, *_LEFT):
        way = axis.sign if stated.claim.bound in _RIGHT else -axis.sign
        tip = ends[0] + way * (radius + 13)
        back = tip - way * 4
        drawing.line([point(ends[0]), point(tip)], parent, class_="stroke", colour=look.colour, width=1.6, dashes="3 2")
        head = [point(back, -3), point(tip), point(back, 3)]
        drawing.line(head, parent, class_="stroke", colour=look.colour, width=1.6)
    for end in ends:
        x, y = point(end)
        if stated.own and stated.repeated:
            drawing.shape(look.shape, x, y, parent, colour=look.colour, hollow=True, radius=radius + 3)
            drawing.shape(look.shape, x, y, parent, colour=look.colour, radius=radius - 1.4)
        else:
            drawing.shape(look.shape, x, y, parent, colour=look.colour, hollow=not stated.own, radius=radius)


def draw_number_axis(
    drawing: Drawing,
    parent: ET.Element,
    axis: Numbers,
    spans: Sequence[tuple[float, float]],
    *,
    upright: bool = False,
    most: int = 5,
) -> None:
    """The lines and numbers of an axis, drawn across each of the spans, the other way. Numbers stand before the first
    span; two strokes and a dotted line show where the axis breaks off."""

    def point(along: float, across: float) -> tuple[float, float]:
        return (across, along) if upright else (along, across)

    def line(along: float, class_: str, **how: Any) -> None:
        for first, last in spans:
            drawing.line([point(along, first), point(along, last)], parent, class_=class_, **how)

    start = spans[0][0]
    taken: list[tuple[float, float]] = []
    for number in [*reversed(axis.written), *axis.ticks(most)]:
        along, text = axis.at(number), f"{number:,}"
        half = SMALL * 0.7 if upright else text_width(text, SMALL) / 2 + 1
        if any(along - half < end and along + half > begin for begin, end in taken):
            continue
        taken.append((along - half, along + half))
        line(along, "rule")
        x, y = (start - 6, along + 4) if upright else (along, start - 5)
        drawing.words(
            x, y, text, parent, class_="muted", anchor="end" if upright else "middle", size=SMALL, colour=MUTED
        )
    if axis.broken is not None:
        line(axis.broken, "muted break", colour=MUTED, dashes="1 3")
        for off in (-2.5, 2.5):
            stroke = [point(axis.broken + off - 2.5, start + 5), point(axis.broken + off + 2.5, start - 5)]
            drawing.line(stroke, parent, class_="muted", colour=MUTED, width=1.4)


def small_picture(paint: Callable[[Drawing, ET.Element], None], class_: str = "") -> Markup:
    """A picture for a legend, 28 by 16 pixels, painted into a group of that class. What it means stands beside it."""
    drawing = Drawing(28, "key")
    paint(drawing, drawing.group(class_=class_))
    return key_picture(drawing)


def legend_of_marks(shown: Iterable[Stated], look: Look, *, upright: bool = False) -> Iterator[Key]:
    """A line of the legend for each kind of mark that is shown. `upright` is whether numbers grow upwards."""
    every = [s for s in shown if s.numbers]
    if any(s.own and not s.repeated for s in every):
        yield Key(symbol(look), "filled: the source says so in a document of its own")
    if any(not s.own for s in every):
        yield Key(symbol(look, hollow=True), "hollow: others repeat it, no document of the source's own says so here")
    if any(s.own and s.repeated for s in every):
        yield Key(small_picture(lambda d, g: _ringed(d, g, look), look.name), "filled in a ring: both")
    if any(s.claim.bound in _RIGHT for s in every):
        arrow = small_picture(lambda d, g: _up(d, g, look), look.name) if upright else None
        yield Key(
            arrow or symbol(look, hollow=True, arrow="up"),
            f"arrow {'up' if upright else 'to the right'}: at least this many (≥) or more than this (>)",
        )
    if any(s.claim.bound in _LEFT for s in every):
        arrow = small_picture(lambda d, g: _up(d, g, look, -1), look.name) if upright else None
        yield Key(
            arrow or symbol(look, hollow=True, arrow="down"),
            f"arrow {'down' if upright else 'to the left'}: at most this many (≤) or fewer than this (<)",
        )
    if any(len(s.numbers) > 1 for s in every):
        yield Key(small_picture(lambda d, g: _bar(d, g, look), look.name), "bar: between two stated numbers")


def break_sign(drawing: Drawing, group: ET.Element) -> None:
    """Two strokes, as they stand where an axis breaks off."""
    for x in (11, 16):
        drawing.line([(x - 2.5, 13), (x + 2.5, 3)], group, class_="muted", colour=MUTED, width=1.4)


def _ringed(drawing: Drawing, group: ET.Element, look: Look) -> None:
    drawing.shape(look.shape, 14, 8, group, colour=look.colour, hollow=True, radius=6.5)
    drawing.shape(look.shape, 14, 8, group, colour=look.colour, radius=3)


def _up(drawing: Drawing, group: ET.Element, look: Look, way: int = 1) -> None:
    tip = 8 - 7 * way
    drawing.line([(14, 8 + 3 * way), (14, tip)], group, class_="stroke", colour=look.colour, width=1.6, dashes="3 2")
    head = [(11, tip + 3.5 * way), (14, tip), (17, tip + 3.5 * way)]
    drawing.line(head, group, class_="stroke", colour=look.colour, width=1.6)
    drawing.shape(look.shape, 14, 8 + 3.5 * way, group, colour=look.colour, hollow=True, radius=3.4)


def _bar(drawing: Drawing, group: ET.Element, look: Look) -> None:
    drawing.line([(5, 8), (23, 8)], group, class_="stroke", colour=look.colour, width=2)
    for x in (5, 23):
        drawing.line([(x, 3), (x, 13)], group, class_="stroke", colour=look.colour, width=1.6)
        drawing.shape(look.shape, x, 8, group, colour=look.colour, hollow=True, radius=3)
