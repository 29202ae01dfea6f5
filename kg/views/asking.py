"""How figures ask: saved questions about one event, and what was asked kept beside every answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.results import Result
from kg.terms import IRI, Literal, Term

#: Asks a saved question by its name and parameters.
Ask = Callable[[str, Mapping[str, str]], Result]
#: Answers a query that is no saved question, with labels.
Select = Callable[[str], Result]


@dataclass(frozen=True, slots=True)
class Asked:
    """A saved question that was asked for a figure: `sparql` is its text with the parameters set, and runs as it is."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    sparql: str


def ask_event(ask: Ask, name: str, event: IRI, **more: str) -> tuple[Result, Asked]:
    """The answer of a saved question about the event, and what was asked."""
    parameters = {"event": event.n3, **more}
    result = ask(name, parameters)
    return result, Asked(name, tuple(parameters.items()), result.query)


def as_iri(value: Term | None) -> IRI | None:
    """The value if it is a node, else None."""
    return value if isinstance(value, IRI) else None


def as_number(value: Term | None) -> int | None:
    """The whole number, or None where there is no value. ValueError for what is none."""
    return int(value.value) if isinstance(value, Literal) else None


def as_day(value: Term | None) -> dt.date | None:
    """The day of a date or of a point in time, or None where there is no value."""
    return dt.date.fromisoformat(str(value)[:10]) if value is not None else None


def notation(value: Term | None, scheme: str) -> str | None:
    """The word of a concept in its scheme, with blanks for underscores; None for what is no concept of it."""
    concept = vocab.scheme(scheme).of_iri(value) if isinstance(value, IRI) else None
    return concept.notation.replace("_", " ") if concept else None
