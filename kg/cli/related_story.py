"""What relations add to the story of the example dossier: disputes, histories, sums, and who is contradicted.

As everywhere in the story, every number that is printed is counted in the rows of a saved question.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from rich.table import Table

from kg.cli.printing import Row, Words, count, name_of, plain_table, rows_of, short_id
from kg.cli.story import Story, listed, number
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.vocab import term

_DISPUTES = 3
_CAMPS = 4
_SUMS = 3
_CHALLENGES = 2
_CHALLENGED = frozenset(term(f"kg:{name}Relation") for name in ("contradicts", "disputes"))
_BY_CHALLENGE = frozenset(term(f"kg:{name}Rule") for name in ("denial", "doubt"))


class RelatedStory(Story):
    """The story with the sections that need relations to be worked out."""

    def disputes(self) -> None:
        """For each place the count most in dispute: the figures that stand against one another, and who gives them."""
        found = self._ask("disputes")
        camps: dict[Term | None, list[Row]] = defaultdict(list)
        for row in rows_of(found):
            camps[row["scope"]].append(row)
        firsts: dict[Term | None, list[Row]] = {}
        for of_scope in camps.values():
            firsts.setdefault(of_scope[0]["place"], of_scope)
        told = list(firsts.values())[:_DISPUTES]
        contradicting, rivalling = len(self._ask("contradictions")), len(self._ask("rivals"))
        self._heading(
            "Which figures conflict",
            f"{count(len(camps), 'count')} in dispute: figures for one place and the same days that contradict another "
            "(both cannot be so) or rival it (both can be so, but a reader would not expect it). Pair by pair: "
            f"{contradicting:,} contradict each other, {rivalling:,} rival. The first dispute of each place:",
        )
        for of_scope in told:
            self._dispute(found, of_scope)
        self._more(len(camps) - len(told), "disputes")

    def history(self) -> None:
        """The longest series of figures of the source on whose word most documents rest."""
        source, *_ = self.resting[0]
        name = name_of(self.origins, source)
        found = self._revised(source)
        rows = rows_of(found)
        series = self._longest(rows)
        table = plain_table("as of", "figure", "change")
        table.columns[2].justify = "right"
        for before, claim in zip((None, *series), series, strict=False):
            row = next(row for row in rows if row["claim"] == claim and (row["previous"] == before or before is None))
            change = f"{number(row['change']):+,}" if before and row["change"] else ""
            table.add_row(Words(found.shown(row["date"])), figure(found, claim), change)
        self._heading(
            f"How the figures of {name} moved",
            f"The longest series among the {count(len({row['claim'] for row in rows}), 'figure')} it gave: each takes "
            "the place of the one above it.",
        )
        self._show(table)
        self._say(f"All of them: {self.program} ask revisions source={shlex.quote(name)} event={self.event}")

    def sums(self) -> None:
        """Parts that add up to their whole, and such that do not."""
        found = self._ask("sums")
        sums = {(row["whole"], row["why"]): str(row["closes"]) == "true" for row in rows_of(found)}
        failing = [reason for (_, reason), closes in sums.items() if not closes]
        self._heading(
            "Which parts add up",
            f"In {count(len(sums) - len(failing), 'case')} the parts that a source gives for one day come to its whole "
            f"exactly, in {len(failing):,} to more. Figures that add up belong together: they are of one toll.",
        )
        reasons = [*failing, *(reason for _, reason in sums)]
        for reason in list(dict.fromkeys(reasons))[:_SUMS]:
            self._point(found.shown(reason))
        self._more(len(sums) - min(len(sums), _SUMS), "sums")

    def challenges(self) -> None:
        """Where a denial or doubt meets what somebody else affirms."""
        challenged = self._ask("challenged")
        told: list[str] = []
        for claim in dict.fromkeys(row["claim"] for row in rows_of(challenged)):
            found, rows = self._relations(claim)
            what = challenged.labels.get(claim) if isinstance(claim, IRI) else None
            told += [
                (f"{what}. " if what else "") + found.shown(row["why"])
                for row in rows
                if row["relation"] in _CHALLENGED and row["rule"] in _BY_CHALLENGE
            ]
        self._show(Words(f"\nIn {count(len(told), 'case')} this meets what somebody else affirms:"))
        for text in told[:_CHALLENGES]:
            self._point(text)
        if len(told) > _CHALLENGES:
            self._say(f"… and {len(told) - _CHALLENGES:,} more; every challenge: {self._command('challenged')}")

    # ---- parts -----------------------------------------------------------------------------------------------------

    @cached_property
    def _held(self) -> Mapping[Term | None, int]:
        """In how many documents each figure is."""
        return {row["claim"]: number(row["documents"]) for row in rows_of(self.figures)}

    def _dispute(self, found: Result, camps: Sequence[Row]) -> None:
        """The camps in most documents, in order of their numbers."""
        weights = sorted((-self._held.get(row["camp"], 0), place) for place, row in enumerate(camps))
        chosen = sorted(place for _, place in weights[:_CAMPS])
        left = len(camps) - len(chosen)
        self._show(
            Words(found.shown(camps[0]["scope"]).partition(" (")[0], "bold").append(
                f" · {count(len(camps), 'figure')}" + (f", the {len(chosen)} in most documents:" if left else ":"),
                "dim",
            )
        )
        table = plain_table("figure", "", "on the word of")
        for place in chosen:
            row = camps[place]
            sources = Words(listed(self._who_said(row["camp"]), "source"))
            table.add_row(figure(found, row["camp"], row["scope"]), Words(found.shown(row["label"])), sources)
        self._show(table)
        self.out.print()

    def _point(self, text: str) -> None:
        """A sentence of a list, its further lines under the first."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column()
        grid.add_column(overflow="fold")
        grid.add_row("·", Words(text))
        self._show(grid)

    def _revised(self, source: IRI) -> Result:
        return self.workspace.ask("revisions", source=source.value, event=self.event)

    def _relations(self, claim: Term | None) -> tuple[Result, list[Row]]:
        assert isinstance(claim, IRI)
        found = self.workspace.ask("relations", claim=claim.value)
        return found, rows_of(found)

    def _longest(self, rows: Iterable[Row]) -> list[IRI]:
        """The longest chain of figures, each with the one before it as its previous; of several the highest."""
        previous: dict[IRI, list[IRI]] = defaultdict(list)
        lower: dict[IRI, int] = {}
        for row in rows:
            claim, before = row["claim"], row["previous"]
            if isinstance(claim, IRI):
                lower[claim] = number(row["lower"]) if isinstance(row["lower"], Literal) else 0
                previous[claim] += [before] if isinstance(before, IRI) else []

        def ending(claim: IRI) -> list[IRI]:
            """The longest chain that ends at the claim. Figures follow one another in time: there is no ring."""
            return [*max(map(ending, previous[claim]), key=len, default=[]), claim]

        return max(map(ending, list(lower)), key=lambda series: (len(series), lower[series[-1]]), default=[])


def figure(found: Result, claim: Term | None, scope: Term | None = None) -> Words:
    """A figure in words with its short id, without the place and days that the words of its `scope` say."""
    assert isinstance(claim, IRI)
    said = found.shown(scope).partition(", ")[2].partition(" (")[0] if scope is not None else ""
    words = Words(f"{found.shown(claim).removesuffix(f', {said}')} · ")
    words.append(short_id(claim) or "", "dim")
    return words
