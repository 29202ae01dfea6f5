"""All pairs of a block at once: positions, the scopes of pairs, the table, and what stands behind each label.

A *block* holds the figures of one event tree. Figures of one claim that are compared alike (same certainty, both
running or both complete) are one *position*, whoever gave them: a thousand outlets that repeat a toll are one row and
one column of the comparison. The decision table is the same as for a single pair (`kg.logic.pairs`); a test compares
the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.logic.figures import RHO, Given, Scope, side
from kg.logic.pairs import Orders, Verdict, relate
from kg.logic.scope import BOTH, Possible, Rel, parties, stated, windows
from kg.logic.table import Day, Label, decide

#: Labels that are kept; the others are counted, and worked out when somebody asks.
KEPT = frozenset(Label) - {Label.UNDETERMINED, Label.COMPLEMENTS, Label.SCOPE_OVERLAPS, Label.BOUNDS}

_CHUNK = 4_000_000
_NESTED = (Rel.EQ, Rel.SUB, Rel.SUP)
_TRIVIAL = {Rel.OVL: Label.SCOPE_OVERLAPS, Rel.DISJ: Label.COMPLEMENTS, Rel.UNK: Label.UNDETERMINED}


@dataclass(frozen=True, slots=True)
class Relation:
    """Two claims, what they are to each other, and the figures as given that it holds for.

    `subjects[i]` and `objects[i]` are one pair that the verdict holds for; the first is the verdict on all of them.
    """

    subject: str
    object: str
    verdict: Verdict
    pairs: tuple[tuple[Given, Given], ...]


@dataclass(frozen=True)
class Block:
    """The relations that are kept, and how many pairs of positions got each label, kept or not."""

    relations: tuple[Relation, ...]
    counted: Counter[Label]


def relate_block(givens: Sequence[Given], orders: Orders, rho: float = RHO) -> Block:
    """Relates the figures of a block. The result does not depend on their order."""
    givens = sorted(set(givens), key=_key)
    kept: dict[tuple[str, str, Label, int], list[tuple[Given, Given]]] = defaultdict(list)
    counted: Counter[Label] = Counter()
    positions = _positions(givens)
    for i, j, label in _between_origins(positions, orders, rho, counted):
        kept[positions[i][0].claim, positions[j][0].claim, label, 0] += [
            (a, b) for a in positions[i] for b in positions[j] if a.origin != b.origin
        ]
    for a, b, verdict in _within_origins(givens, orders, rho):
        counted[verdict.label] += 1
        if verdict.label in KEPT:
            kept[a.claim, b.claim, verdict.label, 1].append((a, b))
    relations = [
        Relation(subject, object_, relate(*pairs[0], orders, rho), tuple(pairs))
        for (subject, object_, _, _), pairs in sorted(kept.items())
    ]
    return Block(tuple(relations), counted)


def _positions(givens: Sequence[Given]) -> list[list[Given]]:
    found: dict[Hashable, list[Given]] = defaultdict(list)
    for given in givens:
        found[given.claim, given.running, given.certainty].append(given)
    return list(found.values())


def _between_origins(
    positions: Sequence[Sequence[Given]], orders: Orders, rho: float, counted: Counter[Label]
) -> Iterator[tuple[int, int, Label]]:
    """Pairs of positions that different origins stand behind, with their label where it is kept."""
    first = [position[0] for position in positions]
    columns = side(first, rho)
    scopes = _ScopePairs([given.scope for given in first], orders)
    sole = _sole_origins(positions)
    n = len(positions)
    rows = max(1, _CHUNK // max(n, 1))
    for start in range(0, n, rows):
        left, right = np.triu_indices(n, k=1) if n <= rows else _rows(start, min(start + rows, n), n)
        different = (sole[left] != sole[right]) | (sole[left] == -1)
        left, right = left[different], right[different]
        bits = scopes.bits(left, right)
        label = np.full(len(left), 127, dtype=np.int8)
        for relation in Rel:
            here = np.flatnonzero(bits & relation.bit)
            if relation in _TRIVIAL:
                label[here] = np.minimum(label[here], _TRIVIAL[relation])
            elif len(here):
                verdicts = decide(
                    columns.take(left[here]),
                    columns.take(right[here]),
                    np.full(len(here), relation),
                    np.zeros(len(here), dtype=bool),
                    np.full(len(here), Day.DIFFERENT),
                    np.zeros(len(here), dtype=bool),
                )
                label[here] = np.minimum(label[here], verdicts.label)
        for code, number in zip(*np.unique(label, return_counts=True), strict=True):
            counted[Label(int(code))] += int(number)
        for k in np.flatnonzero(np.isin(label, [int(kept) for kept in KEPT])):
            yield int(left[k]), int(right[k]), Label(int(label[k]))
        if n <= rows:
            return


def _within_origins(givens: Sequence[Given], orders: Orders, rho: float) -> Iterator[tuple[Given, Given, Verdict]]:
    """Pairs of one origin. A revision or update holds between a figure and its nearest predecessor only."""
    by_origin: dict[str, list[Given]] = defaultdict(list)
    for given in givens:
        by_origin[given.origin].append(given)
    for own in by_origin.values():
        for number, later in enumerate(own):
            nearest: dict[Label, tuple[Given, Verdict]] = {}
            for earlier in own[:number]:  # they come in the order of their days, and the last one found is the nearest
                if earlier.claim == later.claim:
                    continue
                verdict = relate(later, earlier, orders, rho)
                if verdict.label in (Label.REVISES, Label.UPDATES):
                    nearest[verdict.label] = (earlier, verdict)
                else:
                    yield later, earlier, verdict
            for earlier, verdict in nearest.values():
                yield later, earlier, verdict


class _ScopePairs:
    """The bits of the relation of any two scopes: a matrix a dimension over its distinct values, folded on demand."""

    def __init__(self, scopes: Sequence[Scope], orders: Orders) -> None:
        def named(order: Any) -> Callable[[str | None, str | None], Possible]:
            return lambda a, b: stated(order.compare, a, b, "")

        dimensions: list[tuple[list[Any], Callable[[Any, Any], Possible]]] = [
            ([s.event for s in scopes], named(orders.event)),
            ([s.measure for s in scopes], named(orders.measure)),
            ([s.population for s in scopes], named(orders.population)),
            ([s.place for s in scopes], named(orders.place)),
            ([s.window for s in scopes], windows),
            ([s.parties for s in scopes], lambda a, b: parties(orders.party, a, b)),
        ]
        self._tables = [self._table(values, compare) for values, compare in dimensions]

    @staticmethod
    def _table(
        values: list[Any], compare: Callable[[Any, Any], Possible]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint8]]:
        distinct = list(dict.fromkeys(values))
        number = {value: i for i, value in enumerate(distinct)}
        bits = np.array([[compare(a, b).bits for b in distinct] for a in distinct], dtype=np.uint8)
        return np.array([number[value] for value in values]), bits

    def bits(self, left: npt.NDArray[np.intp], right: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
        found = np.full(len(left), Rel.EQ.bit, dtype=np.uint8)
        for code, table in self._tables:
            found = BOTH[found, table[code[left], code[right]]]
        return found


def _sole_origins(positions: Sequence[Sequence[Given]]) -> npt.NDArray[np.intp]:
    """For each position the number of the only origin behind it, -1 where there are several. Shape (positions,)."""
    numbers: dict[str, int] = {}
    found = []
    for position in positions:
        origins = {given.origin for given in position}
        found.append(-1 if len(origins) > 1 else numbers.setdefault(origins.pop(), len(numbers)))
    return np.array(found, dtype=np.intp)


def _rows(start: int, stop: int, n: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Indices (i, j) with start ≤ i < stop and i < j < n."""
    left = np.repeat(np.arange(start, stop), [n - 1 - i for i in range(start, stop)])
    right = np.concatenate([np.arange(i + 1, n) for i in range(start, stop)] or [np.arange(0)])
    return left, right


def _key(given: Given) -> tuple[Any, ...]:
    day = given.as_of.toordinal() if given.as_of else 0
    return day, given.claim, given.origin, given.certainty or ""
