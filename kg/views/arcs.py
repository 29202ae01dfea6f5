"""Relations as arcs beside a list: lines from row to row, with the dashes, tips and width that mean kind and grade."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.views.network import EdgeKind
from kg.views.relation_kinds import RELATION_KINDS, grade_width
from kg.views.svg import MUTED, Drawing, key_picture

_NEAR = 12.0  # how far an arc between neighbours stands out, in pixels
_TIP = 4.5


def relation_class(kind: EdgeKind) -> str:
    """The class of the stylesheet that holds the colour of a kind."""
    return f"r-{kind.key}"


def relation_palette() -> str:
    """The stylesheet of the kinds: `--kind` for each class, on light and on dark paper."""
    light = "".join(f".{relation_class(kind)}{{--kind:{kind.colour}}}\n" for kind in RELATION_KINDS)
    dark = "".join(f".{relation_class(kind)}{{--kind:{kind.on_dark}}}\n" for kind in RELATION_KINDS)
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


class Gutter:
    """The space for arcs on one side of a list: they leave it at `x` and stand out by at most `room` pixels.

    `side` is -1 for arcs to the left of the list, 1 for those to its right. `longest` is how far the two rows that lie
    furthest apart are from each other; arcs between them stand out most.
    """

    def __init__(self, drawing: Drawing, x: float, room: float, side: int, longest: float) -> None:
        self.drawing, self.x, self.room, self.side = drawing, x, room, side
        self.longest = max(longest, 1.0)

    def draw(self, kind: EdgeKind, grade: str, rows: Sequence[float], parent: ET.Element) -> None:
        """One relation between rows at these heights, that of its target last; two equal ones make a loop.

        Parts of a sum each have an arc to the whole. Of a set whose members bear on each other alike, each has an arc
        to the next.
        """
        if len(rows) > 2 and kind.everywhere:
            pairs = list(pairwise(sorted(rows)))
        else:
            pairs = [(row, rows[-1]) for row in rows[:-1]]
        for start, end in pairs:
            self._arc(kind, grade, start, end, parent)

    def _arc(self, kind: EdgeKind, grade: str, start: float, end: float, parent: ET.Element) -> None:
        # Arcs that lead up leave a row above its middle, and those that lead down below it.
        turn = 3.0 if end >= start else -3.0
        first, last = start + turn, end - turn
        if start == end:
            first, last = start - 4, start + 4
        out = _NEAR + (self.room - _NEAR) * (abs(last - first) / self.longest) ** 0.6
        reach = self.x + self.side * out / 0.75  # a curve comes three quarters as far as the points that pull it
        begin = self.x + self.side * 2
        data = f"M{begin:.1f} {first:.1f} C{reach:.1f} {first:.1f} {reach:.1f} {last:.1f} {begin:.1f} {last:.1f}"
        dashes = " ".join(map(str, kind.dashes))
        self.drawing.path(
            data, parent, class_="stroke", colour=kind.colour, width=grade_width(grade) * 0.7, dashes=dashes
        )
        tip(self.drawing, kind, self.x, last, -self.side, parent)
        if kind.everywhere:
            tip(self.drawing, kind, self.x, first, -self.side, parent)


def tip(drawing: Drawing, kind: EdgeKind, x: float, y: float, toward: int, parent: ET.Element) -> None:
    """The end of a line at x, y: `toward` is 1 where it leads to the right, -1 to the left."""
    back, colour = x - toward * _TIP, kind.colour
    if kind.arrow == "bar":
        drawing.line([(x, y - 3.5), (x, y + 3.5)], parent, class_="stroke", colour=colour, width=1.8)
    elif kind.arrow == "vee":
        drawing.line([(back, y - 3), (x, y), (back, y + 3)], parent, class_="stroke", colour=colour, width=1.3)
    elif kind.arrow in ("triangle", "inv_triangle"):
        point, foot = (x, back) if kind.arrow == "triangle" else (back, x)
        data = f"M{point:.1f} {y:.1f} L{foot:.1f} {y - 3:.1f} L{foot:.1f} {y + 3:.1f} Z"
        drawing.path(data, parent, class_="solid", colour=colour, fill=colour, width=0.5)
    elif kind.arrow:
        shape = {"circle": "circle", "box": "square", "diamond": "diamond"}[kind.arrow]
        drawing.shape(shape, x - toward * 2, y, parent, colour=colour, radius=2.0).set("stroke-width", "0.5")


def relation_symbol(kind: EdgeKind) -> Markup:
    """A line of the kind for a legend."""
    drawing, group = _key(relation_class(kind))
    dashes = " ".join(map(str, kind.dashes))
    drawing.line([(4, 8), (24, 8)], group, class_="stroke", colour=kind.colour, width=1.6, dashes=dashes)
    tip(drawing, kind, 26, 8, 1, group)
    if kind.everywhere:
        tip(drawing, kind, 2, 8, -1, group)
    return key_picture(drawing)


def grade_symbol(grade: str) -> Markup:
    """A line of the width that means the grade, for a legend."""
    drawing, group = _key("others")
    drawing.line([(2, 8), (26, 8)], group, class_="stroke", colour=MUTED, width=grade_width(grade) * 0.7)
    return key_picture(drawing)


def _key(class_: str) -> tuple[Drawing, ET.Element]:
    drawing = Drawing(28, "key")
    return drawing, drawing.group(class_=class_)
