"""RDF terms as plain values, and the one serialiser for them.

Bare strings would confuse an IRI with a text, and the classes of any one RDF library would tie every floor
to it. These two are immutable, hashable and cheap, and print themselves as SPARQL and N-Quads want them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

XSD = "http://www.w3.org/2001/XMLSchema#"
XSD_STRING = XSD + "string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

# What cannot stand in an IRI: what the SPARQL and N-Quads grammars exclude, and beyond them what RFC 3987 does, which
# stores check as well: one that met a stray "%" only while writing would have to refuse the whole load.
_NOT_IN_IRI = re.compile(
    r"""[\x00-\x20<>"{}|^`\\\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"""
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 15))
    + r"""\U000e0000-\U000e0fff\U000f0000-\U0010ffff]|%(?![0-9A-Fa-f]{2})"""
)
_ABSOLUTE = re.compile(
    r"""[A-Za-z][A-Za-z0-9+.-]*:
    (?: // (?: [^/?\#@\[\]]* @ )? (?: \[[0-9A-Fa-f:.]+\] | [^/?\#:@\[\]]* ) (?: :[0-9]* )? (?= [/?\#] | \Z ) | (?!//) )
    [^\[\]\#]* (?: \# [^\[\]\#]* )?""",
    re.VERBOSE,
)
#: Nearly every IRI met here, told from the others quickly.
_COMMON = re.compile(r"https?://[A-Za-z0-9.-]+/[A-Za-z0-9/._~-]*(?:#[A-Za-z0-9/._~-]*)?")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NEEDS_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f]')


def is_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI that can stand between angle brackets."""
    return bool(_COMMON.fullmatch(text) or (_ABSOLUTE.fullmatch(text) and not _NOT_IN_IRI.search(text)))


@dataclass(frozen=True, slots=True, order=True)
class IRI:
    """An absolute IRI. Raises ValueError for characters that could break out of its brackets."""

    value: str

    def __post_init__(self) -> None:
        if not is_iri(self.value):
            raise ValueError(f"not an absolute IRI: {self.value!r}")

    def __str__(self) -> str:
        return self.value

    @property
    def n3(self) -> str:
        return f"<{self.value}>"


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """A literal: lexical form, datatype IRI, language tag (set only for language-tagged text)."""

    value: str
    datatype: str = XSD_STRING
    language: str | None = None

    def __str__(self) -> str:
        return self.value

    @property
    def n3(self) -> str:
        quoted = '"' + _NEEDS_ESCAPE.sub(_escape, self.value) + '"'
        if self.language:
            return f"{quoted}@{self.language}"
        return quoted if self.datatype == XSD_STRING else f"{quoted}^^<{self.datatype}>"

    def to_python(self) -> object:
        """The value as Python has it: int, bool, date; text for every other datatype."""
        match self.datatype.removeprefix(XSD):
            case "integer":
                return int(self.value)
            case "decimal" | "double" | "float":
                return float(self.value)
            case "boolean":
                return self.value in ("true", "1")
            case "date":
                return dt.date.fromisoformat(self.value[:10])
            case _:
                return self.value


@dataclass(frozen=True, slots=True, order=True)
class BlankNode:
    """A node without a name. This package writes none; queries and foreign data can bring them."""

    value: str

    def __str__(self) -> str:
        return self.n3

    @property
    def n3(self) -> str:
        return f"_:{self.value}"


Term = IRI | Literal | BlankNode


class Quad(NamedTuple):
    """One statement in one named graph."""

    subject: IRI
    predicate: IRI
    object: Term
    graph: IRI

    @property
    def nquad(self) -> str:
        return f"{self.subject.n3} {self.predicate.n3} {self.object.n3} {self.graph.n3} ."


def text(value: str, language: str | None = None) -> Literal:
    """A plain string, or a language-tagged one."""
    return Literal(value, RDF_LANG_STRING, language.lower()) if language else Literal(value)


def integer(value: int) -> Literal:
    return Literal(str(value), XSD + "integer")


def decimal(value: float) -> Literal:
    """A decimal in the shortest form that reads back to the same float (never an exponent)."""
    digits = format(Decimal(repr(value)), "f")
    return Literal(digits.rstrip("0").rstrip(".") if "." in digits else digits, XSD + "decimal")


def boolean(value: bool) -> Literal:
    return Literal("true" if value else "false", XSD + "boolean")


def date(value: dt.date) -> Literal:
    return Literal(value.isoformat(), XSD + "date")


def moment(value: dt.datetime) -> Literal:
    """An instant in UTC to the second, the spelling every store keeps."""
    return Literal(value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), XSD + "dateTime")


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"
