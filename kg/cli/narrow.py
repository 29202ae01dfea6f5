"""Answers with more columns than a terminal has room for: the same rows, gathered under what they share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.console import RenderableType

from kg.cli.printing import Words, cell, fitted_table, result_table
from kg.results import Result


def laid_out(result: Result, width: int) -> Iterator[RenderableType]:
    """One table where its words have room in `width` columns; else, where the first column repeats, one for each value
    of it, with what all of its rows share in a line above; else row after row. Every column is told in each."""
    table = fitted_table(result, width)
    groups = [tuple(rows) for _, rows in groupby(result.rows, key=lambda row: row[0])]
    others = range(1, len(result.columns))
    kept = [number for number in others if any(len({row[number] for row in rows}) > 1 for rows in groups)]
    if table is not None or not kept:
        yield result_table(result, width) if table is None else table
        return
    columns = tuple(result.columns[number] for number in kept)
    for rows in groups:
        first = [cell(result, value) for value in rows[0]]
        yield Words(f"{result.columns[0]}: ", "dim").append(first[0].plain, "bold")
        if told := [f"{result.columns[n]}: {first[n].plain or '–'}" for n in others if n not in kept]:
            yield Words("  " + " · ".join(told), "dim")
        yield result_table(
            Result(columns, tuple(tuple(row[n] for n in kept) for row in rows), result.query, result.labels), width
        )
        yield ""
