"""What spreadsheets and people write is read, and read right. Each folder of `tolerated/` is a dossier."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kg.ingest import Reading, read_dossier
from kg.model import (
    Actor,
    Claim,
    Concept,
    Document,
    Dossier,
    Event,
    Figure,
    Place,
    Report,
    Saying,
    Speaker,
    Window,
    actor_id,
    place_id,
)

CASES = Path(__file__).parent / "tolerated"


def read(case: str) -> Reading:
    reading = read_dossier(CASES / case)
    assert reading.errors == (), [str(problem) for problem in reading.errors]
    assert reading.refused == {}
    return reading


def sound(case: str) -> Dossier:
    """The dossier of a case that is read without a warning."""
    reading = read(case)
    assert reading.problems == (), [str(problem) for problem in reading.problems]
    assert reading.dossier is not None
    return reading.dossier


def warnings(reading: Reading) -> list[str]:
    return [f"{Path(problem.file or '').name}:{problem.line}: {problem.message}" for problem in reading.warnings]


def reports(dossier: Dossier) -> list[Report]:
    return [report for record in dossier.documents for report in record.reports]


def test_byte_order_mark_and_carriage_returns() -> None:
    dossier = sound("byte-order-mark-and-crlf")
    assert dossier.record.title == "Fighting in Velmara"
    assert dossier.record.identifier == "fighting-in-velmara"
    assert dossier.record.actors == (
        Actor("Velmara Courier", "newspaper", party_to=False),
        Actor("Orlen Watch", "monitor", None, ("OW", "Watch of Orlen"), "own", "field network", False),
        Actor("Ida Brenn", "person", actor_id("Orlen Watch")),
    )
    assert dossier.record.places == (
        Place("Orlen district", "district", lat=35.5, lon=-36.0),
        Place("Velmara", "town", place_id("Orlen district"), None, None, ("Welmara",), (), (place_id("Castri"),)),
        Place("Castri", "town", place_id("Orlen district")),
    )
    (record,) = dossier.documents
    unnamed = {source.name: source.id for source in record.unnamed}
    assert record.document == Document(
        key="https://courier.example/1",
        identifier="D1",
        outlet=actor_id("Velmara Courier"),
        url="https://courier.example/1",
        published=dt.date(2025, 3, 8),
        date_basis="stamp",
        language="en",
        genre="article",
        cites=(actor_id("Orlen Watch"), unnamed["neighbours"]),
    )
    (report,) = record.reports
    assert report.chain == (
        Speaker(actor_id("Velmara Courier")),
        Speaker(actor_id("Orlen Watch"), named_as="OW"),
        Speaker(actor_id("Ida Brenn")),
    )
    assert report.claim == Claim(
        kind="quantity",
        event="event/velmara-2025",
        place=place_id("Velmara"),
        window=Window(dt.date(2025, 3, 6), dt.date(2025, 3, 8)),
        measure="killed",
        population="civilians",
        figure=Figure(2, 2, "bare"),
        responsible=tuple(sorted([actor_id("Orlen Watch"), unnamed["River Guard"]])),
    )
    assert report.saying == Saying(cue="said", as_of=dt.date(2025, 3, 8), statement="Two were killed.", language="en")
    assert dossier.places_of_entry == {
        record.document.id: ("documents.csv", 2),
        report.digest: ("assertions.csv", 2),
    }


def test_semicolons() -> None:
    dossier = sound("semicolons")
    (record,) = dossier.documents
    assert record.document.cites == (actor_id("Orlen Watch"), actor_id("Castri Radio"))
    smoke, killed = record.reports
    assert smoke.claim.text == "Smoke, then shots; nobody knows whose"
    assert [speaker.id for speaker in smoke.chain] == [actor_id("Velmara Courier"), actor_id("Castri Radio")]
    assert killed.claim.figure == Figure(1018, None, "more than")
    assert [actor.kind for actor in dossier.record.actors] == ["newspaper", None, "broadcaster"]


def test_tabs() -> None:
    (report,) = reports(sound("tabs"))
    assert report.claim.text == "Smoke, then shots; nobody knows whose"


def test_quoted_line_ends() -> None:
    dossier = sound("quoted-newlines")
    first, second = dossier.documents
    assert first.document.note == "Read twice:\nonce in print,\nonce online"
    assert second.document.outlet == actor_id("Velmara Courier")
    assert first.reports[0].claim.text == 'First line\r\nand a "second" line'
    entered = dossier.places_of_entry
    assert entered[first.document.id] == ("documents.csv", 2)
    assert entered[second.document.id] == ("documents.csv", 6)
    assert entered[first.reports[0].digest] == ("assertions.csv", 2)
    assert entered[second.reports[0].digest] == ("assertions.csv", 4)


def test_scripts_and_direction_marks() -> None:
    dossier = sound("scripts-and-direction-marks")
    names = [actor.name for actor in dossier.record.actors]
    assert names == ["بريد فلمارا", "Вестник Велмары", "Café de l’Orlen"]
    assert dossier.record.events == (Event("فلمارا-2025", "معارك فلمارا"),)
    assert dossier.record.identifier.startswith("dossier-")
    (record,) = dossier.documents
    assert record.document.outlet == actor_id("بريد فلمارا")
    assert record.document.cites == (actor_id("Вестник Велмары"),)
    first, second = record.reports
    assert first.chain == (Speaker(actor_id(names[0])), Speaker(actor_id(names[2]), named_as="مرصد أورلن"))
    assert second.chain == (Speaker(actor_id(names[0])), Speaker(actor_id(names[2])))
    assert first.claim.text == "سُمع إطلاق نار."
    assert first.claim.language == "ar"


def test_apostrophes_and_quotes() -> None:
    dossier = sound("apostrophes-and-quotes")
    assert dossier.record.title == 'Velmara\'s "long" night'
    assert dossier.record.actors == (
        Actor('The "Orlen" Watch'),
        Actor("O'Brenn & Sons", aliases=("Brenn’s", "«Brenn»")),
    )
    (report,) = reports(dossier)
    assert report.chain == (
        Speaker(actor_id("O'Brenn & Sons"), named_as="Brenn’s"),
        Speaker(actor_id('The "Orlen" Watch')),
    )
    assert report.claim.text == "It was \"quiet\", they said; O'Brenn's <b>tags</b> & {braces} stay."


def test_thousands_separators() -> None:
    figures = {report.identifier: report.claim.figure for report in reports(sound("thousands-separators"))}
    assert figures.pop("millions") == Figure(1_018_000, 2_018_001, "between")
    assert len(figures) == 9
    assert {name: figure for name, figure in figures.items() if figure != Figure(None, 1018, "at most")} == {}


def test_empty_optional_columns_are_unstated() -> None:
    dossier = sound("empty-optional-columns")
    assert dossier.record.actors == (Actor("Velmara Courier"),)
    assert dossier.record.events == (Event("v", "V"),)
    assert (dossier.record.licence, dossier.record.editors, dossier.record.language) == (None, (), None)
    (record,) = dossier.documents
    assert record.document == Document("t/D1", "D1", actor_id("Velmara Courier"))
    (report,) = record.reports
    assert report.claim == Claim("event", event="event/v", text="Smoke was seen.")
    assert report.saying == Saying(statement="Smoke was seen.")


def test_an_unknown_column_is_a_warning() -> None:
    reading = read("unknown-column")
    assert warnings(reading) == [
        "actors.csv:1: unknown column “colour” is not read",
        "documents.csv:1: unknown column “publisehd” is not read; did you mean “published”?",
    ]
    assert reading.dossier is not None
    assert [record.document.published for record in reading.dossier.documents] == [None, None]


def test_identical_rows_are_kept_once() -> None:
    reading = read("identical-rows")
    dossier = reading.dossier
    assert dossier is not None
    assert len(dossier.documents) == 1
    assert dossier.record.actors == (Actor("Velmara Courier"),)
    first, second = reports(dossier)
    assert first.chain == (Speaker(actor_id("Velmara Courier")),)
    assert second.chain == (Speaker(actor_id("Velmara Courier"), named_as="velmara courier"),)
    assert warnings(reading) == [
        "actors.jsonl:2: “Velmara Courier” is declared twice, in the same words; first in line 1",
        f"assertions.jsonl:3: the same row stands at assertions.jsonl:1; it is kept once, as “{first.identifier}”",
        "documents.jsonl:2: the document “D1” stands here twice, in the same words; first at documents.jsonl:1",
    ]


def test_the_event_of_a_row_is_its_own_else_its_documents_else_unstated() -> None:
    reading = read("several-events")
    assert reading.dossier is not None
    events = {report.identifier: report.claim.event for report in reports(reading.dossier)}
    assert events == {"a": "event/castri", "b": "event/velmara", "c": None}
    assert warnings(reading) == ["assertions.csv:4: it is not said which of the events this claim is about"]


def test_undeclared_names_are_kept_and_said_once() -> None:
    reading = read("undeclared-names")
    assert warnings(reading) == [
        "actors.csv:2: no actor is named “Courier Group”",
        "assertions.csv:2: no actor is named “Orlen Wacht”; did you mean “Orlen Watch”?",
        "assertions.csv:2: no place is named “Velmarra”; did you mean “Velmara”?",
        "assertions.csv:2: no measure is named “kiled”; did you mean “killed”?",
        "assertions.csv:2: no population is named “millers”; did you mean “families”?",
    ]
    assert reading.dossier is not None
    record = reading.dossier.record
    assert record.actors == (
        Actor("Velmara Courier", affiliation=actor_id("Courier Group")),
        Actor("Orlen Watch"),
        Actor("Courier Group"),
        Actor("Orlen Wacht"),
    )
    assert record.places == (Place("Velmara"), Place("Velmarra"))
    assert record.concepts == (Concept("measures", "kiled"), Concept("populations", "millers"))


@pytest.fixture(scope="module")
def dossier() -> Dossier:
    reading = read("nested-documents")
    assert warnings(reading) == ["courier.yaml:24: unknown key “no” is not read; did you mean “note”?"]
    assert reading.dossier is not None
    return reading.dossier


class TestNestedDocuments:
    """The second layout: one YAML file a document, with claims in short form."""

    def test_dossier(self, dossier: Dossier) -> None:
        record = dossier.record
        assert (record.identifier, record.licence, record.editors) == ("velmara", "CC0-1.0", ("Ida Brenn", "Jo Sand"))
        assert record.events == (Event("velmara-2025", "Fighting in Velmara", start=dt.date(2025, 3, 6)),)

    def test_documents(self, dossier: Dossier) -> None:
        courier, radio = (record.document for record in dossier.documents)
        assert (courier.identifier, courier.key) == ("courier", "https://courier.example/1")
        assert (courier.outlet, courier.cites) == (actor_id("Velmara Courier"), (actor_id("Orlen Watch"),))
        assert (courier.published, courier.date_basis) == (dt.date(2025, 3, 9), "stamp")
        assert (radio.identifier, radio.key, radio.outlet) == ("7", "velmara/7", actor_id("Castri Radio"))

    def test_claims(self, dossier: Dossier) -> None:
        record = dossier.documents[0]
        unnamed = {source.mentioned: source.id for source in record.unnamed}
        courier, watch, radio = (actor_id(name) for name in ("Velmara Courier", "Orlen Watch", "Castri Radio"))
        event = "event/velmara-2025"
        day = dt.date(2025, 3, 7)
        outlet = Speaker(courier, named_as="VC")
        assert [(report.chain, report.claim) for report in record.reports] == [
            (
                (outlet, Speaker(watch, named_as="OW")),
                Claim(
                    "quantity",
                    event,
                    place_id("Velmara"),
                    Window(dt.date(2025, 3, 6), dt.date(2025, 3, 8)),
                    "killed",
                    "civilians",
                    Figure(745, None, "at least"),
                ),
            ),
            (
                (
                    outlet,
                    Speaker(radio),
                    Speaker(unnamed["Velmara Courier", "Castri Radio", "eyewitnesses (unnamed)"]),
                ),
                Claim(
                    "quantity",
                    event,
                    measure="killed",
                    figure=Figure(2300, 2400, "between"),
                    responsible=tuple(sorted([watch, unnamed["party", "raiders (unnamed)"]])),
                ),
            ),
            (
                (outlet,),
                Claim(
                    "quantity",
                    event,
                    window=Window(day, day),
                    measure="displaced",
                    figure=Figure(6000, 6000, "about"),
                ),
            ),
            (
                (outlet, Speaker(radio)),
                Claim("quantity", event, measure="killed", figure=Figure(None, None, "hundreds")),
            ),
            ((outlet,), Claim("event", event, text="The bridge at Velmara fell.", language="en")),
            (
                (outlet, Speaker(radio)),
                Claim("responsibility", event, responsible=(watch,), act="ordered"),
            ),
            (
                (Speaker(courier), Speaker(watch, named_as="OW")),
                Claim("quantity", event, measure="injured", figure=Figure(12, None, "more than")),
            ),
        ]

    def test_sayings(self, dossier: Dossier) -> None:
        sayings = [report.saying for report in dossier.documents[0].reports]
        assert [saying.printed for saying in sayings] == [
            "at least 745",
            "2,300–2,400",
            "about 6,000",
            "hundreds of dead",
            None,
            None,
            None,
        ]
        assert [saying.stance for saying in sayings] == ["affirms"] * 5 + ["denies", "affirms"]
        assert sayings[0].as_of == dt.date(2025, 3, 8)
        assert sayings[2].statement == "Some 6,000 people fled in a day."

    def test_places_of_entry(self, dossier: Dossier) -> None:
        first, second = dossier.documents
        entered = [dossier.places_of_entry[report.digest] for report in first.reports]
        assert entered == [("courier.yaml", line) for line in (7, 14, 17, 20, 23, 25, 30)]
        assert dossier.places_of_entry[second.document.id] == ("documents/D7.yml", 1)
        assert dossier.places_of_entry[second.reports[0].digest] == ("documents/D7.yml", 4)
