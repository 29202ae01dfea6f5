"""`kg show`, `kg view` and `kg export`: one thing on a card, an event as pages and figures, everything as a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from kg.card import Card
from kg.cli.app import Settings, in_workspace
from kg.cli.output import output_option, put
from kg.cli.printing import Words, console, count, note, result_table, short_id
from kg.errors import UsageError

_ROWS = 20
FORMATS = ("nq", "trig", "ttl", "jsonld", "csv")


@click.command(short_help="Show one thing, and what hangs on it.")
@click.argument("name", metavar="ID")
@click.option("--all", "everything", is_flag=True, help=f"Show every row, not the first {_ROWS} of each section.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True)
@in_workspace
@click.pass_obj
def show(settings: Settings, name: str, everything: bool, format_: str) -> None:
    """Show one claim, source, document, place, event, measure or population, with what hangs on it.

    ID is an IRI, a short id as tables print it, the id of a row or document, or a name: A29, A29-c07, SOHR. The card of
    a claim lists its relations with their ids; the card of a relation says what it rests on.
    """
    with settings.to_read() as workspace:
        card, base = workspace.show(name), workspace.base
    if format_ == "json":
        put(_json(card), None)
    else:
        _print_card(card, base, None if everything or not sys.stdout.isatty() else _ROWS)


@click.group()
@in_workspace
def view() -> None:
    """Write a page to look at: of an event, or one of its figures.

    The name of the file says what is written: .html the page, and for a figure .svg its drawing or .csv its table.
    """


_Command = TypeVar("_Command", bound=Callable[..., Any])


def _event_option(command: _Command) -> _Command:
    return click.option("--event", help="The event; may be left out where the workspace has one.")(command)


def _file_option(what: str) -> Callable[[_Command], _Command]:
    return click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True, help=what)


@view.command()
@_event_option
@_file_option("The page, an HTML file.")
@click.option("--limit", type=click.IntRange(min=1), default=150, show_default=True, help="Nodes shown at most.")
@in_workspace
@click.pass_obj
def graph(settings: Settings, event: str | None, output: Path, limit: int) -> None:
    """Who reported what on whose word, as one offline HTML page."""
    with settings.to_read() as workspace:
        page = workspace.view("graph", event=event, limit=limit)
        stale = workspace.relations_are_current is False
    put(page.html, output)
    if stale:
        note("relations are not drawn: documents or judgements have changed since they were worked out; type kg relate")
    _tell_written(output)


@view.command()
@_event_option
@_file_option("The page, an HTML file.")
@in_workspace
@click.pass_obj
def dossier(settings: Settings, event: str | None, output: Path) -> None:
    """Everything about an event, as one offline HTML page: the counts, all figures, disputes and claims."""
    _form(output, ("html",), "the page of an event is")
    with settings.to_read() as workspace:
        page = workspace.view("dossier", event=event)
    put(page.html, output)
    _tell_written(output)


_FIGURES = {
    "figures": "Who gives which figure: one row for each source, under the origin it rests on.",
    "ladder": "Where figures come from: outlets, whom they quote, and the origins.",
    "timeline": "How the figure of each origin moved.",
    "matrix": "Who says what: outlets against claims.",
    "relations": "What contradicts, revises and supports what.",
    "map": "Places with the figures claimed for them.",
}


def _add_figure(kind: str, says: str) -> None:
    @view.command(name=kind, help=says)
    @_event_option
    @_file_option("The page (.html), the drawing alone (.svg) or the table (.csv).")
    @in_workspace
    @click.pass_obj
    def figure(settings: Settings, event: str | None, output: Path) -> None:
        form = _form(output, ("html", "svg", "csv"), "a figure is")
        with settings.to_read() as workspace:
            page = workspace.view(kind, event=event)
            related = workspace.relations_are_current
        put(str(getattr(page, form)), output)
        if not related:
            note("drawn without relations and independent origins, which are not those of today; type kg relate")
        _tell_written(output)


for _kind, _says in _FIGURES.items():
    _add_figure(_kind, _says)


def _form(output: Path, forms: tuple[str, ...], what: str) -> str:
    """What the name of the file asks for. UsageError for what cannot be written; what is no file gets the page."""
    form = output.suffix[1:].lower()
    if form == "htm" or (output.exists() and not output.is_file() and not output.is_dir()):
        return "html"
    if form not in forms:
        endings = " or ".join(f".{known}" for known in forms)
        raise UsageError(f"{what} written to a file whose name ends in {endings}, and {output.name} does not")
    return form


def _tell_written(output: Path) -> None:
    opened = "" if output.suffix.lower() == ".csv" else "; open it in a browser"
    note(f"written to {output}{opened}")


@click.command(short_help="Write everything to a file.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="nq, trig and jsonld keep the graph of each document, ttl is their union, csv a folder of tables for each "
    "dossier. Default: as the file is named.",
)
@output_option
@in_workspace
@click.pass_obj
def export(settings: Settings, format_: str | None, output: Path | None) -> None:
    """Write everything in the workspace, to standard output or a file; csv writes below a folder."""
    chosen = format_ or (output.suffix[1:] if output else None)
    if chosen not in FORMATS:
        raise UsageError(f"which format? name one with --format: {', '.join(FORMATS)}")
    if chosen == "csv" and output is None:
        raise UsageError("csv is a folder of tables: name it with -o FOLDER")
    with settings.to_read() as workspace:
        text = workspace.export(chosen, output if chosen == "csv" else None)
    if text is not None:
        put(text, output)
    if output is not None:
        note(f"written to {output}")


def _print_card(card: Card, base: str, most: int | None) -> None:
    out = console()
    id_ = short_id(card.iri)
    out.print(Words(card.title, "bold"))
    out.print(Words(f"{card.kind}{f' {id_}' if id_ else ''}  {card.iri}", "dim"), soft_wrap=True)
    out.print()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for property_, value in card.facts:
        facts.add_row(Words(property_, "dim"), Words(value.replace(f"({base}", "(")))
    out.print(facts)
    for heading, result in card.sections:
        out.print()
        out.print(Words(f"{heading} ({count(len(result), 'row')})", "bold"))
        out.print(result_table(result, out.width, most))
        if most is not None and len(result) > most:
            out.print(f"… and {len(result) - most:,} more; --all shows them", style="dim")


def _json(card: Card) -> str:
    document = {
        "kind": card.kind,
        "iri": card.iri.value,
        "title": card.title,
        "facts": [list(fact) for fact in card.facts],
        "sections": {heading: json.loads(result.write("json")) for heading, result in card.sections},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
