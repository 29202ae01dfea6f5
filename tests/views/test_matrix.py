"""Who says what: the states of cells against readings that do not go through the figure."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace

import pytest

from kg.views.matrix import matrix
from kg.views.record import Record, read_record
from kg.workspace import Workspace
from tests.conftest import DEMO
from tests.views import records
from tests.views.records import figure, iri, marks, record, report, saying, tree, words

TOLD, OTHER = figure(17), figure(24, 29)


def states(svg: object) -> dict[str, str]:
    """The state of each cell by its accessible name."""
    cells = [element for element in tree(svg).iter() if element.get("data-state")]  # type: ignore[arg-type]
    return {str(cell.get("aria-label")): str(cell.get("data-state")) for cell in cells}


def cell(made: Record, source: str, claim: str) -> str:
    found = {
        state
        for svg in (matrix(made).wide, matrix(made).narrow)
        for name, state in states(svg).items()
        if name.startswith(f"{source}, {claim}")
    }
    assert len(found) == 1, found
    return found.pop()


def test_silence_needs_a_document() -> None:
    made = record(
        [
            report("Orlen Gazette > Velmara Health Ministry", TOLD),
            report("Harbour Daily", OTHER),
            report("Harbour Daily > Blue Lantern Relief", OTHER, document="second"),
        ]
    )
    assert cell(made, "Orlen Gazette", OTHER.label) == "silent"
    assert cell(made, "Harbour Daily", TOLD.label) == "silent"
    assert cell(made, "Velmara Health Ministry", OTHER.label) == "not collected"
    assert cell(made, "Velmara Health Ministry", TOLD.label) == "affirms quoted"
    assert cell(made, "Orlen Gazette", TOLD.label) == "affirms relays"
    # One document of its own, and the ministry's silence is one.
    more = record([*_again(made), report("Velmara Health Ministry", saying("Nobody ordered it."))])
    assert cell(more, "Velmara Health Ministry", OTHER.label) == "silent"
    assert cell(more, "Velmara Health Ministry", TOLD.label) == "affirms quoted"


def _again(made: Record) -> list[records.Told]:
    return [records.Told(told, made.claims[told.claim]) for told in made.reports]


@pytest.mark.parametrize(
    ("stance", "state"),
    [
        ("affirms", "affirms"),
        ("denies", "denies"),
        ("retracts", "denies"),
        ("questions", "doubts"),
        ("finds no evidence", "doubts"),
        ("declines to confirm", "doubts"),
    ],
)
def test_who_does_what_to_a_claim(stance: str, state: str) -> None:
    made = record(
        [
            report("Harbour Daily", TOLD, stance=stance),
            report("Orlen Gazette > Meridian Wire > Northern Command", TOLD, stance=stance),
        ]
    )
    assert cell(made, "Harbour Daily", TOLD.label) == f"{state} own"
    assert cell(made, "Orlen Gazette", TOLD.label) == f"{state} relays"
    assert cell(made, "Meridian Wire", TOLD.label) == cell(made, "Northern Command", TOLD.label) == f"{state} quoted"


def test_the_gravest_is_drawn_and_all_is_told() -> None:
    made = record(
        [
            report("Harbour Daily", TOLD),
            report("Harbour Daily", TOLD, stance="denies", document="second", published=records.on(16)),
        ]
    )
    assert cell(made, "Harbour Daily", TOLD.label) == "denies own"
    drawn = matrix(made)
    (row,) = [row for row in drawn.rows if row.cells[0] == "Harbour Daily"]
    assert row.cells[3:] == (
        "denies it",
        "denies it in 1 document; asserts in 1 document",
        "2",
        "2031-03-14",
        "2031-03-16",
    )
    assert row.reports == (0, 1)
    assert any(key.words.startswith("in the corner") for key in drawn.legend)
    foot = {row.cells[0]: row.cells[3] for row in drawn.rows if row.cells[0] == "Documents that deny it"}
    assert foot == {"Documents that deny it": "1"}


def test_independent_origins_are_those_worked_out_or_none() -> None:
    told = [
        report("Harbour Daily", TOLD),
        report("Orlen Gazette", TOLD),
        report("Orlen Gazette", OTHER, stance="denies"),
    ]
    related = record(told, related=True)
    assert related.backing is not None
    wrong = replace(related.backing[TOLD.iri], lower=3, upper=7)  # a count that nothing in the reports gives
    made = record(told, backing={TOLD.iri: wrong})
    assert "3–7" in words(matrix(made).wide) and "3–7" in words(matrix(made).narrow)
    (unsaid,) = [r for r in matrix(made).rows if r.cells[0] == "Independent origins" and r.cells[2] == OTHER.label]
    assert unsaid.cells[3] == "nobody affirms it"
    assert "not worked out: kg relate" in words(matrix(record(told)).wide)


def test_a_hundred_outlets_fold_and_those_who_deny_stay() -> None:
    told = [report(f"Outlet {n:03} > Velmara Health Ministry", TOLD) for n in range(120)]
    told += [report(f"Outlet {n:03} > Velmara Health Ministry", OTHER, document=f"more {n}") for n in range(60)]
    made = record([*told, report("Quiet Post", TOLD, stance="denies")])
    drawn = matrix(made)
    rows = {name.split(",")[0] for name in states(drawn.wide)}
    assert "Quiet Post" in rows and "Velmara Health Ministry" in rows and len(rows) == 22
    assert len({row.cells[0] for row in drawn.rows if row.cells[0].startswith("Outlet")}) == 120
    assert any(note.startswith("100 further sources that say something") for note in drawn.notes)
    assert sum(mark.get("tabindex") == "0" for mark in marks(drawn.wide)) <= 60


def test_words_of_strangers_stay_words_and_nothing_stays_nothing() -> None:
    evil = '<script>alert(1)</script>"&'
    drawn = matrix(record([report(f"{evil} > وزارة الصحة", saying(evil))]))
    for svg in (drawn.wide, drawn.narrow):
        assert not [element for element in tree(svg).iter() if element.tag.endswith("script")]
        assert any(str(mark.get("aria-label")).startswith("وزارة الصحة") for mark in marks(svg))
    empty = matrix(record([]))
    assert not marks(empty.wide) and not empty.rows and not empty.legend
    assert "Nothing about this event is on record." in empty.description


@pytest.fixture(scope="module")
def demo_record(related: Workspace) -> Record:
    return read_record(related._asking, related._event(None), "Syrian coast", related=True)


def test_demo_against_its_tables(demo_record: Record) -> None:
    """Each stated cell of the demo, from the tables: who is outlet, who is quoted, who has a document."""

    def table(name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]

    outlet = {row["id"]: str(row["outlet"]) for row in table("documents")}
    rows = {str(row["id"]): row for row in table("assertions")}
    drawn = matrix(demo_record)
    identifiers = {told.number: told.row for told in demo_record.reports}
    documents = defaultdict(set)
    for row in rows.values():
        documents[outlet[row["doc"]]].add(row["doc"])
    seen = 0
    for row in drawn.rows:
        source, _, _, state, _, count, *_ = row.cells
        if source in ("Independent origins", "Documents that deny it"):
            continue
        if state == "silent in what was collected":
            assert documents[source], source
        elif state == "not collected":
            assert not documents.get(source), source
        else:
            of = [rows[identifiers[number]] for number in row.reports]
            assert count == str(len({one["doc"] for one in of}))
            if state == "asserts":
                assert any(one["chain"] == [source] and one["stance"] in (None, "affirms") for one in of)
            if state == "attributes to another":
                assert all(one["chain"][0] == source and len(one["chain"]) > 1 for one in of)  # type: ignore[index,arg-type]
            seen += 1
    assert seen > 20


def test_demo_counts_are_those_of_the_question(demo_record: Record, related: Workspace) -> None:
    counted = {
        related_row["claim"]: (related_row["origins_lower"], related_row["origins_upper"])
        for related_row in related.ask("event-support", event="syria-coast-2025")
    }
    by_label = {claim.label: claim.iri.value for claim in demo_record.claims.values()}
    rows = [row for row in matrix(demo_record).rows if row.cells[0] == "Independent origins"]
    assert len(rows) == 8
    for row in rows:
        lower, upper = counted[by_label[row.cells[2]]]
        assert row.cells[3].split(" (")[0] == (str(lower) if lower == upper else f"{lower}–{upper}")


def test_wide_narrow_and_table_agree(demo_record: Record) -> None:
    drawn = matrix(demo_record)
    assert states(drawn.wide) == states(drawn.narrow)
    told = {(row.cells[0], row.cells[2]): row.reports for row in drawn.rows}
    for mark in marks(drawn.wide):
        if mark.get("data-state"):
            label = str(mark.get("aria-label"))
            (reports,) = [r for (s, c), r in told.items() if label.startswith(f"{s}, {c}: ")]
            assert records.reports_of(mark) == reports
    assert str(matrix(demo_record).wide) == str(drawn.wide)
    assert iri("source", "x") not in demo_record.collected
