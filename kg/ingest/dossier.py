"""A folder → a dossier, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import Problem
from kg.ingest.declarations import Declarations
from kg.ingest.documents import Documents, OpenDocument
from kg.ingest.findings import Findings
from kg.ingest.folder import Folder, open_folder
from kg.ingest.nested import Entry, NestedReader
from kg.ingest.reports import ReportReader
from kg.model import Dossier


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a folder.

    `dossier` holds the documents without errors; it is None after an error that concerns them all: in dossier.yaml, in
    a file as a whole, in the tables of names. `problems` are all errors and warnings, by file and line. `refused` names
    what was left out, each with its errors: documents by the id that the dossier gives them, rows that name no document
    by file and line. Documents that are only refused with the whole dossier have no errors of their own there.
    """

    dossier: Dossier | None
    problems: tuple[Problem, ...] = ()
    refused: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def read_dossier(path: str | Path) -> Reading:
    """Reads the dossier in the folder `path`.

    Bad content is no exception but a problem in the reading. Raises NotFound when nothing is at `path`.
    """
    path = Path(path)
    findings = Findings(path)
    folder = open_folder(path, findings)
    declarations = Declarations(folder, findings)
    declarations.read(folder)
    documents = Documents(declarations, findings)
    entries = _read_documents(folder, documents, declarations, findings)
    reports = ReportReader(declarations, documents, findings)
    for row in folder.rows("assertions"):
        reports.read(row)
    for entry in entries:
        reports.read(entry.row, entry.faults)
    refused = {name: tuple(errors) for name, errors in findings.refused.items()}
    if findings.dossier_refused:
        refused = dict.fromkeys(documents.by_identifier, ()) | refused
        return Reading(None, findings.problems, refused)
    kept = [document for name, document in documents.by_identifier.items() if name not in refused]
    return Reading(_assembled(kept, declarations), findings.problems, refused)


def _read_documents(
    folder: Folder, documents: Documents, declarations: Declarations, findings: Findings
) -> list[Entry]:
    """Enters every document; returns the claims of those that have a file of their own."""
    for row in folder.rows("documents"):
        documents.read(row)
    nested = NestedReader(declarations.actors, declarations.measures, findings)
    entries: list[Entry] = []
    for file in folder.document_files:
        keys = folder.yaml(file)
        if keys is None:
            documents.complete = False
            continue
        row, claims = nested.read(keys, folder.relative(file), file.stem)
        documents.read(row)
        entries += claims
    documents.complete = documents.complete and folder.complete("documents")
    return entries


def _assembled(kept: list[OpenDocument], declarations: Declarations) -> Dossier:
    records = [document.record() for document in kept]
    used = declarations.leaned_on
    entered: dict[str, tuple[str, int]] = {}
    for opened, record in zip(kept, records, strict=True):
        entered[record.document.id] = (opened.where.file, opened.where.line or 1)
        entered.update(opened.lines)
        used.update((record.document.outlet, *record.document.cites))
        for report in record.reports:
            claim = report.claim
            used.update(speaker.id for speaker in report.chain)
            used.update(claim.responsible)
            used.update(name for name in (claim.place, claim.measure, claim.population) if name)
    return Dossier(declarations.record(used), tuple(records), entered)
