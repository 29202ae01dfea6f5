"""The relations between the claims of an event, read from a store as edges of a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg import vocab
from kg.labels import labels
from kg.lookup import with_prefixes
from kg.store import Store
from kg.terms import IRI, Term
from kg.views.network import GraphEdge
from kg.views.relation_kinds import grade_words, relation_kind
from kg.vocab import term

_WORKED_OUT = "ASK { ?run a kg:RelateRun }"
_RELATIONS = """
SELECT DISTINCT ?relation ?property ?value WHERE {{
  {{
    SELECT DISTINCT ?relation {{
      ?claim kg:event/sem:subEventOf* {event} . ?relation prov:wasDerivedFrom ?claim ; a kg:ClaimRelation
      FILTER NOT EXISTS {{ ?relation kg:judgement kg:relationRejected }} }}
  }}
  ?relation ?property ?value .
  VALUES ?property {{ kg:relation kg:subject kg:object kg:member kg:whole kg:part kg:rule kg:grade kg:logicalForm
    kg:differsIn kg:subjectOrigin kg:objectOrigin kg:origin kg:inDocument rdfs:comment }}
}}
"""
_ASSUMPTIONS = """
SELECT DISTINCT ?relation ?words WHERE {{
  ?claim kg:event/sem:subEventOf* {event} .
  ?relation prov:wasDerivedFrom ?claim ; kg:assumes ?assumption . ?assumption rdfs:comment ?words
}}
"""
_KIND, _SUBJECT, _OBJECT = term("kg:relation"), term("kg:subject"), term("kg:object")
_MEMBER, _WHOLE, _PART = term("kg:member"), term("kg:whole"), term("kg:part")
_RULE, _GRADE, _FORM = term("kg:rule"), term("kg:grade"), term("kg:logicalForm")
_SUBJECT_ORIGIN, _OBJECT_ORIGIN, _ORIGIN = term("kg:subjectOrigin"), term("kg:objectOrigin"), term("kg:origin")
_DIFFERS, _DOCUMENT, _COMMENT = term("kg:differsIn"), term("kg:inDocument"), term("rdfs:comment")

_FORMS = {
    "EQUIVALENT": "each implies the other",
    "ENTAILS": "the first implies the second",
    "ENTAILED-BY": "the second implies the first",
    "INCOMPATIBLE": "they cannot both be so",
    "COMPATIBLE": "they can both be so",
}

_About = Mapping[IRI, list[Term]]


def claim_relations(store: Store, event: IRI) -> tuple[GraphEdge, ...] | None:
    """Every stored relation that a claim of the event, or of one inside it, is in, in the order of their IRIs.

    None when relations have not been worked out in this store. ValueError for a relation that names no claims or no
    kind: the shapes rule that out for everything that this package stores.
    """
    if not store.ask(with_prefixes(_WORKED_OUT)):
        return None
    found: dict[IRI, dict[IRI, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for relation, property_, value in store.select(with_prefixes(_RELATIONS.format(event=event.n3))).rows:
        if isinstance(relation, IRI) and isinstance(property_, IRI) and value is not None:
            found[relation][property_].append(value)
    assumed: dict[IRI, list[str]] = defaultdict(list)
    for relation, sentence in store.select(with_prefixes(_ASSUMPTIONS.format(event=event.n3))).rows:
        if isinstance(relation, IRI):
            assumed[relation].append(str(sentence))
    words = labels(store, {value for about in found.values() for values in about.values() for value in values})
    return tuple(_edge(relation, about, sorted(assumed[relation]), words) for relation, about in sorted(found.items()))


def _edge(relation: IRI, about: _About, assumed: list[str], words: Mapping[IRI, str]) -> GraphEdge:
    ends = _ends(about)
    if len(ends) < 2 or not about.get(_KIND):
        raise ValueError(f"a relation without its claims or its kind: {relation}")
    names = tuple(words.get(end, end.value) for end in ends)
    key, grade = _notation(about, _KIND), _notation(about, _GRADE)
    verb = relation_kind(key).verb
    label = f"{_listed(names[:-1])} {verb} {names[-1]}"
    detail = (
        ("Grade", grade_words(grade)),
        ("Assumed", "; ".join(assumed)),
        ("Rule", _rule(about)),
        ("From the words alone", _FORMS.get(_notation(about, _FORM), "")),
        ("Differs in", ", ".join(sorted(str(value) for value in about.get(_DIFFERS, ())))),
        ("Origin", _origins(about, words)),
        ("Stated together in", "; ".join(_words(about.get(_DOCUMENT, ()), words))),
    )
    return GraphEdge(
        id=relation.value,
        source=ends[0].value,
        target=ends[-1].value,
        others=tuple(end.value for end in ends[1:-1]),
        names=names,
        kind=key,
        label=label,
        reason=min((str(value) for value in about.get(_COMMENT, ())), default=""),
        grade=grade,
        detail=tuple((name, value) for name, value in detail if value),
    )


def _ends(about: _About) -> list[IRI]:
    """The claims that are joined: subject and object, the members of a set, or the parts and then their whole."""
    return [
        claim
        for property_ in (_SUBJECT, _OBJECT, _MEMBER, _PART, _WHOLE)
        for claim in sorted(claim for claim in about.get(property_, ()) if isinstance(claim, IRI))
    ]


def _concept(iri: IRI) -> vocab.Concept | None:
    return next((found for scheme in vocab.schemes().values() if (found := scheme.of_iri(iri))), None)


def _notation(about: _About, property_: IRI) -> str:
    """The notation of a concept of any shipped scheme, else the last part of its IRI; "" when there is none."""
    for value in about.get(property_, ()):
        if isinstance(value, IRI):
            concept = _concept(value)
            return concept.notation if concept else value.value.replace("#", "/").rpartition("/")[2]
    return ""


def _rule(about: _About) -> str:
    """Words and number of the rule: "disjoint values (R7)"."""
    rules = [rule for value in about.get(_RULE, ()) if isinstance(value, IRI) and (rule := _concept(value))]
    return "; ".join(f"{rule.label} ({', '.join(rule.aliases)})" for rule in rules) or _notation(about, _RULE)


def _origins(about: _About, words: Mapping[IRI, str]) -> str:
    """Who stands behind each side: one name where they are the same."""
    sides = [_listed(_words(about.get(name, ()), words)) for name in (_SUBJECT_ORIGIN, _OBJECT_ORIGIN, _ORIGIN)]
    return " — ".join(dict.fromkeys(side for side in sides if side))


def _words(values: Iterable[Term], words: Mapping[IRI, str]) -> list[str]:
    return sorted(words.get(value, value.value) for value in values if isinstance(value, IRI))


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    return " and ".join([", ".join(every[:-1]), every[-1]] if len(every) > 1 else every)
