"""Reading dossiers: what rows become, and that it does not matter in which format they stand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kg.ingest import Reading, read_dossier, values
from kg.ingest.findings import UnfitError
from kg.ingest.names import cycles
from kg.ingest.phrases import FigurePhrase, read_phrase
from kg.logic.quantity import interval
from kg.model import Concept, Dossier, Figure, Report, Span, UnnamedSource, Window, actor_id, place_id
from kg.vocab import data_path

Row = dict[str, Any]

MANIFEST = """\
id: velmara
title: Fighting in Velmara
language: en
event:
  id: velmara-2025
  label: Fighting in Velmara
  place: Velmara
  start: 2025-03-06
  end: 2025-03-10
"""
ACTORS: list[Row] = [
    {"name": "Velmara Courier", "kind": "newspaper"},
    {"name": "Orlen Watch", "kind": "monitor", "aliases": ["OW"]},
    {"name": "Ida Brenn", "kind": "person", "affiliation": "OW"},
]
PLACES: list[Row] = [{"name": "Orlen district"}, {"name": "Velmara", "part_of": "Orlen district"}]
DOCUMENTS: list[Row] = [
    {"id": "D1", "outlet": "Velmara Courier", "published": "2025-03-08", "url": "https://courier.example/1"}
]


def assertion(**columns: Any) -> Row:
    return {"doc": "D1", "chain": ["Velmara Courier"], "kind": "event", "statement": "Smoke was seen.", **columns}


def quantity(**columns: Any) -> Row:
    own: Row = {"kind": "quantity", "statement": None, "measure": "killed", "lower": 70, "qualifier": "at least"}
    return assertion(**own | columns)


def as_jsonl(rows: list[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def as_csv(rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(name, value) for name, value in row.items()})
    return out.getvalue()


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return (" > " if name == "chain" else "; ").join(value)
    return str(value).lower() if isinstance(value, bool) else value


def read(
    folder: Path,
    assertions: list[Row],
    *,
    manifest: str = MANIFEST,
    actors: list[Row] = ACTORS,
    places: list[Row] = PLACES,
    documents: list[Row] = DOCUMENTS,
    **more: list[Row],
) -> Reading:
    (folder / "dossier.yaml").write_text(manifest, encoding="utf-8")
    tables = {"assertions": assertions, "actors": actors, "places": places, "documents": documents, **more}
    for name, rows in tables.items():
        (folder / f"{name}.jsonl").write_text(as_jsonl(rows), encoding="utf-8")
    return read_dossier(folder)


def sound(reading: Reading) -> Dossier:
    assert reading.problems == (), [str(problem) for problem in reading.problems]
    assert reading.dossier is not None
    return reading.dossier


def only(reading: Reading) -> Report:
    (record,) = sound(reading).documents
    (report,) = record.reports
    return report


# one dossier, three formats


ROWS = [
    quantity(chain=["Velmara Courier", "OW", "eyewitnesses (unnamed)"], place="Velmara", population="civilians"),
    quantity(lower=2300, upper=2400, qualifier="between", window_end="2025-03-08", increment=True, note="Told twice."),
    assertion(kind="responsibility", responsible="Orlen Watch; raiders (unnamed)", act="took_part", stance="questions"),
]


def test_csv_and_jsonl_read_alike(tmp_path: Path) -> None:
    jsonl = sound(read(tmp_path, ROWS))
    for name, rows in {"assertions": ROWS, "actors": ACTORS, "places": PLACES, "documents": DOCUMENTS}.items():
        (tmp_path / f"{name}.jsonl").unlink()
        (tmp_path / f"{name}.csv").write_text(as_csv(rows), encoding="utf-8")
    from_csv = sound(read_dossier(tmp_path))
    assert from_csv.record == jsonl.record
    assert from_csv.documents == jsonl.documents
    assert [line for _, line in from_csv.places_of_entry.values()] == [2, 2, 3, 4]
    assert [line for _, line in jsonl.places_of_entry.values()] == [1, 1, 2, 3]


def test_nested_yaml_reads_like_tables(tmp_path: Path) -> None:
    tables = sound(read(tmp_path, ROWS))
    (tmp_path / "documents.jsonl").unlink()
    (tmp_path / "assertions.jsonl").unlink()
    (tmp_path / "D1.yaml").write_text(
        """\
outlet: Velmara Courier
published: 2025-03-08
url: https://courier.example/1
claims:
  - who: [OW, eyewitnesses (unnamed)]
    kind: quantity
    measure: killed
    lower: 70
    qualifier: at least
    in: Velmara
    of: civilians
  - {kind: quantity, measure: killed, lower: 2300, upper: "2,400", qualifier: between, to: 2025-03-08,
     increment: yes, note: Told twice.}
  - says: Smoke was seen.
    kind: responsibility
    by: Orlen Watch; raiders (unnamed)
    act: took_part
    stance: questions
""",
        encoding="utf-8",
    )
    nested = sound(read_dossier(tmp_path))
    assert nested.record == tables.record
    assert nested.documents == tables.documents


def test_both_layouts_side_by_side(tmp_path: Path) -> None:
    read(tmp_path, [assertion()])
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "D2.yaml").write_text("outlet: OW\nclaims:\n  - killed: 5\n", encoding="utf-8")
    dossier = sound(read_dossier(tmp_path))
    assert [record.document.identifier for record in dossier.documents] == ["D1", "D2"]


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    assert read(tmp_path, ROWS) == read_dossier(tmp_path)


# documents and dossiers


def test_a_document_without_address_is_known_by_dossier_and_id(tmp_path: Path) -> None:
    reading = read(tmp_path, [], documents=[{"id": "D1", "outlet": "Velmara Courier"}])
    (record,) = sound(reading).documents
    assert record.document.key == "velmara/D1"


def test_the_id_of_a_dossier_is_made_of_its_title(tmp_path: Path) -> None:
    reading = read(tmp_path, [], manifest=MANIFEST.replace("id: velmara\n", "", 1).replace("in Velmara", "in Vélmara!"))
    assert sound(reading).record.identifier == "fighting-in-velmara"


def test_the_event_has_its_place(tmp_path: Path) -> None:
    (event,) = sound(read(tmp_path, [])).record.events
    assert (event.id, event.place) == ("event/velmara-2025", place_id("Velmara"))
    assert (event.start, event.end) == (dt.date(2025, 3, 6), dt.date(2025, 3, 10))


def test_a_dossier_without_event_is_warned_of(tmp_path: Path) -> None:
    reading = read(tmp_path, [assertion()], manifest="title: Fighting in Velmara\n")
    assert [problem.message for problem in reading.problems] == ["no event is declared, so no claim is about one"]
    assert reading.dossier is not None
    assert reading.dossier.documents[0].reports[0].claim.event is None


def test_yaml_guesses_nothing(tmp_path: Path) -> None:
    manifest = "title: 12:30\nlicence: no\neditors: [yes, 0777]\nevent:\n  id: 2025-03-06\n  label: null \n"
    reading = read(tmp_path, [], manifest=manifest.replace("null", '"null"'))
    record = sound(reading).record
    assert (record.title, record.licence, record.editors) == ("12:30", "no", ("yes", "0777"))
    assert [(event.identifier, event.label) for event in record.events] == [("2025-03-06", "null")]


@pytest.mark.parametrize(("name", "near"), [("asertions.csv", "assertions.csv"), ("people.jsonl", None)])
def test_a_table_that_is_none_is_not_passed_over_in_silence(tmp_path: Path, name: str, near: str | None) -> None:
    (tmp_path / name).write_text("doc,chain\n", encoding="utf-8")
    (problem,) = read(tmp_path, [assertion()]).problems
    assert problem.severity == "warning"
    assert problem.place.endswith(name)
    assert (f"did you mean “{near}”" in problem.message) == (near is not None)


def test_names_of_files_are_compared_without_case(tmp_path: Path) -> None:
    read(tmp_path, [assertion()])
    (tmp_path / "actors.jsonl").rename(tmp_path / "Actors.JSONL")
    (tmp_path / "dossier.yaml").rename(tmp_path / "Dossier.YML")
    assert len(sound(read_dossier(tmp_path)).record.actors) == 3


# chains and names


def test_an_unnamed_source_belongs_to_its_document_and_its_chain(tmp_path: Path) -> None:
    rows = [
        assertion(chain=["Velmara Courier", "OW", "eyewitnesses (unnamed)"]),
        assertion(chain=["Velmara Courier", "orlen  WATCH", "eyewitnesses  (Unnamed)"], statement="Shots were heard."),
        assertion(chain=["Velmara Courier", "eyewitnesses (unnamed)"]),
        assertion(doc="D2", chain=["Velmara Courier", "eyewitnesses (unnamed)"]),
    ]
    documents = [*DOCUMENTS, {"id": "D2", "outlet": "Velmara Courier"}]
    first, second = sound(read(tmp_path, rows, documents=documents)).documents
    through_watch = ("Velmara Courier", "Orlen Watch", "eyewitnesses (unnamed)")
    assert first.unnamed == (
        UnnamedSource(first.document.id, through_watch),
        UnnamedSource(first.document.id, ("Velmara Courier", "eyewitnesses (unnamed)")),
    )
    assert first.reports[0].chain[-1] == first.reports[1].chain[-1]
    assert [source.document for source in second.unnamed] == [second.document.id]
    assert {source.name for source in (*first.unnamed, *second.unnamed)} == {"eyewitnesses"}


def test_a_chain_may_begin_with_an_alias_of_the_outlet(tmp_path: Path) -> None:
    report = only(read(tmp_path, [assertion(chain=["OW"])], documents=[{"id": "D1", "outlet": "Orlen Watch"}]))
    assert [(speaker.id, speaker.named_as) for speaker in report.chain] == [(actor_id("Orlen Watch"), "OW")]


def test_a_speaker_who_relays_himself_is_warned_of(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, [assertion(chain=["Velmara Courier", "OW", "Orlen Watch"])]).problems
    assert (problem.severity, problem.message) == ("warning", "“Orlen Watch” relays itself in this chain")


def test_places_lie_in_others_and_have_members(tmp_path: Path) -> None:
    places = [
        *PLACES,
        {"name": "Castri", "disjoint_with": ["VELMARA"]},
        {"name": "Both", "members": ["Castri", "Velmara"]},
    ]
    record = sound(read(tmp_path, [], places=places)).record
    assert [place.part_of for place in record.places] == [None, place_id("Orlen district"), None, None]
    assert record.places[2].disjoint_with == (place_id("Velmara"),)
    assert record.places[3].members == (place_id("Castri"), place_id("Velmara"))


def test_measures_and_populations_are_shipped_or_declared(tmp_path: Path) -> None:
    rows = [
        quantity(measure="Deaths", population="millers"),
        quantity(measure="burned mills", population="The  Millers of Velmara"),
    ]
    reading = read(
        tmp_path,
        rows,
        measures=[{"name": "burned mills", "definition": "Mills that burned down."}],
        populations=[
            {"name": "millers", "broader": ["Civilians"], "disjoint_with": ["women"], "aliases": ["MILLERS"]},
            {"name": "the millers of Velmara", "broader": ["Millers"]},
        ],
    )
    dossier = sound(reading)
    assert dossier.record.concepts == (
        Concept("measures", "burned mills", definition="Mills that burned down."),
        Concept("populations", "millers", ("civilians",), ("women",)),
        Concept("populations", "the millers of Velmara", ("millers",)),
    )
    claims = [report.claim for report in dossier.documents[0].reports]
    assert [claim.measure for claim in claims] == ["killed", "burned mills"]
    assert [claim.population for claim in claims] == ["millers", "the millers of Velmara"]


def test_cycles_are_each_found_once() -> None:
    edges = {"a": ("b",), "b": ("c", "d"), "c": ("a",), "d": (), "e": ("e", "a"), "f": ("g",), "g": ("f",)}
    assert cycles(edges) == [("a", "b", "c"), ("e",), ("f", "g")]
    assert cycles({str(i): (str(i + 1),) for i in range(5_000)}) == []


# claims


@pytest.mark.parametrize(
    ("columns", "kind", "text"),
    [
        ({"kind": "event"}, "event", "Smoke was seen."),
        ({"kind": "position"}, "position", "Smoke was seen."),
        ({"kind": "commitment"}, "commitment", "Smoke was seen."),
        ({"kind": "responsibility"}, "responsibility", "Smoke was seen."),
        ({"kind": "responsibility", "responsible": "OW", "statement": None}, "responsibility", None),
        ({"kind": "denial"}, "event", "Smoke was seen."),
        ({"kind": "denial", "responsible": "OW"}, "responsibility", None),
        ({"kind": "denial", "act": "ordered"}, "responsibility", None),
        ({"kind": "quantity", "measure": "killed", "lower": 1, "qualifier": "at least"}, "quantity", None),
    ],
)
def test_kinds(tmp_path: Path, columns: Row, kind: str, text: str | None) -> None:
    report = only(read(tmp_path, [assertion(**columns)]))
    assert (report.claim.kind, report.claim.text) == (kind, text)
    assert report.claim.language == ("en" if text else None)
    assert report.saying.statement == columns.get("statement", "Smoke was seen.")


@pytest.mark.parametrize(
    ("columns", "stance"),
    [
        ({}, "affirms"),
        ({"polarity": "denied"}, "denies"),
        ({"polarity": "affirmed"}, "affirms"),
        ({"polarity": "denied", "stance": "finds_no_evidence"}, "finds_no_evidence"),
        ({"stance": "Finds No Evidence"}, "finds_no_evidence"),
        ({"kind": "denial"}, "denies"),
        ({"kind": "denial", "polarity": "affirmed"}, "affirms"),
    ],
)
def test_stances(tmp_path: Path, columns: Row, stance: str) -> None:
    assert only(read(tmp_path, [assertion(**columns)])).saying.stance == stance


@pytest.mark.parametrize(
    ("columns", "figure"),
    [
        ({"qualifier": "over"}, Figure(70, None, "more than")),
        ({"qualifier": "up to", "lower": None, "upper": 70}, Figure(None, 70, "at most")),
        ({"qualifier": "bare", "upper": 70, "increment": True}, Figure(70, 70, "bare", increment=True)),
        ({"qualifier": "bare", "lower": 0, "upper": 0}, Figure(0, 0, "bare")),
        ({"qualifier": "hundreds", "lower": None}, Figure(None, None, "hundreds")),
        ({"qualifier": "hundreds", "lower": 200, "upper": 999}, Figure(None, None, "hundreds")),
        ({"qualifier": "several", "lower": 3}, Figure(None, None, "several")),
        ({"qualifier": "hundreds", "lower": 300}, Figure(300, None, "hundreds")),
    ],
)
def test_figures(tmp_path: Path, columns: Row, figure: Figure) -> None:
    assert only(read(tmp_path, [quantity(**columns)])).claim.figure == figure


def test_parties_are_kept_once_and_in_a_fixed_order(tmp_path: Path) -> None:
    parties = ["raiders (unnamed)", "Velmara Courier", "OW", "Ida Brenn", "Orlen Watch", "River Guard (unnamed)"]
    responsible = only(read(tmp_path, [assertion(responsible=parties)])).claim.responsible
    assert len(responsible) == 5
    assert responsible == tuple(sorted(responsible))


def test_windows_are_not_filled_from_the_event(tmp_path: Path) -> None:
    rows = [quantity(id="a"), quantity(id="b", window_end="2025-03-08", window_fit="within")]
    windows = [report.claim.window for report in sound(read(tmp_path, rows)).documents[0].reports]
    assert windows == [Window(), Window(None, dt.date(2025, 3, 8), "within")]


def test_the_same_claim_in_two_documents_is_one(tmp_path: Path) -> None:
    rows = [
        quantity(responsible="Orlen Watch; Ida Brenn", place="Velmara"),
        quantity(doc="D2", responsible="Ida Brenn; OW", place="VELMARA", measure="dead", cue="said"),
    ]
    first, second = sound(
        read(tmp_path, rows, documents=[*DOCUMENTS, {"id": "D2", "outlet": "Velmara Courier"}])
    ).documents
    assert first.reports[0].claim == second.reports[0].claim
    assert first.reports[0].digest != second.reports[0].digest


def test_rows_are_named_by_their_id_or_their_content(tmp_path: Path) -> None:
    named, derived = sound(read(tmp_path, [assertion(id="r 1"), quantity()])).documents[0].reports
    assert named.identifier == "r 1"
    assert derived.identifier == derived.digest[:8]


def test_spans_and_printed_words(tmp_path: Path) -> None:
    digest = "sha256:" + "0f" * 32
    row = quantity(span_start=10, span_end=22, span_digest=digest.upper().replace("SHA", "sha"), printed="at least 70")
    saying = only(read(tmp_path, [row])).saying
    assert (saying.span, saying.printed) == (Span(10, 22, digest), "at least 70")


@pytest.mark.parametrize(("as_of", "warned"), [("2025-03-08", False), ("2025-03-09", False), ("2025-03-10", True)])
def test_a_figure_from_after_its_publication_is_warned_of(tmp_path: Path, as_of: str, warned: bool) -> None:
    reading = read(tmp_path, [quantity(as_of=as_of)])
    assert reading.dossier is not None
    assert [problem.path for problem in reading.problems] == (["as_of"] if warned else [])


def test_increment_outside_a_figure_is_warned_of(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, [assertion(increment=True)]).problems
    assert (problem.severity, problem.path) == ("warning", "increment")


# figure phrases of the short form


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("1,383", ("bare", 1383, 1383)),
        ("0", ("bare", 0, 0)),
        ("at least 745", ("at least", 745, None)),
        ("At  Least 745", ("at least", 745, None)),
        ("no fewer than 745", ("at least", 745, None)),
        ("more than 4,000", ("more than", 4000, None)),
        ("over 1 018", ("more than", 1018, None)),
        ("up to 30", ("at most", None, 30)),
        ("no more than 30", ("at most", None, 30)),
        ("fewer than 30", ("fewer than", None, 30)),
        ("nearly 1,500", ("nearly", None, 1500)),
        ("almost 1,500", ("nearly", None, 1500)),
        ("exactly 12", ("exactly", 12, 12)),
        ("about 6,000", ("about", 6000, 6000)),
        ("some 300", ("about", 300, 300)),
        ("between 2,300 and 2,400", ("between", 2300, 2400)),
        ("2,300–2,400", ("between", 2300, 2400)),
        ("2,300 - 2,400", ("between", 2300, 2400)),
        ("2300—2400", ("between", 2300, 2400)),
        ("dozens", ("dozens", None, None)),
        ("hundreds of", ("hundreds", None, None)),
        ("Several", ("several", None, None)),
    ],
)
def test_figure_phrases(phrase: str, expected: tuple[str, int | None, int | None]) -> None:
    read_as = read_phrase(phrase)
    assert read_as == FigurePhrase(*expected)
    assert not interval(*read_as).excludes_nothing


@pytest.mark.parametrize(
    "phrase",
    [
        "", "many", "plenty of 5", "5 or more", "1.018", "about 1.5", "at least", "between 5", "between 5 and", "5-",
        "-5", "2025-03-06", "hundreds 300", "dozens of people", "5 people", "1,01", "at least 5 and at most 7",
        "9" * 50,
    ],
)  # fmt: skip
def test_what_is_no_figure_phrase(phrase: str) -> None:
    with pytest.raises(UnfitError):
        read_phrase(phrase)


# the examples that come with the program


@pytest.mark.parametrize(("name", "documents", "rows"), [("syria-coast-2025", 113, 401), ("seed-article", 1, 44)])
def test_the_examples_are_read_without_a_problem(name: str, documents: int, rows: int) -> None:
    dossier = sound(read_dossier(data_path("examples") / name))
    assert len(dossier.documents) == documents
    assert sum(len(record.reports) for record in dossier.documents) >= rows
    ids = {record.document.id for record in dossier.documents}
    digests = {report.digest for record in dossier.documents for report in record.reports}
    assert set(dossier.places_of_entry) == ids | digests


def test_every_id_in_the_demo_answers_to_something() -> None:
    dossier = sound(read_dossier(data_path("examples") / "syria-coast-2025"))
    known = {actor.id for actor in dossier.record.actors}
    known |= {place.id for place in dossier.record.places} | {event.id for event in dossier.record.events}
    for record in dossier.documents:
        unnamed = {source.id for source in record.unnamed}
        for report in record.reports:
            claim = report.claim
            speakers = {speaker.id for speaker in report.chain}
            assert speakers | set(claim.responsible) <= known | unnamed
            assert {claim.place, claim.event} <= known | {None}
        assert {record.document.outlet, *record.document.cites} <= known | unnamed


def test_documents_without_claims_are_warned_of(tmp_path: Path) -> None:
    read(tmp_path, [])
    (tmp_path / "assertions.jsonl").unlink()
    (tmp_path / "notes.txt").write_text("no table", encoding="utf-8")
    (problem,) = read_dossier(tmp_path).problems
    assert (problem.severity, problem.message[:34]) == ("warning", "there is no table “assertions”, so")
    (tmp_path / "D2.yaml").write_text("outlet: OW\nclaims:\n", encoding="utf-8")
    (problem,) = read_dossier(tmp_path).problems
    assert (problem.severity, problem.message) == ("warning", "the document has no claims")


def test_a_measure_that_nobody_declared_is_told_from_a_misspelt_column(tmp_path: Path) -> None:
    read(tmp_path, [], measures=[])
    (tmp_path / "D2.yaml").write_text(
        "outlet: OW\nclaims:\n  - raided: at least 5\n    lowr: 7\n  - says: Smoke was seen.\n    remark: no more\n",
        encoding="utf-8",
    )
    reading = read_dossier(tmp_path)
    assert [problem.message for problem in reading.problems] == [
        "no measure is named “raided”",
        "unknown key “lowr” is not read; did you mean “lower”?",
        "unknown key “remark” is not read",
    ]
    assert reading.dossier is not None
    figures = [report.claim.figure for report in reading.dossier.documents[1].reports]
    assert figures == [Figure(5, None, "at least"), None]


def test_a_nested_chain_may_begin_with_the_outlet(tmp_path: Path) -> None:
    read(tmp_path, [])
    (tmp_path / "D2.yaml").write_text(
        "outlet: Castri Radio\nclaims:\n  - who: castri radio > OW\n    killed: 5\n", encoding="utf-8"
    )
    reading = read_dossier(tmp_path)
    assert reading.dossier is not None
    (report,) = reading.dossier.documents[1].reports
    assert [speaker.id for speaker in report.chain] == [actor_id("Castri Radio"), actor_id("Orlen Watch")]


@pytest.mark.parametrize("raw", ["north → south liaison (unnamed)", "A→B"])
def test_an_arrow_in_a_name_is_refused(raw: str) -> None:
    with pytest.raises(UnfitError, match="arrow"):
        values.name(raw)


def test_texts_are_composed_so_that_one_wording_is_one_claim() -> None:
    assert values.text("Cafe\u0301 ") == "Caf\u00e9"
