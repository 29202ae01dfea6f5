"""The answer to a query: rows of terms, and the ways to write them down.

`json` and `tsv` are the SPARQL 1.1 formats to the letter, for machines; `table`, `csv`, `md` and `jsonl` show labels
and plain values, for people and spreadsheets (`csv` is the SPARQL 1.1 CSV format, which has no types either).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kg.errors import MissingExtra, UsageError
from kg.terms import IRI, XSD, BlankNode, Literal, Term

if TYPE_CHECKING:
    import pandas

#: Formats of a table of rows.
FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md")


@dataclass(frozen=True)
class Result:
    """Rows of an answer, in the query's order. `labels` gives words for IRIs where there are any.

    Iterating yields one mapping a row, column → Python value (IRIs as text, unbound as None).
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    query: str = ""
    labels: Mapping[IRI, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {column: _plain(value) for column, value in zip(self.columns, row, strict=True)}

    def shown(self, value: Term | None) -> str:
        """The value as a person reads it: the label of an IRI where it has one, nothing for unbound."""
        if value is None:
            return ""
        if isinstance(value, IRI):
            return self.labels.get(value, value.value)
        return (
            f"{int(value.value):,}" if isinstance(value, Literal) and value.datatype == XSD + "integer" else str(value)
        )

    def write(self, format_: str) -> str:
        """The rows in one of the formats but `table`, which needs a terminal. UsageError for another."""
        writers: Mapping[str, Callable[[], str]] = {
            "csv": self._csv,
            "tsv": self._tsv,
            "json": self._json,
            "jsonl": self._jsonl,
            "md": self._markdown,
        }
        if format_ not in writers:
            raise UsageError(f"no format {format_!r} for rows; there are: {', '.join(FORMATS)}")
        return writers[format_]()

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame of Python values. Needs the extra `notebook`."""
        try:
            import pandas
        except ImportError as error:
            raise MissingExtra("a data frame", "notebook") from error
        return pandas.DataFrame(list(self), columns=list(self.columns))

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f'<td dir="auto">{escape(self.shown(value))}</td>' for value in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _csv(self) -> str:
        out = io.StringIO()
        writer = csv.writer(out)  # RFC 4180: CR LF, as the standard asks
        writer.writerow(self.columns)
        writer.writerows(["" if value is None else str(value) for value in row] for row in self.rows)
        return out.getvalue()

    def _tsv(self) -> str:
        lines = ["\t".join(f"?{column}" for column in self.columns)]
        lines += ["\t".join(_turtle(value) for value in row) for row in self.rows]
        return "\n".join(lines) + "\n"

    def _json(self) -> str:
        bindings = [
            {column: _binding(value) for column, value in zip(self.columns, row, strict=True) if value is not None}
            for row in self.rows
        ]
        document = {"head": {"vars": list(self.columns)}, "results": {"bindings": bindings}}
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"

    def _jsonl(self) -> str:
        return "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in self)

    def _markdown(self) -> str:
        def cell(value: str) -> str:
            return value.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")

        lines = [" | ".join(self.columns), " | ".join("---" for _ in self.columns)]
        lines += [" | ".join(cell(self.shown(value)) for value in row) for row in self.rows]
        return "".join(f"| {line} |\n" for line in lines)


def boolean_json(value: bool) -> str:
    """The answer of an ASK in the SPARQL 1.1 JSON format."""
    return json.dumps({"head": {}, "boolean": value}) + "\n"


def _plain(value: Term | None) -> object:
    return value.to_python() if isinstance(value, Literal) else None if value is None else value.value


def _turtle(value: Term | None) -> str:
    if value is None:
        return ""
    return value.value if isinstance(value, Literal) and value.datatype == XSD + "integer" else value.n3


def _binding(value: Term) -> dict[str, str]:
    if isinstance(value, IRI):
        return {"type": "uri", "value": value.value}
    if isinstance(value, BlankNode):
        return {"type": "bnode", "value": value.value}
    binding = {"type": "literal", "value": value.value}
    if value.language:
        binding["xml:lang"] = value.language
    elif value.datatype != XSD + "string":
        binding["datatype"] = value.datatype
    return binding
