"""A row of `assertions` → a report: a chain of speakers, the claim at its end, and how it was put."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from kg.ingest.columns import ASSERTIONS, SheetReader
from kg.ingest.declarations import Declarations
from kg.ingest.documents import Documents, OpenDocument
from kg.ingest.findings import Fault, Findings, Where
from kg.ingest.names import unnamed
from kg.ingest.nested import SHORT_KEYS
from kg.ingest.tables import Row
from kg.logic.quantity import VAGUE_WORDS, interval
from kg.model import Claim, Figure, Report, Saying, Span, Speaker, Window

_STANCE_OF_POLARITY = {"affirmed": "affirms", "denied": "denies"}
_ONE_DAY = dt.timedelta(days=1)


class ReportReader:
    """Reads assertions into the documents they belong to."""

    def __init__(self, declarations: Declarations, documents: Documents, findings: Findings) -> None:
        self._declarations, self._documents, self._findings = declarations, documents, findings
        self._sheet = SheetReader(ASSERTIONS, findings, also=(*SHORT_KEYS, "who"))
        #: Chains as written → speakers; with the document's id in front where an unnamed source ties them to it.
        self._chains: dict[tuple[str, ...], tuple[Speaker, ...]] = {}
        self._rows: dict[tuple[str, str], tuple[str, Where]] = {}

    def read(self, row: Row, faults: list[Fault] | None = None) -> None:
        """Enters a row in its document, unless something is wrong with it. `faults` were found in it before."""
        values, found = self._sheet.read(row)
        found += faults or []
        identifier: str | None = values["doc"]
        # A row that names no document cannot refuse one; it is refused under the place where it stands.
        where = Where(row.file, row.line, identifier or f"{row.file}:{row.line}")
        self._findings.faults(where, found)
        before = self._findings.errors - len(found)
        faulty = {fault.column or fault.path for fault in found}
        document = self._documents.find(identifier, where) if identifier else None
        opened = document or OpenDocument(where)
        chain = self._chain(values["chain"], opened, where)
        claim = self._claim(values, opened, faulty, where)
        saying = self._saying(values, opened, faulty, where)
        if document is None or document.document is None or self._findings.errors > before:
            return
        report = Report(document.id, chain, claim, saying, values["id"] or "")
        self._enter(report, document, where)

    def _enter(self, report: Report, document: OpenDocument, where: Where) -> None:
        digest = report.digest
        if report.identifier:
            known, first = self._rows.setdefault((where.file, report.identifier), (digest, where))
            if known != digest:
                for here, there in ((where, first), (first, where)):
                    self._findings.error(
                        here,
                        f"two rows have the id “{report.identifier}”; the other one is in line {there.line}",
                        "give each row an id of its own",
                        path="id",
                        value=report.identifier,
                    )
                return
        else:
            report = replace(report, identifier=digest[:8])
        if digest in document.reports:
            file, line = document.lines[digest]
            kept = document.reports[digest].identifier
            self._findings.warning(
                where, f"the same row stands at {file}:{line}; it is kept once, as “{kept}”", "delete one of the two"
            )
            return
        document.reports[digest] = report
        document.lines[digest] = (where.file, where.line or 1)

    # chain

    def _chain(self, written: tuple[str, ...], opened: OpenDocument, where: Where) -> tuple[Speaker, ...]:
        """The speakers of a chain; reports one that does not begin with the outlet of its document."""
        if not written:
            return ()
        speakers = self._chains.get(written) or self._chains.get((opened.id, *written))
        if speakers is None:
            speakers, tied = self._resolved(written, opened, where)
            self._chains[(opened.id, *written) if tied else written] = speakers
        if opened.outlet is not None and speakers[0].id != opened.outlet.id:
            self._findings.error(
                where,
                f"the chain begins with “{written[0]}”, and the outlet of this document is “{opened.outlet.name}”",
                "begin the chain with the outlet; the innermost source comes last",
                path="chain",
                value=" > ".join(written),
            )
        return speakers

    def _resolved(
        self, written: tuple[str, ...], opened: OpenDocument, where: Where
    ) -> tuple[tuple[Speaker, ...], bool]:
        """The speakers, and whether one is without a name, which ties them to the document."""
        speakers: list[Speaker] = []
        way: list[str] = []
        tied = False
        for name in written:
            nameless = unnamed(name)
            if nameless is None:
                actor = self._declarations.actors.find(name, where, "chain")
                way.append(actor.name)
                speakers.append(Speaker(actor.id, None if actor.name == name else name))
            else:
                tied = True
                way.append(nameless)
                speakers.append(Speaker(opened.mention(tuple(way))))
        for speaker, following, name in zip(speakers, speakers[1:], written[1:], strict=False):
            if speaker.id == following.id:
                self._findings.warning(
                    where, f"“{name}” relays itself in this chain", "delete one of the two", path="chain", value=name
                )
        return tuple(speakers), tied

    # claim

    def _claim(self, values: dict[str, Any], opened: OpenDocument, faulty: set[str], where: Where) -> Claim:
        declarations = self._declarations
        written: str | None = values["kind"]
        statement: str | None = values["statement"]
        kind = written or "event"
        if kind == "denial":
            about_somebody = bool(values["responsible"] or values["act"])
            kind, text = ("responsibility", None) if about_somebody else ("event", statement)
        else:
            text = None if kind == "quantity" else statement
        if (
            written
            and kind != "quantity"
            and text is None
            and not (kind == "responsibility" and (values["responsible"] or values["act"]))
            and not faulty & {"statement", "responsible", "act"}
        ):
            self._findings.error(
                where,
                f"the row says nothing: a claim of kind {written} needs a statement",
                "fill in “statement”",
                path="statement",
            )
        start, end = values["window_start"], values["window_end"]
        if start and end and start > end:
            self._findings.error(
                where,
                f"the window starts ({start}) after it ends ({end})",
                "correct one of the days",
                path="window_start",
            )
        place, measure, population = values["place"], values["measure"], values["population"]
        return Claim(
            kind=kind,
            event=self._event(values["event"], opened, faulty, where),
            place=declarations.places.find(place, where, "place").id if place else None,
            window=Window(start, end, values["window_fit"] or "exact"),
            measure=declarations.measures.find(measure, where, "measure").name if measure else None,
            population=declarations.populations.find(population, where, "population").name if population else None,
            figure=self._figure(values, kind, faulty, where),
            responsible=self._responsible(values["responsible"], opened, where),
            act=values["act"],
            text=text,
            language=declarations.language if text else None,
        )

    def _event(self, written: str | None, opened: OpenDocument, faulty: set[str], where: Where) -> str | None:
        """The id of the row's event: its own, else the document's, else the only one that there is."""
        event = self._declarations.event(written, where) if written else opened.event or self._declarations.only_event
        if event is None and not written and len(self._declarations.events) > 1 and "event" not in faulty:
            self._findings.warning(
                where,
                "it is not said which of the events this claim is about",
                f"name it in the row or its document: {', '.join(self._declarations.events)}",
                path="event",
            )
        return event.id if event else None

    def _figure(self, values: dict[str, Any], kind: str, faulty: set[str], where: Where) -> Figure | None:
        bound, lower, upper = values["qualifier"], values["lower"], values["upper"]
        if faulty & {"qualifier", "lower", "upper", "kind"}:
            return None
        if kind != "quantity":
            if bound is not None or lower is not None or upper is not None:
                self._findings.error(
                    where,
                    f"a figure in a claim of kind {values['kind']}",
                    "make a claim of kind quantity of it, or delete lower, upper and qualifier",
                    path="kind",
                    value=values["kind"],
                )
            elif values["increment"]:
                self._findings.warning(
                    where,
                    "“increment” says something of figures only, and is not kept here",
                    "delete it",
                    path="increment",
                )
            return None
        if values["measure"] is None and "measure" not in faulty:
            self._findings.error(
                where,
                "a quantity needs a measure",
                "say what was counted: killed, injured, displaced, …",
                path="measure",
            )
        if bound is None:
            self._findings.error(
                where,
                "a quantity needs a qualifier",
                "write “bare” for a number printed without any word, else the word: at least, more than, about, …",
                path="qualifier",
            )
            return None
        try:
            excludes_nothing = interval(bound, lower, upper).excludes_nothing
        except ValueError as unfit:
            self._findings.error(
                where,
                str(unfit),
                "compare word and numbers with the document",
                path="qualifier",
                value=_figure_as_typed(bound, lower, upper),
            )
            return None
        if excludes_nothing:
            self._findings.error(
                where,
                "the claim excludes nothing: every count would agree with it",
                "correct the numbers, or enter it as a claim of kind position",
                path="lower",
                value=_figure_as_typed(bound, lower, upper),
            )
        if bound in VAGUE_WORDS:
            floor, ceiling = VAGUE_WORDS[bound]
            if lower in (None, floor) and upper in (None, ceiling):
                lower = upper = None  # the convention's numbers, which nobody printed: "hundreds" is one claim, not two
        return Figure(lower, upper, bound, bool(values["increment"]))

    def _responsible(self, names: tuple[str, ...], opened: OpenDocument, where: Where) -> tuple[str, ...]:
        """The ids of the parties, each once and in a fixed order: the same parties make the same claim."""
        if not names:
            return ()
        ids = set()
        for name in names:
            nameless = unnamed(name)
            if nameless is None:
                ids.add(self._declarations.actors.find(name, where, "responsible").id)
            else:
                ids.add(opened.mention(("party", nameless)))
        return tuple(sorted(ids))

    # saying

    def _saying(self, values: dict[str, Any], opened: OpenDocument, faulty: set[str], where: Where) -> Saying:
        as_of = values["as_of"]
        published = opened.document.published if opened.document else None
        if as_of and published and as_of > published + _ONE_DAY:
            self._findings.warning(
                where,
                f"said on {as_of}, in a document published on {published}",
                "correct one of the days; “as_of” is the day on which the source gave it",
                path="as_of",
            )
        return Saying(
            stance=self._stance(values, faulty, where),
            cue=values["cue"],
            directness=values["directness"],
            certainty=values["certainty"],
            as_of=as_of,
            as_of_basis=values["as_of_basis"],
            statement=values["statement"],
            language=self._declarations.language if values["statement"] else None,
            printed=values["printed"],
            span=self._span(values, faulty, where),
            note=values["note"],
        )

    def _stance(self, values: dict[str, Any], faulty: set[str], where: Where) -> str:
        """The stance; where it is unstated what the older column `polarity` says, else what the kind says."""
        stance: str | None = values["stance"]
        if stance is not None or "stance" in faulty:
            return stance or "affirms"
        polarity: str | None = values["polarity"]
        if polarity is None:
            return "denies" if values["kind"] == "denial" else "affirms"
        return _STANCE_OF_POLARITY[polarity]

    def _span(self, values: dict[str, Any], faulty: set[str], where: Where) -> Span | None:
        start, end, digest = values["span_start"], values["span_end"], values["span_digest"]
        if (start is None and end is None and digest is None) or faulty & {"span_start", "span_end"}:
            return None
        if start is None or end is None:
            self._findings.error(
                where,
                "a span needs both span_start and span_end",
                "fill in the other one, or delete both",
                path="span_start",
            )
        elif start >= end:
            self._findings.error(
                where,
                f"the span starts at {start:,} and ends at {end:,}",
                "its end must lie behind its start",
                path="span_start",
            )
        else:
            return Span(start, end, digest)
        return None


def _figure_as_typed(bound: str, lower: int | None, upper: int | None) -> str:
    return f"{bound}, lower {'none' if lower is None else lower}, upper {'none' if upper is None else upper}"
