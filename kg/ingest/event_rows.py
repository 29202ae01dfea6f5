"""A row of a table of events → what it says, read by the columns that a mapping names."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from kg.ingest import values
from kg.ingest.findings import Fault, Findings, UnfitError, Where
from kg.ingest.mapping import FigureColumns, TableMapping
from kg.ingest.tables import Row
from kg.model import Figure
from kg.names import fold

_Value = TypeVar("_Value")

# Programs that hold whole numbers as floats write 14 as 14.0. Two or more zeros could be thousands (1.000).
_FLOAT = re.compile(r"(-?[0-9]+)\.0")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]00:00(?::00(?:\.0+)?)?")
_DAY_IN_BRACKETS = re.compile(r"\(([0-9]{4}-[0-9]{2}-[0-9]{2})\)")

#: Why a count made no claim, or is to be read with care; the words are those of the warnings.
NO_NUMBER, NO_LIMIT, ZEROS_KEPT, ZEROS_LEFT_OUT = "no number", "no limit", "zeros kept", "zeros left out"


@dataclass(frozen=True, slots=True)
class Count:
    """A count as a claim has it, and what the figure alone cannot say."""

    columns: FigureColumns
    figure: Figure
    note: str | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """What one row says. None and () are unstated.

    `id` and `event` are ids fit for IRIs. `place` has names from the narrowest place to the widest, `position` belongs
    to the first of them. `misordered` keeps days that stand in the wrong order, which are not taken as days.
    """

    where: Where
    id: str
    event: str
    outlet: str | None
    outlet_kind: str | None
    published: dt.date | None
    cites: tuple[str, ...]
    start: dt.date | None
    end: dt.date | None
    misordered: str | None
    place: tuple[str, ...]
    position: tuple[float, float] | None
    counts: tuple[Count, ...]


class EventRowReader:
    """Reads rows by a mapping. Errors go to the findings under the row's id, which they refuse.

    `outcomes` counts, over the rows without errors, the counts that made no claim and the zeros that did, by the
    measure and population and the reason.
    """

    def __init__(self, mapping: TableMapping, findings: Findings) -> None:
        self._mapping, self._findings = mapping, findings
        self._known: dict[tuple[Callable[[object], Any], str], Any] = {}
        self.outcomes: Counter[tuple[FigureColumns, str]] = Counter()

    def identifier(self, row: Row) -> str | None:
        """The row's id; None, after an error under its file and line, where it has none that can be used."""
        faults: list[Fault] = []
        found = self._value(row, self._mapping.report.id, _identifier, faults)
        where = Where(row.file, row.line, f"{row.file}:{row.line}")
        if found is None and not faults:
            faults.append(_missing(row, self._mapping.report.id))
        self._findings.faults(where, faults)
        return found

    def read(self, row: Row, identifier: str) -> EventRow | None:
        """What the row says; None after errors."""
        report, event = self._mapping.report, self._mapping.event
        where = Where(row.file, row.line, identifier)
        faults: list[Fault] = []

        def value(column: str | None, parse: Callable[[object], _Value]) -> _Value | None:
            return self._value(row, column, parse, faults) if column else None

        event_id = value(event.id, self._event_identifier)
        if event_id is None and not any(fault.path == event.id for fault in faults):
            faults.append(_missing(row, event.id))
        start, end = value(event.start, _day), value(event.end, _day)
        misordered = None
        if start and end and start > end:
            self._findings.warning(
                where,
                f"the event starts ({start}) after it ends ({end}): its days are taken as unknown",
                "look the days up; they are not put in order here, because either may be the wrong one",
                path=f"{event.start}, {event.end}",
            )
            start, end, misordered = None, None, f"{start} to {end}"
        counts: list[Count] = []
        outcomes: list[tuple[FigureColumns, str]] = []
        for columns in self._mapping.figures:
            count, outcome = self._count(row, columns, where, faults)
            counts += [count] if count else []
            outcomes += [(columns, outcome)] if outcome else []
        read = EventRow(
            where=where,
            id=identifier,
            event=event_id or "",
            outlet=value(report.outlet, _speaker),
            outlet_kind=value(report.outlet_kind, values.name),
            published=value(report.published, _day) or value(report.published_in, _day_in_brackets),
            cites=value(report.cites, values.names) or (),
            start=start,
            end=end,
            misordered=misordered,
            place=_without_echo([name for column in event.place if (name := value(column, values.name))]),
            position=self._position(row, where, faults),
            counts=tuple(counts),
        )
        self._findings.faults(where, faults)
        if faults:
            return None
        self.outcomes.update(outcomes)
        return read

    # cells

    def _value(self, row: Row, column: str, parse: Callable[[object], _Value], faults: list[Fault]) -> _Value | None:
        """A cell by its column; None where it is blank, or after a fault."""
        raw = row.values[column].strip()
        if not raw or raw in self._mapping.blanks:
            return None
        try:
            # The same names, days and numbers stand in many rows.
            found: _Value = self._known[parse, raw]
        except KeyError:
            try:
                found = self._known[parse, raw] = parse(raw)
            except UnfitError as unfit:
                faults.append(Fault(row.line, column, unfit.message, unfit.hint, raw))
                return None
        return found

    def _event_identifier(self, raw: object) -> str:
        return values.identifier(self._mapping.event.prefix + _plain_number(raw))

    def _position(self, row: Row, where: Where, faults: list[Fault]) -> tuple[float, float] | None:
        event = self._mapping.event
        if not event.latitude or not event.longitude:
            return None
        before = len(faults)
        lat = self._value(row, event.latitude, values.degrees, faults)
        lon = self._value(row, event.longitude, values.degrees, faults)
        if len(faults) > before or (lat is None and lon is None):
            return None
        if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self._findings.warning(
                where,
                "half a position" if lat is None or lon is None else f"lat {lat:g}, lon {lon:g} is not on the globe",
                "the position is taken as unknown; look whether a column is missing or the two are exchanged",
                path=f"{event.latitude}, {event.longitude}",
            )
            return None
        return lat, lon

    # counts

    def _count(
        self, row: Row, columns: FigureColumns, where: Where, faults: list[Fault]
    ) -> tuple[Count | None, str | None]:
        """The claim that a count makes, if any, and its outcome where that has a name."""
        before = len(faults)
        low, best, high = (
            self._value(row, column, _count, faults) if column else None
            for column in (columns.low, columns.best, columns.high)
        )
        if len(faults) > before:
            return None, None
        numbers = [number for number in (low, best, high) if number is not None]
        if numbers != sorted(numbers):
            given = (("low", low), ("best", best), ("high", high))
            value = ", ".join(f"{name} {number}" for name, number in given if number is not None)
            path, message = ", ".join(columns.columns), "the numbers are not in the order low ≤ best ≤ high"
            what = "this count alone" if columns.spare_row else "the row"
            hint = f"ask whoever made the table, or look at the sources; {what} is left out, and nothing is reordered"
            if columns.spare_row:
                self._findings.warning(where, message, hint, path=path, value=value)
            else:
                faults.append(Fault(row.line, path, message, hint, value))
            return None, None
        if not numbers:
            return None, NO_NUMBER
        zero = not any(numbers)
        if zero and not columns.keep_zeros:
            return None, ZEROS_LEFT_OUT
        figure = _figure(low, best, high)
        if figure is None:
            return None, NO_LIMIT
        notes = []
        if best is not None and best not in (low, high) and len(numbers) > 1:
            notes.append(f"best estimate in the table: {best:,}")
        if zero and columns.zeros_mean:
            notes.append(columns.zeros_mean)
        return Count(columns, figure, "; ".join(notes) or None), ZEROS_KEPT if zero else None


def _figure(low: int | None, best: int | None, high: int | None) -> Figure | None:
    """The figure of a count; None where the numbers exclude nothing (at least 0).

    With both ends it is "between", also where they are equal: somebody gave two limits. "Exactly" is only for a number
    printed with such a word, and "bare" for one that may be a tally still running.
    """
    if low is not None and high is not None:
        return Figure(low, high, "between")
    if low is not None:
        return Figure(low, None, "at least") if low else None
    if high is not None:
        return Figure(None, high, "at most")
    return Figure(best, best, "bare")


def _missing(row: Row, column: str) -> Fault:
    return Fault(row.line, column, f"{column} is missing", "every row needs it; fill it in")


def _plain_number(raw: object) -> str:
    written = str(raw)
    whole = _FLOAT.fullmatch(written)
    return whole.group(1) if whole else written


def _count(raw: object) -> int:
    return values.count(_plain_number(raw))


def _identifier(raw: object) -> str:
    return values.identifier(_plain_number(raw))


def _day(raw: object) -> dt.date:
    midnight = _MIDNIGHT.fullmatch(str(raw))
    return values.day(midnight.group(1) if midnight else raw)


def _day_in_brackets(raw: object) -> dt.date | None:
    """The one day that stands in brackets in a text; None where there is none, or several that differ."""
    found = set(_DAY_IN_BRACKETS.findall(str(raw)))
    return values.day(found.pop()) if len(found) == 1 else None


def _speaker(raw: object) -> str:
    name = values.name(raw)
    if ">" in name:
        raise UnfitError("“>” cannot stand in the name of a source", "write it in words; it parts the links of a chain")
    return name


def _without_echo(names: list[str]) -> tuple[str, ...]:
    """The names, but none that repeats the one before it: a province may stand in the column for towns as well."""
    return tuple(name for number, name in enumerate(names) if number == 0 or fold(name) != fold(names[number - 1]))
