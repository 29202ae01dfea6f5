"""Answers on narrow terminals: nothing is cut, and what rows share is told once."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table

from kg.cli.narrow import laid_out
from kg.cli.printing import cell, plain_text, result_table, rows_of
from kg.questions import load_questions
from kg.results import Result
from kg.terms import IRI, Term, integer, text
from kg.workspace import Workspace

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
    return "\n".join(lines_of(laid_out(result, width), width))


def lines_of(parts: Sequence[RenderableType] | Iterator[RenderableType], width: int) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width)
    for part in parts:
        console.print(part)
    return out.getvalue().splitlines()


def bare(words: str) -> str:
    """The words without blanks and without the marks that isolate other scripts: what wrapping may change."""
    return re.sub(r"[\s\u2068\u2069]", "", words)


def columns_of(table: Table, width: int) -> list[str]:
    """What stands in each column of the printed table, all of its lines joined."""
    joined = [""] * len(table.columns)
    for line in lines_of([table], width):
        rest = re.sub("[\u2068\u2069]", "", line)
        for number, column in enumerate(table.columns):
            assert column.width is not None
            end = next((n for n in range(len(rest) + 1) if cell_len(rest[:n]) >= column.width), len(rest))
            joined[number] += bare(rest[:end]).strip("─")
            assert not rest[end : end + 2].strip(" ─"), "between columns there is nothing"
            rest = rest[end + 2 :]
        assert not rest.strip()
    return joined


def told_whole(result: Result, parts: Sequence[RenderableType], width: int) -> None:
    """Fails unless the parts tell each column by its name and each cell in full, those of a table in their order."""
    tables = [part for part in parts if isinstance(part, Table)]
    in_tables = [column for table in tables for column in columns_of(table, width)]
    in_lines = bare("".join(lines_of([part for part in parts if not isinstance(part, Table)], width)))
    for name in result.columns:
        values = [row[name] for row in rows_of(result)]
        # A claim leaves to other columns what they say; gathered rows have fewer columns that say it.
        within = [bare(cell(result, value, row).plain) for value, row in zip(values, rows_of(result), strict=True)]
        alone = [bare(cell(result, value).plain) for value in values]
        if any(name + "".join(texts) in in_tables for texts in (within, alone)):
            continue
        assert not any(column.startswith(name) for column in in_tables), f"{name} is not whole at {width}: {in_tables}"
        for told in zip(within, alone, strict=True):
            assert any(f"{name}:{text}" in in_lines for text in told), f"{name} at {width}: {told}"


def check(result: Result, width: int) -> str:
    """Fails where anything is lost in so many columns; the layout otherwise."""
    parts = list(laid_out(result, width))
    assert all(cell_len(line) <= width for line in lines_of(parts, width))
    if len(parts) == 1:
        told_whole(result, parts, width)
        return "table" if isinstance(parts[0], Table) else "lines"
    for _, group in groupby(result.rows, key=lambda row: row[0]):
        end = parts.index("")
        told_whole(Result(result.columns, tuple(group), result.query, result.labels), parts[:end], width)
        del parts[: end + 1]
    assert not parts
    return "groups"


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


@pytest.fixture(scope="module")
def answers(related: Workspace) -> dict[str, Result]:
    """What the saved questions answer to their examples: the first rows, and the ones with the longest words."""
    answers = {}
    for name, asked in load_questions().items():
        result = related.ask_question(asked, asked.example)
        longest = sorted(result.rows, key=lambda row: -max(len(result.shown(value)) for value in row))[:8]
        rows = tuple(row for n, row in enumerate(result.rows) if n < 12 or row in longest)
        answers[name] = Result(result.columns, rows, result.query, result.labels)
    return answers


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 400])
def test_no_answer_loses_a_letter_or_a_column(answers: dict[str, Result], width: int) -> None:
    layouts = {name: check(result, width) for name, result in answers.items() if len(result)}
    assert len(layouts) > 20
    if width == 400:
        assert set(layouts.values()) == {"table"}
    if width == 60:
        assert set(layouts.values()) == {"table", "groups", "lines"}, "each layout has been held to it"


@pytest.mark.parametrize("width", range(12, 100, 3))
def test_whatever_the_width_nothing_is_lost(width: int) -> None:
    check(RESULT, width)
    check(Result(COLUMNS, ROWS[1:3], "", RESULT.labels), width)


def test_a_table_keeps_to_its_width_beside_one_long_text() -> None:
    """Where one column needs all of its least width and another can give some of its own."""
    columns = ("statement", "other", "figure", "claim")
    words = "it is said that many were hurt on the road to Orlen"
    row = (text(words), text(f"so {words}"), text("about 1,018"), text("1,018-people were killed"))
    for width in range(40, 100, 4):
        check(Result(columns, (row,), "", {}), width)


def test_more_columns_than_a_file_has_room_for_stand_below_one_another() -> None:
    columns = tuple(f"number_{n}" for n in range(30))
    result = Result(columns, (tuple(integer(1000 + n) for n in range(30)),) * 2, "", {})
    told = plain_text([result_table(result, 100)]).splitlines()
    assert told == [*(listed := [f"number_{n}: 1,0{n:02}" for n in range(30)]), "", *listed]


def test_a_long_heading_is_broken_before_a_table_is_given_up() -> None:
    columns = ("documents", "origins_lower", "origins_upper", "verdict")
    result = Result(columns, ((integer(1), integer(1), integer(2), text("single")),), "", {})
    above, heading, *_ = printed(result, 40).splitlines()
    assert above.split() == ["origins_", "origins_"]
    assert heading.split() == ["documents", "lower", "upper", "verdict"]
    assert check(result, 40) == "table"


def test_a_column_that_is_empty_in_all_rows_is_named() -> None:
    rows = tuple((ONE, None, *row[2:]) for row in ROWS)
    told = printed(Result(COLUMNS, rows, "", RESULT.labels), 44)
    assert told.count("scope: killed, Velmara, 14 March 2031") == 1
    assert "measure: –" in told


def test_rows_that_share_nothing_stand_below_one_another() -> None:
    single = Result(COLUMNS, (ROWS[0], ROWS[2]), "", RESULT.labels)
    assert check(single, 40) == "lines"
    assert printed(single, 40).count("scope: ") == 2
