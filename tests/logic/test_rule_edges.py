"""Each rule of the decision table at the last count for which it holds and at the first for which it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.figures import Given, side
from kg.logic.pairs import Orders, Verdict, compare, day_between, relate
from kg.logic.scope import Order, Possible, Rel, certain
from kg.logic.table import Day, Form, Label, decide
from kg.model import Figure
from tests.logic.test_relations import INVERSE, ONE_NUMBER, ORDERS, bare, exactly, givens, said

INVERSE_FORM = {Form.ENTAILS: Form.ENTAILED_BY, Form.ENTAILED_BY: Form.ENTAILS}


def at_least(number: int, **about: object) -> Given:
    return said("at least", number, **about)  # type: ignore[arg-type]


def at_most(number: int, **about: object) -> Given:
    return said("at most", None, number, **about)  # type: ignore[arg-type]


def more_than(number: int, **about: object) -> Given:
    return said("more than", number, **about)  # type: ignore[arg-type]


def fewer_than(number: int, **about: object) -> Given:
    return said("fewer than", None, number, **about)  # type: ignore[arg-type]


def about(number: int, **more: object) -> Given:
    return said("about", number, number, **more)  # type: ignore[arg-type]


def between(low: int, high: int, **more: object) -> Given:
    return said("between", low, high, **more)  # type: ignore[arg-type]


def village(given: Given) -> Given:
    return replace(given, scope=replace(given.scope, place="village"))


def other(given: Given) -> Given:
    return replace(given, origin="second")


def possibly(given: Given) -> Given:
    return replace(given, certainty="possible")


def running(given: Given) -> Given:
    """Given on the fifth of seven days."""
    return replace(given, as_of=given.scope.window.start and given.scope.window.start.replace(day=5))


#: Between two origins, after the days were over: a, b, rule, label and form. Every row is also read backwards.
BETWEEN_ORIGINS = [
    # R6: a gap within the rounding. "About 4,000" allows 3,500 to 4,499 and may be off by 500.
    (about(4_000), exactly(4_999), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (about(4_000), exactly(5_000), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (about(4_000), exactly(3_000), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (about(4_000), exactly(2_999), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (about(4_000), exactly(4_499), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (about(4_000), exactly(3_500), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (about(4_000), exactly(4_500), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (about(4_000), bare(4_990), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (bare(10), exactly(15), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (bare(10), exactly(16), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (bare(11), exactly(12), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (exactly(10), exactly(15), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (said("nearly", None, 1_500), exactly(1_549), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (said("nearly", None, 1_500), exactly(1_550), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (village(about(100)), at_most(49), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (village(about(100)), exactly(0), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (village(about(200)), exactly(99), 8, Label.CONTRADICTS, Form.INCOMPATIBLE),
    # R6: a bare figure may be incomplete, so that a part may exceed it; two of the same scope are compared.
    (village(at_least(13)), bare(11), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (village(bare(13)), exactly(11), 6, Label.RIVALS, Form.INCOMPATIBLE),
    (village(at_least(13)), exactly(11), 8, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (village(bare(11)), bare(11), 14, Label.BOUNDS, Form.COMPATIBLE),
    # R7: intervals that just touch, and that just do not.
    (at_most(10), at_least(10), 12, Label.OVERLAPS, Form.COMPATIBLE),
    (at_most(9), at_least(10), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (fewer_than(11), more_than(9), 12, Label.OVERLAPS, Form.COMPATIBLE),
    (fewer_than(11), more_than(10), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (between(5, 10), between(10, 15), 12, Label.OVERLAPS, Form.COMPATIBLE),
    (between(5, 9), between(10, 15), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    # R8: the floor of a part and the ceiling of its whole.
    (village(at_least(10)), exactly(10), 14, Label.BOUNDS, Form.COMPATIBLE),
    (village(at_least(11)), exactly(10), 8, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (village(at_least(10)), at_most(10), 14, Label.BOUNDS, Form.COMPATIBLE),
    (village(at_least(11)), at_most(10), 8, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (village(at_most(10)), at_least(11), 14, Label.BOUNDS, Form.COMPATIBLE),
    # R10: "more than 1,000" conveys 1,001 to 2,001; nothing that it allows is ruled out.
    (more_than(1_000), exactly(2_001), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (more_than(1_000), exactly(2_002), 10, Label.RIVALS, Form.ENTAILED_BY),
    (more_than(1_000), at_least(2_001), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (more_than(1_000), at_least(2_002), 10, Label.RIVALS, Form.ENTAILED_BY),
    # "At most 1,016" conveys 762 to 1,016.
    (at_most(1_016), exactly(762), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (at_most(1_016), exactly(761), 10, Label.RIVALS, Form.ENTAILED_BY),
    (more_than(1_000), village(at_least(2_001)), 13, Label.SUPPORTED_BY, Form.ENTAILED_BY),
    (more_than(1_000), village(at_least(2_002)), 10, Label.RIVALS, Form.ENTAILED_BY),
    (village(more_than(1_000)), at_least(2_002), 14, Label.BOUNDS, Form.COMPATIBLE),
    (said("hundreds"), exactly(999), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (said("hundreds"), exactly(1_000), 10, Label.RIVALS, Form.ENTAILED_BY),
    # R11 and R12.
    (exactly(12), bare(12), 11, Label.AGREES, Form.EQUIVALENT),
    (more_than(12), at_least(13), 11, Label.AGREES, Form.EQUIVALENT),
    (exactly(10), between(9, 11), 12, Label.REFINES, Form.ENTAILS),
    (between(9, 10), between(9, 11), 12, Label.REFINES, Form.ENTAILS),
    (between(10, 11), between(9, 11), 12, Label.REFINES, Form.ENTAILS),
    (between(9, 11), between(10, 12), 12, Label.OVERLAPS, Form.COMPATIBLE),
    (between(9, 11), at_least(9), 12, Label.REFINES, Form.ENTAILS),
    (between(9, 11), at_least(10), 12, Label.OVERLAPS, Form.COMPATIBLE),
    # R13: a part's floor implies that of a whole without a ceiling; a whole's ceiling that of a part without a floor.
    (village(at_least(10)), at_least(10), 13, Label.SUPPORTS, Form.ENTAILS),
    (village(at_least(9)), at_least(10), 14, Label.BOUNDS, Form.COMPATIBLE),
    (village(exactly(12)), at_least(10), 13, Label.SUPPORTS, Form.ENTAILS),
    (village(at_least(10)), between(10, 20), 14, Label.BOUNDS, Form.COMPATIBLE),
    (at_most(10), village(at_most(10)), 13, Label.SUPPORTS, Form.ENTAILS),
    (at_most(11), village(at_most(10)), 14, Label.BOUNDS, Form.COMPATIBLE),
    (between(5, 10), village(at_most(10)), 13, Label.SUPPORTS, Form.ENTAILS),
    (at_most(10), village(between(1, 10)), 14, Label.BOUNDS, Form.COMPATIBLE),
    (exactly(0), village(exactly(0)), 13, Label.SUPPORTS, Form.ENTAILS),
    # A running tally is a floor to others, and conveys what it prints.
    (running(bare(12)), exactly(12), 12, Label.REFINED_BY, Form.ENTAILED_BY),
    (running(bare(12)), exactly(13), 10, Label.RIVALS, Form.ENTAILED_BY),
    (running(bare(12)), exactly(11), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    (running(bare(12)), running(bare(12)), 11, Label.AGREES, Form.EQUIVALENT),
    (running(bare(12)), running(bare(13)), 10, Label.RIVALS, Form.ENTAILED_BY),
    (running(bare(12)), village(exactly(13)), 10, Label.RIVALS, Form.ENTAILED_BY),
    (running(bare(12)), village(exactly(12)), 13, Label.SUPPORTED_BY, Form.ENTAILED_BY),
    (running(exactly(12)), exactly(13), 7, Label.CONTRADICTS, Form.INCOMPATIBLE),
    # What is only possible excludes nothing, and agrees with nothing.
    (possibly(exactly(12)), exactly(13), 10, Label.RIVALS, Form.ENTAILED_BY),
    (possibly(exactly(12)), village(exactly(13)), 10, Label.RIVALS, Form.ENTAILED_BY),
    (possibly(at_least(10)), village(at_least(10)), 14, Label.BOUNDS, Form.ENTAILED_BY),
    (possibly(village(at_least(10))), at_least(10), 14, Label.BOUNDS, Form.ENTAILED_BY),
    (possibly(exactly(12)), possibly(exactly(13)), 10, Label.RIVALS, Form.EQUIVALENT),
]


@pytest.mark.parametrize(("a", "b", "rule", "label", "form"), BETWEEN_ORIGINS)
def test_between_origins(a: Given, b: Given, rule: int, label: Label, form: Form) -> None:
    found = relate(a, other(b), ORDERS)
    assert (found.rule, found.label, found.form) == (rule, label, form)
    back = relate(other(b), a, ORDERS)
    assert (back.rule, back.label, back.form) == (rule, INVERSE.get(label, label), INVERSE_FORM.get(form, form))
    if label not in INVERSE:
        assert back == found.inverse


@pytest.mark.parametrize("may_be", [exactly(340), at_least(340), about(300)])
def test_what_is_only_possible_excludes_nothing(may_be: Given) -> None:
    """It may be a rival; else what is stated is the surer of the two, and two possibilities only overlap."""
    for figure in (exactly(340), at_least(340), at_most(340), between(300, 400), exactly(9), at_least(9_000)):
        for both in (False, True):
            a, b = possibly(may_be), other(possibly(figure) if both else figure)
            forth, back = relate(a, b, ORDERS), relate(b, a, ORDERS)
            for found in (forth, back):
                assert found.form is not Form.INCOMPATIBLE
                if found.rule != 10:
                    surer = Label.REFINED_BY if found is forth else Label.REFINES
                    assert (found.rule, found.label) == (12, Label.OVERLAPS if both else surer)


# ---- one origin ------------------------------------------------------------------------------------------------------


def later(given: Given, day: int = 21) -> Given:
    assert given.as_of
    return replace(given, as_of=given.as_of.replace(day=day))


def day_unknown(given: Given) -> Given:
    return replace(given, as_of=None)


SAME_DAY = "both were given on the same day"

#: One origin: a, b, rule, label, and whether it rests on both having been given on one day.
WITHIN_AN_ORIGIN = [
    # R4: the same day, or one day unknown.
    (at_least(10), at_least(11), 4, Label.RELAYS_DIFFER, False),
    (exactly(10), at_least(11), 4, Label.RELAYS_DIFFER, False),
    (bare(10), at_least(10), 4, Label.SAME_FIGURE, False),
    (bare(10), bare(10), 11, Label.AGREES, False),
    (at_most(10), more_than(10), 4, Label.RELAYS_DIFFER, False),
    (at_most(10), later(more_than(10)), 5, Label.REVISES, False),
    (bare(10), later(at_least(10)), 9, Label.UPDATES, False),
    (exactly(10), bare(10), 4, Label.SAME_FIGURE, False),
    (village(at_least(11)), exactly(10), 4, Label.RELAYS_DIFFER, False),
    (village(at_least(11)), bare(10), 4, Label.RELAYS_DIFFER, False),
    (village(at_least(10)), exactly(10), 14, Label.BOUNDS, False),
    (village(at_least(10)), at_least(9), 13, Label.SUPPORTS, False),
    (bare(10), day_unknown(bare(11)), 4, Label.RELAYS_DIFFER, True),
    (day_unknown(bare(10)), day_unknown(bare(11)), 4, Label.RELAYS_DIFFER, True),
    (bare(10), day_unknown(at_least(10)), 4, Label.SAME_FIGURE, True),
    (bare(10), day_unknown(bare(10)), 11, Label.AGREES, False),
    # R5 and R9: another day, the same scope but for its days and for a party left out.
    (bare(10), later(bare(11)), 5, Label.REVISES, False),
    (exactly(10), later(at_least(11)), 5, Label.REVISES, False),
    (bare(10), later(bare(10)), 9, Label.UPDATES, False),
    (at_least(10), later(at_least(11)), 9, Label.UPDATES, False),
    (more_than(1_000), later(exactly(9_000)), 9, Label.UPDATES, False),
    (exactly(12), later(exactly(10, days=(1, 8))), 5, Label.REVISES, False),
    (exactly(10), later(exactly(12, days=(1, 8))), 9, Label.UPDATES, False),
    (exactly(12, party="army"), later(exactly(10)), 5, Label.REVISES, False),
    (exactly(12, party="army"), later(exactly(10, party="army")), 5, Label.REVISES, False),
    (exactly(10, party="army"), later(exactly(12)), 9, Label.UPDATES, False),
    (exactly(10), later(exactly(12, days=(1, 8), party="army")), 9, Label.UPDATES, False),
    (exactly(10), exactly(12, days=(1, 8), party="army"), 3, Label.SCOPE_OVERLAPS, False),
    # An own tally is taken at face value while it runs.
    (running(bare(12)), later(bare(10), 6), 5, Label.REVISES, False),
    (running(bare(10)), later(bare(12), 6), 5, Label.REVISES, False),
    # Otherwise an origin's figures stand side by side; it is never made to contradict itself.
    (village(exactly(11)), later(exactly(10)), 6, Label.RIVALS, False),
    (exactly(11, of="civilians"), later(exactly(10)), 6, Label.RIVALS, False),
    (exactly(11), later(exactly(10, measure="casualties")), 6, Label.RIVALS, False),
    (village(exactly(10)), later(exactly(10)), 14, Label.BOUNDS, False),
]


def more(given: Given) -> Given:
    """So many more than before."""
    return replace(given, figure=replace(given.figure, increment=True))


#: R4 again: one number of one origin and day, told of other people, another place, other days, or other culprits.
RETOLD = [
    (bare(1_426), bare(1_426, of="civilians"), True),
    (bare(1_426), bare(1_426, where="village"), True),
    (bare(1_426), bare(1_426, days=(1, 9)), True),
    (bare(1_426), bare(1_426, party="army"), True),
    (exactly(1_426, of="civilians"), at_least(1_426), True),
    (at_least(1_426, of="civilians"), at_least(1_426), True),
    (between(1_400, 1_426), between(1_400, 1_426, of="civilians"), True),
    # Crossing scopes: narrower in one, wider in another; windows that overlap.
    (bare(1_426, of="civilians"), village(bare(1_426)), True),
    (bare(1_426), bare(1_426, days=(5, 9)), True),
    (bare(1_426, of="civilians", where=None), bare(1_426), True),
    # Three digits or more before the zeros; a range is known by either of its numbers.
    (bare(101), bare(101, of="civilians"), True),
    (bare(99), bare(99, of="civilians"), False),
    (bare(14_300), bare(14_300, of="civilians"), True),
    (bare(1_400), bare(1_400, of="civilians"), False),
    (bare(100), bare(100, of="civilians"), False),
    (between(1_300, 1_400), between(1_300, 1_400, of="civilians"), False),
    (said("dozens"), said("dozens", of="civilians"), False),
    # Another number is another count; what is only possible was not said; an increment is no form of a total.
    (bare(1_426), bare(1_425, of="civilians"), False),
    (between(1_400, 1_426), bare(1_426, of="civilians"), False),
    (possibly(bare(1_426)), bare(1_426, of="civilians"), False),
    (bare(1_426), possibly(bare(1_426, of="civilians")), False),
    (more(bare(1_426)), bare(1_426, of="civilians"), False),
    (more(bare(1_426)), more(bare(1_426, of="civilians")), True),
    # Parts that lie apart may be equal; what nobody ordered is not known to differ; what is unstated may be the same.
    (bare(1_426, of="soldiers"), bare(1_426, of="civilians"), False),
    (bare(1_426), bare(1_426, where="abroad"), False),
    (bare(1_426), bare(1_426, where=None), False),
    (bare(1_426), bare(1_426, days=(1, None)), False),
    (bare(1_426, fit="within"), bare(1_426, fit="within"), False),
    # What is counted is no way of telling it.
    (bare(1_426), bare(1_426, measure="casualties"), False),
]


@pytest.mark.parametrize(("a", "b", "retold"), RETOLD)
def test_one_number_told_of_something_else(a: Given, b: Given, retold: bool) -> None:
    for first, second in ((a, b), (b, a)):
        found = relate(first, second, ORDERS)
        assert (found.label is Label.RELAYS_DIFFER) == (found.rule == 4) == retold
        assert (found.grade, found.assumptions) == ("hedged" if a.hedged or b.hedged else "firm", ()) or not retold
        unknown = relate(day_unknown(first), second, ORDERS)
        assert (unknown.label is Label.RELAYS_DIFFER) == retold
        assert (unknown.assumptions == (SAME_DAY,)) == retold
        for never in (relate(first, later(second), ORDERS), relate(first, other(second), ORDERS)):
            assert never.rule != 4, "on another day it may have changed, and another origin has its own count"


def test_a_number_told_of_another_place_rests_on_what_is_assumed_of_the_place() -> None:
    found = relate(village(bare(1_426)), bare(1_426, where="area"), ORDERS)
    assert (found.label, found.grade) == (Label.RELAYS_DIFFER, "conditional")
    assert found.assumptions == ("the place lies inside the area of the event, which has no boundary",)
    unstated = relate(bare(1_426, of="civilians", where=None), village(bare(1_426)), ORDERS)
    assert (unstated.label, unstated.assumptions) == (Label.RELAYS_DIFFER, ()), "whatever the place, the people differ"


@given(givens(), givens(), st.sampled_from(ONE_NUMBER), st.sampled_from(ONE_NUMBER))
@settings(max_examples=300, deadline=None)
def test_one_number_is_told_differently_exactly_where_its_scope_plainly_differs(
    a: Given, b: Given, one: Figure, again: Figure
) -> None:
    a, b = replace(a, origin="first", figure=one), replace(b, origin="first", figure=again)
    lying = compare(a.scope, b.scope, ORDERS)
    related = not any(
        relation in (Rel.DISJ, Rel.UNK) for found in lying.values() for relation in Rel if found.bits & relation.bit
    )
    plainly = any(Rel.EQ.bit & found.bits == 0 for name, found in lying.items() if name not in ("event", "measure"))
    stated = "possible" not in (a.certainty, b.certainty)
    one_day = a.as_of is None or b.as_of is None or a.as_of == b.as_of
    alike = one.increment == again.increment
    verdict = relate(a, b, ORDERS)
    if related and plainly and stated and one_day and alike:
        assert (verdict.rule, verdict.label) == (4, Label.RELAYS_DIFFER)
    elif verdict.label is Label.RELAYS_DIFFER:  # "more than 745" and "at most 745" exclude each other
        assert stated and one_day and alike and verdict.form is Form.INCOMPATIBLE


@pytest.mark.parametrize(("a", "b", "rule", "label", "on_one_day"), WITHIN_AN_ORIGIN)
def test_within_an_origin(a: Given, b: Given, rule: int, label: Label, on_one_day: bool) -> None:
    for first, second, expected in ((a, b, label), (b, a, INVERSE.get(label, label))):
        found = relate(first, second, ORDERS)
        assert (found.rule, found.label) == (rule, expected)
        assert found.assumptions == ((SAME_DAY,) if on_one_day else ())
        assert (found.grade == "conditional") == on_one_day


def test_how_days_compare() -> None:
    first, second, third = (exactly(1, as_of=day).as_of for day in (1, 2, 3))
    assert day_between(first, False, first, False) is Day.SAME
    assert day_between(first, True, first, True) is Day.SAME
    assert day_between(first, False, second, False) is Day.DIFFERENT
    for a, b in ((first, second), (second, first)):
        assert day_between(a, True, b, False) is day_between(a, False, b, True) is Day.UNKNOWN
    assert day_between(first, True, third, True) is day_between(third, True, first, True) is Day.DIFFERENT
    assert day_between(None, False, first, False) is day_between(first, False, None, False) is Day.UNKNOWN


def test_a_day_that_was_worked_out_may_be_its_neighbour() -> None:
    first, next_day, day_after = bare(10), later(bare(12), 21), later(bare(12), 22)
    assert relate(first, next_day, ORDERS).label is Label.REVISES
    for a, b in ((replace(first, day_inferred=True), next_day), (first, replace(next_day, day_inferred=True))):
        for found in (relate(a, b, ORDERS), relate(b, a, ORDERS)):
            assert (found.label, found.assumptions) == (Label.RELAYS_DIFFER, (SAME_DAY,))
    assert relate(replace(first, day_inferred=True), day_after, ORDERS).label is Label.REVISES
    same = replace(bare(12), day_inferred=True)
    assert relate(replace(first, day_inferred=True), same, ORDERS).assumptions == ()


def test_a_revision_needs_scopes_that_differ_in_days_or_in_a_party_left_out_only() -> None:
    a = exactly(12)
    for changed in (
        {"event": "another event"},
        {"measure": "casualties"},
        {"population": "civilians"},
        {"place": "country"},
        {"place": None},
    ):
        b = replace(later(exactly(10)), scope=replace(a.scope, **changed))  # type: ignore[arg-type]
        for found in (relate(a, b, ORDERS), relate(b, a, ORDERS)):
            assert found.label in (Label.RIVALS, Label.BOUNDS, Label.UNDETERMINED), changed
    orders = replace(ORDERS, party=Order({"brigade": frozenset({"army"})}))
    brigade = exactly(12, party="brigade")
    assert relate(brigade, later(exactly(10, party="army")), orders).label is Label.RIVALS
    assert relate(exactly(10, party="army"), later(brigade), orders).label is Label.RIVALS


# ---- what is not known -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "assumption"),
    [
        ({"event": None}, "the event is unstated"),
        ({"measure": None}, "the measure is unstated"),
        ({"population": None}, "the population is unstated"),
        ({"place": None}, "the place is unstated"),
    ],
)
def test_an_unstated_dimension_makes_the_severest_label_conditional(changed: dict[str, None], assumption: str) -> None:
    b = replace(exactly(5, by="second"), scope=replace(exactly(5).scope, **changed))  # type: ignore[arg-type]
    found = relate(exactly(10), b, ORDERS)
    # The same or inside b: 10 against 5. Around b: compatible.
    assert (found.label, found.rule, found.form, found.scope) == (Label.CONTRADICTS, 7, Form.INCOMPATIBLE, Rel.EQ)
    assert (found.grade, found.assumptions) == ("conditional", (assumption,))
    assert [name for name, possible in found.dimensions.items() if possible.assumed] == list(changed)


def test_the_severest_label_may_need_another_relation_than_the_same_scope() -> None:
    found = relate(exactly(10, where=None), at_least(5, of="civilians", by="second"), ORDERS)
    assert (found.label, found.scope, found.rule) == (Label.BOUNDS, Rel.SUP, 14)
    found = relate(village(bare(10)), bare(5, of=None, by="second"), ORDERS)
    assert (found.label, found.scope, found.assumptions) == (Label.RIVALS, Rel.SUB, ("the population is unstated",))


def test_several_unstated_dimensions_are_all_named() -> None:
    b = said("exactly", 5, 5, of=None, where=None, days=(None, None), by="second")  # type: ignore[arg-type]
    assert relate(exactly(10), b, ORDERS).assumptions == (
        "the population is unstated",
        "the place is unstated",
        "the days are not fully stated",
    )


def test_a_label_that_stands_whatever_the_unstated_is_needs_no_assumption() -> None:
    found = relate(exactly(10, where=None, of="civilians"), exactly(5, of="soldiers", by="second"), ORDERS)
    assert (found.label, found.assumptions, found.grade) == (Label.COMPLEMENTS, (), "firm")


def test_days_left_open_do_not_matter_where_the_label_is_the_same_for_all_of_them() -> None:
    found = relate(at_least(10), later(at_least(10, days=(None, None))), ORDERS)
    assert (found.label, found.assumptions, found.grade) == (Label.UPDATES, (), "firm")


@pytest.mark.parametrize(
    ("a", "b", "rule", "label"),
    [
        (village(bare(1, of="civilians")), bare(9, of="soldiers", where="area"), 2, Label.COMPLEMENTS),
        (village(bare(1)), bare(9, of="civilians", where="area"), 3, Label.SCOPE_OVERLAPS),
        (village(bare(1)), bare(9, where="area", of="sailors"), 1, Label.UNDETERMINED),
    ],
)
def test_where_scopes_alone_decide_nothing_is_assumed_and_no_figure_hedges_it(
    a: Given, b: Given, rule: int, label: Label
) -> None:
    for second in (b, other(b)):
        found = relate(a, second, ORDERS)
        assert (found.rule, found.label, found.assumptions, found.grade) == (rule, label, (), "firm")


def test_a_difference_within_an_origin_may_be_hedged_or_rest_on_what_is_assumed_of_a_place() -> None:
    assert relate(exactly(10), exactly(11), ORDERS).grade == "firm"
    assert relate(bare(10), bare(11), ORDERS).grade == "hedged"
    found = relate(village(exactly(11)), exactly(10, where="area"), ORDERS)
    assert (found.label, found.rule, found.grade) == (Label.RELAYS_DIFFER, 4, "conditional")


def test_a_place_beside_an_area_stays_an_assumption_though_there_is_only_one_reading() -> None:
    found = relate(village(exactly(10)), exactly(5, where="area", by="second"), ORDERS)
    assert (found.label, found.scope, found.grade) == (Label.CONTRADICTS, Rel.SUB, "conditional")
    assert found.assumptions == ("the place lies inside the area of the event, which has no boundary",)


@pytest.mark.parametrize(
    ("a", "b", "grade"),
    [
        (exactly(10), exactly(11), "firm"),
        (bare(11), exactly(12), "hedged"),
        (exactly(11), about(40), "hedged"),
        (exactly(10, certainty="alleged"), exactly(11), "hedged"),
        (exactly(10), exactly(11, certainty="likely"), "hedged"),
        (exactly(10), exactly(11, where=None), "conditional"),
        (bare(11), bare(13, where=None), "conditional"),
    ],
)
def test_grade(a: Given, b: Given, grade: str) -> None:
    found = relate(a, other(b), ORDERS)
    assert (found.label, found.grade) == (Label.CONTRADICTS, grade)


def test_the_share_that_a_floor_is_taken_to_reach_is_handed_on() -> None:
    a, b = at_least(745), exactly(1_000, by="second")
    assert relate(a, b, ORDERS).label is Label.RIVALS
    assert relate(a, b, ORDERS, 0.5).label is Label.REFINED_BY
    assert relate(b, a, ORDERS, 0.5).label is Label.REFINES


def test_every_dimension_is_compared_by_its_own_order() -> None:
    nested = {"narrow": frozenset({"wide"})}
    for dimension in ("event", "measure", "population", "place", "party"):
        orders = Orders(**{dimension: Order(nested)})
        a = replace(exactly(1).scope, parties=frozenset())
        attribute = {"party": "parties"}.get(dimension, dimension)
        narrow, wide = (frozenset({word}) if dimension == "party" else word for word in ("narrow", "wide"))
        found = compare(replace(a, **{attribute: narrow}), replace(a, **{attribute: wide}), orders)  # type: ignore[arg-type]
        assert found == dict.fromkeys(found, certain(Rel.EQ)) | {dimension: certain(Rel.SUB)}
        assert list(found) == ["event", "measure", "population", "place", "window", "party"]
    found = compare(exactly(1, days=(2, 3)).scope, exactly(1).scope, Orders())
    assert found == dict.fromkeys(found, certain(Rel.EQ)) | {"window": certain(Rel.SUB)}


def test_a_verdict_says_how_each_dimension_lies() -> None:
    found: Verdict = relate(village(exactly(1, of="civilians")), exactly(2, where=None), ORDERS)
    assert found.dimensions["population"] == certain(Rel.SUB)
    assert found.dimensions["place"] == Possible(Rel.EQ.bit | Rel.SUB.bit | Rel.SUP.bit, "the place is unstated")


def test_a_verdict_read_backwards_turns_what_has_a_direction() -> None:
    found = relate(village(at_least(10)), possibly(exactly(10, by="second")), ORDERS)
    assert (found.label, found.form, found.scope) == (Label.BOUNDS, Form.ENTAILS, Rel.SUB)
    back = found.inverse
    assert (back.label, back.form, back.scope) == (Label.BOUNDS, Form.ENTAILED_BY, Rel.SUP)
    assert (back.dimensions["place"], back.dimensions["window"]) == (certain(Rel.SUP), certain(Rel.EQ))
    assert (back.rule, back.grade, back.assumptions) == (found.rule, found.grade, found.assumptions)
    assert back.inverse == found


# ---- the table as columns --------------------------------------------------------------------------------------------


def test_scopes_that_cross_lie_apart_or_are_unknown_are_decided_before_any_figure_is_looked_at() -> None:
    a, b = side([exactly(10)] * 3), side([exactly(99)] * 3)
    scopes, same = np.array([Rel.UNK, Rel.DISJ, Rel.OVL]), np.ones(3, dtype=bool)
    for own in (same, ~same):
        found = decide(a, b, scopes, own, np.full(3, Day.SAME), same, same)
        assert found.rule.tolist() == [1, 2, 3]
        assert found.label.tolist() == [Label.UNDETERMINED, Label.COMPLEMENTS, Label.SCOPE_OVERLAPS]
        assert found.form.tolist() == [Form.COMPATIBLE] * 3


def test_a_number_told_again_is_one_where_scopes_cross_and_not_where_they_lie_apart_or_are_unknown() -> None:
    again = side([exactly(745)] * 3)
    scopes, yes = np.array([Rel.UNK, Rel.DISJ, Rel.OVL]), np.ones(3, dtype=bool)
    for shifted, rules in ((yes, [1, 2, 4]), (~yes, [1, 2, 3])):
        found = decide(again, again, scopes, yes, np.full(3, Day.SAME), yes, shifted)
        assert found.rule.tolist() == rules


def test_what_excludes_nothing_follows_from_anything_whatever_the_scopes() -> None:
    scopes = np.array(list(Rel))
    states, may_be = side([exactly(10)] * len(Rel)), side([possibly(exactly(10))] * len(Rel))
    no = np.zeros(len(Rel), dtype=bool)
    columns = (scopes, no, np.full(len(Rel), Day.SAME), no, no)
    assert set(decide(states, may_be, *columns).form.tolist()) == {Form.ENTAILS}
    assert set(decide(may_be, states, *columns).form.tolist()) == {Form.ENTAILED_BY}
    assert set(decide(may_be, may_be, *columns).form.tolist()) == {Form.EQUIVALENT}


def test_rows_of_columns_can_be_taken_in_any_order() -> None:
    columns = side([exactly(10), bare(20), at_least(30)])
    assert columns.take([2, 0]).lowest.tolist() == [30, 10]
    assert columns.take([1, 1]).bare.tolist() == [True, True]
    assert columns.take(np.array([True, False, True])).numeral.tolist() == columns.numeral[[0, 2]].tolist()


def test_the_severest_of_labels_comes_first() -> None:
    """Which label stands where several are possible: what denies, then what differs, what agrees, what says little."""
    order = [Label.CONTRADICTS, Label.RIVALS, Label.OVERLAPS, Label.REFINES, Label.AGREES, Label.SUPPORTS, Label.BOUNDS]
    assert sorted(order) == order
    assert sorted([Label.REVISES, Label.RIVALS, Label.UPDATES, Label.RELAYS_DIFFER]) == [
        Label.RELAYS_DIFFER,
        Label.REVISES,
        Label.RIVALS,
        Label.UPDATES,
    ]
    assert sorted(Label)[-3:] == [Label.SCOPE_OVERLAPS, Label.COMPLEMENTS, Label.UNDETERMINED]
    assert (len(Label), len(Form), len(Day)) == (16, 5, 3), "no two share a code"
