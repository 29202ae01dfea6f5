"""A server on the demo with its relations, for all tests of the browser's side, and the means to start others."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from kg.rdf import NamedGraph
from kg.web.endpoint import endpoint_routes
from kg.web.guard import Guard
from kg.web.jobs import ServeOptions
from kg.web.workers import Workers
from kg.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class Server:
    """A running server: `url` without a slash at the end, `client` that asks it, `folder` of its workspace."""

    url: str
    client: httpx.Client
    folder: Path
    workers: Workers | None = None

    @property
    def sparql(self) -> str:
        return f"{self.url}/sparql"

    def ask(self, query: str, accept: str = "application/sparql-results+json", **more: Any) -> httpx.Response:
        return self.client.get("/sparql", params={"query": query, **more}, headers={"Accept": accept})


def plain_application(options: ServeOptions, keep: list[Workers]) -> Starlette:
    """The endpoint alone behind its guard."""
    workers = Workers(options)
    keep.append(workers)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with workers:
            yield

    return Starlette(
        routes=endpoint_routes(workers, options), middleware=[Middleware(Guard, options=options)], lifespan=lifespan
    )


@contextlib.contextmanager
def served(options: ServeOptions, *, whole: bool = False) -> Iterator[Server]:
    """A server on a free port of this machine, until the end of the block. `whole` has the pages as well."""
    kept: list[Workers] = []
    if whole and importlib.util.find_spec("kg.web.app") is not None:
        from kg.web.app import application

        app = application(options)
    else:
        app = plain_application(options, kept)
    config = uvicorn.Config(
        app, host=options.host, port=0, log_level="warning", lifespan="on", h11_max_incomplete_event_size=32 << 10
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(running.serve()), daemon=True)
    thread.start()
    give_up = time.monotonic() + 30
    while not running.started:
        assert thread.is_alive() and time.monotonic() < give_up, "the server did not start"
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Server(url, client, options.folder, kept[0] if kept else None)
    finally:
        running.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server did not end"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Another server on this machine: its address, and the paths for which it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Elsewhere</title>")

        do_POST = do_GET  # noqa: N815 (the name that the standard library wants)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def write_out(workspace: Workspace, folder: Path) -> Path:
    """The same data as a workspace on disk."""
    triples: dict[Any, set[Any]] = defaultdict(set)
    for quad in workspace.store.quads():
        triples[quad.graph].add((quad.subject, quad.predicate, quad.object))
    with open_workspace(folder, create=True) as copy:
        copy.store.apply(add=[NamedGraph(name, name, tuple(found)) for name, found in triples.items()])
    return folder


@pytest.fixture(scope="session")
def related_folder(related: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with its relations as a workspace on disk. A server holds it; copy it for anything else."""
    return write_out(related, tmp_path_factory.mktemp("served") / "workspace")


@pytest.fixture(scope="session")
def server(related_folder: Path) -> Iterator[Server]:
    """A server on the demo with its relations, to be read only."""
    with served(ServeOptions(related_folder), whole=True) as running:
        yield running


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server with other options on a workspace of the test's own, `folder`, empty where there is none."""
    with contextlib.ExitStack() as stack:

        def started(folder: Path | None = None, **options: Any) -> Server:
            place = folder or tmp_path / "empty"
            if folder is None and not place.exists():
                open_workspace(place, create=True).close()
            return stack.enter_context(served(replace(ServeOptions(place), **options)))

        yield started
