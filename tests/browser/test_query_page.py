"""The editor page in a real browser: it runs, explains, shows labels and pictures, and nothing in the data runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from kg.web import assets

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]


@pytest.fixture
def visit(server: Any, browser: Any) -> Iterator[Visit]:
    """Opens the editor with a query or a fragment. Nothing may be asked of another host, and no policy may be broken."""
    contexts, faults = [], []

    def visit_(query: str | None = None, fragment: str = "", **how: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **how})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request",
            lambda request: request.url.startswith((server.url, "data:", "blob:")) or faults.append(request.url),
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append(f"ran: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda message: "Policy" in message.text and faults.append(message.text))
        page.goto(f"{server.url}/query{fragment or (f'#query={quote(query)}' if query else '')}")
        if how.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(autouse=True)
def _needs_the_editor(request: pytest.FixtureRequest) -> None:
    missing = assets.missing_editor()
    if missing:
        pytest.fail(f"{missing} The tests of the editor page need it.", pytrace=False)


def _answered(page: Any) -> None:
    page.wait_for_function("() => document.getElementById('status').textContent.startsWith('Done')")


def test_a_saved_question_opens_in_a_tab_runs_and_shows_labels(visit: Visit) -> None:
    page = visit()
    assert page.locator(".yasqe .CodeMirror").is_visible()
    page.click("[data-name=interested-parties]")
    _answered(page)
    assert page.locator('[role=tab][aria-selected="true"]').inner_text() == "Interested parties" or (
        page.locator("[role=tab]").count() == 2
    )
    link = page.locator("td a").first
    link.wait_for()
    page.wait_for_function("() => !document.querySelector('td a').textContent.includes('://')")
    assert link.get_attribute("title").startswith("https://")
    assert link.get_attribute("href").startswith("/")


def test_a_slip_is_pointed_at(visit: Visit) -> None:
    page = visit("SELECT * WHER {?s ?p ?o}")
    told = page.locator("#error[role=alert] pre")
    told.wait_for()
    head, _, line, caret = told.inner_text().splitlines()
    assert "did you mean WHERE?" in head
    assert line.index("WHER") == caret.index("^")
    assert page.locator(".CodeMirror .fault").inner_text() == "WHER"


def test_missing_prefixes_are_added_and_told(visit: Visit) -> None:
    page = visit("SELECT ?c WHERE { ?c a kg:QuantityClaim } LIMIT 3")
    _answered(page)
    assert "PREFIX kg:" in page.locator("#notes").inner_text()


def test_the_address_brings_query_and_view_back(visit: Visit) -> None:
    query = 'SELECT ?name ?n ?a WHERE { VALUES (?name ?n ?a) { ("one + one" 2 "x") ("two" 7 "y") } }'
    page = visit(query)
    _answered(page)
    assert page.locator("th button").all_inner_texts() == ["name", "n", "a"]
    page.get_by_role("button", name="Chart").click()
    assert page.locator("rect.bar").count() == 2
    again = visit(fragment="#" + page.url.partition("#")[2])
    _answered(again)
    assert again.locator("rect.bar").count() == 2
    assert again.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == query


def test_fifty_thousand_rows_are_paged(visit: Visit) -> None:
    page = visit("SELECT ?s ?p ?o WHERE { ?s ?p ?o ; ?q ?w } LIMIT 50000")
    _answered(page)
    assert page.locator("tbody tr").count() == 200
    assert "of 50,000" in page.locator(".tools").inner_text()
    before = time.monotonic()
    page.get_by_role("button", name="Next").click()
    page.wait_for_function("() => document.querySelector('.tools').textContent.includes('rows 201 to 400')")
    assert time.monotonic() - before < 1


def test_bounds_are_drawn_as_they_were_stated(visit: Visit) -> None:
    values = '("both" 3 9) ("same" 5 5) ("least" 4 UNDEF) ("most" UNDEF 8) ("none" UNDEF UNDEF)'
    page = visit(
        fragment=f"#query={quote(f'SELECT ?name ?lower ?upper WHERE {{ VALUES (?name ?lower ?upper) {{ {values} }} }}')}&view=chart"
    )
    _answered(page)
    page.locator("g.row").first.wait_for()
    marks = page.eval_on_selector_all(
        "g.row",
        "rows => rows.map((row) => [...row.children].filter((one) => !['text', 'title'].includes(one.tagName))"
        ".map((one) => one.getAttribute('class')))",
    )
    assert marks == [["between"], ["dot"], ["open"], ["open"], []]


def test_points_are_drawn_as_a_map(visit: Visit) -> None:
    values = '("Harrow Bridge" 10.5 20.25) ("Orlen" 11 21)'
    page = visit(
        fragment=f"#query={quote(f'SELECT ?name ?lat ?long WHERE {{ VALUES (?name ?lat ?long) {{ {values} }} }}')}&view=map"
    )
    _answered(page)
    assert page.locator("g.spot").count() == 2
    assert "Harrow Bridge" in page.locator(".picture").inner_html()


def test_nothing_in_an_answer_runs(visit: Visit) -> None:
    bad = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    page = visit(f'SELECT ?l (2 AS ?n) (10 AS ?lat) (20 AS ?long) WHERE {{ BIND("{bad}" AS ?l) }}')
    _answered(page)
    for view in ("Chart", "Map", "Table"):
        page.get_by_role("button", name=view, exact=True).click()
        page.locator(".view").hover()
        assert page.locator("#shown img, #shown script").count() == 0
    assert page.locator("td").first.inner_text() == bad
    page.evaluate(f"document.querySelector('.CodeMirror').CodeMirror.setValue({'SELECT ' + bad!r})")
    page.locator(".parseErrorIcon").first.hover()
    assert page.locator("#editor img, #editor script").count() == 0


def test_it_fits_a_phone(visit: Visit) -> None:
    page = visit(
        fragment="#question=event-figures&event=syria-coast-2025&measure=killed&view=chart",
        viewport={"width": 390, "height": 844},
    )
    _answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_escape_stops(visit: Visit) -> None:
    page = visit("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.wait_for_selector("#stop:visible")
    page.keyboard.press("Escape")
    assert page.locator("#status").inner_text() == "Stopped."


def test_without_the_scripts_a_plain_editor_runs(visit: Visit, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets.asset, "__defaults__", (assets.VENDOR / "nowhere",))
    monkeypatch.setattr(assets.has_editor, "__defaults__", (assets.VENDOR / "nowhere",))
    monkeypatch.setattr(assets.missing_editor, "__defaults__", (assets.VENDOR / "nowhere",))
    page = visit()
    assert "@zazuko/yasgui" in page.locator("#missing").inner_text()
    page.fill("#text", "ASK {}")
    page.press("#text", "Control+Enter")
    _answered(page)
    assert page.locator(".truth").inner_text() == "Yes"


def test_without_javascript_the_form_asks_the_endpoint(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.fill("#text", "SELECT (1 AS ?n) {}")
    with page.expect_download() as found:
        page.click("#go")
    assert found.value.path().read_text().split() == ["n", "1"]
