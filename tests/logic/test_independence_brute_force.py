"""The count of independent support against naive ones: paths, cuts, cycles and groups tried out one by one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.logic import grouping
from kg.logic.attribution import Chain
from kg.logic.independence import Independence, corroboration, independence
from kg.logic.scope import Order
from kg.logic.sources import Source, Sources, Tie
from tests.logic.test_independence import everything

Path = tuple[str, ...]

NAMES = list("ABCDEF")
#: The valley lies in Velmara, which is declared to share nothing with Orlen.
ORDER = Order({"valley": frozenset({"Velmara"})}, apart=frozenset({frozenset({"Orlen", "Velmara"})}))
APART = [{"Orlen", "Velmara"}, {"Orlen", "valley"}]
CLAIM = "the claim"


class Case(NamedTuple):
    claims: list[list[Chain]]
    sources: Sources

    @property
    def counted(self) -> Independence:
        return independence(self.claims, self.sources)

    @property
    def chains(self) -> list[Chain]:
        return [chain for chains in self.claims for chain in chains]

    @property
    def named(self) -> set[str]:
        return {source for chain in self.chains for source in chain.sources}

    @property
    def names(self) -> dict[str, frozenset[str]]:
        """For every source all names that are judged to be its own."""
        judged = [tie for tie in self.sources.ties if tie.same]
        return merged(self.named.union(*((tie.a, tie.b) for tie in judged)), judged)

    def judged_too(self, *further: Tie) -> Case:
        return Case(self.claims, Sources(self.sources.known, (*self.sources.ties, *further), ORDER))


# ---- what is tried out -----------------------------------------------------------------------------------------------


@st.composite
def told(draw: st.DrawFn) -> list[list[Chain]]:
    """Up to eight chains of up to four documents, each document with its outlet, dealt out to up to three claims."""
    outlets = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    behind = st.lists(st.sampled_from(NAMES), max_size=3)
    claims: list[list[Chain]] = [[] for _ in range(draw(st.integers(1, 3)))]
    drawn = st.tuples(st.sampled_from(claims), st.integers(0, len(outlets) - 1), behind)
    for claim, document, sources in draw(st.lists(drawn, min_size=1, max_size=8)):
        claim.append(Chain(f"document {document}", (outlets[document], *sources)))
    return [chains for chains in claims if chains]


kinds = st.builds(
    Source,
    gathers=st.sampled_from(["own", "own", "relays", "unknown"]),
    unnamed=st.sampled_from([False, False, True]),
    outlet=st.booleans(),
    party=st.sampled_from([False, False, False, True]),
    owners=st.frozensets(st.sampled_from([*NAMES, "the state"]), max_size=2),
    places=st.frozensets(st.sampled_from(["Orlen", "Velmara", "valley"]), max_size=2),
)
people = st.builds(Source, gathers=st.sampled_from(["own", "unknown"]), person=st.just(True), party=st.booleans())
known = st.dictionaries(st.sampled_from(NAMES), kinds | people)


@st.composite
def ties(draw: st.DrawFn, names: Sequence[str], alike: int = 2, apart: int = 3) -> tuple[Tie, ...]:
    """Judgements that do not speak against one another: none separates two that others make the same."""
    if len(names) < 2:
        return ()
    pairs = st.sampled_from(list(itertools.permutations(names, 2)))
    same = [Tie(*pair, True, "Ines Moral") for pair in draw(st.lists(pairs, max_size=alike))]
    differ = [Tie(*pair, False, "Ines Moral") for pair in draw(st.lists(pairs, max_size=apart))]
    one = merged(names, same)
    return (*same, *(tie for tie in differ if one[tie.a] != one[tie.b]))


cases = st.builds(
    lambda claims, kinds, judged: Case(claims, Sources(kinds, judged, ORDER)), told(), known, ties([*NAMES, "G"])
)


@st.composite
def crowds(draw: st.DrawFn) -> Case:
    """Up to eight origins, each with a document of its own."""
    names = list("ABCDEFGH")[: draw(st.integers(1, 8))]
    sources = draw(st.fixed_dictionaries(dict.fromkeys(names, kinds | people)))
    chains = [Chain(f"document {name}", (f"paper {name}", name)) for name in names]
    return Case([chains], Sources(sources, draw(ties(names, apart=12)), ORDER))


# ---- naive answers ---------------------------------------------------------------------------------------------------


def merged(names: Iterable[str], same: Iterable[Tie]) -> dict[str, frozenset[str]]:
    """For each name all those that are judged to be the same."""
    found = {name: frozenset({name}) for name in names}
    for tie in [*same] * len(found):
        for name in found[tie.a] | found[tie.b]:
            found[name] = found[tie.a] | found[tie.b] | found[name]
    return found


def naive_steps(case: Case) -> list[list[tuple[str, Path, str]]]:
    """For each chain of each claim its document, its sources by the first of their names, and the last as it is told.

    Who quotes itself is told once.
    """
    first = {name: min(names) for name, names in case.names.items()}
    return [
        [
            (
                chain.document,
                tuple(name for name, _ in itertools.groupby(first[s] for s in chain.sources)),
                chain.sources[-1],
            )
            for chain in chains
        ]
        for chains in case.claims
    ]


def naive_cycles(steps: Iterable[Path]) -> set[frozenset[str]]:
    """Two sources or more that each reach all others of them through citations."""
    reaches = {pair for sources in steps for pair in itertools.pairwise(sources)}
    while further := {(a, d) for a, b in reaches for c, d in reaches if b == c} - reaches:
        reaches |= further
    circles = {a: frozenset({a} | {b for _, b in reaches if {(a, b), (b, a)} <= reaches}) for a, _ in reaches}
    return {circle for circle in circles.values() if len(circle) > 1}


def all_cycles(case: Case) -> set[frozenset[str]]:
    return set().union(*(naive_cycles(sources for _, sources, _ in chains) for chains in naive_steps(case)))


def naive_origins(case: Case) -> set[str]:
    """Every end of a chain, as told, unless it stands in a circle of its claim and collects no evidence of its own."""
    found = set()
    for chains in naive_steps(case):
        circular = {source for circle in naive_cycles(sources for _, sources, _ in chains) for source in circle}
        for _, sources, told in chains:
            described = [case.sources.known.get(name, Source()) for name in case.names[told]]
            own = any(one.gathers == "own" and not one.unnamed for one in described)
            if own or sources[-1] not in circular:
                found.add(told)
    return found


def naive_ends(case: Case) -> set[str]:
    """The origins by the first of their names."""
    return {min(case.names[origin]) for origin in naive_origins(case)}


def naive_paths(case: Case) -> list[Path]:
    """All ways from the claim to an origin, over documents and sources, that come to nobody twice."""
    ends = naive_ends(case)
    links: dict[str, set[str]] = {}
    for document, sources, _ in itertools.chain(*naive_steps(case)):
        for a, b in itertools.pairwise((CLAIM, document, *sources)):
            links.setdefault(a, set()).add(b)

    def further(path: Path) -> Iterator[Path]:
        if path[-1] in ends:
            yield path[1:]
        for after in sorted(links.get(path[-1], set()) - set(path)):
            yield from further((*path, after))

    return list(further((CLAIM,)))


def most_apart(paths: Sequence[frozenset[str]]) -> int:
    """How many of these can be chosen at most so that no two share anything."""
    best = 0
    for i, path in enumerate(paths):
        best = max(best, 1 + most_apart([other for other in paths[i + 1 :] if not path & other]))
    return best


def shortest(paths: Iterable[Path]) -> list[frozenset[str]]:
    """The ways as sets, without those that do what another does and more."""
    sets = {frozenset(path) for path in paths}
    return sorted((one for one in sets if not any(other < one for other in sets)), key=sorted)


def smallest_cuts(paths: Sequence[Path]) -> list[frozenset[str]]:
    """All sets of as few sources as can be that leave no way."""
    for size in range(len(NAMES) + 1):
        found = [
            frozenset(cut) for cut in itertools.combinations(NAMES, size) if all({*path} & {*cut} for path in paths)
        ]
        if found:
            return found
    raise AssertionError("all sources together leave no way")


def before(cut: Iterable[str], paths: Iterable[Path]) -> set[str]:
    """The sources that are met before the cut on some way from the claim."""
    return {source for path in paths for source in itertools.takewhile(lambda one: one not in cut, path)}


def described(names: Iterable[str], sources: Sources) -> Source:
    """What is known of one source under all its names: whatever is said of it under any of them holds of it."""
    known = [sources.known.get(name, Source()) for name in names]
    own = any(one.gathers == "own" and not one.unnamed for one in known)
    return Source(
        gathers="own" if own else "relays" if any(one.gathers == "relays" for one in known) else "unknown",
        unnamed=all(one.unnamed for one in known),
        **{word: any(getattr(one, word) for one in known) for word in ("person", "outlet", "party")},
        **{word: frozenset().union(*(getattr(one, word) for one in known)) for word in ("owners", "places")},
    )


def naive_apart(a: frozenset[str], b: frozenset[str], sources: Sources) -> bool:
    """Whether two sources, each with all its names, are known to differ, in the words of the rule."""
    if any(not tie.same and {tie.a, tie.b} & a and {tie.a, tie.b} & b for tie in sources.ties):
        return True
    x, y = described(a, sources), described(b, sources)
    if x.party or y.party:
        return False
    if x.unnamed or y.unnamed:
        if not (x.unnamed and y.unnamed and x.places and y.places):
            return False
        return all({here, there} in APART for here in x.places for there in y.places)
    if x.person and y.person:
        return True
    return x.gathers == y.gathers == "own" and not naive_owned(a, b, sources)


def naive_owned(a: frozenset[str], b: frozenset[str], sources: Sources) -> bool:
    """Whether one is an outlet, and one of the two stands behind the other, or somebody behind both."""
    x, y = described(a, sources), described(b, sources)
    return (x.outlet or y.outlet) and bool(x.owners & y.owners or a & y.owners or b & x.owners)


def naive_vouches(one: Source) -> bool:
    return one.gathers == "own" and not one.unnamed and not one.party


def partitions(items: Sequence[frozenset[str]]) -> Iterator[list[list[frozenset[str]]]]:
    """All ways to put things into groups."""
    if not items:
        yield []
        return
    first, *rest = items
    for groups in partitions(rest):
        yield [[first], *groups]
        for i, group in enumerate(groups):
            yield [*groups[:i], [first, *group], *groups[i + 1 :]]


def naive_interval(case: Case) -> tuple[int, int]:
    """The fewest groups without two that are known to differ, of all groups there are; and the most there can be."""
    ends = [case.names[end] for end in sorted(naive_ends(case))]
    differ = {frozenset(pair) for pair in itertools.combinations(ends, 2) if naive_apart(*pair, case.sources)}
    fine = (
        groups
        for groups in partitions(ends)
        if not any(frozenset(pair) in differ for group in groups for pair in itertools.combinations(group, 2))
    )
    return min(map(len, fine)), len(ends)


# ---- the graph -------------------------------------------------------------------------------------------------------


@given(cases)
@settings(max_examples=50)
def test_documents_outlets_origins_and_circles_are_those_that_are_there(case: Case) -> None:
    found = case.counted
    assert found.documents == len({chain.document for chain in case.chains})
    assert found.outlets == len({chain.sources[0] for chain in case.chains})
    assert found.origins == naive_origins(case)
    assert sorted(found.cycles) == sorted(tuple(sorted(circle)) for circle in all_cycles(case))


@given(cases)
@settings(max_examples=80)
def test_chains_cut_and_single_points_are_those_of_all_paths(case: Case) -> None:
    found, paths = case.counted, naive_paths(case)
    assert found.chains == most_apart(shortest(paths)) == len(found.cut)
    if not paths:
        assert (found.cut, found.single_points) == ((), ())
        return
    everywhere = set.intersection(*map(set, paths))
    names = case.names | {chain.document: frozenset({chain.document}) for chain in case.chains}
    assert {*found.cut, *found.single_points} <= {*case.named, *(chain.document for chain in case.chains)}
    cut_at, points = ([min(names[node]) for node in nodes] for nodes in (found.cut, found.single_points))
    assert set(points) == everywhere
    for path in paths:
        assert [node for node in path if node in everywhere] == points, "nearest the reader first"
    documents = {path[0] for path in paths}
    if len(documents) == 1:
        assert set(cut_at) == documents
        return
    cuts = smallest_cuts(paths)
    assert frozenset(cut_at) in cuts
    assert all(before(cut_at, paths) <= before(cut, paths) for cut in cuts), "nearest the reader"


# ---- the interval ----------------------------------------------------------------------------------------------------


@given(cases | crowds())
@settings(max_examples=120)
def test_the_interval_is_that_of_all_groups_there_are(case: Case) -> None:
    found = case.counted
    assume(found.origins)
    assert (found.lower, found.upper, found.exact) == (*naive_interval(case), True)


def check_groups(case: Case, found: Independence) -> None:
    """Groups and merges of a count hold together."""
    assert sorted(itertools.chain(*found.groups)) == sorted(found.origins), "each origin in one group"
    assert all(list(group) == sorted(group) for group in found.groups)
    for group in found.groups:
        for a, b in itertools.combinations(group, 2):
            assert b in case.names[a] or not naive_apart(case.names[a], case.names[b], case.sources)
    told = [(merge.basis == "judged the same", Tie(merge.node, merge.merged, True, "")) for merge in found.merges]
    judged = merged(case.names, (tie for by_person, tie in told if by_person))
    assert all((judged[a] == judged[b]) == (b in case.names[a]) for a in case.named for b in case.named)
    joined = merged(case.names, (tie for _, tie in told))
    assert {joined[origin] & found.origins for origin in found.origins} == set(map(frozenset, found.groups))
    rules = sum(not by_person for by_person, _ in told)
    assert rules == found.upper - len(found.groups), "as few merges as join what is told as one"


@given(cases | crowds())
@settings(max_examples=80)
def test_groups_and_merges_tell_how_the_lower_count_was_made(case: Case) -> None:
    found = case.counted
    assert len(found.groups) == found.lower
    check_groups(case, found)


@given(cases | crowds())
@settings(max_examples=50)
def test_a_basis_is_true_of_the_one_that_is_merged(case: Case) -> None:
    quoted = {sources[-1] for _, sources, _ in itertools.chain(*naive_steps(case)) if len(sources) > 1}
    for merge in case.counted.merges:
        if merge.basis == "judged the same":
            assert any(tie.same and {tie.a, tie.b} == {merge.node, merge.merged} for tie in case.sources.ties)
            assert merge.by == "Ines Moral"
            continue
        assert merge.by == "claims-kg"
        assert merge.merged not in case.names[merge.node]
        one = described(case.names[merge.merged], case.sources)
        holds = {
            "unnamed": one.unnamed,
            "party to the event": one.party,
            "own voice, basis unstated": one.gathers != "own" and min(case.names[merge.merged]) not in quoted,
            "passes on others' evidence": one.gathers == "relays",
            "not known whether it gathers": one.gathers == "unknown",
            "outlet and owner": naive_vouches(one)
            and naive_owned(case.names[merge.node], case.names[merge.merged], case.sources),
        }
        assert holds[merge.basis], merge


@given(crowds())
@settings(max_examples=50)
def test_where_it_gives_up_trying_the_lower_count_is_a_bound(case: Case) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "MOST_TRIED", 2)
        found = case.counted
    lower, upper = naive_interval(case)
    assert found.upper == upper
    assert 1 <= found.lower <= lower <= len(found.groups)
    assert found.exact == (found.lower == len(found.groups))
    check_groups(case, found)


@given(cases)
@settings(max_examples=50)
def test_the_counts_keep_their_order(case: Case) -> None:
    found = case.counted
    assert found.outlets <= found.documents
    assert found.lower <= found.upper <= len(found.origins)
    assert found.chains <= len(found.origins)
    assert (found.lower == 0) == (found.upper == 0) == (found.chains == 0) == (not found.origins)


@given(cases)
@settings(max_examples=50)
def test_the_verdict_follows_from_the_numbers_and_single_points(case: Case) -> None:
    found = case.counted
    rules = {
        "ungrounded": not found.origins,
        "repeats": found.upper == 1,
        "single relay": found.single_points != (),
        "possibly corroborates": found.lower == 1,
        "corroborates": found.lower >= 2,
    }
    assert found.verdict == next(verdict for verdict, holds in rules.items() if holds)


# ---- what makes no difference, and what only goes one way ------------------------------------------------------------


@given(cases, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_order_and_repetition_change_nothing(case: Case, chance: random.Random) -> None:
    again = [chance.sample(chains * 2, 2 * len(chains)) for chains in case.claims * 2]
    chance.shuffle(again)
    sources = dict(chance.sample(list(case.sources.known.items()), len(case.sources.known)))
    judged = tuple(
        tie._replace(a=tie.b, b=tie.a) if chance.random() < 0.5 else tie
        for tie in chance.sample(case.sources.ties, len(case.sources.ties))
    )
    assert everything(independence(again, Sources(sources, judged, ORDER))) == everything(case.counted)


@given(cases, st.permutations([*NAMES, "G"]))
@settings(max_examples=50)
def test_names_change_nothing(case: Case, names: list[str]) -> None:
    to = dict(zip([*NAMES, "G"], names, strict=True))

    def named(one: str) -> str:
        return to.get(one, one.replace("document", "page"))

    def known_as(told: Iterable[str], names: dict[str, frozenset[str]]) -> list[frozenset[str]]:
        return [names.get(one, frozenset({one})) for one in told]

    def renamed(told: Iterable[frozenset[str]]) -> list[frozenset[str]]:
        return [frozenset(map(named, one)) for one in told]

    other = Case(
        [[Chain(named(c.document), tuple(map(named, c.sources))) for c in chains] for chains in case.claims],
        Sources(
            {named(a): replace(one, owners=frozenset(map(named, one.owners))) for a, one in case.sources.known.items()},
            tuple(tie._replace(a=named(tie.a), b=named(tie.b)) for tie in case.sources.ties),
            ORDER,
        ),
    )
    found, expected = other.counted, case.counted
    for number in ("documents", "outlets", "lower", "upper", "exact", "chains", "verdict"):
        assert getattr(found, number) == getattr(expected, number)
    assert found.origins == set(map(named, expected.origins))
    assert set(known_as(found.cut, other.names)) == set(renamed(known_as(expected.cut, case.names)))
    assert known_as(found.single_points, other.names) == renamed(known_as(expected.single_points, case.names))


@given(cases, st.data())
@settings(max_examples=50)
def test_one_more_chain_never_lowers_the_upper_count(case: Case, data: st.DataObject) -> None:
    claim = data.draw(st.sampled_from(case.claims))
    sources = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
    longer = [*claim, Chain("another document", tuple(sources))]
    more = case._replace(claims=[longer if chains is claim else chains for chains in case.claims])
    assume(not all_cycles(more))
    assert more.counted.upper >= case.counted.upper
    assert more.counted.chains >= case.counted.chains
    assert more.counted.documents == case.counted.documents + 1


@given(cases | crowds(), st.data())
@settings(max_examples=80)
def test_a_further_judgement_moves_the_interval_one_way(case: Case, data: st.DataObject) -> None:
    found, names = case.counted, case.names
    pairs = [pair for pair in itertools.combinations(sorted(found.origins), 2) if names[pair[0]] != names[pair[1]]]
    assume(pairs)
    a, b = data.draw(st.sampled_from(pairs))
    apart, alike = (case.judged_too(Tie(a, b, judged, "Ines Moral")) for judged in (False, True))
    assert apart.counted.lower in (found.lower, found.lower + 1)
    assert (apart.counted.upper, apart.counted.chains) == (found.upper, found.chains)
    # By another name an outlet may cite itself in a circle, and ground what was not grounded if it is said to gather.
    assume(not all_cycles(case) and not all_cycles(alike))
    assert alike.counted.upper == found.upper - 1
    assert found.chains - 1 <= alike.counted.chains <= found.chains
    plain = [
        not (one.party or one.owners) for one in (described(names[a], case.sources), described(names[b], case.sources))
    ]
    owning = {owner for one in case.sources.known.values() for owner in one.owners}
    if not naive_apart(names[a], names[b], case.sources) and all(plain) and not owning & {names[a], names[b]}:
        # (A party, an outlet with owners and an owner make the other one such.) Who are the same must stand in one
        # group: that leaves no more ways to put the others together than before.
        assert alike.counted.lower >= found.lower
        assert min(alike.counted.lower, apart.counted.lower) == found.lower, "they are the same or they differ"


# ---- two claims ------------------------------------------------------------------------------------------------------


@given(told(), told(), known, ties([*NAMES, "G"]))
@settings(max_examples=50)
def test_two_claims_corroborate_where_an_origin_of_each_differs(
    first: list[list[Chain]], second: list[list[Chain]], sources: dict[str, Source], judged: tuple[Tie, ...]
) -> None:
    a = first[0]
    b = [Chain(f"other {chain.document}", chain.sources) for chain in second[0]]
    case = Case([a, b], Sources(sources, judged, ORDER))
    of_a, of_b = (naive_ends(Case([chains], case.sources)) for chains in (a, b))
    differ = any(
        naive_apart(case.names[one], case.names[other], case.sources) for one in of_a for other in of_b if one != other
    )
    paths = naive_paths(case)
    through_one = bool(paths) and bool(set.intersection(*map(set, paths)))
    expected = (
        "repeats" if len(of_a | of_b) <= 1 else "corroborates" if differ and not through_one else "possiblyCorroborates"
    )
    for claims in ((a, b), (b, a)):
        relation, found = corroboration(*claims, case.sources)
        assert (relation, everything(found)) == (expected, everything(case.counted))
