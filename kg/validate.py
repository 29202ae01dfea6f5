"""SHACL: the shapes of `ontology/shapes.ttl` over graphs, as problems that name the row.

pySHACL decides; here its report is turned into `Problem`s, and each is led back to the file and line that its subject
was entered from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kg import vocab
from kg.errors import Problem
from kg.rdf import NamedGraph, Triple, vocabulary_graph
from kg.terms import IRI, Literal

if TYPE_CHECKING:
    import rdflib

_SH = vocab.PREFIXES["sh"]
#: What `kg relate` writes and nobody enters.
_DERIVED = re.compile(
    r"/(relation|run|dispute|camp|evidence|assumption|support|floor|merge|lost|withdrawal)/[0-9a-f]{16}"
)
_JUDGED = re.compile(r"/annotation/[0-9a-f]{16}")
_CORRECT = "correct the row that this comes from and add its dossier again"
_JUDGE = "type 'kg annotate undo' with its id, and judge again"
_RELATE = "type 'kg relate' to work it out anew; if it comes back, please report it"


def validate(graphs: Iterable[NamedGraph], entered: Mapping[IRI, tuple[str, int]]) -> tuple[Problem, ...]:
    """Checks the union of the graphs against the shipped shapes.

    `entered` maps subjects to (file, line); a problem of a claim or an anchor is led to the row that brought it.
    Problems come in the order of file and line.
    """
    import pyshacl
    import rdflib

    triples = {triple for graph in graphs for triple in graph.triples}
    # pySHACL takes only classes and properties from an ont_graph; the shapes need the concepts of the schemes as well.
    data = _graph(triples | set(vocabulary_graph().triples))
    shapes = rdflib.Graph().parse(vocab.data_path("ontology") / "shapes.ttl", format="turtle")
    normalises = rdflib.NORMALIZE_LITERALS
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    finally:
        rdflib.NORMALIZE_LITERALS = normalises  # pySHACL leaves it changed after a literal it cannot parse
    rows = _rows(triples, entered)
    # The results of the report itself, without the details that pySHACL nests in them.
    problems = [_problem(report, result, rows) for result in report.objects(None, rdflib.URIRef(_SH + "result"))]
    return tuple(sorted(problems, key=lambda p: (p.file or "", p.line or 0, p.path or "", p.value or "", p.message)))


def _problem(report: rdflib.Graph, result: rdflib.term.Node, rows: Mapping[IRI, tuple[str, int]]) -> Problem:
    import rdflib

    def told(name: str) -> str | None:
        value = report.value(result, rdflib.URIRef(_SH + name))
        return None if value is None else str(value)

    focus, path, value = told("focusNode"), told("resultPath"), told("value")
    file, line = rows.get(IRI(focus), (None, None)) if focus and "://" in focus else (None, None)
    severity = told("resultSeverity")
    node = f" in <{focus}>" if focus else ""
    return Problem(
        message=(told("resultMessage") or "a shape does not hold") + node,
        hint=_hint(focus or ""),
        file=file,
        line=line,
        path=vocab.compact(path) or path if path else None,
        value=value,
        severity="error" if severity == _SH + "Violation" else "warning",
    )


def _hint(focus: str) -> str:
    if _JUDGED.search(focus):
        return _JUDGE
    return _RELATE if _DERIVED.search(focus) else _CORRECT


def _rows(triples: Iterable[Triple], entered: Mapping[IRI, tuple[str, int]]) -> dict[IRI, tuple[str, int]]:
    """Where each subject was entered: its own row, or the row of the chain that leads to it."""
    leads = {
        vocab.term(name)
        for name in ("kg:relays", "kg:expresses", "oa:hasTarget", "oa:hasSelector", "prov:wasAttributedTo")
    }
    onward: dict[IRI, list[IRI]] = {}
    for subject, predicate, object_ in triples:
        if predicate in leads and isinstance(object_, IRI):
            onward.setdefault(subject, []).append(object_)
    found = dict(entered)
    waiting = sorted(entered, key=lambda subject: entered[subject], reverse=True)  # the first row that leads there
    while waiting:
        subject = waiting.pop()
        for following in onward.get(subject, ()):
            if following not in found:
                found[following] = found[subject]
                waiting.append(following)
    return found


def _graph(triples: Iterable[Triple]) -> rdflib.Graph:
    import rdflib

    graph = rdflib.Graph()
    for subject, predicate, object_ in triples:
        node: rdflib.term.Node
        if isinstance(object_, Literal):
            datatype = None if object_.language else rdflib.URIRef(object_.datatype)
            plain = object_.datatype == vocab.PREFIXES["xsd"] + "string"
            node = rdflib.Literal(object_.value, lang=object_.language, datatype=None if plain else datatype)
        else:
            node = rdflib.URIRef(str(object_))
        graph.add((rdflib.URIRef(subject.value), rdflib.URIRef(predicate.value), node))
    return graph
