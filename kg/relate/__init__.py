"""How claims relate: what a store says, block by block, through the rules, and back into a graph for each block.

`kg.relate.engine` and `kg.relate.on_demand` bring numpy and the solvers along; they are imported where they are used.
"""

from kg.relate.state import Kind, RelateReport, is_related, relation_graphs

__all__ = ["Kind", "RelateReport", "is_related", "relation_graphs"]
