"""The graph as one HTML file that needs nothing else: no server, no network, no neighbour files.

pyvis builds the network, always directed, since its undirected networks drop parallel edges without a word. The page is
made by our own template, because the one of pyvis asks a distant server for a stylesheet and writes headings and titles
into the page unescaped. The drawing library vis-network comes from the installed pyvis.

Four things keep foreign text from acting: Jinja escapes all of it, the data block escapes what could end it, the page's
script makes text nodes only, and the Content-Security-Policy runs nothing but the two scripts whose digests it names.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kg import terms
from kg.files import write_whole
from kg.views.drawing import drawing_library, vis_data
from kg.views.lanes import Bracket, make_room
from kg.views.network import ChainRow, EdgeKind, GraphEdge, GraphNode, Network, NodeKind
from kg.views.relation_kinds import FAMILIES, GRADES, grade_words, off_at_first
from kg.vocab import PREFIXES

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPTS = ("picture.js", "sheets.js", "drawer.js", "graph.js")

#: Asked for one row, this gives its chain: one line a speaker, the outlet first. {document} and {row} are filled in.
ROW_QUERY = "\n".join(
    [
        *(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in ("kg", "prov", "dcterms", "skos")),
        """SELECT ?step ?speaker ?name ?stance ?cue ?statement ?claim WHERE {
  ?assertion kg:inDocument {document} ; dcterms:identifier {row} ; kg:step ?step ; prov:wasAttributedTo ?speaker .
  OPTIONAL { ?speaker skos:prefLabel ?name }
  OPTIONAL { ?assertion kg:stance ?stance }
  OPTIONAL { ?assertion kg:cue ?cue }
  OPTIONAL { ?assertion kg:statement ?statement }
  OPTIONAL { ?assertion kg:expresses ?claim }
}
ORDER BY ?step""",
    ]
)


@dataclass(frozen=True, slots=True)
class GraphPage:
    """A finished page. A notebook shows it in a frame of its own; `write` makes a file of it."""

    html: str

    @classmethod
    def of(cls, network: Network) -> GraphPage:
        return cls(render(network))

    def write(self, path: str | Path) -> None:
        """Writes the page as UTF-8, whatever the locale. KgError when the file cannot be written."""
        write_whole(Path(path), self.html)

    def _repr_html_(self) -> str:
        """The page in a frame that may run its own script but reach neither the notebook nor the network."""
        return (
            '<iframe title="Claims and their sources" width="100%" height="760" frameborder="0" '
            'sandbox="allow-scripts allow-popups" allow="clipboard-write" '
            f'srcdoc="{html.escape(self.html, quote=True)}"></iframe>'
        )


def render(network: Network) -> str:
    """The page as text. The same network gives the same text, byte for byte.

    KgError when the installed pyvis does not hold the drawing library.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["link"] = web_link
    kinds = {kind.key: kind for kind in network.edge_kinds}
    drawn, undrawn = (Counter(edge.kind for edge in edges) for edges in (network.edges, network.undrawn))
    off = off_at_first(network.edge_kinds, drawn)
    network, brackets = make_room(network, off)
    style = _template("graph.css") + _palette(network.node_kinds, network.edge_kinds)
    script = "(() => {\n'use strict';\n" + "\n".join(map(_template, _SCRIPTS)) + "})();\n"
    library, library_note = drawing_library()
    labels = {node.id: node for node in network.nodes}
    return environment.get_template("graph.html").render(
        network=network,
        nodes_by_kind=Counter(node.kind for node in network.nodes),
        edges_by_kind=drawn,
        undrawn_by_kind=undrawn,
        families=_families(network.edge_kinds),
        off=off,
        relations=[edge for edge in (*network.edges, *network.undrawn) if kinds[edge.kind].family],
        kinds=kinds,
        grades=[(words, width) for words, width in GRADES.values()],
        grade_words=grade_words,
        nodes_by_tier=Counter(node.tier for node in network.nodes),
        node_class={kind.key: f"nk{number}" for number, kind in enumerate(network.node_kinds)},
        edge_class={kind.key: f"ek{number}" for number, kind in enumerate(network.edge_kinds)},
        labels=labels,
        policy=_policy(style, library, script),
        style=Markup(style),
        library=Markup(library),
        library_note=library_note,
        script=Markup(script),
        data=Markup(_data_block(network, brackets)),
    )


def web_link(url: str | None) -> str | None:
    """The address if it is one of the web (http or https, with a host), else None: it is then shown as text."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, *scripts: str) -> str:
    """Nothing may be loaded, sent, framed or evaluated; the given scripts and stylesheet may run, and no others.

    vis-network sets styles through the object model alone, so it needs no leave for style attributes.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(f"'{_digest(script)}'" for script in scripts),
            f"style-src '{_digest(style)}'",
            "img-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _palette(node_kinds: Iterable[NodeKind], edge_kinds: Iterable[EdgeKind]) -> str:
    """The colours of the kinds as custom properties of classes, for light paper (and print) and for dark."""
    kinds = [(f"nk{number}", kind.colour, kind.on_dark) for number, kind in enumerate(node_kinds)]
    kinds += [(f"ek{number}", kind.colour, kind.on_dark) for number, kind in enumerate(edge_kinds)]
    light = "".join(f".{name}{{--kind:{colour}}}\n" for name, colour, _ in kinds)
    dark = "".join(f".{name}{{--kind:{on_dark}}}\n" for name, _, on_dark in kinds)
    return f"{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _families(kinds: Iterable[EdgeKind]) -> list[tuple[str, list[EdgeKind]]]:
    """The kinds of relation that the picture has, by family: words, kinds."""
    every = list(kinds)
    found = [(words, [kind for kind in every if kind.family == family]) for family, words in FAMILIES.items()]
    return [(words, members) for words, members in found if members]


def _data_block(network: Network, brackets: Mapping[str, Bracket]) -> str:
    """Everything the page's script needs, as JSON that may stand in a script element."""
    node_number = {node.id: number for number, node in enumerate(network.nodes)}
    edge_number = {edge.id: number for number, edge in enumerate(network.edges)}
    data = {
        "width": network.width,
        "height": network.height,
        "query": ROW_QUERY,
        "beside": max((bracket.x for bracket in brackets.values()), default=0.0),
        "columns": [{"key": column.key, "x": column.x} for column in network.columns],
        "nodeKinds": {
            kind.key: {
                "label": kind.label,
                "colour": kind.colour,
                "onDark": kind.on_dark,
                "hollow": kind.hollow,
                "dashes": list(kind.dashes),
            }
            for kind in network.node_kinds
        },
        "edgeKinds": {
            kind.key: {
                "label": kind.label,
                "verb": kind.verb,
                "inverse": kind.inverse,
                "symmetric": kind.everywhere,
                "rank": number,
                "open": kind.at_first,
                "colour": kind.colour,
                "onDark": kind.on_dark,
            }
            for number, kind in enumerate(network.edge_kinds)
        },
        "nodes": [_node_data(node) for node in network.nodes],
        "edges": [_edge_data(edge, node_number) for edge in network.edges],
        "undrawn": [_edge_data(edge, node_number) for edge in network.undrawn],
        "rows": [_row_data(row, node_number, edge_number) for row in network.rows],
        "vis": vis_data(network, brackets),
    }
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _node_data(node: GraphNode) -> dict[str, Any]:
    return {
        "id": node.id,
        "iri": node.iri,
        "kind": node.kind,
        "tier": node.tier,
        "label": node.label,
        "note": node.note,
        "aliases": list(node.aliases),
        "documents": node.documents,
        "x": node.x,
        "y": node.y,
        "width": node.width,
        "height": node.height,
        "detail": [list(pair) for pair in node.detail],
    }


def _edge_data(edge: GraphEdge, nodes: Mapping[str, int]) -> dict[str, Any]:
    """Ends that are not in the picture are null, and have their name alone."""
    data: dict[str, Any] = {"kind": edge.kind, "source": nodes.get(edge.source), "target": nodes.get(edge.target)}
    if None not in data.values():
        data |= {"id": edge.id, "label": edge.label, "rows": list(edge.rows)}
        data |= {"detail": [list(pair) for pair in edge.detail]}
    if edge.names:
        data |= {"others": [nodes.get(end) for end in edge.others], "names": list(edge.names)}
        data |= {"reason": edge.reason, "grade": edge.grade}
    return data


def _row_data(row: ChainRow, nodes: Mapping[str, int], edges: Mapping[str, int]) -> dict[str, Any]:
    return {
        "row": row.identifier,
        "document": row.document.value,
        "documentLabel": row.document_label,
        "url": row.url,
        "link": web_link(row.url),
        "date": row.date.isoformat() if row.date else None,
        "event": row.event,
        "statement": row.statement,
        "language": row.language,
        "stance": row.stance.replace("_", " "),
        "cue": row.cue,
        "directness": row.directness,
        "certainty": row.certainty,
        "asOf": row.as_of.isoformat() if row.as_of else None,
        "digest": row.span_digest,
        "terms": {"document": row.document.n3, "row": terms.text(row.identifier).n3},
        "nodes": [nodes[name] for name in row.nodes],
        "edges": [edges[name] for name in row.edges],
    }
