"""Answers on narrow terminals: nothing is cut, and what rows share is told once."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from kg.cli.narrow import laid_out
from kg.results import Result
from kg.terms import IRI, Term, integer, text

ONE, OTHER = IRI("https://orlen.example/one"), IRI("https://orlen.example/other")
COLUMNS = ("scope", "measure", "place", "camp", "bound", "label")


def row(scope: IRI, camp: str, bound: str, label: str) -> tuple[Term, ...]:
    return scope, text("killed"), text("Velmara-upon-Orlen"), integer(int(camp)), text(bound), text(label)


ROWS = (
    row(ONE, "12", "at least", "contradicts"),
    row(ONE, "17", "more than", "contradicts"),
    row(OTHER, "1018", "fewer than", "rivals"),
    row(OTHER, "4000", "bare", "rivals"),
)
RESULT = Result(COLUMNS, ROWS, "", {ONE: "killed, Velmara, 14 March 2031", OTHER: "killed, Velmara, 15 March 2031"})


def printed(result: Result, width: int) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in laid_out(result, width):
        console.print(part)
    return out.getvalue()


def test_where_there_is_room_it_is_one_table() -> None:
    assert len(list(laid_out(RESULT, 120))) == 1
    assert printed(RESULT, 120).count("Velmara-upon-Orlen") == 4


@pytest.mark.parametrize("width", [48, 52])
def test_where_there_is_none_rows_stand_under_what_they_share(width: int) -> None:
    told = printed(RESULT, width)
    for words in ("killed, Velmara, 14 March 2031", "killed, Velmara, 15 March 2031"):
        assert told.count(words) == 1
    assert told.count("place: Velmara-upon-Orlen") == 2
    for word in ("contradicts", "rivals", "at least", "more than", "fewer than", "1,018", "4,000"):
        assert word in told, "no cell is cut"
    assert max(map(len, told.splitlines())) <= width


def test_rows_that_share_nothing_stay_one_table() -> None:
    single = Result(COLUMNS, (ROWS[0], ROWS[2]), "", RESULT.labels)
    assert len(list(laid_out(single, 40))) == 1
