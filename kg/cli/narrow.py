"""Answers with more columns than a terminal has room for: the same rows, gathered under what they share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.console import RenderableType

from kg.cli.printing import Words, fitted_table, name_of, result_table
from kg.results import Result
from kg.terms import IRI, Term


def laid_out(result: Result, width: int) -> Iterator[RenderableType]:
    """One table where its words have room in `width` columns; else, where the first column repeats, one for each value
    of it, with what all of its rows share in a line above."""
    table, fits = fitted_table(result, width)
    groups = [tuple(rows) for _, rows in groupby(result.rows, key=lambda row: row[0])]
    if fits or len(groups) == len(result.rows):
        yield table
        return
    shared = [
        number
        for number in range(1, len(result.columns))
        if all(len({row[number] for row in rows}) == 1 for rows in groups)
    ]
    kept = [number for number in range(1, len(result.columns)) if number not in shared]
    columns = tuple(result.columns[number] for number in kept)
    for rows in groups:
        yield Words(_words(result, rows[0][0]), "bold")
        told = (f"{result.columns[n]}: {_words(result, rows[0][n])}" for n in shared if rows[0][n] is not None)
        yield Words("  " + " · ".join(told), "dim")
        yield result_table(
            Result(columns, tuple(tuple(row[n] for n in kept) for row in rows), result.query, result.labels), width
        )
        yield ""


def _words(result: Result, value: Term | None) -> str:
    return name_of(result, value) if isinstance(value, IRI) else result.shown(value)
