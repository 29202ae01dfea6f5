"""Pictures and pages: rows come in, self-contained HTML goes out."""

from __future__ import annotations

from kg.views.chains import claim_graph
from kg.views.dossier import Dossier, about_event, event_dossier
from kg.views.event_figures import FIGURES, event_figure
from kg.views.figure import Figure
from kg.views.graph import GraphPage, render
from kg.views.links import chain_links, other_names
from kg.views.network import ChainLink, EdgeKind, GraphEdge, Network
from kg.views.offline import Page
from kg.views.page import DossierPage, FigurePage, Served, dossier_page, figure_page
from kg.views.record import Record, read_record
from kg.views.relations import claim_relations

__all__ = [
    "FIGURES",
    "ChainLink",
    "Dossier",
    "DossierPage",
    "EdgeKind",
    "Figure",
    "FigurePage",
    "GraphEdge",
    "GraphPage",
    "Network",
    "Page",
    "Record",
    "Served",
    "about_event",
    "chain_links",
    "claim_graph",
    "claim_relations",
    "dossier_page",
    "event_dossier",
    "event_figure",
    "figure_page",
    "other_names",
    "read_record",
    "render",
]
