"""From printed words to what they exclude.

The rules are those of section 1 of the relation tables: a word and the printed numbers give an integer interval of the
counts that the words allow. Counts are never negative, so "at most N" allows 0 to N.
"""

from __future__ import annotations

from typing import NamedTuple

#: What vague words mean by convention: (floor, end of the range the word conveys). The floor alone is a bound.
VAGUE_WORDS = {"several": (3, 9), "dozens": (24, 99), "hundreds": (200, 999), "thousands": (2_000, 9_999)}

#: Which printed numbers each word comes with. "one" is a single number, in `lower` and again in `upper`.
_ONE_NUMBER = frozenset({"exactly", "bare", "about"})
_LOWER_ONLY = frozenset({"at least", "more than"})
_UPPER_ONLY = frozenset({"at most", "fewer than", "nearly"})


class Interval(NamedTuple):
    """The counts from `lowest` to `highest`, both included; `highest` None is unbounded."""

    lowest: int
    highest: int | None

    @property
    def excludes_nothing(self) -> bool:
        return self.lowest <= 0 and self.highest is None


def apart(a: Interval, b: Interval) -> bool:
    """Whether two intervals have no count in common."""
    return (a.highest is not None and a.highest < b.lowest) or (b.highest is not None and b.highest < a.lowest)


def granularity(number: int) -> int:
    """The rounding a figure shows: the largest power of ten that divides it (1,400 → 100; 1,383 → 1; 0 → 1)."""
    step = 1
    while number and number % (step * 10) == 0:
        step *= 10
    return step


def interval(bound: str, lower: int | None, upper: int | None) -> Interval:
    """The counts that printed words allow.

    `bound` is a notation of the scheme `bounds`; `lower` and `upper` are the printed numbers, at least 0, None where
    none was printed. Raises ValueError with a sentence for people where word and numbers do not fit together.
    """
    if (lower is not None and lower < 0) or (upper is not None and upper < 0):
        raise ValueError("a count cannot be negative")
    if lower is not None and upper is not None and lower > upper:
        raise ValueError(f"lower {lower:,} is greater than upper {upper:,}")
    if bound in VAGUE_WORDS:
        floor = VAGUE_WORDS[bound][0] if lower is None else lower
        return Interval(floor, None)
    if bound in _LOWER_ONLY:
        if lower is None or upper is not None:
            raise ValueError(f"{bound!r} takes a lower number and no upper one")
        return Interval(lower + 1 if bound == "more than" else lower, None)
    if bound in _UPPER_ONLY:
        if upper is None or lower is not None:
            raise ValueError(f"{bound!r} takes an upper number and no lower one")
        if bound == "at most":
            return Interval(0, upper)
        if upper == 0:
            raise ValueError(f"{bound!r} 0 leaves no count at all")
        if bound == "fewer than":
            return Interval(0, upper - 1)
        # An unrounded figure leaves the one count below it: "nearly 1,383" is 1,382, not nothing.
        return Interval(upper - max(granularity(upper) // 2, 1), upper - 1)
    if bound == "between":
        if lower is None or upper is None:
            raise ValueError("'between' takes a lower and an upper number")
        return Interval(lower, upper)
    if bound in _ONE_NUMBER:
        if lower is None or lower != upper:
            raise ValueError(f"{bound!r} takes one number, the same as lower and as upper")
        half = granularity(lower) // 2 if bound == "about" else 0
        return Interval(lower - half, lower + max(half - 1, 0))
    raise ValueError(f"no rule for the word {bound!r}")
