"""The editor page, and what its script asks for: the saved questions as text, and words for nodes.

The page itself reads nothing that is stored. The two jobs here run in a worker like every other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg import vocab
from kg.errors import Ambiguous, KgError, NotFound
from kg.labels import labels
from kg.questions import Question, question
from kg.terms import IRI, is_iri
from kg.web import assets
from kg.web.addresses import path_of
from kg.web.jobs import PageRequest, Reply
from kg.web.rendering import html
from kg.workspace import Workspace

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

#: IRIs that one request for labels may name.
MOST_LABELS = 500


def page() -> Reply:
    """The editor. Where the scripts of others are missing it has a plain text field, and says how to get them."""
    return html(
        "query.html",
        title="Query",
        section="query",
        missing=assets.missing_editor(),
        version=assets.editor_version(),
        licences=assets.LICENCES,
    )


def questions(workspace: Workspace, request: PageRequest) -> Reply:
    """Every saved question as the editor opens it, with this workspace's base and the well-known prefixes.

    With the parameter `name` only that question, with the other parameters as its own. A question of the list has those
    of its example where the store knows them; `unset` names the required ones that are left to be written in.
    """
    given = {key: value for key, value in request.query if value}
    name = given.pop("name", None)
    try:
        if name is not None:
            asked = question(workspace.questions, name)
            asked.check(given)
            return _json({"questions": [_told(workspace, asked, given, {})]})
        known: dict[tuple[str, str], str | None] = {}
        told = [_told(workspace, asked, None, known) for asked in workspace.questions.values()]
    except KgError as error:
        return Reply(404 if isinstance(error, NotFound) else 400, TEXT, f"{error}\n".encode())
    return _json({"base": workspace.base, "prefixes": dict(vocab.PREFIXES), "questions": told})


def labels_of(workspace: Workspace, payload: bytes) -> Reply:
    """Words for IRIs: takes a JSON list of at most MOST_LABELS, gives an object IRI → {label, path}.

    `path` is that of the thing's page here, null for what has none. IRIs without any words are left out.
    """
    try:
        asked = json.loads(payload)
    except ValueError:
        asked = None
    if not isinstance(asked, list) or not all(isinstance(iri, str) for iri in asked) or len(asked) > MOST_LABELS:
        return Reply(400, TEXT, f"send a JSON list of at most {MOST_LABELS} IRIs\n".encode())
    found = labels(workspace.store, [IRI(iri) for iri in asked if is_iri(iri)])
    return _json(
        {iri.value: {"label": label, "path": path_of(iri.value, workspace.base)} for iri, label in found.items()}
    )


def _told(
    workspace: Workspace, asked: Question, given: Mapping[str, str] | None, known: dict[tuple[str, str], str | None]
) -> dict[str, Any]:
    """The question for the editor. `known` keeps what the examples stand for, which many questions share."""
    values = asked.example if given is None else given
    kinds = {parameter.name: parameter for parameter in asked.parameters}
    terms = {}
    for key, value in values.items():
        parameter = kinds[key]
        if given is not None:
            terms[key] = parameter.term(value, workspace.lookup)
            continue
        at = (parameter.kind, value)
        if at not in known:
            try:
                parameter.term(value, workspace.lookup)
                known[at] = value
            except (NotFound, Ambiguous):
                known[at] = None  # the examples are those of the demo; another store need not have its things
        if known[at] is not None:
            terms[key] = parameter.term(value, workspace.lookup)
    unset = [parameter.name for parameter in asked.parameters if parameter.required and parameter.name not in terms]
    text = asked.bind(terms) if not unset else asked.text
    return {
        "name": asked.name,
        "title": asked.title,
        "question": asked.question,
        "values": {key: value for key, value in values.items() if key in terms},
        "unset": unset,
        "text": _without_header(text, asked),
    }


def _without_header(text: str, asked: Question) -> str:
    """The query under its question alone: the rest of the header explains it on the question's page."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("#") and line.strip())
    return "\n".join([f"# {asked.question}", *lines[start:]]) + "\n"


def _json(value: Any) -> Reply:
    return Reply(200, JSON, json.dumps(value, ensure_ascii=False).encode())
