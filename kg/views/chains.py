"""From chains to a picture: who reported what, on whose word.

Every chain runs from left to right: the outlet that printed it, those it was quoted through, the origin on whose word
it rests, and the claim. Somebody who speaks in several of these parts has a mark in each, so no line ever runs
backwards; an outlet that writes in its own voice is the origin of what it writes and stands there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.errors import Problem
from kg.views.layout import Box, Link, box_height, lay_out, lines_needed
from kg.views.network import (
    EDGE_KINDS,
    NODE_KINDS,
    TIERS,
    ChainLink,
    ChainRow,
    Column,
    GraphEdge,
    GraphNode,
    Network,
    OmittedClaim,
    Totals,
    edge_kind,
    node_kind,
)
from kg.views.relation_kinds import RELATION_KINDS, is_conflict, relation_kind

_LABEL_WIDTH: Mapping[str, float] = {"outlet": 160, "quoted": 160, "origin": 180, "claim": 380, "place": 164}
_PADDING, _BADGE = 16.0, 26.0  # room beside the words of a label, and for the number of documents at its end
_KEYS = [key for key, _ in TIERS]
_SPEAKER_KINDS = ("outlet", "organisation", "person", "unnamed")


def claim_graph(
    chains: Sequence[ChainLink],
    *,
    title: str,
    relations: Sequence[GraphEdge] | None = None,
    limit: int = 150,
    places: bool = False,
) -> Network:
    """The picture of these chains and of the `relations` between their claims, with about `limit` nodes at most.

    Claims are taken whole, with all their chains: those in most documents and conflicts first, then by their id, until
    the next one would not fit. The first is taken however large it is. What was left out is in `omitted` and `totals`;
    chains that cannot be read (a step missing, no claim at the end) are in `problems`. With `places` a last column says
    where. The order of `chains` does not matter, nor does a link that comes twice. `relations` is None where nobody has
    worked them out, which the page says.

    Raises ValueError for a `limit` below 1 or a speaker of an unknown kind.
    """
    if limit < 1:
        raise ValueError(f"limit is the most nodes to draw, at least 1: {limit}")
    whole, problems = _whole_chains(chains)
    by_claim = _grouped(whole)
    documents = {claim: len({chain.last.document for chain in group}) for claim, group in by_claim.items()}
    disputed = Counter(end for edge in relations or () if is_conflict(relation_kind(edge.kind)) for end in {*edge.ends})
    ranked = sorted(by_claim, key=lambda claim: (-documents[claim] - disputed[claim], claim))
    taken = _taken(ranked, by_claim, limit, places)
    network = replace(
        _draw(_in_strands([chain for claim in taken for chain in by_claim[claim]]), places),
        title=title,
        limit=limit,
        problems=tuple(problems),
        totals=Totals(
            claims=len(ranked),
            nodes=len({node for chain in whole for node in chain.nodes(places)}),
            edges=len({edge for chain in whole for edge in chain.edges(places)}),
            rows=len(whole),
        ),
        omitted=tuple(
            OmittedClaim(claim, _usual(chain.last.claim_label or claim for chain in by_claim[claim]), documents[claim])
            for claim in ranked[len(taken) :]
        ),
    )
    if relations is None:
        return network
    kinds = _known_first({edge.kind for edge in relations}, [kind.key for kind in RELATION_KINDS])
    return replace(network.with_edges(relations, [relation_kind(key) for key in kinds]), related=True)


@dataclass(frozen=True, slots=True)
class _Chain:
    """A row whose steps are all there and whose last link has a claim."""

    links: tuple[ChainLink, ...]
    claim: str

    @property
    def last(self) -> ChainLink:
        return self.links[-1]

    @property
    def stance(self) -> str:
        return (self.last.stance or "affirms").strip().replace(" ", "_")

    @property
    def origin(self) -> str:
        """Whose word it is: the organisation for which the last speaker speaks, or the speaker."""
        return (self.last.organisation or self.last.speaker).value

    def speakers(self) -> list[tuple[str, ChainLink]]:
        """Every link with the column in which it stands."""
        before = ["outlet", *["quoted"] * (len(self.links) - 2)] if len(self.links) > 1 else []
        return list(zip([*before, "origin"], self.links, strict=True))

    def nodes(self, places: bool) -> list[str]:
        path = [*(f"{tier}|{link.speaker}" for tier, link in self.speakers()), self.claim]
        return [*path, f"place|{self.last.place}"] if places and self.last.place else path

    def edges(self, places: bool) -> list[tuple[str, str, str]]:
        """Kind, source, target of every step."""
        said = "states" if self.stance == "affirms" else self.stance
        kinds = [*["relays"] * (len(self.links) - 1), said, "about"]
        return [
            (kind, source, target) for kind, (source, target) in zip(kinds, pairwise(self.nodes(places)), strict=False)
        ]


def _whole_chains(links: Iterable[ChainLink]) -> tuple[list[_Chain], list[Problem]]:
    """The chains in an order of their own, and a problem for every one that is not whole."""
    rows: dict[tuple[str, str], dict[int, set[ChainLink]]] = defaultdict(lambda: defaultdict(set))
    for link in links:
        if link.speaker_kind not in _SPEAKER_KINDS:
            raise ValueError(f"speaker_kind is one of {', '.join(_SPEAKER_KINDS)}: {link.speaker_kind!r}")
        rows[link.document.value, link.row][link.step].add(link)
    chains: list[_Chain] = []
    problems: list[Problem] = []

    def problem(row: str, document: str, message: str, hint: str) -> None:
        problems.append(Problem(f"row {row}: {message}", hint, path="chain", value=document, severity="warning"))

    for (document, row), steps in sorted(rows.items()):
        found = [min(steps[step], key=repr) for step in sorted(steps)]
        if twice := [step for step in sorted(steps) if len(steps[step]) > 1]:
            message = f"step {twice[0]} is told in {len(steps[twice[0]])} ways, of which one was drawn"
            problem(row, document, message, "give every row of a document an id of its own")
        claim = found[-1].claim
        if sorted(steps) != list(range(1, len(steps) + 1)):
            message = f"it has the steps {', '.join(map(str, sorted(steps)))} and was not drawn"
            problem(row, document, message, "a chain is counted from 1, the outlet, without gaps")
        elif claim is None:
            problem(row, document, "its last speaker makes no claim, so it was not drawn", "say what the row claims")
        else:
            chains.append(_Chain(tuple(found), claim.value))
    return chains, problems


def _grouped(chains: Iterable[_Chain]) -> dict[str, list[_Chain]]:
    groups: dict[str, list[_Chain]] = {}
    for chain in chains:
        groups.setdefault(chain.claim, []).append(chain)
    return groups


def _taken(ranked: Sequence[str], by_claim: Mapping[str, Sequence[_Chain]], limit: int, places: bool) -> list[str]:
    """The first claims of the ranking, as many as there is room for."""
    taken: list[str] = []
    nodes: set[str] = set()
    for claim in ranked:
        more = nodes.union(*(chain.nodes(places) for chain in by_claim[claim]))
        if taken and len(more) > limit:
            break
        taken.append(claim)
        nodes = more
    return taken


def _in_strands(chains: Sequence[_Chain]) -> list[_Chain]:
    """The chains so that claims resting mainly on one origin stand together, the busiest origin first.

    Inside a strand claims come in the order of their days; a claim's chains stay together.
    """
    size = Counter(chain.origin for chain in chains)
    keys: dict[str, tuple[object, ...]] = {}
    for claim, group in _grouped(chains).items():
        own = Counter(chain.origin for chain in group)
        main = min(own, key=lambda origin: (-own[origin], -size[origin], origin))
        days = [day.isoformat() for chain in group if (day := chain.last.as_of or chain.last.date)]
        keys[claim] = (-size[main], main, min(days, default="9999"), group[0].last.claim_label or "", claim)
    return sorted(chains, key=lambda chain: (keys[chain.claim], chain.last.document, chain.last.row))


def _draw(chains: Sequence[_Chain], places: bool) -> Network:
    edge_rows: dict[tuple[str, str, str], list[int]] = {}
    for number, chain in enumerate(chains):
        for edge in chain.edges(places):
            edge_rows.setdefault(edge, []).append(number)
    nodes = {node.id: node for node in _nodes(chains, places)}
    plan = lay_out(
        [Box(node.id, _KEYS.index(node.tier), node.width, node.height) for node in nodes.values()],
        [Link(GraphEdge.name(*edge), edge[1], edge[2], float(len(rows))) for edge, rows in edge_rows.items()],
    )
    placed = [replace(node, x=plan.positions[node.id][0], y=plan.positions[node.id][1]) for node in nodes.values()]
    edges = [
        GraphEdge(
            id=GraphEdge.name(kind, source, target),
            source=source,
            target=target,
            kind=kind,
            label=f"{nodes[source].label} {edge_kind(kind).verb} {nodes[target].label}",
            rows=tuple(sorted(set(rows))),
            route=plan.routes.get(GraphEdge.name(kind, source, target), ()),
        )
        for (kind, source, target), rows in sorted(edge_rows.items())
    ]
    return Network(
        title="",
        columns=tuple(
            Column(key, heading, plan.columns[tier], _LABEL_WIDTH[key])
            for tier, (key, heading) in enumerate(TIERS)
            if tier in plan.columns
        ),
        nodes=tuple(sorted(placed, key=lambda node: (_KEYS.index(node.tier), node.y, node.id))),
        edges=tuple(edges),
        rows=tuple(_row(chain, places) for chain in chains),
        node_kinds=tuple(
            map(node_kind, _known_first({node.kind for node in placed}, [kind.key for kind in NODE_KINDS]))
        ),
        edge_kinds=tuple(
            map(edge_kind, _known_first({edge.kind for edge in edges}, [kind.key for kind in EDGE_KINDS]))
        ),
        totals=Totals(0, 0, 0, 0),
        width=plan.width,
        height=plan.height,
    )


def _nodes(chains: Sequence[_Chain], places: bool) -> Iterable[GraphNode]:
    """Every node once, without its position, in the order in which the chains mention them."""
    said: dict[tuple[str, str], list[ChainLink]] = {}
    for chain in chains:
        for tier, link in chain.speakers():
            said.setdefault((tier, link.speaker.value), []).append(link)
        said.setdefault(("claim", chain.claim), []).append(chain.last)
        if places and chain.last.place:
            said.setdefault(("place", chain.last.place.value), []).append(chain.last)
    for (tier, iri), links in said.items():
        if tier == "claim":
            event = _usual(link.event or "" for link in links)
            node = GraphNode(
                id=iri,
                iri=iri,
                kind="claim:" + _usual(link.claim_kind or "unstated" for link in links),
                tier=tier,
                label=_usual(link.claim_label or iri for link in links),
                detail=(("Event", event),) if event else (),
            )
        elif tier == "place":
            label = _usual(link.place_label or iri for link in links)
            node = GraphNode(f"place|{iri}", iri, "place", tier, label)
        else:
            node = _source(tier, iri, links)
        yield _sized(node, len({link.document for link in links}))


def _source(tier: str, iri: str, links: Sequence[ChainLink]) -> GraphNode:
    label = _usual(link.speaker_label for link in links)
    kind = _usual(link.speaker_kind for link in links)
    organisation = _usual(link.organisation_label or "" for link in links)
    note = f"for {organisation}" if organisation and organisation != label else ""
    if kind == "unnamed":
        note = "unnamed, in " + _usual(link.document_label for link in links)
    aliases = tuple(sorted({alias for link in links for alias in link.speaker_aliases} - {label}))
    detail = (("Speaks for", organisation),) if organisation else ()
    return GraphNode(f"{tier}|{iri}", iri, kind, tier, label, note, aliases=aliases, detail=detail)


def _sized(node: GraphNode, documents: int) -> GraphNode:
    width = _LABEL_WIDTH[node.tier]
    lines = lines_needed(node.label, width - _PADDING - (_BADGE if documents > 1 else 0))
    height = box_height(lines, note=bool(node.note))
    return replace(node, documents=documents, width=width, height=height, lines=lines)


def _row(chain: _Chain, places: bool) -> ChainRow:
    last = chain.last
    return ChainRow(
        identifier=last.row,
        document=last.document,
        document_label=last.document_label,
        url=last.url,
        date=last.date,
        claim=chain.claim,
        event=last.event,
        statement=last.statement,
        language=last.statement_language,
        stance=chain.stance,
        cue=last.cue,
        directness=last.directness,
        certainty=last.certainty,
        as_of=last.as_of,
        span_digest=last.span_digest,
        nodes=tuple(chain.nodes(places)),
        edges=tuple(GraphEdge.name(*edge) for edge in chain.edges(places)),
    )


def _usual(words: Iterable[str]) -> str:
    """The word that is used most, of equals the first of the alphabet."""
    return min(Counter(words).items(), key=lambda item: (-item[1], item[0]))[0]


def _known_first(present: Iterable[str], known: Sequence[str]) -> list[str]:
    return sorted(present, key=lambda key: (known.index(key) if key in known else len(known), key))
