"""The ways that figures come: from outlets, through those they quote, to the origins on whose word they rest.

A *box* is a source in one part (outlet, quoted on the way, origin), or several that are drawn as one: outlets whose
chains run the same ways, and what there is no room for. Choke points are those of the question that tells them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.names import fold
from kg.results import Result
from kg.terms import IRI
from kg.views.asking import as_iri, as_number
from kg.views.figure import OTHER, Look, looks
from kg.views.record import Record, Report, Voice

#: Most boxes of each part, beside those that hold what is left.
OUTLETS, RELAYS, ORIGINS = 16, 8, 11


@dataclass(frozen=True, slots=True)
class Box:
    """`sources` are all that it stands for; `tier` is 0 for outlets, 1 on the way, 2 for origins."""

    id: str
    tier: int
    sources: tuple[Voice, ...]
    reports: tuple[Report, ...]
    words: str
    look: Look
    itself: bool = False
    collected: bool = False
    choke: str = ""
    circular: bool = False

    @property
    def documents(self) -> int:
        return documents_of(self.reports)

    @property
    def unnamed(self) -> bool:
        return all(voice.kind == "unnamed" for voice in self.sources)


@dataclass(frozen=True, slots=True)
class Line:
    """From one box to the next, by their ids. `circular` is whether sources cite one another in a circle on it."""

    source: str
    target: str
    reports: tuple[Report, ...]
    look: Look
    circular: bool


@dataclass(frozen=True)
class Ways:
    """The boxes by id, and the lines between them.

    `routes` has the boxes of each report from the outlet to the origin, by its number. `circles` are the claims in
    which sources cite one another in a circle, with these sources.
    """

    boxes: Mapping[str, Box]
    lines: Sequence[Line]
    routes: Mapping[int, tuple[str, ...]]
    reports: Sequence[Report]
    circles: Sequence[tuple[IRI, tuple[Voice, ...]]]


def _chain(report: Report) -> tuple[Voice, ...]:
    """The voices from the outlet to the origin; a person and the organisation spoken for are one."""
    chain = [report.voices[0]]
    chain += [voice for before, voice in pairwise(report.voices) if voice.iri != before.iri]
    return tuple(chain)


def choke_points(points: Result | None) -> dict[IRI, tuple[str, int]]:
    """The sources on which claims rest alone, each with its name and the number of these claims, of any kind.

    `points` is the answer of single-points-of-failure, None where it was not asked.
    """
    found: dict[IRI, tuple[str, int]] = {}
    if points is None:
        return found
    for row in points.rows:
        named = dict(zip(points.columns, row, strict=True))
        source, claims = as_iri(named["source"]), as_number(named["claims"])
        if source is not None and claims:
            found[source] = points.shown(source), claims
    return found


def find_ways(record: Record, reports: Sequence[Report], chokes: Mapping[IRI, tuple[str, int]]) -> Ways:
    """The ways of these reports, with few enough boxes to be drawn. `chokes` are the choke points among sources."""
    look = looks(record)
    circles = list(_circles(reports))
    turning = {voice.iri for _, voices in circles for voice in voices}
    names: dict[str, str] = {}
    kept: dict[tuple[int, IRI], str] = {}
    for tier, most in ((1, RELAYS), (2, ORIGINS)):
        kept |= _keep(reports, tier, most, turning | set(chokes), names)
    ways: dict[int, tuple[str, ...]] = {}
    for report in reports:
        chain = _chain(report)
        parts = [kept[2 if voice is chain[-1] else 1, voice.iri] for voice in chain[1:]]
        if len(chain) == 1 and kept.get((2, chain[0].iri), "").startswith("2|"):
            parts = [kept[2, chain[0].iri]]
        ways[report.number] = tuple(box for n, box in enumerate(parts) if n == 0 or parts[n - 1] != box)
    outlets = _outlets(reports, ways, turning, names)
    routes = {report.number: (outlets[report.outlet.iri], *ways[report.number]) for report in reports}
    held: dict[str, list[Report]] = defaultdict(list)
    sources: dict[str, dict[IRI, Voice]] = defaultdict(dict)
    for report in reports:
        for box in dict.fromkeys(routes[report.number]):
            held[box].append(report)
        sources[routes[report.number][0]][report.outlet.iri] = report.outlet
        for voice in _chain(report)[1:]:
            tier = 2 if voice.iri == report.origin.iri and voice is _chain(report)[-1] else 1
            sources[kept[tier, voice.iri]][voice.iri] = voice
    boxes = {}
    shown: set[IRI] = set()
    for id_ in sorted(held, key=lambda box: (-int(box[0]), box)):  # the origins first: a choke point is marked once
        tier, voices = int(id_[0]), tuple(sorted(sources[id_].values(), key=lambda v: (fold(v.label), v.iri.value)))
        one = voices[0].iri if len(voices) == 1 else None
        choke = ""
        if one in chokes and one is not None and one not in shown and (tier > 0 or not _quoted(reports, one)):
            shown.add(one)
            claims = chokes[one][1]
            choke = f"▲ {claims:,} claims rest on it alone" if claims != 1 else "▲ 1 claim rests on it alone"
        boxes[id_] = Box(
            id=id_,
            tier=tier,
            sources=voices,
            reports=tuple(held[id_]),
            words=names[id_].format(n=len(voices)) if id_ in names else _named(voices),
            look=look.get(one, OTHER) if one is not None and tier == 2 else _one_look(held[id_], look),
            itself=tier == 0 and any(report.own_voice for report in held[id_]),
            collected=tier == 2 and one in record.collected,
            choke=choke,
            circular=one in turning,
        )
    return Ways(boxes, tuple(_lines(reports, routes, look, circles)), routes, reports, circles)


def _keep(
    reports: Sequence[Report], tier: int, most: int, always: Collection[IRI], names: dict[str, str]
) -> dict[tuple[int, IRI], str]:
    """The box of each source quoted on the way (tier 1) or as origin (tier 2); the rest share one or two boxes."""
    documents: dict[IRI, set[IRI]] = defaultdict(set)
    voices: dict[IRI, Voice] = {}
    for report in reports:
        chain = _chain(report)
        for voice in chain[-1:] if tier == 2 else chain[1:-1]:
            if len(chain) > 1:
                documents[voice.iri].add(report.document)
                voices[voice.iri] = voice
    ranked = sorted(documents, key=lambda iri: (iri not in always, -len(documents[iri]), iri.value))
    if len(ranked) > most + 1:  # a box for one that is left would need no less room
        ranked, rest = ranked[:most], ranked[most:]
    else:
        rest = []
    kept = {(tier, iri): f"{tier}|{iri.value}" for iri in ranked}
    for unnamed in (True, False):
        left = [iri for iri in rest if (voices[iri].kind == "unnamed") == unnamed]
        box = f"{tier}~{'unnamed' if unnamed else 'others'}" if len(left) > 1 else ""
        kept |= {(tier, iri): box or f"{tier}|{iri.value}" for iri in left}
        if box:
            names[box] = "{n} unnamed sources" if unnamed else "{n} further sources"
    return kept


def _outlets(
    reports: Sequence[Report], ways: Mapping[int, tuple[str, ...]], apart: Collection[IRI], names: dict[str, str]
) -> dict[IRI, str]:
    """The box of each outlet: those with the same ways together, and the smaller boxes by what they mostly rest on."""
    own: dict[IRI, set[tuple[str, ...]]] = defaultdict(set)
    ends: dict[IRI, Counter[str]] = defaultdict(Counter)
    documents: dict[IRI, set[IRI]] = defaultdict(set)
    labels = {voice.iri.value: voice.label for report in reports for voice in report.voices}
    for report in reports:
        way = ("itself", *ways[report.number]) if report.own_voice else ways[report.number]
        own[report.outlet.iri].add(way)
        ends[report.outlet.iri][ways[report.number][-1] if ways[report.number] else "itself"] += 1
        documents[report.outlet.iri].add(report.document)
    groups: dict[tuple[object, ...], list[IRI]] = defaultdict(list)
    for outlet in sorted(own):
        groups[(outlet.value,) if outlet in apart else ("", *sorted(own[outlet]))].append(outlet)

    def rank(group: list[IRI]) -> tuple[object, ...]:
        alone = len(group) == 1 and group[0] in apart
        return not alone, -len(set().union(*(documents[outlet] for outlet in group))), group[0].value

    ranked = sorted(groups.values(), key=rank)
    most = len(ranked) if len(ranked) <= OUTLETS + 4 else OUTLETS
    found = {outlet: f"0|{group[0].value}" for group in ranked[:most] for outlet in group}
    rest: dict[str, list[IRI]] = defaultdict(list)
    for group in ranked[most:]:
        for outlet in group:
            end = min(ends[outlet], key=lambda box: (-ends[outlet][box], box))
            rest[end if end.startswith("2|") else "others"].append(outlet)
    for end in [end for end, left in rest.items() if len(left) == 1]:
        rest["others"] += rest.pop(end) if end != "others" else []
    for end, left in rest.items():
        found |= dict.fromkeys(left, f"0~{end}")
        mostly = f", mostly on {labels[end[2:]]}" if end != "others" else " on other sources"
        more = "{n} more outlets" if len(left) > 1 else "1 more outlet"
        names[f"0~{end}"] = more + mostly.replace("{", "{{").replace("}", "}}")
    return found


def _lines(
    reports: Sequence[Report],
    routes: Mapping[int, tuple[str, ...]],
    look: Mapping[IRI, Look],
    circles: Sequence[tuple[IRI, tuple[Voice, ...]]],
) -> Iterator[Line]:
    held: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in reports:
        for step in pairwise(routes[report.number]):
            held[step].append(report)
    turning = {(claim, voice.iri) for claim, voices in circles for voice in voices}
    for (source, target), found in sorted(held.items(), key=lambda item: item[0]):
        circular = any(
            (report.claim, before.iri) in turning and (report.claim, after.iri) in turning
            for report in found
            for before, after in pairwise(_chain(report))
        )
        yield Line(source, target, tuple(found), _one_look(found, look), circular)


def _circles(reports: Sequence[Report]) -> Iterator[tuple[IRI, tuple[Voice, ...]]]:
    """The claims in which sources cite one another in a circle, with these sources."""
    by_claim: dict[IRI, list[Report]] = defaultdict(list)
    for report in reports:
        by_claim[report.claim].append(report)
    for claim, found in by_claim.items():
        cites: dict[IRI, set[IRI]] = defaultdict(set)
        voices = {voice.iri: voice for report in found for voice in report.voices}
        for report in found:
            for before, after in pairwise(_chain(report)):
                cites[before.iri].add(after.iri)
        reach = {source: _reached(cites, source) for source in sorted(cites)}
        left = {source for source in reach if source in reach[source]}
        while left:
            first = min(left)
            circle = {other for other in left if other in reach[first] and first in reach[other]}
            left -= circle
            yield claim, tuple(sorted((voices[one] for one in circle), key=lambda v: (fold(v.label), v.iri.value)))


def _reached(cites: Mapping[IRI, set[IRI]], source: IRI) -> set[IRI]:
    found: set[IRI] = set()
    ahead = [source]
    while ahead:
        new = cites.get(ahead.pop(), set()) - found
        found |= new
        ahead.extend(new)
    return found


def _quoted(reports: Iterable[Report], source: IRI) -> bool:
    return any(voice.iri == source for report in reports for voice in _chain(report)[1:])


def _one_look(reports: Iterable[Report], look: Mapping[IRI, Look]) -> Look:
    found = {look.get(report.origin.iri, OTHER) for report in reports}
    return found.pop() if len(found) == 1 else OTHER


def _named(voices: Sequence[Voice]) -> str:
    if len(voices) == 1:
        return voices[0].label
    return f"{len(voices)} outlets: " + ", ".join(voice.label for voice in voices)


def documents_of(reports: Iterable[Report]) -> int:
    return len({report.document for report in reports})
