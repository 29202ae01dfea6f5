"""Which parts are added up to which whole, and what is said of the sum."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from kg.logic.figures import Given
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from kg.logic.sums import MOST_PARTS, Sum, sums
from kg.model import Figure
from tests.logic.test_relations import ORDERS, bare, exactly

SOME = frozenset({"page"})


def tried(*givens: Given, orders: Orders = ORDERS) -> list[Sum]:
    """All figures stand in one document."""
    return list(sums(dict.fromkeys(givens, SOME), orders))


def provinces(count: int) -> tuple[list[str], Orders]:
    """Places of one country, each declared apart from each other."""
    names = [f"province {i}" for i in range(count)]
    apart = frozenset(map(frozenset, itertools.combinations(names, 2)))
    return names, replace(ORDERS, place=Order(dict.fromkeys(names, frozenset({"country"})), apart=apart))


def test_places_that_are_declared_apart_add_up_in_any_order() -> None:
    names, orders = provinces(3)
    whole = bare(600, where="country")
    parts = [bare(n, where=name) for n, name in zip((100, 200, 300), names, strict=True)]
    for order in itertools.permutations([whole, *parts]):
        (found,) = tried(*order, orders=orders)
        assert (found.whole, set(found.parts), found.closes, found.total) == (whole, set(parts), True, 600)
        assert (found.documents, found.assumption) == (SOME, None)


def test_the_same_places_without_a_declaration_add_nothing() -> None:
    names, orders = provinces(3)
    open_world = replace(orders, place=Order(orders.place.inside))
    parts = [bare(n, where=name) for n, name in zip((100, 200, 300), names, strict=True)]
    assert tried(bare(600, where="country"), *parts, orders=open_world) == []


def test_some_of_the_parts_may_make_the_whole() -> None:
    names, orders = provinces(3)
    whole = bare(300, where="country")
    parts = [bare(n, where=name) for n, name in zip((100, 200, 5), names, strict=True)]
    (found,) = tried(whole, *parts, orders=orders)
    assert (set(found.parts), found.closes) == (set(parts[:2]), True)


def test_days_that_do_not_touch_add_up() -> None:
    whole, first, second = exactly(10), exactly(4, days=(1, 3)), exactly(6, days=(4, 7))
    (found,) = tried(whole, first, second)
    assert (set(found.parts), found.closes, found.assumption) == ({first, second}, True, None)
    assert tried(whole, first, exactly(6, days=(3, 7))) == []


def test_parties_that_nobody_ordered_are_apart_by_assumption_only() -> None:
    parts = [bare(889, party="army"), bare(445, party="rebels")]
    (found,) = tried(bare(1334), *parts)
    assert found.assumption == "an origin that tells a toll party by party counts each death under one of them"
    nested = replace(ORDERS, party=Order({"army": frozenset({"rebels"})}))
    assert tried(bare(1334), *parts, orders=nested) == [], "one lies in the other: their dead are not added"


def test_a_part_may_be_narrower_in_more_than_what_is_added_over() -> None:
    parts = [bare(4, of="civilians", party="army"), bare(6, of="soldiers", party="army")]
    (found,) = tried(bare(10), *parts)
    assert (set(found.parts), found.closes) == (set(parts), True)


@pytest.mark.parametrize(
    "wider",
    [
        bare(6, of="soldiers", where="country"),
        bare(6, of="soldiers", days=(1, 8)),
        bare(6, of="soldiers", where=None),
        bare(6, of="soldiers", where="elsewhere"),
    ],
)
def test_what_is_wider_in_anything_or_unknown_is_no_part(wider: Given) -> None:
    assert tried(bare(10), bare(4, of="civilians"), wider) == []


def test_one_part_alone_is_no_sum() -> None:
    assert tried(bare(10), bare(10, of="civilians")) == []
    assert tried(bare(10), bare(11, of="civilians")) == []


def test_one_part_is_no_sum_beside_others_either() -> None:
    (found,) = tried(bare(10), bare(10, of="civilians"), bare(3, of="soldiers"))
    assert (found.closes, found.total, len(found.parts)) == (False, 13, 2)


def test_every_two_of_the_parts_must_be_apart() -> None:
    names, orders = provinces(2)
    inside = {**orders.place.inside, "the coast road": frozenset({"country"})}
    orders = replace(orders, place=Order(inside, orders.place.apart))
    parts = [bare(n, where=name) for n, name in zip((1, 2, 7), [*names, "the coast road"], strict=True)]
    assert tried(bare(10, where="country"), *parts, orders=orders) == []


def test_parts_that_add_up_to_less_say_nothing() -> None:
    assert tried(bare(10), bare(4, of="civilians"), bare(5, of="soldiers")) == []


def test_exactly_one_more_than_the_whole_fails() -> None:
    (found,) = tried(bare(10), bare(4, of="civilians"), bare(7, of="soldiers"))
    assert (found.closes, found.total, found.documents) == (False, 11, SOME)


def test_parts_exceed_their_whole_only_where_one_document_states_them_all() -> None:
    whole, civilians, soldiers = bare(10), bare(4, of="civilians"), bare(7, of="soldiers")
    apart = {whole: frozenset({"a"}), civilians: frozenset({"a", "b"}), soldiers: frozenset({"b"})}
    assert list(sums(apart, ORDERS)) == []
    together = apart | {soldiers: frozenset({"a", "b"})}
    (found,) = sums(together, ORDERS)
    assert found.documents == {"a"}


def test_parts_add_up_though_no_document_states_them_all() -> None:
    whole, civilians, soldiers = bare(10), bare(4, of="civilians"), bare(6, of="soldiers")
    pages = {whole: frozenset({"a"}), civilians: frozenset({"b"}), soldiers: frozenset({"c"})}
    (found,) = sums(pages, ORDERS)
    assert (found.closes, found.documents) == (True, frozenset())


def test_of_parts_that_exceed_only_the_fewest_are_told() -> None:
    names, orders = provinces(3)
    parts = [bare(n, where=name) for n, name in zip((6, 7, 1), names, strict=True)]
    (found,) = tried(bare(10, where="country"), *parts, orders=orders)
    assert (found.total, set(found.parts)) == (13, set(parts[:2]))
    # No two of these exceed it; all three do.
    parts = [bare(n, where=name) for n, name in zip((4, 5, 2), names, strict=True)]
    (found,) = tried(bare(10, where="country"), *parts, orders=orders)
    assert (found.total, set(found.parts)) == (11, set(parts))


def test_parts_that_exceed_are_not_told_where_others_add_up() -> None:
    names, orders = provinces(3)
    parts = [bare(n, where=name) for n, name in zip((6, 7, 4), names, strict=True)]
    (found,) = tried(bare(10, where="country"), *parts, orders=orders)
    assert (found.closes, set(found.parts)) == (True, {parts[0], parts[2]})


def test_as_many_parts_as_are_tried_add_up_and_one_more_is_not_tried() -> None:
    assert MOST_PARTS == 12
    for count, expected in ((12, 1), (13, 0)):
        names, orders = provinces(count)
        # Powers of two: no other choice of parts has the same sum.
        parts = [bare(2**i, where=name) for i, name in enumerate(names)]
        whole, skipped = bare(2**count - 1, where="country"), list[Given]()
        assert len(list(sums(dict.fromkeys([whole, *parts], SOME), orders, skipped))) == expected
        assert skipped == [whole] * (1 - expected), "what is not tried is said"
        assert len(tried(whole, *parts, orders=orders)) == expected


def test_only_figures_of_one_measure_are_added() -> None:
    assert tried(bare(10), bare(4, of="civilians"), bare(6, of="soldiers", measure="wounded")) == []


def test_a_day_that_is_unknown_is_not_taken_for_the_same() -> None:
    assert tried(bare(10, as_of=None), bare(4, of="civilians", as_of=None), bare(6, of="soldiers", as_of=None)) == []


@pytest.mark.parametrize(
    "figure",
    [
        Figure(6, None, "at least"),
        Figure(6, 6, "about"),
        Figure(6, 9, "between"),
        Figure(6, None, "more than"),
        Figure(6, 6, "bare", increment=True),
    ],
)
def test_nothing_else_is_added_nor_is_it_a_whole(figure: Figure) -> None:
    civilians, soldiers = bare(4, of="civilians"), bare(6, of="soldiers")
    assert tried(bare(10), civilians, replace(soldiers, figure=figure)) == []
    assert tried(replace(bare(1), figure=figure), bare(2, of="civilians"), bare(4, of="soldiers")) == []


def test_an_exact_figure_and_a_bare_one_are_both_added() -> None:
    (found,) = tried(exactly(10), exactly(4, of="civilians"), bare(6, of="soldiers"))
    assert found.closes
