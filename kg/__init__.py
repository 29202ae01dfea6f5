"""claims-kg: the knowledge graph of who said what, on whose word.

import kg
with kg.open("case/") as graph:
    graph.add("dossier/")
    graph.ask("rests-on", source="SOHR").to_pandas()
    graph.view("graph").write("graph.html")
"""

from __future__ import annotations

from pathlib import Path

from kg.annotations import Annotation
from kg.check import Checked
from kg.errors import (
    Ambiguous,
    InvalidInput,
    KgError,
    MissingExtra,
    NotFound,
    Problem,
    QueryError,
    StoreError,
    UsageError,
)
from kg.load import AddReport
from kg.relate import RelateReport
from kg.results import Result
from kg.terms import IRI, Literal
from kg.workspace import Answer, Workspace, open_workspace

__all__ = [
    "IRI",
    "AddReport",
    "Ambiguous",
    "Annotation",
    "Answer",
    "Checked",
    "InvalidInput",
    "KgError",
    "Literal",
    "MissingExtra",
    "NotFound",
    "Problem",
    "QueryError",
    "RelateReport",
    "Result",
    "StoreError",
    "UsageError",
    "Workspace",
    "open",
]


def open(path: str | Path = ".kg") -> Workspace:
    """Opens the workspace in a folder, made where it is missing; ":memory:" for one that is not kept."""
    return open_workspace(path, create=True)
