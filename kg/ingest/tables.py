"""CSV and JSONL → rows that know their file and line. What a cell means is for the columns to say.

A row that cannot be read is an error of the dossier and not of a document: nobody knows to which document it belongs.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, NamedTuple, NoReturn

from kg.ingest import values
from kg.ingest.files import MAX_FIELD_CHARACTERS
from kg.ingest.findings import Findings, UnfitError, Where, shown

Style = Literal["jsonl", "csv", "yaml"]

_DELIMITERS = (",", ";", "\t")
_NO_LINES: Mapping[str, int] = {}
_ONE_OBJECT_A_LINE = "write one object a line: {…}, without commas between lines and without brackets around all"


class Row(NamedTuple):
    """One row as typed. `values` are texts in CSV and YAML, JSON values in JSONL.

    `line` counts from 1 and is where the row begins; `lines` has the lines of single values where they have their own.
    """

    file: str
    line: int
    values: Mapping[str, Any]
    style: Style
    lines: Mapping[str, int] = _NO_LINES

    def line_of(self, name: str) -> int:
        return self.lines.get(name, self.line)


def read_jsonl(text: str, file: str, findings: Findings) -> Iterator[Row]:
    """The rows of a table of one JSON object a line. Blank lines are passed over."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys, parse_int=_whole_number, parse_constant=_not_a_number, strict=True
    )
    # Not splitlines(): characters that JSON allows inside a text would break the line for it.
    for number, line in enumerate(text.split("\n"), start=1):
        written = line.strip(" \t\r")
        if not written:
            continue
        where = Where(file, number)
        try:
            value = decoder.decode(written)
        except json.JSONDecodeError as failure:
            message, hint = _in_words(failure, written)
            findings.unreadable(where, message, hint, value=written)
            if written in ("{", "["):
                return  # pretty-printed: every further line would be another error, and the same one
            continue
        except UnfitError as unfit:
            findings.unreadable(where, unfit.message, unfit.hint, value=written)
            continue
        except RecursionError:
            findings.unreadable(where, "nested too deep", "a row is one flat object", value=written)
            continue
        if isinstance(value, dict):
            yield Row(file, number, value, "jsonl")
        else:
            findings.unreadable(where, f"a row must be an object, not {values.kind_of(value)}", _ONE_OBJECT_A_LINE)


def read_csv(text: str, file: str, known: Collection[str], findings: Findings) -> Iterator[Row]:
    """The rows of a CSV table whose first line names its columns.

    Commas, semicolons or tabs: whichever parts the first line into the most `known` column names. A row's line is the
    one on which it begins, though its fields may hold line ends. Blank lines are passed over.
    """
    records = _records(text, file, _delimiter(text, known), findings)
    first = next(records, None)
    if first is None:
        findings.unreadable(Where(file), "the table is empty", "its first line names the columns")
        return
    header = _header(*first, file, findings)
    if header is None:
        return
    width = len(header)
    for number, cells in records:
        if len(cells) != width:
            surplus = [cell for cell in cells[width:] if cell.strip()]
            if surplus or len(cells) < width:
                findings.unreadable(
                    Where(file, number),
                    f"{len(cells)} fields where the first line names {width} columns",
                    "look for a missing or surplus separator, or a field that needs quotation marks",
                    value=surplus[0] if surplus else None,
                )
                continue
        yield Row(file, number, dict(zip(header, cells, strict=False)), "csv")


def _records(text: str, file: str, delimiter: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The non-blank records with the line on which each begins. After an error the next line is tried."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, quotechar='"', strict=True, skipinitialspace=True
    )
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as failure:
            if "field larger" in str(failure):
                message = f"a field of more than {MAX_FIELD_CHARACTERS:,} characters"
            else:
                message = f"quotation marks do not match: {failure}"
            findings.unreadable(
                Where(file, begins),
                message,
                'look for a missing quotation mark; inside a quoted field, double it: ""',
            )
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield begins, cells


def _delimiter(text: str, known: Collection[str]) -> str:
    """The separator that makes the most known columns of the first line; of equals, the one that occurs most."""
    line = text.lstrip("\r\n").split("\n", 1)[0].rstrip("\r")[:MAX_FIELD_CHARACTERS]

    def fitness(delimiter: str) -> tuple[int, int]:
        named = {cell.strip().strip('"').strip() for cell in line.split(delimiter)}
        return sum(name in known for name in named), line.count(delimiter)

    return max(_DELIMITERS, key=fitness)


def _header(line: int, cells: list[str], file: str, findings: Findings) -> list[str] | None:
    """The column names; None after an error that would make every row wrong. A column may lack a name if it is empty
    throughout, as spreadsheets write them: such columns at the end are cut off."""
    try:
        header = [values.name(cell) for cell in cells]
    except UnfitError as unfit:
        findings.unreadable(Where(file, line), unfit.message, unfit.hint)
        return None
    while header and not header[-1]:
        header.pop()
    wrong = sorted({name for name in header if not name or header.count(name) > 1})
    for name in wrong:
        what = f"two columns are named “{shown(name)}”" if name else "a column has no name"
        findings.unreadable(Where(file, line), what, "give each column a name of its own")
    return None if wrong else header


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UnfitError(f"the key “{shown(twice)}” occurs twice in one object", "keep one of them")
    return found


def _whole_number(digits: str) -> int:
    # int() refuses thousands of digits with an error of its own; any number beyond the limit is refused later alike.
    return int(digits) if len(digits) <= 20 else values.MAX_COUNT + 1


def _not_a_number(word: str) -> NoReturn:
    raise UnfitError(f"{word} is no value that JSON has", "write null where a number is unknown")


def _in_words(failure: json.JSONDecodeError, line: str) -> tuple[str, str]:
    """What is wrong with a line of JSON, and what to do, in words for people who did not write it by hand."""
    if line.startswith("["):
        return "this is one JSON array, not a table of one object a line", _ONE_OBJECT_A_LINE
    if failure.pos >= len(line) or failure.msg.startswith("Unterminated string"):
        return "the line ends in the middle of an object (cut off?)", _ONE_OBJECT_A_LINE
    if failure.msg == "Extra data":
        return f"something follows the object, at column {failure.pos + 1}", _ONE_OBJECT_A_LINE
    if failure.msg.startswith("Invalid control"):
        return (
            f"a control character stands in a text, at column {failure.pos + 1}",
            "write it as an escape, or delete it",
        )
    return f"not JSON: {failure.msg[0].lower()}{failure.msg[1:]}, at column {failure.pos + 1}", _ONE_OBJECT_A_LINE
