"""In what relays differ, and which of them altered what it had from another document."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic.figures import Given
from kg.logic.retelling import Lost, Said, differences, lost_attributions, passed_through
from kg.model import Figure
from tests.logic.test_relations import ORDERS, bare, march, said

BASE = bare(1426)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (BASE, ()),
        (bare(1443), ("figure",)),
        (said("at least", 1426), ("bound",)),
        (said("at least", 1443), ("figure", "bound")),
        (bare(1426, of="civilians"), ("population",)),
        (bare(1426, where="village"), ("place",)),
        (bare(1426, where=None), ()),
        (bare(1426, days=(1, None)), ()),
        (bare(1426, days=(2, None)), ("window",)),
        (bare(1426, days=(1, 9)), ("window",)),
        (bare(1426, party="army"), ("responsible party",)),
        (bare(1426, certainty="alleged"), ("certainty",)),
        (replace(BASE, certainty=None), ()),
        (bare(1469, of="civilians", party="army"), ("figure", "population", "responsible party")),
    ],
)
def test_what_differs_is_named(other: Given, expected: tuple[str, ...]) -> None:
    assert differences(BASE, other, ORDERS) == expected
    assert differences(other, BASE, ORDERS) == expected


def test_a_number_printed_once_and_twice_is_the_same_figure() -> None:
    assert differences(said("at most", None, 1426), BASE, ORDERS) == ("bound",)
    both = replace(BASE, figure=Figure(1426, 1500, "between"))
    assert differences(both, BASE, ORDERS) == ("figure", "bound")


def test_a_report_came_through_an_outlet_that_its_chain_names() -> None:
    chain = ("gazette", "agency", "ministry")
    assert passed_through(chain, "agency")
    assert passed_through(chain, "ministry")
    assert not passed_through(chain, "gazette"), "its own outlet is where it stands, not where it came from"
    assert not passed_through(chain, "harbour daily")
    assert not passed_through(chain, None)
    assert not passed_through(("ministry",), "ministry")


# ---- attribution lost ------------------------------------------------------------------------------------------------

ENTAILED: Mapping[str, frozenset[str]] = {"at least 700": frozenset({"745"})}


def told(*chain: str, day: int | None, claim: str = "745", page: str | None = None, origin: str | None = None) -> Said:
    """What the first of a chain has from the last of it; every page has a name of its own."""
    name = page or f"{' from '.join(chain)}, {day}"
    return Said(claim, name, march(day), chain[0], chain, f"{name}: {claim}", origin or chain[-1])


def lost(*said: Said, gathering: tuple[str, ...] = ()) -> list[tuple[str, list[str]]]:
    return [
        (one.said.assertion, [earlier.assertion for earlier in one.earlier])
        for one in lost_attributions(said, ENTAILED, gathering)
    ]


ATTRIBUTED = told("gazette", "agency", "monitor", day=3)
PLAIN = told("daily", day=5)


def test_a_claim_that_was_only_attributed_is_told_in_an_own_voice() -> None:
    assert lost_attributions([PLAIN, ATTRIBUTED], {}, ()) == (Lost(PLAIN, (ATTRIBUTED,)),)


def test_an_outlet_may_lose_its_own_attribution() -> None:
    own = told("daily", "monitor", day=4)
    assert lost(own, PLAIN) == [(PLAIN.assertion, [own.assertion])]


@pytest.mark.parametrize(
    "plain",
    [
        told("daily", day=3),
        told("daily", day=2),
        told("daily", day=None),
        told("daily", day=5, claim="at least 800"),
        told("daily", "agency", day=5),
    ],
)
def test_nothing_is_lost_on_the_same_day_before_on_an_unknown_day_of_another_claim_or_with_a_source(
    plain: Said,
) -> None:
    assert lost(ATTRIBUTED, plain) == []


def test_what_was_attributed_on_an_unknown_day_is_not_known_to_be_earlier() -> None:
    assert lost(told("gazette", "monitor", day=None), PLAIN) == []


def test_what_entails_the_claim_was_attributed_as_well_and_not_the_other_way_round() -> None:
    weaker = told("daily", day=5, claim="at least 700")
    assert lost(ATTRIBUTED, weaker) == [(weaker.assertion, [ATTRIBUTED.assertion])]
    assert lost(told("gazette", "monitor", day=3, claim="at least 700"), PLAIN) == []


def test_one_who_gathers_evidence_may_know_it_itself() -> None:
    assert lost(ATTRIBUTED, PLAIN, gathering=("daily",)) == []
    assert lost(ATTRIBUTED, PLAIN, gathering=("gazette", "monitor")) == [(PLAIN.assertion, [ATTRIBUTED.assertion])]


def test_what_the_same_document_attributes_is_not_lost() -> None:
    summary, source = told("daily", day=5, page="p"), told("daily", "monitor", day=5, page="p")
    assert lost(ATTRIBUTED, summary, source) == []
    rounded = told("daily", day=5, page="p", claim="at least 700")
    assert lost(ATTRIBUTED, rounded, source) == [], "it attributes what entails it"
    elsewhere = source._replace(document="another page")
    assert len(lost(ATTRIBUTED, summary, elsewhere)) == 1


def test_only_the_first_to_say_it_themselves_are_flagged() -> None:
    later, same_day = told("radio", day=6), told("radio", day=5)
    assert [plain for plain, _ in lost(ATTRIBUTED, PLAIN, later)] == [PLAIN.assertion]
    assert [plain for plain, _ in lost(ATTRIBUTED, PLAIN, same_day)] == [PLAIN.assertion, same_day.assertion]
    weaker = told("radio", day=6, claim="at least 700")
    assert [plain for plain, _ in lost(ATTRIBUTED, PLAIN, weaker)] == [PLAIN.assertion], "745 had been said plainly"


def test_who_said_it_first_had_it_from_nobody_who_is_known() -> None:
    assert lost(told("radio", day=2), ATTRIBUTED, PLAIN) == []
    evidence = told("monitor", day=2)
    assert lost(evidence, ATTRIBUTED, PLAIN, gathering=("monitor",)) == [(PLAIN.assertion, [ATTRIBUTED.assertion])]
    named = told("radio", day=2, page="p")
    assert len(lost(named, told("radio", "monitor", day=2, page="p"), ATTRIBUTED, PLAIN)) == 1, "it named its source"


def test_an_outlet_that_was_quoted_says_it_again_as_its_own() -> None:
    assert lost(told("gazette", "daily", day=3), PLAIN) == []
    assert lost(told("gazette", "daily", day=3), ATTRIBUTED, PLAIN) == [(PLAIN.assertion, [ATTRIBUTED.assertion])]


def test_an_own_spokesperson_is_an_own_voice() -> None:
    spokesperson = told("ministry", "ministry", day=5)
    assert lost(ATTRIBUTED, spokesperson) == [(spokesperson.assertion, [ATTRIBUTED.assertion])]
    assert lost(told("ministry", "ministry", day=3), PLAIN) == []


def test_the_earliest_of_every_origin_stands_for_it() -> None:
    monitor = [told("gazette", "monitor", day=day) for day in (3, 4)]
    witness = [told("daily", "somebody", day=day, origin=f"somebody on {day}") for day in (2, 4)]
    after = told("gazette", "hospital", day=5)
    expected = [witness[0].assertion, monitor[0].assertion, witness[1].assertion]
    for order in ([*monitor, *witness, after, PLAIN], [PLAIN, after, *reversed(witness), *reversed(monitor)]):
        assert lost(*order) == [(PLAIN.assertion, expected)]


def test_flags_come_in_the_order_of_their_days_whatever_they_are_about() -> None:
    also = told("gazette", "monitor", day=3, claim="12")
    first, last = told("radio", day=4), told("daily", day=5, claim="12")
    assert [plain for plain, _ in lost(last, first, also, ATTRIBUTED)] == [first.assertion, last.assertion]


@st.composite
def stories(draw: st.DrawFn) -> list[Said]:
    names = st.sampled_from(["gazette", "daily", "radio", "monitor"])
    drawn = st.tuples(
        st.lists(names, min_size=1, max_size=3),
        st.sampled_from([None, 1, 2, 3]),
        st.sampled_from(["745", "at least 700", "12"]),
        st.sampled_from("pqrst"),
    )
    told_ = draw(st.lists(drawn, max_size=12))
    return [
        told(*chain, day=day, claim=claim)._replace(document=page, assertion=f"a{i:02}")
        for i, (chain, day, claim, page) in enumerate(told_)
    ]


@given(stories(), st.sets(st.sampled_from(["daily", "monitor"])), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_is_lost_is_what_a_look_at_every_two_assertions_finds(
    story: list[Said], gathering: set[str], order: random.Random
) -> None:
    def alike(claim: str) -> set[str]:
        return {claim} | ENTAILED.get(claim, frozenset())

    def plainly(one: Said) -> bool:
        own = [x for x in story if x.document == one.document and x.claim in alike(one.claim) and x.day]
        return (
            {*one.chain} == {one.chain[0]}
            and one.chain[0] not in gathering
            and not any({*x.chain} != {x.chain[0]} for x in own)
        )

    expected = []
    for one in story:
        before = [x for x in story if x.day and one.day and x.day < one.day and x.claim in alike(one.claim)]
        origins: dict[str, Said] = {}
        for x in sorted(before, key=lambda x: (x.day, x.assertion)):
            if {*x.chain} != {x.chain[0]} and x.origin != one.chain[0]:
                origins.setdefault(x.origin, x)
        if plainly(one) and origins and not any(plainly(x) for x in before):
            expected.append(Lost(one, tuple(origins.values())))
    shuffled = list(story)
    order.shuffle(shuffled)
    found = lost_attributions(shuffled, ENTAILED, gathering)
    assert sorted(found) == sorted(expected)
    assert [one.said.day for one in found] == sorted(one.said.day for one in found if one.said.day)
