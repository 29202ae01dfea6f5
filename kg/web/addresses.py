"""Which page stands for which thing: an IRI of this workspace has the path that follows its base.

`<base>claim/9f3c…` has the page `/claim/9f3c…`, and `<base>actor/…` the page `/actor/…`. Things of the shipped
vocabulary have theirs beside them: `measure:killed` at `/measure/killed`, `kg:moreThan` at `/ns/moreThan`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlencode

from kg import vocab
from kg.terms import IRI, is_iri

# Namespaces that lie outside every workspace and have pages all the same.
_SHARED = {vocab.PREFIXES["measure"]: "/measure/", vocab.PREFIXES["population"]: "/population/", vocab.KG: "/ns/"}
_SAFE = "/:@!$&'()*+,;=~-._"


def path_of(iri: str, base: str) -> str | None:
    """The path of the page that stands for the IRI; None for what lies outside the workspace and its vocabulary."""
    if iri.startswith(base) and len(iri) > len(base) and iri[len(base)] != "/":  # "//" would lead to another host
        return "/" + _quoted(iri[len(base) :])
    for namespace, folder in _SHARED.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return folder + _quoted(iri[len(namespace) :])
    return None


def iris_of(path: str, base: str) -> list[IRI]:
    """Every IRI that a path may stand for, the likelier first; empty for one that no IRI can have.

    `path` is taken as browsers send it, decoded. A population, say, is one of the workspace or of the vocabulary.
    """
    rest = path.removeprefix("/")
    names = [base + rest]
    names += [namespace + path[len(folder) :] for namespace, folder in _SHARED.items() if path.startswith(folder)]
    names += [_quoted(name) for name in names]
    return [IRI(name) for name in dict.fromkeys(names) if is_iri(name)]


def address(path: str, parameters: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> str:
    """A path with its parameters, as a link has them; parameters without a value are left out."""
    pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
    asked = urlencode([(name, value) for name, value in pairs if value])
    return f"{path}?{asked}" if asked else path


def query_address(query: str) -> str:
    """The address of the editor with a query in it. It stands behind the #, so that it never reaches a server."""
    return "/query#query=" + quote(query, safe="")


def _quoted(text: str) -> str:
    """Percent-encoded where a path needs it, and not twice."""
    return quote(unquote(text) if "%" in text else text, safe=_SAFE)
