"""Camps: for one count of the dead, which figures stand against one another, and on how many words each of them rests.

Pairs are for those who ask why; camps are what people read. A dispute gathers the figures of one event, measure, place
and window, as stated, that contradict or rival one another, directly or through others. They may speak of different
populations or parties: 60 civilians against 164 Alawite civilians is one dispute about one town.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.logic.blocks import Relation
from kg.logic.figures import Given
from kg.logic.table import Label

_OPPOSED = (Label.CONTRADICTS, Label.RIVALS)


@dataclass(frozen=True, slots=True)
class Camp:
    """A claim in dispute, all origins that give it, and the strongest label between it and another camp."""

    claim: str
    origins: frozenset[str]
    label: Label


@dataclass(frozen=True, slots=True)
class Dispute:
    """Camps about the same count, two or more, in the order of their claims' ids."""

    camps: tuple[Camp, ...]


def disputes(relations: Iterable[Relation], givens: Sequence[Given]) -> tuple[Dispute, ...]:
    """The disputes that relations between different origins make.

    What rests on an assumption takes no part, unless both figures leave the very same things unstated.
    """
    scopes = {given.claim: given.scope for given in givens}
    origins: dict[str, set[str]] = defaultdict(set)
    for given in givens:
        origins[given.claim].add(given.origin)
    opposed = nx.Graph()
    for relation in relations:
        a, b = scopes[relation.subject], scopes[relation.object]
        same_count = (a.event, a.measure, a.place, a.window) == (b.event, b.measure, b.place, b.window)
        sure = a == b or relation.verdict.grade != "conditional"
        voices = {given.origin for given in (*relation.subjects, *relation.objects)}
        if relation.verdict.label in _OPPOSED and same_count and sure and len(voices) > 1:
            opposed.add_edge(relation.subject, relation.object, label=relation.verdict.label)
    found = []
    for claims in nx.connected_components(opposed):
        camps = (
            Camp(claim, frozenset(origins[claim]), min(edge["label"] for edge in opposed[claim].values()))
            for claim in sorted(claims)
        )
        found.append(Dispute(tuple(camps)))
    return tuple(sorted(found, key=lambda dispute: dispute.camps[0].claim))
