"""In what relays differ, and which of them altered what it had from another document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.logic.figures import Given
from kg.logic.retelling import differences, passed_through
from kg.model import Figure
from tests.logic.test_relations import ORDERS, bare, said

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
        (bare(1426, where=None), ("place",)),
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
