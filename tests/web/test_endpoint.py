"""The endpoint as the SPARQL 1.1 Protocol has it, and what it keeps to itself."""

from __future__ import annotations

import csv
import io
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

from kg.errors import QueryError
from kg.reach import dataset, refuse_calls
from kg.store.oxigraph import OxigraphStore
from kg.web.negotiation import ROWS, TRIPLES, choose, preferred
from kg.web.updates import with_using
from kg.workspace import Workspace
from tests.web.conftest import write_out

SELECT = "SELECT ?claim ?assertion WHERE { ?assertion kg:expresses ?claim } ORDER BY ?claim ?assertion LIMIT 7"
SPARQL = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"
A, B = "http://velmara.example/a", "http://velmara.example/b"

# --- ways to ask -------------------------------------------------------------------------------------------------


def test_the_three_ways_to_ask_give_one_answer(server: Any, related: Any) -> None:
    by_get = server.ask(SELECT)
    by_form = server.client.post("/sparql", data={"query": SELECT})
    by_body = server.client.post("/sparql", content=SELECT, headers={"Content-Type": f"{SPARQL}; charset=UTF-8"})
    assert by_get.status_code == by_form.status_code == by_body.status_code == 200
    assert by_get.json() == by_form.json() == by_body.json()
    rows = related.sparql(SELECT).rows
    found = [tuple(row[column]["value"] for column in rows.columns) for row in by_get.json()["results"]["bindings"]]
    assert found == [tuple(value.value for value in row) for row in rows.rows]
    assert len(found) == 7
    assert by_get.headers["Kg-Prefixes-Added"] == "kg"


def test_columns_keep_their_order(server: Any) -> None:
    for columns in (["zebra", "ant", "m"], ["m", "zebra", "ant"]):
        query = f"SELECT {' '.join('?' + column for column in columns)} {{ ?zebra ?ant ?m }} LIMIT 1"
        assert server.ask(query).json()["head"]["vars"] == columns
        assert server.ask(query, "text/csv").text.splitlines()[0].split(",") == columns


WRONG = [
    ("GET", "/sparql?query=ASK{}&query=ASK{}", {}, b"", 400, "given 2 times"),
    ("GET", "/sparql?default-graph-uri=x:y", {}, b"", 400, "query is missing"),
    ("GET", "/sparql?query=ASK%20%7B%20%22%FF%22%20%7D", {}, b"", 400, "not UTF-8"),
    ("GET", "/sparql?update=CLEAR%20ALL", {}, b"", 400, "by POST"),
    ("GET", "/sparql?query=ASK{}&using-graph-uri=x:y", {}, b"", 400, "belongs to updates"),
    ("POST", "/sparql", {"Content-Type": FORM}, b"format=csv", 400, "neither query nor update"),
    ("POST", "/sparql", {"Content-Type": FORM}, b"query=ASK%7B%7D&query=ASK%7B%7D", 400, "given 2 times"),
    ("POST", "/sparql", {"Content-Type": FORM}, b"query=ASK%7B%7D&update=CLEAR", 400, "one at a time"),
    ("POST", "/sparql?query=ASK{}", {"Content-Type": SPARQL}, b"ASK {}", 400, "in the address and in the body"),
    ("POST", "/sparql", {"Content-Type": SPARQL}, b"ASK { ?s ?p '\xff' }", 400, "byte 13"),
    ("POST", "/sparql", {"Content-Type": SPARQL + "; charset=UTF-16"}, "ASK {}".encode("utf-16"), 415, "UTF-8"),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}", 415, "is text/plain"),
    ("POST", "/sparql", {}, b"ASK {}", 415, "is missing"),
    ("POST", "/sparql", {"Content-Type": SPARQL}, b"ASK {} #" + b"x" * (1 << 20), 413, "longer than 1,048,576"),
    ("GET", "/sparql?query=ASK{}%23" + "x" * 9000, {}, b"", 414, "by POST"),
    ("PUT", "/sparql?query=ASK{}", {}, b"", 405, "GET or POST"),
    ("DELETE", "/sparql", {}, b"", 405, "GET or POST"),
]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "says"), WRONG, ids=[f"{w[0]}-{w[4]}-{w[5][:12]}" for w in WRONG]
)
def test_what_is_no_request_is_told(
    server: Any, method: str, path: str, headers: dict[str, str], body: bytes, status: int, says: str
) -> None:
    reply = server.client.request(method, path, content=body, headers=headers)
    assert (reply.status_code, says in reply.text) == (status, True), reply.text
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    if status == 405:
        assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_a_body_without_a_length_is_limited_too(server: Any) -> None:
    parts = (b"ASK {} #" + b"x" * 100_000 for _ in range(20))
    reply = server.client.post("/sparql", content=parts, headers={"Content-Type": SPARQL})
    assert reply.status_code == 413


def test_head_and_options(server: Any) -> None:
    head = server.client.head("/sparql", params={"query": "ASK {}"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == "application/sparql-results+json"
    options = server.client.options("/sparql")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


# --- formats -----------------------------------------------------------------------------------------------------

JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"
ACCEPTED = [
    ("", JSON),
    ("*/*", JSON),
    ("text/csv, */*;q=0.1", CSV),
    ("application/sparql-results+xml;q=0.9, text/csv;q=0.8", XML),
    ("text/*", "text/xml"),
    ("text/*;q=0.5, text/xml;q=0", CSV),
    ("application/json;q=0, application/*", JSON),
    ("application/sparql-results+json;q=0, */*", "application/json"),
    ("Text/CSV;Q=1", CSV),
    ("image/png, text/csv;q=0.001", CSV),
    ("text/csv;q=oops, application/sparql-results+xml", XML),
    ("text/turtle", None),
    ("*/*;q=0", None),
    ("nonsense", None),
]


@pytest.mark.parametrize(("accept", "expected"), ACCEPTED)
def test_the_format_is_the_one_the_client_prefers(accept: str, expected: str | None) -> None:
    assert preferred(accept, [media_type for one in ROWS for media_type in one.media_types]) == expected


def test_rows_are_the_same_in_every_format(server: Any) -> None:
    query = "SELECT ?n ?t ?none { VALUES (?n ?t) { (1 'a,\"b\"'@en) (2 'c\td') } } ORDER BY ?n"
    formats = (
        ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("application/json", ox.QueryResultsFormat.JSON),
        ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ("application/xml", ox.QueryResultsFormat.XML),
        ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
    )
    for accept, reads in formats:
        reply = server.ask(query, accept)
        assert reply.headers["content-type"].partition(";")[0] == accept
        assert reply.headers["vary"] == "Accept"
        found = ox.parse_query_results(reply.content, reads)
        assert [variable.value for variable in found.variables] == ["n", "t", "none"]
        assert [[value.value if value else None for value in row] for row in found] == [
            ["1", 'a,"b"', None],
            ["2", "c\td", None],
        ]
    reply = server.ask(query, "text/csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(reply.text, newline="")))
    assert rows == [["n", "t", "none"], ["1", 'a,"b"', ""], ["2", "c\td", ""]]


@pytest.mark.parametrize("one", TRIPLES, ids=lambda one: one.name)
def test_triples_are_the_same_in_every_format(server: Any, one: Any) -> None:
    query = "CONSTRUCT WHERE { ?claim kg:measure measure:killed ; kg:event ?event }"
    reply = server.ask(query, one.media_types[0])
    assert reply.headers["content-type"].partition(";")[0] == one.media_types[0]
    read = {(q.subject, q.predicate, q.object) for q in ox.parse(reply.content, one.writes)}
    plain = server.ask(query, "application/n-triples")
    assert read == {(q.subject, q.predicate, q.object) for q in ox.parse(plain.content, ox.RdfFormat.N_TRIPLES)}
    assert len(read) > 100


def test_yes_and_no(server: Any) -> None:
    assert server.ask("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert server.ask("ASK { ?s <x:nowhere> ?o }").json()["boolean"] is False
    assert "<boolean>true</boolean>" in server.ask("ASK {}", "application/sparql-results+xml").text


def test_what_is_not_offered_is_answered_with_what_is(server: Any) -> None:
    for query, accept, there in (
        ("SELECT * {}", "text/turtle", "application/sparql-results+xml"),
        ("ASK {}", "text/csv", "application/sparql-results+json"),
        ("CONSTRUCT {} {}", "text/csv", "application/ld+json"),
    ):
        reply = server.ask(query, accept)
        assert (reply.status_code, reply.headers["vary"]) == (406, "Accept")
        assert accept in reply.text and there in reply.text


def test_the_format_can_stand_in_the_address(server: Any) -> None:
    assert server.ask("SELECT ?x {}", "text/html", format="tsv").text == "?x\n\n"
    assert server.ask("SELECT ?x {}", "*/*", format="text/csv").text == "x\r\n\r\n"
    assert server.ask("SELECT ?x {}", "*/*", format="ttl").status_code == 406
    assert choose("text/csv, */*;q=0.1", ROWS, "nothing") is None
    chosen = choose("text/turtle", TRIPLES, "of-my-own")
    assert chosen is not None and chosen.format.name == "ttl"


# --- mistakes ----------------------------------------------------------------------------------------------------


def test_a_slip_gets_a_caret_and_what_was_meant(server: Any) -> None:
    reply = server.ask("SELECT *\nWHER { ?s ?p ?o }")
    assert reply.status_code == 400
    assert reply.text == (
        "line 2, column 1: 'WHER' is not a word of SPARQL; did you mean WHERE?\n\n  WHER { ?s ?p ?o }\n  ^\n"
    )


def test_the_place_is_that_of_the_query_as_written(server: Any) -> None:
    reply = server.ask("SELECT * { ?s kg:event ?o ")
    assert reply.status_code == 400
    assert "line 1, column 27" in reply.text


def test_unknown_terms_are_hinted_at_in_a_header(server: Any) -> None:
    reply = server.ask("SELECT * { ?a kg:expreses ?b ; kg:relays ?c }")
    assert (reply.status_code, reply.json()["results"]["bindings"]) == (200, [])
    assert reply.headers["Kg-Hints"] == "nothing here is called kg:expreses; did you mean kg:expresses?"
    strange = server.ask("SELECT * { ?a kg:Тест ?b }")
    assert strange.headers["Kg-Hints"].startswith("nothing here is called kg:%D0%A2")
    assert "Kg-Hints" not in server.ask("SELECT * { ?a kg:expresses ?b } LIMIT 1").headers


# --- nothing leaves the process ----------------------------------------------------------------------------------


CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { \\U00000053\\u0045RVICE <URL> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX : <URL> PREFIX service: <x:> SELECT * { service:x { ?s ?p ?o } }",
    "SELECT * { # a comment ends here\rSERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICESILENT:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p <x:\\u002D'> . SERVICE <URL> { ?s ?p 'o' } }",
    "SELECT * { BIND(<URL> AS ?g) SERVICE ?g { ?s ?p ?o } }",
    "ASK { { SELECT * { SERVICE <URL> {} } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <URL>",
]


@pytest.mark.parametrize("query", CALLS)
def test_no_query_calls_another_server(server: Any, elsewhere: tuple[str, list[str]], query: str) -> None:
    url, asked = elsewhere
    reply = server.ask(query.replace("URL", f"{url}/"))
    assert (reply.status_code, asked) == (400, []), reply.text


@pytest.mark.parametrize("query", [query for query in CALLS if "FROM" not in query and "LOAD" not in query])
def test_the_text_alone_tells_that_a_query_calls(query: str) -> None:
    with pytest.raises(QueryError, match="stay on this machine"):
        refuse_calls(query)


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX service: <x:> SELECT ?service { ?service service:service 'SERVICE <x:y> {}' } # SERVICE",
        "PREFIX service: <x:> SELECT * FROM service:g { GRAPH service:g { ?service ?p _:b } }",
        "SELECT * { ?s <x:SERVICE> '''SERVICE''' , \"\\u0053ERVICE\" , \"\\u0022 SERVICE\" }",
        "SELECT ?load { ?load <x:LOAD> 'LOAD' }",
        "PREFIX load: <x:> INSERT DATA { load:x load:y load:z }",
    ],
)
def test_the_words_stay_usable(query: str) -> None:
    refuse_calls(query)


@pytest.mark.parametrize(
    "update",
    ["LOAD <x:y>", "load silent <x:y>", "LOADSILENT<x:y>", "PREFIX : <x:> LOAD:x", "CLEAR ALL ; \\u004COAD <x:y>"],
)
def test_load_is_refused_in_every_spelling(update: str) -> None:
    with pytest.raises(QueryError, match="kg add"):
        refuse_calls(update)


def test_graphs_of_the_store_and_no_others_can_be_asked(server: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.nt"
    secret.write_text("<x:s> <x:p> <x:kept-secret> .\n", encoding="utf-8")
    for query in (f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}", f"LOAD <{secret.as_uri()}>"):
        reply = server.ask(query)
        assert reply.status_code == 400 and "kept-secret" not in reply.text
    reply = server.ask("ASK { ?s ?p ?o }", **{"default-graph-uri": secret.as_uri()})
    assert reply.status_code == 400 and "there is no graph <file:" in reply.text
    graph = server.ask("SELECT ?g { GRAPH ?g { ?s kg:expresses ?o } } LIMIT 1").json()
    name = graph["results"]["bindings"][0]["g"]["value"]
    count = "(COUNT(*) AS ?n)"
    written = server.ask(f"SELECT {count} FROM <{name}> {{ ?s ?p ?o }}", CSV).text
    named = server.ask(f"SELECT {count} {{ GRAPH <{name}> {{ ?s ?p ?o }} }}", CSV).text
    asked = server.ask(f"SELECT {count} {{ ?s ?p ?o }}", CSV, **{"default-graph-uri": name}).text
    assert written == named == asked != "n\r\n0\r\n"


def test_the_request_names_graphs_before_the_query_does(server: Any) -> None:
    names = server.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s kg:expresses ?o } } ORDER BY ?g LIMIT 2", CSV).text.split()[
        1:
    ]
    query = f"SELECT DISTINCT ?g FROM NAMED <{names[0]}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert server.ask(query, CSV).text.split()[1:] == names[:1]
    assert server.ask(query, CSV, **{"named-graph-uri": names[1]}).text.split()[1:] == names[1:]
    assert server.ask(query, CSV, **{"named-graph-uri": names}).text.split()[1:] == names
    nothing = server.ask("ASK { ?s ?p ?o }", **{"named-graph-uri": names[1]})
    assert nothing.json()["boolean"] is False, "with named graphs only, the default graph is empty"


def test_a_triple_of_two_graphs_counts_once(server: Any) -> None:
    """The engine counts it twice; a sum of the dead over two documents would be too high."""
    shared = "{ GRAPH ?g { ?s ?p ?o } GRAPH ?h { ?s ?p ?o } FILTER(STR(?g) < STR(?h)) }"
    graphs = server.ask(f"SELECT ?g ?h {shared} LIMIT 1", CSV).text.split()[1].split(",")
    assert len(graphs) == 2
    own = [server.ask(f"SELECT * {{ GRAPH <{g}> {{ ?s ?p ?o }} }}", "text/tab-separated-values").text for g in graphs]
    union = {line for text in own for line in text.splitlines()[1:]}
    assert len(union) < sum(len(text.splitlines()) - 1 for text in own), "the graphs share no triple"
    by_request = server.ask("SELECT * { ?s ?p ?o }", "text/tab-separated-values", **{"default-graph-uri": graphs})
    froms = " ".join(f"FROM <{graph}>" for graph in graphs)
    by_query = server.ask(f"SELECT * {froms} {{ ?s ?p ?o }}", "text/tab-separated-values")
    assert len(by_request.text.splitlines()) - 1 == len(by_query.text.splitlines()) - 1 == len(union)


@pytest.mark.parametrize(
    "froms",
    [
        r"FROM <\u0068ttps://a.example/g> FROM <https://a.example/h>",
        r"FROM <https://a.example/g> FROM <\U00000068ttps://a.example/h>",
        "FROM:g FROM:h",
        "FROM :g FROM:h",
        "FROM NAMED:g",
        "FROMNAMED:g",
        "FROM",
    ],
)
def test_a_from_that_can_be_read_otherwise_is_refused(server: Any, froms: str) -> None:
    """The engine reads these its own way, and counts would be about other graphs, or count a triple twice."""
    reply = server.ask(f"PREFIX : <https://a.example/> SELECT (COUNT(*) AS ?n) {froms} {{ ?s ?p ?o }}")
    assert reply.status_code == 400, reply.text


@pytest.mark.parametrize("name", [r"kg:x\.y", r"prov:nope\u000d\u000aX", r"kg:x\.SERVICE"])
def test_an_escape_in_a_name_is_no_fault_of_the_program(server: Any, name: str) -> None:
    assert server.ask(f"ASK {{ ?s {name} ?o }}").status_code in (200, 400)


def test_what_is_nested_too_deeply_is_told(server: Any) -> None:
    deep = "(" * 20_000
    reply = server.client.post("/sparql", data={"query": f"ASK {{ FILTER{deep}1{deep.replace('(', ')')} }}"})
    assert (reply.status_code, "nested too deeply" in reply.text) == (400, True), reply.text
    assert server.ask("ASK {}").status_code == 200


def test_a_slip_in_a_long_line_shows_what_stands_around_it(server: Any) -> None:
    reply = server.client.post("/sparql", data={"query": f"SELECT * {{ {'?s ?p ?o . ' * 5000} }} WHER"})
    assert reply.status_code == 400 and len(reply.text) < 1000
    line, caret = reply.text.rstrip("\n").splitlines()[-2:]
    assert line.index("WHER") == caret.index("^")


def test_a_page_of_another_site_cannot_make_the_server_work(server: Any) -> None:
    asked = {"query": "ASK {}"}
    for site, status in (("cross-site", 403), ("same-origin", 200), ("none", 200)):
        assert server.client.get("/sparql", params=asked, headers={"Sec-Fetch-Site": site}).status_code == status


def test_the_graphs_of_a_query_are_read_with_prefixes_and_base() -> None:
    query = (
        "BASE <http://b.example/x/> PREFIX g: <graph/> SELECT * FROM g:one FROM NAMED <two> FROM <http://c.example/> {}"
    )
    found = dataset(query, "http://a.example/")
    assert found.default == ("http://b.example/x/graph/one", "http://c.example/")
    assert found.named == ("http://b.example/x/two",)


# --- the description ---------------------------------------------------------------------------------------------


def test_the_service_describes_itself(server: Any, related: Any) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for accept, reads in (("*/*", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld")):
        reply = server.client.get("/sparql", headers={"Accept": accept})
        assert reply.status_code == 200
        graph = Graph().parse(data=reply.text, format=reads)
        assert (None, URIRef(sd + "endpoint"), URIRef(server.sparql)) in graph
        assert (None, URIRef(sd + "feature"), URIRef(sd + "UnionDefaultGraph")) in graph
        sizes = list(graph.objects(None, URIRef("http://rdfs.org/ns/void#triples")))
        triples = related.sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows.rows[0][0].value
        assert [str(size) for size in sizes] == [triples]
        languages = set(graph.objects(None, URIRef(sd + "supportedLanguage")))
        assert languages == {URIRef(sd + "SPARQL11Query")}


def test_people_get_the_editor(server: Any) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    reply = server.client.get("/sparql", headers={"Accept": browser})
    assert (reply.status_code, reply.headers["location"]) == (303, "/query")
    assert server.client.get("/sparql", headers={"Accept": "image/png"}).status_code == 406


# --- who may ask -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", ""]
)
def test_another_name_gets_no_answer(server: Any, host: str) -> None:
    reply = server.client.get("/sparql", params={"query": "ASK {}"}, headers={"Host": host})
    assert reply.status_code == 421
    assert "nosniff" in reply.headers["x-content-type-options"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:1", "127.1.2.3", "[::1]:8765", "localhost."])
def test_names_of_this_machine_get_one(server: Any, host: str) -> None:
    assert server.client.get("/sparql", params={"query": "ASK {}"}, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_foreign_page_reads_nothing_and_sends_nothing(server: Any, origin: str) -> None:
    read = server.client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": origin})
    assert not [name for name in read.headers if name.startswith("access-control")]
    sent = server.client.post("/sparql", data={"query": "ASK {}"}, headers={"Origin": origin})
    assert sent.status_code == 403
    asked = server.client.options("/sparql", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_our_own_page_may_send(server: Any) -> None:
    assert server.client.post("/sparql", data={"query": "ASK {}"}, headers={"Origin": server.url}).status_code == 200


def test_every_reply_has_the_headers_that_protect(server: Any) -> None:
    for reply in (server.ask("ASK {}"), server.ask("WHAT"), server.client.put("/sparql"), server.client.get("/sparql")):
        headers = reply.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")


def test_named_origins_and_hosts_are_let_in(start: Callable[..., Any]) -> None:
    server = start(cors=("https://desk.example",), host_names=("archive.example",))
    ours = {"Origin": "https://desk.example"}
    reply = server.client.get("/sparql", params={"query": "ASK {}"}, headers=ours)
    assert reply.headers["access-control-allow-origin"] == "https://desk.example"
    assert "access-control-allow-credentials" not in reply.headers
    assert "Origin" in ", ".join(reply.headers.get_list("vary"))
    assert server.client.post("/sparql", data={"query": "ASK {}"}, headers=ours).status_code == 200
    preflight = server.client.options("/sparql", headers=ours | {"Access-Control-Request-Method": "POST"})
    assert (preflight.status_code, "POST" in preflight.headers["access-control-allow-methods"]) == (204, True)
    other = server.client.get(
        "/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://desk.example.evil.example"}
    )
    assert "access-control-allow-origin" not in other.headers
    named = server.client.get("/sparql", params={"query": "ASK {}"}, headers={"Host": "archive.example:99"})
    assert named.status_code == 200


def test_two_hosts_in_one_request_are_refused(server: Any) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.sendall(b"GET /sparql HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400 ")


# --- updates -----------------------------------------------------------------------------------------------------

UPDATE = {"Content-Type": "application/sparql-update"}
TOKEN = {"Authorization": "Bearer velmara-1"}


def test_a_server_without_a_token_only_reads(server: Any) -> None:
    text = f"INSERT DATA {{ <{A}> <{A}> <{A}> }}"
    by_body = server.client.post("/sparql", content=text, headers=UPDATE | TOKEN)
    by_form = server.client.post("/sparql", data={"update": text}, headers=TOKEN)
    as_query = server.ask(text)
    assert (by_body.status_code, by_form.status_code, as_query.status_code) == (403, 403, 400)
    assert "--token-file" in by_body.text and "never writes" in as_query.text
    assert server.ask(f"ASK {{ <{A}> ?p ?o }}").json()["boolean"] is False


def test_updates_with_the_token_are_made(start: Callable[..., Any]) -> None:
    server = start(token="velmara-1")

    def update(text: str, headers: dict[str, str] = TOKEN, **parameters: Any) -> Any:
        return server.client.post("/sparql", content=text, headers=UPDATE | headers, params=parameters)

    insert = f"INSERT DATA {{ GRAPH <{A}> {{ <{A}> <x:p> 1 , 2 }} GRAPH <{B}> {{ <{A}> <x:p> 2 , 3 }} }}"
    for wrong in ({}, {"Authorization": "Bearer velmara-2"}, {"Authorization": "Basic velmara-1"}):
        refused = update(insert, wrong)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="kg"')
    assert update(insert).status_code == 204
    assert server.ask("SELECT ?o { ?s <x:p> ?o } ORDER BY ?o", CSV).text.split() == ["o", "1", "2", "3"]
    copied = update("INSERT { GRAPH <x:c> { ?s <x:q> ?o } } WHERE { ?s <x:p> ?o }", **{"using-graph-uri": [A, B]})
    assert copied.status_code == 204
    assert server.ask("SELECT ?o { GRAPH <x:c> { ?s <x:q> ?o } } ORDER BY ?o", CSV).text.split() == ["o", "1", "2", "3"]
    form = server.client.post("/sparql", data={"update": "DELETE WHERE { ?s <x:q> ?o }"}, headers=TOKEN)
    assert form.status_code == 204
    assert server.ask("ASK { GRAPH ?g { ?s <x:q> ?o } }").json()["boolean"] is False
    for bad, says in (
        ("DELET WHERE { ?s ?p ?o }", "did you mean DELETE?"),
        ("LOAD <http://127.0.0.1/>", "kg add"),
        ("INSERT DATA { [] <x:p> 4 }", "blank nodes"),
        ("INSERT DATA { <x:s> <x:p> 5 } ; DROP GRAPH <x:not-here>", "x:not-here"),
    ):
        refused = update(bad)
        assert (refused.status_code, says in refused.text) == (400, True), refused.text
    twice = update("WITH <x:c> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", **{"using-graph-uri": A})
    assert (twice.status_code, "named twice" in twice.text) == (400, True)
    assert server.ask("SELECT ?o { ?s <x:p> ?o } ORDER BY ?o", CSV).text.split() == ["o", "1", "2", "3"]


def test_relations_do_not_outlive_a_change(start: Callable[..., Any], related: Workspace, tmp_path: Path) -> None:
    """What was worked out from words that are no longer there must not be printed."""
    folder = write_out(related, tmp_path / "related")
    server = start(folder, token="velmara-1")
    asked = {"query": "ASK { ?support a kg:Support }"}
    nothing = "DELETE DATA { <x:not> <x:there> 1 }"
    assert server.client.post("/sparql", content=nothing, headers=UPDATE | TOKEN).status_code == 204
    assert server.client.get("/sparql", params=asked).json()["boolean"] is True, "nothing was changed"
    change = "DELETE WHERE { GRAPH ?g { ?s kg:stance kg:denies } }"
    assert server.client.post("/sparql", content=change, headers=UPDATE | TOKEN).status_code == 204
    assert server.client.get("/sparql", params=asked).json()["boolean"] is False
    for _ in range(5):  # files must not go away under those who read
        assert server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").status_code == 200


S = "<x:s> <x:p>"
#: Update → what the named graphs hold afterwards, by graph. Before: g has 1 and 2, h has 2 and 3.
RECONCILED: list[tuple[str, dict[str, str]]] = [
    (f"DELETE DATA {{ {S} 2 }}", {"x:g": "1", "x:h": "3"}),
    (f"DELETE DATA {{ GRAPH <x:g> {{ {S} 2 }} }}", {"x:g": "1", "x:h": "23"}),
    (f"DELETE DATA {{ GRAPH <x:g> {{ {S} 1 }} }}", {"x:g": "2", "x:h": "23"}),
    (f"INSERT DATA {{ {S} 4 }}", {"x:g": "12", "x:h": "23", "x:new": "4"}),
    (f"INSERT DATA {{ {S} 1 }}", {"x:g": "12", "x:h": "23"}),
    (f"INSERT DATA {{ GRAPH <x:i> {{ {S} 1 , 5 }} }}", {"x:g": "12", "x:h": "23", "x:i": "15"}),
    (f"DELETE DATA {{ {S} 1 }} ; INSERT DATA {{ GRAPH <x:i> {{ {S} 1 }} }}", {"x:g": "2", "x:h": "23", "x:i": "1"}),
    ("DROP GRAPH <x:g>", {"x:h": "23"}),
    ("CLEAR DEFAULT", {}),
    ("DROP NAMED", {}),
    ("DROP ALL", {}),
    ("MOVE <x:g> TO <x:i>", {"x:i": "12", "x:h": "23"}),
    ("MOVE DEFAULT TO <x:i>", {"x:i": "123"}),
    (
        "DELETE { ?s ?p ?o } INSERT { ?s ?p 9 } WHERE { ?s ?p ?o FILTER(?o = 3) }",
        {"x:g": "12", "x:h": "2", "x:new": "9"},
    ),
]


@pytest.mark.parametrize("on_disk", [False, True], ids=["memory", "disk"])
@pytest.mark.parametrize(("update", "expected"), RECONCILED)
def test_the_default_graph_stays_the_union(
    update: str, expected: dict[str, str], on_disk: bool, tmp_path: Path
) -> None:
    store = OxigraphStore.on_disk(tmp_path / "store") if on_disk else OxigraphStore.in_memory()
    store.update(
        f"INSERT DATA {{ GRAPH <x:g> {{ {S} 1 , 2 }} GRAPH <x:h> {{ {S} 2 , 3 }} }}", base="x:", inserted="x:new"
    )
    store.update(update, base="x:", inserted="x:new")
    found = {
        name.value: "".join(sorted(quad.object.value for quad in store.quads(name))) for name in store.graph_names()
    }
    assert found == expected
    union = sorted(row[0].value for row in store.select("SELECT ?o { ?s ?p ?o }").rows)
    assert union == sorted({value for values in expected.values() for value in values})
    store.close()
    assert not (tmp_path / "store.trial").exists()


def test_an_update_that_fails_changes_nothing() -> None:
    store = OxigraphStore.in_memory()
    with pytest.raises(QueryError):
        store.update(f"INSERT DATA {{ {S} 1 }} ; DROP GRAPH <x:none>", base="x:", inserted="x:new")
    assert store.graph_names() == [] and not store.ask("ASK { ?s ?p ?o }")


def test_graphs_of_the_request_become_using() -> None:
    update = "DELETE WHERE { ?s ?p 'WHERE' } ; INSERT { ?s ?p 1 } WHERE { { ?s ?p ?o } } ; CLEAR DEFAULT"
    assert with_using(update, ("x:a",), ("x:b",)) == (
        "DELETE { ?s ?p 'WHERE' } USING <x:a> USING NAMED <x:b> WHERE { ?s ?p 'WHERE' } ; "
        "INSERT { ?s ?p 1 } USING <x:a> USING NAMED <x:b> WHERE { { ?s ?p ?o } } ; CLEAR DEFAULT"
    )


def test_queries_in_addresses_may_have_any_script(server: Any) -> None:
    text = "صحيفة — Орлен"
    reply = server.client.get(f"/sparql?query={quote('SELECT (“x” AS ?x) {}'.replace('“x”', repr(text)))}")
    assert reply.json()["results"]["bindings"][0]["x"]["value"] == text
