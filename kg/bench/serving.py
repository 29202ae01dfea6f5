"""Answers over HTTP: the same queries to `kg serve` and to `oxigraph serve`, on the same store, turn by turn.

The clients are one process of their own, so that what they cost is the same for both servers. Every answer must have
the bytes of the first; what goes wrong is counted and never timed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import quote, urlsplit

from kg.bench.measure import Material, Note, bound
from kg.bench.worker import apart
from kg.errors import KgError
from kg.workspace import open_workspace

#: The servers, the yardstick first.
THEIRS, OURS = SERVERS = ("oxigraph serve", "kg serve")
QUESTIONS = ("independence", "rests-on", "event-figures", "contradictions")
CLIENTS = (1, 8, 32)
#: Cross joins that run while an ASK is timed, and how often it is asked.
JOINS, ASKS = 8, 10

_JOIN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_ASK = "ASK { ?claim <https://w3id.org/claims-kg/ns#bound> ?bound }"
_PATIENCE = 30.0
_ADDRESS = re.compile(r"http://\S+/")


@dataclass(frozen=True)
class Served:
    """What one server did with one question asked by so many clients at once.

    `rate` is answers a second, `late` the 95th percentile of their milliseconds; `answers` were counted, `failures`
    were not, because they were refused, broken off or other than the first.
    """

    question: str
    clients: int
    server: str
    rate: float
    late: float
    answers: int
    failures: int


@dataclass(frozen=True)
class Beside:
    """The slowest of some ASKs, in milliseconds, while cross joins run; None where one was not answered in time."""

    server: str
    slowest: float | None


def measure_serving(material: Material, scratch: Path, seconds: float, note: Note) -> tuple[list[Served], list[Beside]]:
    """Each question, with each number of clients, for so many seconds on each server in turn; then the ASKs.

    Without the program `oxigraph` (pip install oxigraph) only ours is measured.
    """
    folder = scratch / "served"
    note(f"relating {material.name}, to serve it")
    with open_workspace(folder, create=True) as workspace:
        workspace.store.apply(add=material.graphs)
        workspace.relate()
        queries = {name: bound(workspace, workspace.questions[name], material.names) for name in QUESTIONS}
    served: list[Served] = []
    with contextlib.ExitStack() as stack:
        addresses = {server: stack.enter_context(_running(command)) for server, command in _commands(folder).items()}
        for name, query in queries.items():
            for clients in CLIENTS:
                for server, address in addresses.items():
                    note(f"{name}, {clients} clients, {server}")
                    latencies, failures = apart(_load, address, query, clients, seconds) or ([], 0)
                    rate = len(latencies) / seconds
                    served.append(Served(name, clients, server, rate, _late(latencies), len(latencies), failures))
        beside = []
        for server, address in addresses.items():
            note(f"an ASK beside {JOINS} cross joins, {server}")
            beside.append(Beside(server, apart(_slowest_ask, address, cap=_PATIENCE)))
    shutil.rmtree(folder)
    return served, beside


def _commands(folder: Path) -> dict[str, list[str]]:
    """How each server is started; theirs on a copy, since a store has one writer."""
    found = {}
    program = shutil.which("oxigraph", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if program:
        copy = folder / "copy"
        shutil.copytree(folder / "store", copy)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            bind = f"127.0.0.1:{free.getsockname()[1]}"
        found[THEIRS] = [program, "serve-read-only", "--location", str(copy), "--bind", bind]
    ours = "from kg.cli import main; main()"
    found[OURS] = [sys.executable, "-c", ours, "--workspace", str(folder), "serve", "--port", "0"]
    return found


@contextlib.contextmanager
def _running(command: Sequence[str]) -> Iterator[str]:
    """A server until the block ends; its address is what it prints, or what it was told to bind."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            if "--bind" in command:
                address = f"http://{command[command.index('--bind') + 1]}/query"
            else:
                assert process.stdout is not None
                told = _ADDRESS.search(process.stdout.readline())
                if told is None:
                    raise KgError("kg serve did not say where it serves; start it by hand to see why")
                address = f"{told.group()}sparql"
            _await(address)
            yield address
        finally:
            process.terminate()


def _await(address: str) -> None:
    """Until somebody listens there. KgError when nobody does in time."""
    parts, give_up = urlsplit(address), time.monotonic() + _PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname, parts.port), 1):
            return
        if time.monotonic() > give_up:
            raise KgError(f"no server came up at {address}")
        time.sleep(0.05)


# ---- the clients, in a process of their own ------------------------------------------------------------------------


def _load(address: str, query: str, clients: int, seconds: float) -> tuple[list[float], int]:
    """The milliseconds of every answer that came in time, and how many failed."""
    return asyncio.run(_crowd(address, query, clients, seconds))


async def _crowd(address: str, query: str, clients: int, seconds: float) -> tuple[list[float], int]:
    status, first = await _get(*await _connect(address), address, query)
    if status != 200:
        return [], 1
    end = time.perf_counter() + seconds
    latencies: list[float] = []
    failures = 0

    async def client() -> None:
        nonlocal failures
        connection = await _connect(address)
        while (begun := time.perf_counter()) < end:
            try:
                answer = await _get(*connection, address, query)
            except (OSError, asyncio.IncompleteReadError):
                answer = (0, b"")
                connection = await _connect(address)
            done = time.perf_counter()
            if answer != (200, first):
                failures += 1
            elif done <= end:
                latencies.append((done - begun) * 1000)
        connection[1].close()

    await asyncio.gather(*(client() for _ in range(clients)))
    return latencies, failures


def _slowest_ask(address: str) -> float:
    return asyncio.run(_ask_beside(address))


async def _ask_beside(address: str) -> float:
    joins = [asyncio.create_task(_get(*await _connect(address), address, _JOIN)) for _ in range(JOINS)]
    await asyncio.sleep(0.1)
    slowest = 0.0
    for _ in range(ASKS):
        begun = time.perf_counter()
        status, _ = await _get(*await _connect(address), address, _ASK)
        slowest = max(slowest, (time.perf_counter() - begun) * 1000)
        if status != 200:
            raise KgError(f"an ASK beside cross joins was answered with {status}")
    for join in joins:
        join.cancel()
    await asyncio.gather(*joins, return_exceptions=True)
    return slowest


_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(address: str) -> _Connection:
    parts = urlsplit(address)
    return await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 26)


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, query: str
) -> tuple[int, bytes]:
    """One request over a connection that is kept: the status and the whole body."""
    parts = urlsplit(address)
    lines = (
        f"GET {parts.path}?query={quote(query, safe='')} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Accept: application/sparql-results+json",
        "",
        "",
    )
    writer.write("\r\n".join(lines).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if told := re.search(r"content-length: *(\d+)", head):
        return status, await reader.readexactly(int(told[1]))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return status, body


def _late(latencies: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(latencies, n=20)[-1] if len(latencies) > 1 else next(iter(latencies), 0.0)
