"""Tables of events by a mapping: what a row claims, what is left out and said, and what a bad table or mapping gets.

The rows in `event_tables/` are of published data sets (see the notice there); every other table is invented.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from kg.cli import main
from kg.errors import InvalidInput, UsageError
from kg.ingest import Reading, load_mapping, mapping_names, read_event_table
from kg.ingest.mapping import FOLDER
from kg.model import Dossier, Report
from kg.store.oxigraph import OxigraphStore
from kg.workspace import Workspace

TOP = Path(__file__).resolve().parent.parent
TABLES = Path(__file__).parent / "event_tables"
MAVERICK, UCDP = TABLES / "maverick.csv", TABLES / "ucdp-ged.csv"
PAGE = TOP / "docs" / "how-to" / "add-event-tables.md"

Read = Callable[..., Reading]

KILLED = {"measure": "killed", "population": "people", "low": "low", "best": "best", "high": "high", "zeros": "kept"}
#: A mapping of an invented format, as YAML reads it; tests change what they are about.
WATCH: dict[str, Any] = {
    "id": "watch",
    "title": "Orlen Watch",
    "dataset": "Orlen Watch",
    "blanks": ["NA"],
    "report": {"id": "no", "outlet": "by", "published": "on", "cites": "also"},
    "event": {
        "id": "event",
        "start": "from",
        "end": "to",
        "place": ["town", "region"],
        "latitude": "lat",
        "longitude": "lon",
    },
    "figures": [KILLED],
}
ROW = {
    "no": "1",
    "event": "market",
    "by": "Velmara Post",
    "on": "2031-03-15",
    "also": "",
    "from": "2031-03-14",
    "to": "2031-03-14",
    "town": "Velmara",
    "region": "Orlen",
    "lat": "12.5",
    "lon": "-3.25",
    "low": "17",
    "best": "17",
    "high": "17",
}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads rows (what differs from ROW) by the invented mapping, or by one with other figures."""

    def read(*rows: dict[str, str], figures: list[dict[str, Any]] | None = None, text: str | bytes = "") -> Reading:
        mapping = tmp_path / "watch.yaml"
        given = WATCH | ({"figures": figures} if figures else {})
        mapping.write_text(yaml.safe_dump(given, allow_unicode=True, sort_keys=False), encoding="utf-8")
        table = tmp_path / "table.csv"
        if rows:
            with table.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, list(ROW), lineterminator="\n")
                writer.writeheader()
                writer.writerows(ROW | {"no": str(number)} | row for number, row in enumerate(rows, start=1))
        else:
            table.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_event_table(table, load_mapping(mapping))

    return read


@pytest.fixture
def table_text(read: Read, tmp_path: Path) -> str:
    """The table of one sound row, as text."""
    read({})
    return (tmp_path / "table.csv").read_text(encoding="utf-8")


def dossier(reading: Reading) -> Dossier:
    assert reading.dossier is not None, [str(problem) for problem in reading.problems]
    return reading.dossier


def reports(reading: Reading) -> Iterator[Report]:
    return (report for record in dossier(reading).documents for report in record.reports)


def figures(reading: Reading) -> list[tuple[str, int | None, int | None]]:
    found = (report.claim.figure for report in reports(reading))
    return [(figure.bound, figure.lower, figure.upper) for figure in found if figure]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def maverick() -> Reading:
    return read_event_table(MAVERICK, load_mapping("maverick"))


@pytest.fixture(scope="module")
def ucdp() -> Reading:
    return read_event_table(UCDP, load_mapping("ucdp-ged"))


# ---- MAVERICK ------------------------------------------------------------------------------------------------------


def test_every_row_gives_its_own_count_of_the_dead_in_the_words_of_its_author(maverick: Reading) -> None:
    names = {actor.id: actor.name for actor in dossier(maverick).record.actors}
    found = {
        report.identifier: (names[report.chain[0].id], len(report.chain), report.claim.event, report.claim.figure)
        for report in reports(maverick)
        if report.claim.measure == "killed"
    }
    rows = rows_of(MAVERICK)
    assert len(found) == len(rows) == 8
    for row in rows:
        author, links, event, figure = found[row["id"] + "-killed"]
        assert (author, links, event) == (row["source_author"], 1, f"event/{row['event_id']}")
        assert figure is not None
        assert (figure.lower, figure.upper) == (int(row["deaths_low"]), int(row["deaths_high"]))
    assert maverick.errors == ()
    assert maverick.refused == {}


def test_reports_of_one_event_count_for_one_place_and_the_same_days(maverick: Reading) -> None:
    claims = [report.claim for report in reports(maverick) if report.claim.event == "event/CIV-0003"]
    assert len(claims) == 6
    assert len({(claim.place, claim.window, claim.population) for claim in claims}) == 1
    (event,) = (event for event in dossier(maverick).record.events if event.identifier == "CIV-0003")
    assert event.label == "CIV-0003: Abobo, 11 January 2011"
    places = {place.id: place for place in dossier(maverick).record.places}
    assert places[event.place or ""].name == "Abobo, Abidjan, Ivory Coast"
    assert (places[event.place or ""].lat, places[event.place or ""].lon) == (5.41846, -4.01997)
    inside = places[places[event.place or ""].part_of or ""]
    assert (inside.name, places[inside.part_of or ""].name) == ("Abidjan, Ivory Coast", "Ivory Coast")


def test_what_a_row_gives_otherwise_than_its_event_is_noted_on_it(maverick: Reading) -> None:
    notes = {report.identifier[:6]: report.saying.note for report in reports(maverick)}
    assert notes["07fff1"] == "days in the table: 29 December 2010 – 12 January 2011; place in the table: Ivory Coast"
    assert notes["1ef154"] == "place in the table: Abidjan, Ivory Coast"
    assert notes["314b0c"] is None
    told = [problem.message for problem in maverick.warnings if "differ in their" in problem.message]
    assert told == [f"the rows of 1 of 4 events differ in their {name}" for name in ("days", "place")]


def test_days_in_the_wrong_order_are_unknown_and_the_row_stays(maverick: Reading) -> None:
    (event,) = (event for event in dossier(maverick).record.events if event.identifier == "CIV-6000")
    assert (event.start, event.end) == (None, None)
    (report,) = (report for report in reports(maverick) if report.claim.event == event.id)
    assert report.saying.note == "days in the table, in the wrong order: 2011-04-01 to 2011-01-07"
    (told,) = (problem for problem in maverick.warnings if "after it ends" in problem.message)
    assert (told.line, told.path) == (8, "date_start, date_end")


def test_injured_out_of_order_leave_the_dead_of_the_row_alone(maverick: Reading) -> None:
    (told,) = (problem for problem in maverick.warnings if "not in the order" in problem.message)
    assert (told.line, told.value) == (9, "low 4, best 2, high 2")
    of_row = [report.claim.measure for report in reports(maverick) if report.identifier.startswith("38e33719")]
    assert of_row == ["killed"]


def test_zero_dead_are_kept_with_a_note_and_zero_injured_left_out(maverick: Reading) -> None:
    kept = [r for r in reports(maverick) if r.claim.figure and r.claim.figure.upper == 0]
    assert [(r.identifier[:6], r.claim.measure) for r in kept] == [("1ef154", "killed")]
    assert "may also mean" in (kept[0].saying.note or "")
    injured = {r.identifier[:6]: r.claim.figure for r in reports(maverick) if r.claim.measure == "injured"}
    assert {name: figure and figure.upper for name, figure in injured.items()} == {"d09d72": 51, "1ef154": 2}
    told = {p.message for p in maverick.warnings if "zeros" in p.message}
    assert told == {
        "1 × killed, people: nothing but zeros, kept as counts of 0",
        "5 × injured, people: nothing but zeros, left out as the mapping says",
    }


def test_a_report_is_of_the_day_that_its_source_has_in_brackets(maverick: Reading) -> None:
    record = next(record for record in dossier(maverick).documents if record.document.identifier.startswith("1ef154"))
    assert str(record.document.published) == "2011-01-13"
    assert {(str(r.saying.as_of), r.saying.as_of_basis) for r in record.reports} == {("2011-01-13", "published")}


@pytest.mark.parametrize(
    ("path", "mapping", "columns"),
    [(MAVERICK, "maverick", ("source",)), (UCDP, "ucdp-ged", ("source_article", "source_headline"))],
)
def test_no_headline_reaches_the_store(
    path: Path, mapping: str, columns: tuple[str, ...], tmp_path: Path, workspace: Workspace
) -> None:
    rows = rows_of(path)
    for row in rows:
        row.update({column: f"{row[column]} Zebras march on Velmara" for column in columns})
    copy = tmp_path / path.name
    with copy.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    report = workspace.add(copy, mapping=mapping)
    assert report.added
    text = workspace.export("nq")
    assert text
    assert "Zebras" not in text
    assert not any("Zebras" in str(problem) for problem in report.problems)


def test_the_fixtures_hold_no_headline() -> None:
    for row in rows_of(MAVERICK):
        assert re.fullmatch(re.escape(row["source_author"]) + r" \(\d{4}-\d\d-\d\d\)", row["source"])
    for row in rows_of(UCDP):
        assert row["source_headline"] == ""
        pairs = zip(row["source_office"].split(";"), row["source_date"].split(";"), strict=True)
        assert row["source_article"] == "; ".join(f"{office} {day}" for office, day in pairs if office)
    assert "CC BY 4.0" in (TABLES / "NOTICE.md").read_text(encoding="utf-8")


# ---- UCDP GED ------------------------------------------------------------------------------------------------------


def test_rows_out_of_order_are_told_and_left_out_and_the_others_kept(ucdp: Reading) -> None:
    assert set(ucdp.refused) == {"236880", "299515"}
    assert [(p.line, p.path, p.value) for p in ucdp.errors] == [
        (4, "low, best, high", "low 3, best 2, high 3"),
        (8, "low, best, high", "low 9, best 10, high 9"),
    ]
    kept = {record.document.identifier for record in dossier(ucdp).documents}
    assert kept == {row["id"].removesuffix(".0") for row in rows_of(UCDP)} - set(ucdp.refused)


def test_the_figures_are_the_data_sets_own_and_its_sources_are_cited(ucdp: Reading) -> None:
    names = {actor.id: actor.name for actor in dossier(ucdp).record.actors}
    assert {tuple(names[s.id] for s in report.chain) for report in reports(ucdp)} == {("UCDP GED",)}
    cites = {r.document.identifier: [names[c] for c in r.document.cites] for r in dossier(ucdp).documents}
    assert cites["300380"] == ["Support Kurds in Syria", "VDC"]
    assert cites["343189"] == ["VDC"], "an office that is listed twice is cited once"
    assert cites["21300"] == []
    assert not any(report.claim.responsible or report.claim.act for report in reports(ucdp))


def test_counts_of_an_event_and_of_the_civilians_in_it(ucdp: Reading) -> None:
    found = {r.identifier: (r.claim.event, r.claim.population, r.claim.figure, r.saying.note) for r in reports(ucdp)}
    event, population, figure, note = found["320070-killed-people"]
    assert (event, population, note) == ("event/ged-320070", "people", "best estimate in the table: 73")
    assert figure and (figure.bound, figure.lower, figure.upper) == ("between", 0, 140)
    _, population, figure, note = found["448810-killed-civilians"]
    assert (population, note) == ("civilians", None)
    assert figure and (figure.bound, figure.lower, figure.upper) == ("bare", 1, 1)
    assert len([name for name in found if name.endswith("civilians")]) == 1, "no dead civilians is no claim here"


# ---- what a row claims ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "best", "high", "expected"),
    [
        ("3", "4", "5", ("between", 3, 5)),
        ("4", "4", "4", ("between", 4, 4)),
        ("3", "", "5", ("between", 3, 5)),
        ("0", "0", "0", ("between", 0, 0)),
        ("3", "4", "", ("at least", 3, None)),
        ("3", "", "NA", ("at least", 3, None)),
        ("", "4", "5", ("at most", None, 5)),
        ("", "4", "", ("bare", 4, 4)),
        ("14.0", "14.0", "1,014", ("between", 14, 1014)),
    ],
)
def test_low_best_and_high_make_one_figure(read: Read, low: str, best: str, high: str, expected: object) -> None:
    assert figures(read({"low": low, "best": best, "high": high})) == [expected]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"low": "", "best": "", "high": ""}, "1 × killed, people: no number"),
        ({"low": "NA", "best": "NA", "high": "NA"}, "1 × killed, people: no number"),
        ({"low": "0", "best": "", "high": ""}, "1 × killed, people: only a low of 0"),
    ],
)
def test_what_is_unknown_makes_no_claim_and_is_told(read: Read, cells: dict[str, str], said: str) -> None:
    reading = read(cells)
    assert figures(reading) == []
    assert len(dossier(reading).documents) == 1
    assert any(problem.message.startswith(said) for problem in reading.warnings)


@pytest.mark.parametrize("cells", [("5", "4", "6"), ("3", "6", "5"), ("5", "", "4"), ("", "6", "5"), ("5", "4", "")])
def test_no_two_of_the_numbers_may_be_out_of_order(read: Read, cells: tuple[str, str, str]) -> None:
    reading = read(dict(zip(("low", "best", "high"), cells, strict=True)), {})
    assert list(reading.refused) == ["1"]
    assert [record.document.identifier for record in dossier(reading).documents] == ["2"]
    assert [problem.line for problem in reading.errors] == [2]


def test_a_thousand_problems_of_one_kind_are_told_once(read: Read) -> None:
    reading = read(*({"low": "", "best": "", "high": ""} for _ in range(50)))
    assert [p.message for p in reading.problems] == ["50 × killed, people: no number, so that nothing is claimed"]


def test_a_row_that_names_nobody_has_an_unnamed_source(read: Read, tmp_path: Path, workspace: Workspace) -> None:
    reading = read({"by": ""}, {"by": "market porters (unnamed)"}, {})
    for record, name in zip(dossier(reading).documents, ("source without a name", "market porters"), strict=False):
        (report,) = record.reports
        (source,) = record.unnamed
        assert [speaker.id for speaker in report.chain] == [record.document.outlet, source.id]
        assert source.name == name
    assert [problem.line for problem in reading.warnings] == [2, 3]
    workspace.add(tmp_path / "table.csv", mapping=tmp_path / "watch.yaml")
    assert workspace.validate() == ()


def test_most_rows_decide_and_a_blank_has_no_vote(read: Read) -> None:
    blank = {"from": "", "to": "", "town": "", "region": "", "lat": "", "lon": ""}
    reading = read(blank, blank, blank, {"town": "Harbour"}, {"from": "2031-03-13"}, {"from": "2031-03-13"})
    (event,) = dossier(reading).record.events
    assert event.label == "market: Velmara, 13 March 2031 – 14 March 2031"
    notes = [report.saying.note for report in reports(reading)]
    assert notes == [
        None,
        None,
        None,
        "days in the table: 14 March 2031; place in the table: Harbour, Orlen",
        None,
        None,
    ]


def test_spellings_that_differ_in_case_alone_are_one_place_and_one_source(read: Read) -> None:
    reading = read({}, {"town": "VELMARA", "by": "Velmara  post", "event": "other"})
    assert [place.name for place in dossier(reading).record.places] == ["Velmara, Orlen", "Orlen"]
    assert [actor.name for actor in dossier(reading).record.actors] == ["Velmara Post"]
    assert [report.chain[0].named_as for report in reports(reading)] == [None, "Velmara post"]


def test_a_position_belongs_to_the_narrowest_place_and_never_to_the_widest(read: Read) -> None:
    reading = read({"town": "", "event": "far"}, {"lat": "12.5"}, {"lat": "13"}, {"lat": "13.0"})
    found = {place.name: place.lat for place in dossier(reading).record.places}
    assert found == {"Orlen": None, "Velmara, Orlen": 13.0}


@pytest.mark.parametrize("cells", [{"lon": ""}, {"lat": "95"}])
def test_an_unusable_position_is_told_and_the_row_kept(read: Read, cells: dict[str, str]) -> None:
    reading = read(cells)
    assert [(problem.line, problem.path) for problem in reading.problems] == [(2, "lat, lon")]
    assert [place.lat for place in dossier(reading).record.places] == [None, None]


# ---- bad rows and tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "path", "message"),
    [
        ({"low": "many"}, "low", "a whole number was expected"),
        ({"low": "2.5"}, "low", "a whole number was expected"),
        ({"high": "1.000"}, "high", "ambiguous"),
        ({"low": "-1"}, "low", "a count cannot be negative"),
        ({"from": "14.03.2031"}, "from", "not a date"),
        ({"to": "2031-02-30"}, "to", "no such day"),
        ({"on": "2031-13-01"}, "on", "no such day"),
        ({"lat": "north"}, "lat", "decimal degrees"),
        ({"no": ""}, "no", "no is missing"),
        ({"no": "a/b"}, "no", "unfit for an id"),
        ({"event": ""}, "event", "event is missing"),
        ({"event": "the market"}, "event", "unfit for an id"),
        ({"by": "Post > Wire"}, "by", "cannot stand in the name"),
        ({"town": "Vel\u202emara"}, "town", "cannot stand in a text"),
    ],
)
def test_a_faulty_row_is_told_with_its_place_and_left_out(
    read: Read, cells: dict[str, str], path: str, message: str
) -> None:
    reading = read({}, cells)
    (error,) = reading.errors
    assert (error.line, error.path) == (3, path)
    assert message in error.message
    assert error.file and error.file.endswith("table.csv")
    assert error.hint
    assert list(reading.refused) == [cells["no"] if cells.get("no") == "2" else "table.csv:3" if "no" in cells else "2"]
    assert [record.document.identifier for record in dossier(reading).documents] == ["1"]


def test_an_id_that_two_rows_share_names_neither(read: Read) -> None:
    reading = read({"no": "7"}, {"no": "7", "low": "3"}, {"no": "8"})
    assert [(problem.line, problem.path, problem.value) for problem in reading.errors] == [(3, "no", "7")]
    assert "line 2" in reading.errors[0].message
    assert [record.document.identifier for record in dossier(reading).documents] == ["8"]


def test_the_same_row_twice_is_kept_once(read: Read) -> None:
    reading = read({"no": "7"}, {"no": "7"})
    assert [(problem.severity, problem.line) for problem in reading.problems] == [("warning", 3)]
    assert len(dossier(reading).documents) == 1


def test_lines_are_counted_through_fields_of_several_lines(read: Read) -> None:
    reading = read({"also": "A;\nB"}, {"low": "x"})
    assert [problem.line for problem in reading.errors] == [4]
    assert dossier(reading).places_of_entry[dossier(reading).documents[0].document.id] == ("table.csv", 2)


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (lambda text: text.replace(",low,", ",lowest,"), 1, "lacks columns that the mapping “watch” reads: low"),
        (lambda text: text.split("\n")[0], None, "the table has no rows"),
        (lambda text: "", None, "the table is empty"),
        (lambda text: text.replace("Velmara Post", "Velmára Post").encode("latin-1"), 2, "not UTF-8"),
        (lambda text: text + "2,market,too short\n", 3, "3 fields where the first line names 14 columns"),
        (lambda text: text + '2,"never closed\n', 3, "quotation marks do not match"),
        (lambda text: text.replace("low,best", "best,best"), 1, "two columns are named “best”"),
        (lambda text: b"PK\x03\x04" + text.encode(), None, "a zip archive or a spreadsheet"),
    ],
)
def test_a_table_that_cannot_be_read_leaves_nothing(
    read: Read,
    table_text: str,
    tmp_path: Path,
    workspace: Workspace,
    change: Callable[[str], str | bytes],
    line: int | None,
    message: str,
) -> None:
    reading = read(text=change(table_text))
    assert reading.dossier is None
    assert any(message in problem.message and problem.line == line for problem in reading.errors)
    for keep_going in (False, True):
        try:
            report = workspace.add(tmp_path / "table.csv", mapping=tmp_path / "watch.yaml", keep_going=keep_going)
        except InvalidInput as error:
            assert not keep_going
            assert any(message in problem.message for problem in error.problems)
        else:
            assert keep_going
            assert report.added == ()
        assert workspace.sparql("ASK { ?document schema:publisher ?outlet }").truth is False


def test_columns_that_nobody_reads_are_told_once(read: Read, table_text: str) -> None:
    head, row, _ = table_text.split("\n")
    nameless = row.replace("1,", ",", 1)
    reading = read(text=f"{head},weather,mood\n{nameless},rain,\n{nameless},,\n{row},sun,\n")
    (told,) = reading.warnings
    assert told.severity == "warning"
    assert told.message.endswith("are not read: weather, mood")


# ---- mappings ------------------------------------------------------------------------------------------------------


def test_the_mappings_that_come_with_the_program_read_their_formats() -> None:
    assert mapping_names() == ("maverick", "ucdp-ged")
    for name, table in (("maverick", MAVERICK), ("ucdp-ged", UCDP)):
        mapping = load_mapping(name)
        header = set(rows_of(table)[0])
        assert set(mapping.columns) <= header
        assert header - {*mapping.columns, *mapping.not_read} == set()
        assert not {*mapping.columns} & {*mapping.not_read}
        assert mapping.licence == "CC-BY-4.0"
        assert (FOLDER / f"{name}.yaml").is_file()


def _without(*keys: str) -> dict[str, Any]:
    return {name: value for name, value in WATCH.items() if name not in keys}


@pytest.mark.parametrize(
    ("given", "at", "path", "message"),
    [
        (WATCH | {"figuers": "x"}, "figuers:", "figuers", "unknown key “figuers”; did you mean “figures”?"),
        (WATCH | {"report": {"id": "no", "outlets": "by"}}, "outlets:", "report.outlets", "did you mean “outlet”"),
        (_without("title"), "id: watch", "title", "title is missing"),
        (_without("report"), "id: watch", "report", "must hold keys"),
        (WATCH | {"report": "no"}, "report:", "report", "must hold keys"),
        (WATCH | {"event": {"start": "from"}}, "start:", "event.id", "id is missing"),
        (WATCH | {"event": {"id": "e", "latitude": "lat"}}, "event:", "event", "both latitude and longitude"),
        (WATCH | {"report": {"id": "n", "published": "a", "published_in": "b"}}, "report:", "report.published", "both"),
        (WATCH | {"figures": {"measure": "killed"}}, "figures:", "figures", "must be a list"),
        (WATCH | {"figures": []}, "figures:", "figures", "must be a list"),
        (WATCH | {"figures": ["killed"]}, "figures:", "figures", "must be a list"),
        (WATCH | {"figures": [KILLED | {"measure": "slain"}]}, "- measure:", "figures.1.measure", "no word of"),
        (WATCH | {"figures": [KILLED | {"zeros": "maybe"}]}, "zeros:", "figures.1.zeros", "no word of"),
        (
            WATCH | {"figures": [KILLED | {"low": None, "best": None, "high": None}]},
            "- measure:",
            "figures.1",
            "no col",
        ),
        (WATCH | {"figures": [KILLED, KILLED | {"low": "x"}]}, "- measure:", "figures.2", "stands above"),
        (WATCH | {"actor_kinds": ["wire"]}, "actor_kinds:", "actor_kinds", "a word for a word"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused(
    tmp_path: Path, given: dict[str, Any], at: str, path: str, message: str
) -> None:
    file = tmp_path / "own.yaml"
    text = yaml.safe_dump(given, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    (*_, line) = (n for n, words in enumerate(text.splitlines(), start=1) if words.strip().startswith(at))
    with pytest.raises(InvalidInput) as refused:
        load_mapping(file)
    told = [(problem.line, problem.path) for problem in refused.value.problems if message in problem.message]
    assert told == [(line, path)], [str(problem) for problem in refused.value.problems]
    assert all(problem.severity == "error" and problem.hint for problem in refused.value.problems)


@pytest.mark.parametrize("content", [b"id: [", b"- a list", b"", b"\xff\xfe", b"id: *alias"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        load_mapping(file)
    assert refused.value.problems


@pytest.mark.parametrize("name", ["mavrick", "none.yaml", "", "table.csv"])
def test_an_unknown_mapping_is_told_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UsageError, match=r"maverick, ucdp-ged"):
        load_mapping(name)
    with pytest.raises(UsageError, match="did you mean “maverick”"):
        load_mapping("mavrick")


def test_the_page_tells_every_key_and_its_example_is_read(tmp_path: Path, workspace: Workspace) -> None:
    from kg.ingest import mapping as module

    text = PAGE.read_text(encoding="utf-8")
    cells = " ".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE))
    columns = (*module._TOP, *module._REPORT, *module._EVENT, *module._FIGURE)
    assert set(re.findall(r"`(\w+)`", cells)) == {*(column.name for column in columns), *module._SECTIONS}

    (yaml_text,) = re.findall(r"^```yaml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (csv_text,) = re.findall(r"^```csv\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "own.yaml").write_text(yaml_text, encoding="utf-8")
    (tmp_path / "own.csv").write_text(csv_text, encoding="utf-8")
    report = workspace.add(tmp_path / "own.csv", mapping=tmp_path / "own.yaml")
    assert (report.problems, report.assertions) == ((), 2)
    rows = list(workspace.ask("event-figures", event="market", measure="killed"))
    assert [(row["lower"], row["upper"]) for row in rows] == [(17, 17), (20, 24)]


# ---- the workspace and the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "mapping"), [(MAVERICK, "maverick"), (UCDP, "ucdp-ged")])
def test_tables_pass_the_shapes_and_come_back_the_same_from_an_export(
    path: Path, mapping: str, workspace: Workspace, tmp_path: Path
) -> None:
    first = workspace.add(path, mapping=mapping)
    assert len(first.added) + len(first.refused) == 8
    assert workspace.validate() == ()
    again = workspace.add(path, mapping=mapping)
    assert (again.added, again.replaced, again.unchanged) == ((), (), first.added)
    workspace.export("csv", tmp_path / "out")
    with Workspace(OxigraphStore.in_memory()) as other:
        assert other.add(tmp_path / "out" / mapping).added
        assert _content(other) == _content(workspace)


def _content(workspace: Workspace) -> set[str]:
    """Everything but how and when it was entered."""
    lines = (workspace.export("nq") or "").splitlines()
    return {line for line in lines if "/ingest/" not in line and "/load/" not in line}


def test_a_changed_row_replaces_its_older_version(read: Read, tmp_path: Path, workspace: Workspace) -> None:
    table, mapping = tmp_path / "table.csv", tmp_path / "watch.yaml"
    read({}, {})
    workspace.add(table, mapping=mapping)
    read({}, {"high": "18"})
    report = workspace.add(table, mapping=mapping)
    assert (report.replaced, report.unchanged) == (("2",), ("1",))
    read({}, {"high": "16"})
    report = workspace.add(table, mapping=mapping)
    assert (report.refused, report.unchanged) == (("2",), ("1",))
    rows = workspace.sparql("SELECT ?max { ?c schema:maxValue ?max } ORDER BY ?max").rows
    assert rows is not None
    assert [row[0].value for row in rows.rows if row[0]] == ["17", "18"], "a row left out now stays what it was"


def test_the_command_loads_the_sound_rows_and_says_which_it_left_out(tmp_path: Path) -> None:
    folder = ["--workspace", str(tmp_path / "case")]
    done = CliRunner().invoke(main, [*folder, "add", str(UCDP), "--mapping", "ucdp-ged"])
    assert done.exit_code == 3
    assert done.stdout.startswith("6 documents added, 0 replaced, 0 unchanged, 2 refused; 7 assertions")
    assert "refused: 236880, 299515" in done.stdout
    assert "ucdp-ged.csv:4: error: the numbers are not in the order" in done.stderr
    done = CliRunner().invoke(main, [*folder, "add", str(MAVERICK), "--mapping", "maverick"])
    assert done.exit_code == 0
    assert done.stdout.startswith("8 documents added")


@pytest.mark.parametrize("mapping", [(), ("--mapping", "mavrick")])
def test_the_command_says_which_mappings_there_are(mapping: tuple[str, ...], tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--workspace", str(tmp_path / "case"), "add", str(UCDP), *mapping])
    assert done.exit_code == 2
    assert "maverick, ucdp-ged" in done.stderr


def test_a_table_of_one_format_read_by_another_mapping_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--workspace", str(tmp_path / "case"), "add", str(UCDP), "--mapping", "maverick"])
    assert done.exit_code == 1
    assert "lacks columns that the mapping “maverick” reads: source_author" in done.stderr
