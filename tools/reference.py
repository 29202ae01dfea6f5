"""Writes the pages that are made from the program itself: docs/reference/cli.md and queries/README.md.

With `--check` it writes nothing, shows what is out of date, and exits 1 if anything is.
"""

from __future__ import annotations

import argparse
import difflib
import inspect
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from kg.cli import main as kg_command
from kg.questions import Parameter, Question, load_questions

CHECKOUT = Path(__file__).resolve().parents[1]
MADE = "<!-- Made by `make docs`; change the source instead. -->"
PROGRAM = "kg"


def cli_page(command: click.Command) -> str:
    """The reference of a command and all its subcommands, in the order in which `--help` lists them."""
    blocks = [
        "# The command line",
        MADE,
        "What `--help` says, in one page. Data goes to standard output, everything else to standard error.",
    ]
    for context in _contexts(command):
        blocks += _command_blocks(context)
    return _page(blocks)


def queries_page(questions: Mapping[str, Question]) -> str:
    """The list of saved questions, then each with its parameters, columns, notes and an example."""
    blocks = [
        "# The saved questions",
        MADE,
        "Each is a SPARQL query with a header that explains it; it runs as it stands here, in `kg ask`, in Python and "
        "in any SPARQL 1.1 tool. A parameter is a line `VALUES ?name { UNDEF }`: write a term for `UNDEF` to set it.",
        _table(
            ("question", "asks", "parameters"),
            [
                (f"[{name}](#{name})", question.question, ", ".join(map(_call, question.parameters)))
                for name, question in questions.items()
            ],
        ),
        "A parameter in brackets may be left out.",
    ]
    for name, question in questions.items():
        blocks += [f"## {name}", f"**{question.title}.** {question.question} → [{name}.rq]({name}.rq)"]
        if question.parameters:
            blocks.append(
                _table(
                    ("parameter", "kind", "", "meaning"),
                    [
                        (f"`{p.name}`", p.kind, "required" if p.required else "optional", p.description)
                        for p in question.parameters
                    ],
                )
            )
        blocks.append("Columns: " + ", ".join(f"`{column}`" for column in question.columns) + ".")
        if question.column_notes:
            blocks.append("\n".join(f"- `{column}`: {note}" for column, note in question.column_notes.items()))
        if question.notes:
            blocks.append("Note: " + " ".join(question.notes))
        blocks.append(_example(question))
    return _page(blocks)


def _example(question: Question) -> str:
    words = [PROGRAM, "ask", question.name, *(f"{name}={value}" for name, value in question.example.items())]
    text = f"```\n{shlex.join(words)}\n```"
    return f"{text}\n\nNo rows on the demo: {question.empty}" if question.empty else text


def _contexts(command: click.Command) -> Iterator[click.Context]:
    """A context for the command and, depth first, for every visible command below it."""

    def walk(command: click.Command, name: str, parent: click.Context | None) -> Iterator[click.Context]:
        context = click.Context(command, info_name=name, parent=parent)
        yield context
        if isinstance(command, click.Group):
            for child_name in command.list_commands(context):
                child = command.get_command(context, child_name)
                if child is not None and not child.hidden:
                    yield from walk(child, child_name, context)

    return walk(command, PROGRAM, None)


def _command_blocks(context: click.Context) -> list[str]:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    blocks = [f"## {context.command_path}", f"```\n{usage}\n```", *_help_blocks(command.help or "")]
    if command.deprecated:
        blocks.append("Deprecated.")
    records = [record for p in command.get_params(context) if (record := p.get_help_record(context)) is not None]
    if records:
        blocks.append(_table(("argument, option", "meaning"), [(f"`{names}`", meaning) for names, meaning in records]))
    if command.epilog:
        blocks += _help_blocks(command.epilog)
    return blocks


def _help_blocks(text: str) -> Iterator[str]:
    """The paragraphs of a help text; one that click must not rewrap (marked `\\b`) becomes a code block."""
    shown = inspect.cleandoc(text).partition("\f")[0]
    for paragraph in shown.split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        if lines and lines[0].strip() == "\b":
            yield "\n".join(["```", *lines[1:], "```"])
        elif lines:
            yield " ".join(line.strip() for line in lines)


def _call(parameter: Parameter) -> str:
    return f"`{parameter.name}`" if parameter.required else f"[`{parameter.name}`]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *(line(row) for row in rows)])


def _page(blocks: Sequence[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def pages() -> Mapping[Path, str]:
    """Every generated page: where it belongs, and what it should say."""
    return {
        CHECKOUT / "docs" / "reference" / "cli.md": cli_page(kg_command),
        CHECKOUT / "queries" / "README.md": queries_page(load_questions(CHECKOUT / "queries")),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes or checks the pages; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make the generated pages of the documentation.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is out of date")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, wanted in pages().items():
        name = path.relative_to(CHECKOUT).as_posix()
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        if present == wanted:
            continue
        stale += 1
        if check:
            lines = difflib.unified_diff(
                present.splitlines(), wanted.splitlines(), name, f"{name} (as it should be)", lineterm=""
            )
            print("\n".join(lines))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
            print(f"wrote {name}")
    if check and stale:
        print(f"generated pages out of date: {stale}; run: make docs", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
