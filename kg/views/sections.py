"""The sections of an event's page that are lists: what contradicts, what changed, who has not been heard."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kg.results import Result
from kg.terms import IRI, Term
from kg.views.asking import Ask, Asked, as_iri, as_number, ask_event, notation
from kg.views.figure import numbers
from kg.views.record import Record, Report

#: Rows of the longer sections that the page shows; the question has the others.
FIRST = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a section: its cells as text under the columns of the section, and the reports it is about."""

    cells: tuple[str, ...]
    reports: tuple[int, ...]
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one question. `total` is how many rows there are, of which `lines` are the first; `empty` is said where
    there are none."""

    key: str
    title: str
    says: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    total: int
    asked: Asked
    empty: str


class Sections:
    """Asks the questions of the sections and puts their rows into words."""

    def __init__(self, ask: Ask, record: Record) -> None:
        self._ask, self._record = ask, record
        self._of_document: dict[IRI, list[Report]] = defaultdict(list)
        for report in record.reports:
            self._of_document[report.document].append(report)

    def conflicts(self) -> tuple[Section, ...]:
        """What contradicts, and the first of what only seems to."""

        def lines(found: Result, most: int | None) -> tuple[Line, ...]:
            return tuple(
                Line(
                    (
                        found.shown(row["a"]),
                        found.shown(row["b"]),
                        _grade(row["grade"]),
                        found.shown(row["why"]),
                    ),
                    self._about(row["a"], row["b"]),
                    _grade(row["grade"]),
                )
                for row in list(rows_of(found))[:most]
            )

        event = self._record.event
        contradictions, asked = ask_event(self._ask, "contradictions", event)
        rivals, also = ask_event(self._ask, "rivals", event)
        columns = ("one claim", "the other", "grade", "why")
        return (
            Section(
                "contradictions",
                "What contradicts",
                "Two claims of different origins that cannot both be so. Firm follows from the words alone; hedged "
                "rests on a rounded or unfinished number; conditional holds only if what the reason ends on is so.",
                columns,
                lines(contradictions, None),
                len(contradictions),
                asked,
                "No two claims of different origins were found to contradict each other.",
            ),
            Section(
                "rivals",
                "What only seems to contradict",
                "Both figures can hold, although a reader would not expect it: “over 1,000” and “over 4,000” can both "
                "be so.",
                columns,
                lines(rivals, FIRST),
                len(rivals),
                also,
                "No such pairs were found.",
            ),
        )

    def retelling(self) -> tuple[Section, ...]:
        event = self._record.event
        altered, asked_altered = ask_event(self._ask, "altered-reports", event)
        lost, asked_lost = ask_event(self._ask, "attribution-lost", event)
        withdrawn, asked_withdrawn = ask_event(self._ask, "withdrawals", event)
        return (
            Section(
                "altered",
                "What changed in retelling",
                "One origin and one day, and yet its figure stands differently in different documents.",
                ("document", "whose figure", "as given here", "as others give it", "what differs", "why"),
                tuple(
                    Line(
                        tuple(
                            altered.shown(row[name])
                            for name in ("document", "origin", "reported", "other", "changed", "why")
                        ),
                        self._said(row["document"], row["reported"]),
                    )
                    for row in list(rows_of(altered))[:FIRST]
                ),
                len(altered),
                asked_altered,
                "No figure was found that changed in retelling.",
            ),
            Section(
                "lost",
                "Attributions that were lost",
                "Said in the outlet's own voice, after others had it on somebody's word. A flag for a person to judge: "
                "the outlet may have found out for itself.",
                ("document", "what it says", "earlier in", "on the word of"),
                tuple(
                    Line(
                        tuple(lost.shown(row[name]) for name in ("document", "statement", "earlier", "origin")),
                        self._worded(row["document"], lost.shown(row["statement"])),
                    )
                    for row in rows_of(lost)
                ),
                len(lost),
                asked_lost,
                "No attribution was found that was lost.",
            ),
            Section(
                "withdrawals",
                "What rests on withdrawn words",
                "Documents that say something on the word of a source that has since withdrawn it.",
                ("document", "claim", "whose word", "withdrawn"),
                tuple(
                    Line(
                        tuple(withdrawn.shown(row[name]) for name in ("document", "claim", "origin", "withdrawn")),
                        self._said(row["document"], row["claim"]),
                    )
                    for row in rows_of(withdrawn)
                ),
                len(withdrawn),
                asked_withdrawn,
                "Nothing in what was collected rests on words that were withdrawn.",
            ),
        )

    def unheard(self, parties: Result, asked_parties: Asked) -> tuple[Section, ...]:
        """Who has no document, and what nobody named says. It speaks of what was collected, never of the world."""
        found, asked = ask_event(self._ask, "unheard", self._record.event)
        unnamed, asked_unnamed = ask_event(self._ask, "unnamed-only", self._record.event)
        rows = list(rows_of(found))
        quoted = [row for row in rows if as_number(row["documents"])]
        silent = [row for row in rows if not as_number(row["documents"])]
        spoken = Counter(as_iri(row["party"]) for row in rows_of(parties))
        return (
            Section(
                "unheard",
                "Quoted, but with no document of their own",
                "Their words reach this page through others only. What they published themselves was not collected.",
                ("source", "documents that pass on its word"),
                tuple(
                    Line(
                        (found.shown(row["source"]), found.shown(row["documents"])),
                        self._by(row["source"]),
                    )
                    for row in quoted[:FIRST]
                ),
                len(quoted),
                asked,
                "Everybody who is quoted has a document of their own in what was collected.",
            ),
            Section(
                "silent",
                "Parties without a word in what was collected",
                "Parties to the event of whom nothing is quoted in what was collected. They may have spoken elsewhere.",
                ("party",),
                tuple(Line((found.shown(row["source"]),), ()) for row in silent),
                len(silent),
                asked,
                "Every declared party to the event has a word in what was collected.",
            ),
            Section(
                "parties",
                "Parties that speak",
                "The word of a party about the event is a claim and confirms nothing.",
                ("party", "statements"),
                tuple(
                    Line((parties.shown(party), f"{number:,}"), self._by(party))
                    for party, number in spoken.most_common()
                ),
                len(spoken),
                asked_parties,
                "No party to the event has a word in what was collected.",
            ),
            Section(
                "unnamed",
                "Said only by sources that nobody names",
                "Claims that nobody affirms who is named.",
                ("claim", "documents"),
                tuple(
                    Line(
                        (unnamed.shown(row["claim"]), unnamed.shown(row["documents"])),
                        self._about(row["claim"]),
                    )
                    for row in list(rows_of(unnamed))[:FIRST]
                ),
                len(unnamed),
                asked_unnamed,
                "Every claim has somebody named who affirms it.",
            ),
        )

    # ---- which reports a row is about --------------------------------------------------------------------------------

    def _about(self, *claims: Term | None) -> tuple[int, ...]:
        known = self._record.reports_of
        return numbers(report for claim in claims if isinstance(claim, IRI) for report in known.get(claim, ()))

    def _said(self, document: Term | None, claim: Term | None) -> tuple[int, ...]:
        """The reports of the claim in the document."""
        of = self._of_document.get(document, []) if isinstance(document, IRI) else []
        return numbers(report for report in of if report.claim == claim)

    def _worded(self, document: Term | None, statement: str) -> tuple[int, ...]:
        of = self._of_document.get(document, []) if isinstance(document, IRI) else []
        return numbers(report for report in of if report.own_voice and report.statement == statement)

    def _by(self, source: Term | None) -> tuple[int, ...]:
        return numbers(report for report in self._record.reports if report.origin.iri == source)


def rows_of(result: Result) -> Iterator[dict[str, Term | None]]:
    """The rows by the names of their columns."""
    return (dict(zip(result.columns, row, strict=True)) for row in result.rows)


def _grade(value: Term | None) -> str:
    return notation(value, "grades") or "unknown"
