"""The only bridge between the model and RDF: claims ⇄ quads."""

from kg.rdf.bridge import Bridge
from kg.rdf.graphs import NamedGraph, Triple, vocabulary_graph
from kg.rdf.properties import iri_of

__all__ = ["Bridge", "NamedGraph", "Triple", "iri_of", "vocabulary_graph"]
