"""What changed on the way: how two relays of one origin differ, and whether a document shows which of them changed."""

from __future__ import annotations

from collections.abc import Sequence

from kg.logic.figures import Given
from kg.logic.pairs import Orders, compare
from kg.logic.scope import Rel, certain

_NAMES = {"population": "population", "place": "place", "window": "window", "party": "responsible party"}


def differences(a: Given, b: Given, orders: Orders) -> tuple[str, ...]:
    """In what two figures of one origin differ: "figure", "bound", "population", "place", "window", "certainty" or
    "responsible party"."""
    found = []
    if _printed(a) != _printed(b):
        found.append("figure")
    if a.figure.bound != b.figure.bound:
        found.append("bound")
    dimensions = compare(a.scope, b.scope, orders)
    found += [name for dimension, name in _NAMES.items() if dimensions[dimension] != certain(Rel.EQ)]
    if (a.certainty or "stated") != (b.certainty or "stated"):
        found.append("certainty")
    return tuple(found)


def passed_through(chain: Sequence[str], outlet: str | None) -> bool:
    """Whether a report came through the outlet: its chain names it beyond its first link, the document's own outlet.

    If it did, and the outlet's own document says otherwise, the report altered what it had from there.
    """
    return outlet is not None and outlet in chain[1:]


def _printed(given: Given) -> set[int]:
    return {number for number in (given.figure.lower, given.figure.upper) if number is not None}
