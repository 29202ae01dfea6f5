"""Figures that cannot all hold: hard cases 6, 7 and 16, and agreement with a search over small worlds."""

from __future__ import annotations

import itertools
import random
import time
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from kg.logic.conflicts import MOST_SCOPES
from kg.logic.figures import Given
from kg.logic.joint import Search, joint_conflicts
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from tests.logic.test_relations import POPULATIONS, bare, exactly, said

Pairs = frozenset[tuple[str, str]]


def apart(*pairs: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in pairs)


PARTS = {"towns": frozenset({"region"}), "villages": frozenset({"region"})}
APART = Orders(population=POPULATIONS, place=Order(PARTS, apart("towns villages")))
OPEN = Orders(population=POPULATIONS, place=Order(PARTS))
WHOLE = said("at most", None, 1018, by="first")
TOWNS = said("between", 700, 750, where="towns", by="second")
VILLAGES = said("at least", 400, where="villages", by="third")


def sets(search: Search) -> set[frozenset[frozenset[Given]]]:
    found = {frozenset(frozenset(own) for own in members) for members in search.found}
    assert len(found) == len(search.found)
    return found


def alone(*figures: Given) -> frozenset[frozenset[Given]]:
    return frozenset(frozenset({one}) for one in figures)


# ---- the hard cases --------------------------------------------------------------------------------------------------


def test_case_6_a_whole_and_two_parts_that_are_declared_apart() -> None:
    found = joint_conflicts([WHOLE, TOWNS, VILLAGES], APART)
    assert sets(found) == {alone(WHOLE, TOWNS, VILLAGES)}
    assert found.complete
    assert joint_conflicts([WHOLE, TOWNS], APART) == joint_conflicts([], APART) == Search((), True)
    room = said("at most", None, 1100, by="first")
    assert joint_conflicts([room, TOWNS, VILLAGES], APART) == Search((), True)


@pytest.mark.parametrize(
    "whole",
    [
        exactly(1018),
        said("at most", None, 1018),
        said("fewer than", None, 1018),
        said("between", 900, 1018),
    ],
)
def test_every_word_that_states_a_ceiling_is_one(whole: Given) -> None:
    assert sets(joint_conflicts([whole, TOWNS, VILLAGES], APART)) == {alone(whole, TOWNS, VILLAGES)}


def test_case_7_nothing_is_added_where_parts_are_not_declared_apart() -> None:
    assert joint_conflicts([WHOLE, TOWNS, VILLAGES], OPEN) == Search((), True)


def test_case_16_a_parity_conflict_of_crossing_places() -> None:
    crossing = Orders(
        place=Order(
            members={"a+b": frozenset("ab"), "b+c": frozenset("bc"), "a+c": frozenset("ac")},
            apart=apart("a b", "b c", "a c"),
        )
    )
    odd = [exactly(1, where=where, by=where) for where in ("a+b", "b+c", "a+c")]
    found = joint_conflicts(odd, crossing)
    assert (sets(found), found.complete) == ({alone(*odd)}, True)
    even = [exactly(2, where=where, by=where) for where in ("a+b", "b+c", "a+c")]
    assert joint_conflicts(even, crossing) == Search((), True)


def test_a_composite_cannot_hold_more_than_its_members_together() -> None:
    order = Orders(place=Order(members={"both": frozenset({"towns", "villages"})}, apart=apart("towns villages")))
    whole = said("at least", 800, where="both", by="first")
    parts = [said("at most", None, n, where=where, by=where) for where, n in (("towns", 300), ("villages", 400))]
    assert sets(joint_conflicts([whole, *parts], order)) == {alone(whole, *parts)}


def test_crossing_places_are_followed_round_a_ring() -> None:
    """Five pairs of five places, one death in each pair: twice the deaths of all five would be five."""
    ring = ["a+b", "b+c", "c+d", "d+e", "a+e"]
    order = Order(
        members={pair: frozenset(pair.split("+")) for pair in ring},
        apart=frozenset(map(frozenset, itertools.combinations("abcde", 2))),
    )
    figures = [exactly(1, where=pair, by=pair) for pair in ring]
    found = joint_conflicts(figures, Orders(place=order))
    assert (sets(found), found.complete) == ({alone(*figures)}, True)


# ---- what takes part -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "whole",
    [
        bare(1018),
        said("about", 1000, 1000),
        said("nearly", None, 1018),
        said("at least", 1018),
        said("at most", None, 1018, certainty="possible"),
        said("at most", None, 1018, where=None),
        said("at most", None, 1018, days=(1, None)),
        said("at most", None, 1018, days=(3, 7)),
        said("at most", None, 1018, of="civilians"),
        said("at most", None, 1018, party="army"),
    ],
    ids=lambda whole: f"{whole.figure.bound} {whole.certainty} {whole.scope.place} {whole.scope.population}",
)
def test_only_a_stated_ceiling_of_all_the_parts_leaves_no_room(whole: Given) -> None:
    assert joint_conflicts([whole, TOWNS, VILLAGES], APART).found == ()


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        (bare(400, where="villages", by="third"), True),
        (bare(400, where="villages", by="third", party="army"), True),
        (bare(400, where="villages", by="third", of="civilians", days=(2, 2)), True),
        (said("about", 400, 400, where="villages", by="third"), True),
        (said("at least", 400, where="villages", by="third", certainty="alleged"), True),
        (said("at least", 400, where="villages", by="third", certainty="possible"), False),
        (said("hundreds", 400, None, where="villages", by="third"), False),
        (said("at most", None, 400, where="villages", by="third"), False),
        (said("at least", 400, where="villages", by="third", days=(None, None)), False),
        (said("at least", 400, where="villages", by="third", days=(6, 9)), False),
    ],
    ids=str,
)
def test_floors_of_parts_count_unless_they_are_vague_or_only_possible(part: Given, counts: bool) -> None:
    found = joint_conflicts([WHOLE, TOWNS, part], APART)
    assert sets(found) == ({alone(WHOLE, TOWNS, part)} if counts else set())


def test_populations_and_parties_that_are_apart_add_up_as_places_do() -> None:
    one = said("at least", 700, of="civilians", by="second")
    other = said("at least", 400, of="soldiers", by="third")
    assert sets(joint_conflicts([WHOLE, one, other], Orders(population=POPULATIONS))) == {alone(WHOLE, one, other)}
    army, rebels = (said("at least", n, party=who, by=who) for n, who in ((700, "army"), (400, "rebels")))
    declared = Orders(party=Order(apart=apart("army rebels")))
    assert sets(joint_conflicts([WHOLE, army, rebels], declared)) == {alone(WHOLE, army, rebels)}
    assert joint_conflicts([WHOLE, army, rebels], Orders()).found == ()


def test_an_origin_is_not_held_against_itself() -> None:
    of_one = [said("at most", None, 1018, by="first"), bare(700, where="towns"), bare(400, where="villages")]
    assert joint_conflicts(of_one, APART).found == ()
    again = bare(400, where="villages", by="second")
    assert joint_conflicts([*of_one, again], APART).found == ()  # the first origin still gave all three
    (members,) = joint_conflicts([*of_one[:2], again], APART).found
    assert {one for own in members for one in own} == {*of_one[:2], again}


def test_everybody_who_gave_a_figure_is_named() -> None:
    again = said("at least", 400, where="villages", by="fourth", as_of=22)
    (members,) = joint_conflicts([WHOLE, TOWNS, VILLAGES, again], APART).found
    assert sorted(members, key=len)[-1] == (VILLAGES, again)


def test_two_figures_that_exclude_each_other_are_no_joint_conflict() -> None:
    pair = [exactly(5, by="first"), exactly(9, by="second"), said("at least", 8, where="towns", by="third")]
    assert joint_conflicts(pair, APART) == Search((), True)


# ---- an independent oracle: counts of small worlds -------------------------------------------------------------------

PLACES = ("R", "Q", "a", "b", "c", "a+b", "b+c")
INSIDE = ("a R", "b R", "c R", "b Q", "c Q", "Q R")
APARTS = ("a b", "b c", "a c")
WORDS = [("exactly", 1), ("exactly", 2), ("at least", 1), ("at least", 2), ("bare", 2), ("at most", 1), ("at most", 2)]
#: Counts above all that is said are alike; they stand for "3 or more".
TOP = 3


@cache
def worlds(inside: Pairs, disjoint: Pairs) -> npt.NDArray[np.int8]:
    """Every count that the places can have together, up to TOP. Shape (worlds, places)."""
    kinds = []
    for inner in itertools.chain.from_iterable(itertools.combinations("RQabc", n) for n in range(1, 6)):
        cell = set(inner)
        cell |= {pair for pair in ("a+b", "b+c") if cell & set(pair.split("+"))}
        if all(high in cell for low, high in inside if low in cell) and not any({x, y} <= cell for x, y in disjoint):
            kinds.append([place in cell for place in PLACES])
    counts = np.zeros((1, len(PLACES)), dtype=np.int8)
    for kind in kinds:
        more = [np.minimum(counts + n * np.array(kind, dtype=np.int8), TOP) for n in range(TOP + 1)]
        counts = np.unique(np.concatenate(more), axis=0)
    return counts


def _pair(text: str) -> tuple[str, str]:
    first, second = text.split()
    return first, second


def small_world(rng: random.Random) -> tuple[Pairs, Pairs, list[Given]]:
    """What is declared of the places, and figures of most of them. Much is declared: else little is impossible."""
    while True:
        inside = frozenset(_pair(text) for text in INSIDE if rng.random() < 0.6)
        disjoint = frozenset(_pair(text) for text in APARTS if rng.random() < 0.8)
        if consistent(inside, disjoint):
            break
    figures = []
    for place in [*rng.sample(PLACES, 6), rng.choice(PLACES)]:
        word, number = rng.choice(WORDS)
        low, high = None if word == "at most" else number, None if word == "at least" else number
        figures.append(said(word, low, high, where=place, by=rng.choice(["first", "second", "third"])))
    return inside, disjoint, figures


def allowed(one: Given) -> tuple[bool, ...]:
    """Which counts a figure leaves; a bare one may be incomplete."""
    low, high = one.figure.lower or 0, one.figure.upper
    open_above = high is None or one.figure.bound == "bare"
    return tuple(low <= n and (open_above or (high is not None and n <= high)) for n in range(TOP + 1))


def by_search(inside: Pairs, disjoint: Pairs, figures: list[Given]) -> set[frozenset[frozenset[Given]]]:
    counts = worlds(inside, disjoint)
    said_alike: dict[tuple[str, tuple[bool, ...]], set[Given]] = {}
    for one in figures:
        said_alike.setdefault((str(one.scope.place), allowed(one)), set()).add(one)
    holds = {
        frozenset(own): np.array(left)[counts[:, PLACES.index(place)]] for (place, left), own in said_alike.items()
    }
    impossible: list[set[frozenset[Given]]] = []
    for size in range(1, len(holds) + 1):
        for chosen in map(set, itertools.combinations(holds, size)):
            needed = not any(known <= chosen for known in impossible)
            if needed and not np.logical_and.reduce([holds[own] for own in chosen]).any():
                impossible.append(chosen)
    origins = [set.intersection(*({one.origin for one in own} for own in chosen)) for chosen in impossible]
    return {
        frozenset(chosen) for chosen, all_of in zip(impossible, origins, strict=True) if len(chosen) > 2 and not all_of
    }


def consistent(inside: Pairs, disjoint: Pairs) -> bool:
    """A dossier that puts a place inside two that are apart is refused when it is read."""
    order = Order({low: frozenset(h for x, h in inside if x == low) for low, _ in inside})
    return not any({x, y} <= order.above(place) for place in PLACES for x, y in disjoint)


def test_it_agrees_with_a_search_over_worlds() -> None:
    rng = random.Random(2031)
    left = {True: 25, False: 8}
    while any(left.values()):
        inside, disjoint, figures = small_world(rng)
        expected = by_search(inside, disjoint, figures)
        if not left[bool(expected)]:
            continue
        left[bool(expected)] -= 1
        order = Order(
            {low: frozenset(high for x, high in inside if x == low) for low, _ in inside},
            frozenset(map(frozenset, disjoint)),
            {"a+b": frozenset("ab"), "b+c": frozenset("bc")},
        )
        search = joint_conflicts(figures, Orders(place=order))
        assert search.complete
        assert sets(search) == expected, (inside, disjoint, figures)
        again = figures[::-1] + figures[:1]
        assert sets(joint_conflicts(again, Orders(place=order))) == expected


# ---- many scopes -----------------------------------------------------------------------------------------------------


def villages(number: int, *, disjoint: bool = True) -> Orders:
    names = [f"v{i}" for i in range(number)]
    return Orders(
        place=Order(
            {name: frozenset({"region"}) for name in names},
            frozenset(map(frozenset, itertools.combinations(names, 2))) if disjoint else frozenset(),
        )
    )


def test_in_a_large_group_a_whole_is_held_against_its_disjoint_parts() -> None:
    number = MOST_SCOPES + 2
    parts = [said("at least", 10 + i, where=f"v{i}", by=f"origin {i}") for i in range(number)]
    total = sum(10 + i for i in range(number))
    whole = said("at most", None, total - 11, by="ministry")
    found = joint_conflicts([whole, *parts], villages(number))
    # Without the smallest part, of 10, the others still exceed the whole by one; no further part can be left out.
    assert sets(found) == {alone(whole, *parts[1:])}
    assert not found.complete
    room = said("at most", None, total, by="ministry")
    assert joint_conflicts([room, *parts], villages(number)) == Search((), False)
    assert joint_conflicts([whole, *parts], villages(number, disjoint=False)).found == ()


def test_in_a_large_group_the_neighbours_of_a_ceiling_are_settled_and_others_may_be_missing() -> None:
    number = MOST_SCOPES + 2
    around = villages(number).place
    order = Order({**around.inside, "east": frozenset({"v0"}), "west": frozenset({"v0"})}, apart("east west"))
    floors = [said("at least", 3, where=where, by=where) for where in ("east", "west")]
    others = [said("at least", 1, where=where, by=where) for where in ("region", *around.inside) if where != "v0"]
    village = said("at most", None, 5, where="v0", by="ministry")
    found = joint_conflicts([village, *floors, *others], Orders(place=order))
    assert (sets(found), found.complete) == ({alone(village, *floors)}, False)


def test_the_greatest_floor_of_each_part_is_added() -> None:
    number = MOST_SCOPES + 2
    low, high = ([said("at least", n, where=f"v{i}", by=f"origin {i}") for i in range(number)] for n in (1, 5))
    whole = said("at most", None, 5 * number - 1, by="ministry")
    assert sets(joint_conflicts([whole, *low, *high], villages(number))) == {alone(whole, *high)}
    assert joint_conflicts([whole, *low], villages(number)).found == ()


def test_many_disputed_parts_neither_take_long_nor_hide_a_joint_conflict() -> None:
    """Pairs that exclude each other are no joint conflicts, and there may be one in every village."""
    number = 10
    disputed = [exactly(n, where=f"v{i}", by=f"{n}") for i in range(number) for n in (5, 9)]
    whole = said("at most", None, 6 * number, by="ministry")
    started = time.perf_counter()
    found = joint_conflicts([whole, *disputed], villages(number))
    assert time.perf_counter() - started < 20
    assert found.found
    for members in found.found:
        places = [own[0].scope.place for own in members]
        assert len(places) == len(set(places))
        floors = [one.figure.lower or 0 for (one,) in members if one.scope.place != "region"]
        assert 6 * number < sum(floors) <= 6 * number + min(floors)
