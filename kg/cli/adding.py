"""`kg add` and `kg validate`: dossiers into the workspace, and what is wrong with them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from kg import vocab
from kg.cli.app import Settings, in_workspace
from kg.cli.output import put
from kg.cli.printing import Words, by_place, console, count, errors, note, problem_table, tally, tell_problems
from kg.errors import InvalidInput, Problem
from kg.ingest import Reading, read_dossier
from kg.load import AddReport
from kg.workspace import Progress, Workspace, validate_paths

PARTLY = 3
_WARNINGS = 10
_PROBLEM_COLUMNS = ("file", "line", "severity", "path", "value", "message", "hint")

_paths = click.Path(exists=True, path_type=Path)


@click.command(short_help="Load dossiers.")
@click.argument("paths", nargs=-1, required=True, type=_paths, metavar="PATH...")
@click.option("--mapping", metavar="NAME|FILE", help="The paths are CSV tables of events; how to read their columns.")
@click.option("--keep-going", is_flag=True, help="Load the documents without errors and leave out the others.")
@click.option("-v", "--verbose", is_flag=True, help=f"Show every warning, not the first {_WARNINGS}.")
@in_workspace
@click.pass_context
def add(context: click.Context, paths: tuple[Path, ...], mapping: str | None, keep_going: bool, verbose: bool) -> None:
    """Load dossiers: folders with a dossier.yaml and tables, or one YAML file a document.

    With an error anywhere nothing is loaded, unless --keep-going is given. What is in the workspace already, in the
    same words, is left as it is; a document that was changed replaces its older version.

    With --mapping, tables of events: the name of a mapping that comes with the program (maverick, ucdp-ged), or a YAML
    file of your own. Rows with errors are named and left out, and the others loaded.
    """
    settings: Settings = context.obj
    with settings.open(create=True) as workspace:
        try:
            with progress() as report_progress:
                report = workspace.add(*paths, mapping=mapping, keep_going=keep_going, progress=report_progress)
        except InvalidInput as error:
            _tell(error.problems, verbose)
            raise InvalidInput(str(error)) from error  # its problems have been told
    _tell(report.problems, verbose)
    put(summary(report) + "\n", None)
    for outcome, names in (("replaced", report.replaced), ("refused", report.refused)):
        if names:
            put(f"{outcome}: {', '.join(names)}\n", None)
    if not report.complete:
        loaded = len(report.added) + len(report.replaced) + len(report.unchanged)
        note("loaded in part: correct what is listed above and add it again" if loaded else "nothing was loaded")
        context.exit(PARTLY if loaded else 1)


@click.command(short_help="Check dossiers, or what is loaded.")
@click.argument("paths", nargs=-1, type=_paths, metavar="[PATH]...")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "tsv", "jsonl")),
    help="Default: table on a terminal, else tsv; jsonl is one JSON object a problem.",
)
@in_workspace
@click.pass_context
def validate(context: click.Context, paths: tuple[Path, ...], format_: str | None) -> None:
    """Check dossiers without loading them, or without PATH everything in the workspace.

    Readers' checks and the SHACL shapes. Ends with 1 when there are errors, with 0 when there are only warnings.
    """
    settings: Settings = context.obj
    if paths:
        problems = validate_paths(paths)
        documents = sum(_documents_in(read_dossier(path)) for path in paths)
    else:
        with settings.to_read() as workspace:
            problems = workspace.validate()
            documents = _documents_held(workspace)
    _print_problems(problems, format_)
    note(f"{count(documents, 'document')} checked with {count(_shapes(), 'shape')}: {tally(problems)}")
    if any(problem.severity == "error" for problem in problems):
        context.exit(1)


def summary(report: AddReport) -> str:
    """What was loaded and what not: "112 documents added, 0 replaced, 0 unchanged, 1 refused; 397 assertions …"."""
    return (
        f"{count(len(report.added), 'document')} added, {len(report.replaced):,} replaced, "
        f"{len(report.unchanged):,} unchanged, {len(report.refused):,} refused; "
        f"{count(report.assertions, 'assertion')} in what was read"
    )


@contextmanager
def progress() -> Iterator[Progress]:
    """A line on standard error that says what is being done while the block runs, where that is a terminal."""
    from rich.status import Status  # slow to import, and most commands need none

    out = errors()
    if not out.is_terminal:
        yield lambda text, done, total: None
        return
    with Status("", console=out) as status:
        yield lambda text, done, total: status.update(Words(f"{text} ({done} of {total})" if total > 1 else text))


def _tell(problems: Sequence[Problem], verbose: bool) -> None:
    """Every error, and the first warnings."""
    wrong = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity == "warning"]
    shown = warnings if verbose else warnings[:_WARNINGS]
    tell_problems([*wrong, *shown])
    if len(shown) < len(warnings):
        note(f"… and {count(len(warnings) - len(shown), 'warning')} more; --verbose shows all")
    if problems:
        note(tally(problems))


def _print_problems(problems: Sequence[Problem], format_: str | None) -> None:
    out = console()
    form = format_ or ("table" if out.is_terminal else "tsv")
    rows = [dataclasses.asdict(problem) for problem in by_place(problems)]
    if form == "jsonl":
        put("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), None)
    elif form == "tsv":
        lines = [_PROBLEM_COLUMNS, *(tuple(_flat(row[name]) for name in _PROBLEM_COLUMNS) for row in rows)]
        put("".join("\t".join(line) + "\n" for line in lines), None)
    elif problems:
        out.print(problem_table(problems))


def _flat(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _documents_in(reading: Reading) -> int:
    return len(reading.refused) + (len(reading.dossier.documents) if reading.dossier else 0)


def _documents_held(workspace: Workspace) -> int:
    found = workspace.sparql("SELECT DISTINCT ?document { ?document schema:publisher ?outlet }").rows
    return len(found or ())


def _shapes() -> int:
    """How many node shapes there are to check with."""
    import pyoxigraph as ox

    kind, shape = ox.NamedNode(vocab.PREFIXES["rdf"] + "type"), ox.NamedNode(vocab.PREFIXES["sh"] + "NodeShape")
    triples = ox.parse(path=str(vocab.data_path("ontology") / "shapes.ttl"), format=ox.RdfFormat.TURTLE)
    return sum(triple.predicate == kind and triple.object == shape for triple in triples)
