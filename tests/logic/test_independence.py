"""How independent support is: the cases of the design, one by one."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pytest

from kg.logic.attribution import Chain
from kg.logic.independence import Independence, Merge, corroboration, independence
from kg.logic.scope import Order
from kg.logic.sources import Source, Sources, Tie

OWN = Source("own")
RELAYS = Source("relays")
UNNAMED = Source(unnamed=True)
PAPER = Source("relays", outlet=True)
REPORTER = Source("own", outlet=True)
PERSON = Source(person=True)

#: The valley lies in Velmara, which is declared to share nothing with Orlen.
PLACES = Order({"valley": frozenset({"Velmara"})}, apart=frozenset({frozenset({"Orlen", "Velmara"})}))

#: The seed article's sources: one paper, a monitor with informants of its own, and three that nobody names.
SEED = {
    "paper": PAPER,
    "monitor": OWN,
    "field sources": UNNAMED,
    "first newspaper": PAPER,
    "second newspaper": PAPER,
    "eyewitnesses of the first": UNNAMED,
    "eyewitnesses of the second": UNNAMED,
}
MONITOR = Chain("article", ("paper", "monitor"))
FIELD = Chain("article", ("paper", "field sources"))
FIRST = Chain("article", ("paper", "first newspaper", "eyewitnesses of the first"))
SECOND = Chain("article", ("paper", "second newspaper", "eyewitnesses of the second"))


def chain(text: str) -> Chain:
    """A chain from words such as "page: paper < agency < monitor"."""
    document, sources = text.split(": ")
    return Chain(document, tuple(sources.split(" < ")))


def counted(known: Mapping[str, Source], *texts: str, ties: Collection[Tie] = ()) -> Independence:
    """Of one claim, told in these chains."""
    return independence([[chain(text) for text in texts]], Sources(known, tuple(ties), PLACES))


def everything(found: Independence) -> dict[str, object]:
    """All that a count says, what it works out only when asked as well."""
    return {name: getattr(found, name) for name in dir(found) if not name.startswith("_")}


def interval(found: Independence) -> tuple[int, int]:
    assert found.exact
    return found.lower, found.upper


def bases(found: Independence) -> dict[str, set[frozenset[str]]]:
    """The pairs that are counted as one, by basis."""
    told: dict[str, set[frozenset[str]]] = {}
    for merge in found.merges:
        told.setdefault(merge.basis, set()).add(frozenset({merge.node, merge.merged}))
    return told


# ---- the seed article ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chains", "expected"),
    [
        ([MONITOR, FIELD, FIRST, SECOND], (1, 4)),  # at least 745
        ([FIELD, FIRST, SECOND], (1, 3)),  # at least 2,300
        ([FIRST, SECOND], (1, 2)),  # at least 4,001
    ],
)
def test_the_seed_article_has_many_origins_behind_one_document(chains: list[Chain], expected: tuple[int, int]) -> None:
    found = independence([[one] for one in chains], Sources(SEED))
    assert interval(found) == expected
    assert (found.documents, found.outlets, found.origins) == (1, 1, {one.sources[-1] for one in chains})
    assert (found.verdict, found.chains, found.cut) == ("single relay", 1, ("article",))
    assert found.single_points == ("article", "paper")
    assert found.cycles == ()


# ---- one voice -------------------------------------------------------------------------------------------------------


def test_five_outlets_that_quote_one_monitor_are_one_voice() -> None:
    papers = {f"paper {i}": PAPER for i in range(5)}
    found = counted({**papers, "monitor": OWN}, *(f"page {i}: paper {i} < monitor" for i in range(5)))
    assert (found.documents, found.outlets, found.origins) == (5, 5, {"monitor"})
    assert (interval(found), found.verdict) == ((1, 1), "repeats")
    assert (found.chains, found.cut, found.single_points) == (1, ("monitor",), ("monitor",))
    assert (found.groups, found.merges, found.annotations) == ((("monitor",),), (), frozenset())


def test_an_agency_between_the_outlets_and_the_monitor_is_a_single_point_too() -> None:
    known = {"agency": PAPER, "monitor": OWN}
    found = counted(known, "p: paper < agency < monitor", "q: gazette < agency < monitor")
    assert found.single_points == ("agency", "monitor")
    assert (found.chains, len(found.cut), found.verdict) == (1, 1, "repeats")


def test_an_outlet_in_its_own_voice_is_an_origin() -> None:
    found = counted({}, "page: paper")
    assert (found.documents, found.outlets, found.origins, found.verdict) == (1, 1, {"paper"}, "repeats")
    assert found.cut == ("page",)
    assert found.single_points == ("page", "paper")


# ---- two voices ------------------------------------------------------------------------------------------------------


def test_two_monitors_that_gather_their_own_evidence_corroborate() -> None:
    found = counted({"first": OWN, "second": OWN}, "p: paper < first", "q: gazette < second")
    assert (interval(found), found.verdict) == ((2, 2), "corroborates")
    assert (found.chains, len(found.cut), found.single_points) == (2, 2, ())
    assert found.groups == (("first",), ("second",))
    assert found.merges == ()


def test_a_commission_an_office_and_an_agency_of_one_parent_stay_three() -> None:
    united = Source("own", owners=frozenset({"union"}))
    known = {"commission": united, "office": united, "agency": united, "union": Source()}
    found = counted(known, "p: paper < commission", "q: gazette < office", "r: radio < agency")
    assert (interval(found), found.verdict, found.chains) == ((3, 3), "corroborates", 3)


def test_an_organisation_never_merges_into_what_stands_above_it() -> None:
    known = {"office": Source("own", owners=frozenset({"union"})), "union": OWN}
    found = counted(known, "p: paper < office", "q: gazette < union")
    assert (interval(found), found.verdict) == ((2, 2), "corroborates")


def test_different_named_people_are_different_though_nobody_knows_what_they_gather() -> None:
    found = counted({"Ada Lorn": PERSON, "Bo Wick": PERSON}, "p: paper < Ada Lorn", "q: gazette < Bo Wick")
    assert (interval(found), found.verdict) == ((2, 2), "corroborates")


def test_a_named_person_is_not_known_to_differ_from_an_organisation_or_from_the_unnamed() -> None:
    for other in (Source(), UNNAMED, RELAYS, OWN):
        found = counted({"Ada Lorn": PERSON, "other": other}, "p: paper < Ada Lorn", "q: gazette < other")
        assert interval(found) == (1, 2)


# ---- hard case 8 -----------------------------------------------------------------------------------------------------

EYEWITNESSES = ("p: paper < eyewitnesses of the paper", "q: gazette < eyewitnesses of the gazette")


def eyewitnesses(first: str = "", second: str = "") -> dict[str, Source]:
    """Two groups that nobody names, with the places that their descriptions name."""
    one, other = (Source(unnamed=True, places=frozenset(places.split())) for places in (first, second))
    return {"eyewitnesses of the paper": one, "eyewitnesses of the gazette": other}


def test_case_8_anonymous_eyewitnesses_of_two_outlets_possibly_corroborate() -> None:
    found = counted(eyewitnesses(), *EYEWITNESSES)
    assert (interval(found), found.verdict) == ((1, 2), "possibly corroborates")
    assert (found.chains, len(found.cut), found.single_points) == (2, 2, ())
    assert found.groups == (("eyewitnesses of the gazette", "eyewitnesses of the paper"),)
    assert bases(found) == {"unnamed": {frozenset(eyewitnesses())}}


def test_case_8_eyewitnesses_with_incompatible_descriptions_corroborate() -> None:
    found = counted(eyewitnesses("Orlen", "valley"), *EYEWITNESSES)
    assert (interval(found), found.verdict, found.merges) == ((2, 2), "corroborates", ())


@pytest.mark.parametrize(
    ("first", "second"),
    [("Orlen", ""), ("Orlen", "Orlen"), ("Velmara", "valley"), ("Orlen", "elsewhere"), ("Orlen Velmara", "valley")],
)
def test_descriptions_that_may_mean_the_same_people_are_compatible(first: str, second: str) -> None:
    for known in (eyewitnesses(first, second), eyewitnesses(second, first)):
        found = counted(known, *EYEWITNESSES)
        assert (interval(found), found.verdict) == ((1, 2), "possibly corroborates")


def test_only_of_the_unnamed_does_the_place_say_who_they_are() -> None:
    known = {name: Source(places=one.places) for name, one in eyewitnesses("Orlen", "Velmara").items()}
    assert interval(counted(known, *EYEWITNESSES)) == (1, 2)


def test_case_8_both_known_through_one_article_is_a_single_relay() -> None:
    told = ("page: paper < first newspaper < eyewitnesses of the paper", "page: paper < eyewitnesses of the gazette")
    for known, expected in ((eyewitnesses(), (1, 2)), (eyewitnesses("Orlen", "Velmara"), (2, 2))):
        found = counted(known, *told)
        assert (interval(found), found.verdict, found.cut) == (expected, "single relay", ("page",))


def test_two_monitors_known_through_one_agency_are_a_single_relay() -> None:
    told = ("p: paper < agency < first", "q: gazette < agency < second")
    found = counted({"first": OWN, "second": OWN}, *told)
    assert (interval(found), found.verdict) == ((2, 2), "single relay")
    assert (found.chains, found.cut, found.single_points) == (1, ("agency",), ("agency",))


def test_two_articles_of_one_outlet_are_a_single_relay() -> None:
    found = counted({"first": OWN, "second": OWN}, "p: paper < first", "q: paper < second")
    assert (found.documents, found.outlets, found.verdict, found.cut) == (2, 1, "single relay", ("paper",))


# ---- hard case 9 -----------------------------------------------------------------------------------------------------

CIRCLE = ("p: A < B", "q: B < A")


def test_case_9_outlets_that_cite_one_another_are_ungrounded() -> None:
    found = counted({}, *CIRCLE)
    assert found.verdict == "ungrounded"
    assert (found.documents, found.outlets, found.origins) == (2, 2, frozenset())
    assert (found.lower, found.upper, found.exact, found.chains) == (0, 0, True, 0)
    assert (found.cut, found.single_points, found.groups, found.merges) == ((), (), (), ())
    assert found.cycles == (("A", "B"),)


def test_case_9_one_chain_to_a_hospital_grounds_them() -> None:
    found = counted({"hospital": OWN}, *CIRCLE, "r: B < hospital")
    assert (found.verdict, found.origins, found.cycles) == ("repeats", {"hospital"}, (("A", "B"),))
    assert (found.chains, interval(found)) == (1, (1, 1))
    assert found.single_points == ("B", "hospital")


def test_one_who_gathers_own_evidence_is_an_origin_though_in_a_circle() -> None:
    found = counted({"A": REPORTER}, *CIRCLE)
    assert (found.verdict, found.origins, found.cycles) == ("repeats", {"A"}, (("A", "B"),))
    found = counted({"A": REPORTER, "B": REPORTER}, *CIRCLE)
    assert (interval(found), found.verdict, found.cycles) == ((2, 2), "corroborates", (("A", "B"),))


def test_a_circle_of_two_claims_is_none() -> None:
    """On one claim A has it from B, on another B has it from A: each has a source of its own."""
    found = independence([[chain(CIRCLE[0])], [chain(CIRCLE[1])]], Sources({}))
    assert (found.origins, found.cycles, interval(found)) == ({"A", "B"}, (), (1, 2))


def test_one_who_quotes_itself_or_its_own_speaker_is_one_step() -> None:
    found = counted({"A": OWN}, "p: paper < A < A", "q: A < A")
    assert (found.verdict, found.origins, found.cycles) == ("repeats", {"A"}, ())
    assert (found.chains, found.single_points) == (1, ("A",))


def test_an_end_in_the_open_is_an_origin_though_others_look_behind_it() -> None:
    """The radio names the agency and stops; the paper says whom the agency has it from."""
    found = counted({"monitor": OWN}, "p: radio < agency", "q: paper < agency < monitor")
    assert found.origins == {"agency", "monitor"}
    assert (interval(found), found.verdict) == ((1, 2), "single relay")
    assert (found.chains, found.single_points) == (1, ("agency",))


# ---- owners and parties ----------------------------------------------------------------------------------------------


def test_an_outlet_and_its_owner_are_one_in_the_lower_count_though_both_gather() -> None:
    known = {"state radio": Source("own", outlet=True, owners=frozenset({"ministry"})), "ministry": OWN}
    found = counted(known, "p: state radio", "q: paper < ministry")
    assert (interval(found), found.verdict) == ((1, 2), "possibly corroborates")
    assert bases(found) == {"outlet and owner": {frozenset(known)}}


def test_two_outlets_of_one_owner_are_one_in_the_lower_count() -> None:
    owned = Source("own", outlet=True, owners=frozenset({"house", "somebody"}))
    known = {"paper": owned, "radio": Source("own", outlet=True, owners=frozenset({"house"}))}
    found = counted(known, "p: paper", "q: radio")
    assert (interval(found), bases(found)) == ((1, 2), {"outlet and owner": {frozenset(known)}})
    known["radio"] = Source("own", outlet=True, owners=frozenset({"another house"}))
    assert interval(counted(known, "p: paper", "q: radio")) == (2, 2)


def test_a_party_does_not_raise_the_lower_count_by_its_own_evidence() -> None:
    known = {"ministry": Source("own", party=True), "monitor": OWN}
    found = counted(known, "p: paper < ministry", "q: gazette < monitor")
    assert (interval(found), found.verdict) == ((1, 2), "possibly corroborates")
    assert bases(found) == {"party to the event": {frozenset(known)}}


def test_two_parties_are_not_known_to_differ_even_as_people() -> None:
    party = Source("own", party=True, person=True)
    found = counted({"Ada Lorn": party, "Bo Wick": party}, "p: paper < Ada Lorn", "q: gazette < Bo Wick")
    assert interval(found) == (1, 2)


# ---- why they are counted as one -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "told", "basis"),
    [
        (UNNAMED, "q: gazette < other", "unnamed"),
        (Source("own", unnamed=True), "q: gazette < other", "unnamed"),
        (Source("unknown", outlet=True), "q: other", "own voice, basis unstated"),
        (Source("unknown", outlet=True), "q: other < other", "own voice, basis unstated"),
        (Source("unknown", outlet=True), "q: gazette < other", "not known whether it gathers"),
        (RELAYS, "q: gazette < other", "passes on others' evidence"),
        (Source(), "q: gazette < other", "not known whether it gathers"),
        (Source("own", party=True), "q: gazette < other", "party to the event"),
    ],
)
def test_a_merge_says_on_which_basis_and_by_whom(other: Source, told: str, basis: str) -> None:
    found = counted({"monitor": OWN, "other": other}, "p: paper < monitor", told)
    assert interval(found) == (1, 2)
    assert found.merges == (Merge("monitor", "other", basis, "claims-kg"),)


def test_what_merges_tell_joins_each_group_and_nothing_else() -> None:
    known = {"first": OWN, "second": OWN, "third": Source(), "fourth": UNNAMED}
    found = counted(known, *(f"page {name}: paper {name} < {name}" for name in known))
    assert interval(found) == (2, 4)
    assert len(found.merges) == 2, "four origins, two groups"
    for merge in found.merges:
        assert any({merge.node, merge.merged} <= set(group) for group in found.groups)
    assert {merge.merged for merge in found.merges} == {"third", "fourth"}


def test_people_who_spoke_for_an_origin_are_counted_as_the_origin() -> None:
    """Chains name the organisation; who spoke for it is told among the merges, once, however often quoted."""
    chains = [
        Chain("p", ("paper", "office"), "Ada Lorn"),
        Chain("q", ("gazette", "office"), "Bo Wick"),
        Chain("r", ("gazette", "office"), "Bo Wick"),
        Chain("s", ("office",)),
    ]
    found = independence([chains], Sources({"office": OWN}))
    assert (found.documents, found.outlets, found.origins, interval(found)) == (4, 3, {"office"}, (1, 1))
    assert set(found.merges) == {Merge("office", who, "speaks for", "the dossier") for who in ("Ada Lorn", "Bo Wick")}
    assert len(found.merges) == 2


def test_one_who_spoke_for_no_origin_is_no_merge() -> None:
    told = [Chain("p", ("A", "B"), "Bo Wick"), Chain("q", ("B", "A"), "Ada Lorn")]
    assert independence([told], Sources({})).merges == ()


# ---- ties that a person made -----------------------------------------------------------------------------------------


TWO = ("p: paper < first", "q: gazette < second")


def test_two_that_a_person_judged_the_same_are_one_in_both_counts() -> None:
    tie = Tie("first", "second", True, "Ines Moral", "annotation/1")
    found = counted({"first": OWN, "second": OWN}, *TWO, ties=[tie])
    assert (interval(found), found.verdict) == ((1, 1), "repeats")
    (merge,) = found.merges
    assert {merge.node, merge.merged} == {"first", "second"}
    assert merge[2:] == ("judged the same", "Ines Moral", "annotation/1")
    assert found.annotations == {"annotation/1"}


def test_two_that_a_person_judged_to_differ_are_two() -> None:
    tie = Tie("second", "first", False, "Ines Moral", "annotation/2")
    found = counted({"first": UNNAMED}, *TWO, ties=[tie])
    assert (interval(found), found.verdict, found.merges) == ((2, 2), "corroborates", ())
    assert found.annotations == {"annotation/2"}


def test_to_know_that_two_are_the_same_may_raise_the_lower_count() -> None:
    """Of four in a row, each known to differ from the next, two groups hold all; not if the first is the last."""
    row = [Tie(*pair, False, "Ines Moral") for pair in itertools.pairwise("ABCD")]
    told = [f"page {name}: paper {name} < {name}" for name in "ABCD"]
    known = dict.fromkeys("ABCD", UNNAMED)
    assert interval(counted(known, *told, ties=row)) == (2, 4)
    assert interval(counted(known, *told, ties=[*row, Tie("D", "A", True, "Ines Moral")])) == (3, 3)


def test_a_tie_of_others_is_not_used() -> None:
    others = {"somebody": True, "stranger": False}
    ties = [Tie("first", other, same, "Ines Moral", f"annotation/{other}") for other, same in others.items()]
    found = counted({}, *TWO, ties=ties)
    assert interval(found) == (1, 2)
    assert "annotation/stranger" not in found.annotations
    assert "judged the same" not in bases(found)


def test_what_is_known_of_a_source_by_another_name_counts_and_is_told() -> None:
    known = {"monitor": Source("own", annotations=frozenset({"annotation/7"})), "second": OWN}
    assert interval(counted(known, *TWO)) == (1, 2)
    found = counted(known, *TWO, ties=[Tie("first", "monitor", True, "Ines Moral", "annotation/6")])
    assert (interval(found), found.annotations) == ((2, 2), {"annotation/6", "annotation/7"})


def test_judgements_reach_across_a_name_that_is_no_origin_here() -> None:
    """Two annotations: each of two names is the monitor's; on this claim nobody names the monitor itself."""
    ties = [Tie("first", "monitor", True, "Ines Moral", "annotation/1"), Tie("second", "monitor", True, "Jo Eker")]
    found = counted({"first": OWN, "second": OWN}, *TWO, ties=ties)
    assert (interval(found), found.verdict) == ((1, 1), "repeats")


def test_who_are_the_same_are_not_merged_again_on_another_basis() -> None:
    ties = [Tie("A", "B", True, "Ines Moral"), Tie("B", "C", True, "Ines Moral")]
    found = counted({"A": OWN, "B": Source(), "C": OWN}, "p: paper < A", "q: gazette < B", "r: radio < C", ties=ties)
    assert interval(found) == (1, 1)
    assert bases(found) == {"judged the same": {frozenset("AB"), frozenset("BC")}}


def test_two_origins_that_are_one_and_the_same_are_one_node_of_the_chains() -> None:
    tie = Tie("first", "second", True, "Ines Moral")
    found = counted({"first": OWN, "second": OWN}, *TWO, ties=[tie])
    assert (found.chains, len(found.cut), len(found.single_points)) == (1, 1, 1)
    assert found.cut[0] in {"first", "second"}


def test_a_relay_under_two_names_is_a_single_relay() -> None:
    told = ("p: paper < agency < first", "q: gazette < the agency < second")
    known = {"first": OWN, "second": OWN}
    assert counted(known, *told).verdict == "corroborates"
    found = counted(known, *told, ties=[Tie("agency", "the agency", True, "Ines Moral", "annotation/1")])
    assert (interval(found), found.verdict, found.chains) == ((2, 2), "single relay", 1)
    assert found.annotations == {"annotation/1"}


def test_an_owner_or_a_party_is_one_under_another_name_too() -> None:
    """What is known of one name holds for whoever goes by the other as well."""
    tie = Tie("first", "the first", True, "Ines Moral")
    owned = Source("own", outlet=True, owners=frozenset({"second"}))
    for described in (owned, Source("own", party=True)):
        found = counted({"the first": described, "second": OWN}, *TWO, ties=[tie])
        assert (interval(found), found.verdict) == ((1, 2), "possibly corroborates")
    assert interval(counted({"the first": OWN, "second": OWN}, *TWO, ties=[tie])) == (2, 2)


def test_a_circle_is_one_under_whatever_names() -> None:
    """A has it from C, and C from B. Who knows that B is A knows that nobody has it from anywhere."""
    told = ("p: A < C", "q: C < B")
    found = counted({}, *told)
    assert (found.origins, found.cycles) == ({"B", "C"}, ())
    found = counted({}, *told, ties=[Tie("A", "B", True, "Ines Moral", "annotation/1")])
    assert (found.verdict, found.origins, found.cycles) == ("ungrounded", frozenset(), (("A", "C"),))
    assert found.annotations == {"annotation/1"}


def test_other_judgements_may_be_put_in_place_of_those_that_were_looked_up() -> None:
    sources = Sources({"first": OWN, "second": OWN}, (Tie("first", "second", False, "Ines Moral"),))
    claims = [[chain(text) for text in TWO]]
    assert independence(claims, sources).upper == 2
    assert independence(claims, replace(sources, ties=(Tie("first", "second", True, "Ines Moral"),))).upper == 1


def test_a_judgement_that_leaves_a_circle_without_ground_is_told() -> None:
    found = counted({"A": Source("relays", annotations=frozenset({"annotation/5"}))}, *CIRCLE)
    assert (found.verdict, found.annotations) == ("ungrounded", {"annotation/5"})


def test_what_is_known_of_a_source_by_a_judgement_is_told() -> None:
    judged = Source("own", annotations=frozenset({"annotation/3"}))
    known = {"first": judged, "second": OWN, "elsewhere": Source(annotations=frozenset({"annotation/4"}))}
    found = counted(known, *TWO)
    assert (interval(found), found.annotations) == ((2, 2), {"annotation/3"})


# ---- how exact -------------------------------------------------------------------------------------------------------


def separated(pairs: Iterable[tuple[str, str]]) -> Independence:
    """Unnamed origins, each with a paper of its own, of which a person separated these pairs."""
    ties = [Tie(*pair, False, "Ines Moral") for pair in pairs]
    names = sorted({tie.a for tie in ties} | {tie.b for tie in ties})
    return counted(dict.fromkeys(names, UNNAMED), *(f"page {n}: paper {n} < {n}" for n in names), ties=ties)


def ring(length: int) -> list[tuple[str, str]]:
    """Each separated from its neighbours round a ring: three groups if the ring is odd."""
    names = [f"origin {i:02}" for i in range(length)]
    return list(itertools.pairwise([*names, names[0]]))


#: Seven for whom three groups do, AE BDF CG, and who are easily put into four by taking them one after another.
TRICKY = ["AB", "AC", "AD", "AG", "BE", "BG", "CD", "CF", "DE", "EF", "FG"]


@pytest.mark.parametrize(("length", "fewest"), [(3, 3), (4, 2), (5, 3), (11, 3), (12, 2)])
def test_up_to_twelve_origins_the_fewest_groups_are_exact(length: int, fewest: int) -> None:
    assert interval(separated(ring(length))) == (fewest, length)


def test_the_fewest_groups_are_found_by_trying_not_by_taking_one_after_another() -> None:
    assert interval(separated((a, b) for a, b in TRICKY)) == (3, 7)


def test_a_ring_whose_hub_differs_from_all_needs_four_groups() -> None:
    """Somebody who differs from one in the ring alone is set aside; the ring and its hub must not go with him."""
    spokes = [(name, "hub") for name, _ in ring(5)]
    assert interval(separated([*ring(5), *spokes, ("origin 00", "somebody")])) == (4, 7)


def test_beyond_twelve_the_lower_count_is_exact_or_a_bound_that_says_so() -> None:
    found = separated(ring(15))
    assert found.upper == 15
    assert (found.lower, found.exact) in {(3, True), (2, False)}
    twice = separated([*((a, b) for a, b in TRICKY), *((a.lower(), b.lower()) for a, b in TRICKY)])
    assert twice.upper == 14
    assert twice.lower == 3 if twice.exact else 2 <= twice.lower <= 3
    assert len(twice.groups) >= 3


def test_many_that_are_known_to_differ_from_all_others_need_no_search() -> None:
    known = {f"monitor {i}": OWN for i in range(30)} | {f"witness {i}": UNNAMED for i in range(30)}
    found = counted(known, *(f"page {name}: paper {name} < {name}" for name in known))
    assert interval(found) == (30, 60)
    assert len(found.merges) == 30


def test_many_named_people_and_eyewitnesses_of_two_places_are_counted() -> None:
    """No two of the people are the same; any eyewitness may be one of them."""
    known = {f"person {i}": PERSON for i in range(100)}
    known |= {f"witness {i}": Source(unnamed=True, places=frozenset({("Orlen", "valley")[i % 2]})) for i in range(100)}
    found = counted(known, *(f"page {name}: paper {name} < {name}" for name in known))
    assert interval(found) == (100, 200)


# ---- more than a few -------------------------------------------------------------------------------------------------


def test_five_thousand_chains_are_counted() -> None:
    """Fifty agencies, each quoted by a hundred papers and each with a monitor of its own."""
    known = {f"monitor {i}": OWN for i in range(50)}
    told = [f"page {i}: paper {i} < agency {i % 50} < monitor {i % 50}" for i in range(5000)]
    found = counted(known, *told)
    assert (found.documents, found.outlets, len(found.origins)) == (5000, 5000, 50)
    assert (interval(found), found.chains, len(found.cut)) == ((50, 50), 50, 50)
    assert (found.single_points, found.verdict) == ((), "corroborates")


def test_five_thousand_chains_to_one_monitor_are_one_voice() -> None:
    found = counted({"monitor": OWN}, *(f"page {i}: paper {i} < agency {i % 7} < monitor" for i in range(5000)))
    assert (found.chains, found.cut, found.single_points) == (1, ("monitor",), ("monitor",))
    assert (interval(found), found.verdict) == ((1, 1), "repeats")


# ---- nothing ---------------------------------------------------------------------------------------------------------


def test_no_chains_are_no_support() -> None:
    for none in ([], [[]]):
        found = independence(none, Sources({}))
        assert (found.documents, found.outlets, found.origins, found.verdict) == (0, 0, frozenset(), "ungrounded")
        assert (found.lower, found.upper, found.chains, found.cut, found.single_points) == (0, 0, 0, (), ())


# ---- two claims ------------------------------------------------------------------------------------------------------


def related(known: Mapping[str, Source], a: str, b: str, ties: Collection[Tie] = ()) -> str:
    """What two claims, each told in chains parted by ";", do for one another."""
    mine, theirs = ([chain(text) for text in texts.split("; ")] for texts in (a, b))
    sources = Sources(known, tuple(ties), PLACES)
    expected = everything(independence([mine, theirs], sources))
    (relation, found), (back, again) = corroboration(mine, theirs, sources), corroboration(theirs, mine, sources)
    assert (relation, everything(found)) == (back, everything(again)) == (relation, expected)
    return relation


def test_claims_with_the_same_origin_repeat_one_another() -> None:
    assert related({"monitor": OWN}, "p: paper < monitor", "q: gazette < monitor") == "repeats"
    judged = [Tie("first", "second", True, "Ines Moral")]
    assert related({"first": OWN, "second": OWN}, *TWO, ties=judged) == "repeats"


def test_claims_of_two_that_gather_their_own_evidence_corroborate() -> None:
    assert related({"first": OWN, "second": OWN}, *TWO) == "corroborates"
    assert related({"first": UNNAMED}, *TWO, ties=[Tie("first", "second", False, "Ines Moral")]) == "corroborates"


def test_case_8_for_two_claims() -> None:
    assert related(eyewitnesses(), *EYEWITNESSES) == "possiblyCorroborates"
    assert related(eyewitnesses("Orlen", "Velmara"), *EYEWITNESSES) == "corroborates"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("p: paper < first", "p: paper < second"),
        ("p: paper < first", "q: paper < second"),
        ("p: paper < agency < first", "q: gazette < agency < second"),
    ],
)
def test_claims_that_all_come_through_one_document_or_source_do_not_corroborate(a: str, b: str) -> None:
    assert related({"first": OWN, "second": OWN}, a, b) == "possiblyCorroborates"


def test_two_that_differ_behind_one_of_the_claims_do_nothing_for_the_other() -> None:
    """Both monitors stand behind the first claim; behind the second stands one that may be either of them."""
    known = {"first": OWN, "second": OWN, "witnesses": UNNAMED}
    assert related(known, "p: paper < first; q: gazette < second", "r: radio < witnesses") == "possiblyCorroborates"
    assert related(known, "p: paper < first; r: radio < witnesses", "q: gazette < second") == "corroborates"


def test_it_does_not_matter_which_of_its_origins_both_claims_share() -> None:
    """Each claim has both monitors: one of the first and another of the second are known to differ."""
    known = {"first": OWN, "second": OWN}
    told = "p: paper < first; q: gazette < second"
    assert related(known, told, told) == "corroborates"


def test_two_that_differ_as_each_is_cut_off_by_a_circle_do_not_corroborate() -> None:
    assert related({}, "; ".join(CIRCLE), "r: radio < hospital") != "corroborates"


def test_every_pair_of_sources_that_differ_or_not_is_the_same_in_both_functions() -> None:
    kinds = {
        "own": OWN,
        "relays": RELAYS,
        "unnamed": UNNAMED,
        "person": PERSON,
        "party": Source("own", party=True),
        "outlet": Source("own", outlet=True, owners=frozenset({"own"})),
    }
    for a, b in itertools.combinations(kinds, 2):
        found = counted(kinds, f"p: paper < {a}", f"q: gazette < {b}")
        expected = "corroborates" if found.lower == 2 else "possiblyCorroborates"
        assert related(kinds, f"p: paper < {a}", f"q: gazette < {b}") == expected
