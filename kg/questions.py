"""The saved questions: `queries/*.rq`, each a SPARQL query that runs as it stands, with a header that explains it.

A parameter is a line `VALUES ?name { UNDEF }`. Asking with a value replaces UNDEF by the serialised term, and nothing
else in the text: the same query then runs on every store, and an unset parameter restricts nothing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import vocab
from kg.errors import NotFound, UsageError
from kg.ingest.findings import UnfitError
from kg.ingest.values import count
from kg.lookup import Lookup
from kg.names import suggest
from kg.terms import Term, integer

#: What a parameter can be: a number is read as it stands, each other kind is resolved to a node by `kg.lookup`.
KINDS = ("source", "claim", "event", "measure", "population", "number")

_PARAMETER = re.compile(r"(?P<name>\w+) \((?P<kind>\w+), (?P<need>required|optional)\): (?P<description>.+)")
_COLUMN = re.compile(r"(?P<name>\w+): (?P<description>.+)")
_UNSET = re.compile(r"VALUES\s+\?(?P<name>\w+)\s*\{\s*UNDEF\s*\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a question. `kind` is one of KINDS."""

    name: str
    kind: str
    required: bool
    description: str

    def term(self, value: str, lookup: Lookup) -> Term:
        """What the value stands for in a query: the count itself for a number, else the node that it names.

        UsageError for a number that is none; otherwise NotFound and Ambiguous as `Lookup.resolve` says.
        """
        return integer(count_of(value)) if self.kind == "number" else lookup.resolve(self.kind, value)


@dataclass(frozen=True, slots=True)
class Question:
    """A saved question: what its header says, and its text.

    `columns` are the names of the result's columns in order; `column_notes` explains those that need it; `example`
    holds parameters that give rows on the demo; `empty` says why there are none where it is set. `needs` is "relations"
    where the answer rests on relations, which must have been worked out; None elsewhere.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    column_notes: Mapping[str, str]
    notes: tuple[str, ...]
    example: Mapping[str, str]
    empty: str | None
    needs: str | None
    text: str

    def check(self, given: Iterable[str]) -> None:
        """UsageError for the name of an unknown parameter, and for a required one that is not given."""
        names = set(given)
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in sorted(names):
            if name not in known:
                near = suggest(name, known)
                raise UsageError(
                    f"{self.name} has no parameter {name!r}"
                    + (f"; did you mean {near[0]!r}?" if near else f"; it takes: {', '.join(known) or 'none'}")
                )
        missing = [p.name for p in self.parameters if p.required and p.name not in names]
        if missing:
            example = " ".join(f"{name}={shlex.quote(value)}" for name, value in self.example.items())
            raise UsageError(f"{self.name} needs {' and '.join(missing)}, for example: kg ask {self.name} {example}")

    def bind(self, values: Mapping[str, Term]) -> str:
        """The query with these parameters set. UsageError as `check` says."""
        self.check(values)

        def filled(match: re.Match[str]) -> str:
            name = match["name"]
            return f"VALUES ?{name} {{ {values[name].n3} }}" if name in values else match.group()

        return _UNSET.sub(filled, self.text)


def load_questions(folder: Path | None = None) -> Mapping[str, Question]:
    """Every question of a folder (default: the shipped ones) by its name, in order of name."""
    files = sorted((folder or vocab.data_path("queries")).glob("*.rq"))
    return {path.stem: read_question(path.stem, path.read_text(encoding="utf-8")) for path in files}


def read_question(name: str, text: str) -> Question:
    """Reads one question. Raises UsageError naming the line of the header that is missing or not understood."""
    fields: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line[2:].partition(" " if line[2:].startswith(("parameter ", "column ")) else ": ")
        fields.setdefault(key, []).append(value.strip())
    for key in ("title", "question"):
        if key not in fields:
            raise UsageError(f"{name}.rq: the header has no line '# {key}: …'")
    parameters = tuple(_parameter(name, value) for value in fields.get("parameter", []))
    placeholders = {match["name"] for match in _UNSET.finditer(text)}
    for parameter in parameters:
        if parameter.name not in placeholders:
            raise UsageError(f"{name}.rq: parameter {parameter.name} has no line VALUES ?{parameter.name} {{ UNDEF }}")
    return Question(
        name=name,
        title=fields["title"][0],
        question=fields["question"][0],
        parameters=parameters,
        columns=tuple(_columns(text)),
        column_notes={m["name"]: m["description"] for m in map(_COLUMN.match, fields.get("column", [])) if m},
        notes=tuple(fields.get("note", [])),
        example=dict(part.split("=", 1) for part in shlex.split(fields.get("example", [""])[0])),
        empty=fields["empty"][0] if "empty" in fields else None,
        needs=_needs(name, fields),
        text=text,
    )


def _needs(name: str, fields: Mapping[str, list[str]]) -> str | None:
    needs = fields.get("needs", [None])[0]
    if needs not in (None, "relations"):
        raise UsageError(f"{name}.rq: not understood: '# needs: {needs}'; the only thing to need is relations")
    return needs


def question(questions: Mapping[str, Question], name: str) -> Question:
    """The question of that name. NotFound with near names otherwise."""
    if name not in questions:
        raise NotFound("saved question", name, suggest(name, questions))
    return questions[name]


def count_of(written: str) -> int:
    """The count that somebody typed: 1018, 1,018 or 1 018, from 0 to 2⁵³ − 1.

    UsageError for what is none, also for a number with a dot, which may part thousands or decimals.
    """
    try:
        return count(written)
    except UnfitError as error:
        raise UsageError(f"{written!r} is no number to ask for: {error.message}; {error.hint}") from error


def _parameter(name: str, value: str) -> Parameter:
    match = _PARAMETER.fullmatch(value)
    if match is None or match["kind"] not in KINDS:
        raise UsageError(f"{name}.rq: not understood: '# parameter {value}'; write 'name (kind, required): what it is'")
    return Parameter(match["name"], match["kind"], match["need"] == "required", match["description"])


def _columns(text: str) -> Iterator[str]:
    """The projected variables of the outermost SELECT, in order: `?name`, or `(… AS ?name)`."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    match = re.search(r"SELECT\s+(?:DISTINCT\s+)?(?P<projection>.*?)\s*WHERE", body, re.DOTALL)
    depth, token = 0, ""
    for part in re.findall(r"[()]|\?\w+|[^\s()?]+", match["projection"] if match else ""):
        if part == ")":
            depth -= 1
            if depth == 0:
                yield token
        elif part == "(":
            depth += 1
        elif part.startswith("?"):
            token = part[1:]
            if depth == 0:
                yield token
