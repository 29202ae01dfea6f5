"""Placing a claim against the graph: it says what loading the claim would say, and leaves no trace."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.check import Checked
from kg.errors import Ambiguous, InvalidInput, KgError, NotFound, UsageError
from kg.results import Result
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI
from kg.vocab import scheme
from kg.workspace import Workspace
from tests.conftest import Tables, velmara

Writer = Callable[..., Path]

MINISTRY, RELIEF = "Velmara Health Ministry", "Blue Lantern Relief"
KG = "<https://w3id.org/claims-kg/ns#"
COUNTED = {"bounds", "scopeOverlaps", "complements", "undetermined"}


def tolls() -> Tables:
    """Tolls of three sources over some days, one of which is denied, and one that a spokeswoman gave."""
    tables = velmara()
    tables["documents"] = [
        {"id": f"D{number}", "outlet": outlet, "published": f"2031-03-{day}"}
        for number, (outlet, day) in enumerate(
            (("Orlen Gazette", 15), ("Harbour Daily", 16), ("Orlen Gazette", 18), ("Harbour Daily", 21)), 1
        )
    ]
    tables["places"] += [{"name": "Tisk", "kind": "town", "part_of": "Orlen", "disjoint_with": ["Velmara"]}]
    tables["actors"] += [{"name": "Orlen Monitor", "kind": "NGO", "gathers": "own"}]
    outlets = {document["id"]: document["outlet"] for document in tables["documents"]}
    days = {document["id"]: document["published"] for document in tables["documents"]}

    def row(id_: str, source: str, qualifier: str, number: int, **others: Any) -> dict[str, Any]:
        document = id_.partition("-")[0]
        lower, upper = _numbers(qualifier, number)
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
            "lower": lower,
            "upper": upper,
        } | others

    tables["assertions"] = [
        row("D1-1", MINISTRY, "bare", 17),
        row("D1-2", RELIEF, "at least", 24),
        row("D2-1", "Ada Lind", "bare", 19),
        row("D2-2", RELIEF, "at least", 12, population="civilians"),
        row("D2-3", "Orlen Monitor", "exactly", 30, place="Orlen"),
        row("D3-1", RELIEF, "bare", 31, window_end="2031-03-17"),
        row("D3-2", "Orlen Gazette", "about", 40, place="Tisk", population="civilians"),
        row("D3-3", "Orlen Monitor", "at most", 9, population=None),
        row("D4-1", MINISTRY, "bare", 31, stance="denies"),
        row("D4-2", MINISTRY, "bare", 31, measure="injured"),
        row("D4-3", "Orlen Monitor", "bare", 31, measure="displaced"),
        row("D4-4", RELIEF, "about", 31, place="Orlen", as_of="2031-03-15"),
        row("D2-4", "Orlen Monitor", "bare", 66),
        row("D4-5", "Orlen Monitor", "bare", 66, stance="retracts"),
        row("D4-6", MINISTRY, "bare", 26, chain=["Harbour Daily", "Orlen Gazette", MINISTRY], as_of="2031-03-15"),
    ]
    return tables


def _numbers(qualifier: str, number: int) -> tuple[int | None, int | None]:
    return (
        None if qualifier in ("at most", "fewer than", "nearly") else number,
        None if qualifier in ("at least", "more than") else number,
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with loaded(write(tmp_path_factory.mktemp("case"), tolls())) as workspace:
        yield workspace


def write(folder: Path, tables: Tables) -> Path:
    (folder / "dossier.yaml").write_text(
        "id: velmara\ntitle: Explosion at Velmara\n"
        "event: {id: velmara-2031, label: Explosion at Velmara, place: Velmara,\n"
        "        start: 2031-03-14, end: 2031-03-17}\n",
        encoding="utf-8",
    )
    for table, rows in tables.items():
        (folder / f"{table}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def loaded(folder: Path) -> Workspace:
    workspace = Workspace(OxigraphStore.in_memory())
    workspace.add(folder)
    return workspace


def notation(name: str, value: object) -> str:
    assert isinstance(value, IRI)
    concept = scheme(name).of_iri(value)
    assert concept is not None
    return concept.notation


def told(related: Result) -> Counter[tuple[str, ...]]:
    """Other claim, relation, rule, grade and reason of every row that is not only counted."""
    place = {column: number for number, column in enumerate(related.columns)}
    rows = [
        (
            str(row[place["other"]]),
            notation("relation-kinds", row[place["relation"]]),
            notation("rules", row[place["rule"]]),
            notation("grades", row[place["grade"]]),
            str(row[place["why"]]),
        )
        for row in related.rows
    ]
    return Counter(row for row in rows if row[1] not in COUNTED)


def part(checked: Checked, name: str) -> str:
    (found,) = (row for row in checked.understood.rows if str(row[0]) == name)
    return checked.understood.shown(found[1])


def how(checked: Checked, name: str) -> str:
    (found,) = (row for row in checked.understood.rows if str(row[0]) == name)
    return str(found[2])


# ---- the same as loading it ----------------------------------------------------------------------------------------


class Said(NamedTuple):
    """A sentence, and the row that somebody would type for it."""

    sentence: str
    row: dict[str, Any]


@st.composite
def sentences(draw: st.DrawFn) -> Said:
    source = draw(st.sampled_from([MINISTRY, RELIEF, "Ada Lind", "Orlen Monitor", "A Newcomer"]))
    qualifier = draw(st.sampled_from(["bare", "exactly", "at least", "more than", "at most", "about", "nearly"]))
    number = draw(st.sampled_from([9, 12, 17, 24, 31, 40, 1_500]))
    lower, upper = _numbers(qualifier, number)
    row: dict[str, Any] = {"kind": "quantity", "qualifier": qualifier, "lower": lower, "upper": upper}
    words = [f"{source}:", "" if qualifier == "bare" else qualifier, f"{number:,}"]
    row["population"] = draw(st.sampled_from([None, "people", "civilians"]))
    row["measure"] = draw(st.sampled_from(["killed", "injured"]))
    words += [row["population"] or "", row["measure"]]
    if place := draw(st.sampled_from([None, "Velmara", "Orlen", "Tisk"])):
        row["place"] = place
        words.append(f"in {place}")
    days, row["window_start"], row["window_end"] = draw(
        st.sampled_from(
            [
                ("", None, None),
                ("by 15 March", None, "2031-03-15"),
                ("14–15 March 2031", "2031-03-14", "2031-03-15"),
                ("since March 14, 2031", "2031-03-14", None),
                ("from 2031-03-14 to 2031-03-17", "2031-03-14", "2031-03-17"),
                ("on 15 March", "2031-03-15", "2031-03-15"),
            ]
        )
    )
    given_on, row["as_of"] = draw(
        st.sampled_from([("", None), ("as of 15 March", "2031-03-15"), ("as of 20 March 2031", "2031-03-20")])
    )
    row["chain"] = ["Desk", source]
    if draw(st.booleans()):
        row["responsible"] = "Northern Command"
        words.append("by Northern Command")
    if draw(st.integers(0, 3)) == 0:
        row["increment"] = True
        words[2] += " more"
    if draw(st.integers(0, 3)) == 0:
        row["certainty"] = "possible"
        words[1] = f"possibly {words[1]}".strip()
    return Said(" ".join(filter(None, [*words, days, given_on])), row)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(said=sentences())
def test_it_says_what_loading_the_claim_says(
    case: Workspace, tmp_path_factory: pytest.TempPathFactory, said: Said
) -> None:
    checked = case.check(said.sentence)
    tables = tolls()
    tables["documents"].append({"id": "NEW", "outlet": "Desk"})
    tables["assertions"].append(said.row | {"id": "NEW-1", "doc": "NEW"})
    with loaded(write(tmp_path_factory.mktemp("with"), tables)) as workspace:
        (claim,) = (
            value
            for (value,) in workspace.store.select(
                'SELECT ?c { ?a <http://purl.org/dc/terms/identifier> "NEW-1" ;'
                " <https://w3id.org/claims-kg/ns#expresses> ?c }"
            ).rows
        )
        assert checked.claim == claim
        expected = workspace.relations_of("NEW-1")
        assert told(checked.related) == told(expected)
        counted = Counter(notation("relation-kinds", row[1]) for row in expected.rows)
        assert checked.counted == {kind: number for kind, number in counted.items() if kind in COUNTED}


def test_it_leaves_the_store_as_it_was(case: Workspace) -> None:
    before = sorted(quad.nquad for quad in case.store.quads())
    case.check("A Newcomer: at least 30 civilians killed in Velmara by 15 March")
    case.check(number="31", measure="killed", population="people")
    assert sorted(quad.nquad for quad in case.store.quads()) == before


def test_a_denied_figure_meets_its_denial(case: Workspace) -> None:
    checked = case.check(f"{RELIEF}: 31 people killed in Velmara 14–15 March 2031 as of 18 March")
    kinds = {(kind, rule) for _, kind, rule, _, _ in told(checked.related)}
    assert ("contradicts", "denial") in kinds
    assert "denies" in {notation("stances", row[checked.seen.columns.index("stance")]) for row in checked.seen.rows}


# ---- what was understood -------------------------------------------------------------------------------------------


def test_three_ways_of_saying_it_are_one(case: Workspace) -> None:
    in_words = case.check("Ada Lind: at least 1,200 civilians wounded in Velmara 14–15 March 2031 as of 16 March 2031")
    in_parts = case.check(
        source="Ada Lind",
        number="at least 1,200",
        population="civilians",
        measure="wounded",
        place="Velmara",
        window_start="2031-03-14",
        window_end=dt.date(2031, 3, 15),
        as_of="2031-03-16",
    )
    as_a_row = case.check(
        source="Ada Lind",
        kind="quantity",
        qualifier="at least",
        lower=1200,
        population="civilians",
        measure="injured",
        place="Velmara",
        window_start="2031-03-14",
        window_end="2031-03-15",
        as_of="2031-03-16",
        event="velmara-2031",
    )
    mixed = case.check(
        "at least 1,200 civilians wounded",
        source="Ada Lind",
        place="Velmara",
        window_start="2031-03-14",
        window_end="2031-03-15",
        as_of="2031-03-16",
    )
    for other in (in_parts, as_a_row, mixed):
        assert other.claim == in_words.claim
        assert (other.related.rows, other.seen.rows, other.decides.rows, other.counted) == (
            in_words.related.rows,
            in_words.seen.rows,
            in_words.decides.rows,
            in_words.counted,
        )
        assert [row[1] for row in other.understood.rows] == [row[1] for row in in_words.understood.rows]
    assert part(in_words, "source") == MINISTRY
    assert how(in_words, "source") == "Ada Lind speaks for it"


def test_what_is_not_said_is_told_as_unstated_and_what_is_taken_for_granted_as_such(case: Workspace) -> None:
    checked = case.check("40 civilians by 15 March")
    assert [part(checked, name) for name in ("source", "place", "given on")] == ["unstated"] * 3
    assert part(checked, "measure") == "killed"
    assert "taken as killed" in how(checked, "measure")
    assert part(checked, "days") == "until 15 March 2031"
    assert "the year is that of the event" in how(checked, "days")
    assert "first day is unstated" in how(checked, "days")
    stated = case.check("40 civilians killed by 15 March 2031")
    assert how(stated, "measure") == ""
    assert "year" not in how(stated, "days")


def test_a_new_source_is_welcome_and_said_to_be_new(case: Workspace) -> None:
    checked = case.check("Blue Lantern Releif: 40 civilians in Velmara")
    assert part(checked, "source") == "Blue Lantern Releif"
    assert "new here" in how(checked, "source")
    assert RELIEF in how(checked, "source")


def test_a_source_without_a_name_is_nobody_known(case: Workspace) -> None:
    checked = case.check("witnesses (unnamed): 40 civilians in Velmara")
    assert "without a name" in how(checked, "source")
    kinds = {kind for _, kind, _, _, _ in told(checked.related)}
    assert not kinds & {"revises", "updates", "relaysDiffer", "sameFigure", "repeats"}


@pytest.mark.parametrize(
    ("written", "chain"),
    [
        (f"Orlen Gazette, citing {MINISTRY}", f"Orlen Gazette > {MINISTRY}"),
        (f"Orlen Gazette citing {MINISTRY}", f"Orlen Gazette > {MINISTRY}"),
        (f"Harbour Daily quoting Orlen Gazette, Citing {RELIEF}", f"Harbour Daily > Orlen Gazette > {RELIEF}"),
        (f"Harbour Daily, according to {RELIEF}", f"Harbour Daily > {RELIEF}"),
        (f"A Blog, citing {RELIEF}", f"A Blog > {RELIEF}"),
        (f"according to {RELIEF}", RELIEF),
    ],
)
def test_who_is_cited_is_the_one_whose_word_it_is(case: Workspace, written: str, chain: str) -> None:
    figure = "44 people killed in Velmara 14–15 March 2031 as of 15 March 2031"
    cited, plain = case.check(f"{written}: {figure}"), case.check(f"{chain}: {figure}")
    assert part(cited, "source") == part(plain, "source") == chain.rpartition(" > ")[2]
    assert cited.related.rows == plain.related.rows
    assert f"“{written}” is read as {chain}" in how(cited, "source")


def test_a_source_that_goes_by_such_a_name_stays_one(workspace: Workspace, dossier: Writer) -> None:
    tables = tolls()
    tables["actors"] += [{"name": "Poets quoting Poets", "kind": "NGO"}]
    workspace.add(dossier(tables))
    checked = workspace.check("Poets quoting Poets: 40 people killed in Velmara")
    assert part(checked, "source") == "Poets quoting Poets"
    assert how(checked, "source") == ""


def test_the_outlet_of_a_chain_may_have_altered_what_it_reports(case: Workspace) -> None:
    """The outlet's own document has the ministry's 17; a report through it has another figure of that day."""
    sentence = "44 people killed in Velmara 14–15 March 2031 as of 15 March 2031"
    through = case.check(f"A Blog > Orlen Gazette > {MINISTRY}: {sentence}")
    alone = case.check(f"{MINISTRY}: {sentence}")
    assert {kind for _, kind, _, _, _ in told(through.related)} >= {"altersReportOf"}
    assert "altersReportOf" not in {kind for _, kind, _, _, _ in told(alone.related)}


def test_what_went_through_its_outlet_may_be_altered_too(case: Workspace) -> None:
    """Harbour Daily has the ministry's 26 from the Gazette; what the Gazette's own document has is another figure."""
    sentence = f"Orlen Gazette > {MINISTRY}: 44 people killed in Velmara 14–15 March 2031 as of 15 March 2031"
    assert "reportAlteredBy" in {kind for _, kind, _, _, _ in told(case.check(sentence).related)}


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("158 more people killed on 15 March", {"figure": "158 more", "population": "people", "days": "15 March 2031"}),
        ("no civilians killed in March", {"figure": "0", "days": "1–31 March 2031"}),
        ("1 civilian injured 14-15 March", {"population": "civilians", "days": "14–15 March 2031"}),
        ("hundreds of people displaced since 14 March", {"figure": "hundreds", "days": "from 14 March 2031"}),
        ("9 people killed and injured", {"measure": "casualties"}),
        ("12 suspects by March 15th, 2031", {"measure": "suspects", "population": "suspects"}),
        ("12 suspects were killed", {"measure": "killed", "population": "suspects"}),
        ("1 500–2 000 of the people killed", {"figure": "1,500–2,000"}),
        ("40 people killed from 30 December to 2 January 2032", {"days": "30 December 2031 – 2 January 2032"}),
        ("40 people killed between 14 and 16 March", {"days": "14–16 March 2031"}),
        ("40 killed by Northern Command by 15 March", {"by": "Northern Command", "days": "until 15 March 2031"}),
        ("allegedly 40 people killed", {"certainty": "alleged"}),
    ],
)
def test_each_part_is_read_as_people_mean_it(case: Workspace, sentence: str, parts: dict[str, str]) -> None:
    checked = case.check(sentence)
    assert {name: part(checked, name) for name in parts} == parts


def test_a_year_left_out_is_that_in_which_the_event_has_the_day(workspace: Workspace, dossier: Writer) -> None:
    folder = dossier(tolls())
    (folder / "dossier.yaml").write_text(
        "id: velmara\ntitle: A winter\nevent: {id: winter, label: A winter, place: Velmara,\n"
        "        start: 2030-12-20, end: 2031-01-10}\n",
        encoding="utf-8",
    )
    workspace.add(folder)
    assert part(workspace.check("40 civilians by 5 January"), "days") == "until 5 January 2031"
    assert part(workspace.check("40 civilians by 24 December"), "days") == "until 24 December 2030"
    winter = workspace.check("40 civilians from 24 December to 5 January")
    assert part(winter, "days") == "24 December 2030 – 5 January 2031"
    with pytest.raises(InvalidInput) as caught:
        workspace.check("40 civilians by 5 March")
    assert "20 December 2030 – 10 January 2031" in str(caught.value.problems[0])


# ---- where it was seen, and what would decide ----------------------------------------------------------------------


def test_the_same_number_is_found_under_other_words_the_earliest_first(case: Workspace) -> None:
    checked = case.check("more than 31 people killed in Orlen")
    place = {column: number for number, column in enumerate(checked.seen.columns)}
    found = [
        (
            str(row[place["published"]]),
            checked.seen.shown(row[place["origin"]]),
            notation("stances", row[place["stance"]]),
        )
        for row in checked.seen.rows
    ]
    assert found == [
        ("2031-03-18", RELIEF, "affirms"),
        ("2031-03-21", RELIEF, "affirms"),
        ("2031-03-21", MINISTRY, "denies"),
    ]
    assert not checked.known
    # 31 injured and 31 displaced are no killed; both stand in one document.
    assert any("1 document prints the same number" in sentence for sentence in checked.notes)


def test_a_figure_that_its_source_took_back_says_so(case: Workspace) -> None:
    given_back = "66 people killed in Velmara 14–15 March 2031"
    assert "this source has taken this very claim back" in case.check(f"Orlen Monitor: {given_back}").notes
    assert "this source has taken this very claim back" not in case.check(f"{RELIEF}: {given_back}").notes


def withdrawing(*more: dict[str, Any]) -> Tables:
    """Relief gives 66 in two documents and takes it back in a third; `more` are rows beside these."""
    tables = tolls()
    first = {
        "kind": "quantity",
        "measure": "killed",
        "population": "people",
        "place": "Velmara",
        "window_end": "2031-03-15",
        "qualifier": "bare",
        "lower": 66,
        "upper": 66,
        "as_of": "2031-03-15",
    }
    rows = [
        {"id": "R1", "doc": "D1", "chain": ["Orlen Gazette", RELIEF]},
        {"id": "R2", "doc": "D2", "chain": ["Harbour Daily", RELIEF]},
        {"id": "R3", "doc": "D3", "chain": ["Orlen Gazette", RELIEF], "stance": "retracts", "as_of": "2031-03-18"},
        *more,
    ]
    tables["assertions"] = [first | row for row in rows]
    return tables


def taken_back(checked: Checked) -> list[dict[str, str]]:
    table = checked.withdrawn
    return [dict(zip(table.columns, map(table.shown, row), strict=True)) for row in table.rows]


@pytest.mark.parametrize("source", [RELIEF, "A Newcomer"])
def test_a_number_that_was_taken_back_says_by_whom_and_where(
    workspace: Workspace, dossier: Writer, source: str
) -> None:
    workspace.add(dossier(withdrawing()))
    checked = workspace.check(f"{source}: 66 people killed in Velmara by 15 March 2031")
    (row,) = taken_back(checked)
    assert (row["origin"], row["given_in"], row["taken_back_in"]) == (RELIEF, "D1; D2", "D3")
    assert row["taken_back"] == "2031-03-18"
    assert not row["again_in"]
    assert checked.known
    assert len(checked.seen) == 0, "what was taken back does not stand"


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (f"{RELIEF}: at least 66 civilians in Orlen", 1),  # the same number, for what compares
        (f"{RELIEF}: 66 people injured", 0),
        (f"{RELIEF}: 67 people killed in Velmara by 15 March 2031", 0),
    ],
)
def test_only_the_same_number_of_what_compares_was_taken_back(
    workspace: Workspace, dossier: Writer, sentence: str, rows: int
) -> None:
    workspace.add(dossier(withdrawing()))
    assert len(workspace.check(sentence).withdrawn) == rows


def test_what_was_given_again_after_it_was_taken_back_stands(workspace: Workspace, dossier: Writer) -> None:
    again = {"id": "R4", "doc": "D4", "chain": ["Harbour Daily", RELIEF], "as_of": "2031-03-21"}
    workspace.add(dossier(withdrawing(again)))
    checked = workspace.check(f"{RELIEF}: 66 people killed in Velmara by 15 March 2031")
    (row,) = taken_back(checked)
    assert (row["given_in"], row["taken_back_in"], row["again_in"]) == ("D1; D2", "D3", "D4")
    assert len(checked.seen) == 1


# ---- what a person rejected ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "as_of"), [(MINISTRY, "16 March"), (MINISTRY, "17 March"), ("A Newcomer", "16 March")]
)
def test_a_relation_that_a_person_rejected_is_left_out_and_counted(
    workspace: Workspace, dossier: Writer, source: str, as_of: str
) -> None:
    workspace.add(dossier(tolls()))
    workspace.relate()
    relief = workspace.lookup.resolve("claim", "D1-2")
    sentence = f"{source}: 19 people killed in Velmara 14–15 March 2031 as of {as_of} 2031"
    before = workspace.check(sentence)

    def kinds(checked: Checked) -> set[tuple[str, ...]]:
        return {row[:3] for row in told(checked.related)}

    contradiction = {kind for kind in kinds(before) if kind[:2] == (str(relief), "contradicts")}
    assert contradiction
    (relation,) = (
        row[0]
        for row in workspace.store.select(
            f"SELECT ?r {{ ?r {KG}subject> ?a ; {KG}object> ?b ; {KG}relation> {KG}contradictsRelation>"
            f" VALUES (?a ?b) {{ ({before.claim.n3} {relief.n3}) ({relief.n3} {before.claim.n3}) }} }}"
        ).rows
    )
    assert isinstance(relation, IRI)
    workspace.annotate("reject", relation.value, because="Of another day", by="A. Reviewer")
    after = workspace.check(sentence)
    assert kinds(before) - kinds(after) == contradiction
    assert kinds(after) <= kinds(before)
    assert any(note.startswith("1 relation is left out: a person rejected it") for note in after.notes)
    assert not any("left out" in note for note in before.notes)
    other = workspace.check("A Newcomer: 18 people killed in Velmara 14–15 March 2031 as of 16 March 2031")
    assert not any("left out" in note for note in other.notes), "a judgement holds for the claims it was made of"


def test_the_very_claim_is_known_again(case: Workspace) -> None:
    checked = case.check(f"{MINISTRY}: 17 people killed in Velmara 14–15 March 2031")
    assert checked.known
    assert any("given this very claim before: 1 document" in sentence for sentence in checked.notes)
    other = case.check(f"{RELIEF}: 17 people killed in Velmara 14–15 March 2031")
    assert other.known
    assert not any("this very claim" in sentence for sentence in other.notes)


def test_what_is_unstated_names_the_relations_that_rest_on_it(case: Workspace) -> None:
    checked = case.check("A Newcomer: at least 24 people killed in Velmara")
    conditional = {other for other, _, _, grade, why in told(checked.related) if "days are not fully stated" in why}
    assert conditional
    rows = {str(row[0]): row for row in checked.decides.rows}
    assert int(str(rows["the first day that it counts"][2])) == len(conditional)
    stated = case.check("A Newcomer: at least 24 people killed in Velmara 14–15 March 2031")
    assert "the first day that it counts" not in {str(row[0]) for row in stated.decides.rows}


def _differences(before: Checked, after: Checked) -> set[str]:
    """How many relations of a kind there are before and after, where that differs, as the answer has it in words."""
    now, then = (
        Counter(kind for _, kind, rule, _, _ in told(one.related) if rule != "independent-origins")
        for one in (before, after)
    )
    labels = {concept.notation: concept.label for concept in scheme("relation-kinds").concepts}
    return {
        f"{labels[kind]} {now[kind]} → {then[kind]}" for kind in now.keys() | then.keys() if now[kind] != then[kind]
    }


def _supposed(checked: Checked, what: str) -> set[str]:
    (row,) = (row for row in checked.decides.rows if str(row[0]) == what)
    return {words for words in str(row[4]).split(", ") if not words.startswith("without assumptions")}


def test_what_is_supposed_is_what_stating_it_gives(case: Workspace) -> None:
    """Given while its days run, 22 is a floor that 30 does not exceed; as a complete count it excludes 30."""
    asked = "A Newcomer: 22 people killed in Orlen 14–15 March 2031"
    checked, stated = case.check(asked), case.check(f"{asked} as of 16 March 2031")
    assert _supposed(checked, "the day on which the source gave it") == _differences(checked, stated)
    assert any(words.startswith("contradicts") for words in _differences(checked, stated))


@pytest.mark.parametrize("source", ["A Newcomer", MINISTRY])
def test_all_together_is_what_stating_all_gives(case: Workspace, source: str) -> None:
    """The event took place in Velmara from 14 March on."""
    checked = case.check(f"{source}: 22 people killed by 15 March")
    stated = case.check(f"{source}: 22 people killed in Velmara 14–15 March 2031 as of 16 March 2031")
    assert _supposed(checked, "all of these together") == _differences(checked, stated) != set()


def test_what_the_event_does_not_say_is_not_supposed(workspace: Workspace, dossier: Writer) -> None:
    folder = dossier(tolls())
    (folder / "dossier.yaml").write_text(
        "id: velmara\ntitle: An event\nevent: {id: velmara-2031, label: Explosion at Velmara}\n", encoding="utf-8"
    )
    workspace.add(folder)
    checked = workspace.check("A Newcomer: at least 24 people killed in Velmara")
    (row,) = (row for row in checked.decides.rows if str(row[0]) == "the first day that it counts")
    assert row[3] is None
    assert int(str(row[2])) > 0


def test_nothing_to_compare_with_is_an_answer(case: Workspace) -> None:
    checked = case.check("12 people arrested in Velmara")
    assert (checked.compared, len(checked.related), len(checked.seen), len(checked.decides)) == (0, 0, 0, 0)
    assert any("no other figure" in sentence for sentence in checked.notes)


# ---- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "error", "words"),
    [
        ("", InvalidInput, "no figure"),
        ("SOHR:  ", InvalidInput, "no figure"),
        ("a lot of civilians in Velmara", InvalidInput, "begins with no figure"),
        ("1.500 civilians in Velmara", InvalidInput, "1500 or 1,500"),
        ("1,50 civilians in Velmara", InvalidInput, "digits"),
        ("-5 civilians", InvalidInput, "negative"),
        ("5 thousand civilians", InvalidInput, "all digits"),
        ("as many as 40 civilians", InvalidInput, "as many as"),
        ("Ministry says 40 civilians", InvalidInput, "Ministry says"),
        ("between 40 and 30 civilians", InvalidInput, "greater than"),
        ("at least 0 civilians", InvalidInput, "excludes nothing"),
        ("40 civilians by 3/4", InvalidInput, "3/4"),
        ("40 civilians by 31 February", InvalidInput, "no such day"),
        ("40 civilians since yesterday", InvalidInput, "yesterday"),
        ("40 civilians before 15 March", InvalidInput, "before 15 March"),
        ("40 civilians from 2031-03-15 to 2031-03-14", InvalidInput, "starts"),
        ("40 civilians from 17 March to 14 March", InvalidInput, "run backwards"),
        ("40 civilians from 17 March to 14 March 2031", InvalidInput, "run backwards"),
        ("40 civilians from 17 March 2031 to 14 March", InvalidInput, "run backwards"),
        ("40 civilians from 30 December to 2 January", InvalidInput, "write the years"),
        ("40 civilians from 2 June to 14 March 2031", InvalidInput, "write the years"),
        ("40 civilians 17–14 March", InvalidInput, "run backwards"),
        ("40 civilians women in Velmara", InvalidInput, "a second time"),
        ("40 by 15 March", InvalidInput, "what was counted"),
        ("40 civilans in Velmara", NotFound, "'civilians'"),
        ("40 civilians in Velmare", NotFound, "'Velmara'"),
        ("40 civilians killed by Nothern Command", NotFound, "'Northern Command'"),
        ("40 civilians and dogs", NotFound, "and dogs"),
    ],
)
def test_a_sentence_that_cannot_be_read_says_why(
    case: Workspace, sentence: str, error: type[KgError], words: str
) -> None:
    with pytest.raises(error) as caught:
        case.check(sentence)
    problems = getattr(caught.value, "problems", ())
    assert words in "\n".join([str(caught.value), *map(str, problems)])


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        ({}, UsageError, "nothing to check"),
        ({"number": "40", "colour": "red"}, UsageError, "colour"),
        ({"number": "40", "popultion": "people"}, UsageError, "'population'"),
        ({"number": "40", "lower": 40, "population": "people"}, InvalidInput, "twice"),
        ({"lower": 40, "population": "people"}, InvalidInput, "bound"),
        ({"population": "people"}, InvalidInput, "no figure"),
        ({"number": "40", "population": "people", "kind": "event"}, InvalidInput, "only figures"),
        ({"number": "40", "population": "people", "stance": "denies"}, InvalidInput, "affirms"),
        ({"number": "40", "population": "people", "as_of": "14 March"}, InvalidInput, "YYYY-MM-DD"),
        ({"number": "40", "population": "people", "certainty": "sure"}, InvalidInput, "certainty"),
        ({"number": "40", "population": "people", "event": "nothing-here"}, NotFound, "nothing-here"),
        ({"number": "40", "population": "families"}, InvalidInput, "what was counted"),
    ],
)
def test_columns_that_do_not_fit_say_why(
    case: Workspace, columns: dict[str, Any], error: type[KgError], words: str
) -> None:
    with pytest.raises(error) as caught:
        case.check(**columns)
    problems = getattr(caught.value, "problems", ())
    assert words in "\n".join([str(caught.value), *map(str, problems)])


def test_what_is_said_twice_is_refused(case: Workspace) -> None:
    with pytest.raises(UsageError, match="place is given twice"):
        case.check("40 civilians in Velmara", place="Orlen")


def test_a_name_of_two_sources_must_be_made_clear(workspace: Workspace, dossier: Writer) -> None:
    tables = tolls()
    workspace.add(dossier(tables))
    other = tolls()
    other["actors"] = [*other["actors"], {"name": "Second Relief", "kind": "NGO", "aliases": ["BLR"]}]
    other["actors"] = [actor for actor in other["actors"] if actor["name"] != RELIEF] + [
        {"name": RELIEF, "kind": "NGO"}
    ]
    folder = dossier(other, "second")
    text = (folder / "dossier.yaml").read_text(encoding="utf-8")
    (folder / "dossier.yaml").write_text(text.replace("id: velmara\n", "id: second\n"), encoding="utf-8")
    workspace.add(folder)
    with pytest.raises(Ambiguous):
        workspace.check("BLR: 40 civilians in Velmara")


def test_of_several_events_one_must_be_named(workspace: Workspace, dossier: Writer) -> None:
    folder = dossier(tolls())
    (folder / "dossier.yaml").write_text(
        "id: velmara\ntitle: Two events\nevents:\n"
        "  - {id: first, label: First, place: Velmara, start: 2031-03-14, end: 2031-03-17}\n"
        "  - {id: second, label: Second, place: Velmara}\n",
        encoding="utf-8",
    )
    workspace.add(folder)
    with pytest.raises(UsageError, match="first, second"):
        workspace.check("40 civilians in Velmara")
    assert part(workspace.check("40 civilians by 15 March", event="first"), "days") == "until 15 March 2031"
    with pytest.raises(InvalidInput) as caught:
        workspace.check("40 civilians by 15 March", event="second")
    assert "year" in str(caught.value.problems[0])
