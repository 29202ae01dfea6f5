"""The pages of the desk, mostly without a server: a request in, a reply out."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx
import pytest
import rdflib
import yaml
from markupsafe import escape
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg import vocab
from kg.cli import main
from kg.labels import days
from kg.results import Result
from kg.terms import IRI
from kg.views.head import event_head
from kg.web.app import STATIC, Faults
from kg.web.jobs import PageRequest, Reply
from kg.web.pages import page
from kg.web.search import Entry, Index, words_of
from kg.workspace import Workspace
from tests.conftest import velmara
from tests.web.conftest import Server

EVENT = "/event/syria-coast-2025"
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"
DEMO = vocab.data_path("examples") / "syria-coast-2025"
#: One path for each kind of page; those that end in a name lead on to the page of the thing.
KINDS = {
    "front": "/",
    "contents": "/contents",
    "questions": "/question/",
    "question": "/question/rests-on?source=SOHR",
    "search": "/search?q=baniyas",
    "list": "/outlet/",
    "event": f"{EVENT}?card=1",
    "claim": "/A29-c01",
    "claim without a figure": "/A29-c03",
    "document": "/A29",
    "organisation": "/source/SOHR",
    "outlet": "/outlet/Tehran Times",
    "unnamed source": "/source/sources on the ground (unnamed)",
    "place": "/place/Syrian coast",
    "measure": "/measure/killed",
    "population": "/population/civilians",
    "concept": "/ns/moreThan",
    "nothing": "/no-such-page",
}


class Seen(HTMLParser):
    """What a reader and a machine find on a page: links, text, and what should not be there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.cells: list[list[str]] = []
        self.folded: list[list[str]] = []
        self.headings: list[str] = []
        self._cell = False
        self._folds: list[str] = []
        self._heading = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "details":
            self._folds.append(given.get("class") or "")
        if tag == "h1":
            self._heading = True
            self.headings.append("")
        if tag == "tr":
            self.cells.append([])
            if "fold" in self._folds:
                self.folded.append(self.cells[-1])
        if tag == "td":
            self.cells[-1].append("")
            self._cell = True
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [name for name in given if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._heading:
            self.headings[-1] += data
        if self._cell:
            self.cells[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag != "td"
        self._heading = self._heading and tag != "h1"
        if tag == "details":
            self._folds.pop()


Get = Callable[..., Reply]


def getter(workspace: Workspace) -> Get:
    """Asks for a page as a browser would, and follows where it leads. The workspace must stay as it is."""

    @cache
    def get(address: str, accept: str = HTML, *, follow: bool = True) -> Reply:
        parts = urlsplit(address)
        reply = page(workspace, PageRequest(unquote(parts.path), tuple(parse_qsl(parts.query, True)), accept))
        location = dict(reply.headers).get("Location")
        return get(location, accept) if follow and location else reply

    return get


@pytest.fixture(scope="session")
def get(related: Workspace) -> Get:
    return getter(related)


def seen(reply: Reply) -> Seen:
    assert reply.media_type.startswith("text/html")
    return Seen(reply.body.decode())


# ---- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_every_page_stands_alone_and_leads_only_to_pages_that_exist(get: Get, address: str) -> None:
    reply = get(address)
    found = seen(reply)
    assert reply.status == (404 if address == KINDS["nothing"] else 200)
    assert found.tags.count("h1") == 1 and found.tags.count("main") == 1 and "nav" in found.tags
    assert found.inline == []
    assert "default-src 'none'" in dict(reply.headers)["Content-Security-Policy"]
    by_kind: dict[str, str] = {}
    for link in found.links:
        if link.startswith("/") and not link.startswith(("/query", "/sparql")):
            by_kind.setdefault(re.sub(r"(?<=/)[^/?.]+", "", link.partition("?")[0]) + link.split("/")[1], link)
    assert by_kind
    assert {link: get(link).status for link in by_kind.values() if get(link).status != 200} == {}


def test_links_to_the_web_give_nothing_away(get: Get) -> None:
    body = get("/A29").body.decode()
    outside = re.findall(r'<a href="http[^>]*>', body)
    assert outside and all('rel="noopener noreferrer"' in link for link in outside)


def test_no_raw_name_of_the_vocabulary_stands_where_a_reader_looks(get: Get) -> None:
    for address in KINDS.values():
        if address not in (KINDS["concept"], KINDS["measure"], KINDS["population"]):
            text = re.sub(r"<pre.*?</pre>", "", get(address).body.decode(), flags=re.DOTALL)
            assert re.findall(r"\b(?:kg|prov|schema|dcterms|skos):\w+", Seen(text).text) == [], address


# ---- the front -----------------------------------------------------------------------------------------------------


def test_the_front_counts_what_the_tables_of_the_dossier_hold(get: Get) -> None:
    rows = [json.loads(line) for line in (DEMO / "assertions.jsonl").read_text("utf-8").splitlines()]
    body = get("/").body.decode()
    told = dict(re.findall(r'href="/(\w+)/\?event=[^"]*"><b>([\d,]+)</b>', body))
    assert int(told["document"]) == len({row["doc"] for row in rows})
    assert int(told["outlet"]) == len({row["chain"][0] for row in rows})


def test_each_count_of_the_front_leads_to_as_many_rows(get: Get) -> None:
    body = get("/").body.decode()
    told = re.findall(r'href="(/(?:document|outlet|claim)/\?event=[^"]*)"><b>([\d,]+)</b>', body)
    assert len(told) == 3
    for link, number in told:
        listed = Seen(get(link.replace("&amp;", "&")).body.decode()).text
        assert f"{number} rows" in listed


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_front_tells_the_floors_that_the_question_gives_and_when_it_was(related: Workspace, get: Get) -> None:
    floors = [dict(row) for row in related.ask("floors", event="syria-coast-2025", measure="killed")]
    sure = max((row for row in floors if row["origins_lower"] >= 2), key=lambda row: row["floor"])
    perhaps = max((row for row in floors if row["origins_upper"] >= 2), key=lambda row: row["floor"])
    highest = max(floors, key=lambda row: row["floor"])
    text = plain(seen(get("/")).text)
    for words, row in (
        ("Vouched for independently", sure),
        ("Perhaps vouched for", perhaps),
        ("Highest that anybody gives", highest),
    ):
        lower, upper, origins, documents = (
            row[name] for name in ("origins_lower", "origins_upper", "origins", "documents")
        )
        independent = f"{lower}" if lower == upper else f"{lower}–{upper}"
        counted = f"{origins} origin{'' if origins == 1 else 's'}, {documents} document{'' if documents == 1 else 's'}"
        assert f"{words} at least {row['floor']:,} killed: {independent} independent, {counted}" in text
    head = event_head(related._asking, related._rows, related.lookup.resolve("event", "syria-coast-2025"))
    against = [f"{name} {stance} it." for line in head.lines for name, stance in line.against]
    assert len(against) == 2 and re.findall(r"(?<=\(conditional\) )[^.():]+ it\.", text) == against
    event = json.loads(json.dumps(yaml.safe_load((DEMO / "dossier.yaml").read_text("utf-8"))["event"], default=str))
    start, end = (dt.date.fromisoformat(event[name]) for name in ("start", "end"))
    assert f"{days(start, end)} · " in text and f"The event itself is dated {days(start, end)}." in text
    assert re.findall(r"\d{4}-\d\d-\d\d", text) == []


def test_without_relations_the_front_has_no_finding_and_says_how_to_get_it(demo: Workspace) -> None:
    body = getter(demo)("/").body.decode()
    article = plain(Seen(body[body.index("<article") : body.index("</article>")]).text)
    assert "kg relate" in article and "at least" not in article and "independent," not in article


def test_the_front_tells_a_few_events_whole_and_names_all_others(
    workspace: Workspace, dossier: Callable[..., Path]
) -> None:
    for number in range(1, 7):
        tables = json.dumps(velmara()).replace('"D', f'"V{number}-').replace("example/1", f"example/{number}")
        folder = dossier(json.loads(tables), name=f"velmara{number}")
        about = folder / "dossier.yaml"
        text = about.read_text("utf-8").replace("velmara-2031", f"velmara-{number}")
        text = text.replace("id: velmara\n", f"id: velmara{number}\n")
        about.write_text(text.replace("label: Explosion", f"label: {number}. Explosion"), encoding="utf-8")
        workspace.add(folder)
    workspace.relate()
    body = getter(workspace)("/").body.decode()
    assert body.count("<article") == body.count('class="finding"') == 4
    assert set(re.findall(r">(\d)\. Explosion at Velmara</a>", body)) == set("123456")
    assert "Further events 2 events" in plain(Seen(body).text)


def test_relations_that_are_missing_or_stale_are_said_with_the_command(demo: Workspace, workspace: Workspace) -> None:
    assert "kg relate" in getter(demo)("/").body.decode()
    answer = getter(demo)("/question/independence?claim=A29-c01")
    assert answer.status == 409 and "kg relate" in answer.body.decode()
    claim = seen(getter(demo)("/A29-c01"))
    assert "kg relate" in claim.text and "independent origin" not in claim.text
    empty = getter(workspace)("/")
    assert empty.status == 200 and "kg demo" in empty.body.decode()


# ---- claims --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["A29-c01", "A29-c06", "A29-c07", "A44-1"])
def test_a_claim_begins_with_the_counts_that_its_question_gives(related: Workspace, get: Get, name: str) -> None:
    row = next(iter(related.ask("independence", claim=name)))
    lower, upper = row["origins_lower"], row["origins_upper"]
    text = " ".join(seen(get(f"/{name}")).text.split())
    independent = f"{lower}" if lower == upper else f"{lower} to {upper}"
    assert re.search(rf"\b{row['documents']} documents? {row['outlets']} outlets? {row['origins']} origins? ", text)
    assert f" {independent} independent origin" in text
    verdict = vocab.scheme("verdicts").of_iri(IRI(row["verdict"]))
    assert verdict and f"{verdict.label} {verdict.definition}" in text
    assert text.index("independent origin") < text.index("Chains") < text.index("Facts")


def test_a_claim_tells_every_chain_from_outlet_to_origin(related: Workspace, get: Get) -> None:
    links: dict[str, list[str]] = {}
    asked = related.ask("chain", claim="A44-1")
    for row in asked:
        links.setdefault(row["document"], []).append(asked.labels[IRI(row["source"])])
    body = get("/A44-1").body.decode()
    drawn = [re.findall(r'dir="auto">([^<]*)<', hands) for hands in re.findall(r'class="hands">(.*?)</ol>', body, re.S)]
    assert len(drawn) >= 2 and sorted(drawn) == sorted(links.values())


def test_a_relation_links_what_it_rests_on(related: Workspace, get: Get) -> None:
    relation = related.sparql("SELECT ?r { ?r a kg:ClaimRelation ; kg:relation kg:contradictsRelation } LIMIT 1")
    assert relation.rows is not None
    (iri,) = relation.rows.rows[0]
    assert isinstance(iri, IRI)
    links = seen(get(iri.value.removeprefix(related.base[:-1]))).links
    both = related.sparql(f"SELECT ?c {{ {iri.n3} kg:subject|kg:object ?c }}").rows
    assert both is not None
    assert {"/" + str(claim)[len(related.base) :] for (claim,) in both.rows} <= set(links)


# ---- lists ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("/measure/killed", "?claim kg:measure {node}"),
        ("/population/civilians", "?claim kg:population {node}"),
        (
            "/place/Syrian coast",
            "?claim kg:place {node} ; a kg:QuantityClaim . ?last kg:expresses ?claim ; kg:stance kg:affirms",
        ),
    ],
)
def test_claims_stand_highest_first_and_the_page_says_so(
    related: Workspace, get: Get, address: str, pattern: str
) -> None:
    kind, _, name = address[1:].partition("/")
    node = related.lookup.resolve(kind, name)
    found = related.sparql(
        f"""SELECT DISTINCT ?claim ?lower ?to ?from {{ {pattern.format(node=node.n3)}
            OPTIONAL {{ ?claim schema:minValue ?lower }} OPTIONAL {{ ?claim kg:windowEnd ?to }}
            OPTIONAL {{ ?claim kg:windowStart ?from }} }}"""
    ).rows
    assert found is not None and len(found) > 60

    def rank(row: tuple[object, ...]) -> tuple[object, ...]:
        claim, lower, *dates = row
        missing = "9999"  # after every day
        return lower is None, -int(str(lower or 0)), *(str(date or missing) for date in dates), str(claim)

    expected = ["/" + str(row[0])[len(related.base) :] for row in sorted(found.rows, key=rank)]
    body = get(f"{path_of_page(get, address)}?all=yes").body.decode()
    section = body[body.index("Highest lower number first") :].split("</section>")[0]
    assert re.findall(r'data-column="claim"><a href="([^"]*)"', section) == expected


def path_of_page(get: Get, address: str) -> str:
    """Where the page of a thing is that is called by its name."""
    return dict(get(address, follow=False).headers).get("Location", address)


def test_what_points_at_a_thing_is_said_in_words_and_claims_are_not_listed_twice(get: Get) -> None:
    found = seen(get("/measure/killed"))
    assert "What points here" in found.text and "skos:" not in found.text
    assert not [cells for cells in found.cells if cells[1:] == ["measure"]]


@pytest.mark.parametrize(
    "address",
    [
        "/question/event-figures?event=syria-coast-2025&population=civilians",
        "/question/rests-on?source=SOHR",
        "/outlet/",
    ],
)
def test_after_25_rows_a_table_is_folded_and_says_how_many_there_are(get: Get, address: str) -> None:
    reply = get(address)
    found = seen(reply)
    rows = [cells for cells in found.cells if cells]
    folded = [cells for cells in found.folded if cells]
    assert len(rows) > 25 and len(folded) == len(rows) - 25 and rows[25:] == folded
    text, body = plain(found.text), reply.body.decode()
    assert text.index(f"{len(rows)} rows") < text.index(f"Show all {len(rows)} rows")
    assert body.index(f"{len(rows)} rows") < body.index("<table>")
    for format_ in ("csv", "json") if "/question/" in address else ():
        assert any(f".{format_}?" in link for link in found.links)


def test_a_short_table_is_not_folded(get: Get) -> None:
    found = seen(get("/place/Baniyas"))
    assert 5 < len([cells for cells in found.cells if cells]) <= 25 and found.folded == []
    assert "Show all" not in found.text


def test_the_chains_of_a_document_are_folded_and_none_is_lost(related: Workspace, get: Get) -> None:
    body = get("/A29").body.decode()
    rows = {row["id"] for row in map(json.loads, (DEMO / "assertions.jsonl").read_text("utf-8").splitlines())}
    mine = {row for row in rows if row.startswith("A29-")}
    open_, _, folded = body.partition(f"<summary>Show all {len(mine)} chains")
    assert len(re.findall(r"· row A29-|<p class=\"where\">row A29-", open_)) == 25
    assert {*re.findall(r"row (A29-\w+)", open_), *re.findall(r"row (A29-\w+)", folded)} == mine


def test_rows_of_a_document_stand_as_people_count(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    tables = velmara()
    for old, new in (("D1-1", "D1-10"), ("D1-2", "D1-9")):
        next(row for row in tables["assertions"] if row["id"] == old)["id"] = new
    workspace.add(dossier(tables))
    text = getter(workspace)("/D1").body.decode()
    assert re.findall(r"row (D1-\d+)", text) == ["D1-9", "D1-10"]


# ---- facts ---------------------------------------------------------------------------------------------------------


def labels_of(body: str) -> tuple[list[str], list[str]]:
    """What the facts of a page tell, and what of them is folded."""
    facts = body[body.index('id="facts"') :].split("</section>")[0]
    open_, _, folded = facts.partition("<details")
    return re.findall(r"<dt[^>]*>([^<]*)</dt>", open_), re.findall(r"<dt[^>]*>([^<]*)</dt>", folded)


def test_facts_begin_with_what_an_editor_asks_and_fold_what_is_technical(get: Get) -> None:
    open_, folded = labels_of(get("/A29").body.decode())
    assert open_[:2] == ["outlet", "genre"]
    assert [label for label in open_ if label in ("published", "address", "note")] == ["published", "address", "note"]
    assert set(folded) == {"entered from", "id", "text digest"}
    assert "published" in get("/A29").body.decode() and "9 March 2025" in seen(get("/A29")).text
    source, technical = labels_of(get("/source/SOHR").body.decode())
    assert source[:3] == ["also called", "kind", "gathers"] and technical == []
    unnamed, _ = labels_of(get("/source/sources on the ground (unnamed)").body.decode())
    assert unnamed[0] == "name"


def test_a_place_tells_its_position_as_the_table_states_it_and_its_neighbours(get: Get) -> None:
    places = [json.loads(line) for line in (DEMO / "places.jsonl").read_text("utf-8").splitlines()]
    chosen = next(row for row in places if row["name"] == "Syrian coast")
    body = get("/place/Syrian coast").body.decode()
    text = plain(Seen(body).text)
    assert f"latitude {chosen['lat']:g}, longitude {chosen['lon']:g} (WGS 84)" in text and "geometry" not in text
    title = yaml.safe_load((DEMO / "dossier.yaml").read_text("utf-8"))["title"]
    assert f"how exact it is, is not stated · stated by {title}" in text
    inside = sorted(row["name"] for row in places if row["part_of"] == "Syrian coast")
    found = re.search(r"<dt[^>]*>contains</dt>\s*<dd>(.*?)</dd>", body, re.S)
    assert found and re.findall(r">([^<·]+)</a>", found[1]) == inside
    assert "lies in Syria" in text
    deep = plain(seen(get("/place/Baniyas")).text)
    assert "lies in Tartus governorate lies further in Syrian coast · Syria" in deep
    nowhere = next(row["name"] for row in places if row["lat"] is None)
    assert "position not stated" in plain(seen(get(f"/place/{nowhere}")).text)


# ---- relations -----------------------------------------------------------------------------------------------------


def test_a_relation_has_a_short_title_and_its_reason_below(related: Workspace, get: Get) -> None:
    found = related.sparql(
        """SELECT (SAMPLE(?r) AS ?one) ?kind { ?r a kg:ClaimRelation ; kg:relation ?kind }
           GROUP BY ?kind ORDER BY ?kind"""
    ).rows
    assert found is not None and len(found) > 10
    rows = {row["id"] for row in map(json.loads, (DEMO / "assertions.jsonl").read_text("utf-8").splitlines())}
    for iri, _ in found.rows:
        body = get("/" + str(iri)[len(related.base) :]).body.decode()
        (heading,) = Seen(body).headings
        ids = re.findall(r"\bA\d+-\w+", heading.partition(":")[0])
        assert len(ids) >= 2 and set(ids) <= rows and len(heading) < 260, heading
        reason = related.sparql(f"SELECT ?why {{ <{iri}> rdfs:comment ?why }}").rows
        assert reason is not None
        assert f'<p class="lead sentence" dir="auto">{escape(str(reason.rows[0][0]))}</p>' in body
        assert f"<title>{escape(heading)} · claims</title>" in body


def test_a_relation_is_called_by_the_rows_of_its_claims(related: Workspace, get: Get) -> None:
    found = related.sparql(
        """SELECT ?r ?a ?b { ?r kg:relation kg:contradictsRelation ; kg:subject ?first ; kg:object ?second ;
             kg:subjectAssertion ?one ; kg:objectAssertion ?other .
           ?one dcterms:identifier ?a . ?other dcterms:identifier ?b } ORDER BY ?r ?a ?b"""
    ).rows
    assert found is not None
    pairs: dict[str, set[tuple[str, str]]] = {}
    for relation, one, other in found.rows:
        pairs.setdefault(str(relation), set()).add((str(one), str(other)))
    for relation in list(pairs)[:5]:
        (heading,) = seen(get("/" + relation[len(related.base) :])).headings
        told = re.match(r"(\S+) contradicts (\S+): ", heading)
        assert told and told.groups() in pairs[relation]


# ---- forms for machines --------------------------------------------------------------------------------------------


def stored(workspace: Workspace, iri: str) -> set[tuple[str, str]]:
    found = workspace.sparql(f"SELECT ?p ?o {{ <{iri}> ?p ?o }}").rows
    assert found is not None
    return {(str(p), str(o)) for p, o in found.rows}


@pytest.mark.parametrize(
    ("suffix", "accept", "parser"),
    [
        (".ttl", "text/turtle", "turtle"),
        (".jsonld", "application/ld+json", "json-ld"),
        (".nt", "application/n-triples", "nt"),
    ],
)
def test_the_data_of_a_thing_read_back_as_they_are_stored(
    related: Workspace, get: Get, suffix: str, accept: str, parser: str
) -> None:
    place = related.lookup.resolve("place", "Syrian coast").value
    path = "/" + place[len(related.base) :]
    for reply in (get(path + suffix), get(path, accept), get(path, f"text/html;q=0.4, {accept}")):
        assert reply.status == 200 and reply.media_type.split(";")[0] == accept
        assert dict(reply.headers)["Vary"] == "Accept"
        graph = rdflib.Graph().parse(data=reply.body.decode(), format=parser)
        read = {(str(p), str(o)) for p, o in graph.predicate_objects(rdflib.URIRef(place))}
        assert read == stored(related, place) and len(read) > 3
        hung = graph.value(rdflib.URIRef(place), rdflib.URIRef(vocab.PREFIXES["geo"] + "hasGeometry"))
        assert hung is not None and list(graph.predicate_objects(hung))


def test_html_is_for_browsers_and_nobody_gets_what_they_cannot_read(get: Get) -> None:
    for accept in (HTML, "*/*", ""):
        assert get("/measure/killed", accept).media_type.startswith("text/html")
    assert get("/measure/killed.html", "text/turtle").media_type.startswith("text/html")
    refused = get("/measure/killed", "image/png")
    assert refused.status == 406 and "/measure/killed.ttl" in seen(refused).links
    headers = dict(get("/measure/killed").headers)
    assert (
        headers["Vary"] == "Accept" and '</measure/killed.ttl>; rel="alternate"; type="text/turtle"' in headers["Link"]
    )


# ---- finding the page ----------------------------------------------------------------------------------------------


def test_ids_and_names_lead_to_the_page_of_the_thing(related: Workspace, get: Get) -> None:
    for name, kind in (("A29", "document"), ("A29-c01", "claim")):
        iri = related.lookup.resolve(kind, name).value
        path = "/" + iri[len(related.base) :]
        for address in (f"/{name}", f"/{kind}/{name}", path[:-8]):
            reply = get(address, follow=False)
            assert (reply.status, dict(reply.headers)["Location"]) == (303, path)
    assert dict(get("/outlet", follow=False).headers)["Location"] == "/outlet/"
    turtle = get("/A29.ttl", follow=False)
    assert dict(turtle.headers)["Location"].endswith(".ttl")


def test_what_is_not_here_suggests_what_is(get: Get) -> None:
    reply = get("/source/SOHRR")
    assert reply.status == 404
    assert any(link.startswith("/search?q=SOHR") for link in seen(reply).links)
    for address in (
        "/claim/ffffffff",
        "/a/b/c/d",
        "/question/no-such",
        f"{EVENT}/no-such-figure",
        "/%3Cscript%3E",
        "/x y",
    ):
        assert get(address).status == 404


def test_one_name_for_several_things_offers_them_all(related: Workspace, get: Get) -> None:
    found = related.sparql(
        """SELECT ?name { ?source a kg:UnnamedSource ; skos:prefLabel ?name }
           GROUP BY ?name HAVING (COUNT(?source) > 1) ORDER BY ?name"""
    ).rows
    assert found is not None and len(found)
    name = str(found.rows[0][0])
    reply = get(f"/source/{quote(name)}")
    offered = [link for link in seen(reply).links if link.startswith("/unnamed/")]
    assert reply.status == 300 and len(offered) > 1
    asked = get(f"/question/rests-on?source={quote(name)}")
    choices = [link for link in seen(asked).links if link.startswith("/question/rests-on?source=http")]
    assert asked.status == 400 and len(choices) == len(offered) and get(choices[0]).status == 200


# ---- questions -----------------------------------------------------------------------------------------------------


def test_every_question_gives_the_same_bytes_here_as_in_python_and_on_the_command_line(
    related: Workspace, get: Get, related_folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    folder = shutil.copytree(related_folder, tmp_path / "copy")
    assert len(related.questions) > 25
    for name, question in related.questions.items():
        parameters = "&".join(f"{key}={quote(value)}" for key, value in question.example.items())
        told = related.ask(name, **question.example)
        for format_ in ("csv", "json"):
            reply = get(f"/question/{name}.{format_}?{parameters}")
            assert (reply.status, reply.body.decode()) == (200, told.write(format_)), name
        if name < "d":  # the whole list on the command line takes long, and is one piece of code for all of them
            typed = [f"{key}={value}" for key, value in question.example.items()]
            main(["--workspace", str(folder), "ask", name, *typed, "--format", "json"], standalone_mode=False)
            assert capsysbinary.readouterr().out == reply.body, name


def test_the_table_of_a_question_has_the_rows_and_names_of_its_answer(related: Workspace, get: Get) -> None:
    result: Result = related.ask("rests-on", source="SOHR")
    found = seen(get("/question/rests-on?source=SOHR"))
    rows = [cells for cells in found.cells if cells]
    assert len(rows) == len(result)
    assert [[cell.strip() for cell in row] for row in rows] == [list(map(result.shown, row)) for row in result.rows]
    assert "kg ask rests-on source=SOHR" in found.text
    assert any(link.startswith("/query#query=") for link in found.links)
    for format_ in ("csv", "tsv", "json", "jsonl", "md"):
        link = next(link for link in found.links if f".{format_}?" in link)
        assert get(link).body.decode() == result.write(format_)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/question/rests-on?source=SOHRx", 404, "SOHR"),
        ("/question/rests-on?sauce=SOHR", 400, "did you mean"),
        ("/question/event-figures?measure=killed", 400, "needs event"),
        ("/question/trace?number=many", 400, "no number"),
        ("/question/rests-on?source=SOHR&source=SNHR", 400, "given twice"),
        ("/question/rests-on.csv?source=SOHRx", 404, "no such page"),
        ("/question/rests-on", 200, "required"),
        ("/question/rests-on?source=&page=", 200, "required"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(get: Get, address: str, status: int, said: str) -> None:
    reply = get(address)
    assert reply.status == status
    text = seen(reply).text
    assert said in text and "Traceback" not in text


def test_a_wrong_name_offers_the_same_question_with_the_right_one(get: Get) -> None:
    links = [link for link in seen(get("/question/rests-on?source=SOHRx")).links if "source=" in link]
    assert "/question/rests-on?source=SOHR" in links
    assert get("/question/rests-on?source=SOHR").status == 200


def test_every_row_of_a_long_list_is_on_some_page(related: Workspace, get: Get) -> None:
    total = related.sparql("SELECT ?r { ?r a kg:ClaimRelation }").rows
    assert total is not None
    links: list[str] = []
    address: str | None = "/relation/"
    while address:
        body = get(address).body.decode()
        links += re.findall(r'data-column="id"><a href="([^"]*)"', body)
        following = re.search(r'href="([^"]*)" rel="next"', body)
        address = following[1] if following else None
    assert len(links) == len(set(links)) == len(total) > 1000


# ---- search --------------------------------------------------------------------------------------------------------


def test_words_are_compared_without_case_accents_and_vowel_signs() -> None:
    assert words_of("São Tomé, STRASSE") == words_of("sao tome straße")
    assert words_of("\u0623\u064e\u0645\u0652\u0646\u064f") == words_of("\u0627\u0645\u0640\u0640\u0646")
    assert words_of("Ещё") == words_of("еще")
    assert words_of("\u200f\u0648\u0632\u0627\u0631\u0629\u200e") == words_of("\u0648\u0632\u0627\u0631\u0647")
    assert words_of("東京都 ไทย") == [*"東京都", *"ไทย"]


def test_all_words_must_match_and_beginnings_count_less() -> None:
    entries = [
        Entry("place", "Orlen Bridge", "/1", ("Orlen Bridge",)),
        Entry("place", "Orlenfeld", "/2", ("Orlenfeld", "أورلن")),
        Entry("source", "Orlen", "/3", ("Orlen", "Orlen Gazette")),
    ]
    index = Index.of(entries)
    assert [one.path for one in index.find("orlen")] == ["/3", "/1", "/2"]
    assert [one.path for one in index.find("BRI orl")] == ["/1"]
    assert [one.path for one in index.find("اورلن")] == ["/2"]
    assert index.find("bridge gazette") == [] and index.find("") == []


def test_search_finds_names_and_statements_in_any_script(get: Get) -> None:
    for query, found in (
        ("observatory syr", "SOHR"),
        ("السوري لحقوق", "SOHR"),
        ("1,018 coast", "more than 1,018 people killed, Syrian coast, 6–9 March 2025"),
        ("48 hours", "More than 1,018 people were killed on the Syrian coast within some 48 hours."),
        ("A29-c01", "claim: more than 1,018"),
        ("life of a number", "The life of a number"),
    ):
        assert found in seen(get(f"/search?q={quote(query)}")).text, query


def test_search_says_how_many_of_how_many_and_shows_the_rest(get: Get) -> None:
    found = seen(get("/search?q=killed"))
    shown, total = re.search(r"Claims (\d+) of (\d+)", found.text).groups()  # type: ignore[union-attr]
    assert int(shown) == 8 < int(total)
    more = seen(get(next(link for link in found.links if "kind=claim" in link)))
    assert len([link for link in more.links if link.startswith("/claim/") and len(link) > 10]) == min(200, int(total))


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "*",
        "NEAR(a b)",
        "a AND",
        "'; DROP",
        "%00",
        "\u202e",
        "{}",
        "(",
        "a" * 5000,
        "<script>",
        "٪؟",
        "\ud83d\ude00",
        "  ",
    ],
)
def test_no_text_makes_search_fail(get: Get, query: str) -> None:
    encoded = quote(query.encode("utf-16", "surrogatepass").decode("utf-16"))
    assert get(f"/search?q={encoded}").status == 200


# ---- foreign words -------------------------------------------------------------------------------------------------


def test_foreign_words_stay_words(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    tables = velmara()
    tables["documents"][0] |= {"outlet": evil}
    tables["actors"][0]["name"] = evil
    for row in tables["assertions"]:
        row["chain"] = [evil if name == "Orlen Gazette" else name for name in row["chain"]]
        row["statement"] = f"{evil} {row['statement']}"
    tables["places"][0]["name"] = f"Velmara {evil}"
    for row in tables["assertions"]:
        if "place" in row:
            row["place"] = f"Velmara {evil}"
    folder = dossier(tables)
    about = folder / "dossier.yaml"
    about.write_text(about.read_text("utf-8").replace("place: Velmara", f"place: 'Velmara {evil}'"), encoding="utf-8")
    workspace.add(folder)
    ask = getter(workspace)
    iris = workspace.sparql(
        "SELECT DISTINCT ?s { ?s a ?type FILTER (STRSTARTS(STR(?s), 'https://w3id.org/claims-kg/id/')) }"
    )
    assert iris.rows is not None and len(iris.rows) > 20
    paths = ["/" + str(iri)[len(workspace.base) :] for (iri,) in iris.rows.rows]
    escaped = 0
    for path in [
        *paths,
        "/",
        "/outlet/",
        f"/search?q={quote(evil)}",
        f"/{quote(evil)}",
        f"/question/rests-on?source={quote(evil)}",
    ]:
        reply = ask(path)
        if path.endswith("/graph"):
            continue
        found = seen(reply)
        assert found.inline == [] and "img" not in found.tags and found.tags.count("script") == 1, path
        assert not [link for link in found.links if not link.startswith(("/", "http://", "https://", "#"))], path
        escaped += evil in found.text
    assert escaped > 10


# ---- over HTTP -----------------------------------------------------------------------------------------------------


def test_the_server_sends_pages_with_every_header(server: Server) -> None:
    reply = server.client.get("/A29-c01", headers={"Accept": HTML}, follow_redirects=True)
    assert reply.status_code == 200 and "independent origin" in reply.text
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    for name in re.findall(r'(?:src|href)="(/static/[^"]*)"', reply.text):
        assert server.client.get(name).status_code == 200
    turtle = server.client.get("/A29-c01.ttl", follow_redirects=True)
    assert turtle.headers["content-type"].startswith("text/turtle")


def test_a_figure_may_run_its_own_scripts_and_no_others(server: Server) -> None:
    reply = server.client.get(f"{EVENT}/graph")
    policy = reply.headers["content-security-policy"]
    assert "script-src 'sha256-" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy


def test_refusals_are_pages_as_well(server: Server) -> None:
    for method, address, status in (
        ("GET", "/no-such-page", 404),
        ("GET", "/static/no-such-file.js", 404),
        ("GET", "/static/../app.py", 404),
        ("DELETE", "/A29", 405),
        ("POST", "/question/rests-on", 405),
    ):
        reply = server.client.request(method, address)
        assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=utf-8"), address
        assert "<h1" in reply.text and reply.headers["x-frame-options"] == "DENY"
    assert server.client.head("/").status_code == 200 and server.client.head("/").content == b""


def test_a_fault_is_told_without_details(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_: Request) -> Response:
        raise RuntimeError("secret of the machine")

    async def asked() -> httpx.Response:
        app = Starlette(routes=[Route("/", broken)], middleware=[Middleware(Faults)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            return await client.get("/")

    with ThreadPoolExecutor(1) as pool:  # a browser that other tests opened keeps a loop running in this thread
        reply = pool.submit(lambda: asyncio.run(asked())).result()
    assert reply.status_code == 500 and "fault in claims-kg" in reply.text and "secret" not in reply.text
    assert "secret of the machine" in capsys.readouterr().err


def test_the_first_query_of_the_editor_finds_something(related: Workspace) -> None:
    text = (STATIC.parent / "templates" / "query.html").read_text(encoding="utf-8")
    query = re.search(r"PREFIX .*?LIMIT 100", text, re.DOTALL)
    assert query is not None
    rows = related.sparql(unescape(query[0])).rows
    assert rows is not None and len(rows) == 100
