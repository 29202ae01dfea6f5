"""Fewest groups: against all ways of grouping, and on graphs whose number is known."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.grouping import MOST_TRIED, fewest_groups

Pair = tuple[str, str]

NAMES = "abcdefgh"


def grouped(graph: nx.Graph) -> tuple[int, list[list[str]]]:
    named = nx.relabel_nodes(graph, {node: f"n{number:03}" for number, node in enumerate(graph)})
    fewest, groups = fewest_groups(named, named.edges)
    check(named, named.edges, groups)
    return fewest, groups


def check(nodes: Iterable[str], differ: Iterable[Pair], groups: list[list[str]]) -> None:
    """Everybody is in one group, and none of those who differ is with the other."""
    assert sorted(itertools.chain(*groups)) == sorted({*nodes, *itertools.chain(*differ)})
    assert all(group and group == sorted(group) for group in groups)
    assert groups == sorted(groups)
    place = {node: number for number, group in enumerate(groups) for node in group}
    assert all(place[a] != place[b] for a, b in differ)


def partitions(nodes: list[str], differ: set[frozenset[str]]) -> Iterator[list[list[str]]]:
    """All ways of putting nodes into groups where nobody differs from another."""
    if not nodes:
        yield []
        return
    first, *rest = nodes
    for groups in partitions(rest, differ):
        yield [[first], *groups]
        for i, group in enumerate(groups):
            if not any(frozenset((first, other)) in differ for other in group):
                yield [*groups[:i], [first, *group], *groups[i + 1 :]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], list[Pair]]:
    """Sparse and dense ones alike; pairs come in either direction, and more than once."""
    nodes = list(NAMES[: draw(st.integers(0, len(NAMES)))])
    pairs = list(itertools.combinations(nodes, 2))
    share = draw(st.sampled_from([0.2, 0.5, 0.7, 0.9]))
    chance = random.Random(draw(st.integers(0, 10**6)))
    differ = [pair if chance.random() < 0.5 else pair[::-1] for pair in pairs if chance.random() < share]
    return nodes, differ + chance.choices(differ, k=2) if differ else []


@given(graphs())
@settings(max_examples=150)
def test_no_way_of_grouping_has_fewer_groups(graph: tuple[list[str], list[Pair]]) -> None:
    nodes, differ = graph
    fewest, groups = fewest_groups(nodes, differ)
    check(nodes, differ, groups)
    assert fewest == len(groups) == min(map(len, partitions(nodes, set(map(frozenset, differ)))))


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_neither_names_nor_their_order_change_the_number(
    graph: tuple[list[str], list[Pair]], chance: random.Random
) -> None:
    nodes, differ = graph
    others = nodes.copy()
    chance.shuffle(others)
    name = dict(zip(nodes, others, strict=True))
    turned = [(name[b], name[a]) for a, b in differ]
    chance.shuffle(turned)
    assert fewest_groups(others, turned)[0] == fewest_groups(nodes, differ)[0]


GROETZSCH = nx.mycielski_graph(4)
CROWN = nx.Graph((f"{i}", f"{j}'") for i in range(6) for j in range(6) if i != j)


def with_hubs(graph: nx.Graph, number: int) -> nx.Graph:
    """So many more, each of whom differs from everybody."""
    return nx.full_join(graph, nx.complete_graph([f"hub {i}" for i in range(number)]))


#: Graphs with no more nodes than are tried after what is plain is set aside, and their chromatic numbers.
KNOWN = {
    "nobody": (nx.empty_graph(0), 0),
    "one": (nx.empty_graph(1), 1),
    "many who differ from nobody": (nx.empty_graph(30), 1),
    "two who differ": (nx.path_graph(2), 2),
    "a path": (nx.path_graph(40), 2),
    "a tree": (nx.balanced_tree(3, 3), 2),
    "an even ring": (nx.cycle_graph(12), 2),
    **{f"an odd ring of {n}": (nx.cycle_graph(n), 3) for n in (3, 5, 7, 9, 11)},
    "five who all differ": (nx.complete_graph(5), 5),
    "thirty who all differ": (nx.complete_graph(30), 30),
    "two camps": (nx.complete_bipartite_graph(6, 6), 2),
    "two large camps": (nx.complete_bipartite_graph(40, 40), 2),
    "four camps": (nx.complete_multipartite_graph(3, 3, 3, 3), 4),
    "a crown": (CROWN, 2),
    "an even wheel": (nx.wheel_graph(7), 3),
    "an odd wheel": (nx.wheel_graph(8), 4),
    "Petersen's": (nx.petersen_graph(), 3),
    "Grötzsch's, without a triangle": (GROETZSCH, 4),
    "an octahedron": (nx.octahedral_graph(), 3),
    "an icosahedron": (nx.icosahedral_graph(), 4),
    "Grötzsch's and a hub, twelve": (with_hubs(GROETZSCH, 1), 5),
    "two that have nothing to do with one another": (nx.disjoint_union(nx.cycle_graph(5), nx.complete_graph(4)), 4),
    "many who differ from one of Petersen's": (
        nx.compose(nx.petersen_graph(), nx.Graph((i % 10, f"leaf {i}") for i in range(200))),
        3,
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_graphs_whose_number_is_known(name: str) -> None:
    graph, number = KNOWN[name]
    fewest, groups = grouped(graph)
    assert (fewest, len(groups)) == (number, number)


def can_be(graph: nx.Graph, number: int, group_of: dict[str, int]) -> bool:
    """Whether so many groups are enough, by trying."""
    left = [node for node in graph if node not in group_of]
    if not left:
        return True
    node = max(left, key=lambda one: len({group_of[other] for other in graph[one] if other in group_of}))
    taken = {group_of[other] for other in graph[node] if other in group_of}
    new = max(group_of.values(), default=-1) + 1
    return any(
        can_be(graph, number, group_of | {node: group}) for group in range(min(number, new + 1)) if group not in taken
    )


def chromatic_number(graph: nx.Graph) -> int:
    return next(number for number in range(len(graph) + 1) if can_be(graph, number, {}))


#: Eleven who need three groups, of whom one after another in the best order that is known comes to four.
LURING = nx.Graph(
    pair.split("-")
    for pair in "a-c a-e a-f a-g a-i b-d b-e b-f b-k c-g c-h c-i d-e d-g d-i d-k e-j f-h f-i f-k g-h".split()
)


def test_the_fewest_groups_are_found_where_one_after_another_takes_more() -> None:
    fewest, groups = fewest_groups(sorted(LURING), sorted(LURING.edges))
    check(LURING, LURING.edges, groups)
    assert (fewest, len(groups)) == (3, 3)


@given(st.integers(9, 12), st.sampled_from([0.35, 0.45, 0.55, 0.7]), st.integers(0, 10**6))
@settings(max_examples=80)
def test_up_to_twelve_the_number_is_exact(size: int, share: float, seed: int) -> None:
    graph = nx.relabel_nodes(nx.gnp_random_graph(size, share, seed=seed), lambda node: f"n{node:02}")
    fewest, groups = fewest_groups(graph, graph.edges)
    check(graph, graph.edges, groups)
    assert fewest == len(groups) == chromatic_number(graph)


# ---- beyond what is tried ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("graph", "number"),
    [
        (nx.cycle_graph(13), 3),
        (nx.cycle_graph(15), 3),
        (with_hubs(GROETZSCH, 2), 6),  # thirteen
        (nx.kneser_graph(6, 2), 4),  # fifteen, of whom three all differ and four do not
        (nx.mycielski_graph(5), 5),  # twenty-three, of whom no three all differ
        (nx.dodecahedral_graph(), 3),
    ],
)
def test_beyond_what_is_tried_the_number_is_a_bound(graph: nx.Graph, number: int) -> None:
    assert len(graph) > MOST_TRIED
    fewest, groups = grouped(graph)
    assert 2 <= fewest < number <= len(groups), "it says so where it does not know"


def test_beyond_what_is_tried_what_is_known_is_exact() -> None:
    """Where groups are as few as those who all differ, no search is needed."""
    for graph, number in (
        (nx.grid_2d_graph(6, 6), 2),
        (nx.complete_multipartite_graph(*[4] * 6), 6),
        (nx.Graph((a, b) for a in range(60) for b in range(a) if a % 3 != b % 3), 3),
    ):
        fewest, groups = grouped(graph)
        assert (fewest, len(groups)) == (number, number)


@given(st.integers(13, 16), st.sampled_from([0.2, 0.4, 0.6, 0.8]), st.integers(0, 10**6))
@settings(max_examples=80)
def test_the_number_is_never_too_high(size: int, share: float, seed: int) -> None:
    graph = nx.gnp_random_graph(size, share, seed=seed)
    named = nx.relabel_nodes(graph, str)
    fewest, groups = fewest_groups(named, named.edges)
    check(named, named.edges, groups)
    assert fewest <= chromatic_number(graph) <= len(groups)
    if len(nx.k_core(graph, fewest)) <= MOST_TRIED:
        assert fewest == len(groups), "so few are left when what is plain is set aside"
