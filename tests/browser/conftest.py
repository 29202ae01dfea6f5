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

from tests.web.conftest import related_folder, server, start

__all__ = ["related_folder", "server", "start"]

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
