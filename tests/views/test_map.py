"""The map of an event: symbols only where somebody entered a position, and the figures as stated beside them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pytest

from kg.results import Result
from kg.terms import Literal
from kg.views.figure import NARROW, WIDE, Figure
from kg.views.map import COLUMNS, UNRELATED, event_map
from kg.views.projection import Frame, Position, Projection, latitude_words, longitude_words, read_point
from kg.views.record import read_record
from kg.workspace import Workspace
from tests.conftest import DEMO
from tests.views.records import answer, figure, iri, marks, on, record, report, reports_of, saying, tree, words

Entry = tuple[str, str, str | None, str | None]
HOME: Entry = ("Orlen coast", "event area", None, "POINT(12.5 40)")
VELMARA: Entry = ("Velmara", "town", "Orlen coast", "POINT(12.4 40.1)")
HARBOUR: Entry = ("Harbour", "village", "Orlen coast", "POINT(12.6 39.9)")


def places(*entries: Entry) -> Any:
    """An answer of event-places."""
    rows = [
        (
            iri("place", name),
            Literal(kind),
            iri("place", within) if within else None,
            Literal(position) if position else None,
            Literal("1"),
            Literal("1"),
        )
        for name, kind, within, position in entries
    ]
    names = {iri("place", name): name for entry in entries for name in (entry[0], entry[2]) if name}
    return answer(("place", "kind", "within", "position", "claims", "documents"), rows, names)


def mapped(*entries: Entry, related: bool = False) -> Figure:
    """The map of these places, with one figure each."""
    told = [report("Orlen Gazette", figure(10 + n, at=entry[0])) for n, entry in enumerate(dict.fromkeys(entries))]
    return event_map(record(told, related=related), places(*entries))


def symbols(figure: Figure) -> list[str]:
    """What is read out for every place that has a symbol on the wide map."""
    found = []
    for mark in marks(figure.wide):
        if any("solid" in (e.get("class") or "") or "hollow" in (e.get("class") or "") for e in mark.iter()):
            found.append((mark.get("aria-label") or "").partition(".")[0])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "POINT(12.5, 40)",
        "POINT(40)",
        "POINT (12 40)",
        "POINT(181 40)",
        "POINT(12 91)",
        "POLYGON((1 1, 2 2, 3 3, 1 1))",
        "POINT(1e1 4)",
        "POINT(nan nan)",
        "POINT(12 40) ",
        "",
    ],
)
def test_what_is_no_point_is_not_drawn_but_told(text: str) -> None:
    assert read_point(text) is None
    found = mapped(VELMARA, ("Odd Place", "village", None, text or " "))
    assert symbols(found) == ["Velmara"]
    assert any("Odd Place" in note and "POINT(longitude latitude)" in note for note in found.notes)


def test_a_point_is_longitude_first() -> None:
    assert read_point("POINT(-3.25 12.5)") == Position(lon=-3.25, lat=12.5)


def test_places_without_a_position_are_listed_and_never_drawn() -> None:
    found = mapped(VELMARA, HARBOUR, ("Mill Lane", "village", "Orlen coast", None))
    assert sorted(symbols(found)) == ["Harbour", "Velmara"]
    for drawing in (found.wide, found.narrow):
        assert "No position entered (1)" in words(drawing)
    assert next(row.cells[3:5] for row in found.rows if row.cells[0] == "Mill Lane") == ("", "")


def test_two_positions_are_none() -> None:
    found = mapped(HARBOUR, VELMARA, (*VELMARA[:3], "POINT(12.9 40.4)"))
    assert symbols(found) == ["Harbour"]
    assert any("Two positions entered: Velmara" in note for note in found.notes)


def test_composite_places_are_listed_as_such_even_with_a_position() -> None:
    found = mapped(VELMARA, ("Velmara and Harbour", "composite", None, "POINT(12.5 40)"))
    assert symbols(found) == ["Velmara"]
    assert "Several places together, no one point (1)" in words(found.wide)


def test_areas_have_a_symbol_of_their_own() -> None:
    found = mapped(HOME, VELMARA, HARBOUR)
    assert sorted(symbols(found)) == ["Harbour", "Orlen coast", "Velmara"]
    shapes = {
        (mark.get("aria-label") or "").partition(".")[0]: next(
            e.get("class") for e in mark.iter() if (e.get("class") or "") in ("solid", "hollow")
        )
        for mark in marks(found.wide)
    }
    assert shapes == {"Orlen coast": "hollow", "Velmara": "solid", "Harbour": "solid"}
    assert [key.words for key in found.legend] == ["place, at the position entered", "area, drawn at one point"]
    assert [key.words for key in mapped(VELMARA).legend] == ["place, at the position entered"]


def test_the_map_is_fitted_to_the_area_of_the_event_through_places_between() -> None:
    far: Entry = ("Far Country", "country", None, "POINT(20 50)")
    between: Entry = ("Orlen district", "district", "Orlen coast", None)
    within: Entry = ("Mill Lane", "village", "Orlen district", "POINT(12.45 40.05)")
    found = mapped(HOME, VELMARA, HARBOUR, far, between, within)
    assert sorted(symbols(found)) == ["Harbour", "Mill Lane", "Orlen coast", "Velmara"]
    assert "Outside this map (1)" in words(found.wide)
    assert any("within Orlen coast" in note for note in found.notes)


def test_places_within_each_other_do_not_hang() -> None:
    assert symbols(mapped(HOME, ("A", "town", "B", "POINT(1 1)"), ("B", "town", "A", "POINT(1 1.1)")))


def test_symbols_lie_where_the_positions_say() -> None:
    """North is up, east is right, and kilometres are as long in every direction."""
    frame = Frame.around([Position(12.4, 60.1), Position(12.6, 59.9)])
    projection = Projection.fitted(frame, 0, 0, 332, 220, 500)
    middle, east, north = (projection.at(Position(*at)) for at in ((12.5, 60), (12.7, 60), (12.5, 60.1)))
    assert east[0] > middle[0] and east[1] == middle[1]
    assert north[1] < middle[1] and north[0] == middle[0]
    assert math.isclose(east[0] - middle[0], middle[1] - north[1], rel_tol=0.001)  # cos 60° is a half
    km, pixels = projection.scale_bar(110)
    assert pixels <= 110 and math.isclose(pixels / km, (middle[1] - north[1]) / 11.119, rel_tol=0.001)


def test_the_meridian_of_dates_and_the_poles() -> None:
    fiji, samoa = Position(179.5, -17), Position(-172.0, -13.8)
    frame = Frame.around([fiji, samoa])
    assert frame.wide < 20
    projection = Projection.fitted(frame, 0, 0, 332, 220, 500)
    assert projection.holds(fiji) and projection.holds(samoa)
    assert projection.at(fiji)[0] < projection.at(samoa)[0]
    assert all(0 <= x <= 332 and -180 <= lon <= 180 for lon, x in projection.meridians())
    for lat in (90.0, -90.0, 89.99, 0.0):
        polar = Projection.fitted(Frame.around([Position(10, lat), Position(-170, lat)]), 0, 0, 332, 220, 500)
        assert polar.holds(Position(10, lat)) and all(abs(lat) <= 90 for lat, _ in polar.parallels())
    assert len(mapped(("Pole", "station", None, "POINT(0 -90)")).wide) > 0


def test_one_place_and_one_point_shared_by_two() -> None:
    for entries in ((VELMARA,), (VELMARA, ("Market", "square", "Velmara", VELMARA[3]))):
        assert len(symbols(mapped(*entries))) == len(entries)


def test_degrees_have_sides() -> None:
    assert [longitude_words(lon) for lon in (36, -120.5, 0, -180)] == ["36° E", "120.5° W", "0°", "180°"]
    assert [latitude_words(lat) for lat in (35.5, -12, 0)] == ["35.5° N", "12° S", "0°"]


def test_the_figure_of_most_documents_stands_beside_its_place_and_the_number_does_not_matter() -> None:
    told = [
        report("Orlen Gazette", figure(60, bound="at least"), document="A"),
        report("Harbour Daily", figure(60, bound="at least"), document="B"),
        report("Blue Lantern Relief", figure(9000), document="C", published=on(15)),
        report("Mill Post", figure(3), document="D", published=on(16)),
        report("Mill Post", saying("Shots were heard.", "event", place=iri("place", "Velmara")), document="D"),
    ]
    found = event_map(record(told, related=True), places(VELMARA))
    for drawing in (found.wide, found.narrow):
        spoken = " ".join(words(drawing))
        assert "at least 60 people" in spoken and "2 documents" in spoken and "1–2 independent" in spoken
        assert "and 3 more claims" in spoken and "9,000" not in spoken
    # Among figures of as many documents it is the latest, not the highest.
    equal = event_map(record(told[2:4]), places(VELMARA))
    assert "3 people killed" in " ".join(words(equal.wide)) and "9,000" not in " ".join(words(equal.wide))


def test_a_denied_figure_is_not_said_by_a_document() -> None:
    found = event_map(record([report("Orlen Gazette", figure(5), stance="denies")]), places(VELMARA))
    assert "no document says so" in " ".join(words(found.wide))
    assert found.rows[0].cells[6] == "0"


def test_relations_that_were_not_worked_out_are_no_number() -> None:
    found = mapped(VELMARA)
    assert found.rows[0].cells[7:] == (UNRELATED, UNRELATED)
    assert any("kg relate" in note for note in found.notes)
    assert "independent" not in " ".join(words(found.wide))


def test_the_table_has_every_figure_and_the_pictures_stand_for_the_same_reports() -> None:
    entries: list[Entry] = [HOME, VELMARA, HARBOUR, ("Mill Lane", "village", None, None)]
    told = [report("Orlen Gazette", figure(n, at=entry[0])) for n, entry in enumerate(entries * 3, start=1)]
    found = event_map(record(told, related=True), places(*entries))
    assert all(len(row.cells) == len(COLUMNS) for row in found.rows)
    assert sorted(n for row in found.rows for n in row.reports) == list(range(len(told)))
    for drawing in (found.wide, found.narrow):
        assert sorted(n for mark in marks(drawing) for n in reports_of(mark)) == list(range(len(told)))


def test_words_never_lie_upon_each_other() -> None:
    many: list[Entry] = [
        (f"Hamlet {n}", "village", None, f"POINT({12 + n % 7 / 100} {40 + n // 7 / 100})") for n in range(24)
    ]
    for drawing, width in ((mapped(*many).wide, WIDE), (mapped(*many).narrow, NARROW)):
        boxes = []
        for text in tree(drawing).iter("{http://www.w3.org/2000/svg}text"):
            size, x, y = (float(text.get(name) or 0) for name in ("font-size", "x", "y"))
            long = len(text.text or "") * size * 0.5
            start = {"middle": x - long / 2, "end": x - long}.get(text.get("text-anchor") or "", x)
            assert size >= 11.5 and start >= -1 and start + long <= width + 1
            boxes.append((start, start + long, y - size * 0.8, y))
        for n, (left, right, top, bottom) in enumerate(boxes):
            for other in boxes[n + 1 :]:
                assert not (left < other[1] and other[0] < right and top < other[3] and other[2] < bottom)


def test_many_places_are_folded_and_counted() -> None:
    many: list[Entry] = [(f"Hamlet {n}", "village", None, f"POINT(12.{n:03} 40.{n:03})") for n in range(40)]
    many += [(f"Nowhere {n}", "village", None, None) for n in range(50)]
    found = mapped(*many)
    assert any(note.startswith("24 of 40 symbols") for note in found.notes)
    assert any(note.startswith("32 of 50 places") for note in found.notes)
    assert len(found.rows) == 90
    for drawing in (found.wide, found.narrow):
        assert sum(mark.get("tabindex") == "0" for mark in marks(drawing)) <= 60


def test_hostile_and_foreign_names_stay_text() -> None:
    name = "</text><script>alert(1)</script> المختارية"
    found = mapped((name, "village", None, "POINT(1 1)"), ("x\" onload='a'", "<b>", None, None))
    for drawing in (found.wide, found.narrow):
        assert {element.tag.rpartition("}")[2] for element in tree(drawing).iter()} <= set(
            "svg title desc g path rect text".split()
        )
        assert not any(name.startswith("on") for element in tree(drawing).iter() for name in element.attrib)
    assert found.rows[0].cells[0] == name


def test_no_places_is_said() -> None:
    found = event_map(record(), places())
    assert found.rows == () and "No place is named" in " ".join(words(found.wide))


def test_places_that_no_report_names_are_told_and_have_no_mark() -> None:
    found = event_map(record(), places(VELMARA))
    assert not marks(found.wide) and any("Velmara" in note for note in found.notes)


def test_the_demo_draws_the_positions_of_its_gazetteer(related: Workspace) -> None:
    def ask(name: str, values: Mapping[str, str]) -> Result:
        return related.ask(name, **values)

    event = related.lookup.resolve("event", "syria-coast-2025")
    read = read_record(ask, event, "Demo", related=True)
    found = event_map(read, ask("event-places", {"event": event.n3}))
    entered = {place["name"]: place.get("lat") for place in map(json.loads, open_table("places"))}
    assert "Baniyas" in symbols(found) and "Al-Mukhtariya" in {row.cells[0] for row in found.rows}
    assert all(entered[name] is not None for name in symbols(found))
    assert {row.cells[0] for row in found.rows if row.cells[3]} == {
        name for name, lat in entered.items() if lat is not None and name in {row.cells[0] for row in found.rows}
    }


def open_table(name: str) -> list[str]:
    return (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
