"""The figures of an event by the names by which they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kg.views.asking import Ask, ask_event
from kg.views.figure import Figure
from kg.views.intervals import interval_chart
from kg.views.ladder import ladder
from kg.views.map import event_map
from kg.views.matrix import matrix
from kg.views.network import GraphEdge
from kg.views.record import Record
from kg.views.relation_figure import relation_figure
from kg.views.timeline import timeline

#: Reads the relations between the claims of the event; None where none were worked out or they are out of date.
Relations = Callable[[], Sequence[GraphEdge] | None]

_Draw = Callable[[Ask, Record, Relations], Figure]


def _ladder(ask: Ask, record: Record, _: Relations) -> Figure:
    related = record.backing is not None
    return ladder(record, ask_event(ask, "single-points-of-failure", record.event)[0] if related else None)


def _timeline(ask: Ask, record: Record, _: Relations) -> Figure:
    related = record.backing is not None
    return timeline(record, ask_event(ask, "altered-reports", record.event)[0] if related else None)


def _map(ask: Ask, record: Record, _: Relations) -> Figure:
    return event_map(record, ask_event(ask, "event-places", record.event)[0])


_FIGURES: Mapping[str, _Draw] = {
    "figures": lambda _, record, __: interval_chart(record),
    "ladder": _ladder,
    "timeline": _timeline,
    "matrix": lambda _, record, __: matrix(record),
    "relations": lambda _, record, relations: relation_figure(record, relations()),
    "map": _map,
}

#: The kinds of figure, in the order in which the page of an event shows them.
FIGURES = tuple(_FIGURES)


def event_figure(kind: str, ask: Ask, record: Record, relations: Relations) -> Figure:
    """One figure of FIGURES. KeyError for another kind."""
    return _FIGURES[kind](ask, record, relations)
