"""The example dossiers agree with each other, with themselves, and with the material they were made from.

The tests marked `shared` read that material: the folder named by KG_SHARED, else `shared` beside the checkout. They are
skipped where there is none. The others need nothing but the examples.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.logic.quantity import interval
from kg.vocab import scheme

Row = dict[str, Any]

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "examples"
SYRIA = EXAMPLES / "syria-coast-2025"
SEED = EXAMPLES / "seed-article"
ARTICLE = "A29"
UNNAMED = "(unnamed)"

#: A list of names is not a publisher's wording, though the article happens to print the same list.
NAMES_ONLY = {"fox news and the new york times"}
#: From this many words on, a run shared with the article counts as copied. The longest name in it has six.
COPIED_WORDS = 8
#: Shorter pieces of the publisher's text ("TEHRAN", "reported") are names and single words.
COPIED_CHARACTERS = 25


def table(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.fixture(scope="module")
def shared() -> Path:
    named = os.environ.get("KG_SHARED")
    data = (Path(named) if named else CHECKOUT.parent / "shared") / "data"
    if not data.is_dir():
        pytest.skip(f"the material the examples were made from is not here: no folder {data}; name it in KG_SHARED")
    return data


@pytest.fixture(scope="module")
def article(shared: Path) -> str:
    # Bytes, because reading as text would turn other line ends into line feeds and shift every offset.
    return (shared / "seed" / "article.txt").read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def gold(shared: Path) -> dict[str, Row]:
    return {row["id"]: row for row in table(shared / "seed" / "gold.jsonl")}


@pytest.fixture(scope="module")
def claims() -> dict[str, Row]:
    """The rows of the article by the ids that the gold gives them."""
    return {row["id"].removeprefix(f"{ARTICLE}-"): row for row in table(SEED / "assertions.jsonl")}


# --- with the material -------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_every_other_row_equals_its_source(shared: Path) -> None:
    source = [row for row in table(shared / SYRIA.name / "assertions.jsonl") if row["doc"] != ARTICLE]
    ours = [row for row in table(SYRIA / "assertions.jsonl") if row["doc"] != ARTICLE]
    assert len(ours) == 395
    assert [{column: row[column] for column in row if column != "id"} for row in ours] == source


@pytest.mark.shared
def test_row_ids_count_up_within_each_document(shared: Path) -> None:
    expected: list[str] = []
    seen: dict[str, int] = {}
    for row in table(shared / SYRIA.name / "assertions.jsonl"):
        seen[row["doc"]] = seen.get(row["doc"], 0) + 1
        expected.append(f"{row['doc']}-{seen[row['doc']]}")
    ours = [row["id"] for row in table(SYRIA / "assertions.jsonl")]
    assert [i for i in ours if not i.startswith(f"{ARTICLE}-")] == [i for i in expected if i.split("-")[0] != ARTICLE]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "key", "added"),
    [("documents", "id", {"text_digest"}), ("actors", "name", set()), ("places", "name", set())],
)
def test_declarations_keep_every_source_field(shared: Path, name: str, key: str, added: set[str]) -> None:
    ours = {row[key]: row for row in table(SYRIA / f"{name}.jsonl")}
    for row in table(shared / SYRIA.name / f"{name}.jsonl"):
        assert {column: value for column, value in ours[row[key]].items() if column not in added} == row


@pytest.mark.shared
def test_figures_of_the_article_equal_the_gold(gold: dict[str, Row], claims: dict[str, Row]) -> None:
    assert claims.keys() == gold.keys()
    figures = {name for name, row in claims.items() if row["kind"] == "quantity"}
    numbered = {name for name, row in gold.items() if row["lower"] is not None or row["upper"] is not None}
    assert figures == numbered - {"c03"}, "c03 is a proportion; every other number is a figure"
    for name in figures:
        ours, theirs = claims[name], gold[name]
        assert (ours["lower"], ours["upper"], ours["measure"]) == (theirs["lower"], theirs["upper"], theirs["measure"])
        bound = scheme("bounds").get(ours["qualifier"])
        assert bound is not None
        printed = theirs["qualifier"].removeprefix("likely ").removesuffix(" of")
        assert scheme("bounds").get(printed) == bound
        if name != "c22":  # the gold closes "hundreds" at 999, which is what the word conveys, not what it excludes
            low, high = interval(bound.notation, ours["lower"], ours["upper"])
            assert low == theirs["lower"] + (not theirs["lower_inclusive"])
            assert high == theirs["upper"]


@pytest.mark.shared
def test_chains_and_voices_of_the_article_follow_the_gold(gold: dict[str, Row], claims: dict[str, Row]) -> None:
    for name, theirs in gold.items():
        ours = claims[name]
        assert len(ours["chain"]) == len(theirs["source_chain"]), name
        assert (ours["cue"] is None) == (theirs["cue"] is None), name
        assert (ours["directness"] == "narration") == (theirs["directness"] == "narration"), name
        assert str(ours["as_of"]) == theirs["claim_time"], name


@pytest.mark.shared
def test_spans_stand_where_the_article_says_it(article: str, gold: dict[str, Row], claims: dict[str, Row]) -> None:
    document = table(SEED / "documents.jsonl")[0]
    assert document["text_digest"] == sha256(article)
    for name, ours in claims.items():
        start, end = ours["span_start"], ours["span_end"]
        assert (start, end) == (gold[name]["start"], gold[name]["end"])
        assert article[start:end] == gold[name]["text"]
        assert ours["span_digest"] == sha256(article[start:end])


@pytest.mark.shared
def test_nothing_of_the_publisher_is_in_the_examples(article: str, gold: dict[str, Row]) -> None:
    pieces = {piece.casefold() for row in gold.values() for piece in publisher_strings(row)} - NAMES_ONLY
    pieces = {piece for piece in pieces if len(piece) >= COPIED_CHARACTERS}
    runs = set(word_runs(article))
    assert len(pieces) > 30 and len(runs) > 400, "the material is not what this test expects"
    for path in sorted(p for p in EXAMPLES.rglob("*") if p.is_file()):
        ours = path.read_text(encoding="utf-8")
        assert not [piece for piece in pieces if piece in ours.casefold()], path
        assert not runs & set(word_runs(ours)), path


def publisher_strings(value: object) -> Iterator[str]:
    """What stands under `text` and `anaphor_of`, at any depth: the gold's two fields with the publisher's words."""
    if isinstance(value, list):
        for item in value:
            yield from publisher_strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("text", "anaphor_of") and isinstance(item, str):
                yield item
            else:
                yield from publisher_strings(item)


def word_runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return zip(*(words[start:] for start in range(COPIED_WORDS)), strict=False)


# --- by themselves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["documents", "assertions", "actors", "places"])
def test_both_dossiers_give_one_account_of_the_article(name: str) -> None:
    seed, syria = lines(SEED / f"{name}.jsonl"), lines(SYRIA / f"{name}.jsonl")
    assert seed == [line for line in syria if line in set(seed)]
    if name in ("documents", "assertions"):
        column = "id" if name == "documents" else "doc"
        assert seed == [line for line in syria if json.loads(line)[column] == ARTICLE]


def test_both_dossiers_are_about_one_event() -> None:
    seed, syria = (yaml.safe_load((d / "dossier.yaml").read_text(encoding="utf-8")) for d in (SEED, SYRIA))
    assert seed["event"] == syria["event"]
    assert (seed["id"], syria["id"]) == (SEED.name, SYRIA.name)
    assert seed["language"] == syria["language"] == "en"


def test_the_counts_that_the_notes_give() -> None:
    rows = table(SYRIA / "assertions.jsonl")
    documents = table(SYRIA / "documents.jsonl")
    assert len(documents) == 113
    assert len({d["outlet"] for d in documents}) == 100
    assert len({d["language"] for d in documents}) == 8
    assert (len(rows), sum(r["kind"] == "quantity" for r in rows)) == (439, 289)
    assert len({r["id"] for r in rows}) == len(rows)
    article = [r for r in rows if r["doc"] == ARTICLE]
    assert len(article) == 44
    assert sum(len(r["chain"]) > 2 for r in article) == 9
    assert sum(len(r["chain"]) == 1 for r in article) == 5


@pytest.mark.parametrize("dossier", [SYRIA, SEED], ids=lambda d: d.name)
def test_every_name_resolves_to_one_row(dossier: Path) -> None:
    actors, places = by_word(table(dossier / "actors.jsonl")), by_word(table(dossier / "places.jsonl"))
    events = [yaml.safe_load((dossier / "dossier.yaml").read_text(encoding="utf-8"))["event"]]
    documents, rows = table(dossier / "documents.jsonl"), table(dossier / "assertions.jsonl")
    named: set[str | None] = {actor["affiliation"] for actor in actors.values()}
    for document in documents:
        named |= {document["outlet"], *document["cites"]}
    for row in rows:
        named |= {*row["chain"], *(row["responsible"] or "").split("; ")}
    named -= {None, ""}
    assert sorted(n for n in named if n and not n.endswith(UNNAMED) and n.casefold() not in actors) == []

    placed: set[str | None] = {row["place"] for row in rows} | {event["place"] for event in events}
    for place in places.values():
        placed |= {place["part_of"], *place.get("members", []), *place["disjoint_with"]}
    assert sorted(p for p in placed - {None} if p and p.casefold() not in places) == []

    outlets = {document["id"]: document["outlet"] for document in documents}
    assert [row["id"] for row in rows if row["chain"][0] != outlets[row["doc"]]] == []


def by_word(rows: list[Row]) -> dict[str, Row]:
    """Rows by name and alias, case ignored; fails where one word stands for two rows."""
    found: dict[str, Row] = {}
    for row in rows:
        for word in (row["name"], *row["aliases"]):
            assert found.setdefault(word.casefold(), row) is row, f"{word!r} stands for two rows"
    return found


@pytest.mark.parametrize("dossier", [SYRIA, SEED], ids=lambda d: d.name)
def test_disjointness_is_declared_both_ways(dossier: Path) -> None:
    declared = {(p["name"], other) for p in table(dossier / "places.jsonl") for other in p["disjoint_with"]}
    assert declared
    assert {(other, name) for name, other in declared} == declared


@pytest.mark.parametrize("dossier", [SYRIA, SEED], ids=lambda d: d.name)
def test_every_fixed_word_is_known_and_every_figure_excludes_something(dossier: Path) -> None:
    own = dossier / "populations.jsonl"
    declared = {row["name"] for row in table(own)} if own.exists() else set()
    columns = {
        "stance": "stances",
        "directness": "directness",
        "certainty": "certainty",
        "cue": "cues",
        "act": "acts",
        "as_of_basis": "as-of-bases",
        "window_fit": "window-fits",
        "measure": "measures",
        "population": "populations",
        "qualifier": "bounds",
    }
    for row in table(dossier / "assertions.jsonl"):
        for column, name in columns.items():
            word = row.get(column)
            if word is not None and not (column == "population" and word in declared):
                assert scheme(name).get(word), f"{row['id']}: {word!r} is not in {name}"
        assert (row["kind"] == "quantity") == (row["qualifier"] is not None), row["id"]
        if row["kind"] == "quantity":
            bound = scheme("bounds").get(row["qualifier"])
            assert bound is not None
            assert not interval(bound.notation, row["lower"], row["upper"]).excludes_nothing, row["id"]


def test_populations_of_the_dossier_are_needed_and_hang_together() -> None:
    rows = table(SYRIA / "populations.jsonl")
    used = {row["population"] for row in table(SYRIA / "assertions.jsonl")}
    own = {row["name"] for row in rows}
    assert own <= used
    for row in rows:
        assert scheme("populations").get(row["name"]) is None, f"{row['name']!r} is already shipped"
        for word in (*row["broader"], *row["disjoint_with"]):
            assert word in own or scheme("populations").get(word), f"{row['name']!r}: no population {word!r}"
