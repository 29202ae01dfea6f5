"""The picture of relations: which claims and lines are drawn, on which side, and what legend and table say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from kg.results import Result
from kg.terms import IRI
from kg.views.figure import NARROW, WIDE, Figure
from kg.views.network import GraphEdge
from kg.views.record import Counted, Record, read_record
from kg.views.relation_figure import COLUMNS, KINDS, relation_figure
from kg.views.relation_kinds import RELATION_KINDS, relation_kind
from kg.views.relations import claim_relations
from kg.workspace import Workspace
from tests.views.records import Told, figure, marks, record, report, reports_of, saying, tree, words

SEVENTEEN, TWENTY, THIRTY = figure(17), figure(20), figure(30, bound="at least")
CHILDREN = figure(4, of="children")
BLAME = saying("Northern Command shelled the market.")
EVERY = (SEVENTEEN, TWENTY, THIRTY, CHILDREN, BLAME)
OUTLETS = (
    "Orlen Gazette",
    "Harbour Daily > Velmara Health Ministry",
    "Blue Lantern Relief",
    "Mill Post",
    "Radio Orlen",
)


def told() -> list[Told]:
    return [
        report(outlet, claim, document=f"D{n}") for n, (outlet, claim) in enumerate(zip(OUTLETS, EVERY, strict=True))
    ]


def edge(kind: str, *claims: Counted, grade: str = "firm", reason: str = "They differ.") -> GraphEdge:
    ends = [claim.iri.value for claim in claims]
    return GraphEdge(
        id=f"relation/{kind}/{'+'.join(ends)}",
        source=ends[0],
        target=ends[-1],
        others=tuple(ends[1:-1]),
        names=tuple(claim.label for claim in claims),
        kind=kind,
        label="",
        reason=reason,
        grade=grade,
    )


def arcs(found: Figure, drawing: str = "wide") -> list[tuple[tuple[int, ...], str]]:
    """The reports and the words of each line of a drawing."""
    return [
        (reports_of(mark), mark.get("aria-label") or "")
        for mark in marks(getattr(found, drawing))
        if "arc" in (mark.get("class") or "").split()
    ]


def rows(found: Figure, drawing: str = "wide") -> list[str]:
    """What is read out for each claim, from top to bottom."""
    return [mark.get("aria-label") or "" for mark in marks(getattr(found, drawing)) if mark.get("tabindex") == "0"]


def test_relations_that_were_not_worked_out_are_said_to_be() -> None:
    found = relation_figure(record(told()), None)
    assert "kg relate" in found.description and "kg relate" in " ".join(words(found.narrow))
    assert not found.rows and not marks(found.wide)


def test_no_relations_is_another_matter() -> None:
    found = relation_figure(record(told()), [edge("supports", SEVENTEEN, TWENTY)])
    assert "kg relate" not in found.description and "No claims are known to contradict" in found.description
    assert any("supports (1)" in note for note in found.notes)


@pytest.mark.parametrize("kind", KINDS)
def test_conflict_is_drawn_on_the_left_and_all_else_on_the_right(kind: str) -> None:
    found = relation_figure(record(told()), [edge(kind, SEVENTEEN, TWENTY)])
    left = kind in ("contradicts", "conflictSet", "failsToSumTo", "disputes", "competes")
    for drawing, width in ((found.wide, WIDE), (found.narrow, NARROW)):
        lines = [e for mark in marks(drawing) if "arc" in (mark.get("class") or "") for e in mark if e.get("d")]
        assert lines
        for line in lines:
            start = float((line.get("d") or "M0").split()[0].lstrip("M"))
            assert (start < width / 2) is left
        assert lines[0].get("stroke") == relation_kind(kind).colour
        assert lines[0].get("stroke-dasharray", "") == " ".join(map(str, relation_kind(kind).dashes))


def test_lines_stay_inside_the_picture() -> None:
    many = [figure(n) for n in range(1, 41)]
    edges = [
        edge(kind, a, b) for kind in ("contradicts", "updates") for a, b in ((many[0], many[-1]), (many[3], many[4]))
    ]
    found = relation_figure(record(report("Orlen Gazette", claim) for claim in many), edges)
    for drawing, width in ((found.wide, WIDE), (found.narrow, NARROW)):
        for path in tree(drawing).iter("{http://www.w3.org/2000/svg}path"):
            data = path.get("d") or ""
            if " C" in data:
                begin, curve = data.lstrip("M").split(" C")
                x, pulled = float(begin.split()[0]), float(curve.split()[0])
                assert 0 <= x + 0.75 * (pulled - x) <= width


def test_every_line_is_a_row_of_the_table_with_the_same_reports() -> None:
    edges = [
        edge("contradicts", SEVENTEEN, TWENTY, reason="No number in common."),
        edge("disputes", BLAME, BLAME, grade="hedged"),
        edge("sumsTo", SEVENTEEN, CHILDREN, TWENTY),
        edge("rivals", CHILDREN, THIRTY, grade="conditional"),
    ]
    found = relation_figure(record(told()), edges)
    assert found.columns == COLUMNS
    expected = [((0, 1), "contradicts"), ((4,), "disputes"), ((2, 3), "rivals"), ((0, 1, 3), "sums to")]
    assert [(row.reports, row.cells[1]) for row in found.rows] == [
        (numbers, relation_kind(key).verb)
        for (numbers, _), key in zip(expected, ("contradicts", "disputes", "rivals", "sumsTo"), strict=True)
    ]
    for drawing in ("wide", "narrow"):
        lines = arcs(found, drawing)
        assert sorted((reports, says.partition(",")[0]) for reports, says in lines) == sorted(expected)
    assert any(says == "contradicts, firm: No number in common." for _, says in arcs(found))


def test_other_scopes_stand_under_other_headings_by_number() -> None:
    same = figure(9)
    edges = [edge("contradicts", a, b) for a, b in ((THIRTY, SEVENTEEN), (same, THIRTY), (CHILDREN, SEVENTEEN))]
    found = relation_figure(record([*told(), report("Mill Post", same)]), [*edges, edge("disputes", BLAME, BLAME)])
    for drawing in (found.wide, found.narrow):
        spoken = words(drawing)
        order = [
            next(n for n, text in enumerate(spoken) if text.startswith(start))
            for start in (
                "People killed, Velmara",
                "9",
                "17",
                "at least 30",
                "Children killed, Velmara",
                "4",
                "Who is held",
            )
        ]
        assert order == sorted(order)


def test_the_legend_counts_all_and_says_what_is_drawn() -> None:
    claims = [figure(n) for n in range(1, 61)]
    rivals = [edge("rivals", a, b, grade="hedged") for n, a in enumerate(claims) for b in claims[n + 1 : n + 4]]
    found = relation_figure(
        record(report("Orlen Gazette", claim) for claim in claims),
        [edge("contradicts", *claims[:2]), *rivals],
        limit=20,
    )
    legend = [key.words for key in found.legend]
    assert "contradicts: 1, all drawn" in legend
    drawn = len([says for _, says in arcs(found) if says.startswith("rivals")])
    assert drawn and f"rivals: {len(rivals)}, {drawn} of them drawn" in legend
    assert not any(words.startswith(("updates", "disputes", "conditional")) for words in legend)
    assert len(rows(found)) <= 20 and len(found.rows) == len(rivals) + 1
    assert any(note.startswith(f"{len(rows(found))} of 60 claims") for note in found.notes)


def test_what_contradicts_comes_before_what_rivals_and_no_more_than_150_are_drawn() -> None:
    claims = [figure(n) for n in range(1, 401)]
    edges = [edge("rivals", a, b) for a, b in zip(claims[:100], claims[100:200], strict=True)]
    edges += [edge("contradicts", a, b) for a, b in zip(claims[200:300], claims[300:], strict=True)]
    read = record(report("Orlen Gazette", claim) for claim in claims)
    assert {says.partition(",")[0] for _, says in arcs(relation_figure(read, edges))} == {"contradicts"}
    assert len(rows(relation_figure(read, edges, limit=9999))) == 150
    assert len(rows(relation_figure(read, edges))) <= 60


def test_too_many_rivals_are_not_drawn_but_told() -> None:
    claims = [figure(n) for n in range(1, 31)]
    edges = [edge("rivals", a, b, grade="hedged") for n, a in enumerate(claims) for b in claims[n + 1 :]]
    edges.append(edge("contradicts", claims[0], claims[1]))
    found = relation_figure(record(report("Orlen Gazette", claim) for claim in claims), edges)
    assert len(arcs(found)) == 1
    assert any("In the table only: rivals (435)" in note for note in found.notes)


def test_rivals_alone_are_never_an_empty_picture() -> None:
    claims = [figure(n) for n in range(1, 31)]
    edges = [edge("rivals", a, b, grade="hedged") for n, a in enumerate(claims) for b in claims[n + 1 :]]
    found = relation_figure(record(report("Orlen Gazette", claim) for claim in claims), edges)
    assert 0 < len(arcs(found)) <= 60 and rows(found)


def test_claims_about_another_event_are_in_the_table_only() -> None:
    stranger = figure(99, at="Elsewhere")
    found = relation_figure(
        record(told()), [edge("contradicts", SEVENTEEN, stranger), edge("updates", SEVENTEEN, TWENTY)]
    )
    assert len(arcs(found)) == 1 and len(found.rows) == 2
    assert any("another event" in note for note in found.notes)


def test_only_claims_about_another_event() -> None:
    found = relation_figure(record(told()), [edge("contradicts", SEVENTEEN, figure(99, at="Elsewhere"))])
    assert not arcs(found) and len(found.rows) == 1


def test_filled_is_the_origins_own_word() -> None:
    found = relation_figure(record(told()), [edge("contradicts", SEVENTEEN, TWENTY)])
    shapes = {
        (mark.get("aria-label") or "").split()[0]: [e.get("class") for e in mark if e.get("d")]
        for mark in marks(found.wide)
        if mark.get("tabindex")
    }
    assert shapes == {"17": ["solid"], "20": ["hollow"]}


def test_a_denial_is_not_shown_as_a_claim() -> None:
    denied = [report("Northern Command", BLAME, stance="denies"), report("Orlen Gazette", SEVENTEEN)]
    found = relation_figure(record(denied), [edge("contradicts", BLAME, SEVENTEEN)])
    assert "Northern Command denies" in words(found.wide)


def test_grades_are_told_by_width() -> None:
    found = relation_figure(
        record(told()),
        [edge("contradicts", SEVENTEEN, TWENTY), edge("contradicts", SEVENTEEN, THIRTY, grade="conditional")],
    )
    width = {
        (mark.get("aria-label") or "").split(":")[0]: float(next(iter(mark)).get("stroke-width") or 0)
        for mark in marks(found.wide)
        if "arc" in (mark.get("class") or "")
    }
    assert width["contradicts, firm"] > width["contradicts, conditional"]


def test_hostile_labels_stay_text() -> None:
    nasty = saying("</text><script>alert(1)</script>")
    told = [report("<b onload=x>", nasty), report('Radio "Orlen"', SEVENTEEN)]
    found = relation_figure(record(told), [edge("disputes", nasty, SEVENTEEN, reason="<img src=x onerror=y>")])
    for drawing in (found.wide, found.narrow):
        tags = {element.tag.rpartition("}")[2] for element in tree(drawing).iter()}
        assert tags <= {"svg", "title", "desc", "g", "path", "rect", "text"}
    assert found.rows[0].cells[4] == "<img src=x onerror=y>"


def read(workspace: Workspace) -> tuple[Record, Sequence[GraphEdge]]:
    def ask(name: str, values: Mapping[str, str]) -> Result:
        return workspace.ask(name, **values)

    event = workspace.lookup.resolve("event", "syria-coast-2025")
    relations = claim_relations(workspace.store, event)
    assert relations is not None
    return read_record(ask, event, "Demo", related=True), relations


def test_the_demo_counts_as_the_question_does(related: Workspace) -> None:
    demo, relations = read(related)
    found = relation_figure(demo, relations)
    assert found == relation_figure(demo, tuple(reversed(relations)))  # the order of the relations means nothing
    asked: Counter[str] = Counter()
    for row in related.ask("relation-counts", event="syria-coast-2025"):
        label = next(
            (kind.label for kind in RELATION_KINDS if str(row["relation"]).endswith(f"#{kind.key}Relation")), None
        )
        if label:
            asked[label] += int(row["pairs"])
    told: Counter[str] = Counter()
    for key in found.legend:
        label, colon, count = key.words.partition(": ")
        if colon and label in asked:
            told[label] = int(count.partition(",")[0].replace(",", ""))
    assert told["contradicts"] == asked["contradicts"] > 0
    assert all(asked[label] == number for label, number in told.items())
    verbs = Counter(row.cells[1] for row in found.rows)
    assert all(verbs[relation_kind(key).verb] == asked[relation_kind(key).label] for key in KINDS)
    assert arcs(found) == arcs(found, "narrow")
    assert {IRI(end) for edge in relations if edge.kind == "contradicts" for end in edge.ends} <= set(demo.claims)
