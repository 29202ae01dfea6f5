"""The saved questions as pages: a form for each, its answer below, and the answer in every other form."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from kg.errors import Ambiguous, KgError, NotFound, UsageError
from kg.lookup import with_prefixes
from kg.questions import Parameter, Question, question
from kg.results import Result
from kg.web.addresses import address, query_address
from kg.web.jobs import Reply
from kg.web.listings import page_links, page_number
from kg.web.rendering import html
from kg.web.tables import PAGE_ROWS, table
from kg.workspace import Workspace

#: Formats in which an answer can be fetched, and their media types. The bytes are those of `kg ask --format`.
DOWNLOADS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/sparql-results+json",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
_NO_ROWS = "Nothing in this workspace answers this; with fewer parameters there may be more."
# Names that a form offers for a parameter of each kind.
_NAMES = {
    "event": "SELECT DISTINCT ?name { ?node a sem:Event ; dcterms:identifier ?name }",
    "measure": "SELECT DISTINCT ?name { ?claim kg:measure ?node . ?node skos:prefLabel ?name }",
    "population": "SELECT DISTINCT ?name { ?claim kg:population ?node . ?node skos:prefLabel ?name }",
    "source": "SELECT DISTINCT ?name { ?link prov:wasAttributedTo ?node . ?node a prov:Agent ; skos:prefLabel ?name }",
}
_MOST_NAMES = 1_000
# Parameters of the page and not of a question.
_OF_THE_PAGE = frozenset(["page"])


def question_list(workspace: Workspace) -> Reply:
    """Every saved question with what it asks."""
    saved = list(workspace.questions.values())
    return html("questions.html", title="Questions", questions=saved, section="questions")


def question_page(workspace: Workspace, name: str, query: Sequence[tuple[str, str]]) -> Reply:
    """The form of a question, and below it the answer, or why there is none.

    The answer is given as soon as nothing that it needs is missing. NotFound for the name of no question.
    """
    stem, _, format_ = name.rpartition(".")
    if stem and format_ in DOWNLOADS:
        return _download(workspace, question(workspace.questions, stem), format_, query)
    asked = question(workspace.questions, name)
    fault: KgError | None = None
    values: dict[str, str] = {}
    result: Result | None = None
    try:
        values = given(query)
        if values or not any(parameter.required for parameter in asked.parameters):
            result = workspace.ask_question(asked, values)
    except KgError as error:
        fault = error
        values = {key: value for key, value in query if key not in _OF_THE_PAGE}
    page = page_number(dict(query).get("page"), len(result)) if result is not None else 1
    pairs = list(values.items())
    path = f"/question/{asked.name}"
    command = " ".join(["kg ask", asked.name, *(f"{key}={shlex.quote(value)}" for key, value in pairs)])
    return html(
        "question.html",
        status_of(fault) if fault else 200,
        title=asked.title,
        asked=asked,
        fields=[_field(workspace, parameter, values, asked) for parameter in asked.parameters],
        fault=str(fault).split("\n")[0] if fault else None,
        choices=choices(path, values, asked, fault),
        table=table(workspace, result, notes=asked.column_notes, first=(page - 1) * PAGE_ROWS + 1) if result else None,
        answered=result is not None,
        why_empty=asked.empty or _NO_ROWS,
        pages=page_links(path, pairs, page, len(result)) if result else None,
        command=command,
        downloads=[(format_, address(f"{path}.{format_}", pairs)) for format_ in DOWNLOADS],
        sparql=result.query if result else asked.text,
        editor=query_address(result.query if result else asked.text),
        example=address(path, asked.example) if asked.example else None,
        section="questions",
    )


def given(query: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters that were given; a form sends empty ones too, which count as left out. UsageError for doubles."""
    values: dict[str, str] = {}
    for name, value in query:
        if name in _OF_THE_PAGE or not value.strip():
            continue
        if name in values:
            raise UsageError(f"{name} is given twice; ask once for each of {values[name]!r} and {value!r}")
        values[name] = value.strip()
    return values


def status_of(error: KgError) -> int:
    """The HTTP status of an error: 404 nothing answers, 409 what must be settled first, 400 what does not fit."""
    if isinstance(error, NotFound):
        return 404
    return 400 if isinstance(error, (UsageError, Ambiguous)) else 409


def choices(path: str, values: Mapping[str, str], asked: Question, fault: KgError | None) -> list[tuple[str, str]]:
    """Links that mend the fault: the same question with each candidate or near name in the place of the wrong one."""
    wrong = next(
        (key for key, value in values.items() if isinstance(fault, (NotFound, Ambiguous)) and _means(fault, value)),
        None,
    )
    if wrong is None:
        return []
    offered: list[tuple[str, str]] = []
    if isinstance(fault, Ambiguous):
        offered = [(description, iri) for iri, description in fault.candidates]
    elif isinstance(fault, NotFound):
        offered = [(near, near) for near in fault.suggestions]
    return [(words, address(path, {**values, wrong: value})) for words, value in offered]


def _means(fault: NotFound | Ambiguous, value: str) -> bool:
    return fault.name == value or value.startswith(fault.name)


def _download(workspace: Workspace, asked: Question, format_: str, query: Sequence[tuple[str, str]]) -> Reply:
    result = workspace.ask_question(asked, given(query))
    disposition = ("Content-Disposition", f'attachment; filename="{asked.name}.{format_}"')
    return Reply(200, DOWNLOADS[format_], result.write(format_).encode(), (disposition,))


def _field(workspace: Workspace, parameter: Parameter, values: Mapping[str, str], asked: Question) -> dict[str, Any]:
    names: list[str] = []
    if query := _NAMES.get(parameter.kind):
        rows = workspace.store.select(with_prefixes(f"{query} ORDER BY ?name LIMIT {_MOST_NAMES}")).rows
        names = [str(name) for (name,) in rows]
    return {
        "parameter": parameter,
        "value": values.get(parameter.name, ""),
        "names": names,
        "example": asked.example.get(parameter.name),
    }
