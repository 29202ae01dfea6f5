"""One thing on one card: a claim, source, document, place, event, measure or population, with what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kg import vocab
from kg.labels import labels
from kg.lookup import Found, with_prefixes
from kg.results import Result
from kg.store import Store
from kg.terms import IRI, Literal, Term

# What hangs on a thing of each kind: a heading, and the saved question (with its parameter) or pattern that tells it.
_QUESTIONS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "claim": (("Said by", "who-said", "claim"), ("Chains", "chain", "claim")),
    "source": (("Reported as an outlet", "outlet-reports", "outlet"), ("Rests on it", "rests-on", "source")),
    "event": (("Figures", "event-figures", "event"),),
    "document": (),
    "place": (),
    "measure": (),
    "population": (),
}
_PATTERNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "document": (
        (
            "Claims",
            """SELECT ?row ?claim ?origin ?stance ?statement WHERE {{
              ?last kg:inDocument {node} ; kg:expresses ?claim ; prov:wasAttributedTo ?origin ; kg:stance ?stance ;
                dcterms:identifier ?row .
              OPTIONAL {{ ?last kg:statement ?statement }}
            }} ORDER BY ?row""",
        ),
        (
            "Entered from",
            """SELECT ?row ?from WHERE {{
              {{ ?entry kg:inDocument {node} ; kg:step 1 ; dcterms:identifier ?row }}
              UNION {{ VALUES ?entry {{ {node} }} }}
              ?entry kg:enteredFrom ?from .
            }} ORDER BY ?row ?from""",
        ),
    ),
    "place": (
        (
            "Figures",
            """SELECT ?claim (COUNT(DISTINCT ?document) AS ?documents) WHERE {{
              ?claim kg:place {node} ; a kg:QuantityClaim .
              ?last kg:expresses ?claim ; kg:stance kg:affirms ; kg:inDocument ?document .
            }} GROUP BY ?claim ORDER BY DESC(?documents) ?claim""",
        ),
    ),
    "measure": (("Claims", "SELECT DISTINCT ?claim WHERE {{ ?claim kg:measure {node} }} ORDER BY ?claim"),),
    "population": (("Claims", "SELECT DISTINCT ?claim WHERE {{ ?claim kg:population {node} }} ORDER BY ?claim"),),
}


@dataclass(frozen=True)
class Card:
    """`facts` are (property, value) pairs in words; `sections` are headed answers, empty ones left out."""

    kind: str
    iri: IRI
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, Result], ...]


def card(store: Store, found: Found, ask: Callable[[str, Mapping[str, str]], Result]) -> Card:
    """The card of a node. `ask` answers a saved question by name and parameters."""
    rows = store.select(
        with_prefixes(f"SELECT ?property ?value WHERE {{ {found.iri.n3} ?property ?value }} ORDER BY ?property ?value")
    ).rows
    words = labels(store, [found.iri, *(term for row in rows for term in row)])
    facts = tuple((_property(property_), _value(value, words)) for property_, value in rows)
    sections = [(heading, ask(name, {parameter: found.iri.n3})) for heading, name, parameter in _QUESTIONS[found.kind]]
    for heading, pattern in _PATTERNS.get(found.kind, ()):
        answer = store.select(with_prefixes(pattern.format(node=found.iri.n3)))
        inner = labels(store, (term for row in answer.rows for term in row))
        sections.append((heading, Result(answer.columns, tuple(answer.rows), pattern, inner)))
    filled = tuple((heading, result) for heading, result in sections if len(result))
    return Card(found.kind, found.iri, words.get(found.iri, found.iri.value), facts, filled)


def _property(property_: Term | None) -> str:
    name = str(property_)
    return vocab.compact(name) or name


def _value(value: Term | None, words: Mapping[IRI, str]) -> str:
    if isinstance(value, IRI):
        name = vocab.compact(value.value) or value.value
        return f"{words[value]} ({name})" if value in words else name
    return f"{value.value} @{value.language}" if isinstance(value, Literal) and value.language else str(value)
