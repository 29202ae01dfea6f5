"""The timeline: one count of one scope, marks only where something was stated, steps only within a source."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from kg.terms import IRI, text
from kg.views.figure import Figure
from kg.views.record import Record, read_record
from kg.views.timeline import MARKS, SOURCES, timeline
from kg.views.timeline_drawing import spread
from kg.vocab import term
from kg.workspace import Workspace
from tests.views.records import SVG, answer, figure, iri, marks, on, record, report, reports_of, tree, words

MINISTRY = "Orlen Gazette > Velmara Health Ministry"
ALTERED = ("document", "outlet", "origin", "reported", "other", "relation", "changed", "why")
AS_OF, SOURCE, FIGURE, RETOLD, DRAWN = 0, 1, 2, 9, 10


def drawn_marks(drawing: str) -> list[ET.Element]:
    return [mark for mark in marks(drawing) if mark.get("data-numbers") is not None]


def centre(mark: ET.Element) -> tuple[float, float]:
    """The middle of the first shape of a mark."""
    shape = next(p for p in mark.iter(f"{SVG}path") if {"solid", "hollow"} & set((p.get("class") or "").split()))
    data = shape.get("d") or ""
    if circle := re.match(r"M([-\d.]+) ([-\d.]+) a([\d.]+) ", data):
        x, y, radius = map(float, circle.groups())
        return x + radius, y
    corners = [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", data)]
    xs, ys = zip(*corners, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def at(drawing: str) -> dict[str, tuple[float, float]]:
    return {mark.get("data-numbers") or "": centre(mark) for mark in drawn_marks(drawing)}


def steps(drawing: str) -> list[list[tuple[float, float]]]:
    """The corners of every step between figures of one source."""
    joined = next(group for group in tree(drawing).iter(f"{SVG}g") if group.get("class") == "joined")
    return [
        [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path.get("d") or "")]
        for path in joined.iter(f"{SVG}path")
    ]


def agree(drawn: Figure) -> None:
    """Both drawings and the rows of the table that are drawn stand for the same reports, each once."""
    rows = Counter(number for row in drawn.rows if row.cells[DRAWN] == "yes" for number in row.reports)
    assert not rows or max(rows.values()) == 1
    for drawing in (drawn.wide, drawn.narrow):
        assert Counter(number for mark in drawn_marks(drawing) for number in reports_of(mark)) == rows
        for mark in drawn_marks(drawing):
            for row in drawn.rows:
                if set(row.reports) & set(reports_of(mark)):
                    printed = re.findall(r"\d+", row.cells[FIGURE].replace(",", ""))
                    assert (mark.get("data-numbers") or "").split() == printed


@pytest.fixture(scope="module")
def syria(related: Workspace) -> tuple[Record, Figure]:
    event = related._event(None)
    told = read_record(related._asking, event, "Syrian coast", related=True)
    return told, timeline(told, related._asking("altered-reports", {"event": event.n3}))


def test_the_demo_is_one_scope_and_drawings_and_table_agree(syria: tuple[Record, Figure]) -> None:
    told, drawn = syria
    agree(drawn)
    assert drawn.title == "How the figures moved: Everyone counted · Syrian coast"
    people, coast, killed = (
        next(claim for claim in told.quantities() if getattr(claim, f"{name}_label") == label)
        for name, label in (("population", "people"), ("place", "Syrian coast"), ("measure", "killed"))
    )
    inside = {
        report.number
        for claim in told.quantities(killed.measure)
        if (claim.population, claim.place) == (people.population, coast.place)
        for report in told.reports_of[claim.iri]
    }
    assert sorted(number for row in drawn.rows for number in row.reports) == sorted(inside)
    for row in drawn.rows:
        days = {told.reports[number].day for number in row.reports}
        assert {day.isoformat() if day else "unstated" for day in days} == {row.cells[AS_OF]}
    assert len(marks(drawn.wide)) <= 60
    assert float(tree(drawn.wide).get("height") or "") <= 450
    assert float(tree(drawn.narrow).get("height") or "") <= 900


def test_days_go_right_numbers_go_up_and_steps_join_only_one_source() -> None:
    told = record(
        [
            report(MINISTRY, figure(10), as_of=on(14)),
            report(MINISTRY, figure(20, end=on(16)), as_of=on(16)),
            report("Harbour Daily > Blue Lantern", figure(40), as_of=on(15)),
        ]
    )
    drawn = timeline(told, None)
    agree(drawn)
    for drawing in (drawn.wide, drawn.narrow):
        places = at(drawing)
        assert places["10"][0] < places["40"][0] < places["20"][0]
        assert places["40"][0] - places["10"][0] == pytest.approx(places["20"][0] - places["40"][0], abs=0.3)
        zero = next(float(t.get("y") or "") for t in tree(drawing).iter(f"{SVG}text") if t.text == "0") - 4
        assert zero - places["20"][1] == pytest.approx((zero - places["40"][1]) / 2, abs=0.3)
        (step,) = steps(drawing)
        old, new = places["10"], places["20"]
        assert step == [pytest.approx(corner, abs=0.2) for corner in (old, (new[0], old[1]), new)]
    assert any("nothing is stated in between" in key.words for key in drawn.legend)


def test_several_figures_of_one_day_are_joined_lowest_to_lowest_and_highest_to_highest() -> None:
    told = record([report(MINISTRY, figure(n), as_of=on(day)) for n, day in ((10, 14), (30, 14), (20, 14), (40, 15))])
    drawn = timeline(told, None)
    places = at(drawn.wide)
    found = sorted((step[0], step[-1]) for step in steps(drawn.wide))
    expected = sorted((places[number], places["40"]) for number in ("10", "30"))
    assert len(found) == 2
    for step, ends in zip(found, expected, strict=True):
        for corner, place in zip(step, ends, strict=True):
            assert corner == pytest.approx(place, abs=0.2)


def test_no_other_count_enters_the_picture_and_each_is_named() -> None:
    told = record(
        [
            report(MINISTRY, figure(17), as_of=on(14)),
            report("Harbour Daily > Velmara Health Ministry", figure(18), as_of=on(15)),
            report(MINISTRY, figure(900, of="children"), as_of=on(15)),
            report(MINISTRY, figure(901, start=on(15), end=on(15)), as_of=on(15)),
            report(MINISTRY, figure(902, start=None, end=None), as_of=on(15)),
            report(MINISTRY, figure(903, parties=("Northern Command",)), as_of=on(15)),
            report(MINISTRY, figure(904, increment=True), as_of=on(15)),
            report(MINISTRY, figure(905), as_of=on(15), stance="denies"),
            report(MINISTRY, figure(None, bound="hundreds"), as_of=on(15)),
            report("Channel Six", figure(906), published=None),
        ]
    )
    drawn = timeline(told, None)
    agree(drawn)
    assert set(at(drawn.wide)) == {"17", "18"}
    assert {row.reports[0]: row.cells[DRAWN] for row in drawn.rows} == {
        0: "yes",
        1: "yes",
        3: "no: counts from another day",
        4: "no: days counted unstated",
        5: "no: holds somebody responsible",
        6: "no: counts only what is new",
        7: "no: denies",
        8: "no: no number",
        9: "no: no day",
    }
    (note,) = [note for note in drawn.notes if note.startswith("Left to the table")]
    assert all(number in note for number in ("901", "902", "903", "904", "905", "906"))
    children = timeline(told, None, scope=(iri("population", "children"), iri("place", "Velmara")))
    assert set(at(children.wide)) == {"900"}
    assert children.title == "How the figures moved: Children · Velmara"


def test_an_open_bound_points_up_or_down() -> None:
    for bound, way in (("at least", -1), ("at most", 1)):
        told = record([report(MINISTRY, figure(40, bound=bound)), report("Channel Six", figure(80))])
        mark = next(mark for mark in drawn_marks(timeline(told, None).wide) if mark.get("data-numbers") == "40")
        strokes = [path for path in mark.iter(f"{SVG}path") if path.get("class") == "stroke"]
        ys = [float(y) for path in strokes for _, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", path.get("d") or "")]
        far = max(ys, key=lambda y: abs(y - centre(mark)[1]))
        assert (far - centre(mark)[1]) * way > 8


def test_what_was_changed_in_retelling_is_flagged_and_counted() -> None:
    told = record(
        [
            report(MINISTRY, figure(17), as_of=on(14)),
            report("Harbour Daily > Velmara Health Ministry", figure(71), as_of=on(14)),
            report("Channel Six > Velmara Health Ministry", figure(20), as_of=on(15)),
            report("Relief Bulletin > Velmara Health Ministry", figure(22), as_of=on(16)),
        ]
    )

    def altered(number: int, relation: str, changed: str) -> list[IRI | object]:
        said = told.reports[number]
        return [
            said.document, said.outlet.iri, said.origin.iri, said.claim, told.reports[0].claim, term(relation),
            text(changed), text("Why."),
        ]  # fmt: skip

    rows = [
        altered(1, "kg:altersReportOfRelation", "figure"),
        altered(2, "kg:relaysDifferRelation", "population, bound"),
        altered(3, "kg:relaysDifferRelation", "population"),
    ]
    drawn = timeline(told, answer(ALTERED, rows))  # type: ignore[arg-type]
    assert {row.reports[0]: row.cells[RETOLD] for row in drawn.rows} == {
        0: "",
        1: "1 altered",
        2: "1 word against word",
        3: "",
    }
    for drawing in (drawn.wide, drawn.narrow):
        flags = {
            mark.get("data-numbers"): [
                p.get("fill") for p in mark.iter(f"{SVG}path") if "flag" in (p.get("class") or "")
            ]
            for mark in drawn_marks(drawing)
        }
        assert flags == {"17": [], "71": ["currentColor"], "20": ["#ffffff"], "22": []}
        assert "2 documents differ" in words(drawing)
    assert sum("flag" in key.words for key in drawn.legend) == 2
    assert drawn.asked[-1].name == "altered-reports"
    unrelated = timeline(told, None)
    assert not any("flag" in key.words for key in unrelated.legend)
    assert any("kg relate" in note for note in unrelated.notes)


def test_months_of_silence_do_not_press_the_first_days_together() -> None:
    days = [on(14), on(15), on(16), on(1, 9), on(1, 3, 2032)]
    told = record([report(MINISTRY, figure(10 + n), as_of=day) for n, day in enumerate(days)])
    drawn = timeline(told, None)
    for drawing, least in ((drawn.wide, 30), (drawn.narrow, 20)):
        places = at(drawing)
        assert places["11"][0] - places["10"][0] == pytest.approx(places["12"][0] - places["11"][0], abs=0.3)
        assert places["11"][0] - places["10"][0] > least
        breaks = [p for p in tree(drawing).iter(f"{SVG}path") if "break" in (p.get("class") or "")]
        assert len(breaks) == 2
    assert any("a silence of more than 7 days is cut out" in key.words for key in drawn.legend)
    close = timeline(record([report(MINISTRY, figure(10 + n), as_of=on(14 + n)) for n in range(3)]), None)
    assert not any("cut out" in key.words for key in close.legend)


def test_a_hundred_and_twenty_sources_are_folded_and_none_is_lost() -> None:
    told = [report(f"Outlet {n} > Source {n % 60}", figure(100 + n), as_of=on(1 + n // 6)) for n in range(120)]
    told += [
        report(f"Outlet {n} > Velmara Health Ministry", figure(17 + n % 30), as_of=on(1 + n % 28)) for n in range(120)
    ]
    drawn = timeline(record(told), None)
    agree(drawn)
    assert len(drawn_marks(drawn.wide)) <= MARKS
    assert len(marks(drawn.wide)) <= MARKS + SOURCES
    assert {number for row in drawn.rows for number in row.reports} == set(range(240))
    assert any(row.cells[DRAWN] == "no: folded" for row in drawn.rows)
    assert any(note.startswith("Drawn: ") for note in drawn.notes)


def test_names_beside_the_plot_never_overlap() -> None:
    assert spread([10, 11, 12], [34, 34, 34], 8, 400) == [10, 44, 78]
    low = spread([380, 390, 395], [34, 48, 34], 8, 392)
    assert [b - a for a, b in pairwise(low)] == [34, 48]
    assert low[-1] + 34 == 392


def test_labels_stay_text_in_any_script() -> None:
    hostile = "</text><script>alert(1)</script>"
    drawn = timeline(record([report([hostile, "وزارة الصحة"], figure(5, of=hostile), as_of=on(15))]), None)
    for drawing in (drawn.wide, drawn.narrow):
        assert not [element for element in tree(drawing).iter() if element.tag.endswith("script")]
        assert "وزارة الصحة" in words(drawing)


def test_a_record_without_figures_says_so() -> None:
    drawn = timeline(record(), None)
    assert marks(drawn.wide) == marks(drawn.narrow) == []
    assert "No figure with a number and a day" in words(drawn.wide)[0]
    assert (drawn.rows, drawn.legend) == ((), ())
