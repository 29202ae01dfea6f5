"""What people see on a terminal: words safe to show, tables of rows, problems and errors."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.containers import Lines
from rich.table import Table
from rich.text import Text

from kg import vocab
from kg.errors import InvalidInput, KgError, Problem, QueryError
from kg.labels import days, figure_words
from kg.results import Result
from kg.sparql import caret
from kg.terms import IRI, XSD, Literal, Term

#: One row of an answer.
Row = Mapping[str, Term | None]

WIDTH = 100
_SHORT_TEXT = 12  # characters of a text that is not broken into lines
_SHORT = 8  # digits of an id that are shown: enough for `kg show`, which takes any beginning of them

# Control characters can steer a terminal. Those of ASCII have pictures in Unicode, the others get a replacement mark.
_PICTURES = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), 0xFFFD),
}
_RUNS_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u200f\u061c\u202a-\u202e\U00010800-\U00010fff]")
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_CONTENT_ID = re.compile(
    r"/(?P<kind>claim|document|assertion|unnamed|relation|dispute|annotation)/(?P<digits>[0-9a-f]{16})(?:\.\d+)?$"
)


class Words(Text):
    """Text from the data: shown as it is, never as markup, and unable to steer the terminal.

    Each line with right-to-left letters is isolated, so that it cannot turn around what stands beside it.
    """

    def __init__(self, text: str, style: str = "", **keywords: Any) -> None:
        super().__init__(text.translate(_PICTURES), style, **keywords)

    def wrap(self, *arguments: Any, **keywords: Any) -> Lines:
        return Lines(
            _isolated(line) if _RUNS_LEFT.search(line.plain) else line for line in super().wrap(*arguments, **keywords)
        )


def _isolated(line: Text) -> Text:
    written = len(line.plain.rstrip())
    return Text.assemble("\u2068", line[:written], "\u2069", line[written:])


class _Console(Console):
    """A console that writes no blanks at line ends into pipes and files, and leaves a broken pipe to the program."""

    def print(self, *objects: Any, **keywords: Any) -> None:
        if self.is_terminal:
            super().print(*objects, **keywords)
            return
        with self.capture() as captured:
            super().print(*objects, **keywords)
        self.file.write(re.sub(r"[ ]+$", "", captured.get(), flags=re.MULTILINE))

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """A console for what goes to standard output now. Made anew each time: the stream may have been replaced."""
    return _Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=_width(sys.stdout))


def errors() -> Console:
    """The same for standard error."""
    return _Console(file=sys.stderr, highlight=False, markup=False, emoji=False, width=_width(sys.stderr))


def note(text: str) -> None:
    """A line beside the answer, on standard error; a long one is left to the terminal to wrap."""
    errors().print(Words(text), soft_wrap=True)


def table_text(result: Result) -> str:
    """The table as plain text, for a file."""
    return plain_text([result_table(result, WIDTH)])


def plain_text(parts: Iterable[RenderableType]) -> str:
    """What would be printed, as text of WIDTH columns for a file."""
    out = io.StringIO()
    to = _Console(file=out, highlight=False, markup=False, emoji=False, width=WIDTH)
    for part in parts:
        to.print(part)
    return out.getvalue()


def plain_table(*headings: str) -> Table:
    """A table in the one style of this program."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(Words(heading), overflow="fold")
    return table


def result_table(result: Result, width: int, most: int | None = None) -> RenderableType:
    """The rows with words for IRIs, the beginning of the id beside each claim, and numbers to the right.

    Made for a console of `width` columns: a table where it has room, else row after row with one line for each value.
    Nothing is cut in either. `most` rows at most, None for all; saying that there are more is left to the caller.
    """
    return fitted_table(result, width, most) or _one_below_the_other(result, most)


def fitted_table(result: Result, width: int, most: int | None = None) -> Table | None:
    """The table alone; None where its words have no room in that width.

    Each column is given its width here. Left to itself the library shrinks the widest columns below their least width,
    finds them raised to it again, and cuts what then stands beyond the edge of the terminal.
    """
    rows = _cells(result, most)
    texts = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in result.columns]
    widths = _widths([_Room.of(heading, column) for heading, column in zip(result.columns, texts, strict=True)], width)
    if widths is None:
        return None
    table = plain_table(*result.columns)
    for number, (column, heading) in enumerate(zip(table.columns, result.columns, strict=True)):
        column.width = widths[number]
        if cell_len(heading) > widths[number]:
            column.header = Words(heading.replace("_", "_\n"))
        column.justify = "right" if _all_numbers(row[number] for row in result.rows) else "left"
    for cells in rows:
        table.add_row(*cells)
    return table


class _Room(NamedTuple):
    """How many columns of a terminal the texts of one column take: `whole`, when nothing is broken into lines; `kept`,
    for short texts, which never are; `longest`, for the longest word."""

    whole: int
    kept: int
    longest: int

    @classmethod
    def of(cls, heading: str, texts: Sequence[Text]) -> _Room:
        lines = [line for text in texts for line in text.plain.expandtabs().splitlines()]
        words = [*heading.replace("_", "_ ").split(), *(word for line in lines for word in line.split())]
        whole = max(map(cell_len, lines), default=0)
        return cls(
            max(whole, cell_len(heading), 1), whole if whole <= _SHORT_TEXT else 1, max(map(cell_len, words), default=1)
        )


def _widths(rooms: Sequence[_Room], width: int) -> list[int] | None:
    """A width for each column, all of them together with what stands between them no more than `width`.

    Each has room for its longest word, or as much as can be given when all have the same most; what is left goes to
    the narrowest first, up to what they need. None where there is no such room.
    """
    room = width - 2 * (len(rooms) - 1)
    for most in range(_SHORT_TEXT, _SHORT_TEXT // 2, -1):
        least = [max(need.kept, min(need.longest, most)) for need in rooms]
        if sum(least) <= room:
            break
    else:
        return None
    widths = least
    while sum(widths) < room and (short := [n for n, need in enumerate(rooms) if widths[n] < need.whole]):
        widths[min(short, key=widths.__getitem__)] += 1
    return widths


def _one_below_the_other(result: Result, most: int | None) -> Group:
    """Row after row, a line for each value after the name of its column."""
    lines: list[RenderableType] = []
    for row in _cells(result, most):
        lines += [""] if lines else []
        lines += [
            Words(f"{name}: ", "dim" if n else "bold").append_text(text)
            for n, (name, text) in enumerate(zip(result.columns, row, strict=True))
        ]
    return Group(*lines)


def _cells(result: Result, most: int | None) -> list[list[Text]]:
    return [[cell(result, value, row) for value in row.values()] for row in rows_of(result)[:most]]


def rows_of(result: Result) -> list[Row]:
    """The rows as mappings of column to term."""
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def cell(result: Result, value: Term | None, row: Row | None = None) -> Text:
    """One value as people read it. Of a claim's words those are left out that the columns of its `row` say."""
    if not isinstance(value, IRI):
        return Words(result.shown(value))
    words, id_ = name_of(result, value), short_id(value)
    if id_ is None or "/claim/" not in value.value or words == id_:
        return Words(words)
    rest = _rest_of(words, result, row) if row else words
    return Words(f"{rest} · ").append(id_, "dim") if rest else Words(id_, "dim")


def name_of(result: Result, iri: IRI) -> str:
    """The label of a node; without one its short id, prefixed name or the IRI itself. Unnamed sources say that they
    are unnamed."""
    label = result.labels.get(iri)
    if label is None:
        return short_id(iri) or vocab.compact(iri.value) or iri.value
    return f"{label} (unnamed)" if "/unnamed/" in iri.value and "unnamed" not in label else label


def short_id(iri: IRI) -> str | None:
    """As much of a content id as `kg show` and `kg ask` need: 9f3c12ab; None for other nodes."""
    match = _CONTENT_ID.search(iri.value)
    return match["digits"][:_SHORT] if match else None


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: "1 row", "2 rows", "1,018 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


# ---- problems and errors -------------------------------------------------------------------------------------------


def problem_table(problems: Sequence[Problem]) -> Table:
    """The problems as a table, by file and line."""
    table = plain_table("where", "", "what is wrong", "what to do")
    for problem in by_place(problems):
        at = f"{problem.path}: {problem.value}" if problem.path and problem.value is not None else problem.path
        wrong = Words(problem.message)
        if at or problem.value is not None:
            wrong.append(f"\n{at or problem.value}".translate(_PICTURES), "dim")
        table.add_row(Words(problem.place), _severity(problem), wrong, Words(problem.hint))
    return table


def tell_problems(problems: Iterable[Problem]) -> None:
    """The problems on standard error, those of one file together."""
    out = errors()
    for number, (_, group) in enumerate(groupby(by_place(problems), key=lambda problem: problem.file)):
        if number:
            out.print()
        for problem in group:
            _tell_problem(out, problem)


def _tell_problem(out: Console, problem: Problem) -> None:
    first = Words(problem.place, "bold").append(": ").append_text(_severity(problem)).append(": ")
    out.print(first.append_text(Words(problem.message)), soft_wrap=True)
    if problem.path or problem.value is not None:
        at = f"at {problem.path}" if problem.path else "value"
        out.print(Words(f"    {at}" + ("" if problem.value is None else f": {problem.value}")), soft_wrap=True)
    out.print(Words(f"    → {problem.hint}"), soft_wrap=True)


def by_place(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: (problem.file or "", problem.line or 0))


def tally(problems: Iterable[Problem]) -> str:
    """How many of each kind: "2 errors and 1 warning in 2 files"."""
    found = list(problems)
    wrong = sum(problem.severity == "error" for problem in found)
    files = len({problem.file for problem in found})
    counted = [count(wrong, "error")] if wrong else []
    if len(found) > wrong:
        counted.append(count(len(found) - wrong, "warning"))
    return (" and ".join(counted) or "no problems") + (f" in {count(files, 'file')}" if files > 1 else "")


def tell_error(error: KgError) -> None:
    """The message of an error on standard error; the problems that it carries stand above it."""
    if isinstance(error, InvalidInput):
        tell_problems(error.problems)
    errors().print(Text("Error: ", "bold red").append_text(Words(str(error))), soft_wrap=True)


def tell_query_error(query: str, error: QueryError) -> None:
    """The message, the line of the query with a caret under the word, and what was likely meant."""
    tell_error(error)
    if (shown := caret(query, error)) is not None:
        where = f"line {error.line}:" if query.strip().count("\n") else ""
        note("\n".join(filter(None, [where, *(f"  {line}" for line in shown.split("\n"))])))
    if error.suggestion:
        note(f"did you mean {error.suggestion}?")


def _severity(problem: Problem) -> Text:
    return Text(problem.severity, "bold red" if problem.severity == "error" else "yellow")


def _all_numbers(column: Iterable[Term | None]) -> bool:
    values = [value for value in column if value is not None]
    return bool(values) and all(isinstance(value, Literal) and value.datatype in _NUMBERS for value in values)


def _rest_of(words: str, result: Result, row: Row) -> str:
    """The words of a claim without the number, population, place, days or statement that have columns of their own."""
    if words in (result.shown(other) for other in row.values() if isinstance(other, Literal)):
        return ""
    if not {"lower", "upper", "bound", "population", "place", "from", "to"} <= row.keys() or row["bound"] is None:
        return words
    lower, upper = (int(str(row[name])) if row[name] else None for name in ("lower", "upper"))
    first, last = (dt.date.fromisoformat(str(row[name])) if row[name] else None for name in ("from", "to"))
    figure = figure_words(result.shown(row["bound"]), lower, upper)
    for part in (days(first, last), result.shown(row["place"])):
        words = words.removesuffix(f", {part}")
    return words.removeprefix(f"{figure} ").removeprefix(f"{result.shown(row['population'])} ")


def _width(stream: Any) -> int | None:
    """The terminal's own width; where there is none COLUMNS, or WIDTH."""
    return None if stream.isatty() else shutil.get_terminal_size((WIDTH, 24)).columns
