"""`kg relate`, the relations of one claim on demand, and the cards of claims, relations and disputes."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.errors import NotFound
from kg.logic.blocks import relate_block
from kg.relate import results
from kg.relate.on_demand import SEVERITY, Related, relations_of
from kg.relate.writing import INVERSE
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI
from kg.vocab import scheme
from kg.workspace import Workspace
from tests.conftest import SEED, Tables, velmara

Writer = Callable[..., Path]
Run = Callable[..., Result]

MINISTRY, RELIEF, MONITOR = "Velmara Health Ministry", "Blue Lantern Relief", "Orlen Monitor"
COUNTED = {"bounds", "scopeOverlaps", "complements", "undetermined"}
INVERTED = {inverse: kind for kind, inverse in INVERSE.items()}
#: Kinds that have no direction: their own inverse.
SYMMETRIC = set(SEVERITY) - INVERSE.keys() - INVERTED.keys()


def raid() -> Tables:
    """Figures and accusations of three sources that relate in every way but as a conflict set."""
    tables = velmara()
    tables["documents"] = [
        {"id": f"D{number}", "outlet": outlet, "published": f"2031-03-{day}"}
        for number, (outlet, day) in enumerate(
            (
                ("Orlen Gazette", 16),
                ("Harbour Daily", 16),
                ("Harbour Daily", 18),
                (MINISTRY, 16),
                (MONITOR, 17),
                ("Harbour Daily", 20),
            ),
            1,
        )
    ]
    tables["actors"] += [
        {"name": MONITOR, "kind": "NGO"},
        {"name": "Southern Guard", "kind": "armed force"},
        {"name": "an inquiry", "kind": "other"},
    ]
    tables["places"] += [{"name": "Tisk", "kind": "town"}]
    outlets = {document["id"]: document["outlet"] for document in tables["documents"]}
    days = {document["id"]: document["published"] for document in tables["documents"]}

    def row(id_: str, source: str, qualifier: str, number: int, **others: Any) -> dict[str, Any]:
        document = id_.partition("-")[0]
        bounds = {"lower": number} if qualifier in ("at least", "more than") else {"lower": number, "upper": number}
        return {
            "id": id_,
            "doc": document,
            "chain": list(dict.fromkeys([outlets[document], source])),
            "kind": "quantity",
            "measure": "killed",
            "population": "people",
            "place": "Velmara",
            "window_start": "2031-03-14",
            "window_end": "2031-03-15",
            "as_of": days[document],
            "qualifier": qualifier,
            "statement": f"{qualifier} {number}",
            **bounds,
            **others,
        }

    def act(id_: str, source: str, party: str, **others: Any) -> dict[str, Any]:
        chain = list(dict.fromkeys([outlets[id_.partition("-")[0]], source]))
        said = {"id": id_, "doc": id_.partition("-")[0], "chain": chain, "kind": "responsibility", "act": "ordered"}
        return said | {"responsible": party, "statement": "They ordered it."} | others

    tables["assertions"] = [
        row("D1-1", MINISTRY, "exactly", 17),
        row("D1-2", RELIEF, "between", 24, upper=29),
        row("D2-1", RELIEF, "at least", 30, population="civilians"),
        row("D2-2", MINISTRY, "exactly", 12, population="civilians"),
        row("D2-3", MINISTRY, "exactly", 5, population="security forces"),
        row("D2-4", MINISTRY, "exactly", 71),
        row("D3-1", MINISTRY, "exactly", 19),
        row("D4-1", MINISTRY, "exactly", 17),
        row("D5-1", MONITOR, "at least", 10, place="Tisk"),
        row("D5-2", MONITOR, "at least", 40, place="Orlen"),
        row("D5-3", MONITOR, "exactly", 6, place="Orlen", population="women"),
        row("D5-4", MONITOR, "more than", 16),
        row("D3-3", MINISTRY, "at least", 20, place="Orlen"),
        row("D3-2", "Harbour Daily", "more than", 50, window_start=None, window_end=None),
        # a figure said again, one that is alleged as well, and one given both while its days ran and afterwards
        row("D6-1", MINISTRY, "exactly", 17),
        row("D1-6", RELIEF, "at least", 45, place="Orlen"),
        row("D1-7", "Orlen Gazette", "at least", 45, place="Orlen", certainty="alleged"),
        row("D1-8", RELIEF, "bare", 21, as_of="2031-03-14"),
        row("D5-6", MONITOR, "bare", 21),
        act("D1-5", RELIEF, "Northern Command"),
        act("D2-5", "Northern Command", "Northern Command", kind="denial", stance="denies"),
        act("D3-5", "an inquiry", "Northern Command", stance="finds_no_evidence"),
        act("D5-5", MONITOR, "Southern Guard"),
    ]
    return tables


def on(workspace: Path) -> Run:
    """Runs `kg` on a workspace."""

    def run(*arguments: str | Path, **keywords: Any) -> Result:
        words = ["--workspace", str(workspace), *map(str, arguments)]
        return CliRunner(env={"KG_WORKSPACE": None, "COLUMNS": "100"}).invoke(main, words, prog_name="kg", **keywords)

    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return on(tmp_path / "case")


@pytest.fixture
def loaded(run: Run, dossier: Writer) -> Run:
    done = run("add", dossier(raid()))
    assert done.exit_code == 0, done.stderr
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raid as a dossier."""
    folder = tmp_path_factory.mktemp("raid")
    (folder / "dossier.yaml").write_text(
        "id: velmara\ntitle: Raid\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\n"
        "event: {id: velmara-2031, label: Raid on Velmara, place: Velmara, start: 2031-03-14, end: 2031-03-15}\n",
        encoding="utf-8",
    )
    for table, rows in raid().items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{table}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def case(folder: Path) -> Iterator[Workspace]:
    """The raid in memory, related; to be read only."""
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(folder)
        workspace.relate()
        yield workspace


@pytest.fixture(scope="module")
def related(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`kg` on a workspace with the raid in it, related; to be read only."""
    run = on(tmp_path_factory.mktemp("related") / "case")
    assert run("add", folder).exit_code == 0
    assert run("relate").exit_code == 0
    return run


Told = tuple[str, str, str, str, str, str]


def stored(workspace: Workspace) -> set[Told]:
    """Every stored relation of two claims: subject, object, the notations of kind, rule and grade, and the reason."""
    rows = workspace.sparql(
        """SELECT ?subject ?object ?kind ?rule ?grade ?why {
          ?relation kg:subject ?subject ; kg:object ?object ; kg:relation/skos:notation ?kind ; rdfs:comment ?why ;
            kg:rule/skos:notation ?rule ; kg:grade/skos:notation ?grade }"""
    ).rows
    assert rows is not None
    return {_undirected(*(str(value) for value in row)) for row in rows.rows}


def claims_of(workspace: Workspace) -> list[str]:
    rows = workspace.sparql("SELECT DISTINCT ?claim { ?last kg:expresses ?claim }").rows
    assert rows is not None
    return sorted(str(claim) for (claim,) in rows.rows)


def on_demand(workspace: Workspace, claim: str) -> set[Told]:
    return {_read(claim, one) for one in relations_of(workspace.store, workspace.base, IRI(claim))}


def _read(claim: str, one: Related) -> Told:
    if one.relation in INVERTED:
        return one.other, claim, INVERTED[one.relation], one.rule, one.grade, one.reason
    return _undirected(claim, one.other, one.relation, one.rule, one.grade, one.reason)


def _undirected(subject: str, object_: str, kind: str, rule: str, grade: str, why: str) -> Told:
    if kind in SYMMETRIC and object_ < subject:
        subject, object_ = object_, subject
    return subject, object_, kind, rule, grade, why


# ---- one claim, on demand --------------------------------------------------------------------------------------


def test_the_material_has_something_of_every_kind(case: Workspace) -> None:
    kinds = {kind for _, _, kind, *_ in stored(case)}
    assert kinds >= {
        "contradicts",
        "disputes",
        "competes",
        "rivals",
        "relaysDiffer",
        "altersReportOf",
        "revises",
        "supports",
    }


def test_every_stored_relation_is_told_on_demand_and_no_other_of_its_kinds(case: Workspace) -> None:
    kept = stored(case)
    for claim in claims_of(case):
        own = {told for told in kept if claim in told[:2]}
        assert {told for told in on_demand(case, claim) if told[2] not in COUNTED} == own, claim


def test_kinds_that_are_only_counted_add_up_to_the_counts_of_the_run(case: Workspace) -> None:
    told = Counter(one[2:5] for claim in claims_of(case) for one in on_demand(case, claim) if one[2] in COUNTED)
    rows = case.sparql(
        """SELECT ?kind ?rule ?grade (SUM(?number) AS ?pairs) {
          ?count kg:relation/skos:notation ?kind ; kg:rule/skos:notation ?rule ; kg:grade/skos:notation ?grade ;
            kg:pairs ?number ; kg:stored 0 } GROUP BY ?kind ?rule ?grade"""
    ).rows
    assert rows is not None
    counts = {tuple(map(str, kind)): int(str(pairs)) for *kind, pairs in rows.rows}
    assert {kind for kind, _, _ in counts} == COUNTED
    assert {kind: number / 2 for kind, number in told.items()} == counts  # each pair is told of both of its claims


def test_what_lies_beyond_the_limit_of_a_block_is_told(
    case: Workspace, dossier: Writer, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "relate_block", functools.partial(relate_block, most=1))
    workspace.add(dossier(raid()))
    workspace.relate()
    missing = stored(case) - stored(workspace)
    assert missing
    told = {one for claim in claims_of(workspace) for one in on_demand(workspace, claim)}
    assert missing <= told


def test_the_seed_article_is_told_as_it_is_stored(workspace: Workspace) -> None:
    workspace.add(SEED)
    workspace.relate()
    kept = stored(workspace)
    told = {one for claim in claims_of(workspace) for one in on_demand(workspace, claim)}
    assert {one for one in told if one[2] not in COUNTED} == kept
    assert kept


def test_relations_on_demand_need_no_run_and_store_nothing(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier(raid()))
    before = set(workspace.store.graph_names())
    found = workspace.relations_of("D1-1")
    assert found.columns == ("other", "relation", "rule", "grade", "why")
    assert found.labels[next(iter(found.rows))[1]] == "contradicts"
    assert set(workspace.store.graph_names()) == before
    with pytest.raises(NotFound):
        workspace.relations_of("Velmara")


def test_graver_relations_come_first(case: Workspace) -> None:
    for claim in claims_of(case):
        ranks = [SEVERITY.index(one.relation) for one in relations_of(case.store, case.base, IRI(claim))]
        assert ranks == sorted(ranks)


def test_every_kind_of_two_claims_has_a_rank() -> None:
    of_two = set(scheme("relation-kinds").words) - {"conflictSet", "sumsTo", "failsToSumTo"}
    of_one = {"attributionLost"}  # holds of an assertion, not of two claims
    assert set(SEVERITY) == of_two - of_one


@pytest.mark.parametrize(
    ("row", "other", "relation", "words"),
    [
        ("D1-1", "D5-1", "undetermined", ["place"]),
        ("D2-2", "D2-3", "complements", ["population", "add up"]),
        ("D1-1", "D5-3", "scopeOverlaps", ["population", "place"]),
    ],
)
def test_a_reason_says_what_decides_where_numbers_do_not(
    case: Workspace, row: str, other: str, relation: str, words: list[str]
) -> None:
    claim, wanted = (case.lookup.resolve("claim", id_) for id_ in (row, other))
    (found,) = (one for one in relations_of(case.store, case.base, claim) if one.other == wanted.value)
    assert found.relation == relation
    assert [word for word in words if word not in found.reason] == []


# ---- the command -----------------------------------------------------------------------------------------------


def test_it_tells_how_many_of_each_kind_there_are(loaded: Run) -> None:
    done = loaded("relate")
    assert done.exit_code == 0
    assert done.stdout.startswith("2 blocks of comparable claims related, 0 unchanged, 0 removed.\n")
    rows = [json.loads(line) for line in loaded("ask", "relation-counts", "--format", "jsonl").stdout.splitlines()]
    pairs: Counter[str] = Counter()
    for row in rows:
        pairs[_label(row["relation"])] += row["pairs"]
    shown = re.findall(r"^(\S.*?) {2,}(\d+) +(\d+|when asked) ", done.stdout, re.MULTILINE)
    assert {label: int(number) for label, number, _ in shown} == dict(pairs)
    assert {label for label, _, on_record in shown if on_record == "when asked"} == {
        "bounds",
        "scopes overlap",
        "complements",
        "undetermined",
    }
    assert all(number == on_record for _, number, on_record in shown if on_record != "when asked")


def _label(iri: str) -> str:
    concept = scheme("relation-kinds").of_iri(IRI(iri))
    assert concept is not None
    return concept.label


def test_a_second_time_there_is_nothing_to_do(related: Run) -> None:
    done = related("relate")
    assert done.exit_code == 0
    assert done.stdout.startswith("Nothing to do: all relations are up to date (2 blocks of comparable claims).\n")
    assert "stored" not in done.stdout


def test_only_the_block_that_changed_is_related_again(loaded: Run, dossier: Writer) -> None:
    assert loaded("relate").exit_code == 0
    tables = raid()
    tables["assertions"][1]["upper"] = 28
    assert loaded("add", dossier(tables)).exit_code == 0
    done = loaded("relate")
    assert done.stdout.startswith("1 block of comparable claims related, 1 unchanged, 0 removed.\n")
    assert "ask relation-counts" in done.stdout
    assert "competes" not in done.stdout  # of the block that stayed as it was


def test_the_commands_that_it_names_work(loaded: Run) -> None:
    named = re.findall(r"kg (--workspace \S+ )?(ask [\w-]+)", loaded("relate").stdout)
    assert {command for _, command in named} == {"ask disputes", "ask contradictions"}
    for _, command in named:
        done = loaded(*command.split())
        assert done.exit_code == 0, done.stderr
        assert "no rows" not in done.stderr


def test_it_needs_something_to_relate(run: Run) -> None:
    done = run("relate")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "there is no workspace" in done.stderr


def test_one_claim_gets_the_formats_of_ask(related: Run, tmp_path: Path) -> None:
    done = related("relate", "--of", "D1-1")
    assert done.exit_code == 0
    heading, *rows = done.stdout.splitlines()
    assert heading.split("\t") == ["?other", "?relation", "?rule", "?grade", "?why"]
    assert done.stderr == f"{len(rows)} rows\n"
    as_json = related("relate", "--of", "D1-1", "--format", "jsonl").stdout.splitlines()
    assert len(as_json) == len(rows)
    assert related("relate", "--of", "D1-1", "-o", tmp_path / "rows.csv").stdout == ""
    assert len((tmp_path / "rows.csv").read_text("utf-8").splitlines()) == len(rows) + 1
    table = related("relate", "--of", "D1-1", "--format", "table").stdout
    assert "scopes overlap" in table
    assert max(map(len, table.splitlines())) <= 100


def test_a_format_is_for_one_claim(related: Run) -> None:
    done = related("relate", "--format", "csv")
    assert done.exit_code == 2
    assert "kg relate --of CLAIM" in done.stderr


def test_a_claim_that_is_not_there(related: Run) -> None:
    done = related("relate", "--of", "D9-9")
    assert done.exit_code == 1
    assert "no claim answers to 'D9-9'" in done.stderr


# ---- cards -----------------------------------------------------------------------------------------------------


def facts(card: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in card["facts"]:
        found.setdefault(name.strip(), []).append(value)
    return found


def shown(run: Run, name: str) -> dict[str, Any]:
    done = run("show", name, "--format", "json")
    assert done.exit_code == 0, done.stderr
    card: dict[str, Any] = json.loads(done.stdout)
    return card


def the_relation(run: Run, kind: str, pattern: str = "") -> str:
    """The IRI of the first relation of a kind."""
    query = f"SELECT ?r {{ ?r kg:relation kg:{kind}Relation ; a kg:ClaimRelation {pattern} }} ORDER BY ?r LIMIT 1"
    return str(json.loads(run("sparql", query, "--format", "jsonl").stdout.splitlines()[0])["r"])


def test_a_relation_is_shown_by_iri_and_by_short_id(related: Run) -> None:
    iri = the_relation(related, "contradicts", "; kg:rule kg:disjointValuesRule")
    card = shown(related, iri)
    assert (card["kind"], card["iri"]) == ("relation", iri)
    digits = iri.rpartition("/")[2]
    for name in (f"<{iri}>", f"relation/{digits}", f"relation/{digits[:8]}", digits[:8]):
        assert shown(related, name) == card
    text = related("show", digits[:8]).stdout
    assert f"\nrelation {digits[:8]}  {iri}\n" in text


def test_the_card_of_a_contradiction_says_what_it_rests_on(related: Run) -> None:
    between = """; prov:wasDerivedFrom ?a, ?b . ?x dcterms:identifier "D1-1" ; kg:expresses ?a .
                   ?y dcterms:identifier "D1-2" ; kg:expresses ?b"""
    card = shown(related, the_relation(related, "contradicts", between))
    about = facts(card)
    assert "for the same scope and have no number in common" in card["title"]
    claims = [*about["first claim"], *about["second claim"]]
    assert sorted(claim.partition(" people")[0] for claim in claims) == ["24–29", "exactly 17"]
    assert sorted(origin.partition(" (")[0] for origin in about["on the word of"]) == [RELIEF, MINISTRY]
    assert "R7" in about["rule"][0]
    assert about["grade"][0].startswith("firm: ")
    assert about["by the words alone"][0].startswith("incompatible: ")
    assert about["what they count"][0].startswith("same scope: ")
    assert set(about["rests on"][0].split("; ")) == {match for c in claims for match in re.findall(r"claim/\w{16}", c)}
    said = card["sections"]["Who says so"]["results"]["bindings"]
    sides = {frozenset(r["row"]["value"] for r in said if r["of"]["value"] == side) for side in ("first", "second")}
    assert sides == {frozenset({"D1-1", "D4-1", "D6-1"}), frozenset({"D1-2"})}
    assert {row["words"]["value"] for row in said} == {"exactly 17", "between 24"}


def test_a_part_that_exceeds_its_whole_says_in_what_it_is_a_part(related: Run) -> None:
    about = facts(shown(related, the_relation(related, "contradicts", "; kg:rule kg:partExceedsWholeRule")))
    assert "R8" in about["rule"][0]
    assert about["what they count"][0].startswith("narrower scope: ")
    assert re.match(r"civilians \(.*\) lies inside people \(.*\)$", about["population"][0])


def test_an_altered_report_says_what_differs_and_who_altered_it(related: Run) -> None:
    card = shown(related, the_relation(related, "altersReportOf"))
    about = facts(card)
    assert about["differ in"] == ["figure"]
    rows = {row["of"]["value"]: row["row"]["value"] for row in card["sections"]["Who says so"]["results"]["bindings"]}
    assert rows == {"first": "D2-4", "second": "D4-1"}


def test_a_conditional_relation_says_what_is_assumed(related: Run) -> None:
    about = facts(shown(related, the_relation(related, "rivals", "; kg:grade kg:conditional")))
    assert "days" in about["assumed"][0]
    assert about["grade"][0].startswith("conditional: ")


def test_a_denial_says_who_challenges_whom(related: Run) -> None:
    about = facts(shown(related, the_relation(related, "contradicts", "; kg:rule kg:denialRule")))
    assert about["challenged by"][0].startswith("Northern Command")
    assert about["on the word of"][0].startswith(RELIEF)


def test_a_sum_names_its_whole_and_parts(related: Run) -> None:
    card = shown(related, the_relation(related, "sumsTo"))
    about = facts(card)
    assert card["title"].endswith("= exactly 17.")
    assert [whole.partition(" people")[0] for whole in about["whole"]] == ["exactly 17"]
    assert sorted(part.split(" killed")[0] for part in about["part"]) == [
        "exactly 12 civilians",
        "exactly 5 security forces",
    ]
    assert "R16" in about["rule"][0]


def test_the_card_of_a_dispute_has_its_camps(related: Run) -> None:
    iri = json.loads(related("ask", "disputes", "--format", "jsonl").stdout.splitlines()[0])["scope"]
    card = shown(related, iri)
    assert card["kind"] == "dispute"
    assert shown(related, card["title"]) == card  # its label is a name
    camps, between = (section["results"]["bindings"] for section in card["sections"].values())
    claims = {row["claim"]["value"] for row in camps}
    assert len(claims) > 1
    assert {row[side]["value"] for row in between for side in "ab"} == claims
    assert shown(related, between[0]["id"]["value"])["kind"] == "relation"


def test_the_card_of_a_claim_leads_to_its_relations(related: Run) -> None:
    card = shown(related, "D1-1")
    rows = card["sections"]["Relations to other claims"]["results"]["bindings"]
    asked = related("ask", "relations", "claim=D1-1", "--format", "jsonl").stdout.splitlines()
    assert sorted((row["other"]["value"], row["why"]["value"]) for row in rows) == sorted(
        (row["other"], row["why"]) for row in map(json.loads, asked)
    )
    assert rows[0]["relation"]["value"].endswith("#contradictsRelation")
    for row in rows:
        assert shown(related, row["id"]["value"])["title"] == row["why"]["value"]
    assert not facts(card).keys() & {"kg:contradicts", "kg:supports", "kg:rivals", "kg:revises", "relations"}


def test_a_claim_says_what_to_type_where_relations_are_missing_or_old(loaded: Run, dossier: Writer) -> None:
    assert facts(shown(loaded, "D1-1"))["relations"] == ["not worked out yet; type: kg relate"]
    assert loaded("relate").exit_code == 0
    tables = raid()
    tables["assertions"][1]["upper"] = 28
    assert loaded("add", dossier(tables)).exit_code == 0
    card = shown(loaded, "D1-1")
    assert facts(card)["relations"] == ["documents or judgements have changed since then; type: kg relate"]
    assert "Relations to other claims" not in card["sections"]


def test_an_iri_is_shown_as_what_it_is(related: Run) -> None:
    claim = shown(related, "D1-1")
    assert claim["kind"] == "claim"
    assert shown(related, claim["iri"]) == claim
    assert shown(related, "claim/" + claim["iri"].rpartition("/")[2][:8]) == claim


def test_a_short_id_of_another_kind_is_not_taken(related: Run) -> None:
    digits = the_relation(related, "contradicts").rpartition("/")[2]
    done = related("show", f"claim/{digits[:8]}")
    assert done.exit_code == 1
    assert f"no claim answers to 'claim/{digits[:8]}'" in done.stderr
