"""`kg check`: a new claim placed against the graph, without storing it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding

from kg import vocab
from kg.check import Checked
from kg.cli.app import Settings, in_workspace
from kg.cli.output import chosen, format_option, output_option, put
from kg.cli.printing import Row, Words, cell, console, count, name_of, note, plain_table, rows_of, table_text
from kg.cli.relating import MEANINGS
from kg.errors import InvalidInput, Problem, UsageError
from kg.labels import day
from kg.results import FORMATS, Result
from kg.terms import IRI, Literal, Term

_SEEN, _OF_A_KIND = 5, 3
_SUPPORTING = ("agrees", "refines", "refinedBy", "overlaps", "supports", "supportedBy")
_INDEPENDENCE = vocab.term("kg:independentOriginsRule")
#: What a relation says that is read from the other claim to this one.
_TURNED = {
    "disputedBy": "another source doubts or denies it",
    "reportAlteredBy": "a report says otherwise than this document, from which it had it",
    "revisedBy": "a later figure of the source rules this one out",
    "updatedBy": "a later figure of the source, beside this one",
    "refinedBy": "the other figure is the more exact one",
    "supportedBy": "the other figure implies this one",
}
#: Options and the columns of a claim that they fill.
_PARTS = {
    "source": ("source", "SOURCE", "Who gives the figure: a name, or the chain it came through, OUTLET > SOURCE."),
    "number": ("number", "FIGURE", "The figure with its word: 745, 'at least 745', 2,300–2,400, hundreds."),
    "measure": ("measure", "WORD", "What is counted: killed, injured, displaced, …"),
    "population": ("population", "WHO", "Who is counted: people, civilians, …"),
    "place": ("place", "PLACE", "Where."),
    "from": ("window_start", "DAY", "First day that is counted, YYYY-MM-DD."),
    "to": ("window_end", "DAY", "Last day that is counted, YYYY-MM-DD."),
    "as-of": ("as_of", "DAY", "Day on which the source gave it, YYYY-MM-DD."),
    "by": ("responsible", "PARTY", "Who did it."),
    "certainty": ("certainty", "WORD", "Its reservation: likely, possible, alleged."),
    "event": ("event", "EVENT", "The event; may be left out where the workspace has one."),
}


def _part_options(command: Any) -> Any:
    for option, (column, metavar, words) in reversed(_PARTS.items()):
        command = click.option(f"--{option}", column, metavar=metavar, help=words)(command)
    return command


@click.command(short_help="Place a new claim against the graph.")
@click.argument("sentence", required=False)
@_part_options
@click.option("--json", "json_file", metavar="FILE", help="The claim as an object of columns; '-' for standard input.")
@click.option("--all", "everything", is_flag=True, help=f"Show all, not {_OF_A_KIND} relations of each kind.")
@format_option(*FORMATS)
@output_option
@in_workspace
@click.pass_obj
def check(
    settings: Settings,
    /,
    sentence: str | None,
    json_file: str | None,
    everything: bool,
    format_: str | None,
    output: Path | None,
    **parts: str | None,
) -> None:
    """Place a new claim against the graph without storing it: who gave this figure before, what it contradicts,
    rivals, revises or repeats, and what is unstated and would decide it.

    The claim is a SENTENCE, options, or a JSON object with columns of the table assertions (and source, number). A
    year that the sentence leaves out is that of the event. How each part was understood is shown first.

    Other formats than table have the relations alone; json has everything.

    \b
      kg check "SOHR: 1,500 civilians by 14 March"
      kg check "SNHR: more than 1,100 killed 6–10 March 2025" --place "Syrian coast"
      kg check --number "at least 40" --population civilians --place Baniyas
    """
    form = chosen(format_, output)
    columns: dict[str, Any] = {column: value for column, value in parts.items() if value is not None}
    file = "the claim"
    if json_file is not None:
        if sentence is not None or columns:
            raise UsageError("--json holds the whole claim; leave out the sentence and the options for its parts")
        columns, file = _object(json_file), "standard input" if json_file == "-" else json_file
    with settings.to_read() as workspace:
        checked = workspace.check(sentence, file=file, **columns)
    if form == "table" and output is None:
        _Placement(checked, everything, settings.program, console()).tell()
        return
    if form == "json":
        put(_json(checked), output)
    else:
        put(table_text(checked.related) if form == "table" else checked.related.write(form), output)
    for row in rows_of(checked.understood):
        note(f"{row['part']}: {_plain(checked.understood, row)}")
    for sentence_ in checked.notes:
        note(f"note: {sentence_}")
    note(count(len(checked.related), "relation") + (f", written to {output}" if output else ""))


def _object(file: str) -> dict[str, Any]:
    """The JSON object in a file. InvalidInput for anything else, and for a column that stands in it twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                problem = Problem("the column stands here twice", "keep one of the two", file, path=name)
                raise InvalidInput("the claim cannot be read", [problem])
            found[name] = value
        return found

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    try:
        read = json.loads(text, object_pairs_hook=once)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        problem = Problem(f"not JSON: {error}", "write one object: {…}, its columns in quotes", file, line)
        raise InvalidInput("the claim cannot be read", [problem]) from error
    if not isinstance(read, dict):
        problem = Problem("one object was expected", "write the columns of one claim: {…}", file)
        raise InvalidInput("the claim cannot be read", [problem])
    return read


def _json(checked: Checked) -> str:
    names = ("understood", "withdrawn", "seen", "related", "decides")
    tables: list[Result] = [getattr(checked, name) for name in names]
    document = {
        "claim": checked.claim.value,
        "known": checked.known,
        **{name: list(table) for name, table in zip(names, tables, strict=True)},
        "counted": dict(checked.counted),
        "compared": checked.compared,
        "notes": list(checked.notes),
        "labels": {iri.value: words for table in tables for iri, words in sorted(table.labels.items())},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n"


def _plain(result: Result, row: Row) -> str:
    told = result.shown(row["understood"])
    return f"{told} ({row['note']})" if str(row["note"]) else told


class _Placement:
    """The answer on a terminal, section after section."""

    def __init__(self, checked: Checked, everything: bool, program: str, out: Console) -> None:
        self._checked, self._all, self._program, self._out = checked, everything, program, out

    def tell(self) -> None:
        self._understood()
        self._seen()
        self._related()
        self._decides()
        self._counted()
        for sentence in self._checked.notes:
            self._say(f"Note: {sentence}.", "dim")

    def _understood(self) -> None:
        self._heading("Understood as")
        table = plain_table("part", "understood", "how")
        table.show_header = False
        for row in rows_of(self._checked.understood):
            told = self._checked.understood.shown(row["understood"])
            table.add_row(
                Words(str(row["part"]), "dim"),
                Words(told, "yellow" if told == "unstated" else ""),
                Words(str(row["note"]), "dim"),
            )
        table.columns[0].no_wrap = True
        self._out.print(Padding(table, (0, 0, 0, 2)))

    def _seen(self) -> None:
        seen = self._checked.seen
        rows = rows_of(seen)
        self._heading("This number before")
        withdrawn = rows_of(self._checked.withdrawn)
        for row in withdrawn:
            self._withdrawn(row)
        if not rows:
            self._say(f"Nobody {'else ' if withdrawn else ''}gave it here for anything that compares.")
            return
        affirmed = [row for row in rows if self._is_affirmed(row)]
        documents, origins = ({row[name] for row in affirmed} for name in ("document", "origin"))
        told = f"In {count(len(documents), 'document')}, on the word of {count(len(origins), 'source')}"
        if len(affirmed) < len({(row["document"], row["claim"], row["origin"]) for row in rows}):
            told += f"; {count(len(rows) - len(affirmed), 'report')} of somebody who denies or doubts it"
        known = "; this very claim is among them" if self._checked.known else ""
        self._say(f"{told}{known}.")
        for row in self._some(rows, _SEEN):
            outlet, origin = (self._name(seen, row[name]) for name in ("outlet", "origin"))
            on_word = "in its own voice" if row["origin"] == row["outlet"] else f"on the word of {origin}"
            challenged = "" if self._is_affirmed(row) else f" ({seen.shown(row['stance'])})"
            line = Words(f"{_when(row)}  ", "bold")
            line.append(f"{outlet}, {on_word}{challenged}: ").append_text(cell(seen, row["claim"]))
            self._out.print(Padding(line, (0, 0, 0, 2)))
        self._more(len(rows), _SEEN)

    def _withdrawn(self, row: Row) -> None:
        table, very = self._checked.withdrawn, row["claim"] == self._checked.claim
        given, again = (_listed(str(row[name])) for name in ("given_in", "again_in"))
        told = f"{self._name(table, row['origin'])} gave this{'' if very else ' number'}{given} and took it back"
        told += f"{f' on {day_}' if (day_ := _day(row['taken_back'])) else ''} ({row['taken_back_in']})"
        told += f"; it has given it again since{again}" if again else ""
        line = Words(f"{told}." if very else f"{told}: ", "bold")
        if not very:
            line.append_text(cell(table, row["claim"]))
        self._out.print(Padding(line, (0, 0, 0, 2)))

    def _is_affirmed(self, row: Row) -> bool:
        affirms = vocab.scheme("stances").get("affirms")
        return affirms is not None and row["stance"] == affirms.iri

    def _related(self) -> None:
        related = self._checked.related
        rows = rows_of(related)
        self._heading(f"Against {count(self._checked.compared, 'other claim')} of the same event that count alike")
        self._say(self._in_short(rows))
        # How far origins are independent is told beside what the figures are to each other.
        by_origins = {row["other"]: row for row in rows if row["rule"] == _INDEPENDENCE}
        for kind, group in groupby((r for r in rows if r["rule"] != _INDEPENDENCE), key=lambda row: row["relation"]):
            of_kind = list(group)
            concept = vocab.scheme("relation-kinds").of_iri(kind) if isinstance(kind, IRI) else None
            notation = concept.notation if concept else ""
            heading = Words(f"{related.shown(kind)} ({len(of_kind):,})", "bold")
            if meaning := MEANINGS.get(notation, _TURNED.get(notation, "")):
                heading.append(f": {meaning}", "dim")
            self._out.print(heading)
            for row in self._some(of_kind, _OF_A_KIND):
                self._relative(related, row, by_origins.get(row["other"]) if notation in _SUPPORTING else None)
            self._more(len(of_kind), _OF_A_KIND)

    def _in_short(self, rows: Sequence[Row]) -> str:
        """How many claims it is related to, and how many of these relations rest on nothing unstated."""
        others = {row["other"] for row in rows}
        if not others:
            return "None of them contradicts, rivals, revises or supports it."
        conditional = vocab.scheme("grades").get("conditional")
        sure = {row["other"] for row in rows if conditional is None or row["grade"] != conditional.iri}
        if not sure:
            return f"Related to {count(len(others), 'claim')}, to all of them only if what is unstated is as assumed."
        rest = len(others) - len(sure)
        return f"Related to {count(len(others), 'claim')}" + (
            f"; to {rest:,} of them only if what is unstated is as assumed." if rest else "."
        )

    def _relative(self, related: Result, row: Row, by_origins: Row | None) -> None:
        documents = int(str(row["documents"]))
        self._out.print(Padding(cell(related, row["other"]), (0, 0, 0, 2)))
        by = f"{row['origins']} · {count(documents, 'document')} · {related.shown(row['grade'])}"
        self._out.print(Padding(Words(by, "dim"), (0, 0, 0, 4)))
        self._out.print(Padding(Words(str(row["why"])), (0, 0, 0, 4)))
        if by_origins is not None:
            told = f"{related.shown(by_origins['relation'])}: {_first_sentence(str(by_origins['why']))}"
            self._out.print(Padding(Words(told), (0, 0, 0, 4)))

    def _decides(self) -> None:
        rows = rows_of(self._checked.decides)
        if not rows:
            return
        self._heading("What is unstated and would decide")
        for row in rows:
            claims = int(str(row["claims"]))
            rests = (
                "the relation to 1 claim rests on it" if claims == 1 else f"relations to {claims:,} claims rest on it"
            )
            line = Words(str(row["unstated"]), "bold").append(f": {rests}")
            self._out.print(Padding(line, (0, 0, 0, 2)))
            if row["suppose"] is not None:
                told = Words(f"supposing {row['suppose']}: {row['then']}", "dim")
                self._out.print(Padding(told, (0, 0, 0, 4)))

    def _counted(self) -> None:
        told = [f"{_label(kind)} {number:,}" for kind in MEANINGS if (number := self._checked.counted.get(kind, 0)) > 0]
        if told:
            self._heading("Only counted")
            self._say(f"{', '.join(told)}.")

    def _heading(self, words: str) -> None:
        self._out.print()
        self._out.print(Words(words, "bold underline"))

    def _say(self, words: str, style: str = "") -> None:
        self._out.print(Padding(Words(words, style), (0, 0, 0, 2)))

    def _some(self, rows: Sequence[Row], most: int) -> Iterable[Row]:
        return rows if self._all else rows[:most]

    def _more(self, number: int, most: int) -> None:
        if not self._all and number > most:
            self._say(f"and {number - most:,} more (--all)", "dim")

    def _name(self, result: Result, value: Term | None) -> str:
        return name_of(result, value) if isinstance(value, IRI) else "somebody"


def _listed(documents: str) -> str:
    """The ids of documents in brackets, the first few of many."""
    ids = documents.split("; ")
    left = f" and {count(len(ids) - _SEEN, 'other')}" if len(ids) > _SEEN else ""
    return f" ({', '.join(ids[:_SEEN])}{left})" if documents else ""


def _when(row: Row) -> str:
    """The day of a report's document; of an undated one the day on which the figure was given."""
    published, given = (_day(row[name]) for name in ("published", "as_of"))
    return published or (f"undated, given on {given}" if given else "undated")


def _day(value: Term | None) -> str | None:
    found = value.to_python() if isinstance(value, Literal) else None
    return day(found) if isinstance(found, dt.date) else None


def _first_sentence(why: str) -> str:
    """A reason without what it rests on, which stands in the line above."""
    return why.partition(" Holds if ")[0]


def _label(notation: str) -> str:
    concept = vocab.scheme("relation-kinds").get(notation)
    return concept.label if concept else notation
