"""R16: parts of one origin's figures that add up exactly, or fail to add up, to its whole.

Parts and whole are given by the same origin for the same day. The parts must be apart from one another in one dimension
(declared disjoint populations or places, windows that do not touch, different parties) and the same as the whole in all
others. That parties are apart is an assumption: an origin that tells a toll party by party counts each death once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kg.logic.figures import Given, Scope
from kg.logic.pairs import Orders, compare
from kg.logic.scope import Possible, Rel, certain

#: Parts of one whole beyond which combinations are not tried; they are rare, and every further part doubles the work.
MOST_PARTS = 12

#: Words whose single number is the figure itself and can be added.
_ADDABLE = frozenset({"exactly", "bare"})
_DIMENSIONS = ("population", "place", "window", "party")
PARTIES_APART = "an origin that tells a toll party by party counts each death under one of them"


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole and the parts that were tried against it. `closes` says whether they add up exactly.

    `documents` are those that state the whole and every part; `assumption` is a sentence where the parts are apart only
    by assumption.
    """

    whole: Given
    parts: tuple[Given, ...]
    closes: bool
    documents: frozenset[str] = frozenset()
    assumption: str | None = None

    @property
    def grade(self) -> str:
        return "conditional" if self.assumption else "firm"

    @property
    def total(self) -> int:
        return sum(_number(part) for part in self.parts)


def sums(pages: Mapping[Given, frozenset[str]], orders: Orders, skipped: list[Given] | None = None) -> Iterator[Sum]:
    """Every whole that parts of it add up to; and within one document, parts that add up to more than their whole.

    `pages` holds the figures and the documents that state each. Parts that add up to less say nothing: there may be
    others. Of parts that exceed a whole only the fewest are told, and none where other parts add up to it. A whole with
    more than MOST_PARTS parts in a dimension is not tried there; it is added to `skipped`.
    """
    groups: dict[tuple[str, object, str | None], list[Given]] = defaultdict(list)
    for given in pages:
        if given.figure.bound in _ADDABLE and given.as_of is not None and not given.figure.increment:
            groups[given.origin, given.as_of, given.scope.measure].append(given)
    for group in groups.values():
        for whole in group:
            tried = [found for name in _DIMENSIONS for found in _of_whole(whole, group, name, pages, orders, skipped)]
            once: dict[frozenset[Given], Sum] = {}
            for found in [found for found in tried if found.closes] or tried:
                once.setdefault(frozenset(found.parts), found)
            yield from once.values()


def _of_whole(
    whole: Given,
    group: Sequence[Given],
    dimension: str,
    pages: Mapping[Given, frozenset[str]],
    orders: Orders,
    skipped: list[Given] | None,
) -> Iterator[Sum]:
    parts = [part for part in group if part is not whole and _is_part(part, whole, dimension, orders)]
    if len(parts) > MOST_PARTS and skipped is not None:
        skipped.append(whole)
    if not 2 <= len(parts) <= MOST_PARTS:
        return
    apart = {
        frozenset((i, j))
        for (i, a), (j, b) in combinations(enumerate(parts), 2)
        if _apart(a.scope, b.scope, dimension, orders)
    }
    exceeding: list[set[int]] = []
    for size in range(2, len(parts) + 1):
        for chosen in combinations(range(len(parts)), size):
            if not all(frozenset(pair) in apart for pair in combinations(chosen, 2)):
                continue
            members = tuple(parts[i] for i in chosen)
            documents = pages[whole].intersection(*(pages[part] for part in members))
            found = Sum(whole, members, False, documents, _assumption(members, dimension, orders))
            if found.total == _number(whole):
                yield replace(found, closes=True)
            elif found.total > _number(whole) and documents and not any(known <= set(chosen) for known in exceeding):
                exceeding.append(set(chosen))
                yield found


def _is_part(part: Given, whole: Given, dimension: str, orders: Orders) -> bool:
    """Narrower in the dimension that is added over. It may be narrower in others: "by the army", where the whole is by
    anyone, says so much more, and is still part of it."""
    dimensions = compare(part.scope, whole.scope, orders)
    return dimensions[dimension] == certain(Rel.SUB) and all(
        found in (certain(Rel.EQ), certain(Rel.SUB)) for found in dimensions.values()
    )


def _assumption(parts: Sequence[Given], dimension: str, orders: Orders) -> str | None:
    """What has to be assumed for the parts to be apart."""
    declared = all(compare(a.scope, b.scope, orders)["party"] == certain(Rel.DISJ) for a, b in combinations(parts, 2))
    return PARTIES_APART if dimension == "party" and not declared else None


def _apart(a: Scope, b: Scope, dimension: str, orders: Orders) -> bool:
    found: Mapping[str, Possible] = compare(a, b, orders)
    if dimension == "party":
        return bool(a.parties and b.parties) and found["party"].bits in (Rel.UNK.bit, Rel.DISJ.bit)
    return found[dimension] == certain(Rel.DISJ)


def _number(given: Given) -> int:
    assert given.figure.lower is not None
    return given.figure.lower
