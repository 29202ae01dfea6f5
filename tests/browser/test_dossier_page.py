"""The page of an event in a real browser: one selection for all figures, the words behind every mark, and no harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.workspace import Workspace

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def demo_page(related: Workspace) -> str:
    return related.view("dossier").html


def forgive_own_pictures(open_page: Any) -> None:
    """A drawing on its way to a PNG is loaded from the page's own memory; that is no request to anybody."""
    open_page.faults[:] = [fault for fault in open_page.faults if not fault.startswith("asked: blob:")]


def test_figures_are_saved_as_they_stand(open_page: Callable[..., Any], related: Workspace) -> None:
    page = open_page(related.view("figures").html)
    saved: dict[str, bytes] = {}
    for form in ("svg", "png", "csv"):
        with page.expect_download() as download:
            page.locator(f'[data-take="{form}"]').click()
        assert download.value.suggested_filename == f"figures.{form}"
        saved[form] = Path(download.value.path()).read_bytes()
    assert saved["csv"].startswith("\ufeff".encode()), "spreadsheets need the mark to read other scripts"
    rows = list(csv.reader(io.StringIO(saved["csv"].decode("utf-8-sig"), newline="")))
    cells = [list(row.cells) for row in related.view("figures").figure.rows]
    assert [[cell.removeprefix("'") for cell in row] for row in rows[1:]] == cells
    assert saved["svg"].startswith(b"<svg")
    assert saved["png"].startswith(b"\x89PNG")
    width = int.from_bytes(saved["png"][16:20], "big")
    assert width == 1400, "twice as sharp as the wide drawing"
    forgive_own_pictures(open_page)


def test_on_paper_all_claims_are_open_with_their_addresses(open_page: Callable[..., Any], demo_page: str) -> None:
    page = open_page(demo_page, color_scheme="dark")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#claims .report").last.is_visible()
    link = page.locator("#claims a.web").first
    assert link.evaluate("link => getComputedStyle(link, '::after').content") != "none"
    assert page.locator(".takes").first.is_hidden()
    assert page.locator("body").evaluate("body => getComputedStyle(body).color") == "rgb(27, 29, 31)", "dark ink"
    page.emulate_media(media="screen", color_scheme="dark")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator("#claims .claim[open]").count() == 0


def test_a_notebook_shows_the_page_in_a_frame(open_page: Callable[..., Any], hostile: Workspace) -> None:
    frame = hostile.view("dossier")._repr_html_()
    page = open_page(f"<!doctype html><meta charset=utf-8><body>{frame}", ready="iframe")
    inside = page.frame_locator("iframe")
    inside.locator("html[data-ready]").wait_for(state="attached")
    inside.locator(".rest-on a").first.click()
    assert inside.locator("#details .report").count() >= 1
    assert page.evaluate("() => document.querySelector('iframe').contentDocument") is None
