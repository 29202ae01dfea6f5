"""What the example dossier shows, section by section.

Every number that is printed here is counted in the rows of a saved question, and none is typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.tree import Tree

from kg.cli.printing import Row, Words, cell, count, name_of, plain_table, rows_of
from kg.results import Result
from kg.terms import IRI, Literal, Term
from kg.workspace import Workspace

_MOST = 10
_FIGURES = 8
_STATEMENTS = 6
_NAMES = 3


@dataclass
class Story:
    """Asks the saved questions about one event, and prints what they answer.

    `program` is how a command for this workspace begins: "kg", with its options.
    """

    workspace: Workspace
    event: str
    out: Console
    program: str = "kg"
    _said: dict[IRI, Result] = field(default_factory=dict)

    @cached_property
    def figures(self) -> Result:
        """The figures of the event, those in most documents first."""
        found = self._ask("event-figures")
        place = found.columns.index("documents")
        return Result(found.columns, tuple(sorted(found.rows, key=lambda row: -number(row[place]))), "", found.labels)

    @cached_property
    def origins(self) -> Result:
        return self._ask("outlet-origins")

    def material(self, loaded: str) -> None:
        """What was loaded, and in which languages it is."""
        coverage = rows_of(self._ask("coverage"))
        documents: Counter[str] = Counter()
        for row in coverage:
            documents[str(row["language"] or "unstated")] += number(row["documents"])
        countries = {row["country"] for row in coverage} - {None}
        outlets = {row["outlet"] for row in rows_of(self.origins)}
        self._heading("What was loaded", loaded)
        self._show(
            Words(
                f"{count(len(outlets), 'outlet')} of {count(len(countries), 'country', 'countries')}; documents by "
                "language: "
                + ", ".join(f"{language} {held:,}" for language, held in documents.most_common())
                + f"; {count(len(self.figures), 'different figure')} given in them."
            )
        )

    def whose_word(self) -> None:
        """The sources on whose word most documents of others rest."""
        resting = self.resting
        table = plain_table("source", "documents", "outlets")
        for source, documents, outlets in resting[:_MOST]:
            table.add_row(Words(name_of(self.origins, source)), f"{documents:,}", f"{outlets:,}")
        for column in table.columns[1:]:
            column.justify = "right"
        self._heading(
            "Who reports on whose word",
            "Documents that give something on the word of the source, or of a person who speaks for it. The source's "
            "own documents are not counted.",
        )
        self._show(table)
        self._more(len(resting) - _MOST, "outlet-origins")

    def reported(self) -> None:
        """The figures in most documents: who printed them, on whose word."""
        table = plain_table("figure", "docs", "outlets", "on the word of")
        table.columns[1].justify = "right"
        for row in rows_of(self.figures)[:_FIGURES]:
            said = self._who_said(row["claim"])
            outlets, sources = (Words(listed(said, column)) for column in ("outlet", "source"))
            table.add_row(cell(self.figures, row["claim"]), f"{number(row['documents']):,}", outlets, sources)
        self._heading(
            "Which figures were reported",
            "Those in most documents, with the outlets and their sources; (2) after a name: in two documents.",
        )
        self._show(table)
        self._more(len(self.figures) - _FIGURES, "event-figures")

    def article(self, outlet: str, identifier: str) -> None:
        """The figures of one document, each at the end of the chain that it came through."""
        document = self.workspace.lookup.resolve("document", identifier)
        figures = {row["claim"] for row in rows_of(self.figures)}
        report = self.workspace.ask("outlet-reports", outlet=outlet)
        claims = dict.fromkeys(row["claim"] for row in rows_of(report) if row["document"] == document)
        publisher = self.workspace.lookup.resolve("source", outlet)
        tree = Tree(Words(outlet, "bold"), guide_style="dim")
        branches: dict[tuple[Term, ...], Tree] = {(publisher,): tree}
        given = 0
        for claim in claims:
            if claim not in figures:
                continue
            found = self.workspace.ask("chain", claim=str(claim))
            for chain in chains_of(found, document):
                for depth in range(2, len(chain) + 1):
                    if chain[:depth] not in branches:
                        source = Words(name_of(found, chain[depth - 1]))
                        branches[chain[:depth]] = branches[chain[: depth - 1]].add(source)
                branches[chain].add(cell(report, claim))
                given += 1
        self._heading(
            "One article, link by link",
            f"{report.labels.get(document, identifier)}: {count(given, 'figure')} in it, each under the source that it "
            "is credited to.",
        )
        self._show(tree)
        self._say(f"All that it says: {self.program} show {identifier}")

    def denied(self) -> None:
        """What was denied, questioned or not confirmed: one statement of each source, on who did what first."""
        found = self._ask("denials")
        acts = {_key(row) for row in rows_of(self._ask("responsibility"))}
        firsts: dict[Term | None, Row] = {}
        for row in sorted(rows_of(found), key=lambda row: (_key(row) not in acts, "/unnamed/" in str(row["source"]))):
            firsts.setdefault(row["source"], row)
        table = plain_table("source", "stance", "what it said", "document")
        for row in list(firsts.values())[:_STATEMENTS]:
            table.add_row(*(cell(found, row[column]) for column in ("source", "stance", "statement", "document")))
        self._heading(
            "What was denied, questioned or not confirmed",
            "One statement of each source; those about who did what come first.",
        )
        self._show(table)
        self._more(len(found) - min(len(firsts), _STATEMENTS), "denials")

    def unnamed(self) -> None:
        """Figures that nobody who is named affirms."""
        found = self._ask("unnamed-only")
        figures = {row["claim"] for row in rows_of(self.figures)}
        rows = [row for row in rows_of(found) if row["claim"] in figures]
        table = plain_table("figure", "documents", "in the words of the dossier")
        table.columns[1].justify = "right"
        for row in rows[:_STATEMENTS]:
            table.add_row(*(cell(found, row[column]) for column in ("claim", "documents", "statement")))
        self._heading(
            "What only unnamed sources say",
            f"{count(len(found), 'claim')} that no named source affirms, {count(len(rows), 'figure')} among them.",
        )
        self._show(table)
        self._more(len(found) - min(len(rows), _STATEMENTS), "unnamed-only")

    # ---- asking ----------------------------------------------------------------------------------------------------

    def _ask(self, question: str) -> Result:
        return self.workspace.ask(question, event=self.event)

    def _who_said(self, claim: Term | None) -> Result:
        assert isinstance(claim, IRI)
        if claim not in self._said:
            self._said[claim] = self.workspace.ask("who-said", claim=claim.value)
        return self._said[claim]

    @cached_property
    def resting(self) -> list[tuple[IRI, int, int]]:
        """(source, documents, outlets) of others for each named source of several outlets, most documents first."""
        outlets_of: dict[Term | None, set[Term | None]] = {}
        for row in rows_of(self.origins):
            if row["origin"] != row["outlet"]:
                outlets_of.setdefault(row["origin"], set()).add(row["outlet"])
        found = []
        for source, outlets in outlets_of.items():
            if isinstance(source, IRI) and "/unnamed/" not in source.value and len(outlets) > 1:
                rows = rows_of(self.workspace.ask("rests-on", source=source.value))
                others = [row for row in rows if row["outlet"] != source]
                found.append((source, len({r["document"] for r in others}), len({r["outlet"] for r in others})))
        return sorted(found, key=lambda entry: (-entry[1], -entry[2], entry[0]))

    # ---- printing --------------------------------------------------------------------------------------------------

    def _heading(self, title: str, text: str) -> None:
        self.out.print()
        self.out.print(Words(title, "bold underline"))
        self._show(Words(text))
        self.out.print()

    def _show(self, what: RenderableType, indent: int = 2) -> None:
        self.out.print(Padding(what, (0, 0, 0, indent), expand=False))

    def _say(self, text: str) -> None:
        self.out.print(Words(f"  {text}", "dim"), soft_wrap=True)  # a command must stay in one piece

    def _more(self, left: int, question: str) -> None:
        if left > 0:
            self._say(f"… and {left:,} more: {self._command(question)}")

    def _command(self, question: str) -> str:
        return f"{self.program} ask {question} event={self.event}"


def _key(row: Row) -> tuple[Term | None, ...]:
    return row["source"], row["document"], row["stance"], row["statement"]


def number(term: Term | None) -> int:
    """The count in a cell."""
    assert isinstance(term, Literal)
    return int(term.value)


def listed(said: Result, column: str) -> str:
    """The names in a column of `who-said`, those with most documents first: "SOHR (12), Reuters (2) and 3 others"."""
    documents: dict[str, set[Term | None]] = {}
    for row in rows_of(said):
        node = row[column]
        assert isinstance(node, IRI)
        documents.setdefault(name_of(said, node), set()).add(row["document"])
    names = sorted(documents, key=lambda name: (-len(documents[name]), name))
    shown = [f"{name} ({len(documents[name])})" if len(documents[name]) > 1 else name for name in names[:_NAMES]]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {count(left, 'other')}" if left else "")


def chains_of(found: Result, document: IRI) -> Iterable[tuple[IRI, ...]]:
    """The chains of one document in an answer to `chain`, each once: its sources from the outlet to the origin."""
    chains: list[list[IRI]] = []
    for row in rows_of(found):
        if row["document"] == document and isinstance(row["source"], IRI):
            if number(row["step"]) == 1:
                chains.append([])
            chains[-1].append(row["source"])
    return dict.fromkeys(map(tuple, chains))
