"""The interval chart: a mark for what was stated and for nothing else, one axis a scope, all of it in the table."""

from __future__ import annotations

import json
import re
from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from kg.views.axes import Days, Numbers, round_step
from kg.views.figure import Figure, looks
from kg.views.interval_drawing import FAINT
from kg.views.intervals import ROWS, interval_chart
from kg.views.record import Record, read_record
from kg.workspace import Workspace
from tests.conftest import DEMO
from tests.views.records import SVG, figure, iri, marks, on, record, report, reports_of, tree, words

MINISTRY = "Orlen Gazette > Velmara Health Ministry"
WHO, WHERE, HELD, SOURCE, FIGURE, AS_OF, COUNTED, STANCE, OWN, DOCUMENTS, OUTLETS, INDEPENDENT, DRAWN = range(13)


@pytest.fixture(scope="module")
def syria(related: Workspace) -> Record:
    return read_record(related._asking, related._event(None), "Syrian coast", related=True)


def rows_of(drawing: str) -> list[ET.Element]:
    """Marks of figures, without those of names."""
    return [mark for mark in marks(drawing) if mark.get("data-numbers") is not None]


def shapes(mark: ET.Element) -> list[ET.Element]:
    return [path for path in mark.iter(f"{SVG}path") if {"solid", "hollow"} & set((path.get("class") or "").split())]


def points(path: ET.Element) -> list[tuple[float, float]]:
    """The corners of a path; for a circle, its ends to the left and to the right."""
    data = path.get("d") or ""
    if circle := re.match(r"M([-\d.]+) ([-\d.]+) a([\d.]+) ", data):
        x, y, radius = map(float, circle.groups())
        return [(x, y), (x + 2 * radius, y)]
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", data)]


def middle(path: ET.Element) -> tuple[float, float]:
    xs, ys = zip(*points(path), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def only(drawing: str) -> ET.Element:
    (mark,) = rows_of(drawing)
    return mark


def agree(drawn: Figure) -> None:
    """Both drawings and the table have the same values for the same reports."""
    said = Counter((row.reports, row.cells[FIGURE]) for row in drawn.rows if row.cells[DRAWN].startswith("yes"))
    for drawing in (drawn.wide, drawn.narrow):
        assert Counter(reports_of(mark) for mark in rows_of(drawing)) == Counter(
            reports for reports, _ in said.elements()
        )
        for mark in rows_of(drawing):
            (cells,) = [row.cells for row in drawn.rows if row.reports == reports_of(mark)]
            printed = re.findall(r"\d+", cells[FIGURE].replace(",", ""))
            assert (mark.get("data-numbers") or "").split() == printed


def test_the_table_has_every_row_of_the_demo_and_no_other(syria: Record) -> None:
    lines = (DEMO / "assertions.jsonl").read_text(encoding="utf-8").splitlines()
    told = [row for row in map(json.loads, lines) if (row["kind"], row.get("measure")) == ("quantity", "killed")]
    drawn = interval_chart(syria)
    assert drawn.title == "How many were killed, according to whom"
    assert sum(len(row.reports) for row in drawn.rows) == len(told) > 150
    assert len({number for row in drawn.rows for number in row.reports}) == len(told)
    coast = [row for row in told if (row["population"], row["place"]) == ("people", "Syrian coast")]
    scope = [row for row in drawn.rows if row.cells[:2] == ("everyone counted", "Syrian coast")]
    assert sum(len(row.reports) for row in scope) == len(coast)
    vague = ("several", "dozens", "hundreds", "thousands")  # their numbers follow from the word and were not printed
    exact = [row for row in coast if row["qualifier"] not in vague]
    printed = {f"{row[end]:,}" for row in exact for end in ("lower", "upper") if row.get(end) is not None}
    assert {number for row in scope for number in re.findall(r"[\d,]+", row.cells[FIGURE])} == printed
    assert {row.cells[:2] for row in drawn.rows[: len(scope)]} == {("everyone counted", "Syrian coast")}


def test_drawings_and_table_agree_on_the_demo(syria: Record) -> None:
    drawn = interval_chart(syria)
    agree(drawn)
    assert syria.backing is not None
    for row in drawn.rows:
        claim = syria.reports[row.reports[0]].claim
        assert row.cells[INDEPENDENT] == (syria.backing[claim].independent if claim in syria.backing else "")
        assert row.cells[OUTLETS] == str(len({syria.reports[number].outlet.iri for number in row.reports}))
    for drawing, most in ((drawn.wide, 1000), (drawn.narrow, 1450)):
        assert len(marks(drawing)) <= 60
        assert float(tree(drawing).get("height") or "") <= most
    assert drawn == interval_chart(syria)


def test_every_measure_of_the_demo_can_be_drawn(syria: Record) -> None:
    for measure in syria.measures:
        agree(interval_chart(syria, measure))


@pytest.mark.parametrize(("bound", "way"), [("at least", 1), ("more than", 1), ("at most", -1), ("fewer than", -1)])
def test_an_open_bound_is_a_mark_at_its_number_and_an_arrow_the_way_it_is_open(bound: str, way: int) -> None:
    told = record([report(MINISTRY, figure(40, bound=bound)), report("Harbour Daily", figure(80))])
    drawn = interval_chart(told)
    mark = next(mark for mark in rows_of(drawn.wide) if mark.get("data-numbers") == "40")
    (shape,) = shapes(mark)
    arrows = [path for path in mark.iter(f"{SVG}path") if path is not shape]
    assert len(arrows) == 2
    far = [x for arrow in arrows for x, _ in points(arrow)]
    assert (max(far) > middle(shape)[0] + 8) == (way > 0)
    assert (min(far) < middle(shape)[0] - 8) == (way < 0)
    sign = {"at least": "≥ 40", "more than": "> 40", "at most": "≤ 40", "fewer than": "< 40"}[bound]
    assert sign in words(drawn.wide)
    assert any("arrow" in key.words for key in drawn.legend)
    assert f"{bound} 40" in [row.cells[FIGURE] for row in drawn.rows]


def test_a_number_lies_where_the_axis_has_it() -> None:
    told = [report(f"Outlet {n} > Source {n}", figure(n)) for n in (10, 20, 40)]
    drawn = interval_chart(record(told))
    for drawing in (drawn.wide, drawn.narrow):
        at = {mark.get("data-numbers"): middle(shapes(mark)[0])[0] for mark in rows_of(drawing)}
        labels = {text.text: float(text.get("x") or "") for text in tree(drawing).iter(f"{SVG}text") if text.get("y")}
        zero = labels["0"]
        assert at["20"] - zero == pytest.approx((at["40"] - zero) / 2, abs=0.3)
        assert at["10"] - zero == pytest.approx((at["40"] - zero) / 4, abs=0.3)


def test_a_range_is_a_bar_between_its_ends_with_nothing_in_the_middle() -> None:
    drawn = interval_chart(
        record([report(MINISTRY, figure(24, 29)), report("Harbour Daily > Blue Lantern", figure(40))])
    )
    mark = next(mark for mark in rows_of(drawn.wide) if mark.get("data-numbers") == "24 29")
    ends = sorted(middle(shape)[0] for shape in shapes(mark))
    assert len(ends) == 2
    everywhere = [x for path in mark.iter(f"{SVG}path") if path not in shapes(mark) for x, _ in points(path)]
    assert {round(x) for x in everywhere} <= {round(end) for end in ends}
    assert "24–29" in words(drawn.wide)
    assert not any("arrow" in key.words for key in drawn.legend)
    assert any("bar" in key.words for key in drawn.legend)


def test_words_without_a_number_get_a_row_and_no_mark() -> None:
    drawn = interval_chart(record([report(MINISTRY, figure(None, bound="hundreds"))]))
    for drawing in (drawn.wide, drawn.narrow):
        assert shapes(only(drawing)) == []
        assert "hundreds of" in " ".join(words(drawing))
    assert drawn.rows[0].cells[DRAWN] == "yes, in words"
    assert any("no number, so no mark" in note for note in drawn.notes)


def test_filled_is_the_own_word_hollow_a_repeat_and_a_ring_both() -> None:
    own, both, repeated = figure(10), figure(20), figure(30)
    told = record(
        [
            report("Relief Bulletin", own),
            report("Channel Six", both),
            report("Orlen Gazette > Channel Six", both),
            report(MINISTRY, repeated),
        ]
    )
    drawn = interval_chart(told)
    found = {mark.get("data-numbers"): [path.get("class") for path in shapes(mark)] for mark in rows_of(drawn.wide)}
    assert found == {"10": ["solid"], "20": ["hollow", "solid"], "30": ["hollow"]}
    assert {row.cells[FIGURE]: row.cells[OWN] for row in drawn.rows} == {"10": "yes", "20": "yes", "30": "no"}
    alone = interval_chart(record([report(MINISTRY, repeated)]))
    assert [key.words.split(":")[0] for key in alone.legend] == ["hollow"]


def test_the_latest_figure_is_first_and_strong_and_earlier_ones_faint() -> None:
    told = record([report(MINISTRY, figure(n), as_of=on(day)) for n, day in ((17, 14), (42, 16), (31, 15), (30, 15))])
    drawn = interval_chart(told)
    for drawing in (drawn.wide, drawn.narrow):
        assert [mark.get("data-numbers") for mark in rows_of(drawing)] == ["42", "31", "30", "17"]
        assert [(mark.get("class") or "").split()[-1] for mark in rows_of(drawing)] == ["latest", *["earlier"] * 3]
    assert any("earlier" in key.words for key in drawn.legend)


def test_a_figure_for_other_days_is_a_row_of_its_own_and_names_them() -> None:
    told = record([report(MINISTRY, figure(17, end=on(day)), as_of=on(16)) for day in (14, 15)])
    drawn = interval_chart(told)
    assert [row.cells[COUNTED] for row in drawn.rows] == ["2031-03-14", "2031-03-14 to 2031-03-15"]
    assert len(rows_of(drawn.wide)) == 2
    assert {"14 Mar", "14–15 Mar"} <= set(words(drawn.wide))


def test_every_look_keeps_its_contrast_when_it_is_faint() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def faint(colour: str, paper: str) -> str:
        pairs = [(int(colour[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
        return "#" + "".join(f"{round(a * float(FAINT) + b * (1 - float(FAINT))):02x}" for a, b in pairs)

    every = looks(record([report(f"Outlet {n} > Source {n}", figure(n)) for n in range(1, 10)])).values()
    for look in every:
        for colour, paper in ((look.colour, "#ffffff"), (look.on_dark, "#16191c")):
            a, b = sorted((light(faint(colour, paper)), light(paper)))
            assert (b + 0.05) / (a + 0.05) >= 3, look


def test_scopes_have_axes_of_their_own_and_parties_rows_of_their_own() -> None:
    told = record(
        [
            report(MINISTRY, figure(1000)),
            report("Harbour Daily > Velmara Health Ministry", figure(1000)),
            report("Channel Six > Blue Lantern", figure(10, of="children")),
            report("Orlen Gazette > Blue Lantern", figure(400, parties=("Northern Command",))),
            report("Relief Bulletin > Blue Lantern", figure(700), as_of=on(1)),
        ]
    )
    drawn = interval_chart(told)
    strong = {mark.get("data-numbers") for mark in rows_of(drawn.wide) if "latest" in (mark.get("class") or "")}
    assert strong == {"1000", "10", "400", "700"}  # a figure for one party makes no other figure an earlier one
    for drawing in (drawn.wide, drawn.narrow):
        at = {mark.get("data-numbers"): middle(shapes(mark)[0])[0] for mark in rows_of(drawing)}
        assert at["10"] == pytest.approx(at["1000"], abs=0.5)  # each the largest number of its own axis
        said = words(drawing)
        everyone, children = said.index("Everyone counted · Velmara"), said.index("Children · Velmara")
        assert everyone < said.index("Held responsible: Northern Command") < children
    assert {row.cells[HELD] for row in drawn.rows} == {"", "Northern Command"}


def test_what_is_denied_questioned_or_an_increment_is_no_mark_and_stands_in_the_table() -> None:
    told = record(
        [
            report(MINISTRY, figure(17)),
            report("Harbour Daily > Northern Command", figure(17), stance="denies"),
            report("Channel Six", figure(90), stance="questions"),
            report("Orlen Gazette > Blue Lantern", figure(24, increment=True)),
        ]
    )
    drawn = interval_chart(told)
    assert reports_of(only(drawn.wide)) == reports_of(only(drawn.narrow)) == (0,)
    left = {row.reports[0]: row.cells[DRAWN] for row in drawn.rows}
    assert left == {0: "yes", 1: "no: denies", 2: "no: questions", 3: "no: counts only what is new"}
    assert any(note.startswith("3 figures not drawn") for note in drawn.notes)
    nothing = interval_chart(record([report(MINISTRY, figure(17), stance="denies")]))
    assert marks(nothing.wide) == []
    assert nothing.rows[0].cells[STANCE] == "denies"


def test_an_outlier_breaks_the_axis_off_and_its_number_is_written() -> None:
    told = [report(f"Outlet {n} > Source {n}", figure(n)) for n in (800, 850, 900, 950, 1000, 20_000)]
    drawn = interval_chart(record(told))
    at = {mark.get("data-numbers"): middle(shapes(mark)[0])[0] for mark in rows_of(drawn.wide)}
    assert at["1000"] - at["800"] > 20
    assert at["20000"] > at["1000"] + 20
    axis = [text.text for text in tree(drawn.wide).iter(f"{SVG}text") if text.get("text-anchor") == "middle"]
    assert "20,000" in axis
    assert any("not to scale" in key.words for key in drawn.legend)
    tame = interval_chart(record(told[:-1]))
    assert not any("not to scale" in key.words for key in tame.legend)


def test_a_hundred_and_twenty_outlets_are_folded_and_none_is_lost() -> None:
    told = [report(f"Outlet {n} > Source {n % 60}", figure(100 + n), as_of=on(1 + n % 28)) for n in range(120)]
    told += [report(f"Outlet {n} > Velmara Health Ministry", figure(17)) for n in range(120)]
    drawn = interval_chart(record(told, related=True))
    agree(drawn)
    assert len(rows_of(drawn.wide)) == ROWS[0]
    assert len(marks(drawn.wide)) <= 60
    assert len(drawn.rows) == 121
    assert {number for row in drawn.rows for number in row.reports} == set(range(240))
    assert any(note.startswith(f"Drawn: {ROWS[0]} of 121 figures") for note in drawn.notes)
    most = next(mark for mark in rows_of(drawn.wide) if mark.get("data-numbers") == "17")
    assert len(reports_of(most)) == 120
    assert "120 outlets" in " ".join(words(drawn.narrow))


def test_labels_stay_text_in_any_script() -> None:
    hostile = "</text><script>alert(1)</script>"
    told = record([report([hostile, "وزارة الصحة"], figure(5, of=hostile, at='x" onload="y'), as_of=on(15))])
    drawn = interval_chart(told)
    for drawing in (drawn.wide, drawn.narrow):
        assert not [element for element in tree(drawing).iter() if element.tag.endswith("script")]
        assert not [name for element in tree(drawing).iter() for name in element.attrib if name.startswith("on")]
        assert "وزارة الصحة" in words(drawing)
    assert drawn.rows[0].cells[WHO] == hostile


def test_without_relations_nothing_is_counted_as_independent() -> None:
    drawn = interval_chart(record([report(MINISTRY, figure(17))]))
    assert drawn.rows[0].cells[INDEPENDENT] == "not worked out"
    assert any("kg relate" in note for note in drawn.notes)
    assert [asked.name for asked in drawn.asked] == ["event-chains", "event-claims"]
    counted = interval_chart(record([report(MINISTRY, figure(17)), report("Channel Six", figure(17))], related=True))
    assert {row.cells[INDEPENDENT] for row in counted.rows} == {"1–2"}
    assert words(counted.wide).count("1–2") == 2


def test_an_unstated_scope_and_an_unstated_day_are_said_to_be() -> None:
    told = record([report(MINISTRY, figure(17, of="", at="", start=None, end=None), published=None)])
    drawn = interval_chart(told)
    assert drawn.rows[0].cells[:2] == ("it is not said who is counted", "place unstated")
    assert drawn.rows[0].cells[AS_OF] == drawn.rows[0].cells[COUNTED] == "unstated"
    assert "unstated" in words(drawn.wide)


def test_a_record_without_figures_says_so() -> None:
    for empty in (record(), record([report(MINISTRY, figure(3))])):
        drawn = interval_chart(empty, iri("measure", "injured"))
        assert marks(drawn.wide) == marks(drawn.narrow) == []
        assert "No figure is on record" in words(drawn.wide)[0]
        assert (drawn.rows, drawn.legend) == ((), ())
    assert interval_chart(record()).description == "No figure is on record that could be drawn."


def test_steps_of_an_axis_are_round_and_reach_the_top() -> None:
    assert [round_step(top, 5) for top in (1, 4, 9, 17, 42, 100, 1700, 20_000)] == [1, 1, 2, 5, 10, 20, 500, 5000]
    assert Numbers.over([17, 42], 0, 100).ticks() == (0, 10, 20, 30, 40)
    assert Numbers.over([0, 0], 0, 100).at(0) == 0
    with pytest.raises(ValueError, match="does not hold 43"):
        Numbers.over([17, 42], 0, 100).at(43)
    assert not Numbers.over([17, 400], 0, 100).beyond  # two numbers have no outlier
    assert Numbers.over([1, 2, 2, 2, 2, 900], 0, 100).beyond == (900,)


def test_long_silences_are_cut_out_of_days_and_short_ones_are_to_scale() -> None:
    days = Days.over([on(1), on(8), on(9), on(30), on(2, 9)], 0, 500, gap=20)
    assert [(run.first, run.last) for run in days.stretches] == [(on(1), on(9)), (on(30), on(30)), (on(2, 9), on(2, 9))]
    assert days.at(on(8)) - days.at(on(1)) == pytest.approx(7 * days.width)
    with pytest.raises(ValueError, match="does not hold"):
        days.at(on(15))
    weekly = Days.over([on(1, month) for month in range(1, 13)] + [on(1, m, 2032) for m in range(1, 13)], 0, 500)
    assert len(weekly.stretches) == 1  # more cuts than days would tear it to pieces
