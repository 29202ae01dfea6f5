"""The graph of who reported what on whose word: what is drawn, where, and what the page may do."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from kg.terms import IRI
from kg.views import ChainLink, EdgeKind, GraphEdge, GraphPage, Network, claim_graph, render
from kg.views.graph import web_link
from kg.views.layout import GAP, LANE, MARK, Box, Link, lay_out, lines_needed
from kg.views.network import EDGE_KINDS, NODE_KINDS, NodeKind, edge_kind, node_kind

ID = "https://example.org/id/"


def chain(row: str, *speakers: str, claim: str = "17 killed", document: str = "D1", **last: Any) -> list[ChainLink]:
    """The links of a row; "Ada@Ministry" is a person speaking for the Ministry, "(witnesses)" an unnamed source."""
    links = []
    for step, speaker in enumerate(speakers, start=1):
        name, _, organisation = speaker.strip("()").partition("@")
        kind = (
            "unnamed" if speaker[0] == "(" else "person" if organisation else "outlet" if step == 1 else "organisation"
        )
        links.append(
            ChainLink(
                row=row,
                document=IRI(ID + "document/" + document),
                document_label=f"Document {document}",
                url=f"https://{document.lower()}.example/page",
                date=dt.date(2031, 3, 14),
                step=step,
                speaker=IRI(ID + "actor/" + name.replace(" ", "-")),
                speaker_label=name,
                speaker_kind=kind,
                organisation=IRI(ID + "actor/" + organisation) if organisation else None,
                organisation_label=organisation or None,
            )
        )
    words = {"claim_kind": "quantity", "statement": f"It is said that {claim}.", "stance": "affirms"} | last
    iri = IRI(ID + "claim/" + claim.replace(" ", "-"))
    links[-1] = replace(links[-1], claim=iri, claim_label=claim, **words)
    return links


def graph(*chains: list[ChainLink], **options: Any) -> Network:
    return claim_graph([link for links in chains for link in links], title="Explosion at Velmara", **options)


def labels(network: Network, tier: str) -> set[str]:
    return {node.label for node in network.nodes if node.tier == tier}


def joined(network: Network) -> set[tuple[str, str, str]]:
    names = {node.id: node.label for node in network.nodes}
    return {(names[edge.source], edge.kind, names[edge.target]) for edge in network.edges}


def many(claims: int, outlets: int = 40, origins: int = 12, seed: int = 1) -> list[ChainLink]:
    """A busy event, the same for the same numbers: every claim is in one to four documents."""
    chance = random.Random(seed)
    links: list[ChainLink] = []
    for number in range(claims):
        origin = f"Origin {number % origins}"
        for copy in range(chance.choice([1, 1, 1, 2, 4])):
            outlet = f"Outlet {chance.randrange(outlets)}"
            between = [f"Agency {chance.randrange(6)}"] if chance.random() < 0.25 else []
            row, document = f"R{number}-{copy}", f"D{number}-{copy}"
            links += chain(row, outlet, *between, origin, claim=f"{number} people were killed", document=document)
    return links


# ---- what is drawn -----------------------------------------------------------------------------------------------


def test_a_chain_runs_from_its_outlet_over_those_quoted_to_its_origin_and_claim() -> None:
    network = graph(chain("R1", "Gazette", "Wire", "Ministry", "Ada@Ministry"))
    assert labels(network, "outlet") == {"Gazette"}
    assert labels(network, "quoted") == {"Wire", "Ministry"}
    assert labels(network, "origin") == {"Ada"}
    assert labels(network, "claim") == {"17 killed"}
    assert joined(network) == {
        ("Gazette", "relays", "Wire"),
        ("Wire", "relays", "Ministry"),
        ("Ministry", "relays", "Ada"),
        ("Ada", "states", "17 killed"),
    }


def test_an_outlet_in_its_own_voice_stands_among_the_origins_and_nowhere_else() -> None:
    network = graph(chain("R1", "Gazette"))
    assert labels(network, "origin") == {"Gazette"}
    assert {column.key for column in network.columns} == {"origin", "claim"}


def test_chains_that_run_the_same_way_are_one_edge_with_all_their_rows() -> None:
    network = graph(
        chain("R1", "Gazette", "Ministry"),
        chain("R2", "Gazette", "Ministry", claim="19 killed"),
        chain("R1", "Gazette", "Ministry", document="D2"),
    )
    relays = [edge for edge in network.edges if edge.kind == "relays"]
    assert [len(edge.rows) for edge in relays] == [3]
    (ministry,) = [node for node in network.nodes if node.tier == "origin"]
    assert ministry.documents == 2


def test_each_stance_is_an_edge_of_its_own_and_none_swallows_another() -> None:
    stances = ["affirms", "denies", "questions", "finds_no_evidence", "declines_to_confirm", "retracts"]
    network = graph(*[chain(f"R{stance}", "Gazette", "Ministry", stance=stance) for stance in stances])
    said = {edge.kind for edge in network.edges} - {"relays"}
    assert said == {"states", "denies", "questions", "finds_no_evidence", "declines_to_confirm", "retracts"}
    looks = {(kind.colour, kind.dashes) for kind in network.edge_kinds}
    assert len(looks) == len(network.edge_kinds)
    beside_colour = {(kind.dashes, kind.arrow) for kind in network.edge_kinds if kind.key not in ("relays", "states")}
    assert len(beside_colour) == 5, "told apart by colour alone"


def test_an_unstated_stance_affirms_and_a_stance_written_with_spaces_is_the_same() -> None:
    assert ("Ministry", "states", "17 killed") in joined(graph(chain("R1", "Gazette", "Ministry", stance=None)))
    network = graph(chain("R1", "Gazette", "Ministry", stance="finds no evidence"))
    assert ("Ministry", "finds_no_evidence", "17 killed") in joined(network)


def test_every_kind_of_node_is_told_apart_without_its_colour() -> None:
    shapes = [(kind.shape, kind.hollow, kind.dashes) for kind in NODE_KINDS]
    assert len(set(shapes)) == len(NODE_KINDS)


def test_a_kind_that_nobody_described_is_drawn_under_its_own_name() -> None:
    network = graph(chain("R1", "Gazette", "Ministry", stance="doubts_aloud", claim_kind="rumour"))
    assert [kind.label for kind in network.node_kinds][-1] == "Claim: rumour"
    assert "doubts aloud" in [kind.label for kind in network.edge_kinds]
    assert edge_kind("doubts_aloud") not in EDGE_KINDS
    assert node_kind("claim:rumour") not in NODE_KINDS


def test_a_person_says_for_whom_and_an_unnamed_source_where() -> None:
    network = graph(chain("R1", "Gazette", "Ada@Ministry"), chain("R2", "Gazette", "(witnesses)", claim="fire"))
    notes = {node.label: node.note for node in network.nodes if node.tier == "origin"}
    assert notes == {"Ada": "for Ministry", "witnesses": "unnamed, in Document D1"}
    assert {node.kind for node in network.nodes if node.label == "witnesses"} == {"unnamed"}


def test_places_are_drawn_only_when_asked_for() -> None:
    link = chain("R1", "Gazette", "Ministry", place=IRI(ID + "place/velmara"), place_label="Velmara")
    assert labels(graph(link), "place") == set()
    assert ("17 killed", "is about", "Velmara") in {
        (source, edge_kind(kind).verb, target) for source, kind, target in joined(graph(link, places=True))
    }


def test_the_order_and_the_repetition_of_links_change_nothing() -> None:
    links = many(40)
    shuffled = [*links, *links[:50]]
    random.Random(3).shuffle(shuffled)
    assert claim_graph(shuffled, title="x") == claim_graph(links, title="x")


# ---- what there is no room for -----------------------------------------------------------------------------------


def test_claims_in_most_documents_come_first_and_are_taken_whole() -> None:
    busy = [chain(f"B{n}", f"Outlet {n}", "Ministry", claim="busy", document=f"D{n}") for n in range(5)]
    lone = [chain(f"L{n}", "Gazette", f"Origin {n}", claim=f"lone {n}", document="D9") for n in range(4)]
    network = graph(*busy, *lone, limit=10)
    assert len(network.nodes) == 10  # busy: 5 outlets, 1 origin, 1 claim; one lone: outlet, origin, claim
    assert {claim.label for claim in network.claims} == {"busy", "lone 0"}
    assert [claim.label for claim in network.omitted] == ["lone 1", "lone 2", "lone 3"]
    assert (network.totals.claims, network.totals.nodes, network.totals.rows) == (5, 16, 9)
    assert len(network.rows) == 6


def test_the_first_claim_is_shown_even_when_it_alone_is_too_much() -> None:
    network = graph(*[chain(f"B{n}", f"Outlet {n}", "Ministry", document=f"D{n}") for n in range(9)], limit=3)
    assert (len(network.claims), len(network.nodes), network.omitted) == (1, 11, ())


@pytest.mark.parametrize("limit", [20, 60, 150, 1000])
def test_shown_and_omitted_add_up(limit: int) -> None:
    network = claim_graph(many(90), title="x", limit=limit)
    assert len(network.claims) + len(network.omitted) == network.totals.claims == 90
    assert len(network.nodes) <= limit
    shown = re.sub(r"\s+", " ", render(network))
    told = f"{len(network.claims)} of 90 claims, {len(network.nodes)} of {network.totals.nodes} nodes shown"
    assert told in shown
    if network.omitted:
        assert f"Not shown: {len(network.omitted)} claim" in shown
        assert all(claim.label in shown for claim in network.omitted)


def test_a_limit_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1: 0"):
        claim_graph(many(3), title="x", limit=0)


def test_rows_that_cannot_be_read_are_reported_and_the_others_drawn() -> None:
    gap = [link for link in chain("GAP", "Gazette", "Wire", "Ministry", claim="gap") if link.step != 2]
    silent = [replace(link, claim=None) for link in chain("SILENT", "Gazette", "Ministry")]
    network = claim_graph([*gap, *silent, *chain("R1", "Gazette", "Ministry")], title="x")
    assert [row.identifier for row in network.rows] == ["R1"]
    messages = " / ".join(problem.message for problem in network.problems)
    assert "row GAP: it has the steps 1, 3 and was not drawn" in messages
    assert "row SILENT: its last speaker makes no claim" in messages
    assert all(problem.hint and problem.value == ID + "document/D1" for problem in network.problems)
    assert "row GAP" in render(network)


def test_two_accounts_of_one_step_are_reported() -> None:
    first = chain("R1", "Gazette", "Ministry")
    network = claim_graph([*first, replace(first[0], speaker_label="Gazeta")], title="x")
    assert ["told in 2 ways" in problem.message for problem in network.problems] == [True]
    assert len(network.rows) == 1


def test_a_speaker_of_an_unknown_kind_is_refused() -> None:
    (link,) = chain("R1", "Gazette")
    with pytest.raises(ValueError, match="'blog'"):
        claim_graph([replace(link, speaker_kind="blog")], title="x")


def test_nothing_to_draw_is_a_page_that_says_so() -> None:
    assert "0 of 0 claims, 0 of 0 nodes shown" in render(claim_graph([], title="Nothing"))


# ---- further edges -----------------------------------------------------------------------------------------------

CONTRADICTS = EdgeKind("contradicts", "contradicts", "contradicts", "#D55E00", "#D55E00", (3, 3), "diamond")


def relation(source: str, target: str) -> GraphEdge:
    ends = [IRI(ID + "claim/" + name.replace(" ", "-")).value for name in (source, target)]
    return GraphEdge(GraphEdge.name("contradicts", *ends), *ends, "contradicts", f"{source} contradicts {target}")


def test_relations_between_claims_can_be_added() -> None:
    network = graph(chain("R1", "Gazette", "Ministry"), chain("R2", "Gazette", "Relief", claim="24 killed"))
    more = network.with_edges([relation("17 killed", "24 killed")], [CONTRADICTS])
    assert more.nodes == network.nodes
    assert len(more.edges) == len(network.edges) + 1
    assert CONTRADICTS in more.edge_kinds
    assert "17 killed contradicts 24 killed" in render(more)


def test_a_relation_to_a_claim_that_is_not_drawn_is_counted_and_not_drawn() -> None:
    network = graph(chain("R1", "Gazette", "Ministry"))
    more = network.with_edges([relation("17 killed", "900 killed")], [CONTRADICTS])
    assert (more.edges, more.totals.edges) == (network.edges, 3)
    assert [edge.label for edge in more.undrawn] == ["17 killed contradicts 900 killed"]
    assert "2 of 3 links" in render(more)


def test_an_edge_of_no_known_kind_and_an_edge_twice_are_refused() -> None:
    network = graph(chain("R1", "Gazette", "Ministry"), chain("R2", "Gazette", "Relief", claim="24 killed"))
    edge = relation("17 killed", "24 killed")
    with pytest.raises(ValueError, match="of kind 'contradicts'"):
        network.with_edges([edge], [])
    with pytest.raises(ValueError, match="used twice"):
        network.with_edges([edge, edge], [CONTRADICTS])


def test_a_kind_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="six hexadecimal digits: 'red;}'"):
        EdgeKind("x", "x", "x", "red;}", "#ffffff")
    with pytest.raises(ValueError, match="its shape is one of"):
        NodeKind("x", "x", "blob", "#ffffff", "#ffffff")


# ---- where it stands ---------------------------------------------------------------------------------------------


def test_columns_stand_from_left_to_right_and_labels_never_overlap() -> None:
    network = claim_graph(many(120), title="x", limit=400)
    xs = [column.x for column in network.columns]
    assert xs == sorted(xs)
    for left, right in pairwise(network.columns):
        assert left.x + MARK + left.width < right.x - MARK
    for column in network.columns:
        nodes = sorted((node for node in network.nodes if node.tier == column.key), key=lambda node: node.y)
        for upper, lower in pairwise(nodes):
            assert lower.y - upper.y >= (upper.height + lower.height) / 2 + GAP - 1
        assert nodes[0].y - nodes[0].height / 2 > 0
        assert nodes[-1].y + nodes[-1].height / 2 < network.height


def test_no_line_runs_behind_a_label_of_a_column_that_it_passes() -> None:
    network = claim_graph(many(120), title="x", limit=400)
    quoted = [node for node in network.nodes if node.tier == "quoted"]
    lanes = {point for edge in network.edges for point in edge.route}
    assert quoted
    assert lanes
    for node in quoted:
        for _, y in lanes:
            assert abs(y - node.y) >= (node.height + LANE) / 2


def test_lines_that_need_not_cross_do_not() -> None:
    boxes = [Box(f"{side}{n}", tier, 100, 20) for tier, side in enumerate("ab") for n in range(9)]
    straight = [Link(f"l{n}", f"a{n}", f"b{(n * 4) % 9}") for n in range(9)]
    plan = lay_out(boxes, straight)
    ends = [(plan.positions[link.source][1], plan.positions[link.target][1]) for link in straight]
    assert all((a - c) * (b - d) > 0 for (a, b), (c, d) in combinations(ends, 2))


def test_boxes_stand_as_near_to_what_they_are_linked_to_as_there_is_room() -> None:
    boxes = [Box(f"a{n}", 0, 100, 20) for n in range(3)] + [Box(f"b{n}", 1, 100, 20) for n in range(9)]
    plan = lay_out(boxes, [Link(f"l{n}", f"a{n}", "b4") for n in range(3)])
    ys = sorted(plan.positions[f"a{n}"][1] for n in range(3))
    assert ys[1] == plan.positions["b4"][1]
    assert ys[2] - ys[1] == ys[1] - ys[0] == 20 + GAP


def test_few_lines_cross_in_a_busy_picture() -> None:
    network = claim_graph(many(60), title="x", limit=150)
    at = {node.id: node for node in network.nodes}
    states = [(at[edge.source].y, at[edge.target].y) for edge in network.edges if edge.kind == "states"]
    crossings = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(states, 2))
    assert crossings == 0, "each claim of this event has one origin"


def test_the_busiest_origin_stands_in_the_upper_half() -> None:
    quiet = [chain(f"Q{n}", f"Paper {n}", f"Origin {n}", claim=f"quiet {n}", document=f"Q{n}") for n in range(8)]
    busy = [chain(f"B{n}", f"Outlet {n}", "Ministry", claim=f"busy {n}", document=f"B{n}") for n in range(8)]
    network = graph(*quiet, *busy)
    (ministry,) = [node for node in network.nodes if node.label == "Ministry"]
    assert ministry.y < network.height / 2


def test_long_labels_get_two_lines_and_wide_letters_count_double() -> None:
    assert lines_needed("SOHR", 160) == 1
    assert lines_needed("a" * 60, 200) == 2
    assert lines_needed("海" * 20, 200) == 2
    assert lines_needed("a" * 20, 200) == 1
    assert lines_needed("a" * 900, 200) == 2


# ---- the page ----------------------------------------------------------------------------------------------------

EVIL = "</script><script>top.pwned=1</script><img src=x onerror=top.pwned=1>\u2028\u2029\"'&"


def evil_network() -> Network:
    links = [
        replace(
            link,
            document_label=f"doc {EVIL}",
            url="javascript:top.pwned=1//" + EVIL,
            speaker_label=f"{link.speaker_label} {EVIL}",
            speaker_aliases=(EVIL,),
            claim_label=link.claim_label and f"claim {EVIL}",
            statement=EVIL,
            statement_language='en" onload="top.pwned=1',
            event=EVIL,
            cue=EVIL,
            span_digest=EVIL,
        )
        for link in chain(f"R1 {EVIL}", "Gazette", "Ada@Ministry", stance=f"denies {EVIL}", claim_kind=EVIL)
    ]
    return claim_graph(links, title=f"title {EVIL}")


def data_block(page: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found


class Tags(HTMLParser):
    """Every start tag of a page, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))


def test_foreign_text_cannot_leave_its_place() -> None:
    page = render(evil_network())
    tags = Tags(page).found
    assert [tag for tag, _ in tags].count("script") == 3
    assert {tag for tag, _ in tags} & {"img", "iframe", "object", "embed", "base", "link", "form"} == set()
    assert [name for _, attributes in tags for name, _ in attributes if name.startswith("on") or name == "style"] == []
    (block,) = re.findall(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert not re.search("[<>&\u2028\u2029]", block)
    assert EVIL in [row["statement"] for row in data_block(page)["rows"]], "escaped, not lost"


def test_only_addresses_of_the_web_become_links() -> None:
    assert web_link("https://velmara.example/a?b=1") == "https://velmara.example/a?b=1"
    assert web_link(" HTTP://velmara.example ") == "HTTP://velmara.example"
    for bad in (
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x.example",
    ):
        assert web_link(bad) is None
    for bad in ("https:", "ftp://x.example/", "", "http://[", None):
        assert web_link(bad) is None
    assert 'href="javascript' not in render(evil_network()).lower()


def test_the_policy_allows_these_very_scripts_and_nothing_from_outside() -> None:
    page = render(graph(chain("R1", "Gazette", "Ministry")))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    policy = html.unescape(policy)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == "'none'"
    assert "unsafe" not in policy
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL)
    digests = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert len(inline) == 3
    assert set(f"{rules['script-src']} {rules['style-src']}".split()) == digests


def test_the_page_names_nothing_to_load() -> None:
    page = render(graph(chain("R1", "Gazette", "Ministry")))
    without_scripts = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    assert set(re.findall(r'\b(?:src|href)="([^"]*)"', without_scripts)) == {"#table", "https://d1.example/page"}
    assert "<link" not in without_scripts
    assert "bootstrap" not in page.lower()
    assert "style=" not in without_scripts, "the policy would ignore it"


def test_the_drawing_library_is_named_with_version_and_licence() -> None:
    page = render(graph(chain("R1", "Gazette", "Ministry")))
    assert re.search(r"<!-- vis-network \d+\.\d+\.\d+, licence Apache-2.0 or MIT, as it comes with pyvis \d", page)
    assert "@license" in page


def test_the_same_data_give_the_same_bytes_in_any_process_and_locale(tmp_path: Path) -> None:
    script = tmp_path / "make.py"
    script.write_text(
        "import importlib.util, sys\n"
        "spec = importlib.util.spec_from_file_location('views', sys.argv[2])\n"
        "sys.modules['views'] = views = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(views)\n"
        "links = views.many(30) + views.chain('R', 'Газета', 'المرصد', claim='قتيل')\n"
        "views.GraphPage.of(views.claim_graph(links, title='Взрыв')).write(sys.argv[1])\n",
        encoding="utf-8",
    )
    pages = []
    for seed in ("0", "4711"):
        path = tmp_path / f"{seed}.html"
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        }
        command = [sys.executable, str(script), str(path), __file__]
        subprocess.run(command, check=True, env=environment)
        pages.append(path.read_bytes())
    assert pages[0] == pages[1]
    assert "المرصد" in pages[0].decode("utf-8")


def test_every_edge_has_a_line_of_its_own_and_parallel_ones_lie_apart() -> None:
    network = graph(
        chain("R1", "Gazette", "Ministry"),
        chain("R2", "Gazette", "Ministry", stance="denies"),
        chain("R3", "Gazette", "Relief", claim="24 killed"),
    )
    both_ways = [relation("17 killed", "24 killed"), relation("24 killed", "17 killed")]
    vis = data_block(render(network.with_edges(both_ways, [CONTRADICTS])))["vis"]
    lines = {line["id"]: line for line in vis["edges"]}
    own = [lines[f"e{number}"] for number in range(len(network.edges) + 2)]
    assert len({line["id"] for line in own}) == len(network.edges) + 2
    between = [
        line for line in own if line["color"]["color"] in (edge_kind("states").colour, edge_kind("denies").colour)
    ]
    assert len({(line["from"], line["to"]) for line in between}) == len(between) > 2
    assert sorted(owner for line in own for owner in vis["owners"][line["id"]]) == list(range(len(own)))
    assert all("to" in line["arrows"] for line in own), "a network of pyvis that is not directed has no arrows"


def test_nothing_moves_by_itself_and_nothing_has_markup_for_a_tooltip() -> None:
    vis = data_block(render(evil_network()))["vis"]
    assert vis["options"]["physics"] == {"enabled": False, "stabilization": False}
    assert not any("title" in thing for thing in [*vis["nodes"], *vis["edges"]])
    assert {node["label"] for node in vis["nodes"]} == {" "}


def test_the_table_holds_the_rows_of_the_picture() -> None:
    network = graph(
        chain("R1", "Gazette", "Wire", "Ada@Ministry", stance="denies", as_of=dt.date(2031, 3, 13)),
        chain("R2", "Gazette", "(witnesses)", claim="fire", document="D2"),
    )
    page = re.sub(r"<script.*?</script>", "", render(network), flags=re.DOTALL)
    rows = re.findall(r"<tr>\s*<td(.*?)</tr>", page, re.DOTALL)
    cells = [[html.unescape(re.sub(r"<[^>]*>|\s+", " ", cell)) for cell in re.split(r"</td>", row)] for row in rows]
    flat = [" ".join(" ".join(row).split()) for row in cells]
    assert len(flat) == 2
    (denial,) = [row for row in flat if "R1" in row]
    for part in (
        "17 killed",
        "denies",
        "Gazette → Wire → Ada",
        "Document D1",
        "2031-03-13",
        "It is said that 17 killed.",
    ):
        assert part in denial


def test_a_notebook_gets_the_page_in_a_frame_without_powers() -> None:
    page = GraphPage.of(graph(chain("R1", "Gazette", "Ministry")))
    frame = page._repr_html_()
    (source,) = re.findall(r'srcdoc="([^"]*)"', frame)
    assert html.unescape(source) == page.html
    (powers,) = re.findall(r'sandbox="([^"]*)"', frame)
    assert "allow-same-origin" not in powers
