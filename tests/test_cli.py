"""The command line as people and scripts meet it: what goes where, in which form, and with which code it ends."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

import kg
from kg.cli import app, main
from kg.cli.asking import ask
from kg.errors import StoreError
from tests.conftest import Tables, velmara

Writer = Callable[..., Path]
Run = Callable[..., Result]

PROGRAM = [sys.executable, "-c", "from kg.cli import main; main(prog_name='kg')"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `kg` in this process, in a workspace of its own."""

    def run(*arguments: str | Path, **keywords: Any) -> Result:
        words = ["--workspace", str(tmp_path / "case"), *map(str, arguments)]
        return CliRunner(env={"KG_WORKSPACE": None}).invoke(main, words, prog_name="kg", **keywords)

    return run


@pytest.fixture
def loaded(run: Run, dossier: Writer) -> Run:
    """The same with the dossier of Velmara in it."""
    assert run("add", dossier()).exit_code == 0
    return run


@pytest.fixture
def case(loaded: Run, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that works on that workspace."""
    return os.environ | {"KG_WORKSPACE": str(tmp_path / "case")}


def process(*arguments: str, **keywords: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, timeout=60, check=False, **keywords)


def on_terminal(*arguments: str, environment: dict[str, str], columns: int = 100) -> str:
    """What a terminal of so many columns shows of standard output; colours and weights left out."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    started = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env=environment | {"TERM": "xterm"}
    )
    os.close(theirs)
    shown = b"".join(_everything(ours))
    assert started.wait(60) == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode().replace("\r\n", "\n"))


def _everything(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # what Linux says when the other end is closed
            return
        if not part:
            return
        yield part


# ---- what goes where -------------------------------------------------------------------------------------------


def test_a_pipe_gets_tsv_and_the_count_stands_beside_it(case: dict[str, str]) -> None:
    done = process("ask", "event-figures", "event=velmara-2031", env=case)
    first, *rows = done.stdout.decode().splitlines()
    assert first.split("\t")[:3] == ["?claim", "?lower", "?upper"]
    assert sorted(row.split("\t")[1] for row in rows) == ["17", "24"]
    assert done.stderr.decode() == "2 rows\n"


def test_a_terminal_gets_a_table_with_words(case: dict[str, str]) -> None:
    shown = on_terminal("ask", "event-figures", "event=velmara-2031", environment=case)
    heading, _, *rows = shown.splitlines()
    assert heading.split() == "claim lower upper bound population place from to documents".split()
    assert all(len(line) <= 100 for line in shown.splitlines())
    assert "https://" not in shown
    assert "Velmara" in rows[0]
    end = heading.index("lower") + len("lower")
    assert {row[end - 3 : end] for row in rows} >= {" 17", " 24"}  # to the right, as numbers stand


def test_the_id_in_a_table_can_be_asked_for(case: dict[str, str]) -> None:
    assert process("relate", env=case).returncode == 0
    table = on_terminal("ask", "rivals", environment=case, columns=200)
    first = table.splitlines()[2]
    id_ = first.split(" · ")[1].split()[0]
    asked = process("ask", "who-said", f"claim={id_}", "--format", "csv", env=case)
    assert asked.returncode == 0
    assert b"gazette" in asked.stdout
    assert b"17 people killed, Velmara" in process("show", id_, env=case).stdout


def test_a_narrow_terminal_loses_nothing(case: dict[str, str]) -> None:
    shown = on_terminal("ask", "denials", environment=case, columns=60)
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert "witnesses" in shown
    assert "denies" in shown


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}])
def test_every_locale_gets_utf8(case: dict[str, str], locale: dict[str, str]) -> None:
    done = process("show", "Velmara Health Ministry", env=case | locale)
    assert done.returncode == 0, done.stderr
    assert "وزارة الصحة" in done.stdout.decode("utf-8")


def test_a_name_in_another_script_is_understood_in_every_locale(case: dict[str, str]) -> None:
    done = process("ask", "rests-on", "source=وزارة الصحة", "--format", "csv", env=case | {"LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 3


def test_a_closed_pipe_is_silent(case: dict[str, str]) -> None:
    line = " ".join(f"'{part}'" if part != PROGRAM[2] else f'"{part}"' for part in PROGRAM)
    for command in ("export --format nq", "export --format trig", "queries chain", "show D1"):
        shell = f"{line} {command} | true; exit ${{PIPESTATUS[0]}}"
        done = subprocess.run(["bash", "-c", shell], capture_output=True, env=case, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b""), command


def test_an_interrupt_ends_with_its_own_code(case: dict[str, str]) -> None:
    started = subprocess.Popen(
        [*PROGRAM, "sparql", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=case,
        # A shell that runs the tests in the background has told them to ignore interrupts; the command must not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(3)  # it waits for its standard input by then
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert (started.returncode, said) == (130, b"interrupted\n")


def test_text_from_the_data_cannot_steer_the_terminal(loaded: Run) -> None:
    arabic = "وزارة الصحة"
    query = rf"""SELECT ("\u001B[31mred" AS ?a) ("[bold]b[/bold]" AS ?b) ("{arabic}" AS ?c) {{}}"""
    shown = loaded("sparql", query, "--format", "table").stdout
    assert "\x1b" not in shown
    assert "␛[31mred" in shown
    assert "[bold]b[/bold]" in shown
    assert f"\u2068{arabic}\u2069" in shown


# ---- formats and files -----------------------------------------------------------------------------------------


def test_json_has_the_rows_that_python_has(loaded: Run, tmp_path: Path) -> None:
    printed = json.loads(loaded("ask", "event-figures", "event=velmara-2031", "--format", "json").stdout)
    with kg.open(tmp_path / "case") as workspace:
        answer = workspace.ask("event-figures", event="velmara-2031")
    assert printed["head"]["vars"] == list(answer.columns)
    in_python = [{name: str(value) for name, value in row.items() if value is not None} for row in answer]
    assert [{name: b["value"] for name, b in row.items()} for row in printed["results"]["bindings"]] == in_python
    assert len(in_python) == 2


@pytest.mark.parametrize("format_", ["table", "csv", "tsv", "json", "jsonl", "md"])
def test_every_format_shows_the_source(loaded: Run, format_: str) -> None:
    done = loaded("ask", "denials", "--format", format_)
    assert done.exit_code == 0, done.stderr
    assert "Nobody ordered it." in done.stdout


def test_a_file_gets_the_format_of_its_name(loaded: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    done = loaded("ask", "denials", "-o", target)
    assert (done.stdout, done.stderr) == ("", f"1 row, written to {target}\n")
    assert json.loads(target.read_text("utf-8"))["head"]["vars"][0] == "source"


def test_a_table_in_a_file_has_every_column(loaded: Run, tmp_path: Path) -> None:
    columns = [f"column_{number}" for number in range(20)]
    values = " ".join(f"({number + 1000} AS ?{name})" for number, name in enumerate(columns))
    path = tmp_path / "wide.txt"
    assert loaded("sparql", f"SELECT {values} {{}}", "--format", "table", "-o", path).exit_code == 0
    assert path.read_text().splitlines() == [f"{name}: 1,0{number:02}" for number, name in enumerate(columns)]


def test_a_refused_question_leaves_the_file_as_it_was(loaded: Run, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    target.write_text("kept", encoding="utf-8")
    assert loaded("sparql", "SELECT * WHER {}", "-o", target).exit_code == 1
    assert loaded("ask", "denials", "--format", "ttl", "-o", target).exit_code == 2
    assert target.read_text("utf-8") == "kept"


def test_a_file_is_written_whole_or_not_at_all(loaded: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "answer.csv").write_text("kept", encoding="utf-8")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = loaded("ask", "denials", "-o", folder / "answer.csv")
    assert done.exit_code == 1
    assert "cannot be written: No space left on device" in done.stderr
    assert [path.name for path in folder.iterdir()] == ["answer.csv"]
    assert (folder / "answer.csv").read_text("utf-8") == "kept"


def test_a_folder_is_no_file(loaded: Run, tmp_path: Path) -> None:
    done = loaded("ask", "denials", "-o", tmp_path)
    assert done.exit_code == 2
    assert "is a folder" in done.stderr


def test_a_link_stays_a_link(loaded: Run, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert loaded("ask", "denials", "-o", tmp_path / "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert "Nobody ordered it." in (tmp_path / "real.csv").read_text("utf-8")


# ---- questions -------------------------------------------------------------------------------------------------


def test_questions_are_listed_without_a_workspace(run: Run) -> None:
    listed = dict(line.split("\t")[:2] for line in run("queries").stdout.splitlines())
    assert listed["rests-on"] == "source"
    assert listed["event-figures"] == "event measure? population?"


def test_a_question_is_explained(run: Run) -> None:
    shown = run("queries", "event-figures").stdout
    assert "kg ask event-figures event=syria-coast-2025" in shown
    assert "denied figures are not listed" in shown
    assert run("queries", "event-figures", "--sparql").stdout.count("UNDEF") == 3


def test_the_example_of_every_question_can_be_pasted(loaded: Run) -> None:
    for line in loaded("queries").stdout.splitlines():
        name = line.split("\t")[0]
        assert f"  kg ask {name}" in loaded("queries", name).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["rest-on"], 1, "did you mean 'rests-on'"),
        (["rests-on"], 2, "rests-on needs source, for example: kg ask rests-on source=SOHR"),
        (["rests-on", "SOHR"], 2, "'SOHR' is not key=value; for example: kg ask rests-on source=SOHR"),
        (["rests-on", "source="], 2, "'source=' is not key=value"),
        (["rests-on", "sorce=BLR"], 2, "rests-on has no parameter 'sorce'; did you mean 'source'?"),
        (["rests-on", "source=BLR", "source=Ada Lind"], 2, "source is given twice"),
        (["rests-on", "source=Blue Lantern"], 1, "did you mean 'Blue Lantern Relief'?"),
        (["denials", "--format", "ttl"], 2, "ttl is for triples"),
        (["nowhere.rq"], 2, "nowhere.rq cannot be read"),
    ],
)
def test_what_does_not_fit_is_told(loaded: Run, arguments: list[str], code: int, told: str) -> None:
    done = loaded("ask", *arguments)
    assert done.exit_code == code
    assert told in done.stderr
    assert done.stdout == ""


def test_a_value_may_hold_an_equals_sign(loaded: Run) -> None:
    done = loaded("ask", "rests-on", "source=a=b")
    assert "'a=b'" in done.stderr
    assert done.exit_code == 1


def test_a_question_of_ones_own(loaded: Run, tmp_path: Path) -> None:
    own = tmp_path / "outlets.rq"
    own.write_text(
        "# title: Outlets\n# question: Which outlets?\n# empty: nobody published anything\n"
        "SELECT ?name WHERE { ?outlet a <https://schema.org/NewsMediaOrganization> ; "
        "<http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?name\n",
        encoding="utf-8",
    )
    assert loaded("ask", own, "--format", "csv").stdout.splitlines() == ["name", "Harbour Daily", "Orlen Gazette"]
    own.write_text(own.read_text("utf-8").replace("prefLabel", "nothing"), encoding="utf-8")
    assert "no rows: nobody published anything" in loaded("ask", own).stderr
    own.write_text(own.read_text("utf-8").replace("WHERE", "WHER"), encoding="utf-8")
    broken = loaded("ask", own)
    assert broken.exit_code == 1
    assert "did you mean WHERE?" in broken.stderr


def test_an_answer_without_rows_says_so(loaded: Run) -> None:
    done = loaded("ask", "rests-on", "source=Northern Command")
    assert done.exit_code == 0
    assert done.stderr.startswith("no rows: ")


# ---- SPARQL ----------------------------------------------------------------------------------------------------


def test_added_prefixes_are_told(loaded: Run) -> None:
    done = loaded("sparql", "SELECT ?n { ?c schema:minValue ?n } ORDER BY ?n", "--format", "csv")
    assert done.stdout.split() == ["n", "17", "24"]
    assert done.stderr.splitlines() == ["added PREFIX schema: <https://schema.org/>", "2 rows"]


def test_a_slip_is_shown_under_a_caret(loaded: Run) -> None:
    done = loaded("sparql", "SELECT *\nWHER { ?x ?y ?z }")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[1:] == ["line 2:", "  WHER { ?x ?y ?z }", "  ^", "did you mean WHERE?"]
    assert "'WHER'" in done.stderr.splitlines()[0]


def test_a_misspelt_term_is_hinted_at(loaded: Run) -> None:
    done = loaded("sparql", "SELECT * { ?x kg:stanse ?y }")
    assert done.exit_code == 0
    assert "did you mean kg:stance?" in done.stderr


def test_a_query_comes_as_argument_file_or_standard_input(loaded: Run, tmp_path: Path) -> None:
    query = 'ASK { ?place skos:prefLabel "Velmara" }'
    (tmp_path / "q.rq").write_text(query, encoding="utf-8")
    assert loaded("sparql", query).stdout == "true\n"
    assert loaded("sparql", "-f", tmp_path / "q.rq").stdout == "true\n"
    assert loaded("sparql", "-", input=query).stdout == "true\n"
    assert json.loads(loaded("sparql", query, "--format", "json").stdout)["boolean"] is True
    for arguments in ([], [query, "-f", tmp_path / "q.rq"]):
        done = loaded("sparql", *arguments)
        assert done.exit_code == 2
        assert "give one query" in done.stderr


def test_construct_gives_turtle_that_reads_back(loaded: Run) -> None:
    import rdflib

    done = loaded(
        "sparql", "CONSTRUCT { ?x skos:prefLabel ?n ; rdfs:seeAlso [] } WHERE { ?x a sem:Event ; skos:prefLabel ?n }"
    )
    graph = rdflib.Graph().parse(data=done.stdout, format="turtle")
    assert len(graph) == 2
    assert "@prefix skos:" in done.stdout
    assert "@prefix prov:" not in done.stdout


@pytest.mark.parametrize(
    ("query", "format_"),
    [
        ("SELECT * {}", "ttl"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "csv"),
        ("DESCRIBE ?x { ?x a sem:Event }", "json"),
        ("ASK {}", "md"),
    ],
)
def test_a_format_that_the_answer_has_not_is_refused(loaded: Run, query: str, format_: str) -> None:
    done = loaded("sparql", query, "--format", format_)
    assert (done.exit_code, done.stdout) == (2, "")


def test_nothing_is_written_by_a_query(loaded: Run) -> None:
    done = loaded("sparql", "DELETE WHERE { ?s ?p ?o }")
    assert done.exit_code == 1
    assert "never writes" in done.stderr
    assert len(loaded("ask", "denials").stdout.splitlines()) == 2


# ---- adding and checking ---------------------------------------------------------------------------------------


def broken() -> Tables:
    """Velmara with a figure in D1 whose lower number is the greater."""
    tables = velmara()
    tables["assertions"][1] |= {"lower": 30}
    return tables


def test_adding_twice_changes_nothing(run: Run, dossier: Writer) -> None:
    folder = dossier()
    assert run("add", folder).stdout.startswith("2 documents added, 0 replaced, 0 unchanged, 0 refused; 4 assertions")
    again = run("add", folder)
    assert again.stdout.startswith("0 documents added, 0 replaced, 2 unchanged, 0 refused; 4 assertions")
    assert again.exit_code == 0


def test_a_changed_document_is_named(loaded: Run, dossier: Writer) -> None:
    tables = velmara()
    tables["assertions"][1] |= {"lower": 25}
    lines = loaded("add", dossier(tables)).stdout.splitlines()
    assert lines[0].startswith("0 documents added, 1 replaced, 1 unchanged")
    assert lines[1] == "replaced: D1"


def test_an_error_stops_the_load_and_is_told(run: Run, dossier: Writer) -> None:
    done = run("add", dossier(broken()))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "assertions.jsonl:2: error: " in done.stderr
    assert "nothing was loaded: 1 error" in done.stderr
    assert done.stderr.count("assertions.jsonl:2") == 1
    assert "Traceback" not in done.stderr
    asked = run("ask", "denials")
    assert asked.exit_code == 1
    assert "there is nothing in this workspace yet" in asked.stderr


def test_keep_going_loads_the_others_and_says_so(run: Run, dossier: Writer) -> None:
    done = run("add", dossier(broken()), "--keep-going")
    assert done.exit_code == 3
    assert done.stdout.splitlines()[0].startswith("1 document added, 0 replaced, 0 unchanged, 1 refused")
    assert done.stdout.splitlines()[1] == "refused: D1"
    assert "loaded in part" in done.stderr
    assert len(run("ask", "denials", "--format", "jsonl").stdout.splitlines()) == 1


def test_keep_going_with_nothing_to_keep_is_a_refusal(run: Run, dossier: Writer) -> None:
    folder = dossier()
    (folder / "documents.jsonl").write_text('{"id": "D1", ', encoding="utf-8")
    done = run("add", folder, "--keep-going")
    assert done.exit_code == 1
    assert "nothing was loaded" in done.stderr


def test_warnings_are_told_in_short_and_in_full(run: Run, dossier: Writer) -> None:
    tables = velmara()
    tables["documents"] += [
        {"id": f"E{number}", "outlet": "Harbour Daily", "cites": [f"Nobody {number}"]} for number in range(14)
    ]
    done = run("add", dossier(tables))
    assert done.exit_code == 0
    assert done.stderr.count(": warning: ") == 10
    assert "more; --verbose shows all" in done.stderr
    full = run("add", dossier(tables), "-v").stderr
    assert full.count(": warning: ") >= 14
    assert "--verbose" not in full


def test_a_path_that_is_not_there_makes_no_workspace(run: Run, tmp_path: Path) -> None:
    done = run("add", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert not (tmp_path / "case").exists()


def test_problems_as_table_tsv_and_lines_of_json(run: Run, dossier: Writer) -> None:
    folder = dossier(broken())
    done = run("validate", folder)
    assert done.exit_code == 1
    heading, row = (line.split("\t") for line in done.stdout.splitlines())
    problem = dict(zip(heading, row, strict=True))
    assert (problem["line"], problem["severity"]) == ("2", "error")
    assert problem["file"].endswith("assertions.jsonl")
    assert problem["hint"]
    assert done.stderr.startswith("2 documents checked with ")
    assert done.stderr.endswith("shapes: 1 error\n")
    (line,) = run("validate", folder, "--format", "jsonl").stdout.splitlines()
    assert json.loads(line) == {key: value or None for key, value in problem.items()} | {"line": 2}
    table = run("validate", folder, "--format", "table", env={"COLUMNS": "200"}).stdout
    assert "assertions.jsonl:2" in table.replace("\n", "")


def test_what_is_in_the_workspace_can_be_checked(loaded: Run) -> None:
    done = loaded("validate")
    assert done.exit_code == 0
    assert done.stderr.startswith("2 documents checked with ")
    assert done.stderr.endswith(": no problems\n")


# ---- looking ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["D1", "D1-1", "BLR", "وزارة الصحة", "Velmara", "velmara-2031", "killed"])
def test_everything_has_a_card(loaded: Run, name: str) -> None:
    done = loaded("show", name)
    assert done.exit_code == 0, done.stderr
    assert "rdf:type" in done.stdout
    card = json.loads(loaded("show", name, "--format", "json").stdout)
    assert card["title"] in done.stdout
    assert card["iri"].startswith("https://")


def test_a_card_of_nothing_suggests_a_name(loaded: Run) -> None:
    done = loaded("show", "Harbor Daily")
    assert done.exit_code == 1
    assert "did you mean 'Harbour Daily'" in done.stderr


def test_the_page_of_the_only_event(loaded: Run, tmp_path: Path) -> None:
    done = loaded("view", "graph", "-o", tmp_path / "page.html")
    assert done.exit_code == 0, done.stderr
    assert str(tmp_path / "page.html") in done.stderr
    assert "Blue Lantern Relief" in (tmp_path / "page.html").read_text("utf-8")
    other = loaded("view", "graph", "--event", "velmara-2032", "-o", tmp_path / "other.html")
    assert other.exit_code == 1
    assert "did you mean 'velmara-2031'" in other.stderr
    assert not (tmp_path / "other.html").exists()


def test_exports(loaded: Run, tmp_path: Path) -> None:
    lines = loaded("export", "--format", "nq").stdout.splitlines()
    assert lines == sorted(lines)
    assert loaded("export", "-o", tmp_path / "all.nq").exit_code == 0
    assert (tmp_path / "all.nq").read_text("utf-8").splitlines() == lines
    for refused in (["--format", "csv"], [], ["-o", tmp_path / "all.xlsx"]):
        assert loaded("export", *refused).exit_code == 2


def test_tables_that_were_exported_are_the_same_dossier(loaded: Run, run: Run, tmp_path: Path) -> None:
    assert loaded("export", "--format", "csv", "-o", tmp_path / "tables").exit_code == 0
    again = run("add", tmp_path / "tables" / "velmara")
    assert again.stdout.startswith("0 documents added, 0 replaced, 2 unchanged")


# ---- the program -----------------------------------------------------------------------------------------------


def test_the_workspace_may_stand_before_or_after(loaded: Run, tmp_path: Path) -> None:
    before = CliRunner().invoke(main, ["--workspace", str(tmp_path / "case"), "ask", "denials"])
    after = CliRunner().invoke(main, ["ask", "denials", "--workspace", str(tmp_path / "case")])
    from_environment = CliRunner(env={"KG_WORKSPACE": str(tmp_path / "case")}).invoke(main, ["ask", "denials"])
    assert before.stdout == after.stdout == from_environment.stdout
    assert "Nobody ordered it." in after.stdout


def test_every_command_takes_the_workspace() -> None:
    def leaves(group: click.Group) -> Iterator[click.Command]:
        for command in group.commands.values():
            yield from leaves(command) if isinstance(command, click.Group) else [command]

    found = {leaf.name: {option for p in leaf.params for option in p.opts} for leaf in leaves(main)}
    assert len(found) >= 9
    assert {name for name, options in found.items() if "--workspace" not in options} == set()


def test_a_missing_workspace_says_what_to_type(run: Run, tmp_path: Path) -> None:
    done = run("ask", "denials")
    assert done.exit_code == 1
    assert done.stderr == (
        f"Error: there is no workspace in {tmp_path / 'case'}; type 'kg demo', or 'kg add FOLDER' with a dossier\n"
    )
    assert not (tmp_path / "case").exists()


def test_help_names_every_command_and_code(run: Run) -> None:
    shown = run("--help").stdout
    for word in (
        "demo",
        "add",
        "relate",
        "queries",
        "ask",
        "sparql",
        "show",
        "validate",
        "view",
        "export",
        "130  interrupted",
    ):
        assert word in shown
    for code in ("0 ", "1 ", "2 ", "3 "):
        assert f"\n    {code}" in shown


def test_a_misspelt_command_gets_a_suggestion(run: Run) -> None:
    done = run("exprt")
    assert done.exit_code == 2
    assert "Did you mean 'export'?" in done.stderr


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").stdout.startswith("claims-kg ")


def test_help_waits_for_nothing_that_only_some_commands_need() -> None:
    code = "import sys, kg.cli; print(*{name.partition('.')[0] for name in sys.modules}, 'kg.views' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "pyoxigraph" in loaded  # what must be there is seen
    heavy = {"True", "jinja2", "networkx", "numpy", "polars", "pyarrow", "pyvis", "rdflib", "starlette", "uvicorn"}
    assert heavy & set(loaded) == set()


def test_a_fault_of_ours_is_called_one(loaded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(settings: app.Settings) -> SimpleNamespace:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(app.Settings, "to_read", broken)
    done = loaded("ask", "denials")
    assert isinstance(done.exception, ZeroDivisionError)
    assert "fault in claims-kg" in done.exception.__notes__[0]


def test_an_error_of_the_store_is_told_without_a_traceback(loaded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(settings: app.Settings) -> SimpleNamespace:
        raise StoreError("another process has the store [open]; end it")

    monkeypatch.setattr(app.Settings, "to_read", locked)
    done = loaded("ask", "denials")
    assert (done.exit_code, done.stderr) == (1, "Error: another process has the store [open]; end it\n")


def test_the_options_of_ask_are_the_formats_of_results() -> None:
    from kg.results import FORMATS

    (option,) = (p for p in ask.params if p.name == "format_")
    assert isinstance(option.type, click.Choice)
    assert set(option.type.choices) == {*FORMATS, "ttl"}
