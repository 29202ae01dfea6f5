"""`kg queries`, `kg ask` and `kg sparql`: the questions there are, asking one, and asking freely."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from rich.table import Table

from kg import vocab
from kg.annotations import in_force
from kg.cli.app import Settings, in_workspace
from kg.cli.narrow import laid_out
from kg.cli.output import chosen, format_option, output_option, put
from kg.cli.printing import WIDTH, Words, console, count, note, plain_table, plain_text, tell_query_error
from kg.cli.triples import turtle
from kg.errors import NotFound, QueryError, UsageError
from kg.questions import Parameter, Question, load_questions, question, read_question
from kg.results import FORMATS, Result, boolean_json
from kg.sparql import explain
from kg.workspace import Answer

_NO_ROWS = "nothing in this workspace answers this; with fewer parameters there may be more"


@click.command(short_help="List the saved questions, or explain one.")
@click.argument("name", required=False)
@click.option("--sparql", is_flag=True, help="Print the SPARQL of the question, to change it or to run it elsewhere.")
@in_workspace
def queries(name: str | None, sparql: bool) -> None:
    """List the saved questions, or explain one of them.

    Each is a SPARQL query with a few parameters, asked with 'kg ask'.
    """
    saved = load_questions()
    if name is None and sparql:
        raise UsageError("--sparql needs the name of a question, for example: kg queries --sparql rests-on")
    if name is None:
        _list_questions(saved.values())
    elif sparql:
        put(question(saved, name).text, None)
    else:
        _explain_question(question(saved, name))


@click.command(short_help="Ask a saved question.")
@click.argument("name")
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@format_option(*FORMATS, "ttl")
@output_option
@in_workspace
@click.pass_obj
def ask(settings: Settings, name: str, parameters: tuple[str, ...], format_: str | None, output: Path | None) -> None:
    """Ask the saved question NAME, or one of your own: NAME may be the path of a .rq file.

    A value may be an IRI, a short id, the id of a row or document, or any name of the thing:

    \b
      kg ask rests-on source=SOHR
      kg ask event-figures event=syria-coast-2025 population=civilians
      kg ask my-question.rq --format csv -o answer.csv
    """
    if format_ == "ttl":
        raise UsageError(f"ttl is for triples, and a saved question gives rows; there are: {', '.join(FORMATS)}")
    asked = _question(name)
    values = _values(asked, parameters)
    with settings.to_read() as workspace:
        try:
            result = workspace.ask_question(asked, values)
        except QueryError as error:
            tell_query_error(asked.text, explain(asked.text, error))
            raise click.exceptions.Exit(error.exit_code) from error
        judged = len(in_force(workspace.store, workspace.base)) if asked.needs else 0
    print_rows(result, format_, output, asked.empty or _NO_ROWS)
    if judged:
        held = count(judged, "judgement")
        note(f"note: what people judged takes part in this ({held}): {settings.program} annotate list")


@click.command(short_help="Ask in SPARQL.")
@click.argument("query", required=False)
@click.option(
    "-f",
    "--file",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read the query from a file.",
)
@format_option(*FORMATS, "ttl")
@output_option
@in_workspace
@click.pass_obj
def sparql(settings: Settings, query: str | None, file: Path | None, format_: str | None, output: Path | None) -> None:
    """Ask in SPARQL 1.1, over everything in the workspace; '-' reads the query from standard input.

    Well-known prefixes need no declaration. SELECT gives rows, ASK true or false, CONSTRUCT and DESCRIBE Turtle.

    \b
      kg sparql 'SELECT ?outlet { ?document schema:publisher ?outlet } LIMIT 10'
      kg sparql -f my-query.rq --format csv
    """
    if (query is None) == (file is None):
        raise UsageError("give one query: as an argument, as a file with -f, or '-' to read standard input")
    text = _read(file) if file is not None else sys.stdin.read() if query == "-" else query or ""
    with settings.to_read() as workspace:
        try:
            answer = workspace.sparql(text)
        except QueryError as error:
            tell_query_error(text, error)
            raise click.exceptions.Exit(error.exit_code) from error
    for prefix in answer.prefixes_added:
        note(f"added PREFIX {prefix}: <{vocab.PREFIXES[prefix]}>")
    for hint in answer.hints:
        note(f"hint: {hint}")
    _print_answer(answer, format_, output)


def _print_answer(answer: Answer, format_: str | None, output: Path | None) -> None:
    if answer.rows is not None:
        if format_ == "ttl":
            raise UsageError(f"ttl is for triples, and a SELECT gives rows; there are: {', '.join(FORMATS)}")
        print_rows(answer.rows, format_, output, _NO_ROWS)
    elif answer.truth is not None:
        if format_ not in (None, "json", "table", "tsv"):
            raise UsageError("an ASK gives true or false; there are: table, tsv, json")
        as_json = format_ == "json" or (format_ is None and output is not None and output.suffix == ".json")
        put(boolean_json(answer.truth) if as_json else f"{str(answer.truth).lower()}\n", output)
    else:
        if format_ not in (None, "ttl"):
            raise UsageError(f"a {answer.form} gives triples; there is: ttl")
        put(turtle(answer.triples), output)
        note(count(len(answer.triples), "triple") + _written_to(output))


def print_rows(result: Result, format_: str | None, output: Path | None, why_empty: str) -> None:
    """The rows in their format to where they belong; how many there are, or why none, beside them."""
    form = chosen(format_, output)
    if form != "table":
        put(result.write(form), output)
    elif output is not None:
        put(plain_text(laid_out(result, WIDTH)), output)
    elif len(result):
        out = console()
        for part in laid_out(result, out.width):
            out.print(part)
    note((count(len(result), "row") if len(result) else f"no rows: {why_empty}") + _written_to(output))


def _written_to(output: Path | None) -> str:
    return f", written to {output}" if output else ""


# ---- questions -----------------------------------------------------------------------------------------------------


def _question(name: str) -> Question:
    if name.endswith(".rq"):
        path = Path(name)
        return read_question(path.stem, _read(path))
    saved = load_questions()
    try:
        return question(saved, name)
    except NotFound:
        note("the saved questions are: " + ", ".join(saved))
        raise


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start + 1} cannot be read; save it as UTF-8") from error


def _values(asked: Question, parameters: Iterable[str]) -> Mapping[str, str]:
    """The parameters as typed: `key=value` each; the value may hold more '='. UsageError with the example otherwise."""
    values: dict[str, str] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals or not key or not value:
            raise UsageError(f"{parameter!r} is not key=value; for example: {_example(asked)}")
        if key in values:
            raise UsageError(f"{key} is given twice; ask once for each of {values[key]!r} and {value!r}")
        values[key] = value
    return values


def _example(asked: Question) -> str:
    return " ".join(["kg ask", asked.name, *(f"{key}={shlex.quote(value)}" for key, value in asked.example.items())])


def _list_questions(saved: Iterable[Question]) -> None:
    if not sys.stdout.isatty():
        rows = ("\t".join((q.name, " ".join(map(_parameter, q.parameters)), q.question)) for q in saved)
        put("".join(f"{row}\n" for row in rows), None)
        return
    table = plain_table("name", "question", "parameters")
    table.columns[0].no_wrap = True
    for asked in saved:
        table.add_row(
            Words(asked.name, "bold"), Words(asked.question), Words(" ".join(map(_parameter, asked.parameters)))
        )
    out = console()
    out.print(table)
    out.print("\nA parameter with ? may be left out. More on one: kg queries NAME", style="dim")


def _parameter(parameter: Parameter) -> str:
    return parameter.name if parameter.required else f"{parameter.name}?"


def _meaning(parameter: Parameter) -> str:
    return parameter.description + ("" if parameter.kind == parameter.name else f" ({parameter.kind})")


def _explain_question(asked: Question) -> None:
    out = console()
    out.print(Words(f"{asked.name}: {asked.title}", "bold"))
    out.print(Words(asked.question))
    for text in (" ".join(asked.notes), asked.empty or ""):
        if text:
            out.print(Words(f"\n{text}"))
    facts = [
        ("Parameters", [(_parameter(parameter), _meaning(parameter)) for parameter in asked.parameters]),
        ("Columns", [(column, asked.column_notes.get(column, "")) for column in asked.columns]),
    ]
    for heading, pairs in facts:
        out.print(f"\n{heading}" if pairs else f"\n{heading}: none", style="bold")
        grid = Table.grid(padding=(0, 2))
        grid.add_column(overflow="fold")
        grid.add_column(overflow="fold")
        for name, meaning in pairs:
            grid.add_row(Words(f"  {name}"), Words(meaning))
        if pairs:
            out.print(grid)
    out.print("\nExample", style="bold")
    out.print(Words(f"  {_example(asked)}"), soft_wrap=True)
    out.print(Words(f"\nIts SPARQL: kg queries {asked.name} --sparql", "dim"))
