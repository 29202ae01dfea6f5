"""Which claims stand behind a claim, and behind "at least n" of an event.

What entails is held against a search over worlds: a world gives a count to every cell (of an event, measure,
population, place, day and party), and one claim entails another if no world has the first without the second. What is
unstated or undeclared may be anything, and only what holds whatever it is counts.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.logic.figures import Given, Scope
from kg.logic.pairs import Orders, compare, relate
from kg.logic.scope import Order
from kg.logic.support import Floor, Happening, profiles, supporters
from kg.logic.table import Form
from kg.model import Figure, Window

Cells = frozenset[str]

# ---- what there is -----------------------------------------------------------------------------------------------

#: The cells of every id that has declared ones.
CELLS: dict[str, Cells] = {
    "raid": frozenset({"its night", "its days"}),
    "night": frozenset({"its night"}),
    "casualties": frozenset({"killed", "wounded"}),
    "killed": frozenset({"killed"}),
    "people": frozenset({"civilian", "soldier", "neither"}),
    "civilians": frozenset({"civilian"}),
    "soldiers": frozenset({"soldier"}),
    "country": frozenset({"village", "towns", "fields", "elsewhere"}),
    "region": frozenset({"village", "towns", "fields"}),
    "village": frozenset({"village"}),
    "towns": frozenset({"towns"}),
    "army": frozenset({"brigade", "rest of the army"}),
    "brigade": frozenset({"brigade"}),
}
EVERYBODY = frozenset({"brigade", "rest of the army", "others"})
#: What is only said to lie in something, and may there be anything: an area without a boundary, parties nobody ordered.
ANYWHERE = {"area": CELLS["country"], "rebels": EVERYBODY}
DAYS = range(11)

ORDERS = Orders(
    event=Order({"night": frozenset({"raid"})}),
    measure=Order({"killed": frozenset({"casualties"})}),
    population=Order(
        {"civilians": frozenset({"people"}), "soldiers": frozenset({"people"})},
        apart=frozenset({frozenset({"civilians", "soldiers"})}),
    ),
    place=Order(
        {
            "village": frozenset({"region"}),
            "towns": frozenset({"region"}),
            "region": frozenset({"country"}),
            "area": frozenset({"country"}),
        },
        areas=frozenset({"area"}),
    ),
    party=Order({"brigade": frozenset({"army"})}),
)


def march(day: int | None) -> dt.date | None:
    return dt.date(2031, 3, day) if day else None


def said(
    bound: str,
    lower: int | None = None,
    upper: int | None = None,
    *,
    event: str | None = "raid",
    measure: str | None = "killed",
    of: str | None = "people",
    where: str | None = "region",
    days: tuple[int | None, int | None] = (1, 7),
    fit: str = "exact",
    parties: Collection[str] = (),
    by: str = "first",
    as_of: int | None = 9,
    certainty: str | None = None,
    increment: bool = False,
    inferred: bool = False,
) -> Given:
    """A figure; unless said otherwise it was given after its days were over. Its claim is named by what it says."""
    scope = Scope(event, measure, of, where, Window(march(days[0]), march(days[1]), fit), frozenset(parties))
    figure = Figure(lower, upper, bound, increment)
    named = repr((event, measure, of, where, days, fit, sorted(parties), bound, lower, upper, increment))
    return Given(named, by, scope, figure, march(as_of), certainty, inferred)


def bare(number: int, **about: Any) -> Given:
    return said("bare", number, number, **about)


def least(number: int, **about: Any) -> Given:
    return said("at least", number, **about)


def behind(claim: Given, *others: Given) -> set[str]:
    """Which of the others are among the supporters of a claim."""
    found = supporters([claim, *others], ORDERS)[claim.claim]
    assert claim.claim in found, "every claim supports itself"
    return set(found) - {claim.claim}


# ---- a search over worlds ------------------------------------------------------------------------------------------

MOST = 9  # above every count that is printed here


def subsets(cells: Cells) -> list[Cells]:
    ordered = sorted(cells)
    return [frozenset(some) for n in range(1, len(ordered) + 1) for some in itertools.combinations(ordered, n)]


def possible(id_: str | None, all_cells: Cells) -> list[Cells]:
    """The cells that an id may have."""
    if id_ is not None and id_ in CELLS:
        return [CELLS[id_]]
    return subsets(ANYWHERE.get(id_, all_cells) if id_ is not None else all_cells)


def stretches(window: Window, known: Window | None = None) -> Iterator[frozenset[int]]:
    """The days that a window may mean; a missing day may be any. "Within" is some stretch of it: of what is held to
    say something of `known` days, one that has these if they are stated and lie inside."""
    start, end = (day.day if day else None for day in (window.start, window.end))
    holds: frozenset[int] = frozenset()
    if known and known.fit == "exact" and None not in (start, end, known.start, known.end):
        inner = frozenset(range(known.start.day, known.end.day + 1))  # type: ignore[union-attr]
        holds = inner if inner < frozenset(range(start, end + 1)) else frozenset()  # type: ignore[operator, arg-type]
    for first, last in itertools.combinations_with_replacement(DAYS, 2):
        stretch = frozenset(range(first, last + 1))
        if window.fit == "within":
            if (start is None or first >= start) and (end is None or last <= end) and holds <= stretch:
                yield stretch
        elif first in (start, first if start is None else None) and last in (end, last if end is None else None):
            yield stretch


def together(a: frozenset[str], b: frozenset[str]) -> Iterator[tuple[Cells, Cells]]:
    """The cells of the parties of two figures, all of each together; none is anybody. Who is named in both is one."""
    for rebels in subsets(ANYWHERE["rebels"]):
        cells = CELLS | {"rebels": rebels}
        yield tuple(frozenset().union(*(cells[id_] for id_ in ids)) if ids else EVERYBODY for ids in (a, b))  # type: ignore[misc]


class Lie(NamedTuple):
    """How two sets of cells lie: whether there are cells in only one of them, and in both."""

    only_a: bool
    only_b: bool
    shared: bool


@cache
def lies(a: Scope, b: Scope) -> frozenset[Lie]:
    """All ways in which the cells of two scopes may lie, whatever the unstated is, where `a` is held to say `b`."""

    def cells(x: str | None, y: str | None, *ids: str) -> Iterator[tuple[Cells, Cells]]:
        whole = CELLS[ids[0]] | {"beyond"}
        # What is the same id has the same cells; what is unstated twice need not be the same.
        if x is not None and x == y:
            return ((one, one) for one in possible(x, whole))
        return itertools.product(possible(x, whole), possible(y, whole))

    dimensions: list[Iterator[tuple[frozenset[Any], frozenset[Any]]]] = [
        cells(a.event, b.event, "raid"),
        cells(a.measure, b.measure, "casualties"),
        cells(a.population, b.population, "people"),
        cells(a.place, b.place, "country"),
        itertools.product(stretches(a.window, b.window), stretches(b.window)),
        together(a.parties, b.parties),
    ]
    found = {Lie(False, False, True)}
    for dimension in dimensions:
        here = {Lie(bool(x - y), bool(y - x), bool(x & y)) for x, y in dimension}
        found = {Lie(p.only_a or q.only_a, p.only_b or q.only_b, p.shared and q.shared) for p in found for q in here}
    # Without a cell in common each has some of its own.
    return frozenset(Lie(lie.only_a or not lie.shared, lie.only_b or not lie.shared, lie.shared) for lie in found)


def allowed(given: Given, *, by_others: bool) -> frozenset[int]:
    """The counts up to MOST that a figure leaves. A tally that was still running leaves all above it, to others."""
    figure = given.figure
    low, high = figure.lower, figure.upper
    tally = figure.bound in ("bare", "about", "nearly") and high != 0
    end = given.scope.window.end
    still = tally and (given.as_of is None or end is None or given.as_of <= end)
    if figure.bound == "nearly":
        assert high is not None
        low, high = high - 1, high - 1
    elif figure.bound == "several":
        low, high = 3, None
    elif figure.bound == "more than":
        assert low is not None
        low += 1
    elif figure.bound == "fewer than":
        assert high is not None
        high -= 1
    if figure.increment or (still and by_others):
        high = None
    return frozenset(n for n in range(MOST + 1) if (low is None or n >= low) and (high is None or n <= high))


@cache
def no_world_against(a: frozenset[int], b: frozenset[int], lie: Lie) -> bool:
    """Whether no world has a count in `a` for the first scope without one in `b` for the second."""
    counts = range(MOST + 1)
    for shared in counts if lie.shared else [0]:
        for only_a in counts if lie.only_a else [0]:
            if min(shared + only_a, MOST) in a:
                for only_b in counts if lie.only_b else [0]:
                    if min(shared + only_b, MOST) not in b:
                        return False
    return True


def entails(a: Given, b: Given) -> bool:
    """Whether `a` as others read it leaves no world without `b`, at its face value."""
    if a.certainty == "possible" or b.figure.increment:
        return False
    first, second = allowed(a, by_others=True), allowed(b, by_others=False)
    # A number without a word may be an incomplete tally of the whole: it says no more than its floor of a part.
    incomplete = a.figure.bound == "bare" and a.figure.upper != 0
    open_above = frozenset(range(min(first), MOST + 1)) if incomplete else first
    return all(no_world_against(open_above if lie.only_a else first, second, lie) for lie in lies(a.scope, b.scope))


FIGURES = st.one_of(
    st.builds(lambda n, bound: Figure(n, n, bound), st.integers(0, 5), st.sampled_from(["exactly", "bare"])),
    st.builds(lambda n, bound: Figure(n, None, bound), st.integers(1, 5), st.sampled_from(["at least", "more than"])),
    st.builds(lambda n, bound: Figure(None, n, bound), st.integers(1, 5), st.sampled_from(["at most", "fewer than"])),
    st.builds(lambda n, more: Figure(n, n + more, "between"), st.integers(0, 4), st.integers(0, 2)),
    st.builds(lambda n: Figure(None, n, "nearly"), st.integers(1, 5)),
    st.just(Figure(None, None, "several")),
    st.builds(lambda n: Figure(n, n, "bare", increment=True), st.integers(1, 5)),
)
#: What may be said of each dimension; most figures differ in few of them.
VALUES: dict[str, list[Any]] = {
    "event": ["night", None],
    "measure": ["casualties", None],
    "of": ["civilians", "soldiers", None],
    "where": ["village", "country", "area", None],
    "days": [(1, 5), (3, 5), (6, 8), (1, None), (None, 7), (None, None)],
    "fit": ["within"],
    "parties": [("army",), ("brigade",), ("rebels",), ("army", "rebels")],
    "as_of": [None, 4],
    "certainty": ["possible", "alleged"],
}


@st.composite
def givens(draw: st.DrawFn) -> Given:
    figure = draw(FIGURES)
    about = {
        name: draw(st.sampled_from(VALUES[name])) for name in draw(st.lists(st.sampled_from([*VALUES]), max_size=2))
    }
    about["by"] = draw(st.sampled_from(["first", "second"]))
    return said(figure.bound, figure.lower, figure.upper, increment=figure.increment, **about)


@given(st.lists(givens(), min_size=2, max_size=5))
@settings(max_examples=200)
def test_supporters_are_those_without_which_no_world_is_left(figures: list[Given]) -> None:
    found = supporters(figures, ORDERS)
    wanted: dict[str, set[str]] = {one.claim: {one.claim} for one in figures}
    for one, other in itertools.permutations(figures, 2):
        if entails(one, other):
            wanted[other.claim].add(one.claim)
    assert found == wanted


@pytest.mark.parametrize(
    ("claim", "other", "stands"),
    [
        (least(3), said("more than", 2, by="second"), True),  # two words for one floor
        (least(3), said("more than", 3), True),
        (said("more than", 3), least(3), False),
        (least(3), least(4, of="civilians", where="village", days=(3, 5), parties=["army"]), True),
        (least(3, of="civilians"), least(4), False),
        (said("exactly", 3, 3), said("between", 3, 4), False),
        (said("between", 3, 4), said("exactly", 3, 3), True),
        (said("between", 3, 4), said("exactly", 3, 3, where="village"), False),  # nobody knows of the rest
        (said("at most", None, 4, where="village"), said("exactly", 3, 3), True),
        (said("at most", None, 4), said("exactly", 3, 3, where="village"), False),
        (said("exactly", 0, 0, where="village"), said("exactly", 0, 0), True),
        (said("at most", None, 4, where="village"), bare(3), False),
        (said("at most", None, 4, where="village"), bare(0), True),
        # A tally that runs on is a floor to others; the claim itself is taken at its word.
        (said("at most", None, 4), bare(3, as_of=9), True),
        (said("at most", None, 4), bare(3, as_of=7), False),
        (least(3), bare(3, as_of=7), True),
        (bare(3, as_of=7), least(3), False),
        (bare(3, as_of=7), said("exactly", 3, 3), True),
        (said("exactly", 3, 3), bare(3, as_of=7), False),
        # What is only possible entails nothing, and is itself entailed.
        (least(3), least(5, certainty="possible"), False),
        (least(3, certainty="possible"), least(5), True),
        (least(3), least(5, certainty="alleged"), True),
        # "5 more" is a floor for its days; no total says how many were new.
        (least(3), bare(5, increment=True), True),
        (said("at most", None, 5), bare(5, increment=True), False),
        (bare(5, increment=True), bare(6, increment=True), False),
        (bare(5, increment=True), said("exactly", 5, 5), False),
        # What is unstated, or rests on an assumption.
        (least(3, where=None), least(5), False),
        (least(3), least(5, where=None), False),
        (least(3, where=None), least(5, where=None), False),
        (least(3), least(5, of=None), False),
        (least(3), least(5, days=(None, 7)), False),
        (least(3, days=(1, None)), least(5, days=(3, None)), False),
        (least(3, where="area"), least(5, where="village"), False),
        (least(3, where="area"), least(5, where="area"), True),
        (least(3, where="country"), least(5, where="area"), True),
        (least(3, days=(3, 7), fit="within"), least(5, days=(3, 7), fit="within"), False),
        (least(3), least(5, days=(3, 7), fit="within"), True),
        # Of the stretch of days that is meant nobody else is known to speak, only of all the days it lies in.
        (least(3, days=(3, 7), fit="within"), least(5, days=(3, 5)), False),
        (least(3, days=(3, 7), fit="within"), least(5, days=(1, 7)), False),
        (said("at most", None, 4, days=(3, 7), fit="within"), said("at most", None, 4), True),
        (said("at most", None, 4, days=(3, 7), fit="within"), said("at most", None, 4, days=(3, 7)), True),
        (said("at most", None, 4, days=(3, 7), fit="within"), said("at most", None, 4, days=(3, 5)), False),
        (said("at most", None, 4, days=(3, 5)), said("at most", None, 4, days=(3, 7), fit="within"), True),
        (least(3), least(5, where="nowhere that is known"), False),
    ],
)
def test_whether_one_claim_stands_behind_another(claim: Given, other: Given, stands: bool) -> None:
    assert bool(behind(claim, other)) == stands == entails(other, claim)


def test_a_claim_supports_as_soon_as_one_of_those_who_give_it_does() -> None:
    """Over the days it is a tally, afterwards a count; one may call possible what another states."""
    wider = said("at most", None, 4)
    assert behind(wider, bare(3, as_of=4), bare(3, as_of=9, by="second")) == {bare(3).claim}
    flat, maybe = least(5), least(5, certainty="possible", by="second")
    assert behind(least(3), maybe, flat) == behind(least(3), flat, maybe) == {flat.claim}


def test_nothing_supports_nothing() -> None:
    assert supporters([], ORDERS) == {}


@given(st.lists(givens(), min_size=1, max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_figures_changes_nothing_and_what_is_entailed_is_entailed_by_what_entails_it(
    figures: list[Given], chance: random.Random
) -> None:
    found = supporters(figures, ORDERS)
    turned = [*figures, *figures]
    chance.shuffle(turned)
    assert supporters(turned, ORDERS) == found
    # Where nobody speaks of a tally or a possibility, what supports a supporter supports the claim.
    flat = [replace(one, as_of=march(9), certainty=None) for one in figures]
    found = supporters(flat, ORDERS)
    for claim, others in found.items():
        assert frozenset().union(*(found[other] for other in others)) == others, claim


# ---- beside the verdict on a pair ----------------------------------------------------------------------------------
#
# The verdict on a pair is more generous in what it calls entailed. It reads the second figure as others do as well: of
# a running tally only the floor must follow, of what is only possible nothing, of "5 more" at least five. It takes what
# one origin said at face value, and stated days for part of a stretch that lies somewhere around them. And where
# something is unstated, its logical form is that of the completion whose label it tells, not of all of them. Where none
# of this is so, the two agree.


def said_by_the_pair(a: Given, b: Given) -> bool:
    found = relate(a, b, ORDERS)
    rests = [d.assumed for d in found.dimensions.values() if d.assumed and not d.is_open]
    return found.form in (Form.ENTAILS, Form.EQUIVALENT) and not rests


@given(givens(), givens())
@settings(max_examples=200)
def test_supporters_agree_with_the_verdict_on_a_pair(a: Given, b: Given) -> None:
    b = replace(b, origin=f"not {a.origin}")
    assume(a.claim != b.claim)
    supports = a.claim in supporters([a, b], ORDERS)[b.claim]
    if supports:
        assert said_by_the_pair(a, b), "never less generous"
    open_ = any(found.is_open for found in compare(a.scope, b.scope, ORDERS).values())
    within = b.scope.window.fit == "within"
    if not (b.running or b.certainty == "possible" or b.figure.increment or within or open_):
        assert supports == said_by_the_pair(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (least(3), bare(3, as_of=7, by="second")),
        (least(3), least(5, certainty="possible", by="second")),
        (least(5), bare(5, increment=True, by="second")),
        (bare(3, as_of=7), said("exactly", 3, 3)),
        (least(5, days=(3, 5)), least(3, days=(3, 7), fit="within", by="second")),
        (least(5, parties=["army"]), least(3, days=(None, 7), by="second")),
    ],
)
def test_where_the_verdict_on_a_pair_is_more_generous(a: Given, b: Given) -> None:
    assert said_by_the_pair(a, b)
    assert behind(b, a) == set()
    assert not entails(a, b)


# ---- the profile of an event ---------------------------------------------------------------------------------------

PLACE_ABOVE = {
    "village": ["region", "country"],
    "towns": ["region", "country"],
    "region": ["country"],
    "area": ["country"],
}
SOFT = ("about", "nearly", "several", "dozens", "hundreds", "thousands")


class Row(NamedTuple):
    """A claim of a profile: its lowest count, whether what it says of it is unsure, and what must be assumed."""

    claim: str
    lowest: int
    soft: bool
    assumed: frozenset[str]


def lowest_of(figure: Figure) -> int:
    if figure.bound == "several":
        return 3
    if figure.bound == "nearly":
        assert figure.upper is not None
        return figure.upper - 1
    return (figure.lower or 0) + (figure.bound == "more than")


def placed(place: str | None, whole: str | None) -> str | bool:
    """Whether a place lies in another: True, False, or the assumption that it does."""
    if place is None or whole is None:
        return "the place is unstated"
    if place == whole or whole in PLACE_ABOVE.get(place, ()):
        return True
    if whole == "area" and place not in PLACE_ABOVE["area"]:
        return "the place lies inside the area of the event, which has no boundary"
    return False


def dated(window: Window, start: dt.date | None, latest: dt.date | None) -> str | bool:
    """Whether days lie between the start of the event and the last day spoken of."""
    known_early = window.start and start and window.start < start
    known_late = window.end and latest and window.end > latest
    apart = (window.end and start and window.end < start) or (window.start and latest and window.start > latest)
    if known_early or known_late or apart:
        return False
    return True if None not in (window.start, window.end, start, latest) else "the days are not fully stated"


def naive_profile(figures: Sequence[Given], event: Happening, measure: str) -> Iterator[tuple[Any, ...]]:
    """Floors by the words of the design, the highest first: number, claims of just this floor, grade, assumptions."""
    inside = {"raid": ("raid", "night"), "night": ("night",)}[event.id]
    counted = {"casualties": ("casualties", "killed"), "killed": ("killed",)}[measure]
    latest = max((one.as_of for one in figures if one.scope.event in inside and one.as_of), default=None)
    rows = []
    for one in figures:
        scope = one.scope
        wanted = [
            scope.event in inside or (scope.event is None and "the event is unstated"),
            scope.measure in counted or (scope.measure is None and "the measure is unstated"),
            scope.population in (None, "people", "civilians", "soldiers"),
            placed(scope.place, event.place),
            dated(scope.window, event.start, latest),
        ]
        if all(wanted) and one.certainty != "possible" and lowest_of(one.figure) > 0:
            soft = one.figure.bound in SOFT or one.certainty in ("likely", "alleged", "coded")
            assumed = frozenset(word for word in wanted if isinstance(word, str))
            rows.append(Row(one.claim, lowest_of(one.figure), soft, assumed))
    for floor in sorted({row.lowest for row in rows}, reverse=True):
        so_far = [row for row in rows if row.lowest >= floor]
        assumed = frozenset[str]().union(*(row.assumed for row in so_far))
        grade = "conditional" if assumed else "hedged" if any(row.soft for row in so_far) else "firm"
        yield floor, tuple(sorted({r.claim for r in rows if r.lowest == floor})), grade, tuple(sorted(assumed))


def told(floors: Sequence[Floor]) -> list[tuple[Any, ...]]:
    return [(floor.floor, floor.claims, floor.grade, floor.assumptions) for floor in floors]


def mostly(usual: object, *rare: object) -> st.SearchStrategy[Any]:
    return st.sampled_from([usual] * 6 + list(rare))


HAPPENINGS = st.builds(
    Happening,
    st.sampled_from(["raid", "night"]),
    mostly("country", "region", "area", None),
    st.sampled_from([march(1), march(3), None]),
)


@st.composite
def reported(draw: st.DrawFn) -> Given:
    """Mostly what counts for a profile; animals are no people."""
    one = draw(givens())
    population = draw(mostly(one.scope.population, "animals"))
    return replace(one, scope=replace(one.scope, population=population), claim=f"{one.claim} {population}")


@given(st.lists(reported(), max_size=7), HAPPENINGS)
@settings(max_examples=150)
def test_the_floors_of_an_event_are_those_of_the_words_of_the_design(figures: list[Given], event: Happening) -> None:
    found = profiles(figures, ORDERS, [event], "people")
    by_measure = {floors[0].measure: floors for floors in found}
    assert len(by_measure) == len(found)
    inside = {"raid": ("raid", "night"), "night": ("night",)}[event.id]
    own = [one for one in figures if one.scope.event in inside]
    measures = {one.scope.measure for one in own} - {None}
    assert by_measure.keys() <= measures
    for measure in measures:
        assert measure is not None
        assert told(by_measure.get(measure, ())) == list(naive_profile(figures, event, measure))
    latest = max((one.as_of for one in own if one.as_of), default=None)
    assert {(f.event, f.place, f.window) for floors in found for f in floors} <= {
        (event.id, event.place, Window(event.start, latest))
    }


@given(st.lists(reported(), max_size=7), HAPPENINGS)
@settings(max_examples=60)
def test_down_a_profile_claims_are_added_and_the_grade_never_gets_better(
    figures: list[Given], event: Happening
) -> None:
    grades = ["firm", "hedged", "conditional"]
    for floors in profiles(figures, ORDERS, [event], "people"):
        numbers = [floor.floor for floor in floors]
        assert numbers == sorted(set(numbers), reverse=True)
        for higher, lower in itertools.pairwise(floors):
            assert grades.index(higher.grade) <= grades.index(lower.grade)
            assert set(higher.assumptions) <= set(lower.assumptions)
            assert not set(higher.claims) & set(lower.claims), "a claim stands where its own floor is"


@given(st.lists(reported(), max_size=6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_floors_do_not_depend_on_the_order_of_figures(figures: list[Given], chance: random.Random) -> None:
    events = [Happening("raid", "country", march(1)), Happening("night", "village", march(1))]
    turned = list(figures)
    chance.shuffle(turned)
    assert profiles(turned, ORDERS, events, "people") == profiles(figures, ORDERS, events, "people")


RAID = Happening("raid", "country", march(1))


def floors(*figures: Given, event: Happening = RAID, measure: str = "killed") -> dict[int, Floor]:
    found = [one for one in profiles(figures, ORDERS, [event], "people") if one[0].measure == measure]
    return {floor.floor: floor for own in found for floor in own}


def test_every_claim_stands_at_its_own_lowest_count() -> None:
    found = floors(
        said("more than", 4), bare(5), said("between", 5, 7), said("exactly", 2, 2), least(5, of="civilians"),
        said("at most", None, 9), bare(0),
    )  # fmt: skip
    assert {floor: len(one.claims) for floor, one in found.items()} == {5: 4, 2: 1}
    assert {one.grade for one in found.values()} == {"firm"}, "a number without a word is a sure floor"


@pytest.mark.parametrize(
    ("other", "grade"),
    [
        (least(3), "firm"),
        (bare(3), "firm"),
        (least(3, of=None), "firm"),  # everyone
        (least(3, of="civilians"), "firm"),
        (least(3, parties=["army"]), "firm"),
        (least(3, event="night"), "firm"),
        (bare(3, increment=True), "firm"),
        (least(3, days=(3, 7), fit="within"), "firm"),
        (said("nearly", None, 4), "hedged"),
        (said("several"), "hedged"),
        *((least(3, certainty=word), "hedged") for word in ("likely", "alleged", "coded")),
        (least(3, days=(None, None)), "conditional"),
        (least(3, days=(3, None)), "conditional"),
        (least(3, where=None), "conditional"),
        (least(3, event=None), "conditional"),
        (least(3, measure=None), "conditional"),
        (least(3, where=None, certainty="likely"), "conditional"),
        (least(3, certainty="possible"), None),
        (least(3, of="animals"), None),
        (least(3, where="another country"), None),
        (least(3, measure="casualties"), None),
        (least(3, event="another raid"), None),
        (said("at most", None, 3), None),
    ],
)
def test_what_counts_and_how_sure_it_is(other: Given, grade: str | None) -> None:
    found = floors(least(5), other)
    assert found[5].grade == "firm"
    assert (found[3].grade if 3 in found else None) == grade


def test_days_run_from_the_start_of_the_event_to_the_last_day_spoken_of() -> None:
    late = least(4, days=(1, 9), as_of=8)
    assert floors(late).keys() == set(), "of the ninth nobody could speak on the eighth"
    assert floors(late, least(2, as_of=9)).keys() == {4, 2}
    assert floors(late, least(2, event="another raid", as_of=9)).keys() == set()
    assert floors(late, least(2, event=None, as_of=9)).keys() == {2}, "of this event that says no day"
    assert floors(late, least(2, certainty="possible", as_of=9)).keys() == {4}
    assert floors(least(4), event=replace(RAID, start=march(2))).keys() == set()
    (floor,) = floors(least(4), event=replace(RAID, start=None)).values()
    assert (floor.grade, floor.window) == ("conditional", Window(None, march(9)))
    (floor,) = floors(least(4, as_of=None)).values()
    assert (floor.grade, floor.window) == ("conditional", Window(march(1), None))


def test_an_area_without_a_boundary_holds_places_by_assumption_only() -> None:
    event = replace(RAID, place="area")
    found = floors(least(5, where="area"), least(4, where="village"), least(3, where="country"), event=event)
    assert {floor: one.grade for floor, one in found.items()} == {5: "firm", 4: "conditional"}
    assert found[4].assumptions == ("the place lies inside the area of the event, which has no boundary",)
    (floor,) = floors(least(5), event=replace(RAID, place=None)).values()
    assert (floor.grade, floor.place) == ("conditional", None)


def test_a_claim_counts_once_someone_states_it_and_is_as_unsure_as_the_least_sure_of_them() -> None:
    found = floors(least(3, certainty="possible"), least(3, by="second"), least(2, certainty="alleged"), least(2))
    assert [(floor, one.claims, one.grade) for floor, one in found.items()] == [
        (3, (least(3).claim,), "firm"),
        (2, (least(2).claim,), "hedged"),
    ]


def test_each_measure_and_each_event_has_floors_of_its_own() -> None:
    figures = [least(5), least(4, measure="casualties"), least(3, event="night"), least(2, measure=None)]
    events = [RAID, Happening("night", "country", march(1)), Happening("another raid", "country", march(1))]
    found = profiles(figures, ORDERS, events, "people")
    assert [(own[0].event, own[0].measure, [floor.floor for floor in own]) for own in found] == [
        ("raid", "casualties", [5, 4, 3, 2]),
        ("raid", "killed", [5, 3, 2]),
        ("night", "killed", [3]),
    ]


def test_where_nobody_says_who_everyone_is_every_population_counts() -> None:
    (own,) = profiles([least(3, of="animals"), least(2)], ORDERS, [RAID], None)
    assert [(floor.floor, floor.grade) for floor in own] == [(3, "firm"), (2, "firm")]


def test_a_profile_counts_by_all_who_entail_its_floor() -> None:
    """Its claims are the supporters of "at least n" for the whole scope, where nothing is assumed."""
    figures = [least(5), bare(4, where="village"), least(3, of="civilians", event="night"), least(2, where=None)]
    (own,) = profiles(figures, ORDERS, [RAID], "people")
    so_far: set[str] = set()
    for floor in own:
        so_far |= set(floor.claims)
        whole = least(floor.floor, where="country", days=(1, 9))
        if floor.grade != "conditional":
            assert behind(whole, *figures) - so_far == set()
            assert so_far - {whole.claim} == behind(whole, *figures)
    assert [floor.grade for floor in own] == ["firm", "firm", "firm", "conditional"]
