"""The relations of an event as a picture: claims in a list by scope and number, what contradicts as arcs to their left,
what differs without contradicting, or agrees, as arcs to their right."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from kg.labels import claim_label, days
from kg.names import fold
from kg.terms import IRI
from kg.views.arcs import Gutter, grade_symbol, relation_class, relation_symbol
from kg.views.figure import NARROW, WIDE, Figure, Key, Look, Row, looks, numbers, pick, symbol
from kg.views.network import EdgeKind, GraphEdge
from kg.views.record import Counted, Record, Report
from kg.views.relation_kinds import GRADES, RELATION_KINDS, grade_words, is_conflict, relation_kind
from kg.views.svg import MUTED, SMALL, Drawing, shortened, wrapped

TITLE = "What contradicts, and what only seems to"
READ = (
    "Each row is a claim; rows of one heading count the same people in the same place, by number. Lines on the left"
    " join claims that cannot both stand as they are. Lines on the right join claims that differ, or agree, and can"
    " both hold or are one origin's word told twice."
)
COLUMNS = ("Claim", "Relation", "Other claim", "Grade", "Why")

#: The kinds that the figure is about: those in which claims are chosen for it. Support by mere implication is not.
KINDS = (
    "contradicts",
    "conflictSet",
    "failsToSumTo",
    "disputes",
    "competes",
    "rivals",
    "altersReportOf",
    "relaysDiffer",
    "revises",
    "updates",
    "sumsTo",
    "corroborates",
)
#: Claims that a telephone can show as rows of one page; a caller may ask for up to 150.
ROWS, MOST = 48, 150
_LEFT, _RIGHT = 150, 60  # lines that a reader can tell apart on either side
_STATEMENTS = {
    "responsibility": "Who is held responsible",
    "event": "What happened",
    "position": "What they say of it",
    "commitment": "What they undertake",
}
_GRADES = tuple(GRADES)
_FIGURE, _ORIGIN = 108, 192  # width of two columns of the wide drawing, in pixels


@dataclass(frozen=True, slots=True)
class _Form:
    """Measures of one drawing, in pixels: room for arcs on both sides, and whether the origin has its own line."""

    name: str
    width: float
    gutter: float
    stacked: bool


_FORMS = (_Form("wide", WIDE, 118, False), _Form("narrow", NARROW, 48, True))


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is drawn: claims in groups under their headings, and relations among them."""

    groups: tuple[tuple[str, tuple[Counted, ...]], ...]
    edges: tuple[GraphEdge, ...]

    @property
    def claims(self) -> int:
        return sum(len(claims) for _, claims in self.groups)


def relation_figure(record: Record, relations: Sequence[GraphEdge] | None, limit: int = ROWS) -> Figure:
    """How the claims of an event bear on each other. `relations` is None when they were not worked out.

    At most `limit` claims are drawn, and never more than 150: those that contradict first, then those that dispute,
    compete, rival, retell or follow each other, the firm before the hedged. The table has every relation of these
    kinds, and the notes say what else there is.
    """
    if relations is None:
        return _empty(record, "Relations between claims are not worked out, or out of date: kg relate works them out.")
    told = sorted((edge for edge in relations if edge.kind in KINDS), key=lambda edge: _rank(record, edge))
    if not told:
        return _empty(record, "No claims are known to contradict, rival, retell or follow each other.", relations)
    inside = [edge for edge in told if all(IRI(end) in record.reports_of for end in edge.ends)]
    drawn = _select(record, inside, max(2, min(limit, MOST)))
    look = looks(record)
    wide, narrow = (_draw(record, drawn, look, form) for form in _FORMS)
    return Figure(
        kind="relations",
        title=TITLE,
        description=READ,
        wide=wide,
        narrow=narrow,
        legend=tuple(_legend(record, told, drawn, look)),
        columns=COLUMNS,
        rows=tuple(_row(record, edge) for edge in told),
        asked=tuple(record.asked.values()),
        notes=tuple(_notes(relations, told, inside, drawn)),
    )


def _empty(record: Record, words: str, relations: Iterable[GraphEdge] = ()) -> Figure:
    def draw(form: _Form) -> Markup:
        drawing = Drawing(form.width, f"relations-{form.name}")
        lines = wrapped(words, form.width - 16, lines=4)
        for number, line in enumerate(lines):
            drawing.words(8, 24 + 18 * number, line, class_="muted", colour=MUTED)
        return drawing.finish(24 + 18 * len(lines), TITLE, words)

    wide, narrow = map(draw, _FORMS)
    notes = (words, *_others(relations))
    return Figure("relations", TITLE, words, wide, narrow, (), COLUMNS, (), tuple(record.asked.values()), notes)


# Which claims and relations are drawn


def _rank(record: Record, edge: GraphEdge) -> tuple[int, int, int, str]:
    """Gravest kind first, then the surest, then those that most reports stand behind."""
    grade = _GRADES.index(edge.grade) if edge.grade in _GRADES else len(_GRADES)
    return KINDS.index(edge.kind), grade, -len(_reports(record, edge)), edge.id


def _select(record: Record, edges: Sequence[GraphEdge], limit: int) -> _Selection:
    chosen: dict[str, None] = {}
    for edge in edges:
        more = [end for end in dict.fromkeys(edge.ends) if end not in chosen]
        if len(chosen) + len(more) <= limit:
            chosen.update(dict.fromkeys(more))
    among = [edge for edge in edges if chosen.keys() >= set(edge.ends)]
    left = [edge for edge in among if is_conflict(relation_kind(edge.kind))][:_LEFT]
    # Rivals come last on the right: they are the most, and say the least.
    right = [edge for edge in among if not is_conflict(relation_kind(edge.kind))]
    right.sort(key=lambda edge: (edge.kind == "rivals", _rank(record, edge)))
    kept: list[GraphEdge] = []
    for _, found in groupby(right, key=lambda edge: (edge.kind, edge.grade)):
        alike = list(found)
        if len(kept) + len(alike) > _RIGHT:
            break
        kept += alike
    drawn = (*left, *kept) or tuple(right[:_RIGHT])
    shown = {end for edge in drawn for end in edge.ends}
    return _Selection(_grouped(record, [record.claims[IRI(end)] for end in sorted(shown)]), drawn)


def _grouped(record: Record, claims: Iterable[Counted]) -> tuple[tuple[str, tuple[Counted, ...]], ...]:
    """Claims of one scope together, the largest group of the most reported measure first, statements last."""
    found: dict[tuple[int, str], list[Counted]] = defaultdict(list)
    for claim in claims:
        if claim.kind == "quantity":
            order = record.measures.index(claim.measure) if claim.measure in record.measures else len(record.measures)
            found[order, _scope(claim)].append(claim)
        else:
            found[len(record.measures) + 1, _STATEMENTS.get(claim.kind, claim.kind)].append(claim)
    ranked = sorted(found, key=lambda key: (key[0], -len(found[key]), fold(key[1]), key[1]))
    return tuple((key[1], tuple(sorted(found[key], key=_by_number))) for key in ranked)


def _scope(claim: Counted) -> str:
    words = claim_label(
        figure="more" if claim.increment else "",
        population=claim.population_label or "whom is not stated:",
        measure=claim.measure_label,
        place=claim.place_label or "place not stated",
        window=None,
        party=" and ".join(claim.parties) or None,
    )
    return words[:1].upper() + words[1:]


def _by_number(claim: Counted) -> tuple[bool, int, int, str, str, str]:
    start = claim.start.isoformat() if claim.start else ""
    return claim.number is None, claim.number or 0, claim.upper or 0, start, fold(claim.label), claim.iri.value


# What stands in a row


def _reports(record: Record, edge: GraphEdge) -> tuple[int, ...]:
    return numbers(report for end in edge.ends for report in record.reports_of.get(IRI(end), ()))


def _speaker(record: Record, claim: Counted) -> Report:
    """The report whose origin a row shows: that of the origin with most of them, who says so before who denies it."""
    reports = record.reports_of[claim.iri]
    spoken = Counter(report.origin.iri for report in reports)
    return min(
        reports, key=lambda r: (not r.affirms, -spoken[r.origin.iri], r.origin.iri.value, not r.own_voice, r.number)
    )


def _origins(record: Record, claim: Counted) -> str:
    """Who says so: "SOHR", "SOHR and 2 more", "Northern Command denies"."""
    first = _speaker(record, claim)
    others = len({report.origin.iri for report in record.reports_of[claim.iri]} - {first.origin.iri})
    words = first.origin.label if first.affirms else f"{first.origin.label} {first.stance}"
    return f"{words} and {others} more" if others else words


def _days(claim: Counted) -> str:
    return days(claim.start, claim.end) or "days not stated"


def _says(record: Record, claim: Counted, drawn: Sequence[GraphEdge]) -> str:
    count = Counter(relation_kind(edge.kind).label for edge in drawn if claim.iri.value in edge.ends)
    relations = ", ".join(f"{kind} {number}" for kind, number in sorted(count.items()))
    documents = len({report.document for report in record.reports_of[claim.iri] if report.affirms})
    backing = record.backing.get(claim.iri) if record.backing is not None else None
    stands = f"Documents that say so: {backing.documents if backing else documents}"
    if backing:
        stands += f", independent origins: {backing.independent}"
    return f"{claim.label}. {_origins(record, claim)}. {stands}. Relations drawn: {relations}."


def _row(record: Record, edge: GraphEdge) -> Row:
    first, last = " + ".join(edge.names[:-1]), edge.names[-1]
    return Row((first, relation_kind(edge.kind).verb, last, edge.grade, edge.reason), _reports(record, edge))


# Drawing


def _draw(record: Record, drawn: _Selection, look: Mapping[IRI, Look], form: _Form) -> Markup:
    drawing = Drawing(form.width, f"relations-{form.name}")
    left, right = form.gutter, form.width - form.gutter
    drawing.words(6, 16, "Contradicted or disputed", weight="bold", size=SMALL)
    drawing.words(form.width - 6, 16, "No contradiction", anchor="end", weight="bold", size=SMALL)
    arcs = drawing.group(class_="arcs")  # below the words
    heights: dict[str, float] = {}
    y = 26.0
    for heading, claims in drawn.groups:
        y += 6
        lines = wrapped(heading, right - left - 4, 12, lines=2)
        for line in lines:
            y += 15
            drawing.words(left + 4, y, line, size=12, weight="bold")
        y += 4
        drawing.line([(left + 4, y), (right - 4, y)], class_="rule")
        for claim in claims:
            heights[claim.iri.value], y = _claim(drawing, record, drawn, claim, look, form, y)
    sides = {
        True: [edge for edge in drawn.edges if is_conflict(relation_kind(edge.kind))],
        False: [edge for edge in drawn.edges if not is_conflict(relation_kind(edge.kind))],
    }
    for conflict, edges in sides.items():
        spans = [[heights[end] for end in edge.ends] for edge in edges]
        longest = max((max(rows) - min(rows) for rows in spans), default=1.0)
        gutter = Gutter(drawing, left if conflict else right, form.gutter - 8, -1 if conflict else 1, longest)
        # The widest last, so that the surest lie on top.
        for edge, rows in sorted(zip(edges, spans, strict=True), key=lambda found: -_rank(record, found[0])[1]):
            kind = relation_kind(edge.kind)
            says = f"{kind.label}, {edge.grade}: {edge.reason or edge.label}"
            chosen = pick("claim", IRI(edge.source))
            group = drawing.mark(_reports(record, edge), chosen, says, arcs, f"arc {relation_class(kind)}")
            group.set("role", "img")  # a row is what is chosen by keyboard: it lights up its arcs
            del group.attrib["tabindex"]
            gutter.draw(kind, edge.grade, rows, group)
    return drawing.finish(y + 10, TITLE, READ)


def _claim(
    drawing: Drawing,
    record: Record,
    drawn: _Selection,
    claim: Counted,
    look: Mapping[IRI, Look],
    form: _Form,
    y: float,
) -> tuple[float, float]:
    """Draws a row from `y` down; the height at which its arcs leave it, and where it ends."""
    left, right = form.gutter, form.width - form.gutter
    first = _speaker(record, claim)
    says = _says(record, claim, drawn.edges)
    row = drawing.mark(
        numbers(record.reports_of[claim.iri]), pick("claim", claim.iri), says, class_=look[first.origin.iri].name
    )
    origins = _origins(record, claim)
    x, room = left + 22, right - left - 26
    figure = claim.figure
    size, step = (SMALL, 13.0) if form.stacked else (12.0, 15.0)
    if form.stacked:
        lines = [f"{figure} · {_days(claim)}"] if figure else wrapped(claim.label, room, size)
        lines = [shortened(line, room, size) for line in lines]
        at, height = (x, y + 12 + step * len(lines)), step * (len(lines) + 1) + 3.5
    else:
        room -= _ORIGIN
        lines = [shortened(figure, _FIGURE, size)] if figure else wrapped(claim.label, room, size)
        at, height = (x + room + 6, y + 12.5), step * len(lines) + 2
    drawing.hit(left, y, right - left, height, row)
    for at_line, line in enumerate(lines):
        drawing.words(x, y + 12 + step * at_line, line, row, size=size)
    if figure and not form.stacked:
        drawing.words(x + _FIGURE + 6, y + 12, shortened(_days(claim), room - _FIGURE - 6, SMALL), row, size=SMALL)
    told = shortened(origins, right - 4 - at[0], SMALL)
    drawing.words(*at, told, row, size=SMALL, class_="muted", colour=MUTED)
    middle = y + 8.0
    mark = look[first.origin.iri]
    drawing.shape(mark.shape, left + 12, middle, row, colour=mark.colour, hollow=not _own(record, claim), radius=4)
    return middle, y + height


def _own(record: Record, claim: Counted) -> bool:
    """Whether the origin that a row shows says so in a document of its own."""
    origin = _speaker(record, claim).origin.iri
    return any(report.own_voice and report.origin.iri == origin for report in record.reports_of[claim.iri])


# Legend and notes


def _legend(record: Record, told: Sequence[GraphEdge], drawn: _Selection, look: Mapping[IRI, Look]) -> Iterable[Key]:
    every = Counter(edge.kind for edge in told)
    here = Counter(edge.kind for edge in drawn.edges)
    for kind in _kinds(here):
        count = f"{every[kind.key]:,}, all drawn" if here[kind.key] == every[kind.key] else _part(kind, here, every)
        yield Key(relation_symbol(kind), f"{kind.label}: {count}")
    grades = {edge.grade for edge in drawn.edges}
    for grade in (grade for grade in _GRADES if grade in grades):
        yield Key(grade_symbol(grade), grade_words(grade))
    speakers = [(claim, _speaker(record, claim).origin) for _, claims in drawn.groups for claim in claims]
    names = {look[origin.iri]: origin.label for _, origin in speakers}
    for mark in sorted(names, key=lambda mark: (mark.name == "others", mark.name)):
        yield Key(symbol(mark), "another origin, named in the row" if mark.name == "others" else names[mark])
    for own, words in (
        (True, "filled: the origin says so in a document of its own"),
        (False, "hollow: others say that it said so"),
    ):
        if any(_own(record, claim) is own for claim, _ in speakers):
            yield Key(symbol(Look("others", "circle", MUTED, MUTED), hollow=not own), words)


def _part(kind: EdgeKind, here: Mapping[str, int], every: Mapping[str, int]) -> str:
    return f"{every[kind.key]:,}, {here[kind.key]:,} of them drawn"


def _kinds(count: Mapping[str, int]) -> list[EdgeKind]:
    return [relation_kind(key) for key in KINDS if count.get(key)]


def _notes(
    relations: Sequence[GraphEdge], told: Sequence[GraphEdge], inside: Sequence[GraphEdge], drawn: _Selection
) -> Iterable[str]:
    joined = len({end for edge in told for end in edge.ends})
    if drawn.claims < joined:
        yield f"{drawn.claims} of {joined:,} claims are drawn, the gravest relations first; the table has all."
    every, here = Counter(edge.kind for edge in told), Counter(edge.kind for edge in drawn.edges)
    missing = [f"{relation_kind(key).label} ({every[key]:,})" for key in KINDS if every[key] and not here[key]]
    if missing:
        yield f"In the table only: {', '.join(missing)}."
    if here["rivals"]:
        yield "Rivals can both hold, but give ranges that do not meet."
    if outside := len(told) - len(inside):
        yield f"{outside:,} of them lead to claims about another event and are not drawn."
    yield from _others(relations)


def _others(relations: Iterable[GraphEdge]) -> Iterable[str]:
    count = Counter(edge.kind for edge in relations if edge.kind not in KINDS)
    order = [kind.key for kind in RELATION_KINDS]
    keys = sorted(count, key=lambda key: (order.index(key) if key in order else len(order), key))
    if keys:
        listed = ", ".join(f"{relation_kind(key).label} ({count[key]:,})" for key in keys)
        yield f"Not in this figure: {listed}. The graph page draws them; the question relations tells those of a claim."
