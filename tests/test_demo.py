"""What `kg demo` prints, against the tables it is made from: counted here by reading them line by line."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kg.cli import main
from tests.conftest import DEMO

EVENT = "event=syria-coast-2025"


@dataclass(frozen=True)
class Told:
    """What the demo printed, and the workspace it left."""

    text: str
    beside: str
    folder: Path

    def section(self, title: str) -> str:
        """The lines under a heading, up to the next."""
        found = re.search(rf"^{re.escape(title)}\n(.*?)(?=^\S|\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert found, f"no section {title!r}"
        return found[1]

    def in_one_line(self, title: str) -> str:
        return " ".join(self.section(title).split())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("demo") / "case"
    done = CliRunner(env={"COLUMNS": "100"}).invoke(main, ["--workspace", str(folder), "demo"])
    assert done.exit_code == 0, done.stderr
    yield Told(done.stdout, done.stderr, folder)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / "assertions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / "documents.jsonl").read_text("utf-8").splitlines()]


def test_it_says_what_was_loaded(told: Told, rows: list[dict[str, Any]], documents: list[dict[str, Any]]) -> None:
    loaded = told.in_one_line("What was loaded")
    assert f"{len(documents)} documents added, 0 replaced, 0 unchanged, 0 refused; {len(rows)} assertions" in loaded
    assert f"{len({document['outlet'] for document in documents})} outlets" in loaded
    for language in {document["language"] for document in documents}:
        held = sum(document["language"] == language for document in documents)
        assert re.search(rf"\b{language} {held}\b", loaded), language


def test_the_sources_have_the_documents_that_the_tables_give_them(
    told: Told, rows: list[dict[str, Any]], documents: list[dict[str, Any]]
) -> None:
    actors = [json.loads(line) for line in (DEMO / "actors.jsonl").read_text("utf-8").splitlines()]
    outlet_of = {document["id"]: document["outlet"] for document in documents}
    shown = re.findall(r"^  (\S.*?) {2,}(\d+) +(\d+)$", told.section("Who reports on whose word"), re.MULTILINE)
    assert shown[0][0] == "SOHR"
    assert 5 <= len(shown) <= 10
    for source, in_documents, in_outlets in shown:
        speak = [
            actor
            for actor in actors
            if actor["name"] == source or (actor["kind"] == "person" and actor.get("affiliation") == source)
        ]
        names = {name for actor in speak for name in [actor["name"], *(actor.get("aliases") or [])]}
        resting = {row["doc"] for row in rows if names & set(row["chain"]) and outlet_of[row["doc"]] != source}
        assert (int(in_documents), int(in_outlets)) == (len(resting), len({outlet_of[d] for d in resting})), source


def test_the_article_has_its_figures_under_their_chains(told: Told) -> None:
    tree = told.section("One article, link by link")
    without_ids = re.sub(r" ·\s+(?:│ *)*[0-9a-f]{8}", "", tree)
    lines = [line.strip() for line in re.sub(r"[│├└─]+", "", without_ids).splitlines()]
    path: dict[int, str] = {}
    under = set()
    for drawn in without_ids.splitlines():
        name = re.sub(r"[│├└─ ]*", "", drawn, count=1).strip()
        depth = (len(drawn) - len(re.sub(r"^[│├└─ ]*", "", drawn))) // 4
        path = {level: text for level, text in path.items() if level < depth} | {depth: name}
        under.add(" → ".join(path[level] for level in sorted(path)))
    assert "Tehran Times" in lines
    for chain, figure in (
        ("SOHR", "more than 1,018 people killed, Syrian coast, 6–9 March 2025"),
        ("SOHR", "at least 745 civilians killed, Syrian coast, 6–9 March 2025"),
        ("field sources in Baniyas and Al-Bahluliyah (unnamed)", "2,300–2,400 civilians killed, Syrian coast"),
        ("Fox News → eyewitnesses (unnamed)", "more than 4,000 people killed, Syrian coast"),
        ("The New York Times → eyewitnesses (unnamed)", "more than 4,000 people killed, Syrian coast"),
        ("activists (unnamed)", "hundreds of Christians killed, Syrian coast"),
    ):
        assert f"Tehran Times → {chain} → {figure}" in under
    assert any(" → unspecified reports of massacres (unnamed) → at least 145 people killed" in way for way in under)


def test_its_disputes_are_those_of_the_saved_question(told: Told) -> None:
    shown = told.in_one_line("Which figures conflict")
    camps: dict[str, list[str]] = {}
    for row in _asked(told, "disputes", EVENT):
        camps.setdefault(row["scope"], []).append(row["camp"][-16:][:8])
    assert f"{len(camps)} counts in dispute" in shown
    contradicting, rivalling = (len(_asked(told, name, EVENT)) for name in ("contradictions", "rivals"))
    assert f"{contradicting} contradict each other, {rivalling} rival" in shown
    section = told.section("Which figures conflict")
    disputes = re.split(r"^  (\S.*) · (\d+) figures.*:$", section, flags=re.MULTILINE)[1:]
    titles, sizes, bodies = disputes[::3], disputes[1::3], disputes[2::3]
    assert len({title.split(", ")[1] for title in titles}) == len(titles) >= 3  # one of each place
    for size, body in zip(sizes, bodies, strict=True):
        ids = re.findall(r"· ([0-9a-f]{8})", body)
        (whole,) = (members for members in camps.values() if set(ids) <= set(members))
        assert len(whole) == int(size)
        assert 2 <= len(ids) <= 5
    assert f"… and {len(camps) - len(titles)} more: kg --workspace {told.folder} ask disputes" in shown


def test_its_camps_have_the_sources_that_the_tables_give_them(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.section("Which figures conflict")
    camp = re.search(r"^  1,334 people killed · [0-9a-f]{8} +contradicts +(\S.*) \((\d+)\)$", section, re.MULTILINE)
    assert camp
    same = {"lower": 1334, "population": "people", "window_end": "2025-03-31"}
    given = [row for row in rows if same.items() <= row.items()]
    assert {row["chain"][-1] for row in given} == {camp[1]}
    assert len({row["doc"] for row in given}) == int(camp[2])


def test_the_history_is_that_of_the_tables(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.section("How the figures of SOHR moved")
    steps = re.findall(
        r"^  (\d{4}-\d\d-\d\d)  (?:more than |at least )?([\d,]+) .*?([+−-]\d+)?$", section, re.MULTILINE
    )
    assert len(steps) >= 4
    assert [date for date, *_ in steps] == sorted(date for date, *_ in steps)
    numbers = [int(number.replace(",", "")) for _, number, _ in steps]
    assert [int(change) for *_, change in steps[1:]] == [b - a for a, b in itertools.pairwise(numbers)]
    monitor = {"SOHR", "Rami Abdulrahman"}
    given = {(row.get("as_of"), row.get("lower")) for row in rows if row["chain"][-1] in monitor}
    assert {(date, number) for (date, *_), number in zip(steps, numbers, strict=True)} <= given


def test_its_sums_add_up(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.in_one_line("Which parts add up")
    sums = re.findall(r"· (\w+), on (\d+) (\w+) 2025: ([\d, +]+) = ([\d,]+)\.", section)
    assert len(sums) >= 3
    for source, day, month, parts, whole in sums:
        date = dt.datetime.strptime(f"{day} {month} 2025", "%d %B %Y").date().isoformat()
        numbers = [int(part.replace(",", "")) for part in parts.split(" + ")]
        assert sum(numbers) == int(whole.replace(",", ""))
        given = {row.get("lower") for row in rows if row["chain"][-1] == source and row.get("as_of") == date}
        assert {*numbers, int(whole.replace(",", ""))} <= given, f"{source} on {date}"
    found = _asked(told, "sums", EVENT)
    assert f"In {len({(row['whole'], row['why']) for row in found})} cases" in section
    assert "in 0 to more" in section
    assert {row["closes"] for row in found} == {True}


def test_what_changed_in_retelling_is_of_one_source(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.in_one_line("What changed in retelling")
    actors = [json.loads(line) for line in (DEMO / "actors.jsonl").read_text("utf-8").splitlines()]
    pairs = re.findall(
        r"the word of (.+?)(?: of \d+ \w+ \d{4})? as \D*([\d,]*\d)(?: and as|; the document they had it from has) "
        r"\D*([\d,]*\d) \(different: ([a-z, ]+)\)",
        section,
    )
    assert len(pairs) == 4
    for source, one, other, different in pairs:
        speakers = {source, *(a["name"] for a in actors if a.get("affiliation") == source)}
        printed = {row.get(end) for row in rows if row["chain"][-1] in speakers for end in ("lower", "upper")}
        assert {int(number.replace(",", "")) for number in (one, other)} <= printed, source
        assert ("figure" in different.split(", ")) == (one != other)
    counted = _asked(told, "relation-counts", EVENT)
    retold = sum(row["pairs"] for row in counted if re.search("relaysDiffer|altersReportOf", row["relation"]))
    assert section.startswith(f"{retold} pairs of figures")


def test_its_challenges_are_those_that_meet_an_affirmation(told: Told) -> None:
    section = told.in_one_line("What was denied, questioned or not confirmed")
    query = """SELECT DISTINCT ?relation { ?relation kg:rule ?rule ; a kg:ClaimRelation
                 VALUES ?rule { kg:denialRule kg:doubtRule } }"""
    done = CliRunner().invoke(main, ["--workspace", str(told.folder), "sparql", query, "--format", "jsonl"])
    assert f"In {len(done.stdout.splitlines())} cases this meets what somebody else affirms" in section
    assert "finds no evidence for what is affirmed by Reuters" in section


def test_its_denials_and_unnamed_claims_are_those_of_the_saved_questions(told: Told) -> None:
    denials = told.in_one_line("What was denied, questioned or not confirmed")
    found = _asked(told, "denials", "event=syria-coast-2025")
    left = re.search(r"… and (\d+) more: kg .*ask denials", denials)
    assert left
    assert 1 <= len(found) - int(left[1]) <= 10
    unnamed = told.in_one_line("What only unnamed sources say")
    assert f"{len(_asked(told, 'unnamed-only', 'event=syria-coast-2025'))} claims" in unnamed


def test_no_section_is_long(told: Told) -> None:
    for title in ("Which figures were reported", "Who reports on whose word", "What only unnamed sources say"):
        ids_or_rows = re.findall(r"^  \S.* {2,}\d+ {2}", told.section(title), re.MULTILINE)
        assert len(ids_or_rows) <= 10, title
    assert len(told.text.splitlines()) < 240
    assert max(len(line) for line in told.text.splitlines() if "kg --workspace" not in line) <= 100


def test_it_names_the_page_that_it_wrote(told: Told) -> None:
    page = told.folder / "pages" / "syria-coast-2025-graph.html"
    assert str(page) in told.text
    assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")


def test_the_commands_that_it_names_work(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^ {4}(kg .*)$", told.section("Next, type"), re.MULTILINE)
    commands += re.findall(r"^  (?:… and|All) .*?: (kg .*)$", told.text, re.MULTILINE)
    assert len(commands) >= 14
    for command in commands:
        words = shlex.split(command)[1:]
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, f"{command}\n{done.stderr}"
        assert "no rows" not in done.stderr, command
    assert (tmp_path / "reports.csv").exists()


def test_a_second_time_nothing_is_added(told: Told) -> None:
    again = CliRunner().invoke(main, ["demo", "--workspace", str(told.folder)])
    assert again.exit_code == 0
    assert "0 documents added, 0 replaced, 113 unchanged, 0 refused" in again.stdout


def _asked(told: Told, *question: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["--workspace", str(told.folder), "ask", *question, "--format", "jsonl"])
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
