"""The tables of scope pairs say what comparing two scopes dimension by dimension says."""

from __future__ import annotations

import itertools
from functools import reduce

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.figures import Scope
from kg.logic.pairs import Orders, compare
from kg.logic.scope import SAME_OR_NESTED, SAME_STRETCH, Order, Rel, both
from kg.logic.scope_pairs import ScopePairs
from kg.model import Window
from tests.logic.test_relations import POPULATIONS, march

ORDERS = Orders(
    event=Order({"raid": frozenset({"war"})}),
    measure=Order({"killed": frozenset({"casualties"})}),
    population=POPULATIONS,
    place=Order(
        {"village": frozenset({"region"}), "towns": frozenset({"region"}), "home": frozenset({"village"})},
        apart=frozenset({frozenset({"village", "towns"})}),
        members={"both": frozenset({"village", "towns"}), "alone": frozenset({"village"})},
        areas=frozenset({"area", "coast"}),
    ),
    party=Order({"guards": frozenset({"army"})}, apart=frozenset({frozenset({"army", "rebels"})})),
)
DAYS = st.sampled_from([None, 1, 3, 5, 7])


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    start, end = draw(DAYS), draw(DAYS)
    if start and end and start > end:
        start, end = end, start
    return Scope(
        draw(st.sampled_from([None, "raid", "war", "flood"])),
        draw(st.sampled_from([None, "killed", "casualties"])),
        draw(st.sampled_from([None, "people", "civilians", "soldiers"])),
        draw(st.sampled_from([None, "village", "towns", "region", "home", "both", "alone", "area", "coast", "abroad"])),
        Window(march(start), march(end), draw(st.sampled_from(["exact", "within"]))),
        frozenset(draw(st.sets(st.sampled_from(["army", "guards", "rebels"]), max_size=2))),
    )


@given(st.lists(scopes(), min_size=1, max_size=6, unique=True))
@settings(max_examples=60, deadline=None)
def test_looking_up_says_what_comparing_says(block: list[Scope]) -> None:
    everything = np.arange(len(block))
    found = ScopePairs(block, ORDERS).lying(everything[:, None], everything[None, :])
    for (i, a), (j, b) in itertools.product(enumerate(block), repeat=2):
        dimensions = compare(a, b, ORDERS)
        completions = itertools.product(*([r for r in Rel if d.bits & r.bit] for d in dimensions.values()))
        assert {r for r in Rel if found.bits[i, j] & r.bit} == {reduce(both, one) for one in completions}
        assert found.assumed[i, j] == any(d.assumed for d in dimensions.values())
        stretched = [d.assumed == SAME_STRETCH for d in dimensions.values()]
        assert found.stretched[i, j] == any(stretched)
        others = [d for d, told in zip(dimensions.values(), stretched, strict=True) if not told]
        assert found.placed[i, j] == any(d.assumed and not d.is_open for d in others)
        alike = all(dimensions[name].bits == Rel.EQ.bit for name in ("event", "measure", "population", "place"))
        assert found.drift[i, j] == (alike and (a.parties == b.parties or not a.parties or not b.parties))
        told = [dimensions[name] for name in ("population", "place", "window", "party")]
        assert found.shifted[i, j] == any(not d.bits & Rel.EQ.bit for d in told)


@given(st.lists(scopes(), min_size=2, max_size=6, unique=True))
@settings(max_examples=30, deadline=None)
def test_the_other_way_round_is_the_inverse(block: list[Scope]) -> None:
    everything = np.arange(len(block))
    pairs = ScopePairs(block, ORDERS)
    there, back = pairs.lying(everything[0], everything), pairs.lying(everything, everything[0])
    for bits, inverse in zip(there.bits.tolist(), back.bits.tolist(), strict=True):
        assert {r for r in Rel if inverse & r.bit} == {r.inverse for r in Rel if bits & r.bit}
    for one, other in zip(there[1:], back[1:], strict=True):
        assert one.tolist() == other.tolist()


def test_numbers_are_paired_as_arrays_are() -> None:
    week = Window(march(1), march(7))
    village, region, unstated = (Scope("raid", "killed", "people", at, week) for at in ("village", "region", None))
    pairs = ScopePairs([village, region, unstated], ORDERS)
    assert pairs.lying(np.array([0, 1, 0]), np.array([1, 0, 0])).bits.tolist() == [Rel.SUB.bit, Rel.SUP.bit, Rel.EQ.bit]
    table = pairs.lying(np.array([[0], [1]]), np.array([[0, 1, 2]]))
    assert table.bits.tolist() == [
        [Rel.EQ.bit, Rel.SUB.bit, SAME_OR_NESTED],
        [Rel.SUP.bit, Rel.EQ.bit, SAME_OR_NESTED],
    ]
    assert table.assumed.tolist() == [[False, False, True], [False, False, True]]
    assert pairs.lying(np.array([], dtype=np.intp), np.array([], dtype=np.intp)).bits.shape == (0,)


def test_a_party_that_is_stated_or_not_is_a_drift_and_another_party_is_none() -> None:
    week = Window(march(1), march(7))
    anyone, army, rebels = (
        Scope("raid", "killed", "people", "village", week, frozenset(who)) for who in ((), ("army",), ("rebels",))
    )
    drift = ScopePairs([anyone, army, rebels], ORDERS).lying(np.arange(3)[:, None], np.arange(3)[None, :]).drift
    assert drift.tolist() == [[True, True, True], [True, True, False], [True, False, True]]
