"""One thing on one card: a claim, source, document, place, …, or how claims relate, with what hangs on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg import vocab
from kg.labels import labels
from kg.lookup import Found, with_prefixes
from kg.relate import is_related
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
    "dispute": (),
    "relation": (),
    "annotation": (),
}


def highest_first(pattern: str, columns: Sequence[str], claim: str = "claim", before: str = "") -> str:
    """The rows of a SELECT by the claims in its column `claim`: highest lower number first, those without one last;
    then by the last day counted, the first, and id. `before` is what they are ordered by first.

    Both queries are patterns: braces stand doubled, and {node} for the thing that the card is of.
    """
    shown = " ".join(f"?{name}" for name in columns)
    by = f"{before} (!BOUND(?lower)) DESC(?lower) (!BOUND(?final)) ?final (!BOUND(?first)) ?first ?{claim}"
    return f"""SELECT {shown} WHERE {{{{
              {{{{ {pattern} }}}}
              OPTIONAL {{{{ ?{claim} schema:minValue ?lower }}}}
              OPTIONAL {{{{ ?{claim} kg:windowStart ?first }}}}
              OPTIONAL {{{{ ?{claim} kg:windowEnd ?final }}}}
            }}}} ORDER BY {by.strip()}"""


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
            highest_first(
                """SELECT ?claim (COUNT(DISTINCT ?document) AS ?documents) WHERE {{
                ?claim kg:place {node} ; a kg:QuantityClaim .
                ?last kg:expresses ?claim ; kg:stance kg:affirms ; kg:inDocument ?document .
              }} GROUP BY ?claim""",
                ("claim", "documents"),
            ),
        ),
    ),
    "measure": (("Claims", highest_first("SELECT ?claim WHERE {{ ?claim kg:measure {node} }}", ["claim"])),),
    "population": (("Claims", highest_first("SELECT ?claim WHERE {{ ?claim kg:population {node} }}", ["claim"])),),
    "dispute": (
        (
            "Camps: the figures that stand against one another",
            """SELECT ?claim ?origin ?relation WHERE {{
              {node} kg:camp ?camp . ?camp kg:claim ?claim ; kg:origin ?origin ; kg:relation ?relation .
              OPTIONAL {{ ?claim schema:minValue ?lower }} OPTIONAL {{ ?claim schema:maxValue ?upper }}
              BIND (COALESCE(?lower, ?upper) AS ?number)
            }} ORDER BY (!BOUND(?number)) ?number ?claim ?origin""",
        ),
        (
            "Relations between them",
            """SELECT ?id ?a ?relation ?b ?grade WHERE {{
              {node} kg:camp/kg:claim ?a ; kg:camp/kg:claim ?b .
              ?id kg:subject ?a ; kg:object ?b ; kg:relation ?relation ; kg:grade ?grade .
              VALUES ?relation {{ kg:contradictsRelation kg:rivalsRelation }}
            }} ORDER BY ?relation ?grade ?a ?b""",
        ),
    ),
    "relation": (
        (
            "Who says so",
            """SELECT ?of ?row ?source ?document ?words WHERE {{
              {{ {node} kg:subjectAssertion ?last BIND ("first" AS ?of) }}
              UNION {{ {node} kg:objectAssertion ?last BIND ("second" AS ?of) }}
              UNION {{ {node} kg:memberAssertion ?last BIND ("member" AS ?of) }}
              UNION {{
                {{ {node} kg:part ?claim BIND ("part" AS ?of) }}
                UNION {{ {node} kg:whole ?claim BIND ("whole" AS ?of) }}
                {node} kg:origin ?origin .
                ?last kg:expresses ?claim ; kg:stance kg:affirms ; kg:inDocument ?page ;
                  prov:wasAttributedTo/schema:affiliation? ?origin .
                FILTER (EXISTS {{ {node} kg:inDocument ?page }} || NOT EXISTS {{ {node} kg:inDocument ?any }})
              }}
              ?last kg:inDocument ?document ; prov:wasAttributedTo ?source ; dcterms:identifier ?row .
              OPTIONAL {{ ?document schema:datePublished ?date }}
              OPTIONAL {{ ?last kg:printedAs ?printed }}
              OPTIONAL {{ ?last kg:statement ?statement }}
              BIND (IF(BOUND(?printed), CONCAT(COALESCE(CONCAT(STR(?statement), " "), ""), "Printed: “", ?printed, "”"),
                    STR(?statement)) AS ?words)
            }} ORDER BY ?of (!BOUND(?date)) ?date ?document ?row""",
        ),
    ),
}
# Like the question `relations`, with the ids by which each relation has a card of its own.
_RELATIONS = """SELECT ?id ?relation ?other ?grade ?why WHERE {{
  {{ ?id kg:subject {node} ; kg:object ?other ; kg:relation ?relation }}
  UNION {{ ?id kg:object {node} ; kg:subject ?other ; kg:relation/kg:inverseRelation ?relation }}
  UNION {{ ?id kg:member {node}, ?other ; kg:relation ?relation FILTER (?other != {node}) }}
  UNION {{ ?id kg:whole {node} ; kg:part ?other ; kg:relation ?relation }}
  UNION {{ ?id kg:part {node} ; kg:whole ?other ; kg:relation ?relation }}
  ?id kg:grade ?grade ; rdfs:comment ?why .
  BIND (EXISTS {{ ?id kg:judgement kg:relationRejected }} AS ?rejected)
  BIND (IF(?relation IN (kg:contradictsRelation, kg:conflictSetRelation, kg:failsToSumToRelation), 1,
        IF(?relation IN (kg:disputesRelation, kg:disputedByRelation, kg:competesRelation), 2,
        IF(?relation = kg:rivalsRelation, 3, 4))) AS ?mildness)
  BIND (IF(?grade = kg:firm, 1, IF(?grade = kg:hedged, 2, 3)) AS ?doubt)
}} ORDER BY ?rejected ?mildness ?relation ?doubt ?other ?id"""
_RELATED = (
    (
        "Counted as one",
        """SELECT ?source ?with ?basis ?count ?by WHERE {{
          ?support kg:claim {node} ; kg:merge ?merge .
          ?merge kg:merged ?source ; kg:node ?with ; kg:basis ?basis ; kg:by ?by . ?basis kg:inCount ?count
        }} ORDER BY ?count ?with ?source""",
    ),
    (
        "In its own voice, and may relay",
        """SELECT ?document ?cites WHERE {{
          ?said kg:expresses {node} ; kg:step 1 ; kg:stance kg:affirms ; kg:inDocument ?document .
          ?document kg:cites ?cites
        }} ORDER BY ?document ?cites""",
    ),
    (
        "What people judged of its sources",
        """SELECT ?judgement ?of ?by ?why WHERE {{
          ?support kg:claim {node} ; kg:usesAnnotation ?annotation .
          ?annotation kg:judgement ?judgement ; oa:hasTarget ?of ; dcterms:creator ?by ; rdfs:comment ?why
        }} ORDER BY ?annotation ?of""",
    ),
    ("Relations to other claims", _RELATIONS),
)
_RELATION = "SELECT ?property ?value WHERE {{ {node} ?property ?value }} ORDER BY ?property ?value"
_EVIDENCE = """SELECT ?dimension ?narrower ?how ?wider WHERE {{
  {node} kg:scopeEvidence ?evidence .
  ?evidence kg:dimension ?dimension ; kg:narrower ?narrower ; kg:scopeRelation ?how ; kg:wider ?wider
}} ORDER BY ?dimension"""
_ASSUMED = "SELECT ?words WHERE {{ {node} kg:assumes/rdfs:comment ?words }} ORDER BY ?words"
_WORKED_OUT = """SELECT ?when ?software WHERE {{
  {node} prov:wasGeneratedBy ?run . ?run prov:endedAtTime ?when ; kg:softwareVersion ?software
}}"""
_DIMENSIONS = {"window": "days", "party": "responsible party"}
_HOW = {
    "SUB": "{} lies inside {}",
    "SUP": "{1} lies inside {0}",
    "OVL": "{} and {} overlap, and each reaches beyond the other",
    "DISJ": "{} and {} have nothing in common",
    "UNK": "{} and {}: how they lie to each other is not known",
}
# What has a section of its own: camps, and the direct edges between claims.
_IN_SECTIONS = frozenset(vocab.term(f"kg:{name}") for name in ("camp", *vocab.scheme("relation-kinds").words))


@dataclass(frozen=True)
class Card:
    """`facts` are (property, value) pairs in words; `sections` are headed answers, empty ones left out."""

    kind: str
    iri: IRI
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, Result], ...]


def card(store: Store, base: str, found: Found, ask: Callable[[str, Mapping[str, str]], Result]) -> Card:
    """The card of a node. `ask` answers a saved question by name and parameters; `base` is where ids begin."""
    if found.kind == "relation":
        return _relation_card(store, found.iri)
    rows = _select(store, _RELATION, found.iri)
    words = labels(store, [found.iri, *(term for row in rows for term in row)])
    facts = [(_property(property_), _value(value, words)) for property_, value in rows if property_ not in _IN_SECTIONS]
    sections = [(heading, ask(name, {parameter: found.iri.n3})) for heading, name, parameter in _QUESTIONS[found.kind]]
    sections += _answers(store, found)
    if found.kind == "claim":
        related = is_related(store, base)
        if related:
            sections += [
                ("What stands behind it", ask("independence", {"claim": found.iri.n3})),
                *((heading, _answer(store, pattern, found.iri)) for heading, pattern in _RELATED),
            ]
        else:
            why = "not worked out yet" if related is None else "documents or judgements have changed since then"
            facts.append(("relations", f"{why}; type: kg relate"))
    title = words.get(found.iri, found.iri.value)
    return Card(found.kind, found.iri, title, tuple(facts), _filled(sections))


def _answers(store: Store, found: Found) -> list[tuple[str, Result]]:
    return [(heading, _answer(store, pattern, found.iri)) for heading, pattern in _PATTERNS.get(found.kind, ())]


def _answer(store: Store, pattern: str, node: IRI) -> Result:
    answer = store.select(with_prefixes(pattern.format(node=node.n3)))
    inner = labels(store, (term for row in answer.rows for term in row))
    return Result(answer.columns, tuple(answer.rows), pattern, inner)


def _select(store: Store, pattern: str, node: IRI) -> Sequence[tuple[Term | None, ...]]:
    return store.select(with_prefixes(pattern.format(node=node.n3))).rows


def _filled(sections: Iterable[tuple[str, Result]]) -> tuple[tuple[str, Result], ...]:
    return tuple((heading, result) for heading, result in sections if len(result))


# ---- relations -----------------------------------------------------------------------------------------------------


def _relation_card(store: Store, relation: IRI) -> Card:
    """How two or more claims relate: the reason first, then everything that it rests on."""
    about: dict[str, list[Term]] = defaultdict(list)
    for property_, value in _select(store, _RELATION, relation):
        if value is not None:
            about[_property(property_)].append(value)
    words = labels(store, [term for values in about.values() for term in values])
    reason = str(about["rdfs:comment"][0])
    facts = _relation_facts(store, relation, about, words)
    found = Found("relation", relation)
    return Card("relation", relation, reason, tuple(facts), _filled(_answers(store, found)))


def _relation_facts(
    store: Store, relation: IRI, about: Mapping[str, list[Term]], words: Mapping[IRI, str]
) -> Iterator[tuple[str, str]]:
    kind = _explained("relation-kinds", about["kg:relation"][0])
    yield "relation", kind.partition(". ")[0].removesuffix(".") + "."  # what its inverse is called is for vocabularies
    challenge = _notation("rules", about["kg:rule"][0]) in ("denial", "doubt")
    sides = (("first claim", "kg:subject"), ("second claim", "kg:object"))
    for name, property_ in (*sides, ("member", "kg:member"), ("whole", "kg:whole"), ("part", "kg:part")):
        yield from ((name, _value(claim, words)) for claim in about.get(property_, ()))
        if origins := about.get(f"{property_}Origin"):
            by = "challenged by" if challenge and property_ == "kg:subject" else "on the word of"
            yield f"  {by}", "; ".join(sorted(_value(origin, words) for origin in origins))
    yield from (("on the word of", _value(origin, words)) for origin in about.get("kg:origin", ()))
    yield from (("stated together in", _value(page, words)) for page in about.get("kg:inDocument", ()))
    if differs := about.get("kg:differsIn"):
        yield "differ in", ", ".join(sorted(map(str, differs)))
    yield "rule", _explained("rules", about["kg:rule"][0])
    yield "grade", _explained("grades", about["kg:grade"][0])
    yield from (("by the words alone", _explained("logical-forms", form)) for form in about.get("kg:logicalForm", ()))
    yield from (("what they count", _explained("scope-relations", how)) for how in about.get("kg:scopeRelation", ()))
    evidence = _answer(store, _EVIDENCE, relation)
    for dimension, narrower, how, wider in evidence.rows:
        told = _HOW[_notation("scope-relations", how)]
        yield (
            f"  {_DIMENSIONS.get(str(dimension), dimension)}",
            told.format(*(_value(value, evidence.labels).removesuffix(" @en") for value in (narrower, wider))),
        )
    yield from (("assumed", str(sentence)) for (sentence,) in _select(store, _ASSUMED, relation))
    yield "rests on", "; ".join("/".join(str(claim).split("/")[-2:]) for claim in about["prov:wasDerivedFrom"])
    for when, software in _select(store, _WORKED_OUT, relation):
        yield "worked out", f"{str(when)[:10]} by {software}"


def _explained(scheme: str, concept: Term) -> str:
    """A concept with its number, if it has one, and what it means."""
    known = vocab.scheme(scheme).of_iri(concept) if isinstance(concept, IRI) else None
    if known is None:
        return str(concept)
    number = f" ({', '.join(known.aliases)})" if known.aliases else ""
    return f"{known.label}{number}: {known.definition}"


def _notation(scheme: str, concept: Term | None) -> str:
    known = vocab.scheme(scheme).of_iri(concept) if isinstance(concept, IRI) else None
    return known.notation if known else "UNK"


# ---- words ---------------------------------------------------------------------------------------------------------


def _property(property_: Term | None) -> str:
    name = str(property_)
    return vocab.compact(name) or name


def _value(value: Term | None, words: Mapping[IRI, str]) -> str:
    if isinstance(value, IRI):
        name = vocab.compact(value.value) or value.value
        return f"{words[value]} ({name})" if value in words else name
    return f"{value.value} @{value.language}" if isinstance(value, Literal) and value.language else str(value)
