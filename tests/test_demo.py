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
from kg.cli.support_story import interval, telling, together
from kg.terms import IRI, integer, text
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


def test_what_changed_in_retelling_is_counted_in_the_saved_question(told: Told) -> None:
    section = told.in_one_line("What changed in retelling")
    found = _asked(told, "altered-reports", EVENT)
    pairs = {(row["reported"], row["other"], row["origin"]): row["changed"].split(", ") for row in found}
    assert section.startswith(f"{len(pairs)} pairs of figures")
    for part, words in (("figure", "the number itself"), ("population", "who is counted"), ("window", "on which days")):
        assert f"{words} in {sum(part in changed for changed in pairs.values())}" in section
    assert not [row for row in found if row["relation"].endswith("altersReportOfRelation")]
    assert "shown to be altered" not in section, "“nearly 1,500” rounds 1,479 and alters nothing"


def test_the_announcements_are_told_in_the_forms_of_the_tables(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.in_one_line("What changed in retelling")
    committee = {"Syrian fact-finding committee", "Yasser al-Farhan", "Jumaa al-Enezi"}
    given = [
        row
        for row in rows
        if row["chain"][-1] in committee and row.get("measure") == "killed" and (row["lower"] or row["upper"]) > 1400
    ]
    parts = ("lower", "upper", "qualifier", "population", "window_start", "window_end")
    forms = {tuple(row[part] for part in parts): row for row in given}
    documents = {row["doc"] for row in given}
    title = f"Syrian fact-finding committee, 22 July 2025 · {len(forms)} forms in {len(documents)} documents"
    assert title in section
    told_of_it = section.partition(title)[2]
    for number, population in (("1,426", "people"), ("1,443", "people"), ("1,469", "people"), ("1,426", "Alawites")):
        alike = {"lower": int(number.replace(",", "")), "population": population, "window_end": "2025-03-31"}
        outlets = sorted({row["chain"][0] for row in given if alike.items() <= row.items()})
        listed = f"{len(outlets)} {re.escape(', '.join(outlets))}"
        assert re.search(rf"{number} {population} killed, Syrian coast, 6–31 March [^:]*?{listed}", told_of_it), number


def test_the_lost_attribution_was_there_before(
    told: Told, rows: list[dict[str, Any]], documents: list[dict[str, Any]]
) -> None:
    section = told.in_one_line("Whose name was left out")
    cases = re.findall(r"\((A\d+)\): “(.+?)” Before, on the word of ([^,]+), [^(]+\((A\d+)\)", section)
    assert len(cases) == len(_asked(told, "attribution-lost", EVENT)) >= 1
    published = {document["id"]: document["published"] for document in documents}
    for document, statement, origin, earlier in cases:
        (own,) = (row for row in rows if row["doc"] == document and row["statement"] == statement)
        assert len(own["chain"]) == 1
        assert published[earlier] < published[document]
        before = [row for row in rows if row["doc"] == earlier and row["chain"][-1] == origin]
        # It may have given more: whoever has "more than 1,311" has "more than 1,300" as well.
        assert any((row.get("lower") or 0) >= own["lower"] and row["population"] == own["population"] for row in before)


# ---- how many stand behind it --------------------------------------------------------------------------------------

ROW = re.compile(r"^ +([\d,]+) +(\d+) +(\d+) +(\d+) +(\d+)(?:–(\d+))?  (\w[\w ]*)$", re.MULTILINE)


def _profile(told: Told) -> list[tuple[int, int, int, int, int, int, str]]:
    found = ROW.findall(told.section("At least how many killed, and how many say so"))
    return [
        (int(floor.replace(",", "")), *map(int, (figures, documents, outlets, low, high or low)), verdict.strip())
        for floor, figures, documents, outlets, low, high, verdict in found
    ]


def test_the_profile_is_that_of_the_saved_question_by_the_rule_it_gives(told: Told) -> None:
    asked = _asked(told, "support-profile", EVENT, "measure=killed")
    columns = ("floor", "claims", "documents", "outlets", "origins_lower", "origins_upper")
    counts = {row["floor"]: tuple(row[column] for column in columns) for row in asked}
    shown = _profile(told)
    assert len(shown) >= 8
    assert all(counts[row[0]] == row[:-1] for row in shown)
    words = {row[-1].replace(" ", "").casefold() for row in shown}
    assert words == {re.sub(r".*#|Verdict", "", row["verdict"]).casefold() for row in asked}
    # By hand: the last row of each verdict, and the rows after which most documents fall away.
    last = {row["verdict"]: row["floor"] for row in asked}
    falls = {one["floor"]: one["documents"] - two["documents"] for one, two in itertools.pairwise(asked)}
    assert set(last.values()) <= {row[0] for row in shown}
    least = min(falls[row[0]] for row in shown if row[0] not in last.values())
    assert sum(fall > least for fall in falls.values()) < 7
    assert f"{len(shown)} of {len(asked)} rows" in told.in_one_line("At least how many killed, and how many say so")


def test_the_documents_of_the_profile_are_those_of_the_tables(told: Told, rows: list[dict[str, Any]]) -> None:
    """Between those that print so much outright for the coast, and those that print anything near it."""
    killed = [row for row in rows if row.get("measure") == "killed" and row["stance"] == "affirms"]
    outright = ("bare", "exactly", "at least", "between")
    for floor, _, documents, *_ in _profile(told):
        sure = {
            row["doc"]
            for row in killed
            if (row["lower"] or 0) >= floor
            and row["qualifier"] in outright
            and row["place"] == "Syrian coast"
            and row["certainty"] == "stated"
        }
        near = {row["doc"] for row in killed if max(row["lower"] or 0, row["upper"] or 0) >= floor * 0.9}
        assert len(sure) <= documents <= len(near), floor


def test_an_interval_is_told_with_what_its_ends_mean(told: Told) -> None:
    section = told.in_one_line("At least how many killed, and how many say so")
    _, _, _, _, lower, upper, _ = next(row for row in _profile(told) if row[4] > 1)
    assert (
        f"“{lower}–{upper}” is {lower} if all that may be one are counted as one, {upper} if each counts for itself"
        in section
    )
    assert "no probability" in section


def test_repeated_claims_have_one_voice_in_the_tables(told: Told, rows: list[dict[str, Any]]) -> None:
    section = told.in_one_line("Many documents, one voice")
    found = _asked(told, "repeats", EVENT)
    assert section.startswith(f"{len({row['claim'] for row in found})} claims")
    lines = told.section("Many documents, one voice")
    for words, least, population, source in (
        ("at least 145 former-regime fighters", 145, "former-regime fighters", "SOHR"),
        ("nearly 1,500 Alawites", 1450, "Alawites", "Reuters"),
    ):
        counts = re.search(rf"^  {words} .*? {{2,}}(\d+) +(\d+)  {source}$", lines, re.MULTILINE)
        assert counts, words
        in_documents, outlets = map(int, counts.groups())
        assert (in_documents, outlets) in {(row["documents"], row["outlets"]) for row in found}
        given = [
            row for row in rows if row["population"] == population and (row["lower"] or row["upper"] or 0) >= least
        ]
        by_it = {row["doc"] for row in given if row["chain"][-1] in (source, "Rami Abdulrahman")}
        assert 1 < in_documents <= len(by_it), "those that print it, or more of the same people"
    pairs = [row["status"] for row in _asked(told, "corroborations", EVENT)]
    differ, may, same = (sum(f"#{name}" in status for status in pairs) for name in ("corrob", "possibly", "repeats"))
    assert f"{len(pairs)} pairs of claims that support each other, {differ:,} have" in section
    assert f"{may:,} may have, and {same:,} have one and the same" in section


def test_a_single_point_carries_what_only_it_repeats(told: Told) -> None:
    section = told.section("Whose failure takes claims with it")
    shown = re.findall(r"^  (\S.*?) {2,}(\d+) +(\d+)$", section, re.MULTILINE)
    assert shown[0][0] == "SOHR"
    repeated = _asked(told, "repeats", EVENT)
    for name, claims, documents in shown:
        (source,) = {row["origin"] for row in repeated if name.replace(" ", "-").casefold() in row["origin"]}
        alone = {row["claim"] for row in repeated if row["origin"] == source}
        assert len(alone) <= int(claims), name
        resting = {row["document"] for row in _asked(told, "rests-on", f"source={name}")}
        assert int(documents) <= len(resting) + 1, name  # its own document is no relay of it


def test_the_rows_that_tell_most() -> None:
    """At each floor up to 70 two documents stop, at 110 one and at the end all; the verdict changes after 90."""
    documents = (40, 38, 36, 34, 32, 30, 28, 26, 26, 26, 26, 25)
    rows = [
        {
            "floor": integer(10 * place),
            "documents": integer(held),
            "verdict": text("corroborates" if place <= 9 else "repeats"),
        }
        for place, held in enumerate(documents, 1)
    ]
    told = [str(row["floor"]) for row in telling(rows[::-1])]
    assert told == ["20", "30", "40", "50", "60", "70", "90", "120"]


def test_an_interval_of_one_number_is_that_number() -> None:
    assert interval({"origins_lower": integer(1), "origins_upper": integer(1)}) == "1"
    assert interval({"origins_lower": integer(1), "origins_upper": integer(1200)}) == "1–1,200"


def test_figures_linked_through_others_are_of_one_announcement() -> None:
    a, b, c, d, e, f = (IRI(f"urn:{name}") for name in "abcdef")
    groups = together([(a, b), (c, d), (e, f), (d, a)])
    assert sorted(map(sorted, groups)) == [[a, b, c, d], [e, f]]


def test_the_counts_that_the_pages_tell_are_those_of_the_demo(told: Told) -> None:
    """The tutorial and the page on judging name a few numbers, so that readers can follow them on their screens."""
    profile = {row["floor"]: row for row in _asked(told, "support-profile", EVENT, "measure=killed")}
    assert (profile[1018]["origins_lower"], profile[1018]["origins_upper"]) == (5, 17)
    assert 45 <= profile[1018]["outlets"] <= profile[1018]["documents"] <= 55
    assert profile[max(profile)]["origins_lower"] == profile[4001]["origins_lower"] == 1
    (relayed,) = _asked(told, "independence", "claim=A29-c07")
    assert [relayed[name] for name in ("documents", "outlets", "origins", "origins_lower", "origins_upper")] == [
        1,
        1,
        2,
        1,
        2,
    ]
    assert relayed["verdict"].endswith("singleRelayVerdict")
    assert {row["origins_lower"] for row in _asked(told, "independence", "claim=A99-1")} == {3}


def test_its_challenges_are_those_that_meet_an_affirmation(told: Told) -> None:
    section = told.in_one_line("What was denied, questioned or not confirmed")
    query = """SELECT DISTINCT ?relation { ?relation kg:rule ?rule ; a kg:ClaimRelation
                 VALUES ?rule { kg:denialRule kg:doubtRule } }"""
    done = CliRunner().invoke(main, ["--workspace", str(told.folder), "sparql", query, "--format", "jsonl"])
    assert f"In {len(done.stdout.splitlines())} cases this meets what somebody else affirms" in section
    assert (
        "1,479 Alawites killed, Syrian coast, 7–9 March 2025. Truth or Fake denies what is affirmed by Reuters"
        in section
    )


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
    assert len(told.text.splitlines()) < 330
    assert max(len(line) for line in told.text.splitlines() if "kg --workspace" not in line) <= 100


def test_it_names_the_page_that_it_wrote(told: Told) -> None:
    for kind in ("dossier", "graph"):
        page = told.folder / "pages" / f"syria-coast-2025-{kind}.html"
        assert str(page) in told.text
        assert page.read_text("utf-8").lstrip().lower().startswith("<!doctype html>")


def test_the_commands_that_it_names_work(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^ {4}(kg .*)$", told.section("Next, type"), re.MULTILINE)
    commands += re.findall(r"^  \S.*?: (kg .*)$", told.text, re.MULTILINE)
    assert len(commands) >= 24
    for command in commands:
        words = shlex.split(command)[1:]
        if words[-1] == "serve":  # it runs until it is stopped; its own tests start it
            words.append("--help")
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
