"""Camps: which figures stand against one another for one count, and on whose word."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from kg.logic.blocks import relate_block
from kg.logic.disputes import Dispute, disputes
from kg.logic.figures import Given
from kg.logic.table import Label
from tests.logic.test_relations import ORDERS, bare, exactly, said


def named(*givens: Given) -> list[Given]:
    """With a claim id for each scope and figure."""
    return [replace(given, claim=f"{given.figure} {given.scope}") for given in givens]


def found(*givens: Given) -> list[dict[int | None, tuple[set[str], Label]]]:
    """Each dispute as its camps: printed number to origins and label."""
    block = named(*givens)
    numbers = {given.claim: given.figure.lower for given in block}
    told: tuple[Dispute, ...] = disputes(relate_block(block, ORDERS).relations, block)
    return [{numbers[camp.claim]: (set(camp.origins), camp.label) for camp in dispute.camps} for dispute in told]


def test_a_camp_counts_everybody_who_gives_its_figure() -> None:
    (dispute,) = found(exactly(12), exactly(12, by="third", as_of=25), exactly(17, by="second"))
    assert dispute == {
        12: ({"first", "third"}, Label.CONTRADICTS),
        17: ({"second"}, Label.CONTRADICTS),
    }


def test_the_strongest_label_of_a_camp_is_told() -> None:
    floor = said("at least", 100, by="third")
    (dispute,) = found(exactly(12), exactly(17, by="second"), said("more than", 400, by="second"), floor)
    assert {number: label for number, (_, label) in dispute.items()} == {
        12: Label.CONTRADICTS,
        17: Label.CONTRADICTS,
        400: Label.CONTRADICTS,
        100: Label.CONTRADICTS,
    }
    (rivals,) = found(floor, said("more than", 400, by="second"))
    assert {label for _, label in rivals.values()} == {Label.RIVALS}


def test_a_town_is_one_dispute_whatever_the_populations() -> None:
    town, part = bare(60, of="people", as_of=5), bare(164, of="civilians", by="second", as_of=5)
    assert [set(dispute) for dispute in found(town, part)] == [{60, 164}]


@pytest.mark.parametrize("other", [{"where": "village"}, {"days": (1, 3)}, {"measure": "casualties"}])
def test_another_place_window_or_measure_is_another_count(other: dict[str, object]) -> None:
    """A part that exceeds the whole contradicts it, and still they are figures of two counts."""
    part = exactly(40, by="second", **other)
    whole = exactly(12) if "measure" not in other else exactly(50, by="second", measure="killed")
    block = named(whole, part if "measure" not in other else exactly(12, measure="casualties"))
    relations = relate_block(block, ORDERS).relations
    assert [relation.verdict.label for relation in relations] == [Label.CONTRADICTS]
    assert disputes(relations, block) == ()


def test_one_origin_alone_is_no_dispute() -> None:
    assert found(said("at least", 100), said("more than", 400)) == []


def test_an_assumption_makes_no_dispute_unless_both_leave_the_same_unstated() -> None:
    open_days = {"days": (None, None)}
    assert found(exactly(12, where=None), exactly(17, by="second")) == []
    assert [set(d) for d in found(exactly(12, **open_days), exactly(17, by="second", **open_days))] == [{12, 17}]


def test_disputes_come_in_one_order_whatever_the_order_of_figures() -> None:
    givens = [
        *(exactly(n, by=f"o{n}") for n in (12, 17, 30)),
        *(exactly(n, by=f"o{n}", where="village") for n in (1, 2)),
    ]
    block = named(*givens)
    relations = list(relate_block(block, ORDERS).relations)
    expected = disputes(relations, block)
    assert len(expected) == 2
    for seed in range(5):
        random.Random(seed).shuffle(relations)
        random.Random(seed).shuffle(block)
        assert disputes(relations, block) == expected


def test_figures_that_only_refine_one_another_are_no_dispute() -> None:
    assert found(exactly(12), said("at least", 11, by="second")) == []


def test_a_population_left_open_by_one_side_makes_no_dispute() -> None:
    block = named(exactly(12, of=None), exactly(17, by="second"))
    (relation,) = relate_block(block, ORDERS).relations
    assert (relation.verdict.label, relation.verdict.grade) == (Label.CONTRADICTS, "conditional")
    assert disputes([relation], block) == ()


def test_what_one_origin_has_against_itself_makes_no_dispute() -> None:
    block = named(exactly(10), exactly(17, of="civilians", as_of=25))
    (relation,) = relate_block(block, ORDERS).relations
    assert relation.verdict.label is Label.RIVALS
    assert disputes([relation], block) == ()
