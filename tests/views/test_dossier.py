"""The page of an event: what its head counts, what it leaves nobody out of, and that it is the same every time."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from kg.cli import main
from kg.errors import KgError, UsageError
from kg.terms import IRI
from kg.views import FIGURES, FigurePage, about_event, figure_page, read_record
from kg.views.graph import ROW_QUERY
from kg.views.head import Headline, days_spoken_of, event_head
from kg.views.offline import template
from kg.views.record import Backing
from kg.workspace import Workspace
from tests.conftest import DEMO, velmara

EVENT = "syria-coast-2025"


@cache
def table(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def organisation(name: str) -> str:
    """The own name of a source; of a person that of the organisation spoken for."""
    actors = {row["name"]: row for row in table("actors")}
    own_name = {alias: own for own, row in actors.items() for alias in (row.get("aliases") or [])}
    name = own_name.get(name, name)
    actor = actors.get(name, {})
    speaks_for = actor.get("affiliation") if actor.get("kind") == "person" else None
    return own_name.get(speaks_for, speaks_for) if speaks_for else name


class Outline(HTMLParser):
    """The elements of a page with their attributes, and its headings in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def having(self, name: str) -> list[str | None]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def words(html: str) -> str:
    """What a reader sees, without the pieces that are folded away as SPARQL."""
    html = re.sub(r"<(style|script|svg|pre)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).replace(" ,", ",").replace(" .", ".")


@pytest.fixture(scope="module")
def page(related: Workspace) -> str:
    return related.view("dossier").html


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


# ---- the head --------------------------------------------------------------------------------------------------------


def test_the_head_counts_what_the_floors_count(related: Workspace, page: str) -> None:
    floors = [dict(row) for row in related.ask("floors", event=EVENT, measure="killed")]
    sure = max((row for row in floors if row["origins_lower"] >= 2), key=lambda row: row["floor"])
    perhaps = max((row for row in floors if row["origins_upper"] >= 2), key=lambda row: row["floor"])
    highest = max(floors, key=lambda row: row["floor"])
    assert len({row["floor"] for row in (sure, perhaps, highest)}) == 3, "the demo has all three"
    boxes = re.findall(r'<div class="floor (\w+)".*?</ul>', page, flags=re.S)
    assert boxes == ["sure", "perhaps", "highest"]
    for part, row in zip(boxes, (sure, perhaps, highest), strict=True):
        box = words(re.search(rf'<div class="floor {part}".*?\n</div>', page, flags=re.S)[0])
        lower, upper = row["origins_lower"], row["origins_upper"]
        assert f"at least {row['floor']:,} killed" in box
        assert f"{lower} independent" in box if lower == upper else f"{lower}–{upper} independent" in box
        for noun in ("origin", "outlet", "document"):
            number = row[f"{noun}s"]
            assert f"{number:,} {noun}{'' if number == 1 else 's'}" in box


def test_the_highest_floor_is_the_highest_number_of_the_tables(page: str) -> None:
    killed = [row for row in table("assertions") if row.get("measure") == "killed" and row["stance"] == "affirms"]
    highest = max(row["lower"] for row in killed if row["lower"] is not None)
    assert re.search(rf'<div class="floor highest".*?at least</span> {highest:,} ', page, flags=re.S)


def test_who_stands_behind_a_floor_is_as_many_as_its_origins(related: Workspace) -> None:
    """The names beside a floor are gathered from one question, its number of origins from another."""
    floors = related.ask("floors", event=EVENT, measure="killed")
    origins: dict[int, set[str]] = defaultdict(set)
    for row in related.ask("floor-claims", event=EVENT, measure="killed"):
        for floor in (known for known in (row["floor"] for row in floors) if known <= row["floor"]):
            origins[floor].add(row["origin"])
    assert {row["floor"]: row["origins"] for row in floors} == {floor: len(found) for floor, found in origins.items()}


def test_where_no_two_origins_differ_the_head_says_so(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    tables = velmara()
    tables["assertions"] = [row for row in tables["assertions"] if "Ministry" in str(row["chain"])]
    workspace.add(dossier(tables))
    workspace.relate()
    html = workspace.view("dossier").html
    assert "no number" in words(html)
    assert 'class="floor sure"' not in html
    assert "at least 17 killed" in words(html)


def test_the_head_says_which_days_figures_speak_of_and_how_long_the_event_was(page: str) -> None:
    scope = words(re.search(r'<p class="scope">.*?</p>', page, flags=re.S)[0])
    assert "may speak of any days from 6 March to 31 December 2025" in scope
    assert "The event itself is dated 6–31 March 2025." in scope
    assert "– 31 December" not in words(page).partition("How many were")[0]


@pytest.mark.parametrize(("as_of", "told"), [("2031-03-15", True), ("2031-03-14", False)])
def test_days_that_are_those_of_the_event_need_no_words(
    workspace: Workspace, dossier: Callable[..., Path], as_of: str, told: bool
) -> None:
    tables = velmara()
    tables["assertions"][1]["as_of"] = as_of
    workspace.add(dossier(tables))
    workspace.relate()
    scope = words(re.search(r'<p class="scope">.*?</p>', workspace.view("dossier").html, flags=re.S)[0])
    assert ("from 14 March to 15 March 2031" in scope) is told
    assert ("Velmara, 14 March 2031. Each" in scope) is not told


def test_days_without_a_beginning_or_an_end_are_told_as_far_as_they_go() -> None:
    day, later = dt.date(2031, 3, 14), dt.date(2032, 1, 2)

    def told(start: dt.date | None, end: dt.date | None, event_days: str | None) -> str:
        backing = Backing(1, 1, 1, 1, 1, 0, "repeats")
        return days_spoken_of(Headline("highest", 17, backing, "firm", None, start, end, ()), event_days)

    assert "from 14 March 2031 to 2 January 2032, " in told(day, later, "14 March 2031")
    assert "any days from 14 March 2031, the event's first day." in told(day, None, None)
    assert "any days until 2 January 2032, the latest for which" in told(None, later, None)
    assert "The days of the event are not stated." in told(None, later, None)
    assert told(None, None, None) == told(day, day, "14 March 2031") == ""


def test_the_head_counts_the_measure_that_the_figures_draw(related: Workspace) -> None:
    event = related.lookup.resolve("event", EVENT)
    record = read_record(related._asking, event, "", related=True)
    assert event_head(related._asking, related._rows, event).measure == record.measures[0]


def test_who_denies_a_number_of_the_head_is_who_does_so_in_the_reports(related: Workspace, page: str) -> None:
    event = related.lookup.resolve("event", EVENT)
    record = read_record(related._asking, event, "", related=True)
    head = event_head(related._asking, related._rows, event)
    stated = related.ask("floor-claims", event=EVENT, measure="killed")
    told = 0
    for line in head.lines:
        claims = {IRI(row["claim"]) for row in stated if row["floor"] == line.number}
        reports = [report for claim in claims for report in record.reports_of[claim] if not report.affirms]
        assert set(line.against) == {(report.origin.label, report.stance) for report in reports}
        assert len(line.against) == len(set(line.against))
        for name, stance in line.against:
            assert f"{name} {stance} it" in words(page)
            told += 1
    assert told == 2, "1,479 and 20,000 are denied in the material"


def test_on_whom_figures_rest_is_counted_in_the_tables(page: str) -> None:
    documents: dict[str, set[str]] = defaultdict(set)
    for row in table("assertions"):
        if row["kind"] == "quantity" and not row["chain"][-1].endswith("(unnamed)"):
            documents[organisation(row["chain"][-1])].add(row["doc"])
    line = words(re.search(r'<p class="rest-on">.*?</p>', page, flags=re.S)[0])
    for name, found in sorted(documents.items(), key=lambda item: -len(item[1]))[:4]:
        assert f"{name} {len(found)} documents" in line


# ---- nothing is left out ---------------------------------------------------------------------------------------------


def test_every_report_and_every_claim_is_on_the_page_once(related: Workspace, outline: Outline) -> None:
    rows = table("assertions")
    assert sorted(outline.having("data-report"), key=int) == [str(number) for number in range(len(rows))]
    ids = {name for picks in outline.having("data-picks") for name in (picks or "").split() if name.startswith("row=")}
    assert ids == {f"row={row['id']}" for row in rows}
    claims = {row["claim"] for row in related.ask("event-claims", event=EVENT)}
    picks = {name for found in outline.having("data-picks") for name in (found or "").split()}
    spoken = {pick.removeprefix("claim=") for pick in picks if pick.startswith("claim=")}
    assert spoken == {claim.rpartition("/")[2] for claim in claims}


def test_the_sections_say_how_many_rows_their_questions_have(related: Workspace, page: str) -> None:
    for key, name in (("contradictions", "contradictions"), ("rivals", "rivals"), ("altered", "altered-reports")):
        heading = words(re.search(rf'id="{key}">\s*<h3>(.*?)</h3>', page, flags=re.S)[1])
        assert heading.rstrip().endswith(f" {len(related.ask(name, event=EVENT)):,}")
    listed = re.search(r'id="contradictions">(.*?)<details class="asked">', page, flags=re.S)[1]
    assert listed.count("<li") == len(related.ask("contradictions", event=EVENT))


def test_unheard_is_who_has_no_document_in_the_tables(related: Workspace) -> None:
    outlets = {organisation(row["outlet"]) for row in table("documents")}
    quoting: dict[str, set[str]] = defaultdict(set)
    for row in table("assertions"):
        name = organisation(row["chain"][-1])
        if not name.endswith("(unnamed)") and name not in outlets:
            quoting[name].add(row["doc"])
    found = related.ask("unheard", event=EVENT)
    told = {found.shown(source): int(str(documents)) for source, role, documents in found.rows if str(role) == "quoted"}
    assert told == {name: len(documents) for name, documents in quoting.items()}
    silent = {found.shown(source) for source, role, _ in found.rows if str(role) == "silent party"}
    parties = {row["name"] for row in table("actors") if row.get("party_to")}
    assert silent
    assert silent <= parties - quoting.keys()


def test_how_it_was_made_and_how_to_cite_it(related: Workspace, page: str) -> None:
    runs = [dict(row) for row in related.ask("how-made", event=EVENT)]
    text = words(page)
    assert {str(row["reach"]) for row in runs} == {"0.25"}
    assert "Policy ρ 0.25:" in text
    assert runs[0]["software"] in text
    cite = re.search(r'<pre tabindex="0" dir="auto">(.*?)</pre>', page, flags=re.S)[1]
    digest = re.search(r"Digest of all inputs</dt><dd class=\"digest\">(\w+)<", page)[1]
    for part in ("claims-kg contributors", "CC0-1.0", "31 December 2025", runs[0]["software"], digest):
        assert part in cite


def test_the_query_of_a_row_gives_that_row(related: Workspace, outline: Outline) -> None:
    reports = [attributes for _, attributes in outline.elements if "data-report" in attributes]
    for report in reports[::60]:
        query = ROW_QUERY.replace("{document}", report["data-document"] or "").replace(
            "{row}", report["data-row"] or ""
        )
        found = related.sparql(query).rows
        assert found is not None
        claims = {claim.rpartition("/")[2] for claim in (row["claim"] for row in found) if claim}
        assert claims == {pick[6:] for pick in (report["data-picks"] or "").split() if pick.startswith("claim=")}


# ---- what a page is --------------------------------------------------------------------------------------------------


def test_the_same_store_gives_the_same_page(related: Workspace, page: str) -> None:
    assert related.view("dossier").html == page


def test_headings_come_in_order_and_names_are_unique(outline: Outline) -> None:
    assert outline.headings.count(1) == 1
    assert outline.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    ids = outline.having("id")
    assert len(ids) == len(set(ids))
    assert ("html", {"lang": "en"}) in outline.elements


def test_only_the_page_of_a_server_links_to_a_server(related: Workspace, outline: Outline) -> None:
    def own(found: Outline) -> set[str]:
        return {href for href in found.having("href") if href and href.startswith("/")}

    assert own(outline) == set()
    served = own(Outline(related.view("dossier", served=True).html))
    assert {"/", "/question/", "/query", f"/event/{EVENT}/graph"} <= served
    for kind in ("claim", "actor", "document", "query#query="):
        assert any(href.startswith(f"/{kind}") for href in served), kind


def test_every_figure_says_what_it_asked(page: str) -> None:
    for box in re.findall(r'<figure class="sheet figure".*?</figure>', page, flags=re.S):
        assert '<details class="asked">' in box
        assert "SELECT" in box
    assert page.count('<figure class="sheet figure"') == len(FIGURES)


def test_without_relations_the_page_is_refused_and_a_figure_says_what_is_missing(
    demo: Workspace, workspace: Workspace, dossier: Callable[..., Path]
) -> None:
    with pytest.raises(KgError, match="kg relate"):
        demo.view("dossier")
    assert "kg relate" in demo.view("figures").html
    workspace.add(dossier())
    workspace.relate()
    workspace.annotate(
        "separate", "Blue Lantern Relief", "Velmara Health Ministry", because="two offices", by="A. Editor"
    )
    with pytest.raises(KgError, match=r"changed since.*kg relate"):
        workspace.view("dossier")


def test_an_unknown_view_lists_those_that_are(related: Workspace) -> None:
    with pytest.raises(UsageError, match="graph, dossier, figures, ladder, timeline, matrix, relations, map"):
        related.view("pie")


def test_foreign_words_stay_words(workspace: Workspace, dossier: Callable[..., Path]) -> None:
    evil = '</script><script>window.__pwned=1</script><img src=x onerror="window.__pwned=1">'
    tables = json.loads(json.dumps(velmara()).replace("Orlen Gazette", json.dumps(evil)[1:-1]))
    workspace.add(dossier(tables))
    workspace.relate()
    for kind in ("dossier", *FIGURES):
        html = workspace.view(kind).html
        outline = Outline(html)
        assert [tag for tag, _ in outline.elements].count("script") == 2, kind
        assert "img" not in {tag for tag, _ in outline.elements}
        assert not [href for href in outline.having("href") if href and "javascript" in href]
        assert not outline.having("style")
        assert not [name for _, attributes in outline.elements for name in attributes if name.startswith("on")]


def test_only_addresses_of_the_web_become_links(related: Workspace) -> None:
    event = related.lookup.resolve("event", EVENT)
    record = read_record(related._asking, event, "Velmara", related=True)
    evil = "javascript:window.__pwned=1"
    record = replace(record, reports=tuple(replace(report, url=evil) for report in record.reports))
    about = about_event(related._rows, record)
    html = figure_page(related.view("figures").figure, record, about).html
    assert not [href for href in Outline(html).having("href") if href and not href.startswith("#")]
    assert f'<span class="address" dir="auto">{evil}</span>' in html


# ---- one figure ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FIGURES)
def test_a_figure_is_a_page_a_drawing_and_a_table(related: Workspace, kind: str, tmp_path: Path) -> None:
    view = related.view(kind)
    assert isinstance(view, FigurePage)
    drawing = ET.fromstring(view.svg.encode())
    assert drawing[0].get("fill") == "#ffffff", "paper of its own: it may be shown on any"
    rows = list(csv.reader(io.StringIO(view.csv)))
    assert rows[0] == list(view.figure.columns)
    assert [tuple(row) for row in rows[1:]] == [row.cells for row in view.figure.rows]
    for ending, text in ((".html", view.html), (".svg", view.svg), (".csv", view.csv)):
        view.write(tmp_path / f"figure{ending}")
        assert (tmp_path / f"figure{ending}").read_bytes().decode("utf-8").replace("\r\n", "\n") == text.replace(
            "\r\n", "\n"
        )
    frame = view._repr_html_()
    assert frame.startswith("<iframe")
    assert "allow-same-origin" not in frame


def test_the_record_is_that_of_the_page(related: Workspace, outline: Outline) -> None:
    event = related.lookup.resolve("event", EVENT)
    record = read_record(related._asking, event, "", related=True)
    numbers = {str(report.number) for report in record.reports}
    for reports in outline.having("data-reports"):
        assert set((reports or "").split()) <= numbers


def test_the_command_writes_what_the_name_of_the_file_says(dossier: Callable[..., Path], tmp_path: Path) -> None:
    def run(*words: str | Path) -> Result:
        arguments = ["--workspace", str(tmp_path / "case"), *map(str, words)]
        return CliRunner(env={"KG_WORKSPACE": None}).invoke(main, arguments, prog_name="kg")

    def view(kind: str, name: str, exit_code: int = 0) -> str:
        done = run("view", kind, "--event", "velmara-2031", "-o", tmp_path / name)
        assert done.exit_code == exit_code, done.stderr
        return str(done.stderr)

    assert run("add", dossier()).exit_code == 0
    assert "kg relate" in view("dossier", "page.html", exit_code=1)
    assert "kg relate" in view("figures", "early.html")
    assert run("relate").exit_code == 0
    view("dossier", "page.html")
    for kind in FIGURES:
        assert "kg relate" not in view(kind, f"{kind}.svg")
        assert ET.parse(tmp_path / f"{kind}.svg").getroot().tag.endswith("svg")
        view(kind, f"{kind}.csv")
    assert "Velmara" in (tmp_path / "figures.csv").read_bytes().decode("utf-8")
    assert (tmp_path / "early.html").read_bytes().startswith(b"<!doctype html>")
    for kind, name in (("ladder", "ladder.png"), ("ladder", "ladder"), ("dossier", "page.svg")):
        assert ".html" in view(kind, name, exit_code=2)
        assert not (tmp_path / name).exists()


# ---- legible ---------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = ((part / 12.92) if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_what_is_dimmed_can_still_be_read_on_both_papers() -> None:
    papers = re.findall(r":root \{(.*?)\}", template("figures.css"), flags=re.S)
    assert len(papers) == 2
    for text in papers:
        colour = dict(re.findall(r"--([\w-]+): (#\w{6})", text))
        for paper in ("paper", "card"):
            assert contrast(colour["dimmed"], colour[paper]) >= 3, paper
            for ink in ("ink", "muted", "accent", "sure", "doubt"):
                assert contrast(colour[ink], colour[paper]) >= 4.5, (ink, paper)
        assert contrast(colour["ink"], colour["lit"]) >= 7
        assert contrast(colour["muted"], colour["lit"]) >= 4.5
