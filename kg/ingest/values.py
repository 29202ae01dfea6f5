"""One cell → one value, or the sentence that says why it does not fit.

Cells come in two styles. In JSONL a value has a type, and must have the right one. In CSV and YAML everything is text,
typed by people: counts may have thousands separators, and truth is said with true, false, yes or no.

Every function raises UnfitError, and takes a value that is neither None nor an empty text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from urllib.parse import urlsplit

from kg.ingest.files import MAX_FIELD_CHARACTERS
from kg.ingest.findings import UnfitError
from kg.model import UNNAMED_MARK
from kg.terms import is_iri

#: The largest count that every program which reads JSON holds exactly.
MAX_COUNT = 2**53 - 1

MAX_NAME_CHARACTERS = 500

# Characters that no text of a dossier holds: C0 and C1 controls but tab and line ends, line and paragraph separators,
# embeddings, overrides and isolates (they make a text read as another), stray byte order marks, halves of characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
# Marks without a shape of their own that come along when a name is copied: left-to-right, right-to-left and Arabic
# letter mark, zero width space.
_MARKS = re.compile("[\u200e\u200f\u061c\u200b]")

_PLAIN_COUNT = re.compile(r"[0-9]+|[\u0660-\u0669]+|[\u06f0-\u06f9]+")
# One separator throughout: comma, apostrophes, Arabic separator, or a space (plain, no-break, narrow no-break, thin).
_GROUPED_COUNT = re.compile(r"[^\D0]\d{0,2}([,'’\u066c \u00a0\u202f\u2009])\d{3}(?:\1\d{3})*")
_DOTTED_COUNT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_NEGATIVE_COUNT = re.compile(r"[-−–]\s*\d")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_IDENTIFIER = re.compile(r"\w[\w.-]*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_FIRST_YEAR, _LAST_YEAR = 1000, 2999


def text(raw: object) -> str:
    """A text as it stands, in composed characters (NFC), without the space around it."""
    if not isinstance(raw, str):
        raise UnfitError(f"a text was expected, not {kind_of(raw)}", "put it in quotes, or correct it")
    if len(raw) > MAX_FIELD_CHARACTERS:
        raise UnfitError(
            f"{len(raw):,} characters in one field; the most is {MAX_FIELD_CHARACTERS:,}",
            "look for a missing quotation mark, or shorten it",
        )
    if not raw.isprintable() and (found := _FORBIDDEN.search(raw)):
        code = ord(found.group())
        name = unicodedata.name(found.group(), "")
        raise UnfitError(
            f"character U+{code:04X}{' (' + name.lower() + ')' if name else ''} cannot stand in a text",
            "delete it; it is invisible, so retype the words around it",
        )
    return unicodedata.normalize("NFC", raw.strip())


def name(raw: object) -> str:
    """A name: composed characters (NFC), single spaces, no invisible direction marks; at most 500 characters."""
    cleaned = " ".join(_MARKS.sub("", text(raw)).split())
    if len(cleaned) > MAX_NAME_CHARACTERS:
        raise UnfitError(
            f"{len(cleaned):,} characters where a name or a word stands; the most is {MAX_NAME_CHARACTERS}",
            "look for a missing separator or quotation mark, or shorten it",
        )
    if "→" in cleaned:
        raise UnfitError("an arrow cannot stand in a name", "write it in words; chains are shown with arrows")
    if cleaned.casefold() == UNNAMED_MARK:
        raise UnfitError(
            f"{UNNAMED_MARK} alone does not say who spoke",
            f"describe the source in a few words: eyewitnesses {UNNAMED_MARK}",
        )
    return cleaned


def names(raw: object) -> tuple[str, ...]:
    """A list of names; see `texts`."""
    return _none_empty(tuple(name(item) for item in texts(raw)))


def texts(raw: object, separator: str = ";") -> tuple[str, ...]:
    """A list of texts: an array without empty items, or one text in which `separator` parts them."""
    if isinstance(raw, str):
        return tuple(item for part in text(raw).split(separator) if (item := part.strip()))
    if not isinstance(raw, list):
        raise UnfitError(f"a list was expected, not {kind_of(raw)}", "write a list, [] for none")
    return _none_empty(tuple(text(item) for item in raw))


def _none_empty(items: tuple[str, ...]) -> tuple[str, ...]:
    if "" in items:
        raise UnfitError("an item of the list is empty", "delete it or fill it in")
    return items


def chain(raw: object) -> tuple[str, ...]:
    """Speakers from the outlet inwards: an array, or a text in which " > " parts them."""
    speakers = _none_empty(tuple(name(item) for item in texts(raw, ">")))
    if isinstance(raw, str) and len(speakers) != raw.count(">") + 1:
        raise UnfitError("a speaker of the chain is empty", "write the speakers from the outlet inwards: A > B > C")
    if not speakers:
        raise UnfitError("the chain is empty", "begin it with the outlet of the document")
    return speakers


def count(raw: object) -> int:
    """A count: a whole number from 0 to 2⁵³ − 1."""
    if isinstance(raw, str):
        number = _count_in_words(raw.strip())
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    else:
        raise UnfitError(
            f"a whole number was expected, not {kind_of(raw)}", "write the digits of a whole number, such as 745"
        )
    if number < 0:
        raise UnfitError("a count cannot be negative", "write the number as printed")
    if number > MAX_COUNT:
        raise UnfitError(f"the number is greater than {MAX_COUNT:,}", "no count is that large; correct the number")
    return number


def _count_in_words(written: str) -> int:
    if len(written) <= 40:
        if _PLAIN_COUNT.fullmatch(written):
            return int(written)
        if grouped := _GROUPED_COUNT.fullmatch(written):
            return int(written.replace(grouped.group(1), ""))
    if _DOTTED_COUNT.fullmatch(written):
        raise UnfitError(
            "ambiguous: the dot may part thousands or decimals",
            f"write {written.replace('.', '')} or {written.replace('.', ',')}",
        )
    if _NEGATIVE_COUNT.match(written):
        return -1
    if written.isdecimal():
        return MAX_COUNT + 1
    raise UnfitError("a whole number was expected", "write digits alone (745), or with thousands separators (1,018)")


def truth(raw: object) -> bool:
    """true or false; in CSV and YAML also yes and no."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and (value := _TRUTH.get(raw.strip().lower())) is not None:
        return value
    raise UnfitError(f"true or false was expected, not {kind_of(raw)}", "write true or false, or leave it empty")


def day(raw: object) -> dt.date:
    """A day, written YYYY-MM-DD."""
    if not isinstance(raw, str):
        raise UnfitError(f"a date was expected, not {kind_of(raw)}", "write it as YYYY-MM-DD, such as 2025-03-08")
    written = raw.strip()
    if not _DATE.fullmatch(written):
        raise UnfitError("not a date of the form YYYY-MM-DD", "write year, month and day, such as 2025-03-08")
    try:
        value = dt.date.fromisoformat(written)
    except ValueError:
        raise UnfitError("there is no such day", "look the date up again") from None
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise UnfitError(
            f"the year {written[:4]} cannot be meant", f"years go from {_FIRST_YEAR} to {_LAST_YEAR}; correct it"
        )
    return value


def degrees(raw: object) -> float:
    """A latitude or longitude as a decimal number; whether it lies on the globe is checked with the place."""
    if isinstance(raw, str):
        if not re.fullmatch(r"-?[0-9]{1,3}(?:\.[0-9]+)?", raw.strip()):
            raise UnfitError("decimal degrees were expected", "write digits with a decimal point, such as 35.36")
        return float(raw)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise UnfitError(f"decimal degrees were expected, not {kind_of(raw)}", "write a number, such as 35.36")
    if not -360 <= raw <= 360:
        raise UnfitError("the number is no position on the globe", "write decimal degrees (WGS 84), such as 35.36")
    return float(raw)


def web_address(raw: object) -> str:
    """An absolute http or https address whose characters can stand in an IRI."""
    address = text(raw)
    if not is_iri(address):
        raise UnfitError(
            "not an absolute address, or it holds characters that an address cannot (spaces, quotes, < > { } | \\ ^ `)",
            "copy it from the address bar; such characters are written %20, %22, …",
        )
    try:
        parts = urlsplit(address)
    except ValueError:
        raise UnfitError("not an address: its host cannot be read", "copy it from the address bar") from None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise UnfitError(
            "only http and https addresses are read here", "leave it empty and use the note for anything else"
        )
    return address


def language(raw: object) -> str:
    """A language tag such as en, ar or pt-BR, in lower case."""
    tag = text(raw)
    if len(tag) > 35 or not _LANGUAGE.fullmatch(tag):
        raise UnfitError(
            "not a language tag", "write the two or three letters of the language, such as en, ar or pt-BR"
        )
    return tag.lower()


def identifier(raw: object) -> str:
    """An id that becomes part of an IRI: letters, digits, "_", "." and "-", not beginning with a mark."""
    written = text(raw)
    if len(written) > 100 or not _IDENTIFIER.fullmatch(written):
        raise UnfitError("unfit for an id", "use letters, digits, “-”, “_” and “.” alone, at most 100 of them")
    return written


def digest(raw: object) -> str:
    """A SHA-256 digest, written sha256: and 64 hexadecimal digits."""
    written = text(raw).lower()
    if not _DIGEST.fullmatch(written):
        raise UnfitError("not a digest", "write sha256: and its 64 hexadecimal digits")
    return written


def kind_of(raw: object) -> str:
    """What a value from JSON or YAML is, in words."""
    match raw:
        case bool():
            return "true" if raw else "false"
        case str():
            return "a text"
        case int():
            return "a whole number"
        case float():
            return "a number with decimals"
        case dict():
            return "an object"
        case None:
            return "nothing"
        case _:
            return "a list"
