"""A table of event reports and a mapping → a dossier, and everything that is wrong with the table.

A row becomes a document with the counts of that row as its claims. What a claim is about is the *event* that the row is
linked to, with the event's place and days: rows of one event differ in these where one source knew more than another,
and counts of the same dead would not be comparable if each kept its own. What a row says otherwise is noted on it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from kg.ingest.dossier import Reading
from kg.ingest.event_rows import NO_LIMIT, NO_NUMBER, ZEROS_KEPT, ZEROS_LEFT_OUT, Count, EventRow, EventRowReader
from kg.ingest.files import UnfitFileError, read_text
from kg.ingest.findings import Findings, Where, shown
from kg.ingest.mapping import FigureColumns, TableMapping
from kg.ingest.names import unnamed
from kg.ingest.tables import Row, read_csv
from kg.model import (
    UNNAMED_MARK,
    Actor,
    Claim,
    Document,
    DocumentRecord,
    Dossier,
    DossierRecord,
    Event,
    Place,
    Report,
    Saying,
    Speaker,
    UnnamedSource,
    Window,
    actor_id,
    place_id,
)
from kg.names import fold

_Value = TypeVar("_Value")

_NOBODY = f"source without a name {UNNAMED_MARK}"
_OUTCOMES = {
    NO_NUMBER: ("no number, so that nothing is claimed", "a blank is unknown, not 0"),
    NO_LIMIT: ("only a low of 0, which excludes nothing, so that nothing is claimed", "give a best or a high as well"),
    ZEROS_LEFT_OUT: ("nothing but zeros, left out as the mapping says", "“zeros: kept” in a mapping keeps them"),
    ZEROS_KEPT: ("nothing but zeros, kept as counts of 0", "“zeros: left out” in a mapping leaves them out"),
}


def read_event_table(path: str | Path, mapping: TableMapping) -> Reading:
    """Reads the CSV table at `path` by a mapping.

    A row with an error is left out and named in `refused`; an error of the table as a whole (not UTF-8, a column that
    is not there) leaves nothing. Either is a problem of the reading and no exception.
    """
    path = Path(path)
    findings = Findings(path.parent)
    where = Where(path.name)
    rows: dict[str, EventRow] = {}
    try:
        text = read_text(path)
    except UnfitFileError as unfit:
        findings.unreadable(where._replace(line=unfit.line), unfit.message, unfit.hint, value=unfit.value)
    else:
        reader = EventRowReader(mapping, findings)
        rows = _rows(read_csv(text, path.name, mapping.columns, findings), mapping, reader, findings)
        if not rows and not findings.errors:
            findings.unreadable(where, "the table has no rows", "look whether the right file was given")
        _tell_outcomes(reader.outcomes, where._replace(line=1), findings)
    refused = {name: tuple(errors) for name, errors in findings.refused.items()}
    kept = [row for name, row in rows.items() if name not in refused]
    if findings.dossier_refused or not kept:
        return Reading(None, findings.problems, dict.fromkeys(rows, ()) | refused)
    dossier = _Assembly(mapping, kept).dossier(where, findings)
    return Reading(dossier, findings.problems, refused)


def _rows(
    table: Iterable[Row], mapping: TableMapping, reader: EventRowReader, findings: Findings
) -> dict[str, EventRow]:
    """The rows without errors by id. An id that two rows share names neither of them."""
    found: dict[str, EventRow] = {}
    first: dict[str, Row] = {}
    for number, row in enumerate(table):
        if number == 0 and not _has_columns(row, mapping, findings):
            return {}
        identifier = reader.identifier(row)
        if identifier is None:
            continue
        earlier = first.setdefault(identifier, row)
        where = Where(row.file, row.line, identifier)
        if earlier is row:
            read = reader.read(row, identifier)
            if read is not None:
                found[identifier] = read
        elif earlier.values == row.values:
            findings.warning(
                where, f"the row of line {earlier.line} stands here again, and is kept once", "delete one of the two"
            )
        else:
            findings.error(
                where,
                f"two rows have the id “{shown(identifier)}”; the other one is in line {earlier.line}",
                "an id belongs to one row: give each its own; both are left out",
                path=mapping.report.id,
                value=identifier,
            )
    return found


def _has_columns(row: Row, mapping: TableMapping, findings: Findings) -> bool:
    """Whether the table has every column that the mapping reads; tells of those that nobody reads."""
    where = Where(row.file, 1)
    lacking = [column for column in mapping.columns if column not in row.values]
    if lacking:
        findings.unreadable(
            where,
            f"the table lacks columns that the mapping “{mapping.id}” reads: {', '.join(lacking)}",
            "choose the mapping of this format, or write one of your own with the names that the first line has",
        )
        return False
    known = {*mapping.columns, *mapping.not_read}
    if surplus := [shown(column) for column in row.values if column not in known]:
        findings.warning(
            where,
            f"columns that the mapping “{mapping.id}” does not know are not read: {', '.join(surplus)}",
            "name them in a mapping of your own, or ignore this",
        )
    return True


def _tell_outcomes(outcomes: Counter[tuple[FigureColumns, str]], where: Where, findings: Findings) -> None:
    """Says once for each kind of count how many made no claim, or one of 0."""
    for (columns, outcome), number in sorted(outcomes.items(), key=lambda item: str(item[0])):
        what, hint = _OUTCOMES[outcome]
        findings.warning(
            where,
            f"{number:,} × {columns.measure}, {columns.population}: {what}",
            hint,
            path=", ".join(columns.columns),
        )


class _Assembly:
    """Makes the records of a dossier out of rows without errors."""

    def __init__(self, mapping: TableMapping, rows: list[EventRow]) -> None:
        self._mapping = mapping
        self._spelled: dict[str, tuple[str, ...]] = {}
        self._rows = [replace(row, place=self._settled(row.place)) for row in rows]
        self._of_event: dict[str, list[EventRow]] = defaultdict(list)
        for row in self._rows:
            self._of_event[row.event].append(row)
        self._names: dict[str, str] = {}
        self._kinds: dict[str, Counter[str]] = defaultdict(Counter)
        self._events: dict[str, Event] = {}

    def dossier(self, where: Where, findings: Findings) -> Dossier:
        """The dossier of the table that stands at `where`."""
        mapping, file = self._mapping, where.file
        for event, rows in self._of_event.items():
            self._events[event] = self._event(event, rows)
        self._tell_differences(where, findings)
        documents: list[DocumentRecord] = []
        entered: dict[str, tuple[str, int]] = {}
        for row in self._rows:
            line = (file, row.where.line or 1)
            record = self._document(row, findings)
            documents.append(record)
            entered |= {record.document.id: line} | {report.digest: line for report in record.reports}
        about = DossierRecord(
            identifier=mapping.id,
            title=mapping.title,
            licence=mapping.licence,
            editors=mapping.editors,
            events=tuple(self._events.values()),
            actors=tuple(self._actor(name) for name in self._names.values()),
            places=tuple(self._places()),
        )
        return Dossier(about, tuple(documents), entered | {about.id: (file, 1)})

    # events and places

    def _settled(self, place: tuple[str, ...]) -> tuple[str, ...]:
        """The place as its first row spells it: spellings that differ in case or spacing alone are one place."""
        if not place:
            return ()
        name = fold(_full(place))
        if name not in self._spelled:
            self._spelled[name] = (place[0], *self._settled(place[1:]))
        return self._spelled[name]

    def _event(self, identifier: str, rows: list[EventRow]) -> Event:
        """An event with the place and the days that most of its rows give; of equals, those of the first row."""
        place = _most(row.place for row in rows if row.place) or ()
        start, end = _most((row.start, row.end) for row in rows if row.start or row.end) or (None, None)
        what = ", ".join(filter(None, (place[0] if place else None, _days(start, end))))
        label = f"{identifier}: {what}" if what else identifier
        return Event(identifier, label, place_id(_full(place)) if place else None, start, end)

    def _tell_differences(self, where: Where, findings: Findings) -> None:
        """Says once how many events have rows that differ in days or place."""
        columns = self._mapping.event
        for name, path, values in (
            ("days", (columns.start, columns.end), lambda row: (row.start, row.end)),
            ("place", columns.place, lambda row: row.place),
        ):
            several = sum(
                len({values(row) for row in rows if any(values(row))}) > 1 for rows in self._of_event.values()
            )
            if several:
                findings.warning(
                    where._replace(line=1),
                    f"the rows of {several:,} of {len(self._events):,} events differ in their {name}",
                    "the claims have what most rows of the event give; what a row gives otherwise is noted on it",
                    path=", ".join(filter(None, path)),
                )

    def _places(self) -> Iterable[Place]:
        """The places of the events and those that they lie in, each with the position that most rows give it."""
        positions: dict[tuple[str, ...], Counter[tuple[float, float]]] = defaultdict(Counter)
        paths: dict[tuple[str, ...], None] = {}
        used = {event.place for event in self._events.values()}
        widest = len(self._mapping.event.place)
        for row in self._rows:
            if row.place and place_id(_full(row.place)) in used:
                paths |= {row.place[start:]: None for start in range(len(row.place))}
            # A row that names no more than the country has the position of something that has no name here.
            if row.position and (len(row.place) > 1 or widest == 1):
                positions[row.place][row.position] += 1
        for path in paths:
            lat, lon = positions[path].most_common(1)[0][0] if path in positions else (None, None)
            inside = place_id(_full(path[1:])) if len(path) > 1 else None
            yield Place(_full(path), part_of=inside, lat=lat, lon=lon)

    # sources

    def _speaker(self, name: str) -> Speaker:
        """A named source. Spellings that differ in case or spacing alone are one, under the first of them."""
        known = self._names.setdefault(fold(name), name)
        return Speaker(actor_id(known), None if known == name else name)

    def _actor(self, name: str) -> Actor:
        kinds = self._kinds[fold(name)]
        kind = kinds.most_common(1)[0][0] if kinds else None
        if kind is not None:
            kind = self._mapping.actor_kinds.get(fold(kind), kind)
        if name == self._mapping.dataset:
            kind = self._mapping.dataset_kind or kind
        return Actor(name, kind)

    # rows

    def _document(self, row: EventRow, findings: Findings) -> DocumentRecord:
        """The document of a row: its outlet in its own voice, or the data set, which may relay a nameless source."""
        mapping = self._mapping
        nameless = unnamed(row.outlet) if row.outlet else _NOBODY if mapping.report.outlet else None
        named = row.outlet if nameless is None else None
        outlet = self._speaker(named or mapping.dataset)
        if named and row.outlet_kind:
            self._kinds[fold(named)][row.outlet_kind] += 1
        document = Document(
            key=f"{mapping.id}/{row.id}",
            identifier=row.id,
            outlet=outlet.id,
            outlet_kind=row.outlet_kind if named else None,
            published=row.published,
            note=f"kind of source in the table: {row.outlet_kind}" if row.outlet_kind and not named else None,
        )
        chain, found = [outlet], list[UnnamedSource]()
        if nameless is not None:
            findings.warning(
                row.where,
                f"no source is named: kept as an unnamed one that {mapping.dataset} relays",
                "fill in who reported it, if that is known",
                path=mapping.report.outlet,
            )
            found.append(UnnamedSource(document.id, (self._names[fold(mapping.dataset)], nameless)))
            chain.append(Speaker(found[0].id))
        cites: list[str] = []
        for name in row.cites:
            if mention := unnamed(name):
                found.append(UnnamedSource(document.id, ("cites", mention)))
                cites.append(found[-1].id)
            else:
                cites.append(self._speaker(name).id)
        reports = tuple(self._report(row, count, document.id, tuple(chain)) for count in row.counts)
        document = replace(document, cites=tuple(dict.fromkeys(cites)))
        return DocumentRecord(document, reports, tuple({source.id: source for source in found}.values()))

    def _report(self, row: EventRow, count: Count, document: str, chain: tuple[Speaker, ...]) -> Report:
        event, columns = self._events[row.event], count.columns
        claim = Claim(
            kind="quantity",
            event=event.id,
            place=event.place,
            window=Window(event.start, event.end),
            measure=columns.measure,
            population=columns.population,
            figure=count.figure,
        )
        saying = Saying(
            certainty="coded",
            as_of=row.published,
            as_of_basis="published" if row.published else None,
            note="; ".join(filter(None, (count.note, *self._differences(row, event)))) or None,
        )
        several = sum(other.measure == columns.measure for other in self._mapping.figures) > 1
        words = [columns.measure, columns.population] if several else [columns.measure]
        return Report(document, chain, claim, saying, "-".join((row.id, *words)).replace(" ", "-"))

    def _differences(self, row: EventRow, event: Event) -> Iterable[str]:
        """What the row gives otherwise than its event."""
        if row.misordered:
            yield f"days in the table, in the wrong order: {row.misordered}"
        elif (row.start or row.end) and (row.start, row.end) != (event.start, event.end):
            yield f"days in the table: {_days(row.start, row.end)}"
        if row.place and place_id(_full(row.place)) != event.place:
            yield f"place in the table: {_full(row.place)}"


def _most(values: Iterable[_Value]) -> _Value | None:
    """The most frequent value; of equals, the first."""
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else None


def _full(place: tuple[str, ...]) -> str:
    """A place with all that it lies in, as towns of one name are told apart: "Abobo, Abidjan, Ivory Coast"."""
    return ", ".join(place)


def _days(start: dt.date | None, end: dt.date | None) -> str | None:
    named = [f"{day.day} {day:%B} {day.year}" for day in dict.fromkeys((start, end)) if day]
    if start is None or end is None:
        return f"{'from' if start else 'until'} {named[0]}" if named else None
    return " – ".join(named)
