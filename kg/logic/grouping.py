"""Fewest groups: how few voices there can be, if whoever is not known to differ may be one and the same.

That is the chromatic number of the graph of those known to differ. It is hard in general and easy here: most are known
to differ from nobody, or from everybody who gathers evidence as they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

#: Nodes up to which the fewest groups are found by trying, after what is plain is set aside.
MOST_TRIED = 12


def fewest_groups(nodes: Iterable[str], differ: Iterable[tuple[str, str]]) -> tuple[int, list[list[str]]]:
    """The fewest groups in which no two known to differ stand together, and such groups, each sorted.

    Beyond MOST_TRIED nodes that are not plain the number may be lower than the groups that are given: it is then the
    size of a set in which everybody differs from everybody, and never too high.
    """
    graph = nx.Graph(differ)
    graph.add_nodes_from(nodes)
    clique = _clique(graph)
    core = graph.copy()
    aside: list[str] = []
    # Whoever differs from fewer than there must be groups anyway finds a place at the end.
    waiting = [node for node in graph if graph.degree[node] < clique]
    while waiting:
        node = waiting.pop()
        if node not in core:
            continue
        near = list(core[node])
        core.remove_node(node)
        aside.append(node)
        waiting += [other for other in near if core.degree[other] < clique]
    fewest, group_of = _tried(core, clique)
    for node in reversed(aside):
        taken = {group_of[other] for other in graph[node] if other in group_of}
        group_of[node] = next(number for number in range(len(graph)) if number not in taken)
    groups: dict[int, list[str]] = {}
    for node in sorted(group_of):
        groups.setdefault(group_of[node], []).append(node)
    return max(fewest, clique), sorted(groups.values())


def _clique(graph: nx.Graph) -> int:
    """The size of a set in which all differ: not always the largest one, but one that is there."""
    best = 0
    for first in sorted(graph, key=lambda node: (-graph.degree[node], node))[:MOST_TRIED]:
        members = {first}
        for node in sorted(graph[first], key=lambda node: (-graph.degree[node], node)):
            if all(node in graph[member] for member in members):
                members.add(node)
        best = max(best, len(members))
    return best


def _tried(core: nx.Graph, least: int) -> tuple[int, dict[str, int]]:
    """The fewest groups for what is not plain, and who stands in which."""
    greedy: Mapping[str, int] = nx.greedy_color(core, strategy="DSATUR")
    most = max(greedy.values(), default=-1) + 1
    if len(core) > MOST_TRIED:
        return least, dict(greedy)
    order = sorted(core, key=lambda node: (-core.degree[node], node))
    for number in range(least, most):
        found = _placed(core, order, number, {})
        if found is not None:
            return number, found
    return most, dict(greedy)


def _placed(graph: nx.Graph, order: Sequence[str], number: int, placed: dict[str, int]) -> dict[str, int] | None:
    if len(placed) == len(order):
        return placed
    node = order[len(placed)]
    taken = {placed[other] for other in graph[node] if other in placed}
    # One empty group is like another.
    for group in range(min(number, max(placed.values(), default=-1) + 2)):
        if group not in taken and (found := _placed(graph, order, number, placed | {node: group})) is not None:
            return found
    return None
