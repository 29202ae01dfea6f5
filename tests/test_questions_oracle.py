"""Every saved question on the demo, answered a second time in plain Python straight from the tables.

The second answer knows nothing of this package but its data: it reads the .jsonl files with json and loops over rows.
Both answers are compared in words that people use: names, the ids of documents and rows. A claim is known by the set of
rows that make it.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import groupby, pairwise
from typing import Any

import pytest

from kg import vocab
from kg.store import Store
from kg.terms import IRI
from kg.workspace import Workspace

# rdflib warns about names that it still uses itself.
pytestmark = pytest.mark.filterwarnings(r"ignore:Dataset\.:DeprecationWarning")

DEMO = vocab.data_path("examples") / "syria-coast-2025"
EVENT = "syria-coast-2025"
Row = dict[str, Any]
ClaimRows = frozenset[str]


# ---- the tables, read without the package ----------------------------------------------------------------------------


def table(name: str) -> list[Row]:
    return [json.loads(line) for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


DOCUMENTS = {row["id"]: row for row in table("documents")}
ACTORS = {row["name"]: row for row in table("actors")}
PLACES = {row["name"]: row for row in table("places")}
OWN_NAME = {word.casefold(): row["name"] for row in ACTORS.values() for word in [row["name"], *row["aliases"]]}
PLACE_NAME = {word.casefold(): row["name"] for row in PLACES.values() for word in [row["name"], *row["aliases"]]}
BOUND = {
    "up to": "at most",
    "no more than": "at most",
    "over": "more than",
    "almost": "nearly",
    "less than": "fewer than",
}
BOUND |= {"around": "about", "some": "about", "approximately": "about"}
VAGUE = {"several": (3, 9), "dozens": (24, 99), "hundreds": (200, 999), "thousands": (2000, 9999)}


class Source(tuple[str, ...]):
    """A named source, (name,), or an unnamed one, (document, way to it …): two documents' eyewitnesses are two."""

    @property
    def named(self) -> bool:
        return len(self) == 1

    @property
    def organisation(self) -> Source:
        """What a person speaks for; anybody else is their own."""
        row = ACTORS.get(self[0]) if self.named else None
        return Source([row["affiliation"]]) if row and row["kind"] == "person" and row["affiliation"] else self


def sources(row: Row) -> list[Source]:
    """The chain, each link as a source."""
    way: list[str] = []
    found = []
    for name in row["chain"]:
        unnamed = name.endswith("(unnamed)")
        way.append(name if unnamed else OWN_NAME[name.casefold()])
        found.append(Source([row["doc"], *way]) if unnamed else Source([way[-1]]))
    return found


def parties(row: Row) -> frozenset[Source]:
    names = (row["responsible"] or "").split("; ") if row["responsible"] else []
    return frozenset(
        Source([row["doc"], "party", n]) if n.endswith("(unnamed)") else Source([OWN_NAME[n.casefold()]]) for n in names
    )


def figure(row: Row) -> tuple[str, int | None, int | None] | None:
    """The word and the printed numbers; the numbers of a convention were not printed."""
    if row["kind"] != "quantity":
        return None
    bound = BOUND.get(row["qualifier"], row["qualifier"])
    lower, upper = row["lower"], row["upper"]
    if bound in VAGUE and lower in (None, VAGUE[bound][0]) and upper in (None, VAGUE[bound][1]):
        lower = upper = None
    return bound, lower, upper


def kind(row: Row) -> str:
    if row["kind"] != "denial":
        return str(row["kind"])
    return "responsibility" if row["responsible"] or row["act"] else "event"


def content(row: Row) -> tuple[object, ...]:
    """What makes two rows the same claim."""
    textless = row["kind"] == "quantity" or (row["kind"] == "denial" and kind(row) == "responsibility")
    place = PLACE_NAME[row["place"].casefold()] if row["place"] else None
    window = (row["window_start"], row["window_end"], row.get("window_fit") or "exact")
    words = (row["measure"], row["population"], figure(row), bool(row["increment"]) and row["kind"] == "quantity")
    return kind(row), place, window, words, parties(row), row["act"], None if textless else row["statement"]


ROWS = table("assertions")
_SAME: dict[tuple[object, ...], set[str]] = defaultdict(set)
for _row in ROWS:
    _SAME[content(_row)].add(_row["id"])
CLAIM: dict[str, ClaimRows] = {row["id"]: frozenset(_SAME[content(row)]) for row in ROWS}
ROW = {row["id"]: row for row in ROWS}


def published(row: Row) -> str | None:
    return DOCUMENTS[row["doc"]]["published"]  # type: ignore[no-any-return]


def outlet(row: Row) -> Source:
    return Source([OWN_NAME[DOCUMENTS[row["doc"]]["outlet"].casefold()]])


# ---- the answers of the package, in the same words -------------------------------------------------------------------


class Words:
    """Turns the IRIs of an answer into names, dossier ids and row ids."""

    def __init__(self, store: Store) -> None:
        self.names: dict[IRI, Any] = {}
        prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in vocab.PREFIXES.items())

        def ask(query: str) -> list[tuple[Any, ...]]:
            return list(store.select(f"{prefixes}SELECT {query}").rows)

        for node, word in ask("?node ?word { ?node skos:inScheme ?scheme ; skos:notation ?word }"):
            self.names[node] = word.value
        for node, name in ask(
            "?node ?name { { ?node a geo:Feature } UNION { ?node a sem:Event } ?node skos:prefLabel ?name }"
        ):
            self.names[node] = name.value
        for node, name in ask("?node ?name { ?node a prov:Agent ; skos:prefLabel ?name }"):
            self.names[node] = Source([name.value])
        for node, identifier in ask("?node ?id { ?node schema:publisher ?outlet ; dcterms:identifier ?id }"):
            self.names[node] = identifier.value
        for node, document, way in ask(
            "?node ?id ?way { ?node kg:mentionedAs ?way ; kg:mentionedIn/dcterms:identifier ?id }"
        ):
            self.names[node] = Source([document.value, *way.value.split(" → ")])
        makers: dict[IRI, set[str]] = defaultdict(set)
        for node, row in ask("?node ?row { ?last kg:expresses ?node ; dcterms:identifier ?row }"):
            makers[node].add(row.value)
        self.names |= {node: frozenset(rows) for node, rows in makers.items()}

    def __call__(self, value: object) -> Any:
        if value is None:
            return None
        if isinstance(value, IRI):
            return self.names[value]
        plain = value.to_python()  # type: ignore[attr-defined]
        return plain if isinstance(plain, int) else str(plain)


class Answers:
    """The questions as the package answers them: rows in words, checked for the right columns."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.words = workspace, Words(workspace.store)

    def __call__(self, name: str, columns: str, **parameters: str) -> list[tuple[Any, ...]]:
        found = self.workspace.ask(name, **parameters)
        assert found.columns == tuple(columns.split()), "the columns are fixed: people script against them"
        return [tuple(map(self.words, row)) for row in found.rows]


@pytest.fixture(scope="module")
def ask(demo: Workspace) -> Answers:
    return Answers(demo)


def same(found: Iterable[tuple[Any, ...]], wanted: Iterable[tuple[Any, ...]]) -> None:
    """The same rows, each as often, in whatever order."""
    left, right = Counter(found), Counter(wanted)
    assert left - right == Counter() and right - left == Counter()
    assert left, "an answer without rows proves nothing"


def in_date_order(dates: list[str | None]) -> None:
    """The undated come last."""
    assert dates == sorted(dates, key=lambda date: (date is None, date or ""))


# ---- the questions ---------------------------------------------------------------------------------------------------

BUSIEST = [name for name, _ in Counter(row["chain"][0] for row in ROWS).most_common(6)]


@pytest.mark.parametrize("name", dict.fromkeys(["Tehran Times", "Daily Sabah", *BUSIEST]))
def test_outlet_reports(ask: Answers, name: str) -> None:
    found = ask("outlet-reports", "date document origin statement stance depth claim", outlet=name)
    wanted = [
        (published(r), r["doc"], sources(r)[-1], r["statement"], r["stance"], len(r["chain"]), CLAIM[r["id"]])
        for r in ROWS
        if outlet(r) == Source([name])
    ]
    same(found, wanted)
    in_date_order([row[0] for row in found])


def resting_on(name: str) -> set[tuple[Any, ...]]:
    voices = {name, *(a["name"] for a in ACTORS.values() if a["kind"] == "person" and a["affiliation"] == name)}
    return {
        (outlet(r), r["doc"], published(r), r["statement"])
        for r in ROWS
        if any(source.named and source[0] in voices for source in sources(r))
    }


def test_rests_on_lists_the_documents_whose_chains_name_the_observatory_or_its_director(ask: Answers) -> None:
    found = ask("rests-on", "outlet document date statement", source="SOHR")
    same(found, resting_on("SOHR"))
    names = {"sohr", "rami abdulrahman"} | {
        a.casefold() for n in ("SOHR", "Rami Abdulrahman") for a in ACTORS[n]["aliases"]
    }
    naming = {row["doc"] for row in ROWS if names & {name.casefold() for name in row["chain"]}}
    assert {row[1] for row in found} == naming
    assert any("Rami Abdulrahman" in row["chain"] and "SOHR" not in row["chain"] for row in ROWS), "the director counts"
    in_date_order([row[2] for row in found])


@pytest.mark.parametrize(
    "alias", ["Syrian Observatory for Human Rights", "المرصد السوري لحقوق الإنسان", "sohr", "osdh"]
)
def test_any_name_of_a_source_gives_the_same_answer(ask: Answers, alias: str) -> None:
    columns = "outlet document date statement"
    assert ask("rests-on", columns, source=alias) == ask("rests-on", columns, source="SOHR")


@pytest.mark.parametrize(
    "name", ["Rami Abdulrahman", "SNHR", "OHCHR", "Fox News", "Reuters", "Syrian Interior Ministry"]
)
def test_rests_on_others(ask: Answers, name: str) -> None:
    same(ask("rests-on", "outlet document date statement", source=name), resting_on(name))


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_outlet_origins(ask: Answers, parameters: dict[str, str]) -> None:
    found = ask("outlet-origins", "outlet origin claims", **parameters)
    claims: dict[tuple[Source, Source], set[ClaimRows]] = defaultdict(set)
    for row in ROWS:
        claims[outlet(row), sources(row)[-1].organisation].add(CLAIM[row["id"]])
    same(found, [(*pair, len(made)) for pair, made in claims.items()])
    counts = [row[2] for row in found]
    assert counts == sorted(counts, reverse=True)


def figures(measure: str | None = None, population: str | None = None) -> list[tuple[Any, ...]]:
    documents: dict[ClaimRows, set[str]] = defaultdict(set)
    for row in ROWS:
        fits = measure in (None, row["measure"]) and population in (None, row["population"])
        if row["kind"] == "quantity" and row["stance"] == "affirms" and fits:
            documents[CLAIM[row["id"]]].add(row["doc"])
    wanted = []
    for claim, held in documents.items():
        row = ROW[min(claim)]
        bound, lower, upper = figure(row) or ("", None, None)
        place = PLACE_NAME[row["place"].casefold()] if row["place"] else None
        days = (row["window_start"], row["window_end"])
        wanted.append((claim, lower, upper, bound, row["population"], place, *days, len(held)))
    return wanted


MEASURES = sorted({row["measure"] for row in ROWS if row["kind"] == "quantity"})


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"measure": "killed"},
        {"population": "civilians"},
        {"measure": "killed", "population": "civilians"},
        {"measure": "killed", "population": "security forces"},
        *({"measure": measure} for measure in MEASURES if measure != "killed"),
    ],
    ids=lambda filters: "-".join(filters.values()) or "all",
)
def test_event_figures(ask: Answers, filters: dict[str, str]) -> None:
    found = ask("event-figures", "claim lower upper bound population place from to documents", event=EVENT, **filters)
    same(found, figures(**filters))


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_denials(ask: Answers, parameters: dict[str, str]) -> None:
    found = ask("denials", "source document date stance statement claim", **parameters)
    same(
        found,
        [
            (sources(r)[-1], r["doc"], published(r), r["stance"], r["statement"], CLAIM[r["id"]])
            for r in ROWS
            if r["stance"] != "affirms"
        ],
    )
    in_date_order([row[2] for row in found])


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_responsibility(ask: Answers, parameters: dict[str, str]) -> None:
    same(
        ask("responsibility", "source document stance act responsible statement", **parameters),
        [
            (sources(r)[-1], r["doc"], r["stance"], r["act"], party, r["statement"])
            for r in ROWS
            if r["kind"] != "quantity" and (r["responsible"] or r["act"])
            for party in (parties(r) or [None])
        ],
    )


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_unnamed_only(ask: Answers, parameters: dict[str, str]) -> None:
    affirming: dict[ClaimRows, list[Row]] = defaultdict(list)
    for row in ROWS:
        if row["stance"] == "affirms":
            affirming[CLAIM[row["id"]]].append(row)
    same(
        ask("unnamed-only", "claim statement documents", **parameters),
        [
            (claim, min(row["statement"] for row in rows), len({row["doc"] for row in rows}))
            for claim, rows in affirming.items()
            if not any(sources(row)[-1].named for row in rows)
        ],
    )


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_unstated_scope(ask: Answers, parameters: dict[str, str]) -> None:
    columns = {"population": "population", "place": "place", "window_start": "first day", "window_end": "last day"}
    same(
        ask("unstated-scope", "claim missing", **parameters),
        {
            (CLAIM[row["id"]], word)
            for row in ROWS
            if row["kind"] == "quantity"
            for column, word in columns.items()
            if not row[column]
        },
    )


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_coverage(ask: Answers, parameters: dict[str, str]) -> None:
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for document in DOCUMENTS.values():
        if any(row["doc"] == document["id"] for row in ROWS):
            groups[document["language"], document["outlet_country"], document["outlet_kind"]].append(document)
    same(
        ask("coverage", "language country kind outlets documents", **parameters),
        [(*group, len({d["outlet"] for d in held}), len(held)) for group, held in groups.items()],
    )


@pytest.mark.parametrize("parameters", [{}, {"event": EVENT}])
def test_challenged(ask: Answers, parameters: dict[str, str]) -> None:
    found = ask("challenged", "claim source stance document statement", **parameters)
    challenges = [row for row in ROWS if row["stance"] != "affirms"]
    same(
        found,
        [(CLAIM[r["id"]], sources(r)[-1], r["stance"], r["doc"], r["statement"]) for r in challenges],
    )
    by: dict[ClaimRows, set[Source]] = defaultdict(set)
    for row in challenges:
        by[CLAIM[row["id"]]].add(sources(row)[-1])
    counts = [len(by[row[0]]) for row in found]
    assert counts == sorted(counts, reverse=True)
    runs = [claim for claim, _ in groupby(row[0] for row in found)]
    assert len(runs) == len(set(runs)), "who challenges one claim stands together"


A29 = [row["id"] for row in ROWS if row["doc"] == "A29"]


@pytest.mark.parametrize("row_id", A29)
def test_who_said_and_chain_for_every_claim_of_the_seed_article(ask: Answers, row_id: str) -> None:
    makers = [ROW[maker] for maker in CLAIM[row_id]]
    same(
        ask("who-said", "source outlet document date stance depth", claim=row_id),
        [(sources(r)[-1], outlet(r), r["doc"], published(r), r["stance"], len(r["chain"])) for r in makers],
    )
    wanted = []
    for row in makers:
        for step, source in enumerate(sources(row), start=1):
            last = step == len(row["chain"])
            said = (row["cue"], row["directness"], row["certainty"]) if last else (None, None, None)
            wanted.append((row["doc"], step, source, *said))
    found = ask("chain", "document step source cue directness certainty", claim=row_id)
    same(found, wanted)
    steps = [row[1] for row in found]
    assert all(following == 1 or following == step + 1 for step, following in pairwise(steps))


#: The counts that anybody who reads the article would look for, spelt out by hand: printed words, numbers, chain.
COUNTS = [
    ("A29-c01", "over 1,018", (1018, None, "more than"), ["SOHR"]),
    ("A29-c02", "at least 745", (745, None, "at least"), ["SOHR"]),
    (
        "A29-c06",
        "between 2,300 and 2,400",
        (2300, 2400, "between"),
        ["field sources in Baniyas and Al-Bahluliyah (unnamed)"],
    ),
    ("A29-c07", "more than 4,000", (4000, None, "more than"), ["Fox News", "eyewitnesses (unnamed)"]),
    ("A29-c08", "more than 4,000", (4000, None, "more than"), ["The New York Times", "eyewitnesses (unnamed)"]),
    ("A29-c30", "at least 145", (145, None, "at least"), ["unspecified reports of massacres (unnamed)"]),
    ("A29-c22", "hundreds", (None, None, "hundreds"), ["activists (unnamed)"]),
]


@pytest.mark.parametrize(("row_id", "printed", "numbers", "chain"), COUNTS)
def test_the_seed_article_shows_its_counts_with_their_chains(
    demo: Workspace, ask: Answers, row_id: str, printed: str, numbers: tuple[Any, ...], chain: list[str]
) -> None:
    answered = ask("event-figures", "claim lower upper bound population place from to documents", event=EVENT)
    assert [row[1:4] for row in answered if row_id in row[0]] == [numbers]
    links = ask("chain", "document step source cue directness certainty", claim=row_id)
    chains: list[list[str]] = []
    for document, step, source, *_ in links:
        if document == "A29":
            if step == 1:
                chains.append([])
            chains[-1].append(source[-1])
    assert ["Tehran Times", *chain] in chains
    words = demo.sparql(f'SELECT ?words {{ ?said dcterms:identifier "{row_id}" ; kg:printedAs ?words }}').rows
    assert words is not None and [row["words"] for row in words] == [printed]


def test_every_claim_can_be_asked_for_by_the_ids_of_its_rows(ask: Answers) -> None:
    for row_id in random.Random(7).sample(sorted(ROW), 30):
        documents = {row[2] for row in ask("who-said", "source outlet document date stance depth", claim=row_id)}
        assert documents == {ROW[maker]["doc"] for maker in CLAIM[row_id]}
