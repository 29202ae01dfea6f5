"""The interval chart: how many, according to whom. A block for each scope, a row for each figure of a source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil
from xml.etree import ElementTree as ET

from kg.terms import IRI
from kg.views.axes import Numbers
from kg.views.figure import NARROW, WIDE, Figure, Key, Look, Row, numbers
from kg.views.interval_drawing import FAINT, KIND, NOTHING, Block, Line, Painter, independent
from kg.views.record import Record
from kg.views.stated import (
    Stated,
    break_sign,
    counted,
    legend_of_marks,
    question,
    small_picture,
    stated_figures,
)
from kg.views.svg import Drawing

#: How many rows are drawn of the first scope, of the second, and so on; everything else is folded into the table.
ROWS = (13, 5, 4, 3)
_COLUMNS = (
    "Who is counted",
    "Where",
    "Held responsible",
    "Source",
    "Figure",
    "As of",
    "Days counted",
    "Stance",
    "In the source's own document",
    "Documents",
    "Outlets",
    "Independent origins",
    "In the picture",
)
_DESCRIPTION = (
    "One row for each figure, under the source on whose word it rests: the latest first, earlier ones faint below it. "
    "Each heading is a different count of different people or places, with an axis of its own: never compare across."
)


def interval_chart(record: Record, measure: IRI | None = None) -> Figure:
    """The interval chart of a measure; of the one with most reports if none is given. Figures that somebody denies or
    questions, and increments, are in the table and not among the marks."""
    chosen = measure or next(iter(record.measures), None)
    every = stated_figures(record, chosen) if chosen else ()
    blocks = tuple(_blocks(every))
    drawn = {id(line.stated) for block in blocks for line in block.lines}
    title = f"{question(every)}, according to whom" if every else "How many, according to whom"
    year = max((s.last.year for s in every if s.days), key=[s.last.year for s in every].count, default=1)
    painter = Painter(record, year, title, _DESCRIPTION)
    return Figure(
        kind=KIND,
        title=title,
        description=_DESCRIPTION if blocks else NOTHING,
        wide=painter.paint(blocks, WIDE, "wide"),
        narrow=painter.paint(blocks, NARROW, "narrow"),
        legend=tuple(_legend(blocks, painter.look)),
        columns=_COLUMNS,
        rows=tuple(_row(record, stated, id(stated) in drawn) for stated in every),
        asked=tuple(record.asked.values()),
        notes=tuple(_notes(record, every, blocks, year)),
    )


def _blocks(every: Sequence[Stated]) -> Iterator[Block]:
    affirmed = [stated for stated in every if not stated.apart]
    scopes = [(scope, list(found)) for scope, found in groupby(affirmed, key=lambda stated: stated.scope)]
    for (scope, found), most in zip(scopes, ROWS, strict=False):
        groups: dict[tuple[str, IRI], list[Stated]] = defaultdict(list)
        for stated in found:
            groups[stated.held, stated.origin.iri].append(stated)
        chosen = {id(stated) for stated in _chosen(list(groups.values()), most)}
        lines = []
        for group in groups.values():  # each the latest first
            shown = [stated for stated in group if id(stated) in chosen]
            lines += [Line(s, number == 0, s.last == group[0].last) for number, s in enumerate(shown)]
        yield Block(scope, tuple(lines))


def _chosen(groups: list[list[Stated]], most: int) -> list[Stated]:
    """The rows to draw: the latest of the sources with most documents, then what most documents say, each in turn."""
    ranked = sorted(groups, key=lambda group: -len({r.document for s in group for r in s.reports}))
    latest = [group[0] for group in ranked[: ceil(most * 0.6)]]
    told = {id(stated) for stated in latest}
    rest = [(rank, place, s) for rank, group in enumerate(ranked) for place, s in enumerate(group) if id(s) not in told]
    held = len(latest)
    rest.sort(key=lambda found: (found[0] >= held, -found[2].documents, found[1], found[0]))
    return [*latest, *(stated for *_, stated in rest)][:most]


def _row(record: Record, stated: Stated, drawn: bool) -> Row:
    if stated.apart:
        where = f"no: {stated.apart}"
    elif drawn:
        where = "yes" if stated.numbers else "yes, in words"
    else:
        where = "no: folded"
    return Row(
        (
            stated.scope.who,
            stated.scope.where,
            stated.held,
            stated.origin.label,
            stated.claim.figure,
            ", ".join(day.isoformat() for day in stated.days) or "unstated",
            stated.counted_iso,
            stated.stance,
            "yes" if stated.own else "no",
            str(stated.documents),
            str(stated.outlets),
            independent(record, stated),
            where,
        ),
        numbers(stated.reports),
    )


def _legend(blocks: Sequence[Block], look: Mapping[IRI, Look]) -> Iterator[Key]:
    lines = [line for block in blocks for line in block.lines]
    shown = [line.stated for line in lines]
    if not shown:
        return
    example = look[shown[0].origin.iri]
    yield from legend_of_marks(shown, example)
    if any(not line.latest for line in lines):
        yield Key(small_picture(lambda d, g: _faint(d, g, example), example.name), "small and faint: an earlier figure")
    if any(Numbers.over(block.values, 0, 100).beyond for block in blocks):
        yield Key(
            small_picture(break_sign), "the axis breaks off: what lies beyond is not to scale, its number is written"
        )


def _faint(drawing: Drawing, group: ET.Element, look: Look) -> None:
    group.set("opacity", FAINT)
    drawing.shape(look.shape, 14, 8, group, colour=look.colour, hollow=True, radius=3.6)


def _notes(record: Record, every: Sequence[Stated], blocks: Sequence[Block], year: int) -> Iterator[str]:
    affirmed = [stated for stated in every if not stated.apart]
    drawn = {id(line.stated) for block in blocks for line in block.lines}
    folded = [stated for stated in affirmed if id(stated) not in drawn]
    if folded:
        scopes = len({stated.scope for stated in affirmed})
        yield (
            f"Drawn: {len(drawn):,} of {len(affirmed):,} figures, of {len(blocks):,} of {scopes:,} counts. "
            f"The other {len(folded):,} are in the table."
        )
        first = sorted(n for s in folded if s.scope == blocks[0].scope and not s.held for n in s.numbers)
        if first:
            yield f"Of the first, the table has {counted(len(first), 'more number')}: {first[0]:,} to {first[-1]:,}."
    if apart := [stated for stated in every if stated.apart]:
        yield (
            f"{counted(len(apart), 'figure')} not drawn among the totals, because somebody denies or questions it "
            "or it counts only what is new: the table names each."
        )
    if words := [stated for stated in affirmed if id(stated) in drawn and not stated.numbers]:
        yield f"{counted(len(words), 'figure')} in words only, such as “{words[0].short}”: no number, so no mark."
    if late := [s for s in affirmed if any(r.as_of is None and r.published for r in s.reports)]:
        yield (
            f"{counted(len(late), 'figure')} without a day of the source in some report: the day on which it was "
            "published stands for it."
        )
    if drawn:
        yield (
            f"Days are of {year} where no year is written. Outlets: all whose documents give the figure on the word of "
            "this source."
        )
    if record.backing is None:
        yield "Independent origins: not worked out. To work them out: kg relate."
    elif drawn:
        yield (
            "Independent origins are counted for the claim, in everything that says or implies it; 1–4 means at least "
            "1 and at most 4."
        )
