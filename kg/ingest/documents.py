"""A row of `documents` → a document, with room for what is said in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from kg.ingest.columns import DOCUMENTS, SheetReader
from kg.ingest.declarations import Declarations
from kg.ingest.findings import Findings, Where, did_you_mean
from kg.ingest.names import Lookalikes, Named, unnamed
from kg.ingest.tables import Row
from kg.model import Document, DocumentRecord, Event, Report, UnnamedSource


@dataclass(slots=True)
class OpenDocument:
    """A document whose rows are being read.

    `document` and `outlet` are None where errors leave them unknown. `reports` are by digest, `lines` say where each
    was entered; `unnamed` are by id.
    """

    where: Where
    document: Document | None = None
    #: The id of `document`, kept because it is a digest and every row asks for it.
    id: str = ""
    outlet: Named | None = None
    event: Event | None = None
    values: dict[str, Any] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    lines: dict[str, tuple[str, int]] = field(default_factory=dict)
    unnamed: dict[str, UnnamedSource] = field(default_factory=dict)

    def mention(self, way: tuple[str, ...]) -> str:
        """The id of a source or party without a name, mentioned this way."""
        source = UnnamedSource(self.id, way)
        return self.unnamed.setdefault(source.id, source).id

    def record(self) -> DocumentRecord:
        assert self.document is not None
        return DocumentRecord(self.document, tuple(self.reports.values()), tuple(self.unnamed.values()))


class Documents:
    """The documents of a dossier, by the id that the dossier gives them."""

    def __init__(self, declarations: Declarations, findings: Findings) -> None:
        self._declarations, self._findings = declarations, findings
        self._sheet = SheetReader(DOCUMENTS, findings, also=("claims",))
        self._by_url: dict[str, OpenDocument] = {}
        self._lookalikes = Lookalikes()
        self._identifiers: dict[str, str] = {}
        self.by_identifier: dict[str, OpenDocument] = {}
        #: False when rows could not be read; then nothing is said about ids that no document has.
        self.complete = True

    def read(self, row: Row) -> None:
        """Enters the document of a row, and what is wrong with it."""
        values, faults = self._sheet.read(row)
        identifier: str | None = values["id"]
        where = Where(row.file, row.line, identifier or f"{row.file}:{row.line}")
        self._findings.faults(where, faults)
        if identifier is None:
            self.complete = False
            return
        earlier = self.by_identifier.get(identifier)
        if earlier is not None:
            self._repeated(identifier, where, values, earlier)
            return
        opened = OpenDocument(where, values=values)
        self.by_identifier[identifier] = opened
        self._identifiers[identifier] = identifier
        self._fill(opened, identifier, where, values)

    def find(self, identifier: str, where: Where) -> OpenDocument | None:
        """The document with this id; None, after an error, if there is none."""
        found = self.by_identifier.get(identifier)
        if found is None and self.complete:
            near = self._lookalikes.near(identifier, self._identifiers)
            self._findings.error(
                where,
                f"no document has the id “{identifier}”{did_you_mean(near)}",
                "correct the id, or add the document",
                path="doc",
                value=identifier,
            )
        return found

    def _fill(self, opened: OpenDocument, identifier: str, where: Where, values: dict[str, Any]) -> None:
        declarations, url = self._declarations, values["url"]
        outlet = values["outlet"]
        if outlet and unnamed(outlet):
            self._findings.error(
                where, "an outlet must have a name", "name who published the document", path="outlet", value=outlet
            )
            outlet = None
        if url:
            self._one_address(url, opened, where)
        if values["event"]:
            opened.event = declarations.event(values["event"], where)
        if not outlet:
            return
        opened.outlet = declarations.actors.find(outlet, where, "outlet")
        document = Document(
            key=url or f"{declarations.identifier}/{identifier}",
            identifier=identifier,
            outlet=opened.outlet.id,
            outlet_country=values["outlet_country"],
            outlet_kind=values["outlet_kind"],
            url=url,
            published=values["published"],
            date_basis=values["date_basis"],
            language=values["language"],
            genre=values["genre"],
            text_digest=values["text_digest"],
            note=values["note"],
        )
        opened.document, opened.id = document, document.id
        cites: list[str] = []
        for name in values["cites"]:
            nameless = unnamed(name)
            if nameless:
                cites.append(opened.mention(("cites", nameless)))
            else:
                cites.append(declarations.actors.find(name, where, "cites").id)
        opened.document = replace(document, cites=tuple(dict.fromkeys(cites)))

    def _repeated(self, identifier: str, where: Where, values: dict[str, Any], earlier: OpenDocument) -> None:
        first = f"{earlier.where.file}:{earlier.where.line}"
        if values == earlier.values:
            self._findings.warning(
                where,
                f"the document “{identifier}” stands here twice, in the same words; first at {first}",
                "delete this one",
            )
        else:
            self._findings.error(
                where,
                f"two documents have the id “{identifier}”; the first stands at {first}",
                "give each document an id of its own",
                path="id",
                value=identifier,
            )

    def _one_address(self, url: str, opened: OpenDocument, where: Where) -> None:
        """An address belongs to one document: it is what the document is known by."""
        other = self._by_url.setdefault(url, opened)
        if other is opened:
            return
        for here, there in ((where, other.where), (other.where, where)):
            self._findings.error(
                here,
                f"“{here.document}” and “{there.document}” ({there.file}:{there.line}) have the same address",
                "an address belongs to one document: correct it, or enter the claims of both under one id",
                path="url",
                value=url,
            )
