"""What a dossier holds, as plain values with content ids.

An *assertion* is one source saying something once, in one document; a *claim* is what is said. Two outlets that give
the same figure for the same scope make two assertions of one claim. A chain is assertions that relay assertions; the
last one expresses the claim, and its source is the *origin*.

Every id is a digest of the content it names (canonical JSON, SHA-256), so the same input gives the same ids on every
machine. Ids are paths such as `claim/9f3c…`; the workspace puts its base IRI in front of them.

Words of fixed vocabularies (stances, bounds, …) are kept as the notation of their scheme in `ontology/schemes/`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

UNNAMED_MARK = "(unnamed)"

JSON = None | bool | int | float | str | Sequence["JSON"] | dict[str, "JSON"]

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(content: JSON) -> str:
    """16 hexadecimal digits (64 bits) of the SHA-256 of the content's canonical JSON.

    Canonical: keys sorted, no insignificant space, text in NFC. At a million claims the chance that any two share a
    digest is below 3 in 100 million.
    """
    canonical = unicodedata.normalize("NFC", _CANONICAL.encode(content))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _named_id(kind: str, name: str) -> str:
    """An id people can read: the ASCII letters of the name, then the digest that makes it unique."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:40].rstrip("-")
    code = digest({"type": kind, "name": " ".join(name.split())})
    return f"{kind}/{slug}-{code}" if slug else f"{kind}/{code}"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as the dossier delimits it. `identifier` is typed by the editors; `start` and `end` are days,
    both included; None is unstated."""

    identifier: str
    label: str
    place: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def id(self) -> str:
        return f"event/{self.identifier}"


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `part_of`, `members` and `disjoint_with` hold place ids; `lat`, `lon` are WGS 84 degrees, both or none.

    `members` makes a composite place ("Latakia and Tartus governorates"). Kind "event area" names the area of an event
    without a boundary. What is not declared disjoint is unknown, not overlapping.
    """

    name: str
    kind: str | None = None
    part_of: str | None = None
    lat: float | None = None
    lon: float | None = None
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    disjoint_with: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return place_id(self.name)


def place_id(name: str) -> str:
    return _named_id("place", name)


@dataclass(frozen=True, slots=True)
class Actor:
    """A named source, outlet or party. `affiliation` is the id of the organisation it speaks for or belongs to.

    `gathers` says whether it collects its own evidence ("own"), passes on others' ("relays") or "unknown".
    `party_to` is True for a party to the event or one speaking for it, False for none, None for disputed or unstated.
    """

    name: str
    kind: str | None = None
    affiliation: str | None = None
    aliases: tuple[str, ...] = ()
    gathers: str | None = None
    gathers_basis: str | None = None
    party_to: bool | None = None

    @property
    def id(self) -> str:
        return actor_id(self.name)

    @property
    def is_person(self) -> bool:
        return self.kind == "person"


def actor_id(name: str) -> str:
    return _named_id("actor", name)


@dataclass(frozen=True, slots=True)
class UnnamedSource:
    """A source or party without a name: it is known only where it is mentioned.

    `document` is the id of that document, `mentioned` the way to it: for a source the names of the chain down to and
    including it, for a party ("party", name), for a cited one ("cites", name). Two documents' "eyewitnesses" are two.
    """

    document: str
    mentioned: tuple[str, ...]

    @property
    def name(self) -> str:
        """As printed in the table, without the mark."""
        return self.mentioned[-1].removesuffix(UNNAMED_MARK).strip()

    @property
    def id(self) -> str:
        return "unnamed/" + digest({"type": "unnamed", "document": self.document, "mentioned": self.mentioned})


@dataclass(frozen=True, slots=True)
class Concept:
    """A measure or population that a dossier adds to the shipped schemes. `scheme` is "measures" or "populations".

    `broader` and `disjoint_with` hold words: notations of the shipped schemes or names of this dossier's own concepts.
    """

    scheme: str
    name: str
    broader: tuple[str, ...] = ()
    disjoint_with: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    definition: str | None = None

    @property
    def id(self) -> str:
        return _named_id(self.scheme.removesuffix("s"), self.name)


@dataclass(frozen=True, slots=True)
class Document:
    """One publication. `outlet` is an actor id; `cites` are actor or unnamed ids, kept as "may relay".

    `key` is what makes it the same document on re-reading: its address, or where it has none the dossier and the id
    that the dossier gives it. `text_digest` is "sha256:…" of the canonical text where the editors hold it.
    """

    key: str
    identifier: str
    outlet: str
    outlet_country: str | None = None
    outlet_kind: str | None = None
    url: str | None = None
    published: dt.date | None = None
    date_basis: str | None = None
    language: str | None = None
    genre: str | None = None
    cites: tuple[str, ...] = ()
    text_digest: str | None = None
    note: str | None = None

    @property
    def id(self) -> str:
        return "document/" + digest({"type": "document", "key": self.key})


@dataclass(frozen=True, slots=True)
class Window:
    """The days a claim covers, first and last included; None is unstated.

    `fit` is "exact" (these very days) or "within" (some stretch of days inside them, "48 hours" before a date).
    """

    start: dt.date | None = None
    end: dt.date | None = None
    fit: str = "exact"


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed number and the word that bounds it. The numbers are as printed: "more than 745" has lower 745.

    What the words exclude follows from `bound` alone (`kg.logic.quantity.interval`). `increment` is True for a count
    of what was newly recorded in its window, which adds to an earlier total and is never compared with one.
    """

    lower: int | None
    upper: int | None
    bound: str
    increment: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said. `event`, `place` and `responsible` hold ids, `measure` and `population` words of their schemes.

    kind: "quantity", "event", "responsibility", "position" or "commitment". `text` is the content in the dossier's
    own words for all that the other fields cannot say; None for quantities, whose fields say everything.
    """

    kind: str
    event: str | None = None
    place: str | None = None
    window: Window = Window()
    measure: str | None = None
    population: str | None = None
    figure: Figure | None = None
    responsible: tuple[str, ...] = ()
    act: str | None = None
    text: str | None = None
    language: str | None = None

    @property
    def id(self) -> str:
        figure, window = self.figure, self.window
        return "claim/" + digest(
            {
                "type": self.kind,
                "event": self.event,
                "place": self.place,
                "window": [_iso(window.start), _iso(window.end), window.fit],
                "measure": self.measure,
                "population": self.population,
                "figure": [figure.lower, figure.upper, figure.bound, figure.increment] if figure else None,
                "responsible": sorted(self.responsible),
                "act": self.act,
                "text": self.text,
                "language": self.language,
            }
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Where the words stand: character offsets into the canonical text, `end` not included, and the digest
    ("sha256:…", UTF-8) of what stands between them, so that the place can be verified without quoting it."""

    start: int
    end: int
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """How the last speaker of a chain put it: everything of a row that is neither its chain nor its claim.

    `as_of` is the day for which the speaker gave it, `as_of_basis` how that day is known; `printed` the figure's words
    as they stood; `statement` the dossier's own words. None is unstated. `stance` "affirms" is what a row without a
    stance does: it reports somebody saying something.
    """

    stance: str = "affirms"
    cue: str | None = None
    directness: str | None = None
    certainty: str | None = None
    as_of: dt.date | None = None
    as_of_basis: str | None = None
    statement: str | None = None
    language: str | None = None
    printed: str | None = None
    span: Span | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """One link of a chain: the id of an actor or unnamed source, and its name as the table has it where that is not
    the actor's own name."""

    id: str
    named_as: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One row: a claim with the chain of speakers that it came through, outlet first, origin last.

    `identifier` is the row's id in its table, or derived from its content where the table gives none; it takes no part
    in the content id. `chain` is never empty.
    """

    document: str
    chain: tuple[Speaker, ...]
    claim: Claim
    saying: Saying = Saying()
    identifier: str = ""

    @property
    def digest(self) -> str:
        saying, span = self.saying, self.saying.span
        return digest(
            {
                "type": "report",
                "document": self.document,
                "chain": [[speaker.id, speaker.named_as] for speaker in self.chain],
                "claim": self.claim.id,
                "stance": saying.stance,
                "cue": saying.cue,
                "directness": saying.directness,
                "certainty": saying.certainty,
                "as_of": [_iso(saying.as_of), saying.as_of_basis],
                "statement": [saying.statement, saying.language],
                "printed": saying.printed,
                "span": [span.start, span.end, span.digest] if span else None,
                "note": saying.note,
            }
        )

    @property
    def assertions(self) -> tuple[Assertion, ...]:
        """The row unfolded into one assertion a speaker; each relays the next, the last expresses the claim."""
        code, last = self.digest, len(self.chain)
        return tuple(
            Assertion(
                id=_assertion_id(code, step),
                document=self.document,
                source=speaker.id,
                step=step,
                row=self.identifier,
                named_as=speaker.named_as,
                relays=None if step == last else _assertion_id(code, step + 1),
                expresses=self.claim.id if step == last else None,
                saying=self.saying if step == last else None,
            )
            for step, speaker in enumerate(self.chain, start=1)
        )


@dataclass(frozen=True, slots=True)
class Assertion:
    """One source saying it, once, in one document. `step` counts from 1, the outlet, towards the origin.

    Exactly one of `relays` (an assertion id) and `expresses` (a claim id) is set; `saying` belongs to the last step.
    """

    id: str
    document: str
    source: str
    step: int
    row: str
    named_as: str | None
    relays: str | None
    expresses: str | None
    saying: Saying | None


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """All that one document contributes: what is kept, replaced, retracted and cited together."""

    document: Document
    reports: tuple[Report, ...] = ()
    unnamed: tuple[UnnamedSource, ...] = ()


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """What a dossier declares for all its documents. `language` is that of its statements (a BCP 47 tag)."""

    identifier: str
    title: str
    licence: str | None = None
    editors: tuple[str, ...] = ()
    language: str | None = None
    events: tuple[Event, ...] = ()
    actors: tuple[Actor, ...] = ()
    places: tuple[Place, ...] = ()
    concepts: tuple[Concept, ...] = ()

    @property
    def id(self) -> str:
        return f"dossier/{self.identifier}"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as read: what it declares, its documents, and where each row was entered.

    `places_of_entry` maps a document id or an assertion row's digest to (file, line), relative to the dossier.
    """

    record: DossierRecord
    documents: tuple[DocumentRecord, ...]
    places_of_entry: dict[str, tuple[str, int]]


def _assertion_id(code: str, step: int) -> str:
    return f"assertion/{code}.{step}"


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
