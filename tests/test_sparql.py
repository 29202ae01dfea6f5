"""Kindness to people who write SPARQL: prefixes, carets, suggestions."""

from __future__ import annotations

import pytest

from kg.errors import QueryError
from kg.sparql import caret, explain, form, warnings, with_missing_prefixes
from kg.terms import IRI
from kg.vocab import KG

SLIPS = [
    ("SELECT * WHER { ?s ?p ?o }", 1, 10, "WHERE"),
    ("SELEC * { ?s ?p ?o }", 1, 1, "SELECT"),
    ("SELECT *\nWHERE {\n  ?s ?p ?o FILTR(?o > 1)\n}", 3, 12, "FILTER"),
    ("# WHER in a comment\nSELECT ?x { ?x ?p 'WHER in a text' } ODER BY ?x", 2, 38, "ORDER"),
    ("SELECT ?x { ?x prv:wasDerivedFrom ?y }", 1, 16, "prov:"),
]


@pytest.mark.parametrize(("query", "line", "column", "meant"), SLIPS)
def test_the_first_word_that_is_no_sparql_is_pointed_at(query: str, line: int, column: int, meant: str) -> None:
    found = explain(query, QueryError("gave up", line=9, column=9))
    assert (found.line, found.column, found.suggestion) == (line, column, meant)


def test_the_engines_place_is_kept_where_every_word_is_sparql() -> None:
    error = QueryError("expected }", line=1, column=20)
    assert explain("SELECT * WHERE { ?s ?p ?o ", error) is error


def test_the_caret_stands_under_the_word() -> None:
    query = "SELECT *\nWHERE {\n\t?s ?p ?o FILTR(1)\n}"
    shown = caret(query, explain(query, QueryError("x")))
    assert shown == "\t?s ?p ?o FILTR(1)\n\t         ^"


def test_there_is_no_caret_without_a_place() -> None:
    assert caret("SELECT *", QueryError("x")) is None
    assert caret("SELECT *", QueryError("x", line=7, column=1)) is None


def test_only_missing_prefixes_are_added_and_lines_stay() -> None:
    query = "PREFIX kg: <http://example.org/other#>\nSELECT * { ?s kg:a ?o ; prov:b ?c ; foo:d 'skos:no' }"
    full, added = with_missing_prefixes(query)
    assert added == ("prov",)
    assert full.count("\n") == query.count("\n")
    assert full.endswith(query)


@pytest.mark.parametrize(
    "query", ["select * { ?s ?p ?o }", "PREFIX a: <b:> ASK {}", "DESCRIBE <x:y>", "CONSTRUCT {} {}"]
)
def test_the_form_is_known(query: str) -> None:
    assert form(query) in ("SELECT", "ASK", "DESCRIBE", "CONSTRUCT")


@pytest.mark.parametrize("query", ["INSERT DATA {}", "PREFIX x: <y:> DELETE WHERE {}", "DROP ALL", "LOAD <x:y>"])
def test_updates_are_refused(query: str) -> None:
    with pytest.raises(QueryError, match="never writes"):
        form(query)


def test_a_word_in_a_text_is_no_update() -> None:
    assert form("SELECT * { ?s ?p 'DROP ALL' } # CLEAR") == "SELECT"


def test_terms_nothing_has_are_named_once() -> None:
    known = [IRI(KG + "expresses"), IRI(KG + "relays")]
    query = "SELECT * { ?a kg:expreses ?b . ?b kg:expreses ?c ; kg:relays ?d ; foo:bar ?e }"
    assert warnings(query, known) == ("nothing here is called kg:expreses; did you mean kg:expresses?",)
