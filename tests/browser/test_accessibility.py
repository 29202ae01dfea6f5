"""Every kind of page meets the rules of WCAG 2.1, A and AA, that a program can check: axe-core finds nothing.

KG_NO_NODE=1   skip these tests; without it, a checkout without axe-core fails them
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kg.workspace import Workspace

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
SCHEMES = ("light", "dark")

#: What a page may be about, by the class of the things that the store has pages of.
THINGS = ("event", "claim", "outlet", "document", "place")
VALUES = '("Harrow Bridge" <https://velmara.example/a> <https://velmara.example/b> 3 10.5 20.25)'
EVERY_VIEW = f"SELECT * WHERE {{ VALUES (?name ?from ?to ?count ?lat ?long) {{ {VALUES} }} }}"

#: Runs axe; gives each fault as the rule, what it asks for and the first elements that break it.
FAULTS = """async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations.map(
  (one) => `${one.id} (${one.help}), ${one.nodes.length} times: ` + one.nodes.slice(0, 3).map(
    (node) => `${node.target.join(' ')} ${node.any.concat(node.all, node.none).map((check) => check.message).join('; ')}`
  ).join(' | '))"""


@cache
def axe() -> str:
    """axe-core as the set-up fetched it."""
    if os.environ.get("KG_NO_NODE") == "1":
        pytest.skip("KG_NO_NODE=1: the pages are not checked with axe-core")
    if not AXE.is_file():
        pytest.fail(
            f"{AXE} is missing, and the pages cannot be checked without it: install Node.js with npm and run "
            "'python tools/assets.py'",
            pytrace=False,
        )
    return AXE.read_text(encoding="utf-8")


def faults(page: Any, schemes: tuple[str, ...] = SCHEMES) -> list[str]:
    """The faults of the page as it stands, in both colour schemes.

    What evaluate() runs is not bound by the page's policy, so that the page is checked under the one it has.
    """
    page.evaluate(axe())
    found = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {fault}" for fault in page.evaluate(FAULTS, RULES)]
    return found


@pytest.fixture(scope="module")
def desk(browser: Any) -> Iterator[Any]:
    """One page for the whole file; without motion, so that no colour is caught half way."""
    axe()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def paths(server: Any) -> dict[str, str]:
    """The path of one thing of each kind, taken from the store."""

    def first(kind: str) -> str:
        query = f"SELECT ?s WHERE {{ ?s ?p ?o FILTER(CONTAINS(STR(?s), '/id/{kind}/')) }} ORDER BY ?s LIMIT 1"
        (row,) = server.ask(query).json()["results"]["bindings"]
        return "/" + row["s"]["value"].partition("/id/")[2]

    return {kind: first(kind) for kind in THINGS}


def test_a_fault_would_be_found(desk: Any) -> None:
    desk.set_content("<title>x</title><input><p style='color: #999; background: #aaa'>pale")
    told = " ".join(faults(desk, ("light",)))
    assert "label (" in told
    assert "color-contrast (" in told
    assert "html-has-lang (" in told


@pytest.mark.parametrize("kind", THINGS)
def test_the_page_of_a_thing(kind: str, desk: Any, server: Any, paths: dict[str, str]) -> None:
    assert desk.goto(server.url + paths[kind]).status == 200
    assert faults(desk) == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/contents",
        "/claim/",
        "/question/",
        "/question/event-figures?event=syria-coast-2025&measure=killed",
        "/search?q=Latakia",
        "/no/such/page",
    ],
)
def test_lists_forms_and_answers(path: str, desk: Any, server: Any) -> None:
    assert desk.goto(server.url + path).status == (404 if path == "/no/such/page" else 200)
    assert faults(desk) == []


@pytest.mark.parametrize("view", ["table", "graph", "chart", "map"])
def test_the_editor_with_an_answer(view: str, desk: Any, server: Any) -> None:
    desk.goto("about:blank")  # another fragment alone would not load the page anew
    desk.goto(f"{server.url}/query#query={quote(EVERY_VIEW)}&view={view}")
    desk.locator(f"#shown .{view} .picture svg, #shown table td").first.wait_for()
    assert desk.locator('#views [aria-pressed="true"]').inner_text().lower() == view
    assert faults(desk) == []


def test_the_editor_with_a_graph_of_things_that_have_pages(desk: Any, server: Any) -> None:
    query = "CONSTRUCT { ?c kg:subject ?e } WHERE { ?c a kg:QuantityClaim ; ?p ?e . ?e a kg:Event } LIMIT 3"
    query = query.replace("kg:subject", "kg:about")
    desk.goto("about:blank")
    desk.goto(f"{server.url}/query#query={quote(query)}&view=graph")
    desk.locator("#shown .picture a .node").first.wait_for(state="attached")
    assert faults(desk) == []


def test_the_editor_with_a_refusal(desk: Any, server: Any) -> None:
    desk.goto("about:blank")
    desk.goto(f"{server.url}/query#query={quote('SELECT * WHER { ?s ?p ?o }')}")
    desk.locator("#error pre").wait_for()
    assert faults(desk) == []


@pytest.mark.parametrize("kind", ["dossier", "graph"])
def test_a_page_without_a_server(kind: str, related: Workspace, open_page: Callable[..., Any]) -> None:
    page = open_page(related.view(kind).html, reduced_motion="reduce")
    assert faults(page) == []
