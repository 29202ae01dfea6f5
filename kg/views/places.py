"""The places of an event: where they lie, what is claimed for them, and which of them a map can show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.names import fold
from kg.results import Result
from kg.terms import IRI, Term
from kg.views.asking import as_iri
from kg.views.figure import numbers
from kg.views.projection import Frame, Position, Projection, read_point
from kg.views.record import Counted, Record

#: Words for kinds of places that are areas: a position of theirs is a point somewhere in their middle.
AREAS = frozenset(
    "area,composite,continent,country,county,department,district,event area,governorate,island,province,region,"
    "route,rural area,state,subdistrict,territory,villages".split(",")
)
_COMPOSITE, _EVENT_AREA = "composite", "event area"

#: Why a place has no symbol, in the order of the lists.
NOWHERE, SEVERAL, OUTSIDE = "No position entered", "Several places together, no one point", "Outside this map"
UNREADABLE, TWO = "Position not readable", "Two positions entered"
_REASONS = (NOWHERE, SEVERAL, OUTSIDE, UNREADABLE, TWO)

#: The box of every map, in pixels: its width, and the bounds of its height.
PANEL, LOWEST, HIGHEST = 332.0, 220.0, 500.0


@dataclass(frozen=True, slots=True)
class Place:
    """One place: where it is, and what is claimed for it.

    `positions` are what was entered, as text; `position` is None unless there is one, and it can be read. `claims` has
    the figures first, that in most documents before all; `figures` is how many of them are figures. `reports` are the
    numbers of all reports of these claims.
    """

    iri: IRI
    label: str
    kind: str
    within: tuple[IRI, ...]
    within_label: str
    positions: tuple[str, ...]
    position: Position | None
    claims: tuple[Counted, ...]
    figures: int
    reports: tuple[int, ...]

    @property
    def area(self) -> bool:
        return self.kind.casefold() in AREAS

    @property
    def best(self) -> Counted | None:
        """The figure in most documents; None where no figure is claimed for the place."""
        return self.claims[0] if self.figures else None


@dataclass(frozen=True, slots=True)
class Plan:
    """Which places are drawn on which projection, and which are listed beneath which heading instead.

    `fitted_to` names the area of the event where the map was fitted to what lies within it.
    """

    projection: Projection | None
    drawn: tuple[Place, ...]
    listed: tuple[tuple[str, tuple[Place, ...]], ...]
    fitted_to: str = ""


def read_places(record: Record, result: Result) -> tuple[Place, ...]:
    """Every place of the answer, those of most claims first, as the question has them."""
    rows: dict[IRI, list[dict[str, Term | None]]] = defaultdict(list)
    for row in result.rows:
        named = dict(zip(result.columns, row, strict=True))
        place = as_iri(named["place"])
        if place is not None:
            rows[place].append(named)
    claimed: dict[IRI, list[Counted]] = defaultdict(list)
    for claim in record.claims.values():
        if claim.place is not None:
            claimed[claim.place].append(claim)
    return tuple(_place(record, result, place, found, claimed[place]) for place, found in rows.items())


def _place(
    record: Record, result: Result, iri: IRI, rows: Sequence[Mapping[str, Term | None]], claims: Sequence[Counted]
) -> Place:
    within = sorted({value for row in rows if isinstance(value := row["within"], IRI)})
    positions = sorted({str(row["position"]) for row in rows if row["position"] is not None})
    ranked = sorted((c for c in claims if c.iri in record.reports_of), key=lambda claim: _rank(record, claim))
    return Place(
        iri=iri,
        label=result.shown(iri),
        kind=" / ".join(sorted({str(row["kind"]) for row in rows if row["kind"] is not None})),
        within=tuple(within),
        within_label=", ".join(sorted((result.shown(node) for node in within), key=fold)),
        positions=tuple(positions),
        position=read_point(positions[0]) if len(positions) == 1 else None,
        claims=tuple(ranked),
        figures=sum(bool(claim.figure) for claim in ranked),
        reports=numbers(report for claim in ranked for report in record.reports_of[claim.iri]),
    )


def _rank(record: Record, claim: Counted) -> tuple[bool, int, int, int, int, str, str]:
    """Figures first, those that most documents say before others. Among equals the measure of which most is said, then
    what most independent origins stand behind, then the latest: never the highest or lowest number."""
    backing = record.backing.get(claim.iri) if record.backing is not None else None
    measured = record.measures.index(claim.measure) if claim.measure in record.measures else len(record.measures)
    latest = max((report.day.toordinal() for report in record.reports_of[claim.iri] if report.day), default=0)
    lower = backing.lower if backing else 0
    said = documents(record, claim)
    return not claim.figure, -said, measured, -lower, -latest, fold(claim.label), claim.iri.value


def documents(record: Record, claim: Counted) -> int:
    """How many documents say just this, counted in the record; those that only imply it are not among them."""
    return len({report.document for report in record.reports_of.get(claim.iri, ()) if report.affirms})


def plan_map(places: Sequence[Place]) -> Plan:
    """The map is fitted to the points that lie within the area of the event, else to all points, else to areas.

    The area of the event is the one called so with most claims. Whatever else lies in its box is drawn as well.
    """
    spoken = [place for place in places if place.reports]
    placed = [place for place in spoken if place.position is not None and place.kind != _COMPOSITE]
    points = [place for place in placed if not place.area]
    home = next((place for place in places if place.kind == _EVENT_AREA and _inside(place, points, places)), None)
    fitted = _inside(home, points, places) if home else points or placed
    projection = None
    drawn: tuple[Place, ...] = ()
    if fitted:
        frame = Frame.around([place.position for place in fitted if place.position])
        projection = Projection.fitted(frame, 0, 0, PANEL, LOWEST, HIGHEST)
        drawn = tuple(place for place in placed if place.position and projection.holds(place.position))
    told = {place.iri for place in drawn}
    lists: dict[str, list[Place]] = defaultdict(list)
    for place in spoken:
        if place.iri not in told:
            lists[_why_not(place)].append(place)
    listed = tuple((heading, tuple(lists[heading])) for heading in _REASONS if heading in lists)
    return Plan(projection, drawn, listed, home.label if home else "")


def _why_not(place: Place) -> str:
    if place.kind == _COMPOSITE:
        return SEVERAL
    if not place.positions:
        return NOWHERE
    if place.position is None:
        return TWO if len(place.positions) > 1 else UNREADABLE
    return OUTSIDE


def _inside(area: Place | None, points: Iterable[Place], places: Iterable[Place]) -> list[Place]:
    """The points that lie within the area, through any number of places between them."""
    if area is None:
        return []
    within = {place.iri: place.within for place in places}

    def above(place: IRI) -> set[IRI]:
        found: set[IRI] = set()
        rest = [place]
        while rest:
            for larger in within.get(rest.pop(), ()):
                if larger not in found:
                    found.add(larger)
                    rest.append(larger)
        return found

    return [point for point in points if area.iri in above(point.iri)]


def stacked(boxes: Sequence[tuple[float, float]], top: float) -> list[float]:
    """The tops of boxes (wished middle, height) that stand below one another without touching, from `top` on."""
    tops: list[float] = []
    lowest = top
    for middle, height in boxes:
        tops.append(max(lowest, middle - height / 2))
        lowest = tops[-1] + height
    # What was pushed too far down moves up again, as far as those above leave room.
    floor = max([lowest if not boxes else top + sum(height for _, height in boxes), *(m + h / 2 for m, h in boxes)])
    for number in range(len(boxes) - 1, -1, -1):
        tops[number] = min(tops[number], floor - boxes[number][1])
        floor = tops[number]
    return tops


def free_spots(points: Sequence[tuple[float, float]], panel: Projection) -> list[tuple[float, float]]:
    """Where the number of each point stands: the nearest spot that touches no symbol and no other number."""
    taken = [(x, y, 8.0, 8.0) for x, y in points]
    found = []
    for x, y in points:
        spots = [
            (x + radius * dx, y + radius * dy)
            for radius in (17, 26, 36, 48, 62, 80, 100, 130)
            for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8))
        ]
        free = (spot for spot in spots if _fits(spot, panel) and not any(_touch(spot, box) for box in taken))
        spot = next(free, (x, y))
        taken.append((*spot, 10.0, 9.0))
        found.append(spot)
    return found


def _fits(spot: tuple[float, float], panel: Projection) -> bool:
    x, y = spot
    return panel.x + 11 <= x <= panel.x + panel.width - 11 and panel.y + 10 <= y <= panel.y + panel.height - 10


def _touch(spot: tuple[float, float], box: tuple[float, float, float, float]) -> bool:
    x, y, half_wide, half_high = box
    return abs(spot[0] - x) < half_wide + 10 and abs(spot[1] - y) < half_high + 9
