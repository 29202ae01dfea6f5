"""A block says of every pair what the single pair says, whatever the order of its figures."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.blocks import KEPT, relate_block
from kg.logic.figures import Given
from kg.logic.pairs import relate
from kg.logic.table import Label
from tests.logic.test_relations import ORDERS, bare, givens, said

lists = st.lists(givens(), min_size=2, max_size=12).map(
    lambda found: [replace(g, claim=str(hash((g.scope, g.figure)) % 10**6)) for g in found]
)


@given(lists)
@settings(max_examples=150, deadline=None)
def test_between_origins_a_block_finds_what_single_pairs_find(block: list[Given]) -> None:
    expected = set()
    for a in block:
        for b in block:
            if a.claim < b.claim and a.origin != b.origin:
                label = relate(a, b, ORDERS).label
                if label in KEPT:
                    expected.add(frozenset({(a.claim, label), (b.claim, relate(b, a, ORDERS).label)}))
    found = set()
    for relation in relate_block(block, ORDERS).relations:
        for a, b in relation.pairs:
            if a.origin != b.origin:
                found.add(frozenset({(a.claim, relate(a, b, ORDERS).label), (b.claim, relate(b, a, ORDERS).label)}))
    assert found == expected


@given(lists, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_figures_does_not_matter(block: list[Given], order: random.Random) -> None:
    shuffled = block + block[:1]
    order.shuffle(shuffled)
    assert relate_block(shuffled, ORDERS) == relate_block(block, ORDERS)


def test_a_revision_is_of_the_nearest_predecessor() -> None:
    history = [bare(n, as_of=day, days=(1, day)) for n, day in [(745, 8), (973, 10), (1225, 11), (1383, 12)]]
    history = [replace(g, claim=f"c{g.figure.lower}") for g in history]
    found = {(r.subject, r.object): r.verdict.label for r in relate_block(history, ORDERS).relations}
    assert found == {
        ("c973", "c745"): Label.UPDATES,
        ("c1225", "c973"): Label.UPDATES,
        ("c1383", "c1225"): Label.UPDATES,
    }


def test_what_is_not_kept_is_counted() -> None:
    block = [
        bare(5, of="civilians"),
        bare(7, of="soldiers", by="second"),
        said("at least", 3, where="village", by="third"),
    ]
    block = [replace(g, claim=f"c{i}") for i, g in enumerate(block)]
    assert relate_block(block, ORDERS).relations == ()
    assert sum(relate_block(block, ORDERS).counted.values()) == 3
    assert relate_block(block, ORDERS).counted[Label.COMPLEMENTS] == 1
