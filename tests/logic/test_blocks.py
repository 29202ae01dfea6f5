"""A block says of every pair what the single pair says, tells whose figures stand behind it, and counts the rest."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.logic import blocks
from kg.logic.blocks import KEPT, Block, Kind, Relation, relate_block, relations_of_claim
from kg.logic.figures import Given, face
from kg.logic.pairs import GRADES, Verdict, relate
from kg.logic.scope import Rel
from kg.logic.table import Label
from tests.logic.test_relations import ONE_NUMBER, ORDERS, bare, exactly, givens, march, said

HISTORY = {Label.REVISES, Label.UPDATES}
TURNED = {Label.REFINED_BY: Label.REFINES, Label.SUPPORTED_BY: Label.SUPPORTS}
BY_SCOPE_ALONE = {Label.UNDETERMINED, Label.COMPLEMENTS, Label.SCOPE_OVERLAPS}


def named(*figures: Given) -> list[Given]:
    """The figures as claims with ids that tell their numbers: "exactly 5" is "e5", "at least 3" is "a3"."""
    return [replace(g, claim=f"{g.figure.bound[0]}{g.figure.lower or g.figure.upper}") for g in figures]


def labels(block: Block) -> dict[tuple[str, str], Label]:
    return {(r.subject, r.object): r.verdict.label for r in block.relations}


@st.composite
def drawn_blocks(draw: st.DrawFn) -> list[Given]:
    """A few claims, each given by some of three origins on some days, as a block of repeated tolls looks."""
    contents = draw(st.lists(givens(), min_size=2, max_size=6, unique_by=lambda g: (g.scope, g.figure)))
    if draw(st.booleans()):  # tolls of one scope that leaves nothing unstated, as they follow one another
        scope = draw(st.sampled_from([bare(1).scope, bare(1, days=(3, 5)).scope]))
        contents = list({g.figure: replace(g, scope=scope) for g in contents}.values())
    elif draw(st.booleans()):  # one number, told of this and of that
        again = draw(st.lists(st.sampled_from(ONE_NUMBER), min_size=len(contents), max_size=len(contents)))
        told = [replace(g, figure=figure) for g, figure in zip(contents, again, strict=True)]
        contents = list({(g.scope, g.figure): g for g in told}.values())
    times = st.tuples(
        st.integers(0, len(contents) - 1),
        st.sampled_from(["first", "second", "third"]),
        st.sampled_from([None, 5, 6, 9]),
    )
    return [
        Given(
            f"c{number}",
            origin,
            contents[number].scope,
            contents[number].figure,
            march(day),
            draw(st.sampled_from([None, "stated", "likely", "possible"])),
            draw(st.sampled_from([False, False, True])),
        )
        for number, origin, day in draw(st.lists(times, min_size=2, max_size=11, unique=True))
    ]


# ---- an independent oracle: every two figures, one after the other ---------------------------------------------------


@dataclass
class Told:
    """What is told of two claims under one label: the figures of either side, and the surest (grade, rule)."""

    subjects: set[Given] = field(default_factory=set)
    objects: set[Given] = field(default_factory=set)
    surest: tuple[int, int] = (9, 99)


def turned(a: Given, b: Given, verdict: Verdict) -> tuple[Given, Given, Label]:
    """Subject, object and label: the stronger first, else the narrower, else the one whose id comes first."""
    label = verdict.label
    if label in TURNED:
        return b, a, TURNED[label]
    if label in TURNED.values():
        return a, b, label
    wider = verdict.scope is Rel.SUP or (verdict.scope is not Rel.SUB and a.claim > b.claim)
    return (b, a, label) if wider else (a, b, label)


def one_by_one(block: list[Given]) -> dict[tuple[str, str, Label, str], Told]:
    """All that a block has to tell, histories aside; the key ends with the origin where it is told of one origin."""
    origins = defaultdict(set)
    for one in block:
        origins[one.claim].add(one.origin)
    found: dict[tuple[str, str, Label, str], Told] = defaultdict(Told)
    for a, b in itertools.combinations(block, 2):
        if a.claim == b.claim:
            continue
        content = relate(replace(a, origin="one"), replace(b, origin="another"), ORDERS)
        if content.label in BY_SCOPE_ALONE:  # whoever gave them, and whatever one origin made of them besides
            low, high = sorted((a.claim, b.claim))
            found[low, high, content.label, ""].surest = (GRADES.index(content.grade), content.rule)
        verdict = relate(a, b, ORDERS)
        if verdict.label in HISTORY | BY_SCOPE_ALONE:
            continue
        only_theirs = len(origins[a.claim] | origins[b.claim]) == 1
        if a.origin == b.origin and verdict.rule != 4 and not only_theirs:
            continue
        subject, object_, label = turned(a, b, verdict)
        told = found[subject.claim, object_.claim, label, a.origin if verdict.rule == 4 else ""]
        told.subjects.add(subject)
        told.objects.add(object_)
        told.surest = min(told.surest, (GRADES.index(verdict.grade), verdict.rule))
    return found


def of_no_history(relations: tuple[Relation, ...]) -> list[Relation]:
    return [r for r in relations if r.verdict.label not in HISTORY]


@given(drawn_blocks())
@settings(max_examples=25, deadline=None)
def test_a_block_tells_what_single_pairs_tell_and_whose_figures_they_are(block: list[Given]) -> None:
    expected = [
        (subject, object_, label, told.subjects, told.objects, *told.surest)
        for (subject, object_, label, _), told in one_by_one(block).items()
        if label in KEPT
    ]
    found = [
        (
            r.subject,
            r.object,
            r.verdict.label,
            set(r.subjects),
            set(r.objects),
            GRADES.index(r.verdict.grade),
            r.verdict.rule,
        )
        for r in of_no_history(relate_block(block, ORDERS).relations)
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


@given(drawn_blocks())
@settings(max_examples=25, deadline=None)
def test_every_pair_of_claims_is_counted_kept_or_not(block: list[Given]) -> None:
    """Claims that the scopes alone tell apart are counted whoever gave them."""
    expected: Counter[Kind] = Counter()
    for (_, _, label, _), told in one_by_one(block).items():
        grade, rule = told.surest
        expected[Kind(label, rule, GRADES[grade])] += 1
    found = relate_block(block, ORDERS)
    assert {kind: n for kind, n in found.found.items() if kind.label not in HISTORY and n} == expected
    assert found.kept == {kind: n for kind, n in found.found.items() if kind.label in KEPT}


@given(drawn_blocks())
@settings(max_examples=25, deadline=None)
def test_a_history_leads_from_a_first_giving_to_the_nearest_one_before(block: list[Given]) -> None:
    first: dict[tuple[str, str], Given] = {}
    for one in block:
        known = first.get((one.origin, one.claim))
        if one.as_of and (known is None or known.as_of is None or one.as_of < known.as_of):
            first[one.origin, one.claim] = one
    expected: dict[tuple[Given, Label], list[Given]] = defaultdict(list)
    for later, earlier in itertools.permutations(first.values(), 2):
        assert later.as_of and earlier.as_of
        if later.origin == earlier.origin and later.claim != earlier.claim and later.as_of > earlier.as_of:
            label = relate(later, earlier, ORDERS).label
            if label in HISTORY:
                expected[later, label].append(earlier)
    told = [r for r in relate_block(block, ORDERS).relations if r.verdict.label in HISTORY]
    assert all(len(r.subjects) == len(r.objects) == 1 for r in told)
    found = [((r.subjects[0], r.verdict.label), r.objects[0]) for r in told]
    assert {key for key, _ in found} == set(expected)
    assert len(found) == len(expected)
    for key, earlier in found:
        assert earlier in expected[key]
        assert earlier.as_of == max(one.as_of for one in expected[key] if one.as_of)


@given(drawn_blocks())
@settings(max_examples=25, deadline=None)
def test_no_origin_contradicts_itself(block: list[Given]) -> None:
    for one in relate_block(block, ORDERS).relations:
        if one.verdict.label is Label.CONTRADICTS:
            for a in one.subjects:
                assert any(a.origin != b.origin for b in one.objects)
    alone = relate_block([replace(one, origin="only") for one in block], ORDERS)
    assert not [kind for kind in alone.found if kind.label is Label.CONTRADICTS]


@given(drawn_blocks(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_and_repetition_do_not_matter(block: list[Given], order: random.Random) -> None:
    shuffled = block + block[:2]
    order.shuffle(shuffled)
    assert relate_block(shuffled, ORDERS) == relate_block(block, ORDERS)


@given(drawn_blocks(), st.sampled_from([1, 3, 10]))
@settings(max_examples=25, deadline=None)
def test_a_block_worked_through_in_small_parts_tells_the_same(block: list[Given], chunk: int) -> None:
    whole = relate_block(block, ORDERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_CHUNK", chunk)
        assert relate_block(block, ORDERS) == whole


# ---- when there are too many: the nearest of every claim and label ---------------------------------------------------


@given(drawn_blocks())
@settings(max_examples=25, deadline=None)
def test_when_cut_short_every_claim_keeps_its_nearest_of_every_label(block: list[Given]) -> None:
    whole, cut = relate_block(block, ORDERS), relate_block(block, ORDERS, most=1)
    assert cut.found == whole.found
    assert all(one in whole.relations for one in cut.relations)  # what is kept is kept with everybody behind it
    groups: dict[tuple[str, str, Label], list[Relation]] = defaultdict(list)
    for one in whole.relations:
        groups["subject", one.subject, one.verdict.label].append(one)
        groups["object", one.object, one.verdict.label].append(one)
    nearest = [[one for one in group if _apart(one) == min(map(_apart, group))] for group in groups.values()]
    assert all(any(one in cut.relations for one in group) for group in nearest)
    # A block of a single pair is not cut; else whatever is kept is the nearest of one of its two claims.
    assert len(whole.relations) == 1 or all(any(one in group for group in nearest) for one in cut.relations)


def _apart(relation: Relation) -> int:
    """How far the lowest counts lie apart that the two claims allow."""
    return abs(face(relation.subjects[0].figure).lowest - face(relation.objects[0].figure).lowest)


def test_of_many_contradictions_the_nearest_remain() -> None:
    tolls = named(*(exactly(n, by=f"origin {n}") for n in (10, 20, 25, 100)))
    everything, cut = relate_block(tolls, ORDERS), relate_block(tolls, ORDERS, most=3)
    assert len(everything.relations) == 6
    # The nearest that each is the subject of, and the nearest that each is the object of: of 10 (ids are sorted as
    # text, so that it is never the object), of 100, of 20; then of 100 as the object, only told by 10, of 20, of 25.
    as_subject = {("e10", "e20"), ("e100", "e25"), ("e20", "e25")}
    assert set(labels(cut)) == as_subject | {("e10", "e100"), ("e10", "e20"), ("e20", "e25")}
    assert cut.found == everything.found == {Kind(Label.CONTRADICTS, 7, "firm"): 6}
    assert cut.kept.total() < 6


# ---- worked examples -------------------------------------------------------------------------------------------------


def test_an_empty_block_has_nothing_to_tell() -> None:
    assert relate_block([], ORDERS) == Block((), Counter())


def test_many_outlets_make_one_relation_that_names_them_all() -> None:
    one, other = named(exactly(5), exactly(9))
    outlets = [replace(one, origin=f"outlet {i}") for i in range(50)]
    (found,) = relate_block([*outlets, replace(other, origin="monitor")], ORDERS).relations
    assert (found.subject, found.object, found.verdict.label) == ("e5", "e9", Label.CONTRADICTS)
    assert (set(found.subjects), len(found.objects)) == (set(outlets), 1)


def test_an_origin_that_gave_both_stands_behind_neither_against_itself() -> None:
    five, nine = named(exactly(5, by="both"), exactly(9, by="both"))
    third = replace(nine, origin="third")
    found = {r.verdict.label: r for r in relate_block([five, nine, third], ORDERS).relations}
    assert found[Label.CONTRADICTS].subjects == (five,)
    assert found[Label.CONTRADICTS].objects == (third,)
    assert (found[Label.RELAYS_DIFFER].subjects, found[Label.RELAYS_DIFFER].objects) == ((five,), (nine,))


def test_the_stronger_is_the_subject() -> None:
    wide, narrow = named(said("between", 10, 20, by="second"), exactly(12))
    part = named(said("at least", 10, where="village", by="third"))[0]
    assert labels(relate_block([wide, narrow], ORDERS)) == {("e12", "b10"): Label.REFINES}
    floor = named(said("at least", 9, by="second"))[0]
    assert labels(relate_block([floor, part], ORDERS)) == {("a10", "a9"): Label.SUPPORTS}


def test_one_hedged_side_hedges_the_pair_whichever_it_is() -> None:
    for a, b in itertools.permutations(["first", "second"]):
        block = named(bare(1500, by=a), exactly(1018, by=b))
        found = relate_block(block, ORDERS)
        assert found.found == found.kept == {Kind(Label.CONTRADICTS, 7, "hedged"): 1}


def test_a_symmetric_label_reads_from_the_part_to_the_whole() -> None:
    whole, part = named(exactly(1), exactly(9, where="village", by="second"))
    assert labels(relate_block([whole, part], ORDERS)) == {("e9", "e1"): Label.CONTRADICTS}


def test_a_revision_is_of_the_nearest_predecessor_in_whatever_order_they_come() -> None:
    history = named(*(bare(n, as_of=day, days=(1, day)) for n, day in [(745, 8), (973, 10), (1225, 11), (1383, 12)]))
    for order in itertools.permutations(history):
        assert labels(relate_block(order, ORDERS)) == {
            ("b973", "b745"): Label.UPDATES,
            ("b1225", "b973"): Label.UPDATES,
            ("b1383", "b1225"): Label.UPDATES,
        }


def test_a_tally_in_progress_and_the_same_number_afterwards_are_compared_apart() -> None:
    tally = named(bare(1018, by="first", as_of=5))[0]
    complete = replace(tally, origin="second", as_of=march(20))
    other = named(bare(1500, by="third"))[0]
    found = {r.verdict.label: r.subjects for r in relate_block([tally, complete, other], ORDERS).relations}
    assert found == {Label.RIVALS: (tally,), Label.CONTRADICTS: (complete,)}


def test_an_old_toll_printed_again_is_no_return_to_it() -> None:
    old, new = named(bare(500, as_of=8), bare(700, as_of=9))
    again = replace(old, as_of=march(12))
    found = relate_block([old, new, again], ORDERS)
    assert labels(found) == {("b700", "b500"): Label.REVISES}
    assert found.relations[0].objects == (old,)
    newest = named(bare(900, as_of=13))[0]
    assert labels(relate_block([old, new, again, newest], ORDERS))["b900", "b700"] is Label.REVISES


def test_a_day_that_was_worked_out_may_be_its_neighbour() -> None:
    told, later = named(bare(1500, as_of=9), bare(1018, as_of=10))
    assert labels(relate_block([told, later], ORDERS)) == {("b1018", "b1500"): Label.REVISES}
    for block in ([replace(told, day_inferred=True), later], [told, replace(later, day_inferred=True)]):
        (found,) = relate_block(block, ORDERS).relations
        assert (found.verdict.label, found.verdict.grade) == (Label.RELAYS_DIFFER, "conditional")
        assert "both were given on the same day" in found.verdict.assumptions
    two_days = [replace(told, day_inferred=True), replace(later, as_of=march(11), day_inferred=True)]
    assert labels(relate_block(two_days, ORDERS)) == {("b1018", "b1500"): Label.REVISES}
    same = [replace(told, day_inferred=True), replace(later, as_of=march(9))]
    assert [r.verdict.grade for r in relate_block(same, ORDERS).relations] == ["hedged"]


def test_what_follows_from_content_is_told_of_one_origin_only_where_nobody_else_gave_it() -> None:
    part, whole = named(said("at least", 10, where="village", as_of=20), said("at least", 9, as_of=22))
    assert labels(relate_block([part, whole], ORDERS)) == {("a10", "a9"): Label.SUPPORTS}
    found = relate_block([part, whole, replace(whole, origin="second")], ORDERS).relations
    assert [(r.subjects, r.objects) for r in found] == [((part,), (replace(whole, origin="second"),))]


def test_one_number_told_of_crossing_scopes_is_told_once_however_often_it_was_printed() -> None:
    townsfolk, some_days = bare(1426, where="village"), bare(1426, of="civilians")
    one, other = replace(townsfolk, claim="c1"), replace(some_days, claim="c2")
    again = [replace(one, certainty="likely"), replace(other, certainty="likely")]
    for order in itertools.permutations([one, other, *again]):
        found = relate_block(order, ORDERS)
        (relation,) = found.relations
        assert (relation.subject, relation.object, relation.verdict.scope) == ("c1", "c2", Rel.OVL)
        assert (set(relation.subjects), set(relation.objects)) == ({one, again[0]}, {other, again[1]})
        # What the scopes are to each other is counted beside it.
        assert found.found == {Kind(Label.RELAYS_DIFFER, 4, "hedged"): 1, Kind(Label.SCOPE_OVERLAPS, 3, "firm"): 1}


def test_crossing_scopes_are_counted_once_whether_one_origin_gave_both_or_not() -> None:
    first, second = named(bare(5, days=(1, 3)), bare(9, days=(3, 7)))
    for by in ("first", "second"):
        block = [first, replace(second, origin=by)]
        assert relate_block(block, ORDERS).found == {Kind(Label.SCOPE_OVERLAPS, 3, "firm"): 1}
        assert len(relations_of_claim(block, ORDERS, "b5")) == 1


def test_what_is_not_kept_is_counted() -> None:
    block = [
        bare(5, of="civilians"),
        bare(7, of="soldiers", by="second"),
        said("at least", 3, where="village", by="third"),
        bare(9, where="elsewhere", by="fourth"),
    ]
    block = [replace(g, claim=f"c{i}") for i, g in enumerate(block)]
    found = relate_block(block, ORDERS)
    assert found.relations == ()
    # People of the village cross the civilians and the soldiers of the region; nobody ordered "elsewhere".
    assert found.found == {
        Kind(Label.COMPLEMENTS, 2, "firm"): 1,
        Kind(Label.SCOPE_OVERLAPS, 3, "firm"): 2,
        Kind(Label.UNDETERMINED, 1, "firm"): 3,
    }


def test_bounds_are_counted_and_not_kept() -> None:
    whole, part = named(exactly(100), exactly(7, where="village", by="second"))
    found = relate_block([whole, part], ORDERS)
    assert (found.relations, found.found) == ((), {Kind(Label.BOUNDS, 14, "firm"): 1})


@given(drawn_blocks())
@settings(max_examples=60, deadline=None)
def test_one_claim_has_the_relations_of_the_block_and_those_that_are_only_counted(block: list[Given]) -> None:
    whole = relate_block(block, ORDERS)
    told: Counter[Kind] = Counter()
    for claim in {one.claim for one in block}:
        own = relations_of_claim(block, ORDERS, claim)
        assert all(claim in (relation.subject, relation.object) for relation in own)
        assert [r for r in own if r.verdict.label in KEPT] == [
            r for r in whole.relations if claim in (r.subject, r.object)
        ]
        told.update(Kind(r.verdict.label, r.verdict.rule, r.verdict.grade) for r in own)
    # Every pair has been told from both of its claims.
    assert {kind: number // 2 for kind, number in told.items()} == +whole.found


@given(drawn_blocks())
@settings(max_examples=60, deadline=None)
def test_a_verdict_is_that_on_the_pair_with_form_scope_and_dimensions(block: list[Given]) -> None:
    for relation in relate_block(block, ORDERS).relations:
        verdicts = [
            relate(a, b, ORDERS) for a in relation.subjects for b in relation.objects if relation.subject != b.claim
        ]
        assert any(relation.verdict == verdict for verdict in verdicts)
