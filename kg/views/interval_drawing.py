"""How the interval chart is drawn: blocks of rows beside an axis, for a desk and for a telephone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.views.axes import Numbers
from kg.views.figure import NARROW, WIDE, looks, numbers, pick
from kg.views.record import Record
from kg.views.stated import Scope, Stated, counted, draw_figure, draw_number_axis, short_day, short_days
from kg.views.svg import MUTED, RULE, SMALL, Drawing, shortened, wrapped

KIND = "figures"
#: Columns of the wide drawing beside the axis: where they stand, and their headings.
_HEADINGS = (
    (398.0, "start", "figure"),
    (490.0, "start", "as of"),
    (548.0, "start", "days", "counted"),
    (654.0, "end", "outlets"),
    (float(WIDE), "end", "independent", "origins"),
)
#: How strong an earlier figure is drawn: each colour keeps a contrast of 3:1 with the paper, light or dark.
FAINT = "0.8"
NOTHING = "No figure is on record that could be drawn."


@dataclass(frozen=True)
class Line:
    """One row of the picture. `first` is whether the name of its source stands before it."""

    stated: Stated
    first: bool
    latest: bool

    @property
    def kind(self) -> str:
        return "latest" if self.latest else "earlier"


@dataclass(frozen=True)
class Block:
    """A scope with the rows drawn of it."""

    scope: Scope
    lines: tuple[Line, ...]

    @property
    def values(self) -> list[int]:
        return [number for line in self.lines for number in line.stated.numbers]

    @property
    def held(self) -> Iterator[tuple[str, list[Line]]]:
        """The rows by whom they hold responsible; those that hold nobody responsible come first."""
        for held, lines in groupby(self.lines, key=lambda line: line.stated.held):
            yield held, list(lines)


class Painter:
    """Draws the blocks, for a desk or for a telephone."""

    def __init__(self, record: Record, year: int, title: str, description: str) -> None:
        self.record = record
        self.description = description
        self.look = looks(record)
        self.year = year
        self.title = title

    def paint(self, blocks: Sequence[Block], width: int, key: str) -> Markup:
        drawing = Drawing(width, f"{KIND}-{key}")
        if not blocks:
            drawing.words(0, 24, NOTHING, class_="muted", colour=MUTED)
            return drawing.finish(40, self.title, NOTHING)
        y = 0.0
        for number, block in enumerate(blocks):
            if number:
                drawing.line([(0, y + 8), (width, y + 8)], class_="rule", colour=RULE)
                y += 14
            for words in wrapped(block.scope.words, width, 14):
                drawing.words(0, y + 17, words, weight="700", size=14)
                y += 18
            y = self._wide(drawing, block, y, headed=number == 0) if key == "wide" else self._narrow(drawing, block, y)
        return drawing.finish(y + 4, self.title, self.description)

    def _wide(self, drawing: Drawing, block: Block, y: float, *, headed: bool) -> float:
        if headed:
            for x, anchor, *lines in _HEADINGS:
                for up, words in enumerate(reversed(lines)):
                    _small(drawing, x, y + 17 - 14 * up, words, anchor=anchor)
        y += 24
        axis = Numbers.over(block.values, 186, 372)
        grid = drawing.group(class_="axis")
        spans = []
        for held, found in block.held:
            if held:
                self._held(drawing, held, y, WIDE)
                y += 22
            top = y
            for line in found:
                name = wrapped(line.stated.origin.label, 172) if line.first else []
                self._wide_row(drawing, line, axis, y, name)
                y += 20 + 15 * max(0, len(name) - 1)
            spans.append((top - 1, y))
        if block.values:
            draw_number_axis(drawing, grid, axis, spans, most=4)
        return y

    def _wide_row(self, drawing: Drawing, line: Line, axis: Numbers, y: float, name: Sequence[str]) -> None:
        stated, claim, base = line.stated, line.stated.claim, y + 14.5
        if line.first:
            self._name(drawing, line, y, 176, name)
        mark = self._mark(drawing, line, axis, y + 10)
        drawing.hit(180, y, WIDE - 180, 20, mark)
        if not line.first:
            _small(drawing, 174, base, "also latest" if line.latest else "earlier", mark, anchor="end")
        _figure(drawing, 398, base, shortened(stated.short, 90), mark, line)
        _small(drawing, 490, base, short_day(stated.last, self.year) if stated.days else "unstated", mark)
        _small(drawing, 548, base, shortened(short_days(claim.start, claim.end, self.year), 74, SMALL), mark)
        drawing.words(654, base, f"{stated.outlets:,}", mark, anchor="end")
        origins = independent(self.record, stated) if self.record.backing is not None else "?"
        drawing.words(WIDE, base, origins, mark, anchor="end")

    def _narrow(self, drawing: Drawing, block: Block, y: float) -> float:
        y += 20
        axis = Numbers.over(block.values, 12, NARROW - 30)
        grid = drawing.group(class_="axis")
        spans = [(y - 1, y + 3)]
        for held, found in block.held:
            if held:
                self._held(drawing, held, y, NARROW)
                y += 22
            for line in found:
                y = self._narrow_row(drawing, line, axis, y)
                spans.append((y - 17, y))
        if block.values:
            draw_number_axis(drawing, grid, axis, spans, most=4)
        return y

    def _narrow_row(self, drawing: Drawing, line: Line, axis: Numbers, y: float) -> float:
        stated, claim = line.stated, line.stated.claim
        as_of = short_day(stated.last, self.year) if stated.days else "day unstated"
        days = f"{as_of} · counts {short_days(claim.start, claim.end, self.year)}"
        outlets = counted(stated.outlets, "outlet")
        mark = self._mark(drawing, line, axis, y + (40 if line.first else 24))
        if line.first:
            self._name(drawing, line, y, NARROW - 92, [shortened(stated.origin.label, NARROW - 92)])
            _figure(drawing, NARROW, y + 15, stated.short, mark, line, anchor="end")
            _small(drawing, 0, y + 29, days, mark)
            _small(drawing, NARROW, y + 29, outlets, mark, anchor="end")
            drawing.hit(0, y + 20, NARROW, 30, mark)
            return y + 50
        _small(drawing, 0, y + 13, f"{line.kind}: {days}", mark)
        end = f"{stated.short} · {outlets}"
        _small(drawing, NARROW, y + 13, end, mark, anchor="end")
        drawing.hit(0, y, NARROW, 34, mark)
        return y + 34

    def _mark(self, drawing: Drawing, line: Line, axis: Numbers, cross: float) -> ET.Element:
        """A row that can be chosen, with the mark at its stated number; an earlier figure is smaller and fainter."""
        stated = line.stated
        look = self.look[stated.origin.iri]
        element = drawing.mark(
            numbers(stated.reports), pick("claim", stated.claim.iri), stated.says, class_=f"{look.name} {line.kind}"
        )
        element.set("data-numbers", " ".join(map(str, stated.numbers)))
        picture = drawing.group(element, "value")
        if line.latest:
            draw_figure(drawing, picture, stated, look, axis, cross)
        else:
            picture.set("opacity", FAINT)
            draw_figure(drawing, picture, stated, look, axis, cross, radius=3.6)
        return element

    def _name(self, drawing: Drawing, line: Line, y: float, width: float, lines: Sequence[str]) -> None:
        """The source before its rows. It can be chosen, and stands for all its reports."""
        origin = line.stated.origin
        every = numbers(report for report in self.record.reports if report.origin.iri == origin.iri)
        says = f"{origin.label}: {counted(len(every), 'report')} on its word"
        mark = drawing.mark(every, pick("source", origin.iri), says, class_=f"{self.look[origin.iri].name} name")
        drawing.hit(0, y, width, 20, mark)
        for number, words in enumerate(lines):
            drawing.words(0, y + 14.5 + 15 * number, words, mark, weight="600")

    def _held(self, drawing: Drawing, held: str, y: float, width: float) -> None:
        drawing.line([(0, y + 3), (width, y + 3)], class_="rule", dashes="2 3")
        _small(drawing, 0, y + 17, shortened(f"Held responsible: {held}", width, SMALL))


def _small(
    drawing: Drawing, x: float, y: float, text: str, parent: ET.Element | None = None, anchor: str = "start"
) -> None:
    drawing.words(x, y, text, parent, class_="muted", anchor=anchor, size=SMALL, colour=MUTED)


def _figure(
    drawing: Drawing, x: float, y: float, text: str, parent: ET.Element, line: Line, anchor: str = "start"
) -> None:
    if line.latest:
        drawing.words(x, y, text, parent, anchor=anchor, weight="700")
    else:
        drawing.words(x, y, text, parent, class_="muted", anchor=anchor, colour=MUTED)


def independent(record: Record, stated: Stated) -> str:
    """The independent origins of the claim, as an interval; "not worked out" without relations."""
    if record.backing is None:
        return "not worked out"
    backing = record.backing.get(stated.claim.iri)
    return backing.independent if backing else ""
