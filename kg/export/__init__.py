"""From the graph to files. What each format keeps and loses is told in `docs/reference/formats.md`."""

from kg.export.graphs import GRAPH_FORMATS, write_graph
from kg.export.tables import write_dossiers

__all__ = ["GRAPH_FORMATS", "write_dossiers", "write_graph"]
