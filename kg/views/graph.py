"""The graph as one HTML file that needs nothing else: no server, no network, no neighbour files.

pyvis builds the network, always directed, since its undirected networks drop parallel edges without a word. The page is
made by our own template, because the one of pyvis asks a distant server for a stylesheet and writes headings and titles
into the page unescaped. The drawing library vis-network comes from the installed pyvis. `kg.views.offline` says what
keeps foreign text from acting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from kg import terms
from kg.views.drawing import drawing_library, vis_data
from kg.views.lanes import Bracket, make_room
from kg.views.network import ChainRow, EdgeKind, GraphEdge, GraphNode, Network, NodeKind
from kg.views.offline import Page, data_block, environment, policy, script, template, web_link
from kg.views.relation_kinds import FAMILIES, GRADES, grade_words, off_at_first
from kg.vocab import PREFIXES

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


class GraphPage(Page):
    """The finished page of a graph."""

    __slots__ = ()

    @classmethod
    def of(cls, network: Network) -> GraphPage:
        return cls(render(network))


def render(network: Network) -> str:
    """The page as text. The same network gives the same text, byte for byte.

    KgError when the installed pyvis does not hold the drawing library.
    """
    kinds = {kind.key: kind for kind in network.edge_kinds}
    drawn, undrawn = (Counter(edge.kind for edge in edges) for edges in (network.edges, network.undrawn))
    off = off_at_first(network.edge_kinds, drawn)
    network, brackets = make_room(network, off)
    style = template("graph.css") + _palette(network.node_kinds, network.edge_kinds)
    own_script = script(*_SCRIPTS)
    library, library_note = drawing_library()
    labels = {node.id: node for node in network.nodes}
    page = environment().get_template("graph.html")
    return page.render(
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
        policy=policy(style, library, own_script),
        style=Markup(style),
        library=Markup(library),
        library_note=library_note,
        script=Markup(own_script),
        data=Markup(_data_block(network, brackets)),
    )


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
    return data_block(data)


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
