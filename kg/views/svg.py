"""Drawing in SVG: shapes, words and marks that can be chosen, as one element that stands in a page or a file.

Colours are written as attributes, for light paper; a page's stylesheet may change them by class for dark paper. Words
are escaped by the writer of the XML, and lie in the direction of their own script.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from markupsafe import Markup

INK, MUTED, RULE, PAPER = "#1b1d1f", "#5a6066", "#d9dcda", "#ffffff"
FONT = "system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', 'Noto Sans Arabic', sans-serif"
SIZE = 13.0
SMALL = 11.5
_LETTER = 0.56  # mean width of a letter in ems, on the safe side for Latin and Cyrillic

#: Shapes that stay apart at ten pixels, without colour.
SHAPES = ("circle", "square", "diamond", "triangle", "triangle-down", "hexagon", "star", "cross")


class Drawing:
    """One picture of `width` pixels. `key` is unique on a page: ids of title and description begin with it."""

    def __init__(self, width: float, key: str) -> None:
        self.width = width
        self.key = key
        self.root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "role": "group",
                "class": "drawing",
                "font-family": FONT,
                "font-size": _number(SIZE),
                "fill": INK,
            },
        )
        self.title = ET.SubElement(self.root, "title", {"id": f"{key}-title"})
        self.description = ET.SubElement(self.root, "desc", {"id": f"{key}-desc"})

    def finish(self, height: float, title: str, description: str) -> Markup:
        """The picture as text. `title` and `description` are what it is called and how it is read."""
        self.title.text, self.description.text = title, description
        self.size(height)
        self.root.set("aria-labelledby", f"{self.key}-title {self.key}-desc")
        return self.text()

    def size(self, height: float) -> None:
        """Makes it so many pixels high."""
        self.root.set("viewBox", f"0 0 {_number(self.width)} {_number(height)}")
        self.root.set("width", _number(self.width))
        self.root.set("height", _number(height))

    def text(self) -> Markup:
        """What is drawn so far as SVG."""
        return Markup(ET.tostring(self.root, encoding="unicode", short_empty_elements=True))

    def group(self, parent: ET.Element | None = None, class_: str = "") -> ET.Element:
        return _child(self.root if parent is None else parent, "g", class_)

    def mark(
        self, reports: Iterable[int], pick: str, says: str, parent: ET.Element | None = None, class_: str = ""
    ) -> ET.Element:
        """A group that can be chosen by pointer or keyboard. It stands for these reports.

        `pick` is what choosing it puts into the address ("claim=5008bbff151da6a4", "source=…", "document=…"), `says`
        is read out. No reports, no mark: ValueError, since a mark without a stated value must not be drawn.
        """
        numbers = sorted(set(reports))
        if not numbers:
            raise ValueError(f"a mark that stands for no report: {says}")
        element = self.group(parent, f"mark {class_}".strip())
        element.set("data-reports", " ".join(map(str, numbers)))
        element.set("data-pick", pick)
        element.set("tabindex", "0")
        element.set("role", "button")
        element.set("aria-label", says)
        return element

    def words(
        self,
        x: float,
        y: float,
        text: str,
        parent: ET.Element | None = None,
        *,
        class_: str = "",
        anchor: str = "start",
        size: float = SIZE,
        colour: str = INK,
        weight: str = "normal",
    ) -> ET.Element:
        """Words whose base line begins, ends or is centred at x, y, as `anchor` says: "start", "end" or "middle"."""
        element = _child(self.root if parent is None else parent, "text", class_)
        _set(element, x=x, y=y, **{"font-size": size})
        element.set("fill", colour)
        if anchor != "start":
            element.set("text-anchor", anchor)
        if weight != "normal":
            element.set("font-weight", weight)
        element.set("unicode-bidi", "plaintext")
        element.text = text
        return element

    def line(
        self,
        points: Iterable[tuple[float, float]],
        parent: ET.Element | None = None,
        *,
        class_: str = "",
        colour: str = RULE,
        width: float = 1.0,
        dashes: str = "",
    ) -> ET.Element:
        path = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        return self.path(f"M{path}", parent, class_=class_, colour=colour, width=width, dashes=dashes)

    def path(
        self,
        data: str,
        parent: ET.Element | None = None,
        *,
        class_: str = "",
        colour: str = RULE,
        fill: str = "none",
        width: float = 1.0,
        dashes: str = "",
    ) -> ET.Element:
        element = _child(self.root if parent is None else parent, "path", class_)
        element.set("d", data)
        element.set("fill", fill)
        element.set("stroke", colour)
        element.set("stroke-width", _number(width))
        if dashes:
            element.set("stroke-dasharray", dashes)
        return element

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        parent: ET.Element | None = None,
        *,
        class_: str = "",
        fill: str = PAPER,
        colour: str = RULE,
        stroke: float = 1.0,
        round_: float = 4.0,
        dashes: str = "",
    ) -> ET.Element:
        element = _child(self.root if parent is None else parent, "rect", class_)
        _set(element, x=x, y=y, width=width, height=height, rx=round_)
        element.set("fill", fill)
        element.set("stroke", colour)
        element.set("stroke-width", _number(stroke))
        if dashes:
            element.set("stroke-dasharray", dashes)
        return element

    def shape(
        self,
        shape: str,
        x: float,
        y: float,
        parent: ET.Element | None = None,
        *,
        class_: str = "",
        colour: str = INK,
        hollow: bool = False,
        radius: float = 5.0,
    ) -> ET.Element:
        """One of SHAPES around x, y; `hollow` leaves its middle open."""
        how = f"{class_} {'hollow' if hollow else 'solid'}".strip()
        data = shape_path(shape, x, y, radius)
        return self.path(data, parent, class_=how, colour=colour, fill=PAPER if hollow else colour, width=1.8)

    def hit(self, x: float, y: float, width: float, height: float, parent: ET.Element) -> ET.Element:
        """An invisible area that makes a thin mark easy to hit: at least 24 pixels high where rows allow it."""
        element = _child(parent, "rect", "hit")
        _set(element, x=x, y=y, width=width, height=height)
        element.set("fill", "transparent")
        return element


def key_picture(drawing: Drawing, height: float = 16) -> Markup:
    """The picture as text for a legend: what it means stands beside it, so that nothing of it is read out."""
    for element in (drawing.title, drawing.description):
        drawing.root.remove(element)
    del drawing.root.attrib["role"]
    drawing.root.set("aria-hidden", "true")
    drawing.size(height)
    return drawing.text()


def shape_path(shape: str, x: float, y: float, r: float) -> str:
    """The outline of one of SHAPES around x, y as path data. ValueError for another shape."""
    if shape == "circle":
        return f"M{_number(x - r)} {_number(y)} a{r} {r} 0 1 0 {2 * r} 0 a{r} {r} 0 1 0 {-2 * r} 0 Z"
    if shape == "cross":
        a, b = r * 1.1, r * 0.38
        ends: Sequence[tuple[float, float]] = (
            (-b, -a),
            (b, -a),
            (b, -b),
            (a, -b),
            (a, b),
            (b, b),
            (b, a),
            (-b, a),
            (-b, b),
            (-a, b),
            (-a, -b),
            (-b, -b),
        )
    elif shape == "star":
        ends = tuple(_polar((r * 1.35, r * 0.6)[i % 2], -90 + 36 * i) for i in range(10))
    else:
        corners = {
            "square": (4, 45, 1.25),
            "diamond": (4, 0, 1.35),
            "triangle": (3, -90, 1.35),
            "triangle-down": (3, 90, 1.35),
            "hexagon": (6, 0, 1.2),
        }
        if shape not in corners:
            raise ValueError(f"no shape {shape!r}; there are: {', '.join(SHAPES)}")
        count, turn, scale = corners[shape]
        ends = tuple(_polar(r * scale, turn + 360 / count * i) for i in range(count))
    return "M" + " L".join(f"{_number(x + dx)} {_number(y + dy)}" for dx, dy in ends) + " Z"


def text_width(text: str, size: float = SIZE) -> float:
    """About how many pixels the text is wide. Wide letters of East Asia count double, marks that combine nothing."""
    ems = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        ems += 1.0 if unicodedata.east_asian_width(letter) in "WF" else _LETTER
    return ems * size


def shortened(text: str, width: float, size: float = SIZE) -> str:
    """The text cut to fit into so many pixels, with an ellipsis where something was cut off."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1].rstrip()
    return text + "…"


def wrapped(text: str, width: float, size: float = SIZE, lines: int = 2) -> list[str]:
    """The text in at most so many lines of at most so many pixels; the last is shortened where it must be."""
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < lines:
        if len(found) == lines - 1:
            found.append(shortened(" ".join(rest), width, size))
            break
        line = [rest.pop(0)]
        while rest and text_width(" ".join([*line, rest[0]]), size) <= width:
            line.append(rest.pop(0))
        found.append(shortened(" ".join(line), width, size))
    return found


def _polar(r: float, degrees: float) -> tuple[float, float]:
    return r * math.cos(math.radians(degrees)), r * math.sin(math.radians(degrees))


def _child(parent: ET.Element, tag: str, class_: str) -> ET.Element:
    return ET.SubElement(parent, tag, {"class": class_} if class_ else {})


def _set(element: ET.Element, **numbers: float) -> None:
    for name, value in numbers.items():
        element.set(name, _number(value))


def _number(value: float) -> str:
    """At most one digit behind the point: a tenth of a pixel is nothing, and the same picture is the same text."""
    return (
        f"{value:.1f}".removesuffix(".0").replace("-0", "0", 1)
        if abs(value) < 0.05
        else f"{value:.1f}".removesuffix(".0")
    )
