"""Every command that README and docs show is run, in order, page by page, in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PAGES = ["README.md", *sorted(str(p.relative_to(TOP)) for p in (TOP / "docs").rglob("*.md") if "why" not in p.parts)]

# Run by .ci/run itself, as its first step and on a fresh clone; running them in here would nest the suite in itself.
SET_UP = ("make ", "git ", "pip ", ". ", "python3 -m venv")


def blocks(page: str, language: str) -> list[str]:
    text = (TOP / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(page: str) -> list[str]:
    lines = "".join(blocks(page, "console")).splitlines()
    shown = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return [command for command in shown if not command.startswith(SET_UP)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(TOP / "examples", tmp_path / "examples")
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as a shell runs it, with `kg` being this checkout's."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KG_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


class Server:
    """Runs the commands of a page. `kg serve` runs until the next command that needs the workspace, on a free port, and
    commands that ask the port of the page ask that one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: subprocess.Popen[str] | None = None
        self._address = ""

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            assert self._running.wait(20) == 0, "the server did not end well"
            assert self._running.stdout is not None
            self._running.stdout.close()
            self._running = None

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        if command.startswith("kg "):
            self.__exit__()
        if not command.startswith("kg serve"):
            return run(command.replace("http://127.0.0.1:8765", self._address), self._folder)
        program = [str(Path(sys.executable).parent / "kg"), *shlex.split(command)[1:], "--port", "0"]
        self._running = subprocess.Popen(program, cwd=self._folder, stdout=subprocess.PIPE, text=True)
        assert self._running.stdout is not None
        told = self._running.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        self._address = found[0] if found else ""
        return subprocess.CompletedProcess(command, 0 if found else 1, told, "")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
def test_commands_of_the_page_run(page: str, folder: Path) -> None:
    if "kg demo" not in commands(page):
        assert run("kg demo", folder).returncode == 0
    with Server(folder) as server:
        for command in commands(page):
            done = server.run(command)
            assert done.returncode == 0, f"{page}: $ {command}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_python_of_the_page_runs(page: str, folder: Path) -> None:
    for block in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-c", block], cwd=folder, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert done.returncode == 0, f"{page}:\n{block}\n{done.stderr}"
        assert done.stdout.strip(), "the example prints nothing"


def test_questions_of_the_docs_run_on_the_demo(folder: Path) -> None:
    assert run("kg demo", folder).returncode == 0
    asked = 0
    for page in PAGES:
        for block in blocks(page, "sparql"):
            (folder / "own.rq").write_text(block, encoding="utf-8")
            example = re.search(r"^# example: (.*)$", block, re.MULTILINE)
            done = run(f"kg ask own.rq {example[1] if example else ''}", folder)
            assert done.returncode == 0, f"{page}:\n{block}\n{done.stderr}"
            assert len(done.stdout.splitlines()) > 1, f"{page}: no rows\n{block}"
            asked += 1
    assert asked


@pytest.mark.parametrize("page", PAGES)
def test_links_of_the_page_lead_somewhere(page: str) -> None:
    text = (TOP / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (TOP / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_the_dossier_page_names_every_column_and_no_other() -> None:
    from kg.ingest.columns import TABLES

    text = (TOP / "docs/how-to/write-a-dossier.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### ([a-z, ]+)\n(.*?)(?=^###|\Z)", text, re.DOTALL | re.MULTILINE))
    for heading, section in sections.items():
        first_cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        written = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
        for table in heading.split(", "):
            assert written == {column.name for column in TABLES[table]}, table
    assert {table for heading in sections for table in heading.split(", ")} == set(TABLES)


def test_the_dossier_of_the_page_is_read(folder: Path) -> None:
    settings, document = blocks("docs/how-to/write-a-dossier.md", "yaml")
    (short,) = blocks("README.md", "yaml")
    case = folder / "velmara"
    case.mkdir()
    (case / "dossier.yaml").write_text(settings, encoding="utf-8")
    (case / "post.yaml").write_text(document, encoding="utf-8")
    (case / "short.yaml").write_text(short, encoding="utf-8")
    done = run("kg add velmara && kg ask event-figures event=velmara-2031 --format csv", folder)
    assert done.returncode == 0, done.stderr
    assert "17" in done.stdout
    assert len(done.stdout.splitlines()) == 4, "the report, the header and two figures"
