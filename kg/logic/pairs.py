"""Two figures, their label and why: the decision table with unstated dimensions completed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

import numpy as np

from kg.logic.figures import RHO, Given, Scope, side
from kg.logic.scope import BOTH, SAME_STRETCH, Order, Possible, Rel, certain, parties, stated, windows
from kg.logic.table import Day, Form, Label, decide

#: What is assumed of two figures of one origin when the day of either is unknown.
SAME_DAY = "both were given on the same day"

#: The dimensions in which a number changes its meaning when it is told again.
RETOLD = ("population", "place", "window", "party")

#: Grades of a label, surest first.
GRADES = ("firm", "hedged", "conditional")


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


def differs(found: Possible) -> bool:
    """Whether two scopes differ for certain in a dimension; what is merely unstated may be the same."""
    return not found.bits & Rel.EQ.bit


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

    @property
    def inverse(self) -> Verdict:
        """The same verdict, read from the second to the first; only for labels that read the same both ways."""
        return replace(
            self,
            form={Form.ENTAILS: Form.ENTAILED_BY, Form.ENTAILED_BY: Form.ENTAILS}.get(self.form, self.form),
            scope=self.scope.inverse,
            dimensions={name: found.inverse for name, found in self.dimensions.items()},
        )


def relate(a: Given, b: Given, orders: Orders, rho: float = RHO) -> Verdict:
    """The verdict on one pair."""
    dimensions = compare(a.scope, b.scope, orders)
    bits = reduce(lambda x, y: int(BOTH[x, y]), (d.bits for d in dimensions.values()), Rel.EQ.bit)
    possible = [relation for relation in Rel if bits & relation.bit]
    drift = all(dimensions[name] == certain(Rel.EQ) for name in ("event", "measure", "population", "place")) and (
        dimensions["party"] == certain(Rel.EQ) or not a.scope.parties or not b.scope.parties
    )
    shifted = any(differs(dimensions[name]) for name in RETOLD)
    same = a.origin == b.origin
    day = day_between(a.as_of, a.day_inferred, b.as_of, b.day_inferred)
    n = len(possible)
    columns = side([a, b], rho)
    found = decide(
        columns.take(np.zeros(n, dtype=np.intp)),
        columns.take(np.ones(n, dtype=np.intp)),
        np.array(possible),
        np.full(n, same),
        np.full(n, day),
        np.full(n, drift),
        np.full(n, shifted),
    )
    worst = int(np.argmin(found.label))
    label, rule = Label(int(found.label[worst])), int(found.rule[worst])
    assumptions = assumed(dimensions, rule, several=len(set(found.label.tolist())) > 1, day=day, same=same)
    grade = "conditional" if assumptions else "hedged" if rule > 3 and (a.hedged or b.hedged) else "firm"
    return Verdict(label, rule, Form(int(found.form[worst])), possible[worst], grade, assumptions, dimensions)


def assumed(dimensions: Mapping[str, Possible], rule: int, *, several: bool, day: Day, same: bool) -> tuple[str, ...]:
    """The assumptions behind a label; `several` says that other completions of what is unstated give other labels,
    `same` that one origin gave both figures."""
    found = [d for d in dimensions.values() if d.assumed and not (same and d.assumed == SAME_STRETCH)]
    if not several:  # whatever the unstated is, the label stands; where scopes alone decide, no assumption took part
        found = [d for d in found if not d.is_open and rule > 3]
    words = tuple(d.assumed for d in found if d.assumed)
    return (*words, SAME_DAY) if rule == 4 and day is Day.UNKNOWN else words


def day_between(a: dt.date | None, a_inferred: bool, b: dt.date | None, b_inferred: bool) -> Day:
    """How two days compare. A day that was worked out may be one more or less, so that its neighbours may be it."""
    if a is None or b is None:
        return Day.UNKNOWN
    if a == b:
        return Day.SAME
    neighbours = abs((a - b).days) == 1 and (a_inferred or b_inferred)
    return Day.UNKNOWN if neighbours else Day.DIFFERENT
