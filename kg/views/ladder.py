"""Where the figures come from: the outlets, those they quote, and the origins on whose word it all rests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from math import sqrt

from markupsafe import Markup

from kg.names import fold
from kg.results import Result
from kg.terms import IRI
from kg.views.asking import Asked
from kg.views.figure import NARROW, OTHER, WIDE, Figure, Key, Row, numbers, pick, symbol
from kg.views.layout import Box as Place
from kg.views.layout import Link, lay_out
from kg.views.record import Record, Report
from kg.views.stated import counted
from kg.views.svg import INK, MUTED, PAPER, SMALL, Drawing, key_picture, shortened, wrapped
from kg.views.ways import Box, Line, Ways, choke_points, documents_of, find_ways

_MOST_WAYS = 2  # most ways to one origin on narrow paper, beside a line for all others

_CIRCLE = "#d9363e"  # stands out on light and on dark paper alike
_COLUMNS = ((0.0, 196.0), (290.0, 124.0), (506.0, 194.0))  # left edge and width of each part
_HEADS = ("Published by", "Quoted on the way", "On whose word")
_TITLE = "Where the figures come from"


def ladder(record: Record, points: Result | None, claims: Collection[IRI] | None = None) -> Figure:
    """Who published, whom they quote, and on whose word it rests: of the figures, or of the `claims` given.

    `points` is the answer of single-points-of-failure about the event, None where relations are not worked out.
    """
    drawn = claims if claims is not None else {claim.iri for claim in record.quantities()}
    reports = tuple(report for report in record.reports if report.claim in drawn)
    chokes = dict(choke_points(points))
    built = find_ways(record, reports, chokes)
    description = (
        "Read from the outlet to the origin on whose word it rests. The wider a line, the more documents "
        "came that way. Outlets with the very same ways share a box."
    )
    if not reports:
        description = "Nobody in the material gives a figure for this event."
    title = _TITLE if claims is None else "Where this comes from"
    asked = [*record.asked.values()]
    if points is not None:
        asked.append(Asked("single-points-of-failure", (("event", record.event.n3),), points.query))
    return Figure(
        kind="ladder",
        title=title,
        description=description,
        wide=_wide(built, title, description),
        narrow=_narrow(built, title, description),
        legend=tuple(_legend(built)),
        columns=("Document", "Outlet", "Through", "Origin", "Claim", "Stance", "Published", "As of"),
        rows=tuple(_rows(record, reports)),
        asked=tuple(asked),
        notes=tuple(_notes(record, built, chokes, told=points is not None)),
    )


def _thick(documents: int) -> float:
    return min(11.0, 0.4 + 1.1 * sqrt(documents))


def _says(box: Box) -> str:
    part = ("published in", "quoted on the way in", "the origin in")[box.tier]
    more = [", says so itself without a source" if box.itself else "", f". {box.choke}" if box.choke else ""]
    names = ", ".join(voice.label for voice in box.sources)
    return (
        f"{box.words if names in box.words else f'{box.words}: {names}'}: {part} {counted(box.documents, 'document')}"
        + "".join(more)
    )


def _height(box: Box, width: float) -> float:
    return (
        8
        + 15 * len(wrapped(box.words, width - (52 if box.tier == 2 else 30), SMALL + 0.5, 2))
        + (14 if box.choke else 0)
    )


def _wide(built: Ways, title: str, description: str) -> Markup:
    drawing = Drawing(WIDE, "ladder-wide")
    if not built.boxes:
        drawing.words(0, 20, description, class_="muted", colour=MUTED)
        return drawing.finish(32, title, description)
    places = [
        Place(box.id, box.tier, _COLUMNS[box.tier][1], _height(box, _COLUMNS[box.tier][1]))
        for box in built.boxes.values()
    ]
    links = [
        Link(f"{n}", line.source, line.target, float(documents_of(line.reports))) for n, line in enumerate(built.lines)
    ]
    plan = lay_out(places, links)
    for (x, _), head, tier in zip(_COLUMNS, _HEADS, (0, 1, 2), strict=True):
        if any(box.tier == tier for box in built.boxes.values()):
            drawing.words(x, 14, head, weight="600", size=SMALL + 0.5, class_="muted", colour=MUTED)
    tall = {place.id: place.height for place in places}
    for n, line in sorted(enumerate(built.lines), key=lambda item: -documents_of(item[1].reports)):
        source, target = built.boxes[line.source], built.boxes[line.target]
        (left, room), start, end = _COLUMNS[source.tier], plan.positions[source.id][1], plan.positions[target.id][1]
        stops = [(left + room, start)]
        if source.tier == target.tier:
            bulge = left + room + 16 + abs(end - start) / 8
            right = left + room
            path = f"M{right:.1f} {start:.1f} C{bulge:.1f} {start:.1f} {bulge:.1f} {end:.1f} {right:.1f} {end:.1f}"
        else:
            for _, lane in plan.routes.get(str(n), ())[:1]:
                stops += [(_COLUMNS[1][0], lane), (sum(_COLUMNS[1]), lane)]
            stops.append((_COLUMNS[target.tier][0], end))
            path = f"M{stops[0][0]:.1f} {stops[0][1]:.1f}" + "".join(
                f" C{(x + u) / 2:.1f} {y:.1f} {(x + u) / 2:.1f} {v:.1f} {u:.1f} {v:.1f}"
                for (x, y), (u, v) in pairwise(stops)
            )
        _stroke(drawing, line, path, f"{source.words} → {target.words}", target)
    for box in built.boxes.values():
        _box(drawing, box, _COLUMNS[box.tier][0], plan.positions[box.id][1] - tall[box.id] / 2, tall[box.id])
    return drawing.finish(plan.height, title, description)


def _stroke(drawing: Drawing, line: Line, path: str, words: str, target: Box) -> None:
    documents = documents_of(line.reports)
    says = f"{words}: {counted(documents, 'document')}" + (", in a circle" if line.circular else "")
    mark = drawing.mark(
        numbers(line.reports), pick("source", target.sources[0].iri), says, class_=f"{line.look.name} way"
    )
    del mark.attrib["tabindex"]  # the boxes are stops already
    colour = _CIRCLE if line.circular else line.look.colour
    class_ = "circular" if line.circular else "stroke"
    drawn = drawing.path(
        path, mark, class_=class_, colour=colour, width=_thick(documents), dashes="6 3" if line.circular else ""
    )
    drawn.set("stroke-opacity", "1" if line.circular else "0.5")


def _box(drawing: Drawing, box: Box, x: float, y: float, height: float) -> None:
    width = _COLUMNS[box.tier][1]
    mark = drawing.mark(numbers(box.reports), pick("source", box.sources[0].iri), _says(box), class_=box.look.name)
    strong = bool(box.choke)
    drawing.box(
        x, y, width, height, mark, class_="paper " + ("circular" if box.circular else "stroke"), fill=PAPER,
        colour=_CIRCLE if box.circular else box.look.colour, stroke=2.4 if strong else 1.2,
        dashes="4 3" if box.unnamed else "",
    )  # fmt: skip
    at = x + 7
    if box.tier == 2 and len(box.sources) == 1:
        drawing.shape(
            box.look.shape, x + 12, y + 11.5, mark, colour=box.look.colour, hollow=not box.collected, radius=4.5
        )
        at = x + 22
    if box.itself:
        drawing.shape("circle", x + width, y + height / 2, mark, colour=box.look.colour, radius=4.2)
    size = SMALL + 0.5
    lines = wrapped(box.words, width - (52 if box.tier == 2 else 30), size, 2)
    for n, words in enumerate(lines):
        drawing.words(at, y + 15.5 + 15 * n, words, mark, size=size, weight="600" if box.tier == 2 else "normal")
    drawing.words(
        x + width - 7, y + 15.5, f"{box.documents}", mark, size=SMALL, anchor="end", class_="muted", colour=MUTED
    )
    if box.choke:
        drawing.words(x + 7, y + 14.5 + 15 * len(lines), box.choke, mark, size=SMALL, weight="700")


def _narrow(built: Ways, title: str, description: str) -> Markup:
    """The origins one below another, and below each the ways that lead to it."""
    drawing = Drawing(NARROW, "ladder-narrow")
    y = 4.0
    if not built.boxes:
        for words in wrapped(description, NARROW, lines=3):
            y += 18
            drawing.words(0, y, words, class_="muted", colour=MUTED)
        return drawing.finish(y + 10, title, description)
    ways: dict[str, dict[tuple[str, ...], list[Report]]] = defaultdict(lambda: defaultdict(list))
    for report in built.reports:
        route = built.routes[report.number]
        end = route[-1] if len(route) > 1 else "itself"
        ways[end]["itself" if report.own_voice else "", *route[1:-1]].append(report)
    order = sorted(
        ways,
        key=lambda end: (end == "itself", "~" in end, -documents_of(r for w in ways[end].values() for r in w), end),
    )
    for end in order:
        found = sorted(ways[end].items(), key=lambda item: (-documents_of(item[1]), item[0]))
        box = built.boxes.get(end)
        every = [report for _, reports in found for report in reports]
        y = _origin(drawing, box, every, y)
        foot = y
        if len(found) > _MOST_WAYS + 1:
            left = [report for _, reports in found[_MOST_WAYS:] for report in reports]
            found = [*found[:_MOST_WAYS], (("other", f"{len(found) - _MOST_WAYS} other ways"), left)]
        for way, reports in found:
            if box is not None:
                foot = y + 10
                y = _way(drawing, built, box, way, reports, y)
        if box is not None:
            drawing.line([(8, y - (y - foot) - 10), (8, foot)], class_="rule")
        y += 7
    return drawing.finish(y, title, description)


def _origin(drawing: Drawing, box: Box | None, reports: Sequence[Report], y: float) -> float:
    outlets = sorted({report.outlet.label for report in reports}, key=fold)
    if box is None:
        says = f"{counted(len(outlets), 'outlet')} say so themselves, no source given"
        mark = drawing.mark(
            numbers(reports), pick("source", reports[0].outlet.iri), f"{says}: {', '.join(outlets)}", class_="others"
        )
        drawing.shape("circle", 8, y + 11, mark, colour=OTHER.colour, radius=4.5)
        drawing.words(20, y + 15.5, shortened(says, NARROW - 24, SMALL + 0.5), mark, weight="600", size=SMALL + 0.5)
        lines = wrapped(", ".join(outlets), NARROW - 24, SMALL, 3)
        for n, words in enumerate(lines):
            drawing.words(20, y + 31 + 15 * n, words, mark, size=SMALL, class_="muted", colour=MUTED)
        return y + 22 + 15 * len(lines)
    mark = drawing.mark(numbers(reports), pick("source", box.sources[0].iri), _says(box), class_=box.look.name)
    height = 24 + (15 if box.choke else 0)
    drawing.box(
        0.8, y, NARROW - 1.6, height, mark, class_="paper " + ("circular" if box.circular else "stroke"), fill=PAPER,
        colour=_CIRCLE if box.circular else box.look.colour, stroke=2.4 if box.choke else 1.2,
        dashes="4 3" if box.unnamed else "",
    )  # fmt: skip
    if len(box.sources) == 1:
        drawing.shape(box.look.shape, 12, y + 12, mark, colour=box.look.colour, hollow=not box.collected, radius=4.5)
    told = counted(box.documents, "document")
    drawing.words(24, y + 16.5, shortened(box.words, NARROW - 120, SMALL + 1), mark, weight="600", size=SMALL + 1)
    drawing.words(NARROW - 8, y + 16.5, told, mark, anchor="end", size=SMALL, class_="muted", colour=MUTED)
    if box.choke:
        drawing.words(24, y + 32, box.choke, mark, weight="700", size=SMALL)
    return y + height


def _way(drawing: Drawing, built: Ways, end: Box, way: tuple[str, ...], reports: Sequence[Report], y: float) -> float:
    outlets = sorted({report.outlet.label for report in reports}, key=fold)
    through = " and ".join(built.boxes[box].words for box in way[1:] if box in built.boxes)
    how = (
        way[1]
        if way[0] == "other"
        else "in its own documents"
        if way[0]
        else f"through {through}"
        if through
        else "directly"
    )
    words = (
        f"{how}: {', '.join(outlets)}" if len(outlets) == 1 else f"{how}, {len(outlets)} outlets: {', '.join(outlets)}"
    )
    documents = documents_of(reports)
    circular = any(
        line.circular and set(line.reports) & set(reports) and line.target in (end.id, *way) for line in built.lines
    )
    mark = drawing.mark(
        numbers(reports),
        pick("source", end.sources[0].iri),
        f"{words}: {counted(documents, 'document')}",
        class_=end.look.name,
    )
    del mark.attrib["tabindex"]  # its origin is a stop already, and the table has each way
    lines = wrapped(words, NARROW - 62, SMALL, 2)
    drawing.line(
        [(8, y + 11), (24, y + 11)], mark, class_="circular" if circular else "stroke",
        colour=_CIRCLE if circular else end.look.colour, width=_thick(documents), dashes="6 3" if circular else "",
    )  # fmt: skip
    for n, line in enumerate(lines):
        drawing.words(30, y + 15.5 + 14.5 * n, line, mark, size=SMALL)
    drawing.words(NARROW - 8, y + 15.5, f"{documents}", mark, size=SMALL, anchor="end", class_="muted", colour=MUTED)
    return y + 5 + 14.5 * len(lines)


def _legend(built: Ways) -> Iterator[Key]:
    boxes = built.boxes.values()
    for box in sorted(boxes, key=lambda box: (box.look.name, box.id)):
        if box.tier == 2 and len(box.sources) == 1 and box.look.name != "others":
            yield Key(symbol(box.look, hollow=not box.collected), box.words)
    if any(box.tier == 2 and box.collected for box in boxes):
        yield Key(symbol(OTHER), "filled: documents of the origin itself are in the material")
    if any(box.tier == 2 and not box.collected for box in boxes):
        yield Key(symbol(OTHER, hollow=True), "hollow: it is known only from those who quote it")
    if any(box.itself for box in boxes):
        yield Key(_key(shape=True), "says so itself, no source given")
    if built.lines:
        for documents in sorted({1, max(documents_of(line.reports) for line in built.lines)}):
            yield Key(_key(_thick(documents)), f"{counted(documents, 'document')} came this way")
    if any(line.look.name == "others" for line in built.lines):
        yield Key(_key(_thick(2)), "grey: several origins, or one of the less quoted")
    if any(box.unnamed for box in boxes):
        yield Key(_key(1.2, dashes="4 3"), "dashed outline: unnamed")
    if any(box.choke for box in boxes):
        yield Key(
            _key(text="▲"),
            "claims of several documents, all of whose ways lead through this source",
        )
    if built.circles:
        yield Key(_key(2, dashes="6 3", colour=_CIRCLE), "sources that cite one another in a circle")
    if boxes:
        yield Key(_key(text="12"), "a number at the end: documents, as counted in the material")


def _key(width: float = 0.0, *, dashes: str = "", colour: str = "", text: str = "", shape: bool = False) -> Markup:
    drawing = Drawing(28, "key")
    group = drawing.group(class_=OTHER.name)
    if text:
        drawing.words(14, 12.5, text, group, anchor="middle", size=SMALL, weight="700", colour=INK)
    elif shape:
        drawing.line([(2, 3), (20, 3), (20, 13), (2, 13)], group, class_="stroke", colour=MUTED)
        drawing.shape("circle", 20, 8, group, colour=MUTED, radius=4.2)
    else:
        drawn = drawing.line(
            [(2, 8), (26, 8)],
            group,
            class_="circular" if colour else "stroke",
            colour=colour or MUTED,
            width=width,
            dashes=dashes,
        )
        drawn.set("stroke-opacity", "1" if dashes else "0.6")
    return key_picture(drawing)


def _rows(record: Record, reports: Sequence[Report]) -> Iterator[Row]:
    for report in reports:
        claim = record.claims[report.claim].label if report.claim in record.claims else report.claim.value
        chain = report.voices
        persons = [f"{voice.person} for {voice.label}" if voice.person else voice.label for voice in chain]
        through = ", ".join(persons[1:-1])
        origin = "itself, no source given" if report.own_voice else persons[-1]
        days = [day.isoformat() if day else "" for day in (report.published, report.as_of)]
        yield Row(
            (report.document_label, report.outlet.label, through, origin, claim, report.stance, *days), (report.number,)
        )


def _notes(record: Record, built: Ways, chokes: Mapping[IRI, tuple[str, int]], *, told: bool) -> Iterator[str]:
    if not built.reports:
        return
    every = {report.outlet.iri for report in built.reports}
    folded = sum(len(box.sources) for box in built.boxes.values() if box.id.startswith("0~"))
    origins = [box for box in built.boxes.values() if box.tier == 2 and "~" in box.id]
    if folded:
        outlets = counted(len(every), "outlet")
        yield f"{folded} of {outlets} stand together with ways of their own; all are in the table."
    for box in origins:
        yield f"{box.words} with few documents stand together; each is in the table."
    for claim, voices in built.circles:
        label = record.claims[claim].label if claim in record.claims else claim.value
        yield f"{' and '.join(voice.label for voice in voices)} cite one another in a circle for: {label}"
    if not told:
        yield "On whom claims rest entirely is not worked out: kg relate."
    shown = {box.sources[0].iri for box in built.boxes.values() if box.choke}
    if missing := [
        f"{label} ({counted(claims, 'claim')})" for iri, (label, claims) in chokes.items() if iri not in shown
    ]:
        yield f"Claims rest entirely also on: {', '.join(missing)}."
    if chokes:
        yield "The numbers of claims that rest on one source count claims of every kind, not figures alone."
