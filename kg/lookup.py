"""From what people type to the node they mean: an IRI, a short id, the id of a row or document, or a label."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg import vocab
from kg.errors import Ambiguous, NotFound
from kg.model import UNNAMED_MARK
from kg.names import fold, fold_accents, suggest
from kg.store import Store
from kg.terms import IRI, Literal, Term, is_iri

# For each kind of thing: a pattern for ?node and ?name, every name by which people may ask for it.
_NAMES = {
    "source": """?node skos:prefLabel|skos:altLabel ?name .
        FILTER EXISTS { VALUES ?type { prov:Agent kg:UnnamedSource } ?node a ?type }""",
    "event": "?node a sem:Event ; skos:prefLabel|dcterms:identifier ?name .",
    "place": "?node a geo:Feature ; skos:prefLabel|skos:altLabel ?name .",
    "measure": "?node skos:inScheme kg:measures ; skos:prefLabel|skos:altLabel|skos:notation ?name .",
    "population": "?node skos:inScheme kg:populations ; skos:prefLabel|skos:altLabel|skos:notation ?name .",
    "document": """?document schema:publisher ?publisher ; dcterms:identifier|schema:url ?name .
        BIND (?document AS ?node)""",
    "claim": """?assertion a kg:Assertion ; dcterms:identifier ?name ; kg:relays* ?last .
        ?last kg:expresses ?node .""",
    "dispute": "?node a kg:Dispute ; skos:prefLabel ?name .",
    "relation": "?node a kg:ClaimRelation ; skos:prefLabel ?name .",  # they have none, only ids
    "annotation": "?node a oa:Annotation ; kg:judgement ?judgement ; skos:prefLabel ?name .",  # only ids as well
}
_TYPES = {
    "claim": "?assertion kg:expresses ?node .",
    "document": "?node schema:publisher ?publisher .",
    "relation": "?node a kg:ClaimRelation .",
    "annotation": "?node a oa:Annotation ; kg:judgement ?judgement .",
}
_DIGITS = re.compile(r"[0-9a-f]{6,16}")
_ANY_KIND = "source, claim, document, event, place, measure, population, dispute, relation or annotation"

#: Every kind of thing that can be looked up, in the order in which `find` tries them.
KINDS = tuple(_NAMES)


@dataclass(frozen=True)
class Found:
    """A node and its kind."""

    kind: str
    iri: IRI


class Lookup:
    """Finds nodes of one store. `base` is where the ids of this workspace begin."""

    def __init__(self, store: Store, base: str) -> None:
        self._store, self._base = store, base

    def resolve(self, kind: str, name: str) -> IRI:
        """The node of that kind which `name` means.

        NotFound (with near names) when there is none, Ambiguous (with the candidates) when there are several. A named
        source wins over unnamed ones that are described by the same word.
        """
        name = name.strip().removesuffix(UNNAMED_MARK).strip() or name  # tables print the mark behind such a source
        exact = self._by_iri(name)
        if exact is not None:
            return self._checked(kind, exact, name)
        candidates = self._by_id(kind, name) or self._by_name(kind, name)
        if kind == "source" and len(candidates) > 1:
            candidates = [iri for iri in candidates if "/unnamed/" not in iri.value] or candidates
        if len(candidates) > 1:
            raise Ambiguous(kind, name, [(iri.value, self._describe(iri)) for iri in candidates])
        if not candidates:
            raise NotFound(kind, name, suggest(name, self._names(kind)))
        return candidates[0]

    def find(self, name: str) -> Found:
        """The node of any kind that `name` means; kinds are tried in the order of KINDS.

        A short id may say its kind, as in `relation/9f3c12ab`. An IRI is of the first kind that it has the type of, and
        a source if it has none of them.
        """
        exact = self._by_iri(name.strip())
        kinds: Sequence[str] = KINDS
        if exact is not None:
            kinds = [kind for kind in KINDS if self.is_a(kind, exact)] or KINDS
        elif (said := name.strip().partition("/")[0]) in KINDS and _DIGITS.fullmatch(name.strip()[len(said) + 1 :]):
            kinds = [said]
        suggestions: list[str] = []
        for kind in kinds:
            try:
                return Found(kind, self.resolve(kind, name))
            except NotFound as error:
                suggestions += error.suggestions
        raise NotFound(kinds[0] if len(kinds) == 1 else _ANY_KIND, name, suggestions[:3])

    def is_a(self, kind: str, iri: IRI) -> bool:
        """Whether the node is a thing of that kind."""
        pattern = _TYPES.get(kind, _NAMES[kind])
        return self._store.ask(with_prefixes(f"ASK {{ BIND ({iri.n3} AS ?node) {pattern} }}"))

    def _by_iri(self, name: str) -> IRI | None:
        bare = name[1:-1] if name.startswith("<") and name.endswith(">") else name
        prefix, colon, local = bare.partition(":")
        if colon and prefix in vocab.PREFIXES and not local.startswith("//"):
            return vocab.term(bare) if is_iri(vocab.PREFIXES[prefix] + local) else None
        return IRI(bare) if "://" in bare and is_iri(bare) and bare.startswith(("http", self._base)) else None

    def _checked(self, kind: str, iri: IRI, name: str) -> IRI:
        if not self._store.ask(f"ASK {{ {iri.n3} ?property ?value }}"):
            by_address = self._by_name(kind, name) if kind == "document" else []
            if not by_address:
                raise NotFound(kind, name)
            return by_address[0]
        return iri

    def _by_id(self, kind: str, name: str) -> list[IRI]:
        """`claim/9f3c…`, `9f3c…` or any beginning of the digits that only one node has."""
        digits = name.rpartition("/")[2].rpartition("-")[2].split(".")[0]
        if not _DIGITS.fullmatch(digits) or ("/" not in name and digits != name):
            return []
        pattern = _TYPES.get(kind, _NAMES[kind])
        rows = self._select(f"SELECT DISTINCT ?node WHERE {{ {pattern} }}")
        ends = re.compile(rf"[/-]{digits}[0-9a-f]*$")
        return sorted({iri for (iri,) in rows if isinstance(iri, IRI) and ends.search(iri.value)})

    def _by_name(self, kind: str, name: str) -> list[IRI]:
        names = self._names(kind)
        for folded in (fold, fold_accents):
            wanted = folded(name)
            found = {iri for known, iris in names.items() if folded(known) == wanted for iri in iris}
            if found:
                return sorted(found)
        return []

    def _names(self, kind: str) -> dict[str, set[IRI]]:
        names: dict[str, set[IRI]] = defaultdict(set)
        for node, known in self._select(f"SELECT DISTINCT ?node (STR(?name) AS ?known) WHERE {{ {_NAMES[kind]} }}"):
            if isinstance(node, IRI) and isinstance(known, Literal):
                names[known.value].add(node)
        return names

    def _describe(self, iri: IRI) -> str:
        rows = self._select(
            f"""SELECT ?label ?about WHERE {{
              OPTIONAL {{ {iri.n3} skos:prefLabel ?label }}
              OPTIONAL {{ {iri.n3} kg:mentionedAs|kg:actorKind|kg:placeKind|schema:text ?about }}
            }} ORDER BY ?label ?about LIMIT 1"""
        )
        return " · ".join(str(value) for value in rows[0] if value is not None) if rows else iri.value

    def _select(self, query: str) -> Sequence[tuple[Term | None, ...]]:
        return self._store.select(with_prefixes(query)).rows


def with_prefixes(query: str) -> str:
    """The query with a declaration of every well-known prefix in front."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in vocab.PREFIXES.items()) + query
