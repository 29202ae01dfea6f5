"""People's judgement: which sources are one, who gathers evidence, who is a party, which relations hold.

A judgement is an annotation: a named graph of its own that says who judged what, when and why. None is changed or
deleted. One is undone by another, and of two on the same matter the later holds; `all_annotations` works out from the
record which ones those are. Nothing of a run of relations stands in these graphs, so that relating anew keeps them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from kg.errors import Ambiguous, InvalidInput, NotFound, StoreError, UsageError
from kg.lookup import Lookup, with_prefixes
from kg.model import JSON, digest
from kg.rdf import NamedGraph, Triple
from kg.store import Store
from kg.terms import IRI, Term, moment, text
from kg.vocab import term

State = OneOf["in force", "superseded", "undone"]

_SHORT = 8  # digits of an id that are told: any beginning of six or more is understood
_UNDO = "undo"
#: Stands for the latest judgement in force, where one is to be undone.
LAST = "last"

_A, _TARGET, _JUDGEMENT, _EVENT = term("rdf:type"), term("oa:hasTarget"), term("kg:judgement"), term("kg:event")
_CLAIM, _BY, _CREATED = term("kg:concernsClaim"), term("dcterms:creator"), term("dcterms:created")
_WHY, _MOTIVE = term("rdfs:comment"), term("oa:motivatedBy")
_READ = """SELECT ?annotation ?property ?value WHERE {
  ?annotation a oa:Annotation ; kg:judgement ?judgement ; ?property ?value
}"""
_SPEAKS_FOR = """SELECT ?person ?organisation WHERE {{
  VALUES ?person {{ {nodes} }} ?person a schema:Person ; schema:affiliation ?organisation
}} ORDER BY ?person ?organisation"""
_TOUCHED = """SELECT (COUNT(DISTINCT ?claim) AS ?claims) WHERE {{
  VALUES ?source {{ {nodes} }}
  {{ ?said prov:wasAttributedTo ?source }}
  UNION {{ ?person schema:affiliation ?source ; a schema:Person . ?said prov:wasAttributedTo ?person }}
  ?said kg:relays*/kg:expresses ?claim . {event}
}}"""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a judgement is about. Judgements with one `matter` on the same targets answer the same question."""

    concept: IRI
    matter: str
    kind: str
    least: int = 1
    most: int | None = 1


_RULES: Mapping[str, _Rule] = {
    "merge": _Rule(term("kg:sameSource"), "identity", "source", 2, None),
    "separate": _Rule(term("kg:differentSources"), "identity", "source", 2, 2),
    "gathers own": _Rule(term("kg:judgedGathersOwn"), "gathering", "source"),
    "gathers relays": _Rule(term("kg:judgedRelays"), "gathering", "source"),
    "gathers unknown": _Rule(term("kg:judgedGatheringUnknown"), "gathering", "source"),
    "party": _Rule(term("kg:judgedParty"), "party", "source"),
    "no party": _Rule(term("kg:judgedNoParty"), "party", "source"),
    "accept": _Rule(term("kg:relationAccepted"), "relation", "relation"),
    "reject": _Rule(term("kg:relationRejected"), "relation", "relation"),
    _UNDO: _Rule(term("kg:undone"), "undoing", "annotation"),
}
_BY_CONCEPT = {rule.concept.value: notation for notation, rule in _RULES.items()}

#: Every judgement that can be made, by its notation in the scheme `judgements`.
JUDGEMENTS = tuple(_RULES)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A judgement on record: its IRI, the notation of the judgement, whose it is, when and why.

    `targets` are the IRIs of what was judged, sorted: sources, a relation or an annotation. `event` is the only event
    that it is about, None for every event. `claims` are those of the judged relation. `created` is in UTC, in whole
    seconds. A judgement that is not "in force" was "undone", or "superseded" by a later one on the same matter.
    """

    id: str
    judgement: str
    targets: tuple[str, ...]
    event: str | None
    claims: tuple[str, ...]
    by: str
    created: dt.datetime
    reason: str
    state: State

    @property
    def short(self) -> str:
        """As much of the id as is told to people: annotation/9f3c12ab."""
        kind, _, digits = self.id.rpartition("/")
        return f"{kind.rpartition('/')[2]}/{digits[:_SHORT]}"

    @property
    def matter(self) -> tuple[str, tuple[str, ...], str | None]:
        """What the judgement decides: of two in force on one matter the later holds.

        That two sources are the same, or that they differ, is one matter. A party to one event and a party to every
        event are two: what is said of the one event outranks what is said of all.
        """
        return _RULES[self.judgement].matter, self.targets, self.event


# ---- read ----------------------------------------------------------------------------------------------------------


def in_force(store: Store, base: str) -> tuple[Annotation, ...]:
    """The judgements that hold now, by time and id. What undoes others has had its effect and is not among them."""
    return tuple(one for one in all_annotations(store, base) if one.state == "in force" and one.judgement != _UNDO)


def all_annotations(store: Store, base: str) -> tuple[Annotation, ...]:
    """Every judgement on record, by time and id, those that undo others and those that hold no more as well.

    StoreError for an annotation that lacks what each has.
    """
    about: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for node, property_, value in store.select(with_prefixes(_READ)).rows:
        assert node is not None and property_ is not None and value is not None, "the pattern binds all three"
        if node.value.startswith(f"{base}annotation/"):
            about[node.value][property_.value].append(value.value)
    return _with_states(_read(id_, properties) for id_, properties in about.items())


def claims_touched(store: Store, base: str, annotation: Annotation) -> int:
    """How many claims it bears on: those that came through the judged sources, or those of the judged relation.

    For what undoes a judgement they are those of the judgement that it undoes in the end.
    """
    if annotation.judgement == _UNDO:
        known = {one.id: one for one in all_annotations(store, base)}
        while annotation.judgement == _UNDO:
            annotation = known[annotation.targets[0]]
    if _RULES[annotation.judgement].kind == "relation":
        return len(annotation.claims)
    event = f"?claim kg:event {IRI(annotation.event).n3} ." if annotation.event else ""
    rows = store.select(with_prefixes(_TOUCHED.format(nodes=_nodes(annotation.targets), event=event))).rows
    return int(str(rows[0][0]))


def _read(id_: str, properties: Mapping[str, Sequence[str]]) -> Annotation:
    try:
        return Annotation(
            id=id_,
            judgement=_BY_CONCEPT[properties[_JUDGEMENT.value][0]],
            targets=tuple(sorted(properties[_TARGET.value])),
            event=next(iter(properties.get(_EVENT.value, ())), None),
            claims=tuple(sorted(properties.get(_CLAIM.value, ()))),
            by=properties[_BY.value][0],
            created=dt.datetime.fromisoformat(properties[_CREATED.value][0]).astimezone(dt.UTC),
            reason=properties[_WHY.value][0],
            state="in force",
        )
    except (LookupError, ValueError) as error:
        raise StoreError(
            f"the annotation <{id_}> cannot be read: it lacks its judgement, who made it, when or why"
        ) from error


def _with_states(annotations: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """The annotations by time, each with its state. From the last to the first, whatever bears on one has been seen."""
    settled: list[Annotation] = []
    undone: set[str] = set()
    decided = set()
    for one in sorted(annotations, key=_by_time, reverse=True):
        state: State = "undone" if one.id in undone else "superseded" if one.matter in decided else "in force"
        settled.append(replace(one, state=state))
        if state == "in force":
            decided.add(one.matter)
            undone.update(one.targets if one.judgement == _UNDO else ())
    return tuple(reversed(settled))


def _by_time(annotation: Annotation) -> tuple[dt.datetime, str]:
    return annotation.created, annotation.id


# ---- judge ---------------------------------------------------------------------------------------------------------


def judge(
    store: Store,
    base: str,
    judgement: str,
    names: Sequence[str],
    *,
    because: str,
    by: str,
    now: dt.datetime,
    event: str | None = None,
) -> Annotation:
    """Writes a judgement down and returns it; where the same one is in force already, that one, and nothing is written.

    `names` are what people type: names or ids of sources, the id of a relation, or of an annotation to undo. Every
    judgement is later than those on record, by a second at least, even where the clock stands still or was set back.

    UsageError for what fits no judgement, NotFound and Ambiguous for names, InvalidInput for what cannot be judged:
    another kind of thing, a person who is counted as an organisation, or sources that would be one and two at once.
    """
    judgement, rule = _rule(judgement)
    reason, name = _given(because, "a reason"), " ".join(_given(by, "the name of who judges").split())
    if event is not None and rule.matter != "party":
        raise UsageError(f"{judgement!r} holds for every event; only 'party' and 'no party' can be about one")
    lookup = Lookup(store, base)
    known = all_annotations(store, base)
    if judgement == _UNDO and list(names) == [LAST]:
        names = [_last(known).id]
    targets = _targets(store, lookup, judgement, rule, names)
    about = lookup.resolve("event", event).value if event is not None else None
    created = now.astimezone(dt.UTC).replace(microsecond=0)
    if known:
        created = max(created, known[-1].created.replace(microsecond=0) + dt.timedelta(seconds=1))
    content: JSON = {
        "type": "annotation",
        "targets": targets,
        "judgement": judgement,
        "event": about,
        "creator": name,
        "created": moment(created).value,
        "reason": reason,
    }
    claims = _claims(store, targets[0]) if rule.kind == "relation" else ()
    id_ = f"{base}annotation/{digest(content)}"
    made = Annotation(id_, judgement, targets, about, claims, name, created, reason, "in force")
    for one in known:
        if (one.state, one.judgement, one.matter) == ("in force", judgement, made.matter):
            return one
    _check_identity(store, known, made)
    store.apply(add=[_graph(made)])
    return made


def _last(known: Sequence[Annotation]) -> Annotation:
    """The latest judgement in force."""
    for annotation in reversed(known):
        if annotation.state == "in force" and annotation.judgement != _UNDO:
            return annotation
    raise InvalidInput("there is nothing to undo: no judgement is in force")


def _rule(judgement: str) -> tuple[str, _Rule]:
    notation = " ".join(judgement.split()).casefold()
    if notation not in _RULES:
        raise UsageError(f"no judgement is called {judgement!r}; there are: {', '.join(JUDGEMENTS)}")
    return notation, _RULES[notation]


def _given(words: str, what: str) -> str:
    words = words.strip()
    if not words:
        raise UsageError(f"a judgement needs {what}: it is kept and shown with every count that uses it")
    if any("\ud800" <= character <= "\udfff" for character in words):
        raise UsageError(f"{what} is not UTF-8 text: {words!r}")
    return words


def _targets(store: Store, lookup: Lookup, judgement: str, rule: _Rule, names: Sequence[str]) -> tuple[str, ...]:
    if len(names) < rule.least or (rule.most is not None and len(names) > rule.most):
        number = {1: "one", 2: "two"}[rule.least] + ("" if rule.most else " or more")
        raise UsageError(
            f"{judgement!r} is about {number} {rule.kind}{'s' if rule.least > 1 else ''}, and {len(names)} "
            f"{'was' if len(names) == 1 else 'were'} given"
        )
    found: dict[str, str] = {}
    for name in names:
        iri = _target(lookup, judgement, rule, name).value
        if iri in found:
            both = repr(name) if found[iri] == name else f"{found[iri]!r} and {name!r}"
            raise UsageError(f"the same source is given twice: {both}")
        found[iri] = name
    if rule.kind == "source":
        _check_persons(store, judgement, found)
    return tuple(sorted(found))


def _target(lookup: Lookup, judgement: str, rule: _Rule, name: str) -> IRI:
    try:
        iri = lookup.resolve(rule.kind, name)
    except NotFound as error:
        try:
            kind = lookup.find(name).kind
        except (NotFound, Ambiguous):
            raise error from None
        raise InvalidInput(f"{name!r} is {_a(kind)}, and {judgement!r} is about {rule.kind}s") from None
    if not lookup.is_a(rule.kind, iri):
        kind = lookup.find(name).kind
        what = f"no {rule.kind}" if kind == rule.kind else _a(kind)  # what is of no kind is found as a source
        raise InvalidInput(f"{name!r} is {what}, and {judgement!r} is about {rule.kind}s")
    return iri


def _check_persons(store: Store, judgement: str, found: Mapping[str, str]) -> None:
    """Refuses a person who speaks for an organisation: counts tell that person as the organisation."""
    for person, organisation in store.select(with_prefixes(_SPEAKS_FOR.format(nodes=_nodes(found)))).rows:
        who, whom = _name(store, _id(person)), _name(store, _id(organisation))
        if judgement in ("merge", "separate") and _id(organisation) in found:
            raise InvalidInput(
                f"{who} speaks for {whom}, so the two are counted as one already; if that is wrong, change the "
                f"affiliation of {who} in the dossier"
            )
        raise InvalidInput(
            f"{who} speaks for {whom} and is counted as that organisation, so judging {who} would change nothing; "
            f"judge {whom} instead"
        )


def _check_identity(store: Store, known: Sequence[Annotation], made: Annotation) -> None:
    """Refuses what would make two sources one by some judgements, and two by another on other targets."""
    after = _with_states([*known, made])
    before = {separate.id for separate, _ in _clashes(known)}
    for separate, merges in _clashes(after):
        if separate.id not in before:
            others = [one for one in (separate, *merges) if one.id != made.id]
            told = ", and ".join(
                f"{one.short} ({one.judgement} {' and '.join(_name(store, target) for target in one.targets)}, "
                f"by {one.by})"
                for one in others
            )
            raise InvalidInput(
                f"sources would be one and two at once: {told} would hold beside it; undo what no longer holds first"
            )


def _clashes(annotations: Iterable[Annotation]) -> list[tuple[Annotation, list[Annotation]]]:
    """Each separation in force whose two sources are one by the merges in force, with the merges of their group."""
    held = [one for one in annotations if one.state == "in force"]
    merges = [one for one in held if one.judgement == "merge"]
    group_of: dict[str, set[str]] = {}
    for merge in merges:
        group = set(merge.targets).union(*(group_of.get(target, ()) for target in merge.targets))
        group_of.update(dict.fromkeys(group, group))
    clashes = []
    for separate in (one for one in held if one.judgement == "separate"):
        first, second = separate.targets
        group = group_of.get(first, {first})
        if second in group:
            clashes.append((separate, [merge for merge in merges if group.issuperset(merge.targets)]))
    return clashes


def _graph(annotation: Annotation) -> NamedGraph:
    node = IRI(annotation.id)
    pairs: list[tuple[IRI, Term]] = [
        (_A, term("oa:Annotation")),
        (_MOTIVE, term("oa:assessing")),
        *((_TARGET, IRI(target)) for target in annotation.targets),
        (_JUDGEMENT, _RULES[annotation.judgement].concept),
        *((_CLAIM, IRI(claim)) for claim in annotation.claims),
        (_BY, text(annotation.by)),
        (_CREATED, moment(annotation.created)),
        (_WHY, text(annotation.reason)),
    ]
    if annotation.event is not None:
        pairs.append((_EVENT, IRI(annotation.event)))
    return NamedGraph(node, node, tuple(Triple(node, *pair) for pair in pairs))


def _claims(store: Store, relation: str) -> tuple[str, ...]:
    query = f"SELECT DISTINCT ?claim WHERE {{ {IRI(relation).n3} prov:wasDerivedFrom ?claim }}"
    return tuple(sorted(_id(claim) for (claim,) in store.select(with_prefixes(query)).rows))


def _name(store: Store, node: str) -> str:
    rows = store.select(with_prefixes(f"SELECT ?name WHERE {{ {IRI(node).n3} skos:prefLabel ?name }} ORDER BY ?name"))
    return str(rows.rows[0][0]) if rows.rows else node


def _nodes(iris: Iterable[str]) -> str:
    return " ".join(IRI(iri).n3 for iri in iris)


def _id(term_: Term | None) -> str:
    assert term_ is not None, "a pattern binds its variables"
    return term_.value


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
