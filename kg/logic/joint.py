"""R15 over a block: figures that cannot all hold although each two of them can.

Only what is beyond doubt takes part: scopes that lie in one way only, ceilings that somebody stated, and floors of
printed numbers. A bare figure may be an incomplete tally, so it gives a floor and never the ceiling of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

import networkx as nx
import numpy as np

from kg.logic.conflicts import MOST_SCOPES, smallest_conflict
from kg.logic.figures import Given, Scope, face
from kg.logic.pairs import Orders
from kg.logic.quantity import VAGUE_WORDS, Interval
from kg.logic.scope import Order, Rel
from kg.logic.scope_pairs import ScopePairs

#: Questions to the solver after which the search of one group of scopes ends.
MOST_RUNS = 40

_STATED_CEILING = frozenset({"exactly", "at most", "fewer than", "between"})


@dataclass(frozen=True, slots=True)
class Search:
    """The smallest sets of figures found, each with all that gave its figures; and whether there can be no others."""

    found: tuple[tuple[tuple[Given, ...], ...], ...]
    complete: bool


class _Bound(NamedTuple):
    """What is known of one scope (its number) from figures that say the same of it."""

    scope: int
    allowed: Interval
    givens: tuple[Given, ...]


def joint_grade(members: Sequence[Sequence[Given]]) -> str:
    """The grade of a conflict: hedged where a figure of it is."""
    return "hedged" if any(own[0].hedged for own in members) else "firm"


def joint_conflicts(givens: Sequence[Given], orders: Orders) -> Search:
    """The smallest sets of three or more figures of a block that cannot all hold, behind which two origins stand.

    Scopes are looked at in groups around each stated ceiling. Where all that are linked with it by lying inside one
    another, step by step, are up to MOST_SCOPES, they are settled exactly by an integer programme. Else its neighbours
    are, and where these are too many a whole is only held against disjoint parts; the search is then not complete.
    """
    bounds, scopes = _bounds(givens, orders)
    ceilings = sorted({bound.scope for bound in bounds if bound.allowed.highest is not None})
    if not ceilings:
        return Search((), True)
    pairs = ScopePairs(scopes, orders)
    everything = np.arange(len(scopes))
    found: dict[frozenset[int], None] = {}
    complete = True
    looked_at: set[frozenset[int]] = set()
    for whole in ceilings:
        bits = pairs.lying(everything, np.full(len(scopes), whole)).bits
        near = frozenset(np.flatnonzero(np.isin(bits, [Rel.EQ.bit, Rel.SUB.bit, Rel.SUP.bit, Rel.OVL.bit])).tolist())
        inside = frozenset(np.flatnonzero(np.isin(bits, [Rel.EQ.bit, Rel.SUB.bit])).tolist())
        linked = _linked(whole, pairs)
        group = next((scopes for scopes in (linked, near) if len(scopes) <= MOST_SCOPES), inside)
        if whole not in inside or group in looked_at:  # a scope that leaves something unstated is not sure to be itself
            continue
        looked_at.add(group)
        complete &= group is linked
        own = [i for i, bound in enumerate(bounds) if bound.scope in group]
        order = _order(sorted(group), pairs, orders)
        if not order.apart and not order.members:  # then what holds in pairs holds together
            continue
        if len(group) <= MOST_SCOPES:
            conflicts, ended = _exact(own, bounds, order)
            complete &= ended
        else:
            complete, conflicts = False, list(_against_parts(own, bounds, order, whole))
        found |= dict.fromkeys(conflict for conflict in conflicts if len(conflict) > 2)
    told = (tuple(bounds[i].givens for i in sorted(conflict)) for conflict in sorted(found, key=sorted))
    return Search(tuple(members for members in told if _two_origins(members)), complete)


def _linked(scope: int, pairs: ScopePairs) -> frozenset[int]:
    """All scopes that are linked with one by surely lying inside one another, or MOST_SCOPES of them and some more."""
    everything = np.arange(len(pairs.scopes))
    found = [scope]
    for known in found:
        bits = pairs.lying(everything, np.full(len(everything), known)).bits
        nested = np.flatnonzero(np.isin(bits, [Rel.EQ.bit, Rel.SUB.bit, Rel.SUP.bit]))
        found += [other for other in nested.tolist() if other not in found]
        if len(found) > MOST_SCOPES:
            break
    return frozenset(found)


def _bounds(givens: Sequence[Given], orders: Orders) -> tuple[list[_Bound], list[Scope]]:
    """The figures that take part, by scope and interval; and the scopes, those of the members of composites added."""
    gathered: dict[tuple[Scope, Interval], list[Given]] = defaultdict(list)
    for given in givens:
        figure = given.figure
        if given.certainty == "possible" or figure.bound in VAGUE_WORDS or figure.increment:
            continue
        allowed = face(figure)
        if figure.bound not in _STATED_CEILING:
            allowed = Interval(allowed.lowest, None)
        if not allowed.excludes_nothing:
            gathered[given.scope, allowed].append(given)
    scopes = dict.fromkeys(scope for scope, _ in gathered)
    waiting = list(scopes)
    for scope in waiting:  # a member may be composite itself
        parts = sorted(orders.place.members.get(scope.place or "", frozenset()))
        new = [found for part in parts if (found := replace(scope, place=part)) not in scopes]
        scopes |= dict.fromkeys(new)
        waiting += new
    numbers = {scope: i for i, scope in enumerate(scopes)}
    return [_Bound(numbers[scope], allowed, tuple(own)) for (scope, allowed), own in gathered.items()], list(scopes)


def _order(group: Sequence[int], pairs: ScopePairs, orders: Orders) -> Order:
    """The containment of whole scopes, as far as they lie in one way only."""
    numbers = np.array(group)
    bits = pairs.lying(numbers[:, None], numbers[None, :]).bits
    inside: dict[str, set[str]] = defaultdict(set)
    apart = set()
    for i, j in combinations(range(len(group)), 2):
        a, b = str(group[i]), str(group[j])
        if bits[i, j] in (Rel.SUB.bit, Rel.EQ.bit):
            inside[a].add(b)
        if bits[i, j] in (Rel.SUP.bit, Rel.EQ.bit):
            inside[b].add(a)
        if bits[i, j] == Rel.DISJ.bit:
            apart.add(frozenset({a, b}))
    here = {pairs.scopes[number]: str(number) for number in group}
    members = {}
    for scope, name in here.items():
        parts = [replace(scope, place=part) for part in orders.place.members.get(scope.place or "", ())]
        if parts and all(part in here for part in parts):
            members[name] = frozenset(here[part] for part in parts)
    return Order({low: frozenset(high) for low, high in inside.items()}, frozenset(apart), members)


def _exact(own: Sequence[int], bounds: Sequence[_Bound], order: Order) -> tuple[list[frozenset[int]], bool]:
    """All smallest conflicts, each sought without one figure of those found before; and whether the search ended."""
    found: dict[frozenset[int], None] = {}
    waiting: list[frozenset[int]] = [frozenset()]
    seen = set(waiting)
    runs = 0
    while waiting and runs < MOST_RUNS:
        without = waiting.pop()  # deepest first: what excludes each other in pairs is soon out of the way
        conflict = next((known for known in found if not known & without), None)
        if conflict is None:
            runs += 1
            left = [i for i in own if i not in without]
            smallest = smallest_conflict([str(bounds[i].scope) for i in left], [bounds[i].allowed for i in left], order)
            conflict = frozenset(left[k] for k in smallest)
            if not conflict:
                continue
            found[conflict] = None
        for i in sorted(conflict):
            if without | {i} not in seen:
                seen.add(without | {i})
                waiting.append(without | {i})
    return list(found), not waiting


def _against_parts(own: Sequence[int], bounds: Sequence[_Bound], order: Order, whole: int) -> Iterator[frozenset[int]]:
    """The stated ceilings of one scope against the disjoint parts of it whose floors add up to most."""
    highest: dict[int, int] = {}
    for i in own:
        scope = bounds[i].scope
        if scope != whole and (
            scope not in highest or bounds[highest[scope]].allowed.lowest < bounds[i].allowed.lowest
        ):
            highest[scope] = i
    parts = nx.Graph()
    parts.add_nodes_from((i, {"floor": bounds[i].allowed.lowest}) for i in highest.values())
    parts.add_edges_from(
        (i, j)
        for i, j in combinations(sorted(highest.values()), 2)
        if order.disjoint(str(bounds[i].scope), str(bounds[j].scope))
    )
    chosen, total = nx.max_weight_clique(parts, "floor")
    for i in own:
        ceiling = bounds[i].allowed.highest
        if bounds[i].scope == whole and ceiling is not None and total > ceiling:
            needed, rest = [], total
            for part in sorted(chosen, key=lambda k: (bounds[k].allowed.lowest, k)):
                if rest - bounds[part].allowed.lowest > ceiling:
                    rest -= bounds[part].allowed.lowest
                else:
                    needed.append(part)
            yield frozenset({i, *needed})


def _two_origins(members: Sequence[Sequence[Given]]) -> bool:
    """Whether nobody gave all of the figures: an origin is never held against itself."""
    return not set.intersection(*({given.origin for given in own} for own in members))
