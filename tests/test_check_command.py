"""`kg check`: what it prints, in which form, and with which code it ends."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from kg.cli import checking, main
from kg.cli.checking import MEANINGS
from kg.relate.on_demand import SEVERITY
from kg.workspace import Workspace, open_workspace
from tests.conftest import SEED
from tests.test_check import Writer, withdrawing

SENTENCE = "A Newcomer: at least 900 people killed by 9 March"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace on disk with the seed article; nothing is related in it."""
    folder = tmp_path_factory.mktemp("desk") / "case"
    with open_workspace(folder, create=True) as workspace:
        workspace.add(SEED)
    return folder


@pytest.fixture
def run(folder: Path) -> Iterator[Run]:
    def run_it(*arguments: str, **keywords: Any) -> Result:
        return CliRunner().invoke(main, ["--workspace", str(folder), "check", *arguments], **keywords)

    yield run_it


def shown(run: Run, monkeypatch: pytest.MonkeyPatch, width: int, *arguments: str) -> str:
    """What a terminal of that width shows."""
    out = io.StringIO()
    monkeypatch.setattr(checking, "chosen", lambda format_, output: "table")
    monkeypatch.setattr(
        checking, "console", lambda: Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    )
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return out.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def test_the_reading_comes_first_and_the_answer_in_its_order(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(run, monkeypatch, 100, SENTENCE)
    headings = ["Understood as", "This number before", "Against", "What is unstated and would decide", "Only counted"]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    understood = flat(text[: places[1]])
    for words in (
        "A Newcomer",
        "new here",
        "900 or more",
        "until 9 March 2025",
        "year is that of the event",
        "unstated",
    ):
        assert words in understood


@pytest.mark.parametrize("width", [80, 140])
def test_nothing_is_wider_than_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    assert max(map(len, shown(run, monkeypatch, width, SENTENCE).splitlines())) <= width


def test_more_of_a_kind_is_said_and_shown_with_all(run: Run, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    with open_workspace(folder) as workspace:
        related = workspace.check(SENTENCE).related
    monkeypatch.setattr(checking, "_OF_A_KIND", 1)
    short, whole = (shown(run, monkeypatch, 200, SENTENCE, *more) for more in ((), ("--all",)))
    numbers = [int(number) for number in re.findall(r"and (\d+) more \(--all\)", short)]
    of_figures = [row for row in related.rows if "independentOrigins" not in str(row[5])]
    kinds = {row[0] for row in of_figures}
    assert numbers
    assert sum(numbers) + len(kinds) == len(of_figures)
    assert "more (--all)" not in whole
    assert len(re.findall(r" · (?:firm|hedged|conditional) *\n", short)) == len(kinds)
    assert len(re.findall(r" · (?:firm|hedged|conditional) *\n", whole)) == len(of_figures)


def test_how_origins_lie_is_told_beside_the_figures(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = flat(shown(run, monkeypatch, 200, SENTENCE))
    assert re.search(
        r"(possibly corroborates|corroborates|repeats): [^.]*(support each other|rest on one origin)", text
    )


def test_every_kind_that_may_be_told_has_a_meaning() -> None:
    """Those that say how origins lie are told beside the figures that support each other."""
    by_origins = {"corroborates", "possiblyCorroborates", "repeats"}
    assert {kind for kind in SEVERITY if kind not in MEANINGS and kind not in checking._TURNED} <= by_origins


def test_a_pipe_gets_the_relations_and_the_reading_beside_them(run: Run, folder: Path) -> None:
    result = run(SENTENCE)
    with open_workspace(folder) as workspace:
        assert result.stdout == workspace.check(SENTENCE).related.write("tsv")
    assert "source: A Newcomer (" in result.stderr
    rows = list(csv.DictReader(io.StringIO(run(SENTENCE, "--format", "csv").stdout)))
    assert rows
    assert set(rows[0]) == {"relation", "other", "origins", "documents", "grade", "rule", "why"}


def test_json_carries_everything(run: Run, folder: Path) -> None:
    document = json.loads(run(SENTENCE, "--format", "json").stdout)
    with open_workspace(folder) as workspace:
        checked = workspace.check(SENTENCE)
    assert document["claim"] == checked.claim.value
    assert document["counted"] == checked.counted
    for name in ("understood", "withdrawn", "seen", "related", "decides"):
        assert len(document[name]) == len(getattr(checked, name))
    assert {row["other"] for row in document["related"]} <= document["labels"].keys()


def test_sentence_options_and_json_give_one_answer(run: Run, tmp_path: Path) -> None:
    columns = {"source": "A Newcomer", "number": "at least 900", "population": "people", "measure": "killed"}
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(columns | {"window_end": "2025-03-09"}), encoding="utf-8")
    options = [word for name, value in columns.items() for word in (f"--{name}", value)]
    ways = (
        run(SENTENCE),
        run(*options, "--to", "2025-03-09"),
        run("--json", str(file)),
        run("--json", "-", input=file.read_text(encoding="utf-8")),
    )
    assert [way.exit_code for way in ways] == [0] * 4
    assert len({way.stdout for way in ways}) == 1


def test_an_answer_without_relations_is_an_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("3 people prosecuted")
    assert result.exit_code == 0
    assert "0 relations" in result.stderr
    assert "Nobody gave it here" in shown(run, monkeypatch, 80, "3 people prosecuted")


def test_what_was_taken_back_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dossier: Writer) -> None:
    with open_workspace(tmp_path / "case", create=True) as workspace:
        workspace.add(dossier(withdrawing()))

    def run_it(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--workspace", str(tmp_path / "case"), "check", *arguments])

    document = json.loads(run_it("66 people killed", "--format", "json").stdout)
    assert [row["taken_back_in"] for row in document["withdrawn"]] == ["D3"]
    for sentence, beginning in (
        (
            "A Desk: 66 people killed in Velmara by 15 March 2031",
            "Blue Lantern Relief gave this (D1, D2) and took it back on 18 March 2031 (D3). Nobody else gave it",
        ),
        (
            "A Desk: at least 66 people killed",
            "Blue Lantern Relief gave this number (D1, D2) and took it back on 18 March 2031 (D3): 66 people killed,",
        ),
    ):
        _, _, told = flat(shown(run_it, monkeypatch, 200, sentence)).partition("This number before ")
        assert told.startswith(beginning)


def test_it_may_be_written_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "answer.json"
    result = run(SENTENCE, "-o", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(out.read_text(encoding="utf-8"))["related"]
    assert f"written to {out}" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "nothing to check"),
        (("1.500 civilians",), 1, "1500 or 1,500"),
        (("40 civilians in Nowhere",), 1, "no place answers to 'Nowhere'"),
        ((SENTENCE, "--population", "people"), 2, "population is given twice"),
        ((SENTENCE, "--json", "claim.json"), 2, "--json holds the whole claim"),
        (("--json", "no-such-file.json"), 2, "cannot be read"),
        (("--number", "40", "--measure", "killed", "--from", "6 March"), 1, "YYYY-MM-DD"),
        ((SENTENCE, "--event", "nothing-here"), 1, "nothing-here"),
        ((SENTENCE, "--format", "ttl"), 2, "ttl"),
    ],
)
def test_bad_input_ends_with_its_code_and_says_why(run: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ('["40"]', "one object was expected"),
        ('{"number": "40", "number": "50", "measure": "killed"}', "stands here twice"),
        ('{"number": true, "measure": "killed"}', "a text was expected"),
        ('{"lower": 1.5, "upper": 1.5, "measure": "killed"}', "number with decimals"),
    ],
)
def test_json_that_does_not_fit_names_its_file(run: Run, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "claim.json"
    file.write_text(text, encoding="utf-8")
    result = run("--json", str(file))
    assert result.exit_code == 1
    assert words in result.stderr
    assert str(file) in result.stderr


def test_an_empty_workspace_says_how_to_begin(workspace: Workspace) -> None:
    with pytest.raises(Exception, match="kg demo"):
        workspace.check("40 civilians")
