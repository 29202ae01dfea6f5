"""All relations of one claim, worked out when somebody asks: those that are stored, and those that are only counted.

Nothing is left out: neither what scopes alone decide and what part and whole leave to the rest, nor what lies beyond
the limit of a very large block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.logic.blocks import Relation, relations_of_claim
from kg.logic.figures import RHO
from kg.logic.scope import Rel
from kg.logic.table import Label
from kg.relate.backing import Backings
from kg.relate.blocks import Block, blocks
from kg.relate.reading import read_statements
from kg.relate.reasons import DIMENSIONS, Reasons, names, words
from kg.relate.results import RULES, Edge, corroborations, edges_of, notation, related
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
    "corroborates",
    "possiblyCorroborates",
    "repeats",
    "agrees",
    "supports",
    "supportedBy",
    "bounds",
    "scopeOverlaps",
    "complements",
    "undetermined",
)

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


def relations_of(store: Store, base: str, claim: IRI, reach: float = RHO) -> tuple[Related, ...]:
    """All relations of the claim to other claims, the gravest kinds first.

    What is said of three claims or more (conflict sets, sums) is not among them.
    """
    found: set[Related] = set()
    for block in blocks(read_statements(store, base), reach):
        if claim.value in {given.claim for given in block.figures} | {stated.claim for stated in block.stances}:
            of_kind = _of_figures if block.figures else _of_stances
            found.update(of_kind(block, claim.value, Reasons(names(store, [block]), reach)))
    return tuple(sorted(found, key=lambda one: (SEVERITY.index(one.relation), one.other, one.rule, one.reason)))


def _read_from(claim: str, edge: Edge) -> Related:
    relation, rule, grade = edge.kind
    if edge.subject == claim:
        return Related(edge.object, relation, rule, grade, edge.reason)
    return Related(edge.subject, INVERSE.get(relation, relation), rule, grade, edge.reason)


def _judged(edge: Edge, block: Block, reasons: Reasons) -> Edge:
    """The edge; if somebody judged it, its reason ends with who did, when and why."""
    verdict = block.verdict_on.get(edge.code)
    return edge if verdict is None else replace(edge, reason=f"{edge.reason} {reasons.judged(verdict)}")


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
                yield _read_from(claim, _judged(edge, block, reasons))


def _of_figures(block: Block, claim: str, reasons: Reasons) -> Iterator[Related]:
    """What the table says of the claim and every other."""
    backings = Backings(block)
    for relation in relations_of_claim(list(block.figures), block.orders, claim, block.reach):
        verdict = relation.verdict
        if verdict.rule <= _BY_SCOPE:
            other = relation.object if relation.subject == claim else relation.subject
            yield Related(other, notation(verdict.label), RULES[verdict.rule], verdict.grade, _why(relation, reasons))
        else:
            told = edges_of(relation, block, reasons)
            told += corroborations(relation, told, backings, reasons)
            yield from (_read_from(claim, _judged(edge, block, reasons)) for edge in told)


def _why(relation: Relation, reasons: Reasons) -> str:
    """Why numbers are not compared: the dimensions that decide it."""
    verdict, a, b = relation.verdict, relation.subjects[0], relation.objects[0]
    decides = {Label.UNDETERMINED: Rel.UNK, Label.COMPLEMENTS: Rel.DISJ}.get(verdict.label)
    deciding = [
        DIMENSIONS[name]
        for name, found in verdict.dimensions.items()
        if (found.bits & decides.bit if decides is not None else found.bits != Rel.EQ.bit)
    ]
    which = f"{words(a)} ({reasons.name(a.origin)}) and {words(b)} ({reasons.name(b.origin)})"
    by = f" ({', '.join(deciding)})" if deciding else ""
    if verdict.label is Label.UNDETERMINED:
        told = f"Nothing that is declared says how what {which} count lies to each other{by}; they are not compared"
    elif verdict.label is Label.COMPLEMENTS:
        told = f"What {which} count has nothing in common{by}: they add up and cannot conflict"
    else:
        told = f"What {which} count overlaps, and each reaches beyond the other{by}: nothing follows from the two"
    assumed = "; ".join(verdict.assumptions)
    return f"{told}. Assumed: {assumed}." if assumed else f"{told}."
