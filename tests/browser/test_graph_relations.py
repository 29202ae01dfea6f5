"""Relations between claims in a real browser: seen, switched, explained, and read without seeing them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from kg.terms import IRI
from kg.views import ChainLink, GraphEdge, Network, claim_graph, render
from kg.views.relation_kinds import RELATION_KINDS

pytestmark = pytest.mark.browser

ID = "https://example.org/id/"
RIVALS = 61


def velmara(**options: Any) -> Network:
    """Six claims of one source: a contradiction, a set of three, more rivals than are drawn at first, all of two."""
    names = {kind: f"Because of {kind}." for kind in ("contradicts", "conflictSet", "revises")}
    edges = [
        relation("contradicts", 0, 1, reason=names["contradicts"], grade="conditional"),
        relation("conflictSet", 0, 2, 3, reason=names["conflictSet"]),
        relation("revises", 2, 1, reason=names["revises"]),
        *(relation("rivals", 3, 4, reason=f"Because of rivals {n}.", tag=n) for n in range(RIVALS)),
    ]
    links = [
        ChainLink(
            row=f"R{number}",
            document=IRI(f"{ID}document/{number}"),
            document_label=f"Document {number}",
            step=1,
            speaker=IRI(ID + "actor/1"),
            speaker_label="Orlen Gazette",
            speaker_kind="outlet",
            claim=IRI(f"{ID}claim/{number}"),
            claim_label=f"{number} killed",
            claim_kind="quantity",
        )
        for number in range(6)
    ]
    return claim_graph(links, title="Explosion at Velmara", relations=edges, **options)


def relation(kind: str, *claims: int, reason: str, grade: str = "firm", tag: int = 0) -> GraphEdge:
    first, *between, last = (f"{ID}claim/{claim}" for claim in claims)
    return GraphEdge(
        id=f"{ID}relation/{kind}{tag}",
        source=first,
        others=tuple(between),
        target=last,
        names=tuple(f"{claim} killed" for claim in claims),
        kind=kind,
        label=kind,
        reason=reason,
        grade=grade,
        detail=(("Rule", f"the rule of {kind}"), ("Assumed", "one and the same day")),
    )


def drawn(page: Any, kind: str) -> int:
    """The relations of a kind of which vis-network draws every line."""
    return int(
        page.evaluate(
            """(kind) => {
              const data = JSON.parse(document.getElementById('data').textContent);
              const lines = claimGraph.network.body.data.edges.get();
              return data.edges.filter((edge, i) => edge.kind === kind && lines
                .filter((line) => data.vis.owners[line.id].includes(i)).every((line) => !line.hidden)).length;
            }""",
            kind,
        )
    )


def middle(page: Any, kind: str) -> tuple[float, float]:
    """Where on the screen the lane of the first relation of a kind has its middle."""
    x, y = page.evaluate(
        """(kind) => {
          const data = JSON.parse(document.getElementById('data').textContent);
          const number = data.edges.findIndex((edge) => edge.kind === kind);
          const line = claimGraph.network.body.data.edges.get(`e${number}`);
          const ends = claimGraph.network.getPositions([line.from, line.to]);
          const [from, to] = [ends[line.from], ends[line.to]];
          const at = claimGraph.network.canvasToDOM({ x: from.x, y: (from.y + to.y) / 2 });
          const frame = document.getElementById('frame').getBoundingClientRect();
          return [frame.left + at.x, frame.top + at.y];
        }""",
        kind,
    )
    return x, y


def test_crowding_kinds_wait_to_be_switched_on_by_mouse_or_keyboard(open_page: Any) -> None:
    page = open_page(render(velmara()))
    assert [drawn(page, kind) for kind in ("contradicts", "conflictSet", "revises", "rivals")] == [1, 1, 1, 0]
    offer = page.locator("#switched button")
    assert page.locator("#switched").inner_text().split() == [
        "Not",
        "drawn,",
        "switch",
        "on:",
        str(RIVALS),
        "×",
        "rivals",
    ]
    assert offer.all_inner_texts() == [f"{RIVALS} × rivals"]
    offer.focus()
    page.keyboard.press("Enter")
    assert drawn(page, "rivals") == RIVALS
    assert page.locator('[data-edge-kind="rivals"]').is_checked()
    assert offer.count() == 0
    page.locator('[data-edge-kind="rivals"]').focus()
    page.keyboard.press("Space")
    assert drawn(page, "rivals") == 0
    offer.click()
    assert drawn(page, "rivals") == RIVALS


def test_pointing_at_a_line_says_why_and_a_click_says_the_rest(open_page: Any) -> None:
    page = open_page(render(velmara()))
    tip = page.locator("#tip")
    assert tip.is_hidden()
    page.mouse.move(*middle(page, "contradicts"))
    tip.wait_for(state="visible")
    assert tip.inner_text() == "contradicts Because of contradicts. conditional"
    page.mouse.click(*middle(page, "contradicts"))
    panel = page.locator("#details")
    assert panel.locator(".statement").inner_text() == "Because of contradicts."
    assert panel.locator(".ends button").all_inner_texts() == ["0 killed", "1 killed"]
    for part in ("the rule of contradicts", "one and the same day"):
        assert part in panel.inner_text()
    assert set(page.locator(".labels .node.lit .text").all_inner_texts()) == {"0 killed", "1 killed"}


def test_a_claim_lists_all_its_relations_as_text(open_page: Any) -> None:
    page = open_page(render(velmara()))
    page.locator(".labels .node", has_text="1 killed").click()
    related = page.locator("#details .related")
    assert related.locator("summary").all_inner_texts() == ["contradicts 1", "revised by 1"]
    assert [text.split("\n\n") for text in related.locator("li").all_inner_texts()] == [
        ["0 killed", "Because of contradicts.", "conditional"],
        ["2 killed", "Because of revises.", "firm"],
    ]
    related.locator("button", has_text="2 killed").click()
    assert page.locator("#details .statement").inner_text() == "Because of revises."
    page.locator(".labels .node", has_text="4 killed").click()
    assert related.locator("summary").all_inner_texts() == [f"rivals {RIVALS}"]


def test_a_relation_to_a_claim_that_is_not_shown_is_still_told(open_page: Any) -> None:
    network = velmara(limit=4)
    shown = {claim.label for claim in network.claims}
    assert shown == {"0 killed", "1 killed", "2 killed"}
    page = open_page(render(network))
    page.locator(".labels .node", has_text="0 killed").click()
    told = page.locator("#details .related li", has_text="Because of conflictSet.")
    assert told.inner_text().startswith("2 killed + 3 killed")
    assert "not drawn, since a claim is not shown" in told.inner_text()
    assert f"{1 + RIVALS} relations are not drawn" in page.locator(".notes").inner_text()


def test_a_relation_of_a_kind_that_is_off_is_drawn_while_it_is_selected(open_page: Any) -> None:
    page = open_page(render(velmara()), f"#edge={ID}relation/rivals7")
    assert page.locator("#details .statement").inner_text() == "Because of rivals 7."
    assert drawn(page, "rivals") == 1
    page.keyboard.press("Escape")
    assert drawn(page, "rivals") == 0
    page.click("#relations summary")
    page.locator("#relations tr", has_text="Because of rivals 9.").locator("button").click()
    assert page.locator("#details .statement").inner_text() == "Because of rivals 9."


def test_a_set_lights_all_its_members(open_page: Any) -> None:
    page = open_page(render(velmara()), f"#edge={ID}relation/conflictSet0")
    assert set(page.locator(".labels .node.lit .text").all_inner_texts()) == {"0 killed", "2 killed", "3 killed"}


def test_hostile_words_of_a_relation_stay_words(open_page: Any) -> None:
    evil = '</script><img src=x onerror="window.__pwned=1"><script>window.__pwned=1</script>'
    network = velmara()
    one, other = (claim.id for claim in network.claims[:2])
    edge = GraphEdge(
        evil,
        one,
        other,
        "contradicts",
        evil,
        names=(evil, evil),
        reason=evil,
        grade=evil,
        detail=((evil, evil),),
    )
    page = open_page(render(network.with_edges([edge], [])), "#edge=" + quote(evil, safe=""))
    assert page.locator("#details .statement").text_content() == evil
    page.locator(".labels .node.claim").first.click()
    assert page.locator("#details .related").text_content().count(evil) >= 1
    page.mouse.move(*middle(page, "contradicts"))
    assert page.locator("#details :is(script, img), #tip :is(script, img)").count() == 0
    assert page.evaluate("() => window.__pwned") is None


def test_a_phone_shows_relations_within_its_width(open_page: Any) -> None:
    every = [relation(kind.key, 0, 5, reason=f"Because of {kind.key}.", tag=1) for kind in RELATION_KINDS]
    network = velmara().with_edges([edge for edge in every if edge.kind != "rivals"], RELATION_KINDS)
    page = open_page(render(network), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.click("#legend summary")
    page.click("#relations summary")
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 390
