"""The bridge to pyvis: a network as vis-network draws it, and vis-network itself.

Always directed, since the undirected networks of pyvis drop parallel edges without a word, and never with pyvis's own
page. pyvis is imported where it is used because it is slow to import and only the graph page needs it.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.views.lanes import Bracket
from kg.views.layout import MARK
from kg.views.network import EdgeKind, GraphEdge, GraphNode, Network
from kg.views.relation_kinds import grade_width

_GLYPH = 7
_PARALLEL = 8.0  # pixels between edges of different kinds that join the same two nodes
_CORNER = 6.0  # where a bracket turns from its lane to a label

_OPTIONS: Mapping[str, Any] = {
    "autoResize": False,
    "physics": {"enabled": False, "stabilization": False},
    "layout": {"improvedLayout": False},
    # The page scrolls and selects by itself, so that wheel, keyboard and touch do what they do everywhere.
    "interaction": {
        "dragNodes": False,
        "dragView": False,
        "zoomView": False,
        "selectable": False,
        "hover": True,
        "hoverConnectedEdges": False,
        "keyboard": False,
        "navigationButtons": False,
    },
    "nodes": {"fixed": True, "physics": False, "borderWidth": 2, "chosen": False},
    "edges": {"physics": False, "chosen": False, "arrowStrikethrough": False, "selectionWidth": 0, "hoverWidth": 0},
}


def drawing_library() -> tuple[str, str]:
    """The text of vis-network inside the installed pyvis, and a line that names it."""
    import pyvis

    lib = Path(pyvis.__file__).parent / "lib"
    found = sorted(lib.glob("vis-*/vis-network.min.js"), key=lambda path: _version(path.parent.name))
    if not found:
        raise KgError(
            f"pyvis {pyvis.__version__} holds no vis-network below {lib}; install another: pip install 'pyvis==0.3.2'"
        )
    text = found[-1].read_text(encoding="utf-8").replace("\r\n", "\n")
    if "</script" in text.lower() or "<!--" in text:
        raise KgError(f"{found[-1]} cannot stand inside a page: it holds the end of a script")
    version = found[-1].parent.name.removeprefix("vis-")
    return text, f"vis-network {version}, licence Apache-2.0 or MIT, as it comes with pyvis {pyvis.__version__}"


def _version(folder: str) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.removeprefix("vis-").split(".") if part.isdigit())


def vis_data(network: Network, brackets: Mapping[str, Bracket]) -> dict[str, Any]:
    """What vis-network draws: the nodes, edges and options that pyvis makes, and the owners of each line.

    A line of vis-network ends in the middle of a mark. So that lines leave a node at the far end of its label, every
    node with outgoing edges gets an invisible point there ("p…"), and so does every bend. An edge that passes a column
    on a lane has a line of its own as far as the lane; from there it shares one with all that go the same way. An edge
    with a bracket is drawn as one: a line down its lane and an arm to each end.
    "e12" is the (first) line of edge 12, "b…" are others; `owners` gives the numbers of the edges of every line.
    """
    from pyvis.network import Network as Vis

    vis = Vis(directed=True)
    vis.set_options(json.dumps(_OPTIONS))
    node_kinds = {kind.key: kind for kind in network.node_kinds}
    edge_kinds = {kind.key: kind for kind in network.edge_kinds}
    marks = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    nodes = {node.id: node for node in network.nodes}
    for node in network.nodes:
        kind = node_kinds[node.kind]
        vis.add_node(
            marks[node.id],
            label=" ",  # the page writes the labels itself, as text that can be selected, wrapped and read aloud
            shape=kind.shape,
            color={"background": kind.colour, "border": kind.colour},
            size=_GLYPH,
            x=node.x,
            y=node.y,
            shapeProperties={"borderDashes": list(kind.dashes) or False},
        )
    points: dict[tuple[float, float], str] = {}

    def point(x: float, y: float) -> str:
        if (x, y) not in points:
            points[x, y] = f"p{len(points)}"
            vis.add_node(points[x, y], label=" ", shape="dot", size=0, borderWidth=0, x=x, y=y, color="transparent")
        return points[x, y]

    owners: dict[_Line, list[int]] = {}
    for number, (edge, shift) in enumerate(_with_shifts(network.edges)):
        ends = [nodes[end] for end in edge.ends]
        if edge.id in brackets:
            lines = _bracket(edge, ends, brackets[edge.id], edge_kinds[edge.kind], point)
        else:
            lines = _lines(edge, ends[0], ends[-1], shift, marks[edge.target], point)
        for line in lines:
            owners.setdefault(line, []).append(number)
    names: dict[str, list[int]] = {}
    for line, edges in owners.items():
        name = f"e{edges[0]}" if line.own else f"b{len(names)}"
        names[name] = edges
        style = edge_kinds[line.kind]
        rows = len({row for number in edges for row in network.edges[number].rows})
        grade = network.edges[edges[0]].grade
        vis.add_edge(
            line.start,
            line.end,
            id=name,
            color={"color": style.colour, "inherit": False},
            width=grade_width(grade) if grade else round(1.1 + 0.75 * math.log2(max(1, rows)), 2),
            dashes=list(style.dashes) or False,
            arrows={
                "to": {
                    "enabled": line.arrow and bool(style.arrow),
                    "type": style.arrow or "triangle",
                    "scaleFactor": 0.45,
                }
            },
            smooth=_bend(line),
            arrowStrikethrough=bool(grade) and style.arrow == "bar",  # a bar has no body to hide the end of a wide line
        )
    made_nodes, made_edges, _, _, _, options = vis.get_network_data()
    return {"nodes": made_nodes, "edges": made_edges, "options": json.loads(options), "owners": names}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line between two nodes of vis-network. `fall` is set for an arc that leads back: how far down it leads;
    `corner` for one that leaves its start upright and turns to its end.
    """

    start: str
    end: str
    kind: str
    own: bool
    arrow: bool
    straight: bool = False
    fall: float | None = None
    corner: bool = False
    of: str = ""  # the edge, so that no two edges have an own line in common


def _lines(
    edge: GraphEdge, source: GraphNode, target: GraphNode, shift: float, mark: str, point: Callable[[float, float], str]
) -> Iterable[_Line]:
    start = point(source.x + MARK + source.width, source.y + shift)
    if target.x <= source.x:
        end = point(target.x + MARK + target.width, target.y + shift)
        yield _Line(start, end, edge.kind, own=True, arrow=True, fall=target.y - source.y, of=edge.id)
        return
    end = point(target.x - _GLYPH - 2, target.y + shift) if shift else mark
    stops = [start, *(point(x, y + shift) for x, y in edge.route), end]
    for number, (here, there) in enumerate(pairwise(stops)):
        # The first line leads to the first lane; then lines through lanes and lines between them take turns.
        own, last = number == 0, number == len(stops) - 2
        yield _Line(here, there, edge.kind, own, arrow=last, straight=number % 2 == 1, of=edge.id if own else "")


def _bracket(
    edge: GraphEdge,
    ends: Iterable[GraphNode],
    bracket: Bracket,
    kind: EdgeKind,
    point: Callable[[float, float], str],
) -> Iterable[_Line]:
    top, bottom = min(bracket.arms), max(bracket.arms)
    turn = min(_CORNER, (bottom - top) / 2)
    yield _Line(
        point(bracket.x, top + turn), point(bracket.x, bottom - turn), edge.kind, True, False, straight=True, of=edge.id
    )
    last = len(bracket.arms) - 1
    for number, (node, y) in enumerate(zip(ends, bracket.arms, strict=True)):
        start = point(bracket.x, y + turn if y == top else y - turn if y == bottom else y)
        end = point(node.x + MARK + node.width, y)
        tip, corner = number == last or kind.everywhere, y in (top, bottom)
        yield _Line(start, end, edge.kind, False, tip, straight=not corner, corner=corner, of=edge.id)


def _bend(line: _Line) -> dict[str, Any] | bool:
    if line.straight:
        return False
    if line.corner:
        return {"enabled": True, "type": "vertical", "roundness": 1}
    if line.fall is None:
        return {"enabled": True, "type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.5}
    # Out to the right, further for distant ends, but never into the next column.
    reach = 26 + 24 * min(1.0, abs(line.fall) / 600)
    return {
        "enabled": True,
        "type": "curvedCW" if line.fall >= 0 else "curvedCCW",
        "roundness": round(min(0.9, reach / max(1.0, abs(line.fall))), 3),
    }


def _with_shifts(edges: Iterable[GraphEdge]) -> list[tuple[GraphEdge, float]]:
    """Every edge with the pixels by which it is moved down, so that edges between the same two nodes lie apart."""
    every = list(edges)
    together: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in every:
        together[edge.source, edge.target].append(edge.id)
    shifts: list[tuple[GraphEdge, float]] = []
    for edge in every:
        group = together[edge.source, edge.target]
        shifts.append((edge, (group.index(edge.id) - (len(group) - 1) / 2) * _PARALLEL))
    return shifts
