"""A real browser without a network, for the pages. A page that asks for anything or trips over itself fails its test.

KG_CHROMIUM=/path/to/chromium   use this one
KG_NO_BROWSER=1                 skip these tests; without it, a machine without Chromium fails them
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.store.oxigraph import OxigraphStore
from kg.web import assets
from kg.web.jobs import ServeOptions
from kg.workspace import Workspace
from tests.browser import hostile as words
from tests.web.conftest import Server, elsewhere, related_folder, served, server, start, write_out

__all__ = ["elsewhere", "related_folder", "server", "start"]

PACKAGES = "on Debian and Ubuntu: apt-get install chromium fonts-noto-core; and pip install playwright"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

Open = Callable[..., Any]
#: What has pages of its own, as in their paths.
KINDS = ("actor", "unnamed", "claim", "document", "place", "event", "relation", "dispute", "support", "assertion")


def paths_of(workspace: Workspace) -> dict[str, str]:
    """By kind, the path of the page of one thing; a kind of which there is nothing is left out."""
    return {kind: path for kind in KINDS if (path := _first(workspace, kind))}


def _first(workspace: Workspace, kind: str) -> str | None:
    begins = f"{workspace.base}{kind}/"
    rows = workspace.sparql(f"SELECT ?s {{ ?s a ?t FILTER (STRSTARTS(STR(?s), '{begins}')) }} ORDER BY ?s LIMIT 1").rows
    return f"/{kind}/{str(rows.rows[0][0])[len(begins) :]}" if rows else None


def chromium() -> str:
    named = os.environ.get("KG_CHROMIUM")
    found = named if named and Path(named).is_file() else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(f"no Chromium found, and the pages cannot be tested without it. {PACKAGES}", pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, for which no host of any name exists."""
    if os.environ.get("KG_NO_BROWSER") == "1":
        pytest.skip("KG_NO_BROWSER=1: the pages are not tested in a browser")
    path = chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        pytest.fail(f"the browser tests need Playwright. {PACKAGES}", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """Writes HTML to a file and opens it once it is ready: `open_page(html, hash="", **how)`, `how` as for a context.

    When the test is over, no page may have asked for anything but its own file, logged an error, run into an exception
    or met its own Content-Security-Policy.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def open_(html: str, hash: str = "", *, ready: str = "html[data-ready]", **how: Any) -> Any:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_bytes(html.encode("utf-8"))
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        address = path.as_uri()
        page.on(
            "request", lambda request: request.url.split("#")[0] != address and faults.append(f"asked: {request.url}")
        )
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        page.on(
            "console", lambda message: message.type in ("error", "warning") and faults.append(f"log: {message.text}")
        )
        page.goto(address + hash)
        page.wait_for_selector(ready, state="attached")
        return page

    open_.faults = faults  # type: ignore[attr-defined]  # a test that provokes one takes it off the list
    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Opens a page of a server: `visit(address, width=1440)`, one page for each width.

    When the test is over, no page may have asked elsewhere, logged an error or run into an exception.
    """
    contexts: list[Any] = []
    faults: list[str] = []
    pages: dict[int, Any] = {}
    own: set[str] = set()

    def open_(address: str, width: int = 1440) -> Any:
        own.add("/".join(address.split("/")[:3]) + "/")
        if width not in pages:
            contexts.append(browser.new_context(viewport={"width": width, "height": 900}))
            page = pages[width] = contexts[-1].new_page()
            page.on("request", lambda asked: asked.url.startswith((*own, "data:", "blob:")) or faults.append(asked.url))
            page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
            page.on(
                "console",
                lambda said: said.type == "error" and "status of 4" not in said.text and faults.append(said.text),
            )
        if "#" in address:
            pages[width].goto("about:blank")  # another fragment alone would not load the page anew
        pages[width].goto(address)
        return pages[width]

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def needs_the_editor() -> None:
    missing = assets.missing_editor()
    if missing:
        pytest.fail(f"{missing} The tests of the editor page need it.", pytrace=False)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The hostile dossier in memory with its relations, to be read only."""
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(words.write(tmp_path_factory.mktemp("hostile") / "velmara"))
        workspace.relate()
        yield workspace


@pytest.fixture(scope="session")
def hostile_folder(hostile: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a workspace on disk. A server holds it; copy it for anything else."""
    return write_out(hostile, tmp_path_factory.mktemp("hostile-served") / "workspace")


@pytest.fixture(scope="session")
def hostile_server(hostile_folder: Path) -> Iterator[Server]:
    """A server on the hostile dossier, to be read only."""
    with served(ServeOptions(hostile_folder), whole=True) as running:
        yield running
