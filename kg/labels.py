"""Words for nodes: what a table, a page or a picture shows instead of an IRI."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.lookup import with_prefixes
from kg.store import Store
from kg.terms import IRI, Literal, Term

_CHUNK = 500
_ABOUT = """
SELECT ?node ?property ?value WHERE {{
  VALUES ?node {{ {nodes} }}
  {{
    VALUES ?property {{ skos:prefLabel rdfs:label schema:text dcterms:identifier dcterms:title schema:datePublished
      kg:mentionedAs kg:windowStart kg:windowEnd schema:minValue schema:maxValue kg:increment }}
    ?node ?property ?value
  }} UNION {{
    VALUES ?property {{ kg:bound kg:measure kg:population kg:place kg:responsible kg:act schema:publisher }}
    ?node ?property ?other . ?other skos:prefLabel ?value
  }}
}} ORDER BY ?node ?property ?value
"""


def labels(store: Store, terms: Iterable[Term | None]) -> dict[IRI, str]:
    """A label for every IRI among the terms that has one in the store."""
    nodes = sorted({term for term in terms if isinstance(term, IRI)})
    found: dict[IRI, str] = {}
    for start in range(0, len(nodes), _CHUNK):
        chunk = nodes[start : start + _CHUNK]
        about: dict[IRI, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        query = with_prefixes(_ABOUT.format(nodes=" ".join(node.n3 for node in chunk)))
        for node, property_, value in store.select(query).rows:
            if isinstance(node, IRI) and isinstance(property_, IRI) and isinstance(value, Literal):
                about[node][property_.value.replace("#", "/").rpartition("/")[2]].append(value.value)
        found.update((node, label) for node in chunk if (label := _label(about[node])))
    return found


def claim_label(
    *,
    figure: str,
    population: str | None,
    measure: str | None,
    place: str | None,
    window: str | None,
    party: str | None = None,
) -> str:
    """A quantity in words: "more than 1,018 people killed, Syrian coast, 6–9 March 2025"."""
    told = measure in (population or "").split()  # "298 suspects from military factions" are suspects
    what = " ".join(part for part in (figure, population, None if told else measure) if part)
    return ", ".join(part for part in (f"{what} by {party}" if party else what, place, window) if part)


def figure_words(bound: str, lower: int | None, upper: int | None) -> str:
    """The printed number with its word: "at least 745", "2,300–2,400", "hundreds of"; a bare number stands alone."""
    if bound in ("dozens", "hundreds", "thousands"):
        return f"{bound} of"
    if bound == "several":
        return bound
    if bound == "between":
        return f"{lower:,}" if lower == upper else f"{lower:,}–{upper:,}"
    number = lower if lower is not None else upper
    return f"{number:,}" if bound == "bare" else f"{bound} {number:,}"


def day(date: dt.date, *, year: bool = True) -> str:
    """A day as prose has it: 9 March 2025."""
    return f"{date.day} {date:%B}" + (f" {date.year}" if year else "")


def days(start: dt.date | None, end: dt.date | None) -> str | None:
    """A window as prose has it: 6–9 March 2025; with one end open, from … or until …; None when unstated."""
    if start is None or end is None:
        return f"from {day(start)}" if start else f"until {day(end)}" if end else None
    if start == end:
        return day(end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    return f"{day(start, year=start.year != end.year)} – {day(end)}"


def _label(about: Mapping[str, list[str]]) -> str | None:
    def first(name: str) -> str | None:
        return about[name][0] if about.get(name) else None

    def number(name: str) -> int | None:
        value = first(name)
        return int(value) if value is not None else None

    def date(name: str) -> dt.date | None:
        value = first(name)
        return dt.date.fromisoformat(value[:10]) if value else None

    if bound := first("bound"):
        figure = figure_words(bound, number("minValue"), number("maxValue"))
        return claim_label(
            figure=f"{figure} more" if first("increment") else figure,
            population=first("population"),
            measure=first("measure"),
            place=first("place"),
            window=days(date("windowStart"), date("windowEnd")),
            party=" and ".join(about["responsible"]) if about.get("responsible") else None,
        )
    if publisher := first("publisher"):
        published = date("datePublished")
        return f"{publisher}, {day(published) if published else 'undated'} ({first('identifier')})"
    if name := first("prefLabel") or first("text") or first("title") or first("label"):
        return f"{name} (unnamed)" if about.get("mentionedAs") else name
    if act := first("act"):
        return f"{' and '.join(about['responsible']) if about.get('responsible') else 'somebody'}: {act}"
    if parties := about.get("responsible"):
        return f"blame on {' and '.join(parties)}"
    return first("identifier")
