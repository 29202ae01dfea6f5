"""The tables of a dossier: which columns they have, what stands in them, and how a row is read by them.

This is the reference for the format. A column that is absent, null or blank is unstated; nothing is made up for it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg import vocab
from kg.ingest import values
from kg.ingest.findings import Fault, Findings, UnfitError, Where, did_you_mean
from kg.ingest.tables import Row
from kg.names import suggest


@dataclass(frozen=True, slots=True)
class Kind:
    """What stands in a column. `parse` reads it; `json` are the types that it has in JSONL, `expected` its name."""

    parse: Callable[[object], Any]
    json: tuple[type, ...]
    expected: str
    #: The same cell stands in many rows, so that remembering what it means saves work.
    repeats: bool = True
    blank: Any = None


TEXT = Kind(values.text, (str,), "a text", repeats=False)
NAME = Kind(values.name, (str,), "a text")
NAMES = Kind(values.names, (list,), "a list of texts", blank=())
TEXTS = Kind(values.texts, (list,), "a list of texts", blank=())
PARTIES = Kind(values.names, (str, list), "a text or a list of texts", blank=())
CHAIN = Kind(values.chain, (list,), "a list of speakers", blank=())
COUNT = Kind(values.count, (int,), "a whole number")
TRUTH = Kind(values.truth, (bool,), "true or false")
DAY = Kind(values.day, (str,), "a date in quotes")
DEGREES = Kind(values.degrees, (int, float), "a number")
ADDRESS = Kind(values.web_address, (str,), "a text", repeats=False)
LANGUAGE = Kind(values.language, (str,), "a text")
IDENTIFIER = Kind(values.identifier, (str,), "a text")
DIGEST = Kind(values.digest, (str,), "a text", repeats=False)


@dataclass(frozen=True, slots=True)
class Column:
    """A column. Where `scheme` names a concept scheme, its words alone may stand there; else `words`, if any."""

    name: str
    kind: Kind = TEXT
    required: bool = False
    scheme: str | None = None
    words: tuple[str, ...] = ()

    def word(self, written: str) -> str | None:
        """The word of the column that somebody means by `written`; case does not matter, aliases are allowed."""
        if self.scheme:
            concept = vocab.scheme(self.scheme).get(written)
            return concept.notation if concept else None
        return next((word for word in self.words if word.casefold() == written.casefold()), None)

    @property
    def all_words(self) -> tuple[str, ...]:
        """The words that may stand here; none where anything may."""
        return vocab.scheme(self.scheme).words if self.scheme else self.words


def _word(name: str, scheme: str) -> Column:
    return Column(name, NAME, scheme=scheme)


#: The keys of dossier.yaml, beside `event` or `events`.
DOSSIER = (
    Column("id", IDENTIFIER),
    Column("title", NAME, required=True),
    Column("licence"),
    Column("editors", TEXTS),
    Column("language", LANGUAGE),
)
EVENTS = (
    Column("id", IDENTIFIER, required=True),
    Column("label", NAME, required=True),
    Column("place", NAME),
    Column("start", DAY),
    Column("end", DAY),
)
ACTORS = (
    Column("name", NAME, required=True),
    Column("kind", NAME),
    Column("affiliation", NAME),
    Column("aliases", NAMES),
    _word("gathers", "gathering"),
    Column("gathers_basis"),
    Column("party_to", TRUTH),
)
PLACES = (
    Column("name", NAME, required=True),
    Column("aliases", NAMES),
    Column("kind", NAME),
    Column("part_of", NAME),
    Column("lat", DEGREES),
    Column("lon", DEGREES),
    Column("members", NAMES),
    Column("disjoint_with", NAMES),
)
CONCEPTS = (
    Column("name", NAME, required=True),
    Column("broader", NAMES),
    Column("disjoint_with", NAMES),
    Column("aliases", NAMES),
    Column("definition"),
)
DOCUMENTS = (
    Column("id", NAME, required=True),
    Column("outlet", NAME, required=True),
    Column("outlet_country", NAME),
    Column("outlet_kind", NAME),
    Column("url", ADDRESS),
    Column("published", DAY),
    Column("language", LANGUAGE),
    Column("genre", NAME),
    Column("cites", NAMES),
    _word("date_basis", "date-bases"),
    Column("event", IDENTIFIER),
    Column("text_digest", DIGEST),
    Column("note"),
)
#: Kinds of assertions. A denial becomes a claim about a responsibility or an event, with the stance of a denial.
CLAIM_KINDS = ("quantity", "event", "responsibility", "position", "commitment", "denial")
ASSERTIONS = (
    Column("doc", NAME, required=True),
    Column("id", NAME),
    Column("chain", CHAIN, required=True),
    Column("cue", NAME),
    _word("directness", "directness"),
    _word("certainty", "certainty"),
    Column("statement"),
    Column("kind", NAME, required=True, words=CLAIM_KINDS),
    Column("event", IDENTIFIER),
    Column("measure", NAME),
    Column("lower", COUNT),
    Column("upper", COUNT),
    _word("qualifier", "bounds"),
    Column("printed"),
    Column("population", NAME),
    Column("place", NAME),
    Column("window_start", DAY),
    Column("window_end", DAY),
    _word("window_fit", "window-fits"),
    Column("increment", TRUTH),
    Column("as_of", DAY),
    _word("as_of_basis", "as-of-bases"),
    Column("polarity", NAME, words=("affirmed", "denied")),
    _word("stance", "stances"),
    Column("responsible", PARTIES),
    _word("act", "acts"),
    Column("span_start", COUNT),
    Column("span_end", COUNT),
    Column("span_digest", DIGEST),
    Column("note"),
)

TABLES: Mapping[str, tuple[Column, ...]] = {
    "documents": DOCUMENTS,
    "assertions": ASSERTIONS,
    "actors": ACTORS,
    "places": PLACES,
    "measures": CONCEPTS,
    "populations": CONCEPTS,
}


@dataclass(slots=True)
class _Cell:
    """How the cells of one column are read."""

    column: Column
    words: tuple[str, ...]
    known: dict[Hashable, Any] = field(default_factory=dict)
    #: Words that mean nothing here, and what is said of them: finding the likely word takes time.
    unknown: dict[str, tuple[str, str]] = field(default_factory=dict)

    def read(self, raw: object, style: str) -> Any:
        """The value of a cell that is not None. Raises UnfitError."""
        kind = self.column.kind
        if style == "jsonl" and (not isinstance(raw, kind.json) or (type(raw) is bool and kind is not TRUTH)):
            raise UnfitError(
                f"{kind.expected} was expected, not {values.kind_of(raw)}",
                "write a number without quotes and a text within them" if isinstance(raw, (int, str)) else "correct it",
            )
        if isinstance(raw, str) and (not raw or raw.isspace()):
            return kind.blank
        value = kind.parse(raw)
        if value == "":
            return kind.blank
        return self._word(value) if self.words else value

    def _word(self, written: str) -> str:
        word = self.column.word(written)
        if word is None:
            if written not in self.unknown:
                near = suggest(written, self.words, most=2)
                self.unknown[written] = (
                    f"no word of this column{did_you_mean(near)}",
                    f"use one of: {', '.join(self.words)}",
                )
            raise UnfitError(*self.unknown[written])
        return word


class SheetReader:
    """Reads the rows of one table by its columns. `also` are keys read elsewhere, for suggesting to a misspelt one."""

    def __init__(self, columns: tuple[Column, ...], findings: Findings, also: tuple[str, ...] = ()) -> None:
        self._also = also
        self._findings = findings
        self._cells = {column.name: _Cell(column, column.all_words) for column in columns}
        self._blank = {c.name: c.kind.blank for c in columns}
        self._required = tuple(c.name for c in columns if c.required)
        self._plans: dict[tuple[str, ...], tuple[tuple[str, _Cell], ...]] = {}
        self._warned: set[tuple[str, str]] = set()
        #: Required columns that a CSV table does not have at all: said once, not for every row.
        self._absent: set[str] = set()

    def read(self, row: Row) -> tuple[dict[str, Any], list[Fault]]:
        """The values by column, those unstated as None or (), and what does not fit. Faulty values are unstated.

        An unknown column is a warning, once a file.
        """
        found = dict(self._blank)
        faults: list[Fault] = []
        shape = tuple(row.values)
        plan = self._plans.get(shape)
        if plan is None:
            plan = self._plan(shape, row)
        style = row.style
        for name, cell in plan:
            raw = row.values[name]
            if raw is None or raw == "":
                continue
            try:
                if not cell.column.kind.repeats:
                    found[name] = cell.read(raw, style)
                    continue
                key = (style, tuple(raw) if type(raw) is list else raw)
                if type(raw) is not str and type(raw) is not list:
                    found[name] = cell.read(raw, style)  # 1 and True are one key, and not one value
                    continue
                try:
                    found[name] = cell.known[key]
                except (KeyError, TypeError):  # not seen before, or a list of what no list here holds
                    found[name] = cell.known[key] = cell.read(raw, style)
            except UnfitError as unfit:
                faults.append(Fault(row.line_of(name), name, unfit.message, unfit.hint, raw))
        for name in self._required:
            value = found[name]
            if (value is None or value == ()) and name not in self._absent and all(f.path != name for f in faults):
                faults.append(Fault(row.line, name, f"{name} is missing", f"every row needs {name}; fill it in"))
        return found, faults

    def _plan(self, shape: tuple[str, ...], row: Row) -> tuple[tuple[str, _Cell], ...]:
        """The cells to read in rows with these columns; reports columns nobody knows, and required ones that lack."""
        plan = tuple((name, self._cells[name]) for name in shape if name in self._cells)
        for name in shape:
            if name in self._cells or (row.file, name) in self._warned:
                continue
            self._warned.add((row.file, name))
            near = suggest(name[:100], (*self._cells, *self._also), most=2)
            self._findings.warning(
                Where(row.file, 1 if row.style == "csv" else row.line_of(name)),
                f"unknown {'key' if row.style == 'yaml' else 'column'} “{name}” is not read{did_you_mean(near)}",
                f"rename it, or ignore this; what is read: {', '.join(self._cells)}",
                path=name,
            )
        if row.style == "csv" and (absent := [name for name in self._required if name not in shape]):
            self._absent.update(absent)
            self._findings.unreadable(
                Where(row.file, 1),
                f"the table has no column {' and no column '.join(f'“{name}”' for name in absent)}",
                "its first line must name the columns; add what is missing, or correct its spelling",
            )
        self._plans[shape] = plan
        return plan
