"""The page of an event in a real browser: one selection for all figures, the words behind every mark, and no harm."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.store.oxigraph import OxigraphStore
from kg.views import FIGURES
from kg.workspace import Workspace
from tests.conftest import DEMO, velmara

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
EVIL = '"></script><script>window.__pwned=1</script><img src=x onerror="window.__pwned=1">'
ARABIC, CYRILLIC = "مرصد أورلين لحقوق الإنسان", "Вестник Орлена"

#: How strongly each text of the drawings, the table rows and the lists stands out from its paper, the weakest of all.
WEAKEST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const light = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.documentElement).getPropertyValue('--paper').trim());
  const dimmed = '.choosing .mark:not(.lit) text:not(.paper), .choosing li[data-reports]:not(.lit) p';
  const inks = [...document.querySelectorAll(dimmed)]
    .filter((text) => text.getClientRects().length)
    .map((text) => light(getComputedStyle(text)[text.namespaceURI.endsWith('svg') ? 'fill' : 'color']));
  const ratios = inks.map((ink) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05));
  return [ratios.length, Math.min(...ratios)];
}"""

#: Whether exactly those marks and rows are lit that share a report with what is chosen.
RIGHTLY_LIT = """(numbers) => {
  const wanted = new Set(numbers), wrong = [];
  for (const element of document.querySelectorAll('[data-reports]')) {
    const shares = element.dataset.reports.split(' ').some((number) => wanted.has(number));
    if (shares !== element.classList.contains('lit')) wrong.push(element.outerHTML.slice(0, 200));
  }
  return wrong;
}"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Velmara told by outlets and sources whose names, titles, statements and addresses would be scripts."""
    text = json.dumps(velmara(), ensure_ascii=False)
    for name, other in (
        ("Orlen Gazette", f"Gazette {EVIL}"),
        ("Velmara Health Ministry", f"{ARABIC} {EVIL}"),
        ("Harbour Daily", CYRILLIC),
        ("17 people were killed in Velmara.", f"قتل 17 شخصا {EVIL}"),
    ):
        text = text.replace(json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(other, ensure_ascii=False)[1:-1])
    folder = tmp_path_factory.mktemp("hostile")
    quoted = json.dumps(f"Explosion {EVIL}")
    (folder / "dossier.yaml").write_text(
        f"id: velmara\ntitle: {quoted}\nlanguage: en\nlicence: CC0-1.0\neditors: [{quoted}]\n"
        f"event: {{id: velmara-2031, label: {quoted}, place: Velmara, start: 2031-03-14, end: 2031-03-14}}\n",
        encoding="utf-8",
    )
    for table, rows in json.loads(text).items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{table}.jsonl").write_text(lines, encoding="utf-8")
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(folder)
        workspace.relate()
        yield workspace


@pytest.fixture(scope="module")
def demo_page(related: Workspace) -> str:
    return related.view("dossier").html


def visible_mark(page: Any, kind: str) -> Any:
    return page.locator(f"#figure-{kind} .mark[tabindex]:visible").first


def forgive_own_pictures(open_page: Any) -> None:
    """A drawing on its way to a PNG is loaded from the page's own memory; that is no request to anybody."""
    open_page.faults[:] = [fault for fault in open_page.faults if not fault.startswith("asked: blob:")]


def chosen(page: Any) -> list[str]:
    """The numbers of the reports that belong to what the address names."""
    return page.evaluate(
        """() => [...document.querySelectorAll('#claims .report')]
          .filter((report) => report.dataset.picks.split(' ').includes(location.hash.slice(1)))
          .map((report) => report.dataset.report)"""
    )


def test_one_selection_for_all_figures_kept_in_the_address(open_page: Callable[..., Any], demo_page: str) -> None:
    page = open_page(demo_page)
    drawer = page.locator("#drawer")
    assert drawer.is_hidden()
    for kind in FIGURES:
        mark = visible_mark(page, kind)
        mark.focus()
        page.keyboard.press("Enter")
        pick = mark.get_attribute("data-pick")
        assert page.evaluate("() => location.hash") == f"#{pick}"
        assert drawer.is_visible()
        assert page.evaluate("() => document.activeElement.matches('#details h2')")
        numbers = chosen(page) or mark.get_attribute("data-reports").split()
        assert set(mark.get_attribute("data-reports").split()) & set(numbers), kind
        assert page.evaluate(RIGHTLY_LIT, numbers) == []
        page.keyboard.press("Escape")
        assert drawer.is_hidden()
        assert page.locator(".lit").count() == 0
        assert page.evaluate("() => document.activeElement.dataset.pick") == pick, "focus goes back to the mark"
    page.go_back()
    page.wait_for_function("() => !document.getElementById('drawer').hidden")
    assert page.evaluate("() => location.hash") == f"#{pick}"
    page.go_forward()
    page.wait_for_function("() => document.getElementById('drawer').hidden")

    sohr = page.locator("header .rest-on a").first
    sohr.click()
    documents, reports = page.evaluate(
        """() => { const own = [...document.querySelectorAll('#claims .report')]
          .filter((report) => report.dataset.picks.split(' ').includes(location.hash.slice(1)));
          return [new Set(own.map((report) => report.dataset.document)).size, own.length]; }"""
    )
    assert f"{reports} reports in {documents} documents" in page.locator("#details .counts").inner_text()
    assert page.locator("#details .report").count() == min(20, reports)
    page.locator("#details > .plain").click()
    assert page.locator("#details .report").count() == min(40, reports)
    assert all(page.locator(f"#figure-{kind} .lit").count() for kind in FIGURES)
    count, weakest = page.evaluate(WEAKEST)
    assert count > 50
    assert weakest >= 3


def test_a_link_shows_the_words_and_their_query_runs(
    open_page: Callable[..., Any], demo_page: str, related: Workspace
) -> None:
    page = open_page(demo_page, "#row=A29-c07", color_scheme="dark")
    report = page.locator("#details .report")
    assert report.count() == 1
    row = next(row for row in _rows("assertions") if row["id"] == "A29-c07")
    assert page.locator("#details h2").inner_text() == "Row A29-c07"
    assert report.locator(".statement").inner_text() == row["statement"]
    assert [name.split(" ↗")[0] for name in report.locator(".chain a").all_inner_texts()] == row["chain"]
    document = next(known for known in _rows("documents") if known["id"] == "A29")
    link = report.locator("a.web")
    assert link.get_attribute("href") == document["url"]
    assert link.get_attribute("rel") == "noopener noreferrer"
    query = report.locator("pre").text_content()
    answer = related.sparql(query).rows
    assert answer is not None
    assert [one["statement"] for one in answer if one["statement"]] == [row["statement"]]
    report.locator(".query button").click()
    page.wait_for_function("() => /Copied|Selected/.test(document.querySelector('#details .query button').textContent)")
    count, weakest = page.evaluate(WEAKEST)
    assert count > 50
    assert weakest >= 3, "on dark paper"
    page.goto(page.url.split("#")[0] + "#row=unknown-row")
    page.wait_for_function("() => document.getElementById('drawer').hidden")


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


def test_hostile_words_stay_words_in_every_view(open_page: Callable[..., Any], hostile: Workspace) -> None:
    page = open_page(hostile.view("dossier").html)
    assert page.locator("h1").inner_text() == f"Explosion {EVIL}"
    for kind in FIGURES:
        marks = page.locator(f"#figure-{kind} .mark:visible")
        if marks.count():
            marks.first.hover(force=True)
            marks.first.dispatch_event("click")
            page.keyboard.press("Escape")
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.locator("#claims a[href^='#claim=']").first.click()
    assert page.locator("#details .report").count() >= 1
    assert page.locator("#details :is(script, img), main :is(script, img)").count() == 0
    assert page.evaluate("() => window.__pwned") is None
    assert page.locator('[href^="javascript"]').count() == 0
    arabic = page.locator("#claims .chain a", has_text=ARABIC).first
    assert arabic.evaluate("link => getComputedStyle(link).direction") == "rtl"
    cyrillic = page.locator("#claims .chain a", has_text=CYRILLIC).first
    assert cyrillic.evaluate("link => getComputedStyle(link).direction") == "ltr"
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    with page.expect_download():
        page.locator('#figure-figures [data-take="png"]').click()
    forgive_own_pictures(open_page)


@pytest.mark.parametrize("which", ["demo", "hostile"])
def test_a_phone_shows_no_more_than_its_width(
    open_page: Callable[..., Any], demo_page: str, hostile: Workspace, which: str
) -> None:
    page = open_page(demo_page if which == "demo" else hostile.view("dossier").html, **PHONE)

    def width() -> int:
        return int(page.evaluate("() => document.scrollingElement.scrollWidth"))

    assert width() <= 390
    for kind in FIGURES:
        box = page.locator(f"#figure-{kind}")
        assert box.locator(".wide").is_hidden()
        assert box.locator(".narrow").is_visible()
    page.evaluate("() => document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    assert width() <= 390
    visible_mark(page, "figures").dispatch_event("click")
    drawer = page.locator("#drawer").bounding_box()
    assert drawer["width"] == 390
    assert drawer["y"] > 300
    assert width() <= 390


def test_a_figure_is_read_without_seeing_it(open_page: Callable[..., Any], demo_page: str) -> None:
    page = open_page(demo_page)
    for kind in FIGURES:
        box = page.locator(f"#figure-{kind}")
        drawings = box.locator("svg.drawing")
        shown = [drawing for drawing in drawings.all() if drawing.is_visible() and drawing.locator("title").count()]
        shown = [drawing for drawing in shown if drawing.locator("xpath=ancestor::li").count() == 0]
        assert len(shown) == 1, f"{kind}: one of two drawings, the other out of the reading order"
        assert shown[0].locator("title").first.text_content()
        assert shown[0].locator("desc").first.text_content()
        assert box.locator("h2").count() == 1
        assert box.locator(".twin th").count() >= 2
        stops = shown[0].locator('[tabindex="0"]')
        assert 0 < stops.count() <= 70, kind
        assert all(stops.evaluate_all("marks => marks.map((mark) => Boolean(mark.getAttribute('aria-label')))"))
        small = shown[0].evaluate(
            """(svg) => {
              const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
              const sizes = [...svg.querySelectorAll('text')].map((text) => parseFloat(text.getAttribute('font-size')));
              return Math.min(...sizes) * scale;
            }"""
        )
        assert small >= 10.9, f"{kind}: letters of {small:.1f} px"
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"


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


def _rows(name: str) -> list[dict[str, Any]]:
    text = (DEMO / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if re.search(r"\S", line)]
