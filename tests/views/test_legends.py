"""The small pictures of legends: nothing to be read out or chosen, since the words beside them say it all."""

from __future__ import annotations

from itertools import chain

from kg.views.arcs import grade_symbol, relation_symbol
from kg.views.figure import OTHER, symbol
from kg.views.intervals import interval_chart
from kg.views.ladder import ladder
from kg.views.matrix import matrix
from kg.views.relation_kinds import RELATION_KINDS
from kg.views.timeline import timeline
from tests.views.records import figure, record, report, tree


def test_pictures_of_legends_are_silent() -> None:
    told = figure(17)
    made = record(
        [
            report("Orlen Gazette > Harbour Daily", told),
            report("Harbour Daily > Orlen Gazette", told),
            report("Far Radio > witnesses (unnamed)", figure(24, 29)),
        ]
    )
    figures = (interval_chart(made), timeline(made, None), matrix(made), ladder(made, None))
    pictures = [key.symbol for key in chain.from_iterable(drawn.legend for drawn in figures)]
    pictures += [symbol(OTHER), symbol(OTHER, hollow=True, arrow="up"), grade_symbol("firm")]
    pictures += map(relation_symbol, RELATION_KINDS)
    assert all(drawn.legend for drawn in figures)
    for picture in pictures:
        root = tree(picture)
        assert root.get("aria-hidden") == "true"
        for element in root.iter():
            assert not {"id", "role", "tabindex", "aria-label", "aria-labelledby"} & set(element.keys())
            assert element.tag.rpartition("}")[2] not in ("title", "desc")
        assert len(root)
        assert root.get("viewBox") == f"0 0 28 {root.get('height')}"
