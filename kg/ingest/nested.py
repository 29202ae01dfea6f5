"""The second layout: one YAML file a document, its claims nested in short form → the rows that tables would have.

outlet: Velmara Courier
published: 2025-03-09
claims:
  - who: Orlen Watch
    killed: at least 745
    of: civilians
    in: Velmara
    to: 2025-03-08
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kg.ingest.columns import ASSERTIONS
from kg.ingest.findings import Fault, Findings, UnfitError, Where
from kg.ingest.names import Register
from kg.ingest.phrases import read_phrase
from kg.ingest.tables import Row
from kg.ingest.yaml_files import Items, Keys, Node, Scalar, plain, row_of
from kg.model import UNNAMED_MARK
from kg.names import fold, suggest

#: Short keys of a claim → the columns that they fill.
SHORT_KEYS = {
    "of": ("population",),
    "in": ("place",),
    "from": ("window_start",),
    "to": ("window_end",),
    "on": ("window_start", "window_end"),
    "by": ("responsible",),
    "says": ("statement",),
}
_COLUMNS = frozenset(column.name for column in ASSERTIONS)
_FIGURE_COLUMNS = ("lower", "upper", "qualifier")
# Columns in which a number stands: a slip for one of them looks like a measure with its figure.
_NUMBER_COLUMNS = ("lower", "upper", "span_start", "span_end")


class Entry(NamedTuple):
    """A row of assertions with the errors that were found while it was unfolded."""

    row: Row
    faults: list[Fault]


class NestedReader:
    """Unfolds document files. The registers tell measures from other keys, and an outlet from its sources."""

    def __init__(self, actors: Register, measures: Register, findings: Findings) -> None:
        self._actors, self._measures, self._findings = actors, measures, findings

    def read(self, keys: Keys, file: str, stem: str) -> tuple[Row, list[Entry]]:
        """The row of the document and the rows of its claims. Its id is `stem`, the file's name, unless it has one."""
        claims, claims_line = keys.nodes.pop("claims", None), keys.lines.get("claims", keys.line)
        row = row_of(keys, file)
        given = row.values.get("id")
        identifier = given if isinstance(given, str) and given.strip() else stem
        row = row._replace(values={"id": identifier, **{k: v for k, v in row.values.items() if k != "id" or v}})
        where = Where(file, claims_line, identifier)
        outlet = row.values.get("outlet")
        entries: list[Entry] = []
        if claims is None or claims == Scalar(None, claims.line):
            self._findings.warning(
                where, "the document has no claims", "list them under “claims:”, or ignore this if it makes none"
            )
        elif isinstance(claims, Items):
            for node in claims.nodes:
                if isinstance(node, Keys):
                    entries.append(self._claim(node, file, identifier, outlet if isinstance(outlet, str) else None))
                else:
                    self._findings.error(
                        where._replace(line=node.line),
                        "a claim must be keys and values",
                        "write it like “- who: Orlen Watch”, and “killed: at least 745” below it",
                    )
        else:
            self._findings.error(where, "“claims” must be a list", "begin each claim with a dash: “- who: …”")
        return row, entries

    def _claim(self, claim: Keys, file: str, document: str, outlet: str | None) -> Entry:
        values: dict[str, Any] = {"doc": document}
        lines: dict[str, int] = {}
        faults: list[Fault] = []
        figures: list[str] = []
        for key, node in claim.nodes.items():
            line = claim.lines[key]
            if key == "who" or key == "doc":
                continue
            if key not in _COLUMNS and key not in SHORT_KEYS and self._is_figure(key, node):
                figures.append(key)
                continue
            for column in SHORT_KEYS.get(key, (key,)):
                if column in values:
                    faults.append(
                        Fault(line, key, f"{column} is given twice in one claim", "keep one of the two ways to say it")
                    )
                values[column], lines[column] = plain(node), line
        if "doc" in claim.nodes:
            faults.append(
                Fault(
                    claim.lines["doc"], "doc", "a nested claim belongs to the document of its file", "delete this key"
                )
            )
        if "who" in claim.nodes and "chain" in claim.nodes:
            faults.append(
                Fault(
                    claim.lines["who"],
                    "who",
                    "both “who” and “chain” are given",
                    "keep “who”: the outlet goes without saying",
                )
            )
        elif "chain" not in claim.nodes:
            lines["chain"] = claim.lines.get("who", claim.line)
            values["chain"] = self._chain(plain(claim.nodes["who"]) if "who" in claim.nodes else None, outlet)
        self._figure(figures, claim, values, lines, faults)
        if values.get("kind") is None:
            has_figure = bool(figures) or any(values.get(column) is not None for column in _FIGURE_COLUMNS)
            values["kind"] = "quantity" if has_figure else "event"
        return Entry(Row(file, claim.line, values, "yaml", lines), faults)

    def _is_figure(self, key: str, node: Node) -> bool:
        """Whether a key that is no column is a measure with its figure."""
        if self._measures.peek(key) is not None:
            return True
        if not isinstance(node, Scalar) or node.text is None or suggest(key[:100], _NUMBER_COLUMNS, most=1):
            return False
        try:
            read_phrase(node.text)
        except UnfitError:
            return False
        return True

    def _figure(
        self, figures: list[str], claim: Keys, values: dict[str, Any], lines: dict[str, int], faults: list[Fault]
    ) -> None:
        """Fills the columns of a figure from `<measure>: <figure phrase>`."""
        for further in figures[1:]:
            faults.append(
                Fault(
                    claim.lines[further],
                    further,
                    f"a second figure in one claim, beside “{figures[0]}”",
                    "make a claim of its own of it",
                )
            )
        if not figures:
            return
        measure = figures[0]
        line, node = claim.lines[measure], claim.nodes[measure]
        both = [column for column in ("measure", *_FIGURE_COLUMNS) if column in values]
        if both:
            faults.append(
                Fault(
                    line,
                    measure,
                    f"the figure is given twice: here and as {both[0]}",
                    "keep one of the two ways to say it",
                    column="lower",
                )
            )
            return
        values["measure"], lines["measure"] = measure, line
        lines.update(dict.fromkeys(_FIGURE_COLUMNS, line))
        written = node.text if isinstance(node, Scalar) else None
        try:
            if written is None:
                raise UnfitError("no figure is given", f"write “{measure}: at least 745”, or delete the key")
            phrase = read_phrase(written)
        except UnfitError as unfit:
            faults.append(Fault(line, measure, unfit.message, unfit.hint, plain(node), "lower"))
            return
        values["qualifier"] = phrase.bound
        values["lower"] = None if phrase.lower is None else str(phrase.lower)
        values["upper"] = None if phrase.upper is None else str(phrase.upper)
        if values.get("printed") is None:
            values["printed"] = written

    def _chain(self, who: Any, outlet: str | None) -> Any:
        """The chain with the outlet in front of `who`; `who` alone where it begins with the outlet already."""
        if who is None:
            sources: list[Any] = []
        elif isinstance(who, str):
            sources = [part.strip() for part in who.split(">")]
        elif isinstance(who, list):
            sources = who
        else:
            return who
        if outlet is None:
            return sources or [f"outlet {UNNAMED_MARK}"]  # the document is refused for it: one error is enough
        if sources and isinstance(sources[0], str):
            first = self._actors.peek(sources[0])
            if fold(sources[0]) == fold(outlet) or (first is not None and first == self._actors.peek(outlet)):
                return sources
        return [outlet, *sources]
