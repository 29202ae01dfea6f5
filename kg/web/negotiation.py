"""Which of the formats that there are suits a client best, by its Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pyoxigraph as ox


class Format(NamedTuple):
    """A format of answers: its names as media types, the first being its own, and how `format=` and links name it."""

    name: str
    media_types: tuple[str, ...]
    writes: Any  # ox.QueryResultsFormat for rows, ox.RdfFormat for triples


#: For rows of a SELECT, in order of preference where the client does not mind.
ROWS = (
    Format("json", ("application/sparql-results+json", "application/json"), ox.QueryResultsFormat.JSON),
    Format("xml", ("application/sparql-results+xml", "application/xml", "text/xml"), ox.QueryResultsFormat.XML),
    Format("csv", ("text/csv",), ox.QueryResultsFormat.CSV),
    Format("tsv", ("text/tab-separated-values",), ox.QueryResultsFormat.TSV),
)
#: For the yes or no of an ASK: the standard knows no CSV and TSV of it.
TRUTH = ROWS[:2]
#: For the triples of a CONSTRUCT or DESCRIBE, and for the description of the service.
TRIPLES = (
    Format("ttl", ("text/turtle", "application/x-turtle"), ox.RdfFormat.TURTLE),
    Format("nt", ("application/n-triples", "text/plain"), ox.RdfFormat.N_TRIPLES),
    Format("rdf", ("application/rdf+xml", "application/xml", "text/xml"), ox.RdfFormat.RDF_XML),
    Format("jsonld", ("application/ld+json", "application/json"), ox.RdfFormat.JSON_LD),
    Format("trig", ("application/trig",), ox.RdfFormat.TRIG),
    Format("nq", ("application/n-quads",), ox.RdfFormat.N_QUADS),
)

#: What clients call formats in addresses, besides our names and the media types.
_OTHER_NAMES = {"turtle": "ttl", "ntriples": "nt", "rdf+xml": "rdf", "json-ld": "jsonld", "nquads": "nq"}

#: The formats whose media type says nothing about the encoding of the text, which is always UTF-8.
_TEXTS = "text/"


class Chosen(NamedTuple):
    """A format and the media type, among its names, that the client asked for it by."""

    format: Format
    media_type: str


def choose(accept: str, offered: Sequence[Format], name: str | None = None) -> Chosen | None:
    """The format that `name` names, or else the header prefers; None where nothing that it takes is offered.

    Some clients send a name of their own beside a header that says what they take. So a name that is not known is
    passed over where the header is that exact, and only there: people who mistype a name shall hear of it.
    """
    if name is not None:
        known = _OTHER_NAMES.get(name, name)
        named = next((one for one in offered if known in (one.name, *one.media_types)), None)
        if named:
            return Chosen(named, with_charset(named.media_types[0]))
        if "*/*" in accept:
            return None
    types = [media_type for one in offered for media_type in one.media_types]
    best = preferred(accept, types)
    if best is None:
        return None
    return Chosen(next(one for one in offered if best in one.media_types), with_charset(best))


def preferred(accept: str, offered: Iterable[str]) -> str | None:
    """The media type of those offered, best first, that the header gives the greatest weight; None for none of them.

    The most exact range that fits a type gives its weight. A header that is empty takes anything. What cannot be
    read in it is passed over.
    """
    ranges = [one for part in accept.split(",") if (one := _range(part)) is not None]
    if not ranges and not accept.strip():
        return next(iter(offered), None)
    best, most = None, 0.0
    for media_type in offered:
        fitting = [one for one in ranges if one.fits(media_type)]
        if fitting:
            weight = max(fitting, key=lambda one: one.exactness).weight
            if weight > most:
                best, most = media_type, weight
    return best


def with_charset(media_type: str) -> str:
    """The value of Content-Type: texts say their encoding, the others have it in their definition."""
    return f"{media_type}; charset=utf-8" if media_type.startswith(_TEXTS) else media_type


def list_of(offered: Iterable[Format]) -> str:
    """The formats for people: what to write in Accept, and what behind `format=`."""
    return "".join(f"  {one.media_types[0]}  (or format={one.name})\n" for one in offered)


class _Range(NamedTuple):
    kind: str
    subtype: str
    weight: float

    @property
    def exactness(self) -> int:
        return (self.kind != "*") + (self.subtype != "*")

    def fits(self, media_type: str) -> bool:
        kind, _, subtype = media_type.partition("/")
        return self.kind in ("*", kind) and self.subtype in ("*", subtype)


def _range(part: str) -> _Range | None:
    named, *parameters = (piece.strip() for piece in part.lower().split(";"))
    kind, slash, subtype = named.partition("/")
    if named == "*":  # some old clients
        kind, slash, subtype = "*", "/", "*"
    if not (kind and slash and subtype):
        return None
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = min(1.0, max(0.0, float(value)))
            except ValueError:
                return None
    return _Range(kind, subtype, weight)
