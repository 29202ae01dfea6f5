"""Where the figures come from: ways, choke points and circles against readings that do not go through the figure."""

from __future__ import annotations

import json

import pytest

from kg.terms import IRI, XSD, Literal
from kg.views.asking import ask_event
from kg.views.figure import Figure
from kg.views.ladder import ladder
from kg.views.record import Record, read_record
from kg.workspace import Workspace
from tests.conftest import DEMO
from tests.views.records import answer, figure, iri, marks, record, report, reports_of, saying, tree, words

TOLD, OTHER = figure(17), figure(24, 29)
COLUMNS = ("source", "claims", "documents")


def number(value: int) -> Literal:
    return Literal(str(value), XSD + "integer")


def covered(svg: object) -> set[int]:
    return {one for mark in marks(svg) for one in reports_of(mark)}  # type: ignore[arg-type]


def named(drawn: Figure, start: str) -> list[tuple[int, ...]]:
    """The reports of the boxes of the wide drawing whose accessible name begins so."""
    found = [mark for mark in marks(drawn.wide) if mark.get("tabindex") == "0"]
    return [reports_of(mark) for mark in found if str(mark.get("aria-label")).startswith(start)]


def test_outlets_with_the_same_ways_share_a_box() -> None:
    told = [report(f"Outlet {n} > Velmara Health Ministry", TOLD) for n in range(3)]
    told += [report("Harbour Daily > Meridian Wire > Velmara Health Ministry", TOLD), report("Orlen Gazette", OTHER)]
    drawn = ladder(record(told), None)
    assert named(drawn, "3 outlets: Outlet 0, Outlet 1, Outlet 2") == [(0, 1, 2)]
    assert named(drawn, "Velmara Health Ministry: the origin in 4 documents") == [(0, 1, 2, 3)]
    assert named(drawn, "Meridian Wire: quoted on the way in 1 document") == [(3,)]
    (own,) = [
        str(m.get("aria-label")) for m in marks(drawn.wide) if str(m.get("aria-label")).startswith("Orlen Gazette")
    ]
    assert "says so itself without a source" in own  # and no line leads on from it
    assert "1 outlet say" not in own
    assert covered(drawn.wide) == covered(drawn.narrow) == set(range(5))
    assert [row.cells[3] for row in drawn.rows][-1] == "itself, no source given"


def test_only_figures_unless_claims_are_given() -> None:
    denied = saying("Nobody ordered it.")
    made = record(
        [report("Harbour Daily > Northern Command", denied), report("Orlen Gazette > Blue Lantern Relief", TOLD)]
    )
    assert covered(ladder(made, None).wide) == {1}
    assert covered(ladder(made, None, {denied.iri}).wide) == {0}


def test_choke_points_are_those_of_the_question() -> None:
    made = record(
        [report(f"Outlet {n} > Meridian Wire > Velmara Health Ministry", TOLD) for n in range(2)], related=True
    )
    ministry, stranger = iri("source", "Velmara Health Ministry"), iri("source", "Far Radio")
    points = answer(
        COLUMNS,
        [(ministry, number(41), number(2)), (stranger, number(3), number(4))],
        {ministry: "Velmara Health Ministry", stranger: "Far Radio"},
    )
    drawn = ladder(made, points)
    for svg in (drawn.wide, drawn.narrow):
        assert [text for text in words(svg) if "▲" in text] == ["▲ 41 claims rest on it alone"]
    assert "Claims rest entirely also on: Far Radio (3 claims)." in drawn.notes
    kinds = "The numbers of claims that rest on one source count claims of every kind, not figures alone."
    assert kinds in drawn.notes
    unknown = ladder(made, None)
    assert kinds not in unknown.notes
    assert not [text for text in words(unknown.wide) if "▲" in text]
    assert "On whom claims rest entirely is not worked out: kg relate." in unknown.notes


def test_circles_are_named_per_claim() -> None:
    round_ = record([report("Orlen Gazette > Harbour Daily", TOLD), report("Harbour Daily > Orlen Gazette", TOLD)])
    drawn = ladder(round_, None)
    (note,) = [note for note in drawn.notes if "in a circle" in note]
    assert note == f"Harbour Daily and Orlen Gazette cite one another in a circle for: {TOLD.label}"
    for svg in (drawn.wide, drawn.narrow):
        assert [e for e in tree(svg).iter() if "circular" in (e.get("class") or "")]
        assert [e for e in tree(svg).iter() if e.get("stroke-dasharray") == "6 3"]
    # The same names about two claims cite one another about neither.
    apart = record([report("Orlen Gazette > Harbour Daily", TOLD), report("Harbour Daily > Orlen Gazette", OTHER)])
    assert not any("circle" in note for note in ladder(apart, None).notes)
    assert not [e for e in tree(ladder(apart, None).wide).iter() if "circular" in (e.get("class") or "")]


def test_persons_speak_for_their_organisation() -> None:
    made = record(
        [
            report("Orlen Gazette > Ada Lind @ Velmara Health Ministry", TOLD),
            report("Harbour Daily > Velmara Health Ministry > Ada Lind @ Velmara Health Ministry", TOLD),
        ]
    )
    drawn = ladder(made, None)
    assert named(drawn, "Velmara Health Ministry: the origin in 2 documents") == [(0, 1)]
    assert not named(drawn, "Velmara Health Ministry: quoted on the way")
    assert drawn.rows[0].cells[3] == "Ada Lind for Velmara Health Ministry"


def test_unnamed_sources_are_dashed() -> None:
    drawn = ladder(record([report("Orlen Gazette > witnesses (unnamed)", TOLD)]), None)
    (box,) = [m for m in marks(drawn.wide) if "the origin in" in str(m.get("aria-label"))]
    assert any(element.get("stroke-dasharray") for element in box)
    assert any("unnamed" in key.words for key in drawn.legend)


def test_a_hundred_outlets_fold() -> None:
    told = [
        report(f"Outlet {n:03} > Agency {n % 17} > Origin {(n * 7) % 30}", TOLD, document=f"{n} {m}")
        for n in range(120)
        for m in range(1 + n % 2)
    ]
    drawn = ladder(record(told), None)
    stops = [mark for mark in marks(drawn.wide) if mark.get("tabindex") == "0"]
    assert len(stops) <= 60
    assert covered(drawn.wide) == covered(drawn.narrow) == set(range(len(told)))
    assert len(drawn.rows) == len(told)
    assert any("stand together with ways of their own" in note for note in drawn.notes)


def test_words_of_strangers_stay_words_and_nothing_stays_nothing() -> None:
    evil = '<script>{0}</script>"&{n}'
    drawn = ladder(record([report(f"{evil} > وزارة الصحة", TOLD)]), None)
    for svg in (drawn.wide, drawn.narrow):
        assert not [element for element in tree(svg).iter() if element.tag.endswith("script")]
    empty = ladder(record([]), None)
    assert not marks(empty.wide) and not empty.rows and not empty.legend
    assert "Nobody in the material gives a figure" in empty.description


@pytest.fixture(scope="module")
def drawn(related: Workspace) -> tuple[Record, Figure, dict[str, int]]:
    event = related._event(None)
    made = read_record(related._asking, event, "Syrian coast", related=True)
    points, _ = ask_event(related._asking, "single-points-of-failure", event)
    claims = {points.shown(row[0]): int(str(row[1])) for row in points.rows if isinstance(row[0], IRI)}
    return made, ladder(made, points), claims


def test_demo_against_its_tables(drawn: tuple[Record, Figure, dict[str, int]]) -> None:
    """The documents that rest on each origin shown, counted from the tables."""
    _, figure_, claims = drawn

    def table(name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]

    speaks_for = {row["name"]: row["affiliation"] for row in table("actors") if row["kind"] == "person"}
    figures = [row for row in table("assertions") if row["kind"] == "quantity"]
    assert len(figure_.rows) == len(figures)
    for origin in ("SOHR", "SNHR", "Syrian fact-finding committee", "OHCHR"):
        ends = [row for row in figures if (speaks_for.get(row["chain"][-1]) or row["chain"][-1]) == origin]  # type: ignore[index]
        (reports,) = named(figure_, f"{origin}: the origin in ")
        assert len(reports) == len(ends)
        documents = len({row["doc"] for row in ends})
        assert named(figure_, f"{origin}: the origin in {documents} document") == [reports]
        assert f"▲ {claims[origin]} claims rest on it alone" in words(figure_.wide) if origin in claims else True
    for svg, most in ((figure_.wide, 1000), (figure_.narrow, 1400)):
        assert float(tree(svg).get("height") or 0) <= most
    assert covered(figure_.wide) == covered(figure_.narrow) == {one for row in figure_.rows for one in row.reports}
