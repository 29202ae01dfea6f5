"""Made-up dossiers of any size, the same on every machine: what a large collection looks like to the store.

Proportions are those of the Syria-coast demo (two thirds figures, a chain of two links most often, one origin in eight
unnamed). Events, sources, places and populations are drawn by Zipf's law: a few are met everywhere, most hardly ever.
Figures scatter about tolls that grow by the day, and the more is said about an event, the more of it repeats what was
said before: new claims grow with the square root, so that 100,000 rows on one event hold about 3,000 claims.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest
from typing import Generic, TypeVar

from kg import vocab
from kg.model import (
    Actor,
    Claim,
    Document,
    DocumentRecord,
    Dossier,
    DossierRecord,
    Event,
    Figure,
    Place,
    Report,
    Saying,
    Speaker,
    UnnamedSource,
    Window,
)

_Item = TypeVar("_Item")

ROWS_A_DOCUMENT = 4
ROWS_AN_EVENT = 400
#: Of what is first said about an event two thirds are new claims; later claims are new at this rate over the square
#: root of the rows so far, so that n rows hold about twice this rate times the square root of n claims.
_FIRST_NEW, _NEW_RATE = 2 / 3, 4.7
#: Of new figures, how many are another number for what somebody counted before.
_RECOUNTED = 0.4
_FIRST_DAY = dt.date(2031, 3, 1)
_KINDS = {"quantity": 66, "responsibility": 13, "event": 10, "position": 10, "commitment": 1}
_CHAIN_LENGTHS = {1: 10, 2: 64, 3: 23, 4: 3}
_BOUNDS = {"bare": 58, "at least": 15, "more than": 14, "about": 6, "nearly": 3, "hundreds": 2, "between": 2}
_STANCES = {"affirms": 95, "denies": 3, "questions": 1, "declines_to_confirm": 1}
_CERTAINTIES = {"stated": 96, "alleged": 2, "possible": 1, "likely": 1}
_CUES = ("said", "reported", "confirmed", "estimated", "according to")
_MEASURES = ("killed", "injured", "displaced", "missing", "arrested")
_POPULATIONS = ("people", "civilians", "security forces", "women", "children")
#: Of those counted among "people", how many are of each population.
_SHARES = dict(zip(_POPULATIONS, (1.0, 0.6, 0.2, 0.1, 0.15), strict=True))
#: What those who count come to, as a share of the toll: most agree, some do not.
_COUNTS = {1.0: 6, 0.95: 2, 0.7: 1, 1.6: 1}
_UNNAMED = ("eyewitnesses (unnamed)", "residents (unnamed)", "a local official (unnamed)")
_COUNTRIES = (("Orlen", "en"), ("Tessaly Isles", "en"), ("Marnia", "ar"), ("Quell", "fr"), ("Ostmark", "de"))


@dataclass(frozen=True)
class Made:
    """A made-up dossier, and for each parameter of the saved questions a name that finds much in it."""

    dossier: Dossier
    names: Mapping[str, str]


class _Zipf(Generic[_Item]):
    """Draws items, the first one most often: the n-th with a weight of 1/n."""

    def __init__(self, items: Sequence[_Item]) -> None:
        self._items = items
        self._weights = list(accumulate(1 / rank for rank in range(1, len(items) + 1)))

    def draw(self, dice: random.Random) -> _Item:
        return dice.choices(self._items, cum_weights=self._weights)[0]


def generate(assertions: int, seed: int = 1) -> Made:
    """A dossier of `assertions` rows (at least 1). The same numbers give the same dossier, everywhere."""
    return _Generator(assertions, random.Random(seed)).made()


class _Generator:
    def __init__(self, rows: int, dice: random.Random) -> None:
        self._rows, self._dice = rows, dice
        outlets = max(3, round(2 * math.sqrt(rows)))
        self._outlets = [_outlet(number) for number in range(outlets)]
        organisations = [_organisation(number) for number in range(max(3, outlets // 2))]
        people = [_person(number, organisations[number % len(organisations)]) for number in range(max(2, outlets // 4))]
        self._parties = [Actor(f"Velmara Command {n}", kind="armed force", party_to=True) for n in range(1, 9)]
        self._actors = [*self._outlets, *organisations, *people, *self._parties]
        country = Place("Orlen", kind="country")
        provinces = [Place(f"Orlen province {n}", kind="governorate", part_of=country.id) for n in range(1, 9)]
        towns = [
            Place(f"Velmara {n}", kind="town", part_of=provinces[n % 8].id, lat=10 + n / 100, lon=20 - n / 100)
            for n in range(1, 41)
        ]
        self._place_list = [country, *provinces, *towns]
        self._events = [_event(number, country) for number in range(max(2, rows // ROWS_AN_EVENT))]
        self._measure, self._population = _Zipf(_MEASURES), _Zipf(_POPULATIONS)
        self._event, self._place, self._outlet = _Zipf(self._events), _Zipf(self._place_list), _Zipf(self._outlets)
        # Organisations and the people who speak for them in turn, so that both are among the frequent sources.
        self._source = _Zipf([s for pair in zip_longest(organisations, people) for s in pair if s is not None])
        # Of every row what it claims, so that claims are repeated the more often, the more they were repeated before.
        self._told: dict[str, list[Claim]] = {event.id: [] for event in self._events}
        self._shares = {place.id: 0.2 for place in provinces} | {place.id: 0.03 for place in towns}
        self._tolls = {event.id: 10 ** dice.uniform(1.5, 4) for event in self._events}

    def made(self) -> Made:
        entered: dict[str, tuple[str, int]] = {}
        documents: list[DocumentRecord] = []
        left, line = self._rows, 2
        while left:
            rows = min(left, self._dice.randint(1, 2 * ROWS_A_DOCUMENT - 1))
            document = self._document(len(documents) + 1, rows)
            entered[document.document.id] = ("documents.csv", len(documents) + 2)
            for report in document.reports:
                entered[report.digest] = ("assertions.csv", line)
                line += 1
            documents.append(document)
            left -= rows
        record = DossierRecord(
            identifier="made-up",
            title="Made up for measuring",
            licence="CC0-1.0",
            language="en",
            events=tuple(self._events),
            actors=tuple(self._actors),
            places=tuple(self._place_list),
        )
        return Made(Dossier(record, tuple(documents), entered), self._busiest(documents))

    def _busiest(self, documents: Sequence[DocumentRecord]) -> dict[str, str]:
        """What is met most often, by the names of the parameters."""
        actors = {actor.id: actor.name for actor in self._actors}
        rows = [report for document in documents for report in document.reports]
        outlets = Counter(actors[row.chain[0].id] for row in rows)
        sources = Counter(actors[speaker.id] for row in rows for speaker in row.chain[1:] if speaker.id in actors)
        claim, _ = Counter(row.claim.id for row in rows).most_common(1)[0]
        numbers = Counter(row.claim.figure.lower for row in rows if row.claim.figure and row.claim.figure.lower)
        return {
            "event": Counter(row.claim.event or "" for row in rows).most_common(1)[0][0].removeprefix("event/"),
            "outlet": outlets.most_common(1)[0][0],
            "source": (sources or outlets).most_common(1)[0][0],
            "claim": next(row.identifier for row in rows if row.claim.id == claim),
            "measure": _MEASURES[0],
            "population": _POPULATIONS[0],
            "number": str(numbers.most_common(1)[0][0] if numbers else 1),
        }

    def _document(self, number: int, rows: int) -> DocumentRecord:
        dice, event, outlet = self._dice, self._event.draw(self._dice), self._outlet.draw(self._dice)
        assert event.start is not None
        published = event.start + dt.timedelta(dice.randint(0, 20))
        country, language = _COUNTRIES[sum(map(ord, outlet.name)) % len(_COUNTRIES)]
        url = f"https://news.example/{number}"
        document = Document(
            key=url,
            identifier=f"B{number:06}",
            outlet=outlet.id,
            outlet_country=country,
            outlet_kind=outlet.kind,
            url=url,
            published=published,
            date_basis="stamp",
            language=language,
            genre="article",
        )
        reports: dict[str, Report] = {}
        unnamed: dict[str, UnnamedSource] = {}
        while len(reports) < rows:
            report = self._report(document, event, outlet, f"{document.identifier}-{len(reports) + 1}", unnamed)
            reports.setdefault(report.digest, report)
        return DocumentRecord(document, tuple(reports.values()), tuple(unnamed.values()))

    def _report(
        self, document: Document, event: Event, outlet: Actor, identifier: str, unnamed: dict[str, UnnamedSource]
    ) -> Report:
        dice = self._dice
        way = [outlet.name]
        chain = [Speaker(outlet.id)]
        length = _weighted(_CHAIN_LENGTHS, dice)
        while len(chain) < length:
            if len(chain) == length - 1 and dice.random() < 1 / 8:
                source = UnnamedSource(document.id, (*way, dice.choice(_UNNAMED)))
                unnamed[source.id] = source
                chain.append(Speaker(source.id))
                break
            actor = self._source.draw(dice)
            if actor.name not in way:
                way.append(actor.name)
                chain.append(Speaker(actor.id))
        assert document.published is not None
        claim = self._claim(event, document.published)
        saying = Saying(
            stance=_weighted(_STANCES, dice),
            cue=dice.choice(_CUES),
            directness="paraphrase" if dice.random() < 0.97 else "quote",
            certainty=_weighted(_CERTAINTIES, dice),
            as_of=document.published,
            as_of_basis="published",
            statement=claim.text or f"{way[-1]} gives a figure for {event.label}.",
            language="en",
        )
        return Report(document.id, tuple(chain), claim, saying, identifier)

    def _claim(self, event: Event, published: dt.date) -> Claim:
        """A new claim about the event, or one that somebody made before."""
        dice, told = self._dice, self._told[event.id]
        if told and dice.random() > min(_FIRST_NEW, _NEW_RATE / math.sqrt(len(told))):
            claim = dice.choice(told)
        else:
            claim = self._new_claim(event, published, len(told) + 1)
        told.append(claim)
        return claim

    def _new_claim(self, event: Event, published: dt.date, number: int) -> Claim:
        dice, kind = self._dice, _weighted(_KINDS, self._dice)
        place = self._place.draw(dice)
        if kind == "quantity":
            before = dice.choice(self._told[event.id] or [None])
            if before is not None and before.kind == kind and dice.random() < _RECOUNTED:
                return replace(before, figure=self._figure(self._toll(before, event, published)))
            claim = Claim(
                kind=kind,
                event=event.id,
                place=place.id if dice.random() < 0.97 else None,
                window=Window(event.start, published) if dice.random() < 0.9 else Window(),
                measure=self._measure.draw(dice),
                population=self._population.draw(dice),
                figure=Figure(1, 1, "bare"),
                responsible=(dice.choice(self._parties).id,) if dice.random() < 0.1 else (),
            )
            return replace(claim, figure=self._figure(self._toll(claim, event, published)))
        about_somebody = kind == "responsibility"
        return Claim(
            kind=kind,
            event=event.id,
            place=place.id,
            responsible=(dice.choice(self._parties).id,) if about_somebody else (),
            act=dice.choice(vocab.scheme("acts").words) if about_somebody else None,
            text=f"What is said about {event.label}, number {number}.",
            language="en",
        )

    def _toll(self, claim: Claim, event: Event, published: dt.date) -> float:
        """What there was to count until that day: fewer in a part of the country, of a rarer measure, and early on."""
        assert event.start is not None
        known = 1 - 0.7 ** (1 + (published - event.start).days)
        where = self._shares.get(claim.place or "", 1.0)
        rarer = 1 + _MEASURES.index(claim.measure or _MEASURES[0])
        return self._tolls[event.id] * known * where * _SHARES[claim.population or _POPULATIONS[0]] / rarer

    def _figure(self, toll: float) -> Figure:
        bound = _weighted(_BOUNDS, self._dice)
        number = max(1, round(toll * _weighted(_COUNTS, self._dice)))
        if self._dice.random() < 0.3 and number > 10:
            number = round(number, 1 - len(str(number)) + (number > 100))
        if bound in ("at least", "more than"):
            return Figure(number, None, bound)
        if bound == "nearly":
            return Figure(None, number, bound)
        if bound == "hundreds":
            return Figure(None, None, bound)
        return Figure(number, number + max(1, number // 10) if bound == "between" else number, bound)


def _weighted(weights: Mapping[_Item, int], dice: random.Random) -> _Item:
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def _outlet(number: int) -> Actor:
    kind = ("online", "newspaper", "broadcaster", "wire")[number % 4]
    name, alias = f"Harbour Daily {number + 1}", f"HD{number + 1}"
    return Actor(name, kind=kind, aliases=(alias,), gathers="relays", party_to=False)


def _organisation(number: int) -> Actor:
    aliases = (f"Observers of Orlen {number + 1}", f"مرصد أورلن {number + 1}")
    return Actor(f"Orlen Monitor {number + 1}", kind="monitor", aliases=aliases, gathers="own", party_to=False)


def _person(number: int, organisation: Actor) -> Actor:
    return Actor(f"Ada Lind {number + 1}", kind="person", affiliation=organisation.id, gathers="own", party_to=False)


def _event(number: int, place: Place) -> Event:
    start = _FIRST_DAY + dt.timedelta(days=30 * number)
    label = f"Fighting near Velmara, part {number + 1}"
    return Event(f"velmara-{number + 1}", label, place=place.id, start=start, end=start + dt.timedelta(days=10))
