"""`kg serve` as people type it: what it says, what it refuses, and that nothing stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.workspace import open_workspace

_MARK = "KG_TEST_SERVER"


@pytest.fixture
def folder(tmp_path: Path, dossier: Callable[..., Path]) -> Path:
    """A small workspace on disk."""
    with open_workspace(tmp_path / "workspace", create=True) as workspace:
        workspace.add(dossier())
    return tmp_path / "workspace"


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Starts the command and gives the process and the address that it printed."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, mark: str = "") -> tuple[subprocess.Popen[str], str]:
        command = [
            sys.executable,
            "-c",
            "from kg.cli import main; main()",
            "--workspace",
            str(folder),
            "serve",
            "--port",
            "0",
            *options,
        ]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, _MARK: mark, "PYTHONUNBUFFERED": "1"},
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found and "Ctrl+C" in line, line + (process.stderr.read() if process.stderr else "")
        return process, found[0]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def typed(folder: Path, *words: str) -> Result:
    """What the command says at once; for those that never come to serving."""
    return CliRunner().invoke(main, ["--workspace", str(folder), "serve", *words])


def marked(mark: str) -> list[int]:
    """Every process that has the mark in its environment."""
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{_MARK}={mark}".encode() in place.read_bytes():
                found.append(int(place.parent.name))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by their environment")
def test_it_serves_until_interrupted_and_leaves_no_process(
    run: Callable[..., tuple[subprocess.Popen[str], str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = uuid.uuid4().hex
    process, address = run(mark=mark)
    assert "Explosion at Velmara" in httpx.get(address).text
    assert httpx.get(f"{address}sparql", params={"query": "ASK {}"}).json() == {"head": {}, "boolean": True}
    assert len(marked(mark)) > 1, "queries run in processes of their own"
    monkeypatch.setattr("kg.store.oxigraph.PATIENCE", 0.1)
    refused = CliRunner().invoke(main, ["--workspace", str(folder), "relate"])
    assert refused.exit_code == 1, "nobody may write while a server reads"
    beside = CliRunner().invoke(main, ["--workspace", str(folder), "ask", "event-figures", "event=velmara-2031"])
    assert beside.exit_code == 0 and "17" in beside.stdout
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=15)
    assert process.returncode == 0 and said == "stopped\n"
    give_up = time.monotonic() + 5
    while marked(mark) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert marked(mark) == []
    open_workspace(folder).close()


def test_who_waits_for_an_answer_is_told_that_the_server_ends(
    run: Callable[..., tuple[subprocess.Popen[str], str]],
) -> None:
    process, address = run()
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{address}sparql", params={"query": query}, timeout=30)
        time.sleep(1)  # until it runs; should it not, the reply is the same
        process.send_signal(signal.SIGINT)
        reply = waiting.result()
    assert (reply.status_code, reply.text) == (503, "the server is closing\n")
    _, told = process.communicate(timeout=20)
    assert "Traceback" not in told, told


def test_a_port_that_is_taken_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = typed(folder, "--port", str(port))
    assert result.exit_code == 1
    assert f"port {port} of 127.0.0.1" in result.stderr and "--port" in result.stderr


def test_a_workspace_that_is_missing_is_told(tmp_path: Path) -> None:
    result = typed(tmp_path / "nowhere")
    assert result.exit_code == 1 and "kg demo" in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example"])
def test_other_machines_are_let_in_only_on_purpose(folder: Path, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.cli.serving._run", lambda *_: None)  # if it were let in, this must not serve
    result = typed(folder, "--host", host)
    assert result.exit_code == 2
    assert "no login" in result.stderr and "--open-to-network" in result.stderr


def test_a_token_is_the_first_line_of_a_file_that_nobody_else_reads(
    run: Callable[..., tuple[subprocess.Popen[str], str]], folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    assert "cannot be read" in typed(folder, "--token-file", str(file)).stderr
    file.write_text("\nsecond\n", encoding="utf-8")
    file.chmod(0o644)
    assert "chmod 600" in typed(folder, "--token-file", str(file)).stderr
    file.chmod(0o600)
    assert "first line" in typed(folder, "--token-file", str(file)).stderr
    file.write_text("harrow-bridge-7\nsecond\n", encoding="utf-8")
    _, address = run("--token-file", str(file))
    update = {"update": "INSERT DATA { GRAPH <urn:x-test:g> { <urn:x-test:s> <urn:x-test:p> 1 } }"}
    assert httpx.post(f"{address}sparql", data=update).status_code == 401
    wrong = {"Authorization": "Bearer second"}
    assert httpx.post(f"{address}sparql", data=update, headers=wrong).status_code == 401
    right = {"Authorization": "Bearer harrow-bridge-7"}
    assert httpx.post(f"{address}sparql", data=update, headers=right, timeout=30).status_code in (200, 204)


def test_help_says_what_is_served_and_to_whom() -> None:
    told = CliRunner().invoke(main, ["serve", "--help"]).output
    assert "Only this machine" in told and "--token-file" in told and "/sparql" in told
