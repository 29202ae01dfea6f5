"""The blocks of a store: what is related with what, and the digest that tells whether it changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from kg.annotations import Annotation
from kg.logic.figures import Given, Scope
from kg.logic.pairs import Orders
from kg.logic.scope import Order
from kg.logic.sources import Source, Sources
from kg.logic.stances import Stated
from kg.logic.support import Happening
from kg.model import JSON, digest
from kg.relate.reading import Statements, Voice, Withdrawal
from kg.relate.state import RULES_VERSION


@dataclass(frozen=True)
class Block:
    """The figures, or the stances, of one event tree that are compared with one another.

    `event` is the root of the tree, None for what names no event; `measure` stands for all measures that compare with
    it, None for stances. `figures` and `stances` come with the voices behind them; one of the two is empty. `sources`
    says what is known of everybody in their chains; `happenings` are the events of the tree that are declared.
    `withdrawals` stand with the stances. `verdicts` are people's judgements of relations between claims of the block.
    """

    event: str | None
    measure: str | None
    figures: Mapping[Given, tuple[Voice, ...]]
    stances: Mapping[Stated, tuple[Voice, ...]]
    orders: Orders
    reach: float
    sources: Sources = field(default_factory=Sources)
    happenings: tuple[Happening, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    verdicts: tuple[Annotation, ...] = ()

    @property
    def size(self) -> int:
        return len(self.figures) + len(self.stances)

    @property
    def all_scopes(self) -> set[Scope]:
        return {given.scope for given in self.figures} | {stated.scope for stated in self.stances}

    @cached_property
    def scopes(self) -> Mapping[str, Scope]:
        """The scope of every claim."""
        return {given.claim: given.scope for given in self.figures}

    @cached_property
    def verdict_on(self) -> Mapping[str, Annotation]:
        """What people judged of relations, by the codes that name these."""
        return {target.rpartition("/")[2]: verdict for verdict in self.verdicts for target in verdict.targets}

    @property
    def name(self) -> str:
        """What names the block, however its content changes."""
        of = "figures" if self.figures else "stances"
        return digest({"type": "block", "of": of, "event": self.event, "measure": self.measure})

    @cached_property
    def code(self) -> str:
        """The digest of all that the relations of this block follow from."""
        scopes = self.all_scopes
        ids: dict[str, set[str | None] | set[str]] = {
            "event": {scope.event for scope in scopes},
            "measure": {scope.measure for scope in scopes},
            "population": {scope.population for scope in scopes},
            "place": {scope.place for scope in scopes},
            "party": {party for scope in scopes for party in scope.parties},
        }
        return digest(
            {
                "type": "block",
                "rules": RULES_VERSION,
                "reach": str(self.reach),
                "figures": _told(self.figures),
                "stances": _told(self.stances),
                "orders": {name: _declared(getattr(self.orders, name), used) for name, used in ids.items()},
                "sources": [[id_, *_fields(source)] for id_, source in sorted(self.sources.known.items())],
                "places of sources": _declared(
                    self.orders.place, {p for s in self.sources.known.values() for p in s.places}
                ),
                "ties": [list(tie) for tie in self.sources.ties],
                "events": [str(happening) for happening in self.happenings],
                "withdrawals": [str(withdrawal) for withdrawal in self.withdrawals],
                "verdicts": [annotation.id for annotation in self.verdicts],
            }
        )


def blocks(statements: Statements, reach: float) -> list[Block]:
    """All blocks, in order of event and measure. What names no event is compared only with its like."""
    figures: dict[tuple[str, str], dict[Given, tuple[Voice, ...]]] = defaultdict(dict)
    stances: dict[str, dict[Stated, tuple[Voice, ...]]] = defaultdict(dict)
    withdrawals: dict[str, list[Withdrawal]] = defaultdict(list)
    happenings: dict[str, list[Happening]] = defaultdict(list)
    events, measures = _roots(statements.orders.event), _roots(statements.orders.measure)
    for given, voices in statements.figures.items():
        event, measure = given.scope.event, given.scope.measure
        figures[events.get(event or "", event or ""), measures.get(measure or "", measure or "")][given] = voices
    for stated, voices in statements.stances.items():
        stances[events.get(stated.scope.event or "", stated.scope.event or "")][stated] = voices
    for withdrawal in statements.withdrawals:
        withdrawals[events.get(withdrawal.scope.event or "", withdrawal.scope.event or "")].append(withdrawal)
    for happening in statements.events:
        happenings[events.get(happening.id, happening.id)].append(happening)

    def block(event: str, measure: str | None, **own: Any) -> Block:
        said = own["figures"] or own["stances"]
        claims = {one.claim for one in said}
        here = tuple(happenings[event])
        ids = {source for voices in said.values() for voice in voices for source in voice.chain}
        return Block(
            event=event or None,
            measure=measure,
            orders=statements.orders,
            reach=reach,
            sources=statements.sources.of(ids, {happening.id for happening in here}),
            happenings=here,
            verdicts=tuple(one for one in statements.verdicts if claims.intersection(one.claims)),
            **own,
        )

    return [
        *(block(event, m or None, figures=own, stances={}) for (event, m), own in sorted(figures.items(), key=_first)),
        *(
            block(
                event, None, figures={}, stances=stances.get(event, {}), withdrawals=tuple(withdrawals.get(event, ()))
            )
            for event in sorted({*stances, *withdrawals})
        ),
    ]


def _first(item: tuple[object, object]) -> str:
    return str(item[0])


def _roots(order: Order) -> dict[str, str]:
    """For every id that the order mentions, the least of all that hang together with it."""
    root: dict[str, str] = {}

    def of(id_: str) -> str:
        while root.setdefault(id_, id_) != id_:
            id_ = root[id_]
        return id_

    for low, wider in order.inside.items():
        for high in wider:
            a, b = sorted((of(low), of(high)))
            root[b] = a
    return {id_: of(id_) for id_ in list(root)}


def _told(said: Mapping[Given, tuple[Voice, ...]] | Mapping[Stated, tuple[Voice, ...]]) -> JSON:
    """The statements with their voices as JSON, in an order of their own."""
    return sorted(([*_fields(one), *map(str, voices)] for one, voices in said.items()), key=str)


def _fields(one: Given | Stated | Scope | Source) -> Iterator[JSON]:
    """The values of a statement as text, sets in order, so that it is the same in every process."""
    for name in (f.name for f in fields(one)):
        value = getattr(one, name)
        if isinstance(value, Scope):
            yield from _fields(value)
        else:
            yield str(sorted(value) if isinstance(value, frozenset) else value)


def _declared(order: Order, used: set[str | None] | set[str]) -> JSON:
    """What an order declares about ids, and about all that these lie in or are made of."""
    known: set[str] = set()
    waiting = {id_ for id_ in used if id_ is not None}
    while waiting:
        known |= waiting
        near = {id_ for one in waiting for id_ in (*order.above(one), *order.members.get(one, ()))}
        waiting = near - known
    return [
        [[id_, sorted(order.inside.get(id_, ())), sorted(order.members.get(id_, ()))] for id_ in sorted(known)],
        sorted(sorted(pair) for pair in order.apart if pair <= known),
        sorted(order.areas & known),
    ]
