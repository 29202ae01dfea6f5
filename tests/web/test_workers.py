"""Jobs run where they can be ended: at the limits of time and memory, when nobody waits, when there are too many."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from kg.errors import KgError
from kg.web import confine
from kg.web.jobs import Job, PageRequest, QueryRequest, Reply, ServeOptions, UpdateRequest
from kg.web.workers import Workers
from kg.workspace import open_workspace

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
#: Values of the second kind are made in memory: hundreds of MiB within a second or two.
HUNGRY = "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f } ORDER BY ?d"


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of five thousand triples."""
    folder = tmp_path_factory.mktemp("numbers") / "workspace"
    with open_workspace(folder, create=True) as workspace:
        triples = " ".join(f"<x:s{number}> <x:p> {number} ." for number in range(5000))
        workspace.store.update(f"INSERT DATA {{ GRAPH <x:g> {{ {triples} }} }}", base="x:", inserted="x:n")
    return folder


def alive(number: int) -> bool:
    """Whether a process of that number runs, zombies not counted."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def alone(life: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs it in a thread of its own: a browser that other tests opened keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(life())).result()


def eventually(holds: Callable[[], bool], seconds: float = 3.0) -> bool:
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def numbers_of(workers: Workers) -> set[int]:
    return {one.number.result() for one in list(workers._all) if one.number.done()}


def test_an_ask_is_quick_while_eight_cross_joins_run(
    related_folder: Path, start: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(related_folder, folder, ignore=shutil.ignore_patterns("LOCK"))
    server = start(folder, timeout=4.0)
    with ThreadPoolExecutor(9) as pool:
        joins = [pool.submit(httpx.get, server.sparql, params={"query": CROSS}, timeout=30) for _ in range(8)]
        slowest = 0.0
        time.sleep(0.05)
        while not all(join.done() for join in joins) and slowest < 30:
            began = time.perf_counter()
            assert server.ask("ASK { ?claim kg:measure measure:killed }").json()["boolean"] is True
            slowest = max(slowest, time.perf_counter() - began)
            time.sleep(0.02)
        replies = [join.result() for join in joins]
    assert slowest < 1.0, f"the slowest ASK took {slowest:.2f} s"
    assert {reply.status_code for reply in replies} == {504}
    assert "longer than the 4 seconds" in replies[0].text and "LIMIT" in replies[0].text
    assert server.ask("ASK {}").status_code == 200


def test_beyond_the_room_aside_long_queries_are_sent_away(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, timeout=2.5, max_processes=4)
    with ThreadPoolExecutor(6) as pool:
        joins = [pool.submit(httpx.get, server.sparql, params={"query": CROSS}, timeout=30) for _ in range(6)]
        replies = [join.result() for join in joins]
    assert sorted(reply.status_code for reply in replies)[:1] == [503]
    assert sum(reply.status_code == 504 for reply in replies) == 2
    refused = next(reply for reply in replies if reply.status_code == 503)
    assert int(refused.headers["retry-after"]) > 0 and "too many long queries" in refused.text
    assert eventually(lambda: server.workers.processes <= 4)


def test_memory_has_a_limit(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, memory=64 << 20, timeout=20.0)
    reply = server.ask(HUNGRY)
    assert (reply.status_code, "64 MiB of memory" in reply.text) == (500, True), reply.text
    assert server.ask("ASK {}").status_code == 200


def test_an_answer_is_whole_or_an_error(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, answer_bytes=50_000)
    for accept in ("text/csv", "application/sparql-results+json"):
        reply = server.ask("SELECT * { ?s ?p ?o }", accept)
        assert (reply.status_code, "longer than 50,000 bytes" in reply.text) == (500, True), reply.text
    whole = server.ask("SELECT ?o { ?s ?p ?o }", "text/csv")
    assert (whole.status_code, len(whole.text.splitlines())) == (200, 5001)


def test_when_the_client_goes_so_does_the_query(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, timeout=30.0)
    assert eventually(lambda: server.workers.processes >= 2 and len(server.workers._idle) == server.workers.processes)
    port = int(server.url.rpartition(":")[2])
    query = CROSS.replace(" ", "%20").replace("?", "%3F").replace("+", "%2B")
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert eventually(lambda: any(one.aside for one in list(server.workers._all)))
        (busy,) = [one.number.result() for one in list(server.workers._all) if one.aside]
        assert alive(busy)
    assert eventually(lambda: not alive(busy)), "the query went on for nobody"


def test_a_worker_that_dies_is_told_and_replaced(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, timeout=20.0)
    with ThreadPoolExecutor(1) as pool:
        join = pool.submit(httpx.get, server.sparql, params={"query": CROSS}, timeout=30)
        assert eventually(lambda: any(one.aside for one in list(server.workers._all)))
        (busy,) = [one.number.result() for one in list(server.workers._all) if one.aside]
        os.kill(busy, 15)
        reply = join.result()
    assert (reply.status_code, "unexpectedly by signal 15" in reply.text) == (500, True), reply.text
    assert server.ask("ASK {}").status_code == 200


def test_no_process_is_left_when_the_server_ends(numbers: Path) -> None:
    async def life() -> set[int]:
        async with Workers(ServeOptions(numbers)) as workers:
            running = asyncio.ensure_future(workers.run(Job("query", QueryRequest(CROSS))))
            await asyncio.sleep(0.5)
            left = numbers_of(workers) | {workers._nursery._child.pid}
        assert (await running).status == 503
        return left

    left = alone(life)
    assert len(left) > 2
    assert eventually(lambda: not any(alive(number) for number in left))


def test_the_store_is_held_while_it_is_served(numbers: Path) -> None:
    open_it = "import sys; from kg.workspace import open_workspace; open_workspace(sys.argv[1]).close()"

    def opened() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", open_it, str(numbers)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    async def life() -> None:
        async with Workers(ServeOptions(numbers)):
            assert "another process has the store" in (await asyncio.to_thread(opened)).stderr
        assert (await asyncio.to_thread(opened)).returncode == 0

    alone(life)
    open_workspace(numbers).close()


def test_a_folder_without_a_workspace_is_told(tmp_path: Path) -> None:
    async def life() -> None:
        async with Workers(ServeOptions(tmp_path)):
            raise AssertionError("it started")

    with pytest.raises(KgError, match="no workspace"):
        alone(life)


def test_an_update_that_takes_too_long_changes_nothing(numbers: Path, start: Callable[..., Any]) -> None:
    server = start(numbers, timeout=1.0, token="t")
    headers = {"Content-Type": "application/sparql-update", "Authorization": "Bearer t"}
    product = "INSERT { GRAPH <x:h> { ?a <x:q> ?f } } WHERE { ?a ?b ?c . ?d ?e ?f }"
    reply = server.client.post("/sparql", content=product, headers=headers)
    assert (reply.status_code, "longer than the 1 seconds" in reply.text) == (504, True), reply.text
    found = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv")
    assert found.text.split() == ["n", "5000"]
    assert server.client.post("/sparql", content="DROP GRAPH <x:none2>", headers=headers).status_code == 400


def test_queries_wait_for_an_update_and_see_it(start: Callable[..., Any]) -> None:
    server = start(token="t")
    headers = {"Content-Type": "application/sparql-update", "Authorization": "Bearer t"}
    wrong: list[str] = []
    stop = threading.Event()

    def asking() -> None:
        with httpx.Client(timeout=30) as client:
            while not stop.is_set():
                reply = client.get(server.sparql, params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
                if reply.status_code != 200:
                    wrong.append(reply.text)

    thread = threading.Thread(target=asking)
    thread.start()
    for number in range(3):
        text = f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {number} }} }}"
        assert server.client.post("/sparql", content=text, headers=headers).status_code == 204
        count = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()
        assert count == ["n", str(number + 1)]
    stop.set()
    thread.join()
    assert wrong == []


def test_updates_at_once_are_done_in_turn_and_nobody_is_turned_away(numbers: Path, tmp_path: Path) -> None:
    """The second one ends the processes that were about to start for readers after the first."""
    folder = tmp_path / "copy"
    shutil.copytree(numbers, folder, ignore=shutil.ignore_patterns("LOCK"))
    count = Job("query", QueryRequest("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))

    async def life() -> list[Reply]:
        async with Workers(ServeOptions(folder, token="t")) as workers:
            updates = [
                Job("update", UpdateRequest(f"INSERT DATA {{ GRAPH <x:h> {{ <x:s> <x:p> {number} }} }}"))
                for number in range(4)
            ]
            return list(await asyncio.gather(*(workers.run(job) for job in [*updates, *[count] * 20])))

    replies = alone(life)
    assert [(reply.status, reply.body.decode()) for reply in replies if reply.status >= 300] == []


def test_an_update_awaits_whoever_reads_beside_the_server(numbers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(numbers, folder, ignore=shutil.ignore_patterns("LOCK"))
    reading = (
        "import sys; from kg.workspace import open_workspace\n"
        "with open_workspace(sys.argv[1], to_read=True) as one: print('reading', flush=True); input()"
    )
    update = Job("update", UpdateRequest("INSERT DATA { GRAPH <x:h> { <x:s> <x:p> 1 } }"))

    async def life() -> tuple[bool, int, int]:
        async with Workers(ServeOptions(folder, token="t")) as workers:
            command = [sys.executable, "-c", reading, str(folder)]
            reader = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            assert reader.stdout is not None and await asyncio.to_thread(reader.stdout.readline) == "reading\n"
            changing = asyncio.ensure_future(workers.run(update))
            await asyncio.sleep(0.7)
            waited = not changing.done()
            await asyncio.to_thread(reader.communicate, "\n")
            return waited, (await changing).status, (await workers.run(Job("query", QueryRequest("ASK {}")))).status

    assert alone(life) == (True, 204, 200)


def test_new_processes_come_from_a_new_nursery_where_the_old_one_ended(numbers: Path) -> None:
    ask = Job("query", QueryRequest("ASK {}"))

    async def life() -> tuple[int, list[int]]:
        async with Workers(ServeOptions(numbers)) as workers:
            os.kill(workers._nursery._child.pid, signal.SIGKILL)
            lost = numbers_of(workers)
            give_up = time.monotonic() + 10
            while numbers_of(workers) & lost and time.monotonic() < give_up:
                await asyncio.sleep(0.01)
            return len(numbers_of(workers) & lost), [(await workers.run(ask)).status for _ in range(6)]

    assert alone(life) == (0, [200] * 6)


def test_pages_are_jobs_as_well(numbers: Path) -> None:
    async def life() -> int:
        async with Workers(ServeOptions(numbers)) as workers:
            return (await workers.run(Job("page", PageRequest("/no-such-page", (), "text/html")))).status

    assert alone(life) == 404


@pytest.fixture
def child() -> Iterator[Callable[[Callable[[], int]], int]]:
    """Runs a function in a copy of this process, and returns what it returned, 99 for an error."""

    def run(task: Callable[[], int]) -> int:
        number = os.fork()
        if number == 0:
            code = 99
            try:
                code = task()
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])

    yield run


def test_no_socket_can_be_opened_behind_the_wall(child: Callable[[Callable[[], int]], int]) -> None:
    def task() -> int:
        if not confine.no_network():
            return 77
        try:
            socket.socket()
        except PermissionError:
            return 5
        return 6

    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip("this machine has no means to take the network from a process; queries are judged by their text")
    code = child(task)
    assert code == 5


def test_memory_beyond_the_limit_is_refused(child: Callable[[Callable[[], int]], int]) -> None:
    def task() -> int:
        confine.limit_memory(50 << 20)
        kept = bytearray(20 << 20)
        try:
            kept += bytearray(60 << 20)
        except MemoryError:
            return 5
        return 6

    assert child(task) == 5
