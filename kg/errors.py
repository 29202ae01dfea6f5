"""Everything that can go wrong, and the shape in which it is told.

    KgError
    ├── InvalidInput      the input has problems; carries them all
    ├── NotFound          a name, id or label that nothing answers to; carries suggestions
    ├── Ambiguous         a label that several things answer to; carries the candidates
    ├── QueryError        a query that cannot be parsed or run; knows line and column
    ├── StoreError        the store cannot be opened, read or written
    ├── MissingExtra      an optional part is not installed; says the command to type
    └── UsageError        a command or call with arguments that do not fit

A `Problem` is one finding about one place of one file. Readers return problems instead of dropping input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

Severity = OneOf["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about an input, with the place it stands and what to do about it.

    `line` counts from 1; None where the file as a whole is meant. `path` is the column or the
    dotted way to the value inside the file. `value` is what stood there, shortened for display.
    """

    message: str
    hint: str
    file: str | None = None
    line: int | None = None
    path: str | None = None
    value: str | None = None
    severity: Severity = "error"

    @property
    def place(self) -> str:
        """`file:line` as editors and terminals link it, or as much of it as is known."""
        if self.file is None:
            return "(no file)"
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        parts = [f"{self.place}: {self.severity}: {self.message}"]
        if self.path:
            parts.append(f"  at {self.path}" + (f": {self.value}" if self.value is not None else ""))
        elif self.value is not None:
            parts.append(f"  value: {self.value}")
        parts.append(f"  → {self.hint}")
        return "\n".join(parts)


class KgError(Exception):
    """Base of every error this package raises on purpose. `exit_code` is what the command line returns."""

    exit_code = 1


class InvalidInput(KgError):
    """Input was refused. `problems` holds every finding, errors and warnings alike."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)


class NotFound(KgError):
    """Nothing answers to `name`. `suggestions` are near names, best first; it may be empty."""

    def __init__(self, kind: str, name: str, suggestions: Sequence[str] = ()) -> None:
        self.kind, self.name, self.suggestions = kind, name, tuple(suggestions)
        text = f"no {kind} answers to {name!r}"
        if self.suggestions:
            text += "; did you mean " + " or ".join(repr(s) for s in self.suggestions) + "?"
        super().__init__(text)


class Ambiguous(KgError):
    """Several things answer to `name`. `candidates` are (IRI, description) pairs to choose from."""

    def __init__(self, kind: str, name: str, candidates: Sequence[tuple[str, str]]) -> None:
        self.kind, self.name, self.candidates = kind, name, tuple(candidates)
        lines = "\n".join(f"  {description}  <{iri}>" for iri, description in self.candidates)
        super().__init__(f"{name!r} names {len(self.candidates)} {kind}s; give the IRI of one of them:\n{lines}")


class QueryError(KgError):
    """A query could not be parsed or run. Line and column count from 1 and may be unknown."""

    def __init__(
        self, message: str, *, line: int | None = None, column: int | None = None, suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.line, self.column, self.suggestion = line, column, suggestion


class StoreError(KgError):
    """The store cannot be opened, read or written; the message says what to do."""


class MissingExtra(KgError):
    """An optional part of the package is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{feature} needs an optional part; install it with: pip install 'claims-kg[{extra}]'")


class UsageError(KgError):
    """The call or command does not fit what is offered."""

    exit_code = 2
