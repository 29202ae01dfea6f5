"""One question, asked from the command line, from Python and over HTTP: the same bytes, and those of the golden files.

The files are answers about the invented town of Velmara, read by eye when they were made. A changed file is a change of
format, which the changelog names. The locale of the command line knows no letter beyond ASCII.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kg.web.jobs import PageRequest, QueryRequest
from kg.web.pages import page
from kg.web.queries import run
from kg.workspace import open_workspace
from tests.conftest import Tables, velmara

GOLDEN = Path(__file__).parent / "golden" / "answers"
NAME, PARAMETERS = "rests-on", {"source": "وزارة الصحة"}
FORMATS = ("csv", "tsv", "json", "jsonl", "md")
ENDPOINT = {
    "xml": "application/sparql-results+xml",
    "srj": "application/sparql-results+json",
    "protocol.csv": "text/csv",
    "protocol.tsv": "text/tab-separated-values",
}
TRIPLES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}
CONSTRUCT = """CONSTRUCT { ?source a prov:Agent ; skos:altLabel ?name }
WHERE { ?source a prov:Agent ; skos:prefLabel "Velmara Health Ministry" ; skos:altLabel ?name }"""


def tables() -> Tables:
    """Velmara with statements in three scripts, quotation marks, a comma, a tab and markup."""
    found = velmara()
    statements = ['17 people, "all of them" civilians, were killed.', "Убиты 24–29\tлюди.", "قُتل 17 شخصًا | <b>"]
    for row, statement in zip(found["assertions"], statements, strict=False):
        row["statement"] = statement
    return found


@pytest.fixture
def case(dossier: Callable[..., Path], tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    with open_workspace(folder, create=True) as workspace:
        workspace.add(dossier(tables()))
    return folder


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


@pytest.mark.parametrize("format_", FORMATS)
def test_everybody_gets_the_bytes_of_the_golden_file(case: Path, format_: str) -> None:
    parameters = [f"{key}={value}" for key, value in PARAMETERS.items()]
    command = [str(Path(sys.executable).parent / "kg"), "--workspace", str(case), "ask", NAME, *parameters]
    environment = {**os.environ, "LC_ALL": "C"}
    told = subprocess.run([*command, "--format", format_], env=environment, capture_output=True, check=True).stdout
    assert told == golden(f"rests-on.{format_}")
    with open_workspace(case) as workspace:
        assert workspace.ask(NAME, **PARAMETERS).write(format_).encode() == told
        reply = page(workspace, PageRequest(f"/question/{NAME}.{format_}", tuple(PARAMETERS.items())))
    assert (reply.status, reply.body) == (200, told)
    assert told.decode("utf-8").count("17") >= 2


@pytest.mark.parametrize("name", ENDPOINT)
def test_rows_of_the_endpoint(case: Path, name: str) -> None:
    with open_workspace(case) as workspace:
        query = workspace.ask(NAME, **PARAMETERS).query
        reply = run(workspace, QueryRequest(query, ENDPOINT[name]))
    assert reply.status == 200
    assert reply.body == golden(f"rests-on.{name}")


@pytest.mark.parametrize("name", TRIPLES)
def test_triples_of_the_endpoint(case: Path, name: str) -> None:
    with open_workspace(case) as workspace:
        reply = run(workspace, QueryRequest(CONSTRUCT, TRIPLES[name]))
    assert reply.status == 200
    assert reply.body == golden(f"agents.{name}")


def test_the_address_is_that_of_a_form(case: Path) -> None:
    """What a browser sends when the form of the question is submitted finds the same row."""
    with open_workspace(case) as workspace:
        reply = page(workspace, PageRequest(f"/question/{NAME}", tuple(PARAMETERS.items())))
    assert reply.status == 200
    text = reply.body.decode()
    assert "Убиты" not in text, "the ministry did not say so"
    assert "قُتل 17 شخصًا | &lt;b&gt;" in text
    assert urlencode(PARAMETERS).replace("+", "%20") in text.replace("+", "%20")
