"""All pairs of a block at once: positions, the scopes of pairs, the table, and what stands behind each label.

A *block* holds the figures that may bear on one another: those of one event tree whose measures compare. Figures of one
claim that are compared alike (same certainty, both running or both complete) are one *position*, whoever gave them: a
thousand outlets that repeat a toll are one row and one column of the comparison. Scopes are compared once for each two
of them, and only the figures of nested scopes meet in the table; pairs of all other scopes are counted by the scope.

What follows from content holds between two claims, and is worked out between the origins that gave them; two claims
that only one and the same origin gave are compared within it. Revisions, updates and differing relays hold within an
origin. The decision table is the same as for a single pair (`kg.logic.pairs`); a test compares the two.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kg.logic.figures import RHO, Given, Scope, side
from kg.logic.pairs import GRADES, Orders, Verdict, assumed, compare
from kg.logic.scope import Possible, Rel
from kg.logic.scope_pairs import Indices, ScopePairs
from kg.logic.table import Day, Form, Label, decide

#: Labels that are kept; the others are counted, and worked out when somebody asks.
KEPT = frozenset(Label) - {Label.UNDETERMINED, Label.COMPLEMENTS, Label.SCOPE_OVERLAPS, Label.BOUNDS}

#: Relations of a block beyond which only the nearest of each claim and kind are kept.
MOST_KEPT = 10_000

_CHUNK = 4_000_000
_NO_DAY = 0
_NESTED_BITS = Rel.EQ.bit | Rel.SUB.bit | Rel.SUP.bit
#: What scopes alone decide: rule and label of pairs that never meet in the table.
_BY_SCOPE = {
    Rel.UNK: (1, Label.UNDETERMINED),
    Rel.DISJ: (2, Label.COMPLEMENTS),
    Rel.OVL: (3, Label.SCOPE_OVERLAPS),
}
_SCOPE_RULES = tuple(rule for rule, _ in _BY_SCOPE.values())
#: Rules that hold within one origin; all others follow from the content of the claims.
_WITHIN_ORIGIN = (4, 5, 9)
_HISTORY = (int(Label.REVISES), int(Label.UPDATES))
_INVERTED = {Label.REFINED_BY: Label.REFINES, Label.SUPPORTED_BY: Label.SUPPORTS}


_TURNED_FORM = np.array(
    [{Form.ENTAILS: Form.ENTAILED_BY, Form.ENTAILED_BY: Form.ENTAILS}.get(form, form) for form in Form], dtype=np.int8
)


class Kind(NamedTuple):
    """What pairs of claims are counted by."""

    label: Label
    rule: int
    grade: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Two claims and what they are to each other, read from subject to object.

    `subjects` and `objects` are the figures as given that it holds for. The subject is the stronger one where one
    refines or supports the other, the later one in a history, else never the wider one.
    """

    subject: str
    object: str
    verdict: Verdict
    subjects: tuple[Given, ...]
    objects: tuple[Given, ...]


@dataclass(frozen=True)
class Block:
    """The relations that are kept, and how many pairs of claims there are of each kind, kept or not."""

    relations: tuple[Relation, ...]
    found: Counter[Kind]

    @property
    def kept(self) -> Counter[Kind]:
        return Counter(Kind(r.verdict.label, r.verdict.rule, r.verdict.grade) for r in self.relations)


class _Pairs(NamedTuple):
    """Pairs with their verdicts, arrays of one length. `left` and `right` number the groups of a block; the label is
    read from left to right and holds under the scope relation `scope`. `grade` is an index into GRADES; `several` says
    that other completions of what is unstated give other labels, `day` how the days compare."""

    left: Indices
    right: Indices
    label: npt.NDArray[np.int8]
    rule: npt.NDArray[np.int8]
    grade: npt.NDArray[np.int8]
    scope: npt.NDArray[np.int8]
    form: npt.NDArray[np.int8]
    several: npt.NDArray[np.bool_]
    day: npt.NDArray[np.int8]

    def take(self, index: Any) -> _Pairs:
        return _Pairs(*(column[index] for column in self))


def relate_block(givens: Sequence[Given], orders: Orders, rho: float = RHO, *, most: int = MOST_KEPT) -> Block:
    """Relates the figures of a block. The result does not depend on their order.

    Beyond `most` pairs only the nearest of each claim and label are kept, nearest by their lowest counts; `found`
    counts all of them.
    """
    if not givens:
        return Block((), Counter())
    block = _Figures(givens, orders, rho)
    found: Counter[Kind] = Counter()
    kept = [block.counted(pairs, found) for pairs in (*block.between(found), block.within())]
    return Block(_gathered(block, block.nearest(_joined(kept), most), orders), found)


def relations_of_claim(givens: Sequence[Given], orders: Orders, claim: str, rho: float = RHO) -> tuple[Relation, ...]:
    """All relations of one claim of a block to the others, those that are otherwise only counted as well."""
    block = _Figures(givens, orders, rho)
    about = block.claims[claim]
    pairs = [*block.between(Counter(), about), block.by_scope(about), block.within()]
    return _gathered(block, block.of_claim(_joined(pairs), about), orders)


def _gathered(block: _Figures, pairs: _Pairs, orders: Orders) -> tuple[Relation, ...]:
    """The pairs as relations, with everybody who stands behind them."""
    behind: dict[tuple[str, str, Label, str], _Behind] = defaultdict(_Behind)
    for row in zip(*(column.tolist() for column in pairs), strict=True):
        block.gather(_Row(*row), behind)
    compared = cache(lambda a, b: compare(a, b, orders))
    return tuple(behind[key].relation(compared) for key in sorted(behind))


class _Figures:
    """The figures of a block in groups: its positions first, then every figure as given by itself.

    Positions are compared between origins, single figures within one. Claims are numbered in the order of their ids.
    """

    def __init__(self, givens: Sequence[Given], orders: Orders, rho: float) -> None:
        ordered = sorted(set(givens), key=given_key)
        positions: dict[Hashable, list[Given]] = defaultdict(list)
        for given in ordered:
            positions[given.claim, given.running, given.certainty].append(given)
        numbers = {scope: i for i, scope in enumerate(dict.fromkeys(given.scope for given in ordered))}
        self.claims = {claim: i for i, claim in enumerate(sorted({given.claim for given in ordered}))}
        self.groups = sorted(positions.values(), key=lambda group: numbers[group[0].scope])
        self.positions = len(self.groups)
        self.groups += [[given] for given in ordered]
        first = [group[0] for group in self.groups]
        self.columns = side(first, rho)
        self.hedged = np.array([given.hedged for given in first], dtype=bool)
        self.scope = np.array([numbers[given.scope] for given in first], dtype=np.intp)
        self.scopes = ScopePairs(list(numbers), orders)
        self.claim = np.array([self.claims[given.claim] for given in first], dtype=np.intp)
        origins = {origin: i for i, origin in enumerate(dict.fromkeys(given.origin for given in ordered))}
        self.sole = _sole(self.groups, origins)
        by_claim: dict[str, list[Given]] = defaultdict(list)
        for given in ordered:
            by_claim[given.claim].append(given)
        self.sole_of_claim = _sole([by_claim[claim] for claim in self.claims], origins)
        self.first_time = _first_times(self.groups)
        self.day = np.array([_NO_DAY if given.as_of is None else given.as_of.toordinal() for given in first])
        self.day_inferred = np.array([given.day_inferred for given in first], dtype=bool)

    # ---- pairs of different origins ----------------------------------------------------------------------------

    def between(self, found: Counter[Kind], about: int | None = None) -> Iterator[_Pairs]:
        """Pairs of positions that different origins stand behind, where the table decides; the others are counted.

        With `about`, the number of a claim, only pairs of scopes that have to do with it.
        """
        starts = np.searchsorted(self.scope[: self.positions], np.arange(len(self.scopes.scopes) + 1))
        for left, right in self._nested_scopes(found):
            if about is not None:
                own = self.scope[np.argmax(self.claim == about)]
                here = (left == own) | (right == own)
                left, right = left[here], right[here]
            for i, j in _spread(left, right, starts):
                different = (self.sole[i] != self.sole[j]) | (self.sole[i] == -1)
                different &= self.claim[i] != self.claim[j]
                i, j = i[different], j[different]
                yield self._judged(i, j, same=False, day=np.full(len(i), Day.DIFFERENT))

    def _nested_scopes(self, found: Counter[Kind]) -> Iterator[tuple[Indices, Indices]]:
        """Pairs of scopes (left ≤ right) of which one may hold the other. Pairs of all other scopes are counted."""
        n = len(self.scopes.scopes)
        claims = np.array([len(set(own)) for own in _by(self.scope[: self.positions], self.claim, n)])
        rows = max(1, _CHUNK // n)
        for start in range(0, n, rows):
            left, right = np.arange(start, min(start + rows, n))[:, None], np.arange(n)[None, :]
            lying = self.scopes.lying(left, right)
            half = left <= right
            for bits in np.unique(lying.bits[half]):
                if not bits & _NESTED_BITS:
                    rule, label = min((_BY_SCOPE[rel] for rel in Rel if bits & rel.bit), key=lambda found: found[1])
                    grade = "firm" if bits & (bits - 1) == 0 else "conditional"
                    number = (claims[left] * claims[right])[half & (lying.bits == bits)].sum()
                    found[Kind(label, rule, grade)] += int(number)
            nested = half & (lying.bits & _NESTED_BITS > 0)
            i, j = np.nonzero(nested)
            yield i + start, j

    def by_scope(self, about: int) -> _Pairs:
        """The claim with every other whose scope is neither inside nor around its own; whoever gave them."""
        others = np.unique(self.claim[: self.positions], return_index=True)[1]
        own = np.full(len(others), others[about])
        apart = self.scopes.lying(self.scope[own], self.scope[others]).bits & _NESTED_BITS == 0
        own, others = own[apart], others[apart]
        return self._judged(own, others, same=False, day=np.full(len(own), Day.DIFFERENT))

    def of_claim(self, pairs: _Pairs, about: int) -> _Pairs:
        return pairs.take((self.claim[pairs.left] == about) | (self.claim[pairs.right] == about))

    # ---- pairs of one origin -----------------------------------------------------------------------------------

    def within(self) -> _Pairs:
        """Pairs of figures of one origin, the later read to the earlier; histories to the nearest predecessor only.

        What follows from content is told here only of claims that no other origin gave.
        """
        singles = np.arange(self.positions, len(self.groups))
        own = singles[np.argsort(self.sole[singles], kind="stable")]
        starts = np.searchsorted(self.sole[own], np.arange(self.sole.max() + 2))
        origins = np.arange(len(starts) - 1)
        pairs = _joined([self._within(own[j], own[i]) for i, j in _spread(origins, origins, starts)])
        history = np.isin(pairs.label, _HISTORY)
        last = pairs.take(history & self.first_time[pairs.left] & self.first_time[pairs.right])
        last = last.take(np.lexsort((last.right, last.label, last.left)))
        nearest = np.ones(len(last.left), dtype=bool)
        nearest[:-1] = (last.left[1:] != last.left[:-1]) | (last.label[1:] != last.label[:-1])
        return _joined([pairs.take(~history), last.take(nearest)])

    def _within(self, later: Indices, earlier: Indices) -> _Pairs:
        lying = self.scopes.lying(self.scope[later], self.scope[earlier])
        nested = lying.bits & _NESTED_BITS > 0
        # Figures of crossing scopes meet only where they may be one history, or one number retold.
        retold = lying.shifted & (self.columns.numeral[later] == self.columns.numeral[earlier])
        near = nested | ((lying.bits & Rel.OVL.bit > 0) & (lying.drift | retold))
        near &= self.claim[later] != self.claim[earlier]
        later, earlier, nested = later[near], earlier[near], nested[near]
        pairs = self._judged(later, earlier, same=True, day=self._days(later, earlier))
        alone = self.sole_of_claim[self.claim[pairs.left]]
        alone = (alone != -1) & (alone == self.sole_of_claim[self.claim[pairs.right]])
        # What crossing scopes are to each other by themselves is told of their claims, whoever gave them.
        return pairs.take(np.isin(pairs.rule, _WITHIN_ORIGIN) | (alone & nested))

    def _days(self, a: Indices, b: Indices) -> npt.NDArray[np.int8]:
        """How the days of figures compare, as `kg.logic.pairs.day_between` says."""
        apart = np.abs(self.day[a] - self.day[b])
        unknown = (self.day[a] == _NO_DAY) | (self.day[b] == _NO_DAY)
        unknown |= (apart == 1) & (self.day_inferred[a] | self.day_inferred[b])
        return np.where(unknown, Day.UNKNOWN, np.where(apart == 0, Day.SAME, Day.DIFFERENT)).astype(np.int8)

    # ---- both --------------------------------------------------------------------------------------------------

    def _judged(self, left: Indices, right: Indices, *, same: bool, day: npt.NDArray[Any]) -> _Pairs:
        """The verdicts on pairs of groups, each turned so that its left is the subject."""
        lying = self.scopes.lying(self.scope[left], self.scope[right])
        n = len(left)
        label, rule, scope, form = (np.full(n, 127, dtype=np.int8) for _ in range(4))
        several = np.zeros(n, dtype=bool)
        for relation in Rel:
            here = np.flatnonzero(lying.bits & relation.bit)
            if relation in _BY_SCOPE and not (same and relation is Rel.OVL):
                new_rule, new_label = (np.full(len(here), value, dtype=np.int8) for value in _BY_SCOPE[relation])
                new_form = np.full(len(here), Form.COMPATIBLE, dtype=np.int8)
            else:
                verdicts = decide(
                    self.columns.take(left[here]),
                    self.columns.take(right[here]),
                    np.full(len(here), relation),
                    np.full(len(here), same),
                    day[here],
                    lying.drift[here],
                    lying.shifted[here],
                )
                new_rule, new_label, new_form = verdicts.rule, verdicts.label, verdicts.form
            several[here] |= (label[here] != 127) & (label[here] != new_label)
            worse = new_label < label[here]
            here = here[worse]
            label[here], rule[here], scope[here], form[here] = (
                new_label[worse],
                new_rule[worse],
                relation,
                new_form[worse],
            )
        conditional = np.where(several, lying.assumed, lying.placed | (lying.stretched & (not same))) | (
            (rule == 4) & (day == Day.UNKNOWN)
        )
        by_scope = np.isin(rule, _SCOPE_RULES)
        conditional &= several | ~by_scope
        hedged = (self.hedged[left] | self.hedged[right]) & ~by_scope
        grade = np.where(conditional, 2, np.where(hedged, 1, 0)).astype(np.int8)
        turned = np.isin(label, list(_INVERTED))
        symmetric = ~np.isin(label, [*_INVERTED, *_INVERTED.values(), *_HISTORY])
        turned |= symmetric & (scope == Rel.SUP)
        level = (scope == Rel.EQ) | ((scope == Rel.OVL) & ~by_scope)
        turned |= symmetric & level & (self.claim[left] > self.claim[right])
        label = np.select([label == kind for kind in _INVERTED], [*_INVERTED.values()], label).astype(np.int8)
        inverse = np.array([relation.inverse for relation in Rel], dtype=np.int8)
        return _Pairs(
            np.where(turned, right, left),
            np.where(turned, left, right),
            label,
            rule,
            grade,
            np.where(turned, inverse[scope], scope).astype(np.int8),
            np.where(turned, _TURNED_FORM[form], form).astype(np.int8),
            several,
            day.astype(np.int8),
        )

    def counted(self, pairs: _Pairs, found: Counter[Kind]) -> _Pairs:
        """Counts the pairs of claims by kind, a pair at its surest grade, and leaves the pairs that are kept.

        What holds within an origin is counted for each origin.
        """
        order = np.lexsort((pairs.rule, pairs.grade))
        origin = np.where(np.isin(pairs.rule, _WITHIN_ORIGIN), self.sole[pairs.left] + 1, 0)
        key = self.claim[pairs.left] * len(self.sole_of_claim) + self.claim[pairs.right]
        key = (key * len(Label) + pairs.label) * (self.sole.max() + 2) + origin
        once = pairs.take(order[np.unique(key[order], return_index=True)[1]])
        code = (once.label.astype(int) * 32 + once.rule) * len(GRADES) + once.grade
        for kind, number in zip(*np.unique(code, return_counts=True), strict=True):
            label_and_rule, grade = divmod(int(kind), len(GRADES))
            found[Kind(Label(label_and_rule // 32), label_and_rule % 32, GRADES[grade])] += int(number)
        return pairs.take(np.isin(pairs.label, [int(label) for label in KEPT]))

    def nearest(self, pairs: _Pairs, most: int) -> _Pairs:
        """All pairs, or beyond `most` of them those with the nearest lowest counts for each claim and label."""
        if len(pairs.left) <= most:
            return pairs
        apart = np.abs(self.columns.lowest[pairs.left] - self.columns.lowest[pairs.right])
        kept = np.zeros(len(apart), dtype=bool)
        for group in (pairs.left, pairs.right):
            claim = self.claim[group]
            order = np.lexsort((pairs.right, pairs.left, apart, pairs.label, claim))
            new = np.ones(len(order), dtype=bool)
            new[1:] = (np.diff(claim[order]) != 0) | (np.diff(pairs.label[order]) != 0)
            kept[order[new]] = True
        # A relation that is kept is kept with everybody behind it, at its surest grade.
        claims = len(self.sole_of_claim)
        relation = (self.claim[pairs.left] * claims + self.claim[pairs.right]) * len(Label) + pairs.label
        return pairs.take(np.isin(relation, relation[kept]))

    def gather(self, row: _Row, behind: dict[tuple[str, str, Label, str], _Behind]) -> None:
        """Adds the figures behind a pair of groups to the relation that it belongs to."""
        subjects: Sequence[Given] = self.groups[row.left]
        objects: Sequence[Given] = self.groups[row.right]
        one_origin = row.left >= self.positions
        if not one_origin and row.rule not in _SCOPE_RULES:
            subjects, objects = _apart_from(subjects, objects), _apart_from(objects, subjects)
        origin = subjects[0].origin if row.rule in _WITHIN_ORIGIN else ""
        behind[subjects[0].claim, objects[0].claim, Label(row.label), origin].take(row, subjects, objects, one_origin)


class _Row(NamedTuple):
    """One of `_Pairs`."""

    left: int
    right: int
    label: int
    rule: int
    grade: int
    scope: int
    form: int
    several: bool
    day: int

    def verdict(self, dimensions: Mapping[str, Possible], *, same: bool) -> Verdict:
        return Verdict(
            Label(self.label),
            self.rule,
            Form(self.form),
            Rel(self.scope),
            GRADES[self.grade],
            assumed(dimensions, self.rule, several=self.several, day=Day(self.day), same=same),
            dimensions,
        )


class _Behind:
    """What stands behind a relation in the making: the figures of its subject and of its object."""

    def __init__(self) -> None:
        # By their identity: a figure is there once in a block, and comparing figures costs more than finding them.
        self._subjects: dict[int, Given] = {}
        self._objects: dict[int, Given] = {}
        self._surest: tuple[Any, _Row, bool] | None = None

    def take(self, row: _Row, subjects: Sequence[Given], objects: Sequence[Given], same: bool) -> None:
        self._subjects.update((id(given), given) for given in subjects)
        self._objects.update((id(given), given) for given in objects)
        rank = row.grade, row.rule, given_key(subjects[0]), given_key(objects[0])
        if self._surest is None or rank < self._surest[0]:
            self._surest = rank, row, same

    def relation(self, compared: Callable[[Scope, Scope], Mapping[str, Possible]]) -> Relation:
        assert self._surest is not None
        subjects, objects = (tuple(sorted(own.values(), key=given_key)) for own in (self._subjects, self._objects))
        a, b = subjects[0], objects[0]
        _, row, same = self._surest
        return Relation(a.claim, b.claim, row.verdict(compared(a.scope, b.scope), same=same), subjects, objects)


def _apart_from(group: Sequence[Given], other: Sequence[Given]) -> Sequence[Given]:
    """The figures of a group that another origin in the other group stands against."""
    origins = {given.origin for given in other}
    return group if len(origins) > 1 else [given for given in group if given.origin not in origins]


def _joined(parts: Sequence[_Pairs]) -> _Pairs:
    return _Pairs(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _by(keys: Indices, values: Indices, number: int) -> list[Indices]:
    """The values of each key from 0 to number - 1, in their order."""
    order = np.argsort(keys, kind="stable")
    return np.split(values[order], np.searchsorted(keys[order], np.arange(1, number)))


def _spread(left: Indices, right: Indices, starts: Indices) -> Iterator[tuple[Indices, Indices]]:
    """Pairs of scopes to all pairs of their positions (each two once), in parts of a size that fits into memory.

    `starts[scope]` is the first position of a scope, `starts[scope + 1]` the first that is no longer of it.
    """
    size = np.diff(starts)
    number = size[left] * size[right]
    for part in np.split(np.arange(len(left)), np.flatnonzero(np.diff(np.cumsum(number) // _CHUNK)) + 1):
        pair = np.repeat(part, number[part])
        rank = np.arange(len(pair)) - np.repeat(np.cumsum(number[part]) - number[part], number[part])
        across = size[right][pair]
        i, j = starts[left][pair] + rank // across, starts[right][pair] + rank % across
        yield i[i < j], j[i < j]


def _sole(groups: Sequence[Sequence[Given]], origins: dict[str, int]) -> Indices:
    """For each group the number of the only origin behind it, -1 where there are several. Shape (groups,)."""
    found = [{given.origin for given in group} for group in groups]
    return np.array([-1 if len(own) > 1 else origins[next(iter(own))] for own in found], dtype=np.intp)


def _first_times(groups: Sequence[Sequence[Given]]) -> npt.NDArray[np.bool_]:
    """Whether the origin gave the claim on that day for the first time, as far as days are known. Shape (groups,).

    An outlet that prints an old toll later repeats it; the origin has not gone back to it.
    """
    first: dict[tuple[str, str], Any] = {}
    for given, *_ in groups:
        known = first.get((given.origin, given.claim))
        if given.as_of is not None and (known is None or given.as_of < known):
            first[given.origin, given.claim] = given.as_of
    return np.array([first.get((group[0].origin, group[0].claim)) == group[0].as_of for group in groups], dtype=bool)


def given_key(given: Given) -> tuple[Any, ...]:
    day = given.as_of.toordinal() if given.as_of else 0
    return day, given.claim, given.origin, given.certainty or "", given.day_inferred
