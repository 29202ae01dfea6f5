"""Relating a store: deterministic, incremental, explained, and valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import vocab
from kg.errors import KgError
from kg.logic.scope import Rel
from kg.model import (
    Actor,
    Claim,
    Document,
    DocumentRecord,
    DossierRecord,
    Event,
    Figure,
    Place,
    Report,
    Saying,
    Speaker,
    Window,
    actor_id,
    place_id,
)
from kg.rdf import Bridge, vocabulary_graph
from kg.relate import is_related, relation_graphs
from kg.relate.blocks import blocks
from kg.relate.engine import relate_store
from kg.relate.reading import read_statements
from kg.relate.reasons import Reasons, assuming
from kg.relate.results import related as related_block
from kg.relate.writing import relations_graph
from kg.store.oxigraph import OxigraphStore
from kg.terms import Quad
from kg.workspace import Workspace
from tests.conftest import SEED

BASE = vocab.DEFAULT_BASE
NOON = dt.datetime(2031, 3, 20, 12, tzinfo=dt.UTC)
SOURCES = ("Velmara Health Ministry", "Blue Lantern Relief", "Orlen Gazette", "Harbour Daily")
PLACES = {"Velmara": "Orlen", "Marn": "Orlen", "Orlen": None}


def day(number: int) -> dt.date:
    return dt.date(2031, 3, number)


figures = st.builds(
    lambda bound, number: Figure(
        None if bound == "at most" else number, None if bound == "at least" else number, bound
    ),
    st.sampled_from(["bare", "exactly", "at least", "at most"]),
    st.integers(1, 30),
)
claims = st.builds(
    Claim,
    kind=st.just("quantity"),
    event=st.sampled_from(["event/raid", "event/flood", None]),
    place=st.sampled_from([*map(place_id, PLACES), None]),
    window=st.sampled_from([Window(day(14), day(14)), Window(day(14), day(16)), Window()]),
    measure=st.sampled_from(["killed", "injured"]),
    population=st.sampled_from(["people", "civilians"]),
    figure=figures,
) | st.builds(
    Claim,
    kind=st.just("responsibility"),
    event=st.just("event/raid"),
    place=st.sampled_from([*map(place_id, PLACES)]),
    responsible=st.sampled_from([(actor_id("Northern Command"),), (actor_id("Orlen Brigade"),)]),
    act=st.sampled_from(["ordered", "carried_out"]),
    text=st.sampled_from(["They did it.", "They alone did it."]),
)
sayings = st.builds(
    Saying,
    stance=st.sampled_from(["affirms", "affirms", "affirms", "denies", "finds_no_evidence"]),
    certainty=st.sampled_from([None, "alleged"]),
    as_of=st.sampled_from([None, day(14), day(17)]),
)
chains = st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3, unique=True)


@st.composite
def documents(draw: st.DrawFn) -> list[DocumentRecord]:
    records = []
    for number in range(draw(st.integers(2, 4))):
        document = Document(f"https://gazette.example/{number}", f"D{number}", actor_id(draw(st.sampled_from(SOURCES))))
        reports = tuple(
            Report(
                document.id,
                tuple(Speaker(actor_id(name)) for name in draw(chains)),
                draw(claims),
                draw(sayings),
                str(k),
            )
            for k in range(draw(st.integers(1, 3)))
        )
        records.append(DocumentRecord(document, reports))
    return records


def load(store: OxigraphStore, records: Sequence[DocumentRecord]) -> None:
    bridge = Bridge(BASE)
    actors = [*SOURCES, "Northern Command", "Orlen Brigade"]
    dossier = DossierRecord(
        "velmara",
        "Velmara",
        events=(Event("raid", "The raid"), Event("flood", "The flood")),
        actors=tuple(Actor(name, kind="NGO") for name in actors),
        places=tuple(Place(name, part_of=place_id(whole) if whole else None) for name, whole in PLACES.items()),
    )
    graphs = [bridge.document_graph(record) for record in records]
    graphs.append(bridge.dossier_graph(dossier, [record.document.id for record in records]))
    made = bridge.load_graph(ended=NOON, software="test")
    entries = [bridge.entry_graph(graph, load=made.name, entered={}, replaced=None) for graph in graphs]
    store.apply(add=[vocabulary_graph(), made, *graphs, *entries])


def relate(store: OxigraphStore) -> None:
    relate_store(store, BASE, ended=NOON, software="test")


def relations(store: OxigraphStore) -> set[Quad]:
    return {quad for name in relation_graphs(store, BASE) for quad in store.quads(name)}


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_one_document_after_another_gives_what_all_at_once_gives(records: list[DocumentRecord], order: object) -> None:
    at_once = OxigraphStore.in_memory()
    load(at_once, records)
    relate(at_once)
    step_by_step = OxigraphStore.in_memory()
    shuffled = list(records)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for record in shuffled:
        load(step_by_step, [record])
        relate(step_by_step)
    assert relations(step_by_step) == relations(at_once)


def test_the_order_in_which_figures_are_read_leaves_no_trace() -> None:
    parts = [count(12, of="civilians"), count(5, of="security forces")]
    store = related(said(MINISTRY, ((), count(17)), *(((), part) for part in parts)), said(RELIEF, ((), count(20))))
    (block,) = (block for block in blocks(read_statements(store, BASE), 0.25) if block.figures)
    backwards = replace(block, figures=dict(reversed(block.figures.items())))
    reasons = Reasons({}, 0.25)
    graphs = [relations_graph(BASE, one, related_block(one, reasons), reasons) for one in (block, backwards)]
    assert set(graphs[0].triples) == set(graphs[1].triples)
    assert len(graphs[0].triples) > 50


def test_what_did_not_change_is_not_related_again(workspace: Workspace, dossier) -> None:  # type: ignore[no-untyped-def]
    workspace.add(dossier())
    first = workspace.relate()
    before = set(workspace.store.quads())
    again = workspace.relate()
    assert (again.related, again.unchanged, again.removed) == (0, first.related, 0)
    assert set(workspace.store.quads()) == before


def test_relations_are_asked_for_only_when_they_are_those_of_the_documents(workspace: Workspace, dossier) -> None:  # type: ignore[no-untyped-def]
    workspace.add(dossier())
    assert is_related(workspace.store, workspace.base) is None
    with pytest.raises(KgError, match="none were worked out yet; type 'kg relate'"):
        workspace.ask("contradictions")
    workspace.relate()
    assert is_related(workspace.store, workspace.base) is True
    workspace.ask("contradictions")
    workspace.add(SEED)
    assert is_related(workspace.store, workspace.base) is False
    with pytest.raises(KgError, match="documents or judgements have changed"):
        workspace.ask("contradictions")


def test_a_removed_document_takes_its_relations_along() -> None:
    def claim(number: int) -> Claim:
        return Claim(
            "quantity", "event/raid", place_id("Velmara"), Window(day(14), day(14)), "killed", "people",
            Figure(number, number, "exactly"),
        )  # fmt: skip

    def record(number: int, source: str) -> DocumentRecord:
        document = Document(f"https://gazette.example/{source}", source, actor_id(source))
        said = Saying(as_of=day(17))
        return DocumentRecord(document, (Report(document.id, (Speaker(actor_id(source)),), claim(number), said, "1"),))

    store = OxigraphStore.in_memory()
    one, other = record(12, SOURCES[0]), record(17, SOURCES[1])
    load(store, [one, other])
    relate(store)
    found = store.select("SELECT ?a ?b { ?a <https://w3id.org/claims-kg/ns#contradicts> ?b }")
    bridge = Bridge(BASE)
    ids = {bridge.iri(claim(12).id), bridge.iri(claim(17).id)}
    assert {frozenset(row) for row in found.rows} == {frozenset(ids)}
    assert len(found.rows) == 2
    store.apply(remove=[bridge.document_graph(other).name])
    relate(store)
    assert not store.ask("ASK { ?a <https://w3id.org/claims-kg/ns#contradicts> ?b }")
    assert not store.ask("ASK { ?node a <https://w3id.org/claims-kg/ns#ClaimRelation> }")


KG = "https://w3id.org/claims-kg/ns#"


def count(
    number: int, *, of: str = "people", where: str | None = "Velmara", bound: str = "exactly", until: int = 14
) -> Claim:
    lower, upper = (None if bound == "at most" else number), (None if bound == "at least" else number)
    place = place_id(where) if where else None
    return Claim(
        "quantity", "event/raid", place, Window(day(14), day(until)), "killed", of, Figure(lower, upper, bound)
    )


def said(
    document: str, *reports: tuple[Sequence[str], Claim], as_of: int = 17, stance: str = "affirms"
) -> DocumentRecord:
    """A document of the outlet `document`; every chain goes on behind it."""
    made = Document(f"https://gazette.example/{document}", document, actor_id(document))
    return DocumentRecord(
        made,
        tuple(
            Report(
                made.id,
                tuple(Speaker(actor_id(name)) for name in (document, *chain)),
                claim,
                Saying(as_of=day(as_of), stance=stance),
                str(number),
            )
            for number, (chain, claim) in enumerate(reports)
        ),
    )


def related(*records: DocumentRecord) -> OxigraphStore:
    store = OxigraphStore.in_memory()
    load(store, records)
    relate(store)
    return store


def told(store: OxigraphStore) -> set[tuple[str, str]]:
    """Kind and reason of every relation."""
    rows = store.select(
        f"SELECT ?kind ?why {{ ?node a <{KG}ClaimRelation> ; <{KG}relation> ?kind ; "
        "<http://www.w3.org/2000/01/rdf-schema#comment> ?why }"
    ).rows
    return {(str(kind).removeprefix(KG), str(why)) for kind, why in rows}


MINISTRY, RELIEF, GAZETTE, DAILY = SOURCES


def test_a_contradiction_names_who_stands_on_either_side() -> None:
    store = related(
        said(MINISTRY, ((), count(12))), said(RELIEF, ((), count(17))), said(GAZETTE, ([RELIEF], count(17)))
    )
    ((kind, why),) = told(store)
    assert kind == "contradictsRelation"
    assert f"12 ({MINISTRY})" in why.replace("Exactly", "exactly").replace("exactly ", "")
    assert f"17 ({RELIEF})" in why.replace("exactly ", "")
    assertions = store.select(f"SELECT ?one {{ ?node <{KG}subjectAssertion>|<{KG}objectAssertion> ?one }}").rows
    assert len(assertions) == 3, "the relief agency's own word and the gazette's relay of it both stand behind 17"


def test_a_relay_that_differs_from_the_document_it_came_from_altered_it() -> None:
    store = related(said(MINISTRY, ((), count(12))), said(GAZETTE, ([MINISTRY], count(21))))
    ((kind, why),) = told(store)
    assert kind == "altersReportOfRelation"
    assert "21" in why.split(";")[0] and "12" in why.split(";")[1] and "different: figure" in why
    (row,) = store.select(
        f"SELECT ?from ?to {{ ?from <{KG}altersReportOf> ?to . ?to <{KG}reportAlteredBy> ?from }}"
    ).rows
    assert row == (Bridge(BASE).iri(count(21).id), Bridge(BASE).iri(count(12).id))


def test_relays_alone_only_differ() -> None:
    store = related(said(DAILY, ([MINISTRY], count(12))), said(GAZETTE, ([MINISTRY], count(21))))
    ((kind, why),) = told(store)
    assert kind == "relaysDifferRelation"
    assert "different: figure" in why


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (count(745), count(745, of="civilians"), "civilians and as people; what differs: population"),
        (
            count(745, of="civilians"),
            count(745, bound="at least"),
            "exactly 745 civilians and as at least 745 people; what differs: bound, population",
        ),
        (
            count(745),
            count(745, until=16),
            "exactly 745 (14 March 2031) and as exactly 745 (14–16 March 2031); what differs: window",
        ),
        (
            replace(count(745), responsible=(actor_id("Northern Command"),)),
            count(745, where="Orlen"),
            "exactly 745 (Velmara, by Northern Command) and as exactly 745 (Orlen, by anyone); "
            "what differs: place, responsible party",
        ),
    ],
)
def test_one_number_of_a_source_given_for_two_things(one: Claim, other: Claim, why: str) -> None:
    store = related(said(DAILY, ([MINISTRY], one)), said(GAZETTE, ([MINISTRY], other)))
    assert told(store) == {("relaysDifferRelation", f"Reports give {MINISTRY}'s 745 of 17 March 2031 as {why}.")}
    own = related(said(MINISTRY, ((), one)), said(GAZETTE, ((), other)))
    assert "relaysDifferRelation" not in {kind for kind, _ in told(own)}, "each counted for itself"


def test_a_relay_may_alter_a_report_without_touching_its_number() -> None:
    store = related(said(MINISTRY, ((), count(745))), said(GAZETTE, ([MINISTRY], count(745, of="civilians"))))
    reason = f"Reports give {MINISTRY}'s 745 as civilians; a document by those they had it from has people"
    assert told(store) == {("altersReportOfRelation", f"{reason}; what differs: population.")}
    rows = store.select(f"SELECT ?word {{ ?node <{KG}differsIn> ?word }}").rows
    assert [str(word) for (word,) in rows] == ["population"]


@pytest.mark.parametrize("scope", [Rel.EQ, Rel.SUB, Rel.SUP, Rel.OVL])
def test_what_is_assumed_of_scopes_is_said_however_they_lie(scope: Rel) -> None:
    told = assuming(("the place is unstated",), scope)
    assert told.startswith(" Holds if ") and told.endswith(" (the place is unstated).")


def test_an_agency_that_both_quote_shows_who_changed_it() -> None:
    """The relief agency's own page has 12 on the ministry's word; the gazette had it from there and prints 21."""
    store = related(said(RELIEF, ([MINISTRY], count(12))), said(GAZETTE, ([RELIEF, MINISTRY], count(21))))
    assert {kind for kind, _ in told(store)} == {"altersReportOfRelation"}


def test_parts_that_add_up_are_told_with_the_document_that_has_them_all() -> None:
    whole, one, other = count(17), count(12, of="civilians"), count(5, of="security forces")
    store = related(said(MINISTRY, ((), whole), ((), one), ((), other)))
    (row,) = store.select(
        f"SELECT ?whole ?document (COUNT(?part) AS ?parts) {{ ?node <{KG}relation> <{KG}sumsToRelation> ; "
        f"<{KG}whole> ?whole ; <{KG}inDocument> ?document ; <{KG}part> ?part }} GROUP BY ?whole ?document"
    ).rows
    assert (row[0], str(row[2])) == (Bridge(BASE).iri(whole.id), "2")


def test_what_only_holds_under_an_assumption_names_it() -> None:
    store = related(said(MINISTRY, ((), count(12))), said(RELIEF, ((), count(17, where=None))))
    (row,) = store.select(
        f"SELECT ?grade ?words {{ ?node <{KG}relation> <{KG}contradictsRelation> ; <{KG}grade> ?grade ; "
        f"<{KG}assumes>/<http://www.w3.org/2000/01/rdf-schema#comment> ?words }}"
    ).rows
    assert (str(row[0]), str(row[1])) == (f"{KG}conditional", "the place is unstated")


def test_what_a_source_takes_back_is_not_held_against_anybody() -> None:
    store = related(
        said(MINISTRY, ((), count(12))),
        said(RELIEF, ((), count(17))),
        said(f"{RELIEF} corrections", ([RELIEF], count(17)), as_of=18, stance="retracts"),
    )
    assert told(store) == set()
    again = related(
        said(MINISTRY, ((), count(12))),
        said(f"{RELIEF} corrections", ([RELIEF], count(17)), as_of=18, stance="retracts"),
        said(RELIEF, ((), count(17)), as_of=19),
    )
    assert {kind for kind, _ in told(again)} == {"contradictsRelation"}, "said once more, after it was taken back"


def test_none_is_no_tally_that_may_grow() -> None:
    store = related(said(MINISTRY, ((), count(0, bound="bare")), as_of=14), said(RELIEF, ((), count(17))))
    assert {kind for kind, _ in told(store)} == {"contradictsRelation"}
    whole = said(MINISTRY, ((), count(0)))
    part = said(RELIEF, ((), count(17, of="civilians", bound="bare")))
    assert {kind for kind, _ in told(related(whole, part))} == {"contradictsRelation"}


def test_figures_that_cannot_hold_together_are_a_conflict_set() -> None:
    store = related(
        said(MINISTRY, ((), count(20, where="Velmara", bound="at most"))),
        said(RELIEF, ((), count(12, of="civilians", bound="at least"))),
        said(GAZETTE, ((), count(11, of="security forces", bound="at least"))),
    )
    rows = store.select(f"SELECT ?claim {{ ?node a <{KG}ConflictSet> ; <{KG}member> ?claim }}").rows
    assert len(rows) == 3
    assert {kind for kind, _ in told(store)} & {"contradictsRelation"} == set()


def test_camps_of_a_dispute_count_their_origins() -> None:
    store = related(said(MINISTRY, ((), count(12))), said(RELIEF, ((), count(17))), said(GAZETTE, ((), count(17))))
    rows = store.select(
        f"SELECT ?claim (COUNT(?origin) AS ?origins) {{ ?dispute <{KG}camp> ?camp . ?camp <{KG}claim> ?claim ; "
        f"<{KG}origin> ?origin }} GROUP BY ?claim"
    ).rows
    bridge = Bridge(BASE)
    assert {(row[0], str(row[1])) for row in rows} == {(bridge.iri(count(12).id), "1"), (bridge.iri(count(17).id), "2")}


def test_what_is_not_kept_is_counted_on_the_run() -> None:
    store = related(said(MINISTRY, ((), count(12, bound="at least"))), said(RELIEF, ((), count(1, of="civilians"))))
    (row,) = store.select(
        f"SELECT ?kind ?pairs ?stored {{ ?count a <{KG}RelationCount> ; <{KG}relation> ?kind ; <{KG}pairs> ?pairs ; "
        f"<{KG}stored> ?stored }}"
    ).rows
    assert tuple(map(str, row)) == (f"{KG}boundsRelation", "1", "0")


def test_relations_keep_to_the_shapes() -> None:
    with Workspace(OxigraphStore.in_memory()) as workspace:
        load(
            workspace.store,  # type: ignore[arg-type]
            [
                said(MINISTRY, ((), count(12)), ((), count(20, bound="at most")), ((), count(8, of="civilians"))),
                said(RELIEF, ((), count(17)), ([MINISTRY], count(13)), ((), count(30, where=None))),
                said(GAZETTE, ([RELIEF, MINISTRY], count(14)), stance="denies"),
                said(DAILY, ((), count(14)), ((), count(4, of="security forces")), as_of=18),
                said("Velmara Radio", ([MINISTRY], count(10, of="civilians")), as_of=19),
            ],
        )
        workspace.relate()
        assert len(told(workspace.store)) > 5  # type: ignore[arg-type]
        assert [problem for problem in workspace.validate() if "relation" in str(problem)] == []
