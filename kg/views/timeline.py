"""The timeline: how the figures of each source moved, for one count of one scope. Days only, no times."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from xml.etree import ElementTree as ET

from kg.results import Result
from kg.terms import IRI
from kg.views.asking import Asked
from kg.views.axes import LONGEST_SILENCE
from kg.views.figure import Figure, Key, Look, Row, numbers
from kg.views.record import Record, Report
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
from kg.views.timeline_drawing import KIND, NOTHING, Mark, Painter, draw_flag
from kg.vocab import term

#: The most sources and marks that are drawn; what has fewer documents is folded into the table.
SOURCES, MARKS = 8, 48
_COLUMNS = (
    "As of",
    "Source",
    "Figure",
    "Days counted",
    "Held responsible",
    "Stance",
    "In the source's own document",
    "Documents",
    "Outlets",
    "Documents that retell it otherwise",
    "In the picture",
)


def timeline(
    record: Record,
    altered: Result | None,
    measure: IRI | None = None,
    scope: tuple[IRI | None, IRI | None] | None = None,
) -> Figure:
    """The timeline of a measure (default: the one with most reports) in one scope, a pair of population and place
    (default: the one with most reports). `altered` is the answer of altered-reports; None where relations are not
    worked out, and then nothing is flagged."""
    chosen = measure or next(iter(record.measures), None)
    every = stated_figures(record, chosen) if chosen else ()
    found = [s for s in every if scope is None or (s.scope.population, s.scope.place) == scope]
    main = next((s.scope for s in found if not s.apart), found[0].scope if found else None)
    inside = [stated for stated in found if stated.scope == main]
    start = _usual_start(inside)
    flags = _flags(altered)
    daily = [day for stated in inside for day in _by_day(stated)]
    reasons = {id(s): _why_not(s, start) for s in daily}
    marks = tuple(_marks([s for s in daily if not reasons[id(s)]], flags))
    shown = _shown(marks)
    drawn = {id(part) for mark in shown for part in mark.parts}
    title = f"How the figures moved: {main.words}" if main else "How the figures moved"
    description = (
        f"{question(every)}, by the day as of which each source says so: higher is more. Only one count of one scope, "
        "since figures of others cannot be compared with it."
        if shown
        else NOTHING
    )
    painter = Painter(record, shown, title, description)
    asked = tuple(record.asked.values())
    if altered is not None:
        asked = (*asked, Asked("altered-reports", (("event", record.event.n3),), altered.query))
    return Figure(
        kind=KIND,
        title=title,
        description=description,
        wide=painter.wide(),
        narrow=painter.narrow(),
        legend=tuple(_legend(shown, painter)),
        columns=_COLUMNS,
        rows=tuple(_row(s, flags, reasons[id(s)] or ("" if id(s) in drawn else "folded")) for s in daily),
        asked=asked,
        notes=tuple(_notes(daily, reasons, marks, shown, painter, altered)),
    )


def _usual_start(inside: Sequence[Stated]) -> dt.date | None:
    """The first day counted in most reports: figures that count from another day are no stages of the same count."""
    starts: Counter[dt.date | None] = Counter()
    for stated in inside:
        if not stated.apart and not stated.held:
            starts[stated.claim.start] += len(stated.reports)
    return min(starts, key=lambda day: (-starts[day], day is None, day or dt.date.min), default=None)


def _by_day(stated: Stated) -> Iterator[Stated]:
    """The figure once for each day as of which it holds, the undated last."""
    days: dict[dt.date | None, list[Report]] = defaultdict(list)
    for report in stated.reports:
        days[report.day].append(report)
    for day in sorted(days, key=lambda day: (day is None, day or dt.date.min)):
        yield Stated(stated.claim, stated.scope, stated.origin, stated.stance, tuple(days[day]))


def _why_not(stated: Stated, start: dt.date | None) -> str:
    """Why a figure is left out of the picture, or ""."""
    if stated.apart:
        return stated.apart
    if stated.held:
        return "holds somebody responsible"
    if not stated.numbers:
        return "no number"
    if not stated.days:
        return "no day"
    if stated.claim.start != start:
        return "counts from another day" if stated.claim.start else "days counted unstated"
    return ""


def _flags(altered: Result | None) -> Mapping[tuple[IRI, IRI], str]:
    """Documents and claims whose number or bound was changed in retelling: "shown", or "doubt" where word stands
    against word."""
    found: dict[tuple[IRI, IRI], str] = {}
    for row in altered.rows if altered is not None else ():
        named = dict(zip(altered.columns, row, strict=True)) if altered is not None else {}
        document, reported, changed = named["document"], named["reported"], str(named["changed"]).split(", ")
        if isinstance(document, IRI) and isinstance(reported, IRI) and {"figure", "bound"} & set(changed):
            sure = named["relation"] == term("kg:altersReportOfRelation")
            found[document, reported] = "shown" if sure or found.get((document, reported)) == "shown" else "doubt"
    return found


def _flagged(stated: Stated, flags: Mapping[tuple[IRI, IRI], str], kind: str) -> frozenset[IRI]:
    return frozenset(r.document for r in stated.reports if flags.get((r.document, r.claim)) == kind)


def _marks(found: Sequence[Stated], flags: Mapping[tuple[IRI, IRI], str]) -> Iterator[Mark]:
    together: dict[tuple[IRI, dt.date, str | None, tuple[int, ...]], list[Stated]] = defaultdict(list)
    for stated in found:
        together[stated.origin.iri, stated.last, stated.claim.bound, stated.numbers].append(stated)
    for (_, day, _, _), parts in together.items():
        told = {kind: frozenset().union(*(_flagged(p, flags, kind) for p in parts)) for kind in ("shown", "doubt")}
        most = max(parts, key=lambda part: len(part.reports))
        yield Mark(most.origin, day, most, tuple(parts), told)


def _shown(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks of the sources with most documents, and of these the marks with most."""
    documents: dict[IRI, set[IRI]] = defaultdict(set)
    days: dict[IRI, set[dt.date]] = defaultdict(set)
    for mark in marks:
        documents[mark.origin.iri] |= {report.document for report in mark.reports}
        days[mark.origin.iri].add(mark.day)
    ranked = sorted(documents, key=lambda origin: (-len(documents[origin]), -len(days[origin]), origin.value))[:SOURCES]
    last = {origin: max(days[origin]) for origin in ranked}
    inside = [mark for mark in marks if mark.origin.iri in last]
    inside.sort(key=lambda m: (m.day != last[m.origin.iri], -m.whole.documents))
    kept = {id(mark) for mark in inside[:MARKS]}
    return tuple(mark for mark in marks if id(mark) in kept)


def _row(stated: Stated, flags: Mapping[tuple[IRI, IRI], str], why_not: str) -> Row:
    told = [
        f"{len(found):,} {words}"
        for kind, words in (("shown", "altered"), ("doubt", "word against word"))
        if (found := _flagged(stated, flags, kind))
    ]
    return Row(
        (
            stated.last.isoformat() if stated.days else "unstated",
            stated.origin.label,
            stated.claim.figure,
            stated.counted_iso,
            stated.held,
            stated.stance,
            "yes" if stated.own else "no",
            str(stated.documents),
            str(stated.outlets),
            ", ".join(told),
            f"no: {why_not}" if why_not else "yes",
        ),
        numbers(stated.reports),
    )


def _legend(shown: Sequence[Mark], painter: Painter) -> Iterator[Key]:
    if not shown:
        return
    look = painter.look[shown[0].origin.iri]
    yield from legend_of_marks((mark.whole for mark in shown), look, upright=True)
    if any(len({mark.day for mark in marks}) > 1 for marks in painter.sources.values()):
        yield Key(
            small_picture(lambda d, g: _dots(d, g, look), look.name),
            "dotted step: to the next figure of the same source, lowest to lowest and highest to highest of a day; "
            "nothing is stated in between",
        )
    if any(mark.flags["shown"] for mark in shown):
        yield Key(
            small_picture(lambda d, g: draw_flag(d, g, 11, 14, filled=True)),
            "full flag: shown to be altered in retelling",
        )
    if any(mark.flags["doubt"] for mark in shown):
        yield Key(
            small_picture(lambda d, g: draw_flag(d, g, 11, 14, filled=False)),
            "open flag: documents retell it with different numbers or bounds, and nobody can say who changed it",
        )
    if painter.cut:
        yield Key(
            small_picture(break_sign), f"the days break off: a silence of more than {LONGEST_SILENCE} days is cut out"
        )
    if painter.beyond:
        yield Key(
            small_picture(break_sign), "the numbers break off: what lies beyond is not to scale, its number is written"
        )


def _dots(drawing: Drawing, group: ET.Element, look: Look) -> None:
    drawing.line([(2, 13), (22, 13), (22, 3)], group, class_="stroke", colour=look.colour, width=1.2, dashes="1.5 3")


def _notes(
    daily: Sequence[Stated],
    reasons: Mapping[int, str],
    marks: Sequence[Mark],
    shown: Sequence[Mark],
    painter: Painter,
    altered: Result | None,
) -> Iterator[str]:
    if len(shown) < len(marks):
        sources = len({mark.origin.iri for mark in marks})
        yield (
            f"Drawn: {len(shown):,} of {len(marks):,} figures that could be, of {len(painter.sources):,} of "
            f"{sources:,} sources, those with most documents. The table has the rest."
        )
    left: dict[str, list[Stated]] = defaultdict(list)
    for stated in daily:
        if reasons[id(stated)]:
            left[reasons[id(stated)]].append(stated)
    if left:
        told = "; ".join(f"{len(found):,} ({why}): {_figures(found)}" for why, found in sorted(left.items()))
        yield f"Left to the table, since they are no stages of the same count: {told}."
    if late := [m for m in shown if any(r.as_of is None for r in m.reports)]:
        yield f"{counted(len(late), 'mark')} at the day of publication, where the source's own day is unstated."
    if shown:
        yield f"Days are of {painter.year} where no year is written. Marks of one day stand side by side, in no order."
    if altered is None:
        yield "What was changed in retelling: not worked out. To work it out: kg relate."


def _figures(found: Sequence[Stated]) -> str:
    """Some of the figures, those with most documents first."""
    ranked = sorted(found, key=lambda stated: -stated.documents)
    words = list(dict.fromkeys(f"{stated.short} ({stated.origin.label})" for stated in ranked))
    return ", ".join(words[:3]) + (", …" if len(words) > 3 else "")
