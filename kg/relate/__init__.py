"""How claims relate: what a store says, block by block, through the rules, and back into a graph for each block."""

from kg.relate.engine import RelateReport, is_related, relate_store, relation_graphs
from kg.relate.results import Kind

__all__ = ["Kind", "RelateReport", "is_related", "relate_store", "relation_graphs"]
