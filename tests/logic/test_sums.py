"""Parts that add up to their whole, and parts that do not."""

from dataclasses import replace

from kg.logic.sums import sums
from tests.logic.test_relations import ORDERS, bare, said


def test_case_11_a_whole_is_the_sum_of_two_parties() -> None:
    whole, one, other = bare(1334), bare(889, party="army"), bare(445, party="rebels")
    (found,) = sums([whole, one, other], ORDERS)
    assert (found.whole, set(found.parts), found.closes) == (whole, {one, other}, True)
    assert found.assumption


def test_disjoint_populations_add_up_and_an_overlap_does_not() -> None:
    parts = [bare(745, of="civilians"), bare(273, of="soldiers")]
    (found,) = sums([bare(1018), *parts], ORDERS)
    assert (found.closes, found.assumption, found.total) == (True, None, 1018)
    assert not list(sums([bare(1018), bare(745, of="civilians"), bare(273, of="women")], ORDERS))


def test_parts_that_exceed_the_whole_fail_to_add_up() -> None:
    (found,) = sums([bare(1000), bare(745, of="civilians"), bare(273, of="soldiers")], ORDERS)
    assert (found.closes, found.total) == (False, 1018)


def test_another_origin_day_or_word_adds_nothing() -> None:
    whole, one = bare(1018), bare(745, of="civilians")
    for other in (
        bare(273, of="soldiers", by="second"),
        bare(273, of="soldiers", as_of=19),
        said("at least", 273, of="soldiers"),
    ):
        assert not list(sums([whole, one, other], ORDERS))
    more = replace(bare(273, of="soldiers"), figure=replace(one.figure, lower=273, upper=273, increment=True))
    assert not list(sums([whole, one, more], ORDERS))
