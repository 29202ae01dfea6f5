"""What counting origins adds to the story: how many voices stand behind a figure, and what became of it in retelling.

As everywhere in the story, every number that is printed is counted in the rows of a saved question.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from kg.cli.printing import Row, Words, cell, count, name_of, plain_table, rows_of
from kg.cli.related_story import RelatedStory, figure
from kg.cli.story import number
from kg.labels import day
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.vocab import term

_STOPS = 7
_REPEATS = 5
_POINTS = 4
_ALTERED = 2
_ANNOUNCEMENTS = 2
_FORMS = 5
_OUTLETS = 3
_LOST = 3

_CONDITIONAL, _ALTERS = term("kg:conditional"), term("kg:altersReportOfRelation")
_STATUSES = tuple(term(f"kg:{name}Relation") for name in ("corroborates", "possiblyCorroborates", "repeats"))
_ASSUMING = "Holds if"  # so goes on what a reason rests on that nobody states

#: What the counts come to, in short.
_VERDICTS = {
    term("kg:corroboratesVerdict"): "two origins at least are known to differ",
    term("kg:possiblyCorroboratesVerdict"): "all may be one",
    term("kg:singleRelayVerdict"): "all come through one document or source",
    term("kg:repeatsVerdict"): "there is one origin",
    term("kg:ungroundedVerdict"): "there is none",
}

#: What can change, as the column `changed` names it, and as a reader is told. In the order in which it is told.
_CHANGES = {
    "figure": "the number itself",
    "bound": "the word with it (at least, nearly)",
    "population": "who is counted",
    "place": "where",
    "window": "on which days",
    "responsible party": "who did it",
    "certainty": "how surely",
}


class SupportStory(RelatedStory):
    """The story with the sections that count origins, and those that compare reports of one announcement."""

    def profile(self, measure: str) -> None:
        """How many stand behind each "at least so many" of a measure, at the floors that tell most."""
        found = self.workspace.ask("support-profile", event=self.event, measure=measure)
        rows = rows_of(found)
        told = telling(rows)
        table = plain_table("at least", "figures", "docs", "outlets", "independent", "verdict")
        for column in table.columns[:5]:
            column.justify = "right"
        for row in told:
            counts = (f"{number(row[name]):,}" for name in ("floor", "claims", "documents", "outlets"))
            table.add_row(*counts, interval(row), cell(found, row["verdict"]))
        several = next((row for row in told if number(row["origins_lower"]) > 1), None)
        self._heading(
            f"At least how many {measure}, and how many say so",
            "Who gives a higher figure stands behind every lower one. “Independent” is how many separate origins these "
            "documents come down to"
            + (f": {_meaning(several)}" if several else "")
            + ". This counts sources and is no probability: what more of them say is not therefore truer.",
        )
        self._show(table)
        present = {row["verdict"] for row in told}
        glosses = "; ".join(f"{found.shown(one)}: {words}" for one, words in _VERDICTS.items() if one in present)
        reading = f"{glosses[:1].upper()}{glosses[1:]}. " + (
            f"Told are {len(told):,} of {count(len(rows), 'row')}: the last of each verdict, and the figures beyond "
            "which most documents do not go."
        )
        if {row["grade"] for row in rows} == {_CONDITIONAL}:
            reading += (
                " All are conditional: days and places that figures leave open, and areas without a boundary, are "
                "taken to lie within the event's."
            )
        self._show(Words(reading, "dim"))
        self._say(f"All floors: {self._command('support-profile')} measure={measure}")

    def one_voice(self) -> None:
        """Claims that many documents have from one origin, and how many pairs of claims have origins that differ."""
        found = self._ask("repeats")
        firsts: dict[Term | None, Row] = {}
        for row in rows_of(found):
            firsts.setdefault(row["claim"], row)
        table = plain_table("claim", "docs", "outlets", "on the word of")
        for column in table.columns[1:3]:
            column.justify = "right"
        for row in list(firsts.values())[:_REPEATS]:
            documents, outlets = (f"{number(row[name]):,}" for name in ("documents", "outlets"))
            table.add_row(cell(found, row["claim"]), documents, outlets, cell(found, row["origin"]))
        self._heading(
            "Many documents, one voice",
            f"{count(len(firsts), 'claim')} that several documents make, or imply with a higher figure, all of them on "
            "the word of one origin. However many outlets quote one monitor, they are one voice.",
        )
        self._show(table)
        self._more(len(firsts) - _REPEATS, "repeats")
        pairs = Counter(row["status"] for row in rows_of(self._ask("corroborations")))
        differ, may, repeat = (pairs[status] for status in _STATUSES)
        self._show(
            Words(
                f"\nOf {count(differ + may + repeat, 'pair')} of claims that support each other, {differ:,} have "
                f"origins known to differ, {may:,} may have, and {repeat:,} have one and the same."
            )
        )
        self._say(f"Pair by pair: {self._command('corroborations')}")

    def single_points(self) -> None:
        """The sources on which claims rest entirely, although several documents make them."""
        found = self._ask("single-points-of-failure")
        table = plain_table("source", "claims", "documents")
        for column in table.columns[1:]:
            column.justify = "right"
        for row in rows_of(found)[:_POINTS]:
            table.add_row(cell(found, row["source"]), *(f"{number(row[name]):,}" for name in ("claims", "documents")))
        self._heading(
            "Whose failure takes claims with it",
            "Claims that several documents make or imply, and all ways to them lead through this one source. If it is "
            "wrong, or was misread, nothing else that was collected holds them up.",
        )
        self._show(table)
        self._more(len(found) - _POINTS, "single-points-of-failure")

    def retold(self, measure: str) -> None:
        """What changed in retelling: how often, what is shown to be altered, and announcements told in most forms."""
        found = self._ask("altered-reports")
        rows = rows_of(found)
        pairs = {(row["reported"], row["other"], row["origin"]): row for row in rows}
        changed = Counter(part for row in pairs.values() for part in str(row["changed"]).split(", "))
        told = ", ".join(f"{words} in {changed[part]:,}" for part, words in _CHANGES.items() if changed[part])
        self._heading(
            "What changed in retelling",
            f"{count(len(pairs), 'pair')} of figures in which documents give one source's word of one day differently: "
            f"{told}. Mostly the documents do not show who changed it: the source itself may have given both.",
        )
        altered = {row["why"]: row for row in rows if row["relation"] == _ALTERS}
        if altered:
            self._show(
                Words(f"{len(altered):,} shown to be altered, because what the documents had it from is here too:")
            )
        for why in list(altered)[:_ALTERED]:
            documents = {row["document"] for row in rows if row["why"] == why}
            self._point(f"{found.shown(why)} In {count(len(documents), 'document')}.")
        announcements = self._announcements(found, measure)
        if announcements:
            apart = "\n" if altered else ""
            self._show(Words(f"{apart}The announcements that are told in most forms, one of each source:"))
        for announcement in announcements:
            self.out.print()
            self._announcement(found, announcement)
        self._say(f"All of it: {self._command('altered-reports')}")

    def lost(self) -> None:
        """Documents that say in their own voice what others had said on somebody's word."""
        found = self._ask("attribution-lost")
        cases: dict[tuple[Term | None, Term | None], list[Row]] = defaultdict(list)
        for row in rows_of(found):
            cases[row["document"], row["statement"]].append(row)
        if not cases:
            return
        self._heading(
            "Whose name was left out",
            f"{count(len(cases), 'statement')} in a document's own voice that an earlier document had, or implied, on "
            "somebody's word. Whether it was found out anew is for a person to judge.",
        )
        for (document, statement), earlier in list(cases.items())[:_LOST]:
            before = "; ".join(
                f"on the word of {_name(found, r['origin'])}, {_name(found, r['earlier'])}" for r in earlier
            )
            self._point(f"{_name(found, document)}: “{found.shown(statement)}” Before, {before}.")
        self._say(f"As rows: {self._command('attribution-lost')}")

    # ---- announcements ---------------------------------------------------------------------------------------------

    def _announcements(self, found: Result, measure: str) -> list[_Announcement]:
        """Of each source the announcement that is told in most forms; the sources with most forms first."""
        counting = self.workspace.ask("event-figures", event=self.event, measure=measure)
        numbers = {row["claim"]: row["lower"] or row["upper"] for row in rows_of(counting)}
        ties: dict[IRI, list[tuple[IRI, IRI]]] = defaultdict(list)
        for row in rows_of(found):
            one, other, origin = row["reported"], row["other"], row["origin"]
            assert isinstance(one, IRI) and isinstance(other, IRI) and isinstance(origin, IRI)
            if one in numbers and other in numbers and _ASSUMING not in str(row["why"]):
                ties[origin].append((one, other))
        firsts = [
            _Announcement(origin, {claim: numbers[claim] for claim in max(together(pairs), key=len)})
            for origin, pairs in ties.items()
        ]
        return sorted(firsts, key=lambda told: (-len(told.numbers), told.origin.value))[:_ANNOUNCEMENTS]

    def _announcement(self, found: Result, told: _Announcement) -> None:
        """Its forms, those in most documents first; of as many those with the higher number."""
        given: dict[Term | None, list[Row]] = defaultdict(list)
        names: dict[IRI, str] = dict(found.labels)
        for value in dict.fromkeys(told.numbers.values()):
            traced = self.workspace.ask("trace", number=str(number(value)), event=self.event)
            names |= traced.labels
            for row in rows_of(traced):
                if row["origin"] == told.origin:
                    given[row["claim"]].append(row)
        dates = {row["claim"]: row["date"] for row in rows_of(self._revised(told.origin))}
        on = Counter(date.value[:10] for form in told.numbers if isinstance(date := dates.get(form), Literal))
        held = {form: len({row["document"] for row in given[form]}) for form in told.numbers}
        forms = sorted(held, key=lambda form: (-held[form], -number(told.numbers[form]), form.value))
        documents = len({row["document"] for form in forms for row in given[form]})
        left = len(forms) > _FORMS
        named = Result((), (), labels=names)
        self._show(
            Words(
                name_of(named, told.origin) + "".join(f", {day(_date(d))}" for d, _ in on.most_common(1)), "bold"
            ).append(
                f" · {count(len(forms), 'form')} in {count(documents, 'document')}"
                + (f", the {_FORMS} most frequent:" if left else ":"),
                "not bold dim",
            )
        )
        table = plain_table("form", "docs", "outlets")
        table.columns[1].justify = "right"
        for form in forms[:_FORMS]:
            outlets = sorted({_name(named, row["outlet"]) for row in given[form]})
            left_out = len(outlets) - _OUTLETS
            table.add_row(
                figure(named, form),
                f"{held[form]:,}",
                Words(", ".join(outlets[:_OUTLETS]) + (f" and {count(left_out, 'other')}" if left_out > 0 else "")),
            )
        self._show(table)


@dataclass(frozen=True)
class _Announcement:
    """What one source gave on one day: each form in which it is told, with its number."""

    origin: IRI
    numbers: Mapping[IRI, Term | None]


def telling(rows: Sequence[Row]) -> list[Row]:
    """The rows of a support profile that tell most, the lowest floor first: the last of each verdict, and the floors
    that most documents do not go beyond."""
    ordered = sorted(rows, key=lambda row: number(row["floor"]))
    last = {row["verdict"]: number(row["floor"]) for row in ordered}
    stops = {}
    for row, higher in zip_longest(ordered, ordered[1:]):
        stops[number(row["floor"])] = number(row["documents"]) - (number(higher["documents"]) if higher else 0)
    most = sorted(stops, key=lambda floor: (-stops[floor], -floor))[:_STOPS]
    return [row for row in ordered if number(row["floor"]) in {*last.values(), *most}]


def interval(row: Row) -> str:
    """The fewest and the most independent origins: "6–17", or "1" where they are the same."""
    lower, upper = number(row["origins_lower"]), number(row["origins_upper"])
    return f"{lower:,}–{upper:,}" if lower != upper else f"{upper:,}"


def together(pairs: Iterable[tuple[IRI, IRI]]) -> list[Collection[IRI]]:
    """The groups that the pairs make, directly or through others."""
    groups: list[set[IRI]] = []
    for pair in pairs:
        met = [group for group in groups if not group.isdisjoint(pair)]
        groups = [group for group in groups if group not in met] + [set(pair).union(*met)]
    return list(groups)


def _meaning(row: Row) -> str:
    lower, upper = number(row["origins_lower"]), number(row["origins_upper"])
    return (
        f"“{interval(row)}” is {lower:,} if all that may be one are counted as one, {upper:,} if each counts for itself"
    )


def _name(found: Result, value: Term | None) -> str:
    return name_of(found, value) if isinstance(value, IRI) else "somebody"


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
