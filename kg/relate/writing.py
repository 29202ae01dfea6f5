"""Relations as RDF: one graph for each block, with the run that made it, every relation and how many there are of each.

Relations, scope evidence and assumptions are named by digests of what they say, so the same relation has the same IRI
in every run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from kg.logic.disputes import Dispute
from kg.logic.figures import Given, Scope
from kg.logic.independence import Independence, Merge
from kg.logic.retelling import Lost
from kg.logic.scope import Rel
from kg.logic.sums import Sum
from kg.model import JSON, Window, digest
from kg.rdf import NamedGraph, Triple
from kg.rdf.properties import LABEL
from kg.relate.backing import FloorSupport, Support
from kg.relate.blocks import Block
from kg.relate.reading import Withdrawal
from kg.relate.reasons import Reasons, span_words
from kg.relate.results import Edge, Results, joint_kind, notation, relation_code, sum_kind
from kg.relate.state import RULES_VERSION, Kind
from kg.terms import IRI, Term, boolean, date, decimal, integer, text
from kg.vocab import scheme, term

_A, _COMMENT = term("rdf:type"), term("rdfs:comment")
_GENERATED, _DERIVED = term("prov:wasGeneratedBy"), term("prov:wasDerivedFrom")
_Value = str | Window | frozenset[str] | None
_RELATION, _RULE, _GRADE = term("kg:relation"), term("kg:rule"), term("kg:grade")


#: Merges that are stored for one claim; where there are more, it says so.
MOST_MERGES = 100


def graph_name(base: str, block: Block) -> IRI:
    """The graph that holds the relations of a block."""
    return IRI(f"{base}relations/{block.name}")


def relations_graph(base: str, block: Block, results: Results, reasons: Reasons) -> NamedGraph:
    """All that was found in a block."""
    writer = _Writer(base, block, reasons)
    writer.run(results)
    for edge in results.edges:
        writer.edge(edge)
    for found in results.sums:
        writer.sum(found)
    for members in results.joint:
        writer.joint(members)
    for dispute in results.disputes:
        writer.dispute(dispute)
    for support in results.supports:
        writer.support(support)
    for floor in results.floors:
        writer.floor(floor)
    for lost in results.lost:
        writer.lost(lost)
    for withdrawal in block.withdrawals:
        writer.withdrawal(withdrawal)
    return NamedGraph(graph_name(base, block), writer.about, tuple(writer.triples))


class _Writer:
    """The triples of one graph in the making. `about` is the run."""

    def __init__(self, base: str, block: Block, reasons: Reasons) -> None:
        self._base = base
        self._block = block
        self._reasons = reasons
        self.about = self._iri("run", block.name)
        self.triples: dict[Triple, None] = {}
        self._iris: dict[str, IRI] = {}
        self._evidence_of: dict[tuple[str, Rel, _Value, _Value], IRI] = {}

    def run(self, results: Results) -> None:
        self._add(self.about, _A, term("kg:RelateRun"))
        self._add(self.about, term("kg:reach"), decimal(self._block.reach))
        self._add(self.about, term("kg:rulesVersion"), text(RULES_VERSION))
        self._add(self.about, term("kg:inputDigest"), text(self._block.code))
        if self._block.event is not None:
            self._add(self.about, term("kg:event"), IRI(self._block.event))
        for note in results.notes:
            self._add(self.about, term("skos:note"), text(note, "en"))
        for number, (kind, pairs) in enumerate(sorted(results.found.items()), start=1):
            count = IRI(f"{self.about}/count/{number}")
            self._add(count, _A, term("kg:RelationCount"))
            self._kind(count, kind)
            self._add(count, term("kg:pairs"), integer(pairs))
            self._add(count, term("kg:stored"), integer(results.kept[kind]))

    def edge(self, edge: Edge) -> None:
        node = self._iri("relation", edge.code)
        self._relation(node, edge.kind, edge.reason, (edge.subject, edge.object))
        subject, object_ = self._of(edge.subject), self._of(edge.object)
        self._add(node, term("kg:subject"), subject)
        self._add(node, term("kg:object"), object_)
        for side, voices, origins in (
            ("subject", edge.subjects, edge.subject_origins),
            ("object", edge.objects, edge.object_origins),
        ):
            self._each(node, term(f"kg:{side}Assertion"), (voice.assertion for voice in voices))
            self._each(node, term(f"kg:{side}Origin"), origins)
        self._add(node, term("kg:scopeRelation"), _concept("scope-relations", edge.scope.name))
        self._assume(node, edge.assumptions)
        for word in edge.differs:
            self._add(node, term("kg:differsIn"), text(word))
        if edge.verdict is not None:
            self._add(node, term("kg:logicalForm"), _concept("logical-forms", edge.verdict.form.name.replace("_", "-")))
            self._evidence(node, edge)
        if edge.backed is not None:
            self._add(node, term("kg:originsLower"), integer(edge.backed.lower))
            self._add(node, term("kg:originsUpper"), integer(edge.backed.upper))
        verdict = self._block.verdict_on.get(edge.code)
        if verdict is None or verdict.judgement != "reject":
            self._add(subject, term(f"kg:{edge.kind.relation}"), object_)
            self._add(object_, term(f"kg:{INVERSE.get(edge.kind.relation, edge.kind.relation)}"), subject)

    def sum(self, found: Sum) -> None:
        whole, parts = found.whole.claim, sorted({part.claim for part in found.parts})
        kind = sum_kind(found)
        node = self._node([kind.relation, whole, parts, found.whole.origin, str(found.whole.as_of)])
        self._add(node, _A, term("kg:PartSum"))
        self._relation(node, kind, self._reasons.sum(found), (whole, *parts))
        self._add(node, term("kg:whole"), IRI(whole))
        self._each(node, term("kg:part"), parts)
        self._each(node, term("kg:inDocument"), found.documents)
        self._add(node, term("kg:origin"), IRI(found.whole.origin))
        self._assume(node, (found.assumption,) if found.assumption else ())

    def joint(self, members: Sequence[Sequence[Given]]) -> None:
        claims = sorted({given.claim for own in members for given in own})
        kind = joint_kind(members)
        node = self._node([kind.relation, claims])
        self._add(node, _A, term("kg:ConflictSet"))
        self._relation(node, kind, self._reasons.joint(members), claims)
        self._each(node, term("kg:member"), claims)
        voices = {voice.assertion for own in members for given in own for voice in self._block.figures[given]}
        self._each(node, term("kg:memberAssertion"), voices)

    def dispute(self, dispute: Dispute) -> None:
        claims = [camp.claim for camp in dispute.camps]
        node = self._iri("dispute", digest({"type": "dispute", "claims": claims}))
        scope = self._block.scopes[claims[0]]
        populations = {found for claim in claims if (found := self._block.scopes[claim].population) is not None}
        self._add(node, _A, term("kg:Dispute"))
        self._add(node, _GENERATED, self.about)
        self._add(node, LABEL, text(self._reasons.dispute(scope, populations), "en"))
        for name in ("event", "measure", "place"):
            if (value := getattr(scope, name)) is not None:
                self._add(node, term(f"kg:{name}"), IRI(value))
        self._window(node, scope.window)
        for camp in dispute.camps:
            of = self._iri("camp", digest({"type": "camp", "dispute": str(node), "claim": camp.claim}))
            self._add(node, term("kg:camp"), of)
            self._add(of, _A, term("kg:Camp"))
            self._add(of, _GENERATED, self.about)
            self._add(of, term("kg:claim"), IRI(camp.claim))
            self._each(of, term("kg:origin"), camp.origins)
            self._add(of, _RELATION, _concept("relation-kinds", notation(camp.label)))

    def support(self, support: Support) -> None:
        node = self._iri("support", digest({"type": "support", "claim": support.claim}))
        self._add(node, _A, term("kg:Support"))
        self._add(node, term("kg:claim"), self._of(support.claim))
        self._backed(node, support.supporters, support.independence)
        listed = support.independence.merges[:MOST_MERGES]
        for merge in listed:
            self._add(node, term("kg:merge"), self._merge(merge))
        if len(listed) < len(support.independence.merges):
            many = f"{len(support.independence.merges):,} merges made these counts, of which {len(listed):,} are stored"
            self._add(node, term("skos:note"), text(many, "en"))

    def floor(self, found: FloorSupport) -> None:
        floor = found.floor
        node = self._iri("floor", digest({"type": "floor", "of": [floor.event, floor.measure, floor.floor]}))
        self._add(node, _A, term("kg:FloorSupport"))
        self._add(node, term("kg:event"), IRI(floor.event))
        self._add(node, term("kg:measure"), IRI(floor.measure))
        self._add(node, term("kg:floor"), integer(floor.floor))
        if floor.place is not None:
            self._add(node, term("kg:place"), IRI(floor.place))
        self._window(node, floor.window)
        self._each(node, term("kg:supporter"), floor.claims)
        self._add(node, _GRADE, _concept("grades", floor.grade))
        self._assume(node, floor.assumptions if floor.grade == "conditional" else ())
        self._backed(node, found.supporters, found.independence)

    def _backed(self, node: IRI, supporters: int, found: Independence) -> None:
        """The counts of everything that stands behind a proposition."""
        self._add(node, _GENERATED, self.about)
        for name, number in (
            ("supporters", supporters),
            ("documents", found.documents),
            ("outlets", found.outlets),
            ("origins", len(found.origins)),
            ("originsLower", found.lower),
            ("originsUpper", found.upper),
            ("chains", found.chains),
        ):
            self._add(node, term(f"kg:{name}"), integer(number))
        self._add(node, term("kg:lowerIsExact"), boolean(found.exact))
        self._add(node, term("kg:verdict"), _concept("verdicts", found.verdict))
        self._each(node, term("kg:cut"), found.cut)
        self._each(node, term("kg:singlePoint"), found.single_points)
        self._each(node, term("kg:interested"), found.interested)
        self._each(node, term("kg:inCycle"), {source for cycle in found.cycles for source in cycle})
        self._each(node, term("kg:usesAnnotation"), found.annotations)

    def _merge(self, merge: Merge) -> IRI:
        node = self._iri("merge", digest({"type": "merge", "content": list(merge)}))
        self._add(node, _A, term("kg:Merge"))
        self._add(node, term("kg:node"), self._of(merge.node))
        self._add(node, term("kg:merged"), self._of(merge.merged))
        self._add(node, term("kg:basis"), _concept("merge-bases", merge.basis))
        self._add(node, term("kg:by"), text(merge.by))
        if merge.annotation is not None:
            self._add(node, term("kg:usesAnnotation"), IRI(merge.annotation))
        self._add(node, _GENERATED, self.about)
        return node

    def lost(self, found: Lost) -> None:
        node = self._iri("lost", digest({"type": "lost attribution", "assertion": found.said.assertion}))
        self._add(node, _A, term("kg:LostAttribution"))
        self._add(node, term("kg:assertion"), IRI(found.said.assertion))
        self._add(node, term("kg:claim"), self._of(found.said.claim))
        self._each(node, term("kg:earlierAssertion"), (earlier.assertion for earlier in found.earlier))
        self._each(node, term("kg:origin"), {earlier.origin for earlier in found.earlier})
        self._add(node, _GENERATED, self.about)
        self._add(node, _COMMENT, text(self._reasons.lost(found), "en"))

    def withdrawal(self, found: Withdrawal) -> None:
        node = self._iri("withdrawal", digest({"type": "withdrawal", "of": [found.claim, found.origin]}))
        self._add(node, _A, term("kg:Withdrawal"))
        self._add(node, term("kg:claim"), IRI(found.claim))
        self._add(node, term("kg:origin"), IRI(found.origin))
        self._add(node, term("kg:assertion"), IRI(found.assertion))
        self._each(node, term("kg:rested"), (voice.assertion for voice in found.rested))
        self._add(node, _GENERATED, self.about)
        self._add(node, _COMMENT, text(self._reasons.withdrawn(found), "en"))

    def _relation(self, node: IRI, kind: Kind, reason: str, claims: Iterable[str]) -> None:
        self._add(node, _A, term("kg:ClaimRelation"))
        self._kind(node, kind)
        self._each(node, _DERIVED, claims)
        verdict = self._block.verdict_on.get(node.value.rpartition("/")[2])
        if verdict is not None:
            accepted = verdict.judgement == "accept"
            self._add(node, term("kg:judgedBy"), IRI(verdict.id))
            self._add(node, term("kg:judgement"), term("kg:relationAccepted" if accepted else "kg:relationRejected"))
            reason = f"{reason} {self._reasons.judged(verdict)}"
        self._add(node, _COMMENT, text(reason, "en"))

    def _kind(self, node: IRI, kind: Kind) -> None:
        self._add(node, _RELATION, _concept("relation-kinds", kind.relation))
        self._add(node, _RULE, _concept("rules", kind.rule))
        self._add(node, _GRADE, _concept("grades", kind.grade))
        self._add(node, _GENERATED, self.about)

    def _assume(self, node: IRI, assumptions: Iterable[str]) -> None:
        for sentence in assumptions:
            assumption = self._iri("assumption", digest(sentence))
            self._add(assumption, _A, term("kg:Assumption"))
            self._add(assumption, _COMMENT, text(sentence, "en"))
            self._add(node, term("kg:assumes"), assumption)

    def _evidence(self, node: IRI, edge: Edge) -> None:
        """How the scopes lie in every dimension in which they are not plainly the same."""
        assert edge.verdict is not None
        scopes = self._block.scopes[edge.subject], self._block.scopes[edge.object]
        for dimension, found in edge.verdict.dimensions.items():
            if found.bits == Rel.EQ.bit:
                continue
            a, b = (_said(scope, dimension) for scope in scopes)
            # Where several ways are possible, how they lie is not known; the assumption says which was taken.
            relation = next((relation for relation in Rel if found.bits == relation.bit), Rel.UNK)
            if relation is Rel.SUP:
                relation, a, b = Rel.SUB, b, a
            key = dimension, relation, a, b
            if key not in self._evidence_of:
                self._evidence_of[key] = self._declared(dimension, relation, a, b)
            self._add(node, term("kg:scopeEvidence"), self._evidence_of[key])

    def _declared(self, dimension: str, relation: Rel, a: _Value, b: _Value) -> IRI:
        narrower, wider = (_term(value, dimension, self._reasons) for value in (a, b))
        evidence = self._iri("evidence", digest([dimension, narrower.n3, wider.n3, relation.name]))
        self._add(evidence, _A, term("kg:ScopeEvidence"))
        self._add(evidence, term("kg:dimension"), text(dimension))
        self._add(evidence, term("kg:scopeRelation"), _concept("scope-relations", relation.name))
        self._add(evidence, term("kg:narrower"), narrower)
        self._add(evidence, term("kg:wider"), wider)
        return evidence

    def _window(self, node: IRI, window: Window) -> None:
        for property_, day in (("kg:windowStart", window.start), ("kg:windowEnd", window.end)):
            if day is not None:
                self._add(node, term(property_), date(day))

    def _node(self, content: JSON) -> IRI:
        return self._iri("relation", relation_code(content))

    def _iri(self, kind: str, code: str) -> IRI:
        return IRI(f"{self._base}{kind}/{code}")

    def _each(self, node: IRI, predicate: IRI, values: Iterable[str]) -> None:
        for value in values:
            self._add(node, predicate, self._of(value))

    def _of(self, id_: str) -> IRI:
        """The IRI of an id; claims, origins and assertions come back in many relations, and are checked once."""
        if id_ not in self._iris:
            self._iris[id_] = IRI(id_)
        return self._iris[id_]

    def _add(self, subject: IRI, predicate: IRI, value: Term) -> None:
        self.triples[Triple(subject, predicate, value)] = None


#: Kinds whose direct edge has another name when it is read from the object.
INVERSE = {
    "refines": "refinedBy",
    "supports": "supportedBy",
    "revises": "revisedBy",
    "updates": "updatedBy",
    "altersReportOf": "reportAlteredBy",
    "disputes": "disputedBy",
}


def _said(scope: Scope, dimension: str) -> _Value:
    """What a scope says in a dimension."""
    value: _Value = scope.parties if dimension == "party" else getattr(scope, dimension)
    return value


def _term(value: _Value, dimension: str, reasons: Reasons) -> Term:
    """A node, or words where it is unstated, days or several parties."""
    if isinstance(value, Window):
        return text(span_words(value) or "days unstated", "en")
    if isinstance(value, frozenset):
        return text(" and ".join(sorted(map(reasons.name, value))) or "by anyone", "en")
    return text(f"{dimension} unstated", "en") if value is None else IRI(value)


@cache
def _concept(scheme_name: str, notation: str) -> IRI:
    concept = scheme(scheme_name).get(notation)
    assert concept is not None, f"{notation} is not in the scheme {scheme_name}"
    return concept.iri
