"""What a store says about its relations without working any out: whether they are there, and those of its documents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from kg.annotations import in_force
from kg.lookup import with_prefixes
from kg.model import digest
from kg.store import Store
from kg.terms import IRI

#: Goes up with every change to the rules or to how relations are written, so that all blocks are related anew.
RULES_VERSION = "2"

_VERSIONS = "SELECT ?version { ?version dcterms:isVersionOf ?about } ORDER BY ?version"


class Kind(NamedTuple):
    """What relations are counted by: notations of the schemes `relation-kinds`, `rules` and `grades`."""

    relation: str
    rule: str
    grade: str


@dataclass(frozen=True)
class RelateReport:
    """What a run did. `related` and `unchanged` count blocks, `removed` those that are no longer there.

    `found` counts the pairs of claims of the blocks that were related now, by kind; `kept` those that are stored.
    `notes` say what was not gone through, in sentences.
    """

    related: int
    unchanged: int
    removed: int
    found: Counter[Kind]
    kept: Counter[Kind]
    notes: tuple[str, ...]


def relation_graphs(store: Store, base: str) -> list[IRI]:
    """The names of the graphs that hold relations, one for each block."""
    return [name for name in store.graph_names() if name.value.startswith(f"{base}relations/")]


def relating_graphs(store: Store, base: str) -> list[IRI]:
    """The names of the graphs that say when everything was related; their names end with `state` of that time."""
    return [name for name in store.graph_names() if name.value.startswith(f"{base}relating/")]


def is_related(store: Store, base: str) -> bool | None:
    """Whether the relations in the store are those of its documents; None where none were ever worked out."""
    runs = relating_graphs(store, base)
    return None if not runs else any(name.value.endswith(documents_state(store, base)) for name in runs)


def documents_state(store: Store, base: str) -> str:
    """A digest of the versions of the rules, of all documents and dossiers, and of what people judged."""
    versions = [str(version) for (version,) in store.select(with_prefixes(_VERSIONS)).rows]
    return digest([RULES_VERSION, *versions, *(annotation.id for annotation in in_force(store, base))])
