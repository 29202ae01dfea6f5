"""What is here: the events with their counts, and a list of all things of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from kg.errors import NotFound
from kg.labels import days
from kg.lookup import with_prefixes
from kg.results import Result
from kg.terms import IRI
from kg.views.asking import as_day
from kg.views.head import days_spoken_of, event_head
from kg.web.addresses import address, path_of
from kg.web.jobs import Reply
from kg.web.rendering import html
from kg.web.tables import PAGE_ROWS, dicts, names, table
from kg.workspace import Workspace

_EVENTS = """SELECT ?event ?from ?to ?place WHERE {
  ?event a sem:Event .
  OPTIONAL { ?event sem:hasBeginTimeStamp ?from }
  OPTIONAL { ?event sem:hasEndTimeStamp ?to }
  OPTIONAL { ?event sem:hasPlace ?place }
} ORDER BY DESC(?from) ?event"""
_COUNTS = """SELECT ?event (COUNT(DISTINCT ?document) AS ?documents) (COUNT(DISTINCT ?outlet) AS ?outlets)
  (COUNT(DISTINCT ?claim) AS ?claims)
WHERE {
  ?last kg:expresses ?claim ; kg:inDocument ?document .
  ?document schema:publisher ?outlet .
  ?claim kg:event/sem:subEventOf* ?event
} GROUP BY ?event"""
_ABOUT_EVENT = "?claim kg:event/sem:subEventOf* {event} ."


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of all things of a kind. `pattern` has `{about}` where it can be narrowed to an event.

    `said` tells a reader the order of `order`.
    """

    title: str
    noun: str
    columns: str
    pattern: str
    order: str
    said: str
    by_event: bool = False

    def query(self, event: IRI | None) -> str:
        about = _ABOUT_EVENT.format(event=event.n3) if event and self.by_event else ""
        pattern = self.pattern.replace("{about}", about)
        return with_prefixes(f"SELECT {self.columns} WHERE {{\n{pattern}\n}} {self.order}")

    def count_query(self, event: IRI | None) -> str:
        about = _ABOUT_EVENT.format(event=event.n3) if event and self.by_event else ""
        node = self.columns.removeprefix("DISTINCT ").split()[0]
        return with_prefixes(
            f"SELECT (COUNT(DISTINCT {node}) AS ?n) WHERE {{\n{self.pattern.replace('{about}', about)}\n}}"
        )


_SAID = "  ?last kg:expresses ?claim ; kg:inDocument ?document . {about}\n"

#: By the path under which the list stands.
LISTINGS: Mapping[str, Listing] = {
    "document": Listing(
        "Documents",
        "document",
        "?document ?date ?language (COUNT(DISTINCT ?claim) AS ?claims)",
        _SAID + "  ?document schema:publisher ?outlet .\n  OPTIONAL { ?document schema:datePublished ?date }\n"
        "  OPTIONAL { ?document schema:inLanguage ?language }",
        "GROUP BY ?document ?date ?language ORDER BY (!BOUND(?date)) ?date ?document",
        "oldest first, undated ones last",
        by_event=True,
    ),
    "outlet": Listing(
        "Outlets",
        "outlet",
        "?outlet (COUNT(DISTINCT ?document) AS ?documents) (COUNT(DISTINCT ?claim) AS ?claims)",
        _SAID + "  ?document schema:publisher ?outlet . ?outlet skos:prefLabel ?name",
        "GROUP BY ?outlet ?name ORDER BY DESC(?documents) ?name",
        "those with most documents first",
        by_event=True,
    ),
    "claim": Listing(
        "Claims",
        "claim",
        "?claim ?kind (COUNT(DISTINCT ?document) AS ?documents)",
        _SAID + "  ?claim a ?kind FILTER (STRSTARTS(STR(?kind), STR(kg:)))",
        "GROUP BY ?claim ?kind ORDER BY DESC(?documents) ?kind ?claim",
        "those in most documents first, then by kind",
        by_event=True,
    ),
    "source": Listing(
        "Sources",
        "source",
        "?source ?kind (COUNT(DISTINCT ?document) AS ?documents)",
        "  ?link prov:wasAttributedTo ?source ; kg:inDocument ?document .\n"
        "  OPTIONAL { ?source kg:actorKind ?kind } OPTIONAL { ?source skos:prefLabel ?name }",
        "GROUP BY ?source ?kind ?name ORDER BY DESC(?documents) ?name ?source",
        "those in most documents first",
    ),
    "place": Listing(
        "Places",
        "place",
        "?place ?within (COUNT(DISTINCT ?claim) AS ?figures)",
        "  ?place a geo:Feature ; skos:prefLabel ?name .\n  OPTIONAL { ?place geo:sfWithin ?within }\n"
        "  OPTIONAL { ?claim kg:place ?place ; a kg:QuantityClaim }",
        "GROUP BY ?place ?within ?name ORDER BY DESC(?figures) ?name",
        "those with most figures first",
    ),
    "measure": Listing(
        "Measures",
        "measure",
        "?measure ?means (COUNT(DISTINCT ?claim) AS ?claims)",
        "  ?claim kg:measure ?measure . OPTIONAL { ?measure skos:definition ?means }",
        "GROUP BY ?measure ?means ORDER BY DESC(?claims) ?measure",
        "those with most claims first",
    ),
    "population": Listing(
        "Populations",
        "population",
        "?population ?means (COUNT(DISTINCT ?claim) AS ?claims)",
        "  ?claim kg:population ?population . OPTIONAL { ?population skos:definition ?means }",
        "GROUP BY ?population ?means ORDER BY DESC(?claims) ?population",
        "those with most claims first",
    ),
    "relation": Listing(
        "Relations between claims",
        "relation",
        "?id ?relation ?grade ?why",
        "  ?id a kg:ClaimRelation ; kg:relation ?relation ; kg:grade ?grade ; rdfs:comment ?why",
        "ORDER BY ?relation ?grade ?id",
        "by relation, then by grade",
    ),
    "dispute": Listing(
        "Disputes",
        "dispute",
        "?dispute (COUNT(DISTINCT ?camp) AS ?figures)",
        "  ?dispute a kg:Dispute ; kg:camp ?camp",
        "GROUP BY ?dispute ORDER BY DESC(?figures) ?dispute",
        "those with most figures first",
    ),
    "annotation": Listing(
        "Judgements by people",
        "judgement",
        "?id ?judgement ?about ?by ?why",
        "  ?id a oa:Annotation ; kg:judgement ?judgement ; oa:hasTarget ?about ; dcterms:creator ?by ;\n"
        "    rdfs:comment ?why",
        "ORDER BY ?id ?about",
        "by id",
    ),
}
# What the front page counts for each event.
_PER_EVENT = ("document", "outlet", "claim")
# Events that the front page tells whole, the newest first; it names the others. Each costs a twentieth of a second.
_TOLD_WHOLE = 4
# What a floor is, by its place in the head of an event's page.
_FLOORS = {
    "sure": "Vouched for independently",
    "perhaps": "Perhaps vouched for",
    "highest": "Highest that anybody gives",
}


def front(workspace: Workspace) -> Reply:
    """The first page: every event with its key finding and counts, the questions to begin with, and how fresh
    relations are."""
    result = _select(workspace, with_prefixes(_EVENTS))
    words = names(workspace, (value for row in result.rows for value in row))
    events: dict[IRI, dict[str, Any]] = {}
    for row in dicts(result):
        event, place = row["event"], row["place"]
        if not isinstance(event, IRI):
            continue
        one = events.setdefault(event, {"places": [], "days": days(as_day(row["from"]), as_day(row["to"]))})
        if isinstance(place, IRI):
            one["places"].append((words.get(place, place.value), path_of(place.value, workspace.base)))
    counts = {
        row["event"]: {kind: int(str(number)) for kind, number in row.items() if kind != "event"}
        for row in dicts(_select(workspace, with_prefixes(_COUNTS)))
    }
    related = workspace.relations_are_current
    told = [
        {
            **one,
            "label": words.get(event, event.value),
            "path": path_of(event.value, workspace.base),
            "iri": event.value,
            "counts": [
                (counts.get(event, {}).get(f"{kind}s", 0), kind, address(f"/{kind}/", {"event": event.value}))
                for kind in _PER_EVENT
            ],
            "finding": _finding(workspace, event, one["days"]) if related and number < _TOLD_WHOLE else None,
        }
        for number, (event, one) in enumerate(events.items())
    ]
    questions = [workspace.questions[name] for name in _BEGIN_WITH if name in workspace.questions]
    return html(
        "front.html",
        title="Who said what, and on whose word",
        events=told[:_TOLD_WHOLE],
        others=told[_TOLD_WHOLE:],
        begin_with=questions,
        related=related,
        section="events",
    )


def _finding(workspace: Workspace, event: IRI, event_days: str | None) -> dict[str, Any]:
    """What the head of the event's page counts, from the function that counts it there."""
    head = event_head(
        lambda name, values: workspace.ask(name, **values), lambda query: _labelled(workspace, query), event
    )
    first = head.lines[0] if head.lines else None
    return {
        "measure": names(workspace, [head.measure]).get(head.measure, "") if head.measure else "",
        "lines": [(_FLOORS[line.part], line) for line in head.lines],
        "place": first.place if first else None,
        "days": (days_spoken_of(first, event_days) or event_days) if first else None,
        "beyond": bool(first and days_spoken_of(first, event_days)),
        "grades": sorted({line.grade for line in head.lines}),
    }


# Questions that a desk asks first of an event; each takes an event.
_BEGIN_WITH = ("event-figures", "contradictions", "repeats", "unnamed-only", "challenged", "disputes")


def contents(workspace: Workspace) -> Reply:
    """How many things of each kind there are, each number leading to their list."""
    kinds = [(kind, listing, _count(workspace, listing, None)) for kind, listing in LISTINGS.items()]
    return html(
        "contents.html", title="What is here", kinds=kinds, related=workspace.relations_are_current, section="contents"
    )


def listing(workspace: Workspace, kind: str, parameters: Mapping[str, str]) -> Reply:
    """All things of a kind, of one event where `event` is among the parameters, a page at a time."""
    if kind not in LISTINGS:
        raise NotFound("list", kind, ())
    chosen = LISTINGS[kind]
    event = (
        workspace.lookup.resolve("event", parameters["event"]) if chosen.by_event and parameters.get("event") else None
    )
    result = _select(workspace, chosen.query(event))
    page = page_number(parameters.get("page"), len(result))
    shown = table(workspace, result, first=(page - 1) * PAGE_ROWS + 1)
    of = names(workspace, [event]).get(event, event.value) if event else None
    return html(
        "listing.html",
        title=chosen.title if of is None else f"{chosen.title} about {of}",
        table=shown,
        noun=chosen.noun,
        order=chosen.said,
        event=(of, path_of(event.value, workspace.base)) if event else None,
        pages=page_links(f"/{kind}/", [("event", event.value)] if event else [], page, len(result)),
        sparql=chosen.query(event),
        section="contents",
    )


def page_number(asked: str | None, rows: int) -> int:
    """The page that was asked for, from 1 to the last that has rows; 1 for what is no number."""
    pages = max(1, -(-rows // PAGE_ROWS))
    return min(max(int(asked), 1), pages) if asked and asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def page_links(path: str, parameters: list[tuple[str, str]], page: int, rows: int) -> dict[str, object]:
    """Where the neighbouring pages are: number, pages, and the addresses of the one before and the next (or None)."""
    pages = max(1, -(-rows // PAGE_ROWS))

    def link(number: int) -> str | None:
        return address(path, [*parameters, ("page", str(number))]) if 1 <= number <= pages else None

    return {
        "number": page,
        "pages": pages,
        "before": link(page - 1),
        "next": link(page + 1),
        "first": link(1),
        "last": link(pages),
    }


def _select(workspace: Workspace, query: str) -> Result:
    found = workspace.store.select(query)
    return Result(found.columns, tuple(found.rows), query)


def _labelled(workspace: Workspace, query: str) -> Result:
    found = _select(workspace, query)
    return replace(found, labels=names(workspace, (term for row in found.rows for term in row)))


def _count(workspace: Workspace, chosen: Listing, event: IRI | None) -> int:
    return int(str(workspace.store.select(chosen.count_query(event)).rows[0][0]))
