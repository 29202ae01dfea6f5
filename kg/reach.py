"""What in a query would reach beyond this store: other servers, files, and graphs that are not here.

The text is cut into words as the SPARQL grammar does. The engine's own reading is more generous in two ways, both
judged here: keywords need nothing behind them (`SERVICE:x {` calls the server :x), and a carriage return ends a
comment. A word that is written with escapes (\\u0053ERVICE) counts as what it means. Texts, comments, variables and
ordinary prefixed names may contain any word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urljoin

from kg import vocab
from kg.errors import QueryError
from kg.sparql import Token, tokens

_ESCAPE = re.compile(r"\\(?:u(?P<four>[0-9A-Fa-f]{4})|U(?P<eight>[0-9A-Fa-f]{8})|(?P<other>.))", re.DOTALL)

_SERVICE = "SERVICE would ask another server; queries stay on this machine"
_LOAD = "LOAD would fetch something from elsewhere; add files with 'kg add', or write INSERT DATA"

#: Words that a name may follow where what the name stands for is a graph.
_BEFORE_GRAPHS = frozenset("GRAPH FROM NAMED WITH USING TO INTO".split())


class Graphs(NamedTuple):
    """The graphs that a query names for its dataset, in its own words."""

    default: tuple[str, ...]
    named: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def refuse_calls(text: str) -> None:
    """QueryError at a SERVICE or LOAD, however it is written."""
    as_written = _lines(text)
    for reading in dict.fromkeys((as_written, _unescaped(as_written))):
        where = as_written if reading == as_written else None  # an escape is longer than its letter: no place then
        found = list(tokens(reading))
        declared = {after.text for one, after in pairwise(found) if _is(one, "PREFIX")}
        depth = 0
        for place, token in enumerate(found):
            before = found[place - 1] if place else None
            after = found[place + 1] if place + 1 < len(found) else None
            depth += (token.text == "{") - (token.text == "}")
            if token.kind == "word" and "SERVICE" in token.text.upper():
                raise _refused(_SERVICE, where, token)
            if token.kind == "word" and depth == 0 and "LOAD" in token.text.upper():
                raise _refused(_LOAD, where, token)
            if token.kind == "name" and not (before and _is(before, "PREFIX")):
                prefix = token.text.partition(":")[0].upper().removesuffix("SILENT")
                known = token.text.partition(":")[0] + ":" in declared
                names_graph = before is not None and before.kind == "word" and before.text.upper() in _BEFORE_GRAPHS
                opens = after is not None and after.text == "{"
                if prefix.endswith("SERVICE") and (not known or (opens and not names_graph)):
                    raise _refused(_SERVICE, where, token)
                if prefix.endswith("LOAD") and (not known or (depth == 0 and not names_graph)):
                    raise _refused(_LOAD, where, token)


def dataset(query: str, base: str) -> Graphs:
    """The graphs in FROM and FROM NAMED. A prefix that nobody knows is left for the engine to complain about.

    QueryError for a FROM that the engine might read otherwise: counts would then be about other graphs.
    """
    found = list(tokens(_lines(query)))
    prefixes = dict(vocab.PREFIXES)
    default: list[str] = []
    named: list[str] = []
    for place, token in enumerate(found):
        following = found[place + 1 : place + 3]
        if _is(token, "BASE") and following and following[0].kind == "iri":
            base = urljoin(base, _value(following[0].text))
        elif _is(token, "PREFIX") and len(following) == 2 and following[1].kind == "iri":
            prefixes[following[0].text.removesuffix(":")] = urljoin(base, _value(following[1].text))
        elif _is(token, "FROM"):
            is_named = bool(following) and _is(following[0], "NAMED")
            graph = following[int(is_named)] if len(following) > int(is_named) else None
            if graph is None or graph.kind not in ("iri", "name") or "\\u" in graph.text.lower():
                raise QueryError("after FROM stands the IRI of a graph, written plainly: FROM <https://…>")
            for name in _iri(graph, prefixes, base):
                (named if is_named else default).append(name)
        elif token.kind == "name" and token.text.partition(":")[0].upper().endswith(("FROM", "NAMED")):
            raise QueryError(f"{token.text} can be read in two ways; put a blank behind FROM, or take another prefix")
    return Graphs(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))


def _iri(token: Token, prefixes: dict[str, str], base: str) -> Iterator[str]:
    if token.kind == "iri":
        yield urljoin(base, _value(token.text))
    elif token.kind == "name":
        prefix, _, local = token.text.partition(":")
        if prefix in prefixes:
            yield prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def _value(iri: str) -> str:
    return iri[1:-1]


def _is(token: Token, word: str) -> bool:
    return token.kind == "word" and token.text.upper() == word


def _lines(text: str) -> str:
    """The text with line feeds for carriage returns, so that a comment ends where SPARQL ends it; offsets stay."""
    return text.replace("\r", "\n")


def _unescaped(text: str) -> str:
    """Letters, digits and underscores instead of their escapes. Another character becomes a hyphen: whatever it is,
    the engine does not take it for the end of a text or an IRI, and no more must we."""

    def plain(match: re.Match[str]) -> str:
        digits = match["four"] or match["eight"]
        if not digits:
            return match.group()
        code = int(digits, 16)
        character = chr(code) if code < 0x110000 else "-"
        return character if character.isalnum() or character == "_" else "-"

    return _ESCAPE.sub(plain, text)


def _refused(message: str, text: str | None, token: Token) -> QueryError:
    if text is None:
        return QueryError(message)
    before = text[: token.start]
    return QueryError(message, line=before.count("\n") + 1, column=token.start - (before.rfind("\n") + 1) + 1)
