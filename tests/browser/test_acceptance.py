"""The twelve points on which the pages are accepted, each on the demo and on a dossier of hostile words.

What one page does beyond them is tested in the files beside this one.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from kg import vocab
from kg.labels import labels
from kg.logic.independence import independence
from kg.logic.support import profiles
from kg.relate.blocks import blocks
from kg.relate.reading import read_statements
from kg.results import Result
from kg.terms import IRI
from kg.views import FIGURES, ChainLink, chain_links, claim_graph, render
from kg.workspace import Workspace
from tests.browser import hostile as words
from tests.browser.conftest import paths_of
from tests.conftest import DEMO, Tables
from tests.test_independence_of_a_store import EVERYONE, Counted
from tests.web.conftest import Server

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
#: Nobody has it: a name that does not end where it would on this machine either.
OUTSIDE = "http://velmara.example/"


@dataclass(frozen=True)
class Case:
    """A dossier in memory, on disk and on a server. `row` names a row whose words were checked in its document."""

    name: str
    workspace: Workspace
    folder: Path
    server: Server
    tables: Tables
    event: str
    row: str

    @cached_property
    def dossier(self) -> str:
        return self.workspace.view("dossier").html

    @cached_property
    def graph(self) -> str:
        return self.workspace.view("graph").html

    @property
    def iri(self) -> IRI:
        return self.workspace.lookup.resolve("event", self.event)

    @property
    def pages(self) -> list[str]:
        """Paths of pages of every kind."""
        fixed = ["/", "/contents", "/no-such-page", "/document/", "/claim/", "/relation/", "/query"]
        asked = [f"/search?q={quote(text)}" for text in ("script window", "الصحه")]
        asked += [f"/question/rests-on?source={quote(words.EVIL)}", f"/question/who-said?claim={self.row}"]
        asked += [f"/question/event-figures?event={self.event}"]
        return [*fixed, *asked, *paths_of(self.workspace).values()]

    @property
    def pictures(self) -> list[str]:
        alone = FIGURES if self.name == "hostile" else FIGURES[:1]  # of the demo they take long, and the event has all
        return [f"/event/{self.event}/{view}" for view in ("graph", *alone)]

    def ask(self, name: str, **values: str) -> Result:
        return self.workspace.ask(name, **values)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        found = self.workspace.sparql(query).rows
        assert found is not None
        return [tuple(row.values()) for row in found]


@pytest.fixture(scope="module", params=["demo", "hostile"])
def case(request: pytest.FixtureRequest) -> Case:
    def fixture(name: str) -> Any:
        return request.getfixturevalue(name)

    if request.param == "hostile":
        tables, own = words.hostile(), ("hostile", "hostile_folder", "hostile_server")
        return Case("hostile", *map(fixture, own), tables, words.EVENT, "D1-1")
    read = {name: (DEMO / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("assertions", "documents")}
    tables = {name: [json.loads(line) for line in text.splitlines()] for name, text in read.items()}
    own = ("related", "related_folder", "server")
    return Case("demo", *map(fixture, own), tables, "syria-coast-2025", "A29-c07")


def counts(page: Any) -> tuple[int, int]:
    """The nodes and links that a graph says are visible."""
    visible = page.locator("#visible")
    return int(visible.get_attribute("data-nodes")), int(visible.get_attribute("data-edges"))


def visible_mark(page: Any, kind: str) -> Any:
    return page.locator(f"#figure-{kind} .mark[tabindex]:visible").first


def answered(page: Any) -> None:
    page.wait_for_function("() => document.getElementById('status').textContent.startsWith('Done')")


# ---- 1 and 2: offline and harmless -----------------------------------------------------------------------------------


#: Points at everything that is drawn, opens what can be opened, and gives what is then known of the page.
TOUCH = """() => {
  for (const element of document.querySelectorAll('body *')) {
    for (const kind of ['mouseover', 'focus']) element.dispatchEvent(new Event(kind));
  }
  document.querySelectorAll('details').forEach((box) => { box.open = true; });
  return {
    heading: document.querySelector('h1')?.innerText ?? '', acted: window.acted ?? null,
    images: document.images.length, shown: document.body.innerText.includes('window.acted=1'),
    schemes: [...new Set([...document.querySelectorAll('[href]')].map((link) => link.protocol).filter(Boolean))],
  };
}"""
WIDTH = "() => document.scrollingElement.scrollWidth"


@pytest.fixture(scope="module")
def tour(case: Case, browser: Any) -> dict[str, dict[str, Any]]:
    """Every page of the server in a browser, by path: what TOUCH gives, `policy`, `narrow` as its width on a phone, and
    `faults`: what it asked of other hosts, and errors."""
    seen = {}
    context = browser.new_context()
    page = context.new_page()
    faults: list[str] = []
    own = (f"{case.server.url}/", "data:", "blob:")
    page.on("request", lambda asked: asked.url.startswith(own) or faults.append(asked.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: said.type == "error" and "status of 404" not in said.text and faults.append(said.text)
    )
    for path in (*case.pages, *case.pictures):
        page.set_viewport_size({"width": 1440, "height": 900})
        policy = page.goto(case.server.url + path).headers["content-security-policy"]
        if "/event/" in path or path == "/query":
            page.wait_for_selector("html[data-ready]", state="attached")
        found = page.evaluate(TOUCH)
        page.set_viewport_size(PHONE["viewport"])
        seen[path] = {**found, "policy": policy, "narrow": page.evaluate(WIDTH), "faults": faults[:]}
        faults.clear()
    context.close()
    return seen


def test_01_offline(case: Case, tour: dict[str, Any], browser: Any, open_page: Callable[..., Any]) -> None:
    outside = browser.new_page()
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        outside.goto(OUTSIDE)
    outside.close()
    assert {path: seen["faults"] for path, seen in tour.items() if seen["faults"]} == {}
    assert [path for path, seen in tour.items() if not seen["heading"].strip()] == []
    for html in (case.dossier, case.graph):  # `open_page` fails for one that asks anybody
        assert open_page(html).locator("h1").inner_text().strip()


def test_02_injection_proof(case: Case, tour: dict[str, Any], open_page: Callable[..., Any]) -> None:
    seen = dict(tour)

    def see(name: str, page: Any) -> None:
        policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
        seen[name] = {**page.evaluate(TOUCH), "policy": policy}

    page = open_page(case.dossier)
    assert page.locator("h1").inner_text() == labels(case.workspace.store, [case.iri])[case.iri]
    for kind in FIGURES:
        mark = visible_mark(page, kind)
        mark.hover(force=True)
        mark.dispatch_event("click")
        page.keyboard.press("Escape")
    page.locator("summary:visible").first.click()
    page.locator("#claims a[href^='#claim=']").first.dispatch_event("click")
    assert page.locator("#details .report").count() >= 1
    assert page.locator("#details script, main script").count() == 0
    see("dossier", page)
    with page.expect_download():
        page.locator('#figure-figures [data-take="png"]').dispatch_event("click")
    # A drawing on its way to a PNG is loaded from the page's own memory; that is no request to anybody.
    open_page.faults[:] = [fault for fault in open_page.faults if not fault.startswith("asked: blob:")]

    page = open_page(case.graph)
    for node in page.locator(".labels .node").all()[:8]:
        node.hover()
        node.click()
        assert page.locator("#details h2").count() == 1
    page.fill("#search", words.EVIL[:20])
    see("graph", page)

    for name, found in seen.items():
        assert "default-src 'none'" in found["policy"], name
        assert name == "/query" or "unsafe" not in found["policy"], name
        assert not re.search(r"script-src[^;]*unsafe", found["policy"]), name
        assert (found["acted"], found["images"]) == (None, 0), name
        assert set(found["schemes"]) <= {"http:", "https:", "file:"}, name
    shown = sum(found["shown"] for found in seen.values())
    assert shown > 20 if case.name == "hostile" else shown == 1, "of the demo only the page that repeats what was asked"


# ---- 3 and 4: the graph ----------------------------------------------------------------------------------------------

POSITIONS = """() => Object.fromEntries(Object.values(claimGraph.network.body.nodes).map((n) => [n.id, [n.x, n.y]]))"""
#: The first label in the middle of what is seen, to which the page need not be scrolled.
IN_SIGHT = """() => {
  const box = document.getElementById('scroller').getBoundingClientRect(), edge = 60;
  return [...document.querySelectorAll('.labels .node')].find((label) => {
    const own = label.getBoundingClientRect();
    return own.height && own.top > box.top + edge && own.bottom < box.bottom - edge;
  });
}"""


def blown_up(case: Case, nodes: int) -> list[ChainLink]:
    """The chains of the case, as often as it takes for so many nodes, each time by others about other claims."""

    def other(iri: IRI | None, copy: int) -> IRI | None:
        return iri and IRI(f"{iri.value}-{copy}")

    links, _ = chain_links(lambda name, values: case.ask(name, **values), case.iri, case.name)
    one = claim_graph(links, title=case.name, limit=1).totals.nodes
    return [
        replace(link, row=f"{link.row}-{copy}", speaker=other(link.speaker, copy), claim=other(link.claim, copy))
        for copy in range(1 + nodes // one)
        for link in links
    ]


def test_03_fast_and_stable(case: Case, open_page: Callable[..., Any], record_property: Any) -> None:
    found = []
    for _ in range(2):
        page = open_page(case.graph)
        assert page.evaluate("() => claimGraph.network.physics.physicsEnabled") is False
        page.wait_for_timeout(300)  # time for anything that moves to have moved
        found.append(page.evaluate(POSITIONS))
    assert found[0] == found[1]
    assert len({tuple(place) for place in found[0].values()}) == len(found[0]) > 5

    network = claim_graph(blown_up(case, 500), title="Busy", limit=500)
    assert 450 < len(network.nodes) <= 500
    html = render(network)
    started = time.perf_counter()
    page = open_page(html)
    ready = time.perf_counter()
    label = page.evaluate_handle(IN_SIGHT).as_element()
    name = label.query_selector(".text").inner_text()
    label.click()
    page.wait_for_selector("#drawer:not([hidden])")
    done = time.perf_counter()
    assert page.locator("#details h2").inner_text() == name
    record_property("seconds_until_500_nodes_are_ready", round(ready - started, 2))
    print(f"{case.name}: {len(network.nodes)} nodes ready after {ready - started:.2f} s, click {done - ready:.2f} s")
    assert done - started < 15, "3 s is the aim; this bound is for a slow machine"


#: What stands in the columns of sources, for the claims that are drawn: a source has a node in each in which it speaks.
SPEAKERS = """SELECT ?tier ?speaker ?kind (COUNT(*) AS ?rows) {{
  VALUES ?claim {{ {claims} }}
  ?last kg:expresses ?claim . ?link kg:relays* ?last ; kg:step ?step ; prov:wasAttributedTo ?speaker
  OPTIONAL {{ ?link kg:relays ?next }}
  OPTIONAL {{ ?speaker a kg:UnnamedSource BIND ("unnamed" AS ?unnamed) }}
  OPTIONAL {{ ?speaker a schema:Person BIND ("person" AS ?person) }}
  BIND (IF(!BOUND(?next), "origin", IF(?step = 1, "outlet", "quoted")) AS ?tier)
  BIND (COALESCE(?unnamed, ?person, IF(?step = 1, "outlet", "organisation")) AS ?kind)
}} GROUP BY ?tier ?speaker ?kind"""
CLAIMS = "SELECT ?claim ?type {{ VALUES ?claim {{ {claims} }} ?claim a ?type }}"
STANCES = """SELECT ?stance (COUNT(DISTINCT ?pair) AS ?n) {{
  VALUES ?claim {{ {claims} }}
  ?last kg:expresses ?claim ; kg:stance/skos:notation ?stance ; prov:wasAttributedTo ?speaker
  BIND (CONCAT(STR(?speaker), " ", STR(?claim)) AS ?pair)
}} GROUP BY ?stance"""
RELAYS = """SELECT (COUNT(DISTINCT ?pair) AS ?n) {{
  VALUES ?claim {{ {claims} }}
  ?last kg:expresses ?claim . ?to kg:relays* ?last ; prov:wasAttributedTo ?quoted
  . ?from kg:relays ?to ; kg:step ?step ; prov:wasAttributedTo ?speaker
  OPTIONAL {{ ?to kg:relays ?next }}
  BIND (CONCAT(STR(?step = 1), STR(?speaker), " ", STR(BOUND(?next)), STR(?quoted)) AS ?pair)
}}"""
RELATIONS = """SELECT ?kind (COUNT(DISTINCT ?relation) AS ?n) {{
  ?relation a kg:ClaimRelation ; kg:relation/skos:notation ?kind
  FILTER NOT EXISTS {{ ?relation kg:judgement kg:relationRejected }}
  FILTER NOT EXISTS {{
    ?relation kg:subject|kg:object|kg:member|kg:whole|kg:part ?end FILTER (?end NOT IN ({listed}))
  }}
}} GROUP BY ?kind"""


#: By kind, what is visible without it: nodes and links as told, and labels.
TOGGLED = """() => {
  const found = { node: {}, edge: {} }, { dataset } = document.getElementById('visible');
  for (const box of document.querySelectorAll('#legend input')) {
    box.click();
    const labels = document.querySelectorAll('.labels .node:not([hidden])').length;
    const { nodeKind, edgeKind } = box.dataset;
    found[nodeKind ? 'node' : 'edge'][nodeKind ?? edgeKind] = [Number(dataset.nodes), Number(dataset.edges), labels];
    box.click();
  }
  return found;
}"""


def test_04_legend_and_filters(case: Case, open_page: Callable[..., Any]) -> None:
    page = open_page(case.graph)
    data = json.loads(page.locator("#data").text_content())
    drawn = [IRI(node["iri"]).n3 for node in data["nodes"] if node["tier"] == "claim"]
    asked = {"claims": " ".join(drawn), "listed": ", ".join(drawn)}

    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for tier, speaker, kind, rows in case.rows(SPEAKERS.format(**asked)):
        kinds[tier, speaker][kind] += rows
    # One that is an outlet in some rows of a column and is quoted in others is what it is in most of them.
    nodes = Counter(min(found, key=lambda kind: (-found[kind], kind)) for found in kinds.values())
    for _, type_ in case.rows(CLAIMS.format(**asked)):
        nodes["claim:" + type_.rpartition("#")[2].removesuffix("Claim").lower()] += 1
    edges = Counter(dict(case.rows(STANCES.format(**asked)))) + Counter(relays=case.rows(RELAYS.format(**asked))[0][0])
    edges = Counter({{"affirms": "states"}.get(kind, kind): number for kind, number in edges.items()})
    edges += Counter(dict(case.rows(RELATIONS.format(**asked))))

    def boxes(of: str) -> set[str]:
        return set(page.locator(f"[data-{of}-kind]").evaluate_all(f"(all) => all.map((box) => box.dataset.{of}Kind)"))

    assert boxes("node") == set(nodes)
    assert set(edges) <= boxes("edge"), "one with a relation to a claim that is not shown says 0 of so many"
    page.evaluate("() => document.querySelectorAll('#legend input:not(:checked)').forEach((box) => box.click())")
    everything = counts(page)
    assert everything == (sum(nodes.values()), sum(edges.values()))
    without = page.evaluate(TOGGLED)
    for kind, (visible, _, written) in without["node"].items():
        assert visible == written == everything[0] - nodes[kind], kind
    for kind, (visible, links, _) in without["edge"].items():
        assert (visible, links) == (everything[0], everything[1] - edges[kind]), kind
    assert counts(page) == everything


# ---- 5: click to words -----------------------------------------------------------------------------------------------


def test_05_click_to_words(case: Case, open_page: Callable[..., Any]) -> None:
    row = next(row for row in case.tables["assertions"] if row["id"] == case.row)
    document = next(known for known in case.tables["documents"] if known["id"] == row["doc"])

    def plain(names: Iterable[str]) -> list[str]:
        return [name.split(" ↗")[0].removesuffix(" (unnamed)") for name in names]

    chain = plain(row["chain"])

    def told(query: str) -> None:
        """The copied query gives this row and no other: its chain from the outlet on, and its words at the end."""
        answer = case.workspace.sparql(query).rows
        assert answer is not None
        found = list(answer)
        assert plain(str(step["name"]) for step in found) == chain
        assert [step["step"] for step in found] == list(range(1, len(chain) + 1))
        assert [step["statement"] for step in found if step["statement"]] == [row["statement"]]

    page = open_page(case.dossier, **CLIPBOARD)
    number = page.locator(f"#claims .report[data-row='\"{case.row}\"']").get_attribute("data-report")
    marks = page.locator(f"svg .mark[data-reports~='{number}'][tabindex]:visible")
    assert marks.count() >= 3, "in several figures"
    marks.first.dispatch_event("click")
    report = page.locator(f"#details .report[data-report='{number}']")
    while not report.count():
        page.locator("#details > .plain").click()
    assert report.locator(".statement").inner_text() == row["statement"]
    assert plain(report.locator(".chain a:not(.open)").all_inner_texts()) == chain
    facts = report.locator(".facts").inner_text()
    day = time.strptime(document["published"], "%Y-%m-%d")
    assert f"{document['outlet']}, {day.tm_mday} {time.strftime('%B %Y', day)}" in facts
    assert ("as of an unstated day" in facts) == (row.get("as_of") is None)
    link = report.locator("a.web")
    assert link.get_attribute("href") == document["url"]
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert report.locator(".digest").inner_text() == row["span_digest"]
    report.locator(".query button").click()
    report.locator(".query button", has_text="Copied").wait_for()
    told(page.evaluate("() => navigator.clipboard.readText()"))

    page = open_page(case.graph, **CLIPBOARD)
    data = json.loads(page.locator("#data").text_content())
    (numbered,) = [one for one in data["rows"] if one["row"] == case.row]
    page.locator(f".labels .node[data-node='{numbered['nodes'][-1]}']").dispatch_event("click")
    card = page.locator(f"#details .row[data-row='{case.row}']")
    while not card.count():
        page.locator("#details section > .plain:visible").last.click()
    assert card.locator(".statement").inner_text() == row["statement"]
    assert plain(card.locator(".chain button").all_inner_texts()[:-1]) == chain
    facts = card.inner_text()
    assert document["outlet"] in facts
    assert document["published"] in facts
    assert row["span_digest"] in facts
    assert card.locator("dd a").get_attribute("href") == document["url"]
    card.locator(".copy").click()
    page.wait_for_selector(f"#details .row[data-row='{case.row}'] .copy:has-text('Copied')")
    told(page.evaluate("() => navigator.clipboard.readText()"))


# ---- 6 and 7: numbers ------------------------------------------------------------------------------------------------


def interval(lower: int, upper: int) -> str:
    return str(lower) if lower == upper else f"{lower}–{upper}"


def test_06_one_count(case: Case, open_page: Callable[..., Any]) -> None:
    """What the page says in its head, in its figures and in a drawer, what the questions answer, and what the function
    says that counts it all."""
    page = open_page(case.dossier)
    counted = Counted(blocks(read_statements(case.workspace.store, case.workspace.base), 0.25))
    support = {row["claim"]: row for row in case.ask("event-support", event=case.event)}
    figures = [claim for claim in support if claim in counted.implying]
    assert len(figures) > 1
    for claim in figures:
        asked, (_, found) = support[claim], counted(claim)
        assert (asked["documents"], asked["outlets"], asked["origins"]) == (
            found.documents,
            found.outlets,
            len(found.origins),
        )
        assert (asked["origins_lower"], asked["origins_upper"]) == (found.lower, found.upper), claim

    # the head: each floor, and what all claims that imply it rest on
    stated = {row["floor"]: row for row in case.ask("floors", event=case.event, measure="killed")}
    killed, happening = vocab.term("measure:killed").value, case.iri.value
    by_floor = {}
    for block in counted.blocks:
        for profile in profiles(list(block.figures), block.orders, block.happenings, EVERYONE):
            behind: list[str] = []
            for floor in profile:
                behind += floor.claims
                if (floor.event, floor.measure) == (happening, killed):
                    chains = [counted.chains[claim] for claim in behind]
                    by_floor[floor.floor] = independence(chains, block.sources)
    assert set(by_floor) == set(stated)
    heads = page.locator(".floor:not(.none)").all()
    assert heads
    for head in heads:
        number = int(re.sub(r"\D", "", head.locator(".number").inner_text()))
        found, row = by_floor[number], stated[number]
        drawn = head.locator(".four b").all_inner_texts()
        four = (found.lower, found.upper, len(found.origins), found.outlets, found.documents)
        columns = ("origins_lower", "origins_upper", "origins", "outlets", "documents")
        assert four == tuple(row[column] for column in columns)
        assert drawn == [interval(*four[:2]), *map(str, four[2:])]

        # the ladder: the origins of the very reports that the head counts
        rests = page.evaluate(
            """(numbers) => [...document.querySelectorAll('#figure-ladder .twin tbody tr')]
              .filter((row) => numbers.includes(row.dataset.reports))
              .map((row) => [0, 1, 3].map((i) => row.cells[i].textContent))""",
            head.get_attribute("data-reports").split(),
        )
        assert len({document for document, _, _ in rests}) == found.documents
        assert len({outlet for _, outlet, _ in rests}) == found.outlets

    # the figures and the matrix, as drawn and as a table
    told = page.evaluate(
        """() => [...document.querySelectorAll('#figure-figures .wide .mark[data-numbers]')]
          .map((mark) => [mark.dataset.pick.slice(6), [...mark.querySelectorAll('text')].at(-1).textContent])"""
    )
    assert told
    by_code = {claim.rpartition("/")[2]: row for claim, row in support.items()}
    for code, drawn in told:
        row = by_code[code]
        assert drawn == interval(row["origins_lower"], row["origins_upper"])
    heads, foot, twin = page.evaluate(
        """() => {
          const box = document.querySelector('#figure-matrix'), rows = [...box.querySelectorAll('.twin tbody tr')];
          const texts = [...box.querySelectorAll('.wide svg > text')];
          const first = texts.findIndex((text) => text.textContent === 'independent origins') + 1;
          const heads = [...box.querySelectorAll('.wide .mark.head')].map((mark) => mark.dataset.pick.slice(6));
          return [heads, texts.slice(first, first + heads.length).map((text) => text.textContent),
            rows.map((row) => [...row.cells].map((cell) => cell.textContent))
              .filter(([source]) => source === 'Independent origins').map((cells) => cells[3])];
        }"""
    )
    for code, drawn, cell in zip(heads, foot, twin, strict=True):
        row = by_code.get(code)
        if row is not None:
            assert drawn == interval(row["origins_lower"], row["origins_upper"])
            assert cell.startswith(f"{drawn} (")
    assert sum(code in by_code for code in heads) > 0

    # the ladder's choke points
    asked = case.ask("single-points-of-failure", event=case.event)
    points = {row["source"].rpartition("/")[2]: row["claims"] for row in asked}
    alone: Counter[str] = Counter()
    for claim, row in support.items():
        if row["documents"] > 1:
            alone.update(one.rpartition("/")[2] for one in counted(claim)[1].single_points if "/document/" not in one)
    assert alone == Counter(points)
    chokes = page.evaluate(
        """() => [...document.querySelectorAll('#figure-ladder .wide .mark')].flatMap((mark) => {
          const sign = [...mark.querySelectorAll('text')].find((text) => text.textContent.startsWith('▲'));
          return sign ? [[mark.dataset.pick.slice(7), Number(sign.textContent.replace(/\\D/g, ''))]] : []; })"""
    )
    assert chokes
    for code, number in chokes:
        assert number == alone[code]

    # the drawer of a claim
    code = next(code for code, _ in told)
    page.goto(page.url.split("#")[0] + f"#claim={code}")
    page.wait_for_selector("#drawer:not([hidden])")
    row = by_code[code]
    said = page.locator("#details .counts").inner_text()
    assert f" {interval(row['origins_lower'], row['origins_upper'])} independent" in said


#: Every mark with its figure, its reports, the claim it stands for and, where it tells them, its numbers.
MARKS = """() => [...document.querySelectorAll('figure .mark')].map((mark) => ({
  kind: mark.closest('figure').dataset.kind, pick: mark.dataset.pick,
  reports: mark.dataset.reports, numbers: mark.dataset.numbers ?? null,
  shapes: mark.querySelectorAll('.value > :not(.stroke)').length,
}))"""
#: The numbers of the rows of the interval chart, read off its axis: the middle of each shape between two lines.
READ_OFF = """() => {
  const middle = (element) => { const box = element.getBBox(); return box.x + box.width / 2; };
  const number = (text) => Number(text.textContent.replace(/,/g, ''));
  let axis = [];
  const found = [];
  const wide = document.querySelector('#figure-figures .wide');
  for (const group of wide.querySelectorAll('.axis, .mark[data-numbers]')) {
    if (group.matches('.axis')) {
      axis = group.querySelector('.break') ? [] : [...group.querySelectorAll('text')]
        .map((text) => [middle(text), number(text)]).sort((a, b) => a[0] - b[0]);
      continue;
    }
    if (axis.length < 2) continue;
    const [left, right] = [axis[0], axis.at(-1)], scale = (right[1] - left[1]) / (right[0] - left[0]);
    const shapes = [...group.querySelectorAll('.value > :not(.stroke)')];
    found.push([group.dataset.numbers, shapes.map((shape) => left[1] + (middle(shape) - left[0]) * scale), scale]);
  }
  return found;
}"""


def test_07_honest_marks(case: Case, open_page: Callable[..., Any]) -> None:
    page = open_page(case.dossier)
    stated: dict[str, set[int]] = defaultdict(set)
    for claim, low, high in case.rows(
        "SELECT ?claim ?low ?high { ?claim a kg:QuantityClaim"
        " OPTIONAL { ?claim schema:minValue ?low } OPTIONAL { ?claim schema:maxValue ?high } }"
    ):
        stated[f"claim={claim.rpartition('/')[2]}"] = {number for number in (low, high) if number is not None}
    every = "(all) => all.map(({ dataset }) => [dataset.report, dataset.picks])"
    claims = dict(page.locator("#claims .report").evaluate_all(every))
    tables = {
        kind: set(" ".join(rows).split())
        for kind, rows in page.evaluate(
            """() => [...document.querySelectorAll('figure')].map((figure) => [figure.dataset.kind,
              [...figure.querySelectorAll('.twin tr[data-reports]')].map((row) => row.dataset.reports)])"""
        )
    }
    marks = page.evaluate(MARKS)
    assert {mark["kind"] for mark in marks} == set(FIGURES)
    for mark in marks:
        reports = mark["reports"].split()
        assert reports, mark
        assert set(reports) <= set(claims), "words stand behind it"
        if mark["kind"] != "matrix" or mark["pick"].startswith("claim="):
            assert set(reports) & tables[mark["kind"]], "and a row of the table"
        if mark["numbers"] is not None:
            numbers = [int(number) for number in mark["numbers"].split()]
            for claim in {mark["pick"], *(claims[report].split()[0] for report in reports)}:
                assert set(numbers) == stated[claim], "the very numbers that are stated"
            if mark["kind"] == "figures":
                assert bool(mark["shapes"]) == bool(numbers), "no number, no shape"
    found = page.evaluate(READ_OFF)
    assert len(found) > 1
    for told, read, scale in found:
        numbers = sorted({int(number) for number in told.split()})
        for at in read:
            assert min(abs(at - number) for number in numbers) <= abs(scale), "at most a pixel beside its number"
        for number in numbers:
            assert min(abs(at - number) for at in read) <= abs(scale)


# ---- 8 and 9: for everybody ------------------------------------------------------------------------------------------

#: How strongly each dimmed text of the drawings, rows and lists stands out from its paper: how many, and the weakest.
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
#: The marks and rows that are lit though they share no report with what is chosen, and those that are not and do.
WRONGLY_LIT = """(numbers) => {
  const wanted = new Set(numbers), wrong = [];
  for (const element of document.querySelectorAll('[data-reports]')) {
    const shares = element.dataset.reports.split(' ').some((number) => wanted.has(number));
    if (shares !== element.classList.contains('lit')) wrong.push(element.outerHTML.slice(0, 200));
  }
  return wrong;
}"""
#: The numbers of the reports that belong to what the address names.
CHOSEN = """() => [...document.querySelectorAll('#claims .report')]
  .filter((report) => report.dataset.picks.split(' ').includes(location.hash.slice(1)))
  .map((report) => report.dataset.report)"""


def test_08_linked_selection_and_deep_link(case: Case, open_page: Callable[..., Any]) -> None:
    page = open_page(case.dossier)
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
        numbers = page.evaluate(CHOSEN) or mark.get_attribute("data-reports").split()
        assert set(mark.get_attribute("data-reports").split()) & set(numbers), kind
        assert page.evaluate(WRONGLY_LIT, numbers) == []
        page.keyboard.press("Escape")
        assert drawer.is_hidden()
        assert page.locator(".lit").count() == 0
        assert page.evaluate("() => document.activeElement.dataset.pick") == pick, "focus goes back to the mark"
    page.go_back()
    page.wait_for_function("() => !document.getElementById('drawer').hidden")
    assert page.evaluate("() => location.hash") == f"#{pick}"
    page.go_forward()
    page.wait_for_function("() => document.getElementById('drawer').hidden")

    page.locator("header .rest-on a").first.click()
    reports = page.evaluate(CHOSEN)
    documents = page.evaluate(
        """(numbers) => new Set([...document.querySelectorAll('#claims .report')].map((report) => report.dataset)
          .filter(({ report }) => numbers.includes(report)).map((report) => report.document)).size""",
        reports,
    )
    said = page.locator("#details .counts").inner_text()
    assert re.search(rf"^{len(reports)} reports? in {documents} documents?\b", said)
    assert page.locator("#details .report").count() == min(20, len(reports))
    if len(reports) > 20:
        page.locator("#details > .plain").click()
        assert page.locator("#details .report").count() == min(40, len(reports))
    assert all(page.locator(f"#figure-{kind} .lit").count() for kind in FIGURES)
    many = 50 if case.name == "demo" else 3
    count, weakest = page.evaluate(WEAKEST)
    assert count > many
    assert weakest >= 3

    # the same by its address alone, on dark paper
    again = open_page(case.dossier, "#" + page.url.split("#")[1], color_scheme="dark")
    assert again.locator("#details h2").inner_text() == page.locator("#details h2").inner_text()
    assert again.evaluate(CHOSEN) == reports
    assert again.evaluate(WRONGLY_LIT, reports) == []
    count, weakest = again.evaluate(WEAKEST)
    assert count > many
    assert weakest >= 3, "on dark paper"
    again.goto(again.url.split("#")[0] + f"#row={case.row}")
    again.locator("#details h2", has_text=f"Row {case.row}").wait_for()
    assert again.locator("#details .report").count() == 1
    again.goto(again.url.split("#")[0] + "#row=unknown-row")
    again.wait_for_function("() => document.getElementById('drawer').hidden")


#: Elements whose words begin in a script of their own and run the wrong way, and how many of each script there are.
DIRECTIONS = """() => {
  const scripts = { rtl: /^[^\\p{L}]*\\p{Script=Arabic}/u, ltr: /^[^\\p{L}]*\\p{Script=Cyrillic}/u };
  const wrong = [], count = { rtl: 0, ltr: 0 };
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
    for (const [way, script] of Object.entries(scripts)) {
      if (!script.test(own) || !element.getClientRects().length || element.closest('pre, svg, mark')) continue;
      count[way]++;
      if (getComputedStyle(element).direction !== way) wrong.push(element.outerHTML.slice(0, 200));
    }
  }
  return [wrong, count];
}"""
#: The pictures of a legend without their colours: alike they would be told apart by colour alone. Grey ones show what
#: is drawn in every colour.
COLOURLESS = """(box) => [...box.querySelectorAll('.legend svg')].map((svg) => [Boolean(svg.querySelector('.others')),
  svg.innerHTML.replace(/ (class|fill|stroke)="([^"]*)"/g,
    (_, name, value) => (name === 'fill' && /none|#fff/i.test(value) ? ' hollow' : ''))].join())"""


def test_09_accessible(
    case: Case, tour: dict[str, Any], open_page: Callable[..., Any], visit: Callable[..., Any]
) -> None:
    page = open_page(case.dossier)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.className") == "skip"
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
        pictures = box.evaluate(COLOURLESS)
        assert len(set(pictures)) == len(pictures), f"{kind}: two lines of the legend differ by colour alone"
        # the table beside it has the values of the picture
        heads = box.locator(".twin th").all_text_contents()
        cells = box.evaluate(
            """(box) => [...box.querySelectorAll('.twin tbody tr')]
              .map((row) => [row.dataset.reports ?? '', [...row.cells].map((cell) => cell.textContent)])"""
        )
        for reports, numbers in box.evaluate(
            """(box) => [...box.querySelectorAll('.wide .mark[data-numbers]')]
              .map(({ dataset }) => [dataset.reports, dataset.numbers])"""
        ):
            own = [row[heads.index("Figure")] for of, row in cells if of and set(of.split()) <= set(reports.split())]
            assert any(all(f"{int(number):,}" in said for number in numbers.split()) for said in own), reports
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")

    # the keyboard alone: to a mark, into the drawer and back
    page.locator("#figure-figures").evaluate("(box) => { box.tabIndex = -1; box.focus(); }")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.matches('.mark')"):
            break
    page.keyboard.press("Enter")
    assert page.locator("#drawer").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#drawer").is_hidden()
    assert page.evaluate("() => document.activeElement.matches('#figure-figures .mark')")

    # scripts of both directions
    found: Counter[str] = Counter()
    page.evaluate("() => document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    name = "الصحة" if case.name == "hostile" else "المرصد السوري"
    for one in (page, visit(f"{case.server.url}/search?q={quote(name)}")):
        wrong, count = one.evaluate(DIRECTIONS)
        assert wrong == []
        found.update(count)
    assert found["rtl"] > 0
    assert found["ltr"] > 0 or case.name == "demo", "the demo has nothing in Cyrillic"

    # nothing beyond the edge of a phone
    def width(page: Any) -> int:
        return int(page.evaluate(WIDTH))

    phone = open_page(case.dossier, **PHONE)
    assert width(phone) <= 390
    for kind in FIGURES:
        box = phone.locator(f"#figure-{kind}")
        assert box.locator(".wide").is_hidden()
        assert box.locator(".narrow").is_visible()
    phone.evaluate("() => document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    assert width(phone) <= 390
    visible_mark(phone, "figures").dispatch_event("click")
    drawer = phone.locator("#drawer").bounding_box()
    assert drawer["width"] == 390
    assert drawer["y"] > 300
    assert width(phone) <= 390
    assert width(open_page(case.graph, **PHONE)) <= 390
    assert {path: seen["narrow"] for path, seen in tour.items() if seen["narrow"] > 390} == {}


# ---- 10 and 11: the endpoint and its editor --------------------------------------------------------------------------


def test_10_safe_endpoint(
    case: Case, start: Callable[..., Server], elsewhere: tuple[str, list[str]], browser: Any, tmp_path: Path
) -> None:
    other, asked = elsewhere
    asked.clear()
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:secret> <urn:p> 'secret' .", encoding="utf-8")
    shutil.copytree(case.folder, tmp_path / "copy", ignore=shutil.ignore_patterns("LOCK"))
    server = start(tmp_path / "copy", timeout=2.0)

    for url in (f"{other}/x", secret.as_uri()):
        for query in (
            f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}",
            f"SELECT * FROM <{url}> {{ ?s ?p ?o }}",
            f"SELECT * FROM NAMED <{url}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"LOAD <{url}>",
        ):
            reply = server.ask(query)
            assert (reply.status_code, "secret'" in reply.text, asked) == (400, False, []), query
            assert len(reply.text.split()) > 5, "it says why"
        loaded = server.client.post(
            "/sparql", content=f"LOAD <{url}>", headers={"Content-Type": "application/sparql-update"}
        )
        assert loaded.status_code == 403
    insert = server.client.post("/sparql", data={"update": "INSERT DATA { <urn:s> <urn:p> 1 }"})
    assert (insert.status_code, "--token-file" in insert.text) == (403, True)
    assert server.ask("ASK { <urn:s> ?p ?o }").json() == {"head": {}, "boolean": False}
    assert asked == []

    # a page of another origin, in a browser that keeps its rules
    page = browser.new_page()
    page.goto(other)
    reads = "([url, how]) => fetch(url, how).then((reply) => reply.text()).catch(() => 'refused')"
    ask = f"{server.sparql}?{urlencode({'query': 'ASK {}'})}"
    post = {"method": "POST", "body": "ASK {}", "headers": {"Content-Type": "application/sparql-query"}}
    assert page.evaluate(reads, [ask, {}]) == "refused"
    assert page.evaluate(reads, [server.sparql, post]) == "refused"
    assert page.evaluate(reads, [ask, {"mode": "no-cors"}]) in ("", "refused"), "opaque"
    assert page.evaluate(reads, [other, {}]).startswith("<!doctype"), "its own server it can read"
    page.close()
    for origin in (other, "null"):
        headers = server.client.get(ask, headers={"Origin": origin}).headers
        assert not [name for name in headers if name.startswith("access-control")]

    cross = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with ThreadPoolExecutor(1) as pool:
        join = pool.submit(httpx.get, server.sparql, params={"query": cross}, timeout=30)
        slowest, times = 0.0, 0
        while not join.done() and times < 1000:
            began = time.perf_counter()
            assert server.ask("ASK { ?claim kg:measure measure:killed }").json()["boolean"] is True
            slowest, times = max(slowest, time.perf_counter() - began), times + 1
            time.sleep(0.05)
    assert times > 1
    assert slowest < 1, f"the slowest ASK took {slowest:.2f} s"
    assert join.result().status_code == 504
    assert "longer than the 2 seconds" in join.result().text


@pytest.mark.usefixtures("needs_the_editor")
def test_11_query_delight(case: Case, visit: Callable[..., Any]) -> None:
    def query(text: str, **more: str) -> Any:
        page = visit(f"{case.server.url}/query#{urlencode({'query': text, **more}, quote_via=quote)}")
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    # a saved question is a form, whose answer has an address
    page = visit(f"{case.server.url}/question/event-figures")
    page.fill("input[name=event]", case.event)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/question/event-figures?event={case.event}**")
    assert page.locator("tbody tr").count() == min(200, len(case.ask("event-figures", event=case.event)))
    assert page.locator("input[name=event]").input_value() == case.event

    # columns in their order, and the views that their types allow
    offers = {
        "?zeta ?alpha ?mid": ('("a" "b" "c")', []),
        "?name ?number": ('("one" 2) ("two" 7)', ["Table", "Chart"]),
        "?name ?lat ?long": ('("Orlen" 11 21)', ["Table", "Chart", "Map"]),
        "?from ?to": ("(<urn:a> <urn:b>)", ["Table", "Graph"]),
    }
    for columns, (values, views) in offers.items():
        page = query(f"SELECT {columns} {{ VALUES ({columns}) {{ {values} }} }}")
        answered(page)
        assert page.locator("th button").all_inner_texts() == columns.replace("?", "").split()
        assert page.locator("#views button").all_inner_texts() == views, columns

    # the address brings query and view back, and words of the store stand in the views
    text = (
        "SELECT ?source ?name ?rows WHERE { ?source skos:prefLabel ?name"
        " { SELECT ?source (COUNT(*) AS ?rows) { ?a prov:wasAttributedTo ?source } GROUP BY ?source }"
        " FILTER (?rows + 0 > 0) } ORDER BY ?name LIMIT 4"  # a plus sign means a space in some addresses
    )
    page = query(text)
    answered(page)
    assert "PREFIX" in page.locator("#notes").inner_text()
    assert {"prov:", "skos:"} <= set(re.findall(r"\w+:", page.locator("#notes").inner_text()))
    page.get_by_role("button", name="Chart", exact=True).click()
    page.locator("rect.bar").nth(3).wait_for()  # once the words for its rows are there
    assert page.locator("rect.bar").count() == 4
    again = visit(page.url)
    answered(again)
    again.locator("rect.bar").nth(3).wait_for()
    assert again.locator("rect.bar").count() == 4
    assert again.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == text
    again.get_by_role("button", name="Table", exact=True).click()
    names = [str(row[1]) for row in case.rows(text)]
    assert again.locator("td[data-column=name]").all_inner_texts() == names

    # a slip
    page = query("SELECT * WHER {?s ?p ?o}")
    told = page.locator("#error[role=alert] pre")
    told.wait_for()
    head, _, line, caret = told.inner_text().splitlines()
    assert "did you mean WHERE?" in head
    assert line.index("WHER") == caret.index("^")
    assert page.locator(".CodeMirror .fault").inner_text() == "WHER"

    # many rows
    page = query("SELECT ?s ?p ?o WHERE { ?s ?p ?o . ?a ?b ?c } LIMIT 50000")
    answered(page)
    assert page.locator("tbody tr").count() == 200
    assert "of 50,000" in page.locator(".tools").inner_text()
    page.get_by_role("button", name="Next").click()
    page.wait_for_function("() => document.querySelector('.tools').textContent.includes('rows 201 to 400')")
    assert page.locator("tbody tr").count() == 200


# ---- 12: parity ------------------------------------------------------------------------------------------------------


def test_12_parity(case: Case, visit: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(case.folder, folder, ignore=shutil.ignore_patterns("LOCK"))
    name, values = "event-figures", {"event": case.event, "measure": "killed"}
    python = case.ask(name, **values)
    assert len(python) > 1

    command = [str(Path(sys.executable).parent / "kg"), "--workspace", str(folder), "ask", name]
    command += [f"{key}={value}" for key, value in values.items()]
    environment = {**os.environ, "LC_ALL": "C"}
    told = {}
    for format_ in ("csv", "json"):
        asked = subprocess.run([*command, "--format", format_], env=environment, capture_output=True, check=True)
        told[format_] = output = asked.stdout
        assert output == python.write(format_).encode("utf-8")
        assert case.server.client.get(f"/question/{name}.{format_}", params=values).content == output
    lines = list(csv.reader(io.StringIO(told["csv"].decode("utf-8"), newline="")))
    assert tuple(lines[0]) == python.columns
    endpoint = case.server.ask(python.query).json()
    assert endpoint["head"]["vars"] == list(python.columns)
    assert endpoint["results"]["bindings"] == json.loads(told["json"])["results"]["bindings"]

    # what the browser shows: rows in their order, words in the place of addresses
    wanted = [[" ".join(python.shown(value).split()) for value in row] for row in python.rows]
    page = visit(f"{case.server.url}/question/{name}?{urlencode(values)}")
    rows = """() => [...document.querySelectorAll('tbody tr')]
      .map((row) => [...row.cells].map((cell) => cell.textContent.replace(/\\s+/g, ' ').trim()))"""
    shown, total = page.evaluate(rows), len(wanted)
    assert len(shown) == min(200, total)
    for row, cells in zip(wanted, shown, strict=False):
        assert cells == row
    page = visit(f"{case.server.url}/query#{urlencode({'question': name, **values})}")
    answered(page)
    page.locator("td a", has_text=wanted[0][0]).first.wait_for()
    assert len(page.evaluate(rows)) == min(200, total)
    assert page.locator("#answer-title").inner_text().startswith(f"Answer {total} rows")
    column = python.columns.index("claim")
    assert [row[column] for row in page.evaluate(rows)] == [row[column] for row in wanted][:200]
