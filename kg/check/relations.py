"""What a claim that is in no document is to those that are: the same rules, over what the store says and this claim."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from kg.check.claim import Understood
from kg.logic.blocks import KEPT, relations_of_claim
from kg.logic.figures import RHO, Given, Scope
from kg.logic.pairs import GRADES, SAME_DAY
from kg.logic.stances import Stated
from kg.relate.backing import Backings
from kg.relate.blocks import Block, blocks
from kg.relate.on_demand import SEVERITY
from kg.relate.reading import Statements, Voice
from kg.relate.reasons import Reasons, names
from kg.relate.results import Edge, corroborations, edges_of, notation, rejected_codes, related
from kg.relate.writing import INVERSE
from kg.store import Store

_FORWARD = {turned: relation for relation, turned in INVERSE.items()}


@dataclass(frozen=True)
class Relative:
    """Another claim, and what the checked one is to it: notations, a sentence for people, and who stands behind it.

    `open_here` and `open_there` name the dimensions that this claim, or the other one, leaves unstated and that the
    relation rests on; "as_of" stands for the day on which a figure was given.
    """

    other: str
    relation: str
    rule: str
    grade: str
    reason: str
    voices: tuple[Voice, ...]
    origins: frozenset[str]
    assumptions: tuple[str, ...] = ()
    open_here: frozenset[str] = frozenset()
    open_there: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Relatives:
    """The relations of a claim, the gravest first; `counted` has the kinds of which only the number is told.

    `block` holds the figures that it was compared with, itself among them; `others` are those of the store. `rejected`
    are the relations that a person rejected: they are not told.
    """

    claim: str
    told: tuple[Relative, ...]
    counted: Counter[str]
    block: Block
    others: tuple[Given, ...]
    rejected: tuple[Relative, ...] = ()

    @property
    def compared(self) -> int:
        """With how many other claims it was compared."""
        return len({given.claim for given in self.others} - {self.claim})


def relatives(statements: Statements, understood: Understood, store: Store) -> Relatives:
    """What the claim is to all others. Nothing is written."""
    told: set[Relative] = set()
    rejected: set[Relative] = set()
    counted: Counter[str] = Counter()
    figures: Block | None = None
    for block in _blocks(statements, understood):
        reasons = Reasons({**names(store, [block]), **understood.names}, block.reach)
        if block.figures:
            figures = block
            found = _of_figures(block, understood, reasons, counted)
        else:
            found = _of_stances(block, understood, reasons)
        for relative, upheld in found:
            (told if upheld else rejected).add(relative)
    assert figures is not None, "a figure is in a block"
    others = tuple(given for given in figures.figures if given != understood.given or given in statements.figures)
    kept, left_out = (tuple(sorted(some, key=_gravest_first)) for some in (told, rejected))
    return Relatives(understood.claim, kept, counted, figures, others, left_out)


def kinds(found: Relatives, given: Given) -> Mapping[tuple[str, str], str]:
    """The grade of every relation that would be told of the claim if it were `given`, by the other claim and the kind.

    Its event and measure are those of the claim that was placed. How far origins are independent is left out.
    """
    block, claim = found.block, found.claim
    supposed = replace(given, claim=f"{claim}#supposed")  # where the store has the very claim, it stays as it is
    told = {}
    upheld, rejected = (
        {(one.other, _FORWARD.get(one.relation, one.relation)) for one in some} for some in (found.told, found.rejected)
    )
    rejected -= upheld
    for relation in relations_of_claim([*found.others, supposed], block.orders, supposed.claim, block.reach):
        other = relation.object if relation.subject == supposed.claim else relation.subject
        kind = other, notation(relation.verdict.label)
        if relation.verdict.label in KEPT and other != claim and kind not in rejected:
            told[kind] = relation.verdict.grade
    return told


def _blocks(statements: Statements, understood: Understood) -> Iterator[Block]:
    """The blocks that the claim belongs to: that of its figures, and that of what is said of them."""
    given = understood.given
    figure = given.figure
    stated = Stated(
        claim=given.claim,
        kind="quantity",
        origin=given.origin,
        stance="affirms",
        scope=given.scope,
        numbers=(figure.lower, figure.upper),
        certainty=given.certainty,
    )
    with_it = replace(
        statements,
        figures={**statements.figures, given: (*statements.figures.get(given, ()), understood.voice)},
        stances={**statements.stances, stated: (*statements.stances.get(stated, ()), understood.voice)},
    )
    for block in blocks(with_it, RHO):
        if given in block.figures:
            yield block
        elif stated in block.stances:
            yield replace(
                block, stances={o: v for o, v in block.stances.items() if o.subject_matter == stated.subject_matter}
            )


def _of_figures(
    block: Block, understood: Understood, reasons: Reasons, counted: Counter[str]
) -> Iterator[tuple[Relative, bool]]:
    """Every relation of the figure, and whether it stands: one that a person rejected does not."""
    claim, backings, is_rejected = understood.claim, Backings(block), _rejecting(block, understood)
    for relation in relations_of_claim(list(block.figures), block.orders, claim, block.reach):
        verdict = relation.verdict
        if verdict.label not in KEPT:
            counted[notation(verdict.label)] += 1
            continue
        here, there = (relation.subjects, relation.objects)
        if relation.subject != claim:
            here, there = there, here
        open_here, open_there = (_left_open(one, verdict.assumptions) for one in (here[0], there[0]))
        told = edges_of(relation, block, reasons)
        if not all(map(is_rejected, told)):
            told += corroborations(relation, told, backings, reasons)
        for edge in told:
            relative = replace(_read_from(claim, edge), open_here=open_here, open_there=open_there)
            yield relative, not is_rejected(edge)


def _of_stances(block: Block, understood: Understood, reasons: Reasons) -> Iterator[tuple[Relative, bool]]:
    is_rejected = _rejecting(block, understood)
    for edge in related(block, reasons).edges:
        if understood.claim in (edge.subject, edge.object):
            yield _read_from(understood.claim, edge), not is_rejected(edge)


def _rejecting(block: Block, understood: Understood) -> Callable[[Edge], bool]:
    """Whether a person rejected a relation, with or without the one who is said to give the claim now."""
    codes, claim, origin = rejected_codes(block), understood.claim, understood.given.origin
    said: list[tuple[Given | Stated, tuple[Voice, ...]]] = [*block.figures.items(), *block.stances.items()]
    own = (voice for one, voices in said if (one.claim, one.origin) == (claim, origin) for voice in voices)
    new = frozenset[str]() if any(voice.assertion for voice in own) else frozenset({origin})

    def of_store(edge: Edge) -> Edge:
        subjects, objects = edge.subject_origins, edge.object_origins
        if edge.subject == claim:
            subjects = subjects - new or subjects
        if edge.object == claim:
            objects = objects - new or objects
        return replace(edge, subject_origins=subjects, object_origins=objects)

    return lambda edge: bool(codes) and (edge.code in codes or of_store(edge).code in codes)


def _read_from(claim: str, edge: Edge) -> Relative:
    relation, rule, grade = edge.kind
    if edge.subject == claim:
        return Relative(
            edge.object, relation, rule, grade, edge.reason, edge.objects, edge.object_origins, edge.assumptions
        )
    relation = INVERSE.get(relation, relation)
    return Relative(
        edge.subject, relation, rule, grade, edge.reason, edge.subjects, edge.subject_origins, edge.assumptions
    )


def _left_open(given: Given, assumptions: tuple[str, ...]) -> frozenset[str]:
    """What a figure leaves unstated of that which assumptions are about."""
    scope = given.scope
    found = {name for name in ("event", "measure", "population", "place") if _unstated(scope, name, assumptions)}
    if any(one.startswith("the days are") for one in assumptions):
        found |= {name for name in ("start", "end") if getattr(scope.window, name) is None}
    if SAME_DAY in assumptions and given.as_of is None:
        found.add("as_of")
    return frozenset(found)


def _unstated(scope: Scope, dimension: str, assumptions: tuple[str, ...]) -> bool:
    return getattr(scope, dimension) is None and f"the {dimension} is unstated" in assumptions


def _gravest_first(one: Relative) -> tuple[int, int, int, int, str, str]:
    """Of one kind those that hold most surely, then those that most documents have."""
    documents = len({voice.document for voice in one.voices})
    grade = GRADES.index(one.grade)
    return SEVERITY.index(one.relation), grade, len(one.assumptions), -documents, one.other, one.reason
