"""Which field of the model is which property, and how its values are written: each declared once, for both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from kg import vocab
from kg.model import Concept
from kg.terms import IRI, Term, boolean, date, integer, text
from kg.vocab import term

LABEL = term("skos:prefLabel")


class Minter(Protocol):
    """What a codec needs of the bridge: ids to IRIs and back, and the names of the dossiers' own concepts."""

    @property
    def concept_names(self) -> Mapping[IRI, str]: ...

    def iri(self, id_: str) -> IRI: ...

    def id(self, iri: IRI) -> str: ...


class Codec(NamedTuple):
    """How a value of the model is written as a term, and read back."""

    encode: Callable[[Minter, Any], Term]
    decode: Callable[[Minter, Term], Any]


def word(scheme: str) -> Codec:
    """A word of a scheme; in `measures` and `populations` also of the dossier's own."""

    def encode(minter: Minter, word: str) -> Term:
        concept = vocab.scheme(scheme).get(word)
        if concept is not None:
            return concept.iri
        if scheme not in ("measures", "populations"):
            raise ValueError(f"{word!r} is not a word of the scheme {scheme}")
        return minter.iri(Concept(scheme, word).id)

    def decode(minter: Minter, term_: Term) -> str:
        concept = vocab.scheme(scheme).of_iri(iri_of(term_))
        return concept.notation if concept else minter.concept_names[iri_of(term_)]

    return Codec(encode, decode)


_TEXT = Codec(lambda _, value: text(value), lambda _, found: found.value)
_DATE = Codec(lambda _, value: date(value), lambda _, found: dt.date.fromisoformat(found.value[:10]))
_INTEGER = Codec(lambda _, value: integer(value), lambda _, found: int(found.value))
_FLAG = Codec(lambda _, value: boolean(value), lambda _, found: found.value == "true")
_ADDRESS = Codec(lambda _, value: IRI(value), lambda _, found: found.value)
_ID = Codec(lambda minter, value: minter.iri(value), lambda minter, found: minter.id(iri_of(found)))


class Property(NamedTuple):
    """A field of the model, its predicate and codec; `many` for fields that hold a tuple."""

    field: str
    predicate: IRI
    codec: Codec
    many: bool = False


DOCUMENT = (
    Property("identifier", term("dcterms:identifier"), _TEXT),
    Property("outlet", term("schema:publisher"), _ID),
    Property("outlet_country", term("kg:outletCountry"), _TEXT),
    Property("outlet_kind", term("kg:outletKind"), _TEXT),
    Property("url", term("schema:url"), _ADDRESS),
    Property("published", term("schema:datePublished"), _DATE),
    Property("date_basis", term("kg:dateBasis"), word("date-bases")),
    Property("language", term("schema:inLanguage"), _TEXT),
    Property("genre", term("schema:genre"), _TEXT),
    Property("cites", term("kg:cites"), _ID, many=True),
    Property("text_digest", term("kg:textDigest"), _TEXT),
    Property("note", term("skos:note"), _TEXT),
)
ASSERTION = (
    Property("document", term("kg:inDocument"), _ID),
    Property("source", term("prov:wasAttributedTo"), _ID),
    Property("step", term("kg:step"), _INTEGER),
    Property("row", term("dcterms:identifier"), _TEXT),
    Property("named_as", term("kg:namedAs"), _TEXT),
    Property("relays", term("kg:relays"), _ID),
    Property("expresses", term("kg:expresses"), _ID),
)
SAYING = (
    Property("stance", term("kg:stance"), word("stances")),
    Property("cue", term("kg:cue"), _TEXT),
    Property("directness", term("kg:directness"), word("directness")),
    Property("certainty", term("kg:certainty"), word("certainty")),
    Property("as_of", term("prov:generatedAtTime"), _DATE),
    Property("as_of_basis", term("kg:asOfBasis"), word("as-of-bases")),
    Property("printed", term("kg:printedAs"), _TEXT),
    Property("note", term("skos:note"), _TEXT),
)
CLAIM = (
    Property("event", term("kg:event"), _ID),
    Property("place", term("kg:place"), _ID),
    Property("measure", term("kg:measure"), word("measures")),
    Property("population", term("kg:population"), word("populations")),
    Property("responsible", term("kg:responsible"), _ID, many=True),
    Property("act", term("kg:act"), word("acts")),
)
FIGURE = (
    Property("lower", term("schema:minValue"), _INTEGER),
    Property("upper", term("schema:maxValue"), _INTEGER),
    Property("bound", term("kg:bound"), word("bounds")),
)
WINDOW = (
    Property("start", term("kg:windowStart"), _DATE),
    Property("end", term("kg:windowEnd"), _DATE),
)
EVENT = (
    Property("identifier", term("dcterms:identifier"), _TEXT),
    Property("label", LABEL, _TEXT),
    Property("place", term("sem:hasPlace"), _ID),
    Property("start", term("sem:hasBeginTimeStamp"), _DATE),
    Property("end", term("sem:hasEndTimeStamp"), _DATE),
)
PLACE = (
    Property("name", LABEL, _TEXT),
    Property("kind", term("kg:placeKind"), _TEXT),
    Property("part_of", term("geo:sfWithin"), _ID),
    Property("aliases", term("skos:altLabel"), _TEXT, many=True),
    Property("members", term("kg:hasMember"), _ID, many=True),
    Property("disjoint_with", term("kg:disjointWith"), _ID, many=True),
)
ACTOR = (
    Property("name", LABEL, _TEXT),
    Property("kind", term("kg:actorKind"), _TEXT),
    Property("aliases", term("skos:altLabel"), _TEXT, many=True),
    Property("gathers", term("kg:gathers"), word("gathering")),
    Property("gathers_basis", term("kg:gathersBasis"), _TEXT),
)
DOSSIER = (
    Property("identifier", term("dcterms:identifier"), _TEXT),
    Property("title", term("dcterms:title"), _TEXT),
    Property("licence", term("dcterms:license"), _TEXT),
    Property("editors", term("dcterms:creator"), _TEXT, many=True),
    Property("language", term("dcterms:language"), _TEXT),
)


def iri_of(found: Term | None) -> IRI:
    """The term, which must be an IRI."""
    if not isinstance(found, IRI):
        raise TypeError(f"an IRI was expected, not {found}")
    return found
