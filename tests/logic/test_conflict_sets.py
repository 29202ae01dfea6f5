"""The cells that scopes cut the world into, and the smallest sets of figures that cannot all hold."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from kg.logic import conflicts
from kg.logic.conflicts import all_can_hold, cells, smallest_conflict
from kg.logic.quantity import Interval
from kg.logic.scope import Order

ORDER = Order(
    {"towns": frozenset({"region"}), "villages": frozenset({"region"})},
    apart=frozenset({frozenset({"towns", "villages"})}),
    members={"twins": frozenset({"Orlen", "Velmara"})},
)


def listed(scopes: list[str], order: Order = ORDER) -> set[str]:
    """The cells, each as the scopes that it lies in."""
    found = cells(scopes, order)
    assert found.shape[1] == len(scopes)
    return {" ".join(scope for scope, inside in zip(scopes, cell, strict=True) if inside) for cell in found.tolist()}


def test_scopes_that_nobody_ordered_may_cross() -> None:
    assert listed(["here", "there"]) == {"", "here", "there", "here there"}


def test_a_part_has_no_cell_outside_its_whole() -> None:
    assert listed(["region", "towns"]) == {"", "region", "region towns"}
    assert listed(["towns", "region"]) == {"", "region", "towns region"}


def test_what_is_apart_shares_no_cell() -> None:
    assert listed(["towns", "villages"]) == {"", "towns", "villages"}
    assert listed(["villages", "towns"]) == {"", "towns", "villages"}


def test_two_names_of_one_place_have_the_same_cells() -> None:
    order = Order({"valley": frozenset({"dale"}), "dale": frozenset({"valley"})})
    assert listed(["valley", "dale"], order) == {"", "valley dale"}


def test_a_composite_is_nothing_but_its_members() -> None:
    assert listed(["twins", "Orlen", "Velmara"]) == {"", "twins Orlen", "twins Velmara", "twins Orlen Velmara"}


def test_a_composite_of_which_a_member_is_not_listed_may_be_more() -> None:
    assert listed(["twins", "Orlen"]) == {"", "twins", "twins Orlen"}


def test_no_scopes_leave_one_cell() -> None:
    assert cells([], ORDER).shape == (1, 0)


def chain(length: int) -> tuple[list[str], Order]:
    names = [f"place {i}" for i in range(length)]
    return names, Order({low: frozenset({high}) for low, high in itertools.pairwise(names)})


def test_fourteen_scopes_can_be_listed_and_fifteen_are_refused() -> None:
    assert len(cells(*chain(14))) == 15
    with pytest.raises(ValueError, match="15 scopes make too many cells; at most 14 can be listed"):
        cells(*chain(15))


# ---- worlds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "figures", "expected"),
    [
        (["region", "towns"], [Interval(0, 5), Interval(5, None)], True),
        (["region", "towns"], [Interval(0, 5), Interval(6, None)], False),  # nobody can be missing outside the towns
        (["towns", "region"], [Interval(0, 5), Interval(6, None)], True),
        (["region", "region"], [Interval(0, 5), Interval(5, 9)], True),
        (["region", "region"], [Interval(0, 4), Interval(5, 9)], False),
        (["region", "towns", "villages"], [Interval(10, 10), Interval(4, None), Interval(6, None)], True),
        (["region", "towns", "villages"], [Interval(10, 10), Interval(4, None), Interval(7, None)], False),
        (["twins", "Orlen", "Velmara"], [Interval(10, 10), Interval(0, 4), Interval(0, 6)], True),
        (["twins", "Orlen", "Velmara"], [Interval(11, 11), Interval(0, 4), Interval(0, 6)], False),
        (["twins", "Orlen"], [Interval(11, 11), Interval(0, 4)], True),  # the others may be in Velmara
        (["here", "there"], [Interval(1, 1), Interval(2, 2)], True),
        ([], [], True),
    ],
)
def test_whether_some_world_has_them_all(scopes: list[str], figures: list[Interval], expected: bool) -> None:
    assert all_can_hold(scopes, figures, ORDER) is expected
    assert all_can_hold(scopes[::-1], figures[::-1], ORDER) is expected


def test_a_composite_needs_its_members_though_no_figure_is_about_them() -> None:
    order = Order(
        {"Orlen": frozenset({"north"}), "Velmara": frozenset({"south"})},
        apart=frozenset({frozenset({"north", "south"})}),
        members={"twins": frozenset({"Orlen", "Velmara"})},
    )
    scopes = ["twins", "north", "south"]
    assert smallest_conflict(scopes, [Interval(5, 5), Interval(0, 2), Interval(0, 2)], order) == (0, 1, 2)
    assert smallest_conflict(scopes, [Interval(4, 4), Interval(0, 2), Interval(0, 2)], order) == ()


def test_a_solver_that_gives_up_has_given_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    gave_up = SimpleNamespace(status=1, message="time limit reached")
    monkeypatch.setattr(conflicts, "milp", lambda *_, **__: gave_up)
    with pytest.raises(ArithmeticError, match="gave up: time limit reached"):
        all_can_hold(["region"], [Interval(0, 5)], ORDER)


# ---- smallest sets ---------------------------------------------------------------------------------------------------


def test_of_several_conflicts_the_one_that_keeps_the_earlier_figures_out_is_told() -> None:
    figures = [Interval(0, 4), Interval(9, None), Interval(0, 5)]
    assert smallest_conflict(["region"] * 3, figures, ORDER) == (1, 2)
    assert smallest_conflict(["region"] * 3, figures[::-1], ORDER) == (1, 2)
    assert smallest_conflict(["region"] * 3, [figures[1], figures[0], figures[2]], ORDER) == (0, 2)


def test_each_figure_of_a_smallest_set_is_needed() -> None:
    scopes = ["villages", "region", "here", "towns", "villages", "region"]
    figures = [
        Interval(0, 900),
        Interval(0, 1018),
        Interval(3, 3),
        Interval(700, 750),
        Interval(400, None),
        Interval(5, None),
    ]
    found = smallest_conflict(scopes, figures, ORDER)
    assert found == (1, 3, 4)
    for left_out in found:
        kept = [i for i in found if i != left_out]
        assert all_can_hold([scopes[i] for i in kept], [figures[i] for i in kept], ORDER)


def test_a_figure_that_no_count_satisfies_is_a_conflict_of_one() -> None:
    assert smallest_conflict(["here", "region"], [Interval(1, 2), Interval(3, 2)], ORDER) == (1,)


def test_no_figures_are_no_conflict() -> None:
    assert smallest_conflict([], [], ORDER) == ()


def test_members_that_composites_share_or_figures_name_are_counted_once() -> None:
    parts = [f"part {i}" for i in range(4)]
    pairs = {f"{a} and {b}": frozenset({a, b}) for a, b in itertools.combinations(parts, 2)}
    others = [f"place {i}" for i in range(4)]
    scopes = [*pairs, *parts, *others]
    assert len(scopes) == 14, "as many as can be listed"
    assert all_can_hold(scopes, [Interval(1, None)] * 14, Order(members=pairs))
    assert all_can_hold(list(pairs), [Interval(1, None)] * 6, Order(members=pairs))
