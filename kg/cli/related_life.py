"""What relations add to the life of a number: what its sources gave before and after, and what it adds up with."""

from __future__ import annotations

import datetime as dt
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table

from kg.cli.life_story import LifeStory, is_unnamed
from kg.cli.printing import Row, Words, rows_of, short_id
from kg.labels import day
from kg.relate import is_related
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.views.life import told_otherwise

_SOURCES = 5
_AROUND = 5
_SUMS = 3


class RelatedLifeStory(LifeStory):
    """The life with the sections that need relations to be worked out, and the commands that go on from it."""

    def tell(self) -> None:
        super().tell()
        if self.given:
            self.around()
        self.rows()

    def around(self) -> None:
        """What the named sources gave before, after, and in other reports of the same day; sums that it is part of."""
        related = is_related(self.workspace.store, self.workspace.base)
        if not related:
            why = (
                "documents or judgements have changed since relations were worked out"
                if related is False
                else "not worked out yet"
            )
            self._heading("Before and after")
            self._say(f"{why.capitalize()}: type {self.program} relate")
            return
        named = [origin for origin in dict.fromkeys(giving.origin for giving in self.given) if not is_unnamed(origin)]
        others = _pairs(told_otherwise(self.workspace.store, self.life.forms))
        for origin in named[:_SOURCES]:
            self._around(origin, others.get(origin, []))
        self._sums()

    def rows(self) -> None:
        """The commands that go on from here."""
        event = f" event={shlex.quote(self.event)}" if self.event else ""
        self.out.print()
        self._say(f"All rows: {self.program} ask trace number={self.number}{event}")
        first = (self.given or self.life.givings)[0]
        self._say(f"One document: {self.program} show {shlex.quote(first.identifier)}")

    # ---- before and after ------------------------------------------------------------------------------------------

    def _around(self, origin: IRI, others: Sequence[IRI]) -> None:
        found = self.workspace.ask("revisions", source=origin.value, event=self.event)
        rows = rows_of(found)
        own = self.life.forms.keys()
        dated = {row["claim"]: row for row in rows}
        before = [dated[row["previous"]] for row in rows if row["claim"] in own and row["previous"] in dated]
        after = [row for row in rows if row["previous"] in own]
        beside = [dated[claim] for claim in others if claim in dated]
        told_beside = {row["claim"] for row in beside}
        told: list[RenderableType] = []
        for title, group in (("Before", before), ("The same day, in other reports", beside), ("After", after)):
            elsewhere = own | (told_beside if group is not beside else set())
            kept = {row["claim"]: row for row in group if row["claim"] not in elsewhere}
            ordered = sorted(kept.values(), key=lambda row: (str(row["date"] or "9999"), _lower(row)))
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column()
            grid.add_column(overflow="fold")
            for row in ordered[:_AROUND]:
                grid.add_row(Words(_day(row["date"])), _figure(found, row["claim"]))
            if len(ordered) > _AROUND:
                grid.add_row("", Words(f"… and {len(ordered) - _AROUND:,} more", "dim"))
            told += [Words(f"{title}:"), Padding(grid, (0, 0, 0, 2), expand=False)] if kept else []
        if told:
            self._heading(f"What else {self._name(origin)} gave", "By the day for which it was given.")
        for part in told:
            self._show(part)

    def _sums(self) -> None:
        found = self.workspace.ask("sums", event=self.event)
        own = self.life.forms.keys()
        why = dict.fromkeys(found.shown(row["why"]) for row in rows_of(found) if {row["whole"], row["part"]} & own)
        if not why:
            return
        self._heading("What it adds up with")
        for reason in list(why)[:_SUMS]:
            grid = Table.grid(padding=(0, 1))
            grid.add_column()
            grid.add_column(overflow="fold")
            grid.add_row("·", Words(reason))
            self._show(grid)
        if len(why) > _SUMS:
            self._say(f"… and {len(why) - _SUMS:,} more: {self.program} ask sums")


def _pairs(pairs: Iterable[tuple[IRI, IRI]]) -> Mapping[IRI, list[IRI]]:
    found: dict[IRI, list[IRI]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _figure(found: Result, claim: Term | None) -> Words:
    assert isinstance(claim, IRI)
    words = Words(f"{found.shown(claim)} · ")
    words.append(short_id(claim) or "", "dim")
    return words


def _day(date: Term | None) -> str:
    return day(dt.date.fromisoformat(date.value[:10])) if isinstance(date, Literal) else "unknown"


def _lower(row: Row) -> int:
    return int(str(row["lower"])) if row["lower"] is not None else 0
