"""`kg bench`: one table of what loading and asking cost here, beside the raw engine and beside rdflib."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from itertools import groupby
from pathlib import Path

import click
from rich.console import Console
from rich.status import Status
from rich.table import Table

from kg.bench.generator import generate
from kg.bench.measure import (
    AGAIN,
    COUNTINGS,
    LOADS,
    MORE,
    RULES,
    SPARQL,
    STAGES,
    Line,
    Timing,
    demo,
    made_up,
    measure_loads,
    measure_questions,
)
from kg.bench.serving import ASKS, JOINS, OURS, SERVERS, THEIRS, Beside, Served, measure_serving
from kg.bench.worker import ENGINES
from kg.files import write_whole

_NOTES = """Medians; × compares with the first column. Loads go to an empty store on disk: {raw}: the same quads as
N-Quads text straight into pyoxigraph; {union}: with the default graph that holds their union, as our store
keeps it; {bridge}: from records in memory; {tables}: reading, checking, ids, writing. {rdflib}: into
memory, no store. Questions: the query and its rows as terms; > is beyond the cap."""
_RELATE_NOTES = """relate: from a store on disk back into it, in a process of its own; {again} and {more} are runs after
that, the document one about the event with most figures. rules: figures in memory, no reading or writing, all rules
for two figures; ≈ is estimated from pairs drawn by lot. {sparql}: on disk, what a plain update finds and writes, one
rule of them at face value; it is to be held against the whole of relate."""

_COUNTING_NOTES = """independence: documents, outlets, origins, the interval, chains and cuts behind every claim and
every "at least n" of
an event, in memory. {flow}: the number of disjoint chains alone; ≈ is estimated from some."""

_SERVING_NOTES = f"""over HTTP: the demo, JSON, connections kept; the clients cost the same for both, so that
the ratio of quick answers is nearer to 1 than that of the servers alone. Slowest of {ASKS} ASKs while
{JOINS} cross joins run: """
#: Seconds for which each question is asked by so many clients.
_SECONDS = 2.0


@click.command(short_help="Measure loading, relating and asking.")
@click.option(
    "--assertions",
    type=click.IntRange(min=10),
    default=10_000,
    show_default=True,
    help="Size of the made-up dossier; a tenth of it is measured too.",
)
@click.option("--questions/--no-questions", default=True, help="Ask the saved questions as well as loading.")
@click.option("--relate/--no-relate", default=True, help="Relate the claims as well as loading them.")
@click.option("--serve/--no-serve", default=True, help="Ask over HTTP as well.")
@click.option("--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Timed runs of each thing.")
@click.option("--cap", type=float, default=10.0, show_default=True, help="Seconds that one answer may take.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number makes another dossier.")
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers here.")
def command(
    assertions: int,
    questions: bool,
    relate: bool,
    serve: bool,
    runs: int,
    cap: float,
    seed: int,
    json_path: Path | None,
) -> None:
    """Measure loading, relating and asking on this machine, side by side with other ways to do the same.

    The demo and made-up dossiers are loaded, beside pyoxigraph alone and rdflib; their claims are related, beside
    pair by pair and SPARQL; every saved question is asked on disk, in memory and in rdflib; and four of them are
    asked over HTTP, beside oxigraph serve. The defaults take some minutes; the workspace is not touched.
    """
    # These bring the solvers, which the list of commands does not wait for.
    from kg.bench.counting import measure_counting, measure_crowds
    from kg.bench.relating import measure_relating

    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as name, Status("", console=Console(stderr=True)) as status:
        scratch = Path(name)
        status.update(f"making {assertions:,} assertions")
        materials = [demo()]
        materials += [made_up(generate(size, seed), scratch / str(size)) for size in (assertions // 10, assertions)]
        lines += [measure_loads(material, scratch, runs, status.update) for material in materials]
        if relate:
            related = [measure_relating(material, scratch, runs, cap, status.update) for material in materials]
            lines += [line for kind in zip(*related, strict=True) for line in kind]
            lines += [
                line for material in materials for line in measure_counting(material, scratch, cap, status.update)
            ]
            lines += measure_crowds(cap, status.update)
        if questions:
            for material in (materials[0], materials[-1]):
                lines += measure_questions(material, scratch, runs, cap, status.update)
        served, beside = measure_serving(materials[0], scratch, _SECONDS, status.update) if serve else ([], [])
    facts = machine()
    if json_path is not None:
        write_whole(json_path, json.dumps(_numbers(lines, served, beside, facts, cap), indent=1) + "\n")
    _print(lines, _serving_rows(served), facts, cap)
    if served:
        _note(_SERVING_NOTES + "; ".join(map(_told, beside)) + ".")


def machine() -> dict[str, str | int]:
    """What the numbers depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in ("claims-kg", "pyoxigraph", "rdflib")},
    }


def growth(lines: Sequence[Line], kind: str = "load") -> dict[str, float]:
    """For each way: how many times longer the larger made-up dossier takes than the smaller, for each unit of size."""
    made = [line for line in lines if line.kind == kind][1:]
    found: dict[str, float] = {}
    for way in made[0].ways if made else ():
        small, large = (
            (median, line.size) if (median := line.ways[way].median) and line.size else None for line in made
        )
        if small and large:
            found[way] = (large[0] / large[1]) / (small[0] / small[1])
    return found


def _print(lines: Sequence[Line], serving: list[tuple[str, ...]], facts: dict[str, str | int], cap: float) -> None:
    sections = [_section(kind, list(group), cap) for kind, group in groupby(lines, key=lambda line: line.kind)]
    sections += [serving] if serving else []
    if sys.stdout.isatty():
        table = Table(show_header=False)
        width = max(len(rows[0]) for rows in sections)
        for column in range(width):
            table.add_column(justify="left" if column < 2 else "right", no_wrap=True)
        for rows in sections:
            for number, row in enumerate(rows):
                table.add_row(*row, *[""] * (width - len(row)), style="bold" if not number else None)
            table.add_section()
        Console().print(table)
    else:
        click.echo("".join("\t".join(row) + "\n" for rows in sections for row in rows), nl=False)
    about = ", ".join(f"{value} {name}" if name == "cores" else f"{name} {value}" for name, value in facts.items())
    _note(_NOTES.format(raw=LOADS[0], union=LOADS[1], bridge=LOADS[2], tables=LOADS[3], rdflib=LOADS[4]))
    if any(line.kind == "relate" for line in lines):
        _note(_COUNTING_NOTES.format(flow=COUNTINGS[1]))
        _note(_RELATE_NOTES.format(again=AGAIN, more=MORE, sparql=SPARQL))
    for kind, unit in (("load", "quad"), ("relate", "statement")):
        if growing := ", ".join(f"{way} ×{factor:.2f}" for way, factor in growth(lines, kind).items()):
            _note(f"Ten times the assertions, the time for a {unit}: {growing}.")
    _note(f"Measured with {about}.")


_COLUMNS = {
    "load": ("quads", LOADS),
    "relate": ("statements", STAGES),
    "rules": ("pairs", RULES),
    "independence": ("propositions", COUNTINGS),
    "question": ("rows", ENGINES),
}


def _section(kind: str, lines: list[Line], cap: float) -> list[tuple[str, ...]]:
    """The lines of one kind under the names of their columns; below them their further counts."""
    size, ways = _COLUMNS[kind]
    rows: list[tuple[str, ...]] = [(kind, "data", size, *(f"{way}, ms" for way in ways))]
    for line in lines:
        rows.append((line.name, line.data, _count(line.size), *(_cell(line, way, cap) for way in ways)))
    counted = list(dict.fromkeys(name for line in lines for name in line.facts))
    if counted:
        rows.append((f"{kind}, counts", "data", *counted))
        rows += [(line.name, line.data, *(_count(line.facts.get(name)) for name in counted)) for line in lines]
    return rows


def _serving_rows(served: Sequence[Served]) -> list[tuple[str, ...]]:
    """A row for each question and number of clients: answers a second and the 95th percentile, theirs and ours."""
    if not served:
        return []
    servers = [server for server in SERVERS if any(one.server == server for one in served)]
    heads = (f"{server}, {what}" for server in servers for what in ("answers/s", "95 % within ms"))
    rows: list[tuple[str, ...]] = [("over HTTP", "clients", "failures", *heads)]
    for (question, clients), group in groupby(served, key=lambda one: (one.question, one.clients)):
        found = {one.server: one for one in group}
        cells = []
        for server in servers:
            rate = _digits(found[server].rate)
            if server == OURS and THEIRS in found and found[THEIRS].rate:
                rate += f" ×{_digits(found[server].rate / found[THEIRS].rate)}"
            cells += [rate, _digits(found[server].late)]
        rows.append((question, str(clients), _count(sum(one.failures for one in found.values())), *cells))
    return rows


def _told(one: Beside) -> str:
    return f"{one.server} " + ("never" if one.slowest is None else f"{one.slowest:,.0f} ms")


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _cell(line: Line, way: str, cap: float) -> str:
    """The median, and how many times the first column's it is."""
    median, ratio = line.ways[way].median, line.ratio(way)
    if median is None:
        return f"> {cap * 1000:,.0f}"
    told = f"≈ {_digits(median)}" if line.ways[way].estimated else _digits(median)
    return told if ratio is None or way == next(iter(line.ways)) else f"{told} ×{_digits(ratio)}"


def _digits(number: float) -> str:
    """Three significant digits, without an exponent."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _numbers(
    lines: Sequence[Line], served: Sequence[Served], beside: Sequence[Beside], facts: dict[str, str | int], cap: float
) -> dict[str, object]:
    return {
        "machine": facts,
        "cap_seconds": cap,
        "growth_a_quad": growth(lines),
        "growth_a_statement": growth(lines, "relate"),
        "lines": [
            {
                "kind": line.kind,
                "name": line.name,
                "data": line.data,
                _COLUMNS[line.kind][0]: line.size,
                "ways": {way: _timing(timing, line.ratio(way)) for way, timing in line.ways.items()},
                "counts": dict(line.facts),
            }
            for line in lines
        ],
        "serving": [asdict(one) for one in served],
        "slowest_ask_ms": {one.server: one.slowest for one in beside},
    }


def _timing(timing: Timing, ratio: float | None) -> dict[str, object]:
    return {"median_ms": timing.median, "ratio": ratio, "runs_ms": timing.milliseconds, "estimated": timing.estimated}


def _note(text: str) -> None:
    click.echo(text, err=True)
