"""What a graph page is made of, as plain records: links of chains come in, nodes and edges go out.

A *link* is one speaker of one chain: a row of a dossier's table has one link a speaker, the outlet first, the origin
last. A *node* is a mark of the picture, an *edge* joins two of them for all the rows that run the same way. How a kind
of node or edge is drawn stands in its `NodeKind` or `EdgeKind`, so that a new kind is a new record and no new code.

Colours are those of Okabe and Ito, which stay apart in colour-blind eyes; no kind is told by its colour alone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import Problem
from kg.terms import IRI

#: Columns of the picture from left to right: key, heading.
TIERS: tuple[tuple[str, str], ...] = (
    ("outlet", "Published by"),
    ("quoted", "Quoted on the way"),
    ("origin", "Origin"),
    ("claim", "Claim"),
    ("place", "Place"),
)


SHAPES = ("dot", "square", "triangle", "triangleDown", "diamond", "star", "hexagon")
ARROWS = ("triangle", "bar", "vee", "circle", "box", "inv_triangle", "diamond", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One speaker of one chain.

    `step` counts from 1, the outlet, towards the origin; `row` names the chain inside its `document`. `speaker_kind` is
    "outlet", "organisation", "person" or "unnamed"; `speaker_aliases` are other names to be found by, in any script;
    `organisation` is what a person speaks for. Everything from `claim` on is read from the last link of a chain and may
    be left out of the others. `stance` and the words after it are notations of their schemes ("finds_no_evidence");
    None is unstated, and an unstated stance affirms. `span_digest` is "sha256:…" of the words in the document.
    """

    row: str
    document: IRI
    document_label: str
    url: str | None = None
    date: dt.date | None = None
    step: int
    speaker: IRI
    speaker_label: str
    speaker_kind: str
    speaker_aliases: tuple[str, ...] = ()
    organisation: IRI | None = None
    organisation_label: str | None = None
    claim: IRI | None = None
    claim_label: str | None = None
    claim_kind: str | None = None
    event: str | None = None
    place: IRI | None = None
    place_label: str | None = None
    statement: str | None = None
    statement_language: str | None = None
    stance: str | None = None
    cue: str | None = None
    directness: str | None = None
    certainty: str | None = None
    as_of: dt.date | None = None
    span_digest: str | None = None


@dataclass(frozen=True, slots=True)
class NodeKind:
    """How one kind of node looks: `shape` is one of vis-network, `colour` is for light paper, `on_dark` for dark.

    Raises ValueError for a shape or colour that cannot be drawn.
    """

    key: str
    label: str
    shape: str
    colour: str
    on_dark: str
    hollow: bool = False
    dashes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        _check(self.key, self.colour, self.on_dark, "shape", self.shape, SHAPES)


@dataclass(frozen=True, slots=True)
class EdgeKind:
    """How one kind of edge looks. `dashes` are lengths of strokes and gaps, none for a solid line; `arrow` is an arrow
    of vis-network or "" for none. `verb` reads between source and target, `inverse` between target and source.

    A relation between claims is of a `family`; symmetric ones have their arrow `everywhere`, and a page may leave out
    those that are not `at_first` until somebody wants them. Raises ValueError for what cannot be drawn.
    """

    key: str
    label: str
    verb: str
    colour: str
    on_dark: str
    dashes: tuple[int, ...] = ()
    arrow: str = "triangle"
    inverse: str = ""
    family: str = ""
    everywhere: bool = False
    at_first: bool = True

    def __post_init__(self) -> None:
        _check(self.key, self.colour, self.on_dark, "arrow", self.arrow, ARROWS)


def _check(key: str, colour: str, on_dark: str, what: str, word: str, words: tuple[str, ...]) -> None:
    for value in (colour, on_dark):
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
            raise ValueError(f"kind {key!r}: a colour is # and six hexadecimal digits: {value!r}")
    if word not in words:
        raise ValueError(f"kind {key!r}: its {what} is one of {', '.join(map(repr, words))}: {word!r}")


# Their yellow is left out: on white paper nobody sees it.
_BLACK, _ORANGE, _SKY, _GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
_BLUE, _RED, _PURPLE = "#0072B2", "#D55E00", "#CC79A7"
_GREY, _GREY_ON_DARK, _WHITE = "#6E6E6E", "#A8A8A8", "#FFFFFF"

NODE_KINDS: tuple[NodeKind, ...] = (
    NodeKind("outlet", "Outlet", "dot", _BLUE, _SKY),
    NodeKind("organisation", "Organisation", "square", _GREEN, _GREEN),
    NodeKind("person", "Person", "triangle", _PURPLE, _PURPLE),
    NodeKind("unnamed", "Unnamed source", "dot", _GREY, _GREY_ON_DARK, hollow=True, dashes=(3, 3)),
    NodeKind("claim:quantity", "Claim: figure", "diamond", _RED, _RED),
    NodeKind("claim:event", "Claim: what happened", "star", _ORANGE, _ORANGE),
    NodeKind("claim:responsibility", "Claim: responsibility", "hexagon", _BLACK, _WHITE),
    NodeKind("claim:position", "Claim: position", "triangleDown", _SKY, _SKY),
    NodeKind("claim:commitment", "Claim: commitment", "triangleDown", _SKY, _SKY, hollow=True),
    NodeKind("place", "Place", "square", _BLACK, _WHITE, hollow=True),
)

EDGE_KINDS: tuple[EdgeKind, ...] = (
    EdgeKind("relays", "relays", "relays", _BLUE, _SKY),
    EdgeKind("states", "states", "states", _GREEN, _GREEN),
    EdgeKind("denies", "denies", "denies", _RED, _RED, (10, 5), "bar"),
    EdgeKind("questions", "questions", "questions", _ORANGE, _ORANGE, (2, 5), "vee"),
    EdgeKind(
        "finds_no_evidence", "finds no evidence", "finds no evidence for", _PURPLE, _PURPLE, (12, 4, 2, 4), "circle"
    ),
    EdgeKind("declines_to_confirm", "declines to confirm", "declines to confirm", _GREY, _GREY_ON_DARK, (6, 6), "box"),
    EdgeKind("retracts", "retracts", "retracts", _BLACK, _WHITE, (14, 4, 4, 4), "inv_triangle"),
    EdgeKind("about", "is about", "is about", _GREY, _GREY_ON_DARK, (1, 4), ""),
)


def node_kind(key: str) -> NodeKind:
    """The look of a kind of node; a kind nobody has described yet is drawn plainly under its own name."""
    for kind in NODE_KINDS:
        if kind.key == key:
            return kind
    name = key.removeprefix("claim:").replace("_", " ")
    label = name.capitalize() if name == key else f"Claim: {name}"
    return NodeKind(key, label, "diamond", _GREY, _GREY_ON_DARK, hollow=True)


def edge_kind(key: str) -> EdgeKind:
    """The look of a kind of edge; a kind nobody has described yet is drawn plainly under its own name."""
    for kind in EDGE_KINDS:
        if kind.key == key:
            return kind
    name = key.replace("_", " ")
    return EdgeKind(key, name, name, _GREY, _GREY_ON_DARK, (4, 4), "vee")


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A mark of the picture. A source has one mark in each column in which it speaks, a claim has one in all.

    `id` is the IRI of a claim, and "column|IRI" for the others. `x`, `y` are the centre of the mark, the label's box of
    `width` × `height` stands to the right of it; all in pixels at zoom 1. `lines` is how many lines of the label are
    shown; `note` is a small line below it; `aliases` are what else the search finds it by; `documents` counts those
    whose rows run through the node.
    """

    id: str
    iri: str
    kind: str
    tier: str
    label: str
    note: str = ""
    documents: int = 0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    lines: int = 1
    aliases: tuple[str, ...] = ()
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """All that runs from `source` to `target` in one way; `rows` are indexes into `Network.rows`, one a chain.

    An edge that rests on no chain (a relation between claims) has no rows; `reason` is the sentence that explains it,
    `grade` how surely it holds ("firm", "hedged", "conditional"), `detail` what else it rests on. One that joins more
    than two nodes has `others` beside its source. `names` are labels of source, others and target, which may be
    missing in the picture. `route` holds points that the line passes, where a column lies between its ends.
    """

    id: str
    source: str
    target: str
    kind: str
    label: str
    rows: tuple[int, ...] = ()
    detail: tuple[tuple[str, str], ...] = ()
    route: tuple[tuple[float, float], ...] = ()
    others: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    reason: str = ""
    grade: str = ""

    @property
    def ends(self) -> tuple[str, ...]:
        """The ids of all nodes that it joins, the target last."""
        return (self.source, *self.others, self.target)

    @staticmethod
    def name(kind: str, source: str, target: str) -> str:
        """The id of the edge of this kind between two nodes."""
        return f"{kind}|{source}|{target}"


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One chain, whole: the words, where they stand, and the nodes and edges it runs along (ids, outlet first)."""

    identifier: str
    document: IRI
    document_label: str
    url: str | None
    date: dt.date | None
    claim: str
    event: str | None
    statement: str | None
    language: str | None
    stance: str
    cue: str | None
    directness: str | None
    certainty: str | None
    as_of: dt.date | None
    span_digest: str | None
    nodes: tuple[str, ...]
    edges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OmittedClaim:
    """A claim for which the picture had no room."""

    iri: str
    label: str
    documents: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What the picture would hold with room for everything."""

    claims: int
    nodes: int
    edges: int
    rows: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the picture that is not empty. `x` is where its marks stand, `width` that of its labels."""

    key: str
    heading: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Network:
    """A picture worked out to the last position, ready to be drawn. `problems` are links that could not be used.

    `related` says whether relations between claims have been worked out; `undrawn` are those that lead to nodes which
    are not in the picture.
    """

    title: str
    columns: tuple[Column, ...]
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    rows: tuple[ChainRow, ...]
    node_kinds: tuple[NodeKind, ...]
    edge_kinds: tuple[EdgeKind, ...]
    totals: Totals
    width: float
    height: float
    limit: int = 150
    omitted: tuple[OmittedClaim, ...] = ()
    problems: tuple[Problem, ...] = ()
    related: bool = False
    undrawn: tuple[GraphEdge, ...] = ()

    @property
    def claims(self) -> tuple[GraphNode, ...]:
        return tuple(node for node in self.nodes if node.tier == "claim")

    def with_edges(self, edges: Sequence[GraphEdge], kinds: Sequence[EdgeKind]) -> Network:
        """The same picture with further edges, such as relations between claims.

        Edges to nodes that are not in the picture cannot be drawn: they are `undrawn`, which the page says.
        Raises ValueError for an edge of a kind that is neither in `kinds` nor in the picture, and for an id used twice.
        """
        known = {kind.key: kind for kind in (*self.edge_kinds, *kinds)}
        for edge in edges:
            if edge.kind not in known:
                raise ValueError(f"edge {edge.id!r} is of kind {edge.kind!r}, which nothing describes")
        ids = Counter(edge.id for edge in (*self.edges, *self.undrawn, *edges))
        if twice := sorted(name for name, number in ids.items() if number > 1):
            raise ValueError(f"edge id used twice: {twice[0]!r}")
        here = {node.id for node in self.nodes}
        drawn = [edge for edge in edges if here.issuperset(edge.ends)]
        used = {edge.kind for edge in (*self.edges, *self.undrawn, *edges)}
        return replace(
            self,
            edges=(*self.edges, *drawn),
            undrawn=(*self.undrawn, *(edge for edge in edges if not here.issuperset(edge.ends))),
            edge_kinds=tuple(kind for kind in known.values() if kind.key in used),
            totals=replace(self.totals, edges=self.totals.edges + len(edges)),
        )
