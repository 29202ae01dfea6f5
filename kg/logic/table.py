"""The decision table R1–R14: what two quantity claims are to each other.

One table serves a single pair, a block of pairs and every engine alike: it takes columns, one entry a pair. The rules
are tried from top to bottom and the first that holds decides, as a reader of the table would.

Two layers are kept apart. What follows from the words alone is `Form`; it is the same for everybody. What a person
reads is `Label`; it may look at origins, days and what speakers convey, and never makes a contradiction of a compatible
pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.logic.scope import Rel

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Stands for "no upper bound"; greater than any count that is read.
UNBOUNDED = np.int64(2**62)


class Form(IntEnum):
    """What follows from the words alone, read from the first claim to the second."""

    EQUIVALENT = 0
    ENTAILS = 1
    ENTAILED_BY = 2
    INCOMPATIBLE = 3
    COMPATIBLE = 4


class Label(IntEnum):
    """What a person reads. The order is that of severity, worst first: it settles which of several possible labels
    stands when a dimension is unstated."""

    CONTRADICTS = 0
    RELAYS_DIFFER = 1
    REVISES = 2
    RIVALS = 3
    UPDATES = 4
    SAME_FIGURE = 5
    OVERLAPS = 6
    REFINES = 7
    REFINED_BY = 8
    AGREES = 9
    SUPPORTS = 10
    SUPPORTED_BY = 11
    BOUNDS = 12
    SCOPE_OVERLAPS = 13
    COMPLEMENTS = 14
    UNDETERMINED = 15


class Day(IntEnum):
    """How the days compare for which two figures of one origin were given."""

    SAME = 0
    UNKNOWN = 1
    DIFFERENT = 2


@dataclass(frozen=True)
class Side:
    """One figure of every pair, as arrays of equal length.

    `lowest`, `highest`: what its words allow at face value (UNBOUNDED where open). `running`: a figure without a stated
    ceiling, given while its days were still running; others' figures are compared with its floor only. `bare`: a
    number without a word. `possible`: said only to be possible; excludes nothing. `rounding`: half the
    granularity of a soft or round bare figure, else 0. `conveyed_lowest`, `conveyed_highest`: the range that a listener
    takes from it. `numeral`: a number that is equal exactly where the printed numbers are (only within one call of
    `kg.logic.figures.side`). `recognisable`: it has so many digits that it is known again wherever it stands. `bound`:
    the word's code. `increment`: counts only what is new.
    """

    lowest: Ints
    highest: Ints
    running: Flags
    bare: Flags
    possible: Flags
    rounding: Ints
    conveyed_lowest: Ints
    conveyed_highest: Ints
    numeral: Ints
    recognisable: Flags
    bound: Ints
    increment: Flags

    def take(self, index: Any) -> Side:
        return Side(**{f.name: getattr(self, f.name)[index] for f in fields(self)})


@dataclass(frozen=True)
class Verdicts:
    """What the table says of every pair: arrays of Rule numbers (1–14), `Label` and `Form` codes."""

    rule: npt.NDArray[np.int8]
    label: npt.NDArray[np.int8]
    form: npt.NDArray[np.int8]


def decide(
    a: Side,
    b: Side,
    scope: npt.NDArray[Any],
    same_origin: Flags,
    day: npt.NDArray[Any],
    drift: Flags,
    shifted: Flags,
) -> Verdicts:
    """Applies the table to every pair (a[i], b[i]).

    `scope[i]` is the `Rel` of a's scope to b's; `day[i]` a `Day`; `drift[i]` says that the scopes differ at most in
    their days and in whether a party is stated, `shifted[i]` that they differ for certain in what a retelling changes.
    """
    eq, sub, sup = scope == Rel.EQ, scope == Rel.SUB, scope == Rel.SUP
    nested = sub | sup
    # At face value for the origin itself; for others a running tally is a floor. A possibility excludes nothing.
    a_low, a_high = _compared(a, same_origin)
    b_low, b_high = _compared(b, same_origin)
    face_clash = _clash(a.lowest, a.highest, b.lowest, b.highest, eq, sub, sup)
    clash = _clash(a_low, a_high, b_low, b_high, eq, sub, sup)
    form = _form(a_low, a_high, b_low, b_high, eq, sub, sup, clash)

    same_numeral = a.numeral == b.numeral
    gap = np.maximum(b_low - np.minimum(a_high, b_low), a_low - np.minimum(b_high, a_low))
    within_rounding = gap <= np.maximum(a.rounding, b.rounding)
    own, same_day = same_origin, day != Day.DIFFERENT
    stated = ~(a.possible | b.possible)
    # A tally of the part may be incomplete, which makes it no smaller: where the whole is none, some is some.
    none_at_all = (np.where(sub, b_high, a_high) == 0) & ~np.where(sub, b.bare, a.bare)
    # "24 more" is no other form of a total, and two increments are not one history.
    alike, totals = a.increment == b.increment, ~(a.increment | b.increment)
    history = own & ~same_day & drift & totals & stated
    # Nobody counts 1,426 people and 1,426 Alawites among others on one day: the number is one, its words were changed.
    retold = own & same_day & alike & stated & same_numeral & a.recognisable & shifted
    listener_clash = _clash(a.conveyed_lowest, a.conveyed_highest, b.conveyed_lowest, b.conveyed_highest, eq, sub, sup)
    equal = (a_low == b_low) & (a_high == b_high)
    a_inside = (a_low >= b_low) & (a_high <= b_high)
    b_inside = (b_low >= a_low) & (b_high <= a_high)
    entails, entailed = form == Form.ENTAILS, form == Form.ENTAILED_BY

    rules: Sequence[tuple[int, Label, Flags]] = (
        (1, Label.UNDETERMINED, scope == Rel.UNK),
        (2, Label.COMPLEMENTS, scope == Rel.DISJ),
        # A later total "by the army" after one by anyone crosses it, days and party together; it still is its update.
        (3, Label.SCOPE_OVERLAPS, (scope == Rel.OVL) & ~history & ~retold),
        (4, Label.RELAYS_DIFFER, retold | (own & same_day & alike & stated & ((eq & ~same_numeral) | face_clash))),
        (4, Label.SAME_FIGURE, own & same_day & alike & stated & eq & same_numeral & (a.bound != b.bound)),
        (5, Label.REVISES, history & face_clash),
        (6, Label.RIVALS, clash & (within_rounding | (nested & (a.bare | b.bare) & ~none_at_all))),
        # An origin is never made to contradict itself: where it is no revision either, the figures stand side by side.
        (6, Label.RIVALS, clash & own),
        (7, Label.CONTRADICTS, clash & eq),
        (8, Label.CONTRADICTS, clash & nested),
        (9, Label.UPDATES, history),
        (10, Label.RIVALS, listener_clash),
        (11, Label.AGREES, eq & equal & stated & alike),
        (12, Label.REFINES, eq & a_inside & ~equal & alike),
        (12, Label.REFINED_BY, eq & b_inside & ~equal & alike),
        (12, Label.OVERLAPS, eq & alike),
        (13, Label.SUPPORTS, nested & entails & stated & alike),
        (13, Label.SUPPORTED_BY, nested & entailed & stated & alike),
    )
    conditions = [condition for _, _, condition in rules]
    return Verdicts(
        rule=np.select(conditions, [np.int8(number) for number, _, _ in rules], np.int8(14)),
        label=np.select(conditions, [np.int8(label) for _, label, _ in rules], np.int8(Label.BOUNDS)),
        form=form,
    )


def _compared(side: Side, same_origin: Flags) -> tuple[Ints, Ints]:
    open_above = side.possible | (side.running & ~same_origin)
    return np.where(side.possible, 0, side.lowest), np.where(open_above, UNBOUNDED, side.highest)


def _clash(a_low: Ints, a_high: Ints, b_low: Ints, b_high: Ints, eq: Flags, sub: Flags, sup: Flags) -> Flags:
    """No world has both: over one scope the intervals are apart; the floor of a part lies above the whole's ceiling."""
    return ((eq | sub) & (a_low > b_high)) | ((eq | sup) & (b_low > a_high))


def _form(
    a_low: Ints, a_high: Ints, b_low: Ints, b_high: Ints, eq: Flags, sub: Flags, sup: Flags, clash: Flags
) -> npt.NDArray[np.int8]:
    """The logical relation. A part entails its whole's floor; a whole entails its part's ceiling."""
    a_in_b, b_in_a = (a_low >= b_low) & (a_high <= b_high), (b_low >= a_low) & (b_high <= a_high)
    a_floor = (b_high == UNBOUNDED) & (a_low >= b_low)
    b_floor = (a_high == UNBOUNDED) & (b_low >= a_low)
    a_ceiling = (b_low == 0) & (a_high <= b_high)
    b_ceiling = (a_low == 0) & (b_high <= a_high)
    entails = (eq & a_in_b) | (sub & a_floor) | (sup & a_ceiling)
    entailed = (eq & b_in_a) | (sup & b_floor) | (sub & b_ceiling)
    # Whatever the scopes: what excludes nothing follows from anything.
    entails |= (b_low == 0) & (b_high == UNBOUNDED)
    entailed |= (a_low == 0) & (a_high == UNBOUNDED)
    return np.select(
        [clash, entails & entailed, entails, entailed],
        [np.int8(f) for f in (Form.INCOMPATIBLE, Form.EQUIVALENT, Form.ENTAILS, Form.ENTAILED_BY)],
        np.int8(Form.COMPATIBLE),
    )
