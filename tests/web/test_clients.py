"""Clients that nobody here wrote get the same rows from the endpoint."""

from __future__ import annotations

import csv
import io
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

KG = "https://w3id.org/claims-kg/ns#"
QUERY = f"SELECT ?assertion ?claim WHERE {{ ?assertion <{KG}expresses> ?claim }} ORDER BY ?assertion ?claim"


@pytest.fixture(scope="module")
def rows(related: Any) -> list[tuple[str, str]]:
    """The rows as Python has them, without the endpoint."""
    found = [tuple(value.value for value in row) for row in related.sparql(QUERY).rows.rows]
    assert len(found) > 400
    return found


def test_rdflib_reads_it_as_a_store(server: Any, rows: list[tuple[str, str]]) -> None:
    graph = Graph(SPARQLStore(server.sparql))
    assert [(str(row[0]), str(row[1])) for row in graph.query(QUERY)] == rows
    pairs = {(str(subject), str(object_)) for subject, object_ in graph.subject_objects(URIRef(KG + "expresses"))}
    assert pairs == set(rows)
    posted = Graph(SPARQLStore(server.sparql, method="POST"))
    assert posted.query("ASK { ?s ?p ?o }").askAnswer is True
    built = Graph(SPARQLStore(server.sparql)).query(f"CONSTRUCT WHERE {{ ?a <{KG}expresses> ?c }}").graph
    assert len(built) == len(set(rows))


def test_sparqlwrapper_in_its_formats(server: Any, rows: list[tuple[str, str]]) -> None:
    client = SPARQLWrapper(server.sparql)
    client.setQuery(QUERY)
    client.setReturnFormat(JSON)
    bindings = client.queryAndConvert()["results"]["bindings"]
    assert [(row["assertion"]["value"], row["claim"]["value"]) for row in bindings] == rows
    client.setMethod(POST)
    client.setReturnFormat(XML)
    assert client.queryAndConvert().toxml().count("<result>") == len(rows)
    client.setReturnFormat(CSV)
    assert [tuple(row) for row in csv.reader(io.StringIO(client.queryAndConvert().decode()))][1:] == rows
    client.setQuery(f"CONSTRUCT WHERE {{ ?a <{KG}expresses> ?c }}")
    client.setReturnFormat(TURTLE)
    assert len(Graph().parse(data=client.queryAndConvert(), format="turtle")) == len(set(rows))


def test_curl_in_the_three_ways(server: Any, rows: list[tuple[str, str]], tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not on this machine")
    file = tmp_path / "query.rq"
    file.write_text(QUERY, encoding="utf-8")
    for arguments in (
        ["--get", "--data-urlencode", f"query@{file}"],
        ["--data-urlencode", f"query@{file}"],
        ["-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}"],
    ):
        command = [curl, "-sS", "--fail", "--noproxy", "*", "-H", "Accept: text/csv", *arguments, server.sparql]
        told = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout.decode()
        assert [tuple(row) for row in csv.reader(io.StringIO(told, newline=""))][1:] == rows


@pytest.fixture(scope="module")
def other_server() -> Iterator[str]:
    """The address of queries of a separate SPARQL server that holds nothing."""
    program = Path(sys.executable).with_name("oxigraph")
    if not program.exists():
        pytest.skip("the server of the package oxigraph is not installed; install the test dependencies")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen([str(program), "serve", "--bind", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 10
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.ConnectError:
                assert running.poll() is None and time.monotonic() < give_up, "the other server did not start"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/query"
    finally:
        running.kill()
        running.wait()


def test_another_server_calls_ours_by_service(server: Any, other_server: str, rows: list[tuple[str, str]]) -> None:
    query = f"SELECT * {{ SERVICE <{server.sparql}> {{ {QUERY} }} }} ORDER BY ?assertion ?claim"
    reply = httpx.post(other_server, data={"query": query}, headers={"Accept": "text/csv"}, timeout=30)
    assert reply.status_code == 200, reply.text
    found = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert [(row["assertion"], row["claim"]) for row in found] == rows
