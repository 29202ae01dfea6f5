"""What is denied, doubted or blamed on others: section 4 of the relation tables, one case after the other."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.figures import Scope
from kg.logic.pairs import Orders
from kg.logic.scope import Order, Rel
from kg.logic.stances import COMPARED_ACTS, ONE_ACT, Opposition, Stated, challenge, oppositions
from kg.model import Window
from tests.logic.test_relations import march

ORDERS = Orders(
    place=Order(
        {"village": frozenset({"region"}), "towns": frozenset({"region"})},
        apart=frozenset({frozenset({"village", "towns"})}),
        areas=frozenset({"area"}),
    ),
    party=Order({"ministry": frozenset({"government"})}, apart=frozenset({frozenset({"government", "rebels"})})),
)


def scope(
    where: str | None = "region",
    days: tuple[int | None, int | None] = (1, 7),
    who: tuple[str, ...] = (),
    measure: str | None = None,
) -> Scope:
    return Scope("raid", measure, None, where, Window(march(days[0]), march(days[1])), frozenset(who))


def happened(claim: str, stance: str = "affirms", *, by: str, certainty: str | None = None, **about: object) -> Stated:
    """An event claim; its words are the same whatever its scope."""
    return Stated(
        claim,
        "event",
        by,
        stance,
        replace(scope(**about), population="people"),  # type: ignore[arg-type]
        text="a granary burned",
        certainty=certainty,
    )


def blamed(
    claim: str,
    *who: str,
    by: str,
    stance: str = "affirms",
    act: str | None = "carried_out",
    words: str = "the granary was set on fire",
    certainty: str | None = None,
    named: bool = True,
    **about: object,
) -> Stated:
    found = replace(scope(who=who, **about), population="people", measure="burned")  # type: ignore[arg-type]
    return Stated(claim, "responsibility", by, stance, found, act, text=words, certainty=certainty, named=named)


def counted(claim: str, number: int, stance: str = "affirms", *, by: str, **about: object) -> Stated:
    found = replace(scope(measure="killed", **about), population="people")  # type: ignore[arg-type]
    return Stated(claim, "quantity", by, stance, found, numbers=(number, number))


def told(*stated: Stated) -> list[tuple[str, str, str, str, str]]:
    found, _ = oppositions(stated, ORDERS)
    return [(o.subject, o.object, o.kind, o.rule, o.grade) for o in found]


def the(*stated: Stated) -> Opposition:
    (found,), _ = oppositions(stated, ORDERS)
    return found


# ---- denials and doubts ----------------------------------------------------------------------------------------------


def test_denying_what_another_affirms_contradicts_it() -> None:
    denial, claim = happened("c", "denies", by="ministry"), happened("c", by="witness")
    found = the(denial, claim)
    assert (found.subject, found.object, found.kind, found.rule, found.grade) == (
        "c",
        "c",
        "contradicts",
        "denial",
        "firm",
    )
    assert (found.subjects, found.objects, found.scope, found.assumptions) == ((denial,), (claim,), Rel.EQ, ())


@pytest.mark.parametrize("denial", [None, "stated", "alleged", "likely", "possible"])
@pytest.mark.parametrize("affirmed", [None, "stated", "alleged", "likely", "possible"])
def test_only_flat_words_contradict_flat_words(denial: str | None, affirmed: str | None) -> None:
    flat = {denial, affirmed} <= {None, "stated"}
    assert told(
        happened("c", "denies", by="ministry", certainty=denial), happened("c", by="witness", certainty=affirmed)
    ) == [("c", "c", "contradicts" if flat else "disputes", "denial", "firm" if flat else "hedged")]


@pytest.mark.parametrize("doubt", ["questions", "finds_no_evidence"])
def test_a_doubt_disputes(doubt: str) -> None:
    assert told(happened("c", doubt, by="panel"), happened("c", by="witness")) == [
        ("c", "c", "disputes", "doubt", "firm")
    ]


@pytest.mark.parametrize("silent", ["declines_to_confirm", "retracts"])
def test_who_declines_or_retracts_opposes_nobody_and_is_opposed_by_nobody(silent: str) -> None:
    affirmed, denied = happened("c", by="witness"), happened("c", "denies", by="ministry")
    assert told(happened("c", silent, by="panel"), affirmed) == []
    assert told(happened("c", silent, by="panel"), denied) == []
    assert told(affirmed, replace(affirmed, origin="panel")) == told(denied, replace(denied, origin="panel")) == []


def test_an_origin_does_not_oppose_itself() -> None:
    assert told(happened("c", "denies", by="ministry"), happened("c", by="ministry")) == []
    assert told(blamed("c", "army", by="panel"), blamed("d", "rebels", by="panel")) == []


@pytest.mark.parametrize("stance", ["denies", "finds_no_evidence"])
def test_none_holds_for_every_part_and_some_for_every_whole(stance: str) -> None:
    nowhere = happened("none", stance, by="ministry")
    here = happened("some", by="witness", where="village", days=(2, 3))
    kind, rule = ("contradicts", "denial") if stance == "denies" else ("disputes", "doubt")
    assert told(nowhere, here) == [("none", "some", kind, rule, "hedged")]
    assert the(nowhere, here).scope is Rel.SUP
    not_here = happened("none", stance, by="ministry", where="village")
    assert told(not_here, happened("some", by="witness")) == []
    assert told(not_here, happened("some", by="witness", where="towns")) == []
    assert told(nowhere, happened("some", by="witness", days=(6, 9))) == []
    assert told(nowhere, happened("some", by="witness", where="abroad")) == []


def test_other_words_are_another_matter() -> None:
    denial, claim = happened("c", "denies", by="ministry"), happened("d", by="witness")
    assert told(denial, replace(claim, text="a bridge fell")) == []
    assert told(denial, replace(claim, kind="position")) == []
    assert told(replace(denial, kind="position"), replace(claim, kind="position")) == []
    assert challenge(denial, replace(claim, text="a bridge fell"), ORDERS) is None


@pytest.mark.parametrize(
    ("about", "assumption"),
    [({"where": None}, "the place is unstated"), ({"days": (None, None)}, "the days are not fully stated")],
    ids=["place", "days"],
)
def test_what_is_unstated_is_an_assumption_between_two_claims(about: dict[str, object], assumption: str) -> None:
    found = the(happened("none", "denies", by="ministry", **about), happened("some", by="witness"))
    assert (found.kind, found.grade, found.assumptions) == ("contradicts", "conditional", (assumption,))
    found = the(happened("some", "denies", by="ministry", **about), happened("some", by="witness", **about))
    assert (found.grade, found.assumptions) == ("firm", ())


def test_that_a_place_lies_in_an_area_without_a_boundary_is_an_assumption() -> None:
    found = the(
        happened("none", "denies", by="ministry", where="area"), happened("some", by="witness", where="village")
    )
    assert (found.kind, found.grade) == ("contradicts", "conditional")
    assert found.assumptions == ("the place lies inside the area of the event, which has no boundary",)


# ---- denied figures --------------------------------------------------------------------------------------------------


def test_case_14_a_denied_figure_meets_that_figure_only() -> None:
    denial = counted("many", 20_000, "denies", by="ministry")
    assert told(denial, counted("many", 20_000, by="network"), counted("few", 1_383, by="monitor")) == [
        ("many", "many", "contradicts", "denial", "firm")
    ]
    assert told(denial, counted("few", 1_383, by="monitor")) == []
    assert told(counted("few", 1_383, "finds_no_evidence", by="panel"), counted("many", 20_000, by="network")) == []


def test_a_denied_figure_says_nothing_of_its_parts_or_of_other_counts() -> None:
    denial = counted("many", 20_000, "denies", by="ministry")
    assert told(denial, counted("here", 20_000, by="network", where="village")) == []
    wounded = counted("hurt", 20_000, by="network")
    assert told(denial, replace(wounded, scope=replace(wounded.scope, measure="wounded"))) == []
    civilians = counted("civil", 20_000, by="network")
    assert told(denial, replace(civilians, scope=replace(civilians.scope, population="civilians"))) == []
    # In other words ("at least" for "about") it is the same figure, but another claim.
    assert told(denial, counted("in other words", 20_000, by="network")) == [
        ("many", "in other words", "contradicts", "denial", "hedged")
    ]


def test_a_denied_figure_of_one_party_is_not_that_of_another() -> None:
    denial = counted("army", 20_000, "denies", by="ministry", who=("government",))
    assert told(denial, counted("rebels", 20_000, by="network", who=("rebels",))) == []
    assert told(denial, counted("anyone", 20_000, by="network")) == []
    assert len(told(denial, counted("same", 20_000, by="network", who=("government",)))) == 1


# ---- responsibility --------------------------------------------------------------------------------------------------


def test_case_10_two_culprits_compete() -> None:
    one, other = blamed("c", "government", by="witness"), blamed("d", "rebels", by="ministry")
    assert told(other, one) == [("c", "d", "competes", "two-culprits", "firm")]
    assert told(one, blamed("d", "strangers", by="ministry")) == [("c", "d", "competes", "two-culprits", "firm")]
    assert told(one, replace(other, certainty="alleged")) == [("c", "d", "competes", "two-culprits", "hedged")]


@pytest.mark.parametrize("words", ["solely the army", "The army ALONE did it", "the sole culprit", "exclusively"])
def test_case_10_exclusive_words_contradict(words: str) -> None:
    only = blamed("c", "government", by="witness", words=words)
    found = the(only, blamed("d", "rebels", by="ministry", words=words))
    assert (found.kind, found.rule, found.grade) == ("contradicts", "sole-culprit", "firm")
    found = the(only, blamed("d", "rebels", by="ministry"))
    assert (found.kind, found.grade, found.assumptions) == ("contradicts", "conditional", (ONE_ACT,))


@pytest.mark.parametrize("words", ["it did not stand alonely", "a solemn oath", "the soles of boots"])
def test_words_that_only_look_exclusive_compete(words: str) -> None:
    one, other = (blamed(c, who, by=who, words=words) for c, who in (("c", "government"), ("d", "rebels")))
    assert the(one, other).kind == "competes"


def test_only_equal_acts_compete() -> None:
    for act, other in itertools.product([*sorted(COMPARED_ACTS), "other", None], repeat=2):
        found = told(blamed("c", "government", by="witness", act=act), blamed("d", "rebels", by="ministry", act=other))
        assert bool(found) == (act == other and act in COMPARED_ACTS)
        denied = told(
            blamed("c", "government", by="witness", act=act),
            blamed("d", "government", by="ministry", stance="denies", act=other),
        )
        assert bool(denied) == (act == other and act in COMPARED_ACTS)


def test_who_is_part_of_the_other_or_nameless_does_not_compete() -> None:
    one = blamed("c", "government", by="witness")
    for other in (("ministry",), ("government", "rebels"), ()):
        assert told(one, blamed("d", *other, by="panel")) == []
    assert told(one, blamed("d", "gunmen", by="panel", named=False)) == []
    assert told(one, blamed("c", "government", by="panel")) == []


def test_culprits_of_other_places_or_days_do_not_compete() -> None:
    one = blamed("c", "government", by="witness")
    for about in ({"where": "village"}, {"days": (8, 9)}, {"days": (1, 3)}, {"where": "abroad"}):
        assert told(one, blamed("d", "rebels", by="panel", **about)) == []


def test_culprits_of_one_act_is_an_assumption_where_words_or_scopes_leave_it_open() -> None:
    one = blamed("c", "government", by="witness")
    assert the(one, blamed("d", "rebels", by="panel", words="a granary burned")).assumptions == (ONE_ACT,)
    found = the(one, blamed("d", "rebels", by="panel", where=None))
    assert (found.grade, found.assumptions) == ("conditional", ("the place is unstated",))
    # Even where both leave the same open, they may mean two places.
    both = (blamed("c", "government", by="witness", where=None), blamed("d", "rebels", by="panel", where=None))
    assert the(*both).grade == "conditional"


def test_a_denial_clears_the_party_and_its_parts_and_a_doubt_its_whole_too() -> None:
    for accused, denied, stance, meets in [
        ("ministry", "government", "denies", True),
        ("government", "ministry", "denies", False),
        ("ministry", "government", "finds_no_evidence", True),
        ("government", "ministry", "finds_no_evidence", True),
        ("government", "rebels", "denies", False),
        ("government", "rebels", "questions", False),
        ("government", "strangers", "questions", False),
    ]:
        found = told(blamed("c", accused, by="witness"), blamed("d", denied, by="panel", stance=stance))
        kind, rule = ("contradicts", "denial") if stance == "denies" else ("disputes", "doubt")
        assert found == ([("d", "c", kind, rule, "hedged")] if meets else [])


def test_a_responsibility_of_nobody_in_particular_opposes_nothing() -> None:
    nobody = blamed("d", by="ministry", stance="denies")
    assert (
        told(nobody, blamed("c", "government", by="witness"), replace(nobody, stance="affirms", origin="other")) == []
    )


def test_denied_responsibility_reaches_down_to_parts_and_not_up() -> None:
    nowhere = blamed("none", "government", by="ministry", stance="denies")
    assert len(told(nowhere, blamed("c", "government", by="witness", where="village"))) == 1
    here = blamed("none", "government", by="ministry", stance="denies", where="village")
    assert told(here, blamed("c", "government", by="witness")) == []


# ---- many of them ----------------------------------------------------------------------------------------------------


def test_everybody_behind_an_opposition_is_named_and_the_surest_grade_stands() -> None:
    affirmed = [happened("c", by=f"witness {i}") for i in range(5)]
    denied = [happened("c", "denies", by=f"ministry {i}") for i in range(3)]
    found = the(*affirmed, *denied)
    assert (set(found.subjects), set(found.objects), found.grade) == (set(denied), set(affirmed), "firm")
    doubtful = replace(affirmed[0], certainty="alleged", origin="another")
    kinds = {o.kind: o for o in oppositions([*affirmed, doubtful, *denied], ORDERS)[0]}
    assert kinds["contradicts"].objects == tuple(affirmed)
    assert kinds["disputes"].objects == (doubtful,)
    both = [blamed("c", "government", by="a"), blamed("d", "rebels", by="b", certainty="alleged")]
    assert the(*both).grade == "hedged"
    assert the(*both, blamed("d", "rebels", by="e")).grade == "firm"


STANCES = ["affirms", "affirms", "denies", "questions", "finds_no_evidence", "declines_to_confirm", "retracts"]


@st.composite
def statements(draw: st.DrawFn) -> list[Stated]:
    places = st.sampled_from([None, "village", "region", "area"])
    makers = st.one_of(
        st.builds(lambda where: happened("", by="", where=where), places),
        st.builds(
            lambda who, where, words: blamed("", who, by="", where=where, words=words),
            st.sampled_from(["government", "ministry", "rebels", "strangers"]),
            places,
            st.sampled_from(["the granary was set on fire", "solely they did it"]),
        ),
    )
    contents = draw(st.lists(makers, min_size=1, max_size=4, unique=True))
    uses = st.tuples(
        st.integers(0, len(contents) - 1),
        st.sampled_from("xyz"),
        st.sampled_from(STANCES),
        st.sampled_from([None, "alleged"]),
    )
    return [
        replace(contents[number], claim=f"c{number}", origin=origin, stance=stance, certainty=certainty)
        for number, origin, stance, certainty in draw(st.lists(uses, min_size=2, max_size=8, unique=True))
    ]


@given(statements(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_order_and_repetition_do_not_matter_and_every_opposition_is_counted(
    block: list[Stated], order: random.Random
) -> None:
    found, counts = oppositions(block, ORDERS)
    again = block + block[:2]
    order.shuffle(again)
    assert oppositions(again, ORDERS) == (found, counts)
    assert counts == Counter((o.kind, o.rule, o.grade) for o in found)
    keys = [(o.subject, o.object, o.kind, o.rule) for o in found]
    assert len(keys) == len(set(keys))
    for one in found:
        assert (one.grade == "conditional") == bool(one.assumptions)
        assert all(any(a.origin != b.origin for b in one.objects) for a in one.subjects)


@given(statements())
@settings(max_examples=50, deadline=None)
def test_a_block_opposes_whom_pairs_oppose(block: list[Stated]) -> None:
    """Each two of them by themselves say what they say together."""
    alone: dict[tuple[str, str, str, str], tuple[set[Stated], set[Stated]]] = {}
    for a, b in itertools.combinations(dict.fromkeys(block), 2):
        for one in oppositions([a, b], ORDERS)[0]:
            subjects, objects = alone.setdefault((one.subject, one.object, one.kind, one.rule), (set(), set()))
            subjects.update(one.subjects)
            objects.update(one.objects)
    found = oppositions(block, ORDERS)[0]
    assert {(o.subject, o.object, o.kind, o.rule): (set(o.subjects), set(o.objects)) for o in found} == alone


def test_beyond_a_limit_every_accused_keeps_one_rival_and_no_denial_is_lost() -> None:
    accused = [blamed(f"c{i}", f"band {i}", by=f"origin {i}") for i in range(8)]
    denials = [replace(one, claim=f"a{i}", origin="band", stance="denies") for i, one in enumerate(accused)]
    everything, counts = oppositions([*accused, *denials], ORDERS)
    kept, still = oppositions([*accused, *denials], ORDERS, most=3)
    assert still == counts == {("competes", "two-culprits", "firm"): 28, ("contradicts", "denial", "hedged"): 8}
    assert [o for o in kept if o.rule == "denial"] == [o for o in everything if o.rule == "denial"]
    rivals = [o for o in kept if o.kind == "competes"]
    assert {claim for o in rivals for claim in (o.subject, o.object)} == {one.claim for one in accused}
    assert len(rivals) < 28
    assert all(one in everything for one in kept)


# ---- acts and words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["ordered", "carried_out", "took_part", "failed_to_prevent", "withheld", "incited"])
def test_each_act_of_the_list_compares_with_itself(act: str) -> None:
    found = the(blamed("a", "government", by="witness", act=act), blamed("b", "rebels", by="monitor", act=act))
    assert found.kind == "competes"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("The army alone set it on fire.", "sole-culprit"),
        ("Responsibility is solely with the army.", "sole-culprit"),
        ("In Orlen alone the army attacked three houses.", "two-culprits"),
        ("The army attacked, but not alone.", "two-culprits"),
    ],
)
def test_alone_is_read_where_it_blames(words: str, rule: str) -> None:
    found = the(blamed("a", "government", by="witness", words=words), blamed("b", "rebels", by="monitor", words=words))
    assert found.rule == rule


def test_denying_that_one_did_it_alone_leaves_that_one_did_it() -> None:
    alone, together = "the army alone set it on fire", "the army set it on fire"
    sole_denied = blamed("a", "government", by="ministry", stance="denies", words=alone)
    assert told(sole_denied, blamed("b", "government", by="witness", words=together)) == []
    assert len(told(sole_denied, blamed("c", "government", by="witness", words=alone))) == 1
    denied = blamed("d", "government", by="ministry", stance="denies", words=together)
    assert len(told(denied, blamed("e", "government", by="witness", words=alone))) == 1


def test_a_denial_of_an_accusation_in_other_words_assumes_one_act() -> None:
    denied = blamed("a", "government", by="ministry", stance="denies", words="it was set on fire")
    other = the(denied, blamed("b", "government", by="witness", words="the army burned it"))
    assert (other.grade, other.assumptions) == ("conditional", (ONE_ACT,))
    same = the(denied, blamed("a", "government", by="witness", words="it was set on fire"))
    assert (same.grade, same.assumptions) == ("firm", ())
    assert "do not say so" in ONE_ACT


def test_an_event_denied_for_the_region_needs_no_such_assumption() -> None:
    found = the(happened("a", "denies", by="ministry"), happened("b", by="witness", where="village"))
    assert found.assumptions == ()


@pytest.mark.parametrize("act", ["other", None])
def test_what_cannot_be_told_apart_is_not_challenged(act: str | None) -> None:
    denied = blamed("a", "government", by="ministry", stance="denies", act=act)
    assert challenge(denied, blamed("a", "government", by="witness", act=act), ORDERS) is None


@pytest.mark.parametrize("turned", [False, True])
def test_two_culprits_read_the_same_from_either_side(turned: bool) -> None:
    def pair(**about: object) -> list[Stated]:
        """The army accused by a witness, as `about` says, and rebels by a monitor; either may come first."""
        names = ("b", "a") if turned else ("a", "b")
        return [
            blamed(names[0], "government", by="witness", **about),  # type: ignore[arg-type]
            blamed(names[1], "rebels", by="monitor", words=str(about.get("words", "the granary was set on fire"))),
        ]

    found = the(*pair())
    assert (found.subject, found.object, found.scope, found.grade) == ("a", "b", Rel.EQ, "firm")
    assert the(*pair(certainty="alleged")).grade == "hedged"
    assert told(*pair(named=False)) == []
    alone = blamed("a", "government", by="witness", words="they alone did it")
    others = blamed("b", "rebels", by="monitor", words="they did it")
    for one, other in ((alone, others), (others, alone)):
        swapped = replace(one, claim="a"), replace(other, claim="b")
        assert the(*swapped).rule == "sole-culprit"


def test_one_claim_names_its_culprits_together() -> None:
    """One claim that two origins make is no competition with itself."""
    assert told(blamed("a", "government", by="witness"), blamed("a", "government", by="monitor")) == []


def test_a_denied_number_of_another_population_is_another_number() -> None:
    denied = counted("a", 20_000, "denies", by="ministry")
    other = counted("b", 20_000, by="witness")
    assert len(told(denied, other)) == 1
    elsewhere = replace(other, scope=replace(other.scope, population="soldiers"))
    assert told(denied, elsewhere) == []
