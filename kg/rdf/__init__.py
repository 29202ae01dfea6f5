"""The only bridge between the model and RDF: claims ⇄ quads."""

from kg.rdf.bridge import Bridge
from kg.rdf.graphs import NamedGraph, Triple, vocabulary_graph

__all__ = ["Bridge", "NamedGraph", "Triple", "vocabulary_graph"]
