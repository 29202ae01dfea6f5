"""Relations between claims in the graph: how they are read, told apart and laid out, and what is said of the rest."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from colorsys import rgb_to_hls
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from kg import vocab
from kg.rdf import NamedGraph, Triple
from kg.terms import IRI, text
from kg.views import GraphEdge, Network, chain_links, claim_graph, claim_relations, render
from kg.views.lanes import make_room
from kg.views.network import EDGE_KINDS, ChainLink, EdgeKind
from kg.views.relation_kinds import RELATION_KINDS, off_at_first, relation_kind
from kg.vocab import term
from kg.workspace import Workspace

ID = vocab.DEFAULT_BASE
RUN = IRI(ID + "run/1")
WORKED_OUT = [Triple(RUN, term("rdf:type"), term("kg:RelateRun"))]

#: Kinds that `kg relate` stores. The inverses, and what it only counts, never stand on a stored relation.
STORED = """contradicts rivals relaysDiffer altersReportOf sameFigure revises updates agrees refines overlaps supports
    competes disputes conflictSet sumsTo failsToSumTo corroborates possiblyCorroborates repeats""".split()


def stored(name: str, kind: str, comment: str, *, rule: str, grade: str = "firm", **about: list[IRI]) -> list[Triple]:
    """A relation as it stands in the store; `about` maps a term of the vocabulary to its values."""
    node = IRI(f"{ID}relation/{name}")
    claims = [value for key in ("subject", "object", "member", "whole", "part") for value in about.get(key, [])]
    return [
        Triple(node, term("rdf:type"), term("kg:ClaimRelation")),
        Triple(node, term("kg:relation"), term(f"kg:{kind}Relation")),
        Triple(node, term("kg:rule"), term(f"kg:{rule}")),
        Triple(node, term("kg:grade"), term(f"kg:{grade}")),
        Triple(node, term("rdfs:comment"), text(comment, "en")),
        *(Triple(node, term("prov:wasDerivedFrom"), claim) for claim in claims),
        *(Triple(node, term(f"kg:{key}"), value) for key, values in about.items() for value in values),
    ]


def keep(workspace: Workspace, triples: list[Triple]) -> None:
    graph = NamedGraph(IRI(ID + "relations/1"), RUN, tuple(triples))
    workspace.store.apply(add=[graph])


def links_of(workspace: Workspace, event: IRI) -> list[ChainLink]:
    return chain_links(lambda name, values: workspace.ask(name, **values), event, "Velmara")[0]


@pytest.fixture
def velmara(workspace: Workspace, dossier: Callable[..., Path]) -> tuple[Workspace, IRI, Mapping[str, IRI]]:
    """The dossier of Velmara in a store, its event, and its claims by the id of a row that makes them."""
    workspace.add(dossier())
    event = workspace.lookup.resolve("event", "velmara-2031")
    return workspace, event, {row: workspace.lookup.resolve("claim", row) for row in ("D1-1", "D1-2", "D2-2")}


# ---- reading -----------------------------------------------------------------------------------------------------


def test_a_stored_relation_becomes_an_edge_with_its_reason(velmara: tuple[Workspace, IRI, Mapping[str, IRI]]) -> None:
    workspace, event, claims = velmara
    ministry, relief = (workspace.lookup.resolve("source", name) for name in ("Ministry of Health", "BLR"))
    assumption = IRI(ID + "assumption/1")
    relation = stored(
        "a",
        "contradicts",
        "17 lies below 24 to 29.",
        rule="disjointValuesRule",
        grade="conditional",
        subject=[claims["D1-1"]],
        object=[claims["D1-2"]],
        subjectOrigin=[ministry],
        objectOrigin=[relief],
        assumes=[assumption],
        logicalForm=[term("kg:incompatible")],
    )
    keep(workspace, [*WORKED_OUT, *relation, Triple(assumption, term("rdfs:comment"), text("both mean one day", "en"))])
    (edge,) = claim_relations(workspace.store, event) or ()
    assert (edge.id, edge.kind, edge.grade) == (ID + "relation/a", "contradicts", "conditional")
    assert edge.ends == (claims["D1-1"].value, claims["D1-2"].value)
    assert edge.label == (
        "17 people killed, Velmara, 14 March 2031 contradicts 24–29 people killed, Velmara, 14 March 2031"
    )
    assert edge.names == ("17 people killed, Velmara, 14 March 2031", "24–29 people killed, Velmara, 14 March 2031")
    assert edge.reason == "17 lies below 24 to 29."
    detail = dict(edge.detail)
    assert detail["Assumed"] == "both mean one day"
    assert detail["Rule"] == "disjoint values (R7)"
    assert detail["Origin"] == "Velmara Health Ministry — Blue Lantern Relief"
    assert detail["From the words alone"] == "they cannot both be so"
    assert detail["Grade"].startswith("conditional: ")


def test_sets_sums_and_a_claim_that_is_disputed_as_it_stands(
    velmara: tuple[Workspace, IRI, Mapping[str, IRI]],
) -> None:
    workspace, event, claims = velmara
    one, two, three = sorted(claims.values())
    keep(
        workspace,
        [
            *stored("set", "conflictSet", "Not all three.", rule="jointlyImpossibleRule", member=[two, three, one]),
            *stored("sum", "sumsTo", "They close.", rule="partsAndWholeRule", whole=[one], part=[three, two]),
            *stored("self", "disputes", "Questioned.", rule="doubtRule", subject=[two], object=[two]),
            *WORKED_OUT,
        ],
    )
    network = claim_graph(links_of(workspace, event), title="x", relations=claim_relations(workspace.store, event))
    ends = {edge.kind: edge.ends for edge in network.edges if edge.reason}
    assert ends == {
        "conflictSet": (one.value, two.value, three.value),
        "sumsTo": (two.value, three.value, one.value),
        "disputes": (two.value, two.value),
    }
    lines = drawn_lines(network)
    assert [tips for _, tips in lines["conflictSet"]] == [False, True, True, True], "a lane and an arm to each member"
    assert [tips for _, tips in lines["sumsTo"]] == [False, False, False, True], "only the whole has the tip"
    assert len(lines["disputes"]) == 3


def test_relations_that_nobody_worked_out_are_none_and_the_page_says_what_to_type(
    velmara: tuple[Workspace, IRI, Mapping[str, IRI]],
) -> None:
    workspace, event, _ = velmara
    assert claim_relations(workspace.store, event) is None
    assert "has not been worked out: type kg relate" in words(workspace.view("graph").html)
    keep(workspace, WORKED_OUT)
    assert claim_relations(workspace.store, event) == ()
    page = words(workspace.view("graph").html)
    assert "kg relate" not in page
    assert "No relation was found between these claims." in page


def test_relations_of_an_event_inside_another_belong_to_both(
    velmara: tuple[Workspace, IRI, Mapping[str, IRI]],
) -> None:
    workspace, event, claims = velmara
    week, year, assumption = IRI(ID + "event/orlen-week"), IRI(ID + "event/orlen-2031"), IRI(ID + "assumption/1")
    keep(
        workspace,
        [
            *WORKED_OUT,
            *stored(
                "r", "contradicts", "17 lies below 24 to 29.", rule="disjointValuesRule",
                subject=[claims["D1-1"]], object=[claims["D1-2"]], assumes=[assumption],
            ),
            Triple(assumption, term("rdfs:comment"), text("both mean one day", "en")),
            Triple(event, term("sem:subEventOf"), week),
            Triple(week, term("sem:subEventOf"), year),
        ],
    )  # fmt: skip
    own = claim_relations(workspace.store, event)
    assert own and dict(own[0].detail)["Assumed"] == "both mean one day"
    assert claim_relations(workspace.store, week) == own
    assert claim_relations(workspace.store, year) == own
    assert claim_relations(workspace.store, IRI(ID + "event/elsewhere")) == ()


def test_the_view_of_a_workspace_draws_its_relations(velmara: tuple[Workspace, IRI, Mapping[str, IRI]]) -> None:
    workspace, _, claims = velmara
    ends = {"subject": [claims["D1-2"]], "object": [claims["D1-1"]]}
    keep(workspace, [*WORKED_OUT, *stored("r", "revises", "A later count.", rule="sameOriginRevisionRule", **ends)])
    assert [edge["reason"] for edge in data(workspace.view("graph").html)["edges"] if "reason" in edge] == [
        "A later count."
    ]


# ---- how kinds look ----------------------------------------------------------------------------------------------


def test_every_stored_kind_has_a_look_and_the_words_of_the_vocabulary() -> None:
    concepts = vocab.scheme("relation-kinds")
    assert {kind.key for kind in RELATION_KINDS} == set(STORED)
    for kind in RELATION_KINDS:
        concept = concepts.get(kind.key)
        assert concept
        assert kind.label == concept.label


def test_no_two_kinds_are_told_apart_by_colour_alone() -> None:
    kinds = [*RELATION_KINDS, *(kind for kind in EDGE_KINDS if kind.key not in ("relays", "states"))]
    assert_all_differ(kinds, lambda kind: (kind.dashes, kind.arrow))
    assert_all_differ(RELATION_KINDS, lambda kind: kind.colour)
    assert_all_differ(RELATION_KINDS, lambda kind: kind.on_dark)
    assert_all_differ(RELATION_KINDS, lambda kind: (kind.family, kind.dashes))


def assert_all_differ(kinds: Any, look: Callable[[EdgeKind], object]) -> None:
    for one, other in combinations(kinds, 2):
        assert look(one) != look(other), f"{one.key} looks like {other.key}"


@pytest.mark.parametrize(("paper", "side"), [("#ffffff", "colour"), ("#16191c", "on_dark")])
def test_lines_are_seen_on_light_and_on_dark_paper(paper: str, side: str) -> None:
    # WCAG 2.2, criterion 1.4.11: marks that carry meaning stand out 3 to 1.
    for kind in RELATION_KINDS:
        lighter, darker = sorted((luminance(getattr(kind, side)), luminance(paper)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3, kind.key


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_families_keep_to_their_colours() -> None:
    hues = {"conflict": (-20, 55), "time": (195, 240), "retelling": (250, 330), "support": (60, 180)}  # degrees
    for kind in RELATION_KINDS:
        low, high = hues[kind.family]
        for colour in (kind.colour, kind.on_dark):
            red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
            hue = rgb_to_hls(red, green, blue)[0] * 360
            assert low <= hue <= high or low <= hue - 360 <= high, f"{kind.key}: {colour} has the hue {hue:.0f}"


def test_a_kind_that_nobody_described_is_drawn_under_its_own_name() -> None:
    network = related(relation("echoes", 0, 1))
    assert "echoes" in words(render(network))
    assert relation_kind("echoes").family


def test_the_surer_a_relation_the_wider_its_line() -> None:
    grades = ["firm", "hedged", "conditional"]
    network = related(*[replace(relation("contradicts", 0, 1, str(n)), grade=grade) for n, grade in enumerate(grades)])
    widths = {edge.grade: line for edge, (line, *_) in zip(network.edges[-3:], lines_of(network), strict=True)}
    assert widths["firm"] > 1.4 * widths["hedged"] > 1.4 * 1.4 * widths["conditional"]


# ---- where lines run ---------------------------------------------------------------------------------------------


def busy() -> Network:
    edges = [relation(STORED[(i * j) % 16], i, j) for i, j in combinations(range(14), 2) if (i + j) % 3]
    return related(*edges, claims=14)


def test_lanes_are_shared_only_where_lines_do_not_meet() -> None:
    network, brackets = make_room(busy())
    claims = {node.id: node for node in network.nodes}
    lanes: dict[float, list[tuple[float, float]]] = {}
    for edge in network.edges:
        if edge.id in brackets:
            lanes.setdefault(brackets[edge.id].x, []).append((min(brackets[edge.id].arms), max(brackets[edge.id].arms)))
            for end, arm in zip(edge.ends, brackets[edge.id].arms, strict=True):
                assert abs(arm - claims[end].y) <= claims[end].height / 2
    assert sum(map(len, lanes.values())) == len([edge for edge in network.edges if edge.reason]) > 50
    for spans in lanes.values():
        for (top, bottom), (other_top, other_bottom) in combinations(spans, 2):
            assert bottom <= other_top or other_bottom <= top
    assert max(lanes) < network.width


def test_a_short_line_runs_inside_a_long_one() -> None:
    numbers = [int(claim.label.split()[0]) for claim in related(claims=4).claims]  # from the top of the picture down
    top, upper, lower, bottom = numbers
    network = related(relation("contradicts", top, bottom), relation("revises", upper, lower), claims=4)
    _, brackets = make_room(network)
    assert brackets[f"revises {upper} {lower} "].x < brackets[f"contradicts {top} {bottom} "].x


def test_a_line_from_a_claim_to_itself_is_a_bracket_that_can_be_seen() -> None:
    _, brackets = make_room(related(relation("disputes", 1, 1), relation("rivals", 0, 1), relation("rivals", 1, 2)))
    top, bottom = brackets["disputes 1 1 "].arms
    assert bottom - top >= 15


def test_lines_that_leave_one_claim_never_cross() -> None:
    network, brackets = make_room(busy())
    leaving: dict[str, list[tuple[float, float, bool]]] = {}
    for edge in network.edges:
        if edge.id in brackets:
            x, (first, last) = brackets[edge.id].x, brackets[edge.id].arms
            leaving.setdefault(edge.source, []).append((x, first, last > first))
            leaving.setdefault(edge.target, []).append((x, last, first > last))
    checked = 0
    for arms in leaving.values():
        for (x, y, down), (other_x, other_y, _) in combinations(sorted(arms), 2):
            if x < other_x:  # the outer one passes the inner lane, and must not meet the line that runs down or up it
                assert other_y <= y if down else other_y >= y
                checked += 1
    assert checked > 100


def test_kinds_that_are_drawn_later_have_the_outer_lanes() -> None:
    network = busy()
    kinds = {edge.id: edge.kind for edge in network.edges}
    _, brackets = make_room(network, frozenset({"rivals"}))
    xs = {late: [b.x for name, b in brackets.items() if (kinds[name] == "rivals") == late] for late in (False, True)}
    assert max(xs[False]) <= min(xs[True])


def test_lanes_lie_before_the_column_of_places() -> None:
    network, brackets = make_room(related(relation("rivals", 0, 1), places=True))
    place = next(column for column in network.columns if column.key == "place")
    claim = next(column for column in network.columns if column.key == "claim")
    assert claim.x + claim.width < brackets["rivals 0 1 "].x < place.x
    assert {node.x for node in network.nodes if node.tier == "place"} == {place.x}
    assert place.x + place.width < network.width


# ---- what is not drawn -------------------------------------------------------------------------------------------


def test_a_page_begins_without_the_kinds_that_would_crowd_it() -> None:
    kinds = [relation_kind(key) for key in STORED]
    few = dict.fromkeys(STORED, 3)
    assert off_at_first(kinds, few) == frozenset()
    assert off_at_first(kinds, few | {"rivals": 628}) == {"rivals"}
    assert off_at_first(kinds, few | {"supports": 15, "refines": 9}) == {"supports"}, "60 lines of all kinds"
    assert off_at_first(kinds, {"contradicts": 61, "agrees": 1}) == {"agrees"}
    never_off = "contradicts disputes competes conflictSet failsToSumTo revises updates relaysDiffer altersReportOf"
    assert off_at_first(kinds, dict.fromkeys(STORED, 900)) == set(STORED) - set(never_off.split())


def test_kinds_that_are_off_are_unticked_and_all_others_ticked() -> None:
    many = [relation("rivals", 0, 1, str(number)) for number in range(61)]
    page = render(related(*many, relation("contradicts", 0, 2)))
    boxes = {kind: bool(on) for on, kind in re.findall(r'"checkbox"( checked)? data-edge-kind="(\w+)"', page)}
    assert boxes == {"relays": True, "states": True, "contradicts": True, "rivals": False}


def test_relations_of_claims_that_are_not_shown_are_counted_and_listed() -> None:
    network = related(relation("rivals", 1, 2), relation("rivals", 1, 6), relation("agrees", 5, 6), claims=7, limit=8)
    shown = [node.label for node in network.claims]
    drawn = [edge for edge in network.edges if edge.reason]
    assert len(shown) < 7
    assert len(drawn) + len(network.undrawn) == 3
    assert len(network.undrawn) >= 1
    page = render(network)
    assert f"{len(network.undrawn)} relation" in words(page)
    legend = dict(re.findall(r"(rivals|agrees)</span> <b>([^<]*)</b>", page))
    assert legend == {"rivals": "1 of 2", "agrees": "0 of 1"}
    table = words(page.split('id="relations"')[1])
    assert Counter(re.findall(r"Because of \w+ \d \d", table)) == Counter(
        edge.reason for edge in (*drawn, *network.undrawn)
    )
    assert table.count("no: a claim is not shown") == len(network.undrawn)
    assert [None in (edge["source"], edge["target"]) for edge in data(page)["undrawn"]] == [True] * len(network.undrawn)


def test_claims_in_conflict_come_before_others_in_as_many_documents() -> None:
    links = [link for number in range(9) for link in chain(number)]
    alone = {claim.label for claim in claim_graph(links, title="x", limit=8).claims}
    assert "8 killed" not in alone
    edges = [relation("contradicts", 7, 8), relation("supports", 0, 1), relation("rivals", 0, 2)]
    in_conflict = {claim.label for claim in claim_graph(links, title="x", relations=edges, limit=8).claims}
    assert {"7 killed", "8 killed"} <= in_conflict


def test_foreign_words_in_a_relation_cannot_leave_their_place() -> None:
    evil = "</script><img src=x onerror=top.pwned=1>\"'&"
    edge = replace(relation("contradicts", 0, 1), reason=evil, grade=evil, names=(evil, evil), detail=((evil, evil),))
    page = render(related(edge))
    assert "<img" not in page
    assert [edge["reason"] for edge in data(page)["edges"] if "reason" in edge] == [evil]


# ---- helpers -----------------------------------------------------------------------------------------------------


def chain(number: int) -> list[ChainLink]:
    common: dict[str, Any] = {
        "row": f"R{number}",
        "document": IRI(f"{ID}document/{number}"),
        "document_label": f"Document {number}",
    }
    outlet = ChainLink(
        **common, step=1, speaker=IRI(f"{ID}actor/o"), speaker_label="Orlen Gazette", speaker_kind="outlet"
    )
    origin = ChainLink(
        **common,
        step=2,
        speaker=IRI(f"{ID}actor/{number % 3}"),
        speaker_label=f"Origin {number % 3}",
        speaker_kind="organisation",
        claim=IRI(f"{ID}claim/{number}"),
        claim_label=f"{number} killed",
        claim_kind="quantity",
        place=IRI(f"{ID}place/velmara"),
        place_label="Velmara",
    )
    return [outlet, origin]


def relation(kind: str, one: int, other: int, tag: str = "") -> GraphEdge:
    return GraphEdge(
        id=f"{kind} {one} {other} {tag}",
        source=f"{ID}claim/{one}",
        target=f"{ID}claim/{other}",
        names=(f"{one} killed", f"{other} killed"),
        kind=kind,
        label=f"{one} {kind} {other}",
        reason=f"Because of {kind} {one} {other}",
        grade="firm",
    )


def related(*edges: GraphEdge, claims: int = 3, **options: Any) -> Network:
    links = [link for number in range(claims) for link in chain(number)]
    return claim_graph(links, title="Explosion at Velmara", relations=edges, **options)


def data(page: str) -> dict[str, Any]:
    (block,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


def words(page: str) -> str:
    """What stands on the page, without its scripts and tags."""
    visible = re.sub(r"<(script|style).*?</\1>|<[^>]*>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(visible).split())


def lines_of(network: Network) -> list[list[float]]:
    """For each relation the widths of its lines."""
    vis = data(render(network))["vis"]
    relations = [number for number, edge in enumerate(network.edges) if edge.reason]
    return [[line["width"] for line in vis["edges"] if vis["owners"][line["id"]] == [n]] for n in relations]


def drawn_lines(network: Network) -> dict[str, list[tuple[str, bool]]]:
    """For each relation, by kind, the lines that vis-network gets and whether each has a tip; the lane comes first."""
    vis = data(render(network))["vis"]
    found: dict[str, list[tuple[str, bool]]] = {}
    for line in vis["edges"]:
        edge = network.edges[vis["owners"][line["id"]][0]]
        if edge.reason:
            found.setdefault(edge.kind, []).append((line["id"], line["arrows"]["to"]["enabled"]))
    return found
