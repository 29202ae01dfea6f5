"""R15: figures that cannot all hold although every pair of them can.

The scopes of the figures cut the world into cells; every cell has a count, and every figure bounds the sum over the
cells inside its scope. Whether all the figures can hold is an integer programme over the counts. It is exact: cells
are all combinations of being inside or outside of each scope that the declared containments, disjointnesses and
composites leave possible.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from kg.logic.quantity import Interval
from kg.logic.scope import Order

#: Scopes beyond which the cells are too many to list (2 to the power of this).
MOST_SCOPES = 14

_INFEASIBLE = 2


def cells(scopes: Sequence[str], order: Order) -> npt.NDArray[np.bool_]:
    """The possible cells, one a row, one column a scope: whether the cell lies inside it. Shape (cells, scopes).

    Raises ValueError beyond MOST_SCOPES scopes.
    """
    if len(scopes) > MOST_SCOPES:
        raise ValueError(f"{len(scopes)} scopes make too many cells; at most {MOST_SCOPES} can be listed")
    numbered = {scope: i for i, scope in enumerate(scopes)}
    inside = {(i, j) for i, a in enumerate(scopes) for j, b in enumerate(scopes) if i != j and order.within(a, b)}
    apart = {(i, j) for i, a in enumerate(scopes) for j, b in enumerate(scopes) if i < j and order.disjoint(a, b)}
    made_of = [
        (i, [numbered[part] for part in parts])
        for i, scope in enumerate(scopes)
        if (parts := order.members.get(scope)) and parts <= numbered.keys()
    ]
    # Scope by scope, so that what is impossible early is not followed to its end.
    found: list[tuple[bool, ...]] = [()]
    for j in range(len(scopes)):
        found = [
            (*cell, here)
            for cell in found
            for here in (False, True)
            if all(cell[i] <= here for i in range(j) if (i, j) in inside)
            and all(here <= cell[i] for i in range(j) if (j, i) in inside)
            and not (here and any(cell[i] for i in range(j) if (i, j) in apart))
        ]
    found = [cell for cell in found if all(cell[i] == any(cell[j] for j in parts) for i, parts in made_of)]
    return np.array(found, dtype=bool).reshape(len(found), len(scopes))


def all_can_hold(scopes: Sequence[str], figures: Sequence[Interval], order: Order) -> bool:
    """Whether some world satisfies every figure; `figures[i]` bounds the count in `scopes[i]`."""
    distinct = list(dict.fromkeys(scopes))
    for scope in distinct:  # grows as it is gone through: a member may be composite itself
        distinct += [part for part in sorted(order.members.get(scope, ())) if part not in distinct]
    columns = cells(distinct, order)[:, [distinct.index(scope) for scope in scopes]]
    found = milp(
        np.zeros(len(columns)),
        constraints=LinearConstraint(
            columns.T.astype(float),
            [figure.lowest for figure in figures],
            [np.inf if figure.highest is None else figure.highest for figure in figures],
        ),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, np.inf),
    )
    if found.status not in (0, _INFEASIBLE):
        raise ArithmeticError(f"the solver gave up: {found.message}")
    return bool(found.status == 0)


def smallest_conflict(scopes: Sequence[str], figures: Sequence[Interval], order: Order) -> tuple[int, ...]:
    """Positions of figures that cannot all hold, none of which could be left out; empty when all can hold.

    Where there are several such sets, the one that keeps the earlier figures out is returned.
    """
    if all_can_hold(scopes, figures, order):
        return ()
    kept = list(range(len(figures)))
    for leave_out in range(len(figures)):
        fewer = [i for i in kept if i != leave_out]
        if not all_can_hold([scopes[i] for i in fewer], [figures[i] for i in fewer], order):
            kept = fewer
    return tuple(kept)
