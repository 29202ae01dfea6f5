"""Two figures, their label and why: the decision table with unstated dimensions completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from kg.logic.figures import RHO, Given, Scope, side
from kg.logic.scope import BOTH, SAME_OR_NESTED, Order, Possible, Rel, certain, parties, stated, windows
from kg.logic.table import Day, Form, Label, decide


@dataclass(frozen=True)
class Orders:
    """The containment orders of the dimensions. Ids that no order mentions are equal to themselves and else unknown."""

    event: Order = field(default_factory=Order)
    measure: Order = field(default_factory=Order)
    population: Order = field(default_factory=Order)
    place: Order = field(default_factory=Order)
    party: Order = field(default_factory=Order)


def compare(a: Scope, b: Scope, orders: Orders) -> Mapping[str, Possible]:
    """How a's scope lies to b's in each of the six dimensions."""
    return {
        "event": stated(orders.event.compare, a.event, b.event, "event"),
        "measure": stated(orders.measure.compare, a.measure, b.measure, "measure"),
        "population": stated(orders.population.compare, a.population, b.population, "population"),
        "place": stated(orders.place.compare, a.place, b.place, "place"),
        "window": windows(a.window, b.window),
        "party": parties(orders.party, a.parties, b.parties),
    }


@dataclass(frozen=True)
class Verdict:
    """What two figures are to each other, read from the first to the second.

    `scope` is the relation of scopes for which the label holds; `assumptions` are the sentences that it rests on, none
    unless the grade is "conditional".
    """

    label: Label
    rule: int
    form: Form
    scope: Rel
    grade: str
    assumptions: tuple[str, ...]
    dimensions: Mapping[str, Possible]


def relate(a: Given, b: Given, orders: Orders, rho: float = RHO) -> Verdict:
    """The verdict on one pair."""
    dimensions = compare(a.scope, b.scope, orders)
    bits = reduce(lambda x, y: int(BOTH[x, y]), (d.bits for d in dimensions.values()), Rel.EQ.bit)
    possible = [relation for relation in Rel if bits & relation.bit]
    drift = all(dimensions[name] == certain(Rel.EQ) for name in ("event", "measure", "population", "place")) and (
        a.scope.parties == b.scope.parties or not a.scope.parties or not b.scope.parties
    )
    same = a.origin == b.origin
    day = Day.UNKNOWN if a.as_of is None or b.as_of is None else Day.SAME if a.as_of == b.as_of else Day.DIFFERENT
    n = len(possible)
    found = decide(
        side([a] * n, rho),
        side([b] * n, rho),
        np.array(possible),
        np.full(n, same),
        np.full(n, day),
        np.full(n, drift),
    )
    worst = int(np.argmin(found.label))
    label, rule = Label(int(found.label[worst])), int(found.rule[worst])
    assumptions = tuple(d.assumed for d in dimensions.values() if d.assumed)
    if len(set(found.label.tolist())) == 1:  # whatever the unstated is, the label stands
        assumptions = tuple(d.assumed for d in dimensions.values() if d.assumed and d.bits != SAME_OR_NESTED)
    if rule == 4 and day is Day.UNKNOWN:
        assumptions += ("both were given on the same day",)
    grade = "conditional" if assumptions else "hedged" if a.hedged or b.hedged else "firm"
    return Verdict(label, rule, Form(int(found.form[worst])), possible[worst], grade, assumptions, dimensions)
