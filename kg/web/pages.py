"""Every page but the editor: a request comes in, a reply goes out, and nothing but a workspace is needed for it."""

from __future__ import annotations

import re

from kg.errors import Ambiguous, KgError, NotFound
from kg.lookup import KINDS, with_prefixes
from kg.names import suggest
from kg.terms import IRI
from kg.web.addresses import address, iris_of, path_of
from kg.web.entities import entity
from kg.web.figures import figure
from kg.web.jobs import PageRequest, Reply
from kg.web.listings import LISTINGS, contents, front, listing
from kg.web.questions import question_list, question_page, status_of
from kg.web.rdf_pages import FORMS, alternates, described, wanted
from kg.web.rendering import message, redirect
from kg.web.search import search_page
from kg.workspace import Workspace

_SAYS_NOTHING = "Nothing in this workspace has this address."
# Other words for a kind, as people write them into an address.
_CALLED = {"outlet": "source", "actor": "source", "unnamed": "source", "assertion": "claim"}


def page(workspace: Workspace, request: PageRequest) -> Reply:
    """The page at a path, or a page that says why there is none. Raises nothing that a request can cause.

    A thing has its page below the path of its IRI, as HTML, Turtle, JSON-LD or N-Triples; ids of rows and documents,
    short ids and names lead there.
    """
    parameters = dict(reversed(request.query))  # the first of each name counts
    try:
        return _page(workspace, request, parameters)
    except (NotFound, Ambiguous) as error:
        return _no_page(workspace, error, request.path)
    except KgError as error:
        return message(status_of(error), "That does not work", str(error))


def _page(workspace: Workspace, request: PageRequest, parameters: dict[str, str]) -> Reply:
    path = request.path
    first, _, rest = path.removeprefix("/").partition("/")
    match first, rest:
        case "", "":
            return front(workspace)
        case "contents", "":
            return contents(workspace)
        case "search", "":
            return search_page(workspace, parameters.get("q", ""), parameters.get("kind"))
        case "question", "":
            return question_list(workspace)
        case "question", name:
            return question_page(workspace, name, request.query)
        case kind, "" if path.endswith("/") and (kind in LISTINGS or kind == "actor"):
            return listing(workspace, "source" if kind == "actor" else kind, parameters)
        case "event", "":
            return redirect("/")
        case kind, "" if kind in LISTINGS:
            return redirect(f"/{kind}/")
    return _thing(workspace, request, parameters)


def _thing(workspace: Workspace, request: PageRequest, parameters: dict[str, str]) -> Reply:
    """A thing in the form that is asked for; what only looks like its name leads to it."""
    path, suffix = _split(request.path)
    notice: str | None = None
    for iri in iris_of(path, workspace.base):
        if _is_here(workspace, iri):
            form = FORMS.get(suffix, "html") if suffix else wanted(request.accept)
            if form is None:
                return _not_acceptable(path)
            if form != "html":
                return described(workspace, iri, form)
            if workspace.lookup.is_a("event", iri) and "card" not in parameters:
                try:
                    return _with_alternates(figure(workspace, iri, "dossier"), path)
                except KgError as error:
                    notice = f"The dossier of this event cannot be shown: {error}"
            return entity(workspace, iri, everything=bool(parameters.get("all")), notice=notice)
    if not suffix and (picture := re.fullmatch(r"(/event/[^/]+)/([a-z-]+)", path)):
        for iri in iris_of(picture[1], workspace.base):
            if workspace.lookup.is_a("event", iri):
                return figure(workspace, iri, picture[2])
    return _meant(workspace, path, suffix)


def _split(path: str) -> tuple[str, str]:
    """The path, and the suffix that asks for one form of the thing, if it has one."""
    suffix = next((one for one in (".html", *FORMS) if path.endswith(one)), "")
    return path.removesuffix(suffix), suffix


def _meant(workspace: Workspace, path: str, suffix: str) -> Reply:
    """Leads to the page of what a name, an id of a row or a short id means. NotFound and Ambiguous as lookups say."""
    first, _, rest = path.removeprefix("/").partition("/")
    kind = _CALLED.get(first, first)
    if rest and kind in KINDS:
        iri = workspace.lookup.resolve(kind, f"{kind}/{rest}" if re.fullmatch(r"[0-9a-f]{6,16}", rest) else rest)
    elif not rest:
        iri = workspace.lookup.find(first).iri
    else:
        raise NotFound("page", path, ())
    found = path_of(iri.value, workspace.base)
    if found is None or found == path:
        raise NotFound("page", path, ())
    return redirect(found + suffix)


def _is_here(workspace: Workspace, iri: IRI) -> bool:
    return workspace.store.ask(with_prefixes(f"ASK {{ {iri.n3} ?property ?value }}"))


def _with_alternates(reply: Reply, path: str) -> Reply:
    return Reply(reply.status, reply.media_type, reply.body, (*reply.headers, *alternates(path)))


def _not_acceptable(path: str) -> Reply:
    links = [
        (words, path + suffix) for words, suffix in (("HTML", ".html"), ("Turtle", ".ttl"), ("JSON-LD", ".jsonld"))
    ]
    text = "This page is not to be had in any form that was asked for."
    return message(406, "Not in this form", text, links=links, links_title="The forms that there are")


def _no_page(workspace: Workspace, error: NotFound | Ambiguous, path: str) -> Reply:
    if isinstance(error, Ambiguous):
        links = [(about, path_of(iri, workspace.base) or "/") for iri, about in error.candidates]
        return message(300, "Which one?", f"{error.name!r} is the name of several things.", links=links)
    name = path.rstrip("/").rpartition("/")[2]
    near = [(suggestion, address("/search", {"q": suggestion})) for suggestion in error.suggestions]
    near += [(f"/{found}/", f"/{found}/") for found in suggest(name, [*LISTINGS, "question"], most=1)]
    return message(404, "There is no such page", _SAYS_NOTHING, links=near, links_title="Did you mean", searched=name)
