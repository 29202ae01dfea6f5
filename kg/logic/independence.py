"""How many independent origins stand behind a claim: an interval, with the merges that made it, and a verdict.

Five outlets that quote one monitor are one voice. Documents, outlets, origins and independent origins are four counts
that are always told together. The independent origins are an interval: *upper* counts every origin that is not known
to be the same as another; *lower* puts together whoever is not known to differ. Every number of sources that is shown
anywhere comes from `independence`.

What is never done: no probability of truth and no score from agreement. One event with a few opaque origins cannot
calibrate one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from kg.logic.attribution import Backing, Chain, Ways, backing, together, ways
from kg.logic.grouping import fewest_groups
from kg.logic.sources import Source, Sources, Tie

#: Verdicts, notations of the scheme `verdicts`; the first that holds is told.
UNGROUNDED, REPEATS, SINGLE_RELAY, POSSIBLY_CORROBORATES, CORROBORATES = VERDICTS = (
    "ungrounded",
    "repeats",
    "single relay",
    "possibly corroborates",
    "corroborates",
)

#: Why sources are counted as one, notations of the scheme `merge-bases`.
SPEAKS_FOR, JUDGED_SAME = "speaks for", "judged the same"
UNNAMED, OWN_VOICE = "unnamed", "own voice, basis unstated"
RELAYS, GATHERING_UNKNOWN = "passes on others' evidence", "not known whether it gathers"
PARTY, BELOW_PARTY = "party to the event", "belongs to a party"
OWNER = "outlet and owner"

#: Who merges where no person judged.
BY_RULE, BY_DOSSIER = "claims-kg", "the dossier"


class Merge(NamedTuple):
    """`merged` is counted as one with `node`, on a basis of the scheme `merge-bases`, by a rule or a person."""

    node: str
    merged: str
    basis: str
    by: str
    annotation: str | None = None


#: Origins beyond which those that are not plain are no longer compared one by one; the lower count is then a bound.
_MOST_COMPARED = 400


@dataclass(frozen=True)
class Independence:
    """What stands behind a claim, in numbers.

    `documents`, `outlets` count distinct ones, `origins` are the chains' ends. Of the independent origins there are at
    least `lower` and at most `upper`; `exact` is False where `lower` may be too low, never too high. `chains` counts
    ways that share no source; `cut` is a smallest set of sources (or the only document) without which nothing stands,
    `single_points` every one that lies on all ways, those nearest the reader first. `cycles` are sources that cite one
    another. `groups` puts the origins together as the lower count does (in as few groups as were found, where it is not
    exact). `annotations` are the judgements of people that took part.
    """

    documents: int
    outlets: int
    origins: frozenset[str]
    lower: int
    upper: int
    exact: bool
    cycles: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, ...], ...]
    annotations: frozenset[str]
    _backed: Backing = field(repr=False, compare=False)
    _sources: Sources = field(repr=False, compare=False)

    @property
    def interested(self) -> frozenset[str]:
        """The origins that are a party to the event or speak for one: their word confirms nothing."""
        return frozenset(origin for origin in self.origins if self._sources[origin].party)

    @cached_property
    def _ways(self) -> Ways:
        return ways(self._backed, self._sources.one)

    @property
    def chains(self) -> int:
        return self._ways.number

    @property
    def cut(self) -> tuple[str, ...]:
        return tuple(map(self._as_named, self._ways.cut))

    @property
    def single_points(self) -> tuple[str, ...]:
        return tuple(map(self._as_named, self._ways.single_points))

    def _as_named(self, node: str) -> str:
        """A source by the first of its names that the chains use."""
        return next((name for name in self._sources.names(node) if name in self._backed.named), node)

    @property
    def verdict(self) -> str:
        if self.upper == 0:
            return UNGROUNDED
        if self.upper == 1:
            return REPEATS
        if self.chains == 1:
            return SINGLE_RELAY
        return POSSIBLY_CORROBORATES if self.lower == 1 else CORROBORATES

    @cached_property
    def merges(self) -> tuple[Merge, ...]:
        """Every merge that made the interval: those of both counts, and those of the lower one."""
        spoken = (Merge(o, who, SPEAKS_FOR, BY_DOSSIER) for o, who in self._backed.speakers if o in self.origins)
        judged = (
            Merge(min(tie.a, tie.b), max(tie.a, tie.b), JUDGED_SAME, tie.by, tie.annotation)
            for tie in _merging(self._backed, self._sources)
        )
        return tuple(sorted({*spoken, *judged, *self._assumed()}, key=str))

    def _assumed(self) -> Iterator[Merge]:
        """Why each origin is counted with the first of its group; one that vouches stands for the group if there is."""
        sources = self._sources
        quoted = {steps[-1] for steps in self._backed.steps if len(steps) > 1}
        for group in self.groups:
            ordered = sorted(group, key=lambda one: (not sources.identity(one).vouches, one))
            first, *others = {sources.one(origin): origin for origin in reversed(ordered)}.values()
            first, *others = sorted((first, *others), key=ordered.index)
            for one in others:
                yield Merge(
                    first, one, _basis(sources.identity(one), own_voice=sources.one(one) not in quoted), BY_RULE
                )


def independence(claims: Iterable[Collection[Chain]], sources: Sources) -> Independence:
    """What stands behind a proposition: `claims` are the chains of each claim that entails it.

    The result depends neither on the order of claims and chains nor on how often a chain is given.
    """
    return independence_of(together(backed(chains, sources) for chains in claims), sources)


def backed(chains: Iterable[Chain], sources: Sources) -> Backing:
    """The chains of one claim, put together for counting."""
    return backing(chains, sources.one, sources.gathers_own)


def independence_of(behind: Backing, sources: Sources) -> Independence:
    """The same for chains that were put together before."""
    lower, groups = _lower(behind.ends, sources)
    described = {name for one in behind.ends.union(*behind.cycles) for name in sources.names(one)}
    ties = [*_merging(behind, sources), *(tie for pair, tie in sources.apart.items() if pair <= behind.ends)]
    return Independence(
        documents=len(behind.documents),
        outlets=len(behind.outlets),
        origins=behind.origins,
        lower=lower,
        upper=len(behind.ends),
        exact=lower == len(groups),
        cycles=tuple(sorted(behind.cycles)),
        groups=tuple(
            tuple(sorted(name for one in group for name in sources.names(one) if name in behind.origins))
            for group in groups
        ),
        annotations=frozenset(tie.annotation for tie in ties if tie.annotation is not None).union(
            *(sources[source].annotations for source in described)
        ),
        _backed=behind,
        _sources=sources,
    )


def corroboration(a: Collection[Chain], b: Collection[Chain], sources: Sources) -> tuple[str, Independence]:
    """What two claims that support each other are, by their origins, and the counts of both together."""
    return corroboration_of(backed(a, sources), backed(b, sources), sources)


def corroboration_of(a: Backing, b: Backing, sources: Sources) -> tuple[str, Independence]:
    """The same for chains that were put together before.

    "corroborates": an origin of each is known to differ from one of the other, and they do not all come through one
    document or source. "repeats": they rest on one origin. Else "possiblyCorroborates".
    """
    found = independence_of(together([a, b]), sources)
    if found.upper <= 1:
        return "repeats", found
    differ = found.lower > 1 and any(sources.differ(one, other) for one in a.ends for other in b.ends if one != other)
    return "corroborates" if differ and found.verdict == CORROBORATES else "possiblyCorroborates", found


def _merging(behind: Backing, sources: Sources) -> list[Tie]:
    """The judgements that make one source of several that the chains name, or that something is known of."""
    found: list[Tie] = []
    for one in sorted({sources.one(name) for name in behind.named}):
        if sum(name in behind.named or name in sources.known for name in sources.names(one)) > 1:
            found += sources.same(one)
    return found


# ---- not known to differ: the lower count ---------------------------------------------------------------------------


def _lower(ends: Collection[str], sources: Sources) -> tuple[int, list[list[str]]]:
    """The fewest groups of origins of which none are known to differ, and such groups.

    Most origins are plain: they differ from nobody; or they gather their own evidence, and differ from all who do; or
    they are persons, and differ from all persons. Of those that differ from the very same others, and not from one
    another, one is compared for all. Of plain gatherers only as many are compared as the others could need.
    """
    kinds = _Kinds(ends, sources)
    plain = kinds.gatherers[: len(kinds.compared)]
    compared = [*kinds.compared, *plain]
    if len(compared) <= _MOST_COMPARED:
        differ = [pair for pair in combinations(compared, 2) if sources.differ(*pair)]
        fewest, groups = fewest_groups(compared, differ)
    else:
        fewest, groups = kinds.clique, [[one] for one in compared]
    further = kinds.gatherers[len(plain) :]
    fewest += len(further) if len(compared) <= _MOST_COMPARED else 0
    groups = sorted(
        [
            *([twin for one in group for twin in kinds.twins.get(one, [one])] for group in groups),
            *([o] for o in further),
        ]
    )
    # Persons differ from one another only, and the free from nobody: there is room for them beside the others.
    for i, person in enumerate(kinds.persons):
        groups[i:] = [[*groups[i], person], *groups[i + 1 :]] if i < len(groups) else [[person]]
    if kinds.free:
        first, *others = groups or [[]]
        groups = [sorted([*first, *kinds.free]), *others]
    return max(fewest, len(kinds.persons), 1 if ends else 0), groups


class _Kinds:
    """Origins by how they are known to differ from others.

    `gatherers` differ from all who gather, `persons` from all persons, `free` from nobody. `compared` are all others;
    of `twins`, which differ from the same others and not from one another, the first. `clique` is how many of all
    differ from one another for certain.
    """

    def __init__(self, ends: Collection[str], sources: Sources) -> None:
        known = {one: sources.identity(one) for one in sorted(ends)}
        separated = {one for pair in sources.apart if pair <= known.keys() for one in pair}
        vouching = {one for one, source in known.items() if source.vouches}
        owned = _with_owners_in_common({one: known[one] for one in vouching})
        owners = frozenset[str]().union(*(known[one].owners for one in owned))
        persons = [one for one, source in known.items() if source.person and not source.interested]
        # Where a person gathers evidence too, persons and gatherers differ through it: all are compared.
        mixed = any(one in vouching or one in separated for one in persons)
        self.gatherers: list[str] = []
        self.persons: list[str] = []
        self.free: list[str] = []
        twins: dict[Hashable, list[str]] = defaultdict(list)
        for one, source in known.items():
            if one in separated or (mixed and one in persons):
                twins[one].append(one)
            elif one in owned:
                alike = source.outlet and one not in owners
                twins[("owned", source.owners) if alike and source.owners else one].append(one)
            elif one in vouching:
                self.gatherers.append(one)
            elif source.person and not source.interested:
                self.persons.append(one)
            elif source.unnamed and source.places and not source.interested:
                twins["unnamed", source.places].append(one)
            else:
                self.free.append(one)
        self.twins = {own[0]: own for own in twins.values()}
        self.compared = sorted(self.twins)
        self.clique = max(len(vouching - owned), len(persons))


def _with_owners_in_common(known: Mapping[str, Source]) -> set[str]:
    """The outlets that have an owner in common with others, and these others."""
    by_owner: dict[str, set[str]] = defaultdict(set)
    for one, source in known.items():
        for owner in (one, *source.owners):
            by_owner[owner].add(one)
    return {
        one
        for near in by_owner.values()
        if len(near) > 1 and any(known[other].outlet for other in near)
        for one in near
    }


def _basis(source: Source, *, own_voice: bool) -> str:
    if source.unnamed:
        return UNNAMED
    if source.party:
        return PARTY
    if source.below_party:
        return BELOW_PARTY
    if source.vouches:
        return OWNER
    if own_voice:
        return OWN_VOICE
    return RELAYS if source.gathers == "relays" else GATHERING_UNKNOWN
