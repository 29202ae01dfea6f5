"""Days as sentences have them: "by 14 March", "6–10 March 2025", "since 2025-03-06" → the days of a window.

A year that is left out is that of the event. Days that could be read in two ways are refused: 3/4 is two days, and from
9 March to 6 March is a slip or most of a year.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from kg.ingest import values
from kg.ingest.findings import UnfitError
from kg.labels import day, days

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)}|sept\.?|(?:{'|'.join(month[:3] for month in _MONTHS)})\.?)"
_NUMBER = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<{0}y>\d{{4}})(?!\d))?"
_TO = r" ?(?:[-–—]|\bto\b|\buntil\b|\btill\b|\bthrough\b|\band\b) ?"


def _date(name: str) -> str:
    """A pattern for one day: 2025-03-14, 14 March 2025 or March 14, 2025; groups begin with `name`."""
    year = _YEAR.format(name)
    return (
        rf"(?:(?P<{name}iso>\d{{4}}-\d\d-\d\d)(?!\d)|(?P<{name}d>{_NUMBER})(?: of)? (?P<{name}m>{_MONTH})(?!\w){year}"
        rf"|(?P<{name}m2>{_MONTH}) (?P<{name}d2>{_NUMBER})(?!\d){year.replace('<' + name + 'y>', '<' + name + 'y2>')})"
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text + r"(?![\w/])", re.IGNORECASE)


_OPENING = r"(?:(?:from|between|on|during|over|in) )?(?:the )?"
_STRETCHES = (
    _pattern(rf"{_OPENING}(?P<ad>{_NUMBER}){_TO}(?P<bd>{_NUMBER}) (?P<bm>{_MONTH})(?!\w){_YEAR.format('b')}"),
    _pattern(rf"{_OPENING}(?P<bm>{_MONTH}) (?P<ad>{_NUMBER}){_TO}(?P<bd>{_NUMBER})(?!\d){_YEAR.format('b')}"),
    _pattern(rf"{_OPENING}{_date('a')}{_TO}{_date('b')}"),
)
_SINGLE = {
    "as_of": _pattern(rf"as (?:of|at) {_date('b')}"),
    "end": _pattern(rf"(?:by|until|till|up to|to|through) {_date('b')}"),
    "start": _pattern(rf"(?:since|from|starting|beginning)(?: on)? {_date('b')}"),
    "day": _pattern(rf"(?:on )?{_date('b')}"),
}
_WHOLE_MONTH = _pattern(rf"(?:in|during|throughout) (?P<bm>{_MONTH})(?!\w){_YEAR.format('b')}")
_BESIDE = re.compile(rf"(?:before|after) {_date('b')}", re.IGNORECASE)
_SLASHES = re.compile(r"(?:[a-z]+ )*(?P<typed>\d{1,4}([/.])\d{1,2}(?:\2\d{1,4})?)(?!\d)", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:(?:on|by|since|until|from) )?(?P<typed>today|yesterday|tonight|now|last \w+|this \w+"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_WRITE = "write it like 14 March 2025 or 2025-03-14"
_HALF_A_YEAR = dt.timedelta(days=183)


class EventDays(NamedTuple):
    """The first and last day of the event that a sentence is about; None where unstated."""

    start: dt.date | None = None
    end: dt.date | None = None

    def year(self, month: int, number: int) -> int:
        """The year of a day that was written without one. UnfitError where the event does not say."""
        known = sorted({date.year for date in self if date is not None})
        years = [year for year in known if self._has(year, month, number)] or known
        if len(years) == 1:
            return years[0]
        of = f"the event covers {days(self.start, self.end)}" if known else "the days of the event are unstated"
        raise UnfitError(f"the year is not said, and {of}", _WRITE)

    def _has(self, year: int, month: int, number: int) -> bool:
        date = _day(year, month, number)
        return (self.start is None or self.start <= date) and (self.end is None or date <= self.end)


class DatePhrase(NamedTuple):
    """What a phrase at the beginning of a text says, and how long it is.

    `columns` are of a row of assertions, with days as YYYY-MM-DD. `taken` names days whose year was the event's.
    """

    columns: dict[str, str]
    length: int
    taken: str | None = None


def read_dates(text: str, event: EventDays) -> DatePhrase | None:
    """The days that a text begins with, None where it begins with none. UnfitError for what has two readings."""
    for stretch in _STRETCHES:
        if found := stretch.match(text):
            return _stretch(found, event)
    for what, pattern in _SINGLE.items():
        if found := pattern.match(text):
            date, taken = _of(found, "b", event)
            columns = {"as_of": ["as_of"], "end": ["window_end"], "start": ["window_start"]}
            filled = dict.fromkeys(columns.get(what, ["window_start", "window_end"]), date.isoformat())
            return DatePhrase(filled, found.end(), day(date) if taken else None)
    if found := _WHOLE_MONTH.match(text):
        return _month(found, event)
    if found := _BESIDE.match(text):
        raise UnfitError(
            f"“{found.group()}” leaves open whether the day itself is meant", "write by, since, or from … to …"
        )
    if found := _SLASHES.match(text):
        raise UnfitError(f"“{found['typed']}” can be read as more than one day", _WRITE)
    if found := _RELATIVE.match(text):
        raise UnfitError(f"“{found['typed']}” is no day by itself", _WRITE)
    return None


def _stretch(found: re.Match[str], event: EventDays) -> DatePhrase:
    last, taken = _of(found, "b", event)
    groups = found.groupdict()
    if groups.get("aiso"):
        first = values.day(groups["aiso"])
    else:
        written = groups.get("am") or groups.get("am2")
        month = _month_of(written) if written else last.month
        number = _number(groups.get("ad") or groups.get("ad2") or "")
        stated = groups.get("ay") or groups.get("ay2")
        first = _day(int(stated) if stated else last.year, month, number)
        if first > last and (taken or not stated):
            before = _day(last.year - 1, month, number)
            if stated or not written or not _over_new_year(before, last, event, by_event=taken):
                hint = "write the years, or correct the days"
                raise UnfitError(f"in “{found.group().strip()}” the days run backwards", hint)
            first = before
    columns = {"window_start": first.isoformat(), "window_end": last.isoformat()}
    return DatePhrase(columns, found.end(), days(first, last) if taken else None)


def _over_new_year(first: dt.date, last: dt.date, event: EventDays, *, by_event: bool) -> bool:
    """Whether a stretch whose first day has no year surely begins in the year before: from December to January."""
    if by_event:  # neither day has a year: the event must reach back as far
        return event.start is not None and event.start <= first
    return last - first < _HALF_A_YEAR


def _month(found: re.Match[str], event: EventDays) -> DatePhrase:
    month = _month_of(found["bm"])
    year = int(found["by"]) if found["by"] else event.year(month, 15)
    first = _day(year, month, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    columns = {"window_start": first.isoformat(), "window_end": last.isoformat()}
    return DatePhrase(columns, found.end(), None if found["by"] else days(first, last))


def _of(found: re.Match[str], name: str, event: EventDays) -> tuple[dt.date, bool]:
    """The day of a match, and whether its year was taken from the event."""
    groups = found.groupdict()
    if groups.get(f"{name}iso"):
        return values.day(groups[f"{name}iso"]), False
    month = _month_of(groups.get(f"{name}m") or groups.get(f"{name}m2") or "")
    number = _number(groups.get(f"{name}d") or groups.get(f"{name}d2") or "")
    stated = groups.get(f"{name}y") or groups.get(f"{name}y2")
    return _day(int(stated) if stated else event.year(month, number), month, number), not stated


def _month_of(written: str) -> int:
    word = written.rstrip(".").casefold()
    short = {"sept": "september"}.get(word, word)
    for number, name in enumerate(_MONTHS, start=1):
        if name == short or (len(short) == 3 and name.startswith(short)):
            return number
    raise UnfitError(f"“{written}” is no month", _WRITE)


def _number(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _day(year: int, month: int, number: int) -> dt.date:
    return values.day(f"{year:04}-{month:02}-{number:02}")
