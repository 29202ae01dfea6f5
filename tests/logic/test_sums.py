"""Parts that add up to their whole, and parts that do not."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.figures import Given
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from kg.logic.sums import MOST_PARTS, PARTIES_APART, Sum, sums
from tests.logic.test_relations import POPULATIONS, bare, exactly, said

PLACES = Order(
    {place: frozenset({"region"}) for place in ("towns", "villages", "port", "hills")},
    apart=frozenset(map(frozenset, itertools.combinations(("towns", "villages", "port"), 2))),
)
ORDERS = Orders(population=POPULATIONS, place=PLACES)

Told = tuple[Given, frozenset[Given], bool]


def on_one_page(*figures: Given) -> dict[Given, frozenset[str]]:
    return dict.fromkeys(figures, frozenset({"page"}))


def on_pages(*figures: Given) -> dict[Given, frozenset[str]]:
    """Every figure in a document of its own."""
    return {one: frozenset({f"page {i}"}) for i, one in enumerate(figures)}


def told(found: Iterable[Sum]) -> set[Told]:
    return {(one.whole, frozenset(one.parts), one.closes) for one in found}


def test_case_11_a_whole_is_the_sum_of_two_parties() -> None:
    whole, one, other = bare(1334), bare(889, party="army"), bare(445, party="rebels")
    (found,) = sums(on_one_page(whole, one, other), ORDERS)
    assert (found.whole, set(found.parts), found.closes, found.total) == (whole, {one, other}, True, 1334)
    assert found.assumption == PARTIES_APART


def test_a_party_and_a_part_of_it_are_not_added() -> None:
    whole, one, other = bare(1334), bare(889, party="army"), bare(445, party="guards")
    assert len(list(sums(on_one_page(whole, one, other), ORDERS))) == 1
    below = replace(ORDERS, party=Order({"guards": frozenset({"army"})}))
    assert not list(sums(on_one_page(whole, one, other), below))


def test_disjoint_populations_add_up_and_an_overlap_does_not() -> None:
    whole, parts = bare(1018), [bare(745, of="civilians"), bare(273, of="soldiers")]
    (found,) = sums(on_one_page(whole, *parts), ORDERS)
    assert (found.closes, found.assumption, found.total) == (True, None, 1018)
    women = Orders(population=Order({name: frozenset({"people"}) for name in ("civilians", "women")}))
    assert not list(sums(on_one_page(whole, parts[0], bare(273, of="women")), women))


def test_days_that_do_not_touch_add_up() -> None:
    whole, early, late = bare(1018), bare(745, days=(1, 3)), bare(273, days=(4, 7))
    assert told(sums(on_one_page(whole, early, late), ORDERS)) == {(whole, frozenset({early, late}), True)}
    assert not list(sums(on_one_page(whole, early, bare(273, days=(3, 7))), ORDERS))


def test_a_part_may_say_more_than_the_whole_in_another_dimension() -> None:
    """532 killed by the army in the towns and 213 in the villages are the 745 of both."""
    whole, army, rest = bare(745), bare(532, where="towns", party="army"), bare(213, where="villages")
    (found,) = sums(on_one_page(whole, army, rest), ORDERS)
    assert (set(found.parts), found.closes, found.assumption) == ({army, rest}, True, None)
    wider = bare(213, where="villages", days=(1, 9))
    assert not list(sums(on_one_page(whole, army, wider), ORDERS))


def test_what_is_unstated_or_undeclared_is_no_part() -> None:
    whole, towns = bare(1018), bare(745, where="towns")
    for other in (
        bare(273, where="hills"),  # inside the region, but nobody said that it is apart from the towns
        bare(273, where=None),
        bare(273, where="abroad"),
        bare(273, where="villages", days=(None, 7)),
    ):
        assert not list(sums(on_one_page(whole, towns, other), ORDERS))


def test_what_closes_is_told_wherever_it_stands_with_the_documents_that_state_it_all() -> None:
    whole, one, other = bare(1018), bare(745, of="civilians"), bare(273, of="soldiers")
    (found,) = sums(on_pages(whole, one, other), ORDERS)
    assert (found.closes, found.documents) == (True, frozenset())
    pages = {whole: frozenset("abc"), one: frozenset("bcd"), other: frozenset("ce")}
    (found,) = sums(pages, ORDERS)
    assert found.documents == {"c"}


def test_parts_that_exceed_the_whole_are_told_only_within_one_document() -> None:
    figures = bare(1000), bare(745, of="civilians"), bare(273, of="soldiers")
    (found,) = sums(on_one_page(*figures), ORDERS)
    assert (found.closes, found.total, found.documents) == (False, 1018, {"page"})
    assert not list(sums(on_pages(*figures), ORDERS))
    mixed = {figures[0]: frozenset("ab"), figures[1]: frozenset("a"), figures[2]: frozenset("b")}
    assert not list(sums(mixed, ORDERS))


def test_parts_that_leave_a_rest_say_nothing() -> None:
    assert not list(sums(on_one_page(bare(1019), bare(745, of="civilians"), bare(273, of="soldiers")), ORDERS))


def test_of_parts_that_exceed_the_fewest_are_told() -> None:
    whole, towns, villages, port = bare(10), bare(6, where="towns"), bare(5, where="villages"), bare(4, where="port")
    # 6 + 5 exceed 10 already, 6 + 4 add up to it; without the latter 5 + 4 leave room.
    assert told(sums(on_one_page(whole, towns, villages), ORDERS)) == {(whole, frozenset({towns, villages}), False)}
    assert told(sums(on_one_page(whole, towns, villages, port), ORDERS)) == {(whole, frozenset({towns, port}), True)}
    three = bare(3, where="port")
    assert told(sums(on_one_page(whole, towns, villages, three), ORDERS)) == {
        (whole, frozenset({towns, villages}), False)
    }
    small = bare(7, where="towns"), bare(2, where="villages"), bare(2, where="port")
    assert told(sums(on_one_page(whole, *small), ORDERS)) == {(whole, frozenset(small), False)}


@pytest.mark.parametrize(
    "other",
    [
        bare(273, of="soldiers", by="second"),
        bare(273, of="soldiers", as_of=19),
        bare(273, of="soldiers", as_of=None),
        bare(273, of="soldiers", measure="wounded"),
        said("at least", 273, of="soldiers"),
        said("about", 273, 273, of="soldiers"),
        replace(bare(273, of="soldiers"), figure=replace(bare(273).figure, increment=True)),
    ],
    ids=["origin", "day", "no day", "measure", "at least", "about", "increment"],
)
def test_another_origin_day_or_word_adds_nothing(other: Given) -> None:
    whole, one = bare(1018), bare(745, of="civilians")
    assert list(sums(on_one_page(whole, one, exactly(273, of="soldiers")), ORDERS))
    assert not list(sums(on_one_page(whole, one, other), ORDERS))


def test_figures_without_a_day_are_not_added() -> None:
    figures = [bare(n, of=of, as_of=None) for n, of in ((1018, "people"), (745, "civilians"), (273, "soldiers"))]
    assert not list(sums(on_one_page(*figures), ORDERS))


def test_too_many_parts_are_not_tried() -> None:
    names = [f"v{i}" for i in range(MOST_PARTS + 1)]
    order = Orders(
        place=Order(
            {name: frozenset({"region"}) for name in names},
            apart=frozenset(map(frozenset, itertools.combinations(names, 2))),
        )
    )
    parts = [bare(1, where=name) for name in names]
    assert [found.total for found in sums(on_one_page(bare(MOST_PARTS), *parts[:-1]), order)] == [MOST_PARTS]
    assert not list(sums(on_one_page(bare(MOST_PARTS + 1), *parts), order))


# ---- an independent oracle: every choice of parts --------------------------------------------------------------------


@st.composite
def pages(draw: st.DrawFn) -> dict[Given, frozenset[str]]:
    """A toll of the region and tolls of places in it, over a few documents."""
    places = draw(st.lists(st.sampled_from(["towns", "villages", "port", "hills"]), min_size=2, max_size=6))
    figures = [bare(draw(st.integers(4, 12))), *(bare(draw(st.integers(1, 6)), where=place) for place in places)]
    documents = st.sets(st.sampled_from(["p", "q"]), min_size=1).map(frozenset)
    return {one: draw(documents) for one in figures}


def by_hand(stated: dict[Given, frozenset[str]]) -> set[Told]:
    whole, *parts = stated
    choices = [
        chosen
        for size in range(2, len(parts) + 1)
        for chosen in map(frozenset, itertools.combinations(parts, size))
        # The three declared places are apart; what is counted twice of one place, or in the hills, is not.
        if len({one.scope.place for one in chosen}) == size and not any(one.scope.place == "hills" for one in chosen)
    ]

    def total(chosen: frozenset[Given]) -> int:
        return sum(one.figure.lower or 0 for one in chosen)

    number = whole.figure.lower or 0
    closing = {(whole, chosen, True) for chosen in choices if total(chosen) == number}
    exceeding = [
        chosen
        for chosen in choices
        if total(chosen) > number and stated[whole].intersection(*(stated[one] for one in chosen))
    ]
    fewest = {(whole, chosen, False) for chosen in exceeding if not any(other < chosen for other in exceeding)}
    return closing or fewest


@given(pages(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_trying_every_choice_in_any_order(
    stated: dict[Given, frozenset[str]], order: random.Random
) -> None:
    expected = by_hand(stated)
    found = list(sums(stated, ORDERS))
    assert told(found) == expected
    assert len(found) == len(expected)
    shuffled = list(stated.items())
    order.shuffle(shuffled)
    assert told(sums(dict(shuffled), ORDERS)) == expected
    for one in found:
        assert one.documents == stated[one.whole].intersection(*(stated[part] for part in one.parts))


def test_parts_apart_in_two_ways_are_told_once() -> None:
    whole, one, other = bare(1018), bare(745, of="civilians", where="towns"), bare(273, of="soldiers", where="villages")
    assert len(list(sums(on_one_page(whole, one, other), ORDERS))) == 1
