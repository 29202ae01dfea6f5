"""The W3C's tests of the SPARQL 1.1 Protocol, of result formats and of the service description, against the endpoint.

They read a suite beside the checkout: below the folder named by KG_SHARED, else `shared`. Skipped where there is none.
Each test asks a running server over HTTP what the suite's manifest says, and expects what that says.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, RDFS, BNode, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.web.jobs import ServeOptions
from kg.workspace import open_workspace

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "reference" / "sparql-endpoint.md"
PARTS = ("protocol", "csv-tsv-res", "json-res", "service-description")

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: The suite asks for this graph in seven tests and says nothing of what it holds.
DATA0 = "http://kasei.us/2009/09/sparql/data/data0.rdf"
TOKEN = "w3c"

#: Test → why it is not run or not passed. The page names these, and no others.
EXCLUDED = {
    "csv03": "the store keeps numbers by their value, so `1.0E6` comes back as `1000000`",
    "tsv03": "the same, and a `negativeInteger` comes back as the `integer` that it is",
}

pytestmark = pytest.mark.shared


def _of_web_tests() -> Any:
    """The means to start a server, which the tests of the endpoint keep beside them."""
    place = CHECKOUT / "tests" / "web" / "conftest.py"
    spec = importlib.util.spec_from_file_location("_servers_of_web_tests", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


served = _of_web_tests().served


class Suite:
    """The unpacked suite: `folder`, and the manifest of each part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifests = {
            part: Graph().parse(folder / part / "manifest.ttl", publicID=(folder / part / "manifest.ttl").as_uri())
            for part in PARTS
        }

    def tests(self, part: str) -> list[URIRef]:
        graph = self.manifests[part]
        (entries,) = graph.objects(None, MF.entries)
        return [test for test in Collection(graph, entries) if isinstance(test, URIRef)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    named = os.environ.get("KG_SHARED")
    shared = Path(named) if named else CHECKOUT.parent / "shared"
    packed = shared / "data" / "rdf-suites" / "w3c_rdf11_sparql11_tests.tgz"
    if not packed.is_file():
        pytest.skip(f"the W3C's tests are not here: no file {packed}; name the folder in KG_SHARED")
    folder = tmp_path_factory.mktemp("w3c")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return Suite(folder / "sparql" / "sparql11")


@contextmanager
def served_with(folder: Path, graphs: dict[str, Path | bytes], **options: Any) -> Iterator[Any]:
    """A server on these graphs. They are written below our own store, because the suite has blank nodes."""
    open_workspace(folder, create=True).close()
    database = ox.Store(str(folder / "store"))
    for name, source in graphs.items():
        data = source if isinstance(source, bytes) else source.read_bytes()
        for graph in (ox.NamedNode(name), ox.DefaultGraph()):
            database.load(data, format=ox.RdfFormat.TURTLE, base_iri=name, to_graph=graph)
    database.flush()
    del database
    with served(ServeOptions(folder, **options)) as running:
        yield running


# --- protocol ----------------------------------------------------------------------------------------------------


def send(server: Any, graph: Graph, request: Node) -> httpx.Response:
    """Sends a request as the manifest describes it; `/sparql/` is to be replaced by the address of the endpoint."""
    path = str(graph.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    fields = graph.value(request, HT.headers)
    headers = {
        str(graph.value(field, HT.fieldName)): str(graph.value(field, HT.fieldValue))
        for field in (Collection(graph, fields) if fields else ())
    }
    body = graph.value(request, HT.body)
    content = b""
    if body is not None:
        encoding = str(graph.value(body, CNT.characterEncoding))
        content = str(graph.value(body, CNT.chars)).encode(encoding)
    headers |= {"Authorization": f"Bearer {TOKEN}"}
    return server.client.request(str(graph.value(request, HT.methodName)), path, content=content, headers=headers)


FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"},
    "RDF": {"text/turtle", "application/rdf+xml", "application/n-triples"},
}


def wrong_with(reply: httpx.Response, graph: Graph, request: Node) -> str | None:
    """What the reply has otherwise than the manifest expects; None where it is right."""
    expected = graph.value(request, HT.resp)
    statuses = {str(status).rpartition("StatusCode")[2][0] for status in graph.objects(expected, MF.expectedStatus)}
    if str(reply.status_code)[0] not in statuses:
        return f"status {reply.status_code}, not one of {sorted(statuses)}: {reply.text[:200]}"
    kind = graph.value(expected, MF.expectedFormat)
    if kind is not None and reply.headers["content-type"].partition(";")[0] not in FORMATS[str(kind)]:
        return f"{reply.headers['content-type']} is not {kind}"
    truth = graph.value(expected, MF.expectedBoolean)
    if truth is not None and reply.json()["boolean"] is not truth.toPython():  # type: ignore[attr-defined]
        return f"the answer is {reply.json()['boolean']}"
    return None


def failures_of_protocol(suite: Suite, folder: Path) -> dict[str, str]:
    graph = suite.manifests["protocol"]
    graphs: dict[str, Path | bytes] = {DATA0: b"<> a <http://xmlns.com/foaf/0.1/Document> ."}
    for described in graph.objects(None, UT.graphData):
        file = Path(str(graph.value(described, UT.graph)).removeprefix("file://"))
        graphs[str(graph.value(described, RDFS.label))] = file
    failed = {}
    with served_with(folder, graphs, token=TOKEN) as server:
        # Updates last: the others share one set of graphs, and some updates drop them all.
        for test in sorted(suite.tests("protocol"), key=lambda test: name_of(test).startswith("update_")):
            action = graph.value(test, MF.action)
            for request in Collection(graph, graph.value(action, HT.requests)):
                wrong = wrong_with(send(server, graph, request), graph, request)
                if wrong:
                    failed[name_of(test)] = wrong
    return failed


# --- result formats ----------------------------------------------------------------------------------------------

READS = {
    ".tsv": ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
    ".srj": ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
}


def failures_of_formats(suite: Suite, folder: Path) -> dict[str, str]:
    sources = {
        str(data): Path(str(data).removeprefix("file://"))
        for part in ("csv-tsv-res", "json-res")
        for data in suite.manifests[part].objects(None, QT.data)
    }
    failed = {}
    with served_with(folder, dict(sources)) as server:
        for part in ("csv-tsv-res", "json-res"):
            graph = suite.manifests[part]
            for test in suite.tests(part):
                action = graph.value(test, MF.action)
                query = file_of(graph.value(action, QT.query)).read_text(encoding="utf-8")
                wanted = file_of(graph.value(test, MF.result))
                accept = READS[wanted.suffix][0] if wanted.suffix in READS else "text/csv"
                asked = {"default-graph-uri": str(graph.value(action, QT.data))}
                reply = server.ask(query, accept, **asked)
                if reply.status_code != 200 or reply.headers["content-type"].partition(";")[0] != accept:
                    failed[name_of(test)] = f"{reply.status_code} {reply.headers['content-type']}: {reply.text[:200]}"
                elif content(reply.content, wanted.suffix) != content(wanted.read_bytes(), wanted.suffix):
                    failed[name_of(test)] = f"{reply.text!r} is not {wanted.read_text()!r}"
    return failed


def content(data: bytes, suffix: str) -> object:
    """The columns and the rows, however often each is there. Which name a blank node has is left open."""
    if suffix == ".csv":
        head, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
        cells = [{name: re.sub(r"^_:.*", "_:", cell) for name, cell in zip(head, row, strict=True)} for row in rows]
        return sorted(head), Counter(tuple(sorted(row.items())) for row in cells)
    if suffix == ".srj" and "boolean" in (read := json.loads(data)):
        return read["boolean"]
    found = ox.parse_query_results(data, READS[suffix][1])
    names = [variable.value for variable in found.variables]
    rows_ = Counter(
        tuple(
            sorted(
                (name, "_:" if isinstance(value, ox.BlankNode) else str(value))
                for name, value in zip(names, row, strict=True)
            )
        )
        for row in found
    )
    return sorted(names), rows_


# --- service description -----------------------------------------------------------------------------------------


def failures_of_description(folder: Path) -> dict[str, str]:
    failed = {}
    with served_with(folder, {}) as server:
        reply = server.client.get("/sparql")
        if reply.status_code != 200 or reply.headers["content-type"].partition(";")[0] != "text/turtle":
            return dict.fromkeys(("returns-rdf", "has-endpoint-triple", "conforms-to-schema"), reply.text)
        graph = Graph().parse(data=reply.text, format="turtle")
        (service,) = graph.subjects(RDF.type, SD.Service)
        if list(graph.objects(service, SD.endpoint)) != [URIRef(server.sparql)]:
            failed["has-endpoint-triple"] = reply.text
        # The schema: what the standard says of the properties of a service, and of the things that they name.
        languages = set(graph.objects(service, SD.supportedLanguage))
        features = set(graph.objects(service, SD.feature))
        (dataset,) = graph.objects(service, SD.defaultDataset)
        default = list(graph.objects(dataset, SD.defaultGraph))
        conforms = (
            languages <= {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
            and features
            <= {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery}
            and (dataset, RDF.type, SD.Dataset) in graph
            and len(default) == 1
            and (default[0], RDF.type, SD.Graph) in graph
            and all(not isinstance(one, BNode) for one in graph.objects(service, SD.resultFormat))
        )
        if not conforms:
            failed["conforms-to-schema"] = reply.text
    return failed


# --- all together ------------------------------------------------------------------------------------------------


def name_of(test: Node) -> str:
    return str(test).rpartition("#")[2]


def file_of(iri: Node | None) -> Path:
    return Path(str(iri).removeprefix("file://"))


def test_the_suite_passes_but_for_what_the_page_names(suite: Suite, tmp_path: Path) -> None:
    failed = {
        "protocol": failures_of_protocol(suite, tmp_path / "protocol"),
        "formats": failures_of_formats(suite, tmp_path / "formats"),
        "service-description": failures_of_description(tmp_path / "description"),
    }
    told = {name: why for part in failed.values() for name, why in part.items()}
    assert told.keys() == EXCLUDED.keys(), json.dumps(told, indent=1)
    page = PAGE.read_text(encoding="utf-8")
    for part in PARTS:
        tests = [name_of(test) for test in suite.tests(part)]
        passed = len([name for name in tests if name not in told])
        assert f"| `{part}` | {len(tests)} | {passed} |" in page
    for name, why in EXCLUDED.items():
        assert f"`{name}`: {why}" in page


def test_every_request_of_the_suite_can_be_sent(suite: Suite) -> None:
    graph = suite.manifests["protocol"]
    paths = [str(path) for path in graph.objects(None, HT.absolutePath)]
    assert len(suite.tests("protocol")) == 34 and len(paths) >= 34
    assert all(path.startswith("/sparql/") and quote(path, safe="/?&=%+") == path for path in paths)
