"""What a figure allows and conveys, when it is a running tally, and what hedges it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from kg.logic.figures import RHO, Given, Scope, conveyed, face, side
from kg.logic.quantity import VAGUE_WORDS
from kg.logic.table import UNBOUNDED
from kg.model import Figure, Window


def day(number: int | None) -> dt.date | None:
    return number and dt.date(2031, 3, number)


def counted(
    bound: str,
    lower: int | None,
    upper: int | None,
    *,
    last: int | None = 7,
    as_of: int | None = 20,
    certainty: str = "",
) -> Given:
    scope = Scope("event", "killed", "people", "Velmara", Window(day(1), day(last)))
    return Given("claim", "origin", scope, Figure(lower, upper, bound), day(as_of), certainty or None)


# ---- the range a listener takes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "lower", "upper", "expected"),
    [
        # A floor L up to max(L + g, L × 1.25), a fraction of a person left out.
        ("at least", 745, None, (745, 931)),
        ("at least", 400, None, (400, 500)),
        ("at least", 1_200, None, (1_200, 1_500)),
        ("at least", 1_000, None, (1_000, 2_000)),
        ("at least", 2, None, (2, 3)),
        ("at least", 4, None, (4, 5)),
        ("at least", 0, None, (0, 1)),
        # "More than" begins one higher and is as round as what was printed.
        ("more than", 1_018, None, (1_019, 1_273)),
        ("more than", 1_000, None, (1_001, 2_001)),
        ("more than", 0, None, (1, 2)),
        # A ceiling U down to min(U − g, U × 0.75), never below nobody.
        ("at most", None, 1_016, (762, 1_016)),
        ("at most", None, 1_100, (825, 1_100)),
        ("at most", None, 200, (100, 200)),
        ("at most", None, 1_000, (0, 1_000)),
        ("at most", None, 3, (2, 3)),
        ("at most", None, 0, (0, 0)),
        ("fewer than", None, 1_017, (762, 1_016)),
        ("fewer than", None, 30, (19, 29)),
        ("fewer than", None, 1_000, (0, 999)),
        ("fewer than", None, 1, (0, 0)),
        # Anything else just what it allows.
        ("exactly", 503, 503, (503, 503)),
        ("bare", 1_400, 1_400, (1_400, 1_400)),
        ("about", 4_000, 4_000, (3_500, 4_499)),
        ("nearly", None, 1_500, (1_450, 1_499)),
        ("between", 0, 2_400, (0, 2_400)),
        ("between", 2_300, 2_400, (2_300, 2_400)),
        # A vague word up to the end of what it customarily means.
        ("several", None, None, (3, 9)),
        ("dozens", None, None, (24, 99)),
        ("hundreds", None, None, (200, 999)),
        ("thousands", None, None, (2_000, 9_999)),
        ("hundreds", 300, None, (300, 999)),
    ],
)
def test_what_a_figure_conveys(bound: str, lower: int | None, upper: int | None, expected: tuple[int, int]) -> None:
    assert conveyed(Figure(lower, upper, bound)) == expected


def test_the_share_by_which_a_figure_is_taken_to_reach_can_be_set() -> None:
    assert RHO == 0.25
    assert conveyed(Figure(745, None, "at least"), 1.0) == (745, 1490)
    assert conveyed(Figure(745, None, "at least"), 0.0) == (745, 746)
    assert conveyed(Figure(None, 1016, "at most"), 0.5) == (508, 1016)
    assert conveyed(Figure(None, 1016, "at most"), 0.0) == (1015, 1016)
    assert conveyed(Figure(None, None, "hundreds"), 0.0) == (200, 999)


def test_an_increment_is_only_a_floor_on_the_total() -> None:
    for bound in ("exactly", "bare", "about"):
        assert face(Figure(158, 158, bound, increment=True)) == (158, None)
        assert face(Figure(158, 158, bound)) == (158, 158)
    assert face(Figure(None, 158, "at most", increment=True)) == (0, None)
    assert face(Figure(158, None, "more than", increment=True)) == (159, None)


def test_an_increment_conveys_no_total() -> None:
    assert conveyed(Figure(158, 158, "bare", increment=True)) == (158, None)
    assert conveyed(Figure(100, None, "at least", increment=True)) == (100, None)
    assert side([replace(counted("bare", 1, 1), figure=Figure(1, 1, "bare", True))]).conveyed_highest[0] == UNBOUNDED


# ---- running tallies and hedges --------------------------------------------------------------------------------------

WITHOUT_CEILING = {
    "bare": counted("bare", 10, 10),
    "about": counted("about", 10, 10),
    "nearly": counted("nearly", None, 10),
}
WITH_OWN_BOUND = {
    "exactly": counted("exactly", 10, 10),
    "at least": counted("at least", 10, None),
    "more than": counted("more than", 10, None),
    "at most": counted("at most", None, 10),
    "fewer than": counted("fewer than", None, 10),
    "between": counted("between", 10, 20),
} | {word: counted(word, None, None) for word in VAGUE_WORDS}


@pytest.mark.parametrize("bound", WITHOUT_CEILING)
def test_a_figure_without_a_ceiling_is_a_tally_until_its_days_are_over(bound: str) -> None:
    given = WITHOUT_CEILING[bound]
    assert replace(given, as_of=day(6)).running
    assert replace(given, as_of=day(7)).running, "on the last day it is not over"
    assert not replace(given, as_of=day(8)).running
    assert replace(given, as_of=None).running, "nobody knows that it was over"
    open_end = replace(given, scope=replace(given.scope, window=Window(day(1), None)))
    assert open_end.running


@pytest.mark.parametrize("bound", WITH_OWN_BOUND)
def test_a_figure_that_says_where_it_ends_is_no_tally(bound: str) -> None:
    assert not replace(WITH_OWN_BOUND[bound], as_of=day(5)).running
    assert not replace(WITH_OWN_BOUND[bound], as_of=None).running


def test_what_hedges_a_figure() -> None:
    assert all(given.hedged for given in WITHOUT_CEILING.values())
    assert all(given.hedged == (word in VAGUE_WORDS) for word, given in WITH_OWN_BOUND.items())
    firm = WITH_OWN_BOUND["exactly"]
    for certainty in ("likely", "alleged", "possible", "coded"):
        assert replace(firm, certainty=certainty).hedged
    for certainty in ("stated", "confirmed", None):
        assert not replace(firm, certainty=certainty).hedged


# ---- columns of the table --------------------------------------------------------------------------------------------


def test_the_columns_hold_what_each_figure_allows_and_conveys() -> None:
    columns = side([counted("about", 4_000, 4_000), counted("at least", 745, None), counted("at most", None, 1_016)])
    assert columns.lowest.tolist() == [3_500, 745, 0]
    assert columns.highest.tolist() == [4_499, UNBOUNDED, 1_016]
    assert columns.conveyed_lowest.tolist() == [3_500, 745, 762]
    assert columns.conveyed_highest.tolist() == [4_499, 931, 1_016]
    assert side([counted("at least", 745, None)], 1.0).conveyed_highest.tolist() == [1490]


def test_the_columns_say_which_figures_run_are_bare_or_only_possible() -> None:
    figures = [
        counted("bare", 10, 10, as_of=5),
        counted("bare", 10, 10),
        counted("about", 10, 10, as_of=5),
        counted("exactly", 10, 10, certainty="possible"),
        counted("exactly", 10, 10, certainty="likely"),
    ]
    columns = side(figures)
    assert columns.running.tolist() == [True, False, True, False, False]
    assert columns.bare.tolist() == [True, True, False, False, False]
    assert columns.possible.tolist() == [False, False, False, True, False]


@pytest.mark.parametrize(
    ("bound", "lower", "upper", "half"),
    [
        ("about", 4_000, 4_000, 500),
        ("about", 1_383, 1_383, 0),
        ("nearly", None, 1_500, 50),
        ("bare", 1_400, 1_400, 50),
        ("bare", 10, 10, 5),
        ("bare", 1_018, 1_018, 0),
        ("bare", 0, 0, 0),
        ("exactly", 1_400, 1_400, 0),
        ("at least", 1_400, None, 0),
        ("more than", 1_400, None, 0),
        ("at most", None, 1_400, 0),
        ("fewer than", None, 1_400, 0),
        ("between", 1_400, 1_500, 0),
        ("hundreds", 200, 900, 0),
    ],
)
def test_only_soft_and_bare_figures_are_read_as_rounded(
    bound: str, lower: int | None, upper: int | None, half: int
) -> None:
    assert side([counted(bound, lower, upper)]).rounding.tolist() == [half]


def test_the_same_printed_numbers_have_the_same_numeral_whatever_the_word() -> None:
    figures = [
        counted("bare", 745, 745),
        counted("at least", 745, None),
        counted("at most", None, 745),
        counted("about", 745, 745),
        counted("bare", 746, 746),
        counted("between", 745, 746),
        counted("between", 745, 747),
        counted("dozens", None, None),
        counted("hundreds", None, None),
    ]
    same, same_again, same_still, same_yet, *others = side(figures).numeral.tolist()
    assert same == same_again == same_still == same_yet
    assert len({same, *others}) == 5, "four other numerals; vague words print none"


@pytest.mark.parametrize(
    ("bound", "lower", "upper", "recognisable"),
    [
        ("bare", 745, 745, True),
        ("at least", 1_018, None, True),
        ("at most", None, 1_018, True),
        ("bare", 100, 100, False),
        ("bare", 101, 101, True),
        ("bare", 99, 99, False),
        ("bare", 1_010, 1_010, True),
        ("bare", 1_400, 1_400, False),
        ("about", 14_300, 14_300, True),
        ("bare", 0, 0, False),
        ("between", 1_400, 1_426, True),
        ("between", 1_383, 1_400, True),
        ("between", 1_300, 1_400, False),
        ("hundreds", None, None, False),
    ],
)
def test_a_number_is_known_again_by_three_digits_before_its_zeros(
    bound: str, lower: int | None, upper: int | None, recognisable: bool
) -> None:
    assert side([counted(bound, lower, upper)]).recognisable.tolist() == [recognisable]


def test_columns_of_no_figures_have_the_types_of_any_other() -> None:
    empty, one = side([]), side([counted("bare", 10, 10)])
    for column in ("lowest", "highest", "conveyed_lowest", "conveyed_highest", "rounding", "numeral", "bound"):
        assert getattr(empty, column).dtype == getattr(one, column).dtype == np.int64, column
    for column in ("running", "bare", "possible", "recognisable", "increment"):
        assert getattr(empty, column).dtype == getattr(one, column).dtype == np.bool_, column


def test_every_word_has_a_code_of_its_own() -> None:
    figures = [*WITHOUT_CEILING.values(), *WITH_OWN_BOUND.values()]
    assert len(set(side(figures).bound.tolist())) == len(figures) == 13
    assert set(side([WITHOUT_CEILING["bare"]] * 2).bound.tolist()) == set(
        side([WITHOUT_CEILING["bare"]]).bound.tolist()
    )
