"""What a store says of its sources, as independence needs it: who gathers, who is a party, who stands behind whom.

What people judged outranks what dossiers declare, and every source says which judgements its description rests on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import combinations, pairwise

import networkx as nx

from kg.annotations import Annotation
from kg.logic.scope import Order
from kg.logic.sources import Source, Sources, Tie
from kg.relate.columns import gathered, pairs, word
from kg.store import Store

_GATHERS = {"gathers own": "own", "gathers relays": "relays", "gathers unknown": "unknown"}


class SourceFacts:
    """All that is declared and judged about sources; what holds for the sources of one event tree is asked of it."""

    def __init__(self, store: Store, parties: Order, places: Order, judged: Sequence[Annotation]) -> None:
        self._gathers = {source: word("gathering", kind) or "unknown" for source, kind in _of(store, "kg:gathers")}
        self._parties = gathered(_of(store, "kg:partyTo"))
        self._no_parties = gathered(_of(store, "kg:notPartyTo"))
        self._owners, self._places = parties, places
        self._unnamed = dict(pairs(store, "?low a kg:UnnamedSource ; skos:prefLabel ?high"))
        self._media = {source for source, _ in pairs(store, "?low a schema:NewsMediaOrganization BIND (1 AS ?high)")}
        self._persons = {source for source, _ in pairs(store, "?low a schema:Person BIND (1 AS ?high)")}
        self._named_places = _place_names(store, places.areas) if self._unnamed else {}
        names = sorted(self._named_places, key=lambda name: (-len(name), name))
        self._place_words = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
        self._judged: dict[str, list[Annotation]] = defaultdict(list)
        for annotation in judged:
            for target in annotation.targets:
                self._judged[target].append(annotation)

    def of(self, ids: Collection[str], events: Collection[str]) -> Sources:
        """What is known of these sources, for what happened in the events; none of them is whatever happened.

        A source that is judged to be the same as one of them is among them, whether anybody here names it or not.
        """
        named = {name for id_ in ids for name in self._same.get(id_, (id_,))}
        known = {id_: self._source(id_, events) for id_ in named}
        return Sources(known, self._ties(named), self._places)

    def _source(self, source: str, events: Collection[str]) -> Source:
        gathers, used = self._gathers.get(source, "unknown"), set[str]()
        for annotation in self._judged.get(source, ()):
            if annotation.judgement in _GATHERS:
                gathers = _GATHERS[annotation.judgement]
                used.add(annotation.id)
        party, judged = self._party(source, events)
        owners = self._owners.above(source) - {source}
        below = [found for owner in sorted(owners) if (found := self._party(owner, events))[0]]
        # Whoever belongs to a party has its interest, unless somebody says that it is none.
        below_party = party is None and bool(below)
        return Source(
            gathers=gathers,
            unnamed=source in self._unnamed,
            person=source in self._persons,
            outlet=source in self._media,
            party=party or False,
            below_party=below_party,
            owners=owners,
            places=self._described(self._unnamed.get(source, "")),
            annotations=frozenset(used | judged).union(*(used_too for _, used_too in below) if below_party else ()),
        )

    def _party(self, source: str, events: Collection[str]) -> tuple[bool | None, set[str]]:
        """Whether it is a party to what happened, None where nobody says, and the judgements that decide it."""
        on: dict[str | None, Annotation] = {
            annotation.event: annotation
            for annotation in self._judged.get(source, ())
            if annotation.judgement in ("party", "no party")
        }
        # What was judged of one event outranks what was judged of all; a party to one of several is a party.
        decisive = [on[event] for event in sorted(events) if event in on] or [*filter(None, [on.get(None)])]
        if decisive:
            party = any(annotation.judgement == "party" for annotation in decisive)
            return party, {one.id for one in decisive if (one.judgement == "party") == party}
        declared = (self._parties, True), (self._no_parties, False)
        for to, answer in declared:
            named = to.get(source, frozenset())
            if named & set(events) if events else named:
                return answer, set()
        return None, set()

    def _ties(self, ids: Collection[str]) -> tuple[Tie, ...]:
        """The judgements on two of these sources; where several speak of the same two, the latest."""
        found: dict[tuple[str, str], Tie] = {}
        judged = {one.id: one for id_ in ids for one in self._judged.get(id_, ())}
        for annotation in sorted(judged.values(), key=lambda one: (one.created, one.id)):
            if annotation.judgement in ("merge", "separate"):
                same = annotation.judgement == "merge"
                for a, b in combinations(sorted(set(annotation.targets) & set(ids)), 2):
                    found[a, b] = Tie(a, b, same, annotation.by, annotation.id)
        return tuple(tie for _, tie in sorted(found.items()))

    @cached_property
    def _same(self) -> Mapping[str, Collection[str]]:
        """For each source that is judged to be the same as others all of them."""
        judged = {one.id: one.targets for own in self._judged.values() for one in own if one.judgement == "merge"}
        same = nx.Graph(pair for targets in judged.values() for pair in pairwise(targets))
        return {name: names for names in nx.connected_components(same) for name in names}

    def _described(self, description: str) -> frozenset[str]:
        if not self._named_places or not description:
            return frozenset()
        return frozenset(
            place for found in self._place_words.findall(description) for place in self._named_places[found.casefold()]
        )


def _of(store: Store, property_: str) -> Iterable[tuple[str, str]]:
    return pairs(store, f"?low {property_} ?high")


def _place_names(store: Store, areas: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Every name of a place with a boundary, and the places that it names."""
    named = pairs(store, "?high a geo:Feature ; skos:prefLabel|skos:altLabel ?low")
    return gathered((name.casefold(), place) for name, place in named if place not in areas)
