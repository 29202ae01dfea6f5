"""What each source does with each claim of an event: one cell for every pair, of the claims that most documents make.

A source is *silent* only if the material holds a document of it about the event; of a source that is merely quoted,
nothing was collected.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.names import fold
from kg.terms import IRI
from kg.views.record import Record, Report, Voice
from kg.views.stated import counted

#: Most claims and sources that are drawn; the question who-said tells of the others.
CLAIMS, SOURCES = 8, 22

_AGAINST = {"denies": "denies", "retracts": "denies"}  # every other stance that does not affirm is a doubt
_STANCES = {"affirms": 2, "doubts": 1, "denies": 0}
_MANNERS = ("own", "relays", "quoted")

_SHORT: Mapping[str, str] = {
    "affirms own": "asserts",
    "affirms relays": "attributes to another",
    "affirms quoted": "others attribute it to them",
    "silent": "silent in what was collected",
    "not collected": "not collected",
}
_VERBS: Mapping[str, str] = {
    "denies": "denies it",
    "retracts": "retracts it",
    "questions": "questions it",
    "finds no evidence": "finds no evidence of it",
    "declines to confirm": "does not confirm it",
    "affirms": "asserts it",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """What one source does with one claim. `state` is the gravest of what it does, `told` all of it with the reports.

    States are "affirms", "doubts" or "denies" with "own", "relays" or "quoted" behind it, "silent" or "not collected".
    """

    state: str
    told: Mapping[str, tuple[Report, ...]]

    @property
    def reports(self) -> tuple[Report, ...]:
        found = {report.number: report for reports in self.told.values() for report in reports}
        return tuple(found[number] for number in sorted(found))

    @property
    def words(self) -> str:
        """The state in few words, with the word of each stance: "denies it", "reports that another questions it"."""
        if self.state in _SHORT:
            return _SHORT[self.state]
        verbs = " and ".join(sorted({_VERBS.get(report.stance, report.stance) for report in self.told[self.state]}))
        manner = self.state.partition(" ")[2]
        return {"own": verbs, "relays": f"reports that another {verbs}", "quoted": f"others say that it {verbs}"}[
            manner
        ]

    @property
    def in_full(self) -> str:
        """All that the source does with the claim, each with whom it concerns and in how many documents."""
        parts = (Cell(state, {state: self.told[state]}) for state in sorted(self.told, key=_gravity))
        return "; ".join(part._one for part in parts) or self.words

    @property
    def _one(self) -> str:
        named = {
            "own": [],
            "relays": [report.origin.label for report in self.reports],
            "quoted": [report.outlet.label for report in self.reports],
        }
        manner = self.state.partition(" ")[2]
        listed = ", ".join(sorted(set(named[manner]), key=fold))
        by = {"own": "", "relays": f" ({listed})", "quoted": f" (told by {listed})"}[manner]
        return f"{self.words}{by} in {counted(len({report.document for report in self.reports}), 'document')}"


@dataclass(frozen=True, slots=True)
class Source:
    """A row. `main` is the origin that most of its reports rest on; of a source that is only quoted, itself.

    `head` is whether other rows may stand under it, as their main origin, `inset` whether it stands under another.
    """

    voice: Voice
    main: Voice
    head: bool
    inset: bool


#: By source and claim, the reports for each state.
Told = Mapping[tuple[IRI, IRI], Mapping[str, tuple[Report, ...]]]


@dataclass(frozen=True)
class Grid:
    """The claims and sources that are drawn. `told` knows the others as well."""

    record: Record
    claims: Sequence[IRI]
    sources: Sequence[Source]
    told: Told

    def cell(self, source: IRI, claim: IRI) -> Cell:
        """What the source does with the claim, be it nothing."""
        if states := self.told.get((source, claim)):
            return Cell(min(states, key=_gravity), states)
        return Cell("silent" if source in self.record.collected else "not collected", {})

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell that is drawn, by source."""
        return tuple(self.cell(source.voice.iri, claim) for source in self.sources for claim in self.claims)

    def label(self, claim: IRI) -> str:
        return self.record.claims[claim].label if claim in self.record.claims else claim.value

    def denied(self, claim: IRI) -> int:
        """The number of documents that deny the claim."""
        return len({report.document for report in self.record.reports_of[claim] if report.stance == "denies"})

    def independent(self, claim: IRI) -> tuple[str, str]:
        """The independent origins of the claim, for a cell and in words."""
        if self.record.backing is None:
            return "?", "not worked out: kg relate"
        if backing := self.record.backing.get(claim):
            return backing.independent, f"{backing.independent} ({backing.verdict})"
        affirmed = any(report.affirms for report in self.record.reports_of[claim])
        return ("?", "not told") if affirmed else ("–", "nobody affirms it")


def read_grid(record: Record) -> Grid:
    """The claims of most documents, disputed ones first among equals, and the sources that say most about them.

    Each outlet stands under the origin on which most of its reports rest.
    """
    claims, told = _claims(record), _told(record)
    return Grid(record, claims, _sources(record, claims, told), told)


def _claims(record: Record) -> list[IRI]:
    def rank(claim: IRI) -> tuple[object, ...]:
        reports = record.reports_of[claim]
        disputed = any(not report.affirms for report in reports)
        outlets = {report.outlet.iri for report in reports}
        return (
            -len({report.document for report in reports}),
            not disputed,
            -len(outlets),
            reports[0].number,
            claim.value,
        )

    return sorted(record.reports_of, key=rank)[:CLAIMS]


def _told(record: Record) -> Told:
    found: dict[tuple[IRI, IRI], dict[str, list[Report]]] = defaultdict(lambda: defaultdict(list))
    for report in record.reports:
        stance = "affirms" if report.affirms else _AGAINST.get(report.stance, "doubts")
        manners = {report.outlet.iri: "own" if report.own_voice else "relays"}
        for voice in report.voices[1:]:
            manners.setdefault(voice.iri, "quoted")
        for source, manner in manners.items():
            found[source, report.claim][f"{stance} {manner}"].append(report)
    return {key: {state: tuple(reports) for state, reports in states.items()} for key, states in found.items()}


def _gravity(state: str) -> tuple[int, int]:
    stance, _, manner = state.partition(" ")
    return _STANCES[stance], _MANNERS.index(manner)


def _sources(record: Record, claims: Sequence[IRI], told: Told) -> list[Source]:
    voices = {voice.iri: voice for report in record.reports for voice in report.voices if voice.kind != "unnamed"}
    about: Counter[IRI] = Counter()
    rests: dict[IRI, Counter[Voice]] = defaultdict(Counter)
    for report in record.reports:
        rests[report.outlet.iri][report.origin] += 1
        about.update({voice.iri for voice in report.voices})
    main = {source: _main(voice, rests[source]) for source, voice in voices.items()}
    spoken = {
        source: sum(len(_numbers(told[source, claim])) for claim in claims if (source, claim) in told)
        for source in voices
    }

    def rank(source: IRI) -> tuple[object, ...]:
        against = any(not state.startswith("affirms") for claim in claims for state in told.get((source, claim), ()))
        return not against, -spoken[source], -about[source], fold(voices[source].label), source.value

    chosen: dict[IRI, None] = {}
    for source in sorted(voices, key=rank):
        new = [one for one in (main[source].iri, source) if one in voices and one not in chosen]
        if len(chosen) + len(new) <= SOURCES:
            chosen |= dict.fromkeys(new)
    heads = {main[source].iri for source in chosen} & set(chosen)
    group = {source: source if source in heads else main[source].iri for source in chosen}
    size = {head: sum(about[source] for source in chosen if group[source] == head) for head in group.values()}

    def place(source: IRI) -> tuple[object, ...]:
        head = group[source]
        return head not in heads, -size[head], head.value, source not in heads, rank(source)

    return [
        Source(voices[source], main[source], source in heads, source not in heads and group[source] in heads)
        for source in sorted(chosen, key=place)
    ]


def _main(voice: Voice, origins: Counter[Voice]) -> Voice:
    """The origin that most reports of the outlet rest on; itself, where the material has no report of it."""
    if not origins:
        return voice
    by_iri: Counter[IRI] = Counter()
    for origin, count in origins.items():
        by_iri[origin.iri] += count
    first = min(by_iri, key=lambda iri: (-by_iri[iri], iri != voice.iri, iri.value))
    return next(origin for origin in origins if origin.iri == first)


def _numbers(states: Mapping[str, tuple[Report, ...]]) -> set[int]:
    return {report.number for reports in states.values() for report in reports}
