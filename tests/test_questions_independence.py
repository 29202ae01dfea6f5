"""The saved questions on independence and retelling, answered a second time in plain Python from the tables.

Which claims imply a claim is taken from the rules, whose tests are elsewhere; who stands behind them, through whose
hands, and what that comes to is worked out anew from the rows of the dossier, in the slowest and plainest way. At the
end the answers are held against the one function that counts, so that no two questions tell different numbers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg import vocab
from kg.logic.figures import RHO, Given
from kg.logic.independence import Independence, corroboration, independence
from kg.logic.quantity import interval
from kg.logic.support import profiles, supporters
from kg.rdf import NamedGraph, Triple
from kg.relate.backing import EVERYONE
from kg.relate.blocks import Block, blocks
from kg.relate.reading import read_statements
from kg.terms import IRI
from kg.vocab import term
from kg.workspace import Workspace
from tests.conftest import SEED, Tables, velmara
from tests.test_questions_oracle import (
    ACTORS,
    CLAIM,
    DOCUMENTS,
    EVENT,
    PLACES,
    ROW,
    ROWS,
    Answers,
    ClaimRows,
    Row,
    Source,
    figure,
    in_date_order,
    parties,
    published,
    same,
    sources,
)

Writer = Callable[..., Path]
Way = tuple[Source, ...]

COLUMNS = {
    "independence": "documents outlets origins origins_lower origins_upper chains cut verdict",
    "support-profile": "floor claims documents outlets origins_lower origins_upper verdict grade",
    "corroborations": "a b status origins_lower origins_upper why",
    "single-points-of-failure": "source claims documents",
    "repeats": "claim origin documents outlets",
    "altered-reports": "document outlet origin reported other relation changed why",
    "attribution-lost": "document outlet statement earlier origin",
    "interested-parties": "source party claim statement",
    "merges": "node merged basis by",
    "withdrawals": "document outlet claim origin withdrawn statement",
}


def asked(answers: Answers, name: str, **parameters: str) -> list[tuple[Any, ...]]:
    return answers(name, COLUMNS[name], **parameters)


@pytest.fixture(scope="module")
def ask(related: Workspace) -> Answers:
    return Answers(related)


def of_every_claim(answers: Answers) -> Mapping[ClaimRows, list[tuple[Any, ...]]]:
    """The question `independence` with its parameter unset, and the claim told in front of each row."""
    text = answers.workspace.questions["independence"].text.replace("SELECT ", "SELECT ?claim ", 1)
    found: dict[ClaimRows, list[tuple[Any, ...]]] = defaultdict(list)
    rows = answers.workspace.sparql(text).rows
    assert rows is not None
    for claim, *row in rows.rows:
        found[answers.words(claim)].append(tuple(map(answers.words, row)))
    return found


# ---- who stands behind a claim, from the rows ------------------------------------------------------------------------

COUNTED = ("quantity", "event", "responsibility")


def voices(claim: ClaimRows) -> list[Row]:
    return [ROW[row] for row in claim if ROW[row]["stance"] == "affirms" and ROW[row]["kind"] in COUNTED]


@cache
def way_of(row_id: str) -> Way:
    steps = [source.organisation for source in sources(ROW[row_id])]
    return (steps[0], *(after for before, after in pairwise(steps) if after != before))


def way(row: Row) -> Way:
    """The chain with organisations for those who speak for them; who quotes their own speaker is one step."""
    return way_of(row["id"])


def owners(name: str) -> set[str]:
    above = ACTORS[name]["affiliation"]
    return {name} | (owners(above) if above in ACTORS else {above} if above else set())


def vouches(source: Source) -> bool:
    actor = ACTORS.get(source[0]) if source.named else None
    return bool(actor and actor["gathers"] == "own" and not interested(source[0]))


def interested(name: str) -> bool:
    """A party, or one that belongs to a party and of which nobody says that it is none."""
    party = ACTORS[name]["party_to"]
    return (
        bool(party) if party is not None else any(ACTORS[o]["party_to"] for o in owners(name) - {name} if o in ACTORS)
    )


PUBLISHING = {document["outlet"] for document in DOCUMENTS.values()}


def differ(a: Source, b: Source) -> bool:
    """Whether two origins are known to be two: both gather their own evidence, or both are people of their own."""
    if vouches(a) and vouches(b):
        return not (owners(a[0]) & owners(b[0]) and PUBLISHING & {a[0], b[0]})
    people = [ACTORS[one[0]] for one in (a, b) if one.named and ACTORS[one[0]]["kind"] == "person"]
    return len(people) == 2 and not any(person["party_to"] for person in people)


def fewest(origins: Iterable[Source]) -> int:
    """The fewest groups in which none are known to differ, by trying all ways of grouping."""
    origins = sorted(origins)
    fussy = [one for one in origins if any(differ(one, other) for other in origins if other != one)]

    def grouped(left: list[Source], groups: list[list[Source]]) -> int:
        if not left:
            return len(groups)
        first, *rest = left
        joined = [
            grouped(rest, [[*group, first] if group is chosen else group for group in groups])
            for chosen in groups
            if not any(differ(first, member) for member in chosen)
        ]
        return min([*joined, grouped(rest, [*groups, [first]])])

    return max(grouped(fussy, []), min(1, len(origins)))


@dataclass(frozen=True)
class Behind:
    """What stands behind some rows, by the plainest means."""

    rows: tuple[Row, ...]

    @cached_property
    def documents(self) -> set[str]:
        return {row["doc"] for row in self.rows}

    @cached_property
    def outlets(self) -> set[Source]:
        return {way(row)[0] for row in self.rows}

    @cached_property
    def origins(self) -> set[Source]:
        return {way(row)[-1] for row in self.rows}

    @cached_property
    def counts(self) -> tuple[int, int, int, int, int]:
        numbers = len(self.documents), len(self.outlets), len(self.origins)
        return *numbers, fewest(self.origins), len(self.origins)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """From the reader to the outlets, on to whom they quote, and from the origins into the ground."""
        links = {pair for row in self.rows for pair in pairwise(way(row))}
        ends = {("reader", way(row)[0]) for row in self.rows} | {(way(row)[-1], "ground") for row in self.rows}
        return nx.DiGraph([*links, *ends])

    def stands_without(self, gone: Iterable[Any]) -> bool:
        gone = set(gone)
        return bool(nx.has_path(nx.restricted_view(self.graph, gone, []), "reader", "ground"))

    @cached_property
    def single_points(self) -> set[Source]:
        """What lies on every way lies on any one, so that the sources of one are tried."""
        _, *some, _ = nx.shortest_path(self.graph, "reader", "ground")
        return {node for node in some if not self.stands_without([node])}

    @property
    def verdict(self) -> str:
        *_, lower, upper = self.counts
        if upper == 1:
            return "repeats"
        if self.single_points:
            return "single relay"
        return "corroborates" if lower > 1 else "possibly corroborates"


@pytest.fixture(scope="module")
def material(related: Workspace) -> list[Block]:
    return blocks(read_statements(related.store, related.base), RHO)


@pytest.fixture(scope="module")
def implied_by(ask: Answers, material: list[Block]) -> Mapping[ClaimRows, set[ClaimRows]]:
    """For every claim that is counted those that imply it, itself included."""
    found = {claim: {claim} for claim in CLAIM.values() if voices(claim)}
    for block in material:
        for claim, others in supporters(list(block.figures), block.orders).items():
            found[ask.words(IRI(claim))] |= {ask.words(IRI(other)) for other in others}
    return found


@pytest.fixture(scope="module")
def behind(implied_by: Mapping[ClaimRows, set[ClaimRows]]) -> Mapping[ClaimRows, Behind]:
    return {
        claim: Behind(tuple(r for one in sorted(all_, key=min) for r in voices(one)))
        for claim, all_ in implied_by.items()
    }


# ---- the demo --------------------------------------------------------------------------------------------------------


def test_no_chain_of_the_demo_goes_in_a_circle() -> None:
    """What stands behind a claim is read off without a thought of circles here; one of the small dossiers has one."""
    for claim in set(CLAIM.values()):
        assert nx.is_directed_acyclic_graph(nx.DiGraph(pair for row in voices(claim) for pair in pairwise(way(row))))


def test_independence_of_every_claim(ask: Answers, behind: Mapping[ClaimRows, Behind]) -> None:
    found = of_every_claim(ask)
    assert found.keys() == behind.keys(), "figures, events and accusations that somebody affirms"
    for claim, rows in found.items():
        wanted = behind[claim]
        assert {(*row[:5], row[-1]) for row in rows} == {(*wanted.counts, wanted.verdict)}, sorted(claim)
        (chains,) = {row[5] for row in rows}
        cut = [row[6] for row in rows]
        assert chains == nx.node_connectivity(wanted.graph, "reader", "ground") == len(set(cut)) == len(cut)
        if len(wanted.documents) == 1 and chains == 1:
            assert set(cut) == wanted.documents, "the one document that carries everything"
        else:
            assert not wanted.stands_without(cut)
    verdicts = Counter(rows[0][-1] for rows in found.values())
    assert verdicts.keys() == {"repeats", "single relay", "possibly corroborates", "corroborates"}
    assert any(len(rows) > 2 for rows in found.values())


@pytest.mark.parametrize("row", ["A29-c01", "A29-c02", "A29-c07", "A04-7"])
def test_independence_of_a_claim_that_is_asked_for(ask: Answers, behind: Mapping[ClaimRows, Behind], row: str) -> None:
    found = asked(ask, "independence", claim=row)
    assert {(*given[:5], given[-1]) for given in found} == {(*behind[CLAIM[row]].counts, behind[CLAIM[row]].verdict)}
    assert found == of_every_claim(ask)[CLAIM[row]]


def test_what_nobody_affirms_or_what_is_only_a_position_has_no_counts(ask: Answers) -> None:
    rows = [row["id"] for row in ROWS if row["kind"] in ("position", "commitment") or not voices(CLAIM[row["id"]])]
    assert rows
    assert all(asked(ask, "independence", claim=row) == [] for row in rows[:3] + rows[-3:])


def test_support_profile(ask: Answers, material: list[Block]) -> None:
    wanted: dict[str, list[tuple[Any, ...]]] = {}
    for block in material:
        for profile in profiles(list(block.figures), block.orders, block.happenings, EVERYONE):
            claims: set[ClaimRows] = set()
            rows = wanted.setdefault(ask.words(IRI(profile[0].measure)), [])
            for floor in profile:
                claims |= {ask.words(IRI(claim)) for claim in floor.claims}
                stand = Behind(tuple(row for claim in claims for row in voices(claim)))
                documents, outlets, _, lower, upper = stand.counts
                rows.append((floor.floor, len(claims), documents, outlets, lower, upper, stand.verdict, floor.grade))
    for measure, rows in wanted.items():
        assert asked(ask, "support-profile", event=EVENT, measure=measure) == sorted(rows)
    together = asked(ask, "support-profile", event=EVENT)
    same(together, [row for rows in wanted.values() for row in rows])
    killed = sorted(wanted["killed"])
    assert together[: len(killed)] == killed, "the measure with most floors comes first"
    assert len(killed) > 50


def test_the_seed_article_alone(workspace: Workspace) -> None:
    """By hand: one document, four tolls of different origins; whoever says 2,300 or 4,001 says 745 as well."""
    workspace.add(SEED)
    workspace.relate()
    event = workspace.sparql("SELECT ?id { ?event a sem:Event ; dcterms:identifier ?id }").rows
    assert event is not None
    answers = Answers(workspace)
    rows = asked(answers, "support-profile", event=next(iter(event))["id"], measure="killed")
    by_floor = {row[0]: row for row in rows}
    for floor, expected in {745: (1, 4), 1019: (1, 4), 2300: (1, 3), 4001: (1, 2)}.items():
        assert by_floor[floor][4:6] == expected
        assert by_floor[floor][2:4] == (1, 1)
        assert by_floor[floor][6] == "single relay"


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_single_points_of_failure(ask: Answers, behind: Mapping[ClaimRows, Behind], parameters: dict[str, str]) -> None:
    found = asked(ask, "single-points-of-failure", **parameters)
    rests: dict[Source, set[ClaimRows]] = defaultdict(set)
    for claim, stand in behind.items():
        for source in stand.single_points:
            if len(stand.documents) > 1:
                rests[source].add(claim)
    same(found, [(s, len(c), len({row["doc"] for one in c for row in voices(one)})) for s, c in rests.items()])
    assert [row[1:] for row in found] == sorted((row[1:] for row in found), reverse=True)


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_repeats(ask: Answers, behind: Mapping[ClaimRows, Behind], parameters: dict[str, str]) -> None:
    found = asked(ask, "repeats", **parameters)
    wanted = [
        (claim, origin, len(stand.documents), len(stand.outlets))
        for claim, stand in behind.items()
        if len(stand.documents) > 1 and len(stand.origins) == 1
        for origin in stand.origins
    ]
    same(found, wanted)
    assert [row[2:] for row in found] == sorted((row[2:] for row in found), reverse=True)


SCOPE = ("measure", "population", "place", "window_start", "window_end", "window_fit", "responsible", "as_of")


def settled(claim: ClaimRows) -> bool:
    """Whether of an origin no other report of the day says otherwise for the same scope."""

    def range_of(row: Row) -> tuple[int, float]:
        word = vocab.scheme("bounds").get(row["qualifier"])
        assert word
        low, high = interval(word.notation, row["lower"], row["upper"])
        return low, float("inf") if high is None else high

    def disputed(row: Row) -> bool:
        for other in ROW.values():
            if other["kind"] != "quantity" or other["stance"] != "affirms" or other["increment"]:
                continue
            alike = way(other)[-1] == way(row)[-1] and all(other.get(name) == row.get(name) for name in SCOPE)
            (low, high), (other_low, other_high) = range_of(row), range_of(other)
            if alike and row["as_of"] and other["certainty"] != "possible" and (low > other_high or other_low > high):
                return True
        return False

    return not all(disputed(row) for row in voices(claim))


SUPPORTING = "kg:agreesRelation kg:refinesRelation kg:supportsRelation"


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_corroborations(ask: Answers, parameters: dict[str, str]) -> None:
    found = asked(ask, "corroborations", **parameters)
    for a, b, status, lower, upper, why in found:
        one, other = (Behind(tuple(voices(claim))) for claim in (a, b))
        both = Behind((*one.rows, *other.rows))
        assert (lower, upper) == both.counts[-2:]
        known = any(x != y and differ(x, y) for x in one.origins for y in other.origins)
        if upper == 1:
            assert status == "repeats"
        else:
            sure = known and not both.single_points and settled(a) and settled(b)
            assert status == ("corroborates" if sure else "possiblyCorroborates")
        assert ("rest on one origin" in why) == (status == "repeats")
    statuses = [row[2] for row in found]
    assert statuses == sorted(statuses, key=["corroborates", "possiblyCorroborates", "repeats"].index)
    assert len(set(statuses)) == 3
    query = f"SELECT ?a ?b {{ VALUES ?kind {{ {SUPPORTING} }} ?node kg:relation ?kind ; kg:subject ?a ; kg:object ?b }}"
    supporting = ask.workspace.sparql(query).rows
    assert supporting is not None
    pairs = Counter(frozenset(row[:2]) for row in found)
    assert set(pairs.values()) == {1}
    for one, other in (map(ask.words, row) for row in supporting.rows):
        first, second = ROW[min(one)], ROW[min(other)]
        alike = bool(first["increment"]) == bool(second["increment"])
        vague = {first["qualifier"], second["qualifier"]} & {"several", "dozens", "hundreds", "thousands"}
        told = frozenset((one, other)) in pairs
        assert told == (alike and not vague), "each is told, but a total does not support what is new, nor vague words"


# ---- retelling -------------------------------------------------------------------------------------------------------


def changes(a: Row, b: Row) -> set[str]:
    """In what two rows differ, by their columns; what one of them leaves unstated is no difference.

    Neither are two areas without a boundary, such as "the coast" and "western Syria".
    """
    found = set() if {a["lower"], a["upper"]} - {None} == {b["lower"], b["upper"]} - {None} else {"figure"}
    found |= {"bound"} if (figure(a) or "")[0] != (figure(b) or "")[0] else set()
    for name in ("population", "place"):
        if a[name] and b[name] and a[name] != b[name]:
            found.add(name)
    if all(row["place"] and PLACES[row["place"]]["kind"] == "event area" for row in (a, b)):
        found.discard("place")
    days = [(row["window_start"], row["window_end"], row.get("window_fit") or "exact") for row in (a, b)]
    if None not in (*days[0], *days[1]) and days[0] != days[1]:
        found.add("window")
    if parties(a) != parties(b):
        found.add("responsible party")
    return found | ({"certainty"} if (a["certainty"] or "stated") != (b["certainty"] or "stated") else set())


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_altered_reports_are_of_one_origin_and_say_what_changed(ask: Answers, parameters: dict[str, str]) -> None:
    found = asked(ask, "altered-reports", **parameters)
    for document, outlet_, origin, reported, other, relation, changed, _ in found:
        mine = [row for row in voices(reported) if way(row)[-1] == origin and row["doc"] == document]
        theirs = [row for row in voices(other) if way(row)[-1] == origin]
        assert mine
        assert theirs, "both are told on the word of one origin"
        assert outlet_ == way(mine[0])[0]
        assert any(set(changed.split(", ")) == changes(a, b) for a in mine for b in theirs), (document, changed)
        through = [row for row in theirs if any(way(row)[0] in way(one)[1:] for one in mine)]
        if relation == "altersReportOf":
            assert through, "it had the figure from an outlet whose own document says otherwise"
    kinds = [row[5] for row in found]
    assert kinds == sorted(kinds), "what is shown to be altered comes first"
    assert set(kinds) == {"relaysDiffer"}, "nobody is shown to have altered a document that is here"
    assert len(set(found)) == len(found)


def test_every_day_on_which_one_origin_is_given_two_numbers_of_one_scope_is_told(ask: Answers) -> None:
    figures = [row for row in ROWS if row["kind"] == "quantity" and row["stance"] == "affirms" and row["as_of"]]
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in figures:
        days, plain = (row["window_start"], row["window_end"], row.get("window_fit")), row["certainty"] != "possible"
        counted = (row["measure"], row["population"], row["place"], days, parties(row))
        if plain and not row["increment"] and None not in (row["population"], row["place"], *days[:2]):
            groups[way(row)[-1], row["as_of"], counted].append(row)
    wanted = {
        frozenset((CLAIM[a["id"]], CLAIM[b["id"]]))
        for rows in groups.values()
        for a, b in combinations(rows, 2)
        if "figure" in changes(a, b)
    }
    assert len(wanted) > 10
    assert wanted <= {frozenset((row[3], row[4])) for row in asked(ask, "altered-reports")}


def test_the_committees_announcement_as_it_was_told(ask: Answers) -> None:
    """Of one announcement: 1,426, 1,443 and 1,469 dead, people or Alawites; 265, 298, 550 and 563 suspects."""
    committee = Source(["Syrian fact-finding committee"])
    told = [row for row in asked(ask, "altered-reports", event=EVENT) if row[2] == committee]

    def number(claim: ClaimRows) -> int | None:
        return ROW[min(claim)]["lower"]  # type: ignore[no-any-return]

    against: dict[int | None, set[int | None]] = defaultdict(set)
    people: set[frozenset[str]] = set()
    for row in told:
        against[number(row[3])].add(number(row[4]))
        against[number(row[4])].add(number(row[3]))
        if number(row[3]) == number(row[4]) == 1426:
            people.add(frozenset(ROW[min(claim)]["population"] for claim in row[3:5]))
    assert {1443, 1469} & against[1426]
    assert {1426, 1443, 1469} <= against.keys()
    assert {265, 298, 550, 563} & against.keys()
    assert frozenset({"people", "Alawites"}) in people


# ---- whose word it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_interested_parties(ask: Answers, parameters: dict[str, str]) -> None:
    found = asked(ask, "interested-parties", **parameters)
    wanted = []
    for row in ROWS:
        source = sources(row)[-1]
        party = source.organisation
        if party.named and ACTORS[party[0]]["party_to"]:
            wanted.append((source, party, CLAIM[row["id"]], row["statement"]))
    same(found, wanted)
    assert any(source != party for source, party, *_ in found)
    assert [row[1] for row in found] == sorted(row[1] for row in found)


def test_merges(ask: Answers, behind: Mapping[ClaimRows, Behind]) -> None:
    found = asked(ask, "merges", event=EVENT)
    assert found == asked(ask, "merges")
    counted = {row["id"]: row for claim in behind for row in voices(claim)}.values()
    people = {(way(row)[-1], sources(row)[-1]) for row in counted if way(row)[-1] != sources(row)[-1]}
    spoken = [row for row in found if row[2] == "speaks for"]
    same(spoken, [(node, person, "speaks for", "the dossier") for node, person in people])
    assert found[: len(spoken)] == spoken
    alone = {way(row)[-1] for row in counted if len(way(row)) == 1}
    for node, merged, basis, by in found[len(spoken) :]:
        assert by == "claims-kg"
        assert node is None, "nobody in particular: it is not known to differ from some"
        assert (basis == "unnamed") == (not merged.named)
        if merged.named:
            assert (basis == "party to the event") == bool(ACTORS[merged[0]]["party_to"])
            assert not interested(merged[0]) or basis in ("party to the event", "belongs to a party")
        if basis == "own voice, basis unstated":
            assert merged in alone
        if basis == "not known whether it gathers":
            assert ACTORS[merged[0]]["gathers"] not in ("own", "relays")
    assert {"unnamed", "party to the event", "own voice, basis unstated"} <= {row[2] for row in found}


def test_attribution_lost(ask: Answers, implied_by: Mapping[ClaimRows, set[ClaimRows]]) -> None:
    """What an outlet that gathers no evidence is the first to say itself, though others were quoted with it before."""

    def own(row: Row) -> bool:
        return len(set(way(row))) == 1

    def gathers(row: Row) -> bool:
        return bool(ACTORS[way(row)[0][0]]["gathers"] == "own")

    def unsourced(row: Row, alike: list[Row]) -> bool:
        return own(row) and not gathers(row) and not any(one["doc"] == row["doc"] and not own(one) for one in alike)

    wanted: dict[tuple[Any, ...], set[str]] = {}
    for claim, implying in implied_by.items():
        alike = [row for one in implying for row in voices(one) if published(row)]
        plain = {row["id"]: published(row) for row in alike if unsourced(row, alike)}
        for row in voices(claim):
            day = plain.get(row["id"])
            if day is None or min(plain.values()) < day:
                continue
            earlier: dict[Source, list[Row]] = defaultdict(list)
            for one in alike:
                if not own(one) and published(one) < day and way(one)[-1] != way(row)[0]:  # type: ignore[operator]
                    earlier[way(one)[-1]].append(one)
            for origin, rows in earlier.items():
                first = min(map(published, rows))  # type: ignore[type-var]
                documents = {one["doc"] for one in rows if published(one) == first}
                wanted[row["doc"], way(row)[0], row["statement"], origin] = documents
    found = asked(ask, "attribution-lost", event=EVENT)
    assert found == asked(ask, "attribution-lost")
    same([(*row[:3], row[4]) for row in found], list(wanted))
    assert all(row[3] in wanted[*row[:3], row[4]] for row in found)
    in_date_order([DOCUMENTS[row[0]]["published"] for row in found])


# ---- one function counts ---------------------------------------------------------------------------------------------


class Counted:
    """What the one function says of every claim of the demo, given the statements as they are read."""

    def __init__(self, material: list[Block]) -> None:
        self.of: dict[str, tuple[Block, Independence]] = {}
        self.chains: dict[str, tuple[Block, set[Any]]] = {}
        for block in material:
            said: dict[str, set[Any]] = defaultdict(set)
            for given, told in block.figures.items():
                said[given.claim].update(voice.way for voice in told)
            for stated, told in block.stances.items():
                if stated.stance == "affirms" and stated.kind != "quantity":
                    said[stated.claim].update(voice.way for voice in told)
            implying = supporters(list[Given](block.figures), block.orders)
            for claim, chains in said.items():
                everybody = [said[one] for one in implying.get(claim, (claim,))]
                self.of[claim] = block, independence(everybody, block.sources)
                self.chains[claim] = block, chains


@pytest.fixture(scope="module")
def counted(material: list[Block]) -> Counted:
    return Counted(material)


def test_every_question_tells_the_numbers_of_one_function(ask: Answers, counted: Counted) -> None:
    words = ask.words
    of_claim = {words(IRI(claim)): found for claim, (_, found) in counted.of.items()}
    told = of_every_claim(ask)
    assert told.keys() == of_claim.keys()
    for claim, found in of_claim.items():
        counts = found.documents, found.outlets, len(found.origins), found.lower, found.upper, found.chains
        assert {(*row[:6], row[7]) for row in told[claim]} == {(*counts, found.verdict)}
        assert [row[6] for row in told[claim] if row[6]] == sorted((words(IRI(c)) for c in found.cut), key=str)
    repeats = asked(ask, "repeats")
    assert {row[0] for row in repeats} == {c for c, f in of_claim.items() if f.verdict == "repeats" and f.documents > 1}
    for claim, origin, documents, outlets in repeats:
        assert (documents, outlets) == told[claim][0][:2]
        assert {words(IRI(one)) for one in of_claim[claim].origins} == {origin}
    rests = Counter(words(IRI(s)) for f in of_claim.values() if f.documents > 1 for s in f.single_points)
    assert {row[0]: row[1] for row in asked(ask, "single-points-of-failure")} == {
        source: number for source, number in rests.items() if isinstance(source, Source)
    }
    interested = {words(IRI(one)) for found in of_claim.values() for one in found.interested}
    assert interested <= {row[1] for row in asked(ask, "interested-parties")}
    merged = {(m.node, m.merged, m.basis, m.by) for _, found in counted.of.values() for m in found.merges}
    both = ("speaks for", "judged the same")
    same(
        asked(ask, "merges"),
        {(words(IRI(a)) if basis in both else None, words(IRI(b)), basis, by) for a, b, basis, by in merged},
    )
    ways = {words(IRI(claim)): value for claim, value in counted.chains.items()}
    for a, b, status, lower, upper, _ in asked(ask, "corroborations"):
        (block, one), (_, other) = ways[a], ways[b]
        is_, found = corroboration(one, other, block.sources)
        if is_ == "corroborates" and not (settled(a) and settled(b)):
            is_ = "possiblyCorroborates"
        assert (status, lower, upper) == (is_, found.lower, found.upper)


# ---- small dossiers --------------------------------------------------------------------------------------------------

GAZETTE, HARBOUR, POST = "Orlen Gazette", "Harbour Daily", "Northern Post"
OUTLETS = {"D1": GAZETTE, "D2": HARBOUR, "D3": POST}
MINISTRY, RELIEF, WATCH, ADA = "Velmara Health Ministry", "Blue Lantern Relief", "Harbour Watch", "Ada Lind"


def said(row_id: str, doc: str, *chain: str, number: int = 17, **other: Any) -> Row:
    """A row of one of three documents; its chain begins with the outlet."""
    row = {"id": row_id, "doc": doc, "chain": [OUTLETS[doc], *chain], "kind": "quantity", "measure": "killed"}
    row |= {"population": "people", "place": "Velmara", "qualifier": "at least", "lower": number, "upper": None}
    row |= {"window_start": "2031-03-14", "window_end": "2031-03-14", "as_of": "2031-03-15"}
    return row | {"statement": f"Row {row_id}."} | other


def tables(*rows: Row, **actors: dict[str, Any]) -> Tables:
    """Three documents on three days. `actors` adds to what is said of somebody, or somebody new."""
    kinds = {GAZETTE: "newspaper", HARBOUR: "newspaper", POST: "newspaper", MINISTRY: "government"}
    known: dict[str, dict[str, Any]] = {name: {"name": name, "kind": kind} for name, kind in kinds.items()}
    known |= {name: {"name": name, "kind": "NGO", "gathers": "own"} for name in (RELIEF, WATCH)}
    known[MINISTRY]["party_to"] = True
    known[ADA] = {"name": ADA, "kind": "person", "affiliation": MINISTRY}
    for name, more in actors.items():
        known[name] = {**known.get(name, {"name": name}), **more}
    return {
        "documents": [
            {"id": doc, "outlet": name, "published": f"2031-03-{15 + number}"}
            for number, (doc, name) in enumerate(OUTLETS.items())
        ],
        "assertions": list(rows),
        "actors": list(known.values()),
        "places": velmara()["places"],
    }


@dataclass(frozen=True)
class Case:
    """A small dossier in a workspace, related, and asked in words."""

    workspace: Workspace

    def __call__(self, name: str, **parameters: str) -> list[tuple[Any, ...]]:
        return asked(Answers(self.workspace), name, **parameters)

    def judge(self, judgement: str, *targets: str) -> str:
        made = self.workspace.annotate(judgement, *targets, because="I rang them", by="R. Viewer")
        self.workspace.relate()
        return made.id

    def undo(self, annotation: str) -> None:
        self.workspace.undo(annotation, because="a slip", by="R. Viewer")
        self.workspace.relate()


@pytest.fixture
def case(workspace: Workspace, dossier: Writer) -> Callable[..., Case]:
    def made(*rows: Row, **actors: dict[str, Any]) -> Case:
        workspace.add(dossier(tables(*rows, **actors)))
        workspace.relate()
        return Case(workspace)

    return made


def test_two_who_gather_their_own_evidence_corroborate(case: Callable[..., Case]) -> None:
    ask = case(said("a", "D1", RELIEF), said("b", "D2", WATCH), said("c", "D3", WATCH))
    found = ask("independence", claim="a")
    assert [row[6] for row in found] == [Source([WATCH]), Source([GAZETTE])], (
        "a row for each member of the cut, by name"
    )
    assert {(*row[3:6], row[7]) for row in found} == {(2, 2, 2, "corroborates")}
    assert {row[:3] for row in found} == {(3, 3, 2)}
    assert ask("repeats") == []
    assert ask("merges") == []


def test_who_cite_one_another_are_no_origins(case: Callable[..., Case]) -> None:
    ask = case(said("a", "D1", HARBOUR), said("b", "D2", GAZETTE))
    assert ask("independence", claim="a") == [(2, 2, 0, 0, 0, 0, None, "ungrounded")]
    assert ask("single-points-of-failure") == ask("repeats") == []
    ((floor, claims, documents, outlets, lower, upper, verdict, _),) = ask("support-profile", event="velmara-2031")
    assert (floor, claims, documents, outlets, lower, upper, verdict) == (17, 1, 2, 2, 0, 0, "ungrounded")


def test_an_origin_beside_a_circle_is_told_and_the_circle_is_not(case: Callable[..., Case]) -> None:
    ask = case(said("a", "D1", HARBOUR), said("b", "D2", GAZETTE), said("c", "D3", RELIEF))
    assert [row[1:] for row in ask("repeats")] == [(Source([RELIEF]), 3, 3)]
    points = [(Source([RELIEF]), 1, 3), (Source([POST]), 1, 3)]
    same(ask("single-points-of-failure"), points)  # not the document, which is no source


def test_those_whom_a_reviewer_takes_for_one_are_one(case: Callable[..., Case]) -> None:
    ask = case(said("a", "D1", RELIEF), said("b", "D2", WATCH))
    judged = ask.judge("merge", RELIEF, WATCH)
    assert {row[3:5] for row in ask("independence", claim="a")} == {(1, 1)}
    assert ask("merges") == [(Source([RELIEF]), Source([WATCH]), "judged the same", "R. Viewer")]
    assert {row[1:] for row in ask("repeats")} == {(Source([RELIEF]), 2, 2), (Source([WATCH]), 2, 2)}
    ask.undo(judged)
    assert {row[3:5] for row in ask("independence", claim="a")} == {(2, 2)}
    assert ask("merges") == ask("repeats") == []


def test_who_is_a_party_follows_what_people_judge(case: Callable[..., Case]) -> None:
    denial = said("c", "D3", "Northern Command", kind="denial", stance="denies", measure=None, lower=None)
    denial |= {"qualifier": None, "population": None, "act": "ordered", "responsible": "Northern Command"}
    rows = said("a", "D1", ADA), said("b", "D2", RELIEF), denial
    ask = case(*rows, **{"Northern Command": {"kind": "armed force", "party_to": True}})
    ministry = (Source([ADA]), Source([MINISTRY]), frozenset("ab"), "Row a.")
    command = (Source(["Northern Command"]), Source(["Northern Command"]), frozenset("c"), "Row c.")
    relief = (Source([RELIEF]), Source([RELIEF]), frozenset("ab"), "Row b.")
    assert ask("interested-parties") == [command, ministry], "also who only denies"
    judged = [ask.judge("no party", name) for name in (MINISTRY, "Northern Command")]
    assert ask("interested-parties") == []
    ask.judge("party", RELIEF)
    assert ask("interested-parties") == [relief]
    for one in judged:
        ask.undo(one)
    assert ask("interested-parties") == [relief, command, ministry]


def test_what_rests_on_withdrawn_words(case: Callable[..., Case]) -> None:
    """The ministry takes back what two documents have on its word; that of the relief organisation stays."""
    back = said("back", "D3", MINISTRY, stance="retracts", as_of="2031-03-16")
    ask = case(said("a", "D1", ADA), said("b", "D2", GAZETTE, MINISTRY), said("c", "D2", RELIEF), back)
    claim, day = frozenset({"a", "b", "c", "back"}), "2031-03-16"
    assert ask("withdrawals") == [
        ("D1", Source([GAZETTE]), claim, Source([MINISTRY]), day, "Row a."),
        ("D2", Source([HARBOUR]), claim, Source([MINISTRY]), day, "Row b."),
    ]
    assert [row[:5] for row in ask("independence", claim="a")] == [(1, 1, 1, 1, 1)]
    assert ask("repeats") == ask("single-points-of-failure") == []


def test_what_was_withdrawn_counts_for_no_origin(case: Callable[..., Case]) -> None:
    back = said("back", "D3", MINISTRY, stance="retracts", as_of="2031-03-17")
    ask = case(said("a", "D1", MINISTRY), said("b", "D2", RELIEF), said("c", "D3", RELIEF), back)
    assert [row[1:] for row in ask("repeats")] == [(Source([RELIEF]), 2, 2)]
    assert ask("single-points-of-failure") == [(Source([RELIEF]), 1, 2)]


def test_what_was_attributed_first_and_then_said_plainly(case: Callable[..., Case]) -> None:
    ask = case(said("a", "D1", ADA), said("b", "D2"), said("c", "D3", RELIEF))
    assert ask("attribution-lost") == [("D2", Source([HARBOUR]), "Row b.", "D1", Source([MINISTRY]))]


def test_a_document_that_tells_a_figure_by_two_ways_has_one_row(case: Callable[..., Case]) -> None:
    rows = [said("a", "D1", RELIEF), said("b", "D1", POST, RELIEF), said("c", "D2", RELIEF, number=19)]
    rows += [said("d", "D2", POST, RELIEF, number=19)]
    ((document, *_, changed, why),) = case(*rows)("altered-reports")
    assert document in ("D1", "D2")
    assert changed == "figure"
    assert all(number in why for number in ("17", "19"))


#: What gives one relation of each kind that is listed somewhere: kind, question, rows.
LISTED = {
    "contradicts": ("contradictions", said("a", "D1", RELIEF, upper=17), said("b", "D2", WATCH, number=40, upper=40)),
    "rivals": ("rivals", said("a", "D1", RELIEF), said("b", "D2", WATCH, number=400)),
    "corroborates": ("corroborations", said("a", "D1", RELIEF), said("b", "D2", WATCH, number=18)),
    "relaysDiffer": ("altered-reports", said("a", "D1", RELIEF), said("b", "D2", RELIEF, number=19)),
    "updates": ("revisions", said("a", "D1", RELIEF), said("b", "D2", RELIEF, number=19, as_of="2031-03-16")),
    "sumsTo": (
        "sums",
        said("a", "D1", RELIEF, number=9, upper=9),
        said("b", "D1", RELIEF, number=6, upper=6, population="civilians"),
        said("c", "D1", RELIEF, number=3, upper=3, population="security forces"),
    ),
    "conflictSet": (
        "conflict-sets",
        said("a", "D1", MINISTRY, lower=None, upper=10, qualifier="at most"),
        said("b", "D1", RELIEF, number=7, population="civilians"),
        said("c", "D2", WATCH, number=4, population="security forces"),
    ),
}


@pytest.mark.parametrize("kind", LISTED)
def test_a_rejected_relation_is_left_out_and_relations_tells_why(case: Callable[..., Case], kind: str) -> None:
    name, *rows = LISTED[kind]
    workspace = case(
        *(row | ({"qualifier": "exactly"} if row["upper"] == row["lower"] else {}) for row in rows)
    ).workspace
    parameters = {"source": RELIEF} if name == "revisions" else {}

    def listed() -> int:
        found = workspace.ask(name, **parameters)
        return sum(row["previous"] is not None for row in found) if name == "revisions" else len(found)

    before = listed()
    assert before
    nodes = workspace.sparql(f"SELECT ?node {{ ?node a kg:ClaimRelation ; kg:relation kg:{kind}Relation }}").rows
    assert nodes is not None
    judged = [workspace.annotate("reject", node["node"], because="misread", by="R. Viewer") for node in nodes]
    workspace.relate()
    assert listed() == 0
    why = [str(row["why"]) for row in workspace.ask("relations", claim="a")]
    assert any("R. Viewer" in sentence and "misread" in sentence for sentence in why)
    for one in judged:
        workspace.undo(one.id, because="a slip", by="R. Viewer")
    workspace.relate()
    assert listed() == before


# ---- events ----------------------------------------------------------------------------------------------------------

EVENTS = (
    "id: velmara\ntitle: A raid and its night\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\nevents:\n"
    "  - {id: raid, label: Raid on Velmara, place: Velmara, start: 2031-03-14, end: 2031-03-16}\n"
    "  - {id: night, label: Night of the raid, place: Selm, start: 2031-03-14, end: 2031-03-14}\n"
    "  - {id: storm, label: Storm at Harrow, place: Harrow, start: 2031-03-14, end: 2031-03-14}\n"
)


def scene(event: str, place: str) -> Iterator[Row]:
    """Rows for every question about one event, each with sources of its own."""
    about = {"event": event, "place": place}
    office, relief, watch = (f"{event} {role}" for role in ("office", "relief", "watch"))
    yield said(f"{event}-twice", "D1", office, number=10, **about)
    yield said(f"{event}-again", "D2", office, number=10, **about)
    yield said(f"{event}-other", "D2", office, number=11, **about)
    yield said(f"{event}-plain", "D3", number=10, measure="injured", **about)
    yield said(f"{event}-first", "D1", relief, number=10, measure="injured", **about)
    yield said(f"{event}-backs", "D2", watch, number=11, measure="injured", **about)
    yield said(f"{event}-taken", "D1", relief, number=50, measure="missing", **about)
    late = {"stance": "retracts", "as_of": "2031-03-17"}
    yield said(f"{event}-back", "D3", relief, number=50, measure="missing", **late, **about)


def test_an_event_stands_for_those_inside_it_and_no_event_for_all(workspace: Workspace, dossier: Writer) -> None:
    places = {"raid": "Velmara", "night": "Selm", "storm": "Harrow"}
    roles = {"office": {"party_to": True}, "relief": {"gathers": "own"}, "watch": {"gathers": "own"}}
    actors = {f"{event} {role}": {"kind": "NGO", **known} for event in places for role, known in roles.items()}
    made = tables(*(row for event, place in places.items() for row in scene(event, place)), **actors)
    made["places"] = [{"name": place} for place in places.values()]
    folder = dossier(made)
    (folder / "dossier.yaml").write_text(EVENTS, encoding="utf-8")
    workspace.add(folder)
    node = {name: workspace.lookup.resolve("event", name) for name in places}
    graph = IRI(f"{workspace.base}declared")
    inside = (Triple(node["night"], term("sem:subEventOf"), node["raid"]),)
    workspace.store.apply(add=[NamedGraph(graph, graph, inside)])
    workspace.relate()
    ask = Case(workspace)

    def about(name: str, column: int, **parameters: str) -> set[str]:
        """The events of the claims, or of the sources, in a column."""
        found = [row[column] for row in ask(name, **parameters)]
        words = [
            min(value) if isinstance(value, frozenset) else value[0] if isinstance(value, Source) else value
            for value in found
        ]
        return {event for word in words for event in places if event in word}

    columns = {"corroborations": 0, "single-points-of-failure": 0, "repeats": 0, "altered-reports": 3}
    columns |= {"attribution-lost": 2, "interested-parties": 2, "withdrawals": 2}
    for name, column in columns.items():
        assert about(name, column) == set(places), name
        assert about(name, column, event="raid") == {"raid", "night"}, name
        assert about(name, column, event="night") == {"night"}, name
        assert about(name, column, event="storm") == {"storm"}, name
    for event in places:
        assert {row[0] for row in ask("support-profile", event=event, measure="killed")} == {10, 11}


def test_all_of_them_ask_for_relations(related: Workspace) -> None:
    assert {related.questions[name].needs for name in COLUMNS} == {"relations"}


def test_the_header_of_each_explains_its_counts(related: Workspace) -> None:
    for name in COLUMNS:
        question = related.questions[name]
        assert question.notes
        assert set(question.column_notes) <= set(question.columns)
