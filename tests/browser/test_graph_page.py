"""The graph page in a real browser: offline, harmless whatever its words, and answering every click."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.terms import IRI, Literal
from kg.views import ChainLink, EdgeKind, GraphEdge, GraphPage, Network, chain_links, claim_graph, render
from kg.workspace import Workspace

pytestmark = pytest.mark.browser

ID = "https://example.org/id/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

ACTORS = {
    "Orlen Gazette": "outlet",
    "Вестник Орлена": "outlet",
    "Harbour Wire": "organisation",
    "Velmara Health Ministry": "organisation",
    "مرصد أورلين": "organisation",
    "Ada Lind": "person",
    "witnesses": "unnamed",
}


def chain(row: str, *speakers: str, claim: str, document: str, stance: str = "affirms", **last: Any) -> list[ChainLink]:
    links = [
        ChainLink(
            row=row,
            document=IRI(f"{ID}document/{document}"),
            document_label=f"{speakers[0]}, 15 March 2031 ({document})",
            url=f"https://velmara.example/{document}",
            date=dt.date(2031, 3, 15),
            step=step,
            speaker=IRI(f"{ID}actor/{list(ACTORS).index(name)}"),
            speaker_label=name,
            speaker_kind=ACTORS[name],
            speaker_aliases=("وزارة الصحة", "Минздрав Велмары") if "Ministry" in name else (),
            organisation=IRI(ID + "actor/3") if name == "Ada Lind" else None,
            organisation_label="Velmara Health Ministry" if name == "Ada Lind" else None,
        )
        for step, name in enumerate(speakers, start=1)
    ]
    links[-1] = replace(
        links[-1],
        claim=IRI(f"{ID}claim/{claim.replace(' ', '-')}"),
        claim_label=claim,
        claim_kind=last.pop("kind", "quantity"),
        event="Explosion at Velmara",
        statement=f"{row} puts it so: {claim}.",
        statement_language="en",
        stance=stance,
        cue="said",
        directness="paraphrase",
        certainty="stated",
        as_of=dt.date(2031, 3, 14),
        span_digest="sha256:" + row.lower() * 4,
        **last,
    )
    return links


def velmara(**options: Any) -> Network:
    """Seven rows: one figure by two ways, a denial beside an affirmation of it, other scripts, somebody unnamed."""
    links = [
        *chain("A1", "Orlen Gazette", "Velmara Health Ministry", claim="17 people killed", document="A"),
        *chain("A2", "Orlen Gazette", "Harbour Wire", "Ada Lind", claim="17 people killed", document="A"),
        *chain("A3", "Orlen Gazette", "Velmara Health Ministry", claim="a second blast", document="A", kind="event"),
        *chain("B1", "Вестник Орлена", "مرصد أورلين", claim="24–29 people killed", document="B"),
        *chain("B2", "Вестник Орлена", "مرصد أورلين", claim="17 people killed", document="B", stance="denies"),
        *chain(
            "B3", "Вестник Орлена", "Velmara Health Ministry", claim="17 people killed", document="B", stance="denies"
        ),
        *chain("B4", "Вестник Орлена", "witnesses", claim="a second blast", document="B", kind="event"),
    ]
    return claim_graph(links, title="Explosion at Velmara", **options)


CONTRADICTS = EdgeKind("contradicts", "contradicts", "contradicts", "#D55E00", "#D55E00", (3, 3), "diamond")


def with_relations(network: Network) -> Network:
    one, other = (node.id for node in network.claims if "killed" in node.label)
    edges = [
        GraphEdge(
            GraphEdge.name("contradicts", a, b), a, b, "contradicts", "17 contradicts 24–29", detail=(("Rule", "R7"),)
        )
        for a, b in ((one, other), (other, one))
    ]
    return network.with_edges(edges, [CONTRADICTS])


def label(page: Any, text: str, tier: str = "") -> Any:
    return page.locator(f".labels .node{'.' + tier if tier else ''}", has_text=text).first


#: The first label in the middle of what is seen. To one out of sight the page is scrolled first, and labels follow
#: their picture one frame later.
IN_SIGHT = """(start) => {
  const box = document.getElementById('scroller').getBoundingClientRect(), edge = 60;
  return [...document.querySelectorAll('.labels .node')].find((label) => {
    const own = label.getBoundingClientRect();
    const seen = own.height && own.top > box.top + edge && own.bottom < box.bottom - edge;
    return seen && label.textContent.trim().startsWith(start);
  });
}"""


def counts(page: Any) -> tuple[int, int]:
    visible = page.locator("#visible")
    return int(visible.get_attribute("data-nodes")), int(visible.get_attribute("data-edges"))


# ---- offline and fast ------------------------------------------------------------------------------------------------


def test_the_page_opens_without_asking_for_anything(open_page: Any) -> None:
    page = open_page(render(velmara()))
    assert page.title() == "Explosion at Velmara"
    assert page.locator("h1").all_inner_texts() == ["Explosion at Velmara"], "and no heading of pyvis"
    assert page.locator(".labels .node").count() == len(velmara().nodes)
    assert page.locator("canvas").bounding_box()["width"] > 1000
    drawn = page.evaluate(
        "() => { const c = document.querySelector('canvas'); return new Set(c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data).size }"
    )
    assert drawn > 20, "the canvas is blank"


def test_positions_are_those_of_the_network_and_the_same_at_every_load(open_page: Any) -> None:
    network = velmara()
    found = []
    for _ in range(2):
        page = open_page(render(network))
        page.wait_for_timeout(300)  # time for anything that moves to have moved
        positions = "Object.values(claimGraph.network.body.nodes).map((node) => [node.id, [node.x, node.y]])"
        found.append(dict(page.evaluate(f"() => {positions}")))
        assert page.evaluate("() => claimGraph.network.physics.physicsEnabled") is False
    assert found[0] == found[1]
    for number, node in enumerate(network.nodes):
        assert found[0][f"n{number}"] == [node.x, node.y]


def test_five_hundred_nodes_are_there_at_once(open_page: Any, record_property: Any) -> None:
    links = []
    for number in range(260):
        for copy in range(1 + number % 3):
            outlet = replace(
                chain("x", "Orlen Gazette", claim="x", document="x")[0],
                speaker=IRI(f"{ID}actor/outlet{(number * 7 + copy) % 120}"),
                speaker_label=f"Outlet {(number * 7 + copy) % 120}",
                row=f"R{number}-{copy}",
                document=IRI(f"{ID}document/{number}-{copy}"),
                claim=None,
            )
            origin = replace(
                outlet,
                step=2,
                speaker=IRI(f"{ID}actor/origin{number % 120}"),
                speaker_label=f"Origin {number % 120}",
                speaker_kind="organisation",
                claim=IRI(f"{ID}claim/{number}"),
                claim_label=f"{number} people killed",
                claim_kind="quantity",
            )
            links += [outlet, origin]
    network = claim_graph(links, title="Busy", limit=500)
    assert len(network.nodes) >= 490
    started = time.perf_counter()
    page = open_page(render(network))
    took = time.perf_counter() - started
    record_property("seconds_until_500_nodes_are_ready", round(took, 2))
    print(f"{len(network.nodes)} nodes, {len(network.edges)} links: ready after {took:.2f} s")
    started = time.perf_counter()
    page.evaluate_handle(IN_SIGHT, "Origin").as_element().click()
    page.wait_for_selector("#drawer:not([hidden])")
    assert time.perf_counter() - started < 4
    assert took < 9, "3 s is the aim; this bound is for a slow machine"


# ---- harmless --------------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>window.__pwned=1</script>",
    "</script><script>window.__pwned=1</script>",
    '<a href="x" onmouseover="window.__pwned=1"><img src=x onerror="window.__pwned=1">',
    "\"'><svg onload=window.__pwned=1>",
    "{{ window.__pwned=1 }}${window.__pwned=1}",
    "\u202eflipped\u2028window.__pwned=1\u2029]]>",
]


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_words_stay_words(open_page: Any, evil: str) -> None:
    links = [
        replace(
            link,
            row=evil + link.row,
            document_label=evil,
            url="javascript:window.__pwned=1",
            speaker_label=f"{evil} {link.speaker_label}",
            speaker_aliases=(evil,),
            organisation_label=evil,
            claim_label=f"{evil} {link.claim_label}",
            event=evil,
            statement=evil,
            statement_language=evil,
            cue=evil,
            directness=evil,
            certainty=evil,
            span_digest=evil,
            claim_kind=evil,
            stance=evil,
        )
        for link in [
            *chain("A1", "Orlen Gazette", "Harbour Wire", "Ada Lind", claim="17 people killed", document="A"),
            *chain("A2", "Orlen Gazette", "witnesses", claim="a second blast", document="A"),
        ]
    ]
    broken = [replace(link, row=evil, step=7) for link in links[:1]]
    network = claim_graph([*links, *broken], title=f"{evil} title")
    one, other = (claim.id for claim in network.claims)
    edge = GraphEdge("x" + evil, one, other, "k" + evil, evil, detail=((evil, evil),))
    network = network.with_edges([edge], [EdgeKind("k" + evil, evil, evil, "#D55E00", "#D55E00")])
    assert len(network.problems) == 1

    page = open_page(render(network))
    assert page.locator("h1").text_content() == f"{evil} title"
    assert page.locator("script").count() == 3
    for section in page.locator("details.aside").all():
        section.evaluate("details => { details.open = true; }")
    for box in page.locator("input[type=checkbox]").all():
        box.uncheck()
        box.check()
    page.fill("#search", evil[:12])
    for node in page.locator(".labels .node").all():
        node.hover()
        node.click()
        assert page.locator("#details h2").count() == 1
        for link in page.locator("#details .links button").all()[:3]:
            link.hover()
        page.locator("#details summary").first.click()
        assert page.locator("#details a").count() == 0, "javascript: became a link"
        assert page.locator("#details .address").first.inner_text() == "javascript:window.__pwned=1"
    page.goto(page.url.split("#")[0] + "#edge=" + page.evaluate("id => encodeURIComponent(id)", "x" + evil))
    assert page.locator("#details h2").text_content() == evil
    assert "<" not in evil or page.locator("#details").evaluate("d => d.textContent.includes('<')")
    assert page.locator("#details :is(script, img, svg)").count() == 0
    hrefs = page.evaluate("() => [...document.querySelectorAll('[href]')].map((a) => a.protocol)")
    assert set(hrefs) <= {"file:"}
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.__pwned") is None


def test_the_policy_stops_what_a_hole_would_let_in(open_page: Any) -> None:
    page = open_page(render(velmara()))
    assert "default-src 'none'" in page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    page.evaluate(
        """() => {
          const script = document.createElement('script');
          script.append('window.__pwned = 1');
          document.body.append(script);
          try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.__pwned = 1">'); } catch {}
          try { setTimeout('window.__pwned = 1', 0); } catch {}
        }"""
    )
    stopped = page.evaluate("() => fetch('https://velmara.example/').then(() => 'fetched', () => 'stopped')")
    page.wait_for_timeout(100)
    assert stopped == "stopped"
    assert page.evaluate("() => window.__pwned") is None
    assert any("Content Security Policy" in fault for fault in open_page.faults)
    open_page.faults.clear()


# ---- nothing is lost -------------------------------------------------------------------------------------------------


def test_parallel_edges_are_all_drawn_and_lie_apart(open_page: Any) -> None:
    network = with_relations(velmara())
    ends = Counter((edge.source, edge.target) for edge in network.edges)
    assert max(ends.values()) == 2, "the ministry affirms and denies one figure"
    page = open_page(render(network))
    lines = page.evaluate(
        """() => claimGraph.network.body.data.edges.get().filter((e) => e.id.startsWith('e') && !e.hidden)
             .map((e) => { const p = claimGraph.network.getPositions([e.from, e.to]);
                           return [p[e.from].x, p[e.from].y, p[e.to].x, p[e.to].y].join(); })"""
    )
    assert len(lines) == len(set(lines)) == len(network.edges)
    assert counts(page) == (len(network.nodes), len(network.edges))


def test_each_box_of_the_legend_hides_exactly_its_kind(open_page: Any) -> None:
    network = with_relations(velmara())
    kind_of = {node.id: node.kind for node in network.nodes}
    page = open_page(render(network))
    everything = (len(network.nodes), len(network.edges))
    for kind, number in Counter(kind_of.values()).items():
        box = page.locator(f'[data-node-kind="{kind}"]')
        assert box.locator("..").locator("b").inner_text() == str(number)
        box.uncheck()
        gone = sum(kind in (kind_of[edge.source], kind_of[edge.target]) for edge in network.edges)
        assert counts(page) == (everything[0] - number, everything[1] - gone)
        assert page.locator(".labels .node:not([hidden])").count() == everything[0] - number
        assert drawn_edges(page) == everything[1] - gone
        box.check()
    for kind, number in Counter(edge.kind for edge in network.edges).items():
        box = page.locator(f'[data-edge-kind="{kind}"]')
        assert box.locator("..").locator("b").inner_text() == str(number)
        box.uncheck()
        assert counts(page) == (everything[0], everything[1] - number)
        assert drawn_edges(page) == everything[1] - number
        box.check()
    assert counts(page) == everything
    assert page.locator("input[type=checkbox]").count() == len(network.node_kinds) + len(network.edge_kinds)


def drawn_edges(page: Any) -> int:
    """Edges whose own line vis-network does not hide."""
    lines = "claimGraph.network.body.data.edges.get().filter((e) => e.id.startsWith('e') && !e.hidden).length"
    return int(page.evaluate(f"() => {lines}"))


def test_what_is_not_shown_is_listed_on_demand(open_page: Any) -> None:
    network = velmara(limit=8)
    page = open_page(render(network))
    told = f"{len(network.claims)} of 3 claims, {len(network.nodes)} of {network.totals.nodes} nodes shown"
    assert page.locator(".counts b").inner_text() == told
    page.click("text=what is not shown")
    for claim in network.omitted:
        assert page.locator("#omitted li", has_text=claim.label).is_visible()


def test_the_table_has_a_line_for_every_row_and_leads_back_to_the_picture(open_page: Any) -> None:
    network = velmara()
    page = open_page(render(network))
    page.click("#table summary")
    assert page.locator("#table tbody tr").count() == len(network.rows)
    page.click("#table button:has-text('B2')")
    assert page.locator("#details .row").get_attribute("data-row") == "B2"
    assert page.url.endswith("#row=" + page.evaluate("v => encodeURIComponent(v)", f"{ID}document/B|B2"))


# ---- click to words --------------------------------------------------------------------------------------------------


def test_a_claim_opens_its_statements_with_the_whole_chain(open_page: Any) -> None:
    page = open_page(render(velmara()))
    label(page, "17 people killed", "claim").click()
    details = page.locator("#details")
    assert details.locator("h2").inner_text() == "17 people killed"
    assert {row.get_attribute("data-row") for row in details.locator(".row").all()} == {"A1", "A2", "B2", "B3"}
    row = details.locator(".row[data-row=A2]")
    assert row.locator(".statement").inner_text() == "A2 puts it so: 17 people killed."
    assert row.locator(".statement").get_attribute("lang") == "en"
    steps = row.locator(".chain button").all_inner_texts()
    assert steps == ["Orlen Gazette", "Harbour Wire", "Ada Lind", "17 people killed"]
    for words in ("affirms", "“said”, paraphrase, stated", "2031-03-14", "2031-03-15", "A2", "sha256:a2a2a2a2"):
        assert words in row.inner_text()
    link = row.locator("a")
    assert link.get_attribute("href") == "https://velmara.example/A"
    assert set(link.get_attribute("rel").split()) == {"noopener", "noreferrer"}
    assert details.locator(".row[data-row=B2] .chain").inner_text().startswith("Вестник Орлена")
    row.locator(".chain button", has_text="Ada Lind").click()
    assert details.locator("h2").inner_text() == "Ada Lind"
    assert "Velmara Health Ministry" in details.locator("dl").first.inner_text()


def test_a_line_opens_all_that_runs_along_it(open_page: Any) -> None:
    network = velmara()
    page = open_page(render(network))
    (number,) = [
        n for n, edge in enumerate(network.edges) if edge.kind == "relays" and edge.label.startswith("Harbour Wire")
    ]
    x, y = page.evaluate(
        """(id) => { const { network } = claimGraph, box = document.querySelector('canvas').getBoundingClientRect();
             const middle = network.canvasToDOM(network.body.edges[id].edgeType.getPoint(0.5));
             return [box.x + middle.x, box.y + middle.y]; }""",
        f"e{number}",
    )
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    assert page.locator("#details h2").inner_text() == "Harbour Wire relays Ada Lind"
    assert [row.get_attribute("data-row") for row in page.locator("#details .row").all()] == ["A2"]
    page.mouse.click(720, 860 - 60)
    assert page.locator("#drawer").is_hidden(), "a click beside everything lets go"


def test_a_relation_opens_what_it_rests_on(open_page: Any) -> None:
    page = open_page(render(with_relations(velmara())))
    label(page, "24–29", "claim").click()
    page.locator("#details .links button", has_text="contradicts → 17").click()
    assert page.locator("#details dl").inner_text().split() == ["Rule", "R7"]
    assert page.locator(".labels .node.lit").count() == 2


def test_selecting_lights_the_strand_and_leaves_the_rest_readable(open_page: Any) -> None:
    for scheme in ("light", "dark"):
        page = open_page(render(velmara()), color_scheme=scheme)
        label(page, "24–29", "claim").click()
        lit = page.locator(".labels .node.lit .text").all_inner_texts()
        assert set(lit) == {"Вестник Орлена", "مرصد أورلين", "24–29 people killed"}
        dim, ink, paper = page.evaluate(
            """() => { const colour = (q, p) => getComputedStyle(document.querySelector(q))[p];
                 return [colour('.labels .node:not(.lit) .text', 'color'), colour('.labels .node.lit .text', 'color'),
                         colour('.stage', 'backgroundColor')]; }"""
        )
        assert contrast(dim, paper) >= 3
        assert contrast(ink, paper) >= 7
        assert (luminance(paper) > 0.5) == (scheme == "light")


def luminance(colour: str) -> float:
    parts = [int(number) / 255 for number in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def links_of(workspace: Workspace, event: IRI) -> list[ChainLink]:
    return chain_links(lambda name, values: workspace.ask(name, **values), event, "Velmara")[0]


def test_the_copied_query_gives_the_row_again(open_page: Any, workspace: Workspace, dossier: Any) -> None:
    workspace.add(dossier())
    (event,) = workspace.store.select("SELECT ?e { ?e a <http://semanticweb.cs.vu.nl/2009/11/sem/Event> }").rows[0]
    assert isinstance(event, IRI)
    network = claim_graph(links_of(workspace, event), title="Velmara")
    page = open_page(render(network), permissions=["clipboard-read", "clipboard-write"])
    row = next(row for row in network.rows if row.identifier == "D2-1")
    page.goto(page.url + "#row=" + page.evaluate("v => encodeURIComponent(v)", f"{row.document.value}|D2-1"))
    page.click(".copy")
    page.wait_for_selector(".copy:has-text('Copied')")
    answer = workspace.store.select(page.evaluate("() => navigator.clipboard.readText()"))
    lines = [dict(zip(answer.columns, line, strict=True)) for line in answer.rows]
    names = [line["name"].value for line in lines if isinstance(line["name"], Literal)]
    assert names == ["Harbour Daily", "Velmara Health Ministry", "Ada Lind"]
    assert lines[-1]["claim"] == IRI(row.claim)
    assert isinstance(lines[-1]["statement"], Literal)
    assert lines[-1]["statement"].value == row.statement == page.locator("#details .statement").inner_text()


# ---- address, keyboard, search ---------------------------------------------------------------------------------------


def test_the_address_carries_the_selection_and_brings_it_back(open_page: Any) -> None:
    network = velmara()
    page = open_page(render(network))
    label(page, "24–29", "claim").click()
    (claim,) = [node.id for node in network.claims if "24" in node.label]
    assert page.url.endswith("#claim=" + page.evaluate("v => encodeURIComponent(v)", claim))
    address = "#" + page.url.split("#")[1]
    again = open_page(render(network), address)
    assert again.locator("#details h2").inner_text() == "24–29 people killed"
    assert again.locator(".labels .node.chosen .text").inner_text() == "24–29 people killed"
    again.keyboard.press("Escape")
    assert "#" not in again.url


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        (f"#node={ID}actor/5", "Ada Lind"),
        (f"#node=origin%7C{ID}actor/3", "Velmara Health Ministry"),
        (f"#document={ID}document/B", "Вестник Орлена, 15 March 2031 (B)"),
        (f"#row={ID}document/A%7CA3", "Orlen Gazette, 15 March 2031 (A)"),
    ],
)
def test_links_from_elsewhere_find_their_way(open_page: Any, address: str, heading: str) -> None:
    assert open_page(render(velmara()), address).locator("#details h2").inner_text() == heading


@pytest.mark.parametrize("address", ["#claim=nothing", "#claim=%E0%A4%A", "#node=", "#<img src=x>", "#edge=__proto__"])
def test_an_address_that_means_nothing_opens_nothing(open_page: Any, address: str) -> None:
    assert open_page(render(velmara()), address).locator("#drawer").is_hidden()


def test_everything_is_reached_with_the_keyboard(open_page: Any) -> None:
    network = velmara()
    page = open_page(render(network))
    reached = set()
    for _ in range(12 + len(network.node_kinds) + len(network.edge_kinds) + len(network.nodes)):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("() => document.activeElement.id || document.activeElement.innerText"))
    assert {"search", "smaller", "larger", "fit", "scroller"} <= reached
    for node in network.nodes:
        assert any(node.label in words for words in reached), node.label
    target = label(page, "24–29", "claim")
    target.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.textContent") == "24–29 people killed"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.getElementById('details').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.locator("#drawer").is_hidden()
    assert target.evaluate("node => node === document.activeElement")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("أورلين", {"مرصد أورلين"}),
        ("اورلين", {"مرصد أورلين"}),
        ("مَرْصَد", {"مرصد أورلين"}),
        ("وزارة", {"Velmara Health Ministry"}),
        ("МИНЗДРАВ", {"Velmara Health Ministry"}),
        ("вестник", {"Вестник Орлена", "witnesses"}),  # the witnesses are known by the document they stand in
        ("ada", {"Ada Lind"}),
        ("B1 puts it", {"24–29 people killed"}),
        ("nobody", set()),
    ],
)
def test_the_search_finds_words_in_any_script(open_page: Any, words: str, found: set[str]) -> None:
    page = open_page(render(velmara()))
    page.fill("#search", words)
    assert set(page.locator(".labels .node.found .text").all_inner_texts()) == found
    number = page.locator(".labels .node.found").count()
    assert page.locator("#found").inner_text() == f"{number} found"
    if found:
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.matches('.node.found')")


def test_the_search_says_what_the_filters_hide(open_page: Any) -> None:
    page = open_page(render(velmara()))
    page.locator('[data-node-kind="person"]').uncheck()
    page.fill("#search", "Ada Lind")
    assert page.locator("#found").inner_text() == "0 found, 1 hidden"


def test_a_node_out_of_sight_is_brought_into_view(open_page: Any, demo: Workspace) -> None:
    page = open_page(render(demo_network(demo)))
    last = page.locator(".labels .node.claim").last
    words = last.locator(".text").inner_text()
    page.fill("#search", words)
    box, stage = last.bounding_box(), page.locator("#scroller").bounding_box()
    assert stage["y"] <= box["y"]
    assert box["y"] + box["height"] <= stage["y"] + stage["height"]


# ---- legible ---------------------------------------------------------------------------------------------------------


def demo_network(demo: Workspace) -> Network:
    (event,) = demo.store.select("SELECT ?e { ?e a <http://semanticweb.cs.vu.nl/2009/11/sem/Event> }").rows[0]
    assert isinstance(event, IRI)
    return claim_graph(links_of(demo, event), title="Syrian coast, March 2025")


def test_the_demo_is_legible_at_a_glance(open_page: Any, demo: Workspace) -> None:
    page = open_page(render(demo_network(demo)))
    sizes, overlaps, cut = page.evaluate(
        """() => {
          const nodes = [...document.querySelectorAll('.labels .node')];
          const boxes = nodes.map((node) => node.getBoundingClientRect());
          const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
          let overlaps = 0;
          boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => { overlaps += meet(a, b); }));
          const zoom = boxes[0].width / nodes[0].offsetWidth;
          return [zoom * 13, overlaps, nodes.filter((node) => {
            const text = node.querySelector('.text');
            return text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight + 1;
          }).length / nodes.length];
        }"""
    )
    assert sizes >= 12.5, "smaller letters than 12.5 px at 1440 px"
    assert overlaps == 0
    assert cut < 0.2, "more than a fifth of the labels are cut short"
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")


def test_a_phone_shows_no_more_than_its_width(open_page: Any, demo: Workspace) -> None:
    page = open_page(render(demo_network(demo)), **PHONE)

    def width() -> int:
        return int(page.evaluate("() => document.scrollingElement.scrollWidth"))

    assert width() <= 390
    page.click("#legend summary")
    page.click("#table summary")
    assert width() <= 390
    page.click("#table summary")
    page.click("#legend summary")
    page.locator(".labels .node.outlet").nth(3).tap()
    drawer = page.locator("#drawer").bounding_box()
    assert drawer["width"] == 390
    assert drawer["y"] > 300, "the picture stays in sight above the sheet"
    assert width() <= 390
    chosen = page.locator(".labels .node.chosen").bounding_box()
    assert chosen["y"] + chosen["height"] <= drawer["y"], "the sheet lies over what it is about"


def test_right_to_left_words_run_from_right_to_left(open_page: Any) -> None:
    page = open_page(render(velmara()))
    arabic = label(page, "مرصد أورلين").locator(".text")
    assert arabic.evaluate("text => getComputedStyle(text).direction") == "rtl"
    assert label(page, "Ada Lind").locator(".text").evaluate("text => getComputedStyle(text).direction") == "ltr"
    assert page.locator("html").get_attribute("lang") == "en"


def test_on_paper_every_label_stands_once_and_the_table_is_open(open_page: Any, demo: Workspace) -> None:
    network = demo_network(demo)
    page = open_page(render(network), color_scheme="dark")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert sorted(page.locator("#sheets .node .text").all_text_contents()) == sorted(
        node.label for node in network.nodes
    )
    assert page.locator("#sheets .sheet").count() > 1
    assert page.locator("#table tbody tr").first.is_visible()
    assert page.locator(".tools").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.locator("#sheets > *").count() == 0
    assert page.locator("#table tbody tr").first.is_hidden()
    assert len(page.pdf(format="A4", print_background=True)) > 20_000


def test_a_notebook_shows_the_page_in_a_frame(open_page: Any, tmp_path: Path) -> None:
    frame = GraphPage.of(velmara())._repr_html_()
    page = open_page(f"<!doctype html><meta charset=utf-8><body>{frame}", ready="iframe")
    inside = page.frame_locator("iframe")
    inside.locator("html[data-ready]").wait_for(state="attached")
    inside.locator(".labels .node", has_text="24–29").click()
    assert inside.locator("#details h2").inner_text() == "24–29 people killed"
    assert page.evaluate("() => document.querySelector('iframe').contentDocument") is None
