"""Claims that people deny or doubt, and parties accused of the same act: section 4 of the relation tables.

A stance is part of the assertion, not of the claim: who denies that 12 were killed does not say how many were. So
stances are compared with what others affirm, never as figures. "None" holds for every part, "some" for every whole: a
denial meets what is affirmed for the same scope or for a part of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kg.logic.blocks import MOST_KEPT
from kg.logic.figures import Scope
from kg.logic.pairs import GRADES, Orders, compare
from kg.logic.scope import BOTH, Possible, Rel, parties
from kg.logic.scope_pairs import Indices, ScopePairs

#: Acts that are told apart; two "other" acts, or unstated ones, are never the same act.
COMPARED_ACTS = frozenset({"ordered", "carried_out", "took_part", "failed_to_prevent", "withheld", "incited"})
ONE_ACT = "both speak of one and the same act; their words do not say so"

_DOUBTS = frozenset({"questions", "finds_no_evidence"})
_FLAT = (None, "stated")
#: "They alone did it", and neither "in Orlen alone, they …" nor "but not alone".
_ALONE = re.compile(
    r"\b(solely|exclusively|sole)\b"
    r"|(?<!not )\balone (?=(is|are|was|were|did|carried|ordered|set|bears?|has|have|took|incited|failed|withheld)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim with the stance that one origin takes on it; ids and words, None where unstated.

    `numbers` are those printed in a figure. `text` is what is said in the words of the dossier, None for figures.
    `named` says that every responsible party has a name, so that two of them can be told apart.
    """

    claim: str
    kind: str
    origin: str
    stance: str
    scope: Scope
    act: str | None = None
    numbers: tuple[int | None, int | None] | None = None
    text: str | None = None
    certainty: str | None = None
    named: bool = True

    @property
    def exclusive(self) -> bool:
        """Whether the words give the whole responsibility to the parties named."""
        return self.text is not None and _ALONE.search(self.text) is not None

    @property
    def subject_matter(self) -> Hashable | None:
        """What two claims must share to be about the same matter, scopes aside; None where that cannot be told."""
        if self.kind == "responsibility":
            return (self.kind, self.act) if self.act in COMPARED_ACTS and self.scope.parties else None
        if self.kind == "quantity":
            return self.kind, self.numbers, self.scope.measure, self.scope.parties
        return (self.kind, self.text, self.act, self.scope.parties) if self.kind == "event" else None


@dataclass(frozen=True, slots=True)
class Opposition:
    """Two claims that are denied, doubted or blamed differently; the subject is the challenging one where one is.

    `kind` is "contradicts", "disputes" or "competes"; `rule` "denial", "doubt", "two-culprits" or "sole-culprit".
    """

    subject: str
    object: str
    kind: str
    rule: str
    grade: str
    assumptions: tuple[str, ...]
    scope: Rel
    subjects: tuple[Stated, ...]
    objects: tuple[Stated, ...]


def said_after(day: dt.date | None, withdrawal: dt.date | None) -> bool:
    """Whether something was surely said after a withdrawal, so that it stands again."""
    return day is not None and withdrawal is not None and day > withdrawal


def oppositions(
    stated: Sequence[Stated], orders: Orders, *, most: int = MOST_KEPT
) -> tuple[list[Opposition], Counter[tuple[str, str, str]]]:
    """Every opposition between different origins, and the number of each (kind, rule, grade).

    The result does not depend on the order of `stated`. Of competing accusations beyond `most` one is kept for each
    claim; the counts are of all.
    """
    ordered = sorted(set(stated), key=_key)
    about: dict[Hashable, list[Stated]] = defaultdict(list)
    for one in ordered:
        if one.subject_matter is not None:
            about[one.subject_matter].append(one)
    found: dict[tuple[str, str, str, str], list[Opposition]] = defaultdict(list)
    for group in about.values():
        for opposed in (*_challenges(group, orders), *_culprits(group, orders)):
            found[opposed.subject, opposed.object, opposed.kind, opposed.rule].append(opposed)
    together = [_together(same) for _, same in sorted(found.items())]
    return _limited(together, most), Counter((o.kind, o.rule, o.grade) for o in together)


def _challenges(group: Sequence[Stated], orders: Orders) -> Iterator[Opposition]:
    challenging = [one for one in group if one.stance == "denies" or one.stance in _DOUBTS]
    affirmed = [one for one in group if one.stance == "affirms"]
    if not challenging or not affirmed:
        return
    near = _Near([*challenging, *affirmed], orders)
    others = np.arange(len(challenging), len(challenging) + len(affirmed))
    for i, a in enumerate(challenging):
        for j in near.of(i, others, Rel.EQ.bit | Rel.SUP.bit):
            b = affirmed[j - len(challenging)]
            if a.origin != b.origin and (opposed := challenge(a, b, orders)):
                yield opposed


class _Near:
    """Which of many statements have a scope that may meet another's, parties aside; a first sieve for long lists."""

    def __init__(self, stated: Sequence[Stated], orders: Orders) -> None:
        scopes = [replace(one.scope, parties=frozenset()) for one in stated]
        numbers = {scope: i for i, scope in enumerate(dict.fromkeys(scopes))}
        self._scope: Indices = np.array([numbers[scope] for scope in scopes], dtype=np.intp)
        self._pairs = ScopePairs(list(numbers), orders)

    def of(self, one: int, others: Indices, bits: int) -> Indices:
        """Those of `others` to which the statement's scope may lie in one of the ways that `bits` names."""
        found = self._pairs.lying(np.full(len(others), self._scope[one]), self._scope[others]).bits
        return others[found & bits > 0]


def challenge(a: Stated, b: Stated, orders: Orders) -> Opposition | None:
    """What a denial or doubt `a` is to what `b` affirms, None where it does not meet it.

    A flat denial of what is flatly affirmed contradicts it; every other challenge disputes it. Declining to confirm is
    no challenge.
    """
    if a.subject_matter is None or a.subject_matter != b.subject_matter:
        return None
    dimensions = _dimensions(a, b, orders)
    whole = _folded(dimensions)
    doubt = a.stance in _DOUBTS
    if a.exclusive and not b.exclusive:  # who denies that they did it alone may grant that they did it
        return None
    meets = [Rel.EQ] if a.kind == "quantity" else [Rel.EQ, Rel.SUP]
    if a.kind == "responsibility":
        accused = parties(orders.party, a.scope.parties, b.scope.parties)
        # A finding about a ministry bears on what its government is accused of, and the other way round.
        if accused.bits & ~(Rel.EQ.bit | Rel.SUP.bit | (Rel.SUB.bit if doubt else 0)):
            return None
    relation = next((rel for rel in meets if whole & rel.bit), None)
    if relation is None:
        return None
    flat = a.certainty in _FLAT and b.certainty in _FLAT
    assumptions = () if a.claim == b.claim else _open(dimensions)
    if a.kind == "responsibility" and a.text != b.text:
        assumptions = (ONE_ACT, *assumptions)
    grade = "conditional" if assumptions else "firm" if a.claim == b.claim and flat else "hedged"
    kind, rule = ("disputes", "doubt") if doubt else ("contradicts" if flat else "disputes", "denial")
    return Opposition(a.claim, b.claim, kind, rule, grade, assumptions, relation, (a,), (b,))


def _culprits(group: Sequence[Stated], orders: Orders) -> Iterator[Opposition]:
    """Different parties accused of the same act, by different origins, for scopes that may be the same."""
    accusing = [one for one in group if one.stance == "affirms" and one.kind == "responsibility"]
    if len(accusing) < 2:
        return
    near = _Near(accusing, orders)
    for i, a in enumerate(accusing):
        for j in near.of(i, np.arange(i + 1, len(accusing)), Rel.EQ.bit):
            b = accusing[j]
            if a.claim != b.claim and a.origin != b.origin and _others(a, b, orders):
                yield _two_culprits(a, b, orders)


def _others(a: Stated, b: Stated, orders: Orders) -> bool:
    """Whether the parties are others: named, and none of them part of the other side's."""
    apart = parties(orders.party, a.scope.parties, b.scope.parties).bits in (Rel.DISJ.bit, Rel.UNK.bit)
    return a.named and b.named and apart


def _two_culprits(a: Stated, b: Stated, orders: Orders) -> Opposition:
    dimensions = _dimensions(a, b, orders)
    assumptions = _open(dimensions)
    if a.text != b.text:
        assumptions = (ONE_ACT, *assumptions)
    alone = a.exclusive or b.exclusive
    first, second = sorted((a, b), key=lambda one: one.claim)
    return Opposition(
        first.claim,
        second.claim,
        "contradicts" if alone else "competes",
        "sole-culprit" if alone else "two-culprits",
        "conditional" if assumptions else "firm" if a.certainty in _FLAT and b.certainty in _FLAT else "hedged",
        assumptions,
        Rel.EQ,
        (first,),
        (second,),
    )


def _dimensions(a: Stated, b: Stated, orders: Orders) -> dict[str, Possible]:
    """How the scopes lie; only figures count a population in a measure."""
    counted = ("measure", "population") if a.kind == "quantity" else ()
    compared = compare(a.scope, b.scope, orders)
    return {name: compared[name] for name in ("event", *counted, "place", "window")}


def _folded(dimensions: dict[str, Possible]) -> int:
    bits = Rel.EQ.bit
    for found in dimensions.values():
        bits = int(BOTH[bits, found.bits])
    return bits


def _open(dimensions: dict[str, Possible]) -> tuple[str, ...]:
    """The assumptions under which the scopes lie as they are taken to."""
    return tuple(found.assumed for found in dimensions.values() if found.assumed)


def _together(same: Sequence[Opposition]) -> Opposition:
    """One opposition of all that say the same of two claims, at its surest grade."""
    surest = min(same, key=lambda o: (GRADES.index(o.grade), _key(o.subjects[0])))
    subjects = sorted({one for o in same for one in o.subjects}, key=_key)
    objects = sorted({one for o in same for one in o.objects}, key=_key)
    return replace(surest, subjects=tuple(subjects), objects=tuple(objects))


def _limited(found: list[Opposition], most: int) -> list[Opposition]:
    if len(found) <= most:
        return found
    seen: set[str] = set()
    kept = []
    for opposed in found:
        if opposed.kind == "competes":
            if {opposed.subject, opposed.object} <= seen:
                continue
            seen |= {opposed.subject, opposed.object}
        kept.append(opposed)
    return kept


def _key(one: Stated) -> tuple[str, str, str, str]:
    return one.claim, one.origin, one.stance, one.certainty or ""
