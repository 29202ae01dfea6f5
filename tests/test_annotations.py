"""People's judgements: what is written, what is in force, what is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import Ambiguous, Annotation, InvalidInput, KgError, NotFound, StoreError, UsageError, Workspace, vocab
from kg.annotations import JUDGEMENTS, all_annotations, claims_touched, in_force, judge
from kg.load import stored, versions
from kg.rdf import NamedGraph, Triple
from kg.store import Solutions
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, text
from kg.validate import validate
from kg.vocab import term
from tests.conftest import velmara

Writer = Callable[..., Path]

NOON = dt.datetime(2031, 4, 1, 12, tzinfo=dt.UTC)
MINISTRY, RELIEF, GAZETTE, HARBOUR = "Velmara Health Ministry", "Blue Lantern Relief", "Orlen Gazette", "Harbour Daily"
RELATION = IRI(f"{vocab.DEFAULT_BASE}relation/0123456789abcdef")
EVENT = "velmara-2031"


def folder_in(parent: Path) -> Path:
    """Velmara's dossier, written below a folder."""
    (parent / "dossier.yaml").write_text(
        "id: velmara\ntitle: Explosion at Velmara\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\n"
        "event: {id: velmara-2031, label: Explosion at Velmara, place: Velmara, start: 2031-03-14, end: 2031-03-14}\n",
        encoding="utf-8",
    )
    for table, rows in velmara().items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (parent / f"{table}.jsonl").write_text(lines, encoding="utf-8")
    return parent


def written(folder: Path) -> Workspace:
    """The dossier in memory, with a relation of two of its claims, and a clock that stands at noon."""
    workspace = Workspace(OxigraphStore.in_memory(), now=lambda: NOON)
    workspace.add(folder)
    claims = [workspace.lookup.resolve("claim", row) for row in ("D1-1", "D1-2")]
    triples = [Triple(RELATION, term("rdf:type"), term("kg:ClaimRelation"))]
    triples += [Triple(RELATION, term("prov:wasDerivedFrom"), claim) for claim in claims]
    workspace.store.apply(add=[NamedGraph(IRI(f"{workspace.base}relations/case"), RELATION, tuple(triples))])
    return workspace


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with written(folder_in(tmp_path_factory.mktemp("velmara"))) as workspace:
        yield workspace


@pytest.fixture
def case(ground: Workspace) -> Iterator[Workspace]:
    """The dossier, to be judged: what a test adds is taken away after it."""
    before = set(ground.store.graph_names())
    yield ground
    ground.store.apply(remove=[name for name in ground.store.graph_names() if name not in before])
    ground.now = lambda: NOON


def say(workspace: Workspace, judgement: str, *targets: str, event: str | None = None) -> Annotation:
    return workspace.annotate(judgement, *targets, because="I rang them", by="R. Viewer", event=event)


def undo(workspace: Workspace, annotation: Annotation) -> Annotation:
    return workspace.undo(annotation.id, because="a slip", by="R. Viewer")


def states(workspace: Workspace) -> list[tuple[str, str]]:
    return [(one.judgement, one.state) for one in all_annotations(workspace.store, workspace.base)]


def source(workspace: Workspace, name: str) -> str:
    return workspace.lookup.resolve("source", name).value


# ---- what is written -------------------------------------------------------------------------------------------


def test_a_judgement_is_one_graph_beside_everything_else(case: Workspace) -> None:
    before = set(case.store.quads())
    made = case.annotate(
        "party", "BLR", because="  It runs\na clinic.  ", by=" R.  Viewer ", event="Explosion at Velmara"
    )
    node, event = IRI(made.id), case.lookup.resolve("event", EVENT)
    relief = IRI(source(case, RELIEF))
    assert {(q.subject, q.predicate, q.object.n3) for q in set(case.store.quads()) - before} == {
        (node, term(predicate), value)
        for predicate, value in (
            ("rdf:type", term("oa:Annotation").n3),
            ("oa:motivatedBy", term("oa:assessing").n3),
            ("oa:hasTarget", relief.n3),
            ("kg:judgement", term("kg:judgedParty").n3),
            ("kg:event", event.n3),
            ("dcterms:creator", '"R. Viewer"'),
            ("dcterms:created", '"2031-04-01T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>'),
            ("rdfs:comment", '"It runs\\na clinic."'),
        )
    }
    assert {quad.graph for quad in set(case.store.quads()) - before} == {node}
    assert before <= set(case.store.quads())


def test_the_id_is_a_digest_of_the_judgement(case: Workspace) -> None:
    made = say(case, "merge", HARBOUR, "BLR")
    content = {
        "type": "annotation",
        "targets": sorted([source(case, RELIEF), source(case, HARBOUR)]),
        "judgement": "merge",
        "event": None,
        "creator": "R. Viewer",
        "created": "2031-04-01T12:00:00Z",
        "reason": "I rang them",
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert made.id == f"{case.base}annotation/{hashlib.sha256(canonical.encode()).hexdigest()[:16]}"


def test_a_judged_relation_names_its_claims(case: Workspace) -> None:
    made = say(case, "reject", "relation/01234567")
    claims = sorted(case.lookup.resolve("claim", row).value for row in ("D1-1", "D1-2"))
    assert (made.targets, list(made.claims)) == ((RELATION.value,), claims)
    assert all_annotations(case.store, case.base) == (made,)


def test_what_was_written_is_what_is_read(case: Workspace) -> None:
    made = [
        say(case, "merge", MINISTRY, RELIEF),
        say(case, "no party", GAZETTE, event=EVENT),
        say(case, "party", "BLR"),
    ]
    assert list(in_force(case.store, case.base)) == made
    assert [one.event for one in made] == [None, case.lookup.resolve("event", EVENT).value, None]


def test_every_judgement_is_a_concept_of_the_scheme(case: Workspace) -> None:
    scheme = vocab.scheme("judgements")
    assert set(JUDGEMENTS) == set(scheme.words)
    given = {"merge": (MINISTRY, RELIEF), "separate": (MINISTRY, GAZETTE), "accept": ("relation/01234567",)}
    given["reject"] = given["accept"]
    last = ""
    for judgement in sorted(JUDGEMENTS, key=lambda one: one == "undo"):
        made = say(case, judgement, *((last,) if judgement == "undo" else given.get(judgement, ("BLR",))))
        concept = scheme.get(judgement)
        assert concept is not None
        assert Triple(IRI(made.id), term("kg:judgement"), concept.iri) in {
            Triple(quad.subject, quad.predicate, quad.object) for quad in case.store.quads(IRI(made.id))
        }
        last = made.id


def test_judgements_conform_to_the_shapes(case: Workspace) -> None:
    say(case, "merge", MINISTRY, RELIEF, "witnesses (unnamed)")
    say(case, "separate", GAZETTE, RELIEF)
    say(case, "gathers own", RELIEF)
    say(case, "party", RELIEF, event=EVENT)
    undo(case, say(case, "reject", RELATION.value))
    graphs = [stored(case.store, version, about) for about, version in versions(case.store).items()]
    judged = [stored(case.store, IRI(one.id), IRI(one.id)) for one in all_annotations(case.store, case.base)]
    assert validate([*graphs, *judged], {}) == ()
    nameless = replace(judged[0], triples=tuple(t for t in judged[0].triples if t.predicate != term("dcterms:creator")))
    assert len(validate([*graphs, nameless], {})) == 1


def test_judgements_survive_a_changed_dossier(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    made = say(workspace, "merge", MINISTRY, RELIEF)
    tables = velmara()
    tables["assertions"][0]["lower"] = tables["assertions"][0]["upper"] = 18
    assert workspace.add(dossier(tables)).replaced
    assert in_force(workspace.store, workspace.base) == (made,)


# ---- what is in force ------------------------------------------------------------------------------------------


def test_the_same_judgement_is_written_once(case: Workspace) -> None:
    first = say(case, "merge", MINISTRY, RELIEF)
    graphs = case.store.graph_names()
    again = case.annotate("merge", "BLR", "Ministry of Health", because="Another reason", by="Somebody Else")
    assert again == first
    assert case.store.graph_names() == graphs


def test_the_later_holds_and_the_earlier_stays_on_record(case: Workspace) -> None:
    say(case, "merge", MINISTRY, RELIEF)
    later = say(case, "separate", RELIEF, MINISTRY)
    assert states(case) == [("merge", "superseded"), ("separate", "in force")]
    assert in_force(case.store, case.base) == (later,)
    say(case, "merge", MINISTRY, RELIEF)
    assert [state for _, state in states(case)] == ["superseded", "superseded", "in force"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("gathers own", "gathers relays"), ("gathers unknown", "gathers own"), ("party", "no party")],
)
def test_answers_to_one_question_replace_each_other(case: Workspace, one: str, other: str) -> None:
    say(case, one, RELIEF)
    say(case, one, GAZETTE)
    say(case, other, RELIEF)
    assert states(case) == [(one, "superseded"), (one, "in force"), (other, "in force")]


def test_different_questions_stand_side_by_side(case: Workspace) -> None:
    say(case, "gathers own", RELIEF)
    say(case, "party", RELIEF)
    say(case, "no party", RELIEF, event=EVENT)  # of one event, beside what is said of every event
    say(case, "separate", RELIEF, MINISTRY)
    say(case, "separate", RELIEF, GAZETTE)
    say(case, "accept", RELATION.value)
    assert {state for _, state in states(case)} == {"in force"}


def test_undoing_lets_what_was_replaced_hold_again(case: Workspace) -> None:
    first = say(case, "accept", RELATION.value)
    second = say(case, "reject", RELATION.value)
    undoing = undo(case, second)
    assert undoing.targets == (second.id,)
    assert states(case) == [("accept", "in force"), ("reject", "undone"), ("undo", "in force")]
    assert in_force(case.store, case.base) == (first,)


def test_an_undoing_can_be_undone_and_so_on(case: Workspace) -> None:
    first = say(case, "gathers own", RELIEF)
    held, chain = [], [first]
    for _ in range(4):
        chain.append(undo(case, chain[-1]))
        held.append(bool(in_force(case.store, case.base)))
    assert held == [False, True, False, True]
    assert [state for _, state in states(case)] == ["in force", "undone", "in force", "undone", "in force"]


def test_what_is_undone_is_not_undone_again(case: Workspace) -> None:
    first = say(case, "gathers own", RELIEF)
    undoing = undo(case, first)
    graphs = case.store.graph_names()
    assert undo(case, first) == undoing
    assert case.store.graph_names() == graphs


def test_last_is_the_latest_judgement_in_force(case: Workspace) -> None:
    with pytest.raises(InvalidInput, match="no judgement is in force"):
        case.undo("last", because="nothing to take back", by="Ines Moral")
    for kind in ("own", "relays"):
        say(case, f"gathers {kind}", RELIEF)
    case.undo("last", because="a slip", by="Ines Moral")
    assert [state for _, state in states(case)] == ["in force", "undone", "in force"]
    case.undo("last", because="another slip", by="Ines Moral")
    assert [state for _, state in states(case)] == ["undone", "undone", "in force", "in force"]


def test_a_judgement_that_was_undone_can_be_made_again(case: Workspace) -> None:
    first = say(case, "gathers own", RELIEF)
    undo(case, first)
    second = say(case, "gathers own", RELIEF)
    assert second.id != first.id
    assert in_force(case.store, case.base) == (second,)


@pytest.mark.parametrize("clock", [NOON, NOON - dt.timedelta(days=900), NOON + dt.timedelta(microseconds=5)])
def test_order_does_not_hang_on_the_clock(case: Workspace, clock: dt.datetime) -> None:
    say(case, "merge", MINISTRY, RELIEF)
    case.now = lambda: clock
    say(case, "separate", MINISTRY, RELIEF)
    say(case, "merge", MINISTRY, RELIEF)
    say(case, "separate", MINISTRY, RELIEF)
    found = all_annotations(case.store, case.base)
    assert [one.judgement for one in found] == ["merge", "separate"] * 2
    assert [one.state for one in found] == ["superseded"] * 3 + ["in force"]
    assert [one.created for one in found] == [NOON + dt.timedelta(seconds=number) for number in range(4)]


def test_times_of_another_zone_are_told_in_utc(case: Workspace) -> None:
    case.now = lambda: dt.datetime(2031, 4, 1, 23, 30, 15, 999999, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    made = say(case, "party", RELIEF)
    assert made.created.isoformat() == "2031-04-01T21:30:15+00:00"
    assert in_force(case.store, case.base) == (made,)


class Counting(OxigraphStore):
    """A store that counts its queries."""

    queries = 0

    def select(self, query: str) -> Solutions:
        self.queries += 1
        return super().select(query)


def test_that_nothing_was_judged_costs_one_query() -> None:
    store = Counting.in_memory()
    assert isinstance(store, Counting)
    assert in_force(store, vocab.DEFAULT_BASE) == ()
    assert store.queries == 1


def test_other_annotations_are_none_of_ours(case: Workspace) -> None:
    made = say(case, "party", RELIEF)
    for name in ("https://elsewhere.example/annotation/0011223344556677", f"{case.base}note/0011223344556677"):
        triples = tuple(Triple(IRI(name), *rest[1:3]) for rest in case.store.quads(IRI(made.id)))
        case.store.apply(add=[NamedGraph(IRI(name), IRI(name), triples)])
    bare = IRI(f"{case.base}annotation/0011223344556677")  # a remark that judges nothing
    remark = (Triple(bare, term("rdf:type"), term("oa:Annotation")), Triple(bare, term("rdfs:comment"), text("Hm.")))
    case.store.apply(add=[NamedGraph(bare, bare, remark)])
    assert all_annotations(case.store, case.base) == (made,)


@pytest.mark.parametrize("lacking", ["dcterms:creator", "dcterms:created", "rdfs:comment", "kg:judgement"])
def test_a_damaged_annotation_is_told(case: Workspace, lacking: str) -> None:
    made = IRI(say(case, "party", RELIEF).id)
    kept = [Triple(*quad[:3]) for quad in case.store.quads(made) if quad.predicate != term(lacking)]
    if lacking == "kg:judgement":
        kept.append(Triple(made, term("kg:judgement"), IRI("https://elsewhere.example/liked")))
    case.store.apply(remove=[made], add=[NamedGraph(made, made, tuple(kept))])
    with pytest.raises(StoreError, match=r"cannot be read.*lacks"):
        in_force(case.store, case.base)


# ---- finding, listing, counting --------------------------------------------------------------------------------


def test_an_annotation_is_found_by_its_id(case: Workspace) -> None:
    made = say(case, "party", RELIEF)
    assert made.short == "annotation/" + made.id.rpartition("/")[2][:8]
    for name in (made.short, made.id, made.id.rpartition("/")[2]):
        assert case.lookup.resolve("annotation", name) == IRI(made.id)
        found = case.lookup.find(name)
        assert (found.kind, found.iri) == ("annotation", IRI(made.id))
    with pytest.raises(NotFound, match="no annotation answers to 'annotation/0000000000'"):
        case.lookup.find("annotation/0000000000")


def test_the_list_has_a_row_for_each_target(case: Workspace) -> None:
    merged = say(case, "merge", MINISTRY, RELIEF)
    party = say(case, "party", RELIEF, event=EVENT)
    undoing = undo(case, merged)
    result = case.annotations()
    assert result.columns == ("annotation", "judgement", "target", "event", "state", "by", "created", "why")
    rows = [tuple(result.shown(value) for value in row) for row in result.rows]
    first, second, third = (f"2031-04-01T12:00:0{second}Z" for second in range(3))
    shared = ("", "undone", "R. Viewer", first, "I rang them")
    assert sorted(rows[:2]) == [(merged.short, "merge", name, *shared) for name in (RELIEF, MINISTRY)]
    assert rows[2:] == [
        (party.short, "party", RELIEF, "Explosion at Velmara", "in force", "R. Viewer", second, "I rang them"),
        (undoing.short, "undo", merged.short, "", "in force", "R. Viewer", third, "a slip"),
    ]


def test_the_list_of_a_workspace_without_judgements_is_empty(workspace: Workspace) -> None:
    assert len(workspace.annotations()) == 0


@pytest.mark.parametrize(
    ("judgement", "targets", "event", "claims"),
    [
        ("gathers own", [RELIEF], None, 1),
        ("gathers own", [MINISTRY], None, 1),  # two documents, one of them through a person, give one figure
        ("merge", [MINISTRY, RELIEF], None, 2),
        ("separate", [HARBOUR, GAZETTE], None, 3),  # the ministry's, the relief's and the denial
        ("party", ["Northern Command"], None, 0),  # it is spoken of, and never speaks
        ("party", [HARBOUR], EVENT, 2),
        ("party", [HARBOUR], "market-2031", 0),
        ("reject", [RELATION.value], None, 2),
    ],
)
def test_claims_that_a_judgement_touches(
    case: Workspace, judgement: str, targets: list[str], event: str | None, claims: int
) -> None:
    market = IRI(f"{case.base}event/market-2031")
    other = (
        Triple(market, term("rdf:type"), term("sem:Event")),
        Triple(market, term("dcterms:identifier"), text("market-2031")),
    )
    case.store.apply(add=[NamedGraph(market, market, other)])
    made = say(case, judgement, *targets, event=event)
    assert claims_touched(case.store, case.base, made) == claims
    undoing = undo(case, undo(case, made))
    assert claims_touched(case.store, case.base, undoing) == claims


def test_a_claim_that_came_through_a_person_is_one_of_the_organisation(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"] = [tables["assertions"][1] | {"chain": [GAZETTE, "Ada Lind"]}]
    workspace.add(dossier(tables))
    made = say(workspace, "gathers own", MINISTRY)
    assert claims_touched(workspace.store, workspace.base, made) == 1


# ---- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judgement", "targets", "kind", "told"),
    [
        (
            "marry",
            [RELIEF, MINISTRY],
            UsageError,
            "no judgement is called 'marry'; there are: merge, separate, gathers",
        ),
        ("merge", [RELIEF], UsageError, "'merge' is about two or more sources, and 1 was given"),
        ("separate", [RELIEF, MINISTRY, GAZETTE], UsageError, "'separate' is about two sources, and 3 were given"),
        ("party", [], UsageError, "'party' is about one source, and 0 were given"),
        ("reject", [RELATION.value, RELATION.value], UsageError, "'reject' is about one relation, and 2 were given"),
        ("merge", [RELIEF, MINISTRY, "BLR"], UsageError, "given twice: 'Blue Lantern Relief' and 'BLR'"),
        ("merge", ["BLR", "BLR"], UsageError, "the same source is given twice: 'BLR'"),
        ("merge", [RELIEF, "D1-1"], InvalidInput, "'D1-1' is a claim, and 'merge' is about sources"),
        ("party", ["velmara-2031"], InvalidInput, "'velmara-2031' is an event, and 'party' is about sources"),
        ("party", ["measure:killed"], InvalidInput, "'measure:killed' is a measure, and 'party' is about sources"),
        ("party", ["kg:gathers"], InvalidInput, "'kg:gathers' is no source, and 'party' is about sources"),
        ("accept", [RELIEF], InvalidInput, "'Blue Lantern Relief' is a source, and 'accept' is about relations"),
        ("undo", [RELATION.value], InvalidInput, "is a relation, and 'undo' is about annotations"),
        ("party", ["Harbor Daily"], NotFound, "did you mean 'Harbour Daily'"),
        ("undo", ["annotation/0123456789"], NotFound, "no annotation answers to 'annotation/0123456789'"),
        ("gathers own", ["Ada Lind"], InvalidInput, f"judge {MINISTRY} instead"),
        ("party", ["Ada Lind"], InvalidInput, f"Ada Lind speaks for {MINISTRY} and is counted as that organisation"),
        ("merge", ["Ada Lind", RELIEF], InvalidInput, f"judge {MINISTRY} instead"),
        ("merge", ["Ada Lind", MINISTRY], InvalidInput, "so the two are counted as one already"),
        ("separate", [MINISTRY, "Ada Lind"], InvalidInput, "change the affiliation of Ada Lind in the dossier"),
    ],
)
def test_what_cannot_be_judged_is_told(
    case: Workspace, judgement: str, targets: list[str], kind: type[KgError], told: str
) -> None:
    graphs = case.store.graph_names()
    with pytest.raises(kind) as error:
        say(case, judgement, *targets)
    assert told in str(error.value)
    assert case.store.graph_names() == graphs


@pytest.mark.parametrize(
    ("because", "by", "event", "told"),
    [
        (" \n", "R. Viewer", None, "a judgement needs a reason"),
        ("Seen", "", None, "a judgement needs the name of who judges"),
        ("Seen \udce4", "R. Viewer", None, "a reason is not UTF-8 text"),
        ("Seen", "R. Viewer", EVENT, "'gathers own' holds for every event"),
    ],
)
def test_a_judgement_needs_a_reason_and_a_name(
    case: Workspace, because: str, by: str, event: str | None, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        case.annotate("gathers own", RELIEF, because=because, by=by, event=event)
    assert len(case.annotations()) == 0


def test_an_event_is_looked_up(case: Workspace) -> None:
    with pytest.raises(NotFound, match="no event answers to 'velmara-2032'; did you mean 'velmara-2031'"):
        say(case, "party", RELIEF, event="velmara-2032")


def test_a_person_who_speaks_for_nobody_can_be_judged(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    del tables["actors"][3]["affiliation"]
    workspace.add(dossier(tables))
    made = say(workspace, "merge", "Ada Lind", MINISTRY)
    assert source(workspace, "Ada Lind") in made.targets


def test_an_unnamed_source_can_be_judged(case: Workspace) -> None:
    made = say(case, "merge", "witnesses (unnamed)", RELIEF)
    assert any("/unnamed/" in target for target in made.targets)


def test_a_name_of_several_sources_is_not_guessed(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"].append(tables["assertions"][3] | {"id": "D1-9", "doc": "D1"})
    tables["assertions"][-1]["chain"] = [GAZETTE, "witnesses (unnamed)"]
    workspace.add(dossier(tables))
    with pytest.raises(Ambiguous, match="names 2 sources"):
        say(workspace, "gathers own", "witnesses")


def test_nothing_is_judged_in_an_empty_workspace(workspace: Workspace) -> None:
    with pytest.raises(KgError, match="there is nothing in this workspace yet"):
        say(workspace, "party", RELIEF)


# ---- one and two at once ---------------------------------------------------------------------------------------


def test_sources_are_not_separated_that_a_wider_merge_holds_together(case: Workspace) -> None:
    wide, other = say(case, "merge", MINISTRY, RELIEF, GAZETTE), say(case, "merge", HARBOUR, "witnesses (unnamed)")
    with pytest.raises(InvalidInput) as error:
        say(case, "separate", MINISTRY, GAZETTE)
    assert wide.short in str(error.value)
    assert other.short not in str(error.value)
    assert "R. Viewer" in str(error.value)
    undo(case, wide)
    say(case, "separate", MINISTRY, GAZETTE)


def test_sources_are_not_merged_over_others_that_are_separated(case: Workspace) -> None:
    apart = say(case, "separate", MINISTRY, HARBOUR)
    say(case, "merge", MINISTRY, RELIEF)
    say(case, "merge", GAZETTE, HARBOUR)
    with pytest.raises(InvalidInput, match=apart.short):
        say(case, "merge", RELIEF, GAZETTE)
    say(case, "merge", MINISTRY, HARBOUR)  # on the same two sources the later holds
    say(case, "merge", RELIEF, GAZETTE)


def test_undoing_brings_back_no_contradiction(case: Workspace) -> None:
    apart = say(case, "separate", MINISTRY, HARBOUR)
    undoing = undo(case, apart)
    first, second = say(case, "merge", MINISTRY, RELIEF), say(case, "merge", HARBOUR, RELIEF)
    with pytest.raises(InvalidInput) as error:
        undo(case, undoing)
    assert all(one.short in str(error.value) for one in (apart, first, second))
    undo(case, second)
    undo(case, undoing)
    assert {one.id for one in in_force(case.store, case.base)} == {apart.id, first.id}


def test_a_contradiction_from_elsewhere_stops_no_other_judgement(case: Workspace, dossier: Writer) -> None:
    wide = say(case, "merge", MINISTRY, RELIEF, GAZETTE)
    with written(dossier()) as elsewhere:
        apart = IRI(say(elsewhere, "separate", MINISTRY, GAZETTE).id)
        brought = tuple(Triple(*quad[:3]) for quad in elsewhere.store.quads(apart))
    case.store.apply(add=[NamedGraph(apart, apart, brought)])
    say(case, "gathers own", RELIEF)
    with pytest.raises(InvalidInput, match="sources would be one and two at once"):
        say(case, "separate", MINISTRY, RELIEF)
    undo(case, wide)
    assert [one.judgement for one in in_force(case.store, case.base)] == ["separate", "gathers own"]


# ---- any sequence, against a plain replay ----------------------------------------------------------------------

NAMES = (MINISTRY, RELIEF, GAZETTE, HARBOUR)
MATTERS = {"merge": "same?", "separate": "same?", "party": "party?", "no party": "party?", "accept": "holds?"}
MATTERS |= {"reject": "holds?", "gathers own": "gathers?", "gathers relays": "gathers?", "gathers unknown": "gathers?"}


@dataclass(frozen=True)
class Act:
    """Something said: `targets` are names, or for an undoing the number of what it undoes among all that was said."""

    judgement: str
    targets: frozenset[str | int]
    event: str | None = None


class Replay:
    """The oracle: a list of what was said, judged from the definitions each time."""

    def __init__(self) -> None:
        self.said: list[Act] = []

    def undone(self, number: int) -> bool:
        """Undone is what a later act undoes that is not undone itself."""
        return any(
            act.judgement == "undo" and number in act.targets and not self.undone(later)
            for later, act in enumerate(self.said)
        )

    def holds(self, number: int) -> bool:
        return not self.undone(number) and not any(
            same_matter(self.said[number], other) and not self.undone(later)
            for later, other in enumerate(self.said[number + 1 :], number + 1)
        )

    def state(self, number: int) -> str:
        return "undone" if self.undone(number) else "in force" if self.holds(number) else "superseded"

    def take(self, act: Act) -> int | None:
        """The number under which the act is on record; None where it is refused."""
        for number, known in enumerate(self.said):
            if known == act and self.holds(number):
                return number
        self.said.append(act)
        if not self.makes_sense():
            self.said.pop()
            return None
        return len(self.said) - 1

    def makes_sense(self) -> bool:
        held = [act for number, act in enumerate(self.said) if self.holds(number)]
        one = nx.Graph()
        one.add_nodes_from(NAMES)
        for act in held:
            if act.judgement == "merge":
                one.add_edges_from(combinations(act.targets, 2))
        return not any(nx.has_path(one, *act.targets) for act in held if act.judgement == "separate")


def same_matter(one: Act, other: Act) -> bool:
    matters = [MATTERS.get(act.judgement, act.judgement) for act in (one, other)]
    return matters[0] == matters[1] and (one.targets, one.event) == (other.targets, other.event)


def acts(names: Sequence[str] = NAMES) -> st.SearchStrategy[Act]:
    """Acts on few sources, so that they meet; undoings aim at one of the last that were said."""
    one, event = st.sampled_from(names[:2]).map(lambda name: frozenset([name])), st.sampled_from([None, EVENT])
    several = st.frozensets(st.sampled_from(names), min_size=2, max_size=3)
    pair = st.sampled_from([frozenset(two) for two in combinations(names, 2)])
    gathers = st.sampled_from(["gathers own", "gathers relays", "gathers unknown"])
    return st.one_of(
        st.builds(Act, st.just("merge"), several),
        st.builds(Act, st.sampled_from(["merge", "separate"]), pair),
        st.builds(Act, gathers, one),
        st.builds(Act, st.sampled_from(["party", "no party"]), one, event),
        st.builds(Act, st.sampled_from(["accept", "reject"]), st.just(frozenset([RELATION.value]))),
        *[st.builds(Act, st.just("undo"), st.integers(0, 5).map(lambda back: frozenset([back])))] * 3,
    )


@settings(max_examples=60)
@given(sequence=st.lists(acts(), max_size=14), stuck=st.booleans())
def test_any_sequence_leaves_in_force_what_a_replay_says(ground: Workspace, sequence: list[Act], stuck: bool) -> None:
    store, base, oracle = ground.store, ground.base, Replay()
    store.apply(remove=[name for name in store.graph_names() if name.value.startswith(f"{base}annotation/")])
    ids: list[str] = []
    for number, act in enumerate(sequence):
        if act.judgement == "undo":
            if not ids:
                continue
            (back,) = act.targets
            assert isinstance(back, int)
            act = replace(act, targets=frozenset([max(0, len(ids) - 1 - back)]))
        names = [ids[target] if isinstance(target, int) else target for target in act.targets]
        now = NOON if stuck else NOON - dt.timedelta(hours=number)
        expected = oracle.take(act)
        try:
            made = judge(store, base, act.judgement, names, because="x", by="y", now=now, event=act.event)
        except InvalidInput:
            assert expected is None, act
            continue
        assert expected is not None, act
        if expected == len(ids):
            ids.append(made.id)
        assert made.id == ids[expected]
    assert [(one.id, one.state) for one in all_annotations(store, base)] == [
        (id_, oracle.state(number)) for number, id_ in enumerate(ids)
    ]
    assert [one.id for one in in_force(store, base)] == list(held_ids(oracle, ids))


def held_ids(oracle: Replay, ids: Sequence[str]) -> Iterable[str]:
    return (id_ for number, id_ in enumerate(ids) if oracle.holds(number) and oracle.said[number].judgement != "undo")
