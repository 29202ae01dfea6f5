"""The folder of a dossier: which file is which, and reading each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from kg.errors import NotFound
from kg.ingest.columns import TABLES
from kg.ingest.files import MAX_TABLE_BYTES, MAX_YAML_BYTES, UnfitFileError, binary_format, read_text
from kg.ingest.findings import Findings, Where, did_you_mean
from kg.ingest.tables import Row, read_csv, read_jsonl
from kg.ingest.yaml_files import Keys, read_yaml
from kg.names import suggest

MANIFEST = "dossier"
_DOCUMENTS_FOLDER = "documents"
_TABLE_SUFFIXES = (".csv", ".jsonl")
_YAML_SUFFIXES = (".yaml", ".yml")
# What tables are also kept in, and people put here by mistake.
_OTHER_SUFFIXES = frozenset(
    {".xlsx", ".xls", ".ods", ".numbers", ".tsv", ".txt", ".json", ".ndjson", ".parquet", ".zip", ".gz", ".7z", ".rar"}
)
WHAT_A_DOSSIER_IS = (
    "a dossier is a folder with dossier.yaml and the tables documents, assertions, actors and places "
    "(.csv or .jsonl), or one YAML file a document; put the file into such a folder and give the folder"
)


class Folder:
    """The files of a dossier, found once. Names are compared without regard to case."""

    def __init__(self, path: Path, findings: Findings) -> None:
        self.path = path
        self.manifest: Path | None = None
        self.document_files: list[Path] = []
        self._findings = findings
        self._tables: dict[str, Path] = {}
        #: Tables that are here in a format that is not read.
        self._misplaced: set[str] = set()
        if not path.is_dir():
            self._refuse_file(path)
            return
        for entry in self._visible(path):
            self._sort_in(entry)
        documents = path / _DOCUMENTS_FOLDER
        if documents.is_dir():
            self.document_files += [e for e in self._visible(documents) if e.suffix.lower() in _YAML_SUFFIXES]
        self._check()

    def table_name(self, table: str) -> str:
        """The file of a table, or what it would be called."""
        found = self._tables.get(table)
        return found.name if found else f"{table}.csv"

    def complete(self, table: str) -> bool:
        """Whether every row of a table could be read as one; True also where there is no such table."""
        if table in self._tables:
            return self.relative(self._tables[table]) not in self._findings.damaged
        return table not in self._misplaced

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table; none if there is no such table. Errors are reported on the way."""
        path = self._tables.get(table)
        text = self._text(path, MAX_TABLE_BYTES) if path else None
        if path is None or text is None:
            return
        if path.suffix.lower() == ".csv":
            columns = {column.name for column in TABLES[table]}
            yield from read_csv(text, self.relative(path), columns, self._findings)
        else:
            yield from read_jsonl(text, self.relative(path), self._findings)

    def yaml(self, path: Path) -> Keys | None:
        """The mapping in a YAML file; None after errors, which are reported."""
        text = self._text(path, MAX_YAML_BYTES)
        return None if text is None else read_yaml(text, self.relative(path), self._findings)

    def relative(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix()

    def _visible(self, folder: Path) -> list[Path]:
        try:
            return sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~")) and not p.is_dir())
        except OSError as failure:
            self._findings.error(
                Where(""), f"the folder cannot be read: {failure.strerror or failure}", "check who may read it"
            )
            return []

    def _text(self, path: Path, limit: int) -> str | None:
        try:
            return read_text(path, limit)
        except UnfitFileError as unfit:
            self._findings.unreadable(
                Where(self.relative(path), unfit.line), unfit.message, unfit.hint, value=unfit.value
            )
            return None

    def _sort_in(self, entry: Path) -> None:
        stem, suffix = entry.stem.casefold(), entry.suffix.lower()
        here = Where(entry.name)
        if suffix in _YAML_SUFFIXES:
            if stem != MANIFEST:
                self.document_files.append(entry)
            elif self.manifest is not None:
                self._findings.error(here, f"{self.manifest.name} is here as well", "keep one of the two")
            else:
                self.manifest = entry
        elif suffix in _TABLE_SUFFIXES and stem in TABLES:
            if other := self._tables.get(stem):
                self._findings.error(
                    here,
                    f"{other.name} is here as well; a table stands in one file",
                    "delete the one that is out of date",
                )
            else:
                self._tables[stem] = entry
        elif suffix in _TABLE_SUFFIXES:
            near = [name + suffix for name in suggest(stem, TABLES, most=2)]
            self._findings.warning(
                here,
                f"no table of a dossier, so it is not read{did_you_mean(near)}",
                f"tables are: {', '.join(TABLES)}",
            )
        elif suffix in _OTHER_SUFFIXES and stem in TABLES:
            self._misplaced.add(stem)
            self._findings.error(
                here, f"a table cannot be read from {suffix}", f"save it as {stem}.csv (CSV UTF-8) or {stem}.jsonl"
            )

    def _check(self) -> None:
        if self.manifest is None:
            self._findings.error(
                Where(""),
                "dossier.yaml is missing",
                "create it with at least “title:” and “event:”; " + WHAT_A_DOSSIER_IS,
            )
        if "documents" not in self._tables and not self.document_files and not self._findings.dossier_refused:
            self._findings.error(
                Where(""),
                "no documents: there is neither a table “documents” nor a YAML file for a document",
                WHAT_A_DOSSIER_IS,
            )

        if "documents" in self._tables and "assertions" not in self._tables and not self.document_files:
            self._findings.warning(
                Where(""),
                "there is no table “assertions”, so the documents say nothing",
                "add assertions.csv or .jsonl",
            )

    def _refuse_file(self, path: Path) -> None:
        """Says what a dossier is to somebody who gave a single file."""
        archive = None
        if path.is_file():
            with contextlib.suppress(OSError), path.open("rb") as opened:
                archive = binary_format(opened.read(512))
        if archive:
            message = f"this is {archive}, not a folder"
        elif path.suffix.lower() in (*_TABLE_SUFFIXES, *_YAML_SUFFIXES):
            message = f"{path.name} is one file of a dossier, not a dossier"
        else:
            message = "this is a file, not a folder"
        self._findings.error(Where(""), message, WHAT_A_DOSSIER_IS)


def open_folder(path: Path, findings: Findings) -> Folder:
    """The folder of a dossier. Raises NotFound when there is nothing at `path`."""
    if not path.exists():
        beside = tuple(sorted(p.name for p in path.parent.iterdir() if p.is_dir())) if path.parent.is_dir() else ()
        raise NotFound("folder", str(path), suggest(path.name, beside))
    return Folder(path, findings)
