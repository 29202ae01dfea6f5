"""Joint conflicts: the hard cases, and agreement with a search over small worlds."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.logic.conflicts import MOST_SCOPES, all_can_hold, cells, smallest_conflict
from kg.logic.quantity import Interval
from kg.logic.scope import Order

APART = Order(
    {"towns": frozenset({"region"}), "villages": frozenset({"region"})},
    apart=frozenset({frozenset({"towns", "villages"})}),
)
OPEN = Order({"towns": frozenset({"region"}), "villages": frozenset({"region"})})
SCOPES = ["region", "towns", "villages"]
FIGURES = [Interval(0, 1018), Interval(700, 750), Interval(400, None)]


def test_case_6_every_pair_holds_and_the_three_do_not() -> None:
    for pair in itertools.combinations(range(3), 2):
        assert all_can_hold([SCOPES[i] for i in pair], [FIGURES[i] for i in pair], APART)
    assert smallest_conflict(SCOPES, FIGURES, APART) == (0, 1, 2)


def test_case_7_without_declared_disjointness_nothing_is_added() -> None:
    assert smallest_conflict(SCOPES, FIGURES, OPEN) == ()


def test_case_16_a_parity_conflict_is_found_though_fractions_would_do() -> None:
    pairs = {"ab": "ab", "bc": "bc", "ac": "ac"}
    order = Order(
        members={name: frozenset(parts) for name, parts in pairs.items()},
        apart=frozenset({frozenset({"a", "b"}), frozenset({"b", "c"}), frozenset({"a", "c"})}),
    )
    assert smallest_conflict(["ab", "bc", "ac"], [Interval(1, 1)] * 3, order) == (0, 1, 2)
    assert smallest_conflict(["ab", "bc", "ac"], [Interval(2, 2)] * 3, order) == ()


def test_what_is_not_needed_is_left_out() -> None:
    scopes, figures = ["villages", *SCOPES, "towns"], [Interval(0, 900), *FIGURES, Interval(1, None)]
    assert smallest_conflict(scopes, figures, APART) == (1, 2, 3)


def test_too_many_scopes_are_refused_with_words() -> None:
    with pytest.raises(ValueError, match="too many cells"):
        cells([str(i) for i in range(MOST_SCOPES + 1)], Order())


NAMES = ["a", "b", "c"]


@st.composite
def orders(draw: st.DrawFn) -> Order:
    pairs = list(itertools.permutations(NAMES, 2))
    inside: dict[str, frozenset[str]] = {}
    for low, high in draw(st.lists(st.sampled_from(pairs), max_size=2)):
        inside[low] = inside.get(low, frozenset()) | {high}
    apart = draw(st.lists(st.sampled_from([frozenset(p) for p in itertools.combinations(NAMES, 2)]), max_size=2))
    order = Order(inside, apart=frozenset(apart))
    # A dossier that puts a place inside two that are apart is refused when it is read.
    assume(not any(frozenset(p) in apart for name in NAMES for p in itertools.combinations(order.above(name), 2)))
    return order


intervals = st.builds(
    lambda low, width: Interval(low, None if width is None else low + width),
    st.integers(0, 4),
    st.none() | st.integers(0, 3),
)


@given(orders(), st.lists(st.tuples(st.sampled_from(NAMES), intervals), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_it_agrees_with_a_search_over_worlds(order: Order, said: list[tuple[str, Interval]]) -> None:
    scopes, figures = [scope for scope, _ in said], [figure for _, figure in said]
    possible = [
        inside
        for r in range(4)
        for inside in map(set, itertools.combinations(NAMES, r))
        if all(order.above(name) <= inside for name in inside) and not any(pair <= inside for pair in order.apart)
    ]
    ceiling = max(figure.lowest for figure in figures)

    def search(index: int, counts: dict[str, int]) -> bool:
        if index == len(possible):
            return all(f.lowest <= counts[s] and (f.highest is None or counts[s] <= f.highest) for s, f in said)
        return any(
            search(index + 1, {name: n + (extra if name in possible[index] else 0) for name, n in counts.items()})
            for extra in (range(ceiling + 1) if possible[index] else [0])
            if all(counts[n] + extra <= 8 for n in possible[index])
        )

    assert all_can_hold(scopes, figures, order) == search(0, dict.fromkeys(NAMES, 0))
