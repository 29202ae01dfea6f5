"""SPARQL updates in a worker of their own, the only process that has the store open while it runs."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import QueryError
from kg.reach import refuse_calls
from kg.sparql import Token, explain, tokens, with_missing_prefixes
from kg.store.oxigraph import OxigraphStore
from kg.web.jobs import Reply, UpdateRequest
from kg.web.queries import TEXT, told
from kg.workspace import Workspace

#: The named graph, below the base of the workspace, of what an update inserts into no graph.
INSERTED = "graph/inserted"
#: Graphs below the base that kg relate writes. What they say may not hold after a change, so they go with any.
DERIVED = ("relations/", "relating/")


def check(workspace: Workspace, request: UpdateRequest) -> Reply:
    """Whether the update can be read and may be run: 204, or 400 with what is wrong. Nothing is changed."""
    try:
        text, _ = _prepared(request)
        _try(text, workspace.base, request.update)
    except QueryError as error:
        return Reply(400, TEXT, told(request.update, error).encode())
    return Reply(204, TEXT, b"")


def run(workspace: Workspace, request: UpdateRequest) -> Reply:
    """Runs the update: 204, or 400 with what is wrong and nothing changed."""
    store = workspace.store
    assert isinstance(store, OxigraphStore)
    try:
        text, added = _prepared(request)
        derived = [workspace.base + folder for folder in DERIVED]
        store.update(text, base=workspace.base, inserted=workspace.base + INSERTED, derived=derived)
    except QueryError as error:
        return Reply(400, TEXT, told(request.update, error).encode())
    return Reply(204, TEXT, b"", (("Kg-Prefixes-Added", ", ".join(added)),) if added else ())


def with_using(update: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """The update with these graphs as the dataset of each operation that has a WHERE.

    QueryError where the update says so itself, by USING or WITH: the standard forbids both at once.
    """
    found = list(tokens(update))
    clause = " ".join([f"USING <{name}>" for name in default] + [f"USING NAMED <{name}>" for name in named])
    depth, pieces, done = 0, [], 0
    for place, token in enumerate(found):
        depth += (token.text == "{") - (token.text == "}")
        word = token.text.upper() if token.kind == "word" else ""
        if word in ("USING", "WITH") and depth == 0:
            raise QueryError(f"the graphs are named twice: in the request and by {word}; leave one of them out")
        if word == "WHERE" and depth == 0:
            pieces.append(update[done : token.start])
            if place and found[place - 1].text.upper() == "DELETE":  # the short form, which takes no USING
                pieces.append(_block(update, found, place + 1) + " ")
            pieces.append(clause + " ")
            done = token.start
    return "".join([*pieces, update[done:]])


def _block(update: str, found: list[Token], opening: int) -> str:
    """The text from the brace at that place to the one that closes it."""
    depth = 0
    for token in found[opening:]:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            return update[found[opening].start : token.start + 1]
    raise QueryError("a brace is not closed")


def _prepared(request: UpdateRequest) -> tuple[str, tuple[str, ...]]:
    refuse_calls(request.update)
    text, added = with_missing_prefixes(request.update)
    if request.using_graphs is not None or request.using_named_graphs is not None:
        for name in (*(request.using_graphs or ()), *(request.using_named_graphs or ())):
            try:
                ox.NamedNode(name)
            except ValueError:
                raise QueryError(f"{name!r} is no IRI, so it names no graph") from None
        text = with_using(text, request.using_graphs or (), request.using_named_graphs or ())
    return text, added


def _try(text: str, base: str, written: str) -> None:
    try:
        OxigraphStore.in_memory().update(text, base=base, inserted=base + INSERTED)
    except QueryError as error:
        if error.line is not None:  # it could not be read; what only this store could not do, another may
            raise explain(written, error) from error
