"""All relations of one claim, worked out when somebody asks: those that are stored, and those that are only counted.

The same rules as for a whole block (`kg.logic.blocks`), for the pairs of one claim; a test compares the two. Nothing is
left out: neither what scopes alone decide and what part and whole leave to the rest, nor what lies beyond the limit of
a very large block. It takes time in proportion to the number of claims in the block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from kg.labels import labels
from kg.logic.blocks import Relation, _key
from kg.logic.figures import RHO, Given
from kg.logic.pairs import GRADES, Verdict, relate
from kg.logic.scope import Rel
from kg.logic.table import Label
from kg.relate.blocks import Block, blocks
from kg.relate.reading import read_statements
from kg.relate.reasons import DIMENSIONS, Reasons, words
from kg.relate.results import RULES, Edge, _edges, notation, related
from kg.relate.writing import INVERSE
from kg.store import Store
from kg.terms import IRI, Term, text
from kg.vocab import scheme

#: Kinds of relation between two claims, the gravest first; every one that a table lists.
SEVERITY = (
    "contradicts",
    "disputes",
    "disputedBy",
    "competes",
    "altersReportOf",
    "reportAlteredBy",
    "relaysDiffer",
    "revises",
    "revisedBy",
    "rivals",
    "updates",
    "updatedBy",
    "sameFigure",
    "overlaps",
    "refines",
    "refinedBy",
    "agrees",
    "supports",
    "supportedBy",
    "bounds",
    "scopeOverlaps",
    "complements",
    "undetermined",
)

_WITHIN_ORIGIN = (4, 5, 9)
_HISTORY = (Label.REVISES, Label.UPDATES)
_DIRECTED = (Label.REFINES, Label.SUPPORTS, *_HISTORY)
_INVERTED = {Label.REFINED_BY: Label.REFINES, Label.SUPPORTED_BY: Label.SUPPORTS}
_BY_SCOPE = 3  # the last of the rules that look at scopes only


@dataclass(frozen=True, slots=True)
class Related:
    """What a claim is to another one, read from the claim: notations of the schemes, and a sentence for people."""

    other: str
    relation: str
    rule: str
    grade: str
    reason: str

    @property
    def terms(self) -> tuple[Term, ...]:
        """The same as a row of an answer: the other claim, three concepts, and the sentence."""
        concepts = (("relation-kinds", self.relation), ("rules", self.rule), ("grades", self.grade))
        known = [scheme(name).get(word) for name, word in concepts]
        return IRI(self.other), *(concept.iri for concept in known if concept is not None), text(self.reason, "en")


class _Pair(NamedTuple):
    """Two figures, subject first, and a verdict on them, read either way."""

    verdict: Verdict
    a: Given
    b: Given

    def rank(self) -> tuple[int, int, Any, Any]:
        return GRADES.index(self.verdict.grade), self.verdict.rule, _key(self.a), _key(self.b)


def relations_of(store: Store, claim: IRI, reach: float = RHO) -> tuple[Related, ...]:
    """All relations of the claim to other claims, the gravest kinds first.

    What is said of three claims or more (conflict sets, sums) is not among them.
    """
    found: set[Related] = set()
    for block in blocks(read_statements(store), reach):
        if claim.value in {given.claim for given in block.figures} | {stated.claim for stated in block.stances}:
            of_kind = _of_figures if block.figures else _of_stances
            found.update(of_kind(block, claim.value, Reasons(_names(store, block), reach)))
    return tuple(sorted(found, key=lambda one: (SEVERITY.index(one.relation), one.other, one.rule, one.reason)))


def _read_from(claim: str, edge: Edge) -> Related:
    relation, rule, grade = edge.kind
    if edge.subject == claim:
        return Related(edge.object, relation, rule, grade, edge.reason)
    return Related(edge.subject, INVERSE.get(relation, relation), rule, grade, edge.reason)


def _of_stances(block: Block, claim: str, reasons: Reasons) -> Iterator[Related]:
    """The challenges and competing accusations of a claim: one claim after the other, so that no limit is met."""
    own = {stated: voices for stated, voices in block.stances.items() if stated.claim == claim}
    about = {stated.subject_matter for stated in own}
    others = {
        stated.claim: None for stated in block.stances if stated.claim != claim and stated.subject_matter in about
    }
    for other in (claim, *others):
        two = own | {stated: voices for stated, voices in block.stances.items() if stated.claim == other}
        for edge in related(replace(block, stances=two), reasons).edges:
            if {edge.subject, edge.object} == {claim, other}:
                yield _read_from(claim, edge)


# ---- figures -------------------------------------------------------------------------------------------------------


def _of_figures(block: Block, claim: str, reasons: Reasons) -> Iterator[Related]:
    """What the table says of the claim and every other, with everybody who stands behind it."""
    givens: dict[str, list[Given]] = defaultdict(list)
    for given in sorted(block.figures, key=_key):
        givens[given.claim].append(given)
    for other in givens.keys() - {claim}:
        a, b = givens[claim][0], givens[other][0]
        first = relate(a, b, block.orders, block.reach)
        if first.rule <= _BY_SCOPE:  # whoever gave them, and when
            why = _scope_reason(first, a, b, reasons)
            yield Related(other, notation(first.label), RULES[first.rule], first.grade, why)
            continue
        behind: dict[tuple[str, str, Label, str], list[_Pair]] = defaultdict(list)
        for verdict, origin, pairs in (
            *_between(block, givens[claim], givens[other]),
            *_within(block, givens, claim, other),
        ):
            label = _INVERTED.get(verdict.label, verdict.label)
            turned = _is_turned(verdict, *pairs[0])
            for a, b in ((b, a) if turned else (a, b) for a, b in pairs):
                behind[a.claim, b.claim, label, origin].append(_Pair(verdict, a, b))
        for found in behind.values():
            for edge in _edges(_relation(block, found), block, reasons):
                yield _read_from(claim, edge)


def _relation(block: Block, behind: Sequence[_Pair]) -> Relation:
    """The relation at its surest grade."""
    _, a, b = min(behind, key=_Pair.rank)
    subjects, objects = (tuple(sorted(set(side), key=_key)) for side in zip(*((p.a, p.b) for p in behind), strict=True))
    return Relation(a.claim, b.claim, relate(a, b, block.orders, block.reach), subjects, objects)


def _between(
    block: Block, own: Sequence[Given], others: Sequence[Given]
) -> Iterator[tuple[Verdict, str, list[tuple[Given, Given]]]]:
    """The verdicts between different origins, each with the pairs of figures that it holds for."""
    for ours in _positions(own):
        for theirs in _positions(others):
            pairs = [(a, b) for a in ours for b in theirs if a.origin != b.origin]
            if pairs:
                yield relate(*pairs[0], block.orders, block.reach), "", pairs


def _within(
    block: Block, givens: Mapping[str, Sequence[Given]], claim: str, other: str
) -> Iterator[tuple[Verdict, str, list[tuple[Given, Given]]]]:
    """The verdicts within an origin, read from the later figure; of a history only to the nearest predecessor."""
    origins = {given.origin for given in (*givens[claim], *givens[other])}
    for a in givens[claim]:
        for b in givens[other]:
            if a.origin != b.origin:
                continue
            earlier, later = sorted((a, b), key=_key)
            verdict = relate(later, earlier, block.orders, block.reach)
            if verdict.label in _HISTORY and not _is_nearest(block, givens, later, earlier, verdict.label):
                continue
            if verdict.rule in _WITHIN_ORIGIN or len(origins) == 1:
                yield verdict, a.origin if verdict.rule in _WITHIN_ORIGIN else "", [(later, earlier)]


def _is_nearest(
    block: Block, givens: Mapping[str, Sequence[Given]], later: Given, earlier: Given, label: Label
) -> bool:
    """Whether no figure of the origin between the two stands in the same relation to the later one."""
    if not (_first_time(givens, later) and _first_time(givens, earlier)):
        return False
    return not any(
        _key(earlier) < _key(given) < _key(later)
        and given.claim != later.claim
        and _first_time(givens, given)
        and relate(later, given, block.orders, block.reach).label is label
        for own in givens.values()
        for given in own
        if given.origin == later.origin
    )


def _first_time(givens: Mapping[str, Sequence[Given]], given: Given) -> bool:
    """Whether the origin gave the claim then for the first time, as far as days are known."""
    days = [one.as_of for one in givens[given.claim] if one.origin == given.origin and one.as_of is not None]
    return given.as_of == min(days, default=None)


def _is_turned(verdict: Verdict, a: Given, b: Given) -> bool:
    """Whether the relation is read from the second figure: the stronger, the later, else never the wider one."""
    if verdict.label in (*_INVERTED, *_DIRECTED):
        return verdict.label in _INVERTED
    return verdict.scope is Rel.SUP or (verdict.scope is Rel.EQ and a.claim > b.claim)


def _positions(givens: Iterable[Given]) -> list[list[Given]]:
    """Figures of one claim that are compared alike."""
    found: dict[tuple[bool, str | None], list[Given]] = defaultdict(list)
    for given in givens:
        found[given.running, given.certainty].append(given)
    return list(found.values())


def _names(store: Store, block: Block) -> Mapping[str, str]:
    """Labels of everything that the sentences about a block may name."""
    ids: set[str | None] = {given.origin for given in block.figures}
    ids |= {stated.origin for stated in block.stances}
    for scope in block.all_scopes:
        ids |= {scope.event, scope.measure, scope.place, scope.population, *scope.parties}
    return {iri.value: label for iri, label in labels(store, {IRI(id_) for id_ in ids if id_ is not None}).items()}


# ---- what scopes alone decide --------------------------------------------------------------------------------------


def _scope_reason(verdict: Verdict, a: Given, b: Given, reasons: Reasons) -> str:
    """Why numbers are not compared: the dimensions that decide it."""
    decides = {Label.UNDETERMINED: Rel.UNK, Label.COMPLEMENTS: Rel.DISJ}.get(verdict.label)
    names = [
        DIMENSIONS[name]
        for name, found in verdict.dimensions.items()
        if (found.bits & decides.bit if decides is not None else found.bits != Rel.EQ.bit)
    ]
    which = f"{words(a)} ({reasons.name(a.origin)}) and {words(b)} ({reasons.name(b.origin)})"
    by = f" ({', '.join(names)})" if names else ""
    if verdict.label is Label.UNDETERMINED:
        told = f"Nothing that is declared says how what {which} count lies to each other{by}; they are not compared"
    elif verdict.label is Label.COMPLEMENTS:
        told = f"What {which} count has nothing in common{by}: they add up and cannot conflict"
    else:
        told = f"What {which} count overlaps, and each reaches beyond the other{by}: nothing follows from the two"
    assumed = "; ".join(verdict.assumptions)
    return f"{told}. Assumed: {assumed}." if assumed else f"{told}."
