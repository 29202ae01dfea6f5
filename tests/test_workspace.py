"""Adding: atomic, idempotent, replacing; asking and looking through the façade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.export import write_graph
from kg.workspace import Workspace, open_workspace, validate_paths
from tests.conftest import DEMO, SEED, velmara

Writer = Callable[..., Path]


def test_adding_reports_what_it_did(workspace: Workspace, dossier: Writer) -> None:
    report = workspace.add(dossier())
    assert report.added == ("D1", "D2")
    assert (report.replaced, report.unchanged, report.refused) == ((), (), ())
    assert report.assertions == 4
    assert report.complete


def test_adding_again_changes_nothing(workspace: Workspace, dossier: Writer) -> None:
    folder = dossier()
    workspace.add(folder)
    before = write_graph(workspace.store, "nq")
    workspace.now = lambda: dt.datetime(2040, 1, 1, tzinfo=dt.UTC)
    report = workspace.add(folder)
    assert report.unchanged == ("D1", "D2")
    assert write_graph(workspace.store, "nq") == before


def test_shuffled_rows_change_nothing(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    before = write_graph(workspace.store, "nq")
    tables = {name: rows[::-1] for name, rows in velmara().items()}
    assert workspace.add(dossier(tables)).unchanged == ("D2", "D1")
    assert write_graph(workspace.store, "nq") == before


def test_a_line_inserted_above_makes_no_new_version_of_the_other_document(
    workspace: Workspace, dossier: Writer
) -> None:
    workspace.add(dossier())
    tables = velmara()
    tables["assertions"].insert(0, tables["assertions"][0] | {"id": "D1-0", "lower": 3, "upper": 3})
    report = workspace.add(dossier(tables))
    assert (report.replaced, report.unchanged) == (("D1",), ("D2",))


def test_replacing_a_document_leaves_nothing_of_the_old_version(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    tables = velmara()
    tables["assertions"][1] |= {"lower": 25}
    assert workspace.add(dossier(tables)).replaced == ("D1",)
    figures = [(row["lower"], row["upper"]) for row in workspace.ask("event-figures", event="velmara-2031")]
    assert sorted(figures) == [(17, 17), (25, 29)]
    assert not workspace.sparql("ASK { ?claim schema:minValue 24 }").truth


def test_a_claim_that_another_document_still_makes_stays(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    tables = velmara()
    tables["assertions"] = tables["assertions"][1:]
    workspace.add(dossier(tables))
    assert [row["document"] for row in workspace.ask("who-said", claim="D2-1")] != []
    figures = {row["lower"]: row["documents"] for row in workspace.ask("event-figures", event="velmara-2031")}
    assert figures == {17: 1, 24: 1}


def test_a_replaced_version_names_the_one_before(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    tables = velmara()
    tables["documents"][0] |= {"published": "2031-03-16"}
    workspace.add(dossier(tables))
    answer = workspace.sparql(
        "SELECT ?old { ?new prov:wasRevisionOf ?old ; dcterms:isVersionOf/dcterms:identifier 'D1' }"
    )
    assert answer.rows is not None
    assert len(answer.rows) == 1


def test_one_bad_document_stops_the_load(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"][3] |= {"chain": ["Orlen Gazette"]}
    with pytest.raises(kg.InvalidInput) as refused:
        workspace.add(dossier(tables))
    assert [p for p in refused.value.problems if p.severity == "error" and p.file and p.line == 4]
    assert workspace.store.graph_names() == []


def test_keep_going_loads_the_others_and_names_the_refused(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"][3] |= {"chain": ["Orlen Gazette"]}
    report = workspace.add(dossier(tables), keep_going=True)
    assert (report.added, report.refused) == (("D1",), ("D2",))
    assert not report.complete
    answer = workspace.sparql("SELECT ?id { ?dossier a kg:Dossier ; dcterms:hasPart/dcterms:identifier ?id }")
    assert answer.rows is not None
    assert [row["id"] for row in answer.rows] == ["D1"]


def test_two_accounts_of_one_document_in_one_load_are_refused(workspace: Workspace, dossier: Writer) -> None:
    other = velmara()
    other["assertions"][0] |= {"lower": 18, "upper": 18}
    other["documents"], other["assertions"] = other["documents"][:1], other["assertions"][:2]
    with pytest.raises(kg.InvalidInput, match="1 error"):
        workspace.add(dossier(), dossier(other, "second"))
    assert workspace.store.graph_names() == []


def test_the_graph_leads_back_to_the_line(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    answer = workspace.sparql(
        "SELECT ?row ?from { ?a kg:enteredFrom ?from ; dcterms:identifier ?row ; kg:step 1 } ORDER BY ?row"
    )
    assert answer.rows is not None
    assert [(row["row"], row["from"]) for row in answer.rows] == [
        (id_, f"assertions.jsonl:{line}") for line, id_ in enumerate(["D1-1", "D1-2", "D2-1", "D2-2"], start=1)
    ]


def test_a_source_is_found_by_every_name(demo: Workspace) -> None:
    names = ["SOHR", "sohr", "Syrian Observatory for Human Rights", "المرصد السوري لحقوق الإنسان", "\u200fSOHR "]
    answers = [demo.ask("rests-on", source=name).rows for name in names]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]


def test_an_unnamed_source_is_found_as_tables_print_it(demo: Workspace) -> None:
    printed = "field sources in Baniyas and Al-Bahluliyah (unnamed)"
    assert demo.show(printed).title == printed


def test_an_ambiguous_name_lists_its_candidates(demo: Workspace) -> None:
    with pytest.raises(kg.Ambiguous) as several:
        demo.ask("rests-on", source="eyewitnesses")
    assert len(several.value.candidates) == 3
    for iri, description in several.value.candidates:
        assert "Tehran Times" in description
        assert len(demo.ask("rests-on", source=iri)) > 0


@pytest.mark.parametrize(
    ("parameters", "error", "text"),
    [
        ({"source": "SHOR"}, kg.NotFound, "'SOHR'"),
        ({"source": "https://example.org/nobody"}, kg.NotFound, "nobody"),
        ({"sauce": "SOHR"}, kg.UsageError, "'source'"),
        ({}, kg.UsageError, "kg ask rests-on source=SOHR"),
    ],
)
def test_what_cannot_be_asked_is_said(
    demo: Workspace, parameters: dict[str, str], error: type[kg.KgError], text: str
) -> None:
    with pytest.raises(error, match=text):
        demo.ask("rests-on", **parameters)


def test_an_unknown_question_gets_a_suggestion(demo: Workspace) -> None:
    with pytest.raises(kg.NotFound, match="rests-on"):
        demo.ask("rest-on", source="SOHR")


def test_a_card_shows_what_hangs_on_it(demo: Workspace) -> None:
    card = demo.show("A29")
    assert card.kind == "document"
    assert card.title == "Tehran Times, 9 March 2025 (A29)"
    claims = dict(card.sections)["Claims"]
    assert len(claims) == 44
    assert demo.show("A29-c01").title == "more than 1,018 people killed, Syrian coast, 6–9 March 2025"
    assert demo.show("SOHR").kind == "source"
    assert demo.show("Baniyas").kind == "place"


def test_sparql_adds_prefixes_and_warns_of_unknown_terms(demo: Workspace) -> None:
    answer = demo.sparql("SELECT ?c { ?a kg:expreses ?c }")
    assert answer.prefixes_added == ("kg",)
    assert answer.hints == ("nothing here is called kg:expreses; did you mean kg:expresses?",)
    assert demo.sparql("ASK { ?a kg:expresses ?c }").hints == ()


def test_a_slip_is_pointed_at(demo: Workspace) -> None:
    with pytest.raises(kg.QueryError) as slip:
        demo.sparql("SELECT * WHER { ?s ?p ?o }")
    assert (slip.value.line, slip.value.column, slip.value.suggestion) == (1, 10, "WHERE")


def test_an_update_is_refused(demo: Workspace) -> None:
    with pytest.raises(kg.QueryError, match="reads and never writes"):
        demo.sparql("INSERT DATA { kg:a kg:b kg:c }")


def test_construct_and_ask_have_answers_of_their_own(demo: Workspace) -> None:
    assert demo.sparql("ASK { ?c a kg:QuantityClaim }").truth is True
    built = demo.sparql("CONSTRUCT { ?s a sem:Event } WHERE { ?s a sem:Event }")
    assert len(built.triples) == 1


def test_a_workspace_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(kg.KgError, match="kg demo"):
        open_workspace(tmp_path / "none")
    with kg.open(tmp_path / "new") as made, pytest.raises(kg.KgError, match="nothing in this workspace yet"):
        made.ask("rests-on", source="SOHR")


def test_a_workspace_on_disk_keeps_what_was_added(tmp_path: Path, dossier: Writer) -> None:
    with kg.open(tmp_path / "case") as first:
        first.add(dossier())
        rows = first.ask("rests-on", source="Ministry of Health").rows
    with open_workspace(tmp_path / "case") as again:
        assert again.ask("rests-on", source="Ministry of Health").rows == rows
    assert len(rows) == 2


def test_the_demo_conforms_to_the_shapes(demo: Workspace) -> None:
    assert demo.validate() == ()


def test_shacl_leads_a_problem_to_its_row(dossier: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.rdf import bridge

    monkeypatch.setitem(bridge._CLAIM_TYPES, "quantity", bridge._CLAIM_TYPES["event"])
    folder = dossier()
    problems = validate_paths([folder])
    rows = str(folder / "assertions.jsonl")
    assert {(p.file, p.line) for p in problems if p.severity == "error"} >= {(rows, 1), (rows, 2)}


def test_tables_written_back_give_the_same_graph(demo: Workspace, workspace: Workspace, tmp_path: Path) -> None:
    demo.export("csv", tmp_path / "out")
    workspace.add(tmp_path / "out" / "syria-coast-2025")
    versions = "SELECT ?v { ?v dcterms:isVersionOf ?d . ?d schema:publisher ?p } ORDER BY ?v"
    written, original = workspace.sparql(versions).rows, demo.sparql(versions).rows
    assert written is not None and original is not None
    assert written.rows == original.rows
    assert len(original) == 113


def test_exporting_over_a_folder_is_refused(demo: Workspace, tmp_path: Path) -> None:
    (tmp_path / "syria-coast-2025").mkdir()
    with pytest.raises(kg.KgError, match="exists already"):
        demo.export("csv", tmp_path)


@pytest.mark.parametrize(
    ("format_", "parser"), [("nq", "nquads"), ("trig", "trig"), ("ttl", "turtle"), ("jsonld", "json-ld")]
)
def test_exports_are_read_by_another_library(demo: Workspace, tmp_path: Path, format_: str, parser: str) -> None:
    import rdflib

    demo.export(format_, tmp_path / "out")
    read = rdflib.Dataset(default_union=True).parse(tmp_path / "out", format=parser)
    count = demo.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows
    assert count is not None
    union = {(s, p, o) for s, p, o, _ in read.quads((None, None, None, None))}
    assert len(union) == next(iter(count))["n"]


def test_two_dossiers_under_one_id_are_told_apart(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    other = velmara()
    for row in other["documents"]:
        row |= {"id": row["id"].replace("D", "E"), "url": None}
    for row in other["assertions"]:
        row |= {"doc": row["doc"].replace("D", "E"), "id": row["id"].replace("D", "E")}
    before = write_graph(workspace.store, "nq")
    with pytest.raises(kg.InvalidInput) as refused:
        workspace.add(dossier(other, "second"))
    assert "give it an id of its own" in refused.value.problems[-1].hint
    assert workspace.add(dossier(other, "second"), keep_going=True).refused == ("E1", "E2")
    assert write_graph(workspace.store, "nq") == before


def test_another_dossiers_account_of_a_document_is_refused(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    other = velmara()
    other["documents"], other["assertions"] = other["documents"][:1], other["assertions"][:1]
    folder = dossier(other, "second")
    settings = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (folder / "dossier.yaml").write_text(settings.replace("id: velmara\n", "id: second\n"), encoding="utf-8")
    with pytest.raises(kg.InvalidInput) as refused:
        workspace.add(folder)
    problem = refused.value.problems[-1]
    assert "'velmara' gives another account" in problem.message
    assert problem.file == str(folder / "documents.jsonl")
    assert problem.value == "https://gazette.example/1"


def test_the_same_account_in_two_dossiers_is_one_document(workspace: Workspace) -> None:
    workspace.add(DEMO)
    assert workspace.add(SEED).unchanged == ("A29",)
    answer = workspace.sparql("SELECT ?d { ?d dcterms:hasPart/dcterms:identifier 'A29' ; a kg:Dossier }")
    assert answer.rows is not None
    assert len(answer.rows) == 2


def test_a_document_refused_later_stays_what_it_was(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    tables = velmara()
    tables["assertions"][3] |= {"chain": ["Orlen Gazette"]}
    assert workspace.add(dossier(tables), keep_going=True).refused == ("D2",)
    assert len(workspace.ask("outlet-reports", outlet="Harbour Daily")) == 2
    assert workspace.validate() == ()


def test_a_name_of_two_actors_of_different_dossiers_is_told(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier())
    other = velmara()
    other["documents"], other["assertions"] = other["documents"][1:], other["assertions"][2:3]
    other["documents"][0] |= {"id": "X1", "url": "https://daily.example/x"}
    other["assertions"][0] |= {"doc": "X1", "id": "X1-1"}
    other["actors"][4] |= {"name": "Blue Lamp Relief"}
    folder = dossier(other, "second")
    settings = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (folder / "dossier.yaml").write_text(settings.replace("id: velmara\n", "id: second\n"), encoding="utf-8")
    problems = workspace.add(folder).problems
    assert [problem.value for problem in problems if "different dossiers" in problem.message] == ["BLR"]


def test_a_parameter_of_none_is_not_given(demo: Workspace) -> None:
    given = demo.ask("event-figures", event="syria-coast-2025", measure=None)
    assert given.rows == demo.ask("event-figures", event="syria-coast-2025").rows


def test_a_closed_workspace_says_so() -> None:
    with kg.open(":memory:") as closed:
        pass
    with pytest.raises(kg.StoreError, match="closed"):
        closed.sparql("ASK {}")


def test_the_same_folder_twice_is_added_once(workspace: Workspace, dossier: Writer) -> None:
    folder = dossier()
    assert workspace.add(folder, f"{folder}/").added == ("D1", "D2")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ('SELECT ?x { ?x ?p "abc }', "quotation mark is not closed"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "stay on this machine"),
        ("SELECT ?x { ?x ?p ?o } GROUP BY ?zz ORDER BY", "."),
    ],
)
def test_errors_of_queries_are_short(demo: Workspace, query: str, words: str) -> None:
    with pytest.raises(kg.QueryError, match=words) as told:
        demo.sparql(query)
    assert len(str(told.value)) < 200
