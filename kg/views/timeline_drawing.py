"""How the timeline is drawn: days across, numbers up, a mark for each figure, and what joins those of one source."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.terms import IRI
from kg.views.axes import Days, Numbers
from kg.views.figure import NARROW, WIDE, looks, numbers, pick
from kg.views.record import Record, Report, Voice
from kg.views.stated import Stated, counted, draw_figure, draw_number_axis, short_day
from kg.views.svg import INK, MUTED, PAPER, SMALL, Drawing, shortened, text_width

KIND = "timeline"
NOTHING = "No figure with a number and a day is on record that could be drawn."


@dataclass(frozen=True)
class Mark:
    """What a source says as of one day, with one number: a mark, for all reports that tell it so."""

    origin: Voice
    day: dt.date
    stated: Stated  # a figure of it, with the reports of this day only
    parts: tuple[Stated, ...]
    flags: Mapping[str, frozenset[IRI]]

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        return tuple(report for part in self.parts for report in part.reports)

    @property
    def whole(self) -> Stated:
        """The mark as one figure: said by the source itself if any part is."""
        return Stated(self.stated.claim, self.stated.scope, self.origin, self.stated.stance, self.reports)

    @property
    def says(self) -> str:
        told = f" {counted(len(self.flags['shown']), 'document')} altered it." if self.flags.get("shown") else ""
        doubt = (
            f" Retellings differ in {counted(len(self.flags['doubt']), 'document')}." if self.flags.get("doubt") else ""
        )
        return f"{self.whole.says}{told}{doubt}"


class Painter:
    """Draws the marks, for a desk or for a telephone."""

    def __init__(self, record: Record, shown: Sequence[Mark], title: str, description: str) -> None:
        self.record = record
        self.shown = shown
        self.look = looks(record)
        self.title = title
        self.description = description
        years = [mark.day.year for mark in shown]
        self.year = max(years, key=lambda year: (years.count(year), -year), default=1)

    @cached_property
    def sources(self) -> Mapping[IRI, list[Mark]]:
        """The marks of each source by day, the source with the highest last figure first."""
        found: dict[IRI, list[Mark]] = defaultdict(list)
        for mark in sorted(self.shown, key=lambda mark: (mark.day, mark.stated.numbers)):
            found[mark.origin.iri].append(mark)
        return dict(sorted(found.items(), key=lambda one: (-one[1][-1].stated.numbers[-1], one[0].value)))

    @property
    def beyond(self) -> bool:
        """Whether the axis of numbers breaks off."""
        return bool(Numbers.over(self.values, 0, 100).beyond)

    @property
    def cut(self) -> bool:
        """Whether days are cut out of the other axis."""
        return len(Days.over([mark.day for mark in self.shown], 0, 100).stretches) > 1

    @property
    def values(self) -> list[int]:
        return [number for mark in self.shown for number in mark.stated.numbers]

    def empty(self, width: float, key: str) -> Markup:
        drawing = Drawing(width, f"{KIND}-{key}")
        drawing.words(0, 24, NOTHING, class_="muted", colour=MUTED)
        return drawing.finish(40, self.title, NOTHING)

    def wide(self) -> Markup:
        if not self.shown:
            return self.empty(WIDE, "wide")
        drawing = Drawing(WIDE, f"{KIND}-wide")
        values = self.plot(drawing, 48, 500, 26, 350, narrow=False)
        self._labels(drawing, values, 512, WIDE)
        return drawing.finish(394, self.title, self.description)

    def narrow(self) -> Markup:
        if not self.shown:
            return self.empty(NARROW, "narrow")
        drawing = Drawing(NARROW, f"{KIND}-narrow")
        self.plot(drawing, 40, NARROW - 4, 26, 350, narrow=True)
        y = 400.0
        for marks in self.sources.values():
            self._label(drawing, marks, 0, y, NARROW)
            y += self._height(marks) + 2
        return drawing.finish(y, self.title, self.description)

    def plot(self, drawing: Drawing, left: float, right: float, top: float, bottom: float, *, narrow: bool) -> Numbers:
        """The axes, what joins the figures of a source, and the marks."""
        axis = Numbers.over(self.values, bottom, top)
        days = Days.over([mark.day for mark in self.shown], left + 4, right, gap=12 if narrow else 20)
        grid = drawing.group(class_="axis")
        draw_number_axis(drawing, grid, axis, [(left, right)], upright=True)
        self._days(drawing, grid, days, bottom, top)
        at = self._places(axis, days)
        joined = drawing.group(class_="joined")
        for marks in self.sources.values():
            self._join(drawing, joined, marks, axis, at)
        for mark in sorted(self.shown, key=lambda m: (m.day, m.stated.numbers, m.origin.iri.value)):
            self._mark(drawing, mark, axis, at[id(mark)])
        return axis

    def _days(self, drawing: Drawing, grid: ET.Element, days: Days, bottom: float, top: float) -> None:
        last: tuple[int, int] | None = None
        for day in days.labelled(21):
            x = days.at(day)
            drawing.line([(x, bottom), (x, bottom + 4)], grid, class_="muted", colour=MUTED)
            small(drawing, x, bottom + 17, str(day.day), grid)
            if (day.year, day.month) != last:
                small(drawing, x, bottom + 31, f"{day:%b}", grid)
                last = (day.year, day.month)
        for here, there in pairwise(days.stretches):
            middle = (here.right + there.left) / 2
            drawing.line([(middle, top - 8), (middle, bottom)], grid, class_="muted break", colour=MUTED, dashes="1 3")
            for off in (-2.5, 2.5):
                stroke = [(middle + off - 2.5, bottom + 5), (middle + off + 2.5, bottom - 5)]
                drawing.line(stroke, grid, class_="muted", colour=MUTED, width=1.4)
        for run in days.stretches:
            drawing.line([(run.left, bottom), (run.right, bottom)], grid, class_="muted", colour=MUTED)

    def _places(self, axis: Numbers, days: Days) -> Mapping[int, float]:
        """The pixel of each mark across the page: the middle of its day, or beside it where others lie."""
        placed: dict[dt.date, list[tuple[float, float]]] = defaultdict(list)
        at: dict[int, float] = {}
        limit = days.width / 2 + 3
        steps = [0.0, *(sign * step for step in (6.0, 11.0, 16.0, 22.0) if step <= limit for sign in (1, -1))]
        for mark in sorted(self.shown, key=lambda m: (m.day, -m.whole.documents, m.stated.numbers, m.origin.iri.value)):
            y = axis.at(mark.stated.numbers[-1])
            others = placed[mark.day]

            def room(step: float, y: float = y, others: Collection[tuple[float, float]] = tuple(others)) -> float:
                return min((abs(step - x) + abs(y - other) for x, other in others), default=99)

            best = next((step for step in steps if room(step) >= 12), max(steps, key=room))
            others.append((best, y))
            at[id(mark)] = days.at(mark.day) + best
        return at

    def _join(
        self, drawing: Drawing, parent: ET.Element, marks: Sequence[Mark], axis: Numbers, at: Mapping[int, float]
    ) -> None:
        """Dotted steps from the lowest figure of a day to the lowest of the next, and from highest to highest."""
        look = self.look[marks[0].origin.iri]
        days: dict[dt.date, list[Mark]] = defaultdict(list)
        for mark in marks:
            days[mark.day].append(mark)
        group = drawing.group(parent, look.name)
        drawn = set()
        for here, there in pairwise(days.values()):
            for side, end in ((min, 0), (max, -1)):
                old, new = (side(found, key=lambda m: m.stated.numbers[end]) for found in (here, there))
                x, y = at[id(old)], axis.at(old.stated.numbers[end])
                to_x, to_y = at[id(new)], axis.at(new.stated.numbers[end])
                steps = tuple((round(x, 1), round(y, 1)) for x, y in ((x, y), (to_x, y), (to_x, to_y)))
                if steps not in drawn:
                    drawn.add(steps)
                    drawing.line(steps, group, class_="stroke", colour=look.colour, width=1.2, dashes="1.5 3")

    def _mark(self, drawing: Drawing, mark: Mark, axis: Numbers, x: float) -> None:
        look = self.look[mark.origin.iri]
        claim = mark.stated.claim
        element = drawing.mark(numbers(mark.reports), pick("claim", claim.iri), mark.says, class_=look.name)
        element.set("data-numbers", " ".join(map(str, mark.stated.numbers)))
        ends = [axis.at(number) for number in mark.stated.numbers]
        drawing.hit(x - 8, min(ends) - 12, 16, max(ends) - min(ends) + 24, element)
        draw_figure(drawing, element, mark.whole, look, axis, x, upright=True, radius=4.4)
        if mark.flags["shown"] or mark.flags["doubt"]:
            draw_flag(drawing, element, x + 5, min(ends) - 4, filled=bool(mark.flags["shown"]))

    def _labels(self, drawing: Drawing, axis: Numbers, left: float, right: float) -> None:
        """Names beside the plot, near the height of the last figure of each, never over one another."""
        wanted = [axis.at(marks[-1].stated.numbers[-1]) - 12 for marks in self.sources.values()]
        heights = [self._height(marks) for marks in self.sources.values()]
        for marks, top in zip(self.sources.values(), spread(wanted, heights, 8, 392), strict=True):
            self._label(drawing, marks, left, top, right - left)

    def _height(self, marks: Sequence[Mark]) -> float:
        return 48 if retold(marks) else 34

    def _label(self, drawing: Drawing, marks: Sequence[Mark], x: float, y: float, width: float) -> None:
        """The name of a source with its last figures, as a mark for all of its reports that are drawn."""
        origin, day = marks[0].origin, marks[-1].day
        look = self.look[origin.iri]
        last = [mark for mark in marks if mark.day == day]
        told = list(dict.fromkeys(mark.stated.short for mark in last))
        says = f"{origin.label}, last as of {day.isoformat()}: {', '.join(m.stated.claim.figure for m in last)}"
        of_all = (report.number for mark in marks for report in mark.reports)
        mark = drawing.mark(of_all, pick("source", origin.iri), says, class_=f"{look.name} name")
        drawing.hit(x, y, width, self._height(marks) - 2, mark)
        hollow = not any(m.whole.own for m in last)
        drawing.shape(look.shape, x + 7, y + 11, mark, colour=look.colour, hollow=hollow, radius=4.4)
        drawing.words(x + 18, y + 15.5, shortened(origin.label, width - 18), mark, weight="600")
        ways = (", ".join(told), f"{told[0]} to {told[-1]}", f"{len(told)} figures")
        lines = [f"{short_day(day, self.year)}: {way}" for way in ways]
        fits = next((line for line in lines if text_width(line, SMALL) <= width - 18), lines[-1])
        small(drawing, x + 18, y + 30, fits, mark, "start")
        if retold(marks):
            draw_flag(drawing, mark, x + 19, y + 45, filled=any(m.flags["shown"] for m in marks))
            small(
                drawing,
                x + 30,
                y + 44,
                f"{counted(retold(marks), 'document')} differ{'s' * (retold(marks) == 1)}",
                mark,
                "start",
            )


def retold(marks: Sequence[Mark]) -> int:
    """How many documents retell the figures otherwise than others do."""
    return len({document for mark in marks for found in mark.flags.values() for document in found})


def spread(wanted: Sequence[float], heights: Sequence[float], first: float, last: float) -> list[float]:
    """Places near the wanted ones, in their order, that do not overlap: from first on, up to last if there is room."""
    places: list[float] = []
    free = first
    for place, height in zip(wanted, heights, strict=True):
        places.append(max(place, free))
        free = places[-1] + height
    limit = last
    for index in range(len(places) - 1, -1, -1):
        places[index] = max(first + sum(heights[:index]), min(places[index], limit - heights[index]))
        limit = places[index]
    return places


def draw_flag(drawing: Drawing, parent: ET.Element, x: float, y: float, *, filled: bool) -> None:
    """A flag whose pole stands at x, y: filled where a retelling is shown to have altered the figure."""
    drawing.line([(x, y), (x, y - 10)], parent, class_="strong", colour=INK, width=1.3)
    cloth = f"M{x:.1f} {y - 10:.1f} L{x + 7:.1f} {y - 7.5:.1f} L{x:.1f} {y - 5:.1f} Z"
    drawing.path(
        cloth,
        parent,
        class_="strong flag" if filled else "strong flag paper",
        colour=INK,
        fill="currentColor" if filled else PAPER,
        width=1.1,
    )


def small(drawing: Drawing, x: float, y: float, text: str, parent: ET.Element, anchor: str = "middle") -> None:
    drawing.words(x, y, text, parent, class_="muted", anchor=anchor, size=SMALL, colour=MUTED)
