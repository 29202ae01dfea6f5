"""What relating a block gives: relations of two claims, joint conflicts, sums, and how many there are of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kg.logic.blocks import KEPT, Relation, given_key, relate_block
from kg.logic.disputes import Dispute, disputes
from kg.logic.figures import Given
from kg.logic.independence import Independence
from kg.logic.joint import joint_conflicts, joint_grade
from kg.logic.pairs import Verdict
from kg.logic.retelling import Lost, differences, passed_through
from kg.logic.scope import Rel
from kg.logic.stances import Opposition, Stated, oppositions
from kg.logic.sums import MOST_PARTS, Sum, sums
from kg.logic.support import may_corroborate
from kg.logic.table import Form, Label
from kg.model import JSON, digest
from kg.relate.backing import Backings, FloorSupport, Support
from kg.relate.blocks import Block
from kg.relate.reading import Voice
from kg.relate.reasons import Reasons
from kg.relate.state import Kind

#: The rules R1–R16 by their number, as notations of the scheme `rules`.
RULES = {
    1: "undetermined-scope",
    2: "disjoint-scopes",
    3: "crossing-scopes",
    4: "same-origin-same-day",
    5: "same-origin-revision",
    6: "excused-gap",
    7: "disjoint-values",
    8: "part-exceeds-whole",
    9: "same-origin-update",
    10: "conveyed-ranges-apart",
    11: "same-interval",
    12: "nested-intervals",
    13: "part-implies-whole",
    14: "part-of-whole",
    15: "jointly-impossible",
    16: "parts-and-whole",
}

#: The rule by which supporting claims corroborate or repeat one another, a notation of the scheme `rules`.
INDEPENDENT_ORIGINS = "independent-origins"

_Said = TypeVar("_Said", Given, Stated)


@dataclass(frozen=True, slots=True)
class Edge:
    """Two claims, the kind of their relation, and on whose word it holds.

    `subjects` and `objects` are the voices behind each side, with the origins that they end at. `verdict` is that of
    the table, None where stances or origins are compared. `differs` names what relays differ in. `backed` is what
    stands behind both claims together, where that decides the kind.
    """

    subject: str
    object: str
    kind: Kind
    subjects: tuple[Voice, ...]
    objects: tuple[Voice, ...]
    subject_origins: frozenset[str]
    object_origins: frozenset[str]
    scope: Rel
    assumptions: tuple[str, ...]
    reason: str
    verdict: Verdict | None = None
    differs: tuple[str, ...] = ()
    backed: Independence | None = None

    @property
    def code(self) -> str:
        """What names the relation, in every run."""
        origin = sorted(self.subject_origins)[0] if self.subject_origins == self.object_origins else None
        return relation_code([self.kind.relation, self.subject, self.object, self.kind.rule, origin])


def relation_code(content: JSON) -> str:
    """The digest that names a relation."""
    return digest({"type": "relation", "content": content})


@dataclass(frozen=True)
class Results:
    """What was found in a block. `found` counts pairs of claims by kind, whether kept or not; `kept` those in `edges`,
    `sums` and `joint`. `supports` and `floors` say what stands behind claims and behind "at least n" of an event,
    `lost` where attribution was lost. `notes` say what was not gone through, in sentences."""

    edges: tuple[Edge, ...]
    sums: tuple[Sum, ...]
    joint: tuple[tuple[tuple[Given, ...], ...], ...]
    disputes: tuple[Dispute, ...]
    supports: tuple[Support, ...]
    floors: tuple[FloorSupport, ...]
    lost: tuple[Lost, ...]
    found: Counter[Kind]
    kept: Counter[Kind]
    notes: tuple[str, ...]


def notation(label: Label) -> str:
    """The notation of a label in the scheme `relation-kinds`: RELAYS_DIFFER is "relaysDiffer"."""
    first, *rest = label.name.lower().split("_")
    return first + "".join(word.title() for word in rest)


def related(block: Block, reasons: Reasons) -> Results:
    """Works out all relations of a block."""
    return _of_figures(block, reasons) if block.figures else _of_stances(block, reasons)


def _of_figures(block: Block, reasons: Reasons) -> Results:
    givens = sorted(block.figures, key=given_key)
    found = relate_block(givens, block.orders, block.reach)
    joint = joint_conflicts(givens, block.orders)
    pages = {given: frozenset(voice.document for voice in block.figures[given]) for given in givens}
    untried: list[Given] = []
    added = tuple(sums(pages, block.orders, untried))
    counted = Counter({_kind(*kind): number for kind, number in found.found.items()})
    edges: list[Edge] = []
    backings, rejected = Backings(block), rejected_codes(block)
    upheld: list[Relation] = []
    for relation in found.relations:
        told = edges_of(relation, block, reasons)
        if not all(edge.code in rejected for edge in told):
            upheld.append(relation)
            told += corroborations(relation, told, backings, reasons)
        # A pair of relays may be told twice: some were shown to have altered a report, the others remain unexplained.
        counted[_kind(relation.verdict.label, relation.verdict.rule, relation.verdict.grade)] -= 1
        counted.update(edge.kind for edge in told)
        edges += told
    others = Counter([*map(sum_kind, added), *map(joint_kind, joint.found)])
    kept = Counter(edge.kind for edge in edges) + others
    notes = []
    if len(found.relations) < (all_of_them := sum(n for kind, n in found.found.items() if kind.label in KEPT)):
        notes.append(
            f"{len(found.relations):,} of {all_of_them:,} relations are stored, the nearest of each claim and kind; "
            "'kg relate --of CLAIM' works out all of a claim"
        )
    if not joint.complete:
        notes.append("joint conflicts were not sought everywhere: some scopes are too many to be settled exactly")
    if untried:
        wholes = len({given.claim for given in untried})
        notes.append(f"sums were not tried for {wholes:,} claims with more than {MOST_PARTS} parts")
    return Results(
        tuple(edges),
        added,
        joint.found,
        disputes(upheld, givens),
        tuple(backings.supports()),
        tuple(backings.floors()),
        backings.lost(),
        +counted + others,
        kept,
        tuple(notes),
    )


def sum_kind(found: Sum) -> Kind:
    return Kind("sumsTo" if found.closes else "failsToSumTo", RULES[16], found.grade)


def joint_kind(members: Sequence[Sequence[Given]]) -> Kind:
    return Kind("conflictSet", RULES[15], joint_grade(members))


def _kind(label: Label, rule: int, grade: str) -> Kind:
    return Kind(notation(label), RULES[rule], grade)


def edges_of(relation: Relation, block: Block, reasons: Reasons) -> list[Edge]:
    """The relation with its voices; relays that differ are split into those that altered a report, and the others."""
    verdict = relation.verdict
    whole = Edge(
        relation.subject,
        relation.object,
        _kind(verdict.label, verdict.rule, verdict.grade),
        _voices(block.figures, relation.subjects),
        _voices(block.figures, relation.objects),
        frozenset(given.origin for given in relation.subjects),
        frozenset(given.origin for given in relation.objects),
        verdict.scope,
        verdict.assumptions,
        "",
        verdict,
    )
    if verdict.label is not Label.RELAYS_DIFFER:
        return [replace(whole, reason=reasons.relation(relation))]
    a, b = relation.subjects[0], relation.objects[0]
    changed = differences(a, b, block.orders)
    other_way = _turned(whole)
    altered = [
        replace(edge, differs=changed, reason=reasons.altered(relation, changed, turned=way))
        for edge, way in ((_altering(whole), False), (_altering(other_way), True))
        if edge is not None
    ]
    explained = {voice for edge in altered for voice in (*edge.subjects, *edge.objects)}
    left = replace(
        whole,
        subjects=tuple(voice for voice in whole.subjects if voice not in explained),
        objects=tuple(voice for voice in whole.objects if voice not in explained),
    )
    if left.subjects and left.objects:
        altered.append(replace(left, differs=changed, reason=reasons.relation(relation, changed)))
    return altered


def corroborations(relation: Relation, told: Sequence[Edge], backings: Backings, reasons: Reasons) -> list[Edge]:
    """What two claims are to each other by their origins, if they support each other."""
    if not may_corroborate(relation.verdict.label, relation.subjects[0], relation.objects[0]):
        return []
    (whole,) = told
    if not (backings.of(whole.subject).ends and backings.of(whole.object).ends):
        return []  # what no origin stands behind corroborates nothing
    if whole.scope is Rel.SUP:  # read both ways, from the narrower claim
        whole = _turned(whole)
    status, found = backings.corroboration(whole.subject, whole.object)
    settled = backings.settled(whole.subject) and backings.settled(whole.object)
    if status == "corroborates" and not settled:
        status = "possiblyCorroborates"
    reason = reasons.corroboration(relation, status, found, settled=settled)
    kind = Kind(status, INDEPENDENT_ORIGINS, relation.verdict.grade)
    return [replace(whole, kind=kind, verdict=None, backed=found, reason=reason)]


def _turned(edge: Edge) -> Edge:
    """The same edge, read from its object."""
    return replace(
        edge,
        subject=edge.object,
        object=edge.subject,
        subjects=edge.objects,
        objects=edge.subjects,
        subject_origins=edge.object_origins,
        object_origins=edge.subject_origins,
        scope=edge.scope.inverse,
        verdict=edge.verdict.inverse if edge.verdict else None,
    )


def rejected_codes(block: Block) -> frozenset[str]:
    """The codes of relations that people rejected."""
    return frozenset(code for code, verdict in block.verdict_on.items() if verdict.judgement == "reject")


def _altering(edge: Edge) -> Edge | None:
    """The part of an edge whose subjects came through a document's outlet that itself says otherwise."""
    pairs = [
        (a, b)
        for a in edge.subjects
        for b in edge.objects
        if a.document != b.document and passed_through(a.chain, b.outlet)
    ]
    # "Nearly 1,500" for 1,479 rounds what the document has, and is no other word.
    if not pairs or (edge.verdict is not None and edge.verdict.form in (Form.ENTAILED_BY, Form.EQUIVALENT)):
        return None
    subjects, objects = (tuple(dict.fromkeys(side)) for side in zip(*pairs, strict=True))
    return replace(edge, kind=edge.kind._replace(relation="altersReportOf"), subjects=subjects, objects=objects)


def _of_stances(block: Block, reasons: Reasons) -> Results:
    opposed, found = oppositions(list(block.stances), block.orders)
    edges = tuple(_opposed(one, block, reasons) for one in opposed)
    backings = Backings(block)
    return Results(
        edges,
        (),
        (),
        (),
        tuple(backings.supports()),
        (),
        backings.lost(),
        Counter({Kind(*kind): n for kind, n in found.items()}),
        Counter(edge.kind for edge in edges),
        (),
    )


def _opposed(one: Opposition, block: Block, reasons: Reasons) -> Edge:
    return Edge(
        one.subject,
        one.object,
        Kind(one.kind, one.rule, one.grade),
        _voices(block.stances, one.subjects),
        _voices(block.stances, one.objects),
        frozenset(stated.origin for stated in one.subjects),
        frozenset(stated.origin for stated in one.objects),
        one.scope,
        one.assumptions,
        reasons.opposition(one),
    )


def _voices(said: Mapping[_Said, tuple[Voice, ...]], of: Sequence[_Said]) -> tuple[Voice, ...]:
    return tuple(sorted({voice for one in of for voice in said[one]}, key=lambda voice: voice.assertion))
