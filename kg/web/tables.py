"""Answers as tables of a page: words instead of IRIs, and a link wherever a thing has a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg import vocab
from kg.labels import labels
from kg.lookup import with_prefixes
from kg.results import Result
from kg.terms import IRI, XSD, Literal, Term
from kg.views.offline import web_link
from kg.web.addresses import path_of
from kg.workspace import Workspace

#: Rows of one page of an answer.
PAGE_ROWS = 200

_CHUNK = 500
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_STATEMENTS = """SELECT ?claim (MIN(STR(?statement)) AS ?words) WHERE {{
  VALUES ?claim {{ {nodes} }} ?last kg:expresses ?claim ; kg:statement ?statement
}} GROUP BY ?claim"""
# Columns whose links say where to look further, in words that fit any row.
_IDS = {"id": "details"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as a reader sees it. `href` leads to its page, or, where `outside`, to the web."""

    text: str
    href: str | None = None
    outside: bool = False
    number: bool = False
    language: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, what it means where that needs saying, and whether it holds numbers."""

    name: str
    label: str
    note: str | None
    number: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A part of an answer, ready to be shown. `first` counts from 1; `total` are the rows of the whole answer."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    first: int = 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def is_whole(self) -> bool:
        return len(self.rows) == self.total


def table(
    workspace: Workspace,
    result: Result,
    *,
    notes: Mapping[str, str] | None = None,
    first: int = 1,
    most: int = PAGE_ROWS,
) -> Table:
    """At most `most` rows of the answer, from the row `first` on."""
    part = result.rows[first - 1 : first - 1 + most]
    unnamed = (value for row in part for value in row if value not in result.labels)
    words = {**names(workspace, unnamed), **result.labels}
    rows = tuple(
        tuple(
            cell(value, words, workspace.base, _IDS.get(column))
            for column, value in zip(result.columns, row, strict=True)
        )
        for row in part
    )
    columns = tuple(
        Column(name, name.replace("_", " "), (notes or {}).get(name), _is_number(row[number] for row in rows))
        for number, name in enumerate(result.columns)
    )
    return Table(columns, rows, len(result), first)


def cell(value: Term | None, words: Mapping[IRI, str], base: str, instead: str | None = None) -> Cell:
    """The value in words. `instead` stands for an IRI in a column of ids, where every row would say the same."""
    if value is None:
        return Cell("")
    if isinstance(value, IRI):
        href = path_of(value.value, base)
        text = instead or words.get(value) or short(value.value, base)
        outside = None if href else web_link(value.value)
        # What has a word of the vocabulary is told by it: a concept's definition is a page that few need.
        if outside and value in words:
            outside = None
        return Cell(text, href or outside, outside=href is None and outside is not None, note=_definition(value))
    if not isinstance(value, Literal):
        return Cell(str(value))
    if value.datatype == XSD + "integer":
        return Cell(f"{int(value.value):,}", number=True)
    if value.datatype == XSD + "anyURI" and (link := web_link(value.value)):
        return Cell(value.value, link, outside=True)
    return Cell(value.value, number=value.datatype in _NUMBERS, language=value.language)


def names(workspace: Workspace, terms: Iterable[Term | None]) -> dict[IRI, str]:
    """Words for IRIs: labels, and a statement for a claim that is no figure and so has none."""
    nodes = sorted({term for term in terms if isinstance(term, IRI)})
    words = labels(workspace.store, nodes)
    claims = [node for node in nodes if node not in words and node.value.startswith(f"{workspace.base}claim/")]
    for start in range(0, len(claims), _CHUNK):
        query = _STATEMENTS.format(nodes=" ".join(node.n3 for node in claims[start : start + _CHUNK]))
        for claim, statement in workspace.store.select(with_prefixes(query)).rows:
            if isinstance(claim, IRI):
                words[claim] = str(statement)
    return words


def short(iri: str, base: str) -> str:
    """What stands for an IRI without a name: its kind and first digits, its compact form, or the whole."""
    if not iri.startswith(base):
        return vocab.compact(iri) or iri
    kind, _, rest = iri[len(base) :].partition("/")
    return f"{kind} {rest[:8]}" if len(rest) >= 16 and "/" not in rest else f"{kind}/{rest}"


def dicts(result: Result) -> Iterator[dict[str, Term | None]]:
    """The rows as mappings, column → term."""
    return (dict(zip(result.columns, row, strict=True)) for row in result.rows)


def asked(workspace: Workspace, query: str, **values: Any) -> Result:
    """The answer to a query of the pages' own. `values` are filled in for `{name}`: terms as SPARQL writes them."""
    text = with_prefixes(query.format(**values))
    found = workspace.store.select(text)
    return Result(found.columns, tuple(found.rows), text)


def _is_number(cells: Iterable[Cell]) -> bool:
    said: Sequence[bool] = [one.number for one in cells if one.text]
    return bool(said) and all(said)


def _definition(iri: IRI) -> str | None:
    if not iri.value.startswith(vocab.KG):
        return None
    for scheme in vocab.schemes().values():
        if (concept := scheme.of_iri(iri)) is not None:
            return concept.definition or None
    return None
