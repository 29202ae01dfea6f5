"""The editor page in a real browser: it runs, explains, shows labels and pictures, and nothing in the data runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kg.web import assets

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("needs_the_editor")]

Visit = Callable[..., Any]


@pytest.fixture
def visit(server: Any, browser: Any) -> Iterator[Visit]:
    """Opens the editor with a query or a fragment. No other host may be asked, and no policy may be broken."""
    contexts, faults = [], []

    def visit_(
        query: str | None = None, fragment: str = "", *, prepare: Callable[[Any], None] | None = None, **how: Any
    ) -> Any:
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
        if prepare is not None:
            prepare(page)
        page.goto(f"{server.url}/query{fragment or (f'#query={quote(query)}' if query else '')}")
        if how.get("java_script_enabled", True):
            page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert faults == []


def _answered(page: Any) -> None:
    page.wait_for_function("() => document.getElementById('status').textContent.startsWith('Done')")


def test_a_saved_question_opens_in_a_tab_runs_and_shows_labels(visit: Visit) -> None:
    page = visit()
    assert page.locator(".yasqe .CodeMirror").is_visible()
    page.click("[data-name=interested-parties]")
    _answered(page)
    title = page.locator("[data-name=interested-parties] b").inner_text()
    assert title
    assert page.locator("[role=tab]").all_inner_texts() == ["Query 1", title]
    assert page.locator('[role=tab][aria-selected="true"]').inner_text() == title
    link = page.locator("td a").first
    link.wait_for()
    page.wait_for_function("() => !document.querySelector('td a').textContent.includes('://')")
    assert link.get_attribute("title").startswith("https://")
    assert link.get_attribute("href").startswith("/")


def test_bounds_are_drawn_as_they_were_stated(visit: Visit) -> None:
    values = '("both" 3 9) ("same" 5 5) ("least" 4 UNDEF) ("most" UNDEF 8) ("none" UNDEF UNDEF)'
    query = f"SELECT ?name ?lower ?upper WHERE {{ VALUES (?name ?lower ?upper) {{ {values} }} }}"
    page = visit(fragment=f"#query={quote(query)}&view=chart")
    _answered(page)
    page.locator("g.row").first.wait_for()
    marks = page.eval_on_selector_all(
        "g.row",
        "rows => rows.map((row) => [...row.children].filter((one) => !['text', 'title'].includes(one.tagName))"
        ".map((one) => one.getAttribute('class')))",
    )
    assert marks == [["between"], ["dot"], ["open"], ["open"], []]
    assert page.locator("g.row .figure").all_text_contents() == ["3–9", "5", "4", "8", "no number"]


def test_points_are_drawn_as_a_map(visit: Visit) -> None:
    values = '("Harrow Bridge" 10.5 20.25) ("Orlen" 11 21)'
    query = f"SELECT ?name ?lat ?long WHERE {{ VALUES (?name ?lat ?long) {{ {values} }} }}"
    page = visit(fragment=f"#query={quote(query)}&view=map")
    _answered(page)
    spots = page.locator("g.spot")
    spots.first.wait_for()
    assert page.locator("g.spot title").all_text_contents() == ["Harrow Bridge (10.5, 20.25)", "Orlen (11, 21)"]
    assert page.locator("g.spot text").all_text_contents() == ["Harrow Bridge", "Orlen"]
    bridge, orlen = (spots.nth(i).locator("circle").bounding_box() for i in (0, 1))
    assert bridge["x"] < orlen["x"]  # east is to the right
    assert bridge["y"] > orlen["y"]  # and north above


#: Pairs of names that cover one another. The boxes are those of lines of text, taller than the letters.
COVERED = """() => {
  const boxes = [...document.querySelectorAll('.names text:not(.spare)')].map((one) => one.getBoundingClientRect());
  const shared = (from, to, other, otherTo) => Math.min(to, otherTo) - Math.max(from, other);
  return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) =>
    shared(one.left, one.right, other.left, other.right) > 6
    && shared(one.top, one.bottom, other.top, other.bottom) > 10)).length;
}"""


def test_names_in_a_crowded_graph_give_way_and_can_be_read(visit: Visit) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a kg:Assertion ; ?p ?o FILTER(isIRI(?o)) } LIMIT 400"
    page = visit(fragment=f"#query={quote(query)}&view=graph")
    _answered(page)
    page.locator(".names text").first.wait_for(state="attached")
    hidden = page.locator(".names .spare").count()
    dots = page.locator(".node").count()
    assert 60 < dots <= 150
    assert 0 < hidden < dots
    assert f"{hidden} names are left out" in page.locator(".view p").first.inner_text()
    assert page.evaluate(COVERED) == 0
    handle = page.locator(".picture a:has(.node)").first
    handle.focus()
    assert page.locator(".names .read").count() == 1
    assert page.locator(".names .read").is_visible()


BAD = "<img src=x onerror=alert(1)><script>alert(2)</script><svg/onload=alert(3)>"


def _no_markup(page: Any, part: str = "main") -> None:
    assert page.locator(f"{part} img, {part} script, {part} iframe, {part} [onload], {part} [onerror]").count() == 0


def test_nothing_in_an_answer_runs(visit: Visit) -> None:
    page = visit(
        'SELECT ?l (IRI("https://velmara.example/a") AS ?a) (IRI(CONCAT("urn:x:", ENCODE_FOR_URI(?l))) AS ?b) '
        f'(2 AS ?n) (10 AS ?lat) (20 AS ?long) WHERE {{ BIND("{BAD}" AS ?l) }}'
    )
    _answered(page)
    for view in ("Graph", "Chart", "Map", "Table"):
        page.get_by_role("button", name=view, exact=True).click()
        page.locator(f".view.{view.lower()} :is(svg, td)").first.wait_for()
        page.locator(".view").hover()
        _no_markup(page)
    assert page.locator("td").first.inner_text() == BAD


def test_nothing_in_a_label_runs(visit: Visit) -> None:
    """The words for things come from the store, by way of a request of their own."""
    query = "SELECT ?a ?b ?n ?lat ?long WHERE { VALUES (?a ?b ?n ?lat ?long) { (kg:Claim kg:Source 3 10 20) } }"
    label = {"label": BAD, "path": "/claim/x"}

    def prepare(page: Any) -> None:
        page.route(
            "**/query/labels", lambda asked: asked.fulfill(json=dict.fromkeys(asked.request.post_data_json, label))
        )

    page = visit(query, prepare=prepare)
    _answered(page)
    for view in ("Graph", "Chart", "Map", "Table"):
        page.get_by_role("button", name=view, exact=True).click()
        page.wait_for_function(
            "([view, bad]) => document.querySelector(`.view.${view}`)?.textContent.includes(bad)",
            arg=[view.lower(), BAD],
        )
        page.locator(".view").hover()
        _no_markup(page)


def test_no_markup_passes_the_policy_of_the_page(visit: Visit) -> None:
    """The tip of a wrong line is written as markup by the editor; only its icons may be."""
    page = visit()
    icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g><path d="M0 0 8.5-4z"/></g></svg>'
    attempts = [
        BAD,
        "<svg/onload=alert(1)>",
        "<svg ><svg/onload=alert(1)>",
        f"{icon}<img src=x>",
        icon.replace("<g>", "<g><a href='javascript:alert(1)'>"),
        icon.replace("<g>", '<g id="x">'),
        icon.replace("<g>", "<g><style>"),
        "<strong style='text-decoration:underline'><i>",
        "<!--",
    ]
    through = "(texts) => texts.map((text) => trustedTypes.defaultPolicy.createHTML(text).toString())"
    assert page.evaluate(through, [icon]) == [icon]
    assert [text for text in page.evaluate(through, attempts) if "<" in text or ">" in text] == []
    refused = "() => { try { document.createElement('script').text = '1'; return false; } catch { return true; } }"
    assert page.evaluate(refused)  # scripts have no way in at all

    page.evaluate("(bad) => document.querySelector('.CodeMirror').CodeMirror.setValue(`SELECT ${bad}`)", BAD)
    page.locator(".parseErrorIcon").first.hover()
    tip = page.locator(".yasqe_tooltip").first
    assert tip.inner_text().startswith("This line is invalid. Expected: DISTINCT, REDUCED")
    assert tip.locator("*").count() == 0
    _no_markup(page)


def test_it_fits_a_phone(visit: Visit) -> None:
    page = visit(
        fragment="#question=event-figures&event=syria-coast-2025&measure=killed&view=chart",
        viewport={"width": 390, "height": 844},
    )
    _answered(page)
    page.locator("g.row").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    edge = page.locator(".picture svg").evaluate("(svg) => svg.getBoundingClientRect().right")
    assert edge <= 390
    ends = page.eval_on_selector_all(".figure", "(all) => all.map((one) => one.getBoundingClientRect().right)")
    assert max(ends) <= edge  # no number is cut
    for view in ("Graph", "Table"):
        page.get_by_role("button", name=view, exact=True).click()
        page.locator(f".view.{view.lower()} :is(svg, td)").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, view


def test_escape_stops(visit: Visit) -> None:
    page = visit("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.wait_for_selector("#stop:visible")
    page.keyboard.press("Escape")
    assert page.locator("#status").inner_text() == "Stopped."


def test_without_the_scripts_a_plain_editor_runs(visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "VENDOR", tmp_path)  # the server is in this process
    page = visit()
    assert page.locator(".CodeMirror").count() == 0
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
