"""Where: the places of an event with the figures claimed for them, on a plain map; a list has what is not on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.labels import claim_label, days
from kg.results import Result
from kg.views.asking import Asked
from kg.views.figure import NARROW, WIDE, Figure, Key, Row, numbers, pick
from kg.views.places import PANEL, TWO, UNREADABLE, Place, Plan, documents, free_spots, plan_map, read_places, stacked
from kg.views.projection import Projection, latitude_words, longitude_words
from kg.views.record import Backing, Counted, Record
from kg.views.svg import INK, MUTED, SMALL, Drawing, key_picture, shortened, text_width, wrapped

TITLE = "Where it happened, according to the figures"
READ = (
    "Each symbol is a place for which something is claimed, at the position that was entered for it. Beside it stands,"
    " as stated, the figure in most documents, among equals the latest. Symbols are all of one size: nothing is added"
    " up or spread over an area."
)
COLUMNS = (
    "Place",
    "Kind",
    "Within",
    "Latitude",
    "Longitude",
    "Figure",
    "Documents that say so",
    "Documents behind it",
    "Independent origins behind it",
)
UNRELATED = "not worked out: kg relate"

_LABELLED = 24  # places with words on the map
_LISTED = 32  # places in the lists below it
_BOX = 176.0  # width of the words on either side of the map, in pixels
_LINE = 14.5


def event_map(record: Record, places: Result) -> Figure:
    """The places of the event. `places` is the answer of event-places.

    A symbol stands only at a position that was entered; what has none, or lies elsewhere, is listed below the map.
    """
    found = read_places(record, places)
    plan = plan_map(found)
    asked = Asked("event-places", (("event", record.event.n3),), places.query)
    return Figure(
        kind="map",
        title=TITLE,
        description=READ,
        wide=_wide(record, plan),
        narrow=_narrow(record, plan),
        legend=tuple(_legend(plan)),
        columns=COLUMNS,
        rows=tuple(row for place in found for row in _rows(record, place)),
        asked=(*record.asked.values(), asked),
        notes=tuple(_notes(record, plan, found)),
    )


# Words


def _figure(claim: Counted) -> str:
    return claim_label(
        figure=claim.figure,
        population=claim.population_label,
        measure=claim.measure_label,
        place=None,
        window=None,
        party=" and ".join(claim.parties) or None,
    )


def _backing(record: Record, claim: Counted) -> Backing | None:
    return record.backing.get(claim.iri) if record.backing is not None else None


def _count(number: int, words: str) -> str:
    return f"{number} {words}{'' if number == 1 else 's'}"


def _stands(record: Record, claim: Counted) -> tuple[str, str]:
    """What stands behind a figure: "3 documents", "1–2 independent"; the second is empty where it is not known."""
    number = documents(record, claim)
    backing = _backing(record, claim)
    words = _count(number, "document") if number else "no document says so"
    return words, f"{backing.independent} independent" if backing else ""


def _rest(place: Place) -> str:
    """What else is claimed for a place: "and 4 more figures", "and 5 more claims", "no figure, 2 claims"."""
    if place.best is None:
        return f"no figure, {_count(len(place.claims), 'claim')}"
    more = len(place.claims) - 1
    only = more == place.figures - 1
    return f"and {_count(more, 'more figure' if only else 'more claim')}" if more else ""


def _says(record: Record, place: Place) -> str:
    words = [place.label, f"{place.kind}, area, drawn at one point" if place.area and place.position else place.kind]
    if place.best:
        words += [_figure(place.best), *_stands(record, place.best)]
    return ". ".join(word for word in (*words, _rest(place)) if word) + "."


def _rows(record: Record, place: Place) -> Iterable[Row]:
    """A row for each figure of a place; a place without figures has one that says so."""
    lat, lon = (f"{place.position.lat:g}", f"{place.position.lon:g}") if place.position else ("", "")
    head = (place.label, place.kind, place.within_label, lat, lon)
    for claim in place.claims[: place.figures]:
        told = f"{_figure(claim)}, {days(claim.start, claim.end) or 'days not stated'}"
        reports = numbers(record.reports_of[claim.iri])
        backing = _backing(record, claim)
        behind = (str(backing.documents), backing.independent) if backing else (UNRELATED, UNRELATED)
        yield Row((*head, told, str(documents(record, claim)), *behind), reports)
    if not place.figures:
        yield Row((*head, _rest(place), "", "", ""), place.reports)


# Drawing


def _wide(record: Record, plan: Plan) -> Markup:
    """The map in the middle, words in a column on each side, and lines between the words and their symbols."""
    drawing = Drawing(WIDE, "map-wide")
    y = 8.0
    if plan.projection is not None:
        panel = replace(plan.projection, x=(WIDE - PANEL) / 2, y=y)
        columns = _columns(record, plan.drawn[:_LABELLED], panel)
        needed = max(sum(height for _, height in column) for column in columns)
        panel = replace(panel, y=y + max(0.0, (needed - panel.height) / 2))
        _ground(drawing, panel)
        for column, x in zip(columns, (0.0, WIDE - _BOX), strict=True):
            tops = stacked([(_at(panel, place)[1], height) for place, height in column], y)
            for (place, _), top in zip(column, tops, strict=True):
                _beside(drawing, record, panel, place, x, top)
        _unlabelled(drawing, record, panel, plan)
        y = max(y + needed, panel.y + panel.height + 40) + 8
    return drawing.finish(_lists(drawing, record, plan, y, narrow=False) + 8, TITLE, READ)


def _narrow(record: Record, plan: Plan) -> Markup:
    """The map with numbers beside its symbols, and the words below, by number."""
    drawing = Drawing(NARROW, "map-narrow")
    y = 8.0
    if plan.projection is not None:
        panel = replace(plan.projection, x=(NARROW - PANEL) / 2, y=y)
        _ground(drawing, panel)
        y = panel.y + panel.height + 54
        places = plan.drawn[:_LABELLED]
        spots = free_spots([_at(panel, place) for place in places], panel)
        for number, (place, spot) in enumerate(zip(places, spots, strict=True), start=1):
            mark = _mark(drawing, record, place)
            at = _at(panel, place)
            if abs(spot[0] - at[0]) + abs(spot[1] - at[1]) > 22:
                drawing.line([at, spot], mark, class_="stroke", colour=INK, width=0.8)
            _symbol(drawing, place, *at, mark)
            drawing.box(spot[0] - 9, spot[1] - 8, 18, 16, mark, class_="paper stroke", colour=INK, stroke=0.8, round_=8)
            drawing.words(spot[0], spot[1] + 4, str(number), mark, size=SMALL, anchor="middle")
            lines = _lines(record, place, NARROW - 40, short=True)
            drawing.hit(4, y - 13, NARROW - 8, _LINE * len(lines) + 4, mark)
            drawing.words(26, y, str(number), mark, size=SMALL, anchor="end")
            _write(drawing, lines, 34, y, mark)
            y += _LINE * len(lines) + 6
        _unlabelled(drawing, record, panel, plan)
    return drawing.finish(_lists(drawing, record, plan, y, narrow=True) + 8, TITLE, READ)


def _at(panel: Projection, place: Place) -> tuple[float, float]:
    assert place.position is not None  # only such places are planned onto the map
    return panel.at(place.position)


def _mark(drawing: Drawing, record: Record, place: Place) -> ET.Element:
    return drawing.mark(place.reports, pick("claim", place.claims[0].iri), _says(record, place), class_="place")


def _symbol(drawing: Drawing, place: Place, x: float, y: float, parent: ET.Element) -> None:
    if place.area:
        drawing.shape("square", x, y, parent, hollow=True, radius=5.5).set("stroke-dasharray", "3 2")
    else:
        drawing.shape("circle", x, y, parent, radius=4.5)


def _unlabelled(drawing: Drawing, record: Record, panel: Projection, plan: Plan) -> None:
    for place in plan.drawn[_LABELLED:]:
        mark = _mark(drawing, record, place)
        _symbol(drawing, place, *_at(panel, place), mark)
        del mark.attrib["tabindex"]


def _ground(drawing: Drawing, panel: Projection) -> None:
    """The graticule with its degrees, which way is north, and how long a kilometre is."""
    right, bottom = panel.x + panel.width, panel.y + panel.height
    drawing.box(panel.x, panel.y, panel.width, panel.height, class_="rule paper", round_=0)
    last = -1e9
    for lon, x in panel.meridians():
        drawing.line([(x, panel.y), (x, bottom)], class_="rule")
        words = longitude_words(lon)
        half = text_width(words, SMALL) / 2
        if x - half > max(last + 6, panel.x - 14) and x + half < right + 14:
            drawing.words(x, bottom + 14, words, class_="muted", size=SMALL, colour=MUTED, anchor="middle")
            last = x + half
    for lat, y in panel.parallels():
        drawing.line([(panel.x, y), (right, y)], class_="rule")
        if panel.y + 16 < y < bottom - 2:
            words = latitude_words(lat)
            drawing.words(panel.x + 4, y - 3, words, class_="muted", size=SMALL, colour=MUTED)
    km, length = panel.scale_bar(panel.width / 3)
    x, y = panel.x + 2, bottom + 28
    drawing.line([(x, y - 4), (x, y), (x + length, y), (x + length, y - 4)], class_="strong", colour=INK, width=1.4)
    drawing.words(x + length + 8, y + 2, f"{km:,.12g} km", size=SMALL)
    drawing.words(right - 2, y + 2, "north is up", class_="muted", size=SMALL, colour=MUTED, anchor="end")


def _lines(record: Record, place: Place, width: float, *, short: bool = False) -> list[tuple[str, bool, bool]]:
    """The words beside a symbol as lines: text, whether it is bold, whether it is muted."""
    kind = f" · {place.kind}" if place.kind and short else ""
    lines = [(shortened(place.label + kind, width, 12), True, False)]
    rest = _rest(place)
    if place.best:
        lines += [(line, False, False) for line in wrapped(_figure(place.best), width, 12)]
        below = [words for words in (*_stands(record, place.best), rest) if words]
        below = wrapped(" · ".join(below), width, SMALL) if short else below
    else:
        below = [rest]
    return lines + [(shortened(words, width, SMALL), False, True) for words in below]


def _write(drawing: Drawing, lines: Sequence[tuple[str, bool, bool]], x: float, y: float, parent: ET.Element) -> None:
    for number, (line, bold, muted) in enumerate(lines):
        drawing.words(
            x,
            y + _LINE * number,
            line,
            parent,
            class_="muted" if muted else "",
            size=SMALL if muted else 12,
            colour=MUTED if muted else INK,
            weight="bold" if bold else "normal",
        )


def _columns(record: Record, places: Sequence[Place], panel: Projection) -> list[list[tuple[Place, float]]]:
    """The western half of the places and the eastern half, each from north to south, with the height of their words."""
    ranked = sorted(places, key=lambda place: (_at(panel, place), place.iri.value))
    half = (len(ranked) + 1) // 2
    return [
        [
            (place, _LINE * len(_lines(record, place, _BOX - 12)) + 9)
            for place in sorted(side, key=lambda place: (_at(panel, place)[1], place.iri.value))
        ]
        for side in (ranked[:half], ranked[half:])
    ]


def _beside(drawing: Drawing, record: Record, panel: Projection, place: Place, x: float, top: float) -> None:
    """The words of a place in a column, its symbol, and the line between them."""
    lines = _lines(record, place, _BOX - 12)
    mark = _mark(drawing, record, place)
    at = _at(panel, place)
    west = x < panel.x
    edge, y = (_BOX - 4 if west else x + 4), top + 9
    bend = panel.x + (-2 if west else panel.width + 2)
    drawing.line([(edge, y), (bend, y), at], mark, class_="stroke", colour=INK, width=0.8)
    _symbol(drawing, place, *at, mark)
    drawing.hit(x, top - 2, _BOX, _LINE * len(lines) + 5, mark)
    _write(drawing, lines, x + 2 if west else x + 10, top + 13, mark)


def _lists(drawing: Drawing, record: Record, plan: Plan, y: float, *, narrow: bool) -> float:
    """The places without a symbol, from y down; where the lists end."""
    room = _LISTED
    for heading, places in plan.listed:
        if room <= 0:
            break
        shown = places[:room]
        room -= len(shown)
        count = (
            f"{len(places)}" if len(shown) == len(places) else f"{len(shown)} of {len(places)}, the rest in the table"
        )
        y += 22
        drawing.words(8, y, f"{heading} ({count})", weight="bold", size=12)
        y += 5
        drawing.line([(8, y), (drawing.width - 8, y)], class_="rule")
        for place in shown:
            y = _entry(drawing, record, place, y, narrow=narrow)
    if not plan.listed and not plan.drawn:
        y += 20
        drawing.words(8, y, "No place is named by a claim about this event.", class_="muted", colour=MUTED)
    return y


def _entry(drawing: Drawing, record: Record, place: Place, y: float, *, narrow: bool) -> float:
    """One place of a list."""
    mark = _mark(drawing, record, place)
    figure = _figure(place.best) if place.best else _rest(place)
    if narrow:
        drawing.hit(4, y, NARROW - 8, 24, mark)
        told = shortened(f"{place.label} · {figure}", NARROW - 16, SMALL)
        drawing.words(8, y + 16, told, mark, size=SMALL)
        return y + 24
    stands = " · ".join(words for words in _stands(record, place.best) if words) if place.best else ""
    drawing.hit(4, y, WIDE - 8, 17, mark)
    drawing.words(8, y + 13, shortened(place.label, 174, 12), mark, size=12)
    drawing.words(188, y + 13, shortened(place.kind, 84, SMALL), mark, class_="muted", size=SMALL, colour=MUTED)
    drawing.words(278, y + 13, shortened(figure, 222, 12), mark, size=12)
    drawing.words(506, y + 13, shortened(stands, WIDE - 510, SMALL), mark, class_="muted", size=SMALL, colour=MUTED)
    return y + 17


# Legend and notes


def _legend(plan: Plan) -> Iterable[Key]:
    for area, words in ((False, "place, at the position entered"), (True, "area, drawn at one point")):
        place = next((place for place in plan.drawn if place.area is area), None)
        if place is not None:
            drawing = Drawing(28, "key")
            _symbol(drawing, place, 14, 8, drawing.group(class_="place"))
            yield Key(key_picture(drawing), words)


def _notes(record: Record, plan: Plan, found: Sequence[Place]) -> Iterable[str]:
    if plan.fitted_to:
        yield f"The map is fitted to the places within {plan.fitted_to}; those further away are listed below it."
    if len(plan.drawn) > _LABELLED:
        yield f"{_LABELLED} of {len(plan.drawn)} symbols have words beside them, the rest in the table."
    listed = sum(len(places) for _, places in plan.listed)
    if listed > _LISTED:
        yield f"{_LISTED} of {listed} places without a symbol are listed, the rest in the table."
    for heading, places in plan.listed:
        if heading in (UNREADABLE, TWO):
            told = "; ".join(f"{place.label}: {', '.join(place.positions)}" for place in places)
            yield f"{heading}: {told}. A position is written POINT(longitude latitude), in degrees."
    if record.backing is not None:
        yield "Documents are those that say the figure itself; independent origins count what implies it as well."
    else:
        yield "Independent origins are not worked out, or out of date: kg relate works them out."
    if silent := [place.label for place in found if not place.reports]:
        yield f"No report of this record names: {', '.join(silent)}."
