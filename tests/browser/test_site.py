"""The desk in a real browser: a server over a dossier whose names would act if they could."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from kg.workspace import Workspace
from tests.browser.conftest import KINDS, paths_of
from tests.web.conftest import Server

pytestmark = pytest.mark.browser

Visit = Callable[[str], Any]


@pytest.fixture
def site(hostile_server: Server, visit: Callable[..., Any]) -> Visit:
    """Opens a page of the hostile dossier by its path."""
    return lambda path: visit(hostile_server.url + path)


def test_there_is_a_page_of_every_kind(hostile: Workspace) -> None:
    assert set(paths_of(hostile)) == set(KINDS)


def test_the_keyboard_alone_is_enough(site: Visit) -> None:
    page = site("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("/")
    page.keyboard.type("blue lantern")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=blue+lantern")
    page.click("text=Blue Lantern Relief")
    assert page.inner_text("h1") == "Blue Lantern Relief"


def test_words_of_any_script_run_their_own_way(site: Visit) -> None:
    page = site(f"/search?q={quote('الصحه')}")
    assert page.locator("h1").evaluate("(one) => getComputedStyle(one).direction") == "ltr"
    name = page.locator(".hits a").first
    assert name.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator("mark").first.inner_text() == "الصحة"
