"""Placing a claim against the graph: what it was understood to say, where its figure was seen, what it is to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg.check.checked import Checked
from kg.check.claim import COLUMNS, Event, Understood, event_of, read_claim
from kg.check.deciding import Gap, gaps
from kg.check.names import Names
from kg.check.relations import Relatives, relatives
from kg.check.seen import Sighting, TakenBack, sightings, taken_back
from kg.check.sentence import Sentence, read_sentence
from kg.errors import InvalidInput, Problem, UsageError
from kg.ingest.findings import UnfitError
from kg.labels import day, days, labels
from kg.logic.figures import Given, face
from kg.lookup import Lookup
from kg.names import suggest
from kg.relate.reading import Statements, read_statements
from kg.relate.reasons import words
from kg.results import Result
from kg.store import Store
from kg.terms import IRI, Term, date, integer, text
from kg.vocab import scheme

UNSTATED = "unstated"


def check(store: Store, base: str, sentence: str | None, columns: Mapping[str, Any], *, file: str) -> Checked:
    """Places a claim against the graph, given as a sentence, as columns of the table `assertions`, or as both.

    `file` names the input in problems. InvalidInput for what cannot be read, NotFound and Ambiguous for names that mean
    nothing or several things here, UsageError for what is said twice and for columns that nobody knows.
    """
    said = {name: value for name, value in columns.items() if value is not None}
    if type(said.get("number")) is int:
        said["number"] = str(said["number"])
    known = [column.name for column in COLUMNS]
    if unknown := next((name for name in said if name not in known), None):
        near = suggest(unknown, known, most=1)
        raise UsageError(f"a claim has no {unknown!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    lookup = Lookup(store, base)
    event = event_of(store, lookup, said.get("event"))
    taken: Mapping[str, str] = {}
    if sentence is not None:
        read = _read(sentence, Names(store), event, file)
        if twice := next((name for name in read.columns if name in said), None):
            raise UsageError(f"{twice} is given twice: in the sentence and beside it; keep one of the two")
        said, taken = {**read.columns, **said}, read.taken
    elif not said:
        raise UsageError("nothing to check: give a sentence, or the parts of a claim")
    statements = read_statements(store, base)
    understood = read_claim(
        said, taken, file=file, event=event, statements=statements, lookup=lookup, store=store, base=base
    )
    reports, elsewhere = sightings(statements, understood.given)
    withdrawn = taken_back(statements, understood.given, store)
    found = relatives(statements, understood, store)
    open_ = gaps(understood, event, found)
    return Checked(
        IRI(understood.claim),
        understood.claim in {*(one.claim for one in reports), *(one.claim for one in withdrawn)},
        _understood(understood, store),
        _withdrawn(withdrawn, store),
        _seen(reports, store),
        _related(found, store),
        _decides(open_),
        dict(found.counted),
        found.compared,
        tuple(_notes(understood, reports, elsewhere, found, statements)),
    )


def _read(sentence: str, names: Names, event: Event, file: str) -> Sentence:
    try:
        return read_sentence(sentence, names, event.days)
    except UnfitError as unfit:
        problem = Problem(unfit.message, unfit.hint, file, value=sentence)
        raise InvalidInput("the sentence cannot be read as a claim", [problem]) from unfit


# ---- tables --------------------------------------------------------------------------------------------------------


def _understood(understood: Understood, store: Store) -> Result:
    """One row for each part of a claim: what it was taken to be, and how that came about."""
    given, notes = understood.given, dict(understood.notes)
    scope, parts = given.scope, understood.parts
    told = days(scope.window.start, scope.window.end)
    if told and scope.window.fit == "within":
        told = f"some days within {told}"
    if (scope.window.start is None) != (scope.window.end is None):
        missing = "first" if scope.window.start is None else "last"
        notes["window"] = "; ".join(filter(None, [notes.get("window"), f"the {missing} day is unstated"]))
    notes["figure"] = "; ".join(filter(None, [notes.get("figure"), _allows(given)]))
    rows: list[tuple[str, Term | str | None, str]] = [
        ("source", parts["source"], notes.get("source", "")),
        ("figure", words(given), notes["figure"]),
        ("measure", parts["measure"], notes.get("measure", "")),
        ("population", parts["population"], notes.get("population", "")),
        ("place", parts["place"], notes.get("place", "")),
        ("days", told, notes.get("window", "")),
        ("given on", day(given.as_of) if given.as_of else None, notes.get("as_of", "")),
        *(("by", IRI(party), "") for party in sorted(scope.parties)),
        *((("certainty", given.certainty, ""),) if given.certainty else ()),
        ("event", parts["event"], notes.get("event", "")),
        *((("other columns", "not used", notes["row"]),) if "row" in notes else ()),
    ]
    known = labels(store, [value for _, value, _ in rows if isinstance(value, IRI)])
    known |= {IRI(id_): label for id_, label in understood.names.items()}
    terms = tuple(
        (text(part), text(value or UNSTATED) if isinstance(value, str) or value is None else value, text(note))
        for part, value, note in rows
    )
    return Result(("part", "understood", "note"), terms, "", known)


def _allows(given: Given) -> str:
    """What the words of a figure allow, and how a number without a ceiling is read."""
    figure, allowed = given.figure, face(given.figure)
    if figure.bound == "bare":
        told = "a number without a word: " + ("a tally that may grow" if given.running else "a complete count")
    elif allowed.highest is None:
        told = f"{allowed.lowest:,} or more"
    else:
        told = f"{allowed.lowest:,}–{allowed.highest:,}" if allowed.lowest < allowed.highest else f"{allowed.lowest:,}"
    return f"{told}; counts only what is new" if figure.increment else told


def _withdrawn(found: Iterable[TakenBack], store: Store) -> Result:
    rows = tuple(
        (
            IRI(one.origin),
            text("; ".join(one.given_in)),
            date(one.day) if one.day else None,
            text(one.taken_back_in),
            text("; ".join(one.again_in)),
            IRI(one.claim),
        )
        for one in found
    )
    return _labelled(("origin", "given_in", "taken_back", "taken_back_in", "again_in", "claim"), rows, store)


def _seen(reports: Iterable[Sighting], store: Store) -> Result:
    rows = tuple(
        (
            date(one.published) if one.published else None,
            date(one.as_of) if one.as_of else None,
            IRI(one.outlet) if one.outlet else None,
            IRI(one.origin),
            _concept("stances", one.stance),
            IRI(one.claim),
            IRI(one.document),
        )
        for one in reports
    )
    return _labelled(("published", "as_of", "outlet", "origin", "stance", "claim", "document"), rows, store)


def _related(found: Relatives, store: Store) -> Result:
    names = labels(store, [IRI(origin) for one in found.told for origin in one.origins])
    rows = tuple(
        (
            _concept("relation-kinds", one.relation),
            IRI(one.other),
            text("; ".join(sorted(names.get(IRI(origin), origin) for origin in one.origins))),
            integer(len({voice.document for voice in one.voices if voice.document})),
            _concept("grades", one.grade),
            _concept("rules", one.rule),
            text(one.reason, "en"),
        )
        for one in found.told
    )
    return _labelled(("relation", "other", "origins", "documents", "grade", "rule", "why"), rows, store)


def _decides(open_: Iterable[Gap]) -> Result:
    rows = tuple(
        (
            text(gap.what),
            text("this claim" if gap.here else "others"),
            integer(gap.claims),
            text(gap.supposed) if gap.supposed else None,
            text(_told(gap.changes)) if gap.supposed else None,
        )
        for gap in open_
    )
    return Result(("unstated", "by", "claims", "suppose", "then"), rows)


def _told(changes: Iterable[tuple[str, int, int]]) -> str:
    """How numbers would change: "without assumptions 12 → 96, contradicts 0 → 3"."""
    told = ", ".join(f"{_kind(kind)} {now:,} → {then:,}" for kind, now, then in changes)
    return told or "nothing changes"


def _notes(
    understood: Understood,
    reports: Iterable[Sighting],
    elsewhere: int,
    found: Relatives,
    statements: Statements,
) -> Iterable[str]:
    given = understood.given
    if any((back.claim, back.origin) == (given.claim, given.origin) for back in statements.withdrawals):
        yield "this source has taken this very claim back"
    by_it = [one for one in reports if one.claim == given.claim and one.origin == given.origin]
    if own := {one.document for one in by_it if one.stance == "affirms"}:
        plural = "document has" if len(own) == 1 else "documents have"
        yield f"this source has given this very claim before: {len(own):,} {plural} it"
    if elsewhere:
        plural = "document prints" if elsewhere == 1 else "documents print"
        yield f"{elsewhere:,} {plural} the same number for something that does not compare"
    if left_out := len(found.rejected):
        plural = "relation is left out: a person" if left_out == 1 else "relations are left out: people"
        yield f"{left_out:,} {plural} rejected {'it' if left_out == 1 else 'them'} (kg annotate list)"
    if not found.compared:
        yield "no other figure in this workspace is of the same event and counts anything comparable"


def _kind(notation: str) -> str:
    concept = scheme("relation-kinds").get(notation)
    return concept.label if concept else notation


def _concept(name: str, word: str) -> IRI | None:
    concept = scheme(name).get(word)
    return concept.iri if concept else None


def _labelled(columns: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...], store: Store) -> Result:
    return Result(columns, rows, "", labels(store, (value for row in rows for value in row)))
