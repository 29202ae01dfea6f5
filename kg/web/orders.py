"""In which order the lists of a page stand, and how the page says so."""

from __future__ import annotations

from collections.abc import Mapping

#: Said above lists of claims that kg.card.highest_first orders.
HIGHEST_FIRST = (
    "Highest lower number first, as printed; then by the last day counted, then by id. Claims without a lower number "
    "stand last."
)
#: Said of other sections: by the kind of thing and the heading.
SAID: Mapping[tuple[str, str], str] = {
    ("place", "Figures"): f"Figures for this very place, not for those inside it. {HIGHEST_FIRST}",
    ("measure", "Claims"): HIGHEST_FIRST,
    ("population", "Claims"): f"Claims about this very population, not about those inside it. {HIGHEST_FIRST}",
    ("source", "Reported as an outlet"): "Oldest document first; undated documents stand last.",
    ("source", "Rests on it"): "Oldest document first; undated documents stand last.",
    ("source", "Its figures over time"): "By what is counted, of whom and where, then by day.",
    ("event", "Figures"): "By the last day counted, then the first, then the lower number; undated ones stand last.",
    ("dispute", "Camps: the figures that stand against one another"): "Lowest number first.",
    ("dispute", "Relations between them"): "Contradictions first, then rivals; within each by grade.",
    ("relation", "Who says so"): "First claim before second; within each the oldest document first.",
    ("document", "Entered from"): "By row.",
}
