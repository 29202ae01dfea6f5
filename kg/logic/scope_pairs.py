"""How many scopes lie to one another: one small table a dimension, combined for as many pairs as are asked for.

Comparing two scopes walks six containment orders; a block has far fewer distinct places, populations and windows than
pairs. So every dimension is compared once for each two of its values, and the rest is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kg.logic.figures import Scope
from kg.logic.pairs import RETOLD, Orders
from kg.logic.scope import BOTH, SAME_STRETCH, Order, Possible, Rel, parties, stated, windows

Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_OPEN, _AREA, _STRETCH = 1, 2, 3


class Lying(NamedTuple):
    """How pairs of scopes lie, arrays of one shape: the bits of `Rel` that are possible.

    `assumed`: something about them is unstated. `placed`: something is assumed even where every completion gives one
    label; `stretched`: it is, of different origins. `drift`: they differ at most in their days and in whether a party
    is stated; `shifted`: they differ for certain in what a retelling changes (`kg.logic.pairs.RETOLD`).
    """

    bits: npt.NDArray[np.uint8]
    assumed: Flags
    placed: Flags
    stretched: Flags
    drift: Flags
    shifted: Flags


class _Table(NamedTuple):
    """The comparisons of one dimension: `code[scope]` numbers its value, the others are square over these numbers."""

    code: Indices
    bits: npt.NDArray[np.uint8]
    assumed: npt.NDArray[np.uint8]


class ScopePairs:
    """The distinct scopes of a block, compared on demand. `scopes[i]` is the scope with number i."""

    def __init__(self, scopes: Sequence[Scope], orders: Orders) -> None:
        def named(order: Order) -> Callable[[str | None, str | None], Possible]:
            return lambda a, b: stated(order.compare, a, b, "")

        self.scopes = scopes
        self._tables = {
            "event": _table([s.event for s in scopes], named(orders.event)),
            "measure": _table([s.measure for s in scopes], named(orders.measure)),
            "population": _table([s.population for s in scopes], named(orders.population)),
            "place": _table([s.place for s in scopes], named(orders.place)),
            "window": _table([s.window for s in scopes], windows),
            "party": _table([s.parties for s in scopes], lambda a, b: parties(orders.party, a, b)),
        }
        self._by_anyone = np.array([not s.parties for s in scopes], dtype=bool)

    def lying(self, left: Indices, right: Indices) -> Lying:
        """How the scopes numbered `left` lie to those numbered `right`; the arrays are broadcast against each other."""
        shape = np.broadcast_shapes(left.shape, right.shape)
        bits = np.full(shape, Rel.EQ.bit, dtype=np.uint8)
        assumed, placed, stretched = (np.full(shape, False) for _ in range(3))
        drift, shifted = np.full(shape, True), np.full(shape, False)
        for name, table in self._tables.items():
            a, b = table.code[left], table.code[right]
            found, words = table.bits[a, b], table.assumed[a, b]
            bits = BOTH[bits, found]
            assumed |= words > 0
            placed |= words == _AREA
            stretched |= words == _STRETCH
            if name == "party":
                drift &= (found == Rel.EQ.bit) | self._by_anyone[left] | self._by_anyone[right]
            elif name != "window":
                drift &= found == Rel.EQ.bit
            if name in RETOLD:
                shifted |= found & Rel.EQ.bit == 0
        return Lying(bits, assumed, placed, stretched, drift, shifted)


def _table(values: Sequence[Hashable], compare: Callable[..., Possible]) -> _Table:
    distinct = list(dict.fromkeys(values))
    number = {value: i for i, value in enumerate(distinct)}
    compared = [[compare(a, b) for b in distinct] for a in distinct]
    return _Table(
        np.array([number[value] for value in values], dtype=np.intp),
        np.array([[found.bits for found in row] for row in compared], dtype=np.uint8),
        np.array([[_assumed(found) for found in row] for row in compared], dtype=np.uint8),
    )


def _assumed(found: Possible) -> int:
    if found.assumed is None:
        return 0
    if found.assumed == SAME_STRETCH:
        return _STRETCH
    return _OPEN if found.is_open else _AREA
