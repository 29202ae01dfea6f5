"""`kg annotate`: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kg.cli import app, main
from kg.rdf import NamedGraph, Triple
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, text
from kg.vocab import term
from kg.workspace import Workspace
from tests.test_annotations import MINISTRY, NOON, RELIEF, folder_in

Writer = Callable[..., Path]
Run = Callable[..., Result]


class Lasting(OxigraphStore):
    """A store in memory that outlives the command which closes it."""

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Velmara's dossier, run, with a clock that stands on 1 April 2031."""
    workspace = Workspace(Lasting.in_memory(), now=lambda: NOON)
    workspace.add(folder_in(tmp_path_factory.mktemp("velmara")))
    workspace.relate()
    return workspace


def on(folder: Path) -> Run:
    """Runs `kg` for a reviewer that the environment names."""
    environment = {"KG_WORKSPACE": None, "KG_REVIEWER": "R. Viewer", "COLUMNS": "160"}

    def run(*arguments: str | Path, env: dict[str, str | None] | None = None) -> Result:
        words = ["--workspace", str(folder), *map(str, arguments)]
        return CliRunner(env=environment | (env or {})).invoke(main, words, prog_name="kg")

    return run


@pytest.fixture
def run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs `kg` on that workspace, which has no judgements before the test and none after it."""
    monkeypatch.setattr(app, "open_workspace", lambda *_, **__: workspace)
    before = set(workspace.store.graph_names())
    yield on(Path("case"))
    workspace.store.apply(remove=[name for name in workspace.store.graph_names() if name not in before])


def judge(run: Run, *arguments: str, because: str = "I rang them") -> str:
    """What a judgement that is taken says."""
    done = run("annotate", *arguments, "--because", because)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def listed(run: Run) -> list[dict[str, Any]]:
    lines = run("annotate", "list", "--format", "jsonl").stdout.splitlines()
    return [json.loads(line) for line in lines]


def held(run: Run) -> list[tuple[str, str]]:
    """Every judgement on record, once, with its state."""
    return list({row["annotation"]: (row["judgement"], row["state"]) for row in listed(run)}.values())


def short(run: Run, number: int) -> str:
    """The id of a judgement as people are told it; they count from 0."""
    iri: str = list(dict.fromkeys(row["annotation"] for row in listed(run)))[number]
    return "/".join(iri.split("/")[-2:])[: len("annotation/") + 8]


def the_relation(run: Run) -> str:
    found = run("sparql", "SELECT ?relation { ?relation a kg:ClaimRelation }", "--format", "jsonl").stdout
    iri: str = json.loads(found.splitlines()[0])["relation"]
    return "/".join(iri.split("/")[-2:])[: len("relation/") + 8]


# ---- judging ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "judgement", "sentence"),
    [
        (["merge", "BLR", MINISTRY], "merge", f"{RELIEF} and {MINISTRY} are counted as one source."),
        (["separate", MINISTRY, RELIEF], "separate", f"{RELIEF} and {MINISTRY} are counted as two sources."),
        (["gathers", "BLR", "own"], "gathers own", f"{RELIEF} gathers evidence of its own."),
        (["gathers", "BLR", "relays"], "gathers relays", f"{RELIEF} passes on what others gathered."),
        (
            ["gathers", "BLR", "unknown"],
            "gathers unknown",
            f"{RELIEF} may or may not gather evidence of its own.",
        ),
        (["party", "BLR", "yes"], "party", f"{RELIEF} is a party to every event."),
        (["party", "BLR", "no"], "no party", f"{RELIEF} is no party to any event."),
        (["party", "BLR", "no", "--event", "velmara-2031"], "no party", "is no party to Explosion at Velmara."),
    ],
)
def test_a_judgement_is_told_in_words(run: Run, arguments: list[str], judgement: str, sentence: str) -> None:
    told = judge(run, *arguments).splitlines()
    assert told[0].endswith(sentence)
    assert told[1] == f"{short(run, 0)}, by R. Viewer, 1 April 2031: I rang them"
    assert held(run) == [(judgement, "in force")]
    assert {row["why"] for row in listed(run)} == {"I rang them"}


@pytest.mark.parametrize("judgement", ["accept", "reject"])
def test_a_relation_is_judged_by_its_id(run: Run, judgement: str) -> None:
    relation = the_relation(run)
    told = judge(run, judgement, relation)
    assert told.splitlines()[0] == f"{relation} is {judgement}ed."
    assert "This touches what is told of 2 claims" in told
    assert held(run) == [(judgement, "in force")]


def test_it_says_which_counts_are_touched_and_what_to_type(run: Run) -> None:
    told = judge(run, "merge", "BLR", MINISTRY)
    assert (
        "This touches the origins, the independent origins and the verdict of 2 claims that came through them" in told
    )
    assert "Next: kg --workspace case relate" in told
    assert "the independent origins and the verdict of 1 claim that came through it" in judge(
        run, "gathers", "BLR", "own"
    )
    assert "No claim has come through it yet" in judge(run, "party", "Northern Command", "yes")


def test_the_same_judgement_is_told_and_not_written_twice(run: Run) -> None:
    judge(run, "merge", "BLR", MINISTRY)
    again = judge(run, "merge", MINISTRY, RELIEF, because="Said again")
    assert again == (
        f"Nothing to do: {RELIEF} and {MINISTRY} are counted as one source already, "
        "by R. Viewer, 1 April 2031: I rang them\n"
    )
    assert held(run) == [("merge", "in force")]


def test_a_later_judgement_says_which_one_it_replaces(run: Run) -> None:
    judge(run, "merge", "BLR", MINISTRY)
    told = judge(run, "separate", "BLR", MINISTRY)
    assert f"{short(run, 0)} ({RELIEF} and {MINISTRY} are counted as one source, by R. Viewer) is superseded." in told
    assert held(run) == [("merge", "superseded"), ("separate", "in force")]


def test_undoing_says_what_is_undone_and_what_holds_again(run: Run) -> None:
    judge(run, "gathers", "BLR", "own")
    judge(run, "gathers", "BLR", "relays")
    first, second = short(run, 0), short(run, 1)
    told = judge(run, "undo", second)
    assert told.splitlines()[0] == f"{second} ({RELIEF} passes on what others gathered, by R. Viewer) is undone."
    assert f"{first} ({RELIEF} gathers evidence of its own, by R. Viewer) holds again." in told
    assert "the independent origins and the verdict of 1 claim" in told
    assert "is undone already, by R. Viewer" in judge(run, "undo", second)
    told = judge(run, "undo", short(run, 2))
    assert told.splitlines()[0] == f"{short(run, 2)} ({second} is undone, by R. Viewer) is undone."
    assert told.count("is undone.") == 1
    assert f"{second} ({RELIEF} passes on what others gathered, by R. Viewer) holds again." in told
    assert held(run) == [
        ("gathers own", "superseded"),
        ("gathers relays", "in force"),
        ("undo", "undone"),
        ("undo", "in force"),
    ]


def test_what_is_said_of_one_event_and_of_all_is_told_together(run: Run) -> None:
    judge(run, "party", "BLR", "yes", "--event", "velmara-2031")
    beside = f"{short(run, 0)} ({RELIEF} is a party to Explosion at Velmara, by R. Viewer) stands too"
    assert beside in judge(run, "party", "BLR", "no")
    assert "stands too" not in judge(run, "party", MINISTRY, "no")
    assert {state for _, state in held(run)} == {"in force"}


def test_what_is_said_of_two_events_is_not_told_together(run: Run, workspace: Workspace) -> None:
    market = IRI(f"{workspace.base}event/market-2031")
    triples = (
        Triple(market, term("rdf:type"), term("sem:Event")),
        Triple(market, term("dcterms:identifier"), text("market-2031")),
    )
    workspace.store.apply(add=[NamedGraph(market, market, triples)])
    judge(run, "party", "BLR", "yes", "--event", "velmara-2031")
    assert "stands too" not in judge(run, "party", "BLR", "no", "--event", "market-2031")


def test_judgements_are_kept_and_survive_relating_anew(tmp_path: Path, dossier: Writer) -> None:
    run = on(tmp_path / "case")
    assert run("add", dossier()).exit_code == 0
    judge(run, "merge", "BLR", MINISTRY)
    assert run("relate").exit_code == 0
    judge(run, "reject", the_relation(run))
    before = listed(run)
    assert run("relate").exit_code == 0
    assert listed(run) == before


# ---- who judges ------------------------------------------------------------------------------------------------


def test_answers_say_that_judgements_take_part(tmp_path: Path, dossier: Writer) -> None:
    run = on(tmp_path / "case")
    run("add", folder_in(tmp_path))
    run("relate")
    assert "judged" not in run("ask", "merges").stderr
    judge(run, "gathers", RELIEF, "own")
    run("relate")
    assert "what people judged takes part in this (1 judgement)" in run("ask", "merges").stderr
    assert "judged" not in run("ask", "coverage").stderr, "counts nothing that anybody judged"


def test_the_name_is_that_of_the_option_or_of_the_environment(run: Run) -> None:
    judge(run, "gathers", "BLR", "own", "--by", "Ada Reader")
    judge(run, "gathers", MINISTRY, "own")
    assert [row["by"] for row in listed(run)] == ["Ada Reader", "R. Viewer"]


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_name_nothing_is_judged(run: Run, name: str | None) -> None:
    done = run("annotate", "gathers", "BLR", "own", "--because", "x", env={"KG_REVIEWER": name})
    assert done.exit_code == 2
    assert "--by" in done.stderr
    assert "KG_REVIEWER" in done.stderr
    assert listed(run) == []


@pytest.mark.parametrize(
    "command", ["merge", "separate", "gathers", "party", "accept", "reject", "undo"], ids=lambda name: name
)
def test_the_help_of_every_judgement_names_the_variable(run: Run, command: str) -> None:
    shown = " ".join(run("annotate", command, "--help").stdout.split())
    assert "where the environment variable KG_REVIEWER holds the name" in shown
    assert "--because" in shown
    assert command in run("annotate", "--help").stdout


# ---- the list --------------------------------------------------------------------------------------------------


def test_the_list_is_for_people_and_for_programs(run: Run, tmp_path: Path) -> None:
    judge(run, "merge", "BLR", MINISTRY, because="One office, renamed")
    shown = run("annotate", "list", "--format", "table")
    for word in (short(run, 0), RELIEF, MINISTRY, "in force", "R. Viewer", "2031-04-01", "One office, renamed"):
        assert word in shown.stdout
    assert "2 rows" in shown.stderr
    assert run("annotate", "list", "-o", tmp_path / "judgements.csv").exit_code == 0
    head = (tmp_path / "judgements.csv").read_text("utf-8").splitlines()[0]
    assert head == "annotation,judgement,target,event,state,by,created,why"


def test_an_empty_list_says_why(run: Run) -> None:
    done = run("annotate", "list")
    assert done.exit_code == 0
    assert "nobody has judged anything in this workspace yet" in done.stderr


def test_words_of_reviewers_cannot_steer_the_terminal(run: Run) -> None:
    told = judge(run, "gathers", "BLR", "own", because="[bold]seen\x1b[2J")
    told += judge(run, "gathers", "BLR", "own") + run("annotate", "list", "--format", "table").stdout
    assert "\x1b" not in told
    assert "[bold]seen␛[2J" in told


# ---- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["merge", "BLR"], 2, "'merge' is about two or more sources, and 1 was given"),
        (["merge", "BLR", RELIEF], 2, "the same source is given twice"),
        (["gathers", "BLR", "perhaps"], 2, "'perhaps' is not one of 'own', 'relays', 'unknown'"),
        (["party", "BLR", "maybe"], 2, "'maybe' is not one of 'yes', 'no'"),
        (["gathers", "D1-1", "own"], 1, "'D1-1' is a claim, and 'gathers own' is about sources"),
        (["gathers", "Ada Lind", "own"], 1, f"judge {MINISTRY} instead"),
        (["merge", "Ada Lind", MINISTRY], 1, "the two are counted as one already"),
        (["party", "Harbor Daily", "yes"], 1, "did you mean 'Harbour Daily'"),
        (["party", "BLR", "yes", "--event", "velmara-2032"], 1, "did you mean 'velmara-2031'"),
        (["reject", "relation/0123456789"], 1, "no relation answers to 'relation/0123456789'"),
        (["undo", "annotation/0123456789"], 1, "no annotation answers to 'annotation/0123456789'"),
    ],
)
def test_what_does_not_fit_is_told(run: Run, arguments: list[str], code: int, told: str) -> None:
    done = run("annotate", *arguments, "--because", "x")
    assert (done.exit_code, done.stdout) == (code, "")
    assert told in done.stderr
    assert listed(run) == []


@pytest.mark.parametrize("because", ["", "  "])
def test_a_reason_is_asked_for(run: Run, because: str) -> None:
    done = run("annotate", "gathers", "BLR", "own", "--because", because)
    assert done.exit_code == 2
    assert "a judgement needs a reason" in done.stderr
    assert run("annotate", "gathers", "BLR", "own").exit_code == 2


def test_a_missing_workspace_is_not_made(tmp_path: Path) -> None:
    assert on(tmp_path / "case")("annotate", "gathers", "BLR", "own", "--because", "x").exit_code == 1
    assert not (tmp_path / "case").exists()
