"""Every kind of page meets the rules of WCAG 2.1, A and AA, that a program can check: axe-core finds nothing.

KG_NO_NODE=1   skip these tests; without it, a checkout without axe-core fails them
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kg.store.oxigraph import OxigraphStore
from kg.workspace import Workspace
from tests.conftest import velmara

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
SCHEMES = ("light", "dark")

#: What a page is about, as in its path.
THINGS = ("claim", "actor", "document", "place")
PAGES = (
    "/",
    "/contents",
    "/source/",
    "/question/",
    "/question/repeats?event=syria-coast-2025",
    "/search?q=Latakia",
    "/no/such/page",
)
VALUES = '("Harrow Bridge" <https://velmara.example/a> <https://velmara.example/b> 3 10.5 20.25)'
EVERY_VIEW = f"SELECT * WHERE {{ VALUES (?name ?from ?to ?count ?lat ?long) {{ {VALUES} }} }}"

#: Runs axe; gives each fault as the rule, what it asks for and the first elements that break it.
#: A mark of a drawing is named in a sentence. Its own words are a number here and a date there, which axe reads as one
#: word ("1715 Mar") and then does not find in the name; that rule is kept for everything else.
FAULTS = """async (tags) => {
  const found = (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations;
  const drawn = (rule, node) => rule.id === 'label-content-name-mismatch'
    && document.querySelector(node.target[0])?.matches('svg .mark');
  const why = (node) => node.any.concat(node.all, node.none).map((one) => one.message).join('; ');
  const told = (node) => `${node.target.join(' ')}: ${why(node)}`;
  const kept = found.map((rule) => [rule, rule.nodes.filter((node) => !drawn(rule, node))]);
  return kept.filter(([, nodes]) => nodes.length).map(([{ id, help }, nodes]) =>
    `${id} (${help}), ${nodes.length} times: ${nodes.slice(0, 3).map(told).join(' | ')}`);
}"""


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


def check(page: Any) -> None:
    found = faults(page)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def desk(browser: Any) -> Iterator[Any]:
    """One page for the whole file; without motion, so that no colour is caught half way."""
    axe()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def velmara_event(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A small event: the large pages of the demo have more of the same parts, and would take half a minute."""
    folder = tmp_path_factory.mktemp("small") / "velmara"
    folder.mkdir()
    days = {"start": "2031-03-14", "end": "2031-03-14"}
    event = {"id": "velmara-2031", "label": "Explosion at Velmara", "place": "Velmara", **days}
    about = {"id": "velmara", "title": "Explosion at Velmara", "language": "en", "licence": "CC0-1.0"}
    (folder / "dossier.yaml").write_text(json.dumps({**about, "editors": ["A. Editor"], "event": event}), "utf-8")
    for table, rows in velmara().items():
        (folder / f"{table}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(folder)
        workspace.relate()
        yield workspace


def test_a_fault_would_be_found(desk: Any) -> None:
    desk.set_content("<title>x</title><input><p style='color: #999; background: #aaa'>pale")
    told = " ".join(faults(desk, ("light",)))
    assert "label (" in told
    assert "color-contrast (" in told
    assert "html-has-lang (" in told


@pytest.mark.parametrize("kind", THINGS)
def test_the_page_of_a_thing(kind: str, desk: Any, server: Any) -> None:
    listing = "outlet" if kind == "actor" else kind
    found = re.search(rf'href="(/{kind}/[^"?]+)"', server.client.get(f"/{listing}/").text)
    assert found
    assert desk.goto(server.url + found[1]).status == 200
    check(desk)


@pytest.mark.parametrize("path", PAGES)
def test_lists_forms_and_answers(path: str, desk: Any, server: Any) -> None:
    assert desk.goto(server.url + path).status == (404 if path == "/no/such/page" else 200)
    check(desk)


@pytest.mark.parametrize("view", ["table", "graph", "chart", "map"])
def test_the_editor_with_an_answer(view: str, desk: Any, server: Any) -> None:
    desk.goto("about:blank")  # another fragment alone would not load the page anew
    desk.goto(f"{server.url}/query#query={quote(EVERY_VIEW)}&view={view}")
    desk.locator(f"#shown .{view} .picture svg, #shown table td").first.wait_for()
    assert desk.locator('#views [aria-pressed="true"]').inner_text().lower() == view
    check(desk)


def test_the_editor_with_a_graph_of_things_that_have_pages(desk: Any, server: Any) -> None:
    query = "SELECT ?claim ?kind WHERE { ?claim a kg:QuantityClaim, ?kind } LIMIT 3"
    desk.goto("about:blank")
    desk.goto(f"{server.url}/query#query={quote(query)}&view=graph")
    desk.locator("#shown .picture a .node").first.wait_for(state="attached")
    check(desk)


def test_the_editor_with_a_refusal(desk: Any, server: Any) -> None:
    desk.goto("about:blank")
    desk.goto(f"{server.url}/query#query={quote('SELECT * WHER { ?s ?p ?o }')}")
    desk.locator("#error pre").wait_for()
    check(desk)


@pytest.mark.parametrize("served", [False, True])
def test_the_dossier_of_an_event(served: bool, velmara_event: Workspace, open_page: Callable[..., Any]) -> None:
    check(open_page(velmara_event.view("dossier", served=served).html, reduced_motion="reduce"))


def test_the_graph_of_an_event(related: Workspace, open_page: Callable[..., Any]) -> None:
    check(open_page(related.view("graph", limit=20).html, reduced_motion="reduce"))
