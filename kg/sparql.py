"""Free SPARQL made kind: missing well-known prefixes are added, and a slip is pointed at with what was likely meant.

Engines report the place where they gave up, which is often not the place of the mistake. Here the text is cut into
words as the SPARQL grammar does, and the first word that is nothing in SPARQL is the one that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal as OneOf
from typing import NamedTuple

from kg import vocab
from kg.errors import QueryError
from kg.names import suggest
from kg.terms import IRI

Form = OneOf["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

_KEYWORDS = frozenset(
    """BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT DESCRIBE ASK FROM NAMED WHERE GROUP BY HAVING ORDER ASC DESC
    LIMIT OFFSET VALUES UNDEF OPTIONAL GRAPH SERVICE SILENT BIND MINUS UNION FILTER EXISTS NOT IN A TRUE FALSE
    STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE
    ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW
    UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL
    ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR
    INSERT DELETE DATA WITH USING LOAD INTO CLEAR DROP CREATE COPY MOVE ADD TO ALL DEFAULT""".split()
)
_FORMS: tuple[Form, ...] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"])

#: Messages of the engine that are longer than this tell nobody anything.
_LONGEST = 160
#: Characters of a line that are shown around the place of a slip.
_WIDEST = 160

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n\r]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<text>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*'''
                | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | (?P<variable>[?$]\w+)
      | (?P<tag>@[A-Za-z][A-Za-z0-9-]*)
      | (?P<blank>_:\w+)
      | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:[\w:](?:[\w:.%\\-]*[\w:%-])?)?)
      | (?P<number>[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    start: int


def tokens(query: str) -> Iterator[Token]:
    """The words and marks of a query, comments left out."""
    for match in _TOKEN.finditer(query):
        if match.lastgroup != "comment":
            yield Token(match.lastgroup or "mark", match.group(), match.start())


def form(query: str) -> Form:
    """Which kind of answer the query asks for. QueryError for an update, and for what is no query at all."""
    found: Form | None = None
    for token in tokens(query):
        if token.kind == "word":
            word = token.text.upper()
            if found is None and word in _UPDATES:
                line, column = _position(query, token.start)
                raise QueryError(
                    "this command reads and never writes; to change what is stored, edit the dossier and add it again",
                    line=line,
                    column=column,
                )
            if word == "SERVICE":
                line, column = _position(query, token.start)
                raise QueryError(
                    "SERVICE would ask another server; queries stay on this machine", line=line, column=column
                )
            found = found or next((known for known in _FORMS if word == known), None)
    if found is not None:
        return found
    raise explain(query, QueryError("no SELECT, ASK, CONSTRUCT or DESCRIBE was found"))


def with_missing_prefixes(query: str) -> tuple[str, tuple[str, ...]]:
    """The query with declarations for the well-known prefixes that it uses undeclared, and which these are.

    They go on the first line, so that the engine's line numbers stay true.
    """
    found = list(tokens(query))
    declared = {
        following.text
        for token, following in pairwise(found)
        if token.kind == "word" and token.text.upper() == "PREFIX"
    }
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    missing = tuple(prefix for prefix in vocab.PREFIXES if prefix in used and f"{prefix}:" not in declared)
    return "".join(f"PREFIX {prefix}: <{vocab.PREFIXES[prefix]}> " for prefix in missing) + query, missing


def explain(query: str, error: QueryError) -> QueryError:
    """The engine's error, pointing at the first word that is no SPARQL and saying what was likely meant.

    Where every word is SPARQL, the engine's own position is kept.
    """
    for token in tokens(query):
        line, column = _position(query, token.start)
        if token.text in ('"', "'"):
            return QueryError("the quotation mark is not closed", line=line, column=column)
        if token.kind == "word" and token.text.upper() not in _KEYWORDS:
            near = suggest(token.text.upper(), _KEYWORDS, most=1)
            message = f"{token.text!r} is not a word of SPARQL"
            return QueryError(message, line=line, column=column, suggestion=near[0] if near else None)
        prefix = token.text.partition(":")[0]
        if token.kind == "name" and not _declares(query, prefix):
            near = suggest(prefix, vocab.PREFIXES, most=1) if prefix else ()
            message = f"the prefix {prefix}: is not declared"
            return QueryError(message, line=line, column=column, suggestion=f"{near[0]}:" if near else None)
    if len(str(error)) > _LONGEST:  # the engine lists its grammar
        return QueryError("something else was expected here", line=error.line, column=error.column)
    return error


def caret(query: str, error: QueryError) -> str | None:
    """The line of the query that the error is about with a caret under the place, or None when that is not known."""
    lines = query.splitlines()
    if error.line is None or error.column is None or not 0 < error.line <= len(lines):
        return None
    line, column = lines[error.line - 1], error.column
    if len(line) > _WIDEST:  # a whole file on one line: what stands around the place
        start = max(0, column - 1 - _WIDEST // 2)
        line, column = line[start : start + _WIDEST], column - start
    before = line[: column - 1]
    indent = "".join("\t" if character == "\t" else " " for character in before)
    return f"{line}\n{indent}^"


def warnings(query: str, known: Iterable[IRI]) -> tuple[str, ...]:
    """Sentences about prefixed names in our own vocabulary and its neighbours that nothing in `known` has.

    A misspelt term is valid SPARQL that finds nothing; an empty answer would then look like a finding.
    """
    names = {name for iri in known if (name := vocab.compact(iri.value))}
    told = {}
    for token in tokens(query):
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in vocab.PREFIXES and local and token.text not in names:
            near = suggest(token.text, (name for name in names if name.startswith(f"{prefix}:")), most=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            told[token.text] = f"nothing here is called {token.text}{meant}"
    return tuple(told.values())


def _declares(query: str, prefix: str) -> bool:
    return prefix in vocab.PREFIXES or re.search(rf"PREFIX\s+{re.escape(prefix)}:", query, re.IGNORECASE) is not None


def _position(query: str, start: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    before = query[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1
