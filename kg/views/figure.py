"""What every figure of an event is: pictures for wide and narrow paper, a legend, the same values as a table, and the
questions that it was drawn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from kg.terms import IRI
from kg.views.asking import Asked
from kg.views.record import Record, Report
from kg.views.svg import Drawing, key_picture

#: Widths for which a figure is drawn, in pixels: a page of a desk, and a telephone.
WIDE, NARROW = 700, 350

#: How the origins with most reports look: a shape, and a colour of Okabe and Ito for light and for dark paper.
_LOOKS = (
    ("circle", "#0072b2", "#56b4e9"),
    ("square", "#007a5a", "#2fbf93"),
    ("diamond", "#b34700", "#f08a4b"),
    ("triangle", "#8e4585", "#d79bcf"),
    ("triangle-down", "#8a6d00", "#e0c04a"),
    ("hexagon", "#3b5b92", "#8fb3ef"),
    ("star", "#a3123a", "#ff8fa8"),
)
_OTHERS = ("cross", "#5a6066", "#a9b0b6")


@dataclass(frozen=True, slots=True)
class Look:
    """How an origin is drawn everywhere. `name` is a class of the stylesheet ("o0", "o1", … or "others")."""

    name: str
    shape: str
    colour: str
    on_dark: str


#: The look that all origins share which have none of their own, and of several origins at once.
OTHER = Look("others", *_OTHERS)


@dataclass(frozen=True, slots=True)
class Key:
    """One line of a legend: a small picture, and what it means."""

    symbol: Markup
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a figure's table: its cells as text, and the reports that it stands for."""

    cells: tuple[str, ...]
    reports: tuple[int, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One finished figure.

    `kind` is how it is asked for ("figures", "ladder", "matrix", "timeline", "relations", "map"). `description` says
    how it is read. `wide` and `narrow` are the same values drawn for a desk and for a telephone. `columns` and `rows`
    hold every value of the picture, those that it folds away as well. `notes` say what is folded, left out or unknown.
    """

    kind: str
    title: str
    description: str
    wide: Markup
    narrow: Markup
    legend: tuple[Key, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    asked: tuple[Asked, ...]
    notes: tuple[str, ...] = ()


def looks(record: Record) -> Mapping[IRI, Look]:
    """The look of each origin: the seven with most reports have one of their own, all others share one."""
    count = Counter(report.origin.iri for report in record.reports)
    ranked = sorted(count, key=lambda origin: (-count[origin], origin.value))
    own = {origin: Look(f"o{i}", *look) for i, (origin, look) in enumerate(zip(ranked, _LOOKS, strict=False))}
    return {origin: own.get(origin, OTHER) for origin in ranked}


def palette() -> str:
    """The stylesheet of the looks: `--kind` for each class, on light and on dark paper."""
    every = [(f"o{i}", light, dark) for i, (_, light, dark) in enumerate(_LOOKS)] + [("others", *_OTHERS[1:])]
    light = "".join(f".{name}{{--kind:{colour}}}\n" for name, colour, _ in every)
    dark = "".join(f".{name}{{--kind:{colour}}}\n" for name, _, colour in every)
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


@cache
def symbol(look: Look, *, hollow: bool = False, arrow: str = "") -> Markup:
    """A mark for a legend, 28 by 16 pixels; `arrow` is "", "up" (at least) or "down" (at most)."""
    drawing = Drawing(28, "key")
    group = drawing.group(class_=look.name)
    if arrow:
        tip = 24 if arrow == "up" else 4
        back = -4 if arrow == "up" else 4
        drawing.line([(14, 8), (tip, 8)], group, class_="stroke", colour=look.colour, width=1.8, dashes="3 2")
        drawing.line(
            [(tip + back, 5), (tip, 8), (tip + back, 11)], group, class_="stroke", colour=look.colour, width=1.8
        )
    drawing.shape(look.shape, 14, 8, group, colour=look.colour, hollow=hollow, radius=4.5)
    return key_picture(drawing)


def pick(kind: str, node: IRI) -> str:
    """What choosing a node puts into the address: `kind` is "claim", "source" or "document"."""
    return f"{kind}={node.value.rstrip('/').rpartition('/')[2]}"


def numbers(reports: Iterable[Report]) -> tuple[int, ...]:
    return tuple(sorted({report.number for report in reports}))
