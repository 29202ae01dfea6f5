"""How each kind of relation between claims looks, and which of them a page draws at first.

Kinds come in families, and a family has a range of colours: red and orange for conflict, blue for one origin's changes
over time, purple for retelling, green for support. No two kinds share both strokes and tips, so that each is told on
grey paper too. How surely a relation holds is drawn as width, which no kind uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.views.network import EdgeKind, edge_kind

#: Key and words of the families, in the order of the legend.
FAMILIES: Mapping[str, str] = {
    "conflict": "Conflict",
    "time": "Over time",
    "retelling": "Retelling",
    "support": "Support",
    "relation": "Other",
}

#: How surely a relation holds: the words for it, and the width of its line in pixels.
GRADES: Mapping[str, tuple[str, float]] = {
    "firm": ("firm", 3.0),
    "hedged": ("hedged: a rounded figure or one printed alone is involved, or somebody does not say it flatly", 1.9),
    "conditional": ("conditional: it holds only if what is assumed is so", 1.0),
}

#: Kinds that a page need not draw at first are drawn as long as it has no more lines than this.
_AT_FIRST = 60


def _kind(
    family: str,
    key: str,
    label: str,
    colours: tuple[str, str],
    dashes: tuple[int, ...],
    arrow: str,
    *,
    verb: str | None = None,
    inverse: str | None = None,
    later: bool = False,
) -> EdgeKind:
    """`verb` is the label unless it is given; a kind without an `inverse` is symmetric: it has its tip at every end."""
    verb = verb or label
    return EdgeKind(
        key,
        label,
        verb,
        *colours,
        dashes,
        arrow,
        inverse=inverse or verb,
        family=family,
        everywhere=inverse is None,
        at_first=not later,
    )


# Labels are those of the vocabulary. Colours are for light paper and for dark.
RELATION_KINDS: tuple[EdgeKind, ...] = (
    _kind("conflict", "contradicts", "contradicts", ("#C8102E", "#FF6B6B"), (), "bar"),
    _kind("conflict", "disputes", "disputes", ("#B45309", "#FDBA74"), (2, 3), "bar", inverse="disputed by"),
    _kind("conflict", "competes", "competes", ("#9A3412", "#FB923C"), (7, 4), "diamond", verb="competes with"),
    _kind(
        "conflict",
        "conflictSet",
        "conflict set",
        ("#7F1D1D", "#FCA5A5"),
        (14, 3),
        "circle",
        verb="cannot all be so with",
    ),
    _kind(
        "conflict",
        "failsToSumTo",
        "fails to sum to",
        ("#D14900", "#FF9F5A"),
        (3, 3),
        "inv_triangle",
        inverse="is not the sum of",
    ),
    _kind("conflict", "rivals", "rivals", ("#A16207", "#FACC15"), (5, 4), "vee", later=True),
    _kind("time", "revises", "revises", ("#1D4ED8", "#93B4FF"), (16, 4), "triangle", inverse="revised by"),
    _kind("time", "updates", "updates", ("#0369A1", "#67C9F5"), (6, 3, 2, 3), "triangle", inverse="updated by"),
    _kind(
        "retelling",
        "relaysDiffer",
        "relays differ",
        ("#86198F", "#E879F9"),
        (8, 3),
        "box",
        verb="relayed differently as",
    ),
    _kind(
        "retelling",
        "altersReportOf",
        "alters the report of",
        ("#6D28D9", "#B794FF"),
        (2, 2, 8, 2),
        "vee",
        inverse="report altered by",
    ),
    _kind(
        "retelling",
        "sameFigure",
        "same figure",
        ("#A2407F", "#F0A0CF"),
        (1, 3),
        "circle",
        verb="same figure as",
        later=True,
    ),
    _kind("support", "agrees", "agrees", ("#00694B", "#34D399"), (), "diamond", verb="agrees with", later=True),
    _kind(
        "support", "refines", "refines", ("#4D7C0F", "#A3D65C"), (4, 2), "triangle", inverse="refined by", later=True
    ),
    _kind("support", "overlaps", "overlaps", ("#3F7D74", "#7FD1C6"), (3, 5), "", later=True),
    _kind(
        "support",
        "supports",
        "supports",
        ("#15803D", "#4ADE80"),
        (10, 3, 2, 3),
        "vee",
        inverse="supported by",
        later=True,
    ),
    _kind(
        "support",
        "corroborates",
        "corroborates",
        ("#115E59", "#5EEAD4"),
        (18, 3),
        "circle",
        verb="corroborates",
        later=True,
    ),
    _kind(
        "support",
        "possiblyCorroborates",
        "possibly corroborates",
        ("#0F766E", "#99F6E4"),
        (6, 6),
        "circle",
        verb="possibly corroborates",
        later=True,
    ),
    _kind(
        "support",
        "repeats",
        "repeats",
        ("#5B6B3A", "#C5D3A5"),
        (2, 6),
        "box",
        verb="rests on the same origin as",
        later=True,
    ),
    _kind(
        "support", "sumsTo", "sums to", ("#65730B", "#D0DB5A"), (2, 4), "triangle", inverse="is the sum of", later=True
    ),
)
_BY_KEY = {kind.key: kind for kind in RELATION_KINDS}


def relation_kind(key: str) -> EdgeKind:
    """The look of a kind of relation; one that nobody has described yet is drawn plainly under its own name."""
    if key in _BY_KEY:
        return _BY_KEY[key]
    plain = edge_kind(key)
    return replace(plain, family="relation", inverse=f"{plain.verb} (read from the other)")


def is_conflict(kind: EdgeKind) -> bool:
    """Whether claims so related cannot all stand as they are: what a reader looks for first."""
    return kind.family == "conflict" and kind.at_first


def grade_words(grade: str) -> str:
    return GRADES[grade][0] if grade in GRADES else grade


def grade_width(grade: str) -> float:
    return GRADES[grade][1] if grade in GRADES else GRADES["hedged"][1]


def off_at_first(kinds: Sequence[EdgeKind], drawn: Mapping[str, int]) -> frozenset[str]:
    """The kinds that a page leaves out until somebody switches them on.

    Conflicts, changes over time and retellings are always there. Of the others the smallest are, as long as all come to
    60 lines together. `drawn` says how many lines each kind has.
    """
    optional = sorted((drawn.get(kind.key, 0), kind.key) for kind in kinds if not kind.at_first)
    off = set()
    lines = sum(drawn.get(kind.key, 0) for kind in kinds if kind.family and kind.at_first)
    for number, key in optional:
        lines += number
        if number and lines > _AT_FIRST:
            off.add(key)
    return frozenset(off)
