"""The life of a number, told to an editor: first appearance, what changed, on whose word, and every form.

Every count of documents and outlets that is printed is counted in the rows of the saved question `trace`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table

from kg.cli.printing import Words, count, name_of, plain_table, short_id
from kg.labels import claim_label, days
from kg.results import Result
from kg.terms import IRI
from kg.views.life import Giving, Life
from kg.workspace import Workspace

_Key = TypeVar("_Key", bound=Hashable)

_FIRSTS = 4
_SOURCES = 10
_FORMS = 15
_CHANGES = 3  # sources whose forms are compared
_VALUES = 5
_NAMES = 3

#: What can change about a number while it stays the same, in the order in which it is told.
_DIMENSIONS = ("population", "place", "days counted", "printed as", "responsible party", "certainty")
#: "finds no evidence for it"; every other stance is simply towards it.
_OBJECT = {"finds no evidence": "for it"}
#: What a figure counts: what all forms share is said once.
_PARTS = ("responsible party", "place", "days counted")


@dataclass
class LifeStory:
    """Prints the life of `number`; `event` narrows what else is asked as it narrowed the life.

    `program` is how a command for this workspace begins: "kg", with its options.
    """

    workspace: Workspace
    life: Life
    number: int
    event: str | None
    out: Console
    program: str = "kg"

    def tell(self) -> None:
        """All that is known without relations."""
        self.summary()
        if self.given:
            self.first()
            self.changes()
            self.sources()
            self.forms()
        self.doubts()

    @cached_property
    def given(self) -> Sequence[Giving]:
        """Those who give the number; the others take it back, deny or doubt it."""
        return self.life.given

    @cached_property
    def _several_events(self) -> bool:
        return len({form["event"] for form in self.life.forms.values()}) > 1

    # ---- the parts -------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        """Where and when it was printed, on whose word; who took it back, denied or doubted it."""
        self.out.print(Words(f"The life of {self.number:,}", "bold underline"))
        if not self.given:
            self._show(Words(f"Nobody gives this number; it is only {self._against}."))
            self._challenges()
            return
        span = self._when([giving for giving in self.given if giving.date] or self.given, year=True)
        told = f"Printed in {_documents(self.given)} of {_outlets(self.given)}, {span}, on the word of "
        origins = _gathered(self.given, lambda giving: giving.origin)
        named = sorted(origins.values(), key=_held, reverse=True)
        words = [self._origin(givings) + f" in {_held(givings):,}" * (len(named) > 1) for givings in named[:_NAMES]]
        self._show(Words(told + _and(words, len(named) - len(words)) + "."))
        self._challenges()

    def _challenges(self) -> None:
        """One sentence for each source that took the number back, and one for all who deny or doubt it."""
        several = len({giving.claim for giving in self.given}) > 1
        for giving in self.life.taken_back[:_NAMES]:
            what = f"its {self._figure(giving.claim, ())}" if several else "it"
            later = self.life.given_after(giving)
            since = f"; given on its word since in {_documents(later)}" if later else ""
            when = f"on {self._when([giving], year=True)}" if giving.date else "in an undated document"
            told = f"{self._origin([giving])} took {what} back {when} ({giving.identifier}){since}."
            self._show(Words(told, "bold"))
        self._more(len(self.life.taken_back) - _NAMES)
        if self.life.doubting:
            origins = _gathered(self.life.doubting, lambda giving: giving.origin)
            names = [self._origin(givings) for givings in list(origins.values())[:_NAMES]]
            told = f"Denied or doubted by {count(len(origins), 'source')}: {_and(names, len(origins) - len(names))}."
            self._show(Words(told, "bold"))

    @cached_property
    def _against(self) -> str:
        told = ("taken back", self.life.taken_back), ("denied or doubted", self.life.doubting)
        return ", ".join(words for words, who in told if who)

    def first(self) -> None:
        """The documents of the first day: a day is all that is known, so that none of several was the first."""
        dated = [giving for giving in self.given if giving.date is not None]
        undated = _held(self.given) - _held(dated)
        opening = [giving for giving in dated if giving.date == dated[0].date] if dated else list(self.given)
        if not dated:
            self._heading("First appearance: unknown", "No document that prints it has a date.")
        else:
            several = f"{_documents(opening)} of that day; which was first is not known." if _held(opening) > 1 else ""
            earlier = f"{count(undated, 'document')} without a date may be earlier." if undated else ""
            self._heading(f"First appearance: {self._when(opening, year=True)}", f"{several} {earlier}".strip())
        places = _gathered(opening, lambda giving: (giving.document, giving.statement))
        for (_, statement), givings in list(places.items())[:_FIRSTS]:
            grid = Table.grid(padding=(0, 1))
            grid.add_column()
            grid.add_column(overflow="fold")
            credits = ", and ".join(dict.fromkeys(map(self._credit, givings)))
            grid.add_row("·", Words(self._outlet(givings[0]), "bold").append(f", {credits}"))
            if statement:
                grid.add_row("", Words(statement))
            for printed in dict.fromkeys(giving.printed for giving in givings if giving.printed):
                grid.add_row("", Words(f"printed: “{printed}”", "dim"))
            self._show(grid)
        self._more(len(places) - _FIRSTS)

    def changes(self) -> None:
        """What the number was said to count, and when: of each source that gave it in several ways; where none did, of
        all together."""
        of_sources = _gathered(self.given, lambda giving: (giving.origin, self._matter(giving)))
        groups = [
            (f"{self._name(origin)}’s {self.number:,} {matter}", givings)
            for (origin, matter), givings in sorted(of_sources.items(), key=lambda item: -_held(item[1]))
            if any(self._varying(givings))
        ] or [
            (f"{self.number:,} {matter}", givings)
            for matter, givings in _gathered(self.given, self._matter).items()
            if any(self._varying(givings))
        ]
        if not groups:
            return
        self._heading("What changed from one document to the next")
        for title, givings in groups[:_CHANGES]:
            self._show(Words(f"{title}, in {_documents(givings)}:"))
            grid = Table.grid(padding=(0, 1))
            grid.add_column()
            grid.add_column(overflow="fold")
            for dimension, words in self._varying(givings):
                grid.add_row("·", Words(f"{dimension}: ", "bold").append(words, "not bold"))
            self._show(grid)
        self._more(len(groups) - _CHANGES)

    def sources(self) -> None:
        """Who gives it: since when, in which documents."""
        if len(self.given) == 1:
            return
        table = plain_table("source", "since", "docs", "outlets")
        origins = _gathered(self.given, lambda giving: giving.origin)
        for origin, givings in list(origins.items())[:_SOURCES]:
            source = Words(self._origin(givings) + (", in its own voice" if origin == givings[0].outlet else ""))
            for way, through in _gathered(givings, lambda giving: giving.via).items():
                if way and not is_unnamed(origin):
                    part = "" if len(through) == len(givings) else f"{_held(through):,} "
                    source.append(f" ({part}through {_and([*map(self._name, way)])})", "dim")
            since = self._when([giving for giving in givings if giving.date == givings[0].date])
            table.add_row(source, Words(since), f"{_held(givings):,}", Words(self._outlets(givings)))
        self._heading("On whose word")
        self._table(table)
        self._more(len(origins) - _SOURCES)

    def forms(self) -> None:
        """Each different figure with the number: its days, documents, outlets and sources."""
        forms = _gathered(self.given, lambda giving: giving.claim)
        if len(self.given) == 1:
            return
        parts = {part: {self.life.forms[claim][part] for claim in forms} for part in _PARTS}
        shared = {part: values.pop() for part, values in parts.items() if len(values) == 1} if len(forms) > 1 else {}
        several = len({giving.origin for giving in self.given}) > 1
        table = plain_table("figure", "printed on", "docs", "outlets", *(["on the word of"] if several else []))
        for claim, givings in list(forms.items())[:_FORMS]:
            figure = Words(self._figure(claim, shared)).append(f" · {short_id(claim)}", "dim")
            names = [self._origin(group) for group in _gathered(givings, lambda giving: giving.origin).values()]
            told = [Words(_and(names[:_NAMES], len(names) - _NAMES))] if several else []
            when, outlets = Words(self._when(givings)), Words(self._outlets(givings))
            table.add_row(figure, when, f"{_held(givings):,}", outlets, *told)
        alike = ", ".join(value for value in shared.values() if value)
        self._heading(
            "Every form of it" if len(forms) > 1 else "Its one form", f"Alike in all: {alike}." if alike else ""
        )
        self._table(table)
        self._more(len(forms) - _FORMS)

    def doubts(self) -> None:
        """Who takes it back, denies or questions it."""
        doubting = [*self.life.taken_back, *self.life.doubting]
        if not doubting:
            return
        self._heading(self._against.capitalize())
        for giving in doubting[:_FIRSTS]:
            grid = Table.grid(padding=(0, 1))
            grid.add_column()
            grid.add_column(overflow="fold")
            by = f"{self._origin([giving])} {giving.stance} {_OBJECT.get(giving.stance, 'it')}"
            outlet = giving.identifier if giving.origin == giving.outlet else self._outlet(giving)
            where = f" · {outlet}, {self._when([giving])}"
            grid.add_row("·", Words(by, "bold").append(where, "not bold"))
            grid.add_row("", Words(giving.statement or self.life.names.get(giving.claim, "")))
            self._show(grid)
        self._more(len(doubting) - _FIRSTS)

    # ---- what changed ----------------------------------------------------------------------------------------------

    def _matter(self, giving: Giving) -> str:
        """What must be the same for two givings to be compared: the measure, and where there are several the event."""
        form = self.life.forms[giving.claim]
        return f"{form['measure']} ({form['event']})" if self._several_events else form["measure"] or ""

    def _varying(self, givings: Sequence[Giving]) -> Iterator[tuple[str, str]]:
        """(dimension, in words what it was and when) for each that is not the same in all."""
        for dimension in _DIMENSIONS:
            values: dict[str, list[Giving]] = defaultdict(list)
            for giving in givings:
                values[self._value(giving, dimension) or "unstated"].append(giving)
            if len(values) > 1:
                ordered = sorted(values.items(), key=lambda item: (_first(item[1]), -_held(item[1])))
                words = [self._told(value, group) for value, group in ordered[:_VALUES]]
                left = len(values) - len(words)
                yield dimension, "; ".join(words) + (f"; and {count(left, 'other')}" if left else "")

    def _value(self, giving: Giving, dimension: str) -> str | None:
        return giving.certainty if dimension == "certainty" else self.life.forms[giving.claim][dimension]

    def _figure(self, claim: IRI, shared: Collection[str]) -> str:
        """What the figure counts, without the parts that it shares with all others."""
        form = {part: None if part in shared else words for part, words in self.life.forms[claim].items()}
        words = claim_label(
            figure=self.life.forms[claim]["printed as"] or "",
            population=form["population"],
            measure=form["measure"],
            place=form["place"],
            window=form["days counted"],
            party=form["responsible party"],
        )
        return f"{words} ({form['event']})" if self._several_events else words

    def _told(self, value: str, givings: Sequence[Giving]) -> str:
        where = self._name(givings[0].outlet) if _held(givings) == 1 else _documents(givings)
        return f"{value} ({self._when(givings)}, {where})"

    # ---- words -----------------------------------------------------------------------------------------------------

    def _name(self, node: IRI) -> str:
        return name_of(Result((), (), labels=self.life.names), node)

    def _origin(self, givings: Sequence[Giving]) -> str:
        """Their one origin. An unnamed one is told with the way to it: two outlets' eyewitnesses are two."""
        name, via = self._name(givings[0].origin), givings[0].via
        if via and is_unnamed(givings[0].origin):
            return f"{name.removesuffix(')')}, through {_and([*map(self._name, via)])})"
        return name

    def _credit(self, giving: Giving) -> str:
        if giving.origin == giving.outlet:
            return "in its own voice"
        named = giving.via and not is_unnamed(giving.origin)
        through = f", through {_and([*map(self._name, giving.via)])}" if named else ""
        return f"on the word of {self._origin([giving])}{through}"

    def _outlet(self, giving: Giving) -> str:
        return f"{self._name(giving.outlet)} ({giving.identifier})"

    def _outlets(self, givings: Sequence[Giving]) -> str:
        names = list(dict.fromkeys(self._name(giving.outlet) for giving in givings))
        return _and(names[:_NAMES], len(names) - _NAMES)

    def _when(self, givings: Iterable[Giving], *, year: bool = False) -> str:
        """The days of publication, and whether some is unknown; without the year where all of this life is in one."""
        all_days = {giving.date for giving in givings}
        found = sorted(date for date in all_days if date is not None)
        span = days(found[0], found[-1]) if found else None
        years = {giving.date.year for giving in self.life.givings if giving.date is not None}
        if span and not year and len(years) == 1:
            span = span.removesuffix(f" {years.pop()}")
        return " and ".join(part for part in (span, "undated" if None in all_days else None) if part)

    # ---- printing --------------------------------------------------------------------------------------------------

    def _heading(self, title: str, text: str = "") -> None:
        self.out.print()
        self.out.print(Words(title, "bold underline"))
        if text:
            self._show(Words(text))

    def _show(self, what: RenderableType) -> None:
        self.out.print(Padding(what, (0, 0, 0, 2), expand=False))

    def _table(self, table: Table) -> None:
        for column in table.columns:
            if column.header.plain == "docs":  # type: ignore[union-attr]
                column.justify = "right"
        self._show(table)

    def _say(self, text: str) -> None:
        self.out.print(Words(f"  {text}", "dim"), soft_wrap=True)  # a command must stay in one piece

    def _more(self, left: int) -> None:
        if left > 0:
            self._say(f"… and {left:,} more among the rows")


def _gathered(givings: Iterable[Giving], key: Callable[[Giving], _Key]) -> Mapping[_Key, list[Giving]]:
    found: dict[_Key, list[Giving]] = defaultdict(list)
    for giving in givings:
        found[key(giving)].append(giving)
    return found


def _held(givings: Iterable[Giving]) -> int:
    return len({giving.document for giving in givings})


def _documents(givings: Iterable[Giving]) -> str:
    return count(_held(givings), "document")


def _outlets(givings: Iterable[Giving]) -> str:
    return count(len({giving.outlet for giving in givings}), "outlet")


def is_unnamed(source: IRI) -> bool:
    return "/unnamed/" in source.value


def _first(givings: Iterable[Giving]) -> dt.date:
    return min(giving.date or dt.date.max for giving in givings)


def _and(names: Sequence[str], left: int = 0) -> str:
    """The names in a row: "a, b and c", or with more left "a, b, c and 2 others"."""
    if left > 0:
        return f"{', '.join(names)} and {count(left, 'other')}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
