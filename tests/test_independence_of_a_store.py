"""How independent the support is, from tables on disk to what a person asks for: add, relate, annotate, ask.

Small dossiers about invented places show one matter each; the shipped examples are held against what their tables say.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from kg import KgError, Workspace, vocab
from kg.load import stored
from kg.logic.attribution import Chain
from kg.logic.independence import Independence, independence
from kg.logic.support import profiles, supporters
from kg.relate import relation_graphs
from kg.relate.blocks import Block, blocks
from kg.relate.reading import read_statements
from kg.store.oxigraph import OxigraphStore
from kg.terms import IRI, Quad
from tests.conftest import DEMO, SEED

Row = dict[str, Any]

NOON = dt.datetime(2031, 4, 1, 12, tzinfo=dt.UTC)
EVERYONE = vocab.term("population:people").value

# ---- small dossiers --------------------------------------------------------------------------------------------------

OUTLETS = {"D1": "Orlen Gazette", "D2": "Harbour Daily", "D3": "Northern Post", "D4": "Quell Radio"}
GAZETTE, HARBOUR, POST, RADIO = OUTLETS.values()
RELIEF, WATCH, WARD, OFFICE, DESK, MINISTRY = (
    "Blue Lantern Relief",
    "Harbour Watch",
    "Ward Nine Hospital",
    "Orlen Press Office",
    "Selm Press Desk",
    "Velmara Health Ministry",
)
ADA, BO, CLEM = "Ada Lind", "Bo Marsh", "Clem Odd"

ACTORS: list[Row] = [
    *({"name": name, "kind": "newspaper"} for name in OUTLETS.values()),
    *({"name": name, "kind": "NGO", "gathers": "own"} for name in (RELIEF, WATCH, WARD)),
    *({"name": name, "kind": "government"} for name in (OFFICE, DESK, MINISTRY)),
    {"name": ADA, "kind": "person", "affiliation": MINISTRY},
    *({"name": name, "kind": "person"} for name in (BO, CLEM)),
]
PLACES: list[Row] = [
    {"name": "Orlen"},
    {"name": "Velmara", "part_of": "Orlen", "disjoint_with": ["Selm"]},
    {"name": "Selm", "part_of": "Orlen"},
    {"name": "Harrow", "part_of": "Orlen"},
]
EVENTS = (
    "events:\n"
    "  - {id: raid, label: Raid on Velmara, place: Velmara, start: 2031-03-14, end: 2031-03-16}\n"
    "  - {id: storm, label: Storm at Harrow, place: Harrow, start: 2031-03-14, end: 2031-03-16}\n"
)


def said(id_: str, doc: str, *chain: str, number: int = 17, bound: str = "at least", **other: Any) -> Row:
    """A toll of the raid, on the word of the last in the chain, which begins with the outlet of the document."""
    row = {"id": id_, "doc": doc, "chain": [OUTLETS[doc], *chain], "kind": "quantity", "measure": "killed"}
    row |= {"event": "raid", "population": "people", "place": "Velmara", "qualifier": bound, "lower": number}
    row |= {"upper": number if bound in ("bare", "exactly") else None}
    row |= {"window_start": "2031-03-14", "window_end": "2031-03-16", "as_of": "2031-03-17"}
    return row | {"statement": f"Row {id_}."} | other


def dossier_in(
    folder: Path,
    *rows: Row,
    id_: str = "raid",
    places: Sequence[Row] = PLACES,
    actors: Sequence[Row] = ACTORS,
    more: Sequence[Row] = (),
    events: str = EVENTS,
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dossier.yaml").write_text(
        f"id: {id_}\ntitle: A raid and a storm\nlanguage: en\nlicence: CC0-1.0\neditors: [A. Editor]\n{events}",
        encoding="utf-8",
    )
    days = dict(zip(OUTLETS, range(17, 21), strict=True))
    tables = {
        "documents": [
            {
                "id": doc,
                "outlet": OUTLETS[doc],
                "published": f"2031-03-{days[doc]}",
                "url": f"https://{doc}.example/{id_}",
            }
            for doc in sorted({row["doc"] for row in rows})
        ],
        "assertions": list(rows),
        "actors": [*actors, *more],
        "places": list(places),
    }
    for name, own in tables.items():
        lines = "".join(json.dumps(row) + "\n" for row in own)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def with_row(rows: Sequence[Row], name: str, **other: Any) -> list[Row]:
    return [row | other if row["name"] == name else row for row in rows]


Made = Callable[..., Workspace]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    """Puts rows into a workspace in memory, where the time is always noon, and relates them."""
    open_: list[Workspace] = []

    def of(*rows: Row, **other: Any) -> Workspace:
        workspace = Workspace(OxigraphStore.in_memory(), now=lambda: NOON)
        open_.append(workspace)
        workspace.add(dossier_in(tmp_path / f"{len(open_)}", *rows, **other))
        workspace.relate()
        return workspace

    yield of
    for workspace in open_:
        workspace.close()


# ---- what is asked ---------------------------------------------------------------------------------------------------

NUMBERS = ("supporters", "documents", "outlets", "origins", "originsLower", "originsUpper", "chains")


def claim_of(workspace: Workspace, row: str) -> IRI:
    return workspace.lookup.resolve("claim", row)


def claims(workspace: Workspace) -> dict[str, str]:
    """The claim of every row."""
    rows = selected(workspace, "SELECT ?row ?claim { ?last kg:expresses ?claim ; dcterms:identifier ?row }")
    return dict(rows)


def source_of(workspace: Workspace, name: str) -> str:
    return workspace.lookup.resolve("source", name).value


def selected(workspace: Workspace, pattern: str) -> list[tuple[Any, ...]]:
    found = workspace.sparql(pattern).rows
    assert found is not None
    return [tuple(row.values()) for row in found]


def about(workspace: Workspace, node: str) -> dict[str, set[Any]]:
    """What is said of a node, by the last word of the property."""
    found: dict[str, set[Any]] = defaultdict(set)
    for name, value in selected(workspace, f"SELECT ?p ?o {{ <{node}> ?p ?o }}"):
        found[str(name).rpartition("#")[2].rpartition("/")[2]].add(value)
    return found


def support(workspace: Workspace, row: str) -> dict[str, set[Any]]:
    """The kg:Support of the claim that a row makes."""
    claim = claim_of(workspace, row)
    ((node,),) = selected(workspace, f"SELECT ?node {{ ?node a kg:Support ; kg:claim {claim.n3} }}")
    return about(workspace, node)


def interval(workspace: Workspace, row: str) -> tuple[int, int]:
    found = support(workspace, row)
    return only(found["originsLower"]), only(found["originsUpper"])


def only(values: set[Any]) -> Any:
    (value,) = values
    return value


def verdict(workspace: Workspace, row: str) -> str:
    return notation("verdicts", only(support(workspace, row)["verdict"]))


def notation(scheme: str, iri: str) -> str:
    concept = vocab.scheme(scheme).of_iri(IRI(iri))
    assert concept is not None
    return concept.notation


def merges(workspace: Workspace) -> set[tuple[str, str, str, str]]:
    """The merges that are stored: two sources by name, the basis, and by whom."""
    result = workspace.ask("merges")
    return {(*map(result.shown, row[:2]), str(row[2]) and result.shown(row[2]), str(row[3])) for row in result.rows}


def kinds(workspace: Workspace) -> dict[str, str]:
    """Every relation by its kind; there is one of a kind where this is used."""
    rows = selected(workspace, "SELECT ?node ?kind { ?node a kg:ClaimRelation ; kg:relation ?kind }")
    found = {notation("relation-kinds", kind): node for node, kind in rows}
    assert len(found) == len(rows)
    return found


def relations(workspace: Workspace) -> set[Quad]:
    """All that was related, without when that was."""
    store = workspace.store
    return {quad for name in relation_graphs(store, workspace.base) for quad in store.quads(name)}


def judge(workspace: Workspace, judgement: str, *targets: str, event: str | None = None) -> str:
    made = workspace.annotate(judgement, *targets, because="I rang them", by="R. Viewer", event=event)
    return made.id


def undo(workspace: Workspace, annotation: str) -> None:
    workspace.undo(annotation, because="a slip", by="R. Viewer")


# ---- the shipped examples --------------------------------------------------------------------------------------------


def table(folder: Path, name: str) -> list[Row]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def seed() -> Iterator[Workspace]:
    with Workspace(OxigraphStore.in_memory()) as workspace:
        workspace.add(SEED)
        workspace.relate()
        yield workspace


@pytest.mark.parametrize(("floor", "lower", "upper"), [(745, 1, 4), (1019, 1, 4), (2300, 1, 3), (4001, 1, 2)])
def test_the_seed_article_alone_is_one_relay(seed: Workspace, floor: int, lower: int, upper: int) -> None:
    ((node,),) = selected(
        seed,
        f"SELECT ?n {{ ?n a kg:FloorSupport ; kg:floor {floor} ; kg:measure ?m FILTER (STRENDS(STR(?m), '/killed')) }}",
    )
    found = about(seed, node)
    assert (only(found["originsLower"]), only(found["originsUpper"])) == (lower, upper)
    assert notation("verdicts", only(found["verdict"])) == "single relay"
    (document,) = table(SEED, "documents")
    assert only(found["cut"]) == seed.lookup.resolve("document", document["id"]).value
    assert (only(found["documents"]), only(found["outlets"]), only(found["chains"])) == (1, 1, 1)
    assert source_of(seed, document["outlet"]) in found["singlePoint"]


@pytest.fixture(scope="module")
def material(related: Workspace) -> list[Block]:
    return blocks(read_statements(related.store, related.base), 0.25)


class Counted:
    """What the function that counts says of the statements of a store."""

    def __init__(self, material: Sequence[Block]) -> None:
        self.blocks = material
        self.chains: dict[str, set[Chain]] = defaultdict(set)
        self._block: dict[str, Block] = {}
        self.implying: dict[str, frozenset[str]] = {}
        for block in material:
            for given_, voices in block.figures.items():
                self.chains[given_.claim].update(voice.way for voice in voices)
                self._block[given_.claim] = block
            for stated, voices in block.stances.items():
                if stated.stance == "affirms" and stated.kind != "quantity":
                    self.chains[stated.claim].update(voice.way for voice in voices)
                    self._block[stated.claim] = block
            self.implying |= supporters(list(block.figures), block.orders)

    def __call__(self, claim: str) -> tuple[int, Independence]:
        implying = self.implying.get(claim, frozenset([claim]))
        return len(implying), independence([self.chains[one] for one in implying], self._block[claim].sources)


@pytest.fixture(scope="module")
def counted(material: list[Block]) -> Counted:
    return Counted(material)


def by_organisation() -> dict[str, str]:
    """Every name of the demo's sources, and the organisation it counts as."""
    actors = table(DEMO, "actors")
    own = {word: actor["name"] for actor in actors for word in [actor["name"], *actor["aliases"]]}
    for actor in actors:
        if actor["kind"] == "person" and actor["affiliation"]:
            own |= dict.fromkeys([actor["name"], *actor["aliases"]], actor["affiliation"])
    return own


def test_all_that_rests_on_one_monitor_has_one_origin(related: Workspace, counted: Counted) -> None:
    organisation, claim_of_row = by_organisation(), claims(related)
    told: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in table(DEMO, "assertions"):
        if row["stance"] == "affirms" and row["kind"] == "quantity":
            last = row["chain"][-1]
            told[claim_of_row[row["id"]]].add((organisation.get(last, last), row["doc"]))
    pattern = "SELECT ?c ?u ?v ?d { ?s kg:claim ?c ; kg:originsUpper ?u ; kg:verdict ?v ; kg:documents ?d }"
    stored_ = {claim: numbers for claim, *numbers in selected(related, pattern)}
    sizes = []
    for claim in told:
        behind = set().union(*(told[one] for one in counted.implying[claim]))
        if {origin for origin, _ in behind} == {"SOHR"}:
            upper, verdict_, documents = stored_[claim]
            assert (upper, notation("verdicts", verdict_)) == (1, "repeats")
            assert documents == len({document for _, document in behind})
            sizes.append(documents)
    assert len(sizes) > 20
    assert max(sizes) > 2, "some of them are in several documents, and still one voice"


def test_two_monitors_that_gather_their_own_evidence_are_two(related: Workspace, counted: Counted) -> None:
    """Row A40-1: at least 111 civilians killed on the coast; both monitors give more than that."""
    _, found = counted(claim_of(related, "A40-1").value)
    both = {source_of(related, name) for name in ("SNHR", "SOHR")}
    assert both <= found.origins
    assert not any(both <= set(group) for group in found.groups)
    lower, upper = interval(related, "A40-1")
    assert 2 <= lower <= upper
    assert verdict(related, "A40-1") == "corroborates"


def test_bodies_of_one_parent_are_not_merged(related: Workspace, counted: Counted) -> None:
    """In the demo a commission and an office of the United Nations, and these themselves, stand behind one floor."""
    un = {source_of(related, name) for name in ("OHCHR", "UN Commission of Inquiry on Syria", "United Nations")}
    pattern = "SELECT ?claim ?floor { ?f a kg:FloorSupport ; kg:floor ?floor ; kg:supporter ?claim ; kg:measure ?m "
    killed = dict(selected(related, pattern + "FILTER (STRENDS(STR(?m), '/killed')) }"))
    by_floor: dict[int, set[str]] = defaultdict(set)
    for claim, floor in killed.items():
        by_floor[floor] |= {chain.sources[-1] for chain in counted.chains[claim]} & un
    floor = max(floor for floor in by_floor if set().union(*(by_floor[f] for f in by_floor if f >= floor)) == un)
    assert floor == 111, "the United Nations themselves are quoted with this"
    (block,) = (block for block in counted.blocks if any(given_.claim in killed for given_ in block.figures))
    found = independence([counted.chains[claim] for claim, own in killed.items() if own >= floor], block.sources)
    assert un <= found.origins
    commission_and_office = un - {source_of(related, "United Nations")}
    assert not any(commission_and_office <= set(group) for group in found.groups)
    assert found.upper == len(found.origins)


BODIES = ("Commission", "Agency", "Bureau")


@pytest.mark.parametrize(("gathers", "lower"), [("own", 3), ("unknown", 1)])
def test_a_commission_an_agency_and_an_office_of_one_parent_are_three(made: Made, gathers: str, lower: int) -> None:
    rows = [said(name, doc, name) for doc, name in zip(OUTLETS, BODIES, strict=False)]
    bodies = [{"name": name, "kind": "NGO", "gathers": gathers, "affiliation": "League"} for name in BODIES]
    store = made(*rows, more=[{"name": "League", "kind": "international organisation"}, *bodies])
    assert only(support(store, "Agency")["origins"]) == 3
    assert interval(store, "Agency") == (lower, 3)


def test_relays_of_the_committee_that_differ_are_told(related: Workspace) -> None:
    result = related.ask("altered-reports", event="syria-coast-2025")
    committee = IRI(source_of(related, "Syrian fact-finding committee"))
    told = {frozenset((row[3], row[4])): str(row[6]) for row in result.rows if row[2] == committee}
    row = {one["id"]: one for one in table(DEMO, "assertions")}

    def differ(a: str, b: str) -> str | None:
        return told.get(frozenset((claim_of(related, a), claim_of(related, b))))

    assert (row["A82-1"]["lower"], row["A109-1"]["lower"], row["A94-1"]["lower"]) == (1426, 1443, 1469)
    assert differ("A82-1", "A109-1") == "figure, bound"
    assert differ("A82-1", "A94-1") == "figure"
    assert differ("A109-1", "A94-1") == "figure, bound"
    assert (row["A82-1"]["population"], row["A83-1"]["population"]) == ("people", "Alawites")
    assert differ("A82-1", "A83-1") == "bound, population"
    assert [row[one]["lower"] for one in ("A82-3", "A94-2", "A84-3")] == [265, 298, 550]
    assert differ("A82-3", "A94-2") == differ("A82-3", "A84-3") == differ("A94-2", "A84-3") == "figure"
    # 563 is told by two outlets of their own and months later: it is no relay of that day.
    assert {len(one["chain"]) for one in row.values() if one["lower"] == 563} == {1}
    assert not any(563 in (row[a]["lower"],) and differ(a, "A82-3") for a in ("A98-2", "A100-3"))


# ---- one function ----------------------------------------------------------------------------------------------------


def test_every_place_tells_the_numbers_of_one_function(related: Workspace, counted: Counted) -> None:
    claims = sorted(counted.chains)
    by_verdict: dict[str, list[str]] = defaultdict(list)
    for claim in random.Random(4).sample(claims, len(claims)):
        by_verdict[counted(claim)[1].verdict].append(claim)
    assert len(by_verdict) == 4
    some = [claim for alike in by_verdict.values() for claim in alike[:3]]
    for claim in some:
        number, found = counted(claim)
        ((node,),) = selected(related, f"SELECT ?node {{ ?node a kg:Support ; kg:claim <{claim}> }}")
        stated = about(related, node)
        wanted = {
            "supporters": number,
            "documents": found.documents,
            "outlets": found.outlets,
            "origins": len(found.origins),
            "originsLower": found.lower,
            "originsUpper": found.upper,
            "chains": found.chains,
        }
        assert {name: only(stated[name]) for name in NUMBERS} == wanted
        assert only(stated["lowerIsExact"]) == found.exact
        assert stated["cut"] == set(found.cut) and len(found.cut) == found.chains
        assert stated["singlePoint"] == set(found.single_points)
        assert stated["interested"] == set(found.interested)
        assert stated["usesAnnotation"] == set()
        assert notation("verdicts", only(stated["verdict"])) == found.verdict
        assert len(stated["merge"]) == min(len(found.merges), 100)
        asked = related.ask("independence", claim=claim)
        counts = (found.documents, found.outlets, len(found.origins), found.lower, found.upper, found.chains)
        rows = [tuple(row.values()) for row in asked]
        assert {row[:6] for row in rows} == {counts}
        assert {row[6] for row in rows} == set(found.cut)
        assert {notation("verdicts", row[7]) for row in rows} == {found.verdict}
        sections = dict(related.show(claim).sections)
        assert sections["What stands behind it"].rows == asked.rows


def test_the_support_profile_is_that_of_a_direct_call(related: Workspace, counted: Counted) -> None:
    wanted = []
    for block in counted.blocks:
        for profile in profiles(list(block.figures), block.orders, block.happenings, EVERYONE):
            claims: list[str] = []
            for floor in profile:
                claims += floor.claims
                found = independence([counted.chains[one] for one in claims], block.sources)
                counts = floor.floor, len(claims), found.documents, found.outlets, found.lower, found.upper
                wanted.append((*counts, found.verdict, floor.grade))
    asked = [tuple(row.values()) for row in related.ask("support-profile", event="syria-coast-2025")]
    told = [(*row[:6], notation("verdicts", row[6]), notation("grades", row[7])) for row in asked]
    assert sorted(told) == sorted(wanted)
    assert len(wanted) > 100


# ---- who is who ------------------------------------------------------------------------------------------------------


def test_a_person_stands_for_the_organisation(made: Made) -> None:
    store = made(said("a", "D1", MINISTRY), said("b", "D2", ADA), said("c", "D3", MINISTRY, ADA))
    found = support(store, "a")
    assert (only(found["documents"]), only(found["outlets"]), only(found["origins"])) == (3, 3, 1)
    assert (interval(store, "a"), verdict(store, "a")) == ((1, 1), "repeats")
    assert found["singlePoint"] == {source_of(store, MINISTRY)}
    assert merges(store) == {(MINISTRY, ADA, "speaks for", "the dossier")}


def test_people_who_speak_for_nobody_are_known_to_differ(made: Made) -> None:
    store = made(said("a", "D1", BO), said("b", "D2", CLEM))
    assert (interval(store, "a"), verdict(store, "a")) == ((2, 2), "corroborates")
    assert merges(store) == set()


@pytest.mark.parametrize(
    ("one", "other", "lower"),
    [
        ("residents of Velmara (unnamed)", "residents of Selm (unnamed)", 2),
        ("residents of Velmara (unnamed)", "residents of Harrow (unnamed)", 1),  # nobody says they are apart
        ("residents of Velmara (unnamed)", "residents (unnamed)", 1),
        ("residents of Velmara and Orlen (unnamed)", "residents of Selm (unnamed)", 1),
        ("residents of Velmara (unnamed)", "residents of Velmara (unnamed)", 1),
    ],
)
def test_the_unnamed_differ_where_their_places_are_declared_apart(made: Made, one: str, other: str, lower: int) -> None:
    store = made(said("a", "D1", one), said("b", "D2", other))
    assert interval(store, "a") == (lower, 2)
    assert verdict(store, "a") == ("corroborates" if lower == 2 else "possibly corroborates")
    nothing_apart = [{key: value for key, value in place.items() if key != "disjoint_with"} for place in PLACES]
    assert interval(made(said("a", "D1", one), said("b", "D2", other), places=nothing_apart), "a") == (1, 2)


BACK = said("back", "D3", WATCH, stance="retracts", as_of="2031-03-19")


def test_a_withdrawn_figure_says_what_rested_on_it(made: Made) -> None:
    store = made(said("a", "D1", WATCH), said("b", "D2", GAZETTE, WATCH), said("c", "D2", RELIEF), BACK)
    ((node,),) = selected(store, "SELECT ?node { ?node a kg:Withdrawal }")
    found = about(store, node)
    assert (only(found["claim"]), only(found["origin"])) == (claim_of(store, "a").value, source_of(store, WATCH))
    rows = dict(selected(store, "SELECT ?row ?id { ?id kg:expresses ?c ; dcterms:identifier ?row }"))
    assert found["assertion"] == {rows["back"]}
    assert found["rested"] == {rows["a"], rows["b"]}
    assert "2 documents had it on that word" in only(found["comment"])
    assert (interval(store, "a"), verdict(store, "a")) == ((1, 1), "repeats"), "what the others said stands"
    assert only(support(store, "a")["documents"]) == 1


def test_what_is_said_anew_after_it_was_withdrawn_counts(made: Made) -> None:
    late = said("late", "D4", WATCH, as_of="2031-03-20")
    store = made(said("a", "D1", WATCH), said("c", "D2", RELIEF), BACK, late)
    assert interval(store, "a") == (2, 2)


def test_a_withdrawal_names_who_withdrew(made: Made) -> None:
    store = made(said("a", "D1", WATCH), said("c", "D2", RELIEF), BACK)
    ((why,),) = selected(store, "SELECT ?why { ?node a kg:Withdrawal ; rdfs:comment ?why }")
    assert why == f"{WATCH} took this back; 1 document had it on that word before."


def test_what_nobody_else_says_anything_of_is_withdrawn_all_the_same(made: Made) -> None:
    store = made(said("a", "D1", WATCH), BACK)
    assert len(selected(store, "SELECT ?node { ?node a kg:Withdrawal }")) == 1
    assert len(store.ask("withdrawals")) == 1


@pytest.mark.parametrize("row", ["b", "c"])
def test_who_only_calls_it_possible_stands_behind_nothing(made: Made, row: str) -> None:
    maybe = said("a", "D1", WATCH, number=18, certainty="possible")
    store = made(maybe, said("b", "D2", RELIEF, number=18), said("c", "D3", RELIEF))
    assert interval(store, row) == (1, 1)


# ---- what people judge -----------------------------------------------------------------------------------------------

#: A judgement, the two origins it is about, the interval before and after, and how it names them.
JUDGED = {
    "gathers own": (OFFICE, RELIEF, (1, 2), (2, 2), [OFFICE]),
    "gathers relays": (WATCH, RELIEF, (2, 2), (1, 2), [WATCH]),
    "gathers unknown": (WATCH, RELIEF, (2, 2), (1, 2), [WATCH]),
    "merge": (WATCH, RELIEF, (2, 2), (1, 1), [WATCH, RELIEF]),
    "separate": (OFFICE, DESK, (1, 2), (2, 2), [OFFICE, DESK]),
    "party": (WATCH, RELIEF, (2, 2), (1, 2), [WATCH]),
}


@pytest.mark.parametrize("judgement", JUDGED)
def test_a_judgement_moves_the_interval_and_is_named_and_undone(made: Made, judgement: str) -> None:
    one, other, before, after, targets = JUDGED[judgement]
    store = made(
        said("a", "D1", one),
        said("b", "D2", other),
        said("c", "D1", one, number=15),
        said("z", "D3", WARD, event="storm", place="Harrow"),
    )
    first = relations(store)
    assert interval(store, "a") == interval(store, "c") == before
    annotation = judge(store, judgement, *targets)
    store.relate()
    assert interval(store, "a") == interval(store, "c") == after
    used = selected(
        store,
        "SELECT ?node { VALUES ?kind { kg:Support kg:FloorSupport } "
        f"?node a ?kind ; kg:usesAnnotation <{annotation}> }}",
    )
    raid = "kg:event/dcterms:identifier 'raid'"
    pattern = f"{{ ?node a kg:Support ; kg:claim/{raid} }} UNION {{ ?node a kg:FloorSupport ; {raid} }}"
    assert sorted(used) == sorted(selected(store, f"SELECT ?node {{ {pattern} }}"))
    assert len(used) == 4, "two claims, two floors"
    (status,) = {status for _, _, status, *_ in (tuple(row.values()) for row in store.ask("corroborations"))}
    verdicts = {(1, 1): "repeats", (1, 2): "possiblyCorroborates", (2, 2): "corroborates"}
    assert notation("relation-kinds", status) == verdicts[after]
    by_people = {merge for merge in merges(store) if merge[3] == "R. Viewer"}
    assert by_people == ({(RELIEF, WATCH, "judged the same", "R. Viewer")} if judgement == "merge" else set())
    undo(store, annotation)
    store.relate()
    assert relations(store) == first, "as if nobody had judged"
    assert not selected(store, "SELECT ?node { ?node kg:usesAnnotation ?annotation }")


def test_who_is_the_same_as_one_who_gathers_gathers_though_nobody_names_that_one_here(made: Made) -> None:
    store = made(
        said("a", "D1", OFFICE), said("b", "D2", RELIEF), said("z", "D3", WATCH, event="storm", place="Harrow")
    )
    assert interval(store, "a") == (1, 2)
    annotation = judge(store, "merge", OFFICE, WATCH)
    store.relate()
    assert interval(store, "a") == (2, 2)
    assert support(store, "a")["usesAnnotation"] == {annotation}


def test_a_party_to_one_event_is_none_to_another(made: Made) -> None:
    storm = {"event": "storm", "place": "Harrow"}
    rows = [
        said("a", "D1", WATCH),
        said("b", "D2", RELIEF),
        said("y", "D1", WATCH, **storm),
        said("z", "D2", RELIEF, **storm),
    ]
    store = made(*rows)
    annotation = judge(store, "party", WATCH, event="storm")
    store.relate()
    assert (interval(store, "a"), interval(store, "y")) == ((2, 2), (1, 2))
    assert support(store, "a")["usesAnnotation"] == support(store, "a")["interested"] == set()
    assert support(store, "y")["usesAnnotation"] == {annotation}
    assert support(store, "y")["interested"] == {source_of(store, WATCH)}
    judge(store, "party", WATCH)
    judge(store, "no party", WATCH, event="raid")
    store.relate()
    assert (interval(store, "a"), interval(store, "y")) == ((2, 2), (1, 2)), "of one event outranks of all"


def test_who_is_declared_a_party_to_one_event_is_none_to_another(made: Made, tmp_path: Path) -> None:
    """A dossier speaks of its own events: one of the raid, and one of the storm, to which the watch was a party."""
    heading, raid, storm = EVENTS.splitlines(keepends=True)
    there = {"event": "storm", "place": "Harrow"}
    store = made(said("a", "D1", WATCH), said("b", "D2", RELIEF), events=heading + raid)
    party = with_row(ACTORS, WATCH, party_to=True)
    rows = said("y", "D3", WATCH, **there), said("z", "D4", RELIEF, **there)
    store.add(dossier_in(tmp_path / "storm", *rows, id_="storm", events=heading + storm, actors=party))
    store.relate()
    assert (interval(store, "a"), interval(store, "y")) == ((2, 2), (1, 2))
    assert support(store, "a")["interested"] == set()
    assert support(store, "y")["interested"] == {source_of(store, WATCH)}


def test_a_judgement_that_is_outranked_is_not_used(made: Made) -> None:
    store = made(said("a", "D1", WATCH), said("b", "D2", RELIEF))
    judge(store, "party", WATCH)
    here = judge(store, "no party", WATCH, event="raid")
    store.relate()
    assert support(store, "a")["usesAnnotation"] == {here}


# ---- relations that people accept or reject --------------------------------------------------------------------------

APART = said("a", "D1", WATCH, number=17, bound="exactly"), said("b", "D2", RELIEF, number=21, bound="exactly")


def edges(workspace: Workspace, kind: str = "contradicts") -> int:
    return len(selected(workspace, f"SELECT ?a ?b {{ ?a kg:{kind} ?b }}"))


def told(workspace: Workspace) -> tuple[int, int, int]:
    """Contradictions, camps of disputes and direct edges."""
    return len(workspace.ask("contradictions")), len(workspace.ask("disputes")), edges(workspace)


def test_a_rejected_contradiction_is_none_and_says_why(made: Made, tmp_path: Path) -> None:
    store = made(*APART)
    first = relations(store)
    assert told(store) == (1, 2, 2)
    node = kinds(store)["contradicts"]
    annotation = judge(store, "reject", node)
    store.relate()
    assert told(store) == (0, 0, 0)
    found = about(store, node)
    assert found["judgedBy"] == {annotation}
    assert found["judgement"] == {vocab.term("kg:relationRejected").value}
    (why,) = found["comment"]
    assert why.endswith("Rejected by R. Viewer on 1 April 2031: I rang them")
    assert why.startswith(
        only(
            {
                str(quad.object.value)
                for quad in first
                if quad.subject.value == node and quad.predicate.value.endswith("comment")
            }
        )
    )
    assert {"subject", "object", "subjectOrigin", "rule"} <= found.keys()
    rejected = relations(store)
    assert store.relate().related == 0
    assert relations(store) == rejected
    # Further words in the same block change it; what was rejected stays so.
    store.add(dossier_in(tmp_path / "more", *APART, said("c", "D3", WARD, number=30, bound="exactly")))
    assert store.relate().related > 0
    contradictions, camps, direct = told(store)
    assert (contradictions, direct) == (2, 4), "the new figure contradicts both"
    assert camps == 3
    assert about(store, node)["judgedBy"] == {annotation}
    other = judge(store, "party", WATCH)
    store.relate()
    undo(store, other)
    store.relate()
    assert told(store) == (2, 3, 4)
    undo(store, annotation)
    store.relate()
    assert told(store) == (3, 3, 6)
    assert not about(store, node)["judgedBy"]
    assert "R. Viewer" not in only(about(store, node)["comment"])


def test_an_accepted_relation_is_noted_and_stands(made: Made) -> None:
    store = made(*APART)
    node = kinds(store)["contradicts"]
    annotation = judge(store, "accept", node)
    store.relate()
    assert told(store) == (1, 2, 2)
    found = about(store, node)
    assert (found["judgedBy"], found["judgement"]) == ({annotation}, {vocab.term("kg:relationAccepted").value})
    assert only(found["comment"]).endswith("Accepted by R. Viewer on 1 April 2031: I rang them")
    second = judge(store, "reject", node)
    store.relate()
    assert told(store) == (0, 0, 0)
    assert about(store, node)["judgedBy"] == {second}, "the later judgement holds"


def test_a_rejected_corroboration_leaves_the_rest_of_the_two_claims(made: Made) -> None:
    store = made(said("a", "D1", WATCH), said("b", "D2", RELIEF, number=18))
    assert edges(store, "corroborates") == 2
    judge(store, "reject", kinds(store)["corroborates"])
    store.relate()
    assert edges(store, "corroborates") == len(store.ask("corroborations")) == 0
    assert edges(store, "refines") == 1
    assert kinds(store).keys() == {"corroborates", "refines"}
    assert interval(store, "a") == (2, 2), "the counts are what they were"


def test_claims_whose_support_for_each_other_is_rejected_do_not_corroborate(made: Made) -> None:
    store = made(said("a", "D1", WATCH), said("b", "D2", RELIEF, number=18))
    judge(store, "reject", kinds(store)["refines"])
    store.relate()
    assert kinds(store).keys() == {"refines"}
    assert edges(store, "refines") == edges(store, "corroborates") == 0


# ---- what is related anew --------------------------------------------------------------------------------------------


def test_after_a_judgement_only_what_it_concerns_is_related_anew(made: Made) -> None:
    """Five blocks: killed and displaced in the raid, its accusation, killed in the storm, and one accusation there."""
    storm = {"event": "storm", "place": "Harrow"}
    blame = {"kind": "responsibility", "measure": None, "lower": None, "population": None, "qualifier": None}
    blame |= {"act": "ordered", "responsible": DESK}
    store = made(
        said("a", "D1", WATCH), said("b", "D2", RELIEF, measure="displaced"), said("c", "D3", OFFICE, **blame),
        said("y", "D1", RELIEF, **storm), said("z", "D2", WARD, **storm, **blame),
    )  # fmt: skip
    assert store.relate().unchanged == 5

    def concerned(judgement: str, *targets: str, event: str | None = None) -> int:
        annotation = judge(store, judgement, *targets, event=event)
        with pytest.raises(KgError, match=r"judgements have changed since .* type 'kg relate'"):
            store.ask("independence", claim="a")
        report = store.relate()
        assert report.related + report.unchanged == 5
        store.ask("independence", claim="a")
        undo(store, annotation)
        with pytest.raises(KgError, match=r"judgements have changed since .* type 'kg relate'"):
            store.ask("contradictions")
        assert store.relate().related == report.related, "as much to take it back"
        return report.related

    assert concerned("gathers unknown", WATCH) == 1
    assert concerned("gathers unknown", RELIEF) == 2
    assert concerned("gathers unknown", GAZETTE) == 2
    assert concerned("gathers own", DESK) == 0, "it is blamed, and nobody's source"
    assert concerned("party", RELIEF, event="storm") == 1
    assert concerned("separate", WARD, HARBOUR) == 1, "both are in one block only"
    assert concerned("separate", WATCH, WARD) == 0, "no block has both"
    assert concerned("merge", WATCH, WARD) == 2, "what is known of one holds for the other, in the block of each"


def test_what_is_judged_of_a_relation_concerns_its_block_only(made: Made) -> None:
    storm = [row | {"id": f"storm {row['id']}", "event": "storm", "place": "Harrow"} for row in APART]
    store = made(*APART, *storm)
    assert told(store) == (2, 4, 4)
    rows = selected(
        store, "SELECT ?node { ?node a kg:ClaimRelation ; kg:relation kg:contradictsRelation } ORDER BY ?node"
    )
    annotation = judge(store, "reject", rows[0][0])
    report = store.relate()
    assert (report.related, report.unchanged) == (1, 1)
    assert told(store) == (1, 2, 2)
    undo(store, annotation)
    assert store.relate().related == 1


def copied(of: Workspace, folders: Sequence[Path]) -> Workspace:
    """The same dossiers and judgements in a store of their own, related for the first time."""
    fresh = Workspace(OxigraphStore.in_memory(), now=lambda: NOON)
    for folder in folders:
        fresh.add(folder)
    names = [name for name in of.store.graph_names() if name.value.startswith(f"{of.base}annotation/")]
    fresh.store.apply(add=[stored(of.store, name, name) for name in names])
    fresh.relate()
    return fresh


def test_what_rested_on_a_withdrawn_figure_is_told_also_when_it_comes_to_light_later(
    made: Made, tmp_path: Path
) -> None:
    rows = said("a", "D1", WATCH), said("c", "D2", RELIEF), BACK
    store = made(*rows)
    store.add(dossier_in(tmp_path / "more", *rows, said("d", "D4", WATCH, as_of="2031-03-18")))
    assert store.relate().related == 1, "the figures are what they were"
    assert len(selected(store, "SELECT ?node { ?w a kg:Withdrawal ; kg:rested ?node }")) == 2


UNNAMED = "residents of Velmara (unnamed)", "residents of Harrow (unnamed)"

#: The origins of two claims, what is declared otherwise in a later version of the dossier, and both intervals.
DECLARED: dict[str, tuple[tuple[str, str], dict[str, Any], tuple[int, int], tuple[int, int]]] = {
    "gathers": ((OFFICE, RELIEF), {"actors": with_row(ACTORS, OFFICE, gathers="own")}, (1, 2), (2, 2)),
    "party": ((WATCH, RELIEF), {"actors": with_row(ACTORS, WATCH, party_to=True)}, (2, 2), (1, 2)),
    "speaks for": ((BO, CLEM), {"actors": with_row(ACTORS, BO, affiliation=OFFICE)}, (2, 2), (1, 2)),
    "owner": (
        (GAZETTE, WATCH),
        {
            "actors": with_row(with_row(ACTORS, GAZETTE, gathers="own", affiliation=DESK), WATCH, affiliation=DESK),
        },
        (1, 2),
        (1, 2),
    ),
    "places": (UNNAMED, {"places": with_row(PLACES, "Harrow", disjoint_with=["Velmara"])}, (1, 2), (2, 2)),
    "the event": (
        (WATCH, RELIEF),
        {"events": EVENTS.replace("start: 2031-03-14", "start: 2031-03-13")},
        (2, 2),
        (2, 2),
    ),
}


def chain_of(origin: str) -> tuple[str, ...]:
    """How a source is quoted; an outlet speaks itself."""
    return () if origin in OUTLETS.values() else (origin,)


@pytest.mark.parametrize("what", DECLARED)
def test_what_a_dossier_declares_otherwise_counts_at_the_next_run(made: Made, tmp_path: Path, what: str) -> None:
    origins, otherwise, before, after = DECLARED[what]
    rows = [said(row, doc, *chain) for row, doc, chain in zip("ab", ("D1", "D2"), map(chain_of, origins), strict=True)]
    store = made(*rows)
    first = relations(store)
    assert interval(store, "a") == before
    folder = dossier_in(tmp_path / "again", *rows, **otherwise)
    store.add(folder)
    assert store.relate().related == 1
    assert interval(store, "a") == after
    assert relations(store) != first
    with copied(store, [folder]) as fresh:
        assert relations(store) == relations(fresh)


#: Two dossiers, each in two versions: figures change, come and go. Documents stay.
VERSIONS: Mapping[str, tuple[list[Row], list[Row]]] = {
    "one": (
        [said("a", "D1", WATCH, bound="exactly"), said("b", "D1", OFFICE), said("c", "D2", GAZETTE, WATCH, number=19)],
        [said("a", "D1", WATCH, bound="exactly"), said("b", "D1", OFFICE, number=18), said("e", "D2", ADA, number=9)],
    ),
    "two": (
        [
            said("p", "D3", RELIEF, number=21, bound="exactly"),
            said("q", "D3", "residents of Selm (unnamed)"),
            said("r", "D4", WATCH, bound="exactly", as_of="2031-03-19"),
        ],
        [
            said("p", "D3", RELIEF, number=22, bound="exactly"),
            said("r", "D4", WATCH, stance="retracts", bound="exactly", as_of="2031-03-19"),
        ],
    ),
}
STEPS = st.lists(
    st.tuples(st.just("add"), st.sampled_from(sorted(VERSIONS)), st.integers(0, 1))
    | st.tuples(
        st.just("annotate"),
        st.sampled_from(["merge", "separate", "gathers own", "gathers relays", "party", "reject", "accept"]),
        st.integers(0, 5),
    )
    | st.tuples(st.just("undo"), st.just(""), st.integers(0, 5))
    | st.tuples(st.just("relate"), st.just(""), st.just(0)),
    min_size=6,
    max_size=12,
)
NAMED = (WATCH, RELIEF, OFFICE, GAZETTE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], Path]:
    folder = tmp_path_factory.mktemp("versions")
    return {
        (name, number): dossier_in(folder / f"{name}{number}", *rows, id_=name)
        for name, versions in VERSIONS.items()
        for number, rows in enumerate(versions)
    }


def step(store: Workspace, what: str, name: str, number: int, made: list[str]) -> None:
    """Does one thing that a person may do, unless it is refused or there is nothing to do it to."""
    if what == "relate":
        store.relate()
    elif what == "undo" and made:
        undo(store, made[number % len(made)])
    elif what == "annotate" and name in ("reject", "accept"):
        nodes = sorted(node for (node,) in selected(store, "SELECT ?node { ?node a kg:ClaimRelation }"))
        made += [judge(store, name, nodes[number % len(nodes)])] if nodes else []
    elif what == "annotate":
        targets = [NAMED[(number + i) % len(NAMED)] for i in range(2 if name in ("merge", "separate") else 1)]
        try:
            made.append(judge(store, name, *targets))
        except KgError as error:
            assert "one and two at once" in str(error) or "no source" in str(error)


@given(steps=STEPS)
@example(steps=[("add", "two", 1), ("relate", "", 0), ("add", "one", 1)])
@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to make a long sequence shorter takes minutes
)
def test_step_by_step_comes_to_what_relating_everything_comes_to(
    written: Mapping[tuple[str, int], Path], steps: list[tuple[str, str, int]]
) -> None:
    with Workspace(OxigraphStore.in_memory(), now=lambda: NOON) as store:
        current = {"one": 0, "two": 0}
        store.add(*(written[one] for one in current.items()))
        store.relate()
        made: list[str] = []
        for what, name, number in steps:
            if what == "add":
                current[name] = number
                store.add(written[name, number])
            else:
                step(store, what, name, number, made)
        store.relate()
        with copied(store, [written[one] for one in current.items()]) as fresh:
            assert relations(store) == relations(fresh)
