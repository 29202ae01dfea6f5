"""The columns of a claim → a figure as the rules compare it, and how each of them was understood.

The columns are those of the table `assertions`; beside them `source` says who gave the figure, where `chain` would tell
the whole way it came, and `number` holds the figure as a phrase, where `qualifier`, `lower` and `upper` would hold its
parts. What is left out is unstated. Only a measure is ever taken for granted, and the answer says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg import vocab
from kg.check.dates import EventDays
from kg.check.names import speakers_in
from kg.errors import Ambiguous, InvalidInput, NotFound, Problem, UsageError
from kg.ingest import values as cells
from kg.ingest.columns import ASSERTIONS, NAME, TEXT, Column, SheetReader
from kg.ingest.findings import Findings, UnfitError
from kg.ingest.phrases import read_phrase
from kg.ingest.tables import Row
from kg.logic.figures import Given, Scope
from kg.logic.quantity import VAGUE_WORDS, interval
from kg.lookup import Lookup, with_prefixes
from kg.model import UNNAMED_MARK, Claim, Figure, Window, actor_id, digest
from kg.relate.reading import Statements, Voice
from kg.store import Store
from kg.terms import IRI, Literal

#: What may be said of a claim. No column is required: what is left out is unstated.
COLUMNS = (*(replace(column, required=False) for column in ASSERTIONS), Column("source", NAME), Column("number", TEXT))
#: Columns of a row that say where it stands or how it was put: nothing is compared by them.
_BESIDE = ("doc", "id", "cue", "directness", "statement", "printed", "span_start", "span_end", "span_digest", "note")
_FIGURE = ("qualifier", "lower", "upper")
#: The measure of a figure that counts people and does not say what became of them.
_USUAL_MEASURE = "killed"


@dataclass(frozen=True)
class Event:
    """The event that a claim is about, by its IRI; None where the workspace has no event at all. `only` says that
    nobody had to name it."""

    iri: IRI | None
    days: EventDays = field(default_factory=EventDays)
    place: IRI | None = None
    place_name: str = ""
    only: bool = False


@dataclass(frozen=True)
class Understood:
    """A claim as it was understood. `claim` is the id it would have; `notes` say of a part how it was taken.

    `names` are words for the ids that the store does not know: those of new sources.
    """

    given: Given
    voice: Voice
    parts: Mapping[str, IRI | str | None]
    notes: Mapping[str, str]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def claim(self) -> str:
        return self.given.claim


def event_of(store: Store, lookup: Lookup, name: str | None) -> Event:
    """The event that is named, else the only one there is. UsageError where there are several to choose from."""
    query = """SELECT ?event ?id ?start ?end ?place ?name { ?event a sem:Event ; dcterms:identifier ?id
        OPTIONAL { ?event sem:hasBeginTimeStamp ?start } OPTIONAL { ?event sem:hasEndTimeStamp ?end }
        OPTIONAL { ?event sem:hasPlace ?place . ?place skos:prefLabel ?name } } ORDER BY ?id"""
    known: dict[IRI, tuple[str, Event]] = {}
    for iri, id_, start, end, place, place_name in store.select(with_prefixes(query)).rows:
        if isinstance(iri, IRI):
            where = place if isinstance(place, IRI) else None
            about = Event(iri, EventDays(_date(start), _date(end)), where, str(place_name or ""))
            known.setdefault(iri, (str(id_), about))
    if name is not None:
        found = lookup.resolve("event", name)
        return known[found][1] if found in known else Event(found)
    if len(known) > 1:
        raise UsageError("which event? name one of: " + ", ".join(id_ for id_, _ in known.values()))
    return next((replace(about, only=True) for _, about in known.values()), Event(None))


def read_claim(
    columns: Mapping[str, Any],
    taken: Mapping[str, str],
    *,
    file: str,
    event: Event,
    statements: Statements,
    lookup: Lookup,
    store: Store,
    base: str,
) -> Understood:
    """The claim in these columns. `taken` says of some how a sentence was read; `file` is where problems stand.

    InvalidInput carries everything that does not fit; NotFound and Ambiguous tell of names.
    """
    reader = _Reader(dict(taken), file, event, statements, lookup, store, base)
    return reader.understood(reader.values(columns))


class _Reader:
    def __init__(
        self,
        notes: dict[str, str],
        file: str,
        event: Event,
        statements: Statements,
        lookup: Lookup,
        store: Store,
        base: str,
    ) -> None:
        self._notes, self._file, self._event, self._statements = notes, file, event, statements
        self._lookup, self._store, self._base = lookup, store, base
        self._names: dict[str, str] = {}

    def values(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The columns, all of which are known, read as those of a table."""
        said = {name: value for name, value in columns.items() if value is not None}
        found, faults = SheetReader(COLUMNS, Findings(Path())).read(Row(self._file, 1, said, "yaml"))
        self._refuse([self._problem(fault.message, fault.hint, fault.path, fault.value) for fault in faults])
        problems = [*self._of_another_kind(found), *self._said_twice(found)]
        self._refuse(problems)
        if unused := [name for name in _BESIDE if found[name] is not None]:
            self._note("row", f"nothing is compared by {', '.join(unused)}")
        return found

    def understood(self, values: dict[str, Any]) -> Understood:
        figure = self._figure(values)
        window = Window(values["window_start"], values["window_end"], values["window_fit"] or "exact")
        if window.start and window.end and window.start > window.end:
            self._refuse(
                [self._problem(f"the window starts ({window.start}) after it ends ({window.end})", "correct one day")]
            )
        population = self._named("population", values["population"])
        measure = self._measure(values["measure"], population)
        place = self._named("place", values["place"])
        parties = frozenset(self._named("source", name) for name in values["responsible"]) - {None}
        chain = self._chain(values)
        responsible = frozenset(party.value for party in parties if party is not None)
        claim = Claim(
            kind="quantity",
            event=self._id(self._event.iri),
            place=self._id(place),
            window=window,
            measure=self._word("measures", measure),
            population=self._word("populations", population),
            figure=figure,
            responsible=tuple(sorted(party.removeprefix(self._base) for party in responsible)),
        )
        scope = Scope(_text(self._event.iri), _text(measure), _text(population), _text(place), window, responsible)
        certainty = values["certainty"] if values["certainty"] != "stated" else None
        inferred = values["as_of_basis"] == "inferred"
        given = Given(self._base + claim.id, chain[-1], scope, figure, values["as_of"], certainty, inferred)
        # A source alone may have said it anywhere; the first of a chain is the outlet that prints it.
        voice = Voice("", "", chain[0] if values["chain"] or len(chain) > 1 else None, chain)
        if self._event.only:
            self._note("event", "the only one here")
        parts: dict[str, IRI | str | None] = {
            "source": None if chain[-1] in self._unsaid else IRI(chain[-1]),
            "measure": measure,
            "population": population,
            "place": place,
            "event": self._event.iri,
            "certainty": certainty,
        }
        return Understood(given, voice, parts, self._notes, self._names)

    # what was counted

    def _figure(self, values: dict[str, Any]) -> Figure:
        bound, lower, upper = (values[name] for name in _FIGURE)
        if values["number"] is not None:
            try:
                bound, lower, upper = read_phrase(values["number"])
            except UnfitError as unfit:
                self._refuse([self._problem(unfit.message, unfit.hint, "number", values["number"])])
        elif bound is None and lower is not None and lower == upper:
            bound = "bare"
            self._note("figure", "no qualifier is given: taken as a number without a word")
        if bound is None:
            message = (
                "there is no figure" if lower is upper is None else "it is not said how the numbers bound the figure"
            )
            self._refuse([self._problem(message, "give number, such as 745, at least 745 or 2,300–2,400", "number")])
        try:
            excludes_nothing = interval(bound, lower, upper).excludes_nothing
        except ValueError as unfit:
            self._refuse([self._problem(str(unfit), "compare word and numbers", "qualifier", bound)])
        if excludes_nothing:
            self._refuse(
                [self._problem("the claim excludes nothing: every count agrees with it", "correct the number")]
            )
        if bound in VAGUE_WORDS:
            floor, ceiling = VAGUE_WORDS[bound]
            if lower in (None, floor) and upper in (None, ceiling):
                lower = upper = None  # the convention's numbers, which nobody printed
        return Figure(lower, upper, bound, bool(values["increment"]))

    def _measure(self, name: str | None, population: IRI | None) -> IRI:
        if name is not None and (measure := self._named("measure", name)) is not None:
            return measure
        if population is not None:
            concept = vocab.scheme("populations").of_iri(population)
            same = vocab.scheme("measures").get(concept.notation) if concept else None
            if same is not None:
                self._note("measure", f"nothing is said of what became of them: {same.notation} are counted as such")
                return same.iri
            people = vocab.scheme("populations").get("people")
            usual = vocab.scheme("measures").get(_USUAL_MEASURE)
            assert people is not None and usual is not None
            if self._statements.orders.population.within(population.value, people.iri.value):
                self._note("measure", f"not said; taken as {_USUAL_MEASURE}")
                return usual.iri
        self._refuse(
            [
                self._problem(
                    "it is not said what was counted", "add a measure: killed, injured, displaced, …", "measure"
                )
            ]
        )
        raise AssertionError("refused")

    # who and where

    def _named(self, kind: str, name: str | None) -> IRI | None:
        return None if name is None else self._lookup.resolve(kind, name)

    def _chain(self, values: dict[str, Any]) -> tuple[str, ...]:
        """The ids of the speakers, persons as the organisation that they speak for; one id for an unstated source."""
        source = values["source"]
        speakers = values["chain"] or (self._speakers(source) if source else ())
        self._unsaid: set[str] = set()
        if not speakers:
            self._unsaid.add(nobody := f"{self._base}unnamed/{digest({'type': 'unnamed', 'document': None})}")
            self._names[nobody] = "source unstated"
            self._note("source", "compared with every source as another one")
            return (nobody,)
        chain = tuple(self._speaker(name) for name in speakers)
        if len(chain) > 1:
            self._note("source", f"through {' → '.join(speakers[:-1])}")
        return chain

    def _speakers(self, source: str) -> tuple[str, ...]:
        """The chain that a source is written as: "A > B", or "A, citing B" unless somebody here goes by that name."""
        written = cells.chain(source)
        speakers = tuple(name for one in written for name in ([one] if self._is_known(one) else speakers_in(one)))
        if speakers != written:
            self._note("source", f"“{source}” is read as {' > '.join(speakers)}")
        return speakers

    def _is_known(self, name: str) -> bool:
        try:
            return bool(self._lookup.resolve("source", name))
        except (NotFound, Ambiguous) as found:
            return isinstance(found, Ambiguous)

    def _speaker(self, name: str) -> str:
        try:
            found = None if name.endswith(UNNAMED_MARK) else self._lookup.resolve("source", name)
        except NotFound as unknown:
            near = f"; near to it: {', '.join(unknown.suggestions)}" if unknown.suggestions else ""
            self._note("source", f"{name} is new here{near}")
            new = self._base + actor_id(name)
            self._names[new] = name
            return new
        except Ambiguous as several:
            if not all("/unnamed/" in iri for iri, _ in several.candidates):
                raise
            found = None
        if found is None or "/unnamed/" in found.value:
            self._note("source", f"{name.removesuffix(UNNAMED_MARK).strip()}: without a name, so nobody known here")
            new = f"{self._base}unnamed/{digest({'type': 'unnamed', 'document': None, 'mentioned': name})}"
            self._names[new] = name
            return new
        return self._organisation(found, name).value

    def _organisation(self, speaker: IRI, name: str) -> IRI:
        query = f"SELECT ?organisation {{ {speaker.n3} a schema:Person ; schema:affiliation ?organisation }}"
        for (organisation,) in self._store.select(with_prefixes(query)).rows:
            if isinstance(organisation, IRI):
                self._note("source", f"{name} speaks for it")
                return organisation
        return speaker

    # what does not fit

    def _of_another_kind(self, values: dict[str, Any]) -> list[Problem]:
        found = []
        if values["kind"] not in (None, "quantity"):
            found.append(self._problem("only figures can be checked", "leave out the kind", "kind", values["kind"]))
        if values["stance"] not in (None, "affirms") or values["polarity"] == "denied":
            path = "polarity" if values["stance"] in (None, "affirms") else "stance"
            found.append(self._problem("only what a source affirms can be checked", "leave it out", path, values[path]))
        if values["act"] is not None:
            found.append(self._problem("a figure has no act", "leave it out", "act", values["act"]))
        return found

    def _said_twice(self, values: dict[str, Any]) -> list[Problem]:
        found = []
        if values["number"] is not None and (other := next((n for n in _FIGURE if values[n] is not None), None)):
            found.append(self._problem(f"the figure is given twice: as number and as {other}", "keep one", "number"))
        if values["source"] is not None and values["chain"]:
            found.append(self._problem("both source and chain are given", "keep the chain", "source"))
        return found

    def _problem(self, message: str, hint: str, path: str | None = None, value: object = None) -> Problem:
        return Problem(message, hint, self._file, None, path, None if value is None else str(value))

    def _refuse(self, problems: list[Problem]) -> None:
        if problems:
            raise InvalidInput("the claim cannot be checked as it stands", problems)

    def _note(self, part: str, words: str) -> None:
        self._notes[part] = f"{self._notes[part]}; {words}" if part in self._notes else words

    # ids

    def _id(self, iri: IRI | None) -> str | None:
        return None if iri is None else iri.value.removeprefix(self._base)

    def _word(self, scheme: str, iri: IRI | None) -> str | None:
        """The word that ids are made of: the notation of a shipped concept, the name of one that a dossier declares."""
        if iri is None:
            return None
        if (concept := vocab.scheme(scheme).of_iri(iri)) is not None:
            return concept.notation
        rows = self._store.select(
            with_prefixes(f"SELECT ?name {{ {iri.n3} skos:prefLabel ?name }} ORDER BY ?name")
        ).rows
        return str(rows[0][0]) if rows else iri.value


def _text(iri: IRI | None) -> str | None:
    return None if iri is None else iri.value


def _date(value: object) -> dt.date | None:
    return dt.date.fromisoformat(value.value[:10]) if isinstance(value, Literal) else None
