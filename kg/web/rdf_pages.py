"""What is stored about one thing, as RDF for machines."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kg import vocab
from kg.lookup import with_prefixes
from kg.store.oxigraph import engine_triple
from kg.terms import IRI
from kg.web.jobs import Reply
from kg.web.negotiation import TRIPLES, choose, preferred
from kg.workspace import Workspace

#: The forms of a thing's page that are no HTML: the suffix of their address, and their name in kg.web.negotiation.
FORMS: Mapping[str, str] = {".ttl": "ttl", ".jsonld": "jsonld", ".nt": "nt"}

_HTML = ("text/html", "application/xhtml+xml")
_OFFERED = tuple(one for one in TRIPLES if one.name in FORMS.values())
# Nodes that mean nothing without the thing they hang on are told with it.
_DESCRIPTION = """CONSTRUCT {{ {node} ?property ?value . ?part ?of ?it }} WHERE {{
  {{ {node} ?property ?value }}
  UNION {{
    {node} geo:hasGeometry|oa:hasTarget|kg:scopeEvidence|kg:assumes|kg:merge|kg:camp ?part . ?part ?of ?it
  }}
}}"""


def wanted(accept: str) -> str | None:
    """What an Accept header likes best: "html", the name of a form, or None where it takes none of them."""
    best = preferred(accept, [*_HTML, *(media_type for one in _OFFERED for media_type in one.media_types)])
    if best is None or best in _HTML:
        return "html" if best else None
    return next(one.name for one in _OFFERED if best in one.media_types)


def described(workspace: Workspace, iri: IRI, form: str) -> Reply:
    """What is stored about the thing in one of the forms; Turtle with those prefixes that it uses."""
    chosen = choose("*/*", _OFFERED, form)
    assert chosen is not None and isinstance(chosen.format.writes, ox.RdfFormat)
    triples = workspace.store.construct(with_prefixes(_DESCRIPTION.format(node=iri.n3)))
    statements = [engine_triple(s, p, o) for s, p, o in triples]
    text = " ".join(map(str, statements)) if form == "ttl" else ""
    prefixes = {prefix: name for prefix, name in vocab.PREFIXES.items() if f"<{name}" in text}
    body = ox.serialize(statements, format=chosen.format.writes, prefixes=prefixes)
    return Reply(200, chosen.media_type, body or b"", alternates(path=None))


def alternates(path: str | None) -> tuple[tuple[str, str], ...]:
    """Headers of a page that has several forms: what the choice depends on, and, with a path, where the others are."""
    vary = ("Vary", "Accept")
    if path is None:
        return (vary,)
    types = {one.name: one.media_types[0] for one in _OFFERED}
    links = [f'<{path}{suffix}>; rel="alternate"; type="{types[form]}"' for suffix, form in FORMS.items()]
    return (vary, ("Link", ", ".join(links)))
