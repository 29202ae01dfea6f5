"""The life of a number: its rows, worked out a second time from the tables, and the story that is told from them."""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies

from kg.cli import main
from kg.cli.printing import Console
from kg.cli.related_life import RelatedLifeStory
from kg.cli.tracing import nearest
from kg.errors import NotFound, UsageError
from kg.questions import read_question
from kg.rdf import NamedGraph, Triple
from kg.terms import IRI
from kg.views.life import life, printed_numbers
from kg.vocab import term
from kg.workspace import Workspace
from tests.conftest import Tables, velmara
from tests.test_cli import on_terminal
from tests.test_questions_oracle import (
    CLAIM,
    DOCUMENTS,
    EVENT,
    ROWS,
    Answers,
    figure,
    in_date_order,
    outlet,
    published,
    same,
    sources,
)

Writer = Callable[..., Path]
Row = tuple[Any, ...]

COLUMNS = "date document outlet origin population bound claim"


def printed(row: dict[str, Any]) -> set[int]:
    """The numbers that stood there; those of a convention did not."""
    _, lower, upper = figure(row) or ("", None, None)
    return {number for number in (lower, upper) if number is not None}


NUMBERS = sorted(set().union(*map(printed, ROWS)))


def wanted(number: int) -> list[Row]:
    """The rows of the demo's tables that print the number."""
    return [
        (
            published(row),
            row["doc"],
            outlet(row),
            sources(row)[-1].organisation,
            row["population"],
            (figure(row) or [""])[0],
            CLAIM[row["id"]],
        )
        for row in ROWS
        if number in printed(row)
    ]


@pytest.fixture(scope="module")
def ask(demo: Workspace) -> Answers:
    return Answers(demo)


# ---- the rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [745, 1018, 1426, 4000, 1500, 2300, 2400, 1479, 20000, 200])
def test_the_rows_are_those_of_the_tables(ask: Answers, number: int) -> None:
    found = ask("trace", COLUMNS, number=str(number))
    same(found, wanted(number))
    in_date_order([row[0] for row in found])
    assert ask("trace", COLUMNS, number=f"{number:,}", event=EVENT) == found


@given(strategies.sampled_from(NUMBERS))
def test_every_number_of_the_demo_has_its_rows(ask: Answers, number: int) -> None:
    same(ask("trace", COLUMNS, number=str(number)), wanted(number))


@given(strategies.integers(0, 30_000))
def test_a_number_has_rows_exactly_if_a_table_prints_it(demo: Workspace, number: int) -> None:
    assert len(demo.ask("trace", number=str(number))) == len(wanted(number))


def test_the_cases_that_matter_are_among_them() -> None:
    """Ranges, denied numbers, persons and undated documents: without them the rows above would show less."""
    rows = {number: [row for row in ROWS if number in printed(row)] for number in (2300, 2400, 1479, 1426, 1500)}
    assert {row["qualifier"] for row in rows[2300]} == {row["qualifier"] for row in rows[2400]} == {"between"}
    assert {row["stance"] for row in rows[1479]} == {"affirms", "denies"}
    assert any(source != source.organisation for source in (sources(row)[-1] for row in rows[1426]))
    assert any(published(row) is None for row in rows[1500])


def test_unset_it_lists_every_figure_once_a_chain(demo: Workspace) -> None:
    text = demo.questions["trace"].text.replace("(number, required)", "(number, optional)")
    rows = demo.ask_question(read_question("trace", text), {})
    assert len(rows) == sum(bool(printed(row)) for row in ROWS)


EVENTS = (
    "id: velmara\ntitle: A raid\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\nevents:\n"
    "  - {id: raid, label: Raid on Velmara, place: Velmara}\n  - {id: night, label: Night of the raid}\n"
    "  - {id: flood, label: Flood in Orlen}\n"
)


def of_events() -> Tables:
    """17 in four ways: of a raid, of its night (a ceiling), of a flood (an increment), of no event, and in a range."""
    tables = velmara()
    plain = tables["assertions"][0]
    tables["assertions"] = [
        plain | {"id": "raid", "event": "raid"},
        plain | {"id": "night", "event": "night", "lower": None, "qualifier": "at most", "doc": "D2"},
        plain | {"id": "flood", "event": "flood", "increment": True},
        plain | {"id": "none", "event": None, "chain": ["Orlen Gazette"], "population": None},
        plain | {"id": "range", "event": "raid", "lower": 9, "qualifier": "between", "chain": ["Orlen Gazette"]},
        plain | {"id": "other", "event": "raid", "lower": 170, "upper": 170},
    ]
    for row in tables["assertions"]:
        row["chain"] = [{"D1": "Orlen Gazette", "D2": "Harbour Daily"}[row["doc"]], *row["chain"][1:]]
    return tables


@pytest.fixture
def events(workspace: Workspace, dossier: Writer) -> Workspace:
    folder = dossier(of_events())
    (folder / "dossier.yaml").write_text(EVENTS, encoding="utf-8")
    workspace.add(folder)
    inside = IRI(f"{workspace.base}declared")
    night, raid = (workspace.lookup.resolve("event", name) for name in ("night", "raid"))
    workspace.store.apply(add=[NamedGraph(inside, inside, (Triple(night, term("sem:subEventOf"), raid),))])
    return workspace


@pytest.mark.parametrize(
    ("event", "rows"),
    [
        (None, {"raid", "night", "flood", "none", "range"}),
        ("raid", {"raid", "night", "range"}),
        ("night", {"night"}),
        ("flood", {"flood"}),
    ],
)
def test_an_event_stands_for_those_inside_it(events: Workspace, event: str | None, rows: set[str]) -> None:
    claims = {events.lookup.resolve("claim", name).value: name for name in ("raid", "night", "flood", "none", "range")}
    found = list(events.ask("trace", number="17", event=event))
    assert Counter(claims[row["claim"]] for row in found) == Counter(rows)
    assert all(row["population"] is None for row in found if claims[row["claim"]] == "none")


def test_it_needs_no_relations(demo: Workspace) -> None:
    assert demo.questions["trace"].needs is None
    with pytest.raises(NotFound):
        demo.ask("trace", number="745", event="nowhere")


# ---- what is a number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["1018", "1,018", "1 018", " 1,018 ", "1\u00a0018", "1\u202f018", "1’018", "١٠١٨", "1٬018"]
)
def test_a_number_as_people_write_it(demo: Workspace, written: str) -> None:
    assert demo.ask("trace", number=written).rows == demo.ask("trace", number="1018").rows != ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("1.018", "the dot may part thousands or decimals; write 1018 or 1,018"),
        ("1.018.000", "ambiguous"),
        ("10.5", "write digits alone"),
        ("-5", "a count cannot be negative"),
        ("1,01", "a whole number was expected"),
        ("1,018 745", "a whole number was expected"),
        ("2,300–2,400", "a whole number was expected"),
        ("more than 745", "a whole number was expected"),
        ("1e3", "a whole number was expected"),
        ("", "a whole number was expected"),
        ("745 } ?s ?p ?o", "a whole number was expected"),
        ("9" * 5000, "greater than 9,007,199,254,740,991"),
    ],
)
def test_what_is_no_count_is_refused_with_words(demo: Workspace, written: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        demo.ask("trace", number=written)
    assert told in str(error.value)


def test_a_kind_of_parameter_that_there_is_not() -> None:
    header = "# title: T\n# question: Q\n# parameter n ({}, required): n\nSELECT ?n WHERE {{ VALUES ?n {{ UNDEF }} }}"
    assert read_question("own", header.format("number")).parameters[0].kind == "number"
    with pytest.raises(UsageError, match="not understood"):
        read_question("own", header.format("integer"))


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Runs `kg` in this process, in a workspace of its own."""

    def run(*arguments: str) -> Any:
        words = ["--workspace", str(tmp_path / "case"), *arguments]
        return CliRunner(env={"KG_WORKSPACE": None}).invoke(main, words, prog_name="kg")

    return run


@pytest.fixture
def loaded(run: Callable[..., Any], dossier: Writer) -> Callable[..., Any]:
    """The same with the dossier of Velmara in it."""
    assert run("add", str(dossier())).exit_code == 0
    return run


def test_a_pipe_gets_the_rows_of_the_question(loaded: Callable[..., Any]) -> None:
    done = loaded("trace", "17")
    assert done.stdout == loaded("ask", "trace", "number=17").stdout
    assert (done.stdout.count("\n"), done.stderr) == (3, "2 rows\n"), "the heading, and the ministry's 17 twice"
    asked = loaded("trace", "17", "--event", "velmara-2031", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["date"] for line in asked] == ["2031-03-14", "2031-03-15"]


def test_a_number_that_nobody_gives_is_no_error(loaded: Callable[..., Any]) -> None:
    done = loaded("trace", "20")
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    near = "17 (2 documents), 24 (1 document) and 29 (1 document)"
    assert f"nobody gives 20; the nearest printed numbers are {near}" in done.stderr
    assert loaded("trace", "1.018").exit_code == 2
    assert loaded("trace", "20", "--event", "nowhere").exit_code == 1


def test_a_terminal_gets_the_story(loaded: Callable[..., Any], tmp_path: Path) -> None:
    case = os.environ | {"KG_WORKSPACE": str(tmp_path / "case")}
    shown = on_terminal("trace", "17", environment=case, columns=80)
    assert shown.startswith("The life of 17\n  Printed in 2 documents of 2 outlets, 14–15 March 2031, on the word of")
    assert "kg ask trace number=17" in shown
    assert "?date" not in shown
    assert "Nobody gives 20; the nearest" in on_terminal("trace", "20", environment=case, columns=200)


def test_printed_numbers_of_an_event_are_those_of_its_tree(events: Workspace) -> None:
    assert printed_numbers(events.store) == {17: 2, 9: 1, 170: 1}
    assert printed_numbers(events.store, events.lookup.resolve("event", "raid")) == {17: 2, 9: 1, 170: 1}
    assert printed_numbers(events.store, events.lookup.resolve("event", "night")) == {17: 1}
    assert printed_numbers(events.store, events.lookup.resolve("event", "flood")) == {17: 1}


def test_a_number_of_another_event_is_told(run: Callable[..., Any], dossier: Writer) -> None:
    folder = dossier(of_events())
    (folder / "dossier.yaml").write_text(EVENTS, encoding="utf-8")
    assert run("add", str(folder)).exit_code == 0
    told = run("trace", "170", "--event", "night").stderr
    assert "nobody gives 170 about night; the nearest printed number is 17 (1 document)" in told
    assert "1 document about other events prints it: ask without --event" in told


@given(strategies.sets(strategies.integers(0, 60)), strategies.integers(0, 60))
def test_the_nearest_are_the_next_two_on_either_side(known: set[int], wanted: int) -> None:
    found = nearest(wanted, known)
    assert found == sorted(found)
    for side in (1, -1):
        chosen = [number for number in found if (number - wanted) * side > 0]
        there = sorted((number for number in known if (number - wanted) * side > 0), key=lambda n: abs(n - wanted))
        assert sorted(chosen) == sorted(there[:2])


# ---- the story -------------------------------------------------------------------------------------------------------


def story(workspace: Workspace, number: int, width: int = 140, event: str | None = None) -> str:
    claims = [claim for (claim,) in {row[6:7] for row in workspace.ask("trace", number=str(number)).rows}]
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    told = life(workspace.store, [claim for claim in claims if isinstance(claim, IRI)])
    RelatedLifeStory(workspace, told, number, event, console).tell()
    return out.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def section(text: str, heading: str) -> str:
    """The lines below the heading that begins so, up to the blank line above the next one."""
    _, found, rest = text.partition(f"\n{heading}")
    return rest.partition("\n\n")[0] if found else ""


def affirming(number: int) -> list[dict[str, Any]]:
    return [row for row in ROWS if number in printed(row) and row["stance"] == "affirms"]


@pytest.mark.parametrize("number", [745, 1018, 1426, 4000, 1500, 2300, 1479])
@pytest.mark.parametrize("width", [80, 140])
def test_the_story_counts_what_the_tables_say(related: Workspace, number: int, width: int) -> None:
    text = story(related, number, width)
    assert max(map(len, text.splitlines())) <= width
    rows = affirming(number)
    documents = len({row["doc"] for row in rows})
    outlets = len({outlet(row) for row in rows})
    assert re.search(rf"Printed in {documents} documents? of {outlets} outlets?, ", flat(text))
    first = min(published(row) or "9" for row in rows)
    opening = [row for row in rows if published(row) == first]
    told = flat(section(text, "First appearance"))
    assert all(row["statement"] in told and f"({row['doc']})" in told for row in opening)
    assert ("which was first is not known" in told) == (len({row["doc"] for row in opening}) > 1)
    undated = {row["doc"] for row in rows if published(row) is None}
    assert (f"{len(undated)} documents without a date may be earlier" in told) == (len(undated) > 1)


@pytest.mark.parametrize("number", [745, 1426, 4000, 1500])
def test_every_form_has_its_documents(related: Workspace, number: int) -> None:
    lines = section(story(related, number, 300), "Every form of it").splitlines()
    held: dict[frozenset[str], set[str]] = {}
    for row in affirming(number):
        held.setdefault(CLAIM[row["id"]], set()).add(row["doc"])
    for rows, documents in held.items():
        id_ = related.lookup.resolve("claim", min(rows)).value.rpartition("/")[2][:8]
        (line,) = (line for line in lines if f" · {id_} " in line)
        assert re.findall(r"\s{2,}(\d+)\s{2,}", line.partition(id_)[2]) == [str(len(documents))]
    assert sum(" · " in line for line in lines) == len(held)


def test_745_is_everybody_at_first_and_civilians_later(related: Workspace) -> None:
    """Facts read off the tables: who printed SOHR's 745 of whom, and when."""
    rows = [row for row in affirming(745) if sources(row)[-1].organisation == ("SOHR",)]
    told = flat(section(story(related, 745), "What changed"))
    assert f"SOHR’s 745 killed, in {len({row['doc'] for row in rows})} documents:" in told
    for population in ("people", "civilians", "Alawite civilians"):
        counted = [row for row in rows if row["population"] == population]
        held = sorted((published(row) or "", DOCUMENTS[row["doc"]]["outlet"]) for row in counted)
        days = sorted({int(day[-2:]) for day, _ in held})
        where = held[0][1] if len(held) == 1 else f"{len(held)} documents"
        span = f"{days[0]}–{days[-1]}" if len(days) > 1 else f"{days[0]}"
        assert f"{population} ({span} March, {where})" in told
    assert "certainty" not in told, "all of them are stated: what is alike is not listed"


def test_4000_is_credited_to_other_people_each_time(related: Workspace) -> None:
    text = story(related, 4000)
    told = flat(section(text, "On whose word"))
    for row in affirming(4000):
        way = [source[-1] for source in sources(row)]
        assert way[-1].removesuffix(" (unnamed)") in told
        assert all(f"through {name}" in told for name in way[1:-1])
    changed = flat(section(text, "What changed"))
    assert "population: people" in changed and "Alawites (11 March" in changed and "civilians (31 March" in changed
    assert "possible (31 March, Antiwar.com)" in changed


def test_what_the_committee_announced_the_same_day_stands_beside_its_1426(related: Workspace) -> None:
    told = section(story(related, 1426), "What else Syrian fact-finding committee gave")
    _, _, beside = told.partition("The same day, in other reports:")
    assert "1,443 people" in beside and "1,469 people" in beside
    assert "1,426" not in told, "its own forms are above"


def test_before_and_after_are_those_of_the_revisions(related: Workspace) -> None:
    told = flat(section(story(related, 1018), "What else SOHR gave"))
    own = {row["claim"] for row in related.ask("trace", number="1018")}
    later = {row["claim"] for row in related.ask("revisions", source="SOHR") if row["previous"] in own} - own
    assert later
    for claim in later:
        assert claim.rpartition("/")[2][:8] in told.partition("After:")[2]
    assert "745 + 125 + 148 = 1,018" in story(related, 1018)


def test_a_denied_number_says_who_denies_it(related: Workspace) -> None:
    denying = [row for row in ROWS if 1479 in printed(row) and row["stance"] == "denies"]
    who = {sources(row)[-1].organisation for row in denying}
    assert f"Denied or doubted by {len(who)} source" in head(related, 1479)
    told = flat(section(story(related, 1479), "Denied or doubted"))
    assert denying
    for row in denying:
        assert f"{sources(row)[-1][0]} denies it" in told
        assert row["statement"] in told


def withdrawn(*more: dict[str, Any]) -> Tables:
    """17 of the ministry, which it takes back in a third document; `more` are rows of this and of a fourth."""
    tables = velmara()
    tables["documents"] += [
        {"id": "D3", "outlet": "Orlen Gazette", "published": "2031-03-18"},
        {"id": "D4", "outlet": "Harbour Daily", "published": "2031-03-20"},
    ]
    plain = tables["assertions"][0]
    back = {"id": "D3-1", "doc": "D3", "stance": "retracts", "statement": "The ministry withdrew its 17."}
    tables["assertions"] += [plain | back, *(plain | row for row in more)]
    return tables


def head(workspace: Workspace, number: int) -> str:
    return flat(story(workspace, number, 200).partition("\n\n")[0])


def test_a_number_that_was_taken_back_says_so_at_its_head(workspace: Workspace, dossier: Writer) -> None:
    workspace.add(dossier(withdrawn()))
    assert head(workspace, 17).endswith("Velmara Health Ministry took it back on 18 March 2031 (D3).")
    text = story(workspace, 17, 200)
    assert "Velmara Health Ministry retracts it" in section(text, "Taken back")
    assert "doubted" not in text
    assert "took" not in story(workspace, 24, 200)


def test_it_says_which_was_taken_back_and_what_came_after(workspace: Workspace, dossier: Writer) -> None:
    again = {"id": "D4-1", "doc": "D4", "chain": ["Harbour Daily", "Velmara Health Ministry"], "as_of": "2031-03-19"}
    civilians = {"id": "D4-2", "doc": "D4", "population": "civilians", "chain": ["Harbour Daily", "BLR"]}
    denied = {"id": "D4-3", "doc": "D4", "stance": "denies", "chain": ["Harbour Daily", "Northern Command"]}
    workspace.add(dossier(withdrawn(again, civilians, denied)))
    told = head(workspace, 17)
    assert (
        "Velmara Health Ministry took its 17 people killed, Velmara, 14 March 2031 back on 18 March 2031 (D3); "
        "given on its word since in 1 document." in told
    )
    assert told.endswith("Denied or doubted by 1 source: Northern Command.")
    below = section(story(workspace, 17, 200), "Taken back, denied or doubted")
    assert below.index("retracts it") < below.index("denies it")


def test_a_number_that_is_only_denied_says_so(workspace: Workspace, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"][0] |= {"lower": 99, "upper": 99, "stance": "denies"}
    workspace.add(dossier(tables))
    assert head(workspace, 99).endswith(
        "it is only denied or doubted. Denied or doubted by 1 source: Velmara Health Ministry."
    )


def test_without_relations_the_story_says_what_to_type(demo: Workspace) -> None:
    told = section(story(demo, 745), "Before and after")
    assert "type kg relate" in told
    assert "What else" not in story(demo, 745)


def test_numbers_of_several_events_are_kept_apart(events: Workspace) -> None:
    text = flat(story(events, 17, 200))
    assert "17 people killed" in text
    assert "(Flood in Orlen)" in text and "(Raid on Velmara)" in text
    assert "17 more people killed" in text
