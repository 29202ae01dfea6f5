"""The desk in a real browser: `kg serve` over a dossier whose names would act if they could."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kg.workspace import Workspace, open_workspace
from tests.conftest import Tables, velmara

pytestmark = pytest.mark.browser

EVIL = "</script><script>window.acted=1</script><img src=x href=x onerror=window.acted=2>"
LONG = "Hafenverwaltungsgesellschaftsvorstandsvorsitzender" * 2
ARABIC = "وزارة الصحة في فيلمارا"
KINDS = ("actor", "unnamed", "claim", "document", "place", "event", "relation", "dispute", "support", "assertion")


def hostile() -> Tables:
    """Velmara's tables with names and statements that try to leave their place."""
    tables = velmara()
    gazette, ministry, place = f"Gazette {EVIL}", f"{ARABIC} {EVIL}", f"Velmara {EVIL} {LONG}"
    said = {"Orlen Gazette": gazette, "Velmara Health Ministry": ministry, "Velmara": place}
    tables["documents"][0] |= {"outlet": gazette, "title": EVIL, "note": EVIL}
    for row in tables["assertions"]:
        row["chain"] = [said.get(name, name) for name in row["chain"]]
        row["statement"] = f"{EVIL} {row['statement']} {LONG}"
        row["place"] = said.get(row.get("place", ""), row.get("place"))
        row["cue"] = f"said {EVIL}" if len(row["chain"]) > 1 else None
    for row in (*tables["actors"], *tables["places"]):
        row["name"] = said.get(row["name"], row["name"])
        if "affiliation" in row:
            row["affiliation"] = said[row["affiliation"]]
    return tables


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a server on the hostile dossier, and the path of one thing of each kind."""
    top = tmp_path_factory.mktemp("site")
    folder = write(top / "velmara", hostile())
    with open_workspace(top / "workspace", create=True) as workspace:
        workspace.add(folder)
        workspace.relate()
        paths = {kind: path for kind in KINDS if (path := first(workspace, kind))}
    program = "from kg.cli import main; main()"
    command = [sys.executable, "-c", program, "--workspace", str(top / "workspace"), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found
    yield found[0], paths
    process.send_signal(signal.SIGINT)
    process.wait(15)


def write(folder: Path, tables: Tables) -> Path:
    folder.mkdir()
    about = {"id": "velmara", "title": EVIL, "language": "en", "licence": "CC0-1.0", "editors": ["A. Editor"]}
    event = {"id": "velmara-2031", "label": f"Explosion {EVIL}", "place": f"Velmara {EVIL} {LONG}"}
    days = {"start": "2031-03-14", "end": "2031-03-14"}
    (folder / "dossier.yaml").write_text(json.dumps({**about, "event": {**event, **days}}), encoding="utf-8")
    for table, rows in tables.items():
        kept = [{key: value for key, value in row.items() if value is not None} for row in rows]
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept)
        (folder / f"{table}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def first(workspace: Workspace, kind: str) -> str | None:
    begins = f"{workspace.base}{kind}/"
    rows = workspace.sparql(f"SELECT ?s {{ ?s a ?t FILTER (STRSTARTS(STR(?s), '{begins}')) }} ORDER BY ?s LIMIT 1").rows
    return f"/{kind}/{str(rows.rows[0][0])[len(begins) :]}" if rows else None


def addresses(paths: dict[str, str]) -> list[str]:
    fixed = ["/", "/contents", "/question/", "/no-such-page", "/document/", "/claim/", "/relation/"]
    asked = [
        f"/search?q={quote('script window')}",
        f"/search?q={quote('الصحه')}",
        f"/question/rests-on?source={quote(EVIL)}",
    ]
    answered = ["/question/event-figures?event=velmara-2031", "/question/who-said?claim=D1-1"]
    return [*fixed, *asked, *answered, *paths.values()]


@pytest.fixture
def visit(browser: Any, site: tuple[str, dict[str, str]]) -> Iterator[Callable[..., Any]]:
    """Opens a page of the site: `visit(path, width=1440)`. No page may ask elsewhere or log an error."""
    contexts: list[Any] = []
    faults: list[str] = []
    pages: dict[int, Any] = {}

    def open_(path: str, width: int = 1440) -> Any:
        if width not in pages:
            contexts.append(browser.new_context(viewport={"width": width, "height": 900}))
            page = pages[width] = contexts[-1].new_page()
            page.on("request", lambda asked: asked.url.startswith((site[0], "data:")) or faults.append(asked.url))
            page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
            page.on(
                "console",
                lambda said: said.type == "error" and "status of 4" not in said.text and faults.append(said.text),
            )
        pages[width].goto(site[0] + path)
        return pages[width]

    yield open_
    for context in contexts:
        context.close()
    assert faults == []


def test_there_is_a_page_of_every_kind(site: tuple[str, dict[str, str]]) -> None:
    assert set(site[1]) == set(KINDS)


def test_no_page_acts_on_foreign_words_or_asks_elsewhere(
    visit: Callable[..., Any], site: tuple[str, dict[str, str]]
) -> None:
    shown = 0
    for path in addresses(site[1]):
        page = visit(path)
        assert page.evaluate("window.acted") is None, path
        assert page.locator("img").count() == 0, path
        shown += "window.acted=1" in page.inner_text("body")
    assert shown > 10


def test_nothing_reaches_beyond_a_narrow_screen(visit: Callable[..., Any], site: tuple[str, dict[str, str]]) -> None:
    wide = {}
    for path in addresses(site[1]):
        page = visit(path, 390)
        beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if beyond > 0:
            wide[path] = beyond
    assert wide == {}


def test_the_keyboard_alone_is_enough(visit: Callable[..., Any]) -> None:
    page = visit("/")
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


def test_a_form_asks_its_question_under_an_address_that_can_be_shared(visit: Callable[..., Any]) -> None:
    page = visit("/question/event-figures")
    page.fill("input[name=event]", "velmara-2031")
    page.keyboard.press("Enter")
    page.wait_for_url("**/question/event-figures?event=velmara-2031")
    assert page.locator("tbody tr").count() == 2


def test_words_of_any_script_run_their_own_way(visit: Callable[..., Any], site: tuple[str, dict[str, str]]) -> None:
    page = visit(f"/search?q={quote('الصحه')}")
    assert page.locator("h1").evaluate("(one) => getComputedStyle(one).direction") == "ltr"
    name = page.locator(".hits a").first
    assert name.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert page.locator("mark").first.inner_text() == "الصحة"
