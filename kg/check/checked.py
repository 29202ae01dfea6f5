"""The answer to a claim that was placed against the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.results import Result
from kg.terms import IRI


@dataclass(frozen=True)
class Checked:
    """A claim placed against the graph; nothing of it is stored.

    `claim` is the id that it would have, `known` whether the store has that very claim. The rest are tables:
    `understood` has a row for each part of the claim, `withdrawn` one for each source that gave its figure and took it
    back, `seen` one for each report of it that stands, the earliest first,
    `related` one for each relation to another claim, the gravest first, `decides` one for each thing that is unstated
    and that relations to so many other claims rest on. `counted` has the number of relations of the kinds that are only
    counted, by notation. `compared` is the number of claims that it was compared with. `notes` say in sentences what
    else there is to say.
    """

    claim: IRI
    known: bool
    understood: Result
    withdrawn: Result
    seen: Result
    related: Result
    decides: Result
    counted: Mapping[str, int]
    compared: int
    notes: tuple[str, ...]
