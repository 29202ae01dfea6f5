"""The question `contradictions` in cases that the demo does not have, one pair of figures each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.store import Store
from kg.store.oxigraph import OxigraphStore
from kg.store.reference import ReferenceStore
from kg.workspace import Workspace

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

Row = dict[str, Any]

COMMAND = {"responsible": "Northern Command"}
BOTH = {"responsible": "Northern Command; Blue Lantern Relief"}
BOTH_TURNED = {"responsible": "Blue Lantern Relief; Northern Command"}
TALLY = ("bare", 17, 17, {})
#: The ministry's figure, the relief organisation's (where it does not say otherwise), and whether they contradict:
#: word, lower, upper, and what else is different in the row. Each pair has days of its own; `days` counts how many.
PLAIN = [
    (TALLY, ("at least", 24, None, {}), True),
    (("exactly", 17, 17, {}), TALLY, False),
    (("at most", None, 17, {}), ("at least", 17, None, {}), False),
    (("at most", None, 17, {}), ("more than", 17, None, {}), True),
    (("fewer than", None, 17, {}), TALLY, True),
    (("fewer than", None, 18, {}), TALLY, False),
    (("between", 20, 30, {}), ("between", 30, 40, {}), False),
    (("between", 20, 30, {}), ("between", 31, 40, {}), True),
    (TALLY, ("hundreds", None, None, {}), True),
    (("at most", None, 199, {}), ("hundreds", 200, 999, {}), True),
    (("bare", 5000, 5000, {}), ("hundreds", None, None, {}), False),
    (("bare", 1999, 1999, {}), ("thousands", None, None, {}), True),
    (("bare", 23, 23, {}), ("dozens", None, None, {}), True),
    (("bare", 24, 24, {}), ("dozens", None, None, {}), False),
    (("bare", 2, 2, {}), ("several", None, None, {}), True),
    (TALLY, ("about", 400, 400, {}), False),
    (TALLY, ("nearly", None, 400, {}), False),
    (TALLY, ("bare", 24, 24, {"increment": True}), False),
    (TALLY, ("bare", 24, 24, {"certainty": "possible"}), False),
    (TALLY, ("bare", 24, 24, {"certainty": "alleged"}), True),
    (TALLY, ("bare", 24, 24, {"stance": "denies"}), False),
    (TALLY, ("bare", 24, 24, {"population": "civilians"}), False),
    (TALLY, ("bare", 24, 24, {"measure": "injured"}), False),
    (TALLY, ("bare", 24, 24, {"place": "Orlen"}), False),
    (TALLY, ("bare", 24, 24, {"days": 2}), False),
    (("bare", 17, 17, {"days": 2}), ("bare", 24, 24, {"days": 2}), True),
    (TALLY, ("bare", 24, 24, {"window_fit": "within"}), False),
    (TALLY, ("bare", 24, 24, {"window_end": None}), False),
    (TALLY, ("bare", 24, 24, COMMAND), False),
    (("bare", 17, 17, COMMAND), ("bare", 24, 24, COMMAND), True),
    (("bare", 17, 17, COMMAND), ("bare", 24, 24, BOTH), False),
    (("bare", 17, 17, BOTH), ("bare", 24, 24, COMMAND), False),
    (("bare", 17, 17, BOTH_TURNED), ("bare", 24, 24, BOTH), True),
    (TALLY, ("bare", 24, 24, {"chain": ["Orlen Gazette", "Ada Lind"]}), False),
    (TALLY, ("bare", 24, 24, {"chain": ["Orlen Gazette"]}), True),
    (TALLY, ("bare", 24, 24, {"chain": ["Orlen Gazette", "residents (unnamed)"]}), True),
]


def plain_row(pair: int, side: int, source: str, figure: tuple[str, int | None, int | None, dict[str, Any]]) -> Row:
    bound, lower, upper, other = figure
    first = dt.date(2031, 1, 1) + dt.timedelta(10 * pair)
    last = first + dt.timedelta(other.get("days", 1) - 1)
    row = {
        "id": f"{pair}-{side}",
        "doc": "D1",
        "chain": ["Orlen Gazette", source],
        "kind": "quantity",
        "measure": "killed",
        "population": "people",
        "place": "Velmara",
        "qualifier": bound,
        "lower": lower,
        "upper": upper,
        "window_start": first.isoformat(),
        "window_end": last.isoformat(),
        "statement": f"What {source} counts.",
    }
    return row | {name: value for name, value in other.items() if name != "days"}


@pytest.mark.parametrize("engine", [OxigraphStore.in_memory, ReferenceStore], ids=["oxigraph", "reference"])
def test_contradictions_in_the_plain_case_and_no_other(
    dossier: Callable[..., Path], engine: Callable[[], Store]
) -> None:
    rows = []
    for number, (one, another, _) in enumerate(PLAIN):
        rows.append(plain_row(number, 1, "Velmara Health Ministry", one))
        rows.append(plain_row(number, 2, "Blue Lantern Relief", another))
    tables = {
        "documents": [{"id": "D1", "outlet": "Orlen Gazette"}],
        "assertions": rows,
        "actors": [
            {"name": "Orlen Gazette", "kind": "newspaper"},
            {"name": "Velmara Health Ministry", "kind": "government"},
            {"name": "Ada Lind", "kind": "person", "affiliation": "Velmara Health Ministry"},
            {"name": "Blue Lantern Relief", "kind": "NGO"},
            {"name": "Northern Command", "kind": "armed force"},
        ],
        "places": [{"name": "Velmara", "part_of": "Orlen"}, {"name": "Orlen"}],
    }
    with Workspace(engine()) as workspace:
        workspace.add(dossier(tables))
        found = workspace.ask("contradictions")
        claim = {row["id"]: workspace.lookup.resolve("claim", row["id"]) for row in rows}
    assert found.columns == ("a", "b", "rule", "why")
    below = {row[:2] for row in found.rows}
    for number, (_, _, contradict) in enumerate(PLAIN):
        pair = claim[f"{number}-1"], claim[f"{number}-2"]
        assert (pair in below or pair[::-1] in below) == contradict, PLAIN[number]
    assert len(found) == len(below) == sum(contradict for *_, contradict in PLAIN)
