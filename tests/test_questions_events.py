"""The saved questions that the figures of an event are drawn from, answered a second time straight from the tables."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest

from kg.logic.figures import RHO
from kg.relate.state import RULES_VERSION
from kg.terms import IRI
from kg.workspace import Workspace, software
from tests.test_questions_independence import of_every_claim
from tests.test_questions_oracle import (
    ACTORS,
    CLAIM,
    DOCUMENTS,
    EVENT,
    PLACE_NAME,
    PLACES,
    ROW,
    ROWS,
    Answers,
    ClaimRows,
    Row,
    Source,
    figure,
    kind,
    outlet,
    parties,
    published,
    same,
    sources,
)

# Read from the class of the claim; the answers give its IRI.
KINDS = ("quantity", "event", "responsibility", "position", "commitment")


class Names(dict[IRI, Any]):
    """Addresses of the web stand for themselves."""

    def __missing__(self, node: IRI) -> str:
        return node.value


class Named(Answers):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.words.names = Names(self.words.names)
        rows = workspace.sparql("SELECT ?class { ?class a owl:Class }").rows
        assert rows is not None
        for (node,) in rows.rows:
            if node is not None and (name := str(node).rpartition("#")[2].removesuffix("Claim").lower()) in KINDS:
                self.words.names[node] = name  # type: ignore[index]


@pytest.fixture(scope="module")
def ask(related: Workspace) -> Answers:
    return Named(related)


def place(row: Row) -> str | None:
    return PLACE_NAME[row["place"].casefold()] if row["place"] else None


def speaker(source: Source, step: int) -> tuple[str, Source | None]:
    """The kind of a speaker, and the organisation that a person speaks for."""
    if not source.named:
        return "unnamed", None
    actor = ACTORS[source[0]]
    if actor["kind"] == "person":
        return "person", source.organisation if source.organisation != source else None
    return ("outlet" if step == 1 else "organisation"), None


def test_event_chains(ask: Answers) -> None:
    columns = "document row step speaker kind organisation claim type place stance statement cue directness certainty"
    found = ask("event-chains", f"{columns} as_of date url span", event=EVENT)
    wanted: list[tuple[Any, ...]] = []
    for row in ROWS:
        manner = (row["stance"], row["statement"], row["cue"], row["directness"], row["certainty"])
        whole = (CLAIM[row["id"]], kind(row), place(row), *manner, row["as_of"], published(row))
        for step, source in enumerate(sources(row), 1):
            wanted.append((row["doc"], row["id"], step, source, *speaker(source, step), *whole))
    same([row[:16] for row in found], wanted)
    for document, row_id, *_, url, span in found:
        assert url == DOCUMENTS[document]["url"]
        assert span == ROW[row_id].get("span_digest")

    keys = [row[:3] for row in found]
    runs = [document for number, (document, *_) in enumerate(keys) if number == 0 or keys[number - 1][0] != document]
    assert len(runs) == len(set(runs)), "the rows of a document stand together"
    assert all(before[1:] < after[1:] for before, after in pairwise(keys) if before[0] == after[0])


def test_event_claims(ask: Answers) -> None:
    found = ask(
        "event-claims", "claim type measure bound lower upper increment population place from to party", event=EVENT
    )
    wanted = set()
    for row in ROWS:
        bound, lower, upper = figure(row) or (None, None, None)
        new = True if row["increment"] and row["kind"] == "quantity" else None
        scope = (row["population"], place(row), row["window_start"], row["window_end"])
        numbers = (row["measure"], bound, lower, upper, new)
        for party in parties(row) or [None]:
            wanted.add((CLAIM[row["id"]], kind(row), *numbers, *scope, party))
    same(found, wanted)


def test_event_support_gives_the_counts_of_independence(ask: Answers) -> None:
    columns = "claim documents outlets origins origins_lower origins_upper chains verdict"
    found = ask("event-support", columns, event=EVENT)
    told = {claim: (*rows[0][:6], rows[0][7]) for claim, rows in of_every_claim(ask).items()}
    same(found, [(claim, *counts) for claim, counts in told.items()])
    order = [(-row[4], -row[5], -row[1]) for row in found]
    assert order == sorted(order)


def test_floors_are_those_of_the_support_profile(ask: Answers) -> None:
    columns = "floor documents outlets origins origins_lower origins_upper verdict grade place from to"
    profile = "floor claims documents outlets origins_lower origins_upper verdict grade"
    for measure in ("killed", "suspects", "missing"):
        found = ask("floors", columns, event=EVENT, measure=measure)
        wanted = ask("support-profile", profile, event=EVENT, measure=measure)
        assert [(r[0], *r[1:3], *r[4:8]) for r in found] == [(r[0], *r[2:]) for r in wanted]
        assert all(row[5] <= row[3] or row[3] == 0 for row in found), "origins that are judged the same count once"
        assert all(row[8:10] == ("Syrian coast", "2025-03-06") and row[10] >= "2025-03-06" for row in found)


def test_event_places(ask: Answers) -> None:
    claims: dict[str, set[ClaimRows]] = defaultdict(set)
    documents: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        if name := place(row):
            claims[name].add(CLAIM[row["id"]])
            if row["stance"] == "affirms":
                documents[name].add(row["doc"])
    wanted = []
    for name, made in claims.items():
        about = PLACES[name]
        within = about["part_of"] and PLACE_NAME[about["part_of"].casefold()]
        position = None if about["lat"] is None else (about["lon"], about["lat"])
        wanted.append((name, about["kind"], within, position, len(made), len(documents[name])))
    found = ask("event-places", "place kind within position claims documents", event=EVENT)
    same([(*row[:3], point(row[3]), *row[4:]) for row in found], wanted)


def point(words: str | None) -> tuple[float, float] | None:
    if words is None:
        return None
    longitude, latitude = words.removeprefix("POINT(").removesuffix(")").split()
    return float(longitude), float(latitude)


# ---- whose figures, how made, and who is missing ---------------------------------------------------------------------


def origin(row: Row) -> Source:
    return sources(row)[-1].organisation


def test_floor_claims_tell_who_gives_each_floor(ask: Answers) -> None:
    """The highest by hand; of all: the documents of a claim and origin, and no floor that floors has not."""
    found = ask("floor-claims", "floor claim origin documents", event=EVENT, measure="killed")
    floors = "floor documents outlets origins origins_lower origins_upper verdict grade place from to"
    assert {row[0] for row in found} == {row[0] for row in ask("floors", floors, event=EVENT, measure="killed")}
    assert found[0] == (20000, CLAIM["A93-1"], origin(ROW["A93-1"]), 1)
    documents: dict[tuple[ClaimRows, Source], set[str]] = defaultdict(set)
    for row in ROWS:
        if row["stance"] == "affirms":
            documents[CLAIM[row["id"]], origin(row)].add(row["doc"])
    assert len(found) > 100
    for floor, claim, voice, count in found:
        assert count == len(documents[claim, voice])
        _, lower, _ = figure(ROW[min(claim)]) or ("", None, None)
        assert lower is None or floor <= lower + 1, "a floor is at most what was printed, or the next number"
    told = [row[0] for row in found]
    assert told == sorted(told, reverse=True)


def test_how_made_tells_the_run(ask: Answers, related: Workspace) -> None:
    rows = list(related.ask("how-made", event=EVENT))
    runs = related.sparql("SELECT ?run ?digest { ?run a kg:RelateRun ; kg:inputDigest ?digest }").rows
    assert runs is not None and len(rows) == len(runs) > 0
    assert {row["input"] for row in rows} == {row["digest"] for row in runs}
    assert {row["software"] for row in rows} == {software()}
    assert {(row["rules"], float(str(row["reach"]))) for row in rows} == {(RULES_VERSION, float(RHO))}


def test_unheard(ask: Answers) -> None:
    found = ask("unheard", "source role documents", event=EVENT)
    publishing = {outlet(row) for row in ROWS}
    quoted: dict[Source, set[str]] = defaultdict(set)
    for row in ROWS:
        if origin(row).named:
            quoted[origin(row)].add(row["doc"])
    assert {(row[0], row[2]) for row in found if row[1] == "quoted"} == {
        (source, len(documents)) for source, documents in quoted.items() if source not in publishing
    }
    parties_to = {Source([name]).organisation for name, actor in ACTORS.items() if actor.get("party_to")}
    silent = {source for source in parties_to if source not in quoted and source not in publishing}
    assert {(row[0], row[2]) for row in found if row[1] == "silent party"} == {(source, 0) for source in silent}
    assert {row[1] for row in found} <= {"quoted", "silent party"}
