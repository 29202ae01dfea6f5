"""Who says what: sources against the claims that most documents make, one state a cell.

A source is *silent* only if the material holds a document of it about the event; of a source that is merely quoted,
nothing was collected, and its empty cells say that instead. The two are never drawn alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

from markupsafe import Markup

from kg.names import fold
from kg.terms import IRI
from kg.views.cells import CLAIMS, Cell, Grid, Source, read_grid
from kg.views.figure import NARROW, OTHER, WIDE, Figure, Key, Look, Row, looks, numbers, pick
from kg.views.record import Record, Voice
from kg.views.stated import counted
from kg.views.svg import INK, MUTED, RULE, SMALL, Drawing, key_picture, shortened, wrapped

_DENIAL = "#d03a2b"  # stands out on light and on dark paper alike
_ROW, _LINE, _HEAD_LINES = 24.0, 13.5, 6

_STATES: Mapping[str, str] = {
    "denies own": "denies it, or retracts it, in its own voice",
    "denies relays": "reports that another denies it",
    "denies quoted": "others say that it denies it",
    "doubts own": "questions it, finds no evidence or does not confirm it",
    "doubts relays": "reports that another questions or does not confirm it",
    "doubts quoted": "others say that it questions or does not confirm it",
    "affirms own": "asserts it in its own voice",
    "affirms relays": "attributes it to another; the colour says to whom",
    "affirms quoted": "others attribute it to this source",
    "silent": "silent in what was collected of it",
    "not collected": "not collected: the material holds no document of it",
}


def matrix(record: Record) -> Figure:
    """Sources against claims: who asserts, relays or denies each of them, who is silent, and who was not collected.

    The claims are those of most documents, disputed ones first among equals; the sources are those that say most about
    them, each outlet under the origin on which most of its reports rest.
    """
    grid = read_grid(record)
    look = looks(record)
    description = (
        "A row for each source, the outlets under the origin they mostly rest on; a column for each claim. "
        "A dash is silence in documents that were collected; a hatched cell says nothing, since none was."
    )
    return Figure(
        kind="matrix",
        title="Who says what",
        description=description if grid.claims else "Nothing about this event is on record.",
        wide=_draw(grid, look, "matrix-wide", WIDE, 172, CLAIMS, description),
        narrow=_draw(grid, look, "matrix-narrow", NARROW, 98, CLAIMS // 2, description),
        legend=tuple(_legend(grid)),
        columns=("Source", "Mostly rests on", "Claim", "State", "In full", "Documents", "First", "Last"),
        rows=tuple(_rows(grid)),
        asked=tuple(record.asked.values()),
        notes=tuple(_notes(grid)),
    )


def _draw(
    grid: Grid, look: Mapping[IRI, Look], key: str, width: float, names: float, wide: int, description: str
) -> Markup:
    drawing = Drawing(width, key)
    y = 0.0
    if not grid.claims:
        drawing.words(0, 20, "No document on record says anything about this event.", class_="muted", colour=MUTED)
        y = 32.0
    column = (width - names) / wide
    for start in range(0, len(grid.claims), wide):
        claims = grid.claims[start : start + wide]
        y = _block(drawing, grid, look, claims, y + (18 if start else 0), names, column, tabs=start == 0)
    return drawing.finish(y, "Who says what", description)


def _block(
    drawing: Drawing,
    grid: Grid,
    look: Mapping[IRI, Look],
    claims: Sequence[IRI],
    top: float,
    names: float,
    column: float,
    *,
    tabs: bool,
) -> float:
    """Draws the columns of these claims below `top`; the y where they end. `tabs` makes the rows tab stops."""
    right = names + column * len(claims)
    heads = [_head(grid, claim, column - 5) for claim in claims]
    y = top + max(map(len, heads)) * _LINE + 10
    for number, (claim, lines) in enumerate(zip(claims, heads, strict=True)):
        x = names + column * number
        reports = grid.record.reports_of[claim]
        documents = len({report.document for report in reports})
        says = f"{grid.label(claim)}: in {counted(documents, 'document')}"
        mark = drawing.mark(numbers(reports), pick("claim", claim), says, class_="head")
        drawing.hit(x, top, column, y - top - 2, mark)
        for line, (words, strong) in enumerate(lines):
            base = y - 8 - (len(lines) - 1 - line) * _LINE
            drawing.words(x + 4, base, words, mark, size=SMALL, weight="600" if strong else "normal")
    drawing.line([(0, y), (right, y)], class_="strong", colour=INK)
    for source, after in pairwise([*grid.sources, None]):
        assert source is not None  # only the last, which has no turn
        _source(drawing, grid, look, source, claims, y, names, column, tabs=tabs)
        y += _ROW
        if after is not None and not after.inset:
            drawing.line([(0, y), (right, y)], class_="rule")
    drawing.line([(0, y), (right, y)], class_="strong", colour=INK)
    return _foot(drawing, grid, claims, y, names, column)


def _head(grid: Grid, claim: IRI, width: float) -> list[tuple[str, bool]]:
    """The lines of a column's head; the number is strong."""
    label = grid.label(claim)
    figure = grid.record.claims[claim].figure if claim in grid.record.claims else ""
    rest = label.removeprefix(figure).strip() if figure and label.startswith(figure) else label
    strong = wrapped(figure, width, SMALL + 0.8, 2) if rest != label else []
    return [(line, True) for line in strong] + [
        (line, False) for line in wrapped(rest, width, SMALL, _HEAD_LINES - len(strong))
    ]


def _source(
    drawing: Drawing,
    grid: Grid,
    look: Mapping[IRI, Look],
    source: Source,
    claims: Sequence[IRI],
    y: float,
    names: float,
    column: float,
    *,
    tabs: bool,
) -> None:
    voice = source.voice
    reports = [report for report in grid.record.reports if any(one.iri == voice.iri for one in report.voices)]
    tally = Counter(grid.cell(voice.iri, claim).words for claim in grid.claims)
    says = f"{voice.label}: " + "; ".join(f"{words}: {counted(n, 'claim')}" for words, n in tally.items())
    mark = drawing.mark(numbers(reports), pick("source", voice.iri), says, class_=_look(look, source.main.iri).name)
    if not tabs:
        mark.set("tabindex", "-1")
    drawing.hit(0, y, names, _ROW, mark)
    x = 14.0 if source.inset else 2.0
    if source.inset:
        drawing.line(
            [(5, y), (5, y + _ROW / 2), (11, y + _ROW / 2)],
            mark,
            class_="stroke",
            colour=_look(look, source.main.iri).colour,
        )
    if source.head and voice.iri in look and look[voice.iri].name != "others":
        own = voice.iri in grid.record.collected
        drawing.shape(
            look[voice.iri].shape, 8, y + _ROW / 2, mark, colour=look[voice.iri].colour, hollow=not own, radius=4.5
        )
        x = 18.0
    size = SMALL + (1.0 if names > 150 else 0.0)
    weight = "normal" if source.inset else "600"
    room = (names - x - 6) * (1.0 if source.inset else 0.95)
    drawing.words(x, y + 16.5, shortened(voice.label, room, size), mark, size=size, weight=weight)
    for number, claim in enumerate(claims):
        _draw_cell(drawing, grid, look, voice, claim, names + column * number, y, column)


def _draw_cell(
    drawing: Drawing, grid: Grid, look: Mapping[IRI, Look], voice: Voice, claim: IRI, x: float, y: float, column: float
) -> None:
    cell = grid.cell(voice.iri, claim)
    says = f"{voice.label}, {grid.label(claim)}: {cell.in_full}"
    origins = {report.origin.iri for report in cell.told.get(cell.state, ())}
    shown = _look(look, min(origins)) if len(origins) == 1 else OTHER
    if cell.reports:
        group = drawing.mark(numbers(cell.reports), pick("claim", claim), says, class_=shown.name)
        del group.attrib["tabindex"]  # its row and its column are stops already
    else:
        group = drawing.group(class_="empty")
        group.set("role", "img")
        group.set("aria-label", says)
    group.set("data-state", cell.state)
    _symbol(drawing, group, cell.state, shown, x + 1.5, y + 1.5, column - 3, _ROW - 3)
    if len(cell.told) > 1:
        drawing.shape("circle", x + column - 7, y + 7, group, class_="more", colour=INK, radius=1.6)


def _symbol(
    drawing: Drawing, group: ET.Element, state: str, look: Look, x: float, y: float, width: float, height: float
) -> None:
    """The picture of one state: shapes that differ without their colour."""
    cx, cy = x + width / 2, y + height / 2
    stance, _, manner = state.partition(" ")
    if state == "silent":
        drawing.box(x, y, width, height, group, class_="paper rule", round_=3)
        drawing.line([(cx - 4, cy), (cx + 4, cy)], group, class_="quiet", colour=MUTED, width=1.5)
        return
    if state == "not collected":
        steps = range(8, int(width + height), 9)
        strokes = "".join(_hatch(x, y, width, height, step) for step in steps)
        drawing.path(strokes, group, class_="rule", colour=RULE)
        for dx, dy in ((0, 5), (4.3, 2.5), (4.3, -2.5)):
            drawing.line([(cx - dx, cy - dy), (cx + dx, cy + dy)], group, class_="quiet", colour=MUTED, width=1.4)
        return
    denial = stance == "denies"
    colour = _DENIAL if denial else look.colour
    tint = drawing.box(
        x, y, width, height, group, class_="denial" if denial else "solid", fill=colour, colour=colour, round_=3
    )
    tint.set("fill-opacity", "0.13")
    tint.set("stroke-opacity", "0.4")
    line = "denial" if denial else "stroke"
    if manner == "quoted":
        ring = drawing.path(
            f"M{cx - 8:.1f} {cy:.1f} a8 8 0 1 0 16 0 a8 8 0 1 0 -16 0 Z",
            group,
            class_=line,
            colour=colour,
            width=1.4,
            dashes="3 2",
        )
        ring.set("class", line)
    if stance == "affirms" and manner == "own":
        drawing.shape("circle", cx, cy, group, colour=colour, radius=5.5)
    if manner == "relays" or (manner == "quoted" and stance == "affirms"):
        _quote(drawing, group, cx - (7 if stance != "affirms" else 0), cy, colour, "denial" if denial else "solid")
    at = cx + (6 if manner == "relays" else 0)
    if stance == "doubts":
        drawing.words(at, cy + 5, "?", group, anchor="middle", size=14, weight="700")
    elif denial:
        for dx in (4.5, -4.5):
            drawing.line([(at - dx, cy - 4.5), (at + dx, cy + 4.5)], group, class_="denial", colour=colour, width=2.4)


def _quote(drawing: Drawing, group: ET.Element, cx: float, cy: float, colour: str, class_: str) -> None:
    """An opening quotation mark: two drops."""
    drops = "".join(
        f"M{x + 2.4:.1f} {cy - 4.6:.1f} c-4.2 1.4 -4.8 5 -4.6 6.8 a2.3 2.3 0 1 0 2.6 -2.3 c.2 -1.6 1 -2.6 2.6 -3.2 Z"
        for x in (cx - 3.4, cx + 3.2)
    )
    drawing.path(drops, group, class_=class_, colour=colour, fill=colour, width=0.4)


def _hatch(x: float, y: float, width: float, height: float, step: float) -> str:
    """One diagonal of a hatched cell, from its left or lower edge to its upper or right one."""
    start = (x, y + step) if step <= height else (x + step - height, y + height)
    end = (x + step, y) if step <= width else (x + width, y + step - width)
    return f"M{start[0]:.1f} {start[1]:.1f} L{end[0]:.1f} {end[1]:.1f} "


def _foot(drawing: Drawing, grid: Grid, claims: Sequence[IRI], y: float, names: float, column: float) -> float:
    narrow = names < 150
    related = grid.record.backing is not None
    rows = [
        ("independent" if narrow else "independent origins", [grid.independent(claim)[0] for claim in claims]),
        ("deny it" if narrow else "documents that deny it", [str(grid.denied(claim)) for claim in claims]),
    ]
    for name, values in rows:
        y += 20
        drawing.words(2, y - 5, name, size=SMALL, weight="600")
        if name.startswith("independent") and not related:
            drawing.words(names, y - 5, "not worked out: kg relate", class_="muted", size=SMALL, colour=MUTED)
            continue
        for number, value in enumerate(values):
            drawing.words(names + column * (number + 0.5), y - 5, value, anchor="middle", size=SMALL + 1, weight="600")
    return y + 2


def _look(look: Mapping[IRI, Look], origin: IRI) -> Look:
    return look.get(origin, OTHER)


def _legend(grid: Grid) -> Iterator[Key]:
    used = {cell.state for cell in grid.cells}
    for state, words in _STATES.items():
        if state in used:
            drawing = Drawing(28, "key")
            _symbol(drawing, drawing.group(class_=OTHER.name), state, OTHER, 1, 1, 26, 18)
            yield Key(key_picture(drawing, 20), words)
    if any(len(cell.told) > 1 for cell in grid.cells):
        drawing = Drawing(28, "key")
        drawing.shape("circle", 14, 10, class_="more", colour=INK, radius=1.6)
        yield Key(
            key_picture(drawing, 20), "in the corner: it says something else about this claim too; the table has all"
        )


def _rows(grid: Grid) -> Iterator[Row]:
    """All cells that are drawn, what other sources say of these claims, and the two counts of each claim."""
    drawn = {source.voice.iri: source for source in grid.sources}
    for source in grid.sources:
        for claim in grid.claims:
            main = "" if source.main.iri == source.voice.iri else source.main.label
            yield _row(source.voice.label, main, grid.label(claim), grid.cell(source.voice.iri, claim))
    for voice in _voices(grid.record):
        for claim in grid.claims:
            if voice.iri not in drawn and (voice.iri, claim) in grid.told:
                yield _row(voice.label, "", grid.label(claim), grid.cell(voice.iri, claim))
    for claim in grid.claims:
        reports = numbers(grid.record.reports_of[claim])
        label = grid.label(claim)
        yield Row(("Independent origins", "", label, grid.independent(claim)[1], "", "", "", ""), reports)
        yield Row(("Documents that deny it", "", label, str(grid.denied(claim)), "", "", "", ""), reports)


def _row(source: str, main: str, claim: str, cell: Cell) -> Row:
    days = sorted(report.published.isoformat() for report in cell.reports if report.published)
    documents = len({report.document for report in cell.reports})
    full = cell.in_full
    dates = (days[0], days[-1]) if days else ("", "")
    return Row((source, main, claim, cell.words, full, str(documents), *dates), numbers(cell.reports))


def _voices(record: Record) -> list[Voice]:
    voices = {voice.iri: voice for report in record.reports for voice in report.voices}
    return sorted(voices.values(), key=lambda voice: (fold(voice.label), voice.iri.value))


def _notes(grid: Grid) -> Iterator[str]:
    record = grid.record
    if not grid.claims:
        return
    drawn = {source.voice.iri for source in grid.sources}
    speaking = {source for source, claim in grid.told if claim in set(grid.claims)}
    others = [voice for voice in _voices(record) if voice.iri not in drawn]
    named = [voice for voice in others if voice.kind != "unnamed"]
    more, quiet = [v for v in named if v.iri in speaking], [v for v in named if v.iri not in speaking]
    total = len(record.reports_of)
    if total > len(grid.claims):
        yield (f"{len(grid.claims)} of {total:,} claims, those in most documents; for any other ask who-said.")
    if more:
        yield f"{counted(len(more), 'further source')} that say something about these claims: in the table."
    silent = sum(voice.iri in record.collected for voice in quiet)
    if quiet:
        yield (
            f"{counted(len(quiet), 'further source')} without a row and without a word about these claims: "
            f"{silent} silent in what was collected, {len(quiet) - silent} not collected."
        )
    if any(voice.iri in speaking and voice.kind == "unnamed" for voice in others):
        yield "Unnamed sources have no row: nobody can look for their silence. What they say is in the table."
    if record.backing is None:
        yield "Independent origins are not worked out: kg relate."
