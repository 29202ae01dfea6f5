"""Pictures and pages: rows come in, self-contained HTML goes out."""

from __future__ import annotations

from kg.views.chains import claim_graph
from kg.views.graph import GraphPage, render
from kg.views.links import chain_links
from kg.views.network import ChainLink, EdgeKind, GraphEdge, Network
from kg.views.relations import claim_relations

__all__ = [
    "ChainLink",
    "EdgeKind",
    "GraphEdge",
    "GraphPage",
    "Network",
    "chain_links",
    "claim_graph",
    "claim_relations",
    "render",
]
