"""How scopes lie to one another: places and their like, parties, days, and all dimensions together."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest

from kg.logic.scope import (
    BOTH,
    SAME_OR_NESTED,
    SAME_STRETCH,
    Order,
    Possible,
    Rel,
    both,
    certain,
    parties,
    stated,
    windows,
)
from kg.model import Window

EQ, SUB, SUP, OVL, DISJ, UNK = Rel

# ---- containment -----------------------------------------------------------------------------------------------------

#: Quarters lie in towns, towns in a region. The two regions are apart; "twins" is Orlen and Velmara counted together.
LAND = Order(
    inside={
        "quarter": frozenset({"Orlen"}),
        "Orlen": frozenset({"north"}),
        "Velmara": frozenset({"north"}),
        "Tessin": frozenset({"south"}),
        "Harrow": frozenset({"south"}),
        "valley": frozenset({"dale"}),
        "dale": frozenset({"valley"}),
        "crossing": frozenset({"north", "borderland"}),
        "fields": frozenset({"borderland"}),
    },
    apart=frozenset({frozenset({"north", "south"}), frozenset({"fields", "Orlen"}), frozenset({"fields", "Velmara"})}),
    members={
        "twins": frozenset({"Orlen", "Velmara"}),
        "pair": frozenset({"Velmara", "Orlen"}),
        "across": frozenset({"Velmara", "Tessin"}),
        "southern towns": frozenset({"Tessin", "Harrow"}),
        "southern towns and more": frozenset({"southern towns", "mill"}),
        "all towns": frozenset({"twins", "southern towns"}),
        "nothing": frozenset(),
    },
    areas=frozenset({"the coast", "the east"}),
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Orlen", "Orlen", EQ),
        ("an unlisted place", "an unlisted place", EQ),
        ("Orlen", "north", SUB),
        ("quarter", "north", SUB),
        ("north", "quarter", SUP),
        ("valley", "dale", EQ),  # each declared inside the other
        ("crossing", "north", SUB),
        ("crossing", "borderland", SUB),
        ("Orlen", "Velmara", UNK),
        ("north", "borderland", UNK),  # the place that lies in both is not asked for: nothing is inferred
        ("an unlisted place", "north", UNK),
        # Declared apart, and whatever lies in them.
        ("north", "south", DISJ),
        ("south", "north", DISJ),
        ("quarter", "Tessin", DISJ),
        ("Tessin", "quarter", DISJ),
        ("quarter", "south", DISJ),
        # A composite is what its members are.
        ("Orlen", "twins", SUB),
        ("quarter", "twins", SUB),
        ("twins", "north", SUB),
        ("north", "twins", SUP),
        ("twins", "pair", EQ),
        ("twins", "all towns", SUB),
        ("Harrow", "all towns", SUB),
        ("Harrow", "southern towns and more", SUB),
        ("across", "all towns", SUB),
        ("twins", "across", OVL),
        ("across", "north", OVL),
        ("north", "across", OVL),
        ("all towns", "across", SUP),
        ("southern towns and more", "south", OVL),
        ("twins", "southern towns", DISJ),
        ("twins", "fields", DISJ),
        ("fields", "twins", DISJ),
        ("fields", "across", UNK),  # apart from Velmara, and nobody says how it lies to Tessin
        ("across", "fields", UNK),
        ("twins", "mill", UNK),
        ("nothing", "Orlen", UNK),
        ("Orlen", "nothing", UNK),
    ],
)
def test_how_places_lie_to_one_another(a: str, b: str, expected: Rel) -> None:
    assert LAND.compare(a, b) == certain(expected)


def test_what_a_place_lies_in_holds_itself_and_the_composites_it_is_part_of() -> None:
    assert LAND.above("quarter") == {"quarter", "Orlen", "north", "twins", "pair", "all towns"}
    assert LAND.above("an unlisted place") == {"an unlisted place"}
    assert LAND.above("valley") == {"valley", "dale"}


def test_a_composite_without_members_lies_nowhere() -> None:
    assert LAND.within("nothing", "Orlen") is False
    assert LAND.within("nothing", "nothing") is True
    assert LAND.disjoint("nothing", "Orlen") is False


def test_nothing_is_apart_from_what_it_lies_in() -> None:
    assert LAND.disjoint("Orlen", "north") is False
    assert LAND.disjoint("north", "north") is False


def test_two_areas_without_boundaries_may_be_the_same_or_nested() -> None:
    found = LAND.compare("the coast", "the east")
    assert found == Possible(SAME_OR_NESTED, "both name the area of the event, which has no boundary")


def test_a_bounded_place_beside_an_area_is_taken_to_lie_inside() -> None:
    sentence = "the place lies inside the area of the event, which has no boundary"
    assert LAND.compare("Orlen", "the coast") == Possible(SUB.bit, sentence)
    assert LAND.compare("the coast", "Orlen") == Possible(SUP.bit, sentence)


def test_what_is_declared_of_an_area_stands_before_what_is_assumed() -> None:
    order = Order(
        {"the coast": frozenset({"country"})},
        apart=frozenset({frozenset({"the coast", "desert"})}),
        areas=frozenset({"the coast"}),
    )
    assert order.compare("the coast", "country") == certain(SUB)
    assert order.compare("country", "the coast") == certain(SUP)
    assert order.compare("desert", "the coast") == certain(DISJ)
    assert order.compare("the coast", "the coast") == certain(EQ)


def test_what_an_order_has_worked_out_is_no_part_of_it() -> None:
    asked, fresh = Order({"a": frozenset({"b"})}), Order({"a": frozenset({"b"})})
    asked.above("a")
    assert asked == fresh
    assert repr(asked) == repr(fresh)


def test_an_unstated_value_may_be_the_same_narrower_or_wider() -> None:
    for pair in [(None, "Orlen"), ("Orlen", None), (None, None)]:
        assert stated(LAND.compare, *pair, "place") == Possible(SAME_OR_NESTED, "the place is unstated")
    assert stated(LAND.compare, "Orlen", "north", "place") == certain(SUB)
    assert {relation for relation in Rel if SAME_OR_NESTED & relation.bit} == {EQ, SUB, SUP}


# ---- parties ---------------------------------------------------------------------------------------------------------

FORCES = Order(
    {
        "first brigade": frozenset({"army"}),
        "second brigade": frozenset({"army"}),
        "the army": frozenset({"army"}),
        "army": frozenset({"the army"}),
    },
    apart=frozenset({frozenset({"army", "rebels"}), frozenset({"army", "police"})}),
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", EQ),
        ("army", "army", EQ),
        ("", "army", SUP),
        ("army", "", SUB),
        ("army", "the army", EQ),
        ("first brigade", "army", SUB),
        ("army", "first brigade", SUP),
        ("first brigade, second brigade", "army", SUB),
        ("army", "first brigade, second brigade", SUP),
        ("first brigade", "army, rebels", SUB),
        ("first brigade, rebels", "army, rebels", SUB),
        ("army, rebels", "first brigade, rebels", SUP),
        ("army, rebels", "army", SUP),
        ("army, militia", "army, rebels", OVL),
        ("first brigade, militia", "army, rebels", OVL),
        ("army, rebels", "first brigade, militia", OVL),
        ("army", "rebels", DISJ),
        ("first brigade", "rebels, police", DISJ),
        ("rebels, police", "army", DISJ),
        ("first brigade", "rebels, militia", UNK),
        ("rebels, militia", "first brigade", UNK),
        ("first brigade, militia", "rebels", UNK),
        ("militia", "rebels", UNK),
    ],
)
def test_how_parties_lie_to_one_another(a: str, b: str, expected: Rel) -> None:
    first, second = (frozenset(filter(None, names.split(", "))) for names in (a, b))
    assert parties(FORCES, first, second) == certain(expected)


# ---- days ------------------------------------------------------------------------------------------------------------


def days(first: int | None, last: int | None, fit: str = "exact") -> Window:
    return Window(first and dt.date(2031, 3, first), last and dt.date(2031, 3, last), fit)


def by_listing_days(a: tuple[int, int], b: tuple[int, int]) -> Rel:
    first, second = (set(range(start, end + 1)) for start, end in (a, b))
    if first == second:
        return EQ
    if not first & second:
        return DISJ
    return SUB if first < second else SUP if first > second else OVL


SPANS = [(start, end) for start in range(1, 6) for end in range(start, 6)]


def test_exact_days_lie_to_one_another_as_sets_of_days_do() -> None:
    for a, b in itertools.product(SPANS, SPANS):
        assert windows(days(*a), days(*b)) == certain(by_listing_days(a, b)), (a, b)


def test_some_days_inside_a_window_are_part_of_what_holds_it_and_hold_a_stated_day_inside() -> None:
    for a, b in itertools.product(SPANS, SPANS):
        found = windows(days(*a, "within"), days(*b))
        match by_listing_days(a, b):
            case Rel.DISJ:
                assert found == certain(DISJ)
            case Rel.EQ | Rel.SUB:
                assert found == certain(SUB), (a, b)
            case Rel.SUP:
                assert found == certain(SUP), (a, b)
            case _:
                assert found == certain(UNK), (a, b)


def test_two_stretches_somewhere_inside_windows_are_not_ordered_unless_the_windows_are_the_same_or_apart() -> None:
    for a, b in itertools.product(SPANS, SPANS):
        lying = by_listing_days(a, b)
        expected = certain(lying if lying in (EQ, DISJ) else UNK)
        if lying is EQ:  # two stretches of 48 hours in one window need not be the same
            expected = Possible(EQ.bit, SAME_STRETCH)
        assert windows(days(*a, "within"), days(*b, "within")) == expected, (a, b)


def left_open(*relations: Rel) -> Possible:
    return Possible(sum(relation.bit for relation in relations), "the days are not fully stated")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (days(None, 3), days(4, None), certain(DISJ)),
        (days(None, 3), days(4, 5), certain(DISJ)),
        (days(1, 3), days(4, None), certain(DISJ)),
        (days(None, 4), days(4, None), left_open(EQ, SUB, SUP)),  # they may share the fourth day
        (days(None, 4), days(4, 5), left_open(SUB)),
        (days(None, 3), days(None, 9), left_open(SUB)),
        (days(2, None), days(9, None), left_open(SUP)),
        (days(None, 9), days(2, 5), left_open(SUP)),
        (days(3, None), days(2, 5), left_open(SUB)),
        (days(2, None), days(2, 5), left_open(EQ, SUB, SUP)),
        (days(None, None), days(2, 5), left_open(EQ, SUB, SUP)),
        (days(2, None), days(2, None), left_open(EQ, SUB, SUP)),  # "since day 2", said in March and said in June
        (days(2, None), days(2, None, "within"), left_open(EQ, SUB, SUP)),
        (days(None, 5), days(None, 5), left_open(EQ, SUB, SUP)),  # "by day 5" leaves open since when
        (days(None, None), days(None, None), left_open(EQ, SUB, SUP)),
    ],
)
def test_days_that_are_not_fully_stated(a: Window, b: Window, expected: Possible) -> None:
    assert windows(a, b) == expected
    assert windows(b, a) == expected.inverse


def completions(start: int | None, end: int | None) -> list[tuple[int, int]]:
    starts = range(1, 7) if start is None else [start]
    ends = range(1, 7) if end is None else [end]
    return [(first, last) for first in starts for last in ends if first <= last]


def test_what_is_left_open_is_every_nesting_that_some_completion_gives() -> None:
    stated_ends = [None, 2, 3, 4, 5]
    # Longer than one day: within a day there may be a morning.
    spans = [(s, e) for s in stated_ends for e in stated_ends if s is None or e is None or s < e]
    for a, b in itertools.product(spans, spans):
        if None not in (*a, *b) or (a == b and a[0] is not None):
            continue
        found = {by_listing_days(x, y) for x in completions(*a) for y in completions(*b)}
        expected = certain(DISJ) if found == {DISJ} else left_open(*(found & {EQ, SUB, SUP}))
        assert windows(days(*a), days(*b)) == expected, (a, b)


def test_days_read_backwards_are_the_inverse() -> None:
    ends = [None, 1, 2, 3, 4]
    all_windows = [
        days(start, end, fit)
        for start, end, fit in itertools.product(ends, ends, ("exact", "within"))
        if start is None or end is None or start <= end
    ]
    for a, b in itertools.product(all_windows, all_windows):
        assert windows(b, a) == windows(a, b).inverse, (a, b)


# ---- all dimensions together -----------------------------------------------------------------------------------------


def combined(found: list[Rel]) -> Rel:
    """The rule in words: any apart, any unknown, all the same, all inside or the same, all around or the same."""
    if DISJ in found:
        return DISJ
    if UNK in found:
        return UNK
    for relation in (EQ, SUB, SUP):
        if set(found) <= {EQ, relation}:
            return relation
    return OVL


def test_dimensions_combine_by_the_rule_whatever_their_number() -> None:
    for a, b, c in itertools.product(Rel, repeat=3):
        assert both(a, b) is combined([a, b])
        assert both(both(a, b), c) is combined([a, b, c])


def test_possible_relations_combine_each_with_each() -> None:
    assert (BOTH.shape, BOTH.dtype) == ((64, 64), np.uint8)
    assert not BOTH[0].any() and not BOTH[:, 0].any()
    for x, y in itertools.product(range(1, 64, 2), range(64)):
        expected = {combined([a, b]) for a in Rel for b in Rel if x & a.bit and y & b.bit}
        assert BOTH[x, y] == BOTH[y, x] == sum(relation.bit for relation in expected)


def test_a_dimension_is_open_where_more_than_one_relation_is_possible() -> None:
    assert not any(certain(relation).is_open for relation in Rel)
    assert Possible(SAME_OR_NESTED).is_open
    assert all(Possible(a.bit | b.bit).is_open for a, b in itertools.combinations(Rel, 2))


def test_the_inverse_turns_inside_and_around_and_keeps_the_assumption() -> None:
    turned = {relation: relation.inverse for relation in Rel}
    assert turned == {EQ: EQ, SUB: SUP, SUP: SUB, OVL: OVL, DISJ: DISJ, UNK: UNK}
    assert Possible(EQ.bit | SUB.bit | UNK.bit, "as assumed").inverse == Possible(
        EQ.bit | SUP.bit | UNK.bit, "as assumed"
    )
    assert certain(SUB).inverse == certain(SUP) == Possible(SUP.bit)
