"""What a reader found wrong, and how much of the dossier each finding refuses.

A finding that belongs to one document refuses that document and leaves the others alone. One that belongs to none (a
broken file, a name that stands for two actors, a cycle) leaves nothing that can be trusted, so it refuses the dossier.
Warnings refuse nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kg.errors import Problem, Severity

_SHOWN_CHARACTERS = 80


class UnfitError(ValueError):
    """A value that does not fit where it stands: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class Where(NamedTuple):
    """A place in the dossier. `file` is relative to its folder; `document` is the id that an error here refuses."""

    file: str
    line: int | None = None
    document: str | None = None


class Fault(NamedTuple):
    """An error in one value of a row, not yet known to belong to a document.

    `path` is the column or key as typed, `column` the column that it fills where that is another one.
    """

    line: int
    path: str
    message: str
    hint: str
    value: object = None
    column: str | None = None


class Findings:
    """Collects problems while a dossier is read. `refused` has the errors of each document that has any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._problems: list[Problem] = []
        self.refused: dict[str, list[Problem]] = {}
        self.dossier_refused = False
        #: How many errors there are so far.
        self.errors = 0
        #: Files of which something could not even be read as a row: what they declare is not all known.
        self.damaged: set[str] = set()

    def error(self, where: Where, message: str, hint: str, *, path: str | None = None, value: object = None) -> None:
        """Records what makes the document of `where`, or without one the whole dossier, unreadable."""
        problem = self._add(where, message, hint, path, value, "error")
        self.errors += 1
        if where.document is None:
            self.dossier_refused = True
        else:
            self.refused.setdefault(where.document, []).append(problem)

    def unreadable(self, where: Where, message: str, hint: str, *, value: object = None) -> None:
        """Records that a file, or a part of it, cannot be read: an error of the dossier."""
        self.damaged.add(where.file)
        self.error(where._replace(document=None), message, hint, value=value)

    def warning(self, where: Where, message: str, hint: str, *, path: str | None = None, value: object = None) -> None:
        """Records what a person should look at; nothing is refused for it."""
        self._add(where, message, hint, path, value, "warning")

    def faults(self, where: Where, faults: list[Fault]) -> None:
        """Records the errors of a row, once it is known to which document (`where.document`) it belongs."""
        for fault in faults:
            self.error(where._replace(line=fault.line), fault.message, fault.hint, path=fault.path, value=fault.value)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem by file and line; those of one line in the order in which they were found."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.file or "", problem.line or 0)))

    def _add(
        self, where: Where, message: str, hint: str, path: str | None, value: object, severity: Severity
    ) -> Problem:
        problem = Problem(
            message=_printable(message),
            hint=_printable(hint),
            file=_printable(str(self._folder / where.file)),
            line=where.line,
            path=None if path is None else _printable(path),
            value=None if value is None else shown(value),
            severity=severity,
        )
        self._problems.append(problem)
        return problem


def shown(value: object) -> str:
    """`value` for a message: on one line, shortened, and without characters that could steer a terminal.

    A list or an object shows its kind alone: it may be nested deeper than anything that prints it would bear.
    """
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    text = value if isinstance(value, str) else str(value)
    if len(text) > _SHOWN_CHARACTERS:
        text = text[: _SHOWN_CHARACTERS - 1] + "…"
    return _printable(text)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def did_you_mean(near: Sequence[str]) -> str:
    """The question that names the likely words, to go behind a message; empty when there are none."""
    return f"; did you mean {' or '.join(f'“{word}”' for word in near)}?" if near else ""
